([.inputs[].format] | sort == ["probe", "rds-events"]) and all_outages[0].seconds.max == 2.08
