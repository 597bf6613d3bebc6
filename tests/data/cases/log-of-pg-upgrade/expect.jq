all_outages | length == 1 and (.[0] | .first_fail == "2026-05-01T03:00:11.000Z" and .first_ok == "2026-05-01T03:02:20.000Z" and .version_before == "15.6" and .version_after == "16.2")
