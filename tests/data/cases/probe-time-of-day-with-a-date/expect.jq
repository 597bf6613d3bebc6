all_outages[0].first_fail == "2026-02-03T04:05:02.040Z"
