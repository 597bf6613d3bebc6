/* Any bytes as JSON: elements come in order, do not overlap, keep their limit and know their line;
 * whatever shape they have, events and odd places stay bounded by the input. */
#include <assert.h>
#include <string.h>

#include "parse/json_split.h"
#include "parse/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const formats[] = {"rds-events", "eventbridge", "sns", "cloudtrail", "topology"};

static bool
has_date(const struct json_element *el)
{
    return json_has(el, TL_STR("Date"));
}

static void
split(struct tl_str text, bool (*known)(const struct json_element *))
{
    struct tl_memory m = {text};
    uint64_t end = 0, items = 0, line = 1, counted = 0;
    struct json_element el;
    struct json_split s;
    enum json_item item;
    struct feed f;

    feed_init(&f, tl_stream_memory(&m));
    json_split_start(&s, &f, known);
    while ((item = json_split_next(&s, &el)) != JSON_END) {
        assert(++items <= text.n);
        if (item == JSON_ODD) {
            assert(s.line >= 1 && s.why[0]);
            continue;
        }
        assert(el.at >= end && el.text.n >= 2 && el.text.n <= JSON_ELEMENT);
        assert(el.at + el.text.n <= text.n);
        assert(memcmp(text.p + el.at, el.text.p, el.text.n) == 0);
        assert((el.text.p[0] == '{' && el.text.p[el.text.n - 1] == '}') ||
               (el.text.p[0] == '"' && el.text.p[el.text.n - 1] == '"'));
        for (; counted < el.at; counted++)
            line += text.p[counted] == '\n';
        assert(el.line == line);
        end = el.at + el.text.n;
    }
    feed_free(&f);
}

static void
read_as(struct tl_str text, const char *format)
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
        assert(!tl_catalogue_load(TL_STR("t"), TL_STR("[a.b]\nmatch = ^x$\nsample+ = x\n"),
                                  &catalogue, NULL));
        zones = tl_zones_new(TL_STR("/usr/share/zoneinfo"));
    }
    in.catalogue = catalogue;
    in.zones = zones;
    in.hints.format = tl_str_from(format);
    in.hints.forced = true;
    assert(!tl_reader_open(&in, &r, NULL));
    while (item != TL_ITEM_END) {
        assert(!tl_reader_next(r, &item, &ev, &src, NULL));
        if (item != TL_ITEM_EVENT)
            continue;
        assert(++events <= text.n && ev.line >= 1 && ev.cls.n > 0);
        assert(ev.message.n > 0 || ev.when.at == TL_TIME_NONE); /* a bare topology says nothing */
        assert(ev.when.earliest <= ev.when.at && ev.when.at <= ev.when.latest);
    }
    assert(src && src->events == events && src->odd <= text.n + 1);
    tl_reader_close(r);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tl_str text = {(const char *)data, size};

    if (size == 0 || (size >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0))
        return 0; /* a byte-order mark is dropped and would shift the offsets */
    split(text, NULL);
    split(text, has_date);
    read_as(text, formats[data[size - 1] % (sizeof(formats) / sizeof(formats[0]))]);
    return 0;
}
