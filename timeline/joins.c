/*
 * joins.c - which episodes are one run: those of the clusters of one global cluster.
 *
 * Proof first: topology, or a message that names the other cluster. Otherwise inferred: clusters of
 * different regions, the account (where known) and from and to (where known) agree, and all said
 * the same "version upgrade started" within 120 s. Two candidates in a region mean no join.
 */
#include <stdlib.h>

#include "timeline/resource.h"
#include "timeline/run.h"

static const int64_t TOGETHER_US = 120 * TL_SECOND;
static const int64_t ONE_BY_ONE_US =
    6 * TL_HOUR; /* from one cluster of a global cluster to the next */
static const int64_t SWITCHOVER_US = 15 * TL_MINUTE;

uint32_t
joined_root(const struct tl_builder *b, uint32_t e)
{
    while (b->joined[e].up != e)
        e = b->joined[e].up = b->joined[b->joined[e].up].up;
    return e;
}

static void
unite(struct tl_builder *b, uint32_t x, uint32_t y, bool proved)
{
    uint32_t rx = joined_root(b, x), ry = joined_root(b, y);

    if (rx == ry) {
        b->joined[rx].inferred &= !proved;
        return;
    }
    if (ry < rx) {
        uint32_t swap = rx;

        rx = ry;
        ry = swap;
    }
    b->joined[ry].up = rx;
    b->joined[rx].joined = true;
    b->joined[rx].inferred |= !proved || b->joined[ry].inferred;
}

static tl_time
began_at(const struct tl_builder *b, const struct episode *e)
{
    return row_event(b, e->began)->when.at;
}

static tl_time
last_at(const struct tl_builder *b, const struct episode *e)
{
    return row_event(b, e->last)->when.at;
}

/* A candidate to be joined with others: sorted so that those that may be one run are neighbours. */
struct candidate {
    uint32_t episode, global, text;
    uint32_t tree;
    tl_time at;
    struct tl_str account, region, from, to;
};

/* ---- proved: members of one global cluster ---- */

static int
by_global(const void *pa, const void *pb)
{
    const struct candidate *a = pa, *b = pb;
    int c = compare(a->global, b->global);

    c = c ? c : compare(a->at, b->at);
    c = c ? c : tl_str_cmp(a->region, b->region);
    return c ? c : compare(a->episode, b->episode);
}

static bool
agree(struct tl_str a, struct tl_str b)
{
    return a.n == 0 || b.n == 0 || tl_str_eq(a, b);
}

/* Whether the episode of c can be another cluster's part in the run that c[from..to) make. */
static bool
fits(const struct tl_builder *b, const struct candidate *c, size_t from, size_t to,
     const struct candidate *next)
{
    const struct episode *e = &b->episodes[next->episode];
    tl_time last = TL_TIME_NONE;

    for (size_t i = from; i < to; i++) {
        const struct episode *other = &b->episodes[c[i].episode];

        if (c[i].tree == next->tree || other->layer != e->layer ||
            (!agree(other->to, e->to) && next->at - c[from].at > TOGETHER_US))
            return false;
        if (last_at(b, other) > last)
            last = last_at(b, other);
    }
    return next->at - last <= (e->layer == LAYER_UPGRADE ? ONE_BY_ONE_US : SWITCHOVER_US);
}

static void
join_globals(struct tl_builder *b, struct candidate *c, size_t n)
{
    qsort(c, n, sizeof(*c), by_global);
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && c[i].global != NONE && c[end].global == c[i].global &&
                          fits(b, c, i, end, &c[end]);
             end++)
            unite(b, c[i].episode, c[end].episode, true);
    }
}

/* ---- proved: a message that names the other cluster and its region ---- */

static void
join_named(struct tl_builder *b, const struct episode *e, uint32_t tree)
{
    for (uint32_t i = b->by_tree[tree]; i != NONE; i = b->joined[i].next_of_tree) {
        const struct episode *other = &b->episodes[i];

        if (other->layer == LAYER_GLOBAL && began_at(b, other) - last_at(b, e) <= SWITCHOVER_US &&
            began_at(b, e) - last_at(b, other) <= SWITCHOVER_US)
            unite(b, (uint32_t)(e - b->episodes), i, true);
    }
}

static enum tl_status
join_messages(struct tl_builder *b)
{
    for (uint32_t i = 0; i < b->report->nrows; i++) {
        const struct tl_event *ev = row_event(b, i);
        uint32_t id = b->rowx[i].episode, tree;
        struct tl_ident who = {.kind = TL_KIND_CLUSTER,
                               .account = ev->who.account,
                               .region = tl_event_text(ev, TL_STR("region")),
                               .id = tl_event_text(ev, TL_STR("cluster"))};

        if (id == NONE || b->episodes[id].layer != LAYER_GLOBAL || who.id.n == 0 ||
            who.region.n == 0)
            continue;
        if (res_find(b, &who, NONE, &tree))
            return TL_ENOMEM;
        if (tree != NONE && tree != b->episodes[id].tree)
            join_named(b, &b->episodes[id], tree);
    }
    return TL_OK;
}

/* ---- inferred ---- */

static int
by_text(const void *pa, const void *pb)
{
    const struct candidate *a = pa, *b = pb;
    int c = compare(a->text, b->text);

    c = c ? c : compare(a->at, b->at);
    return c ? c : compare(a->episode, b->episode);
}

static int
by_agreement(const void *pa, const void *pb)
{
    const struct candidate *a = pa, *b = pb;
    int c = tl_str_cmp(a->account, b->account);

    c = c ? c : tl_str_cmp(a->from, b->from);
    c = c ? c : tl_str_cmp(a->to, b->to);
    c = c ? c : tl_str_cmp(a->region, b->region);
    c = c ? c : compare(a->at, b->at);
    return c ? c : compare(a->episode, b->episode);
}

/* What is not known takes the value of the others where they have only one. */
static void
fill_unknown(struct candidate *c, size_t n, struct tl_str *(*member)(struct candidate *))
{
    struct tl_str known = {"", 0};

    for (size_t i = 0; i < n; i++) {
        struct tl_str value = *member(&c[i]);

        if (value.n > 0 && known.n > 0 && !tl_str_eq(value, known))
            return;
        if (value.n > 0)
            known = value;
    }
    for (size_t i = 0; i < n; i++)
        *member(&c[i]) = known;
}

static struct tl_str *
account_of(struct candidate *c)
{
    return &c->account;
}

static struct tl_str *
from_of(struct candidate *c)
{
    return &c->from;
}

static struct tl_str *
to_of(struct candidate *c)
{
    return &c->to;
}

/* Candidates that agree, sorted by region: one run if each region has one. If a region has two, or
 * if it is not known which others they agree with, none that could be told. */
static void
join_agreed(struct tl_builder *b, const struct candidate *c, size_t n, bool sure)
{
    size_t regions = 1;

    for (size_t i = 1; i < n; i++)
        regions += !tl_str_eq(c[i].region, c[i - 1].region);
    if (regions < 2 && sure)
        return;
    for (size_t i = 0; i < n; i++) {
        if (regions < n || !sure)
            b->joined[c[i].episode].ambiguous = true;
        else if (i > 0)
            unite(b, c[0].episode, c[i].episode, false);
    }
}

/* Those of one account. */
static void
join_account(struct tl_builder *b, struct candidate *c, size_t n, bool sure)
{
    fill_unknown(c, n, from_of);
    fill_unknown(c, n, to_of);
    qsort(c, n, sizeof(*c), by_agreement);
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1;
             end < n && tl_str_eq(c[end].from, c[i].from) && tl_str_eq(c[end].to, c[i].to);)
            end++;
        join_agreed(b, c + i, end - i,
                    sure && (end - i == n || (c[i].from.n > 0 && c[i].to.n > 0)));
    }
}

/* All that said the same within 120 s. */
static void
join_moment(struct tl_builder *b, struct candidate *c, size_t n)
{
    size_t regions = 0;

    for (size_t i = 1; i < n; i++)
        regions += !tl_str_eq(c[i].region, c[0].region);
    if (regions == 0)
        return;
    fill_unknown(c, n, account_of);
    qsort(c, n, sizeof(*c), by_agreement);
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && tl_str_eq(c[end].account, c[i].account);)
            end++;
        join_account(b, c + i, end - i, end - i == n || c[i].account.n > 0);
    }
}

static void
join_inferred(struct tl_builder *b, struct candidate *c, size_t n)
{
    size_t m = 0;

    for (size_t i = 0; i < n; i++) {
        const struct episode *e = &b->episodes[c[i].episode];

        if (e->start != NONE && !b->joined[joined_root(b, c[i].episode)].joined &&
            c[i].region.n > 0)
            c[m++] = c[i];
    }
    for (size_t i = 0; i < m; i++) {
        const struct episode *e = &b->episodes[c[i].episode];

        c[i].text = b->rowx[e->start].text;
        c[i].at = row_event(b, e->start)->when.at;
    }
    qsort(c, m, sizeof(*c), by_text);
    for (size_t i = 0, end; i < m; i = end) {
        for (end = i + 1;
             end < m && c[end].text == c[i].text && c[end].at - c[i].at <= TOGETHER_US;)
            end++;
        if (end - i > 1)
            join_moment(b, c + i, end - i);
    }
}

static enum tl_status
list_trees(struct tl_builder *b)
{
    b->joined = tl_arena_alloc(&b->scratch, (b->nepisodes + 1) * sizeof(*b->joined));
    b->by_tree = tl_arena_alloc(&b->scratch, (b->nres + 1) * sizeof(*b->by_tree));
    if (!b->joined || !b->by_tree)
        return TL_ENOMEM;
    for (size_t i = 0; i <= b->nres; i++)
        b->by_tree[i] = NONE;
    for (uint32_t i = (uint32_t)b->nepisodes; i-- > 0;) {
        uint32_t tree = b->episodes[i].tree;

        b->joined[i] = (struct joined){.up = i, .next_of_tree = b->by_tree[tree]};
        b->by_tree[tree] = i;
    }
    return TL_OK;
}

enum tl_status
build_joins(struct tl_builder *b)
{
    struct candidate *c = tl_arena_alloc(&b->scratch, (b->nepisodes + 1) * sizeof(*c));
    size_t n = 0;

    if (!c || list_trees(b))
        return TL_ENOMEM;
    for (uint32_t i = 0; i < b->nepisodes; i++) {
        const struct episode *e = &b->episodes[i];
        const struct res *r = &b->res[e->tree];

        if (r->kind != TL_KIND_CLUSTER || (e->layer != LAYER_UPGRADE && e->layer != LAYER_GLOBAL))
            continue;
        c[n++] = (struct candidate){.episode = i,
                                    .global = r->global,
                                    .tree = e->tree,
                                    .at = began_at(b, e),
                                    .account = r->account,
                                    .region = r->region,
                                    .from = e->from,
                                    .to = e->to};
    }
    for (uint32_t i = 0; i < b->nepisodes; i++)
        if (b->episodes[i].switched != NONE)
            unite(b, b->episodes[i].switched, i, true);
    join_globals(b, c, n);
    if (join_messages(b))
        return TL_ENOMEM;
    join_inferred(b, c, n);
    return TL_OK;
}
