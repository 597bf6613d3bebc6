/* Documents: which parts are read as what, what stands around them, and what the prose claims. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "parse/builtin.h"
#include "parse/page.h"
#include "read_text.h"

#define EU "orders.cluster-c0ffee123456.eu-west-1.rds.amazonaws.com"
#define US "orders.cluster-decaf1234567.us-west-2.rds.amazonaws.com"
#define PROSE                                                                                      \
    "On a quiet Saturday we moved the orders database to its next version, and kept notes of "     \
    "it.\n"

static struct tl_catalogue *
load_rules(void)
{
    struct tl_catalogue *c = NULL;

    for (const struct tl_builtin_rules *b = tl_builtin_rules; b->name; b++) {
        struct tl_str name = tl_str_from(b->name), text = {b->text, b->n};

        assert_int_equal(c ? tl_catalogue_add(c, name, text, NULL)
                           : tl_catalogue_load(name, text, &c, NULL),
                         TL_OK);
    }
    return c;
}

/* ---- durations and claims ---- */

static void
reads_durations(void **state)
{
    static const struct {
        const char *text;
        int64_t min_ms, max_ms; /* -1: none */
        size_t len;
    } cases[] = {
        {"11 seconds", 10500, 11500, 10},
        {"11-second outage", 10500, 11500, 9},
        {"1.5 sec", 1450, 1550, 7},
        {"2360 ms", 2360, 2361, 7},
        {"1,200 ms.", 1200, 1201, 8},
        {"65s", 64500, 65500, 3},
        {"1 minute 5 seconds", 64500, 65500, 18},
        {"1m5s", 64500, 65500, 4},
        {"1 min and 5 s", 64500, 65500, 13},
        {"2 minutes", 90000, 150000, 9},
        {"10-20 s", 10000, 20000, 7},
        {"10 to 20 seconds", 10000, 20000, 16},
        {"10 and 20 seconds", 10000, 20000, 17},
        {"30 s to 2 min", 30000, 120000, 13},
        {"11秒", 10500, 11500, 5},
        {"１１秒", 10500, 11500, 9},
        {"1分5秒", 64500, 65500, 8},
        {"10〜20秒", 10000, 20000, 10},
        {"half a second", 450, 550, 13},
        {"eleven seconds", 10500, 11500, 14},
        {"1 hour", 1800000, 5400000, 6},
        {"**11** seconds", -1, -1, 0}, /* the marks before a number are the caller's */
        {"11** seconds", 10500, 11500, 12},
        {"11", -1, -1, 0},
        {"11 connections", -1, -1, 0},
        {"11 sheep", -1, -1, 0},
        {"a second outage", -1, -1, 0},
        {"99999999999999999999 s", -1, -1, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct page_span s = {.len = 0};
        bool got = page_read_span(tl_str_from(cases[i].text), &s);

        if (got != (cases[i].min_ms >= 0) || s.len != cases[i].len)
            print_error("%s: %zu\n", cases[i].text, s.len);
        assert_int_equal(got, cases[i].min_ms >= 0);
        if (!got)
            continue;
        assert_int_equal(s.len, cases[i].len);
        assert_int_equal((s.min_us + 500) / 1000, cases[i].min_ms);
        assert_int_equal((s.max_us + 500) / 1000, cases[i].max_ms);
    }
}

static void
finds_claims(void **state)
{
    /* "MIN-MAX[@endpoint] " in milliseconds; "+" for no upper end */
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"There were about 11 seconds of downtime.", "9900-12100 "},
        {"Downtime was 1.5 sec.", "1450-1550 "},
        {"The outage lasted less than 2 seconds.", "0-2000 "},
        {"It was unavailable for ~65 s, then fine.", "58500-71500 "},
        {"The writer was unreachable between 10 and 20 seconds.", "10000-20000 "},
        {"The cluster was down for 1 minute 5 seconds.", "64500-65500 "},
        {"Connections were refused for more than half a minute.", "30000-+ "},
        {"We could not connect for **21** seconds.", "20500-21500 "},
        {"The downtime was\nabout 11\nseconds.", "9900-12100 "},
        {"Downtime: approx. 11 s. Nothing else broke.", "9900-12100 "},
        {"ダウンタイムは約1.5秒でした。", "1350-1650 "},
        {"接続断は30秒ほどです。", "27000-33000 "},
        {"停止時間は１１秒以内。", "0-11000 "},
        {"Downtime in eu-west-1 was about 11 seconds.", "9900-12100@eu-west-1 "},
        {"The outage of " US " took 3 s.", "2500-3500@" US " "},
        {"Downtime was 11 seconds in eu-west-1 and 1.5 seconds in us-west-2.",
         "10500-11500@eu-west-1 1450-1550@us-west-2 "},
        {"eu-west-1 was down for 11 seconds, us-west-2 for 1.5 seconds.",
         "10500-11500@eu-west-1 1450-1550@us-west-2 "},
        {"The Tokyo region had 11 seconds of downtime.", "10500-11500@ap-northeast-1 "},
        {"We asked every 0.5 s; the outage took 3 s.", "2500-3500 "},
        {"With a sleep of 0.5 seconds we saw 11 seconds of downtime.", "10500-11500 "},
        /* none */
        {"It was down for 4 seconds, not the 45 seconds that the pager said.", "3500-4500 "},
        {"The outage was 3 s rather than 30 s.", "2500-3500 "},
        {"The process took 2360 ms, 6 connections preserved, 0 connections dropped.", ""},
        {"The upgrade with zero downtime took 2360 ms.", ""},
        {"It has to be done within 30 days.", ""},
        {"There was no downtime in 30 seconds of watching.", ""},
        {"Downtime is typically 30 seconds.", ""},
        {"According to the documentation an outage may take 30 seconds.", ""},
        {"We had asked for a 30 minute window in case of an outage.", ""},
        {"The outage began 10 seconds after the start.", ""},
        {"The loop sleeps. sleep 0.5 s", ""},
        {"ダウンタイムは30秒程度の想定です。", ""},
        {"Downtime at 10:20:11 s", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct page_claim found[PAGE_CLAIMS];
        size_t n = page_claims(tl_str_from(cases[i].text), false, found);
        struct tl_buf b;

        tl_buf_init(&b, 4096);
        tl_buf_add(&b, TL_STR(""));
        for (size_t k = 0; k < n; k++) {
            tl_buf_addf(&b, "%lld-", (long long)(found[k].min_us / 1000));
            if (found[k].max_us == INT64_MAX / 2)
                tl_buf_add(&b, TL_STR("+"));
            else
                tl_buf_addf(&b, "%lld", (long long)(found[k].max_us / 1000));
            if (found[k].endpoint.n > 0)
                tl_buf_addf(&b, "@%.*s", TL_FMT(found[k].endpoint));
            tl_buf_add(&b, TL_STR(" "));
        }
        if (!tl_str_eq(tl_buf_str(&b), tl_str_from(cases[i].want)))
            print_error("%s\n", cases[i].text);
        assert_string_equal(b.p ? b.p : "", cases[i].want);
        tl_buf_free(&b);
    }
}

/* ---- documents ---- */

#define LOG_EU                                                                                     \
    "2026-05-02 01:00:00.100 16.3.2\n"                                                             \
    "2026-05-02 01:00:00.700 psql: error: connection to server at \"" EU                           \
    "\" (10.0.0.1), port 5432 failed: Connection refused\n"                                        \
    "\tIs the server running on that host and accepting TCP/IP connections?\n"                     \
    "2026-05-02 01:00:12.100 16.6.1\n"
#define LOG_QUIET "2026-05-02 02:00:00.100 16.3.2\n2026-05-02 02:00:00.700 16.3.2\n"

struct case_ {
    const char *text, *want, *hints;
    unsigned odd;
    const char *claims; /* "bN:ENDPOINT " of each; b-: no loop */
};
static const struct case_ documents[] = {
    /* a fence, a table, JSON, in the order of the text, each a block */
    {"# The move\n\n" PROSE "\n## Loop\n\n```\n" LOG_EU "```\n\n## Events\n\n"
     "| Date (JST) | Resource | Event |\n|---|---|---|\n"
     "| 2026-05-02 10:20 | eu-west-1 DB instance | DB instance shutdown |\n\n"
     "```json\n{\"Events\": [{\"SourceIdentifier\": \"orders-1\", \"SourceType\": "
     "\"db-instance\",\n \"Message\": \"DB instance restarted\", \"Date\": "
     "\"2026-05-02T01:00:09.500Z\"}]}\n```\n",
     "8 01:00:00.100 ok 16.3.2; 9 01:00:00.700 refused; 11 01:00:12.100 ok 16.6.1; "
     "b1 18 01:20:00.000 :instance.shutdown; b2 21 01:00:09.500 :instance.restarted; ",
     "endpoint=" EU "@host region=eu-west-1@host b1:tz=JST@table ", 0, ""},
    /* indented code, quoted mail, tickets, no fence at all */
    {PROSE "\n    2026-05-02 01:00:00 16.3.2\n    2026-05-02 01:00:01 16.6.1\n",
     "3 01:00:00.000 ok 16.3.2; 4 01:00:01.000 ok 16.6.1; ", "", 0, ""},
    {PROSE "\n> 2026-05-02 01:00:00 16.3.2\n> 2026-05-02 01:00:01 16.6.1\n",
     "3 01:00:00.000 ok 16.3.2; 4 01:00:01.000 ok 16.6.1; ", "", 0, ""},
    {PROSE "{noformat}\n2026-05-02 01:00:00 16.3.2\n2026-05-02 01:00:01 16.6.1\n{noformat}\n",
     "3 01:00:00.000 ok 16.3.2; 4 01:00:01.000 ok 16.6.1; ", "", 0, ""},
    {PROSE LOG_EU "As you see, it took its time, and then all was well again.\n",
     "2 01:00:00.100 ok 16.3.2; 3 01:00:00.700 refused; 5 01:00:12.100 ok 16.6.1; ",
     "endpoint=" EU "@host region=eu-west-1@host ", 0, ""},
    {"The move\n========\n\n" PROSE "\n" LOG_QUIET "\n" LOG_QUIET,
     "6 02:00:00.100 ok 16.3.2; 7 02:00:00.700 ok 16.3.2; 9 02:00:00.100 ok 16.3.2; "
     "10 02:00:00.700 ok 16.3.2; ",
     "", 1, ""}, /* an empty line does not part a log: its time goes back */
    /* the loop's source: the smallest sleep, for every loop; the region of heading or sentence */
    {"# The move\n\n" PROSE "\n```sh\nwhile :; do date; psql; sleep 2; done\n```\n"
     "```sh\n# sleep 0.1\nsleep 0.5\n```\n## eu-west-1\n\n```\n" LOG_QUIET "```\n"
     "## The other\n\nNow us-west-2:\n\n```\n" LOG_QUIET "```\n",
     "15 02:00:00.100 ok 16.3.2; 16 02:00:00.700 ok 16.3.2; b1 23 02:00:00.100 ok 16.3.2; "
     "b1 24 02:00:00.700 ok 16.3.2; ",
     "region=eu-west-1@document b1:region=us-west-2@document sleep=0.5@document "
     "b1:sleep=0.5@document ",
     0, ""},
    /* the host that the source asks */
    {"# The move\n\n" PROSE "\n```sh\npsql -h " US " -c 'select 1'\n```\n```\n" LOG_QUIET "```\n",
     "9 02:00:00.100 ok 16.3.2; 10 02:00:00.700 ok 16.3.2; ",
     "region=us-west-2@document endpoint=" US "@document ", 0, ""},
    /* what is said of zones, of tables and of logs */
    {"# The move\n\n" PROSE "\nThe timestamps of the log are JST.\n\n```\n" LOG_QUIET
     "```\n\nTimes in the table are in UTC.\n\n| Date | Event |\n|---|---|\n"
     "| 2026-05-02 10:20 | DB instance shutdown |\n",
     "8 17:00:00.100 ok 16.3.2; 9 17:00:00.700 ok 16.3.2; b1 16 10:20:00.000 "
     ":instance.shutdown; ",
     NULL, 0, ""},
    /* claims and the loops they are about */
    {"# The move\n\n" PROSE "\n## eu-west-1\n\nAbout 11 seconds of downtime here.\n\n```\n" LOG_EU
     "```\n\n## us-west-2\n\n```\n" LOG_QUIET "```\n\nDowntime was 1.5 sec.\n\n## Sum\n\n"
     "In eu-west-1 the downtime was 11 s.\nAn outage of 3 s in ap-south-1 we did not see.\n"
     "Some outage took 4 s.\n",
     "10 01:00:00.100 ok 16.3.2; 11 01:00:00.700 refused; 13 01:00:12.100 ok 16.6.1; "
     "b1 19 02:00:00.100 ok 16.3.2; b1 20 02:00:00.700 ok 16.3.2; ",
     NULL, 0, "7b0:eu-west-1 23b1:us-west-2 27b0:eu-west-1 28b-:ap-south-1 29b-: "},
    /* a list under a line that speaks of an outage */
    {"# The move\n\n" PROSE "\nDowntime by region:\n\n- eu-west-1: 11 s\n- us-west-2: 1.5 s\n\n"
     "Other things:\n\n- eu-west-1: 5 s of chatter\n\n```\n" LOG_EU "```\n",
     "15 01:00:00.100 ok 16.3.2; 16 01:00:00.700 refused; 18 01:00:12.100 ok 16.6.1; ", NULL, 0,
     "7b0:eu-west-1 8b-:us-west-2 "},
    /* somebody's notes are no loop; a foreign log is odd; a foreign table is not */
    {"# The move\n\n" PROSE "\n- 10:20 connection refused at last\n- 10:21 fine again\n\n"
     "| Size | Price |\n|---|---|\n| large | 3 |\n\n```\n"
     "2026-05-02 01:00:00,100 ERROR [pool] c.e.Shop - hello\n"
     "2026-05-02 01:00:01,100 ERROR [pool] c.e.Shop - hello\n"
     "2026-05-02 01:00:02,100 ERROR [pool] c.e.Shop - hello\n```\n\n```\n" LOG_QUIET "```\n",
     "19 02:00:00.100 ok 16.3.2; 20 02:00:00.700 ok 16.3.2; ", "", 1, ""},
    /* a server's log is a block like any other */
    {"# The move\n\n" PROSE "\n```\n"
     "2026-05-02 01:00:00 UTC [7] LOG:  shutting down\n2026-05-02 01:00:01 UTC [7] LOG:  hello\n"
     "2026-05-02 01:00:02 UTC [7] LOG:  database system is shut down\n```\n\n```\n" LOG_QUIET
     "```\n",
     "6 01:00:00.000 :log.shutdown-progress; 8 01:00:02.000 :log.shutdown; "
     "b1 12 02:00:00.100 ok 16.3.2; b1 13 02:00:00.700 ok 16.3.2; ",
     "", 0, ""},
    /* a fence that is never closed */
    {"# The move\n\n" PROSE "\n```\n" LOG_QUIET,
     "6 02:00:00.100 ok 16.3.2; 7 02:00:00.700 ok 16.3.2; ", "", 0, ""},
};

static void
say_claims(const struct tl_source *s, struct tl_buf *b)
{
    tl_buf_add(b, TL_STR(""));
    for (size_t i = 0; i < s->nclaims; i++) {
        const struct tl_claim *c = &s->claims[i];

        if (c->block == TL_NO_INDEX)
            tl_buf_addf(b, "%ub-:%.*s ", c->line, TL_FMT(c->endpoint));
        else
            tl_buf_addf(b, "%ub%u:%.*s ", c->line, c->block, TL_FMT(c->endpoint));
    }
}

static void
reads_documents(void **state)
{
    struct reading g = {.zones = NULL, .rules = load_rules()};

    (void)state;
    for (size_t i = 0; i < sizeof(documents) / sizeof(documents[0]); i++) {
        const struct case_ *c = &documents[i];
        struct tl_buf hints, claims;

        tl_buf_init(&hints, 1 << 16);
        tl_buf_init(&claims, 1 << 16);
        g.step = i % 2 ? 5 : 0;
        reading_open(&g, "notes.md", NULL, tl_str_from(c->text));
        assert_string_equal(tl_reader_format(g.r).p, "document");
        assert_string_equal(g.said.p ? g.said.p : "", c->want);
        say_hints(g.src, &hints);
        if (c->hints)
            assert_string_equal(hints.p ? hints.p : "", c->hints);
        say_claims(g.src, &claims);
        assert_string_equal(claims.p ? claims.p : "", c->claims);
        assert_int_equal(g.src->odd, c->odd);
        tl_buf_free(&hints);
        tl_buf_free(&claims);
        reading_close(&g);
    }
    tl_zones_free(g.zones);
    tl_catalogue_free(g.rules);
}

static void
counts_the_records_of_its_logs_once(void **state)
{
    struct reading g = {.zones = NULL, .rules = load_rules()};

    (void)state;
    reading_open(&g, "notes.md", NULL,
                 TL_STR("# The move\n\n" PROSE "\n```\n"
                        "2026-05-02 01:00:00 UTC [7] LOG:  shutting down\n"
                        "2026-05-02 01:00:01 UTC [7] LOG:  hello\n"
                        "2026-05-02 01:00:02 UTC [7] LOG:  database system is shut down\n```\n"));
    assert_string_equal(tl_reader_format(g.r).p, "document");
    assert_int_equal(g.src->records, 3);
    assert_int_equal(g.src->events, 2);
    reading_close(&g);
    tl_zones_free(g.zones);
    tl_catalogue_free(g.rules);
}

static void
takes_one_thing_for_what_it_is(void **state)
{
    static const struct {
        const char *text, *want;
    } cases[] = {
        {LOG_EU, "probe"},
        {"# a comment\n" LOG_EU, "probe"},
        {"$ ./probe.sh\n" LOG_EU, "probe"},
        {"| Date (JST) | Resource | Event |\n|---|---|---|\n"
         "| 2026-05-02 10:20 | eu-west-1 DB instance | DB instance shutdown |\n",
         "change-table"},
        {"All times JST.\n\n| Date | Resource | Event |\n|---|---|---|\n"
         "| 2026-05-02 10:20 | eu-west-1 DB instance | DB instance shutdown |\n",
         "change-table"},
        {"$ aws rds describe-events\n{\"Events\": [{\"SourceIdentifier\": \"orders-1\", "
         "\"SourceType\": \"db-instance\", \"Message\": \"DB instance restarted\", \"Date\": "
         "\"2026-05-02T01:00:09.500Z\"}]}\n",
         "rds-events"},
        {"Only a few words, which say nothing about anything that could be of interest here.\n",
         "unknown"},
        {"The downtime of the orders database was about 11 seconds, as far as anybody could "
         "tell.\n",
         "document"},
        {"2026-05-02 01:00:00 UTC [7] LOG:  hello\nA stack trace of many words follows here and "
         "it says that we were down for 5 s\n2026-05-02 01:00:01 UTC [7] LOG:  hello\n"
         "2026-05-02 01:00:02 UTC [7] LOG:  hello\n2026-05-02 01:00:03 UTC [7] LOG:  hello\n",
         "pg-stderr"},
    };
    struct reading g = {.zones = NULL, .rules = load_rules()};

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        reading_open(&g, "x", NULL, tl_str_from(cases[i].text));
        assert_string_equal(tl_reader_format(g.r).p, cases[i].want);
        reading_close(&g);
    }
    tl_zones_free(g.zones);
    tl_catalogue_free(g.rules);
}

/* The whole of the text reaches the readers, however many blocks; and what is too large is read as
 * the one thing it looks like. */
static void
keeps_its_limits(void **state)
{
    struct reading g = {.zones = NULL, .rules = load_rules()};
    struct tl_buf doc;

    (void)state;
    tl_buf_init(&doc, (size_t)1 << 26);
    tl_buf_add(&doc, TL_STR(PROSE));
    for (int i = 0; i < 300; i++)
        tl_buf_add(&doc, TL_STR("\n```\n" LOG_QUIET "```\n\nMore of it:\n"));
    reading_open(&g, "x", NULL, tl_buf_str(&doc));
    assert_int_equal(g.src->events, 600);
    assert_non_null(strstr(g.said.p, "b299 "));
    reading_close(&g);

    tl_buf_reset(&doc);
    tl_buf_add(&doc, TL_STR("# Notes\n\n" PROSE PROSE "\n"));
    for (int i = 0; doc.n <= (size_t)16 << 20; i++)
        tl_buf_addf(&doc, "2026-05-%02d %02d:%02d:%02d 16.3.2\n", 1 + i / 86400, i / 3600 % 24,
                    i / 60 % 60, i % 60);
    g.step = 0;
    reading_open(&g, "x", "document", tl_buf_str(&doc));
    assert_true(g.src->events > 500000);
    assert_true(g.src->odd >= 1);
    assert_string_equal(g.src->format.p, "probe");
    reading_close(&g);
    tl_buf_free(&doc);
    tl_zones_free(g.zones);
    tl_catalogue_free(g.rules);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_durations),
        cmocka_unit_test(finds_claims),
        cmocka_unit_test(reads_documents),
        cmocka_unit_test(counts_the_records_of_its_logs_once),
        cmocka_unit_test(takes_one_thing_for_what_it_is),
        cmocka_unit_test(keeps_its_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
