/* identify.c - whose event each item is: what its record leaves open is filled from what the
 * evidence agrees on, and stays open where it does not. */
#include "timeline/resource.h"

/* What the ARNs of one input say, as long as they all say the same. */
struct agreed {
    uint32_t region, account; /* numbers of texts; 0: none, or several */
    bool region_differs, account_differs;
};

static void
agree(uint32_t value, uint32_t *known, bool *differs)
{
    if (value == 0)
        return;
    if (*known != 0 && *known != value)
        *differs = true;
    *known = value;
}

/* The ARN of an item gives what its record does not say itself. */
static enum tl_status
read_arn(struct tl_builder *b, struct item *it, struct agreed *a)
{
    const struct arn_memo *m = it->arn != 0 ? memo_arn(b, it->arn) : NULL;

    if (!m || !m->is_arn)
        return it->arn == 0 || m ? TL_OK : TL_ENOMEM;
    agree(m->region, &a->region, &a->region_differs);
    agree(m->account, &a->account, &a->account_differs);
    it->region = it->region ? it->region : m->region;
    it->account = it->account ? it->account : m->account;
    if (it->kind == TL_KIND_OTHER && (it->source_type == 0 || it->source_type == m->source_type)) {
        it->kind = (unsigned char)m->kind;
        it->source_type = m->source_type;
    }
    if (it->kind == m->kind)
        it->id = m->id;
    return TL_OK;
}

/* Kinds that a message implies where its record names none. The first that fits. */
static const struct {
    struct tl_str cls, message; /* beginnings; empty: any */
    enum tl_kind kind;
} implied[] = {
#define ROW(cls, message, kind)                                                                    \
    {                                                                                              \
        {cls, sizeof(cls) - 1}, {message, sizeof(message) - 1}, kind                               \
    }
    ROW("", "database cluster", TL_KIND_CLUSTER),
    ROW("", "database instance", TL_KIND_INSTANCE),
    ROW("", "db cluster", TL_KIND_CLUSTER),
    ROW("", "the db cluster", TL_KIND_CLUSTER),
    ROW("", "db instance", TL_KIND_INSTANCE),
    ROW("", "the db instance", TL_KIND_INSTANCE),
    ROW("", "multi-az instance", TL_KIND_INSTANCE),
    ROW("", "the engine version upgrade", TL_KIND_INSTANCE),
    ROW("", "the pre-check started for the database cluster", TL_KIND_CLUSTER),
    ROW("", "the pre-check finished for the database cluster", TL_KIND_CLUSTER),
    ROW("", "the pre-check", TL_KIND_INSTANCE),
    ROW("instance.", "", TL_KIND_INSTANCE),
    ROW("cluster.", "", TL_KIND_CLUSTER),
    ROW("startup.", "", TL_KIND_INSTANCE),
    ROW("zdp.", "", TL_KIND_INSTANCE),
    ROW("backup.", "", TL_KIND_INSTANCE),
    ROW("parameter.adjusted", "", TL_KIND_INSTANCE),
    ROW("parameter.group-", "", TL_KIND_INSTANCE),
    ROW("patch.", "", TL_KIND_INSTANCE),
    ROW("failover.reason", "", TL_KIND_INSTANCE),
    ROW("os-upgrade.", "", TL_KIND_CLUSTER),
    ROW("global.", "", TL_KIND_CLUSTER),
    ROW("upgrade.progress", "", TL_KIND_CLUSTER),
    ROW("failover.", "", TL_KIND_CLUSTER),
    ROW("upgrade.", "", TL_KIND_INSTANCE),
    ROW("precheck.", "", TL_KIND_CLUSTER),
#undef ROW
};

static enum tl_kind
implied_kind(const struct tl_builder *b, const struct item *it)
{
    struct tl_str cls = text_of(b, it->cls), message = tl_str_trim(text_of(b, it->message));

    for (size_t i = 0; i < sizeof(implied) / sizeof(implied[0]); i++)
        if (tl_str_starts(cls, implied[i].cls) && tl_str_case_starts(message, implied[i].message))
            return implied[i].kind;
    return TL_KIND_OTHER;
}

static struct tl_str
field(const struct item *it, struct tl_str name)
{
    const struct tl_event ev = {.fields = it->fields, .nfields = it->nfields};

    return tl_event_text(&ev, name);
}

static bool
starts(const struct tl_builder *b, const struct item *it, struct tl_str prefix)
{
    return tl_str_starts(text_of(b, it->cls), prefix);
}

/* The instance that the message of an item names, as a number of a text; 0: none. */
static enum tl_status
named_instance(struct tl_builder *b, const struct item *it, uint32_t *id)
{
    *id = 0;
    if (!starts(b, it, TL_STR("zdp.")) && !starts(b, it, TL_STR("zdr.")) &&
        !starts(b, it, TL_STR("failover.")))
        return TL_OK;
    for (uint32_t i = 0; i < it->nfields; i++)
        if (tl_str_eq(it->fields[i].name, TL_STR("instance")) &&
            it->fields[i].type == TL_FIELD_TEXT && !strings_id(&b->strings, it->fields[i].text, id))
            return TL_ENOMEM;
    return TL_OK;
}

static enum tl_status
complete_item(struct tl_builder *b, struct item *it, const struct agreed *a)
{
    uint32_t named;

    if (it->kind == TL_KIND_OTHER && it->source_type == 0 && it->id == 0)
        it->kind = (unsigned char)implied_kind(b, it);
    it->labelled = it->id == 0;
    if (it->kind == TL_KIND_ENDPOINT)
        return TL_OK; /* its host says where it is */
    if (it->region == 0 && !a->region_differs)
        it->region = a->region;
    if (it->account == 0 && !a->account_differs)
        it->account = a->account;
    if (it->id == 0 && it->kind == TL_KIND_INSTANCE && !starts(b, it, TL_STR("failover."))) {
        if (named_instance(b, it, &named))
            return TL_ENOMEM;
        it->id = named;
    }
    return TL_OK;
}

static enum tl_status
complete_input(struct tl_builder *b, struct item **items, size_t n)
{
    struct agreed a = {.region = 0};
    bool named = false;

    for (size_t i = 0; i < n; i++)
        if (read_arn(b, items[i], &a))
            return TL_ENOMEM;
    for (size_t i = 0; i < n; i++) {
        if (complete_item(b, items[i], &a))
            return TL_ENOMEM;
        named |= item_is_labelled_instance(items[i]) && items[i]->id != 0;
    }
    return named ? items_name_labels(b, items, n) : TL_OK;
}

/* What a message names is of the account of whom it is about. */
static enum tl_status
note_named(struct tl_builder *b, const struct item *it)
{
    static const struct tl_str names[] = {{"blue", 4}, {"green", 5}, {"blue_old", 8}};
    static const enum tl_kind kinds[] = {TL_KIND_CLUSTER, TL_KIND_INSTANCE};
    bool is_cluster = it->kind == TL_KIND_CLUSTER;
    struct tl_ident own, who;
    enum tl_status st;
    uint32_t id = 0;

    if (is_cluster && named_instance(b, it, &id))
        return TL_ENOMEM;
    if (is_cluster ? id == 0 : !starts(b, it, TL_STR("bluegreen.")))
        return TL_OK;
    own = item_ident(b, it);
    st = accounts_fill(b, &own);
    if (st || own.account.n == 0)
        return st;
    who = (struct tl_ident){.kind = TL_KIND_INSTANCE,
                            .account = own.account,
                            .region = text_of(b, it->region),
                            .id = text_of(b, id)};
    if (is_cluster)
        return accounts_note(b, &who);
    for (size_t i = 0; i < 6 && !st; i++) {
        who.kind = kinds[i % 2];
        who.id = field(it, names[i / 2]);
        st = accounts_note(b, &who);
    }
    return st;
}

static enum tl_status
note_accounts(struct tl_builder *b, const struct item *it)
{
    struct who_memo *m = memo_who(b, it);
    struct tl_ident who, cluster;

    if (m && m->noted)
        return TL_OK;
    if (m)
        m->noted = true;
    who = item_ident(b, it);
    cluster = (struct tl_ident){
        .kind = TL_KIND_CLUSTER, .account = who.account, .region = who.region, .id = who.cluster};
    return accounts_note(b, &who) || accounts_note(b, &cluster) ? TL_ENOMEM : TL_OK;
}

static enum tl_status
complete_all(struct tl_builder *b)
{
    enum tl_status st = TL_OK;

    for (size_t i = 0, end; i < b->nitems && !st; i = end) {
        for (end = i + 1; end < b->nitems && b->items[end]->input == b->items[i]->input;)
            end++;
        st = complete_input(b, b->items + i, end - i);
    }
    for (size_t i = 0; i < b->nitems && !st; i++)
        st = note_accounts(b, b->items[i]);
    for (size_t i = 0; i < b->nitems && !st; i++)
        st = note_named(b, b->items[i]);
    return st;
}

/* The cluster that a record names beside its resource, or that an endpoint's host does. */
static enum tl_status
join_named_cluster(struct tl_builder *b, uint32_t member, struct tl_str cluster, uint32_t input)
{
    struct tl_ident who = {.kind = TL_KIND_CLUSTER,
                           .source_type = TL_STR("db-cluster"),
                           .account = b->res[member].account,
                           .region = b->res[member].region,
                           .id = cluster,
                           .arn = {"", 0},
                           .label = {"", 0}};
    enum tl_status st;
    uint32_t res;

    if (cluster.n == 0 || b->res[member].kind == TL_KIND_CLUSTER ||
        b->res[member].kind == TL_KIND_GLOBAL_CLUSTER)
        return TL_OK;
    st = accounts_fill(b, &who);
    if (!st)
        st = res_of(b, &who, input, &res);
    if (!st)
        res_join(b, member, res, true);
    return st;
}

/* A message of a cluster that names an instance proves that it is a member. */
static enum tl_status
join_named_instance(struct tl_builder *b, const struct item *it)
{
    struct tl_ident who;
    uint32_t named, res;
    enum tl_status st = TL_OK;

    if (it->kind != TL_KIND_CLUSTER)
        return TL_OK;
    st = named_instance(b, it, &named);
    if (st || named == 0)
        return st;
    who = (struct tl_ident){.kind = TL_KIND_INSTANCE,
                            .source_type = TL_STR("db-instance"),
                            .account = b->res[it->res].account,
                            .region = b->res[it->res].region,
                            .id = text_of(b, named),
                            .arn = {"", 0},
                            .label = {"", 0}};
    st = accounts_fill(b, &who);
    if (!st)
        st = res_of(b, &who, it->input, &res);
    if (!st)
        res_join(b, res, it->res, true);
    return st;
}

/* A resource that a table names without its kind: the instance or cluster of that name, where
 * only one of them is known. */
static enum tl_status
find_kind(struct tl_builder *b, struct item *it, struct tl_ident *who)
{
    uint32_t instance, cluster;

    if (who->kind != TL_KIND_OTHER || who->source_type.n > 0)
        return TL_OK;
    who->kind = TL_KIND_INSTANCE;
    if (accounts_fill(b, who) || res_find(b, who, it->input, &instance))
        return TL_ENOMEM;
    who->kind = TL_KIND_CLUSTER;
    if (accounts_fill(b, who) || res_find(b, who, it->input, &cluster))
        return TL_ENOMEM;
    if (instance != NONE && cluster == NONE)
        who->kind = TL_KIND_INSTANCE;
    else if (cluster == NONE || instance != NONE)
        who->kind = implied_kind(b, it);
    it->kind = (unsigned char)who->kind;
    return TL_OK;
}

/* Two topologies that say different things (before and after) leave it open. */
static void
note(struct tl_str *known, struct tl_str value)
{
    if (known->n == 0)
        *known = value;
    else if (value.n > 0 && !tl_str_eq(*known, value))
        *known = (struct tl_str){"?", 1};
}

static enum tl_status
note_role(struct tl_builder *b, uint32_t res, struct tl_str name)
{
    static const enum tl_role roles[] = {TL_ROLE_PRIMARY, TL_ROLE_SECONDARY, TL_ROLE_WRITER,
                                         TL_ROLE_READER};
    struct role *r;

    for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
        if (!tl_str_eq(tl_role_name(roles[i]), name) || res_has_role(&b->res[res], roles[i]))
            continue;
        r = tl_arena_alloc(&b->scratch, sizeof(*r));
        if (!r)
            return TL_ENOMEM;
        *r = (struct role){b->res[res].roles, roles[i]};
        b->res[res].roles = r;
    }
    return TL_OK;
}

/* What a description of a resource says: it has no moment of its own. */
static enum tl_status
observe(struct tl_builder *b, const struct item *it)
{
    struct res *r = &b->res[it->res];
    struct tl_ident who = {.kind = TL_KIND_GLOBAL_CLUSTER,
                           .source_type = TL_STR("global-cluster"),
                           .account = r->account,
                           .region = {"", 0},
                           .id = field(it, TL_STR("global_cluster")),
                           .arn = {"", 0},
                           .label = {"", 0}};
    uint32_t global;

    note(&r->engine, field(it, TL_STR("engine")));
    note(&r->version, field(it, TL_STR("engine_version")));
    note(&r->class_, field(it, TL_STR("class")));
    note(&r->mode, field(it, TL_STR("engine_mode")));
    note(&r->window, field(it, TL_STR("maintenance_window")));
    if (note_role(b, it->res, field(it, TL_STR("role"))))
        return TL_ENOMEM;
    if (who.id.n == 0 || r->kind != TL_KIND_CLUSTER)
        return TL_OK;
    if (accounts_fill(b, &who) || res_of(b, &who, it->input, &global))
        return TL_ENOMEM;
    b->res[it->res].global = global;
    return TL_OK;
}

/* The resource of an item that has been told by its record, and its cluster. */
static enum tl_status
place_who(struct tl_builder *b, struct item *it)
{
    struct tl_ident who = item_ident(b, it);
    enum tl_status st = find_kind(b, it, &who);

    if (!st)
        st = accounts_fill(b, &who);
    if (!st)
        st = res_of(b, &who, it->input, &it->res);
    return st ? st : join_named_cluster(b, it->res, who.cluster, it->input);
}

static enum tl_status
place_named(struct tl_builder *b, struct item *it)
{
    struct who_memo *m = memo_who(b, it);

    if (m && m->res != NONE)
        it->res = m->res;
    else if (place_who(b, it))
        return TL_ENOMEM;
    if (m)
        m->res = it->res;
    b->res[it->res].labelled |= it->labelled;
    b->res[it->res].aurora |= starts(b, it, TL_STR("zdp.")) || starts(b, it, TL_STR("startup.")) ||
                              starts(b, it, TL_STR("failover.writer-demoted"));
    return tl_str_eq(text_of(b, it->cls), TL_STR("topology.observed")) ? observe(b, it) : TL_OK;
}

/* First what says its kind, then what takes its kind from the others. */
static enum tl_status
place_all_named(struct tl_builder *b)
{
    for (int kinds = 0; kinds < 2; kinds++) {
        for (size_t i = 0; i < b->nitems; i++) {
            struct item *it = b->items[i];
            bool bare = it->kind == TL_KIND_OTHER && it->source_type == 0;

            if ((it->id == 0 && it->kind != TL_KIND_ENDPOINT) || it->res != NONE ||
                bare != (kinds == 1))
                continue;
            if (place_named(b, it))
                return TL_ENOMEM;
        }
    }
    return TL_OK;
}

static bool
awaits_place(const struct item *it, bool instances)
{
    return it->res == NONE && (it->kind == TL_KIND_INSTANCE) == instances;
}

/* "us-east-1 DB cluster" is the only cluster of that region in all the evidence, or itself. Then,
 * when messages of clusters have named their instances, "us-east-1 DB instance" likewise. */
static enum tl_status
place_labels(struct tl_builder *b, bool instances)
{
    struct only_list only;

    if (only_count(b, &only) || (instances && only_compare_labels(b, &only)))
        return TL_ENOMEM;
    for (size_t i = 0; i < b->nitems; i++) {
        struct item *it = b->items[i];
        const struct only *o = NULL;
        struct tl_ident who;

        if (!awaits_place(it, instances))
            continue;
        who = item_ident(b, it);
        if ((who.kind == TL_KIND_CLUSTER || who.kind == TL_KIND_INSTANCE) &&
            !(o = only_of(b, &only, who.region, it->input)))
            return TL_ENOMEM;
        if (o && who.kind == TL_KIND_CLUSTER)
            it->res = o->cluster;
        else if (o && !o->labels_differ &&
                 tl_str_case_find(who.label, TL_STR("reader")) == SIZE_MAX)
            it->res = o->instance; /* what messages name is the writer, as a rule */
        if (it->res == NONE && res_of(b, &who, it->input, &it->res))
            return TL_ENOMEM;
        b->res[it->res].labelled = true;
        if (who.label.n > 0 && b->res[it->res].label.n == 0)
            b->res[it->res].label = who.label;
        if (join_named_cluster(b, it->res, who.cluster, it->input))
            return TL_ENOMEM;
    }
    return TL_OK;
}

/* Endpoints: their hosts prove clusters and instances that no event may name. */
static enum tl_status
place_loop(struct tl_builder *b, struct loop *l)
{
    const struct series *s = l->series;
    bool custom = tl_str_case_find(s->host, TL_STR(".cluster-custom-")) != SIZE_MAX;
    struct tl_ident who = {.kind = TL_KIND_ENDPOINT,
                           .source_type = TL_STR("endpoint"),
                           .account = {"", 0},
                           .region = s->region,
                           .id = s->host,
                           .arn = {"", 0},
                           .label = s->endpoint};
    enum tl_status st = res_of(b, &who, l->input, &l->res);
    uint32_t instance;

    l->instance = NONE;
    if (!st && s->cluster.n > 0 && !custom)
        st = join_named_cluster(b, l->res, s->cluster, l->input);
    if (st || s->instance.n == 0)
        return st;
    who.kind = TL_KIND_INSTANCE;
    who.source_type = TL_STR("db-instance");
    who.id = s->instance;
    who.label = (struct tl_str){"", 0};
    st = accounts_fill(b, &who);
    if (!st)
        st = res_of(b, &who, l->input, &instance);
    if (!st && s->cluster.n > 0 && !custom)
        st = join_named_cluster(b, instance, s->cluster, l->input);
    if (st)
        return st;
    l->instance = instance;
    if (b->res[l->res].cluster == NONE)
        res_join(b, l->res, instance, true); /* its tree is the instance's */
    return TL_OK;
}

/* The cluster (made where the message says that it is one) or instance of that name beside an item
 * of a blue/green deployment; NONE: neither is known. */
static enum tl_status
switched(struct tl_builder *b, const struct item *it, struct tl_str id, bool is_cluster,
         uint32_t *res)
{
    const struct res *r = &b->res[it->res];
    struct tl_ident who = {.kind = TL_KIND_CLUSTER,
                           .source_type = TL_STR("db-cluster"),
                           .account = r->account,
                           .region = r->region,
                           .id = id,
                           .arn = {"", 0},
                           .label = {"", 0}};

    *res = NONE;
    if (id.n == 0 || accounts_fill(b, &who))
        return id.n == 0 ? TL_OK : TL_ENOMEM;
    if (is_cluster ? res_of(b, &who, it->input, res) : res_find(b, &who, it->input, res))
        return TL_ENOMEM;
    if (*res != NONE)
        return TL_OK;
    who.kind = TL_KIND_INSTANCE;
    who.source_type = TL_STR("db-instance");
    who.account = b->res[it->res].account;
    return accounts_fill(b, &who) || res_find(b, &who, it->input, res) ? TL_ENOMEM : TL_OK;
}

/* A blue/green deployment is the affair of the cluster or instance that is switched over. What
 * takes its name, and what it is called afterwards, are of its kind. */
static enum tl_status
join_deployment(struct tl_builder *b, const struct item *it)
{
    uint32_t blue, other;
    bool is_cluster;

    if (!starts(b, it, TL_STR("bluegreen.")))
        return TL_OK;
    is_cluster = tl_str_find(text_of(b, it->message), TL_STR("DB cluster")) != SIZE_MAX;
    if (switched(b, it, field(it, TL_STR("blue")), is_cluster, &blue))
        return TL_ENOMEM;
    if (blue == NONE)
        return TL_OK;
    if (b->res[it->res].kind == TL_KIND_OTHER)
        res_join(b, it->res, blue, true);
    is_cluster = b->res[blue].kind == TL_KIND_CLUSTER;
    if (switched(b, it, field(it, TL_STR("green")), is_cluster, &other))
        return TL_ENOMEM;
    return switched(b, it, field(it, TL_STR("blue_old")), is_cluster, &other);
}

/* What messages prove of members: first of named resources, then of those known by a label only. */
static enum tl_status
join_named(struct tl_builder *b, bool labelled)
{
    enum tl_status st = TL_OK;

    for (size_t i = 0; i < b->nitems && !st; i++) {
        const struct item *it = b->items[i];

        if (labelled ? !it->labelled : it->res == NONE)
            continue;
        st = join_named_instance(b, it);
        if (!st && !labelled)
            st = join_deployment(b, it);
    }
    return st;
}

enum tl_status
build_identify(struct tl_builder *b)
{
    enum tl_status st;

    if (memo_init(b) || !strings_init(&b->keys, &b->scratch) ||
        !strings_init(&b->accounts.bases, &b->scratch))
        return TL_ENOMEM;
    st = complete_all(b);
    if (!st)
        st = place_all_named(b);
    for (size_t i = 0; i < b->nloops && !st; i++)
        st = place_loop(b, &b->loops[i]);
    if (!st)
        st = join_named(b, false);
    if (!st)
        st = place_labels(b, false);
    if (!st)
        st = join_named(b, true);
    if (!st)
        st = place_labels(b, true);
    if (!st)
        st = res_memberships(b);
    for (size_t i = 0; i < b->nloops && !st; i++)
        b->loops[i].tree = b->res[b->loops[i].res].tree;
    return st;
}
