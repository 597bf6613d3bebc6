/*
 * skew_net.c - what the ties say together: a simple temporal network of clocks and moments, solved
 * by shortest paths (Bellman-Ford) in each part of it. Parts are small: an instance, its log, its
 * probes.
 */
#include <string.h>

#include "timeline/skew.h"

enum { MAX_PAIRED = 256 }; /* clocks of one part that are all compared with each other */
static const int64_t FAR = INT64_MAX / 4;

/* ---- parts ---- */

static uint32_t
root_of(uint32_t *up, uint32_t node)
{
    while (up[node] != node)
        node = up[node] = up[up[node]];
    return node;
}

static uint32_t
part_of_tie(const struct skew *k, const struct tie *t)
{
    return k->part_of[t->from != CONTROL_PLANE ? t->from : t->to];
}

static enum tl_status
sort_ties(struct tl_builder *b, struct skew *k)
{
    struct tie *sorted = tl_arena_alloc(&b->scratch, (k->nties + 1) * sizeof(*sorted));
    size_t *next = tl_arena_alloc(&b->scratch, (k->nparts + 1) * sizeof(*next));

    k->first_tie = tl_arena_alloc(&b->scratch, (k->nparts + 2) * sizeof(*k->first_tie));
    if (!sorted || !next || !k->first_tie)
        return TL_ENOMEM;
    for (size_t i = 0; i < k->nties; i++)
        k->first_tie[part_of_tie(k, &k->ties[i]) + 1]++;
    for (uint32_t p = 0; p < k->nparts; p++) {
        k->first_tie[p + 1] += k->first_tie[p];
        next[p] = k->first_tie[p];
    }
    for (size_t i = 0; i < k->nties; i++)
        sorted[next[part_of_tie(k, &k->ties[i])]++] = k->ties[i];
    k->ties = sorted;
    k->ties_cap = k->nties;
    return TL_OK;
}

static enum tl_status
sort_nodes(struct tl_builder *b, struct skew *k)
{
    size_t *next = tl_arena_alloc(&b->scratch, (k->nparts + 1) * sizeof(*next));

    k->nodes = tl_arena_alloc(&b->scratch, (k->nnodes + 1) * sizeof(*k->nodes));
    k->first_node = tl_arena_alloc(&b->scratch, (k->nparts + 2) * sizeof(*k->first_node));
    if (!next || !k->nodes || !k->first_node)
        return TL_ENOMEM;
    for (uint32_t i = 1; i < k->nnodes; i++)
        if (k->part_of[i] != NONE)
            k->first_node[k->part_of[i] + 1]++;
    for (uint32_t p = 0; p < k->nparts; p++) {
        k->first_node[p + 1] += k->first_node[p];
        next[p] = k->first_node[p];
    }
    for (uint32_t i = 1; i < k->nnodes; i++)
        if (k->part_of[i] != NONE)
            k->nodes[next[k->part_of[i]]++] = i;
    return TL_OK;
}

static enum tl_status
find_parts(struct tl_builder *b, struct skew *k)
{
    uint32_t *up = tl_arena_alloc(&b->scratch, (k->nnodes + 1) * sizeof(*up));

    k->part_of = tl_arena_alloc(&b->scratch, (k->nnodes + 1) * sizeof(*k->part_of));
    k->far = tl_arena_alloc(&b->scratch, (k->nnodes + 1) * sizeof(*k->far));
    k->via = tl_arena_alloc(&b->scratch, (k->nnodes + 1) * sizeof(*k->via));
    if (!up || !k->part_of || !k->far || !k->via)
        return TL_ENOMEM;
    for (uint32_t i = 0; i < k->nnodes; i++) {
        up[i] = i;
        k->part_of[i] = NONE;
    }
    for (size_t i = 0; i < k->nties; i++)
        if (k->ties[i].from != CONTROL_PLANE && k->ties[i].to != CONTROL_PLANE)
            up[root_of(up, k->ties[i].from)] = root_of(up, k->ties[i].to);
    for (size_t i = 0; i < k->nties; i++) {
        uint32_t node = k->ties[i].from != CONTROL_PLANE ? k->ties[i].from : k->ties[i].to;
        uint32_t *part = &k->part_of[root_of(up, node)];

        if (*part == NONE)
            *part = k->nparts++;
    }
    for (uint32_t i = 1; i < k->nnodes; i++)
        k->part_of[i] = k->part_of[root_of(up, i)];
    return sort_nodes(b, k) ? TL_ENOMEM : sort_ties(b, k);
}

/* ---- shortest paths ---- */

static void
clear(struct skew *k, uint32_t part, int64_t far)
{
    k->far[CONTROL_PLANE] = far;
    k->via[CONTROL_PLANE] = NONE;
    for (size_t i = k->first_node[part]; i < k->first_node[part + 1]; i++) {
        k->far[k->nodes[i]] = far;
        k->via[k->nodes[i]] = NONE;
    }
}

/* Until nothing gets nearer. NONE; a node that always does, when there is a contradiction. */
static uint32_t
relax(struct skew *k, uint32_t part)
{
    size_t rounds = k->first_node[part + 1] - k->first_node[part] + 2;
    uint32_t moved = 0;

    for (; rounds > 0 && moved != NONE; rounds--) {
        moved = NONE;
        for (size_t i = k->first_tie[part]; i < k->first_tie[part + 1]; i++) {
            const struct tie *t = &k->ties[i];

            if ((t->assumed && !k->assume) || k->far[t->from] >= FAR ||
                k->far[t->from] + t->us >= k->far[t->to])
                continue;
            k->far[t->to] = k->far[t->from] + t->us;
            k->via[t->to] = (uint32_t)i;
            moved = t->to;
        }
    }
    return moved;
}

static void
search(struct skew *k, uint32_t part, uint32_t source)
{
    clear(k, part, FAR);
    k->far[source] = 0;
    relax(k, part);
}

/* A node that a contradiction goes through; NONE: there is none. */
static uint32_t
contradiction(struct skew *k, uint32_t part)
{
    uint32_t node;

    clear(k, part, 0);
    node = relax(k, part);
    for (size_t i = k->first_node[part]; node != NONE && i <= k->first_node[part + 1]; i++)
        node = k->ties[k->via[node]].from; /* back until it is surely within the cycle */
    return node;
}

/* ---- offsets ---- */

static void
note_span(struct tl_span *s, int64_t max_us, int64_t minus_min_us)
{
    s->max_us = max_us >= FAR ? TL_UNKNOWN : max_us;
    s->min_us = minus_min_us >= FAR ? TL_UNKNOWN : -minus_min_us;
}

/* What a clock is best compared with: the logs of servers, else what comes before it. */
static bool
may_compare(const struct clock *c, const struct clock *with)
{
    return with != c && (with->probe ? c->probe && with < c : c->probe || with < c);
}

/* Logs before probes, then the narrowest. */
static bool
tells_more(const struct clock *c, const struct clock *clocks, uint32_t other, struct tl_span apart)
{
    bool was_probe, is;

    if (c->other == NONE)
        return true;
    was_probe = clocks[c->other].probe;
    is = clocks[other].probe;
    return was_probe != is ? was_probe
                           : apart.max_us - apart.min_us < c->apart.max_us - c->apart.min_us;
}

static void
compare_clocks(struct clock *c, const struct clock *clocks, uint32_t other, struct tl_span apart,
               bool assumed)
{
    if (!may_compare(c, &clocks[other]) || !skew_excludes_zero(apart) ||
        (assumed && c->other != NONE && !c->assumed) || !tells_more(c, clocks, other, apart))
        return;
    c->other = other;
    c->apart = apart;
    c->assumed = assumed;
}

/* far: of n clocks to each other, [from * n + to]. */
static void
compare_all(struct skew *k, const uint32_t *clocks, size_t n, const int64_t *far)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            struct tl_span apart;

            note_span(&apart, far[i * n + j], far[j * n + i]);
            compare_clocks(&k->clocks[clocks[i]], k->clocks, clocks[j], apart, k->assume);
        }
    }
}

/* far: room for those of n clocks to each other; NULL: they are too many for that. */
static void
search_all(struct skew *k, uint32_t part, const uint32_t *clocks, size_t n, int64_t *far)
{
    for (size_t i = 0; i < n && far; i++) {
        search(k, part, clocks[i]);
        for (size_t j = 0; j < n; j++)
            far[i * n + j] = k->far[clocks[j]];
    }
    if (far)
        compare_all(k, clocks, n, far);
}

static void
find_offsets(struct skew *k, uint32_t part, const uint32_t *clocks, size_t n)
{
    search(k, part, CONTROL_PLANE);
    for (size_t i = 0; i < n; i++)
        note_span(&k->clocks[clocks[i]].ahead, FAR, k->far[clocks[i]]);
    for (size_t i = 0; i < n; i++) {
        struct tl_span *ahead = &k->clocks[clocks[i]].ahead;

        search(k, part, clocks[i]);
        note_span(ahead, k->far[CONTROL_PLANE], ahead->min_us == TL_UNKNOWN ? FAR : -ahead->min_us);
    }
}

static bool
has_assumed(const struct skew *k, uint32_t part)
{
    for (size_t i = k->first_tie[part]; i < k->first_tie[part + 1]; i++)
        if (k->ties[i].assumed)
            return true;
    return false;
}

/* What is assumed counts only where nothing speaks against it, and for nothing but differences. */
static enum tl_status
solve_part(struct tl_builder *b, struct skew *k, uint32_t part)
{
    const uint32_t *clocks = k->nodes + k->first_node[part]; /* they come before the moments */
    size_t n = 0, room = k->first_node[part + 1] - k->first_node[part];
    bool contradicted = contradiction(k, part) != NONE;
    int64_t *far = NULL;

    while (n < room && clocks[n] < k->nclocks)
        n++;
    for (size_t i = 0; i < n; i++) {
        k->clocks[clocks[i]].part = part;
        k->clocks[clocks[i]].contradicted = contradicted;
    }
    if (contradicted)
        return TL_OK;
    if (n > 1 && n <= MAX_PAIRED && !(far = tl_arena_alloc(&b->scratch, n * n * sizeof(*far))))
        return TL_ENOMEM;
    find_offsets(k, part, clocks, n);
    search_all(k, part, clocks, n, far);
    k->assume = has_assumed(k, part);
    if (k->assume && contradiction(k, part) == NONE)
        search_all(k, part, clocks, n, far);
    k->assume = false;
    return TL_OK;
}

enum tl_status
skew_solve(struct tl_builder *b, struct skew *k)
{
    enum tl_status st = TL_OK;

    if (k->nties == 0)
        return TL_OK;
    st = find_parts(b, k);
    for (uint32_t part = 0; part < k->nparts && !st; part++)
        st = solve_part(b, k, part);
    return st;
}

struct tl_span
skew_between(struct tl_builder *b, uint32_t c, uint32_t d)
{
    struct skew *k = b->skew;
    const struct clock *p, *q;
    struct tl_span s = TL_SPAN_NONE;
    int64_t there;

    if (c == d)
        return (struct tl_span){0, 0};
    if (!k || c >= k->nclocks || d >= k->nclocks)
        return s;
    p = &k->clocks[c];
    q = &k->clocks[d];
    if (p->part != NONE && p->part == q->part && !p->contradicted) {
        search(k, p->part, c);
        there = k->far[d];
        search(k, p->part, d);
        note_span(&s, there, k->far[c]);
        return s;
    }
    if (p->ahead.max_us != TL_UNKNOWN && q->ahead.min_us != TL_UNKNOWN)
        s.max_us = p->ahead.max_us - q->ahead.min_us;
    if (p->ahead.min_us != TL_UNKNOWN && q->ahead.max_us != TL_UNKNOWN)
        s.min_us = p->ahead.min_us - q->ahead.max_us;
    return s;
}

/* ---- proofs ---- */

static void
put_row(uint32_t row, uint32_t *rows, size_t *n, size_t cap)
{
    size_t at = *n;

    for (size_t i = 0; i < *n; i++)
        if (rows[i] == row)
            return;
    if (row == NONE || *n == cap)
        return;
    for (; at > 0 && rows[at - 1] > row; at--)
        rows[at] = rows[at - 1];
    rows[at] = row;
    ++*n;
}

/* The ties that lead to `to`, back to `end`. */
static void
put_path(const struct skew *k, uint32_t end, uint32_t to, uint32_t *rows, size_t *n, size_t cap)
{
    do {
        const struct tie *t;

        if (k->via[to] == NONE)
            return;
        t = &k->ties[k->via[to]];
        put_row(t->row, rows, n, cap);
        to = t->from;
    } while (to != end);
}

size_t
skew_proof(struct tl_builder *b, uint32_t from, uint32_t to, uint32_t *rows, size_t cap)
{
    struct skew *k = b->skew;
    uint32_t part = k->clocks[from == CONTROL_PLANE ? to : from].part;
    size_t n = 0;

    if (part == NONE)
        return 0;
    if (from == to) {
        uint32_t node = contradiction(k, part);

        if (node != NONE)
            put_path(k, node, node, rows, &n, cap);
        return n;
    }
    k->assume = k->clocks[from].assumed && k->clocks[from].other == to;
    search(k, part, from);
    put_path(k, from, to, rows, &n, cap);
    search(k, part, to);
    put_path(k, to, from, rows, &n, cap);
    k->assume = false;
    return n;
}
