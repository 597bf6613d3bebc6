/* table_row.c - the cells of a row, or a line of a list, to time, resource and message. */
#include "parse/table_parts.h"

#include <string.h>

#include "parse/catalogue.h"

enum { PEEL_MAX = 6, PREFIX_WORDS = 6, TIME_MAX = 120 };

static const struct tl_str nothing = {"", 0};

/* ---- small texts ---- */

bool
text_is_event(struct tl_reader *r, struct tl_str text)
{
    static const struct tl_str foreign[] = {
        {"log.", 4}, {"probe.", 6}, {"status.", 7}, {"api.", 4}};
    struct tl_str cls;

    if (!r->in.catalogue || text.n == 0 ||
        !classify_known(r->in.catalogue, TL_STR("db-instance"), text, &cls))
        return false;
    for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++)
        if (tl_str_starts(cls, foreign[i]))
            return false;
    return true;
}

/* One category at the front of s, a word of its own: its length, or 0. */
static size_t
category_length(struct tl_str s)
{
    static const struct tl_str rows[] = {{"availability", 12},
                                         {"backup", 6},
                                         {"backtrack", 9},
                                         {"configuration change", 20},
                                         {"creation", 8},
                                         {"deletion", 8},
                                         {"failover", 8},
                                         {"failure", 7},
                                         {"global failover", 15},
                                         {"global-failover", 15},
                                         {"low storage", 11},
                                         {"maintenance", 11},
                                         {"migration", 9},
                                         {"notification", 12},
                                         {"read replica", 12},
                                         {"recovery", 8},
                                         {"restoration", 11},
                                         {"security", 8},
                                         {"security patching", 17},
                                         {"serverless", 10},
                                         {"global database", 15},
                                         {"(none)", 6},
                                         {"none", 4},
                                         {"-", 1},
                                         {"[]", 2},
                                         {"n/a", 3}};
    size_t best = 0;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        bool ends = rows[i].n >= s.n || char_in(s.p[rows[i].n], " ,;\t");

        if (ends && rows[i].n > best && tl_str_case_starts(s, rows[i]))
            best = rows[i].n;
    }
    return best;
}

bool
text_is_category(struct tl_str text)
{
    struct tl_str s = tl_str_trim(text);

    if (s.n == 0)
        return false;
    while (s.n > 0) {
        size_t n = category_length(s);

        if (n == 0)
            return false;
        s = tl_str_trim(tl_str_skip(s, n));
        if (s.n > 0 && (s.p[0] == ',' || s.p[0] == ';'))
            s = tl_str_trim(tl_str_skip(s, 1));
    }
    return true;
}

static bool
is_empty_category(struct tl_str s)
{
    return s.n == 0 || s.p[0] == '(' || s.p[0] == '-' || s.p[0] == '[' ||
           tl_str_case_eq(s, TL_STR("none")) || tl_str_case_eq(s, TL_STR("n/a"));
}

struct tl_str
text_event_id(struct tl_str text)
{
    size_t at = tl_str_find(text, TL_STR("RDS-EVENT-"));
    struct tl_str id = tl_str_skip(text, at == SIZE_MAX ? text.n : at), digits;
    int64_t n;

    digits = tl_str_skip(id, 10);
    if (!tl_str_digits(&digits, 4, &n))
        return nothing;
    id.n = 14;
    return id;
}

static void
set_categories(struct table_row *row, struct tl_str cell)
{
    if (!is_empty_category(cell))
        row->categories = cell;
}

/* ---- the time ---- */

/* Reads the cell as a time; `day` before it and `zone` behind it where they stand in cells of their
 * own. */
static bool
read_time(struct tl_reader *r, struct tl_arena *a, struct tl_str day, struct tl_str cell,
          struct tl_str zone, struct table_row *row)
{
    struct tl_str s = cell;
    struct tl_buf b;
    bool ok;

    if (cell.n == 0 || cell.n > TIME_MAX || day.n > TIME_MAX || zone.n > TIME_MAX)
        return false;
    if (day.n > 0 || zone.n > 0) {
        tl_buf_init(&b, 1024);
        tl_buf_addf(&b, "%.*s%s%.*s", TL_FMT(day), day.n ? " " : "", TL_FMT(cell));
        if (zone.n > 0)
            tl_buf_addf(&b, " (%.*s)", TL_FMT(zone));
        s = tl_arena_str(a, tl_buf_str(&b));
        tl_arena_follow(a, &b);
        tl_buf_free(&b);
        if (!s.p)
            return false;
    }
    ok = tl_stamp_read(&s, r->in.zones, &row->stamp) ||
         (cell.n >= 10 && tl_stamp_epoch(&s, &row->stamp) && s.n == 0);
    if (ok)
        row->after = s;
    return ok;
}

/* A cell that is a time and nothing else of weight. */
static bool
read_whole_time(struct tl_reader *r, struct tl_arena *a, struct tl_str day, struct tl_str cell,
                struct table_row *row)
{
    bool bullet;

    cell = line_bare(cell, &bullet);
    while (cell.n > 0 && char_in(cell.p[0], "[(\"'"))
        cell = tl_str_skip(cell, 1);
    if (!read_time(r, a, day, cell, nothing, row))
        return false;
    while (row->after.n > 0 && char_in(row->after.p[0], "])\"' "))
        row->after = tl_str_skip(row->after, 1);
    return row->after.n == 0;
}

/* ---- under a header ---- */

static struct tl_str
cell_of(struct tl_arena *a, const struct table_head *h, const struct cells *c, size_t i)
{
    if (i >= c->n)
        return nothing;
    return cell_one_line(a, h->delimiter == '|' ? cell_plain(a, c->at[i]) : tl_str_trim(c->at[i]));
}

static struct tl_str
cell_with_role(struct tl_arena *a, const struct table_head *h, const struct cells *c,
               enum column role)
{
    for (size_t i = 0; i < h->n; i++)
        if (h->roles[i] == role)
            return cell_of(a, h, c, i);
    return nothing;
}

static bool
is_time_column(const struct table_head *h, size_t i)
{
    return h->roles[i] == COL_DATE || h->roles[i] == COL_TIME;
}

/* The time columns: the first that reads with a date, else date and time together, else the first
 * that reads at all. */
static void
time_by_head(struct tl_reader *r, struct tl_arena *a, const struct table_head *h,
             const struct cells *c, struct table_row *row)
{
    struct tl_str zone = cell_with_role(a, h, c, COL_ZONE), day = nothing;

    for (size_t i = 0; i < h->n && row->time.n == 0; i++)
        if (is_time_column(h, i))
            day = row->time = cell_of(a, h, c, i);
    for (unsigned turn = 0; turn < 3; turn++) {
        for (size_t i = 0; i < h->n && !row->timed; i++) {
            if (!is_time_column(h, i))
                continue;
            row->said = h->zones[i];
            row->timed =
                read_time(r, a, turn == 1 ? day : nothing, cell_of(a, h, c, i), zone, row) &&
                (row->stamp.dated || turn == 2);
        }
    }
    for (size_t i = 0; i < h->n && !row->said.zone && !row->said.ambiguous[0]; i++)
        row->said = h->zones[i];
}

/* Which of message, event and details speaks: the first that is known as an event, else the first.
 */
static void
message_by_head(struct tl_reader *r, struct tl_arena *a, const struct table_head *h,
                const struct cells *c, struct table_row *row)
{
    static const enum column order[] = {COL_MESSAGE, COL_EVENT, COL_DETAIL};
    size_t several = 0;

    for (size_t k = 0; k < 3; k++) {
        struct tl_str cell = cell_with_role(a, h, c, order[k]);

        if (row->message.n == 0)
            row->message = cell;
        several += cell.n > 0;
    }
    for (size_t k = 0; k < 3 && several > 1; k++) {
        struct tl_str cell = cell_with_role(a, h, c, order[k]);

        if (cell.n == 0 || !text_is_event(r, cell))
            continue;
        row->message = cell;
        return;
    }
}

static void
who_by_head(struct tl_arena *a, const struct table_head *h, const struct cells *c,
            struct table_row *row)
{
    struct tl_str type = cell_with_role(a, h, c, COL_TYPE),
                  region = cell_with_role(a, h, c, COL_REGION);

    for (size_t i = 0; i < h->n; i++) {
        struct tl_str cell = cell_of(a, h, c, i);

        if (h->roles[i] != COL_RESOURCE || cell.n == 0 || row->who.arn.n > 0)
            continue;
        if (row->has_who && row->who.id.n > 0 && tl_str_find(cell, TL_STR("arn:")) == SIZE_MAX)
            continue;
        (void)who_read(tl_str_find(c->at[i], TL_STR("`")) == SIZE_MAX ? cell : c->at[i], &row->who);
        row->who.label = cell;
        row->has_who = true;
    }
    if (row->who.source_type.n == 0 && !who_type(type, &row->who) && row->has_who) {
        row->who.kind = h->kind;
        row->who.source_type = h->source_type;
    }
    row->region = tl_find_region(region);
    row->account = cell_with_role(a, h, c, COL_ACCOUNT);
}

bool
row_by_head(struct tl_reader *r, struct tl_arena *a, const struct table_head *h, struct tl_str line,
            struct table_row *out)
{
    struct cells c;

    if (h->delimiter == ' ')
        return false; /* columns of blanks: the content says more than the place */
    cells_split(a, h->delimiter, line, &c);
    if (c.n < 2)
        return false;
    *out = (struct table_row){.time = nothing, .message = nothing, .ncells = c.n};
    time_by_head(r, a, h, &c, out);
    message_by_head(r, a, h, &c, out);
    who_by_head(a, h, &c, out);
    out->event_id = text_event_id(cell_with_role(a, h, &c, COL_EVENT_ID));
    set_categories(out, cell_with_role(a, h, &c, COL_CATEGORY));
    return true;
}

/* ---- by content ---- */

bool
row_take(struct table_row *row, struct tl_str cell)
{
    struct tl_str region = tl_find_region(cell), id = text_event_id(cell);

    if (cell.n == 0)
        return true;
    if (id.n > 0 && cell.n < 40) {
        row->event_id = id;
        return true;
    }
    if (text_is_category(cell)) {
        set_categories(row, cell);
        return true;
    }
    if (region.n == cell.n) {
        row->region = region;
        return true;
    }
    if (row->who.source_type.n == 0 && who_type(cell, &row->who))
        return true;
    if (!row->has_who) {
        struct tl_ident who = row->who;

        if (!who_read(cell, &who))
            return false;
        if (who.source_type.n == 0) {
            who.kind = row->who.kind;
            who.source_type = row->who.source_type;
        }
        row->who = who;
        row->has_who = true;
        return true;
    }
    return false;
}

/* "us-east-1 DB cluster Database cluster is online." and "my-db: DB instance restarted": the
 * resource before a text that is known only without it. */
static void
take_prefix(struct tl_reader *r, struct table_row *row)
{
    struct tl_str s = row->message;
    size_t at = 0;

    for (int n = 0; n < PREFIX_WORDS && at < s.n; n++) {
        struct tl_str label, rest;
        struct tl_ident who = {.kind = TL_KIND_OTHER};

        while (at < s.n && s.p[at] != ' ')
            at++;
        label = (struct tl_str){s.p, at};
        while (at < s.n && char_in(s.p[at], " -|"))
            at++;
        rest = tl_str_skip(s, at);
        while (label.n > 0 && char_in(label.p[label.n - 1], ":,[]()"))
            label.n--;
        while (label.n > 0 && (label.p[0] == '[' || label.p[0] == '('))
            label = tl_str_skip(label, 1);
        if (rest.n == 0 || !who_read(label, &who) || !text_is_event(r, rest))
            continue;
        if (!row->has_who)
            row->who = who;
        row->has_who = true;
        row->message = rest;
        return;
    }
}

/* The message and what stands before it in the rest of a line: "backup       Backing up ...". */
static void
peel(struct tl_reader *r, char delimiter, struct tl_str s, struct table_row *row)
{
    for (int n = 0; n < PEEL_MAX && !text_is_event(r, s); n++) {
        struct tl_str rest, cell = cells_first(delimiter, s, &rest);
        size_t category = category_length(s);

        rest = tl_str_trim(rest);
        if (category > 0 && category < s.n && cell.n > category && s.p[category] == ' ' &&
            text_is_event(r, tl_str_trim(tl_str_skip(s, category)))) {
            cell = (struct tl_str){s.p, category}; /* as wide as its column: one blank */
            rest = tl_str_trim(tl_str_skip(s, category));
        }
        if (rest.n == 0 || !row_take(row, cell))
            break;
        s = rest;
    }
    row->message = s;
}

/* Cells without a header, the time's own left out (n of them from `at`). */
static void
by_cells(struct tl_reader *r, struct tl_arena *a, const struct cells *c, size_t at, size_t n,
         struct table_row *row)
{
    size_t message = TABLE_CELLS, last = TABLE_CELLS;

    for (size_t i = 0; i < c->n && message == TABLE_CELLS; i++)
        if ((i < at || i >= at + n) && text_is_event(r, cell_one_line(a, c->at[i])))
            message = i;
    for (size_t i = 0; i < c->n; i++) {
        struct tl_str cell = cell_one_line(a, c->at[i]);

        if ((i >= at && i < at + n) || i == message || cell.n == 0)
            continue;
        /* the last of a row in which nothing else can be its text is it, whatever it says */
        if ((message == TABLE_CELLS && i + 1 == c->n && last == TABLE_CELLS) ||
            (!row_take(row, cell) && message == TABLE_CELLS))
            last = i;
    }
    message = message == TABLE_CELLS ? last : message;
    if (message < TABLE_CELLS)
        row->message = cell_one_line(a, c->at[message]);
}

/* Finds the time among the cells: a cell of its own, or a day and a clock in two. */
static bool
row_of_cells(struct tl_reader *r, struct tl_arena *a, char delimiter, struct tl_str line,
             struct table_row *row)
{
    struct cells c;

    cells_split(a, delimiter, line, &c);
    for (size_t i = 0; i < c.n && c.n > 1; i++) {
        c.at[i] = delimiter == '|' ? cell_plain(a, c.at[i]) : c.at[i];
        if (i > 0 && read_whole_time(r, a, c.at[i - 1], c.at[i], row) && row->stamp.dated) {
            row->time = c.at[i];
            for (size_t k = i + 1; k < c.n; k++)
                c.at[k] = delimiter == '|' ? cell_plain(a, c.at[k]) : c.at[k];
            by_cells(r, a, &c, i - 1, 2, row);
            return row->timed = true;
        }
    }
    for (size_t i = 0; i < c.n && c.n > 1; i++) {
        if (!read_whole_time(r, a, nothing, c.at[i], row))
            continue;
        row->time = c.at[i];
        by_cells(r, a, &c, i, 1, row);
        return row->timed = true;
    }
    return false;
}

/* Marks around a time in a list: "[15:20]", "**15:20** -", "`15:20`:". */
static struct tl_str
skip_marks(struct tl_str s, const char *marks)
{
    while (s.n > 0 && char_in(s.p[0], marks))
        s = tl_str_skip(s, 1);
    return s;
}

/* What separates a time from its text: one of these, blanks around it. */
static struct tl_str
skip_separator(struct tl_str s, char *delimiter)
{
    static const struct tl_str rows[] = {{"\xe2\x80\x94", 3},
                                         {"\xe2\x80\x93", 3},
                                         {"\xe2\x86\x92", 3},
                                         {"=>", 2},
                                         {"->", 2},
                                         {"- ", 2},
                                         {": ", 2},
                                         {":", 1},
                                         {"|", 1},
                                         {",", 1},
                                         {";", 1},
                                         {"\t", 1},
                                         {"\xef\xbc\x9a", 3}};

    while (s.n > 0 && s.p[0] == ' ')
        s = tl_str_skip(s, 1);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (!tl_str_starts(s, rows[i]))
            continue;
        if (char_in(s.p[0], "|,;\t"))
            *delimiter = s.p[0];
        s = tl_str_skip(s, rows[i].n);
        break;
    }
    return s;
}

/* A second clock in brackets behind the first: "15:20 JST (06:20 UTC)". */
static struct tl_str
skip_second_time(struct tl_reader *r, struct tl_str s)
{
    struct tl_str in = tl_str_trim(s), inside, after, left;
    struct tl_stamp st;

    if (in.n < 6 || in.p[0] != '(' || !tl_str_cut(tl_str_skip(in, 1), ')', &inside, &after))
        return s;
    left = inside;
    if (!tl_stamp_read(&left, r->in.zones, &st) || left.n > 0)
        return s;
    return after;
}

/* A line that begins with its time. */
static bool
row_of_list(struct tl_reader *r, struct tl_arena *a, struct tl_str line, struct table_row *row)
{
    bool bullet;
    struct tl_str s = skip_marks(line_bare(line, &bullet), "*`[_\"("), rest;
    char delimiter = ' ';
    struct cells c;

    if (s.n == 0 || !tl_stamp_read(&s, r->in.zones, &row->stamp))
        return false;
    row->time = (struct tl_str){line.p, (size_t)(s.p - line.p)};
    row->timed = true;
    row->free_form = true;
    row->after = s;
    if (s.n > 0 && !char_in(s.p[0], " \t*`])_\",;:|-=\xe2\xef"))
        return false; /* "15:20x" */
    s = skip_second_time(r, skip_marks(s, "*`])_\""));
    rest = skip_marks(skip_separator(s, &delimiter), "*`_");
    if (delimiter == '|' || delimiter == '\t' || delimiter == ';' ||
        (delimiter == ',' && tl_str_find(rest, TL_STR("\"")) != SIZE_MAX)) {
        cells_split(a, delimiter, rest, &c);
        for (size_t i = 0; i < c.n; i++)
            c.at[i] = delimiter == '\t' ? c.at[i] : cell_plain(a, c.at[i]);
        by_cells(r, a, &c, 0, 0, row);
        return true;
    }
    peel(r, delimiter, tl_str_trim(cell_plain(a, rest)), row);
    if (row->message.n > 0 && !text_is_event(r, row->message))
        take_prefix(r, row);
    return true;
}

bool
row_by_content(struct tl_reader *r, struct tl_arena *a, struct tl_str line, struct table_row *out)
{
    static const char delimiters[] = {'|', '\t', ',', ';', ' '};

    *out = (struct table_row){.time = nothing, .message = nothing};
    if (row_of_list(r, a, line, out))
        return true;
    for (size_t i = 0; i < sizeof(delimiters); i++) {
        if (tl_str_find(line, (struct tl_str){&delimiters[i], 1}) == SIZE_MAX)
            continue;
        *out = (struct table_row){.time = nothing, .message = nothing};
        if (row_of_cells(r, a, delimiters[i], line, out))
            return true;
    }
    *out = (struct table_row){.time = nothing, .message = nothing};
    return false;
}
