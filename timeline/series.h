/*
 * series.h - private to timeline/: the attempts of a probe loop, folded into outages.
 *
 * One pass, memory by outages and not by attempts. The definitions stand in DESIGN, "How an outage
 * is bounded", and docs/how-outages-are-bounded.md.
 */
#ifndef TL_TIMELINE_SERIES_H
#define TL_TIMELINE_SERIES_H

#include "core/model.h"

struct series_set; /* the loops of one input */

/* One version took the place of another, by the clock of the loop's host. Of the last attempt that
 * showed the one before only a bound of its start is sure, of the first that showed the other one
 * of its end; TL_TIME_NONE: not known. */
struct version_flip {
    struct tl_str from, to;
    tl_time old_start;                  /* it cannot have begun before that */
    tl_time new_end;                    /* it had ended by then */
    tl_time stamp;                      /* of the first attempt that showed `to` */
    bool old_exact, new_exact, settled; /* while folding: nothing of the sleep in these */
};

/* One loop of an input, folded. Texts are in the arena. */
struct series {
    uint32_t block;
    struct tl_str endpoint;      /* host where known, else the best name there is */
    struct tl_str endpoint_from; /* "as", "host", "document", "name", "input" (the input's name) */
    struct tl_str region, region_from;
    struct tl_str host;              /* empty: no host name is known */
    struct tl_str cluster, instance; /* ids: of the host, or named by --as */
    struct tl_outage *outages;       /* in the order of the log; input is TL_NO_INDEX */
    size_t noutages;
    struct tl_event *rows; /* first and last failures, first successes, version changes */
    size_t nrows;
    tl_time first, last; /* stamps */
    uint64_t attempts, attempts_ok;
    struct tl_str version_first, version_last; /* empty: it shows none */
    struct tl_str *contradictions;             /* sentences for hint.contradicted */
    size_t ncontradictions;
    bool rows_only; /* inserted rows with times: successes without attempts between them */
    bool stepped;   /* its clock went back, or its local time came twice */
    struct version_flip *flips;
    size_t nflips;
};
struct series_result {
    struct series *list; /* by block, then first appearance */
    size_t n;
};

/* NULL: no room. */
struct series_set *series_new(struct tl_arena *a);
/* Takes one event with ev->attempt; copies what it needs. Attempts come in the order of the log. */
enum tl_status series_add(struct series_set *s, const struct tl_event *ev);
/* src gives the hints (endpoint, region, sleep …) and elisions. The set is spent. */
enum tl_status series_finish(struct series_set *s, const struct tl_source *src,
                             struct series_result *out);

#endif
