/*
 * Any bytes as a rule file: refused with a sentence that names the line, or loaded, and then it can
 * be checked, listed, shown and explained. What stands behind the first NUL is classified by it:
 * the same with and without the prefilter.
 */
#include <assert.h>
#include <string.h>

#include "parse/catalogue.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
checks(struct tl_catalogue *c, struct tl_buf *out)
{
    enum tl_status st = tl_catalogue_check(c, out, NULL);
    struct tl_str line, rest = tl_buf_str(out);

    assert(out->failed || (st == TL_OK) == (out->n == 0));
    while (!out->failed && tl_str_line(&rest, &line)) {
        line = tl_str_skip(line, 5);
        assert(line.p[-5] == 'f' && line.p[-1] == ':' && line.n > 0 && line.p[0] >= '1' &&
               line.p[0] <= '9');
    }
}

static void
classifies(struct tl_catalogue *c, struct tl_str text)
{
    const struct tl_str none = {"", 0};
    struct tl_match quick, plain;

    catalogue_plain(c, false);
    tl_classify(c, none, text, none, &quick);
    catalogue_plain(c, true);
    tl_classify(c, none, text, none, &plain);
    assert(quick.cls.n > 0 && (plain.gave_up || !quick.gave_up));
    if (plain.gave_up)
        return;
    assert(tl_str_eq(quick.cls, plain.cls) && tl_str_eq(quick.rule_name, plain.rule_name));
    assert(tl_str_eq(quick.event_id, plain.event_id) && quick.nfields == plain.nfields);
    assert(tl_str_eq(quick.near, plain.near));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *nul = size > 0 ? memchr(data, 0, size) : NULL;
    struct tl_str rules = {(const char *)data, nul ? (size_t)(nul - data) : size}, text = {"", 0};
    struct tl_catalogue *c;
    struct tl_error err;
    struct tl_buf out;

    if (size > 2048)
        return 0;
    if (nul)
        text = (struct tl_str){(const char *)nul + 1, size - rules.n - 1};
    tl_buf_init(&out, 1u << 20);
    if (tl_catalogue_load(TL_STR("fuzz"), rules, &c, &err)) {
        assert(!c && err.code == TL_ERULE && err.line > 0 && strncmp(err.msg, "fuzz:", 5) == 0);
    } else {
        checks(c, &out);
        tl_catalogue_list(c, &out);
        for (size_t i = 0; i < c->n; i++)
            assert(out.failed || tl_catalogue_show(c, c->rules[i]->cls, &out, NULL) == TL_OK ||
                   out.failed);
        classifies(c, text);
        tl_catalogue_explain(c, text, &out);
        for (size_t i = 0; i < c->n; i++)
            for (const struct sample *s = c->rules[i]->samples; s; s = s->next)
                classifies(c, s->text);
    }
    tl_catalogue_free(c);
    tl_buf_free(&out);
    return 0;
}
