/* check_span.c - phases and clocks against the time that they took. */
#include <string.h>

#include "tests/sim/sim.h"

static long long
ms(int64_t us)
{
    return (long long)(us / TL_MS);
}

static bool
within(tl_time t, tl_time from, tl_time to)
{
    return from <= t && t <= to;
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
    else if ((zdp ? t->w->holds[A_TWINS] : p->name == TL_PHASE_SHUTDOWN) && began && ended)
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

/* ---- endpoint, database ---- */

struct longest {
    int64_t us;
    bool known;
};

static void
add(struct longest *l, int64_t us)
{
    l->us = l->known && l->us > us ? l->us : us;
    l->known = true;
}

static void
check_clock(const struct told *t, const struct tl_span *s, const struct longest *l,
            const char *what)
{
    if (!l->known || (s->min_us == TL_UNKNOWN && s->max_us == TL_UNKNOWN))
        return;
    if ((s->min_us == TL_UNKNOWN || s->min_us <= l->us + TL_MS) &&
        (s->max_us == TL_UNKNOWN || l->us <= s->max_us + TL_MS))
        tally_pass(t->w, C_CLOCKS);
    else
        tally_miss(t->w, C_CLOCKS, "%s: %lld outside %lld..%lld ms", what, ms(l->us), ms(s->min_us),
                   ms(s->max_us));
}

/* The longest of the outages that probes saw. */
static void
check_endpoint(const struct told *t, const struct tl_run *r)
{
    struct longest l = {0, false};

    for (size_t i = 0; i < r->noutages; i++) {
        int64_t us;

        if (tl_str_eq(r->outages[i].source, TL_STR("probe")) && true_outage(t, &r->outages[i], &us))
            add(&l, us);
    }
    check_clock(t, &r->endpoint, &l, "endpoint");
}

/* The longest stop of an engine of the run, as it was: no announcement bounds it. */
static void
check_database(const struct told *t, const struct tl_run *r, int run)
{
    struct longest l = {0, false};

    for (size_t i = 0; i < t->w->ndowns; i++) {
        const struct down *d = &t->w->downs[i];

        if (d->run == run && t->w->res[d->res].kind == TL_KIND_INSTANCE)
            add(&l, d->to - d->from);
    }
    if (determined(t, run, N_CORE) && !t->w->runs[run].cut && !has_labels(t))
        check_clock(t, &r->database, &l, "database");
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
        check_endpoint(t, r);
        check_database(t, r, run);
        for (size_t k = 0; k < r->nphases; k++) {
            int res = res_named(t->w, r->phases[k].resource, r->phases[k].region);

            if (res >= 0 && !is_logged(t, res))
                check_phase(t, &r->phases[k], run, res);
        }
    }
}

/* ---- clocks of hosts ---- */

/* The offset of the clock of that name: an input's, or that of the server whose log it is. */
static bool
offset_of(const struct world *w, struct tl_str name, int64_t *us)
{
    for (size_t i = 0; i < w->ninputs; i++) {
        const struct input *in = &w->inputs[i];

        if (in->kind != IN_LOG && in->kind != IN_LOOP)
            continue;
        *us = in->offset_us;
        if (tl_str_eq(name, tl_str_from(in->name)) ||
            (in->kind == IN_LOG && tl_str_eq(name, tl_str_from(w->res[in->res].id))))
            return true;
    }
    return false;
}

static void
check_offset(const struct told *t, const struct tl_span *s, int64_t us, const char *what,
             struct tl_str name)
{
    if (s->min_us == TL_UNKNOWN && s->max_us == TL_UNKNOWN)
        return;
    if ((s->min_us == TL_UNKNOWN || s->min_us <= us) &&
        (s->max_us == TL_UNKNOWN || us <= s->max_us))
        tally_pass(t->w, C_SKEW);
    else
        tally_miss(t->w, C_SKEW, "%.*s, %s: %lld outside %lld..%lld us", TL_FMT(name), what,
                   (long long)us, (long long)s->min_us, (long long)s->max_us);
}

void
check_skew(const struct told *t)
{
    for (uint32_t i = 0; i < t->report->ninputs; i++) {
        const struct tl_source *src = &t->report->inputs[i];
        int in = input_of(t, i);
        int64_t own = in < 0 ? 0 : t->w->inputs[in].offset_us, other;

        if (in < 0 || !src->skew)
            continue;
        check_offset(t, &src->skew->offset, own, "against AWS", src->name);
        if (offset_of(t->w, src->skew->other, &other))
            check_offset(t, &src->skew->apart, own - other, "against another", src->name);
    }
}

static bool
is_shifted(const struct tl_source *src)
{
    for (size_t i = 0; i < src->nhints; i++)
        if (tl_str_eq(src->hints[i].key, TL_STR("skew")))
            return true;
    return false;
}

/* By whose clock a shifted input tells the time: AWS's where its offset from that is proved, else
 * that of the log that it was brought onto. */
static int64_t
aligned_offset(const struct told *t, const struct tl_source *src)
{
    const struct tl_span *s = &src->skew->offset;
    int64_t us = 0;

    if ((s->min_us != TL_UNKNOWN && s->min_us > 0) || (s->max_us != TL_UNKNOWN && s->max_us < 0))
        return 0;
    offset_of(t->w, src->skew->other, &us);
    return us;
}

/* With --align: the rows of a shifted clock hold the truth by the clock that it was brought onto.
 */
void
check_aligned(const struct told *t)
{
    for (size_t i = 0; i < t->report->nrows; i++) {
        const struct tl_row *row = &t->report->rows[i];
        const struct tl_source *src = row->nproofs ? &t->report->inputs[row->input] : NULL;
        tl_time truth;

        if (!src || !src->skew || !is_shifted(src) || !moment_of(t, &row->proofs[0], &truth))
            continue;
        truth += aligned_offset(t, src) - t->w->inputs[input_of(t, row->input)].offset_us;
        if (within(truth, row->ev.when.earliest, row->ev.when.latest))
            tally_pass(t->w, C_SKEW);
        else
            tally_miss(t->w, C_SKEW, "aligned row %zu %.*s: %lld outside %lld..%lld ms", i + 1,
                       TL_FMT(row->ev.cls), ms(truth), ms(row->ev.when.earliest),
                       ms(row->ev.when.latest));
    }
}
