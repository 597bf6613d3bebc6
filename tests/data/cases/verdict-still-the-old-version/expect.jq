.runs | length == 1 and (.[0] | .verdict == "rolled-back" and (.verdict_because | contains("shows 17.4.5 before the restarts and after them")))
