([.events[].at] == ["2026-04-10T21:21:02.000Z", "2026-04-11T06:21:01.000Z"]) and (.inputs[0] | .odd == 1 and .records == 3 and .odd_samples[0].line == 3 and (.odd_samples[0].why | contains("CST")))
