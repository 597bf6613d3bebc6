/* Phases, the clocks and the critical path of a run: from what is announced, never from more. */
#include "timeline_help.h"

static void
print_span(struct tl_buf *b, struct tl_span s)
{
    if (s.min_us == TL_UNKNOWN && s.max_us == TL_UNKNOWN) {
        tl_buf_add(b, TL_STR(" -"));
        return;
    }
    tl_buf_add(b, TL_STR(" "));
    tl_seconds_print(b, s.min_us);
    tl_buf_add(b, TL_STR(".."));
    if (s.max_us != TL_UNKNOWN)
        tl_seconds_print(b, s.max_us);
}

static void
print_clock(struct tl_buf *b, const char *name, struct tl_span s)
{
    tl_buf_addf(b, "clock %s", name);
    print_span(b, s);
    tl_buf_add(b, TL_STR("\n"));
}

static struct tl_buf
print_spans(const struct tl_run *r)
{
    struct tl_buf b;

    tl_buf_init(&b, 1 << 20);
    for (size_t i = 0; i < r->nphases; i++) {
        const struct tl_phase_span *p = &r->phases[i];

        tl_buf_add(&b, p->resource);
        tl_buf_addf(&b, " %.*s ", TL_FMT(tl_phase_name(p->name)));
        print_time(&b, p->began.at);
        tl_buf_add(&b, TL_STR(".."));
        print_time(&b, p->ended.at);
        print_span(&b, p->seconds);
        tl_buf_add(&b, TL_STR("\n"));
    }
    print_clock(&b, "operation", r->operation);
    print_clock(&b, "database", r->database);
    print_clock(&b, "announced", r->announced);
    print_clock(&b, "endpoint", r->endpoint);
    print_clock(&b, "recovered", r->recovered);
    for (size_t i = 0; i < r->npath; i++) {
        tl_buf_addf(&b, "path %.*s %.*s", TL_FMT(r->path[i].resource),
                    TL_FMT(tl_phase_name(r->path[i].phase)));
        print_span(&b, r->path[i].seconds);
        tl_buf_add(&b, TL_STR("\n"));
    }
    return b;
}

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

static const struct {
    const char *name, *input, *probe, *log, *expected;
} cases[] = {
    {"a restart within an upgrade",
     "06:00:00.000" CLUSTER STARTED "06:01:00.000" INSTANCE "DB instance shutdown\n"
     "06:01:30.000" INSTANCE "DB instance restarted\n"
     "06:04:00.000" CLUSTER DONE "06:04:00.100" CLUSTER UPGRADED,
     NULL, NULL,
     "db upgrade 06:00:00.000..06:04:00.000 239.999..240.001\n"
     "db-1 shutdown 06:01:00.000..06:01:30.000 29.999..30.001\n"
     "db completing 06:04:00.000..06:04:00.100 0.099..0.101\n"
     "clock operation 240.099..240.101\n"
     "clock database -\n"
     "clock announced 29.999..30.001\n"
     "clock endpoint -\n"
     "clock recovered -\n"
     "path db upgrade 59.999..60.001\n"
     "path db-1 shutdown 29.999..30.001\n"
     "path db upgrade 149.999..150.001\n"
     "path db completing 0.099..0.101\n"},
    {"the request counts, and probes tell of the endpoint",
     "05:58:00 trail cluster us-east-1 db@1 | event_name=ModifyDBCluster user=ann "
     "engine_version=16.6\n"
     "06:00:00.000" CLUSTER STARTED "06:01:00.000" INSTANCE ATTEMPT "06:01:02.000" INSTANCE ZDP_END
     "06:04:00.000" CLUSTER UPGRADED,
     "06:00:59.000 probe db.cluster-abcdefghijkl.us-east-1.rds.amazonaws.com ok 16.4\n"
     "06:01:00.000 probe db.cluster-abcdefghijkl.us-east-1.rds.amazonaws.com refused\n"
     "06:01:01.000 probe db.cluster-abcdefghijkl.us-east-1.rds.amazonaws.com refused\n"
     "06:01:02.000 probe db.cluster-abcdefghijkl.us-east-1.rds.amazonaws.com ok 16.6\n"
     "06:01:03.000 probe db.cluster-abcdefghijkl.us-east-1.rds.amazonaws.com ok 16.6\n",
     NULL,
     "db requested 05:58:00.000..06:00:00.000 119.000..120.001\n"
     "db upgrade 06:00:00.000..06:04:00.000 239.999..240.001\n"
     "db-1 zdp 06:01:00.000..06:01:02.000 1.999..2.001\n"
     "clock operation 359.000..360.001\n"
     "clock database -\n"
     "clock announced 0.000..2.001\n"
     "clock endpoint 0.000..4.000\n"
     "clock recovered -\n"
     "path db requested 119.000..120.001\n"
     "path db upgrade 59.999..60.001\n"
     "path db-1 zdp 1.999..2.001\n"
     "path db upgrade 177.999..178.001\n"},
    {"the start is not in the evidence: how long it took has no upper bound",
     "06:01:00.000" INSTANCE ATTEMPT "06:01:20.000" INSTANCE ZDP_END
     "06:04:00.000" CLUSTER UPGRADED,
     NULL, NULL,
     "db-1 zdp 06:01:00.000..06:01:20.000 19.999..20.001\n"
     "clock operation 179.999..\n"
     "clock database -\n"
     "clock announced 0.000..20.001\n"
     "clock endpoint -\n"
     "clock recovered -\n"
     "path db-1 zdp 19.999..20.001\n"
     "path db upgrade 159.999..160.001\n"},
    {"the attempt is told on the cluster, its end on the instance only",
     "06:00:00.000" CLUSTER STARTED "06:01:00.000" CLUSTER ATTEMPT "06:01:20.000" INSTANCE ZDP_END
     "06:04:00.000" CLUSTER UPGRADED,
     NULL, NULL,
     "db upgrade 06:00:00.000..06:04:00.000 239.999..240.001\n"
     "db-1 zdp 06:01:00.000..06:01:20.000 19.999..20.001\n"
     "clock operation 239.999..240.001\n"
     "clock database -\n"
     "clock announced 0.000..20.001\n"
     "clock endpoint -\n"
     "clock recovered -\n"
     "path db upgrade 59.999..60.001\n"
     "path db-1 zdp 19.999..20.001\n"
     "path db upgrade 159.999..160.001\n"},
    {"the cluster tells the end long before the instance: the instance's own word counts",
     "06:00:00.000" CLUSTER STARTED "06:01:00.000" INSTANCE ATTEMPT "06:01:10.000" CLUSTER ZDP_END
     "06:01:20.000" INSTANCE ZDP_END "06:04:00.000" CLUSTER UPGRADED,
     NULL, NULL,
     "db upgrade 06:00:00.000..06:04:00.000 239.999..240.001\n"
     "db-1 zdp 06:01:00.000..06:01:20.000 19.999..20.001\n"
     "clock operation 239.999..240.001\n"
     "clock database -\n"
     "clock announced -\n"
     "clock endpoint -\n"
     "clock recovered -\n"
     "path db upgrade 59.999..60.001\n"
     "path db-1 zdp 19.999..20.001\n"
     "path db upgrade 159.999..160.001\n"},
    {"\"the downtime started\" comes after the shutdown",
     "05:31:56.000" RDS "The pre-check started for the DB engine version upgrade.\n"
     "05:32:27.000" RDS "The pre-check finished for the DB engine version upgrade.\n"
     "05:32:54.000" RDS "DB instance shutdown\n"
     "05:33:26.000" RDS "The downtime started for the DB instance.\n"
     "05:34:38.000" RDS "The engine version upgrade started.\n"
     "05:36:20.000" RDS "DB instance restarted\n"
     "05:37:42.000" RDS "The engine version upgrade finished.\n"
     "05:37:42.000" RDS "The post-upgrade tasks are in progress.\n"
     "05:38:19.000" RDS "Database instance engine minor version upgrade complete. Previous "
     "version: 8.0.42. New version: 8.0.44.\n",
     NULL, NULL,
     "solo precheck 05:31:56.000..05:32:27.000 30.999..31.001\n"
     "solo shutdown 05:32:54.000..05:36:20.000 205.999..206.001\n"
     "solo upgrade 05:34:38.000..05:37:42.000 183.999..184.001\n"
     "solo completing 05:37:42.000..05:38:19.000 36.999..37.001\n"
     "clock operation 382.999..383.001\n"
     "clock database -\n"
     "clock announced 205.999..206.001\n"
     "clock endpoint -\n"
     "clock recovered -\n"
     "path solo precheck 30.999..31.001\n"
     "path solo upgrade 26.999..27.001\n"
     "path solo shutdown 205.999..206.001\n"
     "path solo upgrade 81.999..82.001\n"
     "path solo completing 36.999..37.001\n"},
    {"off-line patches are announced long before the instance is down",
     "16:00:06.000" RDS "Applying off-line patches to DB instance\n"
     "16:08:30.000" RDS "DB instance shutdown\n"
     "16:09:30.000" RDS "DB instance restarted\n"
     "16:09:45.000" RDS "Finished applying off-line patches to DB instance\n",
     NULL, NULL,
     "solo upgrade 16:00:06.000..16:09:45.000 578.999..579.001\n"
     "solo shutdown 16:08:30.000..16:09:30.000 59.999..60.001\n"
     "clock operation 578.999..579.001\n"
     "clock database -\n"
     "clock announced 59.999..60.001\n"
     "clock endpoint -\n"
     "clock recovered -\n"
     "path solo upgrade 503.999..504.001\n"
     "path solo shutdown 59.999..60.001\n"
     "path solo upgrade 14.999..15.001\n"},
    {"a refusal ends the upgrade",
     "13:23:22.846" CLUSTER "Database cluster engine version upgrade started.\n"
     "13:23:24.373" CLUSTER "Database cluster is in a state that cannot be upgraded: Upgrade "
     "prechecks failed.\n",
     NULL, NULL,
     "db upgrade 13:23:22.846..13:23:24.373 1.526..1.528\n"
     "clock operation 1.526..1.528\n"
     "clock database -\n"
     "clock announced -\n"
     "clock endpoint -\n"
     "clock recovered -\n"
     "path db upgrade 1.526..1.528\n"},
    {"two shutdowns and one restart: it may have been up in between",
     "06:00:00.000" CLUSTER STARTED "06:01:00.000" INSTANCE "DB instance shutdown\n"
     "06:02:00.000" INSTANCE "DB instance shutdown\n"
     "06:03:00.000" INSTANCE "DB instance restarted\n"
     "06:04:00.000" CLUSTER UPGRADED,
     NULL, NULL,
     "db upgrade 06:00:00.000..06:04:00.000 239.999..240.001\n"
     "db-1 shutdown 06:01:00.000..06:03:00.000 119.999..120.001\n"
     "clock operation 239.999..240.001\n"
     "clock database -\n"
     "clock announced 59.999..120.001\n"
     "clock endpoint -\n"
     "clock recovered -\n"
     "path db upgrade 59.999..60.001\n"
     "path db-1 shutdown 119.999..120.001\n"
     "path db upgrade 59.999..60.001\n"},
    {"a row of a minute may be the last, too",
     "06:00:00.000" CLUSTER STARTED "06:04:20.000" CLUSTER DONE
     "06:04 table cluster us-east-1 db@1 | " UPGRADED,
     NULL, NULL,
     "db upgrade 06:00:00.000..06:04:00.000 239.999..300.000\n"
     "db completing 06:04:20.000..- -\n"
     "clock operation 259.999..300.000\n"
     "clock database -\n"
     "clock announced -\n"
     "clock endpoint -\n"
     "clock recovered -\n"
     "path db upgrade 259.999..300.000\n"},
    {"a server's own log is nearer to it than what RDS announces",
     "06:00:00.000" CLUSTER STARTED "06:01:00.000" INSTANCE "DB instance shutdown\n"
     "06:01:30.000" INSTANCE "DB instance restarted\n"
     "06:04:00.000" CLUSTER UPGRADED,
     NULL,
     "06:01:01.000 log instance us-east-1 db-1@1 | received fast shutdown request\n"
     "06:01:02.000 log instance us-east-1 db-1@1 | database system is shut down\n"
     "06:01:11.000 log instance us-east-1 db-1@1 | starting PostgreSQL 16.6 on "
     "aarch64-unknown-linux-gnu, compiled by gcc, 64-bit\n"
     "06:01:12.000 log instance us-east-1 db-1@1 | database system is ready to accept "
     "connections\n",
     "db upgrade 06:00:00.000..06:04:00.000 239.999..240.001\n"
     "db-1 shutdown 06:01:00.000..06:01:02.000 1.999..2.001\n"
     "db-1 startup 06:01:11.000..06:01:12.000 0.999..1.001\n"
     "clock operation 239.999..240.001\n"
     "clock database 9.999..11.001\n"
     "clock announced -\n"
     "clock endpoint -\n"
     "clock recovered -\n"
     "path db upgrade 59.999..60.001\n"
     "path db-1 shutdown 1.999..2.001\n"
     "path db upgrade 8.999..9.001\n"
     "path db-1 startup 0.999..1.001\n"
     "path db upgrade 167.999..168.001\n"},
};

static void
spans_are_what_is_announced(void **state)
{
    int failed = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bench b;
        struct tl_buf got;

        bench_begin(&b);
        bench_feed(&b, "events", cases[i].input);
        if (cases[i].probe)
            bench_feed(&b, "probe", cases[i].probe);
        if (cases[i].log)
            bench_feed(&b, "log", cases[i].log);
        assert_int_equal(bench_end(&b)->nruns, 1);
        got = print_spans(b.report->runs);
        if (!tl_str_eq(tl_buf_str(&got), tl_str_from(cases[i].expected))) {
            print_error("%s:\n%.*s--- expected\n%s", cases[i].name, TL_FMT(tl_buf_str(&got)),
                        cases[i].expected);
            failed++;
        }
        tl_buf_free(&got);
        bench_free(&b);
    }
    assert_int_equal(failed, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spans_are_what_is_announced),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
