/*
 * gunzip.h - private to ingest/: the members of a gzip file, as bytes in and bytes out. Made twice
 * with the same promises; the Makefile takes gunzip_isal.c (ISA-L, several times as fast) where
 * that library is at hand, and gunzip_zlib.c elsewhere.
 */
#ifndef TL_INGEST_GUNZIP_H
#define TL_INGEST_GUNZIP_H

#include <stdbool.h>
#include <stddef.h>

struct gunzip;

struct gunzip_io { /* moved on by what was taken and made */
    const unsigned char *in;
    size_t in_n;
    unsigned char *out;
    size_t out_n;
};

enum gunzipped {
    GUNZIP_OK,      /* call again: with more input when gunzip_hungry, else with room */
    GUNZIP_END,     /* a member ended and its CRC and length are right; the next call begins one */
    GUNZIP_DAMAGED, /* what it made before is handed out; call no more */
    GUNZIP_ENOMEM
};

/* NULL when out of memory. Its size is fixed: below 512 KiB. */
struct gunzip *gunzip_new(void);
void gunzip_free(struct gunzip *g); /* NULL is allowed */
/*
 * Goes on as far as it likes, at least one step, with io->out_n > 0. Input is never taken beyond
 * the member's end. Header fields (FEXTRA, FNAME, FCOMMENT) are passed over, FHCRC is checked.
 * Where the input is cut within the deflate data, the last two bytes that it holds may be missing.
 */
enum gunzipped gunzip_step(struct gunzip *g, struct gunzip_io *io);
/* True when a step without input makes nothing. */
bool gunzip_hungry(const struct gunzip *g);

#endif
