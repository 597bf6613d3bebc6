/* digest.h - private to ingest/: SHA-256 of bytes that come in pieces (OpenSSL does the work). */
#ifndef TL_INGEST_DIGEST_H
#define TL_INGEST_DIGEST_H

#include "core/str.h"

enum { DIGEST_HEX = 64 };

struct digest;

struct digest *digest_new(void);    /* NULL: out of memory, or no SHA-256 here */
void digest_free(struct digest *d); /* NULL is allowed */
/* Starts anew. A failure of any step is told by digest_end. */
void digest_begin(struct digest *d);
void digest_add(struct digest *d, struct tl_str s);
enum tl_status digest_end(struct digest *d, char hex[DIGEST_HEX + 1], struct tl_error *err);

#endif
