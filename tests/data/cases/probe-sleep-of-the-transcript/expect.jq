(all_outages[0].seconds == {"min": 1.01, "observed": 1.56, "max": 2.08, "client": 1.57})
