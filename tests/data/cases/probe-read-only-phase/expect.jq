all_outages | length == 1 and (.[0] | .access == "write" and .failures == {"shutting-down": 1, "read-only": 2} and .seconds.observed == 1.56)
