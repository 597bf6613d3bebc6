#include "ingest/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>

#include "ingest/ingest.h"

struct digest {
    EVP_MD_CTX *ctx;
    EVP_MD *sha256;
    bool failed;
};

struct digest *
digest_new(void)
{
    struct digest *d = calloc(1, sizeof(*d));

    if (!d)
        return NULL;
    if (!OSSL_LIB_CTX_get0_global_default()) { /* no memory: what follows would crash */
        free(d);
        return NULL;
    }
    d->ctx = EVP_MD_CTX_new();
    d->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    if (!d->ctx || !d->sha256) {
        digest_free(d);
        return NULL;
    }
    return d;
}

void
digest_free(struct digest *d)
{
    if (!d)
        return;
    EVP_MD_CTX_free(d->ctx);
    EVP_MD_free(d->sha256);
    free(d);
}

void
digest_begin(struct digest *d)
{
    d->failed = EVP_DigestInit_ex2(d->ctx, d->sha256, NULL) != 1;
}

void
digest_add(struct digest *d, struct tl_str s)
{
    d->failed = d->failed || EVP_DigestUpdate(d->ctx, s.p, s.n) != 1;
}

enum tl_status
digest_end(struct digest *d, char hex[DIGEST_HEX + 1], struct tl_error *err)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char sum[EVP_MAX_MD_SIZE];
    unsigned n = 0;

    d->failed = d->failed || EVP_DigestFinal_ex(d->ctx, sum, &n) != 1 || n * 2 != DIGEST_HEX;
    for (size_t i = 0; i < DIGEST_HEX && !d->failed; i++)
        hex[i] = digits[(i % 2 == 0 ? sum[i / 2] >> 4 : sum[i / 2]) & 15];
    hex[d->failed ? 0 : DIGEST_HEX] = '\0';
    return d->failed ? tl_fail(err, TL_EINPUT, 0, "SHA-256 cannot be computed") : TL_OK;
}

enum tl_status
tl_sha256(struct tl_str s, char out[65], struct tl_error *err)
{
    struct digest *d = digest_new();
    enum tl_status st;

    out[0] = '\0';
    if (!d)
        return tl_fail(err, TL_ENOMEM, 0, "SHA-256 cannot be computed");
    digest_begin(d);
    digest_add(d, s);
    st = digest_end(d, out, err);
    digest_free(d);
    return st;
}
