.assumptions == [] and ([.events[].fused, .runs[].outages[].fused] | all(. == null))
