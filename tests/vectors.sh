#!/bin/sh
# Holds the rules against the official event catalogue (make test-vectors REFERENCE=DIR): every id of
# DIR/rds-events.tsv has a rule, and every published text, with its placeholders filled, a class.
set -u
dir=${1:-}
if [ -z "$dir" ] || [ ! -f "$dir/rds-events.tsv" ]; then
    echo "skipped: no catalogue in '${dir}' (REFERENCE=DIR with rds-events.tsv)"; exit 0
fi
TIDELINE=${TIDELINE:-$PWD/tideline}
work=$(mktemp -d "${TMPDIR:-/tmp}/tideline-vectors.XXXXXX")
trap 'rm -rf "$work"' EXIT INT TERM
python3 - "$dir/rds-events.tsv" "$work" <<'PY'
import json, re, sys
path, work = sys.argv[1:]
types = {"DB_CLUSTER": "db-cluster", "DB_INSTANCE": "db-instance", "DB_SNAPSHOT": "db-snapshot",
         "CLUSTER_SNAPSHOT": "db-cluster-snapshot", "PARAMETER_GROUP": "db-parameter-group",
         "SECURITY_GROUP": "db-security-group", "DB_PROXY": "db-proxy",
         "BLUE_GREEN_DEPLOYMENT": "blue-green-deployment",
         "CUSTOM_ENGINE_VERSION": "custom-engine-version", "DB_SHARD_GROUP": "db-shard-group"}
rows = [l.rstrip("\n").split("\t") for l in open(path, encoding="utf-8")][1:]
out = open(work + "/eb.ndjson", "w")
for i, r in enumerate(rows):
    text = re.sub(r"\{[^}]*\}", "x1", r[4])
    out.write(json.dumps({"version": "0", "id": "id-%d" % i, "detail-type": "RDS", "source": "aws.rds",
        "account": "123456789012", "time": "2026-01-01T00:00:00Z", "region": "us-east-1", "resources": [],
        "detail": {"EventCategories": [], "SourceType": types[r[0]].upper().replace("-", "_"),
                   "Date": "2026-01-01T00:%02d:%02d.%03dZ" % (i // 60, i % 60, i), "Message": text,
                   "SourceIdentifier": "r%d" % i, "EventID": r[3]}}) + "\n")
out.close()
open(work + "/ids", "w").write("\n".join(r[3] for r in rows))
PY
"$TIDELINE" events "$work/eb.ndjson" --format ndjson > "$work/got.ndjson" || exit 1
python3 - "$work" <<'PY'
import json, sys
work = sys.argv[1]
ids = open(work + "/ids").read().split("\n")
got = [json.loads(l) for l in open(work + "/got.ndjson")]
got = [g for g in got if g["schema"].startswith("tideline.event")]
bad = 0
if len(got) != len(ids):
    print("%d rows, %d events" % (len(ids), len(got))); bad += 1
for want, g in zip(ids, got):
    if g["class"] == "unclassified" or (g["event_id"] != want):
        bad += 1
        print(want, g["class"], g["event_id"], g["message"][:100])
print("%d ids, %d rows, %d wrong" % (len(set(ids)), len(ids), bad))
sys.exit(bad > 0)
PY
