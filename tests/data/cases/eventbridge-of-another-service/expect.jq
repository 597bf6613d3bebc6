.inputs[0] | .records == 2 and .events == 1 and .odd == 0
