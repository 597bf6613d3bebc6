.events[0].class == "upgrade.finished" and (all_findings | any(.code | test("id")))
