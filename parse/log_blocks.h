/*
 * log_blocks.h - private to parse/: a log as blocks of whole records, looked through by all
 * threads, handed out in order.
 *
 * The thread that calls log_blocks_next reads the stream; it looks through blocks itself when
 * nothing else is to be done. Helpers only ever see blocks. Memory: a few blocks a thread.
 */
#ifndef TL_PARSE_LOG_BLOCKS_H
#define TL_PARSE_LOG_BLOCKS_H

#include "parse/log.h"

enum {
    LOG_BLOCK = 512 * 1024, /* bytes of a block; a longer line is cut there */
    LOG_THREADS_MAX = 16,
    LOG_ZONES_MAX = 16,
    LOG_BROKEN_MAX = TL_ODD_SAMPLES
};

struct log_hit {   /* a record that is worth splitting */
    uint32_t at;   /* of its first byte, in the block */
    uint32_t line; /* in the block, from 0 */
};

/* Of the records with times of one zone: those with the first and the last stamp. */
struct log_zone {
    struct tl_str zone, least, most; /* views into the block */
    uint32_t least_at, most_at;      /* their lines */
    uint32_t least_line, most_line;
};

struct log_block {
    char *buf; /* LOG_BLOCK + LOG_PAD bytes */
    size_t n;
    bool cut;       /* its last line was longer than a block: the rest of it was dropped */
    bool final;     /* the input ends with it */
    bool no_memory; /* hits were lost */
    uint32_t last_at, last_line; /* its last record, if it has any */
    uint64_t lines, records, broken;
    uint32_t broken_line[LOG_BROKEN_MAX]; /* the first ones */
    struct log_hit *hits;
    size_t nhits, hits_cap;
    struct log_zone zones[LOG_ZONES_MAX];
    size_t nzones;
};

struct log_lens { /* what lines are looked at with; borrowed */
    const struct log_dialect *dialect;
    const void *state;
    const struct log_keys *keys;
};

/* For a dialect's `scan`. A line from `at` to its line end at `end` (or b->n, where it has none):
 * looks at it and counts it. */
void log_block_line(const struct log_lens *lens, struct log_block *b, size_t at, size_t end);
/* The line at hand, at `at`, begins a record: counts the record, not the line. */
static inline void
log_block_record(struct log_block *b, size_t at)
{
    b->records++;
    b->last_at = (uint32_t)at;
    b->last_line = (uint32_t)b->lines;
}
/* Its time. The same once more changes nothing. */
void log_block_time(struct log_block *b, const struct log_look *look, size_t at);
/* It is worth splitting. */
void log_block_hit(struct log_block *b, size_t at);

struct log_blocks;

/* keys and state are borrowed. threads: with the caller, >= 1. NULL: no memory. */
struct log_blocks *log_blocks_new(struct feed *f, const struct log_dialect *d, const void *state,
                                  const struct log_keys *keys, unsigned threads);
void log_blocks_free(struct log_blocks *b); /* NULL is allowed; waits for the helpers */

/* The next block, looked through; it is valid until the next call. NULL: the end (also that of a
 * stream that failed: f->failed). */
const struct log_block *log_blocks_next(struct log_blocks *b);

/* Whether a line begins a record, if only a broken one; with or without its line end. */
bool log_begins_record(const struct log_dialect *d, const void *state, const char *p,
                       const char *end);
/* Where the line behind `at` begins: at most `n`. */
size_t log_line_end(const char *p, size_t at, size_t n);

#endif
