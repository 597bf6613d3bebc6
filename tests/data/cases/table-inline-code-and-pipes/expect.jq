[.events[].class] == ["upgrade.refused", "upgrade.finished"] and .events[0].fields.reason == "a | b" and .events[1].resource == "ledger"
