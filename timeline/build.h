/*
 * build.h - private to timeline/: one reconstruction, step by step.
 *
 *   builder.c   feeding: items by input                    items
 *   identify.c  whose event each item is                   resources
 *   merge.c     items that tell the same event             rows
 *   proven.c    what must have begun before it ended       rows, narrowed
 *   order.c     their order                                rows, sorted
 *   twins.c     the same fact on cluster and instance
 *   server.c    when servers served, by their own logs     servers
 *   episodes.c  what happened to one resource tree         episodes
 *   skew.c      how far clocks are apart                   skew
 *   runs.c      episodes of one upgrade                    runs
 *   tighten.c   what all evidence of a run gives           fused intervals
 *   …           what there is to say of a run
 *
 * Everything here returns TL_OK or TL_ENOMEM. What outlives tl_builder_finish is in b->arena, items
 * are in b->feed, the rest is in b->scratch.
 */
#ifndef TL_TIMELINE_BUILD_H
#define TL_TIMELINE_BUILD_H

#include "core/names.h"
#include "timeline/series.h"
#include "timeline/strings.h"
#include "timeline/timeline.h"

#define NONE TL_NO_INDEX

/* An event as it was fed, with its texts by number. */
struct item {
    struct tl_instant when;
    const struct tl_field *fields;
    uint32_t nfields;
    uint32_t line, block;
    uint32_t input; /* place among the inputs of the report */
    uint32_t cls, event_id, carried_id, near, doc, message, channel_id;
    uint32_t source_type, account, region, id, arn, cluster, label;
    unsigned char severity, phase, edge, channel, kind;
    bool labelled; /* the record had no identifier of its own */
    uint32_t res;  /* whose event: index of a struct res */
    uint32_t text; /* number of the normalised message */
    uint32_t listing;
    uint32_t pos; /* place in the listing, oldest first */
    uint32_t row; /* what it became */
};

/* The items of an input: as many in a chunk as in all before it, within limits. */
enum { FIRST_ITEMS = 4, MOST_ITEMS = 1024 };
struct chunk {
    struct chunk *next;
    size_t n, cap;
    struct item items[];
};

struct input {
    struct tl_source src;
    bool has_source, unnamed;
    struct chunk *first, *last;
    size_t nitems;
    struct series_set *series; /* NULL: it has no probe attempts */
    uint32_t index;            /* in the report */
};

struct role { /* proved by topology */
    struct role *next;
    enum tl_role role;
};

/* A resource. Index 0 is the resource of events that name none and have no input of their own. */
struct res {
    struct tl_str key, account, region, id, label, arn, source_type;
    struct tl_str class_, engine, version, mode, window; /* of topology; "?": it says several */
    enum tl_kind kind;
    uint32_t input;   /* without a region it is this input's own; else NONE */
    uint32_t cluster; /* resource; NONE: not known, or it is none's member */
    uint32_t global;  /* resource; of clusters */
    uint32_t tree;    /* its cluster, or itself */
    bool cluster_proved, global_proved;
    bool labelled; /* some record meant it without an identifier */
    bool aurora;   /* it tells of what only instances of Aurora clusters do */
    struct role *roles;
};

/* A probe loop and whose endpoint it asked. */
struct loop {
    struct series *series;
    uint32_t input;
    uint32_t res;      /* the endpoint */
    uint32_t instance; /* the instance that it names; NONE */
    uint32_t tree;     /* what it is an endpoint of; its own when that is not known */
    uint32_t run;
};

struct accounts {
    struct strings bases; /* region, kind and id */
    uint32_t *account;    /* by number of the base; 0: none known, UINT32_MAX: several */
    size_t cap;
};

/* What was found out about an ARN, or about who an item is of (memo.c). Each has one place that it
 * may be in, where a later one takes it over. */
struct arn_memo {
    uint32_t arn; /* number of a text; 0: free */
    uint32_t region, account, id, source_type;
    enum tl_kind kind;
    bool is_arn;
};
struct who_memo {
    uint32_t source_type, account, region, id, arn, cluster, label; /* numbers of texts */
    uint32_t input; /* where that matters: they name no region, or no resource; else NONE */
    unsigned char kind;
    bool used, noted; /* noted: as an account's */
    uint32_t res;     /* NONE: not placed yet */
};

/* A row before it has its place: the items that tell one event, best proof first. */
struct proto {
    tl_time at, earliest, latest;
    uint32_t res, text;
    uint32_t first, n; /* of b->proofs */
};

/* Two rows of which the first cannot have come after the second. */
struct pair {
    uint32_t first, second; /* of b->protos */
    bool contradicted;      /* but by their times it did */
};

/* What is known of a row beyond what the report shows. */
struct rowx {
    uint32_t res, text;
    uint32_t episode, plan;
    unsigned char part; /* enum part */
    uint32_t twin;      /* the row that is its twin; NONE */
};

/* Fields as events repeat them: equal ones are kept once. */
struct field_sets {
    struct strings keys;
    const struct tl_field **list; /* by number of the key */
    size_t cap;
};

struct tl_builder {
    struct tl_arena *arena;
    struct tl_build_options options;
    struct strings strings;
    struct field_sets fields;
    struct tl_arena *feed; /* inner: the items, until the report is built */
    struct input **inputs; /* in the order of arrival; by name and sha256 once finishing */
    size_t ninputs, inputs_cap;
    struct strings names;   /* of inputs that events named and no source closed yet */
    struct input **by_name; /* by number of `names`; NULL: closed */
    size_t by_name_cap;
    struct input *current;

    struct tl_arena scratch;
    struct tl_report *report;
    struct item **items; /* all that count, by input, block, line */
    size_t nitems;
    size_t nlistings;
    const struct class_info **class_of; /* by number of a text; NULL: not asked yet */
    struct accounts accounts;
    struct arn_memo *arns;
    struct who_memo *whos;
    size_t nmemos;       /* of each of both: a power of two */
    struct strings keys; /* number - 1 is the resource */
    struct res *res;
    size_t nres, res_cap;
    struct loop *loops;
    size_t nloops;
    struct proto *protos;
    size_t nprotos;
    size_t rows_cap;      /* of the report: there is room behind them for what is inferred */
    struct item **proofs; /* items by proto */
    struct pair *pairs;
    size_t npairs, pairs_cap;
    struct rowx *rowx;      /* by row */
    struct server *servers; /* that logs tell of */
    size_t nservers;
    uint32_t *server_of; /* by resource: place among the servers; NONE */
    struct skew *skew;   /* clocks and how far they are apart; NULL: not yet known */
    struct episode *episodes;
    size_t nepisodes, episodes_cap;
    struct joined *joined; /* by episode */
    uint32_t *by_tree;     /* first episode of each resource; NONE */
    uint32_t *members;     /* resources by tree, and where those of each begin */
    uint32_t *first_member;
    uint32_t *first_of_global, *next_of_global; /* its clusters; NONE */
    unsigned char *namesakes; /* by resource: what tells it from others of its name (words.c); NULL:
                                 not asked yet */
    uint32_t *place;          /* by resource: where it stands in the run at hand (run.h) */
    tl_time newest;           /* of all evidence; TL_TIME_NONE: it has no times */
    tl_time *heard;           /* of each input of the report */
    struct plan *plans;       /* by run */
    size_t nplans, plans_cap;
    size_t outages_cap, findings_cap, why_cap; /* of the report's own lists */
};

static inline struct tl_str
text_of(const struct tl_builder *b, uint32_t id)
{
    return b->strings.list[id];
}

/* For comparison functions: c = compare(a, b); c = c ? c : compare(…). */
static inline int
compare(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

/* What the class of an item means. */
const struct class_info *item_class(struct tl_builder *b, const struct item *it);

enum tl_status build_identify(struct tl_builder *b);
enum tl_status build_merge(struct tl_builder *b);
enum tl_status build_proven(struct tl_builder *b);
enum tl_status build_order(struct tl_builder *b);

#endif
