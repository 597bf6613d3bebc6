all_outages | length == 1 and (.[0] | .first_ok == "2026-05-01T04:00:24.000Z" and .version_before == "8.0.28" and .version_after == "8.0.36")
