/*
 * tzif.h - private to core/: one TZif file (RFC 8536, versions 1 to 4) taken apart.
 *
 * Seconds since 1970, as in the file. Any bytes may come: what is not valid is refused.
 */
#ifndef TL_CORE_TZIF_H
#define TL_CORE_TZIF_H

#include "core/arena.h"
#include "core/time.h"

struct tzif_type {
    int64_t offset_s; /* local - UTC */
    struct tl_str abbr;
};

struct tzif_day { /* when a rule changes, in a year */
    char form;    /* 'M': month, week, weekday; 'J': 1..365 without Feb 29; 'N': 0..365 */
    int64_t month, week, day;
    int64_t time_s; /* of wall clock, may be negative or beyond a day */
};

struct tzif_rule { /* the footer: what holds after the last transition */
    bool present, has_dst;
    struct tzif_type std, dst;
    struct tzif_day start, end; /* of dst */
};

struct tzif {
    size_t ntimes;
    const int64_t *times;       /* rising */
    const unsigned char *which; /* index into types, per time */
    size_t ntypes;              /* at least 1 */
    const struct tzif_type *types;
    struct tzif_rule rule;
};

enum { TZIF_MAX = 64 * 1024 }; /* bytes of a file; the real ones have 4 KiB at most */

/* Reads a whole file. Everything is copied into the arena. False: no valid TZif, or no memory. */
bool tzif_read(struct tl_str bytes, struct tl_arena *arena, struct tzif *out);

/* Reads a POSIX TZ string such as "EST5EDT,M3.2.0,M11.1.0"; texts are views. */
bool tzif_rule_read(struct tl_str text, struct tzif_rule *out);

/* The type in force at t seconds. */
const struct tzif_type *tzif_at(const struct tzif *z, int64_t t);

#endif
