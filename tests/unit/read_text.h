/*
 * read_text.h - reads a text as an input and writes down, shortly, what came out of it, so that a
 * test is a table of texts and what they say.
 *
 *   LINE TIME WHAT[ VERSION];   an attempt: `~` before WHAT: after an elision; `<`: its time is
 * that of its end; `-TIME` behind TIME: its end is known LINE TIME =STATUS;          a change of
 * state LINE TIME :CLASS;           any other event with b1, b2, … before LINE where the block is
 * not 0.
 */
#ifndef TESTS_READ_TEXT_H
#define TESTS_READ_TEXT_H

#include "core/names.h"
#include "parse/parse.h"

struct reading {
    struct tl_zones *zones;
    struct tl_reader *r;
    struct tl_source *src;
    struct tl_catalogue *rules;
    struct tl_buf said; /* the events */
    struct tl_buf text; /* their messages, each with a newline */
    size_t step;        /* bytes a read of the stream gives; 0: all */
};

struct drip {
    struct tl_str rest;
    size_t step;
};

static enum tl_status
drip_read(void *ctx, char *buf, size_t cap, size_t *n, struct tl_error *err)
{
    struct drip *d = ctx;
    size_t most = d->step > 0 && d->step < cap ? d->step : cap;

    (void)err;
    *n = d->rest.n < most ? d->rest.n : most;
    for (size_t i = 0; i < *n; i++)
        buf[i] = d->rest.p[i];
    d->rest = tl_str_skip(d->rest, *n);
    return TL_OK;
}

static void
say_clock(struct tl_buf *b, tl_time t)
{
    struct tl_buf whole;

    tl_buf_init(&whole, 64);
    tl_time_print(&whole, t);
    tl_buf_add(b, (struct tl_str){whole.p + 11, 12});
    tl_buf_free(&whole);
}

static void
say_event(struct tl_buf *b, const struct tl_event *ev)
{
    const struct tl_attempt *a = ev->attempt;

    if (ev->block > 0)
        tl_buf_addf(b, "b%u ", ev->block);
    tl_buf_addf(b, "%u ", ev->line);
    say_clock(b, ev->when.at);
    if (a && a->end != TL_TIME_NONE && !a->stamp_end) {
        tl_buf_add(b, TL_STR("-"));
        say_clock(b, a->end);
    }
    tl_buf_add(b, TL_STR(" "));
    if (!a && tl_str_eq(ev->cls, TL_STR("status.changed")))
        tl_buf_addf(b, "=%.*s", TL_FMT(tl_event_text(ev, TL_STR("status"))));
    else if (!a)
        tl_buf_addf(b, ":%.*s", TL_FMT(ev->cls));
    else
        tl_buf_addf(b, "%s%s%.*s%s%.*s", a->after_gap ? "~" : "", a->stamp_end ? "<" : "",
                    TL_FMT(tl_failure_name(a->failure)), a->version.n > 0 ? " " : "",
                    TL_FMT(a->version));
    tl_buf_add(b, TL_STR("; "));
}

/* Reads `text` to its end. `as` is a value of --as or NULL. Close with reading_close. */
static void
reading_open(struct reading *g, const char *name, const char *as, struct tl_str text)
{
    struct drip d = {text, g->step};
    struct tl_input in = {.name = tl_str_from(name), .stream = {drip_read, &d}};
    enum tl_item item = TL_ITEM_END;
    struct tl_event ev;

    if (!g->zones)
        g->zones = tl_zones_new(TL_STR("/usr/share/zoneinfo"));
    in.hints = TL_HINTS_NONE;
    in.zones = g->zones;
    in.catalogue = g->rules;
    if (as && tl_hints_read(tl_str_from(as), g->zones, &in.hints, NULL))
        in.hints = TL_HINTS_NONE;
    in.hints.forced = as != NULL;
    tl_buf_init(&g->said, 1 << 24);
    tl_buf_init(&g->text, 1 << 26);
    g->src = NULL;
    if (tl_reader_open(&in, &g->r, NULL))
        return;
    while (tl_reader_next(g->r, &item, &ev, &g->src, NULL) == TL_OK && item == TL_ITEM_EVENT) {
        say_event(&g->said, &ev);
        tl_buf_add(&g->text, ev.message);
        tl_buf_add(&g->text, TL_STR("\n"));
    }
}

static void
reading_close(struct reading *g)
{
    tl_reader_close(g->r);
    tl_buf_free(&g->said);
    tl_buf_free(&g->text);
    g->r = NULL;
}

/* "KEY=VALUE@FROM " of every hint, "bN:" before it where the block is not 0. */
__attribute__((unused)) static void
say_hints(const struct tl_source *s, struct tl_buf *b)
{
    for (size_t i = 0; i < s->nhints; i++) {
        const struct tl_hint *h = &s->hints[i];

        if (h->block > 0)
            tl_buf_addf(b, "b%u:", h->block);
        tl_buf_addf(b, "%.*s=%.*s@%.*s ", TL_FMT(h->key), TL_FMT(h->value), TL_FMT(h->from));
    }
}

#endif
