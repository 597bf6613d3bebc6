#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/assume.h"
#include "cli/evidence.h"
#include "cli/when.h"
#include "timeline/timeline.h"

enum { MAX_PATH_TEXT = 64 * 1024 };
static const size_t max_report = (size_t)8 << 30, max_document = (size_t)4 << 30;

static enum tl_status
build_options(struct session *s, struct tl_build_options *b, struct tl_error *err)
{
    struct when since, until;
    enum tl_status st = when_read("since", s->o.since, s->zones, s->tz, &since, err);

    *b = TL_BUILD_OPTIONS_NONE;
    if (!st)
        st = when_read("until", s->o.until, s->zones, s->tz, &until, err);
    if (!st)
        st = window_read(s->o.window, s->zones, s->tz, &b->window_from, &b->window_to, err);
    if (st)
        return st;
    b->since = since.at;
    b->until = until.at;
    b->align = s->o.align;
    b->since_ago_us = since.ago_us;
    b->until_ago_us = until.ago_us;
    b->rules_sha256 = tl_str_from(s->rules_sha256);
    b->why = s->o.why.n > 0;
    return assume_read(s, b, err);
}

/* The number of --why: 0 where it was not given. */
static enum tl_status
why_number(const struct session *s, uint64_t *n, struct tl_error *err)
{
    struct tl_str text = s->o.why;
    int64_t number = 0;

    *n = 0;
    if (text.n == 0)
        return TL_OK;
    if (!tl_str_int(&text, &number) || text.n > 0 || number < 1)
        return tl_fail(err, TL_EUSAGE, 0, "--why takes the number of an event, not %.*s",
                       s->o.why.n > 40 ? 40 : TL_FMT(s->o.why));
    if (s->o.format.n > 0)
        return tl_fail(err, TL_EUSAGE, 0, "--why writes plain text: leave out --format");
    *n = (uint64_t)number;
    return TL_OK;
}

/* The formats there are, for the sentence about one that there is not. */
static enum tl_status
no_format(struct tl_str name, struct tl_error *err)
{
    struct tl_buf names;

    tl_buf_init(&names, 300);
    for (const struct tl_renderer *const *r = tl_renderers; *r; r++)
        tl_buf_addf(&names, "%s%s", names.n > 0 ? ", " : "", (*r)->name);
    tl_fail(err, TL_EUSAGE, 0, "there is no format %.*s; report writes: %s",
            name.n > 60 ? 60 : TL_FMT(name), tl_buf_str(&names).p);
    tl_buf_free(&names);
    return TL_EUSAGE;
}

static enum tl_status
feed_input(struct evidence *e, struct tl_builder *b, struct tl_error *err)
{
    enum tl_item item = TL_ITEM_EVENT;
    enum tl_status st = TL_OK;

    while (!st && item != TL_ITEM_END) {
        struct tl_source *src = NULL;
        struct tl_event ev;

        st = evidence_item(e, &item, &ev, &src, err);
        if (!st && item == TL_ITEM_EVENT)
            st = tl_builder_event(b, &ev, err);
        else if (!st && item == TL_ITEM_SOURCE)
            st = tl_builder_source(b, src, err);
    }
    return st;
}

static enum tl_status
build(struct session *s, const struct tl_build_options *o, struct tl_arena *arena,
      struct tl_report **out, struct tl_error *err)
{
    struct tl_builder *b = tl_builder_new(arena, o);
    struct evidence e;
    enum tl_status st = TL_OK;
    bool got = true;

    if (!b)
        return tl_fail(err, TL_ENOMEM, 0, "out of memory");
    evidence_open(&e, s);
    while (!st && got) {
        st = evidence_next(&e, &got, err);
        if (!st && got)
            st = feed_input(&e, b, err);
    }
    evidence_close(&e);
    return st ? st : tl_builder_finish(b, out, err);
}

/* True when the program that draws charts can be found. */
static bool
have_gnuplot(void)
{
    struct tl_str rest = tl_str_from(getenv("PATH")), folder;
    bool found = false;
    struct tl_buf path;

    tl_buf_init(&path, MAX_PATH_TEXT);
    while (!found && rest.n > 0) {
        tl_str_cut(rest, ':', &folder, &rest);
        tl_buf_reset(&path);
        tl_buf_add(&path, folder);
        tl_buf_add(&path, folder.n > 0 ? TL_STR("/gnuplot") : TL_STR("./gnuplot"));
        found = access(tl_buf_str(&path).p, X_OK) == 0;
    }
    tl_buf_free(&path);
    return found;
}

/* Without gnuplot the chart is a script and its data: said, but no failure. */
static void
draw(struct session *s, const struct tl_report *r)
{
    struct tl_error err = {.msg = ""};

    if (!tl_chart_write(r, &s->render, s->o.charts, TL_STR("gnuplot"), &err))
        return;
    cli_say("%s", err.msg);
    s->incomplete = s->incomplete || have_gnuplot();
}

/* The way of a document out of its renderer. */
struct pieces {
    struct out *out;
    struct tl_error *err;
    enum tl_status failed;
};

/* Nobody reads a closed pipe: then the rest need not be made. */
static enum tl_status
take_piece(void *ctx, struct tl_str piece)
{
    struct pieces *p = ctx;

    p->failed = out_write(p->out, piece, p->err);
    return p->failed || p->out->closed ? TL_EINPUT : TL_OK;
}

/* The report, or (why above 0) what is known of the time of one event. */
static enum tl_status
write_report(struct session *s, const struct tl_renderer *renderer, const struct tl_report *r,
             uint64_t why, struct tl_error *err)
{
    struct pieces pieces = {.out = &s->out, .err = err};
    const struct tl_render_sink sink = {take_piece, &pieces};
    struct tl_render_options o = s->render;
    enum tl_status st;
    struct tl_buf b;

    tl_buf_init(&b, max_document);
    o.sink = &sink;
    st = why > 0 ? tl_why_write(r, why, &o, &b, err) : renderer->write(r, &o, &b, err);
    if (!st && b.failed)
        st = tl_fail(err, b.failed, 0, "the report does not fit into memory");
    if (!st)
        st = out_write(&s->out, tl_buf_str(&b), err);
    if (s->out.closed || pieces.failed)
        st = pieces.failed;
    tl_buf_free(&b);
    return st;
}

enum tl_status
cmd_report(struct session *s, struct tl_error *err)
{
    struct tl_str format = s->o.format.n > 0 ? s->o.format : TL_STR("text");
    const struct tl_renderer *renderer = tl_renderer_find(format);
    struct tl_build_options options;
    struct tl_report *report = NULL;
    struct tl_arena arena;
    enum tl_status st;
    uint64_t why;

    if (!renderer)
        return no_format(format, err);
    st = why_number(s, &why, err);
    if (!st)
        st = session_rules(s, err);
    if (!st)
        st = build_options(s, &options, err);
    if (st)
        return st;
    tl_arena_init(&arena, max_report);
    st = build(s, &options, &arena, &report, err);
    if (!st)
        st = write_report(s, renderer, report, why, err);
    if (!st && s->o.charts.n > 0)
        draw(s, report);
    tl_arena_free(&arena);
    return st;
}
