(.events | length == 1) and .inputs[0].odd == 3 and ([.inputs[0].odd_samples[].why] | length == 3)
