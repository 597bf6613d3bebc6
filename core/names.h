/*
 * names.h - the texts of the closed lists of model.h, both ways.
 */
#ifndef TL_CORE_NAMES_H
#define TL_CORE_NAMES_H

#include "core/model.h"

/* Static text; never NULL, empty where the list says so. */
struct tl_str tl_severity_name(enum tl_severity v);
struct tl_str tl_kind_name(enum tl_kind v);
struct tl_str tl_strategy_name(enum tl_strategy v);
struct tl_str tl_verdict_name(enum tl_verdict v);
struct tl_str tl_phase_name(enum tl_phase v);
struct tl_str tl_edge_name(enum tl_edge v);
struct tl_str tl_failure_name(enum tl_failure v);
struct tl_str tl_access_name(enum tl_access v);
struct tl_str tl_role_name(enum tl_role v);
struct tl_str tl_zdp_name(enum tl_zdp_outcome v);
struct tl_str tl_channel_name(enum tl_channel v);
struct tl_str tl_assume_name(enum tl_assume v);
struct tl_str tl_assume_text(struct tl_str name); /* what it says; empty: a rule's own */

/* False, with *out unchanged, when the list has no such text (an empty text is never found). */
bool tl_severity_from(struct tl_str s, enum tl_severity *out);
bool tl_kind_from(struct tl_str s, enum tl_kind *out);
bool tl_phase_from(struct tl_str s, enum tl_phase *out);
bool tl_edge_from(struct tl_str s, enum tl_edge *out);
bool tl_failure_from(struct tl_str s, enum tl_failure *out);
bool tl_access_from(struct tl_str s, enum tl_access *out);
bool tl_channel_from(struct tl_str s, enum tl_channel *out);

/* The kind of resource that a source type of any channel means ("db-cluster", "CLUSTER",
 * "DB_INSTANCE", "db-snapshot", …), and *canonical its describe-events spelling (the text itself,
 * lower case unknown, where the list does not have it; static or a view of s). */
enum tl_kind tl_source_type(struct tl_str s, struct tl_str *canonical);

/* A copy of *ev with all that it points to in the arena; false when there is no room. */
bool tl_event_keep(struct tl_arena *a, const struct tl_event *ev, struct tl_event *out);

/* The field of that name, or NULL. */
const struct tl_field *tl_event_field(const struct tl_event *ev, struct tl_str name);
/* Its text ("" when absent or not text); its number (TL_UNKNOWN when absent or not a number). */
struct tl_str tl_event_text(const struct tl_event *ev, struct tl_str name);
int64_t tl_event_number(const struct tl_event *ev, struct tl_str name);

/* Takes an ARN apart (arn:partition:rds:region:account:kind:id; the id may hold colons).
 * Sets region, account, id, kind, source_type of *who where it has them; who->arn = arn.
 * False when it is no ARN of RDS. Views into arn. */
bool tl_ident_from_arn(struct tl_str arn, struct tl_ident *who);

/* Appends the key of a resource: account/region/kind/id; `id` falls back to the label.
 * Slashes within a part are written %2F. */
void tl_ident_key(struct tl_buf *b, const struct tl_ident *who);

/* True for a region name by its shape: "us-east-1", "ap-northeast-1", "us-gov-west-1". */
bool tl_is_region(struct tl_str s);
/* The first region name that stands as a word of its own in s (file names, labels); empty: none. */
struct tl_str tl_find_region(struct tl_str s);

/*
 * Takes an RDS host name apart: NAME[.cluster[-ro]-HASH].REGION.rds.amazonaws.com[.cn] and the
 * proxy and custom-endpoint forms. False when it is none. Views into host.
 */
struct tl_host {
    struct tl_str id; /* first label: cluster or instance id */
    struct tl_str region;
    bool is_cluster, is_reader, is_proxy;
};
bool tl_host_read(struct tl_str host, struct tl_host *out);

#endif
