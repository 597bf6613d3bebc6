/* views.c - which clients saw what an instance went through: whose connections a loop's endpoint
 * takes. */
#include "timeline/views.h"

#include "timeline/resource.h"

/* Whether the attempt is announced on the cluster, too: Aurora does so for the writer's. */
static bool
on_cluster(const struct tl_builder *b, const struct tl_zdp *z)
{
    for (size_t i = 0; i < z->nevents; i++)
        if (row_res(b, z->events[i])->kind == TL_KIND_CLUSTER)
            return true;
    return false;
}

/* Whether the connections of the endpoint go elsewhere: those of a cluster go to its writer (or to
 * its readers, by the readers' endpoint), those of an instance to it. */
static bool
goes_elsewhere(const struct tl_builder *b, const struct tl_zdp *z, const struct tl_outage *o,
               bool writer_known)
{
    bool reader = writer_known && !on_cluster(b, z);
    struct tl_host host;

    if (!tl_host_read(o->endpoint, &host) || host.is_proxy)
        return false;
    if (!host.is_cluster)
        return !tl_str_case_eq(host.id, z->resource);
    for (size_t i = 0; i < z->nevents; i++) {
        const struct res *r = row_res(b, z->events[i]);

        reader |= r->kind == TL_KIND_INSTANCE && res_has_role(r, TL_ROLE_READER) &&
                  !res_has_role(r, TL_ROLE_WRITER);
    }
    return reader != host.is_reader;
}

const struct loop *
outage_loop(const struct tl_builder *b, const struct tl_outage *o)
{
    size_t lo = 0, hi = b->nloops;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (b->loops[mid].input < o->input)
            lo = mid + 1;
        else
            hi = mid;
    }
    for (; lo < b->nloops && b->loops[lo].input == o->input; lo++)
        if (tl_str_eq(b->loops[lo].series->endpoint, o->endpoint))
            return &b->loops[lo];
    return NULL;
}

/* Whether the outage is one of the tree that patched itself. */
static bool
is_of(const struct tl_builder *b, const struct plan *p, const struct tl_zdp *z,
      const struct tl_outage *o)
{
    const struct loop *l = outage_loop(b, o);

    if (!l || l->tree == NONE || z->nevents == 0)
        return false;
    return l->tree == row_tree(b, z->events[0]) ||
           (b->res[l->tree].kind == TL_KIND_ENDPOINT && p->nepisodes == 1);
}

bool
zdp_writer_known(const struct tl_builder *b, const struct plan *p)
{
    for (size_t i = 0; i < p->run->nzdp; i++)
        if (on_cluster(b, &p->run->zdp[i]))
            return true;
    return false;
}

bool
zdp_has_client(const struct tl_builder *b, const struct plan *p, const struct tl_zdp *z,
               const struct tl_outage *o, bool writer_known)
{
    return is_of(b, p, z, o) && !goes_elsewhere(b, z, o, writer_known);
}
