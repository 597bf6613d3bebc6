all_outages == []
