/*
 * probe.c - the output of a loop that asks an endpoint again and again: a time, then what the
 * attempt printed. Also rows that a loop inserted, each with its time.
 *
 * An attempt is what stands from one time to the next. Nothing is invented: where the log does not
 * say how an attempt went, there is no attempt, and the line is odd.
 */
#include <string.h>

#include "parse/formats.h"
#include "parse/probe_loop.h"

/* ---- detection ---- */

static bool
is_loud(const struct probe_survey *s)
{
    return s->loud >= 2 && s->loud * 10 >= s->silent;
}

static int
sure(const struct probe_survey *s)
{
    size_t good = s->strong + s->repeated + s->silent + s->steps;

    if (probe_is_rows(s))
        return 92;
    if (s->stamped == 0 || s->server_log > 0 || s->statuses * 2 > s->stamped)
        return 0;
    if (s->loud == 0 && s->newest > 1 && s->newest * 2 > s->stamped)
        return 0; /* nothing went well, and every error is another: a list of something else */
    if (s->stray > 1 + s->lines / 50 || good * 5 < s->stamped * 4)
        return 0;
    if (s->strong + s->steps > 0)
        return (s->strong + s->steps) * 2 >= s->stamped ? 95 : 90;
    if (s->errors > 0 && s->silent > 0)
        return 88;
    if (s->repeated >= 3)
        return 60;
    return s->silent >= 5 && s->silent == s->stamped ? 50 : 0;
}

static int
probe_sniff(struct tl_reader *r, struct tl_str head, struct tl_buf *why)
{
    struct probe_survey s;
    int score;

    probe_look(head, r->in.zones, &s);
    score = sure(&s);
    if (score > 0 && s.rows > s.stamped)
        tl_buf_addf(why, "%zu rows of an id and a time", s.rows);
    else if (score > 0)
        tl_buf_addf(why, "%zu times with what an attempt printed behind them", s.stamped);
    return score;
}

/* ---- hints ---- */

/* The host in a file's name: "probe-db.cluster-abc.us-east-1.rds.amazonaws.com.log". */
static void
hints_of_name(struct tl_reader *r)
{
    struct tl_str host, region = tl_find_region(r->in.name);
    struct tl_host h;

    if (probe_find_host(r->in.name, &host) && tl_host_read(host, &h)) {
        reader_hint(r, TL_STR("endpoint"), host, TL_STR("name"), 0);
        region = h.region;
    }
    if (region.n > 0)
        reader_hint(r, TL_STR("region"), region, TL_STR("name"), 0);
}

static void
hint_sleep(struct tl_reader *r, int64_t us, struct tl_str from)
{
    struct tl_buf b;

    tl_buf_init(&b, 64);
    probe_print_seconds(&b, us);
    if (!b.failed)
        reader_hint(r, TL_STR("sleep"), tl_buf_str(&b), from, 0);
    tl_arena_follow(&r->arena, &b);
    tl_buf_free(&b);
}

static enum tl_status
probe_open(struct tl_reader *r, struct tl_error *err)
{
    struct loop *l = tl_arena_alloc(&r->arena, sizeof(*l));
    struct tl_str head = feed_peek(&r->feed, HEAD_SIZE);
    struct probe_survey s;

    if (!l)
        return tl_fail(err, TL_ENOMEM, 0, "no room to read a probe log");
    r->state = l;
    for (unsigned i = 0; i < RING; i++)
        tl_buf_init(&l->slots[i].text, MAX_MESSAGE);
    tl_buf_init(&l->cache, 4096);
    tl_buf_init(&l->orphan, MAX_MESSAGE);
    l->last_at = l->next_at = TL_TIME_NONE;
    if (head.n > HEAD_SIZE)
        head.n = HEAD_SIZE;
    probe_look(head, r->in.zones, &s);
    l->shapes =
        (s.labelled * 2 > s.stamped ? PROBE_LABELS : 0) | (probe_is_rows(&s) ? PROBE_ROWS : 0);
    l->loud = is_loud(&s);
    l->steps = s.steps > 0;
    l->stamp_end = r->in.hints.stamp_given && r->in.hints.stamp == TL_STAMP_END;
    hints_of_name(r);
    if (r->in.hints.sleep_us != TL_UNKNOWN)
        hint_sleep(r, r->in.hints.sleep_us, TL_STR("as"));
    if (r->in.hints.stamp_given)
        reader_hint(r, TL_STR("stamp"), l->stamp_end ? TL_STR("end") : TL_STR("start"),
                    TL_STR("as"), 0);
    return TL_OK;
}

static void
probe_close(struct tl_reader *r)
{
    struct loop *l = r->state;

    if (!l)
        return;
    for (unsigned i = 0; i < RING; i++)
        tl_buf_free(&l->slots[i].text);
    tl_buf_free(&l->cache);
    tl_buf_free(&l->orphan);
}

/* ---- times ---- */

/* A time of day belongs to the day of date=, or to one after it when the clock has gone round. */
static void
complete_date(struct tl_reader *r, struct loop *l, struct tl_stamp *s)
{
    tl_time at;

    if (s->dated || r->in.hints.date == TL_TIME_NONE)
        return;
    at = r->in.hints.date + l->day_us + s->local;
    if (l->any_stamp && at < l->last_at - TL_DAY / 2) {
        l->day_us += TL_DAY;
        at += TL_DAY;
    }
    s->local = at;
    s->dated = true;
}

/* False after reader_odd. A log whose first time cannot be placed is not read at all. */
static bool
instant_of(struct tl_reader *r, struct loop *l, struct tl_stamp *s, struct tl_instant *out)
{
    uint32_t line = (uint32_t)r->feed.line;

    complete_date(r, l, s);
    if (s->dated && !s->yearless && s->zone == TL_ZONE_OFFSET) {
        *out = tl_instant_of(s->local - s->offset_us, s->res_us);
    } else if (s->dated && !s->yearless && s->zone == TL_ZONE_ABSENT && !r->in.hints.tz &&
               r->source.zone_assumed) {
        *out = tl_instant_of(s->local, s->res_us); /* UTC, as reader_instant has noted */
    } else if (!reader_instant(r, s, NULL, line, out)) {
        l->dead = !l->any_stamp;
        return false;
    }
    if (l->any_stamp && out->at < l->last_at && !(l->shapes & PROBE_ROWS))
        reader_odd(r, line, "the time is before the one above it");
    return true;
}

/* Notes the time of a stamped line; a gap ends here. True: an elision stands before it. */
static bool
note_time(struct tl_reader *r, struct loop *l, tl_time at)
{
    bool gap = l->gap && l->any_stamp;

    if (gap)
        reader_gap(r, l->last_at, at);
    l->gap = false;
    l->any_stamp = true;
    l->last_at = at;
    return gap;
}

/* ---- stamped lines ---- */

static void
end_at(struct slot *c, tl_time at)
{
    c->stamp_end = true;
    c->start = TL_TIME_NONE;
    c->end = c->stamp = at;
}

/* Lines that stood before a time that is printed after its attempt. */
static void
take_orphans(struct tl_reader *r, struct loop *l, struct slot *c)
{
    struct tl_str rest = tl_buf_str(&l->orphan), line;

    while (tl_str_line(&rest, &line))
        slot_line(r, l, c, line, c->line);
    tl_buf_reset(&l->orphan);
}

static struct slot *
begin(struct tl_reader *r, struct loop *l, const struct probe_line *p, const struct tl_instant *at)
{
    struct slot *c;

    l->next_at = at->at;
    loop_close(r, l, CLOSED_BY_STAMP);
    l->next_at = TL_TIME_NONE;
    c = loop_push(l, at, p->stamp.res_us, (uint32_t)r->feed.line);
    c->after_gap = note_time(r, l, at->at);
    return c;
}

/* A line of a loop that prints its steps, and this one is none: how the attempt ended. */
static void
take_outcome(struct tl_reader *r, struct loop *l, const struct probe_line *p,
             const struct tl_instant *at)
{
    struct slot *c = loop_current(l);

    if (!c || c->step == STEP_NONE || c->decided) {
        c = begin(r, l, p, at);
        end_at(c, at->at);
        slot_inline(l, c, p->text);
        return;
    }
    (void)note_time(r, l, at->at);
    c->end = at->at;
    slot_line(r, l, c, p->text, (uint32_t)r->feed.line);
}

static void
take_step(struct tl_reader *r, struct loop *l, const struct probe_line *p,
          const struct tl_instant *at)
{
    struct slot *c = loop_current(l);

    if (p->kind == LINE_QUERY && c && c->step == STEP_OPENING && !c->decided) {
        (void)note_time(r, l, at->at); /* the connection stands: the query is the attempt */
        c->when = *at;
        c->start = c->stamp = at->at;
        c->line = (uint32_t)r->feed.line;
    } else {
        c = begin(r, l, p, at);
    }
    c->step = p->kind == LINE_QUERY ? STEP_QUERYING : STEP_OPENING;
    c->result |= p->kind == LINE_QUERY;
    (void)slot_add_text(c, p->text);
}

static enum tl_status
take_row(struct tl_reader *r, struct loop *l, const struct probe_line *p,
         const struct tl_instant *at, struct tl_error *err)
{
    enum tl_status st = rows_add(r, l, at->at, p->row_id, err);
    struct slot *c;

    if (st)
        return st;
    c = begin(r, l, p, at);
    (void)slot_add_text(c, p->text);
    c->row_id = p->row_id;
    c->decided = c->is_inline = true;
    return TL_OK;
}

static enum tl_status
take_stamped(struct tl_reader *r, struct loop *l, struct probe_line *p, struct tl_error *err)
{
    struct tl_instant at;
    struct slot *c;

    if (!instant_of(r, l, &p->stamp, &at)) {
        loop_close(r, l, CLOSED_BY_ELISION); /* what follows belongs to an attempt without a time */
        return TL_OK;
    }
    if (p->kind == LINE_ROW)
        return take_row(r, l, p, &at, err);
    if (p->kind != LINE_STAMP) {
        take_step(r, l, p, &at);
        return TL_OK;
    }
    if (l->steps) {
        take_outcome(r, l, p, &at);
        return TL_OK;
    }
    c = begin(r, l, p, &at);
    if (l->stamp_end)
        end_at(c, at.at);
    slot_inline(l, c, p->text);
    if (l->stamp_end && p->text.n == 0)
        take_orphans(r, l, c);
    else
        tl_buf_reset(&l->orphan);
    return TL_OK;
}

/* ---- the other lines ---- */

static void
add_orphan(struct loop *l, struct tl_str text)
{
    if (l->orphan.n + text.n + 1 > MAX_MESSAGE)
        return;
    if (l->orphan.n > 0)
        tl_buf_add(&l->orphan, TL_STR("\n"));
    tl_buf_add(&l->orphan, text);
}

static void
take_text(struct tl_reader *r, struct loop *l, struct tl_str text)
{
    struct slot *c = loop_current(l);
    uint32_t line = (uint32_t)r->feed.line;

    if (l->stamp_end && (!c || !c->is_inline))
        add_orphan(l, text); /* its stamp comes below it */
    else if (c && c->row_id == TL_UNKNOWN)
        slot_line(r, l, c, text, line);
    else if (!(l->shapes & PROBE_ROWS) || !memchr(text.p, '|', text.n)) /* else: a header of rows */
        reader_odd(r, line, "a line before the first time of a probe, or between two parts of it");
}

static void
take_other(struct tl_reader *r, struct loop *l, const struct probe_line *p)
{
    struct slot *c = loop_current(l);
    int64_t us;

    switch (p->kind) {
    case LINE_ELISION:
        loop_close(r, l, CLOSED_BY_ELISION);
        tl_buf_reset(&l->orphan);
        l->gap = true;
        break;
    case LINE_RULE:
        l->header = c && !c->failed;
        break;
    case LINE_SOURCE:
        if (p->text.p[0] != '#' && probe_find_sleep(p->text, &us))
            hint_sleep(r, us, TL_STR("document"));
        break;
    case LINE_TEXT:
        take_text(r, l, p->text);
        break;
    default: /* blank lines and decoration */
        break;
    }
}

static bool
ends_whole(const struct feed *f)
{
    return f->from > 0 && f->buf[f->from - 1] == '\n';
}

/* A text of an attempt that did not fit into memory must not pass for the whole text. */
static void
follow_buffers(struct tl_reader *r, const struct loop *l)
{
    for (unsigned i = 0; i < RING; i++)
        tl_arena_follow(&r->scratch, &l->slots[i].text);
    tl_arena_follow(&r->scratch, &l->orphan);
    tl_arena_follow(&r->scratch, &l->cache);
}

static enum tl_status
probe_next(struct tl_reader *r, struct tl_event *ev, bool *got, struct tl_error *err)
{
    struct loop *l = r->state;
    enum tl_status st = TL_OK;
    struct probe_line p;
    struct tl_str line;

    while (!st && l->ready == 0 && !l->ended) {
        if (l->dead || !feed_line(&r->feed, &line)) {
            loop_close(r, l, CLOSED_BY_END);
            l->ready = l->count;
            l->ended = true;
            break;
        }
        l->whole_line = ends_whole(&r->feed);
        probe_read_line(line, r->in.zones, l->shapes, &p);
        if (p.kind == LINE_STAMP || p.kind == LINE_OPEN || p.kind == LINE_QUERY ||
            p.kind == LINE_ROW)
            st = take_stamped(r, l, &p, err);
        else
            take_other(r, l, &p);
    }
    *got = !st && l->ready > 0;
    if (*got)
        loop_emit(r, l, ev);
    follow_buffers(r, l);
    return st;
}

static enum tl_status
probe_finish(struct tl_reader *r, struct tl_error *err)
{
    struct loop *l = r->state;

    (void)err;
    rows_finish(r, l->rows);
    return TL_OK;
}

const struct tl_format fmt_probe = {.name = "probe",
                                    .sniff = probe_sniff,
                                    .surest = 95,
                                    .open = probe_open,
                                    .next = probe_next,
                                    .finish = probe_finish,
                                    .close = probe_close};
