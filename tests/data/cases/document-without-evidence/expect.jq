.events == [] and .outages == [] and .runs == [] and $exit == 0
