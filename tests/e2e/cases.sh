#!/bin/sh
# Evidence of our own invention, one folder of tests/data/cases each:
#   in/         the inputs; the command runs there
#   cmd         the arguments of tideline (a line of the shell)
#   expect.jq   must give true on what it prints (a report, the lines of events, or a text), with $exit and $err;
#               all_outages and all_findings are those of all runs and of none
set -u
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh
export TIDELINE
root=$PWD/tests/data/cases
words='def all_outages: [.runs[].outages[], .outages[]]; def all_findings: [.runs[].findings[], .findings[]];'
for dir in "$root"/*/; do
    name=$(basename "$dir")
    (cd "$dir/in" && sh -c "\"\$TIDELINE\" $(cat "$dir/cmd")") > "$work/out" 2> "$work/err" < /dev/null
    code=$?
    case $(head -c 1 "$work/out") in
    '{') read=--slurp; first='if length == 1 then .[0] else . end |' ;;
    *) read='--raw-input --slurp' first= ;;
    esac
    # shellcheck disable=SC2086
    if jq -e $read --argjson exit "$code" --rawfile err "$work/err" "$words $first ($(cat "$dir/expect.jq"))" \
        "$work/out" > "$work/holds" 2>&1; then echo "ok $name"; else
        echo "  tideline $(cat "$dir/cmd")"; echo "  exit $code"; head -c 300 "$work/err"; head -c 300 "$work/holds"; echo "not ok $name"
    fi
done
