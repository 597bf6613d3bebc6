/* event_text.c - the stream of `events` for people: one line each, however long, to be searched. */
#include <inttypes.h>
#include <string.h>

#include "core/names.h"
#include "render/renderers.h"
#include "render/show.h"
#include "render/wrap.h"

enum { TIME_WIDTH = 30, CLASS_WIDTH = 26, WHO_WIDTH = 32 };

/* Clean text, and blanks up to `columns`. */
static void
put_padded(struct tl_buf *out, struct tl_str raw, size_t columns, bool ascii)
{
    size_t start = out->n, width;

    wrap_clean(out, raw, ascii);
    width = wrap_columns((struct tl_str){tl_buf_str(out).p + start, out->n - start});
    do {
        tl_buf_add(out, TL_STR(" "));
    } while (++width <= columns && !out->failed);
}

static void
put_who(struct tl_buf *out, const struct tl_ident *who, bool ascii)
{
    struct tl_str name = who->id.n > 0 ? who->id : who->label;
    struct tl_buf b;

    tl_buf_init(&b, out->max);
    if (who->region.n > 0 && !tl_str_starts(name, who->region)) {
        tl_buf_add(&b, who->region);
        tl_buf_add(&b, TL_STR(" "));
    }
    tl_buf_add(&b, name);
    put_padded(out, tl_buf_str(&b), WHO_WIDTH, ascii);
    if (b.failed)
        out->failed = b.failed;
    tl_buf_free(&b);
}

static struct tl_str
colour_of(const struct tl_event *ev, const struct tl_render_options *o)
{
    if (!o->color || ev->severity < TL_SEVERITY_WARNING)
        return TL_STR("");
    return ev->severity == TL_SEVERITY_CRITICAL ? TL_STR("\x1b[1;31m") : TL_STR("\x1b[33m");
}

static void
text_event(const struct tl_event *ev, struct tl_str input, uint64_t n,
           const struct tl_render_options *o, struct tl_buf *out)
{
    struct tl_str colour = colour_of(ev, o);
    struct tl_buf when;
    bool ascii = !o->utf8;

    (void)n;
    tl_buf_init(&when, 256);
    show_stamp(&when, o->tz, ev->when);
    put_padded(out, tl_buf_str(&when), TIME_WIDTH, ascii);
    if (when.failed)
        out->failed = when.failed;
    tl_buf_free(&when);
    put_who(out, &ev->who, ascii);
    put_padded(out, ev->cls, CLASS_WIDTH, ascii);
    tl_buf_add(out, colour);
    if (ev->attempt && ev->attempt->failure != TL_FAILURE_OK) {
        tl_buf_add(out, tl_failure_name(ev->attempt->failure));
        tl_buf_add(out, TL_STR(": "));
    }
    wrap_clean(out, ev->message, ascii);
    if (colour.n > 0)
        tl_buf_add(out, TL_STR("\x1b[0m"));
    tl_buf_add(out, TL_STR("  ["));
    wrap_clean(out, input, ascii);
    if (ev->line > 0)
        tl_buf_addf(out, ":%" PRIu32, ev->line);
    tl_buf_add(out, TL_STR("]\n"));
}

const struct tl_event_writer event_writer_text = {
    .name = "text", .head = NULL, .event = text_event, .source = NULL};
