/*
 * cw_messages.h - private to parse/: the messages in JSON of CloudWatch Logs, one by one.
 *
 *   {"events": [{"logStreamName", "timestamp", "message", "ingestionTime", "eventId"}]}
 *                                      filter-log-events; get-log-events without stream and id
 *   {"messageType": "DATA_MESSAGE", "owner", "logGroup", "logStream", "logEvents": [{"id",
 *    "timestamp", "message"}]}         records of a subscription; of CONTROL_MESSAGE: nothing
 *   {"results": [[{"field": "@message", "value"}, …]]}                       get-query-results
 *   [{"@timestamp", "@message", "@logStream", "@log"}]                       its download
 *
 * One or many documents, one a line, one behind the other, or bare events.
 */
#ifndef TL_PARSE_CW_MESSAGES_H
#define TL_PARSE_CW_MESSAGES_H

#include "parse/cwlogs.h"
#include "parse/json_split.h"

struct cw_message {     /* views, valid until the next call */
    struct tl_str text; /* LOG_PAD bytes behind it are readable */
    struct tl_str group, stream, account, id;
    struct tl_instant outer; /* NONE: not said, or a placeholder */
    uint32_t line;           /* of its object */
};

struct cw_messages {
    struct tl_reader *r; /* for odd places; NULL while sniffing */
    struct feed *feed;
    struct json_split split;
    struct json_element el;

    struct json_split batch; /* events of the record at hand */
    struct feed batch_feed;
    struct tl_memory memory;

    struct tl_buf group, stream; /* of the record at hand */
    struct tl_str account;
    struct tl_buf own_stream, id, text;

    struct tl_instant row_time; /* of Logs Insights */
    uint64_t bytes;             /* in elements */
    uint32_t row, row_line;
    char owner[12];
    bool held; /* el is still to be taken */
    bool in_batch, in_row;
    bool answer; /* something was seen that only CloudWatch Logs writes */
};

/* feed and r (may be NULL) are borrowed. */
void cw_messages_start(struct cw_messages *m, struct feed *feed, struct tl_reader *r);
void cw_messages_end(struct cw_messages *m);
/* False: the end, or no memory (cw_messages_failed). */
bool cw_messages_next(struct cw_messages *m, struct cw_message *out);
bool cw_messages_failed(const struct cw_messages *m);

#endif
