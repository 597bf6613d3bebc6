/* What all evidence gives: the figures of the design's worked example, each assumption by name,
 * what drops it, what is proven without any, and chains that add up. */
#include "timeline_help.h"

#define HOST "a.cluster-xyz.us-east-1.rds.amazonaws.com"

/* A table of minutes and a probe: an upgrade by zero-downtime patching, as in DESIGN. */
static const char table[] =
    "06:20 table cluster us-east-1 a | Database cluster engine minor version upgrade started. "
    "Cluster remains online.\n"
    "06:22 table cluster us-east-1 a | Attempting to upgrade the database with zero downtime.\n"
    "06:22 table instance us-east-1 a-1 | Attempting to upgrade the database with zero downtime.\n"
    "06:22 table instance us-east-1 a-1 | Aurora fast startup completed in [1431425] "
    "microseconds.\n"
    "06:22 table cluster us-east-1 a | Attempt to upgrade the database instance 'a-1' with zero "
    "downtime finished. The process took 2360 ms, 6 connections preserved, 0 connections dropped. "
    "See the database error log for details.\n"
    "06:22 table instance us-east-1 a-1 | Attempt to upgrade the database instance 'a-1' with zero "
    "downtime finished. The process took 2360 ms, 6 connections preserved, 0 connections dropped. "
    "See the database error log for details.\n"
    "06:22 table cluster us-east-1 a | Database cluster is online. The primary instance is ready "
    "for connections.\n"
    "06:23 table cluster us-east-1 a | Database cluster engine version has been upgraded.\n";
static const char probe[] = "06:22:38.900 probe " HOST " ok 17.4.5\n"
                            "06:22:39.481 probe " HOST " ok 17.4.5\n"
                            "06:22:40.026 probe " HOST " refused\n"
                            "06:22:40.535 probe " HOST " starting-up\n"
                            "06:22:41.962 probe " HOST " ok 17.5.4\n"
                            "06:22:42.682 probe " HOST " ok 17.5.4\n";

struct input {
    const char *name, *lines;
};

static const struct tl_report *
report_of(struct bench *b, const char *assume, const struct input *inputs, size_t n)
{
    struct tl_build_options o = TL_BUILD_OPTIONS_NONE;
    struct tl_str rest = tl_str_from(assume), names[8];

    o.why = true;
    if (assume) {
        o.assume_some = true;
        o.assume = names;
        while (rest.n > 0)
            tl_str_cut(rest, ',', &names[o.nassume++], &rest);
    }
    bench_begin_with(b, &o);
    for (size_t i = 0; i < n; i++)
        bench_feed(b, inputs[i].name, inputs[i].lines);
    return bench_end(b);
}

/* "HH:MM:SS.mmm HH:MM:SS.mmm name,name"; "-": none. */
static struct tl_str
fused_of(struct tl_buf *out, const struct tl_fused *f, bool times)
{
    tl_buf_reset(out);
    if (!f->present) {
        tl_buf_add(out, TL_STR("-"));
        return tl_buf_str(out);
    }
    if (times) {
        print_time(out, f->min);
        tl_buf_add(out, TL_STR(" "));
        print_time(out, f->max);
    } else {
        tl_buf_addf(out, "%lld %lld", (long long)f->min, (long long)f->max);
    }
    for (size_t i = 0; i < f->nassumes; i++)
        tl_buf_addf(out, "%s%.*s", i ? "," : " ", TL_FMT(f->assumes[i]));
    return tl_buf_str(out);
}

static const struct tl_row *
row_of(const struct tl_report *r, const char *cls, enum tl_kind kind)
{
    for (size_t i = 0; i < r->nrows; i++)
        if (tl_str_eq(r->rows[i].ev.cls, tl_str_from(cls)) && r->rows[i].ev.who.kind == kind)
            return &r->rows[i];
    fail_msg("no row %s", cls);
    return NULL;
}

static void
same(struct tl_str got, const char *want)
{
    if (!tl_str_eq(got, tl_str_from(want)))
        fail_msg("%.*s, not %s", TL_FMT(got), want);
}

static void
row_is(const struct tl_report *r, const char *cls, enum tl_kind kind, const char *want)
{
    struct tl_buf out;

    tl_buf_init(&out, 500);
    same(fused_of(&out, &row_of(r, cls, kind)->fused, true), want);
    tl_buf_free(&out);
}

static const struct tl_outage *
first_outage(const struct tl_report *r)
{
    for (size_t i = 0; i < r->nruns; i++)
        if (r->runs[i].noutages > 0)
            return r->runs[i].outages;
    assert_true(r->noutages > 0);
    return r->outages;
}

static void
outage_is(const struct tl_report *r, const char *want)
{
    struct tl_buf out;

    tl_buf_init(&out, 500);
    same(fused_of(&out, &first_outage(r)->fused, false), want);
    tl_buf_free(&out);
}

/* How many findings of that code there are, in runs and outside; *first the text of one. */
static size_t
findings_of(const struct tl_report *r, const char *code, struct tl_str *first)
{
    size_t n = 0;

    for (size_t i = 0; i <= r->nruns; i++) {
        const struct tl_finding *f = i < r->nruns ? r->runs[i].findings : r->findings;
        size_t all = i < r->nruns ? r->runs[i].nfindings : r->nfindings;

        for (size_t k = 0; k < all; k++) {
            if (!tl_str_eq(f[k].code, tl_str_from(code)))
                continue;
            *first = f[k].text;
            n++;
        }
    }
    return n;
}

static bool
has(struct tl_str text, const char *part)
{
    return tl_str_case_find(text, tl_str_from(part)) != SIZE_MAX;
}

#define BOTH ((struct input[]){{"table", table}, {"probe", probe}})

static void
the_worked_example(void **state)
{
    const struct tl_report *r;
    struct bench b;
    struct tl_str text;

    (void)state;
    r = report_of(&b, NULL, BOTH, 2);
    outage_is(r, "1431425 2360000 startup-refuses,zdp-duration,zdp-window");
    row_is(r, "zdp.attempted", TL_KIND_CLUSTER,
           "06:22:38.551 06:22:40.536 clocks-agree,startup-refuses,zdp-duration,zdp-window");
    row_is(r, "zdp.attempted", TL_KIND_INSTANCE,
           "06:22:38.551 06:22:40.536 clocks-agree,startup-refuses,zdp-duration,zdp-window");
    row_is(r, "zdp.finished", TL_KIND_CLUSTER,
           "06:22:40.912 06:22:42.897 clocks-agree,startup-refuses,zdp-duration,zdp-window");
    row_is(r, "zdp.finished", TL_KIND_INSTANCE,
           "06:22:40.912 06:22:42.897 clocks-agree,startup-refuses,zdp-duration,zdp-window");
    row_is(r, "cluster.online", TL_KIND_CLUSTER,
           "06:22:40.912 06:23:00.000 clocks-agree,listed-order,startup-refuses,zdp-window");
    row_is(r, "upgrade.started", TL_KIND_CLUSTER, "-");
    assert_int_equal(findings_of(r, "assumption.dropped", &text), 0);
    assert_int_equal(r->nassumptions, 5);
    bench_free(&b);
}

static void
only_the_named_assumptions_are_used(void **state)
{
    static const struct {
        const char *assume, *outage, *attempted;
    } cases[] = {
        {"none", "-", "-"}, /* no such name here: nothing is allowed */
        {"startup-refuses", "1431425 3201000 startup-refuses", "-"},
        {"zdp-duration", "-", "06:22:00.000 06:22:57.641 zdp-duration"},
        {"zdp-window", "-", "-"},
        {"zdp-duration,zdp-window", "0 2360000 zdp-duration,zdp-window",
         "06:22:00.000 06:22:57.641 zdp-duration"},
        {"clocks-agree,zdp-window", "-", "06:22:00.000 06:22:40.536 clocks-agree,zdp-window"},
        {"clocks-agree,zdp-duration,zdp-window", "0 2360000 zdp-duration,zdp-window",
         "06:22:38.174 06:22:40.536 clocks-agree,zdp-duration,zdp-window"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bench b;
        const struct tl_report *r = report_of(&b, cases[i].assume, BOTH, 2);

        outage_is(r, cases[i].outage);
        row_is(r, "zdp.attempted", TL_KIND_CLUSTER, cases[i].attempted);
        bench_free(&b);
    }
}

/* The steps of each chain add up, and end with what the row's fused interval says. */
static void
every_narrowing_explains_itself(void **state)
{
    const struct tl_report *r;
    struct bench b;
    size_t chains = 0;

    (void)state;
    r = report_of(&b, NULL, BOTH, 2);
    for (size_t i = 0; i < r->nwhy; i++) {
        const struct tl_why *w = &r->why[i];
        const struct tl_fused *f = &r->rows[w->row].fused;

        assert_true(w->fused && f->present && w->nsteps > 0);
        for (size_t k = 0; k < w->nsteps; k++) {
            const struct tl_step *s = &w->steps[k];
            bool first = k == 0 || w->steps[k - 1].upper != s->upper;
            bool last = k + 1 == w->nsteps || w->steps[k + 1].upper != s->upper;

            assert_true(s->words.n > 0 && (s->row != TL_NO_INDEX || s->what.n > 0));
            assert_true(s->input < r->ninputs);
            if (!first)
                assert_int_equal(s->bound, w->steps[k - 1].bound + s->add_us);
            if (!last)
                continue;
            assert_int_equal(s->row, w->row);
            assert_true(s->upper ? s->bound <= f->max && s->bound > f->max - TL_MS
                                 : s->bound >= f->min && s->bound < f->min + TL_MS);
            chains++;
        }
    }
    assert_true(chains >= 8);
    for (size_t i = 0; i < r->nrows; i++) {
        bool told = false;

        for (size_t k = 0; k < r->nwhy; k++)
            told |= r->why[k].row == i;
        assert_int_equal(told, r->rows[i].fused.present);
    }
    bench_free(&b);
}

/* ---- evidence against ---- */

#define START                                                                                      \
    "06:20 table cluster us-east-1 a | Database cluster engine minor version upgrade started. "    \
    "Cluster remains online.\n"
#define ATTEMPT                                                                                    \
    "06:22 table instance us-east-1 a-1 | Attempting to upgrade the database with zero "           \
    "downtime.\n"
#define FINISH(ms, dropped)                                                                        \
    "06:22 table instance us-east-1 a-1 | Attempt to upgrade the database instance 'a-1' with "    \
    "zero downtime finished. The process took " ms " ms, 6 connections preserved, " dropped        \
    " connections dropped. See the database error log for details.\n"

static void
what_speaks_against_an_assumption_drops_it(void **state)
{
    static const struct {
        const char *table, *names, *why, *outage;
    } cases[] = {
        {START ATTEMPT FINISH("0", "0"), "zdp-duration", "a duration of 0", "-"},
        {START ATTEMPT FINISH("2360", "3"), "zdp-window", "connections were dropped", "-"},
        /* the probe proves 0.5 s at least; no window of 0.2 s holds it */
        {START ATTEMPT FINISH("200", "0"), "zdp-duration, zdp-window", "by 0.309 s", "-"},
        {START ATTEMPT FINISH("700", "0"), "", "", "509000 700000 zdp-duration,zdp-window"},
    };
    static const char loop[] = "06:22:39.481 probe " HOST " ok 17.4.5\n"
                               "06:22:40.026 probe " HOST " refused\n"
                               "06:22:40.030 probe " HOST " refused\n"
                               "06:22:40.539 probe " HOST " starting-up\n"
                               "06:22:41.962 probe " HOST " ok 17.5.4\n"
                               "06:22:42.682 probe " HOST " ok 17.5.4\n";

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct input inputs[] = {{"t", cases[i].table}, {"p", loop}};
        struct tl_str text = {"", 0};
        struct bench b;
        const struct tl_report *r = report_of(&b, NULL, inputs, 2);

        assert_int_equal(findings_of(r, "assumption.dropped", &text), cases[i].names[0] != '\0');
        if (cases[i].names[0]) {
            assert_true(tl_str_starts(text, tl_str_from(cases[i].names)));
            assert_true(has(text, cases[i].why));
        }
        outage_is(r, cases[i].outage);
        bench_free(&b);
    }
}

/* A host whose clock is 30 s ahead: one of three assumptions is false, and nothing says which, so
 * none of them stands. Without the clocks' agreement the durations hold all the same. */
static void
durations_need_no_clock(void **state)
{
    static const char stamped[] =
        "06:20:00.000 api cluster us-east-1 a | Database cluster engine minor version upgrade "
        "started. Cluster remains online.\n"
        "06:22:09.000 api instance us-east-1 a-1 | Attempting to upgrade the database with zero "
        "downtime.\n"
        "06:22 table instance us-east-1 a-1 | Attempt to upgrade the database instance 'a-1' with "
        "zero downtime finished. The process took 2360 ms, 6 connections preserved, 0 connections "
        "dropped. See the database error log for details.\n";
    struct input inputs[] = {{"t", stamped}, {"p", probe}};
    struct tl_str text;
    struct bench b;
    const struct tl_report *r;

    (void)state;
    r = report_of(&b, NULL, inputs, 2);
    row_is(r, "zdp.finished", TL_KIND_INSTANCE, "-");
    outage_is(r, "-");
    assert_int_equal(findings_of(r, "assumption.dropped", &text), 1);
    assert_true(tl_str_starts(text, TL_STR("clocks-agree, zdp-duration, zdp-window was not")));
    assert_true(has(text, "; a clock of p that is 29.173 s ahead"));
    assert_true(has(text, " ahead of that of AWS, or more, would resolve it"));
    bench_free(&b);
    r = report_of(&b, "zdp-duration,zdp-window", inputs, 2);
    row_is(r, "zdp.finished", TL_KIND_INSTANCE, "06:22:11.359 06:22:11.362 zdp-duration");
    outage_is(r, "0 2360000 zdp-duration,zdp-window");
    assert_int_equal(findings_of(r, "assumption.dropped", &text), 0);
    bench_free(&b);
}

/* ---- whose outage ---- */

static void
an_outage_that_may_be_another_is_left_alone(void **state)
{
    static const char *const loops[] = {
        /* the same version on both sides */
        "06:22:39.481 probe " HOST " ok 17.4.5\n06:22:40.026 probe " HOST " refused\n"
        "06:22:41.962 probe " HOST " ok 17.4.5\n06:22:42.682 probe " HOST " ok 17.4.5\n",
        /* two, and no version shown */
        "06:22:30.000 probe " HOST " ok\n06:22:31.000 probe " HOST " refused\n"
        "06:22:33.000 probe " HOST " ok\n06:22:34.000 probe " HOST " ok\n"
        "06:22:40.000 probe " HOST " refused\n06:22:41.000 probe " HOST " ok\n"
        "06:22:42.000 probe " HOST " ok\n",
        /* the readers' endpoint */
        "06:22:39.481 probe a.cluster-ro-xyz.us-east-1.rds.amazonaws.com ok 17.4.5\n"
        "06:22:40.026 probe a.cluster-ro-xyz.us-east-1.rds.amazonaws.com refused\n"
        "06:22:41.962 probe a.cluster-ro-xyz.us-east-1.rds.amazonaws.com ok 17.5.4\n"
        "06:22:42.682 probe a.cluster-ro-xyz.us-east-1.rds.amazonaws.com ok 17.5.4\n",
        /* half an hour later */
        "06:52:39.481 probe " HOST " ok 17.4.5\n06:52:40.026 probe " HOST " refused\n"
        "06:52:41.962 probe " HOST " ok 17.5.4\n06:52:42.682 probe " HOST " ok 17.5.4\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(loops) / sizeof(loops[0]); i++) {
        struct input inputs[] = {{"t", table}, {"p", loops[i]}};
        struct bench b;
        const struct tl_report *r = report_of(&b, NULL, inputs, 2);

        for (size_t k = 0; k < r->nruns; k++)
            for (size_t m = 0; m < r->runs[k].noutages; m++)
                assert_false(r->runs[k].outages[m].fused.present);
        bench_free(&b);
    }
}

static void
of_two_outages_the_one_that_changed_the_version(void **state)
{
    static const char loop[] =
        "06:22:10.000 probe " HOST " ok 17.4.5\n06:22:11.000 probe " HOST " refused\n"
        "06:22:12.000 probe " HOST " ok 17.4.5\n06:22:39.481 probe " HOST " ok 17.4.5\n"
        "06:22:40.026 probe " HOST " refused\n06:22:40.535 probe " HOST " starting-up\n"
        "06:22:41.962 probe " HOST " ok 17.5.4\n06:22:42.682 probe " HOST " ok 17.5.4\n";
    struct input inputs[] = {{"t", table}, {"p", loop}};
    struct bench b;
    const struct tl_report *r;

    (void)state;
    r = report_of(&b, NULL, inputs, 2);
    assert_int_equal(r->nruns, 1);
    assert_int_equal(r->runs[0].noutages, 2);
    assert_false(r->runs[0].outages[0].fused.present);
    assert_true(r->runs[0].outages[1].fused.present);
    assert_int_equal(r->runs[0].outages[1].fused.max, 2360000);
    bench_free(&b);
}

/* ---- rows by rows ---- */

static void
twins_and_tables(void **state)
{
    static const char fine[] =
        "06:22:30.250 api cluster us-east-1 a | Attempting to upgrade the database with zero "
        "downtime.\n";
    struct input inputs[] = {{"t", table}, {"f", fine}};
    struct bench b;
    const struct tl_report *r;

    (void)state;
    r = report_of(&b, "twins", inputs, 2);
    row_is(r, "zdp.attempted", TL_KIND_INSTANCE, "06:22:30.250 06:22:30.251 twins");
    row_is(r, "zdp.attempted", TL_KIND_CLUSTER, "-"); /* it is known by itself */
    bench_free(&b);
    r = report_of(&b, "listed-order", inputs, 2);
    row_is(r, "startup.fast", TL_KIND_INSTANCE, "06:22:30.250 06:23:00.000 listed-order");
    row_is(r, "upgrade.started", TL_KIND_CLUSTER, "-");
    bench_free(&b);
}

/* Finer stamps of rows of others show that the table is out of order in that minute. */
static void
a_minute_out_of_order_says_nothing(void **state)
{
    static const char lines[] =
        START "06:22 table instance us-east-1 z-1 | DB instance restarted\n"
              "06:22 table instance us-east-1 z-2 | DB instance restarted\n" ATTEMPT
              "06:22 table instance us-east-1 a-1 | DB instance shutdown\n";
    static const char others[] = "06:22:50.000 api instance us-east-1 z-1 | DB instance restarted\n"
                                 "06:22:20.000 api instance us-east-1 z-2 | DB instance restarted\n"
                                 "06:22:40.000 api instance us-east-1 a-1 | DB instance shutdown\n";
    struct input inputs[] = {{"t", lines}, {"o", others}};
    struct tl_str text;
    struct bench b;
    const struct tl_report *r;

    (void)state;
    r = report_of(&b, "listed-order", inputs, 2);
    row_is(r, "zdp.attempted", TL_KIND_INSTANCE, "-");
    assert_int_equal(findings_of(r, "assumption.dropped", &text), 1);
    assert_true(tl_str_starts(text, TL_STR("listed-order was not assumed of t: in 1 of its")));
    bench_free(&b);
    r = report_of(
        &b, "listed-order",
        (struct input[]){inputs[0],
                         {"o", "06:22:40.000 api instance us-east-1 a-1 | DB instance shutdown\n"}},
        2);
    row_is(r, "zdp.attempted", TL_KIND_INSTANCE, "06:22:00.000 06:22:40.001 listed-order");
    bench_free(&b);
}

static void
what_has_ended_narrows_nothing_more(void **state)
{
    /* a failed attempt, then the end of another whose begin was lost */
    static const char lines[] =
        START ATTEMPT "06:22 table instance us-east-1 a-1 | Attempt to upgrade the database "
                      "instance 'a-1' with zero downtime failed. See the database error log for "
                      "details.\n" FINISH("2360", "0");
    struct input inputs[] = {{"t", lines}};
    struct bench b;
    const struct tl_report *r;

    (void)state;
    r = report_of(&b, NULL, inputs, 1);
    row_is(r, "zdp.finished", TL_KIND_INSTANCE, "-");
    bench_free(&b);
}

/* ---- proven ---- */

static void
times_are(const struct tl_report *r, const char *cls, const char *want)
{
    const struct tl_row *row = row_of(r, cls, TL_KIND_INSTANCE);
    struct tl_buf out;

    tl_buf_init(&out, 100);
    print_time(&out, row->ev.when.earliest);
    tl_buf_add(&out, TL_STR(" "));
    print_time(&out, row->ev.when.latest);
    same(tl_buf_str(&out), want);
    tl_buf_free(&out);
}

#define FINE_ATTEMPT(at)                                                                           \
    at " api instance us-east-1 a-1 | Attempting to upgrade the database with zero downtime.\n"
#define FINE_FINISH(at)                                                                            \
    at " api instance us-east-1 a-1 | Attempt to upgrade the database instance 'a-1' with zero "   \
       "downtime finished. The process took 2360 ms, 6 connections preserved, 0 connections "      \
       "dropped. See the database error log for details.\n"

static void
an_end_does_not_come_before_its_begin(void **state)
{
    static const struct {
        const char *lines, *attempted, *finished;
    } cases[] = {
        {FINE_ATTEMPT("06:22:20.000") FINISH("2360", "0"), "06:22:20.000 06:22:20.001",
         "06:22:20.000 06:23:00.000"},
        {ATTEMPT FINE_FINISH("06:22:40.000"), "06:22:00.000 06:22:40.001",
         "06:22:40.000 06:22:40.001"},
        {ATTEMPT FINISH("2360", "0"), "06:22:00.000 06:23:00.000", "06:22:00.000 06:23:00.000"},
        /* more than a minute lies between them: the attempt may be the next one */
        {FINISH("2360", "0") FINE_ATTEMPT("06:23:30.000"), "06:23:30.000 06:23:30.001",
         "06:22:00.000 06:23:00.000"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct input inputs[] = {{"t", cases[i].lines}};
        struct bench b;
        const struct tl_report *r = report_of(&b, "none", inputs, 1);

        times_are(r, "zdp.attempted", cases[i].attempted);
        times_are(r, "zdp.finished", cases[i].finished);
        bench_free(&b);
    }
}

/* The table lists the end first; what is proven decides the order of one moment. */
static void
a_proven_order_comes_before_a_listed_one(void **state)
{
    static const char lines[] = FINISH("2360", "0") ATTEMPT START;
    struct input inputs[] = {{"t", lines}};
    struct bench b;
    const struct tl_report *r;

    (void)state;
    r = report_of(&b, "none", inputs, 1);
    assert_true(row_of(r, "zdp.attempted", TL_KIND_INSTANCE) <
                row_of(r, "zdp.finished", TL_KIND_INSTANCE));
    bench_free(&b);
}

static void
a_contradiction_is_said(void **state)
{
    static const char lines[] = FINE_FINISH("06:22:40.000") FINE_ATTEMPT("06:22:41.500");
    struct input inputs[] = {{"t", lines}};
    struct tl_str text;
    struct bench b;
    const struct tl_report *r;

    (void)state;
    r = report_of(&b, "none", inputs, 1);
    assert_int_equal(findings_of(r, "time.contradiction", &text), 1);
    assert_true(has(text, "one of the two times is wrong"));
    times_are(r, "zdp.attempted", "06:22:41.500 06:22:41.501");
    times_are(r, "zdp.finished", "06:22:40.000 06:22:40.001");
    bench_free(&b);
}

/* Of restarts nothing is proven: they may come twice in a minute. */
static void
restarts_narrow_nothing(void **state)
{
    static const char lines[] =
        START "06:22:20.000 api instance us-east-1 a-1 | DB instance shutdown\n"
              "06:22 table instance us-east-1 a-1 | DB instance restarted\n";
    struct input inputs[] = {{"t", lines}};
    struct bench b;
    const struct tl_report *r;

    (void)state;
    r = report_of(&b, "none", inputs, 1);
    times_are(r, "instance.restarted", "06:22:00.000 06:23:00.000");
    bench_free(&b);
}

static void
the_order_of_inputs_never_matters(void **state)
{
    struct input there[] = {{"table", table}, {"probe", probe}};
    struct input back[] = {{"probe", probe}, {"table", table}};
    const struct tl_report *r, *s;
    struct tl_buf x, y;
    struct bench a, b;

    (void)state;
    tl_buf_init(&x, 500);
    tl_buf_init(&y, 500);
    r = report_of(&a, NULL, there, 2);
    s = report_of(&b, NULL, back, 2);
    assert_int_equal(r->nrows, s->nrows);
    for (size_t i = 0; i < r->nrows; i++) {
        struct tl_str one = fused_of(&x, &r->rows[i].fused, true);

        assert_true(tl_str_eq(one, fused_of(&y, &s->rows[i].fused, true)));
    }
    assert_int_equal(r->nwhy, s->nwhy);
    tl_buf_free(&x);
    tl_buf_free(&y);
    bench_free(&a);
    bench_free(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_worked_example),
        cmocka_unit_test(only_the_named_assumptions_are_used),
        cmocka_unit_test(every_narrowing_explains_itself),
        cmocka_unit_test(what_speaks_against_an_assumption_drops_it),
        cmocka_unit_test(durations_need_no_clock),
        cmocka_unit_test(an_outage_that_may_be_another_is_left_alone),
        cmocka_unit_test(of_two_outages_the_one_that_changed_the_version),
        cmocka_unit_test(twins_and_tables),
        cmocka_unit_test(a_minute_out_of_order_says_nothing),
        cmocka_unit_test(what_has_ended_narrows_nothing_more),
        cmocka_unit_test(an_end_does_not_come_before_its_begin),
        cmocka_unit_test(a_proven_order_comes_before_a_listed_one),
        cmocka_unit_test(a_contradiction_is_said),
        cmocka_unit_test(restarts_narrow_nothing),
        cmocka_unit_test(the_order_of_inputs_never_matters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
