all_outages | length == 1 and (.[0] | .last_ok == null and .seconds.max == null and .seconds.client == null and .seconds.min == 0.51 and .seconds.observed == 1.55 and .attempts_failed == 3)
