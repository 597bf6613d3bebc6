/*
 * pg_json.c - PostgreSQL's jsonlog: an object a line.
 *
 * As the server writes it, the time is the first member and no object comes before the message.
 * Lines that went through other hands (other orders, blanks, an object around it, or a text in one)
 * are read with care instead of speed.
 */
#include "parse/formats.h"
#include "parse/json_doc.h"
#include "parse/json_scan.h"
#include "parse/pg_scan.h"

/* ---- looking ---- */

/* The time that begins at p, in a string. */
static bool
look_at_time(const char *p, const char *end, struct log_look *out)
{
    const char *at;

    out->stamp_n = pg_stamp_length(p, end);
    if (out->stamp_n == 0)
        return false;
    out->stamp = p;
    at = p + out->stamp_n;
    at += at < end && *at == ' ';
    out->zone = at;
    while (at < end && *at != '"') {
        if ((unsigned char)*at <= ' ' || *at == '\\' || at - out->zone >= 16)
            return false;
        at++;
    }
    out->zone_n = (uint32_t)(at - out->zone);
    return at < end;
}

/* Bit i of 16 or 64: an object begins at p[i], or a text with an m behind it. */
#ifdef __SSE2__
static inline uint64_t
marks16(const char *p)
{
    const __m128i *at = (const __m128i *)(const void *)p,
                  *q = (const __m128i *)(const void *)(p + 1),
                  *m = (const __m128i *)(const void *)(p + 2);
    __m128i key = _mm_and_si128(_mm_cmpeq_epi8(_mm_loadu_si128(q), _mm_set1_epi8('"')),
                                _mm_cmpeq_epi8(_mm_loadu_si128(m), _mm_set1_epi8('m')));
    __m128i brace = _mm_cmpeq_epi8(_mm_loadu_si128(at), _mm_set1_epi8('{'));

    return (uint64_t)(unsigned)_mm_movemask_epi8(_mm_or_si128(key, brace));
}
#endif

static inline uint64_t
marks64(const char *p)
{
#ifdef __SSE2__
    return marks16(p) | marks16(p + 16) << 16 | marks16(p + 32) << 32 | marks16(p + 48) << 48;
#else
    return pg_mask(p, '{') | (pg_mask(p + 1, '"') & pg_mask(p + 2, 'm'));
#endif
}

/* Behind the first `,"message":"` of the line, or NULL: it is not there, or an object begins
 * before it. No string can hold that: its quotes would be escaped. */
static const char *
find_message(const char *at, const char *end)
{
    const ptrdiff_t key_n = 12;

    for (; end - at >= key_n; at += 64) {
        for (uint64_t marks = marks64(at); marks; marks &= marks - 1) {
            const char *key = at + __builtin_ctzll(marks);

            if (end - key < key_n || *key == '{')
                return NULL;
            if (pg_load(key) == pg_load(",\"messag") && pg_load(key + 4) == pg_load("ssage\":\""))
                return key + key_n;
        }
    }
    return NULL;
}

/* The value of a member, as it stands; empty: there is none. One that is cut goes to the end. */
static struct tl_str
member(const struct scan *s, struct tl_str object, struct tl_str key)
{
    for (size_t i = 0; i < s->nmembers; i++) {
        const struct json_member *m = &s->members[i];

        if (tl_str_eq((struct tl_str){object.p + m->key_at, m->key_n}, key))
            return (struct tl_str){object.p + m->at,
                                   m->n == 0 && m->at > 0 ? object.n - m->at : m->n};
    }
    return (struct tl_str){"", 0};
}

/* A member that is a record of its own: an object, or a text that holds one. */
static bool
is_wrapped(struct tl_str value)
{
    return value.n > 2 && (value.p[0] == '{' || (value.p[0] == '"' && value.p[1] == '{')) &&
           tl_str_find(value, TL_STR("error_severity")) != SIZE_MAX;
}

static bool
holds_wrapped(const struct scan *s, struct tl_str object)
{
    for (size_t i = 0; i < s->nmembers; i++)
        if (is_wrapped((struct tl_str){object.p + s->members[i].at, s->members[i].n}))
            return true;
    return false;
}

/* What stands between the records of a list, and blanks. */
static struct tl_str
trim_list(struct tl_str line)
{
    while (line.n > 0 && (scan_is_space(line.p[0]) || line.p[0] == '[' || line.p[0] == ','))
        line = tl_str_skip(line, 1);
    while (line.n > 0 && (scan_is_space(line.p[line.n - 1]) || line.p[line.n - 1] == ']' ||
                          line.p[line.n - 1] == ','))
        line.n--;
    return line;
}

/* Any object with a time and a message, or around one. Where the message cannot be said cheaply,
 * it is said to be at the end of the line: then the record is read in full. */
static enum log_line
look_closely(const char *p, const char *end, struct log_look *out)
{
    struct tl_str line = trim_list((struct tl_str){p, (size_t)(end - p)}), time, message;
    enum scan_result is;
    struct scan s;

    if (line.n == 0)
        return LOG_MORE;
    if (line.p[0] != '{')
        return LOG_BROKEN;
    scan_start(&s, false);
    is = scan_value(&s, line);
    if (is != SCAN_DONE && (is != SCAN_MORE || end - p < LOG_RECORD_MAX))
        return LOG_BROKEN;
    *out = (struct log_look){.message = end};
    if (member(&s, line, TL_STR("error_severity")).n == 0 && holds_wrapped(&s, line))
        return LOG_RECORD;
    time = member(&s, line, TL_STR("timestamp"));
    message = member(&s, line, TL_STR("message"));
    if (time.n < 2 || time.p[0] != '"' || message.n < 2 || message.p[0] != '"' ||
        !look_at_time(time.p + 1, end, out))
        return LOG_BROKEN;
    out->message = message.p + 1;
    return LOG_RECORD;
}

static enum log_line
json_look(const void *state, const char *p, const char *end, struct log_look *out)
{
    (void)state;
    if (end - p < 64 || pg_load(p) != pg_load("{\"timest") ||
        pg_load(p + 6) != pg_load("stamp\":\""))
        return look_closely(p, end, out);
    if (!look_at_time(p + 14, end, out))
        return look_closely(p, end, out);
    out->message = find_message(out->zone + out->zone_n, end);
    if (!out->message || *out->message == '{' || (end[-1] != '}' && end - p < LOG_RECORD_MAX))
        return look_closely(p, end, out);
    return LOG_RECORD;
}

/* ---- splitting ---- */

static bool
is_record(const cJSON *obj)
{
    return cJSON_IsObject(obj) && doc_text(obj, "error_severity").n > 0;
}

static void
keep_text(struct tl_reader *r, struct log_record *out, struct tl_str name, struct tl_str text)
{
    if (text.n > 0)
        log_text(out, name, reader_keep(r, text));
}

static void
add_fields(struct tl_reader *r, const cJSON *obj, struct log_record *out)
{
    static const struct {
        struct tl_str name;
        const char *key;
    } texts[] = {
        {{"user", 4}, "user"},
        {{"database", 8}, "dbname"},
        {{"client", 6}, "remote_host"},
        {{"application", 11}, "application_name"},
        {{"backend_type", 12}, "backend_type"},
        {{"sqlstate", 8}, "state_code"},
        {{"detail", 6}, "detail"},
        {{"hint", 4}, "hint"},
    };
    int64_t pid;

    keep_text(r, out, TL_STR("level"), doc_text(obj, "error_severity"));
    if (doc_integer(doc_get(obj, "pid"), &pid))
        log_number(out, TL_STR("pid"), pid);
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct tl_str text = doc_text(obj, texts[i].key);

        if (!tl_str_eq(text, TL_STR("00000")))
            keep_text(r, out, texts[i].name, text);
    }
    pg_sql(out, reader_keep(r, doc_text(obj, "statement")));
}

/* The only text of that name; NULL: there is none, or another member of the same name. */
static const cJSON *
only_text(const cJSON *obj, const char *key)
{
    const cJSON *first = doc_get(obj, key);
    struct doc_cursor rest = {obj, first ? first->next : NULL};

    return cJSON_IsString(first) && doc_step(&rest, key) == first ? first : NULL;
}

static bool
read_record(struct tl_reader *r, const cJSON *obj, struct log_record *out, const char **why)
{
    struct tl_str time = reader_keep(r, doc_text(obj, "timestamp"));

    *why = "it has no message, or several";
    if (!only_text(obj, "message"))
        return false;
    *why = "its time cannot be read";
    if (!time.p || !pg_stamp_read(r, time, &out->stamp))
        return false;
    out->stamped = true;
    out->message = reader_keep(r, doc_text(obj, "message"));
    add_fields(r, obj, out);
    return true;
}

/* The record in an object: itself, or a member that is one; else *inner is the text that holds it,
 * if there is such. */
static const cJSON *
find_record(const cJSON *obj, struct tl_str *inner)
{
    const cJSON *m;

    if (is_record(obj))
        return obj;
    cJSON_ArrayForEach(m, obj)
    {
        struct tl_str text = doc_string(m);

        if (is_record(m))
            return m;
        if (inner->n == 0 && text.n > 0 && text.p[0] == '{' &&
            tl_str_find(text, TL_STR("error_severity")) != SIZE_MAX)
            *inner = text;
    }
    return obj;
}

/* Reads the record in `text`; *inner, not empty: it is in that text instead. */
static bool
read_text(struct tl_reader *r, struct tl_str text, struct tl_str *inner, struct log_record *out,
          const char **why)
{
    const cJSON *found;
    struct tl_buf room;
    bool ok = false;
    cJSON *root;

    tl_buf_init(&room, 64);
    *inner = (struct tl_str){"", 0};
    *why = "the record is cut in its middle, or damaged";
    if (doc_read(text, &room, &root))
        r->scratch.failed = true; /* no memory: the reader ends */
    if (cJSON_IsObject(root)) {
        found = find_record(root, inner);
        if (!is_record(found) && inner->n > 0)
            *inner = reader_keep(r, *inner);
        else
            *inner = (struct tl_str){"", 0};
        if (inner->n == 0)
            ok = read_record(r, found, out, why);
    }
    cJSON_Delete(root);
    tl_buf_free(&room);
    return ok;
}

/* How much of an open string can be kept: an escape at its end may be cut. */
static size_t
whole_escapes(struct tl_str text)
{
    size_t at = text.n > 6 ? text.n - 6 : 0;

    while (at > 0 && text.p[at - 1] == '\\')
        at--; /* a run of them: where it begins, an escape does */
    while (at < text.n) {
        size_t n = text.p[at] != '\\' ? 1 : at + 1 < text.n && text.p[at + 1] == 'u' ? 6 : 2;

        if (n > text.n - at)
            break;
        at += n;
    }
    return at;
}

/* A record whose rest was withheld: its whole members, and what there is of its message. */
static struct tl_str
close_record(struct tl_reader *r, struct tl_str text)
{
    const struct json_member *last;
    struct scan s;
    char *p;

    scan_start(&s, false);
    if (scan_value(&s, text) != SCAN_MORE || s.nmembers == 0)
        return text;
    p = tl_arena_alloc(&r->scratch, text.n + 2);
    if (!p)
        return text;
    memcpy(p, text.p, text.n);
    last = &s.members[s.nmembers - 1];
    if (last->n > 0) {
        text.n = last->at + last->n;
    } else if (last->key_n == 7 && memcmp(text.p + last->key_at, "message", 7) == 0) {
        text.n = whole_escapes(text);
        p[text.n++] = '"';
    } else {
        text = trim_list((struct tl_str){text.p, last->key_at - 1});
    }
    p[text.n] = '}';
    return (struct tl_str){p, text.n + 1};
}

static bool
json_split(struct tl_reader *r, const void *state, struct tl_str text, struct log_record *out,
           const char **why)
{
    struct tl_str inner;
    bool ok;

    (void)state;
    *out = (struct log_record){.when = TL_INSTANT_NONE};
    text = text.n < LOG_RECORD_MAX ? trim_list(text) : close_record(r, trim_list(text));
    ok = read_text(r, text, &inner, out, why);
    if (inner.n > 0)
        ok = read_text(r, inner, &text, out, why) && text.n == 0;
    return ok;
}

const struct log_dialect pg_json = {
    .name = "pg-jsonlog", .source = {"pg", 2}, .look = json_look, .split = json_split};

/* ---- the format ---- */

static bool
says(struct tl_str line, struct tl_str what)
{
    return tl_str_find(line, what) != SIZE_MAX;
}

/* One object a line, each with a severity; the first and the last line may be cut. */
static int
json_sniff(struct tl_reader *r, struct tl_str head, struct tl_buf *why)
{
    size_t records = 0, before = 0, behind = 0;
    struct tl_str line;

    (void)r;
    if (!says(head, TL_STR("error_severity")))
        return 0;
    while (tl_str_line(&head, &line)) {
        bool is;

        line = trim_list(line);
        is = line.n > 0 && line.p[0] == '{' && says(line, TL_STR("error_severity")) &&
             says(line, TL_STR("timestamp")) && says(line, TL_STR("message"));
        before += !is && records == 0 && line.n > 0;
        behind += !is && records > 0 && line.n > 0 && head.n > 0;
        records += is;
    }
    if (records == 0 || before > 1 + records / 20 || behind > records / 2)
        return 0;
    tl_buf_add(why, TL_STR("an object a line with timestamp, error_severity and message, as "
                           "PostgreSQL's jsonlog has them"));
    return before <= 1 && behind * 20 <= records ? 99 : 90;
}

static enum tl_status
json_open(struct tl_reader *r, struct tl_error *err)
{
    return log_open(r, &pg_json, err);
}

const struct tl_format fmt_pg_jsonlog = {.name = "pg-jsonlog",
                                         .sniff = json_sniff,
                                         .surest = 99,
                                         .open = json_open,
                                         .next = log_next,
                                         .finish = log_finish,
                                         .close = log_close};
