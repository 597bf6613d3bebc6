/* doc_timeline.c - the chronological table. */
#include <inttypes.h>
#include <stdlib.h>

#include "core/names.h"
#include "render/doc_parts.h"

enum { NTH, TIME, DELTA, SINCE, MARK, REGION, RESOURCE, EVENT, SOURCE };

static const struct doc_column columns[] = {
    [NTH] = {.title = {"#", 1}, .right = true},
    [TIME] = {.title = {"time", 4}, .floor = 12},
    [DELTA] = {.title = {"\xce\x94", 2}, .right = true},
    [SINCE] = {.title = {"T\xc2\xb1", 3}, .right = true},
    [MARK] = {.title = {"", 0}},
    [REGION] = {.title = {"region", 6}},
    [RESOURCE] = {.title = {"resource", 8}, .floor = 11},
    [EVENT] = {.title = {"event", 5}, .floor = 64, .below = true},
    [SOURCE] = {.title = {"source", 6}, .below = true},
};

enum { FOLD_MIN = 4 }; /* so many rows that say the same become three */

/* A line of the table: a row, or (n > 0) n rows of which only the last one's time is said. */
struct line {
    size_t row, n; /* row: place among the rows of the table, of n rows the last */
};

struct rows {
    const struct tl_report *r;
    const struct tl_zone *tz;
    const uint32_t *index; /* NULL: every row */
    struct tl_instant began;
    const struct line *lines;
};

static const struct tl_row *
row_at(const struct rows *c, size_t i, size_t *n)
{
    *n = c->index ? c->index[i] : i;
    return &c->r->rows[*n];
}

/* ---- what a server wrote again and again ---- */

static bool
says_again(const struct tl_row *a, const struct tl_row *b)
{
    return a->ev.channel == TL_CHANNEL_LOG && b->ev.channel == TL_CHANNEL_LOG &&
           tl_str_eq(a->ev.cls, b->ev.cls) && tl_str_eq(a->ev.message, b->ev.message) &&
           tl_str_eq(a->key, b->key) && a->input == b->input && a->ev.when.at != TL_TIME_NONE &&
           b->ev.when.at != TL_TIME_NONE;
}

/* Of n rows that say the same the first and the last are told, and how many stand between them. */
static size_t
fold(const struct rows *c, size_t n, struct line *out)
{
    size_t lines = 0, nth;

    for (size_t i = 0, end; i < n; i = end) {
        const struct tl_row *first = row_at(c, i, &nth);

        for (end = i + 1; end < n && says_again(first, row_at(c, end, &nth));)
            end++;
        if (end - i < FOLD_MIN) {
            for (size_t k = i; k < end; k++)
                out[lines++] = (struct line){k, 0};
            continue;
        }
        out[lines++] = (struct line){i, 0};
        out[lines++] = (struct line){end - 2, end - i - 2};
        out[lines++] = (struct line){end - 1, 0};
    }
    return lines;
}

static void
folded_row(const struct rows *c, const struct line *l, struct doc_row *out)
{
    size_t n;
    struct tl_instant when = row_at(c, l->row, &n)->ev.when;

    show_date(&out->text, c->tz, when.earliest);
    doc_group_end(out);
    tl_buf_add(&out->text, TL_STR("\xe2\x80\xa6"));
    doc_cell_end(out, NTH, TONE_DIM);
    tl_buf_addf(&out->text, "\xe2\x80\xa6 %zu more of these until ", l->n);
    show_moment(&out->text, c->tz, when, when.earliest);
    doc_cell_end(out, EVENT, TONE_DIM);
}

/* The resource of an event: its identifier, or its label without the region that stands beside. */
static void
put_resource(struct tl_buf *b, const struct tl_ident *who)
{
    if (who->kind == TL_KIND_ENDPOINT)
        word_endpoint(b, who->id.n > 0 ? who->id : who->label);
    else
        tl_buf_add(b, who->id.n > 0 ? who->id : word_resource(who->label, who->region));
}

static bool
is_probe(const struct tl_event *ev)
{
    return tl_str_starts(ev->cls, TL_STR("probe."));
}

/* What is said before the message: what a probe found, or that no rule knows the text. */
static void
put_prefix(struct tl_buf *b, const struct tl_event *ev)
{
    static const struct {
        struct tl_str cls, word;
    } words[] = {{{"probe.ok", 8}, {"probe ok", 8}},
                 {{"probe.failed", 12}, {"probe failed", 12}},
                 {{"probe.version-changed", 21}, {"probe sees another version", 26}},
                 {{"unclassified", 12}, {"unclassified", 12}}};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (!tl_str_eq(ev->cls, words[i].cls))
            continue;
        tl_buf_add(b, words[i].word);
        if (ev->attempt && ev->attempt->failure != TL_FAILURE_OK) {
            tl_buf_add(b, TL_STR(", "));
            tl_buf_add(b, tl_failure_name(ev->attempt->failure));
        }
        tl_buf_add(b, TL_STR(": "));
    }
}

/* Where all evidence knows a row of a minute to seconds. */
static void
put_fused(struct tl_buf *b, const struct tl_row *row, const struct tl_zone *tz)
{
    static const int64_t worth_us = 5 * TL_SECOND, coarse_us = 30 * TL_SECOND;
    const struct tl_fused *f = &row->fused;

    if (!f->present || f->max - f->min > worth_us ||
        row->ev.when.latest - row->ev.when.earliest < coarse_us)
        return;
    tl_buf_add(b, TL_STR(" ["));
    show_clock(b, tz, tl_instant_of(f->min, TL_MS));
    tl_buf_add(b, TL_STR("\xe2\x80\x93"));
    show_clock(b, tz, tl_instant_of(f->max, TL_MS));
    tl_buf_add(b, TL_STR(" by all evidence]"));
}

static void
put_event(struct tl_buf *b, const struct tl_row *row, const struct tl_zone *tz)
{
    const struct tl_event *ev = &row->ev;
    struct tl_str text = ev->message, line;

    put_prefix(b, ev);
    if (is_probe(ev) && tl_str_line(&text, &line)) /* clients add lines of advice */
        tl_buf_add(b, line);
    else
        tl_buf_add(b, ev->message.n > 0 ? ev->message : ev->cls);
    if (ev->near.n > 0) {
        tl_buf_add(b, TL_STR(" [close to "));
        tl_buf_add(b, ev->near);
        tl_buf_add(b, TL_STR("]"));
    }
    if (row->twin_of != TL_NO_INDEX)
        tl_buf_addf(b, " [twin of %" PRIu64 "]", (uint64_t)row->twin_of + 1);
    if (row->inferred)
        tl_buf_add(b, TL_STR(" [inferred, not recorded]"));
    put_fused(b, row, tz);
}

static void
put_source(struct tl_buf *b, const struct tl_report *r, const struct tl_row *row)
{
    if (row->nproofs == 0)
        tl_buf_add(b, TL_STR("no record"));
    for (size_t i = 0; i < row->nproofs; i++) {
        const struct tl_proof *p = &row->proofs[i];

        tl_buf_add(b, i > 0 ? TL_STR(", ") : TL_STR(""));
        if (p->input < r->ninputs)
            tl_buf_add(b, r->inputs[p->input].name);
        if (p->line > 0)
            tl_buf_addf(b, ":%" PRIu32, p->line);
    }
}

static void
put_times(const struct rows *c, size_t i, const struct tl_row *row, struct doc_row *out)
{
    struct tl_instant when = row->ev.when;
    size_t n;

    if (when.at == TL_TIME_NONE) {
        tl_buf_add(&out->text, TL_STR("no time"));
        doc_cell_end(out, TIME, TONE_DIM);
        return;
    }
    show_date(&out->text, c->tz, when.earliest);
    doc_group_end(out);
    show_moment(&out->text, c->tz, when, when.earliest);
    doc_cell_end(out, TIME, TONE_PLAIN);
    if (i > 0 && row_at(c, i - 1, &n)->ev.when.at != TL_TIME_NONE)
        show_delta(&out->text, row_at(c, i - 1, &n)->ev.when, when);
    doc_cell_end(out, DELTA, TONE_DIM);
    if (c->began.at != TL_TIME_NONE)
        show_delta(&out->text, c->began, when);
    doc_cell_end(out, SINCE, TONE_DIM);
}

static void
timeline_row(const void *ctx, size_t i, struct doc_row *out)
{
    static const char *const marks[] = {"", "", "!", "!!"};
    const struct rows *c = ctx;
    size_t at = c->lines[i].row, n;
    const struct tl_row *row = row_at(c, at, &n);
    enum doc_tone tone = tone_severity(row->ev.severity);

    if (c->lines[i].n > 0) {
        folded_row(c, &c->lines[i], out);
        return;
    }
    tl_buf_addf(&out->text, "%zu", n + 1);
    doc_cell_end(out, NTH, TONE_DIM);
    put_times(c, at, row, out);
    tl_buf_add(&out->text, tl_str_from(marks[(unsigned)row->ev.severity & 3]));
    doc_cell_end(out, MARK, tone);
    tl_buf_add(&out->text, row->ev.who.region);
    doc_cell_end(out, REGION, TONE_PLAIN);
    put_resource(&out->text, &row->ev.who);
    doc_cell_end(out, RESOURCE, TONE_PLAIN);
    put_event(&out->text, row, c->tz);
    doc_cell_end(out, EVENT,
                 (row->twin_of != TL_NO_INDEX || row->inferred) && tone == TONE_PLAIN ? TONE_DIM
                                                                                      : tone);
    put_source(&out->text, c->r, row);
    doc_cell_end(out, SOURCE, TONE_DIM);
}

void
doc_timeline(struct story *s, const char *title, const struct tl_run *run, const uint32_t *index,
             size_t n, unsigned level)
{
    struct line *lines = malloc((n + 1) * sizeof(*lines));
    struct rows ctx = {s->r, s->d->o->tz, index, run ? run->began : TL_INSTANT_NONE, lines};
    struct doc_table t = {columns, sizeof(columns) / sizeof(columns[0]), 0, timeline_row, &ctx};

    if (!lines)
        s->d->out->failed = TL_ENOMEM;
    if (lines && n > 0) {
        t.nrows = fold(&ctx, n, lines);
        say_heading(s, level, title);
        s->d->to->table(s->d, &t);
    }
    free(lines);
}
