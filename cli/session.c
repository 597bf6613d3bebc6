#include "cli/session.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/machine.h"
#include "ingest/ingest.h"
#include "parse/builtin.h"

enum {
    MAX_ARGUMENTS = 256 * 1024 * 1024,
    MAX_RULES = 64 * 1024 * 1024,
    MIN_WIDTH = 40,
    MAX_WIDTH = 400,
    PLAIN_WIDTH = 120,
    MAX_THREADS = 16
};

enum tl_status
session_open(struct session *s, int argc, const char *const *argv, struct tl_error *err)
{
    *s = (struct session){.out = {.fd = -1}};
    tl_arena_init(&s->arena, MAX_ARGUMENTS);
    return options_parse(argc, argv, &s->arena, &s->o, err);
}

void
session_close(struct session *s)
{
    out_abandon(&s->out);
    tl_catalogue_free(s->catalogue);
    tl_zones_free(s->zones);
    tl_arena_free(&s->arena);
}

void
cli_note(const struct session *s, const char *fmt, ...)
{
    char text[1024];
    va_list ap;

    if (s->o.quiet)
        return;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    cli_say("%s", text);
}

/* Empty when the variable is not set. */
static struct tl_str
env(const char *name)
{
    return tl_str_from(getenv(name));
}

static unsigned
terminal_width(void)
{
    struct winsize w = {0};
    struct tl_str columns = env("COLUMNS");
    int64_t n = 0;

    if (!tl_str_int(&columns, &n) || columns.n > 0 || n == 0)
        n = ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 0 ? w.ws_col : PLAIN_WIDTH;
    return n < MIN_WIDTH ? MIN_WIDTH : n > MAX_WIDTH ? MAX_WIDTH : (unsigned)n;
}

/* Off a terminal the bytes depend on nothing around; on one, on what it can show. */
static bool
terminal_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct tl_str v = env(names[i]);

        if (v.n > 0)
            return tl_str_case_find(v, TL_STR("UTF-8")) != SIZE_MAX ||
                   tl_str_case_find(v, TL_STR("UTF8")) != SIZE_MAX;
    }
    return false;
}

static enum tl_status
prepare_render(struct session *s, struct tl_error *err)
{
    struct tl_str when = s->o.color;
    bool always = tl_str_eq(when, TL_STR("always")), never = tl_str_eq(when, TL_STR("never"));

    if (when.n > 0 && !always && !never && !tl_str_eq(when, TL_STR("auto")))
        return tl_fail(err, TL_EUSAGE, 0, "--color is auto, always or never, not %.*s",
                       when.n > 100 ? 100 : TL_FMT(when));
    s->terminal = s->o.output.n == 0 && isatty(STDOUT_FILENO);
    s->render.tz = s->tz;
    s->render.width = s->terminal ? terminal_width() : PLAIN_WIDTH;
    s->render.utf8 = !s->terminal || terminal_utf8();
    s->render.color = always || (!never && s->terminal && env("NO_COLOR").n == 0 &&
                                 !tl_str_eq(env("TERM"), TL_STR("dumb")));
    return TL_OK;
}

/* What --as says of each INPUT. --input-tz stands behind its tz=. */
static enum tl_status
prepare_hints(struct session *s, struct tl_error *err)
{
    enum tl_status st = TL_OK;
    bool stdin_seen = false;

    s->hints = tl_arena_alloc(&s->arena, (s->o.noperands + 1) * sizeof(*s->hints));
    if (!s->hints)
        return tl_fail(err, TL_ENOMEM, 0, "out of memory");
    if (s->o.log_line_prefix.n > 0)
        st = tl_log_line_prefix_check(s->o.log_line_prefix, err);
    for (size_t i = 0; i < s->o.noperands && !st; i++) {
        bool is_stdin = tl_str_eq(s->o.operands[i].text, TL_STR("-"));

        s->hints[i] = TL_HINTS_NONE;
        if (s->o.operands[i].as.n > 0)
            st = tl_hints_read(s->o.operands[i].as, s->zones, &s->hints[i], err);
        s->hints[i].input_tz = s->input_tz;
        s->hints[i].log_line_prefix = s->o.log_line_prefix;
        if (!s->hints[i].tz)
            s->hints[i].tz = s->input_tz;
        if (!st && is_stdin && stdin_seen)
            st = tl_fail(err, TL_EUSAGE, 0, "standard input (-) can be read only once");
        stdin_seen = stdin_seen || is_stdin;
    }
    return st;
}

/* As many as there are processors for this process, or as --threads says. */
static enum tl_status
prepare_threads(struct session *s, struct tl_error *err)
{
    struct tl_str given = s->o.threads;
    int64_t n = 0;

    s->threads = processors();
    if (s->threads > MAX_THREADS)
        s->threads = MAX_THREADS;
    if (given.n == 0)
        return TL_OK;
    if (!tl_str_int(&given, &n) || given.n > 0 || n < 1 || n > MAX_THREADS)
        return tl_fail(err, TL_EUSAGE, 0, "--threads is a number from 1 to %d, not %.*s",
                       MAX_THREADS, s->o.threads.n > 40 ? 40 : TL_FMT(s->o.threads));
    s->threads = (unsigned)n;
    return TL_OK;
}

enum tl_status
session_prepare(struct session *s, struct tl_error *err)
{
    struct tl_str folder = env("TZDIR"), tz = s->o.tz.n > 0 ? s->o.tz : TL_STR("UTC");
    enum tl_status st;

    s->zones = tl_zones_new(folder.n > 0 ? folder : TL_STR("/usr/share/zoneinfo"));
    if (!s->zones)
        return tl_fail(err, TL_ENOMEM, 0, "out of memory");
    st = tl_zone_find(s->zones, tz, &s->tz, err);
    if (!st && s->o.input_tz.n > 0)
        st = tl_zone_find(s->zones, s->o.input_tz, &s->input_tz, err);
    if (!st)
        st = prepare_render(s, err);
    if (!st)
        st = prepare_threads(s, err);
    if (!st && s->o.command && s->o.command->id != CMD_RULES && s->o.command->id != CMD_HELP)
        st = prepare_hints(s, err);
    return st ? st : out_open(&s->out, s->o.output, s->o.force, err);
}

static enum tl_status
read_file(struct tl_str path, struct tl_buf *out, struct tl_error *err)
{
    char chunk[16384];
    int fd = open(path.p, O_RDONLY | O_CLOEXEC | O_NOCTTY); /* argv text: NUL-terminated */
    ssize_t n = 1;

    while (fd >= 0 && n > 0 && !out->failed && (n = read(fd, chunk, sizeof(chunk))) > 0)
        tl_buf_add(out, (struct tl_str){chunk, (size_t)n});
    if (fd < 0 || n < 0)
        tl_fail(err, TL_EINPUT, 0, "%s: cannot be read: %s", path.p, strerror(errno));
    if (fd >= 0)
        close(fd);
    if (fd < 0 || n < 0)
        return TL_EINPUT;
    return out->failed ? tl_fail(err, out->failed, 0, "%s: too large", path.p) : TL_OK;
}

static bool
keep_text(struct tl_str text, struct tl_buf *texts, struct tl_error *err)
{
    tl_buf_add(texts, text);
    if (texts->failed)
        tl_fail(err, texts->failed, 0, "the rules are too large");
    return !texts->failed;
}

static enum tl_status
add_text(struct session *s, struct tl_str name, struct tl_str text, struct tl_buf *texts,
         struct tl_error *err)
{
    if (!keep_text(text, texts, err))
        return texts->failed;
    return s->catalogue ? tl_catalogue_add(s->catalogue, name, text, err)
                        : tl_catalogue_load(name, text, &s->catalogue, err);
}

enum tl_status
session_add_rules(struct session *s, struct tl_str path, struct tl_buf *texts, struct tl_error *err)
{
    struct tl_buf text;
    enum tl_status st;

    tl_buf_init(&text, MAX_RULES);
    st = read_file(path, &text, err);
    if (!st)
        st = add_text(s, path, tl_buf_str(&text), texts, err);
    tl_buf_free(&text);
    return st;
}

enum tl_status
session_rules(struct session *s, struct tl_error *err)
{
    enum tl_status st = TL_OK;
    struct tl_buf texts;

    tl_buf_init(&texts, MAX_RULES);
    for (const struct tl_builtin_rules *r = tl_builtin_rules; r->name && !st; r++) {
        struct tl_str text = {r->text, r->n};

        st = keep_text(text, &texts, err)
                 ? tl_catalogue_add_known(&s->catalogue, tl_str_from(r->name), text, err)
                 : texts.failed;
    }
    for (size_t i = 0; i < s->o.rules.n && !st; i++)
        st = session_add_rules(s, s->o.rules.items[i], &texts, err);
    if (!st)
        st = tl_sha256(tl_buf_str(&texts), s->rules_sha256, err);
    tl_buf_free(&texts);
    return st;
}
