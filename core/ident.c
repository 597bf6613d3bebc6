/* ident.c - the names AWS gives to resources: ARNs, host names, regions, keys. */
#include "core/names.h"

#include <string.h>

bool
tl_ident_from_arn(struct tl_str arn, struct tl_ident *who)
{
    struct tl_str part[6], rest = arn, canonical;

    for (size_t i = 0; i < 6; i++)
        if (!tl_str_cut(rest, ':', &part[i], &rest) && i < 5)
            return false;
    if (!tl_str_eq(part[0], TL_STR("arn")) || !tl_str_eq(part[2], TL_STR("rds")) || rest.n == 0)
        return false;
    who->arn = arn;
    if (part[3].n > 0)
        who->region = part[3];
    who->account = part[4];
    who->kind = tl_source_type(part[5], &canonical);
    who->source_type = canonical;
    who->id = rest;
    return true;
}

static void
key_part(struct tl_buf *b, struct tl_str s)
{
    struct tl_str run;

    while (tl_str_cut(s, '/', &run, &s)) {
        tl_buf_add(b, run);
        tl_buf_add(b, TL_STR("%2F"));
    }
    tl_buf_add(b, run);
}

void
tl_ident_key(struct tl_buf *b, const struct tl_ident *who)
{
    struct tl_str kind = tl_kind_name(who->kind);

    if (who->kind == TL_KIND_OTHER && who->source_type.n > 0)
        kind = who->source_type;
    key_part(b, who->account);
    tl_buf_add(b, TL_STR("/"));
    key_part(b, who->region);
    tl_buf_add(b, TL_STR("/"));
    key_part(b, kind);
    tl_buf_add(b, TL_STR("/"));
    key_part(b, who->id.n > 0 ? who->id : who->label);
}

static size_t
letters(struct tl_str s)
{
    size_t n = 0;

    while (n < s.n && s.p[n] >= 'a' && s.p[n] <= 'z')
        n++;
    return n;
}

/* Length of a region name at the front of s: aa[-aaa…]-aaaa-9[9], or 0. The parts between are
 * words AWS uses, so that "my-db-1" is none. */
static size_t
region_len(struct tl_str s)
{
    static const struct tl_str heads[] = {{"us", 2}, {"eu", 2}, {"ap", 2},  {"sa", 2},
                                          {"ca", 2}, {"me", 2}, {"af", 2},  {"il", 2},
                                          {"mx", 2}, {"cn", 2}, {"eusc", 4}};
    static const struct tl_str sides[] = {{"northeast", 9}, {"northwest", 9}, {"southeast", 9},
                                          {"southwest", 9}, {"north", 5},     {"south", 5},
                                          {"east", 4},      {"west", 4},      {"central", 7}};
    size_t n = letters(s), at = n;
    bool ok = false;

    for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
        ok |= tl_str_eq((struct tl_str){s.p, n}, heads[i]);
    for (int part = 0; ok && part < 3; part++) {
        struct tl_str word;

        if (at >= s.n || s.p[at] != '-')
            return 0;
        word = tl_str_skip(s, at + 1);
        word.n = letters(word);
        at += 1 + word.n;
        for (size_t i = 0; i < sizeof(sides) / sizeof(sides[0]); i++) {
            if (!tl_str_eq(word, sides[i]) || at + 1 >= s.n || s.p[at] != '-')
                continue;
            for (n = at + 1; n < s.n && s.p[n] >= '0' && s.p[n] <= '9';)
                n++;
            return n > at + 1 && n <= at + 3 ? n : 0;
        }
        if (word.n == 0)
            return 0;
    }
    return 0;
}

bool
tl_is_region(struct tl_str s)
{
    return s.n > 0 && region_len(s) == s.n;
}

static bool
word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

struct tl_str
tl_find_region(struct tl_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        struct tl_str at = tl_str_skip(s, i);
        size_t n;

        if (i > 0 && word_char(s.p[i - 1]))
            continue;
        n = region_len(at);
        if (n > 0 && (n == at.n || !word_char(at.p[n])))
            return (struct tl_str){at.p, n};
    }
    return (struct tl_str){"", 0};
}

bool
tl_host_read(struct tl_str host, struct tl_host *out)
{
    static const struct tl_str tails[] = {{".rds.amazonaws.com", 18},
                                          {".rds.amazonaws.com.cn", 21}};
    struct tl_str left = {NULL, 0}, label, rest;

    *out = (struct tl_host){.id = {"", 0}, .region = {"", 0}};
    for (size_t i = 0; i < 2; i++)
        if (host.n > tails[i].n && tl_str_case_eq(tl_str_skip(host, host.n - tails[i].n), tails[i]))
            left = (struct tl_str){host.p, host.n - tails[i].n};
    if (!left.p)
        return false;
    if (!tl_str_cut(left, '.', &out->id, &rest) || out->id.n == 0)
        return false;
    while (tl_str_cut(rest, '.', &label, &rest)) {
        out->is_cluster |= tl_str_case_starts(label, TL_STR("cluster-"));
        out->is_reader |= tl_str_case_starts(label, TL_STR("cluster-ro-"));
        out->is_proxy |= tl_str_case_starts(label, TL_STR("proxy-"));
        out->is_cluster |= tl_str_case_starts(label, TL_STR("cluster-custom-"));
    }
    out->region = label;
    return tl_is_region(label);
}
