/* tally.c - what was checked and what missed, and the misses that are known. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim.h"

const char *const check_names[NCHECKS] = {
    [C_ROWS] = "a row's bounds hold its moment",
    [C_OUTAGES] = "a probe's outage bounds hold the outage",
    [C_LOG_OUTAGES] = "a log's outage bounds hold the outage",
    [C_PHASES] = "a phase's bounds hold its time",
    [C_CLOCKS] = "a clock's bounds hold its time",
    [C_INFERRED] = "an inferred row is of an event that was, within its bounds",
    [C_SKEW] = "the skew of a clock holds its offset",
    [C_FUSED] = "fused without assumption holds the truth",
    [C_ASSUMED] = "fused holds the truth where its assumptions are true",
    [C_DROPPED] = "an assumption is dropped where the evidence shows it false",
    [C_STRATEGY] = "strategy",
    [C_VERDICT] = "verdict",
    [C_VERSIONS] = "versions",
    [C_ZDP] = "ZDP figures",
    [C_REQUEST] = "who asked",
    [C_RUNS] = "a run is one run",
    [C_STRANGERS] = "a stranger's event is in no run",
    [C_MEMBERS] = "an event of a run is in it",
    [C_ID] = "the id stays",
    [C_ORDER] = "the order of inputs does not matter",
    [C_NEUTRAL] = "strangers change nothing",
    [C_NARROWER] = "more evidence never widens",
};

enum { MAX_WIDTHS = 400000 };

/* Misses that main has, and why: they are counted, shown, and fail nothing. To be emptied. */
static const struct known {
    enum check check;
    enum tl_strategy strategy; /* TL_STRATEGY_UNKNOWN: any */
    const char *has;           /* what the miss says; "": any */
    const char *why;
} known[] = {
#include "tests/sim/known.h"
    {NCHECKS, TL_STRATEGY_UNKNOWN, NULL, NULL},
};
enum { KNOWN_MAX = sizeof(known) / sizeof(known[0]), NSTRATEGIES = TL_STRATEGY_INSTANCE_MAJOR + 1 };

static struct {
    uint64_t worlds[NSTRATEGIES];
    uint64_t passed[NSTRATEGIES][NCHECKS], missed[NSTRATEGIES][NCHECKS];
    uint64_t known_misses[KNOWN_MAX];
    uint64_t assumed[NASSUMPTIONS][2][2]; /* [it held][the truth was inside] */
    int32_t widths[2][MAX_WIDTHS];        /* of rows, of outages: after / before, in 1/10000 */
    size_t nwidths[2];
    unsigned shown, limit;
} all;

void
tally_limit(unsigned shown)
{
    all.limit = shown;
}

void
tally_world(const struct world *w)
{
    all.worlds[w->wanted]++;
}

void
tally_pass(const struct world *w, enum check c)
{
    all.passed[w->wanted][c]++;
}

static size_t
known_miss(const struct world *w, enum check c, const char *text)
{
    size_t i = 0;

    while (known[i].why &&
           (known[i].check != c || !strstr(text, known[i].has) ||
            (known[i].strategy != TL_STRATEGY_UNKNOWN && known[i].strategy != w->wanted)))
        i++;
    return i;
}

void
tally_miss(const struct world *w, enum check c, const char *fmt, ...)
{
    struct tl_str name = tl_strategy_name(w->wanted);
    char text[1000];
    size_t k;
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    k = known_miss(w, c, text);
    all.known_misses[k]++;
    all.missed[w->wanted][c] += known[k].why == NULL;
    if ((known[k].why && all.limit == 0) || all.shown++ >= (all.limit ? all.limit : 12))
        return;
    printf("%s --seed %llu --strategy %.*s: %s: %s\n", known[k].why ? "known" : "miss",
           (unsigned long long)w->seed, TL_FMT(name), check_names[c], text);
}

void
tally_assumed(enum assumption a, bool held, bool inside)
{
    all.assumed[a][held][inside]++;
}

void
tally_width(bool outage, int64_t before, int64_t after)
{
    if (before > 0 && all.nwidths[outage] < MAX_WIDTHS)
        all.widths[outage][all.nwidths[outage]++] = (int32_t)(after * 10000 / before);
}

static int
by_size(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

    return (x > y) - (x < y);
}

static void
print_widths(bool outage)
{
    size_t n = all.nwidths[outage], shrunk = 0;
    int32_t *v = all.widths[outage];

    qsort(v, n, sizeof(*v), by_size);
    while (shrunk < n && v[shrunk] < 10000)
        shrunk++;
    printf("widths of %s: %zu, median factor %.3f; %zu narrowed, median factor of those %.3f\n",
           outage ? "outages" : "coarse rows", n, n ? v[n / 2] / 10000.0 : 1.0, shrunk,
           shrunk ? v[shrunk / 2] / 10000.0 : 1.0);
}

static void
print_strategies(void)
{
    for (int s = 1; s < NSTRATEGIES; s++) {
        uint64_t passed = 0, missed = 0;

        for (int c = 0; c < NCHECKS; c++) {
            passed += all.passed[s][c];
            missed += all.missed[s][c];
        }
        printf("%s %-26.*s %5llu worlds %8llu passed %5llu missed\n", missed ? "not ok" : "ok",
               TL_FMT(tl_strategy_name((enum tl_strategy)s)), (unsigned long long)all.worlds[s],
               (unsigned long long)passed, (unsigned long long)missed);
    }
}

static void
print_checks(uint64_t *passed, uint64_t *missed)
{
    for (int c = 0; c < NCHECKS; c++) {
        uint64_t p = 0, m = 0;

        for (int s = 0; s < NSTRATEGIES; s++) {
            p += all.passed[s][c];
            m += all.missed[s][c];
        }
        printf("%s %-62s %8llu passed %5llu missed\n", m ? "not ok" : "ok", check_names[c],
               (unsigned long long)p, (unsigned long long)m);
        *passed += p;
        *missed += m;
    }
}

bool
tally_print(void)
{
    uint64_t passed = 0, missed = 0;

    print_strategies();
    print_checks(&passed, &missed);
    for (int a = 0; a < NASSUMPTIONS; a++)
        printf("assumption %-16s true: inside %llu outside %llu; false: inside %llu outside %llu\n",
               assumption_names[a], (unsigned long long)all.assumed[a][1][1],
               (unsigned long long)all.assumed[a][1][0], (unsigned long long)all.assumed[a][0][1],
               (unsigned long long)all.assumed[a][0][0]);
    print_widths(false);
    print_widths(true);
    for (size_t i = 0; known[i].why; i++)
        printf("known %llu: %s (%s)\n", (unsigned long long)all.known_misses[i],
               check_names[known[i].check], known[i].why);
    printf("%llu passed, %llu failed\n", (unsigned long long)passed, (unsigned long long)missed);
    return missed == 0;
}
