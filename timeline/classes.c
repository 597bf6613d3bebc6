#include "timeline/classes.h"

#define ROW(cls, part, rank)                                                                       \
    {                                                                                              \
        {cls, sizeof(cls) - 1}, PART_##part, rank                                                  \
    }
static const struct class_info classes[] = {
    ROW("api.call", REQUEST, 0),
    ROW("upgrade.available", NONE, 5),
    ROW("upgrade.waiting", SIDE, 8),
    ROW("upgrade.started", START, 10),
    ROW("upgrade.progress", STEP, 16),
    ROW("upgrade.plugin-removed", SIDE, 16),
    ROW("upgrade.instances-finished", STEP, 66),
    ROW("upgrade.version-changed", END, 70),
    ROW("upgrade.finished", END, 72),
    ROW("upgrade.", END, 74), /* refused, failed, rolled-back, cancelled */
    ROW("precheck.started", START, 12),
    ROW("precheck.finished", STEP, 14),
    ROW("precheck.failed", END, 15),
    ROW("os-upgrade.available", NONE, 5),
    ROW("os-upgrade.required", NONE, 5),
    ROW("os-upgrade.started", START, 10),
    ROW("os-upgrade.partitioned", STEP, 16),
    ROW("os-upgrade.batch-started", STEP, 18),
    ROW("os-upgrade.", END, 72),
    ROW("patch.started", START, 10),
    ROW("patch.finished", END, 72),
    ROW("zdp.attempted", START, 30),
    ROW("zdp.", STEP, 60),
    ROW("cluster.offline", STEP, 28),
    ROW("cluster.online", STEP, 64),
    ROW("instance.offline", STEP, 36),
    ROW("instance.online", STEP, 64),
    ROW("instance.shutdown", SIDE, 34),
    ROW("instance.recovery-started", SIDE, 40),
    ROW("instance.recovery-", SIDE, 44),
    ROW("instance.restarted", SIDE, 58),
    ROW("instance.restart-", SIDE, 58),
    ROW("instance.stopped", SIDE, 38),
    ROW("instance.started", SIDE, 58),
    ROW("instance.starting", SIDE, 38),
    ROW("instance.mirroring-degraded", SIDE, 50),
    ROW("instance.failed", SIDE, 50),
    ROW("instance.incompatible-", SIDE, 50),
    ROW("replica.", SIDE, 50),
    ROW("startup.", SIDE, 56),
    ROW("parameter.adjusted", SIDE, 32),
    ROW("parameter.group-", SIDE, 68),
    ROW("backup.started", SIDE, 20),
    ROW("backup.finished", SIDE, 22),
    ROW("backup.", NONE, 50),
    ROW("snapshot.creating", SIDE, 20),
    ROW("snapshot.created", SIDE, 22),
    ROW("snapshot.", NONE, 50),
    ROW("cluster.topology-changed", SIDE, 50),
    ROW("cluster.reboot-failed", SIDE, 50),
    ROW("status.changed", SIDE, 50),
    ROW("log.shutdown-requested", SIDE, 33),
    ROW("log.shutdown", SIDE, 37),
    ROW("log.crash", SIDE, 35),
    ROW("log.reinitializing", SIDE, 39),
    ROW("log.starting-up", SIDE, 51),
    ROW("log.was-", SIDE, 52),
    ROW("log.ready", SIDE, 59),
    ROW("log.", NONE, 53),
    ROW("failover.started", FSTART, 40),
    ROW("failover.activation-started", FSTART, 42),
    ROW("failover.completed", FEND, 62),
    ROW("failover.failed", FEND, 62),
    ROW("failover.refused", NONE, 50),
    ROW("failover.", FSTEP, 48),
    ROW("global.switchover-started", GSTART, 10),
    ROW("global.switchover-finished", GEND, 70),
    ROW("global.switchover-cancelled", GEND, 70),
    ROW("global.switchover-failed", GEND, 70),
    ROW("global.failover-finished", GEND, 70),
    ROW("global.failover-failed", GEND, 70),
    ROW("global.switchover-", GSTEP, 46),
    ROW("global.failover-", GSTEP, 74),
    ROW("global.version-mismatch", SIDE, 50),
    ROW("global.", GSTEP, 66),
    ROW("bluegreen.switchover-started", BSTART, 10),
    ROW("bluegreen.switchover-", BEND, 70),
    ROW("bluegreen.sync-", BSTEP, 46),
    ROW("bluegreen.", NONE, 50),
    ROW("probe.version-changed", STEP, 63),
    ROW("probe.", SIDE, 50),
    ROW("", NONE, 50),
};
#undef ROW

const struct class_info *
class_info(struct tl_str cls)
{
    size_t i = 0;

    while (classes[i].cls.n > 0) {
        struct tl_str c = classes[i].cls;
        bool open = c.p[c.n - 1] == '.' || c.p[c.n - 1] == '-';

        if (open ? tl_str_starts(cls, c) : tl_str_eq(cls, c))
            break;
        i++;
    }
    return &classes[i];
}
