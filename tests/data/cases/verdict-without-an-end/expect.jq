.runs | length == 1 and (.[0] | .strategy == "in-place-minor-restart" and .verdict == "unknown" and .ended == null)
