#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "cli/options.h"
#include "cli/when.h"

enum { MAX_WORDS = 12 };

/* A command line and what is understood of it: "command operand[as] ... option=value ...", or
 * "! sentence" (its beginning) where it is refused. */
static const struct {
    const char *words[MAX_WORDS], *want;
} lines[] = {
    {{"report", "a"}, "report a"},
    {{"report", "a", "b", "-"}, "report a b -"},
    {{"--tz", "Asia/Tokyo", "report", "a", "--format=json"}, "report a format=json tz=Asia/Tokyo"},
    {{"report", "--format", "json", "a"}, "report a format=json"},
    {{"report", "a", "-o", "x", "-qv"}, "report a output=x quiet verbose"},
    {{"report", "-ox", "a"}, "report a output=x"},
    {{"events", "a", "--log-line-prefix", "%m [%p] "}, "events a log-line-prefix=%m [%p] "},
    {{"report", "-qo", "x", "a"}, "report a output=x quiet"},
    {{"report", "--", "--tz", "-q"}, "report --tz -q"},
    {{"report", "a", "--since", "-2h", "--until=-1h"}, "report a since=-2h until=-1h"},
    {{"report", "a", "--as", "probe,sleep=0.5", "b", "c", "--as=auto", "d"},
     "report a b[probe,sleep=0.5] c[probe,sleep=0.5] d[auto]"},
    {{"report", "--rules", "r1", "a", "--rules=r2"}, "report a rules=r1 rules=r2"},
    {{"report", "a", "--tz=UTC", "--tz=Asia/Tokyo"}, "report a tz=Asia/Tokyo"},
    {{"--version"}, "- version"},
    {{"-h"}, "- help"},
    {{"report", "--help"}, "report help"},
    {{"help", "events"}, "help events"},
    {{"rules", "explain", "--", "-x"}, "rules explain -x"},
    {{NULL}, "-"},
    /* refused */
    {{"report", "a", "--colour"}, "! unknown option --colour; did you mean --color?"},
    {{"report", "a", "--fromat=json"}, "! unknown option --fromat; did you mean --format?"},
    {{"report", "a", "--inp"}, "! unknown option --inp; did you mean --input-tz?"},
    {{"report", "a", "--xyzzy-plugh"}, "! unknown option --xyzzy-plugh (tideline help lists them)"},
    {{"report", "a", "-z"}, "! unknown option -z"},
    {{"report", "a", "--format"}, "! --format needs a value: --format=FMT"},
    {{"report", "a", "--tz="}, "! --tz needs a value: --tz=ZONE"},
    {{"report", "a", "-o"}, "! --output needs a value: --output=FILE"},
    {{"report", "a", "--force=yes"}, "! --force takes no value"},
    {{"report", "a", "--as", "probe"}, "! --as probe has no INPUT behind it"},
    {{"detect", "a", "--charts", "x"}, "! --charts is not an option of tideline detect"},
    {{"--charts", "x", "rules", "list"}, "! --charts is not an option of tideline rules"},
    {{"reprot", "a"}, "! there is no command reprot; did you mean tideline report?"},
    {{"evidence/"}, "! there is no command evidence/; to read evidence: tideline report INPUT..."},
    {{"pull"}, "! tideline pull is not in this version"},
    {{"-"}, "! there is no command -;"},
};

static void
print_options(const struct options *o, struct tl_buf *b)
{
    tl_buf_add(b, o->command ? tl_str_from(o->command->name) : TL_STR("-"));
    for (size_t i = 0; i < o->noperands; i++) {
        struct tl_str as = o->operands[i].as;

        tl_buf_addf(b, " %.*s", TL_FMT(o->operands[i].text));
        if (as.n > 0)
            tl_buf_addf(b, "[%.*s]", TL_FMT(as));
    }
    for (const struct option *row = option_table; row->name; row++) {
        const void *field = (const char *)o + row->at;
        const struct text_list *list = field;
        const struct tl_str *text = field;
        bool on;

        memcpy(&on, field, row->type == OPT_FLAG ? sizeof(on) : 0);
        if (row->type == OPT_FLAG && on)
            tl_buf_addf(b, " %s", row->name);
        if (row->type == OPT_TEXT && text->n > 0)
            tl_buf_addf(b, " %s=%.*s", row->name, TL_FMT(*text));
        for (size_t i = 0; row->type == OPT_LIST && i < list->n; i++)
            tl_buf_addf(b, " %s=%.*s", row->name, TL_FMT(list->items[i]));
    }
}

static void
lines_are_understood(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        const char *argv[MAX_WORDS + 1] = {"tideline"};
        struct tl_error err = {.msg = ""};
        struct tl_arena arena;
        struct options o;
        struct tl_buf got;
        int argc = 1;

        while (lines[i].words[argc - 1]) {
            argv[argc] = lines[i].words[argc - 1];
            argc++;
        }
        tl_arena_init(&arena, 1 << 20);
        tl_buf_init(&got, 4096);
        if (options_parse(argc, argv, &arena, &o, &err))
            tl_buf_addf(&got, "! %s", err.msg);
        else
            print_options(&o, &got);
        if (lines[i].want[0] == '!' ? !tl_str_starts(tl_buf_str(&got), tl_str_from(lines[i].want))
                                    : strcmp(got.p, lines[i].want) != 0)
            fail_msg("line %zu: got '%s', want '%s'", i, got.p, lines[i].want);
        tl_buf_free(&got);
        tl_arena_free(&arena);
    }
}

static void
the_table_is_in_order(void **state)
{
    bool letters[128] = {false};

    (void)state;
    for (const struct option *o = option_table; o->name; o++) {
        assert_true(o == option_table || strcmp(o[-1].name, o->name) < 0);
        assert_true(o->help && o->help[0]);
        assert_true((o->type == OPT_FLAG) == (o->arg == NULL));
        if (o->letter)
            assert_false(letters[(size_t)o->letter]);
        letters[(size_t)o->letter] = true;
    }
}

/* Every command's help names it, shows an example, and has all its options and no other. */
static void
help_is_made_of_the_tables(void **state)
{
    (void)state;
    for (const struct command *c = commands; c->name; c++) {
        struct tl_str help;
        struct tl_buf b;

        if (!c->examples)
            continue;
        tl_buf_init(&b, 1 << 16);
        options_help(c, &b);
        assert_int_equal(b.failed, TL_OK);
        help = tl_buf_str(&b);
        assert_true(tl_str_find(help, TL_STR("examples:\n  ")) != SIZE_MAX);
        for (const struct option *o = option_table; o->name; o++) {
            struct tl_buf row;

            tl_buf_init(&row, 100);
            tl_buf_addf(&row, "--%s%s%s\n      ", o->name, o->arg ? "=" : "", o->arg ? o->arg : "");
            if ((tl_str_find(help, tl_buf_str(&row)) != SIZE_MAX) !=
                ((o->commands >> c->id & 1) != 0))
                fail_msg("help of %s and --%s", c->name, o->name);
            tl_buf_free(&row);
        }
        tl_buf_free(&b);
    }
}

static void
the_overview_lists_what_there_is(void **state)
{
    struct tl_buf b;

    (void)state;
    tl_buf_init(&b, 1 << 16);
    options_help(NULL, &b);
    for (const struct command *c = commands; c->name; c++) {
        struct tl_buf want;

        tl_buf_init(&want, 100);
        tl_buf_addf(&want, "\n  %s ", c->name);
        assert_int_equal(tl_str_find(tl_buf_str(&b), tl_buf_str(&want)) != SIZE_MAX,
                         c->examples != NULL);
        tl_buf_free(&want);
    }
    tl_buf_free(&b);
}

/* ---- times ---- */

static const struct {
    const char *text, *want; /* TIME, "-seconds", "" for none, or NULL where it is refused */
} times[] = {
    {"2026-04-11T06:21:35.200Z", "2026-04-11T06:21:35.200Z"},
    {"2026-04-11T15:21:35+09:00", "2026-04-11T06:21:35.000Z"},
    {"2026-04-11 15:20", "2026-04-11T06:20:00.000Z"}, /* in --tz */
    {"2026-04-11T15:20:30", "2026-04-11T06:20:30.000Z"},
    {"2026-04-11", "2026-04-10T15:00:00.000Z"},
    {"-2h", "-7200.000"},
    {"-90", "-90.000"},
    {"-1h30m", "-5400.000"},
    {"", ""},
    {"2h", NULL},
    {"yesterday", NULL},
    {"-", NULL},
    {"2026-02-30", NULL},
    {"2026-04-11T06:21:35Z and more", NULL},
    {"11:52:43", NULL},
};

static void
times_are_read(void **state)
{
    struct tl_zones *zones = tl_zones_new(TL_STR("/nonexistent"));
    const struct tl_zone *tokyo;

    (void)state;
    assert_int_equal(tl_zone_find(zones, TL_STR("+09:00"), &tokyo, NULL), TL_OK);
    for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
        struct tl_error err = {.msg = ""};
        struct tl_buf got;
        struct when w;

        tl_buf_init(&got, 4096);
        if (when_read("since", tl_str_from(times[i].text), zones, tokyo, &w, &err)) {
            if (times[i].want)
                fail_msg("%s: refused: %s", times[i].text, err.msg);
            assert_non_null(strstr(err.msg, "--since"));
            tl_buf_free(&got);
            continue;
        }
        if (!times[i].want)
            fail_msg("%s is taken for a time", times[i].text);
        if (w.at != TL_TIME_NONE)
            tl_time_print(&got, w.at);
        if (w.ago_us != TL_UNKNOWN)
            tl_seconds_print(&got, -w.ago_us);
        assert_string_equal(tl_buf_str(&got).p, times[i].want);
        tl_buf_free(&got);
    }
    tl_zones_free(zones);
}

static const struct {
    const char *text, *from, *to; /* from NULL: refused */
} windows[] = {
    {"2026-04-11T06:20:00Z/2026-04-11T06:25:00Z", "2026-04-11T06:20:00.000Z",
     "2026-04-11T06:25:00.000Z"},
    {"2026-04-11 15:20/2026-04-11 15:25", "2026-04-11T06:20:00.000Z", "2026-04-11T06:25:00.000Z"},
    {"2026-04-11T06:20:00Z/", "2026-04-11T06:20:00.000Z", ""},
    {"/2026-04-11T06:20:00Z", "", "2026-04-11T06:20:00.000Z"},
    {"", "", ""},
    {"2026-04-11T06:20:00Z", NULL, NULL},
    {"2026-04-11T06:25:00Z/2026-04-11T06:20:00Z", NULL, NULL},
    {"-2h/", NULL, NULL},
    {"a/b", NULL, NULL},
};

static void
windows_are_read(void **state)
{
    struct tl_zones *zones = tl_zones_new(TL_STR("/nonexistent"));
    const struct tl_zone *tokyo;

    (void)state;
    assert_int_equal(tl_zone_find(zones, TL_STR("+09:00"), &tokyo, NULL), TL_OK);
    for (size_t i = 0; i < sizeof(windows) / sizeof(windows[0]); i++) {
        struct tl_buf a, b;
        tl_time from, to;
        bool good = !window_read(tl_str_from(windows[i].text), zones, tokyo, &from, &to, NULL);

        if (good != (windows[i].from != NULL))
            fail_msg("%s: %s", windows[i].text, good ? "taken" : "refused");
        if (!good)
            continue;
        tl_buf_init(&a, 64);
        tl_buf_init(&b, 64);
        if (from != TL_TIME_NONE)
            tl_time_print(&a, from);
        if (to != TL_TIME_NONE)
            tl_time_print(&b, to);
        assert_string_equal(tl_buf_str(&a).p, windows[i].from);
        assert_string_equal(tl_buf_str(&b).p, windows[i].to);
        tl_buf_free(&a);
        tl_buf_free(&b);
    }
    tl_zones_free(zones);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_understood),
        cmocka_unit_test(the_table_is_in_order),
        cmocka_unit_test(help_is_made_of_the_tables),
        cmocka_unit_test(the_overview_lists_what_there_is),
        cmocka_unit_test(times_are_read),
        cmocka_unit_test(windows_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
