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
        cmocka_unit_test(refuses_escapes_that_there_are_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
