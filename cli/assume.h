/* assume.h - --assume: which assumptions the reconstruction may use. */
#ifndef TL_CLI_ASSUME_H
#define TL_CLI_ASSUME_H

#include "cli/session.h"
#include "timeline/timeline.h"

/* Sets rules, assume_some and assume of *b from the catalogue and from --assume. TL_EUSAGE names
 * the assumptions that there are. Lists lie in s->arena. */
enum tl_status assume_read(struct session *s, struct tl_build_options *b, struct tl_error *err);

#endif
