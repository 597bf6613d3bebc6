/* Probe logs: what the lines of a loop say, which attempts come out, and what is said to be odd. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "parse/probe.h"
#include "read_text.h"

#define H "orders.cluster-c0ffee123456.eu-west-1.rds.amazonaws.com"

/* ---- words ---- */

static void
knows_what_failed(void **state)
{
    static const struct {
        const char *text;
        enum tl_failure want;
    } cases[] = {
        {"17.6.1", TL_FAILURE_OK},
        {"", TL_FAILURE_OK},
        {"OK", TL_FAILURE_OK},
        {"1|t|10.1.2.3", TL_FAILURE_OK},
        {"Connection to db.example.net 5432 port [tcp/postgresql] succeeded!", TL_FAILURE_OK},
        {"db.example.net:5432 - accepting connections", TL_FAILURE_OK},
        {"INSERT 0 1", TL_FAILURE_OK},
        {"200", TL_FAILURE_OK},
        {"000", TL_FAILURE_ERROR},
        {"DOWN", TL_FAILURE_ERROR},
        {"psql: error: connection to server at \"" H
         "\" (10.1.2.3), port 5432 failed: Connection refused",
         TL_FAILURE_REFUSED},
        {"nc: connect to db.example.net port 3306 (tcp) failed: Connection refused",
         TL_FAILURE_REFUSED},
        {"ERROR 2003 (HY000): Can't connect to MySQL server on 'db.example.net:3306' (111)",
         TL_FAILURE_REFUSED},
        {"ERROR 2003 (HY000): Can't connect to MySQL server on 'db.example.net:3306' (110)",
         TL_FAILURE_TIMEOUT},
        {"ERROR 2013 (HY000): Lost connection to MySQL server during query", TL_FAILURE_CLOSED},
        {"ERROR 2013 (HY000): Lost connection to MySQL server at 'reading initial communication "
         "packet', system error: 104",
         TL_FAILURE_RESET},
        {"ERROR 2005 (HY000): Unknown MySQL server host 'db.example.net' (-2)", TL_FAILURE_DNS},
        {"ERROR 1045 (28000): Access denied for user 'a'@'10.0.0.1' (using password: YES)",
         TL_FAILURE_AUTH},
        {"ERROR 1290 (HY000): The MySQL server is running with the --read-only option so it "
         "cannot execute this statement",
         TL_FAILURE_READ_ONLY},
        {"curl: (7) Failed to connect to db.example.net port 5432 after 2 ms: Could not connect",
         TL_FAILURE_REFUSED},
        {"curl: (28) Operation timed out after 1001 milliseconds", TL_FAILURE_TIMEOUT},
        {"curl: (6) Could not resolve host: db.example.net", TL_FAILURE_DNS},
        {"FATAL:  the database system is starting up", TL_FAILURE_STARTING_UP},
        {"FATAL:  the database system is not yet accepting connections", TL_FAILURE_STARTING_UP},
        {"FATAL:  the database system is shutting down", TL_FAILURE_SHUTTING_DOWN},
        {"psql: FATAL:  the database system is in recovery mode", TL_FAILURE_IN_RECOVERY},
        {"psql: error: could not translate host name \"db.example.net\" to address: Name or "
         "service not known",
         TL_FAILURE_DNS},
        {"psql: error: connection to server at \"db.example.net\", port 5432 failed: timeout "
         "expired",
         TL_FAILURE_TIMEOUT},
        {"server closed the connection unexpectedly", TL_FAILURE_CLOSED},
        {"SSL SYSCALL error: EOF detected", TL_FAILURE_CLOSED},
        {"SSL SYSCALL error: Connection reset by peer", TL_FAILURE_RESET},
        {"psql: error: FATAL:  password authentication failed for user \"x\"", TL_FAILURE_AUTH},
        {"FATAL:  no pg_hba.conf entry for host \"10.0.0.1\"", TL_FAILURE_AUTH},
        {"ERROR:  cannot execute UPDATE in a read-only transaction", TL_FAILURE_READ_ONLY},
        {"FATAL:  terminating connection due to administrator command", TL_FAILURE_CLOSED},
        {"FATAL:  sorry, too many clients already", TL_FAILURE_ERROR},
        {"psql: error: No route to host", TL_FAILURE_ERROR},
        {"FATAL:  remaining connection slots are reserved for rds_superuser", TL_FAILURE_ERROR},
        {"APP ERROR: Server shutdown in progress, retry #1", TL_FAILURE_SHUTTING_DOWN},
        {"something failed that nobody foresaw", TL_FAILURE_ERROR},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct probe_said said = probe_read_text(tl_str_from(cases[i].text));

        if (said.failure != cases[i].want)
            print_error("%s\n", cases[i].text);
        assert_int_equal(said.failure, cases[i].want);
    }
}

static void
tells_versions_from_numbers(void **state)
{
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"17.4.5", "17.4.5"},
        {"8.0.39", "8.0.39"},
        {"15.4", "15.4"},
        {"8.0.mysql_aurora.3.04.0", "8.0.mysql_aurora.3.04.0"},
        {"10.11.8-MariaDB-log", "10.11.8-MariaDB-log"},
        {"PostgreSQL 16.3 on aarch64-unknown-linux-gnu, compiled by gcc 7.3.1, 64-bit", "16.3"},
        {"t | 16.3.2 | x", "16.3.2"},
        {"10.0.3.43", ""},
        {"172.31.14.140|5432", ""},
        {"0.53", ""},
        {"12.345678", ""},
        {"3", ""},
        {"16.3x", ""},
        {"17.4.5.", ""},
        {"psql: error: 17.4.5 failed", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct probe_said said = probe_read_text(tl_str_from(cases[i].text));

        assert_true(tl_str_eq(said.version, tl_str_from(cases[i].want)));
    }
}

static void
knows_lines_that_are_no_attempts(void **state)
{
    static const struct {
        const char *line;
        char want; /* Elision, Decoration, Rule, Source, '-' none */
    } cases[] = {
        {".", 'E'},
        {"...", 'E'},
        {"…", 'E'},
        {":", 'E'},
        {"(omitted)", 'E'},
        {"<snip>", 'E'},
        {"[...]", 'E'},
        {"--- snip ---", 'E'},
        {"～省略～", 'E'},
        {"（略）", 'E'},
        {"中略", 'E'},
        {"[... 120 lines omitted ...]", 'E'},
        {"  . . .  ", 'E'},
        {"(1 row)", 'D'},
        {"(20 rows)", 'D'},
        {"Time: 1.234 ms", 'D'},
        {"1 row in set (0.00 sec)", 'D'},
        {"-----+----", 'R'},
        {"+----+----+", 'R'},
        {"$ while true; do date; sleep 1; done", 'S'},
        {"[me@bastion ~]$ ./probe.sh", 'S'},
        {"done", 'S'},
        {"psql -h x -c 'select 1'", 'S'},
        {"psql: error: x", '-'},
        {"17.4.5", '-'},
        {"5 lines", '-'},
        {"the log was cut", '-'},
        {"Connection refused", '-'},
        {"-1", '-'},
        {"(111)", '-'},
        {"50% of it", '-'},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct tl_str s = tl_str_from(cases[i].line);
        char got = '-';

        if (probe_is_elision(s))
            got = 'E';
        else if (probe_is_rule(s))
            got = 'R';
        else if (probe_is_decoration(s))
            got = 'D';
        else if (probe_is_source(s))
            got = 'S';
        if (got != cases[i].want)
            print_error("%s: %c\n", cases[i].line, got);
        assert_int_equal(got, cases[i].want);
    }
}

static void
finds_hosts_and_sleeps(void **state)
{
    static const struct {
        const char *text, *host;
        int64_t sleep_us; /* 0: none */
    } cases[] = {
        {"failed at \"" H "\" (10.0.0.1)", H, 0},
        {"x " H ".cn:5432", H ".cn", 0},
        {"could not translate host name \"db.example.net\" to address", "db.example.net", 0},
        {"server on 'db.example.net:3306' (111)", "db.example.net", 0},
        {"Failed to connect to 172.31.46.20:5432", "", 0},
        {"db.example.net:5432 - no response", "db.example.net", 0},
        {"172.31.46.20:5432 - accepting connections", "", 0},
        {"Opening a DB connection to xxxxx", "", 0},
        {"sleep 0.5", "", 500000},
        {"while :; do psql -h " H "; sleep 1; done", H, 1000000},
        {"time.sleep(0.25)", "", 250000},
        {"Thread.sleep(500);", "", 500000},
        {"Start-Sleep -Milliseconds 200", "", 200000},
        {"usleep 250000", "", 250000},
        {"watch -n 2 psql", "", 2000000},
        {"time.Sleep(300 * time.Millisecond)", "", 300000},
        {"sleep 500ms; sleep 2", "", 500000},
        {"select pg_sleep(3)", "", 0},
        {"sleep $WAIT", "", 0},
        {"oversleep 5", "", 0},
        {"sleep 0", "", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct tl_str host = {"", 0};
        int64_t us = 0;

        if (!probe_find_host(tl_str_from(cases[i].text), &host))
            host.n = 0;
        if (!probe_find_sleep(tl_str_from(cases[i].text), &us))
            us = 0;
        if (!tl_str_eq(host, tl_str_from(cases[i].host)) || us != cases[i].sleep_us)
            print_error("%s\n", cases[i].text);
        assert_true(tl_str_eq(host, tl_str_from(cases[i].host)));
        assert_int_equal(us, cases[i].sleep_us);
    }
}

/* ---- loops ---- */

#define REFUSED                                                                                    \
    "psql: error: connection to server at \"" H "\" (10.1.2.3), port 5432 failed: "                \
    "Connection refused\n\tIs the server running on that host and accepting TCP/IP connections?\n"

struct loop_case {
    const char *text, *as, *want;
    unsigned odd, gaps;
};
static const struct loop_case loops[] = {
    /* a time and a version */
    {"2026-05-02 01:00:00.100 16.3.2\n2026-05-02 01:00:00.700 " REFUSED
     "2026-05-02 01:00:01.300 16.6.1\n",
     NULL, "1 01:00:00.100 ok 16.3.2; 2 01:00:00.700 refused; 4 01:00:01.300 ok 16.6.1; ", 0, 0},
    /* zones, brackets, marks, labels, epochs, CR LF */
    {"2026-05-02T01:00:00.5Z 1\r\n2026-05-02T10:00:01+09:00 1\r\n2026-05-02 01:00:02 UTC 1\r\n",
     NULL, "1 01:00:00.500 ok; 2 01:00:01.000 ok; 3 01:00:02.000 ok; ", 0, 0},
    {"[2026-05-02 10:00:00 JST] OK\n[2026-05-02 10:00:01 JST] FAILED\n", NULL,
     "1 01:00:00.000 ok; 2 01:00:01.000 error; ", 0, 0},
    {"5/2/2026 1:00:00 PM - OK\n5/2/2026 1:00:01 PM - OK\n", NULL,
     "1 13:00:00.000 ok; 2 13:00:01.000 ok; ", 0, 0},
    {"try 1: 2026-05-02 01:00:00 OK\ntry 2: 2026-05-02 01:00:01 Connection timed out\n", NULL,
     "1 01:00:00.000 ok; 2 01:00:01.000 timeout; ", 0, 0},
    {"1777683600 16.3.2\n1777683601 16.3.2\n", NULL,
     "1 01:00:00.000 ok 16.3.2; 2 01:00:01.000 ok 16.3.2; ", 0, 0},
    {"Sat May  2 01:00:00 UTC 2026 16.3.2\nSat May  2 01:00:01 UTC 2026 16.3.2\n", NULL,
     "1 01:00:00.000 ok 16.3.2; 2 01:00:01.000 ok 16.3.2; ", 0, 0},
    /* the zone of times without one */
    {"2026-05-02 10:00:00 OK\n2026-05-02 10:00:01 OK\n", "probe,tz=Asia/Tokyo",
     "1 01:00:00.000 ok; 2 01:00:01.000 ok; ", 0, 0},
    /* times of day: date= and midnight */
    {"23:59:59 16.3.2\n00:00:00 16.3.2\n", "probe,date=2026-05-02",
     "1 23:59:59.000 ok 16.3.2; 2 00:00:00.000 ok 16.3.2; ", 0, 0},
    {"23:59:58 16.3.2\n23:59:59 16.3.2\n", NULL, "", 1, 0},
    /* a zone with several offsets: not read, said once */
    {"2026-05-02 10:00:00 CST 16.3.2\n2026-05-02 10:00:01 CST 16.3.2\n", NULL, "", 1, 0},
    /* elisions: blind time */
    {"2026-05-02 01:00:00 16.3.2\n...\n2026-05-02 01:30:00 16.3.2\n(omitted)\n", NULL,
     "1 01:00:00.000 ok 16.3.2; 3 01:30:00.000 ~ok 16.3.2; ", 0, 1},
    /* what stands before an elision, and says nothing, is not known to have gone well */
    {"2026-05-02 01:00:00\n2026-05-02 01:00:01\nERROR:  cannot execute INSERT in a read-only "
     "transaction\n2026-05-02 01:00:02\n...\n2026-05-02 01:30:00\n2026-05-02 01:30:01\n",
     "probe",
     "1 01:00:00.000 ok; 2 01:00:01.000 read-only; 6 01:30:00.000 ~ok; "
     "7 01:30:01.000 ok; ",
     1, 1},
    /* silent loops: the end of the log closes no outage */
    {"2026-05-02 01:00:00\n2026-05-02 01:00:01\nERROR:  cannot execute INSERT in a read-only "
     "transaction\n2026-05-02 01:00:02\n",
     NULL, "1 01:00:00.000 ok; 2 01:00:01.000 read-only; ", 1, 0},
    /* late errors of several clients belong to the silent attempts before */
    {"2026-05-02 01:00:00\n2026-05-02 01:00:01\n2026-05-02 01:00:02\n"
     "psql: FATAL:  the database system is starting up\nFATAL:  the database system is starting "
     "up\npsql: FATAL:  the database system is starting up\n2026-05-02 01:00:03\n"
     "2026-05-02 01:00:04\n",
     NULL,
     "1 01:00:00.000 ok; 2 01:00:01.000-01:00:03.000 starting-up; 3 01:00:02.000 starting-up; "
     "7 01:00:03.000 ok; 8 01:00:04.000 ok; ",
     0, 0},
    /* a loop that prints results: nothing printed is nothing gone well */
    {"2026-05-02 01:00:00 1\n2026-05-02 01:00:01 1\n2026-05-02 01:00:02 \n"
     "2026-05-02 01:00:03 1\n",
     "probe", "1 01:00:00.000 ok; 2 01:00:01.000 ok; 3 01:00:02.000 error; 4 01:00:03.000 ok; ", 0,
     0},
    /* the result below the time, as psql and mysql draw it */
    {"2026-05-02 01:00:00\n aurora_version \n----------------\n 16.3.2\n(1 row)\n\n"
     "2026-05-02 01:00:01\n aurora_version \n----------------\n 16.3.2\n(1 row)\n\n",
     NULL, "1 01:00:00.000 ok 16.3.2; 7 01:00:01.000 ok 16.3.2; ", 0, 0},
    /* steps: opening, starting, the end */
    {"5/2/2026 1:00:00 AM : APP Starting a query...\n"
     "5/2/2026 1:00:20 AM : APP ERROR: Command Timeout expired, retry #1\n"
     "5/2/2026 1:00:21 AM : APP Opening a DB connection to " H "\n"
     "5/2/2026 1:00:22 AM : APP ERROR: Connection refused, retry #2\n...\n"
     "5/2/2026 1:01:00 AM : APP ERROR: Connection refused, retry #9\n"
     "5/2/2026 1:01:01 AM : APP Opening a DB connection to " H "\n"
     "5/2/2026 1:01:05 AM : APP Starting a query...\n42 rows of it\n",
     NULL,
     "1 01:00:00.000-01:00:20.000 timeout; 3 01:00:21.000-01:00:22.000 refused; "
     "6 01:01:00.000 ~<refused; 8 01:01:05.000 ok; ",
     0, 1},
    /* the time is printed after the attempt */
    {"16.3.2\n2026-05-02 01:00:00\nConnection refused\n2026-05-02 01:00:01\n", "probe,stamp=end",
     "2 01:00:00.000 <ok 16.3.2; 4 01:00:01.000 <refused; ", 0, 0},
    /* numbers that change are no versions; a web server's codes are */
    {"2026-05-02 01:00:00 12.31\n2026-05-02 01:00:01 12.35\n2026-05-02 01:00:02 12.31\n", "probe",
     "1 01:00:00.000 ok 12.31; 2 01:00:01.000 ok; 3 01:00:02.000 ok; ", 0, 0},
    /* but one that differs behind a failure is the next version */
    {"2026-05-02 01:00:00 16.4\n2026-05-02 01:00:01 Connection refused\n2026-05-02 01:00:02 16.8\n",
     NULL, "1 01:00:00.000 ok 16.4; 2 01:00:01.000 refused; 3 01:00:02.000 ok 16.8; ", 0, 0},
    {"2026-05-02 01:00:00 200\n2026-05-02 01:00:01 503\n2026-05-02 01:00:02 200\n", "probe",
     "1 01:00:00.000 ok; 2 01:00:01.000 error; 3 01:00:02.000 ok; ", 0, 0},
    {"2026-05-02 01:00:00 500\n2026-05-02 01:00:01 501\n", "probe",
     "1 01:00:00.000 ok; 2 01:00:01.000 ok; ", 0, 0},
    /* odd: the time goes back; text from nowhere; an error without a time */
    {"2026-05-02 01:00:05 16.3.2\n2026-05-02 01:00:01 16.3.2\n", NULL,
     "1 01:00:05.000 ok 16.3.2; 2 01:00:01.000 ok 16.3.2; ", 1, 0},
    {"2026-05-02 01:00:05 16.3.2\nsomebody wrote a few words here\n2026-05-02 01:00:06 16.3.2\n",
     NULL, "1 01:00:05.000 ok 16.3.2; 3 01:00:06.000 ok 16.3.2; ", 1, 0},
    {"2026-05-02 01:00:05 16.3.2\n" REFUSED "2026-05-02 01:00:06 16.3.2\n", NULL,
     "1 01:00:05.000 ok 16.3.2; 4 01:00:06.000 ok 16.3.2; ", 1, 0},
    /* cut in the middle of a line */
    {"2026-05-02 01:00:05 16.3.2\n2026-05-02 01:00:06 Connection refused\n2026-05-02 01:00:07 p",
     NULL, "1 01:00:05.000 ok 16.3.2; 2 01:00:06.000 refused; ", 1, 0},
    /* what other clients print, on the stamp's line or below it */
    {"2026-05-02 01:00:00\n@@aurora_version\tnow()\n3.04.0\t2026-05-02 01:00:00\n"
     "2026-05-02 01:00:01\nERROR 2003 (HY000): Can't connect to MySQL server on "
     "'db.example.net:3306' "
     "(111)\n2026-05-02 01:00:02\n@@aurora_version\tnow()\n3.05.0\t2026-05-02 01:00:02\n",
     NULL, "1 01:00:00.000 ok 3.04.0; 4 01:00:01.000 refused; 6 01:00:02.000 ok 3.05.0; ", 0, 0},
    {"2026-05-02 01:00:00\n1\t2026-05-02 01:00:00\n2026-05-02 01:00:01\n1\t2026-05-02 01:00:01\n"
     "2026-05-02 01:00:02\n1\t2026-05-02 01:00:02\n",
     NULL, "1 01:00:00.000 ok; 3 01:00:01.000 ok; 5 01:00:02.000 ok; ", 0, 0},
    {"2026-05-02 01:00:00\nConnection to db.example.net (10.0.0.1) 5432 port [tcp/postgresql] "
     "succeeded!\n2026-05-02 01:00:01\nnc: connect to db.example.net port 5432 (tcp) failed: "
     "Connection refused\n",
     NULL, "1 01:00:00.000 ok; 3 01:00:01.000 refused; ", 0, 0},
    {"2026-05-02 01:00:00,123 INFO ok 12ms\n2026-05-02 01:00:01,123 ERROR connection failed: timed "
     "out\n2026-05-02 01:00:02,123 INFO ok 11ms\n",
     NULL, "1 01:00:00.123 ok; 2 01:00:01.123 timeout; 3 01:00:02.123 ok; ", 0, 0},
    {"2026-05-02T01:00:00Z,ok,12\n2026-05-02T01:00:01Z,fail,1000\n2026-05-02T01:00:02Z,ok,13\n",
     NULL, "1 01:00:00.000 ok; 2 01:00:01.000 error; 3 01:00:02.000 ok; ", 0, 0},
    {"2026-05-02 01:00:00 1 0.012s\n2026-05-02 01:00:01 1 0.013s\n2026-05-02 01:00:02 1 0.1s\n",
     NULL, "1 01:00:00.000 ok; 2 01:00:01.000 ok; 3 01:00:02.000 ok; ", 0, 0},
    {"Sat May  2 01:00:00 2026 (every 1s)\n\n aurora_version \n----------------\n 17.4.5\n(1 "
     "row)\n\n"
     "Sat May  2 01:00:01 2026 (every 1s)\n\n aurora_version \n----------------\n 17.4.5\n(1 "
     "row)\n\n",
     NULL, "1 01:00:00.000 ok 17.4.5; 8 01:00:01.000 ok 17.4.5; ", 0, 0},
    {"2026-05-02 01:00:00.1 db.example.net:5432 - accepting connections\n"
     "2026-05-02 01:00:01.1 db.example.net:5432 - rejecting connections\n"
     "2026-05-02 01:00:02.1 db.example.net:5432 - no response\n",
     NULL, "1 01:00:00.100 ok; 2 01:00:01.100 starting-up; 3 01:00:02.100 error; ", 0, 0},
    {"[2026-05-02 01:00:00] mysqld is alive\n[2026-05-02 01:00:01] mysqladmin: connect to server "
     "at "
     "'db.example.net' failed\nerror: 'Can't connect to MySQL server on 'db.example.net:3306' "
     "(111)'\n"
     "Check that mysqld is running on db.example.net and that the port is 3306.\n"
     "[2026-05-02 01:00:02] mysqld is alive\n",
     NULL, "1 01:00:00.000 ok; 2 01:00:01.000 refused; 5 01:00:02.000 ok; ", 0, 0},
    {"2026-05-02 01:00:00 UTC f\n2026-05-02 01:00:01 UTC f\n2026-05-02 01:00:02 UTC t\n", NULL,
     "1 01:00:00.000 ok; 2 01:00:01.000 ok; 3 01:00:02.000 ok; ", 0, 0},
    /* rows: an id and a time */
    {"| id | at |\n|---|---|\n| 7 | 2026-05-02 01:00:00.5 |\n| 8 | 2026-05-02 01:00:01.5 |\n", NULL,
     "3 01:00:00.500 ok; 4 01:00:01.500 ok; ", 0, 0},
    {"7\t2026-05-02 01:00:00\n8\t2026-05-02 01:00:01\n9\t2026-05-02 01:00:02\n10\t2026-05-02 "
     "01:00:03\n11\t2026-05-02 01:00:04\n52\t2026-05-02 01:00:30\n",
     NULL,
     "1 01:00:00.000 ok; 2 01:00:01.000 ok; 3 01:00:02.000 ok; 4 01:00:03.000 ok; "
     "5 01:00:04.000 ok; 6 01:00:30.000 ok; ",
     0, 1},
};

static void
reads_loops(void **state)
{
    static const size_t steps[] = {0, 1, 7};
    struct reading g = {.zones = NULL};

    (void)state;
    for (size_t i = 0; i < 3 * sizeof(loops) / sizeof(loops[0]); i++) {
        const struct loop_case *c = &loops[i / 3];

        g.step = steps[i % 3];
        reading_open(&g, "x.log", c->as, tl_str_from(c->text));
        assert_non_null(g.src);
        assert_string_equal(tl_buf_str(&g.said).p ? tl_buf_str(&g.said).p : "", c->want);
        if (g.src->odd != c->odd || g.src->ngaps != c->gaps)
            print_error("%s", c->text);
        assert_int_equal(g.src->odd, c->odd);
        assert_int_equal(g.src->ngaps, c->gaps);
        reading_close(&g);
    }
    tl_zones_free(g.zones);
}

static void
takes_nothing_else_for_a_loop(void **state)
{
    static const char *const texts[] = {
        "2026-05-02 01:00:00 UTC:10.0.0.1(5):u@d:[99]:FATAL:  the database system is starting up\n"
        "2026-05-02 01:00:01 UTC:10.0.0.1(5):u@d:[99]:FATAL:  the database system is starting up\n",
        "2026-05-02 01:00:00.000 UTC [12] LOG:  database system is shut down\n"
        "2026-05-02 01:00:01.000 UTC [12] FATAL:  the database system is starting up\n",
        "2026-05-02T01:00:00.1Z 0 [Note] mysqld: ready for connections\n"
        "2026-05-02T01:00:00.2Z 0 [Warning] Access denied for user 'x'\n",
        "2026-05-02 01:00:00 DB instance shutdown\n2026-05-02 01:01:00 DB instance restarted\n",
        "May 2nd 2026, 7:53:13 am UTC DB instance shutdown\n",
        "[ 2s ] thds: 8 tps: 20.94 lat (ms,95%): 223.34 err/s: 0.00 reconn/s: 0.00\n",
        "progress: 28.0 s, 1358.0 tps, lat 14.964 ms stddev 22.761, 0 failed\n",
        "{\"timestamp\":\"2026-05-02 01:00:00.1 "
        "UTC\",\"pid\":7,\"error_severity\":\"FATAL\",\"message\":"
        "\"the database system is starting up\"}\n"
        "{\"timestamp\":\"2026-05-02 01:00:01.1 "
        "UTC\",\"pid\":8,\"error_severity\":\"FATAL\",\"message\":"
        "\"the database system is starting up\"}\n",
        "2026-05-02 01:00:00.1 UTC,\"a\",\"d\",7,\"10.0.0.1:5\",65.7,1,\"startup\",2026-05-02 "
        "01:00:00 "
        "UTC,,0,FATAL,57P03,\"the database system is starting up\",,,,,,,,,\"\"\n"
        "2026-05-02 01:00:01.1 UTC,\"a\",\"d\",8,\"10.0.0.1:6\",65.8,1,\"startup\",2026-05-02 "
        "01:00:01 "
        "UTC,,0,FATAL,57P03,\"the database system is starting up\",,,,,,,,,\"\"\n",
        "# Time: 2026-05-02T01:00:00.1Z\n# User@Host: a[a] @ [10.0.0.1]\nSELECT 1;\n"
        "# Time: 2026-05-02T01:00:01.1Z\n# User@Host: a[a] @ [10.0.0.1]\nSELECT 1;\n",
        "2026-05-02T01:00:00.1Z stderr F level=error msg=\"dial tcp: connection refused\"\n"
        "2026-05-02T01:00:01.1Z stderr F level=error msg=\"dial tcp: connection refused\"\n",
        "2026-05-02 01:00:00,100 ERROR [pool-1] c.e.Shop - PSQLException: Connection refused\n"
        "2026-05-02 01:00:01,100 ERROR [pool-1] c.e.Shop - PSQLException: Connection refused\n",
        "2026-05-02 01:00:00 +0000 say more in the error of a missing file\n"
        "2026-05-02 01:00:01 +0000 fail early where the folder cannot be read\n"
        "2026-05-02 01:00:02 +0000 tests: an invalid zone is refused\n",
        "A page of prose about what we did on 2026-05-02 01:00:00, and why it was late.\n",
        "",
        "2026-05-02 01:00:00\n",
    };
    struct reading g = {.zones = NULL};
    struct tl_str rule = TL_STR("[a.b]\nsource = pg\nmatch = ^hello\nsample+ = hello\n");

    assert_int_equal(tl_catalogue_load(TL_STR("t"), rule, &g.rules, NULL), TL_OK);
    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        reading_open(&g, "x.log", NULL, tl_str_from(texts[i]));
        assert_string_not_equal(tl_reader_format(g.r).p, "probe");
        assert_string_not_equal(tl_reader_format(g.r).p, "status-loop");
        reading_close(&g);
    }
    tl_catalogue_free(g.rules);
    tl_zones_free(g.zones);
}

static void
hints_come_from_text_name_and_command_line(void **state)
{
    static const struct {
        const char *name, *as, *text, *want;
    } cases[] = {
        {"probe-ap-south-1.log", NULL, "2026-05-02 01:00:00 16.3.2\n2026-05-02 01:00:01 16.3.2\n",
         "region=ap-south-1@name "},
        {H ".txt", NULL, "2026-05-02 01:00:00 16.3.2\n2026-05-02 01:00:01 16.3.2\n",
         "endpoint=" H "@name region=eu-west-1@name "},
        {"x", NULL, "2026-05-02 01:00:00 " REFUSED "2026-05-02 01:00:01 " REFUSED,
         "endpoint=" H "@host region=eu-west-1@host "},
        {"x", "probe,sleep=500ms,region=us-west-2,stamp=end", "2026-05-02 01:00:00 16.3.2\n",
         "region=us-west-2@as sleep=0.5@as stamp=end@as "},
        {"x", NULL,
         "$ while true; do echo $(date -u) $(psql -h x); sleep 0.25; done\n"
         "2026-05-02 01:00:00 16.3.2\n2026-05-02 01:00:01 16.3.2\n",
         "sleep=0.25@document "},
        {"x", NULL,
         "1 | 2026-05-02 01:00:00\n2 | 2026-05-02 01:00:01\n3 | 2026-05-02 01:00:02\n"
         "4 | 2026-05-02 01:00:03\n5 | 2026-05-02 01:00:04\n38 | 2026-05-02 01:00:09.5\n",
         "rows.gap=2026-05-02T01:00:04.000Z/2026-05-02T01:00:09.500Z 5.500 s, ids 5 to 38@rows "},
    };
    struct reading g = {.zones = NULL};

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct tl_buf b;

        tl_buf_init(&b, 4096);
        reading_open(&g, cases[i].name, cases[i].as, tl_str_from(cases[i].text));
        say_hints(g.src, &b);
        assert_string_equal(tl_buf_str(&b).p, cases[i].want);
        tl_buf_free(&b);
        reading_close(&g);
    }
    tl_zones_free(g.zones);
}

/* More silent attempts than are held back, and an error longer than a message may be. */
static void
keeps_its_limits(void **state)
{
    struct reading g = {.zones = NULL};
    struct tl_buf log;

    (void)state;
    tl_buf_init(&log, 1 << 24);
    for (int i = 0; i < 1000; i++)
        tl_buf_addf(&log, "2026-05-02 01:%02d:%02d\n", i / 60, i % 60);
    tl_buf_add(&log, TL_STR("psql: error: Connection refused\n"));
    for (int i = 0; i < 40000; i++)
        tl_buf_add(&log, TL_STR("\tand so on\n"));
    reading_open(&g, "x", NULL, tl_buf_str(&log));
    assert_int_equal(g.src->events, 1000);
    assert_int_equal(g.src->odd, 0);
    assert_true(g.text.n < 1000 + 70000);
    assert_non_null(strstr(g.said.p, "999 01:16:38.000 ok; 1000 01:16:39.000 refused; "));
    reading_close(&g);
    tl_buf_free(&log);
    tl_zones_free(g.zones);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_what_failed),
        cmocka_unit_test(tells_versions_from_numbers),
        cmocka_unit_test(knows_lines_that_are_no_attempts),
        cmocka_unit_test(finds_hosts_and_sleeps),
        cmocka_unit_test(reads_loops),
        cmocka_unit_test(takes_nothing_else_for_a_loop),
        cmocka_unit_test(hints_come_from_text_name_and_command_line),
        cmocka_unit_test(keeps_its_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
