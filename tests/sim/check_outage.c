/* check_outage.c - outages, by probes and by logs, against the spans in which nothing was served.
 */
#include <string.h>

#include "tests/sim/sim.h"

static long long
ms(int64_t us)
{
    return (long long)(us / TL_MS);
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

bool
true_outage(const struct told *t, const struct tl_outage *o, int64_t *us)
{
    struct truth x;

    if (!truth_of(t, o, &x))
        return false;
    *us = x.to - x.from;
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
    zero = z->ms == 0 && fused_names(&o->fused, A_ZDP_DURATION);
    drops = z->dropped > 0 && fused_names(&o->fused, A_ZDP_WINDOW);
    wide = o->min_us != TL_UNKNOWN && o->min_us > (z->ms + 1) * TL_MS &&
           fused_names(&o->fused, A_ZDP_WINDOW) && fused_names(&o->fused, A_ZDP_DURATION);
    slow = o->max_us != TL_UNKNOWN && o->max_us < z->fast_us &&
           fused_names(&o->fused, A_STARTUP_REFUSES);
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
