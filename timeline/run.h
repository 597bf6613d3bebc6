/*
 * run.h - private to timeline/: episodes of resources, the runs they make, and what is said of
 * them.
 */
#ifndef TL_TIMELINE_RUN_H
#define TL_TIMELINE_RUN_H

#include "timeline/build.h"
#include "timeline/classes.h"

/* What a run is made of, in the order in which they claim rows. */
enum layer { LAYER_UPGRADE, LAYER_GLOBAL, LAYER_BLUEGREEN, LAYER_FAILOVER, NLAYERS };

/* What happened to one resource tree (a cluster with its instances, or a single instance). */
struct episode {
    uint32_t tree; /* resource */
    enum layer layer;
    uint32_t first, last; /* core rows */
    uint32_t began;       /* first row that is more than a backup */
    uint32_t start;       /* first row that says so: "version upgrade started"; NONE */
    uint32_t end;         /* last row that ends it; NONE */
    bool ended;
    struct tl_str from, to; /* versions; empty: not known, or several */
    uint32_t run;
    uint32_t switched; /* a blue/green switchover's: the episode of which it is a part; or NONE */
};

/* Which run an episode belongs to: a forest, its roots are the runs. */
struct joined {
    uint32_t up, next_of_tree;
    bool joined, inferred; /* of roots */
    bool ambiguous;        /* it might have been one with others, but with which? */
};

/* A phase in the making. */
struct span {
    uint32_t res;
    enum tl_phase phase;
    struct tl_instant began, ended;
    uint32_t first, last; /* the rows that say so; NONE: it follows from another, or is inferred */
    bool closed;
    bool logged;     /* by the server itself */
    bool inferred;   /* one of its ends is in no evidence */
    bool borrowed;   /* its cluster told its end */
    int64_t took_us; /* by the words of a message; TL_UNKNOWN */
};

/* A run in the making. */
struct plan {
    struct tl_run *run; /* set once runs are in their order */
    enum layer layer;
    uint32_t *episodes;
    size_t nepisodes;
    uint32_t *rows; /* ascending */
    size_t nrows;
    uint32_t *res; /* everything that takes part, by kind, region and key */
    size_t nres;
    uint32_t *own_rows; /* rows by resource: those of res[i] are own_rows[first_own[i] ..] */
    uint32_t *first_own;
    uint32_t global;  /* resource; NONE */
    uint32_t primary; /* tree of the primary cluster; NONE: not known, or there is only one */
    bool primary_proved;
    bool joined, inferred;          /* several trees; not all of it proved */
    bool seen_only;                 /* nothing but the flips of probes and of servers' logs */
    bool wrong_order;               /* the primary was upgraded before a secondary */
    tl_time from, to;               /* when it was active, side effects included */
    uint32_t began, ended, request; /* rows; NONE */
    struct tl_outage *outages;
    size_t noutages, outages_cap;
    struct tl_finding *findings;
    size_t nfindings, findings_cap;
    struct span *spans;       /* as run->phases */
    struct inferred *guesses; /* rows to be, in the order of those behind which they stand */
    size_t nguesses, guesses_cap;
};

/* A row that is inferred, until it gets its place in the report. */
struct inferred {
    struct tl_row row;
    uint32_t res;
    uint32_t after; /* the row behind which it stands */
};

/* What is said of a resource: by a row, or (row: NONE) inferred. */
struct word {
    const struct tl_event *ev;
    uint32_t res, row;
};

enum layer_role { ROLE_NONE, ROLE_START, ROLE_STEP, ROLE_END };
enum layer_role layer_role(enum layer layer, enum part part);

/* When the outage may have been, as far as its log goes. */
struct tl_instant outage_when(const struct tl_outage *o);

enum tl_status build_twins(struct tl_builder *b);
enum tl_status build_servers(struct tl_builder *b);
enum tl_status build_server_notes(struct tl_builder *b); /* findings of servers' own logs */
enum tl_status build_episodes(struct tl_builder *b);
/* Makes an episode of that row; NULL: no room. */
struct episode *episode_new(struct tl_builder *b, uint32_t tree, enum layer layer, uint32_t row);
/* Rows by tree: the rows of tree t are rows[first[t] .. first[t + 1]), ascending. */
struct tree_rows {
    uint32_t *rows, *first;
};
/* bluegreen.c: what else took part in the switchovers that there are episodes of by now. */
enum tl_status build_switchovers(struct tl_builder *b, const struct tree_rows *t);
/* The tree that a switchover is of: what bore the name before; NONE: not known. */
uint32_t switched_tree(struct tl_builder *b, const struct plan *p);
/* Adds what the id of a switchover is made of: its Region and the name that changes hands, for the
 * kind of what bears it may not be known yet. False: no name is known. */
bool switched_root(const struct tl_builder *b, const struct plan *p, struct tl_buf *out);
/* What the green side was upgraded to before it was switched to; empty: not known. */
enum tl_status switched_versions(struct tl_builder *b, const struct plan *p, struct tl_str *from,
                                 struct tl_str *to, uint32_t *row);
/* Whether an instance that went down in a switchover came up under its other name. */
bool switched_restart(const struct tl_builder *b, const struct plan *p, uint32_t shutdown);
enum tl_status run_switchover(struct tl_builder *b, struct plan *p); /* bluegreen.c: findings */
enum tl_status build_joins(struct tl_builder *b);
/* The episode that stands for the run of e. */
uint32_t joined_root(const struct tl_builder *b, uint32_t e);
/* A run that only probes saw: its endpoint showed another version. */
enum tl_status plan_of_flip(struct tl_builder *b, uint32_t tree, uint32_t row, uint32_t *plan);

enum tl_status build_plans(struct tl_builder *b);
enum tl_status build_attach(struct tl_builder *b);
void attach_calls(struct tl_builder *b); /* calls.c: before there are runs of flips */
enum tl_status build_runs(struct tl_builder *b);
enum tl_status build_tighten(struct tl_builder *b); /* fused intervals */
enum tl_status build_claims(struct tl_builder *b);
enum tl_status build_suggestions(struct tl_builder *b); /* findings on words that are missing */
enum tl_status build_notes(struct tl_builder *b);       /* claims included */
/* The rows that are inferred get their places: nothing may know rows by number any more. */
enum tl_status build_inferred(struct tl_builder *b);
enum tl_status build_filter(struct tl_builder *b);

/* The place of the first row whose `at` is not before that moment. */
size_t first_row_at(const struct tl_builder *b, tl_time at);
/* The rows that show an outage, at most four, ascending. */
size_t outage_rows(const struct tl_builder *b, const struct tl_outage *o, uint32_t rows[4]);
/* What an outage does not show, as findings of p, or (NULL) of no run. */
enum tl_status outage_findings(struct tl_builder *b, struct plan *p, const struct tl_outage *o);

/* ---- what is said of one run; each fills its part of p->run, in this order ---- */
enum tl_status run_resources(struct tl_builder *b, struct plan *p);  /* roles.c */
enum tl_status run_versions(struct tl_builder *b, struct plan *p);   /* versions.c */
enum tl_status run_strategy(struct tl_builder *b, struct plan *p);   /* strategy.c */
enum tl_status run_ends(struct tl_builder *b, struct plan *p);       /* clocks.c: began, ended */
enum tl_status run_verdict(struct tl_builder *b, struct plan *p);    /* verdict.c: proof, ended */
enum tl_status run_expect(struct tl_builder *b, struct plan *p);     /* expect.c */
enum tl_status run_zdp(struct tl_builder *b, struct plan *p);        /* zdp.c */
enum tl_status run_phases(struct tl_builder *b, struct plan *p);     /* phases.c */
enum tl_status run_critical(struct tl_builder *b, struct plan *p);   /* critical.c */
enum tl_status run_silences(struct tl_builder *b, struct plan *p);   /* silence.c */
enum tl_status run_clocks(struct tl_builder *b, struct plan *p);     /* clocks.c */
enum tl_status run_parameters(struct tl_builder *b, struct plan *p); /* parameters.c */
enum tl_status run_findings(struct tl_builder *b, struct plan *p);   /* judge.c */
enum tl_status run_request(struct tl_builder *b, struct plan *p);    /* requests.c */
bool have_trail(const struct tl_builder *b); /* whether CloudTrail records were given */
/* holes.c: whether the start of an upgrade that ended is not in the evidence. */
bool run_begins_late(const struct tl_builder *b, const struct plan *p);

/* How far apart two versions are. */
enum change { CHANGE_UNKNOWN, CHANGE_NONE, CHANGE_PATCH, CHANGE_MINOR, CHANGE_MAJOR };
/* standalone: of an instance that is in no cluster, whose "8.0.42" counts otherwise. */
enum change version_change(struct tl_str from, struct tl_str to, bool standalone);
/* Whether a comes before b in the count of versions, as far as both go. */
bool version_is_older(struct tl_str a, struct tl_str b);
/* The leading numbers of a version ("8.0.mysql_aurora.3.10.0": 3, 10, 0), and how many. */
enum { VERSION_PARTS = 4 };
size_t version_numbers(struct tl_str v, int64_t part[VERSION_PARTS]);
/* What of the two is less exact may stand for the other: 17.5 and 17.5.4. */
bool version_agrees(struct tl_str a, struct tl_str b);

/* The tree of a row, and the kind of what it stands on. */
static inline uint32_t
row_tree(const struct tl_builder *b, uint32_t row)
{
    return b->res[b->rowx[row].res].tree;
}
static inline const struct res *
row_res(const struct tl_builder *b, uint32_t row)
{
    return &b->res[b->rowx[row].res];
}
/* Where a resource stands in p->res, while p is the run at hand; NONE: it takes no part. */
static inline uint32_t
place_in(const struct tl_builder *b, const struct plan *p, uint32_t res)
{
    uint32_t place = b->place[res];

    return place < p->nres && p->res[place] == res ? place : NONE;
}
/* Its resource as runs name it: identifier, or label. */
static inline struct tl_str
res_name(const struct res *r)
{
    return r->id.n > 0 ? r->id : r->label;
}
/* From a to b: {earliest b - latest a, latest b - earliest a}, not below 0. */
struct tl_span span_between(const struct tl_instant *a, const struct tl_instant *b);

/* The event of a row, and whether it is of that class. */
static inline const struct tl_event *
row_event(const struct tl_builder *b, uint32_t row)
{
    return &b->report->rows[row].ev;
}
/* Whether a row shows that a version took the place of another: a probe's, or a server's own log.
 */
static inline bool
row_is_flip(const struct tl_builder *b, uint32_t row)
{
    const struct tl_event *ev = row_event(b, row);

    return tl_str_eq(ev->cls, TL_STR("probe.version-changed")) ||
           ((tl_str_eq(ev->cls, TL_STR("log.starting-up")) ||
             tl_str_eq(ev->cls, TL_STR("log.ready"))) &&
            tl_event_field(ev, TL_STR("to_version")) != NULL);
}
/* Whether a row tells again what another one has told. */
static inline bool
row_repeats(const struct tl_builder *b, uint32_t row)
{
    return b->report->rows[row].twin_of != NONE;
}
static inline bool
row_is(const struct tl_builder *b, uint32_t row, struct tl_str cls)
{
    return tl_str_eq(row_event(b, row)->cls, cls);
}

#endif
