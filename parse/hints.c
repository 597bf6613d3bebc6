/* hints.c - FORMAT[,key=value...], the value of --as. */
#include "parse/reader.h"

#include <stddef.h>
#include <string.h>

enum hint_type { TEXT, REGION, ZONE, SLEEP, STAMP, DATE, YEAR };

/* One row per key (CONTRACT, --as). */
static const struct key {
    struct tl_str name;
    enum hint_type type;
    size_t at; /* of TEXT and REGION: offset in struct tl_hints */
} keys[] = {
    {{"account", 7}, TEXT, offsetof(struct tl_hints, account)},
    {{"cluster", 7}, TEXT, offsetof(struct tl_hints, cluster)},
    {{"date", 4}, DATE, 0},
    {{"endpoint", 8}, TEXT, offsetof(struct tl_hints, endpoint)},
    {{"instance", 8}, TEXT, offsetof(struct tl_hints, instance)},
    {{"region", 6}, REGION, offsetof(struct tl_hints, region)},
    {{"sleep", 5}, SLEEP, 0},
    {{"stamp", 5}, STAMP, 0},
    {{"tz", 2}, ZONE, 0},
    {{"year", 4}, YEAR, 0},
};
enum { NKEYS = sizeof(keys) / sizeof(keys[0]) };

static enum tl_status
unknown_key(struct tl_str key, struct tl_error *err)
{
    struct tl_buf b;
    enum tl_status st;

    tl_buf_init(&b, 1024);
    for (size_t i = 0; i < NKEYS; i++)
        tl_buf_addf(&b, " %.*s", TL_FMT(keys[i].name));
    st = tl_fail(err, TL_EUSAGE, 0, "--as knows no key '%.*s'; the keys are%.*s",
                 key.n > 40 ? 40 : TL_FMT(key), TL_FMT(tl_buf_str(&b)));
    tl_buf_free(&b);
    return st;
}

static enum tl_status
unknown_format(struct tl_str name, struct tl_error *err)
{
    struct tl_buf b;
    enum tl_status st;

    tl_buf_init(&b, 1024);
    for (const struct tl_format *const *f = formats; *f; f++)
        tl_buf_addf(&b, " %s", (*f)->name);
    st = tl_fail(err, TL_EUSAGE, 0, "--as knows no format '%.*s'; the formats are auto%.*s",
                 name.n > 40 ? 40 : TL_FMT(name), TL_FMT(tl_buf_str(&b)));
    tl_buf_free(&b);
    return st;
}

static bool
read_date(struct tl_str v, tl_time *out)
{
    int64_t y, m, d;

    return tl_str_digits(&v, 4, &y) && tl_str_starts(v, TL_STR("-")) &&
           (v = tl_str_skip(v, 1), tl_str_digits(&v, 2, &m)) && tl_str_starts(v, TL_STR("-")) &&
           (v = tl_str_skip(v, 1), tl_str_digits(&v, 2, &d)) && v.n == 0 &&
           tl_date_to_time(y, m, d, out);
}

static enum tl_status
bad_value(const struct key *k, struct tl_str v, const char *want, struct tl_error *err)
{
    return tl_fail(err, TL_EUSAGE, 0, "--as: %.*s=%.*s is not %s", TL_FMT(k->name),
                   v.n > 60 ? 60 : TL_FMT(v), want);
}

static enum tl_status
set_value(const struct key *k, struct tl_str v, struct tl_zones *zones, struct tl_hints *h,
          struct tl_error *err)
{
    struct tl_str rest = v;

    if (v.n == 0)
        return bad_value(k, v, "complete: a value is missing", err);
    switch (k->type) {
    case REGION:
        if (!tl_is_region(v))
            return bad_value(k, v, "a region such as us-east-1", err);
        memcpy((char *)h + k->at, &v, sizeof(v));
        return TL_OK;
    case TEXT:
        memcpy((char *)h + k->at, &v, sizeof(v));
        return TL_OK;
    case ZONE:
        return tl_zone_find(zones, v, &h->tz, err);
    case SLEEP:
        return tl_duration_read(v, &h->sleep_us)
                   ? TL_OK
                   : bad_value(k, v, "a duration such as 0.5 or 500ms", err);
    case STAMP:
        h->stamp_given = true;
        h->stamp = tl_str_eq(v, TL_STR("end")) ? TL_STAMP_END : TL_STAMP_START;
        return tl_str_eq(v, TL_STR("end")) || tl_str_eq(v, TL_STR("start"))
                   ? TL_OK
                   : bad_value(k, v, "start or end", err);
    case DATE:
        return read_date(v, &h->date) ? TL_OK : bad_value(k, v, "a date such as 2026-04-11", err);
    case YEAR:
        return tl_str_int(&rest, &h->year) && rest.n == 0 && h->year >= 1970 && h->year <= 9999
                   ? TL_OK
                   : bad_value(k, v, "a year such as 2026", err);
    }
    return TL_OK;
}

enum tl_status
tl_hints_read(struct tl_str text, struct tl_zones *zones, struct tl_hints *out,
              struct tl_error *err)
{
    struct tl_str part, rest, key, value;

    *out = TL_HINTS_NONE;
    (void)tl_str_cut(text, ',', &out->format, &rest);
    if (!tl_str_eq(out->format, TL_STR("auto")) && !format_find(out->format))
        return unknown_format(out->format, err);
    while (rest.n > 0) {
        const struct key *k = NULL;
        enum tl_status st;

        (void)tl_str_cut(rest, ',', &part, &rest);
        (void)tl_str_cut(part, '=', &key, &value);
        for (size_t i = 0; i < NKEYS; i++)
            if (tl_str_eq(key, keys[i].name))
                k = &keys[i];
        if (!k)
            return unknown_key(key, err);
        st = set_value(k, value, zones, out, err);
        if (st)
            return st;
    }
    return TL_OK;
}
