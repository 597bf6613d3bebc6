/* feed.c - a choice of evidence into a report, through the catalogue and the builder. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parse/builtin.h"
#include "tests/sim/messages.h"
#include "tests/sim/sim.h"

struct feeder {
    const struct world *w;
    const struct choice *c;
    struct told *t;
    struct tl_builder *b;
    const struct input *in;
    tl_time first, last;
    size_t n;
};

static void
must(bool ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "sim: %s\n", what);
    exit(2);
}

struct tl_catalogue *
rules(void)
{
    static struct tl_catalogue *c;

    for (const struct tl_builtin_rules *r = tl_builtin_rules; !c && r->name; r++) {
        struct tl_catalogue *made = NULL;

        for (; r->name; r++)
            must(tl_catalogue_add_known(&made, tl_str_from(r->name), (struct tl_str){r->text, r->n},
                                        NULL) == TL_OK,
                 "the built-in rules do not load");
        c = made;
        break;
    }
    return c;
}

static const char *
source_type_of(const struct res *r)
{
    switch (r->kind) {
    case TL_KIND_CLUSTER:
        return "db-cluster";
    case TL_KIND_INSTANCE:
        return "db-instance";
    case TL_KIND_GLOBAL_CLUSTER:
        return "global-cluster";
    default:
        return !strncmp(r->id, "bgd-", 4)     ? "blue-green-deployment"
               : !strcmp(r->id, "their-snap") ? "db-cluster-snapshot"
                                              : "db-parameter-group";
    }
}

static struct tl_str
keep(struct feeder *f, const char *text)
{
    return tl_arena_str(&f->t->arena, tl_str_from(text));
}

static void
put_who(struct feeder *f, const struct res *r, struct tl_ident *who)
{
    static const char *const kinds[] = {"", "global-cluster", "cluster", "db", ""};
    char text[400];

    *who = (struct tl_ident){.kind = r->kind,
                             .source_type = tl_str_from(source_type_of(r)),
                             .region = tl_str_from(r->region)};
    if (f->in->labels) {
        snprintf(text, sizeof(text), "%s DB %s", r->region,
                 r->kind == TL_KIND_CLUSTER ? "cluster" : "instance");
        who->label = keep(f, text);
        return;
    }
    who->id = who->label = tl_str_from(r->id);
    if (f->in->kind == IN_TABLE)
        return;
    who->account = tl_str_from(r->account);
    if (kinds[r->kind][0] && r->kind != TL_KIND_GLOBAL_CLUSTER) {
        snprintf(text, sizeof(text), "arn:aws:rds:%s:%s:%s:%s", r->region, r->account,
                 kinds[r->kind], r->id);
        who->arn = keep(f, text);
    }
}

static tl_time
floor_to(tl_time t, int64_t unit)
{
    return t - t % unit;
}

static void
give(struct feeder *f, struct tl_event *ev)
{
    tl_time t = ev->attempt ? ev->attempt->stamp : ev->when.at;

    if (t != TL_TIME_NONE) {
        f->first = f->first == TL_TIME_NONE || t < f->first ? t : f->first;
        f->last = f->last == TL_TIME_NONE || t > f->last ? t : f->last;
    }
    f->n++;
    must(tl_builder_event(f->b, ev, NULL) == TL_OK, "an event was not taken");
}

static bool
is_late(const struct feeder *f, tl_time t)
{
    return f->c->until != TL_TIME_NONE && t > f->c->until;
}

/* ---- facts ---- */

static void
give_call(struct feeder *f, const struct fact *fact, struct tl_event *ev)
{
    const struct tl_field fields[] = {
        {TL_STR("event_name"), TL_FIELD_TEXT, tl_str_from(fact->call), 0},
        {TL_STR("user"), TL_FIELD_TEXT, TL_STR("assumed-role/DBA/kim"), 0},
        {TL_STR("engine_version"), fact->version[0] ? TL_FIELD_TEXT : TL_FIELD_NULL,
         tl_str_from(fact->version), 0},
    };
    const struct res *r = &f->w->res[fact->res];

    put_who(f, r, &ev->who);
    ev->cls = TL_STR("api.call");
    ev->severity = TL_SEVERITY_NOTICE;
    ev->channel = TL_CHANNEL_CLOUDTRAIL;
    ev->fields = fields;
    ev->nfields = 3;
    ev->who.region = tl_str_from(fact->called_in);
    give(f, ev);
}

static void
give_fact(struct feeder *f, const struct record *rec)
{
    static const enum tl_channel channels[] = {[IN_API] = TL_CHANNEL_API,
                                               [IN_BRIDGE] = TL_CHANNEL_EVENTBRIDGE,
                                               [IN_SNS] = TL_CHANNEL_SNS,
                                               [IN_TABLE] = TL_CHANNEL_TABLE,
                                               [IN_TRAIL] = TL_CHANNEL_CLOUDTRAIL};
    const struct fact *fact = &f->w->facts[rec->fact];
    struct tl_event ev = {.line = rec->line, .channel = channels[f->in->kind]};
    struct tl_match m;
    char id[40];

    if ((f->c->no_strangers && fact->run < 0) || is_late(f, fact->t))
        return;
    ev.when = tl_instant_of(floor_to(fact->t, f->in->res_us), f->in->res_us);
    ev.message = tl_str_from(fact->text);
    f->t->seen[rec->fact] = true;
    f->t->fine[rec->fact] |= f->in->res_us == TL_MS;
    snprintf(id, sizeof(id), "%s-%d", f->in->kind == IN_SNS ? "m" : "e", rec->fact);
    if (f->in->kind == IN_SNS || f->in->kind == IN_BRIDGE || f->in->kind == IN_TRAIL)
        ev.channel_id = tl_str_from(id);
    if (fact->call[0]) {
        give_call(f, fact, &ev);
        return;
    }
    put_who(f, &f->w->res[fact->res], &ev.who);
    tl_classify(rules(), ev.who.source_type, ev.message, TL_STR(""), &m);
    must(!tl_str_eq(m.cls, TL_STR("unclassified")), fact->text);
    ev.cls = m.cls;
    ev.severity = m.severity;
    ev.phase = m.phase;
    ev.edge = m.edge;
    ev.event_id = m.event_id;
    ev.doc = m.doc;
    ev.fields = m.fields;
    ev.nfields = m.nfields;
    give(f, &ev);
}

/* ---- topology ---- */

static void
give_topology(struct feeder *f, const struct record *rec)
{
    const struct res *r = &f->w->res[rec->fact];
    struct tl_event ev = {.line = rec->line,
                          .channel = TL_CHANNEL_TOPOLOGY,
                          .when = TL_INSTANT_NONE,
                          .cls = TL_STR("topology.observed"),
                          .message = TL_STR("engine=aurora-postgresql")};
    struct tl_field fields[4];

    put_who(f, r, &ev.who);
    ev.fields = fields;
    if (r->cluster >= 0 && r->kind == TL_KIND_INSTANCE) {
        ev.who.cluster = tl_str_from(f->w->res[r->cluster].id);
        fields[ev.nfields++] =
            (struct tl_field){TL_STR("cluster"), TL_FIELD_TEXT, ev.who.cluster, 0};
    }
    if (r->kind == TL_KIND_CLUSTER && r->global >= 0) {
        fields[ev.nfields++] = (struct tl_field){TL_STR("global_cluster"), TL_FIELD_TEXT,
                                                 tl_str_from(f->w->res[r->global].id), 0};
        fields[ev.nfields++] =
            (struct tl_field){TL_STR("role"), TL_FIELD_TEXT,
                              r->secondary ? TL_STR("secondary") : TL_STR("primary"), 0};
    }
    give(f, &ev);
}

/* ---- loops ---- */

static void
give_attempt(struct feeder *f, const struct loop *l, size_t nth)
{
    const struct attempt *a = &l->attempts[nth];
    tl_time start = floor_to(a->start + l->offset_us, l->res_us);
    tl_time end = floor_to(a->end + l->offset_us, l->res_us);
    struct tl_attempt at = {.start = l->stamps == STAMP_END ? TL_TIME_NONE : start,
                            .end = l->stamps == STAMP_START ? TL_TIME_NONE : end,
                            .stamp = l->stamps == STAMP_END ? end : start,
                            .res_us = l->res_us,
                            .stamp_end = l->stamps == STAMP_END,
                            .after_gap = a->gap,
                            .failure = a->failure,
                            .access = TL_ACCESS_READ,
                            .version = tl_str_from(a->version)};
    struct tl_event ev = {.line = (uint32_t)nth + 1,
                          .channel = TL_CHANNEL_PROBE,
                          .cls = a->failure ? TL_STR("probe.failed") : TL_STR("probe.ok"),
                          .message = tl_failure_name(a->failure),
                          .attempt = &at};

    ev.when = tl_instant_of(at.stamp, l->res_us);
    ev.who = (struct tl_ident){.kind = TL_KIND_ENDPOINT, .source_type = TL_STR("endpoint")};
    if (l->named)
        ev.who.id = tl_str_from(f->w->res[l->res].host);
    give(f, &ev);
}

static void
give_loop(struct feeder *f, const struct loop *l)
{
    for (size_t i = 0; i < l->n; i++)
        if (!l->attempts[i].gone && !is_late(f, l->attempts[i].end))
            give_attempt(f, l, i);
}

/* ---- logs ---- */

static void
give_line(struct feeder *f, const struct record *rec)
{
    const struct line *l = &f->w->lines[rec->fact];
    tl_time says = l->says == TL_TIME_NONE ? l->says : l->says + f->in->offset_us;
    struct tl_event ev = {.line = rec->line, .channel = TL_CHANNEL_LOG};
    struct tl_field fields[80];
    struct tl_civil c;
    struct tl_match m;
    char text[200];

    if (is_late(f, l->t))
        return;
    snprintf(text, sizeof(text), "%s", l->text);
    if (says != TL_TIME_NONE) {
        c = tl_time_civil(says);
        snprintf(text, sizeof(text), L_WAS_DOWN, (int)c.year, c.month, c.day, c.hour, c.minute,
                 c.second);
    }
    ev.when = tl_instant_of(floor_to(l->t + f->in->offset_us, f->in->res_us), f->in->res_us);
    ev.message = keep(f, text);
    put_who(f, &f->w->res[l->res], &ev.who);
    ev.who.arn = ev.who.account = (struct tl_str){"", 0};
    tl_classify(rules(), TL_STR("pg"), ev.message, TL_STR(""), &m);
    must(!tl_str_eq(m.cls, TL_STR("unclassified")), text);
    ev.cls = m.cls;
    ev.severity = m.severity;
    ev.phase = m.phase;
    ev.edge = m.edge;
    ev.fields = fields;
    for (; ev.nfields < m.nfields; ev.nfields++)
        fields[ev.nfields] = m.fields[ev.nfields];
    if (says != TL_TIME_NONE)
        fields[ev.nfields++] = (struct tl_field){
            TL_STR("down_time"), TL_FIELD_TIME, {"", 0}, floor_to(says, TL_SECOND)};
    give(f, &ev);
}

/* ---- inputs ---- */

static void
give_record(struct feeder *f, size_t i)
{
    const struct record *rec = &f->in->records[i];

    if (f->in->kind == IN_TOPOLOGY)
        give_topology(f, rec);
    else if (f->in->kind == IN_LOG)
        give_line(f, rec);
    else
        give_fact(f, rec);
}

static bool
comes_in_any_order(enum input_kind k)
{
    return k == IN_API || k == IN_BRIDGE || k == IN_SNS || k == IN_TOPOLOGY;
}

/* A step that visits each of n records once, in another order. */
static size_t
stride(size_t n)
{
    for (size_t step = n / 2 + 1; step < n; step++) {
        size_t a = n, b = step;

        while (b) {
            size_t rest = a % b;

            a = b;
            b = rest;
        }
        if (a == 1)
            return step;
    }
    return 1;
}

static void
give_input(struct feeder *f)
{
    struct tl_hint hints[2];
    struct tl_source src = {.name = tl_str_from(f->in->name),
                            .format = TL_STR("sim"),
                            .sha256 = tl_str_from(f->in->name),
                            .bytes = 1,
                            .precision_us = f->in->res_us,
                            .hints = hints};
    size_t n = f->in->n;
    size_t step = f->c->shuffled && comes_in_any_order(f->in->kind) ? stride(n) : 1;
    char sleep[32];

    f->first = f->last = TL_TIME_NONE;
    f->n = 0;
    if (f->in->kind == IN_LOOP)
        give_loop(f, &f->w->loops[f->in->loop]);
    for (size_t i = 0, at = 0; i < n; i++, at = (at + step) % n)
        give_record(f, at);
    src.first = f->first;
    src.last = f->last;
    src.records = src.events = f->n;
    if (f->in->kind == IN_LOOP) {
        const struct loop *l = &f->w->loops[f->in->loop];

        snprintf(sleep, sizeof(sleep), "%lldms", (long long)(l->sleep_us / TL_MS));
        if (l->sleep_known)
            hints[src.nhints++] =
                (struct tl_hint){TL_STR("sleep"), tl_str_from(sleep), TL_STR("as"), 0};
        if (!l->named)
            hints[src.nhints++] = (struct tl_hint){
                TL_STR("endpoint"), tl_str_from(f->w->res[l->res].host), TL_STR("as"), 0};
    }
    must(tl_builder_source(f->b, &src, NULL) == TL_OK, "a source was not taken");
}

/* What the rules say of durations. */
static const struct tl_assume_rule *
durations(size_t *n)
{
    static struct tl_arena arena;
    static struct tl_assume_rule *list;
    static size_t known;

    if (!list) {
        tl_arena_init(&arena, 1 << 20);
        must(tl_catalogue_assumes(rules(), &arena, &list, &known, NULL) == TL_OK,
             "the rules' durations do not load");
    }
    *n = known;
    return list;
}

void
told_make(struct told *t, const struct world *w, const struct choice *c)
{
    struct tl_build_options none = TL_BUILD_OPTIONS_NONE;
    struct feeder f = {.w = w, .c = c, .t = t};
    struct tl_report *r = NULL;

    memset(t, 0, sizeof(*t));
    t->w = w;
    tl_arena_init(&t->arena, (size_t)256 << 20);
    none.rules = durations(&none.nrules);
    none.align = c->align;
    f.b = tl_builder_new(&t->arena, &none);
    must(f.b != NULL, "no builder");
    for (size_t k = 0; k < w->ninputs; k++) {
        size_t i = c->turned ? w->ninputs - 1 - k : k;

        if (c->inputs != 0 && !(c->inputs >> i & 1))
            continue;
        f.in = &w->inputs[i];
        give_input(&f);
    }
    must(tl_builder_finish(f.b, &r, NULL) == TL_OK, "no report");
    t->report = r;
}

void
told_free(struct told *t)
{
    tl_arena_free(&t->arena);
}
