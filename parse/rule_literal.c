/*
 * rule_literal.c - the words that every text must hold for a pattern to match.
 *
 * A reader of the plain part of PCRE2's syntax. It only ever promises less than is true: a
 * construct that it does not know for sure makes the rule one that is always tried.
 */
#include "parse/catalogue.h"

#include <string.h>

enum { DEPTH_MAX = 32 };

struct walk {
    const char *p;
    size_t n, at;
    char *out;   /* the literal bytes of the pattern, lower case, in their order */
    size_t used; /* never more than n */
    unsigned depth;
    bool unsure;
};

enum item { ITEM_BYTE, ITEM_OTHER };

static int
peek(const struct walk *w)
{
    return w->at < w->n ? (unsigned char)w->p[w->at] : -1;
}

static size_t
shortest(const struct literals *l)
{
    size_t n = l->n > 0 ? l->word[0].n : 0;

    for (size_t i = 1; i < l->n; i++)
        n = l->word[i].n < n ? l->word[i].n : n;
    return n;
}

/* Both must hold: keep the one that says more. */
static void
keep_better(struct literals *best, const struct literals *other)
{
    if (shortest(other) > shortest(best))
        *best = *other;
}

static void
offer_run(const struct walk *w, size_t from, size_t to, struct literals *best)
{
    struct literals one = {.n = 1};

    if (to - from < LITERAL_MIN)
        return;
    one.word[0] = (struct tl_str){w->out + from, to - from};
    keep_better(best, &one);
}

/* {n}, {n,} and {n,m}; anything else in braces is not sure. Returns whether n is 0. */
static bool
walk_braces(struct walk *w)
{
    struct tl_str s = {w->p + w->at + 1, w->n - w->at - 1};
    int64_t least = 1, most;

    w->unsure |= !tl_str_int(&s, &least);
    if (s.n > 0 && s.p[0] == ',') {
        s = tl_str_skip(s, 1);
        (void)tl_str_int(&s, &most);
    }
    w->unsure |= s.n == 0 || s.p[0] != '}';
    w->at = (size_t)(s.p - w->p) + 1;
    return least == 0;
}

/* Takes all quantifiers that follow an item. *optional: it may be absent. False: there is none. */
static bool
walk_quantifiers(struct walk *w, bool *optional)
{
    bool any = false;

    *optional = false;
    for (;; any = true) {
        int c = peek(w);

        if (c == '{') {
            *optional |= walk_braces(w);
        } else if (c == '?' || c == '*' || c == '+') {
            *optional |= c != '+';
            w->at++;
        } else {
            return any;
        }
        if (w->unsure)
            return true;
        if (peek(w) == '?' || peek(w) == '+') /* lazy, possessive */
            w->at++;
    }
}

static enum item
add_byte(struct walk *w, char c)
{
    if (c < ' ' || c > '~')
        return ITEM_OTHER;
    if (c >= 'A' && c <= 'Z')
        c = (char)(c - 'A' + 'a');
    w->out[w->used++] = c;
    return ITEM_BYTE;
}

static bool
is_alnum(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static enum item
walk_escape(struct walk *w)
{
    static const char classes[] = "dDwWsShHvVRNXbBAzZGK";
    char c;

    if (w->at + 1 >= w->n) {
        w->unsure = true;
        return ITEM_OTHER;
    }
    c = w->p[w->at + 1];
    w->at += 2;
    if (!is_alnum(c))
        return add_byte(w, c);
    w->unsure |= !memchr(classes, c, sizeof(classes) - 1) || (c == 'N' && peek(w) == '{');
    return ITEM_OTHER;
}

/* Passes over [...]. */
static void
walk_class(struct walk *w)
{
    w->at++;
    if (peek(w) == '^')
        w->at++;
    if (peek(w) == ']')
        w->at++;
    for (; peek(w) != ']'; w->at++) {
        bool escaped = peek(w) == '\\', opens = peek(w) == '[';
        int next = w->at + 1 < w->n ? w->p[w->at + 1] : -1;

        if (next < 0 || (escaped && (next == 'Q' || next == 'E' || next == 'c')) ||
            (opens && (next == ':' || next == '.' || next == '='))) {
            w->unsure = true;
            return;
        }
        w->at += escaped;
    }
    w->at++;
}

static bool
walk_until(struct walk *w, char end)
{
    while (peek(w) >= 0 && peek(w) != end)
        w->at++;
    w->at++;
    return w->at <= w->n;
}

enum group { GROUP_NEEDED, GROUP_IGNORED, GROUP_EMPTY };

/* Behind "(?": what the group is; leaves w->at on its content. */
static enum group
walk_group_head(struct walk *w)
{
    int c = peek(w);

    w->at++;
    if (c == '=' || c == '!')
        return GROUP_IGNORED;
    if (c == '<' && (peek(w) == '=' || peek(w) == '!')) {
        w->at++;
        return GROUP_IGNORED;
    }
    if (c == ':' || c == '|' || c == '>')
        return GROUP_NEEDED;
    if (c == 'P') {
        w->unsure |= peek(w) != '<';
        c = '<';
        w->at++;
    }
    if (c == '<' || c == '\'') {
        w->unsure |= !walk_until(w, c == '<' ? '>' : '\'');
        return GROUP_NEEDED;
    }
    for (; c == 'i' || c == 'm' || c == 's' || c == '-'; w->at++)
        c = peek(w);
    if (c == ')')
        return GROUP_EMPTY;
    w->unsure |= c != ':';
    return GROUP_NEEDED;
}

static void walk_alternatives(struct walk *w, struct literals *out);

static void
walk_group(struct walk *w, struct literals *out) /* NOLINT(misc-no-recursion): DEPTH_MAX */
{
    enum group kind = GROUP_NEEDED;

    w->at++;
    w->unsure |= peek(w) == '*';
    if (peek(w) == '?') {
        w->at++;
        kind = walk_group_head(w);
    }
    if (w->unsure || kind == GROUP_EMPTY)
        return;
    walk_alternatives(w, out);
    w->unsure |= peek(w) != ')';
    w->at++;
    if (kind == GROUP_IGNORED)
        out->n = 0;
}

/* The next item of a sequence; a group's words go to *out. */
static enum item
walk_item(struct walk *w, struct literals *out) /* NOLINT(misc-no-recursion): DEPTH_MAX */
{
    char c = w->p[w->at];

    switch (c) {
    case '\\':
        return walk_escape(w);
    case '[':
        walk_class(w);
        return ITEM_OTHER;
    case '(':
        walk_group(w, out);
        return ITEM_OTHER;
    case '.':
    case '^':
    case '$':
        w->at++;
        return ITEM_OTHER;
    case '*':
    case '+':
    case '?':
    case '{':
        w->unsure = true;
        return ITEM_OTHER;
    default:
        w->at++;
        return add_byte(w, c);
    }
}

static void
walk_sequence(struct walk *w, struct literals *best) /* NOLINT(misc-no-recursion): DEPTH_MAX */
{
    size_t from = w->used;

    best->n = 0;
    while (!w->unsure && peek(w) >= 0 && peek(w) != '|' && peek(w) != ')') {
        struct literals inner = {.n = 0};
        size_t end = w->used;
        enum item item = walk_item(w, &inner);
        bool optional = false, quantified = !w->unsure && walk_quantifiers(w, &optional);

        if (item == ITEM_BYTE && !quantified)
            continue;
        if (item == ITEM_BYTE && !optional)
            end = w->used;
        offer_run(w, from, end, best);
        from = w->used;
        if (!optional)
            keep_better(best, &inner);
    }
    offer_run(w, from, w->used, best);
}

/* One of several must match: the words of all of them, or none when one has no word. */
static void
walk_alternatives(struct walk *w, struct literals *out) /* NOLINT(misc-no-recursion): DEPTH_MAX */
{
    bool sure = true;

    w->unsure |= ++w->depth > DEPTH_MAX;
    out->n = 0;
    for (; !w->unsure; w->at++) {
        struct literals one;

        walk_sequence(w, &one);
        sure &= one.n > 0 && out->n + one.n <= LITERALS_MAX;
        for (size_t i = 0; sure && i < one.n; i++)
            out->word[out->n++] = one.word[i];
        if (peek(w) != '|')
            break;
    }
    if (!sure)
        out->n = 0;
    w->depth--;
}

bool
rule_literals(struct tl_arena *a, struct tl_str pattern, struct literals *out)
{
    struct walk w = {.p = pattern.p, .n = pattern.n, .out = tl_arena_alloc(a, pattern.n + 1)};

    out->n = 0;
    if (!w.out)
        return false;
    walk_alternatives(&w, out);
    if (w.unsure || w.at != w.n)
        out->n = 0;
    return out->n > 0;
}
