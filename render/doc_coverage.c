/* doc_coverage.c - what the report rests on: inputs, what in them could not be read, assumptions.
 */
#include <inttypes.h>

#include "core/names.h"
#include "render/doc_parts.h"

enum { NAME, FORMAT, RECORDS, EVENTS, UNCLASSIFIED, ODD, PRECISION, SPAN, NOTES };

static const struct doc_column columns[] = {
    [NAME] = {.title = {"input", 5}, .floor = 16},
    [FORMAT] = {.title = {"format", 6}},
    [RECORDS] = {.title = {"records", 7}, .right = true},
    [EVENTS] = {.title = {"events", 6}, .right = true},
    [UNCLASSIFIED] = {.title = {"unclassified", 12}, .right = true},
    [ODD] = {.title = {"odd", 3}, .right = true},
    [PRECISION] = {.title = {"precision", 9}, .right = true},
    [SPAN] = {.title = {"first \xe2\x80\x93 last", 14}, .below = true},
    [NOTES] = {.title = {"notes", 5}, .floor = 48, .below = true},
};

struct inputs {
    const struct tl_report *r;
    const struct tl_zone *tz;
};

static void
count_cell(struct doc_row *row, size_t column, uint64_t n, bool bad)
{
    tl_buf_addf(&row->text, "%" PRIu64, n);
    doc_cell_end(row, column, bad && n > 0 ? TONE_WARN : TONE_PLAIN);
}

static void
put_precision(struct tl_buf *b, int64_t us)
{
    static const struct {
        int64_t us;
        const char *unit;
    } units[] = {{TL_DAY, "d"},    {TL_HOUR, "h"}, {TL_MINUTE, "min"},
                 {TL_SECOND, "s"}, {TL_MS, "ms"},  {1, "us"}};

    for (size_t i = 0; us > 0 && i < sizeof(units) / sizeof(units[0]); i++) {
        if (us % units[i].us)
            continue;
        tl_buf_addf(b, "%" PRId64 " %s", us / units[i].us, units[i].unit);
        return;
    }
}

static void
note(struct tl_buf *b, size_t start, struct tl_str text)
{
    if (b->n > start)
        tl_buf_add(b, TL_STR("; "));
    tl_buf_add(b, text);
}

static void
put_hints(struct tl_buf *b, size_t start, const struct tl_source *in)
{
    enum { HINTS_MAX = 6 };

    for (size_t i = 0; i < in->nhints && i < HINTS_MAX; i++) {
        const struct tl_hint *h = &in->hints[i];

        note(b, start, h->key);
        tl_buf_add(b, TL_STR(" "));
        tl_buf_add(b, h->value);
        if (h->from.n > 0) {
            bool option = tl_str_eq(h->from, TL_STR("as")) || tl_str_eq(h->from, TL_STR("align"));

            tl_buf_add(b, option ? TL_STR(" (by --") : TL_STR(" (by its "));
            tl_buf_add(b, h->from);
            tl_buf_add(b, TL_STR(")"));
        }
    }
    if (in->nhints > HINTS_MAX) {
        note(b, start, TL_STR(""));
        tl_buf_addf(b, "%zu more hints", in->nhints - HINTS_MAX);
    }
}

/* Where 0 is not within it. */
static void
put_apart(struct tl_buf *b, size_t start, struct tl_span s, struct tl_str other)
{
    bool ahead = s.min_us != TL_UNKNOWN && s.min_us > 0;

    if (s.min_us == TL_UNKNOWN || s.max_us == TL_UNKNOWN || (!ahead && s.max_us >= 0))
        return;
    note(b, start, TL_STR("its clock is "));
    tl_seconds_print(b, ahead ? s.min_us : -s.max_us);
    tl_buf_add(b, TL_STR(" to "));
    tl_seconds_print(b, ahead ? s.max_us : -s.min_us);
    tl_buf_add(b, ahead ? TL_STR(" s ahead of that of ") : TL_STR(" s behind that of "));
    tl_buf_add(b, other);
}

/* The log of a database: most of its records are no events, and are not meant to be. */
static bool
is_log(const struct tl_source *in)
{
    return tl_str_starts(in->format, TL_STR("pg-")) ||
           tl_str_starts(in->format, TL_STR("mysql-")) || tl_str_eq(in->format, TL_STR("cwlogs"));
}

/* "10,843,112" */
static void
put_thousands(struct tl_buf *b, uint64_t n)
{
    uint64_t unit = 1;

    while (n / unit >= 1000)
        unit *= 1000;
    tl_buf_addf(b, "%" PRIu64, n / unit);
    for (unit /= 1000; unit > 0; unit /= 1000)
        tl_buf_addf(b, ",%03" PRIu64, n / unit % 1000);
}

static void
put_notes(const struct inputs *c, const struct tl_source *in, struct doc_row *row)
{
    struct tl_buf *b = &row->text;
    size_t start = b->n;

    if (in->duplicate_of < c->r->ninputs) {
        note(b, start, TL_STR("the same bytes as "));
        tl_buf_add(b, c->r->inputs[in->duplicate_of].name);
        tl_buf_add(b, TL_STR(", counted once"));
    }
    if (in->zone_assumed) {
        note(b, start, TL_STR("its times bear no zone: assumed "));
        tl_buf_add(b, in->zone.n > 0 ? in->zone : TL_STR("UTC"));
    } else if (in->zone.n > 0) {
        note(b, start, TL_STR("zone "));
        tl_buf_add(b, in->zone);
    }
    if (in->skew) {
        put_apart(b, start, in->skew->offset, TL_STR("the AWS control plane"));
        put_apart(b, start, in->skew->apart, in->skew->other);
    }
    if (in->rule_limits > 0) {
        note(b, start, TL_STR(""));
        tl_buf_addf(b, "a rule gave up on %" PRIu64 " records", in->rule_limits);
    }
    if (in->ngaps > 0) {
        note(b, start, TL_STR(""));
        tl_buf_addf(b, "%zu elision%s", in->ngaps, in->ngaps == 1 ? "" : "s");
    }
    if (in->records == 0 && in->odd == 0)
        note(b, start, TL_STR("nothing in it was recognised"));
    if (is_log(in) && in->records > in->events) {
        note(b, start, TL_STR(""));
        put_thousands(b, in->records);
        tl_buf_add(b, TL_STR(" records, "));
        put_thousands(b, in->events);
        tl_buf_add(b, TL_STR(" of them events"));
    }
    put_hints(b, start, in);
    doc_cell_end(row, NOTES, TONE_DIM);
}

static void
input_row(const void *ctx, size_t i, struct doc_row *row)
{
    const struct inputs *c = ctx;
    const struct tl_source *in = &c->r->inputs[i];
    int64_t res = in->precision_us > 0 ? in->precision_us : TL_MS;

    tl_buf_add(&row->text, in->name);
    doc_cell_end(row, NAME, TONE_PLAIN);
    tl_buf_add(&row->text, in->format);
    doc_cell_end(row, FORMAT, TONE_PLAIN);
    count_cell(row, RECORDS, in->records, false);
    count_cell(row, EVENTS, in->events, false);
    count_cell(row, UNCLASSIFIED, in->unclassified, true);
    count_cell(row, ODD, in->odd, true);
    put_precision(&row->text, in->precision_us);
    doc_cell_end(row, PRECISION, TONE_PLAIN);
    if (in->first != TL_TIME_NONE && in->last != TL_TIME_NONE)
        show_period(&row->text, c->tz, tl_instant_of(in->first, res), tl_instant_of(in->last, res));
    doc_cell_end(row, SPAN, TONE_PLAIN);
    put_notes(c, in, row);
}

/* ---- what could not be read ---- */

static const struct doc_column odd_columns[] = {
    {.title = {"where", 5}, .floor = 16},
    {.title = {"why", 3}, .floor = 24},
};

/* The nth sample of all inputs. */
static bool
nth_odd(const struct tl_report *r, size_t n, const struct tl_source **in, const struct tl_odd **odd)
{
    for (size_t i = 0; i < r->ninputs; i++) {
        if (n < r->inputs[i].nodds) {
            *in = &r->inputs[i];
            *odd = &r->inputs[i].odds[n];
            return true;
        }
        n -= r->inputs[i].nodds;
    }
    return false;
}

static void
odd_row(const void *ctx, size_t i, struct doc_row *row)
{
    const struct inputs *c = ctx;
    const struct tl_source *in;
    const struct tl_odd *odd;

    if (!nth_odd(c->r, i, &in, &odd))
        return;
    tl_buf_add(&row->text, in->name);
    if (odd->line > 0)
        tl_buf_addf(&row->text, ":%" PRIu32, odd->line);
    doc_cell_end(row, 0, TONE_PLAIN);
    tl_buf_add(&row->text, odd->why);
    doc_cell_end(row, 1, TONE_PLAIN);
}

static void
say_odd(struct story *s, const struct inputs *ctx, unsigned level)
{
    struct doc_table t = {odd_columns, 2, 0, odd_row, ctx};
    uint64_t all = 0;

    for (size_t i = 0; i < s->r->ninputs; i++) {
        t.nrows += s->r->inputs[i].nodds;
        all += s->r->inputs[i].odd;
    }
    if (t.nrows > 0) {
        say_heading(s, level, "Not read");
        s->d->to->table(s->d, &t);
    }
    if (all > t.nrows && t.nrows > 0) {
        tl_buf_addf(&s->line, "%" PRIu64 " more odd records: of each input the first %d are shown.",
                    all - t.nrows, TL_ODD_SAMPLES);
        say_para(s, TONE_WARN);
    }
}

static void
say_assumptions(struct story *s, unsigned level)
{
    enum { WIDTH_MAX = 24 };
    size_t width = 0;

    if (s->r->nassumptions == 0)
        return;
    say_heading(s, level, "Assumptions");
    for (size_t i = 0; i < s->r->nassumptions; i++)
        if (s->r->assumptions[i].name.n > width)
            width = s->r->assumptions[i].name.n;
    s->d->to->pairs(s->d, width < WIDTH_MAX ? (unsigned)width : WIDTH_MAX);
    for (size_t i = 0; i < s->r->nassumptions; i++) {
        const struct tl_assumption *a = &s->r->assumptions[i];

        say(s, a->text);
        say(s, TL_STR(" (used "));
        say_count(s, a->used_by, "time");
        say(s, TL_STR(")"));
        s->d->to->pair(s->d, a->name, tl_buf_str(&s->line), TONE_PLAIN);
        tl_buf_reset(&s->line);
    }
}

void
doc_coverage(struct story *s, unsigned level)
{
    struct inputs ctx = {s->r, s->d->o->tz};
    const struct doc_table t = {columns, sizeof(columns) / sizeof(columns[0]), s->r->ninputs,
                                input_row, &ctx};

    say_heading(s, level, "Coverage");
    if (s->r->ninputs == 0) {
        say(s, TL_STR("No input was given."));
        say_para(s, TONE_PLAIN);
    } else {
        s->d->to->table(s->d, &t);
    }
    say_odd(s, &ctx, level + 1);
    say_assumptions(s, level + 1);
    if (s->r->rows_left_out > 0) {
        say_heading(s, level + 1, "Left out");
        say_count(s, s->r->rows_left_out, "row");
        say(s, TL_STR(" outside of --since, --until or --window: reconstructed with, not shown."));
        say_para(s, TONE_PLAIN);
    }
}
