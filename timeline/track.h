/*
 * track.h - private to timeline/: the state of one loop while its attempts are folded.
 */
#ifndef TL_TIMELINE_TRACK_H
#define TL_TIMELINE_TRACK_H

#include "core/names.h"
#include "timeline/series.h"

enum { PERIOD_BUCKETS = 512, MIN_GAPS = 5, MAX_TEXT_KEPT = 2000, MAX_ROW_GAPS = 64 };

/* A stretch of failures that nothing breaks. */
struct stretch {
    tl_time first_end;    /* of its first attempt; TL_TIME_NONE: not in the log */
    tl_time second_start; /* of its second attempt; TL_TIME_NONE: there is none */
    tl_time last_start;   /* of its last: a lower bound */
    bool open;            /* no attempt after its first yet */
};

/* An outage being folded: raw figures, before the loop's sleep is applied. */
struct fold {
    struct tl_outage out;
    struct stretch stretch;
    int64_t best_us;  /* longest stretch: last start - first end, raw; TL_UNKNOWN: none */
    bool best_exact;  /* the first end of it is in the log: no sleep to add */
    tl_time a_start;  /* lower bound of the start of the last ok; TL_TIME_NONE: none */
    tl_time f1_start; /* lower bound of the start of the first failure */
    tl_time f1_stamp, b_stamp;
    tl_time f1_end; /* upper bound of the end of the first failure; TL_TIME_NONE: not known */
    bool f1_end_exact;
    tl_time fn_start;              /* lower bound of the start of the last failure */
    tl_time b_end;                 /* upper bound of the end of the first ok after it */
    bool b_end_exact, start_exact; /* nothing of the sleep in these */
    bool stepped;                  /* the clock went back in it */
    bool closed, settled;          /* an ok came; the attempt after that came */
    size_t nblind, blind_cap;
    struct tl_gap *blind;
};

struct row_gap { /* of inserted rows: a stretch without any */
    tl_time from, to;
    struct tl_str version;
};

struct track {
    struct tl_arena *arena;
    uint32_t block;
    struct tl_str host;
    bool named_ok;    /* a success named a host */
    bool other_hosts; /* the loop named another host as well */
    struct tl_str other_host;
    struct tl_attempt prev; /* the attempt before; version unset */
    bool has_prev, prev_ok;
    bool prev_twofold;  /* its local time came twice that day: see track_add */
    tl_time prev_start; /* lower bound of its start */
    struct tl_str version, version_first;
    tl_time version_start; /* lower bound of the start of the last attempt that showed it */
    struct version_flip *flips;
    size_t nflips, flips_cap;
    uint64_t attempts, ok, rows_seen;
    uint64_t access[4];
    tl_time first, last;
    uint32_t buckets[PERIOD_BUCKETS]; /* distances between attempts, by size */
    uint64_t distances;
    int64_t nearest_us; /* the smallest of them, widened by the stamps' resolution; TL_UNKNOWN */
    struct fold *folds;
    size_t nfolds, folds_cap;
    struct tl_event *rows;
    size_t nrows, rows_cap;
    bool in_outage;
    bool want_version_after;
    bool stepped; /* the clock went back, or its time came twice, somewhere */
    /* the last failure, kept without an allocation per attempt */
    struct tl_event fail;
    struct tl_attempt fail_attempt;
    char fail_text[MAX_TEXT_KEPT], fail_host[256], fail_region[32];
    bool fail_is_first; /* the outage has one failure so far: its row is there already */
    struct row_gap row_gaps[MAX_ROW_GAPS]; /* the longest */
    size_t nrow_gaps;
};

enum tl_status track_add(struct track *t, const struct tl_event *ev);
/* Applies the sleep (TL_UNKNOWN: not known) and hands out what was folded. */
enum tl_status track_finish(struct track *t, int64_t sleep_us, struct series *out);

/* Keeps a row for the report. */
enum tl_status track_keep_row(struct track *t, const struct tl_event *ev);

/* Takes the stretch at hand into account for the fold's longest. */
void track_end_stretch(struct fold *f);

/* The loop's period as seen so far: the median distance (upper edge); TL_UNKNOWN: too few. */
int64_t track_period(const struct track *t);
/* Counts a distance between two attempts (>= 0). */
void track_distance(struct track *t, int64_t us);

#endif
