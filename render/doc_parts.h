/*
 * doc_parts.h - private to render/: the chapters of a report, and the words they share.
 */
#ifndef TL_RENDER_DOC_PARTS_H
#define TL_RENDER_DOC_PARTS_H

#include "render/doc.h"
#include "render/show.h"

struct story { /* what a chapter speaks from */
    const struct tl_report *r;
    struct doc *d;
    struct tl_buf line; /* the piece being said */
};

/* ---- saying ---- */
void say(struct story *s, struct tl_str text);                       /* adds to the line */
void say_count(struct story *s, uint64_t n, const char *one);        /* "1 row", "3 rows" */
void say_para(struct story *s, enum doc_tone tone);                  /* the line is a paragraph */
void say_pair(struct story *s, const char *key, enum doc_tone tone); /* the line is a value */
void say_heading(struct story *s, unsigned level, const char *text);

/* ---- words ---- */
struct tl_str word_strategy(enum tl_strategy v); /* "Managed minor version upgrade of …" */
struct tl_str word_verdict(enum tl_verdict v);
enum doc_tone tone_verdict(enum tl_verdict v);
enum doc_tone tone_severity(enum tl_severity v);
/* A host name's first label and what it is: "db-1 (reader)"; another name as it is. */
void word_endpoint(struct tl_buf *b, struct tl_str endpoint);
/* Whose word an outage is: ", by its own log"; ", by a probe" where the list has both. */
struct tl_str word_witness(const struct tl_outage *o, const struct tl_outage *list, size_t n);
/* A label without the region that it begins with, where the region is shown beside it. */
struct tl_str word_resource(struct tl_str name, struct tl_str region);
/* "ZDP finished in 2.360 s: 6 connections preserved, 0 dropped; fast startup 1.431 s" */
void word_zdp(struct tl_buf *b, const struct tl_zdp *z);

/* ---- chapters; level is that of their headings ---- */
void doc_summary(struct story *s, const struct tl_run *run);
void doc_outages(struct story *s, const char *title, const struct tl_outage *o, size_t n,
                 unsigned level);
void doc_run_tables(struct story *s, const struct tl_run *run, unsigned level);
void doc_findings(struct story *s, const char *title, const struct tl_finding *f, size_t n,
                  unsigned level);
/* The rows `index[0..n)` (NULL: all rows); T± counts from the run's begin; run may be NULL. */
void doc_timeline(struct story *s, const char *title, const struct tl_run *run,
                  const uint32_t *index, size_t n, unsigned level);
void doc_coverage(struct story *s, unsigned level);

#endif
