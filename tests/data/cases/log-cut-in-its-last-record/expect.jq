.inputs[0] | .records == 2 and .odd == 1 and .odd_samples[0].line == 2 and (.odd_samples[0].why | contains("cut"))
