/* chart_axis.c - tics at round wall-clock times of the asked zone, and what zone that is. */
#include "render/chart.h"

#include <inttypes.h>
#include <stdio.h>

#include "core/time.h"
#include "core/zone.h"

enum { MIN_TIC_PX = 86, MAX_TICS = 64, MAX_ABBR = 12 };

static const int64_t steps[] = {
    TL_MS,           2 * TL_MS,       5 * TL_MS,      10 * TL_MS,   20 * TL_MS,    50 * TL_MS,
    100 * TL_MS,     200 * TL_MS,     500 * TL_MS,    TL_SECOND,    2 * TL_SECOND, 5 * TL_SECOND,
    10 * TL_SECOND,  15 * TL_SECOND,  30 * TL_SECOND, TL_MINUTE,    2 * TL_MINUTE, 5 * TL_MINUTE,
    10 * TL_MINUTE,  15 * TL_MINUTE,  30 * TL_MINUTE, TL_HOUR,      2 * TL_HOUR,   3 * TL_HOUR,
    6 * TL_HOUR,     12 * TL_HOUR,    TL_DAY,         2 * TL_DAY,   7 * TL_DAY,    14 * TL_DAY,
    28 * TL_DAY,     91 * TL_DAY,     182 * TL_DAY,   364 * TL_DAY, 1820 * TL_DAY, 36400 * TL_DAY,
    364000 * TL_DAY, 3640000 * TL_DAY};

static int64_t
step_for(const struct chart *c, int64_t span)
{
    size_t i = 0, last = sizeof(steps) / sizeof(steps[0]) - 1;
    int64_t most = c->inner / MIN_TIC_PX;

    while (i < last && span / steps[i] > most)
        i++;
    return steps[i];
}

static void
tic_print(struct tl_buf *b, tl_time local, int64_t step, bool dated)
{
    struct tl_civil v = tl_time_civil(local);

    if (step >= 182 * TL_DAY)
        tl_buf_addf(b, "%04d-", (int)v.year);
    if (dated)
        tl_buf_addf(b, "%02d-%02d", v.month, v.day);
    if (step < TL_DAY)
        tl_buf_addf(b, "%s%02d:%02d", dated ? " " : "", v.hour, v.minute);
    if (step < TL_MINUTE)
        tl_buf_addf(b, ":%02d", v.second);
    if (step < TL_SECOND)
        tl_buf_addf(b, ".%03d", v.us / 1000);
}

void
chart_clock_print(const struct chart *c, const struct chart_panel *p, tl_time t, struct tl_buf *b)
{
    tic_print(b, t + tl_zone_offset(c->o->tz, t, NULL), p->tic_us, p->to - p->from >= TL_DAY);
}

static int64_t
floor_to(int64_t t, int64_t step)
{
    int64_t r = t % step;

    return t - (r < 0 ? r + step : r);
}

static void
make_tics(struct chart *c, struct chart_panel *p)
{
    int64_t step = step_for(c, p->to - p->from), off = tl_zone_offset(c->o->tz, p->from, NULL);
    tl_time t = floor_to(p->from + off, step) - off;
    bool dated = p->to - p->from >= TL_DAY || step >= TL_DAY;

    p->tic_us = step;
    p->tics = chart_alloc(c, MAX_TICS * sizeof(*p->tics));
    for (; p->tics && t <= p->to && p->ntics < MAX_TICS; t += step) {
        struct chart_tic *tic = &p->tics[p->ntics];
        struct tl_buf b;

        if (t < p->from)
            continue;
        tic->at = t;
        tl_buf_init(&b, 64);
        tic_print(&b, t + tl_zone_offset(c->o->tz, t, NULL), step, dated);
        (void)snprintf(tic->text, sizeof(tic->text), "%s", b.p ? b.p : "");
        if (b.failed && !c->failed)
            c->failed = b.failed;
        tl_buf_free(&b);
        p->ntics++;
    }
}

/* "JST, UTC+09:00"; an abbreviation that is the offset itself ("+09") is left out. */
static void
zone_print(const struct chart *c, struct tl_buf *b, tl_time t)
{
    struct tl_str abbr = {"", 0};
    int64_t off = tl_zone_offset(c->o->tz, t, &abbr), s = (off < 0 ? -off : off) / TL_SECOND;
    bool named = abbr.n > 0 && abbr.n <= MAX_ABBR && abbr.p[0] != '+' && abbr.p[0] != '-';

    if (off == 0 && (!named || tl_str_eq(abbr, TL_STR("UTC")))) {
        tl_buf_addf(b, "UTC");
        return;
    }
    if (named)
        tl_buf_addf(b, "%.*s, ", TL_FMT(abbr));
    tl_buf_addf(b, "UTC%c%02" PRId64 ":%02" PRId64, off < 0 ? '-' : '+', s / 3600, s / 60 % 60);
    if (s % 60)
        tl_buf_addf(b, ":%02" PRId64, s % 60);
}

static void
date_print(struct tl_buf *b, tl_time local)
{
    struct tl_civil v = tl_time_civil(local);

    tl_buf_addf(b, "%04d-%02d-%02d", (int)v.year, v.month, v.day);
}

static void
make_title(struct chart *c, struct chart_panel *p)
{
    int64_t off = tl_zone_offset(c->o->tz, p->from, NULL),
            off_to = tl_zone_offset(c->o->tz, p->to, NULL);
    struct tl_buf b;

    tl_buf_init(&b, 400);
    date_print(&b, p->from + off);
    if (floor_to(p->from + off, TL_DAY) != floor_to(p->to + off_to, TL_DAY)) {
        tl_buf_addf(&b, " to ");
        date_print(&b, p->to + off_to);
    }
    tl_buf_addf(&b, ", ");
    zone_print(c, &b, p->from);
    if (off != off_to) {
        tl_buf_addf(&b, ", later ");
        zone_print(c, &b, p->to);
    }
    if (b.failed && !c->failed)
        c->failed = b.failed;
    p->axis = chart_text(c, tl_buf_str(&b), CHART_TEXT, c->inner, false);
    tl_buf_free(&b);
}

void
chart_axis(struct chart *c, struct chart_panel *p)
{
    make_tics(c, p);
    make_title(c, p);
}
