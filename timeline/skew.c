/* skew.c - the clocks of the evidence, and what is asked of them. */
#include "timeline/skew.h"

static struct clock *
new_clock(struct tl_builder *b, struct skew *k, struct tl_str name, uint32_t input)
{
    struct clock *list =
        tl_arena_grow(&b->scratch, k->clocks, k->nclocks, &k->clocks_cap, sizeof(*list));

    if (!list)
        return NULL;
    k->clocks = list;
    list[k->nclocks] = (struct clock){.name = name,
                                      .input = input,
                                      .block = NONE,
                                      .server = NONE,
                                      .ahead = TL_SPAN_NONE,
                                      .other = NONE,
                                      .apart = TL_SPAN_NONE,
                                      .part = NONE,
                                      .shift = TL_SPAN_NONE,
                                      .onto = NONE};
    return &list[k->nclocks++];
}

/* Loops that a document tells of may have run on several hosts. */
static uint32_t
block_of(const struct tl_builder *b, const struct loop *l)
{
    bool document = tl_str_eq(b->report->inputs[l->input].format, TL_STR("document"));

    return document ? l->series->block : NONE;
}

/* The loops of an input come together, by block. */
static enum tl_status
clock_of_loop(struct tl_builder *b, struct skew *k, size_t i)
{
    const struct loop *l = &b->loops[i];
    uint32_t block = block_of(b, l);
    struct clock *c = &k->clocks[k->nclocks - 1];

    if (i == 0 || c->input != l->input || c->block != block) {
        c = new_clock(b, k, b->report->inputs[l->input].name, l->input);
        if (!c)
            return TL_ENOMEM;
        c->block = block;
        c->probe = true;
    }
    k->of_loop[i] = (uint32_t)(c - k->clocks);
    return TL_OK;
}

static enum tl_status
find_clocks(struct tl_builder *b, struct skew *k)
{
    struct clock *c = new_clock(b, k, TL_STR("the AWS control plane"), NONE);

    k->of_server = tl_arena_alloc(&b->scratch, (b->nservers + 1) * sizeof(*k->of_server));
    k->of_loop = tl_arena_alloc(&b->scratch, (b->nloops + 1) * sizeof(*k->of_loop));
    if (!c || !k->of_server || !k->of_loop)
        return TL_ENOMEM;
    c->ahead = (struct tl_span){0, 0};
    for (size_t i = 0; i < b->nservers; i++) {
        const struct server *s = &b->servers[i];

        c = new_clock(b, k, s->name, s->ninputs > 0 ? s->inputs[0] : NONE);
        if (!c)
            return TL_ENOMEM;
        c->server = (uint32_t)i;
        k->of_server[i] = (uint32_t)(c - k->clocks);
    }
    for (size_t i = 0; i < b->nloops; i++)
        if (clock_of_loop(b, k, i))
            return TL_ENOMEM;
    k->nnodes = (uint32_t)k->nclocks;
    return TL_OK;
}

enum tl_status
build_skew(struct tl_builder *b)
{
    struct skew *k;
    enum tl_status st;

    if (b->skew) /* the second time round: nothing new */
        return TL_OK;
    k = b->skew = tl_arena_alloc(&b->scratch, sizeof(*k));
    if (!k)
        return TL_ENOMEM;
    st = find_clocks(b, k);
    if (!st)
        st = skew_anchors(b, k);
    return st ? st : skew_solve(b, k);
}

/* ---- for who compares rows ---- */

uint32_t
skew_clock_of_probe(const struct tl_builder *b, uint32_t input, uint32_t block)
{
    const struct skew *k = b->skew;
    size_t lo = 0, hi = b->nloops;

    while (lo < hi) { /* loops stand in the order of their inputs */
        size_t mid = lo + (hi - lo) / 2;

        if (b->loops[mid].input < input)
            lo = mid + 1;
        else
            hi = mid;
    }
    for (; lo < b->nloops && b->loops[lo].input == input; lo++) {
        const struct clock *c = &k->clocks[k->of_loop[lo]];

        if (c->block == NONE || c->block == block)
            return k->of_loop[lo];
    }
    return NONE;
}

uint32_t
skew_clock_of(const struct tl_builder *b, uint32_t row)
{
    const struct tl_row *r = &b->report->rows[row];
    uint32_t server;

    if (!b->skew)
        return NONE;
    switch (r->ev.channel) {
    case TL_CHANNEL_API:
    case TL_CHANNEL_EVENTBRIDGE:
    case TL_CHANNEL_SNS:
    case TL_CHANNEL_TABLE:
    case TL_CHANNEL_CLOUDTRAIL:
        return CONTROL_PLANE;
    case TL_CHANNEL_LOG:
        server = b->server_of[b->rowx[row].res];
        return server == NONE ? NONE : b->skew->of_server[server];
    case TL_CHANNEL_PROBE:
        return skew_clock_of_probe(b, r->input, r->ev.block);
    default:
        return NONE;
    }
}

static void
note_input(uint32_t *of, uint32_t clock)
{
    *of = *of == NONE || *of == clock ? clock : CONTROL_PLANE;
}

enum tl_status
skew_of_inputs(struct tl_builder *b, uint32_t **out)
{
    const struct skew *k = b->skew;
    size_t n = b->report->ninputs;
    uint32_t *of = tl_arena_alloc(&b->scratch, (n + 1) * sizeof(*of));

    if (!of)
        return TL_ENOMEM;
    for (size_t i = 0; i < n; i++)
        of[i] = NONE;
    for (size_t s = 0; s < b->nservers; s++)
        for (size_t i = 0; i < b->servers[s].ninputs; i++)
            note_input(&of[b->servers[s].inputs[i]], k->of_server[s]);
    for (size_t i = 0; i < b->nloops; i++)
        note_input(&of[b->loops[i].input], k->of_loop[i]);
    *out = of;
    return TL_OK;
}

struct tl_str
skew_clock_name(const struct tl_builder *b, uint32_t clock)
{
    return b->skew && clock < b->skew->nclocks ? b->skew->clocks[clock].name
                                               : TL_STR("an unknown clock");
}

bool
skew_explains(struct tl_builder *b, uint32_t x, uint32_t y, int64_t need_us,
              struct skew_answer *out)
{
    uint32_t behind = skew_clock_of(b, x), ahead = skew_clock_of(b, y);
    struct tl_span known;

    if (behind == NONE || ahead == NONE || behind == ahead)
        return false;
    known = skew_between(b, ahead, behind);
    if (known.max_us != TL_UNKNOWN && known.max_us < need_us)
        return false;
    *out = (struct skew_answer){ahead, behind, {need_us, known.max_us}};
    if (known.min_us != TL_UNKNOWN && known.min_us > need_us)
        out->by.min_us = known.min_us;
    return true;
}
