([.runs[].outages[].fused | [.min, .max]] == [[1.431, 2.36]]) and ([.events[].fused.assumes[]?] | unique == ["zdp-duration"])
