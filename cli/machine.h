/* machine.h - what the machine has, as far as the command line cares. */
#ifndef TL_CLI_MACHINE_H
#define TL_CLI_MACHINE_H

#include <stdint.h>

/* Processors that this process may run on: at least 1. */
unsigned processors(void);

/* Microseconds of a clock that never goes back. */
int64_t machine_now_us(void);

#endif
