/* calls.c - which run an API call asked for. */
#include "timeline/resource.h"
#include "timeline/run.h"

static const int64_t REQUEST_US = TL_HOUR;
static const int64_t WINDOW_US = 8 * TL_DAY; /* to the maintenance window after a call */

static const struct {
    struct tl_str name;
    enum layer layer;
    bool versioned; /* it asks for an upgrade only when it names a version */
} calls[] = {
#define ROW(name, layer, versioned)                                                                \
    {                                                                                              \
        {name, sizeof(name) - 1}, LAYER_##layer, versioned                                         \
    }
    ROW("ModifyGlobalCluster", UPGRADE, true),
    ROW("ModifyDBCluster", UPGRADE, true),
    ROW("ModifyDBInstance", UPGRADE, true),
    ROW("ApplyPendingMaintenanceAction", UPGRADE, false),
    ROW("FailoverDBCluster", FAILOVER, false),
    ROW("RebootDBInstance", FAILOVER, false),
    ROW("FailoverGlobalCluster", GLOBAL, false),
    ROW("SwitchoverGlobalCluster", GLOBAL, false),
    ROW("SwitchoverBlueGreenDeployment", BLUEGREEN, false),
#undef ROW
};

/* The layer of the runs that the call of a row asks for; NLAYERS: none. */
static enum layer
asked_for(const struct tl_event *ev)
{
    struct tl_str name = tl_event_text(ev, TL_STR("event_name"));

    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
        if (tl_str_eq(calls[i].name, name) &&
            (!calls[i].versioned || tl_event_text(ev, TL_STR("engine_version")).n > 0))
            return calls[i].layer;
    return NLAYERS;
}

/* Whether the run began within the hour after the call, as far as both are known. */
static bool
follows(const struct tl_builder *b, const struct plan *p, const struct tl_instant *call)
{
    const struct tl_instant *began = &row_event(b, p->began)->when;

    return began->latest >= call->earliest && began->earliest - call->latest <= REQUEST_US;
}

/* Whether a call lets the change wait for the maintenance window. */
static bool
waits(const struct tl_event *ev)
{
    struct tl_str name = tl_event_text(ev, TL_STR("event_name"));

    if (tl_str_eq(name, TL_STR("ApplyPendingMaintenanceAction")))
        return tl_str_find(ev->message, TL_STR("optInType=next-maintenance")) != SIZE_MAX;
    return (tl_str_eq(name, TL_STR("ModifyDBCluster")) ||
            tl_str_eq(name, TL_STR("ModifyDBInstance"))) &&
           !tl_str_eq(tl_event_text(ev, TL_STR("apply_immediately")), TL_STR("true"));
}

/* Whether the run may be what the call of a row waited for. */
static bool
waited_for(const struct tl_builder *b, const struct plan *p, const struct tl_event *ev)
{
    const struct tl_instant *began = &row_event(b, p->began)->when;
    struct tl_str asked = tl_event_text(ev, TL_STR("engine_version"));
    struct tl_str to = b->episodes[p->episodes[0]].to;

    return waits(ev) && began->latest >= ev->when.earliest &&
           began->earliest - ev->when.latest <= WINDOW_US &&
           (asked.n == 0 || to.n == 0 || version_agrees(asked, to));
}

static bool
sooner(const struct tl_builder *b, uint32_t plan, uint32_t than)
{
    return than == NONE || b->plans[plan].began < b->plans[than].began;
}

/* Whether a run has the cluster that a call names as its target (by ARN), or it names none. */
static bool
has_target(const struct tl_builder *b, const struct plan *p, const struct tl_event *ev)
{
    struct tl_ident who = {.region = {"", 0}};

    if (!tl_ident_from_arn(tl_event_text(ev, TL_STR("target")), &who))
        return true;
    for (size_t i = 0; i < p->nepisodes; i++) {
        const struct res *r = &b->res[b->episodes[p->episodes[i]].tree];

        if (tl_str_eq(r->id, who.id) && tl_str_eq(r->region, who.region))
            return true;
    }
    return false;
}

/* Whether a run may be of the Region that a call was made in. An upgrade of one cluster is; a
 * switchover may be called for from either side. */
static bool
is_called_from(const struct tl_builder *b, const struct plan *p, const struct tl_event *ev)
{
    return p->joined || p->layer == LAYER_GLOBAL ||
           tl_str_eq(b->res[b->episodes[p->episodes[0]].tree].region, ev->who.region);
}

/* A call about a global cluster that no topology describes: the only run of several regions (or of
 * its region) that began then, of its account where that is known. */
static uint32_t
plan_of_global_call(const struct tl_builder *b, const struct tl_event *ev, enum layer layer)
{
    uint32_t found = NONE;

    for (size_t i = 0; i < b->nplans; i++) {
        const struct plan *p = &b->plans[i];
        struct tl_str account = b->res[b->episodes[p->episodes[0]].tree].account;

        if (p->layer != layer || p->global != NONE || !follows(b, p, &ev->when) ||
            (account.n > 0 && ev->who.account.n > 0 && !tl_str_eq(account, ev->who.account)) ||
            b->res[b->episodes[p->episodes[0]].tree].kind != TL_KIND_CLUSTER ||
            !is_called_from(b, p, ev) || !has_target(b, p, ev))
            continue;
        if (found != NONE)
            return NONE;
        found = (uint32_t)i;
    }
    return found;
}

static uint32_t
plan_of_call(const struct tl_builder *b, uint32_t row, enum layer layer)
{
    const struct tl_event *ev = row_event(b, row);
    const struct res *r = &b->res[b->rowx[row].res];
    uint32_t best = NONE;

    for (uint32_t i = b->by_tree[r->tree]; i != NONE; i = b->joined[i].next_of_tree) {
        const struct plan *p = &b->plans[b->episodes[i].run];

        if (p->layer == layer && (follows(b, p, &ev->when) || waited_for(b, p, ev)) &&
            sooner(b, b->episodes[i].run, best))
            best = b->episodes[i].run;
    }
    if (r->kind != TL_KIND_GLOBAL_CLUSTER)
        return best;
    for (size_t i = 0; i < b->nplans; i++) {
        const struct plan *p = &b->plans[i];

        if (p->global == b->rowx[row].res && p->layer == layer && follows(b, p, &ev->when) &&
            sooner(b, (uint32_t)i, best))
            best = (uint32_t)i;
    }
    return best == NONE ? plan_of_global_call(b, ev, layer) : best;
}

void
attach_calls(struct tl_builder *b)
{
    for (uint32_t i = 0; i < b->report->nrows; i++) {
        const struct tl_event *ev = row_event(b, i);
        enum layer layer = b->rowx[i].part == PART_REQUEST ? asked_for(ev) : NLAYERS;
        uint32_t plan = layer == NLAYERS ? NONE : plan_of_call(b, i, layer);
        struct plan *p = plan == NONE ? NULL : &b->plans[plan];

        if (!p)
            continue;
        b->rowx[i].plan = plan;
        if (tl_event_text(ev, TL_STR("error_code")).n > 0 ||
            tl_event_text(ev, TL_STR("error_message")).n > 0)
            continue;
        p->request = i;                                    /* the last before the run */
        if (layer == LAYER_UPGRADE && p->global == NONE && /* a failover has its id before this */
            b->res[b->rowx[i].res].kind == TL_KIND_GLOBAL_CLUSTER)
            p->global = b->rowx[i].res;
    }
}
