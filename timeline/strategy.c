/* strategy.c - what kind of change a run was, by its evidence. */
#include "timeline/run.h"

static const int64_t TOGETHER_US = 120 * TL_SECOND;

/* What the rows of a run say, before it is weighed. */
struct signs {
    bool minor, major, patch; /* words of the events */
    bool upgraded;            /* "has been upgraded" without a word for how much */
    bool os;
    bool zdp, zdp_finished;
    bool restarted;
    bool global_failover;
    bool multi_az;
    bool versioned; /* a version changed */
};

static bool
says(const struct tl_event *ev, struct tl_str word)
{
    return tl_str_case_find(ev->message, word) != SIZE_MAX;
}

static void
read_words(const struct tl_event *ev, struct signs *s)
{
    struct tl_str type = tl_event_text(ev, TL_STR("upgrade_type"));
    bool finished = tl_str_eq(ev->cls, TL_STR("upgrade.finished"));

    s->minor |= tl_str_case_eq(type, TL_STR("minor"));
    s->major |= tl_str_case_eq(type, TL_STR("major"));
    s->patch |= tl_str_case_eq(type, TL_STR("patch"));
    if (finished && says(ev, TL_STR("major version")))
        s->major = true;
    else if (finished && says(ev, TL_STR("minor version")))
        s->minor = true;
    else if (finished && says(ev, TL_STR("cluster engine version has been upgraded")))
        s->upgraded = true;
    if ((finished || tl_str_eq(ev->cls, TL_STR("upgrade.version-changed")) ||
         tl_str_eq(ev->cls, TL_STR("patch.finished"))) &&
        (says(ev, TL_STR("patched")) || says(ev, TL_STR("patching of"))))
        s->patch = true;
}

static void
read_row(const struct tl_event *ev, struct signs *s)
{
    struct tl_str c = ev->cls;

    read_words(ev, s);
    s->os |= tl_str_starts(c, TL_STR("os-upgrade.")) || tl_str_eq(c, TL_STR("patch.started"));
    s->os |= tl_str_eq(c, TL_STR("patch.finished")) && says(ev, TL_STR("off-line patches"));
    s->os |= tl_str_eq(c, TL_STR("failover.reason")) && says(ev, TL_STR("being patched"));
    s->zdp |= tl_str_starts(c, TL_STR("zdp."));
    s->zdp_finished |= tl_str_eq(c, TL_STR("zdp.finished"));
    s->restarted |=
        tl_str_eq(c, TL_STR("instance.restarted")) || tl_str_eq(c, TL_STR("instance.shutdown"));
    s->global_failover |= tl_str_eq(c, TL_STR("global.failover-finished")) ||
                          tl_str_eq(c, TL_STR("global.failover-failed"));
    s->multi_az |= tl_str_starts(c, TL_STR("failover.")) && says(ev, TL_STR("multi-az"));
    s->versioned |= tl_str_eq(c, TL_STR("upgrade.version-changed"));
}

/* The word of the events decides; then the versions, then what was asked for. */
static enum change
change_of(const struct tl_builder *b, const struct plan *p, const struct signs *s, bool standalone)
{
    enum change c = CHANGE_UNKNOWN;

    if (s->major)
        return CHANGE_MAJOR;
    if (p->run->from.n > 0 && p->run->to.n > 0)
        c = version_change(p->run->from, p->run->to, standalone);
    if (c != CHANGE_UNKNOWN && c != CHANGE_NONE && !s->minor)
        return c;
    if (s->minor)
        return c == CHANGE_PATCH ? CHANGE_PATCH : CHANGE_MINOR;
    if (s->patch)
        return CHANGE_PATCH;
    if (p->request != NONE) {
        const struct tl_event *ev = row_event(b, p->request);

        c = version_change(tl_event_text(ev, TL_STR("response_version")),
                           tl_event_text(ev, TL_STR("engine_version")), standalone);
    }
    return c == CHANGE_UNKNOWN && s->upgraded ? CHANGE_MINOR : c;
}

/* Whether all clusters of a run began within 120 s. */
static bool
together(const struct tl_builder *b, const struct plan *p)
{
    tl_time first = TL_TIME_NONE, last = TL_TIME_NONE;

    for (size_t i = 0; i < p->nepisodes; i++) {
        const struct episode *e = &b->episodes[p->episodes[i]];
        tl_time at = row_event(b, e->start != NONE ? e->start : e->began)->when.at;

        if (first == TL_TIME_NONE || at < first)
            first = at;
        if (last == TL_TIME_NONE || at > last)
            last = at;
    }
    return last - first <= TOGETHER_US;
}

/* Whether the primary began after every other cluster. */
static bool
primary_last(const struct tl_builder *b, const struct plan *p)
{
    uint32_t last = p->episodes[p->nepisodes - 1];

    return p->primary == NONE || b->episodes[last].tree == p->primary;
}

/* One call for all Regions, of which there may be evidence from one only. */
static bool
is_asked_globally(const struct tl_builder *b, const struct plan *p)
{
    return p->request != NONE &&
           tl_str_eq(tl_event_text(row_event(b, p->request), TL_STR("event_name")),
                     TL_STR("ModifyGlobalCluster"));
}

static enum tl_strategy
of_cluster(const struct tl_builder *b, const struct plan *p, const struct signs *s)
{
    switch (change_of(b, p, s, false)) {
    case CHANGE_MAJOR:
        return TL_STRATEGY_MAJOR_IN_PLACE;
    case CHANGE_PATCH:
        return TL_STRATEGY_PATCH;
    case CHANGE_MINOR:
        break;
    default:
        return s->os ? TL_STRATEGY_OS_UPDATE : TL_STRATEGY_UNKNOWN;
    }
    if (p->joined ? together(b, p) : is_asked_globally(b, p))
        return TL_STRATEGY_MANAGED_GLOBAL_MINOR;
    if (p->joined)
        return primary_last(b, p) ? TL_STRATEGY_MANUAL_SECONDARIES_FIRST : TL_STRATEGY_UNKNOWN;
    if (s->zdp_finished || (s->zdp && !s->restarted))
        return TL_STRATEGY_IN_PLACE_MINOR_ZDP;
    return s->restarted ? TL_STRATEGY_IN_PLACE_MINOR_RESTART : TL_STRATEGY_UNKNOWN;
}

static enum tl_strategy
of_instance(const struct tl_builder *b, const struct plan *p, const struct signs *s)
{
    switch (change_of(b, p, s, true)) {
    case CHANGE_MAJOR:
        return TL_STRATEGY_INSTANCE_MAJOR;
    case CHANGE_MINOR:
        return TL_STRATEGY_INSTANCE_MINOR;
    case CHANGE_PATCH:
        return s->os && !s->versioned ? TL_STRATEGY_OS_UPDATE : TL_STRATEGY_PATCH;
    default:
        return s->os ? TL_STRATEGY_OS_UPDATE : TL_STRATEGY_UNKNOWN;
    }
}

enum tl_status
run_strategy(struct tl_builder *b, struct plan *p)
{
    struct signs s = {.minor = false};
    bool instance = b->res[b->episodes[p->episodes[0]].tree].kind == TL_KIND_INSTANCE;
    enum tl_strategy *out = &p->run->strategy;

    for (size_t i = 0; i < p->nrows; i++)
        read_row(row_event(b, p->rows[i]), &s);
    switch (p->layer) {
    case LAYER_BLUEGREEN:
        *out = TL_STRATEGY_BLUE_GREEN;
        break;
    case LAYER_GLOBAL:
        *out = s.global_failover ? TL_STRATEGY_GLOBAL_FAILOVER : TL_STRATEGY_GLOBAL_SWITCHOVER;
        break;
    case LAYER_FAILOVER:
        *out = instance || s.multi_az ? TL_STRATEGY_MULTI_AZ_FAILOVER : TL_STRATEGY_FAILOVER;
        if (s.os)
            *out = TL_STRATEGY_OS_UPDATE;
        break;
    default: /* what only probes saw may as well have been a blue/green switchover */
        *out = p->seen_only ? TL_STRATEGY_UNKNOWN
               : instance   ? of_instance(b, p, &s)
                            : of_cluster(b, p, &s);
    }
    return TL_OK;
}
