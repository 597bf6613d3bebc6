(.inputs | length == 4) and ([.inputs[].format] | unique == ["unknown"]) and .runs == [] and $exit == 0
