/* versions.c - which version came from which: what events state, and what probes were shown. */
#include <string.h>

#include "timeline/findings.h"

/* ---- comparing ---- */

struct numbers {
    int64_t part[VERSION_PARTS];
    size_t n;
};

/* "5.7.mysql_aurora.2.10.0" counts from 2 on. */
static struct numbers
numbers_of(struct tl_str v)
{
    const struct tl_str aurora = TL_STR("mysql_aurora.");
    size_t at = tl_str_find(v, aurora);
    struct numbers out = {.n = 0};
    struct tl_str part;

    if (at != SIZE_MAX)
        v = tl_str_skip(v, at + aurora.n);
    while (out.n < VERSION_PARTS && v.n > 0) {
        tl_str_cut(v, '.', &part, &v);
        if (!tl_str_int(&part, &out.part[out.n]))
            break;
        out.n++;
    }
    return out;
}

size_t
version_numbers(struct tl_str v, int64_t part[VERSION_PARTS])
{
    struct numbers n = numbers_of(v);

    memcpy(part, n.part, n.n * sizeof(*part));
    return n.n;
}

/* How many leading numbers name the major version: 17.4.5 one, 8.0.42 and 9.6.24 two. */
static size_t
major_parts(struct tl_str v, const struct numbers *n, bool standalone)
{
    if (tl_str_find(v, TL_STR("mysql_aurora.")) != SIZE_MAX)
        return 1;
    if (n->part[0] < 10)
        return 2;
    return standalone && n->n >= 3 ? 2 : 1; /* MariaDB 10.6.14; PostgreSQL of RDS has two numbers */
}

enum change
version_change(struct tl_str from, struct tl_str to, bool standalone)
{
    struct numbers a = numbers_of(from), b = numbers_of(to);
    size_t major, n = a.n < b.n ? a.n : b.n;

    if (n == 0)
        return CHANGE_UNKNOWN;
    major = major_parts(from, &a, standalone);
    for (size_t i = 0; i < n; i++) {
        if (a.part[i] == b.part[i])
            continue;
        if (i < major)
            return CHANGE_MAJOR;
        return i == major ? CHANGE_MINOR : CHANGE_PATCH;
    }
    return a.n == b.n ? CHANGE_NONE : CHANGE_UNKNOWN;
}

bool
version_is_older(struct tl_str older, struct tl_str newer)
{
    struct numbers a = numbers_of(older), b = numbers_of(newer);

    for (size_t i = 0; i < a.n && i < b.n; i++)
        if (a.part[i] != b.part[i])
            return a.part[i] < b.part[i];
    return false;
}

/* Whether one is the beginning of the other, in whole numbers. */
static bool
begins(struct tl_str a, struct tl_str b)
{
    if (a.n > b.n) {
        struct tl_str swap = a;

        a = b;
        b = swap;
    }
    return tl_str_starts(b, a) && (a.n == b.n || b.p[a.n] == '.');
}

/* 8.0.mysql_aurora.3.10.0 is 3.10.0 to who asks for aurora_version(), and some 8.0 to who asks for
 * version(). */
bool
version_agrees(struct tl_str a, struct tl_str b)
{
    const struct tl_str mark = TL_STR(".mysql_aurora.");
    size_t in_a = tl_str_find(a, mark), in_b = tl_str_find(b, mark);
    struct tl_str exact = in_a != SIZE_MAX ? a : b, other = in_a != SIZE_MAX ? b : a;
    size_t at = in_a != SIZE_MAX ? in_a : in_b;

    if ((in_a == SIZE_MAX) == (in_b == SIZE_MAX))
        return begins(a, b);
    return begins(tl_str_skip(exact, at + mark.n), other) ||
           begins((struct tl_str){exact.p, at}, other);
}

/* ---- what a run shows ---- */

struct change_seen {
    uint32_t res, row;
    struct tl_str from, to;
};

/* 8-0-mysql-aurora-3-02-0 as versions are written. */
static struct tl_str
undash(struct tl_builder *b, struct tl_str s)
{
    const struct tl_str dashed = TL_STR("mysql-aurora"), proper = TL_STR("mysql_aurora");
    struct tl_buf buf;
    struct tl_str out;

    tl_buf_init(&buf, 256);
    for (size_t i = 0; i < s.n && s.n < 200; i++) {
        if (tl_str_starts(tl_str_skip(s, i), dashed)) {
            tl_buf_add(&buf, proper);
            i += dashed.n - 1;
        } else {
            tl_buf_add(&buf, s.p[i] == '-' ? TL_STR(".") : (struct tl_str){s.p + i, 1});
        }
    }
    out = tl_arena_str(b->arena, tl_buf_str(&buf));
    tl_arena_follow(b->arena, &buf);
    tl_buf_free(&buf);
    return out.p ? out : (struct tl_str){"", 0};
}

/* preupgrade-CLUSTER-FROM-to-TO-YYYY-MM-DD-HH-MM: the name of the snapshot states both versions. */
static bool
from_snapshot(struct tl_builder *b, uint32_t row, struct change_seen *out)
{
    struct tl_str name = tl_event_text(row_event(b, row), TL_STR("snapshot"));
    struct tl_str cluster = b->res[row_tree(b, row)].id, rest, from;
    const struct tl_str prefix = TL_STR("preupgrade-"), date = TL_STR("-YYYY-MM-DD-HH-MM");
    size_t at;

    if (!tl_str_starts(name, prefix) || cluster.n == 0)
        return false;
    rest = tl_str_skip(name, prefix.n);
    if (!tl_str_starts(rest, cluster) || rest.n <= cluster.n + date.n)
        return false;
    rest = tl_str_skip(rest, cluster.n);
    rest.n -= date.n;
    at = tl_str_find(rest, TL_STR("-to-"));
    if (at == SIZE_MAX || at < 2 || rest.p[0] != '-')
        return false;
    from = (struct tl_str){rest.p + 1, at - 1};
    rest = tl_str_skip(rest, at + 4);
    *out = (struct change_seen){row_tree(b, row), row, undash(b, from), undash(b, rest)};
    return out->from.n > 0 && out->to.n > 0;
}

/* Two rows that tell of one change: the same resource tree, versions that agree. */
static bool
told(const struct tl_builder *b, const struct change_seen *list, size_t n,
     const struct change_seen *c)
{
    for (size_t i = 0; i < n; i++)
        if (b->res[list[i].res].tree == b->res[c->res].tree &&
            version_agrees(list[i].from, c->from) && version_agrees(list[i].to, c->to))
            return true;
    return false;
}

/* What a client saw is said of the cluster or instance behind the endpoint. */
static uint32_t
behind(const struct tl_builder *b, uint32_t res)
{
    const struct res *r = &b->res[res];

    return r->kind == TL_KIND_ENDPOINT && r->cluster != NONE ? r->cluster : res;
}

static size_t
take_class(struct tl_builder *b, const struct plan *p, struct tl_str cls, struct change_seen *list,
           size_t n)
{
    for (size_t i = 0; i < p->nrows; i++) {
        const struct tl_event *ev = row_event(b, p->rows[i]);
        struct change_seen c = {behind(b, b->rowx[p->rows[i]].res), p->rows[i],
                                tl_event_text(ev, TL_STR("from_version")),
                                tl_event_text(ev, TL_STR("to_version"))};

        if (tl_str_eq(ev->cls, cls) && c.from.n > 0 && c.to.n > 0 && !told(b, list, n, &c))
            list[n++] = c;
    }
    return n;
}

/* The version that all of the list agree on, in its most exact spelling; empty: they do not. */
static struct tl_str
common(const struct change_seen *list, size_t n, bool to)
{
    struct tl_str all = {"", 0};

    for (size_t i = 0; i < n; i++) {
        struct tl_str v = to ? list[i].to : list[i].from;

        if (all.n > 0 && !version_agrees(all, v))
            return (struct tl_str){"", 0};
        all = v.n > all.n ? v : all;
    }
    return all;
}

static enum tl_status
find_mismatch(struct tl_builder *b, struct plan *p, const struct change_seen *list, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        const struct change_seen *a = &list[i - 1], *c = &list[i];
        const struct tl_str parts[] = {res_called(b, a->res),
                                       TL_STR(" went from "),
                                       a->from,
                                       TL_STR(" to "),
                                       a->to,
                                       TL_STR(", "),
                                       res_called(b, c->res),
                                       TL_STR(" from "),
                                       c->from,
                                       TL_STR(" to "),
                                       c->to,
                                       p->joined
                                           ? TL_STR(": clusters of a global database must run "
                                                    "the same version")
                                           : TL_STR(": members of a cluster must run the same "
                                                    "version")};
        uint32_t rows[] = {a->row, c->row};
        struct tl_str text;

        if (version_agrees(a->to, c->to) ||
            (b->res[a->res].tree == b->res[c->res].tree && version_agrees(a->to, c->from)))
            continue;
        text = words_join(b, parts, sizeof(parts) / sizeof(parts[0]));
        if (finding_add(b, p, F_VERSION_MISMATCH, rows, 2, &text))
            return TL_ENOMEM;
    }
    return TL_OK;
}

/* Whether the rows are those of a Multi-AZ DB cluster: Aurora has no such stages. */
static bool
is_multi_az(const struct tl_builder *b, const struct plan *p)
{
    static const struct tl_str words[] = {
        {"pre-check started for the database cluster", 42},
        {"pre-check finished for the database cluster", 43},
        {"DB cluster pre-upgrade tasks", 28},
        {"DB cluster post-upgrade tasks", 29},
    };

    for (size_t i = 0; i < p->nrows; i++) {
        struct tl_str text = row_event(b, p->rows[i])->message;

        for (size_t k = 0; k < sizeof(words) / sizeof(words[0]); k++)
            if (row_res(b, p->rows[i])->kind == TL_KIND_CLUSTER &&
                tl_str_case_find(text, words[k]) != SIZE_MAX)
                return true;
    }
    return false;
}

/* aurora-postgresql, aurora-mysql, postgres, mysql: what a topology says, else what only that
 * engine's versions look like. */
static struct tl_str
engine_of(const struct tl_builder *b, const struct plan *p, struct tl_str from, struct tl_str to)
{
    const struct res *tree = &b->res[b->episodes[p->episodes[0]].tree];
    struct tl_str any = to.n > 0 ? to : from;
    struct numbers n = numbers_of(any);

    for (size_t i = 0; i < p->nres; i++)
        if (b->res[p->res[i]].engine.n > 1)
            return b->res[p->res[i]].engine;
    if (tl_str_find(any, TL_STR("mysql_aurora.")) != SIZE_MAX)
        return TL_STR("aurora-mysql");
    if (n.n == 0)
        return (struct tl_str){"", 0};
    if (tree->kind == TL_KIND_CLUSTER && n.n >= 3 && n.part[0] >= 10)
        return TL_STR("aurora-postgresql");
    if (tree->kind != TL_KIND_INSTANCE && !is_multi_az(b, p))
        return (struct tl_str){"", 0};
    if (n.n == 2 && n.part[0] >= 9 && n.part[0] != 10 && n.part[0] != 11)
        return TL_STR("postgres");
    if (n.n == 3 && ((n.part[0] == 8 && (n.part[1] == 0 || n.part[1] == 4)) ||
                     (n.part[0] == 5 && n.part[1] >= 5)))
        return TL_STR("mysql");
    return (struct tl_str){"", 0};
}

/* A green side that was upgraded before brings its version to what it is switched to. */
static enum tl_status
take_green(struct tl_builder *b, const struct plan *p, struct change_seen *list, size_t *n)
{
    struct change_seen c = {switched_tree(b, p), NONE, {"", 0}, {"", 0}};

    if (p->layer != LAYER_BLUEGREEN || c.res == NONE || *n > 0)
        return TL_OK;
    if (switched_versions(b, p, &c.from, &c.to, &c.row))
        return TL_ENOMEM;
    if (c.from.n > 0 && c.to.n > 0)
        list[(*n)++] = c;
    return TL_OK;
}

enum tl_status
run_versions(struct tl_builder *b, struct plan *p)
{
    struct change_seen *list = tl_arena_alloc(&b->scratch, (p->nrows + 1) * sizeof(*list));
    struct tl_run *r = p->run;
    size_t n;

    if (!list)
        return TL_ENOMEM;
    n = take_class(b, p, TL_STR("upgrade.version-changed"), list, 0);
    for (size_t i = 0; i < p->nrows; i++) {
        struct change_seen c;

        if (from_snapshot(b, p->rows[i], &c) && !told(b, list, n, &c))
            list[n++] = c;
    }
    n = take_class(b, p, TL_STR("probe.version-changed"), list, n);
    n = take_class(b, p, TL_STR("log.starting-up"), list, n);
    n = take_class(b, p, TL_STR("log.ready"), list, n);
    if (take_green(b, p, list, &n))
        return TL_ENOMEM;
    r->from = common(list, n, false);
    r->to = common(list, n, true);
    r->engine = engine_of(b, p, r->from, r->to);
    r->versions = tl_arena_alloc(b->arena, (n + 1) * sizeof(*r->versions));
    if (!r->versions)
        return TL_ENOMEM;
    for (size_t i = 0; i < n; i++)
        r->versions[r->nversions++] = (struct tl_version_change){
            res_title(b, list[i].res), b->res[list[i].res].region, list[i].from, list[i].to};
    return find_mismatch(b, p, list, n);
}
