/* tighten_rows.c - constraints between rows: stated durations, twins, the order of tables. */
#include "timeline/tighten.h"

/* Of two rows that are both known so well there is nothing to gain. */
static bool
is_fine(const struct tl_event *ev)
{
    return ev->when.latest - ev->when.earliest < TL_SECOND;
}

/* ---- stated durations ---- */

/* Of a field in _ms, _us or _s. */
static int64_t
unit_of(struct tl_str field)
{
    struct tl_str unit = tl_str_skip(field, field.n > 3 ? field.n - 3 : 0);

    if (tl_str_eq(unit, TL_STR("_ms")))
        return TL_MS;
    return tl_str_eq(unit, TL_STR("_us")) ? 1 : TL_SECOND;
}

int64_t
tighten_stated(const struct tl_event *ev, const struct tl_assume_rule *rule)
{
    const int64_t unit = unit_of(rule->field);
    int64_t n;

    if (!tl_str_eq(ev->cls, rule->cls))
        return TL_UNKNOWN;
    n = tl_event_number(ev, rule->field);
    return n == TL_UNKNOWN || n < 0 || n > TL_DAY / unit * 366 ? TL_UNKNOWN : n * unit;
}

/* The last begin on each resource, while a run's rows are walked. */
struct begins {
    const struct tl_assume_rule *rule;
    uint32_t *row; /* by place in the run; NONE */
};

static uint32_t *
begin_at(const struct tighten *t, struct begins *s, uint32_t row)
{
    uint32_t place = place_in(t->b, t->plan, t->b->rowx[row].res);

    return place == NONE ? NULL : &s->row[place];
}

/* The begin that waits on the resource of the row, else on that of its twin. */
static uint32_t *
waiting(const struct tighten *t, struct begins *s, uint32_t row)
{
    uint32_t first = t->b->report->rows[row].twin_of, second = t->b->rowx[row].twin;
    const uint32_t rows[] = {row, first, second};

    for (size_t i = 0; i < 3; i++) {
        uint32_t *at = rows[i] == NONE ? NULL : begin_at(t, s, rows[i]);

        if (at && *at != NONE)
            return at;
    }
    return NULL;
}

static enum tl_status
add_since(struct tighten *t, const struct tl_assume_rule *rule, uint32_t begin, uint32_t end,
          int64_t us)
{
    const int64_t unit = unit_of(rule->field); /* it was rounded to that, up or down */
    const struct net_bounds took = {us - unit, us + unit};
    uint32_t from, to, need, also, other, reason;
    bool usable, usable_too;

    if (tighten_clock(t, begin, &also, &usable) || tighten_clock(t, end, &other, &usable_too) ||
        tighten_suppose(t, rule->name, &need))
        return TL_ENOMEM;
    if (need == NONE || also != other)
        return TL_OK; /* a duration between two clocks is none */
    if (us == 0)
        return tighten_dropped(t, rule->name, &end, 1, res_title(t->b, t->b->rowx[end].res),
                               TL_STR("it states a duration of 0"));
    if (is_fine(row_event(t->b, begin)) && is_fine(row_event(t->b, end)))
        return TL_OK;
    if (tighten_row(t, begin, &from) || tighten_row(t, end, &to) ||
        tighten_reason(t, (struct reason){.kind = REASON_SINCE, .row = end, .outage = NONE},
                       &reason))
        return TL_ENOMEM;
    t->reasons[reason].need = need;
    t->reasons[reason].us = us;
    return net_between(&t->net, from, to, took, reason, need, NET_NONE);
}

static enum tl_status
walk_since(struct tighten *t, struct begins *s)
{
    for (size_t i = 0; i < t->plan->nrows; i++) {
        uint32_t row = t->plan->rows[i], *at = begin_at(t, s, row), *begin;
        const struct tl_event *ev = row_event(t->b, row);
        int64_t us = tighten_stated(ev, s->rule);

        if (at && tl_str_eq(ev->cls, s->rule->since)) {
            *at = row;
            continue;
        }
        begin = us == TL_UNKNOWN ? NULL : waiting(t, s, row);
        if (begin && add_since(t, s->rule, *begin, row, us))
            return TL_ENOMEM;
        if (begin && begin == at)
            *begin = NONE; /* what has ended once does not end again */
        else if (at && *at != NONE && ev->edge == TL_EDGE_END &&
                 ev->phase == row_event(t->b, *at)->phase)
            *at = NONE; /* it ended in another way */
    }
    return TL_OK;
}

enum tl_status
tighten_since(struct tighten *t)
{
    const struct tl_build_options *o = &t->b->options;
    struct begins s;

    s.row = tl_arena_alloc(&t->arena, (t->plan->nres + 1) * sizeof(*s.row));
    if (!s.row)
        return TL_ENOMEM;
    for (size_t i = 0; i < o->nrules; i++) {
        s.rule = &o->rules[i];
        for (size_t k = 0; k < t->plan->nres; k++)
            s.row[k] = NONE;
        if (s.rule->since.n > 0 && tighten_name(t, s.rule->name) != NONE && walk_since(t, &s))
            return TL_ENOMEM;
    }
    return TL_OK;
}

/* ---- twins ---- */

enum tl_status
tighten_twins(struct tighten *t)
{
    const struct net_bounds same = {0, 0};

    for (size_t i = 0; i < t->plan->nrows; i++) {
        uint32_t row = t->plan->rows[i], first = t->b->report->rows[row].twin_of;
        uint32_t x, y, need, reason;

        if (first == NONE || t->b->report->rows[first].run != t->b->report->rows[row].run ||
            (is_fine(row_event(t->b, row)) && is_fine(row_event(t->b, first))))
            continue;
        if (tighten_suppose(t, tl_assume_name(TL_ASSUME_TWINS), &need))
            return TL_ENOMEM;
        if (need == NONE)
            return TL_OK;
        if (tighten_row(t, first, &x) || tighten_row(t, row, &y) ||
            tighten_reason(t, (struct reason){.kind = REASON_TWINS, .row = row, .outage = NONE},
                           &reason) ||
            net_between(&t->net, x, y, same, reason, need, NET_NONE))
            return TL_ENOMEM;
    }
    return TL_OK;
}
