.inputs[0].format == "rds-events" and .inputs[0].odd == 0 and .events == [] and $err == "" and $exit == 0
