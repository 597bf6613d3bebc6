/* doc_timeline.c - the chronological table. */
#include <inttypes.h>

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

struct rows {
    const struct tl_report *r;
    const struct tl_zone *tz;
    const uint32_t *index; /* NULL: every row */
    struct tl_instant began;
};

static const struct tl_row *
row_at(const struct rows *c, size_t i, size_t *n)
{
    *n = c->index ? c->index[i] : i;
    return &c->r->rows[*n];
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

static void
put_event(struct tl_buf *b, const struct tl_row *row)
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
        tl_buf_add(b, TL_STR(" [inferred]"));
}

static void
put_source(struct tl_buf *b, const struct tl_report *r, const struct tl_row *row)
{
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
    size_t n;
    const struct tl_row *row = row_at(c, i, &n);
    enum doc_tone tone = tone_severity(row->ev.severity);

    tl_buf_addf(&out->text, "%zu", n + 1);
    doc_cell_end(out, NTH, TONE_DIM);
    put_times(c, i, row, out);
    tl_buf_add(&out->text, tl_str_from(marks[(unsigned)row->ev.severity & 3]));
    doc_cell_end(out, MARK, tone);
    tl_buf_add(&out->text, row->ev.who.region);
    doc_cell_end(out, REGION, TONE_PLAIN);
    put_resource(&out->text, &row->ev.who);
    doc_cell_end(out, RESOURCE, TONE_PLAIN);
    put_event(&out->text, row);
    doc_cell_end(out, EVENT, row->twin_of != TL_NO_INDEX && tone == TONE_PLAIN ? TONE_DIM : tone);
    put_source(&out->text, c->r, row);
    doc_cell_end(out, SOURCE, TONE_DIM);
}

void
doc_timeline(struct story *s, const char *title, const struct tl_run *run, const uint32_t *index,
             size_t n, unsigned level)
{
    struct rows ctx = {s->r, s->d->o->tz, index, run ? run->began : TL_INSTANT_NONE};
    const struct doc_table t = {columns, sizeof(columns) / sizeof(columns[0]), n, timeline_row,
                                &ctx};

    if (n == 0)
        return;
    say_heading(s, level, title);
    s->d->to->table(s->d, &t);
}
