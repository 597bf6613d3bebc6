/*
 * pg_syslog.c - PostgreSQL's log as syslog keeps it: a time, a host, a program and its pid, and
 * behind them numbers ("[7-2]": the second line of the seventh message), prefix, tag, message.
 *
 * A message of several lines is a syslog line each; lines of other backends and of other programs
 * stand between them. A line that begins no record of the server is an aside: it ends nothing and
 * belongs to a record only where pid and number agree. Lines of a record that stand behind the
 * beginning of another one are not seen with it.
 */
#include "parse/pg_prefix.h"
#include "parse/pg_scan.h"

#include <string.h>

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* ---- the head of a line ---- */

/* "<134>" and, of RFC 5424, the version behind it. */
static const char *
skip_priority(const char *p, const char *end)
{
    const char *q = p + 1;

    if (p == end || *p != '<')
        return p;
    while (q < end && q - p < 5 && is_digit(*q))
        q++;
    if (q == end || *q != '>' || q == p + 1)
        return p;
    q++;
    return end - q > 2 && q[0] == '1' && q[1] == ' ' ? q + 2 : q;
}

/* "hh:mm:ss" */
static bool
is_clock(const char *p)
{
    static const char form[] = "00:00:00";

    for (int i = 0; i < 8; i++)
        if (form[i] == '0' ? !is_digit(p[i]) : p[i] != form[i])
            return false;
    return true;
}

/* "Feb 11 13:15:39": bytes, or 0. */
static size_t
bsd_time(const char *p, const char *end)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    bool found = false;

    if (end - p < 16 || p[3] != ' ' || p[6] != ' ' || !is_digit(p[5]) || !is_clock(p + 7))
        return 0;
    for (size_t i = 0; i < 36 && !found; i += 3)
        found = memcmp(p, months + i, 3) == 0;
    return found && (p[4] == ' ' || is_digit(p[4])) ? 15 : 0;
}

/* "2019-02-11T13:15:39.123456+01:00": bytes, and where its zone begins; or 0. */
static size_t
iso_time(const char *p, const char *end, size_t *zone)
{
    static const char form[] = "0000-00-00T00:00:00";
    size_t n = sizeof(form) - 1, room = (size_t)(end - p);

    if (room < n + 2)
        return 0;
    for (size_t i = 0; i < n; i++)
        if (form[i] == '0' ? !is_digit(p[i]) : p[i] != form[i])
            return 0;
    if (p[n] == '.')
        for (n++; n < room && is_digit(p[n]);)
            n++;
    *zone = n;
    if (n < room && p[n] == 'Z')
        return n + 1;
    if (room - n < 6 || (p[n] != '+' && p[n] != '-') || p[n + 3] != ':')
        return 0;
    return n + 6;
}

static struct tl_str
take_word(const char **p, const char *end)
{
    struct tl_str w = {*p, 0};

    while (w.p + w.n < end && w.p[w.n] != ' ')
        w.n++;
    *p += w.n;
    while (*p < end && **p == ' ')
        (*p)++;
    return w;
}

/* "postgres[10808]:", or as RFC 5424 has it, "postgres 10808 - -". */
static void
take_program(const char **p, const char *end, struct pg_syslog_line *out)
{
    const char *from = *p;
    struct tl_str w = take_word(p, end), name, rest, pid;

    if (w.n > 0 && w.p[w.n - 1] == ':')
        w.n--;
    if (w.p + w.n < *p && tl_str_cut(w, '[', &name, &rest) && tl_str_cut(rest, ']', &pid, &rest) &&
        rest.n == 0) {
        out->ident = name;
        out->pid = pid;
        return;
    }
    if (from + w.n < end && from[w.n] == ':') {
        out->ident = w;
        return;
    }
    from = *p;
    pid = take_word(p, end);
    if (tl_str_eq(take_word(p, end), TL_STR("-")) && tl_str_eq(take_word(p, end), TL_STR("-"))) {
        out->ident = w;
        out->pid = pid;
    } else {
        *p = from;
    }
}

/* "[7-2] " */
static void
take_numbers(const char **p, const char *end, struct pg_syslog_line *out)
{
    struct tl_str s = {*p + 1, end > *p ? (size_t)(end - *p) - 1 : 0};
    int64_t number, part;

    if (s.n == 0 || **p != '[' || !tl_str_int(&s, &number) || s.n == 0 || s.p[0] != '-')
        return;
    s = tl_str_skip(s, 1);
    if (!tl_str_int(&s, &part) || s.n == 0 || s.p[0] != ']')
        return;
    out->number = number;
    out->part = part;
    *p = s.p + 1;
    *p += *p < end && **p == ' ';
}

bool
pg_syslog_read(const char *p, const char *end, struct pg_syslog_line *out)
{
    size_t n, zone = 0;

    *out = (struct pg_syslog_line){.number = TL_UNKNOWN, .part = TL_UNKNOWN};
    p = skip_priority(p, end);
    if ((n = bsd_time(p, end)) > 0) {
        out->zone = p;
        out->zone_n = 6;
        out->stamp = p + 7;
        out->stamp_n = 8;
    } else if ((n = iso_time(p, end, &zone)) > 0) {
        out->stamp = p;
        out->stamp_n = (uint32_t)zone;
        out->zone = p + zone;
        out->zone_n = (uint32_t)(n - zone);
    } else {
        return false;
    }
    p += n;
    if (p == end || *p != ' ')
        return false;
    p++;
    out->host = take_word(&p, end);
    take_program(&p, end, out);
    take_numbers(&p, end, out);
    out->text = p;
    return true;
}

/* ---- look ---- */

static bool
is_ours(const struct pg_syslog *s, const struct pg_syslog_line *l)
{
    return l->pid.n > 0 && ((s->ident.n > 0 && tl_str_eq(l->ident, s->ident)) ||
                            tl_str_starts(l->ident, TL_STR("postgres")));
}

/* A tab at the front, as it is or as syslog writes it: bytes; 0: none. */
static size_t
tab_at(const char *p, const char *end)
{
    if (p < end && *p == '\t')
        return 1;
    if (end - p >= 4 && (memcmp(p, "#011", 4) == 0 || memcmp(p, "\\011", 4) == 0))
        return 4;
    return end - p >= 2 && memcmp(p, "\\t", 2) == 0 ? 2 : 0;
}

/* A line of the server's, looked at. LOG_RECORD and LOG_ASIDE with `tag` filled (word NULL: none).
 */
static enum log_line
see_ours(const struct pg_syslog_line *l, const char *end, struct pg_tag *tag)
{
    bool tagged = tab_at(l->text, end) == 0 && pg_tag_find(l->text, end, PG_END_MARK, tag);

    if (!tagged)
        tag->word = NULL;
    if (tagged && tag->sort == PG_SEVERITY && (l->part == TL_UNKNOWN || l->part == 1))
        return LOG_RECORD;
    return !tagged && l->part == 1 ? LOG_BROKEN : LOG_ASIDE;
}

enum log_line
pg_syslog_look(const struct pg_syslog *s, const char *p, const char *end, struct log_look *out)
{
    struct pg_syslog_line l;
    struct pg_tag tag;
    enum log_line is;

    if (!pg_syslog_read(p, end, &l))
        return LOG_MORE;
    if (!is_ours(s, &l))
        return LOG_ASIDE;
    is = see_ours(&l, end, &tag);
    if (is != LOG_RECORD)
        return is;
    *out = (struct log_look){l.stamp, l.stamp_n, l.zone, l.zone_n, pg_message(&tag, end, NULL)};
    return LOG_RECORD;
}

/* ---- split ---- */

/* "#011" is a tab and "#012" the end of a line, in place; LF and a tab are one LF. */
static void
unescape(char *p, size_t *n)
{
    size_t to = 0;

    for (size_t i = 0; i < *n; i++) {
        char c = p[i];

        if (*n - i >= 4 && (memcmp(p + i, "#011", 4) == 0 || memcmp(p + i, "#012", 4) == 0)) {
            c = p[i + 3] == '1' ? '\t' : '\n';
            i += 3;
        }
        if (c == '\t' && to > 0 && p[to - 1] == '\n')
            continue;
        p[to++] = c;
    }
    *n = to;
}

/* A part of a record under construction, in the text it stands in. */
struct part {
    char *p;
    size_t n;
};

static void
set_part(struct part *part, char *text, const char *from, const char *end)
{
    part->p = text + (from - text);
    part->n = (size_t)(end - from);
}

/* A tab begins a line of its own; what was cut for its length goes on where it ended. */
static void
join_part(struct part *part, const struct pg_syslog_line *l, const char *end)
{
    size_t tab = tab_at(l->text, end), n = (size_t)(end - l->text) - tab;

    if (tab > 0 || n == 0 || *l->text != ' ')
        part->p[part->n++] = '\n';
    memmove(part->p + part->n, l->text + tab, n);
    part->n += n;
}

static void
read_lines(char *text, struct tl_str rest, const struct pg_syslog_line *first, struct part *message,
           struct log_record *out)
{
    struct part detail = {text, 0}, hint = {text, 0}, sql = {text, 0}, other = {text, 0};
    struct part *part = message;
    struct pg_syslog_line l;
    struct tl_str line;
    struct pg_tag tag;

    while (tl_str_line(&rest, &line)) {
        const char *end;

        line.n -= line.n > 0 && line.p[line.n - 1] == '\r';
        end = line.p + line.n;
        if (!pg_syslog_read(line.p, end, &l) || !tl_str_eq(l.pid, first->pid) ||
            !tl_str_eq(l.ident, first->ident) || l.number != first->number)
            continue;
        (void)see_ours(&l, end, &tag);
        if (!tag.word || tag.sort == PG_SEVERITY) {
            join_part(part, &l, end);
            continue;
        }
        part = tag.sort == PG_DETAIL ? &detail
               : tag.sort == PG_HINT ? &hint
               : pg_is_sql(&tag)     ? &sql
                                     : &other;
        set_part(part, text, pg_message(&tag, end, NULL), end);
    }
    unescape(detail.p, &detail.n);
    unescape(hint.p, &hint.n);
    unescape(sql.p, &sql.n);
    unescape(message->p, &message->n);
    log_text(out, TL_STR("detail"), (struct tl_str){detail.p, detail.n});
    log_text(out, TL_STR("hint"), (struct tl_str){hint.p, hint.n});
    pg_sql(out, (struct tl_str){sql.p, sql.n});
}

/* month * 100 + day */
static int64_t
day_of(const struct tl_stamp *s)
{
    struct tl_civil c = tl_time_civil(s->local);

    return c.month * 100 + c.day;
}

/* The year that the log gives: of its first line, and the next one behind the turn of the year. */
static void
complete(const struct pg_syslog *s, struct tl_stamp *st)
{
    struct tl_civil c = tl_time_civil(st->local);
    int64_t year = s->year;
    tl_time midnight;

    if (!st->yearless || year == TL_UNKNOWN)
        return;
    if (day_of(st) + 100 < s->first) /* a month of disorder is none */
        year++;
    if (!tl_date_to_time(year, c.month, c.day, &midnight))
        return;
    st->local = midnight + st->local % TL_DAY;
    st->yearless = false;
}

bool
pg_syslog_split(struct tl_reader *r, const struct pg_state *s, char *text, size_t n,
                struct log_record *out, const char **why)
{
    struct tl_str rest = {text, n}, line, stamp, sqlstate, pid;
    struct pg_syslog_line l;
    struct part message;
    struct pg_tag tag;
    const char *end;
    int64_t number;

    (void)tl_str_line(&rest, &line);
    line.n -= line.n > 0 && line.p[line.n - 1] == '\r';
    end = line.p + line.n;
    *why = "no line of the server's in it";
    if (!pg_syslog_read(line.p, end, &l) || !is_ours(&s->syslog, &l) ||
        see_ours(&l, end, &tag) != LOG_RECORD)
        return false;
    stamp.p = l.zone < l.stamp ? l.zone : l.stamp;
    stamp.n = l.zone < l.stamp ? 15 : l.stamp_n + l.zone_n;
    *why = "its time cannot be";
    if (!tl_stamp_read(&stamp, r->in.zones, &out->stamp) || stamp.n > 0)
        return false;
    complete(&s->syslog, &out->stamp);
    if (out->stamp.zone == TL_ZONE_ABSENT && s->syslog.zoned) {
        out->stamp.zone = TL_ZONE_OFFSET;
        out->stamp.offset_us = s->syslog.offset_us;
        out->stamp.zone_text = s->syslog.zone;
    }
    out->stamped = true;
    out->host = l.host;
    set_part(&message, text, pg_message(&tag, end, &sqlstate), end);
    pg_fields(s, &tag, (struct tl_str){l.text, (size_t)(tag.word - l.text)}, sqlstate, out);
    read_lines(text, rest, &l, &message, out);
    out->message = (struct tl_str){message.p, message.n};
    pid = l.pid;
    if (out->nfields < 2 || !tl_str_eq(out->fields[1].name, TL_STR("pid")))
        if (tl_str_int(&pid, &number) && pid.n == 0)
            log_number(out, TL_STR("pid"), number);
    return true;
}

/* ---- what the head shows ---- */

/* The message that names the moment before it: "database system was shut down at TIME". */
static bool
names_a_moment(struct tl_str message, struct tl_str *at)
{
    static const struct tl_str words[] = {
        {" was shut down at ", 18},
        {" was shut down in recovery at ", 30},
        {" was interrupted; last known up at ", 35},
    };

    for (size_t i = 0; tl_str_starts(message, TL_STR("database ")) && i < 3; i++) {
        size_t from = tl_str_find(message, words[i]);

        if (from != SIZE_MAX && from < 20) {
            *at = tl_str_skip(message, from + words[i].n);
            return true;
        }
    }
    return false;
}

/*
 * A whole time that stands with a line: it lies before the line by `most` us, and by `near` us
 * where both tell the time of one zone.
 */
static void
weigh(const struct tl_stamp *full, const struct tl_stamp *line, int64_t most, int64_t near,
      struct pg_syslog *out)
{
    struct tl_civil f = tl_time_civil(full->local), c = tl_time_civil(line->local);
    int64_t year = f.year - 2, ahead = INT64_MIN;
    tl_time midnight;

    while (ahead < -TL_DAY && ++year <= f.year + 1)
        if (tl_date_to_time(year, c.month, c.day, &midnight))
            ahead = midnight + line->local % TL_DAY - full->local;
    if (ahead < -TL_DAY || ahead > most)
        return;
    if (out->year == TL_UNKNOWN)
        out->year = year - (day_of(line) + 100 < out->first);
    if (!out->zoned && full->zone == TL_ZONE_OFFSET && ahead >= -2 * TL_SECOND && ahead <= near) {
        out->zoned = true;
        out->offset_us = full->offset_us;
        out->zone = full->zone_text;
    }
}

static bool
stamp_of(const struct pg_syslog_line *l, struct tl_stamp *out)
{
    struct tl_str s = {l->zone, 15};

    return l->zone < l->stamp && tl_stamp_read(&s, NULL, out) && out->yearless;
}

static void
learn_line(struct tl_reader *r, const struct pg_syslog_line *l, const char *end,
           struct pg_syslog *out)
{
    struct tl_stamp line, full;
    struct pg_time t;
    struct tl_str message, at;
    struct pg_tag tag;

    if (!stamp_of(l, &line) || !pg_tag_find(l->text, end, PG_END_MARK, &tag))
        return;
    if (pg_time_find(PG_CLOCK_ISO, l->text, tag.word, &t) &&
        pg_time_stamp(&t, r->in.zones, &full)) {
        weigh(&full, &line, TL_DAY, 2 * TL_SECOND, out);
        return;
    }
    message.p = pg_message(&tag, end, NULL);
    message.n = (size_t)(end - message.p);
    if (names_a_moment(message, &at) && pg_time_at(PG_CLOCK_ISO, at.p, at.p + at.n, &t) &&
        pg_time_stamp(&t, r->in.zones, &full))
        weigh(&full, &line, 90 * TL_DAY, 15 * TL_MINUTE, out);
}

/* The name that most lines with a tag bear. */
static void
learn_ident(struct tl_str head, struct pg_syslog *out)
{
    struct tl_str line, best = {"", 0};
    struct pg_syslog_line l;
    struct pg_tag tag;
    size_t votes = 0;

    while (tl_str_line(&head, &line)) {
        if (!pg_syslog_read(line.p, line.p + line.n, &l) || l.pid.n == 0 ||
            see_ours(&l, line.p + line.n, &tag) != LOG_RECORD)
            continue;
        if (votes == 0)
            best = l.ident;
        if (tl_str_eq(best, l.ident))
            votes++;
        else
            votes--;
    }
    out->ident = best;
}

void
pg_syslog_learn(struct tl_reader *r, struct tl_str head, struct pg_syslog *out)
{
    const struct tl_hints *h = &r->in.hints;
    struct tl_str rest = head, line;
    struct pg_syslog_line l;

    *out = (struct pg_syslog){.on = true, .year = h->year, .ident = {"", 0}};
    learn_ident(head, out);
    while (tl_str_line(&rest, &line)) {
        struct tl_stamp st;

        if (!pg_syslog_read(line.p, line.p + line.n, &l) || !is_ours(out, &l))
            continue;
        if (out->first == 0 && stamp_of(&l, &st))
            out->first = day_of(&st);
        learn_line(r, &l, line.p + line.n, out);
    }
    if (h->tz && h->tz != h->input_tz)
        out->zoned = false; /* tz= decides */
    out->ident = tl_arena_str(&r->arena, out->ident);
    out->zone = tl_arena_str(&r->arena, out->zone);
}
