/*
 * parse.h - the door of parse/: bytes to records, records to classified events.
 *
 * Other folders include this header and core/ only. PCRE2, cJSON and expat do not show through.
 */
#ifndef TL_PARSE_PARSE_H
#define TL_PARSE_PARSE_H

#include "core/model.h"
#include "core/stream.h"
#include "core/zone.h"

/* ---- the catalogue of rules ---- */

struct tl_catalogue; /* compiled rules; classifying changes its scratch memory: one thread each */

/*
 * Compiles catalogue text (CONTRACT, "Rule files"). `name` stands in error messages. Call
 * tl_catalogue_add again for further files (their rules are tried first, the last added first).
 * On failure err says name, line and what to do; *out is NULL. Text may be freed afterwards.
 */
enum tl_status tl_catalogue_load(struct tl_str name, struct tl_str text, struct tl_catalogue **out,
                                 struct tl_error *err);
enum tl_status tl_catalogue_add(struct tl_catalogue *c, struct tl_str name, struct tl_str text,
                                struct tl_error *err);
/*
 * The same for rules that were checked when the program was built (parse/builtin.h): a pattern is
 * compiled when it is first tried. *c NULL: it is made.
 */
enum tl_status tl_catalogue_add_known(struct tl_catalogue **c, struct tl_str name,
                                      struct tl_str text, struct tl_error *err);
void tl_catalogue_free(struct tl_catalogue *c); /* NULL is allowed */

/* Checks all rules on their samples as the CONTRACT says. Every violation is a line appended to
 * `report` ("FILE:LINE: what"); TL_ERULE when there was one. */
enum tl_status tl_catalogue_check(struct tl_catalogue *c, struct tl_buf *report,
                                  struct tl_error *err);

/* What the rules say of durations, each once, sorted; the texts belong to the catalogue. */
enum tl_status tl_catalogue_assumes(const struct tl_catalogue *c, struct tl_arena *arena,
                                    struct tl_assume_rule **out, size_t *n, struct tl_error *err);

struct tl_match {
    struct tl_str cls; /* "unclassified" when nothing matched */
    enum tl_severity severity;
    enum tl_phase phase;
    enum tl_edge edge;
    struct tl_str event_id; /* empty unless exactly one id remains, or one was carried */
    bool id_contradicts;    /* the carried id belongs to another text: the text won */
    bool by_id;             /* the text matched nothing; the carried id gave the class */
    bool gave_up;           /* a rule hit PCRE2's match limit on this text */
    bool starved;           /* there was no memory for the answer: it may be wrong */
    struct tl_str doc, near;
    const struct tl_field *fields; /* valid until the next call */
    size_t nfields;
    struct tl_str rule_name; /* "FILE:LINE" of the rule */
};
/*
 * Classifies one message. source_type: describe-events spelling, "cloudtrail", "status", …; empty:
 * not known, then any rule may match. carried_id: "RDS-EVENT-0173" or empty. Always answers.
 */
void tl_classify(struct tl_catalogue *c, struct tl_str source_type, struct tl_str text,
                 struct tl_str carried_id, struct tl_match *out);

/* Text of `rules list`, `rules show CLASS`, `rules explain TEXT`. TL_EUSAGE: no such class. */
void tl_catalogue_list(const struct tl_catalogue *c, struct tl_buf *out);
enum tl_status tl_catalogue_show(const struct tl_catalogue *c, struct tl_str cls,
                                 struct tl_buf *out, struct tl_error *err);
void tl_catalogue_explain(struct tl_catalogue *c, struct tl_str text, struct tl_buf *out);

/* ---- reading an input ---- */

enum tl_stamp_side { TL_STAMP_START, TL_STAMP_END };

/* What --as and the options say of an input. Empty, NULL and TL_UNKNOWN: not given. */
struct tl_hints {
    struct tl_str format; /* empty or "auto": detect */
    bool forced;          /* the format is not to be doubted (--as on a file) */
    struct tl_str region, cluster, instance, endpoint, account;
    const struct tl_zone *tz;       /* tz=, else --input-tz; NULL: none given */
    const struct tl_zone *input_tz; /* --input-tz alone; NULL: none given */
    int64_t sleep_us;               /* sleep= */
    bool stamp_given;
    enum tl_stamp_side stamp;
    tl_time date;                  /* date=: midnight of that day, wall clock */
    int64_t year;                  /* year= */
    struct tl_str log_line_prefix; /* --log-line-prefix; empty: learnt from the input */
};
#define TL_HINTS_NONE                                                                              \
    ((struct tl_hints){.sleep_us = TL_UNKNOWN, .date = TL_TIME_NONE, .year = TL_UNKNOWN})

/*
 * Parses "FORMAT[,key=value...]" into *out (views into `text`, which must live on). Unknown
 * format, key, zone or value: TL_EUSAGE with a sentence that lists what there is.
 */
enum tl_status tl_hints_read(struct tl_str text, struct tl_zones *zones, struct tl_hints *out,
                             struct tl_error *err);

/* TL_EUSAGE with a sentence when `prefix` is no log_line_prefix of PostgreSQL. */
enum tl_status tl_log_line_prefix_check(struct tl_str prefix, struct tl_error *err);

struct tl_input { /* what a reader is opened on; everything is borrowed until tl_reader_close */
    struct tl_str name; /* as it stands in output */
    struct tl_stream stream;
    struct tl_hints hints;
    struct tl_catalogue *catalogue;
    struct tl_zones *zones;
    unsigned threads; /* for logs, the caller's own included; 0: one */
};

struct tl_reader;

enum tl_item { TL_ITEM_END, TL_ITEM_EVENT, TL_ITEM_SOURCE };

/* Reads the head of the stream and decides the format; an unknown one is no failure. */
enum tl_status tl_reader_open(const struct tl_input *in, struct tl_reader **out,
                              struct tl_error *err);
/*
 * The next item. EVENT: *ev is valid until the next call. SOURCE: *src is the input that the events
 * since the last SOURCE came from (one per input, at its end; a tideline-events stream has
 * several); valid until close; the caller sets sha256 and bytes of an input that it read itself
 * (src->sha256 empty). END: nothing more. A read failure of the stream is returned once, after
 * which the reader still gives its SOURCE and END: what was read counts.
 */
enum tl_status tl_reader_next(struct tl_reader *r, enum tl_item *item, struct tl_event *ev,
                              struct tl_source **src, struct tl_error *err);
void tl_reader_close(struct tl_reader *r); /* NULL is allowed */

/* The format's name ("unknown") and the sentence that says why: for `tideline detect`. */
struct tl_str tl_reader_format(const struct tl_reader *r);
struct tl_str tl_reader_why(const struct tl_reader *r);
/* It is a database log, read at the speed of the machine: hashing it would be what takes long. */
bool tl_reader_is_log(const struct tl_reader *r);

#endif
