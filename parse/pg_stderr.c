/*
 * pg_stderr.c - PostgreSQL's log as its server prints it: prefix, tag, message.
 *
 * A line begins a record when a time stands where a prefix of this input has it and a tag behind
 * that prefix. Lines that go on begin with a tab; a line of somebody else's (a shell script of the
 * server, a launcher) belongs to no message.
 */
#include "parse/formats.h"
#include "parse/pg_lines.h"
#include "parse/pg_quick.h"

#include <string.h>

/* ---- times ---- */

/* Digits where `form` has '0', else the byte that it has. */
static inline bool
fits8(const char *p, const char *form, uint64_t marks)
{
    uint64_t v, f;

    memcpy(&v, p, 8);
    memcpy(&f, form, 8);
    v ^= f;
    return ((v | (v + 0x7676767676767676u)) & 0x8080808080808080u) == 0 && (v & marks) == 0;
}

/* The bytes of `form` that are no digits, as a mask; the compiler makes a constant of it. */
static inline uint64_t
marks_of(const char *form)
{
    unsigned char m[8];
    uint64_t v;

    for (int i = 0; i < 8; i++)
        m[i] = form[i] == '0' ? 0 : 0xff;
    memcpy(&v, m, 8);
    return v;
}

#define FITS(p, form) fits8((p), (form), marks_of(form))

/* "UTC", "CEST", "+03", "-0330" at p; its end, or NULL. */
static inline const char *
zone_end(const char *p, const char *end)
{
    const char *q = p + 1;

    if (p < end && (*p == '+' || *p == '-')) {
        while (q < end && q - p < 5 && pg_is_digit(*q))
            q++;
        return q - p >= 3 ? q : NULL;
    }
    for (q = p; q < end && q - p < 6 && pg_is_upper(*q); q++)
        ;
    return q - p >= 2 ? q : NULL;
}

static bool
iso_slowly(const char *p, const char *end, struct pg_time *out)
{
    const char *q = p + 19;

    if (end - p < 22 || !FITS(p, "0000-00-") || !FITS(p + 3, "0-00-00 ") ||
        !FITS(p + 11, "00:00:00"))
        return false;
    if (*q == '.') {
        for (q++; q < end && pg_is_digit(*q); q++)
            ;
        if (q - p > 26)
            return false;
    }
    out->p = p;
    out->n = (uint32_t)(q - p);
    if (q >= end || *q != ' ')
        return false;
    out->zone = q + 1;
    out->end = zone_end(out->zone, end);
    return out->end != NULL;
}

static inline bool
iso_at(const char *p, const char *end, struct pg_time *out)
{
#ifdef __SSE2__
    if (end - p >= 48 && pg_time_wide(p, out))
        return true;
#endif
    return end - p >= 22 && pg_is_digit(*p) && iso_slowly(p, end, out);
}

/* "1775888495.200": ten digits, three behind the point. */
static bool
epoch_at(const char *p, const char *end, struct pg_time *out)
{
    if (end - p < 14 || !FITS(p, "00000000") || !FITS(p + 6, "0000.000") ||
        (end - p > 14 && pg_is_digit(p[14])))
        return false;
    *out = (struct pg_time){.p = p, .end = p + 14, .n = 14};
    return true;
}

bool
pg_time_at(enum pg_clock clock, const char *p, const char *end, struct pg_time *out)
{
    return clock == PG_CLOCK_ISO ? iso_at(p, end, out)
                                 : clock == PG_CLOCK_EPOCH && epoch_at(p, end, out);
}

bool
pg_time_find(enum pg_clock clock, const char *p, const char *end, struct pg_time *out)
{
    for (; end - p >= 14; p++)
        if (pg_is_digit(*p) && pg_time_at(clock, p, end, out))
            return true;
    return false;
}

bool
pg_time_stamp(const struct pg_time *t, struct tl_zones *zones, struct tl_stamp *out)
{
    struct tl_str s = {t->p, (size_t)(t->end - t->p)};

    if (!t->zone)
        return tl_stamp_epoch(&s, out) && s.n == 0;
    if (!tl_stamp_read(&s, zones, out))
        return false;
    if (s.n == 0)
        return true;
    out->zone = TL_ZONE_AMBIGUOUS; /* letters that no zone has: not read as if there were none */
    out->offset_us = 0;
    out->zone_text = (struct tl_str){t->zone, (size_t)(t->end - t->zone)};
    return true;
}

/* ---- tags ---- */

struct tag_row {
    struct tl_str name;
    enum pg_sort sort;
};
#define ROW(name, sort)                                                                            \
    {                                                                                              \
        {name, sizeof(name) - 1}, sort                                                             \
    }
static const struct tag_row tags[] = {
    ROW("LOG", PG_SEVERITY),    ROW("STATEMENT", PG_OTHER), ROW("ERROR", PG_SEVERITY),
    ROW("DETAIL", PG_DETAIL),   ROW("FATAL", PG_SEVERITY),  ROW("WARNING", PG_SEVERITY),
    ROW("HINT", PG_HINT),       ROW("CONTEXT", PG_OTHER),   ROW("NOTICE", PG_SEVERITY),
    ROW("INFO", PG_SEVERITY),   ROW("PANIC", PG_SEVERITY),  ROW("QUERY", PG_OTHER),
    ROW("LOCATION", PG_OTHER),  ROW("BACKTRACE", PG_OTHER), ROW("DEBUG", PG_SEVERITY),
    ROW("DEBUG1", PG_SEVERITY), ROW("DEBUG2", PG_SEVERITY), ROW("DEBUG3", PG_SEVERITY),
    ROW("DEBUG4", PG_SEVERITY), ROW("DEBUG5", PG_SEVERITY),
};
enum { NTAGS = sizeof(tags) / sizeof(tags[0]) };

/* The first ':' at or behind p with a blank behind it, both before end; NULL: none. LOG_PAD bytes
 * behind `end` are readable. */
static inline const char *
find_colon(const char *p, const char *end)
{
#ifdef __SSE2__
    const __m128i colon = _mm_set1_epi8(':'), blank = _mm_set1_epi8(' ');

    for (; p + 1 < end; p += 16) {
        __m128i a = _mm_loadu_si128((const __m128i *)(const void *)p);
        __m128i b = _mm_loadu_si128((const __m128i *)(const void *)(p + 1));
        int hits =
            _mm_movemask_epi8(_mm_and_si128(_mm_cmpeq_epi8(a, colon), _mm_cmpeq_epi8(b, blank)));

        if (hits) {
            p += __builtin_ctz((unsigned)hits);
            return p + 1 < end ? p : NULL;
        }
    }
#else
    while (end - p > 1 && (p = memchr(p, ':', (size_t)(end - p - 1))) != NULL) {
        if (p[1] == ' ')
            return p;
        p++;
    }
#endif
    return NULL;
}

bool
pg_tag_other(const char *from, const char *colon, char before, struct pg_tag *out)
{
    char last;

    if (colon == from)
        return false;
    last = colon[-1];
    if (!pg_is_upper(last) && (last < '1' || last > '5'))
        return false;
    for (size_t i = 0; i < NTAGS; i++) {
        const struct tag_row *t = &tags[i];
        const char *word = colon - t->name.n;

        if (t->name.p[t->name.n - 1] != last || (size_t)(colon - from) < t->name.n ||
            memcmp(word, t->name.p, t->name.n) != 0 || !pg_may_stand(from, word, before))
            continue;
        *out = (struct pg_tag){word, colon, t->sort};
        return true;
    }
    return false;
}

static inline bool
tag_find(const char *from, const char *end, char before, struct pg_tag *out)
{
    const char *colon = from;

    if (end - from > PG_REACH)
        end = from + PG_REACH;
    while ((colon = find_colon(colon, end)) != NULL) {
        if (pg_tag_before(from, colon, before, out))
            return true;
        colon++;
    }
    return false;
}

bool
pg_tag_find(const char *from, const char *end, char before, struct pg_tag *out)
{
    const char *colon = from;

    if (end - from > PG_REACH)
        end = from + PG_REACH;
    while (end - colon > 1 && (colon = memchr(colon, ':', (size_t)(end - colon) - 1)) != NULL) {
        if (colon[1] == ' ' && pg_tag_before(from, colon, before, out))
            return true;
        colon++;
    }
    return false;
}

/* "42P01: " and the like: capitals and digits, a digit among them. */
static inline bool
is_sqlstate(const char *p, const char *end)
{
    bool digit = false;

    if (end - p < 7 || p[5] != ':' || p[6] != ' ')
        return false;
    for (int i = 0; i < 5; i++) {
        if (!pg_is_digit(p[i]) && !pg_is_upper(p[i]))
            return false;
        digit |= pg_is_digit(p[i]);
    }
    return digit;
}

const char *
pg_message(const struct pg_tag *tag, const char *end, struct tl_str *sqlstate)
{
    const char *p = tag->colon + 2;

    p += p < end && *p == ' ';
    if (sqlstate)
        *sqlstate = (struct tl_str){p, 0};
    if (!is_sqlstate(p, end))
        return p;
    if (sqlstate)
        sqlstate->n = 5;
    return p + 7;
}

/* ---- look ---- */

/* "waiting for server to start....2026-…": pg_ctl says that on the line of the server. */
static const char *
skip_waiting(const char *p, const char *end)
{
    static const char words[] = "waiting for server to ";
    const char *q = p;

    if (*p == 'w') {
        if (end - p < 32 || memcmp(p, words, sizeof(words) - 1) != 0)
            return p;
        while (q < end && q - p < 64 && *q != '.')
            q++;
    }
    while (q < end && *q == '.')
        q++;
    return q;
}

const char *
pg_front(const char *p, const char *end)
{
    while (p < end && *p == '\0')
        p++;
    if (end - p >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
        p += 3;
    return p < end && (*p == 'w' || *p == '.') ? skip_waiting(p, end) : p;
}

/* What a line is, as one shape sees it. */
enum seen { SEEN_NOTHING, SEEN_TIME, SEEN_TAG };

static inline enum seen
see_fixed(const struct pg_shape *x, const char *p, const char *end, struct pg_time *t,
          struct pg_tag *tag)
{
    const char *at = p + x->nlead;

    if (end - p < x->nlead + 14 || (x->nlead > 0 && memcmp(p, x->lead, x->nlead) != 0))
        return SEEN_NOTHING;
    if (x->clock == PG_CLOCK_ISO ? !iso_at(at, end, t) : !epoch_at(at, end, t))
        return SEEN_NOTHING;
    if (x->after != '\0' && (t->end >= end || *t->end != x->after))
        return SEEN_NOTHING;
    return tag_find(t->end, end, x->end, tag) ? SEEN_TAG : SEEN_TIME;
}

/* The time may stand anywhere before the tag, or nowhere. */
static enum seen
see_floating(const struct pg_shape *x, const char *p, const char *end, struct pg_time *t,
             struct pg_tag *tag)
{
    if (p == end || *p == '\t' || !tag_find(p, end, x->end, tag))
        return SEEN_NOTHING;
    if (x->clock == PG_CLOCK_NONE) {
        *t = (struct pg_time){0};
        return x->nlead == 0 || (tag->word - p >= x->nlead && memcmp(p, x->lead, x->nlead) == 0)
                   ? SEEN_TAG
                   : SEEN_NOTHING;
    }
    if (pg_time_find(x->clock, p, tag->word, t))
        return SEEN_TAG;
    /* A name may look like a tag ("an app, LOG:  x"). */
    return pg_time_find(x->clock, tag->word, end - p > PG_REACH ? p + PG_REACH : end, t) &&
                   tag_find(t->end, end, x->end, tag)
               ? SEEN_TAG
               : SEEN_NOTHING;
}

static inline enum seen
see(const struct pg_shape *x, const char *p, const char *end, struct pg_time *t, struct pg_tag *tag)
{
    return x->floating || x->clock == PG_CLOCK_NONE ? see_floating(x, p, end, t, tag)
                                                    : see_fixed(x, p, end, t, tag);
}

/* "FEHLER:  ", "ОШИБКА:  ": a server that speaks another language. No rule knows its messages. */
static bool
is_translated(const char *p, const char *end)
{
    const char *colon = p;

    while (end - colon > 2 && (colon = memchr(colon, ':', (size_t)(end - colon) - 2)) != NULL) {
        const char *word = colon;

        while (word > p && (pg_is_upper(word[-1]) || (unsigned char)word[-1] >= 0x80))
            word--;
        if (colon - word >= 3 && colon[1] == ' ' && colon[2] == ' ')
            return true;
        colon++;
    }
    return false;
}

/*
 * A line with a time in place and no tag was damaged when it shows a pid in its brackets as
 * prefixes have it, or ends before there could be a message.
 */
static bool
is_damaged(const struct pg_time *t, const char *end)
{
    const char *p = t->end, *q;

    if (end - p > 256)
        end = p + 256;
    if (is_translated(p, end))
        return false;
    for (; (p = memchr(p, '[', (size_t)(end - p))) != NULL; p++) {
        for (q = p + 1; q < end && pg_is_digit(*q); q++)
            ;
        if (q > p + 1 && (q == end || *q == ']'))
            return true;
    }
    return end == t->end || (end == t->end + 1 && end[-1] != ',');
}

/* Of several times before the tag the latest, or the finer one: a session began before it wrote. */
static void
take_later(struct pg_time *t, const char *end)
{
    enum pg_clock clock = t->zone ? PG_CLOCK_ISO : PG_CLOCK_EPOCH;
    struct pg_time next = *t;

    while (pg_time_find(clock, next.end, end, &next)) {
        uint32_t n = next.n < t->n ? next.n : t->n;
        int order = memcmp(next.p, t->p, n);

        if (order > 0 || (order == 0 && next.n > t->n))
            *t = next;
    }
}

enum log_line
pg_see(const struct pg_state *s, const char *p, const char *end, struct pg_time *t,
       struct pg_tag *tag)
{
    bool timed = false;

    for (size_t i = 0; i < s->nshapes; i++) {
        enum seen seen = see(&s->shapes[i], p, end, t, tag);

        if (seen == SEEN_TAG && s->twice && t->p)
            take_later(t, tag->word);
        if (seen == SEEN_TAG)
            return tag->sort == PG_SEVERITY ? LOG_RECORD : LOG_ASIDE;
        timed |= seen == SEEN_TIME;
    }
    if (!timed)
        return LOG_MORE;
    for (size_t i = 0; i < s->nshapes; i++)
        if (see(&s->shapes[i], p, end, t, tag) == SEEN_TIME && is_damaged(t, end))
            return LOG_BROKEN;
    return LOG_MORE;
}

bool
pg_is_csv(const struct pg_state *s, const char *p, const char *end)
{
    struct pg_time t;

    return !s->commas && iso_at(p, end, &t) && t.end < end && *t.end == ',';
}

static enum log_line
pg_look(const void *state, const char *p, const char *end, struct log_look *out)
{
    const struct pg_state *s = state;
    enum log_line is;
    struct pg_time t;
    struct pg_tag tag;

    if (p < end && (*p == '\0' || *p == '\xef' || *p == 'w' || *p == '.'))
        p = pg_front(p, end);
    if (p < end && end[-1] == '\r')
        end--;
    is = pg_see(s, p, end, &t, &tag);
    if (is == LOG_MORE && s->syslog.on)
        return pg_syslog_look(&s->syslog, p, end, out);
    if (is == LOG_MORE && pg_is_csv(s, p, end))
        return pg_csv.look(NULL, p, end, out);
    if (is != LOG_RECORD)
        return is;
    out->stamp = t.p;
    out->stamp_n = t.n;
    out->zone = t.zone;
    out->zone_n = t.zone ? (uint32_t)(t.end - t.zone) : 0;
    out->message = pg_message(&tag, end, NULL);
    return LOG_RECORD;
}

const struct log_dialect pg_stderr = {
    .name = "pg-stderr",
    .source = {"pg", 2},
    .look = pg_look,
    .scan = pg_scan_lines,
    .split = pg_split,
    .learn = pg_learn,
};

/* ---- the format ---- */

static enum tl_status
open_stderr(struct tl_reader *r, struct tl_error *err)
{
    return log_open(r, &pg_stderr, err);
}

const struct tl_format fmt_pg_stderr = {.name = "pg-stderr",
                                        .sniff = pg_sniff,
                                        .surest = 99,
                                        .open = open_stderr,
                                        .next = log_next,
                                        .finish = log_finish,
                                        .close = log_close};
