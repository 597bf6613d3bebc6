/*
 * probe.h - private to parse/: what a line of a probe loop's output says.
 *
 * The tables of literals live in probe_text.c, the shapes of lines in probe_line.c, the loop
 * itself in probe.c. Views returned here point into the line that was given.
 */
#ifndef TL_PARSE_PROBE_H
#define TL_PARSE_PROBE_H

#include "core/model.h"
#include "core/zone.h"

/* ---- texts (probe_text.c) ---- */

/* What the text of an attempt tells of it. */
enum probe_sort {
    SAYS_NOTHING, /* empty: silent loops print only failures */
    SAYS_VERSION,
    SAYS_OK,     /* "succeeded!", "OK", "INSERT 0 1" */
    SAYS_VALUE,  /* something that reads like no error: a row of values */
    SAYS_FAILED, /* a failure whose kind is known */
    SAYS_ERROR   /* an error that no row knows */
};
struct probe_said {
    enum probe_sort sort;
    enum tl_failure failure; /* TL_FAILURE_OK unless FAILED or ERROR */
    struct tl_str version;
    bool exact; /* a version of three parts or more: it cannot be a plain number */
    bool write; /* the attempt writes: "read-only transaction", "INSERT 0 1" */
};
struct probe_said probe_read_text(struct tl_str text);

bool probe_is_failure(struct probe_said s);

/* A line that stands for lines left out: "...", "(omitted)", "～中略～", "[... 12 lines ...]". */
bool probe_is_elision(struct tl_str line);
/* What clients print around a result: "(1 row)", "Time: 1.2 ms". */
bool probe_is_decoration(struct tl_str line);
/* "-----+----": the line between a header and its rows. */
bool probe_is_rule(struct tl_str line);
/* A prompt with a command, or a line of a loop's source. */
bool probe_is_source(struct tl_str line);
/* A line that clients print below an error: indented, "Is the server running …", "HINT: …". */
bool probe_is_continuation(struct tl_str line);
/* The text behind a stamp is one of a server's or an application's own log. */
bool probe_is_server_log(struct tl_str text);

/* The host name that the text speaks of; an address is none. */
bool probe_find_host(struct tl_str text, struct tl_str *host);
/* How long a loop waits between attempts, from a line of its source. */
bool probe_find_sleep(struct tl_str line, int64_t *us);
/* Appends a duration as seconds without needless zeros: "0.5". */
void probe_print_seconds(struct tl_buf *b, int64_t us);

/* ---- lines (probe_line.c) ---- */

enum probe_kind {
    LINE_BLANK,
    LINE_ELISION,
    LINE_RULE,
    LINE_DECORATION,
    LINE_SOURCE,
    LINE_STAMP, /* a time, then what the attempt said */
    LINE_OPEN,  /* a time, then "Opening a connection": an attempt begins */
    LINE_QUERY, /* a time, then "Starting a query" */
    LINE_ROW,   /* a row that was inserted: an id and a time */
    LINE_TEXT
};
struct probe_line {
    enum probe_kind kind;
    struct tl_stamp stamp;
    struct tl_str text; /* behind the stamp, or the whole line */
    int64_t row_id;     /* of LINE_ROW; TL_UNKNOWN: none */
    bool labelled;      /* the stamp stands behind a label */
};
/* What a line may be besides: a stamp behind a few words ("try 12: 2026-04-11 …"), an inserted row.
 */
enum { PROBE_LABELS = 1, PROBE_ROWS = 2 };
void probe_read_line(struct tl_str line, struct tl_zones *zones, unsigned shapes,
                     struct probe_line *out);

/* ---- what the head of an input tells (probe_sniff.c) ---- */

struct probe_survey {
    size_t lines; /* neither blank nor decoration */
    size_t stamped, labelled, steps, rows;
    size_t strong;     /* stamped, and the text is that of a probe */
    size_t repeated;   /* stamped, and the text is that of the attempt before */
    size_t silent;     /* stamped, and nothing follows */
    size_t loud;       /* stamped, and a result follows */
    size_t errors;     /* errors without a stamp */
    size_t newest;     /* stamped errors of no known kind, each unlike the one before */
    size_t server_log; /* stamped, and the text is a server's */
    size_t statuses;   /* stamped, and the text is a state of a resource */
    size_t strange;    /* stamped, and the text says nothing */
    size_t stray;      /* prose without a stamp */
};
/* Most lines are inserted rows, each with its time. */
bool probe_is_rows(const struct probe_survey *s);
void probe_look(struct tl_str head, struct tl_zones *zones, struct probe_survey *out);

/* The states a status loop prints ("upgrading"): probe and status-loop tell each other apart. */
bool status_is_word(struct tl_str word);

#endif
