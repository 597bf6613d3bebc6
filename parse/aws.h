/*
 * aws.h - private to parse/: the records that AWS writes as JSON (or as XML with the same names).
 *
 * An element of a document is recognised by its keys, whatever document it stands in, and gives no
 * event, one, or (topology) several. Envelopes (SNS, SQS, CloudWatch Logs, EventBridge) are opened.
 *
 * For a whole input: the formats in fmt_aws.c. For a block of a document: a feed over the block's
 * bytes (feed_init, then feed.line = first line - 1), aws_open, aws_next until *got is false,
 * aws_close.
 */
#ifndef TL_PARSE_AWS_H
#define TL_PARSE_AWS_H

#include "parse/json_doc.h"
#include "parse/json_split.h"
#include "parse/reader.h"

/* The format names that an element can speak for; AWS_NONE for envelopes and what is not known. */
enum aws_kind {
    AWS_NONE,
    AWS_EVENTS,
    AWS_EVENTBRIDGE,
    AWS_SNS,
    AWS_CLOUDTRAIL,
    AWS_TOPOLOGY,
    AWS_KINDS
};

/* What the envelopes around a record say of it. Views. */
struct aws_outer {
    struct tl_str region, account;
    struct tl_str sns_id; /* MessageId */
    unsigned depth;       /* envelopes opened so far */
};

struct aws {
    struct tl_reader *r; /* counting and zones; NULL while sniffing */
    struct feed *feed;   /* where the elements come from */
    uint32_t block;      /* of its events */
    struct json_split split;
    struct tl_arena arena; /* what the queued events point to, unless it is in a tree or the feed */
    struct tl_buf room;
    struct aws_root *roots; /* trees of the current element, in the arena */
    struct tl_event *queue; /* events of the current element */
    struct tl_event first;  /* the queue of the many elements that are one event */
    size_t nqueue, queue_cap, at;
    bool overfull;
    uint32_t line;            /* of the current element */
    uint64_t seen[AWS_KINDS]; /* elements by what they are */
    uint64_t bytes;           /* in elements that are known */
    enum tl_status failed;
    /* JSON, text or XML: puts the events of the next elements into the empty queue; false: the end
     */
    bool (*refill)(struct aws *a);
    struct aws_xml *xml;
};

/* What a text (a head, a block) speaks for most; of equals the first seen. *share: per cent of its
 * bytes that are such elements. */
enum aws_kind aws_look(struct tl_reader *r, struct tl_str text, unsigned *share);

/* r and feed are borrowed. NULL: out of memory. */
struct aws *aws_open(struct tl_reader *r, struct feed *feed, uint32_t block);
/* The next event, zeroed by the caller; what it points to lives until the next call. *got = false:
 * the end. Odd elements are reported to r; only memory fails. */
enum tl_status aws_next(struct aws *a, struct tl_event *ev, bool *got, struct tl_error *err);
void aws_close(struct aws *a); /* NULL is allowed */

/* Empties the queue and frees what its events point to. */
void aws_reset(struct aws *a);
/* Takes the events of a tree, which then belongs to `a`, into the empty queue. */
void aws_take_tree(struct aws *a, cJSON *root, uint32_t line);

/* The other two ways in which the answers of the API are written. `starts`: what a text speaks for.
 */
enum aws_kind aws_text_starts(struct tl_str text); /* aws_text.c: --output text */
bool aws_text_refill(struct aws *a);
enum aws_kind aws_xml_starts(struct tl_str text); /* aws_xml.c: the answer itself */
bool aws_xml_open(struct aws *a);
bool aws_xml_refill(struct aws *a);
void aws_xml_close(struct aws *a);

/* ---- for the shapes ---- */

/* A new event at the end of the queue, with line, or NULL when there is no room (a->failed, or the
 * element has too many). */
struct tl_event *aws_event(struct aws *a);
/* Appends a text field; an empty text is none. */
void aws_field(struct aws *a, struct tl_event *ev, const char *name, struct tl_str text);
/* A copy that lives as long as the queue. */
struct tl_str aws_keep(struct aws *a, struct tl_str s);
/* The same of what was built, which is freed. What went beyond its ceiling is cut. */
struct tl_str aws_built(struct aws *a, struct tl_buf *b);
/* The tree of a text, NULL when it has none; it lives with the queue. */
const cJSON *aws_read(struct aws *a, struct tl_str text);
/* A text, or a number written as one: dates are epochs then. */
struct tl_str aws_date(struct aws *a, const cJSON *date);
/* Counts an odd element, or one that is read but none of ours. */
void aws_odd(struct aws *a, const char *why);
void aws_ignored(struct aws *a);
/* Reads an AWS time: UTC where no zone stands. False when it is none. */
bool aws_time(struct aws *a, struct tl_str text, struct tl_instant *out);

/* The parts of an event of RDS, whatever channel it came by. */
struct aws_parts {
    struct tl_str date, message, arn, id, type, categories;
    struct tl_str event_id, region, account, channel_id;
    enum tl_channel channel;
};
void aws_put_event(struct aws *a, const struct aws_parts *p);
/* RDS-EVENT-9999 at the end of a link or alone; "" when there is none. */
struct tl_str aws_event_id(struct tl_str s);

/* The frequent shapes without a tree, when nothing in the element is unusual (aws_plain.c); false:
 * take the tree, which gives the same. */
typedef bool aws_plain_fn(struct aws *a, const struct json_element *el);
aws_plain_fn aws_plain_event, aws_plain_bridge, aws_plain_foreign_call;

typedef void aws_take_fn(struct aws *a, const cJSON *el, const struct aws_outer *o);
aws_take_fn aws_rds_event, aws_eventbridge, aws_sns_body; /* aws_event.c */
aws_take_fn aws_cloudtrail, aws_lookup;                   /* aws_cloudtrail.c */
aws_take_fn aws_cluster, aws_instance, aws_global;        /* aws_topology.c */

/* Recognises a tree and takes it (envelopes call it for what is in them). */
void aws_dispatch(struct aws *a, const cJSON *el, const struct aws_outer *o);
/* The JSON in a text, recognised; a text without any is ignored. */
void aws_inner(struct aws *a, struct tl_str text, const struct aws_outer *o);

#endif
