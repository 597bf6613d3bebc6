/* chart_draw.c - a panel as rows of data: bars, marks and labels. */
#include "render/chart.h"

#include <inttypes.h>

enum { HALF_BAR = 6, DATA_MAX = 64 << 20, FADES = 3 };

/* What is drawn at the moment, and where. */
struct pen {
    const struct chart *c;
    const struct chart_panel *p;
    struct chart_data *d;
    int y; /* middle of the row */
};

void
chart_data_init(struct chart_data *d)
{
    *d = (struct chart_data){.fonts = {false}};
    tl_buf_init(&d->bars, DATA_MAX);
    tl_buf_init(&d->marks, DATA_MAX);
    tl_buf_init(&d->text, DATA_MAX);
}

void
chart_data_free(struct chart_data *d)
{
    tl_buf_free(&d->bars);
    tl_buf_free(&d->marks);
    tl_buf_free(&d->text);
}

void
chart_seconds_print(struct tl_buf *b, int64_t us)
{
    us = us < 0 ? 0 : us;
    tl_buf_addf(b, "%" PRId64 ".%06" PRId64, us / TL_SECOND, us % TL_SECOND);
}

static void
head(struct tl_buf *b, const char *columns)
{
    if (b->n == 0)
        tl_buf_addf(b, "%s\n", columns);
}

void
chart_data_bar(struct chart_data *d, int x0, int x1, int y0, int y1, int style)
{
    head(&d->bars, "x0\tx1\ty0\ty1\tstyle");
    tl_buf_addf(&d->bars, "%d\t%d\t%d\t%d\t%d\n", x0, x1, y0, y1, style + 1);
}

void
chart_data_mark(struct chart_data *d, int x, int y, int style)
{
    head(&d->marks, "x\ty\tstyle");
    tl_buf_addf(&d->marks, "%d\t%d\t%d\n", x, y, style + 1);
}

static void
end_text(struct chart_data *d, int y, enum chart_font font, struct tl_str text, const char *tail)
{
    d->fonts[font] = true;
    tl_buf_addf(&d->text, "\t%d\t%d\t", y, (int)font + 1);
    tl_buf_add(&d->text, text);
    tl_buf_addf(&d->text, "%s\n", tail);
}

void
chart_data_text(struct chart_data *d, int x, int y, enum chart_font font, struct tl_str text)
{
    if (text.n == 0)
        return;
    head(&d->text, "x\ty\tfont\ttext");
    tl_buf_addf(&d->text, "%d", x);
    end_text(d, y, font, text, "");
}

/* ---- in the panel's coordinates ---- */

static tl_time
within(const struct pen *pen, tl_time t)
{
    return t < pen->p->from ? pen->p->from : t > pen->p->to ? pen->p->to : t;
}

static void
print_x(const struct pen *pen, struct tl_buf *b, tl_time t)
{
    chart_seconds_print(b, within(pen, t) - pen->c->base);
}

/* A bar from..to, cut to the panel, at least a pixel and a half wide. */
static void
bar(const struct pen *pen, tl_time from, tl_time to, int half, int style)
{
    struct tl_buf *b = &pen->d->bars;
    int64_t least = (pen->p->to - pen->p->from) / pen->c->inner * 3 / 2;

    if (to < pen->p->from || from > pen->p->to)
        return;
    if (to - from < least)
        to = from + least;
    head(b, "x0\tx1\ty0\ty1\tstyle");
    print_x(pen, b, from);
    tl_buf_addf(b, "\t");
    print_x(pen, b, to);
    tl_buf_addf(b, "\t%d\t%d\t%d\n", pen->y - half, pen->y + half, style + 1);
}

/* An end that is not known fades out. */
static void
fade(const struct pen *pen, tl_time end, bool left)
{
    int64_t step = (pen->p->to - pen->p->from) / pen->c->inner * (CHART_FADE_PX / FADES);

    for (int i = 0; i < FADES; i++) {
        tl_time a = left ? end - (i + 1) * step : end + i * step;

        bar(pen, a, a + step, HALF_BAR, CHART_FADE1 + i);
    }
}

static void
draw_blind(const struct pen *pen, const struct chart_item *it, const struct tl_gap *gap)
{
    tl_time from = gap->from < it->from ? it->from : gap->from;
    tl_time to = gap->to > it->to ? it->to : gap->to;

    if (chart_known(gap->from) && chart_known(gap->to) && from < to)
        bar(pen, from, to, HALF_BAR - 2, CHART_BLIND + CHART_BAND);
}

static void
draw_outage(const struct pen *pen, const struct chart_item *it)
{
    const struct tl_outage *o = it->outage;

    bar(pen, it->from, it->to, HALF_BAR, CHART_OUTAGE + CHART_BAND);
    if (it->open_left)
        fade(pen, it->from, true);
    if (it->open_right)
        fade(pen, it->to, false);
    if (it->sure_from != TL_TIME_NONE)
        bar(pen, it->sure_from, it->sure_to, HALF_BAR, CHART_OUTAGE);
    for (size_t i = 0; i < o->nblind; i++)
        draw_blind(pen, it, &o->blind[i]);
    bar(pen, it->seen_from, it->seen_to, 1, CHART_SEEN);
    if (chart_known(o->first_fail))
        bar(pen, it->seen_from, it->seen_from, HALF_BAR - 2, CHART_SEEN);
    if (chart_known(o->first_ok))
        bar(pen, it->seen_to, it->seen_to, HALF_BAR - 2, CHART_SEEN);
}

static void
draw_span(const struct pen *pen, const struct chart_item *it)
{
    bar(pen, it->from, it->to, HALF_BAR, (int)it->style + CHART_BAND);
    if (it->sure_from != TL_TIME_NONE)
        bar(pen, it->sure_from, it->sure_to, HALF_BAR, (int)it->style);
}

static void
draw_mark(const struct pen *pen, const struct chart_item *it)
{
    struct tl_buf *b = &pen->d->marks;

    if (it->to > it->from)
        bar(pen, it->from, it->to, HALF_BAR, (int)it->style + CHART_BAND);
    if (it->at < pen->p->from || it->at > pen->p->to)
        return;
    head(b, "x\ty\tstyle");
    print_x(pen, b, it->at);
    tl_buf_addf(b, "\t%d\t%d\n", pen->y, it->style + 1);
}

static void
draw_item(const struct pen *pen, const struct chart_item *it)
{
    if (it->outage)
        draw_outage(pen, it);
    else if (it->mark)
        draw_mark(pen, it);
    else
        draw_span(pen, it);
}

static void
draw_label(const struct pen *pen, const struct chart_item *it, const struct chart_place *s)
{
    struct tl_str label = it->label;
    struct tl_buf tail;
    enum chart_font font;

    if (s->label_x < 0 && s->more == 0)
        return;
    tl_buf_init(&tail, 100);
    if (s->label_x < 0)
        label = TL_STR("");
    if (it->count > 1)
        tl_buf_addf(&tail, " \xC3\x97%" PRIu32, it->count);
    if (s->more > 0)
        tl_buf_addf(&tail, " +%" PRIu32, s->more);
    font = it->outage ? CHART_FONT_FIGURE : CHART_FONT_LABEL;
    font = s->before ? font + 1 : font;
    head(&pen->d->text, "x\ty\tfont\ttext");
    print_x(pen, &pen->d->text,
            chart_time_at(pen->c, pen->p, s->label_x < 0 ? s->hi + 2 : s->label_x));
    if (tail.failed && !pen->d->text.failed)
        pen->d->text.failed = tail.failed;
    end_text(pen->d, pen->y, font, label, tail.p ? tail.p : "");
    tl_buf_free(&tail);
}

/* The ground: regions' headings, lanes, and where the zooms look. */
static void
draw_ground(const struct pen *at)
{
    const struct chart_panel *p = at->p;
    struct pen pen = *at;

    for (size_t i = 0; i < p->nlanes; i++) {
        int head_h = p->lane_y[i] - (i > 0 ? p->lane_y[i - 1] + p->lane_h[i - 1] : 0);

        pen.y = p->lane_y[i] - head_h / 2;
        if (p->lane_head[i])
            bar(&pen, p->from, p->to, head_h / 2, CHART_RULE + CHART_BAND);
    }
    pen.y = p->height / 2;
    for (size_t i = 1; i < at->c->npanels && !p->zoom; i++)
        bar(&pen, at->c->panels[i].from, at->c->panels[i].to, p->height / 2,
            CHART_ZOOM + CHART_BAND);
}

void
chart_draw(struct chart *c, const struct chart_panel *p, struct chart_data *d)
{
    struct pen pen = {c, p, d, 0};
    size_t lane = 0;

    draw_ground(&pen);
    for (size_t i = 0; i < p->nplaces; i++) {
        const struct chart_place *s = &p->places[i];
        const struct chart_item *it = &c->items[s->item];

        while (p->lanes[lane] != it->lane)
            lane++; /* places are by lane, and every place has one */
        pen.y = p->lane_y[lane] + (p->lane_h[lane] - (int)p->lane_rows[lane] * CHART_ROW) / 2 +
                (int)s->row * CHART_ROW + CHART_ROW / 2;
        if (!s->caption)
            draw_item(&pen, it);
        draw_label(&pen, it, s);
        c->used[it->style] = true;
        c->used[CHART_BLIND] = c->used[CHART_BLIND] || (it->outage && it->outage->nblind > 0);
    }
    if (c->failed)
        return;
    c->failed = d->bars.failed    ? d->bars.failed
                : d->marks.failed ? d->marks.failed
                                  : d->text.failed;
}
