/*
 * status.h - how every fallible function in this project reports failure.
 *
 * Rule: a function that can fail returns enum tl_status and takes a
 * struct tl_error * as its last argument (NULL when the caller does not care).
 * Odd *data* is not a failure: count it as a diagnostic and go on.
 */
#ifndef TL_CORE_STATUS_H
#define TL_CORE_STATUS_H

/* One row per outcome: name, process exit code, text. Add a row, nothing else. */
#define TL_STATUS_MAP(X)                                                                           \
    X(OK, 0, "success")                                                                            \
    X(EUSAGE, 2, "the command line is not valid")                                                  \
    X(EINPUT, 1, "the input cannot be read or understood")                                         \
    X(ERULE, 1, "the rule catalogue is not valid")                                                 \
    X(EAWS, 1, "AWS refused or did not answer")                                                    \
    X(ESTORE, 1, "the run database failed")                                                        \
    X(ELIMIT, 1, "a fixed limit was reached")                                                      \
    X(ENOMEM, 1, "out of memory")

enum tl_status {
#define X(name, exit_code, text) TL_##name,
    TL_STATUS_MAP(X)
#undef X
};

struct tl_error {
    enum tl_status code;
    unsigned line; /* 1-based input line the error is about; 0 = no line */
    char msg[400]; /* always NUL-terminated; no allocation on the error path */
};

/* Records code, line and message in *err (if not NULL) and returns code. */
__attribute__((format(printf, 4, 5))) enum tl_status
tl_fail(struct tl_error *err, enum tl_status code, unsigned line, const char *fmt, ...);

const char *tl_status_text(enum tl_status code); /* static string, never NULL */
int tl_status_exit(enum tl_status code);         /* documented exit code (CONTRACT) */

#endif
