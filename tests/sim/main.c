/*
 * main.c - the simulator: worlds of every strategy, told and checked.
 *
 *     sim [--worlds N] [--seed N] [--strategy NAME] [--show N] [--write DIR]
 *
 * Without --seed: seeds 1 to N, the strategies in turn. With --seed and --strategy: one world,
 * whose misses are all shown; --write puts its evidence into DIR for the program.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim.h"

enum { NSTRATEGIES = TL_STRATEGY_INSTANCE_MAJOR };

struct options {
    uint64_t worlds, seed;
    enum tl_strategy strategy; /* UNKNOWN: each in turn */
    unsigned shown;
    const char *write;
};

static uint64_t
number_of(const char *text)
{
    char *end;
    unsigned long long n = strtoull(text, &end, 10);

    if (*text == '\0' || *end != '\0') {
        fprintf(stderr, "sim: %s is no number\n", text);
        exit(2);
    }
    return n;
}

static bool
strategy_of(const char *text, enum tl_strategy *out)
{
    for (int s = 0; s <= NSTRATEGIES; s++)
        if (tl_str_eq(tl_str_from(text), tl_strategy_name((enum tl_strategy)s))) {
            *out = (enum tl_strategy)s;
            return true;
        }
    return false;
}

static void
read_options(int argc, char **argv, struct options *o)
{
    for (int i = 1; i + 1 < argc; i += 2) {
        if (!strcmp(argv[i], "--worlds"))
            o->worlds = number_of(argv[i + 1]);
        else if (!strcmp(argv[i], "--seed"))
            o->seed = number_of(argv[i + 1]);
        else if (!strcmp(argv[i], "--show"))
            o->shown = (unsigned)number_of(argv[i + 1]);
        else if (!strcmp(argv[i], "--write"))
            o->write = argv[i + 1];
        else if (strcmp(argv[i], "--strategy") || !strategy_of(argv[i + 1], &o->strategy)) {
            fprintf(stderr, "sim: unknown: %s %s\n", argv[i], argv[i + 1]);
            exit(2);
        }
    }
}

int
main(int argc, char **argv)
{
    struct options o = {.worlds = 1500, .strategy = TL_STRATEGY_UNKNOWN};
    struct world *w = malloc(sizeof(*w));
    uint64_t last;

    if (!w)
        return 2;
    read_options(argc, argv, &o);
    tally_limit(o.seed ? 1000 : o.shown);
    last = o.seed ? o.seed : o.worlds;
    for (uint64_t seed = o.seed ? o.seed : 1; seed <= last; seed++) {
        enum tl_strategy s =
            o.strategy ? o.strategy : (enum tl_strategy)(1 + (seed - 1) % NSTRATEGIES);

        world_make(w, seed, s);
        if (o.write && write_world(w, o.write))
            return 1;
        check_world(w);
    }
    free(w);
    return tally_print() ? 0 : 1;
}
