/* The bounds of outages: the worked example of the design, a table of small loops, and 10,000
 * simulated loops whose truth must lie inside. Times in the pictures are milliseconds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* after what it needs */
#include <cmocka.h>

#include "core/names.h"
#include "timeline/series.h"

#define NONE (-1)

struct loop {
    struct tl_arena arena;
    struct series_set *set;
    struct tl_hint hints[4];
    struct tl_source src;
};

static void
loop_begin(struct loop *l, const char *sleep)
{
    memset(l, 0, sizeof(*l));
    tl_arena_init(&l->arena, 64u << 20);
    l->set = series_new(&l->arena);
    l->src.name = TL_STR("loop.log");
    l->src.hints = l->hints;
    if (sleep)
        l->hints[l->src.nhints++] =
            (struct tl_hint){TL_STR("sleep"), tl_str_from(sleep), TL_STR("as"), 0};
}

static void
loop_attempt(struct loop *l, int64_t stamp_ms, enum tl_failure f, const char *version, bool gap,
             bool stamp_end)
{
    struct tl_attempt at = {.start = stamp_end ? TL_TIME_NONE : stamp_ms * TL_MS,
                            .end = stamp_end ? stamp_ms * TL_MS : TL_TIME_NONE,
                            .stamp = stamp_ms * TL_MS,
                            .res_us = TL_MS,
                            .stamp_end = stamp_end,
                            .after_gap = gap,
                            .failure = f,
                            .access = TL_ACCESS_READ,
                            .version = tl_str_from(version)};
    struct tl_event ev = {.when = tl_instant_of(stamp_ms * TL_MS, TL_MS),
                          .who = {.kind = TL_KIND_ENDPOINT},
                          .cls = f ? TL_STR("probe.failed") : TL_STR("probe.ok"),
                          .message = TL_STR("text"),
                          .attempt = &at};

    assert_int_equal(series_add(l->set, &ev), TL_OK);
}

static struct series *
loop_end(struct loop *l)
{
    struct series_result r;

    assert_int_equal(series_finish(l->set, &l->src, &r), TL_OK);
    assert_int_equal(r.n, 1);
    return &r.list[0];
}

static int64_t
ms(int64_t us)
{
    return us == TL_UNKNOWN ? NONE : us / TL_MS;
}

/* A loop as text: "100+ 600+ 1100r 1600r 2100+ 2600+"; + ok, r refused, s starting up, t timeout,
 * _ before a time: an elision stands there. */
static const struct {
    const char *loop, *sleep;
    bool stamp_end;
    size_t noutages;
    int64_t min, observed, max, client; /* of the first outage; NONE: null */
    bool continuous;
    size_t nblind, nrows;
} cases[] = {
    /* the shape of the worked example */
    {"0+ 500+ 1000r 1500r 2000r 2500+ 3000+", NULL, false, 1, 500, 1500, 2500, 2000, true, 0, 3},
    {"0+ 500+ 1000r 1500r 2000r 2500+ 3000+", "0.5", false, 1, 1000, 1500, 2000, 1500, true, 0, 3},
    {"0+ 500+ 1000r 1500+ 2000+", NULL, false, 1, 0, 500, 1500, 1000, true, 0, 2},
    /* the log ends in the outage, or right behind it */
    {"0+ 500r 1000r", NULL, false, 1, 0, NONE, NONE, NONE, true, 0, 2},
    {"0+ 500r 1000r 1500+", NULL, false, 1, 0, 1000, NONE, NONE, true, 0, 3},
    /* it begins in the outage */
    {"0r 500r 1000r 1500+ 2000+", NULL, false, 1, 500, 1500, NONE, NONE, true, 0, 3},
    /* an elision among the failures: the longest unbroken stretch counts */
    {"0+ 500r 1000r 1500r _9000r 9500r 10000r 10500r 11000+ 11500+", NULL, false, 1, 1000, 10500,
     11500, 11000, false, 1, 3},
    /* a hole of many periods without any mark */
    {"0+ 500+ 1000+ 1500+ 2000+ 2500+ 3000r 3500r 9000r 9500r 10000+ 10500+", NULL, false, 1, 0,
     7000, 8000, 7500, false, 1, 3},
    /* the same hole behind an attempt that waited for its timeout is no blind time */
    {"0+ 500+ 1000+ 1500+ 2000+ 2500+ 3000r 3500t 9000r 9500r 10000+ 10500+", NULL, false, 1, 6000,
     7000, 8000, 7500, true, 0, 3},
    /* stamps after the attempt: ends are known, starts are bounded by the attempt before */
    {"0+ 500+ 1000r 1500r 2000r 2500+ 3000+", NULL, true, 1, 500, 1500, 2500, 2000, true, 0, 3},
    {"0+ 500+ 1000r 1500r 2000r 2500+ 3000+", "0.2", true, 1, 700, 1500, 2300, 1800, true, 0, 3},
    /* a sleep that is longer than two attempts are apart is not the loop's: as if it were unknown
     */
    {"0+ 500+ 1000r 1500r 2000r 2500+ 3000+", "2", false, 1, 500, 1500, 2500, 2000, true, 0, 3},
    {"0+ 500+ 1000r 1500r 2000r 2500+ 3000+", "2", true, 1, 500, 1500, 2500, 2000, true, 0, 3},
    /* the clock went back: nothing is proven but the unbroken stretch */
    {"0+ 500r 1000r 1500r 1200r 1700+ 2200+", NULL, false, 1, 500, NONE, NONE, NONE, false, 0, 3},
    {"0+ 500+ 1000+", NULL, false, 0, 0, 0, 0, 0, false, 0, 0},
};

static void
play(struct loop *l, const char *p, bool stamp_end)
{
    while (*p) {
        bool gap = *p == '_';
        char *end;
        long at = strtol(p + gap, &end, 10);
        const char kinds[] = "+rst";
        const enum tl_failure failures[] = {TL_FAILURE_OK, TL_FAILURE_REFUSED,
                                            TL_FAILURE_STARTING_UP, TL_FAILURE_TIMEOUT};
        const char *k = strchr(kinds, *end);

        assert_non_null(k);
        loop_attempt(l, at, failures[k - kinds], "", gap, stamp_end);
        p = end + 1;
        p += *p == ' ';
    }
}

static void
bounds_of_small_loops(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct loop l;
        struct series *s;

        print_message("%s\n", cases[i].loop);
        loop_begin(&l, cases[i].sleep);
        play(&l, cases[i].loop, cases[i].stamp_end);
        s = loop_end(&l);
        assert_int_equal(s->noutages, cases[i].noutages);
        assert_int_equal(s->nrows, cases[i].nrows);
        if (s->noutages > 0) {
            const struct tl_outage *o = &s->outages[0];

            assert_int_equal(ms(o->min_us), cases[i].min);
            assert_int_equal(ms(o->observed_us), cases[i].observed);
            assert_int_equal(ms(o->max_us), cases[i].max);
            assert_int_equal(ms(o->client_us), cases[i].client);
            assert_int_equal(o->continuous, cases[i].continuous);
            assert_int_equal(o->nblind, cases[i].nblind);
        }
        tl_arena_free(&l.arena);
    }
}

static void
versions_and_rows(void **state)
{
    struct loop l;
    struct series *s;

    (void)state;
    loop_begin(&l, NULL);
    loop_attempt(&l, 0, TL_FAILURE_OK, "17.4.5", false, false);
    loop_attempt(&l, 500, TL_FAILURE_REFUSED, "", false, false);
    loop_attempt(&l, 1000, TL_FAILURE_STARTING_UP, "", false, false);
    loop_attempt(&l, 1500, TL_FAILURE_OK, "17.5.4", false, false);
    loop_attempt(&l, 2000, TL_FAILURE_OK, "17.5.4", false, false);
    s = loop_end(&l);
    assert_int_equal(s->nrows, 4); /* first and last failure, first success, version change */
    assert_int_equal(s->rows[0].when.at, 500 * TL_MS);
    assert_int_equal(s->rows[1].when.at, 1000 * TL_MS);
    assert_string_equal(s->rows[1].cls.p, "probe.failed");
    assert_string_equal(s->rows[3].cls.p, "probe.version-changed");
    assert_string_equal(tl_event_text(&s->rows[3], TL_STR("from_version")).p, "17.4.5");
    assert_string_equal(s->outages[0].version_before.p, "17.4.5");
    assert_string_equal(s->outages[0].version_after.p, "17.5.4");
    assert_int_equal(s->outages[0].failures[TL_FAILURE_REFUSED], 1);
    assert_int_equal(s->outages[0].attempts_failed, 2);
    tl_arena_free(&l.arena);
}

/* ---- the simulator: a server with true outages, a blocking loop that asks it ---- */

static uint64_t
rnd(uint64_t *s, uint64_t n)
{
    *s ^= *s << 13;
    *s ^= *s >> 7;
    *s ^= *s << 17;
    return *s % n;
}

struct world {
    int64_t down_us, up_us; /* the outage: [down, up) */
    int64_t sleep_us, query_us;
    bool sleep_known, stamp_end, late; /* late: a refused connection may take long to say so */
    uint64_t elide_one_in;             /* 0: the log is whole */
};

/* The serving state that an attempt sees is that of one moment inside it. */
static void
simulate(struct loop *l, const struct world *w, uint64_t *seed)
{
    int64_t now = (int64_t)rnd(seed, 500000);
    bool gap = false;

    while (now < w->up_us + 20 * w->sleep_us + 10 * TL_SECOND) {
        int64_t took = w->query_us + (int64_t)rnd(seed, 40000), end;
        int64_t seen;
        bool down;

        if (w->late && now >= w->down_us && now < w->up_us && rnd(seed, 6) == 0)
            took += (int64_t)rnd(seed, 5000000);
        end = now + took;
        seen = now + (int64_t)rnd(seed, (uint64_t)took + 1);
        down = seen >= w->down_us && seen < w->up_us;
        if (w->elide_one_in && rnd(seed, w->elide_one_in) == 0) {
            gap = true;
        } else {
            loop_attempt(l, (w->stamp_end ? end : now) / TL_MS,
                         down ? TL_FAILURE_REFUSED : TL_FAILURE_OK, down ? "" : "1", gap,
                         w->stamp_end);
            gap = false;
        }
        now = end + w->sleep_us;
    }
}

/* Stamps are floored to milliseconds: a difference of two is true to a millisecond. */
static void
truth_is_inside(const struct series *s, const struct world *w)
{
    int64_t truth = w->up_us - w->down_us;

    for (size_t i = 0; i < s->noutages; i++) {
        const struct tl_outage *o = &s->outages[i];

        assert_true(o->min_us <= truth + TL_MS);
        assert_true(o->max_us == TL_UNKNOWN || o->max_us + TL_MS >= truth);
        assert_true(o->max_us == TL_UNKNOWN || o->min_us <= o->max_us);
        if (o->max_us != TL_UNKNOWN && o->client_us != TL_UNKNOWN)
            assert_true(o->client_us <= o->max_us);
    }
}

static void
truth_lies_inside_the_bounds_of_10000_loops(void **state)
{
    uint64_t seed = 20260411;
    size_t outages = 0;

    (void)state;
    for (int round = 0; round < 10000; round++) {
        struct world w = {.down_us = 3000000 + (int64_t)rnd(&seed, 4000000),
                          .sleep_us = 20000 + (int64_t)rnd(&seed, 1000000),
                          .query_us = 1000 + (int64_t)rnd(&seed, 200000),
                          .sleep_known = rnd(&seed, 2),
                          .stamp_end = rnd(&seed, 3) == 0,
                          .late = rnd(&seed, 2),
                          .elide_one_in = rnd(&seed, 3) == 0 ? 3 + rnd(&seed, 8) : 0};
        struct tl_buf text;
        struct loop l;
        struct series *s;

        w.up_us = w.down_us + 100000 + (int64_t)rnd(&seed, 20000000);
        w.sleep_us -= w.sleep_us % TL_MS;
        tl_buf_init(&text, 64);
        tl_seconds_print(&text, w.sleep_us);
        loop_begin(&l, w.sleep_known ? tl_buf_str(&text).p : NULL);
        simulate(&l, &w, &seed);
        s = loop_end(&l);
        assert_true(s->noutages <= 1 || w.elide_one_in > 0 || w.late);
        truth_is_inside(s, &w);
        outages += s->noutages;
        tl_arena_free(&l.arena);
        tl_buf_free(&text);
    }
    assert_true(outages > 8000);
}

/* Cutting the tail opens an outage, never removes one, and never widens what was proven. */
static void
a_cut_tail_opens_an_outage(void **state)
{
    const char *whole = "0+ 500+ 1000r 1500r 2000s 2500r 3000+ 3500+";
    const char *p = whole;

    (void)state;
    while ((p = strchr(p, ' ')) != NULL) {
        char part[64];
        struct loop l;
        struct series *s;

        snprintf(part, sizeof(part), "%.*s", (int)(p - whole), whole);
        loop_begin(&l, NULL);
        play(&l, part, false);
        s = loop_end(&l);
        assert_int_equal(s->noutages, strpbrk(part, "rs") ? 1 : 0);
        if (s->noutages > 0) {
            assert_true(s->outages[0].min_us <= 1000 * TL_MS);
            assert_true(s->outages[0].max_us == TL_UNKNOWN);
            assert_int_equal(s->outages[0].first_ok == TL_TIME_NONE, !strstr(part, "3000+"));
        }
        tl_arena_free(&l.arena);
        p++;
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bounds_of_small_loops),
        cmocka_unit_test(versions_and_rows),
        cmocka_unit_test(truth_lies_inside_the_bounds_of_10000_loops),
        cmocka_unit_test(a_cut_tail_opens_an_outage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
