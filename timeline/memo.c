/* memo.c - what was found out about an ARN, or about who an item is of: a million events are of
 * some thousand resources. */
#include "timeline/resource.h"

enum { FEWEST = 1 << 8, MOST = 1 << 18 };

static uint64_t
scatter(uint64_t v)
{
    v = (v ^ v >> 33) * UINT64_C(0xff51afd7ed558ccd);
    v = (v ^ v >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
    return v ^ v >> 33;
}

enum tl_status
memo_init(struct tl_builder *b)
{
    size_t n = FEWEST;

    while (n < MOST && n < b->nitems / 4)
        n *= 2;
    b->nmemos = n;
    b->arns = tl_arena_alloc(&b->scratch, n * sizeof(*b->arns));
    b->whos = tl_arena_alloc(&b->scratch, n * sizeof(*b->whos));
    return b->arns && b->whos ? TL_OK : TL_ENOMEM;
}

const struct arn_memo *
memo_arn(struct tl_builder *b, uint32_t arn)
{
    struct arn_memo *m = &b->arns[scatter(arn) & (b->nmemos - 1)];
    struct tl_ident who = {.region = {"", 0}};

    if (m->arn == arn)
        return m;
    *m = (struct arn_memo){.is_arn = tl_ident_from_arn(text_of(b, arn), &who)};
    if (!strings_id(&b->strings, who.region, &m->region) ||
        !strings_id(&b->strings, who.account, &m->account) ||
        !strings_id(&b->strings, who.id, &m->id) ||
        !strings_id(&b->strings, who.source_type, &m->source_type))
        return NULL;
    m->kind = who.kind;
    m->arn = arn;
    return m;
}

struct who_memo *
memo_who(struct tl_builder *b, const struct item *it)
{
    const struct who_memo key = {.source_type = it->source_type,
                                 .account = it->account,
                                 .region = it->region,
                                 .id = it->id,
                                 .arn = it->arn,
                                 .cluster = it->cluster,
                                 .label = it->label,
                                 .input = it->region == 0 || it->id == 0 ? it->input : NONE,
                                 .kind = it->kind,
                                 .used = true,
                                 .res = NONE};
    uint64_t h = (uint64_t)key.id << 32 ^ (uint64_t)key.arn << 16 ^ (uint64_t)key.region << 8 ^
                 (uint64_t)key.input ^ key.kind;
    struct who_memo *m;

    if (it->kind == TL_KIND_OTHER && it->source_type == 0)
        return NULL;
    m = &b->whos[scatter(h) & (b->nmemos - 1)];
    if (!m->used || m->source_type != key.source_type || m->account != key.account ||
        m->region != key.region || m->id != key.id || m->arn != key.arn ||
        m->cluster != key.cluster || m->label != key.label || m->input != key.input ||
        m->kind != key.kind)
        *m = key;
    return m;
}
