/*
 * time.h - the only clock arithmetic in the project. UTC, integer microseconds.
 *
 * Nothing here reads TZ, the locale or the system clock. Zones: core/zone.h.
 */
#ifndef TL_CORE_TIME_H
#define TL_CORE_TIME_H

#include <stdbool.h>
#include <stdint.h>

#include "core/str.h"

typedef int64_t tl_time; /* microseconds since 1970-01-01T00:00:00Z */
#define TL_TIME_NONE INT64_MIN
#define TL_MS        ((int64_t)1000)
#define TL_SECOND    ((int64_t)1000000)
#define TL_MINUTE    (60 * TL_SECOND)
#define TL_HOUR      (60 * TL_MINUTE)
#define TL_DAY       (24 * TL_HOUR)

/* A moment with its proof: the truth lies in [earliest, latest]. `at` is its place in the
 * order (CONTRACT, INSTANT). All three TL_TIME_NONE: not known. */
struct tl_instant {
    tl_time at, earliest, latest;
};
#define TL_INSTANT_NONE ((struct tl_instant){TL_TIME_NONE, TL_TIME_NONE, TL_TIME_NONE})

/* The instant that a stamp of resolution res_us (> 0) stands for: [at, at + res_us]. */
struct tl_instant tl_instant_of(tl_time at, int64_t res_us);

/* Midnight UTC of a proleptic Gregorian date; false when there is no such day.
 * Years 1..9999. */
bool tl_date_to_time(int64_t year, int64_t month, int64_t day, tl_time *out);

struct tl_civil { /* a moment taken apart; month and day from 1, weekday 0 = Sunday */
    int64_t year;
    int month, day, hour, minute, second, us, weekday;
};
struct tl_civil tl_time_civil(tl_time t); /* in UTC; add an offset before for another zone */

/* What a text says about a moment, before any zone is applied. */
enum tl_zone_sort {
    TL_ZONE_ABSENT,   /* the text has none */
    TL_ZONE_OFFSET,   /* offset_us is certain: Z, UTC, GMT, a number, or an abbreviation that
                         the tz database gives exactly one offset (CONTRACT, Zones of inputs) */
    TL_ZONE_AMBIGUOUS /* zone_text is an abbreviation with several offsets, or none known */
};
struct tl_stamp {
    tl_time local;  /* wall clock as if it were UTC; without a date: within 1970-01-01 */
    int64_t res_us; /* how finely it was written: 1 (us) .. TL_SECOND, TL_MINUTE */
    bool dated;     /* false: a time of day only */
    bool yearless;  /* the date has no year (syslog): local is in year 1972 */
    enum tl_zone_sort zone;
    int64_t offset_us;       /* of TL_ZONE_OFFSET: local - UTC */
    struct tl_str zone_text; /* as written; a view into the text; empty: none */
};

struct tl_zones; /* core/zone.h */

/*
 * Reads one date and time off the front of *s, in any spelling this project meets:
 *   2026-04-11T06:21:35.200Z, 2026-04-11 06:21:35,200 +0900, 2026-04-11 15:20 [JST],
 *   2026-04-11T06:21:35.200000+00:00, 2026/04/11 15:20:01, 20260411T062135Z
 *   12/6/2022 9:49:33 AM (month first), October 23rd 2020, 7:53:13 am UTC,
 *   March 13, 2024, 00:40 (UTC+09:00), September 04,2022, 4:00:06 PM UTC,
 *   Tue Dec 14 20:57:45 UTC 2021, Feb 11 13:15:39 (yearless), 11 Apr 2026 06:21:35,
 *   11:52:43 (undated), 1775888495 / 1775888495200 (epoch s / ms; only by tl_stamp_epoch)
 * Fractions of 1..9 digits after '.' or ','; finer than a microsecond is dropped.
 * `zones` may be NULL: then every abbreviation but Z, UTC, GMT is ambiguous.
 * On success *s is moved past what was read (zone included, with its brackets).
 * On failure *s is unchanged. Never reads a date out of the middle of a longer number.
 */
bool tl_stamp_read(struct tl_str *s, struct tl_zones *zones, struct tl_stamp *out);

/* Digits (10: seconds, 13: milliseconds, 16: microseconds; optional fraction) as epoch. */
bool tl_stamp_epoch(struct tl_str *s, struct tl_stamp *out);

/* Exactly `YYYY-MM-DD[T ]HH:MM:SS[.fff…]` at the front, no zone looked for: the fast path of
 * readers whose lines all look alike. Same effect on *s. */
bool tl_stamp_read_iso(struct tl_str *s, struct tl_stamp *out);

/* "2026-04-11T06:21:35.200Z": TIME of the contract, always three digits, floored. */
void tl_time_print(struct tl_buf *b, tl_time t);

/* Reads what tl_time_print writes, and RFC 3339 in general. Refuses trailing bytes. */
bool tl_time_read(struct tl_str s, tl_time *out);

/* "21.281": seconds with three digits, for JSON and CSV. Negative allowed. */
void tl_seconds_print(struct tl_buf *b, int64_t us);

/* Reads "500ms", "0.5", "0.5s", "30s", "2m", "1h30m", "2h" as microseconds >= 0; a bare number
 * is seconds. Refuses trailing bytes and overflow. */
bool tl_duration_read(struct tl_str s, int64_t *us);

#endif
