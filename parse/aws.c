/* aws.c - which shape an element has, the envelopes, and the queue of events. */
#include "parse/aws.h"

#include <stdlib.h>
#include <string.h>

enum {
    MAX_QUEUE_BYTES = 64 * 1024 * 1024,
    MAX_ROOM = 8 * 1024 * 1024,
    MAX_ENVELOPES = 3,
    MAX_QUEUE = 16384
};

struct aws_root {
    cJSON *tree;
    struct aws_root *next;
};

/* ---- shapes ---- */

static aws_take_fn take_sns_record, take_sns_envelope, take_sqs, take_lambda_sqs, take_log_event,
    take_log_row;

/* One row per set of keys that makes a shape; the first row that fits decides. */
struct shape {
    const char *has[3];   /* all of them */
    const char * not [2]; /* none of them */
    enum aws_kind kind;
    aws_take_fn *take;
    aws_plain_fn *plain; /* NULL: there is none */
};
#define SNAPSHOTS         "DBSnapshotIdentifier", "DBInstanceAutomatedBackupsArn"
#define CLUSTER_SNAPSHOTS "DBClusterSnapshotIdentifier", "EndpointType"
static const struct shape shapes[] = {
    {{"SourceIdentifier", "Message"}, {NULL}, AWS_EVENTS, aws_rds_event, aws_plain_event},
    {{"SourceArn", "Message"}, {NULL}, AWS_EVENTS, aws_rds_event, aws_plain_event},
    {{"SourceType", "Message"}, {NULL}, AWS_EVENTS, aws_rds_event, aws_plain_event},
    {{"detail-type", "detail"}, {NULL}, AWS_EVENTBRIDGE, aws_eventbridge, aws_plain_bridge},
    {{"CloudTrailEvent"}, {NULL}, AWS_CLOUDTRAIL, aws_lookup, NULL},
    {{"eventSource", "eventName", "eventTime"},
     {NULL},
     AWS_CLOUDTRAIL,
     aws_cloudtrail,
     aws_plain_foreign_call},
    {{"Event Message"}, {NULL}, AWS_SNS, aws_sns_body, NULL},
    {{"Event Source", "Event Time"}, {NULL}, AWS_SNS, aws_sns_body, NULL},
    {{"Sns"}, {NULL}, AWS_NONE, take_sns_record, NULL},
    {{"TopicArn", "Message"}, {NULL}, AWS_NONE, take_sns_envelope, NULL},
    {{"Body", "MessageId"}, {NULL}, AWS_NONE, take_sqs, NULL},
    {{"Body", "ReceiptHandle"}, {NULL}, AWS_NONE, take_sqs, NULL},
    {{"body", "messageId"}, {NULL}, AWS_NONE, take_lambda_sqs, NULL},
    {{"message", "timestamp"}, {NULL}, AWS_NONE, take_log_event, NULL},
    {{"message", "ingestionTime"}, {NULL}, AWS_NONE, take_log_event, NULL},
    {{"field", "value"}, {NULL}, AWS_NONE, take_log_row, NULL},
    {{"DBInstanceIdentifier", "DBInstanceClass"}, {SNAPSHOTS}, AWS_TOPOLOGY, aws_instance, NULL},
    {{"DBInstanceIdentifier", "DBInstanceStatus"}, {SNAPSHOTS}, AWS_TOPOLOGY, aws_instance, NULL},
    {{"DBInstanceIdentifier", "EngineVersion"}, {SNAPSHOTS}, AWS_TOPOLOGY, aws_instance, NULL},
    {{"DBClusterIdentifier", "DBClusterMembers"}, {NULL}, AWS_TOPOLOGY, aws_cluster, NULL},
    {{"DBClusterIdentifier", "EngineVersion"},
     {CLUSTER_SNAPSHOTS},
     AWS_TOPOLOGY,
     aws_cluster,
     NULL},
    {{"DBClusterIdentifier", "Status"}, {CLUSTER_SNAPSHOTS}, AWS_TOPOLOGY, aws_cluster, NULL},
    {{"GlobalClusterIdentifier", "GlobalClusterMembers"}, {NULL}, AWS_TOPOLOGY, aws_global, NULL},
    {{"GlobalClusterIdentifier", "EngineVersion"}, {NULL}, AWS_TOPOLOGY, aws_global, NULL},
    {{"SourceIdentifier", "Date"}, {NULL}, AWS_EVENTS, aws_rds_event, aws_plain_event},
    {{"SourceArn", "Date"}, {NULL}, AWS_EVENTS, aws_rds_event, aws_plain_event},
    {{"SourceType", "Date"}, {NULL}, AWS_EVENTS, aws_rds_event, aws_plain_event},
    {{"SourceIdentifier", "EventCategories"}, {NULL}, AWS_EVENTS, aws_rds_event, aws_plain_event},
    {{"Date", "Message"}, {NULL}, AWS_EVENTS, aws_rds_event, aws_plain_event},
};
enum { NSHAPES = sizeof(shapes) / sizeof(shapes[0]) };

/* An object as it stands in the text, or as a tree: the other is NULL. */
struct keyed {
    const struct json_element *el;
    const cJSON *tree;
};

static bool
has_key(struct keyed k, const char *key)
{
    return k.el ? json_has(k.el, tl_str_from(key)) : doc_get(k.tree, key) != NULL;
}

static const struct shape *
shape_of(struct keyed k)
{
    for (size_t i = 0; i < NSHAPES; i++) {
        const struct shape *s = &shapes[i];
        bool fits = true;

        for (size_t j = 0; j < 3 && s->has[j] && fits; j++)
            fits = has_key(k, s->has[j]);
        for (size_t j = 0; j < 2 && s->not [j] && fits; j++)
            fits = !has_key(k, s->not [j]);
        if (fits)
            return s;
    }
    return NULL;
}

static bool
known(const struct json_element *el)
{
    return shape_of((struct keyed){.el = el}) != NULL;
}

/* ---- the queue ---- */

void
aws_reset(struct aws *a)
{
    for (struct aws_root *t = a->roots; t; t = t->next)
        cJSON_Delete(t->tree);
    a->roots = NULL;
    a->queue = &a->first;
    a->queue_cap = 1;
    a->nqueue = a->at = 0;
    a->overfull = false;
    if (a->arena.used > 0)
        tl_arena_reset(&a->arena);
}

struct tl_event *
aws_event(struct aws *a)
{
    struct tl_event *q;

    if (a->nqueue == MAX_QUEUE) {
        if (!a->overfull)
            aws_odd(a, "an object with more than 16384 events in it, the others are left out");
        a->overfull = true;
        return NULL;
    }
    q = tl_arena_grow(&a->arena, a->queue, a->nqueue, &a->queue_cap, sizeof(*q));

    if (!q) {
        a->failed = TL_ENOMEM;
        return NULL;
    }
    a->queue = q;
    q += a->nqueue++;
    *q = (struct tl_event){.when = TL_INSTANT_NONE, .line = a->line, .block = a->block};
    return q;
}

struct tl_str
aws_keep(struct aws *a, struct tl_str s)
{
    struct tl_str kept = s.n > 0 ? tl_arena_str(&a->arena, s) : (struct tl_str){"", 0};

    if (!kept.p) {
        a->failed = TL_ENOMEM;
        return (struct tl_str){"", 0};
    }
    return kept;
}

struct tl_str
aws_built(struct aws *a, struct tl_buf *b)
{
    struct tl_str kept = aws_keep(a, tl_buf_str(b));

    if (b->failed == TL_ENOMEM)
        a->failed = TL_ENOMEM;
    tl_buf_free(b);
    return kept;
}

void
aws_field(struct aws *a, struct tl_event *ev, const char *name, struct tl_str text)
{
    struct tl_field *f = NULL;

    if (text.n == 0 || ev->nfields == MAX_FIELDS)
        return;
    if (ev->nfields == 0)
        ev->fields = tl_arena_alloc(&a->arena, MAX_FIELDS * sizeof(*f));
    if (!ev->fields) {
        a->failed = TL_ENOMEM;
        return;
    }
    f = (struct tl_field *)ev->fields + ev->nfields++; /* ours: made above */
    *f = (struct tl_field){tl_str_from(name), TL_FIELD_TEXT, text, 0};
}

void
aws_odd(struct aws *a, const char *why)
{
    if (a->r)
        reader_odd(a->r, a->line, "%s", why);
}

void
aws_ignored(struct aws *a)
{
    if (a->r)
        a->r->source.records++;
}

static bool
is_utc(struct tl_str s)
{
    return s.n == 0 || tl_str_eq(s, TL_STR("Z")) || tl_str_eq(s, TL_STR("+00:00"));
}

bool
aws_time(struct aws *a, struct tl_str text, struct tl_instant *out)
{
    struct tl_str s = text;
    struct tl_stamp stamp;

    if (tl_stamp_read_iso(&s, &stamp) && is_utc(s)) {
        *out = tl_instant_of(stamp.local, stamp.res_us);
        return true;
    }
    s = tl_str_trim(text);
    if (!tl_stamp_read(&s, a->r ? a->r->in.zones : NULL, &stamp) && !tl_stamp_epoch(&s, &stamp))
        return false;
    if (stamp.zone == TL_ZONE_ABSENT) {
        stamp.zone = TL_ZONE_OFFSET;
        stamp.offset_us = 0;
    }
    return tl_str_trim(s).n == 0 && tl_stamp_instant(&stamp, NULL, out);
}

/* ---- taking elements ---- */

static bool
keep_tree(struct aws *a, cJSON *tree)
{
    struct aws_root *root = tl_arena_alloc(&a->arena, sizeof(*root));

    if (!root) {
        cJSON_Delete(tree);
        a->failed = TL_ENOMEM;
        return false;
    }
    *root = (struct aws_root){tree, a->roots};
    a->roots = root;
    return true;
}

const cJSON *
aws_read(struct aws *a, struct tl_str text)
{
    cJSON *tree = NULL;
    enum tl_status st = doc_read(text, &a->room, &tree);

    if (st)
        a->failed = st;
    return tree && keep_tree(a, tree) ? tree : NULL;
}

void
aws_dispatch(struct aws *a, const cJSON *el, const struct aws_outer *o)
{
    const struct shape *s = cJSON_IsObject(el) ? shape_of((struct keyed){.tree = el}) : NULL;

    if (!s)
        return;
    a->seen[s->kind]++;
    s->take(a, el, o);
}

/* Takes the events of one element into the empty queue. */
static void
take(struct aws *a, const struct json_element *el)
{
    const struct shape *s = shape_of((struct keyed){.el = el});
    const struct aws_outer none = {.depth = 0};
    const cJSON *tree;

    a->line = el->line;
    if (el->text.p[0] == '"') {
        tree = aws_read(a, el->text);
        a->bytes += el->text.n;
        aws_inner(a, doc_string(tree), &none);
        return;
    }
    if (!s)
        return;
    a->bytes += el->text.n;
    if (s->plain && !el->scan->extra_commas && !el->scan->unusual &&
        !memchr(el->text.p, '\0', el->text.n) && s->plain(a, el)) {
        a->seen[s->kind]++;
        return;
    }
    tree = aws_read(a, el->text);
    if (tree)
        aws_dispatch(a, tree, &none);
    else if (!a->failed)
        aws_odd(a, "an object that is not valid JSON");
}

void
aws_take_tree(struct aws *a, cJSON *root, uint32_t line)
{
    const struct aws_outer none = {.depth = 0};

    a->line = line;
    if (keep_tree(a, root))
        aws_dispatch(a, root, &none);
}

/* ---- envelopes ---- */

static bool
dispatch_list(struct aws *a, const cJSON *list, const struct aws_outer *o)
{
    const cJSON *item;
    bool any = false;

    cJSON_ArrayForEach(item, list)
    {
        any |= cJSON_IsObject(item) && shape_of((struct keyed){.tree = item});
        aws_dispatch(a, item, o);
    }
    return any;
}

/* Elements inside a text: a document with lists, a list, or one element. False: there are none. */
static bool
take_each(struct aws *a, const cJSON *tree, const struct aws_outer *o)
{
    const cJSON *item;
    bool any = false;

    if (cJSON_IsArray(tree))
        return dispatch_list(a, tree, o);
    if (shape_of((struct keyed){.tree = tree})) {
        aws_dispatch(a, tree, o);
        return true;
    }
    cJSON_ArrayForEach(item, tree)
    {
        if (cJSON_IsArray(item) && scan_is_list(tl_str_from(item->string)))
            any |= dispatch_list(a, item, o);
    }
    return any;
}

/* Where the JSON in a text begins: a log line may stand before it. text.n: nowhere. */
static size_t
json_begins(struct tl_str text)
{
    const char *brace = text.n > 0 ? memchr(text.p, '{', text.n) : NULL;
    const char *p = brace;

    if (!brace)
        return text.n;
    while (p > text.p && scan_is_space(p[-1]))
        p--;
    return (size_t)((p > text.p && p[-1] == '[' ? p - 1 : brace) - text.p);
}

void
aws_inner(struct aws *a, struct tl_str text, const struct aws_outer *o)
{
    struct aws_outer inner = *o;
    const cJSON *tree = NULL;
    size_t at = json_begins(text);

    if (++inner.depth > MAX_ENVELOPES) {
        aws_odd(a, "envelopes inside each other, more than three deep");
        return;
    }
    if (at < text.n)
        tree = aws_read(a, tl_str_skip(text, at));
    if (!tree || !take_each(a, tree, &inner))
        aws_ignored(a);
}

static void
take_sns_envelope(struct aws *a, const cJSON *el, const struct aws_outer *o)
{
    struct aws_outer inner = *o;
    struct tl_str parts[6] = {{"", 0}}, rest = doc_text(el, "TopicArn");

    inner.sns_id = doc_text(el, "MessageId");
    for (size_t i = 0; i < 6 && rest.n > 0; i++)
        (void)tl_str_cut(rest, ':', &parts[i], &rest);
    if (tl_str_eq(parts[2], TL_STR("sns"))) {
        inner.region = parts[3];
        inner.account = parts[4];
    }
    aws_inner(a, doc_text(el, "Message"), &inner);
}

static void
take_sns_record(struct aws *a, const cJSON *el, const struct aws_outer *o)
{
    take_sns_envelope(a, doc_get(el, "Sns"), o);
}

static void
take_sqs(struct aws *a, const cJSON *el, const struct aws_outer *o)
{
    aws_inner(a, doc_text(el, "Body"), o);
}

static void
take_lambda_sqs(struct aws *a, const cJSON *el, const struct aws_outer *o)
{
    aws_inner(a, doc_text(el, "body"), o);
}

static void
take_log_event(struct aws *a, const cJSON *el, const struct aws_outer *o)
{
    aws_inner(a, doc_text(el, "message"), o);
}

static void
take_log_row(struct aws *a, const cJSON *el, const struct aws_outer *o)
{
    if (tl_str_eq(doc_text(el, "field"), TL_STR("@message")))
        aws_inner(a, doc_text(el, "value"), o);
}

/* ---- from a feed ---- */

static bool
refill_json(struct aws *a)
{
    struct json_element el;
    enum json_item item = json_split_next(&a->split, &el);

    if (item == JSON_ODD && a->r)
        reader_odd(a->r, a->split.line, "%s", a->split.why);
    if (item == JSON_FOUND)
        take(a, &el);
    return item != JSON_END;
}

static void
start(struct aws *a, struct tl_reader *r, struct feed *feed, uint32_t block)
{
    struct tl_str head = feed_peek(feed, HEAD_SIZE);

    if (head.n > HEAD_SIZE)
        head.n = HEAD_SIZE;
    *a = (struct aws){.r = r, .feed = feed, .block = block, .refill = refill_json};
    tl_arena_init(&a->arena, MAX_QUEUE_BYTES);
    tl_buf_init(&a->room, MAX_ROOM);
    json_split_start(&a->split, feed, known);
    if (aws_text_starts(head) != AWS_NONE)
        a->refill = aws_text_refill;
    else if (aws_xml_starts(head) != AWS_NONE && aws_xml_open(a))
        a->refill = aws_xml_refill;
}

static void
finish(struct aws *a)
{
    aws_xml_close(a);
    aws_reset(a);
    tl_arena_free(&a->arena);
    tl_buf_free(&a->room);
}

struct aws *
aws_open(struct tl_reader *r, struct feed *feed, uint32_t block)
{
    struct aws *a = malloc(sizeof(*a));

    if (a)
        start(a, r, feed, block);
    return a;
}

void
aws_close(struct aws *a)
{
    if (a)
        finish(a);
    free(a);
}

enum tl_status
aws_next(struct aws *a, struct tl_event *ev, bool *got, struct tl_error *err)
{
    bool more = true;

    while (a->at == a->nqueue && !a->failed && more) {
        aws_reset(a);
        more = a->refill(a);
    }
    *got = a->at < a->nqueue;
    if (*got)
        *ev = a->queue[a->at++];
    return a->failed ? tl_fail(err, a->failed, 0, "no room for the events of line %u", a->line)
                     : TL_OK;
}

/* An answer without any element: {"Events": []}. */
static enum aws_kind
empty_answer(struct tl_str text)
{
    static const struct {
        struct tl_str list;
        enum aws_kind kind;
    } lists[] = {
        {{"\"Events\"", 8}, AWS_EVENTS},         {{"\"DBClusters\"", 12}, AWS_TOPOLOGY},
        {{"\"DBInstances\"", 13}, AWS_TOPOLOGY}, {{"\"GlobalClusters\"", 16}, AWS_TOPOLOGY},
        {{"\"Records\"", 9}, AWS_CLOUDTRAIL},
    };
    struct tl_str trimmed = tl_str_trim(text), rest;

    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]) && trimmed.n < 4096; i++) {
        size_t at = tl_str_find(trimmed, lists[i].list);

        if (at == SIZE_MAX || trimmed.p[0] != '{')
            continue;
        rest = tl_str_trim(tl_str_skip(trimmed, at + lists[i].list.n));
        if (tl_str_starts(rest, TL_STR(":")))
            rest = tl_str_trim(tl_str_skip(rest, 1));
        if (tl_str_starts(rest, TL_STR("[")) &&
            tl_str_starts(tl_str_trim(tl_str_skip(rest, 1)), TL_STR("]")))
            return lists[i].kind;
    }
    return AWS_NONE;
}

enum aws_kind
aws_look(struct tl_reader *r, struct tl_str text, unsigned *share)
{
    struct tl_memory m = {text};
    enum aws_kind best = AWS_NONE;
    struct tl_event ev;
    struct feed feed;
    struct aws a;
    bool got = true;

    feed_init(&feed, tl_stream_memory(&m));
    start(&a, NULL, &feed, 0);
    while (got && !aws_next(&a, &ev, &got, NULL)) {
        a.seen[AWS_NONE] = 0; /* envelopes */
        for (size_t k = AWS_NONE + 1; k < AWS_KINDS; k++)
            if (a.seen[k] > a.seen[best])
                best = (enum aws_kind)k;
    }
    *share = text.n > 0 ? (unsigned)(a.bytes * 100 / text.n) : 0;
    if (a.refill != refill_json)
        *share = 100;
    if (r) /* what was not seen for want of memory must not pass for not there */
        r->scratch.failed |= a.failed == TL_ENOMEM || feed.failed == TL_ENOMEM;
    finish(&a);
    feed_free(&feed);
    return best == AWS_NONE ? empty_answer(text) : best;
}
