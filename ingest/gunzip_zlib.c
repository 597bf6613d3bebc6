/* zlib, where ISA-L is not at hand: it reads header, data and trailer of a member by itself. */
#include <stdlib.h>
#include <zlib.h>

#include "ingest/gunzip.h"

enum { AT_ONCE = 1 << 30 };

struct gunzip {
    z_stream z;
    bool full; /* the last step filled its output: of a match there may be more */
};

struct gunzip *
gunzip_new(void)
{
    enum { GZIP_ONLY = 15 + 16 };
    struct gunzip *g = calloc(1, sizeof(*g));

    if (!g || inflateInit2(&g->z, GZIP_ONLY) != Z_OK) {
        free(g);
        return NULL;
    }
    return g;
}

void
gunzip_free(struct gunzip *g)
{
    if (g)
        inflateEnd(&g->z);
    free(g);
}

enum gunzipped
gunzip_step(struct gunzip *g, struct gunzip_io *io)
{
    uInt in_n = (uInt)(io->in_n < AT_ONCE ? io->in_n : AT_ONCE);
    uInt out_n = (uInt)(io->out_n < AT_ONCE ? io->out_n : AT_ONCE);
    int r;

    g->z.next_in = (z_const Bytef *)io->in;
    g->z.avail_in = in_n;
    g->z.next_out = io->out;
    g->z.avail_out = out_n;
    r = inflate(&g->z, Z_NO_FLUSH);
    io->in += in_n - g->z.avail_in;
    io->in_n -= in_n - g->z.avail_in;
    io->out += out_n - g->z.avail_out;
    io->out_n -= out_n - g->z.avail_out;
    g->full = r != Z_STREAM_END && g->z.avail_out == 0;
    if (r == Z_STREAM_END)
        return inflateReset(&g->z) == Z_OK ? GUNZIP_END : GUNZIP_DAMAGED;
    if (r == Z_MEM_ERROR)
        return GUNZIP_ENOMEM;
    return r == Z_OK || r == Z_BUF_ERROR ? GUNZIP_OK : GUNZIP_DAMAGED;
}

bool
gunzip_hungry(const struct gunzip *g)
{
    return !g->full;
}
