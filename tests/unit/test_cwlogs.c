/* CloudWatch Logs: a log in any wrapper tells what it tells without. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/names.h"
#include "parse/cw_messages.h"
#include "parse/cwlogs.h"

static struct tl_catalogue *catalogue;
static struct tl_zones *zones;

static int
set_up(void **state)
{
    const struct tl_str rules =
        TL_STR("[log.shutdown-requested]\nsource = pg\n"
               "match = ^received (?<mode>fast|smart) shutdown request$\n"
               "sample+ = received fast shutdown request\n"
               "[log.shutdown]\nsource = pg\nmatch = ^database system is shut down$\n"
               "sample+ = database system is shut down\n"
               "[log.ready]\nsource = pg\nmatch = ^database system is ready to accept\n"
               "sample+ = database system is ready to accept connections\n"
               "[log.started]\nsource = mysql\nmatch = ready for connections\\.\n"
               "sample+ = mysqld: ready for connections.\n"
               "[log.crash]\nsource = mysql\nmatch = ^mysqld got signal (?<signal>\\d+)\n"
               "sample+ = mysqld got signal 11 ;\n"
               "[log.odd]\nsource = pg\nmatch = ^several lines of .*end$\n"
               "sample+ = several lines of text at the end\n");

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

/* ---- reading ---- */

enum say { SAY_WHAT = 0, SAY_WHO = 1, SAY_LINE = 2, SAY_SOURCE = 4, SAY_FIRST = 8 };

static void
say_event(const struct tl_event *ev, unsigned say, struct tl_buf *b)
{
    if (say & SAY_LINE)
        tl_buf_addf(b, "%u ", ev->line);
    tl_time_print(b, ev->when.at);
    tl_buf_addf(b, "+%lld ", (long long)((ev->when.latest - ev->when.earliest) / TL_MS));
    if (say & SAY_WHO) {
        tl_buf_addf(b, "%.*s", TL_FMT(ev->who.id));
        if (ev->who.cluster.n > 0)
            tl_buf_addf(b, "<%.*s", TL_FMT(ev->who.cluster));
        if (ev->who.account.n > 0)
            tl_buf_addf(b, " %.*s", TL_FMT(ev->who.account));
        if (ev->who.label.n > 0)
            tl_buf_addf(b, " =%.*s", TL_FMT(ev->who.label));
        tl_buf_add(b, TL_STR(" "));
    }
    tl_buf_addf(b, "%.*s: %.*s\n", TL_FMT(ev->cls), TL_FMT(ev->message));
}

static void
say_source(const struct tl_source *src, unsigned say, struct tl_buf *b)
{
    if (say & SAY_SOURCE)
        tl_buf_addf(b, "%.*s ", TL_FMT(src->format));
    tl_buf_addf(b, "%llu/%llu", (unsigned long long)src->events, (unsigned long long)src->records);
    if ((say & SAY_FIRST) && src->first != TL_TIME_NONE) {
        tl_buf_add(b, TL_STR(" "));
        tl_time_print(b, src->first);
        tl_buf_add(b, TL_STR(" "));
        tl_time_print(b, src->last);
    }
    for (size_t i = 0; i < src->nodds; i++)
        tl_buf_addf(b, " %u! %.*s", src->odds[i].line, TL_FMT(src->odds[i].why));
}

static struct tl_source *
read_on(struct tl_reader *r, unsigned say, struct tl_buf *b)
{
    enum tl_item item = TL_ITEM_EVENT;
    struct tl_source *src = NULL;
    struct tl_event ev;

    while (item != TL_ITEM_END) {
        assert_int_equal(tl_reader_next(r, &item, &ev, &src, NULL), TL_OK);
        if (item == TL_ITEM_EVENT)
            say_event(&ev, say, b);
        if (item == TL_ITEM_EVENT)
            assert_int_equal(ev.channel, TL_CHANNEL_LOG);
    }
    say_source(src, say, b);
    return src;
}

static void
read_text(struct tl_str text, const char *as, unsigned say, struct tl_buf *b)
{
    struct tl_memory m = {text};
    struct tl_input in = {.name = TL_STR("in.json"),
                          .stream = tl_stream_memory(&m),
                          .hints = TL_HINTS_NONE,
                          .catalogue = catalogue,
                          .zones = zones};
    struct tl_reader *r = NULL;

    in.hints.format = tl_str_from(as);
    in.hints.forced = as != NULL;
    assert_int_equal(tl_reader_open(&in, &r, NULL), TL_OK);
    (void)read_on(r, say, b);
    tl_reader_close(r);
}

/* ---- wrappers ---- */

/* A message of a log, the wrapper's time of it in milliseconds, and its line there. */
struct piece {
    struct tl_str text;
    long long ms;
    unsigned n;
};

static void
put_json(struct tl_str s, struct tl_buf *b)
{
    tl_buf_add(b, TL_STR("\""));
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];

        if (c == '"' || c == '\\')
            tl_buf_addf(b, "\\%c", c);
        else if (c == '\n')
            tl_buf_add(b, TL_STR("\\n"));
        else if (c < 0x20 || c == '/')
            tl_buf_addf(b, "\\u%04x", c);
        else
            tl_buf_add(b, (struct tl_str){s.p + i, 1});
    }
    tl_buf_add(b, TL_STR("\""));
}

static void
put_iso(const struct piece *p, const char *zone, int digits, struct tl_buf *b)
{
    struct tl_buf t;

    tl_buf_init(&t, 64);
    tl_time_print(&t, (tl_time)p->ms * TL_MS);
    tl_buf_add(b, (struct tl_str){t.p, 19});
    if (digits > 0)
        tl_buf_addf(b, "%.4s%.*s", t.p + 19, digits - 3, "000000");
    tl_buf_addf(b, "%s ", zone);
    tl_buf_free(&t);
}

typedef void put_fn(const struct piece *p, struct tl_buf *b);

static void
put_event(const struct piece *p, struct tl_buf *b)
{
    tl_buf_addf(b, "%s{\"logStreamName\": \"shop-1.0\", \"timestamp\": %lld, \"message\": ",
                p->n > 0 ? ",\n" : "", p->ms);
    put_json(p->text, b);
    tl_buf_addf(b, ", \"ingestionTime\": %lld, \"eventId\": \"%056u\"}", p->ms + 400, p->n);
}

static void
put_plain_event(const struct piece *p, struct tl_buf *b)
{
    tl_buf_addf(b, "%s{\"ingestionTime\":%lld,\"message\":", p->n > 0 ? "," : "", p->ms + 400);
    put_json(p->text, b);
    tl_buf_addf(b, ",\"timestamp\":%lld}", p->ms);
}

#define GROUP "/aws/rds/cluster/shop/postgresql"

static void
put_record(const struct piece *p, struct tl_buf *b)
{
    tl_buf_addf(b,
                "{\"messageType\":\"DATA_MESSAGE\",\"owner\":\"210987654321\",\"logGroup\":\"" GROUP
                "\",\"logStream\":\"shop-1.0\",\"subscriptionFilters\":[\"f\"],\"logEvents\":"
                "[{\"id\":\"%u\",\"timestamp\":%lld,\"message\":",
                p->n, p->ms);
    put_json(p->text, b);
    tl_buf_add(b, TL_STR("}]}"));
}

static void
put_sorted_record(const struct piece *p, struct tl_buf *b)
{
    tl_buf_addf(b, "{\n \"logEvents\": [\n  {\n   \"id\": \"%u\",\n   \"message\": ", p->n);
    put_json(p->text, b);
    tl_buf_addf(b,
                ",\n   \"timestamp\": %lld\n  }\n ],\n \"logGroup\": \"" GROUP
                "\",\n \"logStream\": \"shop-1.0\",\n \"messageType\": \"DATA_MESSAGE\",\n"
                " \"owner\": \"210987654321\"\n}\n",
                p->ms);
}

static void
put_row(const struct piece *p, struct tl_buf *b)
{
    tl_buf_addf(b, "%s[{\"field\":\"@timestamp\",\"value\":\"%lld\"},", p->n > 0 ? "," : "", p->ms);
    tl_buf_add(b, TL_STR("{\"field\":\"@message\",\"value\":"));
    put_json(p->text, b);
    tl_buf_add(b, TL_STR("},{\"field\":\"@logStream\",\"value\":\"shop-1.0\"},{\"field\":\"@log\","
                         "\"value\":\"210987654321:" GROUP "\"},{\"field\":\"@ptr\",\"value\":"
                         "\"CmEK\"}]"));
}

static void
put_download(const struct piece *p, struct tl_buf *b)
{
    tl_buf_addf(b, "%s{\"@timestamp\":\"%lld\",\"@log\":\"210987654321:" GROUP "\",\"@message\":",
                p->n > 0 ? ",\n" : "", p->ms);
    put_json(p->text, b);
    tl_buf_add(b, TL_STR(",\"@logStream\":\"shop-1.0\"}"));
}

static void
put_quoted(struct tl_str s, struct tl_buf *b)
{
    tl_buf_add(b, TL_STR("\""));
    for (size_t i = 0; i < s.n; i++) {
        tl_buf_add(b, (struct tl_str){s.p + i, 1});
        if (s.p[i] == '"')
            tl_buf_add(b, TL_STR("\""));
    }
    tl_buf_add(b, TL_STR("\""));
}

static void
put_csv_row(const struct piece *p, struct tl_buf *b)
{
    put_iso(p, "", 6, b);
    b->p[b->n - 1] = ',';
    put_quoted(p->text, b);
    tl_buf_add(b, TL_STR(",shop-1.0,\"210987654321:" GROUP "\"\n"));
}

static void
put_csv(const struct piece *p, struct tl_buf *b)
{
    tl_buf_addf(b, "%lld,", p->ms);
    put_quoted(p->text, b);
    tl_buf_add(b, TL_STR("\r\n"));
}

static void
put_export(const struct piece *p, struct tl_buf *b)
{
    put_iso(p, "Z", 3, b);
    tl_buf_addf(b, "%.*s\n", TL_FMT(p->text));
}

static void
put_export_crlf(const struct piece *p, struct tl_buf *b)
{
    struct tl_str rest = p->text, line;

    put_iso(p, "Z", 3, b);
    while (tl_str_line(&rest, &line))
        tl_buf_addf(b, "%.*s\r\n", TL_FMT(line));
}

static void
put_console(const struct piece *p, struct tl_buf *b)
{
    put_iso(p, "+00:00", 3, b);
    tl_buf_addf(b, "%.*s\n", TL_FMT(p->text));
}

static void
put_tail(const struct piece *p, struct tl_buf *b)
{
    put_iso(p, "+00:00", 6, b);
    tl_buf_addf(b, "shop-1.0 %.*s\n", TL_FMT(p->text));
}

static void
put_coloured_tail(const struct piece *p, struct tl_buf *b)
{
    tl_buf_add(b, TL_STR("\x1b[32m"));
    put_iso(p, "+00:00", 6, b);
    b->n--;
    tl_buf_addf(b, "\x1b[0m \x1b[36mshop-1.0\x1b[0m %.*s\n", TL_FMT(p->text));
}

static void
put_short_tail(const struct piece *p, struct tl_buf *b)
{
    put_iso(p, "", 0, b);
    tl_buf_addf(b, "%.*s\n", TL_FMT(p->text));
}

static void
put_columns(const struct piece *p, struct tl_buf *b)
{
    tl_buf_addf(b, "EVENTS\t%056u\t%lld\tshop-1.0\t%.*s\t%lld\n", p->n, p->ms + 400,
                TL_FMT(p->text), p->ms);
}

static void
put_few_columns(const struct piece *p, struct tl_buf *b)
{
    tl_buf_addf(b, "EVENTS\t%lld\t%.*s\t%lld\n", p->ms + 400, TL_FMT(p->text), p->ms);
}

static void
put_epoch(const struct piece *p, struct tl_buf *b)
{
    tl_buf_addf(b, "%lld\t%.*s\n", p->ms, TL_FMT(p->text));
}

static void
put_grouped(const struct piece *p, struct tl_buf *b)
{
    tl_buf_addf(b, GROUP " shop-1.0 %.*s\n", TL_FMT(p->text));
}

static void
put_data(const struct piece *p, struct tl_buf *b)
{
    struct tl_buf line;

    tl_buf_init(&line, 1 << 20);
    tl_buf_addf(&line, "%.*s\n", TL_FMT(p->text));
    tl_buf_add(b, TL_STR("{\n    \"LogFileData\": "));
    put_json(tl_buf_str(&line), b);
    tl_buf_addf(b, ",\n    \"Marker\": \"9:%u\",\n    \"AdditionalDataPending\": true\n}\n", p->n);
    tl_buf_free(&line);
}

static void
put_xml(const struct piece *p, struct tl_buf *b)
{
    tl_buf_add(b, TL_STR("<DownloadDBLogFilePortionResponse><DownloadDBLogFilePortionResult>\n"
                         "<AdditionalDataPending>false</AdditionalDataPending><Marker>1</Marker>"
                         "<LogFileData>"));
    for (size_t i = 0; i < p->text.n; i++) {
        char c = p->text.p[i];

        if (c == '<' || c == '&')
            tl_buf_add(b, c == '<' ? TL_STR("&lt;") : TL_STR("&amp;"));
        else
            tl_buf_add(b, (struct tl_str){&p->text.p[i], 1});
    }
    tl_buf_add(b, TL_STR("</LogFileData></DownloadDBLogFilePortionResult>"
                         "</DownloadDBLogFilePortionResponse>"));
}

struct wrapper {
    const char *name, *before;
    put_fn *put;
    const char *after;
    bool by_line; /* a piece may be a line of a record */
};
static const struct wrapper wrappers[] = {
    {"filter-log-events", "{\"events\": [", put_event,
     "],\n\"searchedLogStreams\": [{\"logStreamName\": \"shop-1.0\", \"searchedCompletely\": "
     "true}],\"nextToken\": \"x\"}\n",
     true},
    {"get-log-events", "$ aws logs get-log-events\n{\"events\":[", put_plain_event,
     "],\"nextForwardToken\":\"f/1\",\"nextBackwardToken\":\"b/1\"}", true},
    {"subscription", "", put_record, "", true},
    {"sorted subscription", "", put_sorted_record, "", true},
    {"download of a query", "[\n", put_download, "\n]\n", true},
    {"CSV of a query", "@timestamp,@message,@logStream,@log\n", put_csv_row, "", true},
    {"CSV of a search", "\"timestamp\",\"message\"\r\n", put_csv, "", true},
    {"get-query-results", "{\"results\":[", put_row,
     "],\"statistics\":{\"recordsMatched\":1.0},\"status\":\"Complete\"}", true},
    {"export", "", put_export, "", true},
    {"export with CRLF", "", put_export_crlf, "", true},
    {"console", "", put_console, "", true},
    {"tail", "", put_tail, "", true},
    {"tail in colour", "", put_coloured_tail, "", true},
    {"tail --format short", "", put_short_tail, "", true},
    {"filter-log-events --output text", "", put_columns, "SEARCHEDLOGSTREAMS\tTrue\tshop-1.0\n",
     true},
    {"get-log-events --output text", "b/1\tf/1\n", put_few_columns, "", true},
    {"epoch", "", put_epoch, "", true},
    {"group and stream", "", put_grouped, "", true},
    {"download-db-log-file-portion", "$ aws rds download-db-log-file-portion\n", put_data, "",
     true},
    {"DownloadDBLogFilePortion", "", put_xml, "", true},
};

struct plain_log {
    const char *format, *text;
    const char *begins[2]; /* what only first lines of records hold */
};
static const struct plain_log logs[] = {
    {"pg-stderr",
     "2025-03-02 04:05:00 UTC::@:[400]:LOG:  checkpoint starting: time\n"
     "2025-03-02 04:05:06 UTC::@:[400]:LOG:  received fast shutdown request\n"
     "2025-03-02 04:05:07 UTC:10.0.0.7(4712):app@shop:[513]:ERROR:  error at \"x\" & <\\y>\n"
     "2025-03-02 04:05:07 UTC:10.0.0.7(4712):app@shop:[513]:STATEMENT:  SELECT '/',\n"
     "\t2\n"
     "2025-03-02 04:05:08 UTC::@:[400]:LOG:  database system is shut down\n"
     "2025-03-02 04:05:09 UTC::@:[400]:LOG:  several lines\n"
     "\tof text\n"
     "\tto the end\n"
     "2025-03-02 04:05:31 UTC::@:[900]:LOG:  database system is ready to accept connections\n",
     {" UTC:", " UTC:"}},
    {"pg-csvlog",
     "2025-03-02 04:05:06.100 UTC,,,400,,67c3d8a0.190,2,,2025-03-02 04:00:00 UTC,,0,LOG,00000,"
     "\"received fast shutdown request\",,,,,,,,,\"\",\"postmaster\",,0\n"
     "2025-03-02 04:05:07.200 UTC,\"app\",\"shop\",513,\"10.0.0.7:4712\",67c3d8a0.201,3,\"SELECT\","
     "2025-03-02 04:00:00 UTC,3/9,0,ERROR,42601,\"error at \"\"x\"\"\",,,,,,\"SELECT '/',\n"
     "2\",8,,\"psql\",\"client backend\",,0\n"
     "2025-03-02 04:05:08.300 UTC,,,400,,67c3d8a0.190,3,,2025-03-02 04:00:00 UTC,,0,LOG,00000,"
     "\"database system is shut down\",,,,,,,,,\"\",\"postmaster\",,0\n",
     {" UTC,", " UTC,"}},
    {"pg-jsonlog",
     "{\"timestamp\":\"2025-03-02 04:05:06.100 UTC\",\"pid\":400,\"session_id\":\"67c3d8a0.190\","
     "\"error_severity\":\"LOG\",\"message\":\"received fast shutdown request\",\"backend_type\":"
     "\"postmaster\",\"query_id\":0}\n"
     "{\"timestamp\":\"2025-03-02 04:05:08.300 UTC\",\"pid\":400,\"session_id\":\"67c3d8a0.190\","
     "\"error_severity\":\"LOG\",\"message\":\"database system is shut down\",\"backend_type\":"
     "\"postmaster\",\"query_id\":0}\n",
     {"{", "{"}},
    {"mysql-error",
     "2025-03-02T04:05:06.100001Z 0 [System] [MY-013169] [Server] /rdsdbbin/mysqld starting as "
     "process 400\n"
     "2025-03-02T04:05:07.200002Z 0 [Note] [MY-010000] [Server] one \"q\"\n"
     "and two\n"
     "04:05:07 UTC - mysqld got signal 11 ;\n"
     "This could be because you hit a bug.\n"
     "2025-03-02T04:05:08.300003Z 0 [System] [MY-010931] [Server] mysqld: ready for connections. "
     "Version: '8.0.39'  socket: '/tmp/mysql.sock'  port: 3306\n",
     {"Z 0 [", "UTC - "}},
};

/* Does a record begin at the front of a log's text? */
static bool
begins_record(const struct plain_log *log, struct tl_str text)
{
    struct tl_str line = {"", 0};

    (void)tl_str_line(&text, &line);
    return tl_str_find(line, tl_str_from(log->begins[0])) != SIZE_MAX ||
           tl_str_find(line, tl_str_from(log->begins[1])) != SIZE_MAX;
}

static void
wrap(const struct wrapper *w, const struct plain_log *log, bool by_line, struct tl_buf *b)
{
    struct tl_str rest = tl_str_from(log->text), line;
    struct piece p = {.text = {"", 0}, .ms = 1740888300123};

    tl_buf_add(b, tl_str_from(w->before));
    while (tl_str_line(&rest, &line)) {
        p.text = p.text.n > 0 ? (struct tl_str){p.text.p, p.text.n + 1 + line.n} : line;
        if (!by_line && rest.n > 0 && !begins_record(log, rest))
            continue;
        w->put(&p, b);
        p.n++;
        p.ms += 1000;
        p.text.n = 0;
    }
    tl_buf_add(b, tl_str_from(w->after));
}

static void
reads_the_log_in_any_wrapper(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(logs) / sizeof(logs[0]); i++) {
        struct tl_buf want;

        tl_buf_init(&want, 1 << 20);
        read_text(tl_str_from(logs[i].text), NULL, SAY_FIRST, &want);
        for (size_t k = 0; k < 2 * sizeof(wrappers) / sizeof(wrappers[0]); k++) {
            const struct wrapper *w = &wrappers[k / 2];
            struct tl_buf text, got;

            if (k % 2 == 1 && !w->by_line)
                continue;
            tl_buf_init(&text, 1 << 20);
            tl_buf_init(&got, 1 << 20);
            wrap(w, &logs[i], k % 2 == 1, &text);
            read_text(tl_buf_str(&text), NULL, SAY_FIRST, &got);
            if (strcmp(got.p, want.p) != 0)
                fail_msg("%s in %s%s gives:\n%s\nnot:\n%s", logs[i].format, w->name,
                         k % 2 ? " by lines" : "", got.p, want.p);
            tl_buf_reset(&got);
            read_text(tl_buf_str(&text), NULL, SAY_SOURCE, &got);
            if (!strstr(got.p, "\ncwlogs "))
                fail_msg("%s is not seen: %s", w->name, got.p);
            tl_buf_free(&text);
            tl_buf_free(&got);
        }
        tl_buf_free(&want);
    }
}

/* ---- single cases ---- */

struct read_case {
    const char *text, *want;
};

static void
check(const struct read_case *cases, size_t n, unsigned say)
{
    for (size_t i = 0; i < n; i++) {
        struct tl_buf b;

        tl_buf_init(&b, 1 << 20);
        read_text(tl_str_from(cases[i].text), NULL, say, &b);
        if (strcmp(b.p, cases[i].want) != 0)
            fail_msg("case %zu gives:\n%s\nnot:\n%s", i, b.p, cases[i].want);
        tl_buf_free(&b);
    }
}
#define CHECK(cases, say) check(cases, sizeof(cases) / sizeof((cases)[0]), say)

#define EV(stream, ms, text)                                                                       \
    "{\"logStreamName\":\"" stream "\",\"timestamp\":" ms ",\"message\":\"" text                   \
    "\",\"eventId\":\"1\"}"
#define BATCH(type, group, stream, events)                                                         \
    "{\"messageType\":\"" type "\",\"owner\":\"210987654321\",\"logGroup\":\"" group               \
    "\",\"logStream\":\"" stream "\",\"logEvents\":[" events "]}"
#define SHUT "UTC::@:[9]:LOG:  database system is shut down"
#define FAST "UTC::@:[9]:LOG:  received fast shutdown request"

static void
knows_whose_log_it_is(void **state)
{
    static const struct read_case cases[] = {
        /* two instances in one answer, out of order */
        {"{\"events\":[" EV("shop-1.0", "1740888307000", "2025-03-02 04:05:07 " FAST) ",\n" EV(
             "shop-2.0", "1740888306000",
             "2025-03-02 04:05:06 " SHUT) ",\n" EV("shop-1.0", "1740888308000",
                                                   "2025-03-02 04:05:08 " SHUT) "]}",
         "1 2025-03-02T04:05:07.000Z+1000 shop-1 log.shutdown-requested: "
         "received fast shutdown request\n"
         "2 2025-03-02T04:05:06.000Z+1000 shop-2 log.shutdown: database system is shut down\n"
         "3 2025-03-02T04:05:08.000Z+1000 shop-1 log.shutdown: database system is shut down\n"
         "3/3"},
        /* a cluster's group, an instance's, and what are not logs of errors */
        {BATCH("CONTROL_MESSAGE", "", "", EV("", "1", "CWL CONTROL MESSAGE: Checking health"))
             BATCH("DATA_MESSAGE", GROUP, "shop-1.0",
                   EV("", "1740888308000", "2025-03-02 04:05:08 " SHUT))
                 BATCH("DATA_MESSAGE", "/aws/rds/instance/lone/postgresql", "lone.0",
                       EV("", "1740888308000", "2025-03-02 04:05:09 " SHUT))
                     BATCH("DATA_MESSAGE", "/aws/rds/cluster/shop/slowquery", "shop-1",
                           EV("", "1740888308000", "2025-03-02 04:05:09 " SHUT)),
         "1 2025-03-02T04:05:08.000Z+1000 shop-1<shop 210987654321 log.shutdown: "
         "database system is shut down\n"
         "1 2025-03-02T04:05:09.000Z+1000 lone 210987654321 log.shutdown: "
         "database system is shut down\n"
         "2/3"},
        /* nobody is named */
        {"{\"events\":[{\"timestamp\":1740888308000,\"message\":\"2025-03-02 04:05:08 " SHUT
         "\",\"ingestionTime\":1740888308000}]}",
         "1 2025-03-02T04:05:08.000Z+1000  =in log.shutdown: database system is shut down\n1/1"},
        /* the command names it */
        {"$ aws logs get-log-events --log-group-name " GROUP " --log-stream-name shop-3.0\n"
         "{\"events\":[{\"timestamp\":1740888308000,\"message\":\"2025-03-02 04:05:08 " SHUT
         "\",\"ingestionTime\":1740888308000}]}",
         "2 2025-03-02T04:05:08.000Z+1000 shop-3<shop log.shutdown: "
         "database system is shut down\n1/1"},
        {"2025-03-02T04:05:08.120000+00:00 shop-1.0 2025-03-02 04:05:08 " SHUT "\n"
         "2025-03-02T04:05:08+00:00 shop-2.0 2025-03-02 04:05:09 " SHUT "\n",
         "1 2025-03-02T04:05:08.000Z+1000 shop-1 log.shutdown: database system is shut down\n"
         "2 2025-03-02T04:05:09.000Z+1000 shop-2 log.shutdown: database system is shut down\n"
         "2/2"},
        {GROUP " shop-1.0 2025-03-02 04:05:08 " SHUT "\n" GROUP
               " shop-2.0 2025-03-02 04:05:09 " FAST "\n",
         "1 2025-03-02T04:05:08.000Z+1000 shop-1<shop log.shutdown: database system is shut down\n"
         "2 2025-03-02T04:05:09.000Z+1000 shop-2<shop log.shutdown-requested: "
         "received fast shutdown request\n2/2"},
        {"@timestamp,@log,@message,@logStream\n2025-03-02 04:05:08.123,210987654321:" GROUP
         ",2025-03-02 04:05:08 " SHUT ",shop-1.0\n"
         "2025-03-02 04:05:09.123,210987654321:" GROUP ",\"several\nlines\",shop-1.0\n"
         "2025-03-02 04:05:09.123,,\"2025-03-02 04:05:09 " FAST "\",",
         "2 2025-03-02T04:05:08.000Z+1000 shop-1<shop 210987654321 log.shutdown: "
         "database system is shut down\n"
         "5 2025-03-02T04:05:09.000Z+1000 <shop 210987654321 =- log.shutdown-requested: "
         "received fast shutdown request\n2/2"},
        /* a quote that nothing closes */
        {"timestamp,message\n1740888308123,2025-03-02 04:05:08 " SHUT "\n1740888309123,\"x\n"
         "1740888309123,2025-03-02 04:05:09 " FAST,
         "2 2025-03-02T04:05:08.000Z+1000  =in log.shutdown: database system is shut down\n"
         "4 2025-03-02T04:05:09.000Z+1000  =in log.shutdown-requested: "
         "received fast shutdown request\n2/2"},
        /* among words: blocks of a document */
        {"# What happened on Sunday\n\nThe upgrade of the shop took longer than we had hoped for, "
         "and this is what we found:\n\n```\n$ aws logs tail " GROUP "\n"
         "2025-03-02T04:05:08.120000+00:00 shop-1.0 2025-03-02 04:05:08 " SHUT "\n```\n"
         "And the same of the other one, as somebody had kept it:\n\n```json\n{\"events\":[" EV(
             "shop-2.0", "1740888307000", "2025-03-02 04:05:09 " SHUT) "]}\n```\n",
         "7 2025-03-02T04:05:08.000Z+1000 shop-1<shop log.shutdown: database system is shut down\n"
         "12 2025-03-02T04:05:09.000Z+1000 shop-2 log.shutdown: database system is shut down\n"
         "2/2"},
    };

    (void)state;
    CHECK(cases, SAY_WHO | SAY_LINE);
}

static void
takes_the_time_from_the_line(void **state)
{
    static const struct read_case cases[] = {
        {"{\"events\":[" EV("s-1", "\"12345\"", "2025-03-02 04:05:08 " SHUT) "]}",
         "2025-03-02T04:05:08.000Z+1000 log.shutdown: database system is shut down\n1/1"},
        {"{\"events\":[" EV("s-1", "1740888399000", "2025-03-02 04:05:08.120 " SHUT) "]}",
         "2025-03-02T04:05:08.120Z+1 log.shutdown: database system is shut down\n1/1"},
        /* lines without times of their own */
        {"{\"events\":[" EV("s-1", "1740888308123", "LOG:  database system is shut down") ",\n" EV(
             "s-1", "\"1740888331456\"",
             "LOG:  database system is ready to accept connections") "]}",
         "2025-03-02T04:05:08.123Z+1 log.shutdown: database system is shut down\n"
         "2025-03-02T04:05:31.456Z+1 log.ready: database system is ready to accept connections\n"
         "2/2"},
        {"{\"events\":[" EV("s-1", "12345", "LOG:  database system is shut down") ",\n" EV(
             "s-1", "1740888331456", "LOG:  database system is ready to accept connections") "]}",
         "2025-03-02T04:05:31.456Z+1 log.ready: database system is ready to accept connections\n"
         "1/2 1! a record without a time"},
        {"2025-03-02T04:05:08.123Z LOG:  database system is shut down\n"
         "2025-03-02T04:05:31.456Z LOG:  database system is ready to accept connections\n",
         "2025-03-02T04:05:08.123Z+1 log.shutdown: database system is shut down\n"
         "2025-03-02T04:05:31.456Z+1 log.ready: database system is ready to accept connections\n"
         "2/2"},
    };

    (void)state;
    CHECK(cases, SAY_WHAT);
}

static void
is_not_led_astray(void **state)
{
    static const struct read_case cases[] = {
        {"{\"events\": [], \"searchedLogStreams\": []}", "cwlogs 0/0"},
        {"{\"events\":[" EV("s-1", "1740888308123", "START RequestId: 1") "]}",
         "cwlogs 0/1 1! messages of CloudWatch Logs, but of no log that is known"},
        /* a message that only its group tells from others */
        {BATCH("DATA_MESSAGE", GROUP, "shop-1.0",
               EV("", "1740888308000", "2025-03-02 04:05:08 UTC::@:[9]:LOG:  checkpoint starting")),
         "cwlogs 0/1"},
        {BATCH("DATA_MESSAGE", "/aws/rds/instance/shop/error", "shop",
               EV("", "1740888308000", "spid5s      Starting up database")),
         "cwlogs 0/0 1! messages of CloudWatch Logs, but none begins a record of a log"},
        {BATCH("DATA_MESSAGE", "/ecs/web", "web/1",
               EV("", "1740888308000", "2025-03-02 04:05:08 GET /")),
         "cwlogs 0/1 1! messages of CloudWatch Logs, but of no log that is known"},
        /* a line of a PostgreSQL log as JSON is no message of CloudWatch Logs */
        {"{\"timestamp\":\"2025-03-02 04:05:08.120 "
         "UTC\",\"pid\":9,\"error_severity\":\"LOG\","
         "\"message\":\"database system is shut down\",\"backend_type\":\"postmaster\"}\n",
         "2025-03-02T04:05:08.120Z+1 log.shutdown: database system is shut "
         "down\npg-jsonlog 1/1"},
        /* cut off */
        {"{\"events\":[" EV("s-1", "1740888308000", "2025-03-02 04:05:08 " SHUT) ",\n{\"mess",
         "2025-03-02T04:05:08.000Z+1000 log.shutdown: database system is shut down\n"
         "cwlogs 1/1 2! an object that is never closed"},
        {"{\"LogFileData\": \"2025-03-02 04:05:08 " SHUT "\\n2025-03-02 04:05:09 UTC::@:[9]:LO",
         "2025-03-02T04:05:08.000Z+1000 log.shutdown: database system is shut down\n"
         "cwlogs 1/1 2! it begins like a record of pg-stderr, but is damaged or cut 1! LogFileData "
         "is "
         "broken off"},
        {"{\"LogFileData\": \"Permission Check\", \"Marker\": \"0\"}",
         "cwlogs 0/0 1! an answer of download-db-log-file-portion, but of no log that is "
         "known"},
        /* a zone that is not certain: one sentence */
        {"{\"events\":[" EV("s-1", "1740888308000",
                            "2025-03-02 04:05:08 CST [9] LOG:  database system is shut "
                            "down") "," EV("s-1", "1740888308000",
                                           "2025-03-02 04:05:08 CST [9] LOG:  database "
                                           "system is shut down") "]}",
         "cwlogs 0/0 1! the zone CST has several offsets: give the one meant with --as "
         "FORMAT,tz=ZONE or --input-tz ZONE"},
    };

    (void)state;
    CHECK(cases, SAY_SOURCE);
}

/* ---- texts ---- */

static void
reads_escapes(void **state)
{
    static const struct {
        const char *text, *want;
        size_t left; /* bytes that are an escape without its end */
    } cases[] = {
        {"", "", 0},
        {"plain", "plain", 0},
        {"a\\\"b\\\\c\\/d", "a\"b\\c/d", 0},
        {"\\b\\f\\n\\r\\t", "\b\f\n\r\t", 0},
        {"\\u0041\\u00e9\\u20ac", "A\xc3\xa9\xe2\x82\xac", 0},
        {"\\ud83d\\ude00", "\xf0\x9f\x98\x80", 0},
        {"\\ud83dx", "\xef\xbf\xbdx", 0},
        {"\\ude00", "\xef\xbf\xbd", 0},
        {"\\ud83d\\u0041",
         "\xef\xbf\xbd"
         "A",
         0},
        {"\\q\\uzz00", "quzz00", 0},
        {"a\\", "a", 1},
        {"a\\u00", "a", 4},
        {"a\\ud83d\\ude", "a", 10},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct tl_str text = tl_str_from(cases[i].text);
        char out[64];
        size_t used, n = cw_unescape(text, out, &used);

        assert_true(tl_str_eq((struct tl_str){out, n}, tl_str_from(cases[i].want)));
        assert_int_equal(text.n - used, cases[i].left);
    }
}

/* Portions that fit nowhere: cut within a record, within an escape, at the end of a file. */
static void
joins_portions(void **state)
{
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"{\"LogFileData\": \"one\\ntw\", \"Marker\": \"1\", \"AdditionalDataPending\": true}\n"
         "{\"LogFileData\": \"o\\n\", \"AdditionalDataPending\": false}",
         "one\ntwo\n"},
        {"{\"LogFileData\": \"one\", \"AdditionalDataPending\": false}{\"LogFileData\": \"two\"}",
         "one\ntwo"},
        {"{\"AdditionalDataPending\": true, \"LogFileData\" : \"a\\u20acb\\\"c\"}", "a\xe2\x82\xac"
                                                                                    "b\"c"},
        {"<LogFileData>a &lt;b&gt; &amp;amp; &#39;&x;</LogFileData>", "a <b> &amp; '&x;"},
        {"<LogFileData>a</LogFileData> <AdditionalDataPending>true</AdditionalDataPending>"
         "<LogFileData>b</LogFileData>",
         "ab"},
        {"{\"LogFileData\": \"\"}", ""},
        {"{\"LogFileData\": null}", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        for (size_t cap = 1; cap < 100; cap += 7) {
            struct tl_memory m = {tl_str_from(cases[i].text)};
            struct tl_reader r = {.in = {.name = TL_STR("in")}};
            struct cw_portion *p;
            char out[256];
            size_t n = 0, got;

            tl_arena_init(&r.arena, 1 << 20);
            feed_init(&r.feed, tl_stream_memory(&m));
            p = cw_portion_open(&r);
            assert_non_null(p);
            while ((got = feed_read(&r.feed, out + n, cap)) > 0)
                n += got;
            out[n] = '\0';
            assert_string_equal(out, cases[i].want);
            assert_false(cw_portion_cut(p));
            cw_portion_close(p);
            feed_free(&r.feed);
            tl_arena_free(&r.arena);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_log_in_any_wrapper),
        cmocka_unit_test(knows_whose_log_it_is),
        cmocka_unit_test(takes_the_time_from_the_line),
        cmocka_unit_test(is_not_led_astray),
        cmocka_unit_test(reads_escapes),
        cmocka_unit_test(joins_portions),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
