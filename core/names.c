#include "core/names.h"

#include <string.h>

/* One lookup for all lists: a table of texts in the order of the enum. */
#define X(name, text) {(text), sizeof(text) - 1},
static const struct tl_str severities[] = {TL_SEVERITY_MAP(X)}, kinds[] = {TL_KIND_MAP(X)},
                           strategies[] = {TL_STRATEGY_MAP(X)}, verdicts[] = {TL_VERDICT_MAP(X)},
                           phases[] = {TL_PHASE_MAP(X)}, edges[] = {TL_EDGE_MAP(X)},
                           failures[] = {TL_FAILURE_MAP(X)}, accesses[] = {TL_ACCESS_MAP(X)},
                           roles[] = {TL_ROLE_MAP(X)}, zdps[] = {TL_ZDP_MAP(X)},
                           channels[] = {TL_CHANNEL_MAP(X)};
#undef X
#define X(name, text, meaning) {(text), sizeof(text) - 1},
static const struct tl_str assumes[] = {TL_ASSUME_MAP(X)};
#undef X
#define X(name, text, meaning) {(meaning), sizeof(meaning) - 1},
static const struct tl_str meanings[] = {TL_ASSUME_MAP(X)};
#undef X

static bool
lookup(const struct tl_str *list, size_t n, struct tl_str s, size_t *at)
{
    for (size_t i = 0; i < n && s.n > 0; i++) {
        if (tl_str_eq(list[i], s)) {
            *at = i;
            return true;
        }
    }
    return false;
}

/* NOLINTBEGIN(bugprone-macro-parentheses): names of functions and types take none */
#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define NAME_OF(fn, type, list)                                                                    \
    struct tl_str fn(enum type v)                                                                  \
    {                                                                                              \
        return (size_t)v < COUNT(list) ? (list)[v] : (struct tl_str){"", 0};                       \
    }
#define FROM(fn, type, list)                                                                       \
    bool fn(struct tl_str s, enum type *out)                                                       \
    {                                                                                              \
        size_t at;                                                                                 \
                                                                                                   \
        if (!lookup(list, COUNT(list), s, &at))                                                    \
            return false;                                                                          \
        *out = (enum type)at;                                                                      \
        return true;                                                                               \
    }

/* NOLINTEND(bugprone-macro-parentheses) */
NAME_OF(tl_severity_name, tl_severity, severities)
NAME_OF(tl_kind_name, tl_kind, kinds)
NAME_OF(tl_strategy_name, tl_strategy, strategies)
NAME_OF(tl_verdict_name, tl_verdict, verdicts)
NAME_OF(tl_phase_name, tl_phase, phases)
NAME_OF(tl_edge_name, tl_edge, edges)
NAME_OF(tl_failure_name, tl_failure, failures)
NAME_OF(tl_access_name, tl_access, accesses)
NAME_OF(tl_role_name, tl_role, roles)
NAME_OF(tl_zdp_name, tl_zdp_outcome, zdps)
NAME_OF(tl_channel_name, tl_channel, channels)
NAME_OF(tl_assume_name, tl_assume, assumes)
FROM(tl_severity_from, tl_severity, severities)
FROM(tl_kind_from, tl_kind, kinds)
FROM(tl_phase_from, tl_phase, phases)
FROM(tl_edge_from, tl_edge, edges)
FROM(tl_failure_from, tl_failure, failures)
FROM(tl_access_from, tl_access, accesses)
FROM(tl_channel_from, tl_channel, channels)

struct tl_str
tl_assume_text(struct tl_str name)
{
    size_t at;

    return lookup(assumes, COUNT(assumes), name, &at) ? meanings[at] : (struct tl_str){"", 0};
}

/* Spellings: describe-events and SNS; EventBridge; the catalogue; ARN. */
static const struct {
    struct tl_str text, canonical;
    enum tl_kind kind;
} types[] = {
#define T(text, canonical, kind)                                                                   \
    {                                                                                              \
        {text, sizeof(text) - 1}, {canonical, sizeof(canonical) - 1}, kind                         \
    }
    T("db-instance", "db-instance", TL_KIND_INSTANCE),
    T("db_instance", "db-instance", TL_KIND_INSTANCE),
    T("db", "db-instance", TL_KIND_INSTANCE),
    T("db-cluster", "db-cluster", TL_KIND_CLUSTER),
    T("db_cluster", "db-cluster", TL_KIND_CLUSTER),
    T("cluster", "db-cluster", TL_KIND_CLUSTER),
    T("global-cluster", "global-cluster", TL_KIND_GLOBAL_CLUSTER),
    T("db-snapshot", "db-snapshot", TL_KIND_OTHER),
    T("db_snapshot", "db-snapshot", TL_KIND_OTHER),
    T("snapshot", "db-snapshot", TL_KIND_OTHER),
    T("db-cluster-snapshot", "db-cluster-snapshot", TL_KIND_OTHER),
    T("cluster_snapshot", "db-cluster-snapshot", TL_KIND_OTHER),
    T("cluster-snapshot", "db-cluster-snapshot", TL_KIND_OTHER),
    T("db-parameter-group", "db-parameter-group", TL_KIND_OTHER),
    T("db_param", "db-parameter-group", TL_KIND_OTHER),
    T("parameter_group", "db-parameter-group", TL_KIND_OTHER),
    T("pg", "db-parameter-group", TL_KIND_OTHER),
    T("cluster-pg", "db-parameter-group", TL_KIND_OTHER),
    T("db-security-group", "db-security-group", TL_KIND_OTHER),
    T("security_group", "db-security-group", TL_KIND_OTHER),
    T("secgrp", "db-security-group", TL_KIND_OTHER),
    T("db-proxy", "db-proxy", TL_KIND_OTHER),
    T("db_proxy", "db-proxy", TL_KIND_OTHER),
    T("blue-green-deployment", "blue-green-deployment", TL_KIND_OTHER),
    T("blue_green_deployment", "blue-green-deployment", TL_KIND_OTHER),
    T("deployment", "blue-green-deployment", TL_KIND_OTHER),
    T("custom-engine-version", "custom-engine-version", TL_KIND_OTHER),
    T("custom_engine_version", "custom-engine-version", TL_KIND_OTHER),
    T("cev", "custom-engine-version", TL_KIND_OTHER),
    T("db-shard-group", "db-shard-group", TL_KIND_OTHER),
    T("db_shard_group", "db-shard-group", TL_KIND_OTHER),
    T("shard-group", "db-shard-group", TL_KIND_OTHER),
    T("zero-etl", "zero-etl", TL_KIND_OTHER),
    T("zero_etl", "zero-etl", TL_KIND_OTHER),
    T("integration", "zero-etl", TL_KIND_OTHER),
    T("endpoint", "endpoint", TL_KIND_ENDPOINT),
#undef T
};

enum tl_kind
tl_source_type(struct tl_str s, struct tl_str *canonical)
{
    for (size_t i = 0; i < COUNT(types); i++) {
        if (tl_str_case_eq(types[i].text, s)) {
            *canonical = types[i].canonical;
            return types[i].kind;
        }
    }
    *canonical = s;
    return TL_KIND_OTHER;
}

const struct tl_field *
tl_event_field(const struct tl_event *ev, struct tl_str name)
{
    for (size_t i = 0; i < ev->nfields; i++)
        if (tl_str_eq(ev->fields[i].name, name))
            return &ev->fields[i];
    return NULL;
}

struct tl_str
tl_event_text(const struct tl_event *ev, struct tl_str name)
{
    const struct tl_field *f = tl_event_field(ev, name);

    return f && f->type == TL_FIELD_TEXT ? f->text : (struct tl_str){"", 0};
}

int64_t
tl_event_number(const struct tl_event *ev, struct tl_str name)
{
    const struct tl_field *f = tl_event_field(ev, name);

    return f && (f->type == TL_FIELD_INT || f->type == TL_FIELD_TIME) ? f->number : TL_UNKNOWN;
}

static bool
keep_str(struct tl_arena *a, struct tl_str *s)
{
    if (s->n == 0) {
        *s = (struct tl_str){"", 0};
        return true;
    }
    *s = tl_arena_str(a, *s);
    return s->p != NULL;
}

static bool
keep_fields(struct tl_arena *a, const struct tl_event *ev, struct tl_event *out)
{
    struct tl_field *f = NULL;

    if (ev->nfields > 0) {
        f = tl_arena_alloc(a, ev->nfields * sizeof(*f));
        if (!f)
            return false;
        memcpy(f, ev->fields, ev->nfields * sizeof(*f));
    }
    for (size_t i = 0; i < ev->nfields; i++)
        if (!keep_str(a, &f[i].name) || !keep_str(a, &f[i].text))
            return false;
    out->fields = f;
    return true;
}

static bool
keep_attempt(struct tl_arena *a, struct tl_event *out)
{
    struct tl_attempt *t;

    if (!out->attempt)
        return true;
    t = tl_arena_alloc(a, sizeof(*t));
    if (!t)
        return false;
    *t = *out->attempt;
    out->attempt = t;
    return keep_str(a, &t->version);
}

bool
tl_event_keep(struct tl_arena *a, const struct tl_event *ev, struct tl_event *out)
{
    struct tl_str *texts[] = {
        &out->input,  &out->who.source_type, &out->who.account, &out->who.region,
        &out->who.id, &out->who.arn,         &out->who.cluster, &out->who.label,
        &out->cls,    &out->event_id,        &out->carried_id,  &out->near,
        &out->doc,    &out->message,         &out->channel_id,
    };

    *out = *ev;
    for (size_t i = 0; i < COUNT(texts); i++)
        if (!keep_str(a, texts[i]))
            return false;
    return keep_fields(a, ev, out) && keep_attempt(a, out);
}
