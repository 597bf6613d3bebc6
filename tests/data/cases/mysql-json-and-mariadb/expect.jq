([.[] | select(.class and (.input == "mariadb.err")) | [.at[11:19], .class]] == [["04:05:06", "log.starting-up"], ["04:05:06", "log.recovery"], ["04:05:07", "log.recovery"],
["04:05:07", "log.recovery-finished"], ["04:05:08", "log.ready"], ["04:06:00", "log.connection-refused"], ["14:07:00", "log.shutdown-requested"], ["14:07:01", "log.shutdown"], ["14:09:54", "log.crash"]]) and
([.[] | select(.class and (.input == "sink.json")) | [.at[11:19], .class, .fields.code, .fields.version]] == [["04:05:06", "log.starting-up", "MY-010116", "8.4.3"], ["04:05:08", "log.ready", "MY-010931", "8.4.3"]]) and
([.[] | select(.format) | [.name, .format, .records, .odd]] == [["mariadb.err", "mysql-error", 9, 0], ["sink.json", "mysql-error", 3, 1]])
