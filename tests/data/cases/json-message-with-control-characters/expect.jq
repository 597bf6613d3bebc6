(test("\u001b") or test("\u0007")) | not
