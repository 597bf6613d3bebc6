/*
 * Any bytes as a message under the built-in rules: always a class; the event id is one of the
 * rules' or the carried one; fields lie in the message; prefilter and memory change nothing.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "parse/builtin.h"
#include "parse/catalogue.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct tl_catalogue *
builtin(void)
{
    struct tl_catalogue *c = NULL;

    for (const struct tl_builtin_rules *b = tl_builtin_rules; b->name; b++) {
        struct tl_str name = tl_str_from(b->name), text = {b->text, b->n};

        if (c ? tl_catalogue_add(c, name, text, NULL) : tl_catalogue_load(name, text, &c, NULL))
            abort();
    }
    return c;
}

static bool
holds(const struct tl_match *m, struct tl_str carried, const struct tl_catalogue *c)
{
    size_t n = 0;

    for (size_t i = 0; i < m->nfields; i++)
        if (m->fields[i].name.n == 0 ||
            (m->fields[i].type == TL_FIELD_TEXT ? m->fields[i].text.n == 0
                                                : m->fields[i].number < 0))
            return false;
    return m->cls.n > 0 &&
           (m->event_id.n == 0 || tl_str_eq(m->event_id, carried) ||
            catalogue_id(c, m->event_id, &n)) &&
           (!m->by_id || m->nfields == 0) &&
           (!m->id_contradicts || !tl_str_eq(m->event_id, carried));
}

static bool
same(const struct tl_match *a, const struct tl_match *b)
{
    for (size_t i = 0; i < a->nfields && i < b->nfields; i++)
        if (!tl_str_eq(a->fields[i].name, b->fields[i].name) ||
            !tl_str_eq(a->fields[i].text, b->fields[i].text) ||
            a->fields[i].number != b->fields[i].number)
            return false;
    return a->nfields == b->nfields && tl_str_eq(a->cls, b->cls) &&
           tl_str_eq(a->event_id, b->event_id) && tl_str_eq(a->near, b->near) &&
           tl_str_eq(a->rule_name, b->rule_name) && a->id_contradicts == b->id_contradicts &&
           a->by_id == b->by_id;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct tl_str sources[] = {
        {"", 0}, {"db-instance", 11}, {"db-cluster", 10}, {"odd", 3}};
    static const struct tl_str ids[] = {
        {"", 0}, {"RDS-EVENT-0286", 14}, {"RDS-EVENT-9999", 14}, {"RDS-EVENT-0173", 14}};
    static struct tl_catalogue *quick, *plain;
    struct tl_match fresh, again, slow;
    struct tl_str text, source, id;

    if (!quick) {
        quick = builtin();
        plain = builtin();
        catalogue_plain(plain, true);
    }
    if (size == 0)
        return 0;
    source = sources[data[0] & 3];
    id = ids[data[0] >> 2 & 3];
    text = (struct tl_str){(const char *)data + 1, size - 1};
    tl_classify(plain, source, text, id, &slow);
    tl_classify(quick, source, text, id, &fresh);
    assert(holds(&fresh, id, quick));
    assert(slow.gave_up || (!fresh.gave_up && same(&fresh, &slow)));
    tl_classify(quick, source, text, id, &again); /* from memory */
    assert(slow.gave_up || same(&again, &slow));
    return 0;
}
