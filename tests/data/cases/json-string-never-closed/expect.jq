(.events | length == 2) and .inputs[0].odd >= 1 and .inputs[0].odd_samples[0].line == 2
