/*
 * phases.c - named spans of each resource.
 *
 * A phase begins and ends with words about its resource, and has their bounds. Which words those
 * are, and what each phase is: docs/phases-and-clocks.md.
 */
#include "timeline/findings.h"

enum { NPHASES = TL_PHASE_COMPLETING + 1 };

struct spans {
    struct span *list;
    size_t n, cap;
    uint32_t *last; /* by place of the resource and phase: number of its last span + 1 */
    const struct plan *plan;
};

static uint32_t *
last_span(const struct tl_builder *b, const struct spans *all, uint32_t res, enum tl_phase phase)
{
    return &all->last[(size_t)place_in(b, all->plan, res) * NPHASES + phase];
}

static struct span *
open_span(const struct tl_builder *b, const struct spans *all, uint32_t res, enum tl_phase phase)
{
    uint32_t last = place_in(b, all->plan, res) == NONE ? 0 : *last_span(b, all, res, phase);
    struct span *s = last > 0 && all->list ? &all->list[last - 1] : NULL;

    return s && !s->closed ? s : NULL;
}

/* NULL: no room. */
static struct span *
add_span(struct tl_builder *b, struct spans *all, const struct word *w, enum tl_phase phase)
{
    struct span *list = tl_arena_grow(&b->scratch, all->list, all->n, &all->cap, sizeof(*list));

    if (!list)
        return NULL;
    all->list = list;
    *last_span(b, all, w->res, phase) = (uint32_t)all->n + 1;
    list[all->n] = (struct span){.res = w->res,
                                 .phase = phase,
                                 .began = w->ev->when,
                                 .ended = TL_INSTANT_NONE,
                                 .first = w->row,
                                 .last = NONE,
                                 .logged = w->ev->channel == TL_CHANNEL_LOG,
                                 .inferred = w->row == NONE,
                                 .took_us = TL_UNKNOWN};
    return &list[all->n++];
}

static void
end_span(struct span *s, const struct word *w)
{
    s->ended = w->ev->when;
    s->last = w->row;
    s->closed = true;
    s->inferred |= w->row == NONE;
}

static void
close_span(const struct tl_builder *b, struct spans *all, enum tl_phase phase, const struct word *w)
{
    struct span *s = open_span(b, all, w->res, phase);

    if (s)
        end_span(s, w);
}

static bool
refuses(const struct tl_event *ev)
{
    return tl_str_eq(ev->cls, TL_STR("upgrade.refused")) ||
           tl_str_eq(ev->cls, TL_STR("precheck.failed"));
}

/* A stage ends where a later one begins, and an upgrade where it is refused or completed. */
static void
close_earlier(const struct tl_builder *b, struct spans *all, enum tl_phase phase,
              const struct word *w)
{
    static const enum tl_phase stages[] = {TL_PHASE_PRECHECK, TL_PHASE_SNAPSHOT, TL_PHASE_SHUTDOWN};

    for (size_t i = 0; i < sizeof(stages) / sizeof(stages[0]) && stages[i] < phase; i++)
        if (stages[i] != TL_PHASE_SHUTDOWN || phase != TL_PHASE_UPGRADE ||
            b->res[w->res].kind != TL_KIND_INSTANCE) /* which is down while it is upgraded */
            close_span(b, all, stages[i], w);
    if (phase == TL_PHASE_COMPLETING || refuses(w->ev))
        close_span(b, all, TL_PHASE_UPGRADE, w);
}

/* Zero-downtime patching is told on the cluster and on its writer, and of either word one may be
 * missing: the attempt under way that an end on res ends. */
static struct span *
open_attempt(const struct tl_builder *b, struct spans *all, uint32_t res)
{
    enum { BACK = 64 };
    struct span *s = open_span(b, all, res, TL_PHASE_ZDP);
    uint32_t tree = b->res[res].tree;

    if (!s && tree != res)
        s = open_span(b, all, tree, TL_PHASE_ZDP);
    for (size_t i = all->n; !s && tree == res && i > 0 && i + BACK > all->n; i--) {
        struct span *of = &all->list[i - 1];

        if (of->phase == TL_PHASE_ZDP && !of->closed && b->res[of->res].tree == tree)
            s = of;
    }
    if (s && s->res == tree && tree != res) { /* the instance is the one that is patched */
        s->res = res;
        *last_span(b, all, res, TL_PHASE_ZDP) = (uint32_t)(s - all->list) + 1;
    }
    if (s)
        s->borrowed = s->res != res;
    return s;
}

/* The instance's own word on an end that its cluster told before. */
static struct span *
told_by_cluster(const struct tl_builder *b, const struct spans *all, uint32_t res)
{
    uint32_t last = *last_span(b, all, res, TL_PHASE_ZDP);

    return last > 0 && all->list[last - 1].borrowed ? &all->list[last - 1] : NULL;
}

static enum tl_status
end_phase(struct tl_builder *b, struct spans *all, const struct word *w)
{
    const struct tl_event *ev = w->ev;
    struct span *s = ev->phase == TL_PHASE_ZDP ? open_attempt(b, all, w->res)
                                               : open_span(b, all, w->res, ev->phase);
    int64_t took = tl_event_number(ev, TL_STR("elapsed_us"));

    if (!s && ev->phase == TL_PHASE_ZDP && (s = told_by_cluster(b, all, w->res)) != NULL)
        s->borrowed = false;
    if (s) {
        end_span(s, w);
        return TL_OK;
    }
    if (ev->phase != TL_PHASE_STARTUP || took == TL_UNKNOWN || took < 0 || took >= TL_DAY)
        return TL_OK; /* an end whose beginning is not known spans nothing */
    s = add_span(b, all, w, ev->phase);
    if (!s)
        return TL_ENOMEM;
    end_span(s, w); /* "fast startup completed in …" */
    s->began =
        (struct tl_instant){ev->when.at - took, ev->when.earliest - took, ev->when.latest - took};
    s->first = NONE;
    s->took_us = took;
    return TL_OK;
}

/* RDS announces a shutdown that the server's own log has told from its request to its end. */
static bool
is_told(const struct tl_builder *b, const struct spans *all, const struct word *w)
{
    uint32_t last = *last_span(b, all, w->res, TL_PHASE_SHUTDOWN);
    const struct span *s = last > 0 ? &all->list[last - 1] : NULL;

    return s && s->closed && s->logged && w->ev->when.earliest - s->ended.latest <= TL_MINUTE;
}

static enum tl_status
take_point(struct tl_builder *b, struct spans *all, const struct word *w)
{
    enum tl_phase phase = w->ev->phase;
    struct span *s;

    if (phase == TL_PHASE_SHUTDOWN) {
        if (open_span(b, all, w->res, phase) || is_told(b, all, w))
            return TL_OK;
        return add_span(b, all, w, phase) ? TL_OK : TL_ENOMEM;
    }
    if (phase != TL_PHASE_ONLINE)
        return TL_OK;
    s = add_span(b, all, w, phase);
    if (!s)
        return TL_ENOMEM;
    end_span(s, w);
    s->took_us = 0; /* a moment */
    return TL_OK;
}

static enum tl_status
take_word(struct tl_builder *b, struct spans *all, const struct word *w)
{
    const struct tl_event *ev = w->ev;
    enum tl_edge edge = ev->edge;

    /* a cluster says it before it ends, an instance as its last word */
    if (b->res[w->res].kind == TL_KIND_INSTANCE &&
        tl_str_eq(ev->cls, TL_STR("upgrade.version-changed")))
        edge = TL_EDGE_END;
    if (edge == TL_EDGE_NONE)
        return TL_OK;
    close_earlier(b, all, ev->phase, w);
    if (edge == TL_EDGE_END)
        return end_phase(b, all, w);
    if (edge == TL_EDGE_POINT)
        return take_point(b, all, w);
    return open_span(b, all, w->res, ev->phase) || add_span(b, all, w, ev->phase) ? TL_OK
                                                                                  : TL_ENOMEM;
}

/* From the call to the first word of the run. */
static enum tl_status
request_phase(struct tl_builder *b, const struct plan *p, struct spans *all)
{
    struct word w = {.row = p->request};
    struct span *s;

    if (p->request == NONE)
        return TL_OK;
    w.ev = row_event(b, p->request);
    w.res = p->global != NONE ? p->global : b->episodes[p->episodes[0]].tree;
    s = add_span(b, all, &w, TL_PHASE_REQUESTED);
    if (!s)
        return TL_ENOMEM;
    end_span(s, &(struct word){row_event(b, p->began), w.res, p->began});
    return TL_OK;
}

static bool
is_backup(const struct tl_event *ev)
{
    return tl_str_starts(ev->cls, TL_STR("backup."));
}

static enum tl_status
take_row(struct tl_builder *b, struct spans *all, uint32_t row)
{
    struct word w = {row_event(b, row), b->rowx[row].res, row};
    bool on_cluster = row_res(b, row)->kind == TL_KIND_CLUSTER;
    bool both = b->rowx[row].twin != NONE || row_repeats(b, row);

    if (w.ev->phase == TL_PHASE_NONE || is_backup(w.ev) || (both && on_cluster))
        return TL_OK; /* what the instance tells as well is the instance's */
    return take_word(b, all, &w);
}

/* The words of a run in their order, those that are inferred behind the row that they follow. */
static enum tl_status
take_words(struct tl_builder *b, const struct plan *p, struct spans *all)
{
    enum tl_status st = TL_OK;
    size_t k = 0;

    for (size_t i = 0; i <= p->nrows && !st; i++) {
        for (; k < p->nguesses && (i == p->nrows || p->guesses[k].after < p->rows[i]) && !st; k++)
            st = take_word(b, all, &(struct word){&p->guesses[k].row.ev, p->guesses[k].res, NONE});
        if (i < p->nrows && !st)
            st = take_row(b, all, p->rows[i]);
    }
    return st;
}

static struct tl_phase_span
shown(const struct tl_builder *b, const struct span *s)
{
    struct tl_span took = TL_SPAN_NONE;

    if (s->took_us != TL_UNKNOWN)
        took = (struct tl_span){s->took_us, s->took_us};
    else if (s->closed)
        took = span_between(&s->began, &s->ended);
    return (struct tl_phase_span){.resource = res_title(b, s->res),
                                  .region = b->res[s->res].region,
                                  .name = s->phase,
                                  .began = s->began,
                                  .ended = s->ended,
                                  .seconds = took,
                                  .inferred = s->inferred};
}

enum tl_status
run_phases(struct tl_builder *b, struct plan *p)
{
    struct spans all = {.plan = p};
    struct tl_run *r = p->run;

    all.last = tl_arena_alloc(&b->scratch, (p->nres + 1) * NPHASES * sizeof(*all.last));
    if (!all.last || request_phase(b, p, &all) || take_words(b, p, &all))
        return TL_ENOMEM;
    r->phases = tl_arena_alloc(b->arena, (all.n + 1) * sizeof(*r->phases));
    if (!r->phases)
        return TL_ENOMEM;
    for (size_t i = 0; i < all.n; i++)
        r->phases[r->nphases++] = shown(b, &all.list[i]);
    p->spans = all.list;
    return TL_OK;
}
