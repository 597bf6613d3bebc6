$exit == 1 and ($err | test("x.json.gz")) and (.inputs | length == 1)
