/* sequence.c - how many of the steps that the strategy of a run leads to expect the evidence tells.
 */
#include "timeline/expect.h"
#include "timeline/findings.h"

/* What is told of one resource, a bit for each step of the model. */
struct told {
    uint32_t seen, inferred;
};

static const struct model *
model_at(const struct tl_builder *b, const struct plan *p, uint32_t res)
{
    return model_of(p->run->strategy, b->res[b->res[res].tree].kind);
}

/* Where a step on res counts; NONE: nowhere. */
static uint32_t
place_of_step(const struct tl_builder *b, const struct plan *p, const struct step *s, uint32_t res)
{
    if (s->on == TL_KIND_OTHER)
        return place_in(b, p, b->res[res].tree);
    return b->res[res].kind == s->on ? place_in(b, p, res) : NONE;
}

static void
note(const struct tl_builder *b, const struct plan *p, const struct word *w, struct told *told)
{
    const struct model *m = model_at(b, p, w->res);

    for (size_t i = 0; m && i < m->nsteps; i++) {
        uint32_t place = NONE;

        if (step_is(&m->steps[i], w->ev->cls))
            place = place_of_step(b, p, &m->steps[i], w->res);
        if (place == NONE)
            continue;
        if (w->row == NONE)
            told[place].inferred |= UINT32_C(1) << i;
        else
            told[place].seen |= UINT32_C(1) << i;
    }
}

static bool
is_expected(const struct model *m, size_t step, const struct told *t)
{
    enum step_group group = m->steps[step].group;

    if (group == GROUP_ALWAYS)
        return true;
    for (size_t i = 0; i < m->nsteps; i++)
        if (m->steps[i].group == group && (t->seen >> i & 1) != 0)
            return true;
    return false;
}

/* Whether res is one that such a step would be told of. */
static bool
is_of(const struct tl_builder *b, const struct step *s, uint32_t res)
{
    if (s->on == TL_KIND_OTHER)
        return b->res[res].tree == res;
    return b->res[res].kind == s->on;
}

static enum tl_status
count(struct tl_builder *b, struct plan *p, uint32_t place, const struct told *t, size_t *cap)
{
    struct tl_sequence *s = &p->run->sequence;
    uint32_t res = p->res[place];
    const struct model *m = model_at(b, p, res);
    bool whole = p->run->verdict == TL_VERDICT_SUCCEEDED;

    for (size_t i = 0; m && i < m->nsteps; i++) {
        const struct step *step = &m->steps[i];
        struct tl_missing *list;

        if (!step->required || !is_of(b, step, res) || !is_expected(m, i, t))
            continue;
        if (((t->seen | t->inferred) >> i & 1) == 0 && !whole && t->seen >> i == 0)
            continue; /* it had not come to that */
        s->expected++;
        s->seen += t->seen >> i & 1;
        s->inferred += (t->inferred & ~t->seen) >> i & 1;
        if (((t->seen | t->inferred) >> i & 1) != 0)
            continue;
        list = tl_arena_grow(b->arena, s->missing, s->nmissing, cap, sizeof(*list));
        if (!list)
            return TL_ENOMEM;
        s->missing = list;
        list[s->nmissing++] = (struct tl_missing){res_title(b, res), b->res[res].region, step->cls};
    }
    return TL_OK;
}

/* Whether the run is one of this resource's tree: what only takes part has no steps of its own. */
static bool
is_own(const struct tl_builder *b, const struct plan *p, uint32_t res)
{
    for (size_t i = 0; i < p->nepisodes; i++)
        if (b->episodes[p->episodes[i]].tree == b->res[res].tree)
            return true;
    return false;
}

enum tl_status
run_sequence(struct tl_builder *b, struct plan *p)
{
    struct told *told = tl_arena_alloc(&b->scratch, (p->nres + 1) * sizeof(*told));
    enum tl_status st = told ? TL_OK : TL_ENOMEM;
    size_t cap = 0;

    for (size_t i = 0; i < p->nrows && !st; i++)
        note(b, p, &(struct word){row_event(b, p->rows[i]), b->rowx[p->rows[i]].res, p->rows[i]},
             told);
    for (size_t i = 0; i < p->nguesses && !st; i++)
        note(b, p, &(struct word){&p->guesses[i].row.ev, p->guesses[i].res, NONE}, told);
    for (uint32_t i = 0; i < p->nres && !st; i++)
        if (is_own(b, p, p->res[i]))
            st = count(b, p, i, &told[i], &cap);
    return st;
}
