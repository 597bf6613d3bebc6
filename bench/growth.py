#!/usr/bin/env python3
"""How time and memory grow with the evidence: tideline report --format json over fleets of 10^3 to 10^6 events (ten
times the clusters each time), and over a million events of shapes that would show what is not linear.

    growth.py TIDELINE FOLDER RUNS [MOST]

Each round runs every size once. Printed are the least wall and processor seconds of RUNS whole processes (a busy
machine only adds to them), the largest peak RSS, and how many times as much each took as the size before: 10 is
linear, and `exponent` is the decimal logarithm of that. A row of a shape is compared with a tenth of it.
"""
import json
import math
import os
import subprocess
import sys
import tempfile

tideline, folder, runs = sys.argv[1], sys.argv[2], int(sys.argv[3])
most = int(sys.argv[4]) if len(sys.argv) > 4 else 1_000_000
here = os.path.dirname(os.path.abspath(__file__))
SHAPES = [("one", most, "all of one cluster"), ("runs", most, "upgrades only"), ("moment", most // 10, "all in one second"),
          ("minute", most // 10, "a table of one minute"), ("refused", most // 10, "every event a run that failed"),
          ("inputs", most // 100, "inputs of ten events")]


def made(shape, n):
    path = os.path.join(folder, f"{shape}-{n}" + ("" if shape == "inputs" else ".md" if shape == "minute" else ".json"))
    if not os.path.exists(path):
        command = [sys.executable, os.path.join(here, "gen_fleet.py"), str(n), shape]
        if shape == "inputs":
            subprocess.run(command + [path], check=True)
        else:
            with open(path + ".new", "wb") as out:
                subprocess.run(command, stdout=out, check=True)
            os.rename(path + ".new", path)
    return path


def measure(path, best):
    with tempfile.NamedTemporaryFile("r") as said:
        command = ["/usr/bin/time", "-q", "-f", "%e %U %S %M", "-o", said.name, tideline, "report", "-q", "--format", "json", path]
        if subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode != 0:
            sys.exit(f"failed: {' '.join(command)}")
        wall, user, system, kib = map(float, said.read().split())
    old = best.get(path, (math.inf, math.inf, 0))
    best[path] = (min(old[0], wall), min(old[1], user + system), max(old[2], kib / 1024))


def rows(path):
    """Events and runs of its report, as they are counted in its text."""
    out = subprocess.run([tideline, "report", "-q", "--format", "json", path], stdout=subprocess.PIPE, check=True).stdout
    report = json.loads(out)
    return len(report["events"]), len(report["runs"])


def line(name, path, before, best):
    wall, cpu, mib = best[path]
    grown = f"{cpu / best[before][1]:7.1f} {math.log10(cpu / best[before][1]):9.2f}" if before else f"{'':17}"
    print(f"{name:<40} {wall:8.2f} {cpu:8.2f} {mib:8.0f} {grown}", flush=True)


sizes = [n for n in (10**3, 10**4, 10**5, 10**6) if n <= most]
fleets = [made("fleet", n) for n in sizes]
shapes = [(f"{n:,} {what}", made(shape, n), made(shape, n // 10)) for shape, n, what in SHAPES]
best = {}
for _ in range(runs):
    for path in fleets + [p for _, *two in shapes for p in two]:
        measure(path, best)
print(f"{'reconstruct + JSON':<40} {'s':>8} {'cpu s':>8} {'MiB':>8} {'times':>7} {'exponent':>9}")
for i, (n, path) in enumerate(zip(sizes, fleets)):
    line(f"  {n:,} events of a fleet", path, fleets[i - 1] if i else None, best)
for name, path, before in shapes:
    line("  " + name, path, before, best)
events, found = rows(fleets[min(2, len(fleets) - 1)])
print(f"  (of {sizes[min(2, len(fleets) - 1)]:,} events: {events:,} rows, {found:,} runs)")
