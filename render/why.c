/* why.c - how the time of one event is known, for people: its sources, then each step that narrowed
 * it, with the place of its evidence. */
#include "core/names.h"
#include "render/render.h"
#include "render/show.h"

enum { MAX_MESSAGE = 200 };

struct writer {
    const struct tl_report *r;
    const struct tl_render_options *o;
    struct tl_buf *out;
};

static void
add(struct writer *w, const char *text)
{
    tl_buf_add(w->out, tl_str_from(text));
}

static void
add_name(struct writer *w, struct tl_str name)
{
    tl_buf_add_clean(w->out, name);
}

static void
add_stamp(struct writer *w, tl_time t)
{
    show_stamp(w->out, w->o->tz, tl_instant_of(t, TL_MS));
}

static void
add_interval(struct writer *w, tl_time from, tl_time to)
{
    add_stamp(w, from);
    add(w, " to ");
    add_stamp(w, to);
    add(w, ", ");
    show_span(w->out, to - from, 3);
    add(w, " wide\n");
}

static void
add_place(struct writer *w, uint32_t input, uint32_t line)
{
    if (input >= w->r->ninputs)
        return;
    add_name(w, w->r->inputs[input].name);
    if (line > 0)
        tl_buf_addf(w->out, ":%u", line);
}

static void
add_message(struct writer *w, const struct tl_row *row)
{
    struct tl_str text = row->ev.message;

    if (text.n > MAX_MESSAGE) {
        text.n = MAX_MESSAGE;
        while (text.n > 0 && ((unsigned char)text.p[text.n] & 0xc0) == 0x80)
            text.n--; /* not inside a character */
    }
    tl_buf_add_clean(w->out, text);
}

static void
write_head(struct writer *w, uint64_t n, const struct tl_row *row)
{
    tl_buf_addf(w->out, "event %llu: ", (unsigned long long)n);
    add_name(w, row->ev.who.label.n > 0 ? row->ev.who.label : row->ev.who.id);
    if (row->ev.who.region.n > 0) {
        add(w, " (");
        add_name(w, row->ev.who.region);
        add(w, ")");
    }
    add(w, ": ");
    add_message(w, row);
    add(w, "\n");
}

static void
write_sources(struct writer *w, const struct tl_row *row)
{
    add(w, row->inferred ? "\nconcluded, not seen; its bounds:\n" : "\nits sources:\n");
    for (size_t i = 0; i < row->nproofs; i++) {
        add(w, "  ");
        add_place(w, row->proofs[i].input, row->proofs[i].line);
        add(w, " (");
        add_name(w, tl_channel_name(row->proofs[i].channel));
        add(w, ")\n");
    }
    add(w, "  proven: ");
    add_interval(w, row->ev.when.earliest, row->ev.when.latest);
}

/* "+2.360 s", "-0.500 s". */
static void
add_offset(struct writer *w, int64_t us)
{
    add(w, us < 0 ? "-" : "+");
    show_span(w->out, us < 0 ? -us : us, us % TL_MS != 0 ? 6 : 3);
}

static void
write_step(struct writer *w, const struct tl_step *s)
{
    add(w, s->upper ? "    not after  " : "    not before ");
    add_stamp(w, s->bound);
    add(w, s->add_us != 0 ? "  (" : "  ");
    if (s->add_us != 0) {
        add_offset(w, s->add_us);
        add(w, ") ");
    }
    if (s->row < w->r->nrows)
        tl_buf_addf(w->out, "event %u: ", s->row + 1);
    else if (s->what.n > 0) {
        add_name(w, s->what);
        add(w, ": ");
    }
    add_name(w, s->words);
    if (s->input < w->r->ninputs) {
        add(w, " [");
        add_place(w, s->input, s->line);
        add(w, "]");
    }
    if (s->assume.n > 0) {
        add(w, ", assuming ");
        add_name(w, s->assume);
    }
    add(w, "\n");
}

static void
write_steps(struct writer *w, const struct tl_why *why)
{
    for (size_t i = 0; i < why->nsteps; i++) {
        if (i == 0 || why->steps[i].upper != why->steps[i - 1].upper)
            add(w, why->steps[i].upper ? "  latest:\n" : "  earliest:\n");
        write_step(w, &why->steps[i]);
    }
}

static void
write_fused(struct writer *w, const struct tl_fused *f)
{
    add(w, "\nby all evidence");
    for (size_t i = 0; i < f->nassumes; i++) {
        add(w, i == 0 ? ", assuming " : ", ");
        add_name(w, f->assumes[i]);
    }
    add(w, ":\n  fused:  ");
    add_interval(w, f->min, f->max);
}

static void
write_meanings(struct writer *w, const struct tl_fused *f)
{
    add(w, f->nassumes > 0 ? "\nwhat is assumed:\n" : "");
    for (size_t i = 0; i < f->nassumes; i++) {
        struct tl_str text = tl_assume_text(f->assumes[i]);

        add(w, "  ");
        add_name(w, f->assumes[i]);
        add(w, ": ");
        add_name(w, text.n > 0 ? text : TL_STR("a rule states it"));
        add(w, "\n");
    }
}

enum tl_status
tl_why_write(const struct tl_report *r, uint64_t n, const struct tl_render_options *o,
             struct tl_buf *out, struct tl_error *err)
{
    struct writer w = {r, o, out};
    const struct tl_row *row;
    bool proven = false;

    if (n < 1 || n > r->nrows)
        return tl_fail(err, TL_EUSAGE, 0, "--why %llu: there is no such event: the report has %zu",
                       (unsigned long long)n, r->nrows);
    row = &r->rows[n - 1];
    write_head(&w, n, row);
    write_sources(&w, row);
    for (size_t i = 0; i < r->nwhy; i++) {
        if (r->why[i].row != n - 1 || r->why[i].fused)
            continue;
        add(&w, proven ? "" : "\nother rows narrowed it:\n");
        write_steps(&w, &r->why[i]);
        proven = true;
    }
    if (!row->fused.present) {
        add(&w, proven ? "" : "\nno other evidence narrows it.\n");
        return TL_OK;
    }
    write_fused(&w, &row->fused);
    for (size_t i = 0; i < r->nwhy; i++)
        if (r->why[i].row == n - 1 && r->why[i].fused)
            write_steps(&w, &r->why[i]);
    write_meanings(&w, &row->fused);
    return TL_OK;
}
