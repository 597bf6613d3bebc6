/*
 * document.h - private to parse/: a document that is being read, and what stands around its data.
 */
#ifndef TL_PARSE_DOCUMENT_H
#define TL_PARSE_DOCUMENT_H

#include "parse/page.h"
#include "parse/table.h"

enum { DOCUMENT_MAX = 16 * 1024 * 1024, DOCUMENT_LEVELS = 7, DOCUMENT_CLAIMS = 1000 };

struct place { /* what a heading or a paragraph names; empty: nothing, or more than one */
    struct tl_str region, host;
    bool outage; /* a heading that speaks of an outage */
};

struct document_block {
    uint32_t number, line;
    unsigned section;
    struct tl_str region; /* from the text around it; what its lines say is among the hints */
    uint64_t failed;
    bool is_probe;
};
struct document_claim {
    struct tl_claim claim;
    unsigned section;
    struct tl_str near; /* the region of the headings above */
};

struct document {
    struct page page, inner;
    bool in_code; /* `inner` walks through code that is of no format as a whole */

    struct tl_reader *sub; /* reads the current block; NULL between blocks */
    struct table *table;   /* its table, when it is one */
    struct tl_memory memory;
    uint32_t nblocks; /* number of the current or next block */

    struct place headings[DOCUMENT_LEVELS]; /* by level; [0] unused */
    struct place near;                      /* prose and code since the last log */
    unsigned section;
    bool lead_in; /* the paragraph above the list speaks of an outage */
    struct table_context table_context;
    const struct tl_zone *log_zone; /* prose said it of logs */
    int64_t sleep_us;               /* the smallest in all code */

    struct document_block *blocks;
    size_t n, cap;
    struct document_claim *claims;
    size_t nclaims, claims_cap;
};

void document_note_heading(struct tl_reader *r, struct document *d, const struct page_item *it);
void document_note_prose(struct tl_reader *r, struct document *d, const struct page_item *it);
/* source: the code is no data; what it names is asked by the log that follows. */
void document_note_code(struct document *d, struct tl_str text, bool source);
/* Before a block is read: hints from what stands around it. */
void document_note_block(struct tl_reader *r, struct document *d, bool is_probe, uint32_t line);
/* A caption below a table: "All times JST". */
void document_footer(struct tl_reader *r, struct document *d, const struct page_item *it);
void document_note_event(struct document *d, struct tl_event *ev);
/* At the end: the sleep of loops, the claims and the loops they are about. */
void document_conclude(struct tl_reader *r, struct document *d);

#endif
