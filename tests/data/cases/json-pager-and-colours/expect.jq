(.events | length) + .inputs[0].odd >= 3 and (.events | length >= 2) and (tostring | test("\u001b") | not)
