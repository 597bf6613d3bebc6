/*
 * Any bytes as a probe log or a status loop: no crash, and the promises hold: there are at most as
 * many attempts as lines, their lines go up, their times are ordered within an attempt, an ok
 * attempt has no failure and a failed one has one, and the same bytes read in other pieces say the
 * same.
 */
#include <assert.h>

#include "core/names.h"
#include "parse/parse.h"

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
check_attempt(const struct tl_event *ev)
{
    const struct tl_attempt *a = ev->attempt;
    bool ok = tl_str_eq(ev->cls, TL_STR("probe.ok"));

    assert(ok || tl_str_eq(ev->cls, TL_STR("probe.failed")));
    assert(ok == (a->failure == TL_FAILURE_OK));
    assert(a->access != TL_ACCESS_UNKNOWN);
    assert(a->stamp != TL_TIME_NONE && a->stamp == (a->stamp_end ? a->end : a->start));
    assert(a->res_us > 0);
    assert(ok || a->version.n == 0);
    assert(ev->when.earliest <= ev->when.at && ev->when.at < ev->when.latest);
}

/* Returns a mark of everything that came out. */
static uint64_t
read_all(struct tl_str text, size_t step, const char *format, struct tl_zones *zones)
{
    struct drip d = {text, step};
    struct tl_input in = {.name = TL_STR("x"),
                          .stream = {drip_read, &d, false},
                          .hints = TL_HINTS_NONE,
                          .zones = zones};
    uint64_t mark = 0, attempts = 0, lines = 1;
    struct tl_reader *r;
    struct tl_source *src;
    struct tl_event ev;
    enum tl_item item;
    uint32_t line = 0;

    for (size_t i = 0; i < text.n; i++)
        lines += text.p[i] == '\n';
    in.hints.format = tl_str_from(format);
    in.hints.forced = true;
    in.hints.stamp_given = text.n % 3 == 0;
    in.hints.stamp = TL_STAMP_END;
    if (tl_reader_open(&in, &r, NULL))
        return 0;
    while (tl_reader_next(r, &item, &ev, &src, NULL) == TL_OK && item == TL_ITEM_EVENT) {
        assert(ev.line > line && ev.line <= lines);
        assert(ev.message.n <= 64 * 1024);
        line = ev.line;
        mark = mark * 31 + (uint64_t)ev.when.at + ev.line + ev.message.n;
        if (!ev.attempt)
            continue;
        check_attempt(&ev);
        attempts++;
        mark = mark * 31 + ev.attempt->failure + ev.attempt->version.n;
    }
    assert(item == TL_ITEM_SOURCE && src->events <= lines && attempts <= lines);
    assert(src->odd <= 2 * lines);
    mark = mark * 31 + src->odd + src->ngaps + src->nhints;
    tl_reader_close(r);
    return mark;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct tl_zones *zones;
    struct tl_str text = {(const char *)data, size};

    if (!zones)
        zones = tl_zones_new(TL_STR("/usr/share/zoneinfo"));
    assert(read_all(text, 1 << 20, "probe", zones) == read_all(text, 3, "probe", zones));
    (void)read_all(text, 1 << 20, "status-loop", zones);
    return 0;
}
