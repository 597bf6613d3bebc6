/* stamp.c - one date and time off the front of a text, however a person or a program wrote it. */
#include "core/clock.h"
#include "core/zone.h"

/* ---- small steps: each moves *s only when it says true ---- */

static bool
take(struct tl_str *s, struct tl_str what)
{
    if (!tl_str_case_starts(*s, what))
        return false;
    *s = tl_str_skip(*s, what.n);
    return true;
}

static bool
take_char(struct tl_str *s, char c)
{
    if (s->n == 0 || s->p[0] != c)
        return false;
    *s = tl_str_skip(*s, 1);
    return true;
}

/* Blanks of any width: also U+00A0, U+202F and U+3000, which browsers put into times. */
static bool
take_blanks(struct tl_str *s)
{
    size_t before = s->n;

    while (take_char(s, ' ') || take(s, TL_STR("\xc2\xa0")) || take(s, TL_STR("\xe2\x80\xaf")) ||
           take(s, TL_STR("\xe3\x80\x80")))
        ;
    return s->n < before;
}

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

static bool
at_word(struct tl_str s)
{
    return s.n > 0 && (tl_is_digit(s.p[0]) || tl_is_alpha(s.p[0]) || s.p[0] == '_');
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

            if (lengths[k] > names[i].n || !take(&r, name) || (r.n > 0 && tl_is_alpha(r.p[0])))
                continue;
            (void)take_char(&r, '.');
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
    (void)take_char(&r, ',');
    if (!take_blanks(&r))
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
        if (!take(&r, marks[i][0]) || !take_number(&r, &d->month) || !take(&r, marks[i][1]) ||
            !take_number(&r, &d->day) || !take(&r, marks[i][2]) || at_digit(r))
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
    if (!take_number(&r, &b) || !take_char(&r, mark) || !tl_str_digits(&r, 4, &d->year) ||
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
    bool any = take_char(s, ',') || take_char(s, '-') || take_char(s, '/');

    return take_blanks(s) || any;
}

static void
take_ordinal(struct tl_str *s)
{
    static const struct tl_str ends[] = {{"st", 2}, {"nd", 2}, {"rd", 2}, {"th", 2}};

    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
        if (take(s, ends[i]))
            return;
}

/* The year after a day and a month in words; none when a clock follows. */
static void
read_word_year(struct tl_str *s, struct date *d)
{
    struct tl_str r = *s;

    d->yearless = true;
    d->year = YEARLESS;
    if (take_gap(&r) && tl_str_digits(&r, 4, &d->year) && !at_word(r)) {
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
        if (at_word(r))
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

/* What stands between a date and its clock. */
static bool
take_between(struct tl_str *s)
{
    struct tl_str r = *s;
    bool any;

    if (r.n > 1 &&
        (r.p[0] == 'T' || r.p[0] == 't' || r.p[0] == '_' || r.p[0] == '-' || r.p[0] == ':') &&
        tl_is_digit(r.p[1])) {
        *s = tl_str_skip(r, 1);
        return true;
    }
    any = take_char(&r, ',');
    any = take_blanks(&r) || any;
    if (take(&r, TL_STR("at ")))
        (void)take_blanks(&r);
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

    (void)take_blanks(&r);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct tl_str q = r;

        if (take(&q, rows[i].text) && !at_word(q)) {
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
    if (!take_char(&r, ':') || !tl_str_digits(&r, 2, &sec))
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

    if (!take_number(&r, &h) || !take_char(&r, ':') || !tl_str_digits(&r, 2, &m) || at_digit(r))
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
        if (!take_number(&r, &h) || !take(&r, TL_STR("時")) || !take_number(&r, &m) ||
            !take(&r, TL_STR("分")))
            return false;
        c->res_us = take_number(&r, &sec) && take(&r, TL_STR("秒")) ? TL_SECOND : TL_MINUTE;
    }
    if (h > 23 || m > 59 || sec > 60)
        return false;
    c->us = h * TL_HOUR + m * TL_MINUTE + sec * TL_SECOND + (sec < 60 ? us : 0);
    *s = r;
    return true;
}

/* ---- the zone ---- */

/* Capitals that follow times in logs and look like the name of a zone. */
static bool
is_common_word(struct tl_str w)
{
    static const char words[] =
        " GET PUT SET NOT OUT ACT BUT HOST TEST LAST LIST POST COST BEST REST "
        "MUST JUST MOST PAST NEXT ";
    struct tl_str all = {words, sizeof(words) - 1};

    for (size_t at; (at = tl_str_find(all, w)) != SIZE_MAX; all = tl_str_skip(all, at + 1))
        if (at > 0 && all.p[at - 1] == ' ' && all.p[at + w.n] == ' ')
            return true;
    return false;
}

/* A word of capitals that can be nothing but a zone that nobody here knows: SGT, IRST. */
static bool
looks_like_zone(struct tl_str w)
{
    if (w.n < 3 || w.n > 4 || w.p[w.n - 1] != 'T' || is_common_word(w))
        return false;
    return w.n == 3 || w.p[2] == 'S' || w.p[2] == 'D';
}

/* UTC, GMT, UTC+09:00, JST. What it must end with is the caller's business. */
static bool
read_zone_word(struct tl_str *s, struct tl_zones *zones, bool bracketed, struct tl_stamp *st)
{
    struct tl_str r = *s, word, upper;
    char letters[5];

    st->zone = TL_ZONE_OFFSET;
    st->offset_us = 0;
    if (take(&r, TL_STR("UTC")) || take(&r, TL_STR("GMT"))) {
        (void)tl_offset_read(&r, true, &st->offset_us);
        if (at_word(r))
            return false;
        *s = r;
        return true;
    }
    for (word = (struct tl_str){r.p, 0}; word.n < r.n && tl_is_alpha(r.p[word.n]); word.n++) {
        char c = r.p[word.n];

        if (word.n == sizeof(letters) || (c >= 'a' && !bracketed))
            return false;
        letters[word.n] = tl_upper(c);
    }
    r = tl_str_skip(r, word.n);
    upper = (struct tl_str){letters, word.n};
    if (word.n < 2 || at_word(r) || (r.n > 0 && r.p[0] == '/'))
        return false;
    if (!zones || !tl_zone_abbreviation(zones, upper, &st->offset_us)) {
        st->zone = TL_ZONE_AMBIGUOUS;
        st->offset_us = 0;
        if (!(zones && tl_zone_abbreviation_known(zones, upper)) && !looks_like_zone(upper))
            return false;
    }
    *s = r;
    return true;
}

/* Asia/Tokyo, where it leaves no doubt about the offset at the time. */
static bool
read_zone_city(struct tl_str *s, struct tl_zones *zones, struct tl_stamp *st)
{
    struct tl_str name = {s->p, 0};
    const struct tl_zone *zone;
    tl_time utc[2];
    bool slash = false;

    while (name.n < s->n && (at_word(tl_str_skip(*s, name.n)) || s->p[name.n] == '/' ||
                             s->p[name.n] == '-' || s->p[name.n] == '+'))
        slash |= s->p[name.n++] == '/';
    if (!slash || name.n > 40 || !tl_is_alpha(name.p[0]) || !st->dated || st->yearless || !zones)
        return false;
    if (tl_zone_find(zones, name, &zone, NULL) != TL_OK)
        return false;
    st->zone = tl_zone_utc(zone, st->local, utc) == 1 ? TL_ZONE_OFFSET : TL_ZONE_AMBIGUOUS;
    st->offset_us = st->zone == TL_ZONE_OFFSET ? st->local - utc[0] : 0;
    *s = tl_str_skip(*s, name.n);
    return true;
}

/* After an offset: [Asia/Tokyo], (JST), (Japan Standard Time). They repeat it. */
static void
skip_zone_comment(struct tl_str *s)
{
    struct tl_str r = *s, inside, after;
    size_t n = 0;
    char close;

    (void)take_blanks(&r);
    if (r.n < 2 || (r.p[0] != '(' && r.p[0] != '['))
        return;
    close = r.p[0] == '(' ? ')' : ']';
    if (!tl_str_cut(tl_str_skip(r, 1), close, &inside, &after) || inside.n > 40)
        return;
    while (n < inside.n && (tl_is_alpha(inside.p[n]) || inside.p[n] == '/' || inside.p[n] == '_' ||
                            inside.p[n] == ' '))
        n++;
    if (n < inside.n || inside.n < 3)
        return;
    if (tl_str_find(inside, TL_STR("/")) == SIZE_MAX && inside.p[inside.n - 1] != 'T' &&
        tl_str_find(inside, TL_STR(" Time")) == SIZE_MAX)
        return;
    *s = after;
}

static bool
read_zone_bracketed(struct tl_str *s, struct tl_zones *zones, struct tl_stamp *st)
{
    struct tl_str inside, after;
    char close;

    if (s->n < 3 || (s->p[0] != '(' && s->p[0] != '['))
        return false;
    close = s->p[0] == '(' ? ')' : ']';
    if (!tl_str_cut(tl_str_skip(*s, 1), close, &inside, &after) || inside.n > 40)
        return false;
    inside = tl_str_trim(inside);
    st->zone_text = inside;
    st->zone = TL_ZONE_OFFSET;
    st->offset_us = 0;
    if (!take(&inside, TL_STR("Z")) && !tl_offset_read(&inside, true, &st->offset_us) &&
        !read_zone_word(&inside, zones, true, st) && !read_zone_city(&inside, zones, st))
        return false;
    if (inside.n > 0)
        return false;
    *s = after;
    return true;
}

/* A bare -07:00 right after 06:00 is the end of a span rather than a zone. */
static bool
is_range(struct tl_str s, const struct tl_stamp *st)
{
    return st->res_us == TL_MINUTE && s.n > 0 && s.p[0] == '-';
}

/* Any zone but Z. */
static bool
read_zone_forms(struct tl_str *s, struct tl_zones *zones, bool joined, struct tl_stamp *st)
{
    bool plain = (joined || !is_range(*s, st)) && tl_offset_read(s, false, &st->offset_us);

    if (!plain && !read_zone_bracketed(s, zones, st) && !read_zone_word(s, zones, false, st) &&
        !read_zone_city(s, zones, st))
        return false;
    if (plain || (st->zone == TL_ZONE_OFFSET && st->offset_us != 0))
        skip_zone_comment(s);
    return true;
}

/* The zone at the front of *s, blanks before it included; none is as good. */
static void
read_zone(struct tl_str *s, struct tl_zones *zones, bool joined, struct tl_stamp *st)
{
    struct tl_stamp got = *st;
    struct tl_str r = *s, from;

    (void)take_blanks(&r);
    from = r;
    got.zone = TL_ZONE_OFFSET;
    got.offset_us = 0;
    if (take_char(&r, 'Z') && !at_word(r)) {
        *s = r;
    } else {
        r = from;
        if (!read_zone_forms(&r, zones, joined, &got))
            return;
        *s = r;
    }
    *st = got;
    if (from.n > 0 && (from.p[0] == '(' || from.p[0] == '['))
        return; /* zone_text is set, without its brackets */
    st->zone_text = (struct tl_str){from.p, from.n - r.n};
}

/* ---- all of it ---- */

/* The year of "Tue Dec 14 20:57:45 UTC 2021". */
static void
read_late_year(struct tl_str *s, struct date *d)
{
    struct tl_str r = *s;
    int64_t year;

    if (!d->spoken || !d->yearless || !take_blanks(&r) || !tl_str_digits(&r, 4, &year) ||
        at_word(r) || year < 1900)
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

    if (!read_clock(&r, &c) || (r.n > 1 && r.p[0] == ':' && at_word(tl_str_skip(r, 1))))
        return false;
    st.local = c.us;
    st.res_us = c.res_us;
    read_zone(&r, zones, false, &st);
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
            read_zone(&r, zones, s->p[10] != ' ', &st);
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
    read_zone(&r, zones, s->n > 10 && (s->p[10] == 'T' || s->p[10] == 't'), &st);
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
