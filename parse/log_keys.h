/*
 * log_keys.h - private to parse/: which messages are worth a look, as the inner loop asks.
 */
#ifndef TL_PARSE_LOG_KEYS_H
#define TL_PARSE_LOG_KEYS_H

#include <string.h>

#include "parse/catalogue.h"
#include "parse/log.h"

enum {
    LOG_KEY_BITS = 16, /* of a hash */
    LOG_KEY_SLOTS = 1 << 12,
    LOG_KEY_LONG = 8 /* bytes of a key that is told by so many at once */
};

struct log_key {
    char text[RULE_HEAD_MAX];
    uint32_t n;
    uint32_t next; /* of the same slot; 0: none, else index + 1 */
};

struct log_key_set { /* of hashes */
    uint64_t bits[(1u << LOG_KEY_BITS) / 64];
};

/* Keys hang in slots by their first four bytes. */
struct log_keys {
    struct log_keys *next; /* of another source */
    struct tl_str source;
    struct log_key_set shorts; /* first four bytes of those shorter than LOG_KEY_LONG */
    struct log_key_set longs;  /* first LOG_KEY_LONG bytes of the others */
    uint32_t slots[LOG_KEY_SLOTS];
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

/* Case does not count. */
static inline uint32_t
log_key_four(const char *p)
{
    uint32_t v;

    memcpy(&v, p, sizeof(v));
    return ((v | 0x20202020u) * 0x9e3779b1u) >> (32 - LOG_KEY_BITS);
}

static inline uint64_t
log_key_bit(const struct log_key_set *set, uint32_t hash)
{
    return set->bits[hash / 64] >> (hash % 64) & 1;
}

#define LOG_KEY_EACH(b) ((uint64_t)(b)*0x0101010101010101u)

void log_keys_free(struct log_keys *k); /* and those behind it; NULL is allowed */

static inline uint32_t
log_key_eight(uint64_t v)
{
    return (uint32_t)(((v | LOG_KEY_EACH(0x20)) * 0x9e3779b97f4a7c15u) >> (64 - LOG_KEY_BITS));
}

/* Not zero when some byte of v is zero. */
static inline uint64_t
log_key_zero(uint64_t v)
{
    return (v - LOG_KEY_EACH(1)) & ~v & LOG_KEY_EACH(0x80);
}

/* Not zero when some byte of v is KIND_DOUBT, or maybe when two blanks stand side by side. */
static inline uint64_t
log_key_doubt(uint64_t v)
{
    uint64_t blanks = log_key_zero(v ^ LOG_KEY_EACH(' '));
    uint64_t control = (v - LOG_KEY_EACH(' ')) & ~v, beyond = v | (v + LOG_KEY_EACH(1));

    return ((control | beyond) & LOG_KEY_EACH(0x80)) | log_key_zero(v ^ LOG_KEY_EACH('\\')) |
           log_key_zero(v ^ LOG_KEY_EACH('"')) | (blanks & blanks >> 8);
}

/* False: no rule knows a message that begins with the eight bytes at p, whatever follows. Nearly
 * all messages end here; without a branch, for nobody foresees which message is next. */
static inline bool
log_keys_begin(const struct log_keys *k, const char *p)
{
    uint64_t v;

    memcpy(&v, p, sizeof(v));
    /* as numbers: a compiler would make branches of truths */
    return (log_key_doubt(v) | k->kinds[(unsigned char)*p] | (uint64_t)k->all |
            log_key_bit(&k->shorts, log_key_four(p)) | log_key_bit(&k->longs, log_key_eight(v))) !=
           0;
}

#endif
