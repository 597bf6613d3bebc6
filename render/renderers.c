#include "render/renderers.h"

/* A new format is one file that defines it, and one line here. */
const struct tl_renderer *const tl_renderers[] = {
    &renderer_csv, &renderer_json, &renderer_markdown, &renderer_text, NULL,
};

const struct tl_event_writer *const tl_event_writers[] = {
    &event_writer_csv,
    &event_writer_ndjson,
    &event_writer_text,
    NULL,
};

const struct tl_renderer *
tl_renderer_find(struct tl_str name)
{
    for (const struct tl_renderer *const *r = tl_renderers; *r; r++)
        if (tl_str_eq(name, tl_str_from((*r)->name)))
            return *r;
    return NULL;
}

const struct tl_event_writer *
tl_event_writer_find(struct tl_str name)
{
    for (const struct tl_event_writer *const *w = tl_event_writers; *w; w++)
        if (tl_str_eq(name, tl_str_from((*w)->name)))
            return *w;
    return NULL;
}

void
render_pour(const struct tl_render_sink *sink, struct tl_buf *out)
{
    if (!render_is_piece(sink, out))
        return;
    out->failed = sink->take(sink->ctx, tl_buf_str(out));
    tl_buf_reset(out);
}

enum tl_status
render_done(const struct tl_buf *out, struct tl_error *err)
{
    switch (out->failed) {
    case TL_OK:
        return TL_OK;
    case TL_ELIMIT:
        return tl_fail(err, TL_ELIMIT, 0,
                       "the report is larger than %zu bytes; --since, --until or --window make it "
                       "smaller",
                       out->max);
    case TL_EINPUT: /* a sink's */
        return TL_EINPUT;
    default:
        return tl_fail(err, TL_ENOMEM, 0, "no memory for the text of the report");
    }
}
