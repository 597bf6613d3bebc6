/* The small commands: detect, rules, help. */
#include "cli/evidence.h"

enum { MAX_TEXT = 64 * 1024 * 1024 };

/* Writes what a command put together. */
static enum tl_status
write_text(struct session *s, const struct tl_buf *b, struct tl_error *err)
{
    if (b->failed)
        return tl_fail(err, b->failed, 0, "the text does not fit into memory");
    return out_write(&s->out, tl_buf_str(b), err);
}

enum tl_status
cmd_detect(struct session *s, struct tl_error *err)
{
    enum tl_status st = session_rules(s, err);
    struct tl_buf line;
    struct evidence e;
    bool got = true;

    tl_buf_init(&line, MAX_TEXT);
    evidence_open(&e, s);
    while (!st && got && !s->out.closed) {
        st = evidence_next(&e, &got, err);
        if (st || !got)
            break;
        tl_buf_reset(&line);
        tl_buf_add(&line, e.name);
        tl_buf_add(&line, TL_STR("\t"));
        tl_buf_add(&line, tl_reader_format(e.reader));
        tl_buf_add(&line, TL_STR("\t"));
        tl_buf_add_clean(&line, tl_reader_why(e.reader));
        tl_buf_add(&line, TL_STR("\n"));
        st = write_text(s, &line, err);
    }
    evidence_close(&e);
    tl_buf_free(&line);
    return st;
}

static enum tl_status
rules_list(struct session *s, struct tl_buf *out, struct tl_error *err)
{
    (void)err;
    tl_catalogue_list(s->catalogue, out);
    return TL_OK;
}

static enum tl_status
rules_show(struct session *s, struct tl_buf *out, struct tl_error *err)
{
    return tl_catalogue_show(s->catalogue, s->o.operands[1].text, out, err);
}

static enum tl_status
rules_check(struct session *s, struct tl_buf *out, struct tl_error *err)
{
    struct tl_buf bad, unused;
    enum tl_status st = TL_OK;

    tl_buf_init(&bad, MAX_TEXT);
    tl_buf_init(&unused, MAX_TEXT);
    for (size_t i = 1; i < s->o.noperands && !st; i++)
        st = session_add_rules(s, s->o.operands[i].text, &unused, err);
    if (!st)
        st = tl_catalogue_check(s->catalogue, &bad, err);
    if (bad.n > 0)
        cli_say_text(tl_buf_str(&bad));
    if (!st)
        tl_buf_add(out, TL_STR("the rules hold on all their samples\n"));
    tl_buf_free(&bad);
    tl_buf_free(&unused);
    return st;
}

/* A message need not be quoted: its words are joined again. */
static enum tl_status
rules_explain(struct session *s, struct tl_buf *out, struct tl_error *err)
{
    struct tl_buf text;
    enum tl_status st = TL_OK;

    tl_buf_init(&text, MAX_TEXT);
    for (size_t i = 1; i < s->o.noperands; i++) {
        if (i > 1)
            tl_buf_add(&text, TL_STR(" "));
        tl_buf_add(&text, s->o.operands[i].text);
    }
    if (text.failed)
        st = tl_fail(err, text.failed, 0, "out of memory");
    else
        tl_catalogue_explain(s->catalogue, tl_buf_str(&text), out);
    tl_buf_free(&text);
    return st;
}

static const struct {
    const char *name;
    size_t min, max; /* operands behind the name */
    const char *usage;
    enum tl_status (*run)(struct session *s, struct tl_buf *out, struct tl_error *err);
} rules_commands[] = {
    {"list", 0, 0, "tideline rules list", rules_list},
    {"show", 1, 1, "tideline rules show CLASS", rules_show},
    {"check", 0, SIZE_MAX, "tideline rules check [FILE...]", rules_check},
    {"explain", 1, SIZE_MAX, "tideline rules explain TEXT", rules_explain},
};

enum tl_status
cmd_rules(struct session *s, struct tl_error *err)
{
    struct tl_str name = s->o.noperands > 0 ? s->o.operands[0].text : TL_STR("");
    size_t n = sizeof(rules_commands) / sizeof(rules_commands[0]), i = 0;
    enum tl_status st;
    struct tl_buf out;

    while (i < n && !tl_str_eq(name, tl_str_from(rules_commands[i].name)))
        i++;
    if (i == n)
        return tl_fail(err, TL_EUSAGE, 0,
                       "tideline rules takes one of: list, show CLASS, check [FILE...], explain "
                       "TEXT");
    if (s->o.noperands - 1 < rules_commands[i].min || s->o.noperands - 1 > rules_commands[i].max)
        return tl_fail(err, TL_EUSAGE, 0, "usage: %s", rules_commands[i].usage);
    tl_buf_init(&out, MAX_TEXT);
    st = session_rules(s, err);
    if (!st)
        st = rules_commands[i].run(s, &out, err);
    if (!st)
        st = write_text(s, &out, err);
    tl_buf_free(&out);
    return st;
}

enum tl_status
cmd_help(struct session *s, struct tl_error *err)
{
    const struct command *c = s->o.command;
    struct tl_buf out;
    enum tl_status st;

    if (c && c->id == CMD_HELP && s->o.noperands > 0) {
        c = command_find(s->o.operands[0].text);
        if (!c || !c->examples)
            return tl_fail(err, TL_EUSAGE, 0,
                           "there is no command %.*s in this version (tideline help lists them)",
                           s->o.operands[0].text.n > 60 ? 60 : TL_FMT(s->o.operands[0].text));
    } else if (c && c->id == CMD_HELP && !s->o.help) {
        c = NULL;
    }
    tl_buf_init(&out, MAX_TEXT);
    options_help(c, &out);
    st = write_text(s, &out, err);
    tl_buf_free(&out);
    return st;
}
