/* stamp_zone.c - the zone behind a time, as programs and people write it. */
#include "core/clock.h"
#include "core/zone.h"

bool
tl_take(struct tl_str *s, struct tl_str what)
{
    if (!tl_str_case_starts(*s, what))
        return false;
    *s = tl_str_skip(*s, what.n);
    return true;
}

bool
tl_take_char(struct tl_str *s, char c)
{
    if (s->n == 0 || s->p[0] != c)
        return false;
    *s = tl_str_skip(*s, 1);
    return true;
}

bool
tl_take_blanks(struct tl_str *s)
{
    size_t before = s->n;

    while (tl_take_char(s, ' ') || tl_take(s, TL_STR("\xc2\xa0")) ||
           tl_take(s, TL_STR("\xe2\x80\xaf")) || tl_take(s, TL_STR("\xe3\x80\x80")))
        ;
    return s->n < before;
}

bool
tl_at_word(struct tl_str s)
{
    return s.n > 0 && (tl_is_digit(s.p[0]) || tl_is_alpha(s.p[0]) || s.p[0] == '_');
}

/* Capitals that follow times in logs and look like the name of a zone. */
static bool
is_common_word(struct tl_str w)
{
    static const char words[] =
        " GET PUT SET NOT OUT ACT BUT HOST TEST LAST LIST POST COST BEST REST "
        "MUST JUST MOST PAST NEXT ";
    struct tl_str all = {words, sizeof(words) - 1};

    for (size_t at; (at = tl_str_find(all, w)) != SIZE_MAX; all = tl_str_skip(all, at + 1))
        if (at > 0 && all.p[at - 1] == ' ' && all.p[at + w.n] == ' ')
            return true;
    return false;
}

/* A word of capitals that can be nothing but a zone that nobody here knows: SGT, IRST. */
static bool
looks_like_zone(struct tl_str w)
{
    if (w.n < 3 || w.n > 4 || w.p[w.n - 1] != 'T' || is_common_word(w))
        return false;
    return w.n == 3 || w.p[2] == 'S' || w.p[2] == 'D';
}

/* UTC, GMT, UTC+09:00, JST. What it must end with is the caller's business. */
static bool
read_zone_word(struct tl_str *s, struct tl_zones *zones, bool bracketed, struct tl_stamp *st)
{
    struct tl_str r = *s, word, upper;
    char letters[5];

    st->zone = TL_ZONE_OFFSET;
    st->offset_us = 0;
    if (tl_take(&r, TL_STR("UTC")) || tl_take(&r, TL_STR("GMT"))) {
        (void)tl_offset_read(&r, true, &st->offset_us);
        if (tl_at_word(r))
            return false;
        *s = r;
        return true;
    }
    for (word = (struct tl_str){r.p, 0}; word.n < r.n && tl_is_alpha(r.p[word.n]); word.n++) {
        char c = r.p[word.n];

        if (word.n == sizeof(letters) || (c >= 'a' && !bracketed))
            return false;
        letters[word.n] = tl_upper(c);
    }
    r = tl_str_skip(r, word.n);
    upper = (struct tl_str){letters, word.n};
    if (word.n < 2 || tl_at_word(r) || (r.n > 0 && r.p[0] == '/'))
        return false;
    if (!zones || !tl_zone_abbreviation(zones, upper, &st->offset_us)) {
        st->zone = TL_ZONE_AMBIGUOUS;
        st->offset_us = 0;
        if (!(zones && tl_zone_abbreviation_known(zones, upper)) && !looks_like_zone(upper))
            return false;
    }
    *s = r;
    return true;
}

/* Asia/Tokyo, where it leaves no doubt about the offset at the time. */
static bool
read_zone_city(struct tl_str *s, struct tl_zones *zones, struct tl_stamp *st)
{
    struct tl_str name = {s->p, 0};
    const struct tl_zone *zone;
    tl_time utc[2];
    bool slash = false;

    while (name.n < s->n && (tl_at_word(tl_str_skip(*s, name.n)) || s->p[name.n] == '/' ||
                             s->p[name.n] == '-' || s->p[name.n] == '+'))
        slash |= s->p[name.n++] == '/';
    if (!slash || name.n > 40 || !tl_is_alpha(name.p[0]) || !st->dated || st->yearless || !zones)
        return false;
    if (tl_zone_find(zones, name, &zone, NULL) != TL_OK)
        return false;
    st->zone = tl_zone_utc(zone, st->local, utc) == 1 ? TL_ZONE_OFFSET : TL_ZONE_AMBIGUOUS;
    st->offset_us = st->zone == TL_ZONE_OFFSET ? st->local - utc[0] : 0;
    *s = tl_str_skip(*s, name.n);
    return true;
}

/* After an offset: [Asia/Tokyo], (JST), (Japan Standard Time). They repeat it. */
static void
skip_zone_comment(struct tl_str *s)
{
    struct tl_str r = *s, inside, after;
    size_t n = 0;
    char close;

    (void)tl_take_blanks(&r);
    if (r.n < 2 || (r.p[0] != '(' && r.p[0] != '['))
        return;
    close = r.p[0] == '(' ? ')' : ']';
    if (!tl_str_cut(tl_str_skip(r, 1), close, &inside, &after) || inside.n > 40)
        return;
    while (n < inside.n && (tl_is_alpha(inside.p[n]) || inside.p[n] == '/' || inside.p[n] == '_' ||
                            inside.p[n] == ' '))
        n++;
    if (n < inside.n || inside.n < 3)
        return;
    if (tl_str_find(inside, TL_STR("/")) == SIZE_MAX && inside.p[inside.n - 1] != 'T' &&
        tl_str_find(inside, TL_STR(" Time")) == SIZE_MAX)
        return;
    *s = after;
}

static bool
read_zone_bracketed(struct tl_str *s, struct tl_zones *zones, struct tl_stamp *st)
{
    struct tl_str inside, after;
    char close;

    if (s->n < 3 || (s->p[0] != '(' && s->p[0] != '['))
        return false;
    close = s->p[0] == '(' ? ')' : ']';
    if (!tl_str_cut(tl_str_skip(*s, 1), close, &inside, &after) || inside.n > 40)
        return false;
    inside = tl_str_trim(inside);
    st->zone_text = inside;
    st->zone = TL_ZONE_OFFSET;
    st->offset_us = 0;
    if (!tl_take(&inside, TL_STR("Z")) && !tl_offset_read(&inside, true, &st->offset_us) &&
        !read_zone_word(&inside, zones, true, st) && !read_zone_city(&inside, zones, st))
        return false;
    if (inside.n > 0)
        return false;
    *s = after;
    return true;
}

/* A bare -07:00 right after 06:00 is the end of a span rather than a zone. */
static bool
is_range(struct tl_str s, const struct tl_stamp *st)
{
    return st->res_us == TL_MINUTE && s.n > 0 && s.p[0] == '-';
}

/* Any zone but Z. */
static bool
read_zone_forms(struct tl_str *s, struct tl_zones *zones, bool joined, struct tl_stamp *st)
{
    bool plain = (joined || !is_range(*s, st)) && tl_offset_read(s, false, &st->offset_us);

    if (!plain && !read_zone_bracketed(s, zones, st) && !read_zone_word(s, zones, false, st) &&
        !read_zone_city(s, zones, st))
        return false;
    if (plain || (st->zone == TL_ZONE_OFFSET && st->offset_us != 0))
        skip_zone_comment(s);
    return true;
}

void
tl_stamp_zone(struct tl_str *s, struct tl_zones *zones, bool joined, struct tl_stamp *st)
{
    struct tl_stamp got = *st;
    struct tl_str r = *s, from;

    (void)tl_take_blanks(&r);
    from = r;
    got.zone = TL_ZONE_OFFSET;
    got.offset_us = 0;
    if (tl_take_char(&r, 'Z') && !tl_at_word(r)) {
        *s = r;
    } else {
        r = from;
        if (!read_zone_forms(&r, zones, joined, &got))
            return;
        *s = r;
    }
    *st = got;
    if (from.n > 0 && (from.p[0] == '(' || from.p[0] == '['))
        return; /* zone_text is set, without its brackets */
    st->zone_text = (struct tl_str){from.p, from.n - r.n};
}
