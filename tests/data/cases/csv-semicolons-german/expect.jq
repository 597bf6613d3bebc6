[.events[].at] == ["2026-02-03T03:05:06.000Z", "2026-02-03T03:05:26.000Z"] and .events[0].resource == "ledger-1"
