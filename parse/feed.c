#include "parse/feed.h"

#include <stdlib.h>
#include <string.h>

enum { WINDOW = 256 * 1024 };

void
feed_init(struct feed *f, struct tl_stream s)
{
    *f = (struct feed){.stream = s};
}

void
feed_free(struct feed *f)
{
    free(f->buf);
    f->buf = NULL;
    f->cap = f->from = f->to = 0;
}

/* Makes room for `want` bytes behind f->from; moves what is there to the front if that helps. */
static bool
room(struct feed *f, size_t want)
{
    size_t have = f->to - f->from, cap = f->cap ? f->cap : WINDOW;
    char *p;

    if (f->cap - f->from >= want)
        return true;
    if (f->cap >= want && have <= f->cap / 2) {
        memmove(f->buf, f->buf + f->from, have);
    } else {
        while (cap < want + WINDOW)
            cap *= 2;
        p = malloc(cap);
        if (!p) {
            f->failed = tl_fail(&f->error, TL_ENOMEM, 0, "no room for %zu bytes of input", want);
            f->eof = true;
            return false;
        }
        if (have > 0)
            memcpy(p, f->buf + f->from, have);
        free(f->buf);
        f->buf = p;
        f->cap = cap;
    }
    f->from = 0;
    f->to = have;
    return true;
}

/* Reads until `want` bytes are in the window or the stream ends. */
static void
fill(struct feed *f, size_t want)
{
    while (!f->eof && f->to - f->from < want) {
        size_t n = 0;
        enum tl_status st;

        if (!room(f, want))
            return;
        st = f->stream.read(f->stream.ctx, f->buf + f->to, f->cap - f->to, &n, &f->error);
        f->to += n;
        if (st)
            f->failed = st;
        f->eof = st || n == 0;
    }
}

static void
drop_bom(struct feed *f)
{
    if (f->offset > 0 || f->line > 0)
        return;
    fill(f, 3);
    if (f->to - f->from >= 3 && memcmp(f->buf + f->from, "\xef\xbb\xbf", 3) == 0) {
        f->from += 3;
        f->offset += 3;
    }
}

struct tl_str
feed_peek(struct feed *f, size_t want)
{
    drop_bom(f);
    fill(f, want);
    return (struct tl_str){f->buf ? f->buf + f->from : "", f->to - f->from};
}

static void
advance(struct feed *f, size_t n)
{
    f->from += n;
    f->offset += n;
}

void
feed_skip(struct feed *f, size_t n)
{
    const char *p, *end;

    if (n == 0)
        return; /* there may be no window yet */
    p = f->buf + f->from;
    end = p + n;
    while (p < end && (p = memchr(p, '\n', (size_t)(end - p))) != NULL) {
        f->line++;
        p++;
    }
    advance(f, n);
}

size_t
feed_read(struct feed *f, char *buf, size_t cap)
{
    size_t n = f->to - f->from;
    enum tl_status st;

    n = n < cap ? n : cap;
    if (n > 0) {
        memcpy(buf, f->buf + f->from, n);
        advance(f, n);
        return n;
    }
    if (f->eof)
        return 0;
    st = f->stream.read(f->stream.ctx, buf, cap, &n, &f->error);
    if (st)
        f->failed = st;
    f->eof = st || n == 0;
    f->offset += n;
    return n;
}

/* Finds the next line end within MAX_LINE. *n is the line's length, *whole false when it was cut.
 */
static bool
find_line(struct feed *f, size_t *n, bool *whole)
{
    size_t seen = 0, want = 1;

    drop_bom(f);
    for (;;) {
        const char *nl;
        size_t have;

        fill(f, want);
        have = f->to - f->from;
        if (have == 0)
            return false;
        nl = memchr(f->buf + f->from + seen, '\n', have - seen);
        *whole = true;
        *n = nl ? (size_t)(nl - (f->buf + f->from)) : have;
        if (nl || (f->eof && have <= MAX_LINE)) {
            *whole = *n <= MAX_LINE;
            *n = *whole ? *n : MAX_LINE;
            return true;
        }
        if (have > MAX_LINE) {
            *n = MAX_LINE;
            *whole = false;
            return true;
        }
        if (f->eof)
            return true;
        seen = have;
        want = have + 1;
    }
}

static struct tl_str
view_of(const struct feed *f, size_t n)
{
    struct tl_str s = {f->buf + f->from, n};

    if (s.n > 0 && s.p[s.n - 1] == '\r')
        s.n--;
    return s;
}

/* Drops what follows up to and with the next newline. */
static void
skip_rest(struct feed *f)
{
    for (;;) {
        size_t have = f->to - f->from;
        const char *nl = have > 0 ? memchr(f->buf + f->from, '\n', have) : NULL;

        if (nl) {
            advance(f, (size_t)(nl - (f->buf + f->from)) + 1);
            return;
        }
        advance(f, have);
        if (f->eof)
            return;
        fill(f, 1);
    }
}

/* The line at hand, not taken yet. */
static bool
next_line(struct feed *f, struct tl_str *line, size_t *n, bool *whole)
{
    if (f->pending_skip) {
        f->pending_skip = false;
        skip_rest(f);
    }
    if (!find_line(f, n, whole))
        return false;
    *line = view_of(f, *n);
    return true;
}

bool
feed_line(struct feed *f, struct tl_str *line)
{
    size_t n;
    bool whole;

    if (!next_line(f, line, &n, &whole))
        return false;
    f->line++;
    advance(f, n);
    if (!whole) {
        if (f->cut++ == 0)
            f->first_cut = f->line;
        f->pending_skip = true; /* not now: skipping may move the window under *line */
    } else if (f->from < f->to) {
        advance(f, 1);
    }
    return true;
}

bool
feed_peek_line(struct feed *f, struct tl_str *line)
{
    size_t n;
    bool whole;

    return next_line(f, line, &n, &whole);
}
