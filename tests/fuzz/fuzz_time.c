/* Any bytes as a stamp, an epoch, a time, a duration: failure moves nothing, success moves on, and
 * what was read is within its bounds. */
#include <assert.h>

#include "core/zone.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_stamp(struct tl_str before, struct tl_str after, bool ok, const struct tl_stamp *st)
{
    if (!ok) {
        assert(after.p == before.p && after.n == before.n);
        return;
    }
    assert(after.n < before.n && after.p + after.n == before.p + before.n);
    assert(st->res_us > 0 && st->res_us <= TL_MINUTE);
    assert(st->dated || (st->local >= 0 && st->local <= TL_DAY));
    assert(!st->yearless || tl_time_civil(st->local).year == 1972 ||
           tl_time_civil(st->local).year == 1973); /* Dec 31 23:59:60 */
    assert(st->zone == TL_ZONE_OFFSET || st->offset_us == 0);
    assert(st->offset_us >= -26 * TL_HOUR && st->offset_us <= 26 * TL_HOUR);
    assert(st->zone != TL_ZONE_AMBIGUOUS || st->zone_text.n > 0);
}

static void
check_instant(const struct tl_stamp *st, const struct tl_zone *zone)
{
    struct tl_instant i;

    if (tl_stamp_instant(st, zone, &i))
        assert(i.earliest <= i.at && i.at < i.latest);
    else
        assert(!st->dated || st->yearless);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct tl_zones *zones;
    const struct tl_zone *zone;
    const struct tl_str all = {(const char *)data, size};
    struct tl_str s = all;
    struct tl_stamp st = {0};
    tl_time t;
    int64_t us = -1;
    bool ok;

    if (!zones)
        zones = tl_zones_new(TL_STR("/usr/share/zoneinfo"));
    if (tl_zone_find(zones, TL_STR("-03:00"), &zone, NULL))
        return 0;
    ok = tl_stamp_read(&s, zones, &st);
    check_stamp(all, s, ok, &st);
    if (ok)
        check_instant(&st, zone);
    s = all;
    ok = tl_stamp_read(&s, NULL, &st);
    check_stamp(all, s, ok, &st);
    s = all;
    ok = tl_stamp_read_iso(&s, &st);
    check_stamp(all, s, ok, &st);
    s = all;
    ok = tl_stamp_epoch(&s, &st);
    check_stamp(all, s, ok, &st);
    if (tl_time_read(all, &t)) {
        struct tl_buf b;
        tl_time back = 0;

        tl_buf_init(&b, 100);
        tl_time_print(&b, t);
        if (tl_time_civil(t).year >= 1 && tl_time_civil(t).year <= 9999)
            assert(tl_time_read(tl_buf_str(&b), &back) && back <= t && t - back < TL_MS);
        tl_buf_free(&b);
    }
    assert(tl_duration_read(all, &us) == (us >= 0));
    return 0;
}
