#include "render/json_parts.h"

#include "core/names.h"

void
json_event_when(struct json *j, const struct tl_event *ev)
{
    json_time(j, TL_STR("at"), ev->when.at);
    json_time(j, TL_STR("earliest"), ev->when.earliest);
    json_time(j, TL_STR("latest"), ev->when.latest);
}

void
json_event_who(struct json *j, const struct tl_event *ev)
{
    const struct tl_ident *who = &ev->who;

    json_str(j, TL_STR("region"), who->region);
    json_str(j, TL_STR("resource"), who->id.n > 0 ? who->id : who->label);
    json_text(j, TL_STR("label"), who->label.n > 0 ? who->label : who->id);
    json_text(j, TL_STR("resource_kind"), tl_kind_name(who->kind));
}

static const struct tl_str attempt_keys[] = {
    {"start", 5},  {"end", 3},   {"outcome", 7}, {"version", 7},
    {"access", 6}, {"stamp", 5}, {"res_us", 6},  {"after_gap", 9},
};

static bool
is_attempt_key(struct tl_str name)
{
    for (size_t i = 0; i < sizeof(attempt_keys) / sizeof(attempt_keys[0]); i++)
        if (tl_str_eq(attempt_keys[i], name))
            return true;
    return false;
}

static void
put_attempt(struct json *j, const struct tl_attempt *a)
{
    const struct tl_str *key = attempt_keys;

    json_time(j, *key++, a->start);
    json_time(j, *key++, a->end);
    json_text(j, *key++, tl_failure_name(a->failure));
    json_str(j, *key++, a->version);
    json_str(j, *key++, tl_access_name(a->access));
    json_text(j, *key++, a->stamp_end ? TL_STR("end") : TL_STR("start"));
    json_int(j, *key++, a->res_us);
    json_bool(j, *key, a->after_gap);
}

static void
put_field(struct json *j, const struct tl_field *f)
{
    json_name(j, f->name);
    switch (f->type) {
    case TL_FIELD_TEXT:
        json_text(j, JSON_NOKEY, f->text);
        break;
    case TL_FIELD_INT:
        json_int(j, JSON_NOKEY, f->number);
        break;
    case TL_FIELD_TIME:
        json_time(j, JSON_NOKEY, f->number);
        break;
    case TL_FIELD_NULL:
        json_null(j, JSON_NOKEY);
        break;
    }
}

void
json_event_what(struct json *j, const struct tl_event *ev)
{
    json_text(j, TL_STR("class"), ev->cls);
    json_str(j, TL_STR("event_id"), ev->event_id);
    json_text(j, TL_STR("severity"), tl_severity_name(ev->severity));
    json_open(j, TL_STR("fields"), '{');
    if (ev->attempt)
        put_attempt(j, ev->attempt);
    for (size_t i = 0; i < ev->nfields; i++)
        if (!ev->attempt || !is_attempt_key(ev->fields[i].name))
            put_field(j, &ev->fields[i]);
    json_close(j, '}');
    json_text(j, TL_STR("message"), ev->message);
}

/* "zdp begin", or null. */
static void
put_phase(struct json *j, enum tl_phase phase, enum tl_edge edge)
{
    char text[32];
    struct tl_str p = tl_phase_name(phase), e = tl_edge_name(edge);
    size_t n = 0;

    if (p.n == 0 || e.n == 0 || p.n + e.n + 1 > sizeof(text)) {
        json_str(j, TL_STR("phase"), p);
        return;
    }
    for (size_t i = 0; i < p.n; i++)
        text[n++] = p.p[i];
    text[n++] = ' ';
    for (size_t i = 0; i < e.n; i++)
        text[n++] = e.p[i];
    json_text(j, TL_STR("phase"), (struct tl_str){text, n});
}

void
json_event_rest(struct json *j, const struct tl_event *ev)
{
    json_str(j, TL_STR("id"), ev->who.id);
    json_str(j, TL_STR("account"), ev->who.account);
    json_str(j, TL_STR("arn"), ev->who.arn);
    json_str(j, TL_STR("cluster"), ev->who.cluster);
    json_str(j, TL_STR("source_type"), ev->who.source_type);
    json_uint(j, TL_STR("block"), ev->block);
    json_str(j, TL_STR("carried_id"), ev->carried_id);
    json_str(j, TL_STR("near"), ev->near);
    json_str(j, TL_STR("doc"), ev->doc);
    put_phase(j, ev->phase, ev->edge);
    json_str(j, TL_STR("channel_id"), ev->channel_id);
}

/* Microseconds as milliseconds: whole where they are. */
static void
put_ms(struct json *j, struct tl_str key, int64_t us)
{
    if (us == TL_UNKNOWN || us % 1000 == 0)
        json_int(j, key, us == TL_UNKNOWN ? us : us / 1000);
    else
        json_millis(j, key, us);
}

static void
put_hints(struct json *j, const struct tl_source *s)
{
    json_open(j, TL_STR("hints"), '[');
    for (size_t i = 0; i < s->nhints; i++) {
        json_open(j, JSON_NOKEY, '{');
        json_text(j, TL_STR("key"), s->hints[i].key);
        json_text(j, TL_STR("value"), s->hints[i].value);
        json_text(j, TL_STR("from"), s->hints[i].from);
        json_uint(j, TL_STR("block"), s->hints[i].block);
        json_close(j, '}');
    }
    json_close(j, ']');
    json_open(j, TL_STR("odd_samples"), '[');
    for (size_t i = 0; i < s->nodds; i++) {
        json_open(j, JSON_NOKEY, '{');
        json_line(j, TL_STR("line"), s->odds[i].line);
        json_text(j, TL_STR("why"), s->odds[i].why);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void
put_claims(struct json *j, const struct tl_source *s)
{
    json_open(j, TL_STR("claims"), '[');
    for (size_t i = 0; i < s->nclaims; i++) {
        const struct tl_claim *c = &s->claims[i];

        json_open(j, JSON_NOKEY, '{');
        json_line(j, TL_STR("line"), c->line);
        json_text(j, TL_STR("text"), c->text);
        json_str(j, TL_STR("endpoint"), c->endpoint);
        json_seconds(j, TL_STR("seconds_min"), c->min_us);
        json_seconds(j, TL_STR("seconds_max"), c->max_us);
        json_int(j, TL_STR("block"), c->block == TL_NO_INDEX ? TL_UNKNOWN : (int64_t)c->block);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void
put_gaps(struct json *j, const struct tl_source *s)
{
    json_open(j, TL_STR("blind"), '[');
    for (size_t i = 0; i < s->ngaps; i++) {
        const tl_time at[] = {s->gaps[i].from, s->gaps[i].to};

        json_open(j, JSON_NOKEY, '{');
        json_time(j, TL_STR("from"), at[0]);
        json_time(j, TL_STR("to"), at[1]);
        json_uint(j, TL_STR("block"), s->gaps[i].block);
        json_us(j, TL_STR("us"), at, 2);
        json_close(j, '}');
    }
    json_close(j, ']');
}

void
json_source_members(struct json *j, const struct tl_source *s)
{
    json_text(j, TL_STR("name"), s->name);
    json_text(j, TL_STR("format"), s->format);
    json_str(j, TL_STR("sha256"), s->sha256);
    json_uint(j, TL_STR("bytes"), s->bytes);
    json_uint(j, TL_STR("records"), s->records);
    json_uint(j, TL_STR("events"), s->events);
    json_uint(j, TL_STR("unclassified"), s->unclassified);
    json_uint(j, TL_STR("odd"), s->odd);
    json_time(j, TL_STR("first"), s->first);
    json_time(j, TL_STR("last"), s->last);
    put_ms(j, TL_STR("precision_ms"), s->precision_us);
    if (s->skew && s->skew->offset.min_us != TL_UNKNOWN)
        json_span(j, TL_STR("skew_s"), s->skew->offset);
    else
        json_null(j, TL_STR("skew_s"));
    put_hints(j, s);
    put_claims(j, s);
    put_gaps(j, s);
    json_bool(j, TL_STR("zone_assumed"), s->zone_assumed);
    json_str(j, TL_STR("zone"), s->zone);
    json_uint(j, TL_STR("rule_limits"), s->rule_limits);
}
