/* world.c - the vocabulary in which the strategies are told. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tests/sim/messages.h"
#include "tests/sim/sim.h"

const char *const assumption_names[NASSUMPTIONS] = {
    "zdp-duration", "zdp-window", "startup-refuses", "twins", "listed-order", "clocks-agree"};

uint64_t
draw(struct world *w)
{
    uint64_t z = w->rng += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

int64_t
below(struct world *w, int64_t n)
{
    return n > 0 ? (int64_t)(draw(w) % (uint64_t)n) : 0;
}

int64_t
between(struct world *w, int64_t least, int64_t most)
{
    return least + below(w, most - least + 1);
}

bool
chance(struct world *w, int percent)
{
    return below(w, 100) < percent;
}

void
pass(struct world *w, int64_t least_us, int64_t most_us)
{
    w->now += between(w, least_us, most_us);
}

const char *
region_of(struct world *w, int nth)
{
    static const char *const regions[] = {"us-east-1",  "ap-northeast-1", "eu-central-1",
                                          "eu-north-1", "sa-east-1",      "ca-central-1",
                                          "us-west-2",  "ap-southeast-2"};

    return regions[(w->seed + (uint64_t)nth) % 8];
}

/* Each name once in a world: it says how many there were before. */
const char *
new_name(struct world *w)
{
    static const char *const names[] = {"ledger",  "basket", "atlas",  "quartz",
                                        "invoice", "harbor", "meadow", "pulse"};
    static char name[NAME];

    snprintf(name, sizeof(name), "%s-%s%zu", names[below(w, 8)], chance(w, 50) ? "prod" : "live",
             w->nres);
    return name;
}

static int
add_res(struct world *w, enum tl_kind kind, const char *region, const char *id)
{
    struct res *r = &w->res[w->nres];

    *r = (struct res){.kind = kind, .cluster = -1, .global = -1, .stranger = w->run < 0};
    snprintf(r->id, sizeof(r->id), "%s", id);
    snprintf(r->region, sizeof(r->region), "%s", region);
    snprintf(r->account, sizeof(r->account), "%012llu",
             (unsigned long long)(w->seed * 7919 % 999999999999));
    return (int)w->nres++;
}

static void
name_host(struct res *r, const char *kind)
{
    uint64_t h = 17;

    for (const char *p = r->region; *p; p++)
        h = h * 131 + (unsigned char)*p;
    snprintf(r->host, sizeof(r->host), "%s.%sc%09llx.%s.rds.amazonaws.com", r->id, kind,
             (unsigned long long)(h % UINT64_C(0xfffffffff)), r->region);
}

int
add_cluster(struct world *w, const char *region, const char *id)
{
    int r = add_res(w, TL_KIND_CLUSTER, region, id);

    name_host(&w->res[r], "cluster-");
    return r;
}

int
add_instance(struct world *w, int cluster, const char *region, const char *id)
{
    int r = add_res(w, TL_KIND_INSTANCE, region, id);

    w->res[r].cluster = cluster;
    name_host(&w->res[r], "");
    return r;
}

int
add_other(struct world *w, enum tl_kind kind, const char *region, const char *id)
{
    return add_res(w, kind, region, id);
}

struct run *
begin_run(struct world *w, enum tl_strategy s, const char *variant)
{
    struct run *r = &w->runs[w->nruns];

    *r = (struct run){
        .strategy = s, .verdict = TL_VERDICT_SUCCEEDED, .rooted = true, .variant = variant};
    w->run = (int)w->nruns++;
    return r;
}

struct fact *
say_at(struct world *w, tl_time t, int res, unsigned needs, const char *fmt, ...)
{
    struct fact *f = &w->facts[w->nfacts < MAX_FACTS - 1 ? w->nfacts++ : w->nfacts];
    va_list ap;

    *f = (struct fact){.t = t,
                       .res = res,
                       .run = w->run,
                       .needs = needs ? needs | N_CORE : 0,
                       .twin = -1,
                       .took_us = TL_UNKNOWN};
    va_start(ap, fmt);
    vsnprintf(f->text, sizeof(f->text), fmt, ap);
    va_end(ap);
    return f;
}

int
fact_id(const struct world *w, const struct fact *f)
{
    return (int)(f - w->facts);
}

/* A call, to the second, as CloudTrail has it. */
void
request(struct world *w, int res, int in, const char *call, const char *version)
{
    struct fact *f = say_at(w, w->now, res, N_REQUEST, "%s", call);

    f->needs = N_REQUEST;
    snprintf(f->call, sizeof(f->call), "%s", call);
    snprintf(f->version, sizeof(f->version), "%s", version);
    memcpy(f->called_in, w->res[in].region, sizeof(f->called_in));
    pass(w, 5 * TL_SECOND, 90 * TL_SECOND);
}

static int
one_down(struct world *w, int res, tl_time from, tl_time starting, tl_time to)
{
    struct down *d = &w->downs[w->ndowns];
    const struct run *r = w->run < 0 ? NULL : &w->runs[w->run];

    if (w->ndowns == MAX_DOWNS)
        return MAX_DOWNS - 1;
    *d = (struct down){.res = res, .run = w->run, .from = from, .starting = starting, .to = to};
    if (r) {
        memcpy(d->before, r->from, sizeof(d->before));
        memcpy(d->after, r->to, sizeof(d->after));
    }
    return (int)w->ndowns++;
}

int
add_down(struct world *w, int res, bool writer, tl_time from, tl_time starting, tl_time to)
{
    int d = one_down(w, res, from, starting, to);

    if (writer && w->res[res].cluster >= 0)
        one_down(w, w->res[res].cluster, from, starting, to);
    return d;
}

void
log_line(struct world *w, int res, tl_time t, const char *text)
{
    struct line *l = &w->lines[w->nlines < MAX_LINES - 1 ? w->nlines++ : w->nlines];

    *l = (struct line){.t = t, .res = res, .run = w->run, .says = TL_TIME_NONE};
    snprintf(l->text, sizeof(l->text), "%s", text);
}

/* What the server writes of a stop at t0, an end at `down`, a start and readiness at t1. */
static void
write_log(struct world *w, int res, tl_time t0, tl_time down, tl_time t1)
{
    tl_time starting = t1 - (t1 - down) / 3;
    char text[160];

    log_line(w, res, t0, L_STOP);
    if (chance(w, 40))
        log_line(w, res, between(w, t0, down), L_STOPPING);
    log_line(w, res, down, L_DOWN);
    snprintf(text, sizeof(text), L_START,
             w->run >= 0 && w->runs[w->run].to[0] ? w->runs[w->run].to : "16.4");
    log_line(w, res, starting, text);
    log_line(w, res, starting + 2 * TL_MS, "database system was shut down at");
    w->lines[w->nlines - 1].says = down;
    if (chance(w, 60))
        log_line(w, res, between(w, starting + 3 * TL_MS, t1 - TL_MS), L_STARTING);
    log_line(w, res, t1, L_READY);
}

static tl_time
later(tl_time a, tl_time b)
{
    return a > b ? a : b;
}

int
restart(struct world *w, int res, bool writer, int64_t least, int64_t most, unsigned needs)
{
    tl_time t0 = w->now, t1 = t0 + between(w, least, most), told_down, told_up;
    tl_time down = t0 + between(w, 20 * TL_MS, (t1 - t0) / 3);
    int d = add_down(w, res, writer, t0, t1 - (t1 - down) / 3, t1);

    write_log(w, res, t0, down, t1);
    if (chance(w, 40))
        say_at(w, t0 - between(w, TL_MS, 3 * TL_SECOND), res, 0, M_ADJUSTED);
    told_down = t0 + between(w, -300 * TL_MS, 2 * TL_SECOND);
    /* "restarted" may come before connections work, or after */
    told_up = later(told_down + 2 * TL_MS, t1 + between(w, -4 * TL_SECOND, 9 * TL_SECOND));
    say_at(w, told_down, res, needs, M_SHUTDOWN)->mark = K_SHUTDOWN;
    if (chance(w, 60) && told_up - told_down > 10 * TL_MS)
        say_at(w, between(w, told_down + TL_MS, told_up - TL_MS), res, 0, M_ADJUSTED);
    say_at(w, told_up, res, needs, M_RESTARTED)->mark = K_RESTART;
    w->now = later(told_up, t1) + between(w, 50 * TL_MS, 2 * TL_SECOND);
    return d;
}

void
no_zdp(struct world *w, int res)
{
    w->zdp[w->nzdp++] = (struct zdp_truth){.res = res,
                                           .run = w->run,
                                           .outcome = TL_ZDP_NOT_ATTEMPTED,
                                           .ms = TL_UNKNOWN,
                                           .preserved = TL_UNKNOWN,
                                           .dropped = TL_UNKNOWN,
                                           .fast_us = TL_UNKNOWN,
                                           .attempt = -1,
                                           .finish = -1,
                                           .down = -1};
}

/* What the message says of the time that it took: the time, or with zdp-duration false another. */
static int64_t
said_ms(struct world *w, int64_t took_us)
{
    if (w->holds[A_ZDP_DURATION])
        return took_us / TL_MS;
    switch (below(w, 3)) {
    case 0:
        return 0;
    case 1:
        return took_us / TL_MS / between(w, 2, 5);
    default:
        return took_us / TL_MS + between(w, 2000, 15000);
    }
}

struct moments { /* of a ZDP */
    tl_time attempt, finish, down, starting, up;
    int64_t shift_us; /* of what the cluster says, to earlier */
    int64_t fast_us;
};

static struct moments
zdp_moments(struct world *w)
{
    int64_t took = between(w, 700 * TL_MS, 9 * TL_SECOND), fast = took * between(w, 25, 60) / 100;
    struct moments m = {.attempt = w->now, .finish = w->now + took, .fast_us = fast};

    if (!w->holds[A_TWINS])
        m.shift_us = between(w, 20 * TL_MS, (took - fast) * 8 / 10);
    m.down = m.attempt + below(w, took - fast - m.shift_us);
    m.up = between(w, m.down + fast, m.finish - m.shift_us);
    m.starting = m.up - fast;
    if (!w->holds[A_STARTUP_REFUSES]) { /* it serves before it has "completed" */
        m.up = m.down + fast * between(w, 15, 85) / 100;
        m.starting = m.down;
    }
    if (!w->holds[A_ZDP_WINDOW]) {
        if (chance(w, 40))
            m.down -= between(w, 200 * TL_MS, 2 * TL_SECOND);
        else
            m.up = m.finish + between(w, 300 * TL_MS, 14 * TL_SECOND);
    }
    return m;
}

void
zdp(struct world *w, int cluster, int res, int64_t dropped, bool old_text)
{
    const struct moments m = zdp_moments(w);
    int64_t ms = said_ms(w, m.finish - m.attempt), kept = below(w, 300);
    struct zdp_truth *z = &w->zdp[w->nzdp++];
    const char *id = w->res[res].id;
    int first;

    *z = (struct zdp_truth){res, w->run, TL_ZDP_FINISHED, ms, kept, dropped, m.fast_us, -1, -1, -1};
    first = fact_id(w, say_at(w, m.attempt - m.shift_us, cluster, N_ZDP | N_STRATEGY, M_ZDP_TRY));
    z->attempt = fact_id(w, say_at(w, m.attempt, res, N_ZDP | N_STRATEGY, M_ZDP_TRY));
    w->facts[first].twin = z->attempt;
    w->facts[z->attempt].mark = K_ATTEMPT;
    say_at(w, m.attempt + (m.finish - m.attempt) / 3, res, 0, M_ADJUSTED);
    say_at(w, m.up + between(w, 0, 200 * TL_MS), res, N_ZDP, M_FAST, (long long)m.fast_us);
    w->facts[w->nfacts - 1].mark = K_FAST;
    w->facts[w->nfacts - 1].took_us = m.fast_us;
    for (int i = 0; i < 2; i++) {
        tl_time t = i ? m.finish : m.finish - m.shift_us;
        int who = i ? res : cluster;

        if (old_text)
            say_at(w, t, who, N_ZDP | N_STRATEGY, M_ZDP_DONE_OLD, (long long)ms, (long long)kept,
                   (long long)dropped);
        else
            say_at(w, t, who, N_ZDP | N_STRATEGY, M_ZDP_DONE, id, (long long)ms, (long long)kept,
                   (long long)dropped);
    }
    z->finish = (int)w->nfacts - 1;
    w->facts[z->finish].mark = K_FINISH;
    w->facts[z->finish - 1].twin = z->finish;
    z->down = add_down(w, res, true, m.down, m.starting, m.up);
    write_log(w, res, m.down, m.down + (m.up - m.down) / 4, m.up);
    w->now = later(m.finish, m.up) + between(w, 20 * TL_MS, 2 * TL_SECOND);
}

void
zdp_in_vain(struct world *w, int cluster, int res)
{
    int first = fact_id(w, say(w, cluster, N_ZDP | N_STRATEGY, M_ZDP_TRY));
    struct zdp_truth *z = &w->zdp[w->nzdp];

    no_zdp(w, res);
    z->outcome = TL_ZDP_FAILED;
    z->attempt = fact_id(w, say(w, res, N_ZDP | N_STRATEGY, M_ZDP_TRY));
    w->facts[first].twin = z->attempt;
    w->facts[z->attempt].mark = K_ATTEMPT;
    pass(w, 20 * TL_SECOND, 90 * TL_SECOND);
    z->down = restart(w, res, true, 6 * TL_SECOND, 40 * TL_SECOND, N_ZDP | N_STRATEGY);
}

void
pick_versions(struct world *w, const char *change, char *from, char *to)
{
    static const char *const majors[][2] = {{"5.7.mysql_aurora.2.11.2", "8.0.mysql_aurora.3.04.0"},
                                            {"13.12.3", "14.9.1"},
                                            {"5.7.mysql_aurora.2.12.1", "8.0.mysql_aurora.3.05.2"}};
    static const char *const minors[][2] = {
        {"8.0.35", "8.0.42"}, {"15.4", "15.7"}, {"16.2", "16.9"}, {"8.4.3", "8.4.5"}};
    static const char *const leaps[][2] = {
        {"13.9", "14.6"}, {"8.0.35", "8.4.3"}, {"15.4", "16.2"}, {"9.6.24", "10.23"}};
    int64_t v = between(w, 13, 17), n = between(w, 1, 8), p = between(w, 1, 6);
    const char *const *pair = NULL;

    if (!strcmp(change, "minor")) {
        snprintf(from, 40, "%d.%d.%d", (int)v, (int)n, (int)p);
        snprintf(to, 40, "%d.%d.%d", (int)v, (int)(n + between(w, 1, 2)), (int)between(w, 1, 6));
    } else if (!strcmp(change, "patch")) {
        snprintf(from, 40, "%d.%d.%d", (int)v, (int)n, (int)p);
        snprintf(to, 40, "%d.%d.%d", (int)v, (int)n, (int)(p + 1));
    } else if (!strcmp(change, "major")) {
        pair = majors[below(w, 3)];
    } else {
        pair = !strcmp(change, "instance-major") ? leaps[below(w, 4)] : minors[below(w, 4)];
    }
    if (pair) {
        snprintf(from, 40, "%s", pair[0]);
        snprintf(to, 40, "%s", pair[1]);
    }
}

/* ---- a whole world ---- */

void
world_begin(struct world *w, uint64_t seed, enum tl_strategy s)
{
    memset(w, 0, sizeof(*w));
    w->seed = seed;
    w->rng = seed * 40503 + (uint64_t)s;
    w->wanted = s;
    w->run = -1;
    w->now = INT64_C(1775865600000000) + below(w, 20 * TL_DAY); /* 2026-04-11 on */
    w->end = TL_TIME_NONE;
    for (size_t i = 0; i < NASSUMPTIONS; i++)
        w->holds[i] = true;
    if (chance(w, 40))
        w->holds[below(w, NASSUMPTIONS)] = false;
    if (chance(w, 10))
        w->holds[below(w, NASSUMPTIONS)] = false;
}

void
tell(struct world *w, enum tl_strategy s)
{
    switch (s) {
    case TL_STRATEGY_MANAGED_GLOBAL_MINOR:
    case TL_STRATEGY_MANUAL_SECONDARIES_FIRST:
    case TL_STRATEGY_GLOBAL_SWITCHOVER:
    case TL_STRATEGY_GLOBAL_FAILOVER:
        tell_global(w, s);
        break;
    case TL_STRATEGY_MULTI_AZ_FAILOVER:
    case TL_STRATEGY_INSTANCE_MINOR:
    case TL_STRATEGY_INSTANCE_MAJOR:
    case TL_STRATEGY_BLUE_GREEN:
        tell_standalone(w, s);
        break;
    case TL_STRATEGY_OS_UPDATE:
        if (chance(w, 50))
            tell_standalone(w, s);
        else
            tell_aurora(w, s);
        break;
    default:
        tell_aurora(w, s);
    }
    w->run = -1;
}

/* Other runs stand days or at least hours off: what happens together may be one. */
static void
tell_more(struct world *w)
{
    static const enum tl_strategy others[] = {TL_STRATEGY_FAILOVER, TL_STRATEGY_INSTANCE_MINOR,
                                              TL_STRATEGY_IN_PLACE_MINOR_ZDP,
                                              TL_STRATEGY_MULTI_AZ_FAILOVER, TL_STRATEGY_PATCH};

    if (w->end != TL_TIME_NONE)
        return;
    for (int64_t n = chance(w, 35) ? between(w, 1, 2) : 0; n > 0 && w->nruns < MAX_RUNS - 1; n--) {
        pass(w, 3 * TL_HOUR, 3 * TL_DAY);
        tell(w, others[below(w, 5)]);
    }
}

void
world_make(struct world *w, uint64_t seed, enum tl_strategy s)
{
    world_begin(w, seed, s);
    tell(w, s);
    tell_more(w);
    if (chance(w, 60))
        tell_strangers(w);
    evidence_make(w);
}
