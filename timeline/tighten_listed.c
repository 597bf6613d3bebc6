/* tighten_listed.c - the order in which a table lists the rows of one minute. */
#include <stdlib.h>

#include "timeline/tighten.h"

/* ---- what tables list ---- */

static bool
is_listed(const struct item *it)
{
    return it->channel == TL_CHANNEL_TABLE && it->row != NONE &&
           it->when.latest - it->when.earliest >= TL_SECOND;
}

static bool
same_minute(const struct item *a, const struct item *b)
{
    return a->listing == b->listing && a->when.earliest == b->when.earliest &&
           a->when.latest == b->when.latest;
}

/* Two rows of a minute, where finer stamps show that they stand the wrong way round. */
struct refuted {
    uint32_t above, below; /* rows; NONE */
};

/* Looks at the minute whose items are from..to-1. */
static struct refuted
look_for_order(const struct tl_builder *b, uint32_t from, uint32_t to)
{
    uint32_t last = NONE; /* of the rows so far, that which surely came last */

    for (uint32_t i = from; i < to; i++) {
        uint32_t row = b->items[i]->row;
        const struct tl_instant *w;

        if (!is_listed(b->items[i]))
            continue;
        w = &row_event(b, row)->when;
        if (last != NONE && w->latest < row_event(b, last)->when.earliest)
            return (struct refuted){last, row};
        if (last == NONE || w->earliest > row_event(b, last)->when.earliest)
            last = row;
    }
    return (struct refuted){NONE, NONE};
}

static enum tl_status
say_refuted(struct tl_builder *b, const struct refuted *first, uint32_t input, uint64_t minutes)
{
    uint32_t rows[] = {first->above < first->below ? first->above : first->below,
                       first->above < first->below ? first->below : first->above};
    const struct tl_str why[] = {
        TL_STR("in "), words_count(b, minutes),
        TL_STR(" of its minutes rows stand in another order than finer stamps of them show; the "
               "order within these minutes was not used")};
    const struct tl_str args[] = {tl_assume_name(TL_ASSUME_LISTED_ORDER),
                                  b->report->inputs[input].name, words_join(b, why, 3)};

    return finding_add(b, NULL, F_ASSUMPTION_DROPPED, rows, 2, args);
}

/* Marks what is listed in a minute that finer stamps show out of order, whosever rows they are. */
static enum tl_status
mark_refuted(struct tl_builder *b, bool *refuted)
{
    struct refuted first = {NONE, NONE};
    uint64_t minutes = 0;

    for (uint32_t i = 0, end; i < b->nitems; i = end) {
        struct refuted r;

        for (end = i + 1; end < b->nitems && same_minute(b->items[i], b->items[end]);)
            end++;
        r = look_for_order(b, i, end);
        if (r.above != NONE) {
            first = minutes++ == 0 ? r : first;
            for (uint32_t k = i; k < end; k++)
                refuted[k] = true;
        }
        if (minutes > 0 && (end == b->nitems || b->items[end]->input != b->items[i]->input)) {
            if (say_refuted(b, &first, b->items[i]->input, minutes))
                return TL_ENOMEM;
            minutes = 0;
        }
    }
    return TL_OK;
}

static enum tl_status
take_items(struct tighten *t, const bool *refuted)
{
    struct tl_builder *b = t->b;
    uint32_t *end = tl_arena_alloc(&b->scratch, (b->nplans + 2) * sizeof(*end));
    size_t n = 0;

    if (!end)
        return TL_ENOMEM;
    for (uint32_t i = 0; i < b->nitems; i++) {
        uint32_t run = is_listed(b->items[i]) ? b->report->rows[b->items[i]->row].run : NONE;

        if (run == NONE || refuted[i])
            continue;
        end[run + 1]++;
        n++;
    }
    for (size_t i = 1; i < b->nplans + 2; i++)
        end[i] += end[i - 1];
    t->items = tl_arena_alloc(&b->scratch, (n + 1) * sizeof(*t->items));
    if (!t->items)
        return TL_ENOMEM;
    for (uint32_t i = 0; i < b->nitems; i++) {
        uint32_t run = is_listed(b->items[i]) ? b->report->rows[b->items[i]->row].run : NONE;

        if (run != NONE && !refuted[i])
            t->items[end[run]++] = i;
    }
    t->end_item = end; /* each was moved on from the begin of its run's items to their end */
    return TL_OK;
}

enum tl_status
tighten_list_items(struct tighten *t)
{
    bool *refuted = tl_arena_alloc(&t->b->scratch, (t->b->nitems + 1) * sizeof(*refuted));

    if (!refuted)
        return TL_ENOMEM;
    if (tighten_name(t, tl_assume_name(TL_ASSUME_LISTED_ORDER)) != NONE &&
        mark_refuted(t->b, refuted))
        return TL_ENOMEM;
    return take_items(t, refuted);
}

/* ---- the order of a minute ---- */

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
