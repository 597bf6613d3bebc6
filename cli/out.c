#include "cli/out.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/progress.h"

static enum tl_status
out_failed(struct out *o, const char *what, struct tl_error *err)
{
    int why = errno;

    o->failed = TL_EINPUT;
    return tl_fail(err, TL_EINPUT, 0, "cannot %s %s: %s", what,
                   o->path ? o->path : "standard output", strerror(why));
}

/* ".NAME.XXXXXX" beside the file: walks pass over it, and a rename stays in the file system. */
static char *
temp_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t dir = slash ? (size_t)(slash - path) + 1 : 0, size = strlen(path) + sizeof("..XXXXXX");
    char *t = malloc(size);

    if (t)
        (void)snprintf(t, size, "%.*s.%s.XXXXXX", (int)dir, path, path + dir);
    return t;
}

enum tl_status
out_open(struct out *o, struct tl_str path, bool force, struct tl_error *err)
{
    struct stat st;
    bool there;

    *o = (struct out){.fd = STDOUT_FILENO, .force = force};
    if (path.n == 0 || tl_str_eq(path, TL_STR("-")))
        return TL_OK;
    o->path = path.p;
    there = stat(o->path, &st) == 0;
    if (there && S_ISDIR(st.st_mode))
        return tl_fail(err, TL_EINPUT, 0, "cannot write %s: it is a folder", o->path);
    if (there && !S_ISREG(st.st_mode)) {
        o->fd = open(o->path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
        return o->fd < 0 ? out_failed(o, "write", err) : TL_OK;
    }
    if (there && !force)
        return tl_fail(err, TL_EINPUT, 0, "%s exists already; --force lets it be overwritten",
                       o->path);
    o->mode = there ? (unsigned)st.st_mode & 0777u : 0;
    o->temp = temp_name(o->path);
    if (!o->temp)
        return tl_fail(err, TL_ENOMEM, 0, "out of memory");
    o->fd = mkstemp(o->temp);
    if (o->fd >= 0)
        return TL_OK;
    out_failed(o, "write", err);
    free(o->temp);
    o->temp = NULL;
    return TL_EINPUT;
}

enum tl_status
out_write(struct out *o, struct tl_str s, struct tl_error *err)
{
    if (s.n > 0)
        progress_clear();
    while (s.n > 0 && !o->failed && !o->closed) {
        ssize_t n = write(o->fd, s.p, s.n);

        if (n >= 0)
            s = tl_str_skip(s, (size_t)n);
        else if (errno == EPIPE)
            o->closed = true;
        else if (errno != EINTR)
            return out_failed(o, "write", err);
    }
    return TL_OK;
}

/* Gives the file its name. Without force a file that has come up meanwhile is not touched. */
static bool
give_name(struct out *o)
{
    mode_t mask = umask(0);

    umask(mask);
    if (fchmod(o->fd, o->mode ? (mode_t)o->mode : 0666 & ~mask) || close(o->fd)) {
        o->fd = -1;
        return false;
    }
    o->fd = -1;
    if (o->force)
        return rename(o->temp, o->path) == 0;
    if (link(o->temp, o->path) == 0)
        return true;
    /* A file system without links: the check at the start has to do. */
    return errno != EEXIST && access(o->path, F_OK) && rename(o->temp, o->path) == 0;
}

enum tl_status
out_finish(struct out *o, struct tl_error *err)
{
    enum tl_status st = o->failed;
    bool good = true;

    if (!st && o->temp) {
        good = give_name(o);
    } else if (!st && o->path) {
        good = close(o->fd) == 0;
        o->fd = -1;
    }
    if (!good)
        st = out_failed(o, "write", err);
    out_abandon(o);
    return st;
}

void
out_abandon(struct out *o)
{
    if (o->path && o->fd >= 0)
        close(o->fd);
    o->fd = -1;
    if (o->temp)
        unlink(o->temp); /* after a rename there is none */
    free(o->temp);
    o->temp = NULL;
}

/* Appends s so that a terminal takes it for text: C0 (newlines of cli_say_text apart), DEL, C1. */
static void
add_harmless(struct tl_buf *b, struct tl_str s, bool lines)
{
    while (s.n > 0) {
        unsigned char c = (unsigned char)s.p[0];
        bool c1 =
            c == 0xc2 && s.n > 1 && (unsigned char)s.p[1] >= 0x80 && (unsigned char)s.p[1] < 0xa0;
        bool control = c1 || c == 0x7f || (c < 0x20 && !(lines && (c == '\n' || c == '\t')));
        size_t n = c1 ? 2 : 1;

        while (!control && n < s.n && (unsigned char)s.p[n] >= 0x20 && s.p[n] != 0x7f &&
               (unsigned char)s.p[n] != 0xc2)
            n++;
        tl_buf_add_clean(b, control ? TL_STR("?") : (struct tl_str){s.p, n});
        s = tl_str_skip(s, n);
    }
}

static void
write_sentence(struct tl_str s, bool lines)
{
    enum { MAX_SAID = 4 << 20 };
    struct tl_buf b;
    struct out err_out = {.fd = STDERR_FILENO};

    tl_buf_init(&b, MAX_SAID);
    tl_buf_add(&b, TL_STR("tideline: "));
    add_harmless(&b, s, lines);
    if (!tl_str_starts(tl_str_skip(s, s.n > 0 ? s.n - 1 : 0), TL_STR("\n")) || !lines)
        tl_buf_add(&b, TL_STR("\n"));
    if (b.failed)
        (void)out_write(&err_out, TL_STR("tideline: out of memory\n"), NULL);
    else
        (void)out_write(&err_out, tl_buf_str(&b), NULL); /* nobody is left to be told */
    tl_buf_free(&b);
}

void
cli_say(const char *fmt, ...)
{
    char text[2048];
    va_list ap;

    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    write_sentence(tl_str_from(text), false);
}

void
cli_say_text(struct tl_str s)
{
    write_sentence(s, true);
}
