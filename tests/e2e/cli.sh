#!/bin/sh
# The command line as scripts see it: exit codes, what stands on stdout and what on stderr.
set -u
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh
export LC_ALL=C
chmod 755 "$work"
mkdir "$work/d" "$work/d/sub"

event() { # identifier, time, message
    printf '{"SourceIdentifier":"%s","SourceType":"db-instance","Message":"%s","EventCategories":[],"Date":"%s","SourceArn":"arn:aws:rds:eu-west-1:111122223333:db:%s"}' "$1" "$3" "$2" "$1"
}
{
    printf '{"Events":['
    event orders-1 2026-03-01T10:00:01.000Z 'DB instance shutdown'; printf ','
    event orders-1 2026-03-01T10:00:21.000Z 'DB instance restarted'
    printf ']}\n'
} > "$work/d/events.json"
{
    printf '{"Events":['
    event orders-1 2026-03-01T10:00:01.000Z 'DB instance shutdown'; printf ',{"SourceIdentifier":"ord'
} > "$work/cut.json"
{
    printf '{"Events":['
    i=0
    while [ $i -lt 2000 ]; do
        event "orders-$i" 2026-03-01T10:00:01.000Z 'DB instance shutdown'; printf ','
        i=$((i + 1))
    done
    event orders-1 2026-03-01T10:00:21.000Z 'DB instance restarted'
    printf ']}\n'
} > "$work/many.json"
echo 'a shopping list: bread, salt' > "$work/d/sub/notes.txt"
gzip -c "$work/d/events.json" > "$work/events.json.gz"
head -c 150 "$work/events.json.gz" > "$work/broken.json.gz"
printf '[x\n' > "$work/bad.rules"
printf '[custom.seen]\nsource = db-instance\nmatch = ^Seen (?<n_count>\\d+)$\nseverity = info\nsample+ = Seen 3\n' > "$work/good.rules"

# t NAME EXIT STDOUT STDERR ARGUMENT...: the patterns are grep -E; empty: nothing may be there; - : anything.
t() {
    name=$1 want=$2 out=$3 err=$4; shift 4
    "$TIDELINE" "$@" > "$work/out" 2> "$work/err" < "${input:-/dev/null}"
    verdict "$name" "$want" $? "$out" "$err"
}
verdict() { # NAME WANTED-EXIT EXIT STDOUT STDERR, over $work/out and $work/err
    if [ "$2" -eq "$3" ] && fits "$work/out" "$4" && fits "$work/err" "$5"; then
        echo "ok $1"
    else
        echo "  exit $3, wanted $2"; head -c 600 "$work/out"; head -c 600 "$work/err"; echo "not ok $1"
    fi
}
fits() {
    case $2 in
    '') [ ! -s "$1" ] ;;
    -) true ;;
    *) grep -qE -- "$2" "$1" ;;
    esac
}
j=--format=json
full=/dev/full

t "version"                       0 '^tideline [0-9]+\.[0-9]+' ''  --version
t "overview"                      0 '^  report +read evidence' ''  --help
t "help without a command"        0 '^  report +read evidence' ''  help
t "help of a command"             0 'aws rds describe-events' ''   help report
t "help of a command, its option" 0 '^usage: tideline events' ''   events -h
t "help of nonsense"              2 '' 'no command nonsense'       help nonsense
t "nothing at all"                2 '' '^tideline: a command is needed'
t "an unknown command"            2 '' 'did you mean tideline report'  reprot x
t "a command to come"             2 '' '^tideline: tideline pull is not in this version$'  pull
t "an unknown option"             2 '' 'unknown option --colour; did you mean --color'  report x --colour
t "no INPUT"                      2 '' 'report needs an INPUT'     report
t "no INPUT for events"           2 '' 'events needs an INPUT'     events --format ndjson
t "an unknown format"             2 '' 'no format yaml; report writes: .*json'  report --format yaml "$work/d"
t "an unknown format of events"   2 '' 'no format xml; events writes: .*ndjson'  events --format xml "$work/d"
t "an unknown zone"               2 '' 'Mars/Olympus'  report $j --tz Mars/Olympus "$work/d"
t "an unknown --as"               2 '' 'nonsense'      report $j --as nonsense "$work/d"
t "--as behind the last INPUT"    2 '' 'no INPUT behind it'  report $j "$work/d" --as auto
t "an unknown colour"             2 '' 'auto, always or never'  report $j --color red "$work/d"
t "a wrong time"                  2 '' '--since yesterday is no time'  report $j --since yesterday "$work/d"
t "a wrong window"                2 '' 'ends before it begins'  report $j --window 2026-03-02/2026-03-01 "$work/d"
t "standard input twice"          2 '' 'only once'     report $j - -

t "a folder"                      0 '"name": ?"sub/notes.txt", ?' ''  report $j "$work/d"
t "the same with options behind"  0 '"name": ?"events.json"' ''   report "$work/d" $j
t "a compressed file"             0 '"orders-1"' ''    report $j "$work/events.json.gz"
input=$work/d/events.json
t "standard input"                0 '"name": ?"stdin"' ''  report $j -
input=
t "an unknown file"               0 '"format": ?"unknown"' 'notes.txt: no known format'  report $j "$work/d/sub/notes.txt"
t "an unknown file, quietly"      0 '"format": ?"unknown"' ''  report -q $j "$work/d/sub/notes.txt"
t "an empty folder's report"      0 '"inputs": ?\[' ''  report $j "$work/d/sub"
t "a missing file among good"     1 '"orders-1"' '^tideline: .*gone.json: cannot be read: No such file'  report $j "$work/gone.json" "$work/d"
t "a missing file alone"          1 '"inputs": ?\[\]' 'gone.json: cannot be read'  report $j "$work/gone.json"
t "a missing file, events"        1 '"orders-1"' 'gone.json: cannot be read'  events --format ndjson "$work/d" "$work/gone.json"
t "a broken gzip"                 1 '"name": ?"broken.json.gz"' 'broken.json.gz: .*end in the middle'  report $j "$work/broken.json.gz" "$work/d"
t "a cut document"                0 '"orders-1"' '^tideline: cut.json:[0-9]+: '  report $j "$work/cut.json"
t "a cut document, quietly"       0 '"orders-1"' ''    report -q $j "$work/cut.json"
t "a cut document, strictly"      1 '"orders-1"' 'cut.json:[0-9]+: '  report --strict $j "$work/cut.json"
t "verbose"                       0 - 'events.json: rds-events, 2 records, 2 events'  report -v $j "$work/d"
t "a fixed zone needs no database" 0 '"orders-1"' ''   report $j --tz +09:00 "$work/d"

t "events"                        0 '"class":"instance.restarted"' ''  events --format ndjson "$work/d"
t "events off a terminal are NDJSON" 0 '^\{"schema":"tideline.event/1"' ''  events "$work/d"
t "events since"                  0 '"n":1,.*"class":"instance.restarted"' '^tideline: 1 rows were left out'  events --since 2026-03-01T10:00:10Z "$work/d"
t "events since, counted back"    0 '"n":1,.*"class":"instance.restarted"' '1 rows were left out'  events --since -5s "$work/d"
t "events until, in --tz"         0 '"class":"instance.shutdown"' '1 rows were left out'  events --tz +01:00 --until '2026-03-01 11:00:05' "$work/d"
t "events of a window"            0 '"class":"instance.shutdown"' '1 rows were left out'  events --window 2026-03-01T10:00:00Z/2026-03-01T10:00:05Z "$work/d"
t "counted back on a pipe"        2 '' 'standard input shows last'  events --since -5s -

t "detect"                        0 '^events.json	rds-events	.' ''  detect "$work/d"
t "detect, unknown"               0 '^sub/notes.txt	unknown	.' ''  detect "$work/d"
t "detect, forced"                0 '^notes.txt	sns	named by --as' ''  detect --as sns "$work/d/sub/notes.txt"
t "detect, not forced in a folder" 0 '^sub/notes.txt	unknown	' ''  detect --as sns "$work/d"

t "rules list"                    0 '^zdp.finished' '' rules list
t "rules show"                    0 '^\[zdp.finished\]' ''  rules show zdp.finished
t "rules show, no such class"     2 '' 'zdp.nonsense'  rules show zdp.nonsense
t "rules show, no class"          2 '' 'usage: tideline rules show CLASS'  rules show
t "rules check"                   0 'hold on all' ''   rules check
t "rules check, good"             0 'hold on all' ''   rules check "$work/good.rules"
t "rules check, bad"              1 '' 'bad.rules:1: ' rules check "$work/bad.rules"
t "rules check, missing"          1 '' 'gone.rules: cannot be read'  rules check "$work/gone.rules"
t "rules explain"                 0 'instance.restarted' ''  rules explain DB instance restarted
t "rules without a word"          2 '' 'list, show CLASS'  rules
t "added rules"                   0 'custom.seen' ''   rules --rules "$work/good.rules" explain 'Seen 5'
t "bad rules stop a report"       1 '' 'bad.rules:1: ' report $j --rules "$work/bad.rules" "$work/d"

# -o
t "-o"                            0 '' ''              report $j "$work/d" -o "$work/r.json"
"$TIDELINE" report $j "$work/d" > "$work/direct.json"
same "-o writes what stdout gets" "$work/r.json" "$work/direct.json"
t "-o does not overwrite"         1 '' 'r.json exists already; --force'  report $j "$work/d" -o "$work/r.json"
t "-o with --force"               0 '' ''              report $j "$work/cut.json" -q -o "$work/r.json" --force
check "-o with --force has overwritten" grep -q cut.json "$work/r.json"
t "-o into nowhere"               1 '' 'cannot write .*/no/r.json'  report $j "$work/d" -o "$work/no/r.json"
t "-o onto a folder"              1 '' 'it is a folder'  report $j "$work/d" -o "$work/d"
t "-o onto a device"              0 '' ''              report $j "$work/d" -o /dev/null
check "the device is still one" test -c /dev/null
t "-o of a wrong command line"    2 '' 'no format'     report --format yaml "$work/d" -o "$work/never.json"
check "leaves no file" test ! -e "$work/never.json"
check "no temporary file stays" test -z "$(find "$work" -name '.*.??????')"
t "-o into the folder that is read" 0 '' ''            report $j "$work/d" -o "$work/d/r.json"
"$TIDELINE" report $j "$work/d" > "$work/again.json"
same "what is read there is not the report" "$work/direct.json" "$work/again.json"
for f in text markdown csv; do "$TIDELINE" report --format $f "$work/d" -o "$work/d/r.$f"; done
command -v gnuplot > /dev/null && "$TIDELINE" report "$work/d" --charts "$work/d/charts" > /dev/null
"$TIDELINE" report $j "$work/d" > "$work/again.json"
same "nor a report of another format, nor a chart" "$work/direct.json" "$work/again.json"
rm -rf "$work/d/r."* "$work/d/charts"

# output that cannot be written
for c in "report $j $work/d" "events $work/d" "detect $work/d" "rules list" --version help; do
    # shellcheck disable=SC2086
    "$TIDELINE" $c > $full 2> "$work/err"; rc=$?
    : > "$work/out"; verdict "a full disk: ${c%% *}" 1 $rc '' '^tideline: cannot write standard output: No space left'
done
# a report in several pieces
"$TIDELINE" report $j "$work/many.json" > $full 2> "$work/err"; rc=$?
: > "$work/out"; verdict "a full disk: a long report" 1 $rc '' '^tideline: cannot write standard output: No space left'
(trap '' XFSZ; ulimit -f 1000; "$TIDELINE" report $j "$work/many.json" -o "$work/half.json" 2> "$work/err"); rc=$?
: > "$work/out"; verdict "a disk that fills up behind -o" 1 $rc '' 'cannot write .*half.json: File too large'
check "leaves no file, nor half of one" test -z "$(find "$work" -name '*half.json*')"
t "a full disk by -o"             1 '' 'cannot write /dev/full'  report $j "$work/d" -o $full
"$TIDELINE" events "$work/d" >&- 2> "$work/err"; rc=$?
verdict "a closed stdout" 1 $rc '' 'cannot write standard output'
"$TIDELINE" events "$work/gone.json" > "$work/out" 2>&-; rc=$?
: > "$work/err"; verdict "a closed stderr" 1 $rc '' ''

# a reader that goes away is no error
for c in "events $work/many.json" "report $j $work/many.json"; do
    # shellcheck disable=SC2086
    { "$TIDELINE" $c 2> "$work/err"; echo $? > "$work/rc"; } | head -c 10 > /dev/null
    : > "$work/out"; verdict "a closed pipe: ${c%% *}" 0 "$(cat "$work/rc")" '' ''
done

# signals: what was found is written
mkfifo "$work/fifo"
{ cat "$work/many.json"; sleep 5; } > "$work/fifo" &
feeder=$!
timeout --foreground --preserve-status -s INT 1 "$TIDELINE" events --format ndjson - < "$work/fifo" > "$work/out" 2> "$work/err"
verdict "SIGINT ends events" 130 $? 'DB instance shutdown' 'interrupted: what was read until then'
kill $feeder 2> /dev/null; wait $feeder 2> /dev/null
check "with its source" grep -q '"schema":"tideline.source/1"' "$work/out"
{ cat "$work/many.json"; sleep 5; } > "$work/fifo" &
feeder=$!
"$TIDELINE" report $j -o "$work/int.json" "$work/fifo" 2> "$work/err" &
pid=$!
sleep 1; kill -INT $pid; wait $pid; rc=$?
kill $feeder 2> /dev/null; wait $feeder 2> /dev/null
: > "$work/out"; verdict "SIGINT ends a report in the background" 130 $rc '' 'interrupted: what was read until then'
check "which is whole" grep -q '"tideline.report/1"' "$work/int.json"

# folders that cannot be read: root can, so another user asks
mkdir "$work/p" "$work/p/locked"
cp "$work/d/events.json" "$work/p"; cp "$work/d/events.json" "$work/p/secret.json"
chmod 000 "$work/p/locked" "$work/p/secret.json"
as=
[ "$(id -u)" -ne 0 ] || as='setpriv --reuid 65534 --regid 65534 --clear-groups'
cp "$TIDELINE" "$work/tideline"
if $as "$work/tideline" --version > /dev/null 2>&1; then
    $as "$work/tideline" report $j "$work/p" > "$work/out" 2> "$work/err"
    verdict "an unreadable folder and file" 1 $? '"name": ?"events.json"' 'p/locked/: cannot be listed: Permission denied'
    check "the file is named too" grep -q 'p/secret.json: cannot be read: Permission denied' "$work/err"
fi
chmod 755 "$work/p/locked"

# colours
"$TIDELINE" report "$work/d" > "$work/plain"; "$TIDELINE" report --color always "$work/d" > "$work/colored"
check "no colour off a terminal" sh -c "! grep -q '$(printf '\033')' '$work/plain'"
check "colour when asked for" grep -q "$(printf '\033')" "$work/colored"
for v in TZ=America/New_York LC_ALL=C.UTF-8 COLUMNS=40 NO_COLOR=1 TERM=dumb; do
    env "$v" "$TIDELINE" report "$work/d" > "$work/again"
    same "the same bytes under $v" "$work/plain" "$work/again"
done
TZDIR=$work/nowhere "$TIDELINE" report $j --tz Asia/Tokyo "$work/d" > "$work/out" 2> "$work/err"
verdict "no tz database" 2 $? '' 'Asia/Tokyo'
TZDIR=$work/nowhere "$TIDELINE" report $j "$work/d" > "$work/out" 2> "$work/err"
verdict "UTC needs none" 0 $? '"orders-1"' ''
exit 0
