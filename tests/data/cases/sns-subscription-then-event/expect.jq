.inputs[0].format == "sns" and (.events | length == 1) and .events[0].at == "2026-02-03T04:05:06.700Z" and .inputs[0].odd == 0
