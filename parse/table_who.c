/* table_who.c - what a cell says about its resource: "us-east-1 DB cluster", "my-db (db-instance)".
 */
#include "parse/table_parts.h"

#include <string.h>

enum { ID_MAX = 63, CANDIDATES = 4, LABEL_MAX = 512, WORDS_MAX = 40 };

enum word_sort {
    WORD_OTHER,
    WORD_FILLER, /* says nothing: "DB", "Aurora", "primary" */
    WORD_CLUSTER,
    WORD_INSTANCE,
    WORD_MEMBER, /* writer, reader: an instance unless the cell names a cluster */
    WORD_GLOBAL,
    WORD_ENDPOINT,
    WORD_SNAPSHOT,
    WORD_PARAMETER,
    WORD_SECURITY,
    WORD_GROUP,
    WORD_PROXY,
    WORD_DEPLOYMENT,
    WORD_REGION,
    WORD_ACCOUNT,
    WORD_ID
};

static const struct {
    struct tl_str text;
    enum word_sort sort;
} words[] = {
#define W(text, sort)                                                                              \
    {                                                                                              \
        {text, sizeof(text) - 1}, sort                                                             \
    }
    W("db", WORD_FILLER),
    W("rds", WORD_FILLER),
    W("aurora", WORD_FILLER),
    W("amazon", WORD_FILLER),
    W("database", WORD_FILLER),
    W("databases", WORD_FILLER),
    W("regional", WORD_FILLER),
    W("region", WORD_FILLER),
    W("primary", WORD_FILLER),
    W("secondary", WORD_FILLER),
    W("the", WORD_FILLER),
    W("aurora-postgresql", WORD_FILLER),
    W("aurora-mysql", WORD_FILLER),
    W("postgresql", WORD_FILLER),
    W("postgres", WORD_FILLER),
    W("mysql", WORD_FILLER),
    W("multi-az", WORD_FILLER),
    W("serverless", WORD_FILLER),
    W("cluster", WORD_CLUSTER),
    W("clusters", WORD_CLUSTER),
    W("db-cluster", WORD_CLUSTER),
    W("db_cluster", WORD_CLUSTER),
    W("dbcluster", WORD_CLUSTER),
    W("instance", WORD_INSTANCE),
    W("instances", WORD_INSTANCE),
    W("db-instance", WORD_INSTANCE),
    W("db_instance", WORD_INSTANCE),
    W("dbinstance", WORD_INSTANCE),
    W("writer", WORD_MEMBER),
    W("reader", WORD_MEMBER),
    W("replica", WORD_MEMBER),
    W("standby", WORD_MEMBER),
    W("node", WORD_MEMBER),
    W("global", WORD_GLOBAL),
    W("global-cluster", WORD_GLOBAL),
    W("endpoint", WORD_ENDPOINT),
    W("snapshot", WORD_SNAPSHOT),
    W("snapshots", WORD_SNAPSHOT),
    W("db-snapshot", WORD_SNAPSHOT),
    W("db-cluster-snapshot", WORD_SNAPSHOT),
    W("parameter", WORD_PARAMETER),
    W("db-parameter-group", WORD_PARAMETER),
    W("db-security-group", WORD_SECURITY),
    W("security", WORD_SECURITY),
    W("group", WORD_GROUP),
    W("groups", WORD_GROUP),
    W("proxy", WORD_PROXY),
    W("proxies", WORD_PROXY),
    W("db-proxy", WORD_PROXY),
    W("deployment", WORD_DEPLOYMENT),
    W("deployments", WORD_DEPLOYMENT),
    W("blue-green-deployment", WORD_DEPLOYMENT),
    W("blue", WORD_FILLER),
    W("green", WORD_FILLER),
    W("クラスター", WORD_CLUSTER),
    W("クラスタ", WORD_CLUSTER),
    W("インスタンス", WORD_INSTANCE),
    W("ライター", WORD_MEMBER),
    W("リーダー", WORD_MEMBER),
    W("グローバル", WORD_GLOBAL),
    W("スナップショット", WORD_SNAPSHOT),
    W("エンドポイント", WORD_ENDPOINT),
    W("클러스터", WORD_CLUSTER),
    W("인스턴스", WORD_INSTANCE),
    W("集群", WORD_CLUSTER),
    W("实例", WORD_INSTANCE),
#undef W
};

/* Words that stand behind a kind and are no identifier: "cluster members". */
static const struct tl_str no_ids[] = {{"members", 7}, {"only", 4}, {"and", 3}, {"or", 2},
                                       {"in", 2},      {"of", 2},   {"all", 3}, {"none", 4},
                                       {"class", 5},   {"both", 4}, {"on", 2},  {"at", 2},
                                       {"to", 2},      {"from", 4}, {"name", 4}};

struct candidate {
    struct tl_str id;
    bool strong; /* a hyphen or a digit in it */
    bool placed; /* behind a kind or a colon, or in quotes */
};
struct scan {
    struct tl_ident *who;
    bool seen[WORD_ID + 1];
    enum word_sort before;
    bool cluster_instance; /* "cluster instance": an instance of it */
    struct candidate ids[CANDIDATES];
    size_t nids, nwords;
    bool colon; /* a ':' stands before the word */
};

static bool
is_id_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

static bool
is_identifier(struct tl_str s)
{
    if (s.n == 0 || s.n > ID_MAX || s.p[0] < 'a' || s.p[0] > 'z' || s.p[s.n - 1] == '-')
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (!is_id_char(s.p[i]) || (s.p[i] == '-' && s.p[i + 1] == '-'))
            return false;
    for (size_t i = 0; i < sizeof(no_ids) / sizeof(no_ids[0]); i++)
        if (tl_str_eq(s, no_ids[i]))
            return false;
    return true;
}

/* "us-east-1", or the zone "us-east-1a" of it. */
static bool
read_region(struct tl_str word, struct tl_str *region)
{
    *region = word;
    if (tl_is_region(word))
        return true;
    if (word.n < 2 || word.p[word.n - 1] < 'a' || word.p[word.n - 1] > 'z')
        return false;
    region->n--;
    return tl_is_region(*region);
}

static bool
is_account(struct tl_str s)
{
    size_t n = 0;

    while (n < s.n && s.p[n] >= '0' && s.p[n] <= '9')
        n++;
    return s.n == 12 && n == 12;
}

static enum word_sort
sort_of(struct tl_str word)
{
    struct tl_str region;

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (tl_str_case_eq(word, words[i].text))
            return words[i].sort;
    if (read_region(word, &region))
        return WORD_REGION;
    if (is_account(word))
        return WORD_ACCOUNT;
    return is_identifier(word) ? WORD_ID : WORD_OTHER;
}

static void
note_id(struct scan *s, struct tl_str word, bool quoted)
{
    bool kind_before = s->before > WORD_FILLER && s->before < WORD_REGION;
    struct candidate c = {word, false, quoted || kind_before || s->colon};

    for (size_t i = 0; i < word.n; i++)
        c.strong |= word.p[i] == '-' || (word.p[i] >= '0' && word.p[i] <= '9');
    for (size_t i = 0; i < s->nids; i++)
        if (tl_str_eq(s->ids[i].id, word))
            return;
    if (s->nids < CANDIDATES)
        s->ids[s->nids++] = c;
}

static void
note_word(struct scan *s, struct tl_str word, bool quoted)
{
    enum word_sort sort = sort_of(word);

    s->nwords++;
    s->seen[sort] = true;
    s->cluster_instance |= sort == WORD_INSTANCE && s->before == WORD_CLUSTER;
    if (sort == WORD_REGION)
        (void)read_region(word, &s->who->region);
    else if (sort == WORD_ACCOUNT)
        s->who->account = word;
    else if (sort == WORD_ID)
        note_id(s, word, quoted);
    s->before = sort;
    s->colon = false;
}

/* A run of another alphabet: the words that it is made of, and particles between them. */
static void
note_run(struct scan *s, struct tl_str run)
{
    size_t unknown = 0;

    s->nwords++;
    for (size_t at = 0; at < run.n;) {
        struct tl_str rest = tl_str_skip(run, at);
        size_t n = 0;

        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]) && n == 0; i++) {
            if (!tl_str_starts(rest, words[i].text))
                continue;
            n = words[i].text.n;
            s->cluster_instance |= words[i].sort == WORD_INSTANCE && s->before == WORD_CLUSTER;
            s->seen[words[i].sort] = true;
            s->before = words[i].sort;
        }
        unknown += n == 0;
        at += n ? n : 1;
    }
    if (unknown > 6) /* two characters */
        s->seen[WORD_OTHER] = true;
}

static bool
is_word_char(char c)
{
    return is_id_char(c) || (c >= 'A' && c <= 'Z') || c == '_' || c == '.';
}

/* Walks over the words of the cell; runs of other alphabets are words of their own. */
static void
scan_words(struct scan *s, struct tl_str text)
{
    while (text.n > 0 && s->nwords < WORDS_MAX) {
        struct tl_str word = {text.p, 0};
        bool other = (unsigned char)text.p[0] >= 0x80, quoted;

        while (word.n < text.n &&
               (other ? (unsigned char)text.p[word.n] >= 0x80 : is_word_char(text.p[word.n])))
            word.n++;
        if (word.n == 0) {
            s->colon |= text.p[0] == ':' || text.p[0] == '=';
            if (text.p[0] == '(' && s->before == WORD_ID && s->nids > 0)
                s->ids[s->nids - 1].placed = true; /* "orders (db-cluster)" */
            s->before = text.p[0] == '(' || text.p[0] == ',' ? WORD_OTHER : s->before;
            text = tl_str_skip(text, 1);
            continue;
        }
        quoted = word.n < text.n && char_in(text.p[word.n], "'\"`");
        if (other)
            note_run(s, word);
        else
            note_word(s, word, quoted);
        text = tl_str_skip(text, word.n);
    }
}

static void
set_type(struct tl_ident *who, const char *type)
{
    who->kind = tl_source_type(tl_str_from(type), &who->source_type);
}

/* The kind that the words mean together; the most special wins. */
static void
settle_kind(const struct scan *s)
{
    const bool *seen = s->seen;
    struct tl_ident *who = s->who;

    if (seen[WORD_SNAPSHOT])
        set_type(who, seen[WORD_CLUSTER] ? "db-cluster-snapshot" : "db-snapshot");
    else if (seen[WORD_PARAMETER])
        set_type(who, "db-parameter-group");
    else if (seen[WORD_SECURITY])
        set_type(who, "db-security-group");
    else if (seen[WORD_PROXY])
        set_type(who, "db-proxy");
    else if (seen[WORD_DEPLOYMENT])
        set_type(who, "blue-green-deployment");
    else if (seen[WORD_ENDPOINT])
        set_type(who, "endpoint");
    else if (seen[WORD_GLOBAL] && !seen[WORD_INSTANCE])
        set_type(who, "global-cluster");
    else if (seen[WORD_CLUSTER] && !(seen[WORD_INSTANCE] && (s->cluster_instance || s->nids > 1)))
        set_type(who, "db-cluster");
    else if (seen[WORD_INSTANCE] || seen[WORD_MEMBER])
        set_type(who, "db-instance");
}

/* "my-cluster / my-cluster-instance-1": the longer is of the shorter. */
static void
settle_pair(const struct scan *s)
{
    struct tl_str a = s->ids[0].id, b = s->ids[1].id, longer = tl_str_starts(b, a) ? b : a,
                  shorter = longer.p == b.p ? a : b;

    if (!tl_str_starts(longer, shorter))
        return;
    s->who->id = s->who->kind == TL_KIND_CLUSTER ? shorter : longer;
    if (s->who->kind != TL_KIND_CLUSTER)
        s->who->cluster = shorter;
}

/* The identifier among the candidates; none where it is in doubt. */
static void
settle_id(const struct scan *s)
{
    const struct candidate *best = NULL;
    size_t strong = 0, placed = 0;

    for (size_t i = 0; i < s->nids; i++) {
        strong += s->ids[i].strong;
        placed += s->ids[i].placed;
    }
    if (s->nids == 2 && strong == 2) {
        settle_pair(s);
        return;
    }
    for (size_t i = 0; i < s->nids && !best; i++) {
        const struct candidate *c = &s->ids[i];
        bool alone = s->nids == 1 && s->nwords == 1;

        if (strong == 1 ? c->strong : strong == 0 && (alone || (c->placed && placed == 1)))
            best = c;
    }
    if (best)
        s->who->id = best->id;
}

static bool
read_names(struct tl_str cell, struct tl_ident *who)
{
    struct tl_host host;
    size_t arn = tl_str_find(cell, TL_STR("arn:"));

    if (arn != SIZE_MAX) {
        struct tl_str text = tl_str_skip(cell, arn), rest;

        (void)tl_str_cut(text, ' ', &text, &rest);
        if (tl_ident_from_arn(text, who))
            return true;
    }
    if (tl_str_find(cell, TL_STR(" ")) == SIZE_MAX && tl_host_read(cell, &host)) {
        set_type(who, host.is_proxy ? "db-proxy" : host.is_cluster ? "db-cluster" : "db-instance");
        who->id = host.id;
        who->region = host.region;
        return true;
    }
    return false;
}

bool
who_read(struct tl_str cell, struct tl_ident *who)
{
    struct scan s = {.who = who};

    cell = tl_str_trim(cell);
    who->label = cell;
    if (cell.n == 0 || cell.n > LABEL_MAX)
        return false;
    if (read_names(cell, who))
        return true;
    scan_words(&s, cell);
    settle_kind(&s);
    settle_id(&s);
    if (s.seen[WORD_OTHER] || s.nwords >= WORDS_MAX)
        return false;
    return who->id.n > 0 || who->region.n > 0 || who->source_type.n > 0;
}

bool
who_type(struct tl_str cell, struct tl_ident *who)
{
    struct tl_ident one = {.kind = TL_KIND_OTHER};
    struct scan s = {.who = &one};
    struct tl_str canonical;

    cell = tl_str_trim(cell);
    if (cell.n == 0 || cell.n > ID_MAX)
        return false;
    one.kind = tl_source_type(cell, &canonical);
    if (canonical.p == cell.p) {
        scan_words(&s, cell);
        if (s.seen[WORD_OTHER] || s.seen[WORD_ID] || s.seen[WORD_REGION])
            return false;
        settle_kind(&s);
        canonical = one.source_type;
    }
    if (canonical.n == 0)
        return false;
    who->kind = one.kind;
    who->source_type = canonical;
    return true;
}
