/*
 * reader.h - private to parse/: what the formats share.
 *
 * A format decides three things only: where a record starts, its time, its text (and the ids that
 * stand with it). Counting, classification, zones and limits are shared (reader.c).
 */
#ifndef TL_PARSE_READER_H
#define TL_PARSE_READER_H

#include "core/names.h"
#include "parse/feed.h"
#include "parse/parse.h"

enum { HEAD_SIZE = 64 * 1024, MAX_FIELDS = 24, MAX_MESSAGE = 64 * 1024 };

struct tl_format {
    const char *name; /* CONTRACT, "Input formats" */
    /*
     * How sure the head of an input makes us that it is of this format: 0 no .. 100 certain.
     * Appends to `why` one short clause when > 0 ("an array of objects with SourceIdentifier").
     */
    int (*sniff)(struct tl_reader *r, struct tl_str head, struct tl_buf *why);
    int surest; /* the most that sniff ever says; 0: 100. One that cannot win is not asked. */
    enum tl_status (*open)(struct tl_reader *r, struct tl_error *err); /* may be NULL */
    /*
     * Takes the next record off r->feed. *got = false: the end. Fills *ev (zeroed before the call):
     * when, line, block, who, message, channel, channel_id, attempt, carried id in ev->event_id,
     * fields of its own. ev->cls empty: the shared code classifies ev->message by
     * ev->who.source_type. Odd data: reader_odd and go on; only memory and the stream fail.
     */
    enum tl_status (*next)(struct tl_reader *r, struct tl_event *ev, bool *got,
                           struct tl_error *err);
    /* The end was reached: last words to r->source (claims, gaps, hints). May be NULL. */
    enum tl_status (*finish)(struct tl_reader *r, struct tl_error *err);
    void (*close)(struct tl_reader *r); /* frees what is not in the arena; may be NULL */
};

struct tl_reader {
    struct tl_input in;
    const struct tl_format *format;
    struct feed feed;
    struct tl_source source;
    struct tl_arena arena;   /* lives as long as the reader: state, hints, odd samples */
    struct tl_arena scratch; /* emptied before every `next`: texts and fields of one event */
    struct tl_buf why, text;
    struct tl_match match;
    struct tl_attempt attempt; /* the current one, its times floored to milliseconds */
    void *state;               /* the format's own */
    struct tl_source
        *pass_source;    /* set by `next` with *got = true: hand this SOURCE out instead */
    bool passes_through; /* set by a format's open: events and sources are handed on as they are */
    bool counts_records; /* set by a format's open: it counts source.records itself */
    bool unlike;         /* --as named the format, and nothing at the beginning looks like it */
    bool source_given, finished, failed;
};

/* All formats, most specific first; NULL-ended. A new format is a file and a line in formats.c. */
extern const struct tl_format *const formats[];
const struct tl_format *format_find(struct tl_str name);
const struct tl_format *format_detect(struct tl_reader *r, struct tl_str head);

/* Counts one odd record at `line` and keeps the sentence among the samples. */
__attribute__((format(printf, 3, 4))) void reader_odd(struct tl_reader *r, uint32_t line,
                                                      const char *fmt, ...);
/* Remembers a hint once per (key, value, from, block); copies the texts. */
void reader_hint(struct tl_reader *r, struct tl_str key, struct tl_str value, struct tl_str from,
                 uint32_t block);
/*
 * The instant of a stamp under the input's zones, or false after reader_odd has said why (an
 * ambiguous abbreviation without tz=; a time of day without date=). Notes an assumed zone in
 * r->source. zone: the document's or header's own zone, or NULL; a zone in the stamp wins over it,
 * --as tz= / --input-tz stands behind it, UTC (assumed) last.
 */
bool reader_instant(struct tl_reader *r, const struct tl_stamp *s, const struct tl_zone *zone,
                    uint32_t line, struct tl_instant *out);
/* The same for a time that is not a record's own: false says nothing and counts nothing. */
bool reader_side_instant(struct tl_reader *r, const struct tl_stamp *s, struct tl_instant *out);

/* Counts the time of a record that gives no event: `first`, `last` and `precision_ms`. */
void reader_note_time(struct tl_reader *r, struct tl_instant when);

/* An arena copy that lives as long as the current event; .p is NULL when out of memory. */
struct tl_str reader_keep(struct tl_reader *r, struct tl_str s);

/* Fills ev->who from hints, e.g. region= and account= of --as, where the record left them open. */
void reader_defaults(struct tl_reader *r, struct tl_event *ev);

#endif
