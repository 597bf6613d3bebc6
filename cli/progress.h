/*
 * progress.h - the line on a terminal's standard error that says how far reading has come.
 *
 * There is one terminal, so there is one line: it is taken away before anything else is written
 * (out_write and cli_say see to that) and comes back later. Off a terminal, and with -q, none of
 * this does anything.
 */
#ifndef TL_CLI_PROGRESS_H
#define TL_CLI_PROGRESS_H

#include "core/str.h"

struct progress_state { /* of the input at hand */
    struct tl_str name;
    uint64_t done, size; /* bytes of the file; size UINT64_MAX: not known */
    uint64_t read;       /* bytes read of all inputs so far, unpacked */
    uint64_t events;     /* of all inputs so far */
};

/* quiet: never show anything. */
void progress_begin(bool quiet);
/* Shows the line, a few times a second at most, and not before a second has passed. */
void progress_show(const struct progress_state *p);
/* Takes the line away, if it is there. */
void progress_clear(void);

/* The line itself, at most `width` columns: "postgresql.log  1.3 of 4.0 GiB  2.1 GB/s  0:01 left 12
 * events". spent_us: since reading began. */
void progress_text(const struct progress_state *p, int64_t spent_us, unsigned width,
                   struct tl_buf *out);

#endif
