/* The temporal network against Floyd and Warshall on random nets: bounds, needed names, chains,
 * contradictions that are minimal, and the order of edges that never matters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* after what it needs */
#include <cmocka.h>

#include "timeline/net.h"

enum { MAX_VARS = 9, MAX_EDGES = 40, MAX_SUPPOSED = 6, NAMES = 4, WORLDS = 6000 };

#define NO_PATH INT64_MIN

struct world {
    uint32_t nvars; /* origin aside */
    size_t nedges, nsupposed;
    struct net_edge edges[MAX_EDGES];
    uint32_t names[MAX_SUPPOSED];
};

static uint32_t
next(uint32_t *seed, uint32_t below)
{
    *seed = *seed * 1664525U + 1013904223U;
    return (uint32_t)(((uint64_t)(*seed >> 4) * below) >> 28);
}

/* skewed: how often an edge leaves what a hidden truth allows. */
static void
make_world(struct world *w, uint32_t *seed, unsigned wrong_percent)
{
    int64_t truth[MAX_VARS + 1] = {0};

    memset(w, 0, sizeof(*w));
    w->nvars = 1 + next(seed, MAX_VARS);
    w->nsupposed = next(seed, MAX_SUPPOSED + 1);
    for (uint32_t i = 1; i <= w->nvars; i++)
        truth[i] = (int64_t)next(seed, 1000);
    for (size_t i = 0; i < w->nsupposed; i++)
        w->names[i] = next(seed, NAMES);
    w->nedges = next(seed, MAX_EDGES + 1);
    for (size_t i = 0; i < w->nedges; i++) {
        struct net_edge *e = &w->edges[i];
        int64_t slack = (int64_t)next(seed, 60);

        e->from = next(seed, w->nvars + 1);
        do
            e->to = next(seed, w->nvars + 1);
        while (e->to == e->from);
        if (next(seed, 100) < wrong_percent)
            slack = -slack - 1;
        e->min_us = truth[e->to] - truth[e->from] - slack;
        e->reason = (uint32_t)i;
        e->needs[0] = e->needs[1] = NET_NONE;
        if (w->nsupposed > 0 && next(seed, 2))
            e->needs[0] = next(seed, (uint32_t)w->nsupposed);
        if (w->nsupposed > 0 && next(seed, 4) == 0)
            e->needs[1] = next(seed, (uint32_t)w->nsupposed);
    }
}

/* order NULL: as made. */
static void
make_net(struct net *n, struct tl_arena *a, const struct world *w, const size_t *order)
{
    uint32_t id;

    net_init(n, a);
    for (uint32_t i = 1; i <= w->nvars; i++)
        assert_int_equal(net_var(n), i);
    for (size_t i = 0; i < w->nsupposed; i++)
        assert_int_equal(net_suppose(n, w->names[i], &id), TL_OK);
    for (size_t i = 0; i < w->nedges; i++) {
        const struct net_edge *e = &w->edges[order ? order[i] : i];

        assert_int_equal(
            net_at_least(n, e->from, e->to, e->min_us, e->reason, e->needs[0], e->needs[1]), TL_OK);
    }
    assert_int_equal(net_settle(n), TL_OK);
}

/* Whether the edge stands by what the net dropped. */
static bool
stands(const struct net *n, const struct net_edge *e, uint32_t names)
{
    for (size_t k = 0; k < NET_NEEDS; k++)
        if (e->needs[k] != NET_NONE && (n->suppositions[e->needs[k]].dropped ||
                                        !(names & (1U << n->suppositions[e->needs[k]].name))))
            return false;
    return !e->off;
}

/* d[i][j]: the longest path from i to j. Returns whether no cycle is above 0. */
static bool
floyd_warshall(const struct net *n, uint32_t names, int64_t d[MAX_VARS + 1][MAX_VARS + 1])
{
    for (uint32_t i = 0; i < n->nvars; i++)
        for (uint32_t j = 0; j < n->nvars; j++)
            d[i][j] = i == j ? 0 : NO_PATH;
    for (size_t i = 0; i < n->nedges; i++) {
        const struct net_edge *e = &n->edges[i];

        if (stands(n, e, names) && e->min_us > d[e->from][e->to])
            d[e->from][e->to] = e->min_us;
    }
    for (uint32_t k = 0; k < n->nvars; k++)
        for (uint32_t i = 0; i < n->nvars; i++)
            for (uint32_t j = 0; j < n->nvars; j++)
                if (d[i][k] != NO_PATH && d[k][j] != NO_PATH && d[i][k] + d[k][j] > d[i][j])
                    d[i][j] = d[i][k] + d[k][j];
    for (uint32_t i = 0; i < n->nvars; i++)
        if (d[i][i] > 0)
            return false;
    return true;
}

static struct net_bounds
bounds_of(int64_t d[MAX_VARS + 1][MAX_VARS + 1], uint32_t from, uint32_t to)
{
    return (struct net_bounds){d[from][to], d[to][from] == NO_PATH ? NET_OPEN : -d[to][from]};
}

static void
same_bounds(struct net_bounds a, struct net_bounds b)
{
    assert_int_equal(a.lo_us, b.lo_us);
    assert_int_equal(a.hi_us, b.hi_us);
}

/* Connected by edges other than those of the origin, whether they stand or not. */
static bool
one_component(const struct net *n, uint32_t a, uint32_t b)
{
    return a == NET_ORIGIN || b == NET_ORIGIN || n->part_of[a] == n->part_of[b];
}

static void
check_bounds(struct net *n, uint32_t names)
{
    int64_t d[MAX_VARS + 1][MAX_VARS + 1];

    assert_true(floyd_warshall(n, names, d));
    for (uint32_t i = 0; i < n->nvars; i++)
        for (uint32_t j = 1; j < n->nvars; j++)
            if (i != j && one_component(n, i, j))
                same_bounds(net_ask(n, i, j, names), bounds_of(d, i, j));
    for (uint32_t i = 1; i < n->nvars; i++) {
        struct net_bounds out[MAX_VARS];
        const uint32_t *vars;
        size_t count = net_part_vars(n, i, &vars);

        net_ask_all(n, i, names, out);
        for (size_t k = 0; k < count; k++)
            same_bounds(out[k], bounds_of(d, 0, vars[k]));
    }
}

static void
check_chain(struct net *n, uint32_t from, uint32_t to, bool upper, struct net_bounds b)
{
    uint32_t edges[MAX_VARS + 1], at = upper ? to : from;
    size_t count = net_chain(n, from, to, upper, NET_ALL, edges, MAX_VARS + 1);
    int64_t sum = 0;

    assert_true(count <= n->nvars);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(n->edges[edges[i]].from, at);
        assert_true(stands(n, &n->edges[edges[i]], NET_ALL));
        sum += n->edges[edges[i]].min_us;
        at = n->edges[edges[i]].to;
    }
    if (count == 0)
        return;
    assert_int_equal(at, upper ? from : to);
    assert_int_equal(upper ? -sum : sum, upper ? b.hi_us : b.lo_us);
}

/* What it needs is enough, and nothing of it can be left out. */
static void
check_needed(struct net *n, uint32_t from, uint32_t to, struct net_bounds b)
{
    uint32_t needed = net_needed(n, from, to, NET_ALL);

    same_bounds(net_ask(n, from, to, needed), b);
    for (uint32_t bit = 0; bit < NAMES; bit++) {
        struct net_bounds without = net_ask(n, from, to, needed & ~(1U << bit));

        if (needed & (1U << bit))
            assert_false(without.lo_us == b.lo_us && without.hi_us == b.hi_us);
    }
}

/* A conflict is a simple cycle above 0: any of its edges away, and it is none. */
static void
check_conflicts(const struct net *n)
{
    for (size_t i = 0; i < n->nconflicts; i++) {
        const struct net_conflict *c = &n->conflicts[i];
        unsigned seen[MAX_VARS + 1] = {0};
        int64_t sum = 0;
        bool assumed = false;

        for (size_t k = 0; k < c->nedges; k++) {
            const struct net_edge *e = &n->edges[c->edges[k]];

            assert_int_equal(e->to, n->edges[c->edges[(k + 1) % c->nedges]].from);
            assert_int_equal(seen[e->from]++, 0);
            sum += e->min_us;
            assumed |= e->needs[0] != NET_NONE || e->needs[1] != NET_NONE;
            for (size_t s = 0; s < NET_NEEDS; s++)
                assert_true(e->needs[s] == NET_NONE || n->suppositions[e->needs[s]].dropped);
        }
        assert_true(sum > 0);
        assert_int_equal(assumed, c->assumed);
    }
}

static bool
is_own(const struct net_edge *e)
{
    return e->from == NET_ORIGIN || e->to == NET_ORIGIN;
}

/* Whether a proven conflict names the edge, and has no edges between variables to blame before
 * own bounds. */
static bool
is_blamed(const struct net *n, uint32_t edge)
{
    for (size_t k = 0; k < n->nconflicts; k++) {
        const struct net_conflict *c = &n->conflicts[k];
        bool named = false, between = false;

        for (size_t m = 0; m < c->nedges; m++) {
            named |= c->edges[m] == edge;
            between |= !is_own(&n->edges[c->edges[m]]);
        }
        if (named && !c->assumed && (!between || !is_own(&n->edges[edge])))
            return true;
    }
    return false;
}

static void
check_off(const struct net *n)
{
    for (uint32_t i = 0; i < n->nedges; i++)
        assert_int_equal(n->edges[i].off, is_blamed(n, i));
}

static void
random_nets_agree_with_floyd_and_warshall(void **state)
{
    uint32_t seed = 20260411;
    size_t conflicts = 0, proven = 0, sound = 0;

    (void)state;
    for (int i = 0; i < WORLDS; i++) {
        struct tl_arena a;
        struct world w;
        struct net n;

        tl_arena_init(&a, 64u << 20);
        make_world(&w, &seed, i % 3 == 0 ? 0 : 12);
        make_net(&n, &a, &w, NULL);
        for (uint32_t names = 0; names < 1U << NAMES; names += 3)
            check_bounds(&n, names);
        for (uint32_t v = 1; v < n.nvars; v++) {
            struct net_bounds b = net_ask(&n, NET_ORIGIN, v, NET_ALL);

            check_needed(&n, NET_ORIGIN, v, b);
            check_chain(&n, NET_ORIGIN, v, false, b);
            check_chain(&n, NET_ORIGIN, v, true, b);
            if (v > 1 && one_component(&n, 1, v))
                check_needed(&n, 1, v, net_ask(&n, 1, v, NET_ALL));
        }
        check_conflicts(&n);
        check_off(&n);
        if (i % 3 == 0)
            assert_int_equal(n.nconflicts, 0);
        sound += n.nconflicts == 0;
        for (size_t k = 0; k < n.nconflicts; k++)
            (*(n.conflicts[k].assumed ? &conflicts : &proven))++;
        tl_arena_free(&a);
    }
    assert_true(sound > WORLDS / 3 && conflicts > 1000 && proven > 100); /* the worlds are mixed */
}

static void
shuffle(size_t *order, size_t n, uint32_t *seed)
{
    for (size_t i = 0; i < n; i++)
        order[i] = i;
    for (size_t i = n; i > 1; i--) {
        size_t k = next(seed, (uint32_t)i), x = order[i - 1];

        order[i - 1] = order[k];
        order[k] = x;
    }
}

static void
the_order_of_edges_never_matters(void **state)
{
    uint32_t seed = 77;

    (void)state;
    for (int i = 0; i < WORLDS / 3; i++) {
        size_t order[MAX_EDGES];
        struct tl_arena a;
        struct world w;
        struct net n, m;

        tl_arena_init(&a, 64u << 20);
        make_world(&w, &seed, 15);
        shuffle(order, w.nedges, &seed);
        make_net(&n, &a, &w, NULL);
        make_net(&m, &a, &w, order);
        assert_int_equal(n.nconflicts, m.nconflicts);
        for (size_t k = 0; k < n.nconflicts; k++) {
            assert_int_equal(n.conflicts[k].nedges, m.conflicts[k].nedges);
            for (size_t e = 0; e < n.conflicts[k].nedges; e++)
                assert_int_equal(n.edges[n.conflicts[k].edges[e]].reason,
                                 m.edges[m.conflicts[k].edges[e]].reason);
        }
        for (uint32_t v = 1; v < n.nvars; v++) {
            uint32_t x[MAX_VARS + 1], y[MAX_VARS + 1];
            size_t nx = net_chain(&n, NET_ORIGIN, v, false, NET_ALL, x, MAX_VARS + 1);

            same_bounds(net_ask(&n, NET_ORIGIN, v, NET_ALL), net_ask(&m, NET_ORIGIN, v, NET_ALL));
            assert_int_equal(net_needed(&n, NET_ORIGIN, v, NET_ALL),
                             net_needed(&m, NET_ORIGIN, v, NET_ALL));
            assert_int_equal(nx, net_chain(&m, NET_ORIGIN, v, false, NET_ALL, y, MAX_VARS + 1));
            for (size_t k = 0; k < nx; k++)
                assert_int_equal(n.edges[x[k]].reason, m.edges[y[k]].reason);
        }
        tl_arena_free(&a);
    }
}

/* Without contradictions, an edge more never widens anything. */
static void
more_edges_only_narrow(void **state)
{
    uint32_t seed = 4711;

    (void)state;
    for (int i = 0; i < WORLDS / 3; i++) {
        struct tl_arena a;
        struct world w;
        struct net n, m;

        tl_arena_init(&a, 64u << 20);
        make_world(&w, &seed, 0);
        make_net(&m, &a, &w, NULL);
        w.nedges = next(&seed, (uint32_t)w.nedges + 1);
        make_net(&n, &a, &w, NULL);
        for (uint32_t v = 1; v < n.nvars; v++) {
            struct net_bounds less = net_ask(&n, NET_ORIGIN, v, NET_ALL);
            struct net_bounds more = net_ask(&m, NET_ORIGIN, v, NET_ALL);

            assert_true(more.lo_us >= less.lo_us); /* open is the least of all */
            assert_true(less.hi_us == NET_OPEN ||
                        (more.hi_us != NET_OPEN && more.hi_us <= less.hi_us));
        }
        tl_arena_free(&a);
    }
}

/* Two clocks, a window and its duration: the figures of the design's worked example. */
static void
a_window_bounds_what_lies_inside(void **state)
{
    enum { ATTEMPT = 1, FINISH, DOWN, UP };
    struct tl_arena a;
    struct net n;
    uint32_t duration, window, refuses;

    (void)state;
    tl_arena_init(&a, 1u << 20);
    net_init(&n, &a);
    for (uint32_t i = ATTEMPT; i <= UP; i++)
        assert_int_equal(net_var(&n), i);
    assert_int_equal(net_suppose(&n, 0, &duration), TL_OK);
    assert_int_equal(net_suppose(&n, 1, &window), TL_OK);
    assert_int_equal(net_suppose(&n, 2, &refuses), TL_OK);
    net_between(&n, ATTEMPT, FINISH, (struct net_bounds){2360000, 2360000}, 0, duration, NET_NONE);
    net_between(&n, DOWN, UP, (struct net_bounds){0, 3201000}, 1, NET_NONE, NET_NONE);
    net_at_least(&n, DOWN, UP, 1431425, 2, refuses, NET_NONE);
    net_at_least(&n, ATTEMPT, DOWN, 0, 3, window, NET_NONE);
    net_at_least(&n, UP, FINISH, 0, 4, window, NET_NONE);
    assert_int_equal(net_settle(&n), TL_OK);
    same_bounds(net_ask(&n, DOWN, UP, NET_ALL), (struct net_bounds){1431425, 2360000});
    same_bounds(net_ask(&n, DOWN, UP, 0), (struct net_bounds){0, 3201000});
    assert_int_equal(net_needed(&n, DOWN, UP, NET_ALL), 7);
    same_bounds(net_ask(&n, NET_ORIGIN, UP, NET_ALL), (struct net_bounds){NET_OPEN, NET_OPEN});
    tl_arena_free(&a);
}

/* The single name that contradicts what is proven goes, and nothing else for its sake. */
static void
only_what_is_contradicted_is_dropped(void **state)
{
    struct tl_arena a;
    struct net n;
    uint32_t duration, order;

    (void)state;
    tl_arena_init(&a, 1u << 20);
    net_init(&n, &a);
    net_var(&n);
    net_var(&n);
    net_suppose(&n, 0, &order);
    net_suppose(&n, 1, &duration);
    net_between(&n, NET_ORIGIN, 1, (struct net_bounds){100, 110}, 0, NET_NONE, NET_NONE);
    net_between(&n, NET_ORIGIN, 2, (struct net_bounds){100, 130}, 1, NET_NONE, NET_NONE);
    net_between(&n, 1, 2, (struct net_bounds){50, 50}, 2, duration, NET_NONE);
    net_at_least(&n, 1, 2, 5, 3, order, NET_NONE);
    assert_int_equal(net_settle(&n), TL_OK);
    assert_int_equal(n.nconflicts, 1);
    assert_true(n.conflicts[0].assumed);
    assert_int_equal(n.conflicts[0].nedges, 3);
    assert_true(n.suppositions[duration].dropped);
    assert_false(n.suppositions[order].dropped);
    same_bounds(net_ask(&n, NET_ORIGIN, 2, NET_ALL), (struct net_bounds){105, 130});
    tl_arena_free(&a);
}

/* A chain of 200,000, fed from its end, takes moves, not their square. */
static void
a_long_chain_is_walked_once(void **state)
{
    enum { LENGTH = 200000 };
    struct tl_arena a;
    struct net n;
    uint32_t edges[4];

    (void)state;
    tl_arena_init(&a, 256u << 20);
    net_init(&n, &a);
    for (uint32_t i = 1; i <= LENGTH; i++)
        net_var(&n);
    for (uint32_t i = LENGTH; i > 1; i--)
        assert_int_equal(net_at_least(&n, i - 1, i, 1, i, NET_NONE, NET_NONE), TL_OK);
    net_between(&n, NET_ORIGIN, 1, (struct net_bounds){0, 0}, 0, NET_NONE, NET_NONE);
    assert_int_equal(net_settle(&n), TL_OK);
    same_bounds(net_ask(&n, NET_ORIGIN, LENGTH, NET_ALL),
                (struct net_bounds){LENGTH - 1, NET_OPEN});
    assert_int_equal(net_chain(&n, NET_ORIGIN, LENGTH, false, NET_ALL, edges, 4), LENGTH);
    tl_arena_free(&a);
}

/* A contradiction of two among many, and far from any bound: found at once all the same. */
static void
a_small_cycle_in_a_large_part_is_found(void **state)
{
    enum { LENGTH = 20000 };
    struct tl_arena a;
    struct net n;

    (void)state;
    tl_arena_init(&a, 256u << 20);
    net_init(&n, &a);
    for (uint32_t i = 1; i <= LENGTH; i++)
        net_var(&n);
    for (uint32_t i = 2; i <= LENGTH; i++)
        net_between(&n, i - 1, i, (struct net_bounds){0, INT64_C(1) << 58}, i, NET_NONE, NET_NONE);
    net_between(&n, LENGTH / 2, LENGTH / 2 + 1, (struct net_bounds){2, 1}, 0, NET_NONE, NET_NONE);
    assert_int_equal(net_settle(&n), TL_OK);
    assert_int_equal(n.nconflicts, 1);
    assert_int_equal(n.conflicts[0].nedges, 2);
    tl_arena_free(&a);
}

static void
without_memory_it_says_so(void **state)
{
    uint32_t seed = 99;
    struct world w;

    (void)state;
    do
        make_world(&w, &seed, 30);
    while (w.nedges < MAX_EDGES / 2 || w.nsupposed == 0);
    for (size_t max = 0; max < 16384; max += 64) {
        enum tl_status st = TL_OK;
        struct tl_arena a;
        struct net n;
        uint32_t id;

        tl_arena_init(&a, max);
        net_init(&n, &a);
        for (uint32_t i = 1; i <= w.nvars; i++)
            net_var(&n);
        for (size_t i = 0; i < w.nsupposed && !st; i++)
            st = net_suppose(&n, w.names[i], &id);
        for (size_t i = 0; i < w.nedges && !st; i++)
            st = net_at_least(&n, w.edges[i].from, w.edges[i].to, w.edges[i].min_us,
                              w.edges[i].reason, w.edges[i].needs[0], w.edges[i].needs[1]);
        if (!st)
            st = net_settle(&n);
        assert_true(st == TL_OK || st == TL_ENOMEM);
        assert_int_equal(st == TL_OK, !a.failed);
        tl_arena_free(&a);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_nets_agree_with_floyd_and_warshall),
        cmocka_unit_test(the_order_of_edges_never_matters),
        cmocka_unit_test(more_edges_only_narrow),
        cmocka_unit_test(a_window_bounds_what_lies_inside),
        cmocka_unit_test(only_what_is_contradicted_is_dropped),
        cmocka_unit_test(a_long_chain_is_walked_once),
        cmocka_unit_test(a_small_cycle_in_a_large_part_is_found),
        cmocka_unit_test(without_memory_it_says_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
