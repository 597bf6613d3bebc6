/* Whose log it is: what groups, streams, paths and commands say, and what they do not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "parse/log.h"
#include "parse/log_who.h"

typedef void reads_fn(struct tl_str text, struct log_owner *o);

struct who_case {
    reads_fn *reads;
    const char *text;
    const char *want; /* "INSTANCE<CLUSTER ACCOUNT/REGION KIND =LABEL", without what is not known */
};

static void
say(const struct log_owner *o, struct tl_buf *b)
{
    tl_buf_add(b, o->instance);
    if (o->cluster.n > 0)
        tl_buf_addf(b, "<%.*s", TL_FMT(o->cluster));
    if (o->account.n > 0 || o->region.n > 0)
        tl_buf_addf(b, " %.*s/%.*s", TL_FMT(o->account), TL_FMT(o->region));
    if (o->kind.n > 0)
        tl_buf_addf(b, " %.*s", TL_FMT(o->kind));
    if (o->label.n > 0)
        tl_buf_addf(b, " =%.*s", TL_FMT(o->label));
}

static const struct who_case who_cases[] = {
    {owner_of_group, "/aws/rds/cluster/shop/postgresql", "<shop postgresql"},
    {owner_of_group, "/aws/rds/cluster/shop/slowquery", "<shop slowquery"},
    {owner_of_group, "/aws/rds/instance/shop-1/error", "shop-1 error"},
    {owner_of_group, "210987654321:/aws/rds/instance/shop-1/error", "shop-1 210987654321/ error"},
    {owner_of_group,
     "arn:aws:logs:eu-west-3:210987654321:log-group:/aws/rds/cluster/shop/postgresql:*",
     "<shop 210987654321/eu-west-3 postgresql"},
    {owner_of_group, "/aws/rds/proxy/shop", ""},
    {owner_of_group, "/aws/rds/cluster/", ""},
    {owner_of_group, "/ecs/shop", ""},

    {owner_of_stream, "shop-instance-1", "shop-instance-1"},
    {owner_of_stream, "shop-instance-1.0", "shop-instance-1"},
    {owner_of_stream, "shop-instance-1.postgresql.log.2024-01-01-0000", "shop-instance-1"},
    {owner_of_stream, "shop-1.c0ffee123456.eu-west-3.rds.amazonaws.com", "shop-1 /eu-west-3"},
    {owner_of_stream, "2024/01/01/[$LATEST]0a1b", " =2024/01/01/[$LATEST]0a1b"},
    {owner_of_stream, "10.0.0.1", " =10.0.0.1"},

    {owner_of_path, "shop-1/error/postgresql.log.2024-01-01-0000", "shop-1"},
    {owner_of_path, "case/shop-1/error/mysql-error-running.log.2024-01-01.00", "shop-1"},
    {owner_of_path, "aws/rds/instance/shop-1/error/mysql-error.log", "shop-1 error"},
    {owner_of_path, "x/aws/rds/instance/shop-1/postgresql/shop-1.0", "shop-1 postgresql"},
    {owner_of_path, "x/aws/rds/cluster/shop/postgresql/shop-2.0.json", "shop-2<shop postgresql"},
    {owner_of_path, "exports/0a1b2c3d-0000-4000-8000-0123456789ab/shop-1.0/000000.gz", "shop-1"},
    {owner_of_path, "exports/task/shop-1/000001", "shop-1"},
    {owner_of_path, "exports/task/shop-1.0/aws-logs-write-test", ""},
    {owner_of_path, "rds-logs/eu-west-3/shop-1/postgresql.log", "shop-1 /eu-west-3"},
    {owner_of_path, "eu-west-3/logs/postgresql.log", " /eu-west-3"},
    {owner_of_path, "shop-1.postgresql.log", "shop-1"},
    {owner_of_path, "logs/shop-1.postgresql.log.2024-01-01-00.gz", "shop-1"},
    {owner_of_path, "shop-1.mysql-error.log", "shop-1"},
    {owner_of_path, "shop-1.c0ffee123456.eu-west-3.rds.amazonaws.com.log", "shop-1 /eu-west-3"},
    /* nobody */
    {owner_of_path, "postgresql.log", ""},
    {owner_of_path, "postgresql-2024-01-01_000000.log", ""},
    {owner_of_path, "error/postgresql.log.2025-01-23-0456", ""},
    {owner_of_path, "logs/error/postgresql.log", ""},
    {owner_of_path, "mysql.error.log", ""},
    {owner_of_path, "shop.0.log", ""},
    {owner_of_path, "2024-01-01/error/postgresql.log", ""},
    {owner_of_path, "a--b/error/postgresql.log", ""},
    {owner_of_path, "", ""},

    {owner_of_command,
     "[me@host ~]$ aws rds download-db-log-file-portion --db-instance-identifier shop-1 "
     "--log-file-name \"error/postgres.log\" --region eu-west-3 --output text\n"
     "2024-01-01 00:00:00 UTC::@:[1]:LOG:  x --db-instance-identifier other\n",
     "shop-1 /eu-west-3"},
    {owner_of_command,
     "\n$ aws logs get-log-events \\\n  --log-group-name=/aws/rds/cluster/shop/error \\\r\n"
     "  --log-stream-name 'shop-2' | jq .\n{}",
     "shop-2<shop error"},
    {owner_of_command, "$ aws logs tail /aws/rds/instance/shop-1/postgresql --since 1h\n",
     "shop-1 postgresql"},
    {owner_of_command, "$ aws rds describe-events --db-instance-identifier shop-1\n", ""},
    {owner_of_command, "2024-01-01 00:00:00 UTC::@:[1]:LOG:  started\n$ aws logs tail /aws/rds/x",
     ""},
    {owner_of_command, "$ aws logs tail \"", ""},
};

static void
names_say_who(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(who_cases) / sizeof(who_cases[0]); i++) {
        const struct who_case *c = &who_cases[i];
        struct log_owner o = {.label = {"", 0}};
        struct tl_buf b;

        tl_buf_init(&b, 4096);
        c->reads(tl_str_from(c->text), &o);
        say(&o, &b);
        if (!tl_str_eq(tl_buf_str(&b), tl_str_from(c->want)))
            fail_msg("%s says '%.*s', not '%s'", c->text, TL_FMT(tl_buf_str(&b)), c->want);
        tl_buf_free(&b);
    }
}

static void
files_of_one_log_share_a_stem(void **state)
{
    static const char *const cases[][2] = {
        {"postgresql.log", "postgresql"},
        {"error/postgresql.log.2025-01-23-0456", "error/postgresql"},
        {"error/postgresql.log.2025-01-23-0456.csv", "error/postgresql"},
        {"pg/postgresql-2024-01-01_000000.log", "pg/postgresql"},
        {"pg/postgresql-2024-01-01_000000.csv", "pg/postgresql"},
        {"pg/postgresql-2024-01-01_000000.json.gz", "pg/postgresql"},
        {"postgresql-Mon.log", "postgresql"},
        {"postgresql-15-main.log.2.gz", "postgresql-15-main"},
        {"error/mysql-error-running.log.2024-01-01.00", "error/mysql-error"},
        {"error/mysql-error.log", "error/mysql-error"},
        {"node-1.log", "node-1"},
        {"server1.log", "server1"},
        {"000000.gz", "000000"},
        {"a/2024-01-01.log", "a/2024-01-01"},
        {"", ""},
        {"a/", "a/"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct tl_str got = owner_stem(tl_str_from(cases[i][0]));

        if (!tl_str_eq(got, tl_str_from(cases[i][1])))
            fail_msg("%s: '%.*s', not '%s'", cases[i][0], TL_FMT(got), cases[i][1]);
    }
}

/* --as, then the stream, then the command, then the name. */
static void
the_nearest_word_decides(void **state)
{
    static const struct {
        const char *name, *head, *instance, *endpoint, *stream, *want;
    } cases[] = {
        {"shop-1/error/postgresql.log", "", "", "", "", "shop-1"},
        {"shop-1/error/postgresql.log", "", "", "", "shop-2.0", "shop-2"},
        {"shop-1/error/postgresql.log", "", "", "", "[x]", " =[x]"},
        {"shop-1/error/postgresql.log", "", "shop-3", "", "shop-2.0", "shop-3"},
        {"shop-1/error/postgresql.log",
         "$ aws rds download-db-log-file-portion --db-instance-identifier shop-4\n", "", "", "",
         "shop-4"},
        {"x.log", "", "", "shop-5.c0ffee123456.eu-west-3.rds.amazonaws.com", "", "shop-5"},
        {"a/x.log.1", "", "", "", "", " =a/x"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct tl_memory m = {tl_str_from(cases[i].head)};
        struct tl_reader r = {.in = {.name = tl_str_from(cases[i].name)}};
        struct tl_event ev = {.line = 1};
        struct tl_buf b;

        tl_buf_init(&b, 256);
        r.in.hints = TL_HINTS_NONE;
        r.in.hints.instance = tl_str_from(cases[i].instance);
        r.in.hints.endpoint = tl_str_from(cases[i].endpoint);
        tl_arena_init(&r.arena, 1 << 20);
        feed_init(&r.feed, tl_stream_memory(&m));
        log_name_hints(&r);
        log_who(&r, tl_str_from(cases[i].stream), &ev);
        tl_buf_add(&b, ev.who.id);
        if (ev.who.label.n > 0)
            tl_buf_addf(&b, " =%.*s", TL_FMT(ev.who.label));
        assert_string_equal(b.p, cases[i].want);
        assert_int_equal(ev.who.kind, TL_KIND_INSTANCE);
        assert_true(tl_str_eq(ev.who.source_type, TL_STR("db-instance")));
        tl_buf_free(&b);
        feed_free(&r.feed);
        tl_arena_free(&r.arena);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_say_who),
        cmocka_unit_test(files_of_one_log_share_a_stem),
        cmocka_unit_test(the_nearest_word_decides),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
