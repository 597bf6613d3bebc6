(.runs | length == 1) and ([all_findings[] | {(.code): .text}] | add
  | (.["evidence.begins-late"] | contains("e.json spans 18 min, and describe-events answers for the last hour only"))
and (.["evidence.log-misses-run"] | contains("the log of ledger-1 covers 2026-05-11 02:00:00 UTC to 2026-05-11 03:00:00 UTC"))
and (.["evidence.log-deleted"] | contains("error/postgresql.log.2026-05-08-06"))
and (.["region.no-evidence"] | startswith("ledger in eu-west-1 is a member of g"))
and (.["outage.no-probe"] | startswith("ledger (us-east-1)")))
