#!/bin/sh
# Measures tideline against named peers on the same data in one run, interleaved; medians of RUNS whole
# processes with the file in the page cache. Takes ratios, not seconds, on a shared machine.
# Then how time and memory grow from 1,000 events of a fleet to EVENTS, and with shapes that are awkward.
#   make bench        [EVENTS=1000000] [PROBES=5000000] [RUNS=5]
set -eu
export LC_ALL=C
dir=build/bench; mkdir -p $dir
EVENTS=${EVENTS:-1000000}; PROBES=${PROBES:-5000000}; RUNS=${RUNS:-5}
t=$PWD/tideline

[ -s "$dir/events-$EVENTS.json" ] || python3 bench/gen_events.py "$EVENTS" > "$dir/events-$EVENTS.json"
[ -s "$dir/probe-$PROBES.log" ] || python3 bench/gen_probe.py "$PROBES" "$dir/truth-$PROBES.tsv" > "$dir/probe-$PROBES.log"

rss() { # COMMAND: peak resident MiB
    /usr/bin/time -f %M -o $dir/rss sh -c "exec $1" > /dev/null 2>&1 || true
    awk '{printf "%.0f", $1 / 1024}' $dir/rss
}
# table FILE NAME COMMAND NAME COMMAND ...: the first is tideline, the last the floor
table() {
    file=$1; shift
    size=$(wc -c < "$file")
    n=$#; i=0
    : > $dir/cmds
    while [ $i -lt "$n" ]; do printf '%s\t%s\n' "$1" "$2" >> $dir/cmds; shift 2; i=$((i + 2)); done
    cat "$file" > /dev/null
    # interleaved: each round runs every command once
    rm -f $dir/times
    round=0
    while [ $round -lt "$RUNS" ]; do
        while IFS="$(printf '\t')" read -r name cmd; do
            hyperfine -N --runs 1 --warmup 0 --export-json $dir/hf.json --style none "sh -c '$cmd > /dev/null'" > /dev/null 2>&1 ||
                { echo "failed: $cmd" >&2; continue; }
            printf '%s\t%s\n' "$name" "$(jq -r '.results[0].mean' $dir/hf.json)" >> $dir/times
        done < $dir/cmds
        round=$((round + 1))
    done
    first=
    printf '%-34s %8s %8s %8s %10s\n' "$(basename "$file"), $((size / 1000000)) MB" s GB/s RSS/MiB ratio
    while IFS="$(printf '\t')" read -r name cmd; do
        med=$(awk -F'\t' -v n="$name" '$1 == n {print $2}' $dir/times | sort -n | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}')
        [ -n "$med" ] || { printf '%-34s not there\n' "  $name"; continue; }
        [ -n "$first" ] || first=$med
        m=$(rss "$cmd")
        awk -v n="  $name" -v s="$med" -v b="$size" -v m="$m" -v f="$first" \
            'BEGIN {printf "%-34s %8.3f %8.3f %8s %9.2fx\n", n, s, b / s / 1e9, m, s / f}'
    done < $dir/cmds
}
echo "ratio: how many times as long as the first row took; $RUNS runs each, medians, $(nproc) cores"
e=$dir/events-$EVENTS.json; p=$dir/probe-$PROBES.log
table "$e" "tideline events" "$t events --format ndjson $e" "tideline report (json)" "$t report --format json $e" \
    "jq" "jq -c .Events[] $e" "python3 json" "python3 bench/peer_json.py $e" "wc -l" "wc -l $e"
table "$p" "tideline events" "$t events --format ndjson $p" "tideline report (json)" "$t report --format json $p" \
    "python3: outages, seconds" "python3 bench/peer_outages.py $p" "awk: first and last lines only" "awk -f bench/peer_outages.awk $p" "wc -l" "wc -l $p"

python3 bench/growth.py "$t" $dir "$RUNS" "$EVENTS"
echo
$t report --format json "$p" | jq -r '[.outages[], .runs[].outages[]] | .[] | [.first_fail, .first_ok] | @tsv' |
    sed 's/T/ /g; s/Z//g' | sort > $dir/found.tsv
sort "$dir/truth-$PROBES.tsv" > $dir/truth.sorted
printf 'outages: %s planted, %s found, %s the same\n' "$(wc -l < $dir/truth.sorted)" "$(wc -l < $dir/found.tsv)" \
    "$(comm -12 $dir/truth.sorted $dir/found.tsv | wc -l)"
