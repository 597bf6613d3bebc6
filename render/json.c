/* json.c - the report as JSON, schema tideline.report/1 (docs/json-schema.md). */
#include "core/names.h"
#include "core/version.h"
#include "render/json_parts.h"
#include "render/renderers.h"

enum { AHEAD = 4 }; /* rows */

static void
put_inputs(struct json *j, const struct tl_report *r)
{
    json_open(j, TL_STR("inputs"), '[');
    for (size_t i = 0; i < r->ninputs; i++) {
        uint32_t twin = r->inputs[i].duplicate_of;

        json_open(j, JSON_NOKEY, '{');
        json_source_members(j, &r->inputs[i]);
        json_int(j, TL_STR("duplicate_of"), twin == TL_NO_INDEX ? TL_UNKNOWN : (int64_t)twin);
        json_close(j, '}');
    }
    json_close(j, ']');
    json_open(j, TL_STR("assumptions"), '[');
    for (size_t i = 0; i < r->nassumptions; i++) {
        json_open(j, JSON_NOKEY, '{');
        json_text(j, TL_STR("name"), r->assumptions[i].name);
        json_text(j, TL_STR("text"), r->assumptions[i].text);
        json_uint(j, TL_STR("used_by"), r->assumptions[i].used_by);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void
put_proofs(struct json *j, const struct tl_row *row)
{
    json_open(j, TL_STR("proofs"), '[');
    for (size_t i = 0; i < row->nproofs; i++) {
        json_open(j, JSON_NOKEY, '{');
        json_uint(j, TL_STR("input"), row->proofs[i].input);
        json_line(j, TL_STR("line"), row->proofs[i].line);
        json_text(j, TL_STR("channel"), tl_channel_name(row->proofs[i].channel));
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void
put_fused(struct json *j, const struct tl_fused *f)
{
    if (!f->present) {
        json_null(j, TL_STR("fused"));
        return;
    }
    json_open(j, TL_STR("fused"), '{');
    json_time(j, TL_STR("earliest"), f->min);
    json_time(j, TL_STR("latest"), f->max);
    json_strs(j, TL_STR("assumes"), f->assumes, f->nassumes);
    json_close(j, '}');
}

static void
put_row(struct json *j, const struct tl_report *r, size_t i)
{
    const struct tl_row *row = &r->rows[i];
    struct tl_str run = row->run < r->nruns ? r->runs[row->run].id : TL_STR("");

    json_open(j, JSON_NOKEY, '{');
    json_uint(j, TL_STR("n"), i + 1);
    json_str(j, TL_STR("run"), run);
    json_event_when(j, &row->ev);
    put_fused(j, &row->fused);
    json_event_who(j, &row->ev);
    json_text(j, TL_STR("resource_key"), row->key);
    json_event_what(j, &row->ev);
    json_int(j, TL_STR("input"), row->input == TL_NO_INDEX ? TL_UNKNOWN : (int64_t)row->input);
    json_line(j, TL_STR("line"), row->ev.line);
    put_proofs(j, row);
    json_nth(j, TL_STR("twin_of"), row->twin_of);
    json_bool(j, TL_STR("inferred"), row->inferred);
    json_event_rest(j, &row->ev);
    json_close(j, '}');
}

/* The texts of a row that is soon written: a report of a million has them all over memory. */
static void
fetch(const struct tl_row *row)
{
    __builtin_prefetch(row->key.p);
    __builtin_prefetch(row->ev.message.p);
    __builtin_prefetch(row->ev.who.id.p);
    __builtin_prefetch(row->ev.who.label.p);
    __builtin_prefetch(row->ev.who.arn.p);
}

static enum tl_status
json_write(const struct tl_report *r, const struct tl_render_options *o, struct tl_buf *out,
           struct tl_error *err)
{
    struct json j;

    json_init(&j, out, true);
    j.sink = o->sink;
    json_open(&j, JSON_NOKEY, '{');
    json_text(&j, TL_STR("schema"), TL_STR("tideline.report/1"));
    json_open(&j, TL_STR("tool"), '{');
    json_text(&j, TL_STR("name"), TL_STR("tideline"));
    json_text(&j, TL_STR("version"), TL_STR(TL_VERSION));
    json_text(&j, TL_STR("rules_sha256"), r->rules_sha256);
    json_close(&j, '}');
    put_inputs(&j, r);
    json_runs(&j, r);
    json_open(&j, TL_STR("events"), '[');
    for (size_t i = 0; i < r->nrows && !out->failed; i++) {
        if (i + AHEAD < r->nrows)
            fetch(&r->rows[i + AHEAD]);
        put_row(&j, r, i);
    }
    json_close(&j, ']');
    json_outages(&j, TL_STR("outages"), r->outages, r->noutages);
    json_findings(&j, TL_STR("findings"), r->findings, r->nfindings);
    json_uint(&j, TL_STR("rows_left_out"), r->rows_left_out);
    json_close(&j, '}');
    json_end(&j);
    return render_done(out, err);
}

const struct tl_renderer renderer_json = {
    .name = "json", .help = "the report for programs, docs/json-schema.md", .write = json_write};
