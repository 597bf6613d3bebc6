(all_outages == []) and ([.events[].fields.user] == [null, "app", "app"])
