all_outages | length == 1 and (.[0] | .source == "client" and .seconds.min == 0 and .seconds.max == 7 and .attempts_failed == 0)
