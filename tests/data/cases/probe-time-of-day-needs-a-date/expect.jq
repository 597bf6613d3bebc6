all_outages == [] and .inputs[0].odd >= 1 and ($err | test("date=YYYY-MM-DD"))
