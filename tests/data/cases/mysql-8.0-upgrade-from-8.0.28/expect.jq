([.[] | select(.class) | [.at[11:19], .class]] == [["04:02:10", "log.shutdown"], ["04:02:19", "log.starting-up"], ["04:02:19", "log.starting-up"],
["04:02:19", "log.upgrade-started"], ["04:02:21", "log.upgrade-finished"], ["04:02:22", "log.upgrade-started"], ["04:02:22", "log.upgrade-progress"],
["04:02:26", "log.upgrade-progress"], ["04:02:28", "log.upgrade-finished"], ["04:02:29", "log.ready"]]) and
([.[] | select(.class == "log.upgrade-started") | .fields | [.step, .from, .to]] == [["Data dictionary", "80022", "80023"], ["Server", "80028", "80035"]]) and
(.[-1] | .records == 10 and .odd == 0 and .zone_assumed == false)
