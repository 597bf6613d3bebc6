/* Any bytes in the place of every text of a report: each rendering keeps its promises. The first
 * byte chooses the width of text. */
#include <stdio.h>
#include <stdlib.h>

#include "core/zone.h"
#include "render/render.h"
#include "tests/unit/render_promises.h"
#include "tests/unit/sample_report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct tl_zones *zones;
    struct tl_render_options o = {.width = size > 0 ? 40u + data[0] % 100 : 80, .utf8 = true};
    struct tl_str text = tl_str_skip((struct tl_str){(const char *)data, size}, 1);
    struct tl_report r;
    struct tl_arena a;

    if (!zones)
        zones = tl_zones_new(TL_STR("/usr/share/zoneinfo"));
    if (size > 2000 || tl_zone_find(zones, TL_STR("+05:30"), &o.tz, NULL))
        return 0;
    tl_arena_init(&a, 1u << 24);
    r = sample_text(&a, text);
    for (const struct tl_renderer *const *w = tl_renderers; *w; w++) {
        struct tl_buf out;
        const char *bad;

        tl_buf_init(&out, 64u << 20);
        assert(!(*w)->write(&r, &o, &out, NULL));
        bad = promise_of((*w)->name, tl_buf_str(&out), &r, o.width);
        if (bad) {
            fprintf(stderr, "%s: %s\n", (*w)->name, bad);
            abort();
        }
        tl_buf_free(&out);
    }
    tl_arena_free(&a);
    return 0;
}
