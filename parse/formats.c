/* formats.c - the list of formats. A new one is a file that defines a struct tl_format, and one
 * line in each list here. */
#include "parse/formats.h"
#include "parse/reader.h"

const struct tl_format *const formats[] = {
    &fmt_tideline_events, &fmt_rds_events,   &fmt_eventbridge, &fmt_sns,
    &fmt_cloudtrail,      &fmt_topology,     &fmt_cwlogs,      &fmt_pg_stderr,
    &fmt_status_loop,     &fmt_pg_csvlog,    &fmt_pg_jsonlog,  &fmt_mysql_error,
    &fmt_probe,           &fmt_change_table, &fmt_document,    NULL,
};

const struct tl_format *
format_find(struct tl_str name)
{
    for (const struct tl_format *const *f = formats; *f; f++)
        if (tl_str_eq(name, tl_str_from((*f)->name)))
            return *f;
    return NULL;
}

/* The surest one; of equals the first in the list. */
const struct tl_format *
format_detect(struct tl_reader *r, struct tl_str head)
{
    const struct tl_format *best = NULL;
    struct tl_buf why;
    int most = 0;

    tl_buf_init(&why, 4096);
    for (const struct tl_format *const *f = formats; *f && head.n > 0; f++) {
        int surest = (*f)->surest > 0 ? (*f)->surest : 100, sure;

        if (surest <= most)
            continue;
        tl_buf_reset(&why);
        sure = (*f)->sniff(r, head, &why);
        sure = sure < surest ? sure : surest;
        if (sure <= most)
            continue;
        most = sure;
        best = *f;
        tl_buf_reset(&r->why);
        tl_buf_add_clean(&r->why, tl_buf_str(&why));
    }
    tl_arena_follow(&r->scratch, &why);
    tl_buf_free(&why);
    return best;
}
