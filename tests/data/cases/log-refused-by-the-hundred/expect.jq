(contains("97 more of these until")) and (contains("109 records, 103 of them events")) and ([scan("the database system is starting up")] | length == 2)
