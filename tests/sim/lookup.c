/* lookup.c - what of the world a record, a row or a run of the report is. */
#include <string.h>

#include "tests/sim/sim.h"

int
input_of(const struct told *t, uint32_t input)
{
    const struct tl_source *src = &t->report->inputs[input];

    for (size_t i = 0; i < t->w->ninputs; i++)
        if (tl_str_eq(src->name, tl_str_from(t->w->inputs[i].name)))
            return (int)i;
    return -1;
}

static const struct record *
record_of(const struct told *t, const struct tl_proof *p, const struct input **in)
{
    int i = input_of(t, p->input);

    *in = i < 0 ? NULL : &t->w->inputs[i];
    for (size_t k = 0; *in && k < (*in)->n; k++)
        if ((*in)->records[k].line == p->line)
            return &(*in)->records[k];
    return NULL;
}

int
fact_of(const struct told *t, const struct tl_proof *p)
{
    const struct input *in;
    const struct record *r = record_of(t, p, &in);

    return r && in->kind != IN_LOG && in->kind != IN_TOPOLOGY ? r->fact : -1;
}

const struct attempt *
attempt_of(const struct told *t, const struct tl_proof *p, const struct loop **loop)
{
    int i = input_of(t, p->input);

    if (i < 0 || t->w->inputs[i].kind != IN_LOOP)
        return NULL;
    *loop = &t->w->loops[t->w->inputs[i].loop];
    return p->line > 0 && p->line <= (*loop)->n ? &(*loop)->attempts[p->line - 1] : NULL;
}

bool
moment_of(const struct told *t, const struct tl_proof *p, tl_time *out)
{
    const struct loop *loop;
    const struct attempt *a = attempt_of(t, p, &loop);
    const struct input *in;
    const struct record *r;

    if (a) {
        *out = (loop->stamps == STAMP_END ? a->end : a->start) + loop->offset_us;
        return true;
    }
    r = record_of(t, p, &in);
    if (!r || in->kind == IN_TOPOLOGY)
        return false;
    *out = in->kind == IN_LOG ? t->w->lines[r->fact].t + in->offset_us : t->w->facts[r->fact].t;
    return true;
}

int
true_run(const struct told *t, uint32_t run)
{
    const struct tl_report *r = t->report;
    size_t count[MAX_RUNS] = {0};
    int best = -1;

    for (size_t i = 0; i < r->nrows; i++) {
        bool own = r->rows[i].run == run && r->rows[i].nproofs > 0;
        int f = own ? fact_of(t, &r->rows[i].proofs[0]) : -1;

        if (f >= 0 && t->w->facts[f].run >= 0)
            count[t->w->facts[f].run]++;
    }
    for (int k = 0; k < (int)t->w->nruns; k++)
        if (count[k] > 0 && (best < 0 || count[k] > count[best]))
            best = k;
    return best;
}

const struct tl_row *
row_of_fact(const struct told *t, int fact)
{
    for (size_t i = 0; i < t->report->nrows; i++)
        for (size_t k = 0; k < t->report->rows[i].nproofs; k++)
            if (fact_of(t, &t->report->rows[i].proofs[k]) == fact)
                return &t->report->rows[i];
    return NULL;
}

size_t
count_told(const struct told *t, int run)
{
    size_t n = 0;

    for (uint32_t i = 0; i < t->report->nruns; i++)
        n += true_run(t, i) == run;
    return n;
}

bool
has_labels(const struct told *t)
{
    for (size_t i = 0; i < t->w->ninputs; i++)
        if (t->w->inputs[i].labels)
            return true;
    return false;
}

int
told_run(const struct told *t, int run)
{
    for (uint32_t i = 0; i < t->report->nruns; i++)
        if (true_run(t, i) == run)
            return (int)i;
    return -1;
}

/*
 * Every fact that the conclusion needs is in the evidence, and so is the topology where nothing
 * else tells that clusters belong together. Where the order of listed rows misleads, minutes are no
 * evidence of order: then the facts must be known to the millisecond. Conservative: much else can
 * be concluded, and is not asked for.
 */
bool
determined(const struct told *t, int run, unsigned need)
{
    const struct world *w = t->w;
    bool fine = !w->holds[A_LISTED_ORDER];

    for (size_t i = 0; i < w->nfacts; i++) {
        const struct fact *f = &w->facts[i];

        if (f->run == run && (f->needs & need) && !f->call[0] && !(fine ? t->fine[i] : t->seen[i]))
            return false;
    }
    if (w->runs[run].topology)
        for (size_t i = 0; i < t->report->ninputs; i++) {
            int in = input_of(t, (uint32_t)i);

            if (in >= 0 && w->inputs[in].kind == IN_TOPOLOGY)
                return true;
        }
    return !w->runs[run].topology;
}
