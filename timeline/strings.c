#include "timeline/strings.h"

#include <string.h>

enum { FIRST_SLOTS = 256 };

static uint64_t
mix(uint64_t h, uint64_t word)
{
    h = (h ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    return h ^ (h >> 32);
}

static uint64_t
hash(struct tl_str s)
{
    uint64_t h = mix(UINT64_C(0xcbf29ce484222325), s.n), word = 0;
    size_t n = 0;

    for (; n + sizeof(word) <= s.n; n += sizeof(word)) {
        memcpy(&word, s.p + n, sizeof(word));
        h = mix(h, word);
    }
    for (word = 0; n < s.n; n++)
        word = word << 8 | (unsigned char)s.p[n];
    h = mix(h, word) * UINT64_C(0xd6e8feb86659fd93);
    return h ^ (h >> 29);
}

/* The slot of the text of that hash, or the free one where it belongs. */
static struct strings_slot *
slot_of(const struct strings *s, struct tl_str text, uint64_t h)
{
    size_t i = (size_t)(h & (s->nslots - 1));
    uint32_t tag = (uint32_t)(h >> 32);

    while (s->slots[i].number &&
           (s->slots[i].tag != tag || !tl_str_eq(s->list[s->slots[i].number - 1], text)))
        i = (i + 1) & (s->nslots - 1);
    return &s->slots[i];
}

static bool
make_slots(struct strings *s, size_t n)
{
    struct strings_slot *slots = tl_arena_alloc(s->arena, n * sizeof(*slots));

    if (!slots)
        return false;
    s->slots = slots;
    s->nslots = n;
    for (size_t i = 0; i < s->n; i++) {
        uint64_t h = hash(s->list[i]);

        *slot_of(s, s->list[i], h) = (struct strings_slot){(uint32_t)i + 1, (uint32_t)(h >> 32)};
    }
    return true;
}

bool
strings_find(const struct strings *s, struct tl_str text, uint32_t *id)
{
    const struct strings_slot *at;

    if (text.n == 0) {
        *id = 0; /* the first is the empty text */
        return true;
    }
    at = slot_of(s, text, hash(text));
    if (at->number)
        *id = at->number - 1;
    return at->number > 0;
}

/* Makes a text one more that is kept. */
static bool
add(struct strings *s, struct tl_str text, uint64_t h, struct strings_slot *at)
{
    struct tl_str *list, kept = {"", 0};

    list = tl_arena_grow(s->arena, s->list, s->n, &s->cap, sizeof(*list));
    if (!list)
        return false;
    s->list = list;
    if (text.n > 0)
        kept = tl_arena_str(s->arena, text);
    if (!kept.p)
        return false;
    s->list[s->n++] = kept;
    *at = (struct strings_slot){(uint32_t)s->n, (uint32_t)(h >> 32)};
    return true;
}

/* The number of a text that is not empty, and has that hash. */
static bool
number_of(struct strings *s, struct tl_str text, uint64_t h, uint32_t *id)
{
    struct strings_slot *at = slot_of(s, text, h);

    if (!at->number) {
        if (s->n >= UINT32_MAX - 1)
            return false;
        if (s->n >= s->nslots / 2) {
            if (!make_slots(s, s->nslots * 2))
                return false;
            at = slot_of(s, text, h);
        }
        if (!add(s, text, h, at))
            return false;
    }
    *id = at->number - 1;
    return true;
}

bool
strings_id(struct strings *s, struct tl_str text, uint32_t *id)
{
    if (text.n > 0)
        return number_of(s, text, hash(text), id);
    *id = 0;
    return true;
}

/* What number_of will look at. */
static void
fetch(const struct strings *s, const uint64_t *h, size_t n)
{
    uint32_t number[STRINGS_BATCH];

    for (size_t i = 0; i < n; i++)
        __builtin_prefetch(&s->slots[h[i] & (s->nslots - 1)]);
    for (size_t i = 0; i < n; i++) {
        number[i] = s->slots[h[i] & (s->nslots - 1)].number;
        __builtin_prefetch(&s->list[number[i] ? number[i] - 1 : 0]);
    }
    for (size_t i = 0; i < n; i++)
        __builtin_prefetch(s->list[number[i] ? number[i] - 1 : 0].p);
}

bool
strings_ids(struct strings *s, const struct tl_str *texts, size_t n, uint32_t *ids)
{
    uint64_t h[STRINGS_BATCH];
    bool ok = true;

    for (size_t i = 0; i < n; i++)
        h[i] = texts[i].n > 0 ? hash(texts[i]) : 0;
    fetch(s, h, n);
    for (size_t i = 0; i < n && ok; i++) {
        ids[i] = 0;
        ok = texts[i].n == 0 || number_of(s, texts[i], h[i], &ids[i]);
    }
    return ok;
}

bool
strings_init(struct strings *s, struct tl_arena *arena)
{
    const struct tl_str empty = {"", 0};
    uint64_t h = hash(empty);

    *s = (struct strings){.arena = arena};
    return make_slots(s, FIRST_SLOTS) && add(s, empty, h, slot_of(s, empty, h));
}
