/*
 * json_scan.h - private to parse/: walks over one JSON value in a window, without building it.
 *
 * The walk knows strings, nesting and what may follow what, so that a damaged value is noticed
 * where it is damaged. It forgives what hand-made and pasted documents have: raw newlines inside
 * strings and a comma before a closing bracket. It can go on when the window has grown.
 */
#ifndef TL_PARSE_JSON_SCAN_H
#define TL_PARSE_JSON_SCAN_H

#include "core/str.h"

enum { JSON_DEPTH = 64, JSON_MEMBERS = 128 };

/* A member of the object itself (not of what is nested in it); offsets from its opening brace. */
struct json_member {
    uint32_t key_at, key_n; /* between the quotes, escapes as they stand */
    uint32_t at, n;         /* the value as it stands, quotes and brackets included */
};

enum scan_result {
    SCAN_DONE,    /* pos is behind the value */
    SCAN_MORE,    /* the window ends inside it: call again with a larger one */
    SCAN_BROKEN,  /* it cannot be JSON from pos on */
    SCAN_DEPTH,   /* nested deeper than JSON_DEPTH at pos */
    SCAN_WRAPPER, /* the object has a list that wrappers have (scan_is_list): pos is behind its '['
                   */
};

struct scan {
    size_t pos; /* everything before is fine */
    int expect; /* private */
    unsigned depth;
    uint64_t objects;  /* private: bit d is set when the container of depth d + 1 is an object */
    bool descends;     /* stop at a member that is a list of a wrapper */
    bool extra_commas; /* one stands before a closing bracket */
    bool unusual;      /* a key has escapes, or there are more members than are recorded */
    bool nests;        /* a member is an object or a list */
    bool colon;        /* a key with its colon was met: this is meant as an object */
    size_t nmembers;   /* recorded; later ones are not */
    bool open_member;  /* private: the last member's value is being read */
    struct json_member members[JSON_MEMBERS];
};

/* Start on a value at the front of a window. Members are recorded when it is an object. */
void scan_start(struct scan *s, bool descends);

/* w begins with the value. At the end of the input, SCAN_MORE means that the value never ends. */
enum scan_result scan_value(struct scan *s, struct tl_str w);

/* Behind the closing quote of the string that begins at w.p[at] (an opening quote); 0: not in w. */
size_t scan_string(struct tl_str w, size_t at);

/* Is that the key of a list whose elements are read one by one ("Events", "Records", ...)? */
bool scan_is_list(struct tl_str key);

static inline bool
scan_is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

#endif
