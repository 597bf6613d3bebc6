/* A gzip file read twice: by the layer of ingest/, in random portions, and by zlib's own inflate in
 * one go. Included by the test and the fuzz target that compare the two. */
#ifndef TL_TESTS_GZIP_REFERENCE_H
#define TL_TESTS_GZIP_REFERENCE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "ingest/layer.h"

enum { MAX_OUT = 1 << 20, LAST_LOST = 2 /* at most, where the input is cut or damaged */ };

struct outcome {
    unsigned char *p; /* MAX_OUT bytes, the caller's */
    size_t n;
    bool failed;
    char why[400];
};

struct memory { /* the bottom layer: gives bytes in portions of 1 to most */
    struct layer layer;
    struct file file;
    struct tl_str rest;
    size_t most;
    uint32_t seed;
    bool breaks; /* fails at its end */
};

static uint32_t
random_below(uint32_t *seed, size_t n)
{
    *seed = *seed * 1664525 + 1013904223;
    return (uint32_t)((*seed >> 8) % n);
}

static enum tl_status
memory_fill(struct layer *l, char *buf, size_t cap, size_t *n, struct tl_error *err)
{
    struct memory *m = (struct memory *)l;
    size_t k = 1 + random_below(&m->seed, m->most);

    k = k < cap ? k : cap;
    *n = k < m->rest.n ? k : m->rest.n;
    memcpy(buf, m->rest.p, *n);
    m->rest = tl_str_skip(m->rest, *n);
    m->file.in_bytes += *n;
    return *n == 0 && m->breaks ? tl_fail(err, TL_EINPUT, 0, "the disk is gone") : TL_OK;
}

static struct tl_str
memory_label(void *ctx)
{
    (void)ctx;
    return TL_STR("f");
}

/* The layer's outcome; `in` and `out` are the largest portions below and above it. */
static bool
read_by_layer(struct tl_str bytes, size_t in, size_t out, uint32_t seed, bool breaks,
              struct outcome *o)
{
    static const struct layer_ops ops = {.fill = memory_fill};
    struct memory m = {.file = {.size = UINT64_MAX, .ratio = 2000, .label = memory_label},
                       .rest = bytes,
                       .most = in,
                       .seed = seed,
                       .breaks = breaks};
    struct tl_error err = {0};
    struct layer *gz;
    size_t n = 1;

    m.layer.ops = &ops;
    m.layer.file = &m.file;
    gz = layer_gzip(&m.layer);
    if (!gz)
        abort();
    if (seed & 1)
        layer_peek(gz);
    o->n = 0;
    o->failed = false;
    while (n > 0 && o->n < MAX_OUT) {
        size_t cap = 1 + random_below(&seed, out);

        cap = cap < MAX_OUT - o->n ? cap : MAX_OUT - o->n;
        o->failed = layer_read(gz, (char *)o->p + o->n, cap, &n, &err) != TL_OK;
        o->n += n;
        if (o->failed && n > 0)
            return false; /* bytes come before their failure, never with it */
    }
    snprintf(o->why, sizeof(o->why), "%s", o->failed ? err.msg : "");
    layer_pop(gz);
    return true;
}

static void
read_by_zlib(struct tl_str bytes, struct outcome *o)
{
    z_stream z = {0};
    int r = Z_OK;

    if (inflateInit2(&z, 15 + 16) != Z_OK)
        abort();
    z.next_in = (unsigned char *)(uintptr_t)bytes.p;
    z.avail_in = (uInt)bytes.n;
    z.next_out = o->p;
    z.avail_out = MAX_OUT;
    o->why[0] = '\0';
    while (!o->why[0]) {
        r = inflate(&z, Z_NO_FLUSH);
        if (r != Z_STREAM_END && z.avail_out == 0)
            break; /* more than is compared */
        if (r == Z_OK)
            continue;
        if (r != Z_STREAM_END) {
            snprintf(o->why, sizeof(o->why), "%s", r == Z_BUF_ERROR ? "middle" : "damaged");
            break;
        }
        while (z.avail_in > 0 && *z.next_in == 0) {
            z.next_in++;
            z.avail_in--;
        }
        if (z.avail_in == 0)
            break;
        if (*z.next_in != 0x1f)
            snprintf(o->why, sizeof(o->why), "not gzip");
        inflateReset(&z);
    }
    o->n = MAX_OUT - z.avail_out;
    o->failed = o->why[0] != '\0';
    inflateEnd(&z);
}

/* What holds for any bytes: what zlib accepts is read alike; of what it rejects the layer gives the
 * same bytes (the last two may be missing), perhaps more of them: zlib rejects a code that could
 * not be complete where it is announced, the layer where it is used. NULL, or what does not hold.
 */
static const char *
compare(const struct outcome *zlib, const struct outcome *ours)
{
    size_t n = zlib->n < ours->n ? zlib->n : ours->n;

    if (memcmp(zlib->p, ours->p, n) != 0)
        return "other bytes than zlib's";
    if (!zlib->failed && (ours->failed || ours->n != zlib->n))
        return "zlib accepts it";
    return ours->n + LAST_LOST < zlib->n ? "more than the last two bytes are missing" : NULL;
}

#endif
