"""Holds the program to what must be true of every upgrade, on worlds whose truth is known (worlds.py).

    properties.py TIDELINE WORKDIR SEEDS       prints "ok NAME" or "not ok NAME" per property and world
"""
import gzip
import io
import json
import os
import random
import subprocess
import sys
import tarfile
import zipfile
from concurrent.futures import ThreadPoolExecutor

import worlds as W

TIDELINE, WORK, SEEDS = os.path.abspath(sys.argv[1]), sys.argv[2], int(sys.argv[3])

KEYS = {
    "report": "schema tool inputs assumptions runs events outages findings",
    "input": "name format sha256 bytes records events unclassified odd first last precision_ms skew_s hints odd_samples",
    "run": "id basis strategy verdict proof engine account from to began ended requested clocks resources phases zdp outages "
           "versions parameters silences findings",
    "resource": "key id label kind region arn cluster class roles",
    "phase": "resource region name began ended seconds",
    "zdp": "resource region outcome elapsed_ms preserved dropped fast_startup_us began ended reason events client_preserved "
           "client_broken",
    "outage": "endpoint resource region source access last_ok first_fail last_fail first_ok seconds continuous fused "
              "attempts_failed failures blind version_before version_after",
    "version": "resource region from to", "parameter": "resource region name from to count",
    "finding": "code severity text events doc",
    "event": "n run at earliest latest fused region resource label resource_kind resource_key class event_id severity fields "
             "message input line proofs twin_of inferred",
}
STRATEGIES = set("managed-global-minor in-place-minor-zdp in-place-minor-restart patch major-in-place manual-secondaries-first "
                 "os-update blue-green multi-az-failover failover global-switchover global-failover instance-minor "
                 "instance-major unknown".split())
PHASES = set("requested precheck snapshot shutdown upgrade zdp startup online completing".split())
VERDICTS = set("succeeded rolled-back failed partial in-progress unknown".split())
KINDS = set("refused starting-up shutting-down in-recovery timeout dns reset closed auth read-only error".split())


class Box:
    """The evidence of one world in a folder of its own, and the reports that are made of it."""

    def __init__(self, name):
        self.name, self.dir = name, os.path.join(WORK, name)
        os.makedirs(self.dir, exist_ok=True)
        self.lines = []

    def put(self, name, text):
        path = os.path.join(self.dir, name)
        with open(path, "wb") as f:
            f.write(text if isinstance(text, bytes) else text.encode())
        return path

    def run(self, command, *inputs, env=None, cwd=None):
        e = dict(os.environ, **(env or {}))
        p = subprocess.run([TIDELINE, *command.split(), *inputs], capture_output=True, env=e, cwd=cwd, timeout=60,
                           stdin=subprocess.DEVNULL)
        if p.returncode != 0:
            self.say(f"{command} {' '.join(map(os.path.basename, inputs))}", False, f"exit {p.returncode}: {p.stderr[:300]}")
        return p.stdout

    def report(self, *inputs, options="", **how):
        out = self.run("report --format json " + options, *inputs, **how)
        try:
            return json.loads(out)
        except ValueError as e:
            self.say("the report is JSON", False, str(e))
            return {"runs": [], "events": [], "inputs": [], "outages": [], "findings": []}

    def say(self, what, good, why=""):
        if not good:
            self.lines.append(f"  {self.name}: {str(why)[:700]}")
        self.lines.append(("ok " if good else "not ok ") + f"{self.name}: {what}")

    def same(self, what, a, b):
        self.say(what, a == b, "" if a == b else first_difference(a, b))


def first_difference(a, b, path="$"):
    if type(a) is not type(b):
        return f"{path}: {a!r:.200} against {b!r:.200}"
    if isinstance(a, dict):
        for k in list(a) + [k for k in b if k not in a]:
            if a.get(k) != b.get(k):
                return first_difference(a.get(k), b.get(k), f"{path}.{k}")
    if isinstance(a, list):
        if len(a) != len(b):
            return f"{path}: {len(a)} against {len(b)} elements: {a!r:.250} against {b!r:.250}"
        for n, (x, y) in enumerate(zip(a, b)):
            if x != y:
                return first_difference(x, y, f"{path}[{n}]")
    return f"{path}: {a!r:.300} against {b!r:.300}"


# ---- what is compared ----

def keys_hold(box, where, obj, kind):
    want = KEYS[kind].split()
    if [k for k in obj if k in want] != want:
        box.say(f"keys of {where}", False, list(obj))
        return False
    return True


def shape(box, r):
    """Every object has the contract's keys in the contract's order; closed lists are closed; numbers of rows exist."""
    good = keys_hold(box, "the report", r, "report")
    lists = [(r["inputs"], "input"), (r["events"], "event"), (r["runs"], "run"), (r["outages"], "outage"),
             (r["findings"], "finding")]
    for run in r["runs"]:
        lists += [(run[k], kind) for k, kind in (("resources", "resource"), ("phases", "phase"), ("zdp", "zdp"),
                  ("outages", "outage"), ("versions", "version"), ("parameters", "parameter"), ("findings", "finding"))]
        good &= run["strategy"] in STRATEGIES and run["verdict"] in VERDICTS
        good &= all(p["name"] in PHASES for p in run["phases"])
    for rows, kind in lists:
        good &= all([keys_hold(box, kind, x, kind) for x in rows])
    good &= [e["n"] for e in r["events"]] == list(range(1, len(r["events"]) + 1))
    good &= all(a["at"] <= b["at"] for a, b in zip(r["events"], r["events"][1:]))
    good &= all(e["earliest"] <= e["at"] <= e["latest"] for e in r["events"])
    good &= all(e["inferred"] == (not e["proofs"]) for e in r["events"])
    good &= all(e["proofs"][0]["input"] == e["input"] and e["proofs"][0]["line"] == e["line"] for e in seen(r))
    good &= all(o["failures"].keys() <= KINDS for o in outages(r))
    good &= all(1 <= n <= len(r["events"]) for f in findings(r) for n in f["events"])
    box.say("shape of the report", good)


def seen(r):
    """The rows that some record proves."""
    return [e for e in r["events"] if not e["inferred"]]


def outages(r):
    return r["outages"] + [o for run in r["runs"] for o in run["outages"]]


def findings(r):
    return r["findings"] + [f for run in r["runs"] for f in run["findings"]]


def without(r, *names):
    """The report without what depends on where its bytes stand."""
    if isinstance(r, dict):
        return {k: without(v, *names) for k, v in r.items() if k not in names}
    return [without(x, *names) for x in r] if isinstance(r, list) else r


def facts(r):
    """What runs say, with rows named by what they are instead of by number."""
    rows = {e["n"]: (e["at"], e["resource_key"], e["message"]) for e in r["events"]}
    return [name_rows(run, rows) for run in r["runs"]]


def name_rows(x, rows):
    if isinstance(x, dict):
        return {k: [rows[n] for n in v] if k in ("events", "proof", "strategy_proof") else
                rows[v] if k == "event" and v else name_rows(v, rows) for k, v in x.items()}
    return [name_rows(v, rows) for v in x] if isinstance(x, list) else x


def truth(box, what, w, r):
    want, got = w.expect, r["runs"]
    good = len(got) == w.runs
    run = got[0] if got else {}
    for k, v in want.items():
        good &= run.get(k) in v if k == "strategy" else run.get(k) == v
    zdp = {z["resource"]: tuple(z[k] for k in ("outcome", "elapsed_ms", "preserved", "dropped", "fast_startup_us"))
           for z in run.get("zdp", [])}
    box.say(f"truth by {what}", good and zdp == w.zdp,
            f"want {want} {w.zdp}; got {[{k: x[k] for k in ('strategy', 'verdict', 'from', 'to')} for x in got]} {zdp}")


# ---- properties ----

def by_region(w, events):
    regions = []
    for e in events:
        if e.region not in regions:
            regions.append(e.region)
    return [[e for e in events if e.region == r] for r in regions]


def write_api(box, w, **how):
    return [box.put(f"api-{part[0].region}.json", W.api(part, **how)) for part in by_region(w, w.events)]


def channels(box, w, base, files):
    """The same upgrade by another channel: the same rows, the same truth; by both: the same rows, two proofs."""
    t, mixed = w.events, list(w.events)
    w.rnd.shuffle(mixed)
    other = {
        "the old spelling of dates": ("old.json", W.api(mixed, old=True)),
        "--output text": ("events.txt", W.api_text(t)),
        "EventBridge lines": ("bridge.ndjson", W.eventbridge(mixed)),
        "an EventBridge array": ("bridge.json", W.eventbridge(t, array=True)),
        "SNS bodies": ("sns.ndjson", W.sns(mixed)),
        "SNS records of a Lambda": ("lambda.json", W.sns(t, envelope=True)),
        "a Markdown table": ("table.md", W.table(t, "markdown", w.rnd.choice([-8, 2, 9]))),
        "a CSV table, newest first": ("table.csv", W.table(t, "csv", w.rnd.choice([-5, 1]), newest_first=True)),
        "a TSV table": ("table.tsv", W.table(t, "tsv", 10)),
    }
    if w.labels:
        other["a table of labels"] = ("labels.md", W.table(t, "markdown", 9, labels=True))
    for what, (name, text) in other.items():
        path = box.put(name, text)
        alone, both = box.report(path), box.report(path, *files)
        minutes = name.startswith(("table", "labels"))
        if name != "labels.md":
            truth(box, what, w, alone)
        box.say(f"rows by {what}", len(alone["events"]) == len(base["events"]),
                f"{len(alone['events'])} rows, {len(base['events'])} by describe-events")
        box.say(f"rows by describe-events and {what}", len(both["events"]) == len(base["events"]) and
                all(len(e["proofs"]) >= 2 for e in seen(both)),
                [(e["resource"], e["message"][:40], e["proofs"]) for e in seen(both) if len(e["proofs"]) < 2])
        truth(box, f"describe-events and {what}", w, both)
        if minutes:
            box.same(f"{what} moves no instant", [e["at"] for e in both["events"]], [e["at"] for e in base["events"]])
        box.say(f"proofs of {what} add up", proofs_add_up(both), [(i["name"], i["events"]) for i in both["inputs"]])


def proofs_add_up(r):
    count = [0] * len(r["inputs"])
    for e in r["events"]:
        for p in e["proofs"]:
            count[p["input"]] += 1
    return all(i["format"] == "probe" or (i["events"] == count[n] and i["records"] >= i["events"] and i["odd"] == 0)
               for n, i in enumerate(r["inputs"]))


def orders(box, w, base):
    """Neither the order of events in an answer nor that of inputs matters, nor a source that is there twice."""
    mixed = list(w.events)
    random.Random(7).shuffle(mixed)
    one = box.report(box.put("one/all.json" if os.makedirs(box.dir + "/one", exist_ok=True) else "one/all.json",
                             W.api(w.events, compact=True)))
    os.makedirs(box.dir + "/two", exist_ok=True)
    two = box.report(box.put("two/all.json", W.api(mixed, compact=True)))
    box.same("shuffled events", without(one, "sha256"), without(two, "sha256"))
    doubled = box.report(box.put("one/all.json", W.api(w.events, compact=True)),
                         box.put("one/zz-copy.json", W.api(w.events, compact=True)))
    box.same("a source that is there twice", {**one, "inputs": 0}, {**doubled, "inputs": 0})
    box.say("and it is said", [(i["name"], i["duplicate_of"]) for i in doubled["inputs"]] ==
            [("all.json", None), ("zz-copy.json", 0)])
    again = box.report(box.put("one/all.json", W.api(w.events, compact=True)),
                       box.put("one/zz-again.json", W.api(mixed * 2, old=True)))
    box.same("events that were fetched three times", rows(one), rows(again))


def rows(r):
    return [{k: v for k, v in e.items() if k != "proofs"} for e in r["events"]]


def streams(box, w, files):
    """events, then report: the same bytes as the direct way; in shards, in either order."""
    direct = box.run("report --format json", *files)
    box.same("input order", direct, box.run("report --format json", *reversed(files)))
    shards = [box.put(f"shard-{n}.ndjson", box.run("events --format ndjson", f)) for n, f in enumerate(files)]
    box.same("shards", direct, box.run("report --format json", *shards))
    box.same("shards, the last first", direct, box.run("report --format json", *reversed(shards)))
    whole = box.put("whole.ndjson", box.run("events --format ndjson", *files))
    box.same("events, then report", direct, box.run("report --format json", whole))
    with open(whole, "rb") as f:
        lines = [json.loads(x) for x in f.read().splitlines()]
    sources = [x for x in lines if x["schema"] == "tideline.source/1"]
    box.say("a stream has a line per source and its events add up", len(sources) == len(files) and
            sum(s["events"] for s in sources) == len(lines) - len(sources), [(s["name"], s["events"]) for s in sources])
    env = {"TZ": "America/St_Johns", "LC_ALL": "C.UTF-8"}
    names = [os.path.basename(f) for f in files]
    box.same("another zone, locale and folder", direct, box.run("report --format json", *names, env=env, cwd=box.dir))
    box.same("--tz only displays", direct, box.run("report --format json --tz Asia/Kathmandu", *files))
    return direct


def packed(box, files, direct):
    """Compressed and packed inputs hold the same evidence."""
    want = facts(without(json.loads(direct), "input"))
    blobs = [(os.path.basename(f), open(f, "rb").read()) for f in files]
    for f, (name, data) in zip(files, blobs):
        box.put("gz-" + name + ".gz", gzip.compress(data, 1, mtime=0))
    tar, zipped = io.BytesIO(), io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w:gz", compresslevel=1) as t:
        for name, data in blobs:
            info = tarfile.TarInfo("deep/" + name)
            info.size = len(data)
            t.addfile(info, io.BytesIO(data))
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in blobs:
            z.writestr(name, data)
    many = {"gzip": [os.path.join(box.dir, "gz-" + n + ".gz") for n, _ in blobs],
            "tar": [box.put("all.tar.gz", tar.getvalue())], "zip": [box.put("all.zip", zipped.getvalue())]}
    for what, inputs in many.items():
        box.same(f"{what}: the same runs", want, facts(without(box.report(*inputs), "input")))


def probes(box, w, files, base):
    """Outages: truth inside the bounds; a cut log opens an outage and never removes one."""
    if not w.down:
        return
    logs, loops = [], []
    for n, down in enumerate(w.down):
        loop = W.Loop(w.rnd, down, W.host(w, down[0], down[1]))
        loops.append(loop)
        logs.append(box.put(f"probe-{down[1]}.log" if n % 2 else f"loop-{n}.log", loop.text(elide=n % 2 == 1)))
    r = box.report(*logs, *files)
    shape(box, r)
    got = [o for run in r["runs"] for o in run["outages"]]
    seen = [x for x in loops if any(a[2] for a in x.attempts)]  # an attempt that hangs until it is over is no failure
    box.say("every outage is found and belongs to the run", len(got) == len(seen) and not r["outages"],
            [(o["endpoint"], o["first_fail"]) for o in outages(r)])
    for o in got:
        loop = [x for x in loops if x.host == o["endpoint"]]
        if not loop:
            box.say("the endpoint is named", False, o["endpoint"])
            continue
        x, s = loop[0], o["seconds"]
        span = (x.end - x.start) / 1000
        failed = sum(1 for a in x.attempts if a[2])
        box.say("the truth is inside the bounds", s["min"] <= span <= s["max"], f"{span} not in {s}")
        box.say("attempts, region and versions are right", o["attempts_failed"] == failed == sum(o["failures"].values()) and
                o["region"] == x.region and (o["version_before"], o["version_after"]) == (x.old, x.new), o)
        known = box.report("--as", f"probe,sleep={x.sleep / 1000:.3f}", *logs, "--as", "auto", *files)
        near = [k["seconds"] for k in outages(known) if k["endpoint"] == x.host]
        box.say("a known sleep narrows and still holds the truth", len(near) == 1 and
                s["min"] <= near[0]["min"] <= span <= near[0]["max"] <= s["max"], f"{span}: {s} {near}")
    truth(box, "events and probes", w, r)
    cut_tail(box, loops[0], r)
    streams(box, w, logs + files)


def cut_tail(box, loop, r):
    lines = loop.text().splitlines(keepends=True)
    fail = [n for n, line in enumerate(lines) if "psql: error" in line]
    if not fail:
        return
    for cut in {fail[-1] + 1, fail[len(fail) // 2] + 1, fail[0] + 1}:
        part = box.report(box.put("cut.log", "".join(lines[:cut])))
        o = outages(part)
        box.say("a log without its tail leaves the outage open", len(o) == 1 and o[0]["first_ok"] is None and
                o[0]["seconds"]["max"] is None and o[0]["first_fail"] is not None and o[0]["last_ok"] is not None, o)
    part = box.report(box.put("cut.log", "".join(lines[fail[0]:])))
    o = outages(part)
    box.say("a log without its head leaves the outage open", len(o) == 1 and o[0]["last_ok"] is None and
            o[0]["seconds"]["max"] is None and o[0]["first_ok"] is not None, o)


def crowd(box, w, files, base):
    """A stranger's events add rows and change no run; two upgrades side by side are the runs of each."""
    others = W.strangers(w)
    more = box.report(*files, box.put("strangers.json", W.api(others)))
    box.say("strangers add their rows", len(more["events"]) == len(base["events"]) + len(others), len(more["events"]))
    box.same("strangers change no run", facts(without(base, "input")), facts(without(more, "input")))
    other = W.KINDS[w.rnd.randrange(len(W.KINDS))](99)
    other.name = "other"
    path = box.put("other.json", W.api(other.events))
    alone, together = box.report(path), box.report(*files, path)
    sort = lambda runs: sorted(without(runs, "input"), key=lambda x: x["id"])
    box.same("two upgrades are the runs of each", sort(facts(base) + facts(alone)), sort(facts(together)))


def beside(box, w, files):
    """What else lies around: the trail, topology, a document. The stream still gives the same bytes."""
    e = w.events[0]
    call = {"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": f"arn:aws:iam::{w.account}:user/kim",
            "accountId": w.account, "userName": "kim"}, "eventTime": e.utc().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "eventSource": "rds.amazonaws.com", "eventName": "DescribeDBClusters", "awsRegion": e.region,
            "requestParameters": None, "responseElements": None, "readOnly": True, "eventID": f"{w.t}-aa", "recipientAccountId": w.account}
    change = dict(call, eventName="ModifyDBCluster", readOnly=False, eventID=f"{w.t}-ab",
                  requestParameters={"dBClusterIdentifier": "somebody-elses", "engineVersion": "16.4"})
    trail = box.put("trail.json", json.dumps({"Records": [call, change]}))
    top = {"DBClusters": [{"DBClusterIdentifier": x.ident, "DBClusterArn": x.arn(), "Engine": "aurora-postgresql", "EngineVersion": "16.4",
           "Status": "available", "DBClusterMembers": []} for x in w.events if x.kind == "cluster"][:1]}
    doc = "# What happened\n\nNotes of the night.\n\n" + W.table(w.events, "markdown", 2) + "\nand the raw answer:\n\n```\n$ aws rds describe-events\n" + \
        W.api(w.events) + "```\n"
    inputs = [*files, trail, box.put("write-up.md", doc), box.put("shop.txt", "bread, salt\n")]
    if top["DBClusters"]:
        inputs.append(box.put("topology.json", json.dumps(top)))
    r = json.loads(streams(box, w, inputs))
    shape(box, r)
    truth(box, "everything that lies around", w, r)
    box.say("a document adds no rows of its own", len([e for e in r["events"] if e["class"] != "api.call"]) == len(w.events),
            len(r["events"]))


def one_world(kind, seed):
    w = kind(seed)
    box = Box(w.name)
    try:
        files = write_api(box, w)
        base = box.report(*files)
        shape(box, base)
        truth(box, "describe-events", w, base)
        box.say("a row per event", len(base["events"]) == len(w.events), len(base["events"]))
        channels(box, w, base, files)
        orders(box, w, base)
        packed(box, files, streams(box, w, files))
        probes(box, w, files, base)
        crowd(box, w, files, base)
        beside(box, w, files)
    except Exception as e:  # a broken answer is a failed property, not the end of the others
        import traceback
        box.say("no surprise", False, traceback.format_exc()[-600:])
    return box.lines


def main():
    jobs = [(kind, seed) for seed in range(1, SEEDS + 1) for kind in W.KINDS]
    with ThreadPoolExecutor(2) as pool:
        for lines in pool.map(lambda j: one_world(*j), jobs):
            print("\n".join(lines))


main()
