/*
 * skew_anchor.c - what ties clocks to each other: one version of an instance taking another's
 * place, as its own log, probes of it and the control plane saw it.
 *
 * Two moments are common to them: `down`, when the old version served for the last time, and
 * `ready`, when the new one began to serve.
 *
 *     a probe       the last attempt that showed the old version began before `down`,
 *                   the first that showed the new one ended after `ready`
 *     a log         "shut down" is `down`, "ready to accept connections" is `ready`
 *     control plane "upgrade started" comes before `ready`, "from … to …" is announced after it
 *
 * That they speak of one change must be certain: an instance that the endpoint names, or the only
 * one of its cluster; the same two versions; once for each witness.
 */
#include <stdlib.h>

#include "timeline/skew.h"

#define SEVERAL (UINT32_MAX - 1)
static const int64_t ONE_CHANGE_US = 26 * TL_HOUR; /* no clock and no zone is off by more */
static const int64_t CLOCK_US = 2 * TL_MINUTE;
static const int64_t NEAR_US = 30 * TL_DAY; /* from a change to what is said of it */
enum { MAX_CHANGES = 64 };                  /* of one instance; more are no upgrades */

struct witness {
    uint32_t instance, clock, group;
    uint32_t teller; /* server, or behind these: loop */
    struct tl_str from, to;
    tl_time about;                 /* for telling changes apart by days */
    int64_t reach_us;              /* not of a change that was further away; TL_UNKNOWN: any */
    tl_time old_start, new_end;    /* of a probe; TL_TIME_NONE: not known */
    uint32_t row, down_row;        /* a probe's flip, a log's "ready"; a log's last word before */
    struct tl_instant down, ready; /* of a log; NONE: not known */
    bool has_down;                 /* down is the end of service, not only later than it */
};

struct group {
    uint32_t instance, down, ready; /* nodes */
    struct tl_str from, to;         /* as exactly as any witness has them */
    tl_time about, first, last;     /* of its witnesses */
    uint32_t teller;                /* of the witness that joined last */
    bool unusable;
    uint32_t start, announced; /* rows of the control plane; NONE */
    uint32_t next_in_tree;     /* number of the group + 1; 0: none */
};

struct anchors {
    struct tl_builder *b;
    struct skew *k;
    struct witness *list;
    size_t n, cap;
    struct group *groups;
    size_t ngroups, groups_cap;
    uint32_t *only;     /* by resource: the only instance of its tree; NONE, SEVERAL */
    bool *moved;        /* by resource: a failover of its tree is known */
    bool *replaced;     /* … a blue/green deployment */
    uint32_t *first_of; /* by instance: its first group + 1; 0: none */
    bool assuming;      /* the ties that are made hold under an assumption */
    uint32_t *in_tree;  /* by tree, likewise */
};

/* ---- whose instance ---- */

static enum tl_status
find_instances(struct anchors *a)
{
    struct tl_builder *b = a->b;
    size_t n = b->nres + 1;

    a->only = tl_arena_alloc(&b->scratch, n * sizeof(*a->only));
    a->moved = tl_arena_alloc(&b->scratch, n);
    a->replaced = tl_arena_alloc(&b->scratch, n);
    a->first_of = tl_arena_alloc(&b->scratch, n * sizeof(*a->first_of));
    a->in_tree = tl_arena_alloc(&b->scratch, n * sizeof(*a->in_tree));
    if (!a->only || !a->moved || !a->replaced || !a->first_of || !a->in_tree)
        return TL_ENOMEM;
    for (size_t i = 0; i < n; i++)
        a->only[i] = NONE;
    for (uint32_t i = 0; i < b->nres; i++) {
        uint32_t *only = &a->only[b->res[i].tree];

        if (b->res[i].kind == TL_KIND_INSTANCE)
            *only = *only == NONE ? i : SEVERAL;
    }
    for (uint32_t i = 0; i < b->report->nrows; i++) {
        struct tl_str cls = row_event(b, i)->cls;

        if (tl_str_starts(cls, TL_STR("failover.")) || tl_str_starts(cls, TL_STR("global.")))
            a->moved[row_tree(b, i)] = true;
        else if (tl_str_starts(cls, TL_STR("bluegreen.")))
            a->replaced[row_tree(b, i)] = true;
    }
    return TL_OK;
}

/* The only instance that a cluster is known to have. */
static uint32_t
only_instance(const struct anchors *a, uint32_t tree)
{
    return a->only[tree] == SEVERAL || a->moved[tree] ? NONE : a->only[tree];
}

static uint32_t
instance_of_loop(const struct anchors *a, const struct loop *l)
{
    struct tl_host host;
    uint32_t instance = l->instance;

    if (l->series->rows_only || l->series->stepped)
        return NONE; /* its times are those of the database, or no times of one clock */
    if (tl_host_read(l->series->host, &host) &&
        (host.is_reader || host.is_proxy ||
         tl_str_case_find(l->series->host, TL_STR(".cluster-custom-")) != SIZE_MAX))
        return NONE;
    if (instance == NONE)
        instance = only_instance(a, l->tree);
    return instance == NONE || a->replaced[a->b->res[instance].tree] ? NONE : instance;
}

static uint32_t
instance_of_server(const struct anchors *a, const struct server *s)
{
    const struct res *r = &a->b->res[s->res];
    uint32_t instance = r->kind == TL_KIND_INSTANCE ? s->res : only_instance(a, r->tree);

    return instance == NONE || a->replaced[a->b->res[instance].tree] ? NONE : instance;
}

/* ---- witnesses ---- */

static struct witness *
new_witness(struct anchors *a, uint32_t instance, uint32_t clock, size_t teller)
{
    struct witness *list = tl_arena_grow(&a->b->scratch, a->list, a->n, &a->cap, sizeof(*list));

    if (!list)
        return NULL;
    a->list = list;
    list[a->n] = (struct witness){.instance = instance,
                                  .clock = clock,
                                  .teller = (uint32_t)teller,
                                  .group = NONE,
                                  .reach_us = TL_UNKNOWN,
                                  .old_start = TL_TIME_NONE,
                                  .new_end = TL_TIME_NONE,
                                  .row = NONE,
                                  .down_row = NONE,
                                  .down = TL_INSTANT_NONE,
                                  .ready = TL_INSTANT_NONE};
    return &list[a->n++];
}

static uint32_t
row_of_flip(const struct tl_builder *b, const struct loop *l, const struct version_flip *f)
{
    for (size_t i = first_row_at(b, f->stamp);
         i < b->report->nrows && row_event(b, (uint32_t)i)->when.at == f->stamp; i++)
        if (b->rowx[i].res == l->res && b->report->rows[i].input == l->input &&
            row_is(b, (uint32_t)i, TL_STR("probe.version-changed")))
            return (uint32_t)i;
    return NONE; /* outside of the window */
}

static enum tl_status
hear_loop(struct anchors *a, size_t i)
{
    const struct loop *l = &a->b->loops[i];
    uint32_t instance = instance_of_loop(a, l);

    for (size_t n = 0; n < l->series->nflips && instance != NONE; n++) {
        const struct version_flip *f = &l->series->flips[n];
        uint32_t row = row_of_flip(a->b, l, f);
        struct witness *w =
            row == NONE ? NULL : new_witness(a, instance, a->k->of_loop[i], a->b->nservers + i);

        if (row == NONE)
            continue;
        if (!w)
            return TL_ENOMEM;
        w->from = f->from;
        w->to = f->to;
        w->old_start = f->old_start;
        w->new_end = f->new_end;
        w->about = f->stamp;
        w->row = row;
    }
    return TL_OK;
}

/* A log that does not name the version before may have begun after the change, and show another
 * restart of the new one. It is taken for the change only if the clocks are not apart by much for
 * that: by half of what the log holds before it, or by two minutes. */
static int64_t
reach(const struct tl_builder *b, const struct server *s, const struct fall *f)
{
    int64_t before = row_event(b, f->row)->when.earliest - s->oldest;

    if (f->version_before.n > 0)
        return TL_UNKNOWN;
    return s->oldest == TL_TIME_NONE || before < 2 * CLOCK_US ? CLOCK_US : before / 2;
}

static bool
is_change(const struct fall *f)
{
    return f->ready != NONE && f->version_after.n > 0 &&
           !tl_str_eq(f->version_before, f->version_after);
}

static void
hear_fall(const struct tl_builder *b, const struct server *s, const struct fall *f,
          struct witness *w)
{
    w->from = f->version_before;
    w->to = f->version_after;
    w->row = f->ready;
    w->ready = row_event(b, f->ready)->when;
    w->about = w->ready.at;
    w->reach_us = reach(b, s, f);
    w->down_row = f->shut != NONE ? f->shut : f->start;
    w->has_down = f->shut != NONE;
    if (w->down_row != NONE)
        w->down = row_event(b, w->down_row)->when;
}

static enum tl_status
hear_server(struct anchors *a, size_t i)
{
    const struct server *s = &a->b->servers[i];
    uint32_t instance = instance_of_server(a, s);

    for (size_t n = 0; n < s->nfalls && instance != NONE; n++) {
        struct witness *w;

        if (!is_change(&s->falls[n]))
            continue;
        w = new_witness(a, instance, a->k->of_server[i], i);
        if (!w)
            return TL_ENOMEM;
        hear_fall(a->b, s, &s->falls[n], w);
    }
    return TL_OK;
}

/* ---- which witnesses speak of one change ---- */

static int
by_instance(const void *pa, const void *pb)
{
    const struct witness *a = pa, *b = pb;
    int c = compare(a->instance, b->instance);

    c = c ? c : compare(a->teller, b->teller);
    c = c ? c : compare(a->about, b->about);
    return c ? c : compare(a->row, b->row);
}

static struct group *
new_group(struct anchors *a, const struct witness *w)
{
    struct group *list =
        tl_arena_grow(&a->b->scratch, a->groups, a->ngroups, &a->groups_cap, sizeof(*list));
    uint32_t *in_tree = &a->in_tree[a->b->res[w->instance].tree];

    if (!list)
        return NULL;
    a->groups = list;
    list[a->ngroups] = (struct group){.instance = w->instance,
                                      .from = w->from,
                                      .to = w->to,
                                      .about = w->about,
                                      .first = w->about,
                                      .last = w->about,
                                      .teller = NONE,
                                      .start = NONE,
                                      .announced = NONE};
    list[a->ngroups].next_in_tree = *in_tree;
    *in_tree = (uint32_t)++a->ngroups;
    if (a->first_of[w->instance] == 0)
        a->first_of[w->instance] = *in_tree;
    return &list[a->ngroups - 1];
}

static void
stretch(struct group *g, tl_time about)
{
    g->first = about < g->first ? about : g->first;
    g->last = about > g->last ? about : g->last;
}

/* Who tells of one change twice tells of two. */
static void
join_group(struct group *g, const struct witness *w)
{
    int64_t apart = w->about > g->about ? w->about - g->about : g->about - w->about;

    g->unusable |= apart > ONE_CHANGE_US || g->teller == w->teller;
    g->teller = w->teller;
    stretch(g, w->about);
    g->from = w->from.n > g->from.n ? w->from : g->from;
    g->to = w->to.n > g->to.n ? w->to : g->to;
}

static bool
is_near(const struct group *g, const struct tl_instant *w)
{
    return w->earliest > g->about - NEAR_US && w->latest < g->about + NEAR_US;
}

static bool
agrees(const struct group *g, struct tl_str from, struct tl_str to)
{
    return (from.n == 0 || g->from.n == 0 || version_agrees(g->from, from)) &&
           version_agrees(g->to, to);
}

/* Groups of one instance stand together. What could be either of two changes is neither. */
static enum tl_status
place_witness(struct anchors *a, struct witness *w)
{
    size_t first = a->first_of[w->instance] ? a->first_of[w->instance] - 1 : a->ngroups;
    bool tangled = a->ngroups - first >= MAX_CHANGES;
    struct group *found = NULL;

    for (size_t i = first; i < a->ngroups; i++) {
        struct group *g = &a->groups[i];

        g->unusable |= tangled;
        if (!agrees(g, w->from, w->to))
            continue;
        if (found)
            found->unusable = g->unusable = true;
        else
            found = g;
    }
    if (tangled)
        return TL_OK;
    if (!found && !(found = new_group(a, w)))
        return TL_ENOMEM;
    join_group(found, w);
    w->group = (uint32_t)(found - a->groups);
    return TL_OK;
}

/* ---- the control plane ---- */

/* Of several announcements that name both versions the last one is of this change, or of a later
 * one. */
static void
hear_announcement(struct anchors *a, uint32_t row)
{
    const struct tl_builder *b = a->b;
    const struct tl_event *ev = row_event(b, row);
    struct tl_str from = tl_event_text(ev, TL_STR("from_version"));
    struct tl_str to = tl_event_text(ev, TL_STR("to_version"));
    uint32_t res = b->rowx[row].res, only = only_instance(a, b->res[res].tree);

    if (from.n == 0 || to.n == 0 || ev->when.at == TL_TIME_NONE)
        return;
    for (uint32_t i = a->in_tree[b->res[res].tree]; i; i = a->groups[i - 1].next_in_tree) {
        struct group *g = &a->groups[i - 1];

        if ((g->instance == res || (b->res[res].tree == res && g->instance == only)) &&
            agrees(g, from, to) && is_near(g, &ev->when) &&
            (g->announced == NONE || ev->when.latest > row_event(b, g->announced)->when.latest))
            g->announced = row;
    }
}

/* The first word on an upgrade from the one version to the other: of the instance, or of the whole
 * cluster, no member of which has the new version before that. */
static void
hear_start(struct anchors *a, const struct episode *e)
{
    const struct tl_builder *b = a->b;
    uint32_t res;

    if (e->layer != LAYER_UPGRADE || e->start == NONE || e->from.n == 0 || e->to.n == 0 ||
        !row_is(b, e->start, TL_STR("upgrade.started")) || skew_clock_of(b, e->start) != 0)
        return;
    res = b->rowx[e->start].res;
    for (uint32_t i = a->in_tree[e->tree]; i; i = a->groups[i - 1].next_in_tree) {
        struct group *g = &a->groups[i - 1];

        if ((g->instance == res || e->tree == res) && agrees(g, e->from, e->to) &&
            is_near(g, &row_event(b, e->start)->when) &&
            (g->start == NONE ||
             row_event(b, e->start)->when.earliest < row_event(b, g->start)->when.earliest))
            g->start = e->start;
    }
}

static void
hear_control_plane(struct anchors *a)
{
    for (uint32_t i = 0; i < a->b->report->nrows; i++)
        if (row_is(a->b, i, TL_STR("upgrade.version-changed")) && skew_clock_of(a->b, i) == 0)
            hear_announcement(a, i);
    for (size_t i = 0; i < a->b->nepisodes; i++)
        hear_start(a, &a->b->episodes[i]);
}

/* ---- ties ---- */

static enum tl_status
tie(struct anchors *a, uint32_t from, uint32_t to, int64_t us, uint32_t row)
{
    struct skew *k = a->k;
    struct tie *list =
        tl_arena_grow(&a->b->scratch, k->ties, k->nties, &k->ties_cap, sizeof(*list));

    if (!list)
        return TL_ENOMEM;
    k->ties = list;
    list[k->nties++] = (struct tie){from, to, us, row, a->assuming};
    return TL_OK;
}

/* A moment is not before what a clock shows then; not after it. */
static enum tl_status
not_before(struct anchors *a, uint32_t moment, uint32_t clock, tl_time stamp, uint32_t row)
{
    return stamp == TL_TIME_NONE ? TL_OK : tie(a, moment, clock, -stamp, row);
}

static enum tl_status
not_after(struct anchors *a, uint32_t moment, uint32_t clock, tl_time stamp, uint32_t row)
{
    return stamp == TL_TIME_NONE ? TL_OK : tie(a, clock, moment, stamp, row);
}

static bool
is_within_reach(const struct witness *w, const struct group *g)
{
    return w->reach_us == TL_UNKNOWN ||
           (g->last - w->about <= w->reach_us && w->about - g->first <= w->reach_us);
}

static enum tl_status
tie_witness(struct anchors *a, const struct witness *w)
{
    const struct group *g = w->group == NONE ? NULL : &a->groups[w->group];
    enum tl_status st;

    if (!g || g->unusable || !is_within_reach(w, g))
        return TL_OK;
    a->assuming = w->reach_us != TL_UNKNOWN;
    st = not_before(a, g->down, w->clock, w->old_start, w->row);
    if (!st)
        st = not_after(a, g->ready, w->clock, w->new_end, w->row);
    if (!st)
        st = not_before(a, g->ready, w->clock, w->ready.earliest, w->row);
    if (!st)
        st = not_after(a, g->ready, w->clock, w->ready.latest, w->row);
    if (!st && w->has_down)
        st = not_before(a, g->down, w->clock, w->down.earliest, w->down_row);
    if (!st)
        st = not_after(a, g->down, w->clock, w->down.latest, w->down_row);
    a->assuming = false;
    return st;
}

static enum tl_status
tie_group(struct anchors *a, struct group *g)
{
    const struct tl_builder *b = a->b;
    enum tl_status st;

    if (g->unusable)
        return TL_OK;
    g->down = a->k->nnodes++;
    g->ready = a->k->nnodes++;
    st = tie(a, g->ready, g->down, 0, NONE);
    if (!st && g->start != NONE)
        st =
            not_before(a, g->ready, CONTROL_PLANE, row_event(b, g->start)->when.earliest, g->start);
    if (!st && g->announced != NONE)
        st = not_after(a, g->ready, CONTROL_PLANE, row_event(b, g->announced)->when.latest,
                       g->announced);
    return st;
}

enum tl_status
skew_anchors(struct tl_builder *b, struct skew *k)
{
    struct anchors a = {.b = b, .k = k};
    enum tl_status st = TL_OK;

    if (b->nservers + b->nloops == 0)
        return TL_OK;
    st = find_instances(&a);
    for (size_t i = 0; i < b->nservers && !st; i++)
        st = hear_server(&a, i);
    for (size_t i = 0; i < b->nloops && !st; i++)
        st = hear_loop(&a, i);
    if (a.n > 1)
        qsort(a.list, a.n, sizeof(*a.list), by_instance);
    for (size_t i = 0; i < a.n && !st; i++)
        st = place_witness(&a, &a.list[i]);
    if (!st && a.ngroups > 0)
        hear_control_plane(&a);
    for (size_t i = 0; i < a.ngroups && !st; i++)
        st = tie_group(&a, &a.groups[i]);
    for (size_t i = 0; i < a.n && !st; i++)
        st = tie_witness(&a, &a.list[i]);
    return st;
}
