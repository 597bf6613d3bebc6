all_outages | map({(.resource): .seconds.max}) | add == {"basket": 2.08, "casket": 2.58}
