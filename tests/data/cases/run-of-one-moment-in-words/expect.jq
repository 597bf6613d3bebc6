contains(", took ") | not
