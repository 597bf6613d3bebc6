[.events[].class] == ["log.shutdown-requested", "log.ready"] and .inputs[0].first == "2026-04-11T06:21:02.000Z"
