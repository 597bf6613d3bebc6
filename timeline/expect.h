/*
 * expect.h - private to timeline/: the steps that a run of a strategy goes through, as data, and
 * what must have happened though no evidence tells of it. docs/phases-and-clocks.md.
 */
#ifndef TL_TIMELINE_EXPECT_H
#define TL_TIMELINE_EXPECT_H

#include "timeline/run.h"

/* Steps that only come together: those of a group are expected of a resource of which one is told.
 */
enum step_group { GROUP_ALWAYS, GROUP_PRECHECK, GROUP_ZDP, GROUP_RESTART, GROUP_ENGINE };

struct step {
    struct tl_str cls, other; /* either class tells it; other: may be empty */
    enum tl_kind on; /* whose step it is; OTHER: of the cluster or of one of its instances */
    enum step_group group;
    bool required; /* else it is told of some engines, versions and channels only */
};

/* The steps of a strategy in their order, for one cluster with its instances or for one instance.
 */
struct model {
    uint32_t strategies; /* a bit each */
    enum tl_kind of;
    const struct step *steps;
    size_t nsteps;
};

/* NULL: nothing is expected of such a run. */
const struct model *model_of(enum tl_strategy strategy, enum tl_kind tree);

static inline bool
step_is(const struct step *s, struct tl_str cls)
{
    return tl_str_eq(s->cls, cls) || (s->other.n > 0 && tl_str_eq(s->other, cls));
}

/* How many of the steps that the run's strategy leads to expect are told: run->sequence. */
enum tl_status run_sequence(struct tl_builder *b, struct plan *p);

#endif
