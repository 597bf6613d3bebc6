/* words.c - texts for findings: counts, spans, times, and how resources are called. */
#include <inttypes.h>
#include <stdlib.h>

#include "timeline/findings.h"

enum { MAX_WORDS = 8 * 1024 };

struct tl_str
words_join(struct tl_builder *b, const struct tl_str *parts, size_t n)
{
    struct tl_str out;
    struct tl_buf buf;

    tl_buf_init(&buf, MAX_WORDS);
    for (size_t i = 0; i < n; i++)
        tl_buf_add(&buf, parts[i]);
    out = tl_arena_str(b->arena, tl_buf_str(&buf));
    tl_arena_follow(b->arena, &buf);
    tl_buf_free(&buf);
    return out.p ? out : (struct tl_str){"", 0};
}

static struct tl_str
words_buf(struct tl_builder *b, struct tl_buf *buf)
{
    struct tl_str s = tl_buf_str(buf), out = words_join(b, &s, 1);

    tl_arena_follow(b->arena, buf);
    tl_buf_free(buf);
    return out;
}

struct tl_str
words_count(struct tl_builder *b, uint64_t n)
{
    struct tl_buf buf;

    tl_buf_init(&buf, 64);
    tl_buf_addf(&buf, "%llu", (unsigned long long)n);
    return words_buf(b, &buf);
}

/* How many decimals of seconds stamps of that resolution support: 0 to 3. */
static unsigned
decimals_of(int64_t res_us)
{
    unsigned n = 3;

    for (int64_t unit = TL_MS * 10; n > 0 && res_us >= unit; unit *= 10)
        n--;
    return n;
}

enum rounding { NEAREST, DOWN, UP };

/* us >= 0 as seconds with that many decimals. */
static void
put_seconds(struct tl_buf *buf, int64_t us, unsigned decimals, enum rounding how)
{
    int64_t unit = TL_SECOND, n;

    for (unsigned i = 0; i < decimals; i++)
        unit /= 10;
    n = us / unit + (how == UP ? us % unit > 0 : how == NEAREST && us % unit >= unit / 2);
    tl_buf_addf(buf, "%" PRId64, n / (TL_SECOND / unit));
    if (decimals > 0)
        tl_buf_addf(buf, ".%0*" PRId64, (int)decimals, n % (TL_SECOND / unit));
}

struct tl_str
words_seconds(struct tl_builder *b, int64_t us, int64_t res_us)
{
    struct tl_buf buf;

    tl_buf_init(&buf, 64);
    put_seconds(&buf, us < 0 ? 0 : us, decimals_of(res_us), NEAREST);
    tl_buf_add(&buf, TL_STR(" s"));
    return words_buf(b, &buf);
}

struct tl_str
words_span(struct tl_builder *b, int64_t min, int64_t max, int64_t res_us)
{
    unsigned decimals = decimals_of(res_us);
    struct tl_buf buf;

    tl_buf_init(&buf, 128);
    if (max == TL_UNKNOWN) {
        tl_buf_add(&buf, TL_STR("at least "));
        put_seconds(&buf, min < 0 ? 0 : min, decimals, DOWN);
    } else if (min <= 0) {
        tl_buf_add(&buf, TL_STR("at most "));
        put_seconds(&buf, max, decimals, UP);
    } else {
        put_seconds(&buf, min, decimals, DOWN);
        tl_buf_add(&buf, TL_STR(" to "));
        put_seconds(&buf, max, decimals, UP);
    }
    tl_buf_add(&buf, TL_STR(" s"));
    return words_buf(b, &buf);
}

struct tl_str
words_stated(struct tl_builder *b, int64_t min, int64_t max)
{
    int64_t res = TL_SECOND;

    while (res > TL_MS && (min % res != 0 || max % res != 0))
        res /= 10;
    return min == max ? words_seconds(b, min, res) : words_span(b, min, max, res);
}

struct tl_str
words_long(struct tl_builder *b, int64_t us)
{
    static const struct {
        int64_t unit, from;
        const char *name;
    } units[] = {{TL_DAY, 2 * TL_DAY, "days"},
                 {TL_HOUR, 2 * TL_HOUR, "hours"},
                 {TL_MINUTE, 2 * TL_MINUTE, "min"},
                 {TL_SECOND, INT64_MIN, "s"}};
    struct tl_buf buf;
    size_t i = 0;

    while (us < units[i].from)
        i++;
    tl_buf_init(&buf, 64);
    tl_buf_addf(&buf, "%" PRId64 " %s", us / units[i].unit, units[i].name);
    return words_buf(b, &buf);
}

struct tl_str
words_time(struct tl_builder *b, const struct tl_instant *when)
{
    struct tl_civil c = tl_time_civil(when->earliest);
    struct tl_buf buf;

    tl_buf_init(&buf, 64);
    tl_buf_addf(&buf, "%04d-%02d-%02d %02d:%02d", (int)c.year, c.month, c.day, c.hour, c.minute);
    if (when->latest - when->earliest < TL_MINUTE)
        tl_buf_addf(&buf, ":%02d", c.second);
    tl_buf_add(&buf, TL_STR(" UTC"));
    return words_buf(b, &buf);
}

struct tl_str
res_title(const struct tl_builder *b, uint32_t res)
{
    const struct res *r = &b->res[res];

    if (r->id.n > 0)
        return r->id;
    return r->label.n > 0 ? r->label : TL_STR("a resource without a name");
}

/* ---- how resources are called ---- */

enum { NAMESAKE_REGION = 1, NAMESAKE_KIND = 2 };

struct named {
    struct tl_str id, region;
    enum tl_kind kind;
    uint32_t res;
};

static int
by_name(const void *pa, const void *pb)
{
    const struct named *a = pa, *b = pb;
    int c = tl_str_cmp(a->id, b->id);

    c = c ? c : tl_str_cmp(a->region, b->region);
    c = c ? c : compare(a->kind, b->kind);
    return c ? c : compare(a->res, b->res);
}

/* What tells n resources of one name apart: in the order of Regions. */
static void
tell_apart(struct tl_builder *b, const struct named *list, size_t n)
{
    unsigned char how = tl_str_eq(list[0].region, list[n - 1].region) ? 0 : NAMESAKE_REGION;

    for (size_t i = 1; i < n; i++)
        how |= list[i].kind == list[0].kind ? 0 : NAMESAKE_KIND;
    for (size_t i = 0; i < n; i++)
        b->namesakes[list[i].res] = how;
}

/* Which clusters and instances have a namesake: b->namesakes. */
static enum tl_status
find_namesakes(struct tl_builder *b)
{
    struct named *list = tl_arena_alloc(&b->scratch, (b->nres + 1) * sizeof(*list));
    size_t n = 0;

    b->namesakes = tl_arena_alloc(&b->scratch, (b->nres + 1) * sizeof(*b->namesakes));
    if (!list || !b->namesakes)
        return TL_ENOMEM;
    for (uint32_t i = 0; i < b->nres; i++) {
        const struct res *r = &b->res[i];

        if (r->id.n > 0 && r->region.n > 0 &&
            (r->kind == TL_KIND_CLUSTER || r->kind == TL_KIND_INSTANCE))
            list[n++] = (struct named){r->id, r->region, r->kind, i};
    }
    qsort(list, n, sizeof(*list), by_name);
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && tl_str_eq(list[i].id, list[end].id);)
            end++;
        tell_apart(b, list + i, end - i);
    }
    return TL_OK;
}

struct tl_str
res_called(struct tl_builder *b, uint32_t res)
{
    const struct res *r = &b->res[res];
    struct tl_str parts[6];
    size_t n = 0;

    if (!b->namesakes && find_namesakes(b))
        return (struct tl_str){"", 0};
    if (b->namesakes[res] == 0)
        return res_title(b, res);
    if (b->namesakes[res] & NAMESAKE_KIND) {
        parts[n++] = tl_kind_name(r->kind);
        parts[n++] = TL_STR(" ");
    }
    parts[n++] = r->id;
    if (b->namesakes[res] & NAMESAKE_REGION) {
        parts[n++] = TL_STR(" (");
        parts[n++] = r->region;
        parts[n++] = TL_STR(")");
    }
    return words_join(b, parts, n);
}
