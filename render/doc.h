/*
 * doc.h - private to render/: a neutral document, said piece by piece.
 *
 * What there is to say (doc_*.c) knows reports and no format; how it looks (text.c, markdown.c)
 * knows formats and no report. Texts are as they came: the writer cleans and escapes, once. Nothing
 * is kept: a table asks for its rows one by one, as often as its writer needs them.
 */
#ifndef TL_RENDER_DOC_H
#define TL_RENDER_DOC_H

#include "render/render.h"

enum { DOC_COLUMNS = 12 };

enum doc_tone { TONE_PLAIN, TONE_STRONG, TONE_DIM, TONE_GOOD, TONE_WARN, TONE_BAD };

struct doc_column {
    struct tl_str title;
    unsigned floor; /* it may be wrapped down to so many columns; 0: it should not be */
    bool right;     /* numbers */
    bool below;     /* where not even its floor is left, it goes under its row instead */
};

struct doc_row {
    struct tl_buf text; /* of all cells, in their order; doc_cell_end divides it */
    struct {
        size_t at, n;
        enum doc_tone tone;
    } cell[DOC_COLUMNS], group; /* rows of one group (a date) follow each other under its name */
    size_t done;
};

struct doc_table {
    const struct doc_column *columns;
    size_t ncolumns, nrows;
    /* Appends the cells of row i to *row, ending each with doc_cell_end; missing ones are empty. */
    void (*row)(const void *ctx, size_t i, struct doc_row *row);
    const void *ctx;
};

/* What was appended to row->text since the last end is the cell of that column, or the group. */
void doc_cell_end(struct doc_row *row, size_t column, enum doc_tone tone);
void doc_group_end(struct doc_row *row);

/* For writers: row i of a table into *row (initialised once with doc_row_init). */
void doc_row_init(struct doc_row *row, size_t max);
void doc_row_take(const struct doc_table *t, size_t i, struct doc_row *row);
struct tl_str doc_cell_text(const struct doc_row *row, size_t column);
struct tl_str doc_group_text(const struct doc_row *row);

struct doc {
    const struct doc_writer *to;
    const struct tl_render_options *o;
    struct tl_buf *out;
    unsigned key_width; /* of the pairs being written */
    bool begun;         /* something other than a heading stands before what comes next */
};

struct doc_writer {
    void (*heading)(struct doc *d, unsigned level, struct tl_str text); /* 1: the title, 2, 3 */
    void (*para)(struct doc *d, struct tl_str text, enum doc_tone tone);
    /* A list of names and what there is to say of them, names padded to key_width columns. An
     * empty key goes on with the one before. */
    void (*pairs)(struct doc *d, unsigned key_width);
    void (*pair)(struct doc *d, struct tl_str key, struct tl_str value, enum doc_tone tone);
    void (*table)(struct doc *d, const struct doc_table *t);
};

extern const struct doc_writer doc_writer_text, doc_writer_markdown;

/* Says the whole report to d. */
void doc_report(const struct tl_report *r, struct doc *d);

#endif
