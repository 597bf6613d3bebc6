/* Files and archives for the tests of ingest/, made in a temporary folder, and a trace of a walk
 * over them. Included by the tests that need it. */
#ifndef TL_TESTS_INGEST_FILES_H
#define TL_TESTS_INGEST_FILES_H

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

static int
finish(void **state)
{
    (void)state;
    clean();
    return rmdir(root);
}

/* Makes the temporary folder and runs the tests in it. */
#define RUN_IN_FOLDER(tests)                                                                       \
    (snprintf(root, sizeof(root), "%s/tideline-test-XXXXXX",                                       \
              getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp"),                                       \
     mkdtemp(root) ? cmocka_run_group_tests(tests, NULL, finish) : 1)

#endif
