/* chart_lanes.c - the lanes: one per resource, the regions apart, the primary one first. */
#include "render/chart.h"

#include <stdlib.h>

#include "core/names.h"

enum { MAX_NAME_PX = 250, MAX_NOTE_PX = 250 };

/* What a person calls it. */
static struct tl_str
name_of(const struct chart_lane *l)
{
    return l->id.n > 0 ? l->id : l->label;
}

static struct chart_lane *
add_lane(struct chart *c)
{
    struct chart_lane *more;

    if (c->nlanes >= CHART_MAX_LANES)
        return NULL;
    more = tl_arena_grow(c->arena, c->lanes, c->nlanes, &c->lanes_cap, sizeof(*c->lanes));
    if (!more) {
        c->failed = TL_ENOMEM;
        return NULL;
    }
    c->lanes = more;
    more += c->nlanes++;
    *more = (struct chart_lane){.kind = TL_KIND_OTHER};
    return more;
}

static uint32_t
find_key(const struct chart *c, struct tl_str key)
{
    for (size_t i = 0; i < c->nlanes && key.n > 0; i++)
        if (tl_str_eq(c->lanes[i].key, key))
            return (uint32_t)i;
    return TL_NO_INDEX;
}

/* Regions agree, or one of them is not known. */
static bool
same_region(struct tl_str a, struct tl_str b)
{
    return a.n == 0 || b.n == 0 || tl_str_eq(a, b);
}

static bool
is_named(const struct chart_lane *l, struct tl_str name, struct tl_str region)
{
    return !l->is_run && name.n > 0 && same_region(l->region, region) &&
           (tl_str_eq(l->id, name) || tl_str_eq(l->label, name));
}

uint32_t
chart_lane_named(const struct chart *c, struct tl_str name, struct tl_str region, enum tl_kind kind)
{
    uint32_t other = TL_NO_INDEX;

    for (size_t i = 0; i < c->nlanes; i++) {
        const struct chart_lane *l = &c->lanes[i];

        if (!is_named(l, name, region) || (kind == TL_KIND_ENDPOINT && l->kind != kind))
            continue;
        if (l->kind == kind)
            return (uint32_t)i;
        if (l->kind != TL_KIND_ENDPOINT && other == TL_NO_INDEX)
            other = (uint32_t)i;
    }
    return other;
}

/* Snapshots, parameter groups and the like share a lane with their cluster, or one in their region:
 * a nightly snapshot is no resource that a chart should follow. */
static uint32_t
find_other(const struct chart *c, const struct tl_ident *who)
{
    uint32_t lane = TL_NO_INDEX;

    if (who->cluster.n > 0)
        lane = chart_lane_named(c, who->cluster, who->region, TL_KIND_CLUSTER);
    for (size_t i = 0; i < c->nlanes && lane == TL_NO_INDEX; i++)
        if (c->lanes[i].kind == TL_KIND_OTHER && !c->lanes[i].is_run &&
            tl_str_eq(c->lanes[i].region, who->region))
            lane = (uint32_t)i;
    return lane;
}

uint32_t
chart_lane_of(const struct chart *c, const struct tl_row *row)
{
    if (row->ev.who.kind == TL_KIND_OTHER)
        return find_other(c, &row->ev.who);
    return find_key(c, row->key);
}

/* "writer", or "reader → writer" */
static struct tl_str
roles_of(struct chart *c, const struct tl_resource *r, bool *primary)
{
    enum tl_role last = TL_ROLE_UNKNOWN;
    struct tl_buf b;

    tl_buf_init(&b, 400);
    for (size_t i = 0; i < r->nroles; i++) {
        enum tl_role role = r->roles[i].role;

        if (role == TL_ROLE_PRIMARY)
            *primary = true;
        if (role == last || role == TL_ROLE_UNKNOWN || b.n > 100)
            continue;
        tl_buf_addf(&b, "%s%.*s", b.n > 0 ? " \xE2\x86\x92 " : "", TL_FMT(tl_role_name(role)));
        last = role;
    }
    return chart_keep(c, &b);
}

static void
add_resource(struct chart *c, const struct tl_resource *r)
{
    struct chart_lane *l;

    if (r->kind == TL_KIND_OTHER || find_key(c, r->key) != TL_NO_INDEX || !(l = add_lane(c)))
        return;
    l->kind = r->kind;
    l->key = r->key;
    l->id = r->id;
    l->label = r->label;
    l->region = r->region;
    l->cluster = r->kind == TL_KIND_CLUSTER ? name_of(l) : r->cluster;
    l->wanted = true;
    l->roles = roles_of(c, r, &l->primary);
}

static void
add_row(struct chart *c, const struct tl_row *row)
{
    const struct tl_ident *who = &row->ev.who;
    struct chart_lane *l;

    if (!chart_row_shown(c, row) || chart_lane_of(c, row) != TL_NO_INDEX || !(l = add_lane(c)))
        return;
    l->kind = who->kind;
    l->region = who->region;
    if (who->kind == TL_KIND_OTHER) {
        l->label = TL_STR("other resources");
        return;
    }
    l->key = row->key;
    l->id = who->id;
    l->label = who->label;
    l->cluster = who->kind == TL_KIND_CLUSTER ? name_of(l) : who->cluster;
}

static void
add_named(struct chart *c, struct tl_str name, struct tl_str region, struct tl_str cluster,
          enum tl_kind kind)
{
    struct chart_lane *l;

    if (chart_lane_named(c, name, region, kind) != TL_NO_INDEX || !(l = add_lane(c)))
        return;
    l->kind = kind;
    l->label = name;
    l->region = region;
    l->cluster = cluster;
}

static void
add_outages(struct chart *c, const struct tl_outage *o, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        enum tl_kind kind = chart_outage_kind(&o[i]);

        if (chart_outage_shown(c, &o[i]))
            add_named(c, o[i].endpoint, o[i].region,
                      kind == TL_KIND_ENDPOINT ? o[i].resource : TL_STR(""), kind);
    }
}

static void
add_run(struct chart *c, const struct tl_run *u)
{
    struct chart_lane *l = add_lane(c);

    if (l) {
        l->is_run = l->wanted = true;
        l->id = u->id;
    }
    for (size_t i = 0; i < u->nresources; i++)
        add_resource(c, &u->resources[i]);
}

/* ---- their order ---- */

/* A primary cluster makes its whole region primary. */
static void
spread_primary(struct chart *c)
{
    for (size_t i = 0; i < c->nlanes; i++)
        for (size_t k = 0; k < c->nlanes && c->lanes[i].primary; k++)
            if (tl_str_eq(c->lanes[i].region, c->lanes[k].region))
                c->lanes[k].primary = true;
}

/*
 * What is not known to be of another cluster stands with the only one of its region. This is for
 * the order of the lanes alone: evidence without ids names no cluster.
 */
static void
stand_together(struct chart *c)
{
    for (size_t i = 0; i < c->nlanes; i++) {
        struct chart_lane *l = &c->lanes[i];
        const struct chart_lane *only = NULL;
        size_t clusters = 0;

        for (size_t k = 0; k < c->nlanes; k++) {
            const struct chart_lane *other = &c->lanes[k];

            if (other->kind != TL_KIND_CLUSTER || !tl_str_eq(other->region, l->region))
                continue;
            only = other;
            clusters++;
        }
        if (clusters == 1 && l->kind != TL_KIND_CLUSTER && !l->is_run)
            l->cluster = only->cluster;
    }
}

static int
rank_of(const struct chart_lane *l)
{
    static const int ranks[] = {[TL_KIND_GLOBAL_CLUSTER] = 0,
                                [TL_KIND_CLUSTER] = 1,
                                [TL_KIND_INSTANCE] = 2,
                                [TL_KIND_ENDPOINT] = 3,
                                [TL_KIND_OTHER] = 4};

    return ranks[l->kind];
}

static int
compare_names(struct tl_str a, struct tl_str b)
{
    return chart_before(a, b) ? -1 : chart_before(b, a);
}

static int
compare_lanes(const void *x, const void *y)
{
    const struct chart_lane *a = x, *b = y;
    int by;

    if (a->is_run || b->is_run)
        return a->is_run != b->is_run ? b->is_run - a->is_run : compare_names(a->id, b->id);
    if ((a->region.n == 0) != (b->region.n == 0))
        return a->region.n == 0 ? -1 : 1;
    if (a->primary != b->primary)
        return b->primary - a->primary;
    by = tl_str_cmp(a->region, b->region);
    if (!by)
        by = (a->cluster.n == 0) - (b->cluster.n == 0);
    if (!by)
        by = compare_names(a->cluster, b->cluster);
    if (!by)
        by = rank_of(a) - rank_of(b);
    if (!by)
        by = compare_names(name_of(a), name_of(b));
    return by ? by : tl_str_cmp(a->key, b->key);
}

/* ---- what is written beside them ---- */

/* "us-east-1 DB cluster" under the heading us-east-1 needs no region. */
static struct tl_str
without_region(const struct chart_lane *l, struct tl_str name)
{
    if (l->region.n > 0 && tl_str_starts(name, l->region) && name.n > l->region.n + 1 &&
        name.p[l->region.n] == ' ')
        return tl_str_skip(name, l->region.n + 1);
    return name;
}

static void
name_lane(struct chart *c, struct chart_lane *l)
{
    struct tl_str name = without_region(l, name_of(l));
    const char *kind = l->kind == TL_KIND_OTHER ? "" : tl_kind_name(l->kind).p;
    struct tl_host host;
    struct tl_buf note;

    if (l->kind == TL_KIND_GLOBAL_CLUSTER)
        kind = "global cluster";
    if (l->kind == TL_KIND_ENDPOINT && tl_host_read(name, &host)) {
        name = host.id;
        kind = host.is_proxy     ? "proxy endpoint"
               : host.is_reader  ? "reader endpoint"
               : host.is_cluster ? "cluster endpoint"
                                 : "instance endpoint";
    }
    if (name.n == 0)
        name = TL_STR("unnamed");
    tl_buf_init(&note, 1024);
    tl_buf_addf(&note, "%s%s%.*s", l->is_run ? "run" : kind, l->roles.n > 0 ? ", " : "",
                TL_FMT(l->roles));
    l->name = chart_text(c, name, CHART_TEXT, MAX_NAME_PX, true);
    l->note = chart_text(c, tl_buf_str(&note), CHART_TEXT - 1, MAX_NOTE_PX, false);
    if (note.failed && !c->failed)
        c->failed = note.failed;
    tl_buf_free(&note);
}

void
chart_lanes(struct chart *c)
{
    const struct tl_report *r = c->r;

    for (size_t i = 0; i < c->scope.nruns; i++)
        add_run(c, &r->runs[c->scope.run + i]);
    for (size_t i = 0; i < r->nrows; i++)
        add_row(c, &r->rows[i]);
    for (size_t i = 0; i < c->scope.nruns; i++) {
        const struct tl_run *u = &r->runs[c->scope.run + i];

        add_outages(c, u->outages, u->noutages);
        for (size_t k = 0; k < u->nzdp; k++)
            if (chart_known(u->zdp[k].began.at))
                add_named(c, u->zdp[k].resource, u->zdp[k].region, TL_STR(""), TL_KIND_INSTANCE);
    }
    add_outages(c, r->outages, r->noutages);
    if (c->failed || c->nlanes == 0)
        return;
    spread_primary(c);
    stand_together(c);
    qsort(c->lanes, c->nlanes, sizeof(*c->lanes), compare_lanes);
    for (size_t i = 0; i < c->nlanes; i++)
        name_lane(c, &c->lanes[i]);
}
