([all_findings[] | select(.code == "clock.skewed") | [.severity, .text]] == [["warning", "the clock of p.txt is 2.899 to 3.501 s ahead of that of prod-1"]])
and ([.inputs[] | select(.name == "p.txt") | .hints[] | select(.key == "skew")] == [])
and ([.inputs[] | select(.name != "p.txt") | .skew_s] == [null, null])
and .assumptions == [] and ([.events[] | select(.class == "probe.version-changed") | .at] == ["2026-04-11T06:01:07.000Z"])
