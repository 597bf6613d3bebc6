(.runs | length == 1) and (.runs[0] | .strategy == "blue-green" and .verdict == "succeeded" and (.resources | length == 4))
