/*
 * pg_scan.h - private to parse/: what the csvlog and the jsonlog of PostgreSQL share.
 *
 * The inline functions load up to LOG_PAD bytes behind the end of a line and use none of them.
 */
#ifndef TL_PARSE_PG_SCAN_H
#define TL_PARSE_PG_SCAN_H

#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "parse/log.h"

static inline uint64_t
pg_load(const char *p)
{
    uint64_t v;

    memcpy(&v, p, sizeof(v));
    return v;
}

/* Eight bytes at p like `pattern`, in which 0 stands for any digit. room: what may be added to a
 * difference before its high bit shows: \x76 for a digit, \x7f for another byte. */
static inline bool
pg_is_like(const char *p, const char *pattern, const char *room)
{
    uint64_t v = pg_load(p) ^ pg_load(pattern);

    return ((v | (v + pg_load(room))) & 0x8080808080808080u) == 0;
}

/* Bytes of `YYYY-MM-DD HH:MM:SS[.f…]` at p; 0: there is none. Only its shape is looked at. */
static inline uint32_t
pg_stamp_length(const char *p, const char *end)
{
    uint32_t n = 19;

    if (!pg_is_like(p, "0000-00-", "\x76\x76\x76\x76\x7f\x76\x76\x7f") ||
        !pg_is_like(p + 11, "00:00:00", "\x76\x76\x7f\x76\x76\x7f\x76\x76") || end - p < 19)
        return 0;
    if ((unsigned char)(p[8] - '0') > 9 || (unsigned char)(p[9] - '0') > 9 ||
        (p[10] != ' ' && p[10] != 'T'))
        return 0;
    if (p + n < end && p[n] == '.')
        for (n++; p + n < end && n < 29 && (unsigned char)(p[n] - '0') <= 9;)
            n++;
    return n;
}

#ifdef __SSE2__
/* The 16 bytes at p that are c, a bit each, the first byte the lowest bit. */
static inline uint64_t
pg_mask16(const char *p, char c)
{
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);

    return (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8(c)));
}
#endif

/* The same of 64 bytes. */
static inline uint64_t
pg_mask(const char *p, char c)
{
#ifdef __SSE2__
    return pg_mask16(p, c) | pg_mask16(p + 16, c) << 16 | pg_mask16(p + 32, c) << 32 |
           pg_mask16(p + 48, c) << 48;
#else
    uint64_t bits = 0;

    for (unsigned i = 0; i < 64; i++)
        bits |= (uint64_t)(p[i] == c) << i;
    return bits;
#endif
}

/* Stamp and zone ("2026-04-11 06:21:35.200 UTC") as they stand in a record. False: no time. */
bool pg_stamp_read(struct tl_reader *r, struct tl_str text, struct tl_stamp *out);

/* "10.0.0.7:5432", "::1:5432", "[local]": without the port. */
struct tl_str pg_client(struct tl_str from);

enum { PG_SQL_MAX = 200 };
/* What a session was about when it was ended (FATAL), by its beginning: the field `sql`. The level
 * is the first field of the record. Other records have none: their statements say nothing of an
 * end. */
void pg_sql(struct log_record *out, struct tl_str sql);

#endif
