/*
 * log_keys.c - which messages are worth a look: those that begin like one that a rule knows.
 *
 * The heads of the rules (rule_head.c) hang in a table by their first four bytes; of a shorter one
 * ("/", before the path of a server) the first byte alone counts. What a message does not say in
 * plain bytes (escapes, white space runs, bytes beyond ASCII) is a maybe: rules see messages
 * unescaped and normalised, and a head must never hide one.
 */
#include "parse/log_keys.h"

#include <stdlib.h>

#define EACH(b) ((uint32_t)(b)*0x01010101u)

/* Not zero when some byte of v is zero. */
static uint32_t
has_zero(uint32_t v)
{
    return (v - EACH(1)) & ~v & EACH(0x80);
}

static uint32_t
hash_long(const char *p)
{
    uint64_t v;

    memcpy(&v, p, LOG_KEY_LONG);
    return (uint32_t)(((v | 0x2020202020202020u) * 0x9e3779b97f4a7c15u) >> (64 - LOG_KEY_BITS));
}

static void
put(struct log_key_set *set, uint32_t hash)
{
    set->bits[hash / 64] |= (uint64_t)1 << (hash % 64);
}

static uint32_t
slot_of(uint32_t hash)
{
    return hash % LOG_KEY_SLOTS;
}

static bool
has_key(const struct log_keys *k, const char *text, size_t n)
{
    for (size_t i = 0; i < k->n; i++)
        if (k->keys[i].n == n && memcmp(k->keys[i].text, text, n) == 0)
            return true;
    return false;
}

static bool
add_key(struct log_keys *k, const char *text, size_t n)
{
    unsigned char first = (unsigned char)text[0];
    uint32_t h = log_key_four(text);
    struct log_key *list;

    if (n < LITERAL_MIN) {
        k->kinds[first] |= KIND_FIRST;
        if (first >= 'a' && first <= 'z')
            k->kinds[first - 'a' + 'A'] |= KIND_FIRST;
    }
    if (n < LITERAL_MIN || has_key(k, text, n))
        return true;
    list = realloc(k->keys, (k->n + 1) * sizeof(*list));
    if (!list)
        return false;
    k->keys = list;
    list += k->n++;
    *list = (struct log_key){.n = (uint32_t)n, .next = k->slots[slot_of(h)]};
    memcpy(list->text, text, n);
    k->slots[slot_of(h)] = (uint32_t)k->n;
    put(&k->fours, h);
    if (n < LOG_KEY_LONG)
        put(&k->shorts, h);
    else
        put(&k->longs, hash_long(text));
    return true;
}

static bool
has_source(const struct rule *r, struct tl_str source)
{
    for (size_t i = 0; i < r->nsources; i++)
        if (tl_str_eq(r->sources[i], source))
            return true;
    return false;
}

static bool
add_rule(struct log_keys *k, const struct rule *r)
{
    struct rule_heads heads;

    if (!rule_heads(r->match, &heads)) {
        k->all = true;
        return true;
    }
    for (size_t i = 0; i < heads.n; i++)
        if (!add_key(k, heads.text[i], heads.len[i]))
            return false;
    return true;
}

struct log_keys *
log_keys_new(struct tl_catalogue *c, struct tl_str source)
{
    struct log_keys *k = calloc(1, sizeof(*k));

    if (!k || !c)
        return k; /* without rules nothing is worth it */
    for (unsigned b = 0; b < 256; b++)
        if (b < ' ' || b >= 0x7f || b == '\\' || b == '"')
            k->kinds[b] = KIND_DOUBT;
    k->kinds[' '] = KIND_BLANK;
    k->all = c->plain;
    for (size_t i = 0; i < c->n && !k->all; i++) {
        if (has_source(c->rules[i], source) && !add_rule(k, c->rules[i])) {
            log_keys_free(k);
            return NULL;
        }
    }
    return k;
}

void
log_keys_free(struct log_keys *k)
{
    if (!k)
        return;
    free(k->keys);
    free(k);
}

/* Two blanks in a row among the four: a run, written for one. */
static bool
has_run(uint32_t four)
{
    uint32_t v = four ^ EACH(' ');

    return has_zero(v | v >> 8 | 0xff000000u) != 0;
}

enum like { UNLIKE, LIKE, UNSURE };

static enum like
compare(const struct log_keys *k, const struct log_key *key, const char *p, const char *end)
{
    for (uint32_t i = 0; i < key->n; i++) {
        unsigned char b = (unsigned char)p[i];

        if (p + i == end)
            return UNSURE; /* the next line may go on with it */
        if (b >= 'A' && b <= 'Z')
            b = (unsigned char)(b + 'a' - 'A');
        if (b == (unsigned char)key->text[i])
            continue;
        if ((k->kinds[b] & KIND_DOUBT) || (b == ' ' && i > 0 && p[i - 1] == ' '))
            return UNSURE;
        return UNLIKE;
    }
    return LIKE;
}

/* Whether bytes 4 to 7 stand for themselves, so that eight bytes tell a message from all long keys. */
static bool
is_plain(const struct log_keys *k, const unsigned char *b)
{
    unsigned doubt = 0;

    for (int i = 4; i < LOG_KEY_LONG; i++)
        doubt |= (k->kinds[b[i]] & KIND_DOUBT) | (b[i] == ' ' && b[i - 1] == ' ');
    return !doubt;
}

bool
log_keys_may(const struct log_keys *k, const char *p, const char *end)
{
    const unsigned char *b = (const unsigned char *)p;
    unsigned kinds;
    uint32_t four, h;

    if (k->all || end - p < 4)
        return true;
    kinds = k->kinds[b[0]] | k->kinds[b[1]] | k->kinds[b[2]] | k->kinds[b[3]];
    memcpy(&four, p, sizeof(four));
    if (kinds) /* most messages begin with four letters */
        if ((kinds & KIND_DOUBT) || (k->kinds[b[0]] & (KIND_FIRST | KIND_BLANK)) ||
            ((kinds & KIND_BLANK) && has_run(four)))
            return true;
    h = log_key_four(p);
    if (!log_key_in(&k->fours, h))
        return false;
    if (end - p >= LOG_KEY_LONG && !log_key_in(&k->shorts, h) && is_plain(k, b) &&
        !log_key_in(&k->longs, hash_long(p)))
        return false;
    for (uint32_t i = k->slots[slot_of(h)]; i; i = k->keys[i - 1].next)
        if (compare(k, &k->keys[i - 1], p, end) != UNLIKE)
            return true;
    return false;
}
