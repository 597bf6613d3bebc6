.events == [] and (.inputs[0] | .odd == 1 and .odd_samples[0].line == 1)
