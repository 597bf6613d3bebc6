(.inputs | length == 1) and .inputs[0].odd == 1
