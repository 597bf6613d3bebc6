/*
 * Any bytes as a document: no crash, and the promises hold: blocks are numbered in the order of the
 * text, lines go up within a block and lie in the document, there are no more attempts than lines,
 * claims say what the text says (their lines exist, min <= max, their loop is one that was read),
 * and the same bytes in other pieces say the same.
 */
#include <assert.h>

#include "core/names.h"
#include "parse/builtin.h"
#include "parse/page.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct drip {
    struct tl_str rest;
    size_t step;
};

static enum tl_status
drip_read(void *ctx, char *buf, size_t cap, size_t *n, struct tl_error *err)
{
    struct drip *d = ctx;
    size_t most = d->step < cap ? d->step : cap;

    (void)err;
    *n = d->rest.n < most ? d->rest.n : most;
    for (size_t i = 0; i < *n; i++)
        buf[i] = d->rest.p[i];
    d->rest = tl_str_skip(d->rest, *n);
    return TL_OK;
}

static void
check_source(const struct tl_source *s, uint64_t lines, uint32_t blocks)
{
    for (size_t i = 0; i < s->nclaims; i++) {
        const struct tl_claim *c = &s->claims[i];

        assert(c->line >= 1 && c->line <= lines && c->text.n > 0);
        assert(c->min_us >= 0 && c->min_us <= c->max_us);
        assert(c->block == TL_NO_INDEX || c->block < blocks);
    }
    for (size_t i = 0; i < s->nodds; i++)
        assert(s->odds[i].line <= lines);
    for (size_t i = 0; i < s->ngaps; i++)
        assert(s->gaps[i].block <= blocks);
}

static uint64_t
read_all(struct tl_str text, size_t step, struct tl_zones *zones, struct tl_catalogue *rules)
{
    struct drip d = {text, step};
    struct tl_input in = {.name = TL_STR("x"),
                          .stream = {drip_read, &d, false},
                          .hints = TL_HINTS_NONE,
                          .zones = zones,
                          .catalogue = rules};
    uint64_t mark = 0, attempts = 0, lines = 1;
    struct tl_reader *r;
    struct tl_source *src;
    struct tl_event ev;
    enum tl_item item;
    uint32_t line = 0, block = 0;

    for (size_t i = 0; i < text.n; i++)
        lines += text.p[i] == '\n';
    in.hints.format = TL_STR("document");
    in.hints.forced = true;
    if (tl_reader_open(&in, &r, NULL))
        return 0;
    while (tl_reader_next(r, &item, &ev, &src, NULL) == TL_OK && item == TL_ITEM_EVENT) {
        assert(ev.block >= block);
        assert(ev.block > block || !ev.attempt || ev.line > line);
        assert(ev.line >= 1 && ev.line <= lines);
        block = ev.block;
        line = ev.attempt ? ev.line : 0;
        attempts += ev.attempt != NULL;
        mark = mark * 31 + (uint64_t)ev.when.at + ev.line + ev.message.n;
    }
    assert(item == TL_ITEM_SOURCE && attempts <= lines);
    check_source(src, lines, (uint32_t)lines + 1);
    mark = mark * 31 + src->odd + src->ngaps + src->nhints + src->nclaims;
    tl_reader_close(r);
    return mark;
}

/* The parts of a page do not overlap and stand in its order. */
static void
check_page(struct tl_str text, struct tl_zones *zones, struct tl_catalogue *rules)
{
    struct tl_reader r = {.in = {.zones = zones, .catalogue = rules}};
    const char *end = text.p;
    struct page_item it;
    uint32_t line = 0;
    struct page p;

    page_start(&p, &r, text, 1, false);
    while (page_next(&p, &it)) {
        assert(it.text.p >= end && it.text.p + it.text.n <= text.p + text.n);
        assert(it.line > line);
        line = it.line;
        end = it.text.p + it.text.n;
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct tl_catalogue *rules;
    static struct tl_zones *zones;
    struct tl_str text = {(const char *)data, size};

    if (!zones) {
        zones = tl_zones_new(TL_STR("/usr/share/zoneinfo"));
        for (const struct tl_builtin_rules *b = tl_builtin_rules; b->name; b++) {
            struct tl_str name = tl_str_from(b->name), rule = {b->text, b->n};

            (void)(rules ? tl_catalogue_add(rules, name, rule, NULL)
                         : tl_catalogue_load(name, rule, &rules, NULL));
        }
    }
    check_page(text, zones, rules);
    assert(read_all(text, 1 << 20, zones, rules) == read_all(text, 5, zones, rules));
    return 0;
}
