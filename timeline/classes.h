/* classes.h - private to timeline/: what a class of events means to a run. */
#ifndef TL_TIMELINE_CLASSES_H
#define TL_TIMELINE_CLASSES_H

#include "core/str.h"

/* The part that an event plays in a run of its resource. */
enum part {
    PART_NONE,   /* none: it belongs to a run only by standing inside it */
    PART_SIDE,   /* a side effect: joins a run that it borders on */
    PART_START,  /* of an upgrade, patch or OS update */
    PART_STEP,   /* proves that one is under way */
    PART_END,    /* ends it, well or badly */
    PART_GSTART, /* the same of a global switchover or failover */
    PART_GSTEP,
    PART_GEND,
    PART_BSTART, /* of a blue/green switchover */
    PART_BSTEP,
    PART_BEND,
    PART_FSTART, /* of a failover */
    PART_FSTEP,
    PART_FEND,
    PART_REQUEST /* an API call */
};

struct class_info {
    struct tl_str cls; /* ends in "." or "-": every class that begins so */
    enum part part;
    int rank; /* among events of one moment: what comes first in the nature of things */
};

/* Never NULL: the last row of the list fits everything. */
const struct class_info *class_info(struct tl_str cls);

#endif
