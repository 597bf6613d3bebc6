#include "cli/evidence.h"
#include "cli/when.h"

enum { FLUSH_BYTES = 64 * 1024, MAX_ROWS = 64 * 1024 * 1024 };

struct stream {
    struct session *s;
    const struct tl_event_writer *writer;
    struct tl_buf rows; /* what has not been written yet */
    tl_time since, until;
    uint64_t n, left_out;
    enum tl_status failed; /* of a write; the sentence is in `error` */
    struct tl_error error;
};

static enum tl_status
no_format(struct tl_str name, struct tl_error *err)
{
    struct tl_buf names;

    tl_buf_init(&names, 300);
    for (const struct tl_event_writer *const *w = tl_event_writers; *w; w++)
        tl_buf_addf(&names, "%s%s", names.n > 0 ? ", " : "", (*w)->name);
    tl_fail(err, TL_EUSAGE, 0, "there is no format %.*s; events writes: %s",
            name.n > 60 ? 60 : TL_FMT(name), tl_buf_str(&names).p);
    tl_buf_free(&names);
    return TL_EUSAGE;
}

static void
flush(void *ctx)
{
    struct stream *t = ctx;

    if (t->rows.failed && !t->failed)
        t->failed = tl_fail(&t->error, t->rows.failed, 0, "out of memory while writing rows");
    if (!t->failed)
        t->failed = out_write(&t->s->out, tl_buf_str(&t->rows), &t->error);
    tl_buf_reset(&t->rows);
}

static bool
is_shown(struct stream *t, tl_time at)
{
    if (at == TL_TIME_NONE || ((t->since == TL_TIME_NONE || at >= t->since) &&
                               (t->until == TL_TIME_NONE || at <= t->until)))
        return true;
    t->left_out++;
    return false;
}

static enum tl_status
stream_input(struct stream *t, struct evidence *e, struct tl_error *err)
{
    const struct tl_event_writer *w = t->writer;
    enum tl_item item = TL_ITEM_EVENT;

    while (item != TL_ITEM_END && !t->failed && !t->s->out.closed) {
        struct tl_source *src = NULL;
        struct tl_event ev;
        enum tl_status st = evidence_item(e, &item, &ev, &src, err);

        if (st)
            return st;
        if (item == TL_ITEM_EVENT && is_shown(t, ev.when.at))
            w->event(&ev, ev.input.n > 0 ? ev.input : e->name, ++t->n, &t->s->render, &t->rows);
        else if (item == TL_ITEM_SOURCE && w->source)
            w->source(src, &t->rows);
        if (t->rows.n > FLUSH_BYTES)
            flush(t);
    }
    return TL_OK;
}

static enum tl_status
stream_all(struct stream *t, struct tl_error *err)
{
    enum tl_status st = TL_OK;
    struct evidence e;
    bool got = true;

    evidence_open(&e, t->s);
    e.before_read = flush; /* rows do not wait for a slow pipe */
    e.ctx = t;
    if (t->writer->head)
        t->writer->head(&t->s->render, &t->rows);
    while (!st && got && !t->failed && !t->s->out.closed) {
        st = evidence_next(&e, &got, err);
        if (!st && got)
            st = stream_input(t, &e, err);
    }
    evidence_close(&e);
    flush(t);
    if (!st && t->failed)
        st = tl_fail(err, t->failed, 0, "%s", t->error.msg);
    return st;
}

/* The newest moment of all inputs, by a first pass over them that says nothing. */
static enum tl_status
newest(struct session *s, tl_time *out, struct tl_error *err)
{
    enum tl_status st = TL_OK;
    struct evidence e;
    bool got = true;

    *out = TL_TIME_NONE;
    evidence_open(&e, s);
    e.silent = true;
    while (!st && got) {
        enum tl_item item = TL_ITEM_EVENT;

        st = evidence_next(&e, &got, err);
        while (!st && got && item != TL_ITEM_END) {
            struct tl_source *src = NULL;
            struct tl_event ev;

            st = evidence_item(&e, &item, &ev, &src, err);
            if (!st && item == TL_ITEM_EVENT && ev.when.at != TL_TIME_NONE &&
                (*out == TL_TIME_NONE || ev.when.at > *out))
                *out = ev.when.at;
        }
    }
    evidence_close(&e);
    return st;
}

static bool
reads_stdin(const struct session *s)
{
    for (size_t i = 0; i < s->o.noperands; i++)
        if (tl_str_eq(s->o.operands[i].text, TL_STR("-")))
            return true;
    return false;
}

static tl_time
later(tl_time a, tl_time b)
{
    return a == TL_TIME_NONE || (b != TL_TIME_NONE && b > a) ? b : a;
}

static tl_time
earlier(tl_time a, tl_time b)
{
    return a == TL_TIME_NONE || (b != TL_TIME_NONE && b < a) ? b : a;
}

/* Which rows are shown: --since and --until within --window. */
static enum tl_status
read_filter(struct stream *t, struct tl_error *err)
{
    struct session *s = t->s;
    struct when since, until;
    tl_time from, to, last = TL_TIME_NONE;
    enum tl_status st = when_read("since", s->o.since, s->zones, s->tz, &since, err);
    bool relative;

    if (!st)
        st = when_read("until", s->o.until, s->zones, s->tz, &until, err);
    if (!st)
        st = window_read(s->o.window, s->zones, s->tz, &from, &to, err);
    if (st)
        return st;
    relative = since.ago_us != TL_UNKNOWN || until.ago_us != TL_UNKNOWN;
    if (relative && reads_stdin(s))
        return tl_fail(err, TL_EUSAGE, 0,
                       "a time like -2h counts back from the newest record, which standard input "
                       "shows last: give a fixed time, or a file");
    if (relative)
        st = newest(s, &last, err);
    if (since.ago_us != TL_UNKNOWN && last != TL_TIME_NONE)
        since.at = last - since.ago_us;
    if (until.ago_us != TL_UNKNOWN && last != TL_TIME_NONE)
        until.at = last - until.ago_us;
    t->since = later(since.at, from);
    t->until = earlier(until.at, to);
    return st;
}

enum tl_status
cmd_events(struct session *s, struct tl_error *err)
{
    struct tl_str preset = s->terminal ? TL_STR("text") : TL_STR("ndjson"),
                  format = s->o.format.n > 0 ? s->o.format : preset;
    struct stream t = {.s = s, .writer = tl_event_writer_find(format)};
    enum tl_status st;

    if (!t.writer)
        return no_format(format, err);
    tl_buf_init(&t.rows, MAX_ROWS);
    st = session_rules(s, err);
    if (!st)
        st = read_filter(&t, err);
    if (!st)
        st = stream_all(&t, err);
    if (t.left_out > 0 && !s->out.closed)
        cli_note(s, "%llu rows were left out by --since, --until or --window",
                 (unsigned long long)t.left_out);
    tl_buf_free(&t.rows);
    return st;
}
