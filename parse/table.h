/*
 * table.h - private to parse/: change tables, for a whole input (fmt_change_table) and for the
 * blocks that a document hands over.
 *
 * A table is rows of a time, maybe a resource, and the text of an event: Markdown, CSV, TSV,
 * console pastes, plain lists. A document reader
 *   1. asks table_probe about its lines to find where a table begins and ends: HEADER, RULE and
 * EVENT lines are a table; ROW lines (a time and some text) belong to one only next to those, for a
 *      probe log looks the same; indented lines behind a row continue it;
 *   2. gives the prose before it to table_caption, line by line, into one struct table_context;
 *   3. makes a feed over the block's bytes (feed_init, then feed.line = first line - 1) and calls
 *      table_open, table_next until *got is false, table_close.
 */
#ifndef TL_PARSE_TABLE_H
#define TL_PARSE_TABLE_H

#include "parse/reader.h"

/* What stands around a table: the zone and the day of times that do not say them. */
struct table_context {
    const struct tl_zone *zone; /* NULL: not said */
    char ambiguous[8];          /* an abbreviation with several offsets that was said; "" none */
    tl_time day;                /* midnight of the day of undated times, or TL_TIME_NONE */
};
#define TABLE_CONTEXT_NONE ((struct table_context){NULL, "", TL_TIME_NONE})

enum table_line {
    TABLE_NONE,    /* no part of a table */
    TABLE_CAPTION, /* states the zone or the day of times: "All times JST", "## 2026-04-11" */
    TABLE_HEADER,  /* names columns, a time and an event at least */
    TABLE_RULE,    /* |---|---|, +----+ */
    TABLE_ROW,     /* a time, and text that is not known, or none */
    TABLE_EVENT,   /* a time, and the text of an RDS event */
    TABLE_TEXT /* the text of an RDS event without a time: belongs to a time on the line before */
};
enum table_line table_probe(struct tl_reader *r, struct tl_str line);

/* Takes over what the line states about zone and day; false, *c unchanged, when nothing. */
bool table_caption(struct tl_reader *r, struct tl_str line, struct table_context *c);

struct table;
/*
 * Events of the table bear `block`; where the feed holds several tables they count on from it, and
 * table_block says the last number used. NULL when out of memory. Everything but the feed's lines
 * is copied. Odd rows are reported to r.
 */
struct table *table_open(struct tl_reader *r, uint32_t block, const struct table_context *c);
uint32_t table_block(const struct table *t);
void table_close(struct table *t); /* NULL is allowed */

/* The next row of the feed as an event (zeroed by the caller), in the order of the text; its texts
 * are valid until the next call. *got = false: the end. Fails only for want of memory. */
enum tl_status table_next(struct table *t, struct feed *f, struct tl_event *ev, bool *got,
                          struct tl_error *err);

#endif
