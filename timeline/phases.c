/* phases.c - named spans of each resource, and the parameters that were adjusted on the way. */
#include <stdlib.h>

#include "timeline/findings.h"

struct span {
    uint32_t res;
    enum tl_phase phase;
    struct tl_instant began, ended;
    bool closed;
    bool logged;     /* by the server itself */
    int64_t took_us; /* by the words of a message; TL_UNKNOWN */
};

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
    uint32_t last = *last_span(b, all, res, phase);
    struct span *s = last > 0 && all->list ? &all->list[last - 1] : NULL;

    return s && !s->closed ? s : NULL;
}

static enum tl_status
add_span(struct tl_builder *b, struct spans *all, uint32_t res, enum tl_phase phase,
         struct tl_instant began, const struct tl_instant *ended)
{
    struct span *list = tl_arena_grow(&b->scratch, all->list, all->n, &all->cap, sizeof(*list));

    if (!list)
        return TL_ENOMEM;
    all->list = list;
    *last_span(b, all, res, phase) = (uint32_t)all->n + 1;
    list[all->n++] = (struct span){.res = res,
                                   .phase = phase,
                                   .began = began,
                                   .ended = ended ? *ended : TL_INSTANT_NONE,
                                   .closed = ended != NULL,
                                   .took_us = TL_UNKNOWN};
    return TL_OK;
}

static void
close_span(const struct tl_builder *b, struct spans *all, uint32_t res, enum tl_phase phase,
           const struct tl_instant *when)
{
    struct span *s = open_span(b, all, res, phase);

    if (s) {
        s->ended = *when;
        s->closed = true;
    }
}

/* A stage ends where a later one begins. */
static void
close_earlier(const struct tl_builder *b, struct spans *all, uint32_t res, enum tl_phase phase,
              const struct tl_instant *when)
{
    static const enum tl_phase stages[] = {TL_PHASE_PRECHECK, TL_PHASE_SNAPSHOT, TL_PHASE_SHUTDOWN};

    for (size_t i = 0; i < sizeof(stages) / sizeof(stages[0]) && stages[i] < phase; i++)
        if (stages[i] != TL_PHASE_SHUTDOWN || phase != TL_PHASE_UPGRADE ||
            b->res[res].kind != TL_KIND_INSTANCE) /* which is down while it is upgraded */
            close_span(b, all, res, stages[i], when);
}

/* The start of what a message says has taken that long: "fast startup completed in …". */
static struct tl_instant
before(struct tl_instant when, int64_t us)
{
    return (struct tl_instant){when.at - us, when.earliest - us, when.latest - us};
}

static enum tl_status
end_phase(struct tl_builder *b, struct spans *all, uint32_t res, const struct tl_event *ev)
{
    struct span *s = open_span(b, all, res, ev->phase);
    int64_t took = tl_event_number(ev, TL_STR("elapsed_us"));

    if (s) {
        s->ended = ev->when;
        s->closed = true;
        return TL_OK;
    }
    if (ev->phase == TL_PHASE_STARTUP && took != TL_UNKNOWN && took >= 0 && took < TL_DAY) {
        if (add_span(b, all, res, ev->phase, before(ev->when, took), &ev->when))
            return TL_ENOMEM;
        all->list[all->n - 1].took_us = took;
        return TL_OK;
    }
    if (ev->phase == TL_PHASE_STARTUP && (s = open_span(b, all, res, TL_PHASE_SHUTDOWN))) {
        s->ended = ev->when; /* down from the shutdown on, up again from here on */
        s->closed = true;
    }
    return TL_OK; /* an end whose beginning is not known spans nothing */
}

/* RDS announces a shutdown that the server's own log has told from its request to its end. */
static bool
is_told(const struct tl_builder *b, const struct spans *all, uint32_t res,
        const struct tl_instant *when)
{
    uint32_t last = *last_span(b, all, res, TL_PHASE_SHUTDOWN);
    const struct span *s = last > 0 ? &all->list[last - 1] : NULL;

    return s && s->closed && s->logged && when->earliest - s->ended.latest <= TL_MINUTE;
}

static enum tl_status
take_phase(struct tl_builder *b, struct spans *all, uint32_t row)
{
    const struct tl_event *ev = row_event(b, row);
    uint32_t res = b->rowx[row].res;
    enum tl_edge edge = ev->edge;

    /* a cluster says it before it ends, an instance as its last word */
    if (row_res(b, row)->kind == TL_KIND_INSTANCE &&
        row_is(b, row, TL_STR("upgrade.version-changed")))
        edge = TL_EDGE_END;
    switch (edge) {
    case TL_EDGE_BEGIN:
        close_earlier(b, all, res, ev->phase, &ev->when);
        if (ev->phase == TL_PHASE_COMPLETING)
            close_span(b, all, res, TL_PHASE_UPGRADE, &ev->when);
        if (open_span(b, all, res, ev->phase))
            return TL_OK;
        if (add_span(b, all, res, ev->phase, ev->when, NULL))
            return TL_ENOMEM;
        all->list[all->n - 1].logged = ev->channel == TL_CHANNEL_LOG;
        return TL_OK;
    case TL_EDGE_END:
        close_earlier(b, all, res, ev->phase, &ev->when);
        if (ev->phase == TL_PHASE_COMPLETING)
            close_span(b, all, res, TL_PHASE_UPGRADE, &ev->when);
        return end_phase(b, all, res, ev);
    case TL_EDGE_POINT:
        close_earlier(b, all, res, ev->phase, &ev->when);
        if (ev->phase == TL_PHASE_SHUTDOWN)
            return open_span(b, all, res, ev->phase) || is_told(b, all, res, &ev->when)
                       ? TL_OK
                       : add_span(b, all, res, ev->phase, ev->when, NULL);
        if (ev->phase != TL_PHASE_ONLINE)
            return TL_OK;
        if (add_span(b, all, res, ev->phase, ev->when, &ev->when))
            return TL_ENOMEM;
        all->list[all->n - 1].took_us = 0; /* a moment */
        return TL_OK;
    default:
        return TL_OK;
    }
}

/* From the call to the first word of the run. */
static enum tl_status
request_phase(struct tl_builder *b, const struct plan *p, struct spans *all)
{
    uint32_t root = p->global != NONE ? p->global : b->episodes[p->episodes[0]].tree;

    if (p->request == NONE)
        return TL_OK;
    return add_span(b, all, root, TL_PHASE_REQUESTED, row_event(b, p->request)->when,
                    &p->run->began);
}

static bool
is_backup(const struct tl_event *ev)
{
    return tl_str_starts(ev->cls, TL_STR("backup."));
}

enum tl_status
run_phases(struct tl_builder *b, struct plan *p)
{
    struct spans all = {.plan = p};
    struct tl_run *r = p->run;

    all.last = tl_arena_alloc(&b->scratch, (p->nres + 1) * NPHASES * sizeof(*all.last));
    if (!all.last || request_phase(b, p, &all))
        return TL_ENOMEM;
    for (size_t i = 0; i < p->nrows; i++) {
        uint32_t row = p->rows[i], twin = b->rowx[row].twin;
        const struct tl_event *ev = row_event(b, row);
        bool on_cluster = row_res(b, row)->kind == TL_KIND_CLUSTER;
        bool both = twin != NONE || row_repeats(b, row);

        if (ev->phase == TL_PHASE_NONE || is_backup(ev) || (both && on_cluster))
            continue; /* what the instance tells as well is the instance's */
        if (take_phase(b, &all, row))
            return TL_ENOMEM;
    }
    r->phases = tl_arena_alloc(b->arena, (all.n + 1) * sizeof(*r->phases));
    if (!r->phases)
        return TL_ENOMEM;
    for (size_t i = 0; i < all.n; i++) {
        const struct span *s = &all.list[i];

        r->phases[r->nphases++] = (struct tl_phase_span){
            .resource = res_title(b, s->res),
            .region = b->res[s->res].region,
            .name = s->phase,
            .began = s->began,
            .ended = s->ended,
            .seconds = s->took_us != TL_UNKNOWN ? (struct tl_span){s->took_us, s->took_us}
                       : s->closed              ? span_between(&s->began, &s->ended)
                                                : TL_SPAN_NONE};
    }
    return TL_OK;
}

/* ---- parameters ---- */

static struct tl_str
value_of(struct tl_builder *b, const struct tl_event *ev, struct tl_str name)
{
    const struct tl_field *f = tl_event_field(ev, name);

    if (!f || f->type != TL_FIELD_INT)
        return tl_event_text(ev, name);
    return f->number < 0 ? (struct tl_str){"", 0} : words_count(b, (uint64_t)f->number);
}

/* The same adjustment has the same key. */
static enum tl_status
parameter_id(struct tl_builder *b, struct strings *known, uint32_t res,
             const struct tl_parameter_change *c, uint32_t *id)
{
    const struct tl_str parts[] = {c->name, c->from, c->to};
    struct tl_buf key;
    bool ok;

    tl_buf_init(&key, b->scratch.max);
    tl_buf_addf(&key, "%u", res);
    for (size_t i = 0; i < 3; i++) {
        tl_buf_add(&key, TL_STR("\x1f"));
        tl_buf_add(&key, parts[i]);
    }
    ok = !key.failed && strings_id(known, tl_buf_str(&key), id);
    tl_buf_free(&key);
    return ok ? TL_OK : TL_ENOMEM;
}

static enum tl_status
take_parameter(struct tl_builder *b, struct tl_run *r, uint32_t row, struct strings *known,
               size_t *cap)
{
    const struct tl_event *ev = row_event(b, row);
    struct tl_parameter_change c = {.resource = res_title(b, b->rowx[row].res),
                                    .region = row_res(b, row)->region,
                                    .name = value_of(b, ev, TL_STR("parameter")),
                                    .from = value_of(b, ev, TL_STR("from_value")),
                                    .to = value_of(b, ev, TL_STR("to_value")),
                                    .count = 1};
    struct tl_parameter_change *list;
    uint32_t id;

    if (parameter_id(b, known, b->rowx[row].res, &c, &id))
        return TL_ENOMEM;
    if (id <= r->nparameters) { /* number 0 is the empty text */
        r->parameters[id - 1].count++;
        return TL_OK;
    }
    list = tl_arena_grow(b->arena, r->parameters, r->nparameters, cap, sizeof(*list));
    if (!list)
        return TL_ENOMEM;
    r->parameters = list;
    r->parameters[r->nparameters++] = c;
    return TL_OK;
}

enum tl_status
run_parameters(struct tl_builder *b, struct plan *p)
{
    struct strings known = {.n = 0};
    size_t cap = 0;

    for (size_t i = 0; i < p->nrows; i++) {
        if (!row_is(b, p->rows[i], TL_STR("parameter.adjusted")) || row_repeats(b, p->rows[i]))
            continue;
        if (known.n == 0 && !strings_init(&known, &b->scratch))
            return TL_ENOMEM;
        if (take_parameter(b, p->run, p->rows[i], &known, &cap))
            return TL_ENOMEM;
    }
    return TL_OK;
}
