/*
 * builtin.h - the rule files that the binary carries (generated from parse/rules/ at build time).
 * Only cli/ and the tests link it.
 */
#ifndef TL_PARSE_BUILTIN_H
#define TL_PARSE_BUILTIN_H

#include <stddef.h>

struct tl_builtin_rules {
    const char *name; /* "10-upgrade.rules"; NULL ends the array */
    const char *text; /* NUL-terminated */
    size_t n;         /* bytes, without the NUL */
};
extern const struct tl_builtin_rules tl_builtin_rules[];

#endif
