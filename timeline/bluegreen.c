/*
 * bluegreen.c - a blue/green switchover is told of the deployment, of what is switched over, of
 * what takes its name and of what is put aside: all of that is one run.
 *
 * Names change hands in it: what is called "shop" afterwards was "shop-green-x1y2z3" before, and
 * what was "shop" is "shop-old1". Rows are told by the name of their moment, and a finding says who
 * was who.
 */
#include "timeline/findings.h"
#include "timeline/resource.h"

static const int64_t AFTER_US = 15 * TL_MINUTE; /* restarts under the new names */
static const int64_t ASIDE_US = 2 * TL_MINUTE;  /* two tellers of one switchover */
static const int64_t STEP_US = 2 * TL_HOUR;     /* from its beginning to its end */

static const struct tl_str roles[] = {{"blue", 4}, {"green", 5}, {"blue_old", 8}};
enum { NROLES = sizeof(roles) / sizeof(roles[0]) };

/* The tree of that name where the row is; NONE: nothing is known by it. */
static enum tl_status
tree_of(struct tl_builder *b, uint32_t row, struct tl_str id, uint32_t *tree)
{
    static const enum tl_kind kinds[] = {TL_KIND_CLUSTER, TL_KIND_INSTANCE};
    const struct res *r = row_res(b, row);
    uint32_t res = NONE;

    *tree = NONE;
    for (size_t i = 0; i < 2 && res == NONE && id.n > 0; i++) {
        struct tl_ident who = {
            .kind = kinds[i], .account = r->account, .region = r->region, .id = id};

        if (accounts_fill(b, &who) || res_find(b, &who, r->input, &res))
            return TL_ENOMEM;
    }
    if (res != NONE)
        *tree = b->res[res].tree;
    return TL_OK;
}

static tl_time
at_of(const struct tl_builder *b, uint32_t row)
{
    return row_event(b, row)->when.at;
}

/* Whether two episodes tell of one switchover: at one time, or one has the end that the other
 * lacks. */
static bool
is_same(const struct tl_builder *b, const struct episode *x, const struct episode *y)
{
    const struct episode *first = x->first < y->first ? x : y, *second = first == x ? y : x;
    int64_t gap = at_of(b, second->first) - at_of(b, first->last);

    return gap <= (first->ended || second->start != NONE ? ASIDE_US : STEP_US);
}

static uint32_t
root_of(const struct tl_builder *b, uint32_t e)
{
    while (b->episodes[e].switched != NONE)
        e = b->episodes[e].switched;
    return e;
}

static void
link_episodes(struct tl_builder *b, uint32_t x, uint32_t y)
{
    uint32_t rx = root_of(b, x), ry = root_of(b, y);

    if (rx == ry)
        return;
    if (rx < ry)
        b->episodes[ry].switched = rx;
    else
        b->episodes[rx].switched = ry;
}

/* The first of the rows of a tree that is not before a row. */
static uint32_t
first_from(const struct tree_rows *t, uint32_t tree, uint32_t row)
{
    uint32_t lo = t->first[tree], hi = t->first[tree + 1];

    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;

        if (t->rows[mid] < row)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* Takes what happened to a tree while it was switched over, and until shortly after. */
static enum tl_status
take_tree(struct tl_builder *b, const struct tree_rows *t, uint32_t tree, uint32_t of)
{
    uint32_t first = b->episodes[of].first, id = NONE;
    tl_time until = at_of(b, b->episodes[of].last) + AFTER_US;

    for (uint32_t i = first_from(t, tree, first); i < t->first[tree + 1]; i++) {
        uint32_t row = t->rows[i];
        enum part part = (enum part)b->rowx[row].part;

        if (at_of(b, row) > until)
            break;
        if (b->rowx[row].episode != NONE || row_res(b, row)->kind == TL_KIND_ENDPOINT ||
            (part != PART_SIDE && layer_role(LAYER_FAILOVER, part) == ROLE_NONE))
            continue;
        if (id == NONE) {
            if (!episode_new(b, tree, LAYER_BLUEGREEN, row))
                return TL_ENOMEM;
            id = (uint32_t)b->nepisodes - 1;
            link_episodes(b, of, id);
        }
        b->rowx[row].episode = id;
        b->episodes[id].last = row;
    }
    return TL_OK;
}

/* The episodes of switchovers that each tree has, newest made first: of_tree, then next. */
struct chains {
    uint32_t *of_tree, *next;
    size_t n;
};

static enum tl_status
chain(struct tl_builder *b, struct chains *c)
{
    c->n = b->nepisodes;
    c->of_tree = tl_arena_alloc(&b->scratch, (b->nres + 1) * sizeof(*c->of_tree));
    c->next = tl_arena_alloc(&b->scratch, (c->n + 1) * sizeof(*c->next));
    if (!c->of_tree || !c->next)
        return TL_ENOMEM;
    for (size_t i = 0; i < b->nres; i++)
        c->of_tree[i] = NONE;
    for (uint32_t i = 0; i < c->n; i++) {
        if (b->episodes[i].layer != LAYER_BLUEGREEN)
            continue;
        c->next[i] = c->of_tree[b->episodes[i].tree];
        c->of_tree[b->episodes[i].tree] = i;
    }
    return TL_OK;
}

/* What a row of a switchover names: the trees that tell of it, too. */
static enum tl_status
link_named(struct tl_builder *b, const struct chains *c, uint32_t row)
{
    uint32_t own = b->rowx[row].episode, tree;

    for (size_t i = 0; i < NROLES; i++) {
        if (tree_of(b, row, tl_event_text(row_event(b, row), roles[i]), &tree))
            return TL_ENOMEM;
        if (tree == NONE)
            continue;
        for (uint32_t e = c->of_tree[tree]; e != NONE; e = c->next[e])
            if (e != own && is_same(b, &b->episodes[own], &b->episodes[e]))
                link_episodes(b, own, e);
    }
    return TL_OK;
}

/* … and those that only have what happened to them meanwhile. */
static enum tl_status
take_named(struct tl_builder *b, const struct tree_rows *t, uint32_t row)
{
    uint32_t own = b->rowx[row].episode, tree;

    for (size_t i = 0; i < NROLES; i++) {
        if (tree_of(b, row, tl_event_text(row_event(b, row), roles[i]), &tree))
            return TL_ENOMEM;
        if (tree != NONE && tree != b->episodes[own].tree && take_tree(b, t, tree, own))
            return TL_ENOMEM;
    }
    return TL_OK;
}

static bool
tells(const struct tl_builder *b, uint32_t row)
{
    return b->rowx[row].episode != NONE &&
           b->episodes[b->rowx[row].episode].layer == LAYER_BLUEGREEN &&
           tl_event_text(row_event(b, row), roles[0]).n > 0;
}

enum tl_status
build_switchovers(struct tl_builder *b, const struct tree_rows *t)
{
    struct chains c;
    enum tl_status st = TL_OK;
    bool any = false;

    for (size_t i = 0; i < b->nepisodes && !any; i++)
        any = b->episodes[i].layer == LAYER_BLUEGREEN;
    if (!any)
        return TL_OK;
    if (chain(b, &c))
        return TL_ENOMEM;
    for (uint32_t i = 0; i < b->report->nrows && !st; i++)
        if (tells(b, i))
            st = link_named(b, &c, i);
    for (uint32_t i = 0; i < b->report->nrows && !st; i++)
        if (tells(b, i))
            st = take_named(b, t, i);
    return st;
}

/* ---- what is said of the run ---- */

uint32_t
switched_tree(struct tl_builder *b, const struct plan *p)
{
    for (size_t i = 0; i < p->nrows; i++) {
        struct tl_str blue = tl_event_text(row_event(b, p->rows[i]), roles[0]);

        for (size_t k = 0; k < p->nepisodes && blue.n > 0; k++) {
            uint32_t tree = b->episodes[p->episodes[k]].tree;

            if (tl_str_eq(b->res[tree].id, blue))
                return tree;
        }
    }
    return NONE;
}

bool
switched_root(const struct tl_builder *b, const struct plan *p, struct tl_buf *out)
{
    struct tl_str blue = {"", 0};
    size_t i = 0;

    while (i < p->nrows && blue.n == 0)
        blue = tl_event_text(row_event(b, p->rows[i++]), roles[0]);
    if (blue.n == 0)
        return false;
    tl_buf_add(out, row_res(b, p->rows[i - 1])->region);
    tl_buf_add(out, TL_STR("//"));
    tl_buf_add(out, blue);
    return true;
}

enum tl_status
switched_versions(struct tl_builder *b, const struct plan *p, struct tl_str *from,
                  struct tl_str *to, uint32_t *row)
{
    uint32_t tree = NONE;

    *from = *to = (struct tl_str){"", 0};
    for (size_t i = 0; i < p->nrows && tree == NONE; i++)
        if (tree_of(b, p->rows[i], tl_event_text(row_event(b, p->rows[i]), roles[1]), &tree))
            return TL_ENOMEM;
    for (uint32_t i = tree == NONE ? NONE : b->by_tree[tree]; i != NONE;
         i = b->joined[i].next_of_tree) {
        const struct episode *e = &b->episodes[i];

        if (e->layer != LAYER_UPGRADE || e->to.n == 0 || e->last > p->began)
            continue;
        *from = from->n > 0 ? *from : e->from;
        *to = e->to;
        *row = e->end != NONE ? e->end : e->last;
    }
    return TL_OK;
}

/* Whether an earlier row of the run has told it. */
static bool
was_told(const struct tl_builder *b, const struct plan *p, size_t n, struct tl_str blue)
{
    for (size_t i = 0; i < n; i++) {
        const struct tl_event *ev = row_event(b, p->rows[i]);

        if (tl_str_eq(ev->cls, TL_STR("bluegreen.switchover-finished")) &&
            tl_str_eq(tl_event_text(ev, roles[0]), blue))
            return true;
    }
    return false;
}

static struct tl_str
without_ending(struct tl_str id)
{
    size_t n = res_switched_ending(id);

    return n == SIZE_MAX ? id : (struct tl_str){id.p, n};
}

bool
switched_restart(const struct tl_builder *b, const struct plan *p, uint32_t shutdown)
{
    struct tl_str name = without_ending(row_res(b, shutdown)->id);

    for (size_t i = 0; p->layer == LAYER_BLUEGREEN && i < p->nrows; i++)
        if (p->rows[i] > shutdown && row_is(b, p->rows[i], TL_STR("instance.restarted")) &&
            tl_str_eq(without_ending(row_res(b, p->rows[i])->id), name))
            return true;
    return false;
}

enum tl_status
run_switchover(struct tl_builder *b, struct plan *p)
{
    enum { MOST = 40 }; /* pairs that are told one by one */

    if (p->layer != LAYER_BLUEGREEN)
        return TL_OK;
    for (size_t i = 0, said = 0; i < p->nrows && said < MOST; i++) {
        uint32_t row = p->rows[i];
        const struct tl_event *ev = row_event(b, row);
        struct tl_str args[] = {tl_event_text(ev, roles[0]), tl_event_text(ev, roles[1]),
                                tl_event_text(ev, roles[2])};
        const struct tl_str aside[] = {args[0], TL_STR("-old1 (or another number)")};

        if (!tl_str_eq(ev->cls, TL_STR("bluegreen.switchover-finished")) || args[0].n == 0 ||
            was_told(b, p, i, args[0]))
            continue;
        if (args[2].n == 0)
            args[2] = words_join(b, aside, 2);
        if (finding_add(b, p, F_BLUEGREEN_RENAMED, &row, 1, args))
            return TL_ENOMEM;
        said++;
    }
    return TL_OK;
}
