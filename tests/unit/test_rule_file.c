/* Rule files as people meet them: what is refused and how, `rules check`, `list`, `show`,
 * `explain`. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/names.h"
#include "parse/catalogue.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static struct tl_catalogue *
load(const char *text)
{
    struct tl_catalogue *c;
    struct tl_error err;

    if (tl_catalogue_load(TL_STR("t.rules"), tl_str_from(text), &c, &err))
        fail_msg("%s", err.msg);
    return c;
}

static void
assert_str(struct tl_str got, const char *want)
{
    if (!tl_str_eq(got, tl_str_from(want)))
        fail_msg("got \"%.*s\", want \"%s\"", TL_FMT(got), want);
}

/* ---- syntax ---- */

static void
refuses_bad_rule_files(void **state)
{
    static const struct {
        const char *text, *msg; /* NULL: it is taken */
        unsigned line;
    } cases[] = {
        {"[a.b]\nmatch = a$\nsample+ = a\n", NULL, 0},
        {"\xef\xbb\xbf# a BOM, CRLF\r\n[a.b]\r\nmatch = a$\r\n", NULL, 0},
        {"[a.b]   # comments\nmatch = a#b #c\nsource = x y # z\nids = RDS-EVENT-0001 # n\n", NULL,
         0},
        {"", NULL, 0},
        {"[a.b]\nmatch = a\nassume = zdp-duration: x_ms\nassume = twins: y_s since a.b\n", NULL, 0},
        {"match = a\n", "t.rules:1: 'match' stands before any block: open one, like [zdp.finished]",
         1},
        {"\n[a.b]\n", "t.rules:2: [a.b] has no 'match': write match = PATTERN in the block", 2},
        {"[a.b]\n[c.d]\nmatch = a\n",
         "t.rules:1: [a.b] has no 'match': write match = PATTERN in the block", 1},
        {"[a.b]\nmatch = (\n",
         "t.rules:2: the pattern is not valid: missing closing parenthesis, at its character 2:"
         " correct it there",
         2},
        {"[a.b]\nmatch = a\\C\n",
         "t.rules:2: the pattern is not valid: using \\C is disabled by the application, at its"
         " character 4: correct it there",
         2},
        {"[a.b]\nmatch = (*UTF)a\n",
         "t.rules:2: the pattern is not valid: using UTF is disabled by the application, at its"
         " character 7: correct it there",
         2},
        {"[a.b]\nmatch = a\nmatch = b\n", "t.rules:3: 'match' stands twice in this block: keep one",
         3},
        {"[a.b]\nmatch =\n", "t.rules:2: 'match' has no value: write one after the '='", 2},
        {"[a.b]\nsource = # none\n", "t.rules:2: 'source' has no value: write one after the '='",
         2},
        {"[a.b]\nmatch a\n",
         "t.rules:2: 'match a' is no rule line: write key = value, [class] or # comment", 2},
        {"[a.b]\nkind = down\n",
         "t.rules:2: no such key 'kind': use source, ids, match, severity, phase, assume, sample+,"
         " sample- or doc",
         2},
        {"[a.b]\nseverity = bad\n",
         "t.rules:2: no such severity 'bad': use one of info notice warning critical", 2},
        {"[a.b]\nphase = nap begin\n",
         "t.rules:2: no such phase 'nap': use one of requested precheck snapshot shutdown upgrade"
         " zdp startup online completing",
         2},
        {"[a.b]\nphase = zdp\n",
         "t.rules:2: say which side of the phase: zdp begin, zdp end or zdp point", 2},
        {"[a.b]\nphase = zdp end end\n",
         "t.rules:2: say which side of the phase: zdp begin, zdp end or zdp point", 2},
        {"[a.b]\nids = RDS-EVENT-1\n",
         "t.rules:2: 'RDS-EVENT-1' is no event id: write RDS-EVENT- and four digits", 2},
        {"[a.b]\nids = RDS-EVENT-0001 rds-event-0002\n",
         "t.rules:2: 'rds-event-0002' is no event id: write RDS-EVENT- and four digits", 2},
        {"[a.b]\nids = RDS-EVENT-0001 RDS-EVENT-0001\n",
         "t.rules:2: 'RDS-EVENT-0001' stands twice: once is enough", 2},
        {"[a.b]\nsource = DB_CLUSTER\n",
         "t.rules:2: 'DB_CLUSTER' is no source: write lower-case words, like db-cluster "
         "db-instance",
         2},
        {"[a.b]\nassume = x\n",
         "t.rules:2: 'x' is no assumption: write NAME: FIELD since CLASS (a field in _ms, _us or "
         "_s), "
         "like zdp-duration: elapsed_ms since zdp.attempted, or NAME: FIELD",
         2},
        {"[a.b]\nassume = twins: count\n",
         "t.rules:2: 'twins: count' is no assumption: write NAME: FIELD since CLASS (a field in "
         "_ms, _us or _s), "
         "like zdp-duration: elapsed_ms since zdp.attempted, or NAME: FIELD",
         2},
        {"[a.b]\nassume = twins: a_ms before a.b\n",
         "t.rules:2: 'twins: a_ms before a.b' is no assumption: write NAME: FIELD since CLASS (a "
         "field in _ms, _us or _s), "
         "like zdp-duration: elapsed_ms since zdp.attempted, or NAME: FIELD",
         2},
        {"[a.b]\nassume = : x\n",
         "t.rules:2: ': x' is no assumption: write NAME: FIELD since CLASS (a field in _ms, _us or "
         "_s), "
         "like zdp-duration: elapsed_ms since zdp.attempted, or NAME: FIELD",
         2},
        {"[a.b]\ndoc = see the manual\n",
         "t.rules:2: 'see the manual' is no link: write the address, with https://", 2},
        {"[a.b]\ndoc = https://x.y/a b\n",
         "t.rules:2: 'https://x.y/a b' is no link: it holds a blank or a special character", 2},
        {"[zdp]\n",
         "t.rules:1: 'zdp' is no class: write dotted lower-case words, like zdp.finished", 1},
        {"[Zdp.x]\n",
         "t.rules:1: 'Zdp.x' is no class: write dotted lower-case words, like zdp.finished", 1},
        {"[a.]\n", "t.rules:1: 'a.' is no class: write dotted lower-case words, like zdp.finished",
         1},
        {"[.a]\n", "t.rules:1: '.a' is no class: write dotted lower-case words, like zdp.finished",
         1},
        {"[]\n", "t.rules:1: '' is no class: write dotted lower-case words, like zdp.finished", 1},
        {"[a.b\n", "t.rules:1: '[a.b' has no ']': write [class], like [zdp.finished]", 1},
        {"[a.b] c\n", "t.rules:1: 'c' stands behind the class: put it on a line of its own", 1},
        {"[unclassified]\n",
         "t.rules:1: the class unclassified is reserved for what no rule matches: choose another",
         1},
        {"[a.\x1b[31m]\n",
         "t.rules:1: 'a.?[31m' is no class: write dotted lower-case words, like zdp.finished", 1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct tl_catalogue *c;
        struct tl_error err = {.line = 0};
        enum tl_status st =
            tl_catalogue_load(TL_STR("t.rules"), tl_str_from(cases[i].text), &c, &err);

        assert_int_equal(st, cases[i].msg ? TL_ERULE : TL_OK);
        assert_true((c == NULL) == (cases[i].msg != NULL));
        if (cases[i].msg) {
            assert_string_equal(err.msg, cases[i].msg);
            assert_int_equal(err.line, cases[i].line);
        }
        tl_catalogue_free(c);
    }
}

static void
refuses_what_is_too_large(void **state)
{
    struct tl_catalogue *c;
    struct tl_error err;
    struct tl_buf b;

    (void)state;
    tl_buf_init(&b, 8u << 20);
    tl_buf_add(&b, TL_STR("[a.b]\nmatch = "));
    for (size_t i = 0; i <= RULE_PATTERN_MAX; i++)
        tl_buf_add(&b, TL_STR("a"));
    assert_int_equal(tl_catalogue_load(TL_STR("t"), tl_buf_str(&b), &c, &err), TL_ERULE);
    assert_string_equal(err.msg, "t:2: the pattern is longer than 8192 bytes: split the rule");
    tl_buf_reset(&b);
    tl_buf_add(&b, TL_STR("[a.b]\nmatch = "));
    for (size_t i = 0; i < RULE_CAPTURES_MAX; i++)
        tl_buf_add(&b, TL_STR("(a)"));
    assert_int_equal(tl_catalogue_load(TL_STR("t"), tl_buf_str(&b), &c, &err), TL_ERULE);
    assert_string_equal(err.msg, "t:2: the pattern has more than 63 groups: write (?:...) where"
                                 " nothing is to be kept");
    while (b.n <= RULE_FILE_MAX)
        tl_buf_add(&b, TL_STR("# and so on, for four million bytes and a few more of them\n"));
    assert_int_equal(tl_catalogue_load(TL_STR("t"), tl_buf_str(&b), &c, &err), TL_ERULE);
    assert_string_equal(err.msg, "t: a rule file has at most 4 MiB: split it");
    tl_buf_free(&b);
}

/* ---- check, list, show, explain ---- */

static void
check_names_every_violation(void **state)
{
    static const struct {
        const char *text, *added; /* a second file, or NULL */
        const char *report;
    } cases[] = {
        {"[a.b]\nmatch = a$\nsample+ = a\nsample- = b\n", NULL, ""},
        {"[a.b]\nmatch = a$\n", NULL,
         "t.rules:1: [a.b] has no sample+: write a real message behind 'sample+ ='\n"},
        {"[a.b]\nmatch = a$\nsample+ = b\n", NULL,
         "t.rules:3: [a.b] does not match this sample+ of its own: correct it or the 'match' on"
         " line 2\n"},
        {"[a.b]\nmatch = a\nsample+ = a\nsample- = ab\n", NULL,
         "t.rules:4: [a.b] matches this sample-: make the 'match' on line 2 tighter\n"},
        {"[a.b]\nmatch = a\nsample+ = ab\n[b.c]\nmatch = ab\nsample+ = abc\n", NULL,
         "t.rules:3: [a.b] this sample+ is also matched by [b.c], t.rules:4: make one of the"
         " patterns tighter\n"
         "t.rules:6: [b.c] this sample+ is also matched by [a.b], t.rules:1: make one of the"
         " patterns tighter\n"},
        /* the same class, or sources that do not meet: no harm */
        {"[a.b]\nmatch = a\nsample+ = ab\n[a.b]\nmatch = ab\nsample+ = ab\n", NULL, ""},
        {"[a.b]\nsource = x y\nmatch = a\nsample+ = ab\n[b.c]\nsource = z\nmatch = ab\n"
         "sample+ = ab\n",
         NULL, ""},
        {"[a.b]\nsource = x y\nmatch = ^a\nsample+ = ad\n[b.c]\nsource = y z\nmatch = ab\n"
         "sample+ = ab\n",
         NULL,
         "t.rules:8: [b.c] this sample+ is also matched by [a.b], t.rules:1: make one of the"
         " patterns tighter\n"},
        /* the file that was added last is the one to correct */
        {"[a.b]\nmatch = ^a$\nsample+ = a\n", "[b.c]\n\nmatch = .\nsample+ = b\n",
         "u.rules:3: [b.c] also matches a sample+ of [a.b], t.rules:3: make the pattern tighter\n"},
        {"[a.b]\nmatch = .\nsample+ = b\n", "[b.c]\n\nmatch = ^a$\nsample+ = a\n",
         "u.rules:4: [b.c] this sample+ is also matched by [a.b], t.rules:1: make one of the"
         " patterns tighter\n"},
        {"[a.b]\nmatch = ^(?:a|aa)+$\nsample+ = "
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\n",
         NULL,
         "t.rules:2: [a.b] gives up on its sample on line 3: make the pattern tighter, it tries too"
         " many ways\n"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct tl_catalogue *c = load(cases[i].text);
        struct tl_error err;
        struct tl_buf b;

        tl_buf_init(&b, 10000);
        if (cases[i].added)
            assert_int_equal(
                tl_catalogue_add(c, TL_STR("u.rules"), tl_str_from(cases[i].added), NULL), TL_OK);
        assert_int_equal(tl_catalogue_check(c, &b, &err), *cases[i].report ? TL_ERULE : TL_OK);
        assert_str(tl_buf_str(&b), cases[i].report);
        tl_buf_free(&b);
        tl_catalogue_free(c);
    }
}

static const char shown_rules[] = "# t.rules:2\n"
                                  "[b.one]\n"
                                  "source   = db-cluster db-instance\n"
                                  "ids      = RDS-EVENT-0002 RDS-EVENT-0001\n"
                                  "match    = ^one (?<count>\\d+) #$\n"
                                  "severity = warning\n"
                                  "phase    = zdp end\n"
                                  "assume   = zdp-duration: count_ms since a.c\n"
                                  "assume   = twins: all_s\n"
                                  "sample+  = one 5 #\n"
                                  "sample-  = one\n"
                                  "doc      = https://x.y/z#a\n";

static void
show_prints_a_block_that_can_be_read_again(void **state)
{
    struct tl_catalogue *c = load(shown_rules);
    struct tl_error err;
    struct tl_buf b;

    (void)state;
    tl_buf_init(&b, 10000);
    assert_int_equal(tl_catalogue_show(c, TL_STR("b.one"), &b, &err), TL_OK);
    assert_str(tl_buf_str(&b), shown_rules);
    tl_buf_reset(&b);
    assert_int_equal(tl_catalogue_show(c, TL_STR("b.two"), &b, &err), TL_EUSAGE);
    assert_string_equal(err.msg,
                        "no rule has the class b.two: 'tideline rules list' names them all");
    assert_str(tl_buf_str(&b), "");
    tl_buf_free(&b);
    tl_catalogue_free(c);
}

static void
list_has_a_line_for_each_class(void **state)
{
    struct tl_catalogue *c = load(shown_rules);
    struct tl_buf b;

    (void)state;
    tl_buf_init(&b, 10000);
    assert_int_equal(tl_catalogue_add(c, TL_STR("u"),
                                      TL_STR("[long.class]\nmatch = a\n[b.one]\nmatch = b\n"
                                             "ids = RDS-EVENT-0002 RDS-EVENT-0003\n"),
                                      NULL),
                     TL_OK);
    tl_catalogue_list(c, &b);
    assert_str(tl_buf_str(&b),
               "b.one       info,warning   2  RDS-EVENT-0001 RDS-EVENT-0002 RDS-EVENT-0003\n"
               "long.class  info           1  -\n");
    tl_buf_free(&b);
    tl_catalogue_free(c);
}

static void
explain_says_which_rule_and_why(void **state)
{
    static const struct {
        const char *text, *out;
    } cases[] = {
        {" one  5 # ", "text: one 5 #\n"
                       "class: b.one\n"
                       "rule: t.rules:2\n"
                       "match: ^one (?<count>\\d+) #$\n"
                       "source: db-cluster db-instance\n"
                       "ids: RDS-EVENT-0002 RDS-EVENT-0001\n"
                       "event id: not known from the text\n"
                       "fields:\n"
                       "  count = 5 (a number)\n"},
        {"mydb was restarted", "text: mydb was restarted\n"
                               "class: x.y\n"
                               "rule: u:1\n"
                               "match: ^(?<name>\\S+) was restarted\n"
                               "ids: RDS-EVENT-0009\n"
                               "event id: RDS-EVENT-0009\n"
                               "fields:\n"
                               "  name = mydb\n"
                               "also matched by: x.z u:5\n"},
        {"Finished all \x1b[1mcopies of the DB", "text: Finished all ?[1mcopies of the DB\n"
                                                 "class: unclassified: no rule matches\n"
                                                 "nearest: x.b u:7, by its sample on line 9:\n"
                                                 "  Finished all backups of the DB\n"
                                                 "what differs:\n"
                                                 "  ?[1mcopies instead of backups\n"},
        {"Finished, all backups of the big DB", "text: Finished, all backups of the big DB\n"
                                                "class: unclassified: no rule matches\n"
                                                "nearest: x.b u:7, by its sample on line 9:\n"
                                                "  Finished all backups of the DB\n"
                                                "what differs:\n"
                                                "  more: big\n"},
        {"Finished all backups of DB", "text: Finished all backups of DB\n"
                                       "class: unclassified: no rule matches\n"
                                       "nearest: x.b u:7, by its sample on line 9:\n"
                                       "  Finished all backups of the DB\n"
                                       "what differs:\n"
                                       "  missing: the\n"},
        {"Finished: all backups of the DB.", "text: Finished: all backups of the DB.\n"
                                             "class: unclassified: no rule matches\n"
                                             "nearest: x.b u:7, by its sample on line 9:\n"
                                             "  Finished all backups of the DB\n"
                                             "what differs:\n"
                                             "  no word, only what stands between them\n"},
        {"?", "text: ?\nclass: unclassified: no rule matches\nno rule is near\n"},
    };
    struct tl_catalogue *c = load(shown_rules);

    (void)state;
    assert_int_equal(tl_catalogue_add(c, TL_STR("u"),
                                      TL_STR("[x.y]\nids = RDS-EVENT-0009\n"
                                             "match = ^(?<name>\\S+) was restarted\n\n"
                                             "[x.z]\nmatch = restarted\n"
                                             "[x.b]\nmatch = ^Finished all backups of the DB$\n"
                                             "sample+ = Finished all backups of the DB\n"),
                                      NULL),
                     TL_OK);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct tl_buf b;

        tl_buf_init(&b, 10000);
        tl_catalogue_explain(c, tl_str_from(cases[i].text), &b);
        assert_str(tl_buf_str(&b), cases[i].out);
        tl_buf_free(&b);
    }
    tl_catalogue_free(c);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_bad_rule_files),
        cmocka_unit_test(refuses_what_is_too_large),
        cmocka_unit_test(check_names_every_violation),
        cmocka_unit_test(show_prints_a_block_that_can_be_read_again),
        cmocka_unit_test(list_has_a_line_for_each_class),
        cmocka_unit_test(explain_says_which_rule_and_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
