/*
 * Any bytes as an error log of MySQL. Line by line: `look` stays within the line whatever stands
 * behind it, and `split` finds the message where `look` found it. As an input: records are no more
 * than lines, events come in the order of lines, each within its bounds.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "parse/builtin.h"
#include "parse/log.h"

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

static bool
within(const char *p, size_t n, const char *from, const char *end)
{
    return p >= from && p <= end && n <= (size_t)(end - p);
}

static void
check_look(const struct log_look *l, const char *p, const char *end)
{
    assert(within(l->message, 0, p, end));
    assert(!l->stamp || (l->stamp_n > 0 && within(l->stamp, l->stamp_n, p, end)));
    assert(l->zone_n == 0 || within(l->zone, l->zone_n, p, end));
}

/* A line without its end, in memory of exactly its size and the padding. */
static void
check_line(struct tl_reader *r, struct tl_str line)
{
    char *p = malloc(line.n + LOG_PAD);
    struct log_record rec = {.when = TL_INSTANT_NONE};
    struct log_look a, b;
    const char *why = NULL;
    enum log_line what;

    if (!p)
        return;
    memset(p, '0', line.n + LOG_PAD);
    memcpy(p, line.p, line.n);
    what = mysql_error.look(NULL, p, p + line.n, &a);
    memset(p + line.n, ']', LOG_PAD);
    assert(what == mysql_error.look(NULL, p, p + line.n, &b));
    if (what == LOG_RECORD) {
        assert(memcmp(&a, &b, sizeof(a)) == 0);
        check_look(&a, p, p + line.n);
    }
    p = realloc(p, line.n + (line.n == 0)); /* a wrapper pads nothing */
    assert(p);
    if (mysql_error.split(r, NULL, (struct tl_str){p, line.n}, &rec, &why)) {
        assert(rec.nfields <= LOG_FIELDS_MAX && rec.message.n <= line.n * 2);
        assert(*p == '{' || rec.message.n == 0 ||
               within(rec.message.p, rec.message.n, p, p + line.n));
    } else {
        assert(why);
    }
    free(p);
    tl_arena_reset(&r->scratch);
}

static void
check_input(struct tl_reader *r, uint32_t lines)
{
    struct tl_source *src = NULL;
    enum tl_item item = TL_ITEM_EVENT;
    struct tl_event ev;
    uint32_t line = 0;

    while (item != TL_ITEM_END) {
        if (tl_reader_next(r, &item, &ev, &src, NULL))
            return;
        if (item != TL_ITEM_EVENT)
            continue;
        assert(ev.line > line && ev.line <= lines);
        assert(ev.when.earliest <= ev.when.at && ev.when.at <= ev.when.latest);
        assert(ev.cls.n > 0 && ev.channel == TL_CHANNEL_LOG);
        line = ev.line;
    }
    assert(src && src->records <= lines && src->events <= src->records);
}

/* What `split` needs of a reader. */
static struct tl_reader *
bare_reader(void)
{
    struct tl_reader *r = calloc(1, sizeof(*r));

    if (!r)
        abort();
    tl_arena_init(&r->arena, 1 << 24);
    tl_arena_init(&r->scratch, 1 << 24);
    tl_buf_init(&r->text, 1 << 24);
    return r;
}

static void
read_input(struct tl_str text)
{
    static struct tl_catalogue *catalogue;
    static struct tl_zones *zones;
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
    in.hints.format = TL_STR("mysql-error");
    in.hints.forced = true;
    for (size_t i = 0; i < text.n; i++)
        lines += text.p[i] == '\n';
    if (tl_reader_open(&in, &r, NULL))
        return;
    check_input(r, lines);
    tl_reader_close(r);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct tl_reader *bare;
    struct tl_str text = {(const char *)data, size}, rest = text, line;

    bare = bare ? bare : bare_reader();
    while (tl_str_line(&rest, &line))
        check_line(bare, line);
    if (size % 16 == 0) /* a log needs room that takes a while to be had */
        read_input(text);
    return 0;
}
