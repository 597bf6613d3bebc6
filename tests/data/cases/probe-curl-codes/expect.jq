all_outages | length == 1 and (.[0] | .failures == {"refused": 1, "timeout": 1, "error": 1} and .endpoint == "api.shop.example" and .seconds.observed == 4)
