/* Charts as files, and gnuplot as a process: present, missing, failing, hanging. */
#define _GNU_SOURCE /* mkdtemp, setenv */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <expat.h>

#include "render/chart.h"
#include "tests/unit/chart_samples.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

struct world {
    struct tl_arena arena;
    struct tl_zones *zones;
    struct tl_render_options options;
    char folder[64]; /* a new one, for all tests */
    char path[400];
};

static int
setup(void **state)
{
    static struct world w;

    tl_arena_init(&w.arena, 64 << 20);
    w.zones = tl_zones_new(STR("/usr/share/zoneinfo"));
    assert_int_equal(tl_zone_find(w.zones, STR("Asia/Tokyo"), &w.options.tz, NULL), TL_OK);
    (void)snprintf(w.folder, sizeof(w.folder), "/tmp/tideline-chart-XXXXXX");
    assert_non_null(mkdtemp(w.folder));
    *state = &w;
    return 0;
}

static int
teardown(void **state)
{
    struct world *w = *state;
    char command[128];
    FILE *rm;

    (void)snprintf(command, sizeof(command), "rm -rf %s", w->folder);
    rm = popen(command, "r");
    assert_non_null(rm);
    (void)pclose(rm);
    tl_zones_free(w->zones);
    tl_arena_free(&w->arena);
    return 0;
}

/* A path in the folder; valid until the next call. */
static const char *
in(struct world *w, const char *folder, const char *name)
{
    (void)snprintf(w->path, sizeof(w->path), "%s/%s/%s", w->folder, folder, name);
    return w->path;
}

static struct tl_str
keep(struct world *w, const char *path)
{
    return tl_arena_str(&w->arena, tl_str_from(path));
}

static bool
exists(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && st.st_size > 0;
}

/* A program in the folder that stands for gnuplot. */
static struct tl_str
fake(struct world *w, const char *script)
{
    const char *path = in(w, ".", "gnuplot");
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    (void)fprintf(f, "#!/bin/sh\n%s\n", script);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(chmod(path, 0755), 0);
    return keep(w, path);
}

static char *
read_file(struct world *w, const char *path)
{
    FILE *f = fopen(path, "rb");
    char *text = tl_arena_alloc(&w->arena, 4 << 20);
    size_t n;

    assert_non_null(f);
    assert_non_null(text);
    n = fread(text, 1, (4 << 20) - 1, f);
    text[n] = '\0';
    (void)fclose(f);
    return text;
}

/* ---- what can go wrong ---- */

static void
test_failures(void **state)
{
    static const struct {
        const char *script, *sentence;
    } rows[] = {
        {"exit 127", "gnuplot is not installed"},
        {"echo 'line 3: bad \033[31mthing' >&2; exit 2",
         "gnuplot failed on timeline.gp (line 3: bad  [31mthing)"},
        {"exit 1", "gnuplot failed on timeline.gp (it said nothing)"},
        {"kill -9 $$", "gnuplot ended by signal 9 on timeline.gp"},
        {"exit 0", "gnuplot did not complain, but timeline.gp gave no pictures"},
        {"sleep 100", "gnuplot was stopped: timeline.gp took more than 0 s"},
        {"sleep 100 & exec >&- 2>&-; wait", "gnuplot was stopped"},
        {"while :; do echo no; echo no; echo no; done >&2", "gnuplot was stopped"},
        {"read line && exit 9; exit 3", "gnuplot failed"}, /* nothing to read: no 9 */
    };
    struct world *w = *state;

    assert_int_equal(mkdir(in(w, ".", "fail"), 0777), 0);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct tl_error err = {.msg = ""};
        struct tl_str program = fake(w, rows[i].script), folder = keep(w, in(w, ".", "fail"));

        assert_int_equal(chart_gnuplot(program, folder, STR("timeline"), 400, &err), TL_EINPUT);
        if (!strstr(err.msg, rows[i].sentence))
            print_message("%s\n%s\n", rows[i].script, err.msg);
        assert_non_null(strstr(err.msg, rows[i].sentence));
        assert_null(strchr(err.msg, '\n'));
        assert_null(strchr(err.msg, '\033'));
    }
}

/* Without gnuplot the script and its data are there; an old picture is not. */
static void
test_missing(void **state)
{
    struct world *w = *state;
    struct tl_report r = chart_minor(&w->arena);
    struct tl_str folder = keep(w, in(w, "new", "deep/charts"));
    struct tl_error err;

    assert_int_equal(
        tl_chart_write(&r, &w->options, folder, fake(w, "touch timeline.svg; exit 1"), &err),
        TL_EINPUT);
    for (int i = 0; i < 2; i++) {
        struct tl_str program = i ? STR("/nowhere/gnuplot") : STR("gnuplot-that-is-not-there");

        assert_int_equal(tl_chart_write(&r, &w->options, folder, program, &err), TL_EINPUT);
        assert_non_null(
            strstr(err.msg, "gnuplot is not installed: the script and its data are in"));
        assert_non_null(strstr(err.msg, "install gnuplot-nox"));
    }
    assert_true(exists(in(w, "new/deep/charts", "timeline.gp")));
    assert_true(exists(in(w, "new/deep/charts", "timeline-page-text.dat")));
    assert_true(exists(in(w, "new/deep/charts", "timeline-overview-bars.dat")));
    assert_int_not_equal(access(in(w, "new/deep/charts", "timeline.svg"), F_OK), 0);
}

static void
test_folders(void **state)
{
    struct world *w = *state;
    struct tl_report r = chart_minor(&w->arena);
    struct tl_str program = fake(w, "exit 0");
    const struct {
        struct tl_str folder;
        const char *sentence;
    } rows[] = {
        {keep(w, in(w, ".", "gnuplot")), "is not a folder: charts need one"},
        {keep(w, in(w, "gnuplot", "below")), "cannot make the folder"},
        {STR("/proc/none/charts"), "cannot make the folder"},
        {STR(""), "no usable name"},
        {STR("a\0b"), "no usable name"},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct tl_error err;

        assert_int_equal(tl_chart_write(&r, &w->options, rows[i].folder, program, &err), TL_EINPUT);
        assert_non_null(strstr(err.msg, rows[i].sentence));
    }
}

/* It runs in the folder, with fixed arguments; the folder's name is no part of a command. */
static void
test_arguments(void **state)
{
    struct world *w = *state;
    struct tl_report r = chart_minor(&w->arena);
    struct tl_str program = fake(w, "echo x > timeline.svg; echo \"$#:$1:$2\" > timeline.png");
    struct tl_str folder = keep(w, in(w, ".", "it's `touch pwned` $(touch pwned) \"x\""));
    struct tl_error err;

    assert_int_equal(tl_chart_write(&r, &w->options, folder, program, &err), TL_OK);
    (void)snprintf(w->path, sizeof(w->path), "%s/timeline.png", folder.p);
    assert_string_equal(read_file(w, w->path), "2:-d:timeline.gp\n");
    assert_int_not_equal(access("pwned", F_OK), 0);
}

/* Runs that lie apart have charts of their own; the first is the timeline. */
static void
test_runs(void **state)
{
    static const struct {
        int64_t hours;
        bool own;
        const char *title;
    } rows[] = {
        {1, false, "\t3 runs\n"},
        {30, true, "\tmanaged-global-minor from 17.4.5 to 17.5.4: succeeded\n"},
    };
    struct world *w = *state;
    struct tl_str program = fake(w, "for f in *.gp; do echo x > ${f%gp}svg; echo x > ${f%gp}png; "
                                    "done");

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct tl_report r = chart_months(&w->arena, 2, rows[i].hours);
        struct tl_str folder = keep(w, in(w, ".", i ? "apart" : "near"));
        struct tl_error err;

        r.runs[1].id = STR("../x/$(id)");
        assert_int_equal(tl_chart_write(&r, &w->options, folder, program, &err), TL_OK);
        assert_non_null(strstr(read_file(w, in(w, i ? "apart" : "near", "timeline-page-text.dat")),
                               rows[i].title));
        assert_int_equal(exists(in(w, i ? "apart" : "near", "timeline-___x___id_.gp")),
                         rows[i].own);
        assert_int_equal(exists(in(w, i ? "apart" : "near", "timeline-20260412-00000002.gp")),
                         rows[i].own);
    }
}

/* ---- the real one ---- */

/* Well-formed, or it fails the test. */
static void
check_xml(const char *text)
{
    XML_Parser parser = XML_ParserCreate(NULL);

    assert_non_null(parser);
    assert_int_equal(XML_Parse(parser, text, (int)strlen(text), 1), XML_STATUS_OK);
    XML_ParserFree(parser);
}

static void
draw(struct world *w, const struct tl_report *r, const char *name)
{
    struct tl_str folder = keep(w, in(w, ".", name));
    struct tl_error err;
    enum tl_status st = tl_chart_write(r, &w->options, folder, STR("gnuplot"), &err);

    if (st && strstr(err.msg, "not installed"))
        skip();
    if (st)
        print_message("%s\n", err.msg);
    assert_int_equal(st, TL_OK);
}

static void
test_real(void **state)
{
    static const char *const texts[] = {"global-database-cluster-1",
                                        "DB cluster",
                                        "us-east-1",
                                        "21.3 s (14.8 to 22.6)",
                                        "ZDP finished, 2360 ms, 6 kept, 0 dropped",
                                        "17.4.5 \xE2\x86\x92 17.5.4",
                                        "2026-04-11, JST, UTC+09:00",
                                        "15:22"};
    struct world *w = *state;
    struct tl_report r = chart_minor(&w->arena);
    const char *svg, *again;

    draw(w, &r, "real");
    svg = read_file(w, in(w, "real", "timeline.svg"));
    check_xml(svg);
    for (size_t i = 0; i < COUNT(texts); i++)
        assert_non_null(strstr(svg, texts[i]));
    assert_memory_equal(read_file(w, in(w, "real", "timeline.png")), "\x89PNG", 4);
    draw(w, &r, "again");
    again = read_file(w, in(w, "again", "timeline.svg"));
    assert_string_equal(svg, again);
}

static void
test_real_shapes(void **state)
{
    struct world *w = *state;
    struct tl_report fleet = chart_fleet(&w->arena, 5, 5, TL_MINUTE);
    struct tl_report empty = sample_empty(&w->arena);

    draw(w, &fleet, "fleet");
    check_xml(read_file(w, in(w, "fleet", "timeline.svg")));
    draw(w, &empty, "empty");
    assert_non_null(strstr(read_file(w, in(w, "empty", "timeline.svg")), "Nothing to draw"));
}

/* Hostile text is drawn as it stands and acts nowhere: not in gnuplot, not in the SVG. */
static void
test_real_hostile(void **state)
{
    const struct tl_str rows[] = {
        STR("`touch pwned` $(touch pwned) \"; system('touch pwned') #"),
        STR("\" ; !touch pwned\n!touch pwned\n\tset output"),
        STR("<script>&#x1;&lt;]]>{/:Bold ^x_y}@~\\n\\"),
        STR("?"),
        STR("NaN"),
        STR("\x01\xff\xfe\xe2\x80\xae\xef\xbf\xbf\0x"),
        STR(""),
    };
    struct world *w = *state;

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct tl_report r = sample_text(&w->arena, rows[i]);
        const char *svg;

        draw(w, &r, "hostile");
        svg = read_file(w, in(w, "hostile", "timeline.svg"));
        check_xml(svg);
        assert_null(strstr(svg, "<script"));
        assert_int_not_equal(access(in(w, "hostile", "pwned"), F_OK), 0);
    }
}

/* A machine without a single font still gets both pictures. */
static void
test_real_without_fonts(void **state)
{
    struct world *w = *state;
    struct tl_report r = chart_minor(&w->arena);
    FILE *f = fopen(in(w, ".", "fonts.conf"), "w");

    assert_non_null(f);
    (void)fprintf(f, "<?xml version=\"1.0\"?><fontconfig><cachedir>%s</cachedir></fontconfig>\n",
                  w->folder);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(setenv("FONTCONFIG_FILE", in(w, ".", "fonts.conf"), 1), 0);
    draw(w, &r, "fontless");
    assert_int_equal(unsetenv("FONTCONFIG_FILE"), 0);
    assert_true(exists(in(w, "fontless", "timeline.png")));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_failures),
        cmocka_unit_test(test_missing),
        cmocka_unit_test(test_folders),
        cmocka_unit_test(test_arguments),
        cmocka_unit_test(test_runs),
        cmocka_unit_test(test_real),
        cmocka_unit_test(test_real_shapes),
        cmocka_unit_test(test_real_hostile),
        cmocka_unit_test(test_real_without_fonts),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
