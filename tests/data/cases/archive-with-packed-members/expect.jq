([.runs[].resources[] | select(.id == "ledger")] | length == 1) and (.inputs | length == 2) and (all_outages | length == 1)
