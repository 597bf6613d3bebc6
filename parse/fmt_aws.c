/* fmt_aws.c - the formats that AWS writes as JSON: one reader, a name for each. */
#include "parse/aws.h"
#include "parse/formats.h"

static enum tl_status
open_json(struct tl_reader *r, struct tl_error *err)
{
    r->state = aws_open(r, &r->feed, 0);
    return r->state ? TL_OK : tl_fail(err, TL_ENOMEM, 0, "no room to read JSON");
}

static enum tl_status
next_json(struct tl_reader *r, struct tl_event *ev, bool *got, struct tl_error *err)
{
    return aws_next(r->state, ev, got, err);
}

static void
close_json(struct tl_reader *r)
{
    aws_close(r->state);
    r->state = NULL;
}

/* The surer, the more of the head is elements: prose with a block in it is a document. */
static int
sniff_kind(struct tl_reader *r, struct tl_str head, enum aws_kind kind, const char *what,
           struct tl_buf *why)
{
    unsigned share;

    if (aws_look(r, head, &share) != kind)
        return 0;
    if (aws_xml_starts(head) == kind)
        what = "an XML answer of the RDS API";
    if (aws_text_starts(head) == kind)
        what = "lines of events, as describe-events --output text prints them";
    tl_buf_add(why, tl_str_from(what));
    return 55 + (int)(share < 80 ? share : 80) / 2;
}

#define FORMAT(id, format_name, kind, what)                                                        \
    static int sniff_##id(struct tl_reader *r, struct tl_str head, struct tl_buf *why)             \
    {                                                                                              \
        return sniff_kind(r, head, kind, what, why);                                               \
    }                                                                                              \
    const struct tl_format fmt_##id = {.name = (format_name),                                      \
                                       .sniff = sniff_##id,                                        \
                                       .open = open_json,                                          \
                                       .next = next_json,                                          \
                                       .close = close_json};

FORMAT(rds_events, "rds-events", AWS_EVENTS,
       "objects with Date, Message and a source, as describe-events prints them")
FORMAT(eventbridge, "eventbridge", AWS_EVENTBRIDGE,
       "objects with detail-type and detail, EventBridge envelopes")
FORMAT(sns, "sns", AWS_SNS, "objects with Event Source and Event Message, RDS notifications of SNS")
FORMAT(cloudtrail, "cloudtrail", AWS_CLOUDTRAIL,
       "objects with eventSource, eventName and eventTime, CloudTrail records")
FORMAT(topology, "topology", AWS_TOPOLOGY,
       "objects that describe clusters, instances or global clusters")
