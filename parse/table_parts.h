/*
 * table_parts.h - private to the table*.c files: lines to cells, cells to what they say.
 */
#ifndef TL_PARSE_TABLE_PARTS_H
#define TL_PARSE_TABLE_PARTS_H

#include "core/names.h"
#include "parse/table.h"

enum { TABLE_CELLS = 32 };

/* ---- table_cells.c: text apart ---- */

struct cells { /* views into the line, or into the arena where quotes were resolved */
    struct tl_str at[TABLE_CELLS];
    size_t n;
};

/*
 * Splits a line at '|' (Markdown: \| is no delimiter), ',' ';' or '\t' (RFC 4180 quotes), or ' '
 * (two blanks or more, or a tab). More than TABLE_CELLS: the rest stays in the last. Cells are
 * trimmed.
 */
void cells_split(struct tl_arena *a, char delimiter, struct tl_str line, struct cells *out);

void cells_drop_empty(struct cells *c);

/* The first cell of `s` and what follows its delimiter (',', '|', '\t', or ' ' as above). */
struct tl_str cells_first(char delimiter, struct tl_str s, struct tl_str *rest);

/* How many bytes at the front of `s` are one row of quoted cells, its line end not included: the
 * first line end outside quotes. 0: a quote is never closed. */
size_t cells_row_length(struct tl_str s);

/* The text without Markdown and HTML marks (code, bold, links, <br>, &amp;, backslashes); trimmed.
 */
struct tl_str cell_plain(struct tl_arena *a, struct tl_str cell);

/* The text in one line: runs of blanks around a line end become one blank. */
struct tl_str cell_one_line(struct tl_arena *a, struct tl_str cell);

bool line_is_rule(struct tl_str line);    /* |-|-|, ---, +==+: nothing but marks and blanks */
bool line_is_heading(struct tl_str line); /* # Heading, or a fence */
bool line_is_foreign(struct tl_str line); /* JSON, XML: begins with { [{ < */

/* The line without quote marks, bullets and ordinals at its front; *bullet says whether there was
 * one. */
struct tl_str line_bare(struct tl_str line, bool *bullet);

bool char_in(char c, const char *set);                   /* never NUL */
bool text_has_word(struct tl_str s, struct tl_str word); /* as a word; ASCII letters alike */

/* ---- table_zone.c: zones in headers and captions ---- */

enum zone_said { SAID_NOTHING, SAID_ZONE, SAID_AMBIGUOUS };
/* The zone that a few words name. `loose`: lower-case abbreviations count too (headers). Two zones
 * that differ: nothing. */
enum zone_said zone_in_words(struct tl_reader *r, struct tl_str words, bool loose,
                             struct table_context *c);

/* ---- table_head.c: the names of columns ---- */

enum column {
    COL_NONE,
    COL_DATE,
    COL_TIME,
    COL_RESOURCE,
    COL_TYPE,
    COL_REGION,
    COL_ACCOUNT,
    COL_ZONE,
    COL_CATEGORY,
    COL_EVENT_ID,
    COL_MESSAGE, /* message, event, detail: which one of a row speaks is seen in its cells */
    COL_EVENT,
    COL_DETAIL
};
struct table_head {
    bool present;
    char delimiter;
    size_t n;
    enum column roles[TABLE_CELLS];
    struct table_context zones[TABLE_CELLS]; /* of time columns */
    struct tl_str source_type;               /* what the resource column is about: static */
    enum tl_kind kind;
};
/* A header of a time and an event at least, with any delimiter. */
bool head_read(struct tl_reader *r, struct tl_arena *a, struct tl_str line, struct table_head *out);

/* ---- table_who.c: resources ---- */

/* Fills kind, source_type, region, account, id, arn, cluster of *who where the cell says them
 * (views), label always. True when every word of it is understood: nothing but a resource. */
bool who_read(struct tl_str cell, struct tl_ident *who);
/* "Instances", "db-cluster", "DB Snapshot" as kind and canonical type; false when it is none. */
bool who_type(struct tl_str cell, struct tl_ident *who);

/* ---- table_row.c: a row's cells to its parts ---- */

struct table_row {
    struct tl_stamp stamp;
    bool timed;          /* stamp was read */
    struct tl_str after; /* what stands behind the stamp in its cell: a second time of a span */
    struct tl_str time;  /* the time as written; empty: there was none */
    struct table_context said; /* the zone of the column */
    struct tl_str message, categories, event_id, account, region;
    struct tl_ident who;
    bool has_who;
    bool free_form; /* a line of a list: may go on in indented lines */
    size_t ncells;  /* under a header: how many there were */
};
/* Reads a row under a header; false when the line is none. */
bool row_by_head(struct tl_reader *r, struct tl_arena *a, const struct table_head *h,
                 struct tl_str line, struct table_row *out);
/* Reads a row of its own: a list item, or cells without a header. False: no time in it. */
bool row_by_content(struct tl_reader *r, struct tl_arena *a, struct tl_str line,
                    struct table_row *out);

/* Takes a cell that is no message: id, category, region, type or resource. False: it is none. */
bool row_take(struct table_row *row, struct tl_str cell);

/* ---- table_day.c: times without a date ---- */

/* What a time of day takes over from the rows before it. */
struct table_day {
    tl_time base;    /* of the last dated row, else of a caption; TL_TIME_NONE: not known */
    bool of_row;     /* base is of a row: its zone counts too */
    int64_t rolled;  /* days since, by clocks that passed midnight */
    tl_time clock;   /* of the row before, within its day; TL_TIME_NONE: none */
    size_t up, down; /* how often the clock rose and fell */
    enum tl_zone_sort zone;
    int64_t offset_us;
    char zone_text[16]; /* of the last stamp that had one */
};
struct table_day day_from(tl_time base);
/* Dates *s where it has no date: `given` (date= of --as, TL_TIME_NONE: none) before what the rows
 * said. Remembers it. Afterwards s->zone_text does not depend on the line any more. */
void day_complete(struct table_day *d, tl_time given, struct tl_stamp *s);

/* Is it the text of an RDS event (rather than of a log, or unknown)? */
bool text_is_event(struct tl_reader *r, struct tl_str text);
/* "backup", "configuration change, failover", "(none)", "-": categories of events. */
bool text_is_category(struct tl_str text);
/* "RDS-EVENT-0173", maybe within a link; the id, or empty. */
struct tl_str text_event_id(struct tl_str text);

#endif
