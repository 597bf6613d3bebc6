/*
 * log_who.h - private to parse/: what the names around a log say of the server that wrote it.
 *
 * A name says who it is only in the shapes in which RDS and CloudWatch Logs write names; anything
 * else names nobody.
 */
#ifndef TL_PARSE_LOG_WHO_H
#define TL_PARSE_LOG_WHO_H

#include "parse/reader.h"

/* As far as it is known; empty: it is not. Views of what was read. */
struct log_owner {
    struct tl_str instance, cluster, region, account;
    struct tl_str kind;  /* of the log group: "postgresql", "error", "slowquery" */
    struct tl_str label; /* of a stream that names no instance: the stream */
};

/* Each fills what is still empty in *o. */

/* A log group: "/aws/rds/cluster/shop/error", with an account or an ARN before it or without. */
void owner_of_group(struct tl_str group, struct log_owner *o);
/* A log stream, or the host of syslog: "shop-instance-1.0". */
void owner_of_stream(struct tl_str stream, struct log_owner *o);
/* The path of an input. */
void owner_of_path(struct tl_str path, struct log_owner *o);
/* A command of the AWS CLI that a paste begins with. */
void owner_of_command(struct tl_str head, struct log_owner *o);

/* Whether errors and starts of a server are written to a log group of that kind. */
bool owner_has_errors(const struct log_owner *o);

/* A path without compression, extension, dates and numbers at its end: the same for all files of
 * one log. A view of it. */
struct tl_str owner_stem(struct tl_str path);

/* What the wrapper of a record says goes into ev->who; what it leaves open: hints of the input. */
void log_owned(struct tl_reader *r, const struct log_owner *o, struct tl_event *ev);

#endif
