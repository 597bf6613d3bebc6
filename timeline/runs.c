/* runs.c - plans become runs: their rows, what is said of them, their ids and their order. */
#include <stdlib.h>
#include <string.h>

#include "core/sha256.h"
#include "timeline/run.h"

struct tl_span
span_between(const struct tl_instant *a, const struct tl_instant *b)
{
    int64_t min, max;

    if (a->earliest == TL_TIME_NONE || b->earliest == TL_TIME_NONE)
        return TL_SPAN_NONE;
    min = b->earliest - a->latest;
    max = b->latest - a->earliest;
    return (struct tl_span){min > 0 ? min : 0, max > 0 ? max : 0};
}

/* ---- lists ---- */

static enum tl_status
list_rows(struct tl_builder *b)
{
    for (uint32_t i = 0; i < b->report->nrows; i++)
        if (b->rowx[i].plan != NONE)
            b->plans[b->rowx[i].plan].nrows++;
    for (size_t i = 0; i < b->nplans; i++) {
        struct plan *p = &b->plans[i];

        p->rows = tl_arena_alloc(&b->scratch, (p->nrows + 1) * sizeof(*p->rows));
        if (!p->rows)
            return TL_ENOMEM;
        p->nrows = 0;
    }
    for (uint32_t i = 0; i < b->report->nrows; i++) {
        struct plan *p = b->rowx[i].plan == NONE ? NULL : &b->plans[b->rowx[i].plan];

        if (p)
            p->rows[p->nrows++] = i;
    }
    return TL_OK;
}

/* Resources by tree: members[first_member[t] .. first_member[t + 1]). */
static enum tl_status
list_members(struct tl_builder *b)
{
    uint32_t *first = tl_arena_alloc(&b->scratch, (b->nres + 2) * sizeof(*first));
    uint32_t *members = tl_arena_alloc(&b->scratch, (b->nres + 1) * sizeof(*members));

    if (!first || !members)
        return TL_ENOMEM;
    for (size_t i = 0; i < b->nres; i++)
        first[b->res[i].tree + 2]++;
    for (size_t i = 2; i < b->nres + 2; i++)
        first[i] += first[i - 1];
    for (uint32_t i = 0; i < b->nres; i++)
        members[first[b->res[i].tree + 1]++] = i;
    b->members = members;
    b->first_member = first;
    return TL_OK;
}

/* How far the evidence reaches: each input, and all of it. */
static enum tl_status
find_newest(struct tl_builder *b)
{
    const struct tl_report *r = b->report;

    b->newest = TL_TIME_NONE;
    b->heard = tl_arena_alloc(&b->scratch, (r->ninputs + 1) * sizeof(*b->heard));
    if (!b->heard)
        return TL_ENOMEM;
    for (size_t i = 0; i < r->ninputs; i++)
        b->heard[i] = r->inputs[i].last;
    for (size_t i = 0; i < r->nrows; i++)
        if (r->rows[i].ev.when.at > b->heard[r->rows[i].input])
            b->heard[r->rows[i].input] = r->rows[i].ev.when.at;
    for (size_t i = 0; i < r->ninputs; i++)
        if (b->heard[i] > b->newest)
            b->newest = b->heard[i];
    return TL_OK;
}

/* ---- outages ---- */

static int
by_outage(const void *pa, const void *pb)
{
    const struct tl_outage *a = pa, *b = pb;
    int c = compare(a->first_fail, b->first_fail);

    c = c ? c : tl_str_cmp(a->endpoint, b->endpoint);
    c = c ? c : compare(a->last_fail, b->last_fail);
    c = c ? c : compare(a->first_ok, b->first_ok);
    c = c ? c : compare((int64_t)a->attempts_failed, (int64_t)b->attempts_failed);
    c = c ? c
          : compare(a->min_us == TL_UNKNOWN ? 0 : -a->min_us, /* the narrower bounds first */
                    b->min_us == TL_UNKNOWN ? 0 : -b->min_us);
    return c ? c : compare(a->input, b->input);
}

/* The same attempts in two inputs (a log, and a document that quotes it) are one outage. */
static bool
same_outage(const struct tl_outage *a, const struct tl_outage *b)
{
    return a->first_fail == b->first_fail && a->last_fail == b->last_fail &&
           a->first_ok == b->first_ok && a->attempts_failed == b->attempts_failed &&
           a->input != b->input && tl_str_eq(a->endpoint, b->endpoint);
}

static bool
within_a_second(tl_time a, tl_time b)
{
    if (a == TL_TIME_NONE || b == TL_TIME_NONE)
        return a == b;
    return a - b < TL_SECOND && b - a < TL_SECOND;
}

/* Two logs of one server, of which one has whole seconds only (a prefix with %t). */
static bool
same_fall(const struct tl_outage *a, const struct tl_outage *b)
{
    return tl_str_eq(a->source, TL_STR("log")) && tl_str_eq(b->source, TL_STR("log")) &&
           a->input != b->input && tl_str_eq(a->endpoint, b->endpoint) &&
           tl_str_eq(a->region, b->region) && a->attempts_failed == b->attempts_failed &&
           within_a_second(a->last_ok, b->last_ok) &&
           within_a_second(a->first_fail, b->first_fail) &&
           within_a_second(a->first_ok, b->first_ok);
}

static int64_t
width_of(const struct tl_outage *o)
{
    return o->min_us == TL_UNKNOWN || o->max_us == TL_UNKNOWN ? INT64_MAX : o->max_us - o->min_us;
}

/* Takes *o for one of the last outages of the list, if it is, and keeps the finer of the two. */
static bool
is_kept(struct tl_outage *list, size_t n, const struct tl_outage *o)
{
    for (size_t i = n > 4 ? n - 4 : 0; i < n; i++) {
        if (i + 1 == n && same_outage(&list[i], o))
            return true;
        if (!same_fall(&list[i], o))
            continue;
        if (width_of(o) < width_of(&list[i]))
            list[i] = *o;
        return true;
    }
    return false;
}

static void
sort_outages(struct tl_outage *list, size_t *n)
{
    size_t m = 0;

    if (*n > 1)
        qsort(list, *n, sizeof(*list), by_outage);
    for (size_t i = 0; i < *n; i++)
        if (!is_kept(list, m, &list[i]))
            list[m++] = list[i];
    *n = m;
}

/* ---- ids and order ---- */

static int
by_text(const void *pa, const void *pb)
{
    return tl_str_cmp(*(const struct tl_str *)pa, *(const struct tl_str *)pb);
}

/* The key of what the run is of, or regions, from and to where several clusters have no global
 * cluster that is known. */
static enum tl_status
root_text(struct tl_builder *b, const struct plan *p, struct tl_buf *out)
{
    struct tl_str *regions;

    if (p->global != NONE) {
        tl_buf_add(out, b->res[p->global].key);
        return TL_OK;
    }
    if (p->layer == LAYER_BLUEGREEN && switched_root(b, p, out))
        return TL_OK;
    if (p->nepisodes == 1 || !p->joined || p->layer == LAYER_BLUEGREEN) {
        tl_buf_add(out, b->res[b->episodes[p->episodes[0]].tree].key);
        return TL_OK;
    }
    regions = tl_arena_alloc(&b->scratch, p->nepisodes * sizeof(*regions));
    if (!regions)
        return TL_ENOMEM;
    for (size_t i = 0; i < p->nepisodes; i++)
        regions[i] = b->res[b->episodes[p->episodes[i]].tree].region;
    qsort(regions, p->nepisodes, sizeof(*regions), by_text);
    for (size_t i = 0; i < p->nepisodes; i++) {
        tl_buf_add(out, regions[i]);
        tl_buf_add(out, TL_STR(" "));
    }
    tl_buf_add(out, p->run->from);
    tl_buf_add(out, TL_STR(" "));
    tl_buf_add(out, p->run->to);
    return TL_OK;
}

/* nth: from 1, for runs whose date and root are the same. */
static enum tl_status
make_id(struct tl_builder *b, struct plan *p, unsigned nth)
{
    struct tl_civil day = tl_time_civil(p->run->began.earliest);
    struct tl_sha256 digest;
    struct tl_buf root, id;
    enum tl_status st;

    tl_buf_init(&root, b->scratch.max);
    tl_buf_init(&id, 64);
    st = root_text(b, p, &root);
    if (nth > 1)
        tl_buf_addf(&root, "#%u", nth);
    digest = tl_sha256_of(tl_buf_str(&root));
    tl_buf_addf(&id, "%04d-%02d-%02d-", (int)day.year, day.month, day.day);
    tl_sha256_hex(&id, &digest, 4);
    p->run->id = tl_arena_str(b->arena, tl_buf_str(&id));
    if (root.failed || id.failed || !p->run->id.p)
        st = TL_ENOMEM;
    tl_buf_free(&root);
    tl_buf_free(&id);
    return st;
}

static int
by_beginning(const void *pa, const void *pb)
{
    const struct plan *a = pa, *b = pb;
    int c = compare(a->run->began.at, b->run->began.at);

    c = c ? c : tl_str_cmp(a->run->id, b->run->id);
    return c ? c : compare(a->began, b->began);
}

/* Ids are unique within a report: the second run of a root on one day is told apart. */
static enum tl_status
unique_ids(struct tl_builder *b)
{
    unsigned *count = tl_arena_alloc(&b->scratch, (2 * b->nplans + 2) * sizeof(*count));
    struct strings ids;
    uint32_t first, id;

    if (!count || !strings_init(&ids, &b->scratch))
        return TL_ENOMEM;
    for (size_t i = 0; i < b->nplans; i++) {
        size_t known = ids.n;

        if (!strings_id(&ids, b->plans[i].run->id, &first))
            return TL_ENOMEM;
        while (ids.n == known) { /* taken: by others of this root, or by chance */
            if (make_id(b, &b->plans[i], ++count[first] + 1) ||
                !strings_id(&ids, b->plans[i].run->id, &id))
                return TL_ENOMEM;
        }
    }
    return TL_OK;
}

/* ---- a run ---- */

static struct tl_request
request_of(const struct tl_builder *b, const struct plan *p)
{
    const struct tl_event *ev;

    if (p->request == NONE)
        return (struct tl_request){{"", 0}, {"", 0}, TL_TIME_NONE, NONE};
    ev = row_event(b, p->request);
    return (struct tl_request){tl_event_text(ev, TL_STR("user")),
                               tl_event_text(ev, TL_STR("event_name")), ev->when.at, p->request};
}

static struct tl_str
account_of(const struct tl_builder *b, const struct plan *p)
{
    struct tl_str account = {"", 0};

    for (size_t i = 0; i < p->nepisodes; i++) {
        struct tl_str own = b->res[b->episodes[p->episodes[i]].tree].account;

        if (own.n > 0 && account.n > 0 && !tl_str_eq(own, account))
            return (struct tl_str){"", 0};
        account = own.n > 0 ? own : account;
    }
    return account;
}

/* Whether a row of a log is of a server that was given to the run of its region only. */
static bool
is_given(const struct tl_builder *b, const struct plan *p, uint32_t row)
{
    if (row_event(b, row)->channel != TL_CHANNEL_LOG)
        return false;
    for (size_t i = 0; i < p->nepisodes; i++)
        if (b->episodes[p->episodes[i]].tree == row_tree(b, row))
            return false;
    return true;
}

/* Whether all of its members are proved to be: topology, records and messages, not names. */
static bool
is_proved(const struct tl_builder *b, const struct plan *p)
{
    if (p->joined && p->inferred)
        return false;
    for (size_t i = 0; i < p->nrows; i++) {
        const struct res *r = row_res(b, p->rows[i]);

        if (r->tree != b->rowx[p->rows[i]].res && !r->cluster_proved)
            return false;
        if (r->kind == TL_KIND_ENDPOINT && r->tree == b->rowx[p->rows[i]].res && !p->seen_only)
            return false; /* it was given to the run of its region */
        if (is_given(b, p, p->rows[i]))
            return false;
    }
    return true;
}

/* The clusters of each global cluster. */
static enum tl_status
list_globals(struct tl_builder *b)
{
    b->first_of_global = tl_arena_alloc(&b->scratch, (b->nres + 1) * sizeof(uint32_t));
    b->next_of_global = tl_arena_alloc(&b->scratch, (b->nres + 1) * sizeof(uint32_t));
    if (!b->first_of_global || !b->next_of_global)
        return TL_ENOMEM;
    for (size_t i = 0; i < b->nres; i++)
        b->first_of_global[i] = b->next_of_global[i] = NONE;
    for (uint32_t i = (uint32_t)b->nres; i-- > 0;) {
        uint32_t global = b->res[i].global;

        if (global == NONE || b->res[i].kind != TL_KIND_CLUSTER)
            continue;
        b->next_of_global[i] = b->first_of_global[global];
        b->first_of_global[global] = i;
    }
    return TL_OK;
}

static enum tl_status
fill_run(struct tl_builder *b, struct plan *p)
{
    static enum tl_status (*const parts[])(struct tl_builder *, struct plan *) = {
        run_resources, run_versions,   run_strategy, run_verdict,    run_ends,
        run_expect,    run_zdp,        run_phases,   run_critical,   run_silences,
        run_clocks,    run_parameters, run_findings, run_switchover, run_request,
    };
    struct tl_run *r = p->run;
    enum tl_status st = TL_OK;

    *r = (struct tl_run){.proved = is_proved(b, p),
                         .account = account_of(b, p),
                         .began = row_event(b, p->began)->when,
                         .ended = TL_INSTANT_NONE,
                         .requested = request_of(b, p),
                         .operation = TL_SPAN_NONE,
                         .database = TL_SPAN_NONE,
                         .endpoint = TL_SPAN_NONE,
                         .recovered = TL_SPAN_NONE,
                         .announced = TL_SPAN_NONE};
    sort_outages(p->outages, &p->noutages);
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]) && !st; i++)
        st = parts[i](b, p);
    r->outages = p->outages;
    r->noutages = p->noutages;
    return st ? st : make_id(b, p, 1);
}

enum tl_status
build_runs(struct tl_builder *b)
{
    struct tl_report *r = b->report;
    struct tl_run *made = tl_arena_alloc(&b->scratch, (b->nplans + 1) * sizeof(*made));
    enum tl_status st = list_rows(b);

    r->nruns = b->nplans;
    r->runs = tl_arena_alloc(b->arena, (b->nplans + 1) * sizeof(*r->runs));
    b->place = tl_arena_alloc(&b->scratch, (b->nres + 1) * sizeof(*b->place));
    if (st || !made || !r->runs || !b->place || list_members(b) || list_globals(b) ||
        find_newest(b))
        return TL_ENOMEM;
    sort_outages(r->outages, &r->noutages);
    for (size_t i = 0; i < b->nplans && !st; i++) {
        b->plans[i].run = &made[i];
        st = fill_run(b, &b->plans[i]);
    }
    if (st)
        return st;
    if (b->nplans > 1)
        qsort(b->plans, b->nplans, sizeof(*b->plans), by_beginning);
    if (unique_ids(b))
        return TL_ENOMEM;
    for (uint32_t i = 0; i < b->nplans; i++) {
        r->runs[i] = *b->plans[i].run;
        b->plans[i].run = &r->runs[i];
        for (size_t k = 0; k < b->plans[i].nrows; k++)
            r->rows[b->plans[i].rows[k]].run = i;
    }
    return TL_OK;
}
