all_outages | length == 1 and (.[0] | .seconds.observed == 62 and .last_ok == "2026-05-14T02:11:30.000Z")
