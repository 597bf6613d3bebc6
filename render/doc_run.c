/* doc_run.c - the chapters of a run: outages, ZDP, phases, versions, parameters, findings. */
#include <inttypes.h>

#include "core/names.h"
#include "render/doc_parts.h"

/* ---- outages: each told in full, or one row each where there are many ---- */

enum { KEY_WIDTH = 13, TOLD_MAX = 12 };

/* By the server's own log. */
static bool
is_own(const struct tl_outage *o)
{
    return tl_str_eq(o->source, TL_STR("log"));
}

static struct tl_instant
stamp_of(const struct tl_outage *o, tl_time t)
{
    if (t == TL_TIME_NONE)
        return TL_INSTANT_NONE;
    if (o->res_us <= 0 || (is_own(o) && t % o->res_us != 0)) /* of several kinds: a finer one */
        return tl_instant_of(t, TL_MS);
    return tl_instant_of(t, o->res_us);
}

static void
say_point(struct story *s, const char *key, const struct tl_outage *o, tl_time t,
          struct tl_str otherwise, struct tl_str version)
{
    if (t == TL_TIME_NONE && otherwise.n == 0)
        return;
    if (t == TL_TIME_NONE) {
        say(s, otherwise);
    } else {
        show_stamp(&s->line, s->d->o->tz, stamp_of(o, t));
        if (version.n > 0) {
            say(s, TL_STR(", version "));
            say(s, version);
        }
    }
    say_pair(s, key, TONE_PLAIN);
}

static void
say_failures(struct story *s, const struct tl_outage *o)
{
    const char *separator = ": ";

    tl_buf_addf(&s->line, "%" PRIu64, o->attempts_failed);
    for (unsigned k = TL_FAILURE_OK + 1; k < TL_NFAILURES; k++) {
        if (o->failures[k] == 0)
            continue;
        tl_buf_addf(&s->line, "%s%" PRIu64 " ", separator, o->failures[k]);
        say(s, tl_failure_name((enum tl_failure)k));
        separator = ", ";
    }
}

static void
say_figure(struct story *s, const struct tl_outage *o, const char *word, int64_t us)
{
    if (us == TL_UNKNOWN)
        return;
    say(s, s->line.n > 0 ? TL_STR(", ") : TL_STR(""));
    say(s, tl_str_from(word));
    show_span(&s->line, us, show_digits(o, us));
}

static void
say_figures(struct story *s, const struct tl_outage *o)
{
    say_figure(s, o, "at least ", o->min_us);
    say_figure(s, o, "observed ", o->observed_us);
    say_figure(s, o, "at most ", o->max_us);
    if (o->max_us == TL_UNKNOWN)
        say(s, s->line.n > 0 ? TL_STR(", no upper bound") : TL_STR("not known"));
    if (!o->continuous)
        say(s, TL_STR("; perhaps not one outage: part of it was not watched"));
    say_pair(s, "duration", TONE_STRONG);
    if (o->client_us != TL_UNKNOWN) {
        say(s, TL_STR("a client that retries like this loop was without service for at most "));
        show_span(&s->line, o->client_us, show_digits(o, o->client_us));
        say_pair(s, "client", TONE_PLAIN);
    }
    if (!o->fused.present)
        return;
    show_range(&s->line, (struct tl_span){o->fused.min, o->fused.max});
    say(s, o->fused.nassumes > 0 ? TL_STR(", assuming ") : TL_STR(", proven"));
    for (size_t i = 0; i < o->fused.nassumes; i++) {
        say(s, i > 0 ? TL_STR(", ") : TL_STR(""));
        say(s, o->fused.assumes[i]);
    }
    say_pair(s, "all evidence", TONE_PLAIN);
}

/* "host": the sentence that says how the endpoint was found. */
static struct tl_str
found_by(struct tl_str from)
{
    static const struct {
        struct tl_str from, word;
    } words[] = {{{"as", 2}, {"named with --as", 15}},
                 {{"host", 4}, {"from the host in the text", 25}},
                 {{"name", 4}, {"from the file's name", 20}},
                 {{"input", 5}, {"the input itself: no endpoint is named", 38}},
                 {{"document", 8}, {"from the document around it", 27}},
                 {{"log", 3}, {"as its log is named", 19}}};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (tl_str_eq(words[i].from, from))
            return words[i].word;
    return from;
}

/* What an outage is known by: a loop, or the server's own log. */
static void
say_loop(struct story *s, const struct tl_outage *o)
{
    if (is_own(o)) {
        say(s, TL_STR("what the server wrote of itself"));
    } else if (o->sleep_us == TL_UNKNOWN && !tl_str_eq(o->source, TL_STR("probe"))) {
        say(s, TL_STR("none: seen in a "));
        say(s, o->source);
        say(s, TL_STR("'s own rows"));
    } else if (o->sleep_us == TL_UNKNOWN) {
        say(s, TL_STR("its sleep is not known, so an attempt may have lasted until the next"));
    } else {
        say(s, TL_STR("sleeps "));
        show_span(&s->line, o->sleep_us, 3);
        say(s, TL_STR(" between attempts, which narrows the bounds"));
    }
    if (o->input < s->r->ninputs) {
        say(s, TL_STR(" ("));
        say(s, s->r->inputs[o->input].name);
        say(s, TL_STR(")"));
    }
    say_pair(s, is_own(o) ? "log" : "loop", TONE_PLAIN);
}

static void
say_basis(struct story *s, const struct tl_outage *o)
{
    say(s, o->endpoint);
    if (o->endpoint_from.n > 0) {
        say(s, TL_STR(", "));
        say(s, found_by(o->endpoint_from));
    }
    say_pair(s, is_own(o) ? "server" : "endpoint", TONE_PLAIN);
    say_loop(s, o);
}

static void
say_blind(struct story *s, const struct tl_outage *o)
{
    for (size_t i = 0; i < o->nblind && i < TOLD_MAX; i++) {
        show_period(&s->line, s->d->o->tz, stamp_of(o, o->blind[i].from),
                    stamp_of(o, o->blind[i].to));
        say_pair(s, i == 0 ? "not watched" : "", TONE_WARN);
    }
    if (o->nblind > TOLD_MAX) {
        tl_buf_addf(&s->line, "and %zu more spans", o->nblind - TOLD_MAX);
        say_pair(s, "", TONE_WARN);
    }
}

/* The four moments of an outage: of attempts, or of a server's own words. */
static void
say_points(struct story *s, const struct tl_outage *o)
{
    static const char *const keys[2][4] = {{"last ok", "first failure", "last failure", "first ok"},
                                           {"served until", "down from", "still down at", "ready"}};
    const char *const *key = keys[is_own(o)];
    struct tl_str before = is_own(o) ? TL_STR("not known: the log does not say")
                                     : TL_STR("none: the log begins within the outage");
    struct tl_str after = is_own(o) ? TL_STR("not known: no line says that it was ready again")
                                    : TL_STR("none: the log ends within the outage");

    say_point(s, key[0], o, o->last_ok, before, o->version_before);
    say_point(s, key[1], o, o->first_fail, TL_STR(""), TL_STR(""));
    say_point(s, key[2], o, o->last_fail, TL_STR(""), TL_STR(""));
    say_point(s, key[3], o, o->first_ok, after, o->version_after);
}

static void
tell_outage(struct story *s, const struct tl_outage *o, struct tl_str witness, unsigned level)
{
    struct tl_buf title;

    tl_buf_init(&title, s->line.max);
    if (o->region.n > 0) {
        tl_buf_add(&title, o->region);
        tl_buf_add(&title, TL_STR(", "));
    }
    word_endpoint(&title, o->endpoint);
    tl_buf_add(&title, witness);
    tl_buf_add(&title, TL_STR(": "));
    show_outage(&title, o);
    s->d->to->heading(s->d, level, tl_buf_str(&title));
    if (title.failed)
        s->d->out->failed = title.failed;
    tl_buf_free(&title);
    s->d->to->pairs(s->d, KEY_WIDTH);
    say_points(s, o);
    say_figures(s, o);
    if (o->attempts_failed > 0) {
        say_failures(s, o);
        say_pair(s, "failures", TONE_PLAIN);
    }
    say_blind(s, o);
    say_basis(s, o);
}

static const struct doc_column outage_columns[] = {
    {.title = {"first failure", 13}, .floor = 12},
    {.title = {"first ok", 8}, .floor = 12},
    {.title = {"at least", 8}, .right = true},
    {.title = {"observed", 8}, .right = true},
    {.title = {"at most", 7}, .right = true},
    {.title = {"region", 6}},
    {.title = {"endpoint", 8}, .floor = 12},
    {.title = {"failures", 8}, .below = true},
    {.title = {"by", 2}},
};

struct outage_rows {
    struct story *s;
    const struct tl_outage *o;
};

static void
span_cell(struct doc_row *row, size_t column, const struct tl_outage *o, int64_t us)
{
    if (us != TL_UNKNOWN)
        show_span(&row->text, us, show_digits(o, us));
    doc_cell_end(row, column, TONE_PLAIN);
}

static void
outage_row(const void *ctx, size_t i, struct doc_row *row)
{
    const struct outage_rows *c = ctx;
    const struct tl_outage *o = &c->o[i];
    const struct tl_zone *tz = c->s->d->o->tz;
    tl_time day = o->first_fail != TL_TIME_NONE ? o->first_fail
                  : o->last_ok != TL_TIME_NONE  ? o->last_ok
                                                : o->first_ok;

    if (day != TL_TIME_NONE) {
        show_date(&row->text, tz, day);
        doc_group_end(row);
    }
    if (o->first_fail != TL_TIME_NONE)
        show_moment(&row->text, tz, stamp_of(o, o->first_fail), day);
    doc_cell_end(row, 0, TONE_PLAIN);
    if (o->first_ok != TL_TIME_NONE)
        show_moment(&row->text, tz, stamp_of(o, o->first_ok), day);
    doc_cell_end(row, 1, TONE_PLAIN);
    span_cell(row, 2, o, o->min_us);
    span_cell(row, 3, o, o->observed_us);
    span_cell(row, 4, o, o->max_us);
    tl_buf_add(&row->text, o->region);
    doc_cell_end(row, 5, TONE_PLAIN);
    word_endpoint(&row->text, o->endpoint);
    doc_cell_end(row, 6, TONE_PLAIN);
    tl_buf_reset(&c->s->line);
    say_failures(c->s, o);
    tl_buf_add(&row->text, tl_buf_str(&c->s->line));
    tl_buf_reset(&c->s->line);
    doc_cell_end(row, 7, TONE_PLAIN);
    tl_buf_add(&row->text, is_own(o) ? TL_STR("its own log") : TL_STR(""));
    doc_cell_end(row, 8, TONE_PLAIN);
}

void
doc_outages(struct story *s, const char *title, const struct tl_outage *o, size_t n, unsigned level)
{
    struct outage_rows ctx = {s, o};
    const struct doc_table t = {outage_columns, sizeof(outage_columns) / sizeof(outage_columns[0]),
                                n, outage_row, &ctx};

    if (n == 0)
        return;
    say_heading(s, level, title);
    if (n > TOLD_MAX) {
        s->d->to->table(s->d, &t);
        return;
    }
    for (size_t i = 0; i < n; i++)
        tell_outage(s, &o[i], word_witness(&o[i], o, n), level + 1);
}

/* ---- tables ---- */

static void
text_cell(struct doc_row *row, size_t column, struct tl_str text)
{
    tl_buf_add(&row->text, text);
    doc_cell_end(row, column, TONE_PLAIN);
}

static void
number_cell(struct doc_row *row, size_t column, int64_t n)
{
    if (n != TL_UNKNOWN)
        tl_buf_addf(&row->text, "%" PRId64, n);
    doc_cell_end(row, column, TONE_PLAIN);
}

struct run_rows {
    const struct tl_run *run;
    const struct tl_zone *tz;
};

static const struct doc_column zdp_columns[] = {
    {.title = {"instance", 8}, .floor = 12},
    {.title = {"region", 6}},
    {.title = {"outcome", 7}, .floor = 9},
    {.title = {"took", 4}, .right = true},
    {.title = {"preserved", 9}, .right = true},
    {.title = {"dropped", 7}, .right = true},
    {.title = {"startup", 7}, .right = true},
    {.title = {"reason", 6}, .floor = 24, .below = true},
    {.title = {"when", 4}, .below = true},
};

static void
zdp_row(const void *ctx, size_t i, struct doc_row *row)
{
    static const char *const outcomes[] = {[TL_ZDP_UNKNOWN] = "not known",
                                           [TL_ZDP_FINISHED] = "finished",
                                           [TL_ZDP_FAILED] = "failed",
                                           [TL_ZDP_NOT_ATTEMPTED] = "not attempted"};
    const struct run_rows *c = ctx;
    const struct tl_zdp *z = &c->run->zdp[i];

    text_cell(row, 0, word_resource(z->resource, z->region));
    text_cell(row, 1, z->region);
    tl_buf_add(&row->text, tl_str_from(outcomes[(unsigned)z->outcome & 3]));
    doc_cell_end(row, 2,
                 z->outcome == TL_ZDP_FINISHED ? TONE_GOOD
                 : z->outcome == TL_ZDP_FAILED ? TONE_BAD
                                               : TONE_PLAIN);
    if (z->elapsed_ms != TL_UNKNOWN && z->elapsed_ms < INT64_MAX / TL_MS)
        show_span(&row->text, z->elapsed_ms * TL_MS, 3);
    doc_cell_end(row, 3, TONE_PLAIN);
    number_cell(row, 4, z->preserved);
    number_cell(row, 5, z->dropped);
    if (z->fast_startup_us != TL_UNKNOWN)
        show_span(&row->text, z->fast_startup_us, 3);
    doc_cell_end(row, 6, TONE_PLAIN);
    text_cell(row, 7, z->reason);
    if (z->began.at != TL_TIME_NONE && z->ended.at != TL_TIME_NONE)
        show_period(&row->text, c->tz, z->began, z->ended);
    else if (z->began.at != TL_TIME_NONE)
        show_stamp(&row->text, c->tz, z->began);
    doc_cell_end(row, 8, TONE_PLAIN);
}

static const struct doc_column phase_columns[] = {
    {.title = {"resource", 8}, .floor = 12},
    {.title = {"region", 6}},
    {.title = {"phase", 5}},
    {.title = {"began", 5}, .floor = 12},
    {.title = {"ended", 5}, .floor = 12},
    {.title = {"took", 4}, .right = true, .floor = 8},
};

/* A moment under the date of another; empty when it is not known. */
static void
moment_cell(struct doc_row *row, size_t column, const struct tl_zone *tz, struct tl_instant t,
            struct tl_instant group)
{
    if (t.at != TL_TIME_NONE)
        show_moment(&row->text, tz, t, group.at == TL_TIME_NONE ? TL_TIME_NONE : group.earliest);
    doc_cell_end(row, column, TONE_PLAIN);
}

static void
phase_row(const void *ctx, size_t i, struct doc_row *row)
{
    const struct run_rows *c = ctx;
    const struct tl_phase_span *p = &c->run->phases[i];

    if (p->began.at != TL_TIME_NONE) {
        show_date(&row->text, c->tz, p->began.earliest);
        doc_group_end(row);
    }
    text_cell(row, 0, word_resource(p->resource, p->region));
    text_cell(row, 1, p->region);
    tl_buf_add(&row->text, tl_phase_name(p->name));
    tl_buf_add(&row->text, p->inferred ? TL_STR(" (inferred)") : TL_STR(""));
    doc_cell_end(row, 2, TONE_PLAIN);
    moment_cell(row, 3, c->tz, p->began, p->began);
    moment_cell(row, 4, c->tz, p->ended, p->began);
    show_range(&row->text, p->seconds);
    doc_cell_end(row, 5, TONE_PLAIN);
}

static const struct doc_column version_columns[] = {
    {.title = {"resource", 8}, .floor = 12},
    {.title = {"region", 6}},
    {.title = {"from", 4}, .floor = 8},
    {.title = {"to", 2}, .floor = 8},
};

static void
version_row(const void *ctx, size_t i, struct doc_row *row)
{
    const struct run_rows *c = ctx;
    const struct tl_version_change *v = &c->run->versions[i];

    text_cell(row, 0, word_resource(v->resource, v->region));
    text_cell(row, 1, v->region);
    text_cell(row, 2, v->from);
    text_cell(row, 3, v->to);
}

static const struct doc_column parameter_columns[] = {
    {.title = {"resource", 8}, .floor = 12},  {.title = {"region", 6}},
    {.title = {"parameter", 9}, .floor = 12}, {.title = {"from", 4}, .floor = 8},
    {.title = {"to", 2}, .floor = 8},         {.title = {"times", 5}, .right = true},
};

static void
parameter_row(const void *ctx, size_t i, struct doc_row *row)
{
    const struct run_rows *c = ctx;
    const struct tl_parameter_change *p = &c->run->parameters[i];

    text_cell(row, 0, word_resource(p->resource, p->region));
    text_cell(row, 1, p->region);
    text_cell(row, 2, p->name);
    text_cell(row, 3, p->from);
    text_cell(row, 4, p->to);
    tl_buf_addf(&row->text, "%" PRIu64, p->count);
    doc_cell_end(row, 5, TONE_PLAIN);
}

static const struct doc_column silence_columns[] = {
    {.title = {"resource", 8}, .floor = 12},
    {.title = {"region", 6}},
    {.title = {"from", 4}, .floor = 12},
    {.title = {"to", 2}, .floor = 12},
    {.title = {"for", 3}, .right = true},
    {.title = {"during", 6}},
    {.title = {"expected", 8}, .floor = 12, .below = true},
};

static void
silence_row(const void *ctx, size_t i, struct doc_row *row)
{
    const struct run_rows *c = ctx;
    const struct tl_silence *s = &c->run->silences[i];

    show_date(&row->text, c->tz, s->from);
    doc_group_end(row);
    text_cell(row, 0, word_resource(s->resource, s->region));
    text_cell(row, 1, s->region);
    show_moment(&row->text, c->tz, tl_instant_of(s->from, TL_SECOND), s->from);
    doc_cell_end(row, 2, TONE_PLAIN);
    show_moment(&row->text, c->tz, tl_instant_of(s->to, TL_SECOND), s->from);
    doc_cell_end(row, 3, TONE_PLAIN);
    show_span(&row->text, s->to - s->from, 0);
    doc_cell_end(row, 4, TONE_WARN);
    text_cell(row, 5, tl_phase_name(s->during));
    tl_buf_add(&row->text, s->expected.n > 0 ? s->expected : s->until);
    doc_cell_end(row, 6, TONE_PLAIN);
}

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

void
doc_run_tables(struct story *s, const struct tl_run *run, unsigned level)
{
    struct run_rows ctx = {run, s->d->o->tz};
    const struct {
        const char *title;
        struct doc_table t;
    } chapters[] = {
        {"ZDP", {zdp_columns, COUNT(zdp_columns), run->nzdp, zdp_row, &ctx}},
        {"Phases", {phase_columns, COUNT(phase_columns), run->nphases, phase_row, &ctx}},
        {"Silences", {silence_columns, COUNT(silence_columns), run->nsilences, silence_row, &ctx}},
        {"Versions", {version_columns, COUNT(version_columns), run->nversions, version_row, &ctx}},
        {"Parameters",
         {parameter_columns, COUNT(parameter_columns), run->nparameters, parameter_row, &ctx}},
    };

    for (size_t i = 0; i < COUNT(chapters); i++) {
        if (chapters[i].t.nrows == 0)
            continue;
        say_heading(s, level, chapters[i].title);
        s->d->to->table(s->d, &chapters[i].t);
    }
}

/* ---- findings, the gravest first ---- */

static void
say_finding(struct story *s, const struct tl_finding *f)
{
    enum { ROWS_MAX = 10 };

    say(s, f->code);
    say(s, TL_STR(": "));
    say(s, f->text);
    if (f->nevents > 0)
        say(s, f->nevents == 1 ? TL_STR(" (row ") : TL_STR(" (rows "));
    for (size_t i = 0; i < f->nevents && i < ROWS_MAX; i++)
        tl_buf_addf(&s->line, "%s%" PRIu64, i > 0 ? ", " : "", (uint64_t)f->events[i] + 1);
    if (f->nevents > ROWS_MAX)
        tl_buf_addf(&s->line, " and %zu more", f->nevents - ROWS_MAX);
    say(s, f->nevents > 0 ? TL_STR(")") : TL_STR(""));
    s->d->to->pair(s->d, tl_severity_name(f->severity), tl_buf_str(&s->line),
                   tone_severity(f->severity));
    tl_buf_reset(&s->line);
    if (f->doc.n > 0) {
        say(s, f->doc);
        say_pair(s, "", TONE_DIM);
    }
}

void
doc_findings(struct story *s, const char *title, const struct tl_finding *f, size_t n,
             unsigned level)
{
    enum { SEVERITY_WIDTH = 8 };

    if (n == 0)
        return;
    say_heading(s, level, title);
    s->d->to->pairs(s->d, SEVERITY_WIDTH);
    for (int k = TL_SEVERITY_CRITICAL; k >= TL_SEVERITY_INFO; k--)
        for (size_t i = 0; i < n; i++)
            if ((int)f[i].severity == k)
                say_finding(s, &f[i]);
}
