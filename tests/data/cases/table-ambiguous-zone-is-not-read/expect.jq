.events == [] and .inputs[0].odd == 1 and ($err | test("CST has several offsets"))
