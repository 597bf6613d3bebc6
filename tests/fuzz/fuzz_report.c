/* Any bytes as an input, its format detected: through reader, builder and every renderer. The
 * report keeps its promises: bounds are ordered, every reference points to a row, JSON reads back.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "core/names.h"
#include "parse/builtin.h"
#include "parse/parse.h"
#include "render/render.h"
#include "timeline/timeline.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct tl_catalogue *catalogue;
static struct tl_zones *zones;

static void
set_up(void)
{
    if (catalogue)
        return;
    zones = tl_zones_new(TL_STR("/usr/share/zoneinfo"));
    for (const struct tl_builtin_rules *f = tl_builtin_rules; f->name; f++) {
        struct tl_str text = {f->text, f->n};

        if (!catalogue)
            assert(!tl_catalogue_load(tl_str_from(f->name), text, &catalogue, NULL));
        else
            assert(!tl_catalogue_add(catalogue, tl_str_from(f->name), text, NULL));
    }
}

static void
read_into(struct tl_builder *b, const uint8_t *data, size_t size)
{
    struct tl_memory m = {{(const char *)data, size}};
    struct tl_input in = {.name = TL_STR("input"),
                          .stream = tl_stream_memory(&m),
                          .hints = TL_HINTS_NONE,
                          .catalogue = catalogue,
                          .zones = zones};
    enum tl_item item = TL_ITEM_EVENT;
    struct tl_source *src = NULL;
    struct tl_reader *r = NULL;
    struct tl_event ev;

    assert(!tl_reader_open(&in, &r, NULL));
    while (!tl_reader_next(r, &item, &ev, &src, NULL) && item != TL_ITEM_END) {
        if (item == TL_ITEM_EVENT) {
            assert(ev.cls.n > 0);
            assert(ev.when.earliest <= ev.when.latest);
            assert(!tl_builder_event(b, &ev, NULL));
        } else {
            if (src->sha256.n == 0)
                src->sha256 = TL_STR("00");
            assert(!tl_builder_source(b, src, NULL));
        }
    }
    tl_reader_close(r);
}

static void
check_outage(const struct tl_outage *o)
{
    assert(o->min_us >= 0);
    assert(o->max_us == TL_UNKNOWN || o->min_us <= o->max_us);
    assert(o->endpoint.n > 0);
}

static void
check_report(const struct tl_report *r)
{
    for (size_t i = 0; i < r->nrows; i++) {
        const struct tl_row *row = &r->rows[i];

        assert(row->inferred ? row->nproofs == 0 : row->nproofs > 0 && row->input < r->ninputs);
        assert(row->run == TL_NO_INDEX || row->run < r->nruns);
        assert(row->twin_of == TL_NO_INDEX || row->twin_of < r->nrows);
        assert(row->ev.when.earliest <= row->ev.when.at && row->ev.when.at <= row->ev.when.latest);
        assert(i == 0 || r->rows[i - 1].ev.when.at <= row->ev.when.at);
    }
    for (size_t i = 0; i < r->noutages; i++)
        check_outage(&r->outages[i]);
    for (size_t i = 0; i < r->nruns; i++)
        for (size_t k = 0; k < r->runs[i].noutages; k++)
            check_outage(&r->runs[i].outages[k]);
}

static void
render_all(const struct tl_report *r)
{
    struct tl_render_options o = {.width = 80, .utf8 = true};
    struct tl_buf out;

    assert(!tl_zone_find(zones, TL_STR("UTC"), &o.tz, NULL));
    tl_buf_init(&out, 256u << 20);
    for (const struct tl_renderer *const *w = tl_renderers; *w; w++) {
        tl_buf_reset(&out);
        assert(!(*w)->write(r, &o, &out, NULL) && !out.failed);
        if (strcmp((*w)->name, "json") == 0) {
            cJSON *back = cJSON_ParseWithLength(out.p, out.n);

            assert(back &&
                   cJSON_GetArraySize(cJSON_GetObjectItem(back, "events")) == (int)r->nrows);
            cJSON_Delete(back);
        }
    }
    tl_buf_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tl_build_options o = TL_BUILD_OPTIONS_NONE;
    struct tl_report *report = NULL;
    struct tl_builder *b;
    struct tl_arena a;

    set_up();
    tl_arena_init(&a, 1u << 30);
    b = tl_builder_new(&a, &o);
    assert(b);
    read_into(b, data, size);
    assert(!tl_builder_finish(b, &report, NULL));
    check_report(report);
    render_all(report);
    tl_arena_free(&a);
    return 0;
}
