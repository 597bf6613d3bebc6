/* Runs: what is one, what belongs to it, and what is said of it. The messages are those of AWS; the
 * stories are made up in the shape of real ones. */
#include "timeline_help.h"

enum { MAX_INPUTS = 4 };

/* Runs as print_runs writes them: strategy, verdict, basis, versions, span, rows; then ZDP,
 * outages, findings with their rows. */
static const struct {
    const char *what;
    const char *inputs[MAX_INPUTS];
    const char *runs;
} cases[] = {
    {"zero-downtime patch of Aurora MySQL, told by the old words",
     {"20:08:24.716 api instance us-east-2 orders-0@111 | Attempting to upgrade the database with "
      "zero downtime.\n"
      "20:08:24.717 api instance us-east-2 orders-0@111 | Attempt to upgrade the database with "
      "zero downtime finished. The process took 0 ms, 4 connections preserved, 0 connections "
      "dropped. See the database error log for details.\n"
      "20:11:22.856 api cluster us-east-2 orders@111 | Database cluster has been patched\n"},
     "run 1 patch succeeded inferred > 20:08:24.716..20:11:22.856 rows 3\n"
     "  zdp orders-0 finished 0ms 4+0 [1 2]\n"
     "  ! outage.no-probe [1]\n"
     "  ! assumption.dropped [2]\n"},
    {"the evidence begins and ends with the attempt",
     {"20:08:24.716 api instance us-east-2 orders-0@111 | Attempting to upgrade the database with "
      "zero downtime.\n"
      "20:08:24.717 api instance us-east-2 orders-0@111 | Attempt to upgrade the database with "
      "zero downtime finished. The process took 0 ms, 4 connections preserved, 0 connections "
      "dropped. See the database error log for details.\n"},
     "run 1 unknown unknown proved > 20:08:24.716..- rows 2\n"
     "  zdp orders-0 finished 0ms 4+0 [1 2]\n"
     "  ! outage.no-probe [1]\n"
     "  ! assumption.dropped [2]\n"},
    {"engine upgrade of an RDS instance, backups around it, another instance aside",
     {"06:06:02 table instance eu-west-1 shop | Backing up DB instance\n"
      "06:08:05 table instance eu-west-1 shop | Finished DB Instance backup\n"
      "06:08:56 table instance eu-west-1 shop | The pre-check started for the DB engine version "
      "upgrade.\n"
      "06:09:27 table instance eu-west-1 shop | The pre-check finished for the DB engine version "
      "upgrade.\n"
      "06:09:54 table instance eu-west-1 shop | DB instance shutdown\n"
      "06:10:14 table instance eu-west-1 shop | Backing up DB instance\n"
      "06:10:26 table instance eu-west-1 shop | The downtime started for the DB instance.\n"
      "06:11:38 table instance eu-west-1 shop | The engine version upgrade started.\n"
      "06:13:20 table instance eu-west-1 shop | DB instance restarted\n"
      "06:14:42 table instance eu-west-1 shop | The engine version upgrade finished.\n"
      "06:14:42 table instance eu-west-1 shop | The post-upgrade tasks are in progress.\n"
      "06:15:18 table instance eu-west-1 shop | Finished DB Instance backup\n"
      "06:15:19 table instance eu-west-1 shop | Database instance engine minor version upgrade "
      "complete. Previous version: 8.0.42. New version: 8.0.44.\n"
      "06:15:23 table instance eu-west-1 shop | Backing up DB instance\n"
      "06:17:26 table instance eu-west-1 shop | Finished DB Instance backup\n"
      "03:37:00 table instance eu-west-1 other | Backing up DB instance\n"
      "06:12:00 table instance eu-west-1 other | Backing up DB instance\n"},
     "run 1 instance-minor succeeded proved 8.0.42>8.0.44 06:08:56.000..06:15:19.000 rows 15\n"
     "  ! outage.no-probe [6 11]\n"},
    {"a patch whose beginning is not told: no names at all",
     {"08:50:10 table other - - | Backing up DB instance\n"
      "08:51:53 table other - - | Finished DB Instance backup\n"
      "08:55:13 table other - - | DB instance shutdown\n"
      "08:55:40 table other - - | DB instance restarted\n"
      "08:57:05 table other - - | Database instance patched\n"},
     "run 1 patch succeeded proved > 08:55:13.000..08:57:05.000 rows 5\n"
     "  ! outage.no-probe [3 4]\n"},
    {"two shutdowns and a restart, no word of an upgrade: no run",
     {"11:21:43 table instance - - | DB instance shutdown\n"
      "11:24:06 table instance - - | Backing up DB instance\n"
      "11:25:12 table instance - - | DB instance shutdown\n"
      "11:27:42 table instance - - | The parameter max_wal_senders was set to a value incompatible "
      "with replication. It has been adjusted from 5 to 10.\n"
      "11:28:56 table instance - - | DB instance restarted\n"
      "11:29:18 table instance - - | Updated to use DBParameterGroup default.postgres9.4\n"},
     ""},
    {"a failover that nobody asked for",
     {"00:31:55.811 api cluster eu-west-1 cart@1 | Started cross AZ failover to DB instance: "
      "cart-2\n"
      "00:31:57.781 api instance eu-west-1 cart-2@1 | Parameter max_wal_senders was set to a value "
      "incompatible with replication. It has been adjusted from 10 to 20.\n"
      "00:32:06.683 api instance eu-west-1 cart-2@1 | DB instance restarted\n"
      "00:32:10.199 api instance eu-west-1 cart-0@1 | A new writer was promoted. Restarting "
      "database as a reader.\n"
      "00:32:16.011 api cluster eu-west-1 cart@1 | Completed RDS initiated failover to DB "
      "instance: cart-2\n"
      "00:32:18.966 api instance eu-west-1 cart-0@1 | DB instance restarted\n"},
     "run 1 failover succeeded inferred > 00:31:55.811..00:32:16.011 rows 6\n"
     "  ! failover.unrequested [1]\n"
     "  ! outage.no-probe [3 6]\n"},
    {"patches of the OS, with a failover in them; its end is not told",
     {"15:41:06 table instance - db | Applying off-line patches to DB instance\n"
      "15:49:30 table instance - db | DB instance shutdown\n"
      "15:50:15 table instance - db | Multi-AZ instance failover started.\n"
      "15:50:30 table instance - db | DB instance restarted\n"
      "15:50:45 table instance - db | Multi-AZ instance failover completed\n"
      "15:50:45 table instance - db | The operating system underlying the RDS database instance is "
      "being patched in an offline operation.\n"},
     "run 1 os-update in-progress proved > 15:41:06.000..- rows 6\n"
     "  ! outage.no-probe [2 4]\n"
     "  ! failover.reason [6]\n"},
    {"major upgrade in place: the snapshot names the versions",
     {"22:13:08.450 api cluster us-east-1 my-db@1 | Upgrade in progress: Performing online "
      "pre-upgrade checks.\n"
      "22:13:59.519 api cluster us-east-1 my-db@1 | Upgrade in progress: Performing offline "
      "pre-upgrade checks.\n"
      "22:16:22.318 api cluster us-east-1 my-db@1 | Upgrade in progress: Creating pre-upgrade "
      "snapshot "
      "[preupgrade-my-db-5-7-mysql-aurora-2-10-2-to-8-0-mysql-aurora-3-02-0-2022-11-18-22-55].\n"
      "22:17:45.428 api cluster us-east-1 my-db@1 | Upgrade in progress: Cloning volume.\n"
      "22:18:25.141 api cluster us-east-1 my-db@1 | Upgrade in progress: Purging undo records for "
      "old row versions. Records remaining: 164\n"
      "22:22:23.036 api cluster us-east-1 my-db@1 | Upgrade in progress: Purging undo records for "
      "old row versions. Records remaining: 164\n"
      "22:22:48.208 api cluster us-east-1 my-db@1 | Upgrade in progress: Upgrading database "
      "objects.\n"
      "22:26:28.999 api cluster us-east-1 my-db@1 | Database cluster major version has been "
      "upgraded\n"},
     "run 1 major-in-place succeeded proved 5.7.mysql_aurora.2.10.2>8.0.mysql_aurora.3.02.0 "
     "22:13:08.450..22:26:28.999 rows 8\n"},
    {"refused at the prechecks, tried again",
     {"13:32:22.846 api cluster us-east-1 my-db@1 | Database cluster engine version upgrade "
      "started.\n"
      "13:32:24.373 api cluster us-east-1 my-db@1 | Database cluster is in a state that cannot be "
      "upgraded: Upgrade prechecks failed. For more details, see the upgrade-prechecks.log file. "
      "For more information on troubleshooting the cause of the upgrade failure, see "
      "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/"
      "AuroraMySQL.Upgrading.Troubleshooting.html\n"
      "13:49:00.000 api cluster us-east-1 my-db@1 | Database cluster engine version upgrade "
      "started.\n"
      "13:54:00.000 api cluster us-east-1 my-db@1 | Database cluster engine version has been "
      "upgraded.\n"},
     "run 1 unknown failed proved > 13:32:22.846..13:32:24.373 rows 2\n"
     "  ! upgrade.refused [2]\n"
     "run 2 unknown succeeded proved > 13:49:00.000..13:54:00.000 rows 2\n"},
    {"an instance that was stopped is started: no run",
     {"15:53 table instance - - | Recovery of the DB instance has started. Recovery time will vary "
      "with the amount of data to be recovered.\n"
      "15:57 table instance - - | Recovery of the DB instance is complete.\n"
      "15:58 table instance - - | DB instance restarted\n"
      "15:58 table instance - - | DB instance started\n"},
     "  ! precision.minute [1 2 3 4]\n"},
    {"global switchover: the failover in it is no run of its own",
     {"10:03:00.100 api cluster eu-west-1 eu@1 | Global switchover to DB cluster as in Region "
      "ap-south-1 started.\n"
      "10:03:00.200 api cluster ap-south-1 as@1 | Global switchover to DB cluster as in Region "
      "ap-south-1 started.\n"
      "10:03:10.200 api cluster eu-west-1 eu@1 | Old primary DB cluster eu in Region eu-west-1 "
      "successfully shut down.\n"
      "10:03:11.200 api instance eu-west-1 eu-1@1 | DB instance shutdown\n"
      "10:03:20.200 api cluster ap-south-1 as@1 | New primary DB cluster as in Region ap-south-1 "
      "was successfully promoted.\n"
      "10:03:21.200 api cluster ap-south-1 as@1 | Promoting previous primary again: as-1.\n"
      "10:03:22.200 api instance ap-south-1 as-1@1 | DB instance restarted\n"
      "10:03:23.200 api cluster ap-south-1 as@1 | Completed failover to DB instance: as-1\n"
      "10:03:30.200 api cluster ap-south-1 as@1 | Global switchover to DB cluster as in Region "
      "ap-south-1 finished.\n"
      "10:03:31.200 api cluster eu-west-1 eu@1 | Global switchover to DB cluster as in Region "
      "ap-south-1 finished.\n"
      "10:03:35.200 api instance eu-west-1 eu-1@1 | DB instance restarted\n"},
     "run 1 global-switchover succeeded inferred > 10:03:00.100..10:03:31.200 rows 11\n"
     "  ! outage.no-probe [4 11]\n"
     "  ! outage.no-probe [7]\n"},
    {"Multi-AZ failover and its reason",
     {"00:45:20 table instance eu-west-1 db | Multi-AZ instance failover started.\n"
      "00:45:35 table instance eu-west-1 db | DB instance restarted\n"
      "00:45:55 table instance eu-west-1 db | Multi-AZ instance failover completed\n"
      "00:45:55 table instance eu-west-1 db | The primary host of the RDS Multi-AZ instance is "
      "unreachable due to loss of network connectivity.\n"},
     "run 1 multi-az-failover succeeded proved > 00:45:20.000..00:45:55.000 rows 4\n"
     "  ! outage.no-probe [2]\n"
     "  ! failover.reason [4]\n"},
    {"blue/green switchover",
     {"01:05:00.000 api other us-east-1 bgd-abc@1 | Blue/green deployment tasks completed. You can "
      "make more modifications to the green environment databases or switch over the deployment.\n"
      "02:05:00.000 api other us-east-1 bgd-abc@1 | Switchover from DB cluster shop to "
      "shop-green-x1 started.\n"
      "02:05:05.000 api instance us-east-1 shop-1@1 | DB instance shutdown\n"
      "02:05:20.000 api instance us-east-1 shop-1@1 | DB instance restarted\n"
      "02:05:30.000 api other us-east-1 bgd-abc@1 | Switchover from DB cluster shop to "
      "shop-green-x1 completed. Renamed shop to shop-old1 and shop-green-x1 to shop.\n"
      "02:05:31.000 api other us-east-1 bgd-abc@1 | Switchover completed on blue/green "
      "deployment.\n"},
     "run 1 blue-green succeeded inferred > 02:05:00.000..02:05:31.000 rows 5\n"
     "  ! outage.no-probe [3 4]\n"
     "  ! bluegreen.renamed [5]\n"},
    {"an attempt that was never said to finish, and a restart instead",
     {"06:00:00.000 api cluster us-east-1 c@1 | Database cluster engine minor version upgrade "
      "started. Cluster remains online.\n"
      "06:02:00.000 api instance us-east-1 c-instance-1@1 | Attempting to upgrade the database "
      "with zero downtime.\n"
      "06:02:00.100 api cluster us-east-1 c@1 | Attempting to upgrade the database with zero "
      "downtime.\n"
      "06:02:30.000 api instance us-east-1 c-instance-1@1 | DB instance shutdown\n"
      "06:02:50.000 api instance us-east-1 c-instance-1@1 | DB instance restarted\n"
      "06:02:55.000 api instance us-east-1 c-instance-2@1 | DB instance restarted\n"
      "06:04:00.000 api cluster us-east-1 c@1 | Database cluster engine minor version upgrade "
      "complete. Previous version: 16.4.1. New version: 16.6.2.\n"
      "06:04:00.100 api cluster us-east-1 c@1 | Database cluster engine version has been "
      "upgraded.\n",
      "05:50:00 trail#e1 cluster us-east-1 c@1 | event_name=ModifyDBCluster user=role/dba "
      "engine_version=16.6 error_code=AccessDenied\n"
      "05:59:30 trail#e2 cluster us-east-1 c@1 | event_name=ModifyDBCluster user=role/dba "
      "engine_version=16.6\n"
      "05:59:40 trail#e3 cluster us-east-1 zzz@1 | event_name=ModifyDBCluster user=role/dba "
      "engine_version=16.6\n"},
     "run 1 in-place-minor-restart succeeded inferred 16.4.1>16.6.2 06:00:00.000..06:04:00.100 "
     "rows 10 asked 2\n"
     "  zdp c-instance-1 failed [5 6 7]\n"
     "  zdp c-instance-2 not-attempted [9]\n"
     "  ! zdp.failed [5 6 7]\n"
     "  ! request.refused [1]\n"
     "  ! outage.no-probe [5 7 8 9]\n"
     "  ! zdp.cause-unknown [5 6 7]\n"
     "  ! restart.without-shutdown [9]\n"
     "  ! zdp.cause-release [5 6 7]\n"
     "  ! zdp.not-used-by-design [5 9]\n"},
    {"two clusters of one region at the same moment",
     {"06:00:00.000 api cluster us-east-1 a@1 | Database cluster engine minor version upgrade "
      "started. Cluster remains online.\n"
      "06:02:00.000 api instance us-east-1 a-1@1 | DB instance shutdown\n"
      "06:02:30.000 api instance us-east-1 a-1@1 | DB instance restarted\n"
      "06:04:00.100 api cluster us-east-1 a@1 | Database cluster engine version has been "
      "upgraded.\n"
      "06:00:30.000 api cluster us-east-1 b@1 | Database cluster engine minor version upgrade "
      "started. Cluster remains online.\n"
      "06:03:00.000 api instance us-east-1 b-1@1 | DB instance restarted\n"},
     "run 1 in-place-minor-restart succeeded inferred > 06:00:00.000..06:04:00.100 rows 4\n"
     "  zdp a-1 not-attempted [3 4]\n"
     "  ! outage.no-probe [3 4]\n"
     "  ! zdp.not-used [3 4]\n"
     "run 2 in-place-minor-restart in-progress inferred > 06:00:30.000..- rows 2\n"
     "  zdp b-1 not-attempted [5]\n"
     "  ! outage.no-probe [5]\n"
     "  ! restart.without-shutdown [5]\n"
     "  ! zdp.not-used [5]\n"},
    {"secondary first, by hand: a topology proves that they are one",
     {"- topology cluster us-east-1 a@1 | global_cluster=g role=primary engine=aurora-postgresql\n"
      "- topology cluster eu-west-1 b@1 | global_cluster=g role=secondary\n"
      "- topology instance us-east-1 writer-x@1 | cluster=a role=writer class=db.r6g.large\n"
      "- topology instance eu-west-1 eu-reader@1 | cluster=b role=writer class=db.r6g.large\n",
      "06:00:00.000 api cluster eu-west-1 b@1 | Database cluster engine minor version upgrade "
      "started. Cluster remains online.\n"
      "06:02:55.000 api instance eu-west-1 eu-reader@1 | DB instance shutdown\n"
      "06:03:05.000 api instance eu-west-1 eu-reader@1 | DB instance restarted\n"
      "06:04:00.000 api cluster eu-west-1 b@1 | Database cluster engine minor version upgrade "
      "complete. Previous version: 16.4.1. New version: 16.6.2.\n"
      "06:04:00.100 api cluster eu-west-1 b@1 | Database cluster engine version has been "
      "upgraded.\n"
      "06:30:00.000 api cluster us-east-1 a@1 | Database cluster engine minor version upgrade "
      "started. Cluster remains online.\n"
      "06:32:00.000 api instance us-east-1 writer-x@1 | Attempting to upgrade the database with "
      "zero downtime.\n"
      "06:32:02.000 api instance us-east-1 writer-x@1 | Attempt to upgrade the database instance "
      "'writer-x' with zero downtime finished. The process took 2000 ms, 10 connections preserved, "
      "2 connections dropped. See the database error log for details.\n"
      "06:34:00.000 api cluster us-east-1 a@1 | Database cluster engine minor version upgrade "
      "complete. Previous version: 16.4.1. New version: 16.6.2.\n"
      "06:34:00.100 api cluster us-east-1 a@1 | Database cluster engine version has been "
      "upgraded.\n",
      "05:59:50 trail#g1 global-cluster us-east-1 g@1 | event_name=ModifyGlobalCluster user=me "
      "engine_version=16.6 global_cluster=g\n"},
     "run 1 manual-secondaries-first succeeded proved 16.4.1>16.6.2 06:00:00.000..06:34:00.100 "
     "rows 11 asked 1\n"
     "  zdp writer-x finished 2000ms 10+2 [8 9]\n"
     "  zdp eu-reader not-attempted [3 4]\n"
     "  ! zdp.dropped [8 9]\n"
     "  ! outage.no-probe [3 4]\n"
     "  ! outage.no-probe [8]\n"
     "  ! zdp.cause-unknown [8 9]\n"
     "  ! zdp.not-used-by-design [3 4]\n"
     "  ! zdp.cause-release [8 9]\n"},
    {"one upgrade of a global cluster, inferred",
     {"06:20:01.000 api cluster us-east-1 a@1 | Database cluster engine minor version upgrade "
      "started. Cluster remains online.\n"
      "06:20:20.000 api cluster eu-west-1 b@1 | Database cluster engine minor version upgrade "
      "started. Cluster remains online.\n"
      "06:21:00.000 api instance eu-west-1 b-instance-1@1 | DB instance shutdown\n"
      "06:21:20.000 api instance eu-west-1 b-instance-1@1 | DB instance restarted\n"
      "06:22:00.000 api cluster us-east-1 a@1 | Attempting to upgrade the database with zero "
      "downtime.\n"
      "06:22:00.300 api instance us-east-1 a-instance-1@1 | Attempting to upgrade the database "
      "with zero downtime.\n"
      "06:22:01.500 api instance us-east-1 a-instance-1@1 | Aurora fast startup completed in "
      "[901000] microseconds.\n"
      "06:22:02.000 api cluster us-east-1 a@1 | Attempt to upgrade the database instance "
      "'a-instance-1' with zero downtime finished. The process took 1990 ms, 12 connections "
      "preserved, 3 connections dropped. See the database error log for details.\n"
      "06:22:02.200 api instance us-east-1 a-instance-1@1 | Attempt to upgrade the database "
      "instance 'a-instance-1' with zero downtime finished. The process took 1990 ms, 12 "
      "connections preserved, 3 connections dropped. See the database error log for details.\n"
      "06:22:40.000 api cluster eu-west-1 b@1 | Database cluster engine minor version upgrade "
      "complete. Previous version: 16.6.2. New version: 16.8.1.\n"
      "06:23:10.000 api cluster us-east-1 a@1 | Database cluster engine minor version upgrade "
      "complete. Previous version: 16.6.2. New version: 16.8.1.\n"},
     "run 1 managed-global-minor succeeded inferred 16.6.2>16.8.1 06:20:01.000..06:23:10.000 rows "
     "11\n"
     "  zdp a-instance-1 finished 1990ms 12+3 fast 901000 [5 6 7 8 9]\n"
     "  zdp b-instance-1 not-attempted [3 4]\n"
     "  ! zdp.dropped [5 6 7 8 9]\n"
     "  ! outage.no-probe [3 4]\n"
     "  ! outage.no-probe [5]\n"
     "  ! zdp.cause-unknown [5 6 7 8 9]\n"
     "  ! zdp.not-used-by-design [3 4 5]\n"},
    {"which of two clusters is the secondary's primary? none is guessed",
     {"06:00:00.000 api cluster eu-west-1 b@1 | Database cluster engine minor version upgrade "
      "started. Cluster remains online.\n"
      "06:00:10.000 api cluster us-east-1 a@1 | Database cluster engine minor version upgrade "
      "started. Cluster remains online.\n"
      "06:00:20.000 api cluster us-east-1 c@1 | Database cluster engine minor version upgrade "
      "started. Cluster remains online.\n"
      "06:04:00.100 api cluster us-east-1 a@1 | Database cluster engine version has been "
      "upgraded.\n"
      "06:04:00.100 api cluster us-east-1 c@1 | Database cluster engine version has been "
      "upgraded.\n"
      "06:04:00.100 api cluster eu-west-1 b@1 | Database cluster engine version has been "
      "upgraded.\n"},
     "run 1 unknown succeeded proved > 06:00:00.000..06:04:00.100 rows 2\n"
     "  ! run.ambiguous [1]\n"
     "run 2 unknown succeeded proved > 06:00:10.000..06:04:00.100 rows 2\n"
     "  ! run.ambiguous [2]\n"
     "run 3 unknown succeeded proved > 06:00:20.000..06:04:00.100 rows 2\n"
     "  ! run.ambiguous [3]\n"},
    {"a topology knows",
     {"06:00:00.000 api cluster eu-west-1 b@1 | Database cluster engine minor version upgrade "
      "started. Cluster remains online.\n"
      "06:00:10.000 api cluster us-east-1 a@1 | Database cluster engine minor version upgrade "
      "started. Cluster remains online.\n"
      "06:00:20.000 api cluster us-east-1 c@1 | Database cluster engine minor version upgrade "
      "started. Cluster remains online.\n"
      "06:04:00.100 api cluster us-east-1 a@1 | Database cluster engine version has been "
      "upgraded.\n"
      "06:04:00.100 api cluster us-east-1 c@1 | Database cluster engine version has been "
      "upgraded.\n"
      "06:04:00.100 api cluster eu-west-1 b@1 | Database cluster engine version has been "
      "upgraded.\n",
      "- topology cluster us-east-1 a@1 | global_cluster=g role=primary engine=aurora-postgresql\n"
      "- topology cluster eu-west-1 b@1 | global_cluster=g role=secondary\n"
      "- topology instance us-east-1 writer-x@1 | cluster=a role=writer class=db.r6g.large\n"
      "- topology instance eu-west-1 eu-reader@1 | cluster=b role=writer class=db.r6g.large\n",
      "05:59:50 trail#g1 global-cluster us-east-1 g@1 | event_name=ModifyGlobalCluster user=me "
      "engine_version=16.6 global_cluster=g\n"},
     "run 1 managed-global-minor succeeded proved > 06:00:00.000..06:04:00.100 rows 5 asked 1\n"
     "run 2 unknown succeeded proved > 06:00:20.000..06:04:00.100 rows 2\n"},
    {"an endpoint belongs to the cluster in its host",
     {"06:00:00.000 api cluster us-east-1 a@1 | Database cluster engine minor version upgrade "
      "started. Cluster remains online.\n"
      "06:02:00.000 api instance us-east-1 a-1@1 | DB instance shutdown\n"
      "06:02:30.000 api instance us-east-1 a-1@1 | DB instance restarted\n"
      "06:04:00.100 api cluster us-east-1 a@1 | Database cluster engine version has been "
      "upgraded.\n"
      "06:00:30.000 api cluster us-east-1 b@1 | Database cluster engine minor version upgrade "
      "started. Cluster remains online.\n"
      "06:03:00.000 api instance us-east-1 b-1@1 | DB instance restarted\n",
      "06:01:59.000 probe - ok 16.4\n"
      "06:02:01.000 probe a.cluster-xyz.us-east-1.rds.amazonaws.com refused\n"
      "06:02:02.000 probe a.cluster-xyz.us-east-1.rds.amazonaws.com refused\n"
      "06:02:29.000 probe - ok 16.6\n"
      "06:02:30.000 probe - ok 16.6\n"},
     "run 1 in-place-minor-restart succeeded inferred 16.4>16.6 06:00:00.000..06:04:00.100 rows 8\n"
     "  zdp a-1 not-attempted [3 8]\n"
     "  out a 06:02:01.000..06:02:29.000\n"
     "  ! zdp.not-used [3 8]\n"
     "run 2 in-place-minor-restart in-progress inferred > 06:00:30.000..- rows 2\n"
     "  zdp b-1 not-attempted [9]\n"
     "  ! outage.no-probe [9]\n"
     "  ! restart.without-shutdown [9]\n"
     "  ! zdp.not-used [9]\n"},
    {"or to the instance",
     {"06:00:00.000 api cluster us-east-1 a@1 | Database cluster engine minor version upgrade "
      "started. Cluster remains online.\n"
      "06:02:00.000 api instance us-east-1 a-1@1 | DB instance shutdown\n"
      "06:02:30.000 api instance us-east-1 a-1@1 | DB instance restarted\n"
      "06:04:00.100 api cluster us-east-1 a@1 | Database cluster engine version has been "
      "upgraded.\n"
      "06:00:30.000 api cluster us-east-1 b@1 | Database cluster engine minor version upgrade "
      "started. Cluster remains online.\n"
      "06:03:00.000 api instance us-east-1 b-1@1 | DB instance restarted\n",
      "06:01:59.000 probe - ok 16.4\n"
      "06:02:01.000 probe a-1.xyz.us-east-1.rds.amazonaws.com refused\n"
      "06:02:02.000 probe a-1.xyz.us-east-1.rds.amazonaws.com refused\n"
      "06:02:29.000 probe - ok 16.6\n"
      "06:02:30.000 probe - ok 16.6\n"},
     "run 1 in-place-minor-restart succeeded inferred 16.4>16.6 06:00:00.000..06:04:00.100 rows 8\n"
     "  zdp a-1 not-attempted [3 8]\n"
     "  out a-1 06:02:01.000..06:02:29.000\n"
     "  ! zdp.not-used [3 8]\n"
     "run 2 in-place-minor-restart in-progress inferred > 06:00:30.000..- rows 2\n"
     "  zdp b-1 not-attempted [9]\n"
     "  ! outage.no-probe [9]\n"
     "  ! restart.without-shutdown [9]\n"
     "  ! zdp.not-used [9]\n"},
    {"a host of another cluster is another run",
     {"06:00:00.000 api cluster us-east-1 a@1 | Database cluster engine minor version upgrade "
      "started. Cluster remains online.\n"
      "06:02:00.000 api instance us-east-1 a-1@1 | DB instance shutdown\n"
      "06:02:30.000 api instance us-east-1 a-1@1 | DB instance restarted\n"
      "06:04:00.100 api cluster us-east-1 a@1 | Database cluster engine version has been "
      "upgraded.\n",
      "06:01:59.000 probe - ok 16.4\n"
      "06:02:01.000 probe x.cluster-xyz.us-east-1.rds.amazonaws.com refused\n"
      "06:02:02.000 probe x.cluster-xyz.us-east-1.rds.amazonaws.com refused\n"
      "06:02:29.000 probe - ok 16.6\n"
      "06:02:30.000 probe - ok 16.6\n"},
     "run 1 in-place-minor-restart succeeded inferred > 06:00:00.000..06:04:00.100 rows 4\n"
     "  zdp a-1 not-attempted [2 7]\n"
     "  ! outage.no-probe [2 7]\n"
     "  ! zdp.not-used [2 7]\n"
     "run 2 unknown succeeded proved 16.4>16.6 06:02:29.000..06:02:29.000 rows 4\n"
     "  out x 06:02:01.000..06:02:29.000\n"
     "  ! evidence.no-events [3 4 5 6]\n"},
    {"a proxy belongs to the only run of its region",
     {"06:00:00.000 api cluster us-east-1 a@1 | Database cluster engine minor version upgrade "
      "started. Cluster remains online.\n"
      "06:02:00.000 api instance us-east-1 a-1@1 | DB instance shutdown\n"
      "06:02:30.000 api instance us-east-1 a-1@1 | DB instance restarted\n"
      "06:04:00.100 api cluster us-east-1 a@1 | Database cluster engine version has been "
      "upgraded.\n",
      "06:01:59.000 probe - ok 16.4\n"
      "06:02:01.000 probe p.proxy-xyz.us-east-1.rds.amazonaws.com refused\n"
      "06:02:02.000 probe p.proxy-xyz.us-east-1.rds.amazonaws.com refused\n"
      "06:02:29.000 probe - ok 16.6\n"
      "06:02:30.000 probe - ok 16.6\n"},
     "run 1 in-place-minor-restart succeeded inferred 16.4>16.6 06:00:00.000..06:04:00.100 rows 8\n"
     "  zdp a-1 not-attempted [2 7]\n"
     "  out p.proxy-xyz.us-east-1.rds.amazonaws.com 06:02:01.000..06:02:29.000\n"
     "  ! zdp.not-used [2 7]\n"},
    {"two active runs are none",
     {"06:00:00.000 api cluster us-east-1 a@1 | Database cluster engine minor version upgrade "
      "started. Cluster remains online.\n"
      "06:02:00.000 api instance us-east-1 a-1@1 | DB instance shutdown\n"
      "06:02:30.000 api instance us-east-1 a-1@1 | DB instance restarted\n"
      "06:04:00.100 api cluster us-east-1 a@1 | Database cluster engine version has been "
      "upgraded.\n"
      "06:00:30.000 api cluster us-east-1 b@1 | Database cluster engine minor version upgrade "
      "started. Cluster remains online.\n"
      "06:03:00.000 api instance us-east-1 b-1@1 | DB instance restarted\n",
      "06:01:59.000 probe - ok 16.4\n"
      "06:02:01.000 probe p.proxy-xyz.us-east-1.rds.amazonaws.com refused\n"
      "06:02:02.000 probe p.proxy-xyz.us-east-1.rds.amazonaws.com refused\n"
      "06:02:29.000 probe - ok 16.6\n"
      "06:02:30.000 probe - ok 16.6\n"},
     "run 1 in-place-minor-restart succeeded inferred > 06:00:00.000..06:04:00.100 rows 4\n"
     "  zdp a-1 not-attempted [3 8]\n"
     "  ! zdp.not-used [3 8]\n"
     "run 2 in-place-minor-restart in-progress inferred > 06:00:30.000..- rows 2\n"
     "  zdp b-1 not-attempted [9]\n"
     "  ! outage.no-probe [9]\n"
     "  ! restart.without-shutdown [9]\n"
     "  ! zdp.not-used [9]\n"
     "  out p.proxy-xyz.us-east-1.rds.amazonaws.com 06:02:01.000..06:02:29.000\n"
     "  ! run.ambiguous [4 5 6 7]\n"},
    {"an endpoint of no known region belongs to no run",
     {"06:00:00.000 api cluster us-east-1 a@1 | Database cluster engine minor version upgrade "
      "started. Cluster remains online.\n"
      "06:02:00.000 api instance us-east-1 a-1@1 | DB instance shutdown\n"
      "06:02:30.000 api instance us-east-1 a-1@1 | DB instance restarted\n"
      "06:04:00.100 api cluster us-east-1 a@1 | Database cluster engine version has been "
      "upgraded.\n",
      "06:01:59.000 probe localhost ok 16.4\n"
      "06:02:01.000 probe localhost refused\n"
      "06:02:02.000 probe localhost refused\n"
      "06:02:29.000 probe localhost ok 16.6\n"
      "06:02:30.000 probe localhost ok 16.6\n"},
     "run 1 in-place-minor-restart succeeded inferred > 06:00:00.000..06:04:00.100 rows 4\n"
     "  zdp a-1 not-attempted [2 7]\n"
     "  ! outage.no-probe [2 7]\n"
     "  ! zdp.not-used [2 7]\n"
     "  out localhost 06:02:01.000..06:02:29.000\n"},
    {"rolled back",
     {"04:00:00.000 api instance us-east-1 crm@1 | The engine version upgrade started.\n"
      "04:09:00.000 api instance us-east-1 crm@1 | DB instance shutdown\n"
      "04:12:00.000 api instance us-east-1 crm@1 | DB instance restarted\n"
      "04:15:00.000 api instance us-east-1 crm@1 | The DB engine version upgrade failed. The "
      "engine version upgrade rollback succeeded.\n"},
     "run 1 unknown rolled-back proved > 04:00:00.000..04:15:00.000 rows 4\n"
     "  ! upgrade.rolled-back [4]\n"
     "  ! outage.no-probe [2 3]\n"},
    {"one member left behind",
     {"06:20:01.000 api cluster us-east-1 a@1 | Database cluster engine minor version upgrade "
      "started. Cluster remains online.\n"
      "06:20:20.000 api cluster eu-west-1 b@1 | Database cluster engine minor version upgrade "
      "started. Cluster remains online.\n"
      "06:24:00.000 api cluster us-east-1 a@1 | Database cluster engine version has been "
      "upgraded.\n"
      "06:25:00.000 api cluster eu-west-1 b@1 | The minor version upgrade for DB cluster b was "
      "canceled because a failover occurred on the associated global database. The DB cluster is "
      "now running engine version 16.6. Retry the upgrade when the global database is "
      "available.\n"},
     "run 1 managed-global-minor partial inferred > 06:20:01.000..06:25:00.000 rows 4\n"
     "  ! upgrade.rolled-back [4]\n"},
    {"an instance that patched itself without downtime is a member of the only cluster there is",
     {"06:00:00.000 api cluster us-east-1 shop@1 | Database cluster engine minor version upgrade "
      "started. Cluster remains online.\n"
      "06:02:00.000 api instance us-east-1 kiwi@1 | Attempting to upgrade the database with zero "
      "downtime.\n"
      "06:02:02.000 api instance us-east-1 kiwi@1 | Attempt to upgrade the database instance "
      "'kiwi' "
      "with zero downtime finished. The process took 1500 ms, 3 connections preserved, 0 "
      "connections "
      "dropped.\n"
      "06:02:30.000 api instance us-east-1 fig@1 | DB instance restarted\n"
      "06:04:00.000 api cluster us-east-1 shop@1 | Database cluster engine version has been "
      "upgraded.\n"},
     "run 1 in-place-minor-zdp succeeded inferred > 06:00:00.000..06:04:00.000 rows 4\n"
     "  zdp kiwi finished 1500ms 3+0 [2 3]\n"
     "  ! outage.no-probe [2]\n"},
    {"under way",
     {"06:20:01.000 api cluster us-east-1 a@1 | Database cluster engine minor version upgrade "
      "started. Cluster remains online.\n"
      "06:21:01.000 api instance us-east-1 a-1@1 | Attempting to upgrade the database with zero "
      "downtime.\n"},
     "run 1 in-place-minor-zdp in-progress inferred > 06:20:01.000..- rows 2\n"
     "  zdp a-1 unknown [2]\n"
     "  ! outage.no-probe [2]\n"},
    {"a global failover begins with the failover in the Region that it goes to",
     {"10:00:00.000 api cluster eu-west-1 shop-eu@1 | Started cross AZ failover to DB instance: "
      "shop-eu-2\n"
      "10:00:08.000 api instance eu-west-1 shop-eu-2@1 | DB instance restarted\n"
      "10:00:12.000 api cluster eu-west-1 shop-eu@1 | Completed failover to DB instance: "
      "shop-eu-2\n"
      "10:00:40.000 api cluster eu-west-1 shop-eu@1 | Global failover to DB cluster shop-eu in "
      "Region eu-west-1 completed.\n"},
     "run 1 global-failover succeeded proved > 10:00:00.000..10:00:40.000 rows 4\n"
     "  ! outage.no-probe [2]\n"},
    {"a reader that shows the new version is not yet the whole cluster",
     {"10:00:00.000 api cluster us-east-1 a@1 | Database cluster engine minor version upgrade "
      "started. Cluster remains online.\n"
      "10:02:00.000 api instance us-east-1 a-2@1 | DB instance shutdown\n"
      "10:02:30.000 api instance us-east-1 a-2@1 | DB instance restarted\n",
      "10:01:59.000 probe - ok 16.4\n"
      "10:02:01.000 probe a-2.xyz.us-east-1.rds.amazonaws.com refused\n"
      "10:02:29.000 probe - ok 16.6\n"
      "10:02:30.000 probe - ok 16.6\n",
      "- topology instance us-east-1 a-1@1 | cluster=a role=writer\n"
      "- topology instance us-east-1 a-2@1 | cluster=a role=reader\n"},
     "run 1 in-place-minor-restart in-progress proved 16.4>16.6 10:00:00.000..- rows 6\n"
     "  zdp a-2 not-attempted [2 6]\n"
     "  out a-2 10:02:01.000..10:02:29.000\n"
     "  ! zdp.not-used-by-design [2 6]\n"},
    {"a deployment knows its account, the table of its cluster does not",
     {"10:00:00.000 sns#m1 other us-east-1 bgd-1@1 | Switchover from shop to shop-green-a1b2c3 "
      "started.\n"
      "10:00:45.000 sns#m2 other us-east-1 bgd-1@1 | Switchover completed on blue/green "
      "deployment.\n",
      "10:00:05 table cluster us-east-1 shop | Switchover from DB cluster shop to "
      "shop-green-a1b2c3 started.\n"
      "10:00:40 table cluster us-east-1 shop | Switchover from DB cluster shop to "
      "shop-green-a1b2c3 completed. Renamed shop to shop-old1 and shop-green-a1b2c3 to shop.\n"},
     "run 1 blue-green succeeded proved > 10:00:00.000..10:00:45.000 rows 4\n"
     "  ! bluegreen.renamed [3]\n"},
    {"a cluster knows its account, the table of the instance that it names does not",
     {"10:00:00.000 api cluster us-east-1 shop@1 | Database cluster engine minor version upgrade "
      "started. Cluster remains online.\n"
      "10:05:00.000 api cluster us-east-1 shop@1 | Database cluster engine version has been "
      "upgraded.\n",
      "10:02:00 table cluster us-east-1 shop | Attempting to upgrade the database with zero "
      "downtime.\n"
      "10:02:00 table instance us-east-1 shop-1 | Attempting to upgrade the database with zero "
      "downtime.\n"
      "10:02:03 table cluster us-east-1 shop | Attempt to upgrade the database instance 'shop-1' "
      "with zero downtime finished. The process took 2000 ms, 3 connections preserved, 0 "
      "connections dropped.\n"
      "10:02:04 table instance us-east-1 shop-1 | Aurora fast startup completed in [1431425] "
      "microseconds.\n"},
     "run 1 in-place-minor-zdp succeeded proved > 10:00:00.000..10:05:00.000 rows 6\n"
     "  zdp shop-1 finished 2000ms 3+0 fast 1431425 [2 3 4 5]\n"
     "  ! outage.no-probe [2]\n"},
    {"months of events: two upgrades, and strangers between them",
     {"00:00:00.000 api cluster us-east-1 a@1 | DB cluster created\n"
      "03:00:00.000 api instance us-east-1 a-1@1 | Backing up DB instance\n"
      "06:00:00.000 api cluster us-east-1 a@1 | Database cluster engine minor version upgrade "
      "started. Cluster remains online.\n"
      "06:02:00.000 api instance us-east-1 a-1@1 | DB instance shutdown\n"
      "06:02:30.000 api instance us-east-1 a-1@1 | DB instance restarted\n"
      "06:02:31.000 api instance us-east-1 z-1@1 | DB instance restarted\n"
      "06:04:00.100 api cluster us-east-1 a@1 | Database cluster engine version has been "
      "upgraded.\n"
      "09:00:00.000 api instance us-east-1 a-1@1 | DB instance restarted\n"
      "12:00:00.000 api cluster us-east-1 a@1 | Database cluster engine major version upgrade "
      "started. Cluster remains online.\n"
      "12:30:00.000 api cluster us-east-1 a@1 | Database cluster engine major version has been "
      "upgraded.\n"
      "15:00:00.000 api instance us-east-1 a-1@1 | Backing up DB instance\n"},
     "run 1 in-place-minor-restart succeeded inferred > 06:00:00.000..06:04:00.100 rows 4\n"
     "  zdp a-1 not-attempted [4 5]\n"
     "  ! outage.no-probe [4 5]\n"
     "  ! zdp.not-used [4 5]\n"
     "run 2 major-in-place succeeded proved > 12:00:00.000..12:30:00.000 rows 2\n"},
};

static void
events_become_runs(void **state)
{
    static const char *const names[MAX_INPUTS] = {"a", "b", "c", "d"};

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        for (int turn = 0; turn < 2; turn++) {
            struct bench b;
            struct tl_buf runs;

            bench_begin(&b);
            for (int k = 0; k < MAX_INPUTS; k++) {
                int at = turn ? MAX_INPUTS - 1 - k : k;

                if (cases[i].inputs[at])
                    bench_feed(&b, names[at], cases[i].inputs[at]);
            }
            runs = print_runs(bench_end(&b), false);
            if (strcmp(runs.p ? runs.p : "", cases[i].runs) != 0)
                print_error("case %zu, turn %d: %s\n", i, turn, cases[i].what);
            assert_string_equal(runs.p ? runs.p : "", cases[i].runs);
            tl_buf_free(&runs);
            bench_free(&b);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(events_become_runs)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
