([.inputs[] | select(.format != "unknown") | .name] == []) and (.inputs | length == 3) and .events == [] and .outages == []
