#!/bin/sh
# A real PostgreSQL server, under pgbench, watched by a probe loop, is shut down in each way and crashes in two. Its logs of the
# three formats must agree with each other, with what was done to it, and with what the probe saw.
set -u
. tests/e2e/lib.sh
. tests/pg.sh
if ! pg_find; then echo "skipped: no server of PostgreSQL 15 or newer is installed (package postgresql)"; exit 0; fi

ended() {
    touch "$work/stop"
    [ -z "${probe:-}" ] || wait "$probe" 2> /dev/null
    [ -z "${load:-}" ] || kill "$load" 2> /dev/null
    pg_gone; rm -rf "$work"
}
trap ended EXIT
trap 'exit 1' INT TERM

pg_new <<'CONF' || { echo "not ok a server"; exit 1; }
log_statement = all
log_duration = on
log_connections = on
log_disconnections = on
log_checkpoints = on
CONF
cat > "$work/load.sql" <<'SQL'
\set aid random(1, 100)
SELECT abalance
  FROM pgbench_accounts -- database system is shut down
 WHERE aid = :aid;
SELECT '
database system is ready to accept connections' AS note;
\sleep 20 ms
SQL
now() { date -u '+%Y-%m-%d %H:%M:%S.%3N'; }
sql() { "$PGBIN/psql" -X -q -A -t -c "$1" 2> /dev/null; }
# The loop of docs/fixtures.md: a time, then what came of the attempt that began at it; and in ends.log when that ended.
probe_loop() {
    while [ ! -e "$work/stop" ]; do
        t=$(now)
        printf '%s %s\n' "$t" "$(PGCONNECT_TIMEOUT=5 "$PGBIN/psql" -X -q -A -t -h 127.0.0.1 -c 'show server_version_num' 2>&1 |
            sed 's/^\([0-9]*\)0*\([0-9][0-9]\)$/\1.\2/; s/^\([0-9][0-9]\)0*\./\1./')" >> "$work/probe.log"
        printf '%s %s\n' "$t" "$(now)" >> "$work/ends.log"
        sleep 0.2
    done
}
load_on() { "$PGBIN/pgbench" -n -c 4 -T 60 -f "$work/load.sql" > /dev/null 2>&1 & load=$!; }
load_off() { kill "$load" 2> /dev/null; wait "$load" 2> /dev/null; load=; }
seen() { # waits until the probe has served attempts again
    n=$(wc -l < "$work/probe.log"); i=0
    until [ $i -ge 100 ] || tail -n +$((n + 1)) "$work/probe.log" | grep -q ' [0-9.]*$'; do sleep 0.1; i=$((i + 1)); done
}
# done_to NAME COMMAND...: what is done to the server, and between which times
done_to() {
    name=$1; shift
    load_on; sleep 0.7
    before=$(now); "$@"; after=$(now)
    load_off
    # shellcheck disable=SC2015
    [ "$name" = backend ] && until sql 'select 1' > /dev/null; do sleep 0.1; done || { sleep 0.5; pg_start; }
    printf '%s\t%s\t%s\t%s\n' "$name" "$before" "$after" "$(now)" >> "$work/deeds.tsv"
    seen
}
smart() { # it waits for its clients: they see that the server lets nobody else in
    pg_stop smart & stopping=$!
    sleep 0.6; load_off
    wait $stopping
}
kill_postmaster() { kill -9 "$(head -1 "$PGDIR/data/postmaster.pid")"; }
# Another backend that does not move holds the recovery up for a second.
kill_backend() {
    pids=$(sql "select pid from pg_stat_activity where application_name = 'pgbench' order by pid")
    slow=$(echo "$pids" | tail -1)
    kill -STOP "$slow"; kill -9 "$(echo "$pids" | head -1)"
    sleep 1; kill -CONT "$slow"
}

pg_start || { echo "not ok the server starts"; exit 1; }
"$PGBIN/pgbench" -i -q -s 1 > /dev/null 2>&1
probe_loop & probe=$!
sleep 0.5
done_to fast pg_stop fast
done_to smart smart
done_to immediate pg_stop immediate
done_to postmaster kill_postmaster
done_to backend kill_backend
sleep 0.6
touch "$work/stop"; wait "$probe"; probe=
pg_stop fast

for f in log csv json; do
    cp "$PGDIR/log/server.$f" "$work/server.$f"
    "$TIDELINE" events --format ndjson "$work/server.$f" > "$work/$f.ndjson" 2> "$work/err"
    check "$f: nothing on stderr" test ! -s "$work/err"
done
cp "$work/probe.log" "$work/ends.log" "$work/deeds.tsv" "$PGDIR/"
for f in log csv json; do
    mkdir -p "$work/case-$f"; cp "$work/server.$f" "$work/probe.log" "$work/case-$f/"
    "$TIDELINE" report --format json "$work/case-$f" > "$work/report-$f.json" 2> "$work/err"
done
python3 tests/e2e/postgres.py "$work" || echo "not ok the checks come to their end"

# Every kind of known message, and near misses, planted among the server's own lines: all are found where they stand, and no other.
"${CC:-cc}" -O1 -o "$work/gen" bench/gen_pglog.c || echo "not ok the generator compiles"
for f in log csv json; do
    jq 'select(.schema == "tideline.event/1") | .line' "$work/$f.ndjson" | sort -n > "$work/drop"
    case $f in log) as=stderr ;; *) as=$f ;; esac
    "$work/gen" $as "$work/server.$f" "$work/drop" bench/known.tsv 6M "$work/planted" 20 > "$work/planted.$f"
    for n in 1 3; do
        "$TIDELINE" events --threads $n --format ndjson "$work/planted.$f" 2> /dev/null |
            jq -r 'select(.schema == "tideline.event/1") | [.line, .class, .at] | @tsv' > "$work/found"
        same "$f: what was planted, with $n threads" "$work/planted" "$work/found"
    done
    check "$f: enough was planted" test "$(wc -l < "$work/planted")" -gt 500
done
