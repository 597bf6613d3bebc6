/* evidence.c - which input has which record of the world. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/messages.h"
#include "tests/sim/sim.h"

static struct input *
new_input(struct world *w, enum input_kind kind, const char *name, int64_t res_us)
{
    struct input *in = &w->inputs[w->ninputs++];

    memset(in, 0, sizeof(*in));
    in->kind = kind;
    in->res_us = res_us;
    snprintf(in->name, sizeof(in->name), "%s", name);
    return in;
}

static bool
is_late(const struct world *w, tl_time t)
{
    return w->end != TL_TIME_NONE && t > w->end;
}

/* ---- answers, deliveries, tables: lists of facts ---- */

static void
add_facts(struct world *w, struct input *in, bool calls, int lost_percent)
{
    for (size_t i = 0; i < w->nfacts; i++) {
        const struct fact *f = &w->facts[i];

        if ((f->call[0] != '\0') != calls || is_late(w, f->t) || chance(w, lost_percent))
            continue;
        in->records[in->n++].fact = (int)i;
    }
}

/* By AWS's stamps; facts of one stamp in the order in which they were told. */
static void
sort_records(const struct world *w, struct input *in)
{
    for (size_t i = 1; i < in->n; i++) {
        struct record r = in->records[i];
        size_t k = i;

        for (; k > 0 && w->facts[in->records[k - 1].fact].t > w->facts[r.fact].t; k--)
            in->records[k] = in->records[k - 1];
        in->records[k] = r;
    }
}

static tl_time
floor_to(tl_time t, int64_t unit)
{
    return t - t % unit;
}

/* The rows of one minute in any order: a console that sorts by another column. */
static void
disorder(struct world *w, struct input *in)
{
    for (size_t i = 0, end; i < in->n; i = end) {
        tl_time minute = floor_to(w->facts[in->records[i].fact].t, in->res_us);

        for (end = i + 1;
             end < in->n && floor_to(w->facts[in->records[end].fact].t, in->res_us) == minute;)
            end++;
        for (size_t k = end; k > i + 1; k--) {
            size_t other = i + (size_t)below(w, (int64_t)(k - i));
            struct record swap = in->records[k - 1];

            in->records[k - 1] = in->records[other];
            in->records[other] = swap;
        }
    }
    in->disordered = true;
}

static void
reverse(struct input *in)
{
    for (size_t i = 0; i < in->n / 2; i++) {
        struct record swap = in->records[i];

        in->records[i] = in->records[in->n - 1 - i];
        in->records[in->n - 1 - i] = swap;
    }
    in->newest_first = true;
}

static void
number(struct input *in)
{
    for (size_t i = 0; i < in->n; i++)
        in->records[i].line = (uint32_t)(3 * i + 2);
}

/* Whether "us-east-1 DB cluster" names one resource only, in all that there is. */
static bool
labels_suffice(const struct world *w)
{
    for (size_t i = 0; i < w->nres; i++) {
        if (w->res[i].kind != TL_KIND_CLUSTER && w->res[i].kind != TL_KIND_INSTANCE)
            return false;
        for (size_t k = 0; k < i; k++)
            if (w->res[i].kind == w->res[k].kind && !strcmp(w->res[i].region, w->res[k].region))
                return false;
    }
    return w->nruns == 1;
}

static void
add_table(struct world *w, int lost_percent, bool labels)
{
    struct input *in = new_input(w, IN_TABLE, "console.md", chance(w, 85) ? TL_MINUTE : TL_SECOND);

    add_facts(w, in, false, lost_percent);
    sort_records(w, in);
    if (!w->holds[A_LISTED_ORDER])
        disorder(w, in);
    if (chance(w, 40))
        reverse(in);
    in->labels = labels && labels_suffice(w);
    number(in);
}

static void
add_list(struct world *w, enum input_kind kind, const char *name, int lost_percent)
{
    struct input *in = new_input(w, kind, name, kind == IN_TRAIL ? TL_SECOND : TL_MS);

    add_facts(w, in, kind == IN_TRAIL, lost_percent);
    if (chance(w, 60))
        sort_records(w, in);
    number(in);
    if (in->n == 0)
        w->ninputs--;
}

static void
add_lists(struct world *w)
{
    int lost = (int)between(w, 5, 40);

    switch (below(w, 7)) {
    case 0: /* all that the API has */
        add_list(w, IN_API, "events.json", 0);
        break;
    case 1: /* a paste of the console */
        add_table(w, chance(w, 30) ? lost : 0, chance(w, 50));
        break;
    case 2: /* every channel has holes */
        add_list(w, IN_API, "events.json", lost);
        add_list(w, IN_BRIDGE, "bridge.ndjson", lost);
        add_list(w, IN_SNS, "sns.json", lost);
        break;
    case 3: /* deliveries, one and all */
        add_list(w, IN_BRIDGE, "bridge.ndjson", 0);
        add_list(w, IN_SNS, "sns.json", chance(w, 50) ? 0 : lost);
        break;
    case 4: /* the console beside the API */
        add_list(w, IN_API, "events.json", chance(w, 50) ? 0 : lost);
        add_table(w, chance(w, 50) ? 0 : lost, chance(w, 20));
        break;
    case 5:
        add_list(w, IN_API, "events.json", lost);
        break;
    default:
        add_table(w, 0, false);
        add_list(w, IN_SNS, "sns.json", between(w, 50, 90) > 60 ? 70 : 50);
    }
}

/* ---- what topology knows ---- */

static void
add_topology(struct world *w)
{
    struct input *in;
    bool wanted = chance(w, 20);

    for (size_t i = 0; i < w->nres; i++)
        wanted |= w->res[i].global >= 0;
    if (!wanted)
        return;
    in = new_input(w, IN_TOPOLOGY, "topology.json", TL_MS);
    for (size_t i = 0; i < w->nres; i++)
        if (!w->res[i].stranger && w->res[i].kind != TL_KIND_OTHER)
            in->records[in->n++].fact = (int)i;
    number(in);
}

/* ---- loops ---- */

static bool
has_loop(const struct world *w, int res)
{
    for (size_t i = 0; i < w->nloops; i++)
        if (w->loops[i].res == res)
            return true;
    return false;
}

static void
add_loop(struct world *w, const struct down *d)
{
    tl_time from = d->from - between(w, 5, 60) * TL_SECOND;
    tl_time to = d->to + between(w, 3, 40) * TL_SECOND;
    char name[NAME];
    struct input *in;

    if (w->end != TL_TIME_NONE && to > w->end)
        to = w->end;
    if (to - from > 40 * TL_MINUTE || to <= from)
        return;
    snprintf(name, sizeof(name), "probe-%zu.log", w->nloops);
    in = new_input(w, IN_LOOP, name, TL_MS);
    in->loop = (int)w->nloops;
    loop_make(w, &w->loops[w->nloops], d->res, from, to);
    in->res = d->res;
    in->offset_us = w->loops[w->nloops].offset_us;
    in->res_us = w->loops[w->nloops].res_us;
    w->nloops++;
}

static void
add_loops(struct world *w)
{
    for (size_t i = 0; i < w->ndowns && w->nloops < MAX_LOOPS - 1; i++)
        if (w->downs[i].run >= 0 && !has_loop(w, w->downs[i].res) && chance(w, 45) &&
            !is_late(w, w->downs[i].from))
            add_loop(w, &w->downs[i]);
}

/* ---- logs ---- */

static void
add_log(struct world *w, int res)
{
    char name[NAME];
    struct input *in;

    snprintf(name, sizeof(name), "log-%d/postgresql.log", res);
    in = new_input(w, IN_LOG, name, chance(w, 50) ? TL_MS : TL_SECOND);
    in->res = res;
    if (!w->holds[A_CLOCKS_AGREE])
        in->offset_us = between(w, -3 * TL_SECOND, 3 * TL_SECOND);
    for (size_t i = 0; i < w->nlines; i++)
        if (w->lines[i].res == res && !is_late(w, w->lines[i].t))
            in->records[in->n++].fact = (int)i;
    for (size_t i = 1; i < in->n; i++) {
        struct record r = in->records[i];
        size_t k = i;

        for (; k > 0 && w->lines[in->records[k - 1].fact].t > w->lines[r.fact].t; k--)
            in->records[k] = in->records[k - 1];
        in->records[k] = r;
    }
    number(in);
    if (in->n == 0)
        w->ninputs--;
}

static void
add_logs(struct world *w)
{
    bool done[MAX_RES] = {false};
    size_t room = 6;

    for (size_t i = 0; i < w->nlines && room > 0; i++) {
        int res = w->lines[i].res;

        if (done[res])
            continue;
        done[res] = true;
        if (w->lines[i].run >= 0 && chance(w, 35)) {
            add_log(w, res);
            room--;
        }
    }
}

void
evidence_make(struct world *w)
{
    add_lists(w);
    add_topology(w);
    if (chance(w, 70))
        add_list(w, IN_TRAIL, "trail.json", 0);
    add_loops(w);
    add_logs(w);
}
