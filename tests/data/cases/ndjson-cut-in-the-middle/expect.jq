[.events[].class] == ["upgrade.started", "upgrade.finished"] and .inputs[0].odd == 1 and .inputs[0].odd_samples[0].line == 2
