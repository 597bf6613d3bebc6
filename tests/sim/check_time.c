/* check_time.c - every interval of a report against the truth that it must hold. */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim.h"

static long long
ms(tl_time t)
{
    return (long long)(t / TL_MS);
}

static bool
within(tl_time t, tl_time from, tl_time to)
{
    return from <= t && t <= to;
}

/* ---- assumptions ---- */

static bool
names(const struct tl_fused *f, enum assumption a)
{
    for (size_t i = 0; i < f->nassumes; i++)
        if (tl_str_eq(f->assumes[i], tl_str_from(assumption_names[a])))
            return true;
    return false;
}

/*
 * The truth against a fused interval. Without assumption it must hold; with assumptions that are
 * all true in this world, too. Where one is false it may miss: that is counted by name.
 */
static void
check_fused(const struct told *t, const struct tl_fused *f, int64_t truth, const char *what,
            unsigned n)
{
    const struct world *w = t->w;
    bool inside = f->min <= truth && truth <= f->max, all_hold = true;
    enum check c = f->nassumes ? C_ASSUMED : C_FUSED;

    if (!f->present)
        return;
    for (int a = 0; a < NASSUMPTIONS; a++)
        if (names(f, (enum assumption)a)) {
            all_hold &= w->holds[a];
            tally_assumed((enum assumption)a, w->holds[a], inside);
        }
    if (inside)
        tally_pass(w, c);
    else if (all_hold)
        tally_miss(w, c, "%s %u: %lld outside %lld..%lld ms", what, n, ms(truth), ms(f->min),
                   ms(f->max));
}

/* ---- rows ---- */

/* The proof with the finest stamp tells the moment of a row: of coarser ones the pairing may be
 * that of another of its repeats. */
static const struct tl_proof *
finest(const struct told *t, const struct tl_row *row)
{
    const struct tl_proof *best = NULL;
    int64_t best_us = INT64_MAX;

    for (size_t i = 0; i < row->nproofs; i++) {
        int in = input_of(t, row->proofs[i].input);

        if (in >= 0 && t->w->inputs[in].res_us < best_us) {
            best = &row->proofs[i];
            best_us = t->w->inputs[in].res_us;
        }
    }
    return best;
}

static void
check_row(const struct told *t, unsigned n)
{
    const struct tl_row *row = &t->report->rows[n];
    const struct tl_proof *p = row->inferred ? NULL : finest(t, row);
    const struct tl_instant *when = &row->ev.when;
    int64_t before;
    tl_time truth;

    if (!p || !moment_of(t, p, &truth))
        return;
    if (within(truth, when->earliest, when->latest))
        tally_pass(t->w, C_ROWS);
    else
        tally_miss(t->w, C_ROWS, "row %u %.*s: %lld outside %lld..%lld ms", n + 1,
                   TL_FMT(row->ev.cls), ms(truth), ms(when->earliest), ms(when->latest));
    check_fused(t, &row->fused, truth, "row", n + 1);
    before = t->w->inputs[input_of(t, p->input)].res_us;
    if (before >= TL_SECOND)
        tally_width(false, before,
                    row->fused.present ? row->fused.max - row->fused.min
                                       : when->latest - when->earliest);
}

void
check_rows(const struct told *t)
{
    for (unsigned i = 0; i < t->report->nrows; i++)
        check_row(t, i);
}

/* ---- outages ---- */

/* What an outage of a loop was: from the span that its first failure met to the end of the span
 * that its last one met. */
struct truth {
    tl_time from, to;
    int zdp; /* whose span it was; -1: none's */
    const struct loop *loop;
};

static int
zdp_of_down(const struct world *w, int down)
{
    for (size_t i = 0; i < w->nzdp; i++)
        if (w->zdp[i].down >= 0 && w->zdp[i].outcome == TL_ZDP_FINISHED &&
            w->downs[w->zdp[i].down].from == w->downs[down].from)
            return (int)i;
    return -1;
}

static tl_time
stamp_of(const struct loop *l, const struct attempt *a)
{
    tl_time t = (l->stamps == STAMP_END ? a->end : a->start) + l->offset_us;

    return t - t % l->res_us;
}

static bool
truth_of(const struct told *t, const struct tl_outage *o, struct truth *out)
{
    int in = input_of(t, o->input);
    const struct attempt *first = NULL, *last = NULL;

    if (in < 0 || t->w->inputs[in].kind != IN_LOOP)
        return false;
    out->loop = &t->w->loops[t->w->inputs[in].loop];
    for (size_t i = 0; i < out->loop->n; i++) {
        const struct attempt *a = &out->loop->attempts[i];

        if (a->gone || !a->failure || stamp_of(out->loop, a) < o->first_fail ||
            stamp_of(out->loop, a) > o->last_fail)
            continue;
        first = first ? first : a;
        last = a;
    }
    if (!first)
        return false;
    out->from = t->w->downs[first->down].from;
    out->to = t->w->downs[last->down].to;
    out->zdp = zdp_of_down(t->w, first->down);
    return true;
}

/* Where the evidence shows that an assumption is false of this outage, it must not be used: the
 * message says 0 ms; connections were dropped; the probe alone excludes it. */
static void
check_dropped(const struct told *t, const struct tl_outage *o, const struct truth *x, unsigned n)
{
    const struct zdp_truth *z = x->zdp < 0 ? NULL : &t->w->zdp[x->zdp];
    bool zero, drops, wide, slow;

    if (!z || !o->fused.present || z->finish < 0 || !t->seen[z->finish])
        return;
    zero = z->ms == 0 && names(&o->fused, A_ZDP_DURATION);
    drops = z->dropped > 0 && names(&o->fused, A_ZDP_WINDOW);
    wide = o->min_us != TL_UNKNOWN && o->min_us > (z->ms + 1) * TL_MS &&
           names(&o->fused, A_ZDP_WINDOW) && names(&o->fused, A_ZDP_DURATION);
    slow = o->max_us != TL_UNKNOWN && o->max_us < z->fast_us && names(&o->fused, A_STARTUP_REFUSES);
    if (zero || drops || wide || slow)
        tally_miss(t->w, C_DROPPED, "outage %u%s%s%s%s", n, zero ? " 0 ms" : "",
                   drops ? " dropped connections" : "", wide ? " longer than said" : "",
                   slow ? " shorter than the startup" : "");
    else
        tally_pass(t->w, C_DROPPED);
}

static void
check_probe(const struct told *t, const struct tl_outage *o, unsigned n)
{
    struct truth x;
    int64_t us, slack;

    if (!truth_of(t, o, &x)) {
        tally_miss(t->w, C_OUTAGES, "outage %u of %.*s: nothing failed", n, TL_FMT(o->endpoint));
        return;
    }
    us = x.to - x.from;
    slack = TL_MS; /* stamps in milliseconds are floored */
    if ((o->min_us == TL_UNKNOWN || o->min_us <= us + slack) &&
        (o->max_us == TL_UNKNOWN || us <= o->max_us + slack))
        tally_pass(t->w, C_OUTAGES);
    else
        tally_miss(t->w, C_OUTAGES, "outage %u of %.*s: %lld outside %lld..%lld ms", n,
                   TL_FMT(o->endpoint), ms(us), ms(o->min_us), ms(o->max_us));
    if (o->fused.present) {
        struct tl_fused f = o->fused;

        f.min -= slack;
        f.max += slack;
        check_fused(t, &f, us, "outage", n);
    }
    check_dropped(t, o, &x, n);
    if (o->min_us != TL_UNKNOWN && o->max_us != TL_UNKNOWN)
        tally_width(true, o->max_us - o->min_us,
                    o->fused.present ? o->fused.max - o->fused.min : o->max_us - o->min_us);
}

/* A server's own: from the request, or what came of it first, to "ready". */
static void
check_log(const struct told *t, const struct tl_outage *o, unsigned n)
{
    const struct world *w = t->w;
    int in = input_of(t, o->input);
    int64_t us;

    if (in < 0 || w->inputs[in].kind != IN_LOG || o->first_ok == TL_TIME_NONE)
        return;
    for (size_t i = 0; i < w->ndowns; i++) {
        const struct down *d = &w->downs[i];
        tl_time up = d->to + w->inputs[in].offset_us;

        if (d->res != w->inputs[in].res || up - up % w->inputs[in].res_us != o->first_ok)
            continue;
        us = d->to - d->from;
        if ((o->min_us == TL_UNKNOWN || o->min_us <= us) &&
            (o->max_us == TL_UNKNOWN || us <= o->max_us))
            tally_pass(w, C_LOG_OUTAGES);
        else
            tally_miss(w, C_LOG_OUTAGES, "outage %u of %.*s: %lld outside %lld..%lld ms", n,
                       TL_FMT(o->endpoint), ms(us), ms(o->min_us), ms(o->max_us));
        check_fused(t, &o->fused, us, "outage of a log", n);
        return;
    }
    tally_miss(w, C_LOG_OUTAGES, "outage %u of %.*s never was", n, TL_FMT(o->endpoint));
}

static void
check_list(const struct told *t, const struct tl_outage *o, size_t n)
{
    for (unsigned i = 0; i < n; i++) {
        if (tl_str_eq(o[i].source, TL_STR("probe")))
            check_probe(t, &o[i], i + 1);
        else if (tl_str_eq(o[i].source, TL_STR("log")))
            check_log(t, &o[i], i + 1);
    }
}

void
check_outages(const struct told *t)
{
    for (size_t i = 0; i < t->report->nruns; i++)
        check_list(t, t->report->runs[i].outages, t->report->runs[i].noutages);
    check_list(t, t->report->outages, t->report->noutages);
}

/* ---- phases ---- */

static const struct fact *
only_fact(const struct told *t, int res, int run, enum mark mark)
{
    const struct fact *found = NULL;

    for (size_t i = 0; i < t->w->nfacts; i++) {
        const struct fact *f = &t->w->facts[i];

        if (f->res != res || f->run != run || f->mark != mark)
            continue;
        if (found || !t->seen[i])
            return NULL;
        found = f;
    }
    return found;
}

/* A phase of an instance that two announcements bound, one each: from the one to the other. */
static void
check_phase(const struct told *t, const struct tl_phase_span *p, int run, int res)
{
    bool zdp = p->name == TL_PHASE_ZDP, startup = p->name == TL_PHASE_STARTUP;
    const struct fact *began = only_fact(t, res, run, zdp ? K_ATTEMPT : K_SHUTDOWN);
    const struct fact *ended = only_fact(t, res, run, zdp ? K_FINISH : K_RESTART);
    const struct fact *fast = only_fact(t, res, run, K_FAST);
    int64_t us;

    if (startup && fast)
        us = fast->took_us;
    else if ((zdp || p->name == TL_PHASE_SHUTDOWN) && began && ended)
        us = ended->t - began->t;
    else
        return;
    if (p->seconds.min_us == TL_UNKNOWN && p->seconds.max_us == TL_UNKNOWN)
        return;
    if ((p->seconds.min_us == TL_UNKNOWN || p->seconds.min_us <= us) &&
        (p->seconds.max_us == TL_UNKNOWN || us <= p->seconds.max_us))
        tally_pass(t->w, C_PHASES);
    else
        tally_miss(t->w, C_PHASES, "%.*s of %s: %lld outside %lld..%lld ms",
                   TL_FMT(tl_phase_name(p->name)), t->w->res[res].id, ms(us), ms(p->seconds.min_us),
                   ms(p->seconds.max_us));
}

static bool
is_logged(const struct told *t, int res)
{
    for (size_t i = 0; i < t->w->ninputs; i++)
        if (t->w->inputs[i].kind == IN_LOG && t->w->inputs[i].res == res)
            return true;
    return false;
}

static int
res_named(const struct world *w, struct tl_str id, struct tl_str region)
{
    for (size_t i = 0; i < w->nres; i++)
        if (tl_str_eq(id, tl_str_from(w->res[i].id)) &&
            tl_str_eq(region, tl_str_from(w->res[i].region)))
            return (int)i;
    return -1;
}

static void
check_operation(const struct told *t, const struct tl_run *r, int run)
{
    const struct fact *from = NULL, *to = NULL;
    size_t calls = 0;
    int64_t us;

    for (size_t i = 0; i < t->w->nfacts; i++) {
        const struct fact *f = &t->w->facts[i];

        if (f->run != run || !t->seen[i])
            continue;
        if (f->call[0] || (f->needs & N_FIRST && !calls && (!from || f->t < from->t)))
            from = f;
        calls += f->call[0] != '\0';
        if (f->needs & N_LAST && (!to || f->t > to->t))
            to = f;
    }
    if (!from || !to || r->operation.min_us == TL_UNKNOWN || r->operation.max_us == TL_UNKNOWN ||
        calls > 1 || (calls == 1) != (r->requested.event != TL_NO_INDEX) ||
        !determined(t, run, N_CORE) || count_told(t, run) != 1 ||
        !t->w->holds[A_LISTED_ORDER]) /* of two ends in one minute the last listed is the last */
        return;
    us = to->t - from->t;
    if (within(us, r->operation.min_us, r->operation.max_us))
        tally_pass(t->w, C_CLOCKS);
    else
        tally_miss(t->w, C_CLOCKS, "operation: %lld outside %lld..%lld ms", ms(us),
                   ms(r->operation.min_us), ms(r->operation.max_us));
}

void
check_phases(const struct told *t)
{
    for (uint32_t i = 0; i < t->report->nruns; i++) {
        const struct tl_run *r = &t->report->runs[i];
        int run = true_run(t, i);

        if (run < 0)
            continue;
        check_operation(t, r, run);
        for (size_t k = 0; k < r->nphases; k++) {
            int res = res_named(t->w, r->phases[k].resource, r->phases[k].region);

            if (res >= 0 && !is_logged(t, res))
                check_phase(t, &r->phases[k], run, res);
        }
    }
}
