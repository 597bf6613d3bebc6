(.runs | length == 1) and (.runs[0] | .verdict == "partial" and .proof == [3, 4] and (.findings | map(select(.code == "version.mismatch")) | length == 1))
