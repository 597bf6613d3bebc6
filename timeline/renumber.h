/* renumber.h - private to timeline/: rows get other numbers; every list of them in a report
 * follows. */
#ifndef TL_TIMELINE_RENUMBER_H
#define TL_TIMELINE_RENUMBER_H

#include "timeline/build.h"

/* to[row]: its new number, ascending; NONE: it leaves. The rows themselves are the caller's. */
enum tl_status renumber_report(struct tl_builder *b, const uint32_t *to);

#endif
