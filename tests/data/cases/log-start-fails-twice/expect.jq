(all_outages | length == 1 and (.[0] | .first_fail == "2026-06-20T08:00:01.500Z" and .first_ok == "2026-06-20T08:04:00.250Z" and .seconds.observed == 238.75))
and ([all_findings[] | select(.code == "log.start-failed")] | length == 1 and (.[0].events | length == 2))
