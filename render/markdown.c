/* markdown.c - a document as GitHub-flavoured Markdown. Nothing in a text can end its cell, its
 * line or its paragraph, start a list, a heading, a link or HTML. */
#include <string.h>

#include "render/doc.h"
#include "render/renderers.h"
#include "render/wrap.h"

enum { CELL_MAX = 1 << 24 };

static bool
is_word(struct tl_str s, size_t i)
{
    char c;

    if (i >= s.n)
        return false;
    c = s.p[i];
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* What stands for the ASCII character i of s; empty: itself. */
static struct tl_str
escape_of(struct tl_str s, size_t i)
{
    switch (s.p[i]) {
    case '<':
        return TL_STR("&lt;");
    case '>':
        return TL_STR("&gt;");
    case '&':
        return TL_STR("&amp;");
    case '@':
        return TL_STR("&#64;"); /* names nobody */
    case '|':
        return TL_STR("\\|");
    case '\\':
        return TL_STR("\\\\");
    case '`':
        return TL_STR("\\`");
    case '*':
        return TL_STR("\\*");
    case '[':
        return TL_STR("\\[");
    case ']':
        return TL_STR("\\]");
    case '~':
        return TL_STR("\\~");
    case '$':
        return TL_STR("&#36;"); /* no formula */
    case '_':                   /* within a word it is itself */
        return i > 0 && is_word(s, i - 1) && is_word(s, i + 1) ? TL_STR("") : TL_STR("\\_");
    default:
        return TL_STR("");
    }
}

/* How many bytes at the front of a line would begin a list, a heading or a rule; 0: none. */
static size_t
marker(struct tl_str s)
{
    size_t n = 0;

    while (n < s.n && s.p[n] >= '0' && s.p[n] <= '9')
        n++;
    if (n > 0)
        return n < s.n && (s.p[n] == '.' || s.p[n] == ')') && (n + 1 == s.n || s.p[n + 1] == ' ')
                   ? n + 1
                   : 0;
    if (s.n == 0 || !strchr("#+-=", s.p[0]))
        return 0;
    return s.n == 1 || s.p[1] == ' ' || s.p[1] == s.p[0] ? 1 : 0;
}

/* Text of a line of its own, or (cell) within a row, where no line begins. */
static void
put_escaped(struct doc *d, struct tl_str raw, bool cell)
{
    struct tl_buf clean;
    struct tl_str s;
    size_t mark;

    tl_buf_init(&clean, CELL_MAX);
    wrap_clean(&clean, raw, false);
    s = tl_buf_str(&clean);
    mark = cell ? 0 : marker(s);
    for (size_t i = 0; i < s.n; i++) {
        struct tl_str as = escape_of(s, i);

        if (i + 1 == mark)
            tl_buf_add(d->out, TL_STR("\\"));
        tl_buf_add(d->out, as.n > 0 ? as : (struct tl_str){s.p + i, 1});
    }
    if (clean.failed)
        d->out->failed = clean.failed;
    tl_buf_free(&clean);
}

static void
markdown_heading(struct doc *d, unsigned level, struct tl_str text)
{
    tl_buf_add(d->out, TL_STR("\n"));
    for (unsigned i = 0; i < level; i++)
        tl_buf_add(d->out, TL_STR("#"));
    tl_buf_add(d->out, TL_STR(" "));
    put_escaped(d, text, false);
    tl_buf_add(d->out, TL_STR("\n"));
}

static void
markdown_para(struct doc *d, struct tl_str text, enum doc_tone tone)
{
    bool strong = text.n > 0 && (tone == TONE_GOOD || tone == TONE_BAD || tone == TONE_STRONG);

    tl_buf_add(d->out, strong ? TL_STR("\n**") : TL_STR("\n"));
    put_escaped(d, text, false);
    tl_buf_add(d->out, strong ? TL_STR("**\n") : TL_STR("\n"));
}

static void
markdown_pairs(struct doc *d, unsigned key_width)
{
    d->key_width = key_width;
    tl_buf_add(d->out, TL_STR("\n"));
}

static void
markdown_pair(struct doc *d, struct tl_str key, struct tl_str value, enum doc_tone tone)
{
    (void)tone;
    if (key.n > 0) {
        tl_buf_add(d->out, TL_STR("- **"));
        put_escaped(d, key, true);
        tl_buf_add(d->out, TL_STR("**: "));
    } else {
        tl_buf_add(d->out, TL_STR("  - "));
    }
    put_escaped(d, value, false);
    tl_buf_add(d->out, TL_STR("\n"));
    render_pour(d->o->sink, d->out);
}

/* Which columns have something in them (false: none has), and whether rows come in groups. */
static bool
look(struct doc *d, const struct doc_table *t, struct doc_row *row, bool *filled, bool *grouped)
{
    bool any = false;

    *grouped = false;
    for (size_t i = 0; i < t->nrows && !d->out->failed; i++) {
        doc_row_take(t, i, row);
        *grouped |= row->group.n > 0;
        for (size_t c = 0; c < t->ncolumns; c++)
            any |= filled[c] |= row->cell[c].n > 0;
    }
    return any;
}

static void
put_head(struct doc *d, const struct doc_table *t, const bool *filled, bool grouped)
{
    tl_buf_add(d->out, grouped ? TL_STR("\n| date |") : TL_STR("\n|"));
    for (size_t c = 0; c < t->ncolumns; c++) {
        if (!filled[c])
            continue;
        tl_buf_add(d->out, TL_STR(" "));
        put_escaped(d, t->columns[c].title, true);
        tl_buf_add(d->out, TL_STR(" |"));
    }
    tl_buf_add(d->out, grouped ? TL_STR("\n|---|") : TL_STR("\n|"));
    for (size_t c = 0; c < t->ncolumns; c++)
        if (filled[c])
            tl_buf_add(d->out, t->columns[c].right ? TL_STR("---:|") : TL_STR("---|"));
    tl_buf_add(d->out, TL_STR("\n"));
}

static void
markdown_table(struct doc *d, const struct doc_table *t)
{
    bool filled[DOC_COLUMNS] = {false}, grouped, any;
    struct doc_row row;

    doc_row_init(&row, CELL_MAX);
    any = look(d, t, &row, filled, &grouped);
    if (any)
        put_head(d, t, filled, grouped);
    for (size_t i = 0; any && i < t->nrows && !d->out->failed; i++) {
        doc_row_take(t, i, &row);
        tl_buf_add(d->out, grouped ? TL_STR("| ") : TL_STR("|"));
        if (grouped) {
            put_escaped(d, doc_group_text(&row), true);
            tl_buf_add(d->out, TL_STR(" |"));
        }
        for (size_t c = 0; c < t->ncolumns; c++) {
            if (!filled[c])
                continue;
            tl_buf_add(d->out, TL_STR(" "));
            put_escaped(d, doc_cell_text(&row, c), true);
            tl_buf_add(d->out, TL_STR(" |"));
        }
        tl_buf_add(d->out, TL_STR("\n"));
        render_pour(d->o->sink, d->out);
    }
    if (row.text.failed)
        d->out->failed = row.text.failed;
    tl_buf_free(&row.text);
}

const struct doc_writer doc_writer_markdown = {markdown_heading, markdown_para, markdown_pairs,
                                               markdown_pair, markdown_table};

static enum tl_status
markdown_write(const struct tl_report *r, const struct tl_render_options *o, struct tl_buf *out,
               struct tl_error *err)
{
    struct doc d = {.to = &doc_writer_markdown, .o = o, .out = out};

    tl_buf_add(out, TL_STR("<!-- tideline:report -->\n"));
    doc_report(r, &d);
    return render_done(out, err);
}

const struct tl_renderer renderer_markdown = {.name = "markdown",
                                              .help = "the report for a post-mortem or a ticket",
                                              .write = markdown_write};
