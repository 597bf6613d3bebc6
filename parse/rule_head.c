/*
 * rule_head.c - the literal texts that a pattern's matches begin with.
 *
 * A reader of the plain part of PCRE2's syntax, as rule_literal.c is: what it does not know for
 * sure ends a head, and a pattern that is not tied to the beginning has none.
 */
#include "parse/catalogue.h"

#include <string.h>

enum { DEPTH_MAX = 8 };

struct head { /* one way in which a match may begin */
    char text[RULE_HEAD_MAX];
    size_t n;
    bool open; /* what comes next in the pattern goes on with it */
};

struct head_set {
    struct head list[RULE_HEADS_MAX];
    size_t n;
};

struct cursor {
    const char *p, *end;
    unsigned depth;
    bool unsure;
};

static int
peek(const struct cursor *c)
{
    return c->p < c->end ? (unsigned char)*c->p : -1;
}

static bool
starts(const struct cursor *c, const char *text)
{
    size_t n = strlen(text);

    return (size_t)(c->end - c->p) >= n && memcmp(c->p, text, n) == 0;
}

static void
close_all(struct head_set *s)
{
    for (size_t i = 0; i < s->n; i++)
        s->list[i].open = false;
}

static bool
any_open(const struct head_set *s)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->list[i].open)
            return true;
    return false;
}

/* One way, of which nothing is known yet. Only what counts is set: sets are large, items many. */
static void
one_way(struct head_set *s, bool open)
{
    s->n = 1;
    s->list[0] = (struct head){.open = open};
}

/* *to = *from, as far as it is used. */
static void
copy_set(struct head_set *to, const struct head_set *from)
{
    to->n = from->n;
    memcpy(to->list, from->list, from->n * sizeof(from->list[0]));
}

static void
append(struct head *h, const char *text, size_t n)
{
    for (size_t i = 0; i < n && h->open; i++) {
        char c = text[i];

        if (h->n < sizeof(h->text))
            h->text[h->n++] = (char)(c + (c >= 'A' && c <= 'Z' ? 'a' - 'A' : 0));
        h->open = h->n < sizeof(h->text);
    }
}

/* Adds to `out` what becomes of one head. False: there is no room. */
static bool
go_on(struct head_set *out, const struct head *h, const struct head_set *tails)
{
    for (size_t k = 0; k < (h->open ? tails->n : 1); k++) {
        struct head *to = &out->list[out->n];

        if (out->n == RULE_HEADS_MAX)
            return false;
        *to = *h;
        out->n++;
        if (!h->open)
            continue;
        append(to, tails->list[k].text, tails->list[k].n);
        to->open = to->open && tails->list[k].open;
    }
    return true;
}

/* Every open head, gone on with by every one of `tails`. */
static void
multiply(struct cursor *c, struct head_set *s, const struct head_set *tails)
{
    struct head_set out;

    if (s->n == 1 && tails->n == 1) { /* a letter: most items */
        append(&s->list[0], tails->list[0].text, tails->list[0].n);
        s->list[0].open = s->list[0].open && tails->list[0].open;
        return;
    }
    out.n = 0;
    for (size_t i = 0; i < s->n; i++)
        c->unsure |= !go_on(&out, &s->list[i], tails);
    copy_set(s, &out);
}

static void read_sequence(struct cursor *c, struct head_set *s);

/* Behind "(": the alternatives of a group, each as a head of its own. */
static void
read_group(struct cursor *c, struct head_set *out) /* NOLINT(misc-no-recursion): DEPTH_MAX */
{
    out->n = 0;
    if (starts(c, "?:")) {
        c->p += 2;
    } else if (starts(c, "?<") && c->end - c->p > 2 && c->p[2] != '=' && c->p[2] != '!') {
        while (peek(c) >= 0 && peek(c) != '>')
            c->p++;
        c->p += peek(c) == '>';
    } else if (peek(c) == '?' || peek(c) == '*') {
        c->unsure = true; /* look-arounds, options, verbs */
        return;
    }
    while (!c->unsure) {
        struct head_set one;

        one_way(&one, true);
        read_sequence(c, &one);
        if (out->n + one.n > RULE_HEADS_MAX) {
            c->unsure = true;
            return;
        }
        memcpy(&out->list[out->n], one.list, one.n * sizeof(one.list[0]));
        out->n += one.n;
        if (peek(c) != '|')
            break;
        c->p++;
    }
    c->unsure |= peek(c) != ')';
    c->p += peek(c) == ')';
}

/* Passes over [...]; nothing of it is known. */
static void
skip_class(struct cursor *c)
{
    c->p++;
    c->p += peek(c) == '^';
    c->p += peek(c) == ']';
    while (peek(c) >= 0 && peek(c) != ']') {
        c->unsure |= starts(c, "[:") || starts(c, "[.") || starts(c, "[=");
        c->p += peek(c) == '\\' ? 2 : 1;
    }
    c->unsure |= peek(c) != ']';
    c->p++;
}

/* One item, as the ways in which it may begin; what is no literal is one empty way, closed. */
static void
read_item(struct cursor *c, struct head_set *item) /* NOLINT(misc-no-recursion): DEPTH_MAX */
{
    int b = peek(c);

    one_way(item, true);
    if (b == '(') {
        c->p++;
        c->unsure |= ++c->depth > DEPTH_MAX;
        if (!c->unsure)
            read_group(c, item);
        c->depth--;
        return;
    }
    if (b == '[') {
        skip_class(c);
        item->list[0].open = false;
        return;
    }
    if (b == '\\' && c->p + 1 < c->end) {
        char next = c->p[1];
        bool plain = !((next >= '0' && next <= '9') || (next >= 'a' && next <= 'z') ||
                       (next >= 'A' && next <= 'Z'));

        c->unsure |= next == 'Q' || next == 'E';
        if (plain)
            append(&item->list[0], c->p + 1, 1);
        else
            item->list[0].open = false;
        c->p += 2;
        return;
    }
    if (b == '.' || b == '$' || b == '^' || b == '\\')
        item->list[0].open = false;
    else
        append(&item->list[0], c->p, 1);
    c->p++;
}

/* A quantifier behind an item: what may be absent is one way more, what may come again ends it. */
static void
read_quantifier(struct cursor *c, struct head_set *item)
{
    int b = peek(c);

    if (b == '{') {
        one_way(item, false);
        while (peek(c) >= 0 && peek(c) != '}')
            c->p++;
        c->p++;
    } else if (b == '?' || b == '*' || b == '+') {
        if (b != '?')
            close_all(item);
        if (b != '+' && item->n < RULE_HEADS_MAX)
            item->list[item->n++] = (struct head){.open = true};
        else
            c->unsure |= b != '+';
        c->p++;
    } else {
        return;
    }
    c->p += peek(c) == '?' || peek(c) == '+'; /* lazy, possessive */
}

/* Up to the end, a '|' or a ')'. */
static void
read_sequence(struct cursor *c, struct head_set *s) /* NOLINT(misc-no-recursion): DEPTH_MAX */
{
    while (peek(c) >= 0 && peek(c) != '|' && peek(c) != ')' && !c->unsure) {
        struct head_set item;

        read_item(c, &item);
        read_quantifier(c, &item);
        if (any_open(s))
            multiply(c, s, &item);
    }
}

bool
rule_heads(struct tl_str pattern, struct rule_heads *out)
{
    struct cursor c = {.p = pattern.p, .end = pattern.p + pattern.n};
    struct head_set s;

    one_way(&s, true);
    out->n = 0;
    if (starts(&c, "(?i)"))
        c.p += 4;
    if (peek(&c) != '^')
        return false;
    c.p++;
    read_sequence(&c, &s);
    if (c.unsure || peek(&c) >= 0) /* `|` at the top: the other side may begin anywhere */
        return false;
    for (size_t i = 0; i < s.n; i++) {
        if (s.list[i].n == 0)
            return false;
        memcpy(out->text[out->n], s.list[i].text, s.list[i].n);
        out->len[out->n++] = s.list[i].n;
    }
    return out->n > 0;
}
