/*
 * cw_json.c - messages of CloudWatch Logs become records of the log in them.
 *
 * A message is one record as a rule, but may hold several, or a part of one: what begins no record
 * goes on with the last one of its stream. Records are handed out in the order in which they begin.
 */
#include <stdlib.h>
#include <string.h>

#include "parse/cw_messages.h"

enum {
    MAX_OPEN = 32,      /* records that may still go on, one per stream */
    MAX_ORIGINS = 1024, /* streams that are told apart */
    LOOK_TEXT = 64 * 1024
};

static const struct tl_str NOTHING = {"", 0};

/* A log as it can be read. */
struct inner {
    const struct log_dialect *dialect; /* NULL: none that is known */
    void *state;
    const struct log_keys *keys;
};

/* A stream of a group. */
struct origin {
    struct tl_str group, stream;
    struct log_owner owner;
    struct inner inner;
    struct origin *next;
};

/* A record that may still go on. */
struct open_record {
    struct tl_buf text, id;
    const struct origin *origin;
    struct tl_instant outer;
    uint32_t line;
    bool whole; /* nothing more belongs to it */
};

struct cw_json {
    struct tl_reader *r;
    struct cw_messages messages;
    struct inner head; /* what the beginning of the input has most of */
    struct origin *origins;
    struct origin others; /* all beyond MAX_ORIGINS: none of their messages is read */
    size_t norigins;
    struct open_record ring[MAX_OPEN];
    size_t first, nopen;
    struct cw_message message; /* at hand */
    struct origin *origin;     /* its own */
    struct tl_str rest;        /* of its lines */
    bool ended;
    bool timed, stopped; /* a record has shown its zone; the input is not read because of it */
    uint64_t nknown;     /* messages of logs that are known */
    uint64_t nbegun;     /* records in them */
    uint32_t foreign;    /* line of the first other one */
    bool failed;
};

/* ---- which log a stream is ---- */

/* What the lines of a text are read as; none is no failure. NULL: what they look like most. */
static bool
learn(struct cw_json *j, struct tl_str text, const struct log_dialect *d, struct inner *out)
{
    struct tl_error err;
    int sure;

    *out = (struct inner){.dialect = d ? d : cw_inner(j->r, text, &sure)};
    if (!out->dialect)
        return true;
    if (out->dialect->learn && out->dialect->learn(j->r, text, &out->state, &err))
        return false;
    out->keys = log_keys_of(j->r->in.catalogue, out->dialect->source);
    return out->keys != NULL;
}

static bool
begins_record(const struct inner *in, struct tl_str line)
{
    struct log_look look;

    return in->dialect &&
           in->dialect->look(in->state, line.p, line.p + line.n, &look) == LOG_RECORD;
}

static struct tl_str
first_line(struct tl_str text)
{
    struct tl_str line = NOTHING;

    (void)tl_str_line(&text, &line);
    line.n -= line.n > 0 && line.p[line.n - 1] == '\r';
    return line;
}

/* As the input begins, unless its first message says something else; as its group is called. */
static bool
choose(struct cw_json *j, struct tl_str text, struct origin *o)
{
    const struct log_dialect *d;

    if (!owner_has_errors(&o->owner))
        return true;
    o->inner = j->head;
    if (begins_record(&j->head, first_line(text)))
        return true;
    if (!learn(j, text, NULL, &o->inner))
        return false;
    if (o->inner.dialect)
        return true;
    o->inner = j->head;
    d = cw_inner_of_kind(o->owner.kind);
    if (!d || (j->head.dialect && tl_str_eq(j->head.dialect->source, d->source)))
        return true;
    return learn(j, text, d, &o->inner);
}

static bool
is_account(struct tl_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    return s.n == 12;
}

static void
note_owner(struct tl_reader *r, const struct origin *o)
{
    struct tl_str group = TL_STR("log-group"), stream = TL_STR("log-stream");

    reader_hint(r, TL_STR("region"), o->owner.region, group, 0);
    reader_hint(r, TL_STR("account"), o->owner.account, group, 0);
    reader_hint(r, TL_STR("cluster"), o->owner.cluster, group, 0);
    reader_hint(r, TL_STR("instance"), o->owner.instance, o->stream.n > 0 ? stream : group, 0);
}

static struct tl_str
keep(struct cw_json *j, struct tl_str s)
{
    return s.n > 0 ? tl_arena_str(&j->r->arena, s) : NOTHING;
}

static struct origin *
new_origin(struct cw_json *j, const struct cw_message *m)
{
    struct origin *o = tl_arena_alloc(&j->r->arena, sizeof(*o));

    if (!o)
        return NULL;
    *o = (struct origin){.group = keep(j, m->group), .stream = keep(j, m->stream)};
    o->owner = (struct log_owner){.label = NOTHING};
    o->owner.account = keep(j, is_account(m->account) ? m->account : NOTHING);
    if (!o->group.p || !o->stream.p || !o->owner.account.p)
        return NULL;
    owner_of_group(o->group, &o->owner);
    if (o->stream.n > 0)
        owner_of_stream(o->stream, &o->owner);
    if (!choose(j, m->text, o))
        return NULL;
    note_owner(j->r, o);
    o->next = j->origins;
    j->origins = o;
    j->norigins++;
    return o;
}

/* The origin of a message; NULL: out of memory. */
static struct origin *
origin_of(struct cw_json *j, const struct cw_message *m)
{
    struct origin *o = j->origin;

    if (o && tl_str_eq(o->stream, m->stream) && tl_str_eq(o->group, m->group))
        return o;
    for (o = j->origins; o; o = o->next)
        if (tl_str_eq(o->stream, m->stream) && tl_str_eq(o->group, m->group))
            return o;
    if (j->norigins < MAX_ORIGINS)
        return new_origin(j, m);
    if (j->norigins++ == MAX_ORIGINS)
        reader_odd(j->r, m->line, "more than %d log streams, the others are left out", MAX_ORIGINS);
    return &j->others;
}

/* ---- records ---- */

static struct open_record *
open_at(struct cw_json *j, size_t i)
{
    return &j->ring[(j->first + i) % MAX_OPEN];
}

/* The record of a stream that may go on, or NULL. */
static struct open_record *
open_of(struct cw_json *j, const struct origin *o)
{
    for (size_t i = j->nopen; i-- > 0;)
        if (open_at(j, i)->origin == o && !open_at(j, i)->whole)
            return open_at(j, i);
    return NULL;
}

static void
append(struct cw_json *j, struct open_record *rec, struct tl_str line)
{
    static const char pad[LOG_PAD] = {0};

    if (rec->text.n + line.n + 1 > LOG_RECORD_MAX)
        return;
    if (rec->text.n > 0)
        tl_buf_add(&rec->text, TL_STR("\n"));
    tl_buf_add(&rec->text, line);
    tl_buf_add(&rec->text, (struct tl_str){pad, sizeof(pad)}); /* room that may be looked at */
    rec->text.n -= rec->text.failed ? 0 : sizeof(pad);
    j->failed |= rec->text.failed == TL_ENOMEM;
}

/* There is room: the ring is not full. */
static void
begin(struct cw_json *j, struct tl_str line)
{
    struct open_record *rec = open_of(j, j->origin);

    if (rec)
        rec->whole = true;
    rec = open_at(j, j->nopen++);
    j->nbegun++;
    tl_buf_reset(&rec->text);
    tl_buf_reset(&rec->id);
    tl_buf_add(&rec->id, j->message.id);
    rec->origin = j->origin;
    rec->outer = j->message.outer;
    rec->line = j->message.line;
    rec->whole = false;
    append(j, rec, line);
}

/* A line of the message at hand. */
static void
take_line(struct cw_json *j)
{
    const struct inner *in = &j->origin->inner;
    struct open_record *rec;
    struct log_look look;
    struct tl_str line;

    (void)tl_str_line(&j->rest, &line);
    line.n -= line.n > 0 && line.p[line.n - 1] == '\r';
    switch (in->dialect->look(in->state, line.p, line.p + line.n, &look)) {
    case LOG_RECORD:
        begin(j, line);
        break;
    case LOG_BROKEN:
        reader_odd(j->r, j->message.line, "it begins like a record of %s, but is damaged or cut",
                   in->dialect->name);
        j->nbegun++;
        if ((rec = open_of(j, j->origin)) != NULL)
            rec->whole = true;
        break;
    case LOG_MORE:
    case LOG_ASIDE:
        if ((rec = open_of(j, j->origin)) != NULL)
            append(j, rec, line);
        break;
    }
}

/* The next message becomes the one at hand. */
static bool
take_message(struct cw_json *j)
{
    if (!cw_messages_next(&j->messages, &j->message)) {
        j->ended = true;
        j->failed |= cw_messages_failed(&j->messages);
        for (size_t i = 0; i < j->nopen; i++)
            open_at(j, i)->whole = true;
        return false;
    }
    j->origin = origin_of(j, &j->message);
    if (!j->origin) {
        j->failed = true;
        return false;
    }
    j->rest = j->message.text;
    if (j->origin->inner.dialect) {
        j->nknown++;
        return true;
    }
    j->rest = NOTHING;
    j->r->source.records++;
    if (j->foreign == 0)
        j->foreign = j->message.line;
    return true;
}

/* The time of a record that no rule knows; of the first one it decides about the zone. */
static void
note_time(struct cw_json *j, const struct open_record *rec)
{
    const struct inner *in = &rec->origin->inner;
    struct log_record read = {.when = TL_INSTANT_NONE};
    struct tl_instant when;
    const char *why = "";

    if (!in->dialect->split(j->r, in->state, tl_buf_str(&rec->text), &read, &why) || read.dateless)
        return;
    when = read.when;
    if (when.at == TL_TIME_NONE && !read.stamped)
        when = rec->outer;
    else if (when.at == TL_TIME_NONE && !j->timed)
        j->stopped = !reader_instant(j->r, &read.stamp, NULL, rec->line, &when);
    else if (when.at == TL_TIME_NONE)
        (void)reader_side_instant(j->r, &read.stamp, &when);
    j->timed |= read.stamped;
    if (!j->stopped)
        reader_note_time(j->r, when);
}

/* May a rule know the record? */
static bool
is_worth(const struct open_record *rec)
{
    const struct inner *in = &rec->origin->inner;
    struct tl_str line = first_line(tl_buf_str(&rec->text));
    struct log_look look;

    return in->dialect->look(in->state, line.p, line.p + line.n, &look) != LOG_RECORD ||
           log_keys_may(in->keys, look.message, line.p + line.n);
}

/* The oldest record is whole. *got: a rule knows it. */
static void
hand_out(struct cw_json *j, struct tl_event *ev, bool *got)
{
    struct open_record *rec = open_at(j, 0);
    const struct inner *in = &rec->origin->inner;
    tl_time near = j->r->source.last;
    struct log_text text = {.dialect = in->dialect,
                            .state = in->state,
                            .text = tl_buf_str(&rec->text),
                            .outer = rec->outer,
                            .line = rec->line};

    j->first = (j->first + 1) % MAX_OPEN;
    j->nopen--;
    if (rec->outer.at == TL_TIME_NONE && near != TL_TIME_NONE) {
        near += TL_DAY / 2 - TL_MINUTE; /* in the day behind the last record that has a time */
        text.near = &near;
    }
    note_time(j, rec);
    if (j->stopped)
        return;
    if (!is_worth(rec)) {
        j->r->source.records++;
        return;
    }
    (void)log_event(j->r, &text, ev, got);
    if (!*got)
        return;
    log_owned(j->r, &rec->origin->owner, ev);
    ev->channel_id = reader_keep(j->r, tl_buf_str(&rec->id));
}

enum tl_status
cw_json_next(struct cw_json *j, struct tl_event *ev, bool *got, struct tl_error *err)
{
    *got = false;
    while (!*got && !j->failed && !j->stopped && !j->r->scratch.failed) {
        if (j->nopen > 0 && (open_at(j, 0)->whole || j->nopen == MAX_OPEN)) {
            hand_out(j, ev, got);
            if (!*got)
                tl_arena_reset(&j->r->scratch);
        } else if (j->rest.n > 0) {
            take_line(j);
        } else if (j->ended || (!take_message(j) && j->nopen == 0)) {
            break;
        }
    }
    return j->failed ? tl_fail(err, TL_ENOMEM, 0, "no room for the records of %.*s",
                               TL_FMT(j->r->in.name))
                     : TL_OK;
}

/* ---- looking, opening ---- */

static enum tl_status
collect(struct tl_reader *r, struct tl_str head, struct tl_buf *text, struct cw_look *out)
{
    struct tl_memory memory = {head};
    struct cw_message message;
    struct cw_messages m;
    struct feed feed;
    bool failed;

    feed_init(&feed, tl_stream_memory(&memory));
    cw_messages_start(&m, &feed, NULL);
    tl_buf_init(text, LOOK_TEXT + 1024);
    while (text->n < LOOK_TEXT && cw_messages_next(&m, &message)) {
        out->messages++;
        if (text->n + message.text.n > LOOK_TEXT)
            message.text.n = LOOK_TEXT - text->n;
        tl_buf_add(text, message.text);
        if (message.text.n == 0 || message.text.p[message.text.n - 1] != '\n')
            tl_buf_add(text, TL_STR("\n"));
    }
    out->answer = m.answer;
    out->share = (unsigned)(feed.offset > 0 ? m.bytes * 100 / feed.offset : 0);
    failed = cw_messages_failed(&m) || feed.failed || text->failed == TL_ENOMEM;
    r->scratch.failed |= failed;
    cw_messages_end(&m);
    feed_free(&feed);
    return failed ? TL_ENOMEM : TL_OK;
}

void
cw_json_look(struct tl_reader *r, struct tl_str head, struct cw_look *out)
{
    struct tl_buf text;

    *out = (struct cw_look){.inner = NULL};
    if (!collect(r, head, &text, out) && out->messages > 0)
        out->inner = cw_inner(r, tl_buf_str(&text), &out->sure);
    tl_buf_free(&text);
}

static bool
learn_head(struct cw_json *j)
{
    struct tl_str head = feed_peek(&j->r->feed, HEAD_SIZE);
    struct cw_look look = {.inner = NULL};
    struct tl_buf text;
    bool ok;

    head.n = head.n < HEAD_SIZE ? head.n : HEAD_SIZE;
    ok = !collect(j->r, head, &text, &look) && learn(j, tl_buf_str(&text), NULL, &j->head);
    tl_buf_free(&text);
    return ok;
}

struct cw_json *
cw_json_open(struct tl_reader *r)
{
    struct cw_json *j = calloc(1, sizeof(*j));

    if (!j)
        return NULL;
    j->r = r;
    r->counts_records = true;
    cw_messages_start(&j->messages, &r->feed, r);
    for (size_t i = 0; i < MAX_OPEN; i++) {
        tl_buf_init(&j->ring[i].text, LOG_RECORD_MAX + 1024);
        tl_buf_init(&j->ring[i].id, 4096);
    }
    log_name_hints(r);
    if (learn_head(j))
        return j;
    cw_json_close(j);
    return NULL;
}

void
cw_json_finish(struct cw_json *j)
{
    if (j->foreign > 0 && j->nknown == 0)
        reader_odd(j->r, j->foreign, "messages of CloudWatch Logs, but of no log that is known");
    else if (j->nknown > 0 && j->nbegun == 0)
        reader_odd(j->r, 1, "messages of CloudWatch Logs, but none begins a record of a log");
}

void
cw_json_close(struct cw_json *j)
{
    if (!j)
        return;
    for (size_t i = 0; i < MAX_OPEN; i++) {
        tl_buf_free(&j->ring[i].text);
        tl_buf_free(&j->ring[i].id);
    }
    cw_messages_end(&j->messages);
    free(j);
}
