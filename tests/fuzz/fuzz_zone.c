/* Any bytes as a TZif file: refused, or every moment has an offset within bounds and a wall clock
 * leads back to it. */
#include <assert.h>

#include "core/tzif.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int64_t moments[] = {INT64_MIN / 1000000, -100000000000, -1,         0,
                                      946684800,           1775888495,    4000000000, 253402300799,
                                      INT64_MAX / 1000000};
    struct tl_arena a;
    struct tzif z;
    struct tzif_rule r;

    tl_arena_init(&a, (size_t)1 << 20);
    if (tzif_read((struct tl_str){(const char *)data, size}, &a, &z)) {
        assert(z.ntypes > 0);
        for (size_t i = 0; i < sizeof(moments) / sizeof(moments[0]); i++) {
            const struct tzif_type *t = tzif_at(&z, moments[i]);

            assert(t->offset_s >= -26 * 3600 && t->offset_s <= 26 * 3600);
            assert(t->abbr.n < size);
        }
        for (size_t i = 1; i < z.ntimes; i++)
            assert(z.times[i - 1] < z.times[i]);
    }
    if (tzif_rule_read((struct tl_str){(const char *)data, size}, &r))
        assert(r.present && r.std.abbr.n > 0 && (!r.has_dst || r.dst.abbr.n > 0));
    tl_arena_free(&a);
    return 0;
}
