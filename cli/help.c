/* The commands, and the help that is made of them and of the options' rows. */
#include "cli/options.h"

const struct command commands[] = {
    {CMD_REPORT, "report", "INPUT...", "read evidence, reconstruct, render (the main job)",
     "Reads events, tables, probe logs, CloudTrail records, topology and documents, finds the\n"
     "upgrades in them, and says what happened when, how long each endpoint was down (with\n"
     "bounds), whether zero-downtime patching worked, and from what that is known.\n"
     "An INPUT is a file, a folder, an archive, or - for standard input; compressed input is\n"
     "read as it is.\n",
     "tideline report evidence/ --tz Asia/Tokyo\n"
     "tideline report events.json probe.log --format markdown -o report.md\n"
     "tideline report --as probe,region=us-east-1,sleep=0.5 probe.log --as auto events.json\n"
     "tideline report evidence.tar.gz --charts charts --format json -o report.json\n"
     "tideline report evidence/ --why 11\n"
     "tideline report evidence/ --assume none\n"
     "aws rds describe-events --duration 1440 | tideline report -\n"},
    {CMD_EVENTS, "events", "INPUT...", "classify only: one row per recognised record, as they come",
     "Streams the records of each input in their order, classified, in constant memory. The\n"
     "NDJSON can be read again by tideline report: shards may be classified anywhere and merged.\n",
     "tideline events postgres.log.gz --format text\n"
     "tideline events evidence/ | jq -r 'select(.class == \"zdp.finished\") | .message'\n"
     "tideline events huge.json --since 2026-04-11T06:00:00Z --until 2026-04-11T07:00:00Z\n"},
    {CMD_DETECT, "detect", "INPUT...", "what each input is taken for, and why",
     "A line per input: its name, its format, and what in it decided.\n",
     "tideline detect evidence/\n"
     "tideline detect --as probe unknown.log\n"},
    {CMD_RULES, "rules", "list | show CLASS | check [FILE...] | explain TEXT",
     "the message rules: list, show, check them, explain a message",
     "list: every class with its rules. show: the rules of one class. check: the built-in rules\n"
     "and those of FILEs against their own samples. explain: what a message is taken for, and\n"
     "which rules came near.\n",
     "tideline rules list\n"
     "tideline rules show zdp.finished\n"
     "tideline rules check my.rules\n"
     "tideline rules explain 'DB instance restarted'\n"},
    {CMD_HELP, "help", "[COMMAND]", "show the help of a command", "", "tideline help report\n"},
    {CMD_NONE, "pull", NULL, NULL, NULL, NULL},
    {CMD_NONE, "watch", NULL, NULL, NULL, NULL},
    {CMD_NONE, "probe", NULL, NULL, NULL, NULL},
    {CMD_NONE, "save", NULL, NULL, NULL, NULL},
    {CMD_NONE, "runs", NULL, NULL, NULL, NULL},
    {CMD_NONE, "compare", NULL, NULL, NULL, NULL},
    {CMD_NONE, "trend", NULL, NULL, NULL, NULL},
    {CMD_NONE, "check", NULL, NULL, NULL, NULL},
    {CMD_NONE, "bundle", NULL, NULL, NULL, NULL},
    {CMD_NONE, "verify", NULL, NULL, NULL, NULL},
    {CMD_NONE, "doctor", NULL, NULL, NULL, NULL},
    {CMD_NONE, NULL, NULL, NULL, NULL, NULL},
};
enum { HELP_WIDTH = 88, HELP_INDENT = 6 };

/* Words of `text`, broken to lines below an option. */
static void
add_wrapped(struct tl_str text, struct tl_buf *out)
{
    size_t column = 0;
    struct tl_str word;

    while (text.n > 0) {
        tl_str_cut(text, ' ', &word, &text);
        if (column > 0 && column + 1 + word.n > HELP_WIDTH) {
            tl_buf_add(out, TL_STR("\n"));
            column = 0;
        }
        tl_buf_addf(out, "%*s", column == 0 ? HELP_INDENT : 1, "");
        column += word.n + (column == 0 ? HELP_INDENT : 1);
        tl_buf_add(out, word);
    }
    tl_buf_add(out, TL_STR("\n"));
}

static void
add_option(const struct option *o, struct tl_buf *out)
{
    if (o->letter)
        tl_buf_addf(out, "  -%c, ", o->letter);
    else
        tl_buf_add(out, TL_STR("  "));
    tl_buf_addf(out, "--%s%s%s\n", o->name, o->arg ? "=" : "", o->arg ? o->arg : "");
    add_wrapped(tl_str_from(o->help), out);
}

static void
add_overview(struct tl_buf *out)
{
    tl_buf_add(out,
               TL_STR("usage: tideline COMMAND [OPTIONS] [INPUT...]\n\n"
                      "Reconstructs what happened during an Amazon Aurora / RDS version upgrade "
                      "from the\nevidence that is left.\n\ncommands:\n"));
    for (const struct command *c = commands; c->name; c++)
        if (c->examples)
            tl_buf_addf(out, "  %-8s  %s\n", c->name, c->summary);
    tl_buf_add(out,
               TL_STR("\nexamples:\n  tideline report evidence/ --tz Asia/Tokyo\n"
                      "  tideline events evidence/ --format text\n  tideline detect evidence/\n"
                      "\ntideline help COMMAND shows its options and more examples.\n"));
}

void
options_help(const struct command *c, struct tl_buf *out)
{
    struct tl_str rest, line;

    if (!c) {
        add_overview(out);
        return;
    }
    tl_buf_addf(out, "usage: tideline %s [OPTIONS] %s\n\n", c->name, c->operands);
    tl_buf_add(out, tl_str_from(c->text));
    tl_buf_add(out, *c->text ? TL_STR("\nexamples:\n") : TL_STR("examples:\n"));
    for (rest = tl_str_from(c->examples); tl_str_line(&rest, &line);) {
        tl_buf_add(out, TL_STR("  "));
        tl_buf_add(out, line);
        tl_buf_add(out, TL_STR("\n"));
    }
    tl_buf_add(out, TL_STR("\noptions:\n"));
    for (const struct option *o = option_table; o->name; o++)
        if (o->commands & 1u << c->id)
            add_option(o, out);
}
