/* PostgreSQL's stderr and syslog logs: which lines begin records, and what is read from them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "parse/pg_prefix.h"

/* ---- reading a log, plainly ---- */

struct walk {
    struct tl_reader r;
    struct tl_buf out;
};

static void
say(struct tl_buf *b, struct tl_str s)
{
    for (size_t i = 0; i < s.n; i++)
        tl_buf_add(b, s.p[i] == '\n' ? TL_STR("~") : (struct tl_str){s.p + i, 1});
}

/* "2026-04-11T06:21:35.200Z", "?CST" where the zone leaves it open, "?" without one, "-". */
static void
say_time(struct tl_buf *b, const struct log_record *rec)
{
    if (!rec->stamped)
        tl_buf_add(b, TL_STR("-"));
    else if (rec->stamp.zone == TL_ZONE_OFFSET && !rec->stamp.yearless)
        tl_time_print(b, rec->stamp.local - rec->stamp.offset_us);
    else
        tl_buf_addf(b, "%s?%.*s", rec->stamp.yearless ? "yearless" : "",
                    TL_FMT(rec->stamp.zone_text));
}

/* One record: " LINE TIME MESSAGE {field=value …}". */
static void
read_record(struct walk *w, const void *state, struct tl_str text, const char *message,
            unsigned line)
{
    struct log_record rec;
    const char *why = NULL;
    char *exact = malloc(text.n + 1); /* no more behind it than it has */

    assert_non_null(exact);
    memcpy(exact, text.p, text.n);
    tl_arena_reset(&w->r.scratch);
    tl_buf_addf(&w->out, "%u ", line);
    if (!pg_stderr.split(&w->r, state, (struct tl_str){exact, text.n}, &rec, &why)) {
        tl_buf_addf(&w->out, "!%s\n", why);
        free(exact);
        return;
    }
    say_time(&w->out, &rec);
    tl_buf_add(&w->out, TL_STR(" "));
    say(&w->out, rec.message);
    if (rec.message.n > 0 && rec.message.p[0] != *message)
        tl_buf_add(&w->out, TL_STR(" (look and split disagree)"));
    tl_buf_add(&w->out, TL_STR(" {"));
    for (size_t i = 0; i < rec.nfields; i++) {
        const struct tl_field *f = &rec.fields[i];

        tl_buf_addf(&w->out, "%s%.*s=", i ? " " : "", TL_FMT(f->name));
        if (f->type == TL_FIELD_INT)
            tl_buf_addf(&w->out, "%lld", (long long)f->number);
        else
            say(&w->out, f->text);
    }
    tl_buf_add(&w->out, TL_STR("}\n"));
    free(exact);
}

static void
walk(struct walk *w, const char *prefix, struct tl_str log)
{
    char *copy = calloc(1, log.n + LOG_PAD);
    const char *p = copy, *end, *from = NULL, *message = NULL;
    unsigned at = 0, line = 1;
    void *state = NULL;

    assert_non_null(copy);
    memcpy(copy, log.p, log.n);
    end = copy + log.n;
    w->r.in.hints.log_line_prefix = tl_str_from(prefix);
    assert_int_equal(pg_stderr.learn(&w->r, (struct tl_str){copy, log.n}, &state, NULL), TL_OK);
    tl_buf_reset(&w->out);
    for (; p < end; line++) {
        const char *lf = memchr(p, '\n', (size_t)(end - p)), *to = lf ? lf : end;
        struct log_look look = {0};
        enum log_line is = pg_stderr.look(state, p, to - (to > p && to[-1] == '\r'), &look);

        if (from && (is == LOG_RECORD || is == LOG_BROKEN)) {
            read_record(w, state, (struct tl_str){from, (size_t)(p - from)}, message, at);
            from = NULL;
        }
        if (is == LOG_BROKEN)
            tl_buf_addf(&w->out, "%u !\n", line);
        if (is == LOG_RECORD) {
            from = p;
            at = line;
            message = look.message;
        }
        p = lf ? lf + 1 : end;
    }
    if (from)
        read_record(w, state, (struct tl_str){from, (size_t)(end - from)}, message, at);
    free(copy);
}

static int
start(void **state)
{
    struct walk *w = calloc(1, sizeof(*w));

    *state = w;
    if (!w)
        return 1;
    w->r.in.hints = TL_HINTS_NONE;
    w->r.in.zones = tl_zones_new(TL_STR("/usr/share/zoneinfo"));
    tl_arena_init(&w->r.scratch, (size_t)64 << 20);
    tl_arena_init(&w->r.arena, (size_t)64 << 20);
    tl_buf_init(&w->out, (size_t)64 << 20);
    return 0;
}

static int
stop(void **state)
{
    struct walk *w = *state;

    tl_arena_free(&w->r.scratch);
    tl_arena_free(&w->r.arena);
    tl_buf_free(&w->out);
    tl_zones_free(w->r.in.zones);
    free(w);
    return 0;
}

struct log_case {
    const char *prefix, *log, *want;
};

static void
check(struct walk *w, const struct log_case *c)
{
    walk(w, c->prefix, tl_str_from(c->log));
    if (!tl_str_eq(tl_buf_str(&w->out), tl_str_from(c->want)))
        print_error("%s\n--- want\n%s--- got\n%.*s", c->log, c->want, TL_FMT(tl_buf_str(&w->out)));
    assert_true(tl_str_eq(tl_buf_str(&w->out), tl_str_from(c->want)));
}

#define T "2026-04-11T06:21:35"
#define D "2026-04-11 06:21:35"

/* ---- what is learnt ---- */

static void
reads_logs_by_what_their_lines_show(void **state)
{
    static const struct log_case cases[] = {
        /* RDS, a client and none */
        {NULL,
         D " UTC:10.0.0.7(4242):app@shop:[71]:ERROR:  canceling statement due to user request\n" D
           " UTC::@:[72]:LOG:  checkpoint starting: time\n",
         "1 " T ".000Z canceling statement due to user request {level=ERROR pid=71 user=app "
         "database=shop client=10.0.0.7}\n"
         "2 " T ".000Z checkpoint starting: time {level=LOG pid=72}\n"},
        /* what the server says before it has its prefix */
        {NULL,
         "$ tail postgres.log\n" D ".125 GMT [5] LOG:  skipping missing file\n" D
         " UTC::@:[5]:LOG:  database system is shut down\nLauncher: 12 bytes\n" D
         ".250 GMT [6] LOG:  skipping missing file\n",
         "2 " T ".125Z skipping missing file {level=LOG pid=5}\n"
         "3 " T ".000Z database system is shut down {level=LOG pid=5}\n"
         "5 " T ".250Z skipping missing file {level=LOG pid=6}\n"},
        /* Debian, with and without a session; lines that go on; asides */
        {NULL,
         D ".001 CEST [9] app@shop ERROR:  syntax error at or near \"x\"\n" D
           ".001 CEST [9] app@shop DETAIL:  It is wrong\n\tin two ways.\n" D
           ".001 CEST [9] app@shop HINT:  Write it well.\n" D
           ".001 CEST [9] app@shop STATEMENT:  select\n\tLOG:  x\n" D
           ".002 CEST [10] LOG:  two\n\t\tlines\nnot ours\n\tnor this\n",
         "1 2026-04-11T04:21:35.001Z syntax error at or near \"x\" {level=ERROR pid=9 user=app "
         "database=shop detail=It is wrong~in two ways. hint=Write it well.}\n"
         "7 2026-04-11T04:21:35.002Z two~\tlines {level=LOG pid=10}\n"},
        /* CRLF, zeroes before a line, a byte-order mark, a single blank behind the tag */
        {NULL, "\xef\xbb\xbf" D " UTC [9] LOG:  one\r\n\tmore\r\n" D " UTC [9] LOG: two\r\n",
         "1 " T ".000Z one~more {level=LOG pid=9}\n3 " T ".000Z two {level=LOG pid=9}\n"},
        /* verbose */
        {NULL,
         D " UTC [9] ERROR:  42P01: relation \"x\" does not exist\n" D
           " UTC [9] LOCATION:  parserOpenTable, parse_relation.c:1180\n" D
           " UTC [9] LOG:  00000: database system is shut down\n",
         "1 " T ".000Z relation \"x\" does not exist {level=ERROR pid=9 sqlstate=42P01}\n"
         "3 " T ".000Z database system is shut down {level=LOG pid=9}\n"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        check(*state, &cases[i]);
}

/* Where the time stands, what ends it, how the prefix ends: all learnt. */
static void
learns_prefixes(void **state)
{
    static const struct log_case cases[] = {
        {NULL, "[" D " JST]  12[7] LOG:  one\n[" D " JST]  12[8] LOG:  two\n",
         "1 2026-04-10T21:21:35.000Z one {level=LOG pid=12}\n"
         "2 2026-04-10T21:21:35.000Z two {level=LOG pid=12}\n"},
        {NULL, "< " D ".010 EST >LOG:  one\n< " D ".020 EST >FATAL:  two\n",
         "1 2026-04-11T11:21:35.010Z one {level=LOG}\n"
         "2 2026-04-11T11:21:35.020Z two {level=FATAL}\n"},
        {NULL,
         D " UTC [36]: [121-1] user=app,db=shop,app=DB - Main,client=10.0.0.9 LOG:  one\n" D
           " UTC [20]: [1-1] user=,db=,app=,client= LOG:  two\n" D
           " UTC [21]: [1-1] user=[unknown],db=[unknown],app=[unknown],client=[local] LOG:  x\n",
         "1 " T ".000Z one {level=LOG pid=36 user=app database=shop client=10.0.0.9 "
         "application=DB - Main}\n2 " T ".000Z two {level=LOG pid=20}\n"
         "3 " T ".000Z x {level=LOG pid=21 client=[local]}\n"},
        /* the time behind names */
        {NULL,
         "app@shop " D ".1 UTC [5] LOG:  one\n\tmore\n@ " D ".2 UTC [6] LOG:  two\n"
         "other@shop " D ".3 UTC [5] DETAIL:  that is all\n",
         "1 " T ".100Z one~more {level=LOG pid=5 user=app database=shop}\n"
         "3 " T ".200Z two {level=LOG pid=6 detail=that is all}\n"},
        /* a name that looks like a tag, before the time */
        {NULL,
         " " D ".1 UTC [5] LOG:  one\nan app, LOG:  x " D ".2 UTC [6] LOG:  two\n"
         "psql " D ".3 UTC [6] LOG:  three\n",
         "1 " T ".100Z one {level=LOG pid=5}\n2 " T ".200Z two {level=LOG pid=6}\n"
         "3 " T ".300Z three {level=LOG pid=6}\n"},
        /* seconds since 1970; the session's id; a zone in figures */
        {NULL, "1775888495.200 [5] LOG:  one\n1775888496.300 [5] LOG:  two\n",
         "1 " T ".200Z one {level=LOG pid=5}\n2 2026-04-11T06:21:36.300Z two {level=LOG pid=5}\n"},
        {NULL, D " UTC-5e0c1234.1a4-LOG:  one\n" D " UTC-5e0c1234.1a4-LOG:  two\n",
         "1 " T ".000Z one {level=LOG}\n2 " T ".000Z two {level=LOG}\n"},
        {NULL, D ".5 -03 [5] LOG:  one\n" D ".5 +0530 [5] LOG:  two\n",
         "1 2026-04-11T09:21:35.500Z one {level=LOG pid=5}\n"
         "2 2026-04-11T00:51:35.500Z two {level=LOG pid=5}\n"},
        /* no time at all; nothing at all */
        {NULL, "[12] LOG:  one\n[13] ERROR:  two\n[13] STATEMENT:  select\n\tLOG:  x\n",
         "1 - one {level=LOG pid=12}\n2 - two {level=ERROR pid=13}\n"},
        {NULL, "LOG:  one\nDETAIL:  two\nLOG:  three\n",
         "1 - one {level=LOG detail=two}\n3 - three {level=LOG}\n"},
        /* a container's head before each line */
        {NULL,
         "2026-04-11T06:21:35.123456789Z stderr F " D ".125 UTC [1] LOG:  one\n"
         "2026-04-11T06:21:36.123456789Z stderr F " D ".130 UTC [1] LOG:  two\n",
         "1 " T ".125Z one {level=LOG pid=1}\n2 " T ".130Z two {level=LOG pid=1}\n"},
        /* two zones, one of them with several offsets; one that nobody has */
        {NULL, D " CST [5] LOG:  one\n" D " UTC [5] LOG:  two\n" D " QQQ [5] LOG:  three\n",
         "1 ?CST one {level=LOG pid=5}\n2 " T ".000Z two {level=LOG pid=5}\n"
         "3 ?QQQ three {level=LOG pid=5}\n"},
        /* a time that there is not; a damaged tag; a cut line; somebody else's time */
        {NULL,
         D " UTC [5] LOG:  one\n2026-02-30 06:21:35 UTC [5] LOG:  two\n" D " UTC [5] LO\n" D
           " UTC [5] LOG:  three\n" D " P00   INFO: archive-push\n" D " UTC said the script\n" D
           " UTC [6",
         "1 " T ".000Z one {level=LOG pid=5}\n2 !its time cannot be\n3 !\n"
         "4 " T ".000Z three {level=LOG pid=5}\n7 !\n"},
        /* another language than English: no record, and nothing odd */
        {NULL,
         D " UTC [5] LOG:  eins\n" D " UTC [5] FEHLER:  zwei\n" D " UTC [5] АНЗ:  drei\n" D
           " UTC [5] LXg:  vier\n",
         "1 " T ".000Z eins {level=LOG pid=5}\n4 !\n"},
        /* a tag in a message, and in a statement */
        {NULL,
         D " UTC::@:[5]:LOG:  x ERROR:  y\n" D " UTC:h(1):u@d:[5]:STATEMENT:  select ':LOG:  z'\n",
         "1 " T ".000Z x ERROR:  y {level=LOG pid=5}\n"},
        /* a csvlog behind the first lines */
        {NULL,
         D " UTC [5] LOG:  one\n" D
           ".250 UTC,\"app\",\"shop\",7,\"10.0.0.1:5\",65.7,1,\"idle\",2026-04-11 06:00:00 "
           "UTC,,0,FATAL,57P01,\"terminating \"\"it\"\"\",,,,,,,,,\"\"\n" D " UTC [5] LOG:  two\n",
         "1 " T ".000Z one {level=LOG pid=5}\n"
         "2 " T ".250Z terminating \"it\" {level=FATAL pid=7 user=app database=shop "
         "client=10.0.0.1 sqlstate=57P01}\n"
         "3 " T ".000Z two {level=LOG pid=5}\n"},
        /* pg_ctl speaks on the server's line */
        {NULL,
         "waiting for server to start...." D " UTC [5] LOG:  one\n." D " UTC [5] LOG:  two\n"
         " done\nserver started\n",
         "1 " T ".000Z one {level=LOG pid=5}\n2 " T ".000Z two {level=LOG pid=5}\n"},
        /* keys, and a pid without brackets */
        {NULL,
         "time=" D " UTC, pid=5 db=d, usr=u, client=h1 , app=a b, line=7 LOG:  one\n"
         "time=" D " UTC, pid=6 db=, usr=, client= , app=, line=8 LOG:  two\n",
         "1 " T ".000Z one {level=LOG pid=5 user=u database=d client=h1 application=a b}\n"
         "2 " T ".000Z two {level=LOG pid=6}\n"},
        {NULL, D ".001 UTC 77 u@d LOG:  one\n" D ".001 UTC 78 LOG:  two\n",
         "1 " T ".001Z one {level=LOG pid=77 user=u database=d}\n"
         "2 " T ".001Z two {level=LOG pid=78}\n"},
        /* nothing */
        {NULL, "", ""},
        {NULL, "\n\n:\nLOG:", ""},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        check(*state, &cases[i]);
}

static void
takes_a_given_prefix(void **state)
{
    static const struct log_case cases[] = {
        {"%m [%p] %q%u@%d ", D ".1 UTC [5] a b@c@d LOG:  one\n" D ".1 UTC [5] LOG:  two\n",
         "1 " T ".100Z one {level=LOG pid=5 user=a b database=c@d}\n"
         "2 " T ".100Z two {level=LOG pid=5}\n"},
        {"%m:%r:%u@%d:[%p]:%l:%e:%s:%v:%x:%c:%q%a",
         D ".1 UTC:10.0.0.3(77):u@d:[5]:9:40P01:" D
           " UTC:3/7:0:69d9f2cf.5:psqlERROR:  deadlock detected\n" D ".1 UTC::@:[6]:1:00000:" D
           " UTC::0:69d9f2cf.6:LOG:  two\n",
         "1 " T ".100Z deadlock detected {level=ERROR pid=5 user=u database=d client=10.0.0.3 "
         "application=psql sqlstate=40P01}\n2 " T ".100Z two {level=LOG pid=6}\n"},
        {"%-10u|%5p|%t|",
         "app       |   71|" D " UTC|LOG:  one\n          |    7|" D " UTC|LOG:  two\n",
         "1 " T ".000Z one {level=LOG pid=71 user=app}\n2 " T ".000Z two {level=LOG pid=7}\n"},
        {"%%%n%%%a: ", "%1775888495.200%psql: LOG:  one\n",
         "1 " T ".200Z one {level=LOG application=psql}\n"},
        {"%p ", "71 LOG:  one\n\tmore LOG:  x\n72 ERROR:  two\n",
         "1 - one~more LOG:  x {level=LOG pid=71}\n3 - two {level=ERROR pid=72}\n"},
        /* the shell took the blank at its end */
        {"%m [%p]", D ".1 UTC [5] LOG:  one\n", "1 " T ".100Z one {level=LOG pid=5}\n"},
        {"%t,%p,%u,%d,%h,", D " UTC,5,u,d,10.0.0.4,LOG:  one\n" D " UTC,5,u,d,10.0.0.4,HINT:  h\n",
         "1 " T ".000Z one {level=LOG pid=5 user=u database=d client=10.0.0.4 hint=h}\n"},
        /* what the server says before it has its prefix; a prefix that is not this log's */
        {"%t:%r:%u@%d:[%p]:", D ".5 GMT [5] LOG:  one\n" D " UTC::@:[5]:LOG:  two\n",
         "1 " T ".500Z one {level=LOG pid=5}\n2 " T ".000Z two {level=LOG pid=5}\n"},
        {"%u@%d|%t|", "[" D " UTC] 5 LOG:  one\n[" D " UTC] 5 LOG:  two\n",
         "1 " T ".000Z one {level=LOG pid=5}\n2 " T ".000Z two {level=LOG pid=5}\n"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        check(*state, &cases[i]);
}

/* ---- syslog ---- */

#define F "Feb 11 13:15:39 db1 postgres"

static void
reads_syslog(void **state)
{
    static const struct log_case cases[] = {
        /* year and zone from the log itself; other programs; lines that go on, between others' */
        {NULL,
         F "[8]: [1-1] db=,user= LOG:  listening\n" F "[8]: [1-2] db=,user= HINT:  Listen.\n" F
           "[9]: [4-1] db=,user= LOG:  database system was shut down at 2019-02-11 13:14:59 CET\n"
           "Feb 11 13:15:40 db1 sshd[77]: ERROR:  not ours\n"
           "Feb 11 13:15:40 db1 last message repeated 2 times\n"
           "Feb 11 13:15:40 db1 postgres[8]: [2-1] db=d,user=u ERROR:  one\n"
           "Feb 11 13:15:40 db1 postgres[9]: [5-2] #011of another\n"
           "Feb 11 13:15:40 db1 postgres[8]: [2-2] #011two#011\n"
           "Feb 11 13:15:40 db1 cron[1]: tick\n"
           "Feb 11 13:15:40 db1 postgres[8]: [2-3]  three\n"
           "Feb 11 13:15:40 db1 postgres[8]: [2-4] db=d,user=u STATEMENT:  select LOG:  x\n"
           "Feb 11 13:15:41 db1 postgres[8]: [3-1] db=,user= LO\n",
         "1 2019-02-11T12:15:39.000Z listening {level=LOG hint=Listen. pid=8}\n"
         "3 2019-02-11T12:15:39.000Z database system was shut down at 2019-02-11 13:14:59 CET "
         "{level=LOG pid=9}\n"
         "6 2019-02-11T12:15:40.000Z one~two\t three {level=ERROR user=u database=d pid=8}\n"
         "12 !\n"},
        /* nothing tells the year */
        {NULL, F "[8]: [1-1] LOG:  one\n", "1 yearless? one {level=LOG pid=8}\n"},
        /* the prefix has the whole time; the year turns */
        {NULL,
         "Dec 31 23:59:59 db1 postgres[8]: [1-1] 2019-12-31 23:59:59 JST LOG:  one\n"
         "Jan  1 00:00:01 db1 postgres[8]: [2-1] 2020-01-01 00:00:01 JST LOG:  two\n",
         "1 2019-12-31T14:59:59.000Z one {level=LOG pid=8}\n"
         "2 2019-12-31T15:00:01.000Z two {level=LOG pid=8}\n"},
        /* the server's zone is not the clock's of syslog */
        {NULL,
         "Feb 11 22:15:39 db1 postgres[8]: [1-1] LOG:  database system was shut down at "
         "2019-02-11 13:14:59 UTC\n",
         "1 ? database system was shut down at 2019-02-11 13:14:59 UTC {level=LOG pid=8}\n"},
        /* newer times, newer heads */
        {NULL, "2019-02-11T13:15:39.123456+01:00 db1 pg-main[8]: [1-1] user=u LOG:  one\n",
         "1 2019-02-11T12:15:39.123Z one {level=LOG user=u pid=8}\n"},
        {NULL,
         "<134>1 2019-02-11T13:15:39.5Z db1 postgres 8 - - [1-1] LOG:  one\n"
         "<134>1 2019-02-11T13:15:39.5Z db1 postgres 8 - - [1-2] #011two\n",
         "1 2019-02-11T13:15:39.500Z one~two {level=LOG pid=8}\n"},
        /* without numbers; all of it in one line; verbose */
        {NULL,
         "<13>Feb 11 13:15:39 db1 postgres[8]: 2019-02-11 13:15:39 UTC [8] ERROR:  42P01: "
         "one#012#011two\n",
         "1 2019-02-11T13:15:39.000Z one#012#011two {level=ERROR pid=8 sqlstate=42P01}\n"},
        {NULL,
         "Feb 11 13:15:39 ip-10-0-0-1.eu-west-1.compute.internal.example postgres[8]: LOG:  one\n",
         "1 yearless? one {level=LOG pid=8}\n"},
        {NULL, "<13>Feb 11 13:15:39 db1 postgres[8]: ERROR:  42P01: one#012#011two\n",
         "1 yearless? one~two {level=ERROR sqlstate=42P01 pid=8}\n"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        check(*state, &cases[i]);
}

/* ---- what is taken for such a log ---- */

static void
knows_its_logs(void **state)
{
    static const struct {
        const char *text;
        int least, most;
    } cases[] = {
        {D " UTC::@:[5]:LOG:  one\n", 98, 99},
        {"$ aws rds download-db-log-file-portion\n" D " UTC [5] LOG:  one\n" D
         " UTC [5] LOG:  two\n" D " UTC [5] LOG:  three\n" D " UTC [5] LOG:  four\n",
         98, 99},
        {F "[8]: [1-1] FATAL:  one\n", 98, 99},
        {"select 1;\n ?column?\n----------\n        1\n(1 row)\n\n-- log\n" D " UTC [5] LOG:  x\n",
         50, 97},
        {"LOG:  one\nLOG:  two\n", 50, 70},
        {"\xef\xbb\xbf[" D " UTC] 5 LOG:  one\n", 98, 99},
        {D " UTC [9] db=d,app=psql LOG:  one\n" D " UTC [9] db=d,app=pgbench LOG:  two\n", 98, 99},
        /* what clients print */
        {D " UTC psql: FATAL:  the database system is starting up\n" D " UTC 17.4\n" D
           " UTC psql: error: connection to server at \"h\", port 5432 failed: FATAL:  x\n",
         0, 0},
        {D " UTC FATAL:  the database system is starting up\n" D " UTC FATAL:  x\n", 0, 0},
        {"ERROR:  relation \"x\" does not exist\nERROR:  y\nNOTICE:  z\n", 0, 0},
        {D " UTC [5] LOG:  one\n" D " one\n" D " two\n" D " three\n", 40, 40},
        {"2026-04-11 06:21:35: pid 12: LOG:  pgpool is ready\n2026-04-11 06:21:36: pid 12: LOG:  "
         "x\n",
         0, 0},
        {"2026-04-11 06:21:35,123 INFO: no action. I am (db1), the leader with the lock\n", 0, 0},
        {D ",222 ERROR [pool-1] c.e.Shop - PSQLException: FATAL: x\n", 0, 0},
        {"", 0, 0},
        {"A sentence. LOG:  no\n", 0, 0},
    };
    struct walk *w = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int sure;

        tl_buf_reset(&w->out);
        sure = pg_sniff(&w->r, tl_str_from(cases[i].text), &w->out);
        if (sure < cases[i].least || sure > cases[i].most)
            print_error("%d: %s\n", sure, cases[i].text);
        assert_in_range((uintmax_t)sure, (uintmax_t)cases[i].least, (uintmax_t)cases[i].most);
        assert_int_equal(sure > 0, w->out.n > 0);
    }
}

/* ---- what is given ---- */

static void
refuses_escapes_that_there_are_not(void **state)
{
    static const struct {
        const char *prefix, *why; /* why: NULL, or in the sentence */
    } cases[] = {
        {"%m [%p] %q%u@%d ", NULL},
        {"%-10u%5p %%%t:%a%r%h%L%b%P%n%i%e%c%l%s%v%x%Q: ", NULL},
        {"no time", NULL},
        {"%m %y", "no escape %y"},
        {"%m %10z", "no escape %z"},
        {"%m %", "a percent sign is written %%"},
        {"%m %-5", "a percent sign is written %%"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct tl_error err = {.msg = ""};
        enum tl_status st = tl_log_line_prefix_check(tl_str_from(cases[i].prefix), &err);

        assert_int_equal(st, cases[i].why ? TL_EUSAGE : TL_OK);
        if (cases[i].why)
            assert_non_null(strstr(err.msg, cases[i].why));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads_logs_by_what_their_lines_show, start, stop),
        cmocka_unit_test_setup_teardown(learns_prefixes, start, stop),
        cmocka_unit_test_setup_teardown(takes_a_given_prefix, start, stop),
        cmocka_unit_test_setup_teardown(reads_syslog, start, stop),
        cmocka_unit_test_setup_teardown(knows_its_logs, start, stop),
        cmocka_unit_test(refuses_escapes_that_there_are_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
