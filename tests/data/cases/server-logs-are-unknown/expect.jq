([.inputs[] | select(.format != "unknown") | .name] == []) and (.inputs | length == 9) and .events == [] and .outages == []
