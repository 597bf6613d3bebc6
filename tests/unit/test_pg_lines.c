/* Blocks of PostgreSQL's stderr log: looked through at once or line by line, the same is found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parse/builtin.h"
#include "parse/catalogue.h"
#include "parse/log_blocks.h"
#include "parse/pg_prefix.h"

/* cmocka needs the headers above before its own. */
#include <cmocka.h>

static struct tl_catalogue *catalogue;

static int
read_rules(void **state)
{
    (void)state;
    for (const struct tl_builtin_rules *r = tl_builtin_rules; r->name; r++)
        if (tl_catalogue_add_known(&catalogue, tl_str_from(r->name), (struct tl_str){r->text, r->n},
                                   NULL))
            return -1;
    return catalogue ? 0 : -1;
}

static int
drop_rules(void **state)
{
    (void)state;
    tl_catalogue_free(catalogue);
    return 0;
}

/* All that a reader of blocks is told. */
static void
walk(const struct log_dialect *d, const struct pg_state *s, struct tl_str text, struct tl_buf *out)
{
    const struct log_keys *keys = log_keys_of(catalogue, TL_STR("pg"));
    struct tl_memory m = {text};
    struct tl_stream stream = tl_stream_memory(&m);
    const struct log_block *b;
    struct log_blocks *lb;
    struct feed f;

    stream.steady = true;
    feed_init(&f, stream);
    lb = log_blocks_new(&f, d, s, keys, 1);
    assert_true(keys && lb);
    while ((b = log_blocks_next(lb)) != NULL) {
        tl_buf_addf(out, "%zu bytes, %u lines, %u records, last %u %u, %u broken\n", b->n,
                    (unsigned)b->lines, (unsigned)b->records, b->records ? b->last_at : 0,
                    b->records ? b->last_line : 0, (unsigned)b->broken);
        for (size_t i = 0; i < b->nhits; i++)
            tl_buf_addf(out, "hit %u %u\n", b->hits[i].at, b->hits[i].line);
        for (size_t i = 0; i < b->nzones; i++) {
            const struct log_zone *z = &b->zones[i];

            tl_buf_addf(out, "%.*s %.*s %u %u, %.*s %u %u\n", TL_FMT(z->zone), TL_FMT(z->least),
                        z->least_at, z->least_line, TL_FMT(z->most), z->most_at, z->most_line);
        }
    }
    log_blocks_free(lb);
    feed_free(&f);
}

static uint32_t seed;

static uint32_t
next(uint32_t n)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % n;
}

#define PICK(list) list[next(sizeof(list) / sizeof(*(list)))]

static const char *const times[] = {"2026-04-11 06:21:35",     "2026-04-11 06:21:35",
                                    "2026-04-11 06:21:36",     "2026-04-11 06:21:34",
                                    "2026-04-11 06:21:35.200", "2026-04-11 06:21:35.201",
                                    "2026-04-11 6:21:35",      "2026-04-11 06:21:35.20",
                                    "2026-04-11T06:21:35",     "2026-04-11 06:21:35.2001"};
static const char *const zones[] = {" UTC", " UTC", " UTC", " JST", " CEST",    " +03",
                                    " U",   " utc", "",     " A",   " ABCDEFGH"};
static const char *const ids[] = {
    ":10.0.0.1(4321):user@db:[123]:",
    ":[local]:[unknown]@[unknown]:[7695]:",
    "::@:[7]:",
    ":10.0.0.1(4321):user@a: b:[123]:",
    " [123] ",
    " [123]: ",
    ":",
    "",
    ":host-with-a-name-that-is-longer-than-anybody-would-think-of.example.com(4321):u@d:[1]:",
};
static const char *const tags[] = {"LOG:  ",    "LOG:  ",   "LOG:  ",       "LOG: ",   "LOG:",
                                   "FATAL:  ",  "ERROR:  ", "DETAIL:  ",    "HINT:  ", "XLOG:  ",
                                   "DEBUG1:  ", "NOTE:  ",  "STATEMENT:  ", "LOG:   ", "log:  "};
static const char *const messages[] = {
    "duration: 0.457 ms",
    "statement: select 1: 2",
    "statement: LOG:  database system is ready to accept connections",
    "database system is ready to accept connections",
    "Database System is shut down",
    "database",
    "57P01: terminating connection due to administrator command",
    "57P01:  x",
    "received fast shutdown request",
    "\xe3\x83\x87\xe3\x83\xbc\xe3\x82\xbf",
    "data\\base",
    "stats collector process (PID 7) was terminated by signal 9: Killed",
    "statistics of something else",
    "  database system is ready to accept connections",
    "/usr/bin/postgres: no",
    "",
    "x",
    "zdp",
    "execute <unnamed>: insert into t values (1, 'a rather long text, longer than what is looked "
    "at in one "
    "go, so that its end has to be looked for, and so on, and so on, until it is longer than "
    "that')",
};
static const char *const ends[] = {
    "\n", "\n", "\n", "\n", "\r\n", "\n\n", "\n\tand more: LOG:  x\n", "\n\t\n"};
static const char *const others[] = {
    "a line of a shell script\n",
    "\t\n",
    "\n",
    "LOG:  database system is ready\n",
    "waiting for server to start....",
    "\xef\xbb\xbf",
    "..",
    "\r\n",
    "2026-04-11 06:21:35 UTC\n",
    "2026-04-11 06:21:35 UTC,\"u\",\"d\",1,\"[local]\",1.1,1,\"x\",2026-04-11 06:21:35 "
    "UTC,1/1,0,LOG,0,\"x\"\n",
    "2026-04-11 06:21:35 UTC:10.0.0.1(1):u@d:[12]",
    "2026-04-11 06:21:35 UTC:10.0.0.1(1):u@d:[12\n"};

static void
add_line(struct tl_buf *b, const char *id)
{
    if (next(9) == 0) {
        tl_buf_add(b, tl_str_from(PICK(others)));
        return;
    }
    for (uint32_t n = next(40) == 0 ? next(40) : 0; n > 0; n--)
        tl_buf_add(b, (struct tl_str){"", 1}); /* a hole */
    tl_buf_addf(b, "%s%s%s%s%s%s", PICK(times), PICK(zones), next(5) ? id : PICK(ids), PICK(tags),
                PICK(messages), PICK(ends));
}

static const struct pg_shape shapes[] = {
    {.clock = PG_CLOCK_ISO, .after = ':', .end = ':'},
    {.clock = PG_CLOCK_ISO, .after = ' ', .end = ' '},
    {.clock = PG_CLOCK_ISO, .end = PG_END_MARK},
    {.clock = PG_CLOCK_ISO, .end = PG_END_ANY},
    {.clock = PG_CLOCK_ISO, .after = ':', .end = PG_END_START},
    {.clock = PG_CLOCK_NONE, .end = PG_END_START},
    {.clock = PG_CLOCK_ISO, .floating = true, .end = ' '},
    {.clock = PG_CLOCK_ISO, .nlead = 1, .lead = "\t", .end = ':'},
};

static void
at_once_is_line_by_line(void **state)
{
    struct log_dialect plain = pg_stderr;
    enum { NSHAPES = sizeof(shapes) / sizeof(shapes[0]) };
    size_t hits = 0;

    (void)state;
    plain.scan = NULL;
    for (uint32_t round = 0; round < 1500; round++) {
        struct pg_state s = {.nshapes = 1 + (round % 3 == 0)};
        struct tl_buf text, one, two;
        const char *id;

        seed = round;
        s.shapes[0] = shapes[round % 5];
        s.shapes[1] = shapes[next(NSHAPES)];
        s.twice = round % 17 == 0;
        id = PICK(ids);
        tl_buf_init(&text, 32 << 20);
        tl_buf_init(&one, 32 << 20);
        tl_buf_init(&two, 32 << 20);
        for (uint32_t n = 1 + next(round % 50 == 0 ? 20000 : 60); n > 0; n--)
            add_line(&text, id);
        if (round % 4 == 0)
            tl_buf_add(&text,
                       TL_STR("2026-04-11 06:21:35 UTC::@:[7]:LOG:  database system is shu"));
        walk(&pg_stderr, &s, tl_buf_str(&text), &one);
        walk(&plain, &s, tl_buf_str(&text), &two);
        assert_false(text.failed || one.failed || two.failed);
        if (!tl_str_eq(tl_buf_str(&one), tl_buf_str(&two)))
            fail_msg("round %u: at once\n%.*sline by line\n%.*s", round, TL_FMT(tl_buf_str(&one)),
                     TL_FMT(tl_buf_str(&two)));
        hits += tl_str_find(tl_buf_str(&one), TL_STR("hit ")) < tl_buf_str(&one).n;
        tl_buf_free(&text);
        tl_buf_free(&one);
        tl_buf_free(&two);
    }
    assert_true(hits > 500);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(at_once_is_line_by_line)};

    return cmocka_run_group_tests(tests, read_rules, drop_rules);
}
