/* causes.h - private to timeline/: findings that name what is behind others. */
#ifndef TL_TIMELINE_CAUSES_H
#define TL_TIMELINE_CAUSES_H

#include "timeline/server.h"

/* Whose logs there are: by tree, and by run where a log was given to one that names another tree.
 */
struct logs {
    uint32_t *of_tree;      /* by resource: place of the first server among the servers; NONE */
    uint32_t *next_of_tree; /* by server; NONE */
    uint32_t *of_run; /* by run: the only server with an outage in it; NONE: none or several */
};
enum tl_status logs_index(struct tl_builder *b, struct logs *out);

/* Why zero-downtime patching did not keep all connections. Runs are in their order. TL_ENOMEM. */
enum tl_status build_causes(struct tl_builder *b, const struct logs *logs);
/* What the evidence does not hold: holes, late beginnings, what was kept too short. TL_ENOMEM. */
enum tl_status build_holes(struct tl_builder *b, const struct logs *logs);

#endif
