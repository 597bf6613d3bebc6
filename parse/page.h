/*
 * page.h - private to parse/: a document taken apart into headings, prose, code and data.
 *
 * All of the document is in memory; items are views of it, in its order, and do not overlap.
 */
#ifndef TL_PARSE_PAGE_H
#define TL_PARSE_PAGE_H

#include "parse/reader.h"

enum page_kind {
    PAGE_HEADING, /* without its marks */
    PAGE_PROSE,   /* a paragraph, or an item of a list: lines joined by newlines */
    PAGE_CODE,    /* the inside of a fence, or indented lines */
    PAGE_DATA     /* lines that look like a table, a log or a JSON document */
};
struct page_item {
    enum page_kind kind;
    struct tl_str text;
    uint32_t line;  /* of its first line */
    unsigned level; /* of a heading: 1 is the highest */
    bool listed;    /* prose: an item of a list */
    bool stamped;   /* data: lines that begin with a time */
    bool spaced;    /* a heading with an empty line below it, as documents have them */
};
struct page {
    struct tl_str rest;
    uint32_t line; /* lines before rest */
    bool code;     /* the inside of code: no headings, no fences */
    struct tl_reader *r;
};
void page_start(struct page *p, struct tl_reader *r, struct tl_str text, uint32_t line, bool code);
bool page_next(struct page *p, struct page_item *out); /* false: the end */

/* ---- claims (page_claims.c) ---- */

struct page_claim {
    struct tl_str sentence; /* a view of the text */
    struct tl_str endpoint; /* a host or a region's name; empty: not said */
    size_t at;              /* where the sentence begins in the text */
    int64_t min_us, max_us;
};
enum { PAGE_CLAIMS = 32, PAGE_PROSE_MAX = 64 * 1024 };
/*
 * The durations of outages that a paragraph states. inherits: what stands above speaks of an
 * outage, so a duration beside a name is one. At most PAGE_CLAIMS; longer prose than PAGE_PROSE_MAX
 * is not looked at further.
 */
size_t page_claims(struct tl_str text, bool inherits, struct page_claim *out);
/* The text speaks of an outage ("downtime", "unavailable", "ダウンタイム"), not of "zero downtime".
 */
bool page_speaks_of_outage(struct tl_str text);

/* ---- durations in words (page_duration.c) ---- */

/*
 * A duration at the front of s: "1.5 sec", "1 minute 5 seconds", "10-20 s", "約" and "about" being
 * the caller's business. *len is what it takes; [min, max] what a bare statement allows, *exact_us
 * its figure; a range has *range = true.
 */
struct page_span {
    size_t len;
    int64_t min_us, max_us, figure_us;
    bool range;
};
bool page_read_span(struct tl_str s, struct page_span *out);

/* ---- names in prose (page_names.c) ---- */

struct page_name {
    struct tl_str name; /* a host, or a region's name; static or a view of the text */
    size_t at;
    bool is_host;
};
enum { PAGE_NAMES = 16 };
/* Hosts and regions that the text names, in its order; "Tokyo" is a region where no code stands. */
size_t page_names(struct tl_str text, struct page_name *out);

#endif
