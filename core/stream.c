#include "core/stream.h"

#include <string.h>

static enum tl_status
memory_read(void *ctx, char *buf, size_t cap, size_t *n, struct tl_error *err)
{
    struct tl_memory *m = ctx;

    (void)err;
    *n = m->rest.n < cap ? m->rest.n : cap;
    if (*n > 0)
        memcpy(buf, m->rest.p, *n);
    m->rest.p += *n;
    m->rest.n -= *n;
    return TL_OK;
}

struct tl_stream
tl_stream_memory(struct tl_memory *m)
{
    return (struct tl_stream){memory_read, m, true};
}
