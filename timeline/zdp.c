/*
 * zdp.c - zero-downtime patching, instance by instance: attempted, finished, what it kept.
 *
 * The same attempt is announced on the cluster and on the instance; it counts once. That none was
 * made is concluded from a restart of the instance, never from the absence of a row alone.
 */
#include <string.h>

#include "timeline/findings.h"
#include "timeline/resource.h"
#include "timeline/zdp.h"

static const int64_t LAG_US = 5 * TL_SECOND; /* an announcement that comes after that of the end */

struct attempt {
    uint32_t res;
    uint32_t began, ended, failed, startup; /* rows; NONE */
    enum tl_zdp_outcome outcome;
    struct tl_str reason;
    uint32_t *rows;
    size_t nrows, cap;
    struct design design; /* where none was made */
};

struct attempts {
    struct attempt *list;
    size_t n, cap;
    const struct plan *plan;
    uint32_t *last; /* by place: number of the resource's last attempt + 1; a cluster's: of any of
                       its instances, or its own where the instance is not known */
};

/* ---- whose attempt ---- */

static uint32_t
only_instance(const struct tl_builder *b, uint32_t tree)
{
    uint32_t only = NONE;

    for (uint32_t i = b->first_member[tree]; i < b->first_member[tree + 1]; i++) {
        if (b->res[b->members[i]].kind != TL_KIND_INSTANCE)
            continue;
        if (only != NONE)
            return NONE;
        only = b->members[i];
    }
    return only;
}

/* The instance of a row on a cluster: the one that its text names, its twin's, the only one. */
static enum tl_status
instance_of(struct tl_builder *b, uint32_t row, uint32_t *res)
{
    const struct res *r = row_res(b, row);
    struct tl_ident who = {.kind = TL_KIND_INSTANCE,
                           .account = r->account,
                           .region = r->region,
                           .id = tl_event_text(row_event(b, row), TL_STR("instance"))};
    uint32_t twin = b->rowx[row].twin;

    *res = NONE;
    if (r->kind == TL_KIND_INSTANCE) {
        *res = b->rowx[row].res;
        return TL_OK;
    }
    if (who.id.n > 0 && res_find(b, &who, r->input, res))
        return TL_ENOMEM;
    if (*res == NONE && twin != NONE)
        *res = b->rowx[twin].res;
    if (*res == NONE)
        *res = only_instance(b, row_tree(b, row));
    if (*res == NONE)
        *res = b->rowx[row].res;
    return TL_OK;
}

static enum tl_status
note_row(struct tl_builder *b, struct attempt *a, uint32_t row)
{
    uint32_t *rows = tl_arena_grow(b->arena, a->rows, a->nrows, &a->cap, sizeof(*rows));

    if (!rows)
        return TL_ENOMEM;
    a->rows = rows;
    a->rows[a->nrows++] = row;
    return TL_OK;
}

static struct attempt *
new_attempt(struct tl_builder *b, struct attempts *all, uint32_t res)
{
    struct attempt *list = tl_arena_grow(&b->scratch, all->list, all->n, &all->cap, sizeof(*list));

    if (!list)
        return NULL;
    all->list = list;
    list[all->n] = (struct attempt){.res = res,
                                    .began = NONE,
                                    .ended = NONE,
                                    .failed = NONE,
                                    .startup = NONE,
                                    .reason = {"", 0}};
    return &list[all->n++];
}

/* Remembers an attempt as the last of its resource, and of its tree. */
static void
note_last(const struct tl_builder *b, struct attempts *all, const struct attempt *a)
{
    uint32_t own = place_in(b, all->plan, a->res);
    uint32_t tree = place_in(b, all->plan, b->res[a->res].tree);

    if (own != NONE)
        all->last[own] = (uint32_t)(a - all->list) + 1;
    if (tree != NONE)
        all->last[tree] = (uint32_t)(a - all->list) + 1;
}

static struct attempt *
numbered(const struct attempts *all, uint32_t number)
{
    return number > 0 && all->list ? &all->list[number - 1] : NULL;
}

static struct attempt *
last_of(const struct tl_builder *b, const struct attempts *all, uint32_t res)
{
    uint32_t place = place_in(b, all->plan, res);

    return place != NONE ? numbered(all, all->last[place]) : NULL;
}

static bool
is_open(const struct attempt *a)
{
    return a && a->ended == NONE && a->failed == NONE;
}

/* The one open attempt of the tree on an instance that a table only gives a label: "us-east-1
 * writer", whose name the end is the first to tell. */
static struct attempt *
labelled_attempt(const struct tl_builder *b, struct attempts *all, uint32_t res)
{
    enum { BACK = 16 };
    struct attempt *found = NULL;

    if (b->res[res].id.n == 0)
        return NULL;
    for (size_t i = all->n; i > 0 && i + BACK > all->n; i--) {
        struct attempt *a = &all->list[i - 1];
        const struct res *r = &b->res[a->res];

        if (!is_open(a) || r->kind != TL_KIND_INSTANCE || r->id.n > 0 ||
            r->tree != b->res[res].tree)
            continue;
        if (found)
            return NULL;
        found = a;
    }
    return found;
}

/* The attempt of that instance (or of its cluster, where the instance is not known) that waits for
 * its end. */
static struct attempt *
open_attempt(const struct tl_builder *b, struct attempts *all, uint32_t res)
{
    struct attempt *own = last_of(b, all, res), *tree = last_of(b, all, b->res[res].tree);

    if (is_open(own))
        return own;
    if (is_open(tree) && b->res[tree->res].kind != TL_KIND_INSTANCE)
        return tree;
    return labelled_attempt(b, all, res);
}

static enum tl_status
take(struct tl_builder *b, struct attempts *all, uint32_t row)
{
    bool begins = row_is(b, row, TL_STR("zdp.attempted"));
    uint32_t twin = b->rowx[row].twin, res;
    struct attempt *a;

    if (instance_of(b, row, &res))
        return TL_ENOMEM;
    a = begins ? NULL : open_attempt(b, all, res);
    if (!a)
        a = new_attempt(b, all, res);
    if (!a)
        return TL_ENOMEM;
    if (b->res[a->res].kind != TL_KIND_INSTANCE)
        a->res = res;
    if (begins)
        a->began = row;
    else if (row_is(b, row, TL_STR("zdp.finished")))
        a->ended = row;
    else
        a->failed = row;
    note_last(b, all, a);
    if (note_row(b, a, row))
        return TL_ENOMEM;
    return twin == NONE ? TL_OK : note_row(b, a, twin);
}

/* ---- what became of it ---- */

/* Whether two instants may be in this order. */
static bool
may_follow(const struct tl_builder *b, uint32_t first, uint32_t second)
{
    return first == NONE || second == NONE ||
           row_event(b, second)->when.latest >= row_event(b, first)->when.earliest;
}

static bool
restarts(const struct tl_builder *b, uint32_t row)
{
    return row_is(b, row, TL_STR("instance.restarted")) ||
           row_is(b, row, TL_STR("instance.shutdown"));
}

/* The first place among the rows of a resource that is not before the attempt. */
static uint32_t
first_after(const struct tl_builder *b, const struct plan *p, uint32_t place,
            const struct attempt *a)
{
    tl_time from = TL_TIME_NONE;
    uint32_t lo = p->first_own[place], hi = p->first_own[place + 1];

    if (a->began != NONE)
        from = row_event(b, a->began)->when.earliest;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;

        if (row_event(b, p->own_rows[mid])->when.at < from)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* Whether a row of the instance cannot be part of the attempt any more, nor those after it. */
static bool
is_past(const struct tl_builder *b, const struct attempt *a, uint32_t row)
{
    if (a->ended != NONE)
        return row_event(b, row)->when.at > row_event(b, a->ended)->when.latest + LAG_US ||
               (row > a->ended && row_is(b, row, TL_STR("zdp.attempted")));
    return a->failed != NONE || (row_is(b, row, TL_STR("zdp.attempted")) && a->began != NONE &&
                                 row > a->began && b->rowx[a->began].twin != row);
}

static enum tl_status
judge_row(struct tl_builder *b, struct attempt *a, uint32_t row)
{
    if (a->startup == NONE && row_is(b, row, TL_STR("startup.fast")) &&
        may_follow(b, a->began, row)) {
        a->startup = row;
        return note_row(b, a, row);
    }
    if (a->ended == NONE && a->failed == NONE && a->began != NONE && restarts(b, row) &&
        row > a->began) {
        a->failed = row;
        a->reason = TL_STR("its end was never announced, and the instance was restarted instead");
        return note_row(b, a, row);
    }
    return TL_OK;
}

static enum tl_status
judge(struct tl_builder *b, const struct plan *p, struct attempt *a)
{
    uint32_t place = place_in(b, p, a->res);
    uint32_t i = place != NONE ? first_after(b, p, place, a) : 0;

    for (; place != NONE && i < p->first_own[place + 1] && !is_past(b, a, p->own_rows[i]); i++)
        if (judge_row(b, a, p->own_rows[i]))
            return TL_ENOMEM;
    if (a->ended != NONE)
        a->outcome = TL_ZDP_FINISHED;
    else if (a->failed != NONE)
        a->outcome = TL_ZDP_FAILED;
    if (a->failed != NONE && a->reason.n == 0)
        a->reason = tl_event_text(row_event(b, a->failed), TL_STR("reason"));
    return TL_OK;
}

/* ---- not attempted ---- */

/* A row of the attempt of another instance of its cluster; NONE. */
static uint32_t
beside_writer(const struct tl_builder *b, const struct attempts *all, uint32_t res)
{
    const struct attempt *a = last_of(b, all, b->res[res].tree);

    if (!a || a->res == res || b->res[a->res].kind != TL_KIND_INSTANCE)
        return NONE;
    for (size_t i = 0; i < a->nrows; i++)
        if (b->rowx[a->rows[i]].res == a->res)
            return a->rows[i];
    return a->nrows > 0 ? a->rows[0] : NONE;
}

static enum tl_status
take_restart(struct tl_builder *b, const struct plan *p, struct attempts *all, uint32_t *none,
             uint32_t row)
{
    uint32_t res = b->rowx[row].res, place = place_in(b, p, res);
    const struct attempt *tree = last_of(b, all, b->res[res].tree);
    struct attempt *a;

    if (b->res[res].kind != TL_KIND_INSTANCE || b->res[res].cluster == NONE ||
        tl_str_eq(p->run->engine, TL_STR("postgres")) || tl_str_eq(p->run->engine, TL_STR("mysql")))
        return TL_OK; /* only Aurora patches so: no DB instance, no Multi-AZ DB cluster */
    a = numbered(all, none[place]);
    if (a)
        return note_row(b, a, row);
    if (last_of(b, all, res) || (tree && b->res[tree->res].kind != TL_KIND_INSTANCE))
        return TL_OK;
    a = new_attempt(b, all, res);
    if (!a)
        return TL_ENOMEM;
    none[place] = (uint32_t)all->n;
    a->outcome = TL_ZDP_NOT_ATTEMPTED;
    if (zdp_design(b, p, res, beside_writer(b, all, res), &a->design))
        return TL_ENOMEM;
    a->reason = a->design.reason;
    return note_row(b, a, row);
}

/* ---- the list ---- */

static struct tl_zdp
figures(const struct tl_builder *b, const struct attempt *a)
{
    struct tl_zdp z = {.resource = res_name(&b->res[a->res]),
                       .region = b->res[a->res].region,
                       .outcome = a->outcome,
                       .elapsed_ms = TL_UNKNOWN,
                       .preserved = TL_UNKNOWN,
                       .dropped = TL_UNKNOWN,
                       .fast_startup_us = TL_UNKNOWN,
                       .began = TL_INSTANT_NONE,
                       .ended = TL_INSTANT_NONE,
                       .reason = a->reason,
                       .events = a->rows,
                       .nevents = a->nrows,
                       .client_preserved = TL_UNKNOWN,
                       .client_broken = TL_UNKNOWN};
    const struct tl_event *end = a->ended != NONE ? row_event(b, a->ended) : NULL;

    if (a->began != NONE)
        z.began = row_event(b, a->began)->when;
    if (end) {
        z.ended = end->when;
        z.elapsed_ms = tl_event_number(end, TL_STR("elapsed_ms"));
        z.preserved = tl_event_number(end, TL_STR("preserved"));
        z.dropped = tl_event_number(end, TL_STR("dropped"));
    }
    if (a->startup != NONE)
        z.fast_startup_us = tl_event_number(row_event(b, a->startup), TL_STR("elapsed_us"));
    return z;
}

static void
sort_numbers(uint32_t *rows, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        uint32_t row = rows[i];
        size_t k = i;

        for (; k > 0 && rows[k - 1] > row; k--)
            rows[k] = rows[k - 1];
        rows[k] = row;
    }
}

/* An instance that was restarted without an attempt: its restart, and what shows why. */
static enum tl_status
conclude_none(struct tl_builder *b, struct plan *p, const struct attempt *a, const struct tl_zdp *z)
{
    const struct tl_str args[] = {res_called(b, a->res), z->reason, a->design.evidence};
    bool by_design = z->reason.n > 0;
    uint32_t *rows = tl_arena_alloc(&b->scratch, (z->nevents + DESIGN_ROWS) * sizeof(*rows));
    size_t n = z->nevents;

    if (!rows)
        return TL_ENOMEM;
    memcpy(rows, z->events, n * sizeof(*rows));
    for (size_t i = 0; i < a->design.nrows; i++)
        rows[n++] = a->design.rows[i];
    sort_numbers(rows, n);
    return finding_add(b, p, by_design ? F_ZDP_BY_DESIGN : F_ZDP_NOT_USED, rows, n,
                       by_design ? args : (const struct tl_str[]){args[0], args[2]});
}

static enum tl_status
conclude(struct tl_builder *b, struct plan *p, const struct attempt *a, const struct tl_zdp *z)
{
    struct tl_str args[3] = {res_called(b, a->res), z->reason, {"", 0}};

    if (z->outcome == TL_ZDP_NOT_ATTEMPTED)
        return conclude_none(b, p, a, z);
    if (z->outcome == TL_ZDP_FAILED) {
        if (args[1].n == 0)
            args[1] = TL_STR("no reason was given");
        return finding_add(b, p, F_ZDP_FAILED, z->events, z->nevents, args);
    }
    if (z->dropped == TL_UNKNOWN || z->dropped == 0)
        return TL_OK;
    args[1] = words_count(b, (uint64_t)z->dropped);
    args[2] = z->preserved == TL_UNKNOWN ? TL_STR("an unknown number of")
                                         : words_count(b, (uint64_t)(z->dropped + z->preserved));
    return finding_add(b, p, F_ZDP_DROPPED, z->events, z->nevents, args);
}

static enum tl_status
list_attempts(struct tl_builder *b, struct plan *p, struct attempts *all)
{
    uint32_t *none = tl_arena_alloc(&b->scratch, (p->nres + 1) * sizeof(*none));

    all->last = tl_arena_alloc(&b->scratch, (p->nres + 1) * sizeof(*all->last));
    if (!none || !all->last)
        return TL_ENOMEM;
    for (size_t i = 0; i < p->nrows; i++)
        if (tl_str_starts(row_event(b, p->rows[i])->cls, TL_STR("zdp.")) &&
            !row_repeats(b, p->rows[i]) && take(b, all, p->rows[i]))
            return TL_ENOMEM;
    for (size_t i = 0; i < all->n; i++)
        if (judge(b, p, &all->list[i]))
            return TL_ENOMEM;
    for (size_t i = 0; i < p->nrows; i++)
        if (restarts(b, p->rows[i]) && !row_repeats(b, p->rows[i]) &&
            take_restart(b, p, all, none, p->rows[i]))
            return TL_ENOMEM;
    return TL_OK;
}

enum tl_status
run_zdp(struct tl_builder *b, struct plan *p)
{
    struct attempts all = {.plan = p};
    struct tl_run *r = p->run;

    if (p->layer != LAYER_UPGRADE)
        return TL_OK;
    if (list_attempts(b, p, &all))
        return TL_ENOMEM;
    r->zdp = tl_arena_alloc(b->arena, (all.n + 1) * sizeof(*r->zdp));
    if (!r->zdp)
        return TL_ENOMEM;
    for (size_t i = 0; i < all.n; i++) {
        sort_numbers(all.list[i].rows, all.list[i].nrows);
        r->zdp[r->nzdp] = figures(b, &all.list[i]);
        if (conclude(b, p, &all.list[i], &r->zdp[r->nzdp++]))
            return TL_ENOMEM;
    }
    return TL_OK;
}
