/* Walks over folders, files, pipes and archives that each test makes in a temporary folder. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ingest/ingest.h"

enum { MAX_TRACE = 1 << 20, SPACE = 4 << 20 };

static char root[256]; /* the temporary folder of the whole run */

struct made { /* bytes of an archive */
    char *p;
    size_t n;
};

static const char *
at(const char *rel)
{
    static char path[4][600];
    static unsigned i;

    i = (i + 1) % 4;
    snprintf(path[i], sizeof(path[i]), "%s/%s", root, rel);
    return path[i];
}

static void
clean(void)
{
    char cmd[600];

    snprintf(cmd, sizeof(cmd), "rm -rf '%s' && mkdir -p '%s'", root, root);
    assert_int_equal(system(cmd), 0);
}

static void
put_bytes(const char *rel, const char *p, size_t n)
{
    FILE *f;

    for (const char *s = strchr(rel, '/'); s; s = strchr(s + 1, '/')) {
        char dir[300];

        snprintf(dir, sizeof(dir), "%.*s", (int)(s - rel), rel);
        mkdir(at(dir), 0755);
    }
    f = fopen(at(rel), "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(p, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

static void
put(const char *rel, const char *text)
{
    put_bytes(rel, text, strlen(text));
}

/* One member of an archive under construction; type: 'f' file, 'd' folder, 'l' symbolic link, 'h'
 * hard link (text is the target of both). */
struct member {
    const char *name;
    char type;
    struct tl_str text;
};

static struct made
pack(const char *filter, const char *format, const struct member *m, size_t n)
{
    struct archive *a = archive_write_new();
    struct made out = {malloc(SPACE), 0};

    assert_int_equal(archive_write_set_format_by_name(a, format), ARCHIVE_OK);
    if (filter)
        assert_int_equal(archive_write_add_filter_by_name(a, filter), ARCHIVE_OK);
    archive_write_set_bytes_in_last_block(a, 1);
    assert_int_equal(archive_write_open_memory(a, out.p, SPACE, &out.n), ARCHIVE_OK);
    for (size_t i = 0; i < n; i++) {
        struct archive_entry *e = archive_entry_new();

        archive_entry_set_pathname(e, m[i].name);
        archive_entry_set_perm(e, 0644);
        archive_entry_set_filetype(e, m[i].type == 'd'   ? AE_IFDIR
                                      : m[i].type == 'l' ? AE_IFLNK
                                                         : AE_IFREG);
        if (m[i].type == 'l')
            archive_entry_set_symlink(e, m[i].text.p);
        if (m[i].type == 'h')
            archive_entry_set_hardlink(e, m[i].text.p);
        archive_entry_set_size(e, m[i].type == 'f' ? (la_int64_t)m[i].text.n : 0);
        assert_true(archive_write_header(a, e) >= ARCHIVE_WARN);
        if (m[i].type == 'f')
            archive_write_data(a, m[i].text.p, m[i].text.n);
        archive_entry_free(e);
    }
    assert_int_equal(archive_write_close(a), ARCHIVE_OK);
    archive_write_free(a);
    return out;
}

static struct made
squeeze(const char *filter, struct tl_str text)
{
    return pack(filter, "raw", (struct member[]){{"x", 'f', text}}, 1);
}

static void
put_made(const char *rel, struct made m)
{
    put_bytes(rel, m.p, m.n);
    free(m.p);
}

/* A line per input: name, 'F' when from a folder, size and the first bytes; a line "! sentence" per
 * failure. */
static void
trace_input(struct tl_walk *w, struct tl_stream *s, struct tl_str name, bool folder,
            struct tl_buf *out)
{
    char chunk[777], head[24] = "", sha[65];
    struct tl_buf all;
    struct tl_error err = {0};
    enum tl_status st = TL_OK;
    struct tl_str digest;
    uint64_t bytes = 0;
    size_t n = 1;

    tl_buf_init(&all, 64 << 20);
    while (!st && n > 0) {
        st = s->read(s->ctx, chunk, sizeof(chunk), &n, &err);
        tl_buf_add(&all, (struct tl_str){chunk, n});
    }
    snprintf(head, sizeof(head), "%s", all.p ? all.p : "");
    tl_buf_addf(out, "%.*s%s %zu %s\n", TL_FMT(name), folder ? " F" : "", all.n, head);
    if (st)
        tl_buf_addf(out, "! %s\n", err.msg);
    assert_int_equal(s->read(s->ctx, chunk, sizeof(chunk), &n, &err), TL_OK);
    assert_int_equal(n, 0);
    assert_int_equal(tl_walk_digest(w, &bytes, &digest, &err), TL_OK);
    assert_int_equal(bytes, all.n);
    assert_int_equal(tl_sha256(tl_buf_str(&all), sha, &err), TL_OK);
    assert_int_equal(digest.n, 64);
    assert_memory_equal(digest.p, sha, 64);
    tl_buf_free(&all);
}

static void
trace(const char *input, int fd, const struct tl_ingest_limits *l, struct tl_buf *out)
{
    struct tl_error err = {0};
    struct tl_walk *w;
    bool got = true;

    if (tl_walk_open(tl_str_from(input), fd, l, &w, &err)) {
        tl_buf_addf(out, "! %s\n", err.msg);
        assert_null(w);
        return;
    }
    for (unsigned i = 0; got && i < 1000; i++) {
        struct tl_stream s;
        struct tl_str name;
        bool folder;

        if (tl_walk_next(w, &name, &folder, &s, &got, &err)) {
            tl_buf_addf(out, "! %s\n", err.msg);
            got = true;
        } else if (got) {
            trace_input(w, &s, name, folder, out);
        }
    }
    tl_walk_close(w);
}

/* Compares with the temporary folder's path taken out of the sentences. */
static void
check(const char *what, struct tl_buf *got, const char *want)
{
    struct tl_str rest = tl_buf_str(got), dir = tl_str_from(root);
    struct tl_buf b;
    size_t i;

    tl_buf_init(&b, MAX_TRACE);
    while ((i = tl_str_find(rest, dir)) != SIZE_MAX) {
        tl_buf_add(&b, (struct tl_str){rest.p, i});
        rest = tl_str_skip(rest, i + dir.n + 1);
    }
    tl_buf_add(&b, rest);
    if (strcmp(b.p ? b.p : "", want) != 0)
        fail_msg("%s:\ngot:\n%s\nwant:\n%s", what, b.p ? b.p : "", want);
    tl_buf_free(&b);
    tl_buf_free(got);
}

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

/* ---- damage: what could be read is handed out, then one sentence says what happened ---- */

static const struct {
    const char *name, *filter;
    long cut;           /* bytes taken off the end */
    long flip;          /* byte from the end that is inverted; 0: none */
    const char *behind; /* added to the end */
    size_t at_least;    /* bytes that must be handed out */
    const char *why;
} damages[] = {
    {"a truncated gzip", "gzip", 100, 0, "", 500000, "end in the middle"},
    {"a gzip without its trailer", "gzip", 8, 0, "", 588895, "end in the middle"},
    {"a gzip whose CRC is wrong", "gzip", 0, 8, "", 588895, "damaged"},
    {"a gzip whose length is wrong", "gzip", 0, 4, "", 588895, "damaged"},
    {"a damaged gzip", "gzip", 0, 50000, "", 100000, "damaged"},
    {"bytes behind a gzip", "gzip", 0, 0, "garbage", 588895, "not gzip"},
    {"half a header behind a gzip", "gzip", 0, 0, "\x1f\x8b\x08", 588895, "end in the middle"},
    {"a truncated xz", "xz", 20, 0, "", 400000, "cannot be unpacked further"},
    {"a truncated zstd", "zstd", 20, 0, "", 400000, "cannot be unpacked further"},
    {"a truncated bzip2", "bzip2", 20, 0, "", 0, "cannot be unpacked further"},
};

static void
damage_is_said_and_what_was_read_counts(void **state)
{
    struct tl_buf numbers;

    (void)state;
    tl_buf_init(&numbers, 1 << 20);
    for (int i = 1; i <= 100000; i++)
        tl_buf_addf(&numbers, "%d\n", i);
    clean();
    for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
        struct made m = squeeze(damages[i].filter, tl_buf_str(&numbers));
        size_t behind = strlen(damages[i].behind), bytes;
        struct tl_buf got;
        char *space;

        m.n -= (size_t)damages[i].cut;
        if (damages[i].flip)
            m.p[(long)m.n - damages[i].flip] ^= 0x55;
        memcpy(m.p + m.n, damages[i].behind, behind);
        m.n += behind;
        put_made("f", m);
        tl_buf_init(&got, MAX_TRACE);
        trace(at("f"), -1, NULL, &got);
        space = got.p + 2;
        bytes = strtoul(space, NULL, 10);
        if (bytes < damages[i].at_least || bytes > numbers.n || !strstr(got.p, "\n! ") ||
            !strstr(got.p, damages[i].why) || strstr(strstr(got.p, "\n! ") + 3, "\n!"))
            fail_msg("%s: %s", damages[i].name, got.p);
        tl_buf_free(&got);
    }
    tl_buf_free(&numbers);
}

static void
a_damaged_member_does_not_hide_the_next(void **state)
{
    struct made m = pack(NULL, "zip",
                         (struct member[]){{"a", 'f', TL_STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n")},
                                           {"b", 'f', TL_STR("bbb\n")}},
                         2);
    struct tl_buf got;
    char *crc;

    (void)state;
    clean();
    crc = m.p;
    while (memcmp(crc, "PK\x01\x02", 4) != 0)
        crc++;
    crc[16] ^= 0x55; /* in the directory; the local one lies behind the data */
    put_made("z.zip", m);
    tl_buf_init(&got, MAX_TRACE);
    trace(at("z.zip"), -1, NULL, &got);
    assert_non_null(strstr(got.p, "z.zip/a F 30 aaaa"));
    assert_non_null(strstr(got.p, "! "));
    assert_non_null(strstr(got.p, "z.zip/b F 4 bbb"));
    tl_buf_free(&got);
}

static void
a_truncated_archive_gives_what_it_has(void **state)
{
    static const struct {
        size_t keep;
        const char *want;
    } cases[] = {
        {512, "f.tar/a F 0 \n! f.tar/a: cannot be unpacked further (Truncated tar archive); what "
              "stands before was read\n"},
        {515,
         "f.tar/a F 3 aaa\n! f.tar/a: cannot be unpacked further (Truncated tar archive); what "
         "stands before was read\n"},
        {1024, "f.tar/a F 10 aaaaaaaaa\n\n"},
        {1100,
         "f.tar/a F 10 aaaaaaaaa\n\n! f.tar: cannot be unpacked further (Truncated tar archive); "
         "what stands before was read\n"},
    };

    (void)state;
    clean();
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct made m = pack(
            NULL, "ustar",
            (struct member[]){{"a", 'f', TL_STR("aaaaaaaaa\n")}, {"b", 'f', TL_STR("bbb\n")}}, 2);
        struct tl_buf got;

        m.n = cases[i].keep;
        put_made("f.tar", m);
        tl_buf_init(&got, MAX_TRACE);
        trace(at("f.tar"), -1, NULL, &got);
        check("a truncated tar", &got, cases[i].want);
    }
}

/* ---- limits ---- */

static void
limits_are_said(void **state)
{
    static const char zeros[20 << 20];
    static const struct {
        const char *name, *input, *want;
        struct tl_ingest_limits limits;
    } cases[] = {
        {"bytes",
         "d",
         "a F 5 hello\n! d/a: larger than 5 bytes; the rest was not read\nb F 3 one\n",
         {.member_bytes = 5}},
        {"just enough bytes", "d/b", "b 3 one\n", {.member_bytes = 3}},
        {"files of a folder",
         "d",
         "a F 6 hello\n\n! d/: more than 1 files and folders; the rest was not read\n",
         {.members = 1}},
        {"members",
         "t.tar",
         "t.tar/a F 1 a\n! t.tar: more than 2 files; the rest was not read\n",
         {.members = 2}},
        {"ratio",
         "bomb.gz",
         "! bomb.gz: unpacks to more than 500 times its size; the rest was not read\n",
         {.ratio = 500}},
        {"ratio in an archive",
         "bomb.zip",
         "! bomb.zip/z: unpacks to more than 500 times its size; the rest was not read\n",
         {.ratio = 500}},
        {"the default ratio lets gzip pass", "bomb.gz", "", {.ratio = 0}},
        {"the default ratio stops zstd",
         "bomb.zst",
         "! bomb.zst: unpacks to more than 2000 times its size; the rest was not read\n",
         {.ratio = 0}},
        {"depth of archives", "t.tgz", "t.tgz/t.zip F 2 PK\n", {.depth = 1}},
    };
    struct tl_str bomb = {zeros, sizeof(zeros)};

    (void)state;
    clean();
    put("d/a", "hello\n");
    put("d/b", "one");
    put_made("t.tar",
             pack(NULL, "ustar",
                  (struct member[]){
                      {"a", 'f', TL_STR("a")}, {"b", 'd', TL_STR("")}, {"c", 'f', TL_STR("c")}},
                  3));
    put_made("t.tgz", pack("gzip", "ustar", (struct member[]){{"t.zip", 'f', TL_STR("PK")}}, 1));
    put_made("bomb.gz", squeeze("gzip", bomb));
    put_made("bomb.zst", squeeze("zstd", bomb));
    put_made("bomb.zip", pack(NULL, "zip", (struct member[]){{"z", 'f', bomb}}, 1));
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct tl_buf got, said;
        struct tl_str rest, line;

        tl_buf_init(&got, MAX_TRACE);
        tl_buf_init(&said, MAX_TRACE);
        trace(at(cases[i].input), -1, &cases[i].limits, &got);
        for (rest = tl_buf_str(&got); tl_str_line(&rest, &line);) {
            if (strncmp(cases[i].input, "bomb", 4) == 0 && line.p[0] != '!')
                continue; /* how much came out is not the point */
            tl_buf_add(&said, line);
            tl_buf_add(&said, TL_STR("\n"));
        }
        check(cases[i].name, &said, cases[i].want);
        tl_buf_free(&got);
    }
}

/* ---- files that change, and files that fail ---- */

static void
a_file_may_shrink_grow_and_vanish(void **state)
{
    static char big[300000], chunk[100000];
    struct tl_error err = {0};
    struct tl_stream s;
    struct tl_walk *w;
    struct tl_str name, sha;
    uint64_t bytes;
    bool folder, got;
    size_t n;

    (void)state;
    clean();
    memset(big, 'x', sizeof(big));
    put_bytes("d/a", big, sizeof(big));
    put("d/b", "b");
    put("d/c", "c");
    assert_int_equal(tl_walk_open(tl_str_from(at("d")), -1, NULL, &w, &err), TL_OK);
    assert_int_equal(tl_walk_next(w, &name, &folder, &s, &got, &err), TL_OK);
    assert_int_equal(s.read(s.ctx, chunk, sizeof(chunk), &n, &err), TL_OK);
    assert_true(n > 0);
    assert_int_equal(truncate(at("d/a"), 10), 0);
    assert_int_equal(tl_walk_digest(w, &bytes, &sha, &err), TL_OK);
    assert_int_equal(bytes, n);
    assert_int_equal(unlink(at("d/b")), 0);
    assert_int_equal(tl_walk_next(w, &name, &folder, &s, &got, &err), TL_EINPUT);
    assert_non_null(strstr(err.msg, "d/b: cannot be read: No such file"));
    assert_int_equal(tl_walk_next(w, &name, &folder, &s, &got, &err), TL_OK);
    assert_true(got && tl_str_eq(name, TL_STR("c")));
    put("d/c", "cc");
    assert_int_equal(tl_walk_digest(w, &bytes, &sha, &err), TL_OK);
    assert_true(bytes >= 1);
    assert_int_equal(tl_walk_next(w, &name, &folder, &s, &got, &err), TL_OK);
    assert_false(got);
    assert_int_equal(tl_walk_next(w, &name, &folder, &s, &got, &err), TL_OK);
    assert_false(got); /* and so it stays */
    tl_walk_close(w);
}

static void
a_read_that_fails_is_said(void **state)
{
    struct tl_buf got;

    (void)state;
    clean();
    tl_buf_init(&got, MAX_TRACE);
    trace("/proc/self/mem", -1, NULL, &got); /* can be opened, but not read at 0 */
    check("a failing read", &got, "mem 0 \n! /proc/self/mem: cannot be read: Input/output error\n");
    tl_buf_init(&got, MAX_TRACE);
    trace("", -1, NULL, &got);
    check("no name", &got, "! an input has an empty name\n");
}

static void
sha256_is_the_published_one(void **state)
{
    char hex[65];

    (void)state;
    assert_int_equal(tl_sha256(TL_STR("abc"), hex, NULL), TL_OK);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static int
finish(void **state)
{
    (void)state;
    clean();
    return rmdir(root);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(walks_are_as_the_table_says),
        cmocka_unit_test(pipes_give_what_files_give),
        cmocka_unit_test(damage_is_said_and_what_was_read_counts),
        cmocka_unit_test(a_damaged_member_does_not_hide_the_next),
        cmocka_unit_test(a_truncated_archive_gives_what_it_has),
        cmocka_unit_test(limits_are_said),
        cmocka_unit_test(a_file_may_shrink_grow_and_vanish),
        cmocka_unit_test(a_read_that_fails_is_said),
        cmocka_unit_test(sha256_is_the_published_one),
    };
    const char *tmp = getenv("TMPDIR");

    snprintf(root, sizeof(root), "%s/tideline-test-XXXXXX", tmp ? tmp : "/tmp");
    if (!mkdtemp(root))
        return 1;
    return cmocka_run_group_tests(tests, NULL, finish);
}
