(.findings | map(select(.code == "zone.likely")) | length == 0) and (.runs | length == 1) and (.runs[0].outages | length == 1)
