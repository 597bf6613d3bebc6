all_outages | length == 1 and (.[0].seconds | .min == 0 and .observed == null and .max == null)
