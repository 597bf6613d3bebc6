/*
 * sort.h - private to timeline/: many numbered things by a number.
 *
 * A million rows are compared twenty million times by qsort, each time with a look at both; here
 * each is looked at once to make its key, and what the keys leave open is sorted by content.
 */
#ifndef TL_TIMELINE_SORT_H
#define TL_TIMELINE_SORT_H

#include "core/arena.h"
#include "core/time.h"

struct sort_key {
    uint64_t key;
    uint32_t which; /* of the things that are sorted */
};

/* Smallest key first; equal keys stay in their order. `a` takes a copy of them. False: no room. */
bool sort_keys(struct tl_arena *a, struct sort_key *list, size_t n);

/* Earlier moments have smaller keys. */
static inline uint64_t
sort_time(tl_time t)
{
    return (uint64_t)t ^ UINT64_C(0x8000000000000000);
}

#endif
