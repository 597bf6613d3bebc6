/* pg_prefix.c - log_line_prefix: its escapes, and what a prefix says of who wrote a record. */
#include "parse/pg_prefix.h"

#include <string.h>

/* ---- compiling ---- */

static const char escapes[] = "aurhLbdpPtmsnielcvxqQ%";

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool
is_word(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static enum tl_status
unknown_escape(struct tl_str text, size_t at, struct tl_error *err)
{
    if (at >= text.n)
        return tl_fail(err, TL_EUSAGE, 0,
                       "--log-line-prefix ends inside an escape: a percent sign is written %%%%");
    return tl_fail(err, TL_EUSAGE, 0,
                   "--log-line-prefix: PostgreSQL has no escape %%%.*s; those it has are %%a %%u "
                   "%%d %%r %%h %%L %%b %%p %%P %%t %%m %%n %%i %%e %%c %%l %%s %%v %%x %%q %%Q "
                   "and %%%%",
                   TL_FMT(((struct tl_str){text.p + at, 1})));
}

enum tl_status
pg_prefix_compile(struct tl_str text, struct pg_prefix *out, struct tl_error *err)
{
    size_t i = 0;

    out->n = 0;
    while (i < text.n) {
        struct pg_item *it = &out->items[out->n];
        size_t from = i;

        if (out->n == PG_ITEMS)
            return tl_fail(err, TL_EUSAGE, 0, "--log-line-prefix has more than %d parts", PG_ITEMS);
        out->n++;
        while (i < text.n && text.p[i] != '%')
            i++;
        *it = (struct pg_item){.text = {text.p + from, i - from}};
        if (i > from)
            continue;
        i++;
        while (i < text.n && (text.p[i] == '-' || is_digit(text.p[i]))) {
            it->padded = true;
            i++;
        }
        if (i >= text.n || text.p[i] == '\0' || !strchr(escapes, text.p[i]))
            return unknown_escape(text, i, err);
        if (text.p[i] == '%')
            it->text = (struct tl_str){text.p + i, 1};
        else
            it->escape = text.p[i];
        i++;
    }
    return TL_OK;
}

enum tl_status
tl_log_line_prefix_check(struct tl_str prefix, struct tl_error *err)
{
    struct pg_prefix x;

    return pg_prefix_compile(prefix, &x, err);
}

/* ---- matching ---- */

static bool
all_digits(struct tl_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!is_digit(s.p[i]))
            return false;
    return s.n > 0;
}

static bool
has_only(struct tl_str s, const char *set)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '\0' || !strchr(set, s.p[i]))
            return false;
    return true;
}

static bool
is_time(enum pg_clock clock, struct tl_str s)
{
    struct pg_time t;

    return pg_time_at(clock, s.p, s.p + s.n, &t) && t.end == s.p + s.n;
}

/* "10.0.3.7(41234)", "[local]", nothing; `port`: with its port (%r). */
static bool
is_remote(struct tl_str s, bool port)
{
    bool closed = s.n > 0 && s.p[s.n - 1] == ')';

    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == ' ' || s.p[i] == '@' || s.p[i] == '=' || s.p[i] == ',')
            return false;
    return s.n == 0 || s.p[0] == '[' || !port || closed;
}

/* Whether the escape can have printed this. */
static bool
may_be(char escape, struct tl_str s)
{
    switch (escape) {
    case 'p':
    case 'l':
        return all_digits(s);
    case 'P':
    case 'x':
        return s.n == 0 || all_digits(s);
    case 'Q':
        return has_only(s, "-0123456789");
    case 't':
    case 'm':
    case 's':
        return is_time(PG_CLOCK_ISO, s);
    case 'n':
        return is_time(PG_CLOCK_EPOCH, s);
    case 'e':
        return s.n == 5 && has_only(s, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    case 'c':
        return has_only(s, "0123456789abcdef.");
    case 'v':
        return has_only(s, "-0123456789/");
    case 'r':
    case 'h':
        return is_remote(s, escape == 'r');
    default:
        return s.n <= 256;
    }
}

static bool
has_any(struct tl_str s, const char *set)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] != '\0' && strchr(set, s.p[i]))
            return true;
    return false;
}

static struct tl_str
known(struct tl_str s)
{
    s = tl_str_trim(s);
    return tl_str_eq(s, TL_STR("[unknown]")) ? (struct tl_str){s.p, 0} : s;
}

/* A host without its port. */
static struct tl_str
host_of(struct tl_str s)
{
    struct tl_str host, port;

    s = known(s);
    if (s.n > 2 && s.p[s.n - 1] == ')' && tl_str_cut(s, '(', &host, &port))
        return host;
    return s;
}

static void
take(struct pg_who *who, char escape, struct tl_str s)
{
    switch (escape) {
    case 'p':
        who->pid = known(s);
        break;
    case 'u':
        who->user = known(s);
        break;
    case 'd':
        who->database = known(s);
        break;
    case 'a':
        who->application = known(s);
        break;
    case 'e':
        who->sqlstate = known(s);
        break;
    case 'r':
    case 'h':
        who->client = host_of(s);
        break;
    default:
        break;
    }
}

struct matching {
    const struct pg_prefix *x;
    struct pg_who *who;
    unsigned steps; /* left: a name may hold the literal that ends it, over and over */
};

/* Nothing but escapes without text, or what a %q has cut off, is left of the prefix. */
static bool
may_end(const struct pg_prefix *x, size_t i)
{
    while (i < x->n && x->items[i].escape == 'q')
        return true;
    return i == x->n;
}

static bool match_from(struct matching *m, size_t i, struct tl_str s);

/* An escape whose text ends somewhere in s. */
static bool
match_escape(struct matching *m, size_t i, struct tl_str s) /* NOLINT(misc-no-recursion) */
{
    const struct pg_item *it = &m->x->items[i];

    for (size_t n = 0; n <= s.n && m->steps > 0; n++) {
        struct tl_str field = {s.p, n};

        m->steps--;
        if (!may_be(it->escape, it->padded ? tl_str_trim(field) : field) ||
            !match_from(m, i + 1, tl_str_skip(s, n)))
            continue;
        take(m->who, it->escape, field);
        return true;
    }
    return false;
}

/* As deep as a prefix has parts. */
static bool
match_from(struct matching *m, size_t i, struct tl_str s) /* NOLINT(misc-no-recursion): PG_ITEMS */
{
    const struct pg_item *it = &m->x->items[i];

    if (may_end(m->x, i) && tl_str_trim(s).n == 0)
        return true; /* a blank more than the prefix has is forgiven */
    if (i == m->x->n)
        return false;
    if (it->escape == 'q')
        return match_from(m, i + 1, s);
    if (it->escape)
        return match_escape(m, i, s);
    if (!tl_str_starts(s, it->text)) /* a blank at its end may be gone */
        return i + 1 == m->x->n && tl_str_eq(tl_str_trim(s), tl_str_trim(it->text));
    return match_from(m, i + 1, tl_str_skip(s, it->text.n));
}

bool
pg_prefix_match(const struct pg_prefix *x, struct tl_str text, struct pg_who *out)
{
    struct matching m = {x, out, 20000};

    *out = (struct pg_who){0};
    return x->n > 0 && match_from(&m, 0, text);
}

/* ---- guessing ---- */

/* In this order: the first that fits. */
static const char *const well_known[] = {
    "%t:%r:%u@%d:[%p]:",                        /* RDS and Aurora */
    "%m:%r:%u@%d:[%p]:%l:%e:%s:%v:%x:%c:%q%a:", /* what RDS recommends since 15 */
    "%m [%p] %q%u@%d ",                         /* Debian; without the end, PostgreSQL 10+ */
    "%t [%p-%l] %q%u@%d ",                      /* Debian before */
    "%m [%p] %q[user=%u,db=%d,app=%a] ",        /* containers */
};

/* The value at the front of v, up to a comma or a bracket; a blank ends it where another key
 * follows ("app=psql client=…"; but "app=DBeaver 24 - Main,client="). */
static struct tl_str
value_at(struct tl_str v)
{
    size_t n = v.n > 0 && v.p[0] == '[';
    struct tl_str word, rest;

    while (n < v.n && !strchr(",|;)]", v.p[n]))
        n++;
    n += n < v.n && v.p[n] == ']' && v.p[0] == '[';
    v.n = n;
    if (tl_str_cut(v, ' ', &word, &rest) && tl_str_find(rest, TL_STR("=")) != SIZE_MAX)
        v = word;
    return host_of(v);
}

/* The value behind `key` ("user="); empty: the text does not have it. */
static struct tl_str
value_of(struct tl_str text, struct tl_str key)
{
    size_t from = 0, at;

    while ((at = tl_str_find(tl_str_skip(text, from), key)) != SIZE_MAX) {
        from += at;
        if (from == 0 || !is_word(text.p[from - 1]))
            return value_at(tl_str_skip(text, from + key.n));
        from++;
    }
    return (struct tl_str){text.p, 0};
}

static struct tl_str
first_value(struct tl_str text, const struct tl_str *keys, size_t n)
{
    struct tl_str v = {text.p, 0};

    for (size_t i = 0; i < n && v.n == 0; i++)
        v = value_of(text, keys[i]);
    return v;
}

/* The only word of the text that is a number. */
static struct tl_str
only_number(struct tl_str text)
{
    struct tl_str found = {text.p, 0};

    for (size_t i = 0; i < text.n; i++) {
        struct tl_str w = {text.p + i, 0};

        while (i + w.n < text.n && !strchr(" :,|", w.p[w.n]))
            w.n++;
        i += w.n;
        if (!all_digits(w))
            continue;
        if (found.n > 0)
            return (struct tl_str){text.p, 0};
        found = w;
    }
    return found;
}

/* "[1234]", or the number before it in "1234[5]"; else the only number there is. */
static struct tl_str
guess_pid(struct tl_str text)
{
    for (size_t i = 0; i < text.n; i++) {
        struct tl_str in = {text.p + i + 1, 0};
        size_t before = i;

        if (text.p[i] != '[')
            continue;
        while (i + 1 + in.n < text.n && is_digit(in.p[in.n]))
            in.n++;
        if (in.n == 0 || i + 1 + in.n == text.n || in.p[in.n] != ']')
            continue;
        while (before > 0 && is_digit(text.p[before - 1]))
            before--;
        return before < i ? (struct tl_str){text.p + before, i - before} : in;
    }
    return only_number(text);
}

/* "user@database" between blanks or colons. */
static void
guess_names(struct tl_str text, struct pg_who *out)
{
    size_t at = tl_str_find(text, TL_STR("@")), from = at, to = at + 1;

    if (at == SIZE_MAX || tl_str_find(text, TL_STR("=")) != SIZE_MAX)
        return;
    while (from > 0 && !strchr(" :[(<|,", text.p[from - 1]))
        from--;
    while (to < text.n && !strchr(" :])>|,", text.p[to]))
        to++;
    out->user = known((struct tl_str){text.p + from, at - from});
    out->database = known((struct tl_str){text.p + at + 1, to - at - 1});
}

void
pg_prefix_guess(struct tl_str text, struct pg_who *out)
{
    static const struct tl_str users[] = {{"user=", 5}, {"usr=", 4}, {"u=", 2}},
                               databases[] = {{"db=", 3}, {"database=", 9}, {"d=", 2}},
                               clients[] = {{"client=", 7},
                                            {"host=", 5},
                                            {"remote=", 7},
                                            {"h=", 2}},
                               applications[] = {{"app=", 4}, {"application=", 12}, {"a=", 2}},
                               pids[] = {{"pid=", 4}, {"p=", 2}};
    struct pg_prefix x;
    struct pg_time t;

    for (size_t i = 0; i < sizeof(well_known) / sizeof(well_known[0]); i++)
        if (pg_prefix_compile(tl_str_from(well_known[i]), &x, NULL) == TL_OK &&
            pg_prefix_match(&x, text, out))
            return;
    *out = (struct pg_who){0};
    if (text.n > PG_REACH)
        return;
    if ((pg_time_find(PG_CLOCK_ISO, text.p, text.p + text.n, &t) ||
         pg_time_find(PG_CLOCK_EPOCH, text.p, text.p + text.n, &t)) &&
        !has_any((struct tl_str){text.p, (size_t)(t.p - text.p)}, "@,"))
        text = tl_str_skip(text, (size_t)(t.end - text.p));
    out->user = first_value(text, users, 3);
    out->database = first_value(text, databases, 3);
    out->client = first_value(text, clients, 4);
    out->application = first_value(text, applications, 3);
    out->pid = first_value(text, pids, 2);
    if (out->pid.n == 0 || !all_digits(out->pid))
        out->pid = guess_pid(text);
    guess_names(text, out);
}
