(.runs[0].outages | length == 2) and ([all_findings[] | select(.code == "claim.contradicted")] | length == 1 and (.[0].text | test("9s")))
