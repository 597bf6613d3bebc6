/*
 * ingest.h - the door of ingest/: where bytes come in. Libraries confined to it: libarchive,
 * ISA-L or zlib, OpenSSL (later libcurl, libpq).
 *
 * A walk turns INPUT arguments into inputs, one at a time and in an order that depends on their
 * paths' bytes alone: a file, the files of a folder, the members of an archive, compressed or not.
 * Nothing is unpacked to disk; memory is bounded.
 */
#ifndef TL_INGEST_INGEST_H
#define TL_INGEST_INGEST_H

#include "core/stream.h"

struct tl_walk;

struct tl_ingest_limits {
    uint64_t member_bytes; /* decompressed size of one file or member; 0: default (1 TiB) */
    uint64_t members;      /* files and members of one INPUT; 0: default (1,000,000) */
    uint64_t ratio;        /* decompressed : compressed after the first 16 MiB; 0: default (2000) */
    unsigned depth;        /* folders and archives within archives; 0: default (32 and 3) */
};

/*
 * Starts a walk over one INPUT argument: a path, or "-" for standard input (stdin_fd). TL_EINPUT
 * with a sentence when it is missing or unreadable.
 */
enum tl_status tl_walk_open(struct tl_str input, int stdin_fd, const struct tl_ingest_limits *l,
                            struct tl_walk **out, struct tl_error *err);
/*
 * The next input. *got = false: no more. *name is the path below the INPUT argument (for a file its
 * base name; standard input: "stdin"; members: "logs.tar.gz/2026/error.log"), valid until the next
 * call, as is *stream, which gives decompressed bytes. from_folder: found by walking a folder or an
 * archive (a named format of --as is then not forced). Skipped silently: dot-files, links that
 * leave the folder or lead nowhere, pipes and devices in it, and, where found by walking,
 * tideline's own output (known by its first bytes; never tideline.event/1). A file or folder that
 * cannot be read is TL_EINPUT, a ceiling TL_ELIMIT, once; calling again goes on behind it. A stream
 * hands out every byte before a damage (of gzip all but the last two, of bzip2, xz and zstd all but
 * the last block), then fails once, then ends.
 */
enum tl_status tl_walk_next(struct tl_walk *w, struct tl_str *name, bool *from_folder,
                            struct tl_stream *stream, bool *got, struct tl_error *err);
/*
 * Hashing is slower than reading a log: from now on the current input is hashed only if it has no
 * more than `most` bytes (decompressed); a larger one has an empty SHA-256, and so has a packed
 * file of more than a quarter of that, for logs pack to less.
 */
void tl_walk_hash_up_to(struct tl_walk *w, uint64_t most);
/* How far the current file has been read: bytes of the file as it lies there (not decompressed),
 * and its size; UINT64_MAX: not known, a pipe. */
void tl_walk_position(const struct tl_walk *w, uint64_t *done, uint64_t *size);
/* The current input ends here: its stream gives nothing more, and nothing more is hashed. */
void tl_walk_stop(struct tl_walk *w);
/* Reads what is left of the current input, then its size and the hex SHA-256 of its decompressed
 * bytes (valid until the next call; empty: not hashed, see tl_walk_hash_up_to). */
enum tl_status tl_walk_digest(struct tl_walk *w, uint64_t *bytes, struct tl_str *sha256,
                              struct tl_error *err);
void tl_walk_close(struct tl_walk *w); /* NULL is allowed */

/* Hex SHA-256 of bytes in memory; out gets 64 digits and a NUL. */
enum tl_status tl_sha256(struct tl_str s, char out[65], struct tl_error *err);

#endif
