/* Findings with their causes: each beside the near miss that must not bring it. */
#include "timeline_causes.h"

/* ---- digits ---- */

static const char patched[] =
    "06:00:00.000 api cluster us-east-1 a@1 | " STARTED
    "06:02:00.500 api instance us-east-1 a-1@1 | " ATTEMPT
    "06:02:06.000 api instance us-east-1 a-1@1 | Attempt to upgrade the database instance 'a-1' "
    "with zero downtime finished. The process took 5360 ms, 1 connections preserved, 0 connections "
    "dropped.\n"
    "06:04:00.100 api cluster us-east-1 a@1 | " UPGRADED;

static void
a_span_has_the_digits_of_its_stamps(void **state)
{
    static const struct {
        const char *fraction, *says;
    } cases[] = {{".000", "proves an outage of 1.000 to 7.000 s for new connections: consistent"},
                 {"", "proves an outage of at most 8 s for new connections: consistent"}};

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        static const char *const seconds[] = {"00", "01", "03", "04", "06", "07"};
        const struct tl_finding *f;
        const struct tl_run *run;
        struct tl_buf lines;
        struct bench b;

        tl_buf_init(&lines, 4096);
        for (size_t k = 0; k < 6; k++) {
            tl_buf_addf(&lines, "06:02:%s%s probe a.cluster-x.us-east-1.rds.amazonaws.com %s\n",
                        seconds[k], cases[i].fraction,
                        k >= 1 && k <= 3 ? "refused"
                        : k == 0         ? "ok 16.4"
                                         : "ok 16.6");
        }
        tl_buf_add(&lines, (struct tl_str){"", 1});
        bench_begin(&b);
        bench_feed(&b, "events", patched);
        bench_feed(&b, "probe", lines.p);
        run = bench_end(&b)->runs;
        assert_true(has(text_of_code(run, "zdp.client-view"), cases[i].says));
        assert_true(has(text_of_code(run, "zdp.client-view"), "took 5.360 s by its event"));
        f = finding_of(run->findings, run->nfindings, "zdp.client-view");
        for (size_t k = 1; k < f->nevents;
             k++) /* in the order of the report, though of two kinds */
            assert_true(f->events[k - 1] < f->events[k]);
        tl_buf_free(&lines);
        bench_free(&b);
    }
}

/* ---- names ---- */

static void
the_region_is_named_where_another_has_a_namesake(void **state)
{
    static const char near_miss[] =
        "06:10:00.000 api instance eu-west-1 b-1@1 | DB instance restarted\n";
    static const char namesake[] =
        "06:10:00.000 api instance eu-west-1 a-1@1 | DB instance restarted\n";
    static const char events[] =
        "06:00:00.000 api cluster us-east-1 a@1 | " STARTED
        "06:02:00.000 api instance us-east-1 a-1@1 | DB instance restarted\n"
        "06:04:00.000 api cluster us-east-1 a@1 | " UPGRADED;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const struct tl_run *run;
        struct bench b;

        bench_begin(&b);
        bench_feed(&b, "events", events);
        bench_feed(&b, "others", i == 0 ? near_miss : namesake);
        run = bench_end(&b)->runs;
        assert_true(has(text_of_code(run, "restart.without-shutdown"),
                        i == 0 ? "a-1 was restarted" : "a-1 (us-east-1) was restarted"));
        bench_free(&b);
    }
}

/* ---- why zero-downtime patching was not used ---- */

#define OF_A "- topology instance us-east-1 a-1@1 | cluster=a "

static const struct {
    const char *what, *lines, *code, *says;
} reasons[] = {
    {"a version that has it", BEGIN RESTARTS COMPLETE("15.4.2", "15.5.2") OF_A "role=writer\n",
     "zdp.not-used", "no documented reason for that: the release that it ran, 15.4.2, supports it"},
    {"the last version without", BEGIN RESTARTS COMPLETE("15.2.9", "15.5.2") OF_A "role=writer\n",
     "zdp.not-used-by-design",
     "before the first release that has it (the upgrade began on 15.2.9, "
     "before 15.3)"},
    {"the first version with it", BEGIN RESTARTS COMPLETE("15.3.2", "15.5.2") OF_A "role=writer\n",
     "zdp.not-used", "15.3.2, supports it"},
    {"Serverless v2, too early",
     BEGIN RESTARTS COMPLETE("14.4.3", "14.9.0") OF_A "role=writer class=db.serverless\n",
     "zdp.not-used-by-design", "not used for db.serverless before"},
    {"Serverless v2, in time",
     BEGIN RESTARTS COMPLETE("14.5.3", "14.9.0") OF_A "role=writer class=db.serverless\n",
     "zdp.not-used", "14.5.3, supports it"},
    {"one of two, and none known as the writer",
     BEGIN RESTARTS COMPLETE("15.4.2", "15.5.2") "06:03:00.000 api instance us-east-1 a-2@1 | DB "
                                                 "instance restarted\n",
     "zdp.not-used", "supports it (if it was the writer, which the evidence does not say: readers"},
    {"another class, in time",
     BEGIN RESTARTS COMPLETE("14.4.3", "14.9.0") OF_A "role=writer class=db.r6g.large\n",
     "zdp.not-used", "14.4.3, supports it"},
    {"Serverless v1",
     BEGIN RESTARTS COMPLETE("14.6.3", "14.9.0") "- topology cluster us-east-1 a@1 | "
                                                 "engine_mode=serverless\n",
     "zdp.not-used-by-design", "Serverless v1 (describe-db-clusters"},
    {"provisioned",
     BEGIN RESTARTS COMPLETE("14.6.3", "14.9.0") "- topology cluster us-east-1 a@1 | "
                                                 "engine_mode=provisioned\n",
     "zdp.not-used", "14.6.3, supports it"},
    {"a reader, by topology", BEGIN RESTARTS COMPLETE("15.4.2", "15.5.2") OF_A "role=reader\n",
     "zdp.not-used-by-design", "not used for readers (describe-db-clusters lists it as a reader)"},
    {"a reader, for another attempted it",
     BEGIN RESTARTS
     "06:03:00.000 api instance us-east-1 a-2@1 | " ATTEMPT COMPLETE("15.4.2", "15.5.2"),
     "zdp.not-used-by-design",
     "not used for readers (a-2 attempted it, which only the writer does)"},
    {"a secondary, by topology",
     BEGIN RESTARTS COMPLETE("15.4.2", "15.5.2") "- topology cluster us-east-1 a@1 | "
                                                 "role=secondary global_cluster=g\n",
     "zdp.not-used-by-design", "describe-global-clusters lists its cluster as a secondary"},
    {"a primary, by topology",
     BEGIN RESTARTS COMPLETE("15.4.2", "15.5.2") "- topology cluster us-east-1 a@1 | "
                                                 "role=primary global_cluster=g\n",
     "zdp.not-used", "15.4.2, supports it"},
    {"a major upgrade",
     "06:00:00.000 api cluster us-east-1 a@1 | Database cluster engine major version upgrade "
     "started. Cluster remains online.\n" RESTARTS
     "06:04:00.100 api cluster us-east-1 a@1 | Database cluster engine major version has been "
     "upgraded.\n",
     "zdp.not-used-by-design", "not used for major version upgrades (the events speak of one)"},
    {"an OS update",
     "06:00:00.000 api cluster us-east-1 a@1 | Cluster operating system upgrade "
     "starting.\n" RESTARTS
     "06:04:00.100 api cluster us-east-1 a@1 | Cluster operating system upgrade completed.\n",
     "zdp.not-used-by-design", "not used for OS patches and OS updates (the events speak of one)"},
    {"Aurora MySQL before it had it",
     BEGIN RESTARTS COMPLETE("5.7.mysql_aurora.2.07.1", "5.7.mysql_aurora.2.09.1"),
     "zdp.not-used-by-design", "before the first release that has it"},
    {"Aurora MySQL 2.09 on R5",
     BEGIN RESTARTS COMPLETE("5.7.mysql_aurora.2.09.1", "5.7.mysql_aurora.2.09.3") OF_A
     "class=db.r5.large\n",
     "zdp.not-used-by-design", "for db.t2 and db.t3 only (db.r5.large"},
    {"Aurora MySQL 2.09 on T3",
     BEGIN RESTARTS COMPLETE("5.7.mysql_aurora.2.09.1", "5.7.mysql_aurora.2.09.3") OF_A
     "class=db.t3.medium\n",
     "zdp.not-used", "2.09.1, supports it"},
    {"Aurora MySQL 3 on R5",
     BEGIN RESTARTS COMPLETE("8.0.mysql_aurora.3.04.0", "8.0.mysql_aurora.3.05.2") OF_A
     "class=db.r5.large role=reader\n",
     "zdp.not-used", "3.04.0, supports it"},
};

static void
a_restart_without_an_attempt_has_its_reason(void **state)
{

    (void)state;
    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
        static const char *const codes[] = {"zdp.not-used", "zdp.not-used-by-design"};
        const struct tl_run *run;
        struct bench b;

        bench_begin(&b);
        bench_feed(&b, "events", reasons[i].lines);
        run = bench_end(&b)->runs;
        for (size_t k = 0; k < 2; k++) {
            struct tl_str text = text_of_code(run, codes[k]);
            bool expected = strcmp(codes[k], reasons[i].code) == 0;

            if (tl_str_starts(text, TL_STR("a-1 ")) != expected ||
                (expected && !has(text, reasons[i].says)))
                print_error("%s: %s\n", reasons[i].what, codes[k]);
            assert_true(tl_str_starts(text, TL_STR("a-1 ")) == expected);
            assert_true(!expected || has(text, reasons[i].says));
        }
        bench_free(&b);
    }
}

/* What proves a reason stands among the rows of the finding. */
static void
the_attempt_of_the_writer_proves_its_reader(void **state)
{
    static const char lines[] = BEGIN RESTARTS
        "06:03:00.000 api instance us-east-1 a-2@1 | " ATTEMPT COMPLETE("15.4.2", "15.5.2");
    const struct tl_finding *f;
    struct bench b;

    (void)state;
    bench_begin(&b);
    bench_feed(&b, "events", lines);
    bench_end(&b);
    f = finding_of(b.report->runs->findings, b.report->runs->nfindings, "zdp.not-used-by-design");
    assert_int_equal(f->nevents, 3);
    assert_int_equal(f->events[2], 3); /* after the start, the shutdown and the restart */
    bench_free(&b);
}

/* ---- what dropped connections ---- */

#define FINISHED(dropped)                                                                          \
    "06:02:00.000 api instance us-east-1 a-1@1 | " ATTEMPT                                         \
    "06:02:04.000 api instance us-east-1 a-1@1 | Attempt to upgrade the database instance 'a-1' "  \
    "with zero downtime finished. The process took 3000 ms, 6 connections preserved, " dropped     \
    " connections dropped.\n"

#define DROPPING BEGIN FINISHED("2") COMPLETE("15.4.2", "15.5.2")
#define KEEPING  BEGIN FINISHED("0") COMPLETE("15.4.2", "15.5.2")
#define UPDATED(region, at, method)                                                                \
    at ":00.000 api instance " region " grp@1 | Updated parameter max_connections to 500 with "    \
       "apply method " method "\n"

#define ENDED "terminating connection due to administrator command"

static const struct {
    const char *what, *at, *sql, *message, *code; /* code "": none of the causes */
} signs[] = {
    {"DDL, ended", "06:02:01.000", "create index on t(a)", ENDED, "zdp.cause-ddl"},
    {"ALTER in capitals", "06:02:01.000", "ALTER TABLE t ADD b int", ENDED, "zdp.cause-ddl"},
    {"ended before the attempt", "06:01:50.000", "create index on t(a)", ENDED, ""},
    {"ended after it", "06:02:12.000", "create index on t(a)", ENDED, ""},
    {"idle when ended", "06:02:01.000", "", ENDED, ""},
    {"a query", "06:02:01.000", " select 1", ENDED, "zdp.cause-transaction"},
    {"a query that is called like DDL", "06:02:01.000", "createx()", ENDED,
     "zdp.cause-transaction"},
    {"a temporary table", "06:02:01.000", "CREATE TEMPORARY TABLE t()", ENDED,
     "zdp.cause-temp-table"},
    {"LISTEN", "06:02:01.000", "listen jobs", ENDED, "zdp.cause-listen"},
    {"a cursor to hold", "06:02:01.000", "declare c cursor with hold for select 1", ENDED,
     "zdp.cause-cursor"},
    {"a cursor not to hold", "06:02:01.000", "declare c cursor for select 1", ENDED,
     "zdp.cause-transaction"},
    {"LOCK TABLE", "06:02:01.000", "lock t", ENDED, "zdp.cause-table-lock"},
    {"a wait for a table", "06:01:30.000", "",
     "process 7 still waiting for AccessExclusiveLock on relation 16432 of database 5 after "
     "1000.061 ms",
     "zdp.cause-table-lock"},
    {"a wait long before", "06:00:30.000", "",
     "process 7 still waiting for AccessExclusiveLock on relation 16432 of database 5 after "
     "1000.061 ms",
     ""},
    {"an open transaction", "06:02:01.000", "",
     "unexpected EOF on client connection with an open transaction", "zdp.cause-transaction"},
    {"a client gone, idle", "06:02:01.000", "", "unexpected EOF on client connection", ""},
    {"idle in a transaction", "05:58:00.000", "",
     "terminating connection due to idle-in-transaction timeout", "zdp.cause-transaction"},
    {"idle in a transaction, an hour before", "05:02:00.000", "",
     "terminating connection due to idle-in-transaction timeout", ""},
    {"idle in no transaction", "05:58:00.000", "",
     "terminating connection due to idle-session timeout", ""},
    {"a parameter that waits", "04:00:00.000", "",
     "parameter \"max_connections\" cannot be changed without restarting the server",
     "zdp.cause-parameter"},
    {"… from before the last start", "02:00:00.000", "",
     "parameter \"max_connections\" cannot be changed without restarting the server", ""},
    {"an old TLS", "06:01:00.000", "", "could not accept SSL connection: unsupported protocol",
     "zdp.cause-tls"},
    {"another handshake", "06:01:00.000", "", "could not accept SSL connection: EOF detected", ""},
};

static void
the_log_tells_what_was_in_the_way(void **state)
{

    (void)state;
    for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
        const struct tl_run *run;
        size_t causes = 0;
        struct bench b;

        bench_begin(&b);
        bench_feed(&b, "events", DROPPING);
        feed_log(&b, "03:00:00.000", 1, "", "database system is ready to accept connections");
        feed_log(&b, signs[i].at, 4242, signs[i].sql, signs[i].message);
        end_log(&b, "02:00:00.000", "07:00:00.000");
        run = bench_end(&b)->runs;
        for (size_t k = 0; k < run->nfindings; k++) {
            struct tl_str code = run->findings[k].code;
            bool cause = tl_str_starts(code, TL_STR("zdp.cause-")) &&
                         !tl_str_eq(code, TL_STR("zdp.cause-not-seen")) &&
                         !tl_str_eq(code, TL_STR("zdp.cause-unknown")) &&
                         !tl_str_eq(code, TL_STR("zdp.cause-release"));

            causes += cause;
            if (cause && !tl_str_eq(code, tl_str_from(signs[i].code)))
                print_error("%s: %.*s\n", signs[i].what, TL_FMT(code));
        }
        if (causes != (*signs[i].code != '\0'))
            print_error("%s\n", signs[i].what);
        assert_int_equal(causes, *signs[i].code != '\0');
        if (causes) {
            const struct tl_finding *f = finding_of(run->findings, run->nfindings, signs[i].code);

            assert_non_null(f);
            assert_int_equal(f->nevents, 1);
            assert_int_equal(b.report->rows[f->events[0]].run, 0);
            assert_true(has(text_of_code(run, "zdp.cause-not-seen"), "no line that tells of "));
        } else {
            assert_true(has(text_of_code(run, "zdp.cause-unknown"),
                            "dropped 2 connections is not known: its log covers that time and "
                            "shows no sign of long or idle transactions, running DDL, "));
        }
        bench_free(&b);
    }
}

/* Without a log, with one of another time, and where nothing was dropped. */
static void
what_cannot_be_known_is_said(void **state)
{
    struct bench b;

    (void)state;
    bench_begin(&b);
    bench_feed(&b, "events", DROPPING);
    bench_end(&b);
    assert_true(has(text_of_code(b.report->runs, "zdp.cause-unknown"),
                    "no log of it was given; documented are long or idle transactions"));
    bench_free(&b);

    bench_begin(&b);
    bench_feed(&b, "events", DROPPING);
    feed_log(&b, "03:00:00.000", 1, "", "database system is ready to accept connections");
    end_log(&b, "02:00:00.000", "05:00:00.000");
    bench_end(&b);
    assert_true(has(text_of_code(b.report->runs, "zdp.cause-unknown"),
                    "the log that was given does not cover that time"));
    assert_null(
        finding_of(b.report->runs->findings, b.report->runs->nfindings, "zdp.cause-not-seen"));
    bench_free(&b);

    bench_begin(&b);
    bench_feed(&b, "events", KEEPING);
    feed_log(&b, "06:02:01.000", 4242, "create index on t(a)", ENDED);
    end_log(&b, "02:00:00.000", "07:00:00.000");
    bench_end(&b);
    for (size_t i = 0; i < b.report->runs->nfindings; i++)
        assert_false(tl_str_starts(b.report->runs->findings[i].code, TL_STR("zdp.cause")));
    bench_free(&b);
}

/* What is documented depends on the engine, and on its release. */
static void
each_engine_has_its_own_list_of_causes(void **state)
{
    static const struct {
        const char *from, *to, *says;
    } cases[] = {
        {"5.7.mysql_aurora.2.10.1", "5.7.mysql_aurora.2.11.1",
         "an error log does not show what sessions did; documented are long or idle transactions, "
         "temporary tables, table locks, user locks (GET_LOCK), connections with TLS or pending "
         "parameter changes"},
        {"5.7.mysql_aurora.2.11.1", "5.7.mysql_aurora.2.11.2",
         "user locks (GET_LOCK) or pending parameter changes"},
        {"15.4.2", "15.5.2", "cursors WITH HOLD, connections with TLS 1.1 or pending"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char end[512];
        struct bench b;

        snprintf(end, sizeof(end),
                 "06:04:00.000 api cluster us-east-1 a@1 | Database cluster engine minor version "
                 "upgrade complete. Previous version: %s. New version: %s.\n",
                 cases[i].from, cases[i].to);
        bench_begin(&b);
        bench_feed(&b, "events", BEGIN FINISHED("2"));
        bench_feed(&b, "end", end);
        bench_end(&b);
        assert_true(has(text_of_code(b.report->runs, "zdp.cause-unknown"), cases[i].says));
        bench_free(&b);
    }
}

/* Sessions are counted once each, and those that were ended in the attempt are told. */
static void
sessions_are_counted_by_their_processes(void **state)
{
    struct bench b;

    (void)state;
    bench_begin(&b);
    bench_feed(&b, "events", DROPPING);
    feed_log(&b, "06:01:50.000", 7, "",
             "process 7 still waiting for ShareLock on relation 1 of database 5 after 1000.1 ms");
    feed_log(&b, "06:01:55.000", 8, "",
             "process 8 still waiting for ShareLock on relation 1 of database 5 after 1000.1 ms");
    feed_log(&b, "06:01:58.000", 8, "",
             "process 8 still waiting for ShareLock on relation 2 of database 5 after 1000.1 ms");
    feed_log(&b, "06:02:01.000", 8, "", ENDED);
    end_log(&b, "02:00:00.000", "07:00:00.000");
    bench_end(&b);
    assert_true(has(text_of_code(b.report->runs, "zdp.cause-table-lock"),
                    "shows 2 sessions (processes 7, 8) that locked"));
    assert_true(has(text_of_code(b.report->runs, "zdp.cause-table-lock"),
                    "last at 2026-04-11 06:01:58 UTC, and 1 of them ended in the attempt"));
    bench_free(&b);
}

/* ---- what else is behind it ---- */

static const struct {
    const char *what, *lines, *metric, *code, *says; /* says NULL: no such finding */
} hints[] = {
    {"lost sockets", DROPPING, "ZD_SOCKET_TRANSFER_CONN_DROPPED: 2", "zdp.cause-socket",
     "counts 2 connections lost"},
    {"no lost sockets", DROPPING, "ZD_SOCKET_TRANSFER_CONN_DROPPED: 0", "zdp.cause-socket", NULL},
    {"lost sockets, nothing dropped", KEEPING, "ZD_SOCKET_TRANSFER_CONN_DROPPED: 2",
     "zdp.cause-socket", NULL},
    {"a pending change", DROPPING UPDATED("us-east-1", "05:00", "pending-reboot"), "",
     "zdp.cause-group",
     "grp had a change of max_connections pending since 2026-04-11 "
     "05:00:00 UTC; the events do not say whether a-1 uses"},
    {"an immediate change", DROPPING UPDATED("us-east-1", "05:00", "immediate"), "",
     "zdp.cause-group", NULL},
    {"a change elsewhere", DROPPING UPDATED("eu-west-1", "05:00", "pending-reboot"), "",
     "zdp.cause-group", NULL},
    {"a later change", DROPPING UPDATED("us-east-1", "06:30", "pending-reboot"), "",
     "zdp.cause-group", NULL},
    {"a release before both", DROPPING, "", "zdp.cause-release",
     "zero-downtime patching of a-1 began on 15.4.2: release 15.8 shortened its wait"},
    {"between the two", BEGIN FINISHED("2") COMPLETE("15.8.1", "15.9.1"), "", "zdp.cause-release",
     "began on 15.8.1: release 15.10 restores connections faster"},
    {"after both", BEGIN FINISHED("2") COMPLETE("15.10.1", "15.11.1"), "", "zdp.cause-release",
     NULL},
    {"failed on Serverless v2",
     BEGIN "06:02:00.000 api instance us-east-1 a-1@1 | " ATTEMPT
           "06:02:30.000 api instance us-east-1 a-1@1 | DB instance restarted\n" COMPLETE(
               "15.12.1", "15.13.1") OF_A "class=db.serverless\n",
     "", "zdp.cause-release", "release 15.13 mended failures of it on db.serverless"},
    {"failed on another class",
     BEGIN "06:02:00.000 api instance us-east-1 a-1@1 | " ATTEMPT
           "06:02:30.000 api instance us-east-1 a-1@1 | DB instance restarted\n" COMPLETE(
               "15.12.1", "15.13.1") OF_A "class=db.r6g.large\n",
     "", "zdp.cause-release", NULL},
};

static void
sockets_groups_and_releases_are_told(void **state)
{

    (void)state;
    for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++) {
        struct tl_str text;
        struct bench b;

        bench_begin(&b);
        bench_feed(&b, "events", hints[i].lines);
        feed_log(&b, "05:30:00.000", 1, "", "database system is ready to accept connections");
        if (*hints[i].metric)
            feed_log(&b, "06:02:04.000", 1, "", hints[i].metric);
        end_log(&b, "02:00:00.000", "07:00:00.000");
        bench_end(&b);
        text = text_of_code(b.report->runs, hints[i].code);
        if (hints[i].says ? !has(text, hints[i].says) : text.n != 1)
            print_error("%s\n", hints[i].what);
        assert_true(hints[i].says ? has(text, hints[i].says) : text.n == 1);
        bench_free(&b);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_span_has_the_digits_of_its_stamps),
        cmocka_unit_test(the_region_is_named_where_another_has_a_namesake),
        cmocka_unit_test(a_restart_without_an_attempt_has_its_reason),
        cmocka_unit_test(the_attempt_of_the_writer_proves_its_reader),
        cmocka_unit_test(the_log_tells_what_was_in_the_way),
        cmocka_unit_test(what_cannot_be_known_is_said),
        cmocka_unit_test(each_engine_has_its_own_list_of_causes),
        cmocka_unit_test(sessions_are_counted_by_their_processes),
        cmocka_unit_test(sockets_groups_and_releases_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
