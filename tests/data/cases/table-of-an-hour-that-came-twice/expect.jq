.events[0] | .earliest == "2025-10-26T00:30:00.000Z" and .latest == "2025-10-26T01:30:01.000Z"
