/* chart_items.c - what is drawn on the lanes: runs, phases, ZDP, outages, and a mark per event. */
#include "render/chart.h"

#include <inttypes.h>

#include "core/names.h"
#include "render/show.h"

enum { MAX_LABEL_PX = 330 };

static struct chart_item *
add_item(struct chart *c, uint32_t lane, enum chart_style style)
{
    struct chart_item *more;

    if (lane == TL_NO_INDEX || c->failed)
        return NULL;
    more = tl_arena_grow(c->arena, c->items, c->nitems, &c->items_cap, sizeof(*c->items));
    if (!more) {
        c->failed = TL_ENOMEM;
        return NULL;
    }
    c->items = more;
    more += c->nitems++;
    *more = (struct chart_item){.lane = lane,
                                .style = style,
                                .at = TL_TIME_NONE,
                                .from = TL_TIME_NONE,
                                .to = TL_TIME_NONE,
                                .sure_from = TL_TIME_NONE,
                                .sure_to = TL_TIME_NONE,
                                .seen_from = TL_TIME_NONE,
                                .seen_to = TL_TIME_NONE,
                                .label = TL_STR(""),
                                .count = 1};
    return more;
}

static struct tl_str
label_of(struct chart *c, struct tl_buf *b)
{
    struct tl_str s = chart_text(c, tl_buf_str(b), CHART_TEXT, MAX_LABEL_PX, false);

    if (b->failed && !c->failed)
        c->failed = b->failed;
    tl_buf_free(b);
    return s;
}

/* An instant's bounds; one that has none is known exactly. */
static void
bounds_of(const struct tl_instant *when, tl_time *from, tl_time *to)
{
    *from = chart_known(when->earliest) && when->earliest < when->at ? when->earliest : when->at;
    *to = chart_known(when->latest) && when->latest > when->at ? when->latest : when->at;
}

/* A span between two instants: possible from the one's earliest to the other's latest, certain
 * between. One without an end reaches the end of the chart. */
static void
set_span(const struct chart *c, struct chart_item *it, const struct tl_instant *began,
         const struct tl_instant *ended)
{
    tl_time began_by, ended_from;

    it->at = began->at;
    bounds_of(began, &it->from, &began_by);
    if (chart_known(ended->at)) {
        bounds_of(ended, &ended_from, &it->to);
    } else {
        ended_from = it->to = c->to;
        it->open_right = true;
    }
    if (it->to < it->from)
        it->to = it->from;
    if (began_by < ended_from) {
        it->sure_from = began_by;
        it->sure_to = ended_from;
    }
}

/* "took 2 to 4 min" */
static void
took_print(struct tl_buf *b, const struct chart_item *it)
{
    struct tl_span took = {TL_UNKNOWN, it->to - it->from};

    if (it->open_right) {
        tl_buf_addf(b, "end not seen");
        return;
    }
    if (it->sure_from != TL_TIME_NONE)
        took.min_us = it->sure_to - it->sure_from;
    tl_buf_addf(b, "took ");
    show_range(b, took);
}

static void
add_run(struct chart *c, const struct tl_run *u)
{
    struct chart_item *it = NULL;
    struct tl_buf b;

    for (uint32_t i = 0; i < c->nlanes && !it && chart_known(u->began.at); i++)
        if (c->lanes[i].is_run && tl_str_eq(c->lanes[i].id, u->id))
            it = add_item(c, i, CHART_RUN);
    if (!it)
        return;
    set_span(c, it, &u->began, &u->ended);
    tl_buf_init(&b, 4096);
    if (c->scope.nruns > 1)
        tl_buf_addf(&b, "%.*s, %.*s, ", TL_FMT(tl_strategy_name(u->strategy)),
                    TL_FMT(tl_verdict_name(u->verdict)));
    took_print(&b, it);
    it->label = label_of(c, &b);
}

/* Nothing of the span is certain: a bar would show what the marks of its ends show already. */
static bool
is_vague(const struct tl_instant *began, const struct tl_instant *ended)
{
    tl_time from, to, ignored;

    if (!chart_known(ended->at))
        return false;
    bounds_of(began, &ignored, &from);
    bounds_of(ended, &to, &ignored);
    return from >= to;
}

static void
add_phase(struct chart *c, const struct tl_phase_span *p)
{
    struct chart_item *it;
    struct tl_buf b;

    if (!chart_known(p->began.at) || p->name == TL_PHASE_ZDP || is_vague(&p->began, &p->ended))
        return;
    it = add_item(c, chart_lane_named(c, p->resource, p->region, TL_KIND_INSTANCE), CHART_PHASE);
    if (!it)
        return;
    set_span(c, it, &p->began, &p->ended);
    tl_buf_init(&b, 200);
    tl_buf_addf(&b, "%.*s%s", TL_FMT(tl_phase_name(p->name)), p->inferred ? " (inferred)" : "");
    it->label = label_of(c, &b);
}

/* The marks of its ends say the figures; the bar is for a ZDP whose length can be seen. */
static void
add_zdp(struct chart *c, const struct tl_zdp *z)
{
    struct chart_item *it;
    uint32_t lane;

    if (!chart_known(z->began.at) || !chart_known(z->ended.at))
        return;
    lane = chart_lane_named(c, z->resource, z->region, TL_KIND_INSTANCE);
    if (is_vague(&z->began, &z->ended) || !(it = add_item(c, lane, CHART_ZDP)))
        return;
    set_span(c, it, &z->began, &z->ended);
    it->label = TL_STR("ZDP");
}

/* min_us within the failures: where exactly the bounds do not say, so in their middle. */
static void
set_sure(struct chart_item *it, const struct tl_outage *o)
{
    int64_t least = it->to - it->from, spare;

    if (!chart_known(o->first_fail) || !chart_known(o->last_fail) || o->min_us <= 0)
        return;
    least = o->min_us < least ? o->min_us : least;
    spare = o->last_fail - o->first_fail - least;
    it->sure_from = o->first_fail + (spare > 0 ? spare / 2 : 0);
    it->sure_to = it->sure_from + least < it->to ? it->sure_from + least : it->to;
}

static void
add_outage(struct chart *c, const struct tl_outage *o)
{
    struct chart_item *it;
    struct tl_buf b;
    tl_time from, to;

    if (!chart_outage_shown(c, o)) {
        c->outside++;
        return;
    }
    it = add_item(c, chart_lane_named(c, o->endpoint, o->region, chart_outage_kind(o)),
                  CHART_OUTAGE);
    if (!it) {
        c->laneless++;
        return;
    }
    (void)chart_outage_range(o, &from, &to);
    it->outage = o;
    it->at = it->from = from;
    it->to = to;
    it->open_left = !chart_known(o->last_ok);
    it->open_right = !chart_known(o->first_ok);
    it->seen_from = chart_known(o->first_fail) ? o->first_fail : from;
    it->seen_to = chart_known(o->first_ok)    ? o->first_ok
                  : chart_known(o->last_fail) ? o->last_fail
                                              : to;
    set_sure(it, o);
    tl_buf_init(&b, 400);
    chart_outage_print(&b, o);
    it->label = label_of(c, &b);
}

/* The same words about the same moment, one after the other, are one mark. */
static bool
repeats(const struct chart_item *a, const struct chart_item *b)
{
    return a->mark && a->at == b->at && a->from == b->from && a->to == b->to &&
           a->style == b->style && tl_str_eq(a->label, b->label);
}

static void
add_row(struct chart *c, const struct tl_row *row, uint32_t *last)
{
    uint32_t lane;
    struct chart_item *it;
    struct tl_buf b;

    if (!chart_row_shown(c, row)) {
        c->outside += !tl_str_starts(row->ev.cls, TL_STR("probe.")) &&
                      !tl_str_starts(row->ev.cls, TL_STR("log."));
        return;
    }
    lane = chart_lane_of(c, row);
    it = add_item(c, lane, chart_style_of(&row->ev));
    if (!it) {
        c->laneless++;
        return;
    }
    it->mark = true;
    it->inferred = row->inferred;
    it->at = row->ev.when.at;
    bounds_of(&row->ev.when, &it->from, &it->to);
    tl_buf_init(&b, 8192);
    chart_label_print(&b, &row->ev);
    if (row->inferred)
        tl_buf_add(&b, TL_STR(" (inferred)"));
    it->label = label_of(c, &b);
    if (last[lane] != TL_NO_INDEX && repeats(&c->items[last[lane]], it)) {
        c->items[last[lane]].count++;
        c->nitems--;
        return;
    }
    last[lane] = (uint32_t)(c->nitems - 1);
}

/* A version that the probe saw change, unless a row says so already. */
static void
add_flip(struct chart *c, const struct tl_outage *o)
{
    uint32_t lane = chart_lane_named(c, o->endpoint, o->region, chart_outage_kind(o));
    struct chart_item *it;
    struct tl_buf b;

    if (!chart_outage_shown(c, o) || !chart_known(o->first_ok) || o->version_after.n == 0 ||
        tl_str_eq(o->version_before, o->version_after) || o->version_after.n > 200 ||
        (o->version_before.n == 0 && chart_outage_kind(o) != TL_KIND_ENDPOINT))
        return;
    for (size_t i = 0; i < c->nitems; i++)
        if (c->items[i].lane == lane && c->items[i].mark && c->items[i].style == CHART_VERSION)
            return;
    if (!(it = add_item(c, lane, CHART_VERSION)))
        return;
    it->mark = true;
    it->at = it->from = it->to = o->first_ok;
    tl_buf_init(&b, 1024);
    if (o->version_before.n > 0 && o->version_before.n <= 200)
        tl_buf_addf(&b, "%.*s \xE2\x86\x92 ", TL_FMT(o->version_before));
    tl_buf_add(&b, o->version_after);
    it->label = label_of(c, &b);
}

static void
add_flips(struct chart *c, const struct tl_outage *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        add_flip(c, &list[i]);
}

static void
add_run_items(struct chart *c, const struct tl_run *u)
{
    add_run(c, u);
    for (size_t i = 0; i < u->nphases; i++)
        add_phase(c, &u->phases[i]);
    for (size_t i = 0; i < u->nzdp; i++)
        add_zdp(c, &u->zdp[i]);
    for (size_t i = 0; i < u->noutages; i++)
        add_outage(c, &u->outages[i]);
}

void
chart_items(struct chart *c)
{
    const struct tl_report *r = c->r;
    uint32_t *last = chart_alloc(c, c->nlanes * sizeof(*last));

    for (size_t i = 0; i < c->nlanes && last; i++)
        last[i] = TL_NO_INDEX;
    for (size_t k = 0; k < c->scope.nruns; k++)
        add_run_items(c, &r->runs[c->scope.run + k]);
    for (size_t i = 0; i < r->noutages; i++)
        add_outage(c, &r->outages[i]);
    for (size_t i = 0; i < r->nrows && last; i++)
        add_row(c, &r->rows[i], last);
    for (size_t k = 0; k < c->scope.nruns; k++)
        add_flips(c, r->runs[c->scope.run + k].outages, r->runs[c->scope.run + k].noutages);
    add_flips(c, r->outages, r->noutages);
}
