#include "parse/log_who.h"

#include <string.h>

#include "parse/log.h"

enum { MAX_PARTS = 32, MAX_IDENTIFIER = 63, COMMAND_LOOK = 4096 };

static const struct tl_str NOTHING = {"", 0};

static void
fill(struct tl_str *known, struct tl_str value)
{
    if (known->n == 0)
        *known = value;
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Could it be the identifier of an instance or a cluster? A letter first; letters, digits, single
 * hyphens; at most 63. */
static bool
is_identifier(struct tl_str s)
{
    if (s.n == 0 || s.n > MAX_IDENTIFIER || !is_letter(s.p[0]) || s.p[s.n - 1] == '-')
        return false;
    for (size_t i = 0; i < s.n; i++) {
        if (!is_digit(s.p[i]) && !is_letter(s.p[i]) && s.p[i] != '-')
            return false;
        if (s.p[i] == '-' && s.p[i + 1 < s.n ? i + 1 : i - 1] == '-')
            return false;
    }
    return true;
}

/* Words that stand in paths where an instance could, and name none. */
static bool
is_common(struct tl_str s)
{
    static const struct tl_str words[] = {
#define ROW(text) {text, sizeof(text) - 1}
        ROW("audit"),    ROW("aurora"),  ROW("aws"),       ROW("backup"),     ROW("backups"),
        ROW("bundle"),   ROW("case"),    ROW("cases"),     ROW("cloudwatch"), ROW("cluster"),
        ROW("clusters"), ROW("console"), ROW("cw"),        ROW("cwlogs"),     ROW("data"),
        ROW("database"), ROW("db"),      ROW("dbs"),       ROW("download"),   ROW("downloads"),
        ROW("error"),    ROW("errors"),  ROW("evidence"),  ROW("events"),     ROW("export"),
        ROW("exports"),  ROW("files"),   ROW("fixtures"),  ROW("general"),    ROW("host"),
        ROW("input"),    ROW("inputs"),  ROW("instance"),  ROW("instances"),  ROW("log"),
        ROW("logs"),     ROW("mariadb"), ROW("mysql"),     ROW("mysqld"),     ROW("old"),
        ROW("pg"),       ROW("pg-log"),  ROW("pgsql"),     ROW("postgres"),   ROW("postgresql"),
        ROW("primary"),  ROW("raw"),     ROW("rds"),       ROW("rds-logs"),   ROW("rdslogs"),
        ROW("reader"),   ROW("readers"), ROW("region"),    ROW("regions"),    ROW("replica"),
        ROW("replicas"), ROW("server"),  ROW("slowquery"), ROW("src"),        ROW("standby"),
        ROW("stderr"),   ROW("temp"),    ROW("test"),      ROW("tests"),      ROW("text"),
        ROW("tmp"),      ROW("upgrade"), ROW("var"),       ROW("writer"),     ROW("writers"),
#undef ROW
    };

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (tl_str_case_eq(s, words[i]))
            return true;
    return false;
}

static bool
names_instance(struct tl_str s)
{
    return is_identifier(s) && !is_common(s) && !tl_is_region(s);
}

static bool
is_account(struct tl_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!is_digit(s.p[i]))
            return false;
    return s.n == 12;
}

/* ---- log groups and streams ---- */

/* What stands before a group: "123456789012", or an ARN of CloudWatch Logs with the colon cut off.
 */
static void
owner_of_prefix(struct tl_str s, struct log_owner *o)
{
    struct tl_str parts[6], rest = s;
    size_t n = 0;

    while (n < 6 && rest.n > 0)
        (void)tl_str_cut(rest, ':', &parts[n++], &rest);
    if (n == 1 && is_account(parts[0]))
        fill(&o->account, parts[0]);
    if (n < 5 || !tl_str_eq(parts[0], TL_STR("arn")) || !tl_str_eq(parts[2], TL_STR("logs")))
        return;
    if (tl_is_region(parts[3]))
        fill(&o->region, parts[3]);
    if (is_account(parts[4]))
        fill(&o->account, parts[4]);
}

/* What stands behind "/aws/rds/". */
static void
group_parts(struct tl_str text, struct log_owner *o)
{
    struct tl_str sort, id, rest;

    (void)tl_str_cut(text, '/', &sort, &rest);
    (void)tl_str_cut(rest, '/', &id, &rest);
    (void)tl_str_cut(rest, '/', &rest, &(struct tl_str){"", 0});
    (void)tl_str_cut(rest, ':', &rest, &(struct tl_str){"", 0});
    if (!is_identifier(id))
        return;
    fill(&o->kind, rest);
    if (tl_str_eq(sort, TL_STR("cluster")))
        fill(&o->cluster, id);
    else if (tl_str_eq(sort, TL_STR("instance")))
        fill(&o->instance, id);
}

void
owner_of_group(struct tl_str group, struct log_owner *o)
{
    size_t at = tl_str_find(group, TL_STR("/aws/rds/"));

    if (at == SIZE_MAX)
        return;
    if (at > 0 && group.p[at - 1] == ':')
        owner_of_prefix((struct tl_str){group.p, at - 1}, o);
    group_parts(tl_str_skip(group, at + 9), o);
}

void
owner_of_stream(struct tl_str stream, struct log_owner *o)
{
    struct tl_str id, rest;
    struct tl_host host;

    if (tl_host_read(stream, &host) && !host.is_cluster && !host.is_proxy) {
        fill(&o->instance, host.id);
        fill(&o->region, host.region);
        return;
    }
    (void)tl_str_cut(stream, '.', &id, &rest);
    if (names_instance(id))
        fill(&o->instance, id);
    else
        fill(&o->label, stream);
}

bool
owner_has_errors(const struct log_owner *o)
{
    static const struct tl_str other[] = {
        {"audit", 5}, {"slowquery", 9}, {"general", 7}, {"iam-db-auth-error", 17}};

    for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++)
        if (tl_str_eq(o->kind, other[i]))
            return false;
    return true;
}

/* ---- paths ---- */

struct path {
    struct tl_str part[MAX_PARTS]; /* the last is the file */
    size_t n;
};

static void
path_read(struct tl_str s, struct path *p)
{
    p->n = 0;
    while (s.n > 0 && p->n < MAX_PARTS) {
        struct tl_str part;

        (void)tl_str_cut(s, '/', &part, &s);
        if (part.n > 0)
            p->part[p->n++] = part;
    }
}

/* A group as folders: …/aws/rds/cluster/shop/error/shop-instance-1 */
static void
path_group(struct tl_str path, const struct path *p, struct log_owner *o)
{
    for (size_t i = 0; i + 4 < p->n; i++) {
        const char *from = p->part[i + 2].p;

        if (!tl_str_eq(p->part[i], TL_STR("aws")) || !tl_str_eq(p->part[i + 1], TL_STR("rds")))
            continue;
        group_parts((struct tl_str){from, (size_t)(path.p + path.n - from)}, o);
        if (i + 5 < p->n && names_instance(owner_stem(p->part[i + 5])))
            fill(&o->instance, owner_stem(p->part[i + 5]));
    }
}

/* An object of an export to S3: <prefix>/<task>/<stream>/000000.gz */
static void
path_export(const struct path *p, struct log_owner *o)
{
    struct tl_str file = p->part[p->n - 1], id;
    int64_t number;

    if (p->n < 2 || !tl_str_digits(&file, 6, &number) || (file.n > 0 && file.p[0] != '.'))
        return;
    (void)tl_str_cut(p->part[p->n - 2], '.', &id, &file);
    if (names_instance(id))
        fill(&o->instance, id);
}

/* Folders: <instance>/error/…, <region>/<instance>/… */
static void
path_folders(const struct path *p, struct log_owner *o)
{
    for (size_t i = 0; i + 2 < p->n; i++)
        if (tl_str_eq(p->part[i + 1], TL_STR("error")) && names_instance(p->part[i]))
            fill(&o->instance, p->part[i]);
    for (size_t i = 0; i + 2 < p->n; i++)
        if (tl_is_region(p->part[i]) && names_instance(p->part[i + 1]))
            fill(&o->instance, p->part[i + 1]);
}

/* Files: <instance>.postgresql.log…, <instance>.<hash>.<region>.rds.amazonaws.com.log */
static void
path_file(const struct path *p, struct log_owner *o)
{
    static const struct tl_str logs[] = {
        {"postgresql", 10},  {"postgres.log", 12},      {"error.log", 9},   {"error.postgres", 14},
        {"mysql-error", 11}, {"error.mysql-error", 17}, {"upgrade.log", 11}};
    struct tl_str id, rest, file = p->part[p->n - 1];
    size_t host = tl_str_find(file, TL_STR(".rds.amazonaws.com"));

    if (host != SIZE_MAX)
        owner_of_stream((struct tl_str){file.p, host + 18}, o);
    if (!tl_str_cut(file, '.', &id, &rest) || !names_instance(id))
        return;
    for (size_t i = 0; i < sizeof(logs) / sizeof(logs[0]); i++)
        if (tl_str_starts(rest, logs[i]))
            fill(&o->instance, id);
}

void
owner_of_path(struct tl_str path, struct log_owner *o)
{
    struct path p;

    fill(&o->region, tl_find_region(path));
    path_read(path, &p);
    if (p.n == 0)
        return;
    path_group(path, &p, o);
    path_export(&p, o);
    path_folders(&p, o);
    path_file(&p, o);
}

/* ---- the stem of a path ---- */

static bool
drop_suffix(struct tl_str *s)
{
    static const struct tl_str ends[] = {
#define ROW(text) {text, sizeof(text) - 1}
        ROW(".gz"),  ROW(".bz2"), ROW(".xz"),   ROW(".zst"),     ROW(".zip"),   ROW(".lz4"),
        ROW(".log"), ROW(".csv"), ROW(".txt"),  ROW(".out"),     ROW(".jsonl"), ROW(".ndjson"),
        ROW(".xml"), ROW(".Z"),   ROW(".json"), ROW("-running"),
#undef ROW
    };

    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        if (s->n <= ends[i].n || !tl_str_eq(tl_str_skip(*s, s->n - ends[i].n), ends[i]))
            continue;
        s->n -= ends[i].n;
        return true;
    }
    return false;
}

/* "-2024-01-01_000000", ".2025-01-23-0456", ".1": a number behind a dot, or four digits at least.
 */
static bool
drop_date(struct tl_str *s)
{
    size_t from = s->n, digits = 0;

    while (from > 0 && (is_digit(s->p[from - 1]) || strchr("-_.:TZ", s->p[from - 1])))
        from--;
    for (; from < s->n; from++) {
        if (!strchr("-_.", s->p[from]))
            continue;
        digits = 0;
        for (size_t i = from; i < s->n; i++)
            digits += is_digit(s->p[i]);
        if (digits >= 4 || (digits > 0 && s->p[from] == '.'))
            break;
    }
    if (from == s->n)
        return false;
    for (size_t i = 0; i < from; i++) {
        if (!is_letter(s->p[i]))
            continue;
        s->n = from;
        return true;
    }
    return false; /* all of the name is a date */
}

/* "postgresql-Mon", as log_filename has it in some packages. */
static bool
drop_weekday(struct tl_str *s)
{
    static const struct tl_str days[] = {{"Mon", 3}, {"Tue", 3}, {"Wed", 3}, {"Thu", 3},
                                         {"Fri", 3}, {"Sat", 3}, {"Sun", 3}};

    if (!tl_str_starts(*s, TL_STR("postgres")) || s->n < 12 || s->p[s->n - 4] != '-')
        return false;
    for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
        if (!tl_str_eq(tl_str_skip(*s, s->n - 3), days[i]))
            continue;
        s->n -= 4;
        return true;
    }
    return false;
}

struct tl_str
owner_stem(struct tl_str path)
{
    size_t folder = path.n;
    struct tl_str file;

    while (folder > 0 && path.p[folder - 1] != '/')
        folder--;
    file = tl_str_skip(path, folder);
    while (drop_suffix(&file) || drop_date(&file) || drop_weekday(&file))
        continue;
    return (struct tl_str){path.p, folder + file.n};
}

/* ---- commands ---- */

/* The next word of a command; quotes around it are dropped. */
static bool
next_word(struct tl_str *rest, struct tl_str *word)
{
    size_t n = 0;

    while (rest->n > 0 && strchr(" \t\r\n\\", rest->p[0]))
        *rest = tl_str_skip(*rest, 1);
    if (rest->n == 0)
        return false;
    if (rest->p[0] == '"' || rest->p[0] == '\'') {
        const char *end = memchr(rest->p + 1, rest->p[0], rest->n - 1);

        if (!end)
            return false;
        *word = (struct tl_str){rest->p + 1, (size_t)(end - rest->p) - 1};
        *rest = tl_str_skip(*rest, word->n + 2);
        return true;
    }
    while (n < rest->n && !strchr(" \t\r\n", rest->p[n]))
        n++;
    *word = (struct tl_str){rest->p, n};
    *rest = tl_str_skip(*rest, n);
    return true;
}

/* The first line that is not empty, with those that a backslash joins to it. */
static struct tl_str
first_line(struct tl_str head)
{
    size_t n = 0;

    while (head.n > 0 && strchr(" \t\r\n", head.p[0]))
        head = tl_str_skip(head, 1);
    head.n = head.n < COMMAND_LOOK ? head.n : COMMAND_LOOK;
    while (n < head.n && (head.p[n] != '\n' || (n > 0 && head.p[n - 1] == '\\') ||
                          (n > 1 && head.p[n - 1] == '\r' && head.p[n - 2] == '\\')))
        n++;
    head.n = n;
    return head;
}

static void
take_option(struct tl_str key, struct tl_str value, struct log_owner *o)
{
    if (tl_str_eq(key, TL_STR("--db-instance-identifier")) && is_identifier(value))
        fill(&o->instance, value);
    else if (tl_str_eq(key, TL_STR("--region")) && tl_is_region(value))
        fill(&o->region, value);
    else if (tl_str_starts(key, TL_STR("--log-group-")))
        owner_of_group(value, o);
    else if (tl_str_eq(key, TL_STR("--log-stream-name")))
        owner_of_stream(value, o);
}

void
owner_of_command(struct tl_str head, struct log_owner *o)
{
    struct tl_str line = first_line(head), word, rest, before = NOTHING;
    size_t logs = tl_str_find(line, TL_STR("aws logs "));
    size_t rds = tl_str_find(line, TL_STR("aws rds download-db-log-file-portion"));

    if (logs == SIZE_MAX && rds == SIZE_MAX)
        return;
    rest = tl_str_skip(line, logs < rds ? logs : rds);
    while (next_word(&rest, &word)) {
        struct tl_str key, value;

        if (tl_str_eq(word, TL_STR("|")) || tl_str_eq(word, TL_STR(">")))
            return;
        if (tl_str_starts(word, TL_STR("--")) && tl_str_cut(word, '=', &key, &value))
            take_option(key, value, o);
        else if (tl_str_starts(before, TL_STR("--")))
            take_option(before, word, o);
        else if (tl_str_starts(word, TL_STR("/aws/rds/")))
            owner_of_group(word, o); /* aws logs tail GROUP */
        before = word;
    }
}

/* ---- into a reader and its events ---- */

static void
hint_owner(struct tl_reader *r, const struct log_owner *o, struct tl_str from)
{
    reader_hint(r, TL_STR("region"), o->region, from, 0);
    reader_hint(r, TL_STR("account"), o->account, from, 0);
    reader_hint(r, TL_STR("cluster"), o->cluster, from, 0);
    reader_hint(r, TL_STR("instance"), o->instance, from, 0);
}

void
log_name_hints(struct tl_reader *r)
{
    struct log_owner command = {.instance = NOTHING}, name = {.instance = NOTHING};

    owner_of_command(feed_peek(&r->feed, COMMAND_LOOK), &command);
    hint_owner(r, &command, TL_STR("command"));
    owner_of_path(r->in.name, &name);
    hint_owner(r, &name, TL_STR("name"));
}

static struct tl_str
hint_of(const struct tl_reader *r, struct tl_str key, struct tl_str from)
{
    for (size_t i = 0; i < r->source.nhints; i++) {
        const struct tl_hint *h = &r->source.hints[i];

        if (tl_str_eq(h->key, key) && tl_str_eq(h->from, from))
            return h->value;
    }
    return NOTHING;
}

static void
fill_from_hints(const struct tl_reader *r, struct tl_str from, struct tl_ident *who)
{
    fill(&who->id, hint_of(r, TL_STR("instance"), from));
    fill(&who->cluster, hint_of(r, TL_STR("cluster"), from));
    fill(&who->region, hint_of(r, TL_STR("region"), from));
    fill(&who->account, hint_of(r, TL_STR("account"), from));
}

/* --as first; its region and account stand above all by reader_defaults. */
static void
fill_from_options(const struct tl_reader *r, struct tl_ident *who)
{
    const struct tl_hints *h = &r->in.hints;
    struct tl_host host;

    who->id = h->instance;
    who->cluster = h->cluster;
    who->region = h->region;
    who->account = h->account;
    if (h->endpoint.n == 0 || !tl_host_read(h->endpoint, &host))
        return;
    fill(&who->region, host.region);
    if (host.is_cluster)
        fill(&who->cluster, host.id);
    else if (!host.is_proxy)
        fill(&who->id, host.id);
}

void
log_owned(struct tl_reader *r, const struct log_owner *o, struct tl_event *ev)
{
    struct tl_ident *who = &ev->who;

    *who = (struct tl_ident){.arn = NOTHING, .label = NOTHING};
    who->kind = tl_source_type(TL_STR("db-instance"), &who->source_type);
    fill_from_options(r, who);
    fill(&who->id, o->instance);
    fill(&who->cluster, o->cluster);
    fill(&who->region, o->region);
    fill(&who->account, o->account);
    fill_from_hints(r, TL_STR("command"), who);
    if (o->label.n == 0) /* a stream that names nobody is not the instance of the path */
        fill_from_hints(r, TL_STR("name"), who);
    fill(&who->region, hint_of(r, TL_STR("region"), TL_STR("name")));
    if (who->id.n == 0)
        who->label = o->label.n > 0 ? o->label : owner_stem(r->in.name);
}

void
log_who(struct tl_reader *r, struct tl_str stream, struct tl_event *ev)
{
    struct log_owner o = {.instance = NOTHING};

    if (stream.n > 0)
        owner_of_stream(stream, &o);
    o.cluster = hint_of(r, TL_STR("cluster"), TL_STR("log-group"));
    o.account = hint_of(r, TL_STR("account"), TL_STR("log-group"));
    fill(&o.region, hint_of(r, TL_STR("region"), TL_STR("log-group")));
    log_owned(r, &o, ev);
}
