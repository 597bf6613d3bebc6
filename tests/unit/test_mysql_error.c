/* The error log of MySQL: which lines begin a record, what a record says, what is taken for one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "parse/builtin.h"
#include "parse/catalogue.h"
#include "parse/log.h"
#include "read_text.h"

/* cmocka needs the headers above before its own. */
#include <cmocka.h>

/* ---- lines ---- */

/* "STAMP|ZONE|MESSAGE" of a line that begins a record; "more", "broken". */
static const struct {
    const char *line, *want;
} look_cases[] = {
    /* 8.0 and later, 5.7, 5.6, MariaDB */
    {"2026-02-03T04:05:06.123456Z 0 [System] [MY-010116] [Server] Up 1.",
     "2026-02-03T04:05:06.123456|Z|Up 1."},
    {"2026-02-03T04:05:06.123456Z 12 [ERROR] [MY-013183] [InnoDB] [FATAL] Hung.",
     "2026-02-03T04:05:06.123456|Z|Hung."},
    {"2026-02-03T04:05:06.123456+09:00 0 [Note] Up", "2026-02-03T04:05:06.123456|+09:00|Up"},
    {"2026-02-03T04:05:06.123456-00:00 0 [Note] [MY-011825] [Xtrabackup] Up",
     "2026-02-03T04:05:06.123456|-00:00|Up"},
    {"2026-02-03T04:05:06+0530 0 [Note] Up", "2026-02-03T04:05:06|+0530|Up"},
    {"2026-02-03T04:05:06.123456Z 0 [Note] #", "2026-02-03T04:05:06.123456|Z|#"},
    {"2026-02-03 04:05:06 2871 [Note] Up", "2026-02-03 04:05:06||Up"},
    {"2026-02-03  4:05:06 139641278936000 [Note] Up", "2026-02-03  4:05:06||Up"},
    {"2026-02-03 04:05:06 0x2b1c5f5f9700  InnoDB: Assertion",
     "2026-02-03 04:05:06||InnoDB: Assertion"},
    {"2026-02-03 04:05:06 7f3c6d7fa700  InnoDB: Assertion",
     "2026-02-03 04:05:06||InnoDB: Assertion"},
    {"2026-02-03 04:05:06+00:00 [Note] [Entrypoint]: Started.",
     "2026-02-03 04:05:06|+00:00|[Entrypoint]: Started."},
    {"2026-02-03T04:05:06.123456Z mysqld_safe Starting mysqld daemon",
     "2026-02-03T04:05:06.123456|Z|mysqld_safe Starting mysqld daemon"},
    {"2026-02-03T04:05:06.123456Z 0 [Warning] [what is it] x",
     "2026-02-03T04:05:06.123456|Z|[what is it] x"},
    {"2026-02-03T04:05:06.123456Z 0 [Note]\tTab", "2026-02-03T04:05:06.123456|Z|Tab"},
    {"2026-02-03 04:05:06,123 feed me", "2026-02-03 04:05:06,123||feed me"},
    {"2026-02-03T04:05:06.123456Z", "2026-02-03T04:05:06.123456|Z|"},
    {"2026-02-03T04:05:06.123456Z 0", "2026-02-03T04:05:06.123456|Z|0"},
    {"2026-02-03T04:05:06.123456Z 0 [Note]", "2026-02-03T04:05:06.123456|Z|"},
    {"2026-02-03T04:05:06.123456Z 0 [Note", "2026-02-03T04:05:06.123456|Z|[Note"},
    {"2016-12-31T23:59:60Z 0 [Note] leap", "2016-12-31T23:59:60|Z|leap"},
    /* 5.5 and before */
    {"060203  4:05:06 [Note] Up", "060203  4:05:06||Up"},
    {"060203 14:05:06 [ERROR] Up", "060203 14:05:06||Up"},
    {"060203  4:05:06InnoDB: Assertion", "060203  4:05:06||InnoDB: Assertion"},
    {"060203  4:05:06  InnoDB: Assertion", "060203  4:05:06||InnoDB: Assertion"},
    {"060203 04:05:06  mysqld restarted", "060203 04:05:06||mysqld restarted"},
    {"060203 04:05:06 mysqld_safe Up", "060203 04:05:06||mysqld_safe Up"},
    {"060203  4:05:06 - mysqld got signal 11;", "060203  4:05:06||mysqld got signal 11;"},
    {"060203 04:05:06 12 connections", "060203 04:05:06||12 connections"},
    /* crashes */
    {"04:05:06 UTC - mysqld got signal 11 ;", "||mysqld got signal 11 ;"},
    {"2026-02-03T04:05:06Z UTC - mysqld got signal 6 ;",
     "2026-02-03T04:05:06|Z|mysqld got signal 6 ;"},
    /* log_sink_json, in any order of keys */
    {"{ \"prio\" : 0, \"err_code\" : 10931, \"msg\" : \"a \\\"b\", \"time\" : "
     "\"2026-02-03T04:05:06.123456Z\", \"label\" : \"System\" }",
     "2026-02-03T04:05:06.123456|Z|a \\\"b\", \"time\" : \"2026-02-03T04:05:06.123456Z\", "
     "\"label\" : \"System\" }"},
    {"{\"time\":\"2026-02-03T04:05:06.123456Z\",\"prio\":0,\"x\":\"\\\"msg\\\":\",\"msg\":\"m\"}",
     "2026-02-03T04:05:06.123456|Z|m\"}"},
    {"{\"prio\":0,\"msg\":\"m\"}", "broken"}, /* when? */
    {"{\"prio\":0,\"msg\":\"m\",\"time\":\"2026-02-03T04:05:06Z", "broken"},
    {"{\"msg\":\"of somebody else\"}", "more"},
    /* what goes on with a record */
    {"", "more"},
    {"InnoDB: Starting crash recovery.", "more"},
    {"Version: '5.7.44'  socket: '/tmp/mysql.sock'  port: 3306  MySQL", "more"},
    {"----------------------- END OF LOG ----------------------", "more"},
    {" 2026-02-03T04:05:06.123456Z 0 [Note] indented", "more"},
    {"2026-02-03", "more"},
    {"2026-02-03 ", "more"},
    {"2026-02-03 was a day", "more"},
    {"2026-02-03 12 rows", "more"},
    {"2026-02-03 1", "more"},
    {"2026-02-", "more"},
    {"202602030405060", "more"},
    {"060203 4 rows", "more"},
    {"060203 ", "more"},
    {"060203", "more"},
    {"123456 78 rows", "more"},
    {"12345 12:00:00", "more"},
    {"04:05:06 UTC", "more"},
    {"04:05:06 UTC + 1 is what it was", "more"},
    {"24:05:06 UTC - mysqld got signal 11 ;", "more"},
    {"0x55d0f3 (/usr/sbin/mysqld+0x1234)", "more"},
    /* what began as a record, and is damaged or cut */
    {"2026-02-03T04:05:6", "broken"},
    {"2026-02-03T04:0", "broken"},
    {"2026-02-03T04", "broken"},
    {"2026-02-03T", "broken"},
    {"2026-02-03 04:05", "broken"},
    {"2026-02-03T24:05:06Z 0 [Note] x", "broken"},
    {"2026-13-03T04:05:06Z 0 [Note] x", "broken"},
    {"2026-02-00T04:05:06Z 0 [Note] x", "broken"},
    {"2026-02-03T04:05:066Z 0 [Note] x", "broken"},
    {"2026-02-03T04:05:0?Z 0 [Note] x", "broken"},
    {"060203  4:05", "broken"},
    {"061303  4:05:06 [Note] x", "broken"},
    {"060203  4:05:061 [Note] x", "broken"},
};

static void
say_look(struct tl_buf *b, enum log_line what, const struct log_look *l, const char *end)
{
    if (what != LOG_RECORD)
        tl_buf_addf(b, "%s", what == LOG_BROKEN ? "broken" : "more");
    else
        tl_buf_addf(b, "%.*s|%.*s|%.*s", (int)l->stamp_n, l->stamp ? l->stamp : "", (int)l->zone_n,
                    l->zone ? l->zone : "", (int)(end - l->message), l->message);
}

/* Whatever stands behind the line. */
static void
which_lines_begin_a_record(void **state)
{
    static const char behind[] = {'\0', '\n', '0', ':', 'Z', '+', ' ', ']'};
    static char text[1024];

    (void)state;
    for (size_t i = 0; i < sizeof(look_cases) / sizeof(look_cases[0]); i++) {
        for (size_t k = 0; k < sizeof(behind); k++) {
            size_t n = strlen(look_cases[i].line);
            struct log_look look;
            struct tl_buf said;
            enum log_line what;

            memset(text, behind[k], sizeof(text));
            memcpy(text, look_cases[i].line, n);
            what = mysql_error.look(NULL, text, text + n, &look);
            tl_buf_init(&said, 4096);
            say_look(&said, what, &look, text + n);
            if (strcmp(said.p ? said.p : "", look_cases[i].want) != 0)
                fail_msg("'%s' (%d behind): %s", look_cases[i].line, behind[k], said.p);
            tl_buf_free(&said);
        }
    }
}

/* ---- records ---- */

/* TIME [ZONE] FIELDS: MESSAGE; NULL: refused. */
static const struct {
    const char *text, *want;
} split_cases[] = {
    {"2026-02-03T04:05:06.123456Z 7 [System] [MY-010116] [Server] Up\n",
     "04:05:06.123 1 [Z +0] level=System thread=7 code=MY-010116 subsystem=Server: Up"},
    {"2026-02-03T04:05:06.12-05:30 0 [Note] Up\r\n",
     "04:05:06.120 10000 [-05:30 -330] level=Note thread=0: Up"},
    {"2026-02-03  4:05:06 0x2b1c [Warning] Up",
     "04:05:06.000 1000000 [ +0] level=Warning thread=0x2b1c: Up"},
    {"2026-02-03 04:05:06 7f3c6d7fa700  InnoDB: Assertion\nInnoDB: We\r\nInnoDB: Submit\n\n",
     "04:05:06.000 1000000 [ +0] thread=7f3c6d7fa700: InnoDB: Assertion\nInnoDB: We\n"
     "InnoDB: Submit"},
    {"060203  4:05:06 [Note] mysqld: ready for connections.\nVersion: '5.0.77'  port: 3306\n",
     "04:05:06.000 1000000 [ +0] level=Note: mysqld: ready for connections.\n"
     "Version: '5.0.77'  port: 3306"},
    {"060203 04:05:06  mysqld restarted\n", "04:05:06.000 1000000 [ +0]: mysqld restarted"},
    {"04:05:06 UTC - mysqld got signal 11 ;\nThis could be\n", "none: mysqld got signal 11 ;"},
    {"060203 04:05:06 InnoDB: Assertion failure in thread 1 in file a.c line 2\nInnoDB: We\n",
     "04:05:06.000 1000000 [ +0]: InnoDB: Assertion failure in thread 1 in file a.c line 2"},
    {"2026-02-03T04:05:06Z 0 [Note] Bye\n----------------------- END OF LOG "
     "----------------------\n",
     "04:05:06.000 1000000 [Z +0] level=Note thread=0: Bye"},
    {"{ \"prio\": 2, \"err_code\": 931, \"msg\": \"a\\n\\\"b\\\" \\u00e9\", \"time\": "
     "\"2026-02-03T04:05:06.123456Z\", \"thread\": 5, \"subsystem\": \"Server\", \"label\": "
     "\"Note\" }\n",
     "04:05:06.123 1 [Z +0] level=Note thread=5 code=MY-000931 subsystem=Server: a\n"
     "\"b\" \xc3\xa9"},
    {"{\"prio\":2,\"msg\":\"m\"}", NULL},
    {"{\"prio\":2,\"msg\":\"m\" \"time\":\"2026-02-03T04:05:06Z\"}", NULL},
    {"2026-02-30T04:05:06Z 0 [Note] no such day", NULL},
    {"060231  4:05:06 [Note] no such day", NULL},
    {"Version: '5.7.44'", NULL},
    {"", NULL},
};

static struct tl_reader *
bare_reader(void)
{
    struct tl_reader *r = calloc(1, sizeof(*r));

    assert_non_null(r);
    tl_arena_init(&r->arena, 1 << 24);
    tl_arena_init(&r->scratch, 1 << 24);
    tl_buf_init(&r->text, 1 << 24);
    return r;
}

static void
drop_reader(struct tl_reader *r)
{
    tl_arena_free(&r->arena);
    tl_arena_free(&r->scratch);
    tl_buf_free(&r->text);
    free(r);
}

static void
say_record(struct tl_buf *b, const struct log_record *rec)
{
    const struct tl_stamp *s = &rec->stamp;

    if (!rec->stamped) {
        tl_buf_add(b, TL_STR("none"));
    } else {
        say_clock(b, s->local);
        tl_buf_addf(b, " %lld [%.*s %+lld]", (long long)s->res_us, TL_FMT(s->zone_text),
                    (long long)(s->offset_us / TL_MINUTE));
    }
    for (size_t i = 0; i < rec->nfields; i++) {
        const struct tl_field *f = &rec->fields[i];

        if (f->type == TL_FIELD_INT)
            tl_buf_addf(b, " %.*s=%lld", TL_FMT(f->name), (long long)f->number);
        else
            tl_buf_addf(b, " %.*s=%.*s", TL_FMT(f->name), TL_FMT(f->text));
    }
    tl_buf_addf(b, ": %.*s", TL_FMT(rec->message));
}

static void
what_a_record_says(void **state)
{
    struct tl_reader *r = bare_reader();

    (void)state;
    for (size_t i = 0; i < sizeof(split_cases) / sizeof(split_cases[0]); i++) {
        struct log_record rec = {.when = TL_INSTANT_NONE};
        const char *why = NULL;
        struct tl_buf said;

        tl_buf_init(&said, 4096);
        if (mysql_error.split(r, NULL, tl_str_from(split_cases[i].text), &rec, &why))
            say_record(&said, &rec);
        else
            assert_non_null(why);
        if (split_cases[i].want ? strcmp(said.p ? said.p : "", split_cases[i].want) != 0
                                : said.n > 0)
            fail_msg("%s: %s", split_cases[i].text, said.p ? said.p : "refused");
        tl_buf_free(&said);
    }
    drop_reader(r);
}

static const struct {
    const char *text, *day;
} day_cases[] = {
    {"691231 23:59:59 x", "2069-12-31T23:59:59.000Z"},
    {"700101  0:00:00 x", "1970-01-01T00:00:00.000Z"},
    {"991231 23:59:59 x", "1999-12-31T23:59:59.000Z"},
    {"000229  0:00:00 x", "2000-02-29T00:00:00.000Z"},
    {"2024-02-29T12:00:00.999999+09:00 0 [Note] x", "2024-02-29T12:00:00.999Z"},
};

static void
years_of_two_digits(void **state)
{
    struct tl_reader *r = bare_reader();

    (void)state;
    for (size_t i = 0; i < sizeof(day_cases) / sizeof(day_cases[0]); i++) {
        struct log_record rec = {.when = TL_INSTANT_NONE};
        const char *why = NULL;
        struct tl_buf said;

        tl_buf_init(&said, 64);
        assert_true(mysql_error.split(r, NULL, tl_str_from(day_cases[i].text), &rec, &why));
        tl_time_print(&said, rec.stamp.local);
        assert_string_equal(said.p, day_cases[i].day);
        tl_buf_free(&said);
    }
    drop_reader(r);
}

/* `look` promises where the message is: `split` finds the same. */
static void
both_find_the_same_message(void **state)
{
    struct tl_reader *r = bare_reader();

    (void)state;
    for (size_t i = 0; i < sizeof(look_cases) / sizeof(look_cases[0]); i++) {
        struct tl_str text = tl_str_from(look_cases[i].line);
        struct log_record rec = {.when = TL_INSTANT_NONE};
        struct log_look look;
        const char *why = NULL;
        char padded[1024] = "";

        memcpy(padded, text.p, text.n);
        if (mysql_error.look(NULL, padded, padded + text.n, &look) != LOG_RECORD)
            continue;
        assert_true(mysql_error.split(r, NULL, text, &rec, &why));
        assert_int_equal(rec.stamped, look.stamp != NULL);
        if (*text.p != '{')
            assert_memory_equal(rec.message.p, look.message, rec.message.n);
    }
    drop_reader(r);
}

/* ---- detection ---- */

static const struct {
    const char *text, *format;
} sniff_cases[] = {
    {"2026-02-03T04:05:06.123456Z 0 [System] [MY-010116] [Server] Up\n", "mysql-error"},
    {"2026-02-03T04:05:06.123456Z 0 [Note] Up\n", "mysql-error"},
    {"\xef\xbb\xbf"
     "2026-02-03 04:05:06 2871 [Warning] Up\r\n",
     "mysql-error"},
    {"060203  4:05:06InnoDB: Assertion failure\nInnoDB: We\n", "mysql-error"},
    {"060203 04:05:06 mysqld_safe Starting\n", "mysql-error"},
    {"Version: '5.7.44'\n2026-02-03T04:05:06.123456Z 0 [ERROR] Up\n", "mysql-error"},
    {"{\"prio\":0,\"err_code\":1,\"msg\":\"m\",\"time\":\"2026-02-03T04:05:06Z\"}\n",
     "mysql-error"},
    {"2026-02-03T04:05:06.123456Z\t    5 Query\tselect 1\n", "unknown"}, /* the general log */
    {"2026-02-03 04:05:06 [Note] what is it\n", "unknown"},
    {"2026-02-03 04:05:06,222 ERROR [pool-1] c.e.Shop - refused\n", "unknown"},
    {"2026-02-03T04:05:06.222Z 2026-02-03T04:05:06.123456Z 0 [Note] of an export\n", "cwlogs"},
    {"2026-02-03T13:05:06.123456+09:00 0 [Note] Up\n2026-02-03T04:05:06.123456Z 0 [Note] Up\n",
     "mysql-error"},
    {"InnoDB: a line\n", "unknown"},
};

static void
what_is_taken_for_one(void **state)
{
    struct reading g = {NULL};

    (void)state;
    assert_int_equal(tl_catalogue_load(TL_STR("none"), TL_STR(""), &g.rules, NULL), TL_OK);
    for (size_t i = 0; i < sizeof(sniff_cases) / sizeof(sniff_cases[0]); i++) {
        struct tl_str format;

        reading_open(&g, "x.log", NULL, tl_str_from(sniff_cases[i].text));
        format = tl_reader_format(g.r);
        if (!tl_str_eq(format, tl_str_from(sniff_cases[i].format)))
            fail_msg("%s: %.*s", sniff_cases[i].text, TL_FMT(format));
        reading_close(&g);
    }
    tl_catalogue_free(g.rules);
    tl_zones_free(g.zones);
}

/* ---- rules ---- */

static struct tl_catalogue *
builtin(void)
{
    struct tl_catalogue *c = NULL;

    for (const struct tl_builtin_rules *b = tl_builtin_rules; b->name; b++) {
        struct tl_str name = tl_str_from(b->name), text = {b->text, b->n};

        assert_int_equal(c ? tl_catalogue_add(c, name, text, NULL)
                           : tl_catalogue_load(name, text, &c, NULL),
                         TL_OK);
    }
    return c;
}

/* A rule that could begin with anything would make every line of a log a candidate. */
static void
every_rule_begins_with_words(void **state)
{
    struct tl_catalogue *c = builtin();
    size_t n = 0;

    (void)state;
    for (size_t i = 0; i < c->n; i++) {
        const struct rule *r = c->rules[i];
        struct rule_heads heads;

        if (r->nsources != 1 || !tl_str_eq(r->sources[0], TL_STR("mysql")))
            continue;
        n++;
        if (!rule_heads(r->match, &heads))
            fail_msg("%.*s has no head", TL_FMT(r->where));
        for (size_t k = 0; k < heads.n; k++)
            if (heads.len[k] < LITERAL_MIN && heads.text[k][0] != '/' && heads.text[k][0] != '.')
                fail_msg("%.*s: too many messages begin so", TL_FMT(r->where));
    }
    assert_true(n > 40);
    tl_catalogue_free(c);
}

/* What logs of all ages leave: LINE TIME :CLASS; … of every event. */
static const struct {
    const char *text, *want;
} log_cases[] = {
    /* a crash and what follows, 5.0 */
    {"060203  4:05:06InnoDB: Assertion failure in thread 1 in file srv0srv.c line 2\n"
     "InnoDB: We intentionally generate a memory trap.\n"
     "060203  4:05:06 - mysqld got signal 11;\n"
     "This could be because you hit a bug.\n"
     "\n"
     "key_buffer_size=16777216\n"
     "mysqld got signal 11 is what it says\n"
     "060203 04:05:12  mysqld restarted\n"
     "060203  4:05:13  InnoDB: Database was not shut down normally!\n"
     "InnoDB: Starting crash recovery.\n"
     "060203  4:05:14 [Note] /usr/libexec/mysqld: ready for connections.\n"
     "Version: '5.0.77'  socket: '/tmp/mysql.sock'  port: 3306  Source distribution\n",
     "1 04:05:06.000 :log.crash; 3 04:05:06.000 :log.crash; 8 04:05:12.000 :log.starting-up; "
     "9 04:05:13.000 :log.recovery; 11 04:05:14.000 :log.ready; "},
    /* two zones: an hour earlier, a second later */
    {"2026-02-03T04:05:06.000001Z 0 [System] [MY-010910] [Server] /usr/sbin/mysqld: Shutdown "
     "complete (mysqld 8.0.35)  MySQL Community Server - GPL.\r\n"
     "2026-02-03T13:05:07.500000+09:00 0 [System] [MY-010116] [Server] /usr/sbin/mysqld (mysqld "
     "8.0.36) starting as process 1\r\n",
     "1 04:05:06.000 :log.shutdown; 2 04:05:07.500 :log.starting-up; "},
    /* of one record nothing is left but its beginning */
    {"2026-02-03T04:05:06.000001Z 0 [Note] x\n2026-02-03T04:05:0\n"
     "2026-02-03T04:05:08.000001Z 0 [ERROR] Aborting\n\n",
     "3 04:05:08.000 :log.start-failed; "},
    {"{\"prio\":0,\"err_code\":10931,\"msg\":\"\\/usr\\/sbin\\/mysqld: ready for "
     "connections. Version: '8.0.35' socket: '' port: 3306 x.\",\"time\":"
     "\"2026-02-03T04:05:06.5Z\",\"label\":\"System\"}\n",
     "1 04:05:06.500 :log.ready; "},
};

static void
what_a_log_leaves(void **state)
{
    struct reading g = {.rules = builtin()};

    (void)state;
    for (size_t i = 0; i < sizeof(log_cases) / sizeof(log_cases[0]); i++) {
        for (g.step = 0; g.step < 8; g.step += 7) {
            reading_open(&g, "x.log", NULL, tl_str_from(log_cases[i].text));
            if (strcmp(g.said.p ? g.said.p : "", log_cases[i].want) != 0)
                fail_msg("%s: %s", log_cases[i].text, g.said.p ? g.said.p : "nothing");
            reading_close(&g);
        }
    }
    tl_catalogue_free(g.rules);
    tl_zones_free(g.zones);
}

/* When the crash was whose report has a time of day only; NULL: nobody can say. */
static const struct {
    const char *text, *when;
} crash_cases[] = {
    {"2026-02-03T01:00:00Z 0 [Note] x\n04:05:06 UTC - mysqld got signal 11 ;\nThis could\n"
     "2026-02-03T04:05:09Z 0 [Note] y\n",
     "2026-02-03T04:05:06.000Z"},
    {"2026-01-03T01:00:00Z 0 [Note] x\n04:05:06 UTC - mysqld got signal 11 ;\n"
     "2026-02-03T04:05:09Z 0 [Note] after weeks of silence\n",
     "2026-02-03T04:05:06.000Z"},
    {"23:59:58 UTC - mysqld got signal 11 ;\n2026-02-03T09:00:02+09:00 0 [Note] next day\n",
     "2026-02-02T23:59:58.000Z"},
    {"04:05:06 UTC - mysqld got signal 11 ;\n2026-02-03T04:05:06Z 0 [Note] the same second\n",
     "2026-02-03T04:05:06.000Z"},
    {"04:05:06 UTC - mysqld got signal 11 ;\n04:05:07 UTC - mysqld got signal 6 ;\n"
     "2026-02-03T04:05:09Z 0 [Note] y\n",
     "2026-02-03T04:05:06.000Z"},
    {"2026-02-03T01:00:00Z 0 [Note] x\n04:05:06 UTC - mysqld got signal 11 ;\n",
     "2026-02-03T04:05:06.000Z"},
    {"2026-02-03T23:00:00Z 0 [Note] x\n04:05:06 UTC - mysqld got signal 11 ;\n",
     "2026-02-04T04:05:06.000Z"},
    {"04:05:06 UTC - mysqld got signal 11 ;\n", NULL},
};

static void
the_day_of_a_crash(void **state)
{
    struct reading g = {.rules = builtin()};

    (void)state;
    for (size_t i = 0; i < sizeof(crash_cases) / sizeof(crash_cases[0]); i++) {
        struct tl_memory m = {tl_str_from(crash_cases[i].text)};
        struct tl_input in = {.name = TL_STR("x"), .stream = tl_stream_memory(&m)};
        enum tl_item item = TL_ITEM_END;
        struct tl_source *src = NULL;
        struct tl_event ev;
        struct tl_buf said;

        g.zones = g.zones ? g.zones : tl_zones_new(TL_STR("/usr/share/zoneinfo"));
        in.hints = TL_HINTS_NONE;
        in.hints.format = TL_STR("mysql-error");
        in.hints.forced = true;
        in.zones = g.zones;
        in.catalogue = g.rules;
        tl_buf_init(&said, 64);
        assert_int_equal(tl_reader_open(&in, &g.r, NULL), TL_OK);
        assert_int_equal(tl_reader_next(g.r, &item, &ev, &src, NULL), TL_OK);
        if (item == TL_ITEM_EVENT)
            tl_time_print(&said, ev.when.at);
        else
            assert_int_equal(src->odd, 1);
        if (crash_cases[i].when ? strcmp(said.p ? said.p : "", crash_cases[i].when) != 0
                                : said.n > 0)
            fail_msg("%s: %s", crash_cases[i].text, said.p ? said.p : "none");
        tl_buf_free(&said);
        tl_reader_close(g.r);
    }
    tl_catalogue_free(g.rules);
    tl_zones_free(g.zones);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(which_lines_begin_a_record),
        cmocka_unit_test(what_a_record_says),
        cmocka_unit_test(years_of_two_digits),
        cmocka_unit_test(both_find_the_same_message),
        cmocka_unit_test(what_is_taken_for_one),
        cmocka_unit_test(every_rule_begins_with_words),
        cmocka_unit_test(what_a_log_leaves),
        cmocka_unit_test(the_day_of_a_crash),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
