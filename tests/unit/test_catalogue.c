/* The rule engine: which rule a message belongs to, its id, its fields, what it is near to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

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

static void
later_files_come_first_and_a_bad_one_changes_nothing(void **state)
{
    struct tl_catalogue *c = load("[a.first]\nmatch = ^x\n[a.second]\nmatch = ^x y\n");
    const struct tl_str none = {"", 0};
    struct tl_match m;

    (void)state;
    tl_classify(c, none, TL_STR("x y"), none, &m);
    assert_str(m.cls, "a.first");
    assert_str(m.rule_name, "t.rules:1");
    assert_int_equal(
        tl_catalogue_add(c, TL_STR("bad"), TL_STR("[u.v]\nmatch=^x\n[w.x]\nmatch=[\n"), NULL),
        TL_ERULE);
    tl_classify(c, none, TL_STR("x y"), none, &m);
    assert_str(m.cls, "a.first");
    assert_int_equal(tl_catalogue_add(c, TL_STR("u"), TL_STR("\n[b.user]\nmatch = x y\n"), NULL),
                     TL_OK);
    tl_classify(c, none, TL_STR("x y"), none, &m);
    assert_str(m.cls, "b.user");
    assert_str(m.rule_name, "u:2");
    tl_classify(c, none, TL_STR("x z"), none, &m);
    assert_str(m.cls, "a.first");
    tl_catalogue_free(c);
}

/* ---- class and id ---- */

static const char id_rules[] = "[shared.cluster]\nsource = db-cluster\nids = RDS-EVENT-0001\n"
                               "match = ^shared$\nseverity = notice\nphase = zdp begin\n"
                               "[shared.instance]\nsource = db-instance\nids = RDS-EVENT-0002\n"
                               "match = ^shared$\n"
                               "[two.ids]\nids = RDS-EVENT-0003 RDS-EVENT-0004\nmatch = ^two$\n"
                               "[no.ids]\nmatch = ^none (?<count>\\d+)$\n"
                               "[no.ids]\nids = RDS-EVENT-0005\nmatch = ^some$\n"
                               "[over.lap]\nids = RDS-EVENT-0006\nmatch = ^over\n"
                               "[over.other]\nids = RDS-EVENT-0007\nmatch = ^over lap$\n"
                               "[only.cluster]\nsource = db-cluster\nids = RDS-EVENT-0008\n"
                               "match = ^only$\nphase = zdp end\n"
                               "[only.cluster]\nsource = db-cluster\nids = RDS-EVENT-0008\n"
                               "match = ^lonely$\nphase = zdp begin\n"
                               "[two.ids]\nids = RDS-EVENT-0010\nmatch = ^ten$\n"
                               "[slow.one]\nids = RDS-EVENT-0009\nmatch = ^(?:a|aa)+$\n";

static void
text_decides_and_the_id_helps(void **state)
{
    static const struct {
        const char *source, *text, *carried;
        const char *cls, *id;
        bool contradicts, by_id;
    } cases[] = {
        /* the text alone */
        {"db-cluster", "shared", "", "shared.cluster", "RDS-EVENT-0001", false, false},
        {"db-instance", "shared", "", "shared.instance", "RDS-EVENT-0002", false, false},
        {"", "shared", "", "shared.cluster", "", false, false}, /* two ids: none is sure */
        {"db-proxy", "shared", "", "shared.cluster", "", false, false},
        {"db-proxy", "only", "", "only.cluster", "RDS-EVENT-0008", false, false}, /* odd source */
        {"db-cluster", "two", "", "two.ids", "", false, false},
        {"db-cluster", "none 5", "", "no.ids", "", false, false},
        {"db-cluster", "over", "", "over.lap", "RDS-EVENT-0006", false, false},
        {"db-cluster", "over lap", "", "over.lap", "", false, false},
        {"db-cluster", "nothing like it", "", "unclassified", "", false, false},
        {"db-cluster", "", "", "unclassified", "", false, false},
        /* the id agrees, or chooses */
        {"db-cluster", "shared", "RDS-EVENT-0001", "shared.cluster", "RDS-EVENT-0001", false,
         false},
        {"", "shared", "RDS-EVENT-0002", "shared.instance", "RDS-EVENT-0002", false, false},
        {"db-cluster", "shared", "RDS-EVENT-0002", "shared.instance", "RDS-EVENT-0002", false,
         false},
        {"db-cluster", "two", "RDS-EVENT-0004", "two.ids", "RDS-EVENT-0004", false, false},
        {"db-cluster", "over lap", "RDS-EVENT-0007", "over.other", "RDS-EVENT-0007", false, false},
        {"db-cluster", "none 5", "RDS-EVENT-0005", "no.ids", "RDS-EVENT-0005", false, false},
        /* the id is new */
        {"db-cluster", "shared", "RDS-EVENT-0999", "shared.cluster", "RDS-EVENT-0999", false,
         false},
        {"db-cluster", "nothing", "RDS-EVENT-0999", "unclassified", "RDS-EVENT-0999", false, false},
        /* the id is of another text */
        {"db-cluster", "shared", "RDS-EVENT-0003", "shared.cluster", "RDS-EVENT-0001", true, false},
        {"db-cluster", "two", "RDS-EVENT-0001", "two.ids", "", true, false},
        {"db-cluster", "none 5", "RDS-EVENT-0001", "no.ids", "", true, false},
        {"db-cluster", "two", "RDS-EVENT-0010", "two.ids", "", true, false}, /* same class */
        /* the id is all there is */
        {"db-cluster", "reworded", "RDS-EVENT-0001", "shared.cluster", "RDS-EVENT-0001", false,
         true},
        {"db-instance", "", "RDS-EVENT-0003", "two.ids", "RDS-EVENT-0003", false, true},
    };
    struct tl_catalogue *c = load(id_rules);

    (void)state;
    for (size_t i = 0; i < COUNT(cases) * 3; i++) { /* fresh, remembered, plain */
        size_t k = i % COUNT(cases);
        struct tl_match m;

        catalogue_plain(c, i >= COUNT(cases) * 2);
        tl_classify(c, tl_str_from(cases[k].source), tl_str_from(cases[k].text),
                    tl_str_from(cases[k].carried), &m);
        assert_str(m.cls, cases[k].cls);
        assert_str(m.event_id, cases[k].id);
        assert_int_equal(m.id_contradicts, cases[k].contradicts);
        assert_int_equal(m.by_id, cases[k].by_id);
        assert_false(m.gave_up);
        assert_true(!m.by_id || m.nfields == 0);
    }
    tl_catalogue_free(c);
}

static void
an_id_alone_gives_no_phase_that_is_in_doubt(void **state)
{
    struct tl_catalogue *c = load(id_rules);
    struct tl_match m;

    (void)state;
    tl_classify(c, TL_STR("db-cluster"), TL_STR("?"), TL_STR("RDS-EVENT-0001"), &m);
    assert_int_equal(m.severity, TL_SEVERITY_NOTICE);
    assert_int_equal(m.phase, TL_PHASE_ZDP);
    assert_int_equal(m.edge, TL_EDGE_BEGIN);
    tl_classify(c, TL_STR("db-cluster"), TL_STR("?"), TL_STR("RDS-EVENT-0008"), &m);
    assert_str(m.cls, "only.cluster");
    assert_int_equal(m.phase, TL_PHASE_NONE);
    assert_int_equal(m.edge, TL_EDGE_NONE);
    tl_catalogue_free(c);
}

static void
a_slow_rule_is_reported_not_hidden(void **state)
{
    static const char text[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!";
    struct tl_catalogue *c = load(id_rules);
    const struct tl_str none = {"", 0};
    struct tl_match m;

    (void)state;
    tl_classify(c, none, TL_STR("aaaa"), none, &m);
    assert_str(m.cls, "slow.one");
    assert_false(m.gave_up);
    for (int i = 0; i < 2; i++) { /* the second time from memory */
        tl_classify(c, none, TL_STR(text), none, &m);
        assert_str(m.cls, "unclassified");
        assert_true(m.gave_up);
    }
    /* another rule matches, but its id is not the only one that is possible */
    assert_int_equal(
        tl_catalogue_add(c, TL_STR("u"), TL_STR("[u.v]\nids = RDS-EVENT-0077\nmatch=!$\n"), NULL),
        TL_OK);
    tl_classify(c, none, TL_STR(text), none, &m);
    assert_str(m.cls, "u.v");
    assert_true(m.gave_up);
    assert_str(m.event_id, "");
    tl_classify(c, none, TL_STR(text), TL_STR("RDS-EVENT-0009"), &m);
    assert_false(m.id_contradicts);
    assert_str(m.event_id, "RDS-EVENT-0009");
    tl_catalogue_free(c);
}

/* ---- text and fields ---- */

static void
normalises_text(void **state)
{
    static const struct {
        struct tl_str in, out;
    } cases[] = {
#define T(in, out)                                                                                 \
    {                                                                                              \
        {in, sizeof(in) - 1},                                                                      \
        {                                                                                          \
            out, sizeof(out) - 1                                                                   \
        }                                                                                          \
    }
        T("a b", "a b"),
        T("", ""),
        T(" \t\r\n", ""),
        T("  a \r\n\t b  ", "a b"),
        T("a\v\fb", "a b"),
        T("a\0b", "a\0b"),
        T("\xff\xfe a\xc2", "\xff\xfe a\xc2"),
        T("a\xc2\xa0 b\xc2\xa0", "a b"),
        T("\xe2\x80\x98x\xe2\x80\x99 \xe2\x80\x9cy\xe2\x80\x9d \xe2\x80\x93 z", "'x' \"y\" - z"),
        T("\xe2\x82\xac", "\xe2\x82\xac"),
        T("\xe2\x80", "\xe2\x80"),
#undef T
    };
    struct tl_catalogue *c = load("[a.b]\nmatch = a\n");

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct tl_str got = catalogue_normalise(c, cases[i].in);

        assert_int_equal(got.n, cases[i].out.n);
        assert_true(tl_str_eq(got, cases[i].out));
    }
    tl_catalogue_free(c);
}

static void
long_text_is_cut_not_refused(void **state)
{
    struct tl_catalogue *c = load("[a.b]\nmatch = ^(?<head>x+) (?<tail>.*)$\n");
    size_t n = 3u << 16;
    char *text = malloc(n);
    const struct tl_str none = {"", 0};
    struct tl_match m;

    (void)state;
    memset(text, 'x', n);
    text[10] = ' ';
    text[RULE_TEXT_MAX - 1] = ' '; /* the cut leaves no blank at the end */
    tl_classify(c, none, (struct tl_str){text, n}, none, &m);
    assert_str(m.cls, "a.b");
    assert_int_equal(m.nfields, 2);
    assert_int_equal(m.fields[1].text.n, RULE_TEXT_MAX - 12);
    free(text);
    tl_catalogue_free(c);
}

static void
fields_are_typed_by_name_and_text(void **state)
{
    static const struct {
        const char *text, *want; /* name=text or name:number, in the order of the groups */
    } cases[] = {
        {"took 2360 ms", "elapsed_ms:2360 "},
        {"took 000000000000000007 ms", "elapsed_ms:7 "},
        {"took 999999999999999999 ms", "elapsed_ms:999999999999999999 "},
        {"took 1000000000000000000 ms", "elapsed_ms=1000000000000000000 "},
        {"took 2x ms", "elapsed_ms=2x "},
        {"z=1 a=2 count=3", "zed=1 ay=2 count:3 "},
        {"z=1 count=x", "zed=1 count=x "}, /* one is unset */
        {"z= count=3", "count:3 "},        /* one is empty */
        {"either left", "side=left "},
        {"either right 5", "side=right size_bytes:5 "},
        {"minutes 5", "minutes:5 "},
        {"version 17.5", "version=17.5 "},
    };
    struct tl_catalogue *c =
        load("[a.b]\nmatch = ^took (?<elapsed_ms>\\S+) ms$\n"
             "[a.b]\nmatch = ^z=(?<zed>\\d*)(?: a=(?<ay>\\d))? count=(?<count>\\w)$\n"
             "[a.b]\nmatch = (?J)^either (?:(?<side>left)|(?<side>right) (?<size_bytes>\\d+))$\n"
             "[a.b]\nmatch = ^minutes (?<minutes>\\d+)|version (?<version>[\\d.]+)$\n");

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct tl_str none = {"", 0};
        struct tl_match m;
        struct tl_buf b;

        tl_buf_init(&b, 1000);
        tl_classify(c, none, tl_str_from(cases[i].text), none, &m);
        for (size_t k = 0; k < m.nfields; k++) {
            const struct tl_field *f = &m.fields[k];

            if (f->type == TL_FIELD_INT)
                tl_buf_addf(&b, "%.*s:%lld ", TL_FMT(f->name), (long long)f->number);
            else
                tl_buf_addf(&b, "%.*s=%.*s ", TL_FMT(f->name), TL_FMT(f->text));
        }
        assert_str(tl_buf_str(&b), cases[i].want);
        tl_buf_free(&b);
    }
    tl_catalogue_free(c);
}

/* ---- prefilter ---- */

static void
literals_are_what_a_match_must_hold(void **state)
{
    static const struct {
        const char *pattern, *words; /* joined by '|'; empty: none is sure */
    } cases[] = {
        {"(?i)^DB Instance Restarted\\.?$", "db instance restarted"},
        {"^abc", ""}, /* too short to be worth it */
        {"abcd?efgh", "efgh"},
        {"abcde?f", "abcd"},
        {"abcd+e", "abcd"},
        {"abcd{0,2}efgh", "efgh"},
        {"abcd{2}efgh", "abcd"},
        {"abcde{2}{0}f", "abcd"},
        {"(?:alpha|beta)", "alpha|beta"},
        {"(?:alpha|b)", ""},
        {"(?:alpha|)", ""},
        {"(?:alpha beta)?gamma", "gamma"},
        {"(?:alpha beta)+gamma", "alpha beta"},
        {"(?<x>alpha beta)gamma", "alpha beta"},
        {"(?P<x>alpha beta)gamma", "alpha beta"},
        {"(?'x'alpha beta)gamma", "alpha beta"},
        {"(?|alpha beta|gamma delta)", "alpha beta|gamma delta"},
        {"(?>alpha beta)", "alpha beta"},
        {"(?=alpha beta)gamma", "gamma"},
        {"(?!alpha beta)gamma", "gamma"},
        {"(?<=alpha beta)gamma", "gamma"},
        {"(?<!alpha beta)gamma", "gamma"},
        {"alpha|beta", "alpha|beta"},
        {"alpha[^\\]x]beta gamma", "beta gamma"},
        {"alpha[]x]beta gamma", "beta gamma"},
        {"alpha[^]x]beta gamma", "beta gamma"},
        {"alpha\\.beta", "alpha.beta"},
        {"alpha\\d+beta gamma", "beta gamma"},
        {"alpha\\bbeta gamma", "beta gamma"},
        {"alpha.beta gamma", "beta gamma"},
        {"alpha (?i)BETA", "alpha "},
        {"alph\xc3\xa9 beta", " beta"},
        {"(?s-m)alpha", "alpha"},
        {"(?s:alpha)", "alpha"},
        /* not sure: the rule is always tried */
        {"(?x)al pha", ""},
        {"(?x:al pha)", ""},
        {"\\Qalpha\\E", ""},
        {"alpha\\x41", ""},
        {"(alpha)\\1", ""},
        {"(?<x>alpha)\\k<x>", ""},
        {"alpha(?#no)beta", ""},
        {"(*UCP)alpha", ""},
        {"alpha(*ACCEPT)beta", ""},
        {"(alpha)(?1)", ""},
        {"(?(?=a)alpha|beta)", ""},
        {"[[:alpha:]]alpha", ""},
        {"alpha{,3}beta", ""},
        {"alpha{x", ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct literals l;
        struct tl_arena a;
        struct tl_buf b;

        tl_arena_init(&a, 1u << 20);
        tl_buf_init(&b, 1000);
        (void)rule_literals(&a, tl_str_from(cases[i].pattern), &l);
        for (size_t k = 0; k < l.n; k++) {
            tl_buf_add(&b, k > 0 ? TL_STR("|") : TL_STR(""));
            tl_buf_add(&b, l.word[k]);
        }
        assert_str(tl_buf_str(&b), cases[i].words);
        tl_buf_free(&b);
        tl_arena_free(&a);
    }
}

static void
a_rule_is_found_wherever_its_words_stand(void **state)
{
    struct tl_catalogue *c = load("[a.b]\nmatch = (?i)needle(?: in|y)\n[c.d]\nmatch = ^..$\n"
                                  "[e.f]\nmatch = (?:first|second|third) word\n");
    static const struct {
        const char *text, *cls;
    } cases[] = {
        {"needle in a haystack", "a.b"}, {"a haystack with a NEEDLE IN", "a.b"},
        {"needle", "unclassified"},      {"needley", "a.b"},
        {"nee", "unclassified"},         {"ok", "c.d"},
        {"second word", "e.f"},          {"the third word", "e.f"},
        {"fourth word", "unclassified"}, {"needle needle needle in", "a.b"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct tl_str none = {"", 0};
        struct tl_match m;

        tl_classify(c, none, tl_str_from(cases[i].text), none, &m);
        assert_str(m.cls, cases[i].cls);
    }
    tl_catalogue_free(c);
}

/* ---- memory of answers ---- */

static void
answers_are_remembered_unchanged(void **state)
{
    struct tl_catalogue *c = load("[a.b]\nsource = x\nids = RDS-EVENT-0001\n"
                                  "match = ^set (?<name>\\w+) to (?<count>\\d+)$\n"
                                  "[c.d]\nsource = y\nids = RDS-EVENT-0002\n"
                                  "match = ^set (?<name>\\w+) to (?<count>\\d+)$\n");
    char ids[2][20] = {"", ""};
    struct tl_match m;

    (void)state;
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 6000; i++) { /* more texts than places */
            const bool y = i % 3 == 0;
            const char *id = i % 5 == 0 ? "RDS-EVENT-0777" : "";
            char name[32], *carried = ids[(i + round) % 2];
            struct tl_buf text;

            tl_buf_init(&text, 100);
            tl_buf_addf(&text, "set%sname%d to %d", i % 2 ? " " : " \n ", i % 2500, i % 2500);
            memcpy(carried, id, strlen(id) + 1);
            tl_classify(c, y ? TL_STR("y") : TL_STR("x"), tl_buf_str(&text), tl_str_from(carried),
                        &m);
            memset(text.p, '#', text.n); /* the answer holds on without it */
            tl_buf_reset(&text);
            tl_buf_addf(&text, "name%d", i % 2500);
            memcpy(name, text.p, text.n + 1);
            tl_buf_free(&text);
            assert_str(m.cls, y ? "c.d" : "a.b");
            assert_str(m.event_id, *id ? id : y ? "RDS-EVENT-0002" : "RDS-EVENT-0001");
            assert_int_equal(m.nfields, 2);
            assert_str(m.fields[0].text, name);
            assert_int_equal(m.fields[1].number, i % 2500);
            memset(carried, '#', sizeof(ids[0]) - 1);
        }
    }
    assert_int_equal(
        tl_catalogue_add(c, TL_STR("u"), TL_STR("[e.f]\nmatch = ^set name1 to\n"), NULL), TL_OK);
    tl_classify(c, TL_STR("x"), TL_STR("set name1 to 1"), TL_STR(""), &m);
    assert_str(m.cls, "e.f"); /* a new rule: old answers are forgotten */
    tl_catalogue_free(c);
}

static void
parts_of_a_key_do_not_run_into_each_other(void **state)
{
    struct tl_catalogue *c = load("[a.b]\nsource = s\nmatch = ^t$\n[c.d]\nmatch = ^st$\n");
    struct tl_match m;

    (void)state;
    tl_classify(c, TL_STR("s"), TL_STR("t"), TL_STR(""), &m);
    assert_str(m.cls, "a.b");
    tl_classify(c, TL_STR(""), TL_STR("st"), TL_STR(""), &m);
    assert_str(m.cls, "c.d");
    tl_classify(c, TL_STR(""), TL_STR("s"), TL_STR("t"), &m);
    assert_str(m.cls, "unclassified");
    tl_catalogue_free(c);
}

/* ---- near ---- */

static const char near_rules[] =
    "[zdp.finished]\n"
    "match = ^Attempt to upgrade the database(?: instance '(?<instance>[^']+)')? with zero downtime"
    " finished\\. The process took (?<elapsed_ms>\\d+) ms\\.?$\n"
    "sample+ = Attempt to upgrade the database instance 'db-1' with zero downtime finished. The"
    " process took 12 ms.\n"
    "[cluster.created]\nmatch = ^DB cluster created\\.?$\nsample+ = DB cluster created\n"
    "[cluster.deleted]\nmatch = ^DB cluster deleted\\.?$\nsample+ = DB cluster deleted\n"
    "[cluster.renamed]\nmatch = ^DB cluster renamed\\.?$\nsample+ = DB cluster renamed\n"
    "[failover.reason]\nmatch = ^(?<reason>The user asked for a failover)$\n"
    "sample+ = The user asked for a failover\n"
    "[note.free]\nmatch = ^Note to the operator: (?<reason>.+)$\n"
    "sample+ = Note to the operator: anything at all\n"
    "[all.free]\nmatch = ^>(?<reason>.+)$\nsample+ = > The quick brown fox jumps\n";

static void
a_reworded_message_is_near_its_rule(void **state)
{
    static const struct {
        const char *text, *near;
    } cases[] = {
        {"Attempt to upgrade the database instance 'x' with no downtime finished. The process took "
         "3"
         " ms.",
         "zdp.finished"},
        {"Attempt to upgrade database instance 'x' with zero downtime has finished. The process "
         "took"
         " 3 ms.",
         "zdp.finished"},
        {"attempts to upgrade the databases instance x with zero downtime finished. the process "
         "took"
         " 3 ms",
         "zdp.finished"},
        {"DB cluster was created", "cluster.created"},
        {"The user asked for the failover", "failover.reason"}, /* a capture that is spelled out */
        {"Note for the operator: quite other words, and a lot of them, that nobody has seen before",
         "note.free"},
        /* too far, too short, or other words than those that tell the rules apart */
        {"Attempt to upgrade the database", ""},
        {"DB cluster exploded", ""},
        {"cluster created", ""},
        {"The DB cluster exploded", ""},
        {"cluster", ""},
        {"", ""},
        {"...", ""},
        {"created created created created", ""},
        {"to the to the to the", ""},
        {"The quick brown fox jumps", ""}, /* only gap: nothing to be near to */
        {"An unrelated sentence of several words", ""},
    };
    struct tl_catalogue *c = load(near_rules);

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct tl_str none = {"", 0};
        struct tl_match m;

        tl_classify(c, none, tl_str_from(cases[i].text), none, &m);
        assert_str(m.cls, "unclassified");
        assert_str(m.near, cases[i].near);
    }
    tl_catalogue_free(c);
}

static void
a_rule_that_is_added_can_be_near(void **state)
{
    struct tl_catalogue *c = load(near_rules);
    const struct tl_str none = {"", 0}, text = TL_STR("Moved the DB cluster to new hosts");
    struct tl_match m;

    (void)state;
    tl_classify(c, none, text, none, &m);
    assert_str(m.near, "");
    assert_int_equal(tl_catalogue_add(c, TL_STR("u"),
                                      TL_STR("[u.moved]\nmatch = ^Moved the DB cluster to a new"
                                             " host$\nsample+ = Moved the DB cluster to a new"
                                             " host\n"),
                                      NULL),
                     TL_OK);
    tl_classify(c, none, text, none, &m);
    assert_str(m.near, "u.moved");
    tl_catalogue_free(c);
}

static void
near_survives_hostile_text(void **state)
{
    struct tl_catalogue *c = load(near_rules);
    const struct tl_str none = {"", 0};
    size_t n = 200000;
    char *text = malloc(n);
    struct tl_match m;

    (void)state;
    for (size_t k = 0; k < 4; k++) {
        static const char *const fills[] = {"DB cluster ", "a ", "'", "\0\xff[]"};
        static const size_t sizes[] = {11, 2, 1, 4};

        for (size_t i = 0; i < n; i++)
            text[i] = fills[k][i % sizes[k]];
        tl_classify(c, none, (struct tl_str){text, n}, none, &m);
        assert_str(m.cls, "unclassified");
        assert_str(m.near, "");
    }
    free(text);
    tl_catalogue_free(c);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(later_files_come_first_and_a_bad_one_changes_nothing),
        cmocka_unit_test(text_decides_and_the_id_helps),
        cmocka_unit_test(an_id_alone_gives_no_phase_that_is_in_doubt),
        cmocka_unit_test(a_slow_rule_is_reported_not_hidden),
        cmocka_unit_test(normalises_text),
        cmocka_unit_test(long_text_is_cut_not_refused),
        cmocka_unit_test(fields_are_typed_by_name_and_text),
        cmocka_unit_test(literals_are_what_a_match_must_hold),
        cmocka_unit_test(a_rule_is_found_wherever_its_words_stand),
        cmocka_unit_test(answers_are_remembered_unchanged),
        cmocka_unit_test(parts_of_a_key_do_not_run_into_each_other),
        cmocka_unit_test(a_reworded_message_is_near_its_rule),
        cmocka_unit_test(a_rule_that_is_added_can_be_near),
        cmocka_unit_test(near_survives_hostile_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
