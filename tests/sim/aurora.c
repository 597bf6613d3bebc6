/* aurora.c - what is done to one Aurora cluster. */
#include <stdio.h>
#include <string.h>

#include "tests/sim/messages.h"
#include "tests/sim/sim.h"

struct cluster {
    int id, writer, reader; /* reader: -1: none */
    const char *region;
};

static struct cluster
new_cluster(struct world *w, bool with_reader)
{
    struct cluster c = {.region = region_of(w, (int)w->nruns), .reader = -1};
    char name[NAME], member[NAME + 16];

    snprintf(name, sizeof(name), "%s", new_name(w));
    c.id = add_cluster(w, c.region, name);
    snprintf(member, sizeof(member), "%s-instance-1", name);
    c.writer = add_instance(w, c.id, c.region, member);
    if (with_reader) {
        snprintf(member, sizeof(member), "%s-instance-2", name);
        c.reader = add_instance(w, c.id, c.region, member);
    }
    return c;
}

static const char *
name_of(const struct world *w, int res)
{
    return w->res[res].id;
}

/* The evidence ends here, at work. */
static void
cut_here(struct world *w, struct run *r)
{
    w->end = w->now;
    r->cut = true;
    r->verdict = TL_VERDICT_IN_PROGRESS;
    r->variant = "in-progress";
    r->strategy_open = true; /* what was to follow would have told */
    r->to[0] = '\0';
}

static void
finish_minor(struct world *w, const struct cluster *c, const struct run *r)
{
    pass(w, 100 * TL_MS, 20 * TL_SECOND);
    say(w, c->id, N_CORE, M_ONLINE);
    pass(w, 100 * TL_MS, 4 * TL_SECOND);
    say(w, c->id, N_CORE, M_ON_ALL);
    pass(w, TL_SECOND, 60 * TL_SECOND);
    say(w, c->id, N_VERDICT | N_VERSION | N_STRATEGY, M_COMPLETE, "minor", r->from, r->to);
    pass(w, 10 * TL_MS, 2 * TL_SECOND);
    say(w, c->id, N_VERDICT | N_LAST, M_UPGRADED);
}

static bool
refused(struct world *w, const struct cluster *c, struct run *r)
{
    if (!chance(w, 12))
        return false;
    r->variant = "refused";
    r->verdict = TL_VERDICT_FAILED;
    r->strategy_open = true; /* nothing was done */
    r->to[0] = r->from[0] = '\0';
    pass(w, 500 * TL_MS, 120 * TL_SECOND);
    if (chance(w, 50))
        say(w, c->id, N_VERDICT | N_LAST, M_REFUSED);
    else
        say(w, c->id, N_VERDICT | N_LAST, M_UNABLE, name_of(w, c->id), name_of(w, c->writer));
    return true;
}

static void
failover_of(struct world *w, const struct cluster *c)
{
    struct run *r = begin_run(w, TL_STRATEGY_FAILOVER, "done");
    const char *const ends[] = {"", "customer initiated ", "RDS initiated "};
    tl_time t0, up;

    if (chance(w, 50))
        request(w, c->id, c->id, "FailoverDBCluster", "");
    t0 = w->now;
    say(w, c->id, N_STRATEGY | N_VERDICT | N_FIRST, M_FO_START, name_of(w, c->reader));
    if (chance(w, 12)) {
        r->variant = "failed";
        r->verdict = TL_VERDICT_FAILED;
        pass(w, 20 * TL_SECOND, 90 * TL_SECOND);
        say(w, c->id, N_VERDICT | N_LAST, M_FO_FAILED);
        return;
    }
    up = t0 + between(w, 4 * TL_SECOND, 14 * TL_SECOND);
    add_down(w, c->id, false, t0 + between(w, 0, TL_SECOND), t0 + 2 * TL_SECOND, up);
    add_down(w, c->writer, false, t0 + TL_SECOND, t0 + 2 * TL_SECOND, up + 3 * TL_SECOND);
    w->now = up + between(w, 0, 2 * TL_SECOND);
    say_at(w, t0 + 2 * TL_SECOND, c->reader, 0, M_ADJUSTED);
    say_at(w, up + between(w, -2 * TL_SECOND, 3 * TL_SECOND), c->reader, N_CORE, M_RESTARTED);
    pass(w, TL_SECOND, 4 * TL_SECOND);
    say(w, c->writer, N_CORE, M_FO_DEMOTED);
    pass(w, TL_SECOND, 6 * TL_SECOND);
    say(w, c->id, N_STRATEGY | N_VERDICT | N_LAST, "Completed %sfailover to DB instance: %s",
        ends[below(w, 3)], name_of(w, c->reader));
    pass(w, TL_SECOND, 4 * TL_SECOND);
    say(w, c->writer, N_CORE, M_RESTARTED);
}

/* The same cluster days before: an upgrade that was refused, or one that began and of which no more
 * is told. */
static void
tell_before(struct world *w, const struct cluster *c)
{
    struct run *r = begin_run(w, TL_STRATEGY_IN_PLACE_MINOR_ZDP, "before");

    r->strategy_open = true;
    say(w, c->id, N_VERDICT | N_FIRST, M_STARTED, "minor");
    pass(w, TL_SECOND, 60 * TL_SECOND);
    if (chance(w, 50)) {
        r->verdict = TL_VERDICT_FAILED;
        say(w, c->id, N_VERDICT | N_LAST, M_REFUSED);
    } else {
        r->verdict_open = true; /* nothing says how it ended */
    }
    pass(w, 20 * TL_HOUR, 4 * TL_DAY);
}

static void
tell_minor(struct world *w, enum tl_strategy s)
{
    bool with_zdp = s == TL_STRATEGY_IN_PLACE_MINOR_ZDP, first = w->nruns == 0;
    struct cluster c;
    struct run *r;

    w->run = (int)w->nruns; /* its resources are no stranger's */
    c = new_cluster(w, chance(w, 50));
    if (first && chance(w, 15))
        tell_before(w, &c);
    r = begin_run(w, s, "done");
    pick_versions(w, "minor", r->from, r->to);
    if (chance(w, 50))
        request(w, c.id, c.id, "ModifyDBCluster", r->to);
    say(w, c.id, N_STRATEGY | N_VERDICT | N_FIRST, M_STARTED, "minor");
    if (refused(w, &c, r))
        return;
    pass(w, 20 * TL_SECOND, 200 * TL_SECOND);
    if (c.reader >= 0) {
        restart(w, c.reader, false, 3 * TL_SECOND, 25 * TL_SECOND, N_ZDP);
        no_zdp(w, c.reader);
        pass(w, 5 * TL_SECOND, 60 * TL_SECOND);
    }
    if (first && chance(w, 8)) {
        cut_here(w, r);
        return;
    }
    if (!with_zdp) {
        restart(w, c.writer, true, 4 * TL_SECOND, 40 * TL_SECOND, N_STRATEGY | N_ZDP);
        no_zdp(w, c.writer);
    } else if (chance(w, 15)) {
        r->variant = "zdp-failed";
        r->strategy_open = true; /* planned so, done otherwise */
        zdp_in_vain(w, c.id, c.writer);
    } else {
        bool drops = chance(w, 25);

        r->variant = drops ? "dropped" : r->variant;
        zdp(w, c.id, c.writer, drops ? between(w, 1, 40) : 0, chance(w, 20));
    }
    if (first && chance(w, 8)) {
        cut_here(w, r);
        r->verdict_open = true; /* a probe may show the new version on the writer already */
    } else {
        finish_minor(w, &c, r);
    }
    if (first && c.reader >= 0 && w->end == TL_TIME_NONE && chance(w, 25)) {
        pass(w, 20 * TL_HOUR, 4 * TL_DAY);
        failover_of(w, &c);
    }
}

static void
tell_patch(struct world *w)
{
    struct run *r = begin_run(w, TL_STRATEGY_PATCH, "done");
    struct cluster c = new_cluster(w, chance(w, 30));

    pick_versions(w, "patch", r->from, r->to);
    if (chance(w, 40))
        request(w, c.id, c.id, "ApplyPendingMaintenanceAction", "");
    if (chance(w, 70)) {
        zdp(w, c.id, c.writer, chance(w, 20) ? 3 : 0, chance(w, 50));
    } else {
        restart(w, c.writer, true, 4 * TL_SECOND, 30 * TL_SECOND, N_ZDP);
        no_zdp(w, c.writer);
        r->variant = "restart";
    }
    pass(w, 20 * TL_SECOND, 170 * TL_SECOND);
    if (chance(w, 50)) {
        say(w, c.id, N_STRATEGY | N_VERDICT | N_VERSION | N_LAST, M_PATCHED_TO, r->from, r->to);
    } else {
        say(w, c.id, N_STRATEGY | N_VERDICT | N_VERSION | N_LAST, M_PATCHED);
        r->from[0] = r->to[0] = '\0'; /* nothing says them, but a probe */
    }
}

static void
dashes(char *s)
{
    for (; *s; s++)
        if (*s == '.' || *s == '_')
            *s = '-';
}

static void
tell_snapshot(struct world *w, const struct cluster *c, const struct run *r)
{
    struct tl_civil d = tl_time_civil(w->now - 2 * TL_MINUTE);
    char from[40], to[40], minute[64];

    snprintf(from, sizeof(from), "%s", r->from);
    snprintf(to, sizeof(to), "%s", r->to);
    dashes(from);
    dashes(to);
    snprintf(minute, sizeof(minute), "%04d-%02d-%02d-%02d-%02d", (int)d.year, d.month, d.day,
             d.hour, d.minute);
    say(w, c->id, N_CORE, "Upgrade in progress: " M_STAGE_SNAP, name_of(w, c->id), from, to,
        minute);
    pass(w, 60 * TL_SECOND, 200 * TL_SECOND);
}

static void
tell_major(struct world *w)
{
    struct run *r = begin_run(w, TL_STRATEGY_MAJOR_IN_PLACE, "done");
    struct cluster c = new_cluster(w, chance(w, 30));
    tl_time down;
    int64_t left = between(w, 100, 9000);

    pick_versions(w, "major", r->from, r->to);
    if (chance(w, 50))
        request(w, c.id, c.id, "ModifyDBCluster", r->to);
    say(w, c.id, N_STRATEGY | N_VERDICT | N_FIRST, M_STARTED, "major");
    pass(w, 5 * TL_SECOND, 40 * TL_SECOND);
    say(w, c.id, N_CORE, M_STAGE, M_STAGE_ONLINE);
    if (refused(w, &c, r))
        return;
    pass(w, 20 * TL_SECOND, 100 * TL_SECOND);
    say(w, c.id, N_CORE, M_STAGE, M_STAGE_OFF);
    down = w->now + between(w, 0, 5 * TL_SECOND);
    pass(w, 60 * TL_SECOND, 200 * TL_SECOND);
    tell_snapshot(w, &c, r);
    say(w, c.id, N_CORE, M_STAGE, M_STAGE_CLONE);
    for (int64_t n = between(w, 1, 2); n > 0; n--) {
        pass(w, 20 * TL_SECOND, 240 * TL_SECOND);
        say(w, c.id, N_CORE, "Upgrade in progress: " M_STAGE_PURGE, (long long)left);
        left /= 3;
    }
    if (w->nruns == 1 && chance(w, 12)) {
        cut_here(w, r);
        r->strategy_open = false; /* "major", it said */
        add_down(w, c.writer, true, down, w->now + TL_HOUR, w->now + TL_HOUR);
        return;
    }
    pass(w, 20 * TL_SECOND, 100 * TL_SECOND);
    say(w, c.id, N_CORE, M_STAGE, M_STAGE_OBJECT);
    pass(w, 100 * TL_SECOND, 300 * TL_SECOND);
    add_down(w, c.writer, true, down, w->now - 20 * TL_SECOND,
             w->now - between(w, 0, 15) * TL_SECOND);
    say(w, c.id, N_VERDICT | N_VERSION, M_COMPLETE, "major", r->from, r->to);
    pass(w, 100 * TL_MS, 3 * TL_SECOND);
    say(w, c.id, N_VERDICT | N_STRATEGY | N_LAST, M_MAJOR_DONE);
}

static void
tell_failover(struct world *w)
{
    struct cluster c;

    w->run = (int)w->nruns; /* its resources are no stranger's */
    c = new_cluster(w, true);
    failover_of(w, &c);
}

static void
tell_os(struct world *w)
{
    struct run *r = begin_run(w, TL_STRATEGY_OS_UPDATE, "cluster");
    struct cluster c = new_cluster(w, true);
    const int members[] = {c.reader, c.writer};

    say(w, c.id, N_STRATEGY | N_VERDICT | N_FIRST, M_OS_START);
    pass(w, TL_SECOND, 20 * TL_SECOND);
    if (chance(w, 12)) {
        r->variant = "cluster-failed";
        r->verdict = TL_VERDICT_FAILED;
        say(w, c.id, N_VERDICT | N_LAST, M_OS_FAILED);
        return;
    }
    for (int i = 0; i < 2; i++) {
        say(w, c.id, N_CORE, M_OS_BATCH, i + 1, 2, name_of(w, c.id), name_of(w, members[i]));
        pass(w, 5 * TL_SECOND, 60 * TL_SECOND);
        restart(w, members[i], i == 1, 4 * TL_SECOND, 40 * TL_SECOND, N_ZDP);
        no_zdp(w, members[i]);
        pass(w, 20 * TL_SECOND, 100 * TL_SECOND);
    }
    say(w, c.id, N_STRATEGY | N_VERDICT | N_LAST, M_OS_END);
}

void
tell_aurora(struct world *w, enum tl_strategy s)
{
    switch (s) {
    case TL_STRATEGY_PATCH:
        tell_patch(w);
        break;
    case TL_STRATEGY_MAJOR_IN_PLACE:
        tell_major(w);
        break;
    case TL_STRATEGY_FAILOVER:
        tell_failover(w);
        break;
    case TL_STRATEGY_OS_UPDATE:
        tell_os(w);
        break;
    default:
        tell_minor(w, s);
    }
}
