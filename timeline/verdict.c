/* verdict.c - how a run ended, and the rows that prove it. */
#include "timeline/resource.h"
#include "timeline/run.h"

static const int64_t SHORTLY_US = TL_HOUR; /* the evidence may simply end before the run did */

enum outcome { OPEN, GOOD, FAILED, UNDONE };

/* What a class says of the work that it ends; a failover within an upgrade ends only itself. */
static const struct {
    struct tl_str cls;
    enum layer layer;
    enum outcome outcome;
} endings[] = {
#define ROW(cls, layer, outcome)                                                                   \
    {                                                                                              \
        {cls, sizeof(cls) - 1}, LAYER_##layer, outcome                                             \
    }
    ROW("upgrade.finished", UPGRADE, GOOD),
    ROW("upgrade.version-changed", UPGRADE, GOOD),
    ROW("patch.finished", UPGRADE, GOOD),
    ROW("os-upgrade.finished", UPGRADE, GOOD),
    ROW("failover.completed", FAILOVER, GOOD),
    ROW("global.switchover-finished", GLOBAL, GOOD),
    ROW("global.failover-finished", GLOBAL, GOOD),
    ROW("bluegreen.switchover-finished", BLUEGREEN, GOOD),
    ROW("probe.version-changed", UPGRADE, GOOD),
    ROW("upgrade.refused", UPGRADE, FAILED),
    ROW("upgrade.failed", UPGRADE, FAILED),
    ROW("precheck.failed", UPGRADE, FAILED),
    ROW("os-upgrade.failed", UPGRADE, FAILED),
    ROW("failover.failed", FAILOVER, FAILED),
    ROW("global.switchover-failed", GLOBAL, FAILED),
    ROW("global.failover-failed", GLOBAL, FAILED),
    ROW("upgrade.rolled-back", UPGRADE, UNDONE),
    ROW("upgrade.cancelled", UPGRADE, UNDONE),
    ROW("global.switchover-cancelled", GLOBAL, UNDONE),
    ROW("bluegreen.switchover-cancelled", BLUEGREEN, UNDONE),
#undef ROW
};

static enum outcome
ending(struct tl_str cls, enum layer layer)
{
    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
        if (endings[i].layer == layer && tl_str_eq(endings[i].cls, cls))
            return endings[i].outcome;
    return OPEN;
}

/* The last word of an episode (or of a whole switchover, which several resources tell of): an
 * undoing outweighs what was announced before it. */
struct last_word {
    enum outcome outcome;
    uint32_t row;
};

static struct last_word
of_episode(const struct tl_builder *b, const struct plan *p, uint32_t id)
{
    struct last_word w = {OPEN, NONE};

    for (size_t i = 0; i < p->nrows; i++) {
        uint32_t row = p->rows[i];
        enum outcome o = id == NONE || b->rowx[row].episode == id
                             ? ending(row_event(b, row)->cls, p->layer)
                             : OPEN;

        if (o == OPEN || row_repeats(b, row) ||
            (o == GOOD && w.outcome == UNDONE) || /* the version it fell back to */
            (o == FAILED && w.outcome == UNDONE))
            continue;
        w = (struct last_word){o, row};
    }
    return w;
}

/* Whether what is seen of an instance is seen of the cluster's writer, or of its only instance. */
static bool
is_writer(const struct tl_builder *b, uint32_t instance)
{
    const struct res *r = &b->res[instance];
    size_t n = 0;

    for (uint32_t i = b->first_member[r->tree]; i < b->first_member[r->tree + 1]; i++)
        n += b->res[b->members[i]].kind == TL_KIND_INSTANCE;
    return n < 2 || (res_has_role(r, TL_ROLE_WRITER) && !res_has_role(r, TL_ROLE_READER));
}

/* Whether a flip shows that its whole tree is through: a reader's does not. */
static bool
shows_end(const struct tl_builder *b, uint32_t row)
{
    const struct res *r = row_res(b, row), *of = r->cluster == NONE ? NULL : &b->res[r->cluster];
    struct tl_host host;

    if (b->res[r->tree].kind != TL_KIND_CLUSTER)
        return true;
    if (r->kind == TL_KIND_INSTANCE)
        return is_writer(b, b->rowx[row].res);
    if (of && of->kind == TL_KIND_INSTANCE)
        return is_writer(b, r->cluster);
    return !tl_host_read(res_name(r), &host) || !host.is_reader;
}

/* A flip of the endpoint ends what no event of its tree has ended. */
static struct last_word
seen_of_tree(const struct tl_builder *b, const struct plan *p, uint32_t tree)
{
    for (size_t i = 0; i < p->nrows; i++)
        if (row_is_flip(b, p->rows[i]) && row_tree(b, p->rows[i]) == tree &&
            (p->seen_only || shows_end(b, p->rows[i])))
            return (struct last_word){GOOD, p->rows[i]};
    return (struct last_word){OPEN, NONE};
}

static bool
versions_differ(const struct tl_run *r)
{
    for (size_t i = 1; i < r->nversions; i++)
        if (!version_agrees(r->versions[0].to, r->versions[i].to))
            return true;
    return false;
}

static enum tl_verdict
weigh(const struct tl_builder *b, const struct plan *p, const size_t count[4])
{
    size_t n = p->layer == LAYER_BLUEGREEN ? 1 : p->nepisodes;
    bool starting = false;

    if (p->seen_only && p->run->from.n > 0 && tl_str_eq(p->run->from, p->run->to))
        return TL_VERDICT_ROLLED_BACK;
    if (count[GOOD] == n)
        return p->joined && n > 1 && versions_differ(p->run) ? TL_VERDICT_PARTIAL
                                                             : TL_VERDICT_SUCCEEDED;
    for (size_t i = 0; i < p->nepisodes; i++)
        starting |= b->episodes[p->episodes[i]].start != NONE;
    if (count[OPEN] > 0 && count[UNDONE] + count[FAILED] == 0 && starting &&
        b->newest - p->to <= SHORTLY_US)
        return TL_VERDICT_IN_PROGRESS;
    if (count[GOOD] > 0)
        return TL_VERDICT_PARTIAL;
    if (count[UNDONE] > 0)
        return TL_VERDICT_ROLLED_BACK;
    return count[FAILED] > 0 ? TL_VERDICT_FAILED : TL_VERDICT_UNKNOWN;
}

/* Whether the evidence has nothing of the run but its end: how long it took is not known. */
static bool
is_one_moment(const struct tl_instant *began, const struct tl_instant *ended)
{
    return began->earliest == ended->earliest && began->latest == ended->latest;
}

static void
end_run(struct tl_builder *b, const struct plan *p)
{
    struct tl_run *r = p->run;
    const struct tl_instant *from = &r->began;

    if (r->verdict == TL_VERDICT_IN_PROGRESS || r->verdict == TL_VERDICT_UNKNOWN ||
        p->ended == NONE)
        return;
    if (p->request != NONE)
        from = &row_event(b, p->request)->when;
    r->ended = row_event(b, p->ended)->when;
    if (p->request != NONE || !is_one_moment(&r->began, &r->ended))
        r->operation = span_between(from, &r->ended);
}

/* Puts a row in its place among n ascending ones. */
static void
insert(uint32_t *rows, size_t n, uint32_t row)
{
    for (; n > 0 && rows[n - 1] > row; n--)
        rows[n] = rows[n - 1];
    rows[n] = row;
}

enum tl_status
run_verdict(struct tl_builder *b, struct plan *p)
{
    struct tl_run *r = p->run;
    uint32_t *proof = tl_arena_alloc(b->arena, (p->nepisodes + 1) * sizeof(*proof));
    size_t count[4] = {0};

    if (!proof)
        return TL_ENOMEM;
    for (size_t i = 0; i < (p->layer == LAYER_BLUEGREEN ? 1 : p->nepisodes); i++) {
        struct last_word w = of_episode(b, p, p->layer == LAYER_BLUEGREEN ? NONE : p->episodes[i]);

        if (w.outcome == OPEN && p->layer == LAYER_UPGRADE)
            w = seen_of_tree(b, p, b->episodes[p->episodes[i]].tree);
        count[w.outcome]++;
        if (w.row != NONE)
            insert(proof, r->nproof++, w.row);
    }
    r->verdict = weigh(b, p, count);
    if (r->nproof == 0 && r->verdict == TL_VERDICT_IN_PROGRESS)
        proof[r->nproof++] = p->began;
    r->proof = proof;
    end_run(b, p);
    return TL_OK;
}
