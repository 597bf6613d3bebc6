/*
 * server_fold.c - the rows of a server's log, folded into the times without service.
 *
 * A fall begins with a request, a crash, a shutdown or, where none of these was logged, with the
 * start of the next process; it ends with "ready". What is not proved to be a time without service
 * is none: a request or a crash needs a line after it that shows that the server went down, refused
 * connections alone need a "ready", a start that failed is neither a beginning nor an end.
 */
#include "timeline/server.h"

static const int64_t CRASH_US = 10 * TL_MINUTE; /* from a dead process to the end of the others */

struct fold {
    struct tl_builder *b;
    struct server *s;
    struct fall f; /* the one at hand */
    bool open;
    bool failed;              /* a start failed since the server was last known to be alive */
    struct tl_instant alive;  /* last sign of life */
    struct tl_instant served; /* last "ready" */
    struct tl_str version;
    bool heard, set_aside; /* the process at hand listens on TCP; on the socket of pg_upgrade */
    uint32_t versioned;    /* the row that names the one of this start; NONE */
};

static struct fall
no_fall(void)
{
    return (struct fall){.request = NONE,
                         .crash = NONE,
                         .shut = NONE,
                         .start = NONE,
                         .ready = NONE,
                         .was = NONE,
                         .row = NONE,
                         .last_row = NONE,
                         .fail = TL_INSTANT_NONE,
                         .last = TL_INSTANT_NONE,
                         .alive = TL_INSTANT_NONE};
}

static bool
is_proved(const struct fold *d)
{
    return d->open && d->f.fail.at != TL_TIME_NONE;
}

static void
begin(struct fold *d, uint32_t row)
{
    if (d->open)
        return;
    d->f = no_fall();
    d->f.row = row;
    d->f.alive = d->alive;
    d->f.version_before = d->version;
    d->open = true;
}

/* The server did not serve when the row was written. */
static void
prove(struct fold *d, uint32_t row)
{
    const struct tl_instant *w = &row_event(d->b, row)->when;

    if (d->f.fail.at == TL_TIME_NONE && d->f.crash != NONE) /* it began with the crash */
        d->f.fail = row_event(d->b, d->f.crash)->when;
    if (d->f.fail.at == TL_TIME_NONE)
        d->f.fail = *w;
    if (d->f.last.at == TL_TIME_NONE || w->earliest >= d->f.last.earliest)
        d->f.last = *w;
    d->f.last_row = row;
}

/* Whether what is known of a fall makes it one. */
static bool
is_worth(const struct fall *f)
{
    if (f->ready != NONE)
        return true;
    if (f->fail.at == TL_TIME_NONE || f->weak)
        return false;
    /* a start of which neither a before nor an after is known is only a start */
    return !f->was_down || f->was != NONE || f->alive.at != TL_TIME_NONE;
}

static enum tl_status
end(struct fold *d)
{
    struct server *s = d->s;
    struct fall *list;

    if (!d->open)
        return TL_OK;
    d->open = false;
    if (!is_worth(&d->f))
        return TL_OK;
    list = tl_arena_grow(&d->b->scratch, s->falls, s->nfalls, &s->falls_cap, sizeof(*list));
    if (!list)
        return TL_ENOMEM;
    s->falls = list;
    list[s->nfalls++] = d->f;
    return TL_OK;
}

/* A crash that nothing followed was that of one process. */
static void
forget_crash(struct fold *d, const struct tl_instant *now)
{
    if (d->open && !is_proved(d) && d->f.crash != NONE &&
        now->earliest - row_event(d->b, d->f.crash)->when.latest > CRASH_US) {
        d->f.crash = NONE;
        d->open = d->f.request != NONE;
    }
}

/* ---- signs ---- */

static void
take_request(struct fold *d, uint32_t row)
{
    begin(d, row);
    if (d->f.request == NONE && !is_proved(d))
        d->f.request = row;
}

static void
take_shut(struct fold *d, uint32_t row)
{
    bool first = !is_proved(d);

    begin(d, row);
    if (first && d->f.request == NONE && d->f.crash == NONE && d->failed)
        d->f.was_down = true; /* the end of a start that failed */
    prove(d, row);
    if (first)
        d->f.shut = row;
    d->f.weak = false;
}

/* PostgreSQL names the process that died; MySQL is one process. */
static void
take_crash(struct fold *d, uint32_t row)
{
    bool again = d->open && (is_proved(d) || d->f.crash != NONE);

    begin(d, row);
    if (!again)
        d->f.crash = row;
    if (again || !tl_event_field(row_event(d->b, row), TL_STR("child_pid")))
        prove(d, row);
}

/* The processes that are left find that the first one is gone. */
static void
take_orphan(struct fold *d, uint32_t row)
{
    begin(d, row);
    prove(d, row);
    d->f.weak = false;
}

static void
take_abort(struct fold *d, uint32_t row)
{
    if (d->open && (is_proved(d) || d->f.crash != NONE))
        prove(d, row);
}

static void
take_reinit(struct fold *d, uint32_t row)
{
    begin(d, row);
    prove(d, row);
    d->f.weak = false;
}

/* A session may go on for a while when the server's first process has gone: what it says proves
 * nothing. */
static bool
shows_service(const struct tl_builder *b, uint32_t row, enum sign sign)
{
    return sign != SIGN_FAILED && sign != SIGN_STARTING && sign != SIGN_REFUSED &&
           sign != SIGN_DROPPED && sign != SIGN_ORPHAN &&
           !tl_event_field(row_event(b, row), TL_STR("user"));
}

/* The last sign of life of the process before: its events, and lines that are none. */
static struct tl_instant
life_before(const struct fold *d, tl_time moment)
{
    tl_time line = d->failed ? TL_TIME_NONE : server_line_before(d->b, d->s, moment);

    if (line == TL_TIME_NONE || (d->alive.at != TL_TIME_NONE && line <= d->alive.earliest))
        return d->alive;
    return (struct tl_instant){line, line, line};
}

static void
open_with_start(struct fold *d, uint32_t row)
{
    bool fresh = !d->open || (!is_proved(d) && d->f.request == NONE && d->f.crash == NONE);

    begin(d, row);
    if (fresh) {
        d->f.alive = life_before(d, row_event(d->b, row)->when.earliest);
        d->f.was_down = true;
    }
    if (d->f.start == NONE)
        d->f.start = row;
    prove(d, row);
    d->f.weak = false;
}

/* The first version of a log is known from its start on; another one once it was ready. */
static void
note_version(struct fold *d, uint32_t row)
{
    struct tl_str v = tl_event_text(row_event(d->b, row), TL_STR("version"));

    if (v.n == 0)
        return;
    d->versioned = row;
    if (d->version.n == 0)
        d->version = v;
}

static enum tl_status
add_fields(struct fold *d, uint32_t row, const struct tl_field *more, size_t n)
{
    struct tl_event *ev = &d->b->report->rows[row].ev;
    struct tl_field *f = tl_arena_alloc(d->b->arena, (ev->nfields + n) * sizeof(*f));

    if (!f)
        return TL_ENOMEM;
    for (size_t i = 0; i < ev->nfields + n; i++)
        f[i] = i < ev->nfields ? ev->fields[i] : more[i - ev->nfields];
    ev->fields = f;
    ev->nfields += n;
    return TL_OK;
}

/* Another version than before: the row that names it tells of the change, as a probe's would. */
static enum tl_status
change_version(struct fold *d)
{
    struct tl_str from = d->version, v;

    if (d->versioned == NONE)
        return TL_OK;
    v = tl_event_text(row_event(d->b, d->versioned), TL_STR("version"));
    const struct tl_field fields[] = {
        {.name = TL_STR("from_version"), .type = TL_FIELD_TEXT, .text = from},
        {.name = TL_STR("to_version"), .type = TL_FIELD_TEXT, .text = v}};

    d->f.version_after = d->version = v;
    if (!d->open || from.n == 0 || tl_str_eq(from, v))
        return TL_OK;
    return add_fields(d, d->versioned, fields, 2);
}

/* Whether what a start says of the process before may be of the server that this log is of: for an
 * image that was started months later it is not. */
static bool
is_credible(const struct fold *d, const struct tl_instant *stated, const struct tl_instant *start)
{
    if (stated->earliest > start->latest)
        return false;
    if (d->served.at != TL_TIME_NONE && stated->latest < d->served.earliest)
        return false; /* it served after that */
    return d->s->oldest <= stated->latest || start->earliest - stated->latest <= TL_HOUR;
}

static enum tl_status
take_was(struct fold *d, uint32_t row)
{
    struct tl_instant stated = row_stated(d->b, row);
    const struct tl_instant *start;

    if (!d->open || (!is_proved(d) && d->f.crash == NONE))
        open_with_start(d, row);
    prove(d, row);
    d->f.weak = false;
    if (d->f.was != NONE || stated.at == TL_TIME_NONE || d->f.crash != NONE)
        return TL_OK;
    start = &row_event(d->b, d->f.start != NONE ? d->f.start : row)->when;
    d->f.was = row;
    d->f.too_old = !is_credible(d, &stated, start);
    if (!d->f.too_old || !d->f.was_down || d->f.alive.at != TL_TIME_NONE)
        return TL_OK;
    const struct tl_field field = {
        .name = TL_STR("last_known_up"), .type = TL_FIELD_TIME, .number = stated.at};

    return add_fields(d, row, &field, 1);
}

static void
take_refusal(struct fold *d, uint32_t row)
{
    const struct tl_instant *w = &row_event(d->b, row)->when;
    enum tl_failure why = row_refusal(d->b, row);

    if (why == TL_FAILURE_ERROR)
        return;
    if (!d->open && d->served.at != TL_TIME_NONE && w->earliest < d->served.latest + TL_SECOND)
        return; /* it was on its way when the server became ready */
    if (!d->open) {
        begin(d, row);
        d->f.weak = d->f.was_down = true;
    }
    prove(d, row);
    d->f.refused[why]++;
}

/* Where the new process listens: pg_upgrade starts servers of its own, that no client reaches. */
static void
take_listening(struct fold *d, uint32_t row)
{
    struct tl_str text = row_event(d->b, row)->message;

    open_with_start(d, row);
    d->heard |= tl_str_find(text, TL_STR("listening on IPv")) != SIZE_MAX;
    d->set_aside |= tl_str_find(text, TL_STR(".s.PGSQL.50432")) != SIZE_MAX;
}

static void
take_start(struct fold *d, uint32_t row)
{
    open_with_start(d, row);
    note_version(d, row);
    d->heard = d->set_aside = false;
}

/* MySQL names its version when it goes down, too. */
static void
note_old_version(struct fold *d, uint32_t row)
{
    if (d->version.n == 0)
        d->version = tl_event_text(row_event(d->b, row), TL_STR("version"));
}

static enum tl_status
take_ready(struct fold *d, uint32_t row)
{
    const struct tl_event *ev = row_event(d->b, row);
    enum tl_status st;

    if (d->versioned == NONE)
        note_version(d, row);
    st = change_version(d);
    d->versioned = NONE;
    if (st)
        return st;
    if (d->open && !is_proved(d) && d->f.crash != NONE)
        d->f.fail = d->f.last = row_event(d->b, d->f.crash)->when;
    if (d->open) {
        d->f.ready = d->f.last_row = row;
        d->f.read_only = tl_str_case_starts(tl_event_text(ev, TL_STR("access")), TL_STR("read"));
    }
    st = end(d);
    d->served = ev->when;
    d->failed = false;
    return st;
}

static enum tl_status
take_row(struct fold *d, uint32_t row)
{
    const struct tl_instant *when = &row_event(d->b, row)->when;
    enum sign sign = row_sign(d->b, row);
    enum tl_status st = TL_OK;

    forget_crash(d, when);
    if (sign == SIGN_READY && d->set_aside && !d->heard)
        sign = SIGN_STARTING;
    switch (sign) {
    case SIGN_REQUEST:
        note_old_version(d, row);
        take_request(d, row);
        break;
    case SIGN_SHUT:
        note_old_version(d, row);
        take_shut(d, row);
        break;
    case SIGN_START:
        take_start(d, row);
        break;
    case SIGN_WAS_SHUT:
    case SIGN_WAS_CUT:
        st = take_was(d, row);
        break;
    case SIGN_CRASH:
        take_crash(d, row);
        break;
    case SIGN_ORPHAN:
        take_orphan(d, row);
        break;
    case SIGN_LISTENING:
        take_listening(d, row);
        break;
    case SIGN_ABORT:
    case SIGN_RECOVERY:
    case SIGN_STARTING:
        take_abort(d, row);
        break;
    case SIGN_REINIT:
        take_reinit(d, row);
        break;
    case SIGN_REFUSED:
        take_refusal(d, row);
        break;
    case SIGN_READY:
        st = take_ready(d, row);
        break;
    case SIGN_FAILED:
        d->failed = true;
        break;
    default:
        break;
    }
    if (!is_proved(d) && shows_service(d->b, row, sign)) {
        d->alive = *when;
        d->failed = false;
    }
    return st;
}

enum tl_status
server_fold(struct tl_builder *b, struct server *s)
{
    struct fold d = {
        .b = b, .s = s, .versioned = NONE, .alive = TL_INSTANT_NONE, .served = TL_INSTANT_NONE};
    enum tl_status st = TL_OK;

    for (size_t i = 0; i < s->nrows && !st; i++)
        st = take_row(&d, s->rows[i]);
    return st ? st : end(&d);
}
