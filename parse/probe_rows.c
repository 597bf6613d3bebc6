/* probe_rows.c - rows that a loop inserted: where none came for long, something was wrong. */
#include <stdlib.h>

#include "parse/probe_loop.h"

static tl_time
floor_ms(tl_time t)
{
    return t - ((t % TL_MS) + TL_MS) % TL_MS;
}

void
reader_gap(struct tl_reader *r, tl_time from, tl_time to)
{
    struct tl_source *s = &r->source;
    struct tl_gap *g = tl_arena_grow(&r->arena, s->gaps, s->ngaps, &s->gaps_cap, sizeof(*g));

    if (!g)
        return;
    s->gaps = g;
    g[s->ngaps++] = (struct tl_gap){floor_ms(from), floor_ms(to), 0};
}

static int
by_size(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

static void
keep_wide(struct rows *rows, const struct wide *w)
{
    struct wide *least = &rows->wide[0];
    const size_t max = sizeof(rows->wide) / sizeof(rows->wide[0]);

    if (rows->nwide < max) {
        rows->wide[rows->nwide++] = *w;
        return;
    }
    for (size_t i = 1; i < max; i++)
        if (rows->wide[i].to - rows->wide[i].from < least->to - least->from)
            least = &rows->wide[i];
    if (w->to - w->from > least->to - least->from)
        *least = *w;
}

enum tl_status
rows_add(struct tl_reader *r, struct loop *l, tl_time at, int64_t id, struct tl_error *err)
{
    struct rows *rows = l->rows;

    if (!rows)
        rows = l->rows = tl_arena_alloc(&r->arena, sizeof(*rows));
    if (!rows)
        return tl_fail(err, TL_ENOMEM, 0, "no room to compare rows");
    if (rows->n > 0 && at != rows->last_at && !l->gap) {
        bool down = at < rows->last_at; /* the newest first */
        struct wide w = {down ? at : rows->last_at, down ? rows->last_at : at,
                         down ? id : rows->last_id, down ? rows->last_id : id};

        if (rows->nsample < sizeof(rows->sample) / sizeof(rows->sample[0]))
            rows->sample[rows->nsample++] = w.to - w.from;
        keep_wide(rows, &w);
    }
    rows->n++;
    rows->last_at = at;
    rows->last_id = id;
    return TL_OK;
}

/* The value of the hint rows.gap: "FROM/TO SECONDS s" and the ids on both sides, which say nothing
 * about lost rows: a sequence drops its cached numbers when the server goes away. */
static void
say_gap(struct tl_reader *r, const struct wide *w)
{
    struct tl_buf b;

    tl_buf_init(&b, 256);
    tl_time_print(&b, w->from);
    tl_buf_add(&b, TL_STR("/"));
    tl_time_print(&b, w->to);
    tl_buf_add(&b, TL_STR(" "));
    tl_seconds_print(&b, w->to - w->from);
    if (w->id_from != TL_UNKNOWN && w->id_to != TL_UNKNOWN)
        tl_buf_addf(&b, " s, ids %lld to %lld", (long long)w->id_from, (long long)w->id_to);
    else
        tl_buf_add(&b, TL_STR(" s"));
    if (!b.failed)
        reader_hint(r, TL_STR("rows.gap"), tl_buf_str(&b), TL_STR("rows"), 0);
    tl_arena_follow(&r->arena, &b);
    tl_buf_free(&b);
}

static int
by_time(const void *a, const void *b)
{
    const struct wide *x = a, *y = b;

    return (x->from > y->from) - (x->from < y->from);
}

void
rows_finish(struct tl_reader *r, const struct rows *rows)
{
    struct rows *sorted;
    int64_t median;

    if (!rows || rows->nsample < 4)
        return;
    sorted = tl_arena_alloc(&r->arena, sizeof(*sorted));
    if (!sorted)
        return;
    *sorted = *rows;
    qsort(sorted->sample, sorted->nsample, sizeof(sorted->sample[0]), by_size);
    qsort(sorted->wide, sorted->nwide, sizeof(sorted->wide[0]), by_time);
    median = sorted->sample[sorted->nsample / 2];
    for (size_t i = 0; i < sorted->nwide; i++) {
        const struct wide *w = &sorted->wide[i];

        if ((w->to - w->from) / 3 <= median)
            continue;
        reader_gap(r, w->from, w->to);
        say_gap(r, w);
    }
}
