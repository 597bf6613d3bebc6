/* jsonlog: what lines say, as the server writes them and as others pass them on, and that no text
 * in a record can forge or damage another. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "log_walk.h"

#include "log_hostile.h"

#define T      "{\"timestamp\":\"2026-04-11 06:21:35.200 UTC\""
#define NOBODY T ",\"pid\":77,\"session_id\":\"6b0336a7.62e\",\"error_severity\":\"LOG\""
#define READY  NOBODY ",\"message\":\"ready\",\"backend_type\":\"postmaster\",\"query_id\":0}"
#define BOB                                                                                        \
    T ",\"user\":\"bob\",\"dbname\":\"shop\",\"pid\":77,\"remote_host\":\"10.0.0.7\","             \
      "\"remote_port\":5432,\"session_id\":\"6b0336a7.62e\",\"ps\":\"SELECT\","                    \
      "\"error_severity\":\"ERROR\",\"state_code\":\"22012\""
#define TIME "2026-04-11T06:21:35.200Z"
#define CUT  "!the record is cut in its middle, or damaged\n"
/* what a collector makes of a line: the object as a text in another one */
#define TEXTED                                                                                     \
    "{\\\"timestamp\\\":\\\"2026-04-11 06:21:35.200 UTC\\\",\\\"pid\\\":77,"                       \
    "\\\"error_severity\\\":\\\"LOG\\\",\\\"message\\\":\\\"a \\\\\\\"b\\\\\\\" c\\\"}"

static void
reads_records(void **state)
{
    static const struct {
        const char *log, *said;
    } cases[] = {
        {"", ""},
        {"\n  \n\r\n", ""},
        {READY "\n", "1 " TIME " LOG ready\n"},
        {READY "\r\n\r\n" READY, "1 " TIME " LOG ready\n3 " TIME " LOG ready\n"},
        {NOBODY ",\"message\":\"\"}\n", "1 " TIME " LOG \n"},
        {NOBODY
         ",\"message\":\"a\\n\\\"b\\\", \\\\ \\u00e9\\t\\ud83d\\ude00\",\"detail\":\"d\\/\"}\n",
         "1 " TIME " LOG a~\"b\", \\ \xc3\xa9\t\xf0\x9f\x98\x80 | d/\n"},
        {BOB ",\"message\":\"m\",\"statement\":\"{\\\"message\\\":\\\"x\\\"}\"}\n",
         "1 " TIME " ERROR m\n"},
        {T ",\"user\":\",\\\"message\\\":\\\"x\\\",\",\"error_severity\":\"LOG\",\"message\":\"m\"}"
           "\n",
         "1 " TIME " LOG m\n"},
        {T ",\"user\":\"\\\\\",\"message\":\"m\"}\n", "1 " TIME " - m\n"},
        {T ",\"ps\":\"{}\",\"error_severity\":\"LOG\",\"message\":\"m\"}\n", "1 " TIME " LOG m\n"},
        /* zones */
        {"{\"timestamp\":\"2026-04-11 06:21:35.200 +05:30\",\"error_severity\":\"LOG\",\"message\":"
         "\"m\"}\n",
         "1 2026-04-11T00:51:35.200Z LOG m\n"},
        {"{\"timestamp\":\"2026-04-11 06:21:35.200 <+03>\",\"error_severity\":\"LOG\",\"message\":"
         "\"m\"}\n",
         "1 2026-04-11T03:21:35.200Z LOG m\n"},
        {"{\"timestamp\":\"2026-04-11 06:21:35.200 "
         "IST\",\"error_severity\":\"LOG\",\"message\":\"m\"}\n",
         "1 ?IST LOG m\n"},
        {"{\"timestamp\":\"2026-04-11T06:21:35.200Z\",\"error_severity\":\"LOG\",\"message\":\"m\"}"
         "\n",
         "1 " TIME " LOG m\n"},
        /* other orders, blanks, lists */
        {"{\"message\":\"m\",\"error_severity\":\"LOG\",\"timestamp\":\"2026-04-11 06:21:35.200 "
         "UTC\"}\n",
         "1 " TIME " LOG m\n"},
        {"{\"@version\":\"1\",\"message\":\"m\",\"log\":{\"message\":\"x\"},\"error_severity\":"
         "\"LOG\","
         "\"timestamp\":\"2026-04-11 06:21:35.200 UTC\"}\n",
         "1 " TIME " LOG m\n"},
        {"  { \"timestamp\" : \"2026-04-11 06:21:35.200 UTC\", \"message\" : \"m\" } \n",
         "1 " TIME " - m\n"},
        {T ", \"error_severity\": \"LOG\", \"message\": \"m\"}\n", "1 " TIME " LOG m\n"},
        {T ",\"kubernetes\":{\"a\":\"b\",\"message\":\"x\"},\"error_severity\":\"LOG\",\"message\":"
           "\"m\"}\n",
         "1 " TIME " LOG m\n"},
        {"[" READY ",\n" READY "]\n", "1 " TIME " LOG ready\n2 " TIME " LOG ready\n"},
        /* around a record: an object, a text */
        {"{\"stream\":\"stderr\",\"log\":" READY "}\n", "1 " TIME " LOG ready\n"},
        {"{\"log\":\"" TEXTED "\\n\",\"stream\":\"stderr\",\"time\":\"2026-04-11T06:21:35.3Z\"}\n",
         "1 " TIME " LOG a \"b\" c\n"},
        {"{\"timestamp\":\"2026-04-11T06:21:36.000Z\",\"message\":\"" TEXTED "\"}\n",
         "1 " TIME " LOG a \"b\" c\n"},
        /* damage costs only itself */
        {"pg_ctl: could not start server\n" READY "\n", "1 !\n2 " TIME " LOG ready\n"},
        {READY "\n{\"a\":1}\n" READY "\n", "1 " TIME " LOG ready\n2 !\n3 " TIME " LOG ready\n"},
        {NOBODY ",\"message\":\"cut he\n" READY "\n", "1 !\n2 " TIME " LOG ready\n"},
        {NOBODY ",\"mess\n" READY "\n", "1 !\n2 " TIME " LOG ready\n"},
        {"UTC\",\"pid\":77,\"message\":\"x\"}\n" READY "\n", "1 !\n2 " TIME " LOG ready\n"},
        {NOBODY ",\"message\":\"cut " READY "\n" READY "\n", "1 " CUT "2 " TIME " LOG ready\n"},
        {NOBODY ",\"message\":7}\n" NOBODY "}\n" READY "\n", "1 !\n2 !\n3 " TIME " LOG ready\n"},
        {"{\"timestamp\":\"soon\",\"error_severity\":\"LOG\",\"message\":\"m\"}\n", "1 !\n"},
        {"{\"timestamp\":\"2026-04-31 06:21:35.200 "
         "UTC\",\"error_severity\":\"LOG\",\"message\":\"m\"}\n",
         "1 !its time cannot be read\n"},
        {"{\"log\":\"{\\\"error_severity\\\":\\\"LOG\\\"}\"}\n",
         "1 !it has no message, or several\n"},
        {NOBODY ",\"message\": \"a\",\"message\":\"b\"}\n", "1 !it has no message, or several\n"},
    };
    struct log_walk w;

    (void)state;
    walk_start(&w, true);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        walk_log(&w, &pg_json, tl_str_from(cases[i].log));
        if (!tl_str_eq(tl_buf_str(&w.out), tl_str_from(cases[i].said)))
            print_error("case %zu:\n%s", i, cases[i].log);
        assert_string_equal(w.out.p ? w.out.p : "", cases[i].said);
    }
    walk_stop(&w);
}

static void
reads_fields(void **state)
{
    static const struct {
        const char *log, *said;
    } cases[] = {
        {BOB ",\"message\":\"m\",\"detail\":\"d \\\"x\\\"\",\"hint\":\"h\",\"statement\":\"select "
             "1/0\","
             "\"application_name\":\"my \\\"app\\\"\",\"backend_type\":\"client backend\"}\n",
         "1 " TIME " ERROR m | d \"x\" level=ERROR pid=77 user=bob database=shop client=10.0.0.7 "
         "application=my \"app\" backend_type=client backend sqlstate=22012 detail=d \"x\" "
         "hint=h\n"},
        {NOBODY ",\"state_code\":\"00000\",\"message\":\"m\"}\n",
         "1 " TIME " LOG m level=LOG pid=77\n"},
    };
    struct log_walk w;

    (void)state;
    walk_start(&w, true);
    w.all_fields = true;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        walk_log(&w, &pg_json, tl_str_from(cases[i].log));
        assert_string_equal(w.out.p, cases[i].said);
    }
    walk_stop(&w);
}

/* What was withheld of a record beyond the limit is not what is wrong with it. */
static void
reads_the_front_of_a_huge_record(void **state)
{
    static const struct {
        const char *front, *fill, *message;
    } cases[] = {
        {BOB ",\"message\":\"m\",\"statement\":\"", "x", "m"},
        {BOB ",\"message\":\"m\",\"statement\":\"", "\\\"", "m"},
        {BOB ",\"message\":\"m", "x", "mxxx"},
        {BOB ",\"message\":\"m", "\\\\", "m\\\\\\"},
        {BOB ",\"message\":\"m", "\\u00e9", "m\xc3\xa9\xc3\xa9"},
        {BOB ",\"message\":\"m\",\"x\":[[", "7,", "m"},
        {BOB ",\"message\":\"m\",", "    ", "m"},
    };
    static char log[LOG_RECORD_MAX + 64 + LOG_PAD];
    struct log_walk w;

    (void)state;
    walk_start(&w, true);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        for (size_t more = 0; more < 24; more++) {
            size_t step = strlen(cases[i].fill), n = strlen(cases[i].front);
            const char *why = "";
            struct log_record rec;
            struct log_look look;

            tl_arena_reset(&w.r.scratch);
            memcpy(log, cases[i].front, n);
            for (; n < LOG_RECORD_MAX + more; n += step)
                memcpy(log + n, cases[i].fill, step);
            n = LOG_RECORD_MAX + more;
            assert_int_equal(pg_json.look(NULL, log, log + n, &look), LOG_RECORD);
            assert_int_equal(*look.message, 'm');
            assert_true(pg_json.split(&w.r, NULL, (struct tl_str){log, n}, &rec, &why));
            assert_true(tl_str_starts(rec.message, tl_str_from(cases[i].message)));
            assert_true(rec.message.n == 1 || rec.message.n > LOG_RECORD_MAX / 8);
        }
    walk_stop(&w);
}

static void
reads_back_hostile_records(void **state)
{
    struct tl_buf plain;
    struct log_walk w;

    (void)state;
    tl_buf_init(&plain, 1 << 24);
    walk_start(&w, true);
    for (unsigned seed = 1; seed <= 100; seed++) {
        struct hostile h;

        hostile_start(&h, seed);
        while (h.n < 40)
            hostile_add(&h);
        walk_log(&w, &pg_json, tl_buf_str(&h.json));
        hostile_plain(tl_buf_str(&w.out), &plain);
        if (!tl_str_eq(tl_buf_str(&plain), tl_buf_str(&h.said)))
            print_error("seed %u\n", seed);
        assert_string_equal(plain.p, h.said.p);
        assert_int_equal(w.odd, 0);
        hostile_stop(&h);
    }
    walk_stop(&w);
    tl_buf_free(&plain);
}

/* Cut at any byte: all whole records are there before it and behind it, and nothing else. */
static void
loses_one_record_where_it_is_cut(void **state)
{
    struct tl_buf plain;
    struct log_walk w;
    struct hostile h;

    (void)state;
    tl_buf_init(&plain, 1 << 24);
    walk_start(&w, true);
    hostile_start(&h, 4711);
    while (h.n < 8)
        hostile_add(&h);
    for (size_t cut = 0, whole = 0, begun = 0; cut <= h.json.n; cut++) {
        struct tl_str said = tl_buf_str(&h.said);

        whole += whole < h.n && h.json_ends[whole] - 1 <= cut; /* its newline may lack */
        walk_log(&w, &pg_json, (struct tl_str){h.json.p, cut});
        hostile_plain(tl_buf_str(&w.out), &plain);
        said.n = whole > 0 ? h.said_ends[whole - 1] : 0;
        assert_true(tl_str_eq(tl_buf_str(&plain), said));
        begun += begun < h.n && cut > (begun > 0 ? h.json_ends[begun - 1] : 0);
        walk_log(&w, &pg_json, tl_str_skip(tl_buf_str(&h.json), cut));
        hostile_plain(tl_buf_str(&w.out), &plain);
        said = tl_str_skip(tl_buf_str(&h.said), begun > 0 ? h.said_ends[begun - 1] : 0);
        assert_true(tl_str_eq(tl_buf_str(&plain), said));
    }
    hostile_stop(&h);
    walk_stop(&w);
    tl_buf_free(&plain);
}

static void
is_detected(void **state)
{
    static const struct {
        const char *log, *format;
    } cases[] = {
        {READY "\n", "pg-jsonlog"},
        {READY "\r\n" BOB ",\"mess", "pg-jsonlog"},
        {"\xef\xbb\xbf" READY, "pg-jsonlog"},
        {"ready\"}\n" READY "\n" READY "\n", "pg-jsonlog"},
        {"{\"log\":\"" TEXTED "\\n\",\"stream\":\"stderr\"}\n", "pg-jsonlog"},
        {"{\"message\":\"m\",\"error_severity\":\"LOG\",\"timestamp\":\"x\"}\n", "pg-jsonlog"},
        {T ",\"message\":\"m\"}\n", "unknown"},
        {"# What happened\n\nThe log said:\n\n```\n" READY "\n```\n\nThat was it.\n", "document"},
    };
    struct log_walk w;

    (void)state;
    walk_start(&w, false);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        if (!tl_str_eq(detect(&w, cases[i].log), tl_str_from(cases[i].format)))
            fail_msg("case %zu is taken for %.*s", i, TL_FMT(detect(&w, cases[i].log)));
    walk_stop(&w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_records),
        cmocka_unit_test(reads_fields),
        cmocka_unit_test(reads_the_front_of_a_huge_record),
        cmocka_unit_test(is_detected),
        cmocka_unit_test(reads_back_hostile_records),
        cmocka_unit_test(loses_one_record_where_it_is_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
