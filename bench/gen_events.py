#!/usr/bin/env python3
"""Writes N describe-events to stdout as one pretty-printed document, as `aws rds describe-events` does.

400 clusters, 5 % of the events from upgrades, the rest daily routine; millisecond times. Seeded: the
same bytes each time.   gen_events.py [N] [--ndjson]
"""
import json
import random
import sys

N = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
NDJSON = "--ndjson" in sys.argv
rnd = random.Random(20260411)
REGIONS = ["us-east-1", "eu-west-1", "ap-northeast-1", "us-west-2"]
ROUTINE = [
    ("db-instance", ["backup"], "Backing up DB instance"),
    ("db-instance", ["backup"], "Finished DB Instance backup"),
    ("db-cluster", ["backup"], "Creating automated cluster snapshot"),
    ("db-cluster", ["backup"], "Automated cluster snapshot created"),
    ("db-instance", ["configuration change"], "Finished updating DB parameter group"),
    ("db-instance", ["configuration change"], "Monitoring Interval changed to {n}"),
    ("db-instance", ["notification"], "Performance Insights has been enabled"),
    ("db-parameter-group", ["configuration change"],
     "Updated parameter work_mem to {n} with apply method immediate"),
]
UPGRADE = [
    ("db-cluster", ["maintenance"],
     "Database cluster engine minor version upgrade started. Cluster remains online."),
    ("db-instance", [], "The parameter max_wal_senders was set to a value incompatible with replication. "
     "It has been adjusted from 10 to 20."),
    ("db-cluster", [], "Attempting to upgrade the database with zero downtime."),
    ("db-instance", [], "Aurora fast startup completed in [{us}] microseconds."),
    ("db-instance", [], "Attempt to upgrade the database instance '{id}' with zero downtime finished. The "
     "process took {ms} ms, {n} connections preserved, 0 connections dropped. See the database error log "
     "for details."),
    ("db-cluster", [], "Database cluster engine version upgrade finished on all instances."),
    ("db-cluster", [], "Database cluster engine minor version upgrade complete. Previous version: 17.4.5. "
     "New version: 17.5.4."),
    ("db-cluster", ["maintenance"], "Database cluster engine version has been upgraded."),
]
KIND = {"db-instance": "db", "db-cluster": "cluster", "db-parameter-group": "pg"}


def stamp(ms):
    s, ms = divmod(ms, 1000)
    d, s = divmod(s, 86400)
    h, s = divmod(s, 3600)
    m, s = divmod(s, 60)
    mon, day = divmod(d, 28)
    return f"2026-{mon % 12 + 1:02}-{day + 1:02}T{h:02}:{m:02}:{s:02}.{ms:03}000+00:00"


def main():
    out = sys.stdout
    t = 0
    if not NDJSON:
        out.write('{\n    "Events": [\n')
    for i in range(N):
        c = rnd.randrange(400)
        region = REGIONS[c % 4]
        src, cats, text = rnd.choice(UPGRADE if rnd.random() < 0.05 else ROUTINE)
        ident = f"app-{c}" if src == "db-cluster" else f"app-{c}-instance-{rnd.randrange(3)}"
        text = text.format(n=rnd.randrange(1, 65), us=rnd.randrange(10**6, 3 * 10**6),
                           ms=rnd.randrange(500, 9000), id=ident)
        t += rnd.randrange(20, 15000)
        e = {"SourceIdentifier": ident, "SourceType": src, "Message": text, "EventCategories": cats,
             "Date": stamp(t), "SourceArn": f"arn:aws:rds:{region}:123456789012:{KIND[src]}:{ident}"}
        if NDJSON:
            out.write(json.dumps(e) + "\n")
            continue
        body = json.dumps(e, indent=4).replace("\n", "\n        ")
        out.write("        " + body + (",\n" if i + 1 < N else "\n"))
    if not NDJSON:
        out.write("    ]\n}\n")


main()
