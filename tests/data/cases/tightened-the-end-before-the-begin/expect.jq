([all_findings[] | select(.code == "time.contradiction")] | length == 1 and (.[0].events | length == 2))
