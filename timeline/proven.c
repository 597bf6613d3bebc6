/*
 * proven.c - what cannot have begun after it ended: rows of one resource and one clock narrow each
 * other.
 *
 * Events get lost, so a begin and an end need not be of one attempt: the end may be of one and the
 * begin of the next. But an engine that has been upgraded well is not upgraded again within the
 * next minute. So of every begin and every end that lie so close together, the begin came first,
 * whether they are of one attempt or not, and whatever else is known. A restart may come twice in a
 * minute, so "shutdown" and "restarted" narrow nothing here, nor do ends without success, after
 * which it is tried again; nor on a cluster what its instances go through one after the other.
 */
#include <stdlib.h>

#include "timeline/build.h"

static const int64_t APART_US = TL_MINUTE;

/* What begins, and what ends it well. */
static const struct {
    struct tl_str begin, end;
    bool instances; /* of instances only */
} processes[] = {
    {{"zdp.attempted", 13}, {"zdp.finished", 12}, true},
    {{"upgrade.started", 15}, {"upgrade.version-changed", 23}, false},
};
enum { NPROCESSES = sizeof(processes) / sizeof(processes[0]), NEIGHBOURS = 32 };

struct classes {
    uint32_t begin, end; /* numbers of their texts */
};

/* A row that begins or ends the process at hand, as its sources have it. */
struct mark {
    tl_time earliest, latest;
    uint32_t proto;
    bool ends;
};

/* Whether the row's times are those of AWS. */
static bool
is_of_aws(const struct tl_builder *b, const struct proto *p)
{
    for (uint32_t i = 0; i < p->n; i++) {
        switch ((enum tl_channel)b->proofs[p->first + i]->channel) {
        case TL_CHANNEL_API:
        case TL_CHANNEL_EVENTBRIDGE:
        case TL_CHANNEL_SNS:
        case TL_CHANNEL_TABLE:
            break;
        default:
            return false;
        }
    }
    return true;
}

static int
by_time(const void *pa, const void *pb)
{
    const struct mark *a = pa, *b = pb;
    int c = compare(a->earliest, b->earliest);

    c = c ? c : compare(a->latest, b->latest);
    c = c ? c : compare(a->ends, b->ends);
    return c ? c : compare(a->proto, b->proto);
}

/* The marks among the rows from..to-1, which are of one resource, by time. */
static size_t
list_marks(const struct tl_builder *b, const struct classes *c, uint32_t from, uint32_t to,
           struct mark *marks)
{
    size_t n = 0;

    for (uint32_t i = from; i < to; i++) {
        const struct proto *p = &b->protos[i];
        uint32_t cls = b->proofs[p->first]->cls;

        if ((cls == c->begin || cls == c->end) && is_of_aws(b, p))
            marks[n++] = (struct mark){p->earliest, p->latest, i, cls == c->end};
    }
    if (n > 1)
        qsort(marks, n, sizeof(*marks), by_time);
    return n;
}

static enum tl_status
narrow(struct tl_builder *b, const struct mark *begin, const struct mark *end)
{
    const bool excluded = begin->earliest > end->latest;
    struct proto *first = &b->protos[begin->proto], *second = &b->protos[end->proto];
    struct pair *list;

    if (begin->latest > end->earliest + APART_US || begin->latest <= end->earliest)
        return TL_OK; /* it may be the begin of the next; or it is known already */
    list = tl_arena_grow(&b->scratch, b->pairs, b->npairs, &b->pairs_cap, sizeof(*list));
    if (!list)
        return TL_ENOMEM;
    b->pairs = list;
    list[b->npairs++] = (struct pair){begin->proto, end->proto, excluded};
    if (excluded)
        return TL_OK;
    if (end->latest < first->latest)
        first->latest = end->latest;
    if (begin->earliest > second->earliest)
        second->earliest = second->at = begin->earliest;
    return TL_OK;
}

static enum tl_status
narrow_marks(struct tl_builder *b, const struct mark *m, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = i + 1; k < n && k <= i + NEIGHBOURS; k++) {
            if (m[k].earliest > m[i].latest + APART_US)
                break;
            if (m[i].ends != m[k].ends &&
                narrow(b, m[i].ends ? &m[k] : &m[i], m[i].ends ? &m[i] : &m[k]))
                return TL_ENOMEM;
        }
    }
    return TL_OK;
}

static enum tl_status
narrow_resource(struct tl_builder *b, const struct classes *c, uint32_t from, uint32_t to,
                struct mark *marks)
{
    bool instance = b->res[b->protos[from].res].kind == TL_KIND_INSTANCE;

    for (size_t p = 0; p < NPROCESSES; p++)
        if ((instance || !processes[p].instances) &&
            narrow_marks(b, marks, list_marks(b, &c[p], from, to, marks)))
            return TL_ENOMEM;
    return TL_OK;
}

enum tl_status
build_proven(struct tl_builder *b)
{
    struct mark *marks = tl_arena_alloc(&b->scratch, (b->nprotos + 1) * sizeof(*marks));
    struct classes c[NPROCESSES];
    enum tl_status st = TL_OK;

    b->npairs = 0;
    if (!marks)
        return TL_ENOMEM;
    for (size_t i = 0; i < NPROCESSES; i++)
        if (!strings_id(&b->strings, processes[i].begin, &c[i].begin) ||
            !strings_id(&b->strings, processes[i].end, &c[i].end))
            return TL_ENOMEM;
    for (uint32_t i = 0, end; i < b->nprotos && !st; i = end) {
        for (end = i + 1; end < b->nprotos && b->protos[end].res == b->protos[i].res;)
            end++;
        st = narrow_resource(b, c, i, end, marks);
    }
    return st;
}
