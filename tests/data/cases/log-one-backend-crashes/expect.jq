(all_outages | length == 1 and (.[0] | .last_ok == "2026-06-01T12:00:00.100Z" and .first_fail == .last_ok and .first_ok == "2026-06-01T12:00:01.950Z"
and .seconds == {"min": 1.849, "observed": 1.85, "max": 1.851, "client": null} and .attempts_failed == 1 and .failures["in-recovery"] == 1))
and ([all_findings[] | select(.code == "log.crash")] | length == 1 and (.[0].text | contains("signal 9")))
