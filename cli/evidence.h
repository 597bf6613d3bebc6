/*
 * evidence.h - the inputs of a command, one behind the other: walked, opened, read, hashed.
 *
 * Whatever cannot be read is said as it comes and makes the session incomplete; the rest goes on.
 */
#ifndef TL_CLI_EVIDENCE_H
#define TL_CLI_EVIDENCE_H

#include "cli/session.h"
#include "ingest/ingest.h"

struct evidence {
    struct session *s;
    bool silent;                    /* says nothing and counts nothing: a first pass */
    void (*before_read)(void *ctx); /* called before bytes are waited for; may be NULL */
    void *ctx;

    struct tl_str name; /* of the current input */
    bool from_folder;
    struct tl_reader *reader;

    struct tl_walk *walk;
    size_t operand; /* the one that is walked, or comes next */
    struct tl_stream bytes;
    unsigned failures;     /* of the current reader */
    uint64_t read, events; /* bytes unpacked and events of all inputs, for the progress line */
};

void evidence_open(struct evidence *e, struct session *s);
/* Goes to the next input. *got = false: there is none, or a signal has asked to stop. */
enum tl_status evidence_next(struct evidence *e, bool *got, struct tl_error *err);
/* The next item of the current input, as tl_reader_next; a source has its bytes and SHA-256. */
enum tl_status evidence_item(struct evidence *e, enum tl_item *item, struct tl_event *ev,
                             struct tl_source **src, struct tl_error *err);
void evidence_close(struct evidence *e);

#endif
