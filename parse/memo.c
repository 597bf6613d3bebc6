/*
 * memo.c - answers given before. Messages repeat: a fleet's day is a few hundred texts.
 *
 * A table of a fixed number of places, two for each hash. What is found is compared byte by byte,
 * so the hash decides nothing but the place.
 */
#include "parse/catalogue.h"

#include <stdlib.h>
#include <string.h>

enum { PLACES = 4096, KEY_MAX = 512 };

struct entry {
    uint64_t hash;
    char *block; /* fields, then source, carried, text, normalised text; NULL: free */
    size_t cap;
    struct tl_str source, carried, text;
    struct tl_match match;
};

struct memo {
    struct entry places[PLACES];
};

struct memo *
memo_new(void)
{
    return calloc(1, sizeof(struct memo));
}

void
memo_free(struct memo *m)
{
    for (size_t i = 0; m && i < PLACES; i++)
        free(m->places[i].block);
    free(m);
}

static uint64_t
mix(uint64_t h, uint64_t v)
{
    h = (h ^ v) * 0x9e3779b97f4a7c15u;
    return h ^ (h >> 29);
}

static uint64_t
hash_text(uint64_t h, struct tl_str s)
{
    uint64_t v = 0;

    h = mix(h, s.n);
    for (; s.n >= sizeof(v); s = tl_str_skip(s, sizeof(v))) {
        memcpy(&v, s.p, sizeof(v));
        h = mix(h, v);
    }
    v = 0;
    if (s.n > 0)
        memcpy(&v, s.p, s.n);
    return mix(h, v);
}

bool
memo_ready(struct memo_key *key)
{
    if (key->source.n + key->carried.n + key->text.n > KEY_MAX)
        return false;
    key->hash = hash_text(hash_text(hash_text(1, key->source), key->carried), key->text);
    return true;
}

static bool
same(const struct entry *e, const struct memo_key *key)
{
    return e->block && e->hash == key->hash && tl_str_eq(e->text, key->text) &&
           tl_str_eq(e->source, key->source) && tl_str_eq(e->carried, key->carried);
}

/* The first of the two places of a hash. */
static size_t
place(uint64_t hash)
{
    return (size_t)(hash >> 40) % PLACES & ~(size_t)1;
}

bool
memo_find(const struct memo *m, const struct memo_key *key, struct tl_match *out)
{
    const struct entry *e = &m->places[place(key->hash)];

    if (!same(e, key) && !same(++e, key))
        return false;
    *out = e->match;
    return true;
}

/* Copies s to *at and moves it on. */
static struct tl_str
put(char **at, struct tl_str s)
{
    struct tl_str copy = {*at, s.n};

    if (s.n > 0)
        memcpy(*at, s.p, s.n);
    *at += s.n;
    return copy;
}

void
memo_store(struct memo *m, const struct memo_key *key, struct tl_str norm,
           const struct tl_match *match)
{
    struct entry *e = &m->places[place(key->hash)], old = e[1];
    size_t head = match->nfields * sizeof(struct tl_field);
    size_t need = head + key->source.n + key->carried.n + key->text.n + norm.n + 1;
    struct tl_field *fields;
    char *at;

    e[1] = e[0]; /* the older one of the two goes */
    e[0] = old;
    if (need > e->cap) {
        free(e->block);
        *e = (struct entry){.block = malloc(need), .cap = need};
        if (!e->block)
            e->cap = 0;
        if (!e->block)
            return;
    }
    fields = (struct tl_field *)(void *)e->block; /* malloc: aligned for any type */
    at = e->block + head;
    e->hash = key->hash;
    e->source = put(&at, key->source);
    e->carried = put(&at, key->carried);
    e->text = put(&at, key->text);
    e->match = *match;
    e->match.fields = fields;
    for (size_t i = 0; i < match->nfields; i++) {
        fields[i] = match->fields[i];
        if (fields[i].type == TL_FIELD_TEXT) /* a view into norm: the same place in its copy */
            fields[i].text.p = at + (fields[i].text.p - norm.p);
    }
    if (match->event_id.n > 0 && match->event_id.p == key->carried.p)
        e->match.event_id = e->carried;
    (void)put(&at, norm);
}
