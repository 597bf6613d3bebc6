/* The engine of the log formats: heads of rules, keys of messages, blocks of records. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parse/catalogue.h"
#include "parse/log_blocks.h"

/* cmocka needs the headers above before its own. */
#include <cmocka.h>

/* ---- heads ---- */

static const struct {
    const char *pattern, *heads; /* joined by '|'; NULL: none */
} head_cases[] = {
    {"^received fast", "received fast"},
    {"(?i)^Received (?:fast|smart) shutdown", "received fast shutdown|received smart shutdown"},
    {"^database system (?<x>is|was) shut", "database system is shut|database system was shut"},
    {"^(?:InnoDB: )?Starting crash", "innodb: starting crash|starting crash"},
    {"^too many connections for (?:role|database) \"[^\"]+\"", "too many connections for role \"|"
                                                               "too many connections for databas"},
    {"^redo (?:starts|done) at (?<lsn>\\S+)", "redo starts at |redo done at "},
    {"^process \\(PID (?<pid>\\d+)\\)", "process (pid "},
    {"^ready(?: to go)?$", "ready to go|ready"},
    {"^colou?r", "colour|color"},
    {"^abcde+f", "abcde"},
    {"^abcde*f", "abcde|abcdf"},
    {"^abcdx{2}", "abcd"},
    {"^abcd[xyz]", "abcd"},
    {"^(?:sorry|[a-z]+), too many", NULL},
    {"^(?:a|b)c", "ac|bc"},
    {"^(?:/[^ ]+/)?mysqld", "/|mysqld"},
    {"^(?:x*)", NULL},
    {"ready", NULL},
    {"^.*ready", NULL},
    {"^ready|done", NULL},
    {"^(?=x)ready", NULL},
    {"^ready\\Qx\\E", NULL},
    {"^\\d+ ready", NULL},
};

static void
heads_of_patterns(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(head_cases) / sizeof(head_cases[0]); i++) {
        struct rule_heads heads;
        bool some = rule_heads(tl_str_from(head_cases[i].pattern), &heads);
        char joined[2048] = "";

        for (size_t k = 0; some && k < heads.n; k++) {
            size_t n = strlen(joined);

            (void)snprintf(joined + n, sizeof(joined) - n, "%s%.*s", k ? "|" : "",
                           (int)heads.len[k], heads.text[k]);
        }
        if (!head_cases[i].heads && some)
            fail_msg("%s: has heads %s", head_cases[i].pattern, joined);
        if (head_cases[i].heads && strcmp(joined, head_cases[i].heads) != 0)
            fail_msg("%s: %s", head_cases[i].pattern, joined);
    }
}

/* ---- keys ---- */

static const char rules[] = "[log.ready]\n"
                            "source = pg\n"
                            "match = ^database system is ready\n"
                            "sample+ = database system is ready\n"
                            "[log.shutdown]\n"
                            "source = pg\n"
                            "match = (?i)^Out of (?:memory|\"disk\")\n"
                            "sample+ = out of memory\n"
                            "[log.auth-failed]\n"
                            "source = pg\n"
                            "match = ^no entry for\n"
                            "sample+ = no entry for\n"
                            "[log.start]\n"
                            "source = pg\n"
                            "match = ^(?:/[^ ]+/|zz)pg up\n"
                            "sample+ = /usr/pg up\n"
                            "[other.thing]\n"
                            "source = mysql\n"
                            "match = thing\n"
                            "sample+ = thing\n";

static const struct {
    const char *message;
    bool may;
} key_cases[] = {
    {"database system is ready to accept", true},
    {"DATABASE SYSTEM IS READY", true},
    {"database system is shut down", false},
    {"database  system is ready", true}, /* white space runs are one blank */
    {"database\tsystem is ready", true},
    {" database system is ready", true},
    {"database\\u0020system is ready", true},
    {"dat\xc2\xa0", true},
    {"\xe2\x80\x9cx", true},
    {"\"\"x", true},
    {"database system", true}, /* the next line may go on with it */
    {"da", true},
    {"out of \"\"disk\"\"", true},
    {"out of order", false},
    {"no entry for host", true},
    {"no  entry for host", true},
    {"a  no entry", true}, /* who knows */
    {"no rows", false},
    {"the  rows", false},
    {"statement: select 1", false},
    {"duration: 1 ms", false},
    {"/opt/pg up", true}, /* short heads: by the first byte */
    {"ZZpg up", true},
    {"xxpg up", false},
    {"thing", false}, /* of another source */
};

static struct tl_catalogue *
catalogue(void)
{
    struct tl_catalogue *c = NULL;
    struct tl_error err;

    assert_int_equal(
        tl_catalogue_load(TL_STR("t"), (struct tl_str){rules, sizeof(rules) - 1}, &c, &err), TL_OK);
    return c;
}

static void
keys_of_messages(void **state)
{
    struct tl_catalogue *c = catalogue();
    const struct log_keys *k = log_keys_of(c, TL_STR("pg"));

    (void)state;
    for (size_t i = 0; i < sizeof(key_cases) / sizeof(key_cases[0]); i++) {
        char line[128] = {0};
        size_t n = strlen(key_cases[i].message);

        memcpy(line, key_cases[i].message, n);
        if (log_keys_may(k, line, line + n) != key_cases[i].may)
            fail_msg("'%s' is not %d", key_cases[i].message, key_cases[i].may);
    }
    k = log_keys_of(c, TL_STR("mysql")); /* its rule may begin anywhere */
    assert_true(log_keys_may(k, key_cases[2].message, key_cases[2].message + 8));
    tl_catalogue_free(c);
}

static void
a_message_is_classified_by_its_source_only(void **state)
{
    struct tl_catalogue *c = catalogue();
    struct tl_match m;

    (void)state;
    assert_true(classify_log(c, TL_STR("pg"), TL_STR("database \n system is ready"), &m));
    assert_true(tl_str_eq(m.cls, TL_STR("log.ready")));
    assert_false(classify_log(c, TL_STR("pg"), TL_STR("a thing"), &m));
    assert_true(classify_log(c, TL_STR("mysql"), TL_STR("a thing"), &m));
    tl_catalogue_free(c);
}

/* ---- blocks: a toy dialect of lines "@NNNNNN Z message" ---- */

static enum log_line
toy_look(const void *state, const char *p, const char *end, struct log_look *out)
{
    (void)state;
    if (end - p >= 2 && p[0] == '@' && p[1] == '!')
        return LOG_BROKEN;
    if (end - p < 10 || p[0] != '@')
        return LOG_MORE;
    *out = (struct log_look){
        .stamp = p + 1, .stamp_n = 6, .zone = p + 8, .zone_n = 1, .message = p + 10};
    return LOG_RECORD;
}

static const struct log_dialect toy = {.name = "toy", .source = {"pg", 2}, .look = toy_look};

struct pipe {
    struct tl_str rest;
    size_t most; /* bytes of one read; 0: what is asked for */
    uint32_t seed;
};

static enum tl_status
pipe_read(void *ctx, char *buf, size_t cap, size_t *n, struct tl_error *err)
{
    struct pipe *p = ctx;
    size_t most = cap;

    (void)err;
    if (p->most > 0) {
        p->seed = p->seed * 1664525u + 1013904223u;
        most = 1 + p->seed % p->most;
    }
    *n = most < cap ? most : cap;
    *n = *n < p->rest.n ? *n : p->rest.n;
    memcpy(buf, p->rest.p, *n);
    p->rest = tl_str_skip(p->rest, *n);
    return TL_OK;
}

/* What the blocks say, as text: hits with their lines, then the counts and the times. */
static void
walk(struct tl_str text, bool steady, size_t most, unsigned threads, struct tl_buf *out)
{
    struct tl_catalogue *c = catalogue();
    const struct log_keys *keys = log_keys_of(c, TL_STR("pg"));
    struct pipe p = {text, most, 1};
    struct feed f;
    struct log_blocks *lb;
    const struct log_block *b;
    uint64_t lines = 0, records = 0, broken = 0, cut = 0;
    char least[8] = "", mostly[8] = "";

    feed_init(&f, (struct tl_stream){pipe_read, &p, steady});
    (void)feed_peek(&f, HEAD_SIZE);
    lb = log_blocks_new(&f, &toy, NULL, keys, threads);
    while ((b = log_blocks_next(lb)) != NULL) {
        for (size_t i = 0; i < b->nhits; i++) {
            size_t end = log_line_end(b->buf, b->hits[i].at, b->n);

            end = end < b->hits[i].at + 40 ? end : b->hits[i].at + 40;
            tl_buf_addf(out, "%llu:%.*s", (unsigned long long)(lines + b->hits[i].line + 1),
                        (int)(end - b->hits[i].at), b->buf + b->hits[i].at);
        }
        for (size_t i = 0; i < b->nzones; i++) {
            const struct log_zone *z = &b->zones[i];

            if (!*least || memcmp(z->least.p, least, 6) < 0)
                memcpy(least, z->least.p, 6);
            if (!*mostly || memcmp(z->most.p, mostly, 6) > 0)
                memcpy(mostly, z->most.p, 6);
        }
        lines += b->lines;
        records += b->records;
        broken += b->broken;
        cut += b->cut;
    }
    tl_buf_addf(out, "\n%llu lines, %llu records, %llu broken, %llu cut, %s to %s\n",
                (unsigned long long)lines, (unsigned long long)records, (unsigned long long)broken,
                (unsigned long long)cut, least, mostly);
    log_blocks_free(lb);
    feed_free(&f);
    tl_catalogue_free(c);
}

static struct tl_str
big_log(size_t records)
{
    size_t cap = records * 160 + 3 * (size_t)LOG_BLOCK, n = 0;
    char *p = malloc(cap);

    assert_non_null(p);
    for (size_t i = 0; i < records; i++) {
        n += (size_t)snprintf(p + n, cap - n, "@%06zu Z %s %zu%s\n", i,
                              i % 5000 == 77 ? "database system is ready" : "duration:", i,
                              i % 3 == 0 ? "\r" : "");
        if (i % 7 == 0)
            n += (size_t)snprintf(p + n, cap - n, "\tmore of it\n\tdatabase system is ready\n");
        if (i % 9999 == 5)
            n += (size_t)snprintf(p + n, cap - n, "@! damaged\n");
        if (i == records / 2) { /* a line longer than two blocks */
            memset(p + n, 'x', 2 * (size_t)LOG_BLOCK + 1234);
            n += 2 * (size_t)LOG_BLOCK + 1234;
            p[n++] = '\n';
        }
    }
    return (struct tl_str){p, n};
}

static void
blocks_do_not_depend_on_reads_or_threads(void **state)
{
    static const struct {
        bool steady;
        size_t most;
        unsigned threads;
    } ways[] = {{true, 0, 1},      {true, 0, 2},      {true, 0, 4},       {true, 70000, 3},
                {false, 70000, 1}, {false, 70000, 4}, {false, 3000000, 2}};
    struct tl_str text = big_log(60000);
    struct tl_buf first, other;

    (void)state;
    tl_buf_init(&first, 1 << 20);
    walk(text, true, 0, 1, &first);
    assert_non_null(strstr(first.p, "59"));
    assert_non_null(strstr(first.p, "60000 records, 7 broken, 1 cut, 000000 to 059999"));
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        tl_buf_init(&other, 1 << 20);
        walk(text, ways[i].steady, ways[i].most, ways[i].threads, &other);
        assert_string_equal(first.p, other.p);
        tl_buf_free(&other);
    }
    tl_buf_free(&first);
    free((char *)(uintptr_t)text.p);
}

static void
edges_of_a_log(void **state)
{
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"", "\n0 lines, 0 records, 0 broken, 0 cut,  to \n"},
        {"@000001 Z database system is ready",
         "1:@000001 Z database system is ready\n1 lines, 1 records, 0 broken, 0 cut, 000001 to "
         "000001\n"},
        {"x\n\n@000002 Z database system is ready\n@000001 Z x y z\n",
         "3:@000002 Z database system is ready\n\n4 lines, 2 records, 0 broken, 0 cut, 000001 to "
         "000002\n"},
        {"\n\n\n", "\n3 lines, 0 records, 0 broken, 0 cut,  to \n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct tl_buf out;

        tl_buf_init(&out, 4096);
        walk(tl_str_from(cases[i].text), true, 0, 2, &out);
        assert_string_equal(out.p, cases[i].want);
        tl_buf_free(&out);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heads_of_patterns),
        cmocka_unit_test(keys_of_messages),
        cmocka_unit_test(a_message_is_classified_by_its_source_only),
        cmocka_unit_test(blocks_do_not_depend_on_reads_or_threads),
        cmocka_unit_test(edges_of_a_log),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
