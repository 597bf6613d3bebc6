(all_outages | length == 1) and .outages[0].first_ok == null and .outages[0].max == null
