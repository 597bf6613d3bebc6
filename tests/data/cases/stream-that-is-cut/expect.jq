(.events | length == 2) and ([.inputs[] | .odd] | add >= 1) and ($err | test("stream ends before"))
