/* Findings: each is true, names its rows, and stays silent where the evidence allows otherwise. */
#include "timeline/findings.h"
#include "timeline_help.h"

/* An upgrade with one outage of 28 s, bounds 26 to 31 s, between 06:02:01 and 06:02:29. */
static const char upgrade[] =
    "06:00:00.000 api cluster us-east-1 a@1 | Database cluster engine minor version upgrade "
    "started. "
    "Cluster remains online.\n"
    "06:02:00.500 api instance us-east-1 a-1@1 | DB instance shutdown\n"
    "06:02:28.500 api instance us-east-1 a-1@1 | DB instance restarted\n"
    "06:04:00.100 api cluster us-east-1 a@1 | Database cluster engine version has been upgraded.\n";
static const char probe[] =
    "06:01:59.000 probe a.cluster-xyz.us-east-1.rds.amazonaws.com ok 16.4\n"
    "06:02:01.000 probe a.cluster-xyz.us-east-1.rds.amazonaws.com refused\n"
    "06:02:02.000 probe a.cluster-xyz.us-east-1.rds.amazonaws.com refused\n"
    "06:02:28.000 probe a.cluster-xyz.us-east-1.rds.amazonaws.com refused\n"
    "06:02:29.000 probe a.cluster-xyz.us-east-1.rds.amazonaws.com ok 16.6\n"
    "06:02:30.000 probe a.cluster-xyz.us-east-1.rds.amazonaws.com ok 16.6\n";

static void
feed_lines(struct bench *b, const char *lines)
{
    struct tl_str rest = tl_str_from(lines), line;
    uint32_t n = 0;

    while (tl_str_line(&rest, &line))
        feed_line(b, line, ++n);
}

static struct tl_source
source_of(const char *name)
{
    return (struct tl_source){.name = tl_str_from(name),
                              .format = TL_STR("test"),
                              .sha256 = tl_str_from(name),
                              .bytes = 1,
                              .first = TL_TIME_NONE,
                              .last = TL_TIME_NONE,
                              .precision_us = TL_UNKNOWN};
}

static void
claims_are_held_against_the_bounds(void **state)
{
    static const struct {
        const char *what, *endpoint;
        uint32_t block;
        int64_t min_s, max_s;
        bool contradicted;
    } claims[] = {
        {"far too short, beside the loop", "", 0, 10, 12, true},
        {"far too long", "", 0, 40, 50, true},
        {"inside the bounds", "", 0, 27, 29, false},
        {"touches the lower bound", "", 0, 20, 26, false},
        {"touches the upper bound", "", 0, 31, 40, false},
        {"just below", "", 0, 20, 25, true},
        {"names the region", "us-east-1", TL_NO_INDEX, 10, 12, true},
        {"names another region", "eu-west-1", TL_NO_INDEX, 10, 12, false},
        {"names nothing, but there is one outage only", "", TL_NO_INDEX, 10, 12, true},
        {"stands next to another block", "", 7, 10, 12, false},
    };

    (void)state;
    for (size_t i = 0; i < 2 * sizeof(claims) / sizeof(claims[0]); i++) {
        const size_t k = i / 2; /* alone, and beside the log that the document quotes */
        struct tl_claim c = {.line = 12,
                             .block = claims[k].block,
                             .text = TL_STR("about so many seconds of downtime"),
                             .endpoint = tl_str_from(claims[k].endpoint),
                             .min_us = claims[k].min_s * TL_SECOND,
                             .max_us = claims[k].max_s * TL_SECOND};
        struct tl_source src = source_of("write-up.md");
        const struct tl_finding *f;
        const struct tl_run *run;
        struct bench b;

        src.claims = &c;
        src.nclaims = 1;
        bench_begin(&b);
        bench_feed(&b, "events", upgrade);
        if (i % 2)
            bench_feed(&b, "a.log", probe);
        feed_lines(&b, probe);
        assert_int_equal(tl_builder_source(b.builder, &src, NULL), TL_OK);
        run = bench_end(&b)->runs;
        assert_int_equal(b.report->nruns, 1);
        assert_int_equal(run->noutages, 1);
        assert_int_equal(run->outages[0].min_us, 26 * TL_SECOND);
        f = finding_of(run->findings, run->nfindings, "claim.contradicted");
        if ((f != NULL) != claims[k].contradicted)
            print_error("%s\n", claims[k].what);
        assert_int_equal(f != NULL, claims[k].contradicted);
        if (f)
            assert_true(f->nevents > 0);
        if (k == 0)
            assert_text(f->text, "write-up.md, line 12, claims 10 to 12 s: \"about so many seconds "
                                 "of downtime\"; the "
                                 "probe of a.cluster-xyz.us-east-1.rds.amazonaws.com proves 26.000 "
                                 "to 31.000 s (28.000 "
                                 "s from its first failure to its first success)");
        bench_free(&b);
    }
}

static void
an_input_that_contradicts_itself_is_told(void **state)
{
    struct tl_hint hints[] = {{TL_STR("region"), TL_STR("eu-west-1"), TL_STR("as"), 0}};
    struct tl_source src = source_of("events");
    const struct tl_finding *f;
    struct bench b;
    struct tl_event ev = {
        .when = tl_instant_of(DAY0, TL_MS),
        .line = 3,
        .who = {.kind = TL_KIND_INSTANCE,
                .source_type = TL_STR("db-instance"),
                .region = TL_STR("eu-west-1"),
                .id = TL_STR("db"),
                .arn = TL_STR("arn:aws:rds:us-east-1:1:db:db")},
        .cls = TL_STR("instance.shutdown"),
        .event_id = TL_STR("RDS-EVENT-0004"),
        .carried_id = TL_STR("RDS-EVENT-0006"),
        .message = TL_STR("DB instance shutdown"),
        .channel = TL_CHANNEL_EVENTBRIDGE,
    };

    (void)state;
    src.hints = hints;
    src.nhints = 1;
    src.zone_assumed = true;
    src.zone = TL_STR("UTC");
    bench_begin(&b);
    assert_int_equal(tl_builder_event(b.builder, &ev, NULL), TL_OK);
    ev.when = tl_instant_of(DAY0 + TL_SECOND, TL_MS);
    ev.carried_id = TL_STR("");
    ev.cls = TL_STR("unclassified");
    ev.near = TL_STR("instance.shutdown");
    ev.message = TL_STR("DB instance shut down now");
    assert_int_equal(tl_builder_event(b.builder, &ev, NULL), TL_OK);
    assert_int_equal(tl_builder_source(b.builder, &src, NULL), TL_OK);
    bench_end(&b);
    f = finding_of(b.report->findings, b.report->nfindings, "id.contradicted");
    assert_text(f->text,
                "the source carries RDS-EVENT-0006, but the text \"DB instance shutdown\" is "
                "that of another event (RDS-EVENT-0004): the text was taken");
    assert_int_equal(f->events[0], 0);
    f = finding_of(b.report->findings, b.report->nfindings, "hint.contradicted");
    assert_text(f->text, "events: region eu-west-1 (from as) against an ARN of us-east-1");
    assert_non_null(finding_of(b.report->findings, b.report->nfindings, "zone.assumed"));
    f = finding_of(b.report->findings, b.report->nfindings, "unclassified.near");
    assert_int_equal(f->events[0], 1);
    assert_int_equal(b.report->nfindings, 4);
    assert_text(b.report->rows[0].key, "1/eu-west-1/instance/db"); /* --as goes first */
    bench_free(&b);
}

/* The server's word on ZDP beside what a client saw of the same cluster. */
static void
the_server_and_the_client_are_compared(void **state)
{
    static const struct {
        const char *took, *code;
    } words[] = {{"26000", "zdp.client-view"}, {"2000", "zdp.client-differs"}};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        char lines[1024];
        const struct tl_run *run;
        struct bench b;

        snprintf(
            lines, sizeof(lines),
            "06:00:00.000 api cluster us-east-1 a@1 | Database cluster engine minor version "
            "upgrade started. Cluster remains online.\n"
            "06:02:00.500 api instance us-east-1 a-1@1 | Attempting to upgrade the database with "
            "zero downtime.\n"
            "06:02:29.000 api instance us-east-1 a-1@1 | Attempt to upgrade the database instance "
            "'a-1' with zero downtime finished. The process took %s ms, 1 connections preserved, "
            "0 connections dropped.\n",
            words[i].took);
        bench_begin(&b);
        bench_feed(&b, "events", lines);
        bench_feed(&b, "probe", probe);
        run = bench_end(&b)->runs;
        assert_non_null(finding_of(run->findings, run->nfindings, words[i].code));
        assert_null(finding_of(run->findings, run->nfindings, "outage.no-probe"));
        bench_free(&b);
    }
}

#define MYSQL "8.0.mysql_aurora."

/* A writer and two readers of Aurora MySQL: one reader is patched like the writer, one restarts. */
static const char mysql_events[] =
    "06:00:00.000 api cluster eu-west-1 a@1 | Database cluster engine minor version upgrade "
    "started. Cluster remains online.\n"
    "06:01:20.000 api instance eu-west-1 a-3@1 | DB instance shutdown\n"
    "06:01:30.000 api cluster eu-west-1 a@1 | Attempting to upgrade the database with zero "
    "downtime.\n"
    "06:01:30.040 api instance eu-west-1 a-1@1 | Attempting to upgrade the database with zero "
    "downtime.\n"
    "06:01:31.000 api instance eu-west-1 a-2@1 | Attempting to upgrade the database with zero "
    "downtime.\n"
    "06:01:37.000 api instance eu-west-1 a-2@1 | Attempt to upgrade the database instance 'a-2' "
    "with zero downtime finished. The process took 6000 ms, 4 connections preserved, 0 connections "
    "dropped.\n"
    "06:01:38.000 api cluster eu-west-1 a@1 | Attempt to upgrade the database instance 'a-1' "
    "with zero downtime finished. The process took 8000 ms, 9 connections preserved, 2 connections "
    "dropped.\n"
    "06:01:38.040 api instance eu-west-1 a-1@1 | Attempt to upgrade the database instance 'a-1' "
    "with zero downtime finished. The process took 8000 ms, 9 connections preserved, 2 connections "
    "dropped.\n"
    "06:01:41.000 api instance eu-west-1 a-3@1 | DB instance restarted\n"
    "06:02:20.000 api cluster eu-west-1 a@1 | Database cluster engine minor version upgrade "
    "complete. Previous version: " MYSQL "3.08.1. New version: " MYSQL "3.10.0.\n"
    "06:02:21.000 api cluster eu-west-1 a@1 | Database cluster engine version has been "
    "upgraded.\n"
    "- topology cluster eu-west-1 a@1 | engine=aurora-mysql\n"
    "- topology instance eu-west-1 a-1@1 | cluster=a role=writer engine=aurora-mysql\n"
    "- topology instance eu-west-1 a-2@1 | cluster=a role=reader engine=aurora-mysql\n"
    "- topology instance eu-west-1 a-3@1 | cluster=a role=reader engine=aurora-mysql\n";

static size_t
count_findings(const struct tl_run *run, const char *code)
{
    size_t n = 0;

    for (size_t i = 0; i < run->nfindings; i++)
        n += tl_str_eq(run->findings[i].code, tl_str_from(code));
    return n;
}

/* What a loop prints is the short version, or that of the community; its endpoint is one. */
static void
aurora_mysql_is_seen_through_each_endpoint(void **state)
{
    static const struct {
        const char *host, *before, *after, *patched; /* whose patch it is held against */
    } cases[] = {{"a.cluster-x", "3.08.1", "3.10.0", " of a-1 "},
                 {"a.cluster-x", "8.0.39", "8.0.42", " of a-1 "},
                 {"a.cluster-ro-x", "3.08.1", "3.10.0", " of a-2 "},
                 {"a-1.x", "3.08.1", "3.10.0", " of a-1 "},
                 {"a-2.x", "3.08.1", "3.10.0", " of a-2 "}};

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *host = cases[i].host;
        const struct tl_finding *f;
        const struct tl_run *run;
        char lines[1024];
        struct bench b;

        snprintf(lines, sizeof(lines),
                 "06:01:29.000 probe %s.eu-west-1.rds.amazonaws.com ok %s\n"
                 "06:01:31.000 probe %s.eu-west-1.rds.amazonaws.com refused\n"
                 "06:01:36.000 probe %s.eu-west-1.rds.amazonaws.com refused\n"
                 "06:01:37.000 probe %s.eu-west-1.rds.amazonaws.com ok %s\n"
                 "06:01:38.000 probe %s.eu-west-1.rds.amazonaws.com ok %s\n",
                 host, cases[i].before, host, host, host, cases[i].after, host, cases[i].after);
        bench_begin(&b);
        bench_feed(&b, "events", mysql_events);
        bench_feed(&b, "probe", lines);
        assert_int_equal(bench_end(&b)->nruns, 1);
        run = b.report->runs;
        assert_text(run->from, MYSQL "3.08.1");
        assert_text(run->to, MYSQL "3.10.0");
        assert_int_equal(count_findings(run, "version.mismatch"), 0);
        assert_int_equal(count_findings(run, "zdp.client-view"), 1);
        f = finding_of(run->findings, run->nfindings, "zdp.client-view");
        assert_true(tl_str_find(f->text, tl_str_from(cases[i].patched)) != SIZE_MAX);
        bench_free(&b);
    }
}

/* Readers of Aurora MySQL are patched so as well: one that is not has no documented reason. */
static void
each_engine_has_its_own_rules_of_patching(void **state)
{
    const struct tl_finding *f;
    const struct tl_run *run;
    struct bench b;

    (void)state;
    bench_begin(&b);
    bench_feed(&b, "events", mysql_events);
    run = bench_end(&b)->runs;
    assert_int_equal(count_findings(run, "zdp.not-used-by-design"), 0);
    f = finding_of(run->findings, run->nfindings, "zdp.not-used");
    assert_non_null(f);
    assert_true(tl_str_starts(f->text, TL_STR("a-3 ")));
    assert_true(tl_str_find(f->doc, TL_STR("AuroraMySQL")) != SIZE_MAX);
    bench_free(&b);
}

/* An instance is down from its shutdown to its restart, and done when it tells its version. */
static void
the_phases_of_an_instance_end(void **state)
{
    static const struct {
        enum tl_phase name;
        int64_t took_s;
    } want[] = {{TL_PHASE_PRECHECK, 31},
                {TL_PHASE_SHUTDOWN, 206},
                {TL_PHASE_UPGRADE, 184},
                {TL_PHASE_COMPLETING, 37}};
    const struct tl_run *run;
    struct bench b;

    (void)state;
    bench_begin(&b);
    bench_feed(&b, "events",
               "06:31:56 api instance eu-west-1 db@1 | The pre-check started for the DB engine "
               "version upgrade.\n"
               "06:32:27 api instance eu-west-1 db@1 | The pre-check finished for the DB engine "
               "version upgrade.\n"
               "06:32:54 api instance eu-west-1 db@1 | DB instance shutdown\n"
               "06:33:26 api instance eu-west-1 db@1 | The downtime started for the DB instance.\n"
               "06:34:38 api instance eu-west-1 db@1 | The engine version upgrade started.\n"
               "06:36:20 api instance eu-west-1 db@1 | DB instance restarted\n"
               "06:37:42 api instance eu-west-1 db@1 | The engine version upgrade finished.\n"
               "06:37:42 api instance eu-west-1 db@1 | The post-upgrade tasks are in progress.\n"
               "06:38:19 api instance eu-west-1 db@1 | Database instance engine minor version "
               "upgrade complete. Previous version: 8.0.42. New version: 8.0.44.\n");
    run = bench_end(&b)->runs;
    assert_int_equal(run->nphases, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(run->phases[i].name, want[i].name);
        assert_int_equal(run->phases[i].ended.at - run->phases[i].began.at,
                         want[i].took_s * TL_SECOND);
    }
    bench_free(&b);
}

static void
an_outage_tells_what_it_does_not_show(void **state)
{
    static const char open[] = "06:01:59.000 probe - ok 16.4\n"
                               "06:02:01.000 probe - refused\n"
                               "06:02:02.000 probe - refused\n";
    const struct tl_finding *f;
    struct bench b;

    (void)state;
    bench_begin(&b);
    bench_feed(&b, "loop", open);
    bench_end(&b);
    assert_int_equal(b.report->noutages, 1);
    f = finding_of(b.report->findings, b.report->nfindings, "outage.open");
    assert_text(f->text, "the log of loop ends within it: the outage is open on that side");
    assert_int_equal(f->nevents, 2);
    bench_free(&b);
}

static void
a_shutdown_without_a_restart_is_told_where_evidence_goes_on(void **state)
{
    static const char before[] =
        "06:00:00.000 api cluster us-east-1 a@1 | Database cluster engine minor version upgrade "
        "started. Cluster remains online.\n"
        "06:02:00.000 api instance us-east-1 a-1@1 | DB instance shutdown\n";
    static const char *const after[] = {
        "06:03:00.000 api cluster us-east-1 a@1 | Database cluster engine version has been "
        "upgraded.\n",
        "06:08:00.000 api cluster us-east-1 a@1 | Database cluster engine version has been "
        "upgraded.\n",
    };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const struct tl_run *run;
        struct bench b;

        bench_begin(&b);
        bench_feed(&b, "a", before);
        bench_feed(&b, "b", after[i]);
        run = bench_end(&b)->runs;
        assert_int_equal(finding_of(run->findings, run->nfindings, "shutdown.no-restart") != NULL,
                         i);
        bench_free(&b);
    }
}

/* docs/findings.md has a line for every code, and no others. */
static void
the_documentation_lists_every_code(void **state)
{
    static char doc[1 << 16];
    FILE *f = fopen("docs/findings.md", "rb");
    struct tl_str text, line;
    size_t lines = 0;

    (void)state;
    assert_non_null(f);
    text = (struct tl_str){doc, fread(doc, 1, sizeof(doc), f)};
    fclose(f);
    for (int i = 0; i < NFINDINGS; i++) {
        char wanted[64];

        snprintf(wanted, sizeof(wanted), "\n| `%.*s` | ", TL_FMT(finding_code((enum finding)i)));
        if (tl_str_find(text, tl_str_from(wanted)) == SIZE_MAX)
            print_error("docs/findings.md does not list %s\n", wanted);
        assert_true(tl_str_find(text, tl_str_from(wanted)) != SIZE_MAX);
    }
    while (tl_str_line(&text, &line))
        lines += tl_str_starts(line, TL_STR("| `"));
    assert_int_equal(lines, NFINDINGS);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(claims_are_held_against_the_bounds),
        cmocka_unit_test(an_input_that_contradicts_itself_is_told),
        cmocka_unit_test(the_server_and_the_client_are_compared),
        cmocka_unit_test(aurora_mysql_is_seen_through_each_endpoint),
        cmocka_unit_test(each_engine_has_its_own_rules_of_patching),
        cmocka_unit_test(the_phases_of_an_instance_end),
        cmocka_unit_test(an_outage_tells_what_it_does_not_show),
        cmocka_unit_test(a_shutdown_without_a_restart_is_told_where_evidence_goes_on),
        cmocka_unit_test(the_documentation_lists_every_code),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
