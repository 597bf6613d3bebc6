/* Any bytes as a stream of events: what is read from it and written again reads back the same. */
#include <assert.h>
#include <string.h>

#include "parse/parse.h"
#include "render/render.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
copy_stream(struct tl_str text, struct tl_buf *out)
{
    const struct tl_event_writer *w = tl_event_writer_find(TL_STR("ndjson"));
    const struct tl_render_options o = {0};
    struct tl_memory m = {text};
    struct tl_input in = {
        .name = TL_STR("in"), .stream = tl_stream_memory(&m), .hints = TL_HINTS_NONE};
    enum tl_item item = TL_ITEM_EVENT;
    struct tl_source *src = NULL;
    struct tl_reader *r = NULL;
    struct tl_event ev;
    uint64_t n = 0;

    in.hints.format = TL_STR("tideline-events");
    in.hints.forced = true;
    assert(!tl_reader_open(&in, &r, NULL));
    while (item != TL_ITEM_END) {
        assert(!tl_reader_next(r, &item, &ev, &src, NULL));
        if (item == TL_ITEM_EVENT) {
            assert(ev.when.earliest <= ev.when.at && ev.when.at <= ev.when.latest);
            assert(!ev.attempt || ev.attempt->stamp != TL_TIME_NONE);
            w->event(&ev, ev.input, ++n, &o, out);
        }
        if (item == TL_ITEM_SOURCE && src->sha256.n > 0)
            w->source(src, out);
    }
    tl_reader_close(r);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tl_buf once, twice;

    tl_buf_init(&once, 64u << 20);
    tl_buf_init(&twice, 64u << 20);
    copy_stream((struct tl_str){(const char *)data, size}, &once);
    copy_stream(tl_buf_str(&once), &twice);
    assert(!once.failed && !twice.failed);
    assert(once.n == twice.n && (once.n == 0 || memcmp(once.p, twice.p, once.n) == 0));
    tl_buf_free(&once);
    tl_buf_free(&twice);
    return 0;
}
