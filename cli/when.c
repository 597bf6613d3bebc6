#include "cli/when.h"

/* "2026-04-11": its midnight, as a wall clock. */
static bool
read_date(struct tl_str s, tl_time *local)
{
    int64_t y, m, d;

    return s.n == 10 && s.p[4] == '-' && s.p[7] == '-' && tl_str_digits(&s, 4, &y) &&
           (s = tl_str_skip(s, 1), tl_str_digits(&s, 2, &m)) &&
           (s = tl_str_skip(s, 1), tl_str_digits(&s, 2, &d)) && tl_date_to_time(y, m, d, local);
}

static bool
read_moment(struct tl_str text, struct tl_zones *zones, const struct tl_zone *tz, tl_time *out)
{
    struct tl_stamp stamp = {.res_us = TL_SECOND, .dated = true, .zone = TL_ZONE_ABSENT};
    struct tl_instant at;
    struct tl_str rest = text;

    if (tl_time_read(text, out))
        return true;
    if (!read_date(text, &stamp.local) &&
        (!tl_stamp_read(&rest, zones, &stamp) || rest.n > 0 || !stamp.dated || stamp.yearless))
        return false;
    if (!tl_stamp_instant(&stamp, tz, &at))
        return false;
    *out = at.earliest;
    return true;
}

enum tl_status
when_read(const char *option, struct tl_str text, struct tl_zones *zones, const struct tl_zone *tz,
          struct when *out, struct tl_error *err)
{
    *out = WHEN_NONE;
    if (text.n == 0 || read_moment(text, zones, tz, &out->at))
        return TL_OK;
    if (text.p[0] == '-' && tl_duration_read(tl_str_skip(text, 1), &out->ago_us))
        return TL_OK;
    *out = WHEN_NONE;
    return tl_fail(err, TL_EUSAGE, 0,
                   "--%s %.*s is no time; write it like 2026-04-11T06:20:00Z, 2026-04-11 15:20 (in "
                   "--tz) or -2h",
                   option, text.n > 100 ? 100 : TL_FMT(text));
}

enum tl_status
window_read(struct tl_str text, struct tl_zones *zones, const struct tl_zone *tz, tl_time *from,
            tl_time *to, struct tl_error *err)
{
    struct tl_str left, right;
    struct when a = WHEN_NONE, b = WHEN_NONE;
    enum tl_status st;

    *from = *to = TL_TIME_NONE;
    if (text.n == 0)
        return TL_OK;
    if (!tl_str_cut(text, '/', &left, &right))
        return tl_fail(err, TL_EUSAGE, 0, "--window takes two times: T1/T2 (either may be empty)");
    st = when_read("window", left, zones, tz, &a, err);
    if (!st)
        st = when_read("window", right, zones, tz, &b, err);
    if (!st && (a.ago_us != TL_UNKNOWN || b.ago_us != TL_UNKNOWN))
        st = tl_fail(err, TL_EUSAGE, 0, "--window takes two fixed times: T1/T2");
    if (!st && a.at != TL_TIME_NONE && b.at != TL_TIME_NONE && a.at > b.at)
        st = tl_fail(err, TL_EUSAGE, 0, "--window ends before it begins");
    *from = a.at;
    *to = b.at;
    return st;
}
