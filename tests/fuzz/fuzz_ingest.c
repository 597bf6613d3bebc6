/* Any bytes as a file: the walk ends, what it hands out stays below the limits, its digest is that
 * of what was handed out, and a pipe gives no more than the limits either. The first byte chooses
 * between a file and a folder with the file in it. */
#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ingest/ingest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MEMBER_BYTES = 1 << 20, MEMBERS = 50, MAX_SIZE = 1 << 16 };

static const char *
folder(void)
{
    static char path[300];
    const char *tmp = getenv("TMPDIR");

    if (path[0])
        return path;
    snprintf(path, sizeof(path), "%s/tideline-fuzz-XXXXXX", tmp ? tmp : "/tmp");
    if (!mkdtemp(path))
        abort();
    return path;
}

static void
drain(struct tl_walk *w, struct tl_stream s)
{
    static char all[MEMBER_BYTES + 1];
    struct tl_str sha;
    size_t n = 1, have = 0;
    char want[65];
    uint64_t bytes;

    while (n > 0) {
        if (s.read(s.ctx, all + have, sizeof(all) - have < 4096 ? sizeof(all) - have : 4096, &n,
                   NULL))
            break;
        have += n;
        assert(have <= MEMBER_BYTES);
    }
    assert(tl_walk_digest(w, &bytes, &sha, NULL) == TL_OK);
    assert(bytes == have);
    assert(tl_sha256((struct tl_str){all, have}, want, NULL) == TL_OK);
    assert(sha.n == 64 && memcmp(sha.p, want, 64) == 0);
}

static void
walk(struct tl_str input, int fd)
{
    const struct tl_ingest_limits l = {
        .member_bytes = MEMBER_BYTES, .members = MEMBERS, .ratio = 100};
    struct tl_walk *w;
    bool got = true, in_folder;
    unsigned failures = 0, inputs = 0;

    if (tl_walk_open(input, fd, &l, &w, NULL))
        return;
    while (got) {
        struct tl_stream s;
        struct tl_str name;
        struct tl_error err;

        if (tl_walk_next(w, &name, &in_folder, &s, &got, &err)) {
            assert(err.msg[0]);
            assert(failures++ <= MEMBERS); /* each is told once */
            got = true;
        } else if (got) {
            assert(name.n > 0 && !memchr(name.p, '\n', name.n));
            assert(inputs++ <= MEMBERS);
            if (inputs % 3) /* an input may also be left unread */
                drain(w, s);
        }
    }
    tl_walk_close(w);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[400];
    FILE *f;
    int fd;

    if (size == 0 || size > MAX_SIZE)
        return 0;
    snprintf(path, sizeof(path), "%s/x", folder());
    f = fopen(path, "wb");
    if (!f || fwrite(data + 1, 1, size - 1, f) != size - 1 || fclose(f))
        abort();
    walk(tl_str_from(data[0] & 1 ? path : folder()), -1);
    fd = open(path, O_RDONLY | O_CLOEXEC); /* as standard input: nothing is sought */
    if (fd < 0)
        abort();
    walk(TL_STR("-"), fd);
    close(fd);
    return 0;
}
