([.[] | select(.class) | [.at, .class, .line]] == [["2006-02-03T04:05:06.000Z", "log.crash", 1], ["2006-02-03T04:05:06.000Z", "log.crash", 4],
["2006-02-03T04:05:12.000Z", "log.starting-up", 16], ["2006-02-03T04:05:13.000Z", "log.recovery", 17], ["2006-02-03T04:05:20.000Z", "log.ready", 25]]) and
(.[4].fields.version == "5.0.77") and (.[-1] | .records == 7 and .odd == 0 and .zone_assumed)
