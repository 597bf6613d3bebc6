/* pg_lines.h - private to parse/: blocks of PostgreSQL's plain log, looked through at once. */
#ifndef TL_PARSE_PG_LINES_H
#define TL_PARSE_PG_LINES_H

#include "parse/log.h"

/* log_dialect.scan of pg-stderr. */
bool pg_scan_lines(const struct log_lens *lens, struct log_block *b);

#endif
