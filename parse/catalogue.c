/*
 * catalogue.c - owns the rules: compiles them, knows their order and their ids.
 *
 * Patterns are compiled when a file is added, so that a bad one is named at once; machine code is
 * made of a pattern only when a text is first tried on it.
 */
#include "parse/catalogue.h"
#include "parse/log_keys.h"

#include <stdlib.h>
#include <string.h>

enum {
    STEPS_MAX = 1000 * 1000, /* PCRE2's match limit */
    DEPTH_MAX = 100 * 1000,
    HEAP_MAX_KIB = 16 * 1024,
    STACK_MIN = 32 * 1024,
    STACK_MAX = 1024 * 1024,
    NESTING_MAX = 100, /* parentheses in a pattern */
    NORM_PAD = 64      /* bytes behind a text that machine code may load, never use */
};

/* ---- compiling ---- */

/* Captures whose digits are a number; with the endings below, the typed fields of the CONTRACT. */
static bool
is_number_name(struct tl_str name)
{
    static const struct tl_str counted[] = {{"preserved", 9}, {"dropped", 7},  {"remaining", 9},
                                            {"count", 5},     {"position", 8}, {"minutes", 7}};
    static const struct tl_str endings[] = {
        {"_ms", 3}, {"_us", 3}, {"_s", 2}, {"_bytes", 6}, {"_count", 6}};

    for (size_t i = 0; i < sizeof(counted) / sizeof(counted[0]); i++)
        if (tl_str_eq(name, counted[i]))
            return true;
    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
        if (name.n > endings[i].n &&
            tl_str_eq(tl_str_skip(name, name.n - endings[i].n), endings[i]))
            return true;
    return false;
}

static int
by_group(const void *a, const void *b)
{
    const struct capture *x = a, *y = b;

    return (x->group > y->group) - (x->group < y->group);
}

static enum tl_status
read_captures(struct tl_catalogue *c, struct rule *r, struct tl_error *err)
{
    uint32_t groups = 0, names = 0, size = 0;
    PCRE2_SPTR table = NULL;

    (void)pcre2_pattern_info(r->code, PCRE2_INFO_CAPTURECOUNT, &groups);
    (void)pcre2_pattern_info(r->code, PCRE2_INFO_NAMECOUNT, &names);
    (void)pcre2_pattern_info(r->code, PCRE2_INFO_NAMEENTRYSIZE, &size);
    (void)pcre2_pattern_info(r->code, PCRE2_INFO_NAMETABLE, &table);
    if (groups >= RULE_CAPTURES_MAX || names >= RULE_CAPTURES_MAX) {
        return tl_fail(err, TL_ERULE, r->match_line,
                       "%.*s:%u: the pattern has more than %d groups: write (?:...) where nothing"
                       " is to be kept",
                       TL_FMT(r->file), r->match_line, RULE_CAPTURES_MAX - 1);
    }
    r->captures = tl_arena_alloc(&c->arena, names * sizeof(*r->captures));
    if (!r->captures)
        return tl_fail(err, TL_ENOMEM, r->line, "%.*s: no room for its rules", TL_FMT(r->file));
    for (uint32_t i = 0; i < names; i++, table += size) { /* two bytes of group, name, NUL */
        struct tl_str name = tl_str_from((const char *)table + 2);

        r->captures[i] = (struct capture){.name = name,
                                          .group = (uint32_t)table[0] << 8 | table[1],
                                          .number = is_number_name(name)};
    }
    r->ncaptures = names;
    if (names > 1)
        qsort(r->captures, names, sizeof(*r->captures), by_group);
    return TL_OK;
}

static enum tl_status
compile(struct tl_catalogue *c, struct rule *r, pcre2_compile_context *how, struct tl_error *err)
{
    const uint32_t options = PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C | PCRE2_NEVER_UTF;
    PCRE2_UCHAR why[160] = "";
    PCRE2_SIZE at = 0;
    int code = 0;

    r->code = pcre2_compile((PCRE2_SPTR)r->match.p, r->match.n, options, &code, &at, how);
    if (!r->code && code == PCRE2_ERROR_HEAP_FAILED)
        return tl_fail(err, TL_ENOMEM, 0, "no room for the rules");
    if (!r->code) {
        (void)pcre2_get_error_message(code, why, sizeof(why));
        return tl_fail(err, TL_ERULE, r->match_line,
                       "%.*s:%u: the pattern is not valid: %s, at its character %zu: correct it"
                       " there",
                       TL_FMT(r->file), r->match_line, (const char *)why, at + 1);
    }
    return read_captures(c, r, err);
}

/* False: there is no room, or (of a rule that nobody checked) the pattern is not valid. */
bool
rule_ready(struct tl_catalogue *c, struct rule *r)
{
    pcre2_compile_context *how;
    struct tl_error err;

    if (r->code || r->hopeless)
        return r->code != NULL;
    how = pcre2_compile_context_create(NULL);
    if (!how || pcre2_set_parens_nest_limit(how, NESTING_MAX) || compile(c, r, how, &err)) {
        r->hopeless = true;
        c->starved = true;
    }
    pcre2_compile_context_free(how);
    return !r->hopeless;
}

static enum tl_status
compile_all(struct tl_catalogue *c, const struct rule_list *list, struct tl_error *err)
{
    pcre2_compile_context *how = pcre2_compile_context_create(NULL);
    enum tl_status st = TL_OK;

    if (!how)
        return tl_fail(err, TL_ENOMEM, 0, "no room for the rules");
    (void)pcre2_set_parens_nest_limit(how, NESTING_MAX);
    for (size_t i = 0; !st && i < list->n; i++)
        st = compile(c, list->rules[i], how, err);
    pcre2_compile_context_free(how);
    return st;
}

/* ---- adding ---- */

/* Room for `more` rules, so that what follows cannot fail. */
static bool
make_room(struct tl_catalogue *c, const struct rule_list *more)
{
    size_t n = c->n + more->n, ids = c->nids;
    void *p;

    for (size_t i = 0; i < more->n; i++)
        ids += more->rules[i]->nids;
    p = realloc(c->rules, (n + 1) * sizeof(struct rule *));
    c->rules = p ? p : c->rules;
    if (p)
        p = realloc(c->hits, (n + 1) * sizeof(struct rule *));
    c->hits = p ? p : c->hits;
    if (p)
        p = realloc(c->wanted, (n / 64 + 1) * sizeof(uint64_t));
    c->wanted = p ? p : c->wanted;
    if (p)
        p = realloc(c->ids, (ids + 1) * sizeof(struct rule_id));
    c->ids = p ? p : c->ids;
    return p != NULL;
}

static void
forget_keys(struct tl_catalogue *c)
{
    log_keys_free(c->log_keys);
    c->log_keys = NULL;
}

static void
forget_index(struct tl_catalogue *c)
{
    prefilter_free(c->prefilter);
    memo_free(c->memo);
    near_free(c->near);
    c->prefilter = NULL;
    c->memo = NULL;
    c->near = NULL;
    c->near_failed = false;
    c->indexed = false;
}

/* In front of the rules that are there; there is room. */
static void
take_rules(struct tl_catalogue *c, const struct rule_list *list)
{
    forget_index(c);
    forget_keys(c);
    if (list->n > 0 && c->n > 0)
        memmove(c->rules + list->n, c->rules, c->n * sizeof(struct rule *));
    for (size_t i = 0; i < list->n; i++) {
        struct rule *r = list->rules[i];

        r->file_no = c->nfiles;
        c->rules[i] = r;
        for (size_t k = 0; k < r->nids; k++)
            c->ids[c->nids++] = (struct rule_id){r->ids[k], r};
    }
    c->n += list->n;
    c->nfiles++;
    for (size_t i = 0; i < c->n; i++)
        c->rules[i]->order = i;
}

static enum tl_status
add(struct tl_catalogue *c, struct tl_str name, struct tl_str text, bool known,
    struct tl_error *err)
{
    struct rule_list list = {0};
    enum tl_status st;

    if (text.n > RULE_FILE_MAX)
        return tl_fail(err, TL_ERULE, 0, "%.*s: a rule file has at most %d MiB: split it",
                       TL_FMT(name), RULE_FILE_MAX >> 20);
    name = tl_arena_str(&c->arena, name);
    text = tl_arena_str(&c->arena, text);
    if (!name.p || !text.p)
        return tl_fail(err, TL_ENOMEM, 0, "no room for the rules");
    st = rule_file_read(&c->arena, name, text, &list, err);
    if (!st && !known)
        st = compile_all(c, &list, err);
    for (size_t i = 0; !st && i < list.n; i++)
        (void)rule_literals(&c->arena, list.rules[i]->match, &list.rules[i]->literals);
    if (!st && c->n + list.n > RULE_COUNT_MAX)
        st = tl_fail(err, TL_ERULE, 0, "%.*s: more than %d rules in all", TL_FMT(name),
                     RULE_COUNT_MAX);
    if (!st && (c->arena.failed || !make_room(c, &list)))
        st = tl_fail(err, TL_ENOMEM, 0, "no room for the rules");
    if (!st)
        take_rules(c, &list);
    for (size_t i = 0; st && i < list.n; i++)
        pcre2_code_free(list.rules[i]->code);
    return st;
}

enum tl_status
tl_catalogue_add(struct tl_catalogue *c, struct tl_str name, struct tl_str text,
                 struct tl_error *err)
{
    return add(c, name, text, false, err);
}

/* Memory of matching, and the limits that keep one hostile text from stopping a run. */
static bool
make_scratch(struct tl_catalogue *c)
{
    uint32_t jit = 0;

    c->limits = pcre2_match_context_create(NULL);
    c->norm = calloc(1, RULE_TEXT_MAX + NORM_PAD);
    c->low = calloc(1, RULE_TEXT_MAX + NORM_PAD);
    for (size_t i = 0; i < 2; i++)
        c->found[i] = pcre2_match_data_create(RULE_CAPTURES_MAX, NULL);
    if (!c->limits || !c->norm || !c->low || !c->found[0] || !c->found[1])
        return false;
    (void)pcre2_set_match_limit(c->limits, STEPS_MAX);
    (void)pcre2_set_depth_limit(c->limits, DEPTH_MAX);
    (void)pcre2_set_heap_limit(c->limits, HEAP_MAX_KIB);
    (void)pcre2_config(PCRE2_CONFIG_JIT, &jit);
    c->stack = pcre2_jit_stack_create(STACK_MIN, STACK_MAX, NULL);
    if (c->stack)
        pcre2_jit_stack_assign(c->limits, NULL, c->stack);
    return c->stack || !jit;
}

/* NULL: out of memory. */
static struct tl_catalogue *
make(void)
{
    struct tl_catalogue *c = calloc(1, sizeof(*c));

    if (!c)
        return NULL;
    tl_arena_init(&c->arena, SIZE_MAX);
    if (make_scratch(c))
        return c;
    tl_catalogue_free(c);
    return NULL;
}

static enum tl_status
make_and_add(struct tl_catalogue **c, struct tl_str name, struct tl_str text, bool known,
             struct tl_error *err)
{
    if (!*c)
        *c = make();
    if (!*c)
        return tl_fail(err, TL_ENOMEM, 0, "no room for the rules");
    return add(*c, name, text, known, err);
}

enum tl_status
tl_catalogue_load(struct tl_str name, struct tl_str text, struct tl_catalogue **out,
                  struct tl_error *err)
{
    enum tl_status st;

    *out = NULL;
    st = make_and_add(out, name, text, false, err);
    if (st) {
        tl_catalogue_free(*out);
        *out = NULL;
    }
    return st;
}

enum tl_status
tl_catalogue_add_known(struct tl_catalogue **c, struct tl_str name, struct tl_str text,
                       struct tl_error *err)
{
    return make_and_add(c, name, text, true, err);
}

void
tl_catalogue_free(struct tl_catalogue *c)
{
    if (!c)
        return;
    forget_index(c);
    forget_keys(c);
    for (size_t i = 0; i < c->n; i++)
        pcre2_code_free(c->rules[i]->code);
    for (size_t i = 0; i < 2; i++)
        pcre2_match_data_free(c->found[i]);
    pcre2_match_context_free(c->limits);
    pcre2_jit_stack_free(c->stack);
    free(c->norm);
    free(c->low);
    free(c->rules);
    free(c->hits);
    free(c->wanted);
    free(c->ids);
    tl_arena_free(&c->arena);
    free(c);
}

/* ---- asking ---- */

static int
by_id(const void *a, const void *b)
{
    const struct rule_id *x = a, *y = b;
    int d = tl_str_cmp(x->id, y->id);

    return d ? d : (x->rule->order > y->rule->order) - (x->rule->order < y->rule->order);
}

void
catalogue_index(struct tl_catalogue *c)
{
    forget_index(c);
    if (c->nids > 1)
        qsort(c->ids, c->nids, sizeof(*c->ids), by_id);
    c->prefilter = prefilter_new(c->rules, c->n);
    c->memo = memo_new();
    c->indexed = true;
}

void
catalogue_plain(struct tl_catalogue *c, bool plain)
{
    c->plain = plain;
    forget_keys(c);
}

const struct rule_id *
catalogue_id(const struct tl_catalogue *c, struct tl_str id, size_t *n)
{
    size_t from = 0, to = c->nids;

    *n = 0;
    while (from < to) {
        size_t mid = from + (to - from) / 2;

        if (tl_str_cmp(c->ids[mid].id, id) < 0)
            from = mid + 1;
        else
            to = mid;
    }
    while (from + *n < c->nids && tl_str_eq(c->ids[from + *n].id, id))
        ++*n;
    return *n > 0 ? &c->ids[from] : NULL;
}

bool
rule_is_of_logs(const struct rule *r)
{
    for (size_t i = 0; i < r->nsources; i++)
        if (!tl_str_eq(r->sources[i], TL_STR("pg")) && !tl_str_eq(r->sources[i], TL_STR("mysql")))
            return false;
    return r->nsources > 0;
}

bool
rule_fits(const struct rule *r, struct tl_str source_type)
{
    for (size_t i = 0; i < r->nsources; i++)
        if (tl_str_eq(r->sources[i], source_type))
            return true;
    return r->nsources == 0 || source_type.n == 0;
}

bool
rule_has_id(const struct rule *r, struct tl_str id)
{
    for (size_t i = 0; i < r->nids; i++)
        if (tl_str_eq(r->ids[i], id))
            return true;
    return false;
}

enum rule_answer
rule_match(struct tl_catalogue *c, struct rule *r, struct tl_str text, pcre2_match_data *into)
{
    int rc;

    if (!rule_ready(c, r))
        return RULE_NO;
    if (!r->jit_tried) { /* without machine code PCRE2 interprets: slower, the same answer */
        (void)pcre2_jit_compile(r->code, PCRE2_JIT_COMPLETE);
        r->jit_tried = true;
    }
    rc = pcre2_match(r->code, (PCRE2_SPTR)text.p, text.n, 0, 0, into, c->limits);
    if (rc >= 0)
        return RULE_YES;
    c->starved |= rc == PCRE2_ERROR_NOMEMORY;
    return rc == PCRE2_ERROR_NOMATCH ? RULE_NO : RULE_GAVE_UP;
}
