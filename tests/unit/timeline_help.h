/*
 * timeline_help.h - events in a few words, for the tests of timeline/.
 *
 * An input is a text, one record a line:
 *
 *     15:21          table cluster  us-east-1 -            | Database cluster …
 *     06:21:30.123   api   instance us-east-1 db-1@111     | DB instance shutdown
 *     06:21:30       sns#m-1 …                             (an id of delivery)
 *     06:21:34.608   probe HOST ok 17.4.5                  (an attempt; failure names otherwise)
 *     06:21:30.123   log   instance us-east-1 db-1         | database system is shut down
 *     -              topology cluster eu-west-1 b global_cluster=g role=primary
 *     06:00          trail cluster us-east-1 db            | event_name=ModifyDBCluster user=me
 *
 * Times are UTC on 2026-04-11, or `+N` days later ("+1T06:00"). "15:21" is known to the minute,
 * "15:21:30" to the second. `-` as identifier: the label "us-east-1 DB cluster". Messages are
 * classified by the built-in rules.
 */
#ifndef TIMELINE_HELP_H
#define TIMELINE_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/names.h"
#include "parse/builtin.h"
#include "parse/parse.h"
#include "timeline/timeline.h"

#define DAY0 INT64_C(1775865600000000) /* 2026-04-11T00:00:00Z */

struct bench {
    struct tl_arena arena;
    struct tl_catalogue *rules;
    struct tl_builder *builder;
    struct tl_report *report;
};

static inline struct tl_str
word(struct tl_str *rest)
{
    struct tl_str w;

    *rest = tl_str_trim(*rest);
    tl_str_cut(*rest, ' ', &w, rest);
    return w;
}

static inline int64_t
digits(struct tl_str *s, unsigned n)
{
    int64_t v = 0;

    assert_true(tl_str_digits(s, n, &v));
    return v;
}

/* *instant of a time as above. */
static inline struct tl_instant
when_of(struct tl_str s)
{
    tl_time t = DAY0;
    int64_t res = TL_MINUTE, day;

    if (tl_str_eq(s, TL_STR("-")))
        return TL_INSTANT_NONE;
    if (s.p[0] == '+') {
        s = tl_str_skip(s, 1);
        assert_true(tl_str_int(&s, &day));
        t += day * TL_DAY;
        s = tl_str_skip(s, 1);
    }
    t += digits(&s, 2) * TL_HOUR;
    s = tl_str_skip(s, 1);
    t += digits(&s, 2) * TL_MINUTE;
    if (s.n > 0) {
        s = tl_str_skip(s, 1);
        t += digits(&s, 2) * TL_SECOND;
        res = TL_SECOND;
    }
    if (s.n > 0) {
        s = tl_str_skip(s, 1);
        t += digits(&s, 3) * TL_MS;
        res = TL_MS;
    }
    assert_int_equal(s.n, 0);
    return tl_instant_of(t, res);
}

static inline enum tl_channel
channel_of(struct tl_str s)
{
    enum tl_channel c = TL_CHANNEL_UNKNOWN;

    if (tl_str_eq(s, TL_STR("trail")))
        return TL_CHANNEL_CLOUDTRAIL;
    assert_true(tl_channel_from(s, &c));
    return c;
}

/* key=value … as fields; "a_b" in a value stands for "a b" nowhere: values have no blanks. */
static inline size_t
fields_of(struct tl_str rest, struct tl_field *f, size_t cap)
{
    size_t n = 0;

    for (rest = tl_str_trim(rest); rest.n > 0; rest = tl_str_trim(rest)) {
        struct tl_str pair = word(&rest), key, value;

        assert_true(n < cap && tl_str_cut(pair, '=', &key, &value));
        f[n++] = (struct tl_field){.name = key, .type = TL_FIELD_TEXT, .text = value};
    }
    return n;
}

static inline void
who_of(struct bench *b, struct tl_str *head, struct tl_event *ev)
{
    struct tl_str kind = word(head), region = word(head), id = word(head), account;
    struct tl_str label[3] = {region, TL_STR(" DB "), kind};
    struct tl_buf buf;

    assert_true(tl_kind_from(kind, &ev->who.kind));
    ev->who.source_type = ev->who.kind == TL_KIND_CLUSTER    ? TL_STR("db-cluster")
                          : ev->who.kind == TL_KIND_INSTANCE ? TL_STR("db-instance")
                                                             : TL_STR("");
    if (ev->who.kind == TL_KIND_GLOBAL_CLUSTER)
        ev->who.source_type = TL_STR("global-cluster");
    if (!tl_str_eq(region, TL_STR("-")))
        ev->who.region = region;
    if (!tl_str_eq(id, TL_STR("-"))) {
        tl_str_cut(id, '@', &ev->who.id, &account);
        ev->who.account = account;
        ev->who.label = ev->who.id;
        return;
    }
    tl_buf_init(&buf, 256);
    for (size_t i = 0; i < 3; i++)
        tl_buf_add(&buf, label[i]);
    ev->who.label = tl_arena_str(&b->arena, tl_buf_str(&buf));
    tl_buf_free(&buf);
}

static inline void
feed_attempt(struct bench *b, struct tl_str rest, struct tl_event *ev)
{
    struct tl_str host = word(&rest), outcome = word(&rest);
    struct tl_attempt at = {.start = ev->when.at,
                            .end = TL_TIME_NONE,
                            .stamp = ev->when.at,
                            .res_us = ev->when.latest - ev->when.earliest,
                            .access = TL_ACCESS_READ,
                            .version = tl_str_trim(rest)};

    assert_true(tl_failure_from(outcome, &at.failure));
    ev->who = (struct tl_ident){.kind = TL_KIND_ENDPOINT,
                                .source_type = TL_STR("endpoint"),
                                .id = tl_str_eq(host, TL_STR("-")) ? TL_STR("") : host};
    ev->cls = at.failure ? TL_STR("probe.failed") : TL_STR("probe.ok");
    ev->channel = TL_CHANNEL_PROBE;
    ev->message = outcome;
    ev->attempt = &at;
    assert_int_equal(tl_builder_event(b->builder, ev, NULL), TL_OK);
    ev->attempt = NULL;
}

/* Of a record of a log: what parse makes of a time within its message, which is in UTC here. */
static inline void
add_side_time(struct tl_event *ev, struct tl_field *fields)
{
    struct tl_str down = tl_event_text(ev, TL_STR("down_at"));
    struct tl_str up = tl_event_text(ev, TL_STR("up_at")), at = down.n > 0 ? down : up;
    struct tl_stamp stamp;

    for (size_t i = 0; i < ev->nfields; i++)
        fields[i] = ev->fields[i];
    if (at.n > 0 && tl_stamp_read(&at, NULL, &stamp))
        fields[ev->nfields++] =
            (struct tl_field){.name = down.n > 0 ? TL_STR("down_time") : TL_STR("up_time"),
                              .type = TL_FIELD_TIME,
                              .number = stamp.local};
    ev->fields = fields;
}

static inline void
feed_line(struct bench *b, struct tl_str line, uint32_t number)
{
    struct tl_field fields[80];
    struct tl_event ev = {.line = number};
    struct tl_match m;
    struct tl_str head, message, channel;

    tl_str_cut(line, '|', &head, &message);
    message = tl_str_trim(message);
    ev.when = when_of(word(&head));
    tl_str_cut(word(&head), '#', &channel, &ev.channel_id);
    ev.channel = channel_of(channel);
    ev.fields = fields;
    if (ev.channel == TL_CHANNEL_PROBE) {
        feed_attempt(b, head, &ev);
        return;
    }
    who_of(b, &head, &ev);
    ev.message = message;
    if (ev.channel == TL_CHANNEL_TOPOLOGY || ev.channel == TL_CHANNEL_CLOUDTRAIL) {
        ev.cls =
            ev.channel == TL_CHANNEL_TOPOLOGY ? TL_STR("topology.observed") : TL_STR("api.call");
        ev.nfields = fields_of(message, fields, 16);
        if (ev.channel == TL_CHANNEL_TOPOLOGY)
            ev.who.cluster = tl_event_text(&ev, TL_STR("cluster"));
    } else {
        tl_classify(b->rules, ev.channel == TL_CHANNEL_LOG ? TL_STR("pg") : ev.who.source_type,
                    message, TL_STR(""), &m);
        ev.cls = m.cls;
        ev.severity = m.severity;
        ev.phase = m.phase;
        ev.edge = m.edge;
        ev.event_id = m.event_id;
        ev.near = m.near;
        ev.fields = m.fields;
        ev.nfields = m.nfields;
        if (ev.channel == TL_CHANNEL_LOG)
            add_side_time(&ev, fields);
    }
    assert_int_equal(tl_builder_event(b->builder, &ev, NULL), TL_OK);
}

/* The built-in rules, compiled once for the whole test. */
static inline struct tl_catalogue *
rules_of_test(void)
{
    static struct tl_catalogue *rules;

    for (const struct tl_builtin_rules *r = tl_builtin_rules; !rules && r->name; r++) {
        struct tl_catalogue *c = NULL;

        assert_int_equal(
            tl_catalogue_load(tl_str_from(r->name), (struct tl_str){r->text, r->n}, &c, NULL),
            TL_OK);
        for (r++; r->name; r++)
            assert_int_equal(
                tl_catalogue_add(c, tl_str_from(r->name), (struct tl_str){r->text, r->n}, NULL),
                TL_OK);
        rules = c;
        break;
    }
    return rules;
}

static inline void
bench_begin_with(struct bench *b, const struct tl_build_options *o)
{
    struct tl_build_options with = *o;
    struct tl_assume_rule *assumes;

    memset(b, 0, sizeof(*b));
    tl_arena_init(&b->arena, (size_t)512 << 20);
    b->rules = rules_of_test();
    assert_int_equal(tl_catalogue_assumes(b->rules, &b->arena, &assumes, &with.nrules, NULL),
                     TL_OK);
    with.rules = assumes;
    b->builder = tl_builder_new(&b->arena, &with);
    assert_non_null(b->builder);
}

static inline void
bench_begin(struct bench *b)
{
    bench_begin_with(b, &TL_BUILD_OPTIONS_NONE);
}

/* The end of an input: name, and what makes its bytes its own. */
static inline void
bench_source(struct bench *b, const char *name, const char *sha)
{
    const struct tl_source src = {.name = tl_str_from(name),
                                  .format = TL_STR("test"),
                                  .sha256 = tl_str_from(sha),
                                  .bytes = 1,
                                  .first = TL_TIME_NONE,
                                  .last = TL_TIME_NONE,
                                  .precision_us = TL_UNKNOWN};

    assert_int_equal(tl_builder_source(b->builder, &src, NULL), TL_OK);
}

/* Feeds an input; its name stands for its bytes. */
static inline void
bench_feed(struct bench *b, const char *name, const char *lines)
{
    struct tl_str rest = tl_str_from(lines), line;
    uint32_t n = 0;

    while (tl_str_line(&rest, &line))
        if (tl_str_trim(line).n > 0)
            feed_line(b, line, ++n);
    bench_source(b, name, name);
}

static inline const struct tl_report *
bench_end(struct bench *b)
{
    assert_int_equal(tl_builder_finish(b->builder, &b->report, NULL), TL_OK);
    return b->report;
}

static inline void
bench_free(struct bench *b)
{
    tl_arena_free(&b->arena);
}

/* ---- reports in a few words ---- */

/* HH:MM:SS.mmm of 2026-04-11; +N before it on later days. */
static inline void
print_time(struct tl_buf *b, tl_time t)
{
    struct tl_civil c;

    if (t == TL_TIME_NONE) {
        tl_buf_add(b, TL_STR("-"));
        return;
    }
    c = tl_time_civil(t);
    if (t - DAY0 >= TL_DAY || t < DAY0)
        tl_buf_addf(b, "+%dT", (int)((t - DAY0) / TL_DAY));
    tl_buf_addf(b, "%02d:%02d:%02d.%03d", c.hour, c.minute, c.second, c.us / 1000);
}

static inline void
print_list(struct tl_buf *b, const uint32_t *rows, size_t n)
{
    tl_buf_add(b, TL_STR(" ["));
    for (size_t i = 0; i < n; i++)
        tl_buf_addf(b, "%s%u", i ? " " : "", rows[i] + 1);
    tl_buf_add(b, TL_STR("]"));
}

/* "2 06:21:35.200 us-east-1/db-1 instance.shutdown x2 =1": x proofs, = twin of row. */
static inline void
print_row(struct tl_buf *b, const struct tl_report *r, uint32_t i)
{
    const struct tl_row *row = &r->rows[i];

    tl_buf_addf(b, "%u ", i + 1);
    print_time(b, row->ev.when.at);
    tl_buf_add(b, TL_STR(" "));
    tl_buf_add(b, row->ev.who.region);
    tl_buf_add(b, TL_STR("/"));
    tl_buf_add(b, row->ev.who.id.n > 0 ? row->ev.who.id : row->ev.who.label);
    tl_buf_add(b, TL_STR(" "));
    tl_buf_add(b, row->ev.cls);
    if (row->nproofs > 1)
        tl_buf_addf(b, " x%zu", row->nproofs);
    if (row->twin_of != TL_NO_INDEX)
        tl_buf_addf(b, " =%u", row->twin_of + 1);
    if (row->run != TL_NO_INDEX && r->nruns > 1)
        tl_buf_addf(b, " run%u", row->run + 1);
    if (row->inferred) {
        tl_buf_add(b, TL_STR(" inferred "));
        print_time(b, row->ev.when.earliest);
        tl_buf_add(b, TL_STR(".."));
        print_time(b, row->ev.when.latest);
    }
    tl_buf_add(b, TL_STR("\n"));
}

static inline void
print_findings(struct tl_buf *b, const struct tl_finding *f, size_t n, bool texts)
{
    for (size_t i = 0; i < n; i++) {
        tl_buf_add(b, TL_STR("  ! "));
        tl_buf_add(b, f[i].code);
        print_list(b, f[i].events, f[i].nevents);
        if (texts) {
            tl_buf_add(b, TL_STR(" "));
            tl_buf_add(b, f[i].text);
        }
        tl_buf_add(b, TL_STR("\n"));
    }
}

static inline void
print_zdp(struct tl_buf *b, const struct tl_zdp *z)
{
    tl_buf_add(b, TL_STR("  zdp "));
    tl_buf_add(b, z->resource);
    tl_buf_add(b, TL_STR(" "));
    tl_buf_add(b, tl_zdp_name(z->outcome));
    if (z->elapsed_ms != TL_UNKNOWN)
        tl_buf_addf(b, " %lldms %lld+%lld", (long long)z->elapsed_ms, (long long)z->preserved,
                    (long long)z->dropped);
    if (z->fast_startup_us != TL_UNKNOWN)
        tl_buf_addf(b, " fast %lld", (long long)z->fast_startup_us);
    print_list(b, z->events, z->nevents);
    tl_buf_add(b, TL_STR("\n"));
}

static inline void
print_outages(struct tl_buf *b, const struct tl_outage *o, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        tl_buf_add(b, TL_STR("  out "));
        tl_buf_add(b, o[i].resource);
        tl_buf_add(b, TL_STR(" "));
        print_time(b, o[i].first_fail);
        tl_buf_add(b, TL_STR(".."));
        print_time(b, o[i].first_ok);
        tl_buf_add(b, TL_STR("\n"));
    }
}

/* "run 1 in-place-minor-zdp succeeded proved 17.4.5>17.5.4 06:20:00.000..06:23:00.000 rows 5" */
static inline void
print_run(struct tl_buf *b, const struct tl_report *r, uint32_t i, bool texts)
{
    const struct tl_run *run = &r->runs[i];
    size_t n = 0;

    for (size_t k = 0; k < r->nrows; k++)
        n += r->rows[k].run == i;
    tl_buf_addf(b, "run %u ", i + 1);
    tl_buf_add(b, tl_strategy_name(run->strategy));
    tl_buf_add(b, TL_STR(" "));
    tl_buf_add(b, tl_verdict_name(run->verdict));
    tl_buf_add(b, run->proved ? TL_STR(" proved ") : TL_STR(" inferred "));
    tl_buf_add(b, run->from);
    tl_buf_add(b, TL_STR(">"));
    tl_buf_add(b, run->to);
    tl_buf_add(b, TL_STR(" "));
    print_time(b, run->began.at);
    tl_buf_add(b, TL_STR(".."));
    print_time(b, run->ended.at);
    tl_buf_addf(b, " rows %zu", n);
    if (run->requested.event != TL_NO_INDEX)
        tl_buf_addf(b, " asked %u", run->requested.event + 1);
    tl_buf_add(b, TL_STR("\n"));
    for (size_t k = 0; k < run->nzdp; k++)
        print_zdp(b, &run->zdp[k]);
    print_outages(b, run->outages, run->noutages);
    print_findings(b, run->findings, run->nfindings, texts);
}

/* Free the buffer. */
static inline struct tl_buf
print_runs(const struct tl_report *r, bool texts)
{
    struct tl_buf b;

    tl_buf_init(&b, 1 << 22);
    for (uint32_t i = 0; i < r->nruns; i++)
        print_run(&b, r, i, texts);
    print_outages(&b, r->outages, r->noutages);
    print_findings(&b, r->findings, r->nfindings, texts);
    return b;
}

static inline struct tl_buf
print_rows(const struct tl_report *r)
{
    struct tl_buf b;

    tl_buf_init(&b, 1 << 22);
    for (uint32_t i = 0; i < r->nrows; i++)
        print_row(&b, r, i);
    return b;
}

/* The finding of that code in a list, or NULL. */
static inline const struct tl_finding *
finding_of(const struct tl_finding *f, size_t n, const char *code)
{
    for (size_t i = 0; i < n; i++)
        if (tl_str_eq(f[i].code, tl_str_from(code)))
            return &f[i];
    return NULL;
}

#define assert_text(s, z)                                                                          \
    do {                                                                                           \
        struct tl_str text_ = (s);                                                                 \
        char copy_[600];                                                                           \
        snprintf(copy_, sizeof(copy_), "%.*s", TL_FMT(text_));                                     \
        assert_string_equal(copy_, (z));                                                           \
    } while (0)

#endif
