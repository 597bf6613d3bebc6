/* What must have happened though nothing tells of it: inferred where it cannot be otherwise, framed
 * by what is told, counted apart, and never the ground of anything else. */
#include "timeline_help.h"

#define STARTED "Database cluster engine minor version upgrade started. Cluster remains online.\n"
#define DONE                                                                                       \
    "Database cluster engine minor version upgrade complete. Previous version: 16.4.1. New "       \
    "version: 16.6.2.\n"
#define UPGRADED "Database cluster engine version has been upgraded.\n"
#define ATTEMPT  "Attempting to upgrade the database with zero downtime.\n"
#define ZDP_END                                                                                    \
    "Attempt to upgrade the database instance 'db-1' with zero downtime finished. The process "    \
    "took 1500 ms, 3 connections preserved, 0 connections dropped. See the database error log "    \
    "for "                                                                                         \
    "details.\n"
#define CLUSTER  " api cluster us-east-1 db@1 | "
#define INSTANCE " api instance us-east-1 db-1@1 | "
#define RDS      " api instance us-east-1 solo@1 | "
#define CALL                                                                                       \
    "05:59:00 trail#e cluster us-east-1 db@1 | event_name=ModifyDBCluster user=me "                \
    "engine_version=16.6\n"

static const struct {
    const char *name, *input, *rows, *sequence;
} cases[] = {
    {"all is told: nothing is inferred",
     "06:00:00.000" CLUSTER STARTED "06:01:00.000" INSTANCE "DB instance shutdown\n"
     "06:01:30.000" INSTANCE "DB instance restarted\n06:04:00.000" CLUSTER UPGRADED,
     "1 06:00:00.000 us-east-1/db upgrade.started\n"
     "2 06:01:00.000 us-east-1/db-1 instance.shutdown\n"
     "3 06:01:30.000 us-east-1/db-1 instance.restarted\n"
     "4 06:04:00.000 us-east-1/db upgrade.finished\n",
     "4 expected, 4 seen, 0 inferred, missing"},
    {"a restart had its shutdown",
     "06:00:00.000" CLUSTER STARTED "06:01:30.000" INSTANCE
     "DB instance restarted\n06:04:00.000" CLUSTER UPGRADED,
     "1 06:00:00.000 us-east-1/db upgrade.started\n"
     "2 06:00:00.000 us-east-1/db-1 instance.shutdown inferred 06:00:00.000..06:01:30.001\n"
     "3 06:01:30.000 us-east-1/db-1 instance.restarted\n"
     "4 06:04:00.000 us-east-1/db upgrade.finished\n",
     "4 expected, 3 seen, 1 inferred, missing"},
    {"a shutdown had its restart before the cluster was done",
     "06:00:00.000" CLUSTER STARTED "06:01:00.000" INSTANCE
     "DB instance shutdown\n06:04:00.000" CLUSTER DONE "06:05:00.000" CLUSTER UPGRADED,
     "1 06:00:00.000 us-east-1/db upgrade.started\n"
     "2 06:01:00.000 us-east-1/db-1 instance.shutdown\n"
     "3 06:01:00.000 us-east-1/db-1 instance.restarted inferred 06:01:00.000..06:04:00.001\n"
     "4 06:04:00.000 us-east-1/db upgrade.version-changed\n"
     "5 06:05:00.000 us-east-1/db upgrade.finished\n",
     "4 expected, 3 seen, 1 inferred, missing"},
    {"an end of patching had its attempt, the writer's",
     "06:00:00.000" CLUSTER STARTED "06:01:02.000" CLUSTER ZDP_END "06:01:02.003" INSTANCE ZDP_END
     "06:04:00.000" CLUSTER UPGRADED,
     "1 06:00:00.000 us-east-1/db upgrade.started\n"
     "2 06:00:00.000 us-east-1/db-1 zdp.attempted inferred 06:00:00.000..06:01:02.001\n"
     "3 06:01:02.000 us-east-1/db zdp.finished\n"
     "4 06:01:02.003 us-east-1/db-1 zdp.finished =3\n"
     "5 06:04:00.000 us-east-1/db upgrade.finished\n",
     "4 expected, 3 seen, 1 inferred, missing"},
    {"between the call and the first word it started",
     CALL "06:01:00.000" CLUSTER ATTEMPT "06:01:02.000" CLUSTER ZDP_END "06:04:00.000" CLUSTER DONE
          "06:04:00.000" CLUSTER UPGRADED,
     "1 05:59:00.000 us-east-1/db api.call\n"
     "2 05:59:00.000 us-east-1/db upgrade.started inferred 05:59:00.000..06:01:00.001\n"
     "3 06:01:00.000 us-east-1/db zdp.attempted\n"
     "4 06:01:02.000 us-east-1/db zdp.finished\n"
     "5 06:04:00.000 us-east-1/db upgrade.version-changed\n"
     "6 06:04:00.000 us-east-1/db upgrade.finished\n",
     "4 expected, 3 seen, 1 inferred, missing"},
    {"nothing stands before it: it is missing, not inferred",
     "06:01:00.000" CLUSTER ATTEMPT "06:01:02.000" CLUSTER ZDP_END "06:04:00.000" CLUSTER DONE
     "06:04:00.000" CLUSTER UPGRADED,
     "1 06:01:00.000 us-east-1/db zdp.attempted\n"
     "2 06:01:02.000 us-east-1/db zdp.finished\n"
     "3 06:04:00.000 us-east-1/db upgrade.version-changed\n"
     "4 06:04:00.000 us-east-1/db upgrade.finished\n",
     "4 expected, 3 seen, 0 inferred, missing db upgrade.started"},
    {"recovery: it may have crashed",
     "06:00:00.000" CLUSTER STARTED "06:01:00.000" INSTANCE
     "Recovery of the DB instance has started. Recovery time will vary with the amount of data to "
     "be recovered.\n06:01:30.000" INSTANCE "DB instance restarted\n06:04:00.000" CLUSTER UPGRADED,
     "1 06:00:00.000 us-east-1/db upgrade.started\n"
     "2 06:01:00.000 us-east-1/db-1 instance.recovery-started\n"
     "3 06:01:30.000 us-east-1/db-1 instance.restarted\n"
     "4 06:04:00.000 us-east-1/db upgrade.finished\n",
     "4 expected, 3 seen, 0 inferred, missing db-1 instance.shutdown"},
    {"a failover: it may have been forced",
     "06:00:00.000" CLUSTER STARTED "06:01:00.000" CLUSTER
     "Started cross AZ failover to DB instance: db-2\n"
     "06:01:30.000" INSTANCE "DB instance restarted\n06:01:40.000" CLUSTER
     "Completed failover to DB instance: db-2\n06:04:00.000" CLUSTER UPGRADED,
     "1 06:00:00.000 us-east-1/db upgrade.started\n"
     "2 06:01:00.000 us-east-1/db failover.started\n"
     "3 06:01:30.000 us-east-1/db-1 instance.restarted\n"
     "4 06:01:40.000 us-east-1/db failover.completed\n"
     "5 06:04:00.000 us-east-1/db upgrade.finished\n",
     "4 expected, 3 seen, 0 inferred, missing db-1 instance.shutdown"},
    {"two restarts: which of them had a shutdown?",
     "06:00:00.000" CLUSTER STARTED "06:01:00.000" INSTANCE
     "DB instance restarted\n06:02:00.000" INSTANCE
     "DB instance restarted\n06:04:00.000" CLUSTER UPGRADED,
     "1 06:00:00.000 us-east-1/db upgrade.started\n"
     "2 06:01:00.000 us-east-1/db-1 instance.restarted\n"
     "3 06:02:00.000 us-east-1/db-1 instance.restarted\n"
     "4 06:04:00.000 us-east-1/db upgrade.finished\n",
     "4 expected, 3 seen, 0 inferred, missing db-1 instance.shutdown"},
    {"an upgrade that has not ended may still be without it",
     "06:00:00.000" CLUSTER STARTED "06:01:00.000" INSTANCE "DB instance shutdown\n",
     "1 06:00:00.000 us-east-1/db upgrade.started\n"
     "2 06:01:00.000 us-east-1/db-1 instance.shutdown\n",
     "2 expected, 2 seen, 0 inferred, missing"},
    {"an instance of no cluster is shut down before its upgrade starts",
     "05:32:00.000" RDS "The pre-check started for the DB engine version upgrade.\n"
     "05:32:27.000" RDS "The pre-check finished for the DB engine version upgrade.\n"
     "05:36:20.000" RDS "DB instance restarted\n"
     "05:37:42.000" RDS "The engine version upgrade finished.\n"
     "05:38:19.000" RDS "Database instance engine minor version upgrade complete. Previous "
     "version: 8.0.42. New version: 8.0.44.\n",
     "1 05:32:00.000 us-east-1/solo precheck.started\n"
     "2 05:32:27.000 us-east-1/solo precheck.finished\n"
     "3 05:32:27.000 us-east-1/solo instance.shutdown inferred 05:32:27.000..05:36:20.001\n"
     "4 05:32:27.000 us-east-1/solo upgrade.started inferred 05:32:27.000..05:37:42.001\n"
     "5 05:36:20.000 us-east-1/solo instance.restarted\n"
     "6 05:37:42.000 us-east-1/solo upgrade.finished\n"
     "7 05:38:19.000 us-east-1/solo upgrade.version-changed\n",
     "6 expected, 4 seen, 2 inferred, missing"},
    {"prechecks that led to a shutdown had finished",
     "05:32:00.000" RDS "The pre-check started for the DB engine version upgrade.\n"
     "05:33:00.000" RDS "DB instance shutdown\n"
     "05:34:38.000" RDS "The engine version upgrade started.\n"
     "05:36:20.000" RDS "DB instance restarted\n"
     "05:37:42.000" RDS "The engine version upgrade finished.\n"
     "05:38:19.000" RDS "Database instance engine minor version upgrade complete. Previous "
     "version: 8.0.42. New version: 8.0.44.\n",
     "1 05:32:00.000 us-east-1/solo precheck.started\n"
     "2 05:32:00.000 us-east-1/solo precheck.finished inferred 05:32:00.000..05:33:00.001\n"
     "3 05:33:00.000 us-east-1/solo instance.shutdown\n"
     "4 05:34:38.000 us-east-1/solo upgrade.started\n"
     "5 05:36:20.000 us-east-1/solo instance.restarted\n"
     "6 05:37:42.000 us-east-1/solo upgrade.finished\n"
     "7 05:38:19.000 us-east-1/solo upgrade.version-changed\n",
     "6 expected, 5 seen, 1 inferred, missing"},
    {"a patch may start without a word",
     CALL "06:01:00.000" CLUSTER ATTEMPT "06:01:02.000" CLUSTER ZDP_END "06:04:00.000" CLUSTER
          "Database cluster has been patched\n",
     "1 05:59:00.000 us-east-1/db api.call\n"
     "2 06:01:00.000 us-east-1/db zdp.attempted\n"
     "3 06:01:02.000 us-east-1/db zdp.finished\n"
     "4 06:04:00.000 us-east-1/db upgrade.finished\n",
     "3 expected, 3 seen, 0 inferred, missing"},
};

static struct tl_buf
print_sequence(const struct tl_sequence *s)
{
    struct tl_buf b;

    tl_buf_init(&b, 1 << 16);
    tl_buf_addf(&b, "%u expected, %u seen, %u inferred, missing", (unsigned)s->expected,
                (unsigned)s->seen, (unsigned)s->inferred);
    for (size_t i = 0; i < s->nmissing; i++)
        tl_buf_addf(&b, " %.*s %.*s", TL_FMT(s->missing[i].resource), TL_FMT(s->missing[i].cls));
    return b;
}

static int
differs(const char *name, struct tl_buf *got, const char *expected)
{
    int bad = expected && !tl_str_eq(tl_buf_str(got), tl_str_from(expected));

    if (bad)
        print_error("%s:\n%.*s\n--- expected\n%s\n", name, TL_FMT(tl_buf_str(got)), expected);
    tl_buf_free(got);
    return bad;
}

static void
what_must_have_been_is_inferred(void **state)
{
    int failed = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bench b;
        struct tl_buf got;

        bench_begin(&b);
        bench_feed(&b, "events", cases[i].input);
        bench_end(&b);
        assert_int_equal(b.report->nruns, 1);
        got = print_rows(b.report);
        failed += differs(cases[i].name, &got, cases[i].rows);
        got = print_sequence(&b.report->runs->sequence);
        failed += differs(cases[i].name, &got, cases[i].sequence);
        bench_free(&b);
    }
    assert_int_equal(failed, 0);
}

/* Proofs, findings, twins and requests still name the rows that they mean. */
static void
rows_that_come_between_move_the_others(void **state)
{
    const struct tl_report *r;
    const struct tl_run *run;
    const struct tl_finding *f;
    struct bench b;

    (void)state;
    bench_begin(&b);
    bench_feed(&b, "events",
               CALL "06:00:00.000" CLUSTER STARTED
                    "06:01:30.000 api instance us-east-1 db-2@1 | DB instance restarted\n"
                    "06:02:02.000" CLUSTER ZDP_END "06:02:02.003" INSTANCE ZDP_END
                    "06:04:00.000" CLUSTER UPGRADED);
    r = bench_end(&b);
    run = r->runs;
    assert_int_equal(r->nrows, 8);
    assert_true(r->rows[2].inferred && r->rows[3].inferred);
    assert_int_equal(run->requested.event, 0);
    assert_int_equal(run->proof[0], 7);
    for (size_t i = 0; i < run->nstrategy_proof; i++)
        assert_false(r->rows[run->strategy_proof[i]].inferred);
    assert_true(run->nstrategy_proof > 0);
    assert_int_equal(r->rows[6].twin_of, 5);
    assert_int_equal(run->nzdp, 2);
    assert_int_equal(run->zdp[0].events[0], 5);
    f = finding_of(run->findings, run->nfindings, "restart.without-shutdown");
    assert_true(f && f->nevents == 1 && f->events[0] == 4);
    for (size_t i = 0; i < run->nphases; i++)
        assert_int_equal(run->phases[i].inferred, run->phases[i].name == TL_PHASE_ZDP ||
                                                      run->phases[i].name == TL_PHASE_SHUTDOWN);
    assert_int_equal(run->announced.min_us, 0);
    assert_int_equal(run->announced.max_us, 122 * TL_SECOND + TL_MS);
    bench_free(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_must_have_been_is_inferred),
        cmocka_unit_test(rows_that_come_between_move_the_others),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
