(.inputs[0] | .records == 5 and .events == 5)
and (.events | length == 6 and ([.[] | select(.inferred)] | length == 1))
and (.events[1] | .class == "instance.shutdown" and .inferred and .proofs == [] and .input == null and .line == null
     and .earliest == "2026-05-03T02:10:00.000Z" and .latest == "2026-05-03T02:13:00.000Z")
and (.runs[0] | .verdict == "succeeded" and .sequence == {"expected": 4, "seen": 3, "inferred": 1, "missing": []}
     and .proof == [6]
     and ([.phases[] | select(.inferred) | .name] == ["shutdown"])
     and (.silences | length == 1)
     and (.silences[0] | .from == "2026-05-03T02:13:00.000Z" and .to == "2026-05-03T02:40:00.000Z"
          and .after == "upgrade.instances-finished" and .expected == "upgrade.finished"))
