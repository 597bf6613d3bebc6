/*
 * chart.h - private to render/: how a report becomes the timeline chart.
 *
 *   chart_plan.c   which time each panel shows
 *   chart_lanes.c  which resources get a lane, in which order
 *   chart_items.c  what is drawn on them: marks of events, bars of spans and outages
 *   chart_style.c  colours, marks and short labels by class of event
 *   chart_pack.c   where on its lane each item stands so that no label covers another
 *   chart_axis.c   tics and axis titles in the asked zone
 *   chart_page.c   title, legend, lane names, notes
 *   chart_draw.c   bars, marks and labels as rows of data
 *   chart.c        the gnuplot script, and all files of one chart
 *   chart_run.c    files on disk, and gnuplot as a process
 *
 * Everything but chart_run.c is pure. All of a chart lives in one arena. Whatever comes from
 * outside stands in .dat files only, cleaned by chart_text; the script holds numbers and fixed
 * words.
 *
 * A chart grows in one buffer of pixels: x to the right and y downwards from the upper left corner.
 * Panels are drawn in seconds (from chart.base) and in pixels below their upper edge.
 */
#ifndef TL_RENDER_CHART_H
#define TL_RENDER_CHART_H

#include "render/render.h"

enum {
    CHART_WIDTH = 1200,
    CHART_MAX_LANES = 200,
    CHART_MAX_ZOOMS = 3,
    CHART_MAX_CHARTS = 50, /* of one report */
    CHART_MAX_FILES = 3 * (CHART_MAX_ZOOMS + 2) + 1,
    CHART_ROW = 17,     /* height of a row of items on a lane, pixels */
    CHART_FADE_PX = 30, /* length of an end that is not known */
    CHART_TEXT = 11     /* size of labels, pixels */
};

/* Colours (Okabe and Ito's, which the colour-blind tell apart), their light bands, the point type
 * of gnuplot, and what the legend says. The number in the data is the row's, from 1; its band's is
 * CHART_BAND more. */
#define CHART_STYLE_MAP(X)                                                                         \
    X(UPGRADE, "#0072B2", "#D6E7F2", 7, "upgrade, patch")                                          \
    X(ZDP, "#009E73", "#CDECE2", 5, "zero-downtime patching")                                      \
    X(RESTART, "#E69F00", "#FBECCB", 11, "shutdown, restart")                                      \
    X(FAILOVER, "#CC79A7", "#F5E4ED", 9, "failover, switchover")                                   \
    X(PARAMETER, "#56B4E9", "#E0F2FC", 15, "parameter")                                            \
    X(VERSION, "#000000", "#E4E4E4", 13, "version change")                                         \
    X(FAILURE, "#000000", "#E4E4E4", 2, "failure, refusal")                                        \
    X(OTHER, "#7F7F7F", "#ECECEC", 6, "other event")                                               \
    X(OUTAGE, "#D55E00", "#F8CFA8", 5, "")                                                         \
    X(SEEN, "#000000", "#000000", 5, "")                                                           \
    X(BLIND, "#8C8C8C", "#BDBDBD", 5, "")                                                          \
    X(RUN, "#8FC1E3", "#D6E7F2", 5, "")                                                            \
    X(PHASE, "#A9B5C9", "#E3E7EF", 5, "")                                                          \
    X(RULE, "#D0D0D0", "#F2F2F2", 5, "")                                                           \
    X(ZOOM, "#B8A25A", "#FEFAEC", 5, "")                                                           \
    X(FADE1, "#FADCC1", "#FADCC1", 5, "")                                                          \
    X(FADE2, "#FBE7D5", "#FBE7D5", 5, "")                                                          \
    X(FADE3, "#FDF3EA", "#FDF3EA", 5, "")
enum chart_style {
#define X(name, colour, band, point, legend) CHART_##name,
    CHART_STYLE_MAP(X)
#undef X
        CHART_NSTYLES
};
enum { CHART_BAND = 50, CHART_MARKS = CHART_OUTAGE }; /* the styles before it are of marks */

/* How a text is written: its font, and from which point it extends to where. */
#define CHART_FONT_MAP(X) /* name, side, size, bold, colour */                                     \
    X(TITLE, "left", 16, 1, "#222222")                                                             \
    X(HEADING, "left", 12, 1, "#222222")                                                           \
    X(SUBTITLE, "left", 12, 0, "#444444")                                                          \
    X(LANE, "right", 11, 0, "#111111")                                                             \
    X(NOTE, "right", 10, 0, "#666666")                                                             \
    X(LABEL, "left", 11, 0, "#222222")                                                             \
    X(LABEL_BEFORE, "right", 11, 0, "#222222")                                                     \
    X(FIGURE, "left", 11, 1, "#8F3F00")                                                            \
    X(FIGURE_BEFORE, "right", 11, 1, "#8F3F00")                                                    \
    X(AXIS, "center", 11, 0, "#444444")                                                            \
    X(SMALL, "left", 10, 0, "#666666")
enum chart_font {
#define X(name, side, size, bold, colour) CHART_FONT_##name,
    CHART_FONT_MAP(X)
#undef X
        CHART_NFONTS
};

struct chart_lane {
    enum tl_kind kind;
    struct tl_str key, id, label, region, cluster; /* as the report has them */
    bool primary;                                  /* its region is the primary one */
    bool is_run;                                   /* the run itself, above all regions */
    bool wanted;                                   /* of a run: shown even with nothing on it */
    struct tl_str roles;                           /* "writer", or "reader → writer" */
    struct tl_str name, note;                      /* as shown: cleaned, cut to fit */
};

/* One thing to draw on a lane. Times that do not apply are TL_TIME_NONE. */
struct chart_item {
    uint32_t lane;
    enum chart_style style;
    bool mark;                      /* a point at `at`, its light bar is [from, to] */
    tl_time at;                     /* its place in the order */
    tl_time from, to;               /* light: possible */
    tl_time sure_from, sure_to;     /* solid: certain */
    tl_time seen_from, seen_to;     /* thin line: observed */
    bool open_left, open_right;     /* an end that is not known */
    const struct tl_outage *outage; /* NULL: it is none */
    struct tl_str label;            /* cleaned */
    bool coarse;                    /* not known finely enough for a zoom that it falls into */
    uint32_t count;                 /* of equal events, one after the other */
    bool inferred;                  /* a mark of what no evidence has */
};

/* Where an item stands in a panel; pixels from the panel's upper left corner. */
struct chart_place {
    uint32_t item;
    unsigned row;
    int lo, hi;    /* what it covers, label included */
    int label_x;   /* -1: there was no room for its label */
    bool before;   /* the label ends at label_x */
    bool caption;  /* only the label, of an item that stands elsewhere on the lane */
    uint32_t more; /* items that had no room and are counted in its label */
};

struct chart_tic {
    tl_time at;
    char text[24];
};

struct chart_panel {
    const char *name; /* of its files: "overview", "zoom1" */
    tl_time from, to; /* from < to */
    bool zoom;
    uint32_t *lanes; /* in order */
    int *lane_y;     /* their upper edges */
    int *lane_h;
    unsigned *lane_rows; /* rows of items that they have */
    bool *lane_head;     /* the region's name stands above it */
    size_t nlanes;
    struct chart_place *places; /* by lane */
    size_t nplaces;
    uint64_t unlabelled; /* items whose label had no room */
    int top, height;     /* on the page; of the plot area */
    struct chart_tic *tics;
    size_t ntics;
    struct tl_str axis; /* its title */
    int64_t tic_us;
};

/* Which part of the report one chart shows. */
struct chart_scope {
    size_t run, nruns; /* runs [run, run + nruns) */
};

struct chart {
    const struct tl_report *r;
    const struct tl_render_options *o;
    struct tl_arena *arena;
    struct chart_scope scope;
    struct tl_str stem;    /* of the file names: "timeline" */
    enum tl_status failed; /* sticky: no room */
    tl_time from, to;      /* the overview's; TL_TIME_NONE: there is nothing to draw */
    tl_time base;          /* where x is 0 */
    struct chart_lane *lanes;
    size_t nlanes, lanes_cap;
    struct chart_item *items;
    size_t nitems, items_cap;
    uint64_t outside;  /* rows and outages outside the window */
    uint64_t laneless; /* rows of resources beyond CHART_MAX_LANES */
    uint64_t zooms_left_out;
    struct chart_panel panels[CHART_MAX_ZOOMS + 1]; /* the overview first */
    size_t npanels;
    bool used[CHART_NSTYLES];
    int left, inner; /* x and width of the plot areas on the page */
    int height;      /* of the page */
};

struct chart_file {
    struct tl_buf name, text;
};
struct chart_files {
    struct chart_file list[CHART_MAX_FILES]; /* the script first */
    size_t n;
};

/* ---- chart_text.c ---- */

/* Width in pixels at a font size, as the widest of the usual fonts (DejaVu Sans) has it. */
int chart_text_px(struct tl_str s, int size, bool bold);
/* A copy that cannot act: one line, no control, bidi or format character, no quote or backslash,
 * no entity; cut to max_px with "…", at its end or (middle) inside. Sets c->failed. */
struct tl_str chart_text(struct chart *c, struct tl_str s, int size, int max_px, bool middle);
/* A copy of the buffer in the arena; frees the buffer. Sets c->failed. */
struct tl_str chart_keep(struct chart *c, struct tl_buf *b);
void *chart_alloc(struct chart *c,
                  size_t size); /* NULL, with c->failed set, when there is no room */
/* What an outage lasted, in the figures of show_outage but shorter: "21.3 s (14.8 to 22.6)". */
void chart_outage_print(struct tl_buf *b, const struct tl_outage *o);
bool chart_before(struct tl_str a, struct tl_str b); /* natural order: "i-2" before "i-10" */

/* ---- chart_style.c ---- */

enum chart_style chart_style_of(const struct tl_event *ev);
/* The event in a few words, uncleaned: "shutdown", "ZDP finished, 2360 ms, 6 kept, 0 dropped". */
void chart_label_print(struct tl_buf *b, const struct tl_event *ev);

/* ---- the stages, in this order; each leaves c->failed set when there is no room ---- */

/* True for a time that can be drawn: known, and of the years 1 to 9999. */
bool chart_known(tl_time t);
void chart_window(struct chart *c); /* from, to, base */
bool chart_row_shown(const struct chart *c, const struct tl_row *row);
bool chart_outage_shown(const struct chart *c, const struct tl_outage *o);
/* Where it stands: a probe's on the lane of its endpoint, by a server's own log on the server's. */
enum tl_kind chart_outage_kind(const struct tl_outage *o);
/* The earliest and latest moment that an outage speaks of; false: none is known. */
bool chart_outage_range(const struct tl_outage *o, tl_time *from, tl_time *to);
void chart_lanes(struct chart *c);
uint32_t chart_lane_of(const struct chart *c, const struct tl_row *row);
/* Of a phase, an attempt of ZDP, an outage; TL_NO_INDEX: none. */
uint32_t chart_lane_named(const struct chart *c, struct tl_str name, struct tl_str region,
                          enum tl_kind kind);
void chart_items(struct chart *c);
void chart_panels(struct chart *c); /* after chart_items: which zooms there are */
void chart_pack(struct chart *c, struct chart_panel *p);
void chart_axis(struct chart *c, struct chart_panel *p);
/* Pixels from the panel's left edge; not clipped. And back. */
int chart_px(const struct chart *c, const struct chart_panel *p, tl_time t);
tl_time chart_time_at(const struct chart *c, const struct chart_panel *p, int px);
/* "15:21:29", as fine as the panel's tics. */
void chart_clock_print(const struct chart *c, const struct chart_panel *p, tl_time t,
                       struct tl_buf *b);

/* ---- data ---- */

struct chart_data { /* the data of one panel, or of the page */
    struct tl_buf bars, marks, text;
    bool fonts[CHART_NFONTS]; /* those that `text` has */
};
void chart_data_init(struct chart_data *d);
void chart_data_free(struct chart_data *d);
/* Rows of data of the page; `text` must be clean. */
void chart_data_bar(struct chart_data *d, int x0, int x1, int y0, int y1, int style);
void chart_data_mark(struct chart_data *d, int x, int y, int style);
void chart_data_text(struct chart_data *d, int x, int y, enum chart_font font, struct tl_str text);
void chart_seconds_print(struct tl_buf *b, int64_t us); /* "94.200000"; us >= 0 */
void chart_draw(struct chart *c, const struct chart_panel *p, struct chart_data *d);
/* Sets the places of the panels on the page, and c->height. */
void chart_page(struct chart *c, struct chart_data *d);

/* From the report to panels whose items have their places: all stages up to the data. */
void chart_lay_out(struct chart *c);

/*
 * All files of one chart, named after `stem`. On failure *out is empty. Free with chart_files_free.
 */
enum tl_status chart_build(const struct tl_report *r, const struct tl_render_options *o,
                           struct chart_scope scope, struct tl_str stem, struct chart_files *out,
                           struct tl_error *err);
void chart_files_free(struct chart_files *f);

/* ---- chart_run.c ---- */

/*
 * Runs `gnuplot -d STEM.gp` in the folder and waits at most ceiling_ms. TL_EINPUT, with a sentence,
 * when it is missing, fails, takes longer (it is killed) or leaves no picture.
 */
enum tl_status chart_gnuplot(struct tl_str program, struct tl_str folder, struct tl_str stem,
                             int ceiling_ms, struct tl_error *err);

#endif
