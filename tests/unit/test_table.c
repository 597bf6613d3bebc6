#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "core/names.h"
#include "parse/builtin.h"
#include "parse/table_parts.h"

struct world {
    struct tl_catalogue *catalogue;
    struct tl_zones *zones;
};

static int
open_world(void **state)
{
    static struct world w;

    for (const struct tl_builtin_rules *b = tl_builtin_rules; b->name; b++) {
        struct tl_str name = tl_str_from(b->name), text = {b->text, b->n};

        assert_int_equal(w.catalogue ? tl_catalogue_add(w.catalogue, name, text, NULL)
                                     : tl_catalogue_load(name, text, &w.catalogue, NULL),
                         TL_OK);
    }
    w.zones = tl_zones_new(TL_STR("/usr/share/zoneinfo"));
    *state = &w;
    return w.zones ? 0 : -1;
}

static int
close_world(void **state)
{
    struct world *w = *state;

    tl_zones_free(w->zones);
    tl_catalogue_free(w->catalogue);
    return 0;
}

static void
add_part(struct tl_buf *b, struct tl_str s, char end)
{
    tl_buf_add(b, s.n ? s : TL_STR("-"));
    tl_buf_add(b, (struct tl_str){&end, 1});
}

/* "LINE TIME+SECONDS kind/region/id <label> message [id] {categories}": what a row says. */
static void
print_event(struct tl_buf *b, const struct tl_event *ev)
{
    struct tl_str categories = tl_event_text(ev, TL_STR("categories"));

    tl_buf_addf(b, "%u ", ev->line);
    tl_time_print(b, ev->when.earliest);
    b->n -= 1; /* the Z */
    tl_buf_addf(b, "+%g ", (int)((ev->when.latest - ev->when.earliest) / TL_MS) / 1000.0);
    add_part(b, tl_kind_name(ev->who.kind), '/');
    add_part(b, ev->who.region, '/');
    add_part(b, ev->who.id, ' ');
    tl_buf_addf(b, "<%.*s> ", TL_FMT(ev->who.label));
    tl_buf_add(b, ev->message);
    if (tl_str_eq(ev->cls, TL_STR("unclassified")))
        tl_buf_add(b, TL_STR(" (unclassified)"));
    if (categories.n > 0)
        tl_buf_addf(b, " {%.*s}", TL_FMT(categories));
    if (ev->block > 0)
        tl_buf_addf(b, " block %u", ev->block);
    tl_buf_add(b, TL_STR("\n"));
}

/* All that an input gives, one line a row, then what was odd. `as`: NULL, or the text of --as. */
static void
read_all(struct world *w, const char *as, struct tl_str text, struct tl_buf *out)
{
    struct tl_memory m = {text};
    struct tl_input in = {.name = TL_STR("t"),
                          .stream = tl_stream_memory(&m),
                          .hints = TL_HINTS_NONE,
                          .catalogue = w->catalogue,
                          .zones = w->zones};
    struct tl_error err;
    struct tl_reader *r;
    struct tl_source *src = NULL;
    struct tl_event ev;
    enum tl_item item = TL_ITEM_EVENT;

    if (as)
        assert_int_equal(tl_hints_read(tl_str_from(as), w->zones, &in.hints, &err), TL_OK);
    in.hints.forced = as != NULL;
    tl_buf_reset(out);
    assert_int_equal(tl_reader_open(&in, &r, &err), TL_OK);
    if (!tl_str_eq(tl_reader_format(r), TL_STR("change-table"))) {
        tl_buf_addf(out, "format %.*s\n", TL_FMT(tl_reader_format(r)));
        tl_reader_close(r);
        return;
    }
    while (item != TL_ITEM_END) {
        assert_int_equal(tl_reader_next(r, &item, &ev, &src, &err), TL_OK);
        if (item == TL_ITEM_EVENT) {
            assert_int_equal(ev.channel, TL_CHANNEL_TABLE);
            print_event(out, &ev);
        }
    }
    for (size_t i = 0; i < src->nodds; i++)
        tl_buf_addf(out, "odd %u: %.*s\n", src->odds[i].line, TL_FMT(src->odds[i].why));
    if (src->odd > src->nodds)
        tl_buf_addf(out, "odd %u\n", (unsigned)src->odd);
    if (src->zone_assumed)
        tl_buf_addf(out, "assumed %.*s\n", TL_FMT(src->zone));
    tl_reader_close(r);
}

#define SHUT  "DB instance shutdown"
#define UP    "DB instance restarted"
#define BEGAN "Database cluster engine version upgrade started."
#define ZDP                                                                                        \
    "Attempt to upgrade the database with zero downtime finished. The process took 12 ms, "        \
    "3 connections preserved, 1 connections dropped. See the database error log for details."

static const struct {
    const char *as, *text, *want;
} cases[] = {
    /* ---- Markdown ---- */
    {NULL,
     "| Date (JST) | Resource | Event |\n|---|:-:|--:|\n"
     "| 2026-04-11 15:20 | us-east-1 DB cluster | " BEGAN " |\n"
     "| 2026-04-11 15:20 | us-east-1 DB cluster | " BEGAN " |\n", /* a double is real */
     "3 2026-04-11T06:20:00.000+60 cluster/us-east-1/- <us-east-1 DB cluster> " BEGAN "\n"
     "4 2026-04-11T06:20:00.000+60 cluster/us-east-1/- <us-east-1 DB cluster> " BEGAN "\n"},
    {NULL, /* marks, escapes, links, cells that span rows, an empty row, no time to be read */
     "Time | Resource | Event\n--- | --- | ---\n"
     "2026-04-11 15:20 UTC | `orders` (db-cluster) | **" BEGAN "**\n"
     "| | [orders-1](https://example.org/a) | " SHUT " |\n"
     "| 15:21:30 | orders-1 writer | The parameter max\\_wal\\_senders was set to a value "
     "incompatible "
     "with replication.<br>It has been adjusted from 10 to 20. |\n"
     "| | | |\n"
     "| 99:21 | orders-1 | " UP " |\n"
     "| 15:22 | x \\| y | a \\| b &amp; c |\n",
     "3 2026-04-11T15:20:00.000+60 cluster/-/orders <orders (db-cluster)> " BEGAN "\n"
     "4 2026-04-11T15:20:00.000+60 other/-/orders-1 <orders-1> " SHUT "\n"
     "5 2026-04-11T15:21:30.000+1 instance/-/orders-1 <orders-1 writer> The parameter "
     "max_wal_senders was set to a value incompatible with replication. It has been adjusted from "
     "10 "
     "to 20.\n"
     "8 2026-04-11T15:22:00.000+60 other/-/- <x | y> a | b & c (unclassified)\n"
     "odd 7: the time of the row cannot be read: '99:21'\n"},
    {NULL, /* a text that goes over rows; the frame of a client */
     "+---------------------+------+----------------------+\n"
     "| time                | db   | event                |\n"
     "+---------------------+------+----------------------+\n"
     "| 2026-04-11 15:20:10 | mydb | Recovery of the DB   |\n"
     "|                     |      | instance is complete. |\n"
     "+---------------------+------+----------------------+\n",
     "4 2026-04-11T15:20:10.000+1 other/-/mydb <mydb> Recovery of the DB instance is complete.\n"
     "assumed UTC\n"},
    {NULL, /* several time columns, several texts, regions of their own, what is no column of ours
            */
     "| # | Time (UTC) | Local (JST) | Region | Cluster | Event | Description |\n|-|-|-|-|-|-|-|\n"
     "| 1 | 06:20 | 2026-04-11 15:20 | us-east-1 | orders | start | " BEGAN " |\n"
     "| 2 | 06:21 | 2026-04-11 15:21 | eu-west-1 | other | " SHUT " | we waited |\n",
     "3 2026-04-11T06:20:00.000+60 cluster/us-east-1/orders <orders> " BEGAN "\n"
     "4 2026-04-11T06:21:00.000+60 cluster/eu-west-1/other <other> " SHUT "\n"},
    {NULL, /* two tables under headings that say region and zone */
     "## us-east-1 (UTC)\n| Time | Event |\n|---|---|\n| 2026-04-11 06:20 | " SHUT " |\n\n"
     "## ap-northeast-1 (JST)\n| Time | Event |\n|---|---|\n| 2026-04-11 15:20 | " SHUT " |\n",
     "4 2026-04-11T06:20:00.000+60 other/us-east-1/- <us-east-1> " SHUT "\n"
     "9 2026-04-11T06:20:00.000+60 other/ap-northeast-1/- <ap-northeast-1> " SHUT " block 1\n"},
    {NULL, /* doubled bars above; an identifier in code before its kind */
     "||Date - JST||Resource||Event||\n|2026-04-11 15:20|`orders` cluster|" BEGAN "|\n",
     "2 2026-04-11T06:20:00.000+60 cluster/-/orders <orders cluster> " BEGAN "\n"},
    /* ---- CSV and TSV ---- */
    {NULL,
     "\xef\xbb\xbf\"Event time\",\"Source\",\"Source type\",\"Event categories\",Event "
     "message,Event ID\r\n"
     "\"2026-04-11T06:20:00.123Z\",orders,db-cluster,maintenance,\"Database cluster engine\r\n"
     "  version upgrade started.\",RDS-EVENT-0286\r\n"
     "2026-04-11T06:21:00.5Z,orders-1,db-instance,,\"says \"\"no\"\", twice\",\r\n"
     "oops,orders-1,db-instance,availability," UP ",RDS-EVENT-0006\r\n",
     "2 2026-04-11T06:20:00.123+0.001 cluster/-/orders <orders> " BEGAN " {maintenance}\n"
     "4 2026-04-11T06:21:00.500+0.1 instance/-/orders-1 <orders-1> says \"no\", twice "
     "(unclassified)\n"
     "odd 5: the time of the row cannot be read: 'oops'\n"},
    {NULL, /* date and time apart, a blank date, wide brackets, semicolons */
     "日付;時刻（JST）;リソース;イベント\n2026/04/11;15:20;us-east-1 の DBクラスター;" BEGAN "\n"
     ";15:21;ap-northeast-1 ライターインスタンス;" SHUT "\n",
     "2 2026-04-11T06:20:00.000+60 cluster/us-east-1/- <us-east-1 の DBクラスター> " BEGAN "\n"
     "3 2026-04-11T06:21:00.000+60 instance/ap-northeast-1/- <ap-northeast-1 "
     "ライターインスタンス> " SHUT "\n"},
    {NULL, /* a zone column */
     "time,zone,message\n2026-04-11 15:20:01,JST," SHUT "\n2026-04-11 15:20:02,UTC+1," UP "\n",
     "2 2026-04-11T06:20:01.000+1 other/-/- <> " SHUT "\n"
     "3 2026-04-11T14:20:02.000+1 other/-/- <> " UP "\n"},
    {NULL, /* a quote that is never closed costs its own line */
     "time,message\n2026-04-11 15:20:01Z,\"" SHUT "\n2026-04-11 15:20:02Z," UP "\n",
     "2 2026-04-11T15:20:01.000+1 other/-/- <> \"" SHUT " (unclassified)\n"
     "3 2026-04-11T15:20:02.000+1 other/-/- <> " UP "\n"},
    {NULL, /* without a header */
     "2026-04-11 15:20:00 UTC,orders-1," SHUT "\n"
     "2026-04-11 15:20:01 UTC,orders-1,\"" ZDP "\"\n"
     "2026-04-11 15:20:02 UTC," ZDP "\n",
     "1 2026-04-11T15:20:00.000+1 other/-/orders-1 <orders-1> " SHUT "\n"
     "2 2026-04-11T15:20:01.000+1 other/-/orders-1 <orders-1> " ZDP "\n"
     "3 2026-04-11T15:20:02.000+1 other/-/- <> " ZDP "\n"},
    {NULL, /* the console's Events page */
     "orders-1\tInstances\tMarch 1, 2026, 00:40 (UTC+09:00)\t" UP "\n"
     "orders\tClusters\tMarch 1, 2026, 00:41 (UTC+09:00)\t" BEGAN "\n",
     "1 2026-02-28T15:40:00.000+60 instance/-/orders-1 <orders-1> " UP "\n"
     "2 2026-02-28T15:41:00.000+60 cluster/-/orders <orders> " BEGAN "\n"},
    /* ---- pastes ---- */
    {NULL, /* every cell on a line of its own */
     "orders-1\nInstances\nMarch 1, 2026, 00:40 (UTC+09:00)\n" UP "\n\n"
     "orders\nClusters\nMarch 1, 2026, 00:41 (UTC+09:00)\n" BEGAN "\n",
     "3 2026-02-28T15:40:00.000+60 instance/-/orders-1 <orders-1> " UP "\n"
     "8 2026-02-28T15:41:00.000+60 cluster/-/orders <orders> " BEGAN "\n"},
    {NULL, "March 1, 2026, 9:40:01 PM UTC\n" UP "\nMarch 1, 2026, 9:41:02 PM UTC\n\n" SHUT "\n",
     "1 2026-03-01T21:40:01.000+1 other/-/- <> " UP "\n"
     "3 2026-03-01T21:41:02.000+1 other/-/- <> " SHUT "\n"},
    {NULL, /* the console's list of one database: the line breaks behind the time */
     "Time\tSystem notes\nMarch 1, 2026, 00:40 (UTC+09:00)\t\n" UP "\n"
     "March 1, 2026, 00:41 (UTC+09:00)\t\n" SHUT "\n",
     "2 2026-02-28T15:40:00.000+60 other/-/- <> " UP "\n"
     "4 2026-02-28T15:41:00.000+60 other/-/- <> " SHUT "\n"},
    {NULL, /* the time behind the text */
     UP "   2026-03-01 21:40 UTC\n" SHUT "   2026-03-01 21:41 UTC\n",
     "1 2026-03-01T21:40:00.000+60 other/-/- <> " UP "\n"
     "2 2026-03-01T21:41:00.000+60 other/-/- <> " SHUT "\n"},
    {"change-table", "2026-03-01 21:40 UTC\n2026-03-01 21:41 UTC " UP "\n",
     "2 2026-03-01T21:41:00.000+60 other/-/- <> " UP "\n"
     "odd 1: a time without a text\n"},
    /* ---- lists ---- */
    {NULL, /* a category column as wide as its words; wrapped lines */
     "2026-06-15 07:53:20 UTC  backup       Backing up DB instance\n"
     "2026-06-16 00:24:35 UTC  availability " UP "\n"
     "2026-06-16 00:24:55 UTC  (none)       The primary host of the RDS Multi-AZ instance\n"
     "                                      is unreachable due to loss of network\n"
     "                                      connectivity.\n",
     "1 2026-06-15T07:53:20.000+1 other/-/- <> Backing up DB instance {backup}\n"
     "2 2026-06-16T00:24:35.000+1 other/-/- <> " UP " {availability}\n"
     "3 2026-06-16T00:24:55.000+1 other/-/- <> The primary host of the RDS Multi-AZ instance is "
     "unreachable due to loss of network connectivity.\n"},
    {NULL, /* marks and resources before the text */
     "- 2026-04-11 15:20 JST \xe2\x80\x94 us-east-1 DB cluster " BEGAN "\n"
     "2. **2026-04-11 15:21 JST**: orders-1: " SHUT "\n"
     "* [2026-04-11 15:22:03 JST] (06:22 UTC) " UP "\n",
     "1 2026-04-11T06:20:00.000+60 cluster/us-east-1/- <us-east-1 DB cluster> " BEGAN "\n"
     "2 2026-04-11T06:21:00.000+60 other/-/orders-1 <orders-1> " SHUT "\n"
     "3 2026-04-11T06:22:03.000+1 other/-/- <> " UP "\n"},
    {NULL, /* columns by blanks, the zone below */
     "Date              Category      Message\n----------------  ------------  -------\n"
     "2026-04-11 15:20  availability  " SHUT "\n\n(all times UTC-4)\n",
     "3 2026-04-11T19:20:00.000+60 other/-/- <> " SHUT " {availability}\n"},
    {NULL, /* lines that are no rows are said when they look like one */
     "2026-02-30 15:22 " UP "\n2026-02-28 15:22Z " UP "\n" SHUT
     "\nsome prose\n2026-02-28 15:23Z " SHUT "\n",
     "2 2026-02-28T15:22:00.000+60 other/-/- <> " UP "\n"
     "5 2026-02-28T15:23:00.000+60 other/-/- <> " SHUT "\n"
     "odd 1: the time of the line cannot be read: '2026-02-30 15:22 DB instance restarted'\n"
     "odd 3: an event without a time: 'DB instance shutdown'\n"},
    /* ---- days and zones ---- */
    {NULL, "11:52:43 " SHUT "\n11:59:56 " UP "\n",
     "odd 1: a time of day without a date: give it with --as FORMAT,date=YYYY-MM-DD\n"
     "odd 2: a time of day without a date: give it with --as FORMAT,date=YYYY-MM-DD\n"},
    {"change-table,date=2017-06-05", "11:52:43 " SHUT "\n11:59:56 " UP "\n",
     "1 2017-06-05T11:52:43.000+1 other/-/- <> " SHUT "\n"
     "2 2017-06-05T11:59:56.000+1 other/-/- <> " UP "\nassumed UTC\n"},
    {NULL, /* over midnight, upwards and downwards; the day from a line before */
     "2026-04-11 (JST)\n23:50 " BEGAN "\n23:58 " SHUT "\n00:02 " UP "\n",
     "2 2026-04-11T14:50:00.000+60 other/-/- <> " BEGAN "\n"
     "3 2026-04-11T14:58:00.000+60 other/-/- <> " SHUT "\n"
     "4 2026-04-11T15:02:00.000+60 other/-/- <> " UP "\n"},
    {NULL, "2026-04-12 00:03 UTC " UP "\n00:02 " SHUT "\n23:58 " BEGAN "\n",
     "1 2026-04-12T00:03:00.000+60 other/-/- <> " UP "\n"
     "2 2026-04-12T00:02:00.000+60 other/-/- <> " SHUT "\n"
     "3 2026-04-11T23:58:00.000+60 other/-/- <> " BEGAN "\n"},
    {NULL, /* the stamp before the caption before the assumption */
     "All times are in JST (UTC+9).\n\n2026-04-11 15:20 " SHUT "\n2026-04-11 06:21Z " UP "\n",
     "3 2026-04-11T06:20:00.000+60 other/-/- <> " SHUT "\n"
     "4 2026-04-11T06:21:00.000+60 other/-/- <> " UP "\n"},
    {"change-table,tz=Europe/Berlin", "2026-07-11 15:20 " SHUT "\n",
     "1 2026-07-11T13:20:00.000+60 other/-/- <> " SHUT "\n"},
    {"change-table,tz=Europe/Berlin",
     "| Date (JST) | Event |\n|-|-|\n| 2026-07-11 15:20 | " SHUT " |\n",
     "3 2026-07-11T06:20:00.000+60 other/-/- <> " SHUT "\n"},
    {NULL, /* an ambiguous zone is asked for, in one sentence */
     "| Date (CST) | Event |\n|-|-|\n| 2026-07-11 15:20 | " SHUT " |\n| 2026-07-11 15:21 | " UP
     " |\n",
     "odd 3: the zone CST has several offsets: give the one meant with --as FORMAT,tz=ZONE or "
     "--input-tz ZONE\nodd 2\n"},
    {"change-table,tz=America/Chicago",
     "| Date (CST) | Event |\n|-|-|\n| 2026-01-11 15:20 | " SHUT " |\n",
     "3 2026-01-11T21:20:00.000+60 other/-/- <> " SHUT "\n"},
    {"change-table,cluster=orders,region=eu-west-1", "2026-01-11 15:20Z " BEGAN "\n",
     "1 2026-01-11T15:20:00.000+60 cluster/eu-west-1/orders <> " BEGAN "\n"},
    /* ---- what is none ---- */
    {NULL, "2026-04-11 06:21:34.608\n 17.4.5\n\n2026-04-11 06:21:35.200\npsql: error: no\n", NULL},
    {NULL, "Tue Dec 14 20:57:45 UTC 2021 upgrading\nTue Dec 14 21:04:23 UTC 2021 available\n",
     NULL},
    {NULL, "2026-04-11 06:21:35 UTC:10.0.0.1(5):a@b:[7]:LOG:  database system is shut down\n",
     NULL},
    {NULL, "2026-04-11T06:21:35Z 0 [System] [MY-010931] [Server] mysqld: ready for connections.\n",
     NULL},
    {NULL, "just prose, and some more of it\n\nthat says nothing\n", NULL},
};

static void
tables_to_rows(void **state)
{
    struct tl_buf out;

    tl_buf_init(&out, 1 << 20);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        read_all(*state, cases[i].as, tl_str_from(cases[i].text), &out);
        if (cases[i].want) {
            assert_string_equal(tl_buf_str(&out).p, cases[i].want);
            continue;
        }
        assert_true(tl_str_starts(tl_buf_str(&out), TL_STR("format ")));
        assert_null(strstr(out.p, "change-table"));
    }
    tl_buf_free(&out);
}

/* ---- resources ---- */

static const struct {
    const char *cell, *type, *region, *id, *cluster;
    bool only; /* nothing but a resource */
} whos[] = {
    {"us-east-1 DB cluster", "db-cluster", "us-east-1", "", "", true},
    {"us-east-1 DB instance", "db-instance", "us-east-1", "", "", true},
    {"orders", "", "", "orders", "", true},
    {"orders-1", "", "", "orders-1", "", true},
    {"db-instance orders", "db-instance", "", "orders", "", true},
    {"orders-1 (db-instance)", "db-instance", "", "orders-1", "", true},
    {"Cluster: orders", "db-cluster", "", "orders", "", true},
    {"us-east-1: orders-eu", "", "us-east-1", "orders-eu", "", true},
    {"us-east-1a writer", "db-instance", "us-east-1", "", "", true},
    {"secondary cluster (eu-west-1)", "db-cluster", "eu-west-1", "", "", true},
    {"staging cluster", "db-cluster", "", "", "", true}, /* an adjective is no identifier */
    {"Global database shop-global", "global-cluster", "", "shop-global", "", true},
    {"orders-1 / orders", "", "", "orders-1", "", true},
    {"shop-a / shop-a-instance-1", "", "", "shop-a-instance-1", "shop-a", true},
    {"shop-a shop-b", "", "", "", "", false}, /* which? */
    {"DB cluster snapshot of it", "db-cluster-snapshot", "", "", "", false},
    {"cluster instance shop-1", "db-instance", "", "shop-1", "", true},
    {"Blue/Green Deployment bgd-7", "blue-green-deployment", "", "bgd-7", "", true},
    {"Primary (Tokyo)", "", "", "", "", false},
    {"arn:aws:rds:us-east-1:123456789012:cluster:orders", "db-cluster", "us-east-1", "orders", "",
     true},
    {"orders.cluster-abc123.eu-west-1.rds.amazonaws.com", "db-cluster", "eu-west-1", "orders", "",
     true},
    {"the people in charge", "", "", "", "", false},
    {"--", "", "", "", "", false},
    {"", "", "", "", "", false},
};

static void
cells_to_resources(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(whos) / sizeof(whos[0]); i++) {
        struct tl_ident who = {.kind = TL_KIND_OTHER};

        if (who_read(tl_str_from(whos[i].cell), &who) != whos[i].only)
            fail_msg("'%s' is %sonly a resource", whos[i].cell, whos[i].only ? "" : "not ");
        assert_true(tl_str_eq(who.source_type, tl_str_from(whos[i].type)));
        assert_true(tl_str_eq(who.region, tl_str_from(whos[i].region)));
        assert_true(tl_str_eq(who.id, tl_str_from(whos[i].id)));
        assert_true(tl_str_eq(who.cluster, tl_str_from(whos[i].cluster)));
        assert_true(tl_str_eq(who.label, tl_str_from(whos[i].cell)));
    }
}

/* ---- captions and lines ---- */

static const struct {
    const char *line, *zone; /* zone NULL: none, "?": ambiguous */
    bool day;
} captions[] = {
    {"All times JST", "JST", false},
    {"Times are in UTC.", "UTC", false},
    {"(UTC+9)", "+09:00", false},
    {"> Timestamps: GMT -03:30", "-03:30", false},
    {"Time zone: Europe/Berlin", "Europe/Berlin", false},
    {"※時刻はすべて日本時間", "+09:00", false},
    {"### Events (PDT)", "PDT", false},
    {"All times CST", "?", false},
    {"Times in CST (UTC-6)", "-06:00", false},
    {"2026-04-11", NULL, true},
    {"## Saturday, April 11, 2026 (JST)", "JST", true},
    {"## Timeline 2026-04-11", NULL, true},
    {"Times in UTC, not JST", NULL, false}, /* which? */
    {"At 15:20 JST the writer went away and the downtime began.", NULL, false},
    {"## Events", NULL, false},
    {"All times are approximate", NULL, false},
    {"2026-02-30", NULL, false},
    {"", NULL, false},
};

static void
with_reader(struct world *w, void (*run)(struct tl_reader *r))
{
    struct tl_memory m = {TL_STR("")};
    struct tl_input in = {.name = TL_STR("t"),
                          .stream = tl_stream_memory(&m),
                          .hints = TL_HINTS_NONE,
                          .catalogue = w->catalogue,
                          .zones = w->zones};
    struct tl_reader *r;

    assert_int_equal(tl_reader_open(&in, &r, NULL), TL_OK);
    run(r);
    tl_reader_close(r);
}

static void
check_captions(struct tl_reader *r)
{
    for (size_t i = 0; i < sizeof(captions) / sizeof(captions[0]); i++) {
        struct table_context c = TABLE_CONTEXT_NONE;
        struct tl_str want = tl_str_from(captions[i].zone);
        bool got = table_caption(r, tl_str_from(captions[i].line), &c);

        if (got != (captions[i].zone || captions[i].day))
            fail_msg("'%s' is %scaption", captions[i].line, got ? "a " : "no ");
        assert_int_equal(c.day != TL_TIME_NONE, captions[i].day);
        assert_int_equal(c.ambiguous[0] != '\0', captions[i].zone && *captions[i].zone == '?');
        if (want.n == 0 || *want.p == '?')
            assert_null(c.zone);
        else
            assert_true(c.zone && tl_str_eq(tl_zone_name(c.zone), want));
    }
}

static void
captions_say_zone_and_day(void **state)
{
    with_reader(*state, check_captions);
}

static void
check_probe(struct tl_reader *r)
{
    static const struct {
        const char *line;
        enum table_line is;
    } rows[] = {
        {"| Date (JST) | Resource | Event |", TABLE_HEADER},
        {"time,message", TABLE_HEADER},
        {"Date        Message", TABLE_HEADER},
        {"|---|---|", TABLE_RULE},
        {"+----+", TABLE_RULE},
        {"| 2026-04-11 15:20 | x | " SHUT " |", TABLE_EVENT},
        {"2026-04-11 15:20 " SHUT, TABLE_EVENT},
        {"2026-04-11 15:20 hello", TABLE_ROW},
        {"2026-04-11 15:20", TABLE_ROW},
        {SHUT, TABLE_TEXT},
        {"All times JST", TABLE_CAPTION},
        {"", TABLE_NONE},
        {"{\"Date\": \"2026-04-11T15:20:00Z\"}", TABLE_NONE},
        {"The time of the event was late.", TABLE_NONE},
        {"psql: error: connection refused", TABLE_NONE},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(table_probe(r, tl_str_from(rows[i].line)), rows[i].is);
}

static void
lines_of_tables_are_known(void **state)
{
    with_reader(*state, check_probe);
}

/* A block of a document: its lines count from the document's, its block from the caller's. */
static void
check_block(struct tl_reader *r)
{
    struct tl_memory m = {TL_STR("| Time | Event |\n|-|-|\n| 15:20 | " SHUT " |\n\n| Time | Event "
                                 "|\n|-|-|\n| 15:21 | " UP " |\n")};
    struct table_context c = TABLE_CONTEXT_NONE;
    struct table *t;
    struct feed f;
    struct tl_event ev = {.line = 0};
    bool got;

    assert_true(table_caption(r, TL_STR("All times JST"), &c));
    assert_true(table_caption(r, TL_STR("2026-04-11"), &c));
    t = table_open(r, 7, &c);
    assert_non_null(t);
    feed_init(&f, tl_stream_memory(&m));
    f.line = 99;
    assert_int_equal(table_next(t, &f, &ev, &got, NULL), TL_OK);
    assert_true(got && ev.line == 102 && ev.block == 7);
    assert_int_equal(ev.when.earliest, 1775888400 * TL_SECOND);
    ev = (struct tl_event){.line = 0};
    assert_int_equal(table_next(t, &f, &ev, &got, NULL), TL_OK);
    assert_true(got && ev.line == 106 && ev.block == 8 && table_block(t) == 8);
    assert_int_equal(table_next(t, &f, &ev, &got, NULL), TL_OK);
    assert_false(got);
    table_close(t);
    feed_free(&f);
}

static void
blocks_of_documents(void **state)
{
    with_reader(*state, check_block);
}

/* A carried id goes with its text; a text that contradicts it wins (the catalogue's work). */
static void
event_ids_are_carried(void **state)
{
    struct world *w = *state;
    struct tl_memory m = {TL_STR("time,message,id\n2026-04-11 15:20Z," SHUT ",RDS-EVENT-0004\n")};
    struct tl_input in = {.name = TL_STR("t"),
                          .stream = tl_stream_memory(&m),
                          .hints = TL_HINTS_NONE,
                          .catalogue = w->catalogue,
                          .zones = w->zones};
    struct tl_reader *r;
    struct tl_event ev;
    struct tl_source *src;
    enum tl_item item;

    assert_int_equal(tl_reader_open(&in, &r, NULL), TL_OK);
    assert_int_equal(tl_reader_next(r, &item, &ev, &src, NULL), TL_OK);
    assert_int_equal(item, TL_ITEM_EVENT);
    assert_true(tl_str_eq(ev.event_id, TL_STR("RDS-EVENT-0004")));
    tl_reader_close(r);
}

/* A text that never ends is cut, and that is said. */
static void
endless_texts_are_cut(void **state)
{
    struct tl_buf in, out;

    tl_buf_init(&in, 1 << 20);
    tl_buf_init(&out, 1 << 20);
    tl_buf_add(&in, TL_STR("2026-04-11 15:20 UTC a\n"));
    for (int i = 0; i < 100; i++)
        tl_buf_add(&in, TL_STR("   b\n"));
    read_all(*state, "change-table", tl_buf_str(&in), &out);
    assert_true(
        tl_str_starts(tl_buf_str(&out), TL_STR("1 2026-04-11T15:20:00.000+60 other/-/- <> a b b")));
    assert_non_null(strstr(out.p, "\nodd 34: a text was cut behind its first 33 lines\n"));
    tl_buf_free(&in);
    tl_buf_free(&out);
}

/* However a table is cut off, what is left of it reads as before, and no line gives two rows. */
static void
cut_tables_keep_their_rows(void **state)
{
    struct tl_buf part;

    tl_buf_init(&part, 1 << 20);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct tl_str text = tl_str_from(cases[i].text);

        for (size_t n = 0; n <= text.n; n += 7) {
            size_t rows = 0, lines = 1;

            read_all(*state, "change-table", (struct tl_str){text.p, n}, &part);
            for (size_t k = 0; k < n; k++)
                lines += text.p[k] == '\n';
            for (size_t k = 0; k < part.n; k++)
                rows += part.p[k] == '\n';
            assert_true(rows <= 2 * lines + 1); /* rows and what is odd */
        }
    }
    tl_buf_free(&part);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_to_rows),
        cmocka_unit_test(cells_to_resources),
        cmocka_unit_test(captions_say_zone_and_day),
        cmocka_unit_test(lines_of_tables_are_known),
        cmocka_unit_test(blocks_of_documents),
        cmocka_unit_test(event_ids_are_carried),
        cmocka_unit_test(endless_texts_are_cut),
        cmocka_unit_test(cut_tables_keep_their_rows),
    };

    return cmocka_run_group_tests(tests, open_world, close_world);
}
