/*
 * log.h - private to parse/: what the formats of database logs share.
 *
 * A log is tens of gigabytes of lines of which a few matter. So a dialect (pg_stderr.c, pg_csv.c,
 * pg_json.c, mysql_error.c) is two functions: `look`, which says cheaply of a line whether it
 * begins a record and where its message stands, and `split`, which reads one record in full. The
 * engine (log.c) does the rest: blocks, threads, line numbers, counts, which records are worth
 * splitting (log_keys.c), classification, order.
 *
 * A record is its first line with all lines behind it that begin none.
 */
#ifndef TL_PARSE_LOG_H
#define TL_PARSE_LOG_H

#include "parse/reader.h"

enum {
    LOG_RECORD_MAX = 256 * 1024, /* bytes of a record that `split` is given */
    LOG_PAD = 64,                /* bytes behind a line's end that may be loaded, never used */
    LOG_FIELDS_MAX = 16
};

enum log_line {
    LOG_MORE,   /* goes on with the record before it */
    LOG_ASIDE,  /* the same, with a head of its own: DETAIL, HINT, STATEMENT … */
    LOG_RECORD, /* begins a record */
    LOG_BROKEN  /* begins one that cannot be read (a damaged or cut line): counted as odd */
};

/* Where things are in a line that begins a record: places in the line itself. */
struct log_look {
    const char *stamp;   /* first byte of its time; NULL: it has none */
    uint32_t stamp_n;    /* bytes of it, without the zone: the same for all lines of a kind */
    const char *zone;    /* stamps are in the order of their bytes among records of equal zone */
    uint32_t zone_n;     /* text (syslog: "Feb 11"); 0: no zone */
    const char *message; /* first byte of the message, as written: maybe escaped */
};

/* A record, read. Views live as long as the event (r->scratch), or in the text given. */
struct log_record {
    bool stamped; /* false: no time (then what wraps the log may have one) */
    struct tl_stamp stamp;
    struct tl_instant when; /* alternative to stamp where the time needs no zone; at NONE: unset */
    bool dateless; /* neither: all it says is `clock`, the time of day in UTC, to a second */
    tl_time clock;
    struct tl_str message; /* whole, unescaped; lines joined by LF, PostgreSQL's tab taken away */
    struct tl_str host;    /* of syslog, or of a wrapper: who wrote it; empty: not said */
    struct tl_field fields[LOG_FIELDS_MAX]; /* level, pid, user, database, client, … */
    size_t nfields;
};

struct log_lens;
struct log_block;

struct log_dialect {
    const char *name;     /* of its format: "pg-stderr" */
    struct tl_str source; /* the `source` of its rules: "pg", "mysql" */
    /*
     * Looks at one line [p, end), its line end taken off, LOG_PAD bytes behind `end` readable. Pure
     * and fast (some ns): called for every line, from any thread. `state` is what `learn` made;
     * it is not changed any more once lines are looked at. LOG_RECORD: *out is filled.
     */
    enum log_line (*look)(const void *state, const char *p, const char *end, struct log_look *out);
    /*
     * Looks through a block of whole lines at once, to the same end as `look` would line by line
     * (log_blocks.h has what it needs). NULL: line by line. False: not this input, or not on this
     * processor; nothing has been done.
     */
    bool (*scan)(const struct log_lens *lens, struct log_block *b);
    /*
     * Reads one record: its first line and those that belong to it, with their line ends. False: it
     * cannot be read; *why says so in a clause ("no time in it"). Must find the message where
     * `look` found it.
     */
    bool (*split)(struct tl_reader *r, const void *state, struct tl_str text,
                  struct log_record *out, const char **why);
    /*
     * What this dialect has to know of the input before its lines can be looked at: learnt from its
     * head and r->in.hints. In r->arena. NULL with no error: nothing needs to be known.
     */
    enum tl_status (*learn)(struct tl_reader *r, struct tl_str head, void **state,
                            struct tl_error *err);
};

extern const struct log_dialect pg_stderr, pg_csv, pg_json, mysql_error;

/* Adds a text field when value is not empty, a number when it is known. Full: left out. */
void log_text(struct log_record *rec, struct tl_str name, struct tl_str value);
void log_number(struct log_record *rec, struct tl_str name, int64_t value);

/*
 * The engine as a struct tl_format needs it: `log_open` with the dialect, then as next, finish and
 * close of the format. r->state belongs to it.
 */
enum tl_status log_open(struct tl_reader *r, const struct log_dialect *d, struct tl_error *err);
enum tl_status log_next(struct tl_reader *r, struct tl_event *ev, bool *got, struct tl_error *err);
enum tl_status log_finish(struct tl_reader *r, struct tl_error *err);
void log_close(struct tl_reader *r);

/* One record that a wrapper (CloudWatch Logs) took out of its own bytes. */
struct log_text {
    const struct log_dialect *dialect;
    const void *state;       /* what the dialect learnt */
    struct tl_str text;      /* the record; LOG_PAD bytes behind it are not needed */
    struct tl_instant outer; /* the wrapper's time, for records without one of their own; or NONE */
    const tl_time *near; /* a moment within 12 hours of a record that is dateless; NULL: outer */
    uint32_t line;
};
/*
 * Reads, classifies and counts it (source.records). *known: a rule knows it and *ev is filled
 * (when, line, who, message, fields, class …; channel_id is the caller's). False after reader_odd:
 * it could not be read.
 */
bool log_event(struct tl_reader *r, const struct log_text *t, struct tl_event *ev, bool *known);

/*
 * What the name of a log says of its server, as hints (`from` "name"): a path component
 * "<instance>/error/postgresql.log…", "<instance>/…" of a CloudWatch export, and so on. log_who.c.
 */
void log_name_hints(struct tl_reader *r);
/* Whose log it is, into ev->who: --as, then the wrapper's stream, then the file's name. */
void log_who(struct tl_reader *r, struct tl_str stream, struct tl_event *ev);

/* ---- log_keys.c: which messages are worth a look ---- */

struct log_keys;

/*
 * What every message must begin with that a rule of this source knows. The catalogue owns it and
 * makes it once: it is valid until rules are added. Without a catalogue (NULL) there is nothing to
 * know. NULL: out of memory.
 */
const struct log_keys *log_keys_of(struct tl_catalogue *c, struct tl_str source);
/*
 * Whether a message that begins at p may be known to a rule; LOG_PAD bytes behind `end` are
 * readable. Never false for one that is; escapes, odd blanks and bytes beyond ASCII are a maybe.
 */
bool log_keys_may(const struct log_keys *k, const char *p, const char *end);

#endif
