#!/bin/sh
# What a busy server writes, as stderr, csvlog and jsonlog: OUT.log OUT.csv OUT.json, SIZE bytes each.
#   sh bench/pg_base.sh OUT SIZE
# A PostgreSQL server of its own (see tests/pg.sh) logs every statement of pgbench and of some less orderly clients.
set -eu
export LC_ALL=C
out=$1; size=$2
. tests/pg.sh
pg_find || { echo "no PostgreSQL 15 or newer" >&2; exit 1; }
trap pg_gone EXIT
trap 'exit 1' INT TERM
pg_new <<'CONF'
max_connections = 60
log_statement = all
log_duration = on
log_connections = on
log_disconnections = on
log_checkpoints = on
log_autovacuum_min_duration = 0
log_temp_files = 0
log_lock_waits = on
deadlock_timeout = 100ms
checkpoint_timeout = 30s
autovacuum_naptime = 2s
work_mem = 256kB
CONF
pg_start
q() { pg_as "$PGBIN/psql" -X -q "$@" > /dev/null 2>&1 || true; }
b() { pg_as "$PGBIN/pgbench" -n "$@" > /dev/null 2>&1 || true; }

for role in shop_rw shop_ro billing etl; do q -c "create role $role login superuser"; done
for db in shop billing; do
    q -c "create database $db"
    pg_as "$PGBIN/pgbench" -i -q -s 2 $db > /dev/null 2>&1
done
cat > "$PGDIR/report.sql" <<'SQL'
\set aid random(1, 200000)
SELECT b.bid,
       count(*) AS accounts,
       sum(a.abalance) FILTER (WHERE a.abalance > 0) AS credit
  FROM pgbench_accounts a
  JOIN pgbench_branches b USING (bid)
 WHERE a.aid BETWEEN :aid AND :aid + 50
 GROUP BY b.bid
 ORDER BY 1;
UPDATE pgbench_accounts
   SET filler = 'moved, with ''quotes'' and a "name"; Größe 5 µm'
 WHERE aid = :aid;
SQL
cat > "$PGDIR/errors.sql" <<'SQL'
selec 1;
select * from missing_table
 where a = 1
   and b = 'x';
select 1/0;
insert into pgbench_branches (bid) values (1);
do $$ begin raise exception 'order % is not payable', 42 using detail = 'Paid already.', hint = 'Look at the ledger.'; end $$;
do $$
begin
    raise warning 'stock is low';
    raise log 'nightly job: % rows', 1234;
end $$;
set statement_timeout = 20;
select pg_sleep(1);
set statement_timeout = 0;
select count(*) from (select * from generate_series(1, 60000) g order by md5(g::text)) x;
select 'a
multi-line
text', E'tab\tand "quotes"', '{"json": [1, 2, {"k": "v"}]}';
begin;
select 1;
SQL
for n in 1 2; do
    other=$((3 - n))
    echo "begin; update pgbench_tellers set tbalance = 0 where tid = $n; select pg_sleep(0.2);
        update pgbench_tellers set tbalance = 1 where tid = $other; commit;" > "$PGDIR/lock$n.sql"
done
chmod a+r "$PGDIR"/*.sql

round=0
while [ "$(wc -c < "$PGDIR/log/server.log")" -lt "$size" ]; do
    round=$((round + 1))
    b --random-seed=$round -c 4 -t 700 -U shop_rw shop & p1=$!
    b --random-seed=$round -c 2 -t 900 -S -M prepared -h 127.0.0.1 -U shop_ro shop & p2=$!
    b --random-seed=$round -c 2 -t 300 -f "$PGDIR/report.sql" -h 127.0.0.1 -U billing billing & p3=$!
    b --random-seed=$round -c 2 -t 60 -S -C -h 127.0.0.1 -U etl billing & p4=$!
    q -U etl -d billing -f "$PGDIR/errors.sql" & p5=$!
    q -U shop_rw -d shop -f "$PGDIR/lock1.sql" & p6=$!
    q -U shop_rw -d shop -f "$PGDIR/lock2.sql" & p7=$!
    q -U nobody_knows -d shop -h 127.0.0.1 -c 'select 1'
    wait $p1 $p2 $p3 $p4 $p5 $p6 $p7
done
pg_stop fast
for ext in log csv json; do head -c "$size" "$PGDIR/log/server.$ext" > "$out.$ext"; done
