/* page_duration.c - durations as people write them: "1.5 sec", "1 minute 5 seconds", "10〜20秒". */
#include <string.h>

#include "parse/page.h"

#define W(lit)                                                                                     \
    {                                                                                              \
        (lit), sizeof(lit) - 1                                                                     \
    }
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const int64_t MAX_FIGURE = (int64_t)1000 * 1000 * 1000; /* beyond it nobody counts units */

struct number {
    int64_t micro; /* a million times the figure */
    int64_t half;  /* half a unit of its last digit, likewise */
};

static bool
is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
take(struct tl_str *s, struct tl_str what)
{
    if (!tl_str_case_starts(*s, what))
        return false;
    *s = tl_str_skip(*s, what.n);
    return true;
}

static void
take_blanks(struct tl_str *s)
{
    while (take(s, TL_STR(" ")) || take(s, TL_STR("\n")) || take(s, TL_STR("\t")) ||
           take(s, TL_STR("\r")) || take(s, TL_STR("*")) || take(s, TL_STR("`")) ||
           take(s, TL_STR("\xc2\xa0")) || take(s, TL_STR("\xe3\x80\x80")))
        ;
}

/* One digit, ASCII or full width (U+FF10 …). */
static bool
take_digit(struct tl_str *s, int *digit)
{
    if (s->n > 0 && s->p[0] >= '0' && s->p[0] <= '9') {
        *digit = s->p[0] - '0';
        *s = tl_str_skip(*s, 1);
        return true;
    }
    if (s->n < 3 || memcmp(s->p, "\xef\xbc", 2) != 0 || (unsigned char)s->p[2] < 0x90 ||
        (unsigned char)s->p[2] > 0x99)
        return false;
    *digit = (unsigned char)s->p[2] - 0x90;
    *s = tl_str_skip(*s, 3);
    return true;
}

/* "1,200": a comma, three digits and no fourth. */
static bool
take_thousands(struct tl_str *s)
{
    struct tl_str r = *s;
    int d, n = 0;

    if (!take(&r, TL_STR(",")))
        return false;
    while (n < 4 && take_digit(&r, &d))
        n++;
    if (n != 3)
        return false;
    *s = tl_str_skip(*s, 1);
    return true;
}

static bool
read_digits(struct tl_str *s, struct number *out)
{
    struct tl_str r = *s, q;
    int64_t scale = 1000000, whole = 0;
    int d, digits = 0;

    while (take_digit(&r, &d) || (digits > 0 && take_thousands(&r) && take_digit(&r, &d))) {
        if (whole > MAX_FIGURE)
            return false;
        whole = whole * 10 + d;
        digits++;
    }
    if (digits == 0)
        return false;
    *out = (struct number){whole * 1000000, 500000};
    q = r;
    if ((take(&q, TL_STR(".")) || take(&q, TL_STR("\xef\xbc\x8e"))) && take_digit(&q, &d)) {
        do {
            scale /= 10;
            out->micro += d * scale;
            out->half = scale / 2;
            r = q;
        } while (take_digit(&q, &d));
        if (out->half == 0)
            out->half = 1;
    }
    *s = r;
    return true;
}

static bool
read_word(struct tl_str *s, struct number *out)
{
    static const struct {
        struct tl_str word;
        int64_t micro, half;
    } rows[] = {
        {W("half a"), 500000, 50000},         {W("one and a half"), 1500000, 50000},
        {W("a couple of"), 2000000, 1000000}, {W("one"), 1000000, 500000},
        {W("two"), 2000000, 500000},          {W("three"), 3000000, 500000},
        {W("four"), 4000000, 500000},         {W("five"), 5000000, 500000},
        {W("six"), 6000000, 500000},          {W("seven"), 7000000, 500000},
        {W("eight"), 8000000, 500000},        {W("nine"), 9000000, 500000},
        {W("ten"), 10000000, 500000},         {W("eleven"), 11000000, 500000},
        {W("twelve"), 12000000, 500000},      {W("fifteen"), 15000000, 500000},
        {W("twenty"), 20000000, 500000},      {W("thirty"), 30000000, 500000},
        {W("forty"), 40000000, 500000},       {W("sixty"), 60000000, 500000},
        {W("ninety"), 90000000, 500000},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct tl_str r = *s;

        if (!take(&r, rows[i].word) || (r.n > 0 && is_letter(r.p[0])))
            continue;
        *out = (struct number){rows[i].micro, rows[i].half};
        *s = r;
        return true;
    }
    return false;
}

/* The unit behind a number, 0: none. The longest first. */
static int64_t
take_unit(struct tl_str *s)
{
    static const struct {
        struct tl_str word;
        int64_t us;
    } rows[] = {
        {W("milliseconds"), TL_MS}, {W("millisecond"), TL_MS}, {W("msecs"), TL_MS},
        {W("msec"), TL_MS},         {W("ms"), TL_MS},          {W("ミリ秒"), TL_MS},
        {W("seconds"), TL_SECOND},  {W("second"), TL_SECOND},  {W("secs"), TL_SECOND},
        {W("sec"), TL_SECOND},      {W("秒"), TL_SECOND},      {W("s"), TL_SECOND},
        {W("minutes"), TL_MINUTE},  {W("minute"), TL_MINUTE},  {W("mins"), TL_MINUTE},
        {W("min"), TL_MINUTE},      {W("分"), TL_MINUTE},      {W("m"), TL_MINUTE},
        {W("hours"), TL_HOUR},      {W("hour"), TL_HOUR},      {W("hrs"), TL_HOUR},
        {W("hr"), TL_HOUR},         {W("時間"), TL_HOUR},      {W("h"), TL_HOUR},
    };
    struct tl_str r = *s;

    if (!take(&r, TL_STR("-"))) /* an 11-second outage */
        take_blanks(&r);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct tl_str q = r;

        if (!take(&q, rows[i].word))
            continue;
        if (is_letter(rows[i].word.p[0]) && q.n > 0 && (is_letter(q.p[0]) || q.p[0] == '_'))
            continue;
        *s = q;
        return rows[i].us;
    }
    return 0;
}

/* "1m5s": the next part may follow at once, so "m" may be followed by a digit. */
static bool
read_part(struct tl_str *s, int64_t below_us, struct number *n, int64_t *unit)
{
    struct tl_str r = *s;
    struct number got;

    if (!read_digits(&r, &got) && !read_word(&r, &got))
        return false;
    *unit = take_unit(&r);
    if (*unit == 0 || *unit >= below_us)
        return false;
    *n = got;
    *s = r;
    return true;
}

static bool
scaled(struct number n, int64_t unit, int64_t *figure, int64_t *half)
{
    int64_t per = unit / TL_MS; /* exact: every unit is whole milliseconds */

    if (n.micro > INT64_MAX / per / 4)
        return false;
    *figure = n.micro * per / 1000;
    *half = n.half * per / 1000;
    return true;
}

/* "1 minute 5 seconds", "1 min and 5 s". */
static void
read_more_parts(struct tl_str *s, int64_t unit, int64_t *figure, int64_t *half)
{
    struct tl_str r;
    struct number n;
    int64_t add;

    for (;;) {
        r = *s;
        take_blanks(&r);
        if (take(&r, TL_STR("and ")) || take(&r, TL_STR(",")))
            take_blanks(&r);
        if (!read_part(&r, unit, &n, &unit) || !scaled(n, unit, &add, half))
            return;
        *figure += add;
        *s = r;
    }
}

/* Between the ends of a range. */
static bool
take_dash(struct tl_str *s)
{
    static const struct tl_str dashes[] = {W("-"),  W("–"),   W("—"),    W("~"),    W("〜"),
                                           W("～"), W("to "), W("and "), W("から"), W("or ")};
    struct tl_str r = *s;

    take_blanks(&r);
    for (size_t i = 0; i < COUNT(dashes); i++) {
        if (!take(&r, dashes[i]))
            continue;
        take_blanks(&r);
        *s = r;
        return true;
    }
    return false;
}

/* "10-20 s", "10 s to 20 s", "between 10 and 20 seconds": the second end has the unit. */
static bool
read_range(struct tl_str s, struct tl_str *rest, struct page_span *out)
{
    struct number a, b;
    int64_t unit_a, unit_b, half;
    struct tl_str r = s;

    if (!read_digits(&r, &a) && !read_word(&r, &a))
        return false;
    unit_a = take_unit(&r);
    if (!take_dash(&r) || (!read_digits(&r, &b) && !read_word(&r, &b)))
        return false;
    unit_b = take_unit(&r);
    if (unit_b == 0)
        return false;
    if (!scaled(a, unit_a ? unit_a : unit_b, &out->min_us, &half) ||
        !scaled(b, unit_b, &out->max_us, &half) || out->min_us >= out->max_us)
        return false;
    out->figure_us = out->min_us;
    out->range = true;
    *rest = r;
    return true;
}

bool
page_read_span(struct tl_str s, struct page_span *out)
{
    struct tl_str r = s;
    struct number n;
    int64_t unit, figure, half;

    *out = (struct page_span){.range = false};
    if (read_range(s, &r, out)) {
        out->len = s.n - r.n;
        return true;
    }
    r = s;
    if (!read_part(&r, INT64_MAX, &n, &unit) || !scaled(n, unit, &figure, &half))
        return false;
    read_more_parts(&r, unit, &figure, &half);
    out->len = s.n - r.n;
    out->figure_us = figure;
    out->min_us = figure > half ? figure - half : 0;
    out->max_us = figure + half;
    return true;
}
