[.events[].class] == ["log.shutdown"] and .inputs[0].odd == 2
