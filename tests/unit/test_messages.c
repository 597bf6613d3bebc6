/* The built-in rules: the messages of tests/data/messages.tsv, the rules' own samples, and that the
 * answers do not depend on prefilter and memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/names.h"
#include "parse/builtin.h"
#include "parse/catalogue.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
static const struct tl_str none = {"", 0};

static struct tl_catalogue *
builtin(void)
{
    struct tl_catalogue *c = NULL;
    struct tl_error err;

    for (const struct tl_builtin_rules *b = tl_builtin_rules; b->name; b++) {
        struct tl_str name = tl_str_from(b->name), text = {b->text, b->n};

        if (c ? tl_catalogue_add(c, name, text, &err) : tl_catalogue_load(name, text, &c, &err))
            fail_msg("%s", err.msg);
    }
    return c;
}

static void
the_rules_do_what_they_say(void **state)
{
    struct tl_catalogue *c = builtin();
    struct tl_error err;
    struct tl_buf b;

    (void)state;
    tl_buf_init(&b, 1u << 20);
    if (tl_catalogue_check(c, &b, &err))
        fail_msg("%s\n%.*s", err.msg, TL_FMT(tl_buf_str(&b)));
    tl_buf_free(&b);
    tl_catalogue_free(c);
}

/* ---- messages.tsv ---- */

struct row {
    struct tl_str cls, source, fields, id;
    struct tl_buf text;
    unsigned line;
};

static char *
read_file(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    char *p = malloc(1u << 20);

    assert_non_null(f);
    assert_non_null(p);
    *n = fread(p, 1, 1u << 20, f);
    assert_true(*n < 1u << 20);
    fclose(f);
    return p;
}

/* The next row of the table; its text with "\n" as a line break. */
static bool
next_row(struct tl_str *rest, struct row *row)
{
    struct tl_str line, text;

    while (tl_str_line(rest, &line)) {
        row->line++;
        if (line.n == 0 || line.p[0] == '#' || tl_str_starts(line, TL_STR("class\t")))
            continue;
        assert_true(tl_str_cut(line, '\t', &row->cls, &text));
        assert_true(tl_str_cut(text, '\t', &row->source, &text));
        assert_true(tl_str_cut(text, '\t', &row->fields, &text));
        assert_true(tl_str_cut(text, '\t', &row->id, &text));
        tl_buf_reset(&row->text);
        while (text.n > 0) {
            bool newline = tl_str_starts(text, TL_STR("\\n"));

            tl_buf_add(&row->text, newline ? TL_STR("\n") : (struct tl_str){text.p, 1});
            text = tl_str_skip(text, newline ? 2 : 1);
        }
        return true;
    }
    return false;
}

/* "a=1,b=x\, y", or "-". */
static void
write_fields(const struct tl_match *m, struct tl_buf *out)
{
    for (size_t i = 0; i < m->nfields; i++) {
        const struct tl_field *f = &m->fields[i];

        tl_buf_addf(out, "%s%.*s=", i > 0 ? "," : "", TL_FMT(f->name));
        if (f->type == TL_FIELD_INT)
            tl_buf_addf(out, "%lld", (long long)f->number);
        for (size_t k = 0; k < f->text.n; k++) {
            if (f->text.p[k] == ',')
                tl_buf_add(out, TL_STR("\\"));
            tl_buf_add(out, (struct tl_str){f->text.p + k, 1});
        }
    }
    if (m->nfields == 0)
        tl_buf_add(out, TL_STR("-"));
}

/* The next "name=value"; a comma behind a backslash is part of it. */
static bool
next_field(struct tl_str *rest, struct tl_str *field)
{
    size_t n = 0;

    while (n < rest->n && (rest->p[n] != ',' || (n > 0 && rest->p[n - 1] == '\\')))
        n++;
    *field = (struct tl_str){rest->p, n};
    *rest = tl_str_skip(*rest, n + 1);
    return n > 0;
}

/* The same fields, in whatever order. */
static bool
same_fields(struct tl_str a, struct tl_str b)
{
    struct tl_str one, other;
    bool found = a.n == b.n;

    while (found && next_field(&a, &one)) {
        found = false;
        for (struct tl_str rest = b; !found && next_field(&rest, &other);)
            found = tl_str_eq(one, other);
    }
    return found;
}

/* Whether a rule of this very source matches (the engine also tries those of other sources). */
static bool
source_knows(struct tl_catalogue *c, struct tl_str source, struct tl_str text)
{
    catalogue_hits(c, catalogue_normalise(c, text));
    for (size_t i = 0; i < c->nhits; i++)
        if (rule_fits(c->hits[i], source))
            return true;
    return false;
}

static void
known_messages_are_classified(void **state)
{
    struct tl_catalogue *c = builtin();
    struct row row = {.line = 0};
    struct tl_buf fields;
    struct tl_match m;
    size_t n, rows = 0;
    char *file = read_file("tests/data/messages.tsv", &n);
    struct tl_str rest = {file, n};

    (void)state;
    tl_buf_init(&row.text, 1u << 16);
    tl_buf_init(&fields, 1u << 16);
    for (; next_row(&rest, &row); rows++) {
        struct tl_str text = tl_buf_str(&row.text);

        tl_classify(c, row.source, text, none, &m);
        if (tl_str_eq(row.cls, TL_STR("unclassified"))) {
            if (source_knows(c, row.source, text))
                fail_msg("messages.tsv:%u: %.*s", row.line, TL_FMT(m.cls));
            continue;
        }
        tl_buf_reset(&fields);
        write_fields(&m, &fields);
        if (!tl_str_eq(m.cls, row.cls) || !same_fields(tl_buf_str(&fields), row.fields) ||
            !tl_str_eq(m.event_id.n > 0 ? m.event_id : TL_STR("-"), row.id) || m.gave_up)
            fail_msg("messages.tsv:%u: %.*s (%.*s) %.*s %.*s", row.line, TL_FMT(m.cls),
                     TL_FMT(m.rule_name), TL_FMT(tl_buf_str(&fields)), TL_FMT(m.event_id));
    }
    assert_true(rows > 250);
    tl_buf_free(&fields);
    tl_buf_free(&row.text);
    free(file);
    tl_catalogue_free(c);
}

static void
reworded_messages_are_near_their_rules(void **state)
{
    static const struct {
        const char *text, *near;
    } cases[] = {
        {"Database cluster engine minor version upgrade has started. Cluster remains online.",
         "upgrade.started"},
        {"Database cluster engine versions have been upgraded.", "upgrade.finished"},
        /* the sample with most words in common, not the one with the widest gap */
        {"Attempt to downgrade the database with zero downtime finished. The process took 2360 ms, "
         "6"
         " connections preserved, 0 connections dropped.",
         "zdp.finished"},
        {"Attempt to upgrade the database instance 'x-1' with no downtime finished. The process "
         "took"
         " 5 ms, 1 connections preserved, 0 connections dropped.",
         "zdp.finished"},
        {"Aurora quick startup completed in [1431425] microseconds.", "startup.fast"},
        {"Started planned cross AZ failover to DB instance: orders-2", "failover.started"},
        {"DB instance was restarted", "instance.restarted"},
        {"The DB cluster exploded", ""},
        {"The DB instance is on fire", ""},
        {"DB instance shutdown requested by user", ""},
        {"Hello world", ""},
        {"The quick brown fox jumps over the lazy dog", ""},
        {"FATAL: the database system is starting up", ""},
    };
    struct tl_catalogue *c = builtin();

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct tl_match m;

        tl_classify(c, none, tl_str_from(cases[i].text), none, &m);
        if (!tl_str_eq(m.near, tl_str_from(cases[i].near)))
            fail_msg("%s: near %.*s", cases[i].text, TL_FMT(m.near));
    }
    tl_catalogue_free(c);
}

/* ---- classes and ids ---- */

static void
the_classes_that_others_rely_on_are_there(void **state)
{
    static const char *const classes[] = {
        "upgrade.started",
        "upgrade.progress",
        "upgrade.instances-finished",
        "upgrade.finished",
        "upgrade.version-changed",
        "upgrade.refused",
        "upgrade.failed",
        "upgrade.rolled-back",
        "upgrade.cancelled",
        "upgrade.available",
        "precheck.started",
        "precheck.finished",
        "precheck.failed",
        "zdp.attempted",
        "zdp.finished",
        "zdp.failed",
        "startup.fast",
        "instance.shutdown",
        "instance.restarted",
        "instance.stopped",
        "instance.started",
        "cluster.offline",
        "cluster.online",
        "instance.recovery-started",
        "parameter.adjusted",
        "parameter.updated",
        "instance.recovery-finished",
        "patch.started",
        "patch.finished",
        "failover.started",
        "failover.completed",
        "failover.failed",
        "failover.reason",
        "backup.started",
        "backup.finished",
        "snapshot.created",
        "os-upgrade.started",
        "os-upgrade.finished",
        "global.switchover-started",
        "bluegreen.created",
        "global.failover-failed",
        "log.shutdown-requested",
        "log.shutdown",
        "log.starting-up",
        "log.was-shut-down",
        "log.was-interrupted",
        "log.recovery",
        "log.ready",
        "log.crash",
        "log.connection-refused",
        "log.connection-dropped",
    };
    struct tl_catalogue *c = builtin();
    struct tl_buf b;

    (void)state;
    tl_buf_init(&b, 1u << 20);
    for (size_t i = 0; i < COUNT(classes); i++)
        if (tl_catalogue_show(c, tl_str_from(classes[i]), &b, NULL))
            fail_msg("no rule has the class %s", classes[i]);
    tl_buf_free(&b);
    tl_catalogue_free(c);
}

static void
every_id_of_the_catalogue_gives_a_class(void **state)
{
    struct tl_catalogue *c = builtin();
    size_t different = 0;

    (void)state;
    catalogue_index(c);
    for (size_t i = 0; i < c->nids; i++) {
        struct tl_match m;

        different += i == 0 || !tl_str_eq(c->ids[i].id, c->ids[i - 1].id);
        tl_classify(c, none, TL_STR("words that are in no rule"), c->ids[i].id, &m);
        assert_true(m.by_id);
        assert_true(tl_str_eq(m.event_id, c->ids[i].id));
        assert_false(tl_str_eq(m.cls, TL_STR("unclassified")));
    }
    assert_int_equal(different, 337); /* the official catalogue */
    tl_catalogue_free(c);
}

static void
what_show_prints_is_the_rule(void **state)
{
    struct tl_catalogue *c = builtin();
    struct tl_buf b, again;

    (void)state;
    tl_buf_init(&b, 1u << 20);
    tl_buf_init(&again, 1u << 20);
    for (size_t i = 0; i < c->n; i++) {
        struct tl_catalogue *copy;
        struct tl_str first, body;

        tl_buf_reset(&b);
        tl_buf_reset(&again);
        assert_int_equal(tl_catalogue_show(c, c->rules[i]->cls, &b, NULL), TL_OK);
        assert_int_equal(tl_catalogue_load(TL_STR("x"), tl_buf_str(&b), &copy, NULL), TL_OK);
        assert_int_equal(tl_catalogue_show(copy, c->rules[i]->cls, &again, NULL), TL_OK);
        body = tl_buf_str(&again);
        for (struct tl_str rest = tl_buf_str(&b); tl_str_line(&rest, &first);) {
            struct tl_str line;

            assert_true(tl_str_line(&body, &line)); /* comments name other places */
            assert_true(tl_str_eq(first, line) || (first.p[0] == '#' && line.p[0] == '#'));
        }
        assert_int_equal(body.n, 0);
        tl_catalogue_free(copy);
    }
    tl_buf_free(&again);
    tl_buf_free(&b);
    tl_catalogue_free(c);
}

/* ---- the same answer by every way ---- */

static uint32_t
roll(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

/* A text that is like another: letters, words and ends changed. */
static void
mutate(struct tl_str s, uint32_t *seed, struct tl_buf *out)
{
    static const char some[] = " .'0Zz\t[]\xff";
    unsigned left = roll(seed) % 4;

    tl_buf_reset(out);
    for (size_t i = 0; i < s.n; i++) {
        uint32_t v = roll(seed);
        char c = s.p[i];

        if (left == 0 || v % s.n > 3) {
            tl_buf_add(out, (struct tl_str){&c, 1});
            continue;
        }
        left--;
        if (v >> 28 < 4)
            c = some[(v >> 20) % (sizeof(some) - 1)];
        else if (v >> 28 < 8)
            c = (char)(c ^ 0x20);
        else if (v >> 28 < 10)
            tl_buf_add(out, tl_str_skip(s, i / 2));
        if (v >> 28 < 12)
            tl_buf_add(out, (struct tl_str){&c, 1});
    }
}

static void
assert_same(const struct tl_match *a, const struct tl_match *b, struct tl_str text)
{
    bool same = tl_str_eq(a->cls, b->cls) && tl_str_eq(a->event_id, b->event_id) &&
                tl_str_eq(a->near, b->near) && tl_str_eq(a->rule_name, b->rule_name) &&
                a->id_contradicts == b->id_contradicts && a->by_id == b->by_id &&
                a->gave_up == b->gave_up && a->nfields == b->nfields && a->phase == b->phase;

    for (size_t i = 0; same && i < a->nfields; i++)
        same = tl_str_eq(a->fields[i].name, b->fields[i].name) &&
               tl_str_eq(a->fields[i].text, b->fields[i].text) &&
               a->fields[i].type == b->fields[i].type && a->fields[i].number == b->fields[i].number;
    if (!same)
        fail_msg("%.*s / %.*s: %.*s", TL_FMT(a->cls), TL_FMT(b->cls), TL_FMT(text));
}

static void
prefilter_and_memory_change_no_answer(void **state)
{
    static const char *const sources[] = {"", "db-instance", "db-cluster", "db-snapshot", "odd"};
    static const char *const ids[] = {"", "", "RDS-EVENT-0173", "RDS-EVENT-9999"};
    struct tl_catalogue *quick = builtin(), *plain = builtin();
    uint32_t seed = 20260411;
    size_t hits = 0, tried = 0;
    struct tl_buf text;

    (void)state;
    tl_buf_init(&text, 1u << 16);
    catalogue_plain(plain, true);
    for (size_t i = 0; i < quick->n; i++) {
        for (const struct sample *s = quick->rules[i]->samples; s; s = s->next) {
            for (unsigned k = 0; k < 24; k++) {
                struct tl_str source = tl_str_from(sources[roll(&seed) % COUNT(sources)]);
                struct tl_str id = tl_str_from(ids[roll(&seed) % COUNT(ids)]);
                struct tl_match a, b;

                mutate(s->text, &seed, &text);
                tl_classify(plain, source, tl_buf_str(&text), id, &b);
                for (int twice = 0; twice < 2; twice++) {
                    tl_classify(quick, source, tl_buf_str(&text), id, &a);
                    assert_same(&a, &b, tl_buf_str(&text));
                }
                hits += a.nfields > 0 || !tl_str_eq(a.cls, TL_STR("unclassified"));
                tried++;
            }
        }
    }
    assert_true(hits > tried / 4 && hits < tried); /* both sides were tried */
    tl_buf_free(&text);
    tl_catalogue_free(quick);
    tl_catalogue_free(plain);
}

static void
hostile_text_gets_an_answer(void **state)
{
    struct tl_catalogue *c = builtin();
    size_t n = 100000;
    char *text = malloc(n);

    (void)state;
    assert_non_null(text);
    for (size_t i = 0; i < c->n; i += 7) { /* a sample's opening, then 100,000 bytes of the same */
        const struct sample *s = c->rules[i]->samples;
        static const char fills[] = "a !'[.0\xc2";
        struct tl_match m;

        memset(text, fills[i % (sizeof(fills) - 1)], n);
        memcpy(text, s->text.p, s->text.n - 1);
        tl_classify(c, none, (struct tl_str){text, n}, none, &m);
        assert_true(m.cls.n > 0);
        assert_false(m.gave_up);
    }
    free(text);
    tl_catalogue_free(c);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rules_do_what_they_say),
        cmocka_unit_test(known_messages_are_classified),
        cmocka_unit_test(reworded_messages_are_near_their_rules),
        cmocka_unit_test(the_classes_that_others_rely_on_are_there),
        cmocka_unit_test(every_id_of_the_catalogue_gives_a_class),
        cmocka_unit_test(what_show_prints_is_the_rule),
        cmocka_unit_test(prefilter_and_memory_change_no_answer),
        cmocka_unit_test(hostile_text_gets_an_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
