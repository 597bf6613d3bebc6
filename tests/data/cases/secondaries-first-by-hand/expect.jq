(.runs | length == 1) and (.runs[0] | .strategy == "manual-secondaries-first" and .verdict == "succeeded" and (.findings | map(select(.code == "order.rule-broken")) | length == 0))
