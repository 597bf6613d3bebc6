/*
 * claims.c - durations that a document states, held against what the probes prove.
 *
 * A claim speaks of the endpoint or region that it names, else of the loop that it stands next to,
 * else of the only outage of its document. It is contradicted when every outage that it may mean
 * excludes it; intervals that touch do not.
 */
#include "timeline/findings.h"

/* Where an outage went: into a run, or none. */
struct placed {
    struct plan *plan;
    const struct tl_outage *o;
};

static struct placed
outage_at(const struct tl_builder *b, size_t i)
{
    for (size_t k = 0; k < b->nplans; k++) {
        if (i < b->plans[k].noutages)
            return (struct placed){&b->plans[k], &b->plans[k].outages[i]};
        i -= b->plans[k].noutages;
    }
    return (struct placed){NULL, &b->report->outages[i]};
}

static size_t
count_outages(const struct tl_builder *b)
{
    size_t n = b->report->noutages;

    for (size_t k = 0; k < b->nplans; k++)
        n += b->plans[k].noutages;
    return n;
}

static bool
excludes(const struct tl_outage *o, const struct tl_claim *c)
{
    if (o->max_us != TL_UNKNOWN && c->min_us > o->max_us)
        return true;
    return o->min_us != TL_UNKNOWN && c->max_us < o->min_us;
}

/* How an outage can be the one that a claim means: the sharpest way first. */
enum meaning { BY_NAME, BY_BLOCK, BY_INPUT, NMEANINGS };

/* Whether a loop saw an outage, though it may be told from another input that quotes the log. */
static bool
saw(const struct loop *l, const struct tl_outage *o)
{
    for (size_t i = 0; i < l->series->noutages; i++)
        if (l->series->outages[i].first_fail == o->first_fail &&
            tl_str_eq(l->series->endpoint, o->endpoint))
            return true;
    return false;
}

/* Whether a loop of that input (and block; NONE: of any) saw it. */
static bool
is_of(const struct tl_builder *b, uint32_t input, uint32_t block, const struct tl_outage *o)
{
    for (size_t i = 0; i < b->nloops; i++) {
        const struct loop *l = &b->loops[i];

        if (l->input == input && (block == NONE || l->series->block == block) && saw(l, o))
            return true;
    }
    return false;
}

static bool
means(const struct tl_builder *b, const struct tl_claim *c, uint32_t input,
      const struct tl_outage *o, enum meaning how)
{
    switch (how) {
    case BY_NAME:
        return c->endpoint.n > 0 &&
               (tl_str_case_eq(c->endpoint, o->endpoint) || tl_str_eq(c->endpoint, o->region) ||
                tl_str_eq(c->endpoint, o->resource));
    case BY_BLOCK:
        return c->block != NONE && is_of(b, input, c->block, o);
    default:
        return is_of(b, input, NONE, o);
    }
}

/* The outages that a claim may mean: how many, how many of them exclude it, and one of those. */
struct weighed {
    size_t meant, excluding;
    struct placed one;
};

static struct weighed
weigh(const struct tl_builder *b, const struct tl_claim *c, uint32_t input, enum meaning how)
{
    struct weighed w = {.meant = 0};
    size_t n = count_outages(b);

    for (size_t i = 0; i < n; i++) {
        struct placed p = outage_at(b, i);

        if (tl_str_eq(p.o->source, TL_STR("log")) || !means(b, c, input, p.o, how))
            continue; /* what a document says of an outage is what clients felt */
        w.meant++;
        if (!excludes(p.o, c))
            continue;
        if (w.excluding++ == 0)
            w.one = p;
    }
    return w;
}

/* " (21.281 s from the first failure to the first success)" */
static struct tl_str
words_observed(struct tl_builder *b, const struct tl_outage *o)
{
    const struct tl_str parts[] = {TL_STR(" ("), words_seconds(b, o->observed_us, o->res_us),
                                   TL_STR(" from its first failure to its first success)")};

    return o->observed_us == TL_UNKNOWN ? (struct tl_str){"", 0} : words_join(b, parts, 3);
}

static enum tl_status
contradict(struct tl_builder *b, const struct tl_source *src, const struct tl_claim *c,
           const struct placed *p)
{
    const struct tl_str args[] = {src->name,
                                  words_count(b, c->line),
                                  words_stated(b, c->min_us, c->max_us),
                                  c->text,
                                  p->o->endpoint,
                                  words_span(b, p->o->min_us, p->o->max_us, p->o->res_us),
                                  words_observed(b, p->o)};
    uint32_t rows[4];
    size_t n = outage_rows(b, p->o, rows);

    return finding_add(b, p->plan, F_CLAIM_CONTRADICTED, rows, n, args);
}

static enum tl_status
check(struct tl_builder *b, uint32_t input, const struct tl_claim *c)
{
    for (int how = 0; how < NMEANINGS; how++) {
        struct weighed w = weigh(b, c, input, (enum meaning)how);

        if (w.meant == 0)
            continue;
        if (how == BY_INPUT && (w.meant > 1 || c->block != NONE || c->endpoint.n > 0))
            return TL_OK; /* which of them it means is not known */
        if (w.excluding < w.meant)
            return TL_OK;
        return contradict(b, &b->report->inputs[input], c, &w.one);
    }
    return TL_OK;
}

enum tl_status
build_claims(struct tl_builder *b)
{
    for (uint32_t i = 0; i < b->report->ninputs; i++) {
        const struct tl_source *s = &b->report->inputs[i];

        for (size_t k = 0; k < s->nclaims && s->duplicate_of == NONE; k++)
            if (check(b, i, &s->claims[k]))
                return TL_ENOMEM;
    }
    return TL_OK;
}
