/* stamp.c - one date and time off the front of a text, however a person or a program wrote it. */
#include "core/clock.h"
#include "core/zone.h"

/* ---- small steps: each moves *s only when it says true ---- */

static bool
take_number(struct tl_str *s, int64_t *out)
{
    return tl_str_digits(s, 2, out) || tl_str_digits(s, 1, out);
}

static bool
at_digit(struct tl_str s)
{
    return s.n > 0 && tl_is_digit(s.p[0]);
}

/* A name of the list, or its first three letters (and "Sept"), at the front of *s; from 1, else 0.
 */
static int
take_name(struct tl_str *s, const struct tl_str *names, int n)
{
    for (int i = 0; i < n; i++) {
        size_t lengths[] = {names[i].n, 4, 3};

        for (size_t k = 0; k < 3; k++) {
            struct tl_str name = {names[i].p, lengths[k]}, r = *s;

            if (lengths[k] > names[i].n || !tl_take(&r, name) || (r.n > 0 && tl_is_alpha(r.p[0])))
                continue;
            (void)tl_take_char(&r, '.');
            *s = r;
            return i + 1;
        }
    }
    return 0;
}

static int
take_month(struct tl_str *s)
{
    static const struct tl_str names[] = {{"January", 7}, {"February", 8}, {"March", 5},
                                          {"April", 5},   {"May", 3},      {"June", 4},
                                          {"July", 4},    {"August", 6},   {"September", 9},
                                          {"October", 7}, {"November", 8}, {"December", 8}};

    return take_name(s, names, 12);
}

static bool
take_weekday(struct tl_str *s)
{
    static const struct tl_str names[] = {{"Monday", 6},   {"Tuesday", 7}, {"Wednesday", 9},
                                          {"Thursday", 8}, {"Friday", 6},  {"Saturday", 8},
                                          {"Sunday", 6}};
    struct tl_str r = *s;

    if (take_name(&r, names, 7) == 0)
        return false;
    (void)tl_take_char(&r, ',');
    if (!tl_take_blanks(&r))
        return false;
    *s = r;
    return true;
}

/* ---- the date ---- */

enum { YEARLESS = 1972 }; /* a leap year, so that Feb 29 can be said without a year */

struct date {
    int64_t year, month, day;
    bool yearless;
    bool spoken; /* with a weekday: the year may stand after the clock */
};

/* 2026-04-11, 2026/4/11, 2026.04.11, 2026年4月11日 and 20260411 (before a T). */
static bool
read_year_first(struct tl_str *s, struct date *d)
{
    static const struct tl_str marks[][3] = {{{"-", 1}, {"-", 1}, {"", 0}},
                                             {{"/", 1}, {"/", 1}, {"", 0}},
                                             {{".", 1}, {".", 1}, {"", 0}},
                                             {{"年", 3}, {"月", 3}, {"日", 3}}};
    struct tl_str r = *s, after;

    if (!tl_str_digits(&r, 4, &d->year))
        return false;
    after = r;
    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
        r = after;
        if (!tl_take(&r, marks[i][0]) || !take_number(&r, &d->month) || !tl_take(&r, marks[i][1]) ||
            !take_number(&r, &d->day) || !tl_take(&r, marks[i][2]) || at_digit(r))
            continue;
        *s = r;
        return true;
    }
    r = after;
    if (!tl_str_digits(&r, 2, &d->month) || !tl_str_digits(&r, 2, &d->day) || r.n < 7 ||
        (r.p[0] != 'T' && r.p[0] != 't') || !tl_is_digit(r.p[6]))
        return false;
    *s = r;
    return true;
}

/* 12/6/2022 (month first unless that cannot be), 13.06.2022 (day first), 11-04-2026 only where one
 * of the two cannot be a month. */
static bool
read_year_last(struct tl_str *s, struct date *d)
{
    struct tl_str r = *s;
    int64_t a, b;
    char mark;

    if (!take_number(&r, &a) || r.n == 0)
        return false;
    mark = r.p[0];
    if (mark != '/' && mark != '.' && mark != '-')
        return false;
    r = tl_str_skip(r, 1);
    if (!take_number(&r, &b) || !tl_take_char(&r, mark) || !tl_str_digits(&r, 4, &d->year) ||
        at_digit(r))
        return false;
    if (mark == '-' && a <= 12 && b <= 12 && a != b)
        return false;
    if (mark == '.' || a > 12) {
        d->day = a;
        d->month = b;
    } else {
        d->month = a;
        d->day = b;
    }
    *s = r;
    return true;
}

/* The mark between the parts of a date in words: a comma, blanks, or - or / in 11-Apr-2026. */
static bool
take_gap(struct tl_str *s)
{
    bool any = tl_take_char(s, ',') || tl_take_char(s, '-') || tl_take_char(s, '/');

    return tl_take_blanks(s) || any;
}

static void
take_ordinal(struct tl_str *s)
{
    static const struct tl_str ends[] = {{"st", 2}, {"nd", 2}, {"rd", 2}, {"th", 2}};

    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
        if (tl_take(s, ends[i]))
            return;
}

/* The year after a day and a month in words; none when a clock follows. */
static void
read_word_year(struct tl_str *s, struct date *d)
{
    struct tl_str r = *s;

    d->yearless = true;
    d->year = YEARLESS;
    if (take_gap(&r) && tl_str_digits(&r, 4, &d->year) && !tl_at_word(r)) {
        d->yearless = false;
        *s = r;
    } else {
        d->year = YEARLESS;
    }
}

/* October 23rd 2020, Feb 11, 11 Apr 2026, 11-Apr-2026, 11/Apr/2026. */
static bool
read_words(struct tl_str *s, struct date *d)
{
    struct tl_str r = *s;

    if (take_number(&r, &d->day)) {
        take_ordinal(&r);
        if (!take_gap(&r) || (d->month = take_month(&r)) == 0)
            return false;
    } else {
        if ((d->month = take_month(&r)) == 0 || !take_gap(&r) || !take_number(&r, &d->day))
            return false;
        take_ordinal(&r);
        if (tl_at_word(r))
            return false;
    }
    read_word_year(&r, d);
    *s = r;
    return true;
}

static bool
read_date(struct tl_str *s, struct date *d)
{
    struct tl_str r = *s;

    d->spoken = take_weekday(&r);
    if (!read_year_first(&r, d) && !read_year_last(&r, d) && !read_words(&r, d))
        return false;
    *s = r;
    return true;
}

/* "(Sat)" and the like behind a date: brackets without a digit in them. */
static void
skip_weekday(struct tl_str *s)
{
    struct tl_str r = *s, in, after;

    (void)tl_take_blanks(&r);
    if (!tl_take_char(&r, '(') || !tl_str_cut(r, ')', &in, &after) || in.n > 12)
        return;
    for (size_t i = 0; i < in.n; i++)
        if (tl_is_digit(in.p[i]))
            return;
    *s = after;
}

/* What stands between a date and its clock. */
static bool
take_between(struct tl_str *s)
{
    struct tl_str r = *s;
    bool any;

    skip_weekday(&r);
    if (r.n > 1 &&
        (r.p[0] == 'T' || r.p[0] == 't' || r.p[0] == '_' || r.p[0] == '-' || r.p[0] == ':') &&
        tl_is_digit(r.p[1])) {
        *s = tl_str_skip(r, 1);
        return true;
    }
    any = tl_take_char(&r, ',');
    any = tl_take_blanks(&r) || any;
    if (tl_take(&r, TL_STR("at ")))
        (void)tl_take_blanks(&r);
    *s = r;
    return any;
}

/* ---- the clock ---- */

struct clock {
    int64_t us, res_us;
};

/* -1 AM, 1 PM, 0 neither. */
static int
take_half(struct tl_str *s)
{
    static const struct {
        struct tl_str text;
        int half;
    } rows[] = {{{"a.m.", 4}, -1}, {{"p.m.", 4}, 1}, {{"am", 2}, -1}, {{"pm", 2}, 1}};
    struct tl_str r = *s;

    (void)tl_take_blanks(&r);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct tl_str q = r;

        if (tl_take(&q, rows[i].text) && !tl_at_word(q)) {
            *s = q;
            return rows[i].half;
        }
    }
    return 0;
}

static bool
apply_half(int half, int64_t *h)
{
    if (half < 0 && *h > 12)
        return false;
    if (half > 0 && *h == 0)
        return false;
    if (half < 0 && *h == 12)
        *h = 0;
    if (half > 0 && *h < 12)
        *h += 12;
    return true;
}

/* ":35.200", or the sign of a clock without seconds: res_us = TL_MINUTE. */
static bool
read_seconds(struct tl_str *s, int64_t *us, int64_t *res_us)
{
    struct tl_str r = *s;
    int64_t sec;

    *us = 0;
    *res_us = TL_MINUTE;
    if (!tl_take_char(&r, ':') || !tl_str_digits(&r, 2, &sec))
        return true;
    if (sec > 60 || at_digit(r) || !tl_fraction_read(&r, us, res_us))
        return false;
    *us =
        sec == 60 ? TL_MINUTE : *us + sec * TL_SECOND; /* a leap second is the start of the next */
    *s = r;
    return true;
}

/* 15:20, 15:20:01.5, 9:49:33 AM. */
static bool
read_clock(struct tl_str *s, struct clock *c)
{
    struct tl_str r = *s;
    int64_t h, m, us;

    if (!take_number(&r, &h) || !tl_take_char(&r, ':') || !tl_str_digits(&r, 2, &m) || at_digit(r))
        return false;
    if (h > 23 || m > 59 || !read_seconds(&r, &us, &c->res_us))
        return false;
    if (!apply_half(take_half(&r), &h) || (r.n > 0 && tl_is_alpha(r.p[0]) && r.p[0] != 'Z' &&
                                           r.p[0] != 'z' && r.p[0] != 'U' && r.p[0] != 'G'))
        return false;
    c->us = h * TL_HOUR + m * TL_MINUTE + us;
    *s = r;
    return true;
}

/* 062135 after the T of 20260411T062135; 15時20分35秒. */
static bool
read_clock_rare(struct tl_str *s, struct clock *c)
{
    struct tl_str r = *s;
    int64_t h, m, sec = 0, us = 0;

    if (tl_str_digits(&r, 2, &h) && tl_str_digits(&r, 2, &m) && tl_str_digits(&r, 2, &sec)) {
        if (at_digit(r) || !tl_fraction_read(&r, &us, &c->res_us))
            return false;
    } else {
        r = *s;
        if (!take_number(&r, &h) || !tl_take(&r, TL_STR("時")) || !take_number(&r, &m) ||
            !tl_take(&r, TL_STR("分")))
            return false;
        c->res_us = take_number(&r, &sec) && tl_take(&r, TL_STR("秒")) ? TL_SECOND : TL_MINUTE;
    }
    if (h > 23 || m > 59 || sec > 60)
        return false;
    c->us = h * TL_HOUR + m * TL_MINUTE + sec * TL_SECOND + (sec < 60 ? us : 0);
    *s = r;
    return true;
}

/* ---- all of it ---- */

/* The year of "Tue Dec 14 20:57:45 UTC 2021". */
static void
read_late_year(struct tl_str *s, struct date *d)
{
    struct tl_str r = *s;
    int64_t year;

    if (!d->spoken || !d->yearless || !tl_take_blanks(&r) || !tl_str_digits(&r, 4, &year) ||
        tl_at_word(r) || year < 1900)
        return;
    d->year = year;
    d->yearless = false;
    *s = r;
}

/* Only a time of day. "12:34:56:78" and "fe:80:.." are none. */
static bool
read_undated(struct tl_str *s, struct tl_zones *zones, struct tl_stamp *out)
{
    struct tl_stamp st = {.zone = TL_ZONE_ABSENT, .zone_text = {"", 0}};
    struct tl_str r = *s;
    struct clock c;

    if (!read_clock(&r, &c) || (r.n > 1 && r.p[0] == ':' && tl_at_word(tl_str_skip(r, 1))))
        return false;
    st.local = c.us;
    st.res_us = c.res_us;
    tl_stamp_zone(&r, zones, false, &st);
    *s = r;
    *out = st;
    return true;
}

bool
tl_stamp_read(struct tl_str *s, struct tl_zones *zones, struct tl_stamp *out)
{
    struct tl_stamp st = {.dated = true, .zone = TL_ZONE_ABSENT, .zone_text = {"", 0}};
    struct tl_str r = *s;
    struct date d = {0};
    struct clock c;
    tl_time day;

    if (tl_stamp_read_iso(&r, &st) && !(r.n > 0 && tl_is_digit(r.p[0]))) {
        struct tl_str half = r;

        if (take_half(&half) == 0) {
            tl_stamp_zone(&r, zones, s->p[10] != ' ', &st);
            *s = r;
            *out = st;
            return true;
        }
        r = *s;
    }
    if (!read_date(&r, &d))
        return read_undated(s, zones, out);
    if (!tl_date_to_time(d.year, d.month, d.day, &day) || !take_between(&r) ||
        (!read_clock(&r, &c) && !read_clock_rare(&r, &c)))
        return false;
    st.dated = true;
    st.local = day + c.us;
    st.res_us = c.res_us;
    st.yearless = d.yearless;
    read_late_year(&r, &d);
    tl_stamp_zone(&r, zones, s->n > 10 && (s->p[10] == 'T' || s->p[10] == 't'), &st);
    if (d.yearless)
        read_late_year(&r, &d);
    st.yearless = d.yearless;
    if (!tl_date_to_time(d.year, d.month, d.day, &day))
        return false;
    st.local = day + c.us;
    *s = r;
    *out = st;
    return true;
}
