/* Stretches without a word: which of them are said, and what was to come. */
#include "timeline_help.h"

#define STARTED  "Database cluster engine minor version upgrade started. Cluster remains online.\n"
#define UPGRADED "Database cluster engine version has been upgraded.\n"
#define CLUSTER  " api cluster us-east-1 db@1 | "
#define INSTANCE " api instance us-east-1 db-1@1 | "
#define OTHER    " api cluster us-east-1 other@1 | "
#define SNAPSHOT                                                                                   \
    "Upgrade in progress: Creating pre-upgrade snapshot "                                          \
    "[preupgrade-db-12-8-to-13-6-2026-04-11-05-58].\n"

static const struct {
    const char *name, *input, *expected;
} cases[] = {
    {"an instance that is down for long",
     "06:00:00.000" CLUSTER STARTED "06:01:00.000" INSTANCE "DB instance shutdown\n"
     "06:41:00.000" INSTANCE "DB instance restarted\n06:42:00.000" CLUSTER UPGRADED,
     "db-1 06:01:00.001..06:41:00.000 during shutdown after instance.shutdown until "
     "instance.restarted expected instance.restarted usual -\n"},
    {"a phase may take its time",
     "06:00:00.000" CLUSTER STARTED "06:14:00.000" INSTANCE "DB instance shutdown\n"
     "06:23:00.000" INSTANCE "DB instance restarted\n06:37:00.000" CLUSTER UPGRADED,
     ""},
    {"an upgrade that comes to nothing for half an hour",
     "06:00:00.000" CLUSTER STARTED "06:01:00.000" INSTANCE "DB instance shutdown\n"
     "06:01:30.000" INSTANCE "DB instance restarted\n06:01:31.000" CLUSTER
     "Database cluster is online. The primary instance is ready for connections.\n"
     "06:01:32.000" CLUSTER "Database cluster upgrade is in progress.\n"
     "06:31:32.000" CLUSTER UPGRADED,
     "db 06:01:32.001..06:31:32.000 during upgrade after upgrade.progress until upgrade.finished "
     "expected upgrade.finished usual 59.999\n"},
    {"a snapshot is as long as its data",
     "06:00:00.000" CLUSTER SNAPSHOT "08:30:00.000" CLUSTER "Upgrade in progress: Cloning volume.\n"
     "08:31:00.000" CLUSTER "Database cluster major version has been upgraded\n",
     ""},
    {"but not that long",
     "06:00:00.000" CLUSTER SNAPSHOT "11:30:00.000" CLUSTER "Upgrade in progress: Cloning volume.\n"
     "11:31:00.000" CLUSTER "Database cluster major version has been upgraded\n",
     "db 06:00:00.001..11:30:00.000 during snapshot after upgrade.progress until upgrade.progress "
     "expected upgrade.finished usual -\n"},
    {"the evidence goes on, the run does not",
     "06:00:00.000" CLUSTER STARTED "06:01:00.000" INSTANCE "DB instance shutdown\n"
     "06:40:00.000" OTHER "DB cluster created\n",
     "db-1 06:01:00.001..06:40:00.000 during shutdown after instance.shutdown until - expected "
     "instance.restarted usual -\n"},
    {"the evidence ends: nothing can be said",
     "06:00:00.000" CLUSTER STARTED "06:01:00.000" INSTANCE "DB instance shutdown\n", ""},
    {"words that are always far apart",
     "06:00:00.000" CLUSTER STARTED "06:15:00.000" CLUSTER "Database cluster upgrade is in "
     "progress.\n06:30:00.000" CLUSTER
     "Database cluster upgrade is in progress.\n06:45:00.000" CLUSTER
     "Database cluster upgrade is in progress.\n07:45:00.000" CLUSTER
     "Database cluster upgrade is in progress.\n08:00:00.000" CLUSTER UPGRADED,
     ""},
    {"a minute is known to the minute",
     "06:00 table cluster us-east-1 db@1 | " STARTED
     "06:16 table cluster us-east-1 db@1 | " UPGRADED,
     ""},
};

static void
print_class(struct tl_buf *b, const char *word, struct tl_str cls)
{
    tl_buf_addf(b, " %s ", word);
    tl_buf_add(b, cls.n > 0 ? cls : TL_STR("-"));
}

static struct tl_buf
print_silences(const struct tl_run *r)
{
    struct tl_buf b;

    tl_buf_init(&b, 1 << 16);
    for (size_t i = 0; i < r->nsilences; i++) {
        const struct tl_silence *s = &r->silences[i];

        tl_buf_add(&b, s->resource);
        tl_buf_add(&b, TL_STR(" "));
        print_time(&b, s->from);
        tl_buf_add(&b, TL_STR(".."));
        print_time(&b, s->to);
        print_class(&b, "during", tl_phase_name(s->during));
        print_class(&b, "after", s->after);
        print_class(&b, "until", s->until);
        print_class(&b, "expected", s->expected);
        tl_buf_add(&b, TL_STR(" usual "));
        if (s->usual_us == TL_UNKNOWN)
            tl_buf_add(&b, TL_STR("-"));
        else
            tl_seconds_print(&b, s->usual_us);
        tl_buf_add(&b, TL_STR("\n"));
    }
    return b;
}

static void
silences_are_said(void **state)
{
    int failed = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bench b;
        struct tl_buf got;

        bench_begin(&b);
        bench_feed(&b, "events", cases[i].input);
        assert_int_equal(bench_end(&b)->nruns, 1);
        got = print_silences(b.report->runs);
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
        cmocka_unit_test(silences_are_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
