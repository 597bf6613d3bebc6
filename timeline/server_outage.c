/*
 * server_outage.c - a fall's rows become an outage of source "log":
 *
 *     observed = ready - fail       max = ready (latest) - ok (earliest)
 *     min      = ready (earliest) - fail (latest)
 *
 * `fail` is the first moment that is proved to be without service, `ok` the last one that is not:
 * the request for the shutdown, the crash, what the next start says of the process before, or its
 * last sign of life. Where none of these is known that side is open.
 */
#include "timeline/server.h"

static const int64_t ONE_FALL_US = TL_MINUTE; /* from "is shut down" to the state that was kept */
static const int64_t ARCHIVING_US = 10 * TL_MINUTE; /* from that state to "is shut down" */

static tl_time
later_of(tl_time a, tl_time b)
{
    return a > b ? a : b; /* TL_TIME_NONE is the least */
}

/* The later of two instants, either of which may be NONE. */
static struct tl_instant
later(const struct tl_instant *a, const struct tl_instant *b)
{
    return (struct tl_instant){later_of(a->at, b->at), later_of(a->earliest, b->earliest),
                               later_of(a->latest, b->latest)};
}

static struct tl_instant
when_of(const struct tl_builder *b, uint32_t row)
{
    return row == NONE ? TL_INSTANT_NONE : row_event(b, row)->when;
}

/* When the process before was shut down, as the next one found it; NONE: not to be relied on. */
static struct tl_instant
stated_end(const struct tl_builder *b, const struct fall *f)
{
    struct tl_instant stated, request = when_of(b, f->request), shut = when_of(b, f->shut);

    if (f->was == NONE || f->too_old || row_sign(b, f->was) != SIGN_WAS_SHUT)
        return TL_INSTANT_NONE;
    stated = row_stated(b, f->was);
    if (f->request != NONE && stated.latest < request.earliest)
        return TL_INSTANT_NONE;
    if (f->request == NONE && f->shut != NONE && stated.latest < shut.earliest - ARCHIVING_US)
        return TL_INSTANT_NONE;
    stated.earliest = later_of(stated.earliest, request.earliest); /* it came after that */
    stated.at = later_of(stated.at, request.earliest);
    return stated;
}

/* Two words on one moment: both hold, or the earlier one proves it. */
static struct tl_instant
agreed(const struct tl_instant *a, const struct tl_instant *b)
{
    struct tl_instant both = later(a, b);

    if (a->at == TL_TIME_NONE || b->at == TL_TIME_NONE)
        return both;
    if (a->latest < b->earliest)
        return *a;
    if (b->latest < a->earliest)
        return *b;
    both.latest = a->latest < b->latest ? a->latest : b->latest;
    both.at = both.earliest;
    return both;
}

/* The first moment that is proved to be without service. */
static struct tl_instant
fail_of(const struct fall *f, const struct tl_instant *stated)
{
    struct tl_instant first = *stated;

    if (stated->at == TL_TIME_NONE)
        return f->fail;
    if (f->fail.at == TL_TIME_NONE || f->shut != NONE)
        return agreed(stated, &f->fail);
    if (!f->was_down || f->weak || f->fail.earliest < stated->earliest)
        return stated->latest < f->fail.earliest ? first : f->fail;
    if (first.latest > f->fail.latest) /* it begins with a start: the end came before */
        first.latest = f->fail.latest;
    return first;
}

/* The last moment that is not proved to be without service. */
static struct tl_instant
ok_of(const struct tl_builder *b, const struct fall *f, const struct tl_instant *fail)
{
    struct tl_instant stated;

    if (f->weak)
        return TL_INSTANT_NONE;
    if (f->request != NONE)
        return when_of(b, f->request);
    if (f->crash != NONE || !f->was_down)
        return f->crash == NONE && f->shut == NONE ? f->alive : *fail;
    if (f->was == NONE || f->too_old)
        return f->alive;
    if (row_sign(b, f->was) == SIGN_WAS_SHUT)
        return *fail;
    stated = row_stated(b, f->was);
    return later(&stated, &f->alive);
}

static int64_t
width_of(const struct tl_instant *w)
{
    return w->at == TL_TIME_NONE ? 0 : w->latest - w->earliest;
}

static int64_t
not_below_zero(int64_t us)
{
    return us > 0 ? us : 0;
}

static void
bound(struct tl_outage *o, const struct tl_instant *ok, const struct tl_instant *fail,
      const struct tl_instant *since, const struct tl_instant *ready, const struct tl_instant *last)
{
    const struct tl_instant *end = ready->at != TL_TIME_NONE ? ready : last;

    o->min_us = since->at == TL_TIME_NONE ? 0 : not_below_zero(end->earliest - since->latest);
    o->observed_us = o->max_us = o->client_us = TL_UNKNOWN;
    if (ready->at == TL_TIME_NONE)
        return;
    if (fail->at != TL_TIME_NONE)
        o->observed_us = not_below_zero(ready->at - fail->at);
    if (ok->at != TL_TIME_NONE && ready->latest >= ok->earliest)
        o->max_us = ready->latest - ok->earliest;
}

struct tl_outage
server_outage(const struct tl_builder *b, const struct server *s, const struct fall *f)
{
    const struct tl_instant stated = stated_end(b, f), ready = when_of(b, f->ready);
    const struct tl_instant fail = fail_of(f, &stated);
    struct tl_instant ok = ok_of(b, f, &fail);
    bool broken = stated.at != TL_TIME_NONE && f->shut != NONE &&
                  stated.earliest > f->fail.latest + ONE_FALL_US;
    struct tl_outage o = {.endpoint = s->name,
                          .resource = s->name,
                          .region = b->res[s->res].region,
                          .source = TL_STR("log"),
                          .access = f->read_only ? TL_ACCESS_READ : TL_ACCESS_CONNECT,
                          .first_fail = fail.at,
                          .last_fail = f->last.at,
                          .down = TL_INSTANT_NONE,
                          .up = TL_INSTANT_NONE,
                          .first_ok = ready.at,
                          .continuous = !broken,
                          .version_before = f->version_before,
                          .version_after = f->version_after,
                          .endpoint_from = s->from,
                          .sleep_us = TL_UNKNOWN,
                          .input = b->report->rows[f->row].input,
                          .res_us = TL_MS};

    if (fail.at != TL_TIME_NONE && ok.at > fail.at) /* what a start states contradicts its log */
        ok = fail;
    o.last_ok = ok.at;
    for (unsigned k = 0; k < TL_NFAILURES; k++) {
        o.failures[k] = f->refused[k];
        o.attempts_failed += f->refused[k];
    }
    o.res_us = width_of(&fail) > o.res_us ? width_of(&fail) : o.res_us;
    o.res_us = width_of(&ready) > o.res_us ? width_of(&ready) : o.res_us;
    bound(&o, &ok, &fail, broken ? &stated : &fail, &ready, &f->last);
    return o;
}
