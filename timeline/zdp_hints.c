/*
 * zdp_hints.c - what else may be behind an attempt at zero-downtime patching that went badly: the
 * server's own metric of lost sockets, changes of parameter groups that wait for a restart, and the
 * release that it began on.
 */
#include "timeline/causes.h"
#include "timeline/findings.h"
#include "timeline/zdp.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static const int64_t PENDING_US = 14 * TL_DAY; /* as far back as RDS keeps events */

/* ---- sockets ---- */

/* ZD_SOCKET_TRANSFER_CONN_DROPPED of an attempt: connections lost because handing over their
 * sockets took too long. */
static enum tl_status
say_sockets(struct tl_builder *b, const struct question *q, bool *any)
{
    for (size_t i = q->first; q->s && i < q->last; i++) {
        uint32_t row = q->s->rows[i];
        const struct tl_event *ev = row_event(b, row);
        int64_t n = tl_event_number(ev, TL_STR("value_count"));
        struct tl_str args[2];

        if (!tl_str_eq(tl_event_text(ev, TL_STR("metric")),
                       TL_STR("ZD_SOCKET_TRANSFER_CONN_DROPPED")) ||
            n == TL_UNKNOWN || n <= 0 || ev->when.latest < q->from)
            continue;
        args[0] = res_called(b, q->res);
        args[1] = words_count(b, (uint64_t)n);
        *any = true;
        causes_adopt(b, q, &row, 1);
        return finding_add(b, q->p, F_ZDP_SOCKET, &row, 1, args);
    }
    return TL_OK;
}

/* ---- parameter groups ---- */

static bool
is_pending(const struct tl_builder *b, uint32_t row)
{
    return row_is(b, row, TL_STR("parameter.updated")) &&
           tl_str_case_starts(tl_event_text(row_event(b, row), TL_STR("apply_method")),
                              TL_STR("pending-reboot"));
}

enum tl_status
pending_index(struct tl_builder *b, struct logs *l)
{
    size_t n = 0;

    for (uint32_t i = 0; i < b->report->nrows; i++)
        n += is_pending(b, i);
    l->pending = tl_arena_alloc(&b->scratch, (n + 1) * sizeof(*l->pending));
    l->npending = 0;
    if (!l->pending)
        return TL_ENOMEM;
    for (uint32_t i = 0; i < b->report->nrows && l->npending < n; i++)
        if (is_pending(b, i))
            l->pending[l->npending++] = i;
    return TL_OK;
}

static bool
agree(struct tl_str a, struct tl_str b)
{
    return a.n == 0 || b.n == 0 || tl_str_eq(a, b);
}

/* The last change of a group of the same Region and account. Which group an instance uses no event
 * says. */
static enum tl_status
say_group(struct tl_builder *b, const struct logs *l, const struct question *q)
{
    const struct res *own = &b->res[q->res];

    for (size_t i = l->npending; i > 0; i--) {
        uint32_t row = l->pending[i - 1];
        const struct tl_event *ev = row_event(b, row);
        const struct res *r = row_res(b, row);
        struct tl_str args[4];

        if (ev->when.earliest >= q->from)
            continue;
        if (q->from - ev->when.latest > PENDING_US)
            return TL_OK;
        if (!agree(r->region, own->region) || !agree(r->account, own->account))
            continue;
        args[0] = res_title(b, b->rowx[row].res);
        args[1] = tl_event_text(ev, TL_STR("parameter"));
        args[2] = words_time(b, &ev->when);
        args[3] = res_called(b, q->res);
        causes_adopt(b, q, &row, 1);
        return finding_add(b, q->p, F_ZDP_GROUP, &row, 1, args);
    }
    return TL_OK;
}

/* ---- releases ---- */

/* Aurora PostgreSQL: what release notes say of zero-downtime patching. */
static const struct release quiet_point[] = {{12, 20}, {13, 16}, {14, 13}, {15, 8}, {16, 4}};
static const struct release restoring[] = {{12, 22}, {13, 18}, {14, 15}, {15, 10}, {16, 6}};
static const struct release serverless[] = {{13, 21}, {14, 18}, {15, 13}, {16, 9}, {17, 5}};

static enum tl_status
say_one_release(struct tl_builder *b, const struct question *q, struct tl_str version,
                struct release since, struct tl_str what)
{
    const struct tl_str number[] = {words_count(b, (uint64_t)since.major), TL_STR("."),
                                    words_count(b, (uint64_t)since.minor)};
    const struct tl_str args[] = {res_called(b, q->res), version, words_join(b, number, 3), what};

    return finding_add(b, q->p, F_ZDP_RELEASE, q->z->events, q->z->nevents, args);
}

static enum tl_status
say_release(struct tl_builder *b, const struct question *q)
{
    struct tl_str version = version_before(b, q->p, q->res);
    struct release since;

    if (tl_str_eq(q->p->run->engine, TL_STR("aurora-mysql")))
        return TL_OK;
    if (q->z->outcome == TL_ZDP_FAILED &&
        tl_str_eq(b->res[q->res].class_, TL_STR("db.serverless")) &&
        version_precedes(version, serverless, COUNT(serverless), &since))
        return say_one_release(b, q, version, since,
                               TL_STR("mended failures of it on db.serverless"));
    if (version_precedes(version, quiet_point, COUNT(quiet_point), &since))
        return say_one_release(b, q, version, since,
                               TL_STR("shortened its wait for a quiet point"));
    if (version_precedes(version, restoring, COUNT(restoring), &since))
        return say_one_release(b, q, version, since, TL_STR("restores connections faster"));
    return TL_OK;
}

enum tl_status
zdp_hints(struct tl_builder *b, const struct logs *l, const struct question *q, bool *any)
{
    enum tl_status st = say_sockets(b, q, any);

    if (!st)
        st = say_group(b, l, q);
    return st || q->z->outcome == TL_ZDP_NOT_ATTEMPTED ? st : say_release(b, q);
}
