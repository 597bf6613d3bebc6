/* chart_text.c - text of a chart: what it may hold, how wide it is, how long a span reads. */
#include "render/chart.h"

#include <utf8proc.h>

#include "render/clean.h"
#include "render/show.h"

enum { MAX_SHOWN = 4096, MAX_CLEAN = 4 * MAX_SHOWN }; /* bytes of a text that are looked at */

/* Widths of U+0020..U+007E in DejaVu Sans, in hundredths of the font size. */
static const unsigned char advance[] = {
    32, 40, 46, 84, 64, 95, 78, 27, 39,  39, 50, 84, 32, 36, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 34, 34, 84, 84, 84, 53, 100, 68, 69, 70, 77, 63, 58, 77, 75, 29, 29, 66, 56, 86, 75, 79,
    60, 79, 69, 63, 61, 73, 68, 99, 69,  61, 69, 39, 34, 39, 84, 50, 50, 61, 63, 55, 63, 62, 35, 63,
    63, 28, 28, 58, 28, 97, 63, 61, 63,  63, 41, 52, 39, 63, 59, 82, 59, 59, 52, 64, 34, 64, 84};

/* One character off the front of *rest (not empty); U+FFFD for a byte that is none. */
static int32_t
next_char(struct tl_str *rest, struct tl_str *bytes)
{
    int32_t cp;

    *bytes = clean_next(rest, &cp);
    if (cp != CLEAN_BAD)
        return cp;
    *bytes = TL_STR("\xEF\xBF\xBD");
    return 0xFFFD;
}

static int
width_of(int32_t cp) /* hundredths of the font size */
{
    int columns;

    if (cp >= 0x20 && cp < 0x7f)
        return advance[cp - 0x20];
    columns = utf8proc_charwidth(cp);
    return columns <= 0 ? 0 : columns == 1 ? 84 : 110;
}

static int
to_px(int64_t hundredths, int size, bool bold)
{
    return (int)((hundredths * size * (bold ? 113 : 100) + 9999) / 10000);
}

int
chart_text_px(struct tl_str s, int size, bool bold)
{
    struct tl_str bytes;
    int64_t sum = 0;

    while (s.n > 0)
        sum += width_of(next_char(&s, &bytes));
    return to_px(sum, size, bold);
}

/* It would act instead of showing, or may not stand in XML. */
static bool
acts(int32_t cp)
{
    return clean_hidden(cp) || cp == 0xFFFE || cp == 0xFFFF;
}

/*
 * The one place that decides what may stand in a field of a .dat file. gnuplot takes quotes and
 * backslashes for its own, and its SVG writer lets "&#x" and "]]>" through as they are.
 */
static void
clean(struct tl_buf *b, struct tl_str s)
{
    struct tl_str bytes;
    bool blank = true; /* at the start, and after a blank */

    s.n = s.n > MAX_SHOWN ? MAX_SHOWN : s.n;
    while (s.n > 0) {
        int32_t cp = next_char(&s, &bytes);
        bool is_blank = cp == ' ' || cp == '\t' || cp == '\n' || cp == '\r';

        if (is_blank && !blank)
            tl_buf_add(b, TL_STR(" "));
        else if (cp == '"')
            tl_buf_add(b, TL_STR("'"));
        else if (cp == '\\')
            tl_buf_add(b, TL_STR("\xE2\x88\x96"));
        else if (cp == '&' && s.n > 0 && *s.p == '#')
            tl_buf_add(b, TL_STR("& "));
        else if (cp == ']' && s.n > 0 && *s.p == ']')
            tl_buf_add(b, TL_STR("] "));
        else if (!is_blank && acts(cp))
            tl_buf_add(b, TL_STR("\xEF\xBF\xBD"));
        else if (!is_blank)
            tl_buf_add(b, bytes);
        blank = is_blank;
    }
}

/* The longest front of s that is not wider than max (hundredths). */
static struct tl_str
front(struct tl_str s, int64_t max)
{
    struct tl_str rest = s, bytes;
    int64_t sum = 0;

    while (rest.n > 0) {
        struct tl_str before = rest;

        sum += width_of(next_char(&rest, &bytes));
        if (sum > max)
            return (struct tl_str){s.p, s.n - before.n};
    }
    return s;
}

static struct tl_str
back(struct tl_str s, int64_t max)
{
    struct tl_str rest = s, bytes;
    int64_t sum = 0;

    while (rest.n > 0)
        sum += width_of(next_char(&rest, &bytes));
    while (s.n > 0 && sum > max)
        sum -= width_of(next_char(&s, &bytes));
    return s;
}

struct tl_str
chart_text(struct chart *c, struct tl_str s, int size, int max_px, bool middle)
{
    struct tl_buf all, cut;
    struct tl_str t, head;
    int64_t room = (int64_t)max_px * 100 / size - 100; /* beside the ellipsis */

    tl_buf_init(&all, MAX_CLEAN);
    clean(&all, s);
    t = tl_str_trim(tl_buf_str(&all));
    tl_buf_init(&cut, MAX_CLEAN);
    if (chart_text_px(t, size, false) <= max_px) {
        tl_buf_add(&cut, t);
    } else if (room > 0) {
        head = front(t, middle ? room / 2 : room);
        tl_buf_add(&cut, head);
        tl_buf_add(&cut, TL_STR("\xE2\x80\xA6"));
        if (middle)
            tl_buf_add(&cut, back(tl_str_skip(t, head.n), room - room / 2));
    }
    if (all.failed && !c->failed)
        c->failed = all.failed;
    tl_buf_free(&all);
    return chart_keep(c, &cut);
}

void *
chart_alloc(struct chart *c, size_t size)
{
    void *p = tl_arena_alloc(c->arena, size ? size : 1);

    if (!p && !c->failed)
        c->failed = TL_ENOMEM;
    return p;
}

struct tl_str
chart_keep(struct chart *c, struct tl_buf *b)
{
    struct tl_str s = {"", 0};

    if (!b->failed && b->n > 0)
        s = tl_arena_str(c->arena, tl_buf_str(b));
    if ((b->failed || !s.p) && !c->failed)
        c->failed = b->failed ? b->failed : TL_ENOMEM;
    tl_buf_free(b);
    return s.p ? s : (struct tl_str){"", 0};
}

/* ---- outages ---- */

void
chart_outage_print(struct tl_buf *b, const struct tl_outage *o)
{
    struct tl_str rest, bound;
    struct tl_buf text;
    size_t at;

    tl_buf_init(&text, 400);
    show_outage(&text, o);
    rest = tl_buf_str(&text);
    at = tl_str_find(rest, TL_STR("(between "));
    if (at != SIZE_MAX) { /* shorter, with the same figures */
        tl_buf_addf(b, "%.*s(", (int)at, rest.p);
        rest = tl_str_skip(rest, at + TL_STR("(between ").n);
        at = tl_str_find(rest, TL_STR(" and "));
        bound = (struct tl_str){rest.p, at != SIZE_MAX ? at : 0};
        tl_buf_addf(b, "%.*s to ", TL_FMT(bound));
        rest = tl_str_skip(rest, bound.n + TL_STR(" and ").n);
    }
    tl_buf_add(b, rest);
    if (text.failed && !b->failed)
        b->failed = text.failed;
    tl_buf_free(&text);
}

/* ---- natural order ---- */

bool
chart_before(struct tl_str a, struct tl_str b)
{
    struct tl_str x = a, y = b;
    int64_t m, n;

    while (x.n > 0 && y.n > 0) {
        if (tl_str_int(&x, &m)) {
            if (!tl_str_int(&y, &n))
                break;
            if (m != n)
                return m < n;
        } else if (*x.p == *y.p) {
            x = tl_str_skip(x, 1);
            y = tl_str_skip(y, 1);
        } else {
            return (unsigned char)*x.p < (unsigned char)*y.p;
        }
    }
    return tl_str_cmp(a, b) < 0;
}
