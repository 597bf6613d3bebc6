/* aws_cloudtrail.c - an API call, as CloudTrail recorded it. Never takes credentials along. */
#include "parse/aws.h"

#include <string.h>

/* CloudTrail lowers the first letter of parameter names, not always the same way: any case. */
static const cJSON *
param(const cJSON *obj, const char *name)
{
    return cJSON_IsObject(obj) ? cJSON_GetObjectItem(obj, name) : NULL;
}

static bool
reads_only(struct tl_str name, const cJSON *read_only)
{
    static const struct tl_str verbs[] = {{"Describe", 8}, {"List", 4}, {"Download", 8}};

    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
        if (tl_str_starts(name, verbs[i]))
            return true;
    return doc_truth(read_only) == 1;
}

/* assumed-role/DBARole/admin, user/developer, root, service/autoscaling.amazonaws.com */
static struct tl_str
user_of(struct aws *a, const cJSON *identity)
{
    struct tl_str arn = doc_text(identity, "arn"), type = doc_text(identity, "type");
    struct tl_str name = doc_text(identity, "userName"), by = doc_text(identity, "invokedBy");
    const char *prefix = "user/";
    struct tl_buf b;
    size_t at = arn.n;

    while (at > 0 && arn.p[at - 1] != ':')
        at--;
    if (at > 0 && at < arn.n)
        return tl_str_skip(arn, at);
    if (tl_str_eq(type, TL_STR("Root")))
        return TL_STR("root");
    if (name.n == 0) {
        name = by;
        prefix = "service/";
    }
    if (name.n == 0)
        return tl_str_eq(type, TL_STR("AWSService")) ? TL_STR("service") : type;
    tl_buf_init(&b, MAX_MESSAGE);
    tl_buf_add(&b, tl_str_from(prefix));
    tl_buf_add(&b, name);
    return aws_built(a, &b);
}

/* Which parameter names the resource: a word of the call's name decides, then the order. */
static const struct subject {
    const char *word, *param, *arn; /* arn: where an answer has it */
    struct tl_str type;
} subjects[] = {
#define TYPE(text)                                                                                 \
    {                                                                                              \
        text, sizeof(text) - 1                                                                     \
    }
    {"GlobalCluster", "globalClusterIdentifier", "globalClusterArn", TYPE("global-cluster")},
    {"BlueGreen", "blueGreenDeploymentIdentifier", NULL, TYPE("blue-green-deployment")},
    {"ClusterSnapshot", "dBClusterSnapshotIdentifier", "dBClusterSnapshotArn",
     TYPE("db-cluster-snapshot")},
    {"DBSnapshot", "dBSnapshotIdentifier", "dBSnapshotArn", TYPE("db-snapshot")},
    {"ClusterParameterGroup", "dBClusterParameterGroupName", "dBClusterParameterGroupArn",
     TYPE("db-parameter-group")},
    {"DBParameterGroup", "dBParameterGroupName", "dBParameterGroupArn", TYPE("db-parameter-group")},
    {"DBProxy", "dBProxyName", NULL, TYPE("db-proxy")},
    {"DBInstance", "dBInstanceIdentifier", "dBInstanceArn", TYPE("db-instance")},
    {"ReadReplica", "dBInstanceIdentifier", "dBInstanceArn", TYPE("db-instance")},
    {"DBCluster", "dBClusterIdentifier", "dBClusterArn", TYPE("db-cluster")},
    {"MaintenanceAction", "resourceIdentifier", NULL, TYPE("")},
    {"TagsToResource", "resourceName", NULL, TYPE("")},
    {"TagsFromResource", "resourceName", NULL, TYPE("")},
#undef TYPE
};
enum { NSUBJECTS = sizeof(subjects) / sizeof(subjects[0]) };

static const struct subject *
subject_of(struct tl_str name, const cJSON *in)
{
    for (size_t i = 0; i < NSUBJECTS; i++)
        if (tl_str_find(name, tl_str_from(subjects[i].word)) != SIZE_MAX &&
            doc_string(param(in, subjects[i].param)).n > 0)
            return &subjects[i];
    for (size_t i = 0; i < NSUBJECTS; i++)
        if (doc_string(param(in, subjects[i].param)).n > 0)
            return &subjects[i];
    return NULL;
}

/* An identifier that may be given as an ARN. */
static struct tl_str
id_of(const cJSON *value)
{
    struct tl_str s = doc_string(value);
    struct tl_ident who = {.kind = TL_KIND_OTHER};

    return tl_ident_from_arn(s, &who) ? who.id : s;
}

static void
put_who(const cJSON *el, const cJSON *in, const cJSON *answer, struct tl_ident *who)
{
    struct tl_str name = doc_text(el, "eventName"), value;
    const cJSON *from = in;
    const struct subject *s = subject_of(name, in);

    if (!s) {
        s = subject_of(name, answer);
        from = answer;
    }
    if (!s)
        return;
    value = doc_string(param(from, s->param));
    if (!tl_ident_from_arn(value, who)) {
        struct tl_ident answered = {.kind = TL_KIND_OTHER};

        who->id = value;
        who->kind = tl_source_type(s->type, &who->source_type);
        if (s->arn && tl_ident_from_arn(doc_string(param(answer, s->arn)), &answered) &&
            tl_str_eq(answered.id, value))
            *who = answered;
    }
    who->label = who->id;
    if (who->kind == TL_KIND_INSTANCE)
        who->cluster = id_of(param(in, "dBClusterIdentifier"));
}

static struct tl_str
scalar_text(struct aws *a, const cJSON *v)
{
    int64_t n;
    struct tl_buf b;

    if (cJSON_IsBool(v))
        return cJSON_IsTrue(v) ? TL_STR("true") : TL_STR("false");
    if (!doc_integer(v, &n))
        return doc_string(v);
    tl_buf_init(&b, 64);
    tl_buf_addf(&b, "%lld", (long long)n);
    return aws_built(a, &b);
}

/* One line: the call, what it asked for, what went wrong. */
static struct tl_str
message_of(struct aws *a, const cJSON *el, const cJSON *in)
{
    static const char *const told[] = {
        "engineVersion",
        "targetEngineVersion",
        "applyImmediately",
        "allowMajorVersionUpgrade",
        "dBInstanceClass",
        "multiAZ",
        "forceFailover",
        "targetDBInstanceIdentifier",
        "targetDbClusterIdentifier",
        "switchover",
        "allowDataLoss",
        "applyAction",
        "optInType",
        "newDBClusterIdentifier",
        "newDBInstanceIdentifier",
        "newGlobalClusterIdentifier",
        "switchoverTimeout",
        "dBClusterParameterGroupName",
        "dBParameterGroupName",
    };
    struct tl_str code = doc_text(el, "errorCode"), why = doc_text(el, "errorMessage"), s;
    struct tl_buf b;

    tl_buf_init(&b, MAX_MESSAGE);
    tl_buf_add(&b, doc_text(el, "eventName"));
    for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
        s = scalar_text(a, param(in, told[i]));
        if (s.n > 0 && s.n < 512)
            tl_buf_addf(&b, " %s=", told[i]);
        if (s.n < 512)
            tl_buf_add(&b, s);
    }
    if (code.n > 0 || why.n > 0) {
        tl_buf_add(&b, code.n > 0 ? TL_STR(": ") : TL_STR(":"));
        tl_buf_add(&b, code);
        tl_buf_add(&b, why.n > 0 ? TL_STR(" ") : TL_STR(""));
        tl_buf_add(&b, why);
    }
    return aws_built(a, &b);
}

static void
put_fields(struct aws *a, struct tl_event *ev, const cJSON *el, const cJSON *in)
{
    const cJSON *answer = doc_get(el, "responseElements"), *target;
    struct tl_str asked = doc_string(param(in, "engineVersion"));

    if (asked.n == 0)
        asked = doc_string(param(in, "targetEngineVersion"));
    target = param(in, "targetDBInstanceIdentifier");
    if (!target)
        target = param(in, "targetDbClusterIdentifier");
    if (!target && ev->who.kind == TL_KIND_GLOBAL_CLUSTER)
        target = param(in, "dbClusterIdentifier");
    aws_field(a, ev, "event_name", doc_text(el, "eventName"));
    aws_field(a, ev, "event_source", doc_text(el, "eventSource"));
    aws_field(a, ev, "user", user_of(a, doc_get(el, "userIdentity")));
    aws_field(a, ev, "user_agent", doc_text(el, "userAgent"));
    aws_field(a, ev, "source_ip", doc_text(el, "sourceIPAddress"));
    aws_field(a, ev, "error_code", doc_text(el, "errorCode"));
    aws_field(a, ev, "error_message", doc_text(el, "errorMessage"));
    aws_field(a, ev, "engine_version", asked);
    aws_field(a, ev, "response_version", doc_string(param(answer, "engineVersion")));
    aws_field(a, ev, "target", doc_string(target));
    aws_field(a, ev, "global_cluster", id_of(param(in, "globalClusterIdentifier")));
    aws_field(a, ev, "apply_immediately", scalar_text(a, param(in, "applyImmediately")));
    aws_field(a, ev, "allow_major", scalar_text(a, param(in, "allowMajorVersionUpgrade")));
    aws_field(a, ev, "read_only", scalar_text(a, doc_get(el, "readOnly")));
}

void
aws_cloudtrail(struct aws *a, const cJSON *el, const struct aws_outer *o)
{
    const cJSON *in = doc_get(el, "requestParameters");
    struct tl_str name = doc_text(el, "eventName"), region = doc_text(el, "awsRegion"), account;
    struct tl_instant when;
    struct tl_event *ev;

    if (!tl_str_eq(doc_text(el, "eventSource"), TL_STR("rds.amazonaws.com")) ||
        reads_only(name, doc_get(el, "readOnly"))) {
        aws_ignored(a);
        return;
    }
    if (!aws_time(a, aws_date(a, doc_get(el, "eventTime")), &when)) {
        aws_odd(a, "an API call whose time is missing or unreadable");
        return;
    }
    ev = aws_event(a);
    if (!ev)
        return;
    account = doc_text(el, "recipientAccountId");
    if (account.n == 0)
        account = doc_text(doc_get(el, "userIdentity"), "accountId");
    put_who(el, in, doc_get(el, "responseElements"), &ev->who);
    if (ev->who.region.n == 0)
        ev->who.region = region.n > 0 ? region : o->region;
    if (ev->who.account.n == 0)
        ev->who.account = account.n > 0 ? account : o->account;
    ev->when = when;
    ev->channel = TL_CHANNEL_CLOUDTRAIL;
    ev->channel_id = doc_text(el, "eventID");
    ev->cls = TL_STR("api.call");
    ev->message = message_of(a, el, in);
    put_fields(a, ev, el, in);
    ev->severity = doc_text(el, "errorCode").n + doc_text(el, "errorMessage").n > 0
                       ? TL_SEVERITY_WARNING
                       : TL_SEVERITY_NOTICE;
}

/* `aws cloudtrail lookup-events`: the record is a text beside what was taken out of it. */
void
aws_lookup(struct aws *a, const cJSON *el, const struct aws_outer *o)
{
    const cJSON *record = aws_read(a, doc_text(el, "CloudTrailEvent"));

    if (doc_get(record, "eventSource") && doc_get(record, "eventName"))
        aws_cloudtrail(a, record, o);
    else if (!a->failed)
        aws_odd(a, "a CloudTrail event whose record is damaged");
}
