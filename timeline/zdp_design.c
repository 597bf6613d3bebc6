/*
 * zdp_design.c - why an instance was restarted without zero-downtime patching, where AWS documents
 * that: each reason with what proves it. What is not documented for certain is no reason: the guide
 * of Aurora MySQL said of global databases that they are not supported, and then no longer did.
 */
#include <inttypes.h>

#include "timeline/findings.h"
#include "timeline/resource.h"
#include "timeline/zdp.h"

/* Aurora PostgreSQL: the first releases that can be upgraded so, and those of Serverless v2. */
static const struct release first_releases[] = {{10, 21}, {11, 16}, {12, 11}, {13, 7},
                                                {14, 3},  {15, 3},  {16, 1}};
static const struct release first_serverless[] = {{13, 8}, {14, 5}, {15, 3}, {16, 1}};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* What there is to know of an instance. */
struct subject {
    const struct plan *p;
    uint32_t res, attempt;
    const struct res *r, *tree;
    struct tl_str version; /* before the run */
    bool mysql;
};

/* ---- versions ---- */

bool
version_precedes(struct tl_str v, const struct release *list, size_t n, struct release *since)
{
    int64_t part[VERSION_PARTS];
    struct release at;

    if (version_numbers(v, part) < 2)
        return false;
    for (size_t i = 0; i < n; i++) {
        at = list[i];
        if (part[0] > at.major)
            continue;
        if (since)
            *since = at;
        return part[0] < at.major || part[1] < at.minor;
    }
    return false; /* of a newer major version than all of them */
}

struct tl_str
version_before(const struct tl_builder *b, const struct plan *p, uint32_t res)
{
    for (size_t i = 0; i < p->nepisodes; i++) {
        const struct episode *e = &b->episodes[p->episodes[i]];

        if (e->tree == b->res[res].tree && e->from.n > 0)
            return e->from;
    }
    return p->run->from;
}

static struct tl_str
words_release(struct tl_builder *b, struct release r)
{
    const struct tl_str parts[] = {words_count(b, (uint64_t)r.major), TL_STR("."),
                                   words_count(b, (uint64_t)r.minor)};

    return words_join(b, parts, 3);
}

/* ---- rows that prove ---- */

static void
prove(struct design *d, uint32_t row)
{
    if (d->nrows < DESIGN_ROWS)
        d->rows[d->nrows++] = row;
}

/* The first row of a run that fits; NONE: there is none. */
static uint32_t
first_row(const struct tl_builder *b, const struct plan *p,
          bool (*fits)(const struct tl_builder *, const struct plan *, uint32_t))
{
    for (size_t i = 0; i < p->nrows; i++)
        if (fits(b, p, p->rows[i]))
            return p->rows[i];
    return NONE;
}

static bool
is_of_os(const struct tl_builder *b, const struct plan *p, uint32_t row)
{
    (void)p;
    return tl_str_starts(row_event(b, row)->cls, TL_STR("os-upgrade.")) ||
           row_is(b, row, TL_STR("patch.started")) ||
           (row_is(b, row, TL_STR("failover.reason")) &&
            tl_str_case_find(row_event(b, row)->message, TL_STR("being patched")) != SIZE_MAX);
}

static bool
says_major(const struct tl_builder *b, const struct plan *p, uint32_t row)
{
    (void)p;
    return tl_str_starts(row_event(b, row)->cls, TL_STR("upgrade.")) &&
           tl_str_case_find(row_event(b, row)->message, TL_STR("major version")) != SIZE_MAX;
}

static bool
is_primary_word(const struct tl_builder *b, const struct plan *p, uint32_t row)
{
    return row_tree(b, row) == p->primary &&
           (tl_str_starts(row_event(b, row)->cls, TL_STR("zdp.")) ||
            row_is(b, row, TL_STR("cluster.online")));
}

/* ---- reasons ---- */

static void
take(struct design *d, struct tl_str reason, struct tl_str evidence, uint32_t row)
{
    d->reason = reason;
    d->evidence = evidence;
    if (row != NONE)
        prove(d, row);
}

static void
by_kind_of_change(struct tl_builder *b, const struct subject *s, struct design *d)
{
    uint32_t row;

    if (s->p->run->strategy == TL_STRATEGY_OS_UPDATE) {
        row = first_row(b, s->p, is_of_os);
        take(d, TL_STR("it is not used for OS patches and OS updates"),
             TL_STR("the events speak of one"), row);
    } else if (s->p->run->strategy == TL_STRATEGY_MAJOR_IN_PLACE) {
        row = first_row(b, s->p, says_major);
        take(d, TL_STR("it is not used for major version upgrades"),
             row != NONE ? TL_STR("the events speak of one")
                         : TL_STR("the versions before and after are of different major versions"),
             row);
    }
}

static void
by_region(struct tl_builder *b, const struct subject *s, struct design *d)
{
    const struct tl_str reason =
        TL_STR("it is not used for instances in a secondary Region of a global database");
    struct tl_str parts[] = {{"", 0}, TL_STR(" is the primary: its writer attempted it")};
    uint32_t row;

    if (res_has_role(s->tree, TL_ROLE_SECONDARY) && !res_has_role(s->tree, TL_ROLE_PRIMARY)) {
        take(d, reason, TL_STR("describe-global-clusters lists its cluster as a secondary"), NONE);
        return;
    }
    if (!s->p->joined || s->p->primary == NONE || s->p->primary == s->r->tree)
        return;
    parts[0] = res_called(b, s->p->primary);
    row = first_row(b, s->p, is_primary_word);
    if (row == NONE)
        parts[1] = TL_STR(" is the primary, by describe-global-clusters");
    else if (row_is(b, row, TL_STR("cluster.online")))
        parts[1] = TL_STR(" is the primary: it says that its primary instance is ready");
    take(d, reason, words_join(b, parts, 2), row);
}

static void
by_role(struct tl_builder *b, const struct subject *s, struct design *d)
{
    const struct tl_str reason = TL_STR("it is not used for readers");
    struct tl_str parts[] = {{"", 0}, TL_STR(" attempted it, which only the writer does")};

    if (res_has_role(s->r, TL_ROLE_READER) && !res_has_role(s->r, TL_ROLE_WRITER)) {
        take(d, reason, TL_STR("describe-db-clusters lists it as a reader"), s->attempt);
    } else if (s->attempt != NONE) {
        parts[0] = res_called(b, b->rowx[s->attempt].res);
        take(d, reason, words_join(b, parts, 2), s->attempt);
    }
}

/* "13.4 came before 13.7, the first of its major version with it" */
static struct tl_str
words_too_old(struct tl_builder *b, const struct subject *s, struct release since)
{
    const struct tl_str parts[] = {TL_STR("the upgrade began on "), s->version, TL_STR(", before "),
                                   words_release(b, since)};

    return words_join(b, parts, 4);
}

static void
by_postgres_release(struct tl_builder *b, const struct subject *s, struct design *d)
{
    struct release since;

    if (version_precedes(s->version, first_releases, COUNT(first_releases), &since))
        take(d, TL_STR("it is not used for engine versions before the first release that has it"),
             words_too_old(b, s, since), NONE);
    else if (tl_str_eq(s->r->class_, TL_STR("db.serverless")) &&
             version_precedes(s->version, first_serverless, COUNT(first_serverless), &since))
        take(d, TL_STR("it is not used for db.serverless before the first release that has it"),
             words_too_old(b, s, since), NONE);
}

/* Aurora MySQL 2 before 2.07.2 has none; up to 2.09 only T2 and T3 have it; 1 never had. */
static void
by_mysql_release(struct tl_builder *b, const struct subject *s, struct design *d)
{
    static const struct release all_classes[] = {{2, 10}};
    int64_t part[VERSION_PARTS];
    size_t n = version_numbers(s->version, part);
    const struct tl_str t_class[] = {s->r->class_, TL_STR(", and the upgrade began on "),
                                     s->version};

    if (n < 2 || !version_precedes(s->version, all_classes, 1, NULL))
        return;
    if (part[0] < 2 || part[1] < 7 || (part[1] == 7 && n > 2 && part[2] < 2))
        take(d, TL_STR("it is not used for engine versions before the first release that has it"),
             words_too_old(b, s, (struct release){2, 7}), NONE);
    else if (s->r->class_.n > 1 && !tl_str_starts(s->r->class_, TL_STR("db.t2.")) &&
             !tl_str_starts(s->r->class_, TL_STR("db.t3.")))
        take(d, TL_STR("before Aurora MySQL 2.10 it is used for db.t2 and db.t3 only"),
             words_join(b, t_class, 3), NONE);
}

/* Whether it is one of several instances of which none is known to be the writer. */
static bool
is_one_of_several(const struct tl_builder *b, const struct subject *s)
{
    size_t n = 0;

    for (uint32_t i = b->first_member[s->r->tree]; i < b->first_member[s->r->tree + 1]; i++) {
        const struct res *r = &b->res[b->members[i]];

        if (res_has_role(r, TL_ROLE_WRITER))
            return false;
        n += r->kind == TL_KIND_INSTANCE;
    }
    return n > 1;
}

/* What speaks for an attempt: ": the release that it ran, 15.4.2, supports it" */
static struct tl_str
words_for(struct tl_builder *b, const struct subject *s)
{
    struct tl_str parts[] = {
        TL_STR(": the release that it ran, "), s->version, TL_STR(", supports it"), {"", 0}};
    bool global = s->mysql && s->p->joined && s->p->primary != s->r->tree;

    if (global)
        return TL_STR(" (whether it is for global databases, the guide of Aurora MySQL has said "
                      "both yes and no)");
    if (!s->mysql && is_one_of_several(b, s))
        parts[3] = TL_STR(" (if it was the writer, which the evidence does not say: readers do "
                          "not use it)");
    return s->version.n > 0 ? words_join(b, parts, 4) : parts[3];
}

enum tl_status
zdp_design(struct tl_builder *b, const struct plan *p, uint32_t res, uint32_t attempt,
           struct design *out)
{
    static void (*const reasons[])(struct tl_builder *, const struct subject *, struct design *) = {
        by_kind_of_change, by_region, by_role, by_postgres_release};
    struct subject s = {.p = p,
                        .res = res,
                        .attempt = attempt,
                        .r = &b->res[res],
                        .tree = &b->res[b->res[res].tree],
                        .version = version_before(b, p, res),
                        .mysql = tl_str_eq(p->run->engine, TL_STR("aurora-mysql"))};

    *out = (struct design){.reason = {"", 0}, .evidence = {"", 0}};
    by_kind_of_change(b, &s, out);
    if (out->reason.n == 0 && tl_str_eq(s.tree->mode, TL_STR("serverless")))
        take(out, TL_STR("it is not used for Aurora Serverless v1"),
             TL_STR("describe-db-clusters says so of its engine mode"), NONE);
    if (s.mysql && out->reason.n == 0)
        by_mysql_release(b, &s, out); /* its readers are patched with the writer, so too */
    for (size_t i = 1; i < COUNT(reasons) && out->reason.n == 0 && !s.mysql; i++)
        reasons[i](b, &s, out);
    if (out->reason.n == 0)
        out->evidence = words_for(b, &s);
    return TL_OK;
}
