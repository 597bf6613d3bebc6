(.[-1] | .rule_limits == 1 and .odd == 1 and .odd_samples[0].line == 2 and (.odd_samples[0].why | contains("slow.rules:1"))) and ([.[] | .class // empty] == ["log.ready", "custom.slow"])
