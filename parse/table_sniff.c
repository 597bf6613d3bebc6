/* table_sniff.c - which lines and which inputs are change tables; the format itself. */
#include "parse/table_parts.h"

enum { SNIFF_LINES = 400 };

enum table_line
table_probe(struct tl_reader *r, struct tl_str line)
{
    struct table_context c = TABLE_CONTEXT_NONE;
    enum table_line found = TABLE_NONE;
    struct table_head head;
    struct table_row row;
    struct tl_arena a;
    struct tl_str s = tl_str_trim(line);
    bool bullet;

    if (s.n == 0 || s.n > MAX_MESSAGE || line_is_foreign(s))
        return TABLE_NONE;
    if (line_is_rule(s))
        return TABLE_RULE;
    if (line_is_heading(s))
        return table_caption(r, s, &c) ? TABLE_CAPTION : TABLE_NONE;
    tl_arena_init(&a, (size_t)16 << 20);
    if (head_read(r, &a, s, &head))
        found = TABLE_HEADER;
    else if (row_by_content(r, &a, line, &row))
        found = text_is_event(r, row.message) ? TABLE_EVENT : TABLE_ROW;
    else if (table_caption(r, s, &c))
        found = TABLE_CAPTION;
    else if (text_is_event(r, cell_plain(&a, line_bare(s, &bullet))))
        found = TABLE_TEXT;
    r->scratch.failed |= a.failed; /* what was not seen for want of memory must not pass for true */
    tl_arena_free(&a);
    return found;
}

/* ---- the format ---- */

struct tally {
    size_t lines, headers, rows, events, other;
};

/* Counts the lines of the head. A time alone and the text below it are one event; an indented line
 * behind a row is part of it. */
static struct tally
tally_head(struct tl_reader *r, struct tl_str head)
{
    struct tally n = {0};
    enum table_line before = TABLE_NONE;
    struct tl_str line;

    while (n.lines < SNIFF_LINES && tl_str_line(&head, &line)) {
        enum table_line is = table_probe(r, line);
        bool indented = line.n > 0 && (line.p[0] == ' ' || line.p[0] == '\t');

        if (tl_str_trim(line).n == 0 ||
            (head.n == 0 && line.n > 0 && n.lines > 3 && is == TABLE_NONE))
            continue; /* empty, or cut by the end of the head */
        n.lines++;
        n.headers += is == TABLE_HEADER;
        n.rows += is == TABLE_ROW || is == TABLE_EVENT;
        n.events += is == TABLE_EVENT || (is == TABLE_TEXT && before == TABLE_ROW);
        n.other += is == TABLE_NONE && !(indented && before >= TABLE_ROW);
        before = is;
    }
    return n;
}

static int
table_sniff(struct tl_reader *r, struct tl_str head, struct tl_buf *why)
{
    struct tally n = tally_head(r, head);
    int sure = 0;

    if (n.rows == 0 && n.headers == 0)
        return 0;
    if (n.rows > 0 && n.events * 2 >= n.rows)
        sure = 92;
    else if (n.rows > 0 && n.events * 5 >= n.rows)
        sure = n.headers > 0 ? 75 : 60;
    else if (n.headers > 0)
        sure = n.events > 0 ? 60 : 25;
    if (n.other * 2 > n.lines) /* a document with a table in it */
        sure /= 3;
    else if (n.other * 5 > n.lines)
        sure = sure * 6 / 7;
    if (sure > 0) {
        tl_buf_addf(why, "%zu of %zu lines are a time and a text, %zu of them an RDS event's",
                    n.rows, n.lines, n.events);
        if (n.headers > 0)
            tl_buf_add(why, TL_STR(", under a header of time and event"));
    }
    return sure;
}

/* A line below the only table says the zone of its times: "All times JST." */
static void
read_footer(struct tl_reader *r, struct table_context *c)
{
    struct tl_str head = feed_peek(&r->feed, HEAD_SIZE), line;
    struct table_context footer = TABLE_CONTEXT_NONE;
    size_t headers = 0, rows = 0;

    if (head.n >= HEAD_SIZE)
        return;
    while (tl_str_line(&head, &line)) {
        struct table_context one = TABLE_CONTEXT_NONE;
        enum table_line is = table_probe(r, line);

        headers += is == TABLE_HEADER;
        if (is == TABLE_ROW || is == TABLE_EVENT) {
            rows++;
            footer = TABLE_CONTEXT_NONE;
        } else if (is == TABLE_CAPTION && rows > 0 && table_caption(r, line, &one) &&
                   one.day == TL_TIME_NONE) {
            footer = one;
        }
    }
    if (headers < 2)
        *c = footer;
}

static enum tl_status
table_format_open(struct tl_reader *r, struct tl_error *err)
{
    struct table_context c = TABLE_CONTEXT_NONE;

    read_footer(r, &c);
    r->state = table_open(r, 0, &c);
    return r->state ? TL_OK : tl_fail(err, TL_ENOMEM, 0, "no room for a table");
}

static enum tl_status
table_format_next(struct tl_reader *r, struct tl_event *ev, bool *got, struct tl_error *err)
{
    return table_next(r->state, &r->feed, ev, got, err);
}

static void
table_format_close(struct tl_reader *r)
{
    table_close(r->state);
}

const struct tl_format fmt_change_table = {
    .name = "change-table",
    .sniff = table_sniff,
    .surest = 92,
    .open = table_format_open,
    .next = table_format_next,
    .close = table_format_close,
};
