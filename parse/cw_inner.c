/* cw_inner.c - which log is in a wrapper. */
#include "parse/cwlogs.h"

/* Of equals the first. */
static const struct log_dialect *const dialects[] = {
    &pg_csv, &pg_json, &mysql_error, &pg_stderr, NULL,
};

const struct log_dialect *
cw_inner(struct tl_reader *r, struct tl_str head, int *sure)
{
    const struct log_dialect *best = NULL;
    struct tl_buf why;

    *sure = 0;
    tl_buf_init(&why, 4096);
    for (const struct log_dialect *const *d = dialects; *d && head.n > 0; d++) {
        const struct tl_format *f = format_find(tl_str_from((*d)->name));
        int s = f ? f->sniff(r, head, &why) : 0;

        if (s <= *sure)
            continue;
        *sure = s;
        best = *d;
    }
    tl_arena_follow(&r->scratch, &why);
    tl_buf_free(&why);
    return best;
}

const struct log_dialect *
cw_inner_of_kind(struct tl_str kind)
{
    if (tl_str_eq(kind, TL_STR("postgresql")))
        return &pg_stderr;
    return tl_str_eq(kind, TL_STR("error")) ? &mysql_error : NULL;
}

bool
cw_plausible(const struct tl_stamp *s)
{
    const tl_time oldest = INT64_C(1230768000) * TL_SECOND; /* 2009-01-01, before there was any */

    return s->dated && !s->yearless && s->local >= oldest;
}
