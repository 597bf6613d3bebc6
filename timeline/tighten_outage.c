/* tighten_outage.c - constraints between outages that probes saw and what instances went through.
 */
#include "timeline/tighten.h"

#include "timeline/views.h"

/* Clocks that disagree by no more than this are still believed to speak of one thing. */
static const int64_t NEAR_US = TL_MINUTE;

static bool
is_near(const struct tl_outage *o, const struct tl_instant *began, const struct tl_instant *ended)
{
    if (o->down.latest == TL_TIME_NONE || o->up.earliest == TL_TIME_NONE)
        return false; /* its clock was set back: its times prove nothing */
    if (ended->latest != TL_TIME_NONE && o->up.earliest > ended->latest + NEAR_US)
        return false;
    return began->earliest == TL_TIME_NONE || o->down.latest >= began->earliest - NEAR_US;
}

/* Whether the version changed over the outage: 1 yes, 0 no, -1 not known. */
static int
flips(const struct tl_outage *o)
{
    if (o->version_before.n == 0 || o->version_after.n == 0)
        return -1;
    return !tl_str_eq(o->version_before, o->version_after);
}

static bool
same_loop(const struct tl_outage *a, const struct tl_outage *b)
{
    return a->input == b->input && tl_str_eq(a->endpoint, b->endpoint);
}

/* The outages of one loop that may be that of an upgrade. */
struct candidates {
    uint32_t best; /* the one, or NONE */
    size_t n, flips;
};

/* Of several outages of a loop, the one over which the version changed; else none: which one it
 * was is not known. An outage with the same version on both sides is not that of an upgrade. */
static void
consider(const struct plan *p, uint32_t outage, struct candidates *c)
{
    int flip = flips(&p->outages[outage]);

    if (flip == 0)
        return;
    c->n++;
    c->flips += flip == 1;
    if (flip == 1 || c->flips == 0)
        c->best = outage;
}

/* The outages by which clients of z's instance saw it, one a loop: out[0 .. *n). */
static enum tl_status
outages_of(struct tighten *t, const struct tl_zdp *z, uint32_t *out, size_t *n)
{
    const struct plan *p = t->plan;
    bool *done = tl_arena_alloc(&t->arena, (p->noutages + 1) * sizeof(*done));

    *n = 0;
    if (!done)
        return TL_ENOMEM;
    for (uint32_t i = 0; i < p->noutages; i++)
        done[i] = !is_near(&p->outages[i], &z->began, &z->ended) ||
                  !zdp_has_client(t->b, p, z, &p->outages[i], t->writer_known);
    for (uint32_t i = 0; i < p->noutages; i++) {
        struct candidates c = {.best = NONE};

        for (uint32_t k = i; k < p->noutages && !done[i]; k++) {
            if (done[k] || !same_loop(&p->outages[i], &p->outages[k]))
                continue;
            consider(p, k, &c);
            done[k] = k > i;
        }
        if (c.n == 1 || c.flips == 1)
            out[(*n)++] = c.best;
    }
    return TL_OK;
}

/* ---- the window ---- */

/* The outage is no longer than the window, as its end states that: the two assumptions at once. */
static enum tl_status
add_stated(struct tighten *t, const struct tl_zdp *z, uint32_t down, uint32_t outage, uint32_t need)
{
    for (size_t i = 0; i < t->nreasons; i++) {
        const struct reason *r = &t->reasons[i];
        struct net_bounds most = {NET_OPEN, r->us};
        uint32_t reason, also = r->need;

        for (size_t k = 0; r->kind == REASON_SINCE && k < z->nevents; k++) {
            if (z->events[k] != r->row)
                continue;
            if (tighten_reason(
                    t, (struct reason){.kind = REASON_MOST, .row = z->events[k], .outage = outage},
                    &reason))
                return TL_ENOMEM;
            return net_between(&t->net, down + 2, down + 3, most, reason, need, also);
        }
    }
    return TL_OK;
}

static enum tl_status
add_window(struct tighten *t, const struct tl_zdp *z, uint32_t outage)
{
    const struct tl_str name = tl_assume_name(TL_ASSUME_ZDP_WINDOW);
    uint32_t down, need, reason, row;
    enum tl_status st = TL_OK;

    if (z->dropped != TL_UNKNOWN && z->dropped > 0)
        return tighten_dropped(t, name, z->events, z->nevents, z->resource,
                               TL_STR("connections were dropped, and then the engine may have "
                                      "refused new ones after it had finished"));
    if (tighten_ends(t, outage, &down) || tighten_suppose(t, name, &need))
        return TL_ENOMEM;
    for (size_t i = 0; i < z->nevents && !st; i++) {
        bool begins = row_is(t->b, z->events[i], TL_STR("zdp.attempted"));

        if (!begins && !row_is(t->b, z->events[i], TL_STR("zdp.finished")))
            continue;
        if (tighten_row(t, z->events[i], &row) ||
            tighten_reason(
                t, (struct reason){.kind = REASON_WINDOW, .row = z->events[i], .outage = outage},
                &reason))
            return TL_ENOMEM;
        st = begins ? net_at_least(&t->net, row, down + 2, 0, reason, need, NET_NONE)
                    : net_at_least(&t->net, down + 3, row, 0, reason, need, NET_NONE);
    }
    return st ? st : add_stated(t, z, down, outage, need);
}

static enum tl_status
add_windows(struct tighten *t, uint32_t *outages)
{
    const struct tl_run *r = t->plan->run;
    size_t n;

    if (tighten_name(t, tl_assume_name(TL_ASSUME_ZDP_WINDOW)) == NONE)
        return TL_OK;
    for (size_t i = 0; i < r->nzdp; i++) {
        if (r->zdp[i].outcome != TL_ZDP_FINISHED)
            continue;
        if (outages_of(t, &r->zdp[i], outages, &n))
            return TL_ENOMEM;
        for (size_t k = 0; k < n; k++)
            if (add_window(t, &r->zdp[i], outages[k]))
                return TL_ENOMEM;
    }
    return TL_OK;
}

/* ---- the least that it lasted ---- */

/* The patching that a row is part of; *alone, of the row's own, where there is none. */
static const struct tl_zdp *
zdp_of(struct tighten *t, const uint32_t *row, struct tl_zdp *alone)
{
    const struct tl_run *r = t->plan->run;
    const struct res *res = row_res(t->b, *row);

    for (size_t i = 0; i < r->nzdp; i++)
        for (size_t k = 0; k < r->zdp[i].nevents; k++)
            if (r->zdp[i].events[k] == *row && r->zdp[i].outcome == TL_ZDP_FINISHED)
                return &r->zdp[i];
    *alone = (struct tl_zdp){.resource = res_name(res),
                             .region = res->region,
                             .began = row_event(t->b, *row)->when,
                             .ended = row_event(t->b, *row)->when,
                             .events = row,
                             .nevents = 1};
    return alone;
}

static enum tl_status
add_least(struct tighten *t, const struct tl_assume_rule *rule, uint32_t row, uint32_t *outages)
{
    int64_t us = tighten_stated(row_event(t->b, row), rule);
    uint32_t down, need, reason;
    struct tl_zdp alone;
    size_t n;

    if (us == TL_UNKNOWN || us == 0 || row_repeats(t->b, row))
        return TL_OK;
    if (outages_of(t, zdp_of(t, &row, &alone), outages, &n))
        return TL_ENOMEM;
    for (size_t i = 0; i < n; i++) {
        if (tighten_ends(t, outages[i], &down) || tighten_suppose(t, rule->name, &need) ||
            tighten_reason(t,
                           (struct reason){.kind = REASON_LEAST, .row = row, .outage = outages[i]},
                           &reason) ||
            net_at_least(&t->net, down + 2, down + 3, us, reason, need, NET_NONE))
            return TL_ENOMEM;
    }
    return TL_OK;
}

enum tl_status
tighten_outages(struct tighten *t)
{
    const struct tl_build_options *o = &t->b->options;
    uint32_t *outages = tl_arena_alloc(&t->arena, (t->plan->noutages + 1) * sizeof(*outages));

    if (!outages)
        return TL_ENOMEM;
    if (t->plan->noutages == 0)
        return TL_OK;
    for (size_t i = 0; i < o->nrules; i++) {
        if (o->rules[i].since.n > 0 || tighten_name(t, o->rules[i].name) == NONE)
            continue;
        for (size_t k = 0; k < t->plan->nrows; k++)
            if (tl_str_eq(row_event(t->b, t->plan->rows[k])->cls, o->rules[i].cls) &&
                add_least(t, &o->rules[i], t->plan->rows[k], outages))
                return TL_ENOMEM;
    }
    return add_windows(t, outages);
}
