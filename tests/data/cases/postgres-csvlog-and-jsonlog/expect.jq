([.inputs[] | [.name, .format, .records, .events, .odd]] == [["pg-csv.log", "pg-csvlog", 10, 10, 0], ["pg-json.log", "pg-jsonlog", 10, 10, 0]])
and ([.inputs[] | [.first, .last]] | unique == [["2026-02-03T04:05:06.222Z", "2026-02-03T04:05:15.555Z"]])
and (.events | length > 0 and all(.[]; .class == "log.connection-refused" and .fields.level == "FATAL" and .fields.user == "app" and .fields.sqlstate == "57P03"))
