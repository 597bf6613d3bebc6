#include "core/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct tl_str
tl_str_from(const char *z)
{
    return (struct tl_str){z ? z : "", z ? strlen(z) : 0};
}

bool
tl_str_eq(struct tl_str a, struct tl_str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool
tl_str_starts(struct tl_str s, struct tl_str prefix)
{
    return s.n >= prefix.n && tl_str_eq((struct tl_str){s.p, prefix.n}, prefix);
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct tl_str
tl_str_trim(struct tl_str s)
{
    while (s.n > 0 && is_blank(s.p[0])) {
        s.p++;
        s.n--;
    }
    while (s.n > 0 && is_blank(s.p[s.n - 1]))
        s.n--;
    return s;
}

static unsigned char
lower(char c)
{
    unsigned char u = (unsigned char)c;

    return u >= 'A' && u <= 'Z' ? u | 0x20U : u;
}

bool
tl_str_case_starts(struct tl_str s, struct tl_str prefix)
{
    if (s.n < prefix.n)
        return false;
    for (size_t i = 0; i < prefix.n; i++)
        if (lower(s.p[i]) != lower(prefix.p[i]))
            return false;
    return true;
}

bool
tl_str_case_eq(struct tl_str a, struct tl_str b)
{
    return a.n == b.n && tl_str_case_starts(a, b);
}

int
tl_str_cmp(struct tl_str a, struct tl_str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int d = n > 0 ? memcmp(a.p, b.p, n) : 0;

    return d ? d : (a.n > b.n) - (a.n < b.n);
}

size_t
tl_str_find(struct tl_str s, struct tl_str needle)
{
    const char *p = s.p, *end = s.p + s.n;

    while (needle.n > 0 && (size_t)(end - p) >= needle.n) {
        p = memchr(p, needle.p[0], (size_t)(end - p) - needle.n + 1);
        if (!p)
            break;
        if (memcmp(p, needle.p, needle.n) == 0)
            return (size_t)(p - s.p);
        p++;
    }
    return SIZE_MAX;
}

size_t
tl_str_case_find(struct tl_str s, struct tl_str needle)
{
    for (size_t i = 0; i + needle.n <= s.n && needle.n > 0; i++)
        if (tl_str_case_starts((struct tl_str){s.p + i, s.n - i}, needle))
            return i;
    return SIZE_MAX;
}

bool
tl_str_cut(struct tl_str s, char c, struct tl_str *left, struct tl_str *right)
{
    const char *at = s.n > 0 ? memchr(s.p, c, s.n) : NULL;

    if (!at) {
        *left = s;
        *right = tl_str_skip(s, s.n);
        return false;
    }
    *left = (struct tl_str){s.p, (size_t)(at - s.p)};
    *right = (struct tl_str){at + 1, s.n - left->n - 1};
    return true;
}

struct tl_str
tl_str_skip(struct tl_str s, size_t n)
{
    n = n < s.n ? n : s.n;
    if (n == 0)
        return s; /* s.p may be NULL then */
    return (struct tl_str){s.p + n, s.n - n};
}

bool
tl_str_int(struct tl_str *s, int64_t *out)
{
    size_t n = 0;
    int64_t v = 0;

    while (n < s->n && s->p[n] >= '0' && s->p[n] <= '9') {
        if (n == 18)
            return false;
        v = v * 10 + (s->p[n++] - '0');
    }
    if (n == 0)
        return false;
    *s = tl_str_skip(*s, n);
    *out = v;
    return true;
}

bool
tl_str_line(struct tl_str *rest, struct tl_str *line)
{
    const char *nl;

    if (rest->n == 0)
        return false;
    nl = memchr(rest->p, '\n', rest->n);
    line->p = rest->p;
    line->n = nl ? (size_t)(nl - rest->p) : rest->n;
    rest->p += line->n + (nl ? 1 : 0);
    rest->n -= line->n + (nl ? 1 : 0);
    return true;
}

bool
tl_str_digits(struct tl_str *s, unsigned digits, int64_t *out)
{
    int64_t v = 0;

    if (s->n < digits)
        return false;
    for (unsigned i = 0; i < digits; i++) {
        char c = s->p[i];

        if (c < '0' || c > '9')
            return false;
        v = v * 10 + (c - '0');
    }
    s->p += digits;
    s->n -= digits;
    *out = v;
    return true;
}

void
tl_buf_init(struct tl_buf *b, size_t max)
{
    *b = (struct tl_buf){.max = max};
}

void
tl_buf_free(struct tl_buf *b)
{
    free(b->p);
    *b = (struct tl_buf){.max = b->max};
}

void
tl_buf_reset(struct tl_buf *b)
{
    b->n = 0;
    if (b->p)
        b->p[0] = '\0';
}

static bool
buf_room(struct tl_buf *b, size_t extra)
{
    size_t need = b->n + extra + 1, cap = b->cap ? b->cap : 256;
    char *p;

    if (b->failed)
        return false;
    if (extra > b->max || need > b->max) {
        b->failed = TL_ELIMIT;
        return false;
    }
    if (need <= b->cap)
        return true;
    while (cap < need)
        cap *= 2;
    p = realloc(b->p, cap);
    if (!p) {
        b->failed = TL_ENOMEM;
        return false;
    }
    b->p = p;
    b->cap = cap;
    return true;
}

void
tl_buf_add(struct tl_buf *b, struct tl_str s)
{
    if (s.n == 0 || !buf_room(b, s.n))
        return;
    memcpy(b->p + b->n, s.p, s.n);
    b->n += s.n;
    b->p[b->n] = '\0';
}

void
tl_buf_addf(struct tl_buf *b, const char *fmt, ...)
{
    char small[512];
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(small, sizeof(small), fmt, ap);
    va_end(ap);
    if (n < 0 || (size_t)n >= sizeof(small)) {
        b->failed = TL_ELIMIT; /* addf is for short, bounded pieces only */
        return;
    }
    tl_buf_add(b, (struct tl_str){small, (size_t)n});
}

struct tl_str
tl_buf_str(const struct tl_buf *b)
{
    return (struct tl_str){b->p ? b->p : "", b->n};
}

/* Length of the valid UTF-8 sequence at the front of s, or 0. */
static size_t
utf8_len(struct tl_str s)
{
    static const struct {
        unsigned char lo, hi, lo2, hi2; /* first byte, then range of the second byte */
        size_t len;
    } forms[] = {
        {0x01, 0x7f, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
        {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
        {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4}};
    const unsigned char *u = (const unsigned char *)s.p;

    for (size_t f = 0; f < sizeof(forms) / sizeof(forms[0]); f++) {
        if (u[0] < forms[f].lo || u[0] > forms[f].hi)
            continue;
        if (s.n < forms[f].len)
            return 0;
        if (forms[f].len > 1 && (u[1] < forms[f].lo2 || u[1] > forms[f].hi2))
            return 0;
        for (size_t i = 2; i < forms[f].len; i++)
            if (u[i] < 0x80 || u[i] > 0xbf)
                return 0;
        return forms[f].len;
    }
    return 0;
}

void
tl_buf_add_clean(struct tl_buf *b, struct tl_str s)
{
    while (s.n > 0) {
        size_t len = utf8_len(s);

        if (len > 0)
            tl_buf_add(b, (struct tl_str){s.p, len});
        else
            tl_buf_add(b, TL_STR("\xef\xbf\xbd"));
        s.p += len ? len : 1;
        s.n -= len ? len : 1;
    }
}
