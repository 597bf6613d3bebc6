/* page.c - a document taken apart: where its headings, paragraphs, code and data begin and end. */
#include "parse/page.h"

#include <string.h>

#include "parse/probe.h"
#include "parse/table.h"

void
page_start(struct page *p, struct tl_reader *r, struct tl_str text, uint32_t line, bool code)
{
    *p = (struct page){.rest = text, .line = line - 1, .code = code, .r = r};
}

/* ---- lines ---- */

static bool
peek(const struct page *p, struct tl_str *line)
{
    struct tl_str rest = p->rest;

    return tl_str_line(&rest, line);
}

static void
skip_line(struct page *p)
{
    struct tl_str line;

    (void)tl_str_line(&p->rest, &line);
    p->line++;
}

/* Ends an item that began at `from` in front of the line that is next. */
static struct tl_str
text_since(const struct page *p, const char *from)
{
    return (struct tl_str){from, (size_t)(p->rest.p - from)};
}

static bool
is_blank_line(struct tl_str line)
{
    return tl_str_trim(line).n == 0;
}

/* Past the marks of quoted mail: "> ". */
static struct tl_str
unquote(struct tl_str s)
{
    s = tl_str_trim(s);
    while (tl_str_starts(s, TL_STR(">")))
        s = tl_str_trim(tl_str_skip(s, 1));
    return s;
}

static size_t
run_of(struct tl_str s, char c)
{
    size_t n = 0;

    while (n < s.n && s.p[n] == c)
        n++;
    return n;
}

/* ---- kinds of lines ---- */

/* ``` and ~~~ of Markdown, {code} and {noformat} of tickets. */
struct fence {
    char mark;
    size_t n;
};
static bool
opens_fence(struct tl_str line, struct fence *f)
{
    struct tl_str s = unquote(line);

    f->mark = ' ';
    if (s.n > 0)
        f->mark = s.p[0];
    f->n = run_of(s, f->mark);
    if ((f->mark == '`' || f->mark == '~') && f->n >= 3)
        return f->mark == '~' || !memchr(s.p + f->n, '`', s.n - f->n);
    f->n = 0;
    return tl_str_starts(s, TL_STR("{code")) || tl_str_starts(s, TL_STR("{noformat"));
}

static bool
closes_fence(struct tl_str line, const struct fence *f)
{
    struct tl_str s = unquote(line);

    if (f->mark == '{')
        return tl_str_eq(s, TL_STR("{code}")) || tl_str_eq(s, TL_STR("{noformat}"));
    return s.n > 0 && run_of(s, f->mark) >= f->n && run_of(s, f->mark) == s.n;
}

static unsigned
heading_level(struct tl_str line)
{
    size_t n = run_of(line, '#');

    return n > 0 && n <= 6 && n < line.n && line.p[n] == ' ' ? (unsigned)n : 0;
}

/* === and --- below a line make it a heading. */
static unsigned
underline_level(struct tl_str line)
{
    struct tl_str s = tl_str_trim(line);

    if (s.n < 3 || run_of(s, s.p[0]) != s.n)
        return 0;
    return s.p[0] == '=' ? 1 : s.p[0] == '-' ? 2 : 0;
}

static bool
is_table_line(struct tl_str line)
{
    return tl_str_starts(unquote(line), TL_STR("|"));
}

/* The rule below the header of a table without outer bars: "---|---". */
static bool
is_inner_rule(struct tl_str line)
{
    return probe_is_rule(unquote(line)) && memchr(line.p, '|', line.n);
}

/* "{" or "[" and then what a JSON document goes on with. */
static bool
opens_json(struct tl_str rest)
{
    size_t n = 1;

    rest = unquote((struct tl_str){rest.p, rest.n < 4096 ? rest.n : 4096});
    if (rest.n == 0 || (rest.p[0] != '{' && rest.p[0] != '['))
        return false;
    while (n < rest.n && strchr(" \t\r\n", rest.p[n]) && rest.p[n] != '\0')
        n++;
    return n < rest.n && strchr("\"{[]}", rest.p[n]) && rest.p[n] != '\0';
}

static bool
opens_xml(struct tl_str line)
{
    struct tl_str s = tl_str_trim(line);

    return tl_str_starts(s, TL_STR("<Describe")) || tl_str_starts(s, TL_STR("<?xml"));
}

/* Past the mark of a list's item: "- ", "* ", "12. ". */
static bool
skip_bullet(struct tl_str *s)
{
    struct tl_str r = tl_str_trim(*s);
    int64_t n;

    if (r.n > 2 && (r.p[0] == '-' || r.p[0] == '*' || r.p[0] == '+') && r.p[1] == ' ') {
        *s = tl_str_trim(tl_str_skip(r, 2));
        return true;
    }
    if (tl_str_starts(r, TL_STR("\xe3\x83\xbb"))) { /* ・ */
        *s = tl_str_trim(tl_str_skip(r, 3));
        return true;
    }
    if (!tl_str_digits(&r, 1, &n))
        return false;
    while (r.n > 0 && r.p[0] >= '0' && r.p[0] <= '9')
        r = tl_str_skip(r, 1);
    if (r.n < 2 || (r.p[0] != '.' && r.p[0] != ')') || r.p[1] != ' ')
        return false;
    *s = tl_str_trim(tl_str_skip(r, 2));
    return true;
}

static bool
is_stamped(const struct page *p, struct tl_str line)
{
    struct probe_line l;
    struct tl_str s = unquote(line);

    (void)skip_bullet(&s);
    probe_read_line(s, p->r->in.zones, PROBE_ROWS, &l);
    return l.kind == LINE_STAMP || l.kind == LINE_OPEN || l.kind == LINE_QUERY ||
           l.kind == LINE_ROW;
}

/* The header of a table whose columns commas or tabs part. */
static bool
is_header(const struct page *p, struct tl_str line)
{
    return line.n < 400 &&
           (memchr(line.p, ',', line.n) || memchr(line.p, '\t', line.n) ||
            tl_str_find(line, TL_STR("  ")) != SIZE_MAX) &&
           table_probe(p->r, line) == TABLE_HEADER;
}

static bool
has_tab(struct tl_str line)
{
    struct tl_str s = tl_str_trim(line);

    return s.n > 0 && memchr(s.p, '\t', s.n);
}

static bool
next_has_tab(const struct page *p)
{
    struct page q = *p;
    struct tl_str line;

    skip_line(&q);
    return peek(&q, &line) && has_tab(line);
}

/* ---- items ---- */

static struct page_item
take_fence(struct page *p, const struct fence *f)
{
    struct page_item it = {.kind = PAGE_CODE};
    struct tl_str line;
    const char *from;

    skip_line(p);
    from = p->rest.p;
    it.line = p->line + 1;
    while (peek(p, &line) && !closes_fence(line, f))
        skip_line(p);
    it.text = text_since(p, from);
    skip_line(p);
    return it;
}

static struct page_item
take_while(struct page *p, enum page_kind kind, bool (*more)(struct tl_str line))
{
    struct page_item it = {.kind = kind, .line = p->line + 1};
    const char *from = p->rest.p;
    struct tl_str line;

    do
        skip_line(p);
    while (peek(p, &line) && more(line));
    it.text = text_since(p, from);
    return it;
}

static bool
is_filled(struct tl_str line)
{
    return !is_blank_line(line);
}

static bool
is_indented_or_blank(struct tl_str line)
{
    return is_blank_line(line) || tl_str_starts(line, TL_STR("    ")) ||
           tl_str_starts(line, TL_STR("\t"));
}

/* How deep the brackets are after the line; strings are stepped over. */
static int64_t
depth_after(struct tl_str line, int64_t depth, bool *in_string)
{
    for (size_t i = 0; i < line.n; i++) {
        char c = line.p[i];

        if (*in_string && c == '\\')
            i++;
        else if (c == '"')
            *in_string = !*in_string;
        else if (!*in_string)
            depth += (c == '{' || c == '[') - (c == '}' || c == ']');
    }
    return depth;
}

/* To the last bracket, and on where a comma or another document follows. One that is never closed
 * ends at the next heading or fence. */
static struct page_item
take_json(struct page *p)
{
    struct page_item it = {.kind = PAGE_DATA, .line = p->line + 1};
    const char *from = p->rest.p;
    struct page end = *p;
    bool in_string = false;
    int64_t depth = 0;
    struct tl_str line;
    struct fence f;

    while (peek(p, &line)) {
        if (depth <= 0 && !is_blank_line(line) && !opens_json(p->rest) &&
            !tl_str_starts(unquote(line), TL_STR(",")) && p->rest.p != from)
            break;
        if (!p->code && (heading_level(line) || opens_fence(line, &f)))
            break;
        depth = depth_after(line, depth, &in_string);
        in_string &= depth > 0;
        skip_line(p);
        if (!is_blank_line(line))
            end = *p;
    }
    *p = end;
    it.text = text_since(p, from);
    return it;
}

static struct page_item
take_xml(struct page *p)
{
    struct page_item it = {.kind = PAGE_DATA, .line = p->line + 1};
    const char *from = p->rest.p;
    struct tl_str line;
    bool closed = false;

    while (!closed && peek(p, &line)) {
        closed = tl_str_find(line, TL_STR("</Describe")) != SIZE_MAX &&
                 tl_str_find(line, TL_STR("Response>")) != SIZE_MAX;
        skip_line(p);
    }
    it.text = text_since(p, from);
    return it;
}

static size_t
words_of(struct tl_str s)
{
    size_t n = s.n > 0;

    for (size_t i = 1; i < s.n; i++)
        n += s.p[i - 1] == ' ' && s.p[i] != ' ';
    return n;
}

/* A line without a time that still belongs to the log above it. */
static bool
goes_on(const struct page *p, struct tl_str line, bool after_blank)
{
    static const struct tl_str starts[] = {{"psql:", 5},       {"ERROR", 5},  {"FATAL:", 6},
                                           {"WARNING:", 8},    {"curl: ", 6}, {"nc: ", 4},
                                           {"SSL SYSCALL", 11}};
    struct tl_str s = unquote(line);
    struct probe_line l;

    for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
        if (tl_str_starts(s, starts[i]))
            return true;
    probe_read_line(s, p->r->in.zones, PROBE_ROWS, &l);
    if (l.kind != LINE_TEXT)
        return l.kind == LINE_ELISION || l.kind == LINE_RULE || l.kind == LINE_DECORATION;
    if (after_blank)
        return false;
    return probe_is_continuation(s) || line.p[0] == '\t' || line.p[0] == ' ' || words_of(s) <= 3 ||
           (probe_read_text(s).sort != SAYS_VALUE && words_of(s) <= 16 && s.p[s.n - 1] != '.');
}

/* A log: stamped lines and what belongs to them, blank lines between them too. */
static struct page_item
take_log(struct page *p)
{
    struct page_item it = {.kind = PAGE_DATA, .line = p->line + 1, .stamped = true};
    const char *from = p->rest.p;
    bool blank = false;
    struct page end;
    struct tl_str line;
    struct fence f;

    skip_line(p);
    end = *p;
    while (peek(p, &line)) {
        if (is_blank_line(line)) {
            blank = true;
            skip_line(p);
            continue;
        }
        if (!p->code && (heading_level(line) || opens_fence(line, &f)))
            break;
        if (!is_stamped(p, line) && !goes_on(p, line, blank))
            break;
        blank = false;
        skip_line(p);
        end = *p;
    }
    *p = end;
    it.text = text_since(p, from);
    return it;
}

/* Something else than prose begins with the next line. */
static bool
ends_prose(const struct page *p, struct tl_str line)
{
    struct tl_str s = unquote(line);
    struct fence f;

    if (is_blank_line(s) || is_table_line(line) || opens_json(p->rest) || is_stamped(p, line))
        return true;
    return !p->code && (heading_level(line) || opens_fence(line, &f) || skip_bullet(&s));
}

static struct page_item
take_prose(struct page *p, struct tl_str first)
{
    struct page_item it = {.kind = PAGE_PROSE, .line = p->line + 1};
    const char *from = p->rest.p;
    struct tl_str line, s = unquote(first);

    it.listed = !p->code && skip_bullet(&s);
    skip_line(p);
    if (!p->code && !it.listed && peek(p, &line) && underline_level(line)) {
        it.kind = PAGE_HEADING;
        it.level = underline_level(line);
        it.text = tl_str_trim(first);
        skip_line(p);
        it.spaced = !peek(p, &line) || is_blank_line(line);
        return it;
    }
    while (peek(p, &line) && !ends_prose(p, line))
        skip_line(p);
    it.text = text_since(p, from);
    return it;
}

static struct page_item
take_heading(struct page *p, struct tl_str line, unsigned level)
{
    struct page_item it = {.kind = PAGE_HEADING, .level = level, .line = p->line + 1};
    struct tl_str below;

    it.text = tl_str_trim(tl_str_skip(tl_str_trim(line), level));
    while (it.text.n > 0 && it.text.p[it.text.n - 1] == '#')
        it.text.n--;
    it.text = tl_str_trim(it.text);
    skip_line(p);
    it.spaced = !peek(p, &below) || is_blank_line(below);
    return it;
}

static bool
begins_table(const struct page *p, struct tl_str line)
{
    struct page below = *p;
    struct tl_str next;

    skip_line(&below);
    return memchr(line.p, '|', line.n) && peek(&below, &next) && is_inner_rule(next);
}

bool
page_next(struct page *p, struct page_item *out)
{
    struct tl_str line;
    struct fence f;

    while (peek(p, &line) && is_blank_line(line))
        skip_line(p);
    if (!peek(p, &line))
        return false;
    if (!p->code && opens_fence(line, &f))
        *out = take_fence(p, &f);
    else if (!p->code && heading_level(line))
        *out = take_heading(p, line, heading_level(line));
    else if (is_table_line(line))
        *out = take_while(p, PAGE_DATA, is_table_line);
    else if (is_stamped(p, line))
        *out = take_log(p);
    else if (opens_json(p->rest))
        *out = take_json(p);
    else if (opens_xml(line))
        *out = take_xml(p);
    else if (!p->code && is_indented_or_blank(line))
        *out = take_while(p, PAGE_CODE, is_indented_or_blank);
    else if (begins_table(p, line) || is_header(p, line) || (has_tab(line) && next_has_tab(p)))
        *out = take_while(p, PAGE_DATA, is_filled);
    else
        *out = take_prose(p, line);
    return true;
}
