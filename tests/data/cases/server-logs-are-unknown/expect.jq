([.inputs[] | select(.format != "unknown") | .name] == []) and (.inputs | length == 4) and .events == [] and .outages == []
