/*
 * holes.c - what the evidence does not hold, and where it might be had: events that were not asked
 * for or are no longer kept, logs that miss the run, Regions from which there is nothing.
 */
#include <string.h>

#include "timeline/causes.h"
#include "timeline/findings.h"

static const int64_t DEFAULT_WINDOW_US = TL_HOUR; /* of describe-events */
static const int64_t KEPT_US = 14 * TL_DAY;       /* by RDS: events */

/* ---- whose logs there are ---- */

/* Notes that an outage of a server's log belongs to a run. */
static void
note_run(struct logs *l, bool *several, uint32_t server, uint32_t run)
{
    if (run == NONE || several[run])
        return;
    if (l->of_run[run] != NONE && l->of_run[run] != server) {
        several[run] = true;
        l->of_run[run] = NONE;
        return;
    }
    l->of_run[run] = server;
}

enum tl_status
logs_index(struct tl_builder *b, struct logs *out)
{
    bool *several = tl_arena_alloc(&b->scratch, b->nplans + 1);

    out->of_tree = tl_arena_alloc(&b->scratch, (b->nres + 1) * sizeof(*out->of_tree));
    out->next_of_tree = tl_arena_alloc(&b->scratch, (b->nservers + 1) * sizeof(*out->of_tree));
    out->of_run = tl_arena_alloc(&b->scratch, (b->nplans + 1) * sizeof(*out->of_run));
    if (!several || !out->of_tree || !out->next_of_tree || !out->of_run)
        return TL_ENOMEM;
    if (pending_index(b, out))
        return TL_ENOMEM;
    memset(out->of_tree, 0xff, (b->nres + 1) * sizeof(*out->of_tree)); /* NONE */
    memset(out->of_run, 0xff, (b->nplans + 1) * sizeof(*out->of_run));
    for (uint32_t i = (uint32_t)b->nservers; i > 0; i--) {
        const struct server *s = &b->servers[i - 1];
        uint32_t tree = b->res[s->res].tree;

        out->next_of_tree[i - 1] = out->of_tree[tree];
        out->of_tree[tree] = i - 1;
        for (size_t k = 0; k < s->nfalls; k++)
            note_run(out, several, i - 1, b->report->rows[s->falls[k].row].run);
    }
    return TL_OK;
}

/* ---- events that begin too late ---- */

/* Ends that no upgrade announces without having announced its start. */
static bool
ends_announced(const struct tl_builder *b, uint32_t row)
{
    const struct tl_event *ev = row_event(b, row);

    if (tl_str_eq(ev->cls, TL_STR("upgrade.version-changed")) ||
        tl_str_eq(ev->cls, TL_STR("upgrade.instances-finished")))
        return true;
    return tl_str_eq(ev->cls, TL_STR("upgrade.finished")) &&
           tl_str_case_find(ev->message, TL_STR("version has been upgraded")) != SIZE_MAX;
}

/* ": events.json spans 58 min, and describe-events answers for the last hour …" */
static struct tl_str
words_window(struct tl_builder *b, uint32_t row)
{
    const struct tl_source *in = &b->report->inputs[b->report->rows[row].input];
    struct tl_str parts[] = {
        TL_STR(": "),
        in->name,
        TL_STR(" spans "),
        {"", 0},
        TL_STR(", and describe-events answers for the last hour only unless it is asked for more "
               "(--duration 20160 is all that is kept, 14 days)")};

    if (!tl_str_eq(in->format, TL_STR("rds-events")) || in->first == TL_TIME_NONE ||
        in->last - in->first > DEFAULT_WINDOW_US)
        return (struct tl_str){"", 0};
    parts[3] = words_long(b, in->last - in->first);
    return words_join(b, parts, 5);
}

/* The first row of an episode that tells of the upgrade, where none tells of its start; NONE. */
static uint32_t
first_of_startless(const struct tl_builder *b, const struct plan *p, uint32_t id)
{
    uint32_t first = NONE;
    bool announced = false;

    for (size_t i = 0; i < p->nrows; i++) {
        uint32_t row = p->rows[i];

        if (b->rowx[row].episode != id || row_repeats(b, row))
            continue;
        announced |= ends_announced(b, row);
        first = first == NONE ? row : first;
    }
    return announced ? first : NONE;
}

bool
run_begins_late(const struct tl_builder *b, const struct plan *p)
{
    for (size_t i = 0; i < p->nepisodes; i++)
        if (b->episodes[p->episodes[i]].start == NONE &&
            first_of_startless(b, p, p->episodes[i]) != NONE)
            return true;
    return false;
}

static enum tl_status
say_late(struct tl_builder *b, struct plan *p)
{
    for (size_t i = 0; i < p->nepisodes; i++) {
        const struct episode *e = &b->episodes[p->episodes[i]];
        uint32_t row = e->start == NONE ? first_of_startless(b, p, p->episodes[i]) : NONE;
        struct tl_str args[4];

        if (row == NONE)
            continue;
        args[0] = res_called(b, e->tree);
        args[1] = row_event(b, row)->message;
        args[2] = words_time(b, &row_event(b, row)->when);
        args[3] = words_window(b, row);
        if (finding_add(b, p, F_EVIDENCE_LATE, &row, 1, args))
            return TL_ENOMEM;
    }
    return TL_OK;
}

/* ---- runs that only probes and logs tell of ---- */

/* The oldest moment of RDS events; TL_TIME_NONE: none were given. */
static tl_time
oldest_event(const struct tl_builder *b)
{
    for (uint32_t i = 0; i < b->report->nrows; i++) {
        enum tl_channel c = row_event(b, i)->channel;

        if (c == TL_CHANNEL_API || c == TL_CHANNEL_EVENTBRIDGE || c == TL_CHANNEL_SNS ||
            c == TL_CHANNEL_TABLE)
            return row_event(b, i)->when.earliest;
    }
    return TL_TIME_NONE;
}

static enum tl_status
say_without_events(struct tl_builder *b, struct plan *p, tl_time oldest)
{
    const struct tl_instant *began = &p->run->began;
    struct tl_instant until = {began->at + KEPT_US, began->earliest + KEPT_US,
                               began->latest + KEPT_US};
    struct tl_instant first = {oldest, oldest, oldest + 1};
    struct tl_str late[] = {TL_STR("the events that were given begin at "),
                            {"", 0},
                            TL_STR(", "),
                            {"", 0},
                            TL_STR(" later")};
    struct tl_str args[3];

    if (!p->seen_only || began->at == TL_TIME_NONE ||
        b->res[b->episodes[p->episodes[0]].tree].region.n == 0)
        return TL_OK; /* without a Region it may be a server of anybody's */
    args[0] = res_called(b, b->episodes[p->episodes[0]].tree);
    args[1] = TL_STR("no RDS events were given");
    args[2] = words_time(b, &until);
    if (oldest != TL_TIME_NONE && oldest - began->latest > DEFAULT_WINDOW_US) {
        late[1] = words_time(b, &first);
        late[3] = words_long(b, oldest - began->latest);
        args[1] = words_join(b, late, 5);
    } else if (oldest != TL_TIME_NONE) {
        args[1] = TL_STR("the events that were given have none of it (another Region, another "
                         "account, or a filter?)");
    }
    return finding_add(b, p, F_EVIDENCE_NO_EVENTS, p->rows, p->nrows < 4 ? p->nrows : 4, args);
}

/* ---- logs ---- */

static bool
is_member(const struct tl_builder *b, const struct plan *p, uint32_t tree)
{
    for (size_t i = 0; i < p->nepisodes; i++)
        if (b->episodes[p->episodes[i]].tree == tree)
            return true;
    return false;
}

/* From when to when the logs of a server have lines. */
static void
span_of(const struct tl_builder *b, const struct server *s, struct tl_instant *first,
        struct tl_instant *last)
{
    *first = *last = TL_INSTANT_NONE;
    for (size_t i = 0; i < s->ninputs; i++) {
        const struct tl_source *in = &b->report->inputs[s->inputs[i]];

        if (in->first == TL_TIME_NONE)
            continue;
        if (first->at == TL_TIME_NONE || in->first < first->at)
            *first = (struct tl_instant){in->first, in->first, in->first + 1};
        if (last->at == TL_TIME_NONE || in->last > last->at)
            *last = (struct tl_instant){in->last, in->last, in->last + 1};
    }
}

static enum tl_status
say_missed(struct tl_builder *b, struct plan *p, const struct server *s)
{
    const struct tl_instant *ended =
        p->run->ended.at == TL_TIME_NONE ? &p->run->began : &p->run->ended;
    struct tl_instant first, last;
    struct tl_str args[5];

    span_of(b, s, &first, &last);
    if (first.at == TL_TIME_NONE ||
        (first.at <= ended->latest && last.at >= p->run->began.earliest))
        return TL_OK;
    args[0] = res_called(b, s->res);
    args[1] = words_time(b, &first);
    args[2] = words_time(b, &last);
    args[3] = words_time(b, &p->run->began);
    args[4] = last.at < p->run->began.earliest
                  ? TL_STR("a later file is needed")
                  : TL_STR("an earlier file is needed (RDS keeps those of 3 days, unless "
                           "rds.log_retention_period says otherwise)");
    return finding_add(b, p, F_EVIDENCE_LOG_MISSES, NULL, 0, args);
}

/* Whether another run has lines of that log: the log was meant for that one. */
static bool
serves_another(const struct tl_builder *b, const struct server *s)
{
    for (size_t i = 0; i < s->nrows; i++)
        if (b->report->rows[s->rows[i]].run != NONE)
            return true;
    return false;
}

static enum tl_status
say_logs(struct tl_builder *b, const struct logs *logs, struct plan *p)
{
    for (size_t i = 0; i < p->nepisodes; i++) {
        uint32_t tree = b->episodes[p->episodes[i]].tree;

        for (uint32_t k = logs->of_tree[tree]; k != NONE; k = logs->next_of_tree[k])
            if (!serves_another(b, &b->servers[k]) && say_missed(b, p, &b->servers[k]))
                return TL_ENOMEM;
    }
    return TL_OK;
}

/* Log files that RDS announced to delete: of a resource, all in one. */
struct deleted {
    uint32_t first, last; /* rows */
    size_t n;
};

static enum tl_status
say_deleted_of(struct tl_builder *b, const struct deleted *d)
{
    uint32_t run = b->report->rows[d->first].run, rows[] = {d->first, d->last};
    const struct tl_str args[] = {words_count(b, d->n),
                                  d->n == 1 ? TL_STR("log file") : TL_STR("log files"),
                                  res_called(b, b->rowx[d->first].res),
                                  tl_event_text(row_event(b, d->first), TL_STR("file"))};

    return finding_add(b, run == NONE ? NULL : &b->plans[run], F_EVIDENCE_LOG_DELETED, rows,
                       d->n == 1 ? 1 : 2, args);
}

static enum tl_status
say_deleted(struct tl_builder *b)
{
    struct deleted *all = tl_arena_alloc(&b->scratch, (b->nres + 1) * sizeof(*all));

    if (!all)
        return TL_ENOMEM;
    for (uint32_t i = 0; i < b->report->nrows; i++) {
        struct deleted *d = &all[b->rowx[i].res];

        if (!row_is(b, i, TL_STR("log-file.deleted")) || row_repeats(b, i))
            continue;
        d->first = d->n == 0 ? i : d->first;
        d->last = i;
        d->n++;
    }
    for (size_t i = 0; i < b->nres; i++)
        if (all[i].n > 0 && say_deleted_of(b, &all[i]))
            return TL_ENOMEM;
    return TL_OK;
}

/* ---- Regions ---- */

/* Clusters by the global cluster that they are members of. */
struct members {
    uint32_t *of_global; /* by resource; NONE */
    uint32_t *next;
};

static enum tl_status
members_index(struct tl_builder *b, struct members *m)
{
    m->of_global = tl_arena_alloc(&b->scratch, (b->nres + 1) * sizeof(*m->of_global));
    m->next = tl_arena_alloc(&b->scratch, (b->nres + 1) * sizeof(*m->next));
    if (!m->of_global || !m->next)
        return TL_ENOMEM;
    memset(m->of_global, 0xff, (b->nres + 1) * sizeof(*m->of_global)); /* NONE */
    for (uint32_t i = (uint32_t)b->nres; i > 0; i--) {
        const struct res *r = &b->res[i - 1];

        if (r->kind != TL_KIND_CLUSTER || r->global == NONE || r->region.n == 0)
            continue;
        m->next[i - 1] = m->of_global[r->global];
        m->of_global[r->global] = i - 1;
    }
    return TL_OK;
}

/* One call for all Regions, and evidence of one. */
static enum tl_status
say_one_region(struct tl_builder *b, struct plan *p)
{
    const struct res *r = &b->res[b->episodes[p->episodes[0]].tree];
    const struct tl_str parts[] = {TL_STR("one call (ModifyGlobalCluster) asked for the upgrade "
                                          "of all Regions, and the evidence is of "),
                                   r->region, TL_STR(" alone")};
    struct tl_str text;

    if (p->request == NONE || p->nepisodes > 1 || r->region.n == 0 ||
        !tl_str_eq(tl_event_text(row_event(b, p->request), TL_STR("event_name")),
                   TL_STR("ModifyGlobalCluster")))
        return TL_OK;
    text = words_join(b, parts, 3);
    return finding_add(b, p, F_REGION_UNHEARD, &p->request, 1, &text);
}

/* Members of the run's global cluster of which there is no evidence. */
static enum tl_status
say_unheard(struct tl_builder *b, const struct members *m, struct plan *p)
{
    uint32_t first = p->global == NONE ? NONE : m->of_global[p->global];

    for (uint32_t i = first; i != NONE; i = m->next[i]) {
        const struct tl_str parts[] = {
            res_title(b, i),          TL_STR(" in "),
            b->res[i].region,         TL_STR(" is a member of "),
            res_called(b, p->global), TL_STR(", and nothing in the evidence is of it")};
        struct tl_str text;

        if (is_member(b, p, i))
            continue;
        text = words_join(b, parts, 6);
        if (finding_add(b, p, F_REGION_UNHEARD, NULL, 0, &text))
            return TL_ENOMEM;
    }
    return first == NONE ? say_one_region(b, p) : TL_OK;
}

/* ---- all of them ---- */

enum tl_status
build_holes(struct tl_builder *b, const struct logs *logs)
{
    tl_time oldest = oldest_event(b);
    enum tl_status st = say_deleted(b);
    struct members members;

    if (!st)
        st = members_index(b, &members);
    for (size_t i = 0; i < b->nplans && !st; i++) {
        struct plan *p = &b->plans[i];

        st = say_without_events(b, p, oldest);
        if (st || p->layer != LAYER_UPGRADE)
            continue;
        st = say_late(b, p);
        if (!st)
            st = say_logs(b, logs, p);
        if (!st)
            st = say_unheard(b, &members, p);
    }
    return st;
}
