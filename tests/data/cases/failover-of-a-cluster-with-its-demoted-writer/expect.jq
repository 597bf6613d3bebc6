.runs | length == 1 and (.[0] | .strategy == "failover" and .verdict == "succeeded" and .proof == [5])
