/*
 * episodes.c - what happened to one resource tree, cut out of months of its events.
 *
 * Some classes open an episode, some prove that one is under way, some end it (classes.c). What
 * stands between them belongs to it, and so do side effects that border on it.
 */
#include "timeline/run.h"

static const int64_t BORDER_US = 15 * TL_MINUTE; /* side effects, and words after the end */
static const int64_t BEFORE_FAILOVER_US = 2 * TL_MINUTE;
static const int64_t START_US = 2 * TL_HOUR; /* from one opening word to the next */
static const int64_t STEP_US = 6 * TL_HOUR;  /* a long silence at work */
static const int64_t END_US = TL_DAY;        /* an end still belongs to its start */

enum layer_role
layer_role(enum layer layer, enum part part)
{
    static const struct {
        enum part start, step, end;
    } parts[NLAYERS] = {
        [LAYER_UPGRADE] = {PART_START, PART_STEP, PART_END},
        [LAYER_GLOBAL] = {PART_GSTART, PART_GSTEP, PART_GEND},
        [LAYER_BLUEGREEN] = {PART_BSTART, PART_BSTEP, PART_BEND},
        [LAYER_FAILOVER] = {PART_FSTART, PART_FSTEP, PART_FEND},
    };

    if (part == parts[layer].start)
        return ROLE_START;
    if (part == parts[layer].step)
        return ROLE_STEP;
    return part == parts[layer].end ? ROLE_END : ROLE_NONE;
}

static tl_time
at_of(const struct tl_builder *b, uint32_t row)
{
    return row_event(b, row)->when.at;
}

/* A stage that opens the work again: the prechecks of another try. */
static bool
reopens(const struct tl_builder *b, uint32_t row)
{
    const struct tl_event *ev = row_event(b, row);

    return ev->phase == TL_PHASE_PRECHECK && ev->edge == TL_EDGE_BEGIN;
}

static bool
continues(const struct tl_builder *b, const struct episode *e, uint32_t row, enum layer_role role)
{
    int64_t gap = at_of(b, row) - at_of(b, e->last);

    if (role == ROLE_START)
        return !e->ended && gap <= START_US;
    if (e->ended)
        return gap <= BORDER_US;
    return gap <= (role == ROLE_END ? END_US : STEP_US);
}

struct episode *
episode_new(struct tl_builder *b, uint32_t tree, enum layer layer, uint32_t row)
{
    struct episode *list =
        tl_arena_grow(&b->scratch, b->episodes, b->nepisodes, &b->episodes_cap, sizeof(*list));

    if (!list)
        return NULL;
    b->episodes = list;
    list[b->nepisodes] = (struct episode){.tree = tree,
                                          .layer = layer,
                                          .first = row,
                                          .last = row,
                                          .began = row,
                                          .start = NONE,
                                          .end = NONE,
                                          .from = {"", 0},
                                          .to = {"", 0},
                                          .run = NONE,
                                          .switched = NONE};
    return &list[b->nepisodes++];
}

/* Rows of a probe say what a client saw, not what was done to the resource. */
static bool
is_seen(const struct tl_builder *b, uint32_t row)
{
    return b->res[b->rowx[row].res].kind == TL_KIND_ENDPOINT;
}

static void
take_core(struct tl_builder *b, struct episode *e, uint32_t row, enum layer_role role)
{
    e->last = row;
    if (role == ROLE_START && e->start == NONE && !row_is(b, row, TL_STR("zdp.attempted")))
        e->start = row;
    if (role == ROLE_END) {
        e->ended = true;
        e->end = row;
    }
    b->rowx[row].episode = (uint32_t)(e - b->episodes);
}

/* The core rows of one layer, cut where one work ends and another begins. */
static enum tl_status
cut(struct tl_builder *b, const uint32_t *rows, size_t n, uint32_t tree, enum layer layer)
{
    struct episode *e = NULL;

    for (size_t i = 0; i < n; i++) {
        enum layer_role role = layer_role(layer, (enum part)b->rowx[rows[i]].part);

        if (role == ROLE_NONE || b->rowx[rows[i]].episode != NONE || is_seen(b, rows[i]))
            continue;
        if (role == ROLE_STEP && reopens(b, rows[i]))
            role = ROLE_START;
        if (!e || !continues(b, e, rows[i], role))
            e = episode_new(b, tree, layer, rows[i]);
        if (!e)
            return TL_ENOMEM;
        take_core(b, e, rows[i], role);
    }
    return TL_OK;
}

static bool
is_backup(const struct tl_builder *b, uint32_t row)
{
    struct tl_str cls = row_event(b, row)->cls;

    return tl_str_starts(cls, TL_STR("backup.")) || tl_str_starts(cls, TL_STR("snapshot."));
}

/* Whether a row may join an episode at all, and is not merely passed over. */
static bool
is_free(const struct tl_builder *b, uint32_t row)
{
    return b->rowx[row].episode == NONE && b->rowx[row].part != PART_REQUEST && !is_seen(b, row);
}

/* Whether a row is a part (NONE: any) of a failover inside a Region. */
static bool
fails_over(const struct tl_builder *b, uint32_t row, enum layer_role role)
{
    enum layer_role own = layer_role(LAYER_FAILOVER, (enum part)b->rowx[row].part);

    return role == ROLE_NONE ? own != ROLE_NONE : own == role;
}

/* The failover of a global cluster has no word for its beginning: it begins with the failover
 * inside the Region that it goes to. */
static bool
is_failed_over(const struct tl_builder *b, uint32_t row)
{
    return row_is(b, row, TL_STR("global.failover-finished")) ||
           row_is(b, row, TL_STR("global.failover-failed"));
}

/* Whether a row that stands just before the first core row belongs to it: RDS backs up before an
 * upgrade; other side effects only where the beginning itself is missing, or just before a
 * failover. */
static bool
leads(const struct tl_builder *b, const struct episode *e, uint32_t row)
{
    enum part part = (enum part)b->rowx[row].part;

    if (is_failed_over(b, e->first) && fails_over(b, e->began, ROLE_START))
        return false;
    if (fails_over(b, row, ROLE_NONE))
        return e->start == NONE && is_failed_over(b, e->first);
    if (part != PART_SIDE)
        return false;
    if (is_backup(b, row))
        return e->layer == LAYER_UPGRADE;
    if (e->layer == LAYER_FAILOVER)
        return at_of(b, e->first) - at_of(b, row) <= BEFORE_FAILOVER_US;
    return e->start == NONE && !row_is(b, e->first, TL_STR("zdp.attempted"));
}

static bool
trails(const struct tl_builder *b, const struct episode *e, uint32_t row)
{
    enum part part = (enum part)b->rowx[row].part;

    return part == PART_SIDE || (!e->ended && layer_role(LAYER_FAILOVER, part) != ROLE_NONE);
}

static size_t
place_of(const uint32_t *rows, size_t n, uint32_t row)
{
    size_t lo = 0, hi = n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (rows[mid] < row)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* Side effects before the core: at is the place of its first row. */
static void
absorb_leads(struct tl_builder *b, const uint32_t *rows, size_t at, uint32_t id)
{
    struct episode *e = &b->episodes[id];
    tl_time edge = at_of(b, e->first);

    for (; at > 0; at--) {
        uint32_t row = rows[at - 1];

        if (edge - at_of(b, row) > BORDER_US || b->rowx[row].episode != NONE)
            return;
        if (!is_free(b, row))
            continue;
        if (b->rowx[row].part == PART_NONE)
            continue;
        if (!leads(b, e, row))
            return;
        b->rowx[row].episode = id;
        edge = at_of(b, row);
        if (!is_backup(b, row))
            e->began = row;
    }
}

/* Side effects after the core: at is the place after its last row. */
static void
absorb_trail(struct tl_builder *b, const uint32_t *rows, size_t n, size_t at, uint32_t id)
{
    struct episode *e = &b->episodes[id];
    tl_time edge = at_of(b, e->last);

    for (; at < n; at++) {
        uint32_t row = rows[at];

        if (at_of(b, row) - edge > BORDER_US || b->rowx[row].episode != NONE)
            return;
        if (!is_free(b, row))
            continue;
        if (b->rowx[row].part == PART_NONE)
            continue;
        if (!trails(b, e, row))
            return;
        b->rowx[row].episode = id;
        edge = at_of(b, row);
    }
}

static void
absorb(struct tl_builder *b, const uint32_t *rows, size_t n, uint32_t id)
{
    const struct episode *e = &b->episodes[id];
    size_t first = place_of(rows, n, e->first), at;

    for (at = first; at < n && rows[at] <= e->last; at++)
        if (is_free(b, rows[at]))
            b->rowx[rows[at]].episode = id;
    absorb_leads(b, rows, first, id);
    absorb_trail(b, rows, n, at, id);
}

/* Versions that the rows of an episode state; several different ones are none. */
static void
learn(struct tl_str *known, struct tl_str value, bool *several)
{
    if (value.n == 0 || tl_str_eq(*known, value))
        return;
    *several |= known->n > 0;
    *known = value;
}

static void
learn_versions(struct tl_builder *b, const uint32_t *rows, size_t n, size_t from_episode)
{
    for (size_t id = from_episode; id < b->nepisodes; id++) {
        struct episode *e = &b->episodes[id];
        bool several = false;

        for (size_t i = place_of(rows, n, e->first); i < n && rows[i] <= e->last; i++) {
            if (b->rowx[rows[i]].episode != id ||
                !row_is(b, rows[i], TL_STR("upgrade.version-changed")))
                continue;
            learn(&e->from, tl_event_text(row_event(b, rows[i]), TL_STR("from_version")), &several);
            learn(&e->to, tl_event_text(row_event(b, rows[i]), TL_STR("to_version")), &several);
        }
        if (several)
            e->from = e->to = (struct tl_str){"", 0};
    }
}

/* The episodes of some layers in one tree. */
static enum tl_status
find_in_tree(struct tl_builder *b, const uint32_t *rows, size_t n, uint32_t tree, int first,
             int last)
{
    size_t before = b->nepisodes;

    for (int layer = first; layer <= last; layer++) {
        size_t from = b->nepisodes;

        if (cut(b, rows, n, tree, (enum layer)layer))
            return TL_ENOMEM;
        for (size_t id = from; id < b->nepisodes; id++)
            absorb(b, rows, n, (uint32_t)id);
    }
    learn_versions(b, rows, n, before);
    return TL_OK;
}

static enum tl_status
find_in_all(struct tl_builder *b, const struct tree_rows *t, int first, int last)
{
    for (uint32_t i = 0; i < b->nres; i++)
        if (t->first[i + 1] > t->first[i] &&
            find_in_tree(b, t->rows + t->first[i], t->first[i + 1] - t->first[i], i, first, last))
            return TL_ENOMEM;
    return TL_OK;
}

static enum tl_status
sort_by_tree(struct tl_builder *b, struct tree_rows *t)
{
    size_t n = b->report->nrows;
    uint32_t *first = tl_arena_alloc(&b->scratch, (b->nres + 2) * sizeof(*first));

    t->rows = tl_arena_alloc(&b->scratch, (n + 1) * sizeof(*t->rows));
    if (!first || !t->rows)
        return TL_ENOMEM;
    for (uint32_t i = 0; i < n; i++)
        first[row_tree(b, i) + 2]++;
    for (size_t i = 2; i < b->nres + 2; i++)
        first[i] += first[i - 1];
    for (uint32_t i = 0; i < n; i++)
        t->rows[first[row_tree(b, i) + 1]++] = i;
    t->first = first;
    return TL_OK;
}

/* Failovers last, and after all that they may be part of. */
enum tl_status
build_episodes(struct tl_builder *b)
{
    struct tree_rows t;
    enum tl_status st = sort_by_tree(b, &t);

    if (!st)
        st = find_in_all(b, &t, LAYER_UPGRADE, LAYER_BLUEGREEN);
    if (!st)
        st = build_switchovers(b, &t);
    return st ? st : find_in_all(b, &t, LAYER_FAILOVER, LAYER_FAILOVER);
}
