(.runs | length == 1) and ([.runs[0].findings[] | select(.code | startswith("zdp."))] | map({(.code): .text}) | add | keys ==
  ["zdp.cause-ddl", "zdp.cause-listen", "zdp.cause-not-seen", "zdp.cause-release", "zdp.cause-table-lock", "zdp.dropped", "zdp.not-used-by-design"]
and (.["zdp.cause-listen"] | contains("1 session (process 800) that issued LISTEN"))
and (.["zdp.cause-ddl"] | contains("1 session (process 4242)"))
and (.["zdp.cause-not-seen"] | contains("long or idle transactions, temporary tables, cursors WITH HOLD")))
and ([.events[] | select(.class == "log.connection-dropped") | .fields.sql] == [null, "create index concurrently\non orders(id)"])
