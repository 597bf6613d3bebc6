/*
 * layer.h - private to ingest/: one step between a file and the bytes of an input.
 *
 * A file is a layer over a descriptor; a decompressor is a layer over another layer; an archive is
 * a layer whose bytes are those of its current member. Each has a small window, so that its first
 * bytes can be looked at before they are read (standard input cannot go back). A failure is kept:
 * the bytes before it are handed out first.
 */
#ifndef TL_INGEST_LAYER_H
#define TL_INGEST_LAYER_H

#include "core/str.h"

enum {
    OWN_BYTES = 200,          /* in which a document of our own shows itself */
    HEAD_BYTES = 512,         /* what a tar header needs to be told from text */
    CHUNK_BYTES = 128 * 1024, /* read at once by a layer that unpacks */
    RATIO_GRACE = 16 * 1024 * 1024
};

struct file { /* the descriptor at the bottom */
    int fd;
    bool owned;                        /* closed with its layer */
    bool seekable;                     /* a regular file that was opened here, at offset 0 */
    uint64_t in_bytes;                 /* read off the descriptor so far */
    uint64_t size;                     /* of a regular file; UINT64_MAX: not known */
    uint64_t ratio;                    /* decompressed : compressed, at most */
    struct tl_str (*label)(void *ctx); /* what stands in sentences for the bytes that are read */
    void *ctx;
};

struct layer {
    const struct layer_ops *ops;
    struct layer *below; /* owned; NULL: ops read the descriptor */
    struct file *file;   /* borrowed: the bottom of all */
    char head[HEAD_BYTES];
    size_t from, to; /* what of head has not been handed out */
    uint64_t out;    /* bytes that it has made */
    size_t name_n;   /* of an archive, for the walk: bytes of the label that name it */
    bool ended;
    enum tl_status failed; /* sticky; the sentence is in `error` */
    struct tl_error error;
};

struct layer_ops {
    /* As struct tl_stream's read; called no more after an end or a failure. */
    enum tl_status (*fill)(struct layer *l, char *buf, size_t cap, size_t *n, struct tl_error *err);
    /* An archive goes to its next member; *name as it stands there, .p NULL where it is no file. */
    enum tl_status (*member)(struct layer *l, struct tl_str *name, bool *got, struct tl_error *err);
    void (*close)(struct layer *l); /* what the layer owns, not the layer itself; may be NULL */
    bool unpacks;                   /* the ratio is watched */
};

/* Reads at most cap bytes. *n == 0 and TL_OK: the end. A failure comes behind the last good byte,
 * with *n == 0, and again at every later call. */
enum tl_status layer_read(struct layer *l, char *buf, size_t cap, size_t *n, struct tl_error *err);
/* The first bytes that layer_read will give: HEAD_BYTES of them, fewer only at the end. */
struct tl_str layer_peek(struct layer *l);
/* The next member of an archive: window, end and failure of the one before are forgotten. */
enum tl_status layer_member(struct layer *l, struct tl_str *name, bool *got, struct tl_error *err);
/* Closes l alone, frees it and returns what was below it. NULL is allowed. */
struct layer *layer_pop(struct layer *l);

/* The end of a path, short enough for a sentence. */
struct tl_str shown(struct tl_str path);

/* New layers; NULL when out of memory (then `below` stays the caller's). */
struct layer *layer_file(struct file *f);
struct layer *layer_gzip(struct layer *below);

enum packing { PACK_NONE, PACK_GZIP, PACK_BZIP2, PACK_XZ, PACK_ZSTD, PACK_TAR, PACK_ZIP };
struct layer *layer_filter(struct layer *below, enum packing p);  /* BZIP2, XZ, ZSTD */
struct layer *layer_archive(struct layer *below, enum packing p); /* TAR, ZIP */

/* What the first bytes are, by their magic alone; text is never anything but PACK_NONE. */
enum packing packing_of(struct tl_str head);
/* True when they are of a document that tideline itself wrote (but not tideline.event/1). */
bool is_own_output(struct tl_str head);

#endif
