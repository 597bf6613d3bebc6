/* Any bytes as a change table, read as a whole and line by line: no more rows than lines, rows in
 * the order of the text, every instant within its bounds, every text within the ceiling. */
#include <assert.h>
#include <stdlib.h>

#include "parse/builtin.h"
#include "parse/table_parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct tl_catalogue *
load(void)
{
    struct tl_catalogue *c = NULL;

    for (const struct tl_builtin_rules *b = tl_builtin_rules; b->name; b++) {
        struct tl_str name = tl_str_from(b->name), text = {b->text, b->n};

        if (c ? tl_catalogue_add(c, name, text, NULL) : tl_catalogue_load(name, text, &c, NULL))
            abort();
    }
    return c;
}

static void
check_event(const struct tl_event *ev, uint32_t line, uint32_t lines)
{
    assert(ev->line > line && ev->line <= lines);
    assert(ev->when.at != TL_TIME_NONE);
    assert(ev->when.earliest <= ev->when.at && ev->when.at <= ev->when.latest);
    assert(ev->when.earliest < ev->when.latest);
    assert(ev->message.n > 0 && ev->message.n <= MAX_MESSAGE);
    assert(ev->cls.n > 0 && ev->channel == TL_CHANNEL_TABLE);
}

static void
read_table(struct tl_reader *r, uint32_t lines)
{
    struct tl_event ev;
    struct tl_source *src = NULL;
    enum tl_item item = TL_ITEM_EVENT;
    uint32_t line = 0, block = 0;
    size_t rows = 0;

    while (item != TL_ITEM_END) {
        if (tl_reader_next(r, &item, &ev, &src, NULL))
            return;
        if (item != TL_ITEM_EVENT)
            continue;
        check_event(&ev, line, lines);
        assert(ev.block >= block);
        line = ev.line;
        block = ev.block;
        rows++;
    }
    assert(rows <= lines && src && src->events == rows);
}

/* Each line by itself, as a document's reader asks about it. */
static void
probe_lines(struct tl_reader *r, struct tl_str text)
{
    struct tl_str line;

    while (tl_str_line(&text, &line)) {
        struct table_context c = TABLE_CONTEXT_NONE;
        enum table_line is = table_probe(r, line);
        bool caption = table_caption(r, line, &c);

        assert(is != TABLE_CAPTION || caption);
        assert(caption || (!c.zone && !c.ambiguous[0] && c.day == TL_TIME_NONE));
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct tl_catalogue *catalogue;
    static struct tl_zones *zones;
    struct tl_str text = {(const char *)data, size};
    struct tl_memory m = {text};
    struct tl_input in = {
        .name = TL_STR("fuzz"), .stream = tl_stream_memory(&m), .hints = TL_HINTS_NONE};
    struct tl_reader *r;
    uint32_t lines = 1;

    if (!catalogue) {
        catalogue = load();
        zones = tl_zones_new(TL_STR("/usr/share/zoneinfo"));
    }
    in.catalogue = catalogue;
    in.zones = zones;
    in.hints.format = TL_STR("change-table");
    if (size % 2 && tl_hints_read(TL_STR("change-table,date=2026-04-11,year=2026,tz=-03:00"), zones,
                                  &in.hints, NULL))
        return 0;
    in.hints.forced = true;
    for (size_t i = 0; i < size; i++)
        lines += data[i] == '\n';
    if (tl_reader_open(&in, &r, NULL))
        return 0;
    read_table(r, lines);
    if (size < 4096)
        probe_lines(r, text);
    tl_reader_close(r);
    return 0;
}
