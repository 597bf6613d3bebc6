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

static uint64_t
load_long(const char *p)
{
    uint64_t v;

    memcpy(&v, p, sizeof(v));
    return v;
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
    if (n < LOG_KEY_LONG)
        put(&k->shorts, h);
    else
        put(&k->longs, log_key_eight(load_long(text)));
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

static struct log_keys *
make(const struct tl_catalogue *c, struct tl_str source)
{
    struct log_keys *k = calloc(1, sizeof(*k));

    if (!k)
        return NULL;
    k->source = source;
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

const struct log_keys *
log_keys_of(struct tl_catalogue *c, struct tl_str source)
{
    static const struct log_keys none;
    struct log_keys *k = c ? c->log_keys : NULL;

    if (!c)
        return &none;
    while (k && !tl_str_eq(k->source, source))
        k = k->next;
    if (k)
        return k;
    source = tl_arena_str(&c->arena, source);
    k = source.p ? make(c, source) : NULL;
    if (!k)
        return NULL;
    k->next = c->log_keys;
    c->log_keys = k;
    return k;
}

void
log_keys_free(struct log_keys *k)
{
    while (k) {
        struct log_keys *next = k->next;

        free(k->keys);
        free(k);
        k = next;
    }
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

/* Whether the four bytes that tell the slot of a message may stand for others. */
static bool
is_doubtful(const char *p)
{
    uint64_t v = LOG_KEY_EACH('a');

    memcpy(&v, p, LITERAL_MIN);
    return log_key_doubt(v) != 0;
}

bool
log_keys_may(const struct log_keys *k, const char *p, const char *end)
{
    if (k->all || end - p < LITERAL_MIN)
        return true;
    if (end - p >= LOG_KEY_LONG && !log_keys_begin(k, p))
        return false;
    if (k->kinds[(unsigned char)*p] || is_doubtful(p))
        return true;
    for (uint32_t i = k->slots[slot_of(log_key_four(p))]; i; i = k->keys[i - 1].next)
        if (compare(k, &k->keys[i - 1], p, end) != UNLIKE)
            return true;
    return false;
}
