/* text.c - a document as plain text for a terminal: aligned, wrapped at the width, perhaps
 * coloured. */
#include <string.h>

#include "render/doc.h"
#include "render/renderers.h"
#include "render/wrap.h"

enum { INDENT = 2, GAP = 2, NARROWEST = 40, WIDTH = 120, CELL_MAX = 1 << 24 };

static size_t
width_of(const struct doc *d)
{
    size_t w = d->o->width ? d->o->width : WIDTH;

    return w < NARROWEST ? NARROWEST : w;
}

static void
put_blanks(struct tl_buf *out, size_t n)
{
    static const char blanks[] = "                                ";

    for (size_t k; n > 0; n -= k) {
        k = n < sizeof(blanks) - 1 ? n : sizeof(blanks) - 1;
        tl_buf_add(out, (struct tl_str){blanks, k});
    }
}

/* A line end, and no blanks before it. */
static void
end_line(struct doc *d)
{
    while (d->out->n > 0 && d->out->p[d->out->n - 1] == ' ')
        d->out->n--;
    tl_buf_add(d->out, TL_STR("\n"));
}

static void
put_rule(struct doc *d, struct tl_str utf8, struct tl_str ascii, size_t n)
{
    for (size_t i = 0; i < n && !d->out->failed; i++)
        tl_buf_add(d->out, d->o->utf8 ? utf8 : ascii);
}

static void
put_toned(struct doc *d, struct tl_str s, enum doc_tone tone)
{
    static const char *const codes[] = {
        [TONE_STRONG] = "\x1b[1m", [TONE_DIM] = "\x1b[2m",    [TONE_GOOD] = "\x1b[32m",
        [TONE_WARN] = "\x1b[33m",  [TONE_BAD] = "\x1b[1;31m", [TONE_PLAIN] = NULL};
    bool coloured = d->o->color && codes[tone] && s.n > 0;

    if (coloured)
        tl_buf_add(d->out, tl_str_from(codes[tone]));
    tl_buf_add(d->out, s);
    if (coloured)
        tl_buf_add(d->out, TL_STR("\x1b[0m"));
}

/* Clean text with `indent` blanks before every line but the first, which has `used` columns
 * already. */
static void
put_wrapped(struct doc *d, struct tl_str raw, size_t indent, enum doc_tone tone)
{
    struct tl_buf clean;
    struct tl_str rest, line;
    size_t width;
    bool first = true;

    tl_buf_init(&clean, CELL_MAX);
    wrap_clean(&clean, raw, !d->o->utf8);
    rest = tl_buf_str(&clean);
    while (wrap_line(&rest, width_of(d) - indent, &line, &width)) {
        if (!first)
            put_blanks(d->out, indent);
        put_toned(d, line, tone);
        end_line(d);
        first = false;
    }
    if (first)
        end_line(d);
    if (clean.failed)
        d->out->failed = clean.failed;
    tl_buf_free(&clean);
}

static void
text_heading(struct doc *d, unsigned level, struct tl_str text)
{
    size_t columns = wrap_columns(text);

    if (d->begun)
        tl_buf_add(d->out, TL_STR("\n"));
    d->begun = false;
    render_pour(d->o->sink, d->out);
    put_wrapped(d, text, 0, TONE_STRONG);
    if (columns > width_of(d))
        columns = width_of(d);
    if (level == 1)
        put_rule(d, TL_STR("\xe2\x95\x90"), TL_STR("="), columns);
    else if (level == 2)
        put_rule(d, TL_STR("\xe2\x94\x80"), TL_STR("-"), columns);
    if (level <= 2)
        tl_buf_add(d->out, TL_STR("\n"));
}

static void
text_para(struct doc *d, struct tl_str text, enum doc_tone tone)
{
    put_wrapped(d, text, 0, tone);
    d->begun = true;
}

static void
text_pairs(struct doc *d, unsigned key_width)
{
    d->key_width = key_width;
}

static void
text_pair(struct doc *d, struct tl_str key, struct tl_str value, enum doc_tone tone)
{
    size_t columns, indent = INDENT + d->key_width + GAP;
    struct tl_buf clean;

    tl_buf_init(&clean, CELL_MAX);
    wrap_clean(&clean, key, !d->o->utf8);
    columns = wrap_columns(tl_buf_str(&clean));
    put_blanks(d->out, INDENT);
    if (columns <= d->key_width) {
        put_toned(d, tl_buf_str(&clean), TONE_DIM);
        put_blanks(d->out, d->key_width - columns + GAP);
    } else { /* a name too long to stand beside */
        put_wrapped(d, tl_buf_str(&clean), INDENT, TONE_DIM);
        put_blanks(d->out, indent);
    }
    if (clean.failed)
        d->out->failed = clean.failed;
    tl_buf_free(&clean);
    put_wrapped(d, value, indent, tone);
    d->begun = true;
    render_pour(d->o->sink, d->out);
}

/* ---- tables ---- */

struct layout {
    const struct doc_table *t;
    size_t column[DOC_COLUMNS], n; /* those shown side by side, in their order */
    size_t width[DOC_COLUMNS];     /* by column of the table */
    size_t under[DOC_COLUMNS], nunder;
    bool grouped;
};

/* The titles, as a row. */
static void
take_titles(const struct doc_table *t, struct doc_row *row)
{
    tl_buf_reset(&row->text);
    row->done = 0;
    for (size_t c = 0; c < t->ncolumns; c++) {
        tl_buf_add(&row->text, t->columns[c].title);
        doc_cell_end(row, c, TONE_DIM);
    }
}

static size_t
cell_columns(const struct doc *d, const struct doc_row *row, size_t c, struct tl_buf *clean)
{
    tl_buf_reset(clean);
    wrap_clean(clean, doc_cell_text(row, c), !d->o->utf8);
    return wrap_columns(tl_buf_str(clean));
}

static void
measure(struct doc *d, const struct doc_table *t, struct layout *l, struct doc_row *row,
        struct tl_buf *clean)
{
    *l = (struct layout){.t = t};
    for (size_t i = 0; i < t->nrows && !d->out->failed; i++) {
        doc_row_take(t, i, row);
        l->grouped |= row->group.n > 0;
        for (size_t c = 0; c < t->ncolumns; c++) {
            size_t w = cell_columns(d, row, c, clean);

            if (w > l->width[c])
                l->width[c] = w;
        }
    }
    take_titles(t, row);
    for (size_t c = 0; c < t->ncolumns; c++) {
        size_t title = cell_columns(d, row, c, clean);

        if (l->width[c] == 0)
            continue; /* nothing in it */
        l->column[l->n++] = c;
        if (l->width[c] < title)
            l->width[c] = title;
    }
}

static size_t
min_width(const struct layout *l, size_t c, bool hard)
{
    size_t floor = hard ? 2 : l->t->columns[c].floor ? l->t->columns[c].floor : l->width[c];

    return floor < l->width[c] ? floor : l->width[c];
}

static size_t
sum_of_min(const struct layout *l)
{
    size_t sum = 0;

    for (size_t i = 0; i < l->n; i++)
        sum += min_width(l, l->column[i], false);
    return sum;
}

/* What a row wants: all columns in full, but of those that may go below only their floor. */
static size_t
sum_wanted(const struct layout *l)
{
    size_t sum = 0;

    for (size_t i = 0; i < l->n; i++) {
        size_t c = l->column[i];

        sum += l->t->columns[c].below ? min_width(l, c, false) : l->width[c];
    }
    return sum;
}

static size_t
room_for(const struct doc *d, const struct layout *l)
{
    return width_of(d) - INDENT - GAP * (l->n > 0 ? l->n - 1 : 0);
}

/* Takes the first column that may go below out of the row. */
static bool
move_below(struct layout *l)
{
    for (size_t i = 0; i < l->n && l->n > 1; i++) {
        size_t c = l->column[i];

        if (!l->t->columns[c].below)
            continue;
        memmove(&l->column[i], &l->column[i + 1], (l->n - i - 1) * sizeof(l->column[0]));
        l->n--;
        l->under[l->nunder++] = c;
        return true;
    }
    return false;
}

/* Narrows the widest columns, a step at a time, until the row fits. */
static void
squeeze(struct layout *l, size_t room, bool hard)
{
    size_t sum = 0;

    for (size_t i = 0; i < l->n; i++)
        sum += l->width[l->column[i]];
    while (sum > room) {
        size_t widest = DOC_COLUMNS;

        for (size_t i = 0; i < l->n; i++) {
            size_t c = l->column[i];

            if (l->width[c] > min_width(l, c, hard) &&
                (widest == DOC_COLUMNS || l->width[c] > l->width[widest]))
                widest = c;
        }
        if (widest == DOC_COLUMNS)
            return;
        l->width[widest]--;
        sum--;
    }
}

static void
arrange(const struct doc *d, struct layout *l)
{
    bool hard = false;

    for (size_t c = 0; c < DOC_COLUMNS; c++)
        if (l->width[c] > width_of(d))
            l->width[c] = width_of(d);
    while (sum_wanted(l) > room_for(d, l) && move_below(l))
        continue;
    hard = sum_of_min(l) > room_for(d, l);
    squeeze(l, room_for(d, l), hard);
}

/* The next line of the cell in column c, *pending blanks before it; then *pending is what must
 * stand before the next cell. */
static void
put_cell_line(struct doc *d, const struct layout *l, size_t c, struct tl_str *text,
              enum doc_tone tone, size_t *pending)
{
    size_t width = 0, pad;
    struct tl_str line = {"", 0};
    bool any = wrap_line(text, l->width[c], &line, &width), right = l->t->columns[c].right;

    pad = l->width[c] > width ? l->width[c] - width : 0;
    if (!any) {
        *pending += l->width[c] + GAP;
        return;
    }
    put_blanks(d->out, *pending + (right ? pad : 0));
    put_toned(d, line, tone);
    *pending = GAP + (right ? 0 : pad);
}

/* One row of cells side by side; text[c] is the clean text of column c. */
static void
put_side_by_side(struct doc *d, const struct layout *l, struct tl_str *text,
                 const enum doc_tone *tone)
{
    bool more = true;

    while (more && !d->out->failed) {
        size_t pending = INDENT;

        more = false;
        for (size_t i = 0; i < l->n; i++) {
            size_t c = l->column[i];

            put_cell_line(d, l, c, &text[c], tone[c], &pending);
            more |= text[c].n > 0;
        }
        tl_buf_add(d->out, TL_STR("\n"));
    }
}

static size_t
under_indent(const struct layout *l)
{
    size_t first = l->n > 1 && l->width[l->column[0]] <= 8 ? l->width[l->column[0]] + GAP : GAP;

    return INDENT + first;
}

/* The cells under a row: each where the one before ends, if it fits there, else on a new line. */
static void
put_under(struct doc *d, const struct layout *l, struct tl_str *text, const enum doc_tone *tone)
{
    size_t room = width_of(d) - under_indent(l), used = 0, width;
    struct tl_str line;

    for (size_t i = 0; i < l->nunder; i++) {
        size_t c = l->under[i], whole = wrap_columns(text[c]);

        if (used > 0 && whole > 0 && used + GAP + whole <= room) {
            put_blanks(d->out, GAP);
            put_toned(d, text[c], tone[c]);
            used += GAP + whole;
            continue;
        }
        while (wrap_line(&text[c], room, &line, &width)) {
            if (used > 0)
                tl_buf_add(d->out, TL_STR("\n"));
            put_blanks(d->out, under_indent(l));
            put_toned(d, line, tone[c]);
            used = width;
        }
    }
    if (used > 0)
        tl_buf_add(d->out, TL_STR("\n"));
}

/* The clean texts of a row: all in `clean`, text[c] a view of each. */
static void
clean_row(const struct doc *d, const struct layout *l, const struct doc_row *row,
          struct tl_buf *clean, struct tl_str *text)
{
    size_t end[DOC_COLUMNS];

    tl_buf_reset(clean);
    for (size_t c = 0; c < l->t->ncolumns; c++) {
        wrap_clean(clean, doc_cell_text(row, c), !d->o->utf8);
        end[c] = clean->n;
    }
    for (size_t c = 0, at = 0; c < l->t->ncolumns; at = end[c++])
        text[c] = (struct tl_str){tl_buf_str(clean).p + at, end[c] - at};
}

static void
put_row(struct doc *d, const struct layout *l, const struct doc_row *row, struct tl_buf *clean)
{
    struct tl_str text[DOC_COLUMNS] = {{NULL, 0}};
    enum doc_tone tone[DOC_COLUMNS] = {TONE_PLAIN};

    clean_row(d, l, row, clean, text);
    for (size_t c = 0; c < l->t->ncolumns; c++)
        tone[c] = row->cell[c].tone;
    put_side_by_side(d, l, text, tone);
    put_under(d, l, text, tone);
}

static void
put_head(struct doc *d, const struct layout *l, struct doc_row *row, struct tl_buf *clean)
{
    size_t total = 0;

    take_titles(l->t, row);
    put_row(d, l, row, clean);
    for (size_t i = 0; i < l->n; i++)
        total += l->width[l->column[i]] + (i > 0 ? GAP : 0);
    put_blanks(d->out, INDENT);
    put_rule(d, TL_STR("\xe2\x94\x80"), TL_STR("-"), l->nunder ? width_of(d) - INDENT : total);
    tl_buf_add(d->out, TL_STR("\n"));
}

static void
text_table(struct doc *d, const struct doc_table *t)
{
    struct tl_buf clean, group;
    struct doc_row row;
    struct layout l;

    doc_row_init(&row, CELL_MAX);
    tl_buf_init(&clean, CELL_MAX);
    tl_buf_init(&group, CELL_MAX);
    measure(d, t, &l, &row, &clean);
    arrange(d, &l);
    d->begun = true;
    if (l.n > 0)
        put_head(d, &l, &row, &clean);
    for (size_t i = 0; l.n > 0 && i < t->nrows && !d->out->failed; i++) {
        doc_row_take(t, i, &row);
        if (l.grouped && !tl_str_eq(doc_group_text(&row), tl_buf_str(&group))) {
            tl_buf_reset(&group);
            tl_buf_add(&group, doc_group_text(&row));
            put_blanks(d->out, INDENT);
            put_wrapped(d, tl_buf_str(&group), INDENT, TONE_STRONG);
        }
        put_row(d, &l, &row, &clean);
        render_pour(d->o->sink, d->out);
    }
    if (row.text.failed || clean.failed || group.failed)
        d->out->failed = row.text.failed ? row.text.failed : TL_ENOMEM;
    tl_buf_free(&row.text);
    tl_buf_free(&clean);
    tl_buf_free(&group);
}

const struct doc_writer doc_writer_text = {text_heading, text_para, text_pairs, text_pair,
                                           text_table};

static enum tl_status
text_write(const struct tl_report *r, const struct tl_render_options *o, struct tl_buf *out,
           struct tl_error *err)
{
    struct doc d = {.to = &doc_writer_text, .o = o, .out = out};

    doc_report(r, &d);
    return render_done(out, err);
}

const struct tl_renderer renderer_text = {
    .name = "text", .help = "the report for a terminal or a chat", .write = text_write};
