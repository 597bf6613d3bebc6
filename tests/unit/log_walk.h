/*
 * log_walk.h - reads a log with the two functions of a dialect, plainly: a line at a time. What
 * came out is written down, so that a test is a table of logs and what they say.
 *
 *   LINE TIME LEVEL MESSAGE[ | DETAIL]     a record; TIME in UTC, "?ZONE" where its zone leaves it
 * open LINE !WHY                            a line or a record that cannot be read
 *
 * Each followed by a newline; newlines inside are written as ~.
 */
#ifndef TESTS_LOG_WALK_H
#define TESTS_LOG_WALK_H

#include <stdlib.h>
#include <string.h>

#include "parse/log.h"

struct log_walk {
    struct tl_reader r; /* what dialects look at: zones, scratch */
    const struct log_dialect *d;
    bool escapes_by_backslash;
    bool all_fields;   /* write down every field */
    struct tl_buf out; /* what was read */
    size_t records, odd;
    /* the record that is open */
    const char *from, *message, *line_end;
    unsigned line;
};

static const struct tl_field *
walk_field(const struct log_record *rec, const char *name)
{
    for (size_t i = 0; i < rec->nfields; i++)
        if (tl_str_eq(rec->fields[i].name, tl_str_from(name)))
            return &rec->fields[i];
    return NULL;
}

static void
walk_say(struct log_walk *w, struct tl_str s)
{
    for (size_t i = 0; i < s.n; i++)
        tl_buf_add(&w->out, s.p[i] == '\n' ? TL_STR("~") : (struct tl_str){s.p + i, 1});
}

static void
walk_time(struct log_walk *w, const struct tl_stamp *s)
{
    if (s->zone == TL_ZONE_OFFSET)
        tl_time_print(&w->out, s->local - s->offset_us);
    else
        tl_buf_addf(&w->out, "?%.*s", TL_FMT(s->zone_text));
}

static void
walk_fields(struct log_walk *w, const struct log_record *rec)
{
    for (size_t i = 0; i < rec->nfields; i++) {
        const struct tl_field *f = &rec->fields[i];

        tl_buf_addf(&w->out, " %.*s=", TL_FMT(f->name));
        if (f->type == TL_FIELD_TEXT)
            walk_say(w, f->text);
        else
            tl_buf_addf(&w->out, "%lld", (long long)f->number);
    }
}

/* What `look` said is the message begins it, as far as that can be told without unescaping. */
static bool
walk_agrees(const struct log_walk *w, struct tl_str message)
{
    bool doubles = !w->escapes_by_backslash;
    const char *p = w->message;

    if (doubles && p < w->line_end && *p == ',' && p[-1] == ',')
        return message.n == 0; /* a field without quotes */
    for (size_t i = 0; p < w->line_end; i++, p++) {
        if (doubles && *p == '"' && p + 1 < w->line_end && p[1] == '"')
            p++;
        else if (*p == '"')
            return i == message.n;
        if ((*p == '\\' && !doubles) || *p == '\0')
            return true;
        if (i >= message.n || message.p[i] != *p)
            return false;
    }
    return true;
}

static void
walk_close(struct log_walk *w, const char *end)
{
    struct tl_str text = {w->from, w->from ? (size_t)(end - w->from) : 0};
    const struct tl_field *f;
    struct log_record rec;
    const char *why = NULL;

    if (!w->from)
        return;
    w->from = NULL;
    tl_arena_reset(&w->r.scratch);
    tl_buf_addf(&w->out, "%u ", w->line);
    if (!w->d->split(&w->r, w->r.state, text, &rec, &why)) {
        tl_buf_addf(&w->out, "!%s\n", why);
        w->odd++;
        return;
    }
    w->records++;
    if (!walk_agrees(w, rec.message))
        tl_buf_add(&w->out, TL_STR("(look and split disagree) "));
    walk_time(w, &rec.stamp);
    tl_buf_add(&w->out, TL_STR(" "));
    f = walk_field(&rec, "level");
    walk_say(w, f ? f->text : TL_STR("-"));
    tl_buf_add(&w->out, TL_STR(" "));
    walk_say(w, rec.message);
    f = walk_field(&rec, "detail");
    tl_buf_add(&w->out, f ? TL_STR(" | ") : TL_STR(""));
    walk_say(w, f ? f->text : TL_STR(""));
    if (w->all_fields)
        walk_fields(w, &rec);
    tl_buf_add(&w->out, TL_STR("\n"));
}

static void
walk_line(struct log_walk *w, const char *p, const char *end, unsigned line)
{
    struct log_look look = {0};

    switch (w->d->look(w->r.state, p, end, &look)) {
    case LOG_RECORD:
        walk_close(w, p);
        w->from = p;
        w->line = line;
        w->message = look.message;
        w->line_end = end;
        break;
    case LOG_BROKEN:
        walk_close(w, p);
        tl_buf_addf(&w->out, "%u !\n", line);
        w->odd++;
        break;
    case LOG_MORE:
    case LOG_ASIDE:
        break;
    }
}

/* Reads the log anew into w->out. */
static void
walk_log(struct log_walk *w, const struct log_dialect *d, struct tl_str log)
{
    char *copy = calloc(1, log.n + LOG_PAD); /* no more behind it than is promised */
    const char *p = copy, *end = copy + log.n;

    if (!copy)
        abort();
    if (log.n > 0)
        memcpy(copy, log.p, log.n);
    w->d = d;
    w->records = w->odd = 0;
    w->from = NULL;
    tl_buf_reset(&w->out);
    for (unsigned line = 1; p < end; line++) {
        const char *lf = memchr(p, '\n', (size_t)(end - p));
        const char *to = lf ? lf : end;

        walk_line(w, p, to > p && to[-1] == '\r' ? to - 1 : to, line);
        p = lf ? lf + 1 : end;
    }
    walk_close(w, end);
    free(copy);
}

static void
walk_start(struct log_walk *w, bool escapes_by_backslash)
{
    *w = (struct log_walk){.escapes_by_backslash = escapes_by_backslash};
    w->r.in.hints = TL_HINTS_NONE;
    if (tl_catalogue_load(TL_STR("t"),
                          TL_STR("[a.b]\nsource = pg\nmatch = ^ready\nsample+ = ready\n"),
                          &w->r.in.catalogue, NULL))
        abort();
    w->r.in.zones = tl_zones_new(TL_STR("/usr/share/zoneinfo"));
    tl_arena_init(&w->r.scratch, (size_t)64 << 20);
    tl_buf_init(&w->out, (size_t)64 << 20);
}

/* The format that the text is taken for. */
static struct tl_str
detect(struct log_walk *w, const char *text)
{
    struct tl_memory m = {tl_str_from(text)};
    struct tl_input in = {.name = TL_STR("log"),
                          .stream = tl_stream_memory(&m),
                          .hints = TL_HINTS_NONE,
                          .catalogue = w->r.in.catalogue,
                          .zones = w->r.in.zones};
    struct tl_reader *r = NULL;
    struct tl_str name = TL_STR("?");

    if (tl_reader_open(&in, &r, NULL))
        return name;
    name = tl_reader_format(r); /* a literal: it outlives the reader */
    tl_reader_close(r);
    return name;
}

static void
walk_stop(struct log_walk *w)
{
    tl_catalogue_free(w->r.in.catalogue);
    tl_arena_free(&w->r.scratch);
    tl_buf_free(&w->out);
    tl_zones_free(w->r.in.zones);
}

#endif
