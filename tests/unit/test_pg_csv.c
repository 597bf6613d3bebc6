/* csvlog: which lines begin a record, what records say, and that no text inside one can forge, hide
 * or damage another. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "log_walk.h"

#include "log_hostile.h"

#define T      "2026-04-11 06:21:35.200 UTC"
#define NOBODY T ",,,77,,6b0336a7.62e,1,,2026-04-11 06:00:00 UTC,,0,LOG,00000,"
#define BOB                                                                                        \
    T ",\"bob\",\"shop\",77,\"10.0.0.7:5432\",6b0336a7.62e,1,\"SELECT\",2026-04-11 06:00:00 "      \
      "UTC,3/1,0,ERROR,22012,"
#define REST    ",,,,,,,,,\"\",\"postmaster\",,0\n"
#define TIME    "2026-04-11T06:21:35.200Z"
#define CUT     "!the record is cut in its middle\n"
#define STRANGE "!its columns are not those of a csvlog\n"

static void
reads_records(void **state)
{
    static const struct {
        const char *log, *said;
    } cases[] = {
        {"", ""},
        {"\n\n", ""},
        {NOBODY "\"ready\"" REST, "1 " TIME " LOG ready\n"},
        {NOBODY "\"a \"\"b\"\", c\",\"d \"\"e\"\"\",,,,,,,,\"\"\n",
         "1 " TIME " LOG a \"b\", c | d \"e\"\n"},
        {NOBODY "\"a\nb\r\nc\"" REST NOBODY "\"next\"" REST,
         "1 " TIME " LOG a~b\r~c\n4 " TIME " LOG next\n"},
        /* column counts: before 9.0, 9.0, 13, 14, some day */
        {NOBODY "\"ready\",,,,,,,,\n", "1 " TIME " LOG ready\n"},
        {NOBODY "\"ready\",,,,,,,,,\"psql\"\n", "1 " TIME " LOG ready\n"},
        {NOBODY "\"ready\",,,,,,,,,\"\",\"startup\"\n", "1 " TIME " LOG ready\n"},
        {NOBODY "\"ready\",,,,,,,,,\"\",\"startup\",,0,\"more\",,\n", "1 " TIME " LOG ready\n"},
        {NOBODY "\"ready\",,,,,,,\n", "1 " CUT},
        /* ends of lines, and none */
        {NOBODY "\"ready\",,,,,,,,,\"\"\r\n" NOBODY "\"on\",,,,,,,,\r\n",
         "1 " TIME " LOG ready\n2 " TIME " LOG on\n"},
        {NOBODY "\"ready\",,,,,,,,,\"\",\"startup\",,0", "1 " TIME " LOG ready\n"},
        /* messages that look like something else */
        {NOBODY "\"\"" REST, "1 " TIME " LOG \n"},
        {NOBODY REST, "1 " TIME " LOG \n"},
        {NOBODY "\"\"\"\"" REST, "1 " TIME " LOG \"\n"},
        {NOBODY "\"\"\"a\"\" b\"" REST, "1 " TIME " LOG \"a\" b\n"},
        {BOB "\",00000,\"\"\"" REST, "1 " TIME " ERROR ,00000,\"\n"},
        {BOB "\"\nlow\"" REST, "1 " TIME " ERROR ~low\n"},
        /* names with anything in them */
        {T ",\"a,\"\"b\nc\",\"d\"\"\",77,\"[local]\",1.2,1,\"\",,,,LOG,00000,\"m\"" REST,
         "1 " TIME " LOG m\n"},
        {T ",\"\",\"\",77,\"\",1.2,1,\"\",,,,LOG,00000,\"m\"" REST, "1 " TIME " LOG m\n"},
        /* severities in other languages */
        {T ",,,77,,1.2,1,,,,,\xe6\x97\xa5\xe5\xbf\x97,00000,\"m\"" REST,
         "1 " TIME " \xe6\x97\xa5\xe5\xbf\x97 m\n"},
        /* zones */
        {"2026-04-11 06:21:35 JST,,,7,,1.2,1,,,,,LOG,00000,\"m\"" REST,
         "1 2026-04-10T21:21:35.000Z LOG m\n"},
        {"2026-04-11 06:21:35.2 +0530,,,7,,1.2,1,,,,,LOG,00000,\"m\"" REST,
         "1 2026-04-11T00:51:35.200Z LOG m\n"},
        {"2026-04-11 06:21:35.200 -03,,,7,,1.2,1,,,,,LOG,00000,\"m\"" REST,
         "1 2026-04-11T09:21:35.200Z LOG m\n"},
        {"2026-04-11 06:21:35.200+05:30,,,7,,1.2,1,,,,,LOG,00000,\"m\"" REST,
         "1 2026-04-11T00:51:35.200Z LOG m\n"},
        {"2026-04-11 06:21:35.200 <+03>,,,7,,1.2,1,,,,,LOG,00000,\"m\"" REST,
         "1 2026-04-11T03:21:35.200Z LOG m\n"},
        {"2026-04-11 06:21:35.200 IST,,,7,,1.2,1,,,,,LOG,00000,\"m\"" REST, "1 ?IST LOG m\n"},
        {"2026-04-11 06:21:35.200 XQZ,,,7,,1.2,1,,,,,LOG,00000,\"m\"" REST, "1 ?XQZ LOG m\n"},
        {"2026-04-11 06:21:35.200,,,7,,1.2,1,,,,,LOG,00000,\"m\"" REST, "1 ? LOG m\n"},
        /* lines that begin none */
        {"pg_ctl: could not start server\n" NOBODY "\"m\"" REST "waiting\n\n" NOBODY "\"n\"" REST,
         "2 " TIME " LOG m\n5 " TIME " LOG n\n"},
        {T " [77] LOG:  ready\n" NOBODY "\"m\"" REST, "2 " TIME " LOG m\n"},
        {"2026-04-11 06:21:35.200 U\"C,\"a\"\n", ""},
        {T ", hello \"world\n" T ",x\"y\"\n", ""},
        /* a log pasted into a statement: quotes doubled, or none at all */
        {BOB "\"select '\n" T ",,,1,,1.2,1,,,,0,LOG,00000,\"\"forged\"\",,,,,,,,,\"\"\"\"\n" T
             ",\"\"bob\"\",\"\"x\"\",1\n" T ",,,1,,1.2,1,,,,0,LOG,00000,\n" T
             ",\"\"\"\",,,\"\"x\n" T ",,,1,,1.2,1,,,,0,LOG,00000,\"" REST NOBODY "\"m\"" REST,
         "1 " TIME " ERROR select '~" T ",,,1,,1.2,1,,,,0,LOG,00000,\"forged\",,,,,,,,,\"\"~" T
         ",\"bob\",\"x\",1~" T ",,,1,,1.2,1,,,,0,LOG,00000,~" T ",\"\",,,\"x~" T
         ",,,1,,1.2,1,,,,0,LOG,00000,\n7 " TIME " LOG m\n"},
        {BOB "\"a\n" T ",\"\"\"" REST NOBODY "\"m\"" REST,
         "1 " TIME " ERROR a~" T ",\"\n3 " TIME " LOG m\n"},
        /* cut records: the one before and the one behind are whole */
        {NOBODY "\"a\"" REST BOB "\"cut here\n" NOBODY "\"m\"" REST,
         "1 " TIME " LOG a\n2 " CUT "3 " TIME " LOG m\n"},
        {BOB "\"a\",\"cut" NOBODY "\"b\"" REST NOBODY "\"m\"" REST, "1 " CUT "2 " TIME " LOG m\n"},
        {BOB "\"a\",,,,,,\"select", "1 " CUT},
        {BOB "\"a\",b\",c\"" REST, "1 " CUT},
        {BOB "\"a\"b" REST, "1 " CUT},
        {T ",\"bob\",\"sh", "1 " CUT},
        {"2026-04-11 06:00:00 UTC,3/1,0,ERROR,22012,\"m\"" REST NOBODY "\"m\"" REST,
         "1 " CUT "2 " TIME " LOG m\n"},
        {"2026-04-11 06:00:00 UTC,3/1,0,ERROR,22012,\"m\",,,,,,,,,\"\",\"\",,,,,,,,\n",
         "1 " STRANGE},
        {"2026-13-11 06:00:00 UTC,,,1,,1.2,1,,,,0,LOG,00000,\"m\"" REST,
         "1 !its time cannot be read\n"},
    };
    struct log_walk w;

    (void)state;
    walk_start(&w, false);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        walk_log(&w, &pg_csv, tl_str_from(cases[i].log));
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
        {BOB "\"m\",\"d \"\"x\"\"\",\"h\",,,,\"select 1/0\",,,\"my \"\"app\"\"\",\"client "
             "backend\",,0\n",
         "1 " TIME " ERROR m | d \"x\" level=ERROR pid=77 user=bob database=shop client=10.0.0.7 "
         "application=my \"app\" backend_type=client backend sqlstate=22012 detail=d \"x\" "
         "hint=h\n"},
        {NOBODY "\"m\",,,,,,,,,\"\"\n", "1 " TIME " LOG m level=LOG pid=77\n"},
        {T ",,,,\"[local]\",1.2,1,,,,,LOG,00000,\"m\"" REST,
         "1 " TIME " LOG m level=LOG client=[local] backend_type=postmaster\n"},
        {T ",,,,\"::1:5432\",1.2,1,,,,,LOG,00000,\"m\"" REST,
         "1 " TIME " LOG m level=LOG client=::1 backend_type=postmaster\n"},
        {T ",,,,\"db.example:5432\",1.2,1,,,,,LOG,00000,\"m\"" REST,
         "1 " TIME " LOG m level=LOG client=db.example backend_type=postmaster\n"},
    };
    struct log_walk w;

    (void)state;
    walk_start(&w, false);
    w.all_fields = true;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        walk_log(&w, &pg_csv, tl_str_from(cases[i].log));
        assert_string_equal(w.out.p, cases[i].said);
    }
    walk_stop(&w);
}

/* What was withheld of a record beyond the limit is not what is wrong with it. */
static void
reads_the_front_of_a_huge_record(void **state)
{
    static char log[2 * LOG_RECORD_MAX];
    const char *why = NULL;
    struct log_record rec;
    struct log_walk w;
    size_t n;

    (void)state;
    walk_start(&w, false);
    n = (size_t)snprintf(log, sizeof(log), "%s\"m\",\"d\",,,,,\"", BOB);
    memset(log + n, 'x', sizeof(log) - n);
    assert_true(pg_csv.split(&w.r, NULL, (struct tl_str){log, LOG_RECORD_MAX}, &rec, &why));
    assert_true(tl_str_eq(rec.message, TL_STR("m")));
    assert_true(tl_str_eq(walk_field(&rec, "detail")->text, TL_STR("d")));
    assert_false(pg_csv.split(&w.r, NULL, (struct tl_str){log, LOG_RECORD_MAX - 1}, &rec, &why));
    n = (size_t)snprintf(log, sizeof(log), "%s\"m", BOB);
    memset(log + n, 'x', sizeof(log) - n);
    assert_true(pg_csv.split(&w.r, NULL, (struct tl_str){log, sizeof(log)}, &rec, &why));
    assert_int_equal(rec.message.n, sizeof(log) - n + 1);
    walk_stop(&w);
}

static void
reads_back_hostile_records(void **state)
{
    struct tl_buf plain;
    struct log_walk w;

    (void)state;
    tl_buf_init(&plain, 1 << 24);
    walk_start(&w, false);
    for (unsigned seed = 1; seed <= 100; seed++) {
        struct hostile h;

        hostile_start(&h, seed);
        while (h.n < 40)
            hostile_add(&h);
        walk_log(&w, &pg_csv, tl_buf_str(&h.csv));
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

/* Of a log that ends at any byte all whole records are read, of one that begins there all but the
 * one that it begins in. */
static void
loses_one_record_where_it_is_cut(void **state)
{
    struct tl_buf plain;
    struct log_walk w;
    struct hostile h;

    (void)state;
    tl_buf_init(&plain, 1 << 24);
    walk_start(&w, false);
    hostile_start(&h, 4711);
    while (h.n < 12)
        hostile_add(&h);
    for (size_t cut = 0, whole = 0; cut <= h.csv.n; cut++) {
        struct tl_str said = tl_buf_str(&h.said);
        size_t n;

        whole += whole < h.n && h.csv_ends[whole] <= cut;
        n = whole > 0 ? h.said_ends[whole - 1] : 0;
        walk_log(&w, &pg_csv, (struct tl_str){h.csv.p, cut});
        hostile_plain(tl_buf_str(&w.out), &plain);
        assert_true(w.records <= whole + 1);
        assert_true(tl_str_starts(tl_buf_str(&plain), (struct tl_str){said.p, n}));
        walk_log(&w, &pg_csv, tl_str_skip(tl_buf_str(&h.csv), cut));
        hostile_plain(tl_buf_str(&w.out), &plain);
        n = whole < h.n && (cut == 0 || (whole > 0 && cut == h.csv_ends[whole - 1]))
                ? n
                : h.said_ends[whole < h.n ? whole : h.n - 1];
        assert_true(w.records <= h.n - whole);
        said = tl_str_skip(said, n);
        assert_true(plain.n >= said.n);
        assert_true(tl_str_eq(tl_str_skip(tl_buf_str(&plain), plain.n - said.n), said));
    }
    hostile_stop(&h);
    walk_stop(&w);
    tl_buf_free(&plain);
}

/* NUL bytes and no byte order: nothing is read behind a line. */
static void
takes_any_byte(void **state)
{
    static const char log[] = NOBODY "\"a\0b\"" REST;
    struct log_walk w;

    (void)state;
    walk_start(&w, false);
    walk_log(&w, &pg_csv, (struct tl_str){log, sizeof(log) - 1});
    assert_int_equal(w.records, 1);
    assert_int_equal(w.odd, 0);
    walk_stop(&w);
}

static void
is_detected(void **state)
{
    static const struct {
        const char *log, *format;
    } cases[] = {
        {NOBODY "\"ready\"" REST, "pg-csvlog"},
        {BOB "\"ready\",,,,,,,,\r\n", "pg-csvlog"},
        {"\n" BOB "\"cut", "pg-csvlog"},
        {"\xef\xbb\xbf" BOB "\"m\"" REST, "pg-csvlog"},
        {"and so on\"" REST BOB "\"a\nb\nc\"" REST, "pg-csvlog"},
        {NOBODY "\"ready\"" REST NOBODY "\"ready\"" REST "pg_ctl: no\n", "pg-csvlog"},
        {"# What happened\n\nThe log said:\n\n```\n" NOBODY "\"ready\"" REST
         "```\n\nThat was it.\n",
         "document"},
        /* the cut ends of a longer log, and words around it */
        {"0c2.3297,2,\"authentication\"," T ",3/5,0,LOG,00000,\"connection authorized: user=app "
         "database=shop application_name=h \"\"app\"\", x\",,,,,,,,,\"h\",\"client "
         "backend\",,0\n" BOB "\"m\"" REST BOB "\"m\"" REST "2026-04-11 06:21:38.042 ",
         "pg-csvlog"},
        {"The outage of the writer took about 40 seconds, as the client saw it.\n\n" BOB
         "\"m\"" REST "\nThe outage of the reader took about 2 seconds, which is fine.\n",
         "document"},
        {T ",a,b,c\n" T ",a,b,c\n", "unknown"},
        {"Date,Resource,Event\n2026-04-11 06:21:35 UTC,db-1,DB instance restarted\n",
         "change-table"},
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
        cmocka_unit_test(takes_any_byte),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
