/* chart_plan.c - which time the panels show, and what is outside it. */
#include "render/chart.h"

#include <inttypes.h>

#include "core/names.h"

enum {
    MAX_ZOOM_RATIO = 40, /* the shortest outage of a zoom is at least 1/40 of it */
    MIN_ZOOM_GAIN = 3    /* a zoom that gains less is none */
};

static const tl_time first_year = INT64_C(-62135596800) * TL_SECOND;
static const tl_time last_year = INT64_C(253402300799) * TL_SECOND;

bool
chart_known(tl_time t)
{
    return t >= first_year && t <= last_year;
}

/* Widens [*from, *to] to hold t, if it is known. */
static void
widen(tl_time *from, tl_time *to, tl_time t)
{
    if (!chart_known(t))
        return;
    if (*from == TL_TIME_NONE || t < *from)
        *from = t;
    if (*to == TL_TIME_NONE || t > *to)
        *to = t;
}

bool
chart_outage_range(const struct tl_outage *o, tl_time *from, tl_time *to)
{
    *from = *to = TL_TIME_NONE;
    widen(from, to, o->last_ok);
    widen(from, to, o->first_fail);
    widen(from, to, o->last_fail);
    widen(from, to, o->first_ok);
    if (chart_known(o->last_ok) && o->max_us > 0 && o->max_us < last_year - o->last_ok)
        widen(from, to, o->last_ok + o->max_us);
    return *from != TL_TIME_NONE;
}

static void
widen_by_outages(tl_time *from, tl_time *to, const struct tl_outage *list, size_t n)
{
    tl_time a, b;

    for (size_t i = 0; i < n; i++) {
        if (!chart_outage_range(&list[i], &a, &b))
            continue;
        widen(from, to, a);
        widen(from, to, b);
    }
}

static bool
is_probe(const struct tl_event *ev)
{
    return tl_str_eq(ev->cls, TL_STR("probe.ok")) || tl_str_eq(ev->cls, TL_STR("probe.failed"));
}

/* What a server writes beside its starts and ends: the table has all of it. */
static bool
is_detail(const struct tl_event *ev)
{
    static const struct tl_str told[] = {{"log.shutdown-requested", 22},
                                         {"log.shutdown", 12},
                                         {"log.starting-up", 15},
                                         {"log.ready", 9},
                                         {"log.crash", 9},
                                         {"log.start-failed", 16}};

    if (!tl_str_starts(ev->cls, TL_STR("log.")))
        return is_probe(ev);
    for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++)
        if (tl_str_eq(ev->cls, told[i]))
            return false;
    return true;
}

static void
widen_by_instant(tl_time *from, tl_time *to, const struct tl_instant *when)
{
    widen(from, to, when->at);
    widen(from, to, when->earliest);
    widen(from, to, when->latest);
}

static void
widen_by_run(const struct chart *c, size_t run, tl_time *from, tl_time *to)
{
    const struct tl_run *u = &c->r->runs[run];

    widen_by_instant(from, to, &u->began);
    widen_by_instant(from, to, &u->ended);
    widen_by_outages(from, to, u->outages, u->noutages);
    if (chart_known(u->ended.at))
        return;
    for (size_t i = 0; i < c->r->nrows; i++) /* it has not ended: as far as it is known */
        if (c->r->rows[i].run == run)
            widen_by_instant(from, to, &c->r->rows[i].ev.when);
}

void
chart_window(struct chart *c)
{
    tl_time from = TL_TIME_NONE, to = TL_TIME_NONE;
    int64_t margin;

    for (size_t i = 0; i < c->scope.nruns; i++)
        widen_by_run(c, c->scope.run + i, &from, &to);
    if (from == TL_TIME_NONE)
        widen_by_outages(&from, &to, c->r->outages, c->r->noutages);
    for (size_t i = 0; i < c->r->nrows && c->scope.nruns == 0 && c->r->noutages == 0; i++)
        if (!is_probe(&c->r->rows[i].ev))
            widen_by_instant(&from, &to, &c->r->rows[i].ev.when);
    c->from = c->to = c->base = TL_TIME_NONE;
    if (from == TL_TIME_NONE)
        return;
    margin = (to - from) / 50 > TL_MINUTE ? (to - from) / 50 : TL_MINUTE;
    c->base = c->from = from - margin;
    c->to = to + margin;
}

static bool
overlaps(const struct chart *c, tl_time from, tl_time to)
{
    return c->from != TL_TIME_NONE && from <= c->to && to >= c->from;
}

bool
chart_row_shown(const struct chart *c, const struct tl_row *row)
{
    const struct tl_instant *when = &row->ev.when;

    return !is_detail(&row->ev) && chart_known(when->at) && overlaps(c, when->at, when->at);
}

bool
chart_outage_shown(const struct chart *c, const struct tl_outage *o)
{
    tl_time from, to;

    return chart_outage_range(o, &from, &to) && overlaps(c, from, to);
}

enum tl_kind
chart_outage_kind(const struct tl_outage *o)
{
    return tl_str_eq(o->source, TL_STR("log")) ? TL_KIND_INSTANCE : TL_KIND_ENDPOINT;
}

/* ---- zooms: stretches of outages that stand so near to each other that one scale suits all ----
 */

struct stretch {
    tl_time from, to;
    int64_t shortest_us, longest_us; /* of its outages, as drawn */
    bool chosen;
};

static int64_t
scale_limit(int64_t shortest_us)
{
    int64_t us = shortest_us < TL_SECOND / 10 ? TL_SECOND / 10 : shortest_us;

    return us > INT64_MAX / MAX_ZOOM_RATIO ? INT64_MAX : us * MAX_ZOOM_RATIO;
}

/* What a zoom of the stretch shows: some ground before it, and room for the last figure after. */
static void
frame(const struct chart *c, struct stretch *s)
{
    int64_t len = s->to - s->from < TL_SECOND / 2 ? TL_SECOND / 2 : s->to - s->from;
    int64_t margin = len / 10 < TL_SECOND / 2 ? TL_SECOND / 2 : len / 10;

    s->to = s->from + len + 3 * margin;
    s->from = s->from - margin < c->from ? c->from : s->from - margin;
}

static bool
gains(const struct chart *c, const struct stretch *framed)
{
    return (framed->to - framed->from) * MIN_ZOOM_GAIN <= c->to - c->from;
}

/* Takes an outage into the stretch if both can still be read at one scale, and better than in the
 * overview. */
static bool
join(const struct chart *c, struct stretch *s, tl_time from, tl_time to)
{
    struct stretch both = *s, framed;

    both.from = from < s->from ? from : s->from;
    both.to = to > s->to ? to : s->to;
    if (to - from < both.shortest_us)
        both.shortest_us = to - from;
    if (to - from > both.longest_us)
        both.longest_us = to - from;
    framed = both;
    frame(c, &framed);
    if (both.to - both.from > scale_limit(both.shortest_us) || !gains(c, &framed))
        return false;
    *s = both;
    return true;
}

static bool
earlier(const struct chart_item *a, const struct chart_item *b)
{
    return a->from != b->from ? a->from < b->from : a->to < b->to;
}

/* The outages, by their start. */
static size_t
outages_of(struct chart *c, const struct chart_item **list)
{
    size_t n = 0;

    for (size_t i = 0; i < c->nitems; i++) {
        size_t k = n;

        if (!c->items[i].outage)
            continue;
        for (; k > 0 && earlier(&c->items[i], list[k - 1]); k--)
            list[k] = list[k - 1];
        list[k] = &c->items[i];
        n++;
    }
    return n;
}

/* The stretches that a zoom would show better, in the order of time. */
static size_t
stretches_of(struct chart *c, struct stretch *all)
{
    const struct chart_item **list = chart_alloc(c, c->nitems * sizeof(struct chart_item *));
    size_t n = list ? outages_of(c, list) : 0, made = 0, kept = 0;

    for (size_t i = 0; i < n; i++) {
        tl_time from = list[i]->from, to = list[i]->to;

        if (made == 0 || !join(c, &all[made - 1], from, to))
            all[made++] = (struct stretch){from, to, to - from, to - from, false};
    }
    for (size_t i = 0; i < made; i++) {
        struct stretch s = all[i];

        frame(c, &s);
        if (gains(c, &s))
            all[kept++] = s;
    }
    return kept;
}

/* The longest outages first, until there are enough zooms. */
static void
choose(struct stretch *all, size_t n)
{
    for (int chosen = 0; chosen < CHART_MAX_ZOOMS; chosen++) {
        struct stretch *best = NULL;

        for (size_t i = 0; i < n; i++)
            if (!all[i].chosen && (!best || all[i].longest_us > best->longest_us))
                best = &all[i];
        if (best)
            best->chosen = true;
    }
}

void
chart_panels(struct chart *c)
{
    static const char *const names[CHART_MAX_ZOOMS] = {"zoom1", "zoom2", "zoom3"};
    struct stretch *all = chart_alloc(c, c->nitems * sizeof(*all));
    size_t n = all ? stretches_of(c, all) : 0;

    c->panels[0] = (struct chart_panel){.name = "overview", .from = c->from, .to = c->to};
    c->npanels = 1;
    if (n > CHART_MAX_ZOOMS)
        c->zooms_left_out = n - CHART_MAX_ZOOMS;
    choose(all, n);
    for (size_t i = 0; i < n; i++) {
        if (!all[i].chosen)
            continue;
        c->panels[c->npanels] = (struct chart_panel){
            .name = names[c->npanels - 1], .from = all[i].from, .to = all[i].to, .zoom = true};
        c->npanels++;
    }
}
