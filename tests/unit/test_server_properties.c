/*
 * Servers of known truth: they are stopped, killed and started, their logs are floored to
 * milliseconds or seconds, rotated, shuffled and cut. The true outage lies within the bounds,
 * always, and there is none that was not.
 */
#include "timeline_help.h"

enum { WORLDS = 10000, MAX_LINES = 400, MAX_FALLS = 12, MAX_FILES = 8 };

static uint64_t
next(uint64_t *seed)
{
    uint64_t z = *seed += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static int64_t
below(uint64_t *seed, int64_t n)
{
    return (int64_t)(next(seed) % (uint64_t)n);
}

struct line {
    tl_time t; /* true */
    char text[120];
};

struct truth {
    tl_time from, to;   /* it did not serve */
    size_t first, last; /* lines that tell of it */
};

struct world {
    uint64_t seed;
    tl_time now;
    struct line lines[MAX_LINES];
    size_t nlines, skip; /* lines of the head that are lost */
    struct truth falls[MAX_FALLS];
    size_t nfalls;
    int64_t res_us;
    bool named;
};

static void
wait_us(struct world *w, int64_t least, int64_t most)
{
    w->now += least + below(&w->seed, most - least + 1);
}

static void
say(struct world *w, const char *text)
{
    w->now += TL_MS; /* lines of one server never share a millisecond here */
    if (w->nlines == MAX_LINES)
        return;
    w->lines[w->nlines].t = w->now;
    snprintf(w->lines[w->nlines].text, sizeof(w->lines[0].text), "%s", text);
    w->nlines++;
}

static void
say_at(struct world *w, const char *text, tl_time t)
{
    struct tl_civil c = tl_time_civil(t);
    char line[120];

    snprintf(line, sizeof(line), "%s %04d-%02d-%02d %02d:%02d:%02d UTC", text, (int)c.year, c.month,
             c.day, c.hour, c.minute, c.second);
    say(w, line);
}

static void
chatter(struct world *w)
{
    static const char *const words[] = {
        "received SIGHUP, reloading configuration files",
        "sorry, too many clients already",
        "terminating connection due to administrator command",
        "server process (PID 9) exited with exit code 0 as it should",
        "lock file \"postmaster.pid\" already exists",
        "checkpoints are occurring too frequently (9 seconds apart)",
    };

    for (int64_t n = below(&w->seed, 4); n > 0; n--) {
        wait_us(w, TL_SECOND, 40 * TL_MINUTE);
        say(w, words[below(&w->seed, 6)]);
    }
    wait_us(w, 2 * TL_SECOND, TL_HOUR);
}

static void
refuse(struct world *w, const char *text)
{
    for (int64_t n = below(&w->seed, 4); n > 0; n--) {
        wait_us(w, 0, 300 * TL_MS);
        say(w, text);
    }
}

static void
fail_to_start(struct world *w)
{
    for (int64_t n = below(&w->seed, 6) - 3; n > 0; n--) {
        wait_us(w, 3 * TL_SECOND, 5 * TL_MINUTE);
        if (below(&w->seed, 2)) {
            say(w, "configuration file \"/pg/postgresql.conf\" contains errors");
            continue;
        }
        say(w, "starting PostgreSQL 16.2 on x86_64-pc-linux-gnu, compiled by gcc");
        say(w, "could not bind IPv4 address \"127.0.0.1\": Address already in use");
        say(w, "could not create any TCP/IP sockets");
        say(w, "database system is shut down");
    }
    wait_us(w, 0, 3 * TL_MINUTE);
}

static struct truth *
fall(struct world *w)
{
    struct truth *f = &w->falls[w->nfalls++];

    f->first = w->nlines;
    return f;
}

static void
recover(struct world *w, struct truth *f)
{
    wait_us(w, 0, 2 * TL_SECOND);
    refuse(w, "the database system is starting up");
    wait_us(w, 0, 2 * TL_SECOND);
    w->now += TL_MS;
    f->to = w->now; /* and the line says so at once */
    w->now -= TL_MS;
    say(w, "database system is ready to accept connections");
    f->last = w->nlines - 1;
}

static void
restart(struct world *w)
{
    static const char *const requests[] = {"received fast shutdown request",
                                           "received smart shutdown request"};
    struct truth *f = fall(w);
    tl_time asked, down;

    say(w, requests[below(&w->seed, 2)]);
    asked = w->now;
    wait_us(w, 0, 2 * TL_SECOND);
    refuse(w, "the database system is shutting down");
    wait_us(w, 0, 2 * TL_SECOND);
    f->from = asked;
    down = w->now; /* kept a little before the last line */
    wait_us(w, 0, below(&w->seed, 2) ? 0 : 3 * TL_SECOND);
    if (below(&w->seed, 4))
        say(w, "database system is shut down");
    fail_to_start(w);
    if (below(&w->seed, 4))
        say(w, "starting PostgreSQL 16.2 on x86_64-pc-linux-gnu, compiled by gcc");
    if (below(&w->seed, 4))
        say_at(w, "database system was shut down at", down);
    recover(w, f);
}

/* What came before the next start is not in the log: only what that start says of it. */
static void
restart_unseen(struct world *w)
{
    struct truth *f = fall(w);

    f->from = w->now;
    wait_us(w, 0, below(&w->seed, 2) ? 300 * TL_MS : 10 * TL_SECOND);
    say(w, "starting PostgreSQL 16.2 on x86_64-pc-linux-gnu, compiled by gcc");
    say_at(w, "database system was shut down at", f->from);
    recover(w, f);
}

static void
kill_first(struct world *w)
{
    struct truth *f = fall(w);
    tl_time up = w->now - below(&w->seed, 5 * TL_MINUTE);

    if (w->nlines > 0 && up < w->lines[w->nlines - 1].t - TL_HOUR)
        up = w->now;
    f->from = w->now + TL_MS;
    w->now += TL_MS;
    wait_us(w, 0, 3 * TL_MINUTE);
    say(w, "starting PostgreSQL 16.2 on x86_64-pc-linux-gnu, compiled by gcc");
    say_at(w, "database system was interrupted; last known up at", up);
    say(w, "database system was not properly shut down; automatic recovery in progress");
    say(w, "redo starts at 0/1000028");
    recover(w, f);
}

static void
crash(struct world *w)
{
    struct truth *f = fall(w);

    say(w, "server process (PID 77) was terminated by signal 11: Segmentation fault");
    f->from = w->now;
    say(w, "terminating any other active server processes");
    refuse(w, "the database system is in recovery mode");
    say(w, "all server processes terminated; reinitializing");
    say_at(w, "database system was interrupted; last known up at", w->now - TL_MINUTE);
    recover(w, f);
}

static void
make(struct world *w, uint64_t seed)
{
    int64_t n;

    memset(w, 0, sizeof(*w));
    w->seed = seed;
    w->now = DAY0 + below(&w->seed, TL_DAY);
    w->res_us = below(&w->seed, 2) ? TL_MS : TL_SECOND;
    w->named = below(&w->seed, 2);
    say(w, "received SIGHUP, reloading configuration files");
    for (n = below(&w->seed, 6); n > 0; n--) {
        chatter(w);
        switch (below(&w->seed, 4)) {
        case 0:
            restart(w);
            break;
        case 1:
            kill_first(w);
            break;
        case 2:
            restart_unseen(w);
            break;
        default:
            crash(w);
        }
    }
    chatter(w);
    if (below(&w->seed, 2)) /* the tail is lost */
        w->nlines -= (size_t)below(&w->seed, (int64_t)w->nlines);
    if (below(&w->seed, 4) == 0) /* the head is */
        w->skip = (size_t)below(&w->seed, (int64_t)w->nlines);
}

/* ---- feeding ---- */

static void
feed_one(struct bench *b, const struct world *w, const struct line *l, uint32_t number)
{
    struct tl_field fields[80];
    struct tl_event ev = {.line = number, .channel = TL_CHANNEL_LOG};
    struct tl_match m;

    ev.who.kind = TL_KIND_INSTANCE;
    ev.who.source_type = TL_STR("db-instance");
    if (w->named) {
        ev.who.id = ev.who.label = TL_STR("db-1");
        ev.who.region = TL_STR("us-east-1");
    }
    ev.when = tl_instant_of(l->t - l->t % w->res_us, w->res_us);
    ev.message = tl_str_from(l->text);
    tl_classify(b->rules, TL_STR("pg"), ev.message, TL_STR(""), &m);
    if (tl_str_eq(m.cls, TL_STR("unclassified")))
        return; /* an ordinary line */
    ev.cls = m.cls;
    ev.fields = m.fields;
    ev.nfields = m.nfields;
    add_side_time(&ev, fields);
    assert_int_equal(tl_builder_event(b->builder, &ev, NULL), TL_OK);
}

static void
feed_file(struct bench *b, const struct world *w, size_t from, size_t to)
{
    char name[64];
    struct tl_source src = {.format = TL_STR("pg-stderr"),
                            .bytes = 1,
                            .first = w->lines[from].t - w->lines[from].t % w->res_us,
                            .last = w->lines[to - 1].t - w->lines[to - 1].t % w->res_us,
                            .precision_us = w->res_us};
    struct tl_civil c = tl_time_civil(w->lines[from].t);

    snprintf(name, sizeof(name), "log/postgresql-%04d-%02d-%02d_%02d%02d%02d.log", (int)c.year,
             c.month, c.day, c.hour, c.minute, c.second);
    src.name = src.sha256 = tl_str_from(name);
    for (size_t i = from; i < to; i++)
        feed_one(b, w, &w->lines[i], (uint32_t)(i - from + 1));
    assert_int_equal(tl_builder_source(b->builder, &src, NULL), TL_OK);
}

/* Rotated at silences, in any order. */
static void
feed(struct bench *b, struct world *w)
{
    size_t from[MAX_FILES + 1] = {w->skip}, n = 1;

    for (size_t i = w->skip + 1; i < w->nlines && n < MAX_FILES; i++)
        if (w->lines[i].t - w->lines[i - 1].t > 2 * TL_SECOND && below(&w->seed, 5) == 0)
            from[n++] = i;
    from[n] = w->nlines;
    for (size_t first = (size_t)below(&w->seed, (int64_t)n), i = 0; i < n; i++) {
        size_t k = (first + i * (n > 2 && n % 2 ? 2 : 1)) % n;

        feed_file(b, w, from[k], from[k + 1]);
    }
}

/* ---- what must hold ---- */

static void
check_bounds(const struct world *w, const struct truth *f, const struct tl_outage *o)
{
    int64_t us = f->to - f->from;

    assert_true(o->first_fail == TL_TIME_NONE || o->first_fail >= f->from - 2 * TL_SECOND);
    assert_int_not_equal(o->max_us, TL_UNKNOWN); /* the log has lines before it */
    bool sound = o->min_us <= us && us <= o->max_us &&
                 (o->observed_us == TL_UNKNOWN ||
                  (o->min_us <= o->observed_us && o->observed_us <= o->max_us));

    if (!sound) {
        print_error("truth %lld, got %lld %lld %lld; ok %lld fail %lld ready %lld\n", (long long)us,
                    (long long)o->min_us, (long long)o->observed_us, (long long)o->max_us,
                    (long long)o->last_ok, (long long)o->first_fail, (long long)o->first_ok);
        for (size_t i = f->first; i <= f->last; i++)
            print_error("%lld %s\n", (long long)w->lines[i].t, w->lines[i].text);
    }
    assert_true(sound);
    assert_true(o->first_ok == f->to - f->to % w->res_us);
}

/* An outage of which the log has the end only, if that. */
static bool
sees_the_end(const struct world *w, const struct truth *f, const struct tl_outage *o)
{
    if (!o || f->last < w->skip)
        return false;
    if (f->last >= w->nlines) { /* not even that */
        assert_true(o->first_ok == TL_TIME_NONE);
        return true;
    }
    if (o->first_ok != f->to - f->to % w->res_us)
        return false;
    assert_true(o->min_us <= f->to - f->from);
    return true;
}

static void
check_world(const struct world *w, const struct tl_report *r)
{
    size_t n = 0;

    for (size_t i = 0; i < w->nfalls; i++) {
        const struct truth *f = &w->falls[i];

        if (f->first < w->skip) {
            n += sees_the_end(w, f, n < r->noutages ? &r->outages[n] : NULL);
            if (f->last >= w->nlines)
                break;
            continue;
        }
        if (f->last < w->nlines) {
            assert_true(n < r->noutages);
            check_bounds(w, f, &r->outages[n++]);
            continue;
        }
        if (n < r->noutages) { /* the tail was lost: it may be seen, without an end */
            assert_true(f->first < w->nlines);
            assert_true(r->outages[n].first_ok == TL_TIME_NONE);
            assert_int_equal(r->outages[n].max_us, TL_UNKNOWN);
            n++;
        }
        break;
    }
    assert_int_equal(n, r->noutages);
    assert_int_equal(r->nruns, 0);
}

static void
test_worlds(void **state)
{
    static struct world w;
    size_t seen = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= WORLDS; seed++) {
        struct bench b;

        make(&w, seed);
        bench_begin(&b);
        feed(&b, &w);
        if (bench_end(&b)->noutages > w.nfalls)
            print_error("seed %llu\n", (unsigned long long)seed);
        check_world(&w, b.report);
        seen += b.report->noutages;
        bench_free(&b);
    }
    assert_true(seen > WORLDS); /* the worlds are no empty ones */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_worlds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
