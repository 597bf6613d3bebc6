/* aws_topology.c - what describe-db-clusters, -db-instances and -global-clusters say there is. */
#include "parse/aws.h"

/* Such documents bear no time of their own: the instant stays unknown. */
static struct tl_event *
observed(struct aws *a, struct tl_str arn, struct tl_str type, struct tl_str id)
{
    struct tl_event *ev = aws_event(a);

    if (!ev)
        return NULL;
    ev->cls = TL_STR("topology.observed");
    ev->channel = TL_CHANNEL_TOPOLOGY;
    ev->severity = TL_SEVERITY_INFO;
    if (!tl_ident_from_arn(arn, &ev->who)) {
        ev->who.kind = tl_source_type(type, &ev->who.source_type);
        ev->who.id = id;
    }
    ev->who.label = ev->who.id;
    return ev;
}

/* "aurora-mysql 8.0.mysql_aurora.3.04.0 available", from the fields named. */
static void
put_message(struct aws *a, struct tl_event *ev, const char *const *names, size_t n)
{
    struct tl_buf b;

    tl_buf_init(&b, MAX_MESSAGE);
    for (size_t i = 0; i < n; i++) {
        struct tl_str s = tl_event_text(ev, tl_str_from(names[i]));

        if (s.n > 0 && b.n > 0)
            tl_buf_add(&b, TL_STR(" "));
        tl_buf_add(&b, s);
    }
    ev->message = aws_built(a, &b);
}
#define PUT_MESSAGE(a, ev, ...)                                                                    \
    put_message(a, ev, (const char *const[]){__VA_ARGS__},                                         \
                sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

static struct tl_str
truth_text(const cJSON *v)
{
    int t = doc_truth(v);

    return t < 0 ? (struct tl_str){"", 0} : t ? TL_STR("true") : TL_STR("false");
}

/* Region and account of a document without ARNs: the host names have the region. */
static void
region_from_host(struct tl_event *ev, struct tl_str host)
{
    struct tl_host h;

    if (ev->who.region.n == 0 && tl_host_read(host, &h))
        ev->who.region = h.region;
}

static void
cluster_member(struct aws *a, const cJSON *m, const struct tl_ident *cluster)
{
    struct tl_str id = doc_text(m, "DBInstanceIdentifier");
    int writer = doc_truth(doc_get(m, "IsClusterWriter"));
    struct tl_event *ev =
        id.n > 0 ? observed(a, (struct tl_str){"", 0}, TL_STR("db-instance"), id) : NULL;

    if (!ev)
        return;
    ev->who.region = cluster->region;
    ev->who.account = cluster->account;
    ev->who.cluster = cluster->id;
    aws_field(a, ev, "role",
              writer < 0 ? (struct tl_str){"", 0}
              : writer   ? TL_STR("writer")
                         : TL_STR("reader"));
    aws_field(a, ev, "cluster", cluster->id);
    PUT_MESSAGE(a, ev, "role", "cluster");
}

void
aws_cluster(struct aws *a, const cJSON *el, const struct aws_outer *o)
{
    struct tl_event *ev = observed(a, doc_text(el, "DBClusterArn"), TL_STR("db-cluster"),
                                   doc_text(el, "DBClusterIdentifier"));
    const cJSON *m;
    struct tl_ident who;

    (void)o;
    if (!ev)
        return;
    region_from_host(ev, doc_text(el, "Endpoint"));
    aws_field(a, ev, "engine", doc_text(el, "Engine"));
    aws_field(a, ev, "engine_version", doc_text(el, "EngineVersion"));
    aws_field(a, ev, "class", doc_text(el, "DBClusterInstanceClass"));
    aws_field(a, ev, "engine_mode", doc_text(el, "EngineMode"));
    aws_field(a, ev, "global_cluster", doc_text(el, "GlobalClusterIdentifier"));
    aws_field(a, ev, "status", doc_text(el, "Status"));
    aws_field(a, ev, "endpoint", doc_text(el, "Endpoint"));
    aws_field(a, ev, "reader_endpoint", doc_text(el, "ReaderEndpoint"));
    aws_field(a, ev, "multi_az", truth_text(doc_get(el, "MultiAZ")));
    aws_field(a, ev, "maintenance_window", doc_text(el, "PreferredMaintenanceWindow"));
    PUT_MESSAGE(a, ev, "engine", "engine_version", "status");
    who = ev->who;
    cJSON_ArrayForEach(m, doc_get(el, "DBClusterMembers")) cluster_member(a, m, &who);
}

void
aws_instance(struct aws *a, const cJSON *el, const struct aws_outer *o)
{
    struct tl_event *ev = observed(a, doc_text(el, "DBInstanceArn"), TL_STR("db-instance"),
                                   doc_text(el, "DBInstanceIdentifier"));
    const cJSON *at = doc_get(el, "Endpoint");
    struct tl_str host;

    (void)o;
    if (!ev)
        return;
    host = cJSON_IsString(at) ? doc_string(at) : doc_text(at, "Address");
    region_from_host(ev, host);
    ev->who.cluster = doc_text(el, "DBClusterIdentifier");
    aws_field(a, ev, "engine", doc_text(el, "Engine"));
    aws_field(a, ev, "engine_version", doc_text(el, "EngineVersion"));
    aws_field(a, ev, "class", doc_text(el, "DBInstanceClass"));
    aws_field(a, ev, "cluster", ev->who.cluster);
    aws_field(a, ev, "status", doc_text(el, "DBInstanceStatus"));
    aws_field(a, ev, "endpoint", host);
    aws_field(a, ev, "multi_az", truth_text(doc_get(el, "MultiAZ")));
    aws_field(a, ev, "zone", doc_text(el, "AvailabilityZone"));
    aws_field(a, ev, "replica_of", doc_text(el, "ReadReplicaSourceDBInstanceIdentifier"));
    aws_field(a, ev, "maintenance_window", doc_text(el, "PreferredMaintenanceWindow"));
    PUT_MESSAGE(a, ev, "engine", "engine_version", "class", "status");
}

void
aws_global(struct aws *a, const cJSON *el, const struct aws_outer *o)
{
    struct tl_str id = doc_text(el, "GlobalClusterIdentifier"), arn;
    struct tl_event *ev =
        observed(a, doc_text(el, "GlobalClusterArn"), TL_STR("global-cluster"), id);
    const cJSON *m;

    (void)o;
    if (!ev)
        return;
    aws_field(a, ev, "engine", doc_text(el, "Engine"));
    aws_field(a, ev, "engine_version", doc_text(el, "EngineVersion"));
    aws_field(a, ev, "status", doc_text(el, "Status"));
    aws_field(a, ev, "endpoint", doc_text(el, "Endpoint"));
    PUT_MESSAGE(a, ev, "engine", "engine_version", "status");
    cJSON_ArrayForEach(m, doc_get(el, "GlobalClusterMembers"))
    {
        int writer = doc_truth(doc_get(m, "IsWriter"));

        arn = doc_text(m, "DBClusterArn");
        ev = arn.n > 0 ? observed(a, arn, TL_STR("db-cluster"), arn) : NULL;
        if (!ev)
            continue;
        aws_field(a, ev, "role",
                  writer < 0 ? (struct tl_str){"", 0}
                  : writer   ? TL_STR("primary")
                             : TL_STR("secondary"));
        aws_field(a, ev, "global_cluster", id);
        aws_field(a, ev, "status", doc_text(m, "SynchronizationStatus"));
        PUT_MESSAGE(a, ev, "role", "global_cluster");
    }
}
