#include "render/json_out.h"

#include <inttypes.h>
#include <string.h>

#include "render/clean.h"

enum { WIDTH = 132, COLLAPSE_MAX = 1024 };

/* Where n bytes can be written at once, or NULL: then tl_buf_add makes the room, or fails. */
static inline char *
room(const struct json *j, size_t n)
{
    const struct tl_buf *b = j->out;

    return !b->failed && n < b->cap - b->n && n < b->max - b->n ? b->p + b->n : NULL;
}

static inline void
wrote(struct json *j, size_t n)
{
    struct tl_buf *b = j->out;

    b->n += n;
    if (b->p) /* room was there: it is */
        b->p[b->n] = '\0';
}

static inline void
put(struct json *j, const char *p, size_t n)
{
    char *to = room(j, n);

    if (to) {
        memcpy(to, p, n);
        wrote(j, n);
    } else {
        tl_buf_add(j->out, (struct tl_str){p, n});
    }
}

#define PUT(j, lit) put(j, lit, sizeof(lit) - 1)

static void
put_uint(struct json *j, uint64_t v)
{
    char s[20];
    size_t at = sizeof(s);

    do {
        s[--at] = (char)('0' + v % 10);
        v /= 10;
    } while (v > 0);
    put(j, s + at, sizeof(s) - at);
}

/* \uXXXX; two of them beyond the first plane. */
static void
put_escape(struct json *j, uint32_t cp)
{
    static const char hex[] = "0123456789abcdef";

    uint32_t unit[] = {cp > 0xffff ? 0xd7c0 + (cp >> 10) : cp, 0xdc00 + (cp & 0x3ff)};

    for (unsigned u = 0; u < (cp > 0xffff ? 2 : 1); u++) {
        PUT(j, "\\u");
        for (int shift = 12; shift >= 0; shift -= 4)
            put(j, &hex[unit[u] >> shift & 15], 1);
    }
}

/* One character that cannot stand as it is. */
static void
put_special(struct json *j, struct tl_str *s)
{
    static const char shorts[] = "\b\t\n\f\r\"\\", letters[] = "btnfr\"\\";
    int32_t cp;
    struct tl_str bytes = clean_next(s, &cp);
    const char *known = cp > 0 && cp < 0x80 ? strchr(shorts, (int)cp) : NULL;

    if (cp == CLEAN_BAD || cp == 0) {
        PUT(j, "\xef\xbf\xbd");
    } else if (known) {
        put(j, (char[]){'\\', letters[known - shorts]}, 2);
    } else if (clean_hidden(cp)) {
        put_escape(j, (uint32_t)cp);
    } else {
        put(j, bytes.p, bytes.n);
    }
}

static void
put_string(struct json *j, struct tl_str s)
{
    size_t n = clean_plain(s);
    char *to = room(j, n + 2);

    if (to && n == s.n) {
        *to = '"';
        if (n > 0) /* an empty view may have no bytes at all */
            memcpy(to + 1, s.p, n);
        to[n + 1] = '"';
        wrote(j, n + 2);
        return;
    }
    PUT(j, "\"");
    for (; s.n > 0; n = clean_plain(s)) {
        put(j, s.p, n);
        s = tl_str_skip(s, n);
        if (s.n > 0)
            put_special(j, &s);
    }
    PUT(j, "\"");
}

static const char blanks[2 * JSON_DEPTH + 1] = "                                ";

static void
new_line(struct json *j)
{
    PUT(j, "\n");
    j->line = j->out->n;
    put(j, blanks, (size_t)j->depth * 2);
}

/* The comma and the line before a member. */
static void
lead_comma(struct json *j)
{
    if (j->depth == 0)
        return;
    if (j->open[j->depth - 1].used)
        PUT(j, ",");
    j->open[j->depth - 1].used = true;
    if (j->pretty)
        new_line(j);
}

static void
put_name(struct json *j, struct tl_str key)
{
    put_string(j, key);
    put(j, ": ", j->pretty ? 2 : 1);
}

/* What stands before a value - the comma, the line, the key (one of ours: nothing to escape) -
 * where there is room for all of it. */
static void
lead_at(struct json *j, char *to, struct tl_str key)
{
    char *at = to;
    size_t indent = j->pretty ? (size_t)j->depth * 2 : 0;

    if (j->open[j->depth - 1].used)
        *at++ = ',';
    j->open[j->depth - 1].used = true;
    if (j->pretty)
        *at++ = '\n';
    j->line = j->out->n + (size_t)(at - to);
    memcpy(at, blanks, indent);
    at += indent;
    if (key.p) {
        *at++ = '"';
        memcpy(at, key.p, key.n);
        at += key.n;
        at[0] = '"';
        at[1] = ':';
        at[2] = ' ';
        at += j->pretty ? 3 : 2;
    }
    wrote(j, (size_t)(at - to));
}

static void
lead(struct json *j, struct tl_str key)
{
    char *to = j->depth > 0 ? room(j, 2 + (size_t)2 * JSON_DEPTH + key.n + 4) : NULL;

    if (j->named) {
        j->named = false;
    } else if (to) {
        lead_at(j, to, key);
    } else {
        lead_comma(j);
        if (key.p)
            put_name(j, key);
    }
}

void
json_name(struct json *j, struct tl_str key)
{
    lead_comma(j);
    put_name(j, key);
    j->named = true;
}

void
json_init(struct json *j, struct tl_buf *out, bool pretty)
{
    j->out = out;
    j->sink = NULL;
    j->pretty = pretty;
    j->named = false;
    j->depth = 0;
    j->line = 0;
    j->day = INT64_MIN;
}

void
json_end(struct json *j)
{
    PUT(j, "\n");
}

void
json_open(struct json *j, struct tl_str key, char bracket)
{
    lead(j, key);
    put(j, &bracket, 1);
    j->open[j->depth].start = j->out->n;
    j->open[j->depth].column = j->out->n - j->line;
    j->open[j->depth].used = false;
    j->open[j->depth].tall = false;
    j->depth++;
}

/* Puts what was written since `start` on one line, which has `used` bytes before it, if it fits.
 * Line ends in a buffer of JSON are ours alone: those of texts are escaped. */
static bool
collapse(struct json *j, size_t start, size_t used)
{
    struct tl_buf *b = j->out;
    size_t n = 0;
    char flat[WIDTH];

    if (b->n - start > COLLAPSE_MAX)
        return false;
    for (size_t i = start; i < b->n;) {
        const char *end = memchr(b->p + i, '\n', b->n - i);
        size_t run = end ? (size_t)(end - (b->p + i)) : b->n - i;

        if (used + n + run + (n > 0 && end) + 1 >= WIDTH)
            return false;
        memcpy(flat + n, b->p + i, run);
        n += run;
        if (n > 0 && end)
            flat[n++] = ' ';
        for (i += run + (end != NULL); end && i < b->n && b->p[i] == ' ';)
            i++;
    }
    memcpy(b->p + start, flat, n);
    b->n = start + n;
    b->p[b->n] = '\0';
    return true;
}

/* Hands over what is written, once it is enough and nothing of it may still be put on one line. */
static void
pour(struct json *j)
{
    for (unsigned i = 0; i < j->depth; i++)
        if (!j->open[i].tall && j->out->n - j->open[i].start <= COLLAPSE_MAX)
            return;
    for (unsigned i = 0; i < j->depth; i++)
        j->open[i].tall = true;
    render_pour(j->sink, j->out);
}

void
json_close(struct json *j, char bracket)
{
    bool tall = false;

    j->depth--;
    if (j->pretty && j->open[j->depth].used && !j->out->failed)
        tall = j->open[j->depth].tall || j->depth == 0 ||
               !collapse(j, j->open[j->depth].start, j->open[j->depth].column);
    if (tall)
        new_line(j);
    if (tall && j->depth > 0)
        j->open[j->depth - 1].tall = true;
    put(j, &bracket, 1);
    if (render_is_piece(j->sink, j->out))
        pour(j);
}

void
json_null(struct json *j, struct tl_str key)
{
    lead(j, key);
    PUT(j, "null");
}

void
json_bool(struct json *j, struct tl_str key, bool v)
{
    lead(j, key);
    put(j, v ? "true" : "false", v ? 4 : 5);
}

void
json_text(struct json *j, struct tl_str key, struct tl_str v)
{
    lead(j, key);
    put_string(j, v);
}

void
json_str(struct json *j, struct tl_str key, struct tl_str v)
{
    if (v.n == 0)
        json_null(j, key);
    else
        json_text(j, key, v);
}

void
json_int(struct json *j, struct tl_str key, int64_t v)
{
    if (v == TL_UNKNOWN) {
        json_null(j, key);
        return;
    }
    lead(j, key);
    if (v < 0)
        PUT(j, "-");
    put_uint(j, v < 0 ? (uint64_t)-v : (uint64_t)v);
}

void
json_uint(struct json *j, struct tl_str key, uint64_t v)
{
    lead(j, key);
    put_uint(j, v);
}

void
json_nth(struct json *j, struct tl_str key, uint32_t index)
{
    json_int(j, key, index == TL_NO_INDEX ? TL_UNKNOWN : (int64_t)index + 1);
}

void
json_line(struct json *j, struct tl_str key, uint32_t line)
{
    json_int(j, key, line == 0 ? TL_UNKNOWN : (int64_t)line);
}

static void
two_digits(char *p, int64_t v)
{
    p[0] = (char)('0' + v / 10);
    p[1] = (char)('0' + v % 10);
}

/* The date of a day since 1970, kept: the times of a report share few days. */
static void
take_day(struct json *j, int64_t day)
{
    struct tl_civil c = tl_time_civil(day * TL_DAY);

    j->day = day;
    two_digits(j->day_text, c.year / 100);
    two_digits(j->day_text + 2, c.year % 100);
    two_digits(j->day_text + 5, c.month);
    two_digits(j->day_text + 8, c.day);
    j->day_text[4] = j->day_text[7] = '-';
}

void
json_time(struct json *j, struct tl_str key, tl_time t)
{
    char s[] = "\"0000-00-00T00:00:00.000Z\"";
    int64_t day = t / TL_DAY - (t % TL_DAY < 0), rest = (t % TL_DAY + TL_DAY) % TL_DAY;

    if (!clean_dated(t)) {
        json_null(j, key);
        return;
    }
    if (day != j->day)
        take_day(j, day);
    memcpy(s + 1, j->day_text, sizeof(j->day_text));
    two_digits(s + 12, rest / TL_HOUR);
    two_digits(s + 15, rest / TL_MINUTE % 60);
    two_digits(s + 18, rest / TL_SECOND % 60);
    two_digits(s + 21, rest % TL_SECOND / 10000);
    s[23] = (char)('0' + rest / 1000 % 10);
    lead(j, key);
    put(j, s, sizeof(s) - 1);
}

void
json_seconds(struct json *j, struct tl_str key, int64_t us)
{
    if (us == TL_UNKNOWN) {
        json_null(j, key);
        return;
    }
    lead(j, key);
    tl_seconds_print(j->out, us);
}

void
json_millis(struct json *j, struct tl_str key, int64_t us)
{
    lead(j, key);
    tl_buf_addf(j->out, "%" PRId64 ".%03" PRId64, us / 1000, us % 1000);
}

void
json_us(struct json *j, struct tl_str key, const tl_time *t, size_t n)
{
    bool any = false;

    for (size_t i = 0; i < n; i++)
        any |= t[i] != TL_TIME_NONE && t[i] % 1000 != 0;
    if (!any) {
        json_null(j, key);
        return;
    }
    json_open(j, key, '[');
    for (size_t i = 0; i < n; i++)
        json_int(j, JSON_NOKEY, t[i] == TL_TIME_NONE ? 0 : (t[i] % 1000 + 1000) % 1000);
    json_close(j, ']');
}

void
json_span(struct json *j, struct tl_str key, struct tl_span s)
{
    json_open(j, key, '{');
    json_seconds(j, TL_STR("min"), s.min_us);
    json_seconds(j, TL_STR("max"), s.max_us);
    json_close(j, '}');
}

void
json_instant(struct json *j, struct tl_str key, struct tl_instant t)
{
    if (t.at == TL_TIME_NONE) {
        json_null(j, key);
        return;
    }
    json_open(j, key, '{');
    json_time(j, TL_STR("at"), t.at);
    json_time(j, TL_STR("earliest"), t.earliest);
    json_time(j, TL_STR("latest"), t.latest);
    json_close(j, '}');
}

void
json_nths(struct json *j, struct tl_str key, const uint32_t *index, size_t n)
{
    lead(j, key);
    PUT(j, "[");
    for (size_t i = 0; i < n; i++) {
        put(j, ", ", i > 0 ? (j->pretty ? 2 : 1) : 0);
        put_uint(j, (uint64_t)index[i] + 1);
    }
    PUT(j, "]");
}

void
json_strs(struct json *j, struct tl_str key, const struct tl_str *v, size_t n)
{
    json_open(j, key, '[');
    for (size_t i = 0; i < n; i++)
        json_text(j, JSON_NOKEY, v[i]);
    json_close(j, ']');
}
