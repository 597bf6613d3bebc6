/* realpath is X/Open.
 * NOLINTNEXTLINE(bugprone-reserved-identifier,cert-*,readability-identifier-naming) */
#define _XOPEN_SOURCE 700
#include "ingest/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/arena.h"
#include "ingest/layer.h"

enum { MAX_PATH_TEXT = 64 * 1024, MAX_LISTING = 256 * 1024 * 1024 };

enum sort { SKIP, PLAIN, FOLDER, FOLDER_LINK };

/* A folder that is being walked. Its names are sorted with a '/' behind those of folders: then the
 * order of names is the order of the paths below them. */
struct name {
    struct tl_str text;
    enum sort sort;
};
struct level {
    struct level *up;
    struct tl_arena arena; /* the names */
    struct name *names;
    size_t nnames, cap, next;
    size_t path_n; /* bytes of folder.path that name it */
    dev_t dev;
    ino_t ino;
    bool linked; /* reached through a link: further links to folders are not followed */
};

struct folder {
    struct tl_buf path; /* root, then what is looked at */
    size_t root_n;      /* bytes of it that are root and its '/' */
    char *real;         /* root without links */
    struct level *top;
    unsigned depth, max_depth;
    uint64_t entries, max_entries;
    bool full; /* there were more: said once */
};

static int
by_name(const void *a, const void *b)
{
    return tl_str_cmp(((const struct name *)a)->text, ((const struct name *)b)->text);
}

static void
path_cut(struct folder *f, size_t n)
{
    f->path.n = n;
    f->path.p[n] = '\0';
}

/* True when the link at f->path ends at something within the folder. */
static bool
stays_inside(const struct folder *f)
{
    char *to = realpath(f->path.p, NULL);
    struct tl_str real = tl_str_from(f->real), target = tl_str_from(to);
    bool inside = to && tl_str_starts(target, real) &&
                  (target.n == real.n || target.p[real.n] == '/' || tl_str_eq(real, TL_STR("/")));

    free(to);
    return inside;
}

static bool
is_open_level(const struct folder *f, const struct stat *st)
{
    for (const struct level *l = f->top; l; l = l->up)
        if (l->dev == st->st_dev && l->ino == st->st_ino)
            return true;
    return false;
}

/* What stands at f->path. Links that leave the folder or lead nowhere, loops, pipes, sockets and
 * devices are not for us. */
static enum sort
sort_of(const struct folder *f, struct stat *st)
{
    bool link;

    if (lstat(f->path.p, st))
        return SKIP; /* gone in the meantime */
    link = S_ISLNK(st->st_mode);
    if (link && (stat(f->path.p, st) || !stays_inside(f)))
        return SKIP;
    if (S_ISREG(st->st_mode))
        return PLAIN;
    if (!S_ISDIR(st->st_mode) || (link && (f->top->linked || is_open_level(f, st))))
        return SKIP;
    return link ? FOLDER_LINK : FOLDER;
}

/* Keeps one name of the folder at the top; f->path ends with it. */
static enum tl_status
keep_name(struct folder *f, struct tl_str name, struct tl_error *err)
{
    struct level *l = f->top;
    struct stat st;
    enum sort sort = sort_of(f, &st);
    struct name *names;
    char *text;

    if (sort == SKIP)
        return TL_OK;
    names = tl_arena_grow(&l->arena, l->names, l->nnames, &l->cap, sizeof(*names));
    text = names ? tl_arena_alloc(&l->arena, name.n + 1) : NULL;
    if (!text)
        return tl_fail(err, TL_ENOMEM, 0, "out of memory while listing a folder");
    memcpy(text, name.p, name.n);
    text[name.n] = '/';
    l->names = names;
    names[l->nnames++] = (struct name){{text, name.n + (sort != PLAIN)}, sort};
    return TL_OK;
}

static bool
is_of_chart(struct tl_str name, struct tl_str stem)
{
    static const char *const ends[] = {".gp", ".dat", ".svg", ".png"};

    if (name.n < stem.n + 3 || !tl_str_starts(name, stem) ||
        (name.p[stem.n] != '.' && name.p[stem.n] != '-'))
        return false;
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        struct tl_str end = tl_str_from(ends[i]);

        if (name.n >= end.n && tl_str_eq(tl_str_skip(name, name.n - end.n), end))
            return true;
    }
    return false;
}

static bool
is_chart_script(struct folder *f, struct tl_str name)
{
    char head[OWN_BYTES];
    ssize_t n;
    int fd;

    path_cut(f, f->top->path_n);
    tl_buf_add(&f->path, name);
    fd = open(f->path.p, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    n = fd < 0 ? -1 : read(fd, head, sizeof(head));
    if (fd >= 0)
        close(fd);
    return n > 0 && is_own_output((struct tl_str){head, (size_t)n});
}

/* A chart is a script that says whose it is, and files beside it that cannot. */
static void
pass_over_charts(struct folder *f)
{
    enum { MAX_CHARTS = 100 };
    struct level *l = f->top;
    size_t charts = 0;

    for (size_t i = 0; i < l->nnames && charts < MAX_CHARTS; i++) {
        struct tl_str name = l->names[i].text, stem = {name.p, name.n - 3};

        if (l->names[i].sort != PLAIN || name.n < 4 || memcmp(name.p + stem.n, ".gp", 3) != 0 ||
            !is_chart_script(f, name))
            continue;
        charts++;
        for (size_t k = 0; k < l->nnames; k++)
            if (l->names[k].sort == PLAIN && is_of_chart(l->names[k].text, stem))
                l->names[k].sort = SKIP;
    }
}

static enum tl_status
list_names(struct folder *f, DIR *dir, struct tl_error *err)
{
    struct level *l = f->top;
    enum tl_status st = TL_OK;
    const struct dirent *e;

    while (!st && (e = readdir(dir))) {
        struct tl_str name = tl_str_from(e->d_name);

        if (name.n == 0 || name.p[0] == '.')
            continue;
        path_cut(f, l->path_n);
        tl_buf_add(&f->path, name);
        if (f->path.failed)
            return tl_fail(err, f->path.failed, 0, "a path below the folder is too long");
        st = keep_name(f, name, err);
    }
    if (l->nnames > 1)
        qsort(l->names, l->nnames, sizeof(*l->names), by_name);
    pass_over_charts(f);
    return st;
}

static void
level_pop(struct folder *f)
{
    struct level *l = f->top;

    f->top = l->up;
    f->depth--;
    tl_arena_free(&l->arena);
    free(l);
}

/* Opens the folder at f->path (which ends with '/') and lists it. What could be listed before a
 * failure is walked. */
static enum tl_status
level_push(struct folder *f, bool linked, struct tl_error *err)
{
    struct tl_str path = shown(tl_buf_str(&f->path));
    DIR *dir = f->depth < f->max_depth ? opendir(f->path.p) : NULL;
    struct level *l = NULL;
    enum tl_status status;
    struct stat st;

    if (f->depth >= f->max_depth)
        return tl_fail(err, TL_ELIMIT, 0, "%.*s: folders are nested deeper than %u; not read",
                       TL_FMT(path), f->max_depth);
    if (!dir || fstat(dirfd(dir), &st)) {
        status =
            tl_fail(err, TL_EINPUT, 0, "%.*s: cannot be listed: %s", TL_FMT(path), strerror(errno));
    } else if (!(l = calloc(1, sizeof(*l)))) {
        status = tl_fail(err, TL_ENOMEM, 0, "out of memory while listing a folder");
    } else {
        *l = (struct level){.up = f->top, .path_n = f->path.n, .linked = linked};
        l->dev = st.st_dev;
        l->ino = st.st_ino;
        tl_arena_init(&l->arena, MAX_LISTING);
        f->top = l;
        f->depth++;
        status = list_names(f, dir, err);
    }
    if (dir)
        closedir(dir);
    return status;
}

enum tl_status
folder_open(struct tl_str root, unsigned depth, uint64_t entries, struct folder **out,
            struct tl_error *err)
{
    struct folder *f = calloc(1, sizeof(*f));
    enum tl_status st = TL_OK;

    *out = NULL;
    if (!f)
        return tl_fail(err, TL_ENOMEM, 0, "out of memory while listing a folder");
    f->max_depth = depth;
    f->max_entries = entries;
    tl_buf_init(&f->path, MAX_PATH_TEXT);
    tl_buf_add(&f->path, root);
    if (root.n == 0 || root.p[root.n - 1] != '/')
        tl_buf_add(&f->path, TL_STR("/"));
    f->root_n = f->path.n;
    if (f->path.failed)
        st = tl_fail(err, f->path.failed, 0, "the path of the folder is too long");
    else if (!(f->real = realpath(f->path.p, NULL)))
        st = tl_fail(err, TL_EINPUT, 0, "%.*s: cannot be listed: %s", TL_FMT(shown(root)),
                     strerror(errno));
    if (!st)
        st = level_push(f, false, err);
    if (st)
        folder_close(f);
    else
        *out = f;
    return st;
}

/* Opens the file at f->path, unless it has become something else since it was listed. */
static enum tl_status
open_file(struct folder *f, int *fd, bool *got, struct tl_error *err)
{
    struct stat st;

    *fd = open(f->path.p, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (*fd < 0)
        return tl_fail(err, TL_EINPUT, 0, "%.*s: cannot be read: %s",
                       TL_FMT(shown(tl_buf_str(&f->path))), strerror(errno));
    *got = !fstat(*fd, &st) && S_ISREG(st.st_mode);
    if (!*got)
        close(*fd);
    return TL_OK;
}

static enum tl_status
give_up(struct folder *f, struct tl_error *err)
{
    while (f->top)
        level_pop(f);
    return tl_fail(
        err, TL_ELIMIT, 0, "%.*s: more than %llu files and folders; the rest was not read",
        TL_FMT(shown((struct tl_str){f->path.p, f->root_n})), (unsigned long long)f->max_entries);
}

enum tl_status
folder_next(struct folder *f, struct tl_str *path, int *fd, bool *got, struct tl_error *err)
{
    enum tl_status st = TL_OK;

    *got = false;
    while (!st && !*got && f->top) {
        struct level *l = f->top;
        const struct name *name = &l->names[l->next];

        if (l->next++ == l->nnames) {
            level_pop(f);
            continue;
        }
        if (name->sort == SKIP)
            continue;
        if (f->entries++ >= f->max_entries)
            return give_up(f, err);
        path_cut(f, l->path_n);
        tl_buf_add(&f->path, name->text);
        if (name->sort == PLAIN)
            st = open_file(f, fd, got, err);
        else
            st = level_push(f, l->linked || name->sort == FOLDER_LINK, err);
    }
    *path = tl_str_skip(tl_buf_str(&f->path), f->root_n);
    return st;
}

void
folder_close(struct folder *f)
{
    if (!f)
        return;
    while (f->top)
        level_pop(f);
    tl_buf_free(&f->path);
    free(f->real);
    free(f);
}
