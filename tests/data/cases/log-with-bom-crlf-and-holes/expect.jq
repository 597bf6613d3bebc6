[.events[] | [.class, .line]] == [["log.ready", 1], ["log.shutdown-requested", 2]]
