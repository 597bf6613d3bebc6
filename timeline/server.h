/*
 * server.h - private to timeline/: what a database server's own log says of when it served.
 *
 * The rows of one server, in their order, are folded into falls: each from the last moment at which
 * it served to the line that says "ready". docs/how-outages-are-bounded.md has the figures.
 */
#ifndef TL_TIMELINE_SERVER_H
#define TL_TIMELINE_SERVER_H

#include "timeline/run.h"

/* What a row of a log means to a fall. */
enum sign {
    SIGN_NONE,      /* the server was alive, no more */
    SIGN_REQUEST,   /* a shutdown was asked for: it accepted connections until here */
    SIGN_STOPPING,  /* on its way down */
    SIGN_SHUT,      /* "database system is shut down" */
    SIGN_START,     /* a new server process begins */
    SIGN_LISTENING, /* a new server process, before it says more */
    SIGN_STARTING,  /* on its way up */
    SIGN_WAS_SHUT,  /* … it finds that the one before was shut down at `down_time` */
    SIGN_WAS_CUT,   /* … it finds that it was not: it was last known up at `up_time` */
    SIGN_RECOVERY,
    SIGN_READY,
    SIGN_CRASH,   /* a process of the server died */
    SIGN_ABORT,   /* … and takes the others with it */
    SIGN_ORPHAN,  /* a session finds that the server's first process is gone */
    SIGN_REINIT,  /* all processes gone, beginning anew */
    SIGN_FAILED,  /* a start that comes to nothing, or may */
    SIGN_REFUSED, /* a connection that was not let in */
    SIGN_DROPPED, /* a session that was ended */
    SIGN_FULL     /* a connection that found no slot: the server serves */
};
enum sign row_sign(const struct tl_builder *b, uint32_t row);
/* Why a connection was refused; ERROR: for no reason of the server as a whole. */
enum tl_failure row_refusal(const struct tl_builder *b, uint32_t row);

/* One time without service, as rows (NONE: there is none). */
struct fall {
    uint32_t request, crash, shut, start, ready;
    uint32_t was;                 /* the line that says how the process before ended */
    uint32_t row, last_row;       /* the first and the last of its rows */
    struct tl_instant fail, last; /* first and last proof that it did not serve; NONE: no proof */
    struct tl_instant alive;      /* the last sign of life before it; NONE: there is none */
    bool weak;                    /* nothing but refused connections */
    bool was_down;  /* it does not begin with what ended the service: that came before the log */
    bool too_old;   /* what `was` states is no beginning (`last_known_up`) */
    bool read_only; /* it serves again, but for reading only */
    struct tl_str version_before, version_after;
    uint64_t refused[TL_NFAILURES];
};

/* A server, told apart by its resource, or, where its logs name none, by their names. */
struct server {
    struct tl_str name; /* identifier, label or what the names of its logs share */
    struct tl_str from; /* how it is known: "log", "name" */
    uint32_t res;       /* of its first row */
    uint32_t *rows;     /* ascending */
    size_t nrows;
    tl_time oldest; /* of all its logs' lines */
    struct fall *falls;
    struct tl_outage *outages; /* one for each fall */
    size_t nfalls, falls_cap;
    uint32_t *inputs;
    size_t ninputs;
};

/* Folds the rows of a server: s->falls. */
enum tl_status server_fold(struct tl_builder *b, struct server *s);
/* The latest line of any kind that the logs of s surely have before a moment; TL_TIME_NONE: none.
 */
tl_time server_line_before(const struct tl_builder *b, const struct server *s, tl_time moment);
/* What a fall comes to. */
struct tl_outage server_outage(const struct tl_builder *b, const struct server *s,
                               const struct fall *f);
/* The moment that a row states of the server's end before (`down_time`, `up_time`), as wide as its
 * text is exact. NONE: it has none. */
struct tl_instant row_stated(const struct tl_builder *b, uint32_t row);

#endif
