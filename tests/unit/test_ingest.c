/* Walks over folders, files, pipes and archives. */
#include "tests/unit/ingest_files.h"

/* ---- what is walked: a table ---- */

static void
make_plain(void)
{
    put("a.log", "hello\n");
}

static void
make_order(void)
{
    put("d/a/x", "1");
    put("d/a.log", "2");
    put("d/a-b", "3");
    put("d/B", "4");
    put("d/a/\xc3\xa9", "5");
    put("d/.hidden", "no");
    put("d/.git/config", "no");
    put("d/a/.x", "no");
    put("d/empty", "");
}

static void
make_links(void)
{
    put("d/sub/x.log", "x");
    put("outside/secret", "no");
    assert_int_equal(symlink("../outside", at("d/leaves")), 0);
    assert_int_equal(symlink("../outside/secret", at("d/leaves.log")), 0);
    assert_int_equal(symlink("sub/x.log", at("d/stays.log")), 0);
    assert_int_equal(symlink("..", at("d/sub/up")), 0);
    assert_int_equal(symlink(".", at("d/self")), 0);
    assert_int_equal(symlink("nowhere", at("d/dangling")), 0);
    assert_int_equal(symlink("round", at("d/round")), 0);
    assert_int_equal(symlink("sub", at("d/sub-link")), 0);
    mkdir(at("d-sibling"), 0755);
    put("d-sibling/y", "no");
    assert_int_equal(symlink("../d-sibling", at("d/sibling")), 0);
    assert_int_equal(mkfifo(at("d/pipe"), 0644), 0);
}

static void
make_odd_names(void)
{
    put("d/new\nline\x1b[1m", "1");
    put("d/bad\xff", "2");
}

static void
make_own_output(void)
{
    put("d/1.json", "{\n  \"schema\": \"tideline.report/1\",\n  \"tool\": {}}");
    put("d/2.json", "{\"schema\":\"tideline.report/1\"}");
    put("d/3.md", "<!-- tideline:report 1 -->\n# x");
    put("d/4.txt", "tideline report\n");
    put("d/5.csv", "n,run,at,earliest,latest,region,resource,label,kind,class\r\n");
    put("d/5.txt", "# tideline:report\n");
    put("d/6.ndjson", "{\"schema\":\"tideline.event/1\"}");
    put("d/7.md", "About tideline report\n");
    put("d/8.log", "[{\"schema\": \"tideline.report/1\"}]");
}

static void
make_charts(void)
{
    put("d/t.gp", "# t.gp - a chart by tideline. To make its pictures again:\n");
    put("d/t.svg", "<svg>");
    put("d/t.png", "png");
    put("d/t-a-bars.dat", "x0\tx1\n");
    put("d/t-notes.txt", "mine");
    put("d/tt.png", "another");
    put("d/u.gp", "# u.gp, by hand\n");
    put("d/u.svg", "<svg>");
    put("d/.gp", "");
    put("d/v.gp/t.svg", "a folder");
}

static void
make_filters(void)
{
    struct tl_str t = TL_STR("line one\nline two\n");

    put_made("d/a.gz", squeeze("gzip", t));
    put_made("d/b.bz2", squeeze("bzip2", t));
    put_made("d/c.xz", squeeze("xz", t));
    put_made("d/d.zst", squeeze("zstd", t));
    put_made("d/e.gz", squeeze("gzip", TL_STR("")));
    put_made("d/f.bz2", squeeze("bzip2", TL_STR("")));
    put_made("d/g.xz", squeeze("xz", TL_STR("")));
}

static void
make_gzip_twice(void)
{
    struct made a = squeeze("gzip", TL_STR("one\n")), b = squeeze("gzip", TL_STR("two\n"));

    a.p = realloc(a.p, a.n + b.n + 8);
    memcpy(a.p + a.n, b.p, b.n);
    memset(a.p + a.n + b.n, 0, 8); /* padding of tapes */
    a.n += b.n + 8;
    free(b.p);
    put_made("a.log", squeeze("gzip", (struct tl_str){a.p, a.n})); /* and wrapped once more */
    free(a.p);
}

static void
make_tar(void)
{
    struct made gz = squeeze("gzip", TL_STR("inner\n"));
    struct member m[] = {{"./b/", 'd', TL_STR("")},
                         {"./b/z.log", 'f', TL_STR("zzz\n")},
                         {"/abs/../../a.log", 'f', TL_STR("aaa\n")},
                         {"link", 'l', TL_STR("b/z.log")},
                         {"hard", 'h', TL_STR("b/z.log")},
                         {"b/.DS_Store", 'f', TL_STR("no")},
                         {".", 'd', TL_STR("")},
                         {"../..", 'f', TL_STR("dots\n")},
                         {"x.log.gz", 'f', {gz.p, gz.n}},
                         {"r.json", 'f', TL_STR("{\"schema\": \"tideline.report/1\"}")},
                         {"new\nline", 'f', TL_STR("")}};

    put_made("logs.tar.gz", pack("gzip", "ustar", m, sizeof(m) / sizeof(m[0])));
    put_made("logs.tar", pack(NULL, "pax", m, 3));
    put_made("logs.zip", pack(NULL, "zip", m, 3));
    free(gz.p);
}

static void
make_nested(void)
{
    static const struct {
        const char *filter, *format;
    } shells[] = {{NULL, "zip"}, {"gzip", "ustar"}, {NULL, "ustar"}};
    struct made in = pack(NULL, "ustar", (struct member[]){{"x", 'f', TL_STR("deep\n")}}, 1), out;

    for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++) {
        out = pack(shells[i].filter, shells[i].format,
                   (struct member[]){{"n", 'f', {in.p, in.n}}, {"also", 'f', TL_STR("side\n")}}, 2);
        free(in.p);
        in = out;
    }
    put_made("n.tar", in);
}

static void
make_texts_that_look_packed(void)
{
    char tarlike[600];

    put("d/1", "BZh9 is how this text begins\n");
    put("d/2", "PK and what follows\n");
    put("d/3", "#mtree\n/set type=file\n./x size=3\n");
    put("d/4", "070707000000000000000000000000000000000000\n"); /* cpio, odc */
    put("d/5", "!<arch>\nx");
    memset(tarlike, 'a', sizeof(tarlike));
    memcpy(tarlike + 257, "ustar", 6); /* the magic without the checksum */
    put_bytes("d/6", tarlike, sizeof(tarlike));
    memset(tarlike, 0, sizeof(tarlike));
    put_bytes("d/7", tarlike, sizeof(tarlike)); /* tar's end mark: not an archive without members */
    put("d/8", "\x1f\x8b");
}

static void
make_empty_archives(void)
{
    put_made("d/a.zip", pack(NULL, "zip", NULL, 0));
    put("d/b", "b");
}

static void
make_nothing(void)
{
    mkdir(at("d"), 0755);
}

static void
make_deep(void)
{
    char path[200] = "d";

    for (int i = 0; i < 34; i++) {
        size_t n = strlen(path);

        snprintf(path + n, sizeof(path) - n, "/%c", 'a' + i % 26);
    }
    snprintf(path + strlen(path), 3, "/x");
    put(path, "too deep");
    put("d/z", "z");
}

static const struct {
    const char *name;
    void (*make)(void);
    const char *input, *want;
} walks[] = {
    {"a file", make_plain, "a.log", "a.log 6 hello\n\n"},
    {"a missing file", make_plain, "b.log", "! b.log: cannot be read: No such file or directory\n"},
    {"byte order of whole paths", make_order, "d",
     "B F 1 4\na-b F 1 3\na.log F 1 2\na/x F 1 1\na/\xc3\xa9 F 1 5\nempty F 0 \n"},
    {"a trailing slash", make_order, "d/a/", "x F 1 1\n\xc3\xa9 F 1 5\n"},
    {"links", make_links, "d", "stays.log F 1 x\nsub-link/x.log F 1 x\nsub/x.log F 1 x\n"},
    {"an INPUT may be a link", make_links, "d/leaves.log", "leaves.log 2 no\n"},
    {"odd names", make_odd_names, "d", "bad\xef\xbf\xbd F 1 2\nnew?line?[1m F 1 1\n"},
    {"own output", make_own_output, "d",
     "6.ndjson F 29 {\"schema\":\"tideline.eve\n7.md F 22 About tideline report\n\n"
     "8.log F 33 [{\"schema\": \"tideline.r\n"},
    {"charts", make_charts, "d",
     "t-notes.txt F 4 mine\ntt.png F 7 another\nu.gp F 16 # u.gp, by hand\n\nu.svg F 5 <svg>\n"
     "v.gp/t.svg F 8 a folder\n"},
    {"own output as an INPUT", make_own_output, "d/4.txt", "4.txt 16 tideline report\n\n"},
    {"filters", make_filters, "d",
     "a.gz F 18 line one\nline two\n\nb.bz2 F 18 line one\nline two\n\nc.xz F 18 line one\nline "
     "two\n\nd.zst F 18 line one\nline two\n\ne.gz F 0 \nf.bz2 F 0 \ng.xz F 0 \n"},
    {"gzip members one behind the other", make_gzip_twice, "a.log", "a.log 8 one\ntwo\n\n"},
    {"a compressed tar", make_tar, "logs.tar.gz",
     "logs.tar.gz/b/z.log F 4 zzz\n\nlogs.tar.gz/abs/a.log F 4 aaa\n\n"
     "logs.tar.gz/unnamed F 5 dots\n\nlogs.tar.gz/x.log.gz F 6 inner\n\nlogs.tar.gz/new?line F 0 "
     "\n"},
    {"a plain tar", make_tar, "logs.tar",
     "logs.tar/b/z.log F 4 zzz\n\nlogs.tar/abs/a.log F 4 aaa\n\n"},
    {"a zip", make_tar, "logs.zip", "logs.zip/b/z.log F 4 zzz\n\nlogs.zip/abs/a.log F 4 aaa\n\n"},
    {"archives in archives, three deep", make_nested, "n.tar",
     "n.tar/n/n/n F 2048 x\nn.tar/n/n/also F 5 side\n\nn.tar/n/also F 5 side\n\n"
     "n.tar/also F 5 side\n\n"},
    {"texts that look packed", make_texts_that_look_packed, "d",
     "1 F 29 BZh9 is how this text b\n2 F 20 PK and what follows\n\n3 F 33 #mtree\n/set "
     "type=file\n.\n"
     "4 F 43 07070700000000000000000\n5 F 9 !<arch>\nx\n6 F 600 aaaaaaaaaaaaaaaaaaaaaaa\n"
     "7 F 600 \n8 F 2 \x1f\x8b\n"},
    {"an empty archive", make_empty_archives, "d", "b F 1 b\n"},
    {"an empty folder", make_nothing, "d", ""},
    {"folders too deep", make_deep, "d",
     "! d/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t/u/v/w/x/y/z/a/b/c/d/e/f/: folders are nested "
     "deeper than 32; not read\nz F 1 z\n"},
};

static void
walks_are_as_the_table_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(walks) / sizeof(walks[0]); i++) {
        struct tl_buf got;

        clean();
        walks[i].make();
        tl_buf_init(&got, MAX_TRACE);
        trace(at(walks[i].input), -1, NULL, &got);
        check(walks[i].name, &got, walks[i].want);
    }
}

/* A pipe cannot go back: what was looked at must come again. */
static void
pipes_give_what_files_give(void **state)
{
    static const char *const names[] = {"a.log", "logs.tar", "logs.tar.gz", "logs.zip", "empty"};

    (void)state;
    clean();
    make_tar();
    make_gzip_twice();
    put("empty", "");
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct tl_buf file, got, want;
        char bytes[60000];
        FILE *f = fopen(at(names[i]), "rb");
        size_t n = fread(bytes, 1, sizeof(bytes), f);
        struct tl_str rest;
        int fd[2];

        fclose(f);
        assert_int_equal(pipe(fd), 0);
        assert_int_equal(write(fd[1], bytes, n), n);
        close(fd[1]);
        tl_buf_init(&file, MAX_TRACE);
        tl_buf_init(&got, MAX_TRACE);
        tl_buf_init(&want, MAX_TRACE);
        trace(at(names[i]), -1, NULL, &file);
        trace("-", fd[0], NULL, &got);
        assert_int_equal(fcntl(fd[0], F_GETFD), 0); /* the caller's descriptor stays open */
        close(fd[0]);
        for (rest = tl_buf_str(&file); rest.n > 0;) { /* the names begin with stdin instead */
            struct tl_str line, name = tl_str_from(names[i]);

            tl_str_line(&rest, &line);
            if (tl_str_starts(line, name)) {
                tl_buf_add(&want, TL_STR("stdin"));
                line = tl_str_skip(line, name.n);
            }
            tl_buf_add(&want, line);
            tl_buf_add(&want, TL_STR("\n"));
        }
        tl_buf_free(&file);
        check(names[i], &got, want.p);
        tl_buf_free(&want);
    }
}

static void
sha256_is_the_published_one(void **state)
{
    char hex[65];

    (void)state;
    assert_int_equal(tl_sha256(TL_STR("abc"), hex, NULL), TL_OK);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void
a_large_log_need_not_be_hashed(void **state)
{
    static const struct {
        const char *file;
        uint64_t most;
        size_t digits;
    } cases[] = {
        {"a.log", 5, 0}, {"a.log", 6, 64}, {"a.log", 7, 64},  {"a.log", 0, 0},
        {"b.gz", 5, 0},  {"b.gz", 80, 0},  {"b.gz", 1000, 64}}; /* packed to about 26 bytes */

    (void)state;
    clean();
    put("a.log", "hello\n");
    put_made("b.gz", squeeze("gzip", TL_STR("hello\n")));
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct tl_walk *w = NULL;
        struct tl_str name, sha;
        struct tl_stream stream;
        struct tl_error err;
        bool got, folder;
        uint64_t bytes, done, size;

        assert_int_equal(tl_walk_open(tl_str_from(at(cases[i].file)), 0, NULL, &w, &err), TL_OK);
        assert_int_equal(tl_walk_next(w, &name, &folder, &stream, &got, &err), TL_OK);
        assert_true(stream.steady);
        tl_walk_hash_up_to(w, cases[i].most);
        assert_int_equal(tl_walk_digest(w, &bytes, &sha, &err), TL_OK);
        assert_int_equal(bytes, 6);
        assert_int_equal(sha.n, cases[i].digits);
        tl_walk_position(w, &done, &size);
        assert_int_equal(done, size);
        tl_walk_close(w);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(walks_are_as_the_table_says),
        cmocka_unit_test(pipes_give_what_files_give),
        cmocka_unit_test(sha256_is_the_published_one),
        cmocka_unit_test(a_large_log_need_not_be_hashed),
    };

    return RUN_IN_FOLDER(tests);
}
