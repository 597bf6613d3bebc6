/* tighten_say.c - what is said of the network: assumptions that evidence speaks against, instants
 * that contradict each other, and the chains of evidence. */
#include "timeline/tighten.h"

enum { MAX_CHAIN = 64, MAX_NAMED = 8 };

/* ---- what was dropped ---- */

enum tl_status
tighten_dropped(struct tighten *t, struct tl_str name, const uint32_t *rows, size_t nrows,
                struct tl_str of, struct tl_str why)
{
    const struct tl_str args[] = {name, of, why};

    return finding_add(t->b, t->plan, F_ASSUMPTION_DROPPED, rows, nrows, args);
}

static bool
is_listed(const uint32_t *rows, size_t n, uint32_t row)
{
    for (size_t i = 0; i < n; i++)
        if (rows[i] == row)
            return true;
    return false;
}

static size_t
add_row(uint32_t *rows, size_t n, size_t max, uint32_t row)
{
    if (row == NONE || n == max || is_listed(rows, n, row))
        return n;
    rows[n] = row;
    return n + 1;
}

/* The rows that a cycle goes through, and those that say so, ascending. */
static size_t
rows_of(const struct tighten *t, const struct net_conflict *c, uint32_t *rows, size_t max)
{
    size_t n = 0;

    for (size_t i = 0; i < c->nedges; i++) {
        const struct net_edge *e = &t->net.edges[c->edges[i]];
        const struct reason *r = &t->reasons[e->reason];

        n = add_row(rows, n, max, r->row);
        if (e->to != NET_ORIGIN && t->points[e->to - 1].kind == POINT_ROW)
            n = add_row(rows, n, max, t->points[e->to - 1].of);
        if (r->outage != NONE && n + 4 <= max) {
            uint32_t seen[4];
            size_t more = outage_rows(t->b, &t->plan->outages[r->outage], seen);

            for (size_t k = 0; k < more; k++)
                n = add_row(rows, n, max, seen[k]);
        }
    }
    for (size_t i = 1; i < n; i++) {
        uint32_t row = rows[i];
        size_t k = i;

        for (; k > 0 && rows[k - 1] > row; k--)
            rows[k] = rows[k - 1];
        rows[k] = row;
    }
    return n;
}

/* The names of some bits, with ", " between them. In the report's arena. */
static struct tl_str
names_of(struct tighten *t, uint32_t names)
{
    struct tl_str parts[2 * NET_NAMES];
    size_t n = 0;

    for (uint32_t i = 0; i < t->names->n; i++) {
        if (!(names & (1U << i)))
            continue;
        if (n > 0)
            parts[n++] = TL_STR(", ");
        parts[n++] = t->names->list[i];
    }
    return n == 1 ? parts[0] : words_join(t->b, parts, n);
}

static uint32_t
names_in(const struct tighten *t, const struct net_conflict *c)
{
    uint32_t names = 0;

    for (size_t i = 0; i < c->nedges; i++) {
        for (size_t k = 0; k < NET_NEEDS; k++) {
            uint32_t need = t->net.edges[c->edges[i]].needs[k];

            if (need != NET_NONE)
                names |= 1U << t->net.suppositions[need].name;
        }
    }
    return names;
}

/* What the assumptions were of: the resource of the first row, or the endpoint. */
static struct tl_str
subject_of(const struct tighten *t, const struct net_conflict *c)
{
    for (size_t i = 0; i < c->nedges; i++) {
        const struct net_edge *e = &t->net.edges[c->edges[i]];

        if (t->reasons[e->reason].row != NONE && e->needs[0] != NET_NONE)
            return res_title(t->b, t->b->rowx[t->reasons[e->reason].row].res);
    }
    for (size_t i = 0; i < c->nedges; i++)
        if (t->reasons[t->net.edges[c->edges[i]].reason].outage != NONE)
            return t->plan->outages[t->reasons[t->net.edges[c->edges[i]].reason].outage].endpoint;
    return TL_STR("this run");
}

/* By how much the cycle cannot be. */
static int64_t
excess_of(const struct tighten *t, const struct net_conflict *c)
{
    int64_t us = 0;

    for (size_t i = 0; i < c->nedges; i++)
        us += t->net.edges[c->edges[i]].min_us;
    return us;
}

/* Where one offset between two clocks would resolve it, the sentence that says so: "; …". */
static struct tl_str
offset_of(struct tighten *t, const struct net_conflict *c, struct tl_str by)
{
    const struct net_edge *only = NULL;
    const struct point *p;

    for (size_t i = 0; i < c->nedges; i++) {
        const struct net_edge *e = &t->net.edges[c->edges[i]];

        if (t->reasons[e->reason].kind != REASON_CLOCKS)
            continue;
        if (only)
            return TL_STR("");
        only = e;
    }
    if (!only)
        return TL_STR("");
    p = &t->points[only->to - 1];
    const struct tl_str parts[] = {TL_STR("; a clock of "),
                                   t->b->report->inputs[t->plan->outages[p->of].input].name,
                                   TL_STR(" that is "),
                                   by,
                                   p->kind == POINT_DOWN_AWS || p->kind == POINT_UP_AWS
                                       ? TL_STR(" ahead of that of AWS")
                                       : TL_STR(" behind that of AWS"),
                                   TL_STR(", or more, would resolve it")};
    return words_join(t->b, parts, sizeof(parts) / sizeof(parts[0]));
}

static enum tl_status
say_conflict(struct tighten *t, const struct net_conflict *c)
{
    uint32_t names = names_in(t, c), rows[24];
    size_t n = rows_of(t, c, rows, sizeof(rows) / sizeof(rows[0]));
    struct tl_str by = words_seconds(t->b, excess_of(t, c), TL_MS);
    const struct tl_str why[] = {TL_STR("the times of these rows contradict "),
                                 (names & (names - 1)) ? TL_STR("them") : TL_STR("it"),
                                 TL_STR(" by "), by, offset_of(t, c, by)};
    const struct tl_str text[] = {TL_STR("the times of these rows cannot all be right: they "
                                         "contradict each other by "),
                                  by};
    struct tl_str said;

    if (c->assumed)
        return tighten_dropped(t, names_of(t, names), rows, n, subject_of(t, c),
                               words_join(t->b, why, 5));
    said = words_join(t->b, text, 2);
    return finding_add(t->b, t->plan, F_TIME_CONTRADICTION, rows, n, &said);
}

/* One finding for each cycle, but of many with the same names (twins, tables out of order) only
 * the first and how many more. */
enum tl_status
tighten_conflicts(struct tighten *t)
{
    for (size_t i = 0; i < t->net.nconflicts; i++) {
        size_t before = 0;

        for (size_t k = 0; k < i && before < MAX_NAMED; k++)
            before += names_in(t, &t->net.conflicts[k]) == names_in(t, &t->net.conflicts[i]);
        if (before < MAX_NAMED && say_conflict(t, &t->net.conflicts[i]))
            return TL_ENOMEM;
    }
    return TL_OK;
}

/* ---- chains ---- */

static const struct tl_str words[] = {
    [REASON_ROW] = {"what its own sources say", 24},
    [REASON_LOOP] = {"the attempts of the loop around it", 34},
    [REASON_LENGTH] = {"the bounds of the outage by the loop's attempts", 47},
    [REASON_SINCE] = {"the duration that its end states", 32},
    [REASON_LEAST] = {"the outage lasted at least as long as it states", 47},
    [REASON_MOST] = {"the outage lasted at most as long as it states", 46},
    [REASON_WINDOW] = {"the outage lies between \"Attempting\" and \"finished\"", 51},
    [REASON_TWINS] = {"the same message on a cluster and on its instance", 49},
    [REASON_LISTED] = {"the order in which its table lists it", 37},
    [REASON_CLOCKS] = {"one moment by two clocks", 24},
};

/* The row that shows an end of an outage best: the failure or the success next to it. */
static uint32_t
row_of_end(const struct tighten *t, const struct point *p, bool upper)
{
    const struct tl_outage *o = &t->plan->outages[p->of];
    bool up = p->kind == POINT_UP || p->kind == POINT_UP_AWS;
    tl_time at = !up ? o->first_fail : upper ? o->first_ok : o->last_fail;
    uint32_t rows[4];
    size_t n = outage_rows(t->b, o, rows);

    for (size_t i = 0; i < n; i++)
        if (row_event(t->b, rows[i])->when.at == at)
            return rows[i];
    return NONE;
}

static struct tl_str
what_of(struct tighten *t, const struct point *p)
{
    const struct tl_outage *o = &t->plan->outages[p->of];
    bool up = p->kind == POINT_UP || p->kind == POINT_UP_AWS;
    bool aws = p->kind == POINT_DOWN_AWS || p->kind == POINT_UP_AWS;
    const struct tl_str parts[] = {TL_STR("the outage of "),
                                   o->resource.n > 0 ? o->resource : o->endpoint,
                                   up ? TL_STR(" ends") : TL_STR(" begins"),
                                   aws ? TL_STR(", by the clock of AWS") : TL_STR("")};

    return words_join(t->b, parts, 4);
}

static void
set_evidence(const struct tighten *t, uint32_t row, uint32_t outage, struct tl_step *s)
{
    s->input = s->line = NONE;
    if (row != NONE) {
        s->input = t->b->report->rows[row].input;
        s->line = row_event(t->b, row)->line;
    } else if (outage != NONE) {
        s->input = t->plan->outages[outage].input;
        s->line = 0;
    }
}

/* The step of one edge, which bounds its end at `bound`. */
static struct tl_step
step_of(struct tighten *t, const struct net_edge *e, bool upper, tl_time bound)
{
    const struct reason *r = &t->reasons[e->reason];
    const struct point *p = &t->points[(upper ? e->from : e->to) - 1];
    uint32_t row = r->row, names = 0;
    struct tl_step s = {.upper = upper,
                        .bound = bound,
                        .add_us = (upper ? e->to : e->from) == NET_ORIGIN ? 0
                                  : upper                                 ? -e->min_us
                                                                          : e->min_us,
                        .words = words[r->kind],
                        .row = NONE};

    for (size_t k = 0; k < NET_NEEDS; k++)
        if (e->needs[k] != NET_NONE)
            names |= 1U << t->net.suppositions[e->needs[k]].name;
    s.assume = names ? names_of(t, names) : (struct tl_str){"", 0};
    if (p->kind == POINT_ROW)
        s.row = p->of;
    else
        s.what = what_of(t, p);
    if (r->kind == REASON_LOOP)
        row = row_of_end(t, p, upper);
    set_evidence(t, row, r->outage, &s);
    return s;
}

/* Appends the chain of one bound, from what is known by itself to the row. */
static enum tl_status
add_chain(struct tighten *t, uint32_t var, bool upper, uint32_t names, struct tl_step *steps,
          size_t *n)
{
    uint32_t edges[MAX_CHAIN];
    size_t all = net_chain(&t->net, NET_ORIGIN, var, upper, names, edges, MAX_CHAIN);
    tl_time at = 0;

    if (all > MAX_CHAIN)
        return TL_OK; /* too long to tell */
    for (size_t i = 0; i < all; i++) {
        const struct net_edge *e = &t->net.edges[edges[upper ? all - 1 - i : i]];

        at += upper ? -e->min_us : e->min_us;
        steps[(*n)++] = step_of(t, e, upper, at);
    }
    return TL_OK;
}

/* Keeps steps for a row. */
static enum tl_status
keep_why(struct tl_builder *b, uint32_t row, const struct tl_step *steps, size_t n, bool fused)
{
    struct tl_report *r = b->report;
    struct tl_why *list = tl_arena_grow(b->arena, r->why, r->nwhy, &b->why_cap, sizeof(*list));
    struct tl_step *copy = tl_arena_alloc(b->arena, (n + 1) * sizeof(*copy));

    if (!list || !copy)
        return TL_ENOMEM;
    for (size_t i = 0; i < n; i++)
        copy[i] = steps[i];
    r->why = list;
    list[r->nwhy++] = (struct tl_why){.row = row, .steps = copy, .nsteps = n, .fused = fused};
    return TL_OK;
}

enum tl_status
tighten_why(struct tighten *t, uint32_t row, uint32_t var, uint32_t names)
{
    const struct tl_instant *own = &row_event(t->b, row)->when;
    struct net_bounds b = net_ask(&t->net, NET_ORIGIN, var, names);
    struct tl_step steps[2 * MAX_CHAIN];
    size_t n = 0;

    if (b.lo_us > own->earliest && add_chain(t, var, false, names, steps, &n))
        return TL_ENOMEM;
    if (b.hi_us < own->latest && add_chain(t, var, true, names, steps, &n))
        return TL_ENOMEM;
    return keep_why(t->b, row, steps, n, true);
}

/* ---- pairs ---- */

static uint32_t
row_of_proto(const struct tl_builder *b, uint32_t proto)
{
    return b->proofs[b->protos[proto].first]->row;
}

/* What the sources of a row give, without other rows. */
static struct tl_instant
own_of(const struct tl_builder *b, uint32_t proto)
{
    const struct proto *p = &b->protos[proto];
    struct tl_instant own = b->proofs[p->first]->when;

    for (uint32_t i = 1; i < p->n; i++) {
        const struct tl_instant *w = &b->proofs[p->first + i]->when;

        if (w->earliest > own.earliest && w->earliest <= own.latest)
            own.earliest = w->earliest;
        if (w->latest < own.latest && w->latest >= own.earliest)
            own.latest = w->latest;
    }
    return own;
}

static enum tl_status
say_pair(struct tl_builder *b, uint32_t first, uint32_t second)
{
    const struct tl_row *rows = b->report->rows;
    struct plan *p = rows[first].run != NONE && rows[first].run == rows[second].run
                         ? &b->plans[rows[first].run]
                         : NULL;
    uint32_t both[] = {first < second ? first : second, first < second ? second : first};
    const struct tl_str parts[] = {
        TL_STR("of "),
        res_title(b, b->rowx[first].res),
        TL_STR(", \""),
        row_event(b, first)->message,
        TL_STR("\" is stamped later than \""),
        row_event(b, second)->message,
        TL_STR("\", which cannot have come before it: one of the two times is wrong")};
    struct tl_str text = words_join(b, parts, sizeof(parts) / sizeof(parts[0]));

    return finding_add(b, p, F_TIME_CONTRADICTION, both, 2, &text);
}

static enum tl_status
why_pair(struct tl_builder *b, uint32_t row, uint32_t by, bool upper)
{
    const struct tl_event *other = row_event(b, by);
    tl_time bound = upper ? other->when.latest : other->when.earliest;
    const struct tl_step steps[] = {
        {.upper = upper,
         .bound = bound,
         .words = words[REASON_ROW],
         .row = by,
         .input = b->report->rows[by].input,
         .line = other->line},
        {.upper = upper,
         .bound = bound,
         .words = TL_STR("it begins before it ends, and does not begin anew within a minute"),
         .row = row,
         .input = b->report->rows[row].input,
         .line = row_event(b, row)->line},
    };

    return keep_why(b, row, steps, 2, false);
}

enum tl_status
tighten_pairs(struct tl_builder *b)
{
    enum tl_status st = TL_OK;

    for (size_t i = 0; i < b->npairs && !st; i++) {
        uint32_t first = row_of_proto(b, b->pairs[i].first);
        uint32_t second = row_of_proto(b, b->pairs[i].second);
        const struct tl_instant *x = &row_event(b, first)->when;
        const struct tl_instant *y = &row_event(b, second)->when;

        if (b->pairs[i].contradicted)
            st = say_pair(b, first, second);
        if (b->pairs[i].contradicted || !b->options.why)
            continue;
        if (x->earliest == y->earliest && own_of(b, b->pairs[i].second).earliest < y->earliest)
            st = why_pair(b, second, first, false);
        if (!st && x->latest == y->latest && own_of(b, b->pairs[i].first).latest > x->latest)
            st = why_pair(b, first, second, true);
    }
    return st;
}
