/*
 * critical.c - the critical path: which phases of which resources the end of a run waited for.
 *
 * It is followed back from the end: before that moment the phase that ended last, then from where
 * it began, and so on. What lies between two of them belongs to the upgrade around it, if one was
 * under way (docs/phases-and-clocks.md).
 */
#include <stdlib.h>

#include "timeline/findings.h"

/* A place in the order of the report: a moment, and the row that tells it. */
struct place {
    tl_time at;
    uint32_t row; /* NONE: that of no row */
};

struct link {
    const struct span *s;
    struct place from, to;
    bool around; /* others lie within: it is waited for only where none of them is */
};

struct path {
    struct tl_builder *b;
    struct tl_run *run;
    struct link *links; /* the one that ends last first */
    size_t n;
    const struct link **around; /* the upgrades among them */
    size_t naround;
    struct place now; /* the run from here on is told */
    struct tl_instant when;
    uint32_t tree; /* of the last stretch */
    bool upgrade;  /* the run is one: so is what no phase tells of */
    size_t cap;
};

static int
by_place(const struct place *a, const struct place *b)
{
    int c = compare(a->at, b->at);

    if (c || a->row == NONE || b->row == NONE)
        return c;
    return compare(a->row, b->row);
}

/* Of two that end in one moment the one that began later: it is the more exact word. */
static int
by_end(const void *pa, const void *pb)
{
    const struct link *a = pa, *b = pb;
    int c = by_place(&b->to, &a->to);

    c = c ? c : by_place(&b->from, &a->from);
    return c ? c : compare((int64_t)a->s->res, (int64_t)b->s->res);
}

static enum tl_status
tell(struct path *path, uint32_t res, enum tl_phase phase, struct tl_span seconds)
{
    struct tl_builder *b = path->b;
    struct tl_run *r = path->run;
    struct tl_stretch *list = tl_arena_grow(b->arena, r->path, r->npath, &path->cap, sizeof(*list));

    if (!list)
        return TL_ENOMEM;
    r->path = list;
    list[r->npath++] = (struct tl_stretch){.resource = res_title(b, res),
                                           .region = b->res[res].region,
                                           .phase = phase,
                                           .seconds = seconds};
    path->tree = b->res[res].tree;
    return TL_OK;
}

/* The upgrade under way from `from` (NULL: from its own begin) until now: of the tree that was told
 * last, else any. NULL: there is none. */
static const struct link *
around(const struct path *path, const struct place *from)
{
    const struct link *found = NULL;

    for (size_t i = 0; i < path->naround; i++) {
        const struct link *l = path->around[i];
        bool own = path->b->res[l->s->res].tree == path->tree;

        if (by_place(&l->from, &path->now) >= 0 || by_place(&l->to, &path->now) < 0 ||
            (from && by_place(&l->from, from) > 0))
            continue;
        if (own)
            return l;
        found = found ? found : l;
    }
    return found;
}

/* What was waited for between the end of a phase (NULL: the begin of the run) and now. */
static enum tl_status
fill(struct path *path, const struct link *before)
{
    const struct link *l = around(path, before ? &before->to : NULL);
    struct tl_instant from = path->run->began;

    if (!l && !path->upgrade)
        return TL_OK;
    if (before)
        from = before->s->ended;
    else if (l)
        from = l->s->began;
    if (from.at >= path->now.at)
        return TL_OK;
    return tell(path, l ? l->s->res : path->tree, TL_PHASE_UPGRADE,
                span_between(&from, &path->when));
}

static enum tl_status
step(struct path *path, const struct link *l)
{
    const struct span *s = l->s;
    struct tl_span seconds = s->took_us != TL_UNKNOWN ? (struct tl_span){s->took_us, s->took_us}
                                                      : span_between(&s->began, &s->ended);

    if (by_place(&l->to, &path->now) < 0 && fill(path, l))
        return TL_ENOMEM;
    path->now = l->from;
    path->when = s->began;
    return tell(path, s->res, s->phase, seconds);
}

static enum tl_status
list_links(struct path *path, const struct plan *p)
{
    path->links = tl_arena_alloc(&path->b->scratch, (p->run->nphases + 1) * sizeof(*path->links));
    path->around = tl_arena_alloc(&path->b->scratch, (p->run->nphases + 1) * sizeof(struct link *));
    if (!path->links || !path->around)
        return TL_ENOMEM;
    for (size_t i = 0; i < p->run->nphases; i++) {
        const struct span *s = &p->spans[i];

        if (!s->closed || s->phase == TL_PHASE_ONLINE || s->began.at == TL_TIME_NONE ||
            s->ended.at == TL_TIME_NONE)
            continue;
        path->links[path->n++] = (struct link){.s = s,
                                               .from = {s->began.at, s->first},
                                               .to = {s->ended.at, s->last},
                                               .around = s->phase == TL_PHASE_UPGRADE};
    }
    if (path->n > 1)
        qsort(path->links, path->n, sizeof(*path->links), by_end);
    for (size_t i = 0; i < path->n; i++)
        if (path->links[i].around)
            path->around[path->naround++] = &path->links[i];
    return TL_OK;
}

static void
turn_around(struct tl_stretch *list, size_t n)
{
    for (size_t i = 0; i < n / 2; i++) {
        struct tl_stretch swap = list[i];

        list[i] = list[n - 1 - i];
        list[n - 1 - i] = swap;
    }
}

enum tl_status
run_critical(struct tl_builder *b, struct plan *p)
{
    struct path path = {.b = b, .run = p->run, .upgrade = p->layer == LAYER_UPGRADE};

    if (p->run->ended.at == TL_TIME_NONE || p->run->nphases == 0)
        return TL_OK;
    path.now = (struct place){p->run->ended.at, p->ended};
    path.when = p->run->ended;
    path.tree = row_tree(b, p->ended);
    if (list_links(&path, p))
        return TL_ENOMEM;
    for (size_t i = 0; i < path.n; i++) {
        const struct link *l = &path.links[i];

        if (l->around || by_place(&l->to, &path.now) > 0 || by_place(&l->from, &path.now) >= 0)
            continue;
        if (step(&path, l))
            return TL_ENOMEM;
    }
    if (fill(&path, NULL))
        return TL_ENOMEM;
    turn_around(p->run->path, p->run->npath);
    return TL_OK;
}
