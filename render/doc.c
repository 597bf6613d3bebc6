#include "render/doc.h"

void
doc_row_init(struct doc_row *row, size_t max)
{
    *row = (struct doc_row){.done = 0};
    tl_buf_init(&row->text, max);
}

void
doc_row_take(const struct doc_table *t, size_t i, struct doc_row *row)
{
    tl_buf_reset(&row->text);
    row->done = 0;
    row->group.at = row->group.n = 0;
    for (size_t c = 0; c < DOC_COLUMNS; c++) {
        row->cell[c].at = row->cell[c].n = 0;
        row->cell[c].tone = TONE_PLAIN;
    }
    t->row(t->ctx, i, row);
}

void
doc_cell_end(struct doc_row *row, size_t column, enum doc_tone tone)
{
    row->cell[column].at = row->done;
    row->cell[column].n = row->text.n - row->done;
    row->cell[column].tone = tone;
    row->done = row->text.n;
}

void
doc_group_end(struct doc_row *row)
{
    row->group.at = row->done;
    row->group.n = row->text.n - row->done;
    row->done = row->text.n;
}

struct tl_str
doc_cell_text(const struct doc_row *row, size_t column)
{
    struct tl_str all = tl_str_skip(tl_buf_str(&row->text), row->cell[column].at);

    return (struct tl_str){all.p, row->cell[column].n};
}

struct tl_str
doc_group_text(const struct doc_row *row)
{
    struct tl_str all = tl_str_skip(tl_buf_str(&row->text), row->group.at);

    return (struct tl_str){all.p, row->group.n};
}
