(.runs | length == 1 and (.[0] | .from == "15.4" and .to == "15.5" and .verdict == "succeeded" and .began.at == "2026-04-11T06:00:00.000Z" and .ended.at == "2026-04-11T06:00:04.000Z"
and (.outages | length == 1) and .outages[0].version_before == "15.4" and .outages[0].version_after == "15.5" and .versions == [{"resource": "db-1", "region": "eu-west-1", "from": "15.4", "to": "15.5"}]))
and (.outages | length == 2) and .outages[0].first_ok == "2026-04-10T05:00:00.500Z" and .outages[1].version_after == "15.5"
