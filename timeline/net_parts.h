/* net_parts.h - private to net.c and net_settle.c: the components of a network. */
#ifndef TL_TIMELINE_NET_PARTS_H
#define TL_TIMELINE_NET_PARTS_H

#include "timeline/net.h"

/* No difference is longer (35,000 years): sums of distances never overflow. */
#define NET_FAR (INT64_C(1) << 59)

/* Variables that edges connect, the origin aside. */
struct net_part {
    uint32_t *vars; /* ascending */
    uint32_t nvars;
    uint32_t out, in; /* first edge from and to the origin, number + 1 */
    uint32_t names;   /* of its suppositions that stand */
};

/*
 * Longest paths from source (backward: to it) to all variables of the part, over the edges that
 * stand and need those names only; source NET_NONE: from everywhere, each variable beginning at 0.
 * Leaves n->dist (NET_OPEN: no path) and n->by (the last edge, number + 1).
 * Returns a variable on an impossible cycle, or NET_NONE.
 */
uint32_t net_longest(struct net *n, const struct net_part *p, uint32_t source, bool backward,
                     uint32_t names);

#endif
