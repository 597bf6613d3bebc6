(all_outages | length == 1 and (.[0] | .endpoint == "postgresql" and .seconds == {"min": 3.899, "observed": 3.9, "max": 4.001, "client": null} and .attempts_failed == 1))
and ([all_findings[] | select(.code == "log.refused")] | length == 1)
