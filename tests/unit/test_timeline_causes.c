/* Findings with their causes: each beside the near miss that must not bring it. */
#include "timeline/findings.h"
#include "timeline_help.h"

#define STARTED  "Database cluster engine minor version upgrade started. Cluster remains online.\n"
#define ATTEMPT  "Attempting to upgrade the database with zero downtime.\n"
#define UPGRADED "Database cluster engine version has been upgraded.\n"

/* The text of a run's only finding of that code, or "-". Free the bench. */
static struct tl_str
text_of_code(const struct tl_run *run, const char *code)
{
    const struct tl_finding *f = finding_of(run->findings, run->nfindings, code);

    return f ? f->text : TL_STR("-");
}

static bool
has(struct tl_str text, const char *what)
{
    bool found = tl_str_find(text, tl_str_from(what)) != SIZE_MAX;

    if (!found)
        print_error("\"%s\" is not in: %.*s\n", what, TL_FMT(text));
    return found;
}

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
        const struct tl_run *run;
        struct tl_buf lines;
        struct bench b;

        tl_buf_init(&lines, 4096);
        for (size_t k = 0; k < 6; k++)
            tl_buf_addf(&lines, "06:02:%s%s probe a.cluster-x.us-east-1.rds.amazonaws.com %s\n",
                        seconds[k], cases[i].fraction,
                        k >= 1 && k <= 3 ? "refused"
                        : k == 0         ? "ok 16.4"
                                         : "ok 16.6");
        tl_buf_add(&lines, (struct tl_str){"", 1});
        bench_begin(&b);
        bench_feed(&b, "events", patched);
        bench_feed(&b, "probe", lines.p);
        run = bench_end(&b)->runs;
        assert_true(has(text_of_code(run, "zdp.client-view"), cases[i].says));
        assert_true(has(text_of_code(run, "zdp.client-view"), "took 5.360 s by its event"));
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

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_span_has_the_digits_of_its_stamps),
        cmocka_unit_test(the_region_is_named_where_another_has_a_namesake),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
