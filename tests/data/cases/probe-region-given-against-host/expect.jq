all_outages[0].region == "us-west-2" and ([all_findings[].code] | index("hint.contradicted") != null)
