tostring | contains("took") | not
