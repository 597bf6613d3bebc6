/* loop.c - a probe loop that waits for each attempt before it sleeps and makes the next. */
#include <stdio.h>
#include <string.h>

#include "tests/sim/sim.h"

static int
down_at(const struct world *w, int res, tl_time t)
{
    for (size_t i = 0; i < w->ndowns; i++)
        if (w->downs[i].res == res && w->downs[i].from <= t && t < w->downs[i].to)
            return (int)i;
    return -1;
}

/* What the endpoint runs at t: empty where nothing tells. */
static const char *
version_at(const struct world *w, int res, tl_time t)
{
    const char *v = "";
    tl_time last = TL_TIME_NONE, first = TL_TIME_NONE;

    for (size_t i = 0; i < w->ndowns; i++) {
        const struct down *d = &w->downs[i];

        if (d->res != res)
            continue;
        if (d->to <= t && d->to > last) {
            last = d->to;
            v = d->after;
        }
    }
    for (size_t i = 0; i < w->ndowns && last == TL_TIME_NONE; i++) {
        const struct down *d = &w->downs[i];

        if (d->res == res && (first == TL_TIME_NONE || d->from < first)) {
            first = d->from;
            v = d->before;
        }
    }
    return v;
}

static void
serve(struct world *w, const struct loop *l, struct attempt *a)
{
    a->failure = TL_FAILURE_OK;
    a->down = -1;
    snprintf(a->version, sizeof(a->version), "%s", version_at(w, l->res, a->moment));
}

/* It hangs: until the server is back, or until its own patience ends. */
static void
hang(struct world *w, const struct loop *l, struct attempt *a, const struct down *d)
{
    int64_t patience = between(w, 3, 10) * TL_SECOND;
    tl_time back = d->to + between(w, 0, 40 * TL_MS);

    if (back < a->start + patience && down_at(w, l->res, back) < 0) {
        a->moment = back;
        a->end = back + between(w, 0, 20 * TL_MS);
        serve(w, l, a);
        return;
    }
    a->end = a->start + patience;
    a->failure = TL_FAILURE_TIMEOUT;
    if (a->end < a->moment)
        a->end = a->moment;
}

static void
try_once(struct world *w, const struct loop *l, struct attempt *a, bool hangs)
{
    const struct down *d;

    a->moment = a->start + between(w, 300, 30 * TL_MS);
    a->down = down_at(w, l->res, a->moment);
    if (a->down < 0) {
        a->end = a->moment + between(w, 200, 25 * TL_MS);
        serve(w, l, a);
        return;
    }
    d = &w->downs[a->down];
    if (d->silent || (hangs && chance(w, 12))) {
        hang(w, l, a, d);
        return;
    }
    a->end = a->moment + between(w, 100, 8 * TL_MS);
    a->failure = a->moment >= d->starting ? TL_FAILURE_STARTING_UP : TL_FAILURE_REFUSED;
}

/* What of the log is lost: a stretch in its middle, its beginning, its end. */
static void
lose(struct world *w, struct loop *l)
{
    size_t from = (size_t)below(w, (int64_t)l->n), to;

    if (l->n < 12)
        return;
    switch (below(w, 12)) {
    case 0:
    case 1:
        to = from + (size_t)below(w, (int64_t)(l->n - from));
        for (size_t i = from; i < to; i++)
            l->attempts[i].gone = true;
        if (to > from && to < l->n)
            l->attempts[to].gap = true;
        break;
    case 2:
        for (size_t i = 0; i < from; i++)
            l->attempts[i].gone = true;
        break;
    case 3:
        for (size_t i = from; i < l->n; i++)
            l->attempts[i].gone = true;
        break;
    default:
        break;
    }
}

void
loop_make(struct world *w, struct loop *l, int res, tl_time from, tl_time to)
{
    static const int64_t sleeps[] = {200 * TL_MS, 500 * TL_MS, 500 * TL_MS, TL_SECOND,
                                     2 * TL_SECOND};
    bool hangs = chance(w, 40);
    tl_time t = from;

    *l = (struct loop){.res = res, .sleep_us = sleeps[below(w, 5)], .res_us = TL_MS};
    if (to - from > 10 * TL_MINUTE)
        l->sleep_us = 5 * TL_SECOND;
    l->sleep_known = chance(w, 50);
    l->named = chance(w, 70);
    l->stamps = (enum stamps)below(w, 3);
    if (chance(w, 12))
        l->res_us = TL_SECOND;
    if (!w->holds[A_CLOCKS_AGREE])
        l->offset_us = between(w, -5 * TL_SECOND, 5 * TL_SECOND);
    while (t < to && l->n < MAX_ATTEMPTS) {
        struct attempt *a = &l->attempts[l->n++];

        *a = (struct attempt){.start = t};
        try_once(w, l, a, hangs);
        t = a->end + l->sleep_us + between(w, 0, 6 * TL_MS);
    }
    lose(w, l);
}
