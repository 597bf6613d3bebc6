/* libarchive, confined: bzip2, xz and zstd as filters, tar and zip as archives. Only what the magic
 * number named is enabled, so that nothing else is ever guessed into the bytes. */
#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ingest/layer.h"

enum { MAX_EMPTY_BLOCKS = 10000 };

struct unpack {
    struct layer layer; /* first: a struct layer * is a struct unpack * */
    enum packing packing;
    struct archive *a; /* NULL until the first read */
    const char *block; /* of libarchive: what of the current block was not handed out */
    size_t block_n;
    int64_t block_at, at;  /* offsets in the member: of the block, of the next byte */
    bool block_last;       /* the member ends with it */
    bool dead;             /* nothing behind the current member can be read */
    struct tl_error below; /* why the bytes below ended, when they failed */
    struct tl_error late;  /* of the current block: it is handed out first */
    char in[CHUNK_BYTES];
};

static la_ssize_t
give(struct archive *a, void *ctx, const void **buf)
{
    struct unpack *u = ctx;
    size_t n = 0;

    *buf = u->in;
    if (layer_read(u->layer.below, u->in, sizeof(u->in), &n, &u->below)) {
        archive_set_error(a, -1, "the bytes below cannot be read");
        return -1;
    }
    return (la_ssize_t)n;
}

/* Only over a regular file: a zip archive's directory stands at its end. */
static la_int64_t
give_seek(struct archive *a, void *ctx, la_int64_t offset, int whence)
{
    struct layer *l = ((struct unpack *)ctx)->layer.below;
    off_t to;

    (void)a;
    if (whence == SEEK_CUR)
        offset -= (la_int64_t)(l->to - l->from);
    to = lseek(l->file->fd, (off_t)offset, whence);
    l->from = l->to = 0;
    l->ended = false;
    return to < 0 ? ARCHIVE_FATAL : to;
}

/* The sentence for a failure: what happened below comes first, then libarchive's own words. */
static enum tl_status
unpack_failed(struct unpack *u, struct tl_error *err)
{
    struct file *f = u->layer.file;
    const char *why = u->a ? archive_error_string(u->a) : NULL;

    if (u->below.code)
        return tl_fail(err, u->below.code, u->below.line, "%s", u->below.msg);
    return tl_fail(err, TL_EINPUT, 0,
                   "%.*s: cannot be unpacked further (%s); what stands before was read",
                   TL_FMT(f->label(f->ctx)), why ? why : "the data are damaged");
}

static int
enable(struct unpack *u)
{
    switch (u->packing) {
    case PACK_BZIP2:
        return archive_read_support_filter_bzip2(u->a);
    case PACK_XZ:
        return archive_read_support_filter_xz(u->a);
    case PACK_ZSTD:
        return archive_read_support_filter_zstd(u->a);
    case PACK_TAR:
        return archive_read_support_format_tar(u->a);
    default:
        return archive_read_support_format_zip(u->a);
    }
}

static enum tl_status
unpack_open(struct unpack *u, struct tl_error *err)
{
    bool filter = u->packing != PACK_TAR && u->packing != PACK_ZIP;
    struct layer *below = u->layer.below;
    struct archive_entry *entry;

    u->a = archive_read_new();
    if (!u->a)
        return tl_fail(err, TL_ENOMEM, 0, "out of memory while unpacking");
    if (enable(u) != ARCHIVE_OK) { /* libarchive would start a program for it */
        struct file *f = u->layer.file;

        return tl_fail(err, TL_EINPUT, 0, "%.*s: this libarchive cannot unpack such a file",
                       TL_FMT(f->label(f->ctx)));
    }
    if (filter && (archive_read_support_format_raw(u->a) != ARCHIVE_OK ||
                   archive_read_support_format_empty(u->a) != ARCHIVE_OK))
        return unpack_failed(u, err);
    if (u->packing == PACK_ZIP && !below->below && below->file->seekable)
        archive_read_set_seek_callback(u->a, give_seek);
    if (archive_read_open(u->a, u, NULL, give, NULL) != ARCHIVE_OK)
        return unpack_failed(u, err);
    if (!filter)
        return TL_OK;
    switch (archive_read_next_header(u->a, &entry)) {
    case ARCHIVE_OK:
    case ARCHIVE_WARN:
        return TL_OK;
    case ARCHIVE_EOF:
        u->block_last = true;
        return TL_OK;
    default:
        return unpack_failed(u, err);
    }
}

/* Takes the next block off libarchive. One that comes with a complaint is still good: the complaint
 * waits in `late`. */
static void
next_block(struct unpack *u)
{
    struct file *f = u->layer.file;

    for (unsigned tries = 0; tries < MAX_EMPTY_BLOCKS; tries++) {
        const void *p = NULL;
        la_int64_t at = u->at;
        size_t n = 0;
        int r = archive_read_data_block(u->a, &p, &n, &at);

        u->block = p;
        u->block_n = r == ARCHIVE_OK || r == ARCHIVE_WARN ? n : 0;
        u->block_at = at > u->at ? at : u->at;
        u->block_last = r == ARCHIVE_EOF;
        if (r != ARCHIVE_OK && r != ARCHIVE_EOF) {
            u->dead = r == ARCHIVE_FATAL;
            unpack_failed(u, &u->late);
            return;
        }
        if (u->block_n > 0 || u->block_last)
            return;
    }
    tl_fail(&u->late, TL_EINPUT, 0, "%.*s: the archive holds nothing but empty blocks here",
            TL_FMT(f->label(f->ctx)));
}

/* Hands out what there is of the current block, and zeros for the hole before it. */
static size_t
take(struct unpack *u, char *buf, size_t cap)
{
    size_t n = 0;

    if (u->block_at > u->at) {
        uint64_t hole = (uint64_t)(u->block_at - u->at);

        n = hole < cap ? (size_t)hole : cap;
        memset(buf, 0, n);
    } else if (u->block_n > 0) {
        n = u->block_n < cap ? u->block_n : cap;
        memcpy(buf, u->block, n);
        u->block += n;
        u->block_n -= n;
        u->block_at += (int64_t)n;
    }
    u->at += (int64_t)n;
    return n;
}

static enum tl_status
unpack_fill(struct layer *l, char *buf, size_t cap, size_t *n, struct tl_error *err)
{
    struct unpack *u = (struct unpack *)l;
    enum tl_status st = u->a ? TL_OK : unpack_open(u, err);

    while (!st) {
        *n = take(u, buf, cap);
        if (*n > 0 || u->block_last)
            return TL_OK;
        if (u->late.code)
            return tl_fail(err, u->late.code, 0, "%s", u->late.msg);
        next_block(u);
    }
    return st;
}

/* Of links, folders and devices the name is given as NULL. */
static enum tl_status
unpack_member(struct layer *l, struct tl_str *name, bool *got, struct tl_error *err)
{
    struct unpack *u = (struct unpack *)l;
    struct archive_entry *entry;
    enum tl_status st = u->dead || u->a ? TL_OK : unpack_open(u, err);
    int r;

    *got = false;
    if (st)
        u->dead = true;
    if (u->dead)
        return st;
    r = archive_read_next_header(u->a, &entry);
    if (r == ARCHIVE_EOF)
        return TL_OK;
    if (r != ARCHIVE_OK && r != ARCHIVE_WARN) {
        u->dead = true;
        return unpack_failed(u, err);
    }
    *got = true;
    *name = (struct tl_str){NULL, 0};
    if (archive_entry_filetype(entry) == AE_IFREG && !archive_entry_hardlink(entry))
        *name = tl_str_from(archive_entry_pathname(entry));
    u->block = NULL;
    u->block_n = 0;
    u->block_at = u->at = 0;
    u->block_last = false;
    u->late = (struct tl_error){.code = TL_OK};
    return TL_OK;
}

static void
unpack_close(struct layer *l)
{
    archive_read_free(((struct unpack *)l)->a); /* NULL is allowed */
}

static struct layer *
unpack_new(struct layer *below, enum packing p, const struct layer_ops *ops)
{
    struct unpack *u = calloc(1, sizeof(*u));

    if (!u)
        return NULL;
    u->layer = (struct layer){.ops = ops, .below = below, .file = below->file};
    u->packing = p;
    return &u->layer;
}

struct layer *
layer_filter(struct layer *below, enum packing p)
{
    static const struct layer_ops ops = {
        .fill = unpack_fill, .close = unpack_close, .unpacks = true};

    return unpack_new(below, p, &ops);
}

struct layer *
layer_archive(struct layer *below, enum packing p)
{
    static const struct layer_ops ops = {
        .fill = unpack_fill, .member = unpack_member, .close = unpack_close, .unpacks = true};

    return unpack_new(below, p, &ops);
}
