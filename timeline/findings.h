/*
 * findings.h - private to timeline/: conclusions. The catalogue of codes is a table in findings.c;
 * docs/findings.md explains each.
 */
#ifndef TL_TIMELINE_FINDINGS_H
#define TL_TIMELINE_FINDINGS_H

#include "timeline/run.h"

/* code, severity, text ({0}, {1} … are the arguments), documentation */
#define FINDING_MAP(X)                                                                             \
    X(ID_CONTRADICTED, "id.contradicted", NOTICE,                                                  \
      "the source carries {0}, but the text \"{1}\" is that of another event ({2}): the text was " \
      "taken",                                                                                     \
      DOC_EVENTS)                                                                                  \
    X(CLAIM_CONTRADICTED, "claim.contradicted", WARNING,                                           \
      "{0}, line {1}, claims {2}: \"{3}\"; the probe of {4} proves {5}{6}", DOC_NONE)              \
    X(HINT_CONTRADICTED, "hint.contradicted", NOTICE, "{0}: {1}", DOC_NONE)                        \
    X(ZONE_ASSUMED, "zone.assumed", NOTICE,                                                        \
      "{0}: its times bear no zone; {1} was assumed (--input-tz, or --as auto,tz=ZONE)", DOC_NONE) \
    X(PRECISION_MINUTE, "precision.minute", INFO,                                                  \
      "{0} of {1} rows are known to the minute only, in the order of their table: "                \
      "describe-events has them to the millisecond, for 14 days",                                  \
      DOC_DESCRIBE)                                                                                \
    X(UNCLASSIFIED_NEAR, "unclassified.near", NOTICE,                                              \
      "\"{0}\" fits no rule, but is close to {1}: AWS may have reworded it", DOC_EVENTS)           \
    X(RUN_AMBIGUOUS, "run.ambiguous", NOTICE, "{0}", DOC_NONE)                                     \
    X(ZDP_BY_DESIGN, "zdp.not-used-by-design", INFO,                                               \
      "{0} was restarted without zero-downtime patching: {1} ({2})", DOC_ZDP)                      \
    X(ZDP_NOT_USED, "zdp.not-used", NOTICE,                                                        \
      "{0} was restarted without an attempt at zero-downtime patching, which dropped all of its "  \
      "connections; the evidence has no documented reason for that{1}",                            \
      DOC_ZDP)                                                                                     \
    X(ZDP_DROPPED, "zdp.dropped", WARNING,                                                         \
      "zero-downtime patching of {0} dropped {1} of {2} connections: those clients got an error "  \
      "and had to connect again",                                                                  \
      DOC_ZDP)                                                                                     \
    X(ZDP_FAILED, "zdp.failed", WARNING, "zero-downtime patching of {0} failed: {1}", DOC_ZDP)     \
    X(ZDP_TRANSACTION, "zdp.cause-transaction", NOTICE,                                            \
      "the log of {0} shows {1} in a transaction around zero-downtime patching{2}: a long "        \
      "transaction keeps it from its quiet point, and is dropped",                                 \
      DOC_ZDP)                                                                                     \
    X(ZDP_DDL, "zdp.cause-ddl", NOTICE,                                                            \
      "the log of {0} shows {1} with DDL at zero-downtime patching{2}: sessions that run DDL are " \
      "dropped",                                                                                   \
      DOC_ZDP)                                                                                     \
    X(ZDP_TEMP_TABLE, "zdp.cause-temp-table", NOTICE,                                              \
      "the log of {0} shows {1} with a temporary table at zero-downtime patching{2}: "             \
      "sessions that have one are dropped",                                                        \
      DOC_ZDP)                                                                                     \
    X(ZDP_TABLE_LOCK, "zdp.cause-table-lock", NOTICE,                                              \
      "the log of {0} shows {1} that locked a table, or waited for such a lock, at zero-downtime " \
      "patching{2}: sessions with table locks are dropped",                                        \
      DOC_ZDP)                                                                                     \
    X(ZDP_LISTEN, "zdp.cause-listen", NOTICE,                                                      \
      "the log of {0} shows {1} that issued LISTEN before zero-downtime patching{2}: "             \
      "sessions that listen are dropped, and must LISTEN again",                                   \
      DOC_ZDP)                                                                                     \
    X(ZDP_CURSOR, "zdp.cause-cursor", NOTICE,                                                      \
      "the log of {0} shows {1} with a cursor WITH HOLD at zero-downtime patching{2}: "            \
      "sessions that have one are dropped",                                                        \
      DOC_ZDP)                                                                                     \
    X(ZDP_TLS, "zdp.cause-tls", NOTICE,                                                            \
      "the log of {0} shows {1} that offered no TLS version that the server takes{2}: clients "    \
      "that old may hold connections with TLS 1.1, which zero-downtime patching drops",            \
      DOC_ZDP)                                                                                     \
    X(ZDP_PENDING, "zdp.cause-parameter", NOTICE,                                                  \
      "{0} had a change of {1} that waited for a restart{2}: pending parameter changes can keep "  \
      "zero-downtime patching from completing",                                                    \
      DOC_ZDP)                                                                                     \
    X(ZDP_SOCKET, "zdp.cause-socket", NOTICE,                                                      \
      "the log of {0} counts {1} connections lost because handing over their sockets took too "    \
      "long (ZD_SOCKET_TRANSFER_CONN_DROPPED)",                                                    \
      DOC_RELEASES)                                                                                \
    X(ZDP_GROUP, "zdp.cause-group", NOTICE,                                                        \
      "{0} had a change of {1} pending since {2}; the events do not say whether {3} uses that "    \
      "parameter group. Pending parameter changes can keep zero-downtime patching from "           \
      "completing",                                                                                \
      DOC_ZDP)                                                                                     \
    X(ZDP_RELEASE, "zdp.cause-release", INFO,                                                      \
      "zero-downtime patching of {0} began on {1}: release {2} {3}", DOC_RELEASES)                 \
    X(ZDP_CAUSE_NOT_SEEN, "zdp.cause-not-seen", INFO,                                              \
      "the log of {0} covers the attempt and has no line that tells of {1} (an idle session "      \
      "leaves none)",                                                                              \
      DOC_ZDP)                                                                                     \
    X(ZDP_CAUSE_UNKNOWN, "zdp.cause-unknown", NOTICE,                                              \
      "why zero-downtime patching of {0} {1} is not known: {2}{3}", DOC_ZDP)                       \
    X(ZDP_CLIENT_VIEW, "zdp.client-view", INFO,                                                    \
      "zero-downtime patching of {0} took {1} by its event; the probe of {2} proves an outage of " \
      "{3} for new connections: consistent",                                                       \
      DOC_ZDP)                                                                                     \
    X(ZDP_CLIENT_DIFFERS, "zdp.client-differs", WARNING,                                           \
      "zero-downtime patching of {0} took {1} by its event; the probe of {2} proves an outage of " \
      "{3} for new connections: the event does not cover it, something else kept clients out, "    \
      "too",                                                                                       \
      DOC_ZDP)                                                                                     \
    X(OUTAGE_NO_PROBE, "outage.no-probe", NOTICE,                                                  \
      "{0} was restarted or patched, and no probe watched it: {1}", DOC_NONE)                      \
    X(OUTAGE_OPEN, "outage.open", NOTICE, "the log of {0} {1}: the outage is open on that side",   \
      DOC_NONE)                                                                                    \
    X(OUTAGE_BLIND, "outage.blind", NOTICE,                                                        \
      "the log of {0} has a hole of {1} inside an outage: what happened there is not known",       \
      DOC_NONE)                                                                                    \
    X(EVIDENCE_LATE, "evidence.begins-late", NOTICE,                                               \
      "the evidence of {0} begins with \"{1}\" at {2}, and the start of the upgrade is not in "    \
      "it{3}",                                                                                     \
      DOC_DESCRIBE)                                                                                \
    X(EVIDENCE_NO_EVENTS, "evidence.no-events", NOTICE,                                            \
      "only probes and logs tell of the run of {0}: {1} (describe-events keeps them until {2})",   \
      DOC_DESCRIBE)                                                                                \
    X(EVIDENCE_LOG_MISSES, "evidence.log-misses-run", NOTICE,                                      \
      "the log of {0} covers {1} to {2}, and the run began at {3}: {4}", DOC_LOGS)                 \
    X(EVIDENCE_LOG_DELETED, "evidence.log-deleted", NOTICE,                                        \
      "RDS announced that it deletes {0} {1} of {2} ({3} first): what was not exported to "        \
      "CloudWatch Logs before is lost",                                                            \
      DOC_LOGS)                                                                                    \
    X(REGION_UNHEARD, "region.no-evidence", NOTICE,                                                \
      "{0}: describe-events answers for one Region at a time", DOC_DESCRIBE)                       \
    X(VERSION_MISMATCH, "version.mismatch", WARNING, "{0}", DOC_NONE)                              \
    X(UPGRADE_REFUSED, "upgrade.refused", WARNING, "the upgrade of {0} was refused: {1}",          \
      DOC_EVENTS)                                                                                  \
    X(UPGRADE_FAILED, "upgrade.failed", CRITICAL, "the upgrade of {0} failed: {1}", DOC_EVENTS)    \
    X(UPGRADE_ROLLED_BACK, "upgrade.rolled-back", CRITICAL,                                        \
      "the upgrade of {0} was rolled back: {1}", DOC_EVENTS)                                       \
    X(REQUEST_REFUSED, "request.refused", NOTICE, "{0} by {1} was refused: {2}", DOC_NONE)         \
    X(SHUTDOWN_OPEN, "shutdown.no-restart", WARNING,                                               \
      "{0} was shut down, and no restart was announced within {1} of evidence", DOC_EVENTS)        \
    X(SHUTDOWN_TWICE, "shutdown.twice", NOTICE, "{0} was shut down twice before it was restarted", \
      DOC_EVENTS)                                                                                  \
    X(RESTART_ALONE, "restart.without-shutdown", NOTICE,                                           \
      "{0} was restarted without an announced shutdown (a crash, a failover or a lost "            \
      "event looks like that)",                                                                    \
      DOC_EVENTS)                                                                                  \
    X(RECOVERY, "recovery.in-upgrade", WARNING, "{0} went through recovery during the run",        \
      DOC_EVENTS)                                                                                  \
    X(ROWS_GAP, "rows.gap", INFO,                                                                  \
      "the rows inserted through {0} have a gap of {1}: writes failed or waited, or none came",    \
      DOC_NONE)                                                                                    \
    X(FAILOVER_UNREQUESTED, "failover.unrequested", NOTICE,                                        \
      "no call in the evidence asked for the failover of {0}", DOC_EVENTS)                         \
    X(FAILOVER_REASON, "failover.reason", NOTICE, "why {0} failed over, by AWS: {1}", DOC_EVENTS)  \
    X(BLUEGREEN_RENAMED, "bluegreen.renamed", INFO,                                                \
      "what is called {0} after the switchover was {1} before, and what was {0} is called {2}",    \
      DOC_EVENTS)                                                                                  \
    X(SWITCHOVER_CANCELLED, "switchover.cancelled", CRITICAL,                                      \
      "the switchover of {0} was called off: {1}", DOC_EVENTS)                                     \
    X(ORDER_BROKEN, "order.rule-broken", WARNING,                                                  \
      "the primary cluster {0} was upgraded before {1}: AWS wants every secondary cluster of a "   \
      "global database upgraded first, and the primary last",                                      \
      DOC_GLOBAL)                                                                                  \
    X(HINT_MISSING, "hint.missing", NOTICE,                                                        \
      "the log {0} names no Region, and so its outage was kept apart from the run of {1} in {2}, " \
      "which was at work then; if it is the log of that instance, say --as "                       \
      "auto,region={2},instance={1} before it",                                                    \
      DOC_NONE)                                                                                    \
    X(ZONE_LIKELY, "zone.likely", NOTICE,                                                          \
      "the times of {0} bear no zone, and UTC was taken; {1} is the only whole quarter of an "     \
      "hour at which its change of version falls into the run of {2}: if its clock was there, "    \
      "say --as auto,tz={1} before it",                                                            \
      DOC_NONE)                                                                                    \
    X(UPGRADE_AUTOMATIC, "upgrade.automatic", NOTICE, "{0}", DOC_MAINTENANCE)                      \
    X(UPGRADE_UNREQUESTED, "upgrade.unrequested", NOTICE,                                          \
      "no call in the CloudTrail records that were given asked for the change of {0}{1}",          \
      DOC_NONE)                                                                                    \
    X(ASSUMPTION_DROPPED, "assumption.dropped", NOTICE, "{0} was not assumed of {1}: {2}",         \
      DOC_NONE)                                                                                    \
    X(TIME_CONTRADICTION, "time.contradiction", WARNING, "{0}", DOC_NONE)                          \
    X(LOG_CRASH, "log.crash", WARNING, "{0} crashed, by its own log: {1}", DOC_NONE)               \
    X(LOG_START_FAILED, "log.start-failed", WARNING, "{0} failed to start {1}: {2}", DOC_NONE)     \
    X(LOG_LAST_KNOWN_UP, "log.last-known-up", NOTICE,                                              \
      "{0} says at its start that it was {2} {1}; nothing in the evidence shows that it is still " \
      "the same server (an image or a snapshot keeps that time for months), so its outage has no " \
      "upper bound",                                                                               \
      DOC_NONE)                                                                                    \
    X(LOG_REFUSED, "log.refused", NOTICE, "{0} refused {1}, by its own log: {2}", DOC_NONE)        \
    X(LOG_TOO_MANY, "log.too-many-connections", WARNING,                                           \
      "{0} served, but had no slot left for {1}", DOC_NONE)                                        \
    X(LOG_MEMORY, "log.out-of-memory", WARNING, "{0} was out of memory {1}: {2}", DOC_NONE)        \
    X(LOG_DISK, "log.disk-full", WARNING, "{0} had no room on its storage {1}: {2}", DOC_NONE)     \
    X(LOG_STORAGE, "log.storage-error", WARNING, "{0} could not rely on its storage {1}: {2}",     \
      DOC_NONE)                                                                                    \
    X(CLOCK_SKEWED, "clock.skewed", WARNING, "the clock of {0} is {1} {2} that of {3}{4}",         \
      DOC_NONE)                                                                                    \
    X(CLOCK_OFF, "clock.skewed", NOTICE, "the clock of {0} is {1} {2} that of {3}{4}", DOC_NONE)   \
    X(CLOCK_CONTRADICTED, "clock.contradicted", WARNING,                                           \
      "what {0} say of one change of versions cannot all be true, however far their clocks are "   \
      "apart: no offset was estimated",                                                            \
      DOC_NONE)

enum finding {
#define X(name, code, severity, text, doc) F_##name,
    FINDING_MAP(X)
#undef X
        NFINDINGS
};

struct tl_str finding_code(enum finding f);

/*
 * Adds a finding to a run (or to none: NULL), proved by rows. args: as many as its text
 * names; they are copied. Keeps at most a few dozen rows.
 */
enum tl_status finding_add(struct tl_builder *b, struct plan *p, enum finding f,
                           const uint32_t *rows, size_t nrows, const struct tl_str *args);

/* Texts for findings, in the arena; empty when there is no room (finding_add fails then,
 * too). */
struct tl_str words_count(struct tl_builder *b, uint64_t n);
/* "2.360 s", "0.500 to 2.701 s", "at most 3.201 s": as exact as stamps of res_us support; the ends
 * of a span are rounded outwards, so that it stays true. */
struct tl_str words_seconds(struct tl_builder *b, int64_t us, int64_t res_us);
struct tl_str words_span(struct tl_builder *b, int64_t min, int64_t max, int64_t res_us);
/* What somebody states, in the digits that it takes: "10 to 12 s", "1.5 s". */
struct tl_str words_stated(struct tl_builder *b, int64_t min, int64_t max);
struct tl_str words_long(struct tl_builder *b, int64_t us); /* "5 min", "3 hours" */
/* "2026-04-11 06:22:40 UTC": to the second, or to the minute where no more is known. */
struct tl_str words_time(struct tl_builder *b, const struct tl_instant *when);
struct tl_str res_title(const struct tl_builder *b, uint32_t res); /* identifier, or label */
/* The same, with its Region where another Region has a namesake: how texts call it. */
struct tl_str res_called(struct tl_builder *b, uint32_t res);
/* Concatenates n parts. */
struct tl_str words_join(struct tl_builder *b, const struct tl_str *parts, size_t n);

#endif
