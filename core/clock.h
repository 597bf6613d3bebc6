/*
 * clock.h - private to core/: pieces that time.c, stamp.c and zone.c read alike.
 */
#ifndef TL_CORE_CLOCK_H
#define TL_CORE_CLOCK_H

#include "core/time.h"

struct tl_zones;

/*
 * ".200" or ",200" at the front of *s as microseconds; *res_us is how finely it is written. After a
 * comma only 3, 6 or 9 digits are a fraction (a CSV field may follow otherwise). No fraction there:
 * true, 0 and TL_SECOND. False, *s unchanged: more than 9 digits.
 */
bool tl_fraction_read(struct tl_str *s, int64_t *us, int64_t *res_us);

/* "+09:00", "+0900", "+09"; with `loose` also "+9" and the sign U+2212. Up to 14 hours, whole
 * quarters. False, *s unchanged, when it is none or runs on as a longer number. */
bool tl_offset_read(struct tl_str *s, bool loose, int64_t *offset_us);

/* The character is a digit; a letter (ASCII); either. */
bool tl_is_digit(char c);
bool tl_is_alpha(char c);
char tl_upper(char c);

/* Steps of reading: each moves *s only when it is true. ASCII letters are alike. Blanks of any
 * width: also U+00A0, U+202F and U+3000, which browsers put into times. */
bool tl_take(struct tl_str *s, struct tl_str what);
bool tl_take_char(struct tl_str *s, char c);
bool tl_take_blanks(struct tl_str *s);
bool tl_at_word(struct tl_str s); /* a letter, a digit or _ comes next */

/* The zone at the front of *s, blanks before it included, into *st; none is as good. `joined`: a T
 * stands between date and clock, so that -07:00 is no end of a span. */
void tl_stamp_zone(struct tl_str *s, struct tl_zones *zones, bool joined, struct tl_stamp *st);

/* t + d, held within what a tl_time can say. */
tl_time tl_time_add(tl_time t, int64_t d);
/* t divided by unit (> 0), rounded down. */
int64_t tl_floor_div(int64_t t, int64_t unit);

#endif
