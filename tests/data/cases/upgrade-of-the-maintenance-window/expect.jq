.runs | length == 1 and (.[0] | .requested == null and (.findings | map(select(.code == "upgrade.automatic")) | length == 1 and (.[0].text | endswith("(sat:08:20-sat:08:50 UTC): automatic"))))
