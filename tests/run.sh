#!/bin/sh
# Runs every test against one build and ends with "N passed, N failed".
#   tests/run.sh build/release
# Unit tests are cmocka programs; the scripts of tests/e2e print a line "ok ..." or "not ok ..." per check.
set -u
build=$1
passed=0; failed=0
log=$build/tests.log
: > "$log"
export LC_ALL=C
TIDELINE=$PWD/$build/tideline
BUILD=$build
export TIDELINE BUILD

count() { # name, exit code, passed, failed
    passed=$((passed + $3)); failed=$((failed + $4))
    if [ "$2" -ne 0 ] && [ "$4" -eq 0 ]; then
        failed=$((failed + 1))
    fi
    if [ "$2" -ne 0 ] || [ "$4" -ne 0 ]; then
        echo "FAILED  $1 (exit $2)"
    else
        echo "passed  $1 ($3)"
    fi
}

for t in "$build"/tests/test_*; do
    case $t in *.d | *.o) continue ;; esac
    [ -x "$t" ] || continue
    "$t" > "$log.one" 2>&1; rc=$?
    cat "$log.one" >> "$log"
    p=$(grep -c '^\[       OK \]' "$log.one"); f=$(grep '^\[  FAILED  \] ' "$log.one" | grep -v 'test(s)' | sort -u | wc -l)
    [ "$rc" -eq 0 ] || grep -vE '^\[ +(RUN|OK) +\]' "$log.one" | tail -40
    [ "$p" -gt 0 ] || [ "$rc" -ne 0 ] || { echo "$t ran no test"; rc=1; }
    count "$(basename "$t")" $rc "$p" "$f"
done
for s in tests/e2e/*.sh; do
    [ -f "$s" ] || continue
    case $s in */lib.sh) continue ;; esac
    sh "$s" > "$log.one" 2>&1; rc=$?
    cat "$log.one" >> "$log"
    p=$(grep -c '^ok ' "$log.one"); f=$(grep -c '^not ok ' "$log.one")
    { [ "$rc" -eq 0 ] && [ "$f" -eq 0 ]; } || grep -v '^ok ' "$log.one" | tail -60
    if [ "$rc" -eq 0 ] && grep -q '^skipped' "$log.one"; then grep '^skipped' "$log.one"; continue; fi
    [ "$p" -gt 0 ] || [ "$rc" -ne 0 ] || { echo "$s checked nothing"; rc=1; }
    count "$(basename "$s")" $rc "$p" "$f"
done
rm -f "$log.one"
echo "$passed passed, $failed failed" | tee "$build/totals"
[ "$failed" -eq 0 ]
