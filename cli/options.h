/*
 * options.h - the command line as tables: commands, options, and what was given.
 *
 * The parser, the help texts, and later the manual pages and completions read the same rows.
 */
#ifndef TL_CLI_OPTIONS_H
#define TL_CLI_OPTIONS_H

#include "core/arena.h"

enum command_id { CMD_NONE, CMD_REPORT, CMD_EVENTS, CMD_DETECT, CMD_RULES, CMD_HELP };
enum { ANY_COMMAND = ~0 };

struct command {
    enum command_id id;
    const char *name;     /* NULL ends the table */
    const char *operands; /* "INPUT..." */
    const char *summary;
    const char *text;     /* paragraphs of its help */
    const char *examples; /* a line each; NULL: the command is announced, but not in this version */
};
extern const struct command commands[];

enum option_type {
    OPT_FLAG,
    OPT_TEXT,
    OPT_LIST, /* may be given several times; all values count */
    OPT_AS    /* belongs to the inputs behind it */
};
struct option {
    const char *name, *arg, *help; /* name NULL ends the table; arg NULL: takes no value */
    char letter;                   /* -o; '\0': none */
    enum option_type type;
    unsigned commands; /* bits 1 << enum command_id, or ANY_COMMAND */
    size_t at;         /* offset in struct options */
};
extern const struct option option_table[];

struct operand {
    struct tl_str text;
    struct tl_str as; /* of --as before it; empty: none */
};
struct text_list {
    struct tl_str *items;
    size_t n;
};
struct options {
    const struct command *command; /* NULL: none given */
    struct operand *operands;      /* without the command's name */
    size_t noperands;
    struct tl_str assume, charts, color, format, input_tz, log_line_prefix, output, since, threads,
        tz, until, why, window;
    struct text_list rules;
    bool align, force, help, quiet, sha256, strict, verbose, version;
};

/*
 * Views in *out point into argv, arrays lie in the arena. TL_EUSAGE with a sentence that says what
 * to do; out->command is then what was understood so far.
 */
enum tl_status options_parse(int argc, const char *const *argv, struct tl_arena *arena,
                             struct options *out, struct tl_error *err);

const struct command *command_find(struct tl_str name); /* NULL: none */
/* The help of one command, or with NULL the overview. */
void options_help(const struct command *c, struct tl_buf *out);

#endif
