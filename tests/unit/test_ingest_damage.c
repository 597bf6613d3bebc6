/* Damaged, hostile and changing files: what could be read counts, the rest is said. */
#include "tests/unit/ingest_files.h"

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
    assert_non_null(strstr(got.p, "z.zip/a F ")); /* how much of it: libarchives differ */
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
    assert_int_equal(tl_walk_digest(w, &bytes, &sha, &err), TL_EINPUT);
    assert_non_null(strstr(err.msg, "d/a: it became shorter while it was read"));
    assert_int_equal(bytes, n);
    assert_int_equal(sha.n, 64);
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

/* Who is asked to stop has still read something. */
static void
an_input_may_be_ended_early(void **state)
{
    struct tl_error err = {0};
    struct tl_stream s;
    struct tl_walk *w;
    struct tl_str name, sha;
    uint64_t bytes;
    bool folder, got;
    char two[2], want[65];
    size_t n;

    (void)state;
    clean();
    put("a", "hello");
    assert_int_equal(tl_walk_open(tl_str_from(at("a")), -1, NULL, &w, &err), TL_OK);
    assert_int_equal(tl_walk_next(w, &name, &folder, &s, &got, &err), TL_OK);
    assert_int_equal(s.read(s.ctx, two, sizeof(two), &n, &err), TL_OK);
    tl_walk_stop(w);
    assert_int_equal(s.read(s.ctx, two, sizeof(two), &n, &err), TL_OK);
    assert_int_equal(n, 0);
    assert_int_equal(tl_walk_digest(w, &bytes, &sha, &err), TL_OK);
    assert_int_equal(bytes, 2);
    assert_int_equal(tl_sha256(TL_STR("he"), want, &err), TL_OK);
    assert_memory_equal(sha.p, want, 64);
    tl_walk_close(w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(damage_is_said_and_what_was_read_counts),
        cmocka_unit_test(a_damaged_member_does_not_hide_the_next),
        cmocka_unit_test(a_truncated_archive_gives_what_it_has),
        cmocka_unit_test(limits_are_said),
        cmocka_unit_test(a_file_may_shrink_grow_and_vanish),
        cmocka_unit_test(a_read_that_fails_is_said),
        cmocka_unit_test(an_input_may_be_ended_early),
    };

    return RUN_IN_FOLDER(tests);
}
