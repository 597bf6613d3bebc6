/* What AWS writes, in all its wrappings, as events: one line of text per event. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/names.h"
#include "parse/parse.h"

static struct tl_catalogue *catalogue;
static struct tl_zones *zones;

static int
set_up(void **state)
{
    const struct tl_str rules = TL_STR("[instance.shutdown]\nids = RDS-EVENT-0004\n"
                                       "match = ^DB instance shutdown\\.?$\n"
                                       "sample+ = DB instance shutdown\n");

    (void)state;
    zones = tl_zones_new(TL_STR("/usr/share/zoneinfo"));
    return tl_catalogue_load(TL_STR("test"), rules, &catalogue, NULL) || !zones;
}

static int
tear_down(void **state)
{
    (void)state;
    tl_catalogue_free(catalogue);
    tl_zones_free(zones);
    return 0;
}

/* "LINE TIME[+MS] KIND:ACCOUNT/REGION/ID[=LABEL][<CLUSTER] CHANNEL[#ID] CLASS[ EVENT-ID][!]:
 * MESSAGE {name=value,...}"; '!' is a warning. */
static void
print_event(const struct tl_event *ev, struct tl_buf *b)
{
    int64_t width = ev->when.latest - ev->when.earliest;

    tl_buf_addf(b, "%u ", ev->line);
    if (ev->when.at == TL_TIME_NONE)
        tl_buf_add(b, TL_STR("-"));
    else
        tl_time_print(b, ev->when.at);
    if (ev->when.at != TL_TIME_NONE && width != TL_MS)
        tl_buf_addf(b, "+%lld", (long long)(width / TL_MS));
    tl_buf_addf(b, " %.*s:%.*s/%.*s/%.*s", TL_FMT(ev->who.source_type), TL_FMT(ev->who.account),
                TL_FMT(ev->who.region), TL_FMT(ev->who.id));
    if (!tl_str_eq(ev->who.label, ev->who.id))
        tl_buf_addf(b, "=%.*s", TL_FMT(ev->who.label));
    if (ev->who.cluster.n > 0)
        tl_buf_addf(b, "<%.*s", TL_FMT(ev->who.cluster));
    tl_buf_addf(b, " %.*s", TL_FMT(tl_channel_name(ev->channel)));
    if (ev->channel_id.n > 0)
        tl_buf_addf(b, "#%.*s", TL_FMT(ev->channel_id));
    tl_buf_addf(b, " %.*s", TL_FMT(ev->cls));
    if (ev->event_id.n > 0)
        tl_buf_addf(b, " %.*s", TL_FMT(ev->event_id));
    tl_buf_add(b, ev->severity >= TL_SEVERITY_WARNING ? TL_STR("!: ") : TL_STR(": "));
    tl_buf_add(b, ev->message);
    for (size_t i = 0; i < ev->nfields; i++) {
        tl_buf_add(b, i == 0 ? TL_STR(" {") : TL_STR(","));
        tl_buf_add(b, ev->fields[i].name);
        tl_buf_add(b, TL_STR("="));
        tl_buf_add(b, ev->fields[i].text);
    }
    tl_buf_add(b, ev->nfields > 0 ? TL_STR("}\n") : TL_STR("\n"));
}

static void
read_all(struct tl_str text, struct tl_str format, struct tl_buf *b)
{
    struct tl_memory m = {text};
    struct tl_input in = {.name = TL_STR("in"),
                          .stream = tl_stream_memory(&m),
                          .hints = TL_HINTS_NONE,
                          .catalogue = catalogue,
                          .zones = zones};
    enum tl_item item = TL_ITEM_EVENT;
    struct tl_source *src = NULL;
    struct tl_reader *r = NULL;
    struct tl_event ev;

    in.hints.format = format;
    in.hints.forced = format.n > 0;
    assert_int_equal(tl_reader_open(&in, &r, NULL), TL_OK);
    while (item != TL_ITEM_END) {
        assert_int_equal(tl_reader_next(r, &item, &ev, &src, NULL), TL_OK);
        if (item == TL_ITEM_EVENT)
            print_event(&ev, b);
        if (item != TL_ITEM_SOURCE)
            continue;
        tl_buf_addf(b, "%.*s %llu/%llu", TL_FMT(src->format), (unsigned long long)src->events,
                    (unsigned long long)src->records);
        for (size_t i = 0; i < src->nodds; i++)
            tl_buf_addf(b, " %u! %.*s", src->odds[i].line, TL_FMT(src->odds[i].why));
    }
    tl_reader_close(r);
}

struct read_case {
    const char *text, *want;
};

static void
check(const struct read_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct tl_buf b;

        tl_buf_init(&b, 1 << 20);
        read_all(tl_str_from(cases[i].text), TL_STR(""), &b);
        if (strcmp(b.p, cases[i].want) != 0)
            fail_msg("case %zu gives:\n%s\nnot:\n%s", i, b.p, cases[i].want);
        tl_buf_free(&b);
    }
}
#define CHECK(cases) check(cases, sizeof(cases) / sizeof((cases)[0]))

#define ARN(kind, id) "arn:aws:rds:eu-west-3:210987654321:" kind ":" id

static void
reads_describe_events(void **state)
{
    static const struct read_case cases[] = {
        {"{\"Events\": []}\n", "rds-events 0/0"},
        {"ops$ aws rds describe-events --duration 60\n{\n \"Events\": [\n  {\n"
         "   \"SourceIdentifier\": \"shop-1\",\n   \"SourceType\": \"db-instance\",\n"
         "   \"Message\": \"DB instance shutdown\",\n   \"EventCategories\": [\n"
         "    \"availability\"\n   ],\n   \"Date\": \"2025-03-02T04:05:06.789000+00:00\",\n"
         "   \"SourceArn\": \"" ARN(
             "db",
             "shop-1") "\"\n  },\n"
                       "  {\"Date\": \"2025-03-02T04:05:07.001Z\", \"EventCategories\": [], "
                       "\"Message\": \"two\n"
                       "  lines \\u00e9\", \"SourceType\": \"db-cluster\", \"SourceArn\": \"" ARN(
                           "cluster", "shop") "\",\n"
                                              "   \"SourceIdentifier\": \"shop\"}\n ]\n}\nops$ \n",
         "4 2025-03-02T04:05:06.789Z db-instance:210987654321/eu-west-3/shop-1 api "
         "instance.shutdown RDS-EVENT-0004: DB instance shutdown {categories=availability}\n"
         "14 2025-03-02T04:05:07.001Z db-cluster:210987654321/eu-west-3/shop api unclassified: "
         "two\n  lines \xc3\xa9\nrds-events 2/2"},
        /* comma-joined, no ARN, two categories, times of other precision and zone, an epoch */
        {"{\"Date\":\"2025-03-02T04:05:06Z\",\"Message\":\"a\",\"SourceIdentifier\":\"pg-x\","
         "\"SourceType\":\"db-parameter-group\",\"EventCategories\":[\"x\",\"y z\"]},\n"
         "{\"Date\":\"2025-03-02 "
         "05:05:06.5+01:00\",\"Message\":\"b\",\"SourceIdentifier\":\"s\"},\n"
         "{\"Date\":1740888306789,\"Message\":\"c\",\"SourceIdentifier\":\"s\"}",
         "1 2025-03-02T04:05:06.000Z+1000 db-parameter-group://pg-x api unclassified: a "
         "{categories=x, y z}\n"
         "2 2025-03-02T04:05:06.500Z+100 ://s api unclassified: b\n"
         "3 2025-03-02T04:05:06.789Z ://s api unclassified: c\nrds-events 3/3"},
        /* a snapshot's name may hold colons */
        {"[{\"Date\":\"2025-03-02T04:05:06.100Z\",\"Message\":\"a\",\"SourceType\":\"db-snapshot\","
         "\"SourceIdentifier\":\"rds:s-1\",\"SourceArn\":\"" ARN("snapshot", "rds:s-1") "\"}]",
         "1 2025-03-02T04:05:06.100Z db-snapshot:210987654321/eu-west-3/rds:s-1 api unclassified: "
         "a\nrds-events 1/1"},
        /* by region, as a script merged them */
        {"{\"eu-west-3\":{\"Events\":[{\"Date\":\"2025-03-02T04:05:06.100Z\",\"Message\":\"a\","
         "\"SourceType\":\"db-cluster\",\"SourceIdentifier\":\"c\"}]},\"eu-west-1\":{\"Events\":[]}"
         "}",
         "1 2025-03-02T04:05:06.100Z db-cluster://c api unclassified: a\nrds-events 1/1"},
        /* odd ones are said, the others come */
        {"{\"Events\":[\n{\"SourceIdentifier\":\"c\",\"SourceType\":\"db-cluster\",\"Message\":"
         "\"m\"},\n"
         "{\"SourceIdentifier\":\"c\",\"SourceType\":\"db-cluster\",\"Date\":\"2025-03-02T04:05:"
         "06Z\"},\n"
         "{\"SourceIdentifier\":\"c\",\"Message\":\"m\",\"Date\":\"yesterday\"},\n"
         "{\"SourceIdentifier\":\"c\",\"Message\":\"m\",\"Date\":\"2025-03-02T04:05:06.001Z\",}\n"
         "{\"SourceIdentifier\":\"c\",\"Message\":\"cut",
         "5 2025-03-02T04:05:06.001Z ://c api unclassified: m\n"
         "rds-events 1/1 2! an event without a date 3! an event without a message 4! an event "
         "whose date is unreadable 6! an object that is never closed"},
        /* NUL, half a character, an escape that is none */
        {"{\"SourceIdentifier\":\"c\",\"Date\":\"2025-03-02T04:05:06.001Z\",\"Message\":"
         "\"a\\u0000b\\ud800c\\'d\\ud83d\\ude00\"}",
         "1 2025-03-02T04:05:06.001Z ://c api unclassified: a\xef\xbf\xbd"
         "b\xef\xbf\xbd"
         "c'd\xf0\x9f\x98\x80\nrds-events 1/1"},
        /* subscriptions and categories are no events */
        {"{\"EventCategoriesMapList\":[{\"SourceType\":\"db-instance\",\"EventCategories\":[\"a\"]}"
         "]}",
         "unknown 0/0"},
    };

    (void)state;
    CHECK(cases);
}

#define BRIDGE(id, type, arn, source, event)                                                       \
    "{\"version\":\"0\",\"id\":\"" id                                                              \
    "\",\"detail-type\":\"RDS DB Event\",\"source\":\"aws.rds\","                                  \
    "\"account\":\"210987654321\",\"time\":\"2025-03-02T04:05:06Z\",\"region\":\"eu-west-3\","     \
    "\"resources\":[\"" arn "\"],\"detail\":{\"EventCategories\":[\"n\"],\"SourceType\":\"" type   \
    "\",\"SourceArn\":\"" arn "\",\"Date\":\"2025-03-02T04:05:06.123Z\",\"Message\":"              \
    "\"DB instance shutdown\",\"SourceIdentifier\":\"" source "\",\"EventID\":\"" event "\"}}"

static void
reads_eventbridge(void **state)
{
    static const struct read_case cases[] = {
        {BRIDGE("i-1", "CLUSTER", ARN("cluster", "shop"), "rds:shop", "RDS-EVENT-0004") "\n" BRIDGE(
             "i-2", "SNAPSHOT", ARN("snapshot", "rds:s"), "rds:s", "RDS-EVENT-0009"),
         "1 2025-03-02T04:05:06.123Z db-cluster:210987654321/eu-west-3/shop eventbridge#i-1 "
         "instance.shutdown RDS-EVENT-0004: DB instance shutdown {categories=n}\n"
         "2 2025-03-02T04:05:06.123Z db-snapshot:210987654321/eu-west-3/rds:s eventbridge#i-2 "
         "instance.shutdown RDS-EVENT-0009: DB instance shutdown {categories=n}\neventbridge 2/2"},
        /* no date in the detail, no ARN in it; a foreign event is a record, not odd */
        {"[{\"id\":\"i\",\"detail-type\":\"RDS DB Proxy Event\",\"source\":\"aws.rds\",\"time\":"
         "\"2025-03-02T04:05:06Z\",\"resources\":[\"" ARN(
             "db-proxy", "p") "\"],\"detail\":{"
                              "\"Message\":\"m\"}},{\"source\":\"aws.ec2\",\"detail-type\":\"EC2 "
                              "X\",\"detail\":{}},\n"
                              "{\"source\":\"aws.rds\",\"detail-type\":\"RDS X\",\"detail\":{}}]",
         "1 2025-03-02T04:05:06.000Z+1000 db-proxy:210987654321/eu-west-3/p eventbridge#i "
         "unclassified: m\neventbridge 1/2 2! an event without a message"},
        /* an API call by way of EventBridge is the call */
        {"{\"id\":\"i\",\"detail-type\":\"AWS API Call via CloudTrail\",\"source\":\"aws.rds\","
         "\"account\":\"2\",\"region\":\"eu-west-3\",\"detail\":{\"eventSource\":"
         "\"rds.amazonaws.com\",\"eventName\":\"RebootDBInstance\",\"eventTime\":"
         "\"2025-03-02T04:05:06Z\",\"eventID\":\"e-1\",\"requestParameters\":{"
         "\"dBInstanceIdentifier\":\"d\",\"forceFailover\":true}}}",
         "1 2025-03-02T04:05:06.000Z+1000 db-instance:2/eu-west-3/d cloudtrail#e-1 api.call: "
         "RebootDBInstance forceFailover=true {event_name=RebootDBInstance,event_source="
         "rds.amazonaws.com}\neventbridge 1/1"},
    };

    (void)state;
    CHECK(cases);
}

#define BODY                                                                                       \
    "{\\\"Event Source\\\":\\\"db-instance\\\",\\\"Event Time\\\":\\\"2025-03-02 "                 \
    "04:05:06.123\\\","                                                                            \
    "\\\"Identifier "                                                                              \
    "Link\\\":\\\"https://console.aws.amazon.com/rds/home?region=sa-east-1#db:id=d\\\","           \
    "\\\"Source ID\\\":\\\"d\\\",\\\"Event "                                                       \
    "ID\\\":\\\"http://docs.x/USER_Events.html#RDS-EVENT-0004\\\","                                \
    "\\\"Event Message\\\":\\\"DB instance shutdown\\\"}"
#define ENVELOPE                                                                                   \
    "{\"Type\":\"Notification\",\"MessageId\":\"m-1\",\"TopicArn\":\"arn:aws:sns:sa-east-1:3:t\"," \
    "\"Message\":\"" BODY "\",\"Timestamp\":\"2025-03-02T04:09:00.000Z\"}"
#define SNS_EVENT(line, account, id)                                                               \
    line " 2025-03-02T04:05:06.123Z db-instance:" account "/sa-east-1/d sns" id                    \
         " instance.shutdown RDS-EVENT-0004: DB instance shutdown\n"

static void
reads_sns(void **state)
{
    static const struct read_case cases[] = {
        {"{\"Event Source\":\"db-cluster\",\"Event Time\":\"2025-03-02 04:05:06.7\",\"Source ID\":"
         "\"c\",\"Source ARN\":\"" ARN("cluster",
                                       "c") "\",\"Event ID\":\"x#RDS-EVENT-0170\","
                                            "\"Event Message\":\"DB cluster created\",\"Tags\":{}}",
         "1 2025-03-02T04:05:06.700Z+100 db-cluster:210987654321/eu-west-3/c sns unclassified "
         "RDS-EVENT-0170: DB cluster created\nsns 1/1"},
        {ENVELOPE "\n" ENVELOPE, SNS_EVENT("1", "3", "#m-1") SNS_EVENT("2", "3", "#m-1") "sns 2/2"},
        {"{\"Records\":[{\"EventSource\":\"aws:sns\",\"EventVersion\":\"1.0\",\"Sns\":\n" ENVELOPE
         "}]}",
         SNS_EVENT("1", "3", "#m-1") "sns 1/1"},
        /* the first message of a subscription is plain text */
        {ENVELOPE "{\"Type\":\"Notification\",\"MessageId\":\"m\",\"TopicArn\":\"t\",\"Message\":"
                  "\"Please refer to the docs\"}",
         SNS_EVENT("1", "3", "#m-1") "sns 1/2"},
        /* in a queue, raw and with the envelope */
        {"{\"Messages\":[{\"MessageId\":\"q\",\"ReceiptHandle\":\"r\",\"MD5OfBody\":\"0\","
         "\n\"Body\":\"" BODY "\"}]}",
         SNS_EVENT("1", "", "") "sns 1/1"},
        {"{\"Messages\":[{\"MessageId\":\"q\",\"Body\":\"{\\\"Type\\\":\\\"Notification\\\","
         "\\\"MessageId\\\":\\\"m-2\\\",\\\"TopicArn\\\":\\\"arn:aws:sns:sa-east-1:3:t\\\","
         "\\\"Message\\\":"
         "\\\"{\\\\\\\"Event Source\\\\\\\":\\\\\\\"db-instance\\\\\\\",\\\\\\\"Event Time\\\\\\\":"
         "\\\\\\\"2025-03-02 04:05:06.123\\\\\\\",\\\\\\\"Source ID\\\\\\\":\\\\\\\"d\\\\\\\","
         "\\\\\\\"Event Message\\\\\\\":\\\\\\\"DB instance shutdown\\\\\\\"}\\\"}\"}]}",
         SNS_EVENT("1", "3", "#m-2") "sns 1/1"},
    };

    (void)state;
    CHECK(cases);
}

#define LOGGED                                                                                     \
    "{\\\"detail-type\\\":\\\"RDS X\\\",\\\"source\\\":\\\"aws.rds\\\",\\\"id\\\":\\\"i\\\","      \
    "\\\"region\\\":\\\"eu-west-3\\\",\\\"detail\\\":{\\\"Date\\\":\\\"2025-03-02T04:05:06."       \
    "123Z\\\","                                                                                    \
    "\\\"SourceType\\\":\\\"CLUSTER\\\",\\\"SourceIdentifier\\\":\\\"c\\\",\\\"Message\\\":"       \
    "\\\"m\\\"}}"
#define LOGGED_EVENT(line)                                                                         \
    line " 2025-03-02T04:05:06.123Z db-cluster:/eu-west-3/c eventbridge#i unclassified: m\n"

static void
reads_envelopes_in_logs(void **state)
{
    static const struct read_case cases[] = {
        {"{\"events\":[\n{\"logStreamName\":\"s\",\"timestamp\":1740888306789,\"message\":\"" LOGGED
         "\",\"ingestionTime\":1740888306999,\"eventId\":\"3\"},\n"
         "{\"timestamp\":1740888306789,\"message\":\"START RequestId: x\"},\n"
         "{\"timestamp\":1740888306789,\"message\":\"2025-03-02T04:05:06Z\\tx\\tINFO\\t" LOGGED
         "\\n\"}],\n\"searchedLogStreams\":[{\"logStreamName\":\"s\",\"searchedCompletely\":true}]"
         "}",
         LOGGED_EVENT("2") LOGGED_EVENT("4") "eventbridge 2/3"},
        {"{\"messageType\":\"DATA_MESSAGE\",\"logGroup\":\"g\",\"subscriptionFilters\":[\"f\"],"
         "\"logEvents\":[{\"id\":\"1\",\"timestamp\":1,\"message\":\"" LOGGED "\"}]}",
         LOGGED_EVENT("1") "eventbridge 1/1"},
        {"[[{\"field\":\"@timestamp\",\"value\":\"x\"},{\"field\":\"@message\",\"value\":\"" LOGGED
         "\"}]]",
         LOGGED_EVENT("1") "eventbridge 1/1"},
        /* aws logs tail: a line with the envelope behind it */
        {"2025-03-02T04:05:07 stream " BRIDGE("i-1", "CLUSTER", ARN("cluster", "c"), "c",
                                              "") "\n"
                                                  "2025-03-02T04:05:08 stream " BRIDGE(
                                                      "i-2", "CLUSTER", ARN("cluster", "c"), "c",
                                                      "") "\n",
         "1 2025-03-02T04:05:06.123Z db-cluster:210987654321/eu-west-3/c eventbridge#i-1 "
         "instance.shutdown RDS-EVENT-0004: DB instance shutdown {categories=n}\n"
         "2 2025-03-02T04:05:06.123Z db-cluster:210987654321/eu-west-3/c eventbridge#i-2 "
         "instance.shutdown RDS-EVENT-0004: DB instance shutdown {categories=n}\neventbridge 2/2"},
    };

    (void)state;
    CHECK(cases);
}

#define CALL(name, identity, rest)                                                                 \
    "{\"eventVersion\":\"1.08\",\"userIdentity\":" identity                                        \
    ",\"eventTime\":\"2025-03-02T04:05:06Z\","                                                     \
    "\"eventSource\":\"rds.amazonaws.com\",\"eventName\":\"" name                                  \
    "\",\"awsRegion\":\"eu-west-3\","                                                              \
    "\"eventID\":\"e\",\"recipientAccountId\":\"2\"," rest "}"
#define ROLE                                                                                       \
    "{\"type\":\"AssumedRole\",\"arn\":\"arn:aws:sts::2:assumed-role/Ops/"                         \
    "kim\",\"accountId\":\"2\","                                                                   \
    "\"accessKeyId\":\"ASIASECRETSECRET\",\"principalId\":\"AROA:kim\"}"

static void
reads_cloudtrail(void **state)
{
    static const struct read_case cases[] = {
        {"{\"Records\":[\n" CALL(
             "ModifyDBCluster", ROLE,
             "\"userAgent\":\"console\",\"sourceIPAddress\":\"192.0.2.1\",\"readOnly\":false,"
             "\"requestParameters\":{\"dBClusterIdentifier\":\"c\",\"engineVersion\":\"16.4\","
             "\"applyImmediately\":true,\"allowMajorVersionUpgrade\":false,\"masterUserPassword\":"
             "\"secret\"},\"responseElements\":{\"dBClusterArn\":\"" ARN(
                 "cluster", "c") "\","
                                 "\"engineVersion\":\"15.8\",\"dBClusterIdentifier\":\"c\"}") "]}",
         "2 2025-03-02T04:05:06.000Z+1000 db-cluster:210987654321/eu-west-3/c cloudtrail#e "
         "api.call: ModifyDBCluster engineVersion=16.4 applyImmediately=true "
         "allowMajorVersionUpgrade=false {event_name=ModifyDBCluster,event_source="
         "rds.amazonaws.com,user=assumed-role/Ops/kim,user_agent=console,source_ip=192.0.2.1,"
         "engine_version=16.4,response_version=15.8,apply_immediately=true,allow_major=false,"
         "read_only=false}\ncloudtrail 1/1"},
        {CALL("FailoverGlobalCluster", "{\"type\":\"Root\"}",
              "\"requestParameters\":{\"globalClusterIdentifier\":\"g\","
              "\"targetDbClusterIdentifier\":"
              "\"" ARN("cluster",
                       "c2") "\"},\"errorCode\":\"AccessDenied\",\"errorMessage\":\"no\""),
         "1 2025-03-02T04:05:06.000Z+1000 global-cluster:2/eu-west-3/g cloudtrail#e api.call!: "
         "FailoverGlobalCluster targetDbClusterIdentifier=" ARN(
             "cluster", "c2") ": AccessDenied no "
                              "{event_name=FailoverGlobalCluster,event_source=rds.amazonaws.com,"
                              "user=root,error_code=AccessDenied,error_message=no,target=" ARN(
                                  "cluster", "c2") ",global_cluster=g}\ncloudtrail 1/1"},
        {CALL("CreateDBInstance", "{\"type\":\"IAMUser\",\"userName\":\"lee\"}",
              "\"requestParameters\":{\"dBInstanceIdentifier\":\"i\",\"dBClusterIdentifier\":"
              "\"c\"}") "\n" CALL("ApplyPendingMaintenanceAction",
                                  "{\"type\":\"AWSService\",\"invokedBy\":\"x.amazonaws.com\"}",
                                  "\"requestParameters\":{\"resourceIdentifier\":\"" ARN(
                                      "cluster", "c3") "\","
                                                       "\"applyAction\":\"system-update\","
                                                       "\"optInType\":\"immediate\"}"),
         "1 2025-03-02T04:05:06.000Z+1000 db-instance:2/eu-west-3/i<c cloudtrail#e api.call: "
         "CreateDBInstance "
         "{event_name=CreateDBInstance,event_source=rds.amazonaws.com,user=user/lee}\n"
         "2 2025-03-02T04:05:06.000Z+1000 db-cluster:210987654321/eu-west-3/c3 cloudtrail#e "
         "api.call: ApplyPendingMaintenanceAction applyAction=system-update optInType=immediate "
         "{event_name=ApplyPendingMaintenanceAction,event_source=rds.amazonaws.com,"
         "user=service/x.amazonaws.com}\ncloudtrail 2/2"},
        /* what reads only, and other services: records, no events */
        {CALL("DescribeDBClusters", "{}", "\"requestParameters\":null") "\n" CALL(
             "StartExportTask", "{}",
             "\"readOnly\":true") "\n"
                                  "{\"eventSource\":\"ec2.amazonaws.com\",\"eventName\":"
                                  "\"RunInstances\",\"eventTime\":\"x\"}",
         "cloudtrail 0/3"},
        /* --query 'Events[].CloudTrailEvent' gives texts */
        {"[\n\"{\\\"eventSource\\\":\\\"rds.amazonaws.com\\\",\\\"eventName\\\":"
         "\\\"StopDBCluster\\\","
         "\\\"eventTime\\\":\\\"2025-03-02T04:05:06Z\\\"}\"\n]",
         "2 2025-03-02T04:05:06.000Z+1000 :// cloudtrail api.call: StopDBCluster {event_name="
         "StopDBCluster,event_source=rds.amazonaws.com}\ncloudtrail 1/1"},
        /* lookup-events has the record as a text */
        {"{\"Events\":[\n{\"EventId\":\"e\",\"EventName\":\"RebootDBInstance\",\"EventTime\":"
         "\"2025-03-02T05:05:06+01:00\",\"Username\":\"lee\",\"CloudTrailEvent\":\"{"
         "\\\"eventSource\\\":"
         "\\\"rds.amazonaws.com\\\",\\\"eventName\\\":\\\"RebootDBInstance\\\",\\\"eventTime\\\":"
         "\\\"2025-03-02T04:05:06Z\\\",\\\"awsRegion\\\":\\\"eu-west-3\\\",\\\"eventID\\\":"
         "\\\"e\\\"}\"},\n"
         "{\"EventId\":\"e\",\"CloudTrailEvent\":\"{\\\"event\"}]}",
         "2 2025-03-02T04:05:06.000Z+1000 :/eu-west-3/ cloudtrail#e api.call: RebootDBInstance "
         "{event_name=RebootDBInstance,event_source=rds.amazonaws.com}\n"
         "cloudtrail 1/1 3! a CloudTrail event whose record is damaged"},
    };

    (void)state;
    CHECK(cases);
}

static void
reads_topology(void **state)
{
    static const struct read_case cases[] = {
        {"{\"DBClusters\": [], \"Marker\": null}", "topology 0/0"},
        {"{\"GlobalClusters\":[{\"GlobalClusterIdentifier\":\"g\",\"GlobalClusterArn\":"
         "\"arn:aws:rds::2:global-cluster:g\",\"Engine\":\"aurora-postgresql\",\"EngineVersion\":"
         "\"16.4\",\"Status\":\"available\",\"GlobalClusterMembers\":[{\"DBClusterArn\":\"" ARN(
             "cluster", "a") "\",\"IsWriter\":true,\"Readers\":[]},{\"DBClusterArn\":"
                             "\"arn:aws:rds:us-west-1:2:cluster:b\",\"IsWriter\":false}]}]}",
         "1 - global-cluster:2//g topology topology.observed: aurora-postgresql 16.4 available "
         "{engine=aurora-postgresql,engine_version=16.4,status=available}\n"
         "1 - db-cluster:210987654321/eu-west-3/a topology topology.observed: primary g "
         "{role=primary,global_cluster=g}\n"
         "1 - db-cluster:2/us-west-1/b topology topology.observed: secondary g "
         "{role=secondary,global_cluster=g}\ntopology 3/3"},
        {"{\"DBClusters\":[{\"DBClusterIdentifier\":\"c\",\"Engine\":\"aurora-mysql\","
         "\"EngineVersion\":"
         "\"8.0.mysql_aurora.3.04.1\",\"Status\":\"upgrading\",\"MultiAZ\":true,\"Endpoint\":"
         "\"c.cluster-abc.us-east-2.rds.amazonaws.com\",\"DBClusterMembers\":["
         "{\"DBInstanceIdentifier\":\"i\",\"IsClusterWriter\":false},{\"DBInstanceIdentifier\":"
         "\"j\","
         "\"IsClusterWriter\":true}]}],\"DBInstances\":[\n{\"DBInstanceIdentifier\":\"i\","
         "\"DBInstanceClass\":\"db.r6g.large\",\"DBInstanceStatus\":\"available\",\"Endpoint\":{"
         "\"Address\":\"i.abc.us-east-2.rds.amazonaws.com\"},\"DBClusterIdentifier\":\"c\"},\n"
         "{\"DBInstanceIdentifier\":\"i\",\"DBSnapshotIdentifier\":\"s\",\"EngineVersion\":\"1\"}]"
         "}",
         "1 - db-cluster:/us-east-2/c topology topology.observed: aurora-mysql "
         "8.0.mysql_aurora.3.04.1 upgrading {engine=aurora-mysql,engine_version="
         "8.0.mysql_aurora.3.04.1,status=upgrading,endpoint=c.cluster-abc.us-east-2.rds.amazonaws."
         "com,"
         "multi_az=true}\n"
         "1 - db-instance:/us-east-2/i<c topology topology.observed: reader c "
         "{role=reader,cluster=c}\n"
         "1 - db-instance:/us-east-2/j<c topology topology.observed: writer c "
         "{role=writer,cluster=c}\n"
         "2 - db-instance:/us-east-2/i<c topology topology.observed: db.r6g.large available "
         "{class=db.r6g.large,cluster=c,status=available,endpoint=i.abc.us-east-2.rds.amazonaws."
         "com}\n"
         "topology 4/4"},
    };

    (void)state;
    CHECK(cases);
}

static void
reads_text_output(void **state)
{
    static const struct read_case cases[] = {
        {"$ aws rds describe-events --output text\n"
         "EVENTS\t2025-03-02T04:05:06.789000+00:00\tDB instance shutdown\t" ARN(
             "db",
             "i") "\ti\tdb-instance\r\n"
                  "EVENTCATEGORIES\tavailability\r\nEVENTCATEGORIES\tx\r\n"
                  "EVENTS\t2025-03-02T04:05:07+00:00\ttwo\n  lines\tand a tab\t\tc\tdb-cluster\n"
                  "EVENTS\t2025-03-02T04:05:08Z\tno arn\tg\tdb-parameter-group\n"
                  "EVENTS\tsoon\tm\ti\tdb-instance\n"
                  "EVENTS\t2025-03-02T04:05:09Z\tcut",
         "2 2025-03-02T04:05:06.789Z db-instance:210987654321/eu-west-3/i api instance.shutdown "
         "RDS-EVENT-0004: DB instance shutdown {categories=availability, x}\n"
         "5 2025-03-02T04:05:07.000Z+1000 db-cluster://c api unclassified: two\n  lines\tand a "
         "tab\n"
         "7 2025-03-02T04:05:08.000Z+1000 db-parameter-group://g api unclassified: no arn\n"
         "rds-events 3/3 8! a line of events without a date 9! a line of events that does not end "
         "with a source type"},
    };

    (void)state;
    CHECK(cases);
}

#define XML_EVENT(message)                                                                         \
    "<Event><Message>" message "</Message><SourceType>db-instance</SourceType>\n<EventCategories>" \
    "<EventCategory>a</EventCategory><EventCategory>b</EventCategory></EventCategories>"           \
    "<Date>2025-03-02T04:05:06.789Z</Date><SourceArn>" ARN(                                        \
        "db", "i") "</SourceArn>"                                                                  \
                   "<SourceIdentifier>i</SourceIdentifier></Event>\n"
#define XML_READ(line, message)                                                                    \
    line " 2025-03-02T04:05:06.789Z db-instance:210987654321/eu-west-3/i api "                     \
         "unclassified: " message " {categories=a, b}\n"
#define XML_HEAD                                                                                   \
    "<DescribeEventsResponse "                                                                     \
    "xmlns=\"http://rds.amazonaws.com/doc/2014-10-31/\"><DescribeEventsResult><Events>\n"
#define XML_TAIL "</Events></DescribeEventsResult></DescribeEventsResponse>\n"

static void
reads_xml(void **state)
{
    static const struct read_case cases[] = {
        {"<?xml version=\"1.0\"?>\n" XML_HEAD XML_EVENT("a &lt;b&gt; &amp; \xc3\xa9") XML_TAIL
         "$ curl x\n" XML_HEAD XML_EVENT("c") XML_TAIL,
         XML_READ("3", "a <b> & \xc3\xa9") XML_READ("8", "c") "rds-events 2/2"},
        /* cut at either end */
        {XML_EVENT("a") XML_EVENT("b") XML_TAIL,
         XML_READ("1", "a") XML_READ("3", "b") "rds-events 2/2"},
        {XML_HEAD XML_EVENT("a") "<Event><Message>b",
         XML_READ("2", "a") "rds-events 1/1 4! XML that is broken off"},
        /* damage costs one record */
        {XML_HEAD XML_EVENT("a & b") XML_EVENT("c") XML_TAIL,
         XML_READ("4", "c") "rds-events 1/1 2! XML that is damaged"},
        /* entities that grow */
        {"<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>\n" XML_HEAD XML_EVENT(
             "&b;") XML_EVENT("c") XML_TAIL,
         XML_READ(
             "5",
             "c") "rds-events 1/1 1! XML with a document type is not read 3! XML that is damaged"},
        {"<DescribeGlobalClustersResponse><DescribeGlobalClustersResult><GlobalClusters>"
         "<GlobalClusterMember><GlobalClusterIdentifier>g</"
         "GlobalClusterIdentifier><EngineVersion>1</EngineVersion>"
         "<GlobalClusterMembers><GlobalClusterMember><DBClusterArn>" ARN(
             "cluster",
             "c") "</DBClusterArn>"
                  "<Readers/><IsWriter>true</IsWriter></GlobalClusterMember></GlobalClusterMembers>"
                  "</GlobalClusterMember></GlobalClusters>",
         "1 - global-cluster://g topology topology.observed: 1 {engine_version=1}\n"
         "1 - db-cluster:210987654321/eu-west-3/c topology topology.observed: primary g "
         "{role=primary,global_cluster=g}\ntopology 2/2 1! XML that is broken off"},
    };

    (void)state;
    CHECK(cases);
}

/* Members of an element, picked by chance: the last byte of `text` is left open. */
static void
add_members(struct tl_buf *text, const char *const *members, size_t n, uint64_t *seed)
{
    for (size_t i = 0; i < 7; i++) {
        *seed = *seed * 6364136223846793005u + 1442695040888963407u;
        tl_buf_addf(text, "%s%s", i ? "," : "", members[(*seed >> 33) % n]);
    }
}

/* The same element read plainly, and as a tree: a comma too many makes the reader take that. */
static void
check_both_ways(struct tl_buf *text, const char *end)
{
    struct tl_buf plain, tree;
    size_t n = text->n;

    tl_buf_init(&plain, 1 << 16);
    tl_buf_init(&tree, 1 << 16);
    tl_buf_add(text, tl_str_from(end));
    read_all(tl_buf_str(text), TL_STR("rds-events"), &plain);
    text->n = n;
    tl_buf_add(text, TL_STR(","));
    tl_buf_add(text, tl_str_from(end));
    read_all(tl_buf_str(text), TL_STR("rds-events"), &tree);
    if (strcmp(plain.p, tree.p) != 0)
        fail_msg("%s\nplain: %s\ntree: %s", text->p, plain.p, tree.p);
    tl_buf_free(&plain);
    tl_buf_free(&tree);
    tl_buf_reset(text);
}

static void
plain_and_tree_agree(void **state)
{
    static const char *const members[] = {
        "\"Date\":\"2025-03-02T04:05:06.789Z\"",
        "\"Date\":\"2025-03-02T04:05:06+00:00\"",
        "\"Date\":null",
        "\"Message\":\"m \xc3\xa9\n x\"",
        "\"Message\":\"\"",
        "\"Message\":7",
        "\"SourceArn\":\"" ARN("db", "i") "\"",
        "\"SourceArn\":\"arn:aws:ec2:x\"",
        "\"SourceArn\":null",
        "\"Source\\u0041rn\":\"" ARN("db", "j") "\"",
        "\"SourceIdentifier\":\"i\"",
        "\"SourceIdentifier\":\"rds:i\"",
        "\"SourceType\":\"db-instance\"",
        "\"SourceType\":\"CLUSTER\"",
        "\"EventCategories\":[ ]",
        "\"EventCategories\":[ \"a b\" ]",
        "\"EventCategories\":[\"a\",\"b\"]",
        "\"EventCategories\":[1]",
        "\"EventCategories\":null",
        "\"EventID\":\"RDS-EVENT-0004\"",
        "\"EventID\":3",
        "\"Message\":\"again\"",
        "\"Other\":{\"x\":[1,-2.5e+3,0.1]}",
        "\"Other\":1.2.3",
        "\"Other\":-",
        "\"Other\":\"\\q\\u0000\"",
    };
    static const char *const around[] = {
        "\"source\":\"aws.rds\"",
        "\"source\":\"aws.ec2\"",
        "\"source\":\"mine\"",
        "\"id\":\"i\"",
        "\"id\":4",
        "\"region\":\"eu-west-3\"",
        "\"account\":\"2\"",
        "\"time\":\"2025-03-02T04:05:06Z\"",
        "\"source\":\"aws\\u002erds\"",
        "\"resources\":[\"" ARN("cluster", "c") "\"]",
        "\"version\":\"0\"",
        "\"region\":null",
    };
    static const char *const calls[] = {
        "\"eventSource\":\"ec2.amazonaws.com\"",
        "\"eventSource\":\"rds.amazonaws.com\"",
        "\"eventSource\":\"rds\\u002eamazonaws.com\"",
        "\"eventName\":\"RebootDBInstance\"",
        "\"eventTime\":\"2025-03-02T04:05:06Z\"",
        "\"awsRegion\":\"eu-west-3\"",
        "\"eventSource\":null",
    };
    struct tl_buf text;
    uint64_t seed = 7;

    (void)state;
    tl_buf_init(&text, 4096);
    for (int round = 0; round < 4000; round++) {
        tl_buf_add(&text, TL_STR("{"));
        add_members(&text, members, sizeof(members) / sizeof(members[0]), &seed);
        check_both_ways(&text, "}");
        tl_buf_add(&text,
                   TL_STR("{\"source\":\"aws.rds\",\"id\":\"i\",\"account\":\"3\",\"region\":"
                          "\"eu-west-3\","));
        if (round % 3 == 0)
            text.n = 1; /* without these */
        add_members(&text, around, sizeof(around) / sizeof(around[0]), &seed);
        tl_buf_add(&text, TL_STR(",\"detail-type\":\"RDS X\",\"detail\":{"));
        add_members(&text, members, sizeof(members) / sizeof(members[0]), &seed);
        tl_buf_add(&text, TL_STR("}"));
        check_both_ways(&text, "}");
        tl_buf_add(&text, TL_STR("{"));
        add_members(&text, calls, sizeof(calls) / sizeof(calls[0]), &seed);
        check_both_ways(&text, "}");
    }
    tl_buf_free(&text);
}

/* One element with a flood of members costs only what is too much of it. */
static void
bounds_what_one_element_gives(void **state)
{
    struct tl_buf text, b;

    (void)state;
    tl_buf_init(&text, 1 << 20);
    tl_buf_init(&b, 16 << 20);
    tl_buf_add(&text, TL_STR("{\"DBClusterIdentifier\":\"c\",\"DBClusterMembers\":["));
    for (int i = 0; i < 32000; i++)
        tl_buf_add(&text, TL_STR("{\"DBInstanceIdentifier\":\"a\"},"));
    tl_buf_add(&text, TL_STR("]}\n{\"DBClusterIdentifier\":\"d\",\"Status\":\"x\"}"));
    assert_int_equal(text.failed, TL_OK);
    read_all(tl_buf_str(&text), TL_STR("topology"), &b);
    assert_non_null(strstr(b.p, "topology 16385/16385 1! an object with more than 16384 events"));
    tl_buf_free(&text);
    tl_buf_free(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_describe_events),
        cmocka_unit_test(reads_eventbridge),
        cmocka_unit_test(reads_sns),
        cmocka_unit_test(reads_envelopes_in_logs),
        cmocka_unit_test(reads_cloudtrail),
        cmocka_unit_test(reads_topology),
        cmocka_unit_test(reads_text_output),
        cmocka_unit_test(reads_xml),
        cmocka_unit_test(plain_and_tree_agree),
        cmocka_unit_test(bounds_what_one_element_gives),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
