/* table_day.c - times of day to times: by a date given, by a caption, by the row before. */
#include "parse/table_parts.h"

#include <string.h>

struct table_day
day_from(tl_time base)
{
    return (struct table_day){.base = base, .clock = TL_TIME_NONE};
}

/* The days that a clock without a date has passed since the last date: rows that rise or fall
 * steadily and then jump by more than half a day went over midnight. */
static void
roll(struct table_day *d, tl_time clock)
{
    int64_t step = d->clock == TL_TIME_NONE ? 0 : clock - d->clock;

    if (step < -12 * TL_HOUR && d->down == 0)
        d->rolled++;
    else if (step > 12 * TL_HOUR && d->up == 0 && d->down > 0)
        d->rolled--;
    else if (step != 0)
        *(step > 0 ? &d->up : &d->down) += 1;
    d->clock = clock;
}

static void
keep_zone_text(struct table_day *d, struct tl_stamp *s)
{
    size_t n = s->zone_text.n < sizeof(d->zone_text) ? s->zone_text.n : sizeof(d->zone_text) - 1;

    if (s->zone == TL_ZONE_ABSENT) {
        s->zone_text = (struct tl_str){"", 0};
    } else if (s->zone_text.p != d->zone_text) {
        memcpy(d->zone_text, s->zone_text.p, n);
        d->zone_text[n] = '\0';
        s->zone_text = (struct tl_str){d->zone_text, n};
    }
}

void
day_complete(struct table_day *d, tl_time given, struct tl_stamp *s)
{
    tl_time base = given != TL_TIME_NONE ? given : d->base, clock;

    keep_zone_text(d, s);
    if (s->yearless)
        return;
    if (s->dated) {
        clock = s->local % TL_DAY + (s->local % TL_DAY < 0 ? TL_DAY : 0);
        d->base = s->local - clock;
        d->of_row = true;
        d->rolled = 0;
        d->clock = clock;
        d->zone = s->zone;
        d->offset_us = s->offset_us;
        return;
    }
    if (base == TL_TIME_NONE)
        return;
    roll(d, s->local);
    s->local += base + d->rolled * TL_DAY;
    s->dated = true;
    if (given == TL_TIME_NONE && d->of_row && s->zone == TL_ZONE_ABSENT) {
        s->zone = d->zone;
        s->offset_us = d->offset_us;
        s->zone_text = tl_str_from(d->zone == TL_ZONE_ABSENT ? "" : d->zone_text);
    }
}
