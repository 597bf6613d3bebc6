/* probe_text.c - the words of clients, as tables: what failed and how, what went well. */
#include "parse/probe.h"

#include <string.h>

/* Bytes of a text that are looked at: every client says what failed in its first lines. */
enum { LOOK = 4096 };

#define W(lit)                                                                                     \
    {                                                                                              \
        (lit), sizeof(lit) - 1                                                                     \
    }

struct words {
    struct tl_str text; /* lower case */
    enum tl_failure failure;
};

/*
 * The first row whose words stand in the text decides, so what says more comes first: psql puts
 * several causes into one message, and "refused" of one address hides nothing of another's start.
 */
static const struct words failures[] = {
    {W("read-only transaction"), TL_FAILURE_READ_ONLY},
    {W("read only transaction"), TL_FAILURE_READ_ONLY},
    {W("--read-only"), TL_FAILURE_READ_ONLY},
    {W("--super-read-only"), TL_FAILURE_READ_ONLY},
    {W("error 1290"), TL_FAILURE_READ_ONLY},
    {W("error 1836"), TL_FAILURE_READ_ONLY},
    {W("running in read-only mode"), TL_FAILURE_READ_ONLY},
    {W("database is read-only"), TL_FAILURE_READ_ONLY},
    {W("25006"), TL_FAILURE_READ_ONLY},
    {W(" is starting up"), TL_FAILURE_STARTING_UP},
    {W("not yet accepting connections"), TL_FAILURE_STARTING_UP},
    {W(" - rejecting connections"), TL_FAILURE_STARTING_UP},
    {W(" is shutting down"), TL_FAILURE_SHUTTING_DOWN},
    {W("server shutdown in progress"), TL_FAILURE_SHUTTING_DOWN},
    {W("error 1053"), TL_FAILURE_SHUTTING_DOWN},
    {W(" is in recovery mode"), TL_FAILURE_IN_RECOVERY},
    {W(" is not accepting connections"), TL_FAILURE_IN_RECOVERY},
    {W("authentication failed"), TL_FAILURE_AUTH},
    {W("no pg_hba.conf entry"), TL_FAILURE_AUTH},
    {W("pg_hba.conf rejects"), TL_FAILURE_AUTH},
    {W("access denied for user"), TL_FAILURE_AUTH},
    {W("error 1045"), TL_FAILURE_AUTH},
    {W("no password supplied"), TL_FAILURE_AUTH},
    {W("could not translate host name"), TL_FAILURE_DNS},
    {W("could not resolve"), TL_FAILURE_DNS},
    {W("name or service not known"), TL_FAILURE_DNS},
    {W("nodename nor servname"), TL_FAILURE_DNS},
    {W("name resolution"), TL_FAILURE_DNS},
    {W("unknown mysql server host"), TL_FAILURE_DNS},
    {W("unknownhostexception"), TL_FAILURE_DNS},
    {W("unknown host"), TL_FAILURE_DNS},
    {W("no such host"), TL_FAILURE_DNS},
    {W("getaddrinfo"), TL_FAILURE_DNS},
    {W("no address associated with hostname"), TL_FAILURE_DNS},
    {W("curl: (6)"), TL_FAILURE_DNS},
    {W("connection refused"), TL_FAILURE_REFUSED},
    {W("actively refused"), TL_FAILURE_REFUSED},
    {W("econnrefused"), TL_FAILURE_REFUSED},
    {W("' (111)"), TL_FAILURE_REFUSED},
    {W("' (61)"), TL_FAILURE_REFUSED},
    {W("' (10061)"), TL_FAILURE_REFUSED},
    {W(" error: 111"), TL_FAILURE_REFUSED},
    {W("connection reset"), TL_FAILURE_RESET},
    {W("econnreset"), TL_FAILURE_RESET},
    {W("reset by peer"), TL_FAILURE_RESET},
    {W("forcibly closed"), TL_FAILURE_RESET},
    {W("broken pipe"), TL_FAILURE_RESET},
    {W(" error: 104"), TL_FAILURE_RESET},
    {W("' (104)"), TL_FAILURE_RESET},
    {W("curl: (56)"), TL_FAILURE_RESET},
    {W("timeout expired"), TL_FAILURE_TIMEOUT},
    {W("timed out"), TL_FAILURE_TIMEOUT},
    {W("etimedout"), TL_FAILURE_TIMEOUT},
    {W("connect timeout"), TL_FAILURE_TIMEOUT},
    {W("connection timeout"), TL_FAILURE_TIMEOUT},
    {W("read timeout"), TL_FAILURE_TIMEOUT},
    {W("command timeout"), TL_FAILURE_TIMEOUT},
    {W("statement timeout"), TL_FAILURE_TIMEOUT},
    {W("' (110)"), TL_FAILURE_TIMEOUT},
    {W("' (10060)"), TL_FAILURE_TIMEOUT},
    {W(" error: 110"), TL_FAILURE_TIMEOUT},
    {W("curl: (28)"), TL_FAILURE_TIMEOUT},
    {W("timeoutexception"), TL_FAILURE_TIMEOUT},
    {W("deadline exceeded"), TL_FAILURE_TIMEOUT},
    {W("terminating connection"), TL_FAILURE_CLOSED},
    {W("server closed the connection"), TL_FAILURE_CLOSED},
    {W("eof detected"), TL_FAILURE_CLOSED},
    {W("connection to server was lost"), TL_FAILURE_CLOSED},
    {W("connection to the server was lost"), TL_FAILURE_CLOSED},
    {W("lost connection to"), TL_FAILURE_CLOSED},
    {W("server has gone away"), TL_FAILURE_CLOSED},
    {W("connection was closed"), TL_FAILURE_CLOSED},
    {W("connection has been closed"), TL_FAILURE_CLOSED},
    {W("connection is closed"), TL_FAILURE_CLOSED},
    {W("connection already closed"), TL_FAILURE_CLOSED},
    {W("connection is broken"), TL_FAILURE_CLOSED},
    {W("connection was killed"), TL_FAILURE_CLOSED},
    {W("communications link failure"), TL_FAILURE_CLOSED},
    {W("unexpected eof"), TL_FAILURE_CLOSED},
    {W("empty reply from server"), TL_FAILURE_CLOSED},
    {W("curl: (7)"), TL_FAILURE_REFUSED},
    {W("57p03"), TL_FAILURE_STARTING_UP},
    {W("57p01"), TL_FAILURE_CLOSED},
    {W("57p02"), TL_FAILURE_CLOSED},
    {W("28p01"), TL_FAILURE_AUTH},
};

/* Words that only something gone wrong has; checked when no row above knows it. */
static const struct tl_str errorish[] = {
    W("error"),
    W("fatal"),
    W("fail"),
    W("cannot"),
    W("can't"),
    W("could not"),
    W("couldn't"),
    W("unable"),
    W("denied"),
    W("exception"),
    W("unreachable"),
    W("refused"),
    W("timeout"),
    W("no route"),
    W("abort"),
    W("too many"),
    W("too few"),
    W("invalid"),
    W("not found"),
    W("no response"),
    W("not running"),
    W("disconnected"),
    W("not connected"),
    W("warning:"),
    W("panic"),
    W("psql:"),
    W("mysql:"),
    W("curl:"),
    W("connection slots"),
    W("unavailable"),
    W("bad gateway"),
    W("terminated"),
    W("killed"),
    W("no such"),
    W("does not exist"),
    W("rejected"),
    W("lost"),
    W("接続できません"),
};
/* Whole texts that say so in one word. */
static const struct tl_str bad_words[] = {W("ng"),   W("down"),   W("ko"),     W("000"),
                                          W("dead"), W("closed"), W("offline")};
static const struct tl_str good_words[] = {W("ok"),   W("up"),        W("success"), W("succeeded"),
                                           W("pass"), W("connected"), W("alive"),   W("pong"),
                                           W("open"), W("ready"),     W("online")};
static const struct tl_str good_parts[] = {
    W("succeeded!"), W(" open"),     W("accepting connections"),
    W("is alive"),   W("connected"), W("http/1.1 2"),
    W("http/2 2"),   W("success"),   W("insert 0 "),
    W("query ok"),   W("is up"),     W("ok "),
};
static const struct tl_str write_parts[] = {W("insert"),   W("update "),   W("delete "),
                                            W("query ok"), W("read-only"), W("read only")};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool
is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
has_any(struct tl_str low, const struct tl_str *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (tl_str_find(low, list[i]) != SIZE_MAX)
            return true;
    return false;
}

static bool
is_any(struct tl_str low, const struct tl_str *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (tl_str_eq(low, list[i]))
            return true;
    return false;
}

/* ---- versions ---- */

/* "17.4.5", "8.0.mysql_aurora.3.04.0", "10.11.8-MariaDB-log": what follows is a mark or the end. */
static size_t
version_len(struct tl_str s, bool *exact)
{
    static const struct tl_str aurora = W("mysql_aurora");
    size_t n = 0, parts = 0, names = 0;

    for (;;) {
        size_t from = n;

        while (n < s.n && n - from < 4 && is_digit(s.p[n]))
            n++;
        if (n == from && tl_str_starts(tl_str_skip(s, n), aurora) && ++names == 1)
            n += aurora.n;
        if (n == from)
            return 0;
        parts++;
        if (n + 1 >= s.n || s.p[n] != '.')
            break;
        n++;
    }
    *exact = parts > 2;
    if (parts < 2 || parts > 6 || (parts == 4 && names == 0))
        return 0; /* a number; an address */
    if (n < s.n && s.p[n] == '-' && n + 1 < s.n && is_alpha(s.p[n + 1]))
        while (n < s.n && (is_alpha(s.p[n]) || is_digit(s.p[n]) || strchr("-+._~", s.p[n])))
            n++;
    return n;
}

/* Two parts can be a plain number: only such that are versions of an engine. */
static bool
is_engine_version(struct tl_str v)
{
    int64_t major, minor;

    if (!tl_str_int(&v, &major) || v.n < 2)
        return false;
    v = tl_str_skip(v, 1);
    if (v.p[0] == '0' && v.n > 1)
        return false;
    return tl_str_int(&v, &minor) && major >= 5 && major <= 30 && minor <= 40;
}

static bool
is_mark(char c)
{
    return c == ' ' || c == '\t' || c == '|' || c == ',' || c == ';' || c == ')' || c == '"' ||
           c == '\'' || c == '(';
}

static bool
version_at(struct tl_str s, struct tl_str *version, bool *exact)
{
    size_t n = version_len(s, exact);

    if (n == 0 || n > 64 || (n < s.n && !is_mark(s.p[n])))
        return false;
    *version = (struct tl_str){s.p, n};
    return *exact || is_engine_version(*version);
}

/* The whole text, the number after "PostgreSQL", or a cell of a row that cannot be a number. */
static bool
find_version(struct tl_str text, struct tl_str *version, bool *exact)
{
    static const struct tl_str names[] = {W("postgresql "), W("mysql "), W("mariadb ")};
    struct tl_str v;

    if (version_at(text, version, exact) && (version->n == text.n || *exact))
        return true;
    for (size_t i = 0; i < COUNT(names); i++) {
        size_t at = tl_str_case_find(text, names[i]);

        if (at != SIZE_MAX && version_at(tl_str_skip(text, at + names[i].n), version, exact)) {
            *exact = true;
            return true;
        }
    }
    for (size_t i = 1; i < text.n; i++) {
        if (!is_mark(text.p[i - 1]) || !is_digit(text.p[i]))
            continue;
        if (version_at(tl_str_skip(text, i), &v, exact) && *exact) {
            *version = v;
            return true;
        }
    }
    return false;
}

/* ---- what an attempt says ---- */

bool
probe_is_failure(struct probe_said s)
{
    return s.sort == SAYS_FAILED || s.sort == SAYS_ERROR;
}

static bool
is_letter_or_digit(char c)
{
    return is_alpha(c) || is_digit(c);
}

/* The text is one of the words, or begins or ends with one: "ok,12 ms", "my-db is UP". */
static bool
at_an_end(struct tl_str low, const struct tl_str *list, size_t n)
{
    struct tl_str first = low, last = low;
    size_t begin;

    for (first.n = 0; first.n < low.n && is_letter_or_digit(low.p[first.n]);)
        first.n++;
    while (last.n > 0 && !is_letter_or_digit(last.p[last.n - 1]))
        last.n--;
    for (begin = last.n; begin > 0 && is_letter_or_digit(low.p[begin - 1]);)
        begin--;
    return is_any(first, list, n) || (low.n < 60 && is_any(tl_str_skip(last, begin), list, n));
}

static void
read_words(struct tl_str low, struct probe_said *out)
{
    for (size_t i = 0; i < COUNT(failures); i++) {
        if (tl_str_find(low, failures[i].text) == SIZE_MAX)
            continue;
        out->sort = SAYS_FAILED;
        out->failure = failures[i].failure;
        break;
    }
    if (out->sort != SAYS_FAILED &&
        (has_any(low, errorish, COUNT(errorish)) || at_an_end(low, bad_words, COUNT(bad_words)))) {
        out->sort = SAYS_ERROR;
        out->failure = TL_FAILURE_ERROR;
    }
    if (out->sort == SAYS_VALUE && (has_any(low, good_parts, COUNT(good_parts)) ||
                                    at_an_end(low, good_words, COUNT(good_words))))
        out->sort = SAYS_OK;
    out->write = has_any(low, write_parts, COUNT(write_parts));
}

struct probe_said
probe_read_text(struct tl_str text)
{
    struct probe_said s = {.sort = SAYS_NOTHING, .failure = TL_FAILURE_OK, .version = {"", 0}};
    char low[LOOK];
    size_t n;

    text = tl_str_trim(text);
    if (text.n == 0)
        return s;
    s.sort = SAYS_VALUE;
    if (version_at(text, &s.version, &s.exact) && s.version.n == text.n) {
        s.sort = SAYS_VERSION;
        return s;
    }
    s.version = (struct tl_str){"", 0};
    for (n = 0; n < text.n && n < LOOK; n++)
        low[n] = (char)(text.p[n] >= 'A' && text.p[n] <= 'Z' ? text.p[n] + 32 : text.p[n]);
    read_words((struct tl_str){low, n}, &s);
    if (!probe_is_failure(s) && find_version((struct tl_str){text.p, n}, &s.version, &s.exact))
        s.sort = SAYS_VERSION;
    else
        s.version = (struct tl_str){"", 0};
    return s;
}

/* ---- lines that are no attempts ---- */

static bool
take_any(struct tl_str *s, const struct tl_str *list, size_t n, bool at_end)
{
    for (size_t i = 0; i < n; i++) {
        struct tl_str tail = s->n >= list[i].n ? tl_str_skip(*s, s->n - list[i].n) : *s;

        if (at_end && tl_str_eq(tail, list[i])) {
            s->n -= list[i].n;
            return true;
        }
        if (!at_end && tl_str_starts(*s, list[i])) {
            *s = tl_str_skip(*s, list[i].n);
            return true;
        }
    }
    return false;
}

/* The ornaments around "omitted". */
static const struct tl_str ornaments[] = {
    W(" "),  W("\t"), W("("),  W(")"),  W("["),  W("]"),  W("<"),  W(">"),  W("{"),
    W("}"),  W("-"),  W("="),  W("~"),  W("."),  W("*"),  W("#"),  W("/"),  W(":"),
    W("…"),  W("⋮"),  W("︙"), W("・"), W("（"), W("）"), W("【"), W("】"), W("＜"),
    W("＞"), W("〈"), W("〉"), W("～"), W("〜"), W("："), W("　"),
};
/* Those that alone stand for lines left out. */
static const struct tl_str dots[] = {W("."),  W("…"), W("⋮"),  W("︙"),
                                     W("・"), W(":"), W("："), W(" ")};

bool
probe_is_elision(struct tl_str line)
{
    static const struct tl_str words[] = {
        W("omitted"), W("snip"),      W("snipped"),  W("skipped"),  W("skip"),     W("cut"),
        W("elided"),  W("truncated"), W("省略"),     W("中略"),     W("略"),       W("以下略"),
        W("前略"),    W("後略"),      W("以下省略"), W("途中省略"), W("abridged"), W("removed")};
    struct tl_str core = tl_str_trim(line), rest = core;
    int64_t n;

    if (core.n == 0 || core.n > 120)
        return false;
    while (take_any(&rest, dots, COUNT(dots), false))
        ;
    if (rest.n == 0)
        return true;
    while (take_any(&core, ornaments, COUNT(ornaments), false))
        ;
    while (take_any(&core, ornaments, COUNT(ornaments), true))
        ;
    if (core.n == 0)
        return tl_str_find(line, TL_STR("...")) != SIZE_MAX ||
               tl_str_find(line, TL_STR("…")) != SIZE_MAX;
    if (tl_str_int(&core, &n)) {
        static const struct tl_str units[] = {W(" lines "), W(" rows "), W(" more lines "),
                                              W("行")};

        if (!take_any(&core, units, COUNT(units), false))
            return false;
    }
    for (size_t i = 0; i < COUNT(words); i++)
        if (tl_str_case_eq(core, words[i]))
            return true;
    return false;
}

bool
probe_is_rule(struct tl_str line)
{
    size_t dashes = 0;

    for (size_t i = 0; i < line.n; i++) {
        if (!strchr("-+|= \t:", line.p[i]) || line.p[i] == '\0')
            return false;
        dashes += line.p[i] == '-' || line.p[i] == '=';
    }
    return dashes >= 2;
}

bool
probe_is_decoration(struct tl_str line)
{
    static const struct tl_str starts[] = {
        W("Time: "),
        W("Timing is "),
        W("Pager usage "),
        W("real\t"),
        W("user\t"),
        W("sys\t"),
        W("mysql: [Warning]"),
        W("Warning: Using a password"),
        W("SSL connection "),
        W("Type \"help\""),
        W("nohup: "),
        W("Every "),
        W("% Total"),
        W("***************"),
        W("Empty set"),
        W("Expanded display"),
        W("You are now connected"),
        W("^C"),
        W("Null display is"),
    };
    struct tl_str s = tl_str_trim(line), rest = s;
    int64_t n;

    for (size_t i = 0; i < COUNT(starts); i++)
        if (tl_str_starts(s, starts[i]))
            return true;
    if (tl_str_starts(s, TL_STR("(")) && (rest = tl_str_skip(s, 1), tl_str_int(&rest, &n)))
        return tl_str_starts(rest, TL_STR(" row"));
    return tl_str_int(&rest, &n) && tl_str_starts(rest, TL_STR(" row")) &&
           tl_str_find(rest, TL_STR(" in set")) != SIZE_MAX;
}

bool
probe_is_continuation(struct tl_str line)
{
    static const struct tl_str starts[] = {
        W("Is the server running"),
        W("TCP/IP connections on port"),
        W("DETAIL:"),
        W("HINT:"),
        W("CONTEXT:"),
        W("LINE "),
        W("LOCATION:"),
        W("This probably means"),
        W("before or while"),
        W("and accepting"),
        W("the server running on host"),
        W("connection to server at \""),
        W("STATEMENT:"),
        W("Caused by:"),
        W("at "),
        W("Traceback"),
        W("File \""),
        W("connections on Unix"),
        W("accepting TCP/IP"),
        W("connection to server was lost"),
        W("The connection to the server"),
        W("Check that mysqld is"),
        W("You can check this by"),
    };
    struct tl_str s = tl_str_trim(line);

    for (size_t i = 0; i < COUNT(starts); i++)
        if (tl_str_starts(s, starts[i]))
            return true;
    return false;
}

bool
probe_is_server_log(struct tl_str text)
{
    static const struct tl_str parts[] = {
        W("LOG:  "),   W("STATEMENT:  "), W("[Note]"),    W("[Warning]"),
        W("[System]"), W("[ERROR]"),      W("[MY-"),      W(" --- ["),
        W(" INFO "),   W(" DEBUG "),      W("LOG: "),     W(",LOG,"),
        W(",FATAL,"),  W(",ERROR,"),      W(",WARNING,"), W(",PANIC,")};
    /* A level before anything is said, what a container runtime puts before a line. */
    static const struct tl_str starts[] = {
        W("INFO "),    W("DEBUG "),   W("WARN "),    W("ERROR ["),  W("FATAL ["), W("WARNING ["),
        W("stderr F"), W("stdout F"), W("stderr P"), W("stdout P"), W("level=")};
    static const struct tl_str severities[] = {W("FATAL:"), W("ERROR:"), W("WARNING:"),
                                               W("PANIC:")};
    struct tl_str head = {text.p, text.n < 400 ? text.n : 400};
    size_t word = 0;

    if (head.n > 1 && head.p[0] == ':' && head.p[1] != ' ')
        return true; /* the RDS prefix: no blank between its parts */
    if (has_any(head, parts, COUNT(parts)))
        return true;
    for (size_t i = 0; i < COUNT(starts); i++)
        if (tl_str_starts(head, starts[i]))
            return true;
    while (word < head.n &&
           (is_alpha(head.p[word]) || is_digit(head.p[word]) || head.p[word] == '_'))
        word++;
    for (size_t i = 0; i < COUNT(severities); i++) {
        size_t at = tl_str_find(head, severities[i]);

        if (at == SIZE_MAX || at == 0 || at == word + 1)
            continue;
        if (at < 2 || head.p[at - 1] != ' ' || head.p[at - 2] != ':')
            return true;
    }
    return false;
}
