/* table.c - the rows of change tables, one after the other. */
#include "parse/table_parts.h"

#include <stdlib.h>
#include <string.h>

enum {
    TABLE_ARENA = 128 * 1024 * 1024,
    LITERAL_QUOTES = 16,
    PASTE_LINES = 3,
    ZONE_TEXT = 16,
    WRAPS = 32,
    REGION_MAX = 32
};

static const struct tl_str nothing = {"", 0};

struct table {
    struct tl_reader *r;
    struct tl_arena arena; /* of one row; emptied before the next */
    uint32_t block;
    bool any, ended; /* the block has rows; a new header begins another block */
    struct table_context context;
    struct table_head head;
    struct table_day day;
    struct tl_stamp stamp; /* of the row before, for empty time cells */
    struct table_context said;
    bool stamped;
    struct tl_buf who;       /* resource cell of the row before */
    struct tl_buf above;     /* lines before a time in a paste of one cell per line */
    char region[REGION_MAX]; /* of the heading above */
    size_t region_level;
    unsigned literal; /* quotes that were never closed */
    bool ambiguous_said;
};

struct table *
table_open(struct tl_reader *r, uint32_t block, const struct table_context *c)
{
    struct table *t = calloc(1, sizeof(*t));

    if (!t)
        return NULL;
    t->r = r;
    t->block = block;
    t->context = *c;
    t->day = day_from(c->day);
    tl_arena_init(&t->arena, TABLE_ARENA);
    tl_buf_init(&t->who, 4096);
    tl_buf_init(&t->above, 4096);
    return t;
}

uint32_t
table_block(const struct table *t)
{
    return t->block;
}

void
table_close(struct table *t)
{
    if (!t)
        return;
    tl_arena_free(&t->arena);
    tl_buf_free(&t->who);
    tl_buf_free(&t->above);
    free(t);
}

/* ---- lines ---- */

static bool
has_quotes(const struct table *t, struct tl_str line)
{
    size_t quotes = 0;

    if (t->literal >= LITERAL_QUOTES ||
        (t->head.present && (t->head.delimiter == '|' || t->head.delimiter == ' ')))
        return false;
    if (!t->head.present && !(line.n > 0 && line.p[0] == '"') &&
        tl_str_find(line, TL_STR(",\"")) == SIZE_MAX)
        return false;
    for (size_t i = 0; i < line.n; i++)
        quotes += line.p[i] == '"';
    return quotes % 2 != 0;
}

/* Takes the next line off the feed, or the lines of a row whose quoted cell goes over several. The
 * copy is in t->arena. False: the end. */
static bool
take_line(struct table *t, struct feed *f, struct tl_str *text, uint32_t *number)
{
    struct tl_str line, all;
    size_t n = 0;

    if (!feed_peek_line(f, &line))
        return false;
    *number = (uint32_t)(f->line + 1);
    if (has_quotes(t, line)) {
        all = feed_peek(f, MAX_MESSAGE);
        n = cells_row_length((struct tl_str){all.p, all.n < MAX_MESSAGE ? all.n : MAX_MESSAGE});
        t->literal += n == 0;
    }
    if (n > 0) {
        *text = tl_arena_str(&t->arena, (struct tl_str){all.p, n});
        feed_skip(f, n);
        (void)feed_line(f, &line); /* what is left of it: its line end */
    } else if (feed_line(f, &line)) {
        *text = tl_arena_str(&t->arena, line);
    }
    return true;
}

static size_t
indent_of(struct tl_str line)
{
    size_t n = 0;

    while (n < line.n && (line.p[n] == ' ' || line.p[n] == '\t'))
        n++;
    return n;
}

/* ---- blocks ---- */

static void
end_block(struct table *t)
{
    t->ended = true;
    t->head.present = false;
    t->stamped = false;
    tl_buf_reset(&t->who);
    tl_buf_reset(&t->above);
}

static void
start_block(struct table *t)
{
    if (t->ended && t->any) {
        t->block++;
        t->any = false;
        t->day = day_from(t->context.day);
    }
    t->ended = false;
}

static void
note_zone(struct table *t, const struct table_context *c)
{
    if (c->zone)
        reader_hint(t->r, TL_STR("tz"), tl_zone_name(c->zone), TL_STR("table"), t->block);
}

static void
take_caption(struct table *t, const struct table_context *c)
{
    if (c->day != t->context.day)
        t->day = day_from(c->day);
    t->context = *c;
}

static void
start_head(struct table *t, const struct table_head *h)
{
    start_block(t);
    t->head = *h;
    t->stamped = false;
    tl_buf_reset(&t->who);
    tl_buf_reset(&t->above);
}

/* "## us-east-1": the rows below it are of that region, up to a heading of the same rank. */
static void
note_region(struct table *t, struct tl_str heading)
{
    struct tl_str region = tl_find_region(heading);
    size_t level = 0;

    while (level < heading.n && heading.p[level] == '#')
        level++;
    if (level == 0)
        return;
    if (level <= t->region_level)
        t->region[0] = '\0';
    if (region.n == 0 || region.n >= REGION_MAX)
        return;
    memcpy(t->region, region.p, region.n);
    t->region[region.n] = '\0';
    t->region_level = level;
}

/* ---- times ---- */

/* The instant of a row; false when it is odd, which has been said. */
static bool
resolve(struct table *t, struct table_row *row, uint32_t line, struct tl_instant *when)
{
    const struct table_context *c =
        row->said.zone || row->said.ambiguous[0] ? &row->said : &t->context;
    struct tl_stamp s = row->stamp;

    day_complete(&t->day, t->r->in.hints.date, &s);
    t->stamp = s;
    t->said = *c;
    t->stamped = true;
    if (s.zone == TL_ZONE_ABSENT && !c->zone && c->ambiguous[0]) {
        s.zone = TL_ZONE_AMBIGUOUS;
        s.zone_text = tl_str_from(c->ambiguous);
    }
    if (s.zone == TL_ZONE_AMBIGUOUS && !c->zone && !t->r->in.hints.tz && t->ambiguous_said) {
        t->r->source.odd++; /* one sentence is enough */
        return false;
    }
    if (s.zone == TL_ZONE_ABSENT)
        note_zone(t, c);
    if (reader_instant(t->r, &s, c->zone, line, when))
        return true;
    t->ambiguous_said |= s.zone == TL_ZONE_AMBIGUOUS && s.dated && !s.yearless;
    return false;
}

/* ---- rows that go over lines ---- */

static bool
starts_low(struct tl_str s)
{
    return s.n > 0 && ((s.p[0] >= 'a' && s.p[0] <= 'z') || (s.p[0] >= '0' && s.p[0] <= '9'));
}

static struct tl_str
join(struct table *t, struct tl_str a, struct tl_str b)
{
    char *p = a.n + b.n > MAX_MESSAGE ? NULL : tl_arena_alloc(&t->arena, a.n + 1 + b.n);

    if (!p)
        return a;
    if (a.n > 0)
        memcpy(p, a.p, a.n);
    p[a.n] = ' ';
    if (b.n > 0)
        memcpy(p + a.n + 1, b.p, b.n);
    return tl_str_trim((struct tl_str){p, a.n + 1 + b.n});
}

/* Is the next line, not yet taken, the rest of the text of a list item? */
static bool
continues_item(struct table *t, struct tl_str next, size_t indent, const struct table_row *row)
{
    struct tl_str text = tl_str_trim(next), joined;
    struct table_head head;
    struct table_row other;
    bool bullet;

    if (text.n == 0 || row->message.n == 0 || text.n > MAX_MESSAGE || line_is_rule(text) ||
        line_is_heading(text) || line_is_foreign(text))
        return false;
    (void)line_bare(next, &bullet);
    if (bullet || row_by_content(t->r, &t->arena, next, &other) ||
        head_read(t->r, &t->arena, text, &head))
        return false;
    if (indent_of(next) > indent)
        return true;
    joined = join(t, row->message, text);
    return !text_is_event(t->r, row->message) && !text_is_event(t->r, text) &&
           text_is_event(t->r, joined);
}

/* Is the next line of a table with a header the rest of the text of the row above? */
static bool
continues_cell(struct table *t, struct tl_str next, struct table_row *row, struct tl_str *text)
{
    struct table_row other;
    struct tl_str joined;

    if (next.n > MAX_MESSAGE || line_is_rule(next) ||
        !row_by_head(t->r, &t->arena, &t->head, next, &other))
        return false;
    if (other.timed || other.time.n > 0 || other.has_who || other.message.n == 0 ||
        text_is_event(t->r, other.message))
        return false;
    *text = other.message;
    joined = join(t, row->message, other.message);
    return starts_low(other.message) ||
           (!text_is_event(t->r, row->message) && text_is_event(t->r, joined));
}

/* Takes the lines that go on with the row; line is its own text. */
static void
extend(struct table *t, struct feed *f, struct tl_str line, struct table_row *row)
{
    struct tl_str next, more;
    size_t indent = indent_of(line);

    for (int n = 0; n < WRAPS && feed_peek_line(f, &next); n++) {
        if (line.n + next.n > MAX_MESSAGE || row->message.n + next.n > MAX_MESSAGE)
            return;
        if (row->free_form && continues_item(t, next, indent, row)) {
            line = join(t, line, tl_str_trim(next));
            (void)row_by_content(t->r, &t->arena, line, row);
        } else if (!row->free_form && t->head.present && t->head.delimiter == '|' &&
                   row->message.n > 0 && continues_cell(t, next, row, &more)) {
            row->message = join(t, row->message, more);
        } else {
            return;
        }
        (void)feed_line(f, &next);
    }
    if (feed_peek_line(f, &next) && row->free_form && continues_item(t, next, indent, row))
        reader_odd(t->r, (uint32_t)f->line + 1, "a text was cut behind its first %d lines",
                   WRAPS + 1);
}

/* A time alone on its line: the text is on the next, maybe behind resource and type. */
static void
read_below(struct table *t, struct feed *f, struct table_row *row)
{
    struct tl_str next;
    bool bullet;

    for (int n = 0; n < PASTE_LINES && row->message.n == 0 && feed_peek_line(f, &next); n++) {
        struct table_head head;
        struct table_row other;
        struct tl_str text = line_bare(next, &bullet);

        if (text.n > 0 && (line_is_heading(next) || row_by_content(t->r, &t->arena, next, &other) ||
                           head_read(t->r, &t->arena, text, &head)))
            return;
        text = cell_plain(&t->arena, tl_arena_str(&t->arena, text));
        (void)feed_line(f, &next);
        if (text.n == 0)
            continue;
        if (text_is_event(t->r, text) || !row_take(row, text))
            row->message = text;
    }
    row->free_form = false;
}

/* What stood in lines of their own before the time: "my-db", "Instances". */
static void
take_above(struct table *t, struct table_row *row)
{
    struct tl_str rest = tl_buf_str(&t->above), line;

    while (tl_str_line(&rest, &line))
        (void)row_take(row, tl_arena_str(&t->arena, line));
    tl_buf_reset(&t->above);
}

static void
note_above(struct table *t, struct tl_str text)
{
    struct tl_ident who = {.kind = TL_KIND_OTHER};

    if (text.n > 200 || t->above.n > 400 || (!who_type(text, &who) && !who_read(text, &who))) {
        tl_buf_reset(&t->above);
        return;
    }
    tl_buf_add(&t->above, text);
    tl_buf_add(&t->above, TL_STR("\n"));
}

/* ---- a line ---- */

enum step { STEP_END, STEP_NEXT, STEP_ROW };

/* A row under the header; *taken false: the line is none of the table's. */
static enum step
step_head(struct table *t, struct tl_str line, uint32_t number, struct table_row *row, bool *taken)
{
    *taken = row_by_head(t->r, &t->arena, &t->head, line, row);
    if (!*taken || row->timed)
        return *taken ? STEP_ROW : STEP_NEXT;
    if (t->head.delimiter != '|' && row->ncells < t->head.n) {
        *taken = false;
        return STEP_NEXT;
    }
    if (row->message.n == 0)
        return STEP_NEXT;
    if (row->time.n == 0 && t->stamped) { /* a cell that spans rows */
        row->stamp = t->stamp;
        row->said = t->said;
        row->timed = true;
        if (!row->has_who && t->who.n > 0) {
            (void)who_read(tl_arena_str(&t->arena, tl_buf_str(&t->who)), &row->who);
            row->has_who = true;
        }
        return STEP_ROW;
    }
    if (row->time.n == 0) {
        reader_odd(t->r, number, "a row without a time");
    } else {
        reader_odd(t->r, number, "the time of the row cannot be read: '%.*s'",
                   row->time.n > 40 ? 40 : TL_FMT(row->time));
    }
    return STEP_NEXT;
}

/* Does it begin like a date or a clock that tl_stamp_read refused? */
static bool
begins_like_date(struct tl_str s)
{
    size_t n = 0;

    while (n < s.n && n < 5 && s.p[n] >= '0' && s.p[n] <= '9')
        n++;
    if (n == 0 || n + 2 >= s.n || s.p[n + 1] < '0' || s.p[n + 1] > '9')
        return false;
    return (n == 4 && (s.p[n] == '-' || s.p[n] == '/')) ||
           (n <= 2 && (s.p[n] == '/' || s.p[n] == ':'));
}

/* The zone that the header gives its time columns. */
static struct table_context
head_zone(const struct table_head *h)
{
    for (size_t i = 0; i < h->n; i++)
        if (h->zones[i].zone || h->zones[i].ambiguous[0])
            return h->zones[i];
    return TABLE_CONTEXT_NONE;
}

/* A line that is no row: what it says about others, or why it is odd. */
static void
step_other(struct table *t, struct tl_str line, uint32_t number)
{
    struct table_context c = t->context;
    bool bullet;
    struct tl_str bare = line_bare(line, &bullet);

    if (table_caption(t->r, line, &c)) {
        take_caption(t, &c);
        return;
    }
    if (begins_like_date(bare)) {
        reader_odd(t->r, number, "the time of the line cannot be read: '%.*s'",
                   bare.n > 40 ? 40 : TL_FMT(bare));
    } else if (text_is_event(t->r, bare)) {
        reader_odd(t->r, number, "an event without a time: '%.*s'",
                   bare.n > 60 ? 60 : TL_FMT(bare));
    } else {
        note_above(t, bare);
    }
}

static enum step
step(struct table *t, struct feed *f, struct table_row *row, uint32_t *number)
{
    struct tl_str line = nothing, bare;
    struct table_head head;
    struct table_context c = t->context;
    enum step s;
    bool taken = false;

    tl_arena_reset(&t->arena);
    if (!take_line(t, f, &line, number))
        return STEP_END;
    bare = tl_str_trim(line);
    if (bare.n == 0)
        t->ended |= t->head.present && t->head.delimiter == '|';
    if (bare.n == 0 || line_is_rule(bare) || line_is_foreign(bare))
        return STEP_NEXT;
    if (line_is_heading(bare)) {
        end_block(t);
        note_region(t, bare);
        if (table_caption(t->r, bare, &c))
            take_caption(t, &c);
        return STEP_NEXT;
    }
    if (head_read(t->r, &t->arena, bare, &head)) {
        start_head(t, &head);
        return STEP_NEXT;
    }
    if (t->head.present) {
        s = step_head(t, line, *number, row, &taken);
        if (taken) {
            if (s == STEP_ROW && row->message.n == 0 && t->head.delimiter == '\t')
                read_below(t, f, row); /* the console breaks the line behind its time */
            if (s == STEP_ROW)
                extend(t, f, line, row);
            return s;
        }
    }
    if (!row_by_content(t->r, &t->arena, line, row)) {
        step_other(t, line, *number);
        return STEP_NEXT;
    }
    if (row->message.n == 0)
        read_below(t, f, row);
    extend(t, f, line, row);
    take_above(t, row);
    if (t->head.present && !row->said.zone && !row->said.ambiguous[0])
        row->said = head_zone(&t->head);
    return STEP_ROW;
}

/* ---- events ---- */

static void
fill_who(struct table *t, struct table_row *row, struct tl_event *ev)
{
    ev->who = row->who;
    if (row->region.n > 0)
        ev->who.region = row->region;
    if (row->account.n > 0)
        ev->who.account = row->account;
    if (ev->who.region.n == 0)
        ev->who.region = tl_str_from(t->region);
    if (ev->who.label.n == 0)
        ev->who.label = ev->who.region;
    tl_buf_reset(&t->who);
    if (row->has_who)
        tl_buf_add(&t->who, row->who.label);
    if (t->who.failed == TL_ELIMIT) { /* too long a label is not repeated in cells that span rows */
        tl_buf_free(&t->who);
        tl_buf_init(&t->who, t->who.max);
    }
}

static bool
fill_event(struct table *t, struct table_row *row, uint32_t number, struct tl_event *ev)
{
    struct tl_field *field;

    if (row->message.n == 0) {
        reader_odd(t->r, number, "a time without a text");
        return false;
    }
    if (!resolve(t, row, number, &ev->when))
        return false;
    start_block(t);
    t->any = true;
    if (row->message.n > MAX_MESSAGE) {
        reader_odd(t->r, number, "a text of %zu bytes was cut at %d", row->message.n,
                   (int)MAX_MESSAGE);
        row->message.n = MAX_MESSAGE;
    }
    ev->line = number;
    ev->block = t->block;
    ev->message = row->message;
    ev->event_id = row->event_id;
    ev->channel = TL_CHANNEL_TABLE;
    fill_who(t, row, ev);
    field = row->categories.n > 0 ? tl_arena_alloc(&t->arena, sizeof(*field)) : NULL;
    if (field) {
        *field = (struct tl_field){TL_STR("categories"), TL_FIELD_TEXT, row->categories, 0};
        ev->fields = field;
        ev->nfields = 1;
    }
    return true;
}

enum tl_status
table_next(struct table *t, struct feed *f, struct tl_event *ev, bool *got, struct tl_error *err)
{
    struct table_row row;
    uint32_t number;
    enum step s;

    *got = false;
    do {
        row = (struct table_row){.message = nothing};
        s = step(t, f, &row, &number);
        *got = s == STEP_ROW && fill_event(t, &row, number, ev);
    } while (s != STEP_END && !*got && !t->arena.failed);
    if (t->arena.failed || t->who.failed == TL_ENOMEM || t->above.failed == TL_ENOMEM)
        return tl_fail(err, TL_ENOMEM, 0, "no room for the rows of %.*s", TL_FMT(t->r->in.name));
    return TL_OK;
}
