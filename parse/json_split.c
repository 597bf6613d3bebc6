#include "parse/json_split.h"

#include <string.h>

enum {
    ANY_DEPTH = 4, /* unknown objects inside each other that are looked into */
    WASTE_FREE = 16 * 1024 * 1024,
    WASTE_FACTOR = 8, /* bytes looked at again per byte of input, at most */
    LOOK_AHEAD = 512
};

void
json_split_start(struct json_split *s, struct feed *feed,
                 bool (*known)(const struct json_element *el))
{
    s->feed = feed;
    s->known = known;
    s->whole = NULL;
    s->lists = 0;
    s->ncontexts = 0;
    s->taken = 0;
    s->damaged_to = 0;
    s->wasted = 0;
    s->line = 0;
    s->why = "";
}

bool
json_has(const struct json_element *el, struct tl_str key)
{
    for (size_t i = 0; i < el->scan->nmembers; i++) {
        const struct json_member *m = &el->scan->members[i];

        if (m->key_n == key.n && memcmp(el->text.p + m->key_at, key.p, key.n) == 0)
            return true;
    }
    return false;
}

struct tl_str
json_member(const struct json_element *el, struct tl_str key)
{
    for (size_t i = 0; i < el->scan->nmembers; i++) {
        const struct json_member *m = &el->scan->members[i];

        if (m->key_n == key.n && memcmp(el->text.p + m->key_at, key.p, key.n) == 0)
            return (struct tl_str){el->text.p + m->at, m->n};
    }
    return (struct tl_str){"", 0};
}

bool
json_plain(const struct json_element *el, struct tl_str key, struct tl_str *out)
{
    struct tl_str v = json_member(el, key);

    if (v.n < 2 || v.p[0] != '"' || memchr(v.p, '\\', v.n))
        return false;
    *out = (struct tl_str){v.p + 1, v.n - 2};
    return true;
}

static uint32_t
line_here(const struct json_split *s)
{
    return s->feed->line < UINT32_MAX ? (uint32_t)s->feed->line + 1 : UINT32_MAX;
}

static enum json_item
odd(struct json_split *s, uint32_t line, const char *why)
{
    s->line = line;
    s->why = why;
    return JSON_ODD;
}

static bool
push(struct json_split *s, char kind, bool any)
{
    if (s->ncontexts == JSON_CONTEXTS)
        return false;
    s->lists += kind == '[';
    s->contexts[s->ncontexts++] =
        (struct json_context){.kind = kind, .any = any, .line = line_here(s)};
    return true;
}

/* Walks over the value at the front of the feed, growing the window up to the limit. */
static enum scan_result
walk(struct json_split *s, bool descends, struct tl_str *w)
{
    size_t want = LOOK_AHEAD;

    scan_start(&s->scan, descends);
    for (;;) {
        enum scan_result r;

        *w = feed_peek(s->feed, want);
        r = scan_value(&s->scan, (struct tl_str){w->p, w->n < JSON_ELEMENT ? w->n : JSON_ELEMENT});
        s->walked = s->scan.pos;
        if (r == SCAN_MORE) /* a string without an end was walked over, too */
            s->walked = w->n < JSON_ELEMENT ? w->n : JSON_ELEMENT;
        if (r != SCAN_MORE || w->n < want || w->n >= JSON_ELEMENT)
            return r;
        want = 2 * w->n < JSON_ELEMENT ? 2 * w->n : JSON_ELEMENT;
    }
}

/* May what was walked over be walked over again? */
static bool
may_look_again(struct json_split *s)
{
    s->wasted += s->walked;
    return s->wasted <= WASTE_FREE + WASTE_FACTOR * s->feed->offset;
}

static unsigned
any_depth(const struct json_split *s)
{
    unsigned n = 0;

    for (size_t i = 0; i < s->ncontexts; i++)
        n += s->contexts[i].any;
    return n;
}

/* A bracket in prose looks like a list until an element came out of it. */
static bool
in_real_list(const struct json_split *s)
{
    for (size_t i = 0; i < s->ncontexts; i++)
        if (s->contexts[i].seen || s->contexts[i].kind == '{')
            return true;
    return false;
}

/* Damage: which brackets are open is not known any more. What follows is searched as text. */
static enum json_item
lose_place(struct json_split *s, uint32_t line, const char *why)
{
    uint64_t here = s->feed->offset;
    bool silent = here < s->damaged_to || !in_real_list(s);

    s->ncontexts = 0;
    return silent ? JSON_FOUND : odd(s, line, why);
}

/* The object was not walked to its end. It costs only itself: what is in it may be whole. */
static enum json_item
broken_element(struct json_split *s, enum scan_result r, bool at_end)
{
    uint32_t line = line_here(s);
    uint64_t here = s->feed->offset;
    size_t pos = s->scan.pos;
    bool is_object = s->scan.colon, listed = in_real_list(s);
    bool reported = here < s->damaged_to;

    if (is_object || listed)
        s->damaged_to = here + pos > s->damaged_to ? here + pos : s->damaged_to;
    s->ncontexts = 0;
    feed_skip(s->feed, may_look_again(s) ? 1 : s->walked);
    if (reported || !(is_object || listed))
        return JSON_FOUND; /* damage that is known, or no JSON at all: prose */
    if (r == SCAN_DEPTH)
        return odd(s, line, "an object nested too deeply");
    if (r == SCAN_BROKEN)
        return odd(s, line, "an object that is damaged");
    return odd(s, line, at_end ? "an object that is never closed" : "an object larger than 1 MiB");
}

/* Steps into an object that is no element itself. */
static bool
look_into(struct json_split *s)
{
    if (any_depth(s) >= ANY_DEPTH || !may_look_again(s) || !push(s, '{', true))
        return false;
    feed_skip(s->feed, 1);
    return true;
}

/* The window ended inside the object: a wrapper that is not known, or a giant. */
static enum json_item
endless_element(struct json_split *s, const struct json_element *el)
{
    bool at_end = el->text.n < JSON_ELEMENT;

    if (!at_end && s->scan.depth > 1 && s->known && !s->known(el) && look_into(s))
        return JSON_FOUND;
    return broken_element(s, SCAN_MORE, at_end);
}

/* The list of a wrapper begins at s->scan.pos: its elements come one by one. */
static enum json_item
enter_list(struct json_split *s)
{
    if (s->scan.nests && look_into(s))
        return JSON_FOUND; /* other members stand before it: none is passed over */
    if (s->ncontexts + 2 > JSON_CONTEXTS)
        return broken_element(s, SCAN_DEPTH, false);
    (void)push(s, '{', false);
    feed_skip(s->feed, s->scan.pos - 1);
    (void)push(s, '[', false);
    feed_skip(s->feed, 1);
    return JSON_FOUND;
}

static struct json_element
element_here(const struct json_split *s)
{
    return (struct json_element){
        .at = s->feed->offset, .line = line_here(s), .list = s->lists, .scan = &s->scan};
}

/* It was walked to its end, which the scan knows. */
static enum json_item
hand_out(struct json_split *s, const struct json_element *whole, struct json_element *el)
{
    *el = *whole;
    el->text.n = s->taken = s->scan.pos;
    if (s->ncontexts > 0)
        s->contexts[s->ncontexts - 1].seen = true;
    return JSON_FOUND;
}

/* Walks on over the list at which the walk has stopped. False: it has no end within the limit, and
 * the walk stands at the list again. */
static bool
walk_whole(struct json_split *s, struct tl_str *w)
{
    if (!may_look_again(s))
        return false;
    if (walk(s, false, w) == SCAN_DONE)
        return true;
    s->wasted += s->walked;
    (void)walk(s, true, w);
    return false;
}

/* The feed stands on '{'. JSON_FOUND with an empty el->text: go on. */
static enum json_item
take_element(struct json_split *s, struct json_element *el)
{
    struct json_element whole = element_here(s);
    enum scan_result r = walk(s, true, &whole.text);

    if (r == SCAN_WRAPPER && !(s->whole && s->whole(s, &whole) && walk_whole(s, &whole.text)))
        return enter_list(s);
    if (r == SCAN_WRAPPER)
        return hand_out(s, &whole, el);
    if (r == SCAN_MORE)
        return endless_element(s, &whole);
    if (r != SCAN_DONE)
        return broken_element(s, r, false);
    whole.text.n = s->scan.pos;
    if (s->known && s->scan.nests && !s->known(&whole) && look_into(s))
        return JSON_FOUND;
    return hand_out(s, &whole, el);
}

static void
skip_blanks(struct json_split *s)
{
    for (;;) {
        struct tl_str w = feed_peek(s->feed, 1);
        size_t n = 0;

        while (n < w.n && scan_is_space(w.p[n]))
            n++;
        feed_skip(s->feed, n);
        if (n < w.n || w.n == 0)
            return;
    }
}

/* A text that holds an object: "{\"... */
static bool
is_packed(struct tl_str w)
{
    return tl_str_starts(w, TL_STR("\"{\\"));
}

/* Text without structure: drops it up to what may be an object, one in a text, or a list of them.
 */
static void
search(struct json_split *s)
{
    struct tl_str w = feed_peek(s->feed, LOOK_AHEAD);
    size_t n = 0;

    while (n < w.n && w.p[n] != '{' && w.p[n] != '[' && w.p[n] != '"')
        n++;
    feed_skip(s->feed, n);
    w = feed_peek(s->feed, LOOK_AHEAD);
    if (w.n == 0 || w.p[0] == '{' || is_packed(w))
        return;
    for (n = 1; n < w.n && n < LOOK_AHEAD && scan_is_space(w.p[n]);)
        n++;
    if (w.p[0] == '[' && n < w.n &&
        (w.p[n] == '{' || w.p[n] == '[' || is_packed(tl_str_skip(w, n))))
        (void)push(s, '[', false);
    feed_skip(s->feed, 1);
}

/* Hands out a text that holds an object, with its quotes. False: it has no end that can be seen;
 * its quote is dropped. */
static bool
take_packed(struct json_split *s, struct json_element *el)
{
    struct json_element whole = element_here(s);

    if (walk(s, false, &whole.text) != SCAN_DONE) {
        feed_skip(s->feed, may_look_again(s) ? 1 : s->walked);
        return false;
    }
    (void)hand_out(s, &whole, el);
    return true;
}

/* Passes a value that is no element; false: it has no end that can be seen. */
static bool
pass_value(struct json_split *s)
{
    struct tl_str w;
    enum scan_result r = walk(s, false, &w);

    if (r == SCAN_DONE || !may_look_again(s))
        feed_skip(s->feed, s->walked);
    return r == SCAN_DONE;
}

static enum json_item
in_list(struct json_split *s, char c, struct json_element *el)
{
    if (c == '{')
        return take_element(s, el);
    if (c == ']') {
        s->ncontexts--;
        feed_skip(s->feed, 1);
        return JSON_FOUND;
    }
    if (c == ',' || (c == '[' && push(s, '[', s->contexts[s->ncontexts - 1].any))) {
        feed_skip(s->feed, 1);
        return JSON_FOUND;
    }
    if (is_packed(feed_peek(s->feed, 3)) ? take_packed(s, el) : c != '[' && pass_value(s))
        return JSON_FOUND;
    return lose_place(s, line_here(s), "a list that is broken off or damaged here");
}

/* Is a known list, or anything when the wrapper is not known, behind the key? Drops the key. */
static bool
take_key(struct json_split *s, bool *list)
{
    size_t want = LOOK_AHEAD, end;
    struct tl_str w = feed_peek(s->feed, want);

    while ((end = scan_string(w, 0)) == 0 && w.n >= want && w.n < JSON_ELEMENT) {
        want = 2 * w.n;
        w = feed_peek(s->feed, want);
    }
    if (end == 0)
        return false;
    *list = scan_is_list((struct tl_str){w.p + 1, end - 2});
    feed_skip(s->feed, end);
    skip_blanks(s);
    w = feed_peek(s->feed, 1);
    if (w.n == 0 || w.p[0] != ':')
        return false;
    feed_skip(s->feed, 1);
    skip_blanks(s);
    return true;
}

static enum json_item
take_member(struct json_split *s, struct json_element *el)
{
    bool any = s->contexts[s->ncontexts - 1].any, list = false;
    struct tl_str w;

    if (!take_key(s, &list))
        return lose_place(s, line_here(s), "an object that is broken off or damaged here");
    w = feed_peek(s->feed, 1);
    if (w.n > 0 && w.p[0] == '[' && (list || any) && push(s, '[', false)) {
        feed_skip(s->feed, 1);
        return JSON_FOUND;
    }
    if (w.n > 0 && w.p[0] == '{' && any)
        return take_element(s, el);
    if (pass_value(s))
        return JSON_FOUND;
    return lose_place(s, line_here(s), "an object that is broken off or damaged here");
}

static enum json_item
in_wrapper(struct json_split *s, char c, struct json_element *el)
{
    if (c == '"')
        return take_member(s, el);
    if (c != '}' && c != ',')
        return lose_place(s, line_here(s), "an object that is broken off or damaged here");
    s->ncontexts -= c == '}';
    feed_skip(s->feed, 1);
    return JSON_FOUND;
}

static enum json_item
at_end(struct json_split *s)
{
    const struct json_context *c;

    if (!in_real_list(s))
        return JSON_END;
    c = &s->contexts[s->ncontexts - 1];
    s->ncontexts = 0;
    return odd(s, c->line,
               c->kind == '[' ? "the list that begins here is never closed"
                              : "the object that begins here is never closed");
}

enum json_item
json_split_next(struct json_split *s, struct json_element *el)
{
    feed_skip(s->feed, s->taken);
    s->taken = 0;
    for (;;) {
        enum json_item item = JSON_FOUND;
        struct tl_str w;

        el->text.n = 0;
        skip_blanks(s);
        w = feed_peek(s->feed, 1);
        if (w.n == 0)
            return at_end(s);
        if (s->ncontexts == 0 && w.p[0] == '{')
            item = take_element(s, el);
        else if (s->ncontexts == 0 && is_packed(feed_peek(s->feed, 3)))
            (void)take_packed(s, el);
        else if (s->ncontexts == 0)
            search(s);
        else if (s->contexts[s->ncontexts - 1].kind == '[')
            item = in_list(s, w.p[0], el);
        else
            item = in_wrapper(s, w.p[0], el);
        if (item != JSON_FOUND || el->text.n > 0)
            return item;
    }
}
