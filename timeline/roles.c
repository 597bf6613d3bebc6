/* roles.c - the resources of a run, and what they were: primary or secondary, writer or reader. */
#include <stdlib.h>

#include "timeline/resource.h"
#include "timeline/run.h"

/* ---- which cluster is the primary ---- */

static uint32_t
primary_by_topology(const struct tl_builder *b, const struct plan *p)
{
    uint32_t primary = NONE;

    for (size_t i = 0; i < p->nepisodes; i++) {
        uint32_t tree = b->episodes[p->episodes[i]].tree;
        const struct res *r = &b->res[tree];

        if (!res_has_role(r, TL_ROLE_PRIMARY) || res_has_role(r, TL_ROLE_SECONDARY))
            continue;
        if (primary != NONE && primary != tree)
            return NONE;
        primary = tree;
    }
    return primary;
}

/* The region whose writer attempted ZDP, or whose cluster says "The primary instance is ready". */
static uint32_t
primary_by_events(const struct tl_builder *b, const struct plan *p)
{
    uint32_t primary = NONE;

    for (size_t i = 0; i < p->nrows; i++) {
        uint32_t row = p->rows[i], tree = row_tree(b, row);

        if (!row_is(b, row, TL_STR("zdp.attempted")) && !row_is(b, row, TL_STR("zdp.finished")) &&
            !row_is(b, row, TL_STR("cluster.online")))
            continue;
        if (primary != NONE && primary != tree)
            return NONE;
        primary = tree;
    }
    return primary;
}

static void
find_primary(struct tl_builder *b, struct plan *p)
{
    p->primary = primary_by_topology(b, p);
    p->primary_proved = p->primary != NONE;
    if (p->primary == NONE && p->joined && p->layer == LAYER_UPGRADE)
        p->primary = primary_by_events(b, p);
}

/* ---- roles ---- */

enum { MAX_ROLES = 6 };

struct roles {
    struct tl_role_span list[MAX_ROLES];
    size_t n;
};

static void
add_role(struct roles *r, enum tl_role role, tl_time from, tl_time to, bool proved)
{
    if (r->n < MAX_ROLES)
        r->list[r->n++] = (struct tl_role_span){role, from, to, proved};
}

static void
topology_roles(const struct res *r, struct roles *out)
{
    static const enum tl_role all[] = {TL_ROLE_PRIMARY, TL_ROLE_SECONDARY, TL_ROLE_WRITER,
                                       TL_ROLE_READER};

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]) && out->n == 0; i += 2) {
        if (res_has_role(r, all[i]))
            add_role(out, all[i], TL_TIME_NONE, TL_TIME_NONE, true);
        if (res_has_role(r, all[i + 1]))
            add_role(out, all[i + 1], TL_TIME_NONE, TL_TIME_NONE, true);
    }
}

/* The instance that a failover of a cluster names. */
static enum tl_status
promoted(struct tl_builder *b, uint32_t row, uint32_t *res)
{
    const struct res *r = row_res(b, row);
    const struct tl_ident who = {.kind = TL_KIND_INSTANCE,
                                 .account = r->account,
                                 .region = r->region,
                                 .id = tl_event_text(row_event(b, row), TL_STR("instance"))};

    *res = NONE;
    return who.id.n > 0 ? res_find(b, &who, r->input, res) : TL_OK;
}

/* A failover says who wrote from then on, and its demoted writer who read. */
static enum tl_status
failover_roles(struct tl_builder *b, const struct plan *p, struct roles *roles)
{
    for (size_t i = 0; i < p->nrows; i++) {
        uint32_t row = p->rows[i], res, place;
        const struct tl_event *ev = row_event(b, row);

        if (tl_str_eq(ev->cls, TL_STR("failover.completed"))) {
            if (promoted(b, row, &res))
                return TL_ENOMEM;
            place = res == NONE ? NONE : place_in(b, p, res);
            if (place != NONE)
                add_role(&roles[place], TL_ROLE_WRITER, ev->when.at, TL_TIME_NONE, true);
        } else if (tl_str_eq(ev->cls, TL_STR("failover.writer-demoted"))) {
            place = place_in(b, p, b->rowx[row].res);
            add_role(&roles[place], TL_ROLE_WRITER, TL_TIME_NONE, ev->when.at, true);
            add_role(&roles[place], TL_ROLE_READER, ev->when.at, TL_TIME_NONE, true);
        }
    }
    return TL_OK;
}

/* The only instance of a tree that attempted ZDP: only writers do. */
static uint32_t
writer_by_zdp(const struct tl_builder *b, const struct plan *p, uint32_t tree)
{
    uint32_t writer = NONE;

    for (size_t i = 0; i < p->nrows; i++) {
        uint32_t row = p->rows[i], res = b->rowx[row].res;

        if (row_tree(b, row) != tree || b->res[res].kind != TL_KIND_INSTANCE ||
            b->res[res].cluster == NONE ||
            (!row_is(b, row, TL_STR("zdp.attempted")) && !row_is(b, row, TL_STR("zdp.finished"))))
            continue;
        if (writer != NONE && writer != res)
            return NONE;
        writer = res;
    }
    return writer;
}

static void
infer_roles(const struct tl_builder *b, const struct plan *p, struct roles *roles)
{
    for (size_t i = 0; i < p->nepisodes; i++) {
        uint32_t tree = b->episodes[p->episodes[i]].tree, writer = writer_by_zdp(b, p, tree);
        uint32_t place = place_in(b, p, tree);
        bool global = p->joined && p->primary != NONE && b->res[tree].kind == TL_KIND_CLUSTER;

        if (global && roles[place].n == 0)
            add_role(&roles[place], tree == p->primary ? TL_ROLE_PRIMARY : TL_ROLE_SECONDARY,
                     TL_TIME_NONE, TL_TIME_NONE, p->primary_proved);
        place = writer == NONE ? NONE : place_in(b, p, writer);
        if (place != NONE && roles[place].n == 0)
            add_role(&roles[place], TL_ROLE_WRITER, TL_TIME_NONE, TL_TIME_NONE, false);
    }
}

/* Roles by place in p->res. NULL: no room. */
static struct roles *
find_roles(struct tl_builder *b, const struct plan *p)
{
    struct roles *roles = tl_arena_alloc(&b->scratch, (p->nres + 1) * sizeof(*roles));

    if (!roles || failover_roles(b, p, roles))
        return NULL;
    for (size_t i = 0; i < p->nres; i++)
        if (roles[i].n == 0)
            topology_roles(&b->res[p->res[i]], &roles[i]);
    infer_roles(b, p, roles);
    return roles;
}

/* ---- the list ---- */

static struct tl_str
known(struct tl_str s)
{
    return tl_str_eq(s, TL_STR("?")) ? (struct tl_str){"", 0} : s;
}

static enum tl_status
describe(struct tl_builder *b, uint32_t res, const struct roles *roles, struct tl_resource *out)
{
    const struct res *r = &b->res[res];
    struct tl_role_span *kept = tl_arena_alloc(b->arena, (roles->n + 1) * sizeof(*kept));
    struct tl_str cluster = {"", 0};

    if (!kept)
        return TL_ENOMEM;
    for (size_t i = 0; i < roles->n; i++)
        kept[i] = roles->list[i];
    if (r->tree != res)
        cluster = res_name(&b->res[r->tree]);
    *out = (struct tl_resource){.key = r->key,
                                .id = r->id,
                                .label = r->label.n > 0 ? r->label : r->id,
                                .region = r->region,
                                .arn = r->arn,
                                .cluster = cluster,
                                .class_ = known(r->class_),
                                .account = r->account,
                                .engine = known(r->engine),
                                .kind = r->kind,
                                .roles = kept,
                                .nroles = roles->n};
    return TL_OK;
}

static int
rank(enum tl_kind k)
{
    static const int ranks[] = {[TL_KIND_GLOBAL_CLUSTER] = 0,
                                [TL_KIND_CLUSTER] = 1,
                                [TL_KIND_INSTANCE] = 2,
                                [TL_KIND_ENDPOINT] = 3,
                                [TL_KIND_OTHER] = 4};

    return ranks[k];
}

struct ranked {
    const struct res *r;
    uint32_t res;
};

static int
by_rank(const void *pa, const void *pb)
{
    const struct ranked *a = pa, *b = pb;
    int c = compare(rank(a->r->kind), rank(b->r->kind));

    c = c ? c : tl_str_cmp(a->r->region, b->r->region);
    c = c ? c : tl_str_cmp(a->r->key, b->r->key);
    c = c ? c : compare(a->r->input, b->r->input);
    return c ? c : compare(a->res, b->res);
}

static size_t
list_all(const struct tl_builder *b, const struct plan *p, struct ranked *list)
{
    size_t n = 0;

    if (p->global != NONE)
        list[n++].res = p->global;
    for (size_t i = 0; i < p->nrows; i++)
        list[n++].res = b->rowx[p->rows[i]].res;
    for (size_t i = 0; i < p->nepisodes; i++) {
        uint32_t tree = b->episodes[p->episodes[i]].tree;

        for (uint32_t k = b->first_member[tree]; k < b->first_member[tree + 1]; k++)
            if (b->res[b->members[k]].kind == TL_KIND_CLUSTER ||
                b->res[b->members[k]].kind == TL_KIND_INSTANCE || b->members[k] == tree)
                list[n++].res = b->members[k];
    }
    return n;
}

static size_t
most(const struct tl_builder *b, const struct plan *p)
{
    size_t n = p->nrows + 1;

    for (size_t i = 0; i < p->nepisodes; i++) {
        uint32_t tree = b->episodes[p->episodes[i]].tree;

        n += b->first_member[tree + 1] - b->first_member[tree];
    }
    return n;
}

/* The rows of each resource: p->own_rows. */
static enum tl_status
sort_rows(struct tl_builder *b, struct plan *p)
{
    uint32_t *first = tl_arena_alloc(&b->scratch, (p->nres + 2) * sizeof(*first));

    p->own_rows = tl_arena_alloc(&b->scratch, (p->nrows + 1) * sizeof(*p->own_rows));
    if (!first || !p->own_rows)
        return TL_ENOMEM;
    for (size_t i = 0; i < p->nrows; i++)
        first[b->place[b->rowx[p->rows[i]].res] + 2]++;
    for (size_t i = 2; i < p->nres + 2; i++)
        first[i] += first[i - 1];
    for (size_t i = 0; i < p->nrows; i++)
        p->own_rows[first[b->place[b->rowx[p->rows[i]].res] + 1]++] = p->rows[i];
    p->first_own = first;
    return TL_OK;
}

static enum tl_status
list_res(struct tl_builder *b, struct plan *p)
{
    struct ranked *list = tl_arena_alloc(&b->scratch, most(b, p) * sizeof(*list));
    size_t n;

    if (!list)
        return TL_ENOMEM;
    n = list_all(b, p, list);
    for (size_t i = 0; i < n; i++)
        list[i].r = &b->res[list[i].res];
    qsort(list, n, sizeof(*list), by_rank);
    p->res = tl_arena_alloc(&b->scratch, (n + 1) * sizeof(*p->res));
    if (!p->res)
        return TL_ENOMEM;
    for (size_t i = 0; i < n; i++)
        if (p->nres == 0 || p->res[p->nres - 1] != list[i].res)
            p->res[p->nres++] = list[i].res;
    for (uint32_t i = 0; i < p->nres; i++)
        b->place[p->res[i]] = i;
    return TL_OK;
}

enum tl_status
run_resources(struct tl_builder *b, struct plan *p)
{
    struct tl_run *run = p->run;
    struct roles *roles;

    find_primary(b, p);
    if (list_res(b, p) || sort_rows(b, p) || !(roles = find_roles(b, p)))
        return TL_ENOMEM;
    run->resources = tl_arena_alloc(b->arena, (p->nres + 1) * sizeof(*run->resources));
    if (!run->resources)
        return TL_ENOMEM;
    for (size_t i = 0; i < p->nres; i++)
        if (describe(b, p->res[i], &roles[i], &run->resources[run->nresources++]))
            return TL_ENOMEM;
    return TL_OK;
}
