all_outages | length == 1 and (.[0] | .last_ok == "2026-05-05T00:04:55.000Z" and .first_fail == "2026-05-05T00:05:02.020Z" and .first_ok == "2026-05-05T00:05:02.900Z"
and .seconds == {"min": 0.879, "observed": 0.88, "max": 7.901, "client": null})
