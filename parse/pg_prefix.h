/*
 * pg_prefix.h - private to parse/: log_line_prefix, and what a line of PostgreSQL's stderr log is
 * made of: prefix, tag ("LOG:  "), message.
 *
 * Nothing here allocates but pg_learn and pg_syslog_learn (r->arena). Nothing but `look` itself
 * reads behind the end of what it is given.
 */
#ifndef TL_PARSE_PG_PREFIX_H
#define TL_PARSE_PG_PREFIX_H

#include "parse/log.h"

enum {
    PG_ITEMS = 64,   /* literals and escapes of a prefix */
    PG_LEAD = 16,    /* bytes of a literal before the time */
    PG_SHAPES = 8,   /* kinds of prefix in one input */
    PG_REACH = 2048, /* a tag stands within so many bytes of its line */
    PG_END_ANY = 0,  /* ends of a prefix: any byte may stand before the tag */
    PG_END_MARK = 1, /* any but a letter or a digit, or nothing */
    PG_END_START = 2 /* nothing: the line begins with its tag */
};

/* ---- tags ---- */

enum pg_sort { PG_SEVERITY, PG_DETAIL, PG_HINT, PG_OTHER };
struct pg_tag {
    const char *word, *colon; /* "LOG" begins, and ends */
    enum pg_sort sort;
};
bool pg_is_sql(const struct pg_tag *tag); /* STATEMENT */
/*
 * The first tag in [from, end) before which `before` stands (a byte, or PG_END_…; one blank more is
 * forgiven). Looks at the first PG_REACH bytes; reads none behind `end`.
 */
bool pg_tag_find(const char *from, const char *end, char before, struct pg_tag *out);
/* The message behind a tag and its SQLSTATE (log_error_verbosity = verbose); *sqlstate is empty or
 * its five characters; NULL is allowed. */
const char *pg_message(const struct pg_tag *tag, const char *end, struct tl_str *sqlstate);

/* ---- times ---- */

enum pg_clock { PG_CLOCK_NONE, PG_CLOCK_ISO, PG_CLOCK_EPOCH };
struct pg_time {
    const char *p, *zone, *end; /* zone: NULL, or where it begins; end: behind both */
    uint32_t n;                 /* bytes without the zone */
};
/* "2026-04-11 06:21:35[.200] UTC" (%t, %m): the zone has to be there; "1775888495.200" (%n). */
bool pg_time_at(enum pg_clock clock, const char *p, const char *end, struct pg_time *out);
/* The first such time in [p, end). */
bool pg_time_find(enum pg_clock clock, const char *p, const char *end, struct pg_time *out);
/* The same as a stamp; false: there is no such time. A zone that nobody knows is ambiguous. */
bool pg_time_stamp(const struct pg_time *t, struct tl_zones *zones, struct tl_stamp *out);

/* ---- a prefix ---- */

struct pg_item {
    char escape;        /* '\0': a literal */
    bool padded;        /* %-10u, %5p */
    struct tl_str text; /* of a literal; "%%" is one of its own */
};
struct pg_prefix {
    struct pg_item items[PG_ITEMS];
    size_t n;
};
/* Views into `text`. TL_EUSAGE with a sentence for an escape that PostgreSQL does not have. */
enum tl_status pg_prefix_compile(struct tl_str text, struct pg_prefix *out, struct tl_error *err);

/* Who a record is of, as its prefix says; empty: not known ("[unknown]" is not known). */
struct pg_who {
    struct tl_str pid, user, database, client, application, sqlstate;
};
/* Reads the bytes before a tag as this prefix; false when they are none of it. */
bool pg_prefix_match(const struct pg_prefix *x, struct tl_str text, struct pg_who *out);
/* The same by the prefixes that are well known, else by what the parts look like. */
void pg_prefix_guess(struct tl_str text, struct pg_who *out);

/* ---- what is known of an input ---- */

/* How lines of one prefix are told. */
struct pg_shape {
    enum pg_clock clock;
    bool floating; /* fields stand before the time */
    uint8_t nlead; /* of a literal before the time */
    char lead[PG_LEAD];
    char after; /* the byte behind time and zone; '\0': any */
    char end;   /* the byte before the tag, or PG_END_… */
};
struct pg_syslog { /* what wraps the lines; see pg_syslog.c */
    bool on;
    struct tl_str ident; /* the program's name in its lines: "postgres" */
    int64_t year;        /* of the first line; TL_UNKNOWN */
    int64_t first;       /* month * 100 + day of it */
    bool zoned;          /* offset_us is its clock's, as the log itself shows */
    int64_t offset_us;
    struct tl_str zone; /* as written: "CET" */
};
struct pg_state {
    struct pg_shape shapes[PG_SHAPES];
    size_t nshapes;
    bool twice; /* prefixes have the time of the session, too (%s): the later one is the record's */
    bool commas; /* a comma behind the time is part of the prefix: no line is of csvlog */
    bool given;  /* prefix is that of --log-line-prefix */
    struct pg_prefix prefix;
    struct pg_syslog syslog;
};
/* What the head shows: how many lines look like a log of PostgreSQL, and which shapes they have. */
struct pg_survey {
    size_t lines;  /* that are not blank and do not go on with another */
    size_t timed;  /* begin a record with a time */
    size_t twice;  /* … and have another time before the tag */
    size_t bare;   /* begin one without any time */
    size_t syslog; /* begin one within syslog */
    size_t server; /* of all: bear a pid, or a tag that only a server writes */
    size_t others; /* begin with a time and have no tag */
    size_t early;  /* records among the first four lines */
    struct pg_shape shapes[PG_SHAPES];
    size_t nshapes;
};
void pg_survey(struct tl_str head, struct pg_survey *out);
/* struct tl_format.sniff */
int pg_sniff(struct tl_reader *r, struct tl_str head, struct tl_buf *why);
/* log_dialect.learn */
enum tl_status pg_learn(struct tl_reader *r, struct tl_str head, void **state,
                        struct tl_error *err);

/* ---- lines ---- */

/* Where a line begins: behind zeroes that a crash left, a byte-order mark, pg_ctl's dots. */
const char *pg_front(const char *p, const char *end);
/* What a line is whose front is p: LOG_RECORD and LOG_ASIDE fill both (t->p NULL: no time). LOG_PAD
 * bytes behind `end` are read. */
enum log_line pg_see(const struct pg_state *s, const char *p, const char *end, struct pg_time *t,
                     struct pg_tag *tag);
/* The server has begun to write a csvlog into the same file: "TIME ZONE,". */
bool pg_is_csv(const struct pg_state *s, const char *p, const char *end);
/* log_dialect.split */
bool pg_split(struct tl_reader *r, const void *state, struct tl_str text, struct log_record *out,
              const char **why);

/* ---- syslog ---- */

struct pg_syslog_line {
    const char *stamp, *zone; /* "13:15:39" of "Feb 11", or an ISO time and its offset */
    uint32_t stamp_n, zone_n;
    struct tl_str host, ident, pid; /* empty where the line has none */
    int64_t number, part;           /* "[7-2]": 7 and 2; TL_UNKNOWN: none */
    const char *text;               /* behind all that */
};
/* False: the line has no time of syslog at its front. */
bool pg_syslog_read(const char *p, const char *end, struct pg_syslog_line *out);
enum log_line pg_syslog_look(const struct pg_syslog *s, const char *p, const char *end,
                             struct log_look *out);
/* `text` is the caller's copy, changed in place, LOG_PAD bytes behind it. */
bool pg_syslog_split(struct tl_reader *r, const struct pg_state *s, char *text, size_t n,
                     struct log_record *out, const char **why);
/* Year and zone, as far as the head shows them. */
void pg_syslog_learn(struct tl_reader *r, struct tl_str head, struct pg_syslog *out);

/* What split of both kinds says of a record: level, and what the prefix knows. `before`: the bytes
 * before the tag. */
void pg_fields(const struct pg_state *s, const struct pg_tag *tag, struct tl_str before,
               struct tl_str sqlstate, struct log_record *out);

#endif
