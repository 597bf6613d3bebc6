/*
 * tighten.h - private to timeline/: what all evidence of a run gives, under named assumptions.
 *
 * Each run gets a network of its own (net.h). Its variables are rows, and the two ends of outages,
 * each of these twice: by the clock of the probe's host, and by that of AWS. Nothing but
 * `clocks-agree` connects the two, so what is known of durations holds without it.
 * docs/how-time-is-tightened.md has the constraints and why they hold.
 */
#ifndef TL_TIMELINE_TIGHTEN_H
#define TL_TIMELINE_TIGHTEN_H

#include "timeline/findings.h"
#include "timeline/net.h"

/* The names of assumptions, sorted; a bit for each. */
struct assume_names {
    struct tl_str list[NET_NAMES];
    size_t n;
    uint32_t allowed;
    uint64_t used_by[NET_NAMES];
};

enum point_kind {
    POINT_ROW,
    POINT_DOWN, /* an outage begins, by the clock of its source */
    POINT_UP,
    POINT_DOWN_AWS, /* the same by the clock of AWS */
    POINT_UP_AWS
};
struct point { /* a variable */
    enum point_kind kind;
    uint32_t of; /* row, or outage of the run */
};

enum reason_kind {
    REASON_ROW,    /* the row's own sources */
    REASON_LOOP,   /* the attempts around an end of an outage */
    REASON_LENGTH, /* the bounds of the outage's duration */
    REASON_SINCE,  /* a stated duration since another event */
    REASON_LEAST,  /* a stated duration that the outage cannot be shorter than */
    REASON_MOST,   /* a stated duration that the outage cannot be longer than */
    REASON_WINDOW,
    REASON_TWINS,
    REASON_LISTED,
    REASON_CLOCKS
};
struct reason { /* of an edge */
    enum reason_kind kind;
    uint32_t row; /* the row that says so; NONE */
    uint32_t outage;
    uint32_t need; /* SINCE: its supposition */
    int64_t us;    /* SINCE: the duration, as stated */
};

struct tighten {
    struct tl_builder *b;
    struct tl_arena arena; /* of the run at hand */
    struct plan *plan;
    struct assume_names *names;
    struct net net;
    struct point *points; /* by variable - 1 */
    size_t npoints, points_cap;
    struct reason *reasons;
    size_t nreasons, reasons_cap;
    uint32_t *var_of;   /* by row of the report: its variable; 0: it has none */
    uint32_t *down_of;  /* by outage of the run: POINT_DOWN; the others follow it. 0: none */
    uint32_t *clock_of; /* by input: 1 + supposition that its clock agrees with that of AWS */
    uint32_t *items;    /* by run: places in b->items of what tables list */
    bool writer_known;  /* zdp_writer_known of the run */
    uint32_t *end_item; /* by run: where its items end, and those of the next begin */
};

/* A variable for a row, with the interval of its own sources. */
enum tl_status tighten_row(struct tighten *t, uint32_t row, uint32_t *var);
enum tl_status tighten_reason(struct tighten *t, struct reason r, uint32_t *number);
/* The bit of a name; NONE: it may not be used. */
uint32_t tighten_name(const struct tighten *t, struct tl_str name);
/* A supposition of that name; NONE where the name may not be used. */
enum tl_status tighten_suppose(struct tighten *t, struct tl_str name, uint32_t *supposition);
/* The variables of an outage's ends: *down, then up, then both by the clock of AWS. */
enum tl_status tighten_ends(struct tighten *t, uint32_t outage, uint32_t *down);
/* That the clock that a row of this input was stamped with agrees with that of AWS; NET_NONE where
 * that needs no assumption. *usable: it may be assumed. */
enum tl_status tighten_clock(struct tighten *t, uint32_t row, uint32_t *supposition, bool *usable);
enum tl_status tighten_input_clock(struct tighten *t, uint32_t input, uint32_t *supposition,
                                   bool *usable);

/* What tables list, by run: t->items. Before the first run. */
enum tl_status tighten_list_items(struct tighten *t);

/* ---- what makes constraints ---- */
enum tl_status tighten_since(struct tighten *t);   /* stated durations */
enum tl_status tighten_outages(struct tighten *t); /* tighten_outage.c */
enum tl_status tighten_twins(struct tighten *t);
enum tl_status tighten_listed(struct tighten *t); /* tighten_listed.c */
/* A duration that a row states, by the rule; TL_UNKNOWN: it states none. */
int64_t tighten_stated(const struct tl_event *ev, const struct tl_assume_rule *rule);

/* ---- what is said ---- */
/* An assumption that evidence speaks against. */
enum tl_status tighten_dropped(struct tighten *t, struct tl_str name, const uint32_t *rows,
                               size_t nrows, struct tl_str of, struct tl_str why);
enum tl_status tighten_conflicts(struct tighten *t); /* what the network dropped */
/* The chains that make a row's fused interval, kept in the report. */
enum tl_status tighten_why(struct tighten *t, uint32_t row, uint32_t var, uint32_t names);
/* Proven narrowings, and those that their times contradict. */
enum tl_status tighten_pairs(struct tl_builder *b);

#endif
