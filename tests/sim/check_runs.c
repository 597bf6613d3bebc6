/* check_runs.c - runs, what they were and how they ended, against the world. */
#include <stdio.h>
#include <string.h>

#include "tests/sim/sim.h"

/* ---- which events are in which run ---- */

/* No run of the report has facts of two runs of the world, or of none. */
static void
check_rows_of_runs(const struct told *t)
{
    for (unsigned i = 0; i < t->report->nrows; i++) {
        const struct tl_row *row = &t->report->rows[i];
        int f = row->inferred || row->nproofs == 0 ? -1 : fact_of(t, &row->proofs[0]), run;

        if (f < 0 || row->run == TL_NO_INDEX)
            continue;
        run = true_run(t, row->run);
        if (t->w->facts[f].run == run)
            tally_pass(t->w, C_STRANGERS);
        else
            tally_miss(t->w, C_STRANGERS, "row %u %.*s is of run %d, and in that of %d", i + 1,
                       TL_FMT(row->ev.cls), t->w->facts[f].run, run);
    }
}

/* Of a run that is seen in full, every core event is in it. */
static void
check_members(const struct told *t, int run, uint32_t told)
{
    for (int i = 0; i < (int)t->w->nfacts; i++) {
        const struct fact *f = &t->w->facts[i];
        const struct tl_row *row;

        if (f->run != run || !(f->needs & N_CORE) || !t->seen[i])
            continue;
        row = row_of_fact(t, i);
        if (row && row->run == told)
            tally_pass(t->w, C_MEMBERS);
        else
            tally_miss(t->w, C_MEMBERS, "run %d: \"%.50s\" is %s", run, f->text,
                       !row                      ? "in no row"
                       : row->run == TL_NO_INDEX ? "in no run"
                                                 : "in another run");
    }
}

/* A run that is seen in full is one run of the report, and has an id of its own. */
static uint32_t
check_one(const struct told *t, int run)
{
    size_t n = count_told(t, run);

    if (n == 1)
        tally_pass(t->w, C_RUNS);
    else
        tally_miss(t->w, C_RUNS, "run %d (%s) is %zu runs", run, t->w->runs[run].variant, n);
    return n == 1 ? (uint32_t)told_run(t, run) : TL_NO_INDEX;
}

/* ---- inferred rows ---- */

static bool
is_of_class(const struct world *w, const struct fact *f, struct tl_str cls)
{
    struct tl_match m;
    const char *type = w->res[f->res].kind == TL_KIND_CLUSTER    ? "db-cluster"
                       : w->res[f->res].kind == TL_KIND_INSTANCE ? "db-instance"
                                                                 : "blue-green-deployment";

    tl_classify(rules(), tl_str_from(type), tl_str_from(f->text), TL_STR(""), &m);
    return !f->call[0] && tl_str_eq(m.cls, cls);
}

/* Whether the work of a patch began within the bounds: no event says that it does, so it began
 * between the call and the first event. */
static bool
patch_began(const struct told *t, const struct tl_row *row)
{
    for (int run = 0; run < (int)t->w->nruns; run++) {
        tl_time call = TL_TIME_NONE, first = TL_TIME_NONE;

        for (size_t i = 0; i < t->w->nfacts; i++) {
            const struct fact *f = &t->w->facts[i];

            if (f->run != run || !t->seen[i])
                continue;
            if (f->call[0])
                call = f->t;
            else if (first == TL_TIME_NONE || f->t < first)
                first = f->t;
        }
        if (t->w->runs[run].strategy == TL_STRATEGY_PATCH && call != TL_TIME_NONE &&
            row->ev.when.earliest >= call - TL_SECOND && row->ev.when.earliest <= first)
            return tl_str_eq(row->ev.cls, TL_STR("upgrade.started"));
    }
    return false;
}

/* An event of that class on that resource was, is in no input, and lies within the bounds. (Where
 * the order of rows misleads, it may be in one, and in another run or none.) */
static void
check_inferred_row(const struct told *t, unsigned n)
{
    const struct tl_row *row = &t->report->rows[n];
    const char *why = "never was";

    for (size_t i = 0; i < t->w->nfacts; i++) {
        const struct fact *f = &t->w->facts[i];

        if ((t->seen[i] && t->w->holds[A_LISTED_ORDER]) ||
            !tl_str_eq(row->ev.who.id, tl_str_from(t->w->res[f->res].id)) ||
            !is_of_class(t->w, f, row->ev.cls))
            continue;
        why = "was at another time";
        if (row->ev.when.earliest <= f->t && f->t <= row->ev.when.latest) {
            tally_pass(t->w, C_INFERRED);
            return;
        }
    }
    if (patch_began(t, row))
        tally_pass(t->w, C_INFERRED);
    else
        tally_miss(t->w, C_INFERRED, "row %u %.*s of %.*s %s", n + 1, TL_FMT(row->ev.cls),
                   TL_FMT(row->ev.who.id), why);
}

void
check_inferred(const struct told *t)
{
    for (unsigned i = 0; i < t->report->nrows; i++)
        if (t->report->rows[i].inferred && t->report->rows[i].ev.who.id.n > 0)
            check_inferred_row(t, i);
}

/* ---- what was concluded ---- */

static void
check_words(const struct told *t, int run, const struct tl_run *r)
{
    const struct run *x = &t->w->runs[run];

    if (!x->strategy_open && determined(t, run, N_STRATEGY)) {
        if (r->strategy == x->strategy)
            tally_pass(t->w, C_STRATEGY);
        else
            tally_miss(t->w, C_STRATEGY, "run %d (%s): %.*s, was %.*s", run, x->variant,
                       TL_FMT(tl_strategy_name(r->strategy)),
                       TL_FMT(tl_strategy_name(x->strategy)));
    }
    if (!x->verdict_open && determined(t, run, N_VERDICT)) {
        if (r->verdict == x->verdict)
            tally_pass(t->w, C_VERDICT);
        else
            tally_miss(t->w, C_VERDICT, "run %d (%s): %.*s, was %.*s", run, x->variant,
                       TL_FMT(tl_verdict_name(r->verdict)), TL_FMT(tl_verdict_name(x->verdict)));
    }
    if (x->from[0] && x->to[0] && !x->cut && determined(t, run, N_VERSION | N_VERDICT)) {
        if (tl_str_eq(r->from, tl_str_from(x->from)) && tl_str_eq(r->to, tl_str_from(x->to)))
            tally_pass(t->w, C_VERSIONS);
        else
            tally_miss(t->w, C_VERSIONS, "run %d (%s): %.*s to %.*s, was %s to %s", run, x->variant,
                       TL_FMT(r->from), TL_FMT(r->to), x->from, x->to);
    }
}

static void
check_request(const struct told *t, int run, const struct tl_run *r)
{
    const struct fact *asked = NULL;

    for (size_t i = 0; i < t->w->nfacts; i++)
        if (t->w->facts[i].run == run && t->w->facts[i].call[0] && t->seen[i] && !asked)
            asked = &t->w->facts[i];
    if (!asked || t->w->runs[run].strategy_open || t->w->runs[run].topology ||
        !determined(t, run, N_STRATEGY | N_FIRST))
        return;
    if (r->requested.event != TL_NO_INDEX && tl_str_eq(r->requested.via, tl_str_from(asked->call)))
        tally_pass(t->w, C_REQUEST);
    else
        tally_miss(t->w, C_REQUEST, "run %d (%s): %s is not its request", run,
                   t->w->runs[run].variant, asked->call);
}

/* ---- ZDP ---- */

static const struct tl_zdp *
zdp_named(const struct told *t, const struct tl_run *r, const struct zdp_truth *z, size_t *n)
{
    const struct res *x = &t->w->res[z->res];
    const struct tl_zdp *found = NULL;

    *n = 0;
    for (size_t i = 0; i < r->nzdp; i++)
        if (tl_str_eq(r->zdp[i].region, tl_str_from(x->region)) &&
            tl_str_eq(r->zdp[i].resource, tl_str_from(x->id))) {
            found = &r->zdp[i];
            ++*n;
        }
    return found;
}

static bool
has_moment(const struct tl_instant *i, tl_time t)
{
    return i->at != TL_TIME_NONE && i->earliest <= t && t <= i->latest;
}

/* Whether its startup is announced no later than about its end: what comes seconds behind may be
 * another one's. */
static bool
startup_is_clear(const struct world *w, const struct zdp_truth *z)
{
    for (size_t i = 0; i < w->nfacts; i++)
        if (w->facts[i].res == z->res && w->facts[i].run == z->run && w->facts[i].mark == K_FAST &&
            w->facts[i].t > w->facts[z->finish].t + TL_SECOND)
            return false;
    return true;
}

static void
check_one_zdp(const struct told *t, const struct tl_run *r, const struct zdp_truth *z)
{
    size_t n;
    const struct tl_zdp *got = zdp_named(t, r, z, &n);
    const char *id = t->w->res[z->res].id;
    bool figures;

    if (n != 1 || !got) {
        tally_miss(t->w, C_ZDP, "%s: %zu attempts", id, n);
        return;
    }
    figures =
        got->elapsed_ms == z->ms && got->preserved == z->preserved && got->dropped == z->dropped &&
        (got->fast_startup_us == z->fast_us || (z->finish >= 0 && !startup_is_clear(t->w, z)));
    if (got->outcome != z->outcome)
        tally_miss(t->w, C_ZDP, "%s: %.*s, was %.*s", id, TL_FMT(tl_zdp_name(got->outcome)),
                   TL_FMT(tl_zdp_name(z->outcome)));
    else if (z->outcome == TL_ZDP_FINISHED && !figures)
        tally_miss(t->w, C_ZDP, "%s: %lld ms %lld+%lld fast %lld", id, (long long)got->elapsed_ms,
                   (long long)got->preserved, (long long)got->dropped,
                   (long long)got->fast_startup_us);
    else if (z->outcome == TL_ZDP_FINISHED && t->w->holds[A_TWINS] &&
             (!has_moment(&got->began, t->w->facts[z->attempt].t) ||
              !has_moment(&got->ended, t->w->facts[z->finish].t)))
        tally_miss(t->w, C_ZDP, "%s: it began or ended at another moment", id);
    else
        tally_pass(t->w, C_ZDP);
}

static void
check_zdp(const struct told *t, int run, const struct tl_run *r)
{
    if (has_labels(t) || !determined(t, run, N_ZDP))
        return;
    for (size_t i = 0; i < t->w->nzdp; i++)
        if (t->w->zdp[i].run == run)
            check_one_zdp(t, r, &t->w->zdp[i]);
}

void
check_runs(const struct told *t)
{
    check_rows_of_runs(t);
    for (int run = 0; run < (int)t->w->nruns; run++) {
        uint32_t told;

        if (!determined(t, run, N_CORE | N_FIRST | N_LAST))
            continue;
        told = check_one(t, run);
        if (told == TL_NO_INDEX)
            continue;
        check_members(t, run, told);
        check_words(t, run, &t->report->runs[told]);
        check_request(t, run, &t->report->runs[told]);
        check_zdp(t, run, &t->report->runs[told]);
    }
}
