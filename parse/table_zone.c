/* table_zone.c - what headers and captions say about the zone and the day of times. */
#include "parse/table_parts.h"

#include <string.h>

enum { CAPTION_MAX = 300, SHORT_MAX = 80, WORDS_MAX = 60 };

static bool
is_zone_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '-' || c == ':' || c == '/' || c == '_';
}

/* The next run of characters that can stand in a zone, off *s. */
static bool
next_token(struct tl_str *s, struct tl_str *token)
{
    while (s->n > 0 && !is_zone_char(s->p[0]))
        *s = tl_str_skip(*s, 1);
    *token = (struct tl_str){s->p, 0};
    while (token->n < s->n && is_zone_char(s->p[token->n]))
        token->n++;
    *s = tl_str_skip(*s, token->n);
    while (token->n > 0 && token->p[token->n - 1] == ':')
        token->n--;
    return token->n > 0 || s->n > 0;
}

static bool
is_digit(struct tl_str s, size_t at)
{
    return at < s.n && s.p[at] >= '0' && s.p[at] <= '9';
}

/* UTC, GMT+9, +09:00, Asia/Tokyo: by their shape. */
static bool
is_zone_shape(struct tl_str t)
{
    static const struct tl_str areas[] = {{"Africa/", 7},     {"America/", 8}, {"Antarctica/", 11},
                                          {"Arctic/", 7},     {"Asia/", 5},    {"Atlantic/", 9},
                                          {"Australia/", 10}, {"Etc/", 4},     {"Europe/", 7},
                                          {"Indian/", 7},     {"Pacific/", 8}, {"US/", 3}};

    if (t.n >= 3 && (tl_str_case_starts(t, TL_STR("UTC")) || tl_str_case_starts(t, TL_STR("GMT"))))
        return t.n == 3 || ((t.p[3] == '+' || t.p[3] == '-') && is_digit(t, 4));
    if (t.p[0] == '+' || t.p[0] == '-')
        return t.n >= 5 && is_digit(t, 1) && is_digit(t, 2);
    for (size_t i = 0; i < sizeof(areas) / sizeof(areas[0]); i++)
        if (tl_str_starts(t, areas[i]))
            return true;
    return false;
}

/* Letters of an abbreviation in capitals into buf; false when it cannot be one. */
static bool
capitals(struct tl_str t, bool loose, char buf[static 6])
{
    if (t.n < 3 || t.n > 5)
        return false;
    for (size_t i = 0; i < t.n; i++) {
        static const char low[] = "abcdefghijklmnopqrstuvwxyz", up[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        const char *at = t.p[i] ? strchr(low, t.p[i]) : NULL;

        if (at ? !loose : !char_in(t.p[i], up))
            return false;
        buf[i] = t.p[i];
        if (at)
            buf[i] = up[at - low];
    }
    return true;
}

/* One word: names it a zone? *c gets it. */
static enum zone_said
zone_of_word(struct tl_reader *r, struct tl_str word, bool loose, struct table_context *c)
{
    struct tl_str abbr;
    char buf[6];
    int64_t us;

    c->zone = NULL;
    c->ambiguous[0] = '\0';
    if (is_zone_shape(word))
        return tl_zone_find(r->in.zones, word, &c->zone, NULL) ? SAID_NOTHING : SAID_ZONE;
    if (!capitals(word, loose, buf))
        return SAID_NOTHING;
    abbr = (struct tl_str){buf, word.n};
    if (tl_zone_abbreviation(r->in.zones, abbr, &us))
        return tl_zone_find(r->in.zones, abbr, &c->zone, NULL) ? SAID_NOTHING : SAID_ZONE;
    if (!tl_zone_abbreviation_known(r->in.zones, abbr))
        return SAID_NOTHING;
    memcpy(c->ambiguous, buf, word.n);
    c->ambiguous[word.n] = '\0';
    return SAID_AMBIGUOUS;
}

/* Zones with a name in words. */
static const struct {
    struct tl_str words, zone;
} named[] = {
    {{"Japan Standard Time", 19}, {"+09:00", 6}},
    {{"Japan time", 10}, {"+09:00", 6}},
    {{"日本時間", 12}, {"+09:00", 6}},
    {{"日本标准时间", 18}, {"+09:00", 6}},
    {{"Korea Standard Time", 19}, {"+09:00", 6}},
    {{"한국시간", 12}, {"+09:00", 6}},
    {{"한국 시간", 13}, {"+09:00", 6}},
    {{"北京时间", 12}, {"+08:00", 6}},
    {{"北京時間", 12}, {"+08:00", 6}},
    {{"台北時間", 12}, {"+08:00", 6}},
    {{"Coordinated Universal Time", 26}, {"UTC", 3}},
    {{"協定世界時", 15}, {"UTC", 3}},
};

/* Keeps what the first word said; *conflict when a later one says another offset. */
static void
join(struct table_context *all, enum zone_said *said, const struct table_context *one,
     enum zone_said that, bool *conflict)
{
    if (that == SAID_NOTHING)
        return;
    if (*said == SAID_ZONE && that == SAID_ZONE)
        *conflict |= tl_zone_offset(all->zone, 0, NULL) != tl_zone_offset(one->zone, 0, NULL);
    if (*said == SAID_ZONE || (*said == SAID_AMBIGUOUS && that == SAID_AMBIGUOUS))
        return; /* "CST (UTC-6)": the certain one */
    *said = that;
    all->zone = one->zone;
    memcpy(all->ambiguous, one->ambiguous, sizeof(all->ambiguous));
}

/* "UTC +9" is one zone: the number that follows instead of the word. */
static struct tl_str
with_number(struct tl_str word, struct tl_str *rest)
{
    struct tl_str after = *rest, number;

    if (word.n != 3 || !is_zone_shape(word) || !next_token(&after, &number))
        return word;
    if (number.n < 2 || (number.p[0] != '+' && number.p[0] != '-') || !is_digit(number, 1) ||
        number.p - (word.p + word.n) > 2)
        return word;
    *rest = after;
    return number;
}

enum zone_said
zone_in_words(struct tl_reader *r, struct tl_str words, bool loose, struct table_context *c)
{
    struct table_context all = TABLE_CONTEXT_NONE, one = TABLE_CONTEXT_NONE;
    enum zone_said said = SAID_NOTHING, that;
    struct tl_str rest = words, token, number;
    bool conflict = false;

    for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++)
        if (tl_str_case_find(words, named[i].words) != SIZE_MAX &&
            !tl_zone_find(r->in.zones, named[i].zone, &one.zone, NULL))
            join(&all, &said, &one, SAID_ZONE, &conflict);
    for (int n = 0; n < WORDS_MAX && next_token(&rest, &token); n++) {
        if (token.n == 0)
            continue;
        number = with_number(token, &rest);
        that = zone_of_word(r, token, loose, &one);
        if (number.p != token.p && !tl_zone_find(r->in.zones, number, &one.zone, NULL))
            that = SAID_ZONE;
        join(&all, &said, &one, that, &conflict);
    }
    if (conflict || said == SAID_NOTHING)
        return SAID_NOTHING;
    c->zone = all.zone;
    memcpy(c->ambiguous, all.ambiguous, sizeof(c->ambiguous));
    return said;
}

/* ---- captions ---- */

/* Does the line speak of the times that follow? "times", "timestamps" anywhere; "time", "date" in
 * few words; a heading or few words with the zone in brackets. */
static bool
speaks_of_times(struct tl_str line, bool heading)
{
    static const struct tl_str always[] = {{"times", 5},
                                           {"timestamps", 10},
                                           {"timestamp", 9},
                                           {"timezone", 8},
                                           {"time zone", 9},
                                           {"time-zone", 9},
                                           {"tz", 2},
                                           {"時刻", 6},
                                           {"日時", 6},
                                           {"タイムゾーン", 18},
                                           {"時間はすべて", 18},
                                           {"시각", 6},
                                           {"시간대", 9},
                                           {"时区", 6},
                                           {"時區", 6}};
    static const struct tl_str shorts[] = {{"time", 4}, {"date", 4}, {"dates", 5}, {"clock", 5}};

    for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++)
        if (text_has_word(line, always[i]))
            return true;
    if (line.n > SHORT_MAX)
        return false;
    for (size_t i = 0; i < sizeof(shorts) / sizeof(shorts[0]); i++)
        if (text_has_word(line, shorts[i]))
            return true;
    return heading && tl_str_find(line, TL_STR("(")) != SIZE_MAX;
}

/* The inside of the last brackets of the line, ASCII or wide; empty: none. */
static struct tl_str
last_brackets(struct tl_str line)
{
    static const struct tl_str open[] = {{"(", 1}, {"（", 3}, {"[", 1}},
                               close[] = {{")", 1}, {"）", 3}, {"]", 1}};
    struct tl_str in = {"", 0};

    for (size_t i = 0; i < 3 && in.n == 0; i++) {
        struct tl_str rest = line;

        for (size_t at; (at = tl_str_find(rest, open[i])) != SIZE_MAX;) {
            size_t end;

            rest = tl_str_skip(rest, at + open[i].n);
            end = tl_str_find(rest, close[i]);
            if (end == SIZE_MAX)
                break;
            in = (struct tl_str){rest.p, end};
        }
    }
    return in;
}

static struct tl_str
without_marks(struct tl_str line)
{
    bool bullet;
    struct tl_str s;

    for (s = tl_str_trim(line); s.n > 0 && (s.p[0] == '#' || s.p[0] == '/' || s.p[0] == ';');)
        s = tl_str_trim(tl_str_skip(s, 1));
    s = line_bare(s, &bullet);
    while (s.n > 0 && char_in(s.p[0], "*_=:`\"("))
        s = tl_str_trim(tl_str_skip(s, 1));
    while (s.n > 0 && char_in(s.p[s.n - 1], "*_=:`\".)"))
        s = tl_str_trim((struct tl_str){s.p, s.n - 1});
    return s;
}

/* A day and nothing else but a word for it before: "2026-04-11", "Date: Saturday, April 11, 2026".
 */
static bool
read_day(struct tl_str text, tl_time *day)
{
    static const struct tl_str labels[] = {{"date", 4}, {"day", 3}, {"日付", 6}, {"on", 2}};
    char buf[80];
    struct tl_str s = without_marks(text), full = {buf, 0};
    struct tl_stamp st;

    for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
        if (tl_str_case_starts(s, labels[i]) && s.n > labels[i].n &&
            char_in(s.p[labels[i].n], " :\xef"))
            s = without_marks(tl_str_skip(s, labels[i].n));
    if (s.n < 8 || s.n > 40)
        return false;
    memcpy(buf, s.p, s.n);
    memcpy(buf + s.n, " 00:00", sizeof(" 00:00"));
    full.n = s.n + sizeof(" 00:00") - 1;
    if (!tl_stamp_read(&full, NULL, &st) || full.n > 0 || !st.dated || st.yearless)
        return false;
    *day = st.local;
    return st.local % TL_DAY == 0;
}

/* The day of a heading: all that stands behind one of its words, brackets left out. */
static bool
read_heading_day(struct tl_str line, tl_time *day)
{
    struct tl_str s = without_marks(line), left, right;

    if (tl_str_cut(s, '(', &left, &right))
        s = tl_str_trim(left);
    for (int words = 0; words < 12 && s.n > 0; words++) {
        if (read_day(s, day))
            return true;
        (void)tl_str_cut(s, ' ', &left, &s);
        s = tl_str_trim(s);
    }
    return false;
}

bool
table_caption(struct tl_reader *r, struct tl_str line, struct table_context *c)
{
    struct tl_str s = tl_str_trim(line), bare = without_marks(s), left, right;
    bool heading =
        line_is_heading(s) || (s.n > 0 && s.n <= SHORT_MAX && char_in(s.p[s.n - 1], ":)"));
    struct table_context found = TABLE_CONTEXT_NONE;
    tl_time day = TL_TIME_NONE;
    bool said;

    if (s.n == 0 || s.n > CAPTION_MAX)
        return false;
    (void)tl_str_cut(bare, '(', &left, &right);
    if (!read_day(bare, &day) && !read_day(left, &day) && heading)
        (void)read_heading_day(s, &day);
    said = day != TL_TIME_NONE || bare.n <= 12 || speaks_of_times(s, heading);
    if (!said)
        return false;
    if (zone_in_words(r, last_brackets(s), true, &found) == SAID_NOTHING &&
        zone_in_words(r, day == TL_TIME_NONE ? bare : right, false, &found) == SAID_NOTHING &&
        day == TL_TIME_NONE)
        return false;
    if (found.zone || found.ambiguous[0]) {
        c->zone = found.zone;
        memcpy(c->ambiguous, found.ambiguous, sizeof(c->ambiguous));
    }
    if (day != TL_TIME_NONE)
        c->day = day;
    return true;
}
