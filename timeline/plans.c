/* plans.c - episodes become the runs that they are, and learn when they were active. */
#include <string.h>

#include "timeline/run.h"

static struct plan *
new_plan(struct tl_builder *b, enum layer layer)
{
    struct plan *list =
        tl_arena_grow(&b->scratch, b->plans, b->nplans, &b->plans_cap, sizeof(*list));

    if (!list)
        return NULL;
    b->plans = list;
    list[b->nplans] = (struct plan){.layer = layer,
                                    .global = NONE,
                                    .primary = NONE,
                                    .from = TL_TIME_NONE,
                                    .to = TL_TIME_NONE,
                                    .began = NONE,
                                    .ended = NONE,
                                    .request = NONE};
    return &list[b->nplans++];
}

static void
note_activity(struct plan *p, const struct tl_instant *when)
{
    if (p->from == TL_TIME_NONE || when->earliest < p->from)
        p->from = when->earliest;
    if (p->to == TL_TIME_NONE || when->latest > p->to)
        p->to = when->latest;
}

static void
take_row(struct tl_builder *b, uint32_t plan, uint32_t row)
{
    b->rowx[row].plan = plan;
    note_activity(&b->plans[plan], &row_event(b, row)->when);
}

static void
take_episode(struct tl_builder *b, uint32_t id, uint32_t plan)
{
    struct plan *p = &b->plans[plan];
    struct episode *e = &b->episodes[id];
    uint32_t global = b->res[e->tree].global;

    e->run = plan;
    if (p->began == NONE || e->began < p->began)
        p->began = e->began;
    if (e->end != NONE && (p->ended == NONE || e->end > p->ended))
        p->ended = e->end;
    if (global != NONE)
        p->global = global;
    p->nepisodes++;
}

/* The lists of episodes, in the order of their beginnings. */
static enum tl_status
list_episodes(struct tl_builder *b)
{
    for (size_t i = 0; i < b->nplans; i++) {
        struct plan *p = &b->plans[i];

        p->episodes = tl_arena_alloc(&b->scratch, (p->nepisodes + 1) * sizeof(uint32_t));
        if (!p->episodes)
            return TL_ENOMEM;
        p->nepisodes = 0;
    }
    for (uint32_t i = 0; i < b->nepisodes; i++) {
        struct plan *p = &b->plans[b->episodes[i].run];
        size_t k = p->nepisodes++;

        for (; k > 0 && b->episodes[p->episodes[k - 1]].began > b->episodes[i].began; k--)
            p->episodes[k] = p->episodes[k - 1];
        p->episodes[k] = i;
    }
    return TL_OK;
}

enum tl_status
build_plans(struct tl_builder *b)
{
    uint32_t *of_root = tl_arena_alloc(&b->scratch, (b->nepisodes + 1) * sizeof(*of_root));

    if (!of_root)
        return TL_ENOMEM;
    for (uint32_t i = 0; i < b->nepisodes; i++) { /* a root is the smallest of its episodes */
        uint32_t root = joined_root(b, i);

        if (root == i) {
            struct plan *p = new_plan(b, b->episodes[i].layer);

            if (!p)
                return TL_ENOMEM;
            p->joined = b->joined[i].joined;
            p->inferred = b->joined[i].inferred;
            of_root[i] = (uint32_t)(b->nplans - 1);
        }
        take_episode(b, i, of_root[root]);
    }
    for (uint32_t i = 0; i < b->report->nrows; i++)
        if (b->rowx[i].episode != NONE)
            take_row(b, b->episodes[b->rowx[i].episode].run, i);
    return list_episodes(b);
}

enum tl_status
plan_of_flip(struct tl_builder *b, uint32_t tree, uint32_t row, uint32_t *plan)
{
    struct episode *list =
        tl_arena_grow(&b->scratch, b->episodes, b->nepisodes, &b->episodes_cap, sizeof(*list));
    struct plan *p = new_plan(b, LAYER_UPGRADE);
    const struct tl_event *ev = row_event(b, row);

    if (!list || !p)
        return TL_ENOMEM;
    b->episodes = list;
    list[b->nepisodes] = (struct episode){.tree = tree,
                                          .layer = LAYER_UPGRADE,
                                          .first = row,
                                          .last = row,
                                          .began = row,
                                          .start = NONE,
                                          .end = row,
                                          .ended = true,
                                          .switched = NONE,
                                          .from = tl_event_text(ev, TL_STR("from_version")),
                                          .to = tl_event_text(ev, TL_STR("to_version"))};
    *plan = (uint32_t)(b->nplans - 1);
    p->seen_only = true;
    p->episodes = tl_arena_alloc(&b->scratch, sizeof(uint32_t));
    if (!p->episodes)
        return TL_ENOMEM;
    p->episodes[0] = (uint32_t)b->nepisodes++;
    b->rowx[row].episode = p->episodes[0];
    take_episode(b, p->episodes[0], *plan);
    take_row(b, *plan, row);
    return TL_OK;
}
