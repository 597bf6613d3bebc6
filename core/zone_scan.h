/*
 * zone_scan.h - private to core/: the files of the tz database, and what its abbreviations mean.
 */
#ifndef TL_CORE_ZONE_SCAN_H
#define TL_CORE_ZONE_SCAN_H

#include "core/time.h"

enum { ABBR_MAX = 6, ABBRS_MAX = 256 };

struct abbr {
    char text[ABBR_MAX]; /* capitals; not NUL-terminated when full */
    size_t n;
    int64_t offset_s; /* the first one met */
    bool several;     /* zones differ */
};
struct abbrs { /* sorted by text */
    size_t n;
    struct abbr rows[ABBRS_MAX];
};

/* Fills *out with every abbreviation of letters that some zone below `folder` (NUL-terminated) uses
 * since 2000-01-01. An unreadable folder gives none. False, *out incomplete, for want of memory. */
bool zone_scan(const char *folder, struct abbrs *out);

const struct abbr *zone_abbr(const struct abbrs *all, struct tl_str text); /* or NULL */

/* Reads a regular file of at most TZIF_MAX bytes, path relative to the folder `dir`. buf has room
 * for TZIF_MAX bytes. False: no such file, or another sort, or too large. */
bool zone_file_read(int dir, const char *path, char *buf, size_t *n);

#endif
