/*
 * skew.h - private to timeline/: how far the clocks of the evidence are apart.
 *
 * Clock 0 is that of the AWS control plane (API, EventBridge, SNS, tables, CloudTrail). Every
 * server whose log there is has one, and every input with probe loops (a document: every block with
 * loops). The offset of a clock is what it shows less what clock 0 shows at that moment: true =
 * stamp - offset.
 *
 * skew.c finds the clocks, skew_anchor.c what ties them, skew_net.c solves it, skew_notes.c says
 * it, skew_align.c applies it. docs/how-time-is-tightened.md ("Clocks that disagree") has the
 * proofs.
 */
#ifndef TL_TIMELINE_SKEW_H
#define TL_TIMELINE_SKEW_H

#include "timeline/server.h"

enum { CONTROL_PLANE = 0 };

struct clock {
    struct tl_str name; /* of its server, or input */
    uint32_t input;     /* of a probe; of a server the first of its logs */
    uint32_t block;     /* of a document's loops; NONE: the whole input's */
    bool probe;
    uint32_t server;      /* NONE: a probe's, or the control plane's */
    struct tl_span ahead; /* of clock 0: its offset; a side may be TL_UNKNOWN */
    uint32_t other;       /* a clock that it is proved to be apart from; NONE */
    struct tl_span apart; /* … by so much */
    bool assumed;         /* … if a restart that a log shows is the change that others saw */
    uint32_t part;        /* which of the nets it is in; NONE: nothing ties it */
    bool contradicted;    /* its anchors cannot all be true */
    struct tl_span shift; /* what --align takes off its stamps; NONE: nothing */
    uint32_t onto;        /* … which brings it onto this clock */
};

/*
 * x_to - x_from <= us, where x of a moment is its true time, x of a clock minus its offset. row:
 * the one that proves it; NONE: it is so by nature.
 */
struct tie {
    uint32_t from, to; /* nodes: clocks first, then moments */
    int64_t us;
    uint32_t row;
    bool assumed; /* it holds if a log that does not name the version before shows that change */
};

struct skew {
    struct clock *clocks;
    size_t nclocks, clocks_cap;
    uint32_t *of_server; /* clock by server, loop */
    uint32_t *of_loop;
    struct tie *ties; /* by part, once solved */
    size_t nties, ties_cap;
    uint32_t nnodes;
    /* Nets that only the control plane has in common; clock 0 is of every one. */
    uint32_t nparts;
    uint32_t *part_of;  /* by node; NONE: nothing ties it */
    uint32_t *nodes;    /* by part */
    size_t *first_node; /* by part, and one behind the last */
    size_t *first_tie;  /* likewise */
    int64_t *far;       /* by node, of the last search: x_node - x_source is at most that */
    uint32_t *via;      /* by node: the tie that says so; NONE */
    bool assume;        /* whether searches take ties that are assumed */
};

/* What ties clocks to each other: skew_anchor.c. */
enum tl_status skew_anchors(struct tl_builder *b, struct skew *k);
/* Offsets and differences from the ties: skew_net.c. */
enum tl_status skew_solve(struct tl_builder *b, struct skew *k);
/* The rows on which a difference rests, ascending, at most cap. from == to: those of the
 * contradiction of its part. */
size_t skew_proof(struct tl_builder *b, uint32_t from, uint32_t to, uint32_t *rows, size_t cap);

/* Clocks and their offsets as far as anchors tell: b->skew. */
enum tl_status build_skew(struct tl_builder *b);
/* With --align: moves what the clocks show that are proved to be off, and makes rows, servers and
 * episodes anew. */
enum tl_status build_align(struct tl_builder *b);
/* Findings, `skew_s`, hints. */
enum tl_status build_skew_notes(struct tl_builder *b);

/* ---- for who compares rows ---- */

/* The clock of a row; NONE: it is of none that is known. */
uint32_t skew_clock_of(const struct tl_builder *b, uint32_t row);
/* Offset of c less offset of d, as far as it is proved; a side may be TL_UNKNOWN. */
struct tl_span skew_between(struct tl_builder *b, uint32_t c, uint32_t d);
/* The clock of the loops of an input, or of a block of a document. */
uint32_t skew_clock_of_probe(const struct tl_builder *b, uint32_t input, uint32_t block);
/* The clock of each input; NONE: it has none, CONTROL_PLANE: it has several. */
enum tl_status skew_of_inputs(struct tl_builder *b, uint32_t **out);
struct tl_str skew_clock_name(const struct tl_builder *b, uint32_t clock);

struct skew_answer {
    uint32_t ahead, behind; /* clocks */
    struct tl_span by;      /* so far must the one be ahead; max: so far it may be */
};
/*
 * What is proved of row x puts it too early, of row y too late, by need_us (> 0) together: a
 * contradiction. Whether the clock of y being ahead of that of x resolves it. False: they are of
 * one clock, or of none, or it is proved that they are not so far apart.
 */
bool skew_explains(struct tl_builder *b, uint32_t x, uint32_t y, int64_t need_us,
                   struct skew_answer *out);

/* What --align takes off: the middle of an interval. */
static inline int64_t
skew_middle(struct tl_span s)
{
    return s.min_us + (s.max_us - s.min_us) / 2;
}

/* Whether both sides are known, and 0 is not between them. */
static inline bool
skew_excludes_zero(struct tl_span s)
{
    return s.min_us != TL_UNKNOWN && s.max_us != TL_UNKNOWN && (s.min_us > 0 || s.max_us < 0);
}

#endif
