/* server_notes.c - findings: what is remarkable in what servers log of themselves. */
#include "timeline/findings.h"
#include "timeline/server.h"

enum { KEPT = 16 };

static const int64_t ONE_START_US = 2 * TL_SECOND; /* the lines of one start that fails */

/* Rows that one finding counts. */
struct bag {
    uint32_t rows[KEPT];
    size_t kept;
    uint64_t n;
};

static void
put(struct bag *g, uint32_t row)
{
    if (g->kept < KEPT)
        g->rows[g->kept++] = row;
    g->n++;
}

static struct plan *
plan_of(const struct tl_builder *b, uint32_t row)
{
    uint32_t run = b->report->rows[row].run;

    return run == NONE ? NULL : &b->plans[run]; /* plans are in the order of runs by now */
}

/* Whether two findings begin at one moment. */
static bool
same_moment(const struct tl_builder *b, const struct tl_finding *x, const struct tl_finding *y)
{
    int64_t us = row_event(b, y->events[0])->when.at;

    us -= row_event(b, x->events[0])->when.at;
    return us > -TL_SECOND && us < TL_SECOND;
}

/* Two logs of one server say the same: it is told once. */
static void
drop_repeat(struct tl_builder *b, struct plan *p)
{
    const struct tl_finding *list = p ? p->findings : b->report->findings;
    size_t *n = p ? &p->nfindings : &b->report->nfindings;

    for (size_t i = *n > KEPT ? *n - KEPT : 0; i + 1 < *n; i++) {
        if (!tl_str_eq(list[i].code, list[*n - 1].code) ||
            !tl_str_eq(list[i].text, list[*n - 1].text) || list[i].nevents == 0 ||
            !same_moment(b, &list[i], &list[*n - 1]))
            continue;
        --*n;
        return;
    }
}

/* Its resource with the Region where that is needed, else what its logs are called. */
static struct tl_str
called(struct tl_builder *b, const struct server *s)
{
    return tl_str_eq(s->name, res_title(b, s->res)) ? res_called(b, s->res) : s->name;
}

static enum tl_status
add(struct tl_builder *b, enum finding f, const uint32_t *rows, size_t n, const struct tl_str *args)
{
    struct plan *p = plan_of(b, rows[0]);
    enum tl_status st = finding_add(b, p, f, rows, n, args);

    if (!st)
        drop_repeat(b, p);
    return st;
}

static struct tl_str
times(struct tl_builder *b, uint64_t n)
{
    const struct tl_str parts[] = {words_count(b, n), TL_STR(" times")};

    return n == 1 ? TL_STR("once") : words_join(b, parts, 2);
}

static enum tl_status
add_bag(struct tl_builder *b, const struct bag *g, enum finding f, const struct tl_str *args)
{
    if (g->n == 0)
        return TL_OK;
    return add(b, f, g->rows, g->kept, args);
}

/* ---- connections ---- */

/* "2 starting-up, 1 in-recovery" */
static struct tl_str
refusals(struct tl_builder *b, const uint64_t *reasons)
{
    struct tl_str parts[4 * TL_NFAILURES];
    size_t n = 0;

    for (unsigned k = 0; k < TL_NFAILURES; k++) {
        if (reasons[k] == 0)
            continue;
        parts[n] = n > 0 ? TL_STR(", ") : TL_STR("");
        parts[n + 1] = words_count(b, reasons[k]);
        parts[n + 2] = TL_STR(" ");
        parts[n + 3] = tl_failure_name((enum tl_failure)k);
        n += 4;
    }
    return words_join(b, parts, n);
}

static struct tl_str
connections(struct tl_builder *b, uint64_t n)
{
    const struct tl_str parts[] = {words_count(b, n), TL_STR(" connections")};

    return n == 1 ? TL_STR("1 connection") : words_join(b, parts, 2);
}

static enum tl_status
say_refused(struct tl_builder *b, const struct server *s)
{
    struct bag all = {.n = 0}, full = {.n = 0};
    uint64_t reasons[TL_NFAILURES] = {0};
    struct tl_str args[3];

    for (size_t i = 0; i < s->nrows; i++) {
        enum sign sign = row_sign(b, s->rows[i]);

        if (sign == SIGN_FULL)
            put(&full, s->rows[i]);
        if (sign != SIGN_REFUSED || row_refusal(b, s->rows[i]) == TL_FAILURE_ERROR)
            continue;
        put(&all, s->rows[i]);
        reasons[row_refusal(b, s->rows[i])]++;
    }
    args[0] = called(b, s);
    args[1] = connections(b, all.n);
    args[2] = refusals(b, reasons);
    if (add_bag(b, &all, F_LOG_REFUSED, args))
        return TL_ENOMEM;
    args[1] = connections(b, full.n);
    return add_bag(b, &full, F_LOG_TOO_MANY, args);
}

/* ---- starts and ends ---- */

/* Starts that came to nothing: another start, or the end of the log, comes before "ready". */
static enum tl_status
say_failed(struct tl_builder *b, const struct server *s)
{
    struct bag failed = {.n = 0};
    uint32_t pending = NONE;
    struct tl_str args[3] = {called(b, s), {"", 0}, {"", 0}};

    for (size_t i = 0; i < s->nrows; i++) {
        uint32_t row = s->rows[i];
        enum sign sign = row_sign(b, row);
        bool again =
            sign == SIGN_FAILED && pending != NONE &&
            row_event(b, row)->when.earliest - row_event(b, pending)->when.earliest > ONE_START_US;

        if (pending != NONE && (sign == SIGN_START || sign == SIGN_SHUT || again)) {
            put(&failed, pending);
            pending = NONE;
        }
        if (sign == SIGN_READY)
            pending = NONE; /* it was ready all the same: one of several addresses was taken */
        if (sign == SIGN_FAILED && pending == NONE)
            pending = row;
    }
    if (pending != NONE)
        put(&failed, pending);
    if (failed.n == 0)
        return TL_OK;
    args[1] = times(b, failed.n);
    args[2] = row_event(b, failed.rows[0])->message;
    return add_bag(b, &failed, F_LOG_START_FAILED, args);
}

static enum tl_status
say_crash(struct tl_builder *b, const struct server *s, const struct fall *f)
{
    const struct tl_str args[] = {called(b, s), row_event(b, f->crash)->message};

    return add(b, F_LOG_CRASH, &f->crash, 1, args);
}

static enum tl_status
say_last_known_up(struct tl_builder *b, const struct server *s, const struct fall *f)
{
    struct tl_instant stated = row_stated(b, f->was);
    struct tl_str args[3] = {called(b, s), {"", 0}, {"", 0}};
    struct tl_buf at;

    tl_buf_init(&at, 64);
    tl_time_print(&at, stated.at);
    args[1] = tl_buf_str(&at);
    args[1] = words_join(b, &args[1], 1);
    tl_arena_follow(b->arena, &at);
    tl_buf_free(&at);
    args[2] = row_sign(b, f->was) == SIGN_WAS_SHUT ? TL_STR("shut down at") : TL_STR("last up at");
    return add(b, F_LOG_LAST_KNOWN_UP, &f->was, 1, args);
}

/* ---- causes ---- */

static enum tl_status
say_causes(struct tl_builder *b, const struct server *s)
{
    static const struct {
        struct tl_str cls;
        enum finding finding;
    } causes[] = {{{"log.out-of-memory", 17}, F_LOG_MEMORY},
                  {{"log.disk-full", 13}, F_LOG_DISK},
                  {{"log.io-error", 12}, F_LOG_STORAGE},
                  {{"log.corruption", 14}, F_LOG_STORAGE}};
    const size_t n = sizeof(causes) / sizeof(causes[0]);

    for (size_t k = 0; k < n; k++) {
        struct bag g = {.n = 0};
        struct tl_str args[3] = {called(b, s), {"", 0}, {"", 0}};

        for (size_t i = 0; i < s->nrows; i++)
            if (row_is(b, s->rows[i], causes[k].cls))
                put(&g, s->rows[i]);
        if (g.n == 0)
            continue;
        args[1] = times(b, g.n);
        args[2] = row_event(b, g.rows[0])->message;
        if (add_bag(b, &g, causes[k].finding, args))
            return TL_ENOMEM;
    }
    return TL_OK;
}

enum tl_status
build_server_notes(struct tl_builder *b)
{
    enum tl_status st = TL_OK;

    for (size_t i = 0; i < b->nservers && !st; i++) {
        const struct server *s = &b->servers[i];

        for (size_t k = 0; k < s->nfalls && !st; k++) {
            const struct fall *f = &s->falls[k];

            if (f->crash != NONE)
                st = say_crash(b, s, f);
            if (!st && f->was != NONE &&
                tl_event_field(row_event(b, f->was), TL_STR("last_known_up")))
                st = say_last_known_up(b, s, f);
        }
        if (!st)
            st = say_failed(b, s);
        if (!st)
            st = say_refused(b, s);
        if (!st)
            st = say_causes(b, s);
    }
    return st;
}
