/*
 * fmt_events.c - the stream that `tideline events` writes, read back: every event as it was
 * classified, and the inputs from their source lines.
 */
#include "parse/formats.h"
#include "parse/json_doc.h"
#include "parse/json_split.h"

#include <stdlib.h>

enum { MAX_STREAM_ROOM = 8 * 1024 * 1024 };

struct events {
    struct json_split split;
    struct tl_buf room;
    cJSON *tree; /* of the current line */
    struct tl_attempt attempt;
    struct tl_source rest;   /* of events whose source line is missing */
    struct tl_str last_name; /* input of the event before, in r->arena */
    bool closed;             /* its source line came */
    bool ended;
};

/* ---- values ---- */

static tl_time
time_of(const cJSON *v)
{
    tl_time t;

    return tl_time_read(doc_string(v), &t) ? t : TL_TIME_NONE;
}

/* The part of a time below a millisecond: us[i]. */
static tl_time
exact_time(const cJSON *v, const cJSON *us, int i)
{
    tl_time t = time_of(v);
    int64_t rest;

    if (t != TL_TIME_NONE && doc_integer(cJSON_GetArrayItem(us, i), &rest) && rest >= 0 &&
        rest < 1000)
        t += rest;
    return t;
}

static int64_t
integer_or(const cJSON *v, int64_t otherwise)
{
    int64_t n;

    return doc_integer(v, &n) ? n : otherwise;
}

static uint32_t
small_or(const cJSON *v, uint32_t otherwise)
{
    int64_t n = integer_or(v, -1);

    return n < 0 || n > UINT32_MAX ? otherwise : (uint32_t)n;
}

static uint64_t
count_of(const cJSON *v)
{
    int64_t n = integer_or(v, 0);

    return n > 0 ? (uint64_t)n : 0;
}

/* A number with three decimals in units of 1/1000: milliseconds in us, seconds in ms. */
static int64_t
thousandths(const cJSON *v)
{
    if (!cJSON_IsNumber(v) || !(v->valuedouble >= 0.0) || !(v->valuedouble < 1e15))
        return TL_UNKNOWN;
    return (int64_t)(v->valuedouble * 1000.0 + 0.5);
}

/* ---- an event ---- */

/* The digits of a member of `fields`: cJSON keeps 53 bits of a number. */
static bool
raw_integer(struct tl_str fields, struct tl_str name, int64_t *out)
{
    struct scan s;

    scan_start(&s, false);
    if (scan_value(&s, fields) != SCAN_DONE)
        return false;
    for (size_t i = 0; i < s.nmembers; i++) {
        struct tl_str key = {fields.p + s.members[i].key_at, s.members[i].key_n};
        struct tl_str digits = {fields.p + s.members[i].at, s.members[i].n};
        bool negative = digits.n > 0 && digits.p[0] == '-';

        if (!tl_str_eq(key, name))
            continue;
        digits = tl_str_skip(digits, negative);
        if (!tl_str_int(&digits, out) || digits.n > 0)
            return false;
        *out = negative ? -*out : *out;
        return true;
    }
    return false;
}

static bool
is_time_field(struct tl_str name)
{
    return tl_str_eq(name, TL_STR("start")) || tl_str_eq(name, TL_STR("end"));
}

static struct tl_field
field_of(const cJSON *v, struct tl_str fields)
{
    struct tl_field f = {.name = tl_str_from(v->string), .type = TL_FIELD_NULL};

    if (cJSON_IsString(v)) {
        bool time = is_time_field(f.name) && tl_time_read(doc_string(v), &f.number);

        f.type = time ? TL_FIELD_TIME : TL_FIELD_TEXT;
        if (!time)
            f.text = doc_string(v);
    } else if (cJSON_IsBool(v)) {
        f.type = TL_FIELD_TEXT;
        f.text = cJSON_IsTrue(v) ? TL_STR("true") : TL_STR("false");
    } else if (doc_integer(v, &f.number) || raw_integer(fields, f.name, &f.number)) {
        f.type = TL_FIELD_INT;
    }
    return f;
}

static bool
of_attempt(const cJSON *v)
{
    static const char *const keys[] = {"start",  "end",   "outcome", "version",
                                       "access", "stamp", "res_us",  "after_gap"};

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        if (tl_str_eq(tl_str_from(v->string), tl_str_from(keys[i])))
            return true;
    return false;
}

static bool
put_fields(struct tl_reader *r, const cJSON *fields, struct tl_str raw, struct tl_event *ev)
{
    const cJSON *v;
    struct tl_field *f;
    int n = cJSON_GetArraySize(fields);

    if (n == 0)
        return true;
    f = tl_arena_alloc(&r->scratch, (size_t)n * sizeof(*f));
    if (!f)
        return false;
    ev->fields = f;
    cJSON_ArrayForEach(v, fields)
    {
        if (!ev->attempt || !of_attempt(v))
            f[ev->nfields++] = field_of(v, raw);
    }
    return true;
}

static void
put_attempt(struct tl_attempt *t, const cJSON *fields, const cJSON *us)
{
    *t = (struct tl_attempt){.failure = TL_FAILURE_OK};
    t->start = exact_time(doc_get(fields, "start"), us, 3);
    t->end = exact_time(doc_get(fields, "end"), us, 4);
    t->stamp_end = tl_str_eq(doc_text(fields, "stamp"), TL_STR("end"));
    t->stamp = t->stamp_end ? t->end : t->start;
    t->res_us = integer_or(doc_get(fields, "res_us"), TL_MS);
    t->after_gap = doc_truth(doc_get(fields, "after_gap")) == 1;
    (void)tl_failure_from(doc_text(fields, "outcome"), &t->failure);
    (void)tl_access_from(doc_text(fields, "access"), &t->access);
    t->version = doc_text(fields, "version");
}

/* In the order in which the writer puts them: see doc_step. */
static void
put_parts(struct doc_cursor *c, struct tl_event *ev)
{
    const cJSON *proofs, *v;
    struct tl_ident *who = &ev->who;
    struct tl_str phase, edge;

    who->region = doc_string(doc_step(c, "region"));
    who->id = doc_string(doc_step(c, "resource"));
    who->label = doc_string(doc_step(c, "label"));
    (void)tl_kind_from(doc_string(doc_step(c, "resource_kind")), &who->kind);
    ev->cls = doc_string(doc_step(c, "class"));
    ev->event_id = doc_string(doc_step(c, "event_id"));
    (void)tl_severity_from(doc_string(doc_step(c, "severity")), &ev->severity);
    ev->message = doc_string(doc_step(c, "message"));
    ev->input = doc_string(doc_step(c, "input"));
    ev->line = small_or(doc_step(c, "line"), 0);
    proofs = doc_step(c, "proofs");
    if (cJSON_IsArray(proofs))
        (void)tl_channel_from(doc_text(proofs->child, "channel"), &ev->channel);
    v = doc_step(c, "id"); /* `resource` is the label where there is no id */
    if (v)
        who->id = doc_string(v);
    who->account = doc_string(doc_step(c, "account"));
    who->arn = doc_string(doc_step(c, "arn"));
    who->cluster = doc_string(doc_step(c, "cluster"));
    who->source_type = doc_string(doc_step(c, "source_type"));
    ev->block = small_or(doc_step(c, "block"), 0);
    ev->carried_id = doc_string(doc_step(c, "carried_id"));
    ev->near = doc_string(doc_step(c, "near"));
    ev->doc = doc_string(doc_step(c, "doc"));
    (void)tl_str_cut(doc_string(doc_step(c, "phase")), ' ', &phase, &edge);
    (void)tl_phase_from(phase, &ev->phase);
    (void)tl_edge_from(edge, &ev->edge);
    ev->channel_id = doc_string(doc_step(c, "channel_id"));
}

/* No times at all, or earliest <= at <= latest; an attempt that ends does so after it starts. */
static bool
times_agree(const struct tl_event *ev)
{
    const struct tl_instant *w = &ev->when;
    const struct tl_attempt *t = ev->attempt;
    bool none = w->at == TL_TIME_NONE && w->earliest == TL_TIME_NONE && w->latest == TL_TIME_NONE;

    if (!none && (w->earliest == TL_TIME_NONE || w->earliest > w->at || w->at > w->latest))
        return false;
    if (!t)
        return true;
    return t->stamp != TL_TIME_NONE && t->res_us > 0 &&
           (t->start == TL_TIME_NONE || t->end == TL_TIME_NONE || t->start <= t->end);
}

static bool
put_event(struct tl_reader *r, const struct json_element *line, struct tl_event *ev)
{
    struct events *e = r->state;
    const cJSON *us = doc_get(e->tree, "us"), *fields = doc_get(e->tree, "fields");
    struct doc_cursor c = {e->tree, e->tree->child};

    ev->when.at = exact_time(doc_step(&c, "at"), us, 0);
    ev->when.earliest = exact_time(doc_step(&c, "earliest"), us, 1);
    ev->when.latest = exact_time(doc_step(&c, "latest"), us, 2);
    put_parts(&c, ev);
    if (doc_get(fields, "outcome")) {
        put_attempt(&e->attempt, fields, us);
        ev->attempt = &e->attempt;
    }
    return put_fields(r, fields, json_member(line, TL_STR("fields")), ev);
}

/* ---- a source ---- */

static struct tl_str
keep(struct tl_reader *r, struct tl_str s)
{
    return s.n > 0 ? tl_arena_str(&r->arena, s) : (struct tl_str){"", 0};
}

/* A zeroed array for the members of *list. NULL: it is empty, or there is no room (*ok = false);
 * then *list is NULL too, so that nothing is put there. */
static void *
list_room(struct tl_reader *r, const cJSON **list, size_t size, bool *ok)
{
    int n = cJSON_GetArraySize(*list);
    void *p = n > 0 ? tl_arena_alloc(&r->arena, (size_t)n * size) : NULL;

    *ok &= n == 0 || p;
    if (!p)
        *list = NULL;
    return p;
}

static bool
put_hints(struct tl_reader *r, const cJSON *el, struct tl_source *s)
{
    const cJSON *list = doc_get(el, "hints"), *odds = doc_get(el, "odd_samples"), *v;
    bool ok = true;

    s->hints = list_room(r, &list, sizeof(*s->hints), &ok);
    s->odds = list_room(r, &odds, sizeof(*s->odds), &ok);
    cJSON_ArrayForEach(v, list)
    {
        struct tl_hint *h = &s->hints[s->nhints++];

        *h = (struct tl_hint){keep(r, doc_text(v, "key")), keep(r, doc_text(v, "value")),
                              keep(r, doc_text(v, "from")), small_or(doc_get(v, "block"), 0)};
        ok &= h->key.p && h->value.p && h->from.p;
    }
    cJSON_ArrayForEach(v, odds)
    {
        struct tl_odd *o = &s->odds[s->nodds++];

        *o = (struct tl_odd){small_or(doc_get(v, "line"), 0), keep(r, doc_text(v, "why"))};
        ok &= o->why.p != NULL;
    }
    return ok;
}

static bool
put_claims(struct tl_reader *r, const cJSON *el, struct tl_source *s)
{
    const cJSON *list = doc_get(el, "claims"), *v;
    bool ok = true;

    s->claims = list_room(r, &list, sizeof(*s->claims), &ok);
    cJSON_ArrayForEach(v, list)
    {
        struct tl_claim *c = &s->claims[s->nclaims++];
        int64_t min_ms = thousandths(doc_get(v, "seconds_min"));
        int64_t max_ms = thousandths(doc_get(v, "seconds_max"));

        *c = (struct tl_claim){.line = small_or(doc_get(v, "line"), 0),
                               .block = small_or(doc_get(v, "block"), TL_NO_INDEX),
                               .text = keep(r, doc_text(v, "text")),
                               .endpoint = keep(r, doc_text(v, "endpoint")),
                               .min_us = min_ms == TL_UNKNOWN ? TL_UNKNOWN : min_ms * TL_MS,
                               .max_us = max_ms == TL_UNKNOWN ? TL_UNKNOWN : max_ms * TL_MS};
        ok &= c->text.p && c->endpoint.p;
    }
    return ok;
}

static bool
put_gaps(struct tl_reader *r, const cJSON *el, struct tl_source *s)
{
    const cJSON *list = doc_get(el, "blind"), *v;
    bool ok = true;

    s->gaps = list_room(r, &list, sizeof(*s->gaps), &ok);
    cJSON_ArrayForEach(v, list)
    {
        const cJSON *us = doc_get(v, "us");

        s->gaps[s->ngaps++] =
            (struct tl_gap){exact_time(doc_get(v, "from"), us, 0),
                            exact_time(doc_get(v, "to"), us, 1), small_or(doc_get(v, "block"), 0)};
    }
    return ok;
}

static bool
put_source(struct tl_reader *r, const cJSON *el, struct tl_source *s)
{
    *s = (struct tl_source){
        .name = keep(r, doc_text(el, "name")),
        .format = keep(r, doc_text(el, "format")),
        .sha256 = keep(r, doc_text(el, "sha256")),
        .bytes = count_of(doc_get(el, "bytes")),
        .records = count_of(doc_get(el, "records")),
        .events = count_of(doc_get(el, "events")),
        .unclassified = count_of(doc_get(el, "unclassified")),
        .odd = count_of(doc_get(el, "odd")),
        .rule_limits = count_of(doc_get(el, "rule_limits")),
        .first = time_of(doc_get(el, "first")),
        .last = time_of(doc_get(el, "last")),
        .precision_us = thousandths(doc_get(el, "precision_ms")),
        .zone_assumed = doc_truth(doc_get(el, "zone_assumed")) == 1,
        .zone = keep(r, doc_text(el, "zone")),
        .duplicate_of = TL_NO_INDEX,
    };
    return s->name.p && s->format.p && s->sha256.p && s->zone.p && put_hints(r, el, s) &&
           put_claims(r, el, s) && put_gaps(r, el, s);
}

/* ---- the stream ---- */

static enum tl_status
no_room(struct tl_error *err)
{
    return tl_fail(err, TL_ENOMEM, 0, "no room to read a stream of events");
}

static enum tl_status
take_source(struct tl_reader *r, bool *got, struct tl_error *err)
{
    struct events *e = r->state;
    struct tl_source *s = tl_arena_alloc(&r->arena, sizeof(*s));

    if (!s || !put_source(r, e->tree, s))
        return no_room(err);
    e->last_name = s->name;
    e->closed = true;
    r->pass_source = s;
    *got = true;
    return TL_OK;
}

/* Remembers which input the events are of, until its source line comes. */
static bool
note_input(struct tl_reader *r, const struct tl_event *ev)
{
    struct events *e = r->state;

    if (e->closed || !tl_str_eq(e->last_name, ev->input)) {
        e->last_name = keep(r, ev->input);
        e->rest = (struct tl_source){.name = e->last_name,
                                     .format = TL_STR("tideline-events"),
                                     .first = TL_TIME_NONE,
                                     .last = TL_TIME_NONE,
                                     .precision_us = TL_UNKNOWN,
                                     .duplicate_of = TL_NO_INDEX};
        e->closed = false;
    }
    e->rest.records++;
    e->rest.events++;
    return e->last_name.p != NULL;
}

/* The stream was cut, or lines of it are odd: that is said of an input of its own. */
static void
take_end(struct tl_reader *r, bool *got)
{
    struct events *e = r->state;

    if (!e->closed) {
        e->closed = true;
        reader_odd(r, 0, "the stream ends before the source line of %.*s",
                   e->last_name.n > 200 ? 200 : TL_FMT(e->last_name));
        r->pass_source = &e->rest;
    } else if (!e->ended && (r->source.odd > 0 || (r->unlike && e->last_name.n == 0))) {
        e->ended = true;
        if (r->source.odd == 0)
            reader_odd(r, 0, "nothing in it reads as %s", r->format->name);
        r->pass_source = &r->source;
    }
    *got = r->pass_source != NULL;
}

static enum tl_status
take_line(struct tl_reader *r, const struct json_element *el, struct tl_event *ev, bool *got,
          struct tl_error *err)
{
    struct events *e = r->state;
    struct tl_str schema = {"", 0};

    cJSON_Delete(e->tree);
    e->tree = NULL;
    (void)json_plain(el, TL_STR("schema"), &schema);
    if (!tl_str_starts(schema, TL_STR("tideline."))) {
        reader_odd(r, el->line, "a line that is no event of tideline");
        return TL_OK;
    }
    if (doc_read(el->text, &e->room, &e->tree))
        return no_room(err);
    if (e->tree && tl_str_eq(schema, TL_STR("tideline.source/1")))
        return take_source(r, got, err);
    if (!e->tree || !tl_str_eq(schema, TL_STR("tideline.event/1")) ||
        doc_text(e->tree, "class").n == 0) {
        reader_odd(r, el->line, "a line that is no event of this version of tideline");
        return TL_OK;
    }
    if (!put_event(r, el, ev))
        return no_room(err);
    if (!times_agree(ev)) {
        reader_odd(r, el->line, "an event whose times contradict each other");
        *ev = (struct tl_event){.when = TL_INSTANT_NONE};
        return TL_OK;
    }
    *got = true;
    return note_input(r, ev) ? TL_OK : no_room(err);
}

static enum tl_status
next_event(struct tl_reader *r, struct tl_event *ev, bool *got, struct tl_error *err)
{
    struct events *e = r->state;
    struct json_element el;
    enum tl_status st = TL_OK;

    while (!*got && !st) {
        enum json_item item = json_split_next(&e->split, &el);

        if (item == JSON_ODD)
            reader_odd(r, e->split.line, "%s", e->split.why);
        else if (item == JSON_FOUND)
            st = take_line(r, &el, ev, got, err);
        else
            break;
    }
    if (!*got && !st)
        take_end(r, got);
    return st;
}

static enum tl_status
open_events(struct tl_reader *r, struct tl_error *err)
{
    struct events *e = calloc(1, sizeof(*e));

    if (!e)
        return no_room(err);
    tl_buf_init(&e->room, MAX_STREAM_ROOM);
    json_split_start(&e->split, &r->feed, NULL);
    e->closed = true;
    e->last_name = TL_STR("");
    r->state = e;
    r->passes_through = true;
    return TL_OK;
}

static void
close_events(struct tl_reader *r)
{
    struct events *e = r->state;

    if (!e)
        return;
    cJSON_Delete(e->tree);
    tl_buf_free(&e->room);
    free(e);
    r->state = NULL;
}

static int
sniff_events(struct tl_reader *r, struct tl_str head, struct tl_buf *why)
{
    struct tl_memory m = {head};
    struct tl_str schema = {"", 0};
    struct json_element el;
    struct json_split s;
    struct feed feed;

    if (!tl_str_starts(tl_str_trim(head), TL_STR("{")))
        return 0;
    feed_init(&feed, tl_stream_memory(&m));
    json_split_start(&s, &feed, NULL);
    if (json_split_next(&s, &el) == JSON_FOUND)
        (void)json_plain(&el, TL_STR("schema"), &schema);
    if (!tl_str_starts(schema, TL_STR("tideline.event/")) &&
        !tl_str_starts(schema, TL_STR("tideline.source/")))
        schema.n = 0;
    else
        tl_buf_add(why, TL_STR("its lines bear the schema of `tideline events`"));
    r->scratch.failed |= feed.failed == TL_ENOMEM;
    feed_free(&feed);
    return schema.n > 0 ? 100 : 0;
}

const struct tl_format fmt_tideline_events = {.name = "tideline-events",
                                              .sniff = sniff_events,
                                              .open = open_events,
                                              .next = next_event,
                                              .close = close_events};
