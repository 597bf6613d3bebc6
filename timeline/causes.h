/* causes.h - private to timeline/: findings that name what is behind others. */
#ifndef TL_TIMELINE_CAUSES_H
#define TL_TIMELINE_CAUSES_H

#include "timeline/server.h"

/* Whose logs there are: by tree, and by run where a log was given to one that names another tree.
 */
struct logs {
    uint32_t *of_tree;      /* by resource: place of the first server among the servers; NONE */
    uint32_t *next_of_tree; /* by server; NONE */
    uint32_t *of_run;  /* by run: the only server with an outage in it; NONE: none or several */
    uint32_t *pending; /* rows: changes of parameter groups that wait for a restart */
    size_t npending;
};
enum tl_status logs_index(struct tl_builder *b, struct logs *out);
enum tl_status pending_index(struct tl_builder *b, struct logs *l); /* its part of that */

/* A session that ended, by its process. */
struct ended {
    int64_t pid;
    uint32_t row;
};

/* One attempt (or the restart without one) and the log of its server. */
struct question {
    struct plan *p;
    const struct tl_zdp *z;
    uint32_t run, res;
    tl_time from, to;       /* the attempt */
    const struct server *s; /* NULL: none is known */
    bool covered;           /* its log has lines before and after the attempt */
    size_t first, last;     /* of s->rows: since its last start, to the end of the attempt */
    struct ended *ended;    /* by process, then row */
    size_t nended;
};

/* Rows that a finding of a run cites are rows of that run. */
void causes_adopt(struct tl_builder *b, const struct question *q, const uint32_t *rows, size_t n);
/* What else may be behind it. *any: set where something surely is. */
enum tl_status zdp_hints(struct tl_builder *b, const struct logs *l, const struct question *q,
                         bool *any);

/* Why zero-downtime patching did not keep all connections. Runs are in their order. TL_ENOMEM. */
enum tl_status build_causes(struct tl_builder *b, const struct logs *logs);
/* What the evidence does not hold: holes, late beginnings, what was kept too short. TL_ENOMEM. */
enum tl_status build_holes(struct tl_builder *b, const struct logs *logs);

#endif
