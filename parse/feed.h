/*
 * feed.h - private to parse/: a window over a stream that hands out lines and bytes.
 *
 * Views that it returns are valid until the next call. Line numbers start at 1 (a feed over a part
 * of a document starts at that part's line). Memory is bounded: a line longer than MAX_LINE is cut
 * there, the rest of it is skipped and counted in `cut`.
 */
#ifndef TL_PARSE_FEED_H
#define TL_PARSE_FEED_H

#include "core/stream.h"

enum { MAX_LINE = 1024 * 1024 };

struct feed {
    struct tl_stream stream;
    char *buf; /* owned */
    size_t cap, from, to;
    bool eof;
    uint64_t line;         /* lines handed out or skipped so far */
    uint64_t offset;       /* bytes of the stream before buf[from] */
    uint64_t cut;          /* lines that were longer than MAX_LINE */
    uint64_t first_cut;    /* the first of them */
    bool pending_skip;     /* the rest of a cut line is still to be skipped */
    enum tl_status failed; /* the stream failed: treated as its end, reported by reader.c */
    struct tl_error error;
};

void feed_init(struct feed *f, struct tl_stream s);
void feed_free(struct feed *f); /* safe to call twice */

/* At least `want` bytes in the window if the stream has them; the view holds all there are. */
struct tl_str feed_peek(struct feed *f, size_t want);
/* Drops n bytes (n <= what feed_peek showed), counting the newlines among them. */
void feed_skip(struct feed *f, size_t n);
/*
 * For readers with a window of their own: at most cap (> 0) bytes, from this window first, then
 * straight from the stream. 0: the end, or a failure (f->failed). Lines are no longer counted.
 */
size_t feed_read(struct feed *f, char *buf, size_t cap);
/*
 * The next line without its line end (LF or CRLF; a byte-order mark at the very start is dropped).
 * f->line is then its number. False: the end (or out of memory: f->failed).
 */
bool feed_line(struct feed *f, struct tl_str *line);
/* What the next feed_line would give; does not take it. */
bool feed_peek_line(struct feed *f, struct tl_str *line);

#endif
