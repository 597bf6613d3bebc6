/* --as FORMAT[,key=value...]: what is understood, and the sentence for what is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* after what it needs */
#include <cmocka.h>

#include "parse/parse.h"

static const struct {
    const char *text, *says; /* says: NULL: taken; else words of the refusal */
} cases[] = {
    {"auto", NULL},
    {"probe", NULL},
    {"probe,sleep=0.5,stamp=end,region=us-east-1", NULL},
    {"change-table,date=2024-02-29,tz=UTC", NULL},
    {"auto,account=123456789012,cluster=a,instance=b,endpoint=c,year=2026", NULL},
    {"", "knows no format ''"},
    {"prob", "knows no format 'prob'; the formats are auto"},
    {"probe,slep=1", "knows no key 'slep'; the keys are account cluster date"},
    {"probe,sleep", "sleep= is not complete"},
    {"probe,sleep=soon", "sleep=soon is not a duration"},
    {"probe,sleep=-1", "not a duration"},
    {"probe,stamp=middle", "not start or end"},
    {"probe,region=here", "not a region"},
    {"change-table,date=2023-02-29", "not a date"},
    {"change-table,date=2024-02-29x", "not a date"},
    {"probe,year=26", "not a year"},
    {"probe,tz=Mars/Olympus", "Mars/Olympus"},
};

static void
keys_and_refusals(void **state)
{
    struct tl_zones *zones = tl_zones_new(TL_STR("/usr/share/zoneinfo"));

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct tl_error err = {.msg = ""};
        struct tl_hints h;
        enum tl_status st = tl_hints_read(tl_str_from(cases[i].text), zones, &h, &err);

        assert_int_equal(st, cases[i].says ? TL_EUSAGE : TL_OK);
        if (cases[i].says && !strstr(err.msg, cases[i].says))
            fail_msg("'%s' says: %s", cases[i].text, err.msg);
    }
    tl_zones_free(zones);
}

static void
values_arrive(void **state)
{
    struct tl_zones *zones = tl_zones_new(TL_STR("/usr/share/zoneinfo"));
    struct tl_hints h;

    (void)state;
    assert_int_equal(
        tl_hints_read(TL_STR("probe,sleep=500ms,stamp=end,cluster=c,tz=+09:00"), zones, &h, NULL),
        TL_OK);
    assert_int_equal(h.sleep_us, 500000);
    assert_true(h.stamp_given && h.stamp == TL_STAMP_END);
    assert_memory_equal(h.cluster.p, "c", 1);
    assert_int_equal(tl_zone_offset(h.tz, 0, NULL), 9 * TL_HOUR);
    assert_int_equal(h.date, TL_TIME_NONE);
    tl_zones_free(zones);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_and_refusals),
        cmocka_unit_test(values_arrive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
