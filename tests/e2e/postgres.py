"""The checks of postgres.sh on what it left in a folder."""
import json
import re
import sys
from datetime import datetime, timedelta, timezone

work = sys.argv[1]
FORMATS = ["log", "csv", "json"]


def check(name, holds, *why):
    if not holds:
        print("  ", *why)
    print("ok" if holds else "not ok", name)


def moment(text):
    text = text.replace(" ", "T").rstrip("Z")
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


def rows(path):
    with open(path, encoding="utf-8") as f:
        return [json.loads(line) for line in f]


def columns(path, sep):
    with open(path, encoding="utf-8") as f:
        return [line.rstrip("\n").split(sep) for line in f]


events, sources = {}, {}
for f in FORMATS:
    lines = rows(f"{work}/{f}.ndjson")
    events[f] = [e for e in lines if e["schema"] == "tideline.event/1"]
    sources[f] = [e for e in lines if e["schema"] == "tideline.source/1"]
    check(f"{f}: its format", [s["format"] for s in sources[f]] == [{"log": "pg-stderr", "csv": "pg-csvlog", "json": "pg-jsonlog"}[f]],
          [s["format"] for s in sources[f]])
    check(f"{f}: nothing odd", all(s["odd"] == 0 for s in sources[f]), [s["odd_samples"] for s in sources[f]])
    check(f"{f}: UTC is certain", not any(s["zone_assumed"] for s in sources[f]))
check("the formats have the same number of records", len({s["records"] for f in FORMATS for s in sources[f]}) == 1,
      {f: [s["records"] for s in sources[f]] for f in FORMATS})

# The formats agree event by event. Processes write to the three at once: in each, only the order of one process's lines is sure.
by_pid = {f: sorted(events[f], key=lambda e: int(e["fields"]["pid"])) for f in FORMATS}
FIELDS = ["level", "pid", "user", "database", "mode", "signal"]


def same(a, b, what):
    bad = [(x["line"], y["line"], what(x), what(y)) for x, y in zip(a, b) if what(x) != what(y)]
    return len(a) == len(b) and not bad, (len(a), len(b), bad[:3])


for f in ["csv", "json"]:
    for name, what in [("class", lambda e: e["class"]), ("message", lambda e: e["message"]),
                       ("fields", lambda e: {k: str(e["fields"][k]) for k in FIELDS if e["fields"].get(k)})]:
        ok, why = same(by_pid["log"], by_pid[f], what)
        check(f"stderr and {f} agree on the {name} of each event", ok, why)
    # The server takes the seconds of %t from a coarse clock, some milliseconds late.
    apart = [(a["at"], b["at"]) for a, b in zip(by_pid["log"], by_pid[f])
             if not timedelta(0) <= moment(b["at"]) - moment(a["at"]) < timedelta(seconds=1.02)]
    check(f"stderr and {f} agree on the second of each event", not apart, apart)
ok, why = same(by_pid["csv"], by_pid["json"], lambda e: (e["at"], e["earliest"], e["latest"], e["fields"].get("sqlstate")))
check("csvlog and jsonlog agree on the instants", ok, why)
check("a whole second is a second wide, a millisecond a millisecond",
      all((moment(e["latest"]) - moment(e["earliest"])) == timedelta(seconds=1) for e in events["log"]) and
      all((moment(e["latest"]) - moment(e["earliest"])) == timedelta(milliseconds=1) for e in events["csv"]))

# every transition is there, in order
down = ["log.shutdown-requested", "log.shutdown"]
up = ["log.starting-up", "log.was-shut-down", "log.ready"]
recover = ["log.was-interrupted", "log.recovery", "log.ready"]
WANT = (up + down + up + down + up + down + ["log.starting-up"] + recover + ["log.starting-up"] + recover +
        ["log.crash", "log.reinitializing"] + recover + down)
for f in FORMATS:
    got = [e["class"] for e in events[f] if e["class"] in set(WANT)]
    check(f"{f}: every transition, in order", got == WANT, got)
csv = events["csv"]
modes = [e["fields"]["mode"] for e in csv if e["class"] == "log.shutdown-requested"]
check("the modes of the shutdowns", modes == ["fast", "smart", "immediate", "fast"], modes)
crash = [e["fields"] for e in csv if e["class"] == "log.crash"]
check("the crash has its signal", [str(c.get("signal")) for c in crash] == ["9"], crash)
check("sessions were dropped", sum(e["class"] == "log.connection-dropped" for e in csv) >= 4)
check("connections were refused", any(e["class"] == "log.connection-refused" for e in csv))
check("no statement is an event", not any("note" in e["message"] or "pgbench" in e["message"] for f in FORMATS for e in events[f]))

# what was done, and what the probe saw
deeds = [[d[0]] + [moment(t) for t in d[1:]] for d in columns(f"{work}/deeds.tsv", "\t")]
ends = {moment(" ".join(e.split(" ")[:2])): moment(" ".join(e.split(" ")[2:])) for (e,) in columns(f"{work}/ends.log", "\0")}
for f in FORMATS:
    with open(f"{work}/report-{f}.json", encoding="utf-8") as file:
        report = json.load(file)
    all_outages = [o for r in report["runs"] for o in r["outages"]] + report["outages"]
    by = {s: sorted((o for o in all_outages if o["source"] == s), key=lambda o: o["first_fail"]) for s in ["probe", "log"]}
    probe = [o for o in by["probe"] if o["first_ok"]]
    log = [o for o in by["log"] if o["first_ok"]]
    check(f"{f}: the probe saw five outages", len(probe) == 5, [(o["first_fail"], o["first_ok"]) for o in probe])
    check(f"{f}: the log has them, and the first start", len(log) == 6, [(o["first_fail"], o["first_ok"]) for o in log])
    log = log[1:]
    slack = timedelta(seconds=1) if f == "log" else timedelta(milliseconds=1)
    if len(probe) != 5 or len(log) != 5:
        continue
    for (name, before, after, back), p, o in zip(deeds, probe, log):
        last_ok, first_ok = moment(p["last_ok"]), moment(p["first_ok"])
        check(f"{f}, {name}: the log's outage lies inside the probe's",
              last_ok - slack <= moment(o["first_fail"]) and moment(o["first_ok"]) <= ends[first_ok] + slack,
              (p["last_ok"], p["first_ok"]), (o["first_fail"], o["first_ok"]))
        check(f"{f}, {name}: it lies between what was done and its end",
              before - slack <= moment(o["first_fail"]) and moment(o["first_ok"]) <= back + slack,
              before, (o["first_fail"], o["first_ok"]), back)
        ready = next(moment(e["latest"]) for e in events["csv"] if e["class"] == "log.ready" and moment(e["at"]) > after - timedelta(seconds=1.2)
                     and moment(e["at"]) > before)
        least, most = (ready - after).total_seconds(), (back - before).total_seconds()
        if name == "postmaster":  # its orphans serve their sessions, and write, until they notice
            least -= 0.5
        s = o["seconds"]
        check(f"{f}, {name}: its bounds hold", (s["min"] or 0) <= most and (s["max"] is None or s["max"] >= least), s, least, most)
        check(f"{f}, {name}: it has bounds", s["min"] is not None and s["max"] is not None and s["min"] <= s["max"], s)
        s = p["seconds"]
        check(f"{f}, {name}: the probe's bounds hold", s["min"] <= most and s["max"] >= least, s, least, most)
with open(f"{work}/probe.log", encoding="utf-8") as file:
    check("the probe has lines", len(re.findall(r"^20\d\d", file.read(), re.M)) > 20)
