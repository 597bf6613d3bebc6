#!/bin/sh
# The bundled evidence gives the figures that were worked out by hand from it.
set -u
. tests/e2e/lib.sh
ev=fixtures/global-minor-17.5
r=$work/report.json

"$TIDELINE" report "$ev" --tz Asia/Tokyo --format json > "$r" 2> "$work/err"
check "the report says nothing on stderr" test ! -s "$work/err"
holds "schema" "$r" '.schema == "tideline.report/1"'
holds "three inputs" "$r" '[.inputs[].format] == ["change-table", "probe", "probe"]'
holds "18 events of the table" "$r" '[.events[] | select(.proofs[0].channel == "table")] | length == 18'
holds "nothing unclassified, nothing odd" "$r" '[.inputs[] | .unclassified + .odd] | add == 0'
holds "one run that succeeded" "$r" '(.runs | length == 1) and .runs[0].verdict == "succeeded"'
holds "from 17.4.5 to 17.5.4" "$r" '.runs[0].from == "17.4.5" and .runs[0].to == "17.5.4"'
holds "managed global minor upgrade" "$r" '.runs[0].strategy == "managed-global-minor"'
holds "ZDP finished in us-east-1, once" "$r" '[.runs[0].zdp[] | select(.outcome == "finished")]
    | length == 1 and (.[0] | .region == "us-east-1" and .elapsed_ms == 2360 and .preserved == 6
      and .dropped == 0 and .fast_startup_us == 1431425)'
holds "no ZDP in ap-northeast-1, with its reason" "$r" '[.runs[0].zdp[] | select(.region == "ap-northeast-1")]
    | length == 1 and .[0].outcome == "not-attempted" and (.[0].reason | test("secondary"; "i"))'
holds "two outages" "$r" '.runs[0].outages | length == 2'
holds "ap-northeast-1" "$r" '[.runs[0].outages[] | select(.region == "ap-northeast-1")][0]
    | .seconds.observed == 21.281 and .seconds.min == 14.818 and .seconds.max == 22.568
      and .attempts_failed == 31 and .failures.refused == 30 and .failures."starting-up" == 1
      and .continuous and .version_before == "17.4.5" and .version_after == "17.5.4"'
holds "us-east-1" "$r" '[.runs[0].outages[] | select(.region == "us-east-1")][0]
    | .seconds.observed == 1.936 and .seconds.min == 0 and .seconds.max == 3.201 and .attempts_failed == 2'
holds "parameters with counts" "$r" '[.runs[0].parameters[] | {region, count}]
    | sort_by(.region) == [{"region":"ap-northeast-1","count":2},{"region":"us-east-1","count":1}]'
holds "two versions" "$r" '[.runs[0].versions[] | select(.from == "17.4.5" and .to == "17.5.4")] | length >= 2'
holds "the instance twins of the cluster rows" "$r" '[.events[] | select(.twin_of != null) | .class]
    | index("zdp.attempted") != null and index("zdp.finished") != null'
holds "listed order inside a minute" "$r" '[.events[] | select(.proofs[0].channel == "table") | .line]
    | . == sort'
holds "roles" "$r" '[.runs[0].resources[] | select(.kind == "cluster") | {(.region): .roles[0].role}] | add
    == {"us-east-1": "primary", "ap-northeast-1": "secondary"}'

"$TIDELINE" report --as auto,sleep=0.5 "$ev" --format json > "$work/sleep.json"
holds "a known sleep narrows" "$work/sleep.json" '[.runs[0].outages[] | {(.region): [.seconds.min, .seconds.max]}] | add
    == {"ap-northeast-1": [15.318, 22.068], "us-east-1": [0.5, 2.701]}'

# every key of the contract, in its order
keys='["schema","tool","inputs","assumptions","runs","events","outages","findings"]'
holds "keys of the report" "$r" "keys_unsorted[0:8] == $keys"
holds "keys of a run" "$r" '.runs[0] | keys_unsorted[0:22] == ["id","basis","strategy","verdict","proof","engine","account","from","to","began","ended","requested","clocks","resources","phases","zdp","outages","versions","parameters","silences","findings"] or keys_unsorted[0:21] == ["id","basis","strategy","verdict","proof","engine","account","from","to","began","ended","requested","clocks","resources","phases","zdp","outages","versions","parameters","silences","findings"]'
holds "keys of an event" "$r" '.events[0] | keys_unsorted[0:21] == ["n","run","at","earliest","latest","fused","region","resource","label","resource_kind","resource_key","class","event_id","severity","fields","message","input","line","proofs","twin_of","inferred"]'
holds "keys of an outage" "$r" '.runs[0].outages[0] | keys_unsorted[0:17] == ["endpoint","resource","region","source","access","last_ok","first_fail","last_fail","first_ok","seconds","continuous","fused","attempts_failed","failures","blind","version_before","version_after"]'
holds "a minute row is 60 s wide" "$r" '.events[0] | (.latest | .[0:19] + "Z" | fromdate) - (.earliest | .[0:19] + "Z" | fromdate) == 60'

# the same bytes, whatever stands around
"$TIDELINE" report --format json "$ev" > "$work/a.json"
(export TZ=America/New_York LC_ALL=C.UTF-8; cd fixtures && "$TIDELINE" report --format json global-minor-17.5) > "$work/b.json"
same "same bytes under another TZ, locale and folder" "$work/a.json" "$work/b.json"

# events, then report
"$TIDELINE" events "$ev" > "$work/all.ndjson"
"$TIDELINE" report --format json "$work/all.ndjson" > "$work/via.json"
same "report of events equals the direct report" "$work/a.json" "$work/via.json"
"$TIDELINE" events "$ev/origin-events.md" > "$work/s1.ndjson"
"$TIDELINE" events "$ev"/origin-probe-*.log > "$work/s2.ndjson"
"$TIDELINE" report --format json "$work/s1.ndjson" "$work/s2.ndjson" > "$work/s12.json"
"$TIDELINE" report --format json "$work/s2.ndjson" "$work/s1.ndjson" > "$work/s21.json"
same "shards in one order" "$work/a.json" "$work/s12.json"
same "shards in the other order" "$work/a.json" "$work/s21.json"
cat "$work/s2.ndjson" "$work/s1.ndjson" | "$TIDELINE" report --format json - > "$work/s3.json"
same "shards through standard input" "$work/a.json" "$work/s3.json"

# doubling a source changes nothing but coverage
mkdir "$work/double"; cp "$ev"/* "$work/double"; cp "$ev/origin-events.md" "$work/double/zz-copy.md"
gzip -c "$ev/origin-probe-us-east-1.log" > "$work/double/zz-probe.log.gz"
"$TIDELINE" report --format json "$work/double" > "$work/double.json"
for f in runs outages findings; do
    jq "[.${f}[]? | del(.findings) | if type == \"object\" then . else . end]" "$work/a.json" > "$work/d1"
    jq "[.${f}[]? | del(.findings)]" "$work/double.json" > "$work/d2"
    [ $f = findings ] || same "doubled sources leave the $f alone" "$work/d1" "$work/d2"
done
holds "doubled sources add no event" "$work/double.json" '[.events[] | select(.proofs[0].channel == "table")] | length == 18'

# one document that holds it all
doc=tests/data/write-up.md
"$TIDELINE" report --format json "$doc" > "$work/doc.json" 2> "$work/doc.err"
holds "the document gives the same run" "$work/doc.json" '.runs | length == 1 and (.[0] | .verdict == "succeeded" and .from == "17.4.5" and .to == "17.5.4")'
holds "with the narrower bounds of its loop's text" "$work/doc.json" '[.runs[0].outages[] | {(.region): [.seconds.min, .seconds.observed, .seconds.max]}] | add
    == {"ap-northeast-1": [15.318, 21.281, 22.068], "us-east-1": [0.5, 1.936, 2.701]}'
holds "its false claim is found, with both figures" "$work/doc.json" '[.runs[].findings[], .findings[] | select(.code == "claim.contradicted")]
    | length == 1 and (.[0].text | test("11") and test("15\\.3"))'

for f in text markdown csv; do
    "$TIDELINE" report "$ev" --tz Asia/Tokyo --format $f > "$work/out.$f"
    check "$f is not empty" test -s "$work/out.$f"
done
check "the summary has the downtime as people write it" grep -q '21\.3 s (between 14\.8 and 22\.6)' "$work/out.text"
check "every time shows its offset" grep -q '+09:00' "$work/out.text"
awk '{ if (length($0) > 3 * 120) bad = 1 } END { exit bad }' "$work/out.text"; check "lines are bounded" test $? -eq 0

if command -v gnuplot > /dev/null; then
    "$TIDELINE" report "$ev" --charts "$work/charts" > /dev/null
    for f in timeline.svg timeline.png timeline.gp; do check "chart $f" test -s "$work/charts/$f"; done
fi
mkdir "$work/nogp"
PATH="$work/nogp" "$TIDELINE" report "$ev" --charts "$work/charts2" > "$work/nogp.out" 2> "$work/nogp.err"
check "without gnuplot the report is there" test -s "$work/nogp.out"
check "and one sentence says so" grep -qi gnuplot "$work/nogp.err"

# files that are no evidence
"$TIDELINE" detect docs/timeline.png "$TIDELINE" > "$work/detect"
check "a picture and a program are no prose" test "$(grep -c '	unknown	' "$work/detect")" -eq 2

# a zone that was given is not assumed
"$TIDELINE" report "$ev" --input-tz UTC --format json > "$work/tz.json"
holds "no zone is called assumed when it was given" "$work/tz.json" '[.findings[], .runs[].findings[] | select(.code == "zone.assumed")] == []'
holds "one that was not given is" "$r" '[.findings[], .runs[].findings[] | select(.code == "zone.assumed")] | length == 2'
