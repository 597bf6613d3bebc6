(.runs | length == 1) and (.runs[0] | .strategy == "instance-minor" and .verdict == "succeeded" and (.strategy_because | contains("lines of an upgrade of its files or system tables")))
