/* when.h - the times of --since, --until and --window. */
#ifndef TL_CLI_WHEN_H
#define TL_CLI_WHEN_H

#include "core/model.h"
#include "core/zone.h"

struct when {       /* at most one of the two is set */
    tl_time at;     /* TL_TIME_NONE: not given */
    int64_t ago_us; /* "-2h"; TL_UNKNOWN: not given. Counts back from the newest evidence */
};
#define WHEN_NONE ((struct when){TL_TIME_NONE, TL_UNKNOWN})

/*
 * RFC 3339, a date, a date and time without offset (then in `tz`), or "-2h". An empty text is
 * WHEN_NONE. `option` stands in the sentence of TL_EUSAGE.
 */
enum tl_status when_read(const char *option, struct tl_str text, struct tl_zones *zones,
                         const struct tl_zone *tz, struct when *out, struct tl_error *err);
/* "T1/T2", either empty; TL_TIME_NONE for what is. */
enum tl_status window_read(struct tl_str text, struct tl_zones *zones, const struct tl_zone *tz,
                           tl_time *from, tl_time *to, struct tl_error *err);

#endif
