/*
 * prefilter.c - which rules a text is worth trying on.
 *
 * Of each word that a rule needs (rule_literal.c) the rarest run of four bytes is kept in a table.
 * One pass over the text looks up its runs in a bitmap of 4 KiB; a hit compares the whole word.
 */
#include "parse/catalogue.h"

#include <stdlib.h>
#include <string.h>

enum { BIT_BITS = 15, HEAD_BITS = 11, RUN = LITERAL_MIN };

struct run {
    struct tl_str word;
    uint32_t bytes; /* the four */
    uint32_t at;    /* where they are in the word */
    uint32_t rule;
    uint32_t next; /* of the same bucket; 0: none, else index + 1 */
};

struct prefilter {
    uint64_t bits[(1u << BIT_BITS) / 64];
    uint32_t heads[1u << HEAD_BITS];
    struct run *runs;
    size_t nruns;
    uint64_t *always; /* a bit per rule without a word */
    size_t nalways;   /* words of it */
};

static uint32_t
four(const char *p)
{
    uint32_t v;

    memcpy(&v, p, sizeof(v));
    return v;
}

static uint32_t
hash(uint32_t bytes)
{
    return bytes * 0x9e3779b1u;
}

static void
count_runs(const struct rule *r, uint16_t *counts)
{
    for (size_t i = 0; i < r->literals.n; i++) {
        struct tl_str w = r->literals.word[i];

        for (size_t at = 0; at + RUN <= w.n; at++) {
            uint16_t *n = &counts[hash(four(w.p + at)) >> (32 - BIT_BITS)];

            *n = (uint16_t)(*n + (*n < UINT16_MAX));
        }
    }
}

static void
add_word(struct prefilter *p, struct tl_str word, uint32_t rule, const uint16_t *counts)
{
    struct run *r = &p->runs[p->nruns];
    uint32_t best = UINT32_MAX, h;

    for (size_t at = 0; at + RUN <= word.n; at++) {
        uint32_t n = counts[hash(four(word.p + at)) >> (32 - BIT_BITS)];

        if (n < best) {
            best = n;
            r->at = (uint32_t)at;
        }
    }
    r->word = word;
    r->rule = rule;
    r->bytes = four(word.p + r->at);
    h = hash(r->bytes);
    p->bits[h >> (32 - BIT_BITS) >> 6] |= (uint64_t)1 << ((h >> (32 - BIT_BITS)) & 63);
    r->next = p->heads[h >> (32 - HEAD_BITS)];
    p->heads[h >> (32 - HEAD_BITS)] = (uint32_t)++p->nruns;
}

struct prefilter *
prefilter_new(struct rule *const *rules, size_t n)
{
    uint16_t *counts = calloc((size_t)1 << BIT_BITS, sizeof(*counts));
    struct prefilter *p = calloc(1, sizeof(*p));
    size_t words = 0;

    for (size_t i = 0; i < n; i++)
        words += rules[i]->literals.n;
    if (p) {
        p->nalways = (n + 63) / 64;
        p->runs = calloc(words + 1, sizeof(*p->runs));
        p->always = calloc(p->nalways + 1, sizeof(*p->always));
    }
    if (!counts || !p || !p->runs || !p->always) {
        free(counts);
        prefilter_free(p);
        return NULL;
    }
    for (size_t i = 0; i < n; i++)
        count_runs(rules[i], counts);
    for (size_t i = 0; i < n; i++) {
        if (rules[i]->literals.n == 0)
            p->always[i / 64] |= (uint64_t)1 << (i % 64);
        for (size_t k = 0; k < rules[i]->literals.n; k++)
            add_word(p, rules[i]->literals.word[k], (uint32_t)i, counts);
    }
    free(counts);
    return p;
}

void
prefilter_free(struct prefilter *p)
{
    if (!p)
        return;
    free(p->runs);
    free(p->always);
    free(p);
}

static void
look_closer(const struct prefilter *p, struct tl_str low, size_t at, uint64_t *wanted)
{
    uint32_t bytes = four(low.p + at);

    for (uint32_t i = p->heads[hash(bytes) >> (32 - HEAD_BITS)]; i; i = p->runs[i - 1].next) {
        const struct run *r = &p->runs[i - 1];

        if (r->bytes != bytes || r->at > at || r->word.n > low.n - (at - r->at))
            continue;
        if (memcmp(low.p + at - r->at, r->word.p, r->word.n) == 0)
            wanted[r->rule / 64] |= (uint64_t)1 << (r->rule % 64);
    }
}

void
prefilter_run(const struct prefilter *p, struct tl_str low, uint64_t *wanted)
{
    memcpy(wanted, p->always, p->nalways * sizeof(*wanted));
    for (size_t at = 0; at + RUN <= low.n; at++) {
        uint32_t bit = hash(four(low.p + at)) >> (32 - BIT_BITS);

        if (p->bits[bit >> 6] & ((uint64_t)1 << (bit & 63)))
            look_closer(p, low, at, wanted);
    }
}
