/* chart_run.c - charts as files in a folder, and gnuplot as a process. */
#define _GNU_SOURCE /* NOLINT: posix_spawn_file_actions_addchdir_np, environ */
#include "render/chart.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    CEILING_MS = 60000,
    SLICE_MS = 20,
    SAID_MAX = 4096,      /* of what gnuplot says */
    SAID_LIMIT = 1 << 20, /* more than that is no message */
    PATH_LIMIT = 4096,
    ONE_CHART_HOURS = 6 /* runs within so long share a chart */
};
#define NO_PICTURES "the script and its data are there, but no pictures"

/* ---- files ---- */

static void
path_of(struct tl_buf *b, struct tl_str folder, struct tl_str name)
{
    tl_buf_add(b, folder);
    if (folder.n > 0 && folder.p[folder.n - 1] != '/')
        tl_buf_add(b, TL_STR("/"));
    tl_buf_add(b, name);
}

/* Makes the folder and those it lies in. */
static enum tl_status
make_folder(struct tl_str folder, struct tl_error *err)
{
    char path[PATH_LIMIT];
    struct stat st;

    if (folder.n == 0 || folder.n >= sizeof(path) || memchr(folder.p, 0, folder.n))
        return tl_fail(err, TL_EINPUT, 0, "the folder for charts has no usable name");
    memcpy(path, folder.p, folder.n);
    path[folder.n] = '\0';
    for (size_t i = 1; i <= folder.n; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        path[i] = '\0';
        if (mkdir(path, 0777) && errno != EEXIST && errno != EISDIR && i == folder.n)
            return tl_fail(err, TL_EINPUT, 0, "cannot make the folder %s: %s", path,
                           strerror(errno));
        if (i < folder.n)
            path[i] = '/';
    }
    if (stat(path, &st) || !S_ISDIR(st.st_mode))
        return tl_fail(err, TL_EINPUT, 0, "%s is not a folder: charts need one", path);
    return TL_OK;
}

static enum tl_status
write_file(struct tl_str folder, const struct chart_file *f, struct tl_error *err)
{
    struct tl_buf path;
    enum tl_status st = TL_OK;
    FILE *out;
    bool good;

    tl_buf_init(&path, PATH_LIMIT);
    path_of(&path, folder, tl_buf_str(&f->name));
    out = path.failed ? NULL : fopen(path.p, "wb");
    good = out && fwrite(f->text.p, 1, f->text.n, out) == f->text.n;
    if (out && fclose(out))
        good = false;
    if (!good)
        st = tl_fail(err, TL_EINPUT, 0, "cannot write %.*s: %s", TL_FMT(tl_buf_str(&path)),
                     strerror(errno));
    tl_buf_free(&path);
    return st;
}

/* A picture of an earlier chart beside new data would lie. */
static void
remove_picture(struct tl_str folder, struct tl_str stem, const char *end)
{
    struct tl_buf path;

    tl_buf_init(&path, PATH_LIMIT);
    path_of(&path, folder, stem);
    tl_buf_addf(&path, "%s", end);
    if (!path.failed)
        (void)unlink(path.p);
    tl_buf_free(&path);
}

static bool
has_picture(struct tl_str folder, struct tl_str stem, const char *end)
{
    struct tl_buf path;
    struct stat st;
    bool has;

    tl_buf_init(&path, PATH_LIMIT);
    path_of(&path, folder, stem);
    tl_buf_addf(&path, "%s", end);
    has = !path.failed && stat(path.p, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0;
    tl_buf_free(&path);
    return has;
}

/* ---- gnuplot ---- */

struct job { /* the charts of one report */
    struct tl_str folder, gnuplot;
    struct tl_error *err;
    enum tl_status st; /* the first failure */
    bool gnuplot_failed;
};

struct child {
    pid_t pid;
    int said_fd; /* its error output; -1: closed */
    char said[SAID_MAX];
    size_t nsaid, heard;
    int status;
};

static bool
set_up(posix_spawn_file_actions_t *actions, posix_spawnattr_t *attr, const char *folder, int err_fd)
{
    return posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0) == 0 &&
           posix_spawn_file_actions_addopen(actions, 1, "/dev/null", O_WRONLY, 0) == 0 &&
           posix_spawn_file_actions_adddup2(actions, err_fd, 2) == 0 &&
           posix_spawn_file_actions_addchdir_np(actions, folder) == 0 &&
           posix_spawnattr_setflags(attr, POSIX_SPAWN_SETPGROUP) == 0 &&
           posix_spawnattr_setpgroup(attr, 0) == 0; /* its helpers end with it */
}

/* Returns an errno; the child complains into child->said_fd. */
static int
start(const char *program, const char *folder, char *const argv[], struct child *child)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attr;
    int fds[2], e = ENOMEM;

    if (pipe(fds))
        return errno;
    (void)fcntl(fds[0], F_SETFD, FD_CLOEXEC);
    (void)fcntl(fds[1], F_SETFD, FD_CLOEXEC);
    if (posix_spawn_file_actions_init(&actions) == 0) {
        if (posix_spawnattr_init(&attr) == 0) {
            if (set_up(&actions, &attr, folder, fds[1]))
                e = posix_spawnp(&child->pid, program, &actions, &attr, argv, environ);
            (void)posix_spawnattr_destroy(&attr);
        }
        (void)posix_spawn_file_actions_destroy(&actions);
    }
    (void)close(fds[1]);
    child->said_fd = fds[0];
    if (e) {
        (void)close(fds[0]);
        child->said_fd = -1;
    }
    return e;
}

static void
listen_to(struct child *child)
{
    char chunk[1024];
    ssize_t n = read(child->said_fd, chunk, sizeof(chunk));

    if (n < 0 && errno == EINTR)
        return;
    if (n <= 0) {
        (void)close(child->said_fd);
        child->said_fd = -1;
        return;
    }
    child->heard += (size_t)n;
    if ((size_t)n > sizeof(child->said) - child->nsaid)
        n = (ssize_t)(sizeof(child->said) - child->nsaid);
    memcpy(child->said + child->nsaid, chunk, (size_t)n);
    child->nsaid += (size_t)n;
}

/* True when it has ended. Slices of waiting are counted, so that no clock is read. */
static bool
await(struct child *child, int ceiling_ms)
{
    for (int waited_ms = 0; waited_ms < ceiling_ms && child->heard < SAID_LIMIT;) {
        struct pollfd p = {child->said_fd, POLLIN, 0};
        pid_t ended;

        if (poll(&p, 1, SLICE_MS) > 0)
            listen_to(child);
        else
            waited_ms += SLICE_MS;
        ended = waitpid(child->pid, &child->status, WNOHANG);
        if (ended == child->pid)
            return true;
        if (ended < 0 && errno == ECHILD) { /* the caller ignores its children */
            child->status = 0;
            return true;
        }
    }
    return false;
}

/* What it had said when it ended; a helper of its that lives on is not waited for. */
static void
hear_out(struct child *child)
{
    struct pollfd p = {child->said_fd, POLLIN, 0};

    while (child->said_fd >= 0 && child->heard < SAID_LIMIT && poll(&p, 1, 0) > 0)
        listen_to(child);
}

static void
put_down(struct child *child)
{
    (void)kill(-child->pid, SIGKILL);
    (void)kill(child->pid, SIGKILL);
    while (waitpid(child->pid, &child->status, 0) < 0 && errno == EINTR)
        ;
}

/* The last line that gnuplot said, on one line and without what could act on a terminal. */
static struct tl_str
complaint(struct child *child)
{
    struct tl_str rest = {child->said, child->nsaid}, line, last = TL_STR("it said nothing");

    for (size_t i = 0; i < child->nsaid; i++)
        if (child->said[i] != '\n' && (child->said[i] < ' ' || child->said[i] > '~'))
            child->said[i] = ' ';
    while (tl_str_line(&rest, &line)) {
        line = tl_str_trim(line);
        if (line.n > 0)
            last = line;
    }
    last.n = last.n > 160 ? 160 : last.n;
    return last;
}

static enum tl_status
judge(struct child *child, const char *script, struct tl_error *err)
{
    if (WIFSIGNALED(child->status))
        return tl_fail(err, TL_EINPUT, 0, "gnuplot ended by signal %d on %s; " NO_PICTURES,
                       WTERMSIG(child->status), script);
    if (WEXITSTATUS(child->status) == 127)
        return tl_fail(err, TL_EINPUT, 0,
                       "gnuplot is not installed: " NO_PICTURES "; install gnuplot-nox");
    if (WEXITSTATUS(child->status) != 0)
        return tl_fail(err, TL_EINPUT, 0, "gnuplot failed on %s (%.*s); " NO_PICTURES, script,
                       TL_FMT(complaint(child)));
    return TL_OK;
}

/* The program's name as the child can use it after it has changed its folder. */
static char *
program_path(struct tl_str program)
{
    char *name = program.n > 0 ? strndup(program.p, program.n) : strdup("gnuplot");
    char *full;

    if (!name || name[0] == '/' || !strchr(name, '/'))
        return name;
    full = realpath(name, NULL);
    if (!full)
        return name;
    free(name);
    return full;
}

static enum tl_status
not_started(int e, struct tl_str folder, struct tl_error *err)
{
    struct tl_str where = {folder.p, folder.n > 200 ? 200 : folder.n};

    if (e == ENOENT) {
        return tl_fail(err, TL_EINPUT, 0,
                       "gnuplot is not installed: the script and its data are in %.*s, but no "
                       "pictures; install gnuplot-nox",
                       TL_FMT(where));
    }
    return tl_fail(
        err, TL_EINPUT, 0,
        "cannot start gnuplot: the script and its data are in %.*s, but no pictures (%s)",
        TL_FMT(where), strerror(e));
}

/* Starts it, waits, and says what went wrong. */
static enum tl_status
run(const char *program, struct tl_str folder, char *script, int ceiling_ms, struct tl_error *err)
{
    char name[] = "gnuplot", defaults[] = "-d"; /* no init files */
    char *const argv[] = {name, defaults, script, NULL};
    char *where = strndup(folder.p, folder.n);
    struct child child = {.pid = -1, .said_fd = -1};
    int e = where ? start(program, where, argv, &child) : ENOMEM;
    enum tl_status st;

    free(where);
    if (e)
        return not_started(e, folder, err);
    if (await(&child, ceiling_ms)) {
        hear_out(&child);
        st = judge(&child, script, err);
    } else {
        put_down(&child);
        st = tl_fail(err, TL_EINPUT, 0,
                     "gnuplot was stopped: %s took more than %d s%s; " NO_PICTURES, script,
                     ceiling_ms / 1000,
                     child.heard >= SAID_LIMIT ? " or complained without end" : "");
    }
    if (child.said_fd >= 0)
        (void)close(child.said_fd);
    return st;
}

enum tl_status
chart_gnuplot(struct tl_str program, struct tl_str folder, struct tl_str stem, int ceiling_ms,
              struct tl_error *err)
{
    char *name = program_path(program);
    struct tl_buf script;
    enum tl_status st = TL_ENOMEM;

    tl_buf_init(&script, PATH_LIMIT);
    tl_buf_addf(&script, "%.*s.gp", TL_FMT(stem));
    remove_picture(folder, stem, ".svg");
    remove_picture(folder, stem, ".png");
    if (name && !script.failed)
        st = run(name, folder, script.p, ceiling_ms, err);
    else
        (void)tl_fail(err, st, 0, "%s", tl_status_text(st));
    if (!st && !(has_picture(folder, stem, ".svg") && has_picture(folder, stem, ".png")))
        st = tl_fail(err, TL_EINPUT, 0, "gnuplot did not complain, but %s gave no pictures",
                     script.p);
    tl_buf_free(&script);
    free(name);
    return st;
}

/* ---- charts of a report ---- */

static enum tl_status
write_chart(const struct tl_report *r, const struct tl_render_options *o, struct chart_scope scope,
            struct tl_str folder, struct tl_str stem, struct tl_error *err)
{
    struct chart_files files;
    enum tl_status st = chart_build(r, o, scope, stem, &files, err);

    for (size_t i = 0; i < files.n && !st; i++)
        st = write_file(folder, &files.list[i], err);
    chart_files_free(&files);
    return st;
}

/* "timeline-20260411-1a2b3c4d", with nothing in it that a file name or a script could mind. */
static void
stem_of_run(const struct tl_run *u, size_t n, struct tl_buf *b)
{
    tl_buf_addf(b, "timeline-");
    for (size_t i = 0; i < u->id.n && i < 40; i++) {
        char ch = u->id.p[i];
        bool plain = (ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'z') ||
                     (ch >= 'A' && ch <= 'Z') || ch == '-';

        tl_buf_addf(b, "%c", plain ? ch : '_');
    }
    if (u->id.n == 0)
        tl_buf_addf(b, "run%zu", n + 1);
}

/* Runs that lie near to each other share one chart. */
static bool
share_a_chart(const struct tl_report *r)
{
    tl_time from = r->nruns > 0 ? r->runs[0].began.at : 0, to = from;

    for (size_t i = 0; i < r->nruns; i++) {
        const struct tl_run *u = &r->runs[i];
        tl_time end = chart_known(u->ended.at) ? u->ended.at : u->began.at;

        if (!chart_known(u->began.at))
            continue;
        from = u->began.at < from || !chart_known(from) ? u->began.at : from;
        to = end > to || !chart_known(to) ? end : to;
    }
    return r->nruns <= 1 || (chart_known(from) && to - from <= ONE_CHART_HOURS * TL_HOUR);
}

/* Writes and draws one chart; the first failure is kept and the next chart still made. */
static void
make_chart(const struct tl_report *r, const struct tl_render_options *o, struct chart_scope scope,
           struct job *job, struct tl_str stem)
{
    enum tl_status st;

    st = write_chart(r, o, scope, job->folder, stem, job->st ? NULL : job->err);
    if (!st && !job->gnuplot_failed) {
        st = chart_gnuplot(job->gnuplot, job->folder, stem, CEILING_MS, job->st ? NULL : job->err);
        job->gnuplot_failed = st != TL_OK; /* the next would fail alike, or wait as long */
    }
    job->st = job->st ? job->st : st;
}

enum tl_status
tl_chart_write(const struct tl_report *r, const struct tl_render_options *o, struct tl_str folder,
               struct tl_str gnuplot, struct tl_error *err)
{
    struct job job = {.folder = folder, .gnuplot = gnuplot, .err = err};
    enum tl_status st = make_folder(folder, err);
    size_t each = share_a_chart(r) ? 0 : r->nruns;

    if (st)
        return st;
    make_chart(r, o, (struct chart_scope){0, each > 0 ? 1 : r->nruns}, &job, TL_STR("timeline"));
    for (size_t i = 0; i < each && i < CHART_MAX_CHARTS; i++) {
        struct tl_buf stem;

        tl_buf_init(&stem, 400);
        stem_of_run(&r->runs[i], i, &stem);
        make_chart(r, o, (struct chart_scope){i, 1}, &job, tl_buf_str(&stem));
        tl_buf_free(&stem);
    }
    return job.st;
}
