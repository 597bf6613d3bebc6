/*
 * zone.h - the tz database, read in one place.
 *
 * TZif files (RFC 8536) under a folder that the caller names (usually /usr/share/zoneinfo).
 * A struct tl_zones is a cache: not thread-safe, everything in it lives until tl_zones_free.
 */
#ifndef TL_CORE_ZONE_H
#define TL_CORE_ZONE_H

#include "core/arena.h"
#include "core/time.h"

struct tl_zone; /* one IANA zone, or UTC, or a fixed offset */

/* `folder` is copied. Reads nothing yet. NULL when out of memory. */
struct tl_zones *tl_zones_new(struct tl_str folder);
void tl_zones_free(struct tl_zones *z); /* NULL is allowed */

/* True when something was not found for want of memory: what z answers may then be wrong. */
bool tl_zones_starved(const struct tl_zones *z);

/*
 * "UTC", "Z", "Asia/Tokyo", "+09:00", "UTC+09:00", or an abbreviation that is certain ("JST").
 * *out is borrowed from z. TL_EUSAGE with a sentence that says what to do when there is no such
 * zone (names that leave the folder are refused) or the tz database is not installed.
 */
enum tl_status tl_zone_find(struct tl_zones *z, struct tl_str name, const struct tl_zone **out,
                            struct tl_error *err);
struct tl_str tl_zone_name(const struct tl_zone *zone); /* as found: "Asia/Tokyo" */

/* The offset (local - UTC) in force at t, and the abbreviation ("JST", "+09"); abbr may be NULL. */
int64_t tl_zone_offset(const struct tl_zone *zone, tl_time t, struct tl_str *abbr);

/* The moments that a wall clock time can mean: 1 usually, 2 in the hour that repeats (out[0] <
 * out[1]), 0 in the hour that is skipped (then out[0] is with the offset before the jump). */
unsigned tl_zone_utc(const struct tl_zone *zone, tl_time local, tl_time out[2]);

/*
 * True when the tz database gives `abbr` (e.g. "JST") exactly one offset over all zones since
 * 2000-01-01; then *offset_us is it. Scans the database once, at the first call.
 */
bool tl_zone_abbreviation(struct tl_zones *z, struct tl_str abbr, int64_t *offset_us);
/* True when the database has it at all since then, with however many offsets. */
bool tl_zone_abbreviation_known(struct tl_zones *z, struct tl_str abbr);

/*
 * The instant a stamp means: with its own offset where certain, else in `zone`. The hour that
 * repeats gives an interval over both. False: ambiguous abbreviation and zone is NULL, no zone at
 * all and zone is NULL, or no date (undated and yearless stamps must be completed by the caller).
 * An explicit `zone` (not NULL) decides over an ambiguous abbreviation, never over a certain one.
 */
bool tl_stamp_instant(const struct tl_stamp *s, const struct tl_zone *zone, struct tl_instant *out);

#endif
