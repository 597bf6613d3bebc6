/*
 * json_split.h - private to parse/: takes a document of any size apart into its elements.
 *
 * One or many documents, arrays, one object per line, objects joined by commas, lists in wrappers
 * ({"Events": [...]}), with a shell prompt, a fence or prose around them. A damaged element costs
 * only itself; what stands behind its opening brace is looked at again, within a budget.
 * Memory: the feed's window, at most about twice JSON_ELEMENT.
 */
#ifndef TL_PARSE_JSON_SPLIT_H
#define TL_PARSE_JSON_SPLIT_H

#include "parse/feed.h"
#include "parse/json_scan.h"

enum { JSON_ELEMENT = 1024 * 1024, JSON_CONTEXTS = 16 };

struct json_element {
    /* The whole object, braces included, or a text that holds one, quotes included (as --query
     * prints records that are texts); at most JSON_ELEMENT bytes. */
    struct tl_str text;
    uint64_t at;   /* its offset in the input */
    uint32_t line; /* where it begins, from 1 */
    uint32_t list; /* the same for neighbours in one list, another for those of the next */
    const struct scan *scan;
};

/* Has the object itself that key (as written, escapes not resolved)? */
bool json_has(const struct json_element *el, struct tl_str key);
/* The raw value of a member, quotes and brackets included; empty: there is none. */
struct tl_str json_member(const struct json_element *el, struct tl_str key);
/* The text of a member that is a string without escapes; false: it is none, or is absent. */
bool json_plain(const struct json_element *el, struct tl_str key, struct tl_str *out);

enum json_item {
    JSON_END,
    JSON_FOUND, /* *el is an element; valid until the next call */
    JSON_ODD,   /* something is damaged: line and why (static text) say where and what */
};

struct json_context {
    char kind; /* '[' a list, '{' a wrapper of lists */
    bool any;  /* a wrapper that is not known: all its members are looked into */
    bool seen; /* an element came out of it */
    uint32_t line;
};

struct json_split {
    struct feed *feed;                            /* borrowed */
    bool (*known)(const struct json_element *el); /* NULL: every object is an element */
    /* Asked of an object with a list that wrappers have, whose members up to that list are known:
     * shall it be handed out whole, if it is no larger than an element may be? NULL: never. */
    bool (*whole)(struct json_split *s, const struct json_element *el);
    struct scan scan;
    struct json_context contexts[JSON_CONTEXTS];
    size_t ncontexts;
    size_t taken;        /* bytes of the last element, dropped at the next call */
    size_t walked;       /* bytes of the last walk */
    uint64_t damaged_to; /* offset up to which damage has been reported */
    uint64_t wasted;     /* bytes walked over that are looked at again */
    uint32_t lists;      /* entered so far */
    uint32_t line;       /* of an odd item */
    const char *why;
};

/*
 * An object that `known` does not recognise is looked into, a few levels deep, and handed out
 * only when nothing is nested in it. The feed's failures stay in the feed.
 */
void json_split_start(struct json_split *s, struct feed *feed,
                      bool (*known)(const struct json_element *el));
enum json_item json_split_next(struct json_split *s, struct json_element *el);

#endif
