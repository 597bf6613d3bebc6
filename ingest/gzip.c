/* gzip: members one behind the other, each with its CRC and length checked, and every byte before a
 * damage handed out. libarchive's filter does none of the three. */
#include <stdlib.h>

#include "ingest/gunzip.h"
#include "ingest/layer.h"

enum { FILL_BYTES = 256 * 1024 }; /* made at once, at most: the ratio is looked at in between */

struct gzip {
    struct layer layer; /* first: a struct layer * is a struct gzip * */
    struct gunzip *gunzip;
    struct gunzip_io io;
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

    g->io.in = g->in;
    g->io.in_n = n;
    g->drained = !st && n == 0;
    return st;
}

/* Behind a member: zeros are padding, the start of another member goes on, all else is damage. */
static enum tl_status
gzip_behind(struct gzip *g, struct tl_error *err)
{
    while (g->io.in_n > 0 && *g->io.in == 0) {
        g->io.in++;
        g->io.in_n--;
    }
    if (g->io.in_n == 0)
        return TL_OK;
    if (*g->io.in != 0x1f)
        return gzip_damaged(g, "behind the gzip data stand bytes that are not gzip", err);
    g->between = false;
    return TL_OK;
}

static enum tl_status
gzip_step(struct gzip *g, struct tl_error *err)
{
    if (g->between)
        return gzip_behind(g, err);
    switch (gunzip_step(g->gunzip, &g->io)) {
    case GUNZIP_OK:
        return TL_OK;
    case GUNZIP_END:
        g->between = true;
        return TL_OK;
    case GUNZIP_ENOMEM:
        return tl_fail(err, TL_ENOMEM, 0, "out of memory while unpacking");
    default:
        return gzip_damaged(g, "the gzip data are damaged", err);
    }
}

static enum tl_status
gzip_fill(struct layer *l, char *buf, size_t cap, size_t *n, struct tl_error *err)
{
    struct gzip *g = (struct gzip *)l;
    size_t room = cap < FILL_BYTES ? cap : FILL_BYTES;
    enum tl_status st = TL_OK;

    g->io.out = (unsigned char *)buf;
    g->io.out_n = room;
    while (!st && !g->drained && g->io.out_n > 0) {
        if (g->io.in_n == 0 && gunzip_hungry(g->gunzip)) {
            if (g->io.out_n < room)
                break; /* a pipe may take long to give more */
            st = gzip_more(g, err);
        }
        if (!st && !g->drained)
            st = gzip_step(g, err);
    }
    *n = room - g->io.out_n;
    if (!st && g->drained && !g->between && *n == 0)
        st = gzip_damaged(g, "the gzip data end in the middle (a truncated file?)", err);
    return st;
}

static void
gzip_close(struct layer *l)
{
    gunzip_free(((struct gzip *)l)->gunzip);
}

struct layer *
layer_gzip(struct layer *below)
{
    static const struct layer_ops ops = {.fill = gzip_fill, .close = gzip_close, .unpacks = true};
    struct gzip *g = calloc(1, sizeof(*g));

    if (!g)
        return NULL;
    g->gunzip = gunzip_new();
    if (!g->gunzip) {
        free(g);
        return NULL;
    }
    g->layer = (struct layer){.ops = &ops, .below = below, .file = below->file};
    return &g->layer;
}
