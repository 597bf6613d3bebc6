(.runs | length == 1) and .outages == [] and (.runs[0] | .from == "15.4.2" and .to == "15.5.2" and .verdict == "succeeded"
and ([.outages[].source] | sort) == ["log", "probe"] and ([.outages[] | select(.source == "log")] | .[0] | .resource == "prod-instance-1" and .seconds.min == 3.899)
and ([.findings[].code] | contains(["version.mismatch"]) | not)) and ([.events[] | select(.class == "log.ready") | .run] == ["\(.runs[0].id)"])
and ([.runs[0].phases[] | select(.resource == "prod-instance-1") | .name] == ["shutdown", "startup"])
