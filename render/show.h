/*
 * show.h - private to render/: times and spans for people, with as many digits as are known.
 *
 * A row of a minute's precision reads 15:20, a stamp in milliseconds 15:21:35.200, an interval that
 * is neither 15:22:40–15:22:43. Text is UTF-8; the writer turns dashes into ASCII where it must.
 */
#ifndef TL_RENDER_SHOW_H
#define TL_RENDER_SHOW_H

#include "core/model.h"
#include "core/zone.h"

void show_date(struct tl_buf *b, const struct tl_zone *tz, tl_time t);            /* 2026-04-11 */
void show_clock(struct tl_buf *b, const struct tl_zone *tz, struct tl_instant t); /* 15:20 */
void show_offset(struct tl_buf *b, const struct tl_zone *tz, tl_time t);          /* +09:00 */
void show_stamp(struct tl_buf *b, const struct tl_zone *tz, struct tl_instant t); /* all three */

/* 15:20 +09:00, with the date before it where that is another than at `day`. */
void show_moment(struct tl_buf *b, const struct tl_zone *tz, struct tl_instant t, tl_time day);

/* 2026-04-11 15:20 – 15:23 +09:00: date and offset twice only where they differ. */
void show_period(struct tl_buf *b, const struct tl_zone *tz, struct tl_instant from,
                 struct tl_instant to);

/* How finely an instant is known: latest - earliest, at least 1. */
int64_t show_res(struct tl_instant t);

/* From one instant to another as far as both are known: "+1 min", "+15.332 s", "-1:35.200". */
void show_delta(struct tl_buf *b, struct tl_instant from, struct tl_instant to);

/* "21.281 s"; from two minutes on "3 min 12.3 s", from two hours on "2 h 3 min". Rounded to the
 * nearest; digits 0..3. */
void show_span(struct tl_buf *b, int64_t us, unsigned digits);
/* The digits that a figure of this outage is worth: as its stamps, more only where it has them. */
unsigned show_digits(const struct tl_outage *o, int64_t us);
/* "15.3 to 22.1 s", "2 to 4 min": rounded outwards. Sides may be TL_UNKNOWN. */
void show_range(struct tl_buf *b, struct tl_span s);

/* What an outage lasted: "21.3 s (between 15.3 and 22.1)", "at least 15.3 s (still down when the
 * log ends)". */
void show_outage(struct tl_buf *b, const struct tl_outage *o);

#endif
