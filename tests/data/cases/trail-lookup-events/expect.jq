.inputs[0].format == "cloudtrail" and (.events | length == 1) and .events[0].class == "api.call" and .runs == []
