#!/usr/bin/env python3
"""Writes N describe-events of a fleet to stdout, in the order of time: N / 100 clusters in six regions over one year.

Each cluster has a writer and one or two readers, every fifth is part of a global database of two or three regions.
About 5 % of the events are of upgrades (prechecks, ZDP or a restart, versions; of global databases in all their regions
at once; a few fail), the rest is routine. Seeded: the same bytes each time.

    gen_fleet.py N [SHAPE]

    fleet    as said (the default)
    one      all of one cluster
    runs     a cluster for every ten events, and nothing but upgrades
    moment   every event in one second, each with a text of its own
    refused  upgrades that are refused, all of them: a finding each
    minute   N rows of a change table, all of one minute
    inputs   N small documents of ten events each into the folder given as third argument
"""
import heapq
import os
import random
import sys

REGIONS = ["us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-northeast-1", "ap-southeast-2"]
KIND = {"db-instance": "db", "db-cluster": "cluster"}
YEAR_MS = 365 * 86400 * 1000
DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
ROUTINE = [
    ("db-instance", "backup", "Backing up DB instance"),
    ("db-instance", "backup", "Finished DB Instance backup"),
    ("db-cluster", "backup", "Creating automated cluster snapshot"),
    ("db-cluster", "backup", "Automated cluster snapshot created"),
    ("db-instance", "configuration change", "Finished updating DB parameter group"),
    ("db-instance", "configuration change", "Monitoring Interval changed to {n}"),
    ("db-instance", "notification", "Performance Insights has been enabled"),
    ("db-instance", "availability", "DB instance restarted"),
]
STARTED = "Database cluster engine minor version upgrade started. Cluster remains online."
CHANGED = "Database cluster engine minor version upgrade complete. Previous version: 17.4.5. New version: 17.5.4."
REFUSED = "Database cluster is in a state that cannot be upgraded: unsupported extension {n}"
DOCUMENT = """\
        {
            "SourceIdentifier": "%s",
            "SourceType": "%s",
            "Message": "%s",
            "EventCategories": [
                "%s"
            ],
            "Date": "%s",
            "SourceArn": "arn:aws:rds:%s:123456789012:%s:%s"
        }"""


def stamp(ms):
    s, ms = divmod(ms, 1000)
    d, s = divmod(s, 86400)
    month = 0
    while d >= DAYS[month]:
        d -= DAYS[month]
        month += 1
    return f"2025-{month + 1:02}-{d + 1:02}T{s // 3600:02}:{s // 60 % 60:02}:{s % 60:02}.{ms:03}000+00:00"


def element(event):
    at, cluster, source, member, category, text = event
    region = REGIONS[cluster % 6]
    name = f"app-{cluster}" if source == "db-cluster" else f"app-{cluster}-instance-{member + 1}"
    return DOCUMENT % (name, source, text.replace("{id}", name), category, stamp(at), region, KIND[source], name)


def upgrade(rnd, at, clusters):
    """One upgrade of a cluster, or of the clusters of a global database: the first is the primary."""
    out = []
    broken = rnd.random() < 0.03
    for place, c in enumerate(clusters):
        t = at + rnd.randrange(20_000)
        step = lambda: rnd.randrange(1_000, 40_000)
        out.append((t, c, "db-cluster", 0, "maintenance", STARTED))
        for i in range(2 + c % 2):
            t += step()
            if place == 0 and i == 0:
                out.append((t, c, "db-cluster", 0, "maintenance", "Attempting to upgrade the database with zero downtime."))
                took = rnd.randrange(500, 9000)
                out.append((t + took - 400, c, "db-instance", 0, "availability",
                            f"Aurora fast startup completed in [{rnd.randrange(10**6, 3 * 10**6)}] microseconds."))
                out.append((t + took, c, "db-instance", 0, "maintenance",
                            "Attempt to upgrade the database instance '{id}' with zero downtime finished. The process took "
                            f"{took} ms, {rnd.randrange(1, 65)} connections preserved, {rnd.choice((0, 0, 0, 2))} connections dropped. "
                            "See the database error log for details."))
                t += took
            else:
                out.append((t, c, "db-instance", i, "availability", "DB instance shutdown"))
                t += step()
                out.append((t, c, "db-instance", i, "availability", "DB instance restarted"))
        if broken and place == 0:
            return out
        t += step()
        out.append((t, c, "db-cluster", 0, "maintenance", "Database cluster engine version upgrade finished on all instances."))
        out.append((t + 2_000, c, "db-cluster", 0, "maintenance", CHANGED))
    return out


def routine(rnd, at, cluster):
    source, category, text = rnd.choice(ROUTINE)
    return (at, cluster, source, rnd.randrange(2 + cluster % 2), category, text.replace("{n}", str(rnd.choice((0, 1, 5, 15, 30, 60)))))


def upgrades(rnd, n, clusters, span):
    """n events of upgrades, more or less."""
    out = []
    while len(out) < n:
        c = rnd.randrange(clusters)
        members = [c] if c % 5 else [c, (c + 1) % clusters, (c + 2) % clusters][: 2 + c % 2]
        out += upgrade(rnd, rnd.randrange(span), [m for m in dict.fromkeys(members)])
    return out[:n]


def events(rnd, n, shape):
    if shape == "one":
        some, clusters = upgrades(rnd, n // 20, 1, YEAR_MS), 1
    elif shape == "runs":
        return sorted(upgrades(rnd, n, max(n // 10, 1), YEAR_MS))
    elif shape == "moment":
        return [(rnd.randrange(1000), i % 10_000, "db-instance", 0, "notification", f"Storage size {i} GB has reached the maximum")
                for i in range(n)]
    elif shape == "refused":
        return sorted((rnd.randrange(YEAR_MS), i % max(n // 4, 1), "db-cluster", 0, "maintenance",
                       "Unable to upgrade DB cluster: the instance class does not support it") for i in range(n))
    else:
        clusters = max(n // 100, 6)
        some = upgrades(rnd, n // 20, clusters, YEAR_MS)
    rest = [routine(rnd, rnd.randrange(YEAR_MS), rnd.randrange(clusters)) for _ in range(n - len(some))]
    return list(heapq.merge(sorted(some), sorted(rest)))


def document(out, list_):
    out.write('{\n    "Events": [\n')
    for i in range(0, len(list_), 10_000):
        out.write((",\n" if i else "") + ",\n".join(map(element, list_[i:i + 10_000])))
    out.write("\n    ]\n}\n")


def table(out, rnd, n):
    out.write("| Time (UTC) | Region | Resource | Event |\n|---|---|---|---|\n")
    for _ in range(n):
        _, c, source, member, _, text = routine(rnd, 0, rnd.randrange(1000))
        name = f"app-{c}" if source == "db-cluster" else f"app-{c}-instance-{member + 1}"
        out.write(f"| 2025-04-11 06:20 | {REGIONS[c % 6]} | {name} | {text} |\n")


def main():
    n, shape = int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "fleet"
    rnd = random.Random(20260411)
    if shape == "minute":
        table(sys.stdout, rnd, n)
    elif shape == "inputs":
        list_ = events(rnd, n * 10, "fleet")
        os.makedirs(sys.argv[3], exist_ok=True)
        for i in range(n):
            with open(f"{sys.argv[3]}/events-{i:06}.json", "w", encoding="ascii") as out:
                document(out, list_[i * 10:i * 10 + 10])
    else:
        document(sys.stdout, events(rnd, n, shape))


main()
