/* labels.c - "us-east-1 writer" is one instance in all rows of its table: that which one of them
 * names. */
#include "timeline/resource.h"

/* Which instance a table means by a label, where a message of the same label names it. */
struct meant {
    struct strings labels; /* with their Regions */
    uint32_t *id;          /* by number of the label; 0: none named, UINT32_MAX: several */
};

bool
item_is_labelled_instance(const struct item *it)
{
    return it->labelled && it->label != 0 && it->kind == TL_KIND_INSTANCE;
}

static enum tl_status
label_number(struct tl_builder *b, struct meant *m, const struct item *it, uint32_t *number)
{
    struct tl_buf key;
    bool ok;

    tl_buf_init(&key, 64);
    tl_buf_addf(&key, "%u %u", it->region, it->label);
    ok = !key.failed && strings_id(&m->labels, tl_buf_str(&key), number);
    tl_arena_follow(&b->scratch, &key);
    tl_buf_free(&key);
    return ok ? TL_OK : TL_ENOMEM;
}

enum tl_status
items_name_labels(struct tl_builder *b, struct item **items, size_t n)
{
    struct meant m = {.id = tl_arena_alloc(&b->scratch, (n + 1) * sizeof(uint32_t))};
    uint32_t number;

    if (!m.id || !strings_init(&m.labels, &b->scratch))
        return TL_ENOMEM;
    for (size_t i = 0; i < n; i++) {
        uint32_t id = items[i]->id;

        if (!item_is_labelled_instance(items[i]) || id == 0)
            continue;
        if (label_number(b, &m, items[i], &number))
            return TL_ENOMEM;
        m.id[number] = m.id[number] == 0 || m.id[number] == id ? id : UINT32_MAX;
    }
    for (size_t i = 0; i < n && m.labels.n > 1; i++) {
        if (!item_is_labelled_instance(items[i]) || items[i]->id != 0)
            continue;
        if (label_number(b, &m, items[i], &number))
            return TL_ENOMEM;
        if (m.id[number] != UINT32_MAX)
            items[i]->id = m.id[number];
    }
    return TL_OK;
}

/* "writer" and "reader" of one table are two instances, whatever is known of one of them. */
enum tl_status
only_compare_labels(struct tl_builder *b, struct only_list *only)
{
    for (size_t i = 0; i < b->nitems; i++) {
        const struct item *it = b->items[i];
        struct only *o;
        bool placed = it->res != NONE || it->kind != TL_KIND_INSTANCE;

        if (placed && !item_is_labelled_instance(it))
            continue;
        o = only_of(b, only, text_of(b, it->region), it->input);
        if (!o)
            return TL_ENOMEM;
        o->labels_differ |= o->label != 0 && o->label_input == it->input && o->label != it->label;
        o->label = it->label;
        o->label_input = it->input;
    }
    return TL_OK;
}
