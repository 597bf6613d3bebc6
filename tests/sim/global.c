/* global.c - what is done to a global database: clusters in several Regions. */
#include <stdio.h>
#include <string.h>

#include "tests/sim/messages.h"
#include "tests/sim/sim.h"

enum { MAX_MEMBERS = 3 };

struct global {
    int id; /* of the global cluster */
    int clusters[MAX_MEMBERS], writers[MAX_MEMBERS];
    int n; /* the first one is the primary */
};

static struct global
new_global(struct world *w, bool known)
{
    struct global g = {.n = chance(w, 60) ? 2 : 3};
    char base[NAME], name[NAME + 16], member[NAME + 32];

    snprintf(base, sizeof(base), "%s", new_name(w));
    snprintf(name, sizeof(name), "%s-global", base);
    g.id = add_other(w, TL_KIND_GLOBAL_CLUSTER, "", name);
    for (int i = 0; i < g.n; i++) {
        snprintf(name, sizeof(name), "%s-%d", base, i);
        g.clusters[i] = add_cluster(w, region_of(w, (int)w->nruns + i), name);
        snprintf(member, sizeof(member), "%s-instance-1", name);
        g.writers[i] = add_instance(w, g.clusters[i], w->res[g.clusters[i]].region, member);
        w->res[g.clusters[i]].global = known ? g.id : -1;
        w->res[g.clusters[i]].secondary = i > 0;
    }
    return g;
}

static const char *
name_of(const struct world *w, int res)
{
    return w->res[res].id;
}

static void
complete(struct world *w, int cluster, const struct run *r, unsigned last)
{
    pass(w, TL_SECOND, 30 * TL_SECOND);
    say(w, cluster, N_VERDICT | N_VERSION | N_STRATEGY, M_COMPLETE, "minor", r->from, r->to);
    pass(w, 10 * TL_MS, 2 * TL_SECOND);
    say(w, cluster, N_VERDICT | last, M_UPGRADED);
}

/* All clusters begin together; the secondaries restart, then the primary is patched by ZDP. */
static void
managed(struct world *w)
{
    struct run *r = begin_run(w, TL_STRATEGY_MANAGED_GLOBAL_MINOR, "done");
    bool known = chance(w, 50), left = chance(w, 12), undone = !left && chance(w, 12);
    struct global g = new_global(w, known);

    r->joined = true;
    r->rooted = known;
    pick_versions(w, "minor", r->from, r->to);
    if (chance(w, 50))
        request(w, g.id, g.clusters[0], "ModifyGlobalCluster", r->to);
    for (int i = 0; i < g.n; i++) {
        say(w, g.clusters[i], N_STRATEGY | N_VERDICT | (i ? 0 : N_FIRST), M_STARTED, "minor");
        pass(w, 10 * TL_MS, 20 * TL_SECOND);
    }
    for (int i = 1; i < g.n - (left ? 1 : 0); i++) {
        pass(w, 15 * TL_SECOND, 60 * TL_SECOND);
        restart(w, g.writers[i], true, 6 * TL_SECOND, 30 * TL_SECOND, N_ZDP);
        no_zdp(w, g.writers[i]);
    }
    pass(w, 15 * TL_SECOND, 60 * TL_SECOND);
    if (undone) {
        r->variant = "cancelled";
        r->verdict = TL_VERDICT_ROLLED_BACK;
        for (int i = 0; i < g.n; i++) {
            pass(w, TL_SECOND, 20 * TL_SECOND);
            say(w, g.clusters[i], N_VERDICT | N_LAST, M_CANCELED, name_of(w, g.clusters[i]),
                r->from);
        }
        r->from[0] = r->to[0] = '\0';
        return;
    }
    zdp(w, g.clusters[0], g.writers[0], chance(w, 20) ? between(w, 1, 9) : 0, chance(w, 15));
    say(w, g.clusters[0], N_CORE, M_ONLINE);
    pass(w, 10 * TL_MS, 3 * TL_SECOND);
    say(w, g.clusters[0], N_CORE, M_ON_ALL);
    for (int i = 1; i < g.n - (left ? 1 : 0); i++)
        complete(w, g.clusters[i], r, 0);
    complete(w, g.clusters[0], r, N_LAST);
    if (left) { /* one is left behind, and says so */
        r->variant = "left-behind";
        r->verdict = TL_VERDICT_PARTIAL;
        pass(w, 5 * TL_SECOND, 60 * TL_SECOND);
        say(w, g.clusters[g.n - 1], N_VERDICT | N_LAST, M_CANCELED, name_of(w, g.clusters[g.n - 1]),
            r->from);
    }
}

/* By hand, one cluster after the other: only the topology says that they belong together. */
static void
by_hand(struct world *w)
{
    struct run *r = begin_run(w, TL_STRATEGY_MANUAL_SECONDARIES_FIRST, "done");
    struct global g = new_global(w, true);
    bool wrong = chance(w, 15);

    r->joined = r->topology = true;
    pick_versions(w, "minor", r->from, r->to);
    if (wrong) {
        r->variant = "primary-first";
        r->strategy_open = true;
    }
    for (int k = 0; k < g.n; k++) {
        int i = wrong ? k : g.n - 1 - k;

        if (chance(w, 50))
            request(w, g.clusters[i], g.clusters[i], "ModifyDBCluster", r->to);
        say(w, g.clusters[i], N_STRATEGY | N_VERDICT | (k ? 0 : N_FIRST), M_STARTED, "minor");
        pass(w, 30 * TL_SECOND, 100 * TL_SECOND);
        if (i > 0) {
            restart(w, g.writers[i], true, 6 * TL_SECOND, 30 * TL_SECOND, N_ZDP);
            no_zdp(w, g.writers[i]);
        } else {
            zdp(w, g.clusters[0], g.writers[0], 0, false);
        }
        say(w, g.clusters[i], N_CORE, M_ONLINE);
        complete(w, g.clusters[i], r, k == g.n - 1 ? N_LAST : 0);
        pass(w, 5 * TL_MINUTE, 60 * TL_MINUTE);
    }
}

static void
on_both(struct world *w, const struct global *g, unsigned needs, const char *text)
{
    for (int i = 0; i < 2; i++)
        say_at(w, w->now + between(w, 0, 2 * TL_SECOND), g->clusters[i], needs, "%s", text);
}

#define SAY_ON_BOTH(w, g, needs, fmt, k)                                                           \
    do {                                                                                           \
        char text_[TEXT];                                                                          \
        snprintf(text_, sizeof(text_), fmt, name_of((w), (g)->clusters[k]),                        \
                 (w)->res[(g)->clusters[k]].region);                                               \
        on_both((w), (g), (needs), text_);                                                         \
    } while (0)

static void
switchover(struct world *w)
{
    struct run *r = begin_run(w, TL_STRATEGY_GLOBAL_SWITCHOVER, "done");
    struct global g = new_global(w, chance(w, 60));
    tl_time t0;

    r->joined = true;
    r->rooted = w->res[g.clusters[0]].global >= 0;
    g.n = 2;
    if (chance(w, 50))
        request(w, g.id, g.clusters[0], "SwitchoverGlobalCluster", "");
    SAY_ON_BOTH(w, &g, N_STRATEGY | N_VERDICT | N_FIRST, M_G_START, 1);
    for (int64_t n = between(w, 0, 5); n > 0; n--) {
        pass(w, 2 * TL_SECOND, 10 * TL_SECOND);
        say(w, g.clusters[0], N_CORE, M_G_WAIT, name_of(w, g.clusters[0]),
            (long long)between(w, 1, 9000));
    }
    pass(w, 5 * TL_SECOND, 30 * TL_SECOND);
    if (chance(w, 25)) {
        bool cancelled = chance(w, 50);

        r->variant = cancelled ? "cancelled" : "failed";
        r->verdict = cancelled ? TL_VERDICT_ROLLED_BACK : TL_VERDICT_FAILED;
        if (cancelled)
            SAY_ON_BOTH(w, &g, N_VERDICT | N_LAST, M_G_CANCEL, 1);
        else
            SAY_ON_BOTH(w, &g, N_VERDICT | N_LAST, M_G_FAILED, 1);
        return;
    }
    t0 = w->now;
    SAY_ON_BOTH(w, &g, N_CORE, M_G_DOWN, 0);
    pass(w, 5 * TL_SECOND, 40 * TL_SECOND);
    SAY_ON_BOTH(w, &g, N_CORE, M_G_PROMOTED, 1);
    add_down(w, g.clusters[0], false, t0, w->now - TL_SECOND, w->now);
    say_at(w, t0 + TL_SECOND, g.writers[0], N_CORE, M_SHUTDOWN);
    say_at(w, w->now + 3 * TL_SECOND, g.writers[0], N_CORE, M_RESTARTED);
    say_at(w, w->now + TL_SECOND, g.writers[1], N_CORE, M_RESTARTED);
    pass(w, 5 * TL_SECOND, 40 * TL_SECOND);
    SAY_ON_BOTH(w, &g, N_STRATEGY | N_VERDICT | N_LAST, M_G_END, 1);
}

static void
failover(struct world *w)
{
    struct run *r = begin_run(w, TL_STRATEGY_GLOBAL_FAILOVER, "done");
    struct global g = new_global(w, chance(w, 60));
    tl_time t0 = w->now;
    const char *target, *region;

    target = name_of(w, g.clusters[1]);
    region = w->res[g.clusters[1]].region;
    r->rooted = w->res[g.clusters[0]].global >= 0;
    r->joined = false; /* the old primary may say nothing at all */
    if (chance(w, 50))
        request(w, g.id, g.clusters[1], "FailoverGlobalCluster", "");
    say(w, g.clusters[1], N_CORE | N_FIRST, M_FO_START, name_of(w, g.writers[1]));
    pass(w, 5 * TL_SECOND, 30 * TL_SECOND);
    say(w, g.writers[1], N_CORE, M_RESTARTED);
    pass(w, 2 * TL_SECOND, 20 * TL_SECOND);
    say(w, g.clusters[1], N_CORE, M_FO_END, name_of(w, g.writers[1]));
    pass(w, 2 * TL_SECOND, 20 * TL_SECOND);
    add_down(w, g.clusters[0], false, t0 - 20 * TL_SECOND, w->now + 9 * TL_MINUTE,
             w->now + 10 * TL_MINUTE);
    w->downs[w->ndowns - 1].silent = true;
    if (chance(w, 20)) {
        r->variant = "failed";
        r->verdict = TL_VERDICT_FAILED;
        say(w, g.clusters[1], N_STRATEGY | N_VERDICT | N_LAST, M_GF_FAILED, target, region);
        return;
    }
    say(w, g.clusters[1], N_STRATEGY | N_VERDICT | N_LAST, M_GF_END, target, region);
}

void
tell_global(struct world *w, enum tl_strategy s)
{
    switch (s) {
    case TL_STRATEGY_MANAGED_GLOBAL_MINOR:
        managed(w);
        break;
    case TL_STRATEGY_MANUAL_SECONDARIES_FIRST:
        by_hand(w);
        break;
    case TL_STRATEGY_GLOBAL_SWITCHOVER:
        switchover(w);
        break;
    default:
        failover(w);
    }
}
