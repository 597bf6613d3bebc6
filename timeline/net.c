/* net.c - variables, edges and the longest paths through them. net_settle.c finds contradictions.
 */
#include "timeline/net_parts.h"

void
net_init(struct net *n, struct tl_arena *arena)
{
    *n = (struct net){.arena = arena, .nvars = 1};
}

uint32_t
net_var(struct net *n)
{
    return n->nvars++;
}

enum tl_status
net_suppose(struct net *n, uint32_t name, uint32_t *supposition)
{
    struct net_supposition *list = tl_arena_grow(n->arena, n->suppositions, n->nsuppositions,
                                                 &n->suppositions_cap, sizeof(*list));

    if (!list)
        return TL_ENOMEM;
    n->suppositions = list;
    *supposition = (uint32_t)n->nsuppositions;
    list[n->nsuppositions++] = (struct net_supposition){.name = name};
    return TL_OK;
}

enum tl_status
net_at_least(struct net *n, uint32_t from, uint32_t to, int64_t min_us, uint32_t reason,
             uint32_t need, uint32_t also)
{
    struct net_edge *list =
        tl_arena_grow(n->arena, n->edges, n->nedges, &n->edges_cap, sizeof(*list));

    if (!list)
        return TL_ENOMEM;
    n->edges = list;
    list[n->nedges++] = (struct net_edge){.from = from,
                                          .to = to,
                                          .min_us = min_us < -NET_FAR  ? -NET_FAR
                                                    : min_us > NET_FAR ? NET_FAR
                                                                       : min_us,
                                          .reason = reason,
                                          .needs = {need, also}};
    return TL_OK;
}

enum tl_status
net_between(struct net *n, uint32_t from, uint32_t to, struct net_bounds b, uint32_t reason,
            uint32_t need, uint32_t also)
{
    enum tl_status st = TL_OK;

    if (b.lo_us != NET_OPEN)
        st = net_at_least(n, from, to, b.lo_us, reason, need, also);
    if (!st && b.hi_us != NET_OPEN)
        st = net_at_least(n, to, from, -b.hi_us, reason, need, also);
    return st;
}

/* ---- longest paths ---- */

static bool
allows(const struct net *n, const struct net_edge *e, uint32_t names)
{
    if (e->off)
        return false;
    for (size_t i = 0; i < NET_NEEDS; i++) {
        const struct net_supposition *s = &n->suppositions[e->needs[i]];

        if (e->needs[i] != NET_NONE && (s->dropped || !(names & (1U << s->name))))
            return false;
    }
    return true;
}

static uint32_t
first_edge(const struct net *n, const struct net_part *p, uint32_t var, bool backward)
{
    if (var == NET_ORIGIN)
        return backward ? p->in : p->out;
    return backward ? n->in[var] : n->out[var];
}

/* Follows what made each variable's distance for as long as it has not been seen. */
static uint32_t
cycle_from(struct net *n, uint32_t var, bool backward, uint32_t mark)
{
    while (n->seen[var] == 0 && n->by[var] != 0) {
        const struct net_edge *e = &n->edges[n->by[var] - 1];

        n->seen[var] = mark;
        var = backward ? e->to : e->from;
    }
    return n->by[var] != 0 && n->seen[var] == mark ? var : NET_NONE;
}

/* A variable on a cycle of what made the distances; NET_NONE. Every such cycle adds up to more
 * than 0. */
static uint32_t
find_cycle(struct net *n, const struct net_part *p, bool backward)
{
    uint32_t found = NET_NONE;

    n->seen[NET_ORIGIN] = 0;
    for (uint32_t i = 0; i < p->nvars; i++)
        n->seen[p->vars[i]] = 0;
    for (uint32_t i = 0; i < p->nvars && found == NET_NONE; i++)
        found = cycle_from(n, p->vars[i], backward, i + 1);
    return found;
}

static void
push(struct net *n, const struct net_part *p, uint32_t *tail, uint32_t var)
{
    if (n->queued[var])
        return;
    n->queued[var] = true;
    n->queue[*tail] = var;
    *tail = (*tail + 1) % (p->nvars + 2);
}

static void
start_at(struct net *n, const struct net_part *p, uint32_t source, uint32_t *tail)
{
    const bool all = source == NET_NONE;

    for (uint32_t i = 0; i <= p->nvars; i++) {
        uint32_t var = i == 0 ? NET_ORIGIN : p->vars[i - 1];

        n->dist[var] = all || var == source ? 0 : NET_OPEN;
        n->by[var] = 0;
        n->queued[var] = false;
        if (n->dist[var] == 0)
            push(n, p, tail, var);
    }
}

/* Relaxes one edge; true: it moved its end. */
static bool
relax(struct net *n, uint32_t edge, uint32_t names, bool backward)
{
    const struct net_edge *e = &n->edges[edge];
    uint32_t near = backward ? e->to : e->from, far = backward ? e->from : e->to;
    int64_t d;

    if (!allows(n, e, names))
        return false;
    d = n->dist[near] + e->min_us;
    if (d > 8 * NET_FAR)
        d = 8 * NET_FAR; /* on a cycle: it will be found */
    if (n->dist[far] != NET_OPEN && d <= n->dist[far])
        return false;
    n->dist[far] = d;
    n->by[far] = edge + 1;
    return true;
}

uint32_t
net_longest(struct net *n, const struct net_part *p, uint32_t source, bool backward, uint32_t names)
{
    uint32_t head = 0, tail = 0, moves = 0, found = NET_NONE;

    start_at(n, p, source, &tail);
    while (head != tail && found == NET_NONE) {
        uint32_t var = n->queue[head];

        head = (head + 1) % (p->nvars + 2);
        n->queued[var] = false;
        for (uint32_t e = first_edge(n, p, var, backward); e != 0;
             e = backward ? n->next_in[e - 1] : n->next_out[e - 1]) {
            if (!relax(n, e - 1, names, backward))
                continue;
            push(n, p, &tail, backward ? n->edges[e - 1].from : n->edges[e - 1].to);
            moves++;
        }
        if (moves > p->nvars) { /* so looking for cycles costs no more than the moves did */
            found = find_cycle(n, p, backward);
            moves = 0;
        }
    }
    return found != NET_NONE ? found : find_cycle(n, p, backward);
}

/* ---- questions ---- */

/* The component of both; NULL: they have none in common. */
static const struct net_part *
part_of(const struct net *n, uint32_t a, uint32_t b)
{
    uint32_t var = a == NET_ORIGIN ? b : a;

    if (var == NET_ORIGIN || (b != NET_ORIGIN && n->part_of[b] != n->part_of[var]))
        return NULL;
    return &n->parts[n->part_of[var]];
}

static int64_t
negated(int64_t d)
{
    return d == NET_OPEN ? NET_OPEN : -d;
}

struct net_bounds
net_ask(struct net *n, uint32_t source, uint32_t target, uint32_t names)
{
    const struct net_part *p = part_of(n, source, target);
    struct net_bounds b = {NET_OPEN, NET_OPEN};

    if (!p)
        return b;
    (void)net_longest(n, p, source, false, names);
    b.lo_us = n->dist[target];
    (void)net_longest(n, p, source, true, names);
    b.hi_us = negated(n->dist[target]);
    return b;
}

size_t
net_part_vars(const struct net *n, uint32_t var, const uint32_t **vars)
{
    const struct net_part *p = &n->parts[n->part_of[var]];

    *vars = p->vars;
    return p->nvars;
}

void
net_ask_all(struct net *n, uint32_t var, uint32_t names, struct net_bounds *out)
{
    const struct net_part *p = &n->parts[n->part_of[var]];

    (void)net_longest(n, p, NET_ORIGIN, false, names);
    for (uint32_t i = 0; i < p->nvars; i++)
        out[i].lo_us = n->dist[p->vars[i]];
    (void)net_longest(n, p, NET_ORIGIN, true, names);
    for (uint32_t i = 0; i < p->nvars; i++)
        out[i].hi_us = negated(n->dist[p->vars[i]]);
}

uint32_t
net_part_names(const struct net *n, uint32_t var)
{
    return n->parts[n->part_of[var]].names;
}

/* The names that the path to a variable needs, as the last search left it. */
static uint32_t
names_on_path(const struct net *n, uint32_t target, bool backward)
{
    uint32_t names = 0;

    for (uint32_t by = n->by[target]; by != 0;) {
        const struct net_edge *e = &n->edges[by - 1];

        for (size_t i = 0; i < NET_NEEDS; i++)
            if (e->needs[i] != NET_NONE)
                names |= 1U << n->suppositions[e->needs[i]].name;
        by = n->by[backward ? e->to : e->from];
    }
    return names;
}

uint32_t
net_needed(struct net *n, uint32_t source, uint32_t target, uint32_t names)
{
    const struct net_part *p = part_of(n, source, target);
    struct net_bounds all, b;
    uint32_t needed;

    if (!p)
        return 0;
    (void)net_longest(n, p, source, false, names);
    all.lo_us = n->dist[target];
    needed = names_on_path(n, target, false);
    (void)net_longest(n, p, source, true, names);
    all.hi_us = negated(n->dist[target]);
    needed |= names_on_path(n, target, true);
    for (uint32_t bit = 0; bit < NET_NAMES; bit++) {
        if (!(needed & (1U << bit)))
            continue;
        b = net_ask(n, source, target, needed & ~(1U << bit));
        if (b.lo_us == all.lo_us && b.hi_us == all.hi_us)
            needed &= ~(1U << bit);
    }
    return needed;
}

size_t
net_chain(struct net *n, uint32_t source, uint32_t target, bool upper, uint32_t names,
          uint32_t *edges, size_t max)
{
    const struct net_part *p = part_of(n, source, target);
    size_t all = 0;

    if (!p)
        return 0;
    (void)net_longest(n, p, source, upper, names);
    if (n->dist[target] == NET_OPEN)
        return 0;
    for (uint32_t by = n->by[target]; by != 0; all++) {
        const struct net_edge *e = &n->edges[by - 1];

        if (all < max)
            edges[all] = by - 1;
        by = n->by[upper ? e->to : e->from];
    }
    for (size_t i = 0, k = all < max ? all : max; !upper && i + 1 < k; i++, k--) {
        uint32_t e = edges[i];

        edges[i] = edges[k - 1];
        edges[k - 1] = e;
    }
    return all;
}
