#!/bin/sh
# Fails when a folder includes a folder it must not know, or another folder's private
# header, or a library that belongs to someone else. This is the architecture, executable.
set -eu
bad=0
say() { echo "check-layers: $*" >&2; bad=1; }
for f in core/*.[ch] ingest/*.[ch] parse/*.[ch] timeline/*.[ch] store/*.[ch] render/*.[ch] cli/*.[ch]; do
    [ -f "$f" ] || continue
    layer=${f%%/*}
    for inc in $(sed -n 's/^#include "\([^"]*\)".*/\1/p' "$f"); do
        to=${inc%%/*}
        [ "$to" = "$layer" ] || [ "$to" = core ] || { [ "$layer" = cli ] && [ "$inc" = "$to/$to.h" ]; } ||
            { [ "$layer" = cli ] && [ "$inc" = parse/builtin.h ]; } || say "$f includes $inc"
    done
    for inc in $(sed -n 's/^#include <\([^>]*\)>.*/\1/p' "$f"); do
        case $inc in
        pcre2.h | expat.h) [ "$layer" = parse ] || say "$f includes <$inc>" ;;
        cjson/*) [ "$layer" = render ] || [ "$layer" = parse ] || [ "$layer" = ingest ] || say "$f includes <$inc>" ;;
        sqlite3.h) [ "$layer" = store ] || say "$f includes <$inc>" ;;
        curl/* | openssl/* | archive*.h | zlib.h | isa-l.h | isa-l/*) [ "$layer" = ingest ] || say "$f includes <$inc>" ;;
        utf8proc.h) [ "$layer" = render ] || say "$f includes <$inc>" ;;
        esac
    done
done
exit $bad
