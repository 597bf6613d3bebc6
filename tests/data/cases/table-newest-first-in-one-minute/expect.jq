[.events[].class] == ["failover.started", "instance.restarted", "failover.completed"] and (.runs | length == 1) and .runs[0].verdict == "succeeded" and .runs[0].strategy == "multi-az-failover"
