/* gzip, read with zlib itself: it checks each member's CRC and length, takes members one behind the
 * other, and hands out every byte before a damage. libarchive's filter does none of the three. */
#include <stdlib.h>
#include <zlib.h>

#include "ingest/layer.h"

struct gzip {
    struct layer layer; /* first: a struct layer * is a struct gzip * */
    z_stream z;
    bool between; /* a member has ended, another one may follow */
    bool drained; /* nothing more comes from below */
    unsigned char in[CHUNK_BYTES];
};

static enum tl_status
gzip_damaged(struct gzip *g, const char *what, struct tl_error *err)
{
    struct file *f = g->layer.file;

    return tl_fail(err, TL_EINPUT, 0, "%.*s: %s; what stands before was read",
                   TL_FMT(f->label(f->ctx)), what);
}

static enum tl_status
gzip_more(struct gzip *g, struct tl_error *err)
{
    size_t n = 0;
    enum tl_status st = layer_read(g->layer.below, (char *)g->in, sizeof(g->in), &n, err);

    g->z.next_in = g->in;
    g->z.avail_in = (uInt)n;
    g->drained = !st && n == 0;
    return st;
}

/* Behind a member: zeros are padding, the start of another member goes on, all else is damage. */
static enum tl_status
gzip_behind(struct gzip *g, struct tl_error *err)
{
    while (g->z.avail_in > 0 && *g->z.next_in == 0) {
        g->z.next_in++;
        g->z.avail_in--;
    }
    if (g->z.avail_in == 0)
        return TL_OK;
    if (*g->z.next_in != 0x1f || inflateReset(&g->z) != Z_OK)
        return gzip_damaged(g, "behind the gzip data stand bytes that are not gzip", err);
    g->between = false;
    return TL_OK;
}

static enum tl_status
gzip_step(struct gzip *g, struct tl_error *err)
{
    int r;

    if (g->between)
        return gzip_behind(g, err);
    r = inflate(&g->z, Z_NO_FLUSH);
    if (r == Z_STREAM_END)
        g->between = true;
    else if (r == Z_MEM_ERROR)
        return tl_fail(err, TL_ENOMEM, 0, "out of memory while unpacking");
    else if (r != Z_OK && r != Z_BUF_ERROR)
        return gzip_damaged(g, "the gzip data are damaged", err);
    return TL_OK;
}

static enum tl_status
gzip_fill(struct layer *l, char *buf, size_t cap, size_t *n, struct tl_error *err)
{
    struct gzip *g = (struct gzip *)l;
    uInt room = (uInt)(cap < CHUNK_BYTES ? cap : CHUNK_BYTES);
    enum tl_status st = TL_OK;

    g->z.next_out = (unsigned char *)buf;
    g->z.avail_out = room;
    while (!st && !g->drained && g->z.avail_out > 0) {
        if (g->z.avail_in == 0) {
            if (g->z.avail_out < room)
                break; /* a pipe may take long to give more */
            st = gzip_more(g, err);
        }
        if (!st && !g->drained)
            st = gzip_step(g, err);
    }
    *n = room - g->z.avail_out;
    if (!st && g->drained && !g->between && *n == 0)
        st = gzip_damaged(g, "the gzip data end in the middle (a truncated file?)", err);
    return st;
}

static void
gzip_close(struct layer *l)
{
    inflateEnd(&((struct gzip *)l)->z);
}

struct layer *
layer_gzip(struct layer *below)
{
    enum { GZIP_ONLY = 15 + 16 };
    static const struct layer_ops ops = {.fill = gzip_fill, .close = gzip_close, .unpacks = true};
    struct gzip *g = calloc(1, sizeof(*g));

    if (!g || inflateInit2(&g->z, GZIP_ONLY) != Z_OK) {
        free(g);
        return NULL;
    }
    g->layer = (struct layer){.ops = &ops, .below = below, .file = below->file};
    return &g->layer;
}
