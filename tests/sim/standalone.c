/* standalone.c - what is done to one RDS instance, and blue/green deployments. */
#include <stdio.h>
#include <string.h>

#include "tests/sim/messages.h"
#include "tests/sim/sim.h"

static int
new_instance(struct world *w)
{
    return add_instance(w, -1, region_of(w, (int)w->nruns), new_name(w));
}

static void
backup(struct world *w, int i)
{
    say(w, i, 0, M_BACKUP);
    pass(w, 40 * TL_SECOND, 150 * TL_SECOND);
    say(w, i, 0, M_BACKUP_END);
    pass(w, 5 * TL_SECOND, 50 * TL_SECOND);
}

static void
multi_az(struct world *w, int i)
{
    static const char *const why[] = {
        "The RDS Multi-AZ primary instance is busy and unresponsive.",
        "The user requested a failover of the DB instance.",
        "The primary host of the RDS Multi-AZ instance is unhealthy.",
        "The RDS instance was modified by customer.",
    };
    tl_time t0, up;
    int d;

    begin_run(w, TL_STRATEGY_MULTI_AZ_FAILOVER, "done");
    if (chance(w, 40))
        request(w, i, i, "RebootDBInstance", "");
    t0 = w->now;
    up = t0 + between(w, 8 * TL_SECOND, 40 * TL_SECOND);
    d = add_down(w, i, true, t0 + between(w, 0, 2 * TL_SECOND), up - 2 * TL_SECOND, up);
    w->downs[d].silent = chance(w, 50);
    say_at(w, t0 + between(w, 0, 3 * TL_SECOND), i, N_STRATEGY | N_VERDICT | N_FIRST, M_MAZ_START);
    w->now = up + between(w, 0, 2 * TL_SECOND);
    say(w, i, N_CORE, M_RESTARTED);
    pass(w, 2 * TL_SECOND, 30 * TL_SECOND);
    say(w, i, N_STRATEGY | N_VERDICT | N_LAST, M_MAZ_END);
    say(w, i, N_CORE, "%s", why[below(w, 4)]);
}

static void
os_update(struct world *w, int i)
{
    tl_time t0, up;

    begin_run(w, TL_STRATEGY_OS_UPDATE, "instance");
    say(w, i, N_STRATEGY | N_VERDICT | N_FIRST, M_OFFLINE);
    pass(w, 200 * TL_SECOND, 600 * TL_SECOND);
    t0 = w->now;
    up = t0 + between(w, 10 * TL_SECOND, 60 * TL_SECOND);
    add_down(w, i, true, t0, up - TL_SECOND, up);
    if (chance(w, 50)) {
        say(w, i, N_CORE, M_SHUTDOWN);
        pass(w, 5 * TL_SECOND, 40 * TL_SECOND);
        say(w, i, N_CORE, M_MAZ_START);
        pass(w, 5 * TL_SECOND, 15 * TL_SECOND);
        say(w, i, N_CORE, M_RESTARTED);
        pass(w, 5 * TL_SECOND, 15 * TL_SECOND);
        say(w, i, N_CORE, M_MAZ_END);
        say(w, i, N_STRATEGY, M_MAZ_OS);
    } else {
        say(w, i, N_CORE, M_SHUTDOWN);
        w->now = up + between(w, 0, 2 * TL_SECOND);
        say(w, i, N_CORE, M_RESTARTED);
    }
    pass(w, 20 * TL_SECOND, 90 * TL_SECOND);
    say(w, i, N_STRATEGY | N_VERDICT | N_LAST, M_OFFLINE_END);
}

/* The way of RDS MySQL 8.0.42: "The downtime started" comes long after the shutdown. */
static void
engine_work(struct world *w, int i, struct run *r)
{
    tl_time t0 = w->now, up;

    say_at(w, t0 + between(w, 0, TL_SECOND), i, N_CORE, M_SHUTDOWN);
    pass(w, 20 * TL_SECOND, 40 * TL_SECOND);
    say(w, i, N_CORE, M_DOWNTIME);
    pass(w, 30 * TL_SECOND, 90 * TL_SECOND);
    say(w, i, N_CORE | N_VERDICT, M_I_STARTED);
    pass(w, 60 * TL_SECOND, 140 * TL_SECOND);
    up = w->now;
    add_down(w, i, true, t0, up - 5 * TL_SECOND, up);
    if (r->verdict == TL_VERDICT_ROLLED_BACK) {
        say(w, i, N_VERDICT | N_LAST, M_I_UNDONE);
        pass(w, TL_SECOND, 20 * TL_SECOND);
        say(w, i, N_CORE, M_RESTARTED);
        return;
    }
    say_at(w, up + between(w, -2 * TL_SECOND, 8 * TL_SECOND), i, N_CORE, M_RESTARTED);
    pass(w, 10 * TL_SECOND, 90 * TL_SECOND);
}

static void
upgrade(struct world *w, int i, bool major)
{
    struct run *r =
        begin_run(w, major ? TL_STRATEGY_INSTANCE_MAJOR : TL_STRATEGY_INSTANCE_MINOR, "done");
    const char *word = major ? "major" : "minor";

    pick_versions(w, major ? "instance-major" : "instance-minor", r->from, r->to);
    if (chance(w, 50))
        request(w, i, i, "ModifyDBInstance", r->to);
    if (chance(w, 50))
        backup(w, i);
    say(w, i, N_VERDICT | N_FIRST, M_PRE_START);
    pass(w, 10 * TL_SECOND, 60 * TL_SECOND);
    if (chance(w, 12)) {
        r->variant = "refused";
        r->verdict = TL_VERDICT_FAILED;
        r->strategy_open = true;
        r->from[0] = r->to[0] = '\0';
        say(w, i, N_VERDICT | N_LAST, M_I_REFUSED);
        return;
    }
    say(w, i, N_CORE, M_PRE_END);
    pass(w, 5 * TL_SECOND, 60 * TL_SECOND);
    if (chance(w, 15)) {
        r->variant = "rolled-back";
        r->verdict = TL_VERDICT_ROLLED_BACK;
        r->strategy_open = true; /* no event says whether it was to be minor or major */
        snprintf(r->to, sizeof(r->to), "%s", r->from); /* the endpoint shows the old one again */
    }
    engine_work(w, i, r);
    if (r->verdict == TL_VERDICT_ROLLED_BACK) {
        r->from[0] = r->to[0] = '\0';
        return;
    }
    say(w, i, N_VERDICT, M_I_DONE);
    say(w, i, 0, M_I_POST);
    pass(w, 5 * TL_SECOND, 40 * TL_SECOND);
    say(w, i, N_STRATEGY | N_VERDICT | N_VERSION | N_LAST, M_I_COMPLETE, word, r->from, r->to);
    if (chance(w, 50)) {
        pass(w, TL_SECOND, 9 * TL_SECOND);
        backup(w, i);
    }
}

/* Names are swapped: the green resource takes the name of the blue one. */
static void
blue_green(struct world *w)
{
    struct run *r = begin_run(w, TL_STRATEGY_BLUE_GREEN, "deployment");
    const char *region = region_of(w, (int)w->nruns);
    char blue[NAME], green[NAME + 16];
    bool cluster = chance(w, 50), done = !chance(w, 25), told = chance(w, 60);
    tl_time down;
    int owner, dep;

    snprintf(blue, sizeof(blue), "%s", new_name(w));
    snprintf(green, sizeof(green), "%s-green-k3x9ab", blue);
    owner = cluster ? add_cluster(w, region, blue) : add_instance(w, -1, region, blue);
    dep = add_other(w, TL_KIND_OTHER, region, "bgd-q7w1zx40plmv2nbt");
    w->res[dep].cluster = owner;
    if (chance(w, 50))
        request(w, dep, dep, "SwitchoverBlueGreenDeployment", "");
    say(w, dep, N_STRATEGY | N_VERDICT | N_FIRST, M_BG_START, blue, green);
    pass(w, 100 * TL_MS, 3 * TL_SECOND);
    if (told && cluster)
        say(w, owner, N_CORE, M_BG_C_START, blue, green);
    else if (told)
        say(w, owner, N_CORE, M_BG_I_START, blue, green);
    down = w->now + between(w, 2 * TL_SECOND, 9 * TL_SECOND);
    pass(w, 15 * TL_SECOND, 60 * TL_SECOND);
    if (!done) {
        r->variant = "cancelled";
        r->verdict = TL_VERDICT_ROLLED_BACK;
        if (told && cluster)
            say(w, owner, N_CORE, M_BG_C_CANCEL, blue, green);
        say_at(w, w->now + TL_MS, dep, N_VERDICT | N_LAST, M_BG_CANCEL);
        return;
    }
    add_down(w, owner, false, down, w->now - TL_SECOND, w->now - between(w, 0, TL_SECOND));
    if (told && cluster)
        say(w, owner, N_CORE | N_VERDICT, M_BG_C_END, blue, green, blue, blue, green, blue);
    else if (told)
        say(w, owner, N_CORE | N_VERDICT, M_BG_I_END, blue, green, blue, blue, green, blue);
    pass(w, 10 * TL_MS, 3 * TL_SECOND);
    say(w, dep, N_STRATEGY | N_VERDICT | N_LAST, M_BG_END);
}

void
tell_standalone(struct world *w, enum tl_strategy s)
{
    w->run = (int)w->nruns; /* its resources are no stranger's */
    switch (s) {
    case TL_STRATEGY_BLUE_GREEN:
        blue_green(w);
        break;
    case TL_STRATEGY_MULTI_AZ_FAILOVER:
        multi_az(w, new_instance(w));
        break;
    case TL_STRATEGY_OS_UPDATE:
        os_update(w, new_instance(w));
        break;
    default:
        upgrade(w, new_instance(w), s == TL_STRATEGY_INSTANCE_MAJOR);
    }
}

/* ---- strangers ---- */

static void
routine(struct world *w, const char *region, int nth)
{
    char name[NAME];
    int i;

    snprintf(name, sizeof(name), "unrelated%d", nth);
    i = add_instance(w, -1, region, name);
    pass(w, TL_SECOND, 200 * TL_SECOND);
    if (chance(w, 30)) {
        say(w, i, 0, M_SHUTDOWN);
        pass(w, 10 * TL_SECOND, 100 * TL_SECOND);
        say(w, i, 0, M_RESTARTED);
        return;
    }
    backup(w, i);
}

/* The routine of others in the same account and region, at the same time: none of it is a run. */
void
tell_strangers(struct world *w)
{
    tl_time at = w->nfacts ? w->facts[0].t : w->now;
    const char *region;
    int group, snap;

    w->run = -1;
    for (size_t i = 0; i < w->nfacts; i++)
        at = w->facts[i].t < at ? w->facts[i].t : at;
    w->now = at - 15 * TL_MINUTE;
    region = region_of(w, (int)below(w, 2));
    group = add_other(w, TL_KIND_OTHER, region, "their-params");
    snap = add_other(w, TL_KIND_OTHER, region, "their-snap");
    for (int n = 0; n < 4; n++)
        routine(w, region, n);
    say(w, group, 0, M_PARAMETER);
    say(w, snap, 0, M_SNAP);
    pass(w, 20 * TL_SECOND, 90 * TL_SECOND);
    say(w, snap, 0, M_SNAP_END);
    say_at(w, at - 200 * TL_DAY, add_instance(w, -1, region, "old-timer"), 0, M_CREATED);
}
