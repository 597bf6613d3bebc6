all_outages | length == 1 and (.[0] | .endpoint == "postgresql" and .last_ok == "2026-05-04T23:59:58.000Z" and .first_fail == "2026-05-04T23:59:59.000Z"
and .first_ok == "2026-05-05T00:00:04.000Z" and .seconds == {"min": 4, "observed": 5, "max": 7, "client": null} and .version_before == null and .version_after == "13.14")
