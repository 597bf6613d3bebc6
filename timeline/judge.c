/* judge.c - what is remarkable about one run (facts: what events and probes say, and do not say).
 */
#include "timeline/findings.h"
#include "timeline/resource.h"
#include "timeline/server.h"
#include "timeline/views.h"

static const int64_t SOON_US = 5 * TL_MINUTE;

static struct tl_str
or_message(struct tl_str reason, const struct tl_event *ev)
{
    return reason.n > 0 ? reason : ev->message;
}

/* ---- classes that are findings by themselves ---- */

static const struct {
    struct tl_str cls;
    enum finding finding;
} remarkable[] = {
#define ROW(cls, finding)                                                                          \
    {                                                                                              \
        {cls, sizeof(cls) - 1}, F_##finding                                                        \
    }
    ROW("upgrade.refused", UPGRADE_REFUSED),
    ROW("precheck.failed", UPGRADE_REFUSED),
    ROW("upgrade.failed", UPGRADE_FAILED),
    ROW("os-upgrade.failed", UPGRADE_FAILED),
    ROW("upgrade.rolled-back", UPGRADE_ROLLED_BACK),
    ROW("upgrade.cancelled", UPGRADE_ROLLED_BACK),
    ROW("bluegreen.switchover-cancelled", SWITCHOVER_CANCELLED),
    ROW("global.switchover-cancelled", SWITCHOVER_CANCELLED),
    ROW("global.switchover-failed", SWITCHOVER_CANCELLED),
    ROW("instance.recovery-started", RECOVERY),
    ROW("failover.reason", FAILOVER_REASON),
#undef ROW
};

static enum tl_status
say_remarkable(struct tl_builder *b, struct plan *p, uint32_t row)
{
    const struct tl_event *ev = row_event(b, row);

    if (row_repeats(b, row))
        return TL_OK;
    for (size_t i = 0; i < sizeof(remarkable) / sizeof(remarkable[0]); i++) {
        bool other = row_res(b, row)->kind == TL_KIND_OTHER; /* a deployment: what it is of */
        const struct tl_str args[] = {res_called(b, other ? row_tree(b, row) : b->rowx[row].res),
                                      or_message(tl_event_text(ev, TL_STR("reason")), ev)};

        if (tl_str_eq(remarkable[i].cls, ev->cls))
            return finding_add(b, p, remarkable[i].finding, &row, 1, args);
    }
    return TL_OK;
}

static enum tl_status
say_refused_call(struct tl_builder *b, struct plan *p, uint32_t row)
{
    const struct tl_event *ev = row_event(b, row);
    struct tl_str why = tl_event_text(ev, TL_STR("error_message"));
    struct tl_str code = tl_event_text(ev, TL_STR("error_code"));
    struct tl_str args[] = {tl_event_text(ev, TL_STR("event_name")),
                            tl_event_text(ev, TL_STR("user")), why.n > 0 ? why : code};

    if (args[2].n == 0 || !tl_str_eq(ev->cls, TL_STR("api.call")))
        return TL_OK;
    if (args[1].n == 0)
        args[1] = TL_STR("an unknown caller");
    return finding_add(b, p, F_REQUEST_REFUSED, &row, 1, args);
}

/* ---- shutdowns and restarts ---- */

/* What an instance was last heard of. */
struct state {
    uint32_t shutdown; /* row of a shutdown that waits for its restart; NONE */
    bool any;
};

static enum tl_status
say_shutdown(struct tl_builder *b, struct plan *p, struct state *s, uint32_t row)
{
    struct tl_str name = res_called(b, b->rowx[row].res);
    uint32_t rows[] = {s->shutdown, row};

    s->any = true;
    if (s->shutdown != NONE && finding_add(b, p, F_SHUTDOWN_TWICE, rows, 2, &name))
        return TL_ENOMEM;
    s->shutdown = row;
    return TL_OK;
}

static enum tl_status
say_restart(struct tl_builder *b, struct plan *p, struct state *s, uint32_t row)
{
    struct tl_str name = res_called(b, b->rowx[row].res);
    bool alone = s->shutdown == NONE && !s->any && p->layer == LAYER_UPGRADE;

    s->any = true;
    s->shutdown = NONE;
    return alone ? finding_add(b, p, F_RESTART_ALONE, &row, 1, &name) : TL_OK;
}

static enum tl_status
say_restarts_of(struct tl_builder *b, struct plan *p, uint32_t place)
{
    struct state s = {NONE, false};
    enum tl_status st = TL_OK;
    int64_t since;

    for (uint32_t i = p->first_own[place]; i < p->first_own[place + 1] && !st; i++) {
        uint32_t row = p->own_rows[i];

        if (row_repeats(b, row))
            continue;
        if (row_is(b, row, TL_STR("instance.shutdown")))
            st = say_shutdown(b, p, &s, row);
        else if (row_is(b, row, TL_STR("instance.restarted")))
            st = say_restart(b, p, &s, row);
        else if (row_is(b, row, TL_STR("instance.stopped")) ||
                 row_is(b, row, TL_STR("instance.started")))
            s.shutdown = NONE;
    }
    if (st || s.shutdown == NONE || switched_restart(b, p, s.shutdown))
        return st;
    since = b->newest - row_event(b, s.shutdown)->when.latest;
    if (since < SOON_US)
        return TL_OK;
    const struct tl_str args[] = {res_called(b, p->res[place]), words_long(b, since)};
    return finding_add(b, p, F_SHUTDOWN_OPEN, &s.shutdown, 1, args);
}

static enum tl_status
say_restarts(struct tl_builder *b, struct plan *p)
{
    for (uint32_t i = 0; i < p->nres; i++)
        if (b->res[p->res[i]].kind == TL_KIND_INSTANCE && say_restarts_of(b, p, i))
            return TL_ENOMEM;
    return TL_OK;
}

/* ---- probes ---- */

/* Whether a loop watched an endpoint of that tree when the row happened. */
static bool
watched(const struct tl_builder *b, uint32_t tree, const struct tl_instant *when)
{
    for (size_t i = 0; i < b->nloops; i++) {
        const struct series *s = b->loops[i].series;
        bool near_by = b->loops[i].tree == tree ||
                       (b->res[b->loops[i].tree].kind == TL_KIND_ENDPOINT && s->region.n > 0 &&
                        tl_str_eq(s->region, b->res[tree].region));

        if (near_by && s->first != TL_TIME_NONE && s->first <= when->latest &&
            s->last >= when->earliest)
            return true;
    }
    return false;
}

/* What is known of the outage of a tree that no probe watched. */
static struct tl_str
unwatched_words(const struct tl_builder *b, const struct plan *p, uint32_t tree)
{
    for (size_t i = 0; i < p->noutages; i++)
        if (tl_str_eq(p->outages[i].source, TL_STR("log")) &&
            tl_str_eq(p->outages[i].region, b->res[tree].region))
            return TL_STR("its own log tells of the engine, not of what clients felt");
    return TL_STR("how long clients could not connect is unknown (a probe of its endpoint would "
                  "tell, the next time)");
}

/* "db (us-east-1)" */
static struct tl_str
in_region(struct tl_builder *b, uint32_t res)
{
    const struct res *r = &b->res[res];
    const struct tl_str parts[] = {r->id, TL_STR(" ("), r->region, TL_STR(")")};

    return r->id.n > 0 && r->region.n > 0 ? words_join(b, parts, 4) : res_title(b, res);
}

static enum tl_status
say_unwatched_tree(struct tl_builder *b, struct plan *p, uint32_t tree)
{
    uint32_t rows[16];
    struct tl_str args[2];
    size_t n = 0;

    for (size_t k = 0; k < p->nrows; k++) {
        uint32_t row = p->rows[k];

        if (row_tree(b, row) != tree || row_repeats(b, row) ||
            (!row_is(b, row, TL_STR("instance.shutdown")) &&
             !row_is(b, row, TL_STR("instance.restarted")) &&
             !row_is(b, row, TL_STR("zdp.attempted"))))
            continue;
        if (watched(b, tree, &row_event(b, row)->when))
            return TL_OK;
        if (n < sizeof(rows) / sizeof(rows[0]))
            rows[n++] = row;
    }
    args[0] = in_region(b, tree);
    args[1] = unwatched_words(b, p, tree);
    return n > 0 ? finding_add(b, p, F_OUTAGE_NO_PROBE, rows, n, args) : TL_OK;
}

static enum tl_status
say_unwatched(struct tl_builder *b, struct plan *p)
{
    for (size_t i = 0; i < p->nepisodes; i++)
        if (say_unwatched_tree(b, p, b->episodes[p->episodes[i]].tree))
            return TL_ENOMEM;
    return TL_OK;
}

/* Who patched itself, as texts call it. */
static struct tl_str
zdp_called(struct tl_builder *b, const struct tl_zdp *z)
{
    for (size_t i = 0; i < z->nevents; i++)
        if (tl_str_eq(res_name(row_res(b, z->events[i])), z->resource))
            return res_called(b, b->rowx[z->events[i]].res);
    return z->resource;
}

/* The server's word on a ZDP against what a client of the same cluster saw. */
static enum tl_status
compare_zdp(struct tl_builder *b, struct plan *p, const struct tl_zdp *z, const struct tl_outage *o)
{
    struct tl_instant when = outage_when(o);
    int64_t took = z->elapsed_ms * TL_MS;
    struct tl_str args[4];
    uint32_t rows[8];
    size_t n = 0;

    if (o->min_us == TL_UNKNOWN || o->max_us == TL_UNKNOWN || !tl_str_eq(z->region, o->region) ||
        when.earliest > z->ended.latest + TL_MINUTE ||
        (z->began.earliest != TL_TIME_NONE && when.latest < z->began.earliest - TL_MINUTE))
        return TL_OK;
    args[0] = zdp_called(b, z);
    args[1] = words_seconds(b, took, TL_MS);
    args[2] = o->endpoint;
    args[3] = words_span(b, o->min_us, o->max_us, o->res_us);
    for (size_t i = 0; i < z->nevents && n < 4; i++)
        rows[n++] = z->events[i];
    n += outage_rows(b, o, rows + n);
    return finding_add(b, p, o->min_us <= took ? F_ZDP_CLIENT_VIEW : F_ZDP_CLIENT_DIFFERS, rows, n,
                       args);
}

static enum tl_status
say_client_view(struct tl_builder *b, struct plan *p)
{
    const bool writer_known = zdp_writer_known(b, p);

    for (size_t i = 0; i < p->run->nzdp; i++) {
        const struct tl_zdp *z = &p->run->zdp[i];

        if (z->outcome != TL_ZDP_FINISHED || z->elapsed_ms == TL_UNKNOWN)
            continue;
        for (size_t k = 0; k < p->noutages; k++) {
            const struct tl_outage *o = &p->outages[k];

            if (zdp_has_client(b, p, z, o, writer_known) && compare_zdp(b, p, z, o))
                return TL_ENOMEM;
        }
    }
    return TL_OK;
}

static bool
has_proof(const struct tl_row *row, uint32_t input)
{
    for (size_t i = 0; i < row->nproofs; i++)
        if (row->proofs[i].input == input)
            return true;
    return false;
}

/* Whether a row can show an outage: one of its endpoint, or of the log of its server. */
static bool
is_at(const struct tl_builder *b, uint32_t row, const struct tl_outage *o)
{
    const struct res *r = row_res(b, row);
    uint32_t server = b->server_of[b->rowx[row].res];

    if (tl_str_eq(o->source, TL_STR("log")))
        return row_event(b, row)->channel == TL_CHANNEL_LOG && server != NONE &&
               tl_str_eq(b->servers[server].name, o->endpoint);
    return r->kind == TL_KIND_ENDPOINT && tl_str_eq(res_name(r), o->endpoint);
}

size_t
outage_rows(const struct tl_builder *b, const struct tl_outage *o, uint32_t rows[4])
{
    const tl_time moments[] = {o->first_fail, o->last_fail, o->first_ok};
    size_t n = 0;

    for (size_t m = 0; m < sizeof(moments) / sizeof(moments[0]); m++) {
        if (moments[m] == TL_TIME_NONE)
            continue;
        for (size_t i = first_row_at(b, moments[m]);
             i < b->report->nrows && b->report->rows[i].ev.when.at == moments[m]; i++) {
            const struct tl_row *row = &b->report->rows[i];

            if (n < 4 && (has_proof(row, o->input) || tl_str_eq(o->source, TL_STR("log"))) &&
                is_at(b, (uint32_t)i, o) && (n == 0 || rows[n - 1] < i))
                rows[n++] = (uint32_t)i;
        }
    }
    return n;
}

/* What the log of an outage does not show: a probe's, or the server's own. */
static struct tl_str
open_words(const struct tl_outage *o)
{
    static const struct tl_str words[2][3] = {
        {{"begins within it", 16}, {"ends within it", 14}, {"shows no success at all", 23}},
        {{"does not say until when it served", 33},
         {"does not say that it was ready again", 36},
         {"says neither until when it served nor that it was ready again", 61}}};
    bool own = tl_str_eq(o->source, TL_STR("log"));
    size_t side = o->first_ok != TL_TIME_NONE ? 0 : o->last_ok != TL_TIME_NONE ? 1 : 2;

    return words[own][side];
}

/* What an outage does not show; of a run, or (p NULL) of none. */
enum tl_status
outage_findings(struct tl_builder *b, struct plan *p, const struct tl_outage *o)
{
    uint32_t rows[4];
    size_t n = outage_rows(b, o, rows);
    struct tl_str args[2] = {o->endpoint, {"", 0}};
    int64_t blind = 0;

    if (o->last_ok == TL_TIME_NONE || o->first_ok == TL_TIME_NONE) {
        args[1] = open_words(o);
        if (finding_add(b, p, F_OUTAGE_OPEN, rows, n, args))
            return TL_ENOMEM;
    }
    if (tl_str_eq(o->source, TL_STR("client")) && o->observed_us != TL_UNKNOWN) {
        args[1] = words_seconds(b, o->observed_us, o->res_us);
        return finding_add(b, p, F_ROWS_GAP, rows, n, args);
    }
    for (size_t i = 0; i < o->nblind; i++)
        blind += o->blind[i].to - o->blind[i].from;
    if (blind == 0)
        return TL_OK;
    args[1] = words_seconds(b, blind, o->res_us);
    return finding_add(b, p, F_OUTAGE_BLIND, rows, n, args);
}

/* ---- joins and requests ---- */

static enum tl_status
say_ambiguous(struct tl_builder *b, struct plan *p)
{
    for (size_t i = 0; i < p->nepisodes; i++) {
        uint32_t id = p->episodes[i];
        const struct episode *e = &b->episodes[id];
        const struct tl_str parts[] = {
            TL_STR("clusters of other regions began the same upgrade within 120 s of "),
            res_called(b, e->tree),
            TL_STR(", but more than one could belong to its global cluster: it was joined with "
                   "none (a describe-global-clusters document would decide)")};
        struct tl_str text;
        uint32_t row = e->start != NONE ? e->start : e->began;

        if (p->seen_only || !b->joined[id].ambiguous)
            continue;
        text = words_join(b, parts, 3);
        if (finding_add(b, p, F_RUN_AMBIGUOUS, &row, 1, &text))
            return TL_ENOMEM;
    }
    return TL_OK;
}

bool
have_trail(const struct tl_builder *b)
{
    for (size_t i = 0; i < b->report->ninputs; i++)
        if (tl_str_eq(b->report->inputs[i].format, TL_STR("cloudtrail")))
            return true;
    return false;
}

static enum tl_status
say_unrequested(struct tl_builder *b, struct plan *p)
{
    struct tl_str name = res_called(b, b->episodes[p->episodes[0]].tree);
    bool by_rds = false, by_customer = false;

    if (p->layer != LAYER_FAILOVER || p->request != NONE)
        return TL_OK;
    for (size_t i = 0; i < p->nrows; i++) {
        struct tl_str by = tl_event_text(row_event(b, p->rows[i]), TL_STR("initiator"));

        by_rds |= tl_str_case_eq(by, TL_STR("RDS"));
        by_customer |= tl_str_case_eq(by, TL_STR("customer"));
    }
    if (by_customer || (!by_rds && !have_trail(b)))
        return TL_OK;
    return finding_add(b, p, F_FAILOVER_UNREQUESTED, &p->began, 1, &name);
}

enum tl_status
run_findings(struct tl_builder *b, struct plan *p)
{
    enum tl_status st = TL_OK;

    for (size_t i = 0; i < p->nrows && !st; i++) {
        st = say_remarkable(b, p, p->rows[i]);
        if (!st)
            st = say_refused_call(b, p, p->rows[i]);
    }
    for (size_t i = 0; i < p->noutages && !st; i++)
        st = outage_findings(b, p, &p->outages[i]);
    if (!st)
        st = say_restarts(b, p);
    if (!st)
        st = say_unwatched(b, p);
    if (!st)
        st = say_client_view(b, p);
    if (!st)
        st = say_ambiguous(b, p);
    return st ? st : say_unrequested(b, p);
}
