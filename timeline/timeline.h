/*
 * timeline.h - the door of timeline/: events to a report. Pure: no I/O, no clock.
 *
 * A builder is fed input by input: the events of an input in the order of its lines, then its
 * source. Inputs may come in any order. The result depends on what was fed, never on the order of
 * the inputs, and two inputs with the same bytes count once.
 */
#ifndef TL_TIMELINE_TIMELINE_H
#define TL_TIMELINE_TIMELINE_H

#include "core/model.h"

struct tl_build_options {
    tl_time window_from, window_to; /* --window: what is reconstructed; TL_TIME_NONE: open */
    tl_time since, until;           /* rows shown, after reconstruction; TL_TIME_NONE: open */
    int64_t since_ago_us,
        until_ago_us; /* -2h: counted back from the newest evidence; TL_UNKNOWN: none */
    struct tl_str rules_sha256;
    bool align; /* --align: brings clocks that are proved to be off onto the others */
    const struct tl_assume_rule *rules; /* what the rules say of durations */
    size_t nrules;
    bool assume_some; /* --assume: only the names of this list; else all */
    const struct tl_str *assume;
    size_t nassume;
    bool why; /* keep the chains of evidence: tl_report.why */
};
#define TL_BUILD_OPTIONS_NONE                                                                      \
    ((struct tl_build_options){.window_from = TL_TIME_NONE,                                        \
                               .window_to = TL_TIME_NONE,                                          \
                               .since = TL_TIME_NONE,                                              \
                               .until = TL_TIME_NONE,                                              \
                               .since_ago_us = TL_UNKNOWN,                                         \
                               .until_ago_us = TL_UNKNOWN})

struct tl_builder;

/* The arena owns everything, the builder and the report too; it must outlive both. NULL: no room.
 */
struct tl_builder *tl_builder_new(struct tl_arena *arena, const struct tl_build_options *o);

/* One event of the input whose source comes next (ev->input empty), or of the input named so.
 * Copies what it keeps. Of probe attempts only what changes is kept. */
enum tl_status tl_builder_event(struct tl_builder *b, const struct tl_event *ev,
                                struct tl_error *err);
/* The end of an input: its facts, sha256 and bytes included. Copies. */
enum tl_status tl_builder_source(struct tl_builder *b, const struct tl_source *src,
                                 struct tl_error *err);
/* Reconstructs. The builder is spent afterwards. */
enum tl_status tl_builder_finish(struct tl_builder *b, struct tl_report **out,
                                 struct tl_error *err);

#endif
