/*
 * expect_models.c - which steps a run of each strategy goes through, in their order.
 *
 * After reference runs of AWS and the documentation of its events: what only some engines, versions
 * or channels tell is optional.
 */
#include "timeline/expect.h"

#define STEP(cls, other, on, group, required)                                                      \
    {                                                                                              \
        {cls, sizeof(cls) - 1}, {other, sizeof(other) - 1}, TL_KIND_##on, GROUP_##group, required  \
    }
#define NEEDS(cls, on, group) STEP(cls, "", on, group, true)
#define MAY(cls, on, group)   STEP(cls, "", on, group, false)
#define STEPS_RESTART                                                                              \
    NEEDS("instance.shutdown", INSTANCE, RESTART), NEEDS("instance.restarted", INSTANCE, RESTART)
#define STEPS_ZDP                                                                                  \
    NEEDS("zdp.attempted", OTHER, ZDP), MAY("startup.fast", OTHER, ZDP),                           \
        STEP("zdp.finished", "zdp.failed", OTHER, ZDP, true)

static const struct step aurora_minor[] = {
    NEEDS("upgrade.started", CLUSTER, ALWAYS),
    STEPS_RESTART,
    STEPS_ZDP,
    MAY("cluster.online", CLUSTER, ALWAYS),
    MAY("upgrade.instances-finished", CLUSTER, ALWAYS),
    MAY("upgrade.version-changed", CLUSTER, ALWAYS),
    STEP("upgrade.finished", "patch.finished", CLUSTER, ALWAYS, true),
};
static const struct step aurora_patch[] = {
    STEP("upgrade.started", "patch.started", CLUSTER, ALWAYS, false),
    STEPS_RESTART,
    STEPS_ZDP,
    MAY("cluster.online", CLUSTER, ALWAYS),
    MAY("upgrade.version-changed", CLUSTER, ALWAYS),
    STEP("upgrade.finished", "patch.finished", CLUSTER, ALWAYS, true),
};
static const struct step aurora_major[] = {
    MAY("upgrade.started", CLUSTER, ALWAYS),
    NEEDS("precheck.started", CLUSTER, PRECHECK),
    NEEDS("precheck.finished", CLUSTER, PRECHECK),
    MAY("upgrade.progress", CLUSTER, ALWAYS),
    STEPS_RESTART,
    MAY("cluster.online", CLUSTER, ALWAYS),
    MAY("upgrade.instances-finished", CLUSTER, ALWAYS),
    MAY("upgrade.version-changed", CLUSTER, ALWAYS),
    NEEDS("upgrade.finished", CLUSTER, ALWAYS),
};
static const struct step aurora_os[] = {
    NEEDS("os-upgrade.started", CLUSTER, ALWAYS),
    MAY("os-upgrade.partitioned", CLUSTER, ALWAYS),
    MAY("os-upgrade.batch-started", CLUSTER, ALWAYS),
    STEPS_RESTART,
    NEEDS("os-upgrade.finished", CLUSTER, ALWAYS),
};
static const struct step instance_version[] = {
    NEEDS("precheck.started", INSTANCE, PRECHECK),
    NEEDS("precheck.finished", INSTANCE, PRECHECK),
    MAY("instance.offline", INSTANCE, ENGINE),
    NEEDS("upgrade.started", INSTANCE, ENGINE),
    STEPS_RESTART,
    NEEDS("upgrade.finished", INSTANCE, ENGINE),
    MAY("upgrade.version-changed", INSTANCE, ALWAYS),
};
static const struct step instance_patch[] = {
    MAY("patch.started", INSTANCE, ALWAYS),
    STEPS_RESTART,
    MAY("patch.finished", INSTANCE, ALWAYS),
};
static const struct step failover[] = {
    NEEDS("failover.started", OTHER, ALWAYS),
    NEEDS("failover.completed", OTHER, ALWAYS),
};
static const struct step global_switchover[] = {
    NEEDS("global.switchover-started", CLUSTER, ALWAYS),
    MAY("global.switchover-waiting", CLUSTER, ALWAYS),
    NEEDS("global.switchover-primary-shut-down", CLUSTER, ALWAYS),
    NEEDS("global.switchover-promoted", CLUSTER, ALWAYS),
    NEEDS("global.switchover-finished", CLUSTER, ALWAYS),
};
static const struct step blue_green[] = {
    NEEDS("bluegreen.switchover-started", OTHER, ALWAYS),
    NEEDS("bluegreen.switchover-finished", OTHER, ALWAYS),
};

#define BIT(s)  (UINT32_C(1) << TL_STRATEGY_##s)
#define LIST(a) a, sizeof(a) / sizeof((a)[0])
#define MINOR_BITS                                                                                 \
    (BIT(MANAGED_GLOBAL_MINOR) | BIT(IN_PLACE_MINOR_ZDP) | BIT(IN_PLACE_MINOR_RESTART) |           \
     BIT(MANUAL_SECONDARIES_FIRST))

static const struct model models[] = {
    {MINOR_BITS, TL_KIND_CLUSTER, LIST(aurora_minor)},
    {BIT(PATCH), TL_KIND_CLUSTER, LIST(aurora_patch)},
    {BIT(MAJOR_IN_PLACE), TL_KIND_CLUSTER, LIST(aurora_major)},
    {BIT(OS_UPDATE), TL_KIND_CLUSTER, LIST(aurora_os)},
    {BIT(INSTANCE_MINOR) | BIT(INSTANCE_MAJOR), TL_KIND_INSTANCE, LIST(instance_version)},
    {BIT(PATCH) | BIT(OS_UPDATE), TL_KIND_INSTANCE, LIST(instance_patch)},
    {BIT(FAILOVER) | BIT(MULTI_AZ_FAILOVER), TL_KIND_OTHER, LIST(failover)},
    {BIT(GLOBAL_SWITCHOVER), TL_KIND_CLUSTER, LIST(global_switchover)},
    {BIT(BLUE_GREEN), TL_KIND_OTHER, LIST(blue_green)},
};

const struct model *
model_of(enum tl_strategy strategy, enum tl_kind tree)
{
    for (size_t i = 0; i < sizeof(models) / sizeof(models[0]); i++)
        if ((models[i].strategies >> strategy & 1) != 0 &&
            (models[i].of == tree || models[i].of == TL_KIND_OTHER))
            return &models[i];
    return NULL;
}
