/* Lists in either direction, and the same event by several channels: made-up evidence with a known
 * truth, seeded, so that a failure can be repeated. */
#include "timeline_help.h"

enum { WORLDS = 400, MAX_ROWS = 24, LINE = 160 };

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

/* ---- newest first ---- */

struct list {
    unsigned minute[MAX_ROWS], id[MAX_ROWS];
    size_t n;
};

/* How the rows come out: their identifiers. */
static size_t
rows_of(const struct list *l, bool reversed, char (*out)[16])
{
    struct bench b;
    const struct tl_report *r;
    size_t n;

    bench_begin(&b);
    for (size_t i = 0; i < l->n; i++) {
        size_t at = reversed ? l->n - 1 - i : i;
        char line[LINE];

        snprintf(line, sizeof(line),
                 "06:%02u table instance us-east-1 i-%u | DB instance restarted", l->minute[at],
                 l->id[at]);
        feed_line(&b, tl_str_from(line), (uint32_t)i + 1);
    }
    bench_source(&b, "t", "t");
    r = bench_end(&b);
    n = r->nrows;
    for (size_t i = 0; i < n; i++)
        snprintf(out[i], sizeof(out[i]), "%.*s", TL_FMT(r->rows[i].ev.who.id));
    bench_free(&b);
    return n;
}

/* Minutes that go up, with ties. */
static struct list
make_list(uint64_t *seed)
{
    struct list l = {.n = 2 + below(seed, MAX_ROWS - 2)};
    unsigned minute = below(seed, 5), ties = 1 + below(seed, 6);

    for (size_t i = 0; i < l.n; i++) {
        minute += below(seed, ties) == 0;
        l.minute[i] = minute;
        l.id[i] = (unsigned)i;
    }
    return l;
}

static void
move_row(struct list *l, size_t from, size_t to)
{
    unsigned minute = l->minute[from], id = l->id[from];
    size_t i = from;

    for (; i < to; i++) {
        l->minute[i] = l->minute[i + 1];
        l->id[i] = l->id[i + 1];
    }
    for (; i > to; i--) {
        l->minute[i] = l->minute[i - 1];
        l->id[i] = l->id[i - 1];
    }
    l->minute[to] = minute;
    l->id[to] = id;
}

/* Whether its dates go one way more than the other: pairs of rows. */
static int64_t
pairs_up(const struct list *l)
{
    int64_t up = 0;

    for (size_t i = 0; i < l->n; i++)
        for (size_t k = i + 1; k < l->n; k++)
            up += (l->minute[k] > l->minute[i]) - (l->minute[k] < l->minute[i]);
    return up;
}

static void
test_either_direction(void **state)
{
    uint64_t seed = 3;

    (void)state;
    for (int w = 0; w < WORLDS; w++) {
        struct list l = make_list(&seed);
        char there[MAX_ROWS][16], back[MAX_ROWS][16];
        size_t n = rows_of(&l, false, there), m = rows_of(&l, true, back);

        assert_int_equal(n, l.n);
        assert_int_equal(m, l.n);
        if (l.minute[0] == l.minute[l.n - 1])
            continue; /* nothing tells which way it goes */
        for (size_t i = 0; i < n; i++) {
            char id[32];

            snprintf(id, sizeof(id), "i-%zu", i);
            assert_string_equal(there[i], id);
            assert_string_equal(back[i], id);
        }
    }
}

/* A row that stands in the wrong place turns no list around: its ties stay in their order. */
static void
test_one_row_out_of_place(void **state)
{
    uint64_t seed = 5;
    size_t checked = 0;

    (void)state;
    for (int w = 0; w < WORLDS; w++) {
        struct list l = make_list(&seed);
        char there[MAX_ROWS][16], back[MAX_ROWS][16];
        size_t n;

        move_row(&l, below(&seed, (unsigned)l.n), below(&seed, (unsigned)l.n));
        if (l.n < 5 || pairs_up(&l) < (int64_t)(l.n * l.n / 8))
            continue; /* as much out of order as in it */
        n = rows_of(&l, false, there);
        assert_int_equal(rows_of(&l, true, back), n);
        checked++;
        for (size_t i = 0; i < n; i++)
            assert_string_equal(there[i], back[i]);
    }
    assert_true(checked > WORLDS / 4);
}

/* The steps between neighbours go both ways equally often: the whole list decides. */
static void
test_steps_that_cancel(void **state)
{
    const struct list l = {{2, 3, 3, 3, 2, 2}, {0, 1, 2, 3, 4, 5}, 6};
    char rows[MAX_ROWS][16];

    (void)state;
    assert_int_equal(rows_of(&l, false, rows), 6);
    assert_string_equal(rows[0], "i-5"); /* newest first, but for the first row */
    assert_string_equal(rows[3], "i-3");
    assert_int_equal(rows_of(&l, true, rows), 6);
    assert_string_equal(rows[0], "i-5");
    assert_string_equal(rows[3], "i-3");
}

/* ---- one event by several channels ---- */

enum { MAX_EVENTS = 12, MINUTES = 4, TEXTS = 3 };

struct truth { /* moments in ms after 06:20, of one text each; no two of a text in one millisecond
                */
    unsigned ms[MAX_EVENTS], text[MAX_EVENTS];
    bool fine[MAX_EVENTS],
        listed[MAX_EVENTS]; /* some channel with milliseconds, the table, has it */
    size_t n;
};

static const char *const texts[TEXTS] = {
    "The parameter max_wal_senders was set to a value incompatible with replication. It has been "
    "adjusted from 10 to 20.",
    "DB instance restarted", "DB instance shutdown"};

static int
by_ms(const void *pa, const void *pb)
{
    const unsigned *a = pa, *b = pb;

    return (*a > *b) - (*a < *b);
}

static struct truth
make_truth(uint64_t *seed)
{
    struct truth t = {.n = 1 + below(seed, MAX_EVENTS)};
    unsigned span = below(seed, 2) ? 3000 : MINUTES * 60000; /* repeats close together, or not */

    for (size_t i = 0; i < t.n; i++) {
        t.ms[i] = below(seed, span);
        t.text[i] = below(seed, TEXTS);
    }
    qsort(t.ms, t.n, sizeof(t.ms[0]), by_ms);
    for (size_t i = 1; i < t.n; i++)
        if (t.ms[i] <= t.ms[i - 1])
            t.ms[i] = t.ms[i - 1] + 1;
    return t;
}

static void
feed_fine(struct bench *b, const struct truth *t, size_t i, const char *channel, uint32_t line)
{
    char text[2 * LINE];

    snprintf(text, sizeof(text), "06:%02u:%02u.%03u %s instance us-east-1 a-1 | %s",
             20 + t->ms[i] / 60000, t->ms[i] / 1000 % 60, t->ms[i] % 1000, channel,
             texts[t->text[i]]);
    feed_line(b, tl_str_from(text), line);
}

/* A channel that loses some, and delivers in any order. */
static void
feed_channel(struct bench *b, struct truth *t, const char *channel, uint64_t *seed)
{
    size_t order[MAX_EVENTS];
    uint32_t line = 0;

    for (size_t i = 0; i < t->n; i++)
        order[i] = i;
    for (size_t i = t->n; i > 1; i--) {
        size_t k = below(seed, (unsigned)i), swap = order[k];

        order[k] = order[i - 1];
        order[i - 1] = swap;
    }
    for (size_t i = 0; i < t->n; i++) {
        char head[32];

        if (below(seed, 3) == 0)
            continue;
        t->fine[order[i]] = true;
        if (tl_str_eq(tl_str_from(channel), TL_STR("api")))
            snprintf(head, sizeof(head), "api");
        else
            snprintf(head, sizeof(head), "%.16s#d-%u", channel, (unsigned)order[i]);
        feed_fine(b, t, order[i], head, ++line);
        if (below(seed, 4) == 0) /* twice by the same channel */
            feed_fine(b, t, order[i], head, ++line);
    }
    bench_source(b, channel, channel);
}

static void
feed_table(struct bench *b, struct truth *t, bool reversed, uint64_t *seed)
{
    uint32_t line = 0;

    for (size_t i = 0; i < t->n; i++)
        t->listed[i] = below(seed, 3) != 0;
    for (size_t i = 0; i < t->n; i++) {
        size_t at = reversed ? t->n - 1 - i : i;
        char text[2 * LINE];

        if (!t->listed[at])
            continue;
        snprintf(text, sizeof(text), "06:%02u table instance us-east-1 a-1 | %s",
                 20 + t->ms[at] / 60000, texts[t->text[at]]);
        feed_line(b, tl_str_from(text), ++line);
    }
    bench_source(b, "table", "table");
}

/* How many rows there are of a text and minute; *fine: those known to the millisecond. */
static size_t
count_rows(const struct tl_report *r, unsigned text, unsigned minute, size_t *fine)
{
    tl_time from = DAY0 + 6 * TL_HOUR + (20 + (int64_t)minute) * TL_MINUTE;
    size_t n = 0;

    *fine = 0;
    for (size_t i = 0; i < r->nrows; i++) {
        const struct tl_event *ev = &r->rows[i].ev;

        if (!tl_str_eq(ev->message, tl_str_from(texts[text])) || ev->when.earliest < from ||
            ev->when.earliest >= from + TL_MINUTE)
            continue;
        n++;
        *fine += ev->when.latest - ev->when.earliest <= TL_MS;
    }
    return n;
}

static bool
has_row(const struct tl_report *r, const struct truth *t, size_t i)
{
    tl_time at = DAY0 + 6 * TL_HOUR + 20 * TL_MINUTE + t->ms[i] * TL_MS;

    for (size_t k = 0; k < r->nrows; k++)
        if (r->rows[k].ev.when.earliest == at && r->rows[k].ev.when.latest == at + TL_MS &&
            tl_str_eq(r->rows[k].ev.message, tl_str_from(texts[t->text[i]])))
            return true;
    return false;
}

/* Of each text and minute as many rows as the channels with milliseconds tell apart, or as the
 * table lists, whichever is more: never the sum. */
static void
assert_counts(const struct tl_report *r, const struct truth *t)
{
    for (unsigned text = 0; text < TEXTS; text++)
        for (unsigned minute = 0; minute <= MINUTES; minute++) {
            size_t fine = 0, listed = 0, got, got_fine;

            for (size_t i = 0; i < t->n; i++) {
                bool here = t->text[i] == text && t->ms[i] / 60000 == minute;

                fine += here && t->fine[i];
                listed += here && t->listed[i];
            }
            got = count_rows(r, text, minute, &got_fine);
            assert_int_equal(got, fine > listed ? fine : listed);
            assert_int_equal(got_fine, fine);
        }
}

static void
test_one_event_by_several_channels(void **state)
{
    uint64_t seed = 17;
    size_t merged = 0;

    (void)state;
    for (int w = 0; w < WORLDS; w++) {
        struct truth t = make_truth(&seed);
        bool reversed = below(&seed, 2);
        unsigned with = 1 + below(&seed, 15);
        struct bench b;
        const struct tl_report *r;
        size_t all = 0;

        bench_begin(&b);
        if (with & 1)
            feed_channel(&b, &t, "api", &seed);
        if (with & 2)
            feed_channel(&b, &t, "eventbridge", &seed);
        if (with & 4)
            feed_channel(&b, &t, "sns", &seed);
        if (with & 8)
            feed_table(&b, &t, reversed, &seed);
        r = bench_end(&b);
        assert_counts(r, &t);
        for (size_t i = 0; i < t.n; i++) {
            assert_true(!t.fine[i] || has_row(r, &t, i));
            all += t.fine[i] || t.listed[i];
        }
        assert_true(r->nrows <= all);
        for (size_t i = 0; i < r->nrows; i++)
            merged += r->rows[i].nproofs > 1;
        bench_free(&b);
    }
    assert_true(merged > WORLDS);
}

/* The instant of an event is what all its proofs have in common. */
static void
test_intersection(void **state)
{
    struct bench b;
    const struct tl_report *r;
    const struct tl_instant *w;

    (void)state;
    bench_begin(&b);
    bench_feed(&b, "t", "06:21 table instance us-east-1 a-1 | DB instance restarted\n");
    bench_feed(&b, "s", "06:21:07 sns#m instance us-east-1 a-1 | DB instance restarted\n");
    bench_feed(&b, "e",
               "06:21:07.250 eventbridge#e instance us-east-1 a-1 | DB instance restarted\n");
    bench_feed(&b, "a", "06:21:07.250 api instance us-east-1 a-1 | DB instance restarted\n");
    r = bench_end(&b);
    assert_int_equal(r->nrows, 1);
    assert_int_equal(r->rows[0].nproofs, 4);
    w = &r->rows[0].ev.when;
    assert_true(w->earliest == DAY0 + 6 * TL_HOUR + 21 * TL_MINUTE + 7250 * TL_MS);
    assert_true(w->latest == w->earliest + TL_MS);
    bench_free(&b);
}

/* max_wal_senders is adjusted twice within a minute: two events, whoever tells of them. */
static void
test_genuine_repeats(void **state)
{
#define ADJUSTED                                                                                   \
    " instance us-east-1 a-1 | The parameter max_wal_senders was set to a value incompatible "     \
    "with replication. It has been adjusted from 10 to 20.\n"
    static const struct {
        const char *inputs[3];
        size_t rows, proofs; /* of the first row */
    } cases[] = {
        {{"06:21 table" ADJUSTED "06:21 table" ADJUSTED}, 2, 1},
        {{"06:21:05.100 api" ADJUSTED "06:21:09.200 api" ADJUSTED}, 2, 1},
        {{"06:21 table" ADJUSTED "06:21 table" ADJUSTED,
          "06:21:05.100 api" ADJUSTED "06:21:09.200 api" ADJUSTED},
         2,
         2},
        {{"06:21 table" ADJUSTED "06:21 table" ADJUSTED, "06:21 table" ADJUSTED}, 2, 2},
        {{"06:21 table" ADJUSTED, "06:21:05.100 api" ADJUSTED "06:21:09.200 api" ADJUSTED}, 2, 2},
        {{"06:21 table" ADJUSTED "06:21 table" ADJUSTED, "06:21:05.100 api" ADJUSTED}, 2, 1},
        {{"06:21:05.100 eventbridge#e1" ADJUSTED "06:21:09.200 eventbridge#e2" ADJUSTED,
          "06:21:05.100 sns#m1" ADJUSTED "06:21:09.200 sns#m2" ADJUSTED,
          "06:21 table" ADJUSTED "06:21 table" ADJUSTED},
         2,
         3},
        {{"06:21:05.100 api" ADJUSTED, "06:21:05.100 api" ADJUSTED "06:21:05.101 api" ADJUSTED},
         2,
         2},
        {{"06:21 table" ADJUSTED "06:22 table" ADJUSTED,
          "06:21:59.999 api" ADJUSTED "06:22:00.000 api" ADJUSTED},
         2,
         2},
    };
    static const char *const names[] = {"x", "y", "z"};

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bench b;
        const struct tl_report *r;
        size_t most = 0;

        bench_begin(&b);
        for (size_t k = 0; k < 3 && cases[i].inputs[k]; k++)
            bench_feed(&b, names[k], cases[i].inputs[k]);
        r = bench_end(&b);
        for (size_t k = 0; k < r->nrows; k++)
            most = r->rows[k].nproofs > most ? r->rows[k].nproofs : most;
        if (r->nrows != cases[i].rows || (cases[i].proofs > 1 && most < cases[i].proofs))
            fail_msg("case %zu: %zu rows, at most %zu proofs", i, r->nrows, most);
        bench_free(&b);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_either_direction),
        cmocka_unit_test(test_one_row_out_of_place),
        cmocka_unit_test(test_steps_that_cancel),
        cmocka_unit_test(test_one_event_by_several_channels),
        cmocka_unit_test(test_intersection),
        cmocka_unit_test(test_genuine_repeats),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
