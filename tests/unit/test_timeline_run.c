/* What is said of one run: resources and roles, phases, parameters, clocks, its id. */
#include "timeline_help.h"

static const char global[] =
    "06:20 table cluster us-east-1 - | Database cluster engine minor version upgrade started. "
    "Cluster "
    "remains online.\n"
    "06:20 table cluster eu-west-1 - | Database cluster engine minor version upgrade started. "
    "Cluster "
    "remains online.\n"
    "06:21 table instance eu-west-1 - | The parameter max_wal_senders was set to a value "
    "incompatible "
    "with replication. It has been adjusted from 10 to 20.\n"
    "06:21 table instance eu-west-1 - | DB instance shutdown\n"
    "06:21 table instance eu-west-1 - | The parameter max_wal_senders was set to a value "
    "incompatible "
    "with replication. It has been adjusted from 10 to 20.\n"
    "06:21 table instance eu-west-1 - | DB instance restarted\n"
    "06:22 table cluster us-east-1 - | Attempting to upgrade the database with zero downtime.\n"
    "06:22 table instance us-east-1 - | Attempting to upgrade the database with zero downtime.\n"
    "06:22 table cluster us-east-1 - | Attempt to upgrade the database instance 'shop-instance-1' "
    "with "
    "zero downtime finished. The process took 1500 ms, 3 connections preserved, 0 connections "
    "dropped. "
    "See the database error log for details.\n"
    "06:22 table instance us-east-1 - | Attempt to upgrade the database instance 'shop-instance-1' "
    "with "
    "zero downtime finished. The process took 1500 ms, 3 connections preserved, 0 connections "
    "dropped. "
    "See the database error log for details.\n"
    "06:22 table cluster us-east-1 - | Database cluster is online. The primary instance is ready "
    "for "
    "connections.\n"
    "06:23 table cluster eu-west-1 - | Database cluster engine minor version upgrade complete. "
    "Previous "
    "version: 16.6.2. New version: 16.8.1.\n"
    "06:23 table cluster us-east-1 - | Database cluster engine minor version upgrade complete. "
    "Previous "
    "version: 16.6.2. New version: 16.8.1.\n";

static const struct tl_resource *
resource_of(const struct tl_run *r, enum tl_kind kind, const char *region)
{
    for (size_t i = 0; i < r->nresources; i++)
        if (r->resources[i].kind == kind && tl_str_eq(r->resources[i].region, tl_str_from(region)))
            return &r->resources[i];
    return NULL;
}

static void
a_table_without_ids_is_enough_for_a_global_run(void **state)
{
    const struct tl_resource *res;
    const struct tl_run *run;
    struct bench b;

    (void)state;
    bench_begin(&b);
    bench_feed(&b, "table", global);
    run = bench_end(&b)->runs;
    assert_int_equal(b.report->nruns, 1);
    assert_int_equal(run->strategy, TL_STRATEGY_MANAGED_GLOBAL_MINOR);
    assert_text(run->engine, "aurora-postgresql");
    assert_int_equal(run->ended.latest - run->began.earliest, 4 * TL_MINUTE);
    assert_int_equal(run->operation.min_us, 2 * TL_MINUTE);
    assert_int_equal(run->operation.max_us, 4 * TL_MINUTE);
    res = resource_of(run, TL_KIND_CLUSTER, "us-east-1");
    assert_text(res->label, "us-east-1 DB cluster");
    assert_int_equal(res->id.n, 0);
    assert_int_equal(res->roles[0].role, TL_ROLE_PRIMARY);
    assert_false(res->roles[0].proved);
    assert_int_equal(resource_of(run, TL_KIND_CLUSTER, "eu-west-1")->roles[0].role,
                     TL_ROLE_SECONDARY);
    res = resource_of(run, TL_KIND_INSTANCE, "us-east-1");
    assert_text(res->id, "shop-instance-1");
    assert_text(res->cluster, "us-east-1 DB cluster");
    assert_int_equal(res->roles[0].role, TL_ROLE_WRITER);
    assert_int_equal(run->nzdp, 2); /* cluster and instance tell one attempt */
    assert_int_equal(run->zdp[0].elapsed_ms, 1500);
    assert_text(run->zdp[1].reason,
                "it is not used for instances in a secondary Region of a global database");
    assert_int_equal(run->nparameters, 1);
    assert_int_equal(run->parameters[0].count, 2);
    assert_text(run->parameters[0].from, "10");
    assert_int_equal(run->nversions, 2);
    assert_int_equal(run->nproof, 2);
    bench_free(&b);
}

static const struct tl_phase_span *
phase_of(const struct tl_run *r, enum tl_phase name, const char *resource)
{
    for (size_t i = 0; i < r->nphases; i++)
        if (r->phases[i].name == name && tl_str_eq(r->phases[i].resource, tl_str_from(resource)))
            return &r->phases[i];
    return NULL;
}

static void
phases_have_bounds(void **state)
{
    const struct tl_phase_span *p;
    const struct tl_run *run;
    struct bench b;

    (void)state;
    bench_begin(&b);
    bench_feed(
        &b, "major",
        "22:00:00.000 api cluster us-east-1 shop@1 | Upgrade in progress: Performing online "
        "pre-upgrade checks.\n"
        "22:01:00.000 api cluster us-east-1 shop@1 | Upgrade in progress: Performing offline "
        "pre-upgrade checks.\n"
        "22:02:00.000 api cluster us-east-1 shop@1 | Upgrade in progress: Creating pre-upgrade "
        "snapshot [preupgrade-shop-12-8-to-13-6-2026-04-11-21-58].\n"
        "22:03:30.000 api cluster us-east-1 shop@1 | Upgrade in progress: Cloning volume.\n"
        "22:04:00.000 api cluster us-east-1 shop@1 | Upgrade in progress: Purging undo records "
        "for old row versions. Records remaining: 7\n"
        "22:05:00.000 api cluster us-east-1 shop@1 | Upgrade in progress: Upgrading database "
        "objects.\n"
        "22:09:00.000 api cluster us-east-1 shop@1 | Database cluster engine major version has "
        "been upgraded.\n");
    bench_feed(&b, "trail",
               "21:58:00 trail#e1 cluster us-east-1 shop@1 | event_name=ModifyDBCluster user=me "
               "engine_version=13.6\n");
    run = bench_end(&b)->runs;
    p = phase_of(run, TL_PHASE_REQUESTED, "shop");
    assert_int_equal(p->seconds.min_us, 119 * TL_SECOND);
    assert_int_equal(p->seconds.max_us, 120 * TL_SECOND + TL_MS);
    p = phase_of(run, TL_PHASE_PRECHECK, "shop");
    assert_int_equal(p->seconds.min_us, 120 * TL_SECOND - TL_MS);
    assert_int_equal(p->seconds.max_us, 120 * TL_SECOND + TL_MS);
    p = phase_of(run, TL_PHASE_SNAPSHOT, "shop");
    assert_int_equal(p->seconds.max_us, 90 * TL_SECOND + TL_MS);
    p = phase_of(run, TL_PHASE_SHUTDOWN, "shop");
    assert_int_equal(p->seconds.max_us, 60 * TL_SECOND + TL_MS);
    assert_text(run->from, "12.8");
    assert_text(run->to, "13.6");
    assert_text(run->requested.via, "ModifyDBCluster");
    assert_text(run->requested.by, "me");
    assert_int_equal(run->operation.min_us, 11 * TL_MINUTE - TL_SECOND);
    bench_free(&b);
}

/* The id: the date of the beginning and a digest of the root; twice on a day is told apart. */
static void
ids_are_stable_and_unique(void **state)
{
    static const char once[] =
        "06:00:00.000 api instance us-east-1 db@1 | The engine version upgrade started.\n"
        "06:10:00.000 api instance us-east-1 db@1 | The engine version upgrade finished.\n";
    static const char twice[] =
        "06:00:00.000 api instance us-east-1 db@1 | The engine version upgrade started.\n"
        "06:10:00.000 api instance us-east-1 db@1 | The engine version upgrade finished.\n"
        "16:00:00.000 api instance us-east-1 db@1 | The engine version upgrade started.\n"
        "16:10:00.000 api instance us-east-1 db@1 | The engine version upgrade finished.\n";
    struct bench b;
    char id[32];

    (void)state;
    bench_begin(&b);
    bench_feed(&b, "a", once);
    bench_end(&b);
    snprintf(id, sizeof(id), "%.*s", TL_FMT(b.report->runs[0].id));
    /* printf 1/us-east-1/instance/db | sha256sum */
    assert_string_equal(id, "2026-04-11-d007c34d");
    bench_free(&b);
    bench_begin(&b);
    bench_feed(&b, "a", twice);
    bench_end(&b);
    assert_int_equal(b.report->nruns, 2);
    assert_text(b.report->runs[0].id, id);
    assert_false(tl_str_eq(b.report->runs[0].id, b.report->runs[1].id));
    bench_free(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_without_ids_is_enough_for_a_global_run),
        cmocka_unit_test(phases_have_bounds),
        cmocka_unit_test(ids_are_stable_and_unique),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
