#include "core/zone.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/tzif.h"
#include "core/zone_scan.h"

enum { NAME_MAX_BYTES = 64 };

struct tl_zone {
    struct tl_zone *next;
    struct tl_str asked; /* the name it was found by */
    struct tl_str name;
    bool fixed;
    int64_t offset_us;  /* fixed */
    struct tl_str abbr; /* fixed */
    struct tzif tz;     /* else */
};

struct tl_zones {
    struct tl_arena arena;
    struct tl_str folder; /* NUL-terminated */
    struct tl_zone *first;
    bool scanned;
    struct abbrs abbrs;
};

struct tl_zones *
tl_zones_new(struct tl_str folder)
{
    struct tl_zones *z = calloc(1, sizeof(*z));

    if (!z)
        return NULL;
    tl_arena_init(&z->arena, (size_t)16 << 20);
    z->folder = tl_arena_str(&z->arena, folder);
    if (!z->folder.p) {
        tl_zones_free(z);
        return NULL;
    }
    return z;
}

void
tl_zones_free(struct tl_zones *z)
{
    if (!z)
        return;
    tl_arena_free(&z->arena);
    free(z);
}

bool
tl_zones_starved(const struct tl_zones *z)
{
    return z->arena.starved;
}

struct tl_str
tl_zone_name(const struct tl_zone *zone)
{
    return zone->name;
}

/* ---- finding ---- */

static const struct abbr *
abbr_find(struct tl_zones *z, struct tl_str text)
{
    for (int turn = 0; turn < 2 && !z->scanned; turn++) /* memory may be back the second time */
        z->scanned = zone_scan(z->folder.p, &z->abbrs);
    z->arena.starved |= !z->scanned;
    return zone_abbr(&z->abbrs, text);
}

bool
tl_zone_abbreviation(struct tl_zones *z, struct tl_str abbr, int64_t *offset_us)
{
    const struct abbr *a;

    if (tl_str_eq(abbr, TL_STR("UTC")) || tl_str_eq(abbr, TL_STR("GMT"))) {
        *offset_us = 0;
        return true;
    }
    a = abbr_find(z, abbr);
    if (!a || a->several)
        return false;
    *offset_us = a->offset_s * TL_SECOND;
    return true;
}

bool
tl_zone_abbreviation_known(struct tl_zones *z, struct tl_str abbr)
{
    return abbr_find(z, abbr) != NULL;
}

/* "+09:00", "UTC+9", "GMT", "Z". */
static bool
read_fixed(struct tl_str name, int64_t *offset_us)
{
    bool prefixed =
        tl_str_case_starts(name, TL_STR("UTC")) || tl_str_case_starts(name, TL_STR("GMT"));

    *offset_us = 0;
    if (tl_str_case_eq(name, TL_STR("Z")))
        return true;
    if (prefixed)
        name = tl_str_skip(name, 3);
    if (name.n == 0)
        return prefixed;
    return tl_offset_read(&name, true, offset_us) && name.n == 0;
}

/* The texts of a fixed offset: "+09:00" and "+09"; "UTC" for none. */
static bool
name_fixed(struct tl_arena *a, struct tl_zone *zone)
{
    int64_t minutes = zone->offset_us / TL_MINUTE, m = minutes < 0 ? -minutes : minutes;
    char name[40], abbr[40];
    int n, k;

    if (minutes == 0) {
        zone->name = zone->abbr = TL_STR("UTC");
        return true;
    }
    n = snprintf(name, sizeof(name), "%c%02" PRId64 ":%02" PRId64, minutes < 0 ? '-' : '+', m / 60,
                 m % 60);
    k = snprintf(abbr, sizeof(abbr), m % 60 ? "%c%02" PRId64 "%02" PRId64 : "%c%02" PRId64,
                 minutes < 0 ? '-' : '+', m / 60, m % 60);
    zone->name = tl_arena_str(a, (struct tl_str){name, (size_t)n});
    zone->abbr = tl_arena_str(a, (struct tl_str){abbr, (size_t)k});
    return zone->name.p && zone->abbr.p;
}

/* A path of names below the folder: letters, digits and _ + - only. */
static bool
is_safe(struct tl_str name)
{
    char before = '/';

    if (name.n > NAME_MAX_BYTES)
        return false;
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];

        if (!tl_is_alpha(c) && !tl_is_digit(c) && c != '_' && c != '+' && c != '-' && c != '/')
            return false;
        if (c == '/' && before == '/')
            return false;
        before = c;
    }
    return before != '/';
}

static enum tl_status
load_file(struct tl_zones *z, struct tl_zone *zone, struct tl_error *err)
{
    int dir = open(z->folder.p, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    char *buf = malloc(TZIF_MAX);
    bool ok = false;
    size_t n;

    if (dir >= 0 && buf && is_safe(zone->asked))
        ok = zone_file_read(dir, zone->asked.p, buf, &n) &&
             tzif_read((struct tl_str){buf, n}, &z->arena, &zone->tz);
    z->arena.starved |= !buf;
    free(buf);
    if (dir < 0) {
        return tl_fail(err, TL_EUSAGE, 0,
                       "no time zone %.*s: the tz database is not installed in %s; install tzdata, "
                       "or give an offset such as +09:00",
                       TL_FMT(zone->asked), z->folder.p);
    }
    close(dir);
    if (ok)
        return TL_OK;
    if (abbr_find(z, zone->asked)) {
        return tl_fail(
            err, TL_EUSAGE, 0,
            "%.*s stands for several offsets: give a zone such as America/Chicago, or an "
            "offset such as +09:00",
            TL_FMT(zone->asked));
    }
    return tl_fail(err, TL_EUSAGE, 0,
                   "no time zone %.*s: give a name such as Asia/Tokyo, or an offset such as +09:00",
                   TL_FMT(zone->asked));
}

/* JST: letters only, in any case. */
static bool
read_abbreviation(struct tl_zones *z, struct tl_str name, struct tl_zone *zone)
{
    char letters[ABBR_MAX];

    if (name.n < 2 || name.n > sizeof(letters))
        return false;
    for (size_t i = 0; i < name.n; i++) {
        if (!tl_is_alpha(name.p[i]))
            return false;
        letters[i] = tl_upper(name.p[i]);
    }
    if (!tl_zone_abbreviation(z, (struct tl_str){letters, name.n}, &zone->offset_us))
        return false;
    zone->name = zone->abbr = tl_arena_str(&z->arena, (struct tl_str){letters, name.n});
    return zone->name.p != NULL;
}

enum tl_status
tl_zone_find(struct tl_zones *z, struct tl_str name, const struct tl_zone **out,
             struct tl_error *err)
{
    struct tl_zone *zone;
    enum tl_status st = TL_OK;

    *out = NULL;
    name = tl_str_trim(name);
    if (name.n == 0 || name.n > NAME_MAX_BYTES)
        return tl_fail(err, TL_EUSAGE, 0, "no time zone %.*s: give a name such as Asia/Tokyo",
                       name.n > NAME_MAX_BYTES ? NAME_MAX_BYTES : (int)name.n, name.p);
    for (zone = z->first; zone; zone = zone->next) {
        if (tl_str_eq(zone->asked, name)) {
            *out = zone;
            return TL_OK;
        }
    }
    zone = tl_arena_alloc(&z->arena, sizeof(*zone));
    if (zone)
        zone->asked = tl_arena_str(&z->arena, name);
    if (!zone || !zone->asked.p)
        return tl_fail(err, TL_ENOMEM, 0, "out of memory for time zones");
    if (read_fixed(name, &zone->offset_us)) {
        zone->fixed = true;
        if (!name_fixed(&z->arena, zone))
            return tl_fail(err, TL_ENOMEM, 0, "out of memory for time zones");
    } else if (read_abbreviation(z, name, zone)) {
        zone->fixed = true;
    } else {
        zone->name = zone->asked;
        st = load_file(z, zone, err);
    }
    if (tl_zones_starved(z))
        return tl_fail(err, TL_ENOMEM, 0, "out of memory for time zones");
    if (st)
        return st;
    zone->next = z->first;
    z->first = zone;
    *out = zone;
    return TL_OK;
}

/* ---- using ---- */

int64_t
tl_zone_offset(const struct tl_zone *zone, tl_time t, struct tl_str *abbr)
{
    const struct tzif_type *type;

    if (zone->fixed) {
        if (abbr)
            *abbr = zone->abbr;
        return zone->offset_us;
    }
    type = tzif_at(&zone->tz, tl_floor_div(t, TL_SECOND));
    if (abbr)
        *abbr = type->abbr;
    return type->offset_s * TL_SECOND;
}

unsigned
tl_zone_utc(const struct tl_zone *zone, tl_time local, tl_time out[2])
{
    tl_time try[4];
    unsigned n = 0;

    /* offsets are less than 26 hours: those in force around it, then what these lead to */
    try[0] = tl_time_add(local, -tl_zone_offset(zone, tl_time_add(local, -26 * TL_HOUR), NULL));
    try[1] = tl_time_add(local, -tl_zone_offset(zone, tl_time_add(local, 26 * TL_HOUR), NULL));
    for (unsigned i = 0; i < 2; i++)
        try[2 + i] = tl_time_add(local, -tl_zone_offset(zone, try[i], NULL));
    out[0] = try[0];
    for (unsigned i = 0; i < 4; i++) {
        if (tl_time_add(try[i], tl_zone_offset(zone, try[i], NULL)) != local)
            continue;
        if (n == 0 || (n == 1 && try[i] != out[0]))
            out[n++] = try[i];
    }
    if (n == 2 && out[1] < out[0]) {
        try[0] = out[0];
        out[0] = out[1];
        out[1] = try[0];
    }
    return n;
}

bool
tl_stamp_instant(const struct tl_stamp *s, const struct tl_zone *zone, struct tl_instant *out)
{
    tl_time utc[2];
    struct tl_str abbr;

    if (!s->dated || s->yearless)
        return false;
    if (s->zone == TL_ZONE_OFFSET) {
        *out = tl_instant_of(tl_time_add(s->local, -s->offset_us), s->res_us);
        return true;
    }
    if (!zone)
        return false;
    if (tl_zone_utc(zone, s->local, utc) < 2) {
        *out = tl_instant_of(utc[0], s->res_us);
        return true;
    }
    for (unsigned i = 0; i < 2 && s->zone == TL_ZONE_AMBIGUOUS; i++) {
        (void)tl_zone_offset(zone, utc[i], &abbr);
        if (tl_str_eq(abbr, s->zone_text)) { /* the hour that repeats, told apart: CDT, CST */
            *out = tl_instant_of(utc[i], s->res_us);
            return true;
        }
    }
    *out = (struct tl_instant){utc[0], utc[0], tl_time_add(utc[1], s->res_us)};
    return true;
}
