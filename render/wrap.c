#include "render/wrap.h"

#include <string.h>
#include <utf8proc.h>

#include "render/clean.h"

/* Characters of this project's own words, for a terminal that knows ASCII only. */
static const struct {
    int32_t cp;
    struct tl_str ascii;
} plain_words[] = {
    {0x2013, {"-", 1}},  {0x2192, {"->", 2}}, {0x2026, {"...", 3}},
    {0xb7, {"-", 1}},    {0x394, {"d", 1}},   {0xb1, {"+-", 2}},
    {0x2265, {">=", 2}}, {0x2264, {"<=", 2}}, {0xfffd, {"?", 1}},
};

static void
put_code(struct tl_buf *out, int32_t cp)
{
    if (cp < 0x80)
        tl_buf_addf(out, "\\x%02x", (unsigned)cp);
    else if (cp <= 0xffff)
        tl_buf_addf(out, "\\u%04x", (unsigned)cp);
    else
        tl_buf_addf(out, "\\U%08x", (unsigned)cp);
}

static void
put_character(struct tl_buf *out, int32_t cp, struct tl_str bytes, bool ascii)
{
    if (cp == CLEAN_BAD) {
        bytes = TL_STR("\xef\xbf\xbd");
        cp = 0xfffd;
    } else if (clean_hidden(cp)) {
        put_code(out, cp);
        return;
    }
    for (size_t i = 0; ascii && i < sizeof(plain_words) / sizeof(plain_words[0]); i++)
        if (plain_words[i].cp == cp)
            bytes = plain_words[i].ascii;
    tl_buf_add(out, bytes);
}

/* How many bytes at the front of s are ASCII that shows, blanks aside. */
static size_t
visible_ascii(struct tl_str s)
{
    size_t n = 0;

    while (n < s.n && s.p[n] > ' ' && s.p[n] < 0x7f)
        n++;
    return n;
}

void
wrap_clean(struct tl_buf *out, struct tl_str s, bool ascii)
{
    bool blank = false, any = false;

    while (s.n > 0) {
        struct tl_str bytes = {s.p, visible_ascii(s)};
        int32_t cp = '!';

        if (bytes.n > 0)
            s = tl_str_skip(s, bytes.n);
        else
            bytes = clean_next(&s, &cp);
        if (cp == ' ' || cp == '\n' || cp == '\t' || cp == '\r') {
            blank = true;
            continue;
        }
        if (blank && any)
            tl_buf_add(out, TL_STR(" "));
        if (cp == '!')
            tl_buf_add(out, bytes);
        else
            put_character(out, cp, bytes, ascii);
        blank = false;
        any = true;
    }
}

/* What a reader takes for one character: a base and what combines with it. */
struct cluster {
    struct tl_str bytes;
    size_t columns;
    int32_t first;
};

enum { VARIATION_EMOJI = 0xfe0f };

static size_t
columns_of(int32_t cp)
{
    int n = utf8proc_charwidth(cp);

    if (n <= 0 && utf8proc_category(cp) == UTF8PROC_CATEGORY_CN)
        return 1; /* not assigned yet: terminals show a box */
    return n > 0 ? (size_t)n : 0;
}

static bool
next_cluster(struct tl_str *rest, struct cluster *out)
{
    utf8proc_int32_t state = 0;
    struct tl_str ahead = *rest;
    int32_t cp, last;
    bool wide;

    if (rest->n == 0)
        return false;
    out->bytes = (struct tl_str){rest->p, 1};
    if ((unsigned char)rest->p[0] < 0x80 && (rest->n == 1 || (unsigned char)rest->p[1] < 0x80)) {
        out->first = (unsigned char)rest->p[0];
        out->columns = 1;
        *rest = tl_str_skip(*rest, 1);
        return true;
    }
    clean_next(&ahead, &cp);
    out->first = last = cp;
    out->columns = columns_of(cp);
    wide = out->columns >= 2;
    while (ahead.n > 0) {
        struct tl_str before = ahead;

        clean_next(&ahead, &cp);
        if (utf8proc_grapheme_break_stateful(last, cp, &state)) {
            ahead = before;
            break;
        }
        if (!wide) /* what joins a wide one does not widen it: families, skin tones */
            out->columns += columns_of(cp);
        if (cp == VARIATION_EMOJI && out->columns < 2)
            out->columns = 2;
        last = cp;
    }
    out->bytes.n = rest->n - ahead.n;
    *rest = ahead;
    return true;
}

size_t
wrap_columns(struct tl_str clean)
{
    struct cluster c;
    size_t n = 0;

    while (clean.n > 0) {
        size_t ascii = visible_ascii(clean);

        if (ascii > 1) { /* the last may have something that combines with it */
            n += ascii - 1;
            clean = tl_str_skip(clean, ascii - 1);
        }
        if (next_cluster(&clean, &c))
            n += c.columns;
    }
    return n;
}

/* A place where a line may end. */
struct place {
    size_t bytes, columns;
};

static bool
breaks_after(const struct cluster *c)
{
    if (c->columns >= 2)
        return true;
    return c->bytes.n == 1 && strchr("-/.,;:_=&?)]}", c->first) != NULL;
}

/* Whether the word at the front of s (blanks before it skipped) fits into that many columns. */
static bool
word_fits(struct tl_str s, size_t columns)
{
    struct cluster c;
    size_t n = 0;

    while (s.n > 0 && s.p[0] == ' ')
        s = tl_str_skip(s, 1);
    while (n <= columns && next_cluster(&s, &c) && c.first != ' ')
        n += c.columns;
    return n <= columns;
}

/* The better of the two places that were seen before the line ran over. */
static struct place
choose(struct tl_str s, struct place blank, struct place soft, struct place hard, size_t columns)
{
    if (blank.bytes > 0 && word_fits(tl_str_skip(s, blank.bytes), columns))
        return blank;
    if (soft.bytes > blank.bytes && soft.columns * 2 > columns)
        return soft;
    return blank.bytes > 0 && blank.columns * 2 > columns ? blank : hard;
}

bool
wrap_line(struct tl_str *rest, size_t columns, struct tl_str *line, size_t *width)
{
    struct place blank = {0, 0}, soft = {0, 0}, at = {0, 0};
    struct tl_str s = *rest;
    struct cluster c;

    while (s.n > 0 && s.p[0] == ' ')
        s = tl_str_skip(s, 1);
    *rest = s;
    if (s.n == 0)
        return false;
    while (next_cluster(&s, &c)) {
        if (c.first == ' ')
            blank = at;
        if (at.bytes > 0 && at.columns + c.columns > columns) {
            at = choose(*rest, blank, soft, at, columns);
            break;
        }
        if (c.columns >= 2 && at.bytes > 0)
            soft = at;
        at.bytes += c.bytes.n;
        at.columns += c.columns;
        if (breaks_after(&c))
            soft = at;
    }
    *line = (struct tl_str){rest->p, at.bytes};
    *width = at.columns;
    *rest = tl_str_skip(*rest, at.bytes);
    while (line->n > 0 && line->p[line->n - 1] == ' ') {
        line->n--;
        --*width;
    }
    return true;
}
