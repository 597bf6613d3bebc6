/*
 * clocks.c - how long a run was, by four clocks: of the operation, of the database, of an endpoint,
 * of its recovery. What each is stands in docs/phases-and-clocks.md.
 */
#include "timeline/run.h"

/* The longest of several spans, by their bounds: at least the longest that is certain, at most the
 * longest that is possible. */
struct longest {
    int64_t min_us, max_us;
    bool any, open; /* open: of one of them no upper bound is known */
};

static void
add(struct longest *l, int64_t min_us, int64_t max_us)
{
    min_us = min_us == TL_UNKNOWN ? 0 : min_us;
    if (!l->any || min_us > l->min_us)
        l->min_us = min_us;
    if (!l->any || max_us > l->max_us)
        l->max_us = max_us;
    l->open |= max_us == TL_UNKNOWN;
    l->any = true;
}

static struct tl_span
of_longest(const struct longest *l)
{
    if (!l->any || (l->open && l->min_us == 0))
        return TL_SPAN_NONE; /* nothing, or nothing but that it was */
    return (struct tl_span){l->min_us, l->open ? TL_UNKNOWN : l->max_us};
}

/* ---- the two ends of a run ---- */

static tl_time
least(tl_time a, tl_time b)
{
    return a < b ? a : b;
}

static tl_time
most(tl_time a, tl_time b)
{
    return a > b ? a : b;
}

static bool
may_begin(const struct tl_builder *b, uint32_t row)
{
    const struct tl_event *ev = row_event(b, row);

    return b->rowx[row].episode != NONE && ev->when.at != TL_TIME_NONE &&
           row_res(b, row)->kind != TL_KIND_ENDPOINT &&
           !tl_str_starts(ev->cls, TL_STR("backup.")) &&
           !tl_str_starts(ev->cls, TL_STR("snapshot."));
}

/*
 * Of rows known to the minute others may have come first, or last: the first of several moments is
 * not before the least of their `earliest`, nor after the least of their `latest`.
 */
enum tl_status
run_ends(struct tl_builder *b, struct plan *p)
{
    struct tl_instant *began = &p->run->began, *ended = &p->run->ended;

    for (size_t i = 0; i < p->nrows; i++) {
        uint32_t row = p->rows[i];
        const struct tl_instant *w = &row_event(b, row)->when;

        if (row >= p->began && may_begin(b, row)) {
            began->earliest = least(began->earliest, w->earliest);
            began->latest = least(began->latest, w->latest);
        }
        if (ended->at != TL_TIME_NONE && b->rowx[row].episode != NONE &&
            layer_role(p->layer, (enum part)b->rowx[row].part) == ROLE_END) {
            ended->earliest = most(ended->earliest, w->earliest);
            ended->latest = most(ended->latest, w->latest);
        }
    }
    return TL_OK;
}

/* ---- operation: from the request to the last word ---- */

static struct tl_span
operation(const struct tl_builder *b, const struct plan *p)
{
    const struct tl_instant *from = &p->run->began, *to = &p->run->ended;
    struct tl_span span;

    if (p->request != NONE)
        from = &row_event(b, p->request)->when;
    else if (from->earliest == to->earliest && from->latest == to->latest)
        return TL_SPAN_NONE;                   /* the evidence has nothing of the run but its end */
    span = span_between(from, &p->run->ended); /* none without an end */
    if (p->request == NONE && run_begins_late(b, p))
        span.max_us = TL_UNKNOWN; /* its first word came before what the evidence has */
    return span;
}

/* ---- endpoint: new connections fail ---- */

/* Whether connections were made, and only writing was refused. */
static bool
only_writes(const struct tl_outage *o)
{
    return o->attempts_failed > 0 && o->failures[TL_FAILURE_READ_ONLY] == o->attempts_failed;
}

static struct tl_span
endpoint(const struct plan *p)
{
    struct longest l = {.any = false};

    for (size_t i = 0; i < p->noutages; i++)
        if (tl_str_eq(p->outages[i].source, TL_STR("probe")) && !only_writes(&p->outages[i]))
            add(&l, p->outages[i].min_us, p->outages[i].max_us);
    return of_longest(&l);
}

/* ---- database: a server's engine is down ---- */

/* An engine that RDS says is down. */
struct down {
    const struct tl_instant *first, *last; /* of the words that say so; NULL: none */
};

/* Whether the server's own log tells of that time: then it is the log that counts. */
static bool
is_logged(const struct tl_builder *b, const struct plan *p, uint32_t res, tl_time from, tl_time to)
{
    for (size_t i = 0; i < p->noutages; i++) {
        const struct tl_outage *o = &p->outages[i];
        tl_time began = o->last_ok != TL_TIME_NONE ? o->last_ok : o->first_fail;

        if (tl_str_eq(o->source, TL_STR("log")) && tl_str_eq(o->region, b->res[res].region) &&
            tl_str_eq(o->resource, res_name(&b->res[res])) && began <= to &&
            (o->first_ok == TL_TIME_NONE || o->first_ok >= from))
            return true;
    }
    return false;
}

static bool
goes_down(const struct tl_event *ev)
{
    return tl_str_eq(ev->cls, TL_STR("instance.shutdown")) ||
           tl_str_eq(ev->cls, TL_STR("instance.offline")) ||
           tl_str_eq(ev->cls, TL_STR("cluster.offline"));
}

static bool
comes_up(const struct tl_event *ev)
{
    return tl_str_eq(ev->cls, TL_STR("instance.restarted")) ||
           tl_str_eq(ev->cls, TL_STR("instance.online")) ||
           tl_str_eq(ev->cls, TL_STR("instance.started")) ||
           tl_str_eq(ev->cls, TL_STR("cluster.online"));
}

/* What is inferred of a resource; NULL: nothing. */
static const struct tl_instant *
guess_of(const struct plan *p, uint32_t res, struct tl_str cls)
{
    for (size_t i = 0; i < p->nguesses; i++)
        if (p->guesses[i].res == res && tl_str_eq(p->guesses[i].row.ev.cls, cls))
            return &p->guesses[i].row.ev.when;
    return NULL;
}

/* A start: of how long the engine was down before, unless the word before it says. */
static void
add_start(const struct tl_builder *b, const struct plan *p, uint32_t res, const struct down *d,
          const struct tl_instant *up, struct longest *l)
{
    const struct tl_instant *first = d->first, *last = d->last;

    if (!first)
        first = last = guess_of(p, res, TL_STR("instance.shutdown"));
    if (is_logged(b, p, res, first ? first->earliest : up->earliest, up->latest))
        return;
    if (first)
        add(l, span_between(last, up).min_us, span_between(first, up).max_us);
    else
        add(l, 0, TL_UNKNOWN);
}

/* "restarted" follows a shutdown; "online" may be said of what never was down. */
static bool
is_restart(const struct tl_event *ev)
{
    return tl_str_eq(ev->cls, TL_STR("instance.restarted"));
}

static void
add_resource(const struct tl_builder *b, const struct plan *p, uint32_t place, struct longest *l)
{
    const struct tl_instant *restart = guess_of(p, p->res[place], TL_STR("instance.restarted"));
    struct down d = {NULL, NULL};
    bool up = false;

    for (uint32_t i = p->first_own[place]; i < p->first_own[place + 1]; i++) {
        const struct tl_event *ev = row_event(b, p->own_rows[i]);

        if (ev->when.at == TL_TIME_NONE || row_repeats(b, p->own_rows[i]))
            continue;
        if (goes_down(ev)) {
            if (!d.first || tl_str_eq(ev->cls, TL_STR("instance.shutdown")))
                d.last = &ev->when; /* again: it may have been up in between */
            d.first = d.first ? d.first : &ev->when;
            up = false;
        } else if (comes_up(ev)) {
            if (d.first || (is_restart(ev) && !up))
                add_start(b, p, p->res[place], &d, &ev->when, l);
            d = (struct down){NULL, NULL};
            up = true;
        }
    }
    if (d.first && restart)
        add_start(b, p, p->res[place], &d, restart, l);
    else if (d.first && !is_logged(b, p, p->res[place], d.first->earliest, b->newest))
        add(l, 0, TL_UNKNOWN);
}

/* The engine starts anew within its zero-downtime patching: for how long, its bounds do not say. */
static void
add_patching(const struct tl_builder *b, const struct plan *p, const struct tl_zdp *z,
             struct longest *l)
{
    const struct tl_instant *began = &z->began;

    for (size_t i = 0; i < p->nguesses && began->at == TL_TIME_NONE; i++) {
        const struct tl_event *ev = &p->guesses[i].row.ev;
        const struct res *r = &b->res[p->guesses[i].res];

        if (tl_str_eq(ev->cls, TL_STR("zdp.attempted")) && tl_str_eq(res_name(r), z->resource) &&
            tl_str_eq(r->region, z->region))
            began = &ev->when;
    }
    if (z->outcome == TL_ZDP_FINISHED)
        add(l, 0, span_between(began, &z->ended).max_us);
}

/* By the words of AWS: what is announced, not what was. */
static struct tl_span
announced(const struct tl_builder *b, const struct plan *p, bool *any)
{
    struct longest l = {.any = false};

    for (uint32_t i = 0; i < p->nres; i++)
        add_resource(b, p, i, &l);
    for (size_t i = 0; i < p->run->nzdp; i++)
        add_patching(b, p, &p->run->zdp[i], &l);
    *any = l.any;
    return of_longest(&l);
}

/* By the servers' own logs alone: an announcement may come seconds before or after. Of an engine
 * that is only announced to have been down nothing is known from above. */
static struct tl_span
database(const struct plan *p, bool others)
{
    struct longest l = {.any = false};

    for (size_t i = 0; i < p->noutages; i++)
        if (tl_str_eq(p->outages[i].source, TL_STR("log")))
            add(&l, p->outages[i].min_us, p->outages[i].max_us);
    l.open |= others;
    return of_longest(&l);
}

enum tl_status
run_clocks(struct tl_builder *b, struct plan *p)
{
    bool others;

    p->run->operation = operation(b, p);
    p->run->announced = announced(b, p, &others);
    p->run->database = database(p, others);
    p->run->endpoint = endpoint(p);
    p->run->recovered = TL_SPAN_NONE; /* no reader hands over how long an attempt's answer took */
    return TL_OK;
}
