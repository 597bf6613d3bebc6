/*
 * out.h - the one place that writes: results to standard output or a file, sentences to stderr.
 *
 * Every write is checked. A closed pipe is no error: what follows is dropped in silence.
 */
#ifndef TL_CLI_OUT_H
#define TL_CLI_OUT_H

#include "core/str.h"

struct out {
    int fd;
    const char *path; /* of -o; NULL: standard output */
    char *temp;       /* the file that becomes `path` at the end; owned; NULL: written directly */
    bool force;       /* path may be replaced */
    unsigned mode;    /* permissions of the file that is replaced; 0: none is */
    bool closed;      /* the reader of the pipe has gone */
    enum tl_status failed;
};

/* path: empty for standard output, else NUL-terminated. An existing file is refused without force;
 * devices and pipes are written to as they are. */
enum tl_status out_open(struct out *o, struct tl_str path, bool force, struct tl_error *err);
/* Writes all of s now. After a failure or a closed pipe further calls do nothing and say so. */
enum tl_status out_write(struct out *o, struct tl_str s, struct tl_error *err);
/* The end: the file gets its name. */
enum tl_status out_finish(struct out *o, struct tl_error *err);
void out_abandon(struct out *o); /* nothing of a file stays; may be called after out_finish */

/* "tideline: sentence" on stderr, control characters and bad UTF-8 made harmless. */
__attribute__((format(printf, 1, 2))) void cli_say(const char *fmt, ...);
/* "tideline: " and all of s, however long, its lines kept. */
void cli_say_text(struct tl_str s);

#endif
