/* why.c - how the time of one event is known, for people: its sources, then each step that narrowed
 * it, with the place of its evidence. Wrapped to the width of the terminal. */
#include "core/names.h"
#include "render/render.h"
#include "render/show.h"
#include "render/wrap.h"

enum { MAX_MESSAGE = 300, INDENT_STEP = 15, MIN_TEXT = 20, MAX_LINE = 64 * 1024 };

struct writer {
    const struct tl_report *r;
    const struct tl_render_options *o;
    struct tl_buf *out;
    struct tl_buf text; /* the paragraph at hand */
    tl_time day;        /* of the event: other days are named */
};

static void
add(struct writer *w, const char *text)
{
    tl_buf_add(&w->text, tl_str_from(text));
}

static void
add_moment(struct writer *w, struct tl_buf *b, tl_time t)
{
    show_moment(b, w->o->tz, tl_instant_of(t, TL_MS), w->day);
}

/* Appends what a buffer of its own holds, and frees it. What had no memory is not passed over. */
static void
take(struct tl_buf *to, struct tl_buf *from)
{
    tl_buf_add(to, tl_buf_str(from));
    if (from->failed)
        to->failed = from->failed;
    tl_buf_free(from);
}

/* Ends the paragraph: its lines behind `first`, the others indented. */
static void
end(struct writer *w, struct tl_str first, size_t indent)
{
    size_t width = w->o->width > 0 ? w->o->width : 120, used;
    struct tl_buf clean;
    struct tl_str rest, line;

    tl_buf_init(&clean, MAX_LINE);
    wrap_clean(&clean, tl_buf_str(&w->text), !w->o->utf8);
    rest = tl_buf_str(&clean);
    width = width > indent + MIN_TEXT ? width - indent : MIN_TEXT;
    tl_buf_add(w->out, first);
    for (size_t i = wrap_columns(first); i < indent; i++)
        tl_buf_add(w->out, TL_STR(" "));
    for (bool more = wrap_line(&rest, width, &line, &used), begun = false; more;
         more = wrap_line(&rest, width, &line, &used), begun = true) {
        for (size_t i = 0; begun && i < indent; i++)
            tl_buf_add(w->out, TL_STR(" "));
        tl_buf_add(w->out, line);
        tl_buf_add(w->out, TL_STR("\n"));
    }
    if (clean.failed || w->text.failed)
        w->out->failed = clean.failed ? clean.failed : w->text.failed;
    tl_buf_free(&clean);
    tl_buf_reset(&w->text);
}

static void
add_place(struct writer *w, uint32_t input, uint32_t line)
{
    if (input >= w->r->ninputs)
        return;
    tl_buf_add(&w->text, w->r->inputs[input].name);
    if (line > 0)
        tl_buf_addf(&w->text, ":%u", line);
}

static void
add_width(struct writer *w, tl_time from, tl_time to)
{
    show_span(&w->text, to - from, 3);
    add(w, " wide");
}

static void
write_interval(struct writer *w, tl_time from, tl_time to)
{
    add_moment(w, &w->text, from);
    add(w, " to ");
    add_moment(w, &w->text, to);
    end(w, TL_STR("  "), 2);
}

static void
write_head(struct writer *w, uint64_t n, const struct tl_row *row)
{
    struct tl_str message = row->ev.message;
    struct tl_buf date;

    if (message.n > MAX_MESSAGE) {
        message.n = MAX_MESSAGE;
        while (message.n > 0 && ((unsigned char)message.p[message.n] & 0xc0) == 0x80)
            message.n--; /* not inside a character */
    }
    tl_buf_addf(&w->text, "event %llu, ", (unsigned long long)n);
    tl_buf_init(&date, 64);
    show_date(&date, w->o->tz, row->ev.when.at);
    take(&w->text, &date);
    add(w, ", ");
    tl_buf_add(&w->text, row->ev.who.label.n > 0 ? row->ev.who.label : row->ev.who.id);
    if (row->ev.who.region.n > 0) {
        add(w, " (");
        tl_buf_add(&w->text, row->ev.who.region);
        add(w, ")");
    }
    end(w, TL_STR(""), 0);
    tl_buf_add(&w->text, message);
    end(w, TL_STR("  "), 2);
}

static void
write_sources(struct writer *w, const struct tl_row *row)
{
    tl_buf_add(w->out, TL_STR("\n"));
    add(w, row->inferred ? "concluded, not seen: " : "proven: ");
    add_width(w, row->ev.when.earliest, row->ev.when.latest);
    end(w, TL_STR(""), 0);
    write_interval(w, row->ev.when.earliest, row->ev.when.latest);
    for (size_t i = 0; i < row->nproofs; i++) {
        add(w, "by ");
        add_place(w, row->proofs[i].input, row->proofs[i].line);
        add(w, " (");
        tl_buf_add(&w->text, tl_channel_name(row->proofs[i].channel));
        add(w, ")");
        end(w, TL_STR("  "), 2);
    }
}

/* "+2.360 s", "-0.500 s", "+1.431425 s". */
static void
add_offset(struct tl_buf *b, int64_t us)
{
    long long all = us < 0 ? -us : us, rest = all % TL_SECOND;

    tl_buf_addf(b, "%c%lld.", us < 0 ? '-' : '+', all / TL_SECOND);
    if (rest % TL_MS != 0)
        tl_buf_addf(b, "%06lld s", rest);
    else
        tl_buf_addf(b, "%03lld s", rest / TL_MS);
}

static void
write_step(struct writer *w, const struct tl_step *s)
{
    struct tl_buf first;

    tl_buf_init(&first, 200);
    tl_buf_add(&first, s->upper ? TL_STR("  not after    ") : TL_STR("  not before   "));
    add_moment(w, &first, s->bound);
    if (s->add_us != 0) {
        tl_buf_add(&first, TL_STR("  "));
        add_offset(&first, s->add_us);
    }
    tl_buf_add(&first, TL_STR("\n"));
    take(w->out, &first);
    if (s->row < w->r->nrows)
        tl_buf_addf(&w->text, "event %u: ", s->row + 1);
    else if (s->what.n > 0) {
        tl_buf_add(&w->text, s->what);
        add(w, ": ");
    }
    tl_buf_add(&w->text, s->words);
    if (s->input < w->r->ninputs) {
        add(w, ", ");
        add_place(w, s->input, s->line);
    }
    if (s->assume.n > 0) {
        add(w, "; assuming ");
        tl_buf_add(&w->text, s->assume);
    }
    end(w, TL_STR(""), INDENT_STEP);
}

static void
write_steps(struct writer *w, const struct tl_why *why)
{
    for (size_t i = 0; i < why->nsteps; i++) {
        if (i == 0 || why->steps[i].upper != why->steps[i - 1].upper)
            tl_buf_add(w->out, why->steps[i].upper ? TL_STR("latest\n") : TL_STR("earliest\n"));
        write_step(w, &why->steps[i]);
    }
}

static void
write_fused(struct writer *w, const struct tl_fused *f)
{
    tl_buf_add(w->out, TL_STR("\n"));
    add(w, "by all evidence: ");
    add_width(w, f->min, f->max);
    for (size_t i = 0; i < f->nassumes; i++) {
        add(w, i == 0 ? ", assuming " : ", ");
        tl_buf_add(&w->text, f->assumes[i]);
    }
    end(w, TL_STR(""), 0);
    write_interval(w, f->min, f->max);
}

static void
write_meanings(struct writer *w, const struct tl_fused *f)
{
    if (f->nassumes > 0)
        tl_buf_add(w->out, TL_STR("assumed\n"));
    for (size_t i = 0; i < f->nassumes; i++) {
        struct tl_str text = tl_assume_text(f->assumes[i]);

        tl_buf_add(&w->text, f->assumes[i]);
        add(w, ": ");
        tl_buf_add(&w->text, text.n > 0 ? text : TL_STR("a rule states it"));
        end(w, TL_STR("  "), 2);
    }
}

static void
write_narrowing(struct writer *w, uint64_t n, const struct tl_row *row)
{
    bool proven = false;

    for (size_t i = 0; i < w->r->nwhy; i++) {
        if (w->r->why[i].row != n - 1 || w->r->why[i].fused)
            continue;
        write_steps(w, &w->r->why[i]);
        proven = true;
    }
    if (!row->fused.present) {
        if (!proven)
            tl_buf_add(w->out, TL_STR("\nno other evidence narrows it\n"));
        return;
    }
    write_fused(w, &row->fused);
    for (size_t i = 0; i < w->r->nwhy; i++)
        if (w->r->why[i].row == n - 1 && w->r->why[i].fused)
            write_steps(w, &w->r->why[i]);
    write_meanings(w, &row->fused);
}

enum tl_status
tl_why_write(const struct tl_report *r, uint64_t n, const struct tl_render_options *o,
             struct tl_buf *out, struct tl_error *err)
{
    struct writer w = {.r = r, .o = o, .out = out};
    const struct tl_row *row;

    if (n < 1 || n > r->nrows)
        return tl_fail(err, TL_EUSAGE, 0, "--why %llu: there is no such event: the report has %zu",
                       (unsigned long long)n, r->nrows);
    row = &r->rows[n - 1];
    w.day = row->ev.when.at;
    tl_buf_init(&w.text, MAX_LINE);
    write_head(&w, n, row);
    write_sources(&w, row);
    write_narrowing(&w, n, row);
    tl_buf_free(&w.text);
    return TL_OK;
}
