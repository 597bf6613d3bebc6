/* renderers.h - private to render/: the formats, and how one ends. */
#ifndef TL_RENDER_RENDERERS_H
#define TL_RENDER_RENDERERS_H

#include "render/render.h"

extern const struct tl_renderer renderer_csv, renderer_json, renderer_markdown, renderer_text;
extern const struct tl_event_writer event_writer_csv, event_writer_ndjson, event_writer_text;

/* TL_OK, or what made the buffer fail, as a sentence. */
enum tl_status render_done(const struct tl_buf *out, struct tl_error *err);

#endif
