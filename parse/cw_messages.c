/* cw_messages.c - elements of JSON become messages. */
#include <string.h>

#include "parse/cw_messages.h"

enum { MAX_TEXT = 4 * 1024 * 1024 };

static const struct tl_str NOTHING = {"", 0};

/* ---- elements ---- */

/* The member of one of two names: an event of a log, and a row of Logs Insights downloaded. */
static struct tl_str
either(const struct json_element *el, struct tl_str name, struct tl_str row_name)
{
    struct tl_str value = json_member(el, name);

    return value.n > 0 ? value : json_member(el, row_name);
}

static struct tl_str
message_of(const struct json_element *el)
{
    return either(el, TL_STR("message"), TL_STR("@message"));
}

static struct tl_str
time_of(const struct json_element *el)
{
    return either(el, TL_STR("timestamp"), TL_STR("@timestamp"));
}

/* An event of a log: a message with what CloudWatch Logs says of it. */
static bool
is_event(const struct json_element *el)
{
    return message_of(el).n > 1 && message_of(el).p[0] == '"' &&
           !json_has(el, TL_STR("error_severity")) &&
           (json_has(el, TL_STR("timestamp")) || json_has(el, TL_STR("ingestionTime")) ||
            json_has(el, TL_STR("eventId")) || json_has(el, TL_STR("@message")));
}

static bool
is_field(const struct json_element *el)
{
    return json_has(el, TL_STR("field")) && json_has(el, TL_STR("value"));
}

static bool
is_batch(const struct json_element *el)
{
    return json_has(el, TL_STR("logEvents"));
}

static bool
known(const struct json_element *el)
{
    return is_event(el) || is_field(el) || is_batch(el);
}

/* A record of a subscription: its group and stream may stand behind its events. */
static bool
whole(struct json_split *s, const struct json_element *el)
{
    (void)s;
    return is_batch(el);
}

/* ---- texts ---- */

static int
hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The code unit of \\uXXXX at the front of s; -1: it is none. */
static int
code_unit(struct tl_str s)
{
    int v = 0;

    if (s.n < 6 || s.p[0] != '\\' || s.p[1] != 'u')
        return -1;
    for (size_t i = 2; i < 6; i++) {
        int d = hex_digit(s.p[i]);

        if (d < 0)
            return -1;
        v = v * 16 + d;
    }
    return v;
}

static void
put_code(unsigned c, char *out, size_t *n)
{
    static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    unsigned bytes = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

    for (unsigned i = bytes; i-- > 1; c >>= 6)
        out[*n + i] = (char)(0x80U | (c & 0x3fU));
    out[*n] = (char)(bytes > 1 ? lead[bytes] | c : c);
    *n += bytes;
}

/* The escape at the front of s; its length, 0: it is cut off. */
static size_t
unescape_one(struct tl_str s, char *out, size_t *n)
{
    static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
    const char *simple;
    int unit, low;

    if (s.n < 2 || (s.p[1] == 'u' && s.n < 6))
        return 0;
    unit = code_unit(s);
    if (unit < 0) {
        simple = s.p[1] ? strchr(from, s.p[1]) : NULL;
        out[*n] = s.p[1];
        if (simple)
            out[*n] = to[simple - from];
        ++*n;
        return 2;
    }
    if (unit < 0xd800 || unit > 0xdfff) {
        put_code((unsigned)unit, out, n);
        return 6;
    }
    if (unit < 0xdc00 && s.n < 12 && s.n > 6 && s.p[6] == '\\')
        return 0;
    low = code_unit(tl_str_skip(s, 6));
    if (unit < 0xdc00 && low >= 0xdc00 && low <= 0xdfff) {
        put_code(0x10000 + (((unsigned)unit - 0xd800) << 10) + ((unsigned)low - 0xdc00), out, n);
        return 12;
    }
    put_code(0xfffd, out, n);
    return 6;
}

size_t
cw_unescape(struct tl_str s, char *out, size_t *used)
{
    size_t n = 0, i = 0;

    while (i < s.n) {
        const char *slash = memchr(s.p + i, '\\', s.n - i);
        size_t plain = slash ? (size_t)(slash - s.p) - i : s.n - i, took;

        memcpy(out + n, s.p + i, plain);
        n += plain;
        i += plain;
        if (!slash)
            break;
        took = unescape_one(tl_str_skip(s, i), out, &n);
        if (took == 0)
            break;
        i += took;
    }
    *used = i;
    return n;
}

/* The text of a value that is a string, into b. */
static void
text_of(struct tl_str raw, struct tl_buf *b)
{
    static const char pad[LOG_PAD] = {0};
    size_t used, n;

    tl_buf_reset(b);
    if (raw.n < 2 || raw.p[0] != '"')
        return;
    raw = (struct tl_str){raw.p + 1, raw.n - 2};
    tl_buf_add(b, raw); /* makes room: the text is never longer */
    tl_buf_add(b, (struct tl_str){pad, sizeof(pad)});
    if (b->failed)
        return;
    n = cw_unescape(raw, b->p, &used);
    b->n = n;
    b->p[n] = '\0';
}

/* A number, or a text of one. */
static struct tl_str
bare(struct tl_str raw)
{
    return raw.n >= 2 && raw.p[0] == '"' ? (struct tl_str){raw.p + 1, raw.n - 2} : raw;
}

/* Milliseconds since 1970, or "2024-01-01 00:00:00.000" in UTC; NONE when it cannot be true. */
static struct tl_instant
outer_time(struct tl_str text)
{
    struct tl_instant when = TL_INSTANT_NONE;
    struct tl_stamp stamp;

    if (!tl_stamp_read(&text, NULL, &stamp) && !tl_stamp_epoch(&text, &stamp))
        return when;
    if (stamp.zone == TL_ZONE_ABSENT) {
        stamp.zone = TL_ZONE_OFFSET;
        stamp.offset_us = 0;
    }
    if (!cw_plausible(&stamp) || !tl_stamp_instant(&stamp, NULL, &when))
        return TL_INSTANT_NONE;
    return when;
}

/* ---- messages ---- */

void
cw_messages_start(struct cw_messages *m, struct feed *feed, struct tl_reader *r)
{
    *m = (struct cw_messages){.r = r, .feed = feed};
    json_split_start(&m->split, feed, known);
    m->split.whole = whole;
    tl_buf_init(&m->group, 4096);
    tl_buf_init(&m->stream, 4096);
    tl_buf_init(&m->own_stream, 4096);
    tl_buf_init(&m->id, 4096);
    tl_buf_init(&m->text, MAX_TEXT);
}

void
cw_messages_end(struct cw_messages *m)
{
    if (m->in_batch)
        feed_free(&m->batch_feed);
    tl_buf_free(&m->group);
    tl_buf_free(&m->stream);
    tl_buf_free(&m->own_stream);
    tl_buf_free(&m->id);
    tl_buf_free(&m->text);
}

static bool
starved(const struct cw_messages *m)
{
    return m->group.failed == TL_ENOMEM || m->stream.failed == TL_ENOMEM ||
           m->own_stream.failed == TL_ENOMEM || m->id.failed == TL_ENOMEM ||
           m->text.failed == TL_ENOMEM;
}

/* What the record of a subscription says of all its events. */
static void
open_batch(struct cw_messages *m, const struct json_element *el)
{
    struct tl_str type = bare(json_member(el, TL_STR("messageType")));

    text_of(json_member(el, TL_STR("logGroup")), &m->group);
    text_of(json_member(el, TL_STR("logStream")), &m->stream);
    m->account = NOTHING;
    if (bare(json_member(el, TL_STR("owner"))).n == sizeof(m->owner)) {
        memcpy(m->owner, bare(json_member(el, TL_STR("owner"))).p, sizeof(m->owner));
        m->account = (struct tl_str){m->owner, sizeof(m->owner)};
    }
    m->answer = true;
    if (tl_str_eq(type, TL_STR("CONTROL_MESSAGE")))
        return; /* a test of the subscription: no log has this */
    m->memory = (struct tl_memory){el->text};
    feed_init(&m->batch_feed, tl_stream_memory(&m->memory));
    m->batch_feed.line = el->line - 1;
    json_split_start(&m->batch, &m->batch_feed, known);
    m->in_batch = true;
}

static void
take_event(struct cw_messages *m, const struct json_element *el, struct cw_message *out)
{
    struct tl_str id = json_member(el, TL_STR("eventId"));

    text_of(message_of(el), &m->text);
    text_of(id.n > 0 ? id : json_member(el, TL_STR("id")), &m->id);
    text_of(either(el, TL_STR("logStreamName"), TL_STR("@logStream")), &m->own_stream);
    if (json_has(el, TL_STR("@log")))
        text_of(json_member(el, TL_STR("@log")), &m->group);
    *out = (struct cw_message){.text = tl_buf_str(&m->text),
                               .group = tl_buf_str(&m->group),
                               .stream = tl_buf_str(&m->stream),
                               .account = m->account,
                               .id = tl_buf_str(&m->id),
                               .line = el->line};
    if (m->own_stream.n > 0)
        out->stream = tl_buf_str(&m->own_stream);
    out->outer = outer_time(bare(time_of(el)));
    m->answer |= json_has(el, TL_STR("eventId")) || json_has(el, TL_STR("ingestionTime")) ||
                 json_has(el, TL_STR("@message"));
}

/* A field of a row of Logs Insights. */
static void
take_field(struct cw_messages *m, const struct json_element *el)
{
    struct tl_str name = bare(json_member(el, TL_STR("field")));
    struct tl_str value = json_member(el, TL_STR("value"));

    if (!m->in_row) {
        tl_buf_reset(&m->text);
        tl_buf_reset(&m->own_stream);
        tl_buf_reset(&m->group);
        tl_buf_reset(&m->id);
        m->row_time = TL_INSTANT_NONE;
        m->row_line = el->line;
    }
    m->in_row = true;
    m->row = el->list;
    if (tl_str_eq(name, TL_STR("@message"))) {
        text_of(value, &m->text);
        m->row_line = el->line;
    } else if (tl_str_eq(name, TL_STR("@logStream"))) {
        text_of(value, &m->own_stream);
    } else if (tl_str_eq(name, TL_STR("@log"))) {
        text_of(value, &m->group);
    } else if (tl_str_eq(name, TL_STR("@timestamp"))) {
        m->row_time = outer_time(bare(value));
    }
}

/* The row at hand is complete: out, if it has a message. */
static bool
close_row(struct cw_messages *m, struct cw_message *out)
{
    m->in_row = false;
    m->answer = true;
    *out = (struct cw_message){.text = tl_buf_str(&m->text),
                               .group = tl_buf_str(&m->group),
                               .stream = tl_buf_str(&m->own_stream),
                               .account = NOTHING,
                               .id = NOTHING,
                               .outer = m->row_time,
                               .line = m->row_line};
    return m->text.n > 0;
}

/* The next element, of the batch at hand or of the input; false: the end. */
static bool
next_element(struct cw_messages *m)
{
    while (!starved(m)) {
        struct json_split *s = m->in_batch ? &m->batch : &m->split;
        enum json_item item = json_split_next(s, &m->el);

        if (item == JSON_FOUND)
            return true;
        if (item == JSON_ODD && m->r)
            reader_odd(m->r, s->line, "%s", s->why);
        if (item == JSON_END && !m->in_batch)
            return false;
        if (item == JSON_END) {
            if (m->batch_feed.failed) /* memory: there is no other reason */
                m->text.failed = TL_ENOMEM;
            feed_free(&m->batch_feed);
            m->in_batch = false;
        }
    }
    return false;
}

bool
cw_messages_next(struct cw_messages *m, struct cw_message *out)
{
    for (;;) {
        bool have = m->held || next_element(m);

        m->held = false;
        if (m->in_row && (!have || !is_field(&m->el) || m->el.list != m->row)) {
            m->held = have;
            if (close_row(m, out))
                return true;
            continue;
        }
        if (!have)
            return false;
        m->bytes += m->el.text.n;
        if (m->el.text.p[0] == '"')
            continue;
        if (is_batch(&m->el) && !m->in_batch) {
            open_batch(m, &m->el);
        } else if (is_event(&m->el)) {
            take_event(m, &m->el, out);
            return true;
        } else if (is_field(&m->el)) {
            take_field(m, &m->el);
        }
    }
}

bool
cw_messages_failed(const struct cw_messages *m)
{
    return starved(m);
}
