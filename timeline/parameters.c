/* parameters.c - the parameters that were adjusted on the way. */
#include "timeline/findings.h"

static struct tl_str
value_of(struct tl_builder *b, const struct tl_event *ev, struct tl_str name)
{
    const struct tl_field *f = tl_event_field(ev, name);

    if (!f || f->type != TL_FIELD_INT)
        return tl_event_text(ev, name);
    return f->number < 0 ? (struct tl_str){"", 0} : words_count(b, (uint64_t)f->number);
}

/* The same adjustment has the same key. */
static enum tl_status
parameter_id(struct tl_builder *b, struct strings *known, uint32_t res,
             const struct tl_parameter_change *c, uint32_t *id)
{
    const struct tl_str parts[] = {c->name, c->from, c->to};
    struct tl_buf key;
    bool ok;

    tl_buf_init(&key, b->scratch.max);
    tl_buf_addf(&key, "%u", res);
    for (size_t i = 0; i < 3; i++) {
        tl_buf_add(&key, TL_STR("\x1f"));
        tl_buf_add(&key, parts[i]);
    }
    ok = !key.failed && strings_id(known, tl_buf_str(&key), id);
    tl_buf_free(&key);
    return ok ? TL_OK : TL_ENOMEM;
}

static enum tl_status
take_parameter(struct tl_builder *b, struct tl_run *r, uint32_t row, struct strings *known,
               size_t *cap)
{
    const struct tl_event *ev = row_event(b, row);
    struct tl_parameter_change c = {.resource = res_title(b, b->rowx[row].res),
                                    .region = row_res(b, row)->region,
                                    .name = value_of(b, ev, TL_STR("parameter")),
                                    .from = value_of(b, ev, TL_STR("from_value")),
                                    .to = value_of(b, ev, TL_STR("to_value")),
                                    .count = 1};
    struct tl_parameter_change *list;
    uint32_t id;

    if (parameter_id(b, known, b->rowx[row].res, &c, &id))
        return TL_ENOMEM;
    if (id <= r->nparameters) { /* number 0 is the empty text */
        r->parameters[id - 1].count++;
        return TL_OK;
    }
    list = tl_arena_grow(b->arena, r->parameters, r->nparameters, cap, sizeof(*list));
    if (!list)
        return TL_ENOMEM;
    r->parameters = list;
    r->parameters[r->nparameters++] = c;
    return TL_OK;
}

enum tl_status
run_parameters(struct tl_builder *b, struct plan *p)
{
    struct strings known = {.n = 0};
    size_t cap = 0;

    for (size_t i = 0; i < p->nrows; i++) {
        if (!row_is(b, p->rows[i], TL_STR("parameter.adjusted")) || row_repeats(b, p->rows[i]))
            continue;
        if (known.n == 0 && !strings_init(&known, &b->scratch))
            return TL_ENOMEM;
        if (take_parameter(b, p->run, p->rows[i], &known, &cap))
            return TL_ENOMEM;
    }
    return TL_OK;
}
