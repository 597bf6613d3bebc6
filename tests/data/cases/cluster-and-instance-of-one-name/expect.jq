([.runs[] | [.strategy, .from, .resources[0].kind]] == [["unknown", null, "cluster"], ["instance-minor", "8.0.42", "instance"]]) and ([.runs[].id] | unique | length == 2)
