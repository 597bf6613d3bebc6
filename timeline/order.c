/*
 * order.c - the order of the rows: `at`, then listed order inside one source, then content.
 *
 * `at` of a row is its earliest moment, raised to that of the row listed before it in the same
 * table where both stand in the same minute. Listed order never narrows an interval.
 */
#include <stdlib.h>
#include <string.h>

#include "timeline/classes.h"
#include "timeline/listing.h"
#include "timeline/resource.h"
#include "timeline/sort.h"

enum { MAX_PASSES = 16, AHEAD = 8 };

/* ---- at ---- */

static bool
same_minute(const struct item *a, const struct item *b)
{
    return a->listing == b->listing && a->when.earliest == b->when.earliest &&
           a->when.latest == b->when.latest && a->when.latest - a->when.earliest >= TL_SECOND;
}

/* What a row may be raised to; a row that is known better than its table is not moved past what
 * is known. */
static tl_time
raised(const struct proto *p, tl_time before)
{
    if (before <= p->at)
        return p->at;
    if (before <= p->latest)
        return before;
    return p->latest - p->earliest >= TL_SECOND ? p->latest : p->at;
}

static bool
raise_pass(struct tl_builder *b)
{
    const struct item *prev = NULL;
    bool moved = false;

    for (size_t i = 0; i < b->nitems; i++) {
        const struct item *it = b->items[i];

        if (!listing_counts(it) || it->row == NONE)
            continue;
        if (prev && same_minute(prev, it)) {
            struct proto *p = &b->protos[it->row];
            tl_time at = raised(p, b->protos[prev->row].at);

            moved |= at != p->at;
            p->at = at;
        }
        prev = it;
    }
    return moved;
}

/* ---- content ---- */

struct sorted { /* a row of a moment that has several */
    const struct proto *p;
    const struct item *it;
    int rank;
    struct tl_str key, text;
};

static int
by_content(const void *pa, const void *pb)
{
    const struct sorted *a = pa, *b = pb;
    int c = compare(a->rank, b->rank);

    c = c ? c : tl_str_cmp(a->key, b->key);
    c = c ? c : tl_str_cmp(a->text, b->text);
    c = c ? c : compare(a->p->earliest, b->p->earliest);
    c = c ? c : compare(a->p->latest, b->p->latest);
    c = c ? c : compare(a->it->input, b->it->input);
    c = c ? c : compare(a->it->block, b->it->block);
    return c ? c : compare(a->it->pos, b->it->pos);
}

/* ---- listed order among rows of one moment ---- */

struct place {                         /* of a row in a listing */
    uint32_t group, listing, pos, row; /* row: place in the sorted list */
};

static int
by_place(const void *pa, const void *pb)
{
    const struct place *a = pa, *b = pb;
    int c = compare(a->group, b->group);

    c = c ? c : compare(a->listing, b->listing);
    return c ? c : compare(a->pos, b->pos);
}

/* The rows of one moment: 0..n-1 by content. `next` lists what must come after. */
struct ties {
    uint32_t *head, *next, *to; /* edges by row; number + 1, 0: none */
    uint32_t *waits;            /* rows that must come before and have not */
    uint32_t *heap;
    bool *done;
    size_t nheap;
};

static void
heap_push(struct ties *t, uint32_t row)
{
    size_t i = t->nheap++;

    while (i > 0 && t->heap[(i - 1) / 2] > row) {
        t->heap[i] = t->heap[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    t->heap[i] = row;
}

static uint32_t
heap_pop(struct ties *t)
{
    uint32_t top = t->heap[0], last = t->heap[--t->nheap];
    size_t i = 0;

    for (size_t child; (child = 2 * i + 1) < t->nheap; i = child) {
        if (child + 1 < t->nheap && t->heap[child + 1] < t->heap[child])
            child++;
        if (t->heap[child] >= last)
            break;
        t->heap[i] = t->heap[child];
    }
    t->heap[i] = last;
    return top;
}

/* The smallest row that nothing holds back; listings that contradict each other give way to
 * content. */
static uint32_t
next_row(struct ties *t, uint32_t *scan)
{
    uint32_t row;

    do {
        if (t->nheap == 0) {
            while (t->done[*scan])
                ++*scan;
            heap_push(t, *scan);
        }
        row = heap_pop(t);
    } while (t->done[row]);
    return row;
}

/* Puts the rows from..to-1 of the content order into theirs. */
static void
settle(struct ties *t, uint32_t from, uint32_t to, uint32_t *out)
{
    uint32_t scan = from;

    t->nheap = 0;
    for (uint32_t i = from; i < to; i++)
        if (t->waits[i] == 0)
            heap_push(t, i);
    for (uint32_t n = from; n < to; n++) {
        uint32_t row = next_row(t, &scan);

        t->done[row] = true;
        out[n] = row;
        for (uint32_t e = t->head[row]; e; e = t->next[e - 1])
            if (--t->waits[t->to[e - 1]] == 0)
                heap_push(t, t->to[e - 1]);
    }
}

static bool
make_ties(struct tl_arena *a, struct ties *t, size_t nrows, size_t nedges)
{
    t->head = tl_arena_alloc(a, nrows * sizeof(uint32_t));
    t->waits = tl_arena_alloc(a, nrows * sizeof(uint32_t));
    t->heap = tl_arena_alloc(a, (nrows + nedges) * sizeof(uint32_t));
    t->done = tl_arena_alloc(a, nrows * sizeof(bool));
    t->next = tl_arena_alloc(a, nedges * sizeof(uint32_t));
    t->to = tl_arena_alloc(a, nedges * sizeof(uint32_t));
    return t->head && t->waits && t->heap && t->done && t->next && t->to;
}

static void
hold_back(struct ties *t, uint32_t before, uint32_t after, uint32_t *edges)
{
    t->to[*edges] = after;
    t->next[*edges] = t->head[before];
    t->head[before] = ++*edges;
    t->waits[after]++;
}

/* Whether an item says where its row stands in a list. */
static bool
is_placed(const struct item *it)
{
    return it->row != NONE && listing_counts(it);
}

/* group_of: of each row of the content order, the first row of its moment. out: the order. */
static enum tl_status
order_ties(struct tl_builder *b, struct tl_arena *a, const uint32_t *group_of,
           const uint32_t *place_of, uint32_t *out)
{
    struct ties t = {.head = NULL};
    struct place *list;
    size_t n = 0;
    uint32_t edges = 0;

    for (size_t i = 0; i < b->nitems; i++)
        n += is_placed(b->items[i]);
    if (n == 0 && b->npairs == 0) { /* as answers of an API: content decides */
        for (uint32_t i = 0; i < b->nprotos; i++)
            out[i] = i;
        return TL_OK;
    }
    list = tl_arena_alloc(a, (n + 1) * sizeof(*list));
    if (!list || !make_ties(a, &t, b->nprotos + 1, n + b->npairs + 1))
        return TL_ENOMEM;
    n = 0;
    for (size_t i = 0; i < b->nitems; i++) {
        const struct item *it = b->items[i];

        if (!is_placed(it))
            continue;
        list[n] = (struct place){.listing = it->listing, .pos = it->pos};
        list[n].row = place_of[it->row];
        list[n].group = group_of[list[n].row];
        n++;
    }
    qsort(list, n, sizeof(*list), by_place);
    for (size_t i = 1; i < n; i++) {
        if (list[i].group != list[i - 1].group || list[i].listing != list[i - 1].listing ||
            list[i].row == list[i - 1].row)
            continue;
        hold_back(&t, list[i - 1].row, list[i].row, &edges);
    }
    for (size_t i = 0; i < b->npairs; i++) {
        uint32_t first = place_of[b->pairs[i].first], second = place_of[b->pairs[i].second];

        if (group_of[first] == group_of[second])
            hold_back(&t, first, second, &edges);
    }
    for (uint32_t i = 0, end; i < b->nprotos; i = end) {
        for (end = i + 1; end < b->nprotos && group_of[end] == i;)
            end++;
        settle(&t, i, end, out);
    }
    return TL_OK;
}

/* ---- rows ---- */

/* What the first proof leaves empty, another may have. */
static void
complete(const struct tl_builder *b, const struct proto *p, struct tl_event *ev)
{
    for (uint32_t i = 1; i < p->n; i++) {
        const struct item *it = b->proofs[p->first + i];

        if (ev->event_id.n == 0)
            ev->event_id = text_of(b, it->event_id);
        if (ev->carried_id.n == 0)
            ev->carried_id = text_of(b, it->carried_id);
        if (ev->channel_id.n == 0)
            ev->channel_id = text_of(b, it->channel_id);
        if (ev->who.label.n == 0)
            ev->who.label = text_of(b, it->label);
        if (ev->who.arn.n == 0)
            ev->who.arn = text_of(b, it->arn);
    }
}

static void
put_event(const struct tl_builder *b, const struct proto *p, struct tl_event *ev)
{
    const struct item *it = b->proofs[p->first];
    const struct res *r = &b->res[p->res];

    *ev = (struct tl_event){.when = (struct tl_instant){p->at, p->earliest, p->latest},
                            .input = {"", 0},
                            .line = it->line,
                            .block = it->block,
                            .who = item_ident(b, it),
                            .cls = text_of(b, it->cls),
                            .event_id = text_of(b, it->event_id),
                            .carried_id = text_of(b, it->carried_id),
                            .near = text_of(b, it->near),
                            .doc = text_of(b, it->doc),
                            .severity = (enum tl_severity)it->severity,
                            .phase = (enum tl_phase)it->phase,
                            .edge = (enum tl_edge)it->edge,
                            .message = text_of(b, it->message),
                            .channel = (enum tl_channel)it->channel,
                            .channel_id = text_of(b, it->channel_id),
                            .fields = it->fields,
                            .nfields = it->nfields};

    complete(b, p, ev);
    ev->who.account = r->account;
    ev->who.region = r->region.n > 0 ? r->region : text_of(b, it->region);
    ev->who.id = r->id;
    if (ev->who.cluster.n == 0 && r->cluster != NONE)
        ev->who.cluster = b->res[r->cluster].id;
    if (ev->who.label.n == 0)
        ev->who.label = r->id.n > 0 ? r->id : r->label;
}

/* What will be read for rows to come: they stand next to each other in no list. */
static void
fetch(const struct tl_builder *b, const struct proto *soon, const struct proto *later)
{
    __builtin_prefetch(later);
    __builtin_prefetch(b->proofs[soon->first]);
    __builtin_prefetch(&b->res[soon->res]);
    __builtin_prefetch(&b->res[soon->res].label);
}

/* proofs: room for those of the row. */
static void
emit_row(struct tl_builder *b, const struct proto *p, uint32_t at, struct tl_proof *proofs)
{
    struct tl_row *row = &b->report->rows[at];

    for (uint32_t i = 0; i < p->n; i++) {
        struct item *it = b->proofs[p->first + i];

        proofs[i] = (struct tl_proof){it->input, it->line, (enum tl_channel)it->channel};
        it->row = at;
    }
    put_event(b, p, &row->ev); /* the rest of a new row is zero */
    row->run = row->twin_of = NONE;
    row->input = proofs[0].input;
    row->key = b->res[p->res].key;
    row->proofs = proofs;
    row->nproofs = p->n;
    b->rowx[at] = (struct rowx){.res = p->res,
                                .text = p->text,
                                .episode = NONE,
                                .plan = NONE,
                                .twin = NONE,
                                .part = (unsigned char)item_class(b, b->proofs[p->first])->part};
}

/* The rows k[0..n) of one moment, by content. s: room for them. */
static void
order_moment(struct tl_builder *b, struct sort_key *k, size_t n, struct sorted *s)
{
    for (size_t i = 0; i < n; i++) {
        const struct proto *p = &b->protos[k[i].which];

        s[i] = (struct sorted){.p = p,
                               .it = b->proofs[p->first],
                               .rank = item_class(b, b->proofs[p->first])->rank,
                               .key = b->res[p->res].key,
                               .text = text_of(b, p->text)};
    }
    qsort(s, n, sizeof(*s), by_content);
    for (size_t i = 0; i < n; i++)
        k[i].which = (uint32_t)(s[i].p - b->protos);
}

/* The rows by `at` and content. group_of: as in order_ties. */
static enum tl_status
order_content(struct tl_builder *b, struct tl_arena *a, struct sort_key *k, uint32_t *group_of)
{
    size_t n = b->nprotos, most = 0;
    struct sorted *s;

    for (uint32_t i = 0; i < n; i++)
        k[i] = (struct sort_key){sort_time(b->protos[i].at), i};
    if (!sort_keys(a, k, n))
        return TL_ENOMEM;
    for (uint32_t i = 0; i < n; i++) {
        group_of[i] = i > 0 && k[i].key == k[i - 1].key ? group_of[i - 1] : i;
        most = i + 1 - group_of[i] > most ? i + 1 - group_of[i] : most;
    }
    s = tl_arena_alloc(a, (most + 1) * sizeof(*s));
    if (!s)
        return TL_ENOMEM;
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && group_of[end] == i;)
            end++;
        if (end - i > 1)
            order_moment(b, k + i, end - i, s);
    }
    return TL_OK;
}

static enum tl_status
order_with(struct tl_builder *b, struct tl_arena *a)
{
    size_t n = b->nprotos, nproofs = 0;
    struct sort_key *k = tl_arena_alloc(a, (n + 1) * sizeof(*k));
    uint32_t *group_of = tl_arena_alloc(a, (n + 1) * sizeof(*group_of));
    uint32_t *place_of = tl_arena_alloc(a, (n + 1) * sizeof(*place_of));
    uint32_t *out = tl_arena_alloc(a, (n + 1) * sizeof(*out));
    struct tl_proof *proofs;

    if (!k || !group_of || !place_of || !out || order_content(b, a, k, group_of))
        return TL_ENOMEM;
    for (uint32_t i = 0; i < n; i++) {
        place_of[k[i].which] = i;
        nproofs += b->protos[i].n;
    }
    proofs = tl_arena_alloc(b->arena, (nproofs + 1) * sizeof(*proofs));
    if (!proofs || order_ties(b, a, group_of, place_of, out))
        return TL_ENOMEM;
    for (uint32_t i = 0; i < n; i++) {
        const struct proto *p = &b->protos[k[out[i]].which];

        if (i + 2 * AHEAD < n)
            fetch(b, &b->protos[k[out[i + AHEAD]].which], &b->protos[k[out[i + 2 * AHEAD]].which]);
        emit_row(b, p, i, proofs);
        proofs += p->n;
    }
    return TL_OK;
}

enum tl_status
build_order(struct tl_builder *b)
{
    struct tl_arena own;
    enum tl_status st = TL_ENOMEM;

    for (int pass = 0; pass < MAX_PASSES && raise_pass(b); pass++)
        ;
    b->report->nrows = b->nprotos;
    b->rows_cap =
        b->nprotos + b->nprotos / 8 + 64; /* room that is not used stays with the kernel */
    b->report->rows = tl_arena_alloc(b->arena, b->rows_cap * sizeof(*b->report->rows));
    b->rowx = tl_arena_alloc(&b->scratch, (b->nprotos + 1) * sizeof(*b->rowx));
    tl_arena_init(&own, b->scratch.max);
    if (b->report->rows && b->rowx)
        st = order_with(b, &own);
    b->scratch.failed |= own.failed;
    tl_arena_free(&own);
    return st;
}
