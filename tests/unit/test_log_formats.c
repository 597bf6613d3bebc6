/*
 * Every message that a rule of logs has as a sample, written into every format between ordinary
 * records: it is found, with its class, its line and its time, with the keys and without them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parse/builtin.h"
#include "parse/catalogue.h"

/* cmocka needs the headers above before its own. */
#include <cmocka.h>

enum { ROOM = 64 << 20, EVERY = 17 };

static struct tl_catalogue *catalogue;
static struct tl_zones *zones;

static int
set_up(void **state)
{
    (void)state;
    zones = tl_zones_new(TL_STR("/usr/share/zoneinfo"));
    for (const struct tl_builtin_rules *r = tl_builtin_rules; r->name; r++)
        assert_int_equal(tl_catalogue_add_known(&catalogue, tl_str_from(r->name),
                                                (struct tl_str){r->text, r->n}, NULL),
                         TL_OK);
    catalogue_index(catalogue);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    tl_catalogue_free(catalogue);
    tl_zones_free(zones);
    return 0;
}

/* ---- writing ---- */

/* Escapes as a format does: a quote becomes `quote`, a line end `newline`. */
static void
add_escaped(struct tl_buf *b, struct tl_str s, const char *quote, const char *newline)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"')
            tl_buf_add(b, tl_str_from(quote));
        else if (s.p[i] == '\n')
            tl_buf_add(b, tl_str_from(newline));
        else if (s.p[i] == '\\' && strcmp(quote, "\\\"") == 0)
            tl_buf_add(b, TL_STR("\\\\"));
        else
            tl_buf_add(b, (struct tl_str){s.p + i, 1});
    }
}

static void
write_stderr(struct tl_buf *b, unsigned second, struct tl_str message)
{
    tl_buf_addf(b, "2026-04-11 06:%02u:%02u UTC:10.0.0.1(4711):app@shop:[%u]:LOG:  ", second / 60,
                second % 60, 100 + second);
    add_escaped(b, message, "\"", "\n\t");
    tl_buf_add(b, TL_STR("\n"));
}

static void
write_csv(struct tl_buf *b, unsigned second, struct tl_str message)
{
    tl_buf_addf(b,
                "2026-04-11 06:%02u:%02u.000 UTC,\"app\",\"shop\",%u,\"10.0.0.1:4711\",69d9e0a1.64,"
                "3,\"idle\",2026-04-11 06:00:00 UTC,3/7,0,LOG,00000,\"",
                second / 60, second % 60, 100 + second);
    add_escaped(b, message, "\"\"", "\n");
    tl_buf_add(b, TL_STR("\",,,,,,,,,\"psql\",\"client backend\",,0\n"));
}

static void
write_json(struct tl_buf *b, unsigned second, struct tl_str message)
{
    tl_buf_addf(b,
                "{\"timestamp\":\"2026-04-11 06:%02u:%02u.000 UTC\",\"user\":\"app\",\"dbname\":"
                "\"shop\",\"pid\":%u,\"session_id\":\"69d9e0a1.64\",\"line_num\":3,"
                "\"error_severity\":\"LOG\",\"message\":\"",
                second / 60, second % 60, 100 + second);
    add_escaped(b, message, "\\\"", "\\n");
    tl_buf_add(b, TL_STR("\",\"backend_type\":\"client backend\",\"query_id\":0}\n"));
}

static void
write_mysql(struct tl_buf *b, unsigned second, struct tl_str message)
{
    tl_buf_addf(b, "2026-04-11T06:%02u:%02u.000000Z 0 [Note] [MY-010000] [Server] ", second / 60,
                second % 60);
    add_escaped(b, message, "\"", "\n");
    tl_buf_add(b, TL_STR("\n"));
}

/* Ordinary records; some hold the words of a rule where they say nothing. */
static const char *const noise[] = {
    "statement: SELECT 'database system is ready to accept connections'",
    "duration: 0.123 ms",
    "connection received: host=10.0.0.1 port=4711",
    "statement: INSERT INTO notes VALUES ('x\n2026-04-11 06:00:00 UTC,\"a\",\"b\"\nline')",
    "disconnection: session time: 0:00:00.010 user=app database=shop host=10.0.0.1 port=4711",
};

static const struct way {
    const char *format;
    struct tl_str source;
    void (*write)(struct tl_buf *b, unsigned second, struct tl_str message);
} ways[] = {
    {"pg-stderr", {"pg", 2}, write_stderr},
    {"pg-csvlog", {"pg", 2}, write_csv},
    {"pg-jsonlog", {"pg", 2}, write_json},
    {"mysql-error", {"mysql", 5}, write_mysql},
};

/* ---- samples ---- */

struct expected {
    struct tl_str cls, message;
    unsigned second;
};

static bool
names(const struct rule *r, struct tl_str source)
{
    for (size_t i = 0; i < r->nsources; i++)
        if (tl_str_eq(r->sources[i], source))
            return true;
    return false;
}

/* Writes all samples of the source between noise; returns what must come out. */
static size_t
write_log(const struct way *w, struct tl_buf *b, struct expected *out)
{
    size_t n = 0;
    unsigned second = 0;

    for (size_t i = 0; i < catalogue->n; i++) {
        if (!names(catalogue->rules[i], w->source))
            continue;
        for (const struct sample *s = catalogue->rules[i]->samples; s; s = s->next) {
            struct tl_match m;

            if (!s->want)
                continue;
            for (size_t k = 0; k < n % EVERY; k++)
                w->write(b, second, tl_str_from(noise[(n + k) % (sizeof(noise) / sizeof(*noise))]));
            second++;
            assert_true(classify_log(catalogue, w->source, s->text, &m));
            out[n++] = (struct expected){m.cls, s->text, second};
            w->write(b, second, s->text);
        }
    }
    assert_false(b->failed);
    return n;
}

/* ---- reading ---- */

/* A line for each event, then the counts. */
static size_t
read_log(const struct way *w, struct tl_str text, unsigned threads, const struct expected *want,
         struct tl_buf *out)
{
    struct tl_memory m = {text};
    struct tl_input in = {.name = TL_STR("x.log"),
                          .stream = tl_stream_memory(&m),
                          .hints = TL_HINTS_NONE,
                          .catalogue = catalogue,
                          .zones = zones,
                          .threads = threads};
    struct tl_reader *r = NULL;
    struct tl_source *src = NULL;
    enum tl_item item = TL_ITEM_EVENT;
    struct tl_event ev;
    size_t n = 0;

    assert_int_equal(tl_reader_open(&in, &r, NULL), TL_OK);
    assert_true(tl_str_eq(tl_reader_format(r), tl_str_from(w->format)));
    while (item != TL_ITEM_END) {
        assert_int_equal(tl_reader_next(r, &item, &ev, &src, NULL), TL_OK);
        if (item == TL_ITEM_EVENT) {
            tl_time at = (ev.when.at - 1775887200 * TL_SECOND) / TL_SECOND;

            if (want && (!tl_str_eq(ev.cls, want[n].cls) || at != (tl_time)want[n].second))
                fail_msg("%s: event %zu is %.*s at %lld, not %.*s at %u: %.*s", w->format, n,
                         TL_FMT(ev.cls), (long long)at, TL_FMT(want[n].cls), want[n].second,
                         TL_FMT(want[n].message));
            tl_buf_addf(out, "%u %.*s %lld %.*s\n", ev.line, TL_FMT(ev.cls), (long long)ev.when.at,
                        TL_FMT(ev.message));
            n++;
        } else if (item == TL_ITEM_SOURCE) {
            tl_buf_addf(out, "%llu records, %llu odd, %lld to %lld\n",
                        (unsigned long long)src->records, (unsigned long long)src->odd,
                        (long long)src->first, (long long)src->last);
            assert_int_equal(src->odd, 0);
        }
    }
    tl_reader_close(r);
    return n;
}

static void
every_sample_is_found_in_every_format(void **state)
{
    struct expected *want = calloc(4000, sizeof(*want));

    (void)state;
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        struct tl_buf text, keyed, plain;
        size_t n;

        tl_buf_init(&text, ROOM);
        tl_buf_init(&keyed, ROOM);
        tl_buf_init(&plain, ROOM);
        n = write_log(&ways[i], &text, want);
        assert_true(n > 50);
        assert_int_equal(read_log(&ways[i], tl_buf_str(&text), 1, want, &keyed), n);
        catalogue_plain(catalogue,
                        true); /* no keys, no words: every record is tried on every rule */
        assert_int_equal(read_log(&ways[i], tl_buf_str(&text), 2, NULL, &plain), n);
        catalogue_plain(catalogue, false);
        assert_string_equal(keyed.p, plain.p);
        tl_buf_free(&text);
        tl_buf_free(&keyed);
        tl_buf_free(&plain);
    }
    free(want);
}

/* CRLF, a byte-order mark, holes of NUL bytes, a blank line between records: the same events. */
static void
damage_that_is_no_damage(void **state)
{
    struct expected *want = calloc(4000, sizeof(*want));
    const struct way *w = &ways[0];
    struct tl_buf text, other, a, b;
    size_t n;

    (void)state;
    tl_buf_init(&text, ROOM);
    tl_buf_init(&other, ROOM);
    tl_buf_init(&a, ROOM);
    tl_buf_init(&b, ROOM);
    n = write_log(w, &text, want);
    tl_buf_add(&other, TL_STR("\xef\xbb\xbf"));
    for (size_t i = 0; i < text.n; i++) {
        bool hole = i > 0 && text.p[i - 1] == '\n' && i % 3 == 0;

        if (hole)
            tl_buf_add(&other, (struct tl_str){"\0\0\0\0\0", 5});
        if (text.p[i] == '\n')
            tl_buf_add(&other, TL_STR("\r"));
        tl_buf_add(&other, (struct tl_str){text.p + i, 1});
    }
    assert_int_equal(read_log(w, tl_buf_str(&text), 1, want, &a), n);
    assert_int_equal(read_log(w, tl_buf_str(&other), 1, want, &b), n);
    assert_string_equal(a.p, b.p);
    tl_buf_free(&text);
    tl_buf_free(&other);
    tl_buf_free(&a);
    tl_buf_free(&b);
    free(want);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sample_is_found_in_every_format),
        cmocka_unit_test(damage_that_is_no_damage),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
