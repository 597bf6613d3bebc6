/*
 * log.c - the engine of the log formats: records that are worth it are split, classified, timed.
 */
#include "parse/log.h"

#include <string.h>

#include "parse/catalogue.h"
#include "parse/log_blocks.h"

enum { NEAR_RECORDS = 16 }; /* behind one without a date that are asked for theirs */
static const int64_t HALF_DAY = TL_DAY / 2 - TL_MINUTE; /* records come a little out of order */

struct log {
    const struct log_dialect *dialect;
    void *learnt;
    const struct log_keys *keys;
    struct log_blocks *blocks;
    const struct log_block *block; /* at hand; NULL: the next one is to be asked for */
    size_t hit;                    /* of it */
    uint64_t lines;                /* before it */
    bool timed;                    /* a record has shown its zone */
    bool stopped;                  /* the input is not read: its zone is not certain */
};

void
log_text(struct log_record *rec, struct tl_str name, struct tl_str value)
{
    if (value.n == 0 || rec->nfields == LOG_FIELDS_MAX)
        return;
    rec->fields[rec->nfields++] =
        (struct tl_field){.name = name, .type = TL_FIELD_TEXT, .text = value};
}

void
log_number(struct log_record *rec, struct tl_str name, int64_t value)
{
    if (value == TL_UNKNOWN || rec->nfields == LOG_FIELDS_MAX)
        return;
    rec->fields[rec->nfields++] =
        (struct tl_field){.name = name, .type = TL_FIELD_INT, .number = value};
}

/* ---- one record ---- */

/* Times within messages, as the server writes them: a typed field beside the capture. */
static const struct side_time {
    struct tl_str text, time;
} side_times[] = {
    {{"down_at", 7}, {"down_time", 9}},
    {{"up_at", 5}, {"up_time", 7}},
};

static void
add_side_times(struct tl_reader *r, struct log_record *rec, const struct tl_match *m)
{
    for (size_t i = 0; i < m->nfields; i++) {
        for (size_t k = 0; k < sizeof(side_times) / sizeof(side_times[0]); k++) {
            struct tl_str text = m->fields[i].text;
            struct tl_stamp stamp;
            struct tl_instant when;

            if (!tl_str_eq(m->fields[i].name, side_times[k].text) ||
                rec->nfields == LOG_FIELDS_MAX || !tl_stamp_read(&text, r->in.zones, &stamp) ||
                !reader_side_instant(r, &stamp, &when))
                continue;
            rec->fields[rec->nfields++] = (struct tl_field){
                .name = side_times[k].time, .type = TL_FIELD_TIME, .number = when.at};
        }
    }
}

/* The record's own fields, then the rule's captures under names that are free. */
static void
put_fields(struct tl_reader *r, struct log_record *rec, const struct tl_match *m,
           struct tl_event *ev)
{
    size_t n = 0;
    struct tl_field *f;

    add_side_times(r, rec, m);
    f = tl_arena_alloc(&r->scratch, (rec->nfields + m->nfields) * sizeof(*f) + 1);
    if (!f)
        return;
    for (size_t i = 0; i < rec->nfields; i++) {
        f[n] = rec->fields[i];
        if (f[n].type == TL_FIELD_TEXT)
            f[n].text = reader_keep(r, f[n].text);
        n++;
    }
    ev->fields = f;
    ev->nfields = n;
    for (size_t i = 0; i < m->nfields; i++) {
        if (tl_event_field(ev, m->fields[i].name))
            continue;
        f[n] = m->fields[i];
        if (f[n].type == TL_FIELD_TEXT)
            f[n].text = reader_keep(r, f[n].text);
        n++;
    }
    ev->nfields = n;
}

/* A time of day becomes the moment that is nearest to `near`. */
static struct tl_instant
dated(tl_time clock, tl_time near)
{
    int64_t ahead = (near - clock + TL_DAY / 2) % TL_DAY;

    return tl_instant_of(near + TL_DAY / 2 - ahead - (ahead < 0 ? TL_DAY : 0), TL_SECOND);
}

static bool
record_instant(struct tl_reader *r, const struct log_record *rec, const struct log_text *t,
               struct tl_instant *out)
{
    *out = rec->when.at != TL_TIME_NONE ? rec->when : t->outer;
    if (rec->when.at == TL_TIME_NONE && rec->stamped)
        return reader_instant(r, &rec->stamp, NULL, t->line, out);
    if (rec->dateless && t->near)
        *out = dated(rec->clock, *t->near);
    else if (rec->dateless && out->at != TL_TIME_NONE)
        *out = dated(rec->clock, out->at);
    if (out->at == TL_TIME_NONE)
        reader_odd(r, t->line, "a record without a time");
    return out->at != TL_TIME_NONE;
}

static void
take_match(const struct tl_match *m, struct tl_event *ev)
{
    ev->cls = m->cls;
    ev->severity = m->severity;
    ev->phase = m->phase;
    ev->edge = m->edge;
    ev->doc = m->doc;
    ev->event_id = TL_STR("");
    ev->near = TL_STR("");
}

bool
log_event(struct tl_reader *r, const struct log_text *t, struct tl_event *ev, bool *known)
{
    struct log_record rec = {.when = TL_INSTANT_NONE};
    struct tl_match *m = &r->match;
    const char *why = "it cannot be read";

    *known = false;
    r->source.records++;
    if (!t->dialect->split(r, t->state, t->text, &rec, &why)) {
        reader_odd(r, t->line, "a record of %s: %s", t->dialect->name, why);
        return false;
    }
    *known = classify_log(r->in.catalogue, t->dialect->source, rec.message, m);
    r->scratch.failed |= m->starved;
    if (m->gave_up) {
        r->source.rule_limits++;
        reader_odd(r, t->line, "the rule %.*s gave up on this message: it takes too many steps",
                   TL_FMT(m->rule_name));
    }
    if (!*known)
        return true;
    *known = record_instant(r, &rec, t, &ev->when);
    if (!*known)
        return false;
    take_match(m, ev);
    ev->line = t->line;
    ev->channel = TL_CHANNEL_LOG;
    ev->message = reader_keep(r, rec.message);
    log_who(r, rec.host, ev);
    put_fields(r, &rec, m, ev);
    return true;
}

/* ---- blocks ---- */

/* A record with the lines that belong to it. */
static struct tl_str
record_text(const struct log *l, const struct log_block *b, size_t at)
{
    size_t end = log_line_end(b->buf, at, b->n);

    while (end < b->n && end - at < LOG_RECORD_MAX) {
        size_t next = log_line_end(b->buf, end, b->n);

        if (log_begins_record(l->dialect, l->learnt, b->buf + end, b->buf + next))
            break;
        end = next;
    }
    while (at < end && b->buf[at] == '\0')
        at++;
    end = end - at > LOG_RECORD_MAX ? at + LOG_RECORD_MAX : end;
    return (struct tl_str){b->buf + at, end - at};
}

static uint32_t
line_number(const struct log *l, uint64_t line)
{
    uint64_t n = l->lines + line + 1;

    return n < UINT32_MAX ? (uint32_t)n : UINT32_MAX - 1;
}

/* The time of an ordinary record: quiet, but for the first one, which decides about the zone. */
static void
note_record_time(struct tl_reader *r, size_t at, uint64_t line)
{
    struct log *l = r->state;
    struct tl_instant when = TL_INSTANT_NONE;
    struct log_record rec = {.when = TL_INSTANT_NONE};
    const char *why = "";

    if (!l->dialect->split(r, l->learnt, record_text(l, l->block, at), &rec, &why))
        return;
    when = rec.when;
    if (when.at == TL_TIME_NONE && rec.stamped && !l->timed)
        l->stopped = !reader_instant(r, &rec.stamp, NULL, line_number(l, line), &when);
    else if (when.at == TL_TIME_NONE && rec.stamped)
        (void)reader_side_instant(r, &rec.stamp, &when);
    l->timed |= rec.stamped;
    reader_note_time(r, when);
}

static void
note_broken(struct tl_reader *r, const struct log_block *b)
{
    const struct log *l = r->state;
    uint64_t told = b->broken < LOG_BROKEN_MAX ? b->broken : LOG_BROKEN_MAX;

    for (uint64_t i = 0; i < told; i++)
        reader_odd(r, line_number(l, b->broken_line[i]),
                   "it begins like a record of %s, but is damaged or cut", l->dialect->name);
    r->source.odd += b->broken - told;
    if (b->cut)
        reader_odd(r, line_number(l, b->lines - 1), "a line longer than %d KiB was cut",
                   LOG_BLOCK / 1024);
}

/* The last record of the input may be cut: nobody would know, where it is an ordinary one. */
static void
check_last_record(struct tl_reader *r, const struct log_block *b)
{
    const struct log *l = r->state;
    struct log_record rec = {.when = TL_INSTANT_NONE};
    const char *why = "it is cut";

    if (!b->final || b->records == 0 ||
        (b->nhits > 0 && b->hits[b->nhits - 1].at == b->last_at)) /* that says it itself */
        return;
    if (!l->dialect->split(r, l->learnt, record_text(l, b, b->last_at), &rec, &why))
        reader_odd(r, line_number(l, b->last_line), "the last record of %s: %s", l->dialect->name,
                   why);
    tl_arena_reset(&r->scratch);
}

/* Takes the next block to hand; false: there is none. */
static bool
next_block(struct tl_reader *r)
{
    struct log *l = r->state;

    if (l->block)
        l->lines += l->block->lines;
    l->hit = 0;
    l->block = log_blocks_next(l->blocks);
    if (!l->block)
        return false;
    r->scratch.failed |= l->block->no_memory;
    r->source.records += l->block->records;
    for (size_t i = 0; i < l->block->nzones && !l->stopped; i++) {
        const struct log_zone *z = &l->block->zones[i];

        note_record_time(r, z->least_at, z->least_line);
        if (z->most_at != z->least_at && !l->stopped)
            note_record_time(r, z->most_at, z->most_line);
        tl_arena_reset(&r->scratch);
    }
    note_broken(r, l->block);
    if (!l->stopped)
        check_last_record(r, l->block);
    return true;
}

enum tl_status
log_open(struct tl_reader *r, const struct log_dialect *d, struct tl_error *err)
{
    struct tl_str head = feed_peek(&r->feed, HEAD_SIZE);
    struct log *l = tl_arena_alloc(&r->arena, sizeof(*l));
    unsigned threads = r->in.threads > 0 ? r->in.threads : 1;
    enum tl_status st = TL_OK;

    r->state = l;
    if (!l)
        return tl_fail(err, TL_ENOMEM, 0, "no room for the log %.*s", TL_FMT(r->in.name));
    *l = (struct log){.dialect = d, .lines = r->feed.line};
    r->counts_records = true;
    if (d->learn)
        st = d->learn(r, head.n > HEAD_SIZE ? (struct tl_str){head.p, HEAD_SIZE} : head, &l->learnt,
                      err);
    if (st)
        return st;
    log_name_hints(r);
    l->keys = log_keys_of(r->in.catalogue, d->source);
    l->blocks = l->keys ? log_blocks_new(&r->feed, d, l->learnt, l->keys, threads) : NULL;
    if (!l->blocks)
        return tl_fail(err, TL_ENOMEM, 0, "no room for the log %.*s", TL_FMT(r->in.name));
    return TL_OK;
}

/* The time of the next record behind `text`, a record in the block, that has one. */
static bool
next_time(struct tl_reader *r, struct tl_str text, tl_time *out)
{
    const struct log *l = r->state;
    const struct log_block *b = l->block;

    for (unsigned tries = 0; tries < NEAR_RECORDS; tries++) {
        size_t at = (size_t)(text.p - b->buf) + text.n;
        struct log_record rec = {.when = TL_INSTANT_NONE};
        struct tl_instant when;
        const char *why;

        if (at >= b->n)
            return false;
        text = record_text(l, b, at);
        if (l->dialect->split(r, l->learnt, text, &rec, &why) && rec.stamped &&
            reader_side_instant(r, &rec.stamp, &when)) {
            *out = when.at;
            return true;
        }
    }
    return false;
}

/*
 * For a record without a date, a moment within 12 hours of it. It is a crash report, right before
 * what starts the server again: so it lies in the day before the next record or, where that is not
 * at hand, in the day behind the last one there is. NULL: it has a date, or none is known.
 */
static const tl_time *
near_record(struct tl_reader *r, struct tl_str text, tl_time *near)
{
    const struct log *l = r->state;
    struct log_record rec = {.when = TL_INSTANT_NONE};
    struct tl_str line = {text.p, log_line_end(text.p, 0, text.n)};
    struct log_look look;
    const char *why;

    if (l->dialect->look(l->learnt, line.p, line.p + line.n, &look) != LOG_RECORD || look.stamp ||
        !l->dialect->split(r, l->learnt, text, &rec, &why) || !rec.dateless)
        return NULL;
    if (next_time(r, text, near))
        *near -= HALF_DAY;
    else if (r->source.last != TL_TIME_NONE)
        *near = r->source.last + HALF_DAY;
    else
        return NULL;
    return near;
}

enum tl_status
log_next(struct tl_reader *r, struct tl_event *ev, bool *got, struct tl_error *err)
{
    struct log *l = r->state;

    (void)err;
    *got = false;
    while (!*got && !l->stopped && !r->scratch.failed) {
        const struct log_hit *hit;
        struct tl_str text;
        tl_time near;

        if (!l->block || l->hit == l->block->nhits) {
            if (!next_block(r))
                break;
            continue;
        }
        hit = &l->block->hits[l->hit++];
        text = record_text(l, l->block, hit->at);
        r->source.records--; /* log_event counts it again */
        (void)log_event(r,
                        &(struct log_text){.dialect = l->dialect,
                                           .state = l->learnt,
                                           .text = text,
                                           .outer = TL_INSTANT_NONE,
                                           .near = near_record(r, text, &near),
                                           .line = line_number(l, hit->line)},
                        ev, got);
        if (!*got)
            tl_arena_reset(&r->scratch);
    }
    return TL_OK;
}

enum tl_status
log_finish(struct tl_reader *r, struct tl_error *err)
{
    (void)r;
    (void)err;
    return TL_OK;
}

void
log_close(struct tl_reader *r)
{
    struct log *l = r->state;

    if (!l)
        return;
    log_blocks_free(l->blocks);
}
