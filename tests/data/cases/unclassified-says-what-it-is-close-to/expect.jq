.inputs[0].unclassified == 2 and ([.events[].class] == ["unclassified", "unclassified"]) and (all_findings | any(.text | test("zdp.attempted")))
