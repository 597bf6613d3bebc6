/* resource.c - identity is account, region, kind and id together; the id alone is nothing. */
#include "timeline/resource.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_KEY = 64 * 1024, RANDOM_ENDING = 6 };
#define AMBIGUOUS UINT32_MAX

struct tl_ident
item_ident(const struct tl_builder *b, const struct item *it)
{
    uint32_t region = it->kind == TL_KIND_GLOBAL_CLUSTER ? 0 : it->region; /* it has none */

    return (struct tl_ident){.kind = (enum tl_kind)it->kind,
                             .source_type = text_of(b, it->source_type),
                             .account = text_of(b, it->account),
                             .region = text_of(b, region),
                             .id = text_of(b, it->id),
                             .arn = text_of(b, it->arn),
                             .cluster = text_of(b, it->cluster),
                             .label = text_of(b, it->label)};
}

bool
res_has_role(const struct res *r, enum tl_role role)
{
    for (const struct role *i = r->roles; i; i = i->next)
        if (i->role == role)
            return true;
    return false;
}

/* Nothing ties what bears no region to another input. */
static bool
is_private(const struct tl_ident *who)
{
    if (who->kind == TL_KIND_GLOBAL_CLUSTER)
        return false;
    return who->region.n == 0 || (who->kind == TL_KIND_ENDPOINT && who->id.n == 0);
}

static enum tl_status
key_of(struct tl_builder *b, const struct tl_ident *who, uint32_t input, struct tl_buf *key)
{
    tl_buf_init(key, b->scratch.max);
    tl_ident_key(key, who);
    if (is_private(who))
        tl_buf_addf(key, "\x1f%u", input);
    return key->failed ? TL_ENOMEM : TL_OK;
}

static bool
keep(struct tl_builder *b, struct tl_str *s)
{
    *s = s->n > 0 ? tl_arena_str(b->arena, *s) : (struct tl_str){"", 0};
    return s->p != NULL;
}

static enum tl_status
new_res(struct tl_builder *b, const struct tl_ident *who, uint32_t input, struct tl_str key)
{
    struct res *list = tl_arena_grow(&b->scratch, b->res, b->nres, &b->res_cap, sizeof(*list));
    struct res *r;
    size_t end = tl_str_find(key, TL_STR("\x1f"));
    struct tl_str empty = {"", 0};

    if (!list)
        return TL_ENOMEM;
    b->res = list;
    r = &b->res[b->nres];
    *r = (struct res){.key = {key.p, is_private(who) && end != SIZE_MAX ? end : key.n},
                      .account = who->account,
                      .region = who->region,
                      .id = who->id,
                      .label = who->label,
                      .source_type = who->source_type,
                      .arn = empty,
                      .class_ = empty,
                      .engine = empty,
                      .version = empty,
                      .window = empty,
                      .kind = who->kind,
                      .input = is_private(who) ? input : NONE,
                      .cluster = NONE,
                      .global = NONE,
                      .tree = (uint32_t)b->nres};
    if (!keep(b, &r->key) || !keep(b, &r->account) || !keep(b, &r->region) || !keep(b, &r->id) ||
        !keep(b, &r->label) || !keep(b, &r->source_type))
        return TL_ENOMEM;
    b->nres++;
    return TL_OK;
}

enum tl_status
res_of(struct tl_builder *b, const struct tl_ident *who, uint32_t input, uint32_t *res)
{
    struct tl_buf key;
    enum tl_status st = key_of(b, who, input, &key);
    size_t known = b->keys.n;
    uint32_t id = 0;

    if (!st && !strings_id(&b->keys, tl_buf_str(&key), &id))
        st = TL_ENOMEM;
    if (!st && b->keys.n > known)
        st = new_res(b, who, input, tl_buf_str(&key));
    tl_buf_free(&key);
    if (st)
        return st;
    *res = id - 1; /* number 0 is the empty text: no key is empty */
    if (b->res[*res].arn.n == 0 && who->arn.n > 0)
        b->res[*res].arn = who->arn;
    if (b->res[*res].label.n == 0 || tl_str_cmp(who->label, b->res[*res].label) < 0)
        if (who->label.n > 0) /* the first of several, whatever the order of inputs */
            b->res[*res].label = who->label;
    return TL_OK;
}

enum tl_status
res_find(struct tl_builder *b, const struct tl_ident *who, uint32_t input, uint32_t *res)
{
    struct tl_buf key;
    enum tl_status st = key_of(b, who, input, &key);
    uint32_t id;

    *res = NONE;
    if (!st && strings_find(&b->keys, tl_buf_str(&key), &id))
        *res = id - 1;
    tl_buf_free(&key);
    return st;
}

/* ---- accounts ---- */

static enum tl_status
base_of(struct tl_builder *b, const struct tl_ident *who, uint32_t *id)
{
    struct accounts *a = &b->accounts;
    struct tl_ident base = *who;
    struct tl_buf key;
    uint32_t *list;
    size_t cap = a->cap;
    bool ok;

    base.account = (struct tl_str){"", 0};
    tl_buf_init(&key, b->scratch.max);
    tl_ident_key(&key, &base);
    ok = !key.failed && strings_id(&a->bases, tl_buf_str(&key), id);
    tl_buf_free(&key);
    if (!ok)
        return TL_ENOMEM;
    while (cap <= *id)
        cap = cap ? cap * 2 : 64;
    if (cap > a->cap) {
        list = tl_arena_alloc(&b->scratch, cap * sizeof(*list));
        if (!list)
            return TL_ENOMEM;
        if (a->cap > 0)
            memcpy(list, a->account, a->cap * sizeof(*list));
        a->account = list;
        a->cap = cap;
    }
    return TL_OK;
}

/* An account can stand for another's only where region, kind and id are all known. */
static bool
has_base(const struct tl_ident *who)
{
    return who->id.n > 0 && (who->region.n > 0 || who->kind == TL_KIND_GLOBAL_CLUSTER);
}

enum tl_status
accounts_note(struct tl_builder *b, const struct tl_ident *who)
{
    struct accounts *a = &b->accounts;
    uint32_t base, account;

    if (!has_base(who) || who->account.n == 0)
        return TL_OK;
    if (base_of(b, who, &base) || !strings_id(&b->strings, who->account, &account))
        return TL_ENOMEM;
    if (a->account[base] == 0)
        a->account[base] = account;
    else if (a->account[base] != account)
        a->account[base] = AMBIGUOUS;
    return TL_OK;
}

enum tl_status
accounts_fill(struct tl_builder *b, struct tl_ident *who)
{
    struct accounts *a = &b->accounts;
    uint32_t base;

    if (!has_base(who) || who->account.n > 0)
        return TL_OK;
    if (base_of(b, who, &base))
        return TL_ENOMEM;
    if (a->account[base] != 0 && a->account[base] != AMBIGUOUS)
        who->account = text_of(b, a->account[base]);
    return TL_OK;
}

/* ---- the only one of a region ---- */

static enum tl_status
only_slot(struct tl_builder *b, struct only_list *o, struct tl_str region, uint32_t input,
          struct only **out)
{
    struct tl_buf key;
    size_t known = o->regions.n, cap = o->cap;
    uint32_t id;
    bool ok;

    tl_buf_init(&key, MAX_KEY);
    tl_buf_add(&key, region);
    if (region.n == 0)
        tl_buf_addf(&key, "\x1f%u", input);
    ok = !key.failed && strings_id(&o->regions, tl_buf_str(&key), &id);
    tl_buf_free(&key);
    if (!ok)
        return TL_ENOMEM;
    while (cap <= id)
        cap = cap ? cap * 2 : 16;
    if (cap > o->cap) {
        struct only *list = tl_arena_alloc(&b->scratch, cap * sizeof(*list));

        if (!list)
            return TL_ENOMEM;
        if (o->cap > 0)
            memcpy(list, o->list, o->cap * sizeof(*list));
        o->list = list;
        o->cap = cap;
    }
    if (o->regions.n > known)
        o->list[id] = (struct only){.cluster = NONE, .instance = NONE, .label_cluster = NONE};
    *out = &o->list[id];
    return TL_OK;
}

static void
count_one(uint32_t *count, uint32_t *the_one, uint32_t res)
{
    *the_one = ++*count == 1 ? res : NONE;
}

enum tl_status
only_count(struct tl_builder *b, struct only_list *o)
{
    struct only *slot;

    *o = (struct only_list){.list = NULL};
    if (!strings_init(&o->regions, &b->scratch))
        return TL_ENOMEM;
    for (uint32_t i = 0; i < b->nres; i++) {
        const struct res *r = &b->res[i];

        if (r->kind != TL_KIND_CLUSTER && r->kind != TL_KIND_INSTANCE)
            continue;
        if (only_slot(b, o, r->region, r->input, &slot))
            return TL_ENOMEM;
        if (r->kind == TL_KIND_INSTANCE && r->id.n > 0)
            count_one(&slot->ninstances, &slot->instance, i);
        else if (r->kind == TL_KIND_CLUSTER && r->id.n > 0)
            count_one(&slot->nclusters, &slot->cluster, i);
        else if (r->kind == TL_KIND_CLUSTER)
            count_one(&slot->nlabels, &slot->label_cluster, i);
    }
    return TL_OK;
}

struct only *
only_of(struct tl_builder *b, struct only_list *o, struct tl_str region, uint32_t input)
{
    struct only *slot;

    return only_slot(b, o, region, input, &slot) ? NULL : slot;
}

/* ---- members ---- */

void
res_join(struct tl_builder *b, uint32_t member, uint32_t cluster, bool proved)
{
    struct res *m = &b->res[member];

    if (member == cluster || (m->cluster != NONE && (m->cluster_proved || !proved)))
        return;
    m->cluster = cluster;
    m->cluster_proved = proved;
}

/* The cluster of that id where the member lives; accounts may be known on one side only. */
static enum tl_status
find_cluster(struct tl_builder *b, uint32_t member, struct tl_str id, uint32_t *cluster)
{
    const struct res *m = &b->res[member];
    struct tl_ident who = {.kind = TL_KIND_CLUSTER,
                           .source_type = TL_STR("db-cluster"),
                           .account = m->account,
                           .region = m->region,
                           .id = id};
    enum tl_status st = res_find(b, &who, m->input, cluster);

    if (!st && *cluster == NONE) {
        who.account = (struct tl_str){"", 0};
        if (m->account.n == 0)
            st = accounts_fill(b, &who);
        if (!st)
            st = res_find(b, &who, m->input, cluster);
    }
    return st;
}

/* The cluster whose name is what stands before `-instance-…` or `-N`. */
static enum tl_status
cluster_by_name(struct tl_builder *b, uint32_t member, uint32_t *cluster)
{
    struct tl_str id = b->res[member].id;
    size_t n = id.n;
    enum tl_status st = TL_OK;

    while (n > 0 && id.p[n - 1] >= '0' && id.p[n - 1] <= '9')
        n--;
    if (n < id.n && n > 1 && id.p[n - 1] == '-')
        st = find_cluster(b, member, (struct tl_str){id.p, n - 1}, cluster);
    for (n = id.n; !st && *cluster == NONE && n > 1; n--)
        if (tl_str_starts(tl_str_skip(id, n - 1), TL_STR("-instance-")))
            st = find_cluster(b, member, (struct tl_str){id.p, n - 1}, cluster);
    return st;
}

size_t
res_switched_ending(struct tl_str id)
{
    const struct tl_str green = TL_STR("-green-"), old = TL_STR("-old");
    size_t n = id.n;

    while (n > 0 && id.p[n - 1] >= '0' && id.p[n - 1] <= '9')
        n--;
    if (n < id.n && n > old.n && tl_str_eq((struct tl_str){id.p + n - old.n, old.n}, old))
        return n - old.n;
    for (n = id.n; n > 0 && id.p[n - 1] != '-'; n--)
        continue;
    if (id.n - n == RANDOM_ENDING && n > green.n &&
        tl_str_eq((struct tl_str){id.p + n - green.n, green.n}, green))
        return n - green.n;
    return SIZE_MAX;
}

/* A cluster that a deployment renamed, and its name without the ending. */
struct renamed {
    struct tl_str region, base;
    uint32_t res;
};
struct renamed_list {
    struct renamed *list;
    size_t n;
};

static int
by_base(const void *pa, const void *pb)
{
    const struct renamed *a = pa, *b = pb;
    int c = tl_str_cmp(a->base, b->base);

    return c ? c : tl_str_cmp(a->region, b->region);
}

static enum tl_status
list_renamed(struct tl_builder *b, struct renamed_list *out)
{
    size_t n = 0;

    for (uint32_t i = 0; i < b->nres; i++)
        n += b->res[i].kind == TL_KIND_CLUSTER && res_switched_ending(b->res[i].id) != SIZE_MAX;
    out->list = tl_arena_alloc(&b->scratch, (n + 1) * sizeof(*out->list));
    if (!out->list)
        return TL_ENOMEM;
    for (uint32_t i = 0; i < b->nres; i++) {
        const struct res *r = &b->res[i];
        size_t ending = res_switched_ending(r->id);

        if (r->kind == TL_KIND_CLUSTER && ending != SIZE_MAX)
            out->list[out->n++] = (struct renamed){r->region, {r->id.p, ending}, i};
    }
    if (out->n > 1)
        qsort(out->list, out->n, sizeof(*out->list), by_base);
    return TL_OK;
}

/* Of an instance that a deployment made or put aside: the cluster with such an ending whose name
 * without it is that of its cluster. Green names end at random, so that there must be only one. */
static uint32_t
cluster_of_renamed(const struct tl_builder *b, const struct renamed_list *l, uint32_t member)
{
    struct tl_str id = b->res[member].id;
    size_t ending = res_switched_ending(id);
    struct tl_str tail = tl_str_skip(id, ending);
    bool old = tl_str_starts(tail, TL_STR("-old"));
    uint32_t found = NONE;

    for (size_t n = ending; n > 0; n--) {
        struct renamed key = {b->res[member].region, {id.p, n}, NONE};
        size_t lo = 0, hi = l->n;

        if (n < ending && id.p[n] != '-')
            continue;
        while (lo < hi) {
            size_t mid = lo + (hi - lo) / 2;

            if (by_base(&l->list[mid], &key) < 0)
                lo = mid + 1;
            else
                hi = mid;
        }
        for (; lo < l->n && by_base(&l->list[lo], &key) == 0; lo++) {
            struct tl_str own = tl_str_skip(b->res[l->list[lo].res].id, n);

            if (old ? !tl_str_eq(own, tail) : !tl_str_starts(own, TL_STR("-green-")))
                continue;
            if (found != NONE)
                return NONE;
            found = l->list[lo].res;
        }
        if (found != NONE)
            return found;
    }
    return NONE;
}

/* A snapshot that is made before an upgrade is named preupgrade-CLUSTER-…. */
static enum tl_status
cluster_of_snapshot(struct tl_builder *b, uint32_t member, uint32_t *cluster)
{
    const struct tl_str prefix = TL_STR("preupgrade-");
    struct tl_str id = tl_str_skip(b->res[member].id, prefix.n);
    enum tl_status st = TL_OK;

    if (!tl_str_starts(b->res[member].id, prefix))
        return TL_OK;
    for (size_t n = id.n; !st && *cluster == NONE && n > 1; n--)
        if (id.p[n - 1] == '-')
            st = find_cluster(b, member, (struct tl_str){id.p, n - 1}, cluster);
    return st;
}

/* Whether two resources may be of one account, as far as it is known. */
static bool
same_account(const struct tl_builder *b, uint32_t x, uint32_t y)
{
    return y == NONE || b->res[x].account.n == 0 || b->res[y].account.n == 0 ||
           tl_str_eq(b->res[x].account, b->res[y].account);
}

static enum tl_status
infer_cluster(struct tl_builder *b, struct only_list *only, const struct renamed_list *renamed,
              uint32_t i)
{
    uint32_t cluster = NONE;
    enum tl_status st = TL_OK;
    const struct res *r = &b->res[i];

    if (r->cluster != NONE || r->id.n > 1024)
        return TL_OK;
    if (r->kind == TL_KIND_OTHER)
        st = cluster_of_snapshot(b, i, &cluster);
    if (r->kind == TL_KIND_INSTANCE && res_switched_ending(r->id) != SIZE_MAX) {
        cluster = cluster_of_renamed(b, renamed, i);
        if (!same_account(b, i, cluster))
            cluster = NONE;
    } else if (r->kind == TL_KIND_INSTANCE && r->id.n > 0)
        st = cluster_by_name(b, i, &cluster);
    if (!st && cluster == NONE && r->kind == TL_KIND_INSTANCE &&
        (r->labelled || r->id.n == 0 || r->aurora)) {
        const struct only *o = only_of(b, only, r->region, r->input);

        if (!o)
            return TL_ENOMEM;
        cluster = o->label_cluster != NONE ? o->label_cluster : o->cluster;
        if ((o->label_cluster == NONE && o->nlabels > 0) || !same_account(b, i, cluster))
            cluster = NONE;
    }
    if (!st && cluster != NONE)
        res_join(b, i, cluster, false);
    return st;
}

enum tl_status
res_memberships(struct tl_builder *b)
{
    struct renamed_list renamed = {.n = 0};
    struct only_list only;

    if (only_count(b, &only) || list_renamed(b, &renamed))
        return TL_ENOMEM;
    for (uint32_t i = 0; i < b->nres; i++)
        if (infer_cluster(b, &only, &renamed, i))
            return TL_ENOMEM;
    for (uint32_t i = 0; i < b->nres; i++) {
        struct res *r = &b->res[i];
        uint32_t up = r->cluster;

        r->tree = i;
        for (int depth = 0; depth < 2 && up != NONE; depth++) { /* endpoint, instance, cluster */
            r->tree = up;
            up = b->res[up].cluster;
        }
    }
    return TL_OK;
}
