"""Upgrades with a known truth, and the evidence that they would leave behind.

A World is what happened: events with exact times, endpoints with the spans in which they did not serve, and what a
report must say of it. The channel functions below render its events as AWS and people hand them on: describe-events
JSON in both spellings of a date, its --output text, EventBridge lines, SNS messages, and console tables of minute
precision in another zone. A Loop renders an endpoint as the log of a blocking probe. Seeded: the same seed gives the
same bytes. Standard library only.
"""
import json
import random
from datetime import datetime, timedelta, timezone

REGIONS = ["eu-central-1", "eu-north-1", "sa-east-1", "ca-central-1", "ap-southeast-2", "me-south-1", "us-west-2"]
NAMES = ["ledger", "basket", "atlas", "quartz", "invoice", "harbor", "meadow", "pulse"]
ARN_KIND = {"cluster": "cluster", "instance": "db", "group": "pg", "snapshot": "cluster-snapshot",
            "deployment": "deployment"}
SOURCE_TYPE = {"cluster": "db-cluster", "instance": "db-instance", "group": "db-parameter-group",
               "snapshot": "db-cluster-snapshot", "deployment": "blue-green-deployment"}
BRIDGE_TYPE = {"cluster": "CLUSTER", "instance": "DB_INSTANCE", "group": "DB_PARAM", "snapshot": "CLUSTER_SNAPSHOT",
               "deployment": "BLUE_GREEN_DEPLOYMENT"}
BRIDGE_DETAIL = {"cluster": "DB Cluster", "instance": "DB Instance", "group": "DB Parameter Group",
                 "snapshot": "DB Cluster Snapshot", "deployment": "Blue Green Deployment"}
CONSOLE_TYPE = {"cluster": "DB cluster", "instance": "DB instance", "group": "Parameter group",
                "snapshot": "Cluster snapshot", "deployment": "Blue/green deployment"}

ADJUSTED = "The parameter max_wal_senders was set to a value incompatible with replication. It has been adjusted from 10 to 20."
ZDP_TRY = "Attempting to upgrade the database with zero downtime."
STARTED = "Database cluster engine {} version upgrade started. Cluster remains online."
ONLINE = "Database cluster is online. The primary instance is ready for connections."
ON_ALL = "Database cluster engine version upgrade finished on all instances."
COMPLETE = "Database cluster engine {} version upgrade complete. Previous version: {}. New version: {}."
UPGRADED = "Database cluster engine version has been upgraded."
IDS = {"DB instance shutdown": "0004", "DB instance restarted": "0006", UPGRADED: "0173", "Backing up DB instance": "0001",
       STARTED.format("minor"): "0286", "The downtime started for the DB instance.": "0266",
       "Multi-AZ instance failover started.": "0013", "Multi-AZ instance failover completed": "0049"}


class Event:
    """One event. t: milliseconds since 1970."""

    def __init__(self, t, region, account, kind, ident, message, categories=()):
        self.t, self.region, self.account, self.kind, self.ident = t, region, account, kind, ident
        self.message, self.categories = message, list(categories)

    def arn(self):
        return f"arn:aws:rds:{self.region}:{self.account}:{ARN_KIND[self.kind]}:{self.ident}"

    def utc(self):
        return datetime.fromtimestamp(self.t // 1000, timezone.utc).replace(microsecond=self.t % 1000 * 1000)


class World:
    def __init__(self, seed, name):
        self.rnd = random.Random(seed * 7919 + sum(map(ord, name)))
        self.name = f"{name}-{seed}"
        self.t = 1_700_000_000_000 + self.rnd.randrange(80_000_000) * 1000 + self.rnd.randrange(1000)
        self.account = "".join(self.rnd.choice("123456789") for _ in range(12))
        self.region = self.rnd.choice(REGIONS)
        self.events, self.noise, self.down = [], [], []
        self.expect = {}      # keys of a run: {strategies}, verdict, from, to
        self.zdp = {}         # instance -> (outcome, ms, preserved, dropped, fast startup us)
        self.runs = 1
        self.labels = False   # a table without identifiers leads to the same resources
        self.minutes = True   # minute precision leaves the truth as it is

    def say(self, kind, ident, message, *categories, after=None, region=None, at=None):
        """Adds an event `after` milliseconds (default: some) behind the one before."""
        if at is None:
            self.t += after if after is not None else self.rnd.randrange(300, 4000)
        e = Event(self.t if at is None else at, region or self.region, self.account, kind, ident, message, categories)
        self.events.append(e)
        return e

    def wait(self, low, high):
        self.t += self.rnd.randrange(low, high) * 1000

    def names(self, region=None):
        n = self.rnd.choice(NAMES) + "-" + self.rnd.choice(["prod", "core", "eu", "live"])
        return n, f"{n}-instance-1"

    def fail(self, ident, start, end, before, after, region=None):
        """The endpoint of a cluster or instance does not serve in [start, end) (ms)."""
        self.down.append((ident, region or self.region, start, end, before, after))


def host(world, ident, region):
    kind = "cluster-" if not ident.endswith("-instance-1") else ""
    tail = "c" + format(abs(hash_of(world.account + region)) % 36**10, "x")[:10]
    return f"{ident}.{kind}{tail}.{region}.rds.amazonaws.com"


def hash_of(text):
    h = 0
    for c in text:
        h = (h * 131 + ord(c)) % (1 << 61)
    return h


# ---- the kinds of worlds ----

def pg_versions(rnd):
    major, minor = rnd.choice([13, 14, 15, 16, 17]), rnd.randrange(1, 8)
    return f"{major}.{minor}.{rnd.randrange(1, 6)}", f"{major}.{minor + rnd.randrange(1, 3)}.{rnd.randrange(1, 6)}"


def restart(w, instance, low=3, high=20, region=None):
    down = w.say("instance", instance, "DB instance shutdown", "availability", region=region)
    w.wait(low, high)
    up = w.say("instance", instance, "DB instance restarted", "availability", region=region)
    return down, up


def zdp(w, cluster, instance, dropped, region=None):
    """A successful attempt, announced on both; the endpoint is away inside of it."""
    ms, kept, fast = w.rnd.randrange(700, 9000), w.rnd.randrange(0, 300), w.rnd.randrange(300_000, 650_000)
    text = (f"Attempt to upgrade the database instance '{instance}' with zero downtime finished. The process took "
            f"{ms} ms, {kept} connections preserved, {dropped} connections dropped. See the database error log for details.")
    begin = w.t + w.rnd.randrange(500, 3000)
    w.t = begin
    w.say("cluster", cluster, ZDP_TRY, region=region, after=0)
    w.say("instance", instance, ZDP_TRY, region=region, after=w.rnd.randrange(1, 40))
    w.say("instance", instance, ADJUSTED, region=region, at=begin + ms // 3)
    w.say("instance", instance, f"Aurora fast startup completed in [{fast}] microseconds.", region=region,
          at=begin + ms * 2 // 3)
    w.t = begin + ms
    w.say("cluster", cluster, text, region=region, after=0)
    w.say("instance", instance, text, region=region, after=w.rnd.randrange(1, 40))
    w.zdp[instance] = ("finished", ms, kept, dropped, fast)
    return begin + ms // 10, begin + ms


def finish_cluster(w, cluster, kind, v, region=None):
    w.say("cluster", cluster, ONLINE, region=region)
    w.say("cluster", cluster, ON_ALL, region=region)
    w.say("cluster", cluster, COMPLETE.format(kind, *v), region=region)
    w.say("cluster", cluster, UPGRADED, "maintenance", region=region)


def managed_global(seed):
    w = World(seed, "managed-global")
    v = pg_versions(w.rnd)
    regions = w.rnd.sample(REGIONS, w.rnd.choice([2, 3]))
    w.labels = True
    base = w.rnd.choice(NAMES)
    own = {r: (f"{base}-{r[:2]}{i}", f"{base}-{r[:2]}{i}-instance-1") for i, r in enumerate(regions)}
    for r in regions:
        w.say("cluster", own[r][0], STARTED.format("minor"), "maintenance", region=r)
    for r in regions[1:]:
        w.wait(20, 60)
        w.say("instance", own[r][1], ADJUSTED, region=r)
        down, up = restart(w, own[r][1], region=r)
        w.fail(own[r][0], down.t + 40, up.t - 90, *v, region=r)
        w.zdp[own[r][1]] = ("not-attempted", None, None, None, None)
    w.wait(20, 60)
    primary = regions[0]
    w.fail(own[primary][0], *zdp(w, *own[primary], 0, region=primary), *v, region=primary)
    w.say("cluster", own[primary][0], ONLINE, region=primary)
    w.say("cluster", own[primary][0], ON_ALL, region=primary)
    for r in regions[1:] + regions[:1]:
        w.say("cluster", own[r][0], COMPLETE.format("minor", *v), region=r)
        w.say("cluster", own[r][0], UPGRADED, "maintenance", region=r)
    w.expect = {"strategy": {"managed-global-minor"}, "verdict": "succeeded", "from": v[0], "to": v[1]}
    return w


def cluster_zdp(seed):
    w = World(seed, "cluster-zdp")
    v, (c, i) = pg_versions(w.rnd), w.names()
    w.say("cluster", c, STARTED.format("minor"), "maintenance")
    w.wait(30, 90)
    reader = f"{c}-instance-2"
    restart(w, reader)
    w.zdp[reader] = ("not-attempted", None, None, None, None)
    w.fail(c, *zdp(w, c, i, w.rnd.randrange(1, 9)), *v)
    finish_cluster(w, c, "minor", v)
    w.expect = {"strategy": {"in-place-minor-zdp"}, "verdict": "succeeded", "from": v[0], "to": v[1]}
    return w


def cluster_restart(seed):
    w = World(seed, "cluster-restart")
    v, (c, i) = pg_versions(w.rnd), w.names()
    w.labels = True
    w.say("cluster", c, STARTED.format("minor"), "maintenance")
    w.wait(30, 90)
    w.say("instance", i, ADJUSTED)
    down, up = restart(w, i)
    w.fail(c, down.t + 10, up.t - 50, *v)
    finish_cluster(w, c, "minor", v)
    w.zdp[i] = ("not-attempted", None, None, None, None)
    w.expect = {"strategy": {"in-place-minor-restart"}, "verdict": "succeeded", "from": v[0], "to": v[1]}
    return w


def zdp_failed(seed):
    w = World(seed, "zdp-failed")
    v, (c, i) = pg_versions(w.rnd), w.names()
    w.labels = True
    w.say("cluster", c, STARTED.format("minor"), "maintenance")
    w.wait(30, 90)
    w.say("cluster", c, ZDP_TRY)
    w.say("instance", i, ZDP_TRY, after=12)
    w.wait(61, 90)
    down, up = restart(w, i, 9, 40)
    w.fail(c, down.t + 10, up.t - 50, *v)
    finish_cluster(w, c, "minor", v)
    w.zdp[i] = ("failed", None, None, None, None)
    w.expect = {"strategy": {"in-place-minor-restart", "in-place-minor-zdp"}, "verdict": "succeeded", "from": v[0], "to": v[1]}
    return w


def patch(seed):
    w = World(seed, "patch")
    c, i = w.names()
    w.labels = True
    old, new = w.rnd.choice([("2.11.3", "2.11.4"), ("3.04.1", "3.04.2")])
    w.fail(c, *zdp(w, c, i, 0), *(f"8.0.mysql_aurora.{x}" for x in (old, new)))
    w.wait(60, 170)
    w.say("cluster", c, "Database cluster has been patched", "maintenance")
    w.expect = {"strategy": {"patch"}, "verdict": "succeeded"}
    return w


def major(seed):
    w = World(seed, "major")
    c, i = w.names()
    v = "5.7.mysql_aurora.2.11.2", "8.0.mysql_aurora.3.04.0"
    dashed = v[0].replace(".", "-").replace("_", "-") + "-to-" + v[1].replace(".", "-").replace("_", "-")
    minute = (datetime.fromtimestamp(w.t // 1000, timezone.utc) - timedelta(minutes=2)).strftime("%Y-%m-%d-%H-%M")
    stage = ["Performing online pre-upgrade checks.", "Performing offline pre-upgrade checks.",
             f"Creating pre-upgrade snapshot [preupgrade-{c}-{dashed}-{minute}].", "Cloning volume.",
             "Purging undo records for old row versions. Records remaining: 4711",
             "Purging undo records for old row versions. Records remaining: 12", "Upgrading database objects."]
    for s in stage:
        w.say("cluster", c, "Upgrade in progress: " + s, "maintenance", after=w.rnd.randrange(40_000, 200_000))
    w.say("cluster", c, "Database cluster major version has been upgraded", "maintenance", after=180_000)
    w.expect = {"strategy": {"major-in-place"}, "verdict": "succeeded", "from": v[0], "to": v[1]}
    return w


def refused(seed):
    w = World(seed, "refused")
    c, i = w.names()
    w.labels = True
    w.say("cluster", c, "Database cluster engine version upgrade started.", "maintenance")
    w.say("cluster", c, "Database cluster is in a state that cannot be upgraded: Upgrade prechecks failed. For more details, "
          "see the upgrade-prechecks.log file.", "maintenance", after=1527)
    w.expect = {"verdict": "failed", "to": None}
    return w


def instance_minor(seed):
    w = World(seed, "instance-minor")
    i = w.rnd.choice(NAMES) + "-db"
    w.labels = True
    v = w.rnd.choice([("8.0.35", "8.0.42"), ("15.4", "15.7"), ("16.2", "16.9"), ("8.4.3", "8.4.5")])
    b = lambda: (w.say("instance", i, "Backing up DB instance", "backup"), w.wait(60, 150),
                 w.say("instance", i, "Finished DB Instance backup", "backup"))
    b()
    w.say("instance", i, "The pre-check started for the DB engine version upgrade.", "maintenance")
    w.wait(20, 40)
    w.say("instance", i, "The pre-check finished for the DB engine version upgrade.", "maintenance")
    down = w.say("instance", i, "DB instance shutdown", "availability")
    w.wait(25, 40)
    w.say("instance", i, "The downtime started for the DB instance.", "maintenance")
    w.wait(40, 90)
    w.say("instance", i, "The engine version upgrade started.", "maintenance")
    w.wait(70, 140)
    up = w.say("instance", i, "DB instance restarted", "availability")
    w.say("instance", i, "The engine version upgrade finished.", "maintenance")
    w.say("instance", i, "The post-upgrade tasks are in progress.", "maintenance")
    w.say("instance", i, f"Database instance engine minor version upgrade complete. Previous version: {v[0]}. New version: {v[1]}.")
    b()
    w.fail(i, down.t + 100, up.t - 200, *v)
    w.expect = {"strategy": {"instance-minor"}, "verdict": "succeeded", "from": v[0], "to": v[1]}
    return w


def rolled_back(seed):
    w = World(seed, "rolled-back")
    i = w.rnd.choice(NAMES) + "-db"
    w.labels = True
    w.say("instance", i, "The pre-check started for the DB engine version upgrade.", "maintenance")
    w.say("instance", i, "The pre-check finished for the DB engine version upgrade.", "maintenance", after=30_000)
    w.say("instance", i, "DB instance shutdown", "availability")
    w.say("instance", i, "The downtime started for the DB instance.", "maintenance", after=30_000)
    w.say("instance", i, "The engine version upgrade started.", "maintenance", after=60_000)
    w.say("instance", i, "The DB engine version upgrade failed. The engine version upgrade rollback succeeded.", "failure",
          after=200_000)
    w.say("instance", i, "DB instance restarted", "availability", after=20_000)
    w.expect = {"verdict": "rolled-back"}
    return w


def multi_az(seed):
    w = World(seed, "multi-az")
    i = w.rnd.choice(NAMES) + "-db"
    w.labels = True
    w.say("instance", i, "Multi-AZ instance failover started.", "failover")
    w.wait(8, 15)
    w.say("instance", i, "DB instance restarted", "availability")
    w.wait(8, 20)
    w.say("instance", i, "Multi-AZ instance failover completed", "failover")
    w.say("instance", i, "The RDS Multi-AZ primary instance is busy and unresponsive.", after=0)
    w.expect = {"strategy": {"multi-az-failover"}, "verdict": "succeeded", "from": None, "to": None}
    return w


def failover(seed):
    w = World(seed, "failover")
    c, _ = w.names()
    old, new = f"{c}-instance-1", f"{c}-instance-2"
    w.say("cluster", c, f"Started cross AZ failover to DB instance: {new}", "failover")
    w.say("instance", new, ADJUSTED)
    w.say("instance", new, "DB instance restarted", "availability", after=9000)
    w.say("instance", old, "A new writer was promoted. Restarting database as a reader.")
    w.say("cluster", c, f"Completed customer initiated failover to DB instance: {new}", "failover")
    w.say("instance", old, "DB instance restarted", "availability")
    w.expect = {"strategy": {"failover"}, "verdict": "succeeded", "from": None, "to": None}
    return w


def os_update(seed):
    w = World(seed, "os-update")
    if seed % 2:
        i = w.rnd.choice(NAMES) + "-db"
        w.labels = True
        w.say("instance", i, "Applying off-line patches to DB instance", "maintenance")
        w.wait(400, 600)
        restart(w, i)
        w.say("instance", i, "Finished applying off-line patches to DB instance", "maintenance")
    else:
        c, i = w.names()
        w.say("cluster", c, "Cluster operating system upgrade starting.", "maintenance")
        w.say("cluster", c, f"Starting offline patches to DB instances in partition 1/1 for DB cluster {c}: {i}.", "maintenance")
        restart(w, i)
        w.zdp[i] = ("not-attempted", None, None, None, None)
        w.wait(60, 90)
        w.say("cluster", c, "Cluster operating system upgrade completed.", "maintenance")
    w.expect = {"strategy": {"os-update"}, "verdict": "succeeded", "from": None, "to": None}
    return w


def blue_green(seed):
    w = World(seed, "blue-green")
    blue = w.rnd.choice(NAMES) + "-shop"
    green, dep = f"{blue}-green-" + "k3x9ab", "bgd-" + "q7w1zx40plmv2nbt"
    w.say("deployment", dep, f"Switchover from {blue} to {green} started.", "notification")
    w.wait(20, 40)
    w.say("deployment", dep, "Switchover completed on blue/green deployment.", "notification")
    w.expect = {"strategy": {"blue-green"}, "verdict": "succeeded"}
    return w


KINDS = [managed_global, cluster_zdp, cluster_restart, zdp_failed, patch, major, refused, instance_minor, rolled_back,
         multi_az, failover, os_update, blue_green]


def strangers(world):
    """Routine of others in the same account and region, around the same time; none of it is an upgrade."""
    w = World(world.rnd.randrange(1000), "strangers")
    w.account, w.region, w.t = world.account, world.region, world.t - 900_000
    for n in range(6):
        other = f"unrelated{n}"
        w.say("instance", other, "Backing up DB instance", "backup")
        w.say("instance", other, "Finished DB Instance backup", "backup", after=60_000)
    w.say("group", "their-params", "Updated parameter work_mem to 65536 with apply method immediate", "configuration change")
    w.say("snapshot", "their-snap", "Creating manual cluster snapshot", "backup")
    w.say("snapshot", "their-snap", "Manual cluster snapshot created", "backup", after=30_000)
    return w.events


# ---- channels ----

def api(events, old=False, compact=False, wrap=True):
    out = []
    for e in events:
        date = e.utc().strftime("%Y-%m-%dT%H:%M:%S.") + (f"{e.t % 1000:03d}Z" if old else f"{e.t % 1000:03d}000+00:00")
        row = {"SourceIdentifier": e.ident, "SourceType": SOURCE_TYPE[e.kind], "Message": e.message,
               "EventCategories": e.categories, "Date": date, "SourceArn": e.arn()}
        if e.kind == "group":
            del row["SourceArn"]
        out.append(dict(sorted(row.items())) if old else row)
    doc = {"Events": out} if wrap else out
    return json.dumps(doc, indent=None if compact else 4) + "\n"


def api_text(events):
    out = []
    for e in events:
        arn = e.arn() if e.kind != "group" else "None"
        out.append("\t".join(["EVENTS", e.utc().strftime("%Y-%m-%dT%H:%M:%S.") + f"{e.t % 1000:03d}000+00:00", e.message, arn,
                              e.ident, SOURCE_TYPE[e.kind]]))
        out += ["EVENTCATEGORIES\t" + c for c in e.categories]
    return "\n".join(out) + "\n"


def eventbridge(events, array=False):
    out = []
    for n, e in enumerate(events):
        detail = {"EventCategories": e.categories, "SourceType": BRIDGE_TYPE[e.kind], "SourceArn": e.arn(),
                  "Date": e.utc().strftime("%Y-%m-%dT%H:%M:%S.") + f"{e.t % 1000:03d}Z", "Message": e.message,
                  "SourceIdentifier": e.ident}
        if e.message in IDS:
            detail["EventID"] = "RDS-EVENT-" + IDS[e.message]
        out.append({"version": "0", "id": f"{hash_of(e.arn() + e.message) % (1 << 32):08x}-{e.t:012x}-{n:04x}",
                    "detail-type": f"RDS {BRIDGE_DETAIL[e.kind]} Event", "source": "aws.rds", "account": e.account,
                    "time": e.utc().strftime("%Y-%m-%dT%H:%M:%SZ"), "region": e.region, "resources": [e.arn()],
                    "detail": detail})
    return json.dumps(out) + "\n" if array else "".join(json.dumps(x) + "\n" for x in out)


def sns_body(e):
    body = {"Event Source": SOURCE_TYPE[e.kind], "Event Time": e.utc().strftime("%Y-%m-%d %H:%M:%S.") + f"{e.t % 1000:03d}",
            "Identifier Link": f"https://console.aws.amazon.com/rds/home?region={e.region}#dbclusters:id={e.ident}",
            "Source ID": e.ident, "Source ARN": e.arn(), "Event Message": e.message}
    if e.message in IDS:
        page = "http://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html"
        body["Event ID"] = f"{page}#RDS-EVENT-{IDS[e.message]}"
    return json.dumps(body)


def sns(events, envelope=False):
    if not envelope:
        return "".join(sns_body(e) + "\n" for e in events)
    return json.dumps({"Records": [
        {"EventVersion": "1.0", "EventSource": "aws:sns",
         "Sns": {"MessageId": f"{hash_of(e.arn() + e.message + str(e.t) + str(n)):032x}", "Type": "Notification",
                 "Timestamp": e.utc().strftime("%Y-%m-%dT%H:%M:%S.000Z"), "Subject": "RDS Notification Message",
                 "Message": sns_body(e)}} for n, e in enumerate(events)]}, indent=2) + "\n"


def table(events, style="markdown", offset=9, newest_first=False, labels=False):
    """A console paste: minutes of a zone `offset` hours east, which its header names."""
    zone = timezone(timedelta(hours=offset))
    rows = []
    for e in events:
        who = [f"{e.region} {CONSOLE_TYPE[e.kind]}"] if labels else [e.ident, CONSOLE_TYPE[e.kind], e.region]
        rows.append([e.utc().astimezone(zone).strftime("%Y-%m-%d %H:%M"), *who, e.message])
    if newest_first:
        rows.reverse()
    head = [f"Date (UTC{offset:+03d}:00)", "Resource"] + ([] if labels else ["Type", "Region"]) + ["Event"]
    if style == "markdown":
        line = lambda r: "| " + " | ".join(c.replace("|", "\\|") for c in r) + " |\n"
        return line(head) + "|" + "---|" * len(head) + "\n" + "".join(map(line, rows))
    if style == "tsv":
        return "".join("\t".join(r) + "\n" for r in [head] + rows)
    quote = lambda c: '"' + c.replace('"', '""') + '"' if set(c) & set('",\n') else c
    return "".join(",".join(map(quote, r)) + "\r\n" for r in [head] + rows)


class Loop:
    """The log of a loop that waits for each attempt before it sleeps and makes the next."""

    def __init__(self, rnd, down, host_name, before=90_000, after=30_000, sleep=None, tail=None):
        self.ident, self.region, self.start, self.end, self.old, self.new = down
        self.sleep = sleep or rnd.choice([200, 500, 1000])
        self.attempts = []  # (start, end, failure text or None)
        t = self.start - before - rnd.randrange(1000)
        stop = (self.end + after) if tail is None else tail
        while t < stop:
            moment = t + rnd.randrange(4, 35)
            if self.start <= moment < self.end:
                if rnd.random() < 0.15 and self.end - moment < 8000:  # it hangs until the server is back
                    done, kind = self.end + rnd.randrange(20, 60), None
                else:
                    done, kind = moment + rnd.randrange(1, 10), rnd.choice(["refused", "refused", "starting-up"])
            else:
                done, kind = moment + rnd.randrange(1, 25), None
            self.attempts.append((t, done, kind))
            t = done + self.sleep + rnd.randrange(1, 6)
        self.host = host_name

    def text(self, named=True, zone="", elide=False):
        out = []
        where = f'connection to server at "{self.host}" (10.3.4.5), port 5432 failed' if named else "could not connect to server"
        for n, (t, _, kind) in enumerate(self.attempts):
            if elide and 10 < n and t < self.start - 20_000:
                if n == 11:
                    out.append("...")
                continue
            s = datetime.fromtimestamp(t // 1000, timezone.utc).strftime("%Y-%m-%d %H:%M:%S") + f".{t % 1000:03d}{zone}"
            if kind == "refused":
                out.append(f"{s} psql: error: {where}: Connection refused\n\tIs the server running on that host and "
                           "accepting TCP/IP connections?")
            elif kind:
                out.append(f"{s} psql: error: {where}: FATAL:  the database system is starting up")
            else:
                out.append(f"{s} {self.old if t < self.start else self.new}")
        return "\n".join(out) + "\n"
