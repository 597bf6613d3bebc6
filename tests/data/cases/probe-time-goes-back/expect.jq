(all_outages | length == 1) and .inputs[0].odd == 1 and .inputs[0].odd_samples[0].line == 3 and .inputs[0].records == 6
