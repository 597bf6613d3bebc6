/* track_finish.c - the end of a loop: raw figures become bounds (DESIGN, "How an outage is
 * bounded"):
 *
 *     observed = s_b - s_f1        max    = e_b - s_a
 *     min      = s_fn - e_f1       client = e_b - s_f1
 *
 * An end that the log does not have is e_i <= s_{i+1} - sleep; a start that it does not have
 * (stamp=end) is s_i >= e_{i-1} + sleep. Stamps coarser than a millisecond widen both sides by
 * their resolution, for a stamp floored to seconds may be up to a second early. */
#include "timeline/track.h"

#include <string.h>

static int64_t
difference(tl_time later, tl_time earlier)
{
    if (later == TL_TIME_NONE || earlier == TL_TIME_NONE)
        return TL_UNKNOWN;
    return later - earlier;
}

/* An upper bound: `sides` of its two ends may be brought in by the sleep. */
static int64_t
upper(int64_t us, unsigned sides, int64_t sleep_us, int64_t res_us)
{
    if (us == TL_UNKNOWN)
        return TL_UNKNOWN;
    if (sleep_us != TL_UNKNOWN)
        us -= (int64_t)sides * sleep_us;
    us += res_us > TL_MS ? res_us : 0;
    return us > 0 ? us : 0;
}

static int64_t
lower(const struct fold *f, int64_t sleep_us)
{
    int64_t us = f->best_us;
    unsigned sides = (unsigned)!f->best_exact + (unsigned)!f->start_exact;

    if (us == TL_UNKNOWN)
        return 0;
    if (sleep_us != TL_UNKNOWN)
        us += (int64_t)sides * sleep_us;
    us -= f->out.res_us > TL_MS ? f->out.res_us : 0;
    return us > 0 ? us : 0;
}

static enum tl_access
main_access(const struct track *t)
{
    if (t->access[TL_ACCESS_WRITE] > 0)
        return TL_ACCESS_WRITE;
    if (t->access[TL_ACCESS_READ] > 0 || t->version_first.n > 0)
        return TL_ACCESS_READ;
    return TL_ACCESS_CONNECT;
}

static tl_time
moved(tl_time t, int64_t us)
{
    return t == TL_TIME_NONE ? TL_TIME_NONE : t + us;
}

/* When it stopped serving, and when it served again: after the start of the last ok and before the
 * end of the first failure; after the start of the last failure and before the end of the ok. */
static void
bound_ends(const struct fold *f, int64_t sleep_us, struct tl_outage *o)
{
    const int64_t sleep = sleep_us == TL_UNKNOWN ? 0 : sleep_us;
    const int64_t floored = o->res_us; /* a stamp may be so much early */
    const int64_t late = f->start_exact ? 0 : sleep;

    o->down = o->up = TL_INSTANT_NONE;
    if (f->stepped)
        return;
    o->down.earliest = moved(f->a_start, late);
    o->down.latest = moved(f->f1_end, floored - (f->f1_end_exact ? 0 : sleep));
    o->up.earliest = moved(f->fn_start, late);
    o->up.latest = moved(f->b_end, floored - (f->b_end_exact ? 0 : sleep));
    o->down.at = f->f1_stamp;
    o->up.at = f->b_stamp;
}

static struct tl_outage
bounded(const struct track *t, const struct fold *f, int64_t sleep_us)
{
    struct tl_outage o = f->out;
    unsigned sides = (unsigned)!f->b_end_exact + (unsigned)!f->start_exact;

    o.access = main_access(t);
    o.sleep_us = sleep_us;
    o.input = TL_NO_INDEX;
    o.blind = f->blind;
    o.nblind = f->nblind;
    o.min_us = lower(f, sleep_us);
    o.observed_us = f->closed ? difference(f->b_stamp, f->f1_stamp) : TL_UNKNOWN;
    o.max_us = upper(difference(f->b_end, f->a_start), sides, sleep_us, o.res_us);
    if (o.last_ok !=
        TL_TIME_NONE) /* else it began before the log: its first failure is not known */
        o.client_us = upper(difference(f->b_end, f->f1_start), sides, sleep_us, o.res_us);
    else
        o.client_us = TL_UNKNOWN;
    bound_ends(f, sleep_us, &o);
    if (f->stepped) /* the clock went back: no difference over it proves anything */
        o.observed_us = o.max_us = o.client_us = TL_UNKNOWN;
    if (o.max_us != TL_UNKNOWN && o.max_us < o.min_us)
        o.max_us = o.min_us;
    return o;
}

/* A row that was inserted proves that writes worked then. Where rows are missing for more than
 * three periods they worked again only at the next row: at most so long without, maybe never. */
static struct tl_outage
row_outage(const struct track *t, const struct row_gap *g)
{
    return (struct tl_outage){.source = TL_STR("client"),
                              .access = TL_ACCESS_WRITE,
                              .last_ok = g->from,
                              .first_fail = TL_TIME_NONE,
                              .last_fail = TL_TIME_NONE,
                              .first_ok = g->to,
                              .down = TL_INSTANT_NONE,
                              .up = TL_INSTANT_NONE,
                              .min_us = 0,
                              .observed_us = g->to - g->from,
                              .max_us =
                                  g->to - g->from + (t->prev.res_us > TL_MS ? t->prev.res_us : 0),
                              .client_us = TL_UNKNOWN,
                              .continuous = true,
                              .version_before = g->version,
                              .version_after = g->version,
                              .sleep_us = TL_UNKNOWN,
                              .input = TL_NO_INDEX,
                              .res_us = t->prev.res_us};
}

static bool
is_missing_rows(const struct track *t, const struct row_gap *g)
{
    int64_t period = track_period(t);

    return t->rows_seen > 0 && period != TL_UNKNOWN &&
           g->to - g->from > 3 * period + 2 * t->prev.res_us;
}

/* By time: the gaps were kept in no order. */
static void
sort_outages(struct tl_outage *o, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        struct tl_outage x = o[i];
        size_t k = i;

        for (; k > 0 && o[k - 1].last_ok > x.last_ok; k--)
            o[k] = o[k - 1];
        o[k] = x;
    }
}

static enum tl_status
make_outages(struct track *t, int64_t sleep_us, struct series *out)
{
    size_t room = t->nfolds + t->nrow_gaps, n = 0;

    out->outages = tl_arena_alloc(t->arena, (room ? room : 1) * sizeof(*out->outages));
    if (!out->outages)
        return TL_ENOMEM;
    for (size_t i = 0; i < t->nfolds; i++)
        out->outages[n++] = bounded(t, &t->folds[i], sleep_us);
    for (size_t i = 0; i < t->nrow_gaps; i++)
        if (is_missing_rows(t, &t->row_gaps[i]))
            out->outages[n++] = row_outage(t, &t->row_gaps[i]);
    if (n > t->nfolds)
        sort_outages(out->outages + t->nfolds, n - t->nfolds);
    out->noutages = n;
    return TL_OK;
}

static enum tl_status
keep_open_end(struct track *t)
{
    struct fold *f;

    if (!t->in_outage)
        return TL_OK;
    f = &t->folds[t->nfolds - 1];
    track_end_stretch(f);
    return t->fail_is_first ? TL_OK : track_keep_row(t, &t->fail);
}

/* What the loop slept lies between two attempts. */
static void
finish_flips(struct track *t, int64_t sleep_us, struct series *out)
{
    for (size_t i = 0; i < t->nflips && sleep_us != TL_UNKNOWN; i++) {
        struct version_flip *f = &t->flips[i];

        if (!f->old_exact && f->old_start != TL_TIME_NONE)
            f->old_start += sleep_us;
        if (!f->new_exact && f->new_end != TL_TIME_NONE)
            f->new_end -= sleep_us;
    }
    out->flips = t->flips;
    out->nflips = t->nflips;
    out->stepped = t->stepped;
}

enum tl_status
track_finish(struct track *t, int64_t sleep_us, struct series *out)
{
    enum tl_status st = keep_open_end(t);

    if (!st)
        st = make_outages(t, sleep_us, out);
    if (st)
        return st;
    finish_flips(t, sleep_us, out);
    out->block = t->block;
    out->rows = t->rows;
    out->nrows = t->nrows;
    out->first = t->first;
    out->last = t->last;
    out->attempts = t->attempts;
    out->attempts_ok = t->ok;
    out->version_first = t->version_first;
    out->version_last = t->version;
    out->rows_only = t->rows_seen > 0 && t->rows_seen == t->attempts;
    return TL_OK;
}
