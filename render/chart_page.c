/* chart_page.c - what stands around the panels: title, legend, lanes' names, axes' titles, notes.
 */
#include "render/chart.h"

#include <inttypes.h>

#include "core/names.h"

enum {
    EDGE = 24, /* left and right of everything */
    TITLE_Y = 30,
    SUBTITLE_Y = 51,
    LEGEND_Y = 78,
    LEGEND_STEP = 20,
    LEGEND_GAP = 26, /* between entries */
    SWATCH = 34,
    PANEL_GAP = 20,
    HEADING = 24, /* above a panel */
    AXIS = 52,    /* below a panel: tics and title */
    NOTE_STEP = 16
};

struct sheet { /* the page at work: the next free y */
    struct chart *c;
    struct chart_data *d;
    int x, y;
};

static void
put(const struct sheet *s, int x, int y, enum chart_font font, struct tl_buf *b)
{
    int size = font == CHART_FONT_TITLE ? 18 : font == CHART_FONT_HEADING ? 14 : 12; /* bold */
    struct tl_str t = chart_text(s->c, tl_buf_str(b), size, CHART_WIDTH - 2 * EDGE, false);

    if (b->failed && !s->c->failed)
        s->c->failed = b->failed;
    tl_buf_free(b);
    chart_data_text(s->d, x, y, font, t);
}

/* ---- title ---- */

static void
title_of_run(struct tl_buf *b, const struct tl_run *u)
{
    bool known = u->strategy != TL_STRATEGY_UNKNOWN;

    tl_buf_addf(b, "%.*s", TL_FMT(known ? tl_strategy_name(u->strategy) : TL_STR("run")));
    if (u->from.n > 0 && u->from.n < 200)
        tl_buf_addf(b, " from %.*s", TL_FMT(u->from));
    if (u->to.n > 0 && u->to.n < 200)
        tl_buf_addf(b, " to %.*s", TL_FMT(u->to));
    tl_buf_addf(b, u->verdict == TL_VERDICT_UNKNOWN ? ": verdict " : ": ");
    tl_buf_addf(b, "%.*s", TL_FMT(tl_verdict_name(u->verdict)));
}

static void
title(const struct sheet *s)
{
    const struct chart *c = s->c;
    struct tl_buf b;

    tl_buf_init(&b, 4096);
    if (c->from == TL_TIME_NONE)
        tl_buf_addf(&b, "Nothing to draw");
    else if (c->scope.nruns == 1)
        title_of_run(&b, &c->r->runs[c->scope.run]);
    else if (c->scope.nruns > 1)
        tl_buf_addf(&b, "%zu runs", c->scope.nruns);
    else
        tl_buf_addf(&b, c->r->noutages > 0 ? "Outages" : "Events");
    put(s, EDGE, TITLE_Y, CHART_FONT_TITLE, &b);
}

static void
count_print(struct tl_buf *b, uint64_t n, const char *one)
{
    tl_buf_addf(b, "%" PRIu64 " %s%s", n, one, n == 1 ? "" : "s");
}

static void
subtitle(const struct sheet *s)
{
    const struct chart *c = s->c;
    uint64_t events = 0, inferred = 0, outages = 0, resources = 0;
    struct tl_buf b;

    for (size_t i = 0; i < c->nitems; i++) {
        *(c->items[i].inferred ? &inferred : &events) += c->items[i].mark ? c->items[i].count : 0;
        outages += c->items[i].outage != NULL;
    }
    for (size_t i = 0; i < c->nlanes; i++)
        resources += !c->lanes[i].is_run;
    tl_buf_init(&b, 4096);
    if (c->from == TL_TIME_NONE) {
        tl_buf_addf(&b, "The report has no run, no outage and no event whose time is known.");
    } else {
        count_print(&b, outages, "outage");
        tl_buf_addf(&b, ", ");
        count_print(&b, events, "event");
        if (inferred > 0)
            tl_buf_addf(&b, " and %" PRIu64 " inferred", inferred);
        tl_buf_addf(&b, " on ");
        count_print(&b, resources, "resource");
    }
    put(s, EDGE, SUBTITLE_Y, CHART_FONT_SUBTITLE, &b);
}

/* ---- legend ---- */

/* Goes on to the next line where an entry of that width has no room; returns its x. */
static int
entry(struct sheet *s, int width)
{
    int x;

    if (s->x > EDGE && s->x + width > CHART_WIDTH - EDGE) {
        s->x = EDGE;
        s->y += LEGEND_STEP;
    }
    x = s->x;
    s->x += width + LEGEND_GAP;
    return x;
}

static void
legend_mark(struct sheet *s, int style, struct tl_str text)
{
    int x = entry(s, 14 + chart_text_px(text, CHART_TEXT, false));

    chart_data_mark(s->d, x + 5, s->y, style);
    chart_data_text(s->d, x + 14, s->y, CHART_FONT_LABEL, text);
}

static void
legend_outage(struct sheet *s)
{
    struct tl_str text = TL_STR("outage: certain (dark), possible (light), observed (line)");
    int x = entry(s, SWATCH + 8 + chart_text_px(text, CHART_TEXT, false)), y = s->y;

    chart_data_bar(s->d, x, x + SWATCH, y - 6, y + 6, CHART_OUTAGE + CHART_BAND);
    chart_data_bar(s->d, x + 9, x + 23, y - 6, y + 6, CHART_OUTAGE);
    chart_data_bar(s->d, x + 4, x + 28, y - 1, y + 1, CHART_SEEN);
    chart_data_bar(s->d, x + 4, x + 6, y - 4, y + 4, CHART_SEEN);
    chart_data_bar(s->d, x + 26, x + 28, y - 4, y + 4, CHART_SEEN);
    chart_data_text(s->d, x + SWATCH + 8, y, CHART_FONT_LABEL, text);
}

static void
legend_swatch(struct sheet *s, int style, struct tl_str text)
{
    int x = entry(s, SWATCH + 8 + chart_text_px(text, CHART_TEXT, false));

    chart_data_bar(s->d, x, x + SWATCH, s->y - 6, s->y + 6, style);
    chart_data_text(s->d, x + SWATCH + 8, s->y, CHART_FONT_LABEL, text);
}

static void
legend(struct sheet *s)
{
    static const char *const names[] = {
#define X(name, colour, band, point, legend) legend,
        CHART_STYLE_MAP(X)
#undef X
    };
    bool soft = false;

    s->x = EDGE;
    s->y = LEGEND_Y;
    for (size_t i = 0; i < s->c->nitems; i++)
        soft = soft || (s->c->items[i].mark && s->c->items[i].to > s->c->items[i].from);
    if (s->c->used[CHART_OUTAGE])
        legend_outage(s);
    if (s->c->used[CHART_BLIND])
        legend_swatch(s, CHART_BLIND + CHART_BAND, TL_STR("nothing was tried"));
    if (s->c->used[CHART_PHASE])
        legend_swatch(s, CHART_PHASE, TL_STR("phase"));
    for (int i = 0; i < (int)CHART_MARKS; i++)
        if (s->c->used[i])
            legend_mark(s, i, tl_str_from(names[i]));
    if (soft)
        legend_swatch(s, CHART_OTHER + CHART_BAND,
                      TL_STR("light bar behind a mark: it happened within it"));
    s->y += s->x > EDGE ? LEGEND_STEP : 0;
}

/* ---- panels ---- */

static void
lane_names(const struct sheet *s, const struct chart_panel *p)
{
    for (size_t i = 0; i < p->nlanes; i++) {
        const struct chart_lane *l = &s->c->lanes[p->lanes[i]];
        int top = p->top + p->lane_y[i], bottom = top + p->lane_h[i], y = (top + bottom) / 2;

        if (p->lane_head[i]) {
            struct tl_str region = chart_text(s->c, l->region, 14, s->c->left - EDGE - 8, false);
            int head_top = i == 0 ? p->top : p->top + p->lane_y[i - 1] + p->lane_h[i - 1];

            chart_data_bar(s->d, EDGE, s->c->left, head_top, top, CHART_RULE + CHART_BAND);
            chart_data_text(s->d, EDGE + 6, (head_top + top) / 2, CHART_FONT_HEADING, region);
        }
        if (!p->lane_head[i] || i == 0)
            chart_data_bar(s->d, EDGE, s->c->left + s->c->inner, top, top + 1, CHART_RULE);
        chart_data_text(s->d, s->c->left - 10, l->note.n > 0 ? y - 7 : y, CHART_FONT_LANE, l->name);
        chart_data_text(s->d, s->c->left - 10, y + 7, CHART_FONT_NOTE, l->note);
    }
    chart_data_bar(s->d, EDGE, s->c->left + s->c->inner, p->top + p->height, p->top + p->height + 1,
                   CHART_RULE);
}

static void
zoom_marks(const struct sheet *s)
{
    for (size_t i = 1; i < s->c->npanels; i++) {
        const struct chart_panel *all = &s->c->panels[0], *z = &s->c->panels[i];
        int x = (chart_px(s->c, all, z->from) + chart_px(s->c, all, z->to)) / 2;
        struct tl_buf b;

        tl_buf_init(&b, 64);
        if (s->c->npanels == 2)
            tl_buf_addf(&b, "zoom");
        else
            tl_buf_addf(&b, "%zu", i);
        put(s, s->c->left + x, all->top - 9, CHART_FONT_AXIS, &b);
    }
}

static void
heading(const struct sheet *s, const struct chart_panel *p, size_t n)
{
    struct tl_buf b;

    tl_buf_init(&b, 400);
    tl_buf_addf(&b, "Zoom");
    if (s->c->npanels > 2)
        tl_buf_addf(&b, " %zu", n);
    tl_buf_addf(&b, ": ");
    chart_clock_print(s->c, p, p->from, &b);
    tl_buf_addf(&b, " to ");
    chart_clock_print(s->c, p, p->to, &b);
    put(s, EDGE, s->y + HEADING / 2 - 2, CHART_FONT_HEADING, &b);
}

static void
panels(struct sheet *s)
{
    for (size_t i = 0; i < s->c->npanels; i++) {
        struct chart_panel *p = &s->c->panels[i];

        if (p->zoom)
            heading(s, p, i);
        p->top = s->y + (p->zoom || s->c->npanels > 1 ? HEADING : 8);
        lane_names(s, p);
        if (!p->zoom)
            zoom_marks(s);
        s->y = p->top + p->height + AXIS;
        chart_data_text(s->d, s->c->left + s->c->inner / 2, s->y - 12, CHART_FONT_AXIS, p->axis);
        s->y += PANEL_GAP;
    }
}

/* ---- notes: what is not drawn ---- */

static void
note(struct sheet *s, uint64_t n, const char *one, const char *many)
{
    struct tl_buf b;

    if (n == 0)
        return;
    tl_buf_init(&b, 1000);
    tl_buf_addf(&b, "%" PRIu64 " %s", n, n == 1 ? one : many);
    put(s, EDGE, s->y, CHART_FONT_SMALL, &b);
    s->y += NOTE_STEP;
}

static void
notes(struct sheet *s)
{
    const struct chart *c = s->c;
    uint64_t bare = 0, counted = 0, coarse = 0;

    for (size_t i = 0; i < c->npanels; i++) {
        bare += c->panels[i].unlabelled;
        for (size_t k = 0; k < c->panels[i].nplaces; k++)
            counted += c->panels[i].places[k].more;
    }
    for (size_t i = 0; i < c->nitems; i++)
        coarse += c->items[i].coarse ? c->items[i].count : 0;
    note(s, c->outside, "event or outage outside this time is not drawn.",
         "events and outages outside this time are not drawn.");
    note(s, coarse, "event is not known finely enough for a zoom: see the overview.",
         "events are not known finely enough for a zoom: see the overview.");
    note(s, counted, "event had no room: +1 in a label counts it.",
         "events had no room: +n in a label counts them.");
    note(s, bare, "mark or bar had no room for its words.",
         "marks or bars had no room for their words.");
    note(s, c->laneless, "event or outage on further resources is not drawn.",
         "events and outages on further resources are not drawn.");
    note(s, c->zooms_left_out, "more stretch of outages would deserve a zoom.",
         "more stretches of outages would deserve a zoom.");
    note(s, c->r->nruns - c->scope.nruns, "other run of this report is not drawn here.",
         "other runs of this report are not drawn here.");
}

void
chart_page(struct chart *c, struct chart_data *d)
{
    struct sheet s = {c, d, EDGE, LEGEND_Y};

    title(&s);
    subtitle(&s);
    if (c->from != TL_TIME_NONE) {
        legend(&s);
        panels(&s);
        notes(&s);
    }
    c->height = s.y + 8;
    if (!c->failed)
        c->failed = d->bars.failed    ? d->bars.failed
                    : d->marks.failed ? d->marks.failed
                                      : d->text.failed;
}
