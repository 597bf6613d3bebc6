/*
 * sim.h - upgrades of known truth.
 *
 * A world is what happened: resources, the moments at which engines and endpoints stopped and began
 * to serve, and facts: what AWS announced, with the moment of its stamp. From it evidence is drawn:
 * inputs of records (the same fact over several channels, or over none), probe loops and server
 * logs, each with the clock of its host. A choice of evidence is fed to the builder, and the report
 * is held against the world. Everything is seeded; times are microseconds.
 *
 *   world.c      the vocabulary: resources, facts, restarts, ZDP
 *   aurora.c, standalone.c, global.c   the strategies
 *   evidence.c   which input has which record;  loop.c  probe loops;  write.c  all of it as files
 *   feed.c       a choice of evidence into a report
 *   lookup.c   what of the world a row, a record or a run is
 *   check_*.c   the report against the world
 *   tally.c      what is counted, and the table of known misses
 */
#ifndef SIM_H
#define SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/names.h"
#include "parse/parse.h"
#include "timeline/timeline.h"

enum {
    MAX_RES = 48,
    MAX_FACTS = 360,
    MAX_DOWNS = 64,
    MAX_LINES = 400,
    MAX_RUNS = 8,
    MAX_ZDP = 24,
    MAX_INPUTS = 40,
    MAX_ATTEMPTS = 700,
    MAX_LOOPS = 8,
    TEXT = 420,
    NAME = 72
};

/* What the report may take for granted under a name; a world says whether it is so. */
enum assumption {
    A_ZDP_DURATION,
    A_ZDP_WINDOW,
    A_STARTUP_REFUSES,
    A_TWINS,
    A_LISTED_ORDER,
    A_CLOCKS_AGREE,
    NASSUMPTIONS
};
extern const char *const assumption_names[NASSUMPTIONS];

struct res {
    enum tl_kind kind;
    char id[NAME], region[24], account[16], host[160];
    int cluster;    /* of an instance; -1: none */
    int global;     /* of a cluster: which global cluster, by its res; -1: none */
    bool secondary; /* of a cluster */
    bool stranger;
};

/* A conclusion is determined when every fact that it needs stands in the evidence. */
enum need {
    N_STRATEGY = 1,
    N_VERDICT = 2,
    N_VERSION = 4,
    N_ZDP = 8,
    N_CORE = 16,    /* belongs to its run, or something is wrong */
    N_REQUEST = 32, /* a call in CloudTrail */
    N_FIRST = 64,   /* the first word of the run, and its last */
    N_LAST = 128,
    N_ALL = N_STRATEGY | N_VERDICT | N_VERSION | N_ZDP | N_CORE
};

enum mark { K_NONE, K_ATTEMPT, K_FINISH, K_FAST, K_SHUTDOWN, K_RESTART };

struct fact {
    tl_time t; /* AWS's stamp, by AWS's clock, which is right */
    int res;
    int run; /* -1: a stranger's */
    unsigned needs;
    enum mark mark;
    int twin;        /* the fact that says the same on the other resource; -1: none */
    int64_t took_us; /* of a fast startup */
    char text[TEXT];
    char call[48], version[32]; /* CloudTrail: the call, the version that it names */
    char called_in[24];         /* its Region */
};

/* A span in which an endpoint refused, by true time. */
struct down {
    int res; /* instance or cluster */
    int run;
    tl_time from, to;
    tl_time starting; /* from here on the engine says that it is starting */
    bool silent;      /* attempts get no answer: a host that is gone */
    char before[40], after[40];
};

struct line { /* of a server's log, by true time */
    tl_time t;
    int res, run;
    tl_time says; /* a moment that it states; TL_TIME_NONE */
    char text[160];
};

struct zdp_truth {
    int res, run;
    enum tl_zdp_outcome outcome;
    int64_t ms, preserved, dropped, fast_us; /* TL_UNKNOWN */
    int attempt, finish;                     /* facts on the instance; -1 */
    int down;                                /* its span */
};

struct run {
    enum tl_strategy strategy;
    enum tl_verdict verdict;
    bool strategy_open; /* the contract leaves its name open */
    bool verdict_open;
    bool joined;   /* several clusters */
    bool rooted;   /* of one cluster or instance, or of a global cluster that topology names */
    bool topology; /* nothing else tells that its clusters are one global cluster */
    bool cut;      /* the evidence ends inside of it */
    char from[40], to[40];
    const char *variant;
};

struct attempt {
    tl_time start, end; /* true */
    tl_time moment;     /* when the server was asked */
    enum tl_failure failure;
    int down;  /* the span that it met; -1 */
    bool gone; /* not in the log: elided, or before its beginning, or after its end */
    bool gap;  /* after an elision */
    char version[40];
};

enum stamps { STAMP_START, STAMP_END, STAMP_BOTH };

struct loop {
    int res;
    int64_t sleep_us, offset_us, res_us;
    bool sleep_known, named;
    enum stamps stamps;
    struct attempt attempts[MAX_ATTEMPTS];
    size_t n;
};

enum input_kind { IN_API, IN_BRIDGE, IN_SNS, IN_TABLE, IN_TRAIL, IN_TOPOLOGY, IN_LOOP, IN_LOG };

struct record {
    int fact; /* or line of a log, or resource of a topology */
    uint32_t line;
};

struct input {
    enum input_kind kind;
    char name[NAME];
    int64_t res_us;
    bool labels;       /* a table that names regions and kinds only */
    bool newest_first; /* its lines go backwards */
    bool disordered;   /* within a minute its lines stand in any order */
    int64_t offset_us; /* of the host's clock */
    int loop;          /* IN_LOOP */
    int res;           /* IN_LOG */
    struct record records[MAX_FACTS + MAX_LINES];
    size_t n;
};

struct world {
    uint64_t seed, rng;
    enum tl_strategy wanted;
    tl_time now;
    bool holds[NASSUMPTIONS];
    bool cut_at_end; /* nothing in the evidence is later than `end` */
    tl_time end;
    struct res res[MAX_RES];
    size_t nres;
    struct fact facts[MAX_FACTS];
    size_t nfacts;
    struct down downs[MAX_DOWNS];
    size_t ndowns;
    struct line lines[MAX_LINES];
    size_t nlines;
    struct run runs[MAX_RUNS];
    size_t nruns;
    int run; /* the one that is being told; -1: a stranger */
    struct zdp_truth zdp[MAX_ZDP];
    size_t nzdp;
    struct loop loops[MAX_LOOPS];
    size_t nloops;
    struct input inputs[MAX_INPUTS];
    size_t ninputs;
};

/* ---- chance ---- */
uint64_t draw(struct world *w);
int64_t below(struct world *w, int64_t n);
int64_t between(struct world *w, int64_t least, int64_t most);
bool chance(struct world *w, int percent);

/* ---- world.c ---- */
void world_begin(struct world *w, uint64_t seed, enum tl_strategy s);
/* The whole world: the wanted strategy, perhaps other runs, strangers. */
void world_make(struct world *w, uint64_t seed, enum tl_strategy s);
void pass(struct world *w, int64_t least_us, int64_t most_us);
const char *region_of(struct world *w, int nth);
const char *new_name(struct world *w);
int add_cluster(struct world *w, const char *region, const char *id);
int add_instance(struct world *w, int cluster, const char *region, const char *id);
int add_other(struct world *w, enum tl_kind kind, const char *region, const char *id);
struct run *begin_run(struct world *w, enum tl_strategy s, const char *variant);
__attribute__((format(printf, 5, 6))) struct fact *say_at(struct world *w, tl_time t, int res,
                                                          unsigned needs, const char *fmt, ...);
#define say(w, res, needs, ...) say_at((w), (w)->now, (res), (needs), __VA_ARGS__)
/* `in`: a resource of the Region in which it was called. */
void request(struct world *w, int res, int in, const char *call, const char *version);
int fact_id(const struct world *w, const struct fact *f);
/* The endpoint of res (and of its cluster, with `writer`) does not serve in [from, to). */
int add_down(struct world *w, int res, bool writer, tl_time from, tl_time starting, tl_time to);
/* An engine stops and starts, with its announcements and its log: takes least..most. */
int restart(struct world *w, int res, bool writer, int64_t least, int64_t most, unsigned needs);
/* A ZDP of a writer: announcements on both, the span in which it refused; dropped 0: none. */
void zdp(struct world *w, int cluster, int res, int64_t dropped, bool old_text);
/* An attempt that never ends: a restart follows. */
void zdp_in_vain(struct world *w, int cluster, int res);
void no_zdp(struct world *w, int res);
void log_line(struct world *w, int res, tl_time t, const char *text);
void pick_versions(struct world *w, const char *change, char *from, char *to);

/* ---- the strategies ---- */
void tell_aurora(struct world *w, enum tl_strategy s);
void tell_global(struct world *w, enum tl_strategy s);
void tell_standalone(struct world *w, enum tl_strategy s);
void tell(struct world *w, enum tl_strategy s);
void tell_strangers(struct world *w);

/* ---- evidence.c, loop.c ---- */
void evidence_make(struct world *w);
void loop_make(struct world *w, struct loop *l, int res, tl_time from, tl_time to);

/* ---- feed.c ---- */

/* What of the evidence is fed, and how. All false: all of it, as it lies. */
struct choice {
    uint64_t inputs; /* a bit per input; 0: all */
    bool no_strangers;
    bool turned;   /* the inputs in another order */
    bool shuffled; /* the records of answers and deliveries in another order */
    tl_time until; /* nothing later; TL_TIME_NONE: all */
    bool align;    /* --align */
};
struct told { /* a report, and what it was made of */
    struct tl_arena arena;
    const struct tl_report *report;
    bool seen[MAX_FACTS]; /* facts in what was fed */
    bool fine[MAX_FACTS]; /* … to the millisecond */
    const struct world *w;
};
struct tl_catalogue *rules(void);
void told_make(struct told *t, const struct world *w, const struct choice *c);
void told_free(struct told *t);
/* The input of the world that an input of the report is; -1: none. */
int input_of(const struct told *t, uint32_t input);
/* The fact of a record; -1: it is none (a probe's, a log's). */
int fact_of(const struct told *t, const struct tl_proof *p);
/* The moment that a record tells, by the clock of its source; false: not known. */
bool moment_of(const struct told *t, const struct tl_proof *p, tl_time *out);
/* The attempt of a record; NULL: it is none. */
const struct attempt *attempt_of(const struct told *t, const struct tl_proof *p,
                                 const struct loop **loop);
/* The true run that most of the facts of a run of the report are of; -1: of none. */
int true_run(const struct told *t, uint32_t run);
/* The run of the report with a fact of a true run; -1: none. */
int told_run(const struct told *t, int run);
/* The row of a fact; NULL: there is none. */
const struct tl_row *row_of_fact(const struct told *t, int fact);
/* How many runs of the report are that one. */
size_t count_told(const struct told *t, int run);
bool has_labels(const struct told *t);
bool determined(const struct told *t, int run, unsigned need);

/* ---- checks ---- */
enum check {
    C_ROWS,
    C_OUTAGES,
    C_LOG_OUTAGES,
    C_PHASES,
    C_CLOCKS,
    C_INFERRED,
    C_SKEW,
    C_FUSED,
    C_ASSUMED,
    C_DROPPED,
    C_STRATEGY,
    C_VERDICT,
    C_VERSIONS,
    C_ZDP,
    C_REQUEST,
    C_RUNS,
    C_STRANGERS,
    C_MEMBERS,
    C_ID,
    C_ORDER,
    C_NEUTRAL,
    C_NARROWER,
    NCHECKS
};
extern const char *const check_names[NCHECKS];

/* ---- tally.c ---- */
struct tally;
void tally_world(const struct world *w);
void tally_pass(const struct world *w, enum check c);
__attribute__((format(printf, 3, 4))) void tally_miss(const struct world *w, enum check c,
                                                      const char *fmt, ...);
void tally_assumed(enum assumption a, bool held, bool inside);
void tally_width(bool outage, int64_t before, int64_t after);
/* Prints the totals. True: nothing missed that is not known. */
bool tally_print(void);
void tally_limit(unsigned shown);

void check_world(const struct world *w);
/* The truth against a fused interval (check_time.c). */
void check_fused(const struct told *t, const struct tl_fused *f, int64_t truth, const char *what,
                 unsigned n);
bool fused_names(const struct tl_fused *f, enum assumption a);
/* How long an outage of a loop was; false: it is none of a loop. */
bool true_outage(const struct told *t, const struct tl_outage *o, int64_t *us);
void check_rows(const struct told *t);
void check_outages(const struct told *t);
void check_phases(const struct told *t);
void check_skew(const struct told *t);
void check_aligned(const struct told *t);
void check_inferred(const struct told *t);
void check_runs(const struct told *t);
void check_properties(const struct told *t);

/* ---- write.c ---- */
int write_world(const struct world *w, const char *dir);

#endif
