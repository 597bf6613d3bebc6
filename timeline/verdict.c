/* verdict.c - how a run ended, and the rows that prove it. */
#include "timeline/findings.h"
#include "timeline/resource.h"

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

/* Whether what is seen of an instance is seen of the cluster's writer, or of its only instance:
 * that the others are silent says something only once there was time for them to speak. */
static bool
is_writer(const struct tl_builder *b, const struct plan *p, uint32_t instance)
{
    const struct res *r = &b->res[instance];
    size_t n = 0;

    for (uint32_t i = b->first_member[r->tree]; i < b->first_member[r->tree + 1]; i++)
        n += b->res[b->members[i]].kind == TL_KIND_INSTANCE;
    return (n < 2 && b->newest - p->to > SHORTLY_US) ||
           (res_has_role(r, TL_ROLE_WRITER) && !res_has_role(r, TL_ROLE_READER));
}

/* Whether what an endpoint or an instance shows is true of its whole tree: a reader's is not. */
static bool
shows_end(const struct tl_builder *b, const struct plan *p, uint32_t res)
{
    const struct res *r = &b->res[res], *of = r->cluster == NONE ? NULL : &b->res[r->cluster];
    struct tl_host host;

    if (b->res[r->tree].kind != TL_KIND_CLUSTER)
        return true;
    if (r->kind == TL_KIND_INSTANCE)
        return is_writer(b, p, res);
    if (of && of->kind == TL_KIND_INSTANCE)
        return is_writer(b, p, r->cluster);
    return !tl_host_read(res_name(r), &host) || !host.is_reader;
}

/* What is seen of a tree ends what none of its events has ended: another version well, the one of
 * before again not. */
static struct last_word
seen_of_tree(const struct tl_builder *b, const struct plan *p, uint32_t tree)
{
    struct last_word w = {OPEN, NONE};
    struct tl_str before = {"", 0};

    for (size_t i = 0; i < p->nrows; i++) {
        const struct tl_event *ev = row_event(b, p->rows[i]);

        if (!row_is_flip(b, p->rows[i]) || row_tree(b, p->rows[i]) != tree ||
            (!p->seen_only && !shows_end(b, p, b->rowx[p->rows[i]].res)))
            continue;
        before = before.n > 0 ? before : tl_event_text(ev, TL_STR("from_version"));
        w.row = p->rows[i];
        w.outcome = version_agrees(before, tl_event_text(ev, TL_STR("to_version"))) ? UNDONE : GOOD;
    }
    return w;
}

static bool
versions_differ(const struct tl_run *r)
{
    for (size_t i = 1; i < r->nversions; i++)
        if (!version_agrees(r->versions[0].to, r->versions[i].to))
            return true;
    return false;
}

/* ---- what a topology says is left behind ---- */

static bool
is_still(struct tl_str version, struct tl_str at, struct tl_str not_at)
{
    return version.n > 1 && version_agrees(version, at) && !version_agrees(version, not_at);
}

/* The member of a run's clusters, or of their global cluster, that a topology shows with the
 * version of before while it shows another member with the new one: then it was taken afterwards.
 * NONE: there is none. */
static uint32_t
left_behind(const struct tl_builder *b, const struct plan *p)
{
    struct tl_str from = p->run->from, to = p->run->to;
    uint32_t behind = NONE;
    bool through = false;

    if (p->layer != LAYER_UPGRADE || from.n == 0 || to.n == 0 || version_agrees(from, to))
        return NONE;
    for (uint32_t i = p->global == NONE ? NONE : b->first_of_global[p->global]; i != NONE;
         i = b->next_of_global[i]) {
        through |= is_still(b->res[i].version, to, from);
        behind = is_still(b->res[i].version, from, to) ? i : behind;
    }
    for (size_t i = 0; i < p->nres; i++) {
        const struct res *r = &b->res[p->res[i]];

        if (r->kind != TL_KIND_CLUSTER && r->kind != TL_KIND_INSTANCE)
            continue;
        through |= is_still(r->version, to, from);
        behind = is_still(r->version, from, to) ? p->res[i] : behind;
    }
    return through ? behind : NONE;
}

/* ---- weighing ---- */

struct weighed {
    enum tl_verdict verdict;
    struct tl_str because;
    uint32_t behind; /* resource that was left behind; NONE */
};

static struct weighed
all_good(struct tl_builder *b, const struct plan *p, size_t n)
{
    static const struct weighed undone = {
        TL_VERDICT_ROLLED_BACK, {"it went from a version to an older one", 38}, NONE};
    static const struct weighed differ = {
        TL_VERDICT_PARTIAL, {"its clusters did not end on the same version", 44}, NONE};
    uint32_t behind = left_behind(b, p);

    if (p->layer == LAYER_UPGRADE && version_is_older(p->run->to, p->run->from))
        return undone;
    if (n > 1 && p->joined && versions_differ(p->run))
        return differ;
    if (behind != NONE) {
        const struct tl_str parts[] = {res_called(b, behind),
                                       TL_STR(" was left behind: the topology still shows it at "),
                                       b->res[behind].version};

        return (struct weighed){TL_VERDICT_PARTIAL, words_join(b, parts, 3), behind};
    }
    if (p->seen_only) {
        return (struct weighed){TL_VERDICT_SUCCEEDED, TL_STR("another version came up and stayed"),
                                NONE};
    }
    return (struct weighed){TL_VERDICT_SUCCEEDED,
                            n > 1 ? TL_STR("each of its parts came to a good end")
                                  : TL_STR("it came to a good end"),
                            NONE};
}

/* "2 of 3 parts came to a good end" */
static struct tl_str
some_good(struct tl_builder *b, size_t good, size_t n)
{
    const struct tl_str parts[] = {words_count(b, good), TL_STR(" of "), words_count(b, n),
                                   TL_STR(" parts came to a good end")};

    return words_join(b, parts, 4);
}

/* Whether a tree of p was taken down meanwhile. */
static bool
was_down(const struct tl_builder *b, const struct plan *p, uint32_t tree)
{
    for (size_t i = 0; i < p->nrows; i++) {
        uint32_t row = p->rows[i];

        if (row_tree(b, row) == tree && (row_is(b, row, TL_STR("instance.restarted")) ||
                                         row_is(b, row, TL_STR("zdp.attempted"))))
            return true;
    }
    return false;
}

/* The version that an endpoint of p's trees shows before, and, restarts later, still; empty: there
 * is none. */
static struct tl_str
still_shown(const struct tl_builder *b, const struct plan *p)
{
    for (size_t i = 0; i < b->nloops; i++) {
        const struct series *s = b->loops[i].series;

        if (s->version_last.n == 0 || !tl_str_eq(s->version_first, s->version_last) ||
            s->first > p->from || s->last < p->to || !shows_end(b, p, b->loops[i].res))
            continue;
        for (size_t k = 0; k < p->nepisodes; k++)
            if (b->episodes[p->episodes[k]].tree == b->loops[i].tree &&
                was_down(b, p, b->loops[i].tree))
                return s->version_last;
    }
    return (struct tl_str){"", 0};
}

/* No end is told, and it has been quiet for too long. */
static struct weighed
without_end(struct tl_builder *b, const struct plan *p, bool starting)
{
    struct tl_str version = starting ? still_shown(b, p) : (struct tl_str){"", 0};
    const struct tl_str parts[] = {TL_STR("its end is not told, and its endpoint shows "), version,
                                   TL_STR(" before the restarts and after them")};

    if (version.n > 0) {
        return (struct weighed){TL_VERDICT_ROLLED_BACK, words_join(b, parts, 3), NONE};
    }
    return (struct weighed){TL_VERDICT_UNKNOWN,
                            starting
                                ? TL_STR("its end is not told, though the evidence goes on for "
                                         "more than an hour after its last row")
                                : TL_STR("neither its beginning nor its end is told"),
                            NONE};
}

static struct tl_str
undone_words(const struct plan *p)
{
    return p->seen_only ? TL_STR("the version of before came back")
                        : TL_STR("it was undone, or called off");
}

static struct weighed
weigh(struct tl_builder *b, const struct plan *p, const size_t count[4])
{
    size_t n = p->layer == LAYER_BLUEGREEN ? 1 : p->nepisodes;
    bool starting = false;

    if (count[GOOD] == n)
        return all_good(b, p, n);
    for (size_t i = 0; i < p->nepisodes; i++)
        starting |= b->episodes[p->episodes[i]].start != NONE;
    if (count[OPEN] > 0 && count[UNDONE] + count[FAILED] == 0 && starting &&
        b->newest - p->to <= SHORTLY_US) {
        return (struct weighed){TL_VERDICT_IN_PROGRESS,
                                TL_STR("its end is not told, and the evidence ends within the hour "
                                       "after its last row"),
                                NONE};
    }
    if (count[GOOD] > 0) {
        return (struct weighed){TL_VERDICT_PARTIAL, some_good(b, count[GOOD], n), NONE};
    }
    if (count[UNDONE] > 0)
        return (struct weighed){TL_VERDICT_ROLLED_BACK, undone_words(p), NONE};
    if (count[FAILED] > 0) {
        return (struct weighed){TL_VERDICT_FAILED, TL_STR("it was refused, or failed"), NONE};
    }
    return without_end(b, p, starting);
}

/* A primary that went before a secondary did breaks the rule of AWS. */
static enum tl_status
say_left_behind(struct tl_builder *b, struct plan *p, uint32_t behind)
{
    uint32_t tree = b->episodes[p->episodes[0]].tree;
    const struct tl_str args[] = {res_called(b, tree), res_called(b, behind)};

    if (p->joined || b->res[behind].kind != TL_KIND_CLUSTER || behind == tree ||
        !res_has_role(&b->res[tree], TL_ROLE_PRIMARY) ||
        res_has_role(&b->res[tree], TL_ROLE_SECONDARY))
        return TL_OK;
    return finding_add(b, p, F_ORDER_BROKEN, p->run->proof, p->run->nproof, args);
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
    struct weighed w;

    if (!proof)
        return TL_ENOMEM;
    for (size_t i = 0; i < (p->layer == LAYER_BLUEGREEN ? 1 : p->nepisodes); i++) {
        struct last_word word =
            of_episode(b, p, p->layer == LAYER_BLUEGREEN ? NONE : p->episodes[i]);

        if (word.outcome == OPEN && p->layer == LAYER_UPGRADE)
            word = seen_of_tree(b, p, b->episodes[p->episodes[i]].tree);
        count[word.outcome]++;
        if (word.row != NONE)
            insert(proof, r->nproof++, word.row);
    }
    r->proof = proof;
    w = weigh(b, p, count);
    if (w.behind != NONE && say_left_behind(b, p, w.behind))
        return TL_ENOMEM;
    r->verdict = w.verdict;
    r->verdict_because = w.because;
    if (r->nproof == 0 && r->verdict == TL_VERDICT_IN_PROGRESS)
        proof[r->nproof++] = p->began;
    r->proof = proof;
    if (r->verdict != TL_VERDICT_IN_PROGRESS && r->verdict != TL_VERDICT_UNKNOWN &&
        p->ended != NONE)
        r->ended = row_event(b, p->ended)->when;
    return TL_OK;
}
