/*
 * suggest.c - evidence that stays apart for want of a word from whoever gives it: a log without a
 * Region, a loop whose times are local. What the word might be is said, and never taken.
 */
#include <stdlib.h>

#include "timeline/findings.h"
#include "timeline/resource.h"
#include "timeline/server.h"

static const int64_t BEFORE_US = 2 * TL_MINUTE;
static const int64_t AFTER_US = 15 * TL_MINUTE;
static const int64_t QUARTER_US = 15 * TL_MINUTE;
static const int64_t FURTHEST_US = 14 * TL_HOUR; /* no zone is further from UTC */

static bool
is_told(const struct plan *p)
{
    return !p->seen_only && (p->layer == LAYER_UPGRADE || p->layer == LAYER_BLUEGREEN);
}

/* ---- logs without a Region ---- */

/* Whether a run of a tree was at work then. */
static bool
at_work(const struct tl_builder *b, const uint32_t *places, uint32_t tree,
        const struct tl_instant *when)
{
    for (uint32_t i = b->by_tree[tree]; i != NONE; i = b->joined[i].next_of_tree) {
        const struct plan *p = &b->plans[places[b->episodes[i].run]];

        if (!p->seen_only && when->earliest <= p->to + AFTER_US &&
            when->latest >= p->from - BEFORE_US)
            return true;
    }
    return false;
}

struct namesake {
    struct tl_str id;
    uint32_t res;
};

static int
by_id(const void *pa, const void *pb)
{
    const struct namesake *a = pa, *b = pb;
    int c = tl_str_cmp(a->id, b->id);

    return c ? c : compare(a->res, b->res);
}

/* Instances with a Region, by identifier. */
struct namesakes {
    struct namesake *list;
    size_t n;
    uint32_t *places; /* where the plan that an episode knows by its number stands by now */
};

static enum tl_status
list_namesakes(struct tl_builder *b, struct namesakes *l)
{
    l->list = tl_arena_alloc(&b->scratch, (b->nres + 1) * sizeof(*l->list));
    l->places = tl_arena_alloc(&b->scratch, (b->nplans + 1) * sizeof(*l->places));
    if (!l->list || !l->places)
        return TL_ENOMEM;
    for (uint32_t i = 0; i < b->nplans; i++)
        for (size_t k = 0; k < b->plans[i].nepisodes; k++)
            l->places[b->episodes[b->plans[i].episodes[k]].run] = i;
    for (uint32_t i = 0; i < b->nres; i++)
        if (b->res[i].kind == TL_KIND_INSTANCE && b->res[i].id.n > 0 && b->res[i].region.n > 0)
            l->list[l->n++] = (struct namesake){b->res[i].id, i};
    if (l->n > 1)
        qsort(l->list, l->n, sizeof(*l->list), by_id);
    return TL_OK;
}

/* The only instance of that name whose run was at work then; NONE: none, or several. */
static uint32_t
instance_at_work(const struct tl_builder *b, const struct namesakes *l, struct tl_str name,
                 const struct tl_instant *when)
{
    uint32_t found = NONE;
    size_t lo = 0, hi = l->n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (tl_str_cmp(l->list[mid].id, name) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    for (; lo < l->n && tl_str_eq(l->list[lo].id, name); lo++) {
        if (!at_work(b, l->places, b->res[l->list[lo].res].tree, when))
            continue;
        if (found != NONE)
            return NONE;
        found = l->list[lo].res;
    }
    return found;
}

static enum tl_status
suggest_region(struct tl_builder *b, const struct namesakes *l, const struct server *s)
{
    for (size_t i = 0; i < s->nfalls; i++) {
        struct tl_instant when = outage_when(&s->outages[i]);
        uint32_t found = instance_at_work(b, l, s->name, &when);
        struct tl_str args[4];
        uint32_t rows[4];

        if (found == NONE)
            continue;
        args[0] = b->report->inputs[s->outages[i].input].name;
        args[1] = b->res[found].id;
        args[2] = b->res[found].region;
        return finding_add(b, NULL, F_HINT_MISSING, rows, outage_rows(b, &s->outages[i], rows),
                           args);
    }
    return TL_OK;
}

/* ---- local times ---- */

/* Whether a flip at an offset falls on a moment at which the run's engine came up. */
static bool
fits_row(const struct tl_builder *b, const struct plan *q, const struct tl_instant *flip,
         int64_t offset)
{
    for (size_t i = 0; i < q->nrows; i++) {
        const struct tl_instant *w = &row_event(b, q->rows[i])->when;

        if ((row_is(b, q->rows[i], TL_STR("instance.restarted")) ||
             row_is(b, q->rows[i], TL_STR("zdp.finished")) ||
             row_is(b, q->rows[i], TL_STR("cluster.online"))) &&
            flip->latest + offset >= w->earliest - TL_MINUTE &&
            flip->earliest + offset <= w->latest + BEFORE_US)
            return true;
    }
    return false;
}

/* The offset, in whole quarters of an hour, at which a flip falls into a run: the only one at which
 * it meets a restart, else the only one at all. 0: there is none, or there are several. */
static int64_t
offset_into(const struct tl_builder *b, const struct plan *q, const struct tl_instant *flip)
{
    int64_t low = q->from - flip->latest, high = q->to + TL_MINUTE - flip->earliest;
    int64_t any = 0, met = 0;
    size_t nany = 0, nmet = 0;

    low = low < -FURTHEST_US ? -FURTHEST_US : low;
    high = high > FURTHEST_US ? FURTHEST_US : high;
    for (int64_t o = low / QUARTER_US * QUARTER_US - QUARTER_US; o <= high; o += QUARTER_US) {
        if (o < low || o == 0)
            continue;
        any = o;
        nany++;
        if (fits_row(b, q, flip, o)) {
            met = o;
            nmet++;
        }
    }
    return nmet == 1 ? met : nmet == 0 && nany == 1 ? any : 0;
}

/* Whether the flip of a run that nothing else tells of may be that of q: the same versions, and the
 * same tree, or the same Region where its own tree is not known. */
static bool
may_be_of(const struct tl_builder *b, const struct plan *p, const struct plan *q)
{
    const struct res *seen = &b->res[b->episodes[p->episodes[0]].tree];

    if (!is_told(q) || q->run->to.n == 0 || !version_agrees(q->run->to, p->run->to) ||
        (q->run->from.n > 0 && !version_agrees(q->run->from, p->run->from)))
        return false;
    for (size_t i = 0; i < q->nepisodes; i++) {
        const struct res *tree = &b->res[b->episodes[q->episodes[i]].tree];

        if (tree == seen)
            return true;
        if (seen->kind == TL_KIND_ENDPOINT &&
            (seen->region.n == 0 || tl_str_eq(seen->region, tree->region)))
            return true;
    }
    return false;
}

/* "+09:00", of a clock that is that far ahead of UTC */
static struct tl_str
zone_words(struct tl_builder *b, int64_t ahead_us)
{
    int64_t minutes = (ahead_us < 0 ? -ahead_us : ahead_us) / TL_MINUTE;
    struct tl_buf buf;
    struct tl_str s;

    tl_buf_init(&buf, 32);
    tl_buf_addf(&buf, "%c%02d:%02d", ahead_us < 0 ? '-' : '+', (int)(minutes / 60),
                (int)(minutes % 60));
    s = tl_buf_str(&buf);
    s = words_join(b, &s, 1);
    tl_arena_follow(b->arena, &buf);
    tl_buf_free(&buf);
    return s;
}

static enum tl_status
suggest_zone(struct tl_builder *b, const struct plan *p)
{
    const struct tl_row *row = &b->report->rows[p->began];
    const struct tl_source *in = &b->report->inputs[row->input];
    const struct plan *of = NULL;
    struct tl_str args[3];
    int64_t offset = 0;
    uint32_t flip = p->began;

    for (size_t i = 0; i < p->nrows && !row_is_flip(b, flip); i++)
        flip = p->rows[i];
    if (!in->zone_assumed || (in->zone.n > 0 && !tl_str_eq(in->zone, TL_STR("UTC"))) ||
        p->run->to.n == 0 || !row_is_flip(b, flip))
        return TL_OK;
    for (size_t i = 0; i < b->nplans; i++) {
        const struct plan *q = &b->plans[i];
        int64_t at;

        if (q->run->began.earliest > p->to + FURTHEST_US)
            break; /* runs are in the order of their beginnings */
        if (q->to < p->from - FURTHEST_US || !may_be_of(b, p, q))
            continue;
        at = offset_into(b, q, &row_event(b, flip)->when);
        if (at != 0 && of)
            return TL_OK; /* it may be either's */
        of = at != 0 ? q : of;
        offset = at != 0 ? at : offset;
    }
    if (!of)
        return TL_OK;
    args[0] = in->name;
    args[1] = zone_words(b, -offset);
    args[2] = res_called(b, b->episodes[of->episodes[0]].tree);
    return finding_add(b, NULL, F_ZONE_LIKELY, &flip, 1, args);
}

/* ---- */

enum tl_status
build_suggestions(struct tl_builder *b)
{
    struct namesakes l = {.n = 0};
    enum tl_status st = b->nservers > 0 ? list_namesakes(b, &l) : TL_OK;

    for (size_t i = 0; i < b->nservers && !st; i++)
        if (b->res[b->servers[i].res].region.n == 0)
            st = suggest_region(b, &l, &b->servers[i]);
    for (size_t i = 0; i < b->nplans && !st; i++)
        if (b->plans[i].seen_only)
            st = suggest_zone(b, &b->plans[i]);
    return st;
}
