/* notes.c - findings about inputs, about single rows, and about what belongs to no run. */
#include <stdlib.h>

#include "timeline/causes.h"
#include "timeline/findings.h"
#include "timeline/skew.h"

enum { MAX_NEAR = 20 }; /* rows without a rule: the first ones, the counters have the rest */

static struct plan *
plan_of(const struct tl_builder *b, uint32_t row)
{
    uint32_t run = b->report->rows[row].run;

    return run == NONE ? NULL : &b->plans[run]; /* plans are in the order of runs by now */
}

/* ---- inputs ---- */

static enum tl_status
note_input(struct tl_builder *b, uint32_t i)
{
    const struct tl_source *s = &b->report->inputs[i];
    const struct tl_str args[] = {s->name, s->zone.n > 0 ? s->zone : TL_STR("UTC")};

    if (s->duplicate_of != NONE || !s->zone_assumed)
        return TL_OK;
    return finding_add(b, NULL, F_ZONE_ASSUMED, NULL, 0, args);
}

static enum tl_status
note_loop(struct tl_builder *b, const struct loop *l)
{
    for (size_t i = 0; i < l->series->ncontradictions; i++) {
        const struct tl_str args[] = {b->report->inputs[l->input].name,
                                      l->series->contradictions[i]};

        if (finding_add(b, NULL, F_HINT_CONTRADICTED, NULL, 0, args))
            return TL_ENOMEM;
    }
    return TL_OK;
}

/* A region that --as or the file's name gives, against the ARN of a record. */
static enum tl_status
note_region(struct tl_builder *b, uint32_t row, const struct tl_source *s)
{
    struct tl_ident who = {.region = {"", 0}};
    bool named = false;

    for (size_t i = 0; i < s->nhints; i++)
        named |= tl_str_eq(s->hints[i].key, TL_STR("region"));
    if (!named || !tl_ident_from_arn(row_event(b, row)->who.arn, &who) || who.region.n == 0)
        return TL_OK;
    for (size_t i = 0; i < s->nhints; i++) {
        const struct tl_hint *h = &s->hints[i];
        const struct tl_str parts[] = {
            TL_STR("region "), h->value, TL_STR(" (from "), h->from, TL_STR(") against an ARN of "),
            who.region};
        struct tl_str args[2] = {s->name, {"", 0}};

        if (!tl_str_eq(h->key, TL_STR("region")) || tl_str_eq(h->value, who.region))
            continue;
        args[1] = words_join(b, parts, sizeof(parts) / sizeof(parts[0]));
        return finding_add(b, plan_of(b, row), F_HINT_CONTRADICTED, &row, 1, args);
    }
    return TL_OK;
}

/* Once for each input: the first of its rows that contradicts it. */
static enum tl_status
note_regions(struct tl_builder *b)
{
    bool *done = tl_arena_alloc(&b->scratch, b->report->ninputs + 1);

    if (!done)
        return TL_ENOMEM;
    for (uint32_t i = 0; i < b->report->nrows; i++) {
        uint32_t input = b->report->rows[i].input;
        size_t known = b->report->nfindings;
        struct plan *p = plan_of(b, i);
        size_t known_of_plan = p ? p->nfindings : 0;

        if (done[input])
            continue;
        if (note_region(b, i, &b->report->inputs[input]))
            return TL_ENOMEM;
        done[input] = b->report->nfindings > known || (p && p->nfindings > known_of_plan);
    }
    return TL_OK;
}

/* ---- rows ---- */

static enum tl_status
note_row(struct tl_builder *b, uint32_t row, size_t *nnear)
{
    const struct tl_event *ev = row_event(b, row);
    const struct tl_str id[] = {ev->carried_id, ev->message,
                                ev->event_id.n > 0 ? ev->event_id : ev->cls};
    const struct tl_str near_by[] = {ev->message, ev->near};

    if (ev->carried_id.n > 0 && finding_add(b, plan_of(b, row), F_ID_CONTRADICTED, &row, 1, id))
        return TL_ENOMEM;
    if (ev->near.n == 0 || ++*nnear > MAX_NEAR)
        return TL_OK;
    return finding_add(b, plan_of(b, row), F_UNCLASSIFIED_NEAR, &row, 1, near_by);
}

static bool
is_coarse(const struct tl_event *ev)
{
    return ev->when.latest - ev->when.earliest >= TL_MINUTE;
}

/* How many of some rows are known to the minute only. rows NULL: the rows of no run. */
static enum tl_status
note_precision(struct tl_builder *b, struct plan *p)
{
    size_t n = p ? p->nrows : b->report->nrows, coarse = 0, all = 0, kept = 0;
    uint32_t rows[16];

    for (size_t i = 0; i < n; i++) {
        uint32_t row = p ? p->rows[i] : (uint32_t)i;

        if (!p && b->report->rows[row].run != NONE)
            continue;
        all++;
        if (!is_coarse(row_event(b, row)))
            continue;
        coarse++;
        if (kept < sizeof(rows) / sizeof(rows[0]))
            rows[kept++] = row;
    }
    const struct tl_str args[] = {words_count(b, coarse), words_count(b, all)};
    return coarse > 0 ? finding_add(b, p, F_PRECISION_MINUTE, rows, kept, args) : TL_OK;
}

/* ---- the end ---- */

static int
by_weight(const void *pa, const void *pb)
{
    const struct tl_finding *a = pa, *b = pb;
    int c = compare(b->severity, a->severity);

    c = c ? c
          : compare(a->nevents ? a->events[0] : UINT32_MAX, b->nevents ? b->events[0] : UINT32_MAX);
    c = c ? c : tl_str_cmp(a->code, b->code);
    return c ? c : tl_str_cmp(a->text, b->text);
}

enum tl_status
build_notes(struct tl_builder *b)
{
    struct tl_report *r = b->report;
    enum tl_status st = build_claims(b);
    struct logs logs;
    size_t nnear = 0;

    if (!st)
        st = build_suggestions(b);
    for (uint32_t i = 0; i < r->ninputs && !st; i++)
        st = note_input(b, i);
    for (size_t i = 0; i < b->nloops && !st; i++)
        st = note_loop(b, &b->loops[i]);
    if (!st)
        st = note_regions(b);
    for (uint32_t i = 0; i < r->nrows && !st; i++)
        st = note_row(b, i, &nnear);
    for (size_t i = 0; i < b->nplans && !st; i++)
        st = note_precision(b, &b->plans[i]);
    if (!st)
        st = note_precision(b, NULL);
    for (size_t i = 0; i < r->noutages && !st; i++)
        st = outage_findings(b, NULL, &r->outages[i]);
    if (!st)
        st = build_server_notes(b);
    if (!st)
        st = logs_index(b, &logs);
    if (!st)
        st = build_causes(b, &logs);
    if (!st)
        st = build_holes(b, &logs);
    if (!st)
        st = build_skew_notes(b);
    for (size_t i = 0; i < b->nplans; i++) {
        struct plan *p = &b->plans[i];

        if (p->nfindings > 1)
            qsort(p->findings, p->nfindings, sizeof(*p->findings), by_weight);
        r->runs[i].findings = p->findings;
        r->runs[i].nfindings = p->nfindings;
    }
    if (r->nfindings > 1)
        qsort(r->findings, r->nfindings, sizeof(*r->findings), by_weight);
    return st;
}
