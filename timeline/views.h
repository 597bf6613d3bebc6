/* views.h - private to timeline/: which clients saw what an instance went through. */
#ifndef TL_TIMELINE_VIEWS_H
#define TL_TIMELINE_VIEWS_H

#include "timeline/run.h"

/* The loop that saw an outage; NULL: none did. (They stand in the order of their inputs.) */
const struct loop *outage_loop(const struct tl_builder *b, const struct tl_outage *o);
/* Whether some patching of the run is announced on its cluster, too: then it is that of the
 * writer. */
bool zdp_writer_known(const struct tl_builder *b, const struct plan *p);
/* Whether the connections of the outage's endpoint go to the instance of z. */
bool zdp_has_client(const struct tl_builder *b, const struct plan *p, const struct tl_zdp *z,
                    const struct tl_outage *o, bool writer_known);

#endif
