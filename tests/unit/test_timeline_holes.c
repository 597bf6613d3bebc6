/* Findings about what the evidence does not hold, and about global databases. */
#include "timeline_causes.h"

/* ---- what the evidence does not hold ---- */

/* An input of RDS events from a to b. */
static void
end_events(struct bench *b, const char *name, const char *first, const char *last)
{
    struct tl_source src = {.name = tl_str_from(name),
                            .format = TL_STR("rds-events"),
                            .sha256 = tl_str_from(name),
                            .bytes = 1,
                            .first = when_of(tl_str_from(first)).earliest,
                            .last = when_of(tl_str_from(last)).earliest,
                            .precision_us = TL_MS};

    assert_int_equal(tl_builder_source(b->builder, &src, NULL), TL_OK);
}

static void
feed_all(struct bench *b, const char *lines)
{
    struct tl_str rest = tl_str_from(lines), line;
    uint32_t n = 0;

    while (tl_str_line(&rest, &line))
        feed_line(b, line, ++n);
}

static void
an_upgrade_without_its_start_is_told(void **state)
{
    static const struct {
        const char *what, *lines, *first, *last, *says; /* NULL: nothing */
    } cases[] = {
        {"the whole of it", BEGIN RESTARTS COMPLETE("15.4.2", "15.5.2"), "06:00:00.000",
         "06:04:00.100", NULL},
        {"the last hour of it", RESTARTS COMPLETE("15.4.2", "15.5.2"), "06:02:00.000",
         "06:04:00.100",
         "begins with \"DB instance shutdown\" at 2026-04-11 06:02:00 UTC, and the start of the "
         "upgrade is not in it: e.json spans 2 min, and describe-events answers for the last hour "
         "only"},
        {"a day of it", RESTARTS COMPLETE("15.4.2", "15.5.2"), "02:02:00.000", "06:04:00.100",
         "the start of the upgrade is not in it"},
        {"of Aurora MySQL, whose patches announce none",
         RESTARTS "06:04:00.100 api cluster us-east-1 a@1 | Database cluster has been patched\n",
         "06:02:00.000", "06:04:00.100", NULL},
        {"of an instance, whose patches announce none",
         RESTARTS "06:04:00.100 api instance us-east-1 a-1@1 | Database instance patched\n",
         "06:02:00.000", "06:04:00.100", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct tl_str text;
        struct bench b;

        bench_begin(&b);
        feed_all(&b, cases[i].lines);
        end_events(&b, "e.json", cases[i].first, cases[i].last);
        assert_int_equal(bench_end(&b)->nruns, 1);
        text = text_of_code(b.report->runs, "evidence.begins-late");
        if (cases[i].says)
            assert_true(has(text, cases[i].says));
        else
            assert_text(text, "-");
        assert_int_equal(tl_str_find(text, TL_STR("last hour")) != SIZE_MAX, i == 1);
        bench_free(&b);
    }
}

static const char flip[] = "06:01:59.000 probe a.cluster-x.us-east-1.rds.amazonaws.com ok 16.4\n"
                           "06:02:01.000 probe a.cluster-x.us-east-1.rds.amazonaws.com refused\n"
                           "06:02:29.000 probe a.cluster-x.us-east-1.rds.amazonaws.com ok 16.6\n"
                           "06:02:30.000 probe a.cluster-x.us-east-1.rds.amazonaws.com ok 16.6\n";

static void
a_run_that_no_event_tells_of_says_until_when_they_are_kept(void **state)
{
    static const struct {
        const char *events, *says;
    } cases[] = {
        {"", "no RDS events were given (describe-events keeps them until 2026-04-25 06:02:29 UTC)"},
        {"+16T07:00:00.000 api instance us-east-1 z@1 | DB instance restarted\n",
         "the events that were given begin at 2026-04-27 07:00:00 UTC, 16 days later"},
        {"05:00:00.000 api instance us-east-1 z@1 | DB instance restarted\n",
         "the events that were given have none of it"},
        {"06:01:00.000 api cluster us-east-1 a@1 | " STARTED, NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct tl_str text;
        struct bench b;

        bench_begin(&b);
        bench_feed(&b, "probe", flip);
        bench_feed(&b, "events", cases[i].events);
        assert_int_equal(bench_end(&b)->nruns, 1);
        text = text_of_code(b.report->runs, "evidence.no-events");
        if (cases[i].says)
            assert_true(has(text, cases[i].says));
        else
            assert_text(text, "-");
        bench_free(&b);
    }
}

static void
a_log_of_another_time_is_told(void **state)
{
    static const struct {
        const char *first, *last, *says;
    } cases[] = {
        {"02:00:00.000", "05:59:59.000",
         "covers 2026-04-11 02:00:00 UTC to 2026-04-11 05:59:59 "
         "UTC, and the run began at 2026-04-11 06:00:00 UTC: a "
         "later file is needed"},
        {"06:05:00.000", "07:00:00.000", "an earlier file is needed (RDS keeps those of 3 days"},
        {"02:00:00.000", "06:00:00.000", NULL},
        {"06:04:00.000", "07:00:00.000", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct tl_str text;
        struct bench b;

        bench_begin(&b);
        bench_feed(&b, "events", BEGIN RESTARTS COMPLETE("15.4.2", "15.5.2"));
        feed_log(&b, cases[i].last, 1, "", "received SIGHUP, reloading configuration files");
        end_log(&b, cases[i].first, cases[i].last);
        assert_int_equal(bench_end(&b)->nruns, 1);
        text = text_of_code(b.report->runs, "evidence.log-misses-run");
        if (cases[i].says)
            assert_true(has(text, cases[i].says));
        else
            assert_text(text, "-");
        bench_free(&b);
    }
}

#define DELETED(file)                                                                              \
    "The log file " file " will be deleted since it is past the log retention period and may not " \
    "be uploaded to CloudWatch Logs.\n"

static void
deleted_logs_are_told_once_for_each_resource(void **state)
{
    const struct tl_finding *f;
    struct bench b;

    (void)state;
    bench_begin(&b);
    bench_feed(&b, "events",
               "05:00:00.000 api instance us-east-1 z@1 | " DELETED(
                   "error/postgresql.log.2026-04-08-05") "06:00:00.000 api instance us-east-1 z@1 "
                                                         "| " DELETED(
                                                             "error/postgresql.log.2026-04-08-06"));
    bench_end(&b);
    f = finding_of(b.report->findings, b.report->nfindings, "evidence.log-deleted");
    assert_non_null(f);
    assert_true(
        has(f->text, "deletes 2 log files of z (error/postgresql.log.2026-04-08-05 first)"));
    assert_int_equal(f->nevents, 2);
    assert_int_equal(b.report->nfindings, 1);
    bench_free(&b);
}

/* ---- global databases ---- */

#define GLOBAL                                                                                     \
    "- topology cluster us-east-1 a@1 | global_cluster=g role=primary\n"                           \
    "- topology cluster eu-west-1 e@1 | global_cluster=g role=secondary\n"
#define OF_REGION(minute, region, id)                                                              \
    "06:" minute ":00.000 api cluster " region " " id "@1 | " STARTED "06:" minute                 \
    ":50.000 api cluster " region " " id "@1 | " UPGRADED

static void
a_region_without_evidence_is_named(void **state)
{
    static const char *const lines[] = {GLOBAL OF_REGION("00", "us-east-1", "a"),
                                        GLOBAL OF_REGION("00", "us-east-1", "a")
                                            OF_REGION("01", "eu-west-1", "e")};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct tl_str text;
        struct bench b;

        bench_begin(&b);
        bench_feed(&b, "events", lines[i]);
        assert_int_equal(bench_end(&b)->nruns, 1);
        text = text_of_code(b.report->runs, "region.no-evidence");
        if (i == 0)
            assert_true(has(text, "e in eu-west-1 is a member of g, and nothing"));
        else
            assert_text(text, "-");
        bench_free(&b);
    }
}

static void
one_call_for_all_regions_wants_evidence_of_all(void **state)
{
    static const char *const calls[] = {"ModifyGlobalCluster", "ModifyDBCluster"};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        char call[256];
        struct tl_str text;
        struct bench b;

        snprintf(call, sizeof(call),
                 "05:59:00.000 trail %s | event_name=%s engine_version=15.5 user=me\n",
                 i == 0 ? "global-cluster us-east-1 g@1" : "cluster us-east-1 a@1", calls[i]);
        bench_begin(&b);
        bench_feed(&b, "trail", call);
        bench_feed(&b, "events", OF_REGION("00", "us-east-1", "a"));
        assert_int_equal(bench_end(&b)->nruns, 1);
        assert_int_not_equal(b.report->runs->requested.event, TL_NO_INDEX);
        text = text_of_code(b.report->runs, "region.no-evidence");
        if (i == 0)
            assert_true(has(text, "and the evidence is of us-east-1 alone: describe-events"));
        else
            assert_text(text, "-");
        bench_free(&b);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_upgrade_without_its_start_is_told),
        cmocka_unit_test(a_run_that_no_event_tells_of_says_until_when_they_are_kept),
        cmocka_unit_test(a_log_of_another_time_is_told),
        cmocka_unit_test(deleted_logs_are_told_once_for_each_resource),
        cmocka_unit_test(a_region_without_evidence_is_named),
        cmocka_unit_test(one_call_for_all_regions_wants_evidence_of_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
