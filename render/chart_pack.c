/*
 * chart_pack.c - where the items of a lane stand so that nothing covers anything.
 *
 * A lane has as many rows as it needs. Items take the first row in which they and their labels are
 * free, in their order. Where a chart would grow too high its lanes get fewer rows: then the
 * weightier items come first, a mark may go without its label, and what still has no room is
 * counted
 * ("+3") in the label of a neighbour. Nothing is left out in silence.
 */
#include "render/chart.h"

#include <stdlib.h>
#include <string.h>

enum {
    MAX_ROWS = 12,
    MIN_ROWS = 2,  /* no higher than the two lines of a lane's name */
    HALF_MARK = 6, /* pixels */
    GAP = 4,       /* between an item and its label, and between items */
    COUNT_PX = 26, /* " ×12" */
    FAR = 60,      /* rather a labelled neighbour so far away than a bare one */
    MIN_LANE = 40, /* two lines of text, or two rows */
    LANE_PAD = 3,
    HEAD = 22, /* the region's name */
    MAX_OVERVIEW = 1600,
    MAX_ZOOM = 500,
    MAX_ZOOM_LANES = 12
};

/* One lane at work. */
struct packer {
    struct chart *c;
    struct chart_panel *p;
    unsigned char *taken; /* MAX_ROWS rows of a byte per pixel */
    unsigned rows;        /* that may be used */
    bool tight;           /* some items will have no room */
    struct chart_place *first;
    size_t n;
};

struct order {
    uint32_t item;
    int weight;
    tl_time at;
};

int
chart_px(const struct chart *c, const struct chart_panel *p, tl_time t)
{
    int64_t span = p->to - p->from, d = t - p->from;

    while (span > (INT64_C(1) << 40)) {
        span /= 2;
        d /= 2;
    }
    if (d > span * 2)
        return c->inner * 2;
    return d < -span ? -c->inner : (int)(d * c->inner / span);
}

tl_time
chart_time_at(const struct chart *c, const struct chart_panel *p, int px)
{
    int64_t span = p->to - p->from;

    return p->from + span / c->inner * px + span % c->inner * px / c->inner;
}

static int
clip(const struct packer *k, int x)
{
    return x < 0 ? 0 : x > k->c->inner ? k->c->inner : x;
}

/* Weightier first; within a weight by time. */
static int
weight_of(const struct chart_item *it)
{
    static const int weights[CHART_NSTYLES] = {
        [CHART_RUN] = 0,     [CHART_OUTAGE] = 0,    [CHART_FAILURE] = 1, [CHART_FAILOVER] = 2,
        [CHART_VERSION] = 3, [CHART_RESTART] = 4,   [CHART_ZDP] = 5,     [CHART_PHASE] = 6,
        [CHART_UPGRADE] = 7, [CHART_PARAMETER] = 8, [CHART_OTHER] = 9,
    };

    return weights[it->style];
}

static int
compare_order(const void *x, const void *y)
{
    const struct order *a = x, *b = y;

    if (a->weight != b->weight)
        return a->weight < b->weight ? -1 : 1;
    if (a->at != b->at)
        return a->at < b->at ? -1 : 1;
    return a->item < b->item ? -1 : a->item > b->item;
}

/* ---- one item ---- */

static int
label_px(const struct packer *k, const struct chart_item *it, unsigned row)
{
    int px;

    if (it->label.n == 0)
        return 0;
    px = chart_text_px(it->label, CHART_TEXT, it->outage != NULL);
    px += it->count > 1 ? COUNT_PX : 0;
    return px + (k->tight && row + 1 == k->rows ? COUNT_PX : 0);
}

enum manner { FULL, BARE, SLIM }; /* with bar and label; the mark alone; with label, without bar */

/* The room that the item needs in that row, with its label where the panel has room for that. */
static struct chart_place
shape(const struct packer *k, uint32_t item, unsigned row, enum manner manner)
{
    const struct chart_item *it = &k->c->items[item];
    int at = clip(k, chart_px(k->c, k->p, it->at)), px = manner == BARE ? 0 : label_px(k, it, row);
    int x0 = clip(k, chart_px(k->c, k->p, it->from) - (it->open_left ? CHART_FADE_PX : 0));
    int x1 = clip(k, chart_px(k->c, k->p, it->to) + (it->open_right ? CHART_FADE_PX : 0));
    bool inside = !it->mark && !it->outage && px + 2 * GAP <= x1 - x0;
    struct chart_place s = {.item = item, .row = row, .lo = x0, .hi = x1, .label_x = -1};
    int after = it->mark ? at + HALF_MARK + GAP : inside ? x0 + GAP : x1 + 2 * GAP;
    int before = it->mark ? at - HALF_MARK - GAP : x0 - 2 * GAP;

    if (it->mark) {
        s.lo = at - HALF_MARK < x0 || manner != FULL ? at - HALF_MARK : x0;
        s.hi = at + HALF_MARK > x1 || manner != FULL ? at + HALF_MARK : x1;
    }
    if (px == 0)
        return s;
    if (after + px <= k->c->inner) {
        s.label_x = after;
        s.hi = after + px > s.hi ? after + px : s.hi;
    } else if (before - px >= 0) {
        s.label_x = before;
        s.before = true;
        s.lo = before - px < s.lo ? before - px : s.lo;
    }
    return s;
}

static size_t
offset_of(const struct packer *k, const struct chart_place *s)
{
    return (size_t)s->row * (size_t)(k->c->inner + 1) + (size_t)clip(k, s->lo);
}

static size_t
length_of(const struct packer *k, const struct chart_place *s)
{
    return (size_t)(clip(k, s->hi + GAP) - clip(k, s->lo)) + 1;
}

static bool
is_free(const struct packer *k, const struct chart_place *s)
{
    return !memchr(k->taken + offset_of(k, s), 1, length_of(k, s));
}

static void
take(const struct packer *k, const struct chart_place *s, int taken)
{
    memset(k->taken + offset_of(k, s), taken, length_of(k, s));
}

/* The label of an item that has no room beside it, on a row of its own. */
static void
add_caption(struct packer *k, const struct chart_place *of)
{
    int px = label_px(k, &k->c->items[of->item], 0), room = k->c->inner - px;
    struct chart_place s = {.item = of->item, .caption = true};

    s.label_x = s.lo = of->lo < room ? of->lo : room;
    s.hi = s.lo + px;
    for (s.row = 0; px > 0 && room >= 0 && s.row < k->rows; s.row++) {
        if (!is_free(k, &s))
            continue;
        take(k, &s, 1);
        k->first[k->n++] = s;
        return;
    }
}

/* Puts the item into the first of the rows [from, to) in which it is free. */
static bool
settle(struct packer *k, uint32_t item, enum manner manner, unsigned from, unsigned to)
{
    for (unsigned row = from; row < to; row++) {
        struct chart_place s = shape(k, item, row, manner);

        if (!is_free(k, &s))
            continue;
        take(k, &s, 1);
        k->first[k->n++] = s;
        if (manner == FULL && s.label_x < 0)
            add_caption(k, &s);
        return true;
    }
    return false;
}

/* Gives a bare mark its label where there is room after all. */
static void
add_label(struct packer *k, struct chart_place *s)
{
    struct chart_place full = shape(k, s->item, s->row, SLIM);

    take(k, s, 0);
    if (full.label_x >= 0 && is_free(k, &full))
        *s = full;
    take(k, s, 1);
}

/* Counts the item with the one that stands in its place in the last row, best one with words. */
static void
count_with(struct packer *k, uint32_t item)
{
    int at = clip(k, chart_px(k->c, k->p, k->c->items[item].at)), best = INT32_MAX;
    struct chart_place *neighbour = NULL;

    for (size_t i = 0; i < k->n; i++) {
        struct chart_place *s = &k->first[i];
        int away = at < s->lo ? s->lo - at : at > s->hi ? at - s->hi : 0;

        away += s->label_x < 0 ? FAR : 0;
        if (s->row + 1 == k->rows && away < best) {
            best = away;
            neighbour = s;
        }
    }
    if (neighbour)
        neighbour->more += k->c->items[item].count;
}

/* ---- one lane ---- */

static bool
is_shown(const struct chart_panel *p, const struct chart_item *it)
{
    if (it->to < p->from || it->from > p->to)
        return false;
    if (!p->zoom || it->outage)
        return true;
    return it->mark ? it->at >= p->from && it->at <= p->to : it->from >= p->from && it->to <= p->to;
}

/* In a zoom, what is known to the minute only would say nothing. */
static bool
is_coarse(const struct chart_panel *p, const struct chart_item *it)
{
    return p->zoom && !it->outage && it->to - it->from > (p->to - p->from) / 4;
}

static size_t
items_on(struct chart *c, struct chart_panel *p, uint32_t lane, bool by_weight, struct order *list)
{
    size_t n = 0;

    for (uint32_t i = 0; i < c->nitems; i++) {
        const struct chart_item *it = &c->items[i];
        int weight = by_weight ? weight_of(it) : it->mark;

        if (it->lane == lane && is_shown(p, it) && !is_coarse(p, it))
            list[n++] = (struct order){i, weight, it->at};
    }
    qsort(list, n, sizeof(*list), compare_order);
    return n;
}

/* All in their order, with their labels; false: that takes more rows than there may be. */
static bool
pack_wide(struct packer *k, const struct order *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!settle(k, list[i].item, FULL, 0, k->rows))
            return false;
    return true;
}

/* Labels above as far as they go, bare marks in the last row, and the rest as a count. */
static void
pack_tight(struct packer *k, struct order *list, size_t n)
{
    size_t left = 0;

    for (size_t i = 0; i < n; i++) {
        uint32_t item = list[i].item;

        if (!settle(k, item, FULL, 0, k->rows - 1) &&
            !settle(k, item, BARE, k->rows - 1, k->rows) && !settle(k, item, BARE, 0, k->rows))
            list[left++] = list[i];
    }
    for (size_t i = 0; i < k->n; i++)
        if (k->first[i].label_x < 0)
            add_label(k, &k->first[i]);
    for (size_t i = 0; i < left; i++)
        count_with(k, list[i].item);
}

/* Returns how many rows the lane has; more than k->rows when it needs more. */
static unsigned
pack_lane(struct packer *k, struct order *list, size_t n)
{
    unsigned used = 0;
    bool fits = true;

    memset(k->taken, 0, (size_t)MAX_ROWS * (size_t)(k->c->inner + 1));
    k->n = 0;
    if (k->tight)
        pack_tight(k, list, n);
    else
        fits = pack_wide(k, list, n);
    for (size_t i = 0; i < k->n; i++)
        used = k->first[i].row + 1 > used ? k->first[i].row + 1 : used;
    return fits ? used : k->rows + 1;
}

static int
lane_height(unsigned rows)
{
    int h = (int)rows * CHART_ROW + 2 * LANE_PAD;

    return h < MIN_LANE ? MIN_LANE : h;
}

/* The most rows per lane with which the panel is not too high. */
static unsigned
rows_allowed(const struct chart_panel *p, const unsigned *rows)
{
    unsigned most = MAX_ROWS;
    int limit = p->zoom ? MAX_ZOOM : MAX_OVERVIEW;

    for (; most > MIN_ROWS; most--) {
        int sum = 0;

        for (size_t i = 0; i < p->nlanes; i++)
            sum += lane_height(rows[i] < most ? rows[i] : most);
        if (sum <= limit)
            break;
    }
    return most;
}

/* ---- one panel ---- */

static bool
has_items(const struct chart *c, const struct chart_panel *p, uint32_t lane, bool outages)
{
    for (size_t i = 0; i < c->nitems; i++) {
        const struct chart_item *it = &c->items[i];

        if (it->lane == lane && is_shown(p, it) && !is_coarse(p, it) && (!outages || it->outage))
            return true;
    }
    return false;
}

/* Of the cluster of a lane that is in the zoom for its outage. */
static bool
is_near(const struct chart *c, const struct chart_panel *p, const struct chart_lane *l, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct chart_lane *out = &c->lanes[p->lanes[i]];

        if (tl_str_eq(out->region, l->region) && tl_str_eq(out->cluster, l->cluster))
            return true;
    }
    return false;
}

static int
compare_numbers(const void *x, const void *y)
{
    const uint32_t *a = x, *b = y;

    return *a < *b ? -1 : *a > *b;
}

/* The overview shows all. A zoom shows what was down, and its cluster unless that is too much. */
static void
choose_lanes(const struct chart *c, struct chart_panel *p)
{
    size_t down;

    for (uint32_t lane = 0; lane < c->nlanes; lane++)
        if (has_items(c, p, lane, p->zoom) || (!p->zoom && c->lanes[lane].wanted))
            p->lanes[p->nlanes++] = lane;
    if (!p->zoom)
        return;
    down = p->nlanes;
    for (uint32_t lane = 0; lane < c->nlanes; lane++)
        if (!c->lanes[lane].is_run && !has_items(c, p, lane, true) &&
            has_items(c, p, lane, false) && is_near(c, p, &c->lanes[lane], down))
            p->lanes[p->nlanes++] = lane;
    if (p->nlanes > MAX_ZOOM_LANES)
        p->nlanes = down;
    qsort(p->lanes, p->nlanes, sizeof(*p->lanes), compare_numbers);
}

/* Marks that the zoom's lanes, or those near to them, would have if they were known better. */
static void
note_coarse(struct chart *c, const struct chart_panel *p)
{
    for (size_t i = 0; i < c->nitems && p->zoom; i++) {
        struct chart_item *it = &c->items[i];

        if (it->mark && it->to >= p->from && it->from <= p->to && is_coarse(p, it) &&
            is_near(c, p, &c->lanes[it->lane], p->nlanes))
            it->coarse = true;
    }
}

static void
stand(const struct chart *c, struct chart_panel *p, const unsigned *rows, unsigned most)
{
    struct tl_str region = {"", 0};
    int y = 0;

    for (size_t i = 0; i < p->nlanes; i++) {
        const struct chart_lane *l = &c->lanes[p->lanes[i]];

        p->lane_head[i] = l->region.n > 0 && !tl_str_eq(l->region, region);
        region = l->region;
        y += p->lane_head[i] ? HEAD : 0;
        p->lane_y[i] = y;
        p->lane_rows[i] = rows[i] < most ? rows[i] : most;
        p->lane_h[i] = lane_height(p->lane_rows[i]);
        y += p->lane_h[i];
    }
    p->height = y;
}

/* Items without their words: those of captions are not without. */
static uint64_t
unlabelled(const struct packer *k)
{
    uint64_t without = 0, captions = 0;

    for (size_t i = 0; i < k->n; i++) {
        without += k->first[i].label_x < 0 && k->c->items[k->first[i].item].label.n > 0;
        captions += k->first[i].caption;
    }
    return without - captions;
}

static void
pack_all(struct packer *k, struct order *list, unsigned *rows)
{
    struct chart_panel *p = k->p;
    unsigned most = MAX_ROWS;

    for (size_t i = 0; i < p->nlanes; i++) {
        k->rows = MAX_ROWS;
        k->tight = false;
        rows[i] = pack_lane(k, list, items_on(k->c, p, p->lanes[i], false, list));
    }
    most = rows_allowed(p, rows);
    for (size_t i = 0; i < p->nlanes; i++) {
        k->tight = rows[i] > most;
        k->rows = most;
        k->first = p->places + p->nplaces;
        (void)pack_lane(k, list, items_on(k->c, p, p->lanes[i], k->tight, list));
        p->unlabelled += unlabelled(k);
        p->nplaces += k->n;
    }
    stand(k->c, p, rows, most);
}

void
chart_pack(struct chart *c, struct chart_panel *p)
{
    unsigned *rows = chart_alloc(c, c->nlanes * sizeof(*rows));
    struct order *list = chart_alloc(c, c->nitems * sizeof(*list));
    struct packer k = {.c = c, .p = p};

    k.taken = chart_alloc(c, (size_t)MAX_ROWS * (size_t)(c->inner + 1));
    p->lanes = chart_alloc(c, c->nlanes * sizeof(*p->lanes));
    p->lane_y = chart_alloc(c, c->nlanes * sizeof(*p->lane_y));
    p->lane_h = chart_alloc(c, c->nlanes * sizeof(*p->lane_h));
    p->lane_rows = chart_alloc(c, c->nlanes * sizeof(*p->lane_rows));
    p->lane_head = chart_alloc(c, c->nlanes * sizeof(*p->lane_head));
    p->places = chart_alloc(c, 2 * c->nitems * sizeof(*p->places)); /* with captions */
    if (c->failed)
        return;
    k.first = p->places;
    choose_lanes(c, p);
    note_coarse(c, p);
    pack_all(&k, list, rows);
}
