all_outages | length == 1 and (.[0] | .last_ok == "2026-04-11T06:05:00.000Z" and .seconds.max >= 305 and .seconds.observed == 1 and .seconds.min >= 0.99)
