/* rule_show.c - `rules list`, `rules show`, `rules explain`: the catalogue as text. */
#include "parse/catalogue.h"

#include <stdlib.h>

#include "core/names.h"

void
show_text(struct tl_buf *b, struct tl_str s)
{
    size_t from = 0;

    for (size_t i = 0; i <= s.n; i++) {
        if (i < s.n && (unsigned char)s.p[i] >= ' ' && s.p[i] != '\x7f')
            continue;
        tl_buf_add_clean(b, (struct tl_str){s.p + from, i - from});
        if (i < s.n)
            tl_buf_add(b, TL_STR("?"));
        from = i + 1;
    }
}

static void
pad_to(struct tl_buf *b, size_t used, size_t width)
{
    do
        tl_buf_add(b, TL_STR(" "));
    while (++used < width);
}

/* ---- list ---- */

static int
by_class(const void *a, const void *b)
{
    const struct rule *x = *(struct rule *const *)a, *y = *(struct rule *const *)b;
    int d = tl_str_cmp(x->cls, y->cls);

    return d ? d : (x->order > y->order) - (x->order < y->order);
}

static int
by_text(const void *a, const void *b)
{
    return tl_str_cmp(*(const struct tl_str *)a, *(const struct tl_str *)b);
}

/* The rules sorted by class; NULL when out of memory. Free with free(). */
static struct rule **
sorted(const struct tl_catalogue *c)
{
    struct rule **list = malloc((c->n + 1) * sizeof(struct rule *));

    for (size_t i = 0; list && i < c->n; i++)
        list[i] = c->rules[i];
    if (list && c->n > 1)
        qsort(list, c->n, sizeof(struct rule *), by_class);
    return list;
}

static void
list_ids(struct rule *const *rules, size_t n, struct tl_buf *out)
{
    struct tl_str *ids;
    size_t total = 0, k = 0;

    for (size_t i = 0; i < n; i++)
        total += rules[i]->nids;
    if (total == 0)
        tl_buf_add(out, TL_STR(" -"));
    ids = malloc((total + 1) * sizeof(*ids));
    if (!ids) {
        out->failed = TL_ENOMEM;
        return;
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < rules[i]->nids; j++)
            ids[k++] = rules[i]->ids[j];
    if (k > 1)
        qsort(ids, k, sizeof(*ids), by_text);
    for (size_t i = 0; i < k; i++) {
        if (i > 0 && tl_str_eq(ids[i - 1], ids[i]))
            continue;
        tl_buf_add(out, TL_STR(" "));
        tl_buf_add(out, ids[i]);
    }
    free(ids);
}

/* "info" or "info,warning": all severities that the rules of a class have, into `out` unless it is
 * NULL. Returns the length. */
static size_t
list_severities(struct rule *const *rules, size_t n, struct tl_buf *out)
{
    size_t length = 0;
    unsigned seen = 0;

    for (size_t i = 0; i < n; i++)
        seen |= 1u << rules[i]->severity;
    for (unsigned v = 0; seen >> v; v++) {
        struct tl_str comma = {",", length > 0}, name = tl_severity_name((enum tl_severity)v);

        if (!(seen >> v & 1u))
            continue;
        length += comma.n + name.n;
        if (out) {
            tl_buf_add(out, comma);
            tl_buf_add(out, name);
        }
    }
    return length;
}

/* How many of the first rules share a class. */
static size_t
same_class(struct rule *const *rules, size_t n)
{
    size_t k = 1;

    while (k < n && tl_str_eq(rules[k]->cls, rules[0]->cls))
        k++;
    return k;
}

void
tl_catalogue_list(const struct tl_catalogue *c, struct tl_buf *out)
{
    struct rule **list = sorted(c);
    size_t width = 0, severities = 0;

    if (!list) {
        out->failed = TL_ENOMEM;
        return;
    }
    for (size_t i = 0, n; i < c->n; i += n) {
        size_t length;

        n = same_class(list + i, c->n - i);
        length = list_severities(list + i, n, NULL);
        width = list[i]->cls.n > width ? list[i]->cls.n : width;
        severities = length > severities ? length : severities;
    }
    for (size_t i = 0, n; i < c->n; i += n) {
        n = same_class(list + i, c->n - i);
        show_text(out, list[i]->cls);
        pad_to(out, list[i]->cls.n, width + 2);
        pad_to(out, list_severities(list + i, n, out), severities + 2);
        tl_buf_addf(out, "%2zu ", n);
        list_ids(list + i, n, out);
        tl_buf_add(out, TL_STR("\n"));
    }
    free(list);
}

/* ---- show ---- */

static void
show_key(struct tl_buf *out, const char *key, struct tl_str value)
{
    tl_buf_addf(out, "%-8s = ", key);
    show_text(out, value);
    tl_buf_add(out, TL_STR("\n"));
}

/* `head` opens the line; nothing at all when there are no words. */
static void
show_words(struct tl_buf *out, struct tl_str head, const struct tl_str *words, size_t n)
{
    if (n == 0)
        return;
    tl_buf_add(out, head);
    for (size_t i = 0; i < n; i++) {
        tl_buf_add(out, TL_STR(" "));
        show_text(out, words[i]);
    }
    tl_buf_add(out, TL_STR("\n"));
}

/* A block as it would stand in a rule file, under a comment that says where it does. */
static void
show_rule(const struct rule *r, struct tl_buf *out)
{
    tl_buf_add(out, TL_STR("# "));
    show_text(out, r->where);
    tl_buf_add(out, TL_STR("\n["));
    show_text(out, r->cls);
    tl_buf_add(out, TL_STR("]\n"));
    show_words(out, TL_STR("source   ="), r->sources, r->nsources);
    show_words(out, TL_STR("ids      ="), r->ids, r->nids);
    show_key(out, "match", r->match);
    show_key(out, "severity", tl_severity_name(r->severity));
    if (r->phase != TL_PHASE_NONE)
        tl_buf_addf(out, "%-8s = %s %s\n", "phase", tl_phase_name(r->phase).p,
                    tl_edge_name(r->edge).p);
    for (const struct assume *a = r->assumes; a; a = a->next) {
        tl_buf_add(out, TL_STR("assume   = "));
        show_text(out, a->name);
        tl_buf_add(out, TL_STR(": "));
        show_text(out, a->rest);
        tl_buf_add(out, TL_STR("\n"));
    }
    for (const struct sample *s = r->samples; s; s = s->next)
        show_key(out, s->want ? "sample+" : "sample-", s->text);
    if (r->doc.n > 0)
        show_key(out, "doc", r->doc);
}

enum tl_status
tl_catalogue_show(const struct tl_catalogue *c, struct tl_str cls, struct tl_buf *out,
                  struct tl_error *err)
{
    size_t shown = 0;

    for (size_t i = 0; i < c->n; i++) {
        if (!tl_str_eq(c->rules[i]->cls, cls))
            continue;
        if (shown++ > 0)
            tl_buf_add(out, TL_STR("\n"));
        show_rule(c->rules[i], out);
    }
    if (out->failed)
        return tl_fail(err, out->failed, 0, "the rules do not fit in memory");
    if (shown == 0)
        return tl_fail(err, TL_EUSAGE, 0,
                       "no rule has the class %.*s: 'tideline rules list' names them all",
                       TL_FMT(cls));
    return TL_OK;
}

/* ---- explain ---- */

static void
explain_line(struct tl_buf *out, const char *key, struct tl_str value)
{
    tl_buf_addf(out, "%s: ", key);
    show_text(out, value);
    tl_buf_add(out, TL_STR("\n"));
}

static void
explain_fields(const struct tl_match *m, struct tl_buf *out)
{
    for (size_t i = 0; i < m->nfields; i++) {
        const struct tl_field *f = &m->fields[i];

        tl_buf_add(out, TL_STR("  "));
        show_text(out, f->name);
        tl_buf_add(out, TL_STR(" = "));
        if (f->type == TL_FIELD_INT)
            tl_buf_addf(out, "%lld (a number)", (long long)f->number);
        else
            show_text(out, f->text);
        tl_buf_add(out, TL_STR("\n"));
    }
}

static void
explain_hit(const struct tl_catalogue *c, const struct tl_match *m, struct tl_buf *out)
{
    const struct rule *r = c->hits[0];

    explain_line(out, "class", r->cls);
    explain_line(out, "rule", r->where);
    explain_line(out, "match", r->match);
    show_words(out, TL_STR("source:"), r->sources, r->nsources);
    show_words(out, TL_STR("ids:"), r->ids, r->nids);
    explain_line(out, "event id",
                 m->event_id.n > 0 ? m->event_id : TL_STR("not known from the text"));
    if (m->nfields > 0)
        tl_buf_add(out, TL_STR("fields:\n"));
    explain_fields(m, out);
    for (size_t i = 1; i < c->nhits; i++) {
        tl_buf_add(out, TL_STR("also matched by: "));
        show_text(out, c->hits[i]->cls);
        tl_buf_add(out, TL_STR(" "));
        show_text(out, c->hits[i]->where);
        tl_buf_add(out, TL_STR("\n"));
    }
}

static void
explain_near(struct tl_catalogue *c, struct tl_str text, struct tl_buf *out)
{
    struct near_hit near = near_find(c, text);

    tl_buf_add(out, TL_STR("class: unclassified: no rule matches\n"));
    if (!near.rule) {
        tl_buf_add(out, TL_STR("no rule is near\n"));
        return;
    }
    tl_buf_add(out, TL_STR("nearest: "));
    show_text(out, near.rule->cls);
    tl_buf_add(out, TL_STR(" "));
    show_text(out, near.rule->where);
    tl_buf_addf(out, ", by its sample on line %u:\n  ", near.sample->line);
    show_text(out, near.sample->text);
    tl_buf_add(out, TL_STR("\nwhat differs:\n"));
    near_explain(c, &near, text, out);
}

void
tl_catalogue_explain(struct tl_catalogue *c, struct tl_str text, struct tl_buf *out)
{
    const struct tl_str none = {"", 0};
    struct tl_match m;
    struct tl_str norm;

    if (!c->indexed)
        catalogue_index(c);
    classify_text(c, none, text, none, &m);
    norm = (struct tl_str){c->norm, c->norm_n};
    explain_line(out, "text", norm);
    if (c->gave_up)
        tl_buf_add(out, TL_STR("a rule gave up on this text: it tries too many ways\n"));
    if (c->nhits > 0)
        explain_hit(c, &m, out);
    else
        explain_near(c, norm, out);
}
