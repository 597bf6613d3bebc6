/*
 * aws_xml.c - the answer of the API itself: XML, made into the same trees as JSON, one record at a
 * time. Several answers may follow each other, and a cut one gives the records that are whole.
 */
#include "parse/aws.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_NAME = 64, CHUNK = 64 * 1024 };

struct frame {
    char name[MAX_NAME];
    cJSON *node; /* NULL while it has text only */
};

struct aws_xml {
    struct aws *a;
    XML_Parser parser;
    struct frame frames[JSON_DEPTH]; /* inside the record; [0] is the record */
    unsigned depth, nframes;         /* of open elements; of those in the record */
    struct tl_buf text;              /* of the innermost element */
    size_t record_bytes;
    uint32_t line, base_line; /* of the record; lines before the document */
    uint64_t fed;             /* bytes given to the parser */
    bool running;             /* the parser is inside a document */
    const char *refused;      /* why the parser was stopped */
};

static struct tl_str
local_name(const char *name)
{
    const char *colon = strrchr(name, ':');

    return tl_str_from(colon ? colon + 1 : name);
}

static bool
in_list(const char *const *list, size_t n, struct tl_str s)
{
    for (size_t i = 0; i < n; i++)
        if (tl_str_eq(s, tl_str_from(list[i])))
            return true;
    return false;
}
#define IN_LIST(list, s) in_list(list, sizeof(list) / sizeof((list)[0]), s)

static bool
is_record(struct tl_str name)
{
    static const char *const records[] = {"Event", "DBCluster", "DBInstance", "GlobalCluster",
                                          "GlobalClusterMember"};

    return IN_LIST(records, name);
}

/* Elements that are lists in JSON; others are objects. */
static bool
is_list(struct tl_str name)
{
    static const char *const lists[] = {"EventCategories", "DBClusterMembers",
                                        "GlobalClusterMembers"};

    return IN_LIST(lists, name);
}

static void
refuse(struct aws_xml *x, const char *why)
{
    x->refused = why;
    (void)XML_StopParser(x->parser, XML_FALSE);
}

static void
no_memory(struct aws_xml *x)
{
    x->a->failed = TL_ENOMEM;
    refuse(x, "out of memory");
}

static void
drop_record(struct aws_xml *x)
{
    for (unsigned i = 0; i < x->nframes; i++)
        cJSON_Delete(x->frames[i].node);
    x->nframes = 0;
}

static cJSON *
node_for(struct tl_str name)
{
    return is_list(name) ? cJSON_CreateArray() : cJSON_CreateObject();
}

/* The element around gets what the innermost one is: a tree or a text. */
static bool
attach(struct frame *parent, const struct frame *child, cJSON *value)
{
    cJSON_bool ok;

    if (!parent->node)
        parent->node = node_for(tl_str_from(parent->name));
    if (!parent->node || !value) {
        cJSON_Delete(value);
        return false;
    }
    ok = cJSON_IsArray(parent->node) ? cJSON_AddItemToArray(parent->node, value)
                                     : cJSON_AddItemToObject(parent->node, child->name, value);
    if (!ok)
        cJSON_Delete(value);
    return ok;
}

static void XMLCALL
on_start(void *ctx, const XML_Char *raw, const XML_Char **attributes)
{
    struct aws_xml *x = ctx;
    struct tl_str name = local_name(raw);
    struct frame *f;

    (void)attributes;
    x->depth++;
    if (x->nframes == 0 && !is_record(name))
        return;
    if (x->nframes == JSON_DEPTH || name.n >= MAX_NAME) {
        refuse(x, "XML nested too deeply");
        return;
    }
    if (x->nframes == 0) {
        x->line = x->base_line + (uint32_t)XML_GetCurrentLineNumber(x->parser);
        x->record_bytes = 0;
    }
    f = &x->frames[x->nframes++];
    memcpy(f->name, name.p, name.n + 1);
    f->node = NULL;
    tl_buf_reset(&x->text);
}

static void XMLCALL
on_text(void *ctx, const XML_Char *s, int n)
{
    struct aws_xml *x = ctx;

    if (x->nframes == 0 || n <= 0)
        return;
    x->record_bytes += (size_t)n;
    if (x->record_bytes > JSON_ELEMENT)
        refuse(x, "a record larger than 1 MiB");
    else
        tl_buf_add(&x->text, (struct tl_str){s, (size_t)n});
    if (x->text.failed)
        no_memory(x);
}

static void
end_record(struct aws_xml *x)
{
    cJSON *record = x->frames[0].node;

    x->nframes = 0;
    if (record)
        aws_take_tree(x->a, record, x->line);
    if (x->a->failed)
        refuse(x, "out of memory");
}

static void XMLCALL
on_end(void *ctx, const XML_Char *raw)
{
    struct aws_xml *x = ctx;
    struct frame *f = x->nframes > 0 ? &x->frames[x->nframes - 1] : NULL;
    cJSON *value;

    (void)raw;
    x->depth--;
    if (!f)
        return;
    if (x->nframes == 1) {
        end_record(x);
        return;
    }
    value = f->node;
    if (!value)
        value = is_list(tl_str_from(f->name)) ? cJSON_CreateArray()
                                              : cJSON_CreateString(tl_buf_str(&x->text).p);
    f->node = NULL;
    x->nframes--;
    tl_buf_reset(&x->text);
    if (!attach(f - 1, f, value))
        no_memory(x);
}

/* An answer has no document type: it could only hold entities that grow. */
static void XMLCALL
on_doctype(void *ctx, const XML_Char *name, const XML_Char *system_id, const XML_Char *public_id,
           int has_internal_subset)
{
    (void)name;
    (void)system_id;
    (void)public_id;
    (void)has_internal_subset;
    refuse(ctx, "XML with a document type is not read");
}

static void
begin_document(struct aws_xml *x)
{
    (void)XML_ParserReset(x->parser, "UTF-8");
    XML_SetUserData(x->parser, x);
    XML_SetElementHandler(x->parser, on_start, on_end);
    XML_SetCharacterDataHandler(x->parser, on_text);
    XML_SetStartDoctypeDeclHandler(x->parser, on_doctype);
    drop_record(x);
    x->depth = 0;
    x->fed = 0;
    x->refused = NULL;
    x->base_line = x->a->feed->line < UINT32_MAX ? (uint32_t)x->a->feed->line : UINT32_MAX - 1;
    x->running = true;
}

/* ---- where a document begins ---- */

static const struct {
    const char *tag;
    enum aws_kind kind;
} starts[] = {
    {"DescribeEventsResponse", AWS_EVENTS},
    {"DescribeDBClustersResponse", AWS_TOPOLOGY},
    {"DescribeDBInstancesResponse", AWS_TOPOLOGY},
    {"DescribeGlobalClustersResponse", AWS_TOPOLOGY},
    {"DescribeEventsResult", AWS_EVENTS},
    {"DescribeDBClustersResult", AWS_TOPOLOGY},
    {"DescribeDBInstancesResult", AWS_TOPOLOGY},
    {"DescribeGlobalClustersResult", AWS_TOPOLOGY},
    {"Events", AWS_EVENTS},
    {"Event", AWS_EVENTS},
    {"DBCluster", AWS_TOPOLOGY},
    {"DBInstance", AWS_TOPOLOGY},
    {"GlobalCluster", AWS_TOPOLOGY},
    {"GlobalClusters", AWS_TOPOLOGY},
    {"GlobalClusterMember", AWS_TOPOLOGY},
};

/* The tag at the front of s (behind '<') as an index of `starts`, or SIZE_MAX. */
static size_t
start_at(struct tl_str s)
{
    for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
        struct tl_str tag = tl_str_from(starts[i].tag), rest = tl_str_skip(s, tag.n);

        if (tl_str_starts(s, tag) && rest.n > 0 && (rest.p[0] == '>' || scan_is_space(rest.p[0])))
            return i;
    }
    return SIZE_MAX;
}

/* Where a document begins in s; s.n: nowhere. */
static size_t
find_start(struct tl_str s, size_t *which)
{
    const char *p = s.p, *end = s.p + s.n;

    while (p < end && (p = memchr(p, '<', (size_t)(end - p))) != NULL) {
        struct tl_str rest = {p + 1, (size_t)(end - p) - 1};

        *which = start_at(rest);
        if (*which != SIZE_MAX || tl_str_starts(rest, TL_STR("!DOCTYPE")))
            return (size_t)(p - s.p);
        p++;
    }
    return s.n;
}

enum aws_kind
aws_xml_starts(struct tl_str text)
{
    struct tl_str rest = tl_str_trim(text);
    size_t which, at;

    if (tl_str_starts(rest, TL_STR("{")) || tl_str_starts(rest, TL_STR("[")))
        return AWS_NONE; /* JSON that speaks of XML */
    at = find_start(rest, &which);
    rest = tl_str_skip(rest, at);
    while (rest.n > 0 && which == SIZE_MAX) {
        rest = tl_str_skip(rest, 1);
        at = find_start(rest, &which);
        rest = tl_str_skip(rest, at);
    }
    /* a bare <Event> may be anyone's */
    if (rest.n > 0 && which >= 8 && tl_str_find(rest, TL_STR("<SourceIdentifier>")) == SIZE_MAX &&
        tl_str_find(rest, TL_STR("Identifier>")) == SIZE_MAX)
        return AWS_NONE;
    return rest.n > 0 ? starts[which].kind : AWS_NONE;
}

/* ---- reading ---- */

bool
aws_xml_open(struct aws *a)
{
    struct aws_xml *x = calloc(1, sizeof(*x));

    if (x)
        x->parser = XML_ParserCreate("UTF-8");
    if (!x || !x->parser) {
        free(x);
        a->failed = TL_ENOMEM;
        return false;
    }
    tl_buf_init(&x->text, JSON_ELEMENT + 1);
    tl_buf_add(&x->text, TL_STR(" ")); /* from now on its text is never NULL */
    if (x->text.failed)
        a->failed = TL_ENOMEM;
    x->a = a;
    a->xml = x;
    return true;
}

void
aws_xml_close(struct aws *a)
{
    struct aws_xml *x = a->xml;

    if (!x)
        return;
    drop_record(x);
    XML_ParserFree(x->parser);
    tl_buf_free(&x->text);
    free(x);
    a->xml = NULL;
}

static void
odd_here(struct aws_xml *x, const char *why)
{
    x->a->line = x->base_line + (uint32_t)XML_GetCurrentLineNumber(x->parser);
    aws_odd(x->a, why);
}

/* The document ended or broke inside the window w: drops what was read of it. */
static void
end_document(struct aws_xml *x, struct tl_str w)
{
    XML_Index at = XML_GetCurrentByteIndex(x->parser);
    uint64_t pos = at < 0 ? 0 : (uint64_t)at;
    size_t n = pos > x->fed ? (size_t)(pos - x->fed) : 0;
    bool whole = x->depth == 0 && !x->refused; /* other text follows the document */

    if (XML_GetErrorCode(x->parser) == XML_ERROR_NO_MEMORY)
        x->a->failed = TL_ENOMEM;
    else if (x->refused && !x->a->failed)
        odd_here(x, x->refused);
    else if (!whole && !x->a->failed)
        odd_here(x, "XML that is damaged");
    x->running = false;
    drop_record(x);
    n = n < w.n ? n : w.n;
    /* a damaged place is not looked at twice */
    feed_skip(x->a->feed, (whole && n > 0) || n == w.n ? n : n + 1);
}

static void
end_of_input(struct aws_xml *x)
{
    if (!x->running)
        return;
    if (x->depth > 0)
        odd_here(x, "XML that is broken off");
    x->running = false;
    drop_record(x);
}

/* Drops text up to the next document. */
static void
seek_document(struct aws_xml *x)
{
    struct tl_str w = feed_peek(x->a->feed, CHUNK);
    size_t which, at = find_start(w, &which);
    bool found = at < w.n;

    if (!found && w.n >= CHUNK)
        at = w.n - MAX_NAME; /* a tag may stand across the seam */
    feed_skip(x->a->feed, at);
    if (found)
        begin_document(x);
}

bool
aws_xml_refill(struct aws *a)
{
    struct aws_xml *x = a->xml;
    struct tl_str w;

    if (!x->running)
        seek_document(x);
    w = feed_peek(a->feed, 1);
    if (w.n == 0) {
        end_of_input(x);
        return false;
    }
    if (!x->running)
        return true;
    w.n = w.n < CHUNK ? w.n : CHUNK;
    if (XML_Parse(x->parser, w.p, (int)w.n, 0) != XML_STATUS_OK) {
        end_document(x, w);
        return true;
    }
    x->fed += w.n;
    feed_skip(a->feed, w.n);
    return true;
}
