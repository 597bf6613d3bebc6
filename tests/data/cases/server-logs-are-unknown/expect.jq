([.inputs[] | select(.format != "unknown") | .name] == []) and (.inputs | length == 6) and .events == [] and .outages == []
