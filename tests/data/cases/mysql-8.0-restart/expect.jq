(.inputs[0] | .format == "mysql-error" and .records == 18 and .odd == 0 and .unclassified == 0) and
([.events[].class] | index("log.shutdown-requested") < index("log.shutdown") and (map(select(. == "log.ready")) | length) == 2) and
(all_outages | length == 2 and (map(select(.version_after == "8.0.36"))[0] | .source == "log" and .endpoint == "orders-1" and .last_ok == "2026-02-03T09:15:31.204Z"
and .first_fail == "2026-02-03T09:15:35.640Z" and .first_ok == "2026-02-03T09:15:51.330Z" and .seconds.max == 20.127 and .version_before == "8.0.35" and .version_after == "8.0.36")) and
([.events[] | select(.class == "log.upgrade-finished") | .fields | [.from, .to]] == [["80035", "80036"]])
