/*
 * attach.c - what else belongs to a run: the calls that asked for it, and what probes saw of it.
 *
 * An endpoint belongs to the runs of the cluster or instance that its host names. Where it names
 * none that has runs, to the only run active in its region at that moment; two mean none.
 */
#include <stdlib.h>
#include <string.h>

#include "timeline/findings.h"
#include "timeline/server.h"

static const int64_t BEFORE_US = 2 * TL_MINUTE;
static const int64_t AFTER_US = 15 * TL_MINUTE;
static const int64_t ONE_FLIP_US = 6 * TL_HOUR;

struct by_region {
    struct tl_str region;
    uint32_t plan, tree;
};

struct attach {
    struct by_region *regions;
    size_t nregions;
    uint32_t *flips; /* rows that showed another version and found no run */
    size_t nflips;
    size_t first_flip; /* plans from here on are those of flips, by tree */
};

static bool
active(const struct plan *p, tl_time from, tl_time to)
{
    return from <= p->to + AFTER_US && to >= p->from - BEFORE_US;
}

/* ---- by tree, by region ---- */

static uint32_t
plan_of_tree(const struct tl_builder *b, uint32_t tree, tl_time from, tl_time to)
{
    uint32_t best = NONE;

    for (uint32_t i = b->by_tree[tree]; i != NONE; i = b->joined[i].next_of_tree) {
        uint32_t plan = b->episodes[i].run;
        const struct plan *p = &b->plans[plan];

        if (!active(p, from, to))
            continue;
        if (best == NONE || (from <= p->to && to >= p->from))
            best = plan;
    }
    return best;
}

static int
by_region(const void *pa, const void *pb)
{
    const struct by_region *a = pa, *b = pb;
    int c = tl_str_cmp(a->region, b->region);

    c = c ? c : compare(a->plan, b->plan);
    return c ? c : compare(a->tree, b->tree);
}

static size_t
first_of_region(const struct attach *a, struct tl_str region)
{
    size_t lo = 0, hi = a->nregions;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (tl_str_cmp(a->regions[mid].region, region) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* Whether an endpoint that names `own` may belong to that tree all the same: not where both have
 * identifiers of clusters, for then they are two. */
static bool
may_be(const struct tl_builder *b, uint32_t own, uint32_t tree)
{
    const struct res *o = &b->res[own], *t = &b->res[tree];

    if (o->kind == TL_KIND_ENDPOINT || t->id.n == 0)
        return true;
    return o->kind != t->kind;
}

/* The only plan active in the region then. *several: there are more. */
static uint32_t
plan_of_region(const struct tl_builder *b, const struct attach *a, struct tl_str region,
               uint32_t own, const struct tl_instant *when, bool *several)
{
    uint32_t found = NONE;

    for (size_t i = first_of_region(a, region);
         region.n > 0 && i < a->nregions && tl_str_eq(a->regions[i].region, region); i++) {
        const struct by_region *r = &a->regions[i];

        if (!active(&b->plans[r->plan], when->earliest, when->latest) || !may_be(b, own, r->tree))
            continue;
        if (found != NONE && found != r->plan) {
            *several = true;
            return NONE;
        }
        found = r->plan;
    }
    return found;
}

static uint32_t
tree_of_flip(const struct tl_builder *b, size_t plan)
{
    return b->episodes[b->plans[plan].episodes[0]].tree;
}

/* The run of flips of that tree: they stand in the order of trees. */
static uint32_t
plan_of_flips(const struct tl_builder *b, const struct attach *a, uint32_t tree,
              const struct tl_instant *when)
{
    size_t lo = a->first_flip, hi = b->nplans;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (tree_of_flip(b, mid) < tree)
            lo = mid + 1;
        else
            hi = mid;
    }
    for (; lo < b->nplans && tree_of_flip(b, lo) == tree; lo++)
        if (active(&b->plans[lo], when->earliest, when->latest))
            return (uint32_t)lo;
    return NONE;
}

static uint32_t
place(const struct tl_builder *b, const struct attach *a, uint32_t res,
      const struct tl_instant *when, bool *several)
{
    uint32_t tree = b->res[res].tree;
    uint32_t plan = plan_of_tree(b, tree, when->earliest, when->latest);

    *several = false;
    if (plan == NONE)
        plan = plan_of_flips(b, a, tree, when);
    if (plan == NONE)
        plan = plan_of_region(b, a, b->res[res].region, tree, when, several);
    return plan;
}

static void
take(struct tl_builder *b, uint32_t row, uint32_t plan)
{
    b->rowx[row].plan = plan;
}

/* ---- probes ---- */

struct tl_instant
outage_when(const struct tl_outage *o)
{
    tl_time from = o->first_fail != TL_TIME_NONE ? o->first_fail : o->last_ok;
    tl_time to = o->first_ok != TL_TIME_NONE ? o->first_ok : o->last_fail;

    if (from == TL_TIME_NONE)
        from = to;
    if (to == TL_TIME_NONE || to < from)
        to = from;
    return (struct tl_instant){from, from, to};
}

static bool
is_seen(const struct tl_builder *b, uint32_t row)
{
    return b->res[b->rowx[row].res].kind == TL_KIND_ENDPOINT;
}

/* Whether any run was active then that an endpoint of no known region might belong to. */
static bool
any_active(const struct tl_builder *b, const struct attach *a, const struct tl_instant *when)
{
    for (size_t i = 0; i < a->first_flip; i++)
        if (active(&b->plans[i], when->earliest, when->latest))
            return true;
    return false;
}

static enum tl_status
place_flips(struct tl_builder *b, struct attach *a)
{
    for (uint32_t i = 0; i < b->report->nrows; i++) {
        const struct tl_instant *when = &row_event(b, i)->when;
        uint32_t res = b->rowx[i].res, plan;
        bool several;

        if (!row_is_flip(b, i))
            continue;
        plan = place(b, a, res, when, &several);
        if (plan != NONE)
            take(b, i, plan);
        else if (!several && (b->res[res].region.n > 0 || !any_active(b, a, when)))
            a->flips[a->nflips++] = i;
    }
    return TL_OK;
}

struct flip {
    uint32_t tree, row;
};

static int
by_flip(const void *pa, const void *pb)
{
    const struct flip *a = pa, *b = pb;
    int c = compare(a->tree, b->tree);

    return c ? c : compare(a->row, b->row);
}

/* Runs of which nothing is known but that an endpoint showed another version. */
static enum tl_status
plan_flips(struct tl_builder *b, struct attach *a)
{
    struct flip *list = tl_arena_alloc(&b->scratch, (a->nflips + 1) * sizeof(*list));
    uint32_t plan = NONE;

    if (!list)
        return TL_ENOMEM;
    for (size_t i = 0; i < a->nflips; i++)
        list[i] = (struct flip){b->res[b->rowx[a->flips[i]].res].tree, a->flips[i]};
    qsort(list, a->nflips, sizeof(*list), by_flip);
    for (size_t i = 0; i < a->nflips; i++) {
        const struct tl_event *ev = row_event(b, list[i].row);
        bool more = i > 0 && list[i].tree == list[i - 1].tree &&
                    ev->when.at - b->plans[plan].to <= ONE_FLIP_US;

        if (!more && plan_of_flip(b, list[i].tree, list[i].row, &plan))
            return TL_ENOMEM;
        if (more) {
            b->episodes[b->plans[plan].episodes[0]].to = tl_event_text(ev, TL_STR("to_version"));
            b->plans[plan].ended = list[i].row;
            b->plans[plan].to = ev->when.latest;
            take(b, list[i].row, plan);
        }
    }
    return TL_OK;
}

static enum tl_status
add_outage(struct tl_builder *b, uint32_t plan, const struct tl_outage *o)
{
    struct plan *p = plan == NONE ? NULL : &b->plans[plan];
    struct tl_outage **list = p ? &p->outages : &b->report->outages;
    size_t *n = p ? &p->noutages : &b->report->noutages;
    struct tl_outage *grown =
        tl_arena_grow(b->arena, *list, *n, p ? &p->outages_cap : &b->outages_cap, sizeof(*grown));

    if (!grown)
        return TL_ENOMEM;
    *list = grown;
    grown[(*n)++] = *o;
    return TL_OK;
}

size_t
first_row_at(const struct tl_builder *b, tl_time at)
{
    size_t lo = 0, hi = b->report->nrows;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (b->report->rows[mid].ev.when.at < at)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* The rows that show an outage go where it goes. */
static void
take_rows_of(struct tl_builder *b, uint32_t res, const struct tl_instant *when, uint32_t plan)
{
    for (size_t i = first_row_at(b, when->earliest);
         i < b->report->nrows && b->report->rows[i].ev.when.at <= when->latest; i++)
        if (b->rowx[i].res == res && b->rowx[i].plan == NONE)
            take(b, (uint32_t)i, plan);
}

static bool
in_window(const struct tl_build_options *o, const struct tl_instant *w)
{
    return (o->window_from == TL_TIME_NONE || w->latest >= o->window_from) &&
           (o->window_to == TL_TIME_NONE || w->earliest <= o->window_to);
}

/* Whose outages: the endpoint of a loop, or a server by its log. */
struct seen {
    const struct tl_outage *outages;
    size_t n;
    uint32_t res;
    struct tl_str name;
    const struct server *server; /* NULL: a loop */
};

static enum tl_status
place_outage(struct tl_builder *b, const struct attach *a, const struct seen *s,
             const struct tl_outage *o, uint32_t *plan)
{
    struct tl_instant when = outage_when(o);
    const struct tl_str said[] = {TL_STR("the outage of "), s->name,
                                  TL_STR(" could belong to more than one run that was active "
                                         "in its region then: it was given to none")};
    struct tl_str text;
    uint32_t rows[4];
    bool several;

    *plan = place(b, a, s->res, &when, &several);
    if (several) {
        text = words_join(b, said, 3);
        if (finding_add(b, NULL, F_RUN_AMBIGUOUS, rows, outage_rows(b, o, rows), &text))
            return TL_ENOMEM;
    }
    return add_outage(b, *plan, o);
}

static size_t
first_of_fall(const struct server *s, const struct fall *f)
{
    size_t lo = 0, hi = s->nrows;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (s->rows[mid] < f->row)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static void
take_rows_of_fall(struct tl_builder *b, const struct server *s, const struct fall *f, uint32_t plan)
{
    struct plan *p = &b->plans[plan];

    for (size_t i = first_of_fall(s, f); i < s->nrows && s->rows[i] <= f->last_row; i++)
        if (b->rowx[s->rows[i]].plan == NONE)
            take(b, s->rows[i], plan);
    if (!p->seen_only || tree_of_flip(b, plan) != row_tree(b, f->row))
        return;
    p->began = f->row < p->began ? f->row : p->began; /* nothing but the log tells of this run */
    p->ended = f->last_row > p->ended ? f->last_row : p->ended;
}

static enum tl_status
place_outages(struct tl_builder *b, const struct attach *a, const struct seen *s)
{
    for (size_t i = 0; i < s->n; i++) {
        struct tl_instant when = outage_when(&s->outages[i]);
        uint32_t plan;

        if (!in_window(&b->options, &when))
            continue;
        if (place_outage(b, a, s, &s->outages[i], &plan))
            return TL_ENOMEM;
        if (plan == NONE)
            continue;
        if (s->server)
            take_rows_of_fall(b, s->server, &s->server->falls[i], plan);
        else
            take_rows_of(b, s->res, &when, plan);
    }
    return TL_OK;
}

static enum tl_status
place_all_outages(struct tl_builder *b, const struct attach *a)
{
    enum tl_status st = TL_OK;

    for (size_t i = 0; i < b->nloops && !st; i++) {
        const struct series *l = b->loops[i].series;
        const struct seen s = {l->outages, l->noutages, b->loops[i].res, l->endpoint, NULL};

        st = place_outages(b, a, &s);
    }
    for (size_t i = 0; i < b->nservers && !st; i++) {
        const struct server *v = &b->servers[i];
        const struct seen s = {v->outages, v->nfalls, v->res, v->name, v};

        st = place_outages(b, a, &s);
    }
    return st;
}

static void
place_rest(struct tl_builder *b, const struct attach *a)
{
    for (uint32_t i = 0; i < b->report->nrows; i++) {
        bool several;

        if (is_seen(b, i) && !row_is_flip(b, i) && b->rowx[i].plan == NONE)
            take(b, i, place(b, a, b->rowx[i].res, &row_event(b, i)->when, &several));
    }
}

enum tl_status
build_attach(struct tl_builder *b)
{
    struct attach a = {.first_flip = b->nplans};
    enum tl_status st;

    a.regions = tl_arena_alloc(&b->scratch, (b->nepisodes + 1) * sizeof(*a.regions));
    a.flips = tl_arena_alloc(&b->scratch, (b->report->nrows + 1) * sizeof(*a.flips));
    if (!a.regions || !a.flips)
        return TL_ENOMEM;
    for (size_t i = 0; i < b->nepisodes; i++)
        a.regions[a.nregions++] = (struct by_region){b->res[b->episodes[i].tree].region,
                                                     b->episodes[i].run, b->episodes[i].tree};
    qsort(a.regions, a.nregions, sizeof(*a.regions), by_region);
    attach_calls(b);
    st = place_flips(b, &a);
    if (!st)
        st = plan_flips(b, &a);
    if (!st)
        st = place_all_outages(b, &a);
    if (!st)
        place_rest(b, &a);
    return st;
}
