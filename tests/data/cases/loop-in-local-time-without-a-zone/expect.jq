(.findings | map(select(.code == "zone.likely")) | length == 1 and (.[0].text | contains("--as auto,tz=-03:30 before it"))) and (.runs | length == 2)
