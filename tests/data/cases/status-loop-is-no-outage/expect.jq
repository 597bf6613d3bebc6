.inputs[0].format == "status-loop" and all_outages == [] and [.events[] | .fields.status] == ["available", "upgrading", "available"]
