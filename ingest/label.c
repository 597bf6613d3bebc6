#include "ingest/label.h"

#include <string.h>

/* Bytes of the control character at the front (C0, DEL; C1 and the line separators as UTF-8). */
static size_t
control_len(struct tl_str s)
{
    unsigned char c = (unsigned char)s.p[0];

    if (c < 0x20 || c == 0x7f)
        return 1;
    if (c == 0xc2 && s.n > 1 && (unsigned char)s.p[1] >= 0x80 && (unsigned char)s.p[1] < 0xa0)
        return 2;
    if (tl_str_starts(s, TL_STR("\xe2\x80\xa8")) || tl_str_starts(s, TL_STR("\xe2\x80\xa9")))
        return 3;
    return 0;
}

void
label_add(struct tl_buf *out, struct tl_str name)
{
    while (name.n > 0) {
        size_t plain = 0, control = control_len(name);

        while (plain < name.n && control_len(tl_str_skip(name, plain)) == 0)
            plain++;
        tl_buf_add_clean(out, (struct tl_str){name.p, plain});
        if (control > 0)
            tl_buf_add(out, TL_STR("?"));
        name = tl_str_skip(name, control > 0 ? control : plain);
    }
}

static bool
is_dots(struct tl_str part)
{
    return part.n == 0 || tl_str_eq(part, TL_STR(".")) || tl_str_eq(part, TL_STR(".."));
}

void
label_add_member(struct tl_buf *out, struct tl_str name)
{
    struct tl_str part;
    bool first = true;

    while (name.n > 0) {
        tl_str_cut(name, '/', &part, &name);
        if (is_dots(part))
            continue;
        if (!first)
            tl_buf_add(out, TL_STR("/"));
        label_add(out, part);
        first = false;
    }
    if (first)
        tl_buf_add(out, TL_STR("unnamed"));
}

bool
label_is_hidden(struct tl_str name)
{
    struct tl_str part;

    while (name.n > 0) {
        tl_str_cut(name, '/', &part, &name);
        if (!is_dots(part) && part.p[0] == '.')
            return true;
    }
    return false;
}
