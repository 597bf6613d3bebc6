all_outages[0].region == "eu-north-1" and ([all_findings[].code] | index("hint.contradicted") != null)
