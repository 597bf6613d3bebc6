[.events[] | [.at, .class, .resource]] == [["2026-02-03T04:05:06.700Z", "instance.shutdown", "ledger-1"], ["2026-02-03T04:05:26.700Z", "instance.restarted", "ledger-1"]]
