([.runs[].outages[].fused] == [{"min": 1.431, "max": 3.201, "assumes": ["startup-refuses"]}]) and
([all_findings[] | select(.code == "assumption.dropped").text] | length == 1 and (.[0] | startswith("zdp-window was not assumed of a-1: connections were dropped")))
