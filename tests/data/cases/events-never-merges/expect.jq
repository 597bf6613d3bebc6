([.[] | select(.schema == "tideline.event/1")] | length == 6 and [.[].n] == [1, 2, 3, 4, 5, 6]) and ([.[] | select(.schema == "tideline.source/1") | .name] == ["e.json", "f.json"])
