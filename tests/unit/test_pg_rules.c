/* The rules of PostgreSQL's log: tests/data/pg-messages.tsv, message by message, and that a log's
 * records need not be read to know that no rule wants them. */
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
#include "parse/log.h"

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

/* ---- the table ---- */

struct row {
    struct tl_str cls, fields, text; /* cls "-": no rule of this source may know it */
    unsigned line;
};

static struct tl_str
table(void)
{
    FILE *f = fopen("tests/data/pg-messages.tsv", "rb");
    char *p = malloc(1u << 18);
    size_t n;

    assert_non_null(f);
    assert_non_null(p);
    n = fread(p, 1, 1u << 18, f);
    assert_true(n < 1u << 18);
    fclose(f);
    return (struct tl_str){p, n};
}

static bool
next_row(struct tl_str *rest, struct row *row)
{
    struct tl_str line;

    while (tl_str_line(rest, &line)) {
        row->line++;
        if (line.n == 0 || line.p[0] == '#')
            continue;
        assert_true(tl_str_cut(line, '\t', &row->cls, &line));
        assert_true(tl_str_cut(line, '\t', &row->fields, &row->text));
        return true;
    }
    return false;
}

/* "a=1|b=x", or "-". */
static void
write_fields(const struct tl_match *m, struct tl_buf *out)
{
    tl_buf_reset(out);
    for (size_t i = 0; i < m->nfields; i++) {
        const struct tl_field *f = &m->fields[i];

        tl_buf_addf(out, "%s%.*s=", i > 0 ? "|" : "", TL_FMT(f->name));
        if (f->type == TL_FIELD_INT)
            tl_buf_addf(out, "%lld", (long long)f->number);
        else
            tl_buf_add(out, f->text);
    }
    if (m->nfields == 0)
        tl_buf_add(out, TL_STR("-"));
}

/* What a log's record gets: rules of other sources do not count (as log.c has it). */
static void
classify(struct tl_catalogue *c, struct tl_str text, struct tl_match *m)
{
    bool known = false;

    catalogue_hits(c, catalogue_normalise(c, text));
    for (size_t i = 0; i < c->nhits; i++)
        known |= rule_fits(c->hits[i], TL_STR("pg"));
    tl_classify(c, TL_STR("pg"), text, none, m);
    if (!known) {
        m->cls = TL_STR("-");
        m->nfields = 0;
    }
}

static void
messages_have_their_class_and_fields(void **state)
{
    struct tl_catalogue *c = builtin();
    struct tl_str file = table(), rest = file;
    struct row row = {.line = 0};
    size_t known = 0, ordinary = 0, bad = 0;
    struct tl_buf fields;

    (void)state;
    tl_buf_init(&fields, 1u << 16);
    catalogue_index(c);
    while (next_row(&rest, &row)) {
        struct tl_match m;

        classify(c, row.text, &m);
        write_fields(&m, &fields);
        if (!tl_str_eq(m.cls, row.cls) || !tl_str_eq(tl_buf_str(&fields), row.fields)) {
            print_error("pg-messages.tsv:%u: %.*s\t%.*s\t%.*s\n", row.line, TL_FMT(m.cls),
                        TL_FMT(tl_buf_str(&fields)), TL_FMT(row.text));
            bad++;
        }
        if (tl_str_eq(row.cls, TL_STR("-")))
            ordinary++;
        else
            known++;
    }
    assert_int_equal(bad, 0);
    assert_true(known > 200 && ordinary > 50);
    tl_buf_free(&fields);
    free((char *)(uintptr_t)file.p);
    tl_catalogue_free(c);
}

/* ---- by its first words ---- */

static bool
may(const struct log_keys *k, struct tl_str text)
{
    char line[1024 + LOG_PAD] = "";
    size_t n = text.n < 1024 ? text.n : 1024;

    memcpy(line, text.p, n);
    return log_keys_may(k, line, line + n);
}

static void
every_rule_says_how_its_messages_begin(void **state)
{
    struct tl_catalogue *c = builtin();
    size_t n = 0;

    (void)state;
    for (size_t i = 0; i < c->n; i++) {
        struct rule_heads heads;

        if (c->rules[i]->nsources == 0 || !rule_fits(c->rules[i], TL_STR("pg")))
            continue;
        n++;
        if (!rule_heads(c->rules[i]->match, &heads))
            fail_msg("%.*s: no first words", TL_FMT(c->rules[i]->where));
    }
    assert_true(n > 80);
    tl_catalogue_free(c);
}

static void
ordinary_messages_are_passed_over(void **state)
{
    struct tl_catalogue *c = builtin();
    const struct log_keys *k = log_keys_of(c, TL_STR("pg"));
    struct tl_str file = table(), rest = file;
    struct row row = {.line = 0};
    size_t ordinary = 0, looked = 0;

    (void)state;
    assert_non_null(k);
    while (next_row(&rest, &row)) {
        if (!tl_str_eq(row.cls, TL_STR("-"))) {
            if (!may(k, row.text))
                fail_msg("pg-messages.tsv:%u is passed over", row.line);
            continue;
        }
        ordinary++;
        looked += may(k, row.text);
    }
    assert_true(looked * 5 < ordinary); /* a few begin like one that is known */
    assert_false(may(k, TL_STR("statement: select 1")));
    assert_false(may(k, TL_STR("duration: 0.062 ms")));
    assert_false(may(k, TL_STR("connection received: host=[local]")));
    assert_false(may(k, TL_STR("checkpoint complete: wrote 812 buffers")));
    free((char *)(uintptr_t)file.p);
    tl_catalogue_free(c);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_have_their_class_and_fields),
        cmocka_unit_test(every_rule_says_how_its_messages_begin),
        cmocka_unit_test(ordinary_messages_are_passed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
