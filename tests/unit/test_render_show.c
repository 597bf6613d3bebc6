/* Times and spans as people read them, and text as columns of a terminal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/zone.h"
#include "render/show.h"
#include "render/wrap.h"
#include "tests/unit/sample_report.h"

#define AT(h, m, ms) SAMPLE_AT(h, m, ms)
#define DASH         "\xe2\x80\x93"
#define OPEN         TL_UNKNOWN
#define NONE         TL_TIME_NONE
#define MS(n)        ((n)*TL_MS)

static struct tl_zones *zones;
static const struct tl_zone *tokyo;

static int
set_up(void **state)
{
    (void)state;
    zones = tl_zones_new(TL_STR("/usr/share/zoneinfo"));
    return tl_zone_find(zones, TL_STR("+09:00"), &tokyo, NULL) != TL_OK;
}

static int
tear_down(void **state)
{
    (void)state;
    tl_zones_free(zones);
    return 0;
}

static const struct {
    tl_time earliest;
    int64_t res;
    const char *text;
} stamps[] = {
    {AT(6, 20, 0), TL_MINUTE, "2026-04-11 15:20 +09:00"},
    {AT(6, 21, 35200), TL_MS, "2026-04-11 15:21:35.200 +09:00"},
    {AT(6, 21, 35200), 1, "2026-04-11 15:21:35.200 +09:00"},
    {AT(6, 21, 35200), MS(10), "2026-04-11 15:21:35.20 +09:00"},
    {AT(6, 21, 35200), MS(100), "2026-04-11 15:21:35.2 +09:00"},
    {AT(6, 21, 35000), TL_SECOND, "2026-04-11 15:21:35 +09:00"},
    {AT(15, 0, 0), TL_MINUTE, "2026-04-12 00:00 +09:00"},
    /* what is neither a minute nor a second says where it lies, rounded outwards */
    {AT(6, 22, 40200), MS(2300), "2026-04-11 15:22:40" DASH "15:22:43 +09:00"},
    {AT(6, 22, 30000), TL_MINUTE, "2026-04-11 15:22:30" DASH "15:23:30 +09:00"},
    {AT(6, 0, 0), TL_HOUR, "2026-04-11 15:00" DASH "16:00 +09:00"},
    {NONE, 0, "not known"},
};

static void
shows_stamps(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(stamps) / sizeof(stamps[0]); i++) {
        struct tl_instant t = stamps[i].earliest == NONE
                                  ? TL_INSTANT_NONE
                                  : tl_instant_of(stamps[i].earliest, stamps[i].res);
        struct tl_buf b;

        tl_buf_init(&b, 1000);
        show_stamp(&b, tokyo, t);
        assert_string_equal(b.p, stamps[i].text);
        tl_buf_free(&b);
    }
}

static const struct {
    tl_time from, to;
    int64_t from_res, to_res;
    const char *text;
} deltas[] = {
    {AT(6, 20, 0), AT(6, 20, 0), TL_MINUTE, TL_MINUTE, "0 min"},
    {AT(6, 20, 0), AT(6, 21, 35200), TL_MINUTE, TL_MS, "+1 min"},
    {AT(6, 20, 0), AT(9, 25, 0), TL_MINUTE, TL_MINUTE, "+3 h 05 min"},
    {AT(6, 22, 0), AT(6, 20, 0), TL_MINUTE, TL_MINUTE, "-2 min"},
    {AT(6, 21, 35200), AT(6, 21, 50532), TL_MS, TL_MS, "+15.332 s"},
    {AT(6, 21, 35200), AT(6, 23, 0), TL_MS, TL_MS, "+1:24.800"},
    {AT(6, 21, 35200), AT(7, 23, 0), TL_MS, TL_SECOND, "+1:01:24"},
    {AT(6, 21, 35200), AT(6, 21, 35100), TL_MS, TL_MS, "-0.100 s"},
    {INT64_MIN + 1, INT64_MAX, 1, 1, NULL}, /* no overflow */
};

static void
shows_deltas(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(deltas) / sizeof(deltas[0]); i++) {
        struct tl_buf b;

        tl_buf_init(&b, 1000);
        show_delta(&b, tl_instant_of(deltas[i].from, deltas[i].from_res),
                   tl_instant_of(deltas[i].to, deltas[i].to_res));
        if (deltas[i].text)
            assert_string_equal(b.p, deltas[i].text);
        tl_buf_free(&b);
    }
}

static const struct {
    int64_t min, observed, max, res;
    tl_time last_ok, first_ok;
    const char *text;
} outages[] = {
    {MS(15318), MS(21281), MS(22068), TL_MS, 1, 2, "21.3 s (between 15.3 and 22.1)"},
    {0, MS(1936), MS(3201), TL_MS, 1, 2, "1.9 s (between 0.0 and 3.3)"},
    {MS(15318), MS(21281), MS(22068), TL_SECOND, 1, 2, "21 s (between 15 and 23)"},
    {MS(1900), MS(1936), MS(2001), TL_MS, 1, 2, "1.94 s (between 1.90 and 2.01)"},
    {MS(1930), MS(1936), MS(1940), TL_MS, 1, 2, "1.936 s (between 1.930 and 1.940)"},
    {MS(100000), MS(190500), MS(200000), TL_MS, 1, 2,
     "3 min 10.5 s (between 1 min 40.0 s and 3 min 20.0 s)"},
    {0, TL_HOUR * 3, TL_HOUR * 4, TL_MINUTE, 1, 2, "3 h 0 min (between 0 s and 4 h 0 min)"},
    {MS(15318), OPEN, OPEN, TL_MS, 1, NONE, "at least 15.3 s (still down when the log ends)"},
    {0, OPEN, OPEN, TL_MS, 1, NONE, "of unknown length (still down when the log ends)"},
    {MS(15318), MS(21281), OPEN, TL_MS, NONE, 2,
     "at least 15.3 s (already down when the log begins)"},
    {MS(15318), OPEN, OPEN, TL_MS, NONE, NONE,
     "at least 15.3 s (down from the start of the log to its end)"},
    {MS(15318), MS(21281), OPEN, TL_MS, 1, 2, "at least 15.3 s (no upper bound)"},
    {OPEN, MS(21281), MS(22068), TL_MS, 1, 2, "at most 22.1 s"},
};

static void
shows_outages(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(outages) / sizeof(outages[0]); i++) {
        const struct tl_outage o = {.min_us = outages[i].min,
                                    .observed_us = outages[i].observed,
                                    .max_us = outages[i].max,
                                    .res_us = outages[i].res,
                                    .last_ok = outages[i].last_ok,
                                    .first_ok = outages[i].first_ok};
        struct tl_buf b;

        tl_buf_init(&b, 1000);
        show_outage(&b, &o);
        assert_string_equal(b.p, outages[i].text);
        tl_buf_free(&b);
    }
}

static const struct {
    struct tl_span span;
    const char *text;
} ranges[] = {
    {{MS(1431), MS(2360)}, "1.43 to 2.36 s"},
    {{MS(1431), MS(3201)}, "1.4 to 3.3 s"}, /* outwards: the truth stays inside */
    {{MS(111000), MS(113000)}, "111 to 113 s"},
    {{0, MS(2)}, "0.000 to 0.002 s"},
    {{MS(16999), MS(17001)}, "17.000 s"}, /* two stamps in milliseconds */
    {{0, 0}, "a moment"},
    {{2 * TL_MINUTE, 4 * TL_MINUTE}, "2 to 4 min"},
    {{MS(2360), MS(2360)}, "2.360 s"},
    {{MS(130000), MS(131000)}, "2 min 10 s to 2 min 11 s"},
    {{TL_HOUR, 3 * TL_HOUR}, "1 h 0 min to 3 h 0 min"},
    {{MS(500), OPEN}, "at least 0.5 s"},
    {{MS(13359), OPEN}, "at least 13.3 s"},
    {{OPEN, MS(13341)}, "at most 13.4 s"},
    {{OPEN, MS(500)}, "at most 0.5 s"},
    {{OPEN, OPEN}, "not known"},
};

static void
shows_ranges(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
        struct tl_buf b;

        tl_buf_init(&b, 1000);
        show_range(&b, ranges[i].span);
        assert_string_equal(b.p, ranges[i].text);
        tl_buf_free(&b);
    }
}

/* A period tells date and offset twice only where they differ. */
static void
shows_periods(void **state)
{
    static const struct {
        const char *zone;
        tl_time from, to;
        const char *text;
    } cases[] = {
        {"+09:00", AT(6, 20, 0), AT(6, 23, 0), "2026-04-11 15:20 " DASH " 15:23 +09:00"},
        {"+09:00", AT(14, 59, 0), AT(15, 1, 0),
         "2026-04-11 23:59 " DASH " 2026-04-12 00:01 +09:00"},
        {"+09:00", AT(6, 20, 0), AT(6, 20, 0), "2026-04-11 15:20 +09:00"},
        {"America/New_York", AT(6, 20, 0) - 34 * TL_DAY, AT(7, 20, 0) - 34 * TL_DAY,
         "2026-03-08 01:20 -05:00 " DASH " 03:20 -04:00"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct tl_zone *tz;
        struct tl_buf b;

        tl_buf_init(&b, 1000);
        assert_int_equal(tl_zone_find(zones, tl_str_from(cases[i].zone), &tz, NULL), TL_OK);
        show_period(&b, tz, tl_instant_of(cases[i].from, TL_MINUTE),
                    tl_instant_of(cases[i].to, TL_MINUTE));
        assert_string_equal(b.p, cases[i].text);
        tl_buf_free(&b);
    }
}

static const struct {
    const char *text;
    size_t columns;
} widths[] = {
    {"", 0},
    {"plain", 5},
    {"日本語", 6},
    {"ｱｲｳ", 3},  /* half-width */
    {"Ａ１", 4}, /* full-width */
    {"한국어", 6},
    {"e\xcc\x81", 1},        /* e and a combining acute */
    {"\xf0\x9f\x98\x80", 2}, /* an emoji */
    {"\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7", 2}, /* a family */
    {"\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd", 2}, /* a skin tone */
    {"\xe2\x9d\xa4\xef\xb8\x8f", 2},         /* a heart, as an emoji */
    {"a\xe2\x86\x92z", 3},
};

static void
counts_columns(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++)
        assert_int_equal(wrap_columns(tl_str_from(widths[i].text)), widths[i].columns);
}

static const struct {
    size_t columns;
    const char *text, *lines;
} wraps[] = {
    {10, "one two three four", "one two|three four|"},
    {10, "one", "one|"},
    {10, "", ""},
    {10, "exactly-10 next", "exactly-10|next|"},
    {10, "abcdefghijklmnopqrstuvwxyz", "abcdefghij|klmnopqrst|uvwxyz|"},
    {12, "at global-database-cluster-1", "at global-|database-|cluster-1|"},
    {12, "see a-b-c-d-e-f-g-h-i-j-k", "see a-b-c-d-|e-f-g-h-i-j-|k|"},
    {6, "日本語です", "日本語|です|"},
    {7, "日本語です", "日本語|です|"}, /* half a character does not stand at the end of a line */
    {5, "ab日本", "ab日|本|"},
    {4,
     "e\xcc\x81"
     "e\xcc\x81"
     "e\xcc\x81"
     "e\xcc\x81"
     "e\xcc\x81",
     "e\xcc\x81"
     "e\xcc\x81"
     "e\xcc\x81"
     "e\xcc\x81|e\xcc\x81|"},
    {2, "日a本", "日|a|本|"},
};

static void
wraps_lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(wraps) / sizeof(wraps[0]); i++) {
        struct tl_str rest = tl_str_from(wraps[i].text), line;
        struct tl_buf b;
        size_t width;

        tl_buf_init(&b, 1000);
        while (wrap_line(&rest, wraps[i].columns, &line, &width)) {
            assert_int_equal(width, wrap_columns(line));
            tl_buf_add(&b, line);
            tl_buf_add(&b, TL_STR("|"));
        }
        assert_string_equal(tl_buf_str(&b).p, wraps[i].lines);
        tl_buf_free(&b);
    }
}

static const struct {
    struct tl_str text;
    bool ascii;
    const char *clean;
} cleans[] = {
    {{"  a \t\r\n b  ", 11}, false, "a b"},
    {{"\x1b[31m\x07\x7f", 7}, false, "\\x1b[31m\\x07\\x7f"},
    {{"a\0b", 3}, false, "a\\x00b"},
    {{"\xff\xc3", 2}, false, "\xef\xbf\xbd\xef\xbf\xbd"},
    {{"\xff", 1}, true, "?"},
    {{"\xe2\x80\xae\xe2\x81\xa6\xe2\x80\x8f", 9}, false, "\\u202e\\u2066\\u200f"},
    {{"\xf3\xa0\x81\x81", 4}, false, "\\U000e0041"},
    {{"17.4 \xe2\x86\x92 17.5 \xe2\x80\x93 \xe2\x80\xa6", 21}, true, "17.4 -> 17.5 - ..."},
    {{"\xe6\x97\xa5", 3}, true, "\xe6\x97\xa5"}, /* what a log says is not respelt */
};

static void
cleans_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cleans) / sizeof(cleans[0]); i++) {
        struct tl_buf b;

        tl_buf_init(&b, 1000);
        wrap_clean(&b, cleans[i].text, cleans[i].ascii);
        assert_string_equal(tl_buf_str(&b).p, cleans[i].clean);
        tl_buf_free(&b);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_stamps),  cmocka_unit_test(shows_deltas),
        cmocka_unit_test(shows_outages), cmocka_unit_test(shows_ranges),
        cmocka_unit_test(shows_periods), cmocka_unit_test(counts_columns),
        cmocka_unit_test(wraps_lines),   cmocka_unit_test(cleans_text),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
