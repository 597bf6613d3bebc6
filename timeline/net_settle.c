/* net_settle.c - the components of a network, and the cycles in it that cannot be. */
#include <stdlib.h>

#include "timeline/net_parts.h"

/* ---- components ---- */

static int
by_content(const void *pa, const void *pb)
{
    const struct net_edge *a = pa, *b = pb;
    int c = (a->from > b->from) - (a->from < b->from);

    c = c ? c : (a->to > b->to) - (a->to < b->to);
    c = c ? c : (b->min_us > a->min_us) - (b->min_us < a->min_us);
    for (size_t i = 0; i < NET_NEEDS; i++) /* NET_NONE + 1 is 0: what needs nothing comes first */
        c = c ? c : (a->needs[i] + 1 > b->needs[i] + 1) - (a->needs[i] + 1 < b->needs[i] + 1);
    return c ? c : (a->reason > b->reason) - (a->reason < b->reason);
}

static uint32_t
root_of(uint32_t *up, uint32_t var)
{
    while (up[var] != var) {
        up[var] = up[up[var]];
        var = up[var];
    }
    return var;
}

/* The smallest variable of each component stands for it. */
static void
join(struct net *n, uint32_t *up)
{
    for (uint32_t i = 0; i < n->nvars; i++)
        up[i] = i;
    for (size_t i = 0; i < n->nedges; i++) {
        uint32_t a = root_of(up, n->edges[i].from), b = root_of(up, n->edges[i].to);

        if (n->edges[i].from == NET_ORIGIN || n->edges[i].to == NET_ORIGIN || a == b)
            continue;
        up[a > b ? a : b] = a > b ? b : a;
    }
}

static void
number_parts(struct net *n, uint32_t *up)
{
    for (uint32_t i = 1; i < n->nvars; i++) {
        uint32_t root = root_of(up, i);

        n->part_of[i] = root == i ? (uint32_t)n->nparts++ : n->part_of[root];
        n->parts[n->part_of[i]].nvars++;
    }
    for (size_t i = 0, at = 0; i < n->nparts; i++) {
        n->parts[i].vars = n->vars + at;
        at += n->parts[i].nvars;
        n->parts[i].nvars = 0;
    }
    for (uint32_t i = 1; i < n->nvars; i++) {
        struct net_part *p = &n->parts[n->part_of[i]];

        p->vars[p->nvars++] = i;
    }
}

/* Lists edges by their ends; from the last to the first, so that each list is ascending. */
static void
list_edges(struct net *n)
{
    for (size_t i = n->nedges; i-- > 0;) {
        const struct net_edge *e = &n->edges[i];
        uint32_t var = e->from == NET_ORIGIN ? e->to : e->from;
        struct net_part *p = &n->parts[n->part_of[var]];
        uint32_t *out = e->from == NET_ORIGIN ? &p->out : &n->out[e->from];
        uint32_t *in = e->to == NET_ORIGIN ? &p->in : &n->in[e->to];

        if (var == NET_ORIGIN)
            continue;
        n->next_out[i] = *out;
        *out = (uint32_t)i + 1;
        n->next_in[i] = *in;
        *in = (uint32_t)i + 1;
        for (size_t k = 0; k < NET_NEEDS; k++)
            if (e->needs[k] != NET_NONE)
                p->names |= 1U << n->suppositions[e->needs[k]].name;
    }
}

static enum tl_status
make_parts(struct net *n)
{
    struct tl_arena *a = n->arena;
    size_t vars = n->nvars + 2, edges = n->nedges + 1;
    uint32_t *up = tl_arena_alloc(a, vars * sizeof(*up));

    n->parts = tl_arena_alloc(a, vars * sizeof(*n->parts));
    n->part_of = tl_arena_alloc(a, vars * sizeof(uint32_t));
    n->vars = tl_arena_alloc(a, vars * sizeof(uint32_t));
    n->out = tl_arena_alloc(a, vars * sizeof(uint32_t));
    n->in = tl_arena_alloc(a, vars * sizeof(uint32_t));
    n->next_out = tl_arena_alloc(a, edges * sizeof(uint32_t));
    n->next_in = tl_arena_alloc(a, edges * sizeof(uint32_t));
    n->dist = tl_arena_alloc(a, vars * sizeof(int64_t));
    n->by = tl_arena_alloc(a, vars * sizeof(uint32_t));
    n->queue = tl_arena_alloc(a, vars * sizeof(uint32_t));
    n->seen = tl_arena_alloc(a, vars * sizeof(uint32_t));
    n->queued = tl_arena_alloc(a, vars * sizeof(bool));
    if (!up || !n->parts || !n->part_of || !n->vars || !n->out || !n->in || !n->next_out ||
        !n->next_in || !n->dist || !n->by || !n->queue || !n->seen || !n->queued)
        return TL_ENOMEM;
    if (n->nedges > 1)
        qsort(n->edges, n->nedges, sizeof(*n->edges), by_content);
    join(n, up);
    number_parts(n, up);
    list_edges(n);
    return TL_OK;
}

/* ---- contradictions ---- */

static struct net_conflict *
new_conflict(struct net *n)
{
    struct net_conflict *list =
        tl_arena_grow(n->arena, n->conflicts, n->nconflicts, &n->conflicts_cap, sizeof(*list));

    if (!list)
        return NULL;
    n->conflicts = list;
    list[n->nconflicts] = (struct net_conflict){NULL, 0, false};
    return &list[n->nconflicts++];
}

/* The smallest variable of the cycle; *length: of its edges. */
static uint32_t
walk_cycle(const struct net *n, uint32_t at, size_t *length)
{
    uint32_t var = at, least = at;

    *length = 0;
    do {
        var = n->edges[n->by[var] - 1].from;
        least = var < least ? var : least;
        ++*length;
    } while (var != at);
    return least;
}

/* Notes the cycle that `at` lies on, from its smallest variable on. */
static struct net_conflict *
note_cycle(struct net *n, uint32_t at)
{
    struct net_conflict *c = new_conflict(n);
    size_t length;
    uint32_t var = walk_cycle(n, at, &length);

    if (!c)
        return NULL;
    c->edges = tl_arena_alloc(n->arena, length * sizeof(*c->edges));
    if (!c->edges)
        return NULL;
    c->nedges = length;
    for (size_t i = length; i-- > 0;) {
        uint32_t edge = n->by[var] - 1;

        c->edges[i] = edge;
        c->assumed |= n->edges[edge].needs[0] != NET_NONE || n->edges[edge].needs[1] != NET_NONE;
        var = n->edges[edge].from;
    }
    return c;
}

static bool
is_own(const struct net_edge *e)
{
    return e->from == NET_ORIGIN || e->to == NET_ORIGIN;
}

static void
resolve(struct net *n, const struct net_conflict *c)
{
    bool between = false;

    for (size_t i = 0; i < c->nedges; i++)
        between |= !is_own(&n->edges[c->edges[i]]);
    for (size_t i = 0; i < c->nedges; i++) {
        struct net_edge *e = &n->edges[c->edges[i]];

        if (!c->assumed) {
            e->off |= !between || !is_own(e);
            continue;
        }
        for (size_t k = 0; k < NET_NEEDS; k++)
            if (e->needs[k] != NET_NONE)
                n->suppositions[e->needs[k]].dropped = true;
    }
}

static enum tl_status
settle_with(struct net *n, const struct net_part *p, uint32_t names)
{
    uint32_t at;

    while ((at = net_longest(n, p, NET_NONE, false, names)) != NET_NONE) {
        const struct net_conflict *c = note_cycle(n, at);

        if (!c)
            return TL_ENOMEM;
        resolve(n, c);
    }
    return TL_OK;
}

static unsigned
count_bits(uint32_t x)
{
    unsigned n = 0;

    for (; x != 0; x &= x - 1)
        n++;
    return n;
}

/* Every set of k of those names. */
static enum tl_status
settle_sets(struct net *n, const struct net_part *p, uint32_t names, unsigned k)
{
    enum tl_status st = TL_OK;

    for (uint32_t set = names & (0U - names); set != 0 && !st; set = (set - names) & names)
        if (count_bits(set) == k)
            st = settle_with(n, p, set);
    return st;
}

/* Few names before many, so that nothing is dropped for a contradiction that others make alone. */
static enum tl_status
settle_part(struct net *n, const struct net_part *p)
{
    enum { MANY = 8 };
    uint32_t names = p->names;
    enum tl_status st = settle_with(n, p, 0);

    if (st || names == 0 || net_longest(n, p, NET_NONE, false, names) == NET_NONE)
        return st;
    for (uint32_t rest = names; rest != 0 && !st; rest &= rest - 1)
        st = settle_with(n, p, rest & (0U - rest));
    for (unsigned k = 2; k < count_bits(names) && count_bits(names) <= MANY && !st; k++)
        st = settle_sets(n, p, names, k);
    return st ? st : settle_with(n, p, names);
}

/* The names of suppositions that edges of the part still need. */
static void
list_names(struct net *n)
{
    for (size_t i = 0; i < n->nparts; i++)
        n->parts[i].names = 0;
    for (size_t i = 0; i < n->nedges; i++) {
        const struct net_edge *e = &n->edges[i];
        uint32_t var = e->from == NET_ORIGIN ? e->to : e->from;

        for (size_t k = 0; k < NET_NEEDS && var != NET_ORIGIN; k++)
            if (e->needs[k] != NET_NONE && !n->suppositions[e->needs[k]].dropped)
                n->parts[n->part_of[var]].names |= 1U << n->suppositions[e->needs[k]].name;
    }
}

enum tl_status
net_settle(struct net *n)
{
    enum tl_status st = make_parts(n);

    for (size_t i = 0; i < n->nparts && !st; i++)
        st = settle_part(n, &n->parts[i]);
    if (!st)
        list_names(n);
    return st;
}
