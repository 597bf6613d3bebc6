/*
 * render.h - the door of render/: a report in, documents and charts out.
 *
 * Renderers append to a buffer and escape once, in the writer of the format. A long document leaves
 * the buffer piece by piece where a sink is given. gnuplot is started by tl_chart_write with an
 * argument vector, data by file.
 */
#ifndef TL_RENDER_RENDER_H
#define TL_RENDER_RENDER_H

#include "core/model.h"
#include "core/zone.h"

/* Takes the pieces of a document, in order. Whatever it returns but TL_OK ends the rendering, which
 * then returns the same; the sink itself knows why. */
struct tl_render_sink {
    enum tl_status (*take)(void *ctx, struct tl_str piece);
    void *ctx;
};

struct tl_render_options {
    const struct tl_zone *tz;          /* for display; not NULL */
    unsigned width;                    /* columns of text; 0: 120 */
    bool color;                        /* ANSI colours in text */
    bool utf8;                         /* text may use more than ASCII for its rules */
    const struct tl_render_sink *sink; /* NULL: the whole document stays in the buffer */
};

/* A format of `report`; `write` may set out->failed. What a sink has not taken is in the buffer at
 * the end: of a document that is shorter than a piece (256 KiB), all of it. Ordered by name,
 * NULL-ended. */
struct tl_renderer {
    const char *name, *help;
    enum tl_status (*write)(const struct tl_report *r, const struct tl_render_options *o,
                            struct tl_buf *out, struct tl_error *err);
};
extern const struct tl_renderer *const tl_renderers[];
const struct tl_renderer *tl_renderer_find(struct tl_str name); /* NULL: none */

/*
 * How the time of event n (from 1) is known: the row, its interval, and each step that narrowed it
 * with the place of its evidence. TL_EUSAGE: the report has no such event.
 */
enum tl_status tl_why_write(const struct tl_report *r, uint64_t n,
                            const struct tl_render_options *o, struct tl_buf *out,
                            struct tl_error *err);

/* The stream of `events`. A line (or row) per event and, in NDJSON, per source; n counts from 1. */
struct tl_event_writer {
    const char *name; /* "ndjson", "csv", "text" */
    void (*head)(const struct tl_render_options *o, struct tl_buf *out); /* may be NULL */
    void (*event)(const struct tl_event *ev, struct tl_str input, uint64_t n,
                  const struct tl_render_options *o, struct tl_buf *out);
    void (*source)(const struct tl_source *s, struct tl_buf *out); /* may be NULL */
};
extern const struct tl_event_writer *const tl_event_writers[];
const struct tl_event_writer *tl_event_writer_find(struct tl_str name);

/*
 * Makes the timeline chart in `folder` (made if missing): timeline.gp, timeline*.dat, timeline.svg,
 * timeline.png. gnuplot: path or name of the program. When it is missing or fails, the .gp and .dat
 * files are there, TL_EINPUT is returned with one sentence, and nothing else is harmed.
 */
enum tl_status tl_chart_write(const struct tl_report *r, const struct tl_render_options *o,
                              struct tl_str folder, struct tl_str gnuplot, struct tl_error *err);

#endif
