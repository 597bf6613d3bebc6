.events[0].earliest == "2026-02-03T10:05:00.000Z" and .inputs[0].odd == 0
