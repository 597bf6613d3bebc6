#include "core/tzif.h"

#include <string.h>

#include "core/clock.h"

enum { HEADER = 44, MAX_OFFSET_S = 26 * 3600, DAY_S = 86400 };

struct counts {
    size_t isut, isstd, leap, time, type, chars;
};

static uint64_t
big_endian(const unsigned char *p, size_t n)
{
    uint64_t v = 0;

    for (size_t i = 0; i < n; i++)
        v = v << 8 | p[i];
    return v;
}

static int64_t
as_signed(uint64_t v, size_t bytes)
{
    uint64_t top = (uint64_t)1 << (bytes * 8 - 1);

    if (v < top)
        return (int64_t)v;
    return (int64_t)(v - top) + (bytes == 8 ? INT64_MIN : -(int64_t)top);
}

/* The header at the front of *s. False when it is none. */
static bool
read_header(struct tl_str *s, struct counts *c, char *version)
{
    size_t *fields[] = {&c->isut, &c->isstd, &c->leap, &c->time, &c->type, &c->chars};
    const unsigned char *p = (const unsigned char *)s->p;

    if (s->n < HEADER || !tl_str_starts(*s, TL_STR("TZif")))
        return false;
    *version = s->p[4];
    for (size_t i = 0; i < 6; i++) {
        uint64_t v = big_endian(p + 20 + 4 * i, 4);

        if (v > TZIF_MAX)
            return false;
        *fields[i] = (size_t)v;
    }
    *s = tl_str_skip(*s, HEADER);
    return true;
}

static size_t
data_size(const struct counts *c, size_t time_size)
{
    return c->time * (time_size + 1) + c->type * 6 + c->chars + c->leap * (time_size + 4) +
           c->isstd + c->isut;
}

static bool
read_types(const unsigned char *p, const struct counts *c, struct tl_arena *a, struct tzif *out)
{
    struct tl_str chars = tl_arena_str(a, (struct tl_str){(const char *)p + c->type * 6, c->chars});
    struct tzif_type *types = tl_arena_alloc(a, c->type * sizeof(*types));

    if (!types || !chars.p)
        return false;
    for (size_t i = 0; i < c->type; i++, p += 6) {
        struct tl_str from = tl_str_skip(chars, p[5]), rest;

        types[i].offset_s = as_signed(big_endian(p, 4), 4);
        if (types[i].offset_s > MAX_OFFSET_S || types[i].offset_s < -MAX_OFFSET_S ||
            p[5] >= c->chars || !tl_str_cut(from, '\0', &types[i].abbr, &rest))
            return false;
    }
    out->types = types;
    out->ntypes = c->type;
    return true;
}

/* The data block at s, which is long enough. */
static bool
read_data(struct tl_str s, const struct counts *c, size_t time_size, struct tl_arena *a,
          struct tzif *out)
{
    const unsigned char *p = (const unsigned char *)s.p;
    int64_t *times = tl_arena_alloc(a, c->time * sizeof(*times));
    struct tl_str which = {(const char *)p + c->time * time_size, c->time};

    if (!times || c->type == 0 || c->leap != 0)
        return false;
    for (size_t i = 0; i < c->time; i++) {
        times[i] = as_signed(big_endian(p + i * time_size, time_size), time_size);
        if ((i > 0 && times[i] <= times[i - 1]) || (unsigned char)which.p[i] >= c->type)
            return false;
    }
    which = tl_arena_str(a, which);
    if (!which.p)
        return false;
    out->times = times;
    out->ntimes = c->time;
    out->which = (const unsigned char *)which.p;
    return read_types(p + c->time * (time_size + 1), c, a, out);
}

bool
tzif_read(struct tl_str bytes, struct tl_arena *arena, struct tzif *out)
{
    struct tl_str s = bytes, footer, rest;
    struct counts c;
    size_t time_size = 4;
    char version;

    *out = (struct tzif){0};
    if (bytes.n > TZIF_MAX || !read_header(&s, &c, &version) || s.n < data_size(&c, 4))
        return false;
    if (version >= '2') {
        s = tl_str_skip(s, data_size(&c, 4));
        time_size = 8;
        if (!read_header(&s, &c, &version) || s.n < data_size(&c, 8))
            return false;
    }
    if (!read_data(s, &c, time_size, arena, out))
        return false;
    s = tl_str_skip(s, data_size(&c, time_size));
    if (time_size == 8 && s.n > 1 && s.p[0] == '\n' &&
        tl_str_cut(tl_str_skip(s, 1), '\n', &footer, &rest) && footer.n > 0) {
        footer = tl_arena_str(arena, footer);
        if (!footer.p)
            return false;
        if (!tzif_rule_read(footer, &out->rule))
            out->rule.present = false;
    }
    return true;
}

/* ---- the footer ---- */

static bool
skip_char(struct tl_str *s, char c)
{
    if (s->n == 0 || s->p[0] != c)
        return false;
    *s = tl_str_skip(*s, 1);
    return true;
}

static bool
read_name(struct tl_str *s, struct tl_str *name)
{
    if (skip_char(s, '<'))
        return tl_str_cut(*s, '>', name, s) && name->n > 0;
    *name = (struct tl_str){s->p, 0};
    while (name->n < s->n && tl_is_alpha(s->p[name->n]))
        name->n++;
    *s = tl_str_skip(*s, name->n);
    return name->n >= 3;
}

/* [+-]hh[:mm[:ss]] as seconds. */
static bool
read_hms(struct tl_str *s, int64_t *out)
{
    int64_t part[3] = {0};
    bool negative = s->n > 0 && s->p[0] == '-';

    if (negative || (s->n > 0 && s->p[0] == '+'))
        *s = tl_str_skip(*s, 1);
    for (size_t i = 0; i < 3; i++) {
        if (i > 0 && !skip_char(s, ':'))
            break;
        if (!tl_str_int(s, &part[i]) || part[i] > (i == 0 ? 167 : 59))
            return false;
    }
    *out = part[0] * 3600 + part[1] * 60 + part[2];
    if (negative)
        *out = -*out;
    return true;
}

static bool
read_day(struct tl_str *s, struct tzif_day *d)
{
    *d = (struct tzif_day){.form = 'N', .time_s = 7200};
    if (skip_char(s, 'M')) {
        d->form = 'M';
        if (!tl_str_int(s, &d->month) || !skip_char(s, '.') || !tl_str_int(s, &d->week) ||
            !skip_char(s, '.') || !tl_str_int(s, &d->day))
            return false;
        if (d->month < 1 || d->month > 12 || d->week < 1 || d->week > 5 || d->day > 6)
            return false;
    } else {
        if (skip_char(s, 'J'))
            d->form = 'J';
        if (!tl_str_int(s, &d->day) || d->day > 365 || (d->form == 'J' && d->day < 1))
            return false;
    }
    return !skip_char(s, '/') || read_hms(s, &d->time_s);
}

bool
tzif_rule_read(struct tl_str text, struct tzif_rule *out)
{
    struct tzif_rule r = {.present = true};
    int64_t west;

    if (!read_name(&text, &r.std.abbr) || !read_hms(&text, &west))
        return false;
    r.std.offset_s = -west;
    if (text.n > 0) {
        r.has_dst = true;
        r.dst.offset_s = r.std.offset_s + 3600;
        if (!read_name(&text, &r.dst.abbr))
            return false;
        if (text.n > 0 && text.p[0] != ',') {
            if (!read_hms(&text, &west))
                return false;
            r.dst.offset_s = -west;
        }
        if (!skip_char(&text, ',') || !read_day(&text, &r.start) || !skip_char(&text, ',') ||
            !read_day(&text, &r.end))
            return false;
    }
    if (text.n > 0 || r.std.offset_s > MAX_OFFSET_S || r.std.offset_s < -MAX_OFFSET_S ||
        r.dst.offset_s > MAX_OFFSET_S || r.dst.offset_s < -MAX_OFFSET_S)
        return false;
    *out = r;
    return true;
}

/* ---- what holds at a moment ---- */

/* Midnight of a day of the rule in the given year, plus its time, in wall clock seconds. */
static int64_t
day_seconds(const struct tzif_day *d, int64_t year)
{
    tl_time first = 0, next = 0;
    int64_t days, days_in_month;

    (void)tl_date_to_time(year, d->form == 'M' ? d->month : 1, 1, &first);
    days = first / TL_DAY;
    if (d->form == 'M') {
        int64_t weekday = tl_time_civil(first).weekday;
        int64_t day = (d->day - weekday + 7) % 7 + (d->week - 1) * 7;

        (void)tl_date_to_time(d->month == 12 ? year + 1 : year, d->month % 12 + 1, 1, &next);
        days_in_month = (next - first) / TL_DAY;
        days += day >= days_in_month ? day - 7 : day;
    } else if (d->form == 'J') {
        bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

        days += d->day - 1 + (leap && d->day >= 60);
    } else {
        days += d->day;
    }
    return days * DAY_S + d->time_s;
}

static const struct tzif_type *
rule_at(const struct tzif_rule *r, int64_t t)
{
    int64_t year, start, end;

    if (!r->has_dst || t < -60000000000 || t > 250000000000)
        return &r->std;
    year = tl_time_civil((t + r->std.offset_s) * TL_SECOND).year;
    if (year < 2 || year > 9997)
        return &r->std;
    start = day_seconds(&r->start, year) - r->std.offset_s;
    end = day_seconds(&r->end, year) - r->dst.offset_s;
    if (start < end)
        return t >= start && t < end ? &r->dst : &r->std;
    return t >= end && t < start ? &r->std : &r->dst;
}

const struct tzif_type *
tzif_at(const struct tzif *z, int64_t t)
{
    size_t lo = 0, hi = z->ntimes;

    if (z->rule.present && (z->ntimes == 0 || t >= z->times[z->ntimes - 1]))
        return rule_at(&z->rule, t);
    while (lo < hi) { /* the first transition after t */
        size_t mid = lo + (hi - lo) / 2;

        if (z->times[mid] <= t)
            lo = mid + 1;
        else
            hi = mid;
    }
    return &z->types[lo == 0 ? 0 : z->which[lo - 1]];
}
