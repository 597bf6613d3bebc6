/*
 * net.h - private to timeline/: a simple temporal network. Moments, and differences between them.
 *
 * A variable is a moment. An edge says `to - from >= min_us`; two of them make an interval. Own
 * bounds of a variable are edges from and to NET_ORIGIN, the moment 0. An edge may need up to
 * NET_NEEDS suppositions: single uses of a named assumption. An edge that needs none is proven.
 *
 * Use: add variables, suppositions and edges; net_settle; then ask. A cycle whose differences add
 * up to more than 0 cannot be: if any of its edges needs a supposition, all of those that it needs
 * are dropped (one of them is false, and nothing says which); if none does, its edges between
 * variables are (or, where there are none, its own bounds). Each is noted as a conflict, and the
 * rest stands. Every cycle is simple, so without any one of its edges it would be possible.
 *
 * What is answered depends on the variables, their numbers, and the set of the edges, never on the
 * order in which edges were added. Time: near linear in edges for nets whose constraints mostly
 * run one way in time; at worst edges times variables of one component.
 */
#ifndef TL_TIMELINE_NET_H
#define TL_TIMELINE_NET_H

#include <stdint.h>

#include "core/arena.h"
#include "core/status.h"

#define NET_NONE   UINT32_MAX
#define NET_ORIGIN 0U
#define NET_ALL    UINT32_MAX /* every name */
#define NET_OPEN   INT64_MIN  /* that side has no bound */

enum { NET_NEEDS = 2, NET_NAMES = 32 };

struct net_edge {
    uint32_t from, to;
    int64_t min_us;
    uint32_t reason;           /* the caller's */
    uint32_t needs[NET_NEEDS]; /* suppositions; NET_NONE */
    bool off;                  /* part of a contradiction among proven edges */
};

struct net_supposition {
    uint32_t name; /* below NET_NAMES */
    bool dropped;
};

struct net_conflict {
    uint32_t *edges; /* a simple cycle, in its direction, from its smallest variable on */
    size_t nedges;
    bool assumed; /* suppositions were dropped; else proven edges contradict each other */
};

/* A difference: lo_us <= target - source <= hi_us. */
struct net_bounds {
    int64_t lo_us, hi_us; /* NET_OPEN */
};

struct net {
    struct tl_arena *arena;
    struct net_edge *edges; /* sorted once settled */
    size_t nedges, edges_cap;
    struct net_supposition *suppositions;
    size_t nsuppositions, suppositions_cap;
    struct net_conflict *conflicts;
    size_t nconflicts, conflicts_cap;
    uint32_t nvars; /* NET_ORIGIN included */

    struct net_part *parts; /* connected components */
    size_t nparts;
    uint32_t *part_of;                       /* by variable */
    uint32_t *vars;                          /* by part */
    uint32_t *out, *in, *next_out, *next_in; /* edges by variable, number + 1 */
    int64_t *dist;
    uint32_t *by, *queue, *seen;
    bool *queued;
};

/* Everything is taken from the arena, which must outlive the net. */
void net_init(struct net *n, struct tl_arena *arena);
/* A new variable: its number, from 1 on in the order of calls. */
uint32_t net_var(struct net *n);
enum tl_status net_suppose(struct net *n, uint32_t name, uint32_t *supposition);

/* to - from >= min_us, under two suppositions (NET_NONE: none). */
enum tl_status net_at_least(struct net *n, uint32_t from, uint32_t to, int64_t min_us,
                            uint32_t reason, uint32_t need, uint32_t also);
/* lo_us <= to - from <= hi_us; either may be NET_OPEN. */
enum tl_status net_between(struct net *n, uint32_t from, uint32_t to, struct net_bounds b,
                           uint32_t reason, uint32_t need, uint32_t also);

/* Finds the components and every contradiction. No edges may be added afterwards. */
enum tl_status net_settle(struct net *n);

/*
 * The tightest bounds of target - source that edges with those names (a bit each) give. Both in
 * one component, or one of them the origin; otherwise open.
 */
struct net_bounds net_ask(struct net *n, uint32_t source, uint32_t target, uint32_t names);
/* The same for every variable of the component of `var`, as moments: lists of net_part_size
 * elements in the order of net_part_vars. */
size_t net_part_vars(const struct net *n, uint32_t var, const uint32_t **vars);
void net_ask_all(struct net *n, uint32_t var, uint32_t names, struct net_bounds *out);
/* The names that undropped suppositions of that component have. */
uint32_t net_part_names(const struct net *n, uint32_t var);

/*
 * Names that give target - source the bounds that all of `names` give; none of them can be left
 * out. Where one of two would do, the one of the higher number is kept.
 */
uint32_t net_needed(struct net *n, uint32_t source, uint32_t target, uint32_t names);

/*
 * The edges that make the lower (or upper) bound of target - source, from source to target (from
 * target to source). At most max; the number of all is returned, 0 for an open bound.
 */
size_t net_chain(struct net *n, uint32_t source, uint32_t target, bool upper, uint32_t names,
                 uint32_t *edges, size_t max);

#endif
