.inputs[0] | .format == "rds-events" and .odd == 1 and ($err | test("nothing in it reads as rds-events"))
