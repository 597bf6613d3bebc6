(.runs | length == 1) and (.runs[0] | .strategy == "managed-global-minor" and .verdict == "partial" and .proof == [3, 4] and .verdict_because == "1 of 2 parts came to a good end")
