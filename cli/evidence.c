#include "cli/evidence.h"

#include <stdio.h>
#include <unistd.h>

#include "cli/progress.h"

enum { MAX_FAILURES = 100, HASH_MOST = 64 * 1024 * 1024 };

void
evidence_open(struct evidence *e, struct session *s)
{
    *e = (struct evidence){.s = s};
    progress_begin(s->o.quiet);
}

static void
close_reader(struct evidence *e)
{
    tl_reader_close(e->reader);
    e->reader = NULL;
}

void
evidence_close(struct evidence *e)
{
    close_reader(e);
    tl_walk_close(e->walk);
    e->walk = NULL;
    progress_clear();
}

/* An input, or a part of it, that cannot be read. What a signal broke off is no failure. */
static void
failed(struct evidence *e, const struct tl_error *err)
{
    if (e->silent || interrupted())
        return;
    cli_say("%s", err->msg);
    e->s->incomplete = true;
}

static void
show_progress(const struct evidence *e)
{
    struct progress_state p = {.name = e->name, .read = e->read, .events = e->events};

    tl_walk_position(e->walk, &p.done, &p.size);
    progress_show(&p);
}

/* Between the reader and the walk: a signal ends the input here. */
static enum tl_status
read_bytes(void *ctx, char *buf, size_t cap, size_t *n, struct tl_error *err)
{
    struct evidence *e = ctx;
    enum tl_status st;

    *n = 0;
    if (e->before_read)
        e->before_read(e->ctx);
    if (interrupted())
        return tl_fail(err, TL_EINPUT, 0, "interrupted");
    st = e->bytes.read(e->bytes.ctx, buf, cap, n, err);
    e->read += *n;
    show_progress(e);
    return st;
}

static enum tl_status
open_reader(struct evidence *e, struct tl_error *err)
{
    struct tl_input in = {.name = e->name,
                          .stream = {read_bytes, e, e->bytes.steady},
                          .hints = e->s->hints[e->operand],
                          .catalogue = e->s->catalogue,
                          .zones = e->s->zones,
                          .threads = e->s->threads};
    enum tl_status st;
    bool named = in.hints.format.n > 0 && !tl_str_eq(in.hints.format, TL_STR("auto"));

    in.hints.forced = named && !e->from_folder;
    e->failures = 0;
    st = tl_reader_open(&in, &e->reader, err);
    if (!st && tl_reader_is_log(e->reader) && !e->s->o.sha256)
        tl_walk_hash_up_to(e->walk, HASH_MOST);
    return st;
}

/* Goes on by one: opens the next walk, or takes its next input, or closes it. */
static enum tl_status
step(struct evidence *e, bool *got, struct tl_error *err)
{
    enum tl_status st;

    if (!e->walk) {
        struct tl_str input = e->s->o.operands[e->operand].text;

        st = tl_walk_open(input, STDIN_FILENO, NULL, &e->walk, err);
        e->operand += st != TL_OK;
        return st;
    }
    st = tl_walk_next(e->walk, &e->name, &e->from_folder, &e->bytes, got, err);
    if (!st && *got)
        st = open_reader(e, err);
    else if (!st) {
        tl_walk_close(e->walk);
        e->walk = NULL;
        e->operand++;
    }
    if (st)
        *got = false;
    return st;
}

enum tl_status
evidence_next(struct evidence *e, bool *got, struct tl_error *err)
{
    enum tl_status st = TL_OK;

    close_reader(e);
    *got = false;
    while (!*got && st != TL_ENOMEM && e->operand < e->s->o.noperands && !interrupted()) {
        st = step(e, got, err);
        if (st && st != TL_ENOMEM)
            failed(e, err);
    }
    return st == TL_ENOMEM ? st : TL_OK;
}

/* Takes the bytes that the reader had no use for through the hash, as long as nobody stops it. */
static enum tl_status
drain(struct evidence *e, struct tl_error *err)
{
    enum { CHUNK = 64 * 1024 };
    char chunk[CHUNK];
    enum tl_status st = TL_OK;
    size_t n = 1;

    while (!st && n > 0 && !interrupted())
        st = e->bytes.read(e->bytes.ctx, chunk, sizeof(chunk), &n, err);
    return st;
}

/* The first odd record, where it stands, and how many more there are. */
static void
note_odd(struct evidence *e, const struct tl_source *src)
{
    const struct tl_odd *first = src->odds;
    char line[16] = "", more[64] = "";

    if (src->nodds == 0) {
        cli_note(e->s, "%.*s: %llu records could not be read", TL_FMT(src->name),
                 (unsigned long long)src->odd);
        return;
    }
    if (first->line > 0)
        (void)snprintf(line, sizeof(line), ":%u", first->line);
    if (src->odd > 1)
        (void)snprintf(more, sizeof(more), " (and %llu more records that could not be read)",
                       (unsigned long long)src->odd - 1);
    cli_note(e->s, "%.*s%s: %.*s%s", TL_FMT(src->name), line, TL_FMT(first->why), more);
}

static void
tell_odd(struct evidence *e, const struct tl_source *src)
{
    if (e->silent)
        return;
    e->s->odd += src->odd;
    if (src->odd > 0)
        note_odd(e, src);
    if (tl_str_eq(src->format, TL_STR("unknown")) && !e->from_folder)
        cli_note(e->s, "%.*s: no known format, so nothing was read from it (%.*s)",
                 TL_FMT(src->name), TL_FMT(tl_reader_why(e->reader)));
    if (e->s->o.verbose)
        cli_note(e->s, "%.*s: %.*s, %llu records, %llu events, %llu unclassified",
                 TL_FMT(src->name), TL_FMT(src->format), (unsigned long long)src->records,
                 (unsigned long long)src->events, (unsigned long long)src->unclassified);
}

/* The end of an input. Of one that was broken off, the bytes that were read count. */
static enum tl_status
complete(struct evidence *e, struct tl_source *src, struct tl_error *err)
{
    struct tl_str sha256 = TL_STR("");
    uint64_t bytes = 0;
    enum tl_status st;

    tell_odd(e, src);
    if (src->sha256.n > 0)
        return TL_OK;
    st = drain(e, err);
    if (st == TL_ENOMEM)
        return st;
    if (st)
        failed(e, err);
    if (interrupted())
        tl_walk_stop(e->walk);
    st = tl_walk_digest(e->walk, &bytes, &sha256, err);
    src->bytes = bytes;
    src->sha256 = sha256;
    return st;
}

enum tl_status
evidence_item(struct evidence *e, enum tl_item *item, struct tl_event *ev, struct tl_source **src,
              struct tl_error *err)
{
    enum tl_status st = tl_reader_next(e->reader, item, ev, src, err);

    while (st && st != TL_ENOMEM) {
        failed(e, err);
        if (e->failures++ == MAX_FAILURES)
            return tl_fail(err, TL_EINPUT, 0, "%.*s: reading it fails again and again",
                           TL_FMT(e->name));
        st = tl_reader_next(e->reader, item, ev, src, err);
    }
    e->events += !st && *item == TL_ITEM_EVENT;
    if (!st && *item == TL_ITEM_SOURCE)
        st = complete(e, *src, err);
    return st;
}
