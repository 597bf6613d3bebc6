/* causes.h - private to timeline/: findings that name what is behind others. */
#ifndef TL_TIMELINE_CAUSES_H
#define TL_TIMELINE_CAUSES_H

#include "timeline/server.h"

/* Why zero-downtime patching did not keep all connections. Runs are in their order. TL_ENOMEM. */
enum tl_status build_causes(struct tl_builder *b);
/* What the evidence does not hold: holes, late beginnings, what was kept too short. TL_ENOMEM. */
enum tl_status build_holes(struct tl_builder *b);

#endif
