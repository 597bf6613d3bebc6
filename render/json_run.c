/* json_run.c - the objects of `runs`, and those that a report has for evidence of no run. */
#include "core/names.h"
#include "render/json_parts.h"

static void
put_requested(struct json *j, const struct tl_request *q)
{
    if (q->event == TL_NO_INDEX) {
        json_null(j, TL_STR("requested"));
        return;
    }
    json_open(j, TL_STR("requested"), '{');
    json_str(j, TL_STR("by"), q->by);
    json_str(j, TL_STR("via"), q->via);
    json_time(j, TL_STR("at"), q->at);
    json_nth(j, TL_STR("event"), q->event);
    json_close(j, '}');
}

static void
put_clock(struct json *j, struct tl_str key, struct tl_span s)
{
    if (s.min_us == TL_UNKNOWN && s.max_us == TL_UNKNOWN)
        json_null(j, key);
    else
        json_span(j, key, s);
}

static void
put_clocks(struct json *j, const struct tl_run *run)
{
    json_open(j, TL_STR("clocks"), '{');
    put_clock(j, TL_STR("operation"), run->operation);
    put_clock(j, TL_STR("database"), run->database);
    put_clock(j, TL_STR("endpoint"), run->endpoint);
    put_clock(j, TL_STR("recovered"), run->recovered);
    put_clock(j, TL_STR("announced"), run->announced);
    json_close(j, '}');
}

static void
put_resource(struct json *j, const struct tl_resource *r)
{
    json_open(j, JSON_NOKEY, '{');
    json_text(j, TL_STR("key"), r->key);
    json_str(j, TL_STR("id"), r->id);
    json_text(j, TL_STR("label"), r->label.n > 0 ? r->label : r->id);
    json_text(j, TL_STR("kind"), tl_kind_name(r->kind));
    json_str(j, TL_STR("region"), r->region);
    json_str(j, TL_STR("arn"), r->arn);
    json_str(j, TL_STR("cluster"), r->cluster);
    json_str(j, TL_STR("class"), r->class_);
    json_open(j, TL_STR("roles"), '[');
    for (size_t i = 0; i < r->nroles; i++) {
        json_open(j, JSON_NOKEY, '{');
        json_str(j, TL_STR("role"), tl_role_name(r->roles[i].role));
        json_time(j, TL_STR("from"), r->roles[i].from);
        json_time(j, TL_STR("to"), r->roles[i].to);
        json_text(j, TL_STR("basis"), r->roles[i].proved ? TL_STR("proved") : TL_STR("inferred"));
        json_close(j, '}');
    }
    json_close(j, ']');
    json_str(j, TL_STR("account"), r->account);
    json_str(j, TL_STR("engine"), r->engine);
    json_close(j, '}');
}

static void
put_phases(struct json *j, const struct tl_run *run)
{
    json_open(j, TL_STR("phases"), '[');
    for (size_t i = 0; i < run->nphases; i++) {
        const struct tl_phase_span *p = &run->phases[i];

        json_open(j, JSON_NOKEY, '{');
        json_text(j, TL_STR("resource"), p->resource);
        json_str(j, TL_STR("region"), p->region);
        json_text(j, TL_STR("name"), tl_phase_name(p->name));
        json_instant(j, TL_STR("began"), p->began);
        json_instant(j, TL_STR("ended"), p->ended);
        json_span(j, TL_STR("seconds"), p->seconds);
        json_bool(j, TL_STR("inferred"), p->inferred);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void
put_zdp(struct json *j, const struct tl_zdp *z)
{
    json_open(j, JSON_NOKEY, '{');
    json_text(j, TL_STR("resource"), z->resource);
    json_str(j, TL_STR("region"), z->region);
    json_text(j, TL_STR("outcome"), tl_zdp_name(z->outcome));
    json_int(j, TL_STR("elapsed_ms"), z->elapsed_ms);
    json_int(j, TL_STR("preserved"), z->preserved);
    json_int(j, TL_STR("dropped"), z->dropped);
    json_int(j, TL_STR("fast_startup_us"), z->fast_startup_us);
    json_instant(j, TL_STR("began"), z->began);
    json_instant(j, TL_STR("ended"), z->ended);
    json_str(j, TL_STR("reason"), z->reason);
    json_nths(j, TL_STR("events"), z->events, z->nevents);
    json_int(j, TL_STR("client_preserved"), z->client_preserved);
    json_int(j, TL_STR("client_broken"), z->client_broken);
    json_close(j, '}');
}

static void
put_fused(struct json *j, const struct tl_fused *f)
{
    if (!f->present) {
        json_null(j, TL_STR("fused"));
        return;
    }
    json_open(j, TL_STR("fused"), '{');
    json_seconds(j, TL_STR("min"), f->min);
    json_seconds(j, TL_STR("max"), f->max);
    json_strs(j, TL_STR("assumes"), f->assumes, f->nassumes);
    json_close(j, '}');
}

static void
put_failures(struct json *j, const struct tl_outage *o)
{
    json_open(j, TL_STR("failures"), '{');
    for (unsigned k = TL_FAILURE_OK + 1; k < TL_NFAILURES; k++)
        if (o->failures[k] > 0)
            json_uint(j, tl_failure_name((enum tl_failure)k), o->failures[k]);
    json_close(j, '}');
    json_open(j, TL_STR("blind"), '[');
    for (size_t i = 0; i < o->nblind; i++) {
        json_open(j, JSON_NOKEY, '{');
        json_time(j, TL_STR("from"), o->blind[i].from);
        json_time(j, TL_STR("to"), o->blind[i].to);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void
put_outage(struct json *j, const struct tl_outage *o)
{
    json_open(j, JSON_NOKEY, '{');
    json_text(j, TL_STR("endpoint"), o->endpoint);
    json_text(j, TL_STR("resource"), o->resource);
    json_str(j, TL_STR("region"), o->region);
    json_text(j, TL_STR("source"), o->source);
    json_str(j, TL_STR("access"), tl_access_name(o->access));
    json_time(j, TL_STR("last_ok"), o->last_ok);
    json_time(j, TL_STR("first_fail"), o->first_fail);
    json_time(j, TL_STR("last_fail"), o->last_fail);
    json_time(j, TL_STR("first_ok"), o->first_ok);
    json_open(j, TL_STR("seconds"), '{');
    json_seconds(j, TL_STR("min"), o->min_us);
    json_seconds(j, TL_STR("observed"), o->observed_us);
    json_seconds(j, TL_STR("max"), o->max_us);
    json_seconds(j, TL_STR("client"), o->client_us);
    json_close(j, '}');
    json_bool(j, TL_STR("continuous"), o->continuous);
    put_fused(j, &o->fused);
    json_uint(j, TL_STR("attempts_failed"), o->attempts_failed);
    put_failures(j, o);
    json_str(j, TL_STR("version_before"), o->version_before);
    json_str(j, TL_STR("version_after"), o->version_after);
    json_str(j, TL_STR("endpoint_from"), o->endpoint_from);
    json_seconds(j, TL_STR("sleep_s"), o->sleep_us);
    json_int(j, TL_STR("input"), o->input == TL_NO_INDEX ? TL_UNKNOWN : (int64_t)o->input);
    json_close(j, '}');
}

void
json_outages(struct json *j, struct tl_str key, const struct tl_outage *o, size_t n)
{
    json_open(j, key, '[');
    for (size_t i = 0; i < n; i++)
        put_outage(j, &o[i]);
    json_close(j, ']');
}

void
json_findings(struct json *j, struct tl_str key, const struct tl_finding *f, size_t n)
{
    json_open(j, key, '[');
    for (size_t i = 0; i < n; i++) {
        json_open(j, JSON_NOKEY, '{');
        json_text(j, TL_STR("code"), f[i].code);
        json_text(j, TL_STR("severity"), tl_severity_name(f[i].severity));
        json_text(j, TL_STR("text"), f[i].text);
        json_nths(j, TL_STR("events"), f[i].events, f[i].nevents);
        json_str(j, TL_STR("doc"), f[i].doc);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void
put_changes(struct json *j, const struct tl_run *run)
{
    json_open(j, TL_STR("versions"), '[');
    for (size_t i = 0; i < run->nversions; i++) {
        json_open(j, JSON_NOKEY, '{');
        json_text(j, TL_STR("resource"), run->versions[i].resource);
        json_str(j, TL_STR("region"), run->versions[i].region);
        json_str(j, TL_STR("from"), run->versions[i].from);
        json_str(j, TL_STR("to"), run->versions[i].to);
        json_close(j, '}');
    }
    json_close(j, ']');
    json_open(j, TL_STR("parameters"), '[');
    for (size_t i = 0; i < run->nparameters; i++) {
        const struct tl_parameter_change *p = &run->parameters[i];

        json_open(j, JSON_NOKEY, '{');
        json_text(j, TL_STR("resource"), p->resource);
        json_str(j, TL_STR("region"), p->region);
        json_text(j, TL_STR("name"), p->name);
        json_str(j, TL_STR("from"), p->from);
        json_str(j, TL_STR("to"), p->to);
        json_uint(j, TL_STR("count"), p->count);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void
put_silences(struct json *j, const struct tl_run *run)
{
    json_open(j, TL_STR("silences"), '[');
    for (size_t i = 0; i < run->nsilences; i++) {
        json_open(j, JSON_NOKEY, '{');
        json_text(j, TL_STR("resource"), run->silences[i].resource);
        json_time(j, TL_STR("from"), run->silences[i].from);
        json_time(j, TL_STR("to"), run->silences[i].to);
        json_str(j, TL_STR("region"), run->silences[i].region);
        json_str(j, TL_STR("during"), tl_phase_name(run->silences[i].during));
        json_text(j, TL_STR("after"), run->silences[i].after);
        json_str(j, TL_STR("until"), run->silences[i].until);
        json_str(j, TL_STR("expected"), run->silences[i].expected);
        json_seconds(j, TL_STR("usual_s"), run->silences[i].usual_us);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void
put_path(struct json *j, const struct tl_run *run)
{
    json_open(j, TL_STR("critical_path"), '[');
    for (size_t i = 0; i < run->npath; i++) {
        json_open(j, JSON_NOKEY, '{');
        json_text(j, TL_STR("resource"), run->path[i].resource);
        json_str(j, TL_STR("region"), run->path[i].region);
        json_text(j, TL_STR("phase"), tl_phase_name(run->path[i].phase));
        json_span(j, TL_STR("seconds"), run->path[i].seconds);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void
put_sequence(struct json *j, const struct tl_sequence *s)
{
    json_open(j, TL_STR("sequence"), '{');
    json_uint(j, TL_STR("expected"), s->expected);
    json_uint(j, TL_STR("seen"), s->seen);
    json_uint(j, TL_STR("inferred"), s->inferred);
    json_open(j, TL_STR("missing"), '[');
    for (size_t i = 0; i < s->nmissing; i++) {
        json_open(j, JSON_NOKEY, '{');
        json_text(j, TL_STR("resource"), s->missing[i].resource);
        json_str(j, TL_STR("region"), s->missing[i].region);
        json_text(j, TL_STR("class"), s->missing[i].cls);
        json_close(j, '}');
    }
    json_close(j, ']');
    json_close(j, '}');
}

static void
put_run(struct json *j, const struct tl_run *run)
{
    json_open(j, JSON_NOKEY, '{');
    json_text(j, TL_STR("id"), run->id);
    json_text(j, TL_STR("basis"), run->proved ? TL_STR("proved") : TL_STR("inferred"));
    json_text(j, TL_STR("strategy"), tl_strategy_name(run->strategy));
    json_text(j, TL_STR("verdict"), tl_verdict_name(run->verdict));
    json_nths(j, TL_STR("proof"), run->proof, run->nproof);
    json_str(j, TL_STR("engine"), run->engine);
    json_str(j, TL_STR("account"), run->account);
    json_str(j, TL_STR("from"), run->from);
    json_str(j, TL_STR("to"), run->to);
    json_instant(j, TL_STR("began"), run->began);
    json_instant(j, TL_STR("ended"), run->ended);
    put_requested(j, &run->requested);
    put_clocks(j, run);
    json_open(j, TL_STR("resources"), '[');
    for (size_t i = 0; i < run->nresources; i++)
        put_resource(j, &run->resources[i]);
    json_close(j, ']');
    put_phases(j, run);
    json_open(j, TL_STR("zdp"), '[');
    for (size_t i = 0; i < run->nzdp; i++)
        put_zdp(j, &run->zdp[i]);
    json_close(j, ']');
    json_outages(j, TL_STR("outages"), run->outages, run->noutages);
    put_changes(j, run);
    put_silences(j, run);
    json_findings(j, TL_STR("findings"), run->findings, run->nfindings);
    json_nths(j, TL_STR("strategy_proof"), run->strategy_proof, run->nstrategy_proof);
    json_str(j, TL_STR("strategy_because"), run->strategy_because);
    json_str(j, TL_STR("verdict_because"), run->verdict_because);
    put_path(j, run);
    put_sequence(j, &run->sequence);
    json_close(j, '}');
}

void
json_runs(struct json *j, const struct tl_report *r)
{
    json_open(j, TL_STR("runs"), '[');
    for (size_t i = 0; i < r->nruns; i++)
        put_run(j, &r->runs[i]);
    json_close(j, ']');
}
