#!/bin/sh
# Turns rule files into C on stdout: an array of {name, text, length}, ended by a NULL name. Arrays of
# characters, not literals: a C compiler need not take long literals, and rules are long.
set -eu
n=0
for f in "$@"; do
    printf 'static const unsigned char text_%d[] = {' "$n"
    od -An -v -tu1 "$f" | sed 's/  *\([0-9]\)/,\1/g; s/^,//; s/$/,/'
    echo '0};'
    n=$((n + 1))
done
echo '#include "parse/builtin.h"'
echo 'const struct tl_builtin_rules tl_builtin_rules[] = {'
n=0
for f in "$@"; do
    printf '    {"%s", (const char *)text_%d, sizeof(text_%d) - 1},\n' "$(basename "$f")" "$n" "$n"
    n=$((n + 1))
done
printf '    {0, 0, 0}};\n'
