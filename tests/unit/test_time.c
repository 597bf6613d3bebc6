#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/zone.h"

/* What a stamp says, in one line: wall clock, resolution in us, then what is special, its zone with
 * the offset in minutes, and the rest of the text. NULL: must be refused. No database is used: JST
 * and CST are alike here (test_zone.c has them with one). */
static const struct {
    const char *text, *want;
} stamps[] = {
    {"2026-04-11T06:21:35.200Z", "2026-04-11T06:21:35.200Z 1000 [Z +0] ''"},
    {"2026-04-11 06:21:35,200 +0900", "2026-04-11T06:21:35.200Z 1000 [+0900 +540] ''"},
    {"2026-04-11T06:21:35.200000+00:00", "2026-04-11T06:21:35.200Z 1 [+00:00 +0] ''"},
    {"2026-04-11 15:20 [JST]", "2026-04-11T15:20:00.000Z 60000000 [JST ?] ''"},
    {"2026/04/11 15:20:01", "2026-04-11T15:20:01.000Z 1000000 ''"},
    {"2026/4/1 5:20:01 x", "2026-04-01T05:20:01.000Z 1000000 ' x'"},
    {"20260411T062135Z", "2026-04-11T06:21:35.000Z 1000000 [Z +0] ''"},
    {"20260411T062135,123", "2026-04-11T06:21:35.123Z 1000 ''"},
    {"2026-04-11_15:20:01", "2026-04-11T15:20:01.000Z 1000000 ''"},
    {"2026\xe5\xb9\xb4"
     "4\xe6\x9c\x88"
     "11\xe6\x97\xa5 15:20 (UTC+09:00)",
     "2026-04-11T15:20:00.000Z 60000000 [UTC+09:00 +540] ''"},
    {"12/6/2022 9:49:33 AM", "2022-12-06T09:49:33.000Z 1000000 ''"},
    {"13/6/2022 9:49:33 pM", "2022-06-13T21:49:33.000Z 1000000 ''"},
    {"12.06.2022 10:20", "2022-06-12T10:20:00.000Z 60000000 ''"},
    {"13-06-2022 10:20", "2022-06-13T10:20:00.000Z 60000000 ''"},
    {"12-06-2022 10:20", NULL}, /* June or December? */
    {"October 23rd 2020, 7:53:13 am UTC", "2020-10-23T07:53:13.000Z 1000000 [UTC +0] ''"},
    {"october 1ST, 2020 12:00 a.m.", "2020-10-01T00:00:00.000Z 60000000 ''"},
    {"March 13, 2024, 00:40 (UTC+09:00)", "2024-03-13T00:40:00.000Z 60000000 [UTC+09:00 +540] ''"},
    {"September 04,2022, 4:00:06 PM UTC|x", "2022-09-04T16:00:06.000Z 1000000 [UTC +0] '|x'"},
    {"Sept 4, 2022 at 4:00\xe2\x80\xafPM", "2022-09-04T16:00:00.000Z 60000000 ''"},
    {"Tue Dec 14 20:57:45 UTC 2021 up", "2021-12-14T20:57:45.000Z 1000000 [UTC +0] ' up'"},
    {"Tue Dec 14 20:57:45 2021", "2021-12-14T20:57:45.000Z 1000000 ''"},
    {"Tue 14 Dec 2021 08:57:45 PM UTC", "2021-12-14T20:57:45.000Z 1000000 [UTC +0] ''"},
    {"Sat, 11 Apr 2026 06:21:35 GMT", "2026-04-11T06:21:35.000Z 1000000 [GMT +0] ''"},
    {"Sat Apr 11 2026 15:20:00 GMT+0900 (Japan Standard Time) x",
     "2026-04-11T15:20:00.000Z 1000000 [GMT+0900 (Japan Standard Time) +540] ' x'"},
    {"Feb 11 13:15:39 host", "1972-02-11T13:15:39.000Z 1000000 yearless ' host'"},
    {"Feb 29 13:15:39", "1972-02-29T13:15:39.000Z 1000000 yearless ''"},
    {"11 Apr 2026 06:21:35", "2026-04-11T06:21:35.000Z 1000000 ''"},
    {"11/Apr/2026:06:21:35 +0000]", "2026-04-11T06:21:35.000Z 1000000 [+0000 +0] ']'"},
    {"2026/04/11(\xe5\x9c\x9f) 15:20 x", "2026-04-11T15:20:00.000Z 60000000 ' x'"},
    {"2026-04-11 (Sat) 15:20:01Z", "2026-04-11T15:20:01.000Z 1000000 [Z +0] ''"},
    {"2026-04-11 (4) 15:20", NULL},
    {"11:52:43 x", "1970-01-01T11:52:43.000Z 1000000 undated ' x'"},
    {"5:02 PM", "1970-01-01T17:02:00.000Z 60000000 undated ''"},
    {"2026-04-11 06:21:35 UTC:10.0.0.1(5):",
     "2026-04-11T06:21:35.000Z 1000000 [UTC +0] ':10.0.0.1(5):'"},
    {"2026-04-11 06:21:35 utc [12]:", "2026-04-11T06:21:35.000Z 1000000 [utc +0] ' [12]:'"},
    {"2026-04-11 06:21:35 UTC+9", "2026-04-11T06:21:35.000Z 1000000 [UTC+9 +540] ''"},
    {"2026-04-11 06:21:35 (UTC-4)", "2026-04-11T06:21:35.000Z 1000000 [UTC-4 -240] ''"},
    {"2026-04-11 06:21:35 (+09) x", "2026-04-11T06:21:35.000Z 1000000 [+09 +540] ' x'"},
    {"2026-04-11 06:21:35+05:30[Asia/Kolkata]",
     "2026-04-11T06:21:35.000Z 1000000 [+05:30[Asia/Kolkata] +330] ''"},
    {"2026-04-11 06:21:35 CST x", "2026-04-11T06:21:35.000Z 1000000 [CST ?] ' x'"},
    {"2026-04-11 06:21:35 SGT", "2026-04-11T06:21:35.000Z 1000000 [SGT ?] ''"},
    {"2026-04-11 06:21:35 INFO x", "2026-04-11T06:21:35.000Z 1000000 ' INFO x'"},
    {"2026-04-11 06:21:35 HOST x", "2026-04-11T06:21:35.000Z 1000000 ' HOST x'"},
    {"2026-04-11 06:21:35 GET /", "2026-04-11T06:21:35.000Z 1000000 ' GET /'"},
    {"2026-04-11 06:21:35 [1234]", "2026-04-11T06:21:35.000Z 1000000 ' [1234]'"},
    {"2026-04-11 06:21:35 (1 row)", "2026-04-11T06:21:35.000Z 1000000 ' (1 row)'"},
    {"2026-04-11 06:21:35 - x", "2026-04-11T06:21:35.000Z 1000000 ' - x'"},
    {"2026-04-11 06:21:35 +09:99", "2026-04-11T06:21:35.000Z 1000000 ' +09:99'"},
    {"2026-04-11 06:00-07:00", "2026-04-11T06:00:00.000Z 60000000 '-07:00'"}, /* a span */
    {"2026-04-11T06:00-07:00", "2026-04-11T06:00:00.000Z 60000000 [-07:00 -420] ''"},
    {"2026-04-11 15:20:35,5,x", "2026-04-11T15:20:35.000Z 1000000 ',5,x'"}, /* the next field */
    {"2026-04-11 15:20:35.123456789 x", "2026-04-11T15:20:35.123Z 1 ' x'"},
    {"2026-04-11 15:20:35.5", "2026-04-11T15:20:35.500Z 100000 ''"},
    {"2026-12-31 23:59:60.5 UTC", "2027-01-01T00:00:00.000Z 100000 [UTC +0] ''"},
    {"2026-02-30 10:00:00", NULL},
    {"2023-02-29 10:00:00", NULL},
    {"0000-02-20 10:00:00", NULL},
    {"2026-13-01 10:00:00", NULL},
    {"Mon Feb 29 10:00:00 2026", NULL},
    {"2026-04-11 24:00:00", NULL},
    {"2026-04-11 10:60:00", NULL},
    {"2026-04-11 10:00:61", NULL},
    {"2026-04-11 0:30 PM", NULL},
    {"2026-04-11 15:20:35.1234567890", NULL},
    {"2026-04-11 15:20:351", NULL},
    {"2026-04-11", NULL},
    {"12/6/2022", NULL},
    {"May 4", NULL},
    {"May", NULL},
    {"17.4.5", NULL},
    {"10.0.0.1:5432", NULL},
    {"12:34:56:78", NULL},
    {"fe80::1", NULL},
    {"1:2", NULL},
    {"202604-11 10:00:00", NULL},
    {" 2026-04-11 10:00:00", NULL}, /* the caller skips blanks */
    {"", NULL},
};

static void
describe(struct tl_buf *b, const struct tl_stamp *st, struct tl_str rest)
{
    tl_time_print(b, st->local);
    tl_buf_addf(b, " %lld%s%s", (long long)st->res_us, st->dated ? "" : " undated",
                st->yearless ? " yearless" : "");
    if (st->zone == TL_ZONE_OFFSET)
        tl_buf_addf(b, " [%.*s %+lld]", TL_FMT(st->zone_text),
                    (long long)(st->offset_us / TL_MINUTE));
    if (st->zone == TL_ZONE_AMBIGUOUS)
        tl_buf_addf(b, " [%.*s ?]", TL_FMT(st->zone_text));
    tl_buf_addf(b, " '%.*s'", TL_FMT(rest));
}

static void
stamps_of_all_spellings(void **state)
{
    struct tl_buf b;

    (void)state;
    tl_buf_init(&b, 1000);
    for (size_t i = 0; i < sizeof(stamps) / sizeof(stamps[0]); i++) {
        struct tl_str s = tl_str_from(stamps[i].text);
        struct tl_stamp st;
        bool ok = tl_stamp_read(&s, NULL, &st);

        tl_buf_reset(&b);
        if (!ok) {
            assert_string_equal(stamps[i].want ? stamps[i].text : "", "");
            assert_ptr_equal(s.p, stamps[i].text); /* failure moves nothing */
            continue;
        }
        describe(&b, &st, s);
        assert_string_equal(b.p, stamps[i].want ? stamps[i].want : "(refused)");
    }
    tl_buf_free(&b);
}

static const struct {
    const char *text;
    int64_t at, res_us; /* res_us 0: refused */
    size_t rest;
} epochs[] = {
    {"1775888495", 1775888495000000, TL_SECOND, 0},
    {"1775888495.25 x", 1775888495250000, 10000, 2},
    {"1775888495200", 1775888495200000, TL_MS, 0},
    {"1775888495200.5", 1775888495200500, 100, 0},
    {"1775888495200123,", 1775888495200123, 1, 1},
    {"177588849", 0, 0, 9},
    {"17758884952", 0, 0, 11},
    {"1775888495x", 0, 0, 11},
    {"-1775888495", 0, 0, 11},
};

static void
epochs_by_their_length(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(epochs) / sizeof(epochs[0]); i++) {
        struct tl_str s = tl_str_from(epochs[i].text);
        struct tl_stamp st;

        assert_int_equal(tl_stamp_epoch(&s, &st), epochs[i].res_us != 0);
        assert_int_equal(s.n, epochs[i].rest);
        if (epochs[i].res_us == 0)
            continue;
        assert_int_equal(st.local, epochs[i].at);
        assert_int_equal(st.res_us, epochs[i].res_us);
        assert_true(st.dated && st.zone == TL_ZONE_OFFSET && st.offset_us == 0);
    }
}

static const struct {
    const char *text, *want;
} times[] = {
    {"2026-04-11T06:21:35.200Z", "2026-04-11T06:21:35.200Z"},
    {"2026-04-11t06:21:35z", "2026-04-11T06:21:35.000Z"},
    {"2026-04-11 06:21:35.1239+09:00", "2026-04-10T21:21:35.123Z"},
    {"1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"},
    {"0001-01-01T00:00:00.000Z", "0001-01-01T00:00:00.000Z"},
    {"9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"},
    {"2026-04-11T06:21:35.200", NULL}, /* no zone */
    {"2026-04-11T06:21:35.200Z ", NULL},
    {"2026-04-11T06:21Z", NULL},
    {"", NULL},
};

static void
times_read_and_print(void **state)
{
    struct tl_buf b;
    tl_time t;

    (void)state;
    tl_buf_init(&b, 1000);
    for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
        tl_buf_reset(&b);
        assert_int_equal(tl_time_read(tl_str_from(times[i].text), &t), times[i].want != NULL);
        if (!times[i].want)
            continue;
        tl_time_print(&b, t);
        assert_string_equal(b.p, times[i].want);
    }
    tl_buf_free(&b);
}

static const struct {
    const char *text;
    int64_t us; /* -1: refused */
} durations[] = {
    {"500ms", 500 * TL_MS},
    {"0.5", TL_SECOND / 2},
    {"0.5s", TL_SECOND / 2},
    {"30s", 30 * TL_SECOND},
    {"2m", 2 * TL_MINUTE},
    {"1h30m", 90 * TL_MINUTE},
    {"2h", 2 * TL_HOUR},
    {"1h0m0.25s", TL_HOUR + TL_SECOND / 4},
    {"0", 0},
    {"7us", 7},
    {"1d", TL_DAY},
    {"0.0000001s", 0},
    {"", -1},
    {"-1s", -1},
    {"1x", -1},
    {"1s ", -1},
    {"1.", -1},
    {".5", -1},
    {"30m1h", -1},
    {"1h30", -1},
    {"1m1m", -1},
    {"1.5h30m", -1},
    {"999999999999999999", -1},
    {"99999999999999999h", -1},
};

static void
durations_in_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(durations) / sizeof(durations[0]); i++) {
        int64_t us = -1;

        assert_int_equal(tl_duration_read(tl_str_from(durations[i].text), &us),
                         durations[i].us >= 0);
        assert_int_equal(us, durations[i].us);
    }
}

static void
seconds_with_three_digits(void **state)
{
    static const struct {
        int64_t us;
        const char *want;
    } rows[] = {{21281000, "21.281"},
                {0, "0.000"},
                {-500000, "-0.500"},
                {-21281000, "-21.281"},
                {INT64_MIN, "-9223372036854.775"}};
    struct tl_buf b;

    (void)state;
    tl_buf_init(&b, 100);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        tl_buf_reset(&b);
        tl_seconds_print(&b, rows[i].us);
        assert_string_equal(b.p, rows[i].want);
    }
    tl_buf_free(&b);
}

/* civil(date_to_time(x)) == x over all days of ten thousand years, weekdays in step. */
static void
every_day_round_trips(void **state)
{
    tl_time t, before = 0;

    (void)state;
    assert_true(tl_date_to_time(1, 1, 1, &before));
    assert_int_equal(tl_time_civil(before).weekday, 1);
    for (t = before; t < 253402300800 * TL_SECOND; t += TL_DAY) {
        struct tl_civil c = tl_time_civil(t + TL_DAY - 1);
        tl_time back;

        assert_true(tl_date_to_time(c.year, c.month, c.day, &back) && back == t);
        assert_int_equal(c.weekday, (t / TL_DAY % 7 + 7 + 4) % 7);
        assert_true(c.hour == 23 && c.minute == 59 && c.second == 59 && c.us == 999999);
    }
    assert_false(tl_date_to_time(0, 12, 31, &t) || tl_date_to_time(10000, 1, 1, &t));
    assert_false(tl_date_to_time(1900, 2, 29, &t));
    assert_true(tl_date_to_time(2000, 2, 29, &t));
}

/* Any moment printed is read back, to the millisecond; the fast path and the slow one agree. */
static void
random_times_round_trip(void **state)
{
    uint64_t x = 88172645463325252u;
    struct tl_buf b;

    (void)state;
    tl_buf_init(&b, 100);
    for (int i = 0; i < 20000; i++) {
        tl_time t, back;
        struct tl_str s, r;
        struct tl_stamp slow, fast;

        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        t = (tl_time)(x % 253402300800000000u);
        tl_buf_reset(&b);
        tl_time_print(&b, t);
        s = r = tl_buf_str(&b);
        assert_true(tl_time_read(s, &back) && back == t - t % 1000);
        assert_true(tl_stamp_read(&s, NULL, &slow) && tl_stamp_read_iso(&r, &fast));
        assert_true(slow.local == back && fast.local == back && s.n == 0 && r.n == 1);
    }
    tl_buf_free(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stamps_of_all_spellings),   cmocka_unit_test(epochs_by_their_length),
        cmocka_unit_test(times_read_and_print),      cmocka_unit_test(durations_in_words),
        cmocka_unit_test(seconds_with_three_digits), cmocka_unit_test(every_day_round_trips),
        cmocka_unit_test(random_times_round_trip),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
