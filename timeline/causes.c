/*
 * causes.c - why zero-downtime patching dropped connections, failed, or was not tried: what AWS
 * documents as a reason, held against what the server's own log shows of it.
 *
 * A log shows that a session did something, seldom that it was dropped for it. So every finding
 * here tells what was seen, when, and whether the session's process was ended in the attempt; what
 * the log has no sign of is told too, and that there is no log.
 */
#include "timeline/causes.h"

#include <stdlib.h>

#include "timeline/findings.h"
#include "timeline/zdp.h"

static const int64_t STATEMENT_US = TL_MINUTE; /* so long before, a statement may still run */
static const int64_t NEAR_US = 15 * TL_MINUTE;
static const int64_t ENDED_US = 5 * TL_SECOND; /* sessions are told as ended a little later */

/* How long what a row tells of lasts. */
enum reach {
    REACH_SESSION,   /* until its session ends */
    REACH_STATEMENT, /* a statement, or to the end of its transaction */
    REACH_NEAR,      /* it shows what sessions of that time do */
    REACH_WITHIN,    /* it counts only where it happened in the attempt */
    REACH_SERVER     /* until the server is restarted */
};

static const struct {
    struct tl_str cls, field, value; /* the value is part of the field's; empty: any */
    enum finding finding;
    enum reach reach;
} signs[] = {
#define ROW(cls, field, value, finding, reach)                                                     \
    {                                                                                              \
        {cls, sizeof(cls) - 1}, {field, sizeof(field) - 1}, {value, sizeof(value) - 1},            \
            F_ZDP_##finding, REACH_##reach                                                         \
    }
    ROW("log.client-lost", "state", "with an open transaction", TRANSACTION, WITHIN),
    ROW("log.session-timeout", "reason", "transaction timeout", TRANSACTION, NEAR),
    ROW("log.session-timeout", "reason", "idle-in-transaction", TRANSACTION, NEAR),
    ROW("log.session-ddl", "", "", DDL, STATEMENT),
    ROW("log.session-temp-table", "", "", TEMP_TABLE, SESSION),
    ROW("log.session-lock", "", "", TABLE_LOCK, STATEMENT),
    ROW("log.lock-wait", "", "", TABLE_LOCK, STATEMENT),
    ROW("log.session-listen", "", "", LISTEN, SESSION),
    ROW("log.session-cursor", "", "", CURSOR, SESSION),
    ROW("log.handshake-failed", "reason", "protocol", TLS, NEAR),
    ROW("log.parameter-pending", "", "", PENDING, SERVER),
#undef ROW
};

/* What a session that was ended was about (`sql`), by its first words; the first that fits. */
static const struct {
    struct tl_str begins, has;
    enum finding finding;
} statements[] = {
#define ROW(begins, has, finding)                                                                  \
    {                                                                                              \
        {begins, sizeof(begins) - 1}, {has, sizeof(has) - 1}, F_ZDP_##finding                      \
    }
    ROW("create temp", "", TEMP_TABLE),
    ROW("create local temp", "", TEMP_TABLE),
    ROW("declare ", "with hold", CURSOR),
    ROW("listen ", "", LISTEN),
    ROW("lock ", "", TABLE_LOCK),
    ROW("create ", "", DDL),
    ROW("alter ", "", DDL),
    ROW("drop ", "", DDL),
    ROW("truncate ", "", DDL),
    ROW("reindex ", "", DDL),
    ROW("cluster ", "", DDL),
    ROW("vacuum full", "", DDL),
    ROW("refresh materialized ", "", DDL),
    ROW("", "", TRANSACTION),
#undef ROW
};

/* Of which engine something is documented. */
enum engine { POSTGRES = 1, MYSQL = 2, BOTH = 3, MYSQL_2_10 = 4 };

/* What is documented to get in the way, and how texts call it. NFINDINGS: no log shows it. */
static const struct {
    struct tl_str name;
    enum finding finding;
    enum engine engine;
} documented[] = {
    {{"long or idle transactions", 25}, F_ZDP_TRANSACTION, BOTH},
    {{"running DDL", 11}, F_ZDP_DDL, POSTGRES},
    {{"temporary tables", 16}, F_ZDP_TEMP_TABLE, BOTH},
    {{"table locks", 11}, F_ZDP_TABLE_LOCK, BOTH},
    {{"user locks (GET_LOCK)", 21}, NFINDINGS, MYSQL},
    {{"sessions that LISTEN", 20}, F_ZDP_LISTEN, POSTGRES},
    {{"cursors WITH HOLD", 17}, F_ZDP_CURSOR, POSTGRES},
    {{"connections with TLS 1.1", 24}, F_ZDP_TLS, POSTGRES},
    {{"connections with TLS", 20}, NFINDINGS, MYSQL_2_10}, /* no later release drops them */
    {{"pending parameter changes", 25}, F_ZDP_PENDING, BOTH},
};
enum { NDOCUMENTED = sizeof(documented) / sizeof(documented[0]), KEPT = 16, NAMED = 4 };

/* The rows that speak for one cause. */
struct bag {
    uint32_t rows[KEPT];
    int64_t pids[KEPT]; /* of the sessions; those counted in n only are not kept */
    size_t kept, npids;
    uint64_t n, nended;
    uint32_t last;
};

/* ---- the log of the attempt's server ---- */

/* Its own log; else the only one of its cluster, or of the run, that names no other instance. */
static const struct server *
server_of(const struct tl_builder *b, const struct logs *logs, const struct question *q)
{
    uint32_t own = b->server_of[q->res], found = NONE;

    if (own != NONE)
        return &b->servers[own];
    for (uint32_t i = logs->of_tree[b->res[q->res].tree]; i != NONE; i = logs->next_of_tree[i]) {
        const struct res *r = &b->res[b->servers[i].res];

        if (r->kind == TL_KIND_INSTANCE && r->id.n > 0)
            continue;
        if (found != NONE)
            return NULL;
        found = i;
    }
    if (found == NONE)
        found = logs->of_run[q->run];
    return found == NONE ? NULL : &b->servers[found];
}

static bool
has_line_around(const struct tl_builder *b, const struct server *s, tl_time at)
{
    for (size_t i = 0; i < s->ninputs; i++) {
        const struct tl_source *in = &b->report->inputs[s->inputs[i]];

        if (in->first != TL_TIME_NONE && in->first <= at && in->last >= at)
            return true;
    }
    return false;
}

static tl_time
at_of(const struct tl_builder *b, uint32_t row)
{
    return row_event(b, row)->when.at;
}

/* The first place in the rows of a server that is after a moment. */
static size_t
first_past(const struct tl_builder *b, const struct server *s, tl_time moment)
{
    size_t lo = 0, hi = s->nrows;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (at_of(b, s->rows[mid]) <= moment)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static bool
ends_session(const struct tl_builder *b, uint32_t row)
{
    struct tl_str cls = row_event(b, row)->cls;

    return tl_str_eq(cls, TL_STR("log.connection-dropped")) ||
           tl_str_eq(cls, TL_STR("log.client-lost")) ||
           tl_str_eq(cls, TL_STR("log.session-timeout"));
}

static int64_t
pid_of(const struct tl_builder *b, uint32_t row)
{
    return tl_event_number(row_event(b, row), TL_STR("pid"));
}

static int
by_pid(const void *pa, const void *pb)
{
    const struct ended *a = pa, *b = pb;
    int c = compare(a->pid, b->pid);

    return c ? c : compare(a->row, b->row);
}

/* Which rows of the log can tell of the attempt, and which sessions ended when. */
static enum tl_status
read_log(struct tl_builder *b, struct question *q)
{
    const struct server *s = q->s;

    q->covered = has_line_around(b, s, q->from) && has_line_around(b, s, q->to);
    q->last = first_past(b, s, q->to + NEAR_US);
    q->first = first_past(b, s, q->from - 1);
    while (q->first > 0 && row_sign(b, s->rows[q->first - 1]) != SIGN_READY &&
           row_sign(b, s->rows[q->first - 1]) != SIGN_START)
        q->first--;
    q->ended = tl_arena_alloc(&b->scratch, (q->last - q->first + 1) * sizeof(*q->ended));
    if (!q->ended)
        return TL_ENOMEM;
    for (size_t i = q->first; i < q->last; i++)
        if (ends_session(b, s->rows[i]) && pid_of(b, s->rows[i]) != TL_UNKNOWN)
            q->ended[q->nended++] = (struct ended){pid_of(b, s->rows[i]), s->rows[i]};
    qsort(q->ended, q->nended, sizeof(*q->ended), by_pid);
    return TL_OK;
}

/* The row that ends the session of a row; NONE: no line says so. */
static uint32_t
end_of(const struct tl_builder *b, const struct question *q, uint32_t row)
{
    int64_t pid = pid_of(b, row);
    size_t lo = 0, hi = q->nended;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (q->ended[mid].pid < pid || (q->ended[mid].pid == pid && q->ended[mid].row < row))
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < q->nended && q->ended[lo].pid == pid ? q->ended[lo].row : NONE;
}

/* ---- evidence for ---- */

/* Whether what a row tells of was so in the attempt, as far as the log shows. *ended: its session
 * was ended in it. */
static bool
reaches(const struct tl_builder *b, const struct question *q, uint32_t row, enum reach reach,
        bool *ended)
{
    const struct tl_instant *at = &row_event(b, row)->when;
    uint32_t end = end_of(b, q, row);
    bool before = at->earliest < q->to + (reach == REACH_WITHIN ? ENDED_US : 0);

    *ended = end != NONE && at_of(b, end) >= q->from && at_of(b, end) <= q->to + ENDED_US;
    switch (reach) {
    case REACH_SERVER:
        return before;
    case REACH_SESSION:
        return before && (end == NONE || at_of(b, end) >= q->from);
    case REACH_STATEMENT:
        return before && (*ended || (end == NONE && at->latest >= q->from - STATEMENT_US));
    case REACH_WITHIN:
        return before && at->latest >= q->from;
    default:
        return at->latest >= q->from - NEAR_US && at->earliest <= q->to + NEAR_US;
    }
}

/* The cause that the statement of an ended session shows; NFINDINGS: it was about none. */
static enum finding
cause_of_sql(struct tl_str sql)
{
    size_t i = 0;

    sql = tl_str_trim(sql);
    if (sql.n == 0)
        return NFINDINGS;
    while (!tl_str_case_starts(sql, statements[i].begins) ||
           (statements[i].has.n > 0 && tl_str_case_find(sql, statements[i].has) == SIZE_MAX))
        i++;
    return statements[i].finding;
}

/* Whether a row speaks for a cause. */
static bool
speaks_for(const struct tl_builder *b, const struct question *q, uint32_t row, enum finding cause,
           bool *ended)
{
    const struct tl_event *ev = row_event(b, row);

    if (tl_str_eq(ev->cls, TL_STR("log.connection-dropped")))
        return cause_of_sql(tl_event_text(ev, TL_STR("sql"))) == cause &&
               reaches(b, q, row, REACH_WITHIN, ended);
    for (size_t k = 0; k < sizeof(signs) / sizeof(signs[0]); k++) {
        if (signs[k].finding != cause || !tl_str_eq(signs[k].cls, ev->cls))
            continue;
        if (signs[k].field.n == 0 ||
            tl_str_find(tl_event_text(ev, signs[k].field), signs[k].value) != SIZE_MAX)
            return reaches(b, q, row, signs[k].reach, ended);
    }
    return false;
}

static void
put(const struct tl_builder *b, struct bag *g, uint32_t row, bool ended)
{
    int64_t pid = pid_of(b, row);

    g->last = row;
    if (g->kept < KEPT)
        g->rows[g->kept++] = row;
    for (size_t i = 0; i < g->npids; i++)
        if (g->pids[i] == pid)
            return;
    g->n++;
    g->nended += ended;
    if (g->npids < KEPT)
        g->pids[g->npids++] = pid;
}

static struct bag
gather(const struct tl_builder *b, const struct question *q, enum finding cause)
{
    struct bag g = {.last = NONE};

    for (size_t i = q->first; q->s && cause != NFINDINGS && i < q->last; i++) {
        bool ended;

        if (speaks_for(b, q, q->s->rows[i], cause, &ended))
            put(b, &g, q->s->rows[i], ended);
    }
    return g;
}

/* "2 sessions (processes 4242 and 4250)" */
static struct tl_str
words_sessions(struct tl_builder *b, const struct bag *g)
{
    struct tl_str parts[2 * NAMED + 6];
    size_t n = 0, named = g->npids < NAMED ? g->npids : NAMED;

    parts[n++] = words_count(b, g->n);
    parts[n++] = g->n == 1 ? TL_STR(" session") : TL_STR(" sessions");
    if (g->pids[0] == TL_UNKNOWN)
        return words_join(b, parts, n);
    parts[n++] = g->n == 1 ? TL_STR(" (process ") : TL_STR(" (processes ");
    for (size_t i = 0; i < named; i++) {
        if (i > 0)
            parts[n++] = TL_STR(", ");
        parts[n++] = words_count(b, (uint64_t)g->pids[i]);
    }
    parts[n++] = g->n > named ? TL_STR(" …)") : TL_STR(")");
    return words_join(b, parts, n);
}

/* ", last at 2026-04-11 06:20:58 UTC; 1 of them was ended in the attempt" */
static struct tl_str
words_when(struct tl_builder *b, const struct bag *g)
{
    struct tl_str parts[5] = {TL_STR(", last at "), words_time(b, &row_event(b, g->last)->when)};
    size_t n = 2;

    if (g->nended > 0) {
        parts[n++] = g->n == 1 ? TL_STR(", and was ended in the attempt") : TL_STR(", and ");
        if (g->n > 1) {
            parts[n++] = words_count(b, g->nended);
            parts[n++] = TL_STR(" of them ended in the attempt");
        }
    }
    return words_join(b, parts, n);
}

/* The parameters of a bag, each once: "max_connections, shared_buffers" */
static struct tl_str
words_parameters(struct tl_builder *b, const struct bag *g)
{
    struct tl_str parts[2 * KEPT];
    size_t n = 0;

    for (size_t i = 0; i < g->kept; i++) {
        struct tl_str name = tl_event_text(row_event(b, g->rows[i]), TL_STR("parameter"));
        bool known = name.n == 0;

        for (size_t k = 0; k < n; k++)
            known |= tl_str_eq(parts[k], name);
        if (known)
            continue;
        if (n > 0)
            parts[n++] = TL_STR(", ");
        parts[n++] = name;
    }
    return words_join(b, parts, n);
}

void
causes_adopt(struct tl_builder *b, const struct question *q, const uint32_t *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (b->report->rows[rows[i]].run == NONE)
            b->report->rows[rows[i]].run = q->run;
}

static enum tl_status
say_cause(struct tl_builder *b, const struct question *q, enum finding cause, const struct bag *g)
{
    const struct tl_str args[] = {
        res_called(b, q->res),
        cause == F_ZDP_PENDING ? words_parameters(b, g) : words_sessions(b, g), words_when(b, g)};

    causes_adopt(b, q, g->rows, g->kept);
    return finding_add(b, q->p, cause, g->rows, g->kept, args);
}

/* ---- evidence against, or none ---- */

/* "a, b and c" of the documented causes that were (not) seen. */
static struct tl_str
words_causes(struct tl_builder *b, enum engine engine, const bool *seen)
{
    struct tl_str parts[2 * NDOCUMENTED];
    size_t n = 0;

    for (size_t i = 0; i < NDOCUMENTED; i++) {
        if (!(documented[i].engine & engine) || (seen && seen[i]))
            continue;
        if (n > 0)
            parts[n++] = TL_STR(", ");
        parts[n++] = documented[i].name;
    }
    if (n > 2)
        parts[n - 2] = TL_STR(" or ");
    return words_join(b, parts, n);
}

static struct tl_str
words_what(struct tl_builder *b, const struct tl_zdp *z)
{
    const struct tl_str parts[] = {
        TL_STR("dropped "), words_count(b, z->dropped > 0 ? (uint64_t)z->dropped : 0),
        z->dropped == 1 ? TL_STR(" connection") : TL_STR(" connections")};

    return z->outcome == TL_ZDP_FAILED ? TL_STR("failed") : words_join(b, parts, 3);
}

static enum tl_status
say_unknown(struct tl_builder *b, const struct question *q, enum engine engine)
{
    const struct tl_str shown = TL_STR("its log covers that time and shows no sign of ");
    const struct tl_str args[] = {
        res_called(b, q->res), words_what(b, q->z),
        engine != POSTGRES ? TL_STR("an error log does not show what sessions did; documented are ")
        : q->covered       ? shown
        : q->s ? TL_STR("the log that was given does not cover that time; documented are ")
               : TL_STR("no log of it was given; documented are "),
        words_causes(b, engine, NULL)};

    return finding_add(b, q->p, F_ZDP_CAUSE_UNKNOWN, q->z->events, q->z->nevents, args);
}

static enum engine
engine_of(const struct tl_builder *b, const struct question *q)
{
    static const struct release after[] = {{2, 11}};

    if (!tl_str_eq(q->p->run->engine, TL_STR("aurora-mysql")))
        return POSTGRES;
    return version_precedes(version_before(b, q->p, q->res), after, 1, NULL) ? MYSQL | MYSQL_2_10
                                                                             : MYSQL;
}

static enum tl_status
answer(struct tl_builder *b, const struct logs *logs, const struct question *q)
{
    enum engine engine = engine_of(b, q);
    bool seen[NDOCUMENTED] = {false}, any = false;
    struct tl_str args[2] = {{"", 0}, {"", 0}};

    for (size_t i = 0; i < NDOCUMENTED; i++) {
        struct bag g = gather(b, q, documented[i].finding);

        seen[i] = g.n > 0;
        any |= seen[i];
        if (seen[i] && say_cause(b, q, documented[i].finding, &g))
            return TL_ENOMEM;
    }
    if (zdp_hints(b, logs, q, &any))
        return TL_ENOMEM;
    if (q->z->outcome == TL_ZDP_NOT_ATTEMPTED)
        return TL_OK; /* zdp.not-used says that the reason is not known */
    if (!any)
        return say_unknown(b, q, engine);
    args[0] = res_called(b, q->res);
    args[1] = words_causes(b, engine, seen);
    if (engine != POSTGRES || !q->covered || args[1].n == 0)
        return TL_OK;
    return finding_add(b, q->p, F_ZDP_CAUSE_NOT_SEEN, q->z->events, q->z->nevents, args);
}

/* ---- all of them ---- */

/* Whether an attempt (or none) leaves something to explain. */
static bool
is_open(const struct tl_zdp *z)
{
    if (z->nevents == 0)
        return false;
    if (z->outcome == TL_ZDP_NOT_ATTEMPTED)
        return z->reason.n == 0;
    return z->outcome == TL_ZDP_FAILED || (z->dropped != TL_UNKNOWN && z->dropped > 0);
}

static enum tl_status
ask(struct tl_builder *b, const struct logs *logs, uint32_t run, const struct tl_zdp *z)
{
    struct question q = {.p = &b->plans[run], .z = z, .run = run, .res = b->rowx[z->events[0]].res};

    q.from = row_event(b, z->events[0])->when.earliest;
    q.to = row_event(b, z->events[0])->when.latest;
    for (size_t i = 0; i < z->nevents; i++) {
        const struct tl_instant *at = &row_event(b, z->events[i])->when;

        if (tl_str_eq(res_name(row_res(b, z->events[i])), z->resource))
            q.res = b->rowx[z->events[i]].res;
        q.from = at->earliest < q.from ? at->earliest : q.from;
        q.to = at->latest > q.to ? at->latest : q.to;
    }
    q.s = server_of(b, logs, &q);
    if (q.s && read_log(b, &q))
        return TL_ENOMEM;
    return answer(b, logs, &q);
}

enum tl_status
build_causes(struct tl_builder *b, const struct logs *logs)
{
    for (uint32_t i = 0; i < b->nplans; i++) {
        const struct tl_run *r = b->plans[i].run;

        for (size_t k = 0; k < r->nzdp; k++)
            if (is_open(&r->zdp[k]) && ask(b, logs, i, &r->zdp[k]))
                return TL_ENOMEM;
    }
    return TL_OK;
}
