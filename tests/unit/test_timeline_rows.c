/* Events to rows: whose they are, which tell the same event, and their order. */
#include "timeline_help.h"

enum { MAX_INPUTS = 4 };

/* Inputs are named a, b, c, d; rows as print_row writes them. */
static const struct {
    const char *what;
    const char *inputs[MAX_INPUTS];
    const char *rows;
} cases[] = {
    {"the same millisecond on two channels is one event, spelling aside",
     {"06:21:20.000 api instance us-east-1 db@1 | DB instance shutdown\n",
      "06:21:20.000 sns#m1 instance us-east-1 db@1 | DB  Instance shutdown.\n"},
     "1 06:21:20.000 us-east-1/db instance.shutdown x2\n"},
    {"one millisecond apart are two",
     {"06:21:20.000 api instance us-east-1 db@1 | DB instance shutdown\n"
      "06:21:20.001 api instance us-east-1 db@1 | DB instance shutdown\n"},
     "1 06:21:20.000 us-east-1/db instance.shutdown\n"
     "2 06:21:20.001 us-east-1/db instance.shutdown\n"},
    {"pages that overlap show an event twice",
     {"06:21:20.000 api instance us-east-1 db@1 | DB instance shutdown\n"
      "06:21:20.000 api instance us-east-1 db@1 | DB instance shutdown\n"},
     "1 06:21:20.000 us-east-1/db instance.shutdown x2\n"},
    {"the same delivery, whatever its stamps",
     {"06:21:20 eventbridge#e1 instance us-east-1 db@1 | DB instance shutdown\n",
      "06:21:22.500 eventbridge#e1 instance us-east-1 db@1 | DB instance shutdown\n"},
     "1 06:21:22.500 us-east-1/db instance.shutdown x2\n"},
    {"every row of a minute table is an event",
     {"06:21 table instance us-east-1 db | DB instance restarted\n"
      "06:21 table instance us-east-1 db | DB instance restarted\n"},
     "1 06:21:00.000 us-east-1/db instance.restarted\n"
     "2 06:21:00.000 us-east-1/db instance.restarted\n"},
    {"over tables the count is the largest, not the sum",
     {"06:21 table instance us-east-1 db | DB instance restarted\n"
      "06:21 table instance us-east-1 db | DB instance restarted\n",
      "06:21 table instance us-east-1 db | DB instance restarted\n",
      "06:21 table instance us-east-1 db | DB instance restarted\n"
      "06:21 table instance us-east-1 db | DB instance restarted\n"
      "06:21 table instance us-east-1 db | DB instance restarted\n"},
     "1 06:21:00.000 us-east-1/db instance.restarted x3\n"
     "2 06:21:00.000 us-east-1/db instance.restarted x2\n"
     "3 06:21:00.000 us-east-1/db instance.restarted\n"},
    {"the k-th of a minute is the k-th of the milliseconds in it",
     {"06:21 table instance us-east-1 db | DB instance restarted\n"
      "06:21 table instance us-east-1 db | DB instance restarted\n"
      "06:22 table instance us-east-1 db | DB instance restarted\n",
      "06:21:59.999 api instance us-east-1 db@1 | DB instance restarted\n"
      "06:22:00.000 api instance us-east-1 db@1 | DB instance restarted\n"},
     "1 06:21:59.999 us-east-1/db instance.restarted x2\n"
     "2 06:21:59.999 us-east-1/db instance.restarted\n"
     "3 06:22:00.000 us-east-1/db instance.restarted x2\n"},
    {"seconds within minutes, milliseconds within seconds",
     {"06:21 table instance us-east-1 db | DB instance restarted\n",
      "06:21:07 table instance us-east-1 db | DB instance restarted\n",
      "06:21:07.250 api instance us-east-1 db | DB instance restarted\n"},
     "1 06:21:07.250 us-east-1/db instance.restarted x3\n"},
    {"identity is region, kind and id, never the id alone",
     {"06:21:20.000 api instance us-east-1 db@1 | DB instance shutdown\n"
      "06:21:20.000 api instance us-west-2 db@1 | DB instance shutdown\n"
      "06:21:20.000 api cluster us-east-1 db@1 | DB instance shutdown\n"},
     "1 06:21:20.000 us-east-1/db instance.shutdown\n"
     "2 06:21:20.000 us-east-1/db instance.shutdown\n"
     "3 06:21:20.000 us-west-2/db instance.shutdown\n"},
    {"an account that is not known is the only one of that resource",
     {"06:21:20.000 api instance us-east-1 db@1 | DB instance shutdown\n",
      "06:21:20.000 table instance us-east-1 db | DB instance shutdown\n"},
     "1 06:21:20.000 us-east-1/db instance.shutdown x2\n"},
    {"with two accounts it is neither",
     {"06:21:20.000 api instance us-east-1 db@1 | DB instance shutdown\n"
      "06:21:20.000 api instance us-east-1 db@2 | DB instance shutdown\n",
      "06:21:20.000 table instance us-east-1 db | DB instance shutdown\n"},
     "1 06:21:20.000 us-east-1/db instance.shutdown\n"
     "2 06:21:20.000 us-east-1/db instance.shutdown\n"
     "3 06:21:20.000 us-east-1/db instance.shutdown\n"},
    {"without a region nothing ties two inputs together",
     {"06:21:20.000 table instance - db | DB instance shutdown\n",
      "06:21:20.000 table instance - db | DB instance shutdown\n"},
     "1 06:21:20.000 /db instance.shutdown\n"
     "2 06:21:20.000 /db instance.shutdown\n"},
    {"a label is the only cluster of its region",
     {"06:20 table cluster us-east-1 - | Database cluster has been patched\n",
      "06:20:01.000 api cluster us-east-1 shop@1 | Database cluster has been patched\n"},
     "1 06:20:01.000 us-east-1/shop upgrade.finished x2\n"},
    {"or stays itself where there are two",
     {"06:20 table cluster us-east-1 - | DB cluster created\n",
      "06:20:01.000 api cluster us-east-1 shop@1 | DB cluster created\n"
      "06:20:02.000 api cluster us-east-1 blog@1 | DB cluster created\n"},
     "1 06:20:00.000 us-east-1/us-east-1 DB cluster cluster.created\n"
     "2 06:20:01.000 us-east-1/shop cluster.created\n"
     "3 06:20:02.000 us-east-1/blog cluster.created\n"},
    {"a message that names the instance names the label",
     {"06:22 table instance us-east-1 - | DB instance restarted\n"
      "06:22 table instance us-east-1 - | Attempt to upgrade the database instance 'shop-1' with "
      "zero "
      "downtime finished. The process took 10 ms, 1 connections preserved, 0 connections "
      "dropped.\n"},
     "1 06:22:00.000 us-east-1/shop-1 instance.restarted\n"
     "2 06:22:00.000 us-east-1/shop-1 zdp.finished\n"},
    {"the same text on cluster and instance within 5 s: the later is the twin",
     {"06:22:00.000 api instance us-east-1 shop-1@1 | Attempting to upgrade the database with zero "
      "downtime.\n"
      "06:22:05.001 api cluster us-east-1 shop@1 | Attempting to upgrade the database with zero "
      "downtime.\n"
      "06:30:00.000 api instance us-east-1 shop-1@1 | Attempting to upgrade the database with zero "
      "downtime.\n"
      "06:30:05.100 api cluster us-east-1 shop@1 | Attempting to upgrade the database with zero "
      "downtime.\n"},
     "1 06:22:00.000 us-east-1/shop-1 zdp.attempted\n"
     "2 06:22:05.001 us-east-1/shop zdp.attempted =1\n"
     "3 06:30:00.000 us-east-1/shop-1 zdp.attempted\n"
     "4 06:30:05.100 us-east-1/shop zdp.attempted\n"},
    {"twins pair one to one",
     {"06:22 table cluster us-east-1 - | Attempting to upgrade the database with zero downtime.\n"
      "06:22 table instance us-east-1 - | Attempting to upgrade the database with zero downtime.\n"
      "06:22 table instance us-east-1 - | Attempting to upgrade the database with zero downtime.\n"
      "06:23 table instance us-east-1 - | Attempting to upgrade the database with zero "
      "downtime.\n"},
     "1 06:22:00.000 us-east-1/us-east-1 DB cluster zdp.attempted\n"
     "2 06:22:00.000 us-east-1/us-east-1 DB instance zdp.attempted =1\n"
     "3 06:22:00.000 us-east-1/us-east-1 DB instance zdp.attempted\n"
     "4 06:23:00.000 us-east-1/us-east-1 DB instance zdp.attempted\n"},
    {"a table keeps its order within a minute",
     {"06:21 table instance us-east-1 db | DB instance restarted\n"
      "06:21 table instance us-east-1 db | Backing up DB instance\n"
      "06:21 table instance us-east-1 db | DB instance restarted\n"
      "06:21 table instance us-east-1 db | DB instance shutdown\n"
      "06:22 table instance us-east-1 db | DB instance shutdown\n"},
     "1 06:21:00.000 us-east-1/db instance.restarted\n"
     "2 06:21:00.000 us-east-1/db backup.started\n"
     "3 06:21:00.000 us-east-1/db instance.restarted\n"
     "4 06:21:00.000 us-east-1/db instance.shutdown\n"
     "5 06:22:00.000 us-east-1/db instance.shutdown\n"},
    {"all of one minute, the newest first: what begins comes before what ends it",
     {"06:21 table instance us-east-1 db | Finished DB Instance backup\n"
      "06:21 table instance us-east-1 db | DB instance restarted\n"
      "06:21 table instance us-east-1 db | DB instance shutdown\n"
      "06:21 table instance us-east-1 db | Backing up DB instance\n"},
     "1 06:21:00.000 us-east-1/db backup.started\n"
     "2 06:21:00.000 us-east-1/db instance.shutdown\n"
     "3 06:21:00.000 us-east-1/db instance.restarted\n"
     "4 06:21:00.000 us-east-1/db backup.finished\n"},
    {"newest first is turned around",
     {"06:23 table instance us-east-1 db | Finished DB Instance backup\n"
      "06:21 table instance us-east-1 db | DB instance restarted\n"
      "06:21 table instance us-east-1 db | DB instance shutdown\n"},
     "1 06:21:00.000 us-east-1/db instance.shutdown\n"
     "2 06:21:00.000 us-east-1/db instance.restarted\n"
     "3 06:23:00.000 us-east-1/db backup.finished\n"},
    {"what is listed after a row that is known better is raised to it",
     {"06:21 table instance us-east-1 db | DB instance shutdown\n"
      "06:21 table instance us-east-1 db | DB instance restarted\n",
      "06:21:20.500 api instance us-east-1 db | DB instance shutdown\n"},
     "1 06:21:20.500 us-east-1/db instance.shutdown x2\n"
     "2 06:21:20.500 us-east-1/db instance.restarted\n"},
    {"never beyond what is known",
     {"06:21 table instance us-east-1 db | DB instance restarted\n"
      "06:21 table instance us-east-1 db | DB instance shutdown\n",
      "06:21:20.500 api instance us-east-1 db | DB instance shutdown\n"
      "06:21:40.500 api instance us-east-1 db | DB instance restarted\n"},
     "1 06:21:20.500 us-east-1/db instance.shutdown x2\n"
     "2 06:21:40.500 us-east-1/db instance.restarted x2\n"},
    {"answers of the API have no order of their own",
     {"06:21:20.000 api instance us-east-1 db | DB instance restarted\n"
      "06:21:20.000 api instance us-east-1 db | DB instance shutdown\n"},
     "1 06:21:20.000 us-east-1/db instance.shutdown\n"
     "2 06:21:20.000 us-east-1/db instance.restarted\n"},
    {"calls of one second are told apart by their ids",
     {"06:00:00 trail#e1 cluster us-east-1 shop | event_name=ModifyDBCluster\n"
      "06:00:00 trail#e2 cluster us-east-1 shop | event_name=ModifyDBCluster\n",
      "06:00:00 trail#e2 cluster us-east-1 shop | event_name=ModifyDBCluster\n"},
     "1 06:00:00.000 us-east-1/shop api.call\n"
     "2 06:00:00.000 us-east-1/shop api.call x2\n"},
    {"what a topology says is no row",
     {"- topology cluster us-east-1 shop@1 | engine=aurora-mysql\n",
      "06:00:00.000 api cluster us-east-1 shop | DB cluster created\n"},
     "1 06:00:00.000 us-east-1/shop cluster.created\n"},
    {"a probe shows what changed: a success and the version that it brings are two rows",
     {"06:00:00.000 probe - ok 1.0\n"
      "06:00:01.000 probe - refused\n"
      "06:00:02.000 probe - refused\n"
      "06:00:03.000 probe - refused\n"
      "06:00:04.000 probe - ok 2.0\n"
      "06:00:05.000 probe - ok 2.0\n"},
     "1 06:00:01.000 /a probe.failed\n"
     "2 06:00:03.000 /a probe.failed\n"
     "3 06:00:04.000 /a probe.ok\n"
     "4 06:00:04.000 /a probe.version-changed\n"},
};

static void
events_become_rows(void **state)
{
    static const char *const names[MAX_INPUTS] = {"a", "b", "c", "d"};

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        for (int turn = 0; turn < 2; turn++) { /* inputs forwards and backwards */
            struct bench b;
            struct tl_buf rows;

            bench_begin(&b);
            for (int k = 0; k < MAX_INPUTS; k++) {
                int at = turn ? MAX_INPUTS - 1 - k : k;

                if (cases[i].inputs[at])
                    bench_feed(&b, names[at], cases[i].inputs[at]);
            }
            rows = print_rows(bench_end(&b));
            if (strcmp(rows.p ? rows.p : "", cases[i].rows) != 0)
                print_error("case %zu, turn %d: %s\n", i, turn, cases[i].what);
            assert_string_equal(rows.p ? rows.p : "", cases[i].rows);
            tl_buf_free(&rows);
            bench_free(&b);
        }
    }
}

static void
the_interval_of_a_row_is_what_all_proofs_allow(void **state)
{
    struct bench b;
    const struct tl_row *row;

    (void)state;
    bench_begin(&b);
    bench_feed(&b, "t",
               "06:21 table instance us-east-1 db | DB instance shutdown\n"
               "06:21 table instance us-east-1 db | DB instance restarted\n");
    bench_feed(&b, "a", "06:21:20.500 api instance us-east-1 db | DB instance shutdown\n");
    row = bench_end(&b)->rows;
    assert_int_equal(row[0].ev.when.earliest, DAY0 + 22880500 * TL_MS);
    assert_int_equal(row[0].ev.when.latest, row[0].ev.when.earliest + TL_MS);
    assert_int_equal(row[0].input, 0); /* the most precise proof first */
    assert_int_equal(row[0].proofs[1].input, 1);
    assert_int_equal(row[0].proofs[1].channel, TL_CHANNEL_TABLE);
    assert_text(row[0].ev.who.label, "db");
    /* listed order raises at, and narrows nothing */
    assert_int_equal(row[1].ev.when.at, row[0].ev.when.at);
    assert_int_equal(row[1].ev.when.earliest, DAY0 + 381 * TL_MINUTE);
    assert_int_equal(row[1].ev.when.latest, DAY0 + 382 * TL_MINUTE);
    bench_free(&b);
}

static void
identical_bytes_are_one_source(void **state)
{
    static const char lines[] = "06:21 table instance us-east-1 db | DB instance shutdown\n";
    const struct tl_report *r;
    struct bench b;

    (void)state;
    bench_begin(&b);
    for (int i = 0; i < 2; i++) {
        struct tl_str rest = tl_str_from(lines), line;

        while (tl_str_line(&rest, &line))
            feed_line(&b, line, 1);
        bench_source(&b, i ? "copy" : "original", "same");
    }
    r = bench_end(&b);
    assert_int_equal(r->ninputs, 2);
    assert_text(r->inputs[0].name, "copy");
    assert_int_equal(r->inputs[0].duplicate_of, TL_NO_INDEX);
    assert_int_equal(r->inputs[1].duplicate_of, 0);
    assert_int_equal(r->nrows, 1);
    assert_int_equal(r->rows[0].nproofs, 1);
    assert_int_equal(r->nfindings, 1); /* precision.minute: coverage tells of the copy */
    bench_free(&b);
}

/* A stream of events names the input of each; one of them is cut before its source. */
static void
events_wait_for_the_source_of_their_input(void **state)
{
    const struct tl_report *r;
    struct bench b;
    struct tl_event ev = {.when = tl_instant_of(DAY0, TL_MS),
                          .who = {.kind = TL_KIND_INSTANCE, .region = TL_STR("us-east-1")},
                          .cls = TL_STR("instance.shutdown"),
                          .message = TL_STR("DB instance shutdown"),
                          .channel = TL_CHANNEL_API};
    static const char *const order[] = {"x", "y", "x", "y"};

    (void)state;
    bench_begin(&b);
    for (size_t i = 0; i < 4; i++) {
        ev.input = tl_str_from(order[i]);
        ev.who.id = i % 2 ? TL_STR("of-y") : TL_STR("of-x");
        ev.when = tl_instant_of(DAY0 + (tl_time)i * TL_SECOND, TL_MS);
        assert_int_equal(tl_builder_event(b.builder, &ev, NULL), TL_OK);
    }
    bench_source(&b, "y", "sha-y");
    r = bench_end(&b);
    assert_int_equal(r->ninputs, 2);
    assert_text(r->inputs[0].name, "x");
    assert_text(r->inputs[0].format, "unknown");
    assert_int_equal(r->inputs[0].odd, 1);
    assert_int_equal(r->inputs[0].events, 2);
    assert_text(r->inputs[1].sha256, "sha-y");
    assert_int_equal(r->nrows, 4);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(r->rows[i].input, i % 2);
    bench_free(&b);
}

/* --window limits what is reconstructed, --since and --until what is shown of it. */
static void
windows_and_filters_count_what_they_leave_out(void **state)
{
    static const char lines[] =
        "05:00:00.000 api cluster us-east-1 c@1 | DB cluster created\n"
        "06:00:00.000 api cluster us-east-1 c@1 | Database cluster engine minor version upgrade "
        "started. Cluster remains online.\n"
        "06:02:00.000 api instance us-east-1 c-1@1 | Attempting to upgrade the database with zero "
        "downtime.\n"
        "06:02:00.500 api cluster us-east-1 c@1 | Attempting to upgrade the database with zero "
        "downtime.\n"
        "06:03:00.000 api cluster us-east-1 c@1 | Database cluster engine version has been "
        "upgraded.\n";
    static const struct {
        tl_time window_from, since, until;
        int64_t since_ago;
        size_t rows, left_out, proofs, zdp_events;
    } filters[] = {
        {TL_TIME_NONE, TL_TIME_NONE, TL_TIME_NONE, TL_UNKNOWN, 5, 0, 1, 2},
        {DAY0 + 330 * TL_MINUTE, TL_TIME_NONE, TL_TIME_NONE, TL_UNKNOWN, 4, 1, 1, 2},
        {TL_TIME_NONE, DAY0 + 330 * TL_MINUTE, TL_TIME_NONE, TL_UNKNOWN, 4, 1, 1, 2},
        {TL_TIME_NONE, TL_TIME_NONE, DAY0 + 362 * TL_MINUTE, TL_UNKNOWN, 3, 2, 0, 1},
        {TL_TIME_NONE, TL_TIME_NONE, TL_TIME_NONE, TL_MINUTE, 3, 2, 1, 2},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++) {
        struct tl_build_options o = TL_BUILD_OPTIONS_NONE;
        const struct tl_report *r;
        struct bench b;

        o.window_from = filters[i].window_from;
        o.since = filters[i].since;
        o.until = filters[i].until;
        o.since_ago_us = filters[i].since_ago;
        bench_begin_with(&b, &o);
        bench_feed(&b, "a", lines);
        r = bench_end(&b);
        assert_int_equal(r->nrows, filters[i].rows);
        assert_int_equal(r->rows_left_out, filters[i].left_out);
        assert_int_equal(r->nruns, 1);
        assert_int_equal(r->runs[0].verdict, TL_VERDICT_SUCCEEDED);
        assert_int_equal(r->runs[0].nproof, filters[i].proofs);
        assert_int_equal(r->runs[0].zdp[0].nevents, filters[i].zdp_events);
        for (size_t k = 0; k < r->nrows; k++)
            assert_true(r->rows[k].twin_of == TL_NO_INDEX || r->rows[k].twin_of < r->nrows);
        bench_free(&b);
    }
}

/* Every size of arena gives the report or says that there is no room; nothing leaks, nothing is
 * half done. */
static void
running_out_of_room_is_told(void **state)
{
    size_t enough = 0;

    (void)state;
    rules_of_test();
    for (size_t room = 1024; enough < 3; room += 700) {
        struct tl_error err = {.msg = ""};
        struct tl_report *r = NULL;
        struct tl_arena a;
        struct tl_builder *b;
        enum tl_status st = TL_OK;
        struct tl_event ev = {.when = tl_instant_of(DAY0, TL_MINUTE),
                              .who = {.kind = TL_KIND_INSTANCE, .region = TL_STR("us-east-1")},
                              .message = TL_STR("text"),
                              .channel = TL_CHANNEL_TABLE};
        static const char *const classes[] = {"upgrade.started",    "zdp.attempted",
                                              "instance.shutdown",  "instance.restarted",
                                              "parameter.adjusted", "upgrade.finished"};

        tl_arena_init(&a, room);
        b = tl_builder_new(&a, &TL_BUILD_OPTIONS_NONE);
        for (size_t i = 0; i < 6 && b && !st; i++) {
            ev.cls = tl_str_from(classes[i]);
            ev.who.label = i % 2 ? TL_STR("one") : TL_STR("two");
            st = tl_builder_event(b, &ev, &err);
        }
        if (b && !st)
            st = tl_builder_finish(b, &r, &err);
        if (b)
            assert_true(st == TL_OK || (st == TL_ENOMEM && err.msg[0] != '\0' && !r));
        enough += b && !st && r && r->nrows == 6;
        tl_arena_free(&a);
    }
}

static void
nothing_is_a_report_too(void **state)
{
    const struct tl_report *r;
    struct bench b;

    (void)state;
    bench_begin(&b);
    r = bench_end(&b);
    assert_int_equal(r->ninputs + r->nrows + r->nruns + r->noutages + r->nfindings, 0);
    bench_free(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_become_rows),
        cmocka_unit_test(the_interval_of_a_row_is_what_all_proofs_allow),
        cmocka_unit_test(identical_bytes_are_one_source),
        cmocka_unit_test(events_wait_for_the_source_of_their_input),
        cmocka_unit_test(windows_and_filters_count_what_they_leave_out),
        cmocka_unit_test(running_out_of_room_is_told),
        cmocka_unit_test(nothing_is_a_report_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
