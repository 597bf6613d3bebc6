/*
 * pg_quick.h - private to parse/: the steps that every line of PostgreSQL's plain log costs, for
 * the two that take them: pg_stderr.c line by line, pg_lines.c for a whole block.
 */
#ifndef TL_PARSE_PG_QUICK_H
#define TL_PARSE_PG_QUICK_H

#include "parse/pg_prefix.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

static inline bool
pg_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool
pg_is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

#ifdef __SSE2__
static inline __m128i
pg_load16(const char *p)
{
    return _mm_loadu_si128((const __m128i *)(const void *)p);
}

/* Bit i: byte i of v is in [low, low + span]. */
static inline unsigned
pg_within(__m128i v, char low, char span)
{
    v = _mm_sub_epi8(v, _mm_set1_epi8(low));
    return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(span)), v));
}

/*
 * The usual time, of seconds or milliseconds and with letters for a zone, in a few wide steps; 48
 * bytes at p are readable. False says nothing: pg_time_at decides.
 */
static inline bool
pg_time_wide(const char *p, struct pg_time *out)
{
    enum { DATE_DIGITS = 0xdb6f, DATE_MARKS = 0x2490 }; /* of "0000-00-00 00:00" */
    const __m128i a = pg_load16(p), b = pg_load16(p + 16);
    const __m128i marks =
        _mm_cmpeq_epi8(a, _mm_setr_epi8(0, 0, 0, 0, '-', 0, 0, '-', 0, 0, ' ', 0, 0, ':', 0, 0));
    unsigned digits = pg_within(b, '0', 9), n;

    if ((pg_within(a, '0', 9) & DATE_DIGITS) != DATE_DIGITS ||
        ((unsigned)_mm_movemask_epi8(marks) & DATE_MARKS) != DATE_MARKS || (digits & 6) != 6 ||
        p[16] != ':')
        return false;
    if (p[19] == ' ')
        out->n = 19;
    else if (p[19] == '.' && (digits & 0x70) == 0x70 && p[23] == ' ')
        out->n = 23;
    else
        return false;
    out->p = p;
    out->zone = p + out->n + 1;
    n = (unsigned)__builtin_ctz(~pg_within(pg_load16(out->zone), 'A', 'Z' - 'A'));
    out->end = out->zone + n;
    return n >= 2 && n <= 6;
}
#endif

/* Whether a tag may begin at `word` when the prefix of a line that is looked at from `from` on ends
 * with `before` (a byte, or PG_END_…). */
static inline bool
pg_may_stand(const char *from, const char *word, char before)
{
    bool first = word == from;
    char c = '\0';

    if (!first)
        c = word[-1];
    switch (before) {
    case PG_END_ANY:
        return true;
    case PG_END_START:
        return first;
    case PG_END_MARK:
        return first || !(pg_is_digit(c) || pg_is_upper(c) || (c >= 'a' && c <= 'z') || c == '_');
    default:
        return !first && (c == before || (c == ' ' && word - from > 1 && word[-2] == before));
    }
}

/* The tag that ends at `colon`, but "LOG". */
bool pg_tag_other(const char *from, const char *colon, char before, struct pg_tag *out);

/* The tag that ends at `colon`. */
static inline bool
pg_tag_before(const char *from, const char *colon, char before, struct pg_tag *out)
{
    if (colon - from >= 3 && colon[-1] == 'G' && colon[-2] == 'O' && colon[-3] == 'L' &&
        pg_may_stand(from, colon - 3, before)) { /* nearly all of them */
        *out = (struct pg_tag){colon - 3, colon, PG_SEVERITY};
        return true;
    }
    return pg_tag_other(from, colon, before, out);
}

#endif
