/* suggest.h - the name that somebody may have meant. */
#ifndef TL_CLI_SUGGEST_H
#define TL_CLI_SUGGEST_H

#include "core/str.h"

struct suggestion {
    struct tl_str wrong; /* what was written */
    const char *best;    /* NULL: nothing comes near */
    unsigned distance;   /* letters to change, insert or drop */
};

/* Offers a candidate; the nearest one stays, the first of equals. */
void suggest_offer(struct suggestion *s, const char *candidate);

#endif
