/* builder.c - what is fed: events by input, and the facts of each input. */
#include <stdlib.h>
#include <string.h>

#include "timeline/skew.h"

struct tl_builder *
tl_builder_new(struct tl_arena *arena, const struct tl_build_options *o)
{
    struct tl_builder *b = tl_arena_alloc(arena, sizeof(*b));

    if (!b)
        return NULL;
    b->arena = arena;
    b->options = *o;
    b->options.rules_sha256 = tl_arena_str(arena, o->rules_sha256);
    b->feed = tl_arena_inner(arena);
    if (!b->options.rules_sha256.p || !b->feed || !strings_init(&b->strings, arena) ||
        !strings_init(&b->names, arena) || !strings_init(&b->fields.keys, b->feed))
        return NULL;
    return b;
}

static struct input *
add_input(struct tl_builder *b)
{
    struct input **list =
        tl_arena_grow(b->arena, b->inputs, b->ninputs, &b->inputs_cap, sizeof(struct input *));
    struct input *in;

    if (!list)
        return NULL;
    b->inputs = list;
    in = tl_arena_alloc(b->arena, sizeof(*in));
    if (in)
        b->inputs[b->ninputs++] = in;
    return in;
}

/* The open input of that name. *in = NULL: there is none yet. */
static enum tl_status
find_open(struct tl_builder *b, struct tl_str name, uint32_t *id, struct input **in)
{
    struct input **list;
    size_t cap = b->by_name_cap;

    if (!strings_id(&b->names, name, id))
        return TL_ENOMEM;
    while (cap <= *id)
        cap = cap ? cap * 2 : 16;
    if (cap > b->by_name_cap) {
        list = tl_arena_alloc(b->arena, cap * sizeof(struct input *));
        if (!list)
            return TL_ENOMEM;
        if (b->by_name_cap > 0)
            memcpy(list, b->by_name, b->by_name_cap * sizeof(struct input *));
        b->by_name = list;
        b->by_name_cap = cap;
    }
    *in = b->by_name[*id];
    return TL_OK;
}

static enum tl_status
input_of(struct tl_builder *b, const struct tl_event *ev, struct input **in)
{
    enum tl_status st;
    uint32_t id;

    if (ev->input.n == 0) {
        if (!b->current)
            b->current = add_input(b);
        *in = b->current;
        return *in ? TL_OK : TL_ENOMEM;
    }
    st = find_open(b, ev->input, &id, in);
    if (st || *in)
        return st;
    *in = add_input(b);
    if (!*in)
        return TL_ENOMEM;
    (*in)->src.name = b->names.list[id];
    b->by_name[id] = *in;
    return TL_OK;
}

/* What tells fields apart, without gaps between its members. */
struct field_key {
    uint32_t name, text, type, high, low;
};
enum { SHARED_FIELDS = 16 }; /* events with more keep their own */

/* A copy of the fields, their texts by the numbers of key[]. */
static const struct tl_field *
copy_fields(struct tl_builder *b, const struct tl_event *ev, const struct field_key *key)
{
    struct tl_field *f = tl_arena_alloc(b->arena, ev->nfields * sizeof(*f));

    for (size_t i = 0; f && i < ev->nfields; i++) {
        f[i] = ev->fields[i];
        f[i].name = text_of(b, key[i].name);
        f[i].text = text_of(b, key[i].text);
    }
    return f;
}

/* The fields of an earlier event that are the same, or a copy for those to come. */
static const struct tl_field *
share_fields(struct tl_builder *b, const struct tl_event *ev, const struct field_key *key)
{
    struct field_sets *s = &b->fields;
    struct tl_str bytes = {(const char *)key, ev->nfields * sizeof(*key)};
    const struct tl_field **list;
    size_t known = s->keys.n;
    uint32_t id;

    list = tl_arena_grow(b->feed, (void *)s->list, s->cap ? known : 0, &s->cap,
                         sizeof(struct tl_field *));
    if (!list || !strings_id(&s->keys, bytes, &id))
        return NULL;
    s->list = list;
    if (s->keys.n > known)
        list[id] = copy_fields(b, ev, key);
    return list[id];
}

static enum tl_status
pack_fields(struct tl_builder *b, const struct tl_event *ev, struct item *it)
{
    struct field_key some[SHARED_FIELDS], *key = some;

    if (ev->nfields == 0 || ev->nfields > UINT32_MAX)
        return TL_OK;
    if (ev->nfields > SHARED_FIELDS)
        key = tl_arena_alloc(b->feed, ev->nfields * sizeof(*key));
    for (size_t i = 0; key && i < ev->nfields; i++) {
        const struct tl_field *f = &ev->fields[i];

        key[i].type = (uint32_t)f->type;
        key[i].high = (uint32_t)((uint64_t)f->number >> 32);
        key[i].low = (uint32_t)f->number;
        if (!strings_id(&b->strings, f->name, &key[i].name) ||
            !strings_id(&b->strings, f->text, &key[i].text))
            return TL_ENOMEM;
    }
    if (key)
        it->fields = key == some ? share_fields(b, ev, key) : copy_fields(b, ev, key);
    it->nfields = it->fields ? (uint32_t)ev->nfields : 0;
    return it->fields ? TL_OK : TL_ENOMEM;
}

static struct item *
new_item(struct tl_builder *b, struct input *in)
{
    if (!in->last || in->last->n == in->last->cap) {
        size_t cap = in->nitems < FIRST_ITEMS  ? FIRST_ITEMS
                     : in->nitems < MOST_ITEMS ? in->nitems
                                               : MOST_ITEMS;
        struct chunk *c = tl_arena_alloc(b->feed, sizeof(*c) + cap * sizeof(struct item));

        if (!c)
            return NULL;
        c->cap = cap;
        if (in->last)
            in->last->next = c;
        else
            in->first = c;
        in->last = c;
    }
    in->nitems++;
    return &in->last->items[in->last->n++];
}

static enum tl_status
keep_item(struct tl_builder *b, struct input *in, const struct tl_event *ev)
{
    struct item *it = new_item(b, in);

    if (!it)
        return TL_ENOMEM;
    const struct {
        struct tl_str text;
        uint32_t *id;
    } all[] = {
        {ev->cls, &it->cls},
        {ev->event_id, &it->event_id},
        {ev->carried_id, &it->carried_id},
        {ev->near, &it->near},
        {ev->doc, &it->doc},
        {ev->message, &it->message},
        {ev->channel_id, &it->channel_id},
        {ev->who.source_type, &it->source_type},
        {ev->who.account, &it->account},
        {ev->who.region, &it->region},
        {ev->who.id, &it->id},
        {ev->who.arn, &it->arn},
        {ev->who.cluster, &it->cluster},
        {ev->who.label, &it->label},
    };
    enum { TEXTS = sizeof(all) / sizeof(all[0]) };
    struct tl_str texts[TEXTS];
    uint32_t ids[TEXTS];

    for (size_t i = 0; i < TEXTS; i++)
        texts[i] = all[i].text;
    if (!strings_ids(&b->strings, texts, TEXTS, ids))
        return TL_ENOMEM;
    for (size_t i = 0; i < TEXTS; i++)
        *all[i].id = ids[i];
    it->when = ev->when;
    it->line = ev->line;
    it->block = ev->block;
    it->severity = (unsigned char)ev->severity;
    it->phase = (unsigned char)ev->phase;
    it->edge = (unsigned char)ev->edge;
    it->channel = (unsigned char)ev->channel;
    it->kind = (unsigned char)ev->who.kind;
    return pack_fields(b, ev, it);
}

static enum tl_status
no_room(struct tl_error *err)
{
    return tl_fail(
        err, TL_ENOMEM, 0,
        "out of memory while reconstructing: give less input, or limit it with --window");
}

/* What was refused memory anywhere since the start, if only a text of a finding. */
static bool
is_starved(const struct tl_builder *b)
{
    return b->arena->failed || b->feed->failed || b->scratch.failed;
}

enum tl_status
tl_builder_event(struct tl_builder *b, const struct tl_event *ev, struct tl_error *err)
{
    struct input *in;
    enum tl_status st = input_of(b, ev, &in);

    if (st)
        return no_room(err);
    if (!ev->attempt)
        st = keep_item(b, in, ev);
    else if (!in->series && !(in->series = series_new(b->arena)))
        st = TL_ENOMEM;
    else
        st = series_add(in->series, ev);
    return st || is_starved(b) ? no_room(err) : TL_OK;
}

static bool
copy_text(struct tl_arena *a, struct tl_str *s)
{
    *s = tl_arena_str(a, *s);
    return s->p != NULL;
}

/* A copy of n elements of `size` bytes; NULL for none. False: no room. */
static bool
copy_list(struct tl_arena *a, void *list, size_t n, size_t size, void **out)
{
    *out = NULL;
    if (n == 0)
        return true;
    *out = tl_arena_alloc(a, n * size);
    if (*out)
        memcpy(*out, list, n * size);
    return *out != NULL;
}

static bool
copy_lists(struct tl_arena *a, struct tl_source *s)
{
    void *p[4];
    bool ok = copy_list(a, s->hints, s->nhints, sizeof(*s->hints), &p[0]) &&
              copy_list(a, s->odds, s->nodds, sizeof(*s->odds), &p[1]) &&
              copy_list(a, s->claims, s->nclaims, sizeof(*s->claims), &p[2]) &&
              copy_list(a, s->gaps, s->ngaps, sizeof(*s->gaps), &p[3]);

    if (!ok)
        return false;
    s->hints = p[0];
    s->odds = p[1];
    s->claims = p[2];
    s->gaps = p[3];
    for (size_t i = 0; i < s->nhints; i++)
        ok = ok && copy_text(a, &s->hints[i].key) && copy_text(a, &s->hints[i].value) &&
             copy_text(a, &s->hints[i].from);
    for (size_t i = 0; i < s->nodds; i++)
        ok = ok && copy_text(a, &s->odds[i].why);
    for (size_t i = 0; i < s->nclaims; i++)
        ok = ok && copy_text(a, &s->claims[i].text) && copy_text(a, &s->claims[i].endpoint);
    return ok;
}

static bool
copy_source(struct tl_arena *a, const struct tl_source *src, struct tl_source *out)
{
    *out = *src;
    out->duplicate_of = NONE;
    return copy_text(a, &out->name) && copy_text(a, &out->format) && copy_text(a, &out->sha256) &&
           copy_text(a, &out->zone) && copy_lists(a, out);
}

enum tl_status
tl_builder_source(struct tl_builder *b, const struct tl_source *src, struct tl_error *err)
{
    struct input *in = b->current;
    uint32_t id;

    if (!in && find_open(b, src->name, &id, &in))
        return no_room(err);
    if (in && in != b->current)
        b->by_name[id] = NULL;
    if (!in)
        in = add_input(b);
    if (!in || !copy_source(b->arena, src, &in->src) || is_starved(b))
        return no_room(err);
    in->has_source = true;
    b->current = NULL;
    return TL_OK;
}

const struct class_info *
item_class(struct tl_builder *b, const struct item *it)
{
    if (!b->class_of[it->cls])
        b->class_of[it->cls] = class_info(text_of(b, it->cls));
    return b->class_of[it->cls];
}

/* ---- the end of feeding ---- */

/* Events whose input never said that it ended: a stream that was cut. */
static enum tl_status
close_input(struct tl_builder *b, struct input *in)
{
    struct tl_source *s = &in->src;

    if (in->has_source)
        return TL_OK;
    s->name = s->name.p ? s->name : (struct tl_str){"", 0};
    s->format = TL_STR("unknown");
    s->sha256 = s->zone = (struct tl_str){"", 0};
    s->precision_us = TL_UNKNOWN;
    s->first = s->last = TL_TIME_NONE;
    s->duplicate_of = NONE;
    s->odds = tl_arena_alloc(b->arena, sizeof(*s->odds));
    if (!s->odds)
        return TL_ENOMEM;
    s->odds[0].why = TL_STR("its source line is missing: the stream of events was cut");
    s->odd = s->nodds = 1;
    for (struct chunk *c = in->first; c; c = c->next) {
        for (size_t i = 0; i < c->n; i++) {
            tl_time at = c->items[i].when.at;

            s->records++;
            s->events++;
            if (at == TL_TIME_NONE)
                continue;
            if (s->first == TL_TIME_NONE || at < s->first)
                s->first = at;
            if (s->last == TL_TIME_NONE || at > s->last)
                s->last = at;
        }
    }
    return TL_OK;
}

static int
by_name(const void *pa, const void *pb)
{
    const struct tl_source *a = &(*(struct input *const *)pa)->src;
    const struct tl_source *b = &(*(struct input *const *)pb)->src;
    int c = tl_str_cmp(a->name, b->name);

    c = c ? c : tl_str_cmp(a->sha256, b->sha256);
    c = c ? c : tl_str_cmp(a->format, b->format);
    c = c ? c : ((a->bytes > b->bytes) - (a->bytes < b->bytes));
    c = c ? c : ((a->records > b->records) - (a->records < b->records));
    c = c ? c : compare(a->first, b->first);
    return c ? c : compare(a->last, b->last);
}

/* The inputs in the order of the report; those with the bytes of another lose their events. */
static enum tl_status
list_inputs(struct tl_builder *b)
{
    struct tl_report *r = b->report;
    struct strings seen;
    uint32_t *first, id;

    for (size_t i = 0; i < b->ninputs; i++)
        if (close_input(b, b->inputs[i]))
            return TL_ENOMEM;
    if (b->ninputs > 1)
        qsort(b->inputs, b->ninputs, sizeof(struct input *), by_name);
    r->ninputs = b->ninputs;
    r->inputs = tl_arena_alloc(b->arena, (b->ninputs + 1) * sizeof(*r->inputs));
    first = tl_arena_alloc(&b->scratch, (b->ninputs + 1) * sizeof(*first));
    if (!r->inputs || !first || !strings_init(&seen, &b->scratch))
        return TL_ENOMEM;
    for (size_t i = 0; i < b->ninputs; i++) {
        struct input *in = b->inputs[i];
        size_t known = seen.n;

        in->index = (uint32_t)i;
        if (in->src.sha256.n > 0) {
            if (!strings_id(&seen, in->src.sha256, &id))
                return TL_ENOMEM;
            if (seen.n > known)
                first[id] = in->index;
            else
                in->src.duplicate_of = first[id];
        }
        r->inputs[i] = in->src;
    }
    return TL_OK;
}

/* Folds the probe loops of an input; the rows that they show are items like others. */
static enum tl_status
fold_loops(struct tl_builder *b, struct input *in, size_t *cap)
{
    struct series_result found = {NULL, 0};
    enum tl_status st = TL_OK;

    if (in->series)
        st = series_finish(in->series, &in->src, &found);
    for (size_t i = 0; i < found.n && !st; i++) {
        struct series *s = &found.list[i];
        struct loop *list = tl_arena_grow(&b->scratch, b->loops, b->nloops, cap, sizeof(*list));

        if (!list)
            return TL_ENOMEM;
        b->loops = list;
        b->loops[b->nloops++] =
            (struct loop){.series = s, .input = in->index, .res = NONE, .tree = NONE, .run = NONE};
        for (size_t k = 0; k < s->noutages; k++)
            s->outages[k].input = in->index;
        for (size_t k = 0; k < s->nrows && !st; k++) {
            s->rows[k].block = s->block;
            st = keep_item(b, in, &s->rows[k]);
        }
    }
    return st;
}

static int
by_line(const void *pa, const void *pb)
{
    const struct item *a = *(struct item *const *)pa, *b = *(struct item *const *)pb;

    if (a->block != b->block)
        return a->block < b->block ? -1 : 1;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    return (a->pos > b->pos) - (a->pos < b->pos); /* as fed */
}

static void
take_items(struct tl_builder *b, struct input *in)
{
    struct item **list = b->items + b->nitems;
    size_t n = 0;
    bool sorted = true;

    for (struct chunk *c = in->first; c; c = c->next) {
        for (size_t i = 0; i < c->n; i++) {
            struct item *it = &c->items[i];

            it->input = in->index;
            it->res = it->row = NONE;
            it->pos = (uint32_t)n;
            list[n++] = it;
            sorted = sorted && (n < 2 || by_line(&list[n - 2], &list[n - 1]) <= 0);
        }
    }
    if (!sorted)
        qsort(list, n, sizeof(struct item *), by_line);
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || list[i]->block != list[i - 1]->block)
            b->nlistings++;
        list[i]->listing = (uint32_t)(b->nlistings - 1);
    }
    b->nitems += n;
}

static enum tl_status
collect(struct tl_builder *b)
{
    enum tl_status st = list_inputs(b);
    size_t n = 0, loops_cap = 0;

    for (size_t i = 0; i < b->ninputs && !st; i++) {
        if (b->inputs[i]->src.duplicate_of != NONE)
            continue;
        st = fold_loops(b, b->inputs[i], &loops_cap);
        n += b->inputs[i]->nitems;
    }
    if (st || n > UINT32_MAX - 1)
        return TL_ENOMEM;
    b->items = tl_arena_alloc(&b->scratch, (n + 1) * sizeof(struct item *));
    b->class_of = tl_arena_alloc(&b->scratch, b->strings.n * sizeof(struct class_info *));
    if (!b->items || !b->class_of)
        return TL_ENOMEM;
    for (size_t i = 0; i < b->ninputs; i++)
        if (b->inputs[i]->src.duplicate_of == NONE)
            take_items(b, b->inputs[i]);
    return TL_OK;
}

enum tl_status
tl_builder_finish(struct tl_builder *b, struct tl_report **out, struct tl_error *err)
{
    static enum tl_status (*const steps[])(struct tl_builder *) = {
        collect,       build_identify, build_merge,   build_proven, build_order,    build_twins,
        build_servers, build_episodes, build_skew,    build_align,  build_joins,    build_plans,
        build_attach,  build_runs,     build_tighten, build_notes,  build_inferred, build_filter,
    };
    enum tl_status st = TL_OK;

    *out = NULL;
    tl_arena_init(&b->scratch, b->arena->max);
    b->report = tl_arena_alloc(b->arena, sizeof(*b->report));
    if (!b->report)
        st = TL_ENOMEM;
    else
        b->report->rules_sha256 = b->options.rules_sha256;
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && !st; i++) {
        st = steps[i](b);
        if (is_starved(b))
            st = TL_ENOMEM;
    }
    tl_arena_free(&b->scratch);
    tl_arena_free(b->feed);
    if (st)
        return no_room(err);
    *out = b->report;
    return TL_OK;
}
