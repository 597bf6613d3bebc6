/* page_names.c - hosts and regions that prose names. */
#include <string.h>

#include "core/names.h"
#include "parse/page.h"
#include "parse/probe.h"

#define W(lit)                                                                                     \
    {                                                                                              \
        (lit), sizeof(lit) - 1                                                                     \
    }
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* What people call regions. Only where the text has no region's code. */
static const struct {
    struct tl_str word, region;
} cities[] = {
    {W("Tokyo"), W("ap-northeast-1")},     {W("東京"), W("ap-northeast-1")},
    {W("Osaka"), W("ap-northeast-3")},     {W("大阪"), W("ap-northeast-3")},
    {W("Seoul"), W("ap-northeast-2")},     {W("ソウル"), W("ap-northeast-2")},
    {W("Singapore"), W("ap-southeast-1")}, {W("シンガポール"), W("ap-southeast-1")},
    {W("Sydney"), W("ap-southeast-2")},    {W("シドニー"), W("ap-southeast-2")},
    {W("Mumbai"), W("ap-south-1")},        {W("Virginia"), W("us-east-1")},
    {W("バージニア"), W("us-east-1")},     {W("Ohio"), W("us-east-2")},
    {W("オハイオ"), W("us-east-2")},       {W("Oregon"), W("us-west-2")},
    {W("オレゴン"), W("us-west-2")},       {W("California"), W("us-west-1")},
    {W("Ireland"), W("eu-west-1")},        {W("アイルランド"), W("eu-west-1")},
    {W("Frankfurt"), W("eu-central-1")},   {W("フランクフルト"), W("eu-central-1")},
    {W("London"), W("eu-west-2")},         {W("Paris"), W("eu-west-3")},
    {W("Stockholm"), W("eu-north-1")},
};

static void
add(struct page_name *out, size_t *n, struct tl_str name, size_t at, bool is_host)
{
    if (*n < PAGE_NAMES)
        out[(*n)++] = (struct page_name){name, at, is_host};
}

/* The first host of the text, where it stands before the next region or holds it. */
static bool
next_host(struct tl_str rest, struct tl_str *host)
{
    size_t at = tl_str_find(rest, TL_STR(".rds.amazonaws.com"));
    struct tl_host h;

    return at != SIZE_MAX && probe_find_host(rest, host) && tl_host_read(*host, &h);
}

size_t
page_names(struct tl_str text, struct page_name *out)
{
    struct tl_str rest = text, region, host;
    size_t n = 0;

    while (n < PAGE_NAMES && rest.n > 0) {
        bool has_host = next_host(rest, &host);

        region = tl_find_region(rest);
        if (!has_host && region.n == 0)
            break;
        if (has_host && (region.n == 0 || host.p < region.p + region.n)) {
            add(out, &n, host, (size_t)(host.p - text.p), true);
            rest = tl_str_skip(rest, (size_t)(host.p + host.n - rest.p));
        } else {
            add(out, &n, region, (size_t)(region.p - text.p), false);
            rest = tl_str_skip(rest, (size_t)(region.p + region.n - rest.p));
        }
    }
    if (n > 0)
        return n;
    for (size_t at = 0; at < text.n && n < PAGE_NAMES; at++) {
        struct tl_str s = tl_str_skip(text, at);

        for (size_t i = 0; i < COUNT(cities); i++)
            if (s.p[0] == cities[i].word.p[0] && tl_str_starts(s, cities[i].word) &&
                (at == 0 || s.p[-1] != '/'))
                add(out, &n, cities[i].region, at, false);
    }
    return n;
}
