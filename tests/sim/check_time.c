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

bool
fused_names(const struct tl_fused *f, enum assumption a)
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
void
check_fused(const struct told *t, const struct tl_fused *f, int64_t truth, const char *what,
            unsigned n)
{
    const struct world *w = t->w;
    bool inside = f->min <= truth && truth <= f->max, all_hold = true;
    enum check c = f->nassumes ? C_ASSUMED : C_FUSED;

    if (!f->present)
        return;
    for (int a = 0; a < NASSUMPTIONS; a++)
        if (fused_names(f, (enum assumption)a)) {
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

/* Whether the resource says the same again within two minutes: which of its rows a finer stamp is
 * of is not sure then, and they say nothing of the order of others. */
static bool
is_repeated(const struct world *w, int fact)
{
    const struct fact *f = &w->facts[fact];

    for (size_t i = 0; i < w->nfacts; i++)
        if ((int)i != fact && w->facts[i].res == f->res && !strcmp(w->facts[i].text, f->text) &&
            llabs(w->facts[i].t - f->t) < 2 * TL_MINUTE)
            return true;
    return false;
}

/* Two rows of the proof's minute and of one run that its table lists in one order, and stamps in
 * milliseconds of other channels in the other. (Rows of strangers and of other runs change nothing
 * of a run: neither do they refute its order.) */
static bool
order_is_refuted(const struct told *t, const struct tl_proof *p, uint32_t run)
{
    const struct world *w = t->w;
    const struct input *in = &w->inputs[input_of(t, p->input)];
    tl_time unit = w->facts[fact_of(t, p)].t / in->res_us, before = TL_TIME_NONE;

    for (size_t k = 0; k < in->n && in->kind == IN_TABLE; k++) {
        int fact = in->records[in->newest_first ? in->n - 1 - k : k].fact;
        tl_time at = w->facts[fact].t;
        const struct tl_row *row;

        if (at / in->res_us != unit || !t->fine[fact] || is_repeated(w, fact))
            continue;
        row = row_of_fact(t, fact);
        if (!row || row->run != run)
            continue;
        if (before != TL_TIME_NONE && at < before - 2 * TL_MS)
            return true;
        before = before != TL_TIME_NONE && before > at ? before : at;
    }
    return false;
}

/*
 * Where the evidence shows that an assumption is false of this row, it must not be used: "0 ms" is
 * no duration, and rows of a minute whose true order is known from elsewhere, and is another, are
 * in no order.
 */
static void
check_dropped_of_row(const struct told *t, const struct tl_proof *p, const struct tl_row *row,
                     unsigned n)
{
    const struct world *w = t->w;
    const struct tl_fused *f = &row->fused;
    int fact = fact_of(t, p);
    bool zero = false, listed;

    if (fact < 0 || !f->present)
        return;
    for (size_t i = 0; i < w->nzdp; i++) {
        const struct zdp_truth *z = &w->zdp[i];

        zero |= z->ms == 0 && z->finish >= 0 && t->seen[z->finish] &&
                (fact == z->attempt || fact == z->finish) && fused_names(f, A_ZDP_DURATION);
    }
    listed = fused_names(f, A_LISTED_ORDER) && order_is_refuted(t, p, row->run);
    if (zero || listed)
        tally_miss(w, C_DROPPED, "row %u%s%s", n, zero ? " 0 ms" : "",
                   listed ? " an order that is refuted" : "");
    else
        tally_pass(w, C_DROPPED);
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
    if (row->fused.present && (row->fused.min < when->earliest || row->fused.max > when->latest))
        tally_miss(t->w, C_ROWS, "row %u %.*s: fused is wider than what is proven", n + 1,
                   TL_FMT(row->ev.cls));
    check_fused(t, &row->fused, truth, "row", n + 1);
    check_dropped_of_row(t, p, row, n + 1);
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
