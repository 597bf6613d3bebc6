#include "cli/assume.h"

#include "core/names.h"

enum { MAX_NAMES = 32 };

static bool
is_listed(const struct tl_str *list, size_t n, struct tl_str name)
{
    for (size_t i = 0; i < n; i++)
        if (tl_str_eq(list[i], name))
            return true;
    return false;
}

/* All names that there are: those that the program knows, and those of rules. */
static enum tl_status
list_names(const struct tl_build_options *b, struct tl_str *names, size_t *n, struct tl_error *err)
{
    *n = 0;
    for (unsigned i = 0; i < TL_NASSUMES; i++)
        names[(*n)++] = tl_assume_name((enum tl_assume)i);
    for (size_t i = 0; i < b->nrules; i++) {
        if (is_listed(names, *n, b->rules[i].name))
            continue;
        if (*n == MAX_NAMES)
            return tl_fail(err, TL_ERULE, 0, "the rules name more than %d assumptions", MAX_NAMES);
        names[(*n)++] = b->rules[i].name;
    }
    return TL_OK;
}

static enum tl_status
no_such_name(struct tl_str name, const struct tl_str *names, size_t n, struct tl_error *err)
{
    struct tl_buf list;

    tl_buf_init(&list, 300);
    for (size_t i = 0; i < n; i++)
        tl_buf_addf(&list, "%s%.*s", i > 0 ? ", " : "", TL_FMT(names[i]));
    tl_fail(err, TL_EUSAGE, 0, "--assume: there is no assumption %.*s; there are none, or: %s",
            name.n > 60 ? 60 : TL_FMT(name), tl_buf_str(&list).p);
    tl_buf_free(&list);
    return TL_EUSAGE;
}

enum tl_status
assume_read(struct session *s, struct tl_build_options *b, struct tl_error *err)
{
    struct tl_str names[MAX_NAMES], rest = s->o.assume, name, *chosen;
    struct tl_assume_rule *rules;
    enum tl_status st = tl_catalogue_assumes(s->catalogue, &s->arena, &rules, &b->nrules, err);
    size_t n;

    b->rules = rules;
    if (!st)
        st = list_names(b, names, &n, err);
    if (st || rest.n == 0)
        return st;
    chosen = tl_arena_alloc(&s->arena, MAX_NAMES * sizeof(*chosen));
    if (!chosen)
        return tl_fail(err, TL_ENOMEM, 0, "out of memory");
    b->assume_some = true;
    b->assume = chosen;
    if (tl_str_eq(rest, TL_STR("none")))
        return TL_OK;
    while (rest.n > 0) {
        tl_str_cut(rest, ',', &name, &rest);
        name = tl_str_trim(name);
        if (!is_listed(names, n, name))
            return no_such_name(name, names, n, err);
        if (!is_listed(chosen, b->nassume, name))
            chosen[b->nassume++] = name;
    }
    return TL_OK;
}
