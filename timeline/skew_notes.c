/* skew_notes.c - what is said of clocks: findings, `skew_s` of inputs, and what --align did. */
#include <string.h>

#include "timeline/findings.h"
#include "timeline/skew.h"

enum { MAX_PROOF = 16, MAX_NAMED = 6 };
static const int64_t CLAIMED_US = TL_SECOND;   /* where a clock has no outage */
static const int64_t ZONE_US = 15 * TL_MINUTE; /* zones are whole numbers of these */

/* ---- findings ---- */

static void
note_width(int64_t *best, const struct tl_outage *o)
{
    if (o->max_us != TL_UNKNOWN && (*best == TL_UNKNOWN || o->max_us - o->min_us < *best))
        *best = o->max_us - o->min_us;
}

/* The precision that the outages of a clock claim. */
static int64_t
claimed(const struct tl_builder *b, uint32_t clock)
{
    const struct clock *c = &b->skew->clocks[clock];
    int64_t best = TL_UNKNOWN;

    for (size_t i = 0; i < b->nloops; i++)
        for (size_t n = 0; b->skew->of_loop[i] == clock && n < b->loops[i].series->noutages; n++)
            note_width(&best, &b->loops[i].series->outages[n]);
    for (size_t i = 0; c->server != NONE && i < b->servers[c->server].nfalls; i++)
        note_width(&best, &b->servers[c->server].outages[i]);
    return best == TL_UNKNOWN ? CLAIMED_US : best;
}

/* Whether it could be a zone that was taken for another: a quarter of an hour, or several. */
static bool
is_like_zone(struct tl_span s)
{
    int64_t least = s.min_us > 0 ? s.min_us : -s.max_us, most = s.min_us > 0 ? s.max_us : -s.min_us;

    return most >= ZONE_US && most / ZONE_US * ZONE_US >= least;
}

static struct tl_str
words_apart(struct tl_builder *b, struct tl_span s)
{
    return s.min_us > 0 ? words_span(b, s.min_us, s.max_us, TL_MS)
                        : words_span(b, -s.max_us, -s.min_us, TL_MS);
}

static enum tl_status
say_apart(struct tl_builder *b, uint32_t clock, uint32_t other, struct tl_span s)
{
    const struct clock *c = &b->skew->clocks[clock];
    int64_t least = s.min_us > 0 ? s.min_us : -s.max_us;
    const struct tl_str args[] = {
        c->name, words_apart(b, s), s.min_us > 0 ? TL_STR("ahead of") : TL_STR("behind"),
        b->skew->clocks[other].name,
        c->assumed && c->other == other
            ? TL_STR(", if the restart in that log is the change of versions that was seen")
        : is_like_zone(s)
            ? TL_STR(", as a wrong zone would make it (--input-tz, --as auto,tz=ZONE)")
            : TL_STR("")};
    uint32_t rows[MAX_PROOF];
    size_t n = skew_proof(b, clock, other, rows, MAX_PROOF);

    return finding_add(b, NULL, least > claimed(b, clock) ? F_CLOCK_SKEWED : F_CLOCK_OFF, rows, n,
                       args);
}

/* "a, b and c": the clocks of a part, once, by its first. */
static enum tl_status
say_contradiction(struct tl_builder *b, uint32_t clock)
{
    const struct skew *k = b->skew;
    uint32_t part = k->clocks[clock].part, rows[MAX_PROOF], named = 0;
    struct tl_str parts[2 * MAX_NAMED], all;
    size_t n = 0;

    for (uint32_t i = 1; i < k->nclocks; i++) {
        if (k->clocks[i].part != part)
            continue;
        if (i < clock)
            return TL_OK;
        if (++named > MAX_NAMED)
            continue;
        if (n > 0)
            parts[n++] = TL_STR(", ");
        parts[n++] = k->clocks[i].name;
    }
    if (named > MAX_NAMED)
        parts[n++] = TL_STR(" and others");
    all = words_join(b, parts, n);
    n = skew_proof(b, clock, clock, rows, MAX_PROOF);
    return finding_add(b, NULL, F_CLOCK_CONTRADICTED, rows, n, &all);
}

static enum tl_status
say_clock(struct tl_builder *b, uint32_t clock)
{
    const struct clock *c = &b->skew->clocks[clock];
    enum tl_status st = TL_OK;

    if (c->contradicted)
        return say_contradiction(b, clock);
    if (skew_excludes_zero(c->ahead))
        st = say_apart(b, clock, CONTROL_PLANE, c->ahead);
    if (!st && c->other != NONE)
        st = say_apart(b, clock, c->other, c->apart);
    return st;
}

/* ---- inputs ---- */

/* "-2.950 s, give or take 0.150 s, onto the clock of db-1" */
static struct tl_str
words_shift(struct tl_builder *b, const struct clock *c)
{
    int64_t us = skew_middle(c->shift), half = c->shift.max_us - us;
    const struct tl_str parts[] = {
        us > 0 ? TL_STR("-") : TL_STR("+"), words_seconds(b, us > 0 ? us : -us, TL_MS),
        TL_STR(", give or take "),          words_seconds(b, half, TL_MS),
        TL_STR(", onto the clock of "),     b->skew->clocks[c->onto].name};

    return words_join(b, parts, sizeof(parts) / sizeof(parts[0]));
}

static enum tl_status
add_hint(struct tl_builder *b, struct tl_source *s, const struct clock *c)
{
    struct tl_hint *list = tl_arena_alloc(b->arena, (s->nhints + 1) * sizeof(*list));

    if (!list)
        return TL_ENOMEM;
    if (s->nhints > 0)
        memcpy(list, s->hints, s->nhints * sizeof(*list));
    list[s->nhints++] = (struct tl_hint){.key = TL_STR("skew"),
                                         .value = words_shift(b, c),
                                         .from = TL_STR("align"),
                                         .block = c->block == NONE ? 0 : c->block};
    s->hints = list;
    s->hints_cap = s->nhints;
    return TL_OK;
}

static enum tl_status
note_input(struct tl_builder *b, struct tl_source *s, uint32_t clock)
{
    const struct clock *c = &b->skew->clocks[clock];
    bool both = c->ahead.min_us != TL_UNKNOWN && c->ahead.max_us != TL_UNKNOWN;
    struct tl_skew *k;

    if (c->shift.min_us != TL_UNKNOWN && add_hint(b, s, c))
        return TL_ENOMEM;
    if (!both && c->other == NONE)
        return TL_OK;
    k = tl_arena_alloc(b->arena, sizeof(*k));
    if (!k)
        return TL_ENOMEM;
    *k = (struct tl_skew){.offset = both ? c->ahead : TL_SPAN_NONE,
                          .apart = c->apart,
                          .other = c->other == NONE ? TL_STR("") : b->skew->clocks[c->other].name};
    s->skew = k;
    return TL_OK;
}

/* ---- what was assumed in bringing clocks together ---- */

static uint64_t
count_rows(const struct tl_builder *b, uint32_t clock)
{
    uint64_t n = 0;

    for (uint32_t i = 0; i < b->report->nrows; i++)
        n += skew_clock_of(b, i) == clock;
    return n;
}

static enum tl_status
add_assumption(struct tl_builder *b, uint32_t clock)
{
    struct tl_report *r = b->report;
    const struct clock *c = &b->skew->clocks[clock];
    const struct tl_str text[] = {
        c->assumed && c->onto == c->other
            ? TL_STR("the restart in the log is the change of versions that was seen; ")
            : TL_STR(""),
        TL_STR("the clock of "), c->name,
        TL_STR(" was one offset away all the time; its instants were moved: "), words_shift(b, c)};
    struct tl_assumption *list = tl_arena_alloc(b->arena, (r->nassumptions + 1) * sizeof(*list));

    if (!list)
        return TL_ENOMEM;
    if (r->nassumptions > 0)
        memcpy(list, r->assumptions, r->nassumptions * sizeof(*list));
    list[r->nassumptions++] =
        (struct tl_assumption){.name = TL_STR("align"),
                               .text = words_join(b, text, sizeof(text) / sizeof(text[0])),
                               .used_by = count_rows(b, clock)};
    r->assumptions = list;
    return TL_OK;
}

enum tl_status
build_skew_notes(struct tl_builder *b)
{
    uint32_t *clock_of;
    enum tl_status st;

    if (!b->skew || b->skew->nclocks < 2)
        return TL_OK;
    st = skew_of_inputs(b, &clock_of);
    for (uint32_t i = 1; i < b->skew->nclocks && !st; i++) {
        st = say_clock(b, i);
        if (!st && b->skew->clocks[i].shift.min_us != TL_UNKNOWN)
            st = add_assumption(b, i);
    }
    for (size_t i = 0; i < b->report->ninputs && !st; i++)
        if (clock_of[i] != NONE && clock_of[i] != CONTROL_PLANE)
            st = note_input(b, &b->report->inputs[i], clock_of[i]);
    return st;
}
