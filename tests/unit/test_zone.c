#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/tzif.h"
#include "core/zone.h"

#define DATABASE "/usr/share/zoneinfo"

/* A small database of our own, so that no machine's decides: one file a row, version 2 with an
 * empty first block. */
static const struct {
    const char *name;
    int ntimes;
    int64_t times[4];
    int which[4];
    int ntypes;
    struct {
        int32_t offset_s;
        const char *abbr;
    } types[3];
    const char *footer;
} files[] = {
    {"Here/Tokyo", 1, {-577962000}, {0}, 1, {{32400, "JST"}}, "JST-9"},
    {"Here/York",
     2,
     {1710054000, 1730613600},
     {1, 0},
     2,
     {{-18000, "EST"}, {-14400, "EDT"}},
     "EST5EDT,M3.2.0,M11.1.0"},
    {"Here/Chicago", 0, {0}, {0}, 2, {{-21600, "CST"}, {-18000, "CDT"}}, "CST6CDT,M3.2.0,M11.1.0"},
    {"Here/Shanghai", 0, {0}, {0}, 1, {{28800, "CST"}}, "CST-8"},
    {"Here/Old", 1, {946684799}, {1}, 2, {{3600, "OLD"}, {7200, "NEW"}}, "NEW-2"},
    {"Here/Samoa", 1, {1325239200}, {1}, 2, {{-36000, "-10"}, {50400, "+14"}}, ""},
    {"Here/South",
     0,
     {0},
     {0},
     2,
     {{36000, "AEST"}, {39600, "AEDT"}},
     "AEST-10AEDT,M10.1.0,M4.1.0/3"},
    {"Here/Always", 0, {0}, {0}, 1, {{-14400, "EDX"}}, "XXX3EDX4,0/0,J365/23"},
    {"right", 0, {0}, {0}, 1, {{1, "RGT"}}, "RGT-1"}, /* not looked at: the name of a copy */
};

struct world {
    char folder[64];
    struct tl_zones *zones;
};

static void
put(struct tl_buf *b, uint64_t v, unsigned bytes)
{
    for (unsigned i = bytes; i > 0; i--) {
        char c = (char)(v >> (i * 8 - 8));

        tl_buf_add(b, (struct tl_str){&c, 1});
    }
}

static void
put_header(struct tl_buf *b, int ntimes, int ntypes, size_t chars)
{
    static const char zeros[15] = {0};

    tl_buf_add(b, TL_STR("TZif2"));
    tl_buf_add(b, (struct tl_str){zeros, 15});
    put(b, 0, 4);
    put(b, 0, 4);
    put(b, 0, 4);
    put(b, (uint64_t)ntimes, 4);
    put(b, (uint64_t)ntypes, 4);
    put(b, chars, 4);
}

static void
put_file(struct tl_buf *b, size_t i)
{
    size_t chars = 0, at = 0;

    for (int k = 0; k < files[i].ntypes; k++)
        chars += strlen(files[i].types[k].abbr) + 1;
    put_header(b, 0, 0, 0);
    put_header(b, files[i].ntimes, files[i].ntypes, chars);
    for (int k = 0; k < files[i].ntimes; k++)
        put(b, (uint64_t)files[i].times[k], 8);
    for (int k = 0; k < files[i].ntimes; k++)
        put(b, (uint64_t)files[i].which[k], 1);
    for (int k = 0; k < files[i].ntypes; k++) {
        put(b, (uint32_t)files[i].types[k].offset_s, 4);
        put(b, k > 0, 1);
        put(b, at, 1);
        at += strlen(files[i].types[k].abbr) + 1;
    }
    for (int k = 0; k < files[i].ntypes; k++)
        tl_buf_add(b, (struct tl_str){files[i].types[k].abbr, strlen(files[i].types[k].abbr) + 1});
    tl_buf_addf(b, "\n%s\n", files[i].footer);
}

static void
write_file(const struct world *w, const char *name, struct tl_str bytes)
{
    char path[200];
    FILE *f;

    (void)snprintf(path, sizeof(path), "%s/%s", w->folder, name);
    f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes.p, 1, bytes.n, f), bytes.n);
    assert_int_equal(fclose(f), 0);
}

static int
open_world(void **state)
{
    static struct world w;
    char path[200];
    struct tl_buf b;

    memcpy(w.folder, "/tmp/zonesXXXXXX", 17);
    assert_non_null(mkdtemp(w.folder));
    (void)snprintf(path, sizeof(path), "%s/Here", w.folder);
    assert_int_equal(mkdir(path, 0700), 0);
    tl_buf_init(&b, 10000);
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        tl_buf_reset(&b);
        put_file(&b, i);
        write_file(&w, files[i].name, tl_buf_str(&b));
    }
    write_file(&w, "zone.tab", TL_STR("JP\t+353916+1394441\tAsia/Tokyo\n"));
    write_file(&w, "Here/Text", TL_STR("this is no zone"));
    tl_buf_free(&b);
    w.zones = tl_zones_new(tl_str_from(w.folder));
    *state = &w;
    return w.zones ? 0 : -1;
}

static int
close_world(void **state)
{
    struct world *w = *state;
    char path[200];

    tl_zones_free(w->zones);
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        (void)snprintf(path, sizeof(path), "%s/%s", w->folder, files[i].name);
        assert_int_equal(unlink(path), 0);
    }
    (void)snprintf(path, sizeof(path), "%s/zone.tab", w->folder);
    assert_int_equal(unlink(path), 0);
    (void)snprintf(path, sizeof(path), "%s/Here/Text", w->folder);
    assert_int_equal(unlink(path), 0);
    (void)snprintf(path, sizeof(path), "%s/Here", w->folder);
    assert_int_equal(rmdir(path), 0);
    return rmdir(w->folder);
}

/* ---- finding ---- */

static const struct {
    const char *name, *found; /* found: canonical name; NULL: refused */
    int minutes;              /* offset in January 2026 */
    const char *abbr;
} names[] = {
    {"UTC", "UTC", 0, "UTC"},
    {"utc", "UTC", 0, "UTC"},
    {"Z", "UTC", 0, "UTC"},
    {"GMT", "UTC", 0, "UTC"},
    {"+00:00", "UTC", 0, "UTC"},
    {"+09:00", "+09:00", 540, "+09"},
    {"+0530", "+05:30", 330, "+0530"},
    {"UTC+9", "+09:00", 540, "+09"},
    {"GMT-04:00", "-04:00", -240, "-04"},
    {"JST", "JST", 540, "JST"},
    {"jst", "JST", 540, "JST"},
    {"EDT", "EDT", -240, "EDT"},
    {"Here/Tokyo", "Here/Tokyo", 540, "JST"},
    {" Here/York ", "Here/York", -300, "EST"},
    {"Here/Always", "Here/Always", -240, "EDX"},
    {"CST", NULL, 0, NULL},
    {"OLD", NULL, 0, NULL},
    {"RGT", NULL, 0, NULL},
    {"Here", NULL, 0, NULL},
    {"Here/Text", NULL, 0, NULL},
    {"Here/Nowhere", NULL, 0, NULL},
    {"zone.tab", NULL, 0, NULL},
    {"../etc/passwd", NULL, 0, NULL},
    {"Here/../right", NULL, 0, NULL},
    {"/etc/localtime", NULL, 0, NULL},
    {"Here//Tokyo", NULL, 0, NULL},
    {"Here/Tokyo/", NULL, 0, NULL},
    {"+25:00", NULL, 0, NULL},
    {"UTC+9x", NULL, 0, NULL},
    {"", NULL, 0, NULL},
};

static void
zones_by_name(void **state)
{
    struct world *w = *state;
    const tl_time january = 1767225600 * TL_SECOND;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const struct tl_zone *zone, *again;
        struct tl_str abbr;
        struct tl_error err = {0};
        enum tl_status st = tl_zone_find(w->zones, tl_str_from(names[i].name), &zone, &err);

        assert_int_equal(st, names[i].found ? TL_OK : TL_EUSAGE);
        if (!names[i].found) {
            assert_null(zone);
            assert_non_null(strstr(err.msg, "give a"));
            continue;
        }
        assert_true(tl_str_eq(tl_zone_name(zone), tl_str_from(names[i].found)));
        assert_int_equal(tl_zone_offset(zone, january, &abbr), names[i].minutes * TL_MINUTE);
        assert_true(tl_str_eq(abbr, tl_str_from(names[i].abbr)));
        assert_int_equal(tl_zone_find(w->zones, tl_str_from(names[i].name), &again, NULL), TL_OK);
        assert_ptr_equal(zone, again);
    }
}

static void
abbreviations_since_2000(void **state)
{
    static const struct {
        const char *text;
        int minutes; /* INT32_MAX: not certain */
        bool known;
    } rows[] = {
        {"JST", 540, true},        {"EST", -300, true},       {"EDT", -240, true},
        {"CST", INT32_MAX, true},  {"CDT", -300, true},       {"NEW", 120, true},
        {"OLD", INT32_MAX, false}, {"RGT", INT32_MAX, false}, {"AEDT", 660, true},
        {"AEST", 600, true},       {"XXX", -180, true},       {"NOPE", INT32_MAX, false},
        {"UTC", 0, false},
    };
    struct world *w = *state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int64_t us = -1;
        struct tl_str text = tl_str_from(rows[i].text);

        assert_int_equal(tl_zone_abbreviation(w->zones, text, &us), rows[i].minutes != INT32_MAX);
        if (rows[i].minutes != INT32_MAX)
            assert_int_equal(us, rows[i].minutes * TL_MINUTE);
        assert_int_equal(tl_zone_abbreviation_known(w->zones, text), rows[i].known);
    }
}

static void
no_database_is_said(void **state)
{
    struct tl_zones *z = tl_zones_new(TL_STR("/nonexistent/zoneinfo"));
    const struct tl_zone *zone;
    struct tl_error err;
    int64_t us;

    (void)state;
    assert_int_equal(tl_zone_find(z, TL_STR("Asia/Tokyo"), &zone, &err), TL_EUSAGE);
    assert_non_null(strstr(err.msg, "tz database is not installed in /nonexistent/zoneinfo"));
    assert_int_equal(tl_zone_find(z, TL_STR("UTC"), &zone, &err), TL_OK);
    assert_int_equal(tl_zone_find(z, TL_STR("-03:00"), &zone, &err), TL_OK);
    assert_false(tl_zone_abbreviation(z, TL_STR("JST"), &us));
    assert_true(tl_zone_abbreviation(z, TL_STR("GMT"), &us) && us == 0);
    tl_zones_free(z);
}

/* ---- wall clocks ---- */

static const struct {
    const char *zone, *local;
    unsigned n;
    const char *first, *second;
} clocks[] = {
    {"Here/Tokyo", "2026-04-11T15:20:00Z", 1, "2026-04-11T06:20:00.000Z", NULL},
    {"Here/York", "2024-07-01T12:00:00Z", 1, "2024-07-01T16:00:00.000Z", NULL},
    {"Here/York", "2024-03-10T02:30:00Z", 0, "2024-03-10T07:30:00.000Z", NULL},
    {"Here/York", "2024-11-03T01:30:00Z", 2, "2024-11-03T05:30:00.000Z",
     "2024-11-03T06:30:00.000Z"},
    {"Here/York", "2026-07-01T12:00:00Z", 1, "2026-07-01T16:00:00.000Z", NULL}, /* by the footer */
    {"Here/York", "2026-11-01T01:30:00Z", 2, "2026-11-01T05:30:00.000Z",
     "2026-11-01T06:30:00.000Z"},
    {"Here/York", "2026-03-08T02:30:00Z", 0, "2026-03-08T07:30:00.000Z", NULL},
    {"Here/South", "2026-01-01T12:00:00Z", 1, "2026-01-01T01:00:00.000Z", NULL},
    {"Here/South", "2026-07-01T12:00:00Z", 1, "2026-07-01T02:00:00.000Z", NULL},
    {"Here/Samoa", "2011-12-30T12:00:00Z", 0, "2011-12-30T22:00:00.000Z", NULL}, /* no such day */
    {"Here/Samoa", "2011-12-29T20:00:00Z", 1, "2011-12-30T06:00:00.000Z", NULL},
    {"Here/Samoa", "2011-12-31T02:00:00Z", 1, "2011-12-30T12:00:00.000Z", NULL},
    {"Here/Always", "2026-12-31T23:30:00Z", 1, "2027-01-01T03:30:00.000Z", NULL},
    {"+09:00", "2026-04-11T15:20:00Z", 1, "2026-04-11T06:20:00.000Z", NULL},
};

static void
wall_clocks_to_utc(void **state)
{
    struct world *w = *state;

    for (size_t i = 0; i < sizeof(clocks) / sizeof(clocks[0]); i++) {
        const struct tl_zone *zone;
        tl_time local, want, out[2];

        assert_int_equal(tl_zone_find(w->zones, tl_str_from(clocks[i].zone), &zone, NULL), TL_OK);
        assert_true(tl_time_read(tl_str_from(clocks[i].local), &local));
        assert_int_equal(tl_zone_utc(zone, local, out), clocks[i].n);
        assert_true(tl_time_read(tl_str_from(clocks[i].first), &want));
        assert_int_equal(out[0], want);
        if (!clocks[i].second)
            continue;
        assert_true(tl_time_read(tl_str_from(clocks[i].second), &want));
        assert_int_equal(out[1], want);
    }
}

/* utc -> local -> utc finds the moment again, in every zone, at random moments and around jumps. */
static void
moments_round_trip(void **state)
{
    struct world *w = *state;
    uint64_t x = 88172645463325252u;

    for (size_t i = 0; i + 1 < sizeof(files) / sizeof(files[0]); i++) {
        const struct tl_zone *zone;

        assert_int_equal(tl_zone_find(w->zones, tl_str_from(files[i].name), &zone, NULL), TL_OK);
        for (int k = 0; k < 20000; k++) {
            tl_time t, out[2];
            unsigned n;

            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
            t = (tl_time)(x % 7000000000) * TL_SECOND - 2000000000 * TL_SECOND;
            if (k % 4 == 0) /* within the day of the jumps of a year */
                t = 1730613600 * TL_SECOND + (tl_time)(x % 172800) * TL_SECOND - TL_DAY;
            n = tl_zone_utc(zone, t + tl_zone_offset(zone, t, NULL), out);
            assert_true(n >= 1 && (out[0] == t || (n == 2 && out[1] == t)));
            assert_true(n == 1 || out[0] < out[1]);
        }
    }
    for (size_t i = 0; i < 2; i++) { /* the ends of time do no harm */
        const struct tl_zone *zone;
        tl_time out[2];

        assert_int_equal(tl_zone_find(w->zones, TL_STR("Here/York"), &zone, NULL), TL_OK);
        (void)tl_zone_utc(zone, i ? INT64_MAX : INT64_MIN + 1, out);
    }
}

static const struct {
    const char *text, *zone;       /* zone NULL: none */
    const char *earliest, *latest; /* NULL: no instant */
} instants[] = {
    {"2026-04-11 15:20 JST", NULL, "2026-04-11T06:20:00.000Z", "2026-04-11T06:21:00.000Z"},
    {"2026-04-11 15:20 JST", "Here/York", "2026-04-11T06:20:00.000Z", "2026-04-11T06:21:00.000Z"},
    {"2026-04-11 15:20:01.5Z", NULL, "2026-04-11T15:20:01.500Z", "2026-04-11T15:20:01.600Z"},
    {"2026-04-11 15:20:01", "Here/Tokyo", "2026-04-11T06:20:01.000Z", "2026-04-11T06:20:02.000Z"},
    {"2026-04-11 15:20:01", NULL, NULL, NULL},
    {"2026-04-11 15:20:01 CST", NULL, NULL, NULL},
    {"2026-04-11 15:20:01 CST", "Here/Shanghai", "2026-04-11T07:20:01.000Z",
     "2026-04-11T07:20:02.000Z"},
    {"2026-04-11 15:20:01 (Here/Tokyo)", NULL, "2026-04-11T06:20:01.000Z",
     "2026-04-11T06:20:02.000Z"},
    {"2024-11-03 01:30", "Here/York", "2024-11-03T05:30:00.000Z", "2024-11-03T06:31:00.000Z"},
    {"2026-11-01 01:30 CST", "Here/Chicago", "2026-11-01T07:30:00.000Z",
     "2026-11-01T07:31:00.000Z"},
    {"15:20:01 JST", NULL, NULL, NULL},
    {"Apr 11 15:20:01", "Here/Tokyo", NULL, NULL},
};

static void
stamps_to_instants(void **state)
{
    struct world *w = *state;

    for (size_t i = 0; i < sizeof(instants) / sizeof(instants[0]); i++) {
        struct tl_str s = tl_str_from(instants[i].text);
        const struct tl_zone *zone = NULL;
        struct tl_stamp st;
        struct tl_instant got;
        tl_time want;

        assert_true(tl_stamp_read(&s, w->zones, &st));
        assert_int_equal(s.n, 0);
        if (instants[i].zone)
            assert_false(tl_zone_find(w->zones, tl_str_from(instants[i].zone), &zone, NULL));
        assert_int_equal(tl_stamp_instant(&st, zone, &got), instants[i].earliest != NULL);
        if (!instants[i].earliest)
            continue;
        assert_true(tl_time_read(tl_str_from(instants[i].earliest), &want));
        assert_true(got.earliest == want && got.at == want);
        assert_true(tl_time_read(tl_str_from(instants[i].latest), &want));
        assert_true(got.latest == want);
    }
}

static void
rules_of_the_footer(void **state)
{
    static const struct {
        const char *text;
        bool ok;
    } rows[] = {
        {"JST-9", true},
        {"<+0330>-3:30<+0430>,J79/24,J263/24", true},
        {"EST5EDT,M3.2.0,M11.1.0", true},
        {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", true},
        {"EST5EDT4:30:15,0,365/167", true},
        {"EST5EDT", false}, /* when? */
        {"ES5", false},
        {"<>5", false},
        {"<+03-3", false},
        {"EST", false},
        {"EST5EDT,M13.1.0,M11.1.0", false},
        {"EST5EDT,M3.6.0,M11.1.0", false},
        {"EST5EDT,M3.2.7,M11.1.0", false},
        {"EST5EDT,J0,J365", false},
        {"EST5EDT,0,366", false},
        {"EST5EDT,M3.2.0/168,M11.1.0", false},
        {"EST5EDT,M3.2.0,M11.1.0 ", false},
        {"EST99", false},
        {"", false},
    };
    struct tzif_rule r;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(tzif_rule_read(tl_str_from(rows[i].text), &r), rows[i].ok);
}

/* Every cut and every flipped byte of a good file: refused or read, within bounds. */
static void
damaged_files_do_no_harm(void **state)
{
    struct tl_buf b;
    struct tl_arena a;
    struct tzif z;

    (void)state;
    tl_buf_init(&b, 10000);
    put_file(&b, 1);
    tl_arena_init(&a, (size_t)64 << 20);
    assert_true(tzif_read(tl_buf_str(&b), &a, &z) && z.rule.present && z.ntimes == 2);
    for (size_t i = 0; i < b.n; i++) {
        char was = b.p[i], *part = malloc(i ? i : 1);

        assert_non_null(part);
        memcpy(part, b.p, i); /* of its own, so that a read beyond it is seen */
        if (tzif_read((struct tl_str){part, i}, &a, &z))
            assert_int_equal(tzif_at(&z, 1720000000)->offset_s, -14400);
        free(part);
        b.p[i] = (char)~was;
        if (tzif_read(tl_buf_str(&b), &a, &z))
            assert_non_null(tzif_at(&z, 1720000000));
        b.p[i] = was;
    }
    tl_arena_free(&a);
    tl_buf_free(&b);
}

/* The machine's own database, where there is one: the abbreviations that the contract names. */
static void
certain_and_ambiguous_in_the_real_database(void **state)
{
    static const struct {
        const char *text;
        int minutes; /* 0: ambiguous */
    } rows[] = {{"JST", 540},  {"EST", -300}, {"EDT", -240}, {"PDT", -420}, {"CET", 60},
                {"CEST", 120}, {"CST", 0},    {"IST", 0},    {"PST", 0}};
    struct tl_zones *z = tl_zones_new(TL_STR(DATABASE));
    const struct tl_zone *zone;
    int64_t us = 0;

    (void)state;
    if (tl_zone_find(z, TL_STR("Asia/Tokyo"), &zone, NULL)) {
        tl_zones_free(z);
        skip();
    }
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        bool certain = tl_zone_abbreviation(z, tl_str_from(rows[i].text), &us);

        assert_int_equal(certain, rows[i].minutes != 0);
        if (certain)
            assert_int_equal(us, rows[i].minutes * TL_MINUTE);
        assert_true(tl_zone_abbreviation_known(z, tl_str_from(rows[i].text)));
    }
    tl_zones_free(z);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zones_by_name),
        cmocka_unit_test(abbreviations_since_2000),
        cmocka_unit_test(no_database_is_said),
        cmocka_unit_test(wall_clocks_to_utc),
        cmocka_unit_test(moments_round_trip),
        cmocka_unit_test(stamps_to_instants),
        cmocka_unit_test(rules_of_the_footer),
        cmocka_unit_test(damaged_files_do_no_harm),
        cmocka_unit_test(certain_and_ambiguous_in_the_real_database),
    };

    return cmocka_run_group_tests(tests, open_world, close_world);
}
