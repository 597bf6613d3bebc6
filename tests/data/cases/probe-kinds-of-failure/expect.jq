all_outages[0].failures == {"timeout": 1, "dns": 1, "closed": 1, "auth": 1}
