/*
 * probe_loop.h - private to parse/: the state of a probe log that is being read.
 *
 * Attempts go through a ring: the last one is open until the next time stands in the log; silent
 * ones before it are held back a while, because a loop that works in the background prints an
 * attempt's error after later attempts have begun.
 */
#ifndef TL_PARSE_PROBE_LOOP_H
#define TL_PARSE_PROBE_LOOP_H

#include "parse/probe.h"
#include "parse/reader.h"

enum { RING = 64, MAX_UNITS = 32, HOST_MAX = 254 };

enum probe_step { STEP_NONE, STEP_OPENING, STEP_QUERYING };

struct slot {
    struct tl_instant when;
    tl_time start, end, stamp;
    int64_t res_us, row_id;
    uint32_t line;
    enum probe_step step;
    enum tl_failure failure;
    enum tl_access access;
    bool stamp_end, after_gap;
    bool is_inline; /* its stamp's own line says how it went */
    bool decided;   /* something said how it went */
    bool failed, result, write, weak, exact;
    size_t version_at, version_n; /* in text */
    struct tl_buf text;           /* kept from use to use */
};

/* Errors of one attempt in the order of the log; each process of a client is one unit. */
struct unit {
    size_t from; /* in the attempt's text */
    enum tl_failure failure;
    bool process; /* a client that did not get its connection */
};

struct rows { /* inserted rows: how far apart they are, and the widest gaps */
    tl_time last_at;
    int64_t last_id;
    size_t n, nsample, nwide;
    int64_t sample[1024];
    struct wide {
        tl_time from, to;
        int64_t id_from, id_to;
    } wide[32];
};

enum tristate { UNKNOWN, YES, NO };

struct loop {
    struct slot slots[RING];
    unsigned head, count, ready;
    bool open; /* the last slot is still being written */
    struct unit units[MAX_UNITS];
    size_t nunits;

    unsigned shapes; /* PROBE_LABELS, PROBE_ROWS */
    bool loud, stamp_end, steps, http;
    bool ended, whole_line, dead, any_stamp;
    bool header;           /* a rule was seen: what comes next replaces the header above it */
    bool timeless;         /* the line above was an error that has no time of its own */
    bool last_failed;      /* the attempt before the open one */
    bool gap;              /* an elision since the last stamp */
    enum tl_access access; /* what the loop has been seen to do */
    enum tristate short_versions;
    char short_version[16];
    tl_time last_at;
    tl_time next_at; /* of the stamp that closes the open attempt, or TL_TIME_NONE */
    int64_t day_us;  /* times of day: days since date= */

    struct tl_buf cache; /* the inline text read last, and what it said */
    struct probe_said cache_said;
    size_t cache_version_at;

    char host[HOST_MAX]; /* the host hinted last */
    size_t host_n;
    struct tl_buf orphan; /* stamp=end: lines that wait for their stamp */
    struct rows *rows;
    struct tl_attempt attempt;
    struct tl_field field;
};

/* ---- attempts (probe_attempt.c) ---- */

enum close_why { CLOSED_BY_STAMP, CLOSED_BY_ELISION, CLOSED_BY_END };

struct slot *loop_current(struct loop *l); /* NULL when none is open */
/* A new open attempt at `when`; the one before must be closed. */
struct slot *loop_push(struct loop *l, const struct tl_instant *when, int64_t res_us,
                       uint32_t line);
void loop_close(struct tl_reader *r, struct loop *l, enum close_why why);
/* What stands behind the stamp, on its line. */
void slot_inline(struct loop *l, struct slot *c, struct tl_str text);
/* A line below the stamp. */
void slot_line(struct tl_reader *r, struct loop *l, struct slot *c, struct tl_str line, uint32_t n);
/* Joined to what is there by a newline; false when the limit of a message cut it. */
bool slot_add_text(struct slot *c, struct tl_str text);
void slot_say(struct slot *c, struct tl_str text, const struct probe_said *said);
/* Takes the oldest ready attempt out of the ring and makes it an event. */
void loop_emit(struct tl_reader *r, struct loop *l, struct tl_event *ev);

/* ---- rows (probe_rows.c) ---- */

enum tl_status rows_add(struct tl_reader *r, struct loop *l, tl_time at, int64_t id,
                        struct tl_error *err);
void rows_finish(struct tl_reader *r, const struct rows *rows);
/* Blind time: from and to are floored to milliseconds, as the attempts beside it are. */
void reader_gap(struct tl_reader *r, tl_time from, tl_time to);

#endif
