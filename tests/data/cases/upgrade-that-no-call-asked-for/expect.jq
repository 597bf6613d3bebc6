.runs | length == 1 and (.[0] | .requested == null and ([.findings[].code] | index("upgrade.automatic") == null and index("upgrade.unrequested") != null))
