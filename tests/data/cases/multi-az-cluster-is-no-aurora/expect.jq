.runs | length == 1 and (.[0] | .engine == "postgres" and .strategy == "in-place-minor-restart" and .verdict == "succeeded" and .zdp == [] and ([.findings[].code] | index("zdp.not-used") == null))
