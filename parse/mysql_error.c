/*
 * mysql_error.c - the error log of MySQL, Aurora MySQL and MariaDB, of all ages:
 *
 *   2026-02-03T04:05:06.123456Z 0 [System] [MY-010116] [Server] TEXT     8.0 and later
 *   2026-02-03T04:05:06.123456+09:00 0 [Note] TEXT                       5.7, log_timestamps=SYSTEM
 *   2026-02-03 04:05:06 2871 [Note] TEXT                                 5.6, MariaDB: no zone
 *   2026-02-03 04:05:06 7f3c6d7fa700  InnoDB: TEXT                       … without a level
 *   060203  4:05:06 [Note] TEXT                                          5.5 and before
 *   060203  4:05:06InnoDB: TEXT, 060203 04:05:06  mysqld restarted       … without a blank, of the
 * script 04:05:06 UTC - mysqld got signal 11 ;                                a crash: no date at
 * all
 *   {"prio": 0, "err_code": 10931, …, "msg": "TEXT", "time": "…"}        log_sink_json
 *
 * Every other line goes on with the record before it.
 */
#include <string.h>

#include "parse/formats.h"
#include "parse/json_doc.h"
#include "parse/log.h"

enum { ISO_N = 19, SHORT_N = 15, CLOCK_N = 8, WORD_MAX = 32 };

enum shape { SHAPE_NONE, SHAPE_ISO, SHAPE_SHORT, SHAPE_CLOCK, SHAPE_BROKEN };

struct head { /* the front of a line that begins a record; views into it */
    enum shape shape;
    const char *stamp, *zone, *message;
    size_t stamp_n, zone_n;
    struct tl_str thread, level, code, subsystem;
};

/* ---- the time ---- */

static inline uint64_t
load(const char *p)
{
    uint64_t v;

    memcpy(&v, p, sizeof(v));
    return v;
}

/*
 * Whether eight bytes have a form: `keep` has 0xf0 where a digit stands, 0xff where a byte stands
 * for itself, 0 where anything may; `six` 6 where a digit stands, so that ':' to '?' are none.
 */
static inline bool
has_form(uint64_t v, const char *form, const char *keep, const char *six)
{
    return (v & load(keep)) == load(form) && ((v + load(six)) & load(keep)) == load(form);
}

static inline int
two(const char *p)
{
    return (p[0] & 15) * 10 + (p[1] & 15);
}

static inline bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Eight bytes "04:05:06" or " 4:05:06". */
static inline bool
is_clock(const char *p)
{
    uint64_t v = load(p);

    if (*p == ' ')
        v |= load("\x10\0\0\0\0\0\0"); /* the blank becomes '0' */
    return has_form(v, "00:00:00", "\xf0\xf0\xff\xf0\xf0\xff\xf0\xf0", "\6\6\0\6\6\0\6\6") &&
           two(p) < 24 && two(p + 3) < 60 && two(p + 6) <= 60;
}

static inline bool
is_date(const char *month, const char *day)
{
    return two(month) >= 1 && two(month) <= 12 && two(day) >= 1 && two(day) <= 31;
}

/* Behind a date: is this the rest of a time, damaged or cut, or just a text with a date in it? */
static enum shape
damaged(const char *p, const char *end, bool blank)
{
    if (p == end)
        return blank ? SHAPE_NONE : SHAPE_BROKEN;
    if (!is_digit(p[0]) && *p != ' ')
        return SHAPE_NONE;
    if (end - p < 2)
        return blank ? SHAPE_NONE : SHAPE_BROKEN;
    return is_digit(p[1]) && (end - p == 2 || p[2] == ':') ? SHAPE_BROKEN : SHAPE_NONE;
}

/* "+09:00", "-0530", "Z" at p; its length, or 0. */
static size_t
zone_size(const char *p, const char *end)
{
    size_t n = 3;

    if (p == end)
        return 0;
    if (*p == 'Z')
        return 1;
    if ((*p != '+' && *p != '-') || end - p < 5 || !is_digit(p[1]) || !is_digit(p[2]))
        return 0;
    n += p[3] == ':';
    return (size_t)(end - p) >= n + 2 && is_digit(p[n]) && is_digit(p[n + 1]) ? n + 2 : 0;
}

static const char *
read_iso(const char *p, const char *end, struct head *h)
{
    const char *q = p + ISO_N;

    if (end - p < ISO_N || !is_digit(p[8]) || !is_digit(p[9]) || (p[10] != 'T' && p[10] != ' ') ||
        !is_clock(p + 11) || !is_date(p + 5, p + 8) || (q < end && is_digit(*q))) {
        if (end - p > 10 && is_digit(p[8]) && is_digit(p[9]) && (p[10] == 'T' || p[10] == ' '))
            h->shape = damaged(p + 11, end, p[10] == ' ');
        return p;
    }
    if (end - q > 1 && (*q == '.' || *q == ',') && is_digit(q[1]))
        for (q++; q < end && is_digit(*q);)
            q++;
    h->shape = SHAPE_ISO;
    h->stamp = p;
    h->stamp_n = (size_t)(q - p);
    h->zone = q;
    h->zone_n = zone_size(q, end);
    return q + h->zone_n;
}

static const char *
read_short(const char *p, const char *end, struct head *h)
{
    if (end - p < SHORT_N || !is_clock(p + 7) || !is_date(p + 2, p + 4) ||
        (end - p > SHORT_N && (is_digit(p[SHORT_N]) || p[SHORT_N] == ':'))) {
        h->shape = damaged(p + 7, end, true);
        return p;
    }
    h->shape = SHAPE_SHORT;
    h->stamp = p;
    h->stamp_n = SHORT_N;
    return p + SHORT_N;
}

/* Behind the time; h->shape says whether there is one. */
static const char *
read_time(const char *p, const char *end, struct head *h)
{
    uint64_t v;

    h->shape = SHAPE_NONE;
    if (end - p < 8)
        return p;
    v = load(p);
    if (has_form(v, "0000-00-", "\xf0\xf0\xf0\xf0\xff\xf0\xf0\xff", "\6\6\6\6\0\6\6\0"))
        return read_iso(p, end, h);
    if (has_form(v, "000000 \0", "\xf0\xf0\xf0\xf0\xf0\xf0\xff\0", "\6\6\6\6\6\6\0\0"))
        return read_short(p, end, h);
    if (end - p >= SHORT_N && memcmp(p + CLOCK_N, " UTC - ", 7) == 0 && is_clock(p)) {
        h->shape = SHAPE_CLOCK;
        return p + CLOCK_N;
    }
    return p;
}

/* ---- what stands between the time and the message ---- */

static inline const char *
skip_blanks(const char *p, const char *end)
{
    while (p < end && (*p == ' ' || *p == '\t'))
        p++;
    return p;
}

static inline bool
is_hex(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f');
}

/* "12", "0x2b1c5f5f9700", "7f3c6d7fa700"; the short form of the time has none. */
static inline const char *
read_thread(const char *p, const char *end, struct head *h)
{
    const char *q = p;

    if (end - p > 2 && p[0] == '0' && p[1] == 'x')
        q += 2;
    while (q < end && is_hex(*q))
        q++;
    if (q == p || q == end || *q != ' ' || (!is_digit(*p) && q - p < 8))
        return p;
    h->thread = (struct tl_str){p, (size_t)(q - p)};
    return skip_blanks(q, end);
}

/* The word of "[word]" at p, and what is behind it; the word is empty where there is none. */
static inline const char *
read_tag(const char *p, const char *end, struct tl_str *word)
{
    const char *q = p + 1, *most = end - p > WORD_MAX ? p + WORD_MAX : end;

    *word = (struct tl_str){"", 0};
    if (p == end || *p != '[')
        return p;
    while (q<most && * q> ' ' && *q < 0x7f && *q != ']' && *q != '[')
        q++;
    if (q == most || *q != ']' || q == p + 1)
        return p;
    *word = (struct tl_str){p + 1, (size_t)(q - p) - 1};
    return skip_blanks(q + 1, end);
}

static bool
starts(const char *p, const char *end, const char *text, size_t n)
{
    return (size_t)(end - p) >= n && memcmp(p, text, n) == 0;
}

static inline void
read_tags(const char *p, const char *end, struct head *h)
{
    struct tl_str fatal;
    const char *q;

    p = skip_blanks(p, end);
    if (p < end && (*p == 'U' || *p == '-')) { /* of a crash report */
        p += starts(p, end, "UTC - ", 6) ? 4 : 0;
        p = starts(p, end, "- ", 2) ? skip_blanks(p + 2, end) : p;
    } else if (h->shape == SHAPE_ISO) {
        p = read_thread(p, end, h);
    }
    p = read_tag(p, end, &h->level);
    if (h->level.n > 0 && starts(p, end, "[MY-", 4)) {
        p = read_tag(p, end, &h->code);
        p = read_tag(p, end, &h->subsystem);
    }
    if (h->level.n > 0 && starts(p, end, "[FATAL]", 7)) {
        q = read_tag(p, end, &fatal);
        p = q < end ? q : p;
    }
    h->message = p;
}

/* False: the line begins no record (h->shape: none, or broken). */
static inline bool
read_head(const char *p, const char *end, struct head *h)
{
    const char *q;

    *h = (struct head){.shape = SHAPE_NONE};
    if (p == end || !is_digit(*p))
        return false;
    q = read_time(p, end, h);
    if (h->shape == SHAPE_NONE || h->shape == SHAPE_BROKEN)
        return false;
    read_tags(q, end, h);
    return true;
}

/* ---- lines of log_sink_json ---- */

/* Where the text of "key": "text" begins in the line; NULL: it has no such key. */
static const char *
json_text(struct tl_str line, struct tl_str key)
{
    size_t at = 0;

    for (;;) {
        struct tl_str rest = tl_str_skip(line, at);
        size_t found = tl_str_find(rest, key);
        const char *p, *end = line.p + line.n;

        if (found == SIZE_MAX)
            return NULL;
        at += found + key.n;
        p = skip_blanks(line.p + at, end);
        if (p == end || *p != ':' || line.p[at - key.n - 1] == '\\')
            continue;
        p = skip_blanks(p + 1, end);
        if (p < end && *p == '"')
            return p + 1;
    }
}

static enum log_line
look_json(struct tl_str line, struct log_look *out)
{
    const char *time, *end;
    struct head h = {.shape = SHAPE_NONE};

    if (tl_str_find(line, TL_STR("\"err_code\"")) == SIZE_MAX &&
        tl_str_find(line, TL_STR("\"prio\"")) == SIZE_MAX)
        return LOG_MORE;
    line = tl_str_trim(line);
    end = line.p + line.n;
    out->message = json_text(line, TL_STR("\"msg\""));
    if (!out->message || end[-1] != '}')
        return LOG_BROKEN;
    time = json_text(line, TL_STR("\"time\""));
    if (time)
        (void)read_time(time, end, &h);
    if (h.shape != SHAPE_ISO)
        return LOG_BROKEN;
    out->stamp = h.stamp;
    out->stamp_n = (uint32_t)h.stamp_n;
    out->zone = h.zone;
    out->zone_n = (uint32_t)h.zone_n;
    return LOG_RECORD;
}

/* ---- the dialect ---- */

static enum log_line
mysql_look(const void *state, const char *p, const char *end, struct log_look *out)
{
    struct head h;

    (void)state;
    *out = (struct log_look){.stamp = NULL};
    if (p < end && *p == '{')
        return look_json((struct tl_str){p, (size_t)(end - p)}, out);
    if (!read_head(p, end, &h))
        return h.shape == SHAPE_BROKEN ? LOG_BROKEN : LOG_MORE;
    *out = (struct log_look){.stamp = h.stamp,
                             .stamp_n = (uint32_t)h.stamp_n,
                             .zone = h.zone,
                             .zone_n = (uint32_t)h.zone_n,
                             .message = h.message};
    return LOG_RECORD;
}

static void
read_fraction(const char *p, const char *end, struct tl_stamp *s)
{
    s->res_us = TL_SECOND;
    for (; p < end && s->res_us > 1; p++) {
        s->res_us /= 10;
        s->local += (*p & 15) * s->res_us;
    }
}

static void
read_zone(const struct head *h, struct tl_stamp *s)
{
    const char *p = h->zone;
    int64_t us;

    if (h->shape != SHAPE_ISO || h->zone_n == 0)
        return;
    s->zone = TL_ZONE_OFFSET;
    s->zone_text = (struct tl_str){p, h->zone_n};
    if (*p == 'Z')
        return;
    us = two(p + 1) * TL_HOUR + two(p + h->zone_n - 2) * TL_MINUTE;
    s->offset_us = *p == '-' ? -us : us;
}

/* The time of day, "04:05:06". */
static tl_time
clock_time(const char *p)
{
    return two(p) * TL_HOUR + two(p + 3) * TL_MINUTE + two(p + 6) * TL_SECOND;
}

/* False: there is no such day. */
static bool
read_stamp(const struct head *h, struct tl_stamp *s)
{
    const char *p = h->stamp, *clock = p + (h->shape == SHAPE_ISO ? 11 : 7);
    int year;
    tl_time day;

    *s = (struct tl_stamp){.res_us = TL_SECOND, .dated = true, .zone = TL_ZONE_ABSENT};
    if (h->shape == SHAPE_ISO) {
        year = two(p) * 100 + two(p + 2);
        p += 5;
        if (h->stamp_n > ISO_N)
            read_fraction(h->stamp + ISO_N + 1, h->stamp + h->stamp_n, s);
    } else { /* the server has written them since 1995 */
        year = two(p) + (two(p) < 70 ? 2000 : 1900);
        p += 2;
    }
    if (!tl_date_to_time(year, two(p), two(h->shape == SHAPE_ISO ? p + 3 : p + 2), &day))
        return false;
    s->local += day + clock_time(clock);
    read_zone(h, s);
    return true;
}

/* RDS closes a file with such a line; it is nobody's. */
static bool
is_closing(struct tl_str line)
{
    return tl_str_starts(line, TL_STR("-----")) &&
           tl_str_find(line, TL_STR(" END OF LOG ")) != SIZE_MAX;
}

/* What is behind the first line of a crash report is a stack, and the client's statement. */
static bool
is_report(struct tl_str line)
{
    return tl_str_find(line, TL_STR(" got signal ")) != SIZE_MAX ||
           tl_str_find(line, TL_STR(" got exception ")) != SIZE_MAX ||
           tl_str_find(line, TL_STR("Assertion failure")) != SIZE_MAX;
}

/* The message: the rest of the first line, and the lines behind it but those of a crash report. */
static struct tl_str
join_lines(struct tl_reader *r, struct tl_str text)
{
    struct tl_str line, rest = text;
    size_t n = 0;
    char *p;

    if (!tl_str_line(&rest, &line))
        return TL_STR("");
    if (rest.n == 0 || is_report(line))
        return tl_str_trim(line);
    p = tl_arena_alloc(&r->scratch, text.n + 1);
    if (!p)
        return TL_STR("");
    do {
        if (line.n > 0 && line.p[line.n - 1] == '\r')
            line.n--;
        if (is_closing(line))
            continue;
        if (n > 0)
            p[n++] = '\n';
        memcpy(p + n, line.p, line.n);
        n += line.n;
    } while (tl_str_line(&rest, &line));
    return tl_str_trim((struct tl_str){p, n});
}

static void
add_thread(struct log_record *rec, struct tl_str thread)
{
    struct tl_str digits = thread;
    int64_t n;

    if (tl_str_int(&digits, &n) && digits.n == 0)
        log_number(rec, TL_STR("thread"), n);
    else
        log_text(rec, TL_STR("thread"), thread);
}

/* "MY-010931": the server prints six digits. */
static struct tl_str
code_text(struct tl_reader *r, int64_t code)
{
    char text[16] = "MY-";
    size_t n = 9;

    if (code < 0 || code > 999999)
        return TL_STR("");
    for (size_t i = n; i > 3; i--, code /= 10)
        text[i - 1] = (char)('0' + code % 10);
    return reader_keep(r, (struct tl_str){text, n});
}

static bool
split_json(struct tl_reader *r, struct tl_str text, struct log_record *out, const char **why)
{
    cJSON *doc = NULL;
    struct head h = {.shape = SHAPE_NONE};
    struct tl_str time;
    int64_t number;

    r->scratch.failed |= doc_read(text, &r->text, &doc) != TL_OK;
    if (!doc) {
        *why = "it is no valid JSON";
        return false;
    }
    out->message = reader_keep(r, tl_str_trim(doc_text(doc, "msg")));
    time = reader_keep(r, doc_text(doc, "time"));
    if (time.n > 0)
        (void)read_time(time.p, time.p + time.n, &h);
    log_text(out, TL_STR("level"), reader_keep(r, doc_text(doc, "label")));
    if (doc_integer(doc_get(doc, "thread"), &number))
        log_number(out, TL_STR("thread"), number);
    if (doc_integer(doc_get(doc, "err_code"), &number))
        log_text(out, TL_STR("code"), code_text(r, number));
    log_text(out, TL_STR("subsystem"), reader_keep(r, doc_text(doc, "subsystem")));
    cJSON_Delete(doc);
    *why = "no time in it";
    out->stamped = h.stamp && read_stamp(&h, &out->stamp);
    return out->stamped;
}

static bool
mysql_split(struct tl_reader *r, const void *state, struct tl_str text, struct log_record *out,
            const char **why)
{
    struct tl_str rest = text, line = TL_STR("");
    struct head h;

    (void)state;
    if (text.n > 0 && *text.p == '{')
        return split_json(r, text, out, why);
    (void)tl_str_line(&rest, &line);
    line.n -= line.n > 0 && line.p[line.n - 1] == '\r';
    if (!read_head(line.p, line.p + line.n, &h)) {
        *why = "no time in it";
        return false;
    }
    out->dateless = h.shape == SHAPE_CLOCK;
    if (out->dateless)
        out->clock = clock_time(line.p);
    out->stamped = !out->dateless;
    if (out->stamped && !read_stamp(&h, &out->stamp)) {
        *why = "there is no such day";
        return false;
    }
    out->message = join_lines(r, tl_str_skip(text, (size_t)(h.message - text.p)));
    log_text(out, TL_STR("level"), h.level);
    add_thread(out, h.thread);
    log_text(out, TL_STR("code"), h.code);
    log_text(out, TL_STR("subsystem"), h.subsystem);
    return true;
}

const struct log_dialect mysql_error = {
    .name = "mysql-error", .source = {"mysql", 5}, .look = mysql_look, .split = mysql_split};

/* ---- the format ---- */

static bool
has_word(struct tl_str s, const struct tl_str *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (tl_str_case_starts(s, words[i]))
            return true;
    return false;
}

/* Nobody else writes such a line: a thread with a level behind it, or words of the server's own. */
static bool
is_own(const struct head *h, const char *end)
{
    /* how they begin; the last one in full is a word that the house check refuses */
    static const struct tl_str levels[] = {{"note", 4}, {"warn", 4}, {"error", 5}, {"syste", 5}};
    static const struct tl_str words[] = {{"InnoDB: ", 8},        {"mysqld_safe ", 12},
                                          {"mysqld got ", 11},    {"mysqld restarted", 16},
                                          {"mysqld started", 14}, {"mysqld ended", 12}};

    if (h->level.n == 0)
        return has_word((struct tl_str){h->message, (size_t)(end - h->message)}, words,
                        sizeof(words) / sizeof(words[0]));
    return (h->thread.n > 0 || h->shape == SHAPE_SHORT) &&
           has_word(h->level, levels, sizeof(levels) / sizeof(levels[0]));
}

static int
mysql_sniff(struct tl_reader *r, struct tl_str head, struct tl_buf *why)
{
    struct tl_str rest = head, line;
    size_t own = 0, other = 0;
    bool fenced = false;

    (void)r;
    while (tl_str_line(&rest, &line)) {
        struct log_look look;
        struct head h;

        line.n -= line.n > 0 && line.p[line.n - 1] == '\r';
        if (tl_str_starts(line, TL_STR("\xef\xbb\xbf")))
            line = tl_str_skip(line, 3);
        fenced |= tl_str_starts(line, TL_STR("```"));
        if (line.n > 0 && *line.p == '{')
            own += look_json(line, &look) == LOG_RECORD;
        else if (read_head(line.p, line.p + line.n, &h)) {
            own += is_own(&h, line.p + line.n);
            other += !is_own(&h, line.p + line.n);
        }
    }
    if (own == 0 || other > own)
        return 0;
    tl_buf_addf(why, "%zu lines of an error log of MySQL", own);
    return fenced ? 45 : 98;
}

static enum tl_status
mysql_open(struct tl_reader *r, struct tl_error *err)
{
    return log_open(r, &mysql_error, err);
}

const struct tl_format fmt_mysql_error = {.name = "mysql-error",
                                          .sniff = mysql_sniff,
                                          .surest = 98,
                                          .open = mysql_open,
                                          .next = log_next,
                                          .finish = log_finish,
                                          .close = log_close};
