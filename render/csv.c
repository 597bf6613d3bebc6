/*
 * csv.c - the chronological table, and the stream of `events`, as RFC 4180: CRLF, quotes doubled.
 *
 * Spreadsheets take a cell that begins with one of = + - @, a tab or a line end for a formula: such
 * a cell gets an apostrophe in front (docs/json-schema.md, "CSV"). Control characters become
 * U+FFFD.
 */
#include <inttypes.h>
#include <string.h>

#include "core/names.h"
#include "render/clean.h"
#include "render/renderers.h"

static const char header[] = "n,run,at,earliest,latest,region,resource,label,kind,class,event_id,"
                             "severity,message,fields,input,line,twin_of,inferred\r\n";

/* '=', '+', '-', '@' and their full-width twins, tab, line ends. */
static bool
is_formula(struct tl_str s)
{
    static const struct tl_str wide[] = {
        {"\xef\xbc\x9d", 3}, {"\xef\xbc\x8b", 3}, {"\xef\xbc\x8d", 3}, {"\xef\xbc\xa0", 3}};

    if (s.n == 0)
        return false;
    for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
        if (tl_str_starts(s, wide[i]))
            return true;
    return s.p[0] != '\0' && strchr("=+-@\t\r\n", s.p[0]) != NULL;
}

static void
put_cell(struct tl_buf *out, struct tl_str s)
{
    bool quoted = false, formula = is_formula(s);

    if (!formula && clean_plain(s) == s.n && (s.n == 0 || !memchr(s.p, ',', s.n))) {
        tl_buf_add(out, s);
        tl_buf_add(out, TL_STR(","));
        return;
    }
    for (size_t i = 0; i < s.n && !quoted; i++)
        quoted = s.p[i] == '"' || s.p[i] == ',' || s.p[i] == '\r' || s.p[i] == '\n';
    tl_buf_add(out, quoted ? TL_STR("\"") : TL_STR(""));
    tl_buf_add(out, formula ? TL_STR("'") : TL_STR(""));
    while (s.n > 0) {
        int32_t cp;
        struct tl_str c = clean_next(&s, &cp);
        bool blank = cp == '\t' || cp == '\r' || cp == '\n';

        if (cp == CLEAN_BAD || (clean_hidden(cp) && !blank))
            c = TL_STR("\xef\xbf\xbd");
        tl_buf_add(out, cp == '"' ? TL_STR("\"\"") : c);
    }
    tl_buf_add(out, quoted ? TL_STR("\",") : TL_STR(","));
}

static void
put_number(struct tl_buf *out, int64_t n)
{
    if (n != TL_UNKNOWN)
        tl_buf_addf(out, "%" PRId64, n);
    tl_buf_add(out, TL_STR(","));
}

static void
put_moment(struct tl_buf *out, tl_time t)
{
    if (clean_dated(t))
        tl_time_print(out, t);
    tl_buf_add(out, TL_STR(","));
}

/* k=v; with a backslash before every ; and \ of a value. */
static void
put_value(struct tl_buf *b, struct tl_str name, struct tl_str value)
{
    tl_buf_add(b, name);
    tl_buf_add(b, TL_STR("="));
    for (size_t i = 0; i < value.n; i++) {
        if (value.p[i] == ';' || value.p[i] == '\\')
            tl_buf_add(b, TL_STR("\\"));
        tl_buf_add(b, (struct tl_str){value.p + i, 1});
    }
    tl_buf_add(b, TL_STR(";"));
}

static void
put_time_value(struct tl_buf *b, struct tl_str name, tl_time t)
{
    if (!clean_dated(t))
        return;
    tl_buf_add(b, name);
    tl_buf_add(b, TL_STR("="));
    tl_time_print(b, t);
    tl_buf_add(b, TL_STR(";"));
}

static void
put_attempt(struct tl_buf *b, const struct tl_attempt *a)
{
    put_time_value(b, TL_STR("start"), a->start);
    put_time_value(b, TL_STR("end"), a->end);
    put_value(b, TL_STR("outcome"), tl_failure_name(a->failure));
    if (a->version.n > 0)
        put_value(b, TL_STR("version"), a->version);
    if (a->access != TL_ACCESS_UNKNOWN)
        put_value(b, TL_STR("access"), tl_access_name(a->access));
}

static void
put_fields(struct tl_buf *out, const struct tl_event *ev)
{
    struct tl_buf b;

    tl_buf_init(&b, out->max);
    if (ev->attempt)
        put_attempt(&b, ev->attempt);
    for (size_t i = 0; i < ev->nfields; i++) {
        const struct tl_field *f = &ev->fields[i];

        if (f->type == TL_FIELD_TEXT)
            put_value(&b, f->name, f->text);
        else if (f->type == TL_FIELD_TIME)
            put_time_value(&b, f->name, f->number);
        else if (f->type == TL_FIELD_INT && f->number != TL_UNKNOWN) {
            tl_buf_add(&b, f->name);
            tl_buf_addf(&b, "=%" PRId64 ";", f->number);
        }
    }
    put_cell(out, tl_buf_str(&b));
    if (b.failed)
        out->failed = b.failed;
    tl_buf_free(&b);
}

struct place { /* what a report knows of a row and a stream does not */
    uint64_t n;
    struct tl_str run, input;
    uint32_t twin_of;
    bool inferred;
};

static void
put_row(struct tl_buf *out, const struct tl_event *ev, const struct place *at)
{
    const struct tl_ident *who = &ev->who;

    put_number(out, (int64_t)at->n);
    put_cell(out, at->run);
    put_moment(out, ev->when.at);
    put_moment(out, ev->when.earliest);
    put_moment(out, ev->when.latest);
    put_cell(out, who->region);
    put_cell(out, who->id.n > 0 ? who->id : who->label);
    put_cell(out, who->label.n > 0 ? who->label : who->id);
    put_cell(out, tl_kind_name(who->kind));
    put_cell(out, ev->cls);
    put_cell(out, ev->event_id);
    put_cell(out, tl_severity_name(ev->severity));
    put_cell(out, ev->message);
    put_fields(out, ev);
    put_cell(out, at->input);
    put_number(out, ev->line > 0 ? (int64_t)ev->line : TL_UNKNOWN);
    put_number(out, at->twin_of != TL_NO_INDEX ? (int64_t)at->twin_of + 1 : TL_UNKNOWN);
    tl_buf_add(out, at->inferred ? TL_STR("true\r\n") : TL_STR("false\r\n"));
}

static enum tl_status
csv_write(const struct tl_report *r, const struct tl_render_options *o, struct tl_buf *out,
          struct tl_error *err)
{
    const struct tl_str none = TL_STR("");

    tl_buf_add(out, tl_str_from(header));
    for (size_t i = 0; i < r->nrows && !out->failed; i++) {
        const struct tl_row *row = &r->rows[i];
        const struct place at = {i + 1, row->run < r->nruns ? r->runs[row->run].id : none,
                                 row->input < r->ninputs ? r->inputs[row->input].name : none,
                                 row->twin_of, row->inferred};

        put_row(out, &row->ev, &at);
        render_pour(o->sink, out);
    }
    return render_done(out, err);
}

static void
csv_head(const struct tl_render_options *o, struct tl_buf *out)
{
    (void)o;
    tl_buf_add(out, tl_str_from(header));
}

static void
csv_event(const struct tl_event *ev, struct tl_str input, uint64_t n,
          const struct tl_render_options *o, struct tl_buf *out)
{
    const struct place at = {n, TL_STR(""), input, TL_NO_INDEX, false};

    (void)o;
    put_row(out, ev, &at);
}

const struct tl_renderer renderer_csv = {
    .name = "csv", .help = "the chronological table for spreadsheets", .write = csv_write};
const struct tl_event_writer event_writer_csv = {
    .name = "csv", .head = csv_head, .event = csv_event, .source = NULL};
