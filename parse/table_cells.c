/* table_cells.c - lines of tables to cells, cells to plain text. */
#include "parse/table_parts.h"

#include <string.h>

enum { LINK_MAX = 512 };

static const struct tl_str nothing = {"", 0};

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t';
}

bool
char_in(char c, const char *set)
{
    return c != '\0' && strchr(set, c);
}

static struct tl_str
slice(struct tl_str s, size_t from, size_t to)
{
    return (struct tl_str){s.p + from, to - from};
}

/* ---- splitting ---- */

/* The end of a quoted cell: behind its closing quote; 0 when it is never closed. */
static size_t
quoted_length(struct tl_str s)
{
    for (size_t i = 1; i < s.n; i++) {
        if (s.p[i] != '"')
            continue;
        if (i + 1 < s.n && s.p[i + 1] == '"')
            i++;
        else
            return i + 1;
    }
    return 0;
}

/* The inside of a quoted cell, doubled quotes resolved. */
static struct tl_str
unquote(struct tl_arena *a, struct tl_str cell)
{
    struct tl_str in = slice(cell, 1, cell.n);
    char *p;
    size_t n = 0;

    if (in.n > 0 && in.p[in.n - 1] == '"')
        in.n--;
    if (tl_str_find(in, TL_STR("\"\"")) == SIZE_MAX)
        return tl_str_trim(in);
    p = tl_arena_alloc(a, in.n);
    if (!p)
        return tl_str_trim(in);
    for (size_t i = 0; i < in.n; i++) {
        p[n++] = in.p[i];
        i += in.p[i] == '"' && i + 1 < in.n && in.p[i + 1] == '"';
    }
    return tl_str_trim((struct tl_str){p, n});
}

/* Where the first cell ends; *next is behind its delimiter, s.n + 1 when it is the last. */
static size_t
cell_end(char delimiter, struct tl_str s, size_t *next)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];

        if (delimiter == '|' && c == '\\' && i + 1 < s.n) {
            i++;
        } else if (delimiter == ' ' &&
                   (c == '\t' || (c == ' ' && i + 1 < s.n && is_blank(s.p[i + 1])))) {
            for (*next = i; *next < s.n && is_blank(s.p[*next]);)
                ++*next;
            return i;
        } else if (delimiter != ' ' && c == delimiter) {
            *next = i + 1;
            return i;
        }
    }
    *next = s.n + 1;
    return s.n;
}

struct tl_str
cells_first(char delimiter, struct tl_str s, struct tl_str *rest)
{
    size_t next, end = cell_end(delimiter, s, &next);
    struct tl_str cell = slice(s, 0, end);

    *rest = next > s.n ? nothing : slice(s, next, s.n);
    return tl_str_trim(cell);
}

/* Takes the next cell off *s; false behind the last. */
static bool
next_cell(struct tl_arena *a, char delimiter, struct tl_str *s, struct tl_str *cell)
{
    bool quotes = delimiter != '|' && delimiter != ' ';
    struct tl_str from = *s;
    size_t next, end, inside = 0;

    while (quotes && from.n > 0 && from.p[0] == ' ')
        from = tl_str_skip(from, 1);
    if (quotes && from.n > 0 && from.p[0] == '"')
        inside = quoted_length(from);
    if (inside > 0) {
        *cell = unquote(a, slice(from, 0, inside));
        (void)cell_end(delimiter, tl_str_skip(from, inside), &next);
        next += inside;
    } else {
        end = cell_end(delimiter, from, &next);
        *cell = tl_str_trim(slice(from, 0, end));
    }
    if (next > from.n) {
        *s = nothing;
        return false;
    }
    *s = tl_str_skip(from, next);
    return true;
}

void
cells_split(struct tl_arena *a, char delimiter, struct tl_str line, struct cells *out)
{
    struct tl_str s = delimiter == '\t' ? line : tl_str_trim(line);

    out->n = 0;
    if (delimiter == '|') {
        if (s.n > 0 && s.p[0] == '|')
            s = tl_str_skip(s, 1);
        if (s.n > 0 && s.p[s.n - 1] == '|' && !(s.n > 1 && s.p[s.n - 2] == '\\'))
            s.n--;
    }
    while (out->n + 1 < TABLE_CELLS)
        if (!next_cell(a, delimiter, &s, &out->at[out->n++]))
            return;
    out->at[out->n++] = tl_str_trim(s);
}

void
cells_drop_empty(struct cells *c)
{
    size_t n = 0;

    for (size_t i = 0; i < c->n; i++)
        if (c->at[i].n > 0)
            c->at[n++] = c->at[i];
    c->n = n;
}

size_t
cells_row_length(struct tl_str s)
{
    bool inside = false;

    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"')
            inside = !inside;
        else if (s.p[i] == '\n' && !inside)
            return i;
    }
    return inside ? 0 : s.n;
}

/* ---- marks ---- */

/* The length of a tag at the front of s that only shapes text; *blank: it stands for one. */
static size_t
tag_length(struct tl_str s, bool *blank)
{
    static const struct tl_str names[] = {{"br", 2},  {"code", 4}, {"b", 1},   {"strong", 6},
                                          {"em", 2},  {"i", 1},    {"a", 1},   {"span", 4},
                                          {"p", 1},   {"kbd", 3},  {"tt", 2},  {"u", 1},
                                          {"sub", 3}, {"sup", 3},  {"div", 3}, {"td", 2}};
    struct tl_str r = tl_str_skip(s, s.n > 1 && s.p[1] == '/' ? 2 : 1);
    const char *end = r.n > 0 ? memchr(r.p, '>', r.n < LINK_MAX ? r.n : LINK_MAX) : NULL;

    for (size_t i = 0; end && i < sizeof(names) / sizeof(names[0]); i++) {
        if (!tl_str_case_starts(r, names[i]) || r.n <= names[i].n ||
            !char_in(r.p[names[i].n], "> /"))
            continue;
        *blank = i == 0;
        return (size_t)(end - s.p) + 1;
    }
    return 0;
}

static size_t
entity_length(struct tl_str s, char *plain)
{
    static const struct {
        struct tl_str text;
        char plain;
    } rows[] = {{{"&amp;", 5}, '&'},  {{"&lt;", 4}, '<'},   {{"&gt;", 4}, '>'},
                {{"&quot;", 6}, '"'}, {{"&#39;", 5}, '\''}, {{"&apos;", 6}, '\''},
                {{"&nbsp;", 6}, ' '}, {{"&#124;", 6}, '|'}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (tl_str_starts(s, rows[i].text)) {
            *plain = rows[i].plain;
            return rows[i].text.n;
        }
    }
    return 0;
}

/* Of "[text](target)" at the front of s: where the text ends; *after is behind it. 0: no link. */
static size_t
link_text_end(struct tl_str s, size_t *after)
{
    size_t i = 1;
    const char *end;

    while (i < s.n && s.p[i] != ']' && s.p[i] != '[')
        i++;
    if (i + 1 >= s.n || s.p[i] != ']' || s.p[i + 1] != '(')
        return 0;
    end = memchr(s.p + i, ')', s.n - i < LINK_MAX ? s.n - i : LINK_MAX);
    if (!end)
        return 0;
    *after = (size_t)(end - s.p) + 1;
    return i;
}

static bool
is_escape(struct tl_str s)
{
    return s.n > 1 && s.p[0] == '\\' && char_in(s.p[1], "\\`*_{}[]()#+-.!|<>~&");
}

/* One mark or byte at the front of s: how many bytes it takes; *n of out grows by what it says. */
static size_t
plain_step(struct tl_str s, char *out, size_t *n)
{
    bool blank = false;
    size_t len = 0;
    char c = s.p[0];

    if (is_escape(s)) {
        out[(*n)++] = s.p[1];
        return 2;
    }
    if (c == '`')
        return 1;
    if (c == '*' && s.n > 1 && s.p[1] == '*')
        return 2;
    if (c == '<' && (len = tag_length(s, &blank)) > 0) {
        if (blank)
            out[(*n)++] = ' ';
        return len;
    }
    if (c == '&' && (len = entity_length(s, &c)) > 0) {
        out[(*n)++] = c;
        return len;
    }
    out[(*n)++] = c;
    return 1;
}

/* Takes one pair of * or _ off that encloses all of it. */
static struct tl_str
without_emphasis(struct tl_str s)
{
    if (s.n > 2 && (s.p[0] == '*' || s.p[0] == '_') && s.p[s.n - 1] == s.p[0])
        return tl_str_trim(slice(s, 1, s.n - 1));
    return s;
}

struct tl_str
cell_plain(struct tl_arena *a, struct tl_str cell)
{
    size_t n = 0, i = 0, text_end = SIZE_MAX, after = 0;
    struct tl_str s = tl_str_trim(cell);
    char *out;

    while (i < s.n && !char_in(s.p[i], "\\`*[<&"))
        i++;
    out = i < s.n ? tl_arena_alloc(a, s.n) : NULL;
    if (!out)
        return without_emphasis(s);
    for (i = 0; i < s.n;) {
        size_t end;

        if (i == text_end) {
            i = after;
            text_end = SIZE_MAX;
            continue;
        }
        if (s.p[i] == '[' && text_end == SIZE_MAX &&
            (end = link_text_end(tl_str_skip(s, i), &after))) {
            text_end = i + end;
            after += i;
            i++;
            continue;
        }
        i += plain_step(tl_str_skip(s, i), out, &n);
    }
    return without_emphasis(tl_str_trim((struct tl_str){out, n}));
}

struct tl_str
cell_one_line(struct tl_arena *a, struct tl_str cell)
{
    struct tl_str s = tl_str_trim(cell);
    size_t n = 0;
    char *out;

    if (s.n == 0 || !memchr(s.p, '\n', s.n))
        return s;
    out = tl_arena_alloc(a, s.n);
    if (!out)
        return s;
    for (size_t i = 0; i < s.n; i++) {
        bool blank = is_blank(s.p[i]) || s.p[i] == '\n' || s.p[i] == '\r';

        if (!blank)
            out[n++] = s.p[i];
        else if (n > 0 && out[n - 1] != ' ')
            out[n++] = ' ';
    }
    return (struct tl_str){out, n};
}

/* ---- lines ---- */

bool
line_is_rule(struct tl_str line)
{
    size_t marks = 0, bars = 0;

    for (size_t i = 0; i < line.n; i++) {
        if (is_blank(line.p[i]) || line.p[i] == '\r')
            continue;
        if (!char_in(line.p[i], "-=|+:"))
            return false;
        marks += line.p[i] == '-' || line.p[i] == '=';
        bars += line.p[i] == '|' || line.p[i] == '+';
    }
    return marks >= 3 || (marks > 0 && bars > 0);
}

bool
line_is_heading(struct tl_str line)
{
    line = tl_str_trim(line);
    if (tl_str_starts(line, TL_STR("```")) || tl_str_starts(line, TL_STR("~~~")))
        return true;
    while (line.n > 1 && line.p[0] == '#' && line.p[1] == '#')
        line = tl_str_skip(line, 1);
    return line.n > 1 && line.p[0] == '#' && is_blank(line.p[1]);
}

bool
line_is_foreign(struct tl_str line)
{
    line = tl_str_trim(line);
    return line.n > 0 && (line.p[0] == '{' || line.p[0] == '<' ||
                          tl_str_starts(line, TL_STR("[{")) || tl_str_eq(line, TL_STR("[")));
}

/* "12. " or "3) " at the front: its length with the blank; 0: none. */
static size_t
ordinal_length(struct tl_str s)
{
    size_t i = 0;

    while (i < s.n && i < 4 && s.p[i] >= '0' && s.p[i] <= '9')
        i++;
    if (i == 0 || i + 1 >= s.n || (s.p[i] != '.' && s.p[i] != ')') || !is_blank(s.p[i + 1]))
        return 0;
    return i + 2;
}

struct tl_str
line_bare(struct tl_str line, bool *bullet)
{
    static const struct tl_str marks[] = {
        {"- ", 2},   {"* ", 2},   {"+ ", 2},       {"\xe2\x80\xa2", 3},  {"\xe3\x83\xbb", 3},
        {"[ ] ", 4}, {"[x] ", 4}, {"\xc2\xb7", 2}, {"\xe2\x80\x93 ", 4}, {"\xe2\x96\xaa", 3}};
    struct tl_str s = tl_str_trim(line);
    bool more = true;

    *bullet = false;
    while (s.n > 0 && s.p[0] == '>')
        s = tl_str_trim(tl_str_skip(s, 1));
    for (int turns = 0; more && turns < 3; turns++) {
        size_t n = ordinal_length(s);

        for (size_t i = 0; n == 0 && i < sizeof(marks) / sizeof(marks[0]); i++)
            if (tl_str_starts(s, marks[i]))
                n = marks[i].n;
        more = n > 0;
        *bullet |= more;
        s = tl_str_trim(tl_str_skip(s, n));
    }
    return s;
}

static bool
is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool
text_has_word(struct tl_str s, struct tl_str word)
{
    bool ascii = is_letter(word.p[0]);

    for (size_t at; (at = tl_str_case_find(s, word)) != SIZE_MAX; s = tl_str_skip(s, at + 1)) {
        bool starts = at == 0 || !is_letter(s.p[at - 1]);
        bool ends = at + word.n >= s.n || !is_letter(s.p[at + word.n]);

        if (!ascii || (starts && ends))
            return true;
    }
    return false;
}
