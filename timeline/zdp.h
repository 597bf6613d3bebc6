/* zdp.h - private to timeline/: zero-downtime patching, and why it was not used. */
#ifndef TL_TIMELINE_ZDP_H
#define TL_TIMELINE_ZDP_H

#include "timeline/run.h"

enum { DESIGN_ROWS = 4 };

/* A documented reason why an instance was restarted without zero-downtime patching. */
struct design {
    struct tl_str reason;   /* "it is not used for readers"; empty: there is none */
    struct tl_str evidence; /* how that is known */
    uint32_t rows[DESIGN_ROWS];
    size_t nrows; /* rows of the report that prove it, beside the restart itself */
};

/*
 * The reason for instance `res` of the run p. attempt: a row of the attempt of another instance of
 * its cluster, NONE: there was none. With no reason, out->evidence says what speaks for an attempt
 * (it may be empty). TL_ENOMEM.
 */
enum tl_status zdp_design(struct tl_builder *b, const struct plan *p, uint32_t res,
                          uint32_t attempt, struct design *out);

/* The version that the tree of an instance had before the run; empty: not known. */
struct tl_str version_before(const struct tl_builder *b, const struct plan *p, uint32_t res);

/* A release from which on something is so, by major version. */
struct release {
    int64_t major, minor;
};
/* Whether a version comes before the release of its major version, or before all of the list;
 * false for one that is not known. *since: that release (NULL: not asked for). */
bool version_precedes(struct tl_str v, const struct release *list, size_t n, struct release *since);

#endif
