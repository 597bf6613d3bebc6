([.events[].class] == ["unclassified", "unclassified"]) and ([all_findings[] | select(.code == "unclassified.near")] == [])
