/* Any bytes as messages of CloudWatch Logs, as lines with times before them, as answers with a log
 * in them: what stands before a line is a part of it, escapes never grow, a record is handed out
 * once, and events and odd places stay bounded by the input. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "parse/cw_messages.h"
#include "parse/cwlogs.h"
#include "parse/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
unescape(struct tl_str text)
{
    char *out = malloc(text.n + 1);
    size_t used, n;

    assert(out);
    n = cw_unescape(text, out, &used);
    assert(n <= text.n && used <= text.n && text.n - used <= 11);
    free(out);
}

static void
messages(struct tl_str text)
{
    struct tl_memory memory = {text};
    struct cw_message message;
    struct cw_messages m;
    struct feed feed;
    uint64_t n = 0, bytes = 0, lines = 1;

    for (size_t i = 0; i < text.n; i++)
        lines += text.p[i] == '\n';
    feed_init(&feed, tl_stream_memory(&memory));
    cw_messages_start(&m, &feed, NULL);
    while (cw_messages_next(&m, &message)) {
        bytes += message.text.n;
        assert(++n <= text.n && bytes <= text.n);
        assert(message.line >= 1 && message.line <= lines);
        assert(message.outer.at == TL_TIME_NONE || message.outer.at >= 0);
    }
    cw_messages_end(&m);
    feed_free(&feed);
}

static void
portions(struct tl_str text)
{
    struct tl_memory m = {text};
    struct tl_reader r = {.in = {.name = TL_STR("in")}};
    struct cw_portion *p;
    char buf[256];
    size_t n = 0, got;

    tl_arena_init(&r.arena, 1 << 20);
    feed_init(&r.feed, tl_stream_memory(&m));
    p = cw_portion_open(&r);
    assert(p);
    while ((got = feed_read(&r.feed, buf, text.n % sizeof(buf) + 1)) > 0)
        n += got;
    assert(n <= text.n);
    cw_portion_close(p);
    feed_free(&r.feed);
    tl_arena_free(&r.arena);
}

/* A download as lines has as many as it had; a quote that is not closed is no way out of it. */
static void
download(struct tl_str text)
{
    struct tl_memory m = {text};
    struct tl_reader r = {.in = {.name = TL_STR("in")}};
    size_t lines = 0, want = 0, got;
    struct cw_csv *c;
    char buf[300];

    if (!cw_csv_starts(text))
        return;
    for (size_t i = 0; i < text.n; i++)
        want += text.p[i] == '\n';
    tl_arena_init(&r.arena, 1 << 20);
    feed_init(&r.feed, tl_stream_memory(&m));
    c = cw_csv_open(&r);
    assert(c);
    while ((got = feed_read(&r.feed, buf, text.n % sizeof(buf) + 1)) > 0)
        for (size_t i = 0; i < got; i++)
            lines += buf[i] == '\n';
    assert(lines <= want + 1);
    cw_csv_close(c);
    feed_free(&r.feed);
    tl_arena_free(&r.arena);
}

static void
read_all(struct tl_str text)
{
    static struct tl_catalogue *catalogue;
    static struct tl_zones *zones;
    struct tl_memory m = {text};
    struct tl_input in = {
        .name = TL_STR("in"), .stream = tl_stream_memory(&m), .hints = TL_HINTS_NONE};
    enum tl_item item = TL_ITEM_EVENT;
    struct tl_source *src = NULL;
    struct tl_reader *r = NULL;
    struct tl_event ev;
    uint64_t events = 0;

    if (!catalogue) {
        assert(!tl_catalogue_load(TL_STR("t"),
                                  TL_STR("[log.a]\nsource = pg mysql\nmatch = ^database \\w+\n"
                                         "sample+ = database system is shut down\n"),
                                  &catalogue, NULL));
        zones = tl_zones_new(TL_STR("/usr/share/zoneinfo"));
    }
    in.catalogue = catalogue;
    in.zones = zones;
    in.hints.format = TL_STR("cwlogs");
    in.hints.forced = true;
    assert(!tl_reader_open(&in, &r, NULL));
    while (item != TL_ITEM_END) {
        assert(!tl_reader_next(r, &item, &ev, &src, NULL));
        if (item != TL_ITEM_EVENT)
            continue;
        assert(++events <= text.n && ev.line >= 1);
        assert(tl_str_eq(ev.cls, TL_STR("log.a")) && ev.channel == TL_CHANNEL_LOG);
        assert(ev.when.at != TL_TIME_NONE && ev.when.earliest <= ev.when.latest);
        assert(ev.who.kind == TL_KIND_INSTANCE && (ev.who.id.n > 0 || ev.who.label.n > 0));
    }
    assert(src && src->events == events && src->records >= events);
    tl_reader_close(r);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tl_str text = {(const char *)data, size};

    unescape(text);
    messages(text);
    portions(text);
    download(text);
    read_all(text);
    return 0;
}
