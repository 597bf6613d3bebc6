/*
 * pg_lines.c - the log that PostgreSQL's server prints, a block at a time, for the lines that
 * nearly all are: the time of the record before, a prefix, a tag, a message that no rule knows.
 *
 * Such a line costs a comparison with the head of the record before, one look at 64 bytes for the
 * end of its prefix, four bytes of its message and the search for its end. Every other line is
 * given to pg_look: whatever this file decides, pg_look would decide, too.
 */
#include "parse/pg_lines.h"
#include "parse/log_blocks.h"
#include "parse/log_keys.h"
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
    const struct pg_shape *shape;
};

WIDE static inline __m256i
load32(const char *p)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

/* Bit i: byte i of 64 at p is c. */
WIDE static inline uint64_t
where(const char *p, __m256i c)
{
    uint32_t low = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(load32(p), c));
    uint32_t high = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(load32(p + 32), c));

    return (uint64_t)high << 32 | low;
}

/* The first line feed at or behind p; `stop` when there is none before it. 64 bytes behind `stop`
 * are readable, none of them a line feed. */
WIDE static inline const char *
line_feed(const char *p, const char *stop)
{
    for (; p < stop; p += 64) {
        uint64_t ends = where(p, _mm256_set1_epi8('\n'));

        if (ends)
            return p + __builtin_ctzll(ends);
    }
    return stop;
}

/* The shape of lines that have `after` behind their time; NULL: none, or that is not all it takes.
 */
static const struct pg_shape *
shape_of(const struct pg_state *s, char after)
{
    for (size_t i = 0; i < s->nshapes && s->shapes[i].after != '\0'; i++)
        if (s->shapes[i].after == after)
            return &s->shapes[i];
    return NULL;
}

/* A time at p that is not that of the record before. */
WIDE static inline bool
new_time(const struct pg_state *s, const struct pg_shape **x, const char *p, struct pg_time *t)
{
    if (!pg_time_wide(p, t))
        return false;
    if (!*x || (*x)->after != *t->end)
        *x = shape_of(s, *t->end);
    return *x != NULL;
}

WIDE static inline void
remember(struct head *h, const struct pg_shape *x, const struct pg_time *t)
{
    h->text = load32(t->p);
    h->n = (uint32_t)(t->end - t->p);
    h->mask = (2u << h->n) - 1;
    h->shape = x;
}

WIDE static inline bool
is_same(const struct head *h, const char *p)
{
    uint32_t same = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(load32(p), h->text));

    return (same & h->mask) == h->mask;
}

static void
note_time(struct log_block *b, const struct pg_time *t, size_t at)
{
    struct log_look look = {
        .stamp = t->p, .stamp_n = t->n, .zone = t->zone, .zone_n = (uint32_t)(t->end - t->zone)};

    log_block_time(b, &look, at);
}

/* Beginnings of messages that no rule knows, as this block has shown them. */
struct ordinary {
    uint64_t seen[64];
};

static inline uint64_t
load8(const char *p)
{
    uint64_t v;

    memcpy(&v, p, sizeof(v));
    return v;
}

/* Whether a message may be known to a rule. A line feed within the bytes that this looks at is a
 * maybe, as a line's end is. */
static inline bool
may_be_known(const struct log_keys *keys, struct ordinary *o, const char *message, const char *stop)
{
    uint64_t v = load8(message), *seen = &o->seen[(v * 0x9e3779b97f4a7c15u) >> 58];

    if (*seen == v && v != 0)
        return false;
    if (log_keys_begin(keys, message))
        return log_keys_may(keys, message, stop);
    *seen = v;
    return false;
}

static inline const char *
message_behind(const struct pg_tag *tag, const char *stop)
{
    const char *p = tag->colon + 2;

    p += *p == ' ';
    return p[5] == ':' ? pg_message(tag, stop, NULL) : p; /* maybe behind an SQLSTATE */
}

/* The tag that ends at rest[colon]. */
static inline bool
tag_at(const char *rest, unsigned colon, char before, struct pg_tag *tag)
{
    const char *end = rest + colon;

    *tag = (struct pg_tag){end - 3, end, PG_SEVERITY};
    return (colon > 3 && memcmp(end - 3, "LOG", 3) == 0 && end[-4] == before) ||
           pg_tag_before(rest, end, before, tag);
}

enum found { FOUND_OTHER, FOUND_MORE, FOUND_TAG };

/* A line with a tag. */
struct line {
    const struct pg_shape *shape;
    struct pg_time time; /* p NULL: that of the record before */
    struct pg_tag tag;
    const char *rest;    /* behind the time */
    uint64_t ends, more; /* line feeds in 64 bytes from there, and in the next 64 */
};

WIDE static inline enum found
look_at(const struct pg_state *s, const struct head *h, const char *p, struct line *l)
{
    uint64_t colons;

    l->shape = h->shape;
    l->time.p = NULL;
    l->rest = p + h->n;
    if (!is_same(h, p)) {
        if (*p == '\t')
            return FOUND_MORE;
        if (!new_time(s, &l->shape, p, &l->time))
            return FOUND_OTHER;
        l->rest = l->time.end;
    }
    colons = where(l->rest, _mm256_set1_epi8(':')) & where(l->rest + 1, _mm256_set1_epi8(' '));
    l->ends = where(l->rest, _mm256_set1_epi8('\n'));
    l->more = where(l->rest + 64, _mm256_set1_epi8('\n'));
    if (!colons || (l->ends & (colons ^ (colons - 1))) ||
        !tag_at(l->rest, (unsigned)__builtin_ctzll(colons), l->shape->end, &l->tag))
        return FOUND_OTHER;
    return FOUND_TAG;
}

WIDE static inline void
take_record(const struct log_lens *lens, struct log_block *b, struct head *h, struct ordinary *o,
            const struct line *l, size_t at)
{
    const char *stop = b->buf + b->n;

    log_block_record(b, at);
    if (l->time.p) {
        note_time(b, &l->time, at);
        remember(h, l->shape, &l->time);
    }
    if (may_be_known(lens->keys, o, message_behind(&l->tag, stop), stop))
        log_block_hit(b, at);
}

/* Its line feed, or stop. Without a branch: the ends of lines are not to be foreseen. */
WIDE static inline const char *
end_of(const struct line *l, const char *stop)
{
    uint64_t beyond = -(uint64_t)(l->ends == 0), ends = l->ends | (l->more & beyond);

    return ends ? l->rest + (beyond & 64) + __builtin_ctzll(ends) : line_feed(l->rest + 128, stop);
}

/* Lines from the block's beginning on, but for the last REACH bytes; returns what is left. */
WIDE static const char *
scan(const struct log_lens *lens, struct log_block *b)
{
    const struct pg_state *s = lens->state;
    const char *stop = b->buf + b->n, *p = b->buf;
    struct head head = {.text = _mm256_set1_epi8('\n'),
                        .mask = UINT32_MAX,
                        .shape = s->shapes}; /* of no record yet */
    struct ordinary ordinary = {{0}};

    while (stop - p > REACH) {
        size_t at = (size_t)(p - b->buf);
        struct line l;
        enum found found = look_at(s, &head, p, &l);

        if (found == FOUND_TAG && l.tag.sort == PG_SEVERITY)
            take_record(lens, b, &head, &ordinary, &l, at);
        p = found == FOUND_TAG ? end_of(&l, stop) : line_feed(p, stop);
        if (found == FOUND_OTHER)
            log_block_line(lens, b, at, (size_t)(p - b->buf));
        else
            b->lines++;
        p++;
    }
    return p;
}

/* Whether every line that begins a record begins with its time. */
static bool
is_usual(const struct pg_state *s)
{
    bool usual = s->nshapes > 0 && !s->twice && !s->syslog.on;

    for (size_t i = 0; i < s->nshapes; i++)
        usual &=
            !s->shapes[i].floating && s->shapes[i].nlead == 0 && s->shapes[i].clock == PG_CLOCK_ISO;
    return usual;
}

WIDE static void
scan_rest(const struct log_lens *lens, struct log_block *b, const char *p)
{
    const char *stop = b->buf + b->n;

    for (; p < stop; p++) {
        size_t at = (size_t)(p - b->buf);

        p = line_feed(p, stop);
        log_block_line(lens, b, at, (size_t)(p - b->buf));
    }
}

bool
pg_scan_lines(const struct log_lens *lens, struct log_block *b)
{
    const struct pg_state *s = lens->state;

    if (!is_usual(s) || !__builtin_cpu_supports("avx2"))
        return false;
    scan_rest(lens, b, scan(lens, b));
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
