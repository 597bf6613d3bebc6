/*
 * pg_lines.c - PostgreSQL's stderr log, a block at a time, for the lines that nearly all are: the
 * time of the record before, a prefix, a tag, a message that no rule knows.
 *
 * Such a line costs a comparison with the head of the record before, one look at 64 bytes for the end of
 * its prefix, four bytes of its message and the search for its end. Every other line is
 * given to pg_look: whatever this file decides, pg_look would decide, too.
 */
#include "parse/log_blocks.h"
#include "parse/log_keys.h"
#include "parse/pg_lines.h"
#include "parse/pg_quick.h"

#ifdef __x86_64__
#include <immintrin.h>

enum {
    HEAD = 32,   /* bytes of a line that are compared with the record before */
    REACH = 256, /* bytes behind a line's beginning that are loaded: before the block's end only */
};

#define WIDE __attribute__((target("avx2")))

/* The head of the last record: time, zone, the byte behind them. */
struct head {
    __m256i text;
    uint32_t mask; /* of the bytes that count */
    uint32_t n;    /* bytes of time and zone */
};

/* Places in 64 bytes. */
struct marks {
    uint64_t colons; /* ':' with a blank behind */
    uint64_t ends;   /* line feeds */
};

WIDE static inline __m256i
load32(const char *p)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

WIDE static inline uint64_t
equal(__m256i low, __m256i high, __m256i c)
{
    uint32_t l = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, c));
    uint32_t h = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, c));

    return (uint64_t)h << 32 | l;
}

WIDE static inline struct marks
look_for(const char *p)
{
    const __m256i low = load32(p), high = load32(p + 32);
    const uint64_t blanks = equal(load32(p + 1), load32(p + 33), _mm256_set1_epi8(' '));

    return (struct marks){equal(low, high, _mm256_set1_epi8(':')) & blanks,
                          equal(low, high, _mm256_set1_epi8('\n'))};
}

/* The first line feed at or behind p; `stop` when there is none before it. 64 bytes behind `stop` are
 * readable, none of them a line feed. */
WIDE static inline const char *
line_feed(const char *p, const char *stop)
{
    const __m256i nl = _mm256_set1_epi8('\n');

    for (; p < stop; p += 64) {
        uint64_t ends = equal(load32(p), load32(p + 32), nl);

        if (ends)
            return p + __builtin_ctzll(ends);
    }
    return stop;
}

/* A time at p that is not that of the record before. */
WIDE static inline bool
new_time(const struct pg_shape *x, const char *p, struct pg_time *t)
{
    return pg_time_wide(p, t) && (x->after == '\0' || *t->end == x->after);
}

WIDE static inline void
remember(struct head *h, const struct pg_shape *x, const struct pg_time *t)
{
    uint32_t n = (uint32_t)(t->end - t->p);

    h->text = load32(t->p);
    h->n = n;
    h->mask = (uint32_t)((uint64_t)1 << (n + (x->after != '\0'))) - 1;
}

/* What of a line was found before its end. */
enum found { FOUND_NOTHING, FOUND_MORE, FOUND_TAG };

struct line {
    struct pg_time time; /* p NULL: that of the record before */
    struct pg_tag tag;
    const char *rest; /* FOUND_TAG: 64 bytes that were looked at */
    uint64_t ends;    /* the line feeds in them */
};

WIDE static inline enum found
look_at(const struct pg_shape *x, const struct head *h, const char *p, struct line *out)
{
    uint32_t same = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(load32(p), h->text));
    struct marks m;

    out->rest = p + h->n;
    out->time.p = NULL;
    if ((same & h->mask) != h->mask) {
        if (*p == '\t')
            return FOUND_MORE;
        if (!new_time(x, p, &out->time))
            return FOUND_NOTHING;
        out->rest = out->time.end;
    }
    m = look_for(out->rest);
    out->ends = m.ends;
    if (!m.colons || (m.ends & (m.colons ^ (m.colons - 1))) ||
        !pg_tag_before(out->rest, out->rest + __builtin_ctzll(m.colons), x->end, &out->tag))
        return FOUND_NOTHING;
    return FOUND_TAG;
}

static void
note_time(struct log_block *b, const struct pg_time *t, size_t at)
{
    struct log_look look = {.stamp = t->p,
                            .stamp_n = t->n,
                            .zone = t->zone,
                            .zone_n = (uint32_t)(t->end - t->zone)};

    log_block_time(b, &look, at);
}

WIDE static inline void
take_record(const struct log_lens *lens, const struct pg_shape *x, struct log_block *b,
            struct head *h, const struct line *l, size_t at)
{
    const char *stop = b->buf + b->n, *message = pg_message(&l->tag, stop, NULL);

    log_block_record(b, at);
    if (l->time.p) {
        note_time(b, &l->time, at);
        remember(h, x, &l->time);
    }
    /* a line feed within the bytes that this looks at is a maybe, as the line's end is */
    if (log_keys_begin(lens->keys, message) && log_keys_may(lens->keys, message, stop))
        log_block_hit(b, at);
}

WIDE static void
scan(const struct log_lens *lens, const struct pg_shape *x, struct log_block *b)
{
    const char *stop = b->buf + b->n, *p = b->buf;
    struct head head = {.text = _mm256_set1_epi8('\n'), .mask = UINT32_MAX}; /* of no record yet */

    while (p < stop) {
        size_t at = (size_t)(p - b->buf);
        enum found found = FOUND_NOTHING;
        struct line l;

        if (stop - p > REACH)
            found = look_at(x, &head, p, &l);
        if (found == FOUND_TAG) {
            if (l.tag.sort == PG_SEVERITY)
                take_record(lens, x, b, &head, &l, at);
            p = l.ends ? l.rest + __builtin_ctzll(l.ends) : line_feed(l.rest + 64, stop);
            b->lines++;
        } else {
            p = line_feed(p, stop);
            if (found == FOUND_MORE)
                b->lines++;
            else
                log_block_line(lens, b, at, (size_t)(p - b->buf));
        }
        p++;
    }
}

/* The first shape of an input decides alone about lines that fit it; it has to be the usual one. */
static bool
is_usual(const struct pg_state *s)
{
    const struct pg_shape *x = s->shapes;

    if (s->nshapes == 0 || s->twice || s->syslog.on || x->floating || x->nlead > 0 ||
        x->clock != PG_CLOCK_ISO)
        return false;
    for (size_t i = 1; i < s->nshapes; i++) /* a line that begins with a tab is of none of them */
        if (s->shapes[i].floating || s->shapes[i].clock == PG_CLOCK_NONE ||
            (s->shapes[i].nlead > 0 && s->shapes[i].lead[0] == '\t'))
            return false;
    return true;
}

bool
pg_scan_lines(const struct log_lens *lens, struct log_block *b)
{
    const struct pg_state *s = lens->state;

    if (!is_usual(s) || !__builtin_cpu_supports("avx2"))
        return false;
    scan(lens, s->shapes, b);
    return true;
}

#else

bool
pg_scan_lines(const struct log_lens *lens, struct log_block *b)
{
    (void)lens;
    (void)b;
    return false;
}

#endif
