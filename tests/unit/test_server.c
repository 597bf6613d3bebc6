/* The server's own outage, by its own log. */
#include "timeline_help.h"

/* "db-1 ok 06:00:00.000 fail …..… ready … min/observed/max connect x3": ? is not known. */
static void
put_figure(struct tl_buf *b, const char *before, int64_t us)
{
    tl_buf_add(b, tl_str_from(before));
    if (us == TL_UNKNOWN)
        tl_buf_add(b, TL_STR("?"));
    else
        tl_seconds_print(b, us);
}

static void
put_outage(struct tl_buf *b, const struct tl_outage *o)
{
    const struct {
        const char *word;
        tl_time t;
    } points[] = {{" ok ", o->last_ok},
                  {" fail ", o->first_fail},
                  {"..", o->last_fail},
                  {" ready ", o->first_ok}};

    tl_buf_add(b, o->resource);
    for (size_t i = 0; i < 4; i++) {
        tl_buf_add(b, tl_str_from(points[i].word));
        print_time(b, points[i].t);
    }
    put_figure(b, " = ", o->min_us);
    put_figure(b, "/", o->observed_us);
    put_figure(b, "/", o->max_us);
    if (o->access != TL_ACCESS_CONNECT) {
        tl_buf_add(b, TL_STR(" "));
        tl_buf_add(b, tl_access_name(o->access));
    }
    if (o->attempts_failed > 0)
        tl_buf_addf(b, " x%llu", (unsigned long long)o->attempts_failed);
    if (!o->continuous)
        tl_buf_add(b, TL_STR(" broken"));
    if (o->version_before.n + o->version_after.n > 0)
        tl_buf_addf(b, " %.*s>%.*s", TL_FMT(o->version_before), TL_FMT(o->version_after));
    tl_buf_add(b, TL_STR("\n"));
}

static void
put_codes(struct tl_buf *b, const struct tl_finding *f, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        tl_buf_add(b, TL_STR("! "));
        tl_buf_add(b, f[i].code);
        print_list(b, f[i].events, f[i].nevents);
        tl_buf_add(b, TL_STR("\n"));
    }
}

/* The outages of a report, of runs and of none, then the codes of its findings; free it. */
static struct tl_buf
told(const struct tl_report *r)
{
    struct tl_buf b;

    tl_buf_init(&b, 1 << 20);
    for (size_t i = 0; i < r->nruns; i++)
        for (size_t k = 0; k < r->runs[i].noutages; k++)
            put_outage(&b, &r->runs[i].outages[k]);
    for (size_t k = 0; k < r->noutages; k++)
        put_outage(&b, &r->outages[k]);
    for (size_t i = 0; i < r->nruns; i++)
        put_codes(&b, r->runs[i].findings, r->runs[i].nfindings);
    put_codes(&b, r->findings, r->nfindings);
    return b;
}

#define L       " log instance us-east-1 db-1 | "
#define START   L "starting PostgreSQL 15.4 on x86_64-pc-linux-gnu, compiled by gcc\n"
#define START5  L "starting PostgreSQL 15.5 on x86_64-pc-linux-gnu, compiled by gcc\n"
#define FAST    L "received fast shutdown request\n"
#define SHUT    L "database system is shut down\n"
#define READY   L "database system is ready to accept connections\n"
#define RONLY   L "database system is ready to accept read-only connections\n"
#define WAS(t)  L "database system was shut down at 2026-04-11 " t " UTC\n"
#define CUT(t)  L "database system was interrupted; last known up at 2026-04-11 " t " UTC\n"
#define UNCLEAN L "database system was not properly shut down; automatic recovery in progress\n"
#define REDO    L "redo starts at 0/1737C98\n"
#define KILLED  L "server process (PID 7) was terminated by signal 9: Killed\n"
#define OTHERS  L "terminating any other active server processes\n"
#define REINIT  L "all server processes terminated; reinitializing\n"
#define EARLY   L "the database system is starting up\n"
#define LATE    L "the database system is shutting down\n"
#define FULL    L "sorry, too many clients already\n"
#define CONFIG  L "configuration file \"/pg/postgresql.conf\" contains errors\n"
#define SIGHUP  L "received SIGHUP, reloading configuration files\n"

static const struct {
    const char *name, *lines, *want;
} cases[] = {
    {"fast shutdown and start",
     "06:00:00.000" FAST "06:00:00.100" SHUT "06:00:03.000" START
     "06:00:03.010" WAS("06:00:00") "06:00:03.200" READY,
     "db-1 ok 06:00:00.000 fail 06:00:00.100..06:00:03.010 ready 06:00:03.200 = 3.099/3.100/3.201 "
     ">15.4\n"},
    {"no request in the evidence: from the shutdown on", "06:00:00.100" SHUT "06:00:03.200" READY,
     "db-1 ok 06:00:00.100 fail 06:00:00.100..06:00:00.100 ready 06:00:03.200 = "
     "3.099/3.100/3.101\n"},
    {"the next start tells of the end, within the hour",
     "06:30:00.000" START "06:30:00.010" WAS("06:00:00") "06:30:00.200" READY,
     "db-1 ok 06:00:00.000 fail 06:00:00.000..06:30:00.010 ready 06:30:00.200 = "
     "1799.200/1800.200/1800.201 >15.4\n"},
    {"before PostgreSQL 12 no line says that it starts",
     "06:30:00.010" WAS("06:29:00") "06:30:00.200" READY,
     "db-1 ok 06:29:00.000 fail 06:29:00.000..06:30:00.010 ready 06:30:00.200 = "
     "59.200/60.200/60.201\n"},
    {"an image that was shut down long ago is no outage of hours",
     "12:00:00.000" START "12:00:00.010" WAS("06:00:00") "12:00:00.200" READY,
     "db-1 ok - fail 12:00:00.000..12:00:00.010 ready 12:00:00.200 = 0.199/0.200/? >15.4\n"
     "! outage.open [1 2 3]\n! log.last-known-up [2]\n"},
    {"the same, with an older line of the same server",
     "05:00:00.000" SIGHUP "12:00:00.000" START "12:00:00.010" WAS("06:00:00") "12:00:00.200" READY,
     "db-1 ok 06:00:00.000 fail 06:00:00.000..12:00:00.010 ready 12:00:00.200 = "
     "21599.200/21600.200/21600.201 >15.4\n"},
    {"an image that was running",
     "12:00:00.000" START "12:00:00.010" CUT("06:00:00") "12:00:00.100" UNCLEAN
                                                         "12:00:00.200" READY,
     "db-1 ok - fail 12:00:00.000..12:00:00.100 ready 12:00:00.200 = 0.199/0.200/? >15.4\n"
     "! outage.open [1 3 4]\n! log.last-known-up [2]\n"},
    {"one process dies, and all others with it",
     "06:00:00.000" READY "06:10:00.000" KILLED "06:10:00.001" OTHERS "06:10:00.500" REINIT
     "06:10:00.600" CUT("06:09:00") "06:10:00.700" EARLY "06:10:00.800" REDO "06:10:01.000" READY,
     "db-1 ok 06:10:00.000 fail 06:10:00.000..06:10:00.800 ready 06:10:01.000 = 0.999/1.000/1.001 "
     "x1\n"
     "! log.crash [2]\n! log.refused [6]\n"},
    {"a dead process that nothing follows is no outage", "06:00:00.000" READY "06:10:00.000" KILLED,
     ""},
    {"the first process is killed: from the last sign of life",
     "06:00:00.000" READY "06:10:00.000" SIGHUP "06:20:05.000" START
     "06:20:05.010" CUT("06:20:00") "06:20:05.020" UNCLEAN "06:20:06.000" READY,
     "db-1 ok 06:20:00.000 fail 06:20:05.000..06:20:05.020 ready 06:20:06.000 = 0.999/1.000/6.001 "
     ">15.4\n"},
    {"the same, and its events are later than what was kept",
     "06:00:00.000" READY "06:20:02.000" SIGHUP "06:20:05.000" START
     "06:20:05.010" CUT("06:20:00") "06:20:06.000" READY,
     "db-1 ok 06:20:02.000 fail 06:20:05.000..06:20:05.010 ready 06:20:06.000 = 0.999/1.000/4.001 "
     ">15.4\n"},
    {"starts that fail are within one outage",
     "06:00:00.000" FAST "06:00:00.100" SHUT "06:00:03.000" CONFIG "06:00:10.000" CONFIG
     "06:00:20.000" START "06:00:20.200" READY,
     "db-1 ok 06:00:00.000 fail 06:00:00.100..06:00:20.000 ready 06:00:20.200 = "
     "20.099/20.100/20.201 >15.4\n"
     "! log.start-failed [3 4]\n"},
    {"a start that fails says that it is shut down: no shutdown of its own",
     "06:10:00.000" START "06:10:00.100" L
     "aborting startup due to startup process failure\n06:10:00.110" SHUT "06:20:00.000" START
     "06:20:00.010" WAS("06:05:00") "06:20:00.200" READY,
     "db-1 ok 06:05:00.000 fail 06:05:00.000..06:20:00.010 ready 06:20:00.200 = "
     "899.200/900.200/900.201 >15.4\n"
     "! log.start-failed [2]\n"},
    {"a second process that finds the first one alive",
     "06:00:00.000" READY "06:10:00.000" L "lock file \"postmaster.pid\" already exists\n",
     "! log.start-failed [2]\n"},
    {"one address of several is taken",
     "06:00:00.000" START "06:00:00.005" L
     "could not bind IPv6 address \"::1\": Address already in use\n06:00:00.010" WAS(
         "05:59:50") "06:00:00.100" READY,
     "db-1 ok 05:59:50.000 fail 05:59:50.000..06:00:00.010 ready 06:00:00.100 = "
     "9.100/10.100/10.101 >15.4\n"},
    {"the log ends while it is down", "06:00:00.000" FAST "06:00:00.100" SHUT,
     "db-1 ok 06:00:00.000 fail 06:00:00.100..06:00:00.100 ready - = 0.000/?/?\n! outage.open "
     "[2]\n"},
    {"recovery without an end",
     "06:00:00.000" FAST "06:00:00.100" SHUT "06:00:05.000" START "06:00:06.000" REDO,
     "db-1 ok 06:00:00.000 fail 06:00:00.100..06:00:06.000 ready - = 5.899/?/?\n! "
     "outage.open [2 4]\n"},
    {"a request alone is none", "06:00:00.000" FAST, ""},
    {"a start alone is none", "06:00:00.000" START, ""},
    {"refused while it goes down, and while it comes up",
     "06:00:00.000" FAST "06:00:00.050" LATE "06:00:00.100" SHUT "06:00:03.000" START
     "06:00:03.100" EARLY "06:00:03.100" EARLY "06:00:03.200" READY,
     "db-1 ok 06:00:00.000 fail 06:00:00.050..06:00:03.100 ready 06:00:03.200 = 3.149/3.150/3.201 "
     "x3 >15.4\n"
     "! log.refused [2 5 6]\n"},
    {"refused right after it was ready: on its way then",
     "06:00:00.000" FAST "06:00:00.100" SHUT "06:00:03.200" READY "06:00:03.900" EARLY,
     "db-1 ok 06:00:00.000 fail 06:00:00.100..06:00:00.100 ready 06:00:03.200 = 3.099/3.100/3.201\n"
     "! log.refused [4]\n"},
    {"refused, and no more is known", "06:00:00.000" EARLY "06:00:01.000" EARLY,
     "! log.refused [1 2]\n"},
    {"refused, then ready", "06:00:00.000" EARLY "06:00:01.000" EARLY "06:00:02.000" READY,
     "db-1 ok - fail 06:00:00.000..06:00:01.000 ready 06:00:02.000 = 1.999/2.000/? x2\n"
     "! log.refused [1 2]\n! outage.open [1 2 3]\n"},
    {"no slot left is no outage", "06:00:00.000" FULL "06:00:01.000" FULL "06:00:02.000" READY,
     "! log.too-many-connections [1 2]\n"},
    {"one session is ended",
     "06:00:00.000" READY "06:00:01.000" L "terminating connection due to administrator command\n",
     ""},
    {"ready twice: nothing in between is known", "06:00:00.000" READY "07:00:00.000" READY, ""},
    {"a request and then ready: it went down in between", "06:00:00.000" FAST "06:00:09.000" READY,
     "db-1 ok 06:00:00.000 fail -..- ready 06:00:09.000 = 0.000/?/9.001\n"},
    {"a standby serves reads, and then all",
     "06:00:00.000" FAST "06:00:00.100" SHUT "06:00:01.000" START "06:00:02.000" RONLY
     "06:30:00.000" L "received promote request\n06:30:00.100" L "redo done at 0/5000028\n"
     "06:30:01.000" READY,
     "db-1 ok 06:00:00.000 fail 06:00:00.100..06:00:01.000 ready 06:00:02.000 = 1.899/1.900/2.001 "
     "read >15.4\n"},
    {"seconds only, all in one",
     "06:00:01" FAST "06:00:01" SHUT "06:00:01" START "06:00:01" WAS("06:00:01") "06:00:01" READY,
     "db-1 ok 06:00:01.000 fail 06:00:01.000..06:00:01.000 ready 06:00:01.000 = 0.000/0.000/1.000 "
     ">15.4\n"},
    {"two in a row",
     "06:00:00.000" FAST "06:00:00.100" SHUT "06:00:03.000" START "06:00:03.200" READY
     "07:00:00.000" FAST "07:00:01.000" SHUT "07:00:04.000" START "07:00:04.200" READY,
     "db-1 ok 06:00:00.000 fail 06:00:00.100..06:00:03.000 ready 06:00:03.200 = 3.099/3.100/3.201 "
     ">15.4\n"
     "db-1 ok 07:00:00.000 fail 07:00:01.000..07:00:04.000 ready 07:00:04.200 = 3.199/3.200/4.201 "
     "15.4>15.4\n"},
    {"it was up again between the two, though not in this log",
     "06:00:00.000" FAST "06:00:00.100" SHUT "06:20:03.000" START
     "06:20:03.010" WAS("06:20:00") "06:20:03.200" READY,
     "db-1 ok 06:00:00.000 fail 06:00:00.100..06:20:03.010 ready 06:20:03.200 = "
     "2.200/1203.100/1203.201 broken >15.4\n"},
    {"the time of the end cannot be before it served",
     "06:10:00.000" READY "06:30:00.000" START "06:30:00.010" WAS("06:00:00") "06:30:00.200" READY,
     "db-1 ok 06:10:00.000 fail 06:30:00.000..06:30:00.010 ready 06:30:00.200 = "
     "0.199/0.200/1200.201 >15.4\n"},
};

static void
test_cases(void **state)
{
    size_t failed = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bench b;
        struct tl_buf got;

        bench_begin(&b);
        bench_feed(&b, "pg.log", cases[i].lines);
        got = told(bench_end(&b));
        if (!tl_str_eq(tl_buf_str(&got), tl_str_from(cases[i].want))) {
            print_error("%s: got\n%s", cases[i].name, got.p ? got.p : "");
            failed++;
        }
        tl_buf_free(&got);
        bench_free(&b);
    }
    assert_int_equal(failed, 0);
}

/* ---- whose log it is ---- */

/* An input of one line: a log of that name, format and time. */
static void
feed_log(struct bench *b, const char *name, const char *format, const char *at, const char *text)
{
    struct tl_instant when = when_of(tl_str_from(at));
    const struct tl_source src = {.name = tl_str_from(name),
                                  .format = tl_str_from(format),
                                  .sha256 = tl_str_from(name),
                                  .bytes = 1,
                                  .first = when.at,
                                  .last = when.at,
                                  .precision_us = TL_MS};
    struct tl_event ev = {.when = when,
                          .line = 1,
                          .who = {.kind = TL_KIND_INSTANCE, .source_type = TL_STR("db-instance")},
                          .message = tl_str_from(text),
                          .channel = TL_CHANNEL_LOG};
    struct tl_match m;

    tl_classify(b->rules, TL_STR("pg"), ev.message, TL_STR(""), &m);
    ev.cls = m.cls;
    ev.fields = m.fields;
    ev.nfields = m.nfields;
    if (text[0])
        assert_int_equal(tl_builder_event(b->builder, &ev, NULL), TL_OK);
    assert_int_equal(tl_builder_source(b->builder, &src, NULL), TL_OK);
}

static const struct {
    const char *first, *second, *format;
    bool one;
} names[] = {
    {"postgresql.log.2026-04-10-23", "postgresql.log.2026-04-11-00", "pg-stderr", true},
    {"postgresql-2026-04-10_000000.log", "postgresql-2026-04-11_000000.log", "pg-stderr", true},
    {"postgresql-2026-04-10_000000.log.gz", "postgresql-2026-04-11_000000.log", "pg-stderr", true},
    {"postgresql-20260410.log", "postgresql-20260411.log", "pg-stderr", true},
    {"a/postgresql-Mon.log", "a/postgresql-Tue.log", "pg-stderr", true},
    {"postgresql.log.1", "postgresql.log", "pg-stderr", true},
    {"mysql-error-running.log.2026-04-10.23", "mysql-error-running.log", "pg-stderr", true},
    {"a/postgresql.log", "b/postgresql.log", "pg-stderr", false},
    {"node-1.log", "node-2.log", "pg-stderr", false},
    {"pg-15.4.log", "pg-15.5.log", "pg-stderr", false},
    {"postgresql.log", "other.log", "pg-stderr", false},
    {"postgresql-2026-04-10.log", "postgresql-2026-04-11.csv", "pg-csvlog", false},
};

/* The shutdown in one file, the start in the next. */
static void
test_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct bench b;
        bool one;

        bench_begin(&b);
        feed_log(&b, names[i].second, names[i].format, "06:00:09.000",
                 "database system is ready to accept connections");
        feed_log(&b, names[i].first, "pg-stderr", "06:00:00.000", "database system is shut down");
        bench_end(&b);
        one = b.report->noutages == 1 && b.report->outages[0].first_ok != TL_TIME_NONE;
        if (one != names[i].one)
            print_error("%s, %s\n", names[i].first, names[i].second);
        assert_int_equal(one, names[i].one);
        bench_free(&b);
    }
}

/* A log of ordinary lines only shows that its server was alive. */
static void
test_quiet_log(void **state)
{
    struct bench b;
    const struct tl_outage *o;

    (void)state;
    bench_begin(&b);
    feed_log(&b, "pg-2026-04-11.log", "pg-stderr", "06:10:00.000",
             "starting PostgreSQL 15.4 on x86_64-pc-linux-gnu");
    feed_log(&b, "pg-2026-04-12.log", "pg-stderr", "06:10:01.000",
             "database system is ready to accept connections");
    feed_log(&b, "pg-2026-04-10.log", "pg-stderr", "06:09:30.000", "");
    feed_log(&b, "other.log", "pg-stderr", "06:09:55.000", "");
    o = bench_end(&b)->outages;
    assert_int_equal(b.report->noutages, 1);
    assert_int_equal(o->last_ok, when_of(TL_STR("06:09:30.000")).at);
    assert_int_equal(o->max_us, 31 * TL_SECOND + TL_MS);
    bench_free(&b);
}

/* What belongs to the region of a run is given to it; two runs at one time get nothing. */
static void
test_runs(void **state)
{
    static const char stop[] = "06:00:00.000" FAST "06:00:00.100" SHUT "06:00:03.000" READY;
    static const char upgrade[] =
        "05:59:00.000 api cluster us-east-1 a | Database cluster engine minor version upgrade "
        "started. Cluster remains online.\n"
        "06:03:00.000 api cluster us-east-1 a | Database cluster engine minor version upgrade "
        "complete. Previous version: 15.4.2. New version: 15.5.2.\n";
    static const char other[] =
        "05:59:00.000 api cluster us-east-1 b | Database cluster engine minor version upgrade "
        "started. Cluster remains online.\n";
    struct bench b;

    (void)state;
    bench_begin(&b);
    bench_feed(&b, "p.log", stop);
    bench_feed(&b, "e.json", upgrade);
    bench_end(&b);
    assert_int_equal(b.report->nruns, 1);
    assert_int_equal(b.report->runs[0].noutages, 1);
    assert_int_equal(b.report->noutages, 0);
    assert_false(b.report->runs[0].proved);
    bench_free(&b);
    bench_begin(&b);
    bench_feed(&b, "p.log", stop);
    bench_feed(&b, "e.json", upgrade);
    bench_feed(&b, "f.json", other);
    bench_end(&b);
    assert_int_equal(b.report->nruns, 2);
    assert_int_equal(b.report->noutages, 1);
    assert_non_null(finding_of(b.report->findings, b.report->nfindings, "run.ambiguous"));
    bench_free(&b);
}

/* Another version is a run of its own, from the request to ready; a start that fails is none. */
static void
test_versions(void **state)
{
    static const char before[] =
        "05:00:00.000" START "05:00:01.000" READY "06:00:00.000" FAST "06:00:00.100" SHUT;
    static const char changed[] = "06:00:02.000" START5 "06:00:03.000" READY;
    static const char undone[] =
        "06:00:02.000" START5 "06:00:02.100" CONFIG "06:00:02.200" START "06:00:03.000" READY;
    struct bench b;

    (void)state;
    bench_begin(&b);
    bench_feed(&b, "p.log", before);
    bench_feed(&b, "q.log", changed);
    bench_end(&b);
    assert_int_equal(b.report->nruns, 1);
    assert_text(b.report->runs[0].from, "15.4");
    assert_text(b.report->runs[0].to, "15.5");
    assert_int_equal(b.report->runs[0].began.at, when_of(TL_STR("06:00:00.000")).at);
    assert_int_equal(b.report->runs[0].ended.at, when_of(TL_STR("06:00:03.000")).at);
    assert_int_equal(b.report->runs[0].noutages, 1);
    bench_free(&b);
    bench_begin(&b);
    bench_feed(&b, "p.log", before);
    bench_feed(&b, "q.log", undone);
    bench_end(&b);
    assert_int_equal(b.report->nruns, 0);
    bench_free(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),     cmocka_unit_test(test_names),
        cmocka_unit_test(test_quiet_log), cmocka_unit_test(test_runs),
        cmocka_unit_test(test_versions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
