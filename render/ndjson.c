/* ndjson.c - the stream of `events`: a line per event (tideline.event/1) and, after the events of
 * an input, one about the input (tideline.source/1). The same keys as in the report. */
#include "core/names.h"
#include "render/json_parts.h"
#include "render/renderers.h"

static void
put_proof(struct json *j, const struct tl_event *ev, struct tl_str input)
{
    json_open(j, TL_STR("proofs"), '[');
    json_open(j, JSON_NOKEY, '{');
    json_text(j, TL_STR("input"), input);
    json_line(j, TL_STR("line"), ev->line);
    json_text(j, TL_STR("channel"), tl_channel_name(ev->channel));
    json_close(j, '}');
    json_close(j, ']');
}

static void
put_key(struct json *j, const struct tl_event *ev)
{
    struct tl_buf key;

    tl_buf_init(&key, SIZE_MAX / 2);
    tl_ident_key(&key, &ev->who);
    if (key.failed)
        j->out->failed = key.failed;
    json_text(j, TL_STR("resource_key"), tl_buf_str(&key));
    tl_buf_free(&key);
}

static void
ndjson_event(const struct tl_event *ev, struct tl_str input, uint64_t n,
             const struct tl_render_options *o, struct tl_buf *out)
{
    const tl_time at[] = {ev->when.at, ev->when.earliest, ev->when.latest,
                          ev->attempt ? ev->attempt->start : TL_TIME_NONE,
                          ev->attempt ? ev->attempt->end : TL_TIME_NONE};
    struct json j;

    (void)o;
    json_init(&j, out, false);
    json_open(&j, JSON_NOKEY, '{');
    json_text(&j, TL_STR("schema"), TL_STR("tideline.event/1"));
    json_uint(&j, TL_STR("n"), n);
    json_null(&j, TL_STR("run"));
    json_event_when(&j, ev);
    json_null(&j, TL_STR("fused"));
    json_event_who(&j, ev);
    put_key(&j, ev);
    json_event_what(&j, ev);
    json_text(&j, TL_STR("input"), input);
    json_line(&j, TL_STR("line"), ev->line);
    put_proof(&j, ev, input);
    json_null(&j, TL_STR("twin_of"));
    json_bool(&j, TL_STR("inferred"), false);
    json_event_rest(&j, ev);
    json_us(&j, TL_STR("us"), at, sizeof(at) / sizeof(at[0]));
    json_close(&j, '}');
    json_end(&j);
}

static void
ndjson_source(const struct tl_source *s, struct tl_buf *out)
{
    struct json j;

    json_init(&j, out, false);
    json_open(&j, JSON_NOKEY, '{');
    json_text(&j, TL_STR("schema"), TL_STR("tideline.source/1"));
    json_source_members(&j, s);
    json_close(&j, '}');
    json_end(&j);
}

const struct tl_event_writer event_writer_ndjson = {
    .name = "ndjson", .event = ndjson_event, .source = ndjson_source};
