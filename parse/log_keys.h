/*
 * log_keys.h - private to parse/: which messages are worth a look, as the inner loop asks.
 */
#ifndef TL_PARSE_LOG_KEYS_H
#define TL_PARSE_LOG_KEYS_H

#include <string.h>

#include "parse/catalogue.h"
#include "parse/log.h"

enum {
    LOG_KEY_BITS = 12,  /* of a slot's number */
    LOG_KEY_MORE = 16 - LOG_KEY_BITS /* more of the hash, so that few messages look like a key */
};

struct log_key {
    char text[RULE_HEAD_MAX];
    uint32_t n;
    uint32_t next; /* of the same slot; 0: none, else index + 1 */
};

/* Keys hang in slots by their first four bytes. */
struct log_keys {
    uint64_t bits[(1u << (LOG_KEY_BITS + LOG_KEY_MORE)) / 64]; /* hashes of keys */
    uint32_t slots[1u << LOG_KEY_BITS];
    struct log_key *keys;
    size_t n;
    unsigned char kinds[256]; /* of a byte: bits of enum log_kind */
    bool all;                 /* some rule can begin with anything */
};

enum log_kind {
    KIND_DOUBT = 1, /* may stand for another byte, or for none, once unescaped and normalised */
    KIND_BLANK = 2,
    KIND_FIRST = 4 /* a head of fewer than four bytes begins so */
};

static inline uint32_t
log_key_load(const char *p)
{
    uint32_t v;

    memcpy(&v, p, sizeof(v));
    return v;
}

static inline uint32_t
log_key_hash(uint32_t four)
{
    return ((four | 0x20202020u) * 0x9e3779b1u) >> (32 - LOG_KEY_BITS - LOG_KEY_MORE);
}

/* False: no rule knows a message that begins with the four bytes at p, whatever follows. Most
 * messages end here. */
static inline bool
log_keys_begin(const struct log_keys *k, const char *p)
{
    const unsigned char *b = (const unsigned char *)p;
    uint32_t h = log_key_hash(log_key_load(p));

    return k->kinds[b[0]] | k->kinds[b[1]] | k->kinds[b[2]] | k->kinds[b[3]] | k->all |
           (k->bits[h / 64] >> (h % 64) & 1);
}

#endif
