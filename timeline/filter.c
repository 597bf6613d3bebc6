/* filter.c - --since and --until: rows leave after the reconstruction, and what names them too. */
#include "timeline/run.h"

static tl_time
limit(const struct tl_builder *b, tl_time absolute, int64_t ago_us)
{
    if (ago_us != TL_UNKNOWN && b->newest != TL_TIME_NONE)
        return b->newest - ago_us;
    return absolute;
}

static bool
shown(const struct tl_row *row, tl_time since, tl_time until)
{
    const struct tl_instant *w = &row->ev.when;

    return (since == TL_TIME_NONE || w->latest >= since) &&
           (until == TL_TIME_NONE || w->earliest <= until);
}

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

    for (size_t i = 0; i < r->nzdp && !st; i++)
        st = renumber_list(b, to, &r->zdp[i].events, &r->zdp[i].nevents);
    if (r->requested.event != NONE)
        r->requested.event = to[r->requested.event];
    return st ? st : renumber_findings(b, to, r->findings, r->nfindings);
}

enum tl_status
build_filter(struct tl_builder *b)
{
    const struct tl_build_options *o = &b->options;
    tl_time since = limit(b, o->since, o->since_ago_us);
    tl_time until = limit(b, o->until, o->until_ago_us);
    struct tl_report *r = b->report;
    uint32_t *to = tl_arena_alloc(&b->scratch, (r->nrows + 1) * sizeof(*to));
    enum tl_status st = TL_OK;
    uint32_t n = 0;

    if (since == TL_TIME_NONE && until == TL_TIME_NONE)
        return TL_OK;
    if (!to)
        return TL_ENOMEM;
    for (size_t i = 0; i < r->nrows; i++)
        to[i] = shown(&r->rows[i], since, until) ? n++ : NONE;
    for (size_t i = 0; i < r->nrows; i++) {
        struct tl_row *row = &r->rows[i];

        if (to[i] == NONE)
            continue;
        if (row->twin_of != NONE)
            row->twin_of = to[row->twin_of];
        r->rows[to[i]] = *row;
    }
    r->rows_left_out += r->nrows - n;
    r->nrows = n;
    for (size_t i = 0; i < r->nruns && !st; i++)
        st = renumber_run(b, to, &r->runs[i]);
    return st ? st : renumber_findings(b, to, r->findings, r->nfindings);
}
