#include "cli/suggest.h"

enum { MAX_WORD = 40 };

static unsigned
least(unsigned a, unsigned b, unsigned c)
{
    unsigned m = a < b ? a : b;

    return m < c ? m : c;
}

/* Letters to change, insert or drop to make b of a (Levenshtein, one row at a time). */
static unsigned
distance(struct tl_str a, struct tl_str b)
{
    unsigned row[MAX_WORD + 1];

    if (a.n > MAX_WORD || b.n > MAX_WORD)
        return MAX_WORD;
    for (unsigned j = 0; j <= b.n; j++)
        row[j] = j;
    for (unsigned i = 1; i <= a.n; i++) {
        unsigned corner = row[0];

        row[0] = i;
        for (unsigned j = 1; j <= b.n; j++) {
            unsigned change = corner + (a.p[i - 1] != b.p[j - 1]);

            corner = row[j];
            row[j] = least(change, row[j] + 1, row[j - 1] + 1);
        }
    }
    return row[b.n];
}

void
suggest_offer(struct suggestion *s, const char *candidate)
{
    struct tl_str c = tl_str_from(candidate);
    unsigned d = distance(s->wrong, c);

    if (s->wrong.n >= 3 && tl_str_starts(c, s->wrong))
        d = 1; /* a beginning of it is as good as a slip */
    if (d >= c.n || (s->wrong.n > 0 && d > (s->wrong.n + 2) / 3) || (s->best && d >= s->distance))
        return;
    s->best = candidate;
    s->distance = d;
}
