#!/usr/bin/env python3
"""Measures commands in turn and prints one table per group.

    measure.py RUNS RESULTS < ROWS

ROWS: group, name, bytes that it reads, shell command (tabs between). Each round runs every command once; medians of
RUNS whole processes, peak RSS of the largest of them. cpu s is user and system time of all threads: a busy machine
disturbs it less. `times` is how many times slower a row is than the first of its group. RESULTS gets group, name,
seconds, GB/s, RSS/MiB.
"""
import statistics
import subprocess
import sys
import tempfile
import time

runs, results = int(sys.argv[1]), sys.argv[2]
rows = [line.rstrip("\n").split("\t") for line in sys.stdin if line.strip()]
seconds = {(g, n): [] for g, n, _, _ in rows}
cpu = {(g, n): [] for g, n, _, _ in rows}
peak = {(g, n): 0 for g, n, _, _ in rows}


def run(group, name, command):
    with tempfile.NamedTemporaryFile("r") as rss, tempfile.NamedTemporaryFile("r") as said, \
            tempfile.NamedTemporaryFile("r") as out:  # a file: grep stops at its first match where its output is /dev/null
        t0 = time.perf_counter()
        p = subprocess.run(["/usr/bin/time", "-q", "-f", "%M %U %S", "-o", rss.name, "sh", "-c", f"{{ {command}; }} > {out.name} 2> {said.name}"],
                           stdin=subprocess.DEVNULL, check=False)
        t = time.perf_counter() - t0
        if p.returncode not in (0, 1):
            sys.stderr.write(f"failed ({p.returncode}): {command}\n{said.read()[-500:]}\n")
            return
        seconds[group, name].append(t)
        most, user, system = rss.read().split()[-3:]
        peak[group, name] = max(peak[group, name], int(most))
        cpu[group, name].append(float(user) + float(system))


for group in dict.fromkeys(g for g, *_ in rows):
    mine = [r for r in rows if r[0] == group]
    for _ in range(runs):
        for g, name, _, command in mine:
            run(g, name, command)
    first = None
    print(f"\n{group:<44} {'s':>9} {'cpu s':>8} {'GB/s':>8} {'RSS/MiB':>8} {'times':>8}")
    for g, name, size, _ in mine:
        if not seconds[g, name]:
            print(f"  {name:<42} not there")
            continue
        s = statistics.median(seconds[g, name])
        rate = int(size) / s / 1e9
        first = first or rate
        print(f"  {name:<42} {s:9.3f} {statistics.median(cpu[g, name]):8.2f} {rate:8.3f} {peak[g, name] / 1024:8.0f} {first / rate:7.2f}x", flush=True)
        with open(results, "a", encoding="utf-8") as out:
            out.write(f"{g}\t{name}\t{s:.4f}\t{rate:.4f}\t{peak[g, name] / 1024:.1f}\n")
