/*
 * sample_report.h - reports made by hand, for tests of what comes after timeline.
 *
 * sample_minor: the bundled evidence, a global database whose secondary restarts and whose primary
 * is patched without downtime. sample_text: one of everything, with the given text wherever text
 * can stand. sample_empty: nothing was found in one unknown input. All live in the arena.
 */
#ifndef TL_TESTS_SAMPLE_REPORT_H
#define TL_TESTS_SAMPLE_REPORT_H

#include <assert.h>
#include <string.h>

#include "core/model.h"
#include "core/names.h"

#define SAMPLE_DAY (INT64_C(1775865600) * TL_SECOND) /* 2026-04-11T00:00:00Z */
/* 06:21:35.200 is SAMPLE_AT(6, 21, 35200) */
#define SAMPLE_AT(h, m, ms) (SAMPLE_DAY + (h)*TL_HOUR + (m)*TL_MINUTE + (ms)*TL_MS)

static inline void *
sample_copy(struct tl_arena *a, const void *from, size_t size)
{
    void *p = tl_arena_alloc(a, size);

    assert(p);
    return memcpy(p, from, size);
}
#define SAMPLE_COPY(a, list) sample_copy(a, list, sizeof(list))

#define S(lit)        ((struct tl_str){(lit), sizeof(lit) - 1})
#define TOKYO_HOST    "global-database-cluster-1.cluster-cukqrmgu6hz5.ap-northeast-1.rds.amazonaws.com"
#define VIRGINIA_HOST "database-cluster-1.cluster-cicjym7lykmq.us-east-1.rds.amazonaws.com"
#define ADJUSTED                                                                                   \
    "The parameter max_wal_senders was set to a value incompatible with replication. It has been " \
    "adjusted from 10 to 20."
#define ZDP_DONE                                                                                   \
    "Attempt to upgrade the database instance 'database-cluster-1-instance-1' with zero downtime " \
    "finished. The process took 2360 ms, 6 connections preserved, 0 connections dropped. See the " \
    "database error log for details."
#define COMPLETE                                                                                   \
    "Database cluster engine minor version upgrade complete. Previous version: 17.4.5. New "       \
    "version: 17.5.4."
#define REFUSED(host, ip)                                                                          \
    "psql: error: connection to server at \"" host "\" (" ip "), port 5432 failed: Connection "    \
    "refused\nIs the server running on that host and accepting TCP/IP connections?"
#define STARTING(host, ip)                                                                         \
    "psql: error: connection to server at \"" host "\" (" ip "), port 5432 failed: FATAL: the "    \
    "database system is starting up"

struct sample_row {
    int minute, ms; /* 06:MM; ms < 0: a row of minute precision */
    bool tokyo;
    enum tl_kind kind;
    const char *cls;
    enum tl_severity severity;
    const char *message;
    uint32_t input, line, twin_of;
    enum tl_failure failure;
};

static inline struct tl_row
sample_row_of(struct tl_arena *a, const struct sample_row *s)
{
    const char *region = s->tokyo ? "ap-northeast-1" : "us-east-1";
    const char *label = s->kind == TL_KIND_CLUSTER
                            ? s->tokyo ? "ap-northeast-1 DB cluster" : "us-east-1 DB cluster"
                        : s->tokyo ? "ap-northeast-1 DB instance"
                                   : "us-east-1 DB instance";
    struct tl_row row = {.run = 0, .input = s->input, .twin_of = s->twin_of};
    struct tl_event *ev = &row.ev;
    struct tl_buf key;

    ev->when = tl_instant_of(SAMPLE_AT(6, s->minute, s->ms < 0 ? 0 : s->ms),
                             s->ms < 0 ? TL_MINUTE : TL_MS);
    ev->line = s->line;
    ev->who.kind = s->kind;
    ev->who.region = tl_str_from(region);
    ev->who.label = tl_str_from(label);
    ev->who.source_type = s->kind == TL_KIND_CLUSTER ? S("db-cluster") : S("db-instance");
    ev->cls = tl_str_from(s->cls);
    ev->severity = s->severity;
    ev->message = tl_str_from(s->message);
    ev->channel = TL_CHANNEL_TABLE;
    if (s->kind == TL_KIND_ENDPOINT) {
        struct tl_attempt *t = tl_arena_alloc(a, sizeof(*t));

        assert(t);
        *t = (struct tl_attempt){ev->when.at, TL_TIME_NONE, ev->when.at,    TL_MS,  false,
                                 false,       s->failure,   TL_ACCESS_READ, {"", 0}};
        t->version = s->failure ? S("") : ev->message;
        ev->attempt = t;
        ev->who.id = s->tokyo ? S(TOKYO_HOST) : S(VIRGINIA_HOST);
        ev->who.label = ev->who.id;
        ev->who.source_type = S("endpoint");
        ev->channel = TL_CHANNEL_PROBE;
    }
    tl_buf_init(&key, 4096);
    tl_ident_key(&key, &ev->who);
    row.key = tl_arena_str(a, tl_buf_str(&key));
    tl_buf_free(&key);
    row.proofs = SAMPLE_COPY(a, ((struct tl_proof[]){{s->input, s->line, ev->channel}}));
    row.nproofs = 1;
    return row;
}

static inline void
sample_minor_rows(struct tl_arena *a, struct tl_report *r)
{
    const enum tl_kind C = TL_KIND_CLUSTER, I = TL_KIND_INSTANCE, E = TL_KIND_ENDPOINT;
    const enum tl_severity INFO = TL_SEVERITY_INFO, NOTE = TL_SEVERITY_NOTICE,
                           WARN = TL_SEVERITY_WARNING;
    const uint32_t no = TL_NO_INDEX;
    const char *started = "Database cluster engine minor version upgrade started. Cluster remains "
                          "online.";
    const char *trying = "Attempting to upgrade the database with zero downtime.";
    const char *upgraded = "Database cluster engine version has been upgraded.";
    const struct sample_row rows[] = {
        {20, -1, false, C, "upgrade.started", NOTE, started, 0, 3, no, 0},
        {20, -1, true, C, "upgrade.started", NOTE, started, 0, 4, 0, 0},
        {21, -1, true, I, "parameter.adjusted", INFO, ADJUSTED, 0, 5, no, 0},
        {21, -1, true, I, "instance.shutdown", NOTE, "DB instance shutdown", 0, 6, no, 0},
        {21, -1, true, I, "parameter.adjusted", INFO, ADJUSTED, 0, 7, no, 0},
        {21, -1, true, I, "instance.restarted", NOTE, "DB instance restarted", 0, 8, no, 0},
        {21, 35200, true, E, "probe.failed", WARN, REFUSED(TOKYO_HOST, "172.31.33.255"), 1, 22, no,
         TL_FAILURE_REFUSED},
        {21, 50532, true, E, "probe.failed", WARN, STARTING(TOKYO_HOST, "172.31.33.255"), 1, 82, no,
         TL_FAILURE_STARTING_UP},
        {21, 56481, true, E, "probe.ok", INFO, "17.5.4", 1, 83, no, 0},
        {22, -1, false, C, "zdp.attempted", NOTE, trying, 0, 9, no, 0},
        {22, -1, false, I, "parameter.adjusted", INFO, ADJUSTED, 0, 10, no, 0},
        {22, -1, false, I, "zdp.attempted", NOTE, trying, 0, 11, 9, 0},
        {22, -1, false, I, "startup.fast", INFO,
         "Aurora fast startup completed in [1431425] microseconds.", 0, 12, no, 0},
        {22, -1, false, C, "zdp.finished", NOTE, ZDP_DONE, 0, 13, no, 0},
        {22, -1, false, I, "zdp.finished", NOTE, ZDP_DONE, 0, 14, 13, 0},
        {22, -1, false, C, "cluster.online", NOTE,
         "Database cluster is online. The primary instance is ready for connections.", 0, 15, no,
         0},
        {22, -1, false, C, "upgrade.instances-finished", NOTE,
         "Database cluster engine version upgrade finished on all instances.", 0, 16, no, 0},
        {22, -1, true, C, "upgrade.version-changed", NOTE, COMPLETE, 0, 17, no, 0},
        {22, -1, true, C, "upgrade.finished", NOTE, upgraded, 0, 18, no, 0},
        {22, 40026, false, E, "probe.failed", WARN, REFUSED(VIRGINIA_HOST, "172.31.14.140"), 2, 25,
         no, TL_FAILURE_REFUSED},
        {22, 40535, false, E, "probe.failed", WARN, STARTING(VIRGINIA_HOST, "172.31.14.140"), 2, 27,
         no, TL_FAILURE_STARTING_UP},
        {22, 41962, false, E, "probe.ok", INFO, "17.5.4", 2, 28, no, 0},
        {23, -1, false, C, "upgrade.version-changed", NOTE, COMPLETE, 0, 19, no, 0},
        {23, -1, false, C, "upgrade.finished", NOTE, upgraded, 0, 20, no, 0},
    };

    r->nrows = sizeof(rows) / sizeof(rows[0]);
    r->rows = tl_arena_alloc(a, r->nrows * sizeof(*r->rows));
    assert(r->rows);
    for (size_t i = 0; i < r->nrows; i++)
        r->rows[i] = sample_row_of(a, &rows[i]);
}

static inline void
sample_minor_inputs(struct tl_arena *a, struct tl_report *r)
{
    struct tl_source in[3] = {
        {.name = S("origin-events.md"),
         .format = S("change-table"),
         .sha256 = S("5f1d0a7e2c3b4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6"),
         .bytes = 2411,
         .records = 18,
         .events = 18,
         .first = SAMPLE_AT(6, 20, 0),
         .last = SAMPLE_AT(6, 23, 0),
         .precision_us = TL_MINUTE},
        {.name = S("origin-probe-ap-northeast-1.log"),
         .format = S("probe"),
         .sha256 = S("0a7e2c3b4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d65f1d"),
         .bytes = 8412,
         .records = 43,
         .events = 43,
         .first = SAMPLE_AT(6, 17, 35658),
         .last = SAMPLE_AT(6, 21, 57176),
         .precision_us = TL_MS},
        {.name = S("origin-probe-us-east-1.log"),
         .format = S("probe"),
         .sha256 = S("2c3b4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d65f1d0a7e"),
         .bytes = 1287,
         .records = 17,
         .events = 17,
         .odd = 1,
         .first = SAMPLE_AT(6, 3, 49669),
         .last = SAMPLE_AT(6, 22, 42682),
         .precision_us = TL_MS},
    };

    for (size_t i = 0; i < 3; i++)
        in[i].duplicate_of = TL_NO_INDEX;
    in[1].hints =
        SAMPLE_COPY(a, ((struct tl_hint[]){{S("endpoint"), S(TOKYO_HOST), S("host"), 0},
                                           {S("region"), S("ap-northeast-1"), S("host"), 0}}));
    in[1].nhints = 2;
    in[2].odds = SAMPLE_COPY(
        a, ((struct tl_odd[]){{31, S("a line of a probe loop without a time: \"^C\"")}}));
    in[2].nodds = 1;
    in[2].gaps =
        SAMPLE_COPY(a, ((struct tl_gap[]){{SAMPLE_AT(6, 3, 55142), SAMPLE_AT(6, 22, 38934), 0}}));
    in[2].ngaps = 1;
    r->ninputs = 3;
    r->inputs = SAMPLE_COPY(a, in);
    r->nassumptions = 1;
    r->assumptions = SAMPLE_COPY(
        a, ((struct tl_assumption[]){{S("listed-order"),
                                      S("Rows of one minute happened in the order in which their "
                                        "table lists them."),
                                      14}}));
}

static inline void
sample_minor_outages(struct tl_arena *a, struct tl_run *run)
{
    struct tl_outage o[] = {
        {.endpoint = S(TOKYO_HOST),
         .resource = S("global-database-cluster-1"),
         .region = S("ap-northeast-1"),
         .source = S("probe"),
         .access = TL_ACCESS_READ,
         .last_ok = SAMPLE_AT(6, 21, 34608),
         .first_fail = SAMPLE_AT(6, 21, 35200),
         .last_fail = SAMPLE_AT(6, 21, 50532),
         .first_ok = SAMPLE_AT(6, 21, 56481),
         .min_us = 14818 * TL_MS,
         .observed_us = 21281 * TL_MS,
         .max_us = 22568 * TL_MS,
         .client_us = 21976 * TL_MS,
         .attempts_failed = 31,
         .input = 1},
        {.endpoint = S(VIRGINIA_HOST),
         .resource = S("database-cluster-1"),
         .region = S("us-east-1"),
         .source = S("probe"),
         .access = TL_ACCESS_READ,
         .last_ok = SAMPLE_AT(6, 22, 39481),
         .first_fail = SAMPLE_AT(6, 22, 40026),
         .last_fail = SAMPLE_AT(6, 22, 40535),
         .first_ok = SAMPLE_AT(6, 22, 41962),
         .min_us = 0,
         .observed_us = 1936 * TL_MS,
         .max_us = 3201 * TL_MS,
         .client_us = 2656 * TL_MS,
         .attempts_failed = 2,
         .input = 2},
    };

    for (size_t i = 0; i < 2; i++) {
        o[i].continuous = true;
        o[i].sleep_us = TL_UNKNOWN;
        o[i].res_us = TL_MS;
        o[i].version_before = S("17.4.5");
        o[i].version_after = S("17.5.4");
        o[i].endpoint_from = S("host");
        o[i].failures[TL_FAILURE_STARTING_UP] = 1;
    }
    o[0].failures[TL_FAILURE_REFUSED] = 30;
    o[1].failures[TL_FAILURE_REFUSED] = 1;
    run->noutages = 2;
    run->outages = SAMPLE_COPY(a, o);
}

static inline void
sample_minor_zdp(struct tl_arena *a, struct tl_run *run)
{
    struct tl_zdp z[] = {
        {.resource = S("ap-northeast-1 DB instance"),
         .region = S("ap-northeast-1"),
         .outcome = TL_ZDP_NOT_ATTEMPTED,
         .elapsed_ms = TL_UNKNOWN,
         .preserved = TL_UNKNOWN,
         .dropped = TL_UNKNOWN,
         .fast_startup_us = TL_UNKNOWN,
         .began = TL_INSTANT_NONE,
         .ended = TL_INSTANT_NONE,
         .reason =
             S("secondary region: zero-downtime patching is done on the primary cluster only"),
         .events = SAMPLE_COPY(a, ((uint32_t[]){3, 5})),
         .nevents = 2},
        {.resource = S("us-east-1 DB instance"),
         .region = S("us-east-1"),
         .outcome = TL_ZDP_FINISHED,
         .elapsed_ms = 2360,
         .preserved = 6,
         .dropped = 0,
         .fast_startup_us = 1431425,
         .began = tl_instant_of(SAMPLE_AT(6, 22, 0), TL_MINUTE),
         .ended = tl_instant_of(SAMPLE_AT(6, 22, 0), TL_MINUTE),
         .events = SAMPLE_COPY(a, ((uint32_t[]){9, 11, 12, 13, 14})),
         .nevents = 5},
    };

    for (size_t i = 0; i < 2; i++)
        z[i].client_preserved = z[i].client_broken = TL_UNKNOWN;
    run->nzdp = 2;
    run->zdp = SAMPLE_COPY(a, z);
}

static inline void
sample_minor_rest(struct tl_arena *a, struct tl_run *run)
{
    const struct tl_version_change v[] = {
        {S("ap-northeast-1 DB cluster"), S("ap-northeast-1"), S("17.4.5"), S("17.5.4")},
        {S("us-east-1 DB cluster"), S("us-east-1"), S("17.4.5"), S("17.5.4")}};
    const struct tl_parameter_change p[] = {
        {S("ap-northeast-1 DB instance"), S("ap-northeast-1"), S("max_wal_senders"), S("10"),
         S("20"), 2},
        {S("us-east-1 DB instance"), S("us-east-1"), S("max_wal_senders"), S("10"), S("20"), 1}};
    const struct tl_finding f[] = {
        {S("outage.secondary"), TL_SEVERITY_WARNING,
         S("The reader endpoint of ap-northeast-1 was down for 21.3 s although the upgrade "
           "was announced with \"Cluster remains online\"."),
         SAMPLE_COPY(a, ((uint32_t[]){1, 6, 8})), 3,
         S("https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/"
           "USER_UpgradeDBInstance.PostgreSQL.MinorUpgrade.html")},
        {S("parameter.repeated"), TL_SEVERITY_INFO,
         S("max_wal_senders was adjusted 2 times on one instance: before and after its restart."),
         SAMPLE_COPY(a, ((uint32_t[]){2, 4})), 2, S("")}};
    const struct tl_phase_span ph[] = {{S("us-east-1 DB instance"),
                                        S("us-east-1"),
                                        TL_PHASE_ZDP,
                                        tl_instant_of(SAMPLE_AT(6, 22, 0), TL_MINUTE),
                                        tl_instant_of(SAMPLE_AT(6, 22, 0), TL_MINUTE),
                                        {0, TL_MINUTE},
                                        false}};

    run->nversions = run->nparameters = run->nfindings = 2;
    run->versions = SAMPLE_COPY(a, v);
    run->parameters = SAMPLE_COPY(a, p);
    run->findings = SAMPLE_COPY(a, f);
    run->nphases = 1;
    run->phases = SAMPLE_COPY(a, ph);
}

static inline void
sample_minor_resources(struct tl_arena *a, struct tl_run *run)
{
    const struct {
        struct tl_str key, label, region;
        enum tl_kind kind;
        enum tl_role role;
    } rows[] = {
        {S("/ap-northeast-1/cluster/ap-northeast-1 DB cluster"), S("ap-northeast-1 DB cluster"),
         S("ap-northeast-1"), TL_KIND_CLUSTER, TL_ROLE_SECONDARY},
        {S("/ap-northeast-1/instance/ap-northeast-1 DB instance"), S("ap-northeast-1 DB instance"),
         S("ap-northeast-1"), TL_KIND_INSTANCE, TL_ROLE_UNKNOWN},
        {S("/us-east-1/cluster/us-east-1 DB cluster"), S("us-east-1 DB cluster"), S("us-east-1"),
         TL_KIND_CLUSTER, TL_ROLE_PRIMARY},
        {S("/us-east-1/instance/us-east-1 DB instance"), S("us-east-1 DB instance"), S("us-east-1"),
         TL_KIND_INSTANCE, TL_ROLE_UNKNOWN},
    };
    struct tl_resource out[4] = {{.key = {"", 0}}};

    for (size_t i = 0; i < 4; i++) {
        const struct tl_role_span role = {rows[i].role, TL_TIME_NONE, TL_TIME_NONE, false};

        out[i].key = rows[i].key;
        out[i].label = rows[i].label;
        out[i].region = rows[i].region;
        out[i].kind = rows[i].kind;
        out[i].nroles = rows[i].role != TL_ROLE_UNKNOWN;
        out[i].roles = sample_copy(a, &role, sizeof(role));
    }
    run->nresources = 4;
    run->resources = SAMPLE_COPY(a, out);
}

static inline struct tl_report
sample_minor(struct tl_arena *a)
{
    struct tl_report r = {.rules_sha256 = S("c0ffee")};
    struct tl_run run = {
        .id = S("20260411-1a2b3c4d"),
        .strategy = TL_STRATEGY_MANAGED_GLOBAL_MINOR,
        .verdict = TL_VERDICT_SUCCEEDED,
        .proof = SAMPLE_COPY(a, ((uint32_t[]){17, 22})),
        .nproof = 2,
        .from = S("17.4.5"),
        .to = S("17.5.4"),
        .began = tl_instant_of(SAMPLE_AT(6, 20, 0), TL_MINUTE),
        .ended = tl_instant_of(SAMPLE_AT(6, 23, 0), TL_MINUTE),
        .requested = {.at = TL_TIME_NONE, .event = TL_NO_INDEX},
        .operation = TL_SPAN_NONE,
        .database = TL_SPAN_NONE,
        .endpoint = TL_SPAN_NONE,
        .recovered = TL_SPAN_NONE,
        .announced = TL_SPAN_NONE,
    };

    sample_minor_inputs(a, &r);
    sample_minor_rows(a, &r);
    sample_minor_outages(a, &run);
    sample_minor_zdp(a, &run);
    sample_minor_rest(a, &run);
    sample_minor_resources(a, &run);
    r.nruns = 1;
    r.runs = sample_copy(a, &run, sizeof(run));
    return r;
}

/* One of everything, `t` in the place of every text; times, counts and indexes are tame. */
static inline struct tl_report
sample_text(struct tl_arena *a, struct tl_str t)
{
    const struct tl_instant at = tl_instant_of(SAMPLE_AT(6, 20, 0), TL_MINUTE);
    const struct tl_fused fused = {true, SAMPLE_AT(6, 20, 0), SAMPLE_AT(6, 20, 1),
                                   sample_copy(a, &t, sizeof(t)), 1};
    const struct tl_fused outage_fused = {true, 0, TL_SECOND, fused.assumes, 1};
    const uint32_t zero[] = {0};
    const uint32_t *const first = SAMPLE_COPY(a, zero);
    const struct tl_gap gap = {SAMPLE_AT(6, 20, 0), SAMPLE_AT(6, 21, 0), 0};
    const struct tl_hint hint = {t, t, t, 0};
    const struct tl_odd odd = {1, t};
    const struct tl_claim claim = {1, 0, t, t, TL_SECOND, TL_UNKNOWN};
    const struct tl_source in = {.name = t,
                                 .format = t,
                                 .sha256 = t,
                                 .first = TL_TIME_NONE,
                                 .last = TL_TIME_NONE,
                                 .precision_us = TL_UNKNOWN,
                                 .zone_assumed = true,
                                 .zone = t,
                                 .unclassified = 1,
                                 .odd = 1,
                                 .rule_limits = 1,
                                 .hints = sample_copy(a, &hint, sizeof(hint)),
                                 .nhints = 1,
                                 .odds = sample_copy(a, &odd, sizeof(odd)),
                                 .nodds = 1,
                                 .claims = sample_copy(a, &claim, sizeof(claim)),
                                 .nclaims = 1,
                                 .gaps = sample_copy(a, &gap, sizeof(gap)),
                                 .ngaps = 1,
                                 .duplicate_of = TL_NO_INDEX};
    const struct tl_field fields[] = {
        {t, TL_FIELD_TEXT, t, 0}, {t, TL_FIELD_INT, {"", 0}, -7}, {t, TL_FIELD_NULL, {"", 0}, 0}};
    const struct tl_proof proof = {0, 1, TL_CHANNEL_API};
    struct tl_row rows[3] = {{.run = 0,
                              .key = t,
                              .fused = fused,
                              .proofs = sample_copy(a, &proof, sizeof(proof)),
                              .nproofs = 1,
                              .twin_of = TL_NO_INDEX,
                              .inferred = true,
                              .ev = {.when = at,
                                     .line = 1,
                                     .who = {TL_KIND_INSTANCE, t, t, t, t, t, t, t},
                                     .cls = t,
                                     .event_id = t,
                                     .carried_id = t,
                                     .near = t,
                                     .doc = t,
                                     .severity = TL_SEVERITY_CRITICAL,
                                     .phase = TL_PHASE_ZDP,
                                     .edge = TL_EDGE_BEGIN,
                                     .message = t,
                                     .channel_id = t,
                                     .fields = SAMPLE_COPY(a, fields),
                                     .nfields = 3}}};
    const struct tl_role_span role = {TL_ROLE_WRITER, TL_TIME_NONE, SAMPLE_AT(6, 20, 0), true};
    const struct tl_resource res = {
        t, t, t, t, t, t, t, t, t, TL_KIND_CLUSTER, sample_copy(a, &role, sizeof(role)), 1};
    const struct tl_phase_span phase = {t,   t, TL_PHASE_ZDP, at, TL_INSTANT_NONE, TL_SPAN_NONE,
                                        true};
    const struct tl_zdp zdp = {t, t, TL_ZDP_FAILED, TL_UNKNOWN, 1, 2, 3, at, at, t, first, 1, 4, 5};
    struct tl_outage out = {.endpoint = t,
                            .resource = t,
                            .region = t,
                            .source = t,
                            .last_ok = TL_TIME_NONE,
                            .first_fail = SAMPLE_AT(6, 20, 0),
                            .last_fail = SAMPLE_AT(6, 20, 0),
                            .first_ok = TL_TIME_NONE,
                            .min_us = TL_UNKNOWN,
                            .observed_us = TL_UNKNOWN,
                            .max_us = TL_UNKNOWN,
                            .client_us = TL_UNKNOWN,
                            .fused = outage_fused,
                            .attempts_failed = 1,
                            .blind = sample_copy(a, &gap, sizeof(gap)),
                            .nblind = 1,
                            .version_before = t,
                            .version_after = t,
                            .endpoint_from = t,
                            .sleep_us = TL_UNKNOWN,
                            .res_us = TL_MS};
    const struct tl_version_change version = {t, t, t, t};
    const struct tl_parameter_change parameter = {t, t, t, t, t, 1};
    const struct tl_silence silence = {.resource = t,
                                       .from = SAMPLE_AT(6, 20, 0),
                                       .to = SAMPLE_AT(6, 21, 0),
                                       .region = t,
                                       .during = TL_PHASE_SHUTDOWN,
                                       .after = t,
                                       .until = t,
                                       .expected = t,
                                       .usual_us = TL_SECOND};
    const struct tl_missing missing = {t, t, t};
    const struct tl_finding finding = {t, TL_SEVERITY_CRITICAL, t, first, 1, t};
    const struct tl_stretch stretch = {t, t, TL_PHASE_SHUTDOWN, {0, TL_SECOND}};
    const struct tl_assumption assumption = {t, t, 1};
    struct tl_run run = {.id = t,
                         .engine = t,
                         .account = t,
                         .from = t,
                         .to = t,
                         .began = at,
                         .ended = TL_INSTANT_NONE,
                         .requested = {t, t, SAMPLE_AT(6, 20, 0), 0},
                         .operation = TL_SPAN_NONE,
                         .database = TL_SPAN_NONE,
                         .endpoint = TL_SPAN_NONE,
                         .recovered = {0, TL_SECOND},
                         .announced = TL_SPAN_NONE};
    struct tl_report r = {.rules_sha256 = t, .rows_left_out = 3};

    out.failures[TL_FAILURE_DNS] = 1;
    rows[1] = rows[2] = rows[0];
    rows[1].twin_of = 0;
    rows[2].run = TL_NO_INDEX;
    r.inputs = sample_copy(a, &in, sizeof(in));
    r.assumptions = sample_copy(a, &assumption, sizeof(assumption));
    r.rows = SAMPLE_COPY(a, rows);
    r.outages = sample_copy(a, &out, sizeof(out));
    r.findings = sample_copy(a, &finding, sizeof(finding));
    run.resources = sample_copy(a, &res, sizeof(res));
    run.phases = sample_copy(a, &phase, sizeof(phase));
    run.zdp = sample_copy(a, &zdp, sizeof(zdp));
    run.outages = r.outages;
    run.versions = sample_copy(a, &version, sizeof(version));
    run.parameters = sample_copy(a, &parameter, sizeof(parameter));
    run.silences = sample_copy(a, &silence, sizeof(silence));
    run.findings = r.findings;
    run.path = sample_copy(a, &stretch, sizeof(stretch));
    run.npath = 1;
    run.sequence = (struct tl_sequence){.expected = 3, .seen = 1, .inferred = 1, .nmissing = 1};
    run.sequence.missing = sample_copy(a, &missing, sizeof(missing));
    run.nresources = run.nphases = run.nzdp = run.noutages = run.nversions = 1;
    run.nparameters = run.nsilences = run.nfindings = 1;
    r.runs = sample_copy(a, &run, sizeof(run));
    r.nrows = 3;
    r.ninputs = r.nassumptions = r.noutages = r.nfindings = r.nruns = 1;
    return r;
}

static inline struct tl_report
sample_empty(struct tl_arena *a)
{
    const struct tl_source in = {.name = S("notes.txt"),
                                 .format = S("unknown"),
                                 .bytes = 12,
                                 .first = TL_TIME_NONE,
                                 .last = TL_TIME_NONE,
                                 .precision_us = TL_UNKNOWN,
                                 .duplicate_of = TL_NO_INDEX};
    struct tl_report r = {.ninputs = 1};

    r.inputs = sample_copy(a, &in, sizeof(in));
    return r;
}

#undef S
#endif
