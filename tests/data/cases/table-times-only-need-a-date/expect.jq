.events == [] and .inputs[0].odd == 2 and ($err | test("date=YYYY-MM-DD"))
