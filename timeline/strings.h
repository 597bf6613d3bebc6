/*
 * strings.h - private to timeline/: texts by number, each kept once.
 *
 * Events repeat themselves: classes, regions, messages. A text's number is its place of first
 * appearance; equal texts have equal numbers. Numbers never show in output: they depend on the
 * order in which inputs were fed.
 */
#ifndef TL_TIMELINE_STRINGS_H
#define TL_TIMELINE_STRINGS_H

#include "core/arena.h"

struct strings {
    struct tl_arena *arena;
    struct tl_str *list; /* by number; list[0] is the empty text */
    size_t n, cap;
    struct strings_slot {
        uint32_t number; /* + 1; 0: free */
        uint32_t tag;    /* of its hash: a text that differs is hardly ever looked at */
    } * slots;
    size_t nslots;
};

/* False: no room. The arena owns everything. */
bool strings_init(struct strings *s, struct tl_arena *arena);
/* The number of `text`, which is copied when it is new. False: no room, *id unchanged. */
bool strings_id(struct strings *s, struct tl_str text, uint32_t *id);
/* The same for n texts, at most STRINGS_BATCH, which is quicker: what is known of them is spread
 * over memory, and comes from there at once. */
enum { STRINGS_BATCH = 16 };
bool strings_ids(struct strings *s, const struct tl_str *texts, size_t n, uint32_t *ids);
/* False: not there. */
bool strings_find(const struct strings *s, struct tl_str text, uint32_t *id);

#endif
