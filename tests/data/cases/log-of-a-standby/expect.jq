all_outages | length == 1 and (.[0] | .access == "read" and .first_fail == "2026-06-20T08:00:00.400Z" and .first_ok == "2026-06-20T08:00:05.000Z")
