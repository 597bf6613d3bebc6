#include "render/show.h"

#include <inttypes.h>

#define DASH "\xe2\x80\x93"

static int64_t
floor_to(int64_t v, int64_t unit)
{
    return v - (v % unit + unit) % unit;
}

/* The wall clock at t, of times that a calendar has. */
static struct tl_civil
local(const struct tl_zone *tz, tl_time t)
{
    const int64_t edge = INT64_MAX - 2 * TL_DAY;

    t = t > edge ? edge : t < -edge ? -edge : t;
    return tl_time_civil(t + tl_zone_offset(tz, t, NULL));
}

void
show_date(struct tl_buf *b, const struct tl_zone *tz, tl_time t)
{
    struct tl_civil c = local(tz, t);

    tl_buf_addf(b, "%04" PRId64 "-%02d-%02d", c.year, c.month, c.day);
}

void
show_offset(struct tl_buf *b, const struct tl_zone *tz, tl_time t)
{
    int64_t s = tl_zone_offset(tz, t, NULL) / TL_SECOND, a = s < 0 ? -s : s;

    tl_buf_addf(b, "%s%02" PRId64 ":%02" PRId64, s < 0 ? "-" : "+", a / 3600, a / 60 % 60);
    if (a % 60)
        tl_buf_addf(b, ":%02" PRId64, a % 60);
}

int64_t
show_res(struct tl_instant t)
{
    bool known = t.earliest != TL_TIME_NONE && t.latest > t.earliest;

    if (!known)
        return 1;
    return t.earliest < 0 && t.latest > INT64_MAX + t.earliest ? INT64_MAX : t.latest - t.earliest;
}

/* HH:MM and, for a unit under a minute, :SS and fractions. */
static void
put_clock(struct tl_buf *b, const struct tl_zone *tz, tl_time t, int64_t unit)
{
    struct tl_civil c = local(tz, t);

    tl_buf_addf(b, "%02d:%02d", c.hour, c.minute);
    if (unit < TL_MINUTE)
        tl_buf_addf(b, ":%02d", c.second);
    if (unit <= TL_MS)
        tl_buf_addf(b, ".%03d", c.us / 1000);
    else if (unit <= 10 * TL_MS)
        tl_buf_addf(b, ".%02d", c.us / 10000);
    else if (unit <= 100 * TL_MS)
        tl_buf_addf(b, ".%d", c.us / 100000);
}

void
show_clock(struct tl_buf *b, const struct tl_zone *tz, struct tl_instant t)
{
    int64_t res = show_res(t), unit = res >= 10 * TL_MINUTE ? TL_MINUTE : TL_SECOND;
    tl_time to;

    if (res <= TL_SECOND || (res == TL_MINUTE && t.earliest % TL_MINUTE == 0)) {
        bool within = t.at >= t.earliest && t.at <= t.latest; /* the middle, where it was aligned */

        put_clock(b, tz, within || t.earliest == TL_TIME_NONE ? t.at : t.earliest, res);
        return;
    }
    to = floor_to(t.latest > INT64_MAX - unit ? t.latest : t.latest + unit - 1, unit);
    put_clock(b, tz, t.earliest, unit);
    tl_buf_add(b, TL_STR(DASH));
    put_clock(b, tz, to, unit);
}

void
show_stamp(struct tl_buf *b, const struct tl_zone *tz, struct tl_instant t)
{
    if (t.at == TL_TIME_NONE) {
        tl_buf_add(b, TL_STR("not known"));
        return;
    }
    show_date(b, tz, t.earliest);
    tl_buf_add(b, TL_STR(" "));
    show_clock(b, tz, t);
    tl_buf_add(b, TL_STR(" "));
    show_offset(b, tz, t.earliest);
}

static bool
same_day(const struct tl_zone *tz, tl_time a, tl_time b)
{
    struct tl_civil x = local(tz, a), y = local(tz, b);

    return x.year == y.year && x.month == y.month && x.day == y.day;
}

void
show_moment(struct tl_buf *b, const struct tl_zone *tz, struct tl_instant t, tl_time day)
{
    if (!same_day(tz, t.earliest, day)) {
        show_date(b, tz, t.earliest);
        tl_buf_add(b, TL_STR(" "));
    }
    show_clock(b, tz, t);
    tl_buf_add(b, TL_STR(" "));
    show_offset(b, tz, t.earliest);
}

void
show_period(struct tl_buf *b, const struct tl_zone *tz, struct tl_instant from,
            struct tl_instant to)
{
    bool alike = tl_zone_offset(tz, from.earliest, NULL) == tl_zone_offset(tz, to.earliest, NULL);

    if (from.earliest == to.earliest && from.latest == to.latest) {
        show_stamp(b, tz, from);
        return;
    }
    show_date(b, tz, from.earliest);
    tl_buf_add(b, TL_STR(" "));
    show_clock(b, tz, from);
    if (!alike) {
        tl_buf_add(b, TL_STR(" "));
        show_offset(b, tz, from.earliest);
    }
    tl_buf_add(b, TL_STR(" " DASH " "));
    if (!same_day(tz, from.earliest, to.earliest)) {
        show_date(b, tz, to.earliest);
        tl_buf_add(b, TL_STR(" "));
    }
    show_clock(b, tz, to);
    tl_buf_add(b, TL_STR(" "));
    show_offset(b, tz, to.earliest);
}

/* a - b, held at the ends of what can be said. */
static int64_t
difference(tl_time a, tl_time b)
{
    if (b < 0 && a > INT64_MAX + b)
        return INT64_MAX;
    if (b > 0 && a < -INT64_MAX + b)
        return -INT64_MAX;
    return a - b;
}

static void
put_hms(struct tl_buf *b, int64_t us, int64_t res)
{
    int64_t s = us / TL_SECOND, h = s / 3600;

    if (s < 60) {
        tl_buf_addf(b, "%" PRId64, s);
    } else if (h == 0) {
        tl_buf_addf(b, "%" PRId64 ":%02" PRId64, s / 60, s % 60);
    } else {
        tl_buf_addf(b, "%" PRId64 ":%02" PRId64 ":%02" PRId64, h, s / 60 % 60, s % 60);
    }
    if (res <= TL_MS)
        tl_buf_addf(b, ".%03" PRId64, us % TL_SECOND / TL_MS);
    else if (res <= 100 * TL_MS)
        tl_buf_addf(b, ".%" PRId64, us % TL_SECOND / (100 * TL_MS));
    if (s < 60)
        tl_buf_add(b, TL_STR(" s"));
}

void
show_delta(struct tl_buf *b, struct tl_instant from, struct tl_instant to)
{
    int64_t res = show_res(from) > show_res(to) ? show_res(from) : show_res(to);
    int64_t d = difference(to.at, from.at), a = d < 0 ? -d : d, min = a / TL_MINUTE;
    const char *sign = d < 0 ? "-" : "+";

    if (res < TL_MINUTE) {
        tl_buf_add(b, tl_str_from(sign));
        put_hms(b, a, res);
        return;
    }
    if (min > 0)
        tl_buf_add(b, tl_str_from(sign));
    if (min < 120)
        tl_buf_addf(b, "%" PRId64 " min", min);
    else
        tl_buf_addf(b, "%" PRId64 " h %02" PRId64 " min", min / 60, min % 60);
}

enum rounding { DOWN, NEAREST, UP };

static const int64_t steps[] = {TL_SECOND, 100 * TL_MS, 10 * TL_MS, TL_MS};

/* us in whole steps of that many digits. */
static int64_t
rounded(int64_t us, unsigned digits, enum rounding how)
{
    int64_t step = steps[digits], add = how == UP ? step - 1 : how == NEAREST ? step / 2 : 0;

    return us < 0 || us > INT64_MAX - add ? us - us % step : (us + add) / step * step;
}

static void
put_seconds(struct tl_buf *b, int64_t us, unsigned digits)
{
    if (us < 0) {
        tl_buf_add(b, TL_STR("-"));
        us = us == INT64_MIN ? INT64_MAX : -us;
    }
    tl_buf_addf(b, "%" PRId64, us / TL_SECOND);
    if (digits > 0 && digits < sizeof(steps) / sizeof(steps[0]))
        tl_buf_addf(b, ".%0*" PRId64, (int)digits, us % TL_SECOND / steps[digits]);
}

enum { LONG_S = 120 }; /* from here on minutes are shown */

static void
put_long(struct tl_buf *b, int64_t us, unsigned digits)
{
    int64_t min = us / TL_MINUTE;

    if (min >= 120) {
        tl_buf_addf(b, "%" PRId64 " h %" PRId64 " min", min / 60, min % 60);
        return;
    }
    if (min > 0)
        tl_buf_addf(b, "%" PRId64 " min ", min);
    put_seconds(b, us % TL_MINUTE, digits);
    tl_buf_add(b, TL_STR(" s"));
}

void
show_span(struct tl_buf *b, int64_t us, unsigned digits)
{
    us = rounded(us, digits, NEAREST);
    if (us >= LONG_S * TL_SECOND) {
        put_long(b, us, digits);
    } else {
        put_seconds(b, us, digits);
        tl_buf_add(b, TL_STR(" s"));
    }
}

/* Whole minutes, outwards. */
static void
put_minutes(struct tl_buf *b, struct tl_span s)
{
    int64_t low = s.min_us / TL_MINUTE, high = s.max_us / TL_MINUTE + (s.max_us % TL_MINUTE > 0);

    if (high >= 120)
        tl_buf_addf(b, "%" PRId64 " h %" PRId64 " min to %" PRId64 " h %" PRId64 " min", low / 60,
                    low % 60, high / 60, high % 60);
    else
        tl_buf_addf(b, "%" PRId64 " to %" PRId64 " min", low, high);
}

/* As many as two bounds so far apart are worth; none where both are whole seconds. */
static unsigned
range_digits(struct tl_span s)
{
    int64_t width = difference(s.max_us, s.min_us);

    if (s.min_us % TL_SECOND == 0 && s.max_us % TL_SECOND == 0)
        return 0;
    return width >= TL_SECOND ? 1 : width >= 100 * TL_MS ? 2 : 3;
}

void
show_range(struct tl_buf *b, struct tl_span s)
{
    unsigned digits;

    if (s.min_us == TL_UNKNOWN && s.max_us == TL_UNKNOWN) {
        tl_buf_add(b, TL_STR("not known"));
        return;
    }
    if (s.min_us == TL_UNKNOWN || s.max_us == TL_UNKNOWN) {
        tl_buf_add(b, s.max_us == TL_UNKNOWN ? TL_STR("at least ") : TL_STR("at most "));
        show_span(b, s.max_us == TL_UNKNOWN ? rounded(s.min_us, 1, DOWN) : rounded(s.max_us, 1, UP),
                  1);
        return;
    }
    if (difference(s.max_us, s.min_us) >= TL_MINUTE) {
        put_minutes(b, s);
        return;
    }
    if (s.min_us == 0 && s.max_us == 0) {
        tl_buf_add(b, TL_STR("a moment"));
        return;
    }
    if (difference(s.max_us, s.min_us) <= TL_MS) {
        show_span(b, s.min_us, 3);
        return;
    }
    /* between two stamps in milliseconds: one figure, for its last digit is noise */
    if (difference(s.max_us, s.min_us) <= 2 * TL_MS && s.min_us >= 100 * TL_MS) {
        show_span(b, s.min_us + TL_MS, 3);
        return;
    }
    digits = range_digits(s);
    s = (struct tl_span){rounded(s.min_us, digits, DOWN), rounded(s.max_us, digits, UP)};
    if (s.max_us >= LONG_S * TL_SECOND) {
        put_long(b, s.min_us, digits);
        tl_buf_add(b, TL_STR(" to "));
        put_long(b, s.max_us, digits);
        return;
    }
    put_seconds(b, s.min_us, digits);
    tl_buf_add(b, TL_STR(" to "));
    put_seconds(b, s.max_us, digits);
    tl_buf_add(b, TL_STR(" s"));
}

static unsigned
stamp_digits(const struct tl_outage *o)
{
    return o->res_us >= TL_SECOND     ? 0
           : o->res_us >= 100 * TL_MS ? 1
           : o->res_us >= 10 * TL_MS  ? 2
                                      : 3;
}

unsigned
show_digits(const struct tl_outage *o, int64_t us)
{
    unsigned digits = stamp_digits(o);

    while (digits < 3 && us % steps[digits] != 0)
        digits++;
    return digits;
}

/* How many digits the bounds and the stamps of an outage are worth. */
static unsigned
outage_digits(const struct tl_outage *o)
{
    int64_t width = o->min_us == TL_UNKNOWN || o->max_us == TL_UNKNOWN
                        ? TL_SECOND
                        : difference(o->max_us, o->min_us);
    unsigned by_width = width >= TL_SECOND ? 1 : width >= 100 * TL_MS ? 2 : 3;

    return by_width < stamp_digits(o) ? by_width : stamp_digits(o);
}

static void
put_bounds(struct tl_buf *b, const struct tl_outage *o, unsigned digits)
{
    /* outwards: what is shown must hold all that is possible */
    int64_t low = rounded(o->min_us, digits, DOWN), high = rounded(o->max_us, digits, UP);
    bool is_long = o->max_us >= LONG_S * TL_SECOND;

    tl_buf_add(b, TL_STR(" (between "));
    (is_long ? put_long : put_seconds)(b, low, digits);
    tl_buf_add(b, TL_STR(" and "));
    (is_long ? put_long : put_seconds)(b, high, digits);
    tl_buf_add(b, TL_STR(")"));
}

/* Why a side is open: a probe's log covers the outage, a server's own has a line for each end. */
static struct tl_str
open_side(const struct tl_outage *o)
{
    static const struct tl_str words[2][4] = {
        {{" (down from the start of the log to its end)", 44},
         {" (still down when the log ends)", 31},
         {" (already down when the log begins)", 35},
         {" (no upper bound)", 17}},
        {{" (neither its beginning nor its end is in the log)", 50},
         {" (no line says that it was ready again)", 39},
         {" (no line says until when it served)", 36},
         {" (no upper bound)", 17}}};
    bool own = tl_str_eq(o->source, TL_STR("log"));
    size_t side = o->first_ok == TL_TIME_NONE  ? (o->last_ok != TL_TIME_NONE ? 1 : 0)
                  : o->last_ok == TL_TIME_NONE ? 2
                                               : 3;

    return words[own][side];
}

void
show_outage(struct tl_buf *b, const struct tl_outage *o)
{
    unsigned digits = outage_digits(o);

    if (o->min_us != TL_UNKNOWN && o->max_us != TL_UNKNOWN) {
        show_span(b, o->observed_us == TL_UNKNOWN ? o->max_us : o->observed_us, digits);
        put_bounds(b, o, digits);
        return;
    }
    if (o->max_us != TL_UNKNOWN) {
        tl_buf_add(b, TL_STR("at most "));
        show_span(b, o->max_us, digits);
        return;
    }
    if (o->min_us > 0) {
        tl_buf_add(b, TL_STR("at least "));
        show_span(b, o->min_us, digits);
    } else {
        tl_buf_add(b, TL_STR("of unknown length"));
    }
    tl_buf_add(b, open_side(o));
}
