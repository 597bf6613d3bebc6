#!/bin/sh
# Each folder in tests/golden holds `cmd` (arguments, one to a line) and the exact bytes expected on
# stdout, then stderr and exit code where they matter. UPDATE=1 rewrites the expectation; the diff is
# then part of the review.
set -u
export LC_ALL=C
out=$BUILD/golden
mkdir -p "$out"
for d in tests/golden/*/; do
    name=$(basename "$d")
    [ -f "$d/cmd" ] || continue
    set --
    while IFS= read -r arg; do set -- "$@" "$arg"; done < "$d/cmd"
    "$TIDELINE" "$@" > "$out/$name" 2> "$out/$name.err" < /dev/null; rc=$?
    if [ -s "$out/$name.err" ] || [ "$rc" -ne 0 ]; then
        { echo "--- stderr, exit $rc"; cat "$out/$name.err"; } >> "$out/$name"
    fi
    if [ "${UPDATE:-0}" = 1 ]; then cp "$out/$name" "$d/expected"; fi
    if diff -u "$d/expected" "$out/$name" > "$out/$name.diff"; then
        echo "ok golden $name"
    else
        head -60 "$out/$name.diff"
        echo "not ok golden $name"
    fi
done
