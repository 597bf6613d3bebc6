/*
 * aws_plain.c - the frequent shapes, taken from the text where nothing in it needs decoding: an
 * input of a million events needs no million trees. Whatever is unusual is left to the tree.
 */
#include "parse/aws.h"

#include <string.h>

struct text {
    struct tl_str key, *out;
    bool needed;
};

/* False: one is no plain text, or a needed one is missing. */
static bool
plain_texts(const struct json_element *el, const struct text *texts, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!json_plain(el, texts[i].key, texts[i].out) &&
            (texts[i].needed || json_has(el, texts[i].key)))
            return false;
    return true;
}
#define PLAIN_TEXTS(el, ...)                                                                       \
    plain_texts(el, (const struct text[]){__VA_ARGS__},                                            \
                sizeof((const struct text[]){__VA_ARGS__}) / sizeof(struct text))

/* A list of at most one plain text; absent: "". */
static bool
plain_category(struct tl_str list, struct tl_str *out)
{
    if (list.n == 0)
        return true;
    if (list.p[0] != '[' || memchr(list.p, '\\', list.n))
        return false;
    list = tl_str_trim((struct tl_str){list.p + 1, list.n - 2});
    if (list.n == 0)
        return true;
    if (list.n < 2 || list.p[0] != '"' || list.p[list.n - 1] != '"')
        return false;
    *out = (struct tl_str){list.p + 1, list.n - 2};
    return !memchr(out->p, '"', out->n);
}

/* The parts that describe-events and the detail of EventBridge share. */
static bool
plain_parts(const struct json_element *el, struct aws_parts *p)
{
    return PLAIN_TEXTS(el, {TL_STR("Date"), &p->date, true}, {TL_STR("Message"), &p->message, true},
                       {TL_STR("SourceArn"), &p->arn, false},
                       {TL_STR("SourceIdentifier"), &p->id, false},
                       {TL_STR("SourceType"), &p->type, false}) &&
           plain_category(json_member(el, TL_STR("EventCategories")), &p->categories);
}

bool
aws_plain_event(struct aws *a, const struct json_element *el)
{
    struct aws_parts p = {.channel = TL_CHANNEL_API};

    if (json_has(el, TL_STR("EventID")) || !plain_parts(el, &p))
        return false;
    aws_put_event(a, &p);
    return true;
}

bool
aws_plain_bridge(struct aws *a, const struct json_element *el)
{
    struct aws_parts p = {.channel = TL_CHANNEL_EVENTBRIDGE};
    struct scan scan;
    struct json_element detail = {.text = json_member(el, TL_STR("detail")), .scan = &scan};
    struct tl_str source = {"", 0}, event_id = {"", 0};

    if (!PLAIN_TEXTS(el, {TL_STR("source"), &source, true}, {TL_STR("id"), &p.channel_id, true},
                     {TL_STR("region"), &p.region, true}, {TL_STR("account"), &p.account, true}))
        return false;
    if (!tl_str_eq(source, TL_STR("aws.rds")) && tl_str_starts(source, TL_STR("aws."))) {
        aws_ignored(a);
        return true;
    }
    scan_start(&scan, false);
    if (!tl_str_eq(source, TL_STR("aws.rds")) || !tl_str_starts(detail.text, TL_STR("{")) ||
        scan_value(&scan, detail.text) != SCAN_DONE || scan.unusual ||
        json_has(&detail, TL_STR("eventSource")))
        return false;
    if (!plain_parts(&detail, &p) || p.arn.n == 0 || p.date.n == 0 ||
        !PLAIN_TEXTS(&detail, {TL_STR("EventID"), &event_id, false}))
        return false;
    p.event_id = aws_event_id(event_id);
    aws_put_event(a, &p);
    return true;
}

/* Most records of a trail are of other services. */
bool
aws_plain_foreign_call(struct aws *a, const struct json_element *el)
{
    struct tl_str source;

    if (!json_plain(el, TL_STR("eventSource"), &source) ||
        tl_str_eq(source, TL_STR("rds.amazonaws.com")))
        return false;
    aws_ignored(a);
    return true;
}
