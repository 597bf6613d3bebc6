.runs | length == 1 and (.[0] | .verdict == "rolled-back" and .proof == [1])
