/*
 * merge.c - records that tell the same event become one row.
 *
 * Resource and normalised text must be equal. Then, from the finest stamps to the coarsest:
 *   - stamps finer than a second: the same millisecond; or the same EventBridge id or SNS MessageId
 *   - coarser ones: every record of one listing is an event; the k-th of a listing within an
 *     interval is the k-th of the others, and the k-th of the finer ones that lie in the interval.
 * So the number of events is the largest that any source shows, never the sum.
 */
#include <stdlib.h>
#include <string.h>

#include "timeline/listing.h"
#include "timeline/sort.h"

enum { LEVELS = 4 };

struct entry {
    struct item *it;
    struct entry *next;   /* in the same slot */
    struct entry *leader; /* it bears the same delivery id as this one */
    tl_time from;         /* start of its interval; finer than a second: of its millisecond */
    uint32_t level;
};

/* A row in the making. */
struct slot {
    tl_time earliest, latest;
    struct entry *head, *tail;
    uint32_t n, seq;
};

struct group {
    struct slot *slots;
    size_t n;
};

static uint32_t
level_of(const struct item *it)
{
    int64_t width = it->when.latest - it->when.earliest;

    if (width < TL_SECOND)
        return 0;
    if (width < TL_MINUTE)
        return 1;
    return width < TL_HOUR ? 2 : 3;
}

static tl_time
floor_to(tl_time t, int64_t unit)
{
    int64_t rest = t % unit;

    return t - (rest < 0 ? rest + unit : rest);
}

/* Of one resource and text. */
static int
by_event(const void *pa, const void *pb)
{
    const struct entry *a = pa, *b = pb;
    int c = compare(a->level, b->level);

    c = c ? c : compare(a->from, b->from);
    if (a->level > 0)
        c = c ? c : compare(a->it->when.latest, b->it->when.latest);
    c = c ? c : compare(a->it->listing, b->it->listing);
    return c ? c : compare(a->it->pos, b->it->pos);
}

static bool
same_bucket(const struct entry *a, const struct entry *b)
{
    return a->level == b->level && a->from == b->from &&
           (a->level == 0 || a->it->when.latest == b->it->when.latest);
}

static void
put(struct slot *s, struct entry *e)
{
    const struct tl_instant *w = &e->it->when;

    e->next = NULL;
    if (s->n == 0) {
        s->earliest = w->earliest;
        s->latest = w->latest;
        s->head = e;
    } else {
        s->tail->next = e;
        if (w->earliest > s->earliest && w->earliest <= s->latest)
            s->earliest = w->earliest;
        if (w->latest < s->latest && w->latest >= s->earliest)
            s->latest = w->latest;
    }
    s->tail = e;
    s->n++;
}

static struct slot *
new_slot(struct group *g)
{
    struct slot *s = &g->slots[g->n];

    *s = (struct slot){.seq = (uint32_t)g->n++};
    return s;
}

static bool
has_listing(const struct slot *s, uint32_t listing)
{
    for (const struct entry *e = s->head; e; e = e->next)
        if (e->it->listing == listing)
            return true;
    return false;
}

/* Records of one listing that bear the same fine stamp are one event, but for logs and loops. */
static bool
repeats(const struct item *it)
{
    return listing_counts(it) && it->channel != TL_CHANNEL_TABLE;
}

/* One bucket of fine stamps: all of one millisecond. */
static void
place_fine(struct group *g, struct entry *e, size_t n)
{
    size_t base = g->n, k = 0;

    for (size_t i = 0; i < n; i++) {
        if (e[i].leader)
            continue;
        k = i > 0 && e[i].it->listing == e[i - 1].it->listing && repeats(e[i].it) ? k + 1 : 0;
        put(base + k < g->n ? &g->slots[base + k] : new_slot(g), &e[i]);
    }
}

/* One bucket of coarse stamps. Slots below `finer` are sorted; those in [lo, finer) may match. */
static void
place_coarse(struct group *g, struct entry *e, size_t n, size_t lo, size_t finer)
{
    size_t base = g->n, at = lo, k = 0;
    tl_time end = e[0].it->when.latest;

    for (size_t i = 0; i < n; i++) {
        if (e[i].leader)
            continue;
        if (i == 0 || e[i].it->listing != e[i - 1].it->listing) {
            at = lo;
            k = base;
        }
        while (at < finer && g->slots[at].earliest < end &&
               has_listing(&g->slots[at], e[i].it->listing))
            at++;
        if (at < finer && g->slots[at].earliest < end) {
            put(&g->slots[at++], &e[i]);
        } else {
            put(k < g->n ? &g->slots[k] : new_slot(g), &e[i]);
            k++;
        }
    }
}

static int
by_time(const void *pa, const void *pb)
{
    const struct slot *a = pa, *b = pb;
    int c = compare(a->earliest, b->earliest);

    c = c ? c : compare(a->latest, b->latest);
    return c ? c : compare(a->seq, b->seq);
}

static int
by_delivery(const void *pa, const void *pb)
{
    const struct entry *a = *(struct entry *const *)pa, *b = *(struct entry *const *)pb;
    int c = compare(a->it->channel, b->it->channel);

    c = c ? c : compare(a->it->channel_id, b->it->channel_id);
    c = c ? c : compare(a->level, b->level);
    c = c ? c : compare(a->from, b->from);
    return c ? c : (a > b) - (a < b); /* the order of the listings: they are one sorted array */
}

static bool
has_delivery_id(const struct item *it)
{
    return it->channel_id != 0 &&
           (it->channel == TL_CHANNEL_EVENTBRIDGE || it->channel == TL_CHANNEL_SNS);
}

/* Deliveries of the same id are led by the finest of them. */
static void
lead_deliveries(struct entry *e, size_t n, struct entry **list)
{
    size_t m = 0;

    for (size_t i = 0; i < n; i++)
        if (has_delivery_id(e[i].it))
            list[m++] = &e[i];
    if (m < 2)
        return;
    qsort(list, m, sizeof(struct entry *), by_delivery);
    for (size_t i = 1; i < m; i++) {
        struct entry *prev = list[i - 1];

        if (list[i]->it->channel == prev->it->channel &&
            list[i]->it->channel_id == prev->it->channel_id)
            list[i]->leader = prev->leader ? prev->leader : prev;
    }
}

static void
follow_leaders(struct group *g, struct entry *e, size_t n)
{
    bool any = false;

    for (size_t i = 0; i < n; i++)
        any |= e[i].leader != NULL;
    for (size_t s = 0; s < g->n && any; s++) /* the slot of a leader is noted in its followers */
        for (struct entry *in = g->slots[s].head; in; in = in->next)
            in->it->row = (uint32_t)s;
    for (size_t i = 0; i < n && any; i++)
        if (e[i].leader)
            put(&g->slots[e[i].leader->it->row], &e[i]);
}

/* All records of one resource and text. */
static void
place_group(struct group *g, struct entry *e, size_t n, struct entry **list)
{
    size_t finer = 0, lo = 0;
    uint32_t level = 0;

    g->n = 0;
    lead_deliveries(e, n, list);
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && same_bucket(&e[i], &e[end]);)
            end++;
        if (e[i].level > level) {
            level = e[i].level;
            finer = g->n;
            lo = 0;
            qsort(g->slots, g->n, sizeof(*g->slots), by_time);
        }
        while (lo < finer && g->slots[lo].earliest < e[i].from)
            lo++;
        if (e[i].level == 0)
            place_fine(g, e + i, end - i);
        else
            place_coarse(g, e + i, end - i, lo, finer);
    }
    follow_leaders(g, e, n);
}

/* ---- slots to rows ---- */

/* The best proof first: the most precise, then the order of the inputs. */
static int
by_proof(const void *pa, const void *pb)
{
    const struct item *a = *(struct item *const *)pa, *b = *(struct item *const *)pb;
    int c = compare(a->when.latest - a->when.earliest, b->when.latest - b->when.earliest);

    c = c ? c : compare(a->input, b->input);
    c = c ? c : compare(a->block, b->block);
    c = c ? c : compare(a->line, b->line);
    c = c ? c : compare(a->channel, b->channel);
    return c ? c : compare(a->pos, b->pos);
}

static bool
in_window(const struct tl_build_options *o, const struct slot *s)
{
    if (o->window_from != TL_TIME_NONE && s->latest < o->window_from)
        return false;
    return o->window_to == TL_TIME_NONE || s->earliest <= o->window_to;
}

static void
emit(struct tl_builder *b, const struct group *g, size_t *nproofs)
{
    for (size_t i = 0; i < g->n; i++) {
        const struct slot *s = &g->slots[i];
        struct proto *p = &b->protos[b->nprotos];
        size_t first = *nproofs;

        if (!in_window(&b->options, s)) {
            b->report->rows_left_out++;
            for (const struct entry *e = s->head; e; e = e->next)
                e->it->row = NONE;
            continue;
        }
        for (const struct entry *e = s->head; e; e = e->next) {
            e->it->row = (uint32_t)b->nprotos;
            b->proofs[(*nproofs)++] = e->it;
        }
        if (s->n > 1)
            qsort(b->proofs + first, s->n, sizeof(struct item *), by_proof);
        *p = (struct proto){.at = s->earliest,
                            .earliest = s->earliest,
                            .latest = s->latest,
                            .res = b->proofs[first]->res,
                            .text = b->proofs[first]->text,
                            .first = (uint32_t)first,
                            .n = s->n};
        b->nprotos++;
    }
}

/* What records of one resource and text have in common. */
static uint64_t
group_key(const struct item *it)
{
    return (uint64_t)it->res << 32 | it->text;
}

/* The items that are events, those of one resource and text side by side. *most: of one of these.
 */
static enum tl_status
list_groups(struct tl_builder *b, struct tl_arena *a, struct sort_key **out, size_t *n,
            size_t *most)
{
    struct sort_key *k = tl_arena_alloc(a, (b->nitems + 1) * sizeof(*k));

    *out = k;
    *n = *most = 0;
    for (uint32_t i = 0; k && i < b->nitems; i++)
        if (b->items[i]->when.at != TL_TIME_NONE) /* else a fact about a resource, not an event */
            k[(*n)++] = (struct sort_key){group_key(b->items[i]), i};
    if (!k || !sort_keys(a, k, *n))
        return TL_ENOMEM;
    for (size_t i = 0, end; i < *n; i = end) {
        for (end = i + 1; end < *n && k[end].key == k[i].key;)
            end++;
        *most = end - i > *most ? end - i : *most;
    }
    return TL_OK;
}

/* The records of one group, by their precision and time. */
static void
list_entries(const struct tl_builder *b, const struct sort_key *k, size_t n, struct entry *e)
{
    bool sorted = true;

    for (size_t i = 0; i < n; i++) {
        struct item *it = b->items[k[i].which];

        e[i] = (struct entry){.it = it, .level = level_of(it)};
        e[i].from = e[i].level ? it->when.earliest : floor_to(it->when.earliest, TL_MS);
        sorted = sorted && (i == 0 || by_event(&e[i - 1], &e[i]) <= 0);
    }
    if (!sorted)
        qsort(e, n, sizeof(*e), by_event);
}

static enum tl_status
merge_with(struct tl_builder *b, struct tl_arena *a)
{
    struct sort_key *k;
    struct entry *e, **list;
    struct group g = {NULL, 0};
    size_t n, most, nproofs = 0;

    if (list_groups(b, a, &k, &n, &most))
        return TL_ENOMEM;
    b->protos = tl_arena_alloc(&b->scratch, (n + 1) * sizeof(*b->protos));
    b->proofs = tl_arena_alloc(&b->scratch, (n + 1) * sizeof(struct item *));
    e = tl_arena_alloc(a, (most + 1) * sizeof(*e));
    list = tl_arena_alloc(a, (most + 1) * sizeof(struct entry *));
    g.slots = tl_arena_alloc(a, (most + 1) * sizeof(*g.slots));
    if (!b->protos || !b->proofs || !e || !list || !g.slots)
        return TL_ENOMEM;
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && k[end].key == k[i].key;)
            end++;
        list_entries(b, k + i, end - i, e);
        place_group(&g, e, end - i, list);
        emit(b, &g, &nproofs);
    }
    return TL_OK;
}

enum tl_status
build_merge(struct tl_builder *b)
{
    struct tl_arena own; /* much of it is needed only here */
    enum tl_status st;

    listing_direct(b);
    if (listing_texts(b))
        return TL_ENOMEM;
    tl_arena_init(&own, b->scratch.max);
    st = merge_with(b, &own);
    b->scratch.failed |= own.failed;
    tl_arena_free(&own);
    return st;
}
