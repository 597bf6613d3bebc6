/* document_notes.c - what a document says around its data: who, when, how often, how long. */
#include <string.h>

#include "parse/document.h"
#include "parse/formats.h"
#include "parse/probe.h"

/* ---- names ---- */

/* The one region and the one host that the text names. */
static struct place
place_of(struct tl_str text)
{
    struct page_name names[PAGE_NAMES];
    struct place p = {.region = {"", 0}, .host = {"", 0}};
    bool regions = false, hosts = false; /* more than one */
    size_t n;

    if (text.n > PAGE_PROSE_MAX)
        text.n = PAGE_PROSE_MAX;
    n = page_names(text, names);
    for (size_t i = 0; i < n; i++) {
        struct tl_str region = names[i].name;
        struct tl_host h;

        if (names[i].is_host && tl_host_read(names[i].name, &h)) {
            region = h.region;
            hosts |= p.host.n > 0 && !tl_str_eq(p.host, names[i].name);
            p.host = names[i].name;
        }
        regions |= p.region.n > 0 && !tl_str_eq(p.region, region);
        p.region = region;
    }
    if (regions)
        p.region.n = 0;
    if (hosts)
        p.host.n = 0;
    return p;
}

static void
come_near(struct document *d, const struct place *p)
{
    if (p->region.n > 0)
        d->near.region = p->region;
    if (p->host.n > 0)
        d->near.host = p->host;
}

/* What the headings above name, the nearest first. */
static struct tl_str
heading_region(const struct document *d)
{
    for (int i = DOCUMENT_LEVELS - 1; i > 0; i--)
        if (d->headings[i].region.n > 0)
            return d->headings[i].region;
    return (struct tl_str){"", 0};
}

static struct tl_str
heading_host(const struct document *d)
{
    for (int i = DOCUMENT_LEVELS - 1; i > 0; i--)
        if (d->headings[i].host.n > 0)
            return d->headings[i].host;
    return (struct tl_str){"", 0};
}

/* ---- zones ---- */

static bool
is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* One of the words begins in s: "logs" has "log", "catalog" has not. */
static bool
has_any(struct tl_str s, const struct tl_str *words, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t from = 0, at;

        while ((at = tl_str_case_find(tl_str_skip(s, from), words[i])) != SIZE_MAX) {
            if (from + at == 0 || !is_letter(words[i].p[0]) || !is_letter(s.p[from + at - 1]))
                return true;
            from += at + words[i].n;
        }
    }
    return false;
}

/* A line about times says it of the tables, of the logs, or of all there is. */
static void
note_zone(struct tl_reader *r, struct document *d, struct tl_str line)
{
    static const struct tl_str logs[] = {{"log", 3},    {"loop", 4}, {"probe", 5},
                                         {"script", 6}, {"ログ", 6}, {"スクリプト", 15},
                                         {"output", 6}, {"出力", 6}, {"ループ", 9}};
    static const struct tl_str tables[] = {{"table", 5}, {"event", 5},     {"row", 3},
                                           {"表", 3},    {"イベント", 12}, {"一覧", 6}};
    static const struct tl_str alls[] = {
        {"all times", 9}, {"all timestamps", 14}, {"すべて", 9}, {"全て", 6}};
    struct table_context c = TABLE_CONTEXT_NONE;
    bool log = has_any(line, logs, sizeof(logs) / sizeof(logs[0]));
    bool table = has_any(line, tables, sizeof(tables) / sizeof(tables[0]));
    bool all = !log && !table && has_any(line, alls, sizeof(alls) / sizeof(alls[0]));

    if (!table_caption(r, line, &c) || (log && table))
        return;
    if ((log || all) && c.zone)
        d->log_zone = c.zone;
    if (log)
        return;
    if (c.zone || c.ambiguous[0] != '\0') {
        d->table_context.zone = c.zone;
        memcpy(d->table_context.ambiguous, c.ambiguous, sizeof(c.ambiguous));
    }
    if (c.day != TL_TIME_NONE)
        d->table_context.day = c.day;
}

void
document_footer(struct tl_reader *r, struct document *d, const struct page_item *it)
{
    struct page after = d->page;
    struct page_item below;
    struct tl_str line;

    (void)it;
    if (d->in_code || d->table_context.zone || d->table_context.ambiguous[0] != '\0')
        return;
    if (!page_next(&after, &below) || below.kind != PAGE_PROSE || below.text.n > 300)
        return;
    line = tl_str_trim(below.text);
    if (page_next(&after, &below) && below.kind == PAGE_DATA)
        return; /* it is the caption of the next one */
    if (tl_str_find(line, TL_STR("\n")) == SIZE_MAX)
        note_zone(r, d, line);
}

/* ---- claims ---- */

static uint32_t
line_of(const struct page_item *it, size_t at)
{
    uint32_t line = it->line;

    for (size_t i = 0; i < at && i < it->text.n; i++)
        line += it->text.p[i] == '\n';
    return line;
}

/* The sentence on one line, without the marks of emphasis. */
static struct tl_str
sentence_of(struct tl_reader *r, struct tl_str s)
{
    struct tl_buf b;
    struct tl_str kept;

    tl_buf_init(&b, MAX_MESSAGE);
    for (size_t i = 0; i < s.n && !b.failed; i++) {
        bool blank = strchr(" \t\r\n", s.p[i]) && s.p[i] != '\0';

        if (s.p[i] == '*' || s.p[i] == '`')
            continue;
        if (blank && b.n > 0 && b.p[b.n - 1] == ' ')
            continue;
        tl_buf_add(&b, blank ? TL_STR(" ") : (struct tl_str){s.p + i, 1});
    }
    kept = b.failed ? (struct tl_str){NULL, 0} : tl_arena_str(&r->arena, tl_buf_str(&b));
    tl_arena_follow(&r->arena, &b);
    tl_buf_free(&b);
    return kept;
}

static void
note_claims(struct tl_reader *r, struct document *d, const struct page_item *it)
{
    struct page_claim found[PAGE_CLAIMS];
    bool inherits = it->listed && d->lead_in;
    size_t n;

    for (int i = 1; it->listed && i < DOCUMENT_LEVELS; i++)
        inherits |= d->headings[i].outage;
    if (d->nclaims >= DOCUMENT_CLAIMS)
        return;
    n = page_claims(it->text, inherits, found);
    for (size_t i = 0; i < n; i++) {
        struct document_claim *c =
            tl_arena_grow(&r->arena, d->claims, d->nclaims, &d->claims_cap, sizeof(*c));

        if (!c)
            return;
        d->claims = c;
        c += d->nclaims;
        *c = (struct document_claim){.claim = {.line = line_of(it, found[i].at),
                                               .block = TL_NO_INDEX,
                                               .text = sentence_of(r, found[i].sentence),
                                               .endpoint = found[i].endpoint,
                                               .min_us = found[i].min_us,
                                               .max_us = found[i].max_us},
                                     .section = d->section,
                                     .near = heading_region(d)};
        d->nclaims += c->claim.text.p != NULL;
    }
}

/* ---- items ---- */

void
document_note_heading(struct tl_reader *r, struct document *d, const struct page_item *it)
{
    unsigned level = it->level < DOCUMENT_LEVELS ? it->level : DOCUMENT_LEVELS - 1;

    for (unsigned i = level; i < DOCUMENT_LEVELS; i++)
        d->headings[i] = (struct place){.outage = false};
    d->headings[level] = place_of(it->text);
    d->headings[level].outage = page_speaks_of_outage(it->text);
    d->near = (struct place){.outage = false};
    d->section++;
    d->lead_in = false;
    note_zone(r, d, it->text);
    note_claims(r, d, it);
}

void
document_note_prose(struct tl_reader *r, struct document *d, const struct page_item *it)
{
    struct tl_str rest = it->text, line, s = tl_str_trim(it->text);
    struct place p = place_of(it->text);

    come_near(d, &p);
    while (tl_str_line(&rest, &line))
        note_zone(r, d, tl_str_trim(line));
    note_claims(r, d, it);
    if (it->listed)
        return;
    d->lead_in = (tl_str_eq(tl_str_skip(s, s.n - (s.n > 0)), TL_STR(":")) ||
                  (s.n > 3 && tl_str_eq(tl_str_skip(s, s.n - 3), TL_STR("：")))) &&
                 s.n < 1000 && page_speaks_of_outage(s);
}

void
document_note_code(struct document *d, struct tl_str text, bool source)
{
    struct tl_str rest = text, line;
    struct place p;
    int64_t us;

    while (tl_str_line(&rest, &line)) {
        struct tl_str s = tl_str_trim(line);

        if ((tl_str_starts(s, TL_STR("#")) && !tl_str_starts(s, TL_STR("# while"))) ||
            tl_str_starts(s, TL_STR("//")) || !probe_find_sleep(s, &us))
            continue;
        if (d->sleep_us == TL_UNKNOWN || us < d->sleep_us)
            d->sleep_us = us;
    }
    if (!source)
        return;
    p = place_of(text);
    come_near(d, &p);
}

void
document_note_block(struct tl_reader *r, struct document *d, bool is_probe, uint32_t line)
{
    struct tl_str region = d->near.region.n > 0 ? d->near.region : heading_region(d);
    struct tl_str host = d->near.host.n > 0 ? d->near.host : heading_host(d);
    struct document_block *b = tl_arena_grow(&r->arena, d->blocks, d->n, &d->cap, sizeof(*b));

    if (!b)
        return;
    d->blocks = b;
    b[d->n++] = (struct document_block){.number = d->nblocks,
                                        .line = line,
                                        .section = d->section,
                                        .region = region,
                                        .is_probe = is_probe};
    if (!is_probe)
        return;
    reader_hint(r, TL_STR("region"), region, TL_STR("document"), d->nblocks);
    reader_hint(r, TL_STR("endpoint"), host, TL_STR("document"), d->nblocks);
    d->near = (struct place){.outage = false};
}

void
document_note_event(struct document *d, struct tl_event *ev)
{
    struct document_block *b = d->n > 0 ? &d->blocks[d->n - 1] : NULL;

    if (!d->table)
        ev->block += d->nblocks;
    if (!b)
        return;
    if (ev->attempt)
        b->failed += ev->attempt->failure != TL_FAILURE_OK;
    else if ((d->table || d->sub->format == &fmt_status_loop) && ev->who.region.n == 0 &&
             ev->who.arn.n == 0)
        ev->who.region = b->region;
}

/* ---- the end ---- */

/* The block is a loop that asks this host, or one in this region. */
static bool
is_about(const struct tl_reader *r, const struct document_block *b, struct tl_str name)
{
    const struct tl_source *s = &r->source;

    for (size_t i = 0; i < s->nhints; i++)
        if (s->hints[i].block == b->number && tl_str_eq(s->hints[i].value, name))
            return true;
    return false;
}

static uint32_t
apart(uint32_t a, uint32_t b)
{
    return a < b ? b - a : a - b;
}

/* The loop that a claim stands next to: of those it can be about the one that failed, in its own
 * section, nearest. NULL: none. */
static const struct document_block *
find_block(const struct tl_reader *r, const struct document *d, const struct document_claim *c)
{
    const struct document_block *best = NULL;
    struct tl_str name = c->claim.endpoint.n > 0 ? c->claim.endpoint : c->near;
    size_t probes = 0;

    for (size_t i = 0; i < d->n; i++)
        probes += d->blocks[i].is_probe;
    for (size_t i = 0; i < d->n; i++) {
        const struct document_block *b = &d->blocks[i];
        bool here = b->section == c->section, best_here = best && best->section == c->section;

        if (!b->is_probe || (name.n > 0 && !is_about(r, b, name)) ||
            (name.n == 0 && !here && probes > 1))
            continue;
        if (!best || (b->failed > 0) > (best->failed > 0) ||
            ((b->failed > 0) == (best->failed > 0) &&
             (here > best_here || (here == best_here && apart(b->line, c->claim.line) <
                                                            apart(best->line, c->claim.line)))))
            best = b;
    }
    return best;
}

void
document_conclude(struct tl_reader *r, struct document *d)
{
    struct tl_source *s = &r->source;
    struct tl_buf b;

    tl_buf_init(&b, 64);
    if (d->sleep_us != TL_UNKNOWN)
        probe_print_seconds(&b, d->sleep_us);
    for (size_t i = 0; i < d->n && b.n > 0 && !b.failed; i++)
        if (d->blocks[i].is_probe)
            reader_hint(r, TL_STR("sleep"), tl_buf_str(&b), TL_STR("document"),
                        d->blocks[i].number);
    tl_arena_follow(&r->arena, &b);
    tl_buf_free(&b);
    for (size_t i = 0; i < d->nclaims; i++) {
        struct tl_claim *all =
            tl_arena_grow(&r->arena, s->claims, s->nclaims, &s->claims_cap, sizeof(*all));
        const struct document_block *block = find_block(r, d, &d->claims[i]);

        if (!all)
            return;
        s->claims = all;
        all += s->nclaims++;
        *all = d->claims[i].claim;
        all->block = block ? block->number : TL_NO_INDEX;
        if (all->endpoint.n == 0)
            all->endpoint = d->claims[i].near;
    }
}
