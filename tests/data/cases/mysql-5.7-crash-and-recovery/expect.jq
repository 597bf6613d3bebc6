(.inputs[0] | .format == "mysql-error" and .records == 13 and .odd == 0) and
([.events[] | select(.class == "log.crash") | [.at, .fields.signal, .line, .message]] == [["2026-02-03T09:15:31.000Z", "11", 4, "mysqld got signal 11 ;"]]) and
([.events[].class] | map(select(. == "log.shutdown")) == []) and
([.events[] | select(.class == "log.ready") | .fields.version] == ["5.7.12-log", "5.7.12-log"]) and
(all_outages | length == 1 and (.[0] | .source == "log" and .first_ok == "2026-02-03T09:15:39.552Z" and .seconds.min == 7.552))
