([all_outages[] | .last_ok] == ["2026-05-05T00:04:55.000Z", null]) and ([all_findings[] | select(.code == "log.last-known-up")] | length == 1)
