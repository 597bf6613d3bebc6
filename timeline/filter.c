/* filter.c - --since and --until: rows leave after the reconstruction, and what names them too. */
#include "timeline/renumber.h"
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
    for (size_t i = 0; i < r->nrows; i++) {
        to[i] = shown(&r->rows[i], since, until) ? n++ : NONE;
        r->rows_left_out += to[i] == NONE && !r->rows[i].inferred;
    }
    st = renumber_report(b, to);
    for (size_t i = 0; i < r->nrows && !st; i++)
        if (to[i] != NONE)
            r->rows[to[i]] = r->rows[i];
    r->nrows = n;
    return st;
}
