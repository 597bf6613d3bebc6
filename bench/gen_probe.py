#!/usr/bin/env python3
"""Writes N lines of a probe loop to stdout, with 200 outages; their true first failures and first
successes go to the file named second, one "first_fail<TAB>first_ok" a line. Seeded.

gen_probe.py N TRUTH
"""
import random
import sys

N, TRUTH = int(sys.argv[1]), sys.argv[2]
rnd = random.Random(20260411)
REFUSED = ('psql: error: connection to server at "app.cluster-c0ffee.us-east-1.rds.amazonaws.com" '
           "(10.0.0.7), port 5432 failed: Connection refused")


def stamp(ms):
    s, ms = divmod(ms, 1000)
    d, s = divmod(s, 86400)
    h, s = divmod(s, 3600)
    m, s = divmod(s, 60)
    mon, day = divmod(d, 28)
    y, mon = divmod(mon, 12)
    return f"{2026 + y}-{mon + 1:02}-{day + 1:02} {h:02}:{m:02}:{s:02}.{ms:03}"


def main():
    starts = sorted(rnd.sample(range(1000, N - 1000, 500), 200))
    ends = {s: s + rnd.randrange(1, 60) for s in starts}
    down_until, first, version, t = -1, None, "17.4.5", 230629669
    with open(TRUTH, "w") as truth:
        for i in range(N):
            if i in ends:
                down_until, first = ends[i], t
            if i < down_until:
                print(f"{stamp(t)} {REFUSED}")
            else:
                if first is not None:
                    truth.write(f"{stamp(first)}\t{stamp(t)}\n")
                    first = None
                print(f"{stamp(t)} {version}")
            t += rnd.randrange(505, 570)


main()
