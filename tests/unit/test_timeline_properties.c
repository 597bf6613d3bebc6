/* What must hold of every report, on made-up evidence: seeded, so that a failure can be repeated.
 */
#include "timeline_help.h"

enum { WORLDS = 300, MAX_LINES = 60, LINE = 256, MAX_TEXT = MAX_LINES * LINE };

static uint64_t
next(uint64_t *seed)
{
    uint64_t z = *seed += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static unsigned
below(uint64_t *seed, unsigned n)
{
    return (unsigned)(next(seed) % n);
}

/* Events of two regions: on clusters a and b, their instances, and a stranger. */
static const struct {
    const char *kind, *region, *id, *message;
} stock[] = {
    {"cluster", "us-east-1", "a@1",
     "Database cluster engine minor version upgrade started. Cluster remains online."},
    {"cluster", "eu-west-1", "b@1",
     "Database cluster engine minor version upgrade started. Cluster remains online."},
    {"instance", "us-east-1", "a-1@1", "Attempting to upgrade the database with zero downtime."},
    {"cluster", "us-east-1", "a@1", "Attempting to upgrade the database with zero downtime."},
    {"instance", "us-east-1", "a-1@1", "Aurora fast startup completed in [1431425] microseconds."},
    {"instance", "us-east-1", "a-1@1",
     "Attempt to upgrade the database with zero downtime finished. The process took 2360 ms, 6 "
     "connections preserved, 1 connections dropped."},
    {"instance", "eu-west-1", "b-1@1", "DB instance shutdown"},
    {"instance", "eu-west-1", "b-1@1", "DB instance restarted"},
    {"instance", "eu-west-1", "b-1@1",
     "The parameter max_wal_senders was set to a value incompatible with replication. It has been "
     "adjusted from 10 to 20."},
    {"cluster", "us-east-1", "a@1",
     "Database cluster is online. The primary instance is ready for connections."},
    {"cluster", "us-east-1", "a@1",
     "Database cluster engine minor version upgrade complete. Previous version: 17.4.5. New "
     "version: "
     "17.5.4."},
    {"cluster", "eu-west-1", "b@1", "Database cluster engine version has been upgraded."},
    {"cluster", "us-east-1", "a@1", "Started cross AZ failover to DB instance: a-2"},
    {"cluster", "us-east-1", "a@1", "Completed failover to DB instance: a-2"},
    {"instance", "us-east-1", "z@1", "Backing up DB instance"},
    {"instance", "us-east-1", "z@1", "The engine version upgrade started."},
    {"instance", "us-east-1", "z@1", "DB instance shutdown"},
    {"instance", "us-east-1", "z@1",
     "The DB engine version upgrade failed. The engine version upgrade rollback succeeded."},
};
enum { NSTOCK = sizeof(stock) / sizeof(stock[0]) };

struct world {
    char lines[MAX_LINES][LINE]; /* of the API */
    size_t nlines;
    char table[MAX_TEXT]; /* the same, to the minute, some of them lost */
    char probe[MAX_TEXT];
};

static void
make_line(struct world *w, uint64_t *seed, unsigned ms)
{
    unsigned k = below(seed, NSTOCK);

    snprintf(w->lines[w->nlines++], LINE, "06:%02u:%02u.%03u api %s %s %s | %s\n", ms / 60000,
             ms / 1000 % 60, ms % 1000, stock[k].kind, stock[k].region, stock[k].id,
             stock[k].message);
}

static void
make_world(struct world *w, uint64_t *seed)
{
    unsigned ms = 0, n = 1 + below(seed, MAX_LINES);
    size_t at = 0;

    memset(w, 0, sizeof(*w));
    while (w->nlines < n && ms < 58 * 60000) {
        ms += below(seed, 4) ? below(seed, 9000) : below(seed, 700000);
        if (ms < 58 * 60000)
            make_line(w, seed, ms);
    }
    for (size_t i = 0; i < w->nlines; i++) { /* 06:21:07.123 api … becomes 06:21 table … */
        if (below(seed, 5) == 0)
            continue;
        at += (size_t)snprintf(w->table + at, MAX_TEXT - at, "%.5s table%s", w->lines[i],
                               strstr(w->lines[i], " api") + 4);
    }
    at = 0;
    for (unsigned s = 0; s < 40; s++)
        at +=
            (size_t)snprintf(w->probe + at, MAX_TEXT - at,
                             "06:%02u:%02u.000 probe a.cluster-x.us-east-1.rds.amazonaws.com %s\n",
                             s, below(seed, 60), below(seed, 4) ? "ok 17.4.5" : "refused");
}

static void
feed_api(struct bench *b, const struct world *w, const size_t *order)
{
    for (size_t i = 0; i < w->nlines; i++)
        feed_line(b, tl_str_trim(tl_str_from(w->lines[order ? order[i] : i])), (uint32_t)i + 1);
    bench_source(b, "api", "api");
}

static struct tl_buf
print_all(struct bench *b)
{
    struct tl_buf all, runs;

    bench_end(b);
    all = print_rows(b->report);
    runs = print_runs(b->report, true);
    tl_buf_add(&all, tl_buf_str(&runs));
    tl_buf_free(&runs);
    return all;
}

static void
assert_rows(const uint32_t *rows, size_t n, const struct tl_report *r)
{
    for (size_t i = 0; i < n; i++)
        assert_true(rows[i] < r->nrows && (i == 0 || rows[i - 1] < rows[i]));
}

static void
assert_row(const struct tl_report *r, size_t i)
{
    const struct tl_row *row = &r->rows[i];
    const struct tl_instant *w = &row->ev.when;

    assert_true(w->earliest <= w->at && w->at <= w->latest);
    assert_true(i == 0 || r->rows[i - 1].ev.when.at <= w->at);
    assert_true(row->twin_of == TL_NO_INDEX || row->twin_of < i);
    assert_true(row->run == TL_NO_INDEX || row->run < r->nruns);
    if (row->inferred)
        assert_true(row->nproofs == 0 && row->input == TL_NO_INDEX && row->ev.line == 0);
    else
        assert_true(row->nproofs > 0 && row->input == row->proofs[0].input);
    assert_true(row->key.n > 0 && row->ev.cls.n > 0);
}

static void
assert_run(const struct tl_report *r, size_t i)
{
    const struct tl_run *run = &r->runs[i];

    assert_true(i == 0 || r->runs[i - 1].began.at <= run->began.at);
    for (size_t k = 0; k < i; k++)
        assert_false(tl_str_eq(r->runs[k].id, run->id));
    assert_true(run->ended.at == TL_TIME_NONE || run->ended.latest >= run->began.earliest);
    assert_rows(run->proof, run->nproof, r);
    for (size_t k = 0; k < run->nproof; k++)
        assert_true(r->rows[run->proof[k]].run == i && !r->rows[run->proof[k]].inferred);
    for (size_t k = 0; k < run->nzdp; k++)
        assert_rows(run->zdp[k].events, run->zdp[k].nevents, r);
    for (size_t k = 0; k < run->nphases; k++)
        assert_true(run->phases[k].seconds.min_us <= run->phases[k].seconds.max_us);
    for (size_t k = 0; k < run->nfindings; k++)
        for (size_t e = 0; e < run->findings[k].nevents; e++)
            assert_true(run->findings[k].events[e] < r->nrows);
}

static size_t
count_proofs(const struct tl_report *r)
{
    size_t n = 0;

    for (size_t i = 0; i < r->nrows; i++)
        n += r->rows[i].nproofs;
    return n;
}

/* The world as it is, its API answer shuffled, its inputs turned around, a source given twice. */
enum { PLAIN, SHUFFLED, TURNED, DOUBLED, NWAYS };

static struct tl_buf
report_of(const struct world *w, int way, uint64_t *seed)
{
    size_t order[MAX_LINES];
    struct tl_buf out;
    struct bench b;

    for (size_t i = 0; i < w->nlines; i++)
        order[i] = i;
    for (size_t i = w->nlines; i > 1 && way == SHUFFLED; i--) {
        size_t k = below(seed, (unsigned)i), swap = order[k];

        order[k] = order[i - 1];
        order[i - 1] = swap;
    }
    bench_begin(&b);
    if (way != TURNED)
        feed_api(&b, w, order);
    bench_feed(&b, "probe", w->probe);
    bench_feed(&b, "table", w->table);
    if (way == TURNED || way == DOUBLED)
        feed_api(&b, w, order);
    out = print_all(&b);
    for (size_t i = 0; i < b.report->nrows; i++)
        assert_row(b.report, i);
    for (size_t i = 0; i < b.report->nruns; i++)
        assert_run(b.report, i);
    assert_true(count_proofs(b.report) >= w->nlines);
    bench_free(&b);
    return out;
}

static void
the_report_depends_on_the_evidence_alone(void **state)
{
    static const char *const ways[NWAYS] = {"plain", "shuffled", "turned", "doubled"};
    struct world *w = malloc(sizeof(*w));

    (void)state;
    assert_non_null(w);
    for (uint64_t world = 1; world <= WORLDS; world++) {
        uint64_t seed = world;
        struct tl_buf plain;

        make_world(w, &seed);
        plain = report_of(w, PLAIN, &seed);
        for (int way = SHUFFLED; way < NWAYS; way++) {
            struct tl_buf other = report_of(w, way, &seed);

            if (!tl_str_eq(tl_buf_str(&plain), tl_buf_str(&other)))
                print_error("world %u, %s\n", (unsigned)world, ways[way]);
            assert_string_equal(other.p ? other.p : "", plain.p ? plain.p : "");
            tl_buf_free(&other);
        }
        tl_buf_free(&plain);
    }
    free(w);
}

/* The table of minutes beside the answer of the API adds no event: all that it lists is there. */
static void
a_coarser_copy_adds_no_event(void **state)
{
    struct world *w = malloc(sizeof(*w));

    (void)state;
    assert_non_null(w);
    for (uint64_t world = 1; world <= WORLDS; world++) {
        uint64_t seed = world;
        struct bench alone, both;

        make_world(w, &seed);
        bench_begin(&alone);
        feed_api(&alone, w, NULL);
        bench_end(&alone);
        bench_begin(&both);
        feed_api(&both, w, NULL);
        bench_feed(&both, "table", w->table);
        bench_end(&both);
        assert_int_equal(alone.report->nrows, both.report->nrows);
        assert_int_equal(alone.report->nruns, both.report->nruns);
        bench_free(&alone);
        bench_free(&both);
    }
    free(w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_report_depends_on_the_evidence_alone),
        cmocka_unit_test(a_coarser_copy_adds_no_event),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
