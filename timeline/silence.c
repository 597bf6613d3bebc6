/*
 * silence.c - stretches without a word, longer than the rest of a run leads to expect.
 *
 * Of a resource tree: between two of its rows that follow each other within a run, and in a run
 * that has not ended from its last row to where its evidence ends. It counts if it is longer than
 * what the phase under way may well take, and than several times the distance that the words of
 * this run usually have (docs/phases-and-clocks.md).
 */
#include <stdlib.h>

#include "timeline/expect.h"
#include "timeline/findings.h"

static const int64_t LEAST_US = 5 * TL_MINUTE; /* no phase has less patience */
static const int64_t TIMES = 5;                /* the usual distance */
enum { FEW = 3 };                              /* so many distances tell what is usual */

struct gap {
    uint32_t tree;
    uint32_t after, before; /* rows; before NONE: the evidence ends */
    tl_time from, to;       /* proven to be without a word */
};

struct search {
    struct tl_builder *b;
    struct plan *p;
    struct gap *gaps; /* by tree, in the order of time */
    size_t n, cap;
    size_t silences_cap;
};

static bool
is_major(const struct tl_run *r)
{
    return r->strategy == TL_STRATEGY_MAJOR_IN_PLACE || r->strategy == TL_STRATEGY_INSTANCE_MAJOR;
}

/* How long a phase may well go without a word. */
static int64_t
patience(const struct tl_run *r, enum tl_phase phase)
{
    switch (phase) {
    case TL_PHASE_SNAPSHOT:
        return 4 * TL_HOUR; /* as long as it takes to copy */
    case TL_PHASE_UPGRADE:
        return is_major(r)                            ? 4 * TL_HOUR
               : r->strategy == TL_STRATEGY_OS_UPDATE ? TL_HOUR
                                                      : 15 * TL_MINUTE;
    case TL_PHASE_SHUTDOWN:
        return is_major(r) ? TL_HOUR : 10 * TL_MINUTE;
    case TL_PHASE_PRECHECK:
    case TL_PHASE_STARTUP:
        return 30 * TL_MINUTE;
    case TL_PHASE_ZDP:
        return 5 * TL_MINUTE;
    case TL_PHASE_COMPLETING:
        return 15 * TL_MINUTE;
    default:
        return 10 * TL_MINUTE;
    }
}

/* ---- gaps ---- */

static bool
is_word(const struct tl_builder *b, const struct plan *p, uint32_t row)
{
    return row >= p->began && (p->run->ended.at == TL_TIME_NONE || row <= p->ended) &&
           row_event(b, row)->when.at != TL_TIME_NONE &&
           row_res(b, row)->kind != TL_KIND_ENDPOINT && !row_is(b, row, TL_STR("api.call"));
}

/* What is last known of a tree while its rows pass by. */
struct last {
    uint32_t row; /* the one that is known to be latest; NONE */
    tl_time latest;
    tl_time covered; /* its inputs reach that far */
};

static enum tl_status
add_gap(struct search *s, const struct gap *g)
{
    struct gap *list = tl_arena_grow(&s->b->scratch, s->gaps, s->n, &s->cap, sizeof(*list));

    if (!list)
        return TL_ENOMEM;
    s->gaps = list;
    list[s->n++] = *g;
    return TL_OK;
}

static enum tl_status
take_row(struct search *s, uint32_t row, uint32_t tree, struct last *l)
{
    const struct tl_instant *w = &row_event(s->b, row)->when;
    uint32_t input = s->b->report->rows[row].input;
    struct gap g = {tree, l->row, row, l->latest,
                    w->earliest > l->latest ? w->earliest : l->latest};
    tl_time covered = s->b->heard[input];

    if (l->row != NONE && add_gap(s, &g))
        return TL_ENOMEM;
    if (l->row == NONE || w->latest >= l->latest) {
        l->row = row;
        l->latest = w->latest;
    }
    if (l->covered == TL_TIME_NONE || covered > l->covered)
        l->covered = covered;
    return TL_OK;
}

static int
by_tree(const void *pa, const void *pb)
{
    const struct gap *a = pa, *b = pb;
    int c = compare(a->tree, b->tree);

    c = c ? c : compare(a->from, b->from);
    return c ? c : compare(a->before, b->before);
}

static enum tl_status
list_gaps(struct search *s)
{
    const struct plan *p = s->p;
    struct last *last = tl_arena_alloc(&s->b->scratch, (p->nres + 1) * sizeof(*last));

    if (!last)
        return TL_ENOMEM;
    for (uint32_t i = 0; i < p->nres; i++)
        last[i] = (struct last){NONE, TL_TIME_NONE, TL_TIME_NONE};
    for (size_t i = 0; i < p->nrows; i++) {
        uint32_t row = p->rows[i], place = place_in(s->b, p, row_tree(s->b, row));

        if (place != NONE && is_word(s->b, p, row) && take_row(s, row, p->res[place], &last[place]))
            return TL_ENOMEM;
    }
    for (uint32_t i = 0; i < p->nres && p->run->ended.at == TL_TIME_NONE; i++) {
        struct gap g = {p->res[i], last[i].row, NONE, last[i].latest, last[i].covered};

        if (g.after != NONE && g.to > g.from && add_gap(s, &g))
            return TL_ENOMEM;
    }
    if (s->n > 1)
        qsort(s->gaps, s->n, sizeof(*s->gaps), by_tree);
    return TL_OK;
}

/* ---- what is usual ---- */

static int
by_length(const void *pa, const void *pb)
{
    const int64_t *a = pa, *b = pb;

    return compare(*a, *b);
}

/* The distance that three of four words of a tree do not exceed, the longest apart; TL_UNKNOWN:
 * there are too few. gaps: of one tree. */
static enum tl_status
usual(struct search *s, const struct gap *gaps, size_t n, int64_t *out)
{
    int64_t *lengths = tl_arena_alloc(&s->b->scratch, (n + 1) * sizeof(*lengths));

    if (!lengths)
        return TL_ENOMEM;
    for (size_t i = 0; i < n; i++)
        lengths[i] = gaps[i].to - gaps[i].from;
    qsort(lengths, n, sizeof(*lengths), by_length);
    *out = n > FEW ? lengths[(n - 1) * 3 / 4] : TL_UNKNOWN;
    return TL_OK;
}

/* ---- which of them counts ---- */

/* The phase under way in all of a gap, the one that began last; what is more exact than an upgrade
 * comes first. NULL: none. */
static const struct span *
under_way(const struct search *s, const struct gap *g)
{
    const struct span *found = NULL;

    for (size_t i = 0; i < s->p->run->nphases; i++) {
        const struct span *of = &s->p->spans[i];
        bool exact = of->phase != TL_PHASE_UPGRADE;

        if (s->b->res[of->res].tree != g->tree || of->began.at > g->from ||
            (of->closed && of->ended.latest < g->to) || of->phase == TL_PHASE_REQUESTED)
            continue;
        if (!found || exact || found->phase == TL_PHASE_UPGRADE)
            found = of;
    }
    return found;
}

/* The step that comes next in the sequence of the tree. */
static struct tl_str
awaited(const struct search *s, const struct gap *g, const struct span *phase)
{
    const struct model *m = model_of(s->p->run->strategy, s->b->res[g->tree].kind);
    size_t next = 0;

    if (phase && phase->phase == TL_PHASE_ZDP)
        return TL_STR("zdp.finished");
    if (phase && phase->phase == TL_PHASE_SHUTDOWN &&
        s->b->res[phase->res].kind == TL_KIND_INSTANCE)
        return TL_STR("instance.restarted");
    for (size_t i = 0; m && i < s->p->nrows && s->p->rows[i] <= g->after; i++)
        for (size_t k = next; k < m->nsteps && row_tree(s->b, s->p->rows[i]) == g->tree; k++)
            if (step_is(&m->steps[k], row_event(s->b, s->p->rows[i])->cls))
                next = k + 1;
    for (size_t k = next; m && k < m->nsteps; k++)
        if (m->steps[k].required && m->steps[k].group == GROUP_ALWAYS)
            return m->steps[k].cls;
    return phase && phase->phase == TL_PHASE_UPGRADE ? TL_STR("upgrade.finished")
                                                     : (struct tl_str){"", 0};
}

static enum tl_status
judge(struct search *s, const struct gap *g, int64_t usual_us)
{
    const struct span *phase = g->to - g->from > LEAST_US ? under_way(s, g) : NULL;
    struct tl_run *r = s->p->run;
    enum tl_phase during = phase ? phase->phase : TL_PHASE_NONE;
    uint32_t res = phase ? phase->res : g->tree;
    struct tl_silence *list;

    if (g->to - g->from <= LEAST_US || g->to - g->from <= patience(r, during) ||
        (usual_us != TL_UNKNOWN && g->to - g->from <= TIMES * usual_us))
        return TL_OK;
    list = tl_arena_grow(s->b->arena, r->silences, r->nsilences, &s->silences_cap, sizeof(*list));
    if (!list)
        return TL_ENOMEM;
    r->silences = list;
    list[r->nsilences++] = (struct tl_silence){
        .resource = res_title(s->b, res),
        .region = s->b->res[res].region,
        .from = g->from,
        .to = g->to,
        .during = during,
        .after = row_event(s->b, g->after)->cls,
        .until = g->before == NONE ? (struct tl_str){"", 0} : row_event(s->b, g->before)->cls,
        .expected = awaited(s, g, phase),
        .usual_us = usual_us};
    return TL_OK;
}

static int
by_time(const void *pa, const void *pb)
{
    const struct tl_silence *a = pa, *b = pb;
    int c = compare(a->from, b->from);

    c = c ? c : compare(a->to, b->to);
    c = c ? c : tl_str_cmp(a->region, b->region);
    return c ? c : tl_str_cmp(a->resource, b->resource);
}

enum tl_status
run_silences(struct tl_builder *b, struct plan *p)
{
    struct search s = {.b = b, .p = p};
    struct tl_run *r = p->run;

    if (p->seen_only)
        return TL_OK;
    if (list_gaps(&s))
        return TL_ENOMEM;
    for (size_t i = 0, end; i < s.n; i = end) {
        int64_t usual_us;

        for (end = i + 1; end < s.n && s.gaps[end].tree == s.gaps[i].tree;)
            end++;
        if (usual(&s, s.gaps + i, end - i, &usual_us))
            return TL_ENOMEM;
        for (size_t k = i; k < end; k++)
            if (judge(&s, &s.gaps[k], usual_us))
                return TL_ENOMEM;
    }
    if (r->nsilences > 1)
        qsort(r->silences, r->nsilences, sizeof(*r->silences), by_time);
    return TL_OK;
}
