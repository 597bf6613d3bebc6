/* How far clocks are apart: made-up upgrades with a known truth, seen by clocks that are off. */
#include "timeline_help.h"

enum { ROOM = 256 * 1024, WORLDS = 400 };

/* What truly happened, in milliseconds since 06:00; and how far each clock is ahead. */
struct truth {
    int started, shut, up, ready, announced; /* the control plane's own moments: as they are */
    int log_ms, probe_ms, probe2_ms;         /* clocks */
    int period_ms, attempt_ms;
    unsigned seed;
};

static uint64_t
next(uint64_t *seed)
{
    uint64_t z = *seed += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static int
between(uint64_t *seed, int lo, int hi)
{
    return lo + (int)(next(seed) % (uint64_t)(hi - lo + 1));
}

/* "06:00:01.234" of a moment. */
static void
put_time(struct tl_buf *b, int ms)
{
    ms += 6 * 3600000;
    tl_buf_addf(b, "%02d:%02d:%02d.%03d ", ms / 3600000, ms / 60000 % 60, ms / 1000 % 60,
                ms % 1000);
}

static void
put_event(struct tl_buf *b, int ms, const char *head, const char *message)
{
    put_time(b, ms);
    tl_buf_addf(b, "%s | %s\n", head, message);
}

static void
make_events(const struct truth *t, struct tl_buf *b)
{
    tl_buf_addf(b, "- topology instance us-east-1 a-1 | cluster=a role=writer\n");
    put_event(b, t->started, "api cluster us-east-1 a@1",
              "Database cluster engine minor version upgrade started. Cluster remains online.");
    put_event(b, t->announced, "api cluster us-east-1 a@1",
              "Database cluster engine minor version upgrade complete. Previous version: 17.4. New "
              "version: 17.5.");
}

static void
make_log(const struct truth *t, struct tl_buf *b, bool names_old)
{
    const char *head = "log instance us-east-1 a-1";

    if (names_old) {
        put_event(b, -3600000 + t->log_ms, head, "starting PostgreSQL 17.4 on aarch64-linux");
        put_event(b, -3599000 + t->log_ms, head, "database system is ready to accept connections");
    }
    put_event(b, t->shut - 80 + t->log_ms, head, "received fast shutdown request");
    put_event(b, t->shut + t->log_ms, head, "database system is shut down");
    put_event(b, t->up + t->log_ms, head, "starting PostgreSQL 17.5 on aarch64-linux");
    put_event(b, t->ready + t->log_ms, head, "database system is ready to accept connections");
}

/* Attempts as a loop makes them: what each met is decided at some moment while it ran. truth_of:
 * when the attempt of each line began. */
static void
make_probe(const struct truth *t, struct tl_buf *b, int ahead_ms, uint64_t *seed, const char *host)
{
    int from = t->shut - between(seed, 2, 40) * 1000, to = t->ready + between(seed, 2, 30) * 1000;

    for (int ms = from; ms < to;) {
        int took = between(seed, 1, t->attempt_ms), met = ms + between(seed, 0, took);

        put_time(b, ms + ahead_ms);
        tl_buf_addf(b, "probe %s %s\n", host,
                    met < t->shut    ? "ok 17.4"
                    : met < t->ready ? "refused"
                                     : "ok 17.5");
        ms += took + t->period_ms;
    }
}

static struct truth
make_truth(uint64_t *seed)
{
    struct truth t = {.started = between(seed, 60, 300) * 1000, .seed = (unsigned)*seed};

    t.shut = t.started + between(seed, 1000, 200000);
    t.up = t.shut + between(seed, 100, 20000);
    t.ready = t.up + between(seed, 100, 9000);
    t.announced = t.ready + between(seed, 500, 200000);
    t.log_ms = between(seed, 0, 2) ? 0 : between(seed, -90000, 90000);
    t.probe_ms = between(seed, 0, 3) ? between(seed, -9000, 9000) : between(seed, -900000, 900000);
    t.probe2_ms = between(seed, -4000, 4000);
    t.period_ms = between(seed, 0, 1000);
    t.attempt_ms = between(seed, 2, 900);
    return t;
}

#define INSTANCE "a-1.abcdefghijkl.us-east-1.rds.amazonaws.com"
#define CLUSTER  "a.cluster-abcdefghijkl.us-east-1.rds.amazonaws.com"

enum { EVENTS = 1, LOG = 2, PROBE = 4, PROBE2 = 8, ALL = 15 };

static const struct tl_report *
reconstruct(struct bench *b, const struct truth *t, unsigned what, bool align)
{
    struct tl_build_options o = TL_BUILD_OPTIONS_NONE;
    struct tl_buf text[4];
    uint64_t seed = t->seed;
    static const char *const names[] = {"events", "log", "probe", "probe2"};

    o.align = align;
    bench_begin_with(b, &o);
    for (size_t i = 0; i < 4; i++)
        tl_buf_init(&text[i], ROOM);
    make_events(t, &text[0]);
    make_log(t, &text[1], true);
    make_probe(t, &text[2], t->probe_ms, &seed, t->seed & 1 ? INSTANCE : CLUSTER);
    make_probe(t, &text[3], t->probe2_ms, &seed, INSTANCE);
    for (size_t i = 0; i < 4; i++) {
        if (what & 1U << i)
            bench_feed(b, names[i], tl_buf_str(&text[i]).p);
        tl_buf_free(&text[i]);
    }
    return bench_end(b);
}

static const struct tl_source *
input(const struct tl_report *r, const char *name)
{
    for (size_t i = 0; i < r->ninputs; i++)
        if (tl_str_eq(r->inputs[i].name, tl_str_from(name)))
            return &r->inputs[i];
    return NULL;
}

static void
assert_holds(struct tl_span s, int ms, const char *what, const struct truth *t)
{
    if (s.min_us == TL_UNKNOWN && s.max_us == TL_UNKNOWN)
        return;
    if (s.min_us > ms * INT64_C(1000) || s.max_us < ms * INT64_C(1000))
        fail_msg("%s of seed %u: %d ms is not within %lld to %lld us", what, t->seed, ms,
                 (long long)s.min_us, (long long)s.max_us);
}

static int
clock_of(const struct truth *t, struct tl_str name)
{
    return tl_str_eq(name, TL_STR("a-1")) || tl_str_eq(name, TL_STR("log")) ? t->log_ms
           : tl_str_eq(name, TL_STR("probe"))                               ? t->probe_ms
           : tl_str_eq(name, TL_STR("probe2"))                              ? t->probe2_ms
                                                                            : 0;
}

static void
assert_truth_within(const struct tl_report *r, const struct truth *t)
{
    static const char *const names[] = {"log", "probe", "probe2"};

    for (size_t i = 0; i < 3; i++) {
        const struct tl_source *s = input(r, names[i]);
        int own = clock_of(t, tl_str_from(names[i]));

        if (!s || !s->skew)
            continue;
        assert_holds(s->skew->offset, own, names[i], t);
        if (s->skew->other.n > 0)
            assert_holds(s->skew->apart, own - clock_of(t, s->skew->other), names[i], t);
    }
}

static size_t
count_findings(const struct tl_report *r, const char *code)
{
    size_t n = 0;

    for (size_t i = 0; i < r->nfindings; i++)
        n += tl_str_eq(r->findings[i].code, tl_str_from(code));
    return n;
}

/* The true offset is in every interval, whatever of the evidence there is. */
static void
test_truth_is_within(void **state)
{
    uint64_t seed = 7;
    size_t offsets = 0, apart = 0;

    (void)state;
    for (int i = 0; i < WORLDS; i++) {
        struct truth t = make_truth(&seed);
        struct bench b;
        const struct tl_report *r = reconstruct(&b, &t, (unsigned)between(&seed, 1, ALL), false);
        const struct tl_source *probe = input(r, "probe");

        assert_truth_within(r, &t);
        assert_int_equal(count_findings(r, "clock.contradicted"), 0);
        offsets += probe && probe->skew && probe->skew->offset.min_us != TL_UNKNOWN;
        apart += probe && probe->skew && probe->skew->other.n > 0;
        bench_free(&b);
    }
    assert_true(offsets > WORLDS / 10 && apart > WORLDS / 20);
}

/* ---- --align ---- */

static size_t
list_outages(const struct tl_report *r, const struct tl_outage **out, size_t room)
{
    size_t n = 0;

    for (size_t i = 0; i < r->noutages && n < room; i++)
        out[n++] = &r->outages[i];
    for (size_t k = 0; k < r->nruns; k++)
        for (size_t i = 0; i < r->runs[k].noutages && n < room; i++)
            out[n++] = &r->runs[k].outages[i];
    return n;
}

/* What --align took off an input: nothing, or an interval; and the clock it was brought onto. */
static struct tl_span
shift_of(const struct tl_source *s, struct tl_str *onto)
{
    const struct tl_skew *k = s->skew;
    bool moved = false;

    for (size_t i = 0; i < s->nhints; i++)
        moved |= tl_str_eq(s->hints[i].key, TL_STR("skew")) &&
                 tl_str_eq(s->hints[i].from, TL_STR("align"));
    *onto = TL_STR("");
    if (!moved)
        return TL_SPAN_NONE;
    assert_non_null(k);
    if (k->offset.min_us != TL_UNKNOWN && (k->offset.min_us > 0 || k->offset.max_us < 0))
        return k->offset;
    *onto = k->other;
    return k->apart;
}

static bool
is_moved(tl_time from, tl_time to, int64_t us)
{
    return from == TL_TIME_NONE ? to == TL_TIME_NONE : to == from - us;
}

/* Every outage of the one is in the other, with the same figures; its moments are moved. */
static void
assert_same_figures(const struct tl_report *a, const struct tl_report *b)
{
    const struct tl_outage *p[32], *q[32];
    size_t n = list_outages(a, p, 32), m = list_outages(b, q, 32), found = 0;

    assert_int_equal(n, m);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < m; k++)
            if (q[k] && p[i]->input == q[k]->input && p[i]->min_us == q[k]->min_us &&
                p[i]->observed_us == q[k]->observed_us && p[i]->max_us == q[k]->max_us &&
                p[i]->client_us == q[k]->client_us &&
                p[i]->attempts_failed == q[k]->attempts_failed) {
                struct tl_str onto;
                struct tl_span s = shift_of(&b->inputs[p[i]->input], &onto);
                int64_t us = s.min_us == TL_UNKNOWN ? 0 : s.min_us + (s.max_us - s.min_us) / 2;

                assert_true(is_moved(p[i]->last_ok, q[k]->last_ok, us) &&
                            is_moved(p[i]->first_fail, q[k]->first_fail, us) &&
                            is_moved(p[i]->last_fail, q[k]->last_fail, us) &&
                            is_moved(p[i]->first_ok, q[k]->first_ok, us));
                q[k] = NULL;
                found++;
                break;
            }
    assert_int_equal(found, n);
}

static const struct tl_row *
row_at(const struct tl_report *r, uint32_t input_of, uint32_t line, struct tl_str cls)
{
    for (size_t i = 0; i < r->nrows; i++)
        if (r->rows[i].input == input_of && r->rows[i].ev.line == line &&
            tl_str_eq(r->rows[i].ev.cls, cls))
            return &r->rows[i];
    return NULL;
}

/* Each row of the one, moved or not, holds in the other what truly was. */
static void
assert_moved(const struct tl_report *before, const struct tl_report *after, const struct truth *t)
{
    assert_int_equal(before->nrows, after->nrows);
    for (size_t i = 0; i < before->nrows; i++) {
        const struct tl_row *a = &before->rows[i];
        const struct tl_row *b = row_at(after, a->input, a->ev.line, a->ev.cls);
        const struct tl_source *s = &after->inputs[a->input];
        struct tl_str onto;
        struct tl_span shift = shift_of(s, &onto);
        int64_t off = (clock_of(t, s->name) - clock_of(t, onto)) * INT64_C(1000);

        assert_non_null(b);
        if (shift.min_us == TL_UNKNOWN) {
            assert_true(a->ev.when.earliest == b->ev.when.earliest &&
                        a->ev.when.latest == b->ev.when.latest);
            continue;
        }
        assert_true(b->ev.when.earliest <= a->ev.when.earliest - off);
        assert_true(b->ev.when.latest >= a->ev.when.latest - off);
        assert_true(b->ev.when.latest - b->ev.when.earliest ==
                    a->ev.when.latest - a->ev.when.earliest + shift.max_us - shift.min_us);
        assert_true(b->ev.when.earliest <= b->ev.when.at && b->ev.when.at <= b->ev.when.latest);
    }
    for (size_t i = 1; i < after->nrows; i++)
        assert_true(after->rows[i - 1].ev.when.at <= after->rows[i].ev.when.at);
}

static void
test_align_keeps_truth_and_figures(void **state)
{
    uint64_t seed = 11;
    size_t moved = 0;

    (void)state;
    for (int i = 0; i < WORLDS; i++) {
        struct truth t = make_truth(&seed);
        unsigned what = (unsigned)between(&seed, 1, ALL);
        struct bench plain, aligned;
        const struct tl_report *a = reconstruct(&plain, &t, what, false);
        const struct tl_report *b = reconstruct(&aligned, &t, what, true);

        assert_same_figures(a, b);
        assert_moved(a, b, &t);
        assert_truth_within(b, &t);
        moved += b->nassumptions;
        assert_int_equal(count_findings(a, "clock.skewed"), count_findings(b, "clock.skewed"));
        bench_free(&plain);
        bench_free(&aligned);
    }
    assert_true(moved > WORLDS / 4);
}

/* ---- by hand ---- */

static const char *const probe_of_a = "06:00:00.000 probe " INSTANCE " ok 17.4\n"
                                      "06:00:01.000 probe " INSTANCE " ok 17.4\n"
                                      "06:00:02.000 probe " INSTANCE " refused\n"
                                      "06:00:03.000 probe " INSTANCE " refused\n"
                                      "06:00:04.000 probe " INSTANCE " ok 17.5\n"
                                      "06:00:05.000 probe " INSTANCE " ok 17.5\n";
static const char *const log_of_a =
    "05:30:00.000 log instance us-east-1 a-1 | starting PostgreSQL 17.4 on aarch64-linux\n"
    "05:30:01.000 log instance us-east-1 a-1 | database system is ready to accept connections\n"
    "06:00:10.500 log instance us-east-1 a-1 | received fast shutdown request\n"
    "06:00:10.600 log instance us-east-1 a-1 | database system is shut down\n"
    "06:00:11.000 log instance us-east-1 a-1 | starting PostgreSQL 17.5 on aarch64-linux\n"
    "06:00:13.100 log instance us-east-1 a-1 | database system is ready to accept connections\n";

/* Probe minus log: not above 5.001 - 13.100, not below 1.000 - 10.601. */
static void
test_figures(void **state)
{
    struct bench b;
    const struct tl_report *r;
    const struct tl_skew *k;

    (void)state;
    bench_begin(&b);
    bench_feed(&b, "p", probe_of_a);
    bench_feed(&b, "l", log_of_a);
    r = bench_end(&b);
    k = input(r, "p")->skew;
    assert_non_null(k);
    assert_int_equal(k->offset.min_us, TL_UNKNOWN);
    assert_int_equal(k->apart.min_us, -9601000);
    assert_int_equal(k->apart.max_us, -8099000);
    assert_true(tl_str_eq(k->other, TL_STR("a-1")));
    assert_null(input(r, "l")->skew);
    assert_int_equal(count_findings(r, "clock.skewed"), 1);
    for (size_t i = 0; i < r->nfindings; i++)
        if (tl_str_eq(r->findings[i].code, TL_STR("clock.skewed"))) {
            assert_string_equal(r->findings[i].text.p,
                                "the clock of p is 8.099 to 9.601 s behind that of a-1");
            assert_int_equal(r->findings[i].severity, TL_SEVERITY_WARNING);
            assert_true(r->findings[i].nevents >= 2);
        }
    bench_free(&b);
}

/* What is not certainly the same change ties nothing. */
static void
test_what_ties_nothing(void **state)
{
    static const char *const more[] = {
        /* another instance */
        "- topology instance us-east-1 a-2 | cluster=a role=reader\n",
        /* a failover of the cluster */
        "06:00:02.000 api instance us-east-1 a-1 | Multi-AZ instance failover started.\n", NULL};
    static const char *const cluster = "06:00:01.000 probe " CLUSTER " ok 17.4\n"
                                       "06:00:04.000 probe " CLUSTER " ok 17.5\n"
                                       "06:00:05.000 probe " CLUSTER " ok 17.5\n";
    static const char *const member = "- topology instance us-east-1 a-1 | cluster=a role=writer\n";
    struct bench b;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        const struct tl_report *r;

        bench_begin(&b);
        bench_feed(&b, "p", cluster);
        bench_feed(&b, "l", log_of_a);
        bench_feed(&b, "t", member);
        if (more[i])
            bench_feed(&b, "m", more[i]);
        r = bench_end(&b);
        assert_int_equal(input(r, "p")->skew != NULL, more[i] == NULL);
        bench_free(&b);
    }
}

/* Two changes of the same kind, a step of the clock, another host: none of them is an anchor. */
static void
test_ambiguous_changes(void **state)
{
    static const char *const probes[] = {
        "06:00:01.000 probe " INSTANCE " ok 17.4\n06:00:04.000 probe " INSTANCE " ok 17.5\n"
        "06:00:05.000 probe " INSTANCE " ok 17.4\n06:00:06.000 probe " INSTANCE " ok 17.5\n"
        "06:00:07.000 probe " INSTANCE " ok 17.5\n",
        "06:00:01.000 probe " INSTANCE " ok 17.4\n06:00:04.000 probe " INSTANCE " ok 17.5\n"
        "06:00:03.000 probe " INSTANCE " ok 17.5\n",
        "06:00:01.000 probe b-1.abcdefghijkl.us-east-1.rds.amazonaws.com ok 17.4\n"
        "06:00:04.000 probe b-1.abcdefghijkl.us-east-1.rds.amazonaws.com ok 17.5\n"
        "06:00:05.000 probe b-1.abcdefghijkl.us-east-1.rds.amazonaws.com ok 17.5\n",
        "06:00:01.000 probe a-1.abcdefghijkl.eu-west-1.rds.amazonaws.com ok 17.4\n"
        "06:00:04.000 probe a-1.abcdefghijkl.eu-west-1.rds.amazonaws.com ok 17.5\n"
        "06:00:05.000 probe a-1.abcdefghijkl.eu-west-1.rds.amazonaws.com ok 17.5\n",
        "06:00:01.000 probe " INSTANCE " ok 17.4\n06:00:04.000 probe " INSTANCE " ok 17.6\n"
        "06:00:05.000 probe " INSTANCE " ok 17.6\n"};
    struct bench b;

    (void)state;
    for (size_t i = 0; i < sizeof(probes) / sizeof(probes[0]); i++) {
        const struct tl_report *r;

        bench_begin(&b);
        bench_feed(&b, "p", probes[i]);
        bench_feed(&b, "l", log_of_a);
        r = bench_end(&b);
        assert_null(input(r, "p")->skew);
        assert_int_equal(count_findings(r, "clock.contradicted"), 0);
        bench_free(&b);
    }
}

/* A log that does not name the version before may be of another restart: an assumption, which is
 * said, proves no offset, and is none where the log is minutes away and began just before. */
static void
test_log_without_the_version_before(void **state)
{
    static const struct {
        const char *log;
        bool taken;
    } cases[] = {
#define STARTS(time, shut, up, ready)                                                              \
    time " log instance us-east-1 a-1 | checkpoint starting: time\n" shut                          \
         " log instance us-east-1 a-1 | database system is shut down\n" up                         \
         " log instance us-east-1 a-1 | starting PostgreSQL 17.5 on aarch64-linux\n" ready         \
         " log instance us-east-1 a-1 | database system is ready to accept connections\n"
        {STARTS("06:00:05.000", "06:00:10.600", "06:00:11.000", "06:00:13.100"), true},
        {STARTS("06:10:05.000", "06:10:10.600", "06:10:11.000", "06:10:13.100"), false},
        {STARTS("05:30:00.000", "06:10:10.600", "06:10:11.000", "06:10:13.100"), true},
        {STARTS("05:52:00.000", "06:10:10.600", "06:10:11.000", "06:10:13.100"), false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bench b;
        const struct tl_report *r;
        const struct tl_skew *k;

        bench_begin(&b);
        bench_feed(&b, "p", probe_of_a);
        bench_feed(&b, "l", cases[i].log);
        bench_feed(
            &b, "e",
            "05:00:00.000 api instance us-east-1 a-1 | The engine version upgrade started.\n");
        r = bench_end(&b);
        k = input(r, "p")->skew;
        assert_int_equal(k != NULL, cases[i].taken);
        assert_true(!k || (k->offset.min_us == TL_UNKNOWN && k->other.n > 0));
        assert_int_equal(count_findings(r, "clock.contradicted"), 0);
        for (size_t n = 0; n < r->nfindings; n++)
            if (tl_str_eq(r->findings[n].code, TL_STR("clock.skewed")))
                assert_true(tl_str_find(r->findings[n].text,
                                        TL_STR("if the restart in that log")) != SIZE_MAX);
        bench_free(&b);
    }
}

/* What is assumed gives way to what is proved. */
static void
test_an_assumption_that_is_contradicted(void **state)
{
    static const char *const probe = "06:00:00.000 probe " INSTANCE " ok 17.4\n"
                                     "06:00:01.000 probe " INSTANCE " ok 17.5\n"
                                     "06:00:02.000 probe " INSTANCE " ok 17.5\n";
    struct bench b;
    const struct tl_report *r;

    (void)state;
    bench_begin(&b);
    bench_feed(&b, "p", probe);
    bench_feed(&b, "l", STARTS("06:00:05.000", "06:00:10.600", "06:00:11.000", "06:00:13.100"));
    r = bench_end(&b);
    assert_null(input(r, "p")->skew);
    assert_int_equal(count_findings(r, "clock.skewed"), 0);
    assert_int_equal(count_findings(r, "clock.contradicted"), 0);
    bench_free(&b);
}

/* The probe saw an outage that is shorter than what the log says: no offset makes both true. */
static void
test_contradiction(void **state)
{
    static const char *const probe = "06:00:00.000 probe " INSTANCE " ok 17.4\n"
                                     "06:00:01.000 probe " INSTANCE " ok 17.5\n"
                                     "06:00:02.000 probe " INSTANCE " ok 17.5\n";
    struct bench b;
    const struct tl_report *r;

    (void)state;
    bench_begin(&b);
    bench_feed(&b, "p", probe);
    bench_feed(&b, "l", log_of_a);
    r = bench_end(&b);
    assert_null(input(r, "p")->skew);
    assert_int_equal(count_findings(r, "clock.skewed"), 0);
    assert_int_equal(count_findings(r, "clock.contradicted"), 1);
    for (size_t i = 0; i < r->nfindings; i++)
        if (tl_str_eq(r->findings[i].code, TL_STR("clock.contradicted")))
            assert_true(r->findings[i].nevents == 3);
    bench_free(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_truth_is_within),
        cmocka_unit_test(test_align_keeps_truth_and_figures),
        cmocka_unit_test(test_figures),
        cmocka_unit_test(test_what_ties_nothing),
        cmocka_unit_test(test_ambiguous_changes),
        cmocka_unit_test(test_log_without_the_version_before),
        cmocka_unit_test(test_an_assumption_that_is_contradicted),
        cmocka_unit_test(test_contradiction),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
