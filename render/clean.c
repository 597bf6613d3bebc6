#include "render/clean.h"

#include <string.h>
#include <utf8proc.h>

struct tl_str
clean_next(struct tl_str *rest, int32_t *cp)
{
    utf8proc_int32_t c;
    utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)rest->p,
                                          rest->n > 4 ? 4 : (utf8proc_ssize_t)rest->n, &c);
    struct tl_str bytes = {rest->p, n > 0 ? (size_t)n : 1};

    *cp = n > 0 ? c : CLEAN_BAD;
    *rest = tl_str_skip(*rest, bytes.n);
    return bytes;
}

bool
clean_hidden(int32_t cp)
{
    if (cp >= 0x20 && cp < 0x7f)
        return false;
    if (cp == 0x200c || cp == 0x200d)
        return false;
    switch (utf8proc_category(cp)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return true;
    default:
        return false;
    }
}

bool
clean_dated(tl_time t)
{
    const int64_t first_s = INT64_C(-62135596800), end_s = INT64_C(253402300800);

    return t >= first_s * TL_SECOND && t < end_s * TL_SECOND;
}

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* The top bit of every byte of w that is zero (and maybe of bytes above it). */
static uint64_t
zero_byte(uint64_t w)
{
    return (w - EACH(1)) & ~w & EACH(0x80);
}

/* Whether all of the eight bytes at p are plain. */
static bool
plain_word(const char *p)
{
    uint64_t w;

    memcpy(&w, p, sizeof(w));
    return !((w & EACH(0x80)) | ((w - EACH(0x20)) & ~w & EACH(0x80)) | zero_byte(w ^ EACH('"')) |
             zero_byte(w ^ EACH('\\')) | zero_byte(w ^ EACH(0x7f)));
}

size_t
clean_plain(struct tl_str s)
{
    size_t n = 0, word = sizeof(uint64_t);

    while (n + word <= s.n && plain_word(s.p + n))
        n += word;
    if (n > 0 && s.n - n < word && plain_word(s.p + s.n - word))
        return s.n; /* its end, and some of what was seen already */
    while (n < s.n && s.p[n] >= ' ' && s.p[n] < 0x7f && s.p[n] != '"' && s.p[n] != '\\')
        n++;
    return n;
}
