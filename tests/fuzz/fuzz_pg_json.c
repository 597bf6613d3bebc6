/* Any bytes as a jsonlog, and as the texts of a record: what `look` takes for the message begins
 * the message that `split` reads, and no text forges, hides or damages a record. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "parse/log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct walk {
    struct tl_reader r;
    size_t records;
    struct tl_buf messages; /* each with a newline */
    const char *from, *message, *line_end;
};

/* The message as it stands begins what was read, as far as its first escape. */
static void
check_message(const struct walk *w, struct tl_str read)
{
    size_t i = 0;

    if (memchr(w->from, '\0', (size_t)(w->line_end - w->from)))
        return; /* forgiven where it is no part of a text: keys can hide behind it */
    for (const char *p = w->message; p < w->line_end && *p != '\\' && *p != '\0'; p++, i++) {
        if (*p == '"') {
            assert(i == read.n);
            break;
        }
        assert(i < read.n && read.p[i] == *p);
    }
}

static void
close_record(struct walk *w, const char *end)
{
    struct log_record rec;
    const char *why = NULL;

    if (!w->from)
        return;
    tl_arena_reset(&w->r.scratch);
    if (pg_json.split(&w->r, NULL, (struct tl_str){w->from, (size_t)(end - w->from)}, &rec, &why)) {
        check_message(w, rec.message);
        assert(rec.stamped && rec.nfields <= LOG_FIELDS_MAX);
        tl_buf_add(&w->messages, rec.message);
        tl_buf_add(&w->messages, TL_STR("\n"));
        w->records++;
    } else {
        assert(why && why[0]);
    }
    w->from = NULL;
}

static void
walk_log(struct walk *w, struct tl_str log)
{
    char *copy = malloc(log.n + LOG_PAD); /* no more behind it than is promised */
    const char *p = copy, *end = copy + log.n;

    assert(copy);
    memset(copy + log.n, '"', LOG_PAD);
    if (log.n > 0)
        memcpy(copy, log.p, log.n);
    w->records = 0;
    tl_buf_reset(&w->messages);
    while (p < end) {
        const char *lf = memchr(p, '\n', (size_t)(end - p)), *to = lf ? lf : end;
        const char *stop = to > p && to[-1] == '\r' ? to - 1 : to;
        struct log_look look = {0};
        enum log_line is = pg_json.look(NULL, p, stop, &look);

        assert(is == LOG_RECORD || is == LOG_MORE || is == LOG_BROKEN);
        if (is != LOG_MORE)
            close_record(w, p);
        if (is == LOG_RECORD) {
            assert(!look.stamp || (look.stamp > p && look.stamp_n >= 19));
            assert(!look.stamp || look.zone + look.zone_n < stop);
            assert(look.message > p && look.message <= stop);
            w->from = p;
            w->message = look.message;
            w->line_end = stop;
        }
        p = lf ? lf + 1 : end;
    }
    close_record(w, end);
    free(copy);
}

static void
add_quoted(struct tl_buf *b, struct tl_str s)
{
    tl_buf_add(b, TL_STR("\""));
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];

        if (c == '"' || c == '\\')
            tl_buf_addf(b, "\\%c", c);
        else if (c < ' ')
            tl_buf_addf(b, "\\u%04x", c);
        else
            tl_buf_add(b, (struct tl_str){s.p + i, 1});
    }
    tl_buf_add(b, TL_STR("\""));
}

/* A record with these texts between two others. */
static void
check_texts(struct walk *w, struct tl_str message, struct tl_str query)
{
    struct tl_str around = TL_STR("{\"timestamp\":\"2026-04-11 06:21:35.200 UTC\",\"pid\":7,"
                                  "\"error_severity\":\"LOG\",\"message\":\"ready\"}\n");
    struct tl_buf log, said;

    tl_buf_init(&log, (size_t)1 << 24);
    tl_buf_init(&said, (size_t)1 << 24);
    tl_buf_add(&log, around);
    tl_buf_add(&log, TL_STR("{\"timestamp\":\"2026-04-11 06:21:35.200 UTC\",\"user\":"));
    add_quoted(&log, query);
    tl_buf_add(&log, TL_STR(",\"error_severity\":\"ERROR\",\"message\":"));
    add_quoted(&log, message);
    tl_buf_add(&log, TL_STR(",\"statement\":"));
    add_quoted(&log, query);
    tl_buf_add(&log, TL_STR(",\"query_id\":0}\n"));
    tl_buf_add(&log, around);
    tl_buf_add(&said, TL_STR("ready\n"));
    tl_buf_add(&said, message);
    tl_buf_add(&said, TL_STR("\nready\n"));
    walk_log(w, tl_buf_str(&log));
    assert(w->records == 3);
    assert(tl_str_eq(tl_buf_str(&w->messages), tl_buf_str(&said)));
    tl_buf_free(&log);
    tl_buf_free(&said);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct tl_zones *zones;
    struct tl_str text = {(const char *)data, size};
    struct walk w = {.records = 0};

    if (!zones)
        zones = tl_zones_new(TL_STR("/usr/share/zoneinfo"));
    w.r.in.zones = zones;
    tl_arena_init(&w.r.scratch, (size_t)64 << 20);
    tl_buf_init(&w.messages, (size_t)64 << 20);
    walk_log(&w, text);
    if (size > 0 && !memchr(data, '\0', size)) { /* no text of the server holds one */
        size_t half = data[0] * size / 256;

        check_texts(&w, (struct tl_str){text.p, half}, tl_str_skip(text, half));
    }
    tl_arena_free(&w.r.scratch);
    tl_buf_free(&w.messages);
    return 0;
}
