/* twins.c - the same fact announced on a cluster and on one of its instances. Both rows stay; the
 * later in order is the twin of the first, k-th to k-th. */
#include <string.h>

#include "timeline/run.h"
#include "timeline/sort.h"

enum { TWINS_US = 5 * 1000 * 1000 };

struct half {
    uint32_t cluster, text, row;
    bool on_cluster;
};

/* By cluster and text, those of the cluster first; rows stay in their order. */
static enum tl_status
sort_halves(struct tl_builder *b, struct half *h, size_t n)
{
    struct tl_arena own;
    struct sort_key *k;
    struct half *sorted;
    bool ok;

    tl_arena_init(&own, b->scratch.max);
    k = tl_arena_alloc(&own, (n + 1) * sizeof(*k));
    sorted = tl_arena_alloc(&own, (n + 1) * sizeof(*sorted));
    for (uint32_t i = 0; k && i < n; i++)
        k[i] = (struct sort_key){(uint64_t)h[i].text << 1 | !h[i].on_cluster, i};
    ok = k && sorted && sort_keys(&own, k, n);
    for (size_t i = 0; ok && i < n; i++)
        k[i].key = h[k[i].which].cluster;
    ok = ok && sort_keys(&own, k, n);
    for (size_t i = 0; ok && i < n; i++)
        sorted[i] = h[k[i].which];
    if (ok && n > 0)
        memcpy(h, sorted, n * sizeof(*h));
    tl_arena_free(&own);
    return ok ? TL_OK : TL_ENOMEM;
}

static bool
is_coarse(const struct tl_instant *w)
{
    return w->latest - w->earliest >= TL_MINUTE;
}

/* Within 5 s, or two minutes that overlap. */
static bool
one_moment(const struct tl_instant *a, const struct tl_instant *b)
{
    tl_time from = a->earliest > b->earliest ? a->earliest : b->earliest;
    tl_time to = a->latest < b->latest ? a->latest : b->latest;

    if (is_coarse(a) && is_coarse(b))
        return from < to;
    return from - to <= TWINS_US;
}

static void
pair(struct tl_builder *b, uint32_t x, uint32_t y)
{
    uint32_t first = x < y ? x : y, second = x < y ? y : x;

    b->report->rows[second].twin_of = first;
    b->rowx[first].twin = second;
}

/* h[0..nclusters) stand on the cluster, the rest on its instances; both in the order of rows. */
static void
pair_all(struct tl_builder *b, const struct half *h, size_t nclusters, size_t n)
{
    const struct tl_row *rows = b->report->rows;
    size_t lo = 0;

    for (size_t i = nclusters; i < n; i++) {
        const struct tl_instant *own = &rows[h[i].row].ev.when;

        while (lo < nclusters && rows[h[lo].row].ev.when.latest + TWINS_US < own->earliest)
            lo++;
        for (size_t k = lo; k < nclusters; k++) {
            uint32_t row = h[k].row;

            if (rows[row].ev.when.at > own->latest + TWINS_US)
                break;
            if (b->rowx[row].twin != NONE || rows[row].twin_of != NONE ||
                !one_moment(&rows[row].ev.when, own))
                continue;
            pair(b, row, h[i].row);
            break;
        }
    }
}

enum tl_status
build_twins(struct tl_builder *b)
{
    size_t n = 0;
    struct half *h = tl_arena_alloc(&b->scratch, (b->report->nrows + 1) * sizeof(*h));

    if (!h)
        return TL_ENOMEM;
    for (uint32_t i = 0; i < b->report->nrows; i++) {
        const struct rowx *x = &b->rowx[i];
        const struct res *r = &b->res[x->res];
        bool member = r->kind == TL_KIND_INSTANCE && r->cluster != NONE;

        if (member || r->kind == TL_KIND_CLUSTER)
            h[n++] = (struct half){member ? r->cluster : x->res, x->text, i, !member};
    }
    if (sort_halves(b, h, n))
        return TL_ENOMEM;
    for (size_t i = 0, end, mid; i < n; i = end) {
        mid = i;
        for (end = i; end < n && h[end].cluster == h[i].cluster && h[end].text == h[i].text; end++)
            if (h[end].on_cluster)
                mid = end + 1;
        if (mid > i && mid < end)
            pair_all(b, h + i, mid - i, end - i);
    }
    return TL_OK;
}
