/*
 * model.h - the nouns of the project. Plain data: no behaviour, no I/O.
 *
 * Flow: ingest makes streams; parse makes events (classified records), probe attempts among
 * them, and one source per input; timeline makes a report of them; store saves and loads it;
 * render reads it. Names in comments in `backticks` are the JSON keys of the CONTRACT.
 *
 * Everywhere: an empty tl_str means "not known" (JSON null); TL_TIME_NONE, TL_UNKNOWN and
 * TL_NO_INDEX likewise. Spans are microseconds.
 */
#ifndef TL_CORE_MODEL_H
#define TL_CORE_MODEL_H

#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/time.h"

#define TL_UNKNOWN  INT64_MIN  /* a number that is not known */
#define TL_NO_INDEX UINT32_MAX /* no such element */

/* ---- closed lists: one row gives the enum and the text (core/names.h looks them up) ---- */

#define TL_SEVERITY_MAP(X)                                                                         \
    X(INFO, "info") X(NOTICE, "notice") X(WARNING, "warning") X(CRITICAL, "critical")

#define TL_KIND_MAP(X)                                                                             \
    X(OTHER, "other")                                                                              \
    X(GLOBAL_CLUSTER, "global-cluster")                                                            \
    X(CLUSTER, "cluster")                                                                          \
    X(INSTANCE, "instance")                                                                        \
    X(ENDPOINT, "endpoint")

#define TL_STRATEGY_MAP(X)                                                                         \
    X(UNKNOWN, "unknown")                                                                          \
    X(MANAGED_GLOBAL_MINOR, "managed-global-minor")                                                \
    X(IN_PLACE_MINOR_ZDP, "in-place-minor-zdp")                                                    \
    X(IN_PLACE_MINOR_RESTART, "in-place-minor-restart")                                            \
    X(PATCH, "patch")                                                                              \
    X(MAJOR_IN_PLACE, "major-in-place")                                                            \
    X(MANUAL_SECONDARIES_FIRST, "manual-secondaries-first")                                        \
    X(OS_UPDATE, "os-update")                                                                      \
    X(BLUE_GREEN, "blue-green")                                                                    \
    X(MULTI_AZ_FAILOVER, "multi-az-failover")                                                      \
    X(FAILOVER, "failover")                                                                        \
    X(GLOBAL_SWITCHOVER, "global-switchover")                                                      \
    X(GLOBAL_FAILOVER, "global-failover")                                                          \
    X(INSTANCE_MINOR, "instance-minor")                                                            \
    X(INSTANCE_MAJOR, "instance-major")

#define TL_VERDICT_MAP(X)                                                                          \
    X(UNKNOWN, "unknown")                                                                          \
    X(SUCCEEDED, "succeeded")                                                                      \
    X(ROLLED_BACK, "rolled-back")                                                                  \
    X(FAILED, "failed")                                                                            \
    X(PARTIAL, "partial")                                                                          \
    X(IN_PROGRESS, "in-progress")

#define TL_PHASE_MAP(X)                                                                            \
    X(NONE, "")                                                                                    \
    X(REQUESTED, "requested")                                                                      \
    X(PRECHECK, "precheck")                                                                        \
    X(SNAPSHOT, "snapshot")                                                                        \
    X(SHUTDOWN, "shutdown")                                                                        \
    X(UPGRADE, "upgrade")                                                                          \
    X(ZDP, "zdp")                                                                                  \
    X(STARTUP, "startup")                                                                          \
    X(ONLINE, "online")                                                                            \
    X(COMPLETING, "completing")

#define TL_EDGE_MAP(X) X(NONE, "") X(BEGIN, "begin") X(END, "end") X(POINT, "point")

/* Failure kinds of a probe attempt; OK is the kind of none. */
#define TL_FAILURE_MAP(X)                                                                          \
    X(OK, "ok")                                                                                    \
    X(REFUSED, "refused")                                                                          \
    X(STARTING_UP, "starting-up")                                                                  \
    X(SHUTTING_DOWN, "shutting-down")                                                              \
    X(IN_RECOVERY, "in-recovery")                                                                  \
    X(TIMEOUT, "timeout")                                                                          \
    X(DNS, "dns")                                                                                  \
    X(RESET, "reset")                                                                              \
    X(CLOSED, "closed")                                                                            \
    X(AUTH, "auth")                                                                                \
    X(READ_ONLY, "read-only")                                                                      \
    X(ERROR, "error")

#define TL_ACCESS_MAP(X) X(UNKNOWN, "") X(CONNECT, "connect") X(READ, "read") X(WRITE, "write")

#define TL_ROLE_MAP(X)                                                                             \
    X(UNKNOWN, "")                                                                                 \
    X(PRIMARY, "primary") X(SECONDARY, "secondary") X(WRITER, "writer") X(READER, "reader")

#define TL_ZDP_MAP(X)                                                                              \
    X(UNKNOWN, "unknown")                                                                          \
    X(FINISHED, "finished")                                                                        \
    X(FAILED, "failed")                                                                            \
    X(NOT_ATTEMPTED, "not-attempted")

/* Which way a record came; `channel` of a proof. */
#define TL_CHANNEL_MAP(X)                                                                          \
    X(UNKNOWN, "unknown")                                                                          \
    X(API, "api") /* describe-events, JSON, text or XML */                                         \
    X(EVENTBRIDGE, "eventbridge")                                                                  \
    X(SNS, "sns")                                                                                  \
    X(TABLE, "table") /* change tables, console pastes, lists */                                   \
    X(CLOUDTRAIL, "cloudtrail")                                                                    \
    X(TOPOLOGY, "topology")                                                                        \
    X(STATUS, "status")                                                                            \
    X(PROBE, "probe")                                                                              \
    X(LOG, "log")

/* What the evidence normally means; rules may name more. In the order of their names. */
#define TL_ASSUME_MAP(X)                                                                           \
    X(CLOCKS_AGREE, "clocks-agree",                                                                \
      "the clock of a probe's host and that of AWS show the same time")                            \
    X(LISTED_ORDER, "listed-order",                                                                \
      "the rows that a table lists within one minute stand in the order in which they happened")   \
    X(STARTUP_REFUSES, "startup-refuses",                                                          \
      "an engine refuses connections during its fast startup, so its duration is a lower bound "   \
      "of the outage")                                                                             \
    X(TWINS, "twins",                                                                              \
      "the same message on a cluster and on its instance within 5 s is of one moment")             \
    X(ZDP_DURATION, "zdp-duration",                                                                \
      "the time that zero-downtime patching says it took is that between \"Attempting\" and "      \
      "\"finished\"")                                                                              \
    X(ZDP_WINDOW, "zdp-window",                                                                    \
      "the outage that clients see of zero-downtime patching lies between \"Attempting\" and "     \
      "\"finished\"")

#define TL_ENUM_ROW(prefix, name) TL_##prefix##_##name,
enum tl_assume {
#define X(name, text, meaning) TL_ENUM_ROW(ASSUME, name)
    TL_ASSUME_MAP(X)
#undef X
        TL_NASSUMES
};
enum tl_severity {
#define X(name, text) TL_SEVERITY_##name,
    TL_SEVERITY_MAP(X)
#undef X
};
enum tl_kind {
#define X(name, text) TL_KIND_##name,
    TL_KIND_MAP(X)
#undef X
};
enum tl_strategy {
#define X(name, text) TL_STRATEGY_##name,
    TL_STRATEGY_MAP(X)
#undef X
};
enum tl_verdict {
#define X(name, text) TL_VERDICT_##name,
    TL_VERDICT_MAP(X)
#undef X
};
enum tl_phase {
#define X(name, text) TL_PHASE_##name,
    TL_PHASE_MAP(X)
#undef X
};
enum tl_edge {
#define X(name, text) TL_EDGE_##name,
    TL_EDGE_MAP(X)
#undef X
};
enum tl_failure {
#define X(name, text) TL_FAILURE_##name,
    TL_FAILURE_MAP(X)
#undef X
        TL_NFAILURES
};
enum tl_access {
#define X(name, text) TL_ACCESS_##name,
    TL_ACCESS_MAP(X)
#undef X
};
enum tl_role {
#define X(name, text) TL_ROLE_##name,
    TL_ROLE_MAP(X)
#undef X
};
enum tl_zdp_outcome {
#define X(name, text) TL_ZDP_##name,
    TL_ZDP_MAP(X)
#undef X
};
enum tl_channel {
#define X(name, text) TL_CHANNEL_##name,
    TL_CHANNEL_MAP(X)
#undef X
};
#undef TL_ENUM_ROW

/* ---- what parse hands over ---- */

/* A typed field of an event: a capture of its rule, or a datum of its source. */
enum tl_field_type { TL_FIELD_NULL, TL_FIELD_TEXT, TL_FIELD_INT, TL_FIELD_TIME };
struct tl_field {
    struct tl_str name;
    enum tl_field_type type;
    struct tl_str text; /* TEXT */
    int64_t number;     /* INT; TIME: a tl_time */
};

/* Who an event is about, as far as its record says. */
struct tl_ident {
    enum tl_kind kind;
    struct tl_str
        source_type; /* describe-events spelling ("db-instance", "db-snapshot", "endpoint") */
    struct tl_str account, region, id, arn;
    struct tl_str cluster; /* identifier of the cluster it belongs to, where the record says so */
    struct tl_str label;   /* as a person wrote it: "us-east-1 DB cluster" */
};

/*
 * One attempt of a probe loop. `stamp` is what the log has for it. With stamp_end the loop prints
 * its time after the attempt: then end == stamp and start is unknown (>= the attempt before).
 */
struct tl_attempt {
    tl_time start;  /* TL_TIME_NONE: not known */
    tl_time end;    /* TL_TIME_NONE: not in the log */
    tl_time stamp;  /* equals start, or end with stamp_end */
    int64_t res_us; /* how finely it is written */
    bool stamp_end;
    bool after_gap; /* an elision ("...", "(omitted)") stands between it and the one before */
    enum tl_failure failure;
    enum tl_access access;
    struct tl_str version; /* of an ok attempt that shows one */
};

/*
 * A record that was read, and what the rules made of it. Everything it points to belongs to the
 * reader and is valid until its next call; tl_event_keep copies it.
 */
struct tl_event {
    struct tl_instant when;
    struct tl_str input; /* name of the input; only tideline-events readers set it per event */
    uint32_t line;       /* 1-based first line in that input; 0: none */
    uint32_t block;      /* tables and loops of one document are told apart by it; from 0 */
    struct tl_ident who;
    struct tl_str cls;        /* `class`: never empty after classification ("unclassified") */
    struct tl_str event_id;   /* from the text, or carried where the text says nothing */
    struct tl_str carried_id; /* only when the source carried an id that the text contradicts */
    struct tl_str near;       /* of an unclassified message: the class it is close to */
    struct tl_str doc;        /* link of the rule */
    enum tl_severity severity;
    enum tl_phase phase;
    enum tl_edge edge;
    struct tl_str message;
    enum tl_channel channel;
    struct tl_str channel_id; /* EventBridge id, SNS MessageId, CloudTrail eventID */
    const struct tl_field *fields;
    size_t nfields;
    const struct tl_attempt *attempt; /* probe.ok, probe.failed; else NULL */
};

struct tl_hint { /* a fact about a whole input: key is a key of --as, `from` "as", "host", "name", …
                  */
    struct tl_str key, value, from;
    uint32_t block;
};
struct tl_odd {
    uint32_t line;
    struct tl_str why;
};
struct tl_claim { /* a duration that a document states about an outage */
    uint32_t line;
    uint32_t block;         /* the loop it stands next to; TL_NO_INDEX: none */
    struct tl_str text;     /* the sentence */
    struct tl_str endpoint; /* host, or region name, that it speaks of; empty: not said */
    int64_t min_us, max_us; /* what the words allow: "about 11 seconds" is 10..12 */
};
struct tl_gap { /* blind time of an input: an elision */
    tl_time from, to;
    uint32_t block;
};
enum { TL_ODD_SAMPLES = 10 };

struct tl_span { /* SPAN, microseconds; a side may be TL_UNKNOWN */
    int64_t min_us, max_us;
};
#define TL_SPAN_NONE ((struct tl_span){TL_UNKNOWN, TL_UNKNOWN})

/* How far the clock of an input is ahead (below 0: behind). */
struct tl_skew {
    struct tl_span offset; /* of that of the AWS control plane; NONE unless both sides are known */
    struct tl_span apart;  /* of that of `other`, where that excludes 0; else NONE */
    struct tl_str other;
};

/* What is known of an input once it has been read to its end (an element of `inputs`). */
struct tl_source {
    struct tl_str name, format, sha256; /* sha256: 64 hex digits of the decompressed bytes */
    uint64_t bytes, records, events, unclassified, odd;
    uint64_t rule_limits; /* records on which a rule gave up (PCRE2 match limit) */
    tl_time first, last;  /* TL_TIME_NONE: no record with a time */
    int64_t precision_us; /* finest stamp; TL_UNKNOWN: none */
    bool zone_assumed;    /* some stamps bore no zone: --input-tz (default UTC) was taken */
    struct tl_str zone;   /* the zone that was taken for them */
    struct tl_hint *hints;
    size_t nhints, hints_cap;
    struct tl_odd *odds; /* the first TL_ODD_SAMPLES */
    size_t nodds, odds_cap;
    struct tl_claim *claims;
    size_t nclaims, claims_cap;
    struct tl_gap *gaps; /* `blind` */
    size_t ngaps, gaps_cap;
    uint32_t duplicate_of; /* in a report: index of the input with the same bytes, or TL_NO_INDEX */
    const struct tl_skew *skew; /* in a report; NULL: nothing is known of its clock */
};

/*
 * What a rule says of a duration that its event states, as data: with `since`, it is the time since
 * the last event of that class on the same resource (or its twin); without, the least that an
 * outage of that resource lasted. field: a number in _ms, _us or _s.
 */
struct tl_assume_rule {
    struct tl_str cls, name, field, since; /* since: empty where there is none */
};

/* ---- what timeline makes ---- */

struct tl_proof {
    uint32_t input, line;
    enum tl_channel channel;
};

/* One link of a chain of evidence: what bounds a moment, and the moment that it comes from. */
struct tl_step {
    tl_time bound;        /* what it makes of it */
    int64_t add_us;       /* from the moment before: bound = before + add_us */
    struct tl_str words;  /* the constraint, in words */
    struct tl_str assume; /* the assumption, or two with ", " between them; empty: proven */
    struct tl_str what; /* the moment that is bounded, where it is no row: "begin of the outage" */
    uint32_t row;       /* the row that is bounded; TL_NO_INDEX */
    uint32_t input, line; /* where the evidence stands; input TL_NO_INDEX: nowhere */
    bool upper;           /* `bound` is of the latest moment; else of the earliest */
};

/* How an instant came to be narrower than its own source says. */
struct tl_why {
    uint32_t row;
    struct tl_step *steps; /* of each chain from its beginning to the row: proven lower,
                                    proven upper, fused lower, fused upper */
    size_t nsteps;
    bool fused;
};

struct tl_fused { /* present == false: `fused` is null */
    bool present;
    int64_t min, max; /* of an outage: spans; of an event: earliest, latest (tl_time) */
    const struct tl_str *assumes;
    size_t nassumes;
};

/* A row of the table. */
struct tl_row {
    struct tl_event ev; /* ev.when is tightened; ev.input unused */
    uint32_t run;       /* index, or TL_NO_INDEX */
    uint32_t input;     /* index into inputs; TL_NO_INDEX of what is inferred */
    struct tl_str key;  /* `resource_key`: account/region/kind/id */
    struct tl_fused fused;
    const struct tl_proof *proofs; /* the first is (input, ev.line); none of what is inferred */
    size_t nproofs;
    uint32_t twin_of; /* index of the row that tells the same fact first, or TL_NO_INDEX */
    bool inferred;    /* it stands in no evidence, but must have happened */
};

struct tl_role_span {
    enum tl_role role;
    tl_time from, to;
    bool proved;
};
struct tl_resource {
    struct tl_str key, id, label, region, arn, cluster, class_; /* class_: `class`, db.r6g.large */
    struct tl_str account, engine;
    enum tl_kind kind;
    const struct tl_role_span *roles;
    size_t nroles;
};

struct tl_phase_span {
    struct tl_str resource, region; /* id, or label */
    enum tl_phase name;
    struct tl_instant began, ended; /* ended may be NONE */
    struct tl_span seconds;
    bool inferred; /* one of its ends is */
};

struct tl_stretch { /* of the critical path: that part of a phase that the run waited for */
    struct tl_str resource, region;
    enum tl_phase phase;
    struct tl_span seconds;
};

struct tl_missing { /* a step that is told nowhere */
    struct tl_str resource, region, cls;
};
struct tl_sequence { /* the steps that the strategy of a run leads to expect */
    uint64_t expected, seen, inferred;
    struct tl_missing *missing;
    size_t nmissing;
};

struct tl_zdp {
    struct tl_str resource, region;
    enum tl_zdp_outcome outcome;
    int64_t elapsed_ms, preserved, dropped, fast_startup_us; /* TL_UNKNOWN: not known */
    struct tl_instant began, ended;
    struct tl_str reason;
    const uint32_t *events; /* rows */
    size_t nevents;
    int64_t client_preserved, client_broken;
};

struct tl_outage {
    struct tl_str endpoint, resource, region; /* endpoint: host, or the best name there is */
    struct tl_str source;                     /* "probe", "log", "client" */
    enum tl_access access;
    tl_time last_ok, first_fail, last_fail, first_ok;
    struct tl_instant down, up; /* when it stopped serving, and when it served again; a side that is
                                   not known is NONE */
    int64_t min_us, observed_us, max_us, client_us; /* TL_UNKNOWN: that side is open */
    bool continuous;
    struct tl_fused fused;
    uint64_t attempts_failed;
    uint64_t failures[TL_NFAILURES];
    const struct tl_gap *blind;
    size_t nblind;
    struct tl_str version_before, version_after;
    struct tl_str endpoint_from; /* how the endpoint was found: "as", "host", "name", "document" */
    int64_t sleep_us;            /* the loop's sleep that the bounds use; TL_UNKNOWN: not known */
    uint32_t input;              /* index into inputs */
    int64_t res_us;              /* resolution of its stamps */
};

struct tl_version_change {
    struct tl_str resource, region, from, to;
};
struct tl_parameter_change {
    struct tl_str resource, region, name, from, to;
    uint64_t count;
};
struct tl_silence {
    struct tl_str resource;
    tl_time from, to; /* proven to be without a word */
    struct tl_str region;
    enum tl_phase during;                 /* NONE: between phases */
    struct tl_str after, until, expected; /* classes; until, expected may be empty */
    int64_t usual_us; /* what the words of that resource are apart otherwise; TL_UNKNOWN: too few */
};
struct tl_finding {
    struct tl_str code; /* "claim.contradicted": docs/findings.md lists them */
    enum tl_severity severity;
    struct tl_str text;
    const uint32_t *events; /* rows */
    size_t nevents;
    struct tl_str doc;
};
struct tl_assumption {
    struct tl_str name, text;
    uint64_t used_by;
};
struct tl_request { /* `requested`; event == TL_NO_INDEX: null */
    struct tl_str by, via;
    tl_time at;
    uint32_t event;
};

struct tl_run {
    struct tl_str id;
    bool proved; /* `basis` */
    enum tl_strategy strategy;
    enum tl_verdict verdict;
    const uint32_t *proof;
    size_t nproof;
    struct tl_str engine, account, from, to;
    struct tl_instant began, ended;
    struct tl_request requested;
    struct tl_span operation, database, endpoint, recovered, announced; /* `clocks` */
    struct tl_resource *resources;
    size_t nresources;
    struct tl_phase_span *phases;
    size_t nphases;
    struct tl_zdp *zdp;
    size_t nzdp;
    struct tl_outage *outages;
    size_t noutages;
    struct tl_version_change *versions;
    size_t nversions;
    struct tl_parameter_change *parameters;
    size_t nparameters;
    struct tl_silence *silences;
    size_t nsilences;
    struct tl_finding *findings;
    size_t nfindings;
    const uint32_t *strategy_proof; /* rows, ascending */
    size_t nstrategy_proof;
    struct tl_str strategy_because, verdict_because; /* in words */
    struct tl_stretch *path;                         /* `critical_path` */
    size_t npath;
    struct tl_sequence sequence;
};

/* The whole answer. Immutable once built; the arena that built it owns it. */
struct tl_report {
    struct tl_str rules_sha256;
    struct tl_source *inputs; /* ordered by name, then sha256 */
    size_t ninputs;
    struct tl_assumption *assumptions;
    size_t nassumptions;
    struct tl_run *runs; /* ordered by began, then id */
    size_t nruns;
    struct tl_row *rows; /* `events`, in the order of the report; `n` is the index + 1 */
    size_t nrows;
    struct tl_outage *outages; /* of no run */
    size_t noutages;
    struct tl_finding *findings; /* of no run */
    size_t nfindings;
    struct tl_why *why; /* of the rows that were narrowed, ascending */
    size_t nwhy;
    uint64_t rows_left_out; /* by --since, --until, --window */
};

#endif
