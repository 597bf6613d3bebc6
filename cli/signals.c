#include "cli/signals.h"

#include <signal.h>
#include <stddef.h>

#include "cli/session.h"

static volatile sig_atomic_t caught; /* the one thing that a signal may touch */

static void
on_stop(int number)
{
    caught = number;
}

void
signals_install(void)
{
    struct sigaction stop = {.sa_handler = on_stop, .sa_flags = (int)SA_RESETHAND},
                     ignore = {.sa_handler = SIG_IGN};

    sigaction(SIGPIPE, &ignore, NULL);
    sigaction(SIGTERM, &stop, NULL);
    sigaction(SIGINT, &stop, NULL); /* also where a shell has it ignored: kill -INT asks to stop */
}

int
signals_caught(void)
{
    return caught;
}

bool
interrupted(void)
{
    return caught != 0;
}
