/* The timeline chart as script and data: what it shows, where, and that no text can act. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "render/chart.h"
#include "tests/unit/chart_samples.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

struct world {
    struct tl_arena arena;
    struct tl_zones *zones;
    struct tl_render_options options;
};

static int
setup(void **state)
{
    static struct world w;

    tl_arena_init(&w.arena, 64 << 20);
    w.zones = tl_zones_new(STR("/usr/share/zoneinfo"));
    assert_non_null(w.zones);
    assert_int_equal(tl_zone_find(w.zones, STR("Asia/Tokyo"), &w.options.tz, NULL), TL_OK);
    *state = &w;
    return 0;
}

static int
teardown(void **state)
{
    struct world *w = *state;

    tl_zones_free(w->zones);
    tl_arena_free(&w->arena);
    return 0;
}

static void
set_zone(struct world *w, const char *name)
{
    assert_int_equal(tl_zone_find(w->zones, tl_str_from(name), &w->options.tz, NULL), TL_OK);
}

static const char *
file_of(const struct chart_files *f, const char *name)
{
    for (size_t i = 0; i < f->n; i++)
        if (strcmp(f->list[i].name.p, name) == 0)
            return f->list[i].text.p;
    return NULL;
}

static void
must_hold(const struct chart_files *f, const char *name, const char *text)
{
    const char *all = file_of(f, name);

    if (!all || !strstr(all, text)) {
        print_message("%s has no \"%s\":\n%s\n", name, text, all ? all : "(no such file)");
        fail();
    }
}

static struct chart_files
build(struct world *w, const struct tl_report *r)
{
    struct chart_files f;
    struct tl_error err;

    assert_int_equal(
        chart_build(r, &w->options, (struct chart_scope){0, r->nruns}, STR("timeline"), &f, &err),
        TL_OK);
    return f;
}

/* ---- the bundled evidence ---- */

static void
test_minor(void **state)
{
    static const struct {
        const char *file, *text;
    } rows[] = {
        /* the window: a minute around the run, in the asked zone */
        {"timeline.gp", "x in seconds since 2026-04-11T06:19:00.000Z"},
        {"timeline.gp", "set xrange [0.000000:360.000000]"},
        {"timeline.gp", "\"15:20\" 60.000000, \"15:21\" 120.000000"},
        {"timeline.gp", "# zoom1, from 2026-04-11T06:21:"},
        {"timeline-page-text.dat", "\t1\tmanaged-global-minor from 17.4.5 to 17.5.4: succeeded\n"},
        {"timeline-page-text.dat", "\t2026-04-11, JST, UTC+09:00\n"},
        {"timeline-page-text.dat", "\t2 outages, 20 events on 6 resources\n"},
        {"timeline-page-text.dat", "\tus-east-1\n"},
        {"timeline-page-text.dat", "\tDB cluster\n"},
        {"timeline-page-text.dat", "\tcluster, primary\n"},
        {"timeline-page-text.dat", "\tglobal-database-cluster-1\n"},
        {"timeline-page-text.dat", "\tcluster endpoint\n"},
        {"timeline-page-text.dat", "\t16 events are not known finely enough for a zoom"},
        /* outages: possible 22.568 s from the last success, certain 14.818 s amid the failures,
         * observed 21.281 s; two failures apart by less than an attempt prove nothing certain */
        {"timeline-overview-bars.dat", "154.608000\t177.176000\t"},
        {"timeline-overview-bars.dat", "155.457000\t170.275000\t"},
        {"timeline-overview-bars.dat", "155.200000\t176.481000\t"},
        {"timeline-overview-bars.dat", "219.481000\t222.682000\t"},
        {"timeline-overview-text.dat", "\t21.3 s (14.8 to 22.6)\n"},
        {"timeline-zoom1-text.dat", "\t21.3 s (14.8 to 22.6)\n"},
        {"timeline-zoom1-text.dat", "\t1.9 s (0.0 to 3.3)\n"},
        {"timeline-zoom1-text.dat", "\t17.4.5 \xE2\x86\x92 17.5.4\n"},
        /* events: a mark at the start of their minute, and the minute as a light bar */
        {"timeline-overview-text.dat", "\tZDP finished, 2360 ms, 6 kept, 0 dropped\n"},
        {"timeline-overview-text.dat", "\tfast startup, 1431 ms\n"},
        {"timeline-overview-text.dat", "\tmax_wal_senders \xE2\x86\x92 20\n"},
        {"timeline-overview-text.dat", "\tshutdown\n"},
        {"timeline-overview-text.dat", "\ttook 2 to 4 min\n"},
        {"timeline-overview-bars.dat", "120.000000\t180.000000\t"},
        {"timeline-overview-marks.dat", "120.000000\t"},
    };
    struct world *w = *state;
    struct tl_report r = chart_minor(&w->arena);
    struct chart_files f = build(w, &r), again = build(w, &r);

    for (size_t i = 0; i < COUNT(rows); i++)
        must_hold(&f, rows[i].file, rows[i].text);
    assert_null(strstr(file_of(&f, "timeline-zoom1-text.dat"), "shutdown"));
    assert_int_equal(f.n, again.n);
    for (size_t i = 0; i < f.n; i++) {
        assert_string_equal(f.list[i].name.p, again.list[i].name.p);
        assert_string_equal(f.list[i].text.p, again.list[i].text.p);
    }
    chart_files_free(&f);
    chart_files_free(&again);
}

/* ---- nothing covers anything, nothing is lost ---- */

static const struct chart_lane *
lane_of(const struct chart *c, const struct chart_place *s)
{
    return &c->lanes[c->items[s->item].lane];
}

static void
check_panel(const struct chart *c, const struct chart_panel *p)
{
    uint64_t placed = 0, counted = 0, there = 0;

    for (size_t i = 0; i < p->nplaces; i++) {
        const struct chart_place *a = &p->places[i];

        placed += a->caption ? 0 : c->items[a->item].count;
        counted += a->more;
        assert_true(a->label_x >= -1 && a->label_x <= c->inner);
        for (size_t k = i + 1; k < p->nplaces; k++) {
            const struct chart_place *b = &p->places[k];

            if (lane_of(c, a) == lane_of(c, b) && a->row == b->row)
                assert_true(a->hi < b->lo || b->hi < a->lo);
        }
    }
    for (size_t i = 0; i < c->nitems; i++)
        there += c->items[i].count;
    if (!p->zoom)
        assert_int_equal(placed + counted, there);
    assert_true(p->ntics >= 2 && p->height > 0);
}

static void
test_packing(void **state)
{
    struct world *w = *state;
    struct tl_report reports[] = {
        chart_minor(&w->arena),
        chart_fleet(&w->arena, 1, 1, TL_MS), /* 3 lanes */
        chart_fleet(&w->arena, 5, 5, TL_MS), /* 35 lanes */
        chart_fleet(&w->arena, 5, 5, TL_MINUTE),
        chart_flapping(&w->arena, 30, 7 * TL_SECOND),
        chart_flapping(&w->arena, 300, 2 * TL_SECOND),
        chart_months(&w->arena, 2, 1),
        sample_text(&w->arena, STR("\xE6\x97\xA5\xE6\x9C\xAC")),
    };

    for (size_t i = 0; i < COUNT(reports); i++) {
        struct tl_arena arena;
        struct chart c = {.r = &reports[i],
                          .o = &w->options,
                          .arena = &arena,
                          .scope = {0, reports[i].nruns},
                          .stem = STR("timeline")};

        tl_arena_init(&arena, 64 << 20);
        chart_lay_out(&c);
        assert_int_equal(c.failed, TL_OK);
        assert_int_equal(c.outside, i == 6 ? 100 : 0);
        for (size_t k = 0; k < c.npanels; k++)
            check_panel(&c, &c.panels[k]);
        tl_arena_free(&arena);
    }
}

static void
test_lanes(void **state)
{
    static const char *const expected[] = {"20260411-0badcafe",
                                           "orders-us-east-1",
                                           "orders-us-east-1-instance-1",
                                           "orders-us-east-1-instance-2",
                                           "orders-us-east-1-instance-10",
                                           "orders-us-east-1-instance-11",
                                           "orders-us-east-1",
                                           "orders-ap-northeast-1"};
    const size_t at[] = {0, 1, 2, 3, 11, 12, 13, 14};
    struct world *w = *state;
    struct tl_report r = chart_fleet(&w->arena, 2, 11, TL_MS);
    struct chart c = {.r = &r, .o = &w->options, .arena = &w->arena, .scope = {0, 1}};

    chart_lay_out(&c);
    assert_int_equal(c.failed, TL_OK);
    assert_int_equal(c.nlanes, 1 + 2 * 13);
    for (size_t i = 0; i < COUNT(expected); i++)
        assert_string_equal(c.lanes[at[i]].name.p, expected[i]);
    assert_string_equal(c.lanes[1].note.p, "cluster, primary");
    assert_string_equal(c.lanes[2].note.p, "instance, writer");
    assert_string_equal(c.lanes[13].note.p, "endpoint");
}

/* What a server's own log shows stands on the server's lane; of its rows only starts and ends. */
static void
test_servers(void **state)
{
    struct world *w = *state;
    struct tl_report r = chart_fleet(&w->arena, 1, 1, TL_MS);
    struct chart c = {.r = &r, .o = &w->options, .arena = &w->arena, .scope = {0, 1}};
    size_t lanes, marks = 0;

    chart_lay_out(&c);
    lanes = c.nlanes;
    for (size_t i = 0; i < c.nitems; i++)
        marks += c.items[i].mark;
    r.runs[0].outages[0].source = STR("log");
    r.runs[0].outages[0].endpoint = r.runs[0].resources[r.runs[0].nresources - 1].id;
    for (size_t i = 0; i < r.nrows; i++)
        r.rows[i].ev.cls = STR("log.connection-refused");
    c = (struct chart){.r = &r, .o = &w->options, .arena = &w->arena, .scope = {0, 1}};
    chart_lay_out(&c);
    assert_int_equal(c.failed, TL_OK);
    assert_int_equal(c.nlanes, lanes - 1); /* no endpoint */
    for (size_t i = 0; i < c.nitems; i++)
        assert_true(!c.items[i].mark || c.items[i].style == CHART_VERSION);
    assert_true(marks > 0);
    assert_int_equal(c.outside, 0);
    r.rows[0].ev.cls = STR("log.ready");
    c = (struct chart){.r = &r, .o = &w->options, .arena = &w->arena, .scope = {0, 1}};
    chart_lay_out(&c);
    marks = 0;
    for (size_t i = 0; i < c.nitems; i++)
        marks += c.items[i].mark && c.items[i].style == CHART_RESTART;
    assert_int_equal(marks, 1);
}

/* A run in months of other events keeps its scale; what is not drawn is counted. */
static void
test_window(void **state)
{
    struct world *w = *state;
    struct tl_report r = chart_months(&w->arena, 0, 0), none = sample_empty(&w->arena);
    struct tl_report far = chart_flapping(&w->arena, 2, 40 * TL_DAY);
    struct chart_files f = build(w, &r);

    must_hold(&f, "timeline.gp", "set xrange [0.000000:360.000000]");
    must_hold(&f, "timeline-page-text.dat",
              "\t100 events and outages outside this time are not drawn.\n");
    chart_files_free(&f);
    f = build(w, &far);
    must_hold(&f, "timeline-page-text.dat", "\tOutages\n");
    must_hold(&f, "timeline-page-text.dat", "\treader endpoint\n");
    must_hold(&f, "timeline-zoom2-text.dat", "\t1.2 s (0.5 to 1.6)\n");
    chart_files_free(&f);
    far.noutages = 1; /* fills the chart: its figure stands below it */
    far.outages[0].last_ok = far.outages[0].first_ok = TL_TIME_NONE;
    far.outages[0].last_fail += 30 * TL_DAY;
    far.outages[0].observed_us = far.outages[0].max_us = TL_UNKNOWN;
    f = build(w, &far);
    must_hold(&f, "timeline-overview-text.dat",
              "\tat least 0.5 s (down from the start of the log to its end)\n");
    chart_files_free(&f);
    f = build(w, &none);
    assert_int_equal(f.n, 2);
    must_hold(&f, "timeline-page-text.dat", "\tNothing to draw\n");
    chart_files_free(&f);
}

static void
test_wild_times(void **state)
{
    static const tl_time times[] = {INT64_MAX, INT64_MIN + 1, INT64_C(253402300799) * TL_SECOND,
                                    INT64_C(-62135596800) * TL_SECOND, 0};
    struct world *w = *state;

    for (size_t i = 0; i < COUNT(times); i++)
        for (size_t k = 0; k < COUNT(times); k++) {
            struct tl_report r = chart_minor(&w->arena);
            struct chart_files f;

            r.rows[3].ev.when = (struct tl_instant){times[i], times[k], times[i]};
            r.runs[0].began.at = times[k];
            r.runs[0].outages[0].first_ok = times[i];
            r.runs[0].outages[0].max_us = times[k];
            r.runs[0].outages[1].last_fail = times[i];
            r.runs[0].outages[1].min_us = times[k];
            f = build(w, &r);
            chart_files_free(&f);
        }
}

/* ---- axis ---- */

static void
test_axis(void **state)
{
    static const struct {
        const char *zone;
        tl_time from;
        int64_t span;
        const char *title, *second;
    } rows[] = {
        {"UTC", SAMPLE_AT(6, 19, 0), 6 * TL_MINUTE, "2026-04-11, UTC", "06:20"},
        {"Asia/Tokyo", SAMPLE_AT(6, 19, 0), 6 * TL_MINUTE, "2026-04-11, JST, UTC+09:00", "15:20"},
        {"Asia/Kolkata", SAMPLE_AT(6, 19, 0), 8 * TL_HOUR, "2026-04-11, IST, UTC+05:30", "13:00"},
        {"+09:30", SAMPLE_AT(6, 19, 7), TL_SECOND, "2026-04-11, UTC+09:30", "15:49:00.200"},
        {"Asia/Tokyo", SAMPLE_AT(14, 59, 0), 2 * TL_MINUTE,
         "2026-04-11 to 2026-04-12, JST, UTC+09:00", "23:59:15"},
        {"Europe/Berlin", INT64_C(1774742400) * TL_SECOND, 3 * TL_HOUR,
         "2026-03-29, CET, UTC+01:00, later CEST, UTC+02:00", "01:30"},
        {"UTC", SAMPLE_AT(0, 0, 0), 20 * TL_DAY, "2026-04-11 to 2026-05-01, UTC", "04-13"},
        {"UTC", SAMPLE_AT(0, 0, 0), 3000 * TL_DAY, "2026-04-11 to 2034-06-28, UTC", "2027-10-21"},
    };
    struct world *w = *state;

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct chart c = {.o = &w->options, .arena = &w->arena, .inner = 1000};
        struct chart_panel p = {.from = rows[i].from, .to = rows[i].from + rows[i].span};

        set_zone(w, rows[i].zone);
        chart_axis(&c, &p);
        assert_string_equal(p.axis.p, rows[i].title);
        assert_true(p.ntics > 2 && p.ntics <= 13);
        assert_string_equal(p.tics[1].text, rows[i].second);
    }
    set_zone(w, "Asia/Tokyo");
}

/* ---- words ---- */

static void
test_outage_text(void **state)
{
    const int64_t no = TL_UNKNOWN, ms = TL_MS;
    const struct {
        tl_time last_ok, first_ok;
        int64_t min, observed, max;
        const char *text;
    } rows[] = {
        {1, 2, 14818 * ms, 21281 * ms, 22568 * ms, "21.3 s (14.8 to 22.6)"},
        {1, 2, 15318 * ms, 21281 * ms, 22068 * ms, "21.3 s (15.3 to 22.1)"},
        {1, 2, 0, 1936 * ms, 3201 * ms, "1.9 s (0.0 to 3.3)"},
        {1, 2, 599 * TL_SECOND, 723400 * ms, 725 * TL_SECOND,
         "12 min 3.4 s (9 min 59.0 s to 12 min 5.0 s)"},
        {1, 2, no, no, 5 * TL_SECOND, "at most 5.0 s"},
        {1, TL_TIME_NONE, 14818 * ms, no, no, "at least 14.8 s (still down when the log ends)"},
        {TL_TIME_NONE, 2, 0, no, no, "of unknown length (already down when the log begins)"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct tl_outage o = {.last_ok = rows[i].last_ok,
                              .first_ok = rows[i].first_ok,
                              .min_us = rows[i].min,
                              .observed_us = rows[i].observed,
                              .max_us = rows[i].max};
        struct tl_buf b;

        tl_buf_init(&b, 400);
        chart_outage_print(&b, &o);
        assert_string_equal(b.p, rows[i].text);
        tl_buf_free(&b);
    }
}

static void
test_styles(void **state)
{
    static const struct {
        const char *cls;
        enum chart_style style;
        const char *label;
    } rows[] = {
        {"upgrade.started", CHART_UPGRADE, "upgrade started"},
        {"upgrade.failed", CHART_FAILURE, "upgrade failed"},
        {"upgrade.rolled-back", CHART_FAILURE, "upgrade rolled back"},
        {"upgrade.version-changed", CHART_VERSION, "version changed"},
        {"os-upgrade.finished", CHART_UPGRADE, "os upgrade finished"},
        {"zdp.attempted", CHART_ZDP, "ZDP attempted"},
        {"zdp.failed", CHART_FAILURE, "ZDP failed"},
        {"instance.restarted", CHART_RESTART, "restarted"},
        {"instance.restart-failed", CHART_FAILURE, "instance restart failed"},
        {"instance.created", CHART_OTHER, "instance created"},
        {"failover.completed", CHART_FAILOVER, "failover completed"},
        {"global.switchover-failed", CHART_FAILURE, "global switchover failed"},
        {"parameter.updated", CHART_PARAMETER, "parameter changed"},
        {"log.crash", CHART_FAILURE, "crash"},
        {"something.new", CHART_OTHER, "something new"},
        {"api.call", CHART_OTHER, "API call"},
        {"status.changed", CHART_OTHER, "status changed"},
        {"unclassified", CHART_OTHER, "words of AWS"},
        {"", CHART_OTHER, ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct tl_event ev = {.cls = tl_str_from(rows[i].cls), .message = STR("words of AWS")};
        struct tl_buf b;

        tl_buf_init(&b, 400);
        chart_label_print(&b, &ev);
        assert_string_equal(b.p ? b.p : "", rows[i].label);
        assert_int_equal(chart_style_of(&ev), rows[i].style);
        tl_buf_free(&b);
    }
}

static void
test_text(void **state)
{
    const struct {
        struct tl_str in;
        int max;
        bool middle;
        const char *out;
    } rows[] = {
        {STR("database-cluster-1"), 200, false, "database-cluster-1"},
        {STR("a\tb\nc\r\n  d "), 200, false, "a b c d"},
        {STR("say \"`id`\" $(id) 'x'"), 200, false, "say '`id`' $(id) 'x'"},
        {STR("a\\nb"), 200, false, "a\xE2\x88\x96nb"},
        {STR("&#x1; &amp; &"), 200, false, "& #x1; &amp; &"},
        {STR("]]]>"), 200, false, "] ] ]>"},
        {STR("\x1b[31mred\x7f"), 200, false, "\xEF\xBF\xBD[31mred\xEF\xBF\xBD"},
        {STR("a\0b"), 200, false,
         "a\xEF\xBF\xBD"
         "b"},
        {STR("\xff\xc0\xaf"), 200, false, "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
        {STR("\xE2\x80\xAEgpj"), 200, false, "\xEF\xBF\xBDgpj"}, /* right to left */
        {STR("\xEF\xBF\xBE"), 200, false, "\xEF\xBF\xBD"},       /* U+FFFE: not of XML */
        {STR("\xE6\x97\xA5\xE6\x9C\xAC"), 200, false, "\xE6\x97\xA5\xE6\x9C\xAC"},
        {STR(""), 200, false, ""},
        {STR("0123456789"), 40, false, "0123\xE2\x80\xA6"},
        {STR("0123456789"), 50, true,
         "01\xE2\x80\xA6"
         "89"},
        {STR("0123456789"), 5, false, ""},
    };
    struct world *w = *state;

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct chart c = {.arena = &w->arena};
        struct tl_str s = chart_text(&c, rows[i].in, 11, rows[i].max, rows[i].middle);

        assert_int_equal(c.failed, TL_OK);
        assert_string_equal(s.p, rows[i].out);
        assert_true(chart_text_px(s, 11, false) <= rows[i].max);
    }
}

/* Whatever the bytes: one line of UTF-8 that neither gnuplot nor XML can mistake. */
static void
test_text_never_acts(void **state)
{
    static const char alphabet[] = "\"\\&#x1;]>\n\t\r\x1b\x7f\xe2\x80\xae\xff\xef\xbf\xbe`$ab{}^_@";
    struct world *w = *state;
    uint32_t seed = 1;

    for (int round = 0; round < 3000; round++) {
        struct chart c = {.arena = &w->arena};
        char bytes[40];
        struct tl_str s;

        for (size_t i = 0; i < sizeof(bytes); i++) {
            seed = seed * 1664525 + 1013904223;
            bytes[i] = alphabet[(seed >> 16) % (sizeof(alphabet) - 1)];
        }
        s = chart_text(&c, (struct tl_str){bytes, sizeof(bytes)}, 11, 150, round % 2 == 0);
        for (size_t i = 0; i < s.n; i++)
            assert_true((unsigned char)s.p[i] >= ' ' && s.p[i] != '"' && s.p[i] != '\\' &&
                        s.p[i] != 0x7f);
        assert_null(strstr(s.p, "&#"));
        assert_null(strstr(s.p, "]]"));
        assert_true(chart_text_px(s, 11, false) <= 150);
    }
}

/* No text of a report gets into the script, and none breaks a row of data. */
static void
test_hostile(void **state)
{
    struct world *w = *state;
    struct tl_report r = sample_text(
        &w->arena, STR("pwn\"`touch pwned`\\\n\t1\t2\t<script>&#x1;]]>\x01\xff$(id)'@{}%s%n"));
    struct chart_files f = build(w, &r);

    assert_null(strstr(f.list[0].text.p, "pwn"));
    for (size_t i = 1; i < f.n; i++) {
        struct tl_str rest = tl_buf_str(&f.list[i].text), line;
        size_t columns = 0;

        while (tl_str_line(&rest, &line)) {
            size_t n = 1;

            for (size_t k = 0; k < line.n; k++)
                n += line.p[k] == '\t';
            columns = columns ? columns : n;
            assert_int_equal(n, columns);
        }
    }
    must_hold(&f, "timeline-page-text.dat", "\tpwn'`touch pwned`");
    chart_files_free(&f);
}

static void
test_order(void **state)
{
    static const char *const rows[] = {"", "a", "a-1", "a-2", "a-10", "a-10b", "b", "c2", "c10"};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        for (size_t k = 0; k < COUNT(rows); k++)
            assert_int_equal(chart_before(tl_str_from(rows[i]), tl_str_from(rows[k])), i < k);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_minor),
        cmocka_unit_test(test_packing),
        cmocka_unit_test(test_lanes),
        cmocka_unit_test(test_servers),
        cmocka_unit_test(test_window),
        cmocka_unit_test(test_wild_times),
        cmocka_unit_test(test_axis),
        cmocka_unit_test(test_outage_text),
        cmocka_unit_test(test_styles),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_text_never_acts),
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_order),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
