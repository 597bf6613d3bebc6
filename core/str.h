/*
 * str.h - text as a (pointer, length) view, and a bounded text builder.
 *
 * A view never owns its bytes and is not NUL-terminated; it is valid for as long
 * as the arena or buffer it points into. Log text may hold any byte, NUL included.
 */
#ifndef TL_CORE_STR_H
#define TL_CORE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/status.h"

struct tl_str {
    const char *p;
    size_t n;
};

#define TL_STR(lit) ((struct tl_str){(lit), sizeof(lit) - 1})
#define TL_FMT(s)   (int)(s).n, (s).p /* printf("%.*s", TL_FMT(s)) */

struct tl_str tl_str_from(const char *z); /* z may be NULL: empty view */
bool tl_str_eq(struct tl_str a, struct tl_str b);
bool tl_str_starts(struct tl_str s, struct tl_str prefix);
struct tl_str tl_str_trim(struct tl_str s);            /* blanks, tabs, CR, LF at both ends */
bool tl_str_case_eq(struct tl_str a, struct tl_str b); /* ASCII letters alike */
bool tl_str_case_starts(struct tl_str s, struct tl_str prefix);
int tl_str_cmp(struct tl_str a, struct tl_str b); /* bytes, then length: a total order */

/* Position of the first `needle` (not empty) in s, or SIZE_MAX. */
size_t tl_str_find(struct tl_str s, struct tl_str needle);
size_t tl_str_case_find(struct tl_str s, struct tl_str needle);

/* Splits s at the first c: *left is before it, *right after it. False, with *left = s and *right
 * empty, when there is none. */
bool tl_str_cut(struct tl_str s, char c, struct tl_str *left, struct tl_str *right);

/* s without its first n bytes (n clamped to its length). */
struct tl_str tl_str_skip(struct tl_str s, size_t n);

/* Reads 1..18 decimal digits off the front of *s (a longer number is refused). */
bool tl_str_int(struct tl_str *s, int64_t *out);

/* Takes the next line (without its newline) off the front of *rest.
 * Returns false when *rest is empty. */
bool tl_str_line(struct tl_str *rest, struct tl_str *line);

/* Reads exactly `digits` decimal digits off the front of *s. */
bool tl_str_digits(struct tl_str *s, unsigned digits, int64_t *out);

/*
 * Text builder. Grows up to `max` bytes. Errors are sticky: after a failed append
 * every further append is a no-op, so callers check once, at the end.
 */
struct tl_buf {
    char *p; /* NULL or NUL-terminated */
    size_t n, cap, max;
    enum tl_status failed; /* TL_OK, TL_ENOMEM or TL_ELIMIT */
};

void tl_buf_init(struct tl_buf *b, size_t max);
void tl_buf_free(struct tl_buf *b);  /* safe to call twice */
void tl_buf_reset(struct tl_buf *b); /* empties it, keeps the memory and any failure */
void tl_buf_add(struct tl_buf *b, struct tl_str s);
__attribute__((format(printf, 2, 3))) void tl_buf_addf(struct tl_buf *b, const char *fmt, ...);
struct tl_str tl_buf_str(const struct tl_buf *b); /* .p is NUL-terminated */

/* Appends s as valid UTF-8 without NUL: each bad byte becomes U+FFFD. */
void tl_buf_add_clean(struct tl_buf *b, struct tl_str s);

#endif
