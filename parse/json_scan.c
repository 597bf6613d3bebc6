#include "parse/json_scan.h"

#include <string.h>

enum expect { VALUE, VALUE_OR_END, KEY, KEY_OR_END, COLON, COMMA_OR_END };

void
scan_start(struct scan *s, bool descends)
{
    s->pos = 0;
    s->expect = VALUE;
    s->depth = 0;
    s->objects = 0;
    s->descends = descends;
    s->extra_commas = false;
    s->unusual = false;
    s->nests = false;
    s->colon = false;
    s->nmembers = 0;
    s->open_member = false;
}

bool
scan_is_list(struct tl_str key)
{
    static const struct tl_str lists[] = {
#define ROW(text) {text, sizeof(text) - 1}
        ROW("Events"),
        ROW("Records"),
        ROW("events"),
        ROW("logEvents"),
        ROW("Messages"),
        ROW("DBClusters"),
        ROW("DBInstances"),
        ROW("GlobalClusters"),
        ROW("records"),
        ROW("PendingMaintenanceActions"),
        ROW("messages"),
        ROW("BlueGreenDeployments")
#undef ROW
    };

    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
        if (tl_str_eq(key, lists[i]))
            return true;
    return false;
}

size_t
scan_string(struct tl_str w, size_t at)
{
    const char *begin = w.p + at + 1, *p = begin, *end = w.p + w.n;

    while (p < end && (p = memchr(p, '"', (size_t)(end - p))) != NULL) {
        const char *q = p;

        while (q > begin && q[-1] == '\\')
            q--;
        p++;
        if (((p - 1) - q) % 2 == 0)
            return (size_t)(p - w.p);
    }
    return 0;
}

static size_t
skip_space(struct tl_str w, size_t at)
{
    const char *p = w.p + at, *end = w.p + w.n;

    while (p < end && scan_is_space(*p)) {
        while (end - p >= 8 && memcmp(p, "        ", 8) == 0)
            p += 8;
        if (p < end && scan_is_space(*p))
            p++;
    }
    return (size_t)(p - w.p);
}

static size_t
skip_digits(struct tl_str w, size_t at)
{
    while (at < w.n && w.p[at] >= '0' && w.p[at] <= '9')
        at++;
    return at;
}

/* Is that a number? Of at most 60 characters: cJSON takes no more than 63. */
static bool
is_number(struct tl_str s)
{
    size_t at = s.n > 0 && s.p[0] == '-', end = skip_digits(s, at);

    if (end == at || s.n > 60)
        return false;
    if (end < s.n && s.p[end] == '.') {
        at = end + 1;
        end = skip_digits(s, at);
        if (end == at)
            return false;
    }
    if (end < s.n && (s.p[end] == 'e' || s.p[end] == 'E')) {
        at = end + 1;
        at += at < s.n && (s.p[at] == '+' || s.p[at] == '-');
        end = skip_digits(s, at);
        if (end == at)
            return false;
    }
    return end == s.n;
}

/* Behind the number or literal at w.p[at]; at itself: it is none. */
static size_t
scan_word(struct tl_str w, size_t at)
{
    size_t n = at;
    struct tl_str word;

    while (n < w.n && ((w.p[n] >= '0' && w.p[n] <= '9') || (w.p[n] >= 'a' && w.p[n] <= 'z') ||
                       w.p[n] == '-' || w.p[n] == '+' || w.p[n] == '.' || w.p[n] == 'E'))
        n++;
    word = (struct tl_str){w.p + at, n - at};
    if (n == w.n && word.n > 0)
        return n; /* cut off by the window: not known yet */
    if (is_number(word) || tl_str_eq(word, TL_STR("true")) || tl_str_eq(word, TL_STR("false")) ||
        tl_str_eq(word, TL_STR("null")))
        return n;
    return at;
}

static void
open_member(struct scan *s, struct tl_str w, size_t key_at, size_t end)
{
    s->unusual |= memchr(w.p + key_at, '\\', end - key_at) || s->nmembers == JSON_MEMBERS;
    s->open_member = s->nmembers < JSON_MEMBERS;
    if (s->open_member)
        s->members[s->nmembers++] =
            (struct json_member){(uint32_t)key_at + 1, (uint32_t)(end - key_at - 2), 0, 0};
}

static void
value_begins(struct scan *s, size_t at)
{
    if (s->depth == 1 && s->open_member)
        s->members[s->nmembers - 1].at = (uint32_t)at;
}

static void
value_ends(struct scan *s, size_t end)
{
    s->expect = COMMA_OR_END;
    if (s->depth == 1 && s->open_member) {
        struct json_member *m = &s->members[s->nmembers - 1];

        m->n = (uint32_t)end - m->at;
        s->open_member = false;
    }
}

static enum scan_result
open_container(struct scan *s, struct tl_str w)
{
    bool object = w.p[s->pos] == '{';

    if (s->depth == JSON_DEPTH)
        return SCAN_DEPTH;
    if (!object && s->descends && s->depth == 1 && s->open_member) {
        const struct json_member *m = &s->members[s->nmembers - 1];

        if (scan_is_list((struct tl_str){w.p + m->key_at, m->key_n})) {
            s->pos++;
            return SCAN_WRAPPER;
        }
    }
    s->nests |= s->depth == 1;
    s->objects &= ~(UINT64_C(1) << s->depth);
    s->objects |= (uint64_t)object << s->depth;
    s->depth++;
    s->expect = object ? KEY_OR_END : VALUE_OR_END;
    s->pos++;
    return SCAN_MORE;
}

static bool
in_object(const struct scan *s)
{
    return s->depth > 0 && (s->objects >> (s->depth - 1) & 1);
}

/* The value at s->pos: a container is entered, anything else is passed. */
static enum scan_result
take_value(struct scan *s, struct tl_str w)
{
    char c = w.p[s->pos];
    size_t end;

    value_begins(s, s->pos);
    if (c == '{' || c == '[')
        return open_container(s, w);
    if (c == '"') {
        end = scan_string(w, s->pos);
        if (end == 0)
            return SCAN_MORE;
    } else {
        end = scan_word(w, s->pos);
        if (end == s->pos)
            return SCAN_BROKEN;
        if (end == w.n)
            return SCAN_MORE;
    }
    s->pos = end;
    value_ends(s, end);
    return s->depth == 0 ? SCAN_DONE : SCAN_MORE;
}

static enum scan_result
take_end(struct scan *s, struct tl_str w)
{
    if (w.p[s->pos] != (in_object(s) ? '}' : ']'))
        return SCAN_BROKEN;
    s->extra_commas |= s->expect == KEY || s->expect == VALUE;
    s->depth--;
    s->pos++;
    value_ends(s, s->pos);
    return s->depth == 0 ? SCAN_DONE : SCAN_MORE;
}

static enum scan_result
take_key(struct scan *s, struct tl_str w)
{
    size_t end;

    if (w.p[s->pos] != '"')
        return take_end(s, w);
    end = scan_string(w, s->pos);
    if (end == 0)
        return SCAN_MORE;
    if (s->depth == 1)
        open_member(s, w, s->pos, end);
    s->pos = end;
    s->expect = COLON;
    return SCAN_MORE;
}

static enum scan_result
take_comma(struct scan *s, struct tl_str w)
{
    if (w.p[s->pos] != ',')
        return take_end(s, w);
    s->pos++;
    s->expect = in_object(s) ? KEY : VALUE;
    return SCAN_MORE;
}

static enum scan_result
take_one(struct scan *s, struct tl_str w)
{
    char c = w.p[s->pos];

    switch ((enum expect)s->expect) {
    case KEY:
    case KEY_OR_END:
        return take_key(s, w);
    case COLON:
        if (c != ':')
            return SCAN_BROKEN;
        s->pos++;
        s->expect = VALUE;
        s->colon = true;
        return SCAN_MORE;
    case COMMA_OR_END:
        return take_comma(s, w);
    case VALUE:
    case VALUE_OR_END:
        if (c == ']' && s->depth > 0)
            return take_end(s, w);
        return take_value(s, w);
    }
    return SCAN_BROKEN;
}

enum scan_result
scan_value(struct scan *s, struct tl_str w)
{
    for (;;) {
        enum scan_result r;
        size_t before;

        s->pos = skip_space(w, s->pos);
        if (s->pos >= w.n)
            return SCAN_MORE;
        before = s->pos;
        r = take_one(s, w);
        if (r != SCAN_MORE || s->pos == before)
            return r;
    }
}
