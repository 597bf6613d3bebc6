/* tighten_rows.c - constraints between rows: stated durations, twins, the order of tables. */
#include "timeline/tighten.h"

#include <stdlib.h>

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
    char last = field.n > 2 ? field.p[field.n - 2] : '_';

    return last == '_' ? TL_SECOND : last == 'm' ? TL_MS : 1;
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

/* ---- listed order ---- */

/* Rows that one table lists within one minute, the oldest first. */
struct minute {
    const uint32_t *items;
    size_t n;
    uint32_t need; /* their order; NONE until it is needed */
};

static uint32_t
row_of(const struct tighten *t, uint32_t item)
{
    return t->b->items[item]->row;
}

/* Whether more is known of the row than its minute. */
static bool
is_known(const struct tighten *t, uint32_t item)
{
    const struct tl_instant *w = &row_event(t->b, row_of(t, item))->when;
    const struct tl_instant *own = &t->b->items[item]->when;

    return t->var_of[row_of(t, item)] != 0 || w->earliest != own->earliest ||
           w->latest != own->latest;
}

static enum tl_status
add_order(struct tighten *t, struct minute *m, uint32_t first, uint32_t second)
{
    uint32_t x, y, reason;

    if (row_of(t, first) == row_of(t, second))
        return TL_OK;
    if (m->need == NONE && tighten_suppose(t, tl_assume_name(TL_ASSUME_LISTED_ORDER), &m->need))
        return TL_ENOMEM;
    if (tighten_row(t, row_of(t, first), &x) || tighten_row(t, row_of(t, second), &y) ||
        tighten_reason(
            t, (struct reason){.kind = REASON_LISTED, .row = row_of(t, second), .outage = NONE},
            &reason))
        return TL_ENOMEM;
    return net_at_least(&t->net, x, y, 0, reason, m->need, NET_NONE);
}

/* A row of the run, to find those that say the same of one resource. */
struct said {
    uint32_t res, text, row;
    tl_time earliest;
};

static int
by_text(const void *pa, const void *pb)
{
    const struct said *a = pa, *b = pb;
    int c = compare(a->res, b->res);

    c = c ? c : compare(a->text, b->text);
    c = c ? c : compare(a->earliest, b->earliest);
    return c ? c : compare(a->row, b->row);
}

/* Numbers of the run's rows, ascending, that say the same of one resource as another row does
 * within a minute or so: which of them a table lists, and another source stamps more finely, is
 * not known. */
static enum tl_status
list_repeats(struct tighten *t, uint32_t **rows, size_t *n)
{
    const struct plan *p = t->plan;
    struct said *said = tl_arena_alloc(&t->arena, (p->nrows + 1) * sizeof(*said));
    bool *again = tl_arena_alloc(&t->arena, (p->nrows + 1) * sizeof(*again));

    *rows = tl_arena_alloc(&t->arena, (p->nrows + 1) * sizeof(**rows));
    *n = 0;
    if (!said || !again || !*rows)
        return TL_ENOMEM;
    for (uint32_t i = 0; i < p->nrows; i++) {
        const struct rowx *x = &t->b->rowx[p->rows[i]];

        said[i] = (struct said){x->res, x->text, i, row_event(t->b, p->rows[i])->when.earliest};
    }
    if (p->nrows > 1)
        qsort(said, p->nrows, sizeof(*said), by_text);
    for (size_t i = 1; i < p->nrows; i++)
        if (said[i].res == said[i - 1].res && said[i].text == said[i - 1].text &&
            said[i].earliest - said[i - 1].earliest < 2 * TL_MINUTE)
            again[said[i].row] = again[said[i - 1].row] = true;
    for (size_t i = 0; i < p->nrows; i++)
        if (again[i])
            (*rows)[(*n)++] = p->rows[i];
    return TL_OK;
}

static bool
is_among(const uint32_t *rows, size_t n, uint32_t row)
{
    size_t lo = 0, hi = n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (rows[mid] < row)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < n && rows[lo] == row;
}

/* Each row after the last known one before it, and before the first known one behind it: rows of
 * which nothing is known but their minute say nothing of others. */
static enum tl_status
order_minute(struct tighten *t, struct minute *m, bool *known)
{
    size_t last = SIZE_MAX;
    enum tl_status st = TL_OK;

    for (size_t i = 0; i < m->n; i++)
        known[i] = is_known(t, m->items[i]);
    for (size_t i = 0; i < m->n && !st; i++) {
        if (last != SIZE_MAX)
            st = add_order(t, m, m->items[last], m->items[i]);
        last = known[i] ? i : last;
    }
    last = SIZE_MAX;
    for (size_t i = m->n; i-- > 0 && !st;) {
        if (last != SIZE_MAX && !known[i])
            st = add_order(t, m, m->items[i], m->items[last]);
        last = known[i] ? i : last;
    }
    return st;
}

static bool
same_minute(const struct item *a, const struct item *b)
{
    return a->listing == b->listing && a->when.earliest == b->when.earliest &&
           a->when.latest == b->when.latest;
}

/* The run's part of what tables list, without what another row says, too: *to moves. */
static enum tl_status
leave_repeats(struct tighten *t, size_t from, size_t *to)
{
    size_t nrepeats, n = from;
    uint32_t *repeats;

    if (list_repeats(t, &repeats, &nrepeats))
        return TL_ENOMEM;
    for (size_t i = from; i < *to; i++)
        if (!is_among(repeats, nrepeats, row_of(t, t->items[i])))
            t->items[n++] = t->items[i];
    *to = n;
    return TL_OK;
}

enum tl_status
tighten_listed(struct tighten *t)
{
    size_t run = (size_t)(t->plan - t->b->plans), from = run > 0 ? t->end_item[run - 1] : 0;
    size_t to = t->end_item[run];
    bool *known = tl_arena_alloc(&t->arena, (to - from + 1) * sizeof(*known));

    if (from == to || tighten_name(t, tl_assume_name(TL_ASSUME_LISTED_ORDER)) == NONE)
        return TL_OK;
    if (!known || leave_repeats(t, from, &to))
        return TL_ENOMEM;
    for (size_t i = from, end; i < to; i = end) {
        struct minute m = {.items = t->items + i, .need = NONE};

        for (end = i + 1;
             end < to && same_minute(t->b->items[t->items[i]], t->b->items[t->items[end]]);)
            end++;
        m.n = end - i;
        if (order_minute(t, &m, known))
            return TL_ENOMEM;
    }
    return TL_OK;
}
