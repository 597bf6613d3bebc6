/* check_more.c - one world, told in several ways: order, strangers and more evidence. */
#include <stdlib.h>

#include "tests/sim/sim.h"

/* Of an instant its bounds, and its place in the order: a stranger may stand before it in a table
 * and raise that, which is no news of the run. */
static void
put_instant(struct tl_buf *b, const struct tl_instant *i, bool placed)
{
    tl_buf_addf(b, " %lld %lld %lld", placed ? (long long)i->at : 0, (long long)i->earliest,
                (long long)i->latest);
}

/* A stranger's row in a table may bound what is listed around it. */
static void
put_fused(struct tl_buf *b, const struct tl_fused *f, bool placed)
{
    for (size_t i = 0; i < f->nassumes; i++)
        if (!placed && tl_str_eq(f->assumes[i], tl_str_from(assumption_names[A_LISTED_ORDER])))
            return;
    if (!f->present)
        return;
    tl_buf_addf(b, " fused %lld %lld", (long long)f->min, (long long)f->max);
    for (size_t i = 0; i < f->nassumes; i++) {
        tl_buf_add(b, TL_STR(" "));
        tl_buf_add(b, f->assumes[i]);
    }
}

static void
put_outages(struct tl_buf *b, const struct tl_outage *o, size_t n, bool placed)
{
    for (size_t i = 0; i < n; i++) {
        tl_buf_addf(b, "out %.*s %lld %lld %lld %lld", TL_FMT(o[i].endpoint),
                    (long long)o[i].first_fail, (long long)o[i].first_ok, (long long)o[i].min_us,
                    (long long)o[i].max_us);
        put_fused(b, &o[i].fused, placed);
        tl_buf_add(b, TL_STR("\n"));
    }
}

static void
put_findings(struct tl_buf *b, const struct tl_finding *f, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        tl_buf_add(b, f[i].code);
        tl_buf_add(b, TL_STR(": "));
        tl_buf_add(b, f[i].text);
        tl_buf_add(b, TL_STR("\n"));
    }
}

static void
put_run(struct tl_buf *b, const struct tl_run *r, bool placed)
{
    tl_buf_addf(b, "run %.*s %d %d %.*s %.*s", TL_FMT(r->id), (int)r->strategy, (int)r->verdict,
                TL_FMT(r->from), TL_FMT(r->to));
    put_instant(b, &r->began, placed);
    put_instant(b, &r->ended, placed);
    tl_buf_addf(b, " %lld %lld %lld %lld\n", (long long)r->operation.min_us,
                (long long)r->operation.max_us, (long long)r->database.min_us,
                (long long)r->endpoint.max_us);
    for (size_t i = 0; i < r->nphases; i++) {
        tl_buf_addf(b, "phase %.*s %d %lld %lld", TL_FMT(r->phases[i].resource),
                    (int)r->phases[i].name, (long long)r->phases[i].seconds.min_us,
                    (long long)r->phases[i].seconds.max_us);
        put_instant(b, &r->phases[i].began, placed);
        tl_buf_add(b, TL_STR("\n"));
    }
    for (size_t i = 0; i < r->nzdp; i++)
        tl_buf_addf(b, "zdp %.*s %d %lld %lld\n", TL_FMT(r->zdp[i].resource),
                    (int)r->zdp[i].outcome, (long long)r->zdp[i].elapsed_ms,
                    (long long)r->zdp[i].dropped);
    put_outages(b, r->outages, r->noutages, placed);
    put_findings(b, r->findings, r->nfindings);
}

/* Of what the order of rows has no part in: a stranger's row in a table says something of the order
 * of those around it. */
static void
put_short(struct tl_buf *b, const struct tl_report *r)
{
    for (size_t i = 0; i < r->nrows; i++)
        if (r->rows[i].run != TL_NO_INDEX)
            tl_buf_addf(b, "%.*s %.*s %lld %lld %.*s\n", TL_FMT(r->rows[i].ev.cls),
                        TL_FMT(r->rows[i].key), (long long)r->rows[i].ev.when.earliest,
                        (long long)r->rows[i].ev.when.latest, TL_FMT(r->runs[r->rows[i].run].id));
    for (size_t i = 0; i < r->nruns; i++) {
        const struct tl_run *x = &r->runs[i];

        tl_buf_addf(b, "run %.*s %d %d %.*s %.*s %zu %zu\n", TL_FMT(x->id), (int)x->strategy,
                    (int)x->verdict, TL_FMT(x->from), TL_FMT(x->to), x->noutages, x->nzdp);
    }
}

/* Its rows: all of them, or those of runs only, without their numbers. */
static void
put_rows(struct tl_buf *b, const struct tl_report *r, bool of_runs)
{
    for (size_t i = 0; i < r->nrows; i++) {
        const struct tl_row *row = &r->rows[i];

        if (of_runs && row->run == TL_NO_INDEX)
            continue;
        tl_buf_add(b, row->ev.cls);
        tl_buf_add(b, TL_STR(" "));
        tl_buf_add(b, row->key);
        put_instant(b, &row->ev.when, !of_runs);
        put_fused(b, &row->fused, !of_runs);
        tl_buf_addf(b, " %zu %d", row->nproofs, row->twin_of != TL_NO_INDEX);
        if (row->run != TL_NO_INDEX)
            tl_buf_add(b, r->runs[row->run].id);
        for (size_t k = 0; k < row->nproofs && !of_runs; k++)
            tl_buf_addf(b, " %u:%u", row->proofs[k].input, row->proofs[k].line);
        tl_buf_add(b, TL_STR("\n"));
    }
}

static bool
has_table(const struct world *w)
{
    for (size_t i = 0; i < w->ninputs; i++)
        if (w->inputs[i].kind == IN_TABLE)
            return true;
    return false;
}

static struct tl_buf
digest(const struct told *t, bool of_runs)
{
    const struct tl_report *r = t->report;
    struct tl_buf b;

    tl_buf_init(&b, 1 << 24);
    if (of_runs && has_table(t->w)) {
        put_short(&b, r);
        return b;
    }
    put_rows(&b, r, of_runs);
    for (size_t i = 0; i < r->nruns; i++)
        put_run(&b, &r->runs[i], !of_runs);
    if (!of_runs) {
        put_outages(&b, r->outages, r->noutages, true);
        put_findings(&b, r->findings, r->nfindings);
    }
    return b;
}

static int
by_line(const void *a, const void *b)
{
    return tl_str_cmp(*(const struct tl_str *)a, *(const struct tl_str *)b);
}

enum { MAX_DIGEST = 4000 };

static size_t
lines_of(struct tl_str text, struct tl_str *lines, bool sorted)
{
    size_t n = 0;

    while (n < MAX_DIGEST && tl_str_line(&text, &lines[n]))
        n++;
    if (sorted)
        qsort(lines, n, sizeof(*lines), by_line);
    return n;
}

/* The first line that differs; n of both: none does. */
static size_t
differs_at(const struct tl_str *a, size_t na, const struct tl_str *b, size_t nb)
{
    size_t i = 0;

    while (i < na && i < nb && tl_str_eq(a[i], b[i]))
        i++;
    return i;
}

static void
compare(const struct told *t, const struct told *other, enum check c, bool of_runs)
{
    struct tl_buf a = digest(t, of_runs), b = digest(other, of_runs);
    static struct tl_str x[MAX_DIGEST], y[MAX_DIGEST];
    size_t nx = lines_of(tl_buf_str(&a), x, of_runs), ny = lines_of(tl_buf_str(&b), y, of_runs);
    size_t i = differs_at(x, nx, y, ny);
    const struct tl_str none = {"", 0};

    if (i == nx && i == ny)
        tally_pass(t->w, c);
    else
        tally_miss(t->w, c, "\"%.*s\" became \"%.*s\"", TL_FMT(i < nx ? x[i] : none),
                   TL_FMT(i < ny ? y[i] : none));
    tl_buf_free(&a);
    tl_buf_free(&b);
}

/* ---- more evidence ---- */

static const struct tl_row *
row_with(const struct told *t, const struct told *other, const struct tl_proof *p)
{
    struct tl_str name = other->report->inputs[p->input].name;

    for (size_t i = 0; i < t->report->nrows; i++)
        for (size_t k = 0; k < t->report->rows[i].nproofs; k++) {
            const struct tl_proof *q = &t->report->rows[i].proofs[k];

            if (q->line == p->line && tl_str_eq(t->report->inputs[q->input].name, name))
                return &t->report->rows[i];
        }
    return NULL;
}

static const struct tl_outage *
outage_like(const struct told *t, const struct tl_outage *o, const struct tl_outage *list, size_t n,
            struct tl_str input)
{
    for (size_t i = 0; i < n; i++)
        if (list[i].input != TL_NO_INDEX && list[i].first_fail == o->first_fail &&
            tl_str_eq(t->report->inputs[list[i].input].name, input))
            return &list[i];
    return NULL;
}

static bool
wider(int64_t min, int64_t max, int64_t than_min, int64_t than_max)
{
    return (than_min != TL_UNKNOWN && (min == TL_UNKNOWN || min < than_min)) ||
           (than_max != TL_UNKNOWN && (max == TL_UNKNOWN || max > than_max));
}

static void
check_wider_rows(const struct told *all, const struct told *some)
{
    for (size_t i = 0; i < some->report->nrows; i++) {
        const struct tl_row *a = &some->report->rows[i];
        const struct tl_row *b = a->inferred ? NULL : row_with(all, some, &a->proofs[0]);

        if (a->inferred)
            continue;
        if (b &&
            !wider(b->ev.when.earliest, b->ev.when.latest, a->ev.when.earliest, a->ev.when.latest))
            tally_pass(all->w, C_NARROWER);
        else
            tally_miss(all->w, C_NARROWER, "row %zu %.*s of %.*s:%u%s", i + 1, TL_FMT(a->ev.cls),
                       TL_FMT(some->report->inputs[a->input].name), a->proofs[0].line,
                       b ? " is wider with more evidence" : " is gone");
    }
}

static void
check_wider_outages(const struct told *all, const struct told *some, const struct tl_outage *o,
                    size_t n)
{
    const struct tl_report *r = all->report;

    for (size_t i = 0; i < n; i++) {
        const struct tl_outage *b = NULL;
        struct tl_str input;

        if (o[i].input == TL_NO_INDEX)
            continue;
        input = some->report->inputs[o[i].input].name;
        b = outage_like(all, &o[i], r->outages, r->noutages, input);
        for (size_t k = 0; k < r->nruns && !b; k++)
            b = outage_like(all, &o[i], r->runs[k].outages, r->runs[k].noutages, input);
        if (!b || wider(b->min_us, b->max_us, o[i].min_us, o[i].max_us) ||
            (o[i].fused.present && !o[i].fused.nassumes && b->fused.present && !b->fused.nassumes &&
             wider(b->fused.min, b->fused.max, o[i].fused.min, o[i].fused.max)))
            tally_miss(all->w, C_NARROWER, "outage %zu of %.*s%s", i + 1, TL_FMT(input),
                       b ? " is wider with more evidence" : " is gone");
        else
            tally_pass(all->w, C_NARROWER);
    }
}

static void
check_wider(const struct told *all, const struct told *some)
{
    check_wider_rows(all, some);
    check_wider_outages(all, some, some->report->outages, some->report->noutages);
    for (size_t i = 0; i < some->report->nruns; i++)
        check_wider_outages(all, some, some->report->runs[i].outages,
                            some->report->runs[i].noutages);
}

/* ---- the id ---- */

/* Where the subset has the beginning of a run, its id is there already: of runs that have a root
 * (one cluster or instance, or the global cluster that topology names). */
static void
check_ids(const struct told *all, const struct told *some)
{
    for (int run = 0; run < (int)all->w->nruns; run++) {
        int a = told_run(some, run), b = told_run(all, run);
        const struct tl_run *x, *y;

        if (!all->w->runs[run].rooted || has_labels(all) || a < 0 || b < 0 ||
            !determined(all, run, N_CORE) || !determined(some, run, N_FIRST))
            continue;
        x = &some->report->runs[a];
        y = &all->report->runs[b];
        if (x->began.earliest / TL_DAY != y->began.earliest / TL_DAY ||
            (x->account.n > 0) != (y->account.n > 0)) /* a part of the key became known */
            continue;
        if (tl_str_eq(x->id, y->id))
            tally_pass(all->w, C_ID);
        else
            tally_miss(all->w, C_ID, "run %d (%s): %.*s became %.*s", run,
                       all->w->runs[run].variant, TL_FMT(x->id), TL_FMT(y->id));
    }
}

/* ---- ways ---- */

static tl_time
some_moment(const struct world *w)
{
    size_t n = w->nfacts;

    return n ? w->facts[w->seed * 31 % n].t + TL_SECOND : TL_TIME_NONE;
}

static void
check_way(const struct told *all, const struct choice *c,
          void (*check)(const struct told *, const struct told *))
{
    struct told other;

    told_make(&other, all->w, c);
    check(all, &other);
    told_free(&other);
}

static void
same(const struct told *all, const struct told *other)
{
    compare(all, other, C_ORDER, false);
}

static void
same_runs(const struct told *all, const struct told *other)
{
    compare(all, other, C_NEUTRAL, true);
}

/* Whether the runs' own rows show which way each table goes, and it goes one way. */
static bool
tables_are_clear(const struct world *w)
{
    for (size_t i = 0; i < w->ninputs; i++) {
        const struct input *in = &w->inputs[i];
        tl_time first = TL_TIME_NONE;
        bool clear = in->kind != IN_TABLE;

        for (size_t k = 0; k < in->n && in->kind == IN_TABLE && !in->disordered; k++) {
            const struct fact *f = &w->facts[in->records[k].fact];

            if (f->run >= 0 && first == TL_TIME_NONE)
                first = f->t / in->res_us;
            clear |= f->run >= 0 && f->t / in->res_us != first;
        }
        if (!clear)
            return false;
    }
    return true;
}

static void
in_line(const struct told *all, const struct told *other)
{
    (void)all;
    check_aligned(other);
}

static bool
has_strangers(const struct world *w)
{
    for (size_t i = 0; i < w->nfacts; i++)
        if (w->facts[i].run < 0)
            return true;
    return false;
}

void
check_properties(const struct told *all)
{
    const struct world *w = all->w;
    struct choice turned = {.turned = true, .shuffled = true, .until = TL_TIME_NONE};
    struct choice alone = {.no_strangers = true, .until = TL_TIME_NONE};
    struct choice some = {.inputs = w->seed * 2654435761u >> 7 & ((1u << w->ninputs) - 1),
                          .until = TL_TIME_NONE};
    struct choice aligned = {.align = true, .until = TL_TIME_NONE};
    struct choice early = {.until = some_moment(w)};

    if (!w->holds[A_CLOCKS_AGREE])
        check_way(all, &aligned, in_line);
    check_way(all, &turned, same);
    if (has_strangers(w) && w->end == TL_TIME_NONE && tables_are_clear(w))
        check_way(all, &alone, same_runs);
    if (some.inputs != 0)
        check_way(all, &some, check_wider);
    check_way(all, &early, check_ids);
}

void
check_world(const struct world *w)
{
    const struct choice everything = {.until = TL_TIME_NONE};
    struct told t;

    tally_world(w);
    told_make(&t, w, &everything);
    check_rows(&t);
    check_outages(&t);
    check_phases(&t);
    check_inferred(&t);
    check_skew(&t);
    check_runs(&t);
    check_properties(&t);
    told_free(&t);
}
