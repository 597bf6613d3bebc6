/* main.c - the process: standard descriptors, signals, exit code. */
#include <fcntl.h>
#include <unistd.h>

#include "cli/session.h"
#include "cli/signals.h"
#include "core/version.h"

enum { EXIT_INCOMPLETE = 1, EXIT_SIGNAL = 128 };

static const struct {
    enum command_id id;
    bool needs_input;
    enum tl_status (*run)(struct session *s, struct tl_error *err);
} runners[] = {
    {CMD_REPORT, true, cmd_report}, {CMD_EVENTS, true, cmd_events}, {CMD_DETECT, true, cmd_detect},
    {CMD_RULES, false, cmd_rules},  {CMD_HELP, false, cmd_help},
};

/* A descriptor that the caller has closed must not become a file of ours: then a sentence meant for
 * stderr would be written into it. Opened the wrong way round, so that using it fails. */
static void
fill_standard_descriptors(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

static enum tl_status
run_command(struct session *s, struct tl_error *err)
{
    const struct command *c = s->o.command;

    if (s->o.version)
        return out_write(&s->out, TL_STR("tideline " TL_VERSION "\n"), err);
    if (s->o.help)
        return cmd_help(s, err);
    for (size_t i = 0; i < sizeof(runners) / sizeof(runners[0]); i++) {
        if (runners[i].id != c->id)
            continue;
        if (!runners[i].needs_input || s->o.noperands > 0)
            return runners[i].run(s, err);
        return tl_fail(err, TL_EUSAGE, 0,
                       "tideline %s needs an INPUT: a file, a folder, an archive, or - for "
                       "standard input (tideline help %s)",
                       c->name, c->name);
    }
    return tl_fail(err, TL_EUSAGE, 0, "tideline %s is not in this version", c->name);
}

static enum tl_status
run(struct session *s, int argc, const char *const *argv, struct tl_error *err)
{
    enum tl_status st = session_open(s, argc, argv, err);

    if (!st && !s->o.command && !s->o.help && !s->o.version)
        st = tl_fail(err, TL_EUSAGE, 0,
                     "a command is needed, like tideline report INPUT... (tideline help lists "
                     "them)");
    if (!st)
        st = session_prepare(s, err);
    if (!st)
        st = run_command(s, err);
    return st ? st : out_finish(&s->out, err);
}

int
main(int argc, char **argv)
{
    struct tl_error err = {.msg = ""};
    struct session s;
    enum tl_status st;
    int code;

    fill_standard_descriptors();
    signals_install();
    st = run(&s, argc, (const char *const *)argv, &err);
    if (st)
        cli_say("%s", err.msg[0] ? err.msg : tl_status_text(st));
    code = tl_status_exit(st);
    if (!st && (s.incomplete || (s.o.strict && s.odd > 0)))
        code = EXIT_INCOMPLETE;
    if (interrupted() && !s.out.closed)
        cli_note(&s, "interrupted: what was read until then is all that is told");
    if (interrupted())
        code = EXIT_SIGNAL + signals_caught();
    session_close(&s);
    return code;
}
