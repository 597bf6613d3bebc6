all_outages[0] | .version_before == "16.4" and .version_after == "16.8" and .first_fail == "2026-02-03T23:59:58.000Z" and .last_fail == "2026-02-04T00:00:00.000Z"
