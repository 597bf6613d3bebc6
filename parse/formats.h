/* formats.h - private to parse/: the formats there are, each defined at the end of its file. */
#ifndef TL_PARSE_FORMATS_H
#define TL_PARSE_FORMATS_H

#include "parse/reader.h"

/* extern const struct tl_format fmt_xxx; one line per format, in the order of `formats` */

extern const struct tl_format fmt_tideline_events;
extern const struct tl_format fmt_rds_events;
extern const struct tl_format fmt_eventbridge;
extern const struct tl_format fmt_sns;
extern const struct tl_format fmt_cloudtrail;
extern const struct tl_format fmt_topology;
extern const struct tl_format fmt_cwlogs;
extern const struct tl_format fmt_status_loop;
extern const struct tl_format fmt_pg_csvlog;
extern const struct tl_format fmt_pg_jsonlog;
extern const struct tl_format fmt_mysql_error;
extern const struct tl_format fmt_probe;
extern const struct tl_format fmt_document;
extern const struct tl_format fmt_change_table;
extern const struct tl_format fmt_pg_stderr;

#endif
