#include "timeline/strings.h"

enum { FIRST_SLOTS = 256 };

static uint64_t
hash(struct tl_str s)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325) ^ s.n;

    for (size_t i = 0; i < s.n; i++)
        h = (h ^ (unsigned char)s.p[i]) * UINT64_C(0x100000001b3);
    h ^= h >> 32;
    h *= UINT64_C(0xd6e8feb86659fd93);
    return h ^ (h >> 29);
}

/* The slot of the text, or the free one where it belongs. */
static size_t
slot_of(const struct strings *s, struct tl_str text)
{
    size_t i = (size_t)(hash(text) & (s->nslots - 1));

    while (s->slots[i] && !tl_str_eq(s->list[s->slots[i] - 1], text))
        i = (i + 1) & (s->nslots - 1);
    return i;
}

static bool
make_slots(struct strings *s, size_t n)
{
    uint32_t *slots = tl_arena_alloc(s->arena, n * sizeof(*slots));

    if (!slots)
        return false;
    s->slots = slots;
    s->nslots = n;
    for (size_t i = 0; i < s->n; i++)
        s->slots[slot_of(s, s->list[i])] = (uint32_t)i + 1;
    return true;
}

bool
strings_init(struct strings *s, struct tl_arena *arena)
{
    uint32_t empty;

    *s = (struct strings){.arena = arena};
    return make_slots(s, FIRST_SLOTS) && strings_id(s, (struct tl_str){"", 0}, &empty);
}

bool
strings_find(const struct strings *s, struct tl_str text, uint32_t *id)
{
    size_t at = slot_of(s, text);

    if (!s->slots[at])
        return false;
    *id = s->slots[at] - 1;
    return true;
}

bool
strings_id(struct strings *s, struct tl_str text, uint32_t *id)
{
    struct tl_str *list;
    struct tl_str kept = {"", 0};

    if (strings_find(s, text, id))
        return true;
    if (s->n >= UINT32_MAX - 1)
        return false;
    if (s->n >= s->nslots / 2 && !make_slots(s, s->nslots * 2))
        return false;
    list = tl_arena_grow(s->arena, s->list, s->n, &s->cap, sizeof(*list));
    if (!list)
        return false;
    s->list = list;
    if (text.n > 0)
        kept = tl_arena_str(s->arena, text);
    if (!kept.p)
        return false;
    *id = (uint32_t)s->n;
    s->list[s->n++] = kept;
    s->slots[slot_of(s, kept)] = *id + 1;
    return true;
}
