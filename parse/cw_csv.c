/*
 * cw_csv.c - a CSV download of the console: of a query of Logs Insights, or of a search.
 *
 *   @timestamp,@message,@logStream          timestamp,message
 *   2024-01-01 00:00:00.123,"…",shop-1.0    1704067200123,"…"
 *
 * It becomes lines as `aws logs tail` prints them, or an export has them: as many as it has itself.
 */
#include <string.h>

#include "parse/cwlogs.h"

enum { RECORD_MAX = 1024 * 1024, STEP = 16 * 1024, MAX_COLUMNS = 64 };

/* The columns that count, from 0; a column that is not there: MAX_COLUMNS. */
struct columns {
    size_t time, message, stream, log;
};

struct cw_csv {
    struct feed from;
    struct columns columns;
    struct tl_buf line; /* made of the record at hand */
    size_t given;       /* of it */
    bool by_line;       /* a quote was never closed: lines are records from there on */
    struct tl_str fields[MAX_COLUMNS]; /* of the record at hand: as written */
};

/* Takes the next field off a record. */
static bool
next_field(struct tl_str *rest, struct tl_str *field)
{
    bool quoted = false;
    size_t n = 0;

    if (!rest->p)
        return false;
    for (; n < rest->n && (quoted || rest->p[n] != ','); n++)
        quoted ^= rest->p[n] == '"';
    *field = (struct tl_str){rest->p, n};
    *rest = n < rest->n ? tl_str_skip(*rest, n + 1) : (struct tl_str){NULL, 0};
    return true;
}

static struct tl_str
bare(struct tl_str s)
{
    s = tl_str_trim(s);
    return s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"' ? (struct tl_str){s.p + 1, s.n - 2} : s;
}

static bool
read_columns(struct tl_str head, struct columns *c)
{
    struct tl_str line, field;
    size_t n = 0;

    *c = (struct columns){MAX_COLUMNS, MAX_COLUMNS, MAX_COLUMNS, MAX_COLUMNS};
    if (!tl_str_line(&head, &line) || line.n > STEP)
        return false;
    for (; n < MAX_COLUMNS && next_field(&line, &field); n++) {
        struct tl_str name = bare(field);

        if (tl_str_eq(name, TL_STR("@message")) || tl_str_eq(name, TL_STR("message")))
            c->message = n;
        else if (tl_str_eq(name, TL_STR("@timestamp")) || tl_str_eq(name, TL_STR("timestamp")))
            c->time = n;
        else if (tl_str_eq(name, TL_STR("@logStream")) || tl_str_eq(name, TL_STR("logStreamName")))
            c->stream = n;
        else if (tl_str_eq(name, TL_STR("@log")))
            c->log = n;
    }
    return c->message < MAX_COLUMNS && c->time < MAX_COLUMNS;
}

bool
cw_csv_starts(struct tl_str head)
{
    struct columns c;

    return read_columns(head, &c);
}

/* ---- a record ---- */

/* Behind the record at the front of w, line end included; 0: it does not end in it. final: nothing
 * comes behind w. */
static size_t
record_end(struct tl_str w, bool by_line, bool final)
{
    bool quoted = false;

    for (size_t i = 0; i < w.n; i++) {
        quoted ^= w.p[i] == '"' && !by_line;
        if (w.p[i] == '\n' && !quoted)
            return i + 1;
    }
    return final && !quoted ? w.n : 0;
}

/* The next record, with its line end; empty: the end. A quote that is never closed makes lines of
 * all that follow. */
static struct tl_str
next_record(struct cw_csv *c)
{
    for (size_t want = STEP;; want *= 2) {
        struct tl_str w = feed_peek(&c->from, want);
        bool final = w.n < want;
        size_t end = record_end(w, c->by_line, final);

        if (end == 0 && !c->by_line && (final || want >= RECORD_MAX)) {
            c->by_line = true;
            end = record_end(w, true, final);
        }
        if (end > 0 || final || want >= RECORD_MAX)
            return (struct tl_str){w.p, end > 0 ? end : w.n};
    }
}

/* A field without its quotes. */
static void
put_field(struct tl_buf *b, struct tl_str s)
{
    if (s.n < 2 || s.p[0] != '"') {
        tl_buf_add(b, s);
        return;
    }
    s = (struct tl_str){s.p + 1, s.n - 1 - (s.p[s.n - 1] == '"')};
    while (s.n > 0) {
        const char *q = memchr(s.p, '"', s.n);
        size_t n = q ? (size_t)(q - s.p) + 1 : s.n;

        tl_buf_add(b, (struct tl_str){s.p, n});
        s = tl_str_skip(s, n);
        if (q && tl_str_starts(s, TL_STR("\"")))
            s = tl_str_skip(s, 1);
    }
}

/* "2024-01-01T00:00:00.123", of a number too. */
static bool
put_time(struct tl_buf *b, struct tl_str text)
{
    struct tl_buf iso;
    struct tl_stamp stamp;

    text = bare(text);
    if ((!tl_stamp_read(&text, NULL, &stamp) && !tl_stamp_epoch(&text, &stamp)) ||
        !cw_plausible(&stamp))
        return false;
    tl_buf_init(&iso, 64);
    tl_time_print(&iso, stamp.local - (stamp.zone == TL_ZONE_OFFSET ? stamp.offset_us : 0));
    tl_buf_add(b, (struct tl_str){iso.p, iso.n > 0 ? iso.n - 1 : 0});
    if (iso.failed)
        b->failed = iso.failed;
    tl_buf_free(&iso);
    return true;
}

static struct tl_str
field_of(const struct cw_csv *c, size_t column, size_t n)
{
    return column < n ? c->fields[column] : (struct tl_str){"", 0};
}

static void
make_line(struct cw_csv *c, struct tl_str record)
{
    struct tl_str rest = record, stream;
    size_t n = 0;

    while (rest.n > 0 && (rest.p[rest.n - 1] == '\n' || rest.p[rest.n - 1] == '\r'))
        rest.n--;
    while (n < MAX_COLUMNS && next_field(&rest, &c->fields[n]))
        n++;
    tl_buf_reset(&c->line);
    stream = bare(field_of(c, c->columns.stream, n));
    stream = stream.n > 0 ? stream : TL_STR("-");
    if (put_time(&c->line, field_of(c, c->columns.time, n))) {
        if (c->columns.stream < MAX_COLUMNS)
            tl_buf_addf(&c->line, "000+00:00 %.*s ", TL_FMT(stream));
        else
            tl_buf_add(&c->line, TL_STR("Z "));
    }
    put_field(&c->line, field_of(c, c->columns.message, n));
    if (record.p[record.n - 1] == '\n')
        tl_buf_add(&c->line, TL_STR("\n"));
    c->given = 0;
}

/* ---- as a stream ---- */

static enum tl_status
csv_read(void *ctx, char *buf, size_t cap, size_t *n, struct tl_error *err)
{
    struct cw_csv *c = ctx;
    struct tl_str record;

    if (c->given == c->line.n) {
        record = next_record(c);
        if (record.n == 0) {
            tl_buf_reset(&c->line);
            c->given = 0;
        } else {
            make_line(c, record);
            feed_skip(&c->from, record.n);
        }
    }
    if (c->line.failed == TL_ENOMEM)
        return tl_fail(err, TL_ENOMEM, 0, "no room for a line of a download");
    *n = c->line.n - c->given < cap ? c->line.n - c->given : cap;
    if (*n > 0)
        memcpy(buf, c->line.p + c->given, *n);
    c->given += *n;
    if (c->from.failed && err)
        *err = c->from.error;
    return c->from.failed;
}

static void
start(struct cw_csv *c, struct feed from)
{
    struct tl_str head;

    *c = (struct cw_csv){.from = from};
    tl_buf_init(&c->line, (size_t)2 * RECORD_MAX);
    head = feed_peek(&c->from, STEP);
    if (read_columns(head, &c->columns))
        feed_skip(&c->from, record_end(head, true, true));
    tl_buf_add(&c->line, TL_STR("\n")); /* for the names of the columns */
}

struct cw_csv *
cw_csv_open(struct tl_reader *r)
{
    struct cw_csv *c = tl_arena_alloc(&r->arena, sizeof(*c));
    uint64_t line = r->feed.line;

    if (!c)
        return NULL;
    start(c, r->feed);
    feed_init(&r->feed, (struct tl_stream){csv_read, c, c->from.stream.steady});
    r->feed.line = line;
    return c;
}

void
cw_csv_close(struct cw_csv *c)
{
    if (!c)
        return;
    tl_buf_free(&c->line);
    feed_free(&c->from);
}

size_t
cw_csv_head(struct tl_reader *r, struct tl_str head, char *buf, size_t cap)
{
    struct tl_memory m = {head};
    struct feed from;
    struct cw_csv c;
    size_t n = 0, got = 1;

    feed_init(&from, tl_stream_memory(&m));
    start(&c, from);
    while (n < cap && got > 0 && !csv_read(&c, buf + n, cap - n, &got, NULL))
        n += got;
    r->scratch.failed |= c.line.failed == TL_ENOMEM || c.from.failed == TL_ENOMEM;
    cw_csv_close(&c);
    return n;
}

struct tl_str
cw_csv_group(struct tl_str head)
{
    struct cw_csv c = {.given = 0};
    struct tl_str record, none = {"", 0};
    size_t n = 0;

    if (!read_columns(head, &c.columns))
        return none;
    record = tl_str_skip(head, record_end(head, true, true));
    while (n < MAX_COLUMNS && next_field(&record, &c.fields[n]))
        n++;
    return bare(field_of(&c, c.columns.log, n));
}
