#include "parse/json_doc.h"

#include <stdlib.h>
#include <string.h>

#include "parse/json_scan.h"

enum { MAX_TEXT = 8 * 1024 * 1024 };

static int
hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The code unit of \uXXXX at the front of s, or -1. */
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

/* Appends the escape at the front of s in a form that cJSON takes; its length in s. */
static size_t
relax_escape(struct tl_str s, struct tl_buf *out)
{
    int unit = code_unit(s);
    bool high = unit >= 0xd800 && unit < 0xdc00, low = unit >= 0xdc00 && unit < 0xe000;

    if (high) {
        int next = code_unit(tl_str_skip(s, 6));

        if (next >= 0xdc00 && next < 0xe000) {
            tl_buf_add(out, (struct tl_str){s.p, 12});
            return 12;
        }
    }
    if (high || low || unit == 0) {
        tl_buf_add(out, TL_STR("\\ufffd"));
        return 6;
    }
    if (unit > 0) {
        tl_buf_add(out, (struct tl_str){s.p, 6});
        return 6;
    }
    if (s.n < 2)
        return 1;
    if (strchr("\"\\/bfnrt", s.p[1]) && s.p[1] != '\0')
        tl_buf_add(out, (struct tl_str){s.p, 2});
    else
        tl_buf_add(out, (struct tl_str){s.p + 1, 1});
    return 2;
}

static bool
comma_is_extra(struct tl_str s, size_t at)
{
    for (at++; at < s.n && scan_is_space(s.p[at]);)
        at++;
    return at < s.n && (s.p[at] == '}' || s.p[at] == ']');
}

static void
relax(struct tl_str s, struct tl_buf *out)
{
    bool quoted = false;
    size_t from = 0, i = 0;

    while (i < s.n) {
        char c = s.p[i];
        bool drop = !quoted && c == ',' && comma_is_extra(s, i);

        quoted ^= c == '"';
        if (!drop && c != '\0' && !(quoted && c == '\\')) {
            i++;
            continue;
        }
        tl_buf_add(out, (struct tl_str){s.p + from, i - from});
        if (c == '\\') {
            i += relax_escape(tl_str_skip(s, i), out);
        } else {
            if (!drop)
                tl_buf_add(out, quoted ? TL_STR("\\ufffd") : TL_STR(" "));
            i++;
        }
        from = i;
    }
    tl_buf_add(out, tl_str_skip(s, from));
}

static cJSON *
parse(struct tl_str text)
{
    cJSON *root = text.n > 0 ? cJSON_ParseWithLengthOpts(text.p, text.n, NULL, 0) : NULL;

    /* cJSON does not tell bad text from no memory: what fails twice, with memory there, is bad */
    return root || text.n == 0 ? root : cJSON_ParseWithLengthOpts(text.p, text.n, NULL, 0);
}

static bool
memory_is_left(size_t n)
{
    void *p = malloc(n + 4096);

    free(p);
    return p != NULL;
}

enum tl_status
doc_read(struct tl_str text, struct tl_buf *room, cJSON **out)
{
    bool nul = memchr(text.p, '\0', text.n) || tl_str_find(text, TL_STR("\\u0000")) != SIZE_MAX;

    *out = nul ? NULL : parse(text);
    if (*out)
        return TL_OK;
    if (!memory_is_left(text.n))
        return TL_ENOMEM;
    tl_buf_free(room);
    tl_buf_init(room, MAX_TEXT);
    relax(text, room);
    if (room->failed)
        return room->failed == TL_ENOMEM ? TL_ENOMEM : TL_OK;
    *out = parse(tl_buf_str(room));
    return *out || memory_is_left(text.n) ? TL_OK : TL_ENOMEM;
}

struct tl_str
doc_string(const cJSON *value)
{
    return tl_str_from(cJSON_IsString(value) ? value->valuestring : NULL);
}

const cJSON *
doc_get(const cJSON *obj, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(obj, key);
}

const cJSON *
doc_step(struct doc_cursor *c, const char *key)
{
    const cJSON *v = c->next;

    while (v && (!v->string || strcmp(v->string, key) != 0))
        v = v->next;
    if (!v)
        v = doc_get(c->obj, key);
    if (v)
        c->next = v->next;
    return v;
}

struct tl_str
doc_text(const cJSON *obj, const char *key)
{
    return doc_string(doc_get(obj, key));
}

int
doc_truth(const cJSON *value)
{
    struct tl_str s = doc_string(value);

    if (cJSON_IsBool(value))
        return cJSON_IsTrue(value) ? 1 : 0;
    if (tl_str_case_eq(s, TL_STR("true")))
        return 1;
    return tl_str_case_eq(s, TL_STR("false")) ? 0 : -1;
}

bool
doc_integer(const cJSON *value, int64_t *out)
{
    const int64_t most = INT64_C(1) << 53;

    if (!cJSON_IsNumber(value) || !(value->valuedouble >= -9007199254740992.0) ||
        !(value->valuedouble <= 9007199254740992.0))
        return false;
    *out = (int64_t)value->valuedouble;
    return *out <= most;
}
