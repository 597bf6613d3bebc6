(.events | length == 2) and ([.events[].proofs | length] == [2, 2]) and (.runs | length == 1) and .runs[0].strategy == "blue-green"
