all_outages | length == 1 and (.[0] | .source == "log" and .access == "connect" and .endpoint == "orders-1" and .region == "eu-west-1"
and .last_ok == "2026-05-04T02:10:11.204Z" and .first_fail == "2026-05-04T02:10:12.031Z" and .first_ok == "2026-05-04T02:10:15.640Z"
and .seconds == {"min": 3.608, "observed": 3.609, "max": 4.437, "client": null} and .attempts_failed == 2
and .failures["shutting-down"] == null and .failures["starting-up"] == 2 and .version_after == "16.3" and .fused == null)
