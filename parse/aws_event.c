/* aws_event.c - one event of RDS: as describe-events, EventBridge and SNS write it. */
#include "parse/aws.h"

#include <string.h>

/* ARN before type and identifier; what the channel says of region and account where it has none. */
static void
put_who(const struct aws_parts *p, struct tl_ident *who)
{
    struct tl_str type = {"", 0}, id = p->id;
    enum tl_kind kind = p->type.n > 0 ? tl_source_type(p->type, &type) : TL_KIND_OTHER;

    if (p->arn.n == 0 || !tl_ident_from_arn(p->arn, who)) {
        who->kind = kind;
        who->id = p->id;
    } else if (who->kind == TL_KIND_OTHER && kind != TL_KIND_OTHER) {
        who->kind = kind;
    }
    if (type.n > 0)
        who->source_type = type;
    if (tl_str_starts(id, TL_STR("rds:")) && tl_str_eq(tl_str_skip(id, 4), who->id))
        id = tl_str_skip(id, 4); /* EventBridge writes it before names that do not have it */
    who->label = id.n > 0 ? id : who->id;
    if (who->region.n == 0)
        who->region = p->region;
    if (who->account.n == 0)
        who->account = p->account;
}

/* At most MAX_MESSAGE bytes, not inside a character. */
static struct tl_str
bounded(struct aws *a, struct tl_str s)
{
    if (s.n <= MAX_MESSAGE)
        return s;
    aws_odd(a, "a message longer than 64 KiB, cut there");
    s.n = MAX_MESSAGE;
    while (s.n > 0 && ((unsigned char)s.p[s.n] & 0xc0) == 0x80)
        s.n--;
    return s;
}

void
aws_put_event(struct aws *a, const struct aws_parts *p)
{
    struct tl_instant when;
    struct tl_event *ev;

    if (p->message.n == 0) {
        aws_odd(a, "an event without a message");
        return;
    }
    if (p->date.n == 0 || !aws_time(a, p->date, &when)) {
        aws_odd(a,
                p->date.n == 0 ? "an event without a date" : "an event whose date is unreadable");
        return;
    }
    ev = aws_event(a);
    if (!ev)
        return;
    ev->when = when;
    ev->message = bounded(a, p->message);
    ev->event_id = p->event_id;
    ev->channel = p->channel;
    ev->channel_id = p->channel_id;
    put_who(p, &ev->who);
    aws_field(a, ev, "categories", p->categories);
}

/* ["a", "b"] or "a" as "a, b". */
static struct tl_str
join_categories(struct aws *a, const cJSON *list)
{
    const cJSON *item;
    struct tl_buf b;

    if (cJSON_IsString(list))
        return doc_string(list);
    if (cJSON_GetArraySize(list) == 1)
        return doc_string(list->child);
    tl_buf_init(&b, MAX_MESSAGE);
    cJSON_ArrayForEach(item, list)
    {
        struct tl_str s = doc_string(item);

        if (b.n > 0 && s.n > 0)
            tl_buf_add(&b, TL_STR(", "));
        tl_buf_add(&b, s);
    }
    return aws_built(a, &b);
}

struct tl_str
aws_date(struct aws *a, const cJSON *date)
{
    struct tl_buf b;
    int64_t n;

    if (!doc_integer(date, &n) || n < 0)
        return doc_string(date);
    tl_buf_init(&b, 64);
    tl_buf_addf(&b, "%lld", (long long)n);
    return aws_built(a, &b);
}

struct tl_str
aws_event_id(struct tl_str s)
{
    size_t at = tl_str_find(s, TL_STR("RDS-EVENT-"));
    struct tl_str id = at == SIZE_MAX ? (struct tl_str){"", 0} : tl_str_skip(s, at), digits;
    int64_t n;

    digits = tl_str_skip(id, 10);
    if (!tl_str_digits(&digits, 4, &n))
        return (struct tl_str){"", 0};
    id.n = 14;
    return id;
}

void
aws_rds_event(struct aws *a, const cJSON *el, const struct aws_outer *o)
{
    const struct aws_parts p = {
        .date = aws_date(a, doc_get(el, "Date")),
        .message = doc_text(el, "Message"),
        .arn = doc_text(el, "SourceArn"),
        .id = doc_text(el, "SourceIdentifier"),
        .type = doc_text(el, "SourceType"),
        .categories = join_categories(a, doc_get(el, "EventCategories")),
        .event_id = aws_event_id(doc_text(el, "EventID")),
        .region = o->region,
        .account = o->account,
        .channel = doc_get(el, "EventID") ? TL_CHANNEL_EVENTBRIDGE : TL_CHANNEL_API,
    };

    aws_put_event(a, &p);
}

/* ---- EventBridge ---- */

void
aws_eventbridge(struct aws *a, const cJSON *el, const struct aws_outer *o)
{
    const cJSON *detail = doc_get(el, "detail"), *resources = doc_get(el, "resources");
    struct tl_str source = doc_text(el, "source");
    struct aws_outer outer = *o;
    struct aws_parts p;

    outer.region = doc_text(el, "region");
    outer.account = doc_text(el, "account");
    if (doc_get(detail, "eventSource") && doc_get(detail, "eventName")) {
        aws_cloudtrail(a, detail, &outer);
        return;
    }
    if (!tl_str_eq(source, TL_STR("aws.rds")) &&
        !(source.n == 0 && tl_str_starts(doc_text(el, "detail-type"), TL_STR("RDS ")))) {
        aws_ignored(a);
        return;
    }
    p = (struct aws_parts){
        .date = aws_date(a, doc_get(detail, "Date")),
        .message = doc_text(detail, "Message"),
        .arn = doc_text(detail, "SourceArn"),
        .id = doc_text(detail, "SourceIdentifier"),
        .type = doc_text(detail, "SourceType"),
        .categories = join_categories(a, doc_get(detail, "EventCategories")),
        .event_id = aws_event_id(doc_text(detail, "EventID")),
        .region = outer.region,
        .account = outer.account,
        .channel_id = doc_text(el, "id"),
        .channel = TL_CHANNEL_EVENTBRIDGE,
    };
    if (p.date.n == 0)
        p.date = doc_text(el, "time");
    if (p.arn.n == 0 && cJSON_IsArray(resources))
        p.arn = doc_string(resources->child);
    aws_put_event(a, &p);
}

/* ---- SNS ---- */

/* The value of region= in the console link. */
static struct tl_str
link_region(struct tl_str link)
{
    size_t at = tl_str_find(link, TL_STR("region="));
    struct tl_str s = at == SIZE_MAX ? (struct tl_str){"", 0} : tl_str_skip(link, at + 7);
    size_t n = 0;

    while (n < s.n && s.p[n] != '#' && s.p[n] != '&')
        n++;
    s.n = n;
    return tl_is_region(s) ? s : (struct tl_str){"", 0};
}

void
aws_sns_body(struct aws *a, const cJSON *el, const struct aws_outer *o)
{
    struct aws_parts p = {
        .date = doc_text(el, "Event Time"),
        .message = doc_text(el, "Event Message"),
        .arn = doc_text(el, "Source ARN"),
        .id = doc_text(el, "Source ID"),
        .type = doc_text(el, "Event Source"),
        .categories = {"", 0},
        .event_id = aws_event_id(doc_text(el, "Event ID")),
        .region = link_region(doc_text(el, "Identifier Link")),
        .account = o->account,
        .channel_id = o->sns_id,
        .channel = TL_CHANNEL_SNS,
    };

    if (p.region.n == 0)
        p.region = o->region;
    aws_put_event(a, &p);
}
