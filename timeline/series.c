/* series.c - which attempts belong to one loop, and which endpoint that loop asked. */
#include "timeline/series.h"

#include <string.h>

#include "timeline/track.h"

enum { MAX_CONTRADICTIONS = 12 };

struct series_set {
    struct tl_arena *arena;
    struct track **tracks;
    size_t n, cap;
    struct track *last; /* of the attempt before */
};

struct series_set *
series_new(struct tl_arena *a)
{
    struct series_set *s = tl_arena_alloc(a, sizeof(*s));

    if (s)
        s->arena = a;
    return s;
}

static struct track *
new_track(struct series_set *s, uint32_t block)
{
    struct track **list = tl_arena_grow(s->arena, s->tracks, s->n, &s->cap, sizeof(struct track *));
    struct track *t;

    if (!list)
        return NULL;
    s->tracks = list;
    t = tl_arena_alloc(s->arena, sizeof(*t));
    if (!t)
        return NULL;
    t->arena = s->arena;
    t->block = block;
    t->first = t->last = TL_TIME_NONE;
    t->nearest_us = TL_UNKNOWN;
    t->version_start = TL_TIME_NONE;
    s->tracks[s->n++] = t;
    return t;
}

/* An address is no name of an endpoint: it changes when the endpoint moves. */
static bool
is_name(struct tl_str host)
{
    for (size_t i = 0; i < host.n; i++)
        if ((host.p[i] < '0' || host.p[i] > '9') && host.p[i] != '.')
            return memchr(host.p, ':', host.n) == NULL;
    return false;
}

/*
 * A loop that never names its host in a success is one track, and takes the name of the first host
 * that its errors give. A log whose successes name hosts has a track for each.
 */
static struct track *
track_of(struct series_set *s, const struct tl_event *ev)
{
    struct tl_str host = is_name(ev->who.id) ? ev->who.id : (struct tl_str){"", 0};
    struct track *t = s->last, *unnamed = NULL, *other = NULL;

    if (t && t->block == ev->block && (host.n == 0 || tl_str_eq(t->host, host)))
        return t;
    for (size_t i = 0; i < s->n; i++) {
        t = s->tracks[i];
        if (t->block != ev->block)
            continue;
        if (tl_str_eq(t->host, host) || host.n == 0)
            return t;
        unnamed = t->host.n == 0 && !unnamed ? t : unnamed;
        other = t;
    }
    if (!unnamed && other && ev->attempt->failure != TL_FAILURE_OK && other->ok > 0 &&
        !other->named_ok) {
        other->other_hosts = true; /* the same loop, another name in its error */
        if (other->other_host.n == 0)
            other->other_host = tl_arena_str(s->arena, host);
        return other;
    }
    t = unnamed ? unnamed : new_track(s, ev->block);
    if (t && host.n > 0)
        t->host = tl_arena_str(s->arena, host);
    return t && t->host.n == host.n ? t : NULL;
}

enum tl_status
series_add(struct series_set *s, const struct tl_event *ev)
{
    struct track *t = track_of(s, ev);

    if (!t)
        return TL_ENOMEM;
    s->last = t;
    t->named_ok |= ev->attempt->failure == TL_FAILURE_OK && ev->who.id.n > 0;
    return track_add(t, ev);
}

/* The first hint of a key from one origin; those of a block only for that block. */
static struct tl_str
hint_of(const struct tl_source *src, struct tl_str key, struct tl_str from, uint32_t block)
{
    for (size_t i = 0; i < src->nhints; i++) {
        const struct tl_hint *h = &src->hints[i];
        bool whole = tl_str_eq(from, TL_STR("as")) || tl_str_eq(from, TL_STR("name"));

        if ((whole || h->block == block) && tl_str_eq(h->key, key) && tl_str_eq(h->from, from))
            return h->value;
    }
    return (struct tl_str){"", 0};
}

struct answer {
    struct tl_str value, from;
};

/* Precedence: --as, the host in the text, the document, the file's name. Those that were passed
 * over and say something else are contradictions. */
static enum tl_status
resolve(struct tl_arena *a, const struct tl_source *src, struct tl_str key, uint32_t block,
        struct tl_str host_value, struct answer *out, struct series *s)
{
    const struct answer all[] = {
        {hint_of(src, key, TL_STR("as"), block), TL_STR("as")},
        {host_value, TL_STR("host")},
        {hint_of(src, key, TL_STR("document"), block), TL_STR("document")},
        {hint_of(src, key, TL_STR("name"), block), TL_STR("name")},
    };
    const size_t n = sizeof(all) / sizeof(all[0]);

    *out = (struct answer){{"", 0}, {"", 0}};
    for (size_t i = 0; i < n; i++) {
        struct tl_buf b;

        if (all[i].value.n == 0)
            continue;
        if (out->value.n == 0)
            *out = all[i];
        if (tl_str_case_eq(out->value, all[i].value))
            continue; /* at most n - 1 for each of the two keys: there is room */
        tl_buf_init(&b, 2048);
        tl_buf_add(&b, key);
        tl_buf_add(&b, TL_STR(" "));
        tl_buf_add(&b, out->value);
        tl_buf_addf(&b, " (from %.*s) was taken, against ", TL_FMT(out->from));
        tl_buf_add(&b, all[i].value);
        tl_buf_addf(&b, " (from %.*s)", TL_FMT(all[i].from));
        s->contradictions[s->ncontradictions] = tl_arena_str(a, tl_buf_str(&b));
        tl_arena_follow(a, &b);
        tl_buf_free(&b);
        if (!s->contradictions[s->ncontradictions++].p)
            return TL_ENOMEM;
    }
    return TL_OK;
}

/* The smallest sleep that the document shows is a bound for all of its loops; --as decides. */
static int64_t
sleep_of(const struct tl_source *src)
{
    int64_t us, best = TL_UNKNOWN;

    for (size_t i = 0; i < src->nhints; i++) {
        const struct tl_hint *h = &src->hints[i];

        if (!tl_str_eq(h->key, TL_STR("sleep")) || !tl_duration_read(h->value, &us))
            continue;
        if (tl_str_eq(h->from, TL_STR("as")))
            return us;
        if (best == TL_UNKNOWN || us < best)
            best = us;
    }
    return best;
}

/* A loop cannot have slept longer than two of its attempts are apart: then that sleep is another
 * loop's, or a slip. */
static int64_t
credible_sleep(const struct track *t, int64_t us)
{
    return us != TL_UNKNOWN && t->nearest_us != TL_UNKNOWN && us > t->nearest_us ? TL_UNKNOWN : us;
}

static enum tl_status
note_sleep(struct tl_arena *a, const struct track *t, int64_t us, struct series *s)
{
    struct tl_buf b;

    tl_buf_init(&b, 256);
    tl_buf_add(&b, TL_STR("a sleep of "));
    tl_seconds_print(&b, us);
    tl_buf_add(&b, TL_STR(" s was not used: two attempts of the loop are at most "));
    tl_seconds_print(&b, t->nearest_us);
    tl_buf_add(&b, TL_STR(" s apart"));
    s->contradictions[s->ncontradictions] = tl_arena_str(a, tl_buf_str(&b));
    tl_buf_free(&b);
    return s->contradictions[s->ncontradictions++].p ? TL_OK : TL_ENOMEM;
}

/* Where no host is known the loop needs a name all the same: ids of --as, else its input. */
static enum tl_status
name_without_host(struct tl_arena *a, const struct tl_source *src, bool alone, struct series *s)
{
    struct tl_buf b;

    s->endpoint = s->instance.n > 0 ? s->instance : s->cluster;
    s->endpoint_from = TL_STR("as");
    if (s->endpoint.n > 0)
        return TL_OK;
    tl_buf_init(&b, 8192);
    tl_buf_add(&b, src->name);
    if (!alone)
        tl_buf_addf(&b, "#%u", s->block);
    s->endpoint = tl_arena_str(a, tl_buf_str(&b));
    tl_arena_follow(a, &b);
    s->endpoint_from = TL_STR("input");
    tl_buf_free(&b);
    return s->endpoint.p ? TL_OK : TL_ENOMEM;
}

static enum tl_status
note_other_host(struct tl_arena *a, const struct track *t, struct series *s)
{
    struct tl_buf b;

    tl_buf_init(&b, 2048);
    tl_buf_addf(&b, "one loop names two hosts: %.*s", t->host.n > 300 ? 300 : TL_FMT(t->host));
    tl_buf_addf(&b, " and %.*s", t->other_host.n > 300 ? 300 : TL_FMT(t->other_host));
    s->contradictions[s->ncontradictions] = tl_arena_str(a, tl_buf_str(&b));
    tl_arena_follow(a, &b);
    tl_buf_free(&b);
    return s->contradictions[s->ncontradictions++].p ? TL_OK : TL_ENOMEM;
}

static enum tl_status
find_endpoint(struct tl_arena *a, const struct track *t, const struct tl_source *src, bool alone,
              struct series *s)
{
    struct tl_host host = {.id = {"", 0}, .region = {"", 0}};
    struct answer endpoint, region;
    enum tl_status st;

    s->contradictions = tl_arena_alloc(a, MAX_CONTRADICTIONS * sizeof(*s->contradictions));
    if (!s->contradictions)
        return TL_ENOMEM;
    st = resolve(a, src, TL_STR("endpoint"), t->block, t->host, &endpoint, s);
    if (st)
        return st;
    s->host = s->endpoint = endpoint.value;
    s->endpoint_from = endpoint.from;
    if (!tl_host_read(endpoint.value, &host))
        host = (struct tl_host){.id = {"", 0}, .region = {"", 0}};
    st = resolve(a, src, TL_STR("region"), t->block, host.region, &region, s);
    s->region = region.value;
    s->region_from = region.from;
    s->cluster = hint_of(src, TL_STR("cluster"), TL_STR("as"), 0);
    s->instance = hint_of(src, TL_STR("instance"), TL_STR("as"), 0);
    if (s->cluster.n == 0 && host.is_cluster)
        s->cluster = host.id;
    if (s->instance.n == 0 && host.id.n > 0 && !host.is_cluster && !host.is_proxy)
        s->instance = host.id;
    if (!st && t->other_hosts)
        st = note_other_host(a, t, s);
    if (!st && s->endpoint.n == 0)
        st = name_without_host(a, src, alone, s);
    return st;
}

/* What the outages and rows of a loop inherit from it. */
static void
spread(struct series *s)
{
    struct tl_str resource = s->instance.n > 0 ? s->instance : s->cluster;

    if (resource.n == 0)
        resource = s->endpoint;
    for (size_t i = 0; i < s->noutages; i++) {
        s->outages[i].endpoint = s->endpoint;
        s->outages[i].endpoint_from = s->endpoint_from;
        s->outages[i].region = s->region;
        s->outages[i].resource = resource;
    }
    for (size_t i = 0; i < s->nrows; i++) {
        struct tl_ident *w = &s->rows[i].who;

        w->kind = TL_KIND_ENDPOINT;
        w->source_type = TL_STR("endpoint");
        w->id = s->host;
        w->label = s->endpoint;
        w->region = s->region;
        w->cluster = s->cluster;
    }
}

static bool
before(const struct track *a, const struct track *b)
{
    return a->block < b->block;
}

enum tl_status
series_finish(struct series_set *set, const struct tl_source *src, struct series_result *out)
{
    const int64_t sleep_us = sleep_of(src);
    enum tl_status st = TL_OK;

    out->n = set->n;
    out->list = tl_arena_alloc(set->arena, (set->n ? set->n : 1) * sizeof(*out->list));
    if (!out->list)
        return TL_ENOMEM;
    for (size_t i = 1; i < set->n; i++) { /* stable, by block */
        struct track *t = set->tracks[i];
        size_t k = i;

        for (; k > 0 && before(t, set->tracks[k - 1]); k--)
            set->tracks[k] = set->tracks[k - 1];
        set->tracks[k] = t;
    }
    for (size_t i = 0; i < set->n && !st; i++) {
        struct series *s = &out->list[i];

        struct track *t = set->tracks[i];
        int64_t credible = credible_sleep(t, sleep_us);

        st = track_finish(t, credible, s);
        if (!st)
            st = find_endpoint(set->arena, t, src, set->n == 1, s);
        if (!st && credible != sleep_us)
            st = note_sleep(set->arena, t, sleep_us, s);
        if (!st)
            spread(s);
    }
    return st;
}
