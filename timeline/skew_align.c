/*
 * skew_align.c - --align: clocks that are proved to be off are brought onto the others.
 *
 * What a clock shows is moved by the middle of the interval of its offset before records become
 * rows, so that order and runs follow; the rows are widened by half of its width once servers have
 * been folded, so that differences within one clock, outages among them, stay what they are.
 */
#include "timeline/skew.h"

static bool
is_set(struct tl_span s)
{
    return s.min_us != TL_UNKNOWN;
}

/* ---- which ---- */

/* A server's life is bounded by what its inputs hold: all of it moves, or nothing. */
static bool
is_whole(const struct tl_builder *b, uint32_t clock, const uint32_t *clock_of_input)
{
    uint32_t server = b->skew->clocks[clock].server;

    for (size_t i = 0; server != NONE && i < b->servers[server].ninputs; i++)
        if (clock_of_input[b->servers[server].inputs[i]] != clock)
            return false;
    return true;
}

/* By what is proved of the clock itself; else, of a probe, onto the log that it is compared with.
 */
static bool
choose(const struct tl_builder *b, const uint32_t *clock_of_input)
{
    struct skew *k = b->skew;
    bool any = false;

    for (uint32_t i = 1; i < k->nclocks; i++) {
        struct clock *c = &k->clocks[i];

        if (!skew_excludes_zero(c->ahead) || !is_whole(b, i, clock_of_input))
            continue;
        c->shift = c->ahead;
        c->onto = CONTROL_PLANE;
        any = true;
    }
    for (uint32_t i = 1; i < k->nclocks; i++) {
        struct clock *c = &k->clocks[i];

        if (is_set(c->shift) || !c->probe || c->other == NONE || k->clocks[c->other].probe ||
            is_set(k->clocks[c->other].shift))
            continue;
        c->shift = c->apart;
        c->onto = c->other;
        any = true;
    }
    return any;
}

/* ---- moving ---- */

static void
move(tl_time *t, int64_t us)
{
    if (*t != TL_TIME_NONE)
        *t -= us;
}

static void
move_instant(struct tl_instant *w, int64_t us)
{
    move(&w->at, us);
    move(&w->earliest, us);
    move(&w->latest, us);
}

/* What a record says of moments, by the same clock. In a stream of events times are texts. */
static enum tl_status
move_fields(struct tl_builder *b, struct item *it, int64_t us)
{
    struct tl_field *f;

    if (it->nfields == 0)
        return TL_OK;
    f = tl_arena_alloc(b->arena, it->nfields * sizeof(*f));
    if (!f)
        return TL_ENOMEM;
    for (uint32_t i = 0; i < it->nfields; i++) {
        bool stated = tl_str_eq(it->fields[i].name, TL_STR("down_time")) ||
                      tl_str_eq(it->fields[i].name, TL_STR("up_time"));
        tl_time at;

        f[i] = it->fields[i];
        if (stated && f[i].type == TL_FIELD_TEXT && tl_time_read(f[i].text, &at)) {
            f[i].type = TL_FIELD_TIME;
            f[i].number = at;
        }
        if (f[i].type == TL_FIELD_TIME)
            move(&f[i].number, us);
    }
    it->fields = f;
    return TL_OK;
}

static uint32_t
clock_of_item(const struct tl_builder *b, const struct item *it)
{
    if (it->channel == TL_CHANNEL_PROBE)
        return skew_clock_of_probe(b, it->input, it->block);
    if (it->channel != TL_CHANNEL_LOG || b->server_of[it->res] == NONE)
        return NONE;
    return b->skew->of_server[b->server_of[it->res]];
}

static enum tl_status
move_items(struct tl_builder *b)
{
    for (size_t i = 0; i < b->nitems; i++) {
        struct item *it = b->items[i];
        uint32_t clock = clock_of_item(b, it);
        int64_t us;

        if (clock == NONE || !is_set(b->skew->clocks[clock].shift))
            continue;
        us = skew_middle(b->skew->clocks[clock].shift);
        move(&it->when.at, us);
        move(&it->when.earliest, us);
        move(&it->when.latest, us);
        if (move_fields(b, it, us))
            return TL_ENOMEM;
    }
    return TL_OK;
}

static enum tl_status
move_gaps(struct tl_builder *b, const struct tl_gap **gaps, size_t n, int64_t us)
{
    struct tl_gap *moved = tl_arena_alloc(b->arena, (n + 1) * sizeof(*moved));

    if (!moved)
        return TL_ENOMEM;
    for (size_t i = 0; i < n; i++) {
        moved[i] = (*gaps)[i];
        move(&moved[i].from, us);
        move(&moved[i].to, us);
    }
    *gaps = moved;
    return TL_OK;
}

static enum tl_status
move_loop(struct tl_builder *b, struct series *s, int64_t us)
{
    move(&s->first, us);
    move(&s->last, us);
    for (size_t i = 0; i < s->noutages; i++) {
        struct tl_outage *o = &s->outages[i];

        move(&o->last_ok, us);
        move(&o->first_fail, us);
        move(&o->last_fail, us);
        move(&o->first_ok, us);
        move_instant(&o->down, us);
        move_instant(&o->up, us);
        if (move_gaps(b, &o->blind, o->nblind, us))
            return TL_ENOMEM;
    }
    return TL_OK;
}

static void
move_input(struct tl_source *s, int64_t us)
{
    move(&s->first, us);
    move(&s->last, us);
    for (size_t i = 0; i < s->ngaps; i++) {
        move(&s->gaps[i].from, us);
        move(&s->gaps[i].to, us);
    }
}

/* Of a document with a table in it the times are not all of that clock: its span stays. */
static void
move_inputs(struct tl_builder *b, const uint32_t *clock_of_input)
{
    for (size_t i = 0; i < b->report->ninputs; i++) {
        uint32_t clock = clock_of_input[i];

        if (clock != NONE && clock != CONTROL_PLANE && is_set(b->skew->clocks[clock].shift) &&
            !tl_str_eq(b->report->inputs[i].format, TL_STR("document")))
            move_input(&b->report->inputs[i], skew_middle(b->skew->clocks[clock].shift));
    }
}

static enum tl_status
align(struct tl_builder *b, bool *moved)
{
    struct skew *k = b->skew;
    uint32_t *clock_of_input;

    *moved = false;
    if (skew_of_inputs(b, &clock_of_input))
        return TL_ENOMEM;
    *moved = choose(b, clock_of_input);
    if (!*moved)
        return TL_OK;
    move_inputs(b, clock_of_input);
    for (size_t i = 0; i < b->nloops; i++)
        if (is_set(k->clocks[k->of_loop[i]].shift) &&
            move_loop(b, b->loops[i].series, skew_middle(k->clocks[k->of_loop[i]].shift)))
            return TL_ENOMEM;
    return move_items(b);
}

static void
widen(struct tl_builder *b)
{
    for (uint32_t i = 0; i < b->report->nrows; i++) {
        struct tl_instant *w = &b->report->rows[i].ev.when;
        uint32_t clock = skew_clock_of(b, i);
        struct tl_span s;

        if (clock == NONE || w->at == TL_TIME_NONE)
            continue;
        s = b->skew->clocks[clock].shift;
        if (!is_set(s))
            continue;
        w->earliest -= s.max_us - skew_middle(s);
        w->latest += skew_middle(s) - s.min_us;
    }
}

/* ---- once more ---- */

/* Rows and servers get other numbers: what is known of them is kept by record and resource. */
struct kept {
    const struct item **item; /* by tie */
    uint32_t *clock_of_res;
};

static enum tl_status
keep(struct tl_builder *b, struct kept *kept)
{
    const struct skew *k = b->skew;
    const struct item **item_of =
        tl_arena_alloc(&b->scratch, (b->report->nrows + 1) * sizeof(const struct item *));

    kept->item = tl_arena_alloc(&b->scratch, (k->nties + 1) * sizeof(const struct item *));
    kept->clock_of_res = tl_arena_alloc(&b->scratch, (b->nres + 1) * sizeof(uint32_t));
    if (!item_of || !kept->item || !kept->clock_of_res)
        return TL_ENOMEM;
    for (size_t i = 0; i < b->nitems; i++)
        if (b->items[i]->row != NONE)
            item_of[b->items[i]->row] = b->items[i];
    for (size_t i = 0; i < k->nties; i++)
        kept->item[i] = k->ties[i].row == NONE ? NULL : item_of[k->ties[i].row];
    for (size_t i = 0; i < b->nres; i++)
        kept->clock_of_res[i] = b->server_of[i] == NONE ? NONE : k->of_server[b->server_of[i]];
    return TL_OK;
}

static enum tl_status
follow(struct tl_builder *b, const struct kept *kept)
{
    struct skew *k = b->skew;

    k->of_server = tl_arena_alloc(&b->scratch, (b->nservers + 1) * sizeof(*k->of_server));
    if (!k->of_server)
        return TL_ENOMEM;
    for (size_t i = 0; i < k->nclocks; i++)
        k->clocks[i].server = NONE;
    for (uint32_t i = 0; i < b->nservers; i++) {
        k->of_server[i] = kept->clock_of_res[b->servers[i].res];
        if (k->of_server[i] != NONE)
            k->clocks[k->of_server[i]].server = i;
    }
    for (size_t i = 0; i < k->nties; i++)
        k->ties[i].row = kept->item[i] ? kept->item[i]->row : NONE;
    return TL_OK;
}

static enum tl_status
rebuild(struct tl_builder *b)
{
    static enum tl_status (*const steps[])(struct tl_builder *) = {
        build_merge, build_proven, build_order, build_twins, build_servers};
    struct kept kept;
    enum tl_status st = keep(b, &kept);

    b->report->rows_left_out = 0;
    b->nprotos = b->nservers = b->nepisodes = 0;
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && !st; i++)
        st = steps[i](b);
    if (!st)
        st = follow(b, &kept);
    if (st)
        return st;
    widen(b);
    return build_episodes(b);
}

enum tl_status
build_align(struct tl_builder *b)
{
    bool moved = false;
    enum tl_status st = b->options.align ? align(b, &moved) : TL_OK;

    return st || !moved ? st : rebuild(b);
}
