/* renderers.h - private to render/: the formats, and how one ends. */
#ifndef TL_RENDER_RENDERERS_H
#define TL_RENDER_RENDERERS_H

#include "render/render.h"

extern const struct tl_renderer renderer_csv, renderer_json, renderer_markdown, renderer_text;
extern const struct tl_event_writer event_writer_csv, event_writer_ndjson, event_writer_text;

/* Hands what the buffer holds to the sink, once that is enough for a piece. */
void render_pour(const struct tl_render_sink *sink, struct tl_buf *out);
/* Whether it is: the caller may then see to it that nothing in the buffer changes any more. */
static inline bool
render_is_piece(const struct tl_render_sink *sink, const struct tl_buf *out)
{
    enum { PIECE_BYTES = 256 * 1024 };

    return sink && out->n >= PIECE_BYTES && !out->failed;
}

/* TL_OK, or what made the buffer fail, as a sentence; of a sink's failure there is none. */
enum tl_status render_done(const struct tl_buf *out, struct tl_error *err);

#endif
