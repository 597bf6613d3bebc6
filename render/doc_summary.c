/* doc_summary.c - what a reader pastes into a chat: what happened, when, how long it was felt. */
#include <inttypes.h>

#include "core/names.h"
#include "render/doc_parts.h"

enum { KEY_WIDTH = 9, SHOWN_MAX = 12 };

static void
say_headline(struct story *s, const struct tl_run *run)
{
    say(s, word_strategy(run->strategy));
    if (run->from.n > 0 || run->to.n > 0) {
        say(s, TL_STR(", "));
        say(s, run->from.n > 0 ? run->from : TL_STR("?"));
        say(s, TL_STR(" \xe2\x86\x92 "));
        say(s, run->to.n > 0 ? run->to : TL_STR("?"));
    }
    say(s, TL_STR(": "));
    say(s, word_verdict(run->verdict));
    say_para(s, tone_verdict(run->verdict));
}

static enum tl_role
last_role(const struct tl_resource *r)
{
    return r->nroles > 0 ? r->roles[r->nroles - 1].role : TL_ROLE_UNKNOWN;
}

static void
say_resource(struct story *s, const struct tl_resource *r, bool first)
{
    struct tl_str name = r->id.n > 0 ? r->id : r->label, role = tl_role_name(last_role(r));

    if (!first)
        say(s, TL_STR(", "));
    say(s, name);
    if (role.n == 0 && (r->region.n == 0 || tl_str_starts(name, r->region)))
        return;
    say(s, TL_STR(" ("));
    if (r->region.n > 0 && !tl_str_starts(name, r->region)) {
        say(s, r->region);
        say(s, role.n > 0 ? TL_STR(", ") : TL_STR(""));
    }
    say(s, role);
    say(s, TL_STR(")"));
}

/* Clusters, the primary first; instances where there is no cluster. */
static void
say_where(struct story *s, const struct tl_run *run)
{
    size_t clusters = 0, shown = 0;

    for (size_t i = 0; i < run->nresources; i++)
        clusters += run->resources[i].kind == TL_KIND_CLUSTER;
    for (int primary = 1; primary >= 0; primary--) {
        for (size_t i = 0; i < run->nresources; i++) {
            const struct tl_resource *r = &run->resources[i];
            enum tl_kind wanted = clusters > 0 ? TL_KIND_CLUSTER : TL_KIND_INSTANCE;

            if (r->kind != wanted || (last_role(r) == TL_ROLE_PRIMARY) != primary)
                continue;
            if (r->id.n == 0 && r->label.n == 0)
                continue;
            if (shown < SHOWN_MAX)
                say_resource(s, r, shown == 0);
            shown++;
        }
    }
    if (shown > SHOWN_MAX)
        tl_buf_addf(&s->line, " and %zu more", shown - SHOWN_MAX);
    if (shown > 0)
        say_pair(s, "where", TONE_PLAIN);
}

/*
 * How long a run took: what its two ends allow, for they stand beside it. Where the evidence lacks
 * the start there is no upper bound.
 */
static struct tl_span
run_span(const struct tl_run *run)
{
    struct tl_span span = {run->ended.earliest - run->began.latest,
                           run->ended.latest - run->began.earliest};

    if (span.min_us < 0)
        span.min_us = 0;
    if (run->operation.min_us != TL_UNKNOWN && run->operation.max_us == TL_UNKNOWN)
        span.max_us = TL_UNKNOWN;
    return span;
}

/* Whether nothing of a run is known but one moment: then it is not known how long it took. */
static bool
is_one_moment(const struct tl_run *run)
{
    return run->began.earliest == run->ended.earliest && run->began.latest == run->ended.latest;
}

static void
say_when(struct story *s, const struct tl_run *run)
{
    const struct tl_zone *tz = s->d->o->tz;

    if (run->began.at == TL_TIME_NONE)
        return;
    if (run->ended.at == TL_TIME_NONE) {
        show_stamp(&s->line, tz, run->began);
        say(s, TL_STR(", its end is not in the evidence"));
    } else {
        show_period(&s->line, tz, run->began, run->ended);
        say(s, is_one_moment(run) ? TL_STR("") : TL_STR(", took "));
        if (!is_one_moment(run))
            show_range(&s->line, run_span(run));
    }
    say_pair(s, "when", TONE_PLAIN);
    if (run->requested.event == TL_NO_INDEX)
        return;
    say(s, run->requested.by.n > 0 ? run->requested.by : TL_STR("somebody not named"));
    if (run->requested.via.n > 0) {
        say(s, TL_STR(" via "));
        say(s, run->requested.via);
    }
    if (run->requested.at != TL_TIME_NONE) {
        say(s, TL_STR(", "));
        show_stamp(&s->line, tz, tl_instant_of(run->requested.at, TL_SECOND));
    }
    if (run->operation.max_us != TL_UNKNOWN) {
        say(s, TL_STR("; complete after "));
        show_range(&s->line, run->operation);
    }
    say_pair(s, "requested", TONE_PLAIN);
}

static void
say_outage(struct story *s, const struct tl_outage *o, struct tl_str witness, bool dated)
{
    if (o->region.n > 0) {
        say(s, o->region);
        say(s, TL_STR(", "));
    }
    word_endpoint(&s->line, o->endpoint);
    say(s, witness);
    say(s, TL_STR(": "));
    show_outage(&s->line, o);
    if (dated && o->first_fail != TL_TIME_NONE) {
        say(s, TL_STR(" from "));
        show_stamp(&s->line, s->d->o->tz,
                   tl_instant_of(o->first_fail, o->res_us > 0 ? o->res_us : TL_MS));
    }
    if (!o->fused.present)
        return;
    say(s, TL_STR("; "));
    show_range(&s->line, (struct tl_span){o->fused.min, o->fused.max});
    for (size_t i = 0; i < o->fused.nassumes; i++) {
        say(s, i > 0 ? TL_STR(", ") : TL_STR(" assuming "));
        say(s, o->fused.assumes[i]);
    }
}

static void
say_downtime(struct story *s, const struct tl_outage *o, size_t n)
{
    for (size_t i = 0; i < n && i < SHOWN_MAX; i++) {
        bool dated = (i > 0 && tl_str_eq(o[i].endpoint, o[i - 1].endpoint)) ||
                     (i + 1 < n && tl_str_eq(o[i].endpoint, o[i + 1].endpoint));

        say_outage(s, &o[i], word_witness(&o[i], o, n), dated);
        say_pair(s, i == 0 ? "downtime" : "", TONE_PLAIN);
    }
    if (n > SHOWN_MAX) {
        tl_buf_addf(&s->line, "and %zu more, see Outages", n - SHOWN_MAX);
        say_pair(s, "", TONE_PLAIN);
    }
    if (n == 0) {
        say(s, TL_STR("not measured: no probe log of an endpoint shows any"));
        say_pair(s, "downtime", TONE_PLAIN);
    }
}

static void
say_zdp(struct story *s, const struct tl_run *run)
{
    for (size_t i = 0; i < run->nzdp && i < SHOWN_MAX; i++) {
        const struct tl_zdp *z = &run->zdp[i];

        say(s, z->resource);
        if (z->region.n > 0 && !tl_str_starts(z->resource, z->region)) {
            say(s, TL_STR(" ("));
            say(s, z->region);
            say(s, TL_STR(")"));
        }
        say(s, TL_STR(", "));
        word_zdp(&s->line, z);
        say_pair(s, i == 0 ? "ZDP" : "", z->outcome == TL_ZDP_FAILED ? TONE_WARN : TONE_PLAIN);
    }
    if (run->nzdp > SHOWN_MAX) {
        tl_buf_addf(&s->line, "and %zu more, see ZDP", run->nzdp - SHOWN_MAX);
        say_pair(s, "", TONE_PLAIN);
    }
}

/* How long it was by each clock that the evidence has. */
static void
say_clocks(struct story *s, const struct tl_run *run)
{
    const struct {
        const char *name;
        struct tl_span span;
    } clocks[] = {{"operation", run->operation},
                  {"database", run->database},
                  {"endpoint", run->endpoint},
                  {"recovered", run->recovered},
                  {"announced restart", run->announced}};
    size_t shown = 0;

    for (size_t i = 0; i < sizeof(clocks) / sizeof(clocks[0]); i++) {
        if (clocks[i].span.min_us == TL_UNKNOWN && clocks[i].span.max_us == TL_UNKNOWN)
            continue;
        say(s, shown++ > 0 ? TL_STR(", ") : TL_STR(""));
        say(s, tl_str_from(clocks[i].name));
        say(s, TL_STR(" "));
        show_range(&s->line, clocks[i].span);
    }
    if (shown > 0)
        say_pair(s, "clocks", TONE_PLAIN);
}

/* "shutdown 0 to 1 min (DB instance, us-east-1)": what it shares with the one before is left out.
 */
static void
say_stretch(struct story *s, const struct tl_stretch *p, const struct tl_stretch *before)
{
    bool here = before && tl_str_eq(before->region, p->region);

    say(s, p->phase == TL_PHASE_ZDP ? TL_STR("ZDP") : tl_phase_name(p->phase));
    say(s, TL_STR(" "));
    show_range(&s->line, p->seconds);
    if (here && tl_str_eq(before->resource, p->resource))
        return;
    say(s, TL_STR(" ("));
    say(s, word_resource(p->resource, p->region));
    if (!here && p->region.n > 0) {
        say(s, TL_STR(", "));
        say(s, p->region);
    }
    say(s, TL_STR(")"));
}

/* An upgrade around other phases of which not even a moment is certain says nothing. */
static bool
is_idle(const struct tl_run *run, const struct tl_stretch *p)
{
    return run->npath > 1 && p->phase == TL_PHASE_UPGRADE && p->seconds.min_us <= 0;
}

/* What the end waited for, one after the other. */
static void
say_path(struct story *s, const struct tl_run *run)
{
    const struct tl_stretch *before = NULL;
    size_t left = 0, skipped = 0;

    for (size_t i = 0; i < run->npath; i++)
        left += !is_idle(run, &run->path[i]);
    if (left > SHOWN_MAX) {
        skipped = left - SHOWN_MAX;
        tl_buf_addf(&s->line, "%zu before, then ", skipped);
    }
    for (size_t i = 0; i < run->npath; i++) {
        const struct tl_stretch *p = &run->path[i];

        if (is_idle(run, p) || (skipped > 0 && skipped--))
            continue;
        say(s, before ? TL_STR(" \xe2\x86\x92 ") : TL_STR(""));
        say_stretch(s, p, before);
        before = p;
    }
    if (before)
        say_pair(s, "path", TONE_PLAIN);
}

/* What the strategy leads to expect and the evidence does not tell. */
static void
say_sequence(struct story *s, const struct tl_run *run)
{
    const struct tl_sequence *q = &run->sequence;

    if (q->inferred == 0 && q->nmissing == 0)
        return;
    tl_buf_addf(&s->line, "%" PRIu64 " of %" PRIu64 " expected steps are in the evidence", q->seen,
                q->expected);
    if (q->inferred > 0)
        tl_buf_addf(&s->line, ", %" PRIu64 " inferred", q->inferred);
    for (size_t i = 0; i < q->nmissing && i < SHOWN_MAX; i++) {
        say(s, i == 0 ? TL_STR("; missing: ") : TL_STR(", "));
        say(s, q->missing[i].cls);
        say(s, TL_STR(" of "));
        say(s, q->missing[i].resource);
    }
    if (q->nmissing > SHOWN_MAX)
        tl_buf_addf(&s->line, " and %zu more", q->nmissing - SHOWN_MAX);
    say_pair(s, "sequence", TONE_WARN);
}

/* The longest stretch without a word. */
static void
say_silence(struct story *s, const struct tl_run *run)
{
    const struct tl_silence *longest = NULL;

    for (size_t i = 0; i < run->nsilences; i++)
        if (!longest || run->silences[i].to - run->silences[i].from > longest->to - longest->from)
            longest = &run->silences[i];
    if (!longest)
        return;
    say(s, TL_STR("no word of "));
    say(s, word_resource(longest->resource, longest->region));
    if (longest->region.n > 0) {
        say(s, TL_STR(" ("));
        say(s, longest->region);
        say(s, TL_STR(")"));
    }
    say(s, TL_STR(" for "));
    show_span(&s->line, longest->to - longest->from, 0);
    say(s, TL_STR(" after "));
    say(s, longest->after);
    if (longest->expected.n > 0) {
        say(s, TL_STR(", where "));
        say(s, longest->expected);
        say(s, TL_STR(" was to come"));
    }
    if (run->nsilences > 1)
        tl_buf_addf(&s->line, "; %zu silences in all", run->nsilences);
    say_pair(s, "silence", TONE_WARN);
}

/* "1 critical, 2 warnings": what is worth a look. */
static void
say_findings(struct story *s, const struct tl_finding *f, size_t n)
{
    static const char *const words[] = {"info", "notice", "warning", "critical"};
    size_t count[4] = {0}, shown = 0;

    for (size_t i = 0; i < n; i++)
        count[(unsigned)f[i].severity & 3]++;
    for (int k = TL_SEVERITY_CRITICAL; k >= 0; k--) {
        if (count[k] == 0)
            continue;
        tl_buf_addf(&s->line, "%s%zu %s%s", shown++ > 0 ? ", " : "", count[k], words[k],
                    count[k] > 1 && k != TL_SEVERITY_INFO && k != TL_SEVERITY_CRITICAL ? "s" : "");
    }
    if (shown == 0)
        return;
    say_pair(s, "findings",
             count[TL_SEVERITY_CRITICAL]  ? TONE_BAD
             : count[TL_SEVERITY_WARNING] ? TONE_WARN
                                          : TONE_PLAIN);
}

void
doc_summary(struct story *s, const struct tl_run *run)
{
    say_headline(s, run);
    s->d->to->pairs(s->d, KEY_WIDTH);
    say_where(s, run);
    say_when(s, run);
    say_downtime(s, run->outages, run->noutages);
    say_zdp(s, run);
    say_clocks(s, run);
    say_path(s, run);
    say_sequence(s, run);
    say_silence(s, run);
    say_findings(s, run->findings, run->nfindings);
    say(s, run->id);
    say(s, run->proved ? TL_STR(", its parts proved to belong together")
                       : TL_STR(", its parts inferred to belong together"));
    say_pair(s, "run", TONE_PLAIN);
}
