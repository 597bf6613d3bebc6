([.runs[].outages[].fused] == [{"min": 1.431, "max": 2.36, "assumes": ["startup-refuses", "zdp-duration", "zdp-window"]}]) and
([.events[] | select(.class == "zdp.attempted").fused] | length == 2 and all(. == {"earliest": "2026-04-11T06:22:38.551Z", "latest": "2026-04-11T06:22:40.536Z", "assumes": ["clocks-agree", "startup-refuses", "zdp-duration", "zdp-window"]})) and
([.events[] | select(.class == "zdp.attempted") | .earliest, .latest] | unique == ["2026-04-11T06:22:00.000Z", "2026-04-11T06:23:00.000Z"]) and
([.assumptions[].name] == ["clocks-agree", "listed-order", "startup-refuses", "zdp-duration", "zdp-window"]) and
([all_findings[].code] | index("assumption.dropped") == null)
