#include "timeline/sort.h"

#include <string.h>

enum { DIGIT_BITS = 8, DIGITS = 1 << DIGIT_BITS, PLACES = 64 / DIGIT_BITS, FEW = 48 };

static void
sort_few(struct sort_key *list, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        struct sort_key k = list[i];
        size_t at = i;

        for (; at > 0 && list[at - 1].key > k.key; at--)
            list[at] = list[at - 1];
        list[at] = k;
    }
}

static inline unsigned
digit(uint64_t key, unsigned place)
{
    return (unsigned)(key >> place * DIGIT_BITS) & (DIGITS - 1);
}

/* By one digit, from one list into the other. count[d]: how many keys have digit d. */
static void
deal(const struct sort_key *from, size_t n, unsigned place, const size_t *count,
     struct sort_key *to)
{
    size_t at[DIGITS], sum = 0;

    for (unsigned d = 0; d < DIGITS; d++) {
        at[d] = sum;
        sum += count[d];
    }
    for (size_t i = 0; i < n; i++)
        to[at[digit(from[i].key, place)]++] = from[i];
}

bool
sort_keys(struct tl_arena *a, struct sort_key *list, size_t n)
{
    struct sort_key *from = list, *to;
    size_t count[PLACES][DIGITS] = {{0}};

    if (n <= FEW) {
        sort_few(list, n);
        return true;
    }
    to = tl_arena_alloc(a, n * sizeof(*to));
    if (!to)
        return false;
    for (size_t i = 0; i < n; i++)
        for (unsigned p = 0; p < PLACES; p++)
            count[p][digit(list[i].key, p)]++;
    for (unsigned p = 0; p < PLACES; p++) {
        struct sort_key *swap = from;

        if (count[p][digit(list[0].key, p)] == n)
            continue; /* all alike */
        deal(from, n, p, count[p], to);
        from = to;
        to = swap;
    }
    if (from != list)
        memcpy(list, from, n * sizeof(*list));
    return true;
}
