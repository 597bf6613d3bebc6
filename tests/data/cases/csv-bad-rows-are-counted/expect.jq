(.events | length == 2) and .inputs[0].odd == 3 and [.inputs[0].odd_samples[].line] == [3, 4, 5] and $exit == 0
