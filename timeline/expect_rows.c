/* expect_rows.c - the rows that are inferred get their places among the others. */
#include <stdlib.h>
#include <string.h>

#include "timeline/renumber.h"
#include "timeline/run.h"

struct guest {
    const struct inferred *row;
    uint32_t run, nth;
};

static int
by_place(const void *pa, const void *pb)
{
    const struct guest *a = pa, *b = pb;
    int c = compare(a->row->after, b->row->after);

    c = c ? c : compare(a->run, b->run);
    return c ? c : compare(a->nth, b->nth);
}

/* Those of all runs, in the order of the rows behind which they stand. NULL: no room. */
static struct guest *
guests_of(struct tl_builder *b, size_t n)
{
    struct guest *list = tl_arena_alloc(&b->scratch, (n + 1) * sizeof(*list));
    size_t k = 0;

    for (uint32_t i = 0; i < b->nplans && list; i++)
        for (uint32_t j = 0; j < b->plans[i].nguesses; j++)
            list[k++] = (struct guest){&b->plans[i].guesses[j], i, j};
    if (list)
        qsort(list, n, sizeof(*list), by_place);
    return list;
}

enum tl_status
build_inferred(struct tl_builder *b)
{
    struct tl_report *r = b->report;
    uint32_t *to = tl_arena_alloc(&b->scratch, (r->nrows + 1) * sizeof(*to));
    struct guest *guests;
    struct tl_row *rows = r->rows;
    size_t n = 0, k = 0;

    for (size_t i = 0; i < b->nplans; i++)
        n += b->plans[i].nguesses;
    if (n == 0)
        return TL_OK;
    guests = guests_of(b, n);
    if (r->nrows + n > b->rows_cap)
        rows = tl_arena_alloc(b->arena, (r->nrows + n + 1) * sizeof(*rows));
    if (!to || !guests || !rows || r->nrows + n > UINT32_MAX - 1)
        return TL_ENOMEM;
    for (uint32_t i = 0; i < r->nrows; i++) {
        to[i] = i + (uint32_t)k;
        while (k < n && guests[k].row->after == i)
            k++;
    }
    if (renumber_report(b, to))
        return TL_ENOMEM;
    for (size_t i = r->nrows; i-- > 0;) { /* from the end, for they may stay in their list */
        for (; k > 0 && guests[k - 1].row->after == i; k--) {
            rows[i + k] = guests[k - 1].row->row;
            rows[i + k].run = guests[k - 1].run;
        }
        rows[i + k] = r->rows[i];
    }
    r->rows = rows;
    r->nrows += n;
    return TL_OK;
}
