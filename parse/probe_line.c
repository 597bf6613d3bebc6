/* probe_line.c - the shapes of a loop's lines: where the time stands, and what is behind it. */
#include <string.h>

#include "parse/probe.h"

#define W(lit)                                                                                     \
    {                                                                                              \
        (lit), sizeof(lit) - 1                                                                     \
    }
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { ISO_LENGTH = 19, LABEL_LENGTH = 48 };

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* What follows an ISO stamp can be no zone and no half of the day: most lines, at once. */
static bool
ends_plainly(struct tl_str rest)
{
    char c;

    if (rest.n == 0)
        return true;
    if (!is_blank(rest.p[0]))
        return strchr(":,|;]\"", rest.p[0]) != NULL && rest.p[0] != '\0';
    if (rest.n == 1)
        return true;
    c = rest.p[1];
    if (c == 'a' || c == 'p' || c == 'A' || c == 'P')
        return rest.n > 2 && rest.p[2] != 'm' && rest.p[2] != '.' && c >= 'a';
    return is_digit(c) || (c >= 'a' && c <= 'z') || c == '|' || c == ':' || c == '"';
}

static bool
starts_with_date(struct tl_str s)
{
    return s.n > ISO_LENGTH && is_digit(s.p[0]) && is_digit(s.p[3]) &&
           (s.p[4] == '-' || s.p[4] == '/');
}

/* Seconds, milliseconds or microseconds since 1970, if of this century's first hundred years. */
static bool
read_epoch(struct tl_str *s, struct tl_stamp *out)
{
    struct tl_str rest = *s;
    tl_time from, to;
    size_t n = 0;

    while (n < s->n && n < 17 && is_digit(s->p[n]))
        n++;
    if ((n != 10 && n != 13 && n != 16) || !tl_stamp_epoch(&rest, out))
        return false;
    if (rest.n > 0 && !strchr(" \t:,|;]\"", rest.p[0]))
        return false;
    if (starts_with_date(tl_str_trim(rest)))
        return false; /* a long id, then a time */
    if (!tl_date_to_time(2001, 9, 9, &from) || !tl_date_to_time(2100, 1, 1, &to) ||
        out->local < from || out->local >= to)
        return false;
    *s = rest;
    return true;
}

static bool
read_stamp(struct tl_str *s, struct tl_zones *zones, struct tl_stamp *out)
{
    struct tl_str rest = *s;

    if (s->n >= ISO_LENGTH && is_digit(s->p[0]) && tl_stamp_read_iso(&rest, out) &&
        ends_plainly(rest)) {
        *s = rest;
        return true;
    }
    if (s->n == 0 || (!is_digit(s->p[0]) && !(s->p[0] >= 'A' && s->p[0] <= 'Z')))
        return false;
    return tl_stamp_read(s, zones, out) || read_epoch(s, out);
}

/* A time of day alone is a stamp only where nothing but blanks or a mark follows it. */
static bool
fits(const struct tl_stamp *st, struct tl_str rest)
{
    if (rest.n > 0 && strchr("-/0123456789", rest.p[0]) && rest.p[0] != '\0')
        return false;
    return st->dated || rest.n == 0 || strchr(" \t:,|;]", rest.p[0]) != NULL;
}

/* The stamp of a line, its brackets included. */
static bool
front_stamp(struct tl_str *s, struct tl_zones *zones, struct tl_stamp *out)
{
    static const char open[] = "[(\"<", shut[] = "])\">";
    struct tl_str rest = tl_str_trim(*s);
    const char *at = rest.n > 0 && rest.p[0] != '\0' ? strchr(open, rest.p[0]) : NULL;

    if (at)
        rest = tl_str_skip(rest, 1);
    if (!read_stamp(&rest, zones, out))
        return false;
    if (at) {
        if (rest.n == 0 || rest.p[0] != shut[at - open])
            return false;
        rest = tl_str_skip(rest, 1);
    }
    if (!fits(out, rest))
        return false;
    *s = rest;
    return true;
}

/* Past the blanks and the one mark between a stamp and its text. */
static struct tl_str
skip_mark(struct tl_str s)
{
    struct tl_str rest = tl_str_trim(s);

    if (rest.n == 0 || !strchr(":,|;-=", rest.p[0]) || rest.p[0] == '\0')
        return rest;
    if (rest.n > 1 && (rest.p[0] == '-' || rest.p[0] == '=') && rest.p[1] == '>')
        return tl_str_trim(tl_str_skip(rest, 2));
    if (rest.n == 1 || is_blank(rest.p[1]) || rest.p[0] == ',' || rest.p[0] == '|' ||
        rest.p[0] == ';')
        return tl_str_trim(tl_str_skip(rest, 1));
    return rest;
}

/* Past what says nothing of the attempt: the level of a logging library, psql's "(every 2s)". */
static struct tl_str
skip_level(struct tl_str s)
{
    static const struct tl_str levels[] = {W("INFO"), W("[INFO]"), W("DEBUG"), W("[DEBUG]")};

    for (size_t i = 0; i < COUNT(levels); i++)
        if (tl_str_starts(s, levels[i]) && s.n > levels[i].n &&
            strchr(" \t:|-", s.p[levels[i].n]) && s.p[levels[i].n] != '\0')
            return skip_mark(tl_str_skip(s, levels[i].n));
    if (tl_str_starts(s, TL_STR("(every ")) && s.p[s.n - 1] == ')')
        return tl_str_skip(s, s.n);
    return s;
}

/* ---- steps of an attempt ---- */

static bool
starts_with_any(struct tl_str s, const struct tl_str *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (tl_str_case_starts(s, list[i]))
            return true;
    return false;
}

/* "Opening a DB connection", with one word of label before it at most ("RDS Opening …"). */
static enum probe_kind
step_of(struct tl_str text)
{
    static const struct tl_str opens[] = {
        W("opening"),      W("connecting"),      W("reconnecting"),   W("trying"),
        W("establishing"), W("open connection"), W("attempting to "), W("attempt to ")};
    static const struct tl_str queries[] = {
        W("starting a query"),  W("starting query"),   W("start query"),
        W("executing a query"), W("executing query"),  W("executing the query"),
        W("executing sql"),     W("executing select"), W("executing statement"),
        W("running query"),     W("sending query"),    W("querying"),
        W("running a query")};

    for (int i = 0; i < 2; i++) {
        size_t n = 0;

        if (starts_with_any(text, opens, COUNT(opens)))
            return LINE_OPEN;
        if (starts_with_any(text, queries, COUNT(queries)))
            return LINE_QUERY;
        while (n < text.n && n < 24 && !is_blank(text.p[n]) && text.p[n] != ':')
            n++;
        if (n == 0 || n >= text.n || !is_blank(text.p[n]))
            break;
        text = tl_str_trim(tl_str_skip(text, n));
    }
    return LINE_STAMP;
}

/* ---- rows ---- */

/* "| 1073 | 2020-08-29 11:44:28.024189 |", "1073<TAB>2020-08-29 11:44:28", a time and then an id.
 */
static bool
read_row(struct tl_str line, struct tl_zones *zones, struct probe_line *out)
{
    struct tl_str s = tl_str_trim(line);
    bool bar = tl_str_starts(s, TL_STR("|")), id_first;
    char mark = '\0';

    if (bar)
        s = tl_str_trim(tl_str_skip(s, 1));
    id_first = tl_str_int(&s, &out->row_id);
    if (id_first) {
        if (s.n > 0)
            mark = s.p[0];
        s = tl_str_trim(s);
        if (s.n > 0 && (s.p[0] == '|' || s.p[0] == ',')) {
            mark = s.p[0];
            s = tl_str_trim(tl_str_skip(s, 1));
        } else if (!is_blank(mark)) {
            id_first = false;
        }
        if (id_first && read_stamp(&s, zones, &out->stamp) && out->stamp.dated) {
            s = tl_str_trim(s);
            return mark == '|' || s.n == 0 || (s.p[0] == mark && mark == ',');
        }
    }
    if (!bar)
        return false;
    s = tl_str_trim(tl_str_skip(tl_str_trim(line), 1));
    if (!read_stamp(&s, zones, &out->stamp) || !out->stamp.dated)
        return false;
    s = tl_str_trim(s);
    if (s.n < 2 || s.p[0] != '|')
        return false;
    s = tl_str_trim(tl_str_skip(s, 1));
    return tl_str_int(&s, &out->row_id) && (s = tl_str_trim(s), s.n == 0 || s.p[0] == '|');
}

/* ---- labels ---- */

/* A full date behind a few words; *label is what stands before it. */
static bool
label_stamp(struct tl_str *s, struct tl_zones *zones, struct tl_stamp *out, struct tl_str *label)
{
    if (s->p[0] == '{' || tl_str_starts(*s, TL_STR("# Time: ")))
        return false; /* a server's log in JSON, MySQL's slow log */
    for (size_t i = 1; i + ISO_LENGTH <= s->n && i <= LABEL_LENGTH; i++) {
        struct tl_str rest = tl_str_skip(*s, i);

        if (!is_digit(rest.p[0]) || !is_digit(rest.p[3]) || (rest.p[4] != '-' && rest.p[4] != '/'))
            continue;
        if (!strchr(" \t[(=:|\"", s->p[i - 1]) || s->p[i - 1] == '\0')
            continue;
        if (!read_stamp(&rest, zones, out) || !out->dated)
            continue;
        *label = (struct tl_str){s->p, i};
        if (s->p[i - 1] == '[' || s->p[i - 1] == '(' || s->p[i - 1] == '"') {
            label->n--;
            if (rest.n > 0 && strchr("])\"", rest.p[0]))
                rest = tl_str_skip(rest, 1);
        }
        *s = rest;
        return true;
    }
    return false;
}

static void
label_text(struct tl_str rest, struct tl_str label, struct probe_line *out)
{
    out->text = skip_level(skip_mark(rest));
    label = tl_str_trim(label);
    while (label.n > 0 && strchr(":|,;=", label.p[label.n - 1]))
        label = tl_str_trim((struct tl_str){label.p, label.n - 1});
    if (out->text.n == 0)
        out->text = label;
}

/* ---- a line ---- */

void
probe_read_line(struct tl_str line, struct tl_zones *zones, unsigned shapes, struct probe_line *out)
{
    struct tl_str rest = line, label;

    out->row_id = TL_UNKNOWN;
    out->labelled = false;
    if (front_stamp(&rest, zones, &out->stamp)) {
        out->text = skip_level(skip_mark(rest));
        out->kind = out->text.n > 0 && !is_digit(out->text.p[0]) ? step_of(out->text) : LINE_STAMP;
        return;
    }
    out->text = tl_str_trim(line);
    if (out->text.n == 0)
        out->kind = LINE_BLANK;
    else if ((shapes & PROBE_ROWS) && read_row(line, zones, out))
        out->kind = LINE_ROW;
    else if (probe_is_elision(out->text))
        out->kind = LINE_ELISION;
    else if (probe_is_rule(out->text))
        out->kind = LINE_RULE;
    else if (probe_is_decoration(out->text))
        out->kind = LINE_DECORATION;
    else if (probe_is_source(out->text))
        out->kind = LINE_SOURCE;
    else
        out->kind = LINE_TEXT;
    if (!(shapes & PROBE_LABELS) || (out->kind != LINE_TEXT && out->kind != LINE_SOURCE))
        return;
    rest = out->text;
    if (!label_stamp(&rest, zones, &out->stamp, &label))
        return;
    label_text(rest, label, out);
    out->labelled = true;
    out->kind = step_of(out->text);
}
