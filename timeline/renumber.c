/* renumber.c - every list of rows in a report, when rows leave it or come between others. */
#include "timeline/renumber.h"

/* The rows of a list that are left, by their new numbers. The list is const to readers only: it
 * was made by this library, in this builder's arena. */
static size_t
renumber(const uint32_t *to, const uint32_t *rows, size_t n, uint32_t *out)
{
    size_t m = 0;

    for (size_t i = 0; i < n; i++)
        if (to[rows[i]] != NONE)
            out[m++] = to[rows[i]];
    return m;
}

static enum tl_status
renumber_list(struct tl_builder *b, const uint32_t *to, const uint32_t **rows, size_t *n)
{
    uint32_t *out = tl_arena_alloc(b->arena, (*n + 1) * sizeof(*out));

    if (!out)
        return TL_ENOMEM;
    *n = renumber(to, *rows, *n, out);
    *rows = out;
    return TL_OK;
}

static enum tl_status
renumber_findings(struct tl_builder *b, const uint32_t *to, struct tl_finding *f, size_t n)
{
    enum tl_status st = TL_OK;

    for (size_t i = 0; i < n && !st; i++)
        st = renumber_list(b, to, &f[i].events, &f[i].nevents);
    return st;
}

static enum tl_status
renumber_run(struct tl_builder *b, const uint32_t *to, struct tl_run *r)
{
    enum tl_status st = renumber_list(b, to, &r->proof, &r->nproof);

    if (!st)
        st = renumber_list(b, to, &r->strategy_proof, &r->nstrategy_proof);
    for (size_t i = 0; i < r->nzdp && !st; i++)
        st = renumber_list(b, to, &r->zdp[i].events, &r->zdp[i].nevents);
    if (r->requested.event != NONE)
        r->requested.event = to[r->requested.event];
    return st ? st : renumber_findings(b, to, r->findings, r->nfindings);
}

/* A step of a row that is left out still says where its evidence stands. */
static void
renumber_why(const uint32_t *to, struct tl_report *r)
{
    size_t m = 0;

    for (size_t i = 0; i < r->nwhy; i++) {
        struct tl_why w = r->why[i];

        for (size_t k = 0; k < w.nsteps; k++)
            if (w.steps[k].row != NONE)
                w.steps[k].row = to[w.steps[k].row];
        w.row = to[w.row];
        if (w.row != NONE)
            r->why[m++] = w;
    }
    r->nwhy = m;
}

enum tl_status
renumber_report(struct tl_builder *b, const uint32_t *to)
{
    struct tl_report *r = b->report;
    enum tl_status st = TL_OK;

    for (size_t i = 0; i < r->nrows; i++)
        if (r->rows[i].twin_of != NONE)
            r->rows[i].twin_of = to[r->rows[i].twin_of];
    renumber_why(to, r);
    for (size_t i = 0; i < r->nruns && !st; i++)
        st = renumber_run(b, to, &r->runs[i]);
    return st ? st : renumber_findings(b, to, r->findings, r->nfindings);
}
