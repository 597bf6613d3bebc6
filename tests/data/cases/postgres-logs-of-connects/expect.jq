([.inputs[] | [.name, .format, .records, .odd]] == [["pg-rds.log", "pg-stderr", 10, 0], ["pg-stderr.log", "pg-stderr", 10, 0], ["syslog", "pg-stderr", 10, 0]])
and ([.inputs[] | .first[0:19]] | unique == ["2026-02-03T04:05:06"]) and ([.inputs[] | .last[0:19]] | unique == ["2026-02-03T04:05:15"])
and (.events | length > 0 and all(.[]; .class == "log.connection-refused"))
