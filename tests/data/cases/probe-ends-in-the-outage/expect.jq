all_outages | length == 1 and (.[0] | .first_ok == null and .seconds == {"min": 1.55, "observed": null, "max": null, "client": null} and .version_before == "16.4.3" and .version_after == null)
