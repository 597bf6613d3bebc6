#!/bin/sh
# Measures `tideline events` on PostgreSQL logs against what a user would pick instead, and holds what it finds
# to what was planted: class, line and time of every event.
#   make bench-logs    [SIZE=1G] [BASE=100M] [RUNS=5] [SLICE=32M]
#   make bench-stream  [STREAM=50G]      a stream of that size through standard input
# SLICE: what the slow peers (pgbadger, lnav) get of the same file. Data are made once, in build/bench.
set -eu
export LC_ALL=C
SIZE=${SIZE:-1G}; BASE=${BASE:-100M}; RUNS=${RUNS:-5}; SLICE=${SLICE:-32M}; STREAM=${STREAM:-50G}
d=build/bench; mkdir -p $d
t=$PWD/tideline; known=bench/known.tsv; patterns=bench/patterns.txt
gen=$d/gen_pglog; base=$d/pg-$BASE
threads=; ! $t events --help | grep -q -- --threads || threads='--threads'
bad=0

bytes() { numfmt --from=iec "$1"; }
say() { echo "bench: $*" >&2; }
# found NDJSON: line, class and time of the events in it
found() { jq -r 'select(.schema == "tideline.event/1") | [.line, .class, .at] | @tsv' "$1"; }
# judge NAME ORACLE NDJSON: recall, and what is false
judge() {
    found "$3" | sort > $d/found; sort "$2" > $d/planted
    all=$(wc -l < $d/planted); hit=$(comm -12 $d/planted $d/found | wc -l); false=$(comm -13 $d/planted $d/found | wc -l)
    printf '%-28s planted %6d  found %6d  recall %s  false %d\n' "$1" "$all" "$hit" \
        "$(awk -v h="$hit" -v a="$all" 'BEGIN {printf "%.4f", h / a}')" "$false"
    [ "$hit" = "$all" ] && [ "$false" = 0 ] || { bad=1; comm -3 $d/planted $d/found | sort -k1n | head -6; }
}

${CC:-cc} -O2 -o $gen bench/gen_pglog.c
[ -s "$base.json" ] || { say "a server writes $BASE"; sh bench/pg_base.sh "$base" "$(bytes "$BASE")"; }

# What of the base is known must go: what tideline finds in it, and, apart from that, what the patterns do.
for f in log csv json; do
    $t events -q --format ndjson "$base.$f" > $d/base.ndjson
    { jq -r 'select(.schema == "tideline.event/1") | .line' $d/base.ndjson
      grep -nE -f $patterns "$base.$f" | cut -d: -f1; } | sort -n -u > $d/drop.new
    cmp -s $d/drop.new "$base.$f.drop" || cp $d/drop.new "$base.$f.drop"
done
of() { case $1 in log) echo stderr ;; *) echo "$1" ;; esac; }
generate() { # EXTENSION SIZE ORACLE: the log to standard output
    $gen "$(of "$1")" "$base.$1" "$base.$1.drop" $known "$2" "$3"
}

if [ "${1:-logs}" = stream ]; then
    rm -f $d/pipe; mkfifo $d/pipe
    generate log "$STREAM" $d/stream.tsv > $d/pipe &
    t0=$(date +%s%N)
    /usr/bin/time -f %M -o $d/rss $t events --format ndjson - < $d/pipe > $d/stream.ndjson
    t1=$(date +%s%N)
    wait
    rm -f $d/pipe
    awk -v b="$(bytes "$STREAM")" -v ns=$((t1 - t0)) -v m="$(tail -1 $d/rss)" \
        'BEGIN {printf "stream of %.1f GB: %.1f s, %.2f GB/s, peak RSS %.1f MiB\n", b / 1e9, ns / 1e9, b / ns, m / 1024}'
    judge "stream" $d/stream.tsv $d/stream.ndjson
    exit $bad
fi

log=$d/pg-$SIZE
for f in log csv json; do
    key=$(cat $known bench/gen_pglog.c "$base.$f.drop" "$base.$f" | sha256sum)
    [ -s "$log.$f" ] && [ "$key" = "$(cat "$log.$f.key" 2> /dev/null)" ] && continue
    say "$log.$f"
    generate "$f" "$SIZE" "$log.$f.tsv" > "$log.$f"
    if [ $f = log ]; then gzip -c "$log.$f" > "$log.log.gz"; zstd -q -f "$log.$f" -o "$log.log.zst"; fi
    echo "$key" > "$log.$f.key"
done

echo "== found and planted (line, class and time must agree), of $(wc -l < "$log.log") / $(wc -l < "$log.csv") / $(wc -l < "$log.json") lines"
for f in log csv json log.gz log.zst; do
    for n in ${threads:+1 2} ${threads:-any}; do
        [ "$n" != --threads ] || continue
        opt=; [ -z "$threads" ] || opt="$threads $n"
        # shellcheck disable=SC2086
        $t events $opt --format ndjson "$log.$f" > $d/events.ndjson
        case $f in log.*) oracle=$log.log.tsv ;; *) oracle=$log.$f.tsv ;; esac
        judge "$f, threads: $n" "$oracle" $d/events.ndjson
    done
done

n=$(wc -l < $patterns)
one=$(tr '\n' '|' < $patterns | sed 's/|$//')
rm -f $d/results $d/rows
row() { printf '%s\t%s\t%s\t%s\n' "$1" "$2" "$(stat -c %s "$3")" "$4" >> $d/rows; } # GROUP NAME FILE COMMAND
ours() { # GROUP FILE SIZED-AS
    if [ -n "$threads" ]; then
        row "$1" "tideline events, 1 thread" "$3" "$t events --threads 1 $2"
        row "$1" "tideline events, 2 threads" "$3" "$t events --threads 2 $2"
    else row "$1" "tideline events" "$3" "$t events $2"; fi
}
for f in log csv json; do
    file=$log.$f; group=pg-$(of $f)
    cat "$file" > /dev/null
    head -c "$(bytes "$SLICE")" "$file" > "$d/slice.$f"
    ours "$group" "$file" "$file"
    row "$group" "rg -c, $n patterns" "$file" "rg -c -f $patterns $file"
    row "$group" "grep -cE, $n patterns" "$file" "grep -cE -f $patterns $file"
    case $f in log) how="-f stderr -p %t:%r:%u@%d:[%p]:" ;; csv) how="-f csv" ;; json) how="-f jsonlog" ;; esac
    ! command -v pgbadger > /dev/null || row "$group" "pgbadger (other work; $SLICE)" "$d/slice.$f" "pgbadger -q -j 1 $how -x text -o $d/pgbadger.txt $d/slice.$f"
    ! command -v lnav > /dev/null || row "$group" "lnav -n, filter ($SLICE)" "$d/slice.$f" "lnav -n -c ':filter-in $one' $d/slice.$f"
    row "$group" "wc -l" "$file" "wc -l $file"
done
for z in gz zst; do
    case $z in gz) cat="gzip -dc" ;; *) cat="zstd -dcq" ;; esac
    ours "$z" "$log.log.$z" "$log.log"
    row "$z" "$cat | rg -c, $n patterns" "$log.log" "$cat $log.log.$z | rg -c -f $patterns"
    row "$z" "$cat | wc -l" "$log.log" "$cat $log.log.$z | wc -l"
done
echo
echo "== $RUNS runs each in turn, medians, $(nproc) cores, file in the page cache; times: how many times slower than the first row"
python3 bench/measure.py "$RUNS" $d/results < $d/rows

hyperfine -N --warmup 3 --runs 50 --style none --export-json $d/small.json "$t report fixtures/global-minor-17.5" > /dev/null 2>&1
echo
jq -r '.results[0] | "a small report from start to end: \(.mean * 1e5 | round / 100) ms (mean of 50)"' $d/small.json

echo
echo "== goals"
awk -F'\t' -v small="$(jq '.results[0].mean * 1000' $d/small.json)" '
    {rate[$1, $2] = $4; group[$1] = 1}
    $2 ~ /^tideline/ && $5 > top {top = $5}
    $2 ~ /^rg|\| rg/ {rg[$1] = $4}
    $2 == "wc -l" {wc[$1] = $4}
    function goal(what, got, want, less) {
        printf "%-7s %-52s %8.2f (%s %s)\n", ((less ? got <= want : got >= want) ? "met" : "NOT MET"), what, got, less ? "at most" : "at least", want}
    function ours(g, n) {return ((g, "tideline events, " n) in rate) ? rate[g, "tideline events, " n] : rate[g, "tideline events"]}
    END {
        goal("pg-stderr: times ripgrep, 1 thread", ours("pg-stderr", "1 thread") / rg["pg-stderr"], 5)
        goal("pg-stderr: wc -l, times tideline, 1 thread", wc["pg-stderr"] / ours("pg-stderr", "1 thread"), 3, 1)
        goal("pg-csv: times ripgrep", ours("pg-csv", "1 thread") / rg["pg-csv"], 3)
        goal("pg-json: times ripgrep", ours("pg-json", "1 thread") / rg["pg-json"], 3)
        for (g in group) if ((g, "tideline events, 2 threads") in rate)
            goal(g ": 2 threads, times 1", ours(g, "2 threads") / ours(g, "1 thread"), g == "pg-stderr" ? 1.3 : 1.5)
        goal("peak RSS, MiB", top, 64, 1)
        goal("a small report, ms", small, 15, 1)
    }' $d/results
[ $bad -eq 0 ] || echo "NOT MET every planted event found, and no other"
exit $bad
