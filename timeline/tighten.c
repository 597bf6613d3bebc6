/* tighten.c - the network of each run, and the fused intervals that it gives. */
#include "timeline/tighten.h"

#include <stdlib.h>
#include <string.h>

#include "timeline/skew.h"
#include "timeline/views.h"

/* ---- names ---- */

static int
by_name(const void *pa, const void *pb)
{
    return tl_str_cmp(*(const struct tl_str *)pa, *(const struct tl_str *)pb);
}

static bool
is_allowed(const struct tl_build_options *o, struct tl_str name)
{
    for (size_t i = 0; o->assume_some && i < o->nassume; i++)
        if (tl_str_eq(o->assume[i], name))
            return true;
    return !o->assume_some;
}

static void
add_name(struct assume_names *n, struct tl_str name)
{
    for (size_t i = 0; i < n->n; i++)
        if (tl_str_eq(n->list[i], name))
            return;
    if (n->n < NET_NAMES)
        n->list[n->n++] = name;
}

static void
list_names(const struct tl_build_options *o, struct assume_names *n)
{
    *n = (struct assume_names){.n = 0};
    for (unsigned i = 0; i < TL_NASSUMES; i++)
        add_name(n, tl_assume_name((enum tl_assume)i));
    for (size_t i = 0; i < o->nrules; i++)
        add_name(n, o->rules[i].name);
    qsort(n->list, n->n, sizeof(*n->list), by_name);
    for (uint32_t i = 0; i < n->n; i++)
        if (is_allowed(o, n->list[i]))
            n->allowed |= 1U << i;
}

uint32_t
tighten_name(const struct tighten *t, struct tl_str name)
{
    for (uint32_t i = 0; i < t->names->n; i++)
        if (tl_str_eq(t->names->list[i], name))
            return t->names->allowed & (1U << i) ? i : NONE;
    return NONE;
}

/* ---- variables ---- */

enum tl_status
tighten_suppose(struct tighten *t, struct tl_str name, uint32_t *supposition)
{
    uint32_t bit = tighten_name(t, name);

    *supposition = NONE;
    return bit == NONE ? TL_OK : net_suppose(&t->net, bit, supposition);
}

enum tl_status
tighten_reason(struct tighten *t, struct reason r, uint32_t *number)
{
    struct reason *list =
        tl_arena_grow(&t->arena, t->reasons, t->nreasons, &t->reasons_cap, sizeof(*list));

    if (!list)
        return TL_ENOMEM;
    t->reasons = list;
    *number = (uint32_t)t->nreasons;
    list[t->nreasons++] = r;
    return TL_OK;
}

static enum tl_status
new_point(struct tighten *t, struct point p, uint32_t *var)
{
    struct point *list =
        tl_arena_grow(&t->arena, t->points, t->npoints, &t->points_cap, sizeof(*list));

    if (!list)
        return TL_ENOMEM;
    t->points = list;
    list[t->npoints++] = p;
    *var = net_var(&t->net);
    return TL_OK;
}

enum tl_status
tighten_row(struct tighten *t, uint32_t row, uint32_t *var)
{
    const struct tl_instant *w = &row_event(t->b, row)->when;
    uint32_t reason;

    *var = t->var_of[row];
    if (*var != 0)
        return TL_OK;
    if (new_point(t, (struct point){POINT_ROW, row}, var) ||
        tighten_reason(t, (struct reason){.kind = REASON_ROW, .row = row, .outage = NONE}, &reason))
        return TL_ENOMEM;
    t->var_of[row] = *var;
    return net_between(&t->net, NET_ORIGIN, *var, (struct net_bounds){w->earliest, w->latest},
                       reason, NET_NONE, NET_NONE);
}

enum tl_status
tighten_input_clock(struct tighten *t, uint32_t input, uint32_t *supposition, bool *usable)
{
    *supposition = t->clock_of[input] - 1;
    *usable = tighten_name(t, tl_assume_name(TL_ASSUME_CLOCKS_AGREE)) != NONE;
    if (t->clock_of[input] != 0 || !*usable)
        return TL_OK;
    if (tighten_suppose(t, tl_assume_name(TL_ASSUME_CLOCKS_AGREE), supposition))
        return TL_ENOMEM;
    t->clock_of[input] = *supposition + 1;
    return TL_OK;
}

enum tl_status
tighten_clock(struct tighten *t, uint32_t row, uint32_t *supposition, bool *usable)
{
    switch (row_event(t->b, row)->channel) {
    case TL_CHANNEL_PROBE:
    case TL_CHANNEL_LOG:
    case TL_CHANNEL_STATUS:
        return tighten_input_clock(t, t->b->report->rows[row].input, supposition, usable);
    default:
        *supposition = NET_NONE;
        *usable = true;
        return TL_OK;
    }
}

/* What the clock of AWS shows less what the outage's log does, once --align has moved it: within
 * this. *sure: it is proved. Without that, 0: the assumption. */
static struct net_bounds
apart(const struct tighten *t, const struct tl_outage *o, bool *sure)
{
    const struct loop *l = outage_loop(t->b, o);
    const struct clock *c = l ? &t->b->skew->clocks[t->b->skew->of_loop[l - t->b->loops]] : NULL;
    int64_t middle;

    *sure = false;
    if (!t->b->options.align || !c || c->shift.min_us == TL_UNKNOWN ||
        c->shift.max_us == TL_UNKNOWN)
        return (struct net_bounds){0, 0};
    middle = skew_middle(c->shift);
    *sure = c->onto == CONTROL_PLANE;
    return (struct net_bounds){middle - c->shift.max_us, middle - c->shift.min_us};
}

enum tl_status
tighten_ends(struct tighten *t, uint32_t outage, uint32_t *down)
{
    const struct tl_outage *o = &t->plan->outages[outage];
    const struct tl_instant *ends[] = {&o->down, &o->up};
    const struct net_bounds length = {o->min_us == TL_UNKNOWN ? 0 : o->min_us,
                                      o->max_us == TL_UNKNOWN ? NET_OPEN : o->max_us};
    uint32_t first, var, loop, took, clocks, need;
    enum tl_status st = TL_OK;
    bool usable, sure;
    const struct net_bounds skew = apart(t, o, &sure);

    *down = t->down_of[outage];
    if (*down != 0)
        return TL_OK;
    if (new_point(t, (struct point){POINT_DOWN, outage}, &first) ||
        new_point(t, (struct point){POINT_UP, outage}, &var) ||
        new_point(t, (struct point){POINT_DOWN_AWS, outage}, &var) ||
        new_point(t, (struct point){POINT_UP_AWS, outage}, &var) ||
        tighten_reason(t, (struct reason){.kind = REASON_LOOP, .row = NONE, .outage = outage},
                       &loop) ||
        tighten_reason(t, (struct reason){.kind = REASON_LENGTH, .row = NONE, .outage = outage},
                       &took) ||
        tighten_reason(t, (struct reason){.kind = REASON_CLOCKS, .row = NONE, .outage = outage},
                       &clocks) ||
        tighten_input_clock(t, o->input, &need, &usable))
        return TL_ENOMEM;
    for (uint32_t i = 0; i < 2 && !st; i++) {
        struct net_bounds when = {ends[i]->earliest, ends[i]->latest};

        st = net_between(&t->net, NET_ORIGIN, first + i, when, loop, NET_NONE, NET_NONE);
        if (!st)
            st = net_between(&t->net, first + 2 * i, first + 2 * i + 1, length, took, NET_NONE,
                             NET_NONE);
        if (!st && (usable || sure))
            st = net_between(&t->net, first + i, first + 2 + i, skew, clocks,
                             sure ? NET_NONE : need, NET_NONE);
    }
    *down = t->down_of[outage] = first;
    return st;
}

/* ---- what it gives ---- */

/* What a component gives with some of the names, remembered. */
struct answers {
    struct {
        uint32_t names;
        struct net_bounds *bounds;
    } list[64];
    size_t n;
};

static const struct net_bounds *
answer(struct tighten *t, struct answers *a, uint32_t var, size_t size, uint32_t names)
{
    const size_t room = sizeof(a->list) / sizeof(a->list[0]);

    for (size_t i = 0; i < a->n; i++)
        if (a->list[i].names == names)
            return a->list[i].bounds;
    if (a->n == room)
        a->n--;
    else
        a->list[a->n].bounds = tl_arena_alloc(&t->arena, size * sizeof(struct net_bounds));
    if (!a->list[a->n].bounds)
        return NULL;
    net_ask_all(&t->net, var, names, a->list[a->n].bounds);
    a->list[a->n].names = names;
    return a->list[a->n++].bounds;
}

/* Names that one variable of a component needs for its bounds, as net_needed finds them. */
static enum tl_status
names_needed(struct tighten *t, struct answers *a, const uint32_t *vars, size_t size, size_t i,
             uint32_t *names)
{
    struct net_bounds all;
    const struct net_bounds *b = answer(t, a, vars[0], size, *names);

    if (!b)
        return TL_ENOMEM;
    all = b[i];
    for (uint32_t bit = 0; bit < t->names->n; bit++) {
        if (!(*names & (1U << bit)))
            continue;
        b = answer(t, a, vars[0], size, *names & ~(1U << bit));
        if (!b)
            return TL_ENOMEM;
        if (b[i].lo_us == all.lo_us && b[i].hi_us == all.hi_us)
            *names &= ~(1U << bit);
    }
    return TL_OK;
}

static tl_time
floor_ms(tl_time t)
{
    tl_time rest = t % TL_MS;

    return t - (rest < 0 ? rest + TL_MS : rest);
}

/* Texts of those names, in their order. */
static enum tl_status
set_fused(struct tighten *t, uint32_t names, int64_t min, int64_t max, struct tl_fused *f)
{
    struct tl_str *list = tl_arena_alloc(t->b->arena, NET_NAMES * sizeof(*list));

    if (!list)
        return TL_ENOMEM;
    *f = (struct tl_fused){.present = true, .min = min, .max = max, .assumes = list};
    for (uint32_t i = 0; i < t->names->n; i++) {
        if (!(names & (1U << i)))
            continue;
        list[f->nassumes++] = t->names->list[i];
        t->names->used_by[i]++;
    }
    return TL_OK;
}

static enum tl_status
fuse_row(struct tighten *t, uint32_t var, struct net_bounds b, uint32_t names)
{
    uint32_t row = t->points[var - 1].of;
    struct tl_row *r = &t->b->report->rows[row];
    tl_time lo = floor_ms(b.lo_us), hi = floor_ms(b.hi_us + TL_MS - 1);

    lo = lo < r->ev.when.earliest ? r->ev.when.earliest : lo;
    hi = hi > r->ev.when.latest ? r->ev.when.latest : hi;
    if (lo == r->ev.when.earliest && hi == r->ev.when.latest)
        return TL_OK;
    if (set_fused(t, names, lo, hi, &r->fused))
        return TL_ENOMEM;
    return t->b->options.why ? tighten_why(t, row, var, names) : TL_OK;
}

static enum tl_status
fuse_part(struct tighten *t, uint32_t var)
{
    const uint32_t *vars, all = net_part_names(&t->net, var);
    size_t size = net_part_vars(&t->net, var, &vars);
    struct answers a = {.n = 0};
    const struct net_bounds *b = answer(t, &a, var, size, all);

    if (!b)
        return TL_ENOMEM;
    for (size_t i = 0; i < size; i++) {
        const struct point *p = &t->points[vars[i] - 1];
        const struct tl_instant *own;
        uint32_t names = all;

        if (p->kind != POINT_ROW)
            continue;
        own = &row_event(t->b, p->of)->when;
        if (b[i].lo_us <= own->earliest && b[i].hi_us >= own->latest)
            continue;
        if (names_needed(t, &a, vars, size, i, &names) || fuse_row(t, vars[i], b[i], names))
            return TL_ENOMEM;
    }
    return TL_OK;
}

static enum tl_status
fuse_outage(struct tighten *t, uint32_t outage)
{
    struct tl_outage *o = &t->plan->outages[outage];
    uint32_t down = t->down_of[outage] + 2, up = down + 1, names;
    struct net_bounds b = net_ask(&t->net, down, up, NET_ALL);

    if (b.lo_us == NET_OPEN || b.hi_us == NET_OPEN ||
        (b.lo_us == o->min_us && b.hi_us == o->max_us))
        return TL_OK;
    names = net_needed(&t->net, down, up, NET_ALL);
    return set_fused(t, names, b.lo_us, b.hi_us, &o->fused);
}

static enum tl_status
fuse(struct tighten *t)
{
    enum tl_status st = TL_OK;

    for (uint32_t var = 1; var <= t->npoints && !st; var++) {
        const uint32_t *vars;

        (void)net_part_vars(&t->net, var, &vars);
        if (vars[0] == var && net_part_names(&t->net, var) != 0)
            st = fuse_part(t, var);
    }
    for (uint32_t i = 0; i < t->plan->noutages && !st; i++)
        if (t->down_of[i] != 0)
            st = fuse_outage(t, i);
    return st;
}

/* ---- runs ---- */

static enum tl_status
tighten_run(struct tighten *t)
{
    static enum tl_status (*const makers[])(struct tighten *) = {tighten_since, tighten_outages,
                                                                 tighten_twins, tighten_listed};
    enum tl_status st = TL_OK;

    t->down_of = tl_arena_alloc(&t->arena, (t->plan->noutages + 1) * sizeof(*t->down_of));
    if (!t->down_of)
        return TL_ENOMEM;
    t->writer_known = zdp_writer_known(t->b, t->plan);
    for (size_t i = 0; i < t->plan->nres; i++)
        t->b->place[t->plan->res[i]] = (uint32_t)i;
    for (size_t i = 0; i < sizeof(makers) / sizeof(makers[0]) && !st; i++)
        st = makers[i](t);
    if (st || t->net.nedges == 0)
        return st;
    st = net_settle(&t->net);
    if (!st)
        st = tighten_conflicts(t);
    return st ? st : fuse(t);
}

/* Forgets the run at hand. */
static void
leave_run(struct tighten *t)
{
    for (size_t i = 0; i < t->npoints; i++)
        if (t->points[i].kind == POINT_ROW)
            t->var_of[t->points[i].of] = 0;
    for (size_t i = 0; i < t->plan->noutages; i++)
        t->clock_of[t->plan->outages[i].input] = 0;
    for (size_t i = 0; i < t->plan->nrows; i++)
        t->clock_of[t->b->report->rows[t->plan->rows[i]].input] = 0;
    t->points = NULL;
    t->reasons = NULL;
    t->npoints = t->points_cap = t->nreasons = t->reasons_cap = 0;
    t->b->scratch.failed |= t->arena.failed;
    tl_arena_reset(&t->arena);
}

static enum tl_status
list_assumptions(struct tl_builder *b, const struct assume_names *n)
{
    struct tl_report *r = b->report;

    r->assumptions = tl_arena_alloc(b->arena, (n->n + 1) * sizeof(*r->assumptions));
    if (!r->assumptions)
        return TL_ENOMEM;
    for (size_t i = 0; i < n->n; i++) {
        struct tl_str text = tl_assume_text(n->list[i]);

        if (n->used_by[i] > 0)
            r->assumptions[r->nassumptions++] = (struct tl_assumption){
                n->list[i], text.n > 0 ? text : TL_STR("a rule states it"), n->used_by[i]};
    }
    return TL_OK;
}

enum tl_status
build_tighten(struct tl_builder *b)
{
    struct assume_names names;
    struct tighten t = {.b = b, .names = &names};
    enum tl_status st;

    list_names(&b->options, &names);
    t.var_of = tl_arena_alloc(&b->scratch, (b->report->nrows + 1) * sizeof(*t.var_of));
    t.clock_of = tl_arena_alloc(&b->scratch, (b->report->ninputs + 1) * sizeof(*t.clock_of));
    if (!t.var_of || !t.clock_of || tighten_list_items(&t))
        return TL_ENOMEM;
    tl_arena_init(&t.arena, b->scratch.max);
    st = tighten_pairs(b);
    for (size_t i = 0; i < b->nplans && !st && names.allowed != 0; i++) {
        t.plan = &b->plans[i];
        net_init(&t.net, &t.arena);
        st = tighten_run(&t);
        leave_run(&t);
    }
    tl_arena_free(&t.arena);
    return st ? st : list_assumptions(b, &names);
}
