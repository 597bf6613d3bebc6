.events[0] | .region == "eu-north-1" and .resource == "ledger" and .event_id == "RDS-EVENT-0286"
