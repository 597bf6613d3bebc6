#include "cli/options.h"

#include <string.h>

#include "cli/suggest.h"

#define BIT(id) (1u << (id))
#define READERS (BIT(CMD_REPORT) | BIT(CMD_EVENTS) | BIT(CMD_DETECT))
#define ROWS    (BIT(CMD_REPORT) | BIT(CMD_EVENTS))
#define WRITERS (ROWS | BIT(CMD_DETECT) | BIT(CMD_RULES) | BIT(CMD_HELP))

/* In alphabetical order; tests/unit/test_options.c insists. */
const struct option option_table[] = {
    {"align", NULL,
     "bring the clocks of probes and logs that are proved to be off onto the others: moves their "
     "instants and widens them",
     '\0', OPT_FLAG, BIT(CMD_REPORT), offsetof(struct options, align)},
    {"as", "FORMAT[,key=value...]",
     "what every INPUT behind it is, until the next --as; auto: decide by content. Keys: region "
     "cluster instance endpoint account tz sleep stamp date year",
     '\0', OPT_AS, READERS, 0},
    {"assume", "NAME,...",
     "which assumptions may narrow what is not proven (default: all; none: not any)", '\0',
     OPT_TEXT, BIT(CMD_REPORT), offsetof(struct options, assume)},
    {"charts", "DIR", "draw the chart into DIR (gnuplot): SVG and PNG, with data and script", '\0',
     OPT_TEXT, BIT(CMD_REPORT), offsetof(struct options, charts)},
    {"color", "WHEN", "auto, always or never; NO_COLOR in the environment is respected", '\0',
     OPT_TEXT, (unsigned)ANY_COMMAND, offsetof(struct options, color)},
    {"force", NULL, "let -o overwrite a file", '\0', OPT_FLAG, WRITERS,
     offsetof(struct options, force)},
    {"format", "FMT", "how the result is written", '\0', OPT_TEXT, ROWS,
     offsetof(struct options, format)},
    {"help", NULL, "show the help of the command and exit", 'h', OPT_FLAG, (unsigned)ANY_COMMAND,
     offsetof(struct options, help)},
    {"input-tz", "ZONE",
     "the zone of inputs whose times bear none (default: UTC, as an assumption)", '\0', OPT_TEXT,
     READERS, offsetof(struct options, input_tz)},
    {"log-line-prefix", "PREFIX",
     "log_line_prefix of the PostgreSQL server, as in '%m [%p] %q%u@%d ' (default: learnt from "
     "each "
     "log)",
     '\0', OPT_TEXT, READERS, offsetof(struct options, log_line_prefix)},
    {"output", "FILE", "write to FILE instead of standard output", 'o', OPT_TEXT, WRITERS,
     offsetof(struct options, output)},
    {"quiet", NULL, "say nothing on standard error but failures", 'q', OPT_FLAG,
     (unsigned)ANY_COMMAND, offsetof(struct options, quiet)},
    {"rules", "FILE", "add the message rules of FILE (may be repeated)", '\0', OPT_LIST,
     READERS | BIT(CMD_RULES), offsetof(struct options, rules)},
    {"sha256", NULL,
     "hash database logs of any size (without it those above 64 MiB, packed 16 MiB, have no "
     "sha256)",
     '\0', OPT_FLAG, ROWS, offsetof(struct options, sha256)},
    {"since", "T", "leave out rows before T: RFC 3339, a time in --tz, or -2h before the newest",
     '\0', OPT_TEXT, ROWS, offsetof(struct options, since)},
    {"strict", NULL, "exit 1 when a record could not be read", '\0', OPT_FLAG, ROWS,
     offsetof(struct options, strict)},
    {"threads", "N", "read database logs with N threads (default: one for each core)", '\0',
     OPT_TEXT, ROWS, offsetof(struct options, threads)},
    {"tz", "ZONE", "the zone that times are shown in (default: UTC)", '\0', OPT_TEXT, READERS,
     offsetof(struct options, tz)},
    {"until", "T", "leave out rows behind T", '\0', OPT_TEXT, ROWS,
     offsetof(struct options, until)},
    {"verbose", NULL, "say on standard error what each input is taken for", 'v', OPT_FLAG,
     (unsigned)ANY_COMMAND, offsetof(struct options, verbose)},
    {"version", NULL, "show the version and exit", '\0', OPT_FLAG, (unsigned)ANY_COMMAND,
     offsetof(struct options, version)},
    {"why", "N", "print how the time of event N is known, step by step, instead of the report",
     '\0', OPT_TEXT, BIT(CMD_REPORT), offsetof(struct options, why)},
    {"window", "T1/T2", "take only evidence between T1 and T2 (either may be empty)", '\0',
     OPT_TEXT, ROWS, offsetof(struct options, window)},
    {NULL, NULL, NULL, '\0', OPT_FLAG, 0, 0},
};

static const struct option *
option_find(struct tl_str name)
{
    for (const struct option *o = option_table; o->name; o++)
        if (tl_str_eq(name, tl_str_from(o->name)))
            return o;
    return NULL;
}

static const struct option *
letter_find(char letter)
{
    for (const struct option *o = option_table; o->name; o++)
        if (o->letter == letter)
            return o;
    return NULL;
}

/* What the parser holds besides its result. */
struct parse {
    int argc, at;
    const char *const *argv;
    struct tl_str as; /* of the operands that follow */
    bool as_unused;
    bool given[sizeof(option_table) / sizeof(option_table[0])];
    struct options *out;
};

static enum tl_status
unknown_option(struct tl_str name, struct tl_error *err)
{
    struct suggestion s = {.wrong = name};

    for (const struct option *o = option_table; o->name; o++)
        suggest_offer(&s, o->name);
    if (!s.best)
        return tl_fail(err, TL_EUSAGE, 0, "unknown option --%.*s (tideline help lists them)",
                       TL_FMT(name));
    return tl_fail(err, TL_EUSAGE, 0, "unknown option --%.*s; did you mean --%s?", TL_FMT(name),
                   s.best);
}

static void
set(struct parse *p, const struct option *o, struct tl_str value)
{
    char *field = (char *)p->out + o->at;
    struct text_list *list;

    p->given[o - option_table] = true;
    switch (o->type) {
    case OPT_FLAG:
        memcpy(field, &(bool){true}, sizeof(bool));
        break;
    case OPT_TEXT:
        memcpy(field, &value, sizeof(value));
        break;
    case OPT_LIST:
        list = (struct text_list *)(void *)field;
        list->items[list->n++] = value; /* room for argc of them */
        break;
    case OPT_AS:
        p->as = value;
        p->as_unused = true;
        break;
    }
}

/* Takes the value from behind '=' (`attached`), else from the next argument, and sets the option.
 */
static enum tl_status
take_value(struct parse *p, const struct option *o, const char *attached, struct tl_error *err)
{
    struct tl_str value = tl_str_from(attached);

    if (!o->arg && attached)
        return tl_fail(err, TL_EUSAGE, 0, "--%s takes no value", o->name);
    if (o->arg && !attached && p->at + 1 < p->argc)
        value = tl_str_from(p->argv[++p->at]);
    if (o->arg && value.n == 0)
        return tl_fail(err, TL_EUSAGE, 0, "--%s needs a value: --%s=%s", o->name, o->name, o->arg);
    set(p, o, value);
    return TL_OK;
}

static enum tl_status
parse_long(struct parse *p, const char *arg, struct tl_error *err)
{
    struct tl_str name = tl_str_from(arg), value;
    bool has_value = tl_str_cut(name, '=', &name, &value);
    const struct option *o = option_find(name);

    return o ? take_value(p, o, has_value ? value.p : NULL, err) : unknown_option(name, err);
}

/* "-qv", "-o FILE", "-oFILE". */
static enum tl_status
parse_letters(struct parse *p, const char *letters, struct tl_error *err)
{
    for (; *letters; letters++) {
        const struct option *o = letter_find(*letters);
        enum tl_status st;

        if (!o)
            return tl_fail(err, TL_EUSAGE, 0, "unknown option -%c (tideline help lists them)",
                           *letters);
        if (o->arg)
            return take_value(p, o, letters[1] ? letters + 1 : NULL, err);
        st = take_value(p, o, NULL, err);
        if (st)
            return st;
    }
    return TL_OK;
}

static enum tl_status
no_such_command(struct tl_str name, struct tl_error *err)
{
    struct suggestion s = {.wrong = name};

    for (const struct command *c = commands; c->name; c++)
        if (c->examples)
            suggest_offer(&s, c->name);
    if (!s.best)
        return tl_fail(err, TL_EUSAGE, 0,
                       "there is no command %.*s; to read evidence: tideline report INPUT...",
                       name.n > 100 ? 100 : TL_FMT(name));
    return tl_fail(err, TL_EUSAGE, 0, "there is no command %.*s; did you mean tideline %s?",
                   TL_FMT(name), s.best);
}

static enum tl_status
parse_operand(struct parse *p, struct tl_str text, struct tl_error *err)
{
    struct options *out = p->out;

    if (out->command) {
        out->operands[out->noperands++] = (struct operand){text, p->as};
        p->as_unused = false;
        return TL_OK;
    }
    out->command = command_find(text);
    if (!out->command)
        return no_such_command(text, err);
    if (!out->command->examples)
        return tl_fail(err, TL_EUSAGE, 0, "tideline %s is not in this version", out->command->name);
    return TL_OK;
}

/* Options may stand before their command, so what belongs together is known only at the end. */
static enum tl_status
check_all(const struct parse *p, struct tl_error *err)
{
    const struct command *c = p->out->command;

    for (const struct option *o = option_table; o->name && c; o++) {
        if (!p->given[o - option_table] || (o->commands & BIT(c->id)))
            continue;
        return tl_fail(err, TL_EUSAGE, 0,
                       "--%s is not an option of tideline %s (tideline help %s lists them)",
                       o->name, c->name, c->name);
    }
    if (p->as_unused && !p->out->help && !p->out->version)
        return tl_fail(err, TL_EUSAGE, 0,
                       "--as %.*s has no INPUT behind it: it applies to those that follow",
                       p->as.n > 100 ? 100 : TL_FMT(p->as));
    return TL_OK;
}

enum tl_status
options_parse(int argc, const char *const *argv, struct tl_arena *arena, struct options *out,
              struct tl_error *err)
{
    struct parse p = {.argc = argc, .at = 1, .argv = argv, .out = out};
    size_t n = argc > 0 ? (size_t)argc : 1;
    bool only_operands = false;
    enum tl_status st = TL_OK;

    memset(out, 0, sizeof(*out));
    out->operands = tl_arena_alloc(arena, n * sizeof(*out->operands));
    out->rules.items = tl_arena_alloc(arena, n * sizeof(*out->rules.items));
    if (!out->operands || !out->rules.items)
        return tl_fail(err, TL_ENOMEM, 0, "the command line is too long");
    for (; !st && p.at < argc; p.at++) {
        const char *arg = argv[p.at];

        if (only_operands || arg[0] != '-' || arg[1] == '\0')
            st = parse_operand(&p, tl_str_from(arg), err);
        else if (strcmp(arg, "--") == 0)
            only_operands = true;
        else if (arg[1] == '-')
            st = parse_long(&p, arg + 2, err);
        else
            st = parse_letters(&p, arg + 1, err);
    }
    return st ? st : check_all(&p, err);
}

const struct command *
command_find(struct tl_str name)
{
    for (const struct command *c = commands; c->name; c++)
        if (tl_str_eq(name, tl_str_from(c->name)))
            return c;
    return NULL;
}
