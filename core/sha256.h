/*
 * sha256.h - SHA-256 (FIPS 180-4), for names that are made from content (the id of a run).
 *
 * Small and plain: inputs are hashed by ingest with the library that it has.
 */
#ifndef TL_CORE_SHA256_H
#define TL_CORE_SHA256_H

#include "core/str.h"

struct tl_sha256 {
    unsigned char bytes[32];
};

/* The digest of s. Cannot fail. */
struct tl_sha256 tl_sha256_of(struct tl_str s);

/* Appends the first `bytes` (at most 32) of it as lower-case hex digits. */
void tl_sha256_hex(struct tl_buf *b, const struct tl_sha256 *d, size_t bytes);

#endif
