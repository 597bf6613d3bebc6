/* rule_assume.c - `assume = NAME: FIELD [since CLASS]`: what the rules say of stated durations. */
#include <stdlib.h>

#include "parse/catalogue.h"

static bool
ends(struct tl_str s, struct tl_str with)
{
    return s.n > with.n && tl_str_eq(tl_str_skip(s, s.n - with.n), with);
}

static bool
has_unit(struct tl_str field)
{
    return ends(field, TL_STR("_ms")) || ends(field, TL_STR("_us")) || ends(field, TL_STR("_s"));
}

bool
rule_assume_read(struct tl_str rest, struct tl_str *field, struct tl_str *since)
{
    struct tl_str word;

    *since = (struct tl_str){"", 0};
    if (!tl_str_cut(rest, ' ', field, &rest))
        return has_unit(*field);
    rest = tl_str_trim(rest);
    if (!has_unit(*field) || !tl_str_cut(rest, ' ', &word, &rest) ||
        !tl_str_eq(word, TL_STR("since")))
        return false;
    *since = tl_str_trim(rest);
    return since->n > 0 && !tl_str_cut(*since, ' ', &word, &rest);
}

static int
by_content(const void *pa, const void *pb)
{
    const struct tl_assume_rule *a = pa, *b = pb;
    int c = tl_str_cmp(a->cls, b->cls);

    c = c ? c : tl_str_cmp(a->name, b->name);
    c = c ? c : tl_str_cmp(a->field, b->field);
    return c ? c : tl_str_cmp(a->since, b->since);
}

static size_t
count(const struct tl_catalogue *c)
{
    size_t n = 0;

    for (size_t i = 0; i < c->n; i++)
        for (const struct assume *a = c->rules[i]->assumes; a; a = a->next)
            n++;
    return n;
}

enum tl_status
tl_catalogue_assumes(const struct tl_catalogue *c, struct tl_arena *arena,
                     struct tl_assume_rule **out, size_t *n, struct tl_error *err)
{
    struct tl_assume_rule *list = tl_arena_alloc(arena, (count(c) + 1) * sizeof(*list));
    size_t all = 0;

    *n = 0;
    *out = list;
    if (!list)
        return tl_fail(err, TL_ENOMEM, 0, "no room for the rules");
    for (size_t i = 0; i < c->n; i++) {
        for (const struct assume *a = c->rules[i]->assumes; a; a = a->next) {
            struct tl_assume_rule *r = &list[all];

            *r = (struct tl_assume_rule){.cls = c->rules[i]->cls, .name = a->name};
            all += rule_assume_read(a->rest, &r->field, &r->since);
        }
    }
    if (all > 1)
        qsort(list, all, sizeof(*list), by_content);
    for (size_t i = 0; i < all; i++)
        if (*n == 0 || by_content(&list[*n - 1], &list[i]) != 0)
            list[(*n)++] = list[i];
    return TL_OK;
}
