/* listing.h - private to timeline/: the order in which sources list, and texts that say the same.
 */
#ifndef TL_TIMELINE_LISTING_H
#define TL_TIMELINE_LISTING_H

#include "timeline/build.h"

/* Whether the place of the item in its source says anything about time. */
bool listing_counts(const struct item *it);
/* Sets `pos` of every item and puts b->items in that order, oldest first within each listing. */
void listing_direct(struct tl_builder *b);
/* Sets `text` of every item: whitespace collapsed, case folded, final stop dropped. */
enum tl_status listing_texts(struct tl_builder *b);

#endif
