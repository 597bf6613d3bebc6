/*
 * document.c - prose (a write-up, a ticket) with logs, tables and JSON in it.
 *
 * The document is held in memory and taken apart (page.c). Every piece of data goes to the reader
 * of its format, over a feed of its own whose lines count on in the document; what stands around it
 * (headings, the loop's source, captions) becomes hints, and what the prose says about outages
 * becomes claims.
 */
#include "parse/document.h"

#include <stdlib.h>
#include <string.h>

#include "parse/formats.h"
#include "parse/probe.h"

enum { SURE_ENOUGH = 45, LINES_OF_A_LOG = 3 };

/* ---- which format a block has ---- */

static const struct tl_format *
format_of(struct tl_reader *r, struct tl_str text)
{
    const struct tl_format *best = NULL;
    struct tl_str head = {text.p, text.n < HEAD_SIZE ? text.n : HEAD_SIZE};
    int most = SURE_ENOUGH - 1;
    struct tl_buf why;

    tl_buf_init(&why, 4096);
    for (const struct tl_format *const *f = formats; *f && head.n > 0; f++) {
        int sure;

        if (*f == &fmt_document || *f == &fmt_tideline_events)
            continue;
        tl_buf_reset(&why);
        sure = (*f)->sniff(r, head, &why);
        if (sure <= most)
            continue;
        most = sure;
        best = *f;
    }
    tl_arena_follow(&r->scratch, &why);
    tl_buf_free(&why);
    return best;
}

static size_t
words_of(struct tl_str s)
{
    size_t n = 0, wide = 0;

    for (size_t i = 0; i < s.n; i++) {
        bool blank = s.p[i] == ' ' || s.p[i] == '\n';

        n += !blank && (i == 0 || s.p[i - 1] == ' ' || s.p[i - 1] == '\n');
        wide += (unsigned char)s.p[i] >= 0x80;
    }
    return n + wide / 6;
}

static size_t
lines_of(struct tl_str s)
{
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++)
        n += s.p[i] == '\n';
    return n;
}

/* A line that a client prints. */
static bool
is_output(struct tl_str text)
{
    struct tl_str s = tl_str_trim(text);

    if (s.n == 0 || memchr(s.p, '\n', s.n) || s.p[s.n - 1] == '.' || words_of(s) > 16)
        return false;
    return probe_is_source(s) || probe_is_decoration(s) || probe_is_elision(s) ||
           probe_read_text(s).sort != SAYS_VALUE;
}

/* How much it looks written by a person: 2 is enough. */
static unsigned
weight_of(const struct page_item *it)
{
    if (it->kind == PAGE_HEADING)
        return it->spaced;
    if (it->kind == PAGE_CODE)
        return 1;
    if (it->kind != PAGE_PROSE || is_output(it->text))
        return 0;
    return words_of(it->text) >= 12 ? 2 : words_of(it->text) >= 4;
}

/* Data of a known format in a piece of code: all of it, or a part. */
static bool
holds_data(struct tl_reader *r, const struct page_item *it)
{
    struct page inner;
    struct page_item part;

    if (it->kind == PAGE_PROSE || it->kind == PAGE_HEADING)
        return false;
    if (format_of(r, it->text))
        return true;
    if (it->kind != PAGE_CODE)
        return false;
    page_start(&inner, r, it->text, it->line, true);
    while (page_next(&inner, &part))
        if (part.kind == PAGE_DATA && format_of(r, part.text))
            return true;
    return false;
}

struct sniffed {
    unsigned weight, data, logs;
    unsigned marks; /* headings and code: what only documents have */
    size_t claims;
};

/* Reads on until it is sure. */
static void
sniff_items(struct tl_reader *r, struct tl_str head, struct sniffed *s)
{
    struct page_claim claims[PAGE_CLAIMS];
    struct page_item it;
    struct page page;

    *s = (struct sniffed){0};
    page_start(&page, r, head, 1, false);
    while (page_next(&page, &it) && (s->weight < 2 || s->data == 0)) {
        s->weight += weight_of(&it);
        s->marks += it.kind == PAGE_CODE || (it.kind == PAGE_HEADING && it.spaced);
        if (it.kind == PAGE_PROSE || it.kind == PAGE_HEADING)
            s->claims += page_claims(it.text, false, claims);
        else if (holds_data(r, &it))
            s->data++;
        else
            s->logs += it.stamped && lines_of(it.text) >= LINES_OF_A_LOG;
    }
}

/* All of it is a loop's output, wordy as it may be: no line of it is anything else. */
static bool
is_one_loop(struct tl_reader *r, struct tl_str head)
{
    struct probe_survey survey;
    struct tl_buf why;
    bool is;

    probe_look(head, r->in.zones, &survey);
    tl_buf_init(&why, 4096);
    is = survey.stray == 0 && fmt_probe.sniff(r, head, &why) > 80;
    tl_arena_follow(&r->scratch, &why);
    tl_buf_free(&why);
    return is;
}

/* The only data in it is a server's log: whoever cut it out of a terminal left words around it. */
static bool
is_one_log(struct tl_reader *r, struct tl_str head)
{
    struct page_item it;
    struct page page;
    bool is = false;

    page_start(&page, r, head, 1, false);
    while (page_next(&page, &it)) {
        const struct tl_format *f = it.kind == PAGE_DATA ? format_of(r, it.text) : NULL;

        if (f && f != &fmt_pg_stderr)
            return false;
        is |= f != NULL;
    }
    return is;
}

/* Pictures and programs have control bytes all over; a text has a few at most. */
static bool
is_binary(struct tl_str head)
{
    size_t controls = 0;

    for (size_t i = 0; i < head.n; i++) {
        unsigned char c = (unsigned char)head.p[i];

        controls += c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1b;
    }
    return controls > 8 + head.n / 500;
}

static int
document_sniff(struct tl_reader *r, struct tl_str head, struct tl_buf *why)
{
    struct sniffed s;

    if (is_binary(head))
        return 0;
    sniff_items(r, head, &s);
    if (s.weight < 2 || (s.data == 0 && s.logs > 0))
        return 0;
    if (s.data > 0) {
        tl_buf_add(why, TL_STR("prose with evidence in it"));
        return s.marks == 0 && s.claims == 0 && (is_one_loop(r, head) || is_one_log(r, head)) ? 80
                                                                                              : 98;
    }
    if (s.claims > 0) {
        tl_buf_add(why, TL_STR("prose that says how long an outage was"));
        return 50;
    }
    if (s.weight <= 3 || head.n < HEAD_SIZE)
        return 0;
    tl_buf_add(why, TL_STR("prose, and more than its first 64 KiB"));
    return 20;
}

/* ---- opening ---- */

/* A document that does not fit is read as the one format it looks most like. */
static enum tl_status
open_as_one(struct tl_reader *r, struct tl_error *err)
{
    struct tl_str head = feed_peek(&r->feed, HEAD_SIZE);
    const struct tl_format *f = format_of(r, head);

    reader_odd(r, 1, "a document of more than %d MiB is not taken apart: it was read as %s",
               DOCUMENT_MAX >> 20, f ? f->name : "nothing that is known");
    if (!f)
        return TL_OK;
    r->format = f;
    r->source.format = tl_str_from(f->name);
    return f->open ? f->open(r, err) : TL_OK;
}

static enum tl_status
document_open(struct tl_reader *r, struct tl_error *err)
{
    struct tl_str all = feed_peek(&r->feed, (size_t)DOCUMENT_MAX + 1);
    struct document *d;

    if (all.n > DOCUMENT_MAX)
        return open_as_one(r, err);
    d = tl_arena_alloc(&r->arena, sizeof(*d));
    if (!d)
        return tl_fail(err, TL_ENOMEM, 0, "no room to read a document");
    r->state = d;
    d->table_context = TABLE_CONTEXT_NONE;
    d->sleep_us = TL_UNKNOWN;
    page_start(&d->page, r, all, 1, false);
    return TL_OK;
}

/* ---- a block ---- */

/* The blanks that all lines begin with; *quoted: all lines bear the mark of quotation. */
static size_t
shared_indent(struct tl_str text, bool *quoted)
{
    size_t shared = SIZE_MAX;
    struct tl_str line;

    *quoted = true;
    while (tl_str_line(&text, &line) && (shared > 0 || *quoted)) {
        size_t blanks = 0;

        if (tl_str_trim(line).n == 0)
            continue;
        *quoted &= tl_str_starts(tl_str_trim(line), TL_STR(">"));
        while (blanks < line.n && (line.p[blanks] == ' ' || line.p[blanks] == '\t'))
            blanks++;
        shared = blanks < shared ? blanks : shared;
    }
    return shared == SIZE_MAX ? 0 : shared;
}

static struct tl_str
unquote(struct tl_str s)
{
    s = tl_str_trim(s);
    if (tl_str_starts(s, TL_STR(">")))
        s = tl_str_skip(s, 1);
    return tl_str_starts(s, TL_STR(" ")) ? tl_str_skip(s, 1) : s;
}

/* Without the indentation or the marks of quotation that all of its lines share. */
static struct tl_str
plain(struct tl_reader *r, struct tl_str text)
{
    struct tl_str rest = text, line;
    bool quoted;
    size_t shared = shared_indent(text, &quoted), n = 0;
    char *copy;

    if ((shared == 0 && !quoted) || text.n == 0)
        return text;
    copy = tl_arena_alloc(&r->arena, text.n);
    while (copy && tl_str_line(&rest, &line)) {
        struct tl_str s = quoted ? unquote(line) : tl_str_skip(line, shared);

        memcpy(copy + n, s.p, s.n);
        n += s.n;
        if (n < text.n)
            copy[n++] = '\n';
    }
    return copy ? (struct tl_str){copy, n} : text;
}

static void
sub_free(struct tl_reader *r, struct document *d)
{
    struct tl_reader *s = d->sub;

    if (!s)
        return;
    r->scratch.failed |= s->arena.failed || s->scratch.failed || s->feed.failed == TL_ENOMEM;
    tl_arena_follow(&r->scratch, &s->text);
    if (d->table)
        table_close(d->table);
    else if (s->format->close)
        s->format->close(s);
    feed_free(&s->feed);
    tl_arena_free(&s->arena);
    tl_arena_free(&s->scratch);
    tl_buf_free(&s->why);
    tl_buf_free(&s->text);
    free(s);
    d->sub = NULL;
    d->table = NULL;
}

static enum tl_status
sub_open(struct tl_reader *r, struct document *d, const struct tl_format *f, struct tl_str text,
         uint32_t line, struct tl_error *err)
{
    struct tl_reader *s = d->sub = calloc(1, sizeof(*s));
    bool is_table = f == &fmt_change_table;

    if (!s)
        return tl_fail(err, TL_ENOMEM, 0, "no room for a part of a document");
    d->memory = (struct tl_memory){text};
    s->in = r->in;
    s->in.name = TL_STR("");
    s->in.stream = tl_stream_memory(&d->memory);
    s->format = f;
    feed_init(&s->feed, s->in.stream);
    s->feed.line = line - 1;
    tl_arena_init(&s->arena, r->arena.max);
    tl_arena_init(&s->scratch, r->scratch.max);
    tl_buf_init(&s->why, r->why.max);
    tl_buf_init(&s->text, r->text.max);
    s->source =
        (struct tl_source){.first = TL_TIME_NONE, .last = TL_TIME_NONE, .precision_us = TL_UNKNOWN};
    if (f == &fmt_probe && d->log_zone)
        s->in.hints.tz = d->log_zone;
    if (is_table)
        d->table = table_open(s, d->nblocks, &d->table_context);
    if (is_table && !d->table)
        return tl_fail(err, TL_ENOMEM, 0, "no room for a table");
    return is_table || !f->open ? TL_OK : f->open(s, err);
}

/* What the block's reader noted becomes the document's, under the block's number. */
static void
sub_merge(struct tl_reader *r, struct document *d)
{
    const struct tl_source *s = &d->sub->source;
    uint32_t base = d->table ? 0 : d->nblocks; /* a table's own numbers are the document's */
    uint32_t last = d->table ? table_block(d->table) : d->nblocks;

    for (size_t i = 0; i < s->nhints; i++) {
        const struct tl_hint *h = &s->hints[i];
        bool sleep = tl_str_eq(h->key, TL_STR("sleep")) && tl_str_eq(h->from, TL_STR("document"));

        if (!sleep) /* all code has been searched for it */
            reader_hint(r, h->key, h->value, h->from, base + h->block);
    }
    for (size_t i = 0; i < s->ngaps; i++) {
        struct tl_gap *g = tl_arena_grow(&r->arena, r->source.gaps, r->source.ngaps,
                                         &r->source.gaps_cap, sizeof(*g));

        if (!g)
            break;
        r->source.gaps = g;
        g[r->source.ngaps] = s->gaps[i];
        g[r->source.ngaps++].block = base + s->gaps[i].block;
    }
    for (size_t i = 0; i < s->nodds; i++)
        reader_odd(r, s->odds[i].line, "%.*s", TL_FMT(s->odds[i].why));
    r->source.odd += s->odd - s->nodds;
    r->source.records += s->records;
    r->source.rule_limits += s->rule_limits;
    if (s->first != TL_TIME_NONE) {
        reader_note_time(r, (struct tl_instant){s->first, s->first, s->first + s->precision_us});
        reader_note_time(r, (struct tl_instant){s->last, s->last, s->last + s->precision_us});
    }
    if (s->zone_assumed && !(d->log_zone && d->sub->format == &fmt_probe)) {
        r->source.zone_assumed = true;
        if (r->source.zone.n == 0)
            r->source.zone = tl_arena_str(&r->arena, s->zone);
    }
    if (d->sub->feed.cut > 0)
        reader_odd(r, (uint32_t)d->sub->feed.line, "%llu lines longer than 1 MiB were cut",
                   (unsigned long long)d->sub->feed.cut);
    d->nblocks = last + 1;
}

static enum tl_status
sub_end(struct tl_reader *r, struct document *d, struct tl_error *err)
{
    enum tl_status st = TL_OK;

    if (!d->table && d->sub->format->finish)
        st = d->sub->format->finish(d->sub, err);
    if (!st)
        sub_merge(r, d);
    sub_free(r, d);
    return st;
}

static enum tl_status
start_block(struct tl_reader *r, struct document *d, const struct tl_format *f,
            const struct page_item *it, struct tl_str text, struct tl_error *err)
{
    if (f == &fmt_change_table)
        document_footer(r, d, it);
    document_note_block(r, d, f == &fmt_probe, it->line);
    return sub_open(r, d, f, text, it->line, err);
}

/* ---- items ---- */

static enum tl_status
take_data(struct tl_reader *r, struct document *d, const struct page_item *it, struct tl_error *err)
{
    struct tl_str text = plain(r, it->text);
    const struct tl_format *f = format_of(r, text);

    if (f)
        return start_block(r, d, f, it, text, err);
    if (it->stamped && lines_of(it->text) >= LINES_OF_A_LOG)
        reader_odd(r, it->line, "lines that begin with times, of no known format");
    else if (!tl_str_starts(it->text, TL_STR("|")) && !d->in_code)
        document_note_prose(r, d, it);
    return TL_OK;
}

static enum tl_status
take_code(struct tl_reader *r, struct document *d, const struct page_item *it, struct tl_error *err)
{
    struct tl_str text = plain(r, it->text);
    const struct tl_format *f = format_of(r, text);

    document_note_code(d, text, !f);
    if (f)
        return start_block(r, d, f, it, text, err);
    d->in_code = true; /* its parts are looked at one by one */
    page_start(&d->inner, r, text, it->line, true);
    return TL_OK;
}

static enum tl_status
take_item(struct tl_reader *r, struct document *d, bool *end, struct tl_error *err)
{
    struct page_item it;

    if (d->in_code && page_next(&d->inner, &it))
        return it.kind == PAGE_DATA ? take_data(r, d, &it, err) : TL_OK;
    d->in_code = false;
    if (!page_next(&d->page, &it)) {
        *end = true;
        return TL_OK;
    }
    switch (it.kind) {
    case PAGE_HEADING:
        document_note_heading(r, d, &it);
        return TL_OK;
    case PAGE_PROSE:
        document_note_prose(r, d, &it);
        return TL_OK;
    case PAGE_CODE:
        return take_code(r, d, &it, err);
    case PAGE_DATA:
        return take_data(r, d, &it, err);
    }
    return TL_OK;
}

static enum tl_status
document_next(struct tl_reader *r, struct tl_event *ev, bool *got, struct tl_error *err)
{
    struct document *d = r->state;
    enum tl_status st = TL_OK;
    bool end = d == NULL;

    *got = false;
    while (!st && !*got && !end) {
        if (!d->sub) {
            st = take_item(r, d, &end, err);
            continue;
        }
        tl_arena_reset(&d->sub->scratch);
        st = d->table ? table_next(d->table, &d->sub->feed, ev, got, err)
                      : d->sub->format->next(d->sub, ev, got, err);
        if (!st && !*got)
            st = sub_end(r, d, err);
    }
    if (d && d->sub)
        r->scratch.failed |= d->sub->arena.failed || d->sub->scratch.failed;
    if (*got && d->sub && d->sub->counts_records)
        d->sub->source.records--; /* the document counts what it hands on */
    if (*got)
        document_note_event(d, ev);
    return st;
}

static enum tl_status
document_finish(struct tl_reader *r, struct tl_error *err)
{
    (void)err;
    if (r->state)
        document_conclude(r, r->state);
    return TL_OK;
}

static void
document_close(struct tl_reader *r)
{
    if (r->state)
        sub_free(r, r->state);
}

const struct tl_format fmt_document = {.name = "document",
                                       .sniff = document_sniff,
                                       .surest = 98,
                                       .open = document_open,
                                       .next = document_next,
                                       .finish = document_finish,
                                       .close = document_close};
