/* The report as people read it: whole passages, at several widths, of one run, several and none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "core/zone.h"
#include "render/render.h"
#include "tests/unit/render_promises.h"
#include "tests/unit/sample_report.h"

static struct tl_zones *zones;
static const struct tl_zone *tokyo;

static int
set_up(void **state)
{
    (void)state;
    zones = tl_zones_new(TL_STR("/usr/share/zoneinfo"));
    return tl_zone_find(zones, TL_STR("+09:00"), &tokyo, NULL) != TL_OK;
}

static int
tear_down(void **state)
{
    (void)state;
    tl_zones_free(zones);
    return 0;
}

enum sample { MINOR, COARSE_OUTAGE, TWO_RUNS, MANY_OUTAGES, OPEN_OUTAGE, EMPTY };

/* The sample, its second half told as a run of its own. */
static void
split(struct tl_arena *a, struct tl_report *r)
{
    struct tl_run *runs = tl_arena_alloc(a, 2 * sizeof(*runs));

    assert_non_null(runs);
    runs[0] = runs[1] = r->runs[0];
    runs[1].id = TL_STR("20260411-ffffffff");
    runs[1].noutages = runs[1].nzdp = runs[1].nfindings = runs[1].nphases = 0;
    runs[1].nversions = runs[1].nparameters = 0;
    runs[1].verdict = TL_VERDICT_FAILED;
    runs[1].ended = TL_INSTANT_NONE;
    runs[1].to = TL_STR("");
    r->runs = runs;
    r->nruns = 2;
    for (size_t i = 20; i < r->nrows; i++)
        r->rows[i].run = 1;
    r->rows[r->nrows - 1].run = TL_NO_INDEX;
}

static struct tl_report
make(struct tl_arena *a, enum sample which)
{
    struct tl_report r = which == EMPTY ? sample_empty(a) : sample_minor(a);

    if (which == TWO_RUNS)
        split(a, &r);
    if (which == MANY_OUTAGES) {
        struct tl_outage *o = tl_arena_alloc(a, 20 * sizeof(*o));

        assert_non_null(o);
        for (size_t i = 0; i < 20; i++)
            o[i] = r.runs[0].outages[0];
        r.runs[0].outages = o;
        r.runs[0].noutages = 20;
    }
    if (which == COARSE_OUTAGE) { /* seen in seconds, not by a probe, of resources without names */
        struct tl_outage *o = &r.runs[0].outages[0];

        o->source = TL_STR("client");
        o->res_us = TL_SECOND;
        o->min_us = 0;
        o->observed_us = 66 * TL_SECOND;
        o->max_us = 66500 * TL_MS;
        o->first_fail = o->last_fail = TL_TIME_NONE;
        o->attempts_failed = 0;
        for (size_t i = 0; i < r.runs[0].nresources; i++)
            r.runs[0].resources[i].label = TL_STR("");
    }
    if (which == OPEN_OUTAGE) {
        r.runs[0].outages[0].first_ok = TL_TIME_NONE;
        r.runs[0].outages[0].max_us = r.runs[0].outages[0].observed_us = TL_UNKNOWN;
        r.runs[0].outages[0].client_us = TL_UNKNOWN;
        r.runs[0].outages[0].sleep_us = TL_SECOND / 2;
        r.rows_left_out = 7;
        r.rows[3].ev.cls = TL_STR("unclassified");
        r.rows[3].ev.near = TL_STR("zdp.finished");
        r.rows[6].ev.attempt = NULL; /* as timeline keeps it */
        r.rows[7].inferred = true;
        r.rows[7].nproofs = 0;
        r.rows[7].input = TL_NO_INDEX;
    }
    return r;
}

static const struct {
    const char *renderer;
    enum sample sample;
    struct tl_render_options o;
    const char *passage;
} cases[] = {
    {"text",
     MINOR,
     {.width = 80, .utf8 = true},
     "tideline report\n"
     "═══════════════\n"
     "Managed minor version upgrade of a global database, 17.4.5 → 17.5.4: succeeded\n"
     "  where      us-east-1 DB cluster (primary), ap-northeast-1 DB cluster\n"
     "             (secondary)\n"
     "  when       2026-04-11 15:20 – 15:23 +09:00, took 2 to 4 min\n"
     "  downtime   ap-northeast-1, global-database-cluster-1: 21.3 s (between 14.8 and\n"
     "             22.6)\n"
     "             us-east-1, database-cluster-1: 1.9 s (between 0.0 and 3.3)\n"
     "  ZDP        ap-northeast-1 DB instance, no ZDP: secondary region: zero-downtime\n"
     "             patching is done on the primary cluster only\n"
     "             us-east-1 DB instance, ZDP finished in 2.360 s: 6 connections\n"
     "             preserved, 0 dropped; fast startup 1.431 s\n"
     "  findings   1 warning, 1 info\n"
     "  run        20260411-1a2b3c4d, its parts inferred to belong together\n"
     "\n"
     "Outages\n"
     "───────\n"
     "ap-northeast-1, global-database-cluster-1: 21.3 s (between 14.8 and 22.6)\n"
     "  last ok        2026-04-11 15:21:34.608 +09:00, version 17.4.5\n"},
    {"text",
     MINOR,
     {.width = 120, .utf8 = true},
     "  duration       at least 14.818 s, observed 21.281 s, at most 22.568 s\n"
     "  client         a client that retries like this loop was without service for at most 21.976 "
     "s\n"
     "  failures       31: 30 refused, 1 starting-up\n"},
    {"text",
     MINOR,
     {.width = 80, .utf8 = true},
     "  2026-04-11\n"
     "   1  15:20 +09:00                   0 min     us-east-1       DB cluster\n"
     "      Database cluster engine minor version upgrade started. Cluster remains\n"
     "      online.  origin-events.md:3\n"
     "   2  15:20 +09:00           0 min   0 min     ap-northeast-1  DB cluster\n"
     "      Database cluster engine minor version upgrade started. Cluster remains\n"
     "      online. [twin of 1]  origin-events.md:4\n"},
    {"text",
     MINOR,
     {.width = 200, .utf8 = true},
     "   8  15:21:50.532 +09:00  +15.332 s  +1 min  !  ap-northeast-1  global-database-cluster-1 "
     " "},
    {"text", MINOR, {.width = 80}, "\n===============\n"},
    {"text", MINOR, {.width = 80}, "17.4.5 -> 17.5.4: succeeded\n"},
    {"text", MINOR, {.width = 80}, "\n   #  time                       d     T+-     region"},
    {"text",
     MINOR,
     {.width = 80, .utf8 = true, .color = true},
     "\n\x1b[32mManaged minor version upgrade of a global database, 17.4.5 → 17.5.4: "
     "succeeded\x1b[0m"
     "\n  \x1b[2mwhere\x1b[0m      us-east-1"},
    {"text",
     TWO_RUNS,
     {.width = 120, .utf8 = true},
     "2 runs in 3 inputs.\n"
     "  run                when                             from    to      verdict    longest "
     "outage\n"
     "    what\n"
     "  ──────────────────────────────────────────────────────────────────────────────────────────"
     "────────────────────────────\n"
     "  20260411-1a2b3c4d  2026-04-11 15:20 – 15:23 +09:00  17.4.5  17.5.4  succeeded  21.3 s "
     "(between "
     "14.8 and 22.6)\n"
     "    Managed minor version upgrade of a global database\n"
     "  20260411-ffffffff  2026-04-11 15:20 +09:00          17.4.5          failed\n"
     "    Managed minor version upgrade of a global database\n"
     "\n"
     "20260411-1a2b3c4d\n"
     "═════════════════\n"
     "Managed minor"},
    {"text",
     TWO_RUNS,
     {.width = 120, .utf8 = true},
     "Managed minor version upgrade of a global database, 17.4.5 → ?: failed\n"
     "  where      us-east-1 DB cluster (primary), ap-northeast-1 DB cluster (secondary)\n"
     "  when       2026-04-11 15:20 +09:00, its end is not in the evidence\n"
     "  downtime   not measured: no probe log of an endpoint shows any\n"
     "  run        20260411-ffffffff, its parts inferred to belong together\n"
     "\n"
     "Timeline\n"
     "────────\n"},
    {"text", TWO_RUNS, {.width = 120, .utf8 = true}, "\nEvents of no run\n════════════════\n"},
    {"text",
     MANY_OUTAGES,
     {.width = 120, .utf8 = true},
     "             ap-northeast-1, global-database-cluster-1: 21.3 s (between 14.8 and 22.6) from "
     "2026-04-11 15:21:35.200\n             +09:00\n             and 8 more, see Outages\n"},
    {"text",
     MANY_OUTAGES,
     {.width = 120, .utf8 = true},
     "Outages\n───────\n"
     "  first failure        first ok             at least  observed   at most  region          "
     "endpoint\n"
     "    failures\n"},
    {"text",
     OPEN_OUTAGE,
     {.width = 120, .utf8 = true},
     "  downtime   ap-northeast-1, global-database-cluster-1: at least 14.8 s (still down when the "
     "log "
     "ends)\n"},
    {"text",
     OPEN_OUTAGE,
     {.width = 120, .utf8 = true},
     "  first ok       none: the log ends within the outage\n"
     "  duration       at least 14.818 s, no upper bound\n"
     "  failures       31: 30 refused, 1 starting-up\n"},
    {"text",
     OPEN_OUTAGE,
     {.width = 120, .utf8 = true},
     "  loop           sleeps 0.500 s between attempts, which narrows the bounds "
     "(origin-probe-ap-northeast-1.log)\n"},
    {"text",
     OPEN_OUTAGE,
     {.width = 120, .utf8 = true},
     "\nLeft out\n7 rows outside of --since, --until or --window: reconstructed with, not "
     "shown.\n"},
    {"text",
     OPEN_OUTAGE,
     {.width = 120, .utf8 = true},
     "      unclassified: DB instance shutdown [close to zdp.finished]  origin-events.md:6\n"},
    {"text",
     OPEN_OUTAGE,
     {.width = 400, .utf8 = true},
     "  probe failed: psql: error: connection to server at \"" TOKYO_HOST},
    {"text",
     OPEN_OUTAGE,
     {.width = 400, .utf8 = true},
     "  probe failed, starting-up: psql: error: connection to server at \"" TOKYO_HOST},
    {"text", OPEN_OUTAGE, {.width = 80, .utf8 = true}, "up [inferred, not recorded]  no record\n"},
    {"text",
     MINOR,
     {.width = 120, .utf8 = true},
     "  resource     region     phase  began         ended               took\n"
     "  ─────────────────────────────────────────────────────────────────────\n"
     "  2026-04-11\n"
     "  DB instance  us-east-1  zdp    15:22 +09:00  15:22 +09:00  0 to 1 min\n"},
    {"text",
     COARSE_OUTAGE,
     {.width = 120, .utf8 = true},
     "succeeded\n"
     "  when       2026-04-11 15:20 – 15:23 +09:00, took 2 to 4 min\n"
     "  downtime   ap-northeast-1, global-database-cluster-1: 66 s (between 0 and 67)\n"},
    {"text",
     COARSE_OUTAGE,
     {.width = 120, .utf8 = true},
     "  last ok        2026-04-11 15:21:34 +09:00, version 17.4.5\n"
     "  first ok       2026-04-11 15:21:56 +09:00, version 17.5.4\n"
     "  duration       at least 0 s, observed 66 s, at most 66.5 s\n"},
    {"text",
     COARSE_OUTAGE,
     {.width = 120, .utf8 = true},
     "  loop           none: seen in a client's own rows (origin-probe-ap-northeast-1.log)\n"},
    {"text",
     EMPTY,
     {.width = 80, .utf8 = true},
     "tideline report\n"
     "═══════════════\n"
     "No upgrade or other run was found in 1 input.\n"
     "\n"
     "Coverage\n"
     "────────\n"
     "  input      format   records  events  unclassified  odd\n"
     "    notes\n"
     "  ──────────────────────────────────────────────────────────────────────────────\n"
     "  notes.txt  unknown        0       0             0    0\n"
     "    nothing in it was recognised\n"},
    {"markdown",
     MINOR,
     {.width = 80},
     "<!-- tideline:report -->\n"
     "\n"
     "# tideline report\n"
     "\n"
     "**Managed minor version upgrade of a global database, 17.4.5 → 17.5.4: succeeded**\n"
     "\n"
     "- **where**: us-east-1 DB cluster (primary), ap-northeast-1 DB cluster (secondary)\n"
     "- **when**: 2026-04-11 15:20 – 15:23 +09:00, took 2 to 4 min\n"
     "- **downtime**: ap-northeast-1, global-database-cluster-1: 21.3 s (between 14.8 and 22.6)\n"
     "  - us-east-1, database-cluster-1: 1.9 s (between 0.0 and 3.3)\n"},
    {"markdown",
     MINOR,
     {.width = 80},
     "## Parameters\n"
     "\n"
     "| resource | region | parameter | from | to | times |\n"
     "|---|---|---|---|---|---:|\n"
     "| DB instance | ap-northeast-1 | max_wal_senders | 10 | 20 | 2 |\n"
     "| DB instance | us-east-1 | max_wal_senders | 10 | 20 | 1 |\n"
     "\n"},
    {"markdown",
     MINOR,
     {.width = 80},
     "| date | # | time | Δ | T± |  | region | resource | event | source |\n"
     "|---|---:|---|---:|---:|---|---|---|---|---|\n"
     "| 2026-04-11 | 1 | 15:20 +09:00 |  | 0 min |  | us-east-1 | DB cluster | Database cluster "},
    {"markdown",
     MINOR,
     {.width = 80},
     "| DB instance | Aurora fast startup completed in \\[1431425\\] microseconds. | "
     "origin-events.md:12 |\n"},
    {"csv",
     MINOR,
     {.width = 80},
     "n,run,at,earliest,latest,region,resource,label,kind,class,event_id,severity,message,fields,"
     "input,"
     "line,twin_of,inferred\r\n"
     "1,20260411-1a2b3c4d,2026-04-11T06:20:00.000Z,2026-04-11T06:20:00.000Z,2026-04-11T06:21:00."
     "000Z,"
     "us-east-1,us-east-1 DB cluster,us-east-1 DB cluster,cluster,upgrade.started,,notice,Database "
     "cluster engine minor version upgrade started. Cluster remains "
     "online.,,origin-events.md,3,,false"
     "\r\n"},
    {"csv",
     MINOR,
     {.width = 80},
     "Is the server running on that host and accepting TCP/IP "
     "connections?\",start=2026-04-11T06:21:"
     "35.200Z;outcome=refused;access=read;,origin-probe-ap-northeast-1.log,22,,false\r\n"},
};

static void
passages(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct tl_render_options o = cases[i].o;
        struct tl_arena a;
        struct tl_report r;
        struct tl_buf out;

        o.tz = tokyo;
        tl_arena_init(&a, 1u << 20);
        tl_buf_init(&out, 1u << 20);
        r = make(&a, cases[i].sample);
        assert_int_equal(
            tl_renderer_find(tl_str_from(cases[i].renderer))->write(&r, &o, &out, NULL), TL_OK);
        if (!strstr(out.p, cases[i].passage)) {
            fprintf(stderr, "%s\n", out.p);
            fail_msg("case %zu: not in the output: %s", i, cases[i].passage);
        }
        tl_buf_free(&out);
        tl_arena_free(&a);
    }
}

/* No line is wider than asked, from a phone to a wall. */
static void
every_width(void **state)
{
    (void)state;
    for (unsigned width = 40; width <= 240; width += 5) {
        for (int which = MINOR; which <= EMPTY; which++) {
            const struct tl_render_options o = {.tz = tokyo, .width = width, .utf8 = width % 2};
            struct tl_arena a;
            struct tl_report r;
            struct tl_buf out;

            tl_arena_init(&a, 1u << 20);
            tl_buf_init(&out, 1u << 20);
            r = make(&a, (enum sample)which);
            assert_int_equal(tl_renderer_find(TL_STR("text"))->write(&r, &o, &out, NULL), TL_OK);
            assert_null(promise_text(tl_buf_str(&out), width));
            tl_buf_free(&out);
            tl_arena_free(&a);
        }
    }
}

static void
names_of_formats(void **state)
{
    const char *last = "";

    (void)state;
    for (const struct tl_renderer *const *r = tl_renderers; *r; last = (*r++)->name) {
        assert_true(strcmp(last, (*r)->name) < 0);
        assert_ptr_equal(tl_renderer_find(tl_str_from((*r)->name)), *r);
        assert_true((*r)->help[0] != '\0');
    }
    for (const struct tl_event_writer *const *w = tl_event_writers; *w; w++)
        assert_ptr_equal(tl_event_writer_find(tl_str_from((*w)->name)), *w);
    assert_null(tl_renderer_find(TL_STR("docx")));
    assert_null(tl_event_writer_find(TL_STR("")));
}

/* One line an event: time, who, class, what, where it stands. */
static void
text_of_events(void **state)
{
    static const char *const want[] = {"2026-04-11 15:20 +09:00        us-east-1 DB cluster        "
                                       "     upgrade.started            "
                                       "Database cluster engine minor version upgrade started. "
                                       "Cluster remains online.  [a.md:3]\n",
                                       "2026-04-11 15:21:35.200 +09:00 " TOKYO_HOST
                                       " probe.failed               "
                                       "refused: psql: error: connection to server at \"" TOKYO_HOST
                                       "\" (172.31.33.255), port 5432 failed: Connection refused "
                                       "Is the server running on that host "
                                       "and accepting TCP/IP connections?  [a.md:22]\n"};
    static const size_t rows[] = {0, 6};
    const struct tl_render_options o = {.tz = tokyo, .utf8 = true};
    struct tl_arena a;
    struct tl_report r;

    (void)state;
    tl_arena_init(&a, 1u << 20);
    r = sample_minor(&a);
    for (size_t i = 0; i < 2; i++) {
        struct tl_buf out;

        tl_buf_init(&out, 1u << 20);
        r.rows[rows[i]].ev.who.region = i == 1 ? TL_STR("") : TL_STR("us-east-1");
        tl_event_writer_find(TL_STR("text"))
            ->event(&r.rows[rows[i]].ev, TL_STR("a.md"), i + 1, &o, &out);
        assert_string_equal(out.p, want[i]);
        tl_buf_free(&out);
    }
    tl_arena_free(&a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passages),
        cmocka_unit_test(every_width),
        cmocka_unit_test(names_of_formats),
        cmocka_unit_test(text_of_events),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
