/* signals.h - how the process meets signals. */
#ifndef TL_CLI_SIGNALS_H
#define TL_CLI_SIGNALS_H

/* SIGINT and SIGTERM ask to stop (a second one ends the process at once); a closed pipe is seen
 * where it is written to. */
void signals_install(void);
/* The signal that has asked to stop, or 0. */
int signals_caught(void);

#endif
