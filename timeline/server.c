/*
 * server.c - whose log each row of a log is from.
 *
 * A server is a resource. Logs that name none, or no region, are those of one server when their
 * names differ by a date or a number only (a log that was rotated), they are of one format, and no
 * two of them are of the same time.
 */
#include "timeline/server.h"

#include <stdlib.h>
#include <string.h>

#include "timeline/findings.h"

static const int64_t OVERLAP_US = 5 * TL_SECOND; /* lines of processes come a little out of order */

/* ---- names of logs ---- */

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool
is_separator(char c)
{
    return c == '.' || c == '-' || c == '_';
}

/* Takes a known ending off. */
static bool
cut_ending(struct tl_str *s)
{
    static const struct tl_str endings[] = {{".log", 4}, {".csv", 4}, {".json", 5}, {".txt", 4},
                                            {".gz", 3},  {".zst", 4}, {".bz2", 4},  {".xz", 3},
                                            {".out", 4}, {".old", 4}};

    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        struct tl_str e = endings[i];

        if (s->n > e.n && memcmp(s->p + s->n - e.n, e.p, e.n) == 0) {
            s->n -= e.n;
            return true;
        }
    }
    return false;
}

/* Takes the name of a day or month off, as in "postgresql-Mon". */
static bool
cut_day(struct tl_str *s)
{
    static const char days[] = "MonTueWedThuFriSatSunJanFebMarAprMayJunJulAugSepOctNovDec";

    if (s->n < 5 || !is_separator(s->p[s->n - 4]))
        return false;
    for (size_t i = 0; i + 3 < sizeof(days); i += 3) {
        if (memcmp(s->p + s->n - 3, days + i, 3) != 0)
            continue;
        s->n -= 4;
        return true;
    }
    return false;
}

/* Takes ".3" or a date with what follows it ("-2026-04-11_000000", ".2026-04-11-06") off. */
static bool
cut_number(struct tl_str *s)
{
    size_t n = s->n, digits = 0, first = 0;

    while (n > 1 && (is_digit(s->p[n - 1]) || is_separator(s->p[n - 1]) || s->p[n - 1] == 'T'))
        n--;
    while (n < s->n && !is_separator(s->p[n]))
        n++;
    for (size_t i = n; i < s->n; i++)
        digits += is_digit(s->p[i]);
    for (size_t i = n + 1; i < s->n && is_digit(s->p[i]); i++)
        first++;
    if (digits == 0 || n == 0)
        return false;
    if (digits >= 6 && first >= 4) {
        s->n = n;
        return true;
    }
    n = s->n;
    while (n > 0 && is_digit(s->p[n - 1]))
        n--;
    if (n < 2 || n == s->n || s->p[n - 1] != '.')
        return false;
    digits = s->n;
    s->n = n - 1;
    if (cut_ending(s)) /* "postgresql.log.3", but not "postgresql-15.4" */
        return true;
    s->n = digits;
    return false;
}

/* What the names of the files of one log share. */
static struct tl_str
stem_of(struct tl_str name)
{
    while (cut_ending(&name) || cut_number(&name) || cut_day(&name))
        continue;
    return name;
}

static bool
is_log(const struct tl_source *s)
{
    return s->duplicate_of == NONE && (tl_str_starts(s->format, TL_STR("pg-")) ||
                                       tl_str_starts(s->format, TL_STR("mysql-error")));
}

/* ---- which rows are whose ---- */

/* A resource that logs tell of, and since when and until when the input of its own does. */
struct teller {
    uint32_t res, group; /* group: number of its name; of those without an input of their own: 0 */
    tl_time from, to;
};

struct tellers {
    struct teller *list;
    size_t n;
    uint32_t *by_res; /* place + 1; 0: none */
    struct strings groups;
};

static bool
is_of_log(const struct tl_builder *b, uint32_t row)
{
    return row_event(b, row)->channel == TL_CHANNEL_LOG;
}

static void
widen(struct teller *t, tl_time from, tl_time to)
{
    if (from != TL_TIME_NONE && (t->from == TL_TIME_NONE || from < t->from))
        t->from = from;
    if (to != TL_TIME_NONE && (t->to == TL_TIME_NONE || to > t->to))
        t->to = to;
}

/* The name that logs of one server share: identifier, or label, or what is left of their names. */
static struct tl_str
name_of(const struct tl_builder *b, uint32_t res, uint32_t input)
{
    const struct res *r = &b->res[res];
    const struct tl_source *s = &b->report->inputs[input];

    struct tl_str stem = stem_of(s->name);

    if (r->id.n > 0)
        return r->id;
    if (r->label.n > 0 && !tl_str_eq(r->label, s->name))
        return r->label;
    return stem.n > 0 ? stem : TL_STR("a server without a name");
}

static enum tl_status
group_of(struct tl_builder *b, struct tellers *all, struct teller *t)
{
    const struct res *r = &b->res[t->res];
    struct tl_buf key;
    bool ok;

    if (r->input == NONE)
        return TL_OK;
    tl_buf_init(&key, b->scratch.max);
    tl_buf_addf(&key, "%d\x1f", (int)r->kind);
    tl_buf_add(&key, r->account);
    tl_buf_add(&key, TL_STR("\x1f"));
    tl_buf_add(&key, name_of(b, t->res, r->input));
    tl_buf_add(&key, TL_STR("\x1f"));
    tl_buf_add(&key, b->report->inputs[r->input].format);
    ok = !key.failed && strings_id(&all->groups, tl_buf_str(&key), &t->group);
    tl_buf_free(&key);
    widen(t, b->report->inputs[r->input].first, b->report->inputs[r->input].last);
    return ok ? TL_OK : TL_ENOMEM;
}

static enum tl_status
find_tellers(struct tl_builder *b, struct tellers *all)
{
    all->list = tl_arena_alloc(&b->scratch, (b->nres + 1) * sizeof(*all->list));
    all->by_res = tl_arena_alloc(&b->scratch, (b->nres + 1) * sizeof(*all->by_res));
    if (!all->list || !all->by_res || !strings_init(&all->groups, &b->scratch))
        return TL_ENOMEM;
    for (uint32_t i = 0; i < b->report->nrows; i++) {
        const struct tl_instant *w = &row_event(b, i)->when;
        uint32_t res = b->rowx[i].res;
        struct teller *t;

        if (!is_of_log(b, i))
            continue;
        if (all->by_res[res] == 0) {
            all->list[all->n++] = (struct teller){res, 0, TL_TIME_NONE, TL_TIME_NONE};
            all->by_res[res] = (uint32_t)all->n;
            if (group_of(b, all, &all->list[all->n - 1]))
                return TL_ENOMEM;
        }
        t = &all->list[all->by_res[res] - 1];
        widen(t, w->earliest, w->earliest);
    }
    return TL_OK;
}

static int
by_group(const void *pa, const void *pb)
{
    const struct teller *a = pa, *b = pb;
    int c = compare(a->group, b->group);

    c = c ? c : compare(a->from, b->from);
    c = c ? c : compare(a->to, b->to);
    return c ? c : compare(a->res, b->res);
}

static bool
overlap(const struct teller *list, size_t n)
{
    tl_time end = list[0].to;

    for (size_t i = 1; i < n; i++) {
        if (list[i].from < end - OVERLAP_US)
            return true;
        end = list[i].to > end ? list[i].to : end;
    }
    return false;
}

static struct server *
new_server(struct tl_builder *b, const struct teller *t, size_t ntellers)
{
    struct server *s = &b->servers[b->nservers];
    const struct res *r = &b->res[t->res];

    *s = (struct server){
        .name = res_title(b, t->res), .from = TL_STR("log"), .res = t->res, .oldest = TL_TIME_NONE};
    if (r->id.n == 0 && r->input != NONE) {
        s->name = name_of(b, t->res, r->input);
        s->from = tl_str_eq(s->name, r->label) ? s->from : TL_STR("name");
    }
    for (size_t i = 0; i < ntellers; i++)
        b->server_of[t[i].res] = (uint32_t)b->nservers;
    b->nservers++;
    return s;
}

static enum tl_status
group_servers(struct tl_builder *b, struct tellers *all)
{
    b->servers = tl_arena_alloc(&b->scratch, (all->n + 1) * sizeof(*b->servers));
    if (!b->servers)
        return TL_ENOMEM;
    qsort(all->list, all->n, sizeof(*all->list), by_group);
    for (size_t i = 0, end; i < all->n; i = end) {
        const struct teller *t = &all->list[i];

        end = i + 1;
        while (t->group > 0 && end < all->n && all->list[end].group == t->group)
            end++;
        if (!overlap(t, end - i)) {
            new_server(b, t, end - i);
            continue;
        }
        for (size_t k = i; k < end; k++) /* two servers that wrote at one time */
            new_server(b, &all->list[k], 1);
    }
    return TL_OK;
}

static enum tl_status
list_rows(struct tl_builder *b)
{
    size_t *n = tl_arena_alloc(&b->scratch, (b->nservers + 1) * sizeof(*n));
    uint32_t *rows;
    size_t all = 0;

    if (!n)
        return TL_ENOMEM;
    for (uint32_t i = 0; i < b->report->nrows; i++) {
        if (!is_of_log(b, i))
            continue;
        n[b->server_of[b->rowx[i].res]]++;
        all++;
    }
    rows = tl_arena_alloc(&b->scratch, (all + 1) * sizeof(*rows));
    if (!rows)
        return TL_ENOMEM;
    for (size_t i = 0; i < b->nservers; i++) {
        b->servers[i].rows = rows;
        rows += n[i];
    }
    for (uint32_t i = 0; i < b->report->nrows; i++) {
        struct server *s;

        if (!is_of_log(b, i))
            continue;
        s = &b->servers[b->server_of[b->rowx[i].res]];
        s->rows[s->nrows++] = i;
    }
    return TL_OK;
}

/* ---- its logs: those with rows, and those of the same name that have none ---- */

#define SEVERAL (UINT32_MAX - 1)

struct logs {
    struct strings stems;
    uint32_t *stem;      /* by input */
    uint32_t *of_stem;   /* server by stem; NONE, SEVERAL */
    bool *known;         /* by input: it has rows */
    struct server **own; /* scratch: whose each input is, one of them */
};

static enum tl_status
add_log(struct tl_builder *b, struct server *s, uint32_t input, size_t *cap)
{
    uint32_t *list;

    if (s->ninputs > 0 && s->inputs[s->ninputs - 1] == input)
        return TL_OK;
    list = tl_arena_grow(&b->scratch, s->inputs, s->ninputs, cap, sizeof(*list));
    if (!list)
        return TL_ENOMEM;
    s->inputs = list;
    list[s->ninputs++] = input;
    return TL_OK;
}

static int
by_number(const void *pa, const void *pb)
{
    const uint32_t *a = pa, *b = pb;

    return compare(*a, *b);
}

/* The inputs of the rows of s, each once, ascending. */
static enum tl_status
list_logs(struct tl_builder *b, struct server *s, struct logs *l)
{
    size_t cap = 0, m = 0;

    for (size_t i = 0; i < s->nrows; i++) {
        const struct tl_row *row = &b->report->rows[s->rows[i]];

        for (size_t k = 0; k < row->nproofs; k++)
            if (row->proofs[k].channel == TL_CHANNEL_LOG &&
                add_log(b, s, row->proofs[k].input, &cap))
                return TL_ENOMEM;
    }
    if (s->ninputs > 1)
        qsort(s->inputs, s->ninputs, sizeof(*s->inputs), by_number);
    for (size_t i = 0; i < s->ninputs; i++)
        if (m == 0 || s->inputs[m - 1] != s->inputs[i])
            s->inputs[m++] = s->inputs[i];
    s->ninputs = m;
    for (size_t i = 0; i < m; i++) {
        uint32_t *of = &l->of_stem[l->stem[s->inputs[i]]];
        uint32_t own = (uint32_t)(s - b->servers);

        l->known[s->inputs[i]] = true;
        *of = *of == NONE || *of == own ? own : SEVERAL;
    }
    return TL_OK;
}

static enum tl_status
stem_inputs(struct tl_builder *b, struct logs *l)
{
    size_t n = b->report->ninputs;

    l->stem = tl_arena_alloc(&b->scratch, (n + 1) * sizeof(*l->stem));
    l->known = tl_arena_alloc(&b->scratch, (n + 1) * sizeof(*l->known));
    l->of_stem = tl_arena_alloc(&b->scratch, (n + 2) * sizeof(*l->of_stem));
    if (!l->stem || !l->known || !l->of_stem || !strings_init(&l->stems, &b->scratch))
        return TL_ENOMEM;
    for (size_t i = 0; i < n + 2; i++)
        l->of_stem[i] = NONE;
    for (size_t i = 0; i < n; i++)
        if (!strings_id(&l->stems, stem_of(b->report->inputs[i].name), &l->stem[i]))
            return TL_ENOMEM;
    return TL_OK;
}

/* A log without an event tells when its server was alive all the same. */
static enum tl_status
add_quiet_logs(struct tl_builder *b, const struct logs *l)
{
    for (uint32_t i = 0; i < b->report->ninputs; i++) {
        uint32_t own = l->of_stem[l->stem[i]];
        size_t cap;

        if (l->known[i] || own == NONE || own == SEVERAL || !is_log(&b->report->inputs[i]))
            continue;
        cap = b->servers[own].ninputs; /* as full as it is: the list is copied */
        if (add_log(b, &b->servers[own], i, &cap))
            return TL_ENOMEM;
    }
    return TL_OK;
}

static void
find_oldest(const struct tl_builder *b, struct server *s)
{
    if (s->nrows > 0)
        s->oldest = row_event(b, s->rows[0])->when.earliest;
    for (size_t i = 0; i < s->ninputs; i++) {
        tl_time first = b->report->inputs[s->inputs[i]].first;

        if (first != TL_TIME_NONE && is_log(&b->report->inputs[s->inputs[i]]) && first < s->oldest)
            s->oldest = first;
    }
}

tl_time
server_line_before(const struct tl_builder *b, const struct server *s, tl_time moment)
{
    tl_time best = TL_TIME_NONE;

    for (size_t i = 0; i < s->ninputs; i++) {
        const struct tl_source *in = &b->report->inputs[s->inputs[i]];
        /* what libraries write before the server says that it starts is no sign of the one before
         */
        const tl_time ends[] = {in->first == TL_TIME_NONE ? in->first : in->first + TL_MINUTE,
                                in->last};

        if (!is_log(in) || in->first == TL_TIME_NONE || in->last == TL_TIME_NONE)
            continue;
        if (ends[1] < moment && (best == TL_TIME_NONE || ends[1] > best))
            best = ends[1];
        if (ends[0] < moment && (best == TL_TIME_NONE || in->first > best))
            best = in->first;
    }
    return best;
}

/* ---- */

static enum tl_status
make_outages(struct tl_builder *b, struct server *s)
{
    s->outages = tl_arena_alloc(&b->scratch, (s->nfalls + 1) * sizeof(*s->outages));
    if (!s->outages)
        return TL_ENOMEM;
    for (size_t i = 0; i < s->nfalls; i++)
        s->outages[i] = server_outage(b, s, &s->falls[i]);
    return TL_OK;
}

enum tl_status
build_servers(struct tl_builder *b)
{
    struct tellers all = {.n = 0};
    struct logs logs = {.stem = NULL};
    enum tl_status st = find_tellers(b, &all);

    b->server_of = tl_arena_alloc(&b->scratch, (b->nres + 1) * sizeof(*b->server_of));
    if (st || !b->server_of)
        return TL_ENOMEM;
    for (size_t i = 0; i < b->nres; i++)
        b->server_of[i] = NONE;
    if (all.n == 0)
        return TL_OK;
    st = group_servers(b, &all);
    if (!st)
        st = list_rows(b);
    if (!st)
        st = stem_inputs(b, &logs);
    for (size_t i = 0; i < b->nservers && !st; i++)
        st = list_logs(b, &b->servers[i], &logs);
    if (!st)
        st = add_quiet_logs(b, &logs);
    for (size_t i = 0; i < b->nservers && !st; i++) {
        find_oldest(b, &b->servers[i]);
        st = server_fold(b, &b->servers[i]);
        if (!st)
            st = make_outages(b, &b->servers[i]);
    }
    return st;
}
