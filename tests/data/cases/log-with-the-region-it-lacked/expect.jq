(.findings | map(select(.code == "hint.missing")) | length == 0) and ([.runs[].outages[]] | length == 1) and (.runs | length == 1)
