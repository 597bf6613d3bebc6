/*
 * messages.h - what RDS says, as data: texts of real events, a few of which bear a number or a
 * name. Kept apart from the rules of the catalogue on purpose: the worlds are classified by it.
 */
#ifndef SIM_MESSAGES_H
#define SIM_MESSAGES_H

#define M_STARTED       "Database cluster engine %s version upgrade started. Cluster remains online."
#define M_STARTED_PLAIN "Database cluster engine version upgrade started."
#define M_ONLINE        "Database cluster is online. The primary instance is ready for connections."
#define M_ON_ALL        "Database cluster engine version upgrade finished on all instances."
#define M_COMPLETE                                                                                 \
    "Database cluster engine %s version upgrade complete. Previous version: %s. New version: %s."
#define M_UPGRADED   "Database cluster engine version has been upgraded."
#define M_PATCHED    "Database cluster has been patched"
#define M_PATCHED_TO "Database cluster has been patched: source version %s => %s."
#define M_MAJOR_DONE "Database cluster major version has been upgraded"
#define M_REFUSED                                                                                  \
    "Database cluster is in a state that cannot be upgraded: Upgrade prechecks failed. For more "  \
    "details, see the upgrade-prechecks.log file."
#define M_UNABLE                                                                                   \
    "Unable to upgrade DB cluster %s because the instance %s has a status of storage-full. "       \
    "Resolve the issue or delete the instance and try again."
#define M_CANCELED                                                                                 \
    "The minor version upgrade for DB cluster %s was canceled because a failover occurred on the " \
    "associated global database. The DB cluster is now running engine version %s. Retry the "      \
    "upgrade when the global database is available."

#define M_ZDP_TRY "Attempting to upgrade the database with zero downtime."
#define M_ZDP_DONE                                                                                 \
    "Attempt to upgrade the database instance '%s' with zero downtime finished. The process took " \
    "%lld ms, %lld connections preserved, %lld connections dropped. See the database error log "   \
    "for details."
#define M_ZDP_DONE_OLD                                                                             \
    "Attempt to upgrade the database with zero downtime finished. The process took %lld ms, %lld " \
    "connections preserved, %lld connections dropped. See the database error log for details."
#define M_FAST "Aurora fast startup completed in [%lld] microseconds."
#define M_ADJUSTED                                                                                 \
    "The parameter max_wal_senders was set to a value incompatible with replication. It has been " \
    "adjusted from 10 to 20."

#define M_SHUTDOWN  "DB instance shutdown"
#define M_RESTARTED "DB instance restarted"
#define M_RECOVERY                                                                                 \
    "Recovery of the DB instance has started. Recovery time will vary with the amount of data to " \
    "be recovered."
#define M_RECOVERED "Recovery of the DB instance is complete."

#define M_STAGE        "Upgrade in progress: %s"
#define M_STAGE_ONLINE "Performing online pre-upgrade checks."
#define M_STAGE_OFF    "Performing offline pre-upgrade checks."
#define M_STAGE_SNAP   "Creating pre-upgrade snapshot [preupgrade-%s-%s-to-%s-%s]."
#define M_STAGE_CLONE  "Cloning volume."
#define M_STAGE_PURGE  "Purging undo records for old row versions. Records remaining: %lld"
#define M_STAGE_OBJECT "Upgrading database objects."

#define M_PRE_START "The pre-check started for the DB engine version upgrade."
#define M_PRE_END   "The pre-check finished for the DB engine version upgrade."
#define M_DOWNTIME  "The downtime started for the DB instance."
#define M_I_STARTED "The engine version upgrade started."
#define M_I_DONE    "The engine version upgrade finished."
#define M_I_POST    "The post-upgrade tasks are in progress."
#define M_I_COMPLETE                                                                               \
    "Database instance engine %s version upgrade complete. Previous version: %s. New version: %s."
#define M_I_UNDONE                                                                                 \
    "The DB engine version upgrade failed. The engine version upgrade rollback succeeded."
#define M_I_REFUSED                                                                                \
    "Database instance is in a state that cannot be upgraded: Postgres cluster is in a state "     \
    "where pg_upgrade can not be completed successfully"

#define M_BACKUP     "Backing up DB instance"
#define M_BACKUP_END "Finished DB Instance backup"
#define M_SNAP       "Creating manual cluster snapshot."
#define M_SNAP_END   "Manual cluster snapshot created."
#define M_CREATED    "DB instance created"
#define M_PARAMETER  "Updated parameter work_mem to 65536 with apply method immediate"

#define M_OS_START "Cluster operating system upgrade starting."
#define M_OS_BATCH                                                                                 \
    "Starting offline patches to DB instances in partition %d/%d for DB cluster %s: [%s]."
#define M_OS_PARTS                                                                                 \
    "DB instances in DB cluster %s have been partitioned: [%s], [%s]. DB cluster is online."
#define M_OS_END "Cluster operating system upgrade completed."
#define M_OS_FAILED                                                                                \
    "We were unable to upgrade your DB cluster operating system. You can wait for the next "       \
    "maintenance window, or you can upgrade your DB cluster operating system manually."
#define M_OFFLINE     "Applying off-line patches to DB instance"
#define M_OFFLINE_END "Finished applying off-line patches to DB instance"

#define M_MAZ_START "Multi-AZ instance failover started."
#define M_MAZ_END   "Multi-AZ instance failover completed"
#define M_MAZ_OS                                                                                   \
    "The operating system underlying the RDS database instance is being patched in an offline "    \
    "operation."

#define M_FO_START   "Started cross AZ failover to DB instance: %s"
#define M_FO_END     "Completed failover to DB instance: %s"
#define M_FO_END_CUS "Completed customer initiated failover to DB instance: %s"
#define M_FO_END_RDS "Completed RDS initiated failover to DB instance: %s"
#define M_FO_DEMOTED "A new writer was promoted. Restarting database as a reader."
#define M_FO_FAILED                                                                                \
    "Cluster failover failed, check the health of your cluster instances and try again."

#define M_BG_START   "Switchover from %s to %s started."
#define M_BG_END     "Switchover completed on blue/green deployment."
#define M_BG_CANCEL  "Switchover canceled on blue/green deployment."
#define M_BG_C_START "Switchover from DB cluster %s to %s started."
#define M_BG_C_END                                                                                 \
    "Switchover from DB cluster %s to %s completed. Renamed %s to %s-old1 and %s to %s."
#define M_BG_C_CANCEL "Switchover from DB cluster %s to %s was canceled due to replication lag."
#define M_BG_I_START  "Switchover from primary %s to %s started."
#define M_BG_I_END    "Switchover from primary %s to %s completed. Renamed %s to %s-old1 and %s to %s."

#define M_G_START "Global switchover to DB cluster %s in Region %s started."
#define M_G_WAIT                                                                                   \
    "Waiting for data synchronization across global cluster members. Current lags behind primary " \
    "DB cluster: %s %lld ms."
#define M_G_DOWN     "Old primary DB cluster %s in Region %s successfully shut down."
#define M_G_PROMOTED "New primary DB cluster %s in Region %s was successfully promoted."
#define M_G_END      "Global switchover to DB cluster %s in Region %s finished."
#define M_G_CANCEL   "Global switchover to DB cluster %s in Region %s is cancelled."
#define M_G_FAILED   "Global switchover to DB cluster %s in Region %s failed."
#define M_GF_END     "Global failover to DB cluster %s in Region %s completed."
#define M_GF_FAILED  "Global failover to DB cluster %s in Region %s failed."
#define M_GF_SYNC                                                                                  \
    "Started resynchronizing members of DB cluster %s in Region %s after global failover."
#define M_GF_SYNCED                                                                                \
    "Finished resynchronizing members of DB cluster %s in Region %s after global failover."

/* Lines of PostgreSQL's own log. */
#define L_STOP     "received fast shutdown request"
#define L_STOPPING "the database system is shutting down"
#define L_DOWN     "database system is shut down"
#define L_START    "starting PostgreSQL %s on aarch64-unknown-linux-gnu, compiled by gcc, 64-bit"
#define L_WAS_DOWN "database system was shut down at %04d-%02d-%02d %02d:%02d:%02d UTC"
#define L_STARTING "the database system is starting up"
#define L_READY    "database system is ready to accept connections"

#endif
