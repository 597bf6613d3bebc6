/* time.c - the calendar, and times, spans and epochs as text. Stamps of any spelling: stamp.c. */
#include "core/time.h"

#include <inttypes.h>

#include "core/clock.h"

enum { ISO_LENGTH = 19 }; /* 2026-04-11T06:21:35 */

bool
tl_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool
tl_is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

char
tl_upper(char c)
{
    static const char capitals[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    if (c >= 'a' && c <= 'z')
        return capitals[c - 'a'];
    return c;
}

tl_time
tl_time_add(tl_time t, int64_t d)
{
    if (d > 0 && t > INT64_MAX - d)
        return INT64_MAX;
    if (d < 0 && t < INT64_MIN + 1 - d)
        return INT64_MIN + 1;
    return t + d;
}

int64_t
tl_floor_div(int64_t t, int64_t unit)
{
    return t / unit - (t % unit < 0);
}

struct tl_instant
tl_instant_of(tl_time at, int64_t res_us)
{
    return (struct tl_instant){at, at, tl_time_add(at, res_us)};
}

/* Days since 1970-01-01 in the proleptic Gregorian calendar. Years start in March
 * so that the leap day is the last day of the year. */
static int64_t
days_of(int64_t y, int64_t m, int64_t d)
{
    int64_t era, yoe, doy;

    if (m <= 2)
        y--;
    era = (y >= 0 ? y : y - 399) / 400;
    yoe = y - era * 400;
    doy = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static void
date_of(int64_t days, struct tl_civil *c)
{
    int64_t z = days + 719468, era = tl_floor_div(z, 146097), doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    int64_t weekday = (days + 4) % 7;

    c->day = (int)(doy - (153 * mp + 2) / 5 + 1);
    c->month = (int)(mp < 10 ? mp + 3 : mp - 9);
    c->year = yoe + era * 400 + (c->month <= 2);
    c->weekday = (int)(weekday < 0 ? weekday + 7 : weekday);
}

bool
tl_date_to_time(int64_t year, int64_t month, int64_t day, tl_time *out)
{
    static const char month_days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    if (year < 1 || year > 9999 || month < 1 || month > 12)
        return false;
    if (day < 1 || day > month_days[month - 1] + (month == 2 && leap))
        return false;
    *out = days_of(year, month, day) * TL_DAY;
    return true;
}

struct tl_civil
tl_time_civil(tl_time t)
{
    struct tl_civil c = {0};
    int64_t days = tl_floor_div(t, TL_DAY), rest = t - days * TL_DAY;

    date_of(days, &c);
    c.hour = (int)(rest / TL_HOUR);
    c.minute = (int)(rest / TL_MINUTE % 60);
    c.second = (int)(rest / TL_SECOND % 60);
    c.us = (int)(rest % TL_SECOND);
    return c;
}

bool
tl_fraction_read(struct tl_str *s, int64_t *us, int64_t *res_us)
{
    int64_t unit = TL_SECOND, value = 0;
    size_t n = 1;

    *us = 0;
    *res_us = TL_SECOND;
    if (s->n < 2 || (s->p[0] != '.' && s->p[0] != ',') || !tl_is_digit(s->p[1]))
        return true;
    for (; n < s->n && tl_is_digit(s->p[n]); n++) {
        if (n > 9)
            return false;
        if (unit == 1)
            continue; /* finer than a microsecond: dropped */
        unit /= 10;
        value += (int64_t)(s->p[n] - '0') * unit;
    }
    if (s->p[0] == ',' && (n - 1) % 3 != 0)
        return true; /* the next field of a list */
    *s = tl_str_skip(*s, n);
    *us = value;
    *res_us = unit;
    return true;
}

/* The sign of an offset, or 0. */
static int
read_sign(struct tl_str *s, bool loose)
{
    int sign = 0;

    if (s->n > 0 && (s->p[0] == '+' || s->p[0] == '-')) {
        sign = s->p[0] == '+' ? 1 : -1;
        *s = tl_str_skip(*s, 1);
    } else if (loose && tl_str_starts(*s, TL_STR("\xe2\x88\x92"))) {
        sign = -1;
        *s = tl_str_skip(*s, 3);
    }
    return sign;
}

bool
tl_offset_read(struct tl_str *s, bool loose, int64_t *offset_us)
{
    struct tl_str r = *s;
    int64_t h, m = 0;
    int sign = read_sign(&r, loose);

    if (sign == 0 || (!tl_str_digits(&r, 2, &h) && !(loose && tl_str_digits(&r, 1, &h))))
        return false;
    if (r.n > 1 && r.p[0] == ':' && tl_is_digit(r.p[1])) {
        r = tl_str_skip(r, 1);
        if (!tl_str_digits(&r, 2, &m))
            return false;
    } else {
        (void)tl_str_digits(&r, 2, &m);
    }
    if (r.n > 0 && (tl_is_digit(r.p[0]) || tl_is_alpha(r.p[0])))
        return false;
    if (r.n > 1 && (r.p[0] == '.' || r.p[0] == '-') && tl_is_digit(r.p[1]))
        return false;
    if (h * 60 + m > 840 || m % 15 != 0 || m > 59)
        return false;
    *offset_us = sign * (h * 60 + m) * TL_MINUTE;
    *s = r;
    return true;
}

/* Two digits at p, or -1. */
static int64_t
two(const char *p)
{
    int64_t high = p[0] - '0', low = p[1] - '0';

    return tl_is_digit(p[0]) && tl_is_digit(p[1]) ? high * 10 + low : -1;
}

/* YYYY-MM-DD[T ]HH:MM:SS, exactly. */
static bool
read_iso_fixed(const char *p, tl_time *out)
{
    int64_t century = two(p), year = two(p + 2), h = two(p + 11), m = two(p + 14), s = two(p + 17);
    tl_time day;

    if (p[4] != '-' || p[7] != '-' || p[13] != ':' || p[16] != ':')
        return false;
    if (p[10] != ' ' && p[10] != 'T' && p[10] != 't')
        return false;
    if (century < 0 || year < 0 || h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 60)
        return false;
    if (!tl_date_to_time(century * 100 + year, two(p + 5), two(p + 8), &day))
        return false;
    *out = day + h * TL_HOUR + m * TL_MINUTE + s * TL_SECOND;
    return true;
}

bool
tl_stamp_read_iso(struct tl_str *s, struct tl_stamp *out)
{
    struct tl_stamp st = {.dated = true, .zone = TL_ZONE_ABSENT, .zone_text = {"", 0}};
    struct tl_str r = tl_str_skip(*s, ISO_LENGTH);
    int64_t us;

    if (s->n < ISO_LENGTH || !read_iso_fixed(s->p, &st.local))
        return false;
    if (r.n > 0 && tl_is_digit(r.p[0]))
        return false;
    if (!tl_fraction_read(&r, &us, &st.res_us))
        return false;
    if (s->p[17] != '6') /* the leap second is the start of the next one */
        st.local += us;
    *s = r;
    *out = st;
    return true;
}

bool
tl_stamp_epoch(struct tl_str *s, struct tl_stamp *out)
{
    static const struct {
        size_t digits;
        int64_t unit;
    } forms[] = {{10, TL_SECOND}, {13, TL_MS}, {16, 1}};
    struct tl_stamp st = {.dated = true, .zone = TL_ZONE_OFFSET, .zone_text = {"", 0}};
    struct tl_str r = *s;
    int64_t value, us;
    size_t n;

    if (!tl_str_int(&r, &value))
        return false;
    n = s->n - r.n;
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
        if (forms[i].digits == n)
            st.res_us = forms[i].unit;
    if (st.res_us == 0 || (r.n > 0 && tl_is_alpha(r.p[0])))
        return false;
    st.local = value * st.res_us;
    if (r.n > 0 && r.p[0] == '.') {
        int64_t fine;

        if (!tl_fraction_read(&r, &us, &fine))
            return false;
        st.local += us / (TL_SECOND / st.res_us);
        fine /= TL_SECOND / st.res_us;
        st.res_us = fine > 0 ? fine : 1;
    }
    *s = r;
    *out = st;
    return true;
}

void
tl_time_print(struct tl_buf *b, tl_time t)
{
    struct tl_civil c = tl_time_civil(t);

    tl_buf_addf(b, "%04" PRId64 "-%02d-%02dT%02d:%02d:%02d.%03dZ", c.year, c.month, c.day, c.hour,
                c.minute, c.second, c.us / 1000);
}

bool
tl_time_read(struct tl_str s, tl_time *out)
{
    struct tl_stamp st;
    int64_t offset_us = 0;

    if (!tl_stamp_read_iso(&s, &st) || s.n == 0)
        return false;
    if (s.p[0] == 'Z' || s.p[0] == 'z')
        s = tl_str_skip(s, 1);
    else if (!tl_offset_read(&s, false, &offset_us))
        return false;
    if (s.n > 0)
        return false;
    *out = st.local - offset_us;
    return true;
}

void
tl_seconds_print(struct tl_buf *b, int64_t us)
{
    /* by parts: INT64_MIN has no positive twin */
    int64_t s = us / TL_SECOND, ms = us % TL_SECOND / 1000;

    tl_buf_addf(b, "%s%" PRId64 ".%03" PRId64, s < 0 || ms < 0 ? "-" : "", s < 0 ? -s : s,
                ms < 0 ? -ms : ms);
}

/* One number with its unit off the front of *s. *unit is 0 for a bare number. */
static bool
read_part(struct tl_str *s, int64_t *us, int64_t *unit, bool *fraction)
{
    static const struct {
        struct tl_str name;
        int64_t unit;
    } units[] = {{{"ms", 2}, TL_MS},    {{"us", 2}, 1},        {{"h", 1}, TL_HOUR},
                 {{"m", 1}, TL_MINUTE}, {{"s", 1}, TL_SECOND}, {{"d", 1}, TL_DAY}};
    int64_t whole, part = 0, scale = 1, digit, by;

    *unit = 0;
    if (!tl_str_int(s, &whole))
        return false;
    *fraction = s->n > 1 && s->p[0] == '.';
    if (*fraction) {
        *s = tl_str_skip(*s, 1);
        if (!tl_is_digit(s->p[0]))
            return false;
        while (tl_str_digits(s, 1, &digit)) {
            if (scale >= TL_SECOND)
                continue; /* finer than a millionth of the unit */
            part = part * 10 + digit;
            scale *= 10;
        }
    }
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]) && *unit == 0; i++) {
        if (tl_str_starts(*s, units[i].name)) {
            *unit = units[i].unit;
            *s = tl_str_skip(*s, units[i].name.n);
        }
    }
    by = *unit ? *unit : TL_SECOND;
    if (whole > (INT64_MAX - by) / by)
        return false;
    *us = whole * by + part * by / scale;
    return true;
}

bool
tl_duration_read(struct tl_str s, int64_t *us)
{
    int64_t sum = 0, one, unit = INT64_MAX, last = INT64_MAX;
    bool fraction = false;

    if (s.n == 0)
        return false;
    while (s.n > 0) {
        if (fraction || !read_part(&s, &one, &unit, &fraction))
            return false;
        if (unit == 0 ? last != INT64_MAX || s.n > 0 : unit >= last)
            return false;
        if (one > INT64_MAX - sum)
            return false;
        sum += one;
        last = unit;
    }
    *us = sum;
    return true;
}
