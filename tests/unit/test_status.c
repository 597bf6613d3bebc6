/* Status loops: only a change of a state is an event, and none of it is an attempt. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "read_text.h"

static void
reads_status_loops(void **state)
{
    static const struct {
        const char *text, *want;
        unsigned odd;
    } cases[] = {
        {"# watching\nSat May  2 01:00:00 UTC 2026 upgrading\n...\n"
         "Sat May  2 01:09:00 UTC 2026 upgrading\nSat May  2 01:09:04 UTC 2026 available\n",
         "2 01:00:00.000 =upgrading; 5 01:09:04.000 =available; ", 0},
        {"2026-05-02 01:00:00 available\n2026-05-02 01:00:10 available\n",
         "1 01:00:00.000 =available; ", 0},
        /* an id, a version, columns */
        {"2026-05-02T01:00:00Z orders-1 available 16.3\n2026-05-02T01:00:00Z orders-2 available "
         "16.3\n2026-05-02T01:00:09Z orders-1 rebooting 16.3\n2026-05-02T01:00:09Z orders-2 "
         "available 16.3\n2026-05-02T01:00:20Z orders-1 available 16.6\n",
         "1 01:00:00.000 =available; 2 01:00:00.000 =available; 3 01:00:09.000 =rebooting; "
         "5 01:00:20.000 =available; ",
         0},
        /* the states below the time */
        {"$ while true; do date -u; aws rds describe-db-clusters --output text; sleep 5; done\n"
         "Sat May  2 01:00:00 UTC 2026\norders\tavailable\t16.3\n"
         "Sat May  2 01:00:05 UTC 2026\norders\tupgrading\t16.3\n",
         "3 01:00:00.000 =available; 5 01:00:05.000 =upgrading; ", 0},
        {"[2026-05-02 01:00:00] status: \"modifying\"\n[2026-05-02 01:00:05] status: "
         "\"available\"\n",
         "1 01:00:00.000 =modifying; 2 01:00:05.000 =available; ", 0},
        /* odd: no known state; the time goes back */
        {"2026-05-02 01:00:00 upgrading\n2026-05-02 01:00:05 upgrading\n2026-05-02 01:00:06 "
         "upgrading\n2026-05-02 01:00:07 upgrading\n2026-05-02 01:00:10 hm\n"
         "2026-05-02 00:59:00 available\n",
         "1 01:00:00.000 =upgrading; 6 00:59:00.000 =available; ", 2},
        {"2026-05-02 01:00:00 CST upgrading\n2026-05-02 01:00:05 CST available\n", "", 1},
    };
    struct reading g = {.zones = NULL};

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        reading_open(&g, "x.log", NULL, tl_str_from(cases[i].text));
        assert_string_equal(tl_reader_format(g.r).p, "status-loop");
        assert_string_equal(g.said.p ? g.said.p : "", cases[i].want);
        assert_int_equal(g.src->odd, cases[i].odd);
        reading_close(&g);
    }
    tl_zones_free(g.zones);
}

/* What a change carries: the state before, when it was seen last, the version, who it is about. */
static void
says_what_changed(void **state)
{
    static const char text[] =
        "$ aws rds describe-db-instances --query x\n2026-05-02 01:00:00 a-1 available 16.3\n"
        "2026-05-02 01:00:05 a-1 available 16.3\n2026-05-02 01:00:10 a-1 upgrading 16.3\n";
    struct tl_memory m = {tl_str_from(text)};
    struct tl_zones *zones = tl_zones_new(TL_STR("/usr/share/zoneinfo"));
    struct tl_input in = {
        .stream = tl_stream_memory(&m), .hints = TL_HINTS_NONE, .zones = zones, .name = {"x", 1}};
    struct tl_source *src;
    struct tl_reader *r;
    struct tl_event ev;
    enum tl_item item;

    (void)state;
    assert_int_equal(tl_reader_open(&in, &r, NULL), TL_OK);
    for (int i = 0; i < 2; i++)
        assert_int_equal(tl_reader_next(r, &item, &ev, &src, NULL), TL_OK);
    assert_int_equal(item, TL_ITEM_EVENT);
    assert_int_equal(ev.channel, TL_CHANNEL_STATUS);
    assert_int_equal(ev.who.kind, TL_KIND_INSTANCE);
    assert_true(tl_str_eq(ev.who.id, TL_STR("a-1")));
    assert_true(tl_str_eq(tl_event_text(&ev, TL_STR("status")), TL_STR("upgrading")));
    assert_true(tl_str_eq(tl_event_text(&ev, TL_STR("from_status")), TL_STR("available")));
    assert_true(tl_str_eq(tl_event_text(&ev, TL_STR("version")), TL_STR("16.3")));
    assert_int_equal(tl_event_field(&ev, TL_STR("from_seen"))->number, ev.when.at - 5 * TL_SECOND);
    assert_null(ev.attempt);
    tl_reader_close(r);
    tl_zones_free(zones);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_status_loops),
        cmocka_unit_test(says_what_changed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
