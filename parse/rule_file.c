/* rule_file.c - the syntax of rule files (CONTRACT, "Rule files"): text to rules, nothing compiled.
 */
#include "parse/catalogue.h"

#include <string.h>

#include "core/names.h"

struct reading {
    struct tl_arena *arena;
    struct tl_str name; /* of the file */
    unsigned line;
    struct rule *rule; /* the block being read */
    struct rule_list *out;
    struct tl_error *err;
};

struct shown { /* a piece of the file as it may stand in a sentence */
    char text[64];
};

static const char *
shown(struct tl_str s, struct shown *buf)
{
    size_t n = 0;

    for (; n < s.n && n < sizeof(buf->text) - 4; n++) {
        buf->text[n] = '?';
        if (s.p[n] >= ' ' && s.p[n] <= '~')
            buf->text[n] = s.p[n];
    }
    for (size_t i = 0; i < 3 && n < s.n; i++)
        buf->text[n + i] = '.';
    buf->text[n < s.n ? n + 3 : n] = '\0';
    return buf->text;
}

/* A sentence about a line of the file. At least one argument after the format. */
#define BAD_AT(r, at, fmt, ...)                                                                    \
    tl_fail((r)->err, TL_ERULE, (at), "%.*s:%u: " fmt, TL_FMT((r)->name), (at), __VA_ARGS__)
#define BAD(r, fmt, ...) BAD_AT((r), (r)->line, fmt, __VA_ARGS__)
#define NO_ROOM(r)                                                                                 \
    tl_fail((r)->err, TL_ENOMEM, (r)->line, "%.*s: no room for its rules", TL_FMT((r)->name))

static bool
is_word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

static bool
is_word(struct tl_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!is_word_char(s.p[i]))
            return false;
    return s.n > 0;
}

static bool
is_class(struct tl_str s)
{
    struct tl_str part;
    size_t parts = 0;

    do {
        tl_str_cut(s, '.', &part, &s);
        if (!is_word(part))
            return false;
        parts++;
    } while (s.n > 0);
    return parts >= 2 && s.p[-1] != '.';
}

static bool
is_id(struct tl_str s)
{
    const struct tl_str head = TL_STR("RDS-EVENT-");
    struct tl_str digits = tl_str_skip(s, head.n);
    size_t n = digits.n;
    int64_t v;

    return tl_str_starts(s, head) && n >= 4 && n <= 6 && tl_str_int(&digits, &v) && digits.n == 0;
}

/* Without what stands behind a blank and a '#'. */
static struct tl_str
without_comment(struct tl_str s)
{
    for (size_t i = 1; i < s.n; i++)
        if (s.p[i] == '#' && (s.p[i - 1] == ' ' || s.p[i - 1] == '\t'))
            return tl_str_trim((struct tl_str){s.p, i});
    return s;
}

/* Takes the next word off *rest; false when there is none. */
static bool
next_word(struct tl_str *rest, struct tl_str *word)
{
    size_t n = 0;

    *rest = tl_str_trim(*rest);
    while (n < rest->n && rest->p[n] != ' ' && rest->p[n] != '\t')
        n++;
    *word = (struct tl_str){rest->p, n};
    *rest = tl_str_skip(*rest, n);
    return n > 0;
}

/* Appends to a list of different words. */
static enum tl_status
add_word(struct reading *r, struct tl_str **list, size_t *n, size_t *cap, struct tl_str word)
{
    struct tl_str *grown;
    struct shown s;

    for (size_t i = 0; i < *n; i++)
        if (tl_str_eq((*list)[i], word))
            return BAD(r, "'%s' stands twice: once is enough", shown(word, &s));
    grown = tl_arena_grow(r->arena, *list, *n, cap, sizeof(**list));
    if (!grown)
        return NO_ROOM(r);
    *list = grown;
    grown[(*n)++] = word;
    return TL_OK;
}

static enum tl_status
set_source(struct reading *r, struct tl_str value)
{
    enum tl_status st = TL_OK;
    struct tl_str word;
    struct shown s;
    size_t cap = 0;

    while (!st && next_word(&value, &word)) {
        if (!is_word(word))
            st = BAD(r, "'%s' is no source: write lower-case words, like db-cluster db-instance",
                     shown(word, &s));
        else
            st = add_word(r, &r->rule->sources, &r->rule->nsources, &cap, word);
    }
    return st;
}

static enum tl_status
set_ids(struct reading *r, struct tl_str value)
{
    enum tl_status st = TL_OK;
    struct tl_str word;
    struct shown s;
    size_t cap = 0;

    while (!st && next_word(&value, &word)) {
        if (!is_id(word))
            st = BAD(r, "'%s' is no event id: write RDS-EVENT- and four digits", shown(word, &s));
        else
            st = add_word(r, &r->rule->ids, &r->rule->nids, &cap, word);
    }
    return st;
}

static enum tl_status
set_match(struct reading *r, struct tl_str value)
{
    if (value.n > RULE_PATTERN_MAX)
        return BAD(r, "the pattern is longer than %d bytes: split the rule", RULE_PATTERN_MAX);
    r->rule->match = value;
    r->rule->match_line = r->line;
    return TL_OK;
}

#define X(name, text) " " text
static const char severity_list[] = TL_SEVERITY_MAP(X), phase_list[] = TL_PHASE_MAP(X);
#undef X

static enum tl_status
set_severity(struct reading *r, struct tl_str value)
{
    struct shown s;

    if (!tl_severity_from(value, &r->rule->severity))
        return BAD(r, "no such severity '%s': use one of%s", shown(value, &s), severity_list);
    return TL_OK;
}

static enum tl_status
set_phase(struct reading *r, struct tl_str value)
{
    struct tl_str name, edge;
    struct shown s;

    (void)next_word(&value, &name);
    (void)next_word(&value, &edge);
    if (!tl_phase_from(name, &r->rule->phase)) /* the list opens with the empty name */
        return BAD(r, "no such phase '%s': use one of%s", shown(name, &s), phase_list + 1);
    if (!tl_edge_from(edge, &r->rule->edge) || tl_str_trim(value).n > 0)
        return BAD(r, "say which side of the phase: %s begin, %s end or %s point",
                   tl_phase_name(r->rule->phase).p, tl_phase_name(r->rule->phase).p,
                   tl_phase_name(r->rule->phase).p);
    return TL_OK;
}

static enum tl_status
set_assume(struct reading *r, struct tl_str value)
{
    struct assume *a, **tail = &r->rule->assumes;
    struct tl_str name, rest, field, since;
    struct shown s;

    tl_str_cut(value, ':', &name, &rest);
    name = tl_str_trim(name);
    rest = tl_str_trim(rest);
    if (!is_word(name) || !rule_assume_read(rest, &field, &since)) {
        return BAD(r,
                   "'%s' is no assumption: write NAME: FIELD since CLASS (a field in _ms, _us or"
                   " _s), like zdp-duration: elapsed_ms since zdp.attempted, or NAME: FIELD",
                   shown(value, &s));
    }
    a = tl_arena_alloc(r->arena, sizeof(*a));
    if (!a)
        return NO_ROOM(r);
    *a = (struct assume){.name = name, .rest = rest};
    while (*tail)
        tail = &(*tail)->next;
    *tail = a;
    return TL_OK;
}

static enum tl_status
add_sample(struct reading *r, struct tl_str text, bool want)
{
    struct sample *s = tl_arena_alloc(r->arena, sizeof(*s)), **tail = &r->rule->samples;

    if (!s)
        return NO_ROOM(r);
    *s = (struct sample){.text = text, .line = r->line, .want = want};
    while (*tail)
        tail = &(*tail)->next;
    *tail = s;
    return TL_OK;
}

static enum tl_status
add_positive(struct reading *r, struct tl_str value)
{
    return add_sample(r, value, true);
}

static enum tl_status
add_negative(struct reading *r, struct tl_str value)
{
    return add_sample(r, value, false);
}

static enum tl_status
set_doc(struct reading *r, struct tl_str value)
{
    struct shown s;

    if (!tl_str_starts(value, TL_STR("https://")) && !tl_str_starts(value, TL_STR("http://")))
        return BAD(r, "'%s' is no link: write the address, with https://", shown(value, &s));
    for (size_t i = 0; i < value.n; i++)
        if (value.p[i] <= ' ' || value.p[i] > '~')
            return BAD(r, "'%s' is no link: it holds a blank or a special character",
                       shown(value, &s));
    r->rule->doc = value;
    return TL_OK;
}

static const struct key {
    struct tl_str name;
    enum tl_status (*set)(struct reading *r, struct tl_str value);
    bool once;
    bool commented; /* what follows " #" is no part of the value */
} keys[] = {
    {{"source", 6}, set_source, true, true},
    {{"ids", 3}, set_ids, true, true},
    {{"match", 5}, set_match, true, false},
    {{"severity", 8}, set_severity, true, true},
    {{"phase", 5}, set_phase, true, true},
    {{"assume", 6}, set_assume, false, true},
    {{"sample+", 7}, add_positive, false, false},
    {{"sample-", 7}, add_negative, false, false},
    {{"doc", 3}, set_doc, true, true},
};

static enum tl_status
read_key(struct reading *r, struct tl_str line)
{
    struct tl_str name, value;
    struct shown s;

    if (!tl_str_cut(line, '=', &name, &value))
        return BAD(r, "'%s' is no rule line: write key = value, [class] or # comment",
                   shown(line, &s));
    name = tl_str_trim(name);
    value = tl_str_trim(value);
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if (!tl_str_eq(keys[i].name, name))
            continue;
        if (!r->rule)
            return BAD(r, "'%s' stands before any block: open one, like [zdp.finished]",
                       shown(name, &s));
        if (keys[i].commented)
            value = value.n > 0 && value.p[0] == '#' ? tl_str_skip(value, value.n)
                                                     : without_comment(value);
        if (value.n == 0)
            return BAD(r, "'%s' has no value: write one after the '='", shown(name, &s));
        if (keys[i].once && (r->rule->seen & (1u << i)))
            return BAD(r, "'%s' stands twice in this block: keep one", shown(name, &s));
        r->rule->seen |= 1u << i;
        return keys[i].set(r, value);
    }
    return BAD(r,
               "no such key '%s': use source, ids, match, severity, phase, assume, sample+, sample-"
               " or doc",
               shown(name, &s));
}

static enum tl_status
end_block(const struct reading *r)
{
    struct shown s;

    if (r->rule && r->rule->match.n == 0)
        return BAD_AT(r, r->rule->line, "[%s] has no 'match': write match = PATTERN in the block",
                      shown(r->rule->cls, &s));
    return TL_OK;
}

/* rule->where: "FILE:LINE". */
static enum tl_status
name_place(struct reading *r)
{
    char digits[12];
    size_t at = sizeof(digits), n = r->name.n;
    unsigned v = r->line;
    char *p = tl_arena_alloc(r->arena, n + sizeof(digits) + 1);

    if (!p)
        return NO_ROOM(r);
    do
        digits[--at] = (char)('0' + v % 10);
    while (v /= 10);
    if (n > 0)
        memcpy(p, r->name.p, n);
    p[n++] = ':';
    memcpy(p + n, digits + at, sizeof(digits) - at);
    r->rule->where = (struct tl_str){p, n + sizeof(digits) - at};
    return TL_OK;
}

static enum tl_status
read_header(struct reading *r, struct tl_str line)
{
    struct rule **grown;
    struct tl_str cls, rest;
    struct shown s;

    if (!tl_str_cut(tl_str_skip(line, 1), ']', &cls, &rest))
        return BAD(r, "'%s' has no ']': write [class], like [zdp.finished]", shown(line, &s));
    cls = tl_str_trim(cls);
    rest = tl_str_trim(rest);
    if (rest.n > 0 && rest.p[0] != '#')
        return BAD(r, "'%s' stands behind the class: put it on a line of its own", shown(rest, &s));
    if (tl_str_eq(cls, TL_STR("unclassified")))
        return BAD(r, "the class %s is reserved for what no rule matches: choose another",
                   "unclassified");
    if (!is_class(cls))
        return BAD(r, "'%s' is no class: write dotted lower-case words, like zdp.finished",
                   shown(cls, &s));
    if (r->out->n == RULE_COUNT_MAX)
        return BAD(r, "more than %d rules: split the file", RULE_COUNT_MAX);
    grown = tl_arena_grow(r->arena, r->out->rules, r->out->n, &r->out->cap, sizeof(struct rule *));
    r->rule = tl_arena_alloc(r->arena, sizeof(*r->rule));
    if (!grown || !r->rule)
        return NO_ROOM(r);
    r->out->rules = grown;
    grown[r->out->n++] = r->rule;
    *r->rule = (struct rule){.cls = cls, .file = r->name, .line = r->line, .doc = {"", 0}};
    return name_place(r);
}

enum tl_status
rule_file_read(struct tl_arena *a, struct tl_str name, struct tl_str text, struct rule_list *out,
               struct tl_error *err)
{
    struct reading r = {.arena = a, .name = name, .out = out, .err = err};
    enum tl_status st = TL_OK;
    struct tl_str line;

    *out = (struct rule_list){0};
    if (tl_str_starts(text, TL_STR("\xef\xbb\xbf")))
        text = tl_str_skip(text, 3);
    while (!st && tl_str_line(&text, &line)) {
        r.line++;
        line = tl_str_trim(line);
        if (line.n == 0 || line.p[0] == '#')
            continue;
        if (line.p[0] == '[')
            st = end_block(&r);
        if (!st)
            st = line.p[0] == '[' ? read_header(&r, line) : read_key(&r, line);
    }
    return st ? st : end_block(&r);
}
