.events == [] and .inputs[0].odd == 2
