/*
 * cwlogs.h - private to parse/: database logs in the wrappers of CloudWatch Logs and the RDS API.
 *
 *   cw_text.c     lines with a time, and maybe a stream, before those of the log: a dialect around
 *                 another dialect
 *   cw_messages.c the answers and records of CloudWatch Logs: messages, one by one
 *   cw_json.c     messages become records
 *   cw_inner.c    which dialect is inside
 *   cw_portion.c  answers of DownloadDBLogFilePortion: the log itself, in a JSON text or in XML
 *   cw_csv.c      downloads of the console
 *   fmt_cwlogs.c  the format: which of them it is
 */
#ifndef TL_PARSE_CWLOGS_H
#define TL_PARSE_CWLOGS_H

#include "parse/log.h"
#include "parse/log_who.h"

/* ---- cw_inner.c ---- */

/* The dialect that a log's own lines have most surely, and how sure (0: NULL). */
const struct log_dialect *cw_inner(struct tl_reader *r, struct tl_str head, int *sure);

/* What RDS writes to log groups of a kind; NULL: not known. For messages that do not say it. */
const struct log_dialect *cw_inner_of_kind(struct tl_str kind);

/* What CloudWatch Logs or a person can have as the time of a message; older is a placeholder. */
bool cw_plausible(const struct tl_stamp *s);

/* ---- cw_text.c ---- */

/* What stands before the log's own text in a line. Views; empty: nothing. */
struct cw_outer {
    struct tl_str stamp, group, stream;
};

struct cw_shape;

/* How the lines of a text begin. NULL: in no way that is known. */
struct cw_text {
    const struct cw_shape *shape;
    const struct log_dialect *inner;
    void *state;          /* of the inner dialect */
    int sure;             /* of its own sniffer */
    unsigned seen, lines; /* lines that begin so, of how many */
    bool first;           /* the first one does */
};
/* The shape of a text with a log in it; false: there is none. state is not learnt. */
bool cw_text_find(struct tl_reader *r, struct tl_str head, struct cw_text *out);
/* Behind what stands before the log's own text, p when nothing does. out may be NULL. */
const char *cw_text_skip(const struct cw_shape *s, const char *p, const char *end,
                         struct cw_outer *out);
/* The wrapped dialect, in r->arena, for log_open. NULL: out of memory. */
const struct log_dialect *cw_text_dialect(struct tl_reader *r, const struct cw_text *found);

/* ---- cw_json.c ---- */

struct cw_json;

/* How many messages of CloudWatch Logs a head has, and which log is in them. */
struct cw_look {
    unsigned messages;
    unsigned share; /* per cent of the head that is in their objects */
    bool answer;    /* it is an answer or record of CloudWatch Logs, if only an empty one */
    const struct log_dialect *inner;
    int sure;
};
void cw_json_look(struct tl_reader *r, struct tl_str head, struct cw_look *out);
/* Reads from r->feed. NULL: out of memory. */
struct cw_json *cw_json_open(struct tl_reader *r);
enum tl_status cw_json_next(struct cw_json *j, struct tl_event *ev, bool *got,
                            struct tl_error *err);
/* Last words to r->source. */
void cw_json_finish(struct cw_json *j);
void cw_json_close(struct cw_json *j); /* NULL is allowed */

/* ---- cw_messages.c ---- */

/* The characters of a JSON text without its quotes; an escape that is cut off is left: *used says
 * how much of s was read. `out` has room for s.n bytes. Gives what was written. */
size_t cw_unescape(struct tl_str s, char *out, size_t *used);

/* ---- cw_portion.c ---- */

/* Does a head begin an answer of DownloadDBLogFilePortion? */
bool cw_portion_starts(struct tl_str head);
/*
 * Puts a feed of the log itself in the place of r->feed, which it reads from; lines are those of
 * the log then. False: out of memory, and nothing has changed. Released by cw_portion_close.
 */
struct cw_portion;
struct cw_portion *cw_portion_open(struct tl_reader *r);
/* The last text was broken off. */
bool cw_portion_cut(const struct cw_portion *p);
void cw_portion_close(struct cw_portion *p); /* NULL is allowed */
/* The beginning of the log in a head, for sniffers: at most cap bytes into buf. */
size_t cw_portion_head(struct tl_reader *r, struct tl_str head, char *buf, size_t cap);

/* ---- cw_csv.c: the same for a CSV download of the console, which becomes lines of cw_text.c ----
 */

bool cw_csv_starts(struct tl_str head);
struct cw_csv;
struct cw_csv *cw_csv_open(struct tl_reader *r);
void cw_csv_close(struct cw_csv *c); /* NULL is allowed */
size_t cw_csv_head(struct tl_reader *r, struct tl_str head, char *buf, size_t cap);
/* The log group of its first record; empty: it has none. A view of head. */
struct tl_str cw_csv_group(struct tl_str head);

#endif
