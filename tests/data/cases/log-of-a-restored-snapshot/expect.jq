(all_outages | length == 1 and (.[0] | .last_ok == null and .first_fail == "2026-06-20T08:00:01.000Z" and .seconds == {"min": 2, "observed": 3, "max": null, "client": null}))
and ([all_findings[] | select(.code == "log.last-known-up")] | length == 1 and (.[0].text | contains("2026-01-05T03:00:00.000Z")))
and ([.events[] | select(.class == "log.was-shut-down") | .fields.last_known_up] == ["2026-01-05T03:00:00.000Z"])
