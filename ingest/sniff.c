/* What the first bytes of a file are. Nothing is tried out: a magic number fits or it does not. */
#include "ingest/layer.h"

/* TL_STR is no constant expression in strict C11. */
#define LITERAL(s)                                                                                 \
    {                                                                                              \
        (s), sizeof(s) - 1                                                                         \
    }

struct magic {
    struct tl_str bytes;
    enum packing packing;
};

/* Octal digits of a tar header field, between blanks and NULs. */
static bool
octal(struct tl_str field, uint64_t *out)
{
    size_t i = 0;

    *out = 0;
    while (i < field.n && field.p[i] == ' ')
        i++;
    if (i == field.n || field.p[i] < '0' || field.p[i] > '7')
        return false;
    while (i < field.n && field.p[i] >= '0' && field.p[i] <= '7')
        *out = *out * 8 + (uint64_t)(field.p[i++] - '0');
    while (i < field.n && (field.p[i] == ' ' || field.p[i] == '\0'))
        i++;
    return i == field.n;
}

/* A tar header is known by its checksum, which text cannot have by chance. */
static bool
is_tar(struct tl_str head)
{
    enum { CHECK_AT = 148, CHECK_BYTES = 8 };
    uint64_t want, bytes = 0, chars = 0; /* old writers summed signed chars */

    if (head.n < HEAD_BYTES || head.p[0] == '\0' ||
        !octal((struct tl_str){head.p + CHECK_AT, CHECK_BYTES}, &want))
        return false;
    for (size_t i = 0; i < HEAD_BYTES; i++) {
        bool summed = i < CHECK_AT || i >= CHECK_AT + CHECK_BYTES; /* the field itself as blanks */
        unsigned char c = summed ? (unsigned char)head.p[i] : ' ';

        bytes += c;
        chars += c < 128 ? c : (uint64_t)c - 256;
    }
    return want == bytes || want == chars;
}

enum packing
packing_of(struct tl_str head)
{
    static const struct magic table[] = {
        {LITERAL("\x1f\x8b\x08"), PACK_GZIP},     {LITERAL("\xfd\x37zXZ\0"), PACK_XZ},
        {LITERAL("\x28\xb5\x2f\xfd"), PACK_ZSTD}, {LITERAL("PK\x03\x04"), PACK_ZIP},
        {LITERAL("PK\x05\x06"), PACK_ZIP},
    };
    static const struct tl_str block = LITERAL("1AY&SY"),
                               none = LITERAL("\x17\x72\x45\x38\x50\x90");

    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
        if (tl_str_starts(head, table[i].bytes))
            return table[i].packing;
    /* "BZh9" alone could begin a text; the first block's number cannot follow it there. */
    if (tl_str_starts(head, TL_STR("BZh")) && head.n >= 10 && head.p[3] >= '1' &&
        head.p[3] <= '9' &&
        (tl_str_starts(tl_str_skip(head, 4), block) || tl_str_starts(tl_str_skip(head, 4), none)))
        return PACK_BZIP2;
    return is_tar(head) ? PACK_TAR : PACK_NONE;
}

bool
is_own_output(struct tl_str head)
{
    static const struct tl_str firsts[] = {
        LITERAL("tideline report"), LITERAL("# tideline:"), LITERAL("<!-- tideline:"),
        LITERAL("n,run,at,earliest,latest,region,resource,label,")};
    struct tl_str line, rest;

    head.n = head.n < OWN_BYTES ? head.n : OWN_BYTES;
    if (tl_str_starts(head, TL_STR("\xef\xbb\xbf")))
        head = tl_str_skip(head, 3);
    head = tl_str_trim(head);
    for (size_t i = 0; i < sizeof(firsts) / sizeof(firsts[0]); i++)
        if (tl_str_starts(head, firsts[i]))
            return true;
    rest = head;
    if (tl_str_starts(head, TL_STR("# ")) && tl_str_line(&rest, &line) &&
        tl_str_find(line, TL_STR(" - a chart by tideline")) != SIZE_MAX)
        return true;
    return tl_str_starts(head, TL_STR("{")) &&
           (tl_str_find(head, TL_STR("\"schema\": \"tideline.report/")) != SIZE_MAX ||
            tl_str_find(head, TL_STR("\"schema\":\"tideline.report/")) != SIZE_MAX);
}
