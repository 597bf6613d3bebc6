#include "ingest/layer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct tl_str
shown(struct tl_str path)
{
    enum { SHOWN = 250 };

    return tl_str_skip(path, path.n > SHOWN ? path.n - SHOWN : 0);
}

/* Bytes that came in for what went out: never more than the file has, however often an archive
 * whose members overlap reads them again. */
static bool
too_much(const struct layer *l)
{
    uint64_t in = l->file->in_bytes < l->file->size ? l->file->in_bytes : l->file->size;

    return l->ops->unpacks && l->out > RATIO_GRACE && l->out / l->file->ratio > in;
}

static enum tl_status
fill(struct layer *l, char *buf, size_t cap, size_t *n)
{
    *n = 0;
    if (l->ended || l->failed)
        return l->failed;
    l->failed = l->ops->fill(l, buf, cap, n, &l->error);
    l->out += *n;
    if (!l->failed && *n == 0)
        l->ended = true;
    if (l->failed || !too_much(l))
        return l->failed;
    l->failed = tl_fail(&l->error, TL_ELIMIT, 0,
                        "%.*s: unpacks to more than %llu times its size; the rest was not read",
                        TL_FMT(l->file->label(l->file->ctx)), (unsigned long long)l->file->ratio);
    return l->failed;
}

enum tl_status
layer_read(struct layer *l, char *buf, size_t cap, size_t *n, struct tl_error *err)
{
    if (l->from < l->to) {
        *n = l->to - l->from < cap ? l->to - l->from : cap;
        memcpy(buf, l->head + l->from, *n);
        l->from += *n;
        return TL_OK;
    }
    fill(l, buf, cap, n);
    if (*n > 0 || !l->failed)
        return TL_OK;
    return tl_fail(err, l->failed, l->error.line, "%s", l->error.msg);
}

struct tl_str
layer_peek(struct layer *l)
{
    size_t n = 1;

    while (l->to < HEAD_BYTES && !l->ended && !l->failed && n > 0) {
        fill(l, l->head + l->to, HEAD_BYTES - l->to, &n);
        l->to += n;
    }
    return (struct tl_str){l->head + l->from, l->to - l->from};
}

enum tl_status
layer_member(struct layer *l, struct tl_str *name, bool *got, struct tl_error *err)
{
    l->from = l->to = 0;
    l->ended = false;
    l->failed = TL_OK;
    return l->ops->member(l, name, got, err);
}

struct layer *
layer_pop(struct layer *l)
{
    struct layer *below = l ? l->below : NULL;

    if (l && l->ops->close)
        l->ops->close(l);
    free(l);
    return below;
}

static enum tl_status
file_fill(struct layer *l, char *buf, size_t cap, size_t *n, struct tl_error *err)
{
    struct tl_str label = l->file->label(l->file->ctx);
    ssize_t r = read(l->file->fd, buf, cap);

    if (r < 0 && errno == EINTR) /* only a signal that asks to stop comes through here */
        return tl_fail(err, TL_EINPUT, 0, "%.*s: reading was interrupted", TL_FMT(label));
    if (r < 0)
        return tl_fail(err, TL_EINPUT, 0, "%.*s: cannot be read: %s", TL_FMT(label),
                       strerror(errno));
    *n = (size_t)r;
    l->file->in_bytes += *n;
    return TL_OK;
}

static void
file_close(struct layer *l)
{
    if (l->file->owned)
        close(l->file->fd);
    l->file->owned = false;
}

struct layer *
layer_file(struct file *f)
{
    static const struct layer_ops ops = {.fill = file_fill, .close = file_close};
    struct layer *l = calloc(1, sizeof(*l));

    if (l) {
        l->ops = &ops;
        l->file = f;
    }
    return l;
}
