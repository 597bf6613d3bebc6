/* track.c - attempts in, outages out. The rules are those of DESIGN, "How an outage is bounded":
 * every bound that is stored raw here gets the loop's sleep in track_finish. */
#include "timeline/track.h"

#include <string.h>

/* Buckets of a distance in milliseconds: 8 to a power of two. */
static size_t
bucket_of(int64_t ms)
{
    size_t e = 0;
    int64_t v = ms;

    if (ms < 8)
        return (size_t)ms;
    while (v >= 16) {
        v >>= 1;
        e++;
    }
    e = (e + 1) * 8 + (size_t)(v - 8);
    return e < PERIOD_BUCKETS ? e : PERIOD_BUCKETS - 1;
}

static int64_t
bucket_edge(size_t b) /* upper edge in ms */
{
    return b < 8 ? (int64_t)b + 1 : (int64_t)(b % 8 + 9) << (b / 8 - 1);
}

void
track_distance(struct track *t, int64_t us)
{
    uint32_t *n = &t->buckets[bucket_of(us / TL_MS)];

    *n += *n < UINT32_MAX;
    t->distances++;
}

int64_t
track_period(const struct track *t)
{
    uint64_t seen = 0;

    if (t->distances < MIN_GAPS)
        return TL_UNKNOWN;
    for (size_t b = 0; b < PERIOD_BUCKETS; b++) {
        seen += t->buckets[b];
        if (seen * 2 >= t->distances)
            return bucket_edge(b) * TL_MS;
    }
    return TL_UNKNOWN;
}

/* ---- rows of the report ---- */

static struct tl_field
text_field(const char *name, struct tl_str text)
{
    return (struct tl_field){tl_str_from(name), text.n > 0 ? TL_FIELD_TEXT : TL_FIELD_NULL, text,
                             0};
}

static struct tl_field
time_field(const char *name, tl_time t)
{
    return (struct tl_field){
        tl_str_from(name), t == TL_TIME_NONE ? TL_FIELD_NULL : TL_FIELD_TIME, {"", 0}, t};
}

/* A row of the report has no attempt: what is worth knowing of it becomes its fields. */
enum tl_status
track_keep_row(struct track *t, const struct tl_event *ev)
{
    struct tl_event *rows = tl_arena_grow(t->arena, t->rows, t->nrows, &t->rows_cap, sizeof(*rows));
    const struct tl_attempt *at = ev->attempt;
    struct tl_event row = *ev;
    struct tl_field fields[4];

    if (!rows)
        return TL_ENOMEM;
    t->rows = rows;
    if (at) {
        fields[0] = time_field("start", at->start);
        fields[1] = time_field("end", at->end);
        fields[2] = text_field("outcome", tl_failure_name(at->failure));
        fields[3] = text_field("version", at->version);
        row.fields = fields;
        row.nfields = sizeof(fields) / sizeof(fields[0]);
        row.attempt = NULL;
    }
    if (!tl_event_keep(t->arena, &row, &rows[t->nrows]))
        return TL_ENOMEM;
    t->nrows++;
    return TL_OK;
}

static struct tl_str
hold(struct tl_str s, char *to, size_t cap)
{
    size_t n = s.n < cap ? s.n : cap;

    if (n > 0)
        memcpy(to, s.p, n);
    return (struct tl_str){to, n};
}

/* Remembers a failure that may turn out to be the last one of its row. */
static void
hold_failure(struct track *t, const struct tl_event *ev)
{
    t->fail = *ev;
    t->fail_attempt = *ev->attempt;
    t->fail_attempt.version = (struct tl_str){"", 0};
    t->fail.attempt = &t->fail_attempt;
    t->fail.fields = NULL; /* an attempt's fields are printed from the attempt */
    t->fail.nfields = 0;
    t->fail.message = hold(ev->message, t->fail_text, sizeof(t->fail_text));
    t->fail.who.id = hold(ev->who.id, t->fail_host, sizeof(t->fail_host));
    t->fail.who.region = hold(ev->who.region, t->fail_region, sizeof(t->fail_region));
    t->fail.who.source_type = TL_STR("endpoint");
    t->fail.cls = TL_STR("probe.failed");
    t->fail.who.account = t->fail.who.arn = t->fail.who.label = (struct tl_str){"", 0};
    t->fail.who.cluster = t->fail.input = t->fail.channel_id = (struct tl_str){"", 0};
    t->fail.event_id = t->fail.carried_id = t->fail.near = t->fail.doc = (struct tl_str){"", 0};
}

static enum tl_status
keep_version_change(struct track *t, const struct tl_event *ev, struct tl_str from)
{
    struct tl_field fields[2] = {
        {TL_STR("from_version"), TL_FIELD_TEXT, from, 0},
        {TL_STR("to_version"), TL_FIELD_TEXT, ev->attempt->version, 0},
    };
    struct tl_event change = *ev;

    change.cls = TL_STR("probe.version-changed");
    change.attempt = NULL;
    change.fields = fields;
    change.nfields = 2;
    change.severity = TL_SEVERITY_NOTICE;
    return track_keep_row(t, &change);
}

/* ---- stretches and folds ---- */

static struct fold *
current(struct track *t)
{
    return &t->folds[t->nfolds - 1];
}

void
track_end_stretch(struct fold *f)
{
    const struct stretch *s = &f->stretch;
    bool exact = s->first_end != TL_TIME_NONE;
    tl_time from = exact ? s->first_end : s->second_start;
    int64_t us;

    if (s->open || from == TL_TIME_NONE || s->last_start == TL_TIME_NONE)
        return;
    us = s->last_start - from;
    if (f->best_us == TL_UNKNOWN || us > f->best_us) {
        f->best_us = us;
        f->best_exact = exact;
    }
}

static void
begin_stretch(struct fold *f, const struct tl_attempt *at)
{
    f->stretch = (struct stretch){.first_end = at->end,
                                  .second_start = TL_TIME_NONE,
                                  .last_start = TL_TIME_NONE,
                                  .open = true};
}

static void
extend_stretch(struct fold *f, tl_time start)
{
    if (f->stretch.open)
        f->stretch.second_start = start;
    f->stretch.open = false;
    f->stretch.last_start = start;
}

static enum tl_status
add_blind(struct track *t, struct fold *f, tl_time from, tl_time to)
{
    struct tl_gap *b = tl_arena_grow(t->arena, f->blind, f->nblind, &f->blind_cap, sizeof(*b));

    if (!b)
        return TL_ENOMEM;
    f->blind = b;
    b[f->nblind++] = (struct tl_gap){from, to, t->block};
    return TL_OK;
}

static enum tl_status
open_fold(struct track *t, const struct tl_event *ev, tl_time start)
{
    const struct tl_attempt *at = ev->attempt;
    struct fold *f = tl_arena_grow(t->arena, t->folds, t->nfolds, &t->folds_cap, sizeof(*f));

    if (!f)
        return TL_ENOMEM;
    t->folds = f;
    f += t->nfolds++;
    *f = (struct fold){.best_us = TL_UNKNOWN,
                       .a_start = t->has_prev ? t->prev_start : TL_TIME_NONE,
                       .f1_start = start,
                       .f1_stamp = at->stamp,
                       .b_stamp = TL_TIME_NONE,
                       .b_end = TL_TIME_NONE,
                       .f1_end = at->end,
                       .f1_end_exact = at->end != TL_TIME_NONE,
                       .fn_start = start,
                       .start_exact = !at->stamp_end};
    f->out = (struct tl_outage){.source = TL_STR("probe"),
                                .last_ok = t->has_prev ? t->prev.stamp : TL_TIME_NONE,
                                .first_fail = at->stamp,
                                .last_fail = at->stamp,
                                .first_ok = TL_TIME_NONE,
                                .continuous = true,
                                .version_before = t->version,
                                .res_us = at->res_us};
    begin_stretch(f, at);
    t->in_outage = true;
    if (t->has_prev && at->after_gap)
        return add_blind(t, f, t->prev.stamp, at->stamp);
    return TL_OK;
}

/* Is the time between the attempt before and this one time in which nothing was tried? An elision
 * always; else a distance of more than twice the loop's period, unless the attempt before waited
 * for its timeout. */
static bool
is_blind(const struct track *t, const struct tl_attempt *at)
{
    int64_t period = track_period(t), us = at->stamp - t->prev.stamp;

    if (at->after_gap)
        return true;
    if (t->prev.end != TL_TIME_NONE && at->start != TL_TIME_NONE)
        us = at->start - t->prev.end;
    if (period == TL_UNKNOWN || t->prev.failure == TL_FAILURE_TIMEOUT)
        return false;
    return us > 2 * period + 2 * at->res_us;
}

static enum tl_status
fail_again(struct track *t, const struct tl_attempt *at, tl_time start, bool stepped)
{
    struct fold *f = current(t);
    enum tl_status st = TL_OK;

    if (stepped || is_blind(t, at)) {
        track_end_stretch(f);
        begin_stretch(f, at);
        f->out.continuous = false;
        f->stepped |= stepped;
        if (!stepped)
            st = add_blind(t, f, t->prev.stamp, at->stamp);
    } else {
        extend_stretch(f, start);
    }
    f->out.last_fail = at->stamp;
    f->fn_start = start;
    return st;
}

/* The end of an ok attempt, and that of the first failure, are bounded by the start of the next. */
static void
settle(struct track *t, const struct tl_attempt *next, bool stepped)
{
    struct fold *f = t->nfolds ? current(t) : NULL;
    struct version_flip *v = t->nflips ? &t->flips[t->nflips - 1] : NULL;

    if (v && !v->settled) {
        v->settled = true;
        if (v->new_end == TL_TIME_NONE && next->start != TL_TIME_NONE)
            v->new_end = next->start + next->res_us;
    }
    if (f && f->f1_end == TL_TIME_NONE)
        f->f1_end = next->start;
    if (!f || !f->closed || f->settled)
        return;
    f->settled = true;
    f->stepped |= stepped;
    if (f->b_end == TL_TIME_NONE && next->start != TL_TIME_NONE)
        f->b_end = next->start;
}

static enum tl_status
recover(struct track *t, const struct tl_event *ev, bool stepped)
{
    const struct tl_attempt *at = ev->attempt;
    struct fold *f = current(t);
    enum tl_status st = TL_OK;

    track_end_stretch(f);
    f->closed = true;
    f->stepped |= stepped;
    f->b_stamp = f->out.first_ok = at->stamp;
    f->b_end = at->end;
    f->b_end_exact = at->end != TL_TIME_NONE;
    f->settled = f->b_end_exact;
    t->in_outage = false;
    t->want_version_after = true;
    if (at->after_gap)
        st = add_blind(t, f, t->prev.stamp, at->stamp);
    if (!st && !t->fail_is_first)
        st = track_keep_row(t, &t->fail);
    return st ? st : track_keep_row(t, ev);
}

static enum tl_status
add_flip(struct track *t, const struct tl_attempt *at, struct tl_str from)
{
    struct version_flip *list =
        tl_arena_grow(t->arena, t->flips, t->nflips, &t->flips_cap, sizeof(*list));
    bool ended = at->end != TL_TIME_NONE;

    if (!list)
        return TL_ENOMEM;
    t->flips = list;
    list[t->nflips++] =
        (struct version_flip){.from = from,
                              .to = t->version,
                              .old_start = t->version_start,
                              .new_end = ended ? at->end + at->res_us : TL_TIME_NONE,
                              .stamp = at->stamp,
                              .old_exact = !at->stamp_end,
                              .new_exact = ended,
                              .settled = ended};
    return TL_OK;
}

/* start: a lower bound of that of the attempt. */
static enum tl_status
note_version(struct track *t, const struct tl_event *ev, tl_time start)
{
    struct tl_str v = ev->attempt->version, from = t->version;

    if (v.n == 0)
        return TL_OK;
    if (!tl_str_eq(v, from)) {
        v = tl_arena_str(t->arena, v);
        if (!v.p)
            return TL_ENOMEM;
        t->version = v;
        if (from.n == 0)
            t->version_first = t->version;
        else if (keep_version_change(t, ev, from) || add_flip(t, ev->attempt, from))
            return TL_ENOMEM;
    }
    t->version_start = start;
    if (t->want_version_after && t->nfolds > 0)
        current(t)->out.version_after = t->version;
    t->want_version_after = false;
    return TL_OK;
}

static enum tl_status
ok_attempt(struct track *t, const struct tl_event *ev, tl_time start, bool stepped)
{
    enum tl_status st = TL_OK;

    t->ok++;
    if (t->in_outage)
        st = recover(t, ev, stepped);
    return st ? st : note_version(t, ev, start);
}

static enum tl_status
failed_attempt(struct track *t, const struct tl_event *ev, tl_time start, bool stepped)
{
    enum tl_status st;

    t->fail_is_first = !t->in_outage;
    st = t->in_outage ? fail_again(t, ev->attempt, start, stepped) : open_fold(t, ev, start);
    if (st)
        return st;
    current(t)->stepped |= stepped;
    current(t)->out.attempts_failed++;
    current(t)->out.failures[ev->attempt->failure]++;
    if (t->fail_is_first)
        return track_keep_row(t, ev);
    hold_failure(t, ev);
    return TL_OK;
}

/* Inserted rows: keeps the longest distances between two of them. */
static void
row_distance(struct track *t, tl_time from, tl_time to)
{
    size_t least = 0;

    if (t->nrow_gaps < MAX_ROW_GAPS) {
        t->row_gaps[t->nrow_gaps++] = (struct row_gap){from, to, t->version};
        return;
    }
    for (size_t i = 1; i < t->nrow_gaps; i++)
        if (t->row_gaps[i].to - t->row_gaps[i].from <
            t->row_gaps[least].to - t->row_gaps[least].from)
            least = i;
    if (to - from > t->row_gaps[least].to - t->row_gaps[least].from)
        t->row_gaps[least] = (struct row_gap){from, to, t->version};
}

static void
note_distance(struct track *t, const struct tl_event *ev, bool stepped)
{
    const struct tl_attempt *at = ev->attempt;
    tl_time from = t->prev.stamp, to = at->stamp;

    if (tl_event_field(ev, TL_STR("row_id"))) {
        t->rows_seen++;
        if (t->has_prev && !at->after_gap)
            row_distance(t, to < from ? to : from, to < from ? from : to);
    }
    if (!t->has_prev || at->after_gap)
        return;
    track_distance(t, to < from ? from - to : to - from);
    if (!stepped && (t->nearest_us == TL_UNKNOWN || to - from + at->res_us < t->nearest_us))
        t->nearest_us = to - from + at->res_us;
}

/* Its local time came twice, when the clocks were put back: it is one of two moments. */
static bool
is_twofold(const struct tl_event *ev)
{
    return ev->when.latest - ev->when.earliest > ev->attempt->res_us + TL_MINUTE;
}

/* The clock went back, or may have gone by an hour unseen: no difference over it proves anything.
 */
static bool
is_step(const struct track *t, const struct tl_event *ev, bool twofold)
{
    if (!t->has_prev)
        return false;
    return ev->attempt->stamp < t->prev.stamp || twofold != t->prev_twofold ||
           (twofold && ev->attempt->after_gap);
}

enum tl_status
track_add(struct track *t, const struct tl_event *ev)
{
    const struct tl_attempt *at = ev->attempt;
    const bool twofold = is_twofold(ev), stepped = is_step(t, ev, twofold);
    tl_time start = at->stamp_end ? (t->has_prev ? t->prev.stamp : TL_TIME_NONE) : at->start;
    enum tl_status st;

    t->stepped |= stepped || twofold;
    settle(t, at, stepped);
    if (at->failure == TL_FAILURE_OK)
        st = ok_attempt(t, ev, start, stepped);
    else
        st = failed_attempt(t, ev, start, stepped);
    if (st)
        return st;
    note_distance(t, ev, stepped);
    t->attempts++;
    t->access[at->access]++;
    t->first = t->first == TL_TIME_NONE || at->stamp < t->first ? at->stamp : t->first;
    t->last = t->last == TL_TIME_NONE || at->stamp > t->last ? at->stamp : t->last;
    t->prev = *at;
    t->prev.version = (struct tl_str){"", 0};
    t->prev_start = start;
    t->prev_twofold = twofold;
    t->has_prev = true;
    return TL_OK;
}
