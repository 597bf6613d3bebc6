#include "core/zone_scan.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/tzif.h"

enum { DEPTH = 3, FILES_MAX = 8192, OPEN_FLAGS = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK };

static const int64_t since_s = 946684800; /* 2000-01-01 */

static bool
read_all(int fd, char *buf, size_t *n)
{
    *n = 0;
    while (*n < TZIF_MAX) {
        ssize_t got = read(fd, buf + *n, TZIF_MAX - *n);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got == 0;
        *n += (size_t)got;
    }
    return false;
}

bool
zone_file_read(int dir, const char *path, char *buf, size_t *n)
{
    int fd = openat(dir, path, OPEN_FLAGS);
    struct stat st;
    bool ok;

    if (fd < 0)
        return false;
    ok = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && read_all(fd, buf, n);
    close(fd);
    return ok;
}

static int
abbr_cmp(const struct abbr *a, struct tl_str text)
{
    return tl_str_cmp((struct tl_str){a->text, a->n}, text);
}

/* Where `text` is, or would stand. */
static size_t
abbr_place(const struct abbrs *all, struct tl_str text)
{
    size_t lo = 0, hi = all->n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (abbr_cmp(&all->rows[mid], text) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

const struct abbr *
zone_abbr(const struct abbrs *all, struct tl_str text)
{
    size_t at = abbr_place(all, text);

    return at < all->n && abbr_cmp(&all->rows[at], text) == 0 ? &all->rows[at] : NULL;
}

static void
abbr_note(struct abbrs *all, const struct tzif_type *t)
{
    size_t at;
    struct abbr *row;

    if (t->abbr.n == 0 || t->abbr.n > ABBR_MAX)
        return;
    for (size_t i = 0; i < t->abbr.n; i++)
        if (!tl_is_alpha(t->abbr.p[i]))
            return;
    at = abbr_place(all, t->abbr);
    row = &all->rows[at];
    if (at < all->n && abbr_cmp(row, t->abbr) == 0) {
        row->several |= row->offset_s != t->offset_s;
        return;
    }
    if (all->n == ABBRS_MAX)
        return;
    memmove(row + 1, row, (all->n - at) * sizeof(*row));
    *row = (struct abbr){.n = t->abbr.n, .offset_s = t->offset_s};
    memcpy(row->text, t->abbr.p, t->abbr.n);
    all->n++;
}

/* What one zone uses since 2000: what held then, each change after it, and its rule. */
static bool
note_zone(struct abbrs *all, struct tl_str bytes)
{
    struct tl_arena arena;
    struct tzif z;
    bool ok;

    tl_arena_init(&arena, (size_t)1 << 20);
    if (tzif_read(bytes, &arena, &z)) {
        abbr_note(all, tzif_at(&z, since_s));
        for (size_t i = 0; i < z.ntimes; i++)
            if (z.times[i] > since_s)
                abbr_note(all, &z.types[z.which[i]]);
        if (z.rule.present)
            abbr_note(all, &z.rule.std);
        if (z.rule.present && z.rule.has_dst)
            abbr_note(all, &z.rule.dst);
    }
    ok = !arena.failed;
    tl_arena_free(&arena);
    return ok;
}

/* Copies of the database in other clothes, and what is no zone of it. */
static bool
is_skipped(const char *name, size_t depth)
{
    static const char *const top[] = {"posix", "right", "posixrules", "Factory"};

    if (depth == 0 && strncmp(name, "local", 5) == 0) /* the machine's own zone */
        return true;
    if (strchr(name, '.')) /* hidden, and the tables */
        return true;
    for (size_t i = 0; depth == 0 && i < sizeof(top) / sizeof(top[0]); i++)
        if (strcmp(name, top[i]) == 0)
            return true;
    return false;
}

struct walk {
    DIR *open[DEPTH];
    size_t depth; /* of the innermost open folder, from 1 */
    size_t files;
    char *buf;
    bool failed; /* for want of memory */
};

/* One entry: a zone is noted, a folder becomes the innermost. */
static void
visit(struct walk *w, const char *name, struct abbrs *out)
{
    int fd = openat(dirfd(w->open[w->depth - 1]), name, OPEN_FLAGS);
    struct stat st;
    DIR *inner;
    size_t n;

    if (fd < 0)
        return;
    if (fstat(fd, &st) != 0 || (!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode))) {
        close(fd);
        return;
    }
    if (S_ISREG(st.st_mode)) {
        if (st.st_size < TZIF_MAX && read_all(fd, w->buf, &n))
            w->failed |= !note_zone(out, (struct tl_str){w->buf, n});
        close(fd);
        return;
    }
    inner = w->depth < DEPTH ? fdopendir(fd) : NULL;
    w->failed |= w->depth < DEPTH && !inner;
    if (inner)
        w->open[w->depth++] = inner;
    else
        close(fd);
}

bool
zone_scan(const char *folder, struct abbrs *out)
{
    struct walk w = {.buf = malloc(TZIF_MAX)};

    out->n = 0;
    w.open[0] = w.buf ? opendir(folder) : NULL;
    w.failed = !w.buf || (!w.open[0] && errno == ENOMEM);
    w.depth = w.open[0] ? 1 : 0;
    while (w.depth > 0) {
        struct dirent *e = w.files < FILES_MAX ? readdir(w.open[w.depth - 1]) : NULL;

        if (!e) {
            closedir(w.open[--w.depth]);
        } else if (!is_skipped(e->d_name, w.depth - 1)) {
            w.files++;
            visit(&w, e->d_name, out);
        }
    }
    free(w.buf);
    return !w.failed;
}
