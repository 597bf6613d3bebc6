/* doc_report.c - the order of a report: what a reader needs first stands first. */
#include <inttypes.h>
#include <stdlib.h>

#include "core/names.h"
#include "render/doc_parts.h"

/* ---- several runs: one row each before each is told ---- */

static const struct doc_column overview_columns[] = {
    {.title = {"run", 3}},
    {.title = {"when", 4}, .floor = 22},
    {.title = {"from", 4}, .floor = 7},
    {.title = {"to", 2}, .floor = 7},
    {.title = {"verdict", 7}, .floor = 9},
    {.title = {"what", 4}, .floor = 32, .below = true},
    {.title = {"longest outage", 14}, .below = true},
};

struct overview {
    const struct tl_report *r;
    const struct tl_zone *tz;
};

static const struct tl_outage *
longest(const struct tl_run *run)
{
    const struct tl_outage *best = NULL;

    for (size_t i = 0; i < run->noutages; i++)
        if (!best || run->outages[i].observed_us == TL_UNKNOWN ||
            (best->observed_us != TL_UNKNOWN && run->outages[i].observed_us > best->observed_us))
            best = &run->outages[i];
    return best;
}

static void
overview_row(const void *ctx, size_t i, struct doc_row *row)
{
    const struct overview *c = ctx;
    const struct tl_run *run = &c->r->runs[i];
    const struct tl_outage *o = longest(run);

    tl_buf_add(&row->text, run->id);
    doc_cell_end(row, 0, TONE_PLAIN);
    if (run->began.at != TL_TIME_NONE && run->ended.at != TL_TIME_NONE)
        show_period(&row->text, c->tz, run->began, run->ended);
    else
        show_stamp(&row->text, c->tz, run->began);
    doc_cell_end(row, 1, TONE_PLAIN);
    tl_buf_add(&row->text, run->from);
    doc_cell_end(row, 2, TONE_PLAIN);
    tl_buf_add(&row->text, run->to);
    doc_cell_end(row, 3, TONE_PLAIN);
    tl_buf_add(&row->text, word_verdict(run->verdict));
    doc_cell_end(row, 4, tone_verdict(run->verdict));
    tl_buf_add(&row->text, word_strategy(run->strategy));
    doc_cell_end(row, 5, TONE_PLAIN);
    if (o)
        show_outage(&row->text, o);
    doc_cell_end(row, 6, TONE_PLAIN);
}

static void
say_overview(struct story *s)
{
    struct overview ctx = {s->r, s->d->o->tz};
    const struct doc_table t = {overview_columns,
                                sizeof(overview_columns) / sizeof(overview_columns[0]), s->r->nruns,
                                overview_row, &ctx};

    say_count(s, s->r->nruns, "run");
    say(s, TL_STR(" in "));
    say_count(s, s->r->ninputs, "input");
    say(s, TL_STR("."));
    say_para(s, TONE_PLAIN);
    s->d->to->table(s->d, &t);
}

/* ---- rows by run ---- */

struct by_run {
    uint32_t *index; /* rows of run 0, of run 1, …, of none; NULL: no room */
    size_t *first;   /* of run i within index; nruns + 2 of them */
};

static size_t
run_of(const struct tl_report *r, size_t row)
{
    return r->rows[row].run < r->nruns ? r->rows[row].run : r->nruns;
}

static struct by_run
sort_by_run(const struct tl_report *r)
{
    struct by_run by = {malloc((r->nrows + 1) * sizeof(*by.index)),
                        calloc(r->nruns + 3, sizeof(*by.first))};

    if (!by.index || !by.first) {
        free(by.index);
        free(by.first);
        return (struct by_run){NULL, NULL};
    }
    for (size_t i = 0; i < r->nrows; i++)
        by.first[run_of(r, i) + 2]++;
    for (size_t k = 2; k < r->nruns + 3; k++)
        by.first[k] += by.first[k - 1];
    for (size_t i = 0; i < r->nrows; i++) /* first[k + 1] is where run k goes on */
        by.index[by.first[run_of(r, i) + 1]++] = (uint32_t)i;
    return by;
}

static void
tell_run(struct story *s, const struct tl_run *run, unsigned level)
{
    doc_outages(s, "Outages", run->outages, run->noutages, level);
    doc_run_tables(s, run, level);
    doc_findings(s, "Findings", run->findings, run->nfindings, level);
}

/* The one run of a report: its timeline holds every row, so that nothing near it is missed. */
static void
tell_one(struct story *s, const struct tl_run *run)
{
    doc_summary(s, run);
    tell_run(s, run, 2);
    doc_outages(s, "Outages of no run", s->r->outages, s->r->noutages, 2);
    doc_findings(s, "Findings about the evidence", s->r->findings, s->r->nfindings, 2);
    doc_timeline(s, "Timeline", run, NULL, s->r->nrows, 2);
}

static void
tell_many(struct story *s)
{
    struct by_run by = sort_by_run(s->r);
    size_t nruns = s->r->nruns;

    if (!by.index) {
        s->d->out->failed = TL_ENOMEM;
        return;
    }
    say_overview(s);
    for (size_t i = 0; i < nruns; i++) {
        s->d->to->heading(s->d, 1, s->r->runs[i].id);
        doc_summary(s, &s->r->runs[i]);
        tell_run(s, &s->r->runs[i], 2);
        doc_timeline(s, "Timeline", &s->r->runs[i], by.index + by.first[i],
                     by.first[i + 1] - by.first[i], 2);
    }
    doc_outages(s, "Outages of no run", s->r->outages, s->r->noutages, 1);
    doc_findings(s, "Findings about the evidence", s->r->findings, s->r->nfindings, 1);
    doc_timeline(s, "Events of no run", NULL, by.index + by.first[nruns],
                 by.first[nruns + 1] - by.first[nruns], 1);
    free(by.index);
    free(by.first);
}

static void
tell_none(struct story *s)
{
    say(s, TL_STR("No upgrade or other run was found in "));
    say_count(s, s->r->ninputs, "input");
    say(s, s->r->noutages > 0 ? TL_STR("; the outages stand for themselves.") : TL_STR("."));
    say_para(s, TONE_WARN);
    doc_outages(s, "Outages", s->r->outages, s->r->noutages, 2);
    doc_findings(s, "Findings", s->r->findings, s->r->nfindings, 2);
    doc_timeline(s, "Timeline", NULL, NULL, s->r->nrows, 2);
}

void
doc_report(const struct tl_report *r, struct doc *d)
{
    struct story s = {.r = r, .d = d};

    tl_buf_init(&s.line, d->out->max);
    say_heading(&s, 1, "tideline report");
    if (r->nruns == 0)
        tell_none(&s);
    else if (r->nruns == 1)
        tell_one(&s, &r->runs[0]);
    else
        tell_many(&s);
    doc_coverage(&s, r->nruns > 1 ? 1 : 2); /* beside the runs, not within the last */
    if (s.line.failed)
        d->out->failed = s.line.failed;
    tl_buf_free(&s.line);
}
