#!/bin/sh
# Holds the program against evidence that is not bundled (third parties' files):
#   make test-corpus CORPUS=DIR     every fact of DIR/MANIFEST.tsv about a format that is read
# One "ok" or "not ok" line per fact, totals at the end. Skipped, and said, where DIR is missing.
set -u
dir=${1:-}
if [ -z "$dir" ] || [ ! -f "$dir/MANIFEST.tsv" ]; then
    echo "skipped: no evidence in '${dir}' (CORPUS=DIR with a MANIFEST.tsv)"; echo "0 passed, 0 failed"; exit 0
fi
TIDELINE=${TIDELINE:-$PWD/tideline}
. tests/e2e/lib.sh
facts() { # FILE [OPTIONS...]: makes its report the current one
    file=$1; shift
    "$TIDELINE" report "$@" --format json "$dir/$file" > "$work/r.json" 2> "$work/r.err" || echo "  exit of $file is not 0"
}
f() { holds "$file: $1" "$work/r.json" "$2"; }

run_all() {
facts cloudtrail-awsdocs-createdbinstance.json
f "a CreateDBInstance call" '[.events[] | select(.class == "api.call")] | length == 1 and (.[0] | .at == "2018-07-30T22:14:06.000Z" and .resource == "test-instance" and .fields.event_name == "CreateDBInstance")'
f "its version stands in the answer only" '.events[0].fields | tostring | test("8\\.0\\.28")'
f "not an upgrade" '.runs == [] and .outages == []'

facts cloudtrail-createdbinstance.json
f "a bare record" '[.events[] | select(.class == "api.call")] | length == 1 and (.[0] | .at == "2016-02-11T21:58:38.000Z" and .resource == "onenessdb")'
f "not an upgrade" '.runs == [] and .outages == []'

facts cloudtrail-panther-cluster-failover.json
f "four calls at one second, in the order of the file" '[.events[] | select(.class == "api.call")] | length == 4 and ([.[].at] | unique == ["2024-01-18T03:30:00.000Z"]) and ([.[].line] | . == sort)'
f "their names" '[.events[].fields.event_name] == ["FailoverDBCluster", "FailoverGlobalCluster", "FailoverDBCluster", "ModifyDBCluster"]'
f "one was refused" '[.events[] | select(.fields.error_code != null)] | length == 1 and .[0].fields.error_code == "AccessDenied"'
f "who" '[.events[].fields.user | tostring] | (.[0] | test("DBARole/admin")) and (.[1] | test("dr-coordinator"))'
f "the version asked for" '[.events[] | select(.fields.event_name == "ModifyDBCluster")][0].fields.engine_version == "8.0.mysql_aurora.3.04.0"'
f "no access key anywhere" 'tostring | test("AKIA|ASIA") | not'

facts cloudtrail-records-wrapper-readonly.json
f "three records, none of them a change" '.inputs[0].records == 3 and .inputs[0].format == "cloudtrail" and .runs == [] and ([.events[] | select(.class == "api.call")] | length == 0)'

facts console-events-patch-utc.txt
f "five events" '.inputs[0].format == "change-table" and (.events | length == 5) and .inputs[0].unclassified == 0'
f "shutdown to restarted: 27 s" '[.events[] | select(.class == "instance.shutdown" or .class == "instance.restarted") | .at] == ["2020-10-23T07:53:13.000Z", "2020-10-23T07:53:40.000Z"]'
f "patched" '[.events[] | select(.class == "patch.finished")] | length == 1 and .[0].at == "2020-10-23T07:55:05.000Z"'
f "no versions" '[.runs[].from, .runs[].to] | all(. == null)'

facts console-events-start-jst.tsv
f "six rows, the doubled ones too" '.events | length == 6 and (.[0].earliest == "2024-03-12T15:40:00.000Z") and (.[0].latest == "2024-03-12T15:41:00.000Z")'
f "a start, not an upgrade" '.runs == []'

facts describe-events-awscli-rds-backup.json
f "two backups' events" '[.events[] | [.class, .at]] == [["backup.started", "2018-07-31T23:09:23.983Z"], ["backup.finished", "2018-07-31T23:15:13.049Z"]]'
f "no upgrade" '.runs == [] and .outages == []'

facts describe-events-patched-cluster-amysql-2.10.json
f "the end marker" '.events | length == 1 and .[0].class == "upgrade.finished" and .[0].at == "2021-12-14T21:04:22.856Z" and .[0].event_id == "RDS-EVENT-0173"'

facts describe-events-snapshot-fragment.json.txt
f "three objects without brackets" '[.events[].at] == ["2021-12-17T22:09:00.071Z", "2021-12-17T22:12:33.695Z", "2021-12-17T22:19:35.957Z"] and .inputs[0].format == "rds-events"'
f "no upgrade" '.runs == []'

facts describe-events-zdp-instance-amysql-2.10.json
f "ZDP of 0 ms" '[.runs[].zdp[]] | length == 1 and (.[0] | .outcome == "finished" and .elapsed_ms == 0 and .preserved == 4 and .dropped == 0 and .resource == "rds-aurora-mysql-demo-0")'
f "no outage, not a failure" '([.runs[].outages[]] | length == 0) and ([.runs[].verdict] | all(. != "failed"))'

facts event-list-rds-mysql-failover-31.txt
f "six events, the wrapped one whole" '.events | length == 6 and (.[5].message | test("unreachable due to loss of network connectivity"))'
f "failover of 35 s" '[.events[] | select(.class | startswith("failover.")) | .at][0:2] == ["2026-06-16T00:24:20.000Z", "2026-06-16T00:24:55.000Z"]'
f "a failover run without the backup of the day before" '.runs | length == 1 and .[0].strategy == "multi-az-failover"'
f "backup stays outside" '[.events[] | select(.class | startswith("backup.")) | .run] | all(. == null)'

facts event-list-time-only-pg93-94.txt
f "without a date nothing is guessed" '.events == [] and .inputs[0].odd == 6'
facts event-list-time-only-pg93-94.txt --as change-table,date=2017-05-01
f "six events" '.events | length == 6 and .[0].at == "2017-05-01T11:52:43.000Z" and .[5].at == "2017-05-01T12:00:18.000Z"'
f "max_wal_senders 5 to 10" '[.events[] | select(.class == "parameter.adjusted") | [.fields.parameter, .fields.from_value, .fields.to_value]] == [["max_wal_senders", "5", "10"]]'

facts eventbridge-cluster-0153-mismatch.json
f "the text wins over the id, and is a finding" '(.events | length == 1) and .events[0].event_id != "RDS-EVENT-0153" and ([.findings[], .runs[].findings[]] | any(.code == "id.contradicted"))'
facts eventbridge-cluster-patched-0173.json
f "the inner date" '.events[0] | .at == "2018-10-06T12:26:13.882Z" and .event_id == "RDS-EVENT-0173" and .class == "upgrade.finished" and .resource == "my-db-cluster" and .resource_kind == "cluster"'
facts eventbridge-paramgroup-0037.json
f "parameter group" '.events[0] | .class == "parameter.updated" and .event_id == "RDS-EVENT-0037" and .fields.parameter == "time_zone" and .fields.value == "UTC"'
f "no downtime" '.runs == [] and .outages == []'
facts eventbridge-snapshot-deleted-0041.json
f "a snapshot with a colon in its name" '.events[0] | .event_id == "RDS-EVENT-0041" and .resource == "rds:my-db-snapshot"'
f "no downtime" '.runs == [] and .outages == []'

facts origin-events.md
f "18 rows, one ZDP" '(.events | length == 18) and (.runs | length == 1) and ([.runs[0].zdp[] | select(.outcome == "finished")] | length == 1)'
f "instants in UTC" '.events[0].earliest == "2026-04-11T06:20:00.000Z" and .events[17].latest == "2026-04-11T06:24:00.000Z"'

facts probe-mysql-proxy-resize.log
f "the hung query: 33 s error to success, 66 s for the client" '[.outages[], .runs[].outages[]] | length == 1 and (.[0] | (.seconds.observed == 33 or .seconds.observed == 66) and .attempts_failed == 1 and .seconds.max == null)'
facts probe-mysql-rds-resize.log
f "first error to first success: 65 s" '[.outages[], .runs[].outages[]] | length == 1 and .[0].seconds.observed == 65 and .[0].continuous == false'
facts probe-pg-rds-resize.log
f "66 s, in the evening" '[.outages[], .runs[].outages[]] | length == 1 and .[0].seconds.observed == 66 and .[0].first_fail == "2022-12-08T23:27:05.000Z"'
facts probe-dbrows-failover.md
f "the gap of 12.016 s" '[.outages[], .runs[].outages[]] | length == 1 and .[0].seconds.observed == 12.016 and .[0].access == "write"'
facts probe-psql-insert-failover.log
f "11 failed of 21, 11.02 s" '[.outages[], .runs[].outages[]] | length == 1 and (.[0] | .attempts_failed == 11 and (.seconds.observed - 11.022 | fabs) < 0.002 and .first_ok == "2020-08-29T11:44:39.989Z" and .access == "write" and .failures."read-only" == 5)'

facts sns-bare-message-0002.json
f "the inner message alone" '.events | length == 1 and (.[0] | .at == "2017-12-26T22:34:07.882Z" and .event_id == "RDS-EVENT-0002" and .class == "backup.finished")'
facts sns-lambda-backup-0002.json
f "Event Time, not Timestamp" '.events | length == 1 and (.[0] | .at == "2017-12-26T22:34:07.882Z" and .event_id == "RDS-EVENT-0002")'

facts status-loop-minor-upgrade.log
f "a status is no outage" '.outages == [] and ([.runs[].outages[]] | length == 0) and .inputs[0].format == "status-loop"'
f "upgrading to available" '[.events[] | select(.class == "status.changed") | [.at, .fields.status]] == [["2021-12-14T20:57:45.000Z", "upgrading"], ["2021-12-14T21:04:23.000Z", "available"]]'

facts cwlogs-aurora-mysql-warning.json
f "a warning about a parameter is noise" '(.inputs[0] | .format == "cwlogs" and .records == 1 and .odd == 0) and .outages == [] and .runs == []'
facts cwlogs-aurora-postgresql.json
f "the time is the line's, not the placeholder's" '.inputs[0] | .format == "cwlogs" and .records == 1 and .first == "2021-08-10T09:20:53.000Z"'

facts lnav-mysql_error.0.log
f "no start, no ready line: no restart" '(.inputs[0] | .format == "mysql-error" and .records == 4 and .first == "2020-08-06T14:25:02.835Z") and .outages == [] and ([.events[] | select(.class == "log.ready" or .class == "log.starting-up")] == [])'
facts mysql-aurora57-start.log
f "a start without a ready line" '(.inputs[0] | .format == "mysql-error" and .records == 7) and ([.events[] | select(.class == "log.starting-up")] | length == 1 and (.[0] | .at == "2024-03-27T04:38:19.087Z" and (.fields.version | tostring | startswith("5.7.12")) and (.fields.process // .fields.pid | tostring == "256"))) and ([.events[] | select(.class == "log.ready" or .class == "log.shutdown")] == [])'
facts percona-errlog008.txt
f "a crash of 2009 and its stack report are one event" '[.events[] | select(.class == "log.crash" and (.message | test("got signal 11")))] | length == 1 and .[0].at == "2009-12-05T04:49:04.000Z"'
f "restarted six seconds later" '[.events[] | select(.at == "2009-12-05T04:49:10.000Z")] | length == 1'
f "never said to be ready" '[.outages[], .runs[].outages[]] | all(.first_ok == null and .seconds.max == null)'

facts pgbadger-pg_vacuums.json.gz
f "3544 records, none of them an event" '(.inputs[0] | .format == "pg-jsonlog" and .records == 3544 and .odd == 0) and .events == [] and .outages == []'
facts pgbadger-pg_vacuums.log.gz
f "32405 lines are 3544 records" '(.inputs[0] | .format == "pg-stderr" and .records == 3544 and .odd == 0) and .events == [] and .outages == []'

facts lnav-postgres.0.log
f "was shut down at 01:44:58, ready 01:45:01.130 PDT" '[.outages[], .runs[].outages[] | select(.source == "log" and .first_ok == "2025-08-13T08:45:01.130Z")] | length == 1 and (.[0] | .first_fail == "2025-08-13T08:44:58.000Z" and .seconds.min <= 2.13 and .seconds.max >= 3.13)'
f "the file ends shut down" '[.outages[], .runs[].outages[] | select(.source == "log" and .first_ok == null)] | length == 1 and (.[0] | .first_fail == "2025-08-13T08:50:02.010Z" and .seconds.max == null)'
f "PostgreSQL 15.4" '[.events[] | select(.class == "log.starting-up")] | length == 1 and .[0].fields.version == "15.4"'
facts lnav-postgres.1.log
f "no life cycle" '.inputs[0].format == "pg-stderr" and .inputs[0].records == 5 and .outages == [] and ([.events[] | select(.class | test("ready|shut|start"))] == [])'
facts pg-aurora-postgres-start-mixed.log
f "two prefixes; shut down 04:51:01" '[.events[] | select(.class == "log.shutdown")] | length == 1 and .[0].at == "2020-02-29T04:51:01.000Z"'
f "no ready line: readiness unknown" '[.outages[], .runs[].outages[]] | all(.first_ok == null and .seconds.max == null)'
f "the command line harms nothing" '.inputs[0] | .format == "pg-stderr" and .records >= 12'
facts pg-fast-shutdown-jst.log
f "request and shut down in one second" '[.events[] | select(.class == "log.shutdown-requested" or .class == "log.shutdown") | [.class, .at]] == [["log.shutdown-requested", "2020-03-10T03:02:28.000Z"], ["log.shutdown", "2020-03-10T03:02:28.000Z"]]'
f "fast" '[.events[] | select(.class == "log.shutdown-requested") | .fields.mode] == ["fast"]'
f "no restart in the file" '[.outages[], .runs[].outages[]] | length == 1 and (.[0] | .first_ok == null and .seconds.max == null)'
facts pg-smart-shutdown-jst.log
f "smart" '[.events[] | select(.class == "log.shutdown-requested") | [.at, .fields.mode]] == [["2020-03-10T03:06:56.000Z", "smart"]]'
facts pg-rds-query-errors.log
f "no life cycle, and a jump of months is no outage" '(.inputs[0] | .format == "pg-stderr" and .odd == 0) and .outages == [] and .runs == []'
facts pg-rds-start-15.12.log
f "an image of June is not an outage of seven months" '[.outages[], .runs[].outages[]] | all(.seconds.max == null)'
f "it is the last known up" '[.findings[], .runs[].findings[]] | any(.code == "log.last-known-up")'
f "PostgreSQL 15.12" '[.events[] | select(.class == "log.starting-up")] | length == 1 and (.[0] | .fields.version == "15.12" and .at == "2025-01-23T04:56:48.000Z")'
facts pg-terminate-backend-mixed.txt
f "one session's end is no restart" '(.inputs[0].format | . == "pg-stderr" or . == "document") and .outages == [] and ([.events[] | select(.class == "log.connection-dropped")] | length == 1 and .[0].at == "2020-03-03T03:54:14.000Z")'
facts pgbadger-begin_end.log
f "connections only" '.inputs[0].records == 24 and .events == [] and .outages == []'
facts pgbadger-light.postgres.log.bz2
f "one line of its life" '.inputs[0].format == "pg-stderr" and ([.events[] | select(.class == "log.was-shut-down")] | length == 1 and .[0].at == "2017-09-06T08:40:10.000Z") and (.events | length == 1)'
f "not ready within the file" '[.outages[], .runs[].outages[]] | all(.first_ok == null)'
facts pgbadger-pg_rawcsv.log
f "shut down 18:32:48, ready 18:37:49.802 CET; the failed start ends nothing" '[.outages[], .runs[].outages[] | select(.source == "log")] | length == 1 and (.[0] | .first_ok == "2025-01-21T17:37:49.802Z" and (.first_fail | startswith("2025-01-21T17:32:48")) and .seconds.max >= 301.5 and .seconds.min <= 301.802)'
f "to the last record" '.inputs[0].odd == 0 and .inputs[0].last == "2025-01-21T17:38:09.749Z"'
facts pgbadger-syslog-head.log
f "the year of the message, the host's zone" '[.events[] | select(.class == "log.ready")] | length == 1 and .[0].at == "2019-02-11T12:15:39.000Z"'
f "shut down to ready: 40 s" '[.outages[], .runs[].outages[]] | length == 1 and (.[0] | .source == "log" and .seconds.observed == 40)'
}
run_all > "$work/tally"
grep -v '^ok ' "$work/tally"
p=$(grep -c '^ok ' "$work/tally"); n=$(grep -c '^not ok ' "$work/tally")
echo "$p passed, $n failed"
[ "$n" -eq 0 ]
