/*
 * stream.h - bytes that come from somewhere, as a seam.
 *
 * ingest/ makes streams (files, pipes, archive members), parse/ reads them; neither
 * knows the other. A test makes one from memory.
 */
#ifndef TL_CORE_STREAM_H
#define TL_CORE_STREAM_H

#include "core/str.h"

struct tl_stream {
    /*
     * Reads at most cap (> 0) bytes into buf. *n == 0 with TL_OK: the end, and every later
     * call says the same. On failure *n bytes (maybe 0) were still read and are good.
     */
    enum tl_status (*read)(void *ctx, char *buf, size_t cap, size_t *n, struct tl_error *err);
    void *ctx; /* borrowed */
    /* It never waits for somebody who writes: a file, or what is unpacked from one. Then reading
     * ahead costs nothing but time. */
    bool steady;
};

/* A stream over bytes in memory. *m must outlive the stream and is its position. */
struct tl_memory {
    struct tl_str rest;
};
struct tl_stream tl_stream_memory(struct tl_memory *m);

#endif
