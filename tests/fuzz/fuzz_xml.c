/* Any bytes inside an answer of the API: records come in the order of their lines, what is read
 * stays bounded by the input, and a document type never gives its entities. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "parse/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
read_as(struct tl_str text, const char *format)
{
    static struct tl_catalogue *catalogue;
    struct tl_memory m = {text};
    struct tl_input in = {
        .name = TL_STR("in"), .stream = tl_stream_memory(&m), .hints = TL_HINTS_NONE};
    enum tl_item item = TL_ITEM_EVENT;
    struct tl_source *src = NULL;
    struct tl_reader *r = NULL;
    struct tl_event ev;
    uint32_t line = 1;
    size_t bytes = 0;

    if (!catalogue)
        assert(!tl_catalogue_load(TL_STR("t"), TL_STR("[a.b]\nmatch = ^x$\nsample+ = x\n"),
                                  &catalogue, NULL));
    in.catalogue = catalogue;
    in.hints.format = tl_str_from(format);
    in.hints.forced = true;
    assert(!tl_reader_open(&in, &r, NULL));
    while (item != TL_ITEM_END) {
        assert(!tl_reader_next(r, &item, &ev, &src, NULL));
        if (item != TL_ITEM_EVENT)
            continue;
        assert(ev.line >= line);
        line = ev.line;
        bytes += ev.channel == TL_CHANNEL_API ? ev.message.n : 0;
        assert(bytes <= text.n); /* nothing grows */
    }
    assert(src && src->odd <= text.n);
    tl_reader_close(r);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const heads[] = {
        "<DescribeEventsResponse><Events><Event><SourceIdentifier>i</SourceIdentifier><Message>",
        "<DescribeGlobalClustersResponse><GlobalClusters>", "<?xml version=\"1.0\"?><Events>"};
    const char *head;
    char *text;
    size_t n;

    if (size == 0)
        return 0;
    head = heads[data[0] % 3];
    n = strlen(head);
    text = malloc(n + size);
    assert(text);
    memcpy(text, head, n);
    memcpy(text + n, data + 1, size - 1);
    read_as((struct tl_str){text, n + size - 1}, data[0] % 3 == 1 ? "topology" : "rds-events");
    free(text);
    return 0;
}
