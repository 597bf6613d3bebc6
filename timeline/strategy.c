/* strategy.c - what kind of change a run was, and the rows that say so. */
#include <string.h>

#include "timeline/findings.h"

static const int64_t TOGETHER_US = 120 * TL_SECOND;

/* What the rows of a run say, before it is weighed: the first row that says so; NONE. */
struct signs {
    uint32_t minor, major, patch; /* words of the events; of pg_upgrade, too */
    uint32_t upgraded;            /* "has been upgraded" without a word for how much */
    uint32_t os;
    uint32_t zdp, zdp_finished;
    uint32_t restarted;
    uint32_t global_failover;
    uint32_t multi_az, demoted;
    uint32_t snapshot;  /* one that is made before major version upgrades only */
    uint32_t versioned; /* a version changed, by an event */
    uint32_t flip;      /* … by what a probe or a server's log shows */
    uint32_t aurora;    /* a log's line that only Aurora writes */
    uint32_t converted; /* a log's line of pg_upgrade, or of MySQL's own upgrade of its tables */
    uint32_t first;     /* of the run's own layer */
};

static bool
says(const struct tl_event *ev, struct tl_str word)
{
    return tl_str_case_find(ev->message, word) != SIZE_MAX;
}

static void
mark(uint32_t *sign, bool set, uint32_t row)
{
    if (set && *sign == NONE)
        *sign = row;
}

static void
read_words(const struct tl_event *ev, struct signs *s, uint32_t row)
{
    struct tl_str type = tl_event_text(ev, TL_STR("upgrade_type"));
    bool finished = tl_str_eq(ev->cls, TL_STR("upgrade.finished"));
    bool major = finished && says(ev, TL_STR("major version"));
    bool minor = finished && !major && says(ev, TL_STR("minor version"));

    mark(&s->minor, minor || tl_str_case_eq(type, TL_STR("minor")), row);
    mark(&s->major,
         major || tl_str_case_eq(type, TL_STR("major")) ||
             (tl_str_starts(ev->cls, TL_STR("upgrade.")) && says(ev, TL_STR("pg_upgrade"))),
         row);
    mark(&s->upgraded,
         finished && !major && !minor &&
             says(ev, TL_STR("cluster engine version has been upgraded")),
         row);
    mark(&s->patch,
         tl_str_case_eq(type, TL_STR("patch")) ||
             ((finished || tl_str_eq(ev->cls, TL_STR("upgrade.version-changed")) ||
               tl_str_eq(ev->cls, TL_STR("patch.finished"))) &&
              (says(ev, TL_STR("patched")) || says(ev, TL_STR("patching of")))),
         row);
}

static void
read_log(const struct tl_builder *b, struct signs *s, uint32_t row)
{
    const struct tl_event *ev = row_event(b, row);
    struct tl_str c = ev->cls;

    mark(&s->flip, row_is_flip(b, row), row);
    if (ev->channel != TL_CHANNEL_LOG)
        return;
    mark(&s->aurora,
         tl_str_eq(c, TL_STR("log.aurora")) || tl_str_eq(c, TL_STR("log.zdp")) ||
             tl_str_eq(c, TL_STR("startup.fast")),
         row);
    mark(&s->zdp, tl_str_eq(c, TL_STR("log.zdp")), row);
    mark(&s->converted, tl_str_starts(c, TL_STR("log.upgrade-")), row);
    mark(&s->restarted,
         tl_str_eq(c, TL_STR("log.shutdown")) || tl_str_eq(c, TL_STR("log.starting-up")), row);
}

static void
read_row(const struct tl_builder *b, const struct plan *p, struct signs *s, uint32_t row)
{
    const struct tl_event *ev = row_event(b, row);
    struct tl_str c = ev->cls;

    read_words(ev, s, row);
    read_log(b, s, row);
    mark(&s->os,
         tl_str_starts(c, TL_STR("os-upgrade.")) || tl_str_eq(c, TL_STR("patch.started")) ||
             (tl_str_eq(c, TL_STR("patch.finished")) && says(ev, TL_STR("off-line patches"))) ||
             (tl_str_eq(c, TL_STR("failover.reason")) && says(ev, TL_STR("being patched"))),
         row);
    mark(&s->zdp, tl_str_starts(c, TL_STR("zdp.")), row);
    mark(&s->zdp_finished, tl_str_eq(c, TL_STR("zdp.finished")), row);
    mark(&s->restarted,
         tl_str_eq(c, TL_STR("instance.restarted")) || tl_str_eq(c, TL_STR("instance.shutdown")),
         row);
    mark(&s->global_failover,
         tl_str_eq(c, TL_STR("global.failover-finished")) ||
             tl_str_eq(c, TL_STR("global.failover-failed")),
         row);
    mark(&s->demoted, tl_str_eq(c, TL_STR("failover.writer-demoted")), row);
    mark(&s->snapshot, says(ev, TL_STR("preupgrade-")) || says(ev, TL_STR("pre-upgrade snapshot")),
         row);
    mark(&s->multi_az, tl_str_starts(c, TL_STR("failover.")) && says(ev, TL_STR("multi-az")), row);
    mark(&s->versioned, tl_str_eq(c, TL_STR("upgrade.version-changed")), row);
    mark(&s->first, layer_role(p->layer, (enum part)b->rowx[row].part) != ROLE_NONE, row);
}

/* ---- grounds ---- */

enum { MAX_GROUNDS = 6, MAX_ROWS = 24 };

struct grounds {
    struct tl_str text[MAX_GROUNDS];
    size_t ntext;
    uint32_t rows[MAX_ROWS]; /* as found */
    size_t nrows;
};

static void
ground_row(struct grounds *g, uint32_t row)
{
    for (size_t i = 0; i < g->nrows; i++)
        if (g->rows[i] == row)
            return;
    if (row != NONE && g->nrows < MAX_ROWS)
        g->rows[g->nrows++] = row;
}

static void
ground(struct grounds *g, struct tl_str text, uint32_t row)
{
    if (g->ntext < MAX_GROUNDS)
        g->text[g->ntext++] = text;
    ground_row(g, row);
}

/* "17.4.5 to 17.5.4 is a minor version" */
static struct tl_str
versions_words(struct tl_builder *b, struct tl_str from, struct tl_str to, struct tl_str what)
{
    const struct tl_str parts[] = {from, TL_STR(" to "), to, what};

    return words_join(b, parts, 4);
}

static struct tl_str
change_words(enum change c)
{
    static const struct tl_str words[] = {[CHANGE_UNKNOWN] = {"", 0},
                                          [CHANGE_NONE] = {" is the same version", 20},
                                          [CHANGE_PATCH] = {" is another patch level", 23},
                                          [CHANGE_MINOR] = {" is another minor version", 25},
                                          [CHANGE_MAJOR] = {" is another major version", 25}};

    return words[c];
}

/* ---- how much changed ---- */

static enum change
change_asked_for(struct tl_builder *b, const struct plan *p, bool standalone, struct grounds *g)
{
    const struct tl_event *ev = p->request == NONE ? NULL : row_event(b, p->request);
    struct tl_str from, to;
    enum change c;

    if (!ev)
        return CHANGE_UNKNOWN;
    from = tl_event_text(ev, TL_STR("response_version"));
    to = tl_event_text(ev, TL_STR("engine_version"));
    c = version_change(from, to, standalone);
    if (c == CHANGE_PATCH || c == CHANGE_MINOR || c == CHANGE_MAJOR)
        ground(g, versions_words(b, from, to, change_words(c)), p->request);
    return c;
}

/* The word of the events decides; then the versions, then what was asked for. */
static enum change
change_of(struct tl_builder *b, const struct plan *p, const struct signs *s, bool standalone,
          struct grounds *g)
{
    const struct tl_run *r = p->run;
    enum change c = CHANGE_UNKNOWN;

    if (s->major != NONE) {
        ground(g, TL_STR("its events call it a major version upgrade"), s->major);
        return CHANGE_MAJOR;
    }
    if (r->from.n > 0 && r->to.n > 0)
        c = version_change(r->from, r->to, standalone);
    if (c != CHANGE_UNKNOWN && c != CHANGE_NONE && (s->minor == NONE || c == CHANGE_PATCH)) {
        ground(g, versions_words(b, r->from, r->to, change_words(c)),
               s->versioned != NONE ? s->versioned : s->flip);
        return c;
    }
    if (s->minor != NONE) {
        ground(g, TL_STR("its events call it a minor version upgrade"), s->minor);
        return CHANGE_MINOR;
    }
    if (s->patch != NONE) {
        ground(g, TL_STR("its events call it a patch"), s->patch);
        return CHANGE_PATCH;
    }
    if (s->snapshot != NONE) {
        ground(g, TL_STR("a pre-upgrade snapshot is made for a major version upgrade only"),
               s->snapshot);
        return CHANGE_MAJOR;
    }
    c = change_asked_for(b, p, standalone, g);
    if (c != CHANGE_UNKNOWN || s->upgraded == NONE)
        return c;
    ground(g, TL_STR("the engine version was upgraded, and no event calls it major"), s->upgraded);
    return CHANGE_MINOR;
}

/* ---- clusters ---- */

static uint32_t
start_of(const struct tl_builder *b, uint32_t id)
{
    const struct episode *e = &b->episodes[id];

    return e->start != NONE ? e->start : e->began;
}

/* Whether all clusters of a run began within 120 s. */
static bool
together(const struct tl_builder *b, const struct plan *p)
{
    tl_time first = TL_TIME_NONE, last = TL_TIME_NONE;

    for (size_t i = 0; i < p->nepisodes; i++) {
        tl_time at = row_event(b, start_of(b, p->episodes[i]))->when.at;

        if (first == TL_TIME_NONE || at < first)
            first = at;
        if (last == TL_TIME_NONE || at > last)
            last = at;
    }
    return last - first <= TOGETHER_US;
}

/* One call for all Regions, of which there may be evidence from one only. */
static bool
is_asked_globally(const struct tl_builder *b, const struct plan *p)
{
    return p->request != NONE &&
           tl_str_eq(tl_event_text(row_event(b, p->request), TL_STR("event_name")),
                     TL_STR("ModifyGlobalCluster"));
}

static void
ground_starts(const struct tl_builder *b, const struct plan *p, struct grounds *g)
{
    for (size_t i = 0; i < p->nepisodes; i++)
        ground_row(g, start_of(b, p->episodes[i]));
}

/* Several clusters, one after the other. AWS wants every secondary first, and the primary last. */
static enum tl_strategy
by_hand(const struct tl_builder *b, struct plan *p, struct grounds *g)
{
    uint32_t last = p->episodes[p->nepisodes - 1];

    ground_starts(b, p, g);
    if (p->primary == NONE) {
        ground(g,
               TL_STR("its clusters were upgraded one after the other; which of them is the "
                      "primary is not known"),
               NONE);
        return TL_STRATEGY_MANUAL_SECONDARIES_FIRST;
    }
    if (b->episodes[last].tree == p->primary) {
        ground(g, TL_STR("its clusters were upgraded one after the other, the primary last"), NONE);
        return TL_STRATEGY_MANUAL_SECONDARIES_FIRST;
    }
    ground(g, TL_STR("its clusters were upgraded one after the other, but the primary not last"),
           NONE);
    p->wrong_order = true;
    return TL_STRATEGY_UNKNOWN;
}

static enum tl_strategy
minor_of_cluster(struct tl_builder *b, struct plan *p, const struct signs *s, struct grounds *g)
{
    if (p->joined && together(b, p)) {
        ground(g, TL_STR("clusters of several Regions began it within 120 s"), NONE);
        ground_starts(b, p, g);
        return TL_STRATEGY_MANAGED_GLOBAL_MINOR;
    }
    if (!p->joined && is_asked_globally(b, p)) {
        ground(g, TL_STR("ModifyGlobalCluster asked for it"), p->request);
        return TL_STRATEGY_MANAGED_GLOBAL_MINOR;
    }
    if (p->joined)
        return by_hand(b, p, g);
    if (s->zdp_finished != NONE || (s->zdp != NONE && s->restarted == NONE)) {
        ground(g, TL_STR("zero-downtime patching was attempted"),
               s->zdp_finished != NONE ? s->zdp_finished : s->zdp);
        return TL_STRATEGY_IN_PLACE_MINOR_ZDP;
    }
    if (s->restarted == NONE)
        return TL_STRATEGY_UNKNOWN;
    ground(g, TL_STR("it was restarted, and no zero-downtime patching finished"), s->restarted);
    return TL_STRATEGY_IN_PLACE_MINOR_RESTART;
}

static enum tl_strategy
os_or_unknown(const struct signs *s, struct grounds *g)
{
    if (s->os == NONE)
        return TL_STRATEGY_UNKNOWN;
    ground(g, TL_STR("its events speak of the operating system or of off-line patches"), s->os);
    return TL_STRATEGY_OS_UPDATE;
}

static enum tl_strategy
of_cluster(struct tl_builder *b, struct plan *p, const struct signs *s, struct grounds *g)
{
    switch (change_of(b, p, s, false, g)) {
    case CHANGE_MAJOR:
        return TL_STRATEGY_MAJOR_IN_PLACE;
    case CHANGE_PATCH:
        return TL_STRATEGY_PATCH;
    case CHANGE_MINOR:
        return minor_of_cluster(b, p, s, g);
    default:
        return os_or_unknown(s, g);
    }
}

static enum tl_strategy
of_instance(struct tl_builder *b, struct plan *p, const struct signs *s, struct grounds *g)
{
    switch (change_of(b, p, s, true, g)) {
    case CHANGE_MAJOR:
        return TL_STRATEGY_INSTANCE_MAJOR;
    case CHANGE_MINOR:
        return TL_STRATEGY_INSTANCE_MINOR;
    case CHANGE_PATCH:
        return s->os != NONE && s->versioned == NONE ? os_or_unknown(s, g) : TL_STRATEGY_PATCH;
    default:
        return os_or_unknown(s, g);
    }
}

/* ---- seen, not told ---- */

/* What only probes saw may as well have been a blue/green switchover. The log of one server says
 * that this server went down with one version and came up with another. */
static enum tl_strategy
of_seen(struct tl_builder *b, struct plan *p, const struct signs *s, struct grounds *g)
{
    const struct res *r = &b->res[b->episodes[p->episodes[0]].tree];
    bool in_cluster = r->kind == TL_KIND_CLUSTER || r->aurora || s->aurora != NONE ||
                      tl_str_starts(p->run->engine, TL_STR("aurora"));

    if (s->flip == NONE || row_event(b, s->flip)->channel != TL_CHANNEL_LOG)
        return TL_STRATEGY_UNKNOWN;
    ground(g, TL_STR("the server's own log shows one version before its restart and another after"),
           s->flip);
    if (s->converted != NONE)
        ground(g, TL_STR("its log has lines of an upgrade of its files or system tables"),
               s->converted);
    if (in_cluster && s->aurora != NONE)
        ground(g, TL_STR("lines of its log are Aurora's"), s->aurora);
    return in_cluster ? of_cluster(b, p, s, g) : of_instance(b, p, s, g);
}

/* ---- */

static enum tl_strategy
of_failover(const struct signs *s, bool instance, struct grounds *g)
{
    if (s->os != NONE)
        return os_or_unknown(s, g);
    if (s->multi_az != NONE || (instance && s->demoted == NONE)) {
        ground(g, TL_STR("a Multi-AZ DB instance failed over"),
               s->multi_az != NONE ? s->multi_az : s->first);
        return TL_STRATEGY_MULTI_AZ_FAILOVER;
    }
    ground(g, TL_STR("the cluster failed over within its Region"), s->first);
    return TL_STRATEGY_FAILOVER;
}

static enum tl_strategy
choose(struct tl_builder *b, struct plan *p, const struct signs *s, struct grounds *g)
{
    bool instance = b->res[b->episodes[p->episodes[0]].tree].kind == TL_KIND_INSTANCE;

    switch (p->layer) {
    case LAYER_BLUEGREEN:
        ground(g, TL_STR("a blue/green deployment was switched over"), s->first);
        return TL_STRATEGY_BLUE_GREEN;
    case LAYER_GLOBAL:
        if (s->global_failover == NONE) {
            ground(g, TL_STR("its events speak of a global switchover"), s->first);
            return TL_STRATEGY_GLOBAL_SWITCHOVER;
        }
        ground(g, TL_STR("its events speak of a global failover"), s->global_failover);
        return TL_STRATEGY_GLOBAL_FAILOVER;
    case LAYER_FAILOVER:
        return of_failover(s, instance, g);
    default:
        if (p->seen_only)
            return of_seen(b, p, s, g);
        return instance ? of_instance(b, p, s, g) : of_cluster(b, p, s, g);
    }
}

static enum tl_status
keep_grounds(struct tl_builder *b, struct tl_run *r, const struct grounds *g)
{
    struct tl_str parts[2 * MAX_GROUNDS];
    uint32_t *rows = tl_arena_alloc(b->arena, (g->nrows + 1) * sizeof(*rows));
    size_t n = 0;

    if (!rows)
        return TL_ENOMEM;
    for (size_t i = 0; i < g->ntext; i++) {
        if (i > 0)
            parts[n++] = TL_STR("; ");
        parts[n++] = g->text[i];
    }
    r->strategy_because = words_join(b, parts, n);
    for (size_t i = 0; i < g->nrows; i++) {
        size_t k = r->nstrategy_proof++;

        for (; k > 0 && rows[k - 1] > g->rows[i]; k--)
            rows[k] = rows[k - 1];
        rows[k] = g->rows[i];
    }
    r->strategy_proof = rows;
    return TL_OK;
}

/* Names the clusters that came after the primary. */
static enum tl_status
say_order(struct tl_builder *b, struct plan *p, const struct grounds *g)
{
    struct tl_str parts[2 * MAX_ROWS], args[2] = {res_called(b, p->primary), {"", 0}};
    bool after = false;
    size_t n = 0;

    for (size_t i = 0; i < p->nepisodes && n + 2 <= sizeof(parts) / sizeof(parts[0]); i++) {
        uint32_t tree = b->episodes[p->episodes[i]].tree;

        if (after && tree != p->primary) {
            parts[n] = n > 0 ? TL_STR(", ") : TL_STR("");
            parts[n + 1] = res_called(b, tree);
            n += 2;
        }
        after |= tree == p->primary;
    }
    args[1] = words_join(b, parts, n);
    return finding_add(b, p, F_ORDER_BROKEN, g->rows, g->nrows, args);
}

enum tl_status
run_strategy(struct tl_builder *b, struct plan *p)
{
    struct signs s;
    struct grounds g = {.ntext = 0};

    memset(&s, 0xff, sizeof(s)); /* NONE everywhere */
    for (size_t i = 0; i < p->nrows; i++)
        read_row(b, p, &s, p->rows[i]);
    p->run->strategy = choose(b, p, &s, &g);
    if (p->wrong_order && say_order(b, p, &g))
        return TL_ENOMEM;
    return keep_grounds(b, p->run, &g);
}
