/*
 * expect.c - what must have happened in a run though no evidence tells of it, and how many of the
 * steps that its strategy leads to expect are told.
 *
 * A row is inferred only where it cannot be otherwise (the table below) and where two rows frame
 * it: it lies between them. Nothing else rests on it but phases, which say so.
 */
#include "timeline/expect.h"

#include "timeline/findings.h"

enum { NLIST = 8 };

/* Whose step it is: a cluster's; of one whatever resource of the tree; of an instance of a cluster;
 * of an instance that is in none. */
enum whose { CLUSTER, ANY, MEMBER, ALONE };

/* Where a step that is missing must have been: behind the last of `after`, before the first of
 * `before`. */
struct must {
    struct tl_str cls, words, after[NLIST], before[NLIST];
    enum whose of;
    enum tl_phase phase;
    enum tl_edge edge;
    bool restart; /* only where nothing but one planned restart is possible */
};

#define T(s)                                                                                       \
    {                                                                                              \
        s, sizeof(s) - 1                                                                           \
    }
#define MUST(whose, step, of_phase, of_edge, planned, says)                                        \
    .of = (whose), .cls = T(step), .phase = TL_PHASE_##of_phase, .edge = TL_EDGE_##of_edge,        \
    .restart = (planned), .words = T(says)

static const struct must musts[] = {
    {MUST(CLUSTER, "upgrade.started", UPGRADE, BEGIN, false, "the upgrade started"),
     .after = {T("api.call")},
     .before = {T("zdp.attempted"), T("zdp.finished"), T("cluster.online"),
                T("upgrade.instances-finished"), T("upgrade.version-changed"),
                T("upgrade.finished")}},
    {MUST(ANY, "zdp.attempted", ZDP, BEGIN, false, "zero-downtime patching was attempted"),
     .after = {T("upgrade.started"), T("api.call")},
     .before = {T("zdp.finished"), T("zdp.failed")}},
    {MUST(MEMBER, "instance.shutdown", SHUTDOWN, POINT, true, "the instance was shut down"),
     .after = {T("upgrade.started"), T("os-upgrade.started")}, .before = {T("instance.restarted")}},
    {MUST(MEMBER, "instance.restarted", STARTUP, END, true, "the instance was restarted"),
     .after = {T("instance.shutdown")},
     .before = {T("upgrade.instances-finished"), T("upgrade.version-changed"),
                T("upgrade.finished"), T("os-upgrade.finished")}},
    {MUST(ALONE, "instance.shutdown", SHUTDOWN, POINT, true, "the instance was shut down"),
     .after = {T("precheck.finished"), T("patch.started")}, .before = {T("instance.restarted")}},
    {MUST(ALONE, "instance.restarted", STARTUP, END, true, "the instance was restarted"),
     .after = {T("instance.shutdown")},
     .before = {T("upgrade.finished"), T("upgrade.version-changed"), T("patch.finished")}},
    {MUST(ALONE, "precheck.finished", PRECHECK, END, false, "the prechecks finished"),
     .after = {T("precheck.started")},
     .before = {T("instance.offline"), T("instance.shutdown"), T("upgrade.started")}},
    {MUST(ALONE, "upgrade.started", UPGRADE, BEGIN, false, "the engine version upgrade started"),
     .after = {T("instance.offline"), T("precheck.finished")}, .before = {T("upgrade.finished")}},
};
#undef T

static bool
lists(const struct tl_str list[NLIST], struct tl_str cls)
{
    for (size_t i = 0; i < NLIST && list[i].n > 0; i++)
        if (tl_str_eq(list[i], cls))
            return true;
    return false;
}

/* What the rows say of one step that may be missing. */
struct frame {
    uint32_t after, before; /* rows; NONE */
    size_t nafter, nbefore;
    bool told; /* the step itself, or the others in an order that leaves nothing sure */
};
#define NO_FRAME ((struct frame){NONE, NONE, 0, 0, false})

static void
look(const struct tl_builder *b, const struct must *m, uint32_t row, struct frame *f)
{
    struct tl_str cls = row_event(b, row)->cls;

    if (row_event(b, row)->when.at == TL_TIME_NONE || row_repeats(b, row))
        return;
    f->told |= tl_str_eq(cls, m->cls);
    if (lists(m->before, cls)) {
        f->before = f->nbefore++ == 0 ? row : f->before;
    } else if (lists(m->after, cls)) {
        f->told |= f->nbefore > 0;
        f->after = row;
        f->nafter++;
    }
}

/* ---- what stands in the way ---- */

/* Whether a word about an instance, or about anything of the run, leaves room for a crash, a
 * failover, a stop: for more than one planned restart. */
static bool
troubles(struct tl_str cls)
{
    static const struct tl_str words[] = {{"failover.", 9},
                                          {"global.", 7},
                                          {"log.", 4},
                                          {"instance.recovery", 17},
                                          {"instance.start", 14},
                                          {"instance.stop", 13},
                                          {"instance.restart-", 17},
                                          {"instance.failed", 15},
                                          {"zdp.", 4},
                                          {"startup.", 8},
                                          {"zdr.", 4},
                                          {"instance.class-", 15},
                                          {"instance.incompatible", 21}};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (tl_str_starts(cls, words[i]))
            return true;
    return false;
}

static bool
is_planned(const struct tl_builder *b, const struct plan *p, uint32_t place)
{
    uint32_t tree = place_in(b, p, b->res[p->res[place]].tree);

    if (p->run->verdict != TL_VERDICT_SUCCEEDED || p->layer != LAYER_UPGRADE || tree == NONE)
        return false;
    for (uint32_t i = p->first_own[place]; i < p->first_own[place + 1]; i++)
        if (troubles(row_event(b, p->own_rows[i])->cls))
            return false;
    for (uint32_t i = p->first_own[tree]; i < p->first_own[tree + 1]; i++) {
        uint32_t row = p->own_rows[i];

        if (troubles(row_event(b, row)->cls) && b->rowx[row].twin == NONE)
            return false;
    }
    return true;
}

/* ---- a row ---- */

static struct tl_row
row_of(const struct tl_builder *b, const struct must *m, uint32_t res, const struct frame *f)
{
    const struct res *r = &b->res[res];
    const struct tl_event *after = row_event(b, f->after), *before = row_event(b, f->before);
    struct tl_event ev = {
        .when = {after->when.at, after->when.earliest, before->when.latest},
        .who = {.kind = r->kind,
                .source_type = r->source_type,
                .account = r->account,
                .region = r->region,
                .id = r->id,
                .arn = r->arn,
                .cluster = r->cluster != NONE ? b->res[r->cluster].id : (struct tl_str){"", 0},
                .label = r->label.n > 0 ? r->label : r->id},
        .cls = m->cls,
        .severity = TL_SEVERITY_INFO,
        .phase = m->phase,
        .edge = m->edge,
        .message = m->words,
        .channel = TL_CHANNEL_UNKNOWN};

    return (struct tl_row){.ev = ev,
                           .run = NONE,
                           .input = NONE,
                           .key = r->key,
                           .proofs = NULL,
                           .nproofs = 0,
                           .twin_of = NONE,
                           .inferred = true};
}

/* In the order of the rows behind which they stand. */
static enum tl_status
add(struct tl_builder *b, struct plan *p, const struct must *m, uint32_t res, const struct frame *f)
{
    struct inferred *list =
        tl_arena_grow(&b->scratch, p->guesses, p->nguesses, &p->guesses_cap, sizeof(*list));
    size_t i = p->nguesses;

    if (!list)
        return TL_ENOMEM;
    for (; i > 0 && list[i - 1].after > f->after; i--)
        list[i] = list[i - 1];
    list[i] = (struct inferred){row_of(b, m, res, f), res, f->after};
    p->guesses = list;
    p->nguesses++;
    return TL_OK;
}

static bool
is_framed(const struct tl_builder *b, const struct frame *f)
{
    return !f->told && f->after != NONE && f->before != NONE && f->after < f->before &&
           row_event(b, f->after)->when.earliest <= row_event(b, f->before)->when.latest;
}

/* Whether the strategy of the run has that step at all: not every kind of work announces its start.
 */
static bool
is_required(const struct tl_builder *b, const struct plan *p, uint32_t res, struct tl_str cls)
{
    const struct model *m = model_of(p->run->strategy, b->res[b->res[res].tree].kind);

    for (size_t i = 0; m && i < m->nsteps; i++)
        if (m->steps[i].required && step_is(&m->steps[i], cls))
            return true;
    return false;
}

static enum tl_status
conclude(struct tl_builder *b, struct plan *p, const struct must *m, uint32_t res, struct frame *f)
{
    uint32_t twin;

    if (p->request != NONE && f->after == NONE && lists(m->after, TL_STR("api.call")))
        f->after = p->request; /* it stands on no resource of the tree, or on the global cluster */
    if (!is_framed(b, f) || !is_required(b, p, res, m->cls))
        return TL_OK;
    if (m->of == ANY) {
        twin = b->rowx[f->before].twin;
        res = b->rowx[f->before].res;
        if (b->res[res].kind != TL_KIND_INSTANCE && twin != NONE)
            res = b->rowx[twin].res;
    }
    return add(b, p, m, res, f);
}

/* A step of one instance: by its own rows, and by those of its cluster. */
static enum tl_status
infer_of_instance(struct tl_builder *b, struct plan *p, const struct must *m, uint32_t place)
{
    uint32_t tree = place_in(b, p, b->res[p->res[place]].tree);
    uint32_t i = p->first_own[place], end = p->first_own[place + 1];
    uint32_t k = tree == NONE || tree == place ? end : p->first_own[tree];
    uint32_t last = tree == NONE || tree == place ? end : p->first_own[tree + 1];
    struct frame f = NO_FRAME;

    if (i == end)
        return TL_OK;             /* nothing is known of it */
    while (i < end || k < last) { /* both ascend */
        bool own = k >= last || (i < end && p->own_rows[i] < p->own_rows[k]);

        look(b, m, own ? p->own_rows[i++] : p->own_rows[k++], &f);
    }
    if (m->restart &&
        ((m->edge == TL_EDGE_POINT ? f.nbefore : f.nafter) != 1 || !is_planned(b, p, place)))
        return TL_OK;
    return conclude(b, p, m, p->res[place], &f);
}

static enum tl_status
infer_of_instances(struct tl_builder *b, struct plan *p, const struct must *m)
{
    enum tl_status st = TL_OK;

    for (uint32_t i = 0; i < p->nres && !st; i++) {
        const struct res *r = &b->res[p->res[i]];

        if (r->kind == TL_KIND_INSTANCE && (r->cluster == NONE) == (m->of == ALONE))
            st = infer_of_instance(b, p, m, i);
    }
    return st;
}

/* A step of a cluster: by the rows of its whole tree. frames: by place. */
static enum tl_status
infer_of_trees(struct tl_builder *b, struct plan *p, const struct must *m, struct frame *frames)
{
    enum tl_status st = TL_OK;

    for (uint32_t i = 0; i < p->nres; i++)
        frames[i] = NO_FRAME;
    for (size_t i = 0; i < p->nrows; i++) {
        uint32_t tree = place_in(b, p, row_tree(b, p->rows[i]));

        if (tree != NONE)
            look(b, m, p->rows[i], &frames[tree]);
    }
    for (uint32_t i = 0; i < p->nres && !st; i++)
        if (b->res[p->res[i]].kind == TL_KIND_CLUSTER)
            st = conclude(b, p, m, p->res[i], &frames[i]);
    return st;
}

enum tl_status
run_expect(struct tl_builder *b, struct plan *p)
{
    struct frame *frames = tl_arena_alloc(&b->scratch, (p->nres + 1) * sizeof(*frames));
    enum tl_status st = frames ? TL_OK : TL_ENOMEM;

    if (p->layer != LAYER_UPGRADE || p->seen_only)
        return st;
    for (size_t i = 0; i < sizeof(musts) / sizeof(musts[0]) && !st; i++)
        st = musts[i].of == CLUSTER || musts[i].of == ANY ? infer_of_trees(b, p, &musts[i], frames)
                                                          : infer_of_instances(b, p, &musts[i]);
    return st ? st : run_sequence(b, p);
}
