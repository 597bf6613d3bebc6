/* reader.c - what all formats share: detection, counting, classification, zones, limits. */
#include "parse/reader.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_READER = 256 * 1024 * 1024, MAX_HINTS = 1000 };

/* An input of no known format: its bytes are there to be hashed, nothing is read from them. */
static int
no_sniff(struct tl_reader *r, struct tl_str head, struct tl_buf *why)
{
    (void)r;
    (void)head;
    (void)why;
    return 0;
}

static enum tl_status
no_next(struct tl_reader *r, struct tl_event *ev, bool *got, struct tl_error *err)
{
    (void)r;
    (void)ev;
    (void)err;
    *got = false;
    return TL_OK;
}

static const struct tl_format fmt_unknown = {.name = "unknown", .sniff = no_sniff, .next = no_next};

struct tl_str
reader_keep(struct tl_reader *r, struct tl_str s)
{
    if (s.n == 0)
        return (struct tl_str){"", 0};
    return tl_arena_str(&r->scratch, s);
}

void
reader_odd(struct tl_reader *r, uint32_t line, const char *fmt, ...)
{
    struct tl_source *s = &r->source;
    struct tl_odd *odds;
    char text[400];
    va_list ap;

    s->odd++;
    if (s->nodds >= TL_ODD_SAMPLES)
        return;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    odds = tl_arena_grow(&r->arena, s->odds, s->nodds, &s->odds_cap, sizeof(*odds));
    if (!odds)
        return; /* counted above; a sample is not worth failing for */
    s->odds = odds;
    odds[s->nodds] = (struct tl_odd){line, tl_arena_str(&r->arena, tl_str_from(text))};
    if (odds[s->nodds].why.p)
        s->nodds++;
}

void
reader_hint(struct tl_reader *r, struct tl_str key, struct tl_str value, struct tl_str from,
            uint32_t block)
{
    struct tl_source *s = &r->source;
    struct tl_hint *h;

    for (size_t i = 0; i < s->nhints; i++) {
        h = &s->hints[i];
        if (h->block == block && tl_str_eq(h->key, key) && tl_str_eq(h->value, value) &&
            tl_str_eq(h->from, from))
            return;
    }
    if (value.n == 0 || s->nhints >= MAX_HINTS)
        return;
    h = tl_arena_grow(&r->arena, s->hints, s->nhints, &s->hints_cap, sizeof(*h));
    if (!h)
        return;
    s->hints = h;
    h += s->nhints;
    *h = (struct tl_hint){tl_arena_str(&r->arena, key), tl_arena_str(&r->arena, value),
                          tl_arena_str(&r->arena, from), block};
    if (h->key.p && h->value.p && h->from.p)
        s->nhints++;
}

/* The zone for times that bear none: the one that was given, else UTC, which is an assumption. */
static bool
take_zone(struct tl_reader *r, const struct tl_zone **zone, struct tl_error *err)
{
    if (r->in.hints.tz) {
        r->source.zone = tl_zone_name(r->in.hints.tz);
        return true;
    }
    if (tl_zone_find(r->in.zones, TL_STR("UTC"), zone, err))
        return false;
    r->source.zone_assumed = true;
    r->source.zone = TL_STR("UTC");
    return true;
}

/* NULL, or why there is no instant ("": nothing to say), maybe in *err. */
static const char *
instant_of(struct tl_reader *r, const struct tl_stamp *s, const struct tl_zone *zone,
           struct tl_instant *out, struct tl_error *err)
{
    const struct tl_zone *use = zone ? zone : r->in.hints.tz;
    struct tl_stamp stamp = *s;

    if (!stamp.dated && r->in.hints.date != TL_TIME_NONE) {
        stamp.local += r->in.hints.date;
        stamp.dated = true;
    }
    if (!stamp.dated)
        return "a time of day without a date: give it with --as FORMAT,date=YYYY-MM-DD";
    if (stamp.yearless) {
        struct tl_civil c = tl_time_civil(stamp.local);
        tl_time midnight;

        if (r->in.hints.year == TL_UNKNOWN ||
            !tl_date_to_time(r->in.hints.year, c.month, c.day, &midnight))
            return "a date without a year: give it with --as FORMAT,year=YYYY";
        stamp.local = midnight + (stamp.local % TL_DAY);
        stamp.yearless = false;
    }
    if (stamp.zone == TL_ZONE_AMBIGUOUS && !use) {
        tl_fail(err, TL_EINPUT, 0,
                "the zone %.*s has several offsets: give the one meant with --as FORMAT,tz=ZONE or "
                "--input-tz ZONE",
                stamp.zone_text.n > 20 ? 20 : TL_FMT(stamp.zone_text));
        return err->msg;
    }
    if (stamp.zone == TL_ZONE_ABSENT && !zone && !take_zone(r, &use, err))
        return err->msg;
    return tl_stamp_instant(&stamp, use, out) ? NULL : "";
}

bool
reader_instant(struct tl_reader *r, const struct tl_stamp *s, const struct tl_zone *zone,
               uint32_t line, struct tl_instant *out)
{
    struct tl_error err;
    const char *why = instant_of(r, s, zone, out, &err);

    if (why && *why)
        reader_odd(r, line, "%s", why);
    return !why;
}

bool
reader_side_instant(struct tl_reader *r, const struct tl_stamp *s, struct tl_instant *out)
{
    struct tl_error err;

    return !instant_of(r, s, NULL, out, &err);
}

void
reader_defaults(struct tl_reader *r, struct tl_event *ev)
{
    const struct tl_hints *h = &r->in.hints;
    struct tl_ident *w = &ev->who;

    if (h->region.n > 0)
        w->region = h->region;
    if (h->account.n > 0)
        w->account = h->account;
    if (w->kind == TL_KIND_INSTANCE) {
        if (w->id.n == 0)
            w->id = h->instance;
        if (w->cluster.n == 0)
            w->cluster = h->cluster;
    } else if (w->kind == TL_KIND_CLUSTER && w->id.n == 0) {
        w->id = h->cluster;
    } else if (w->kind == TL_KIND_ENDPOINT && w->cluster.n == 0) {
        w->cluster = h->cluster;
    } else if (w->kind == TL_KIND_OTHER && w->source_type.n == 0 && w->id.n == 0) {
        if (h->instance.n > 0) {
            w->id = h->instance;
            w->cluster = h->cluster;
            w->kind = tl_source_type(TL_STR("db-instance"), &w->source_type);
        } else if (h->cluster.n > 0) {
            w->id = h->cluster;
            w->kind = tl_source_type(TL_STR("db-cluster"), &w->source_type);
        }
    }
}

static void
note_given_hints(struct tl_reader *r)
{
    const struct tl_hints *h = &r->in.hints;
    const struct {
        struct tl_str key, value;
    } given[] = {
        {TL_STR("region"), h->region},     {TL_STR("cluster"), h->cluster},
        {TL_STR("instance"), h->instance}, {TL_STR("endpoint"), h->endpoint},
        {TL_STR("account"), h->account},
    };

    for (size_t i = 0; i < sizeof(given) / sizeof(given[0]); i++)
        reader_hint(r, given[i].key, given[i].value, TL_STR("as"), 0);
}

/* What PowerShell's `>` makes: a mark, or every other byte of plain text NUL. */
static bool
is_utf16(struct tl_str head)
{
    size_t nul = 0;

    if (head.n >= 2 && (memcmp(head.p, "\xff\xfe", 2) == 0 || memcmp(head.p, "\xfe\xff", 2) == 0))
        return true;
    for (size_t i = 0; i < head.n && i < 64; i++)
        nul += head.p[i] == '\0';
    return head.n >= 64 && nul >= 24 && nul <= 32;
}

/* --as NAME on a folder applies to the files detected as NAME, and its keys only to those. */
static void
choose_format(struct tl_reader *r, struct tl_str head)
{
    const struct tl_format *named = NULL;
    struct tl_hints none = TL_HINTS_NONE;
    bool is_auto = r->in.hints.format.n == 0 || tl_str_eq(r->in.hints.format, TL_STR("auto"));

    if (!is_auto)
        named = format_find(r->in.hints.format);
    if (named && r->in.hints.forced) {
        r->format = named;
        r->unlike = head.n > 0 && named->sniff(r, head, &r->why) <= 0;
        tl_buf_reset(&r->why);
        tl_buf_add(&r->why, TL_STR("named by --as"));
        return;
    }
    r->format = format_detect(r, head);
    if (!r->format) {
        r->format = &fmt_unknown;
        tl_buf_add(&r->why, head.n == 0      ? TL_STR("it is empty")
                            : is_utf16(head) ? TL_STR("it is UTF-16: convert it to UTF-8 first")
                                             : TL_STR("no format recognises its first 64 KiB"));
    }
    if (named && r->format != named) {
        none.tz = r->in.hints.input_tz;
        none.input_tz = r->in.hints.input_tz;
        none.log_line_prefix = r->in.hints.log_line_prefix;
        r->in.hints = none;
    }
}

static enum tl_status
start(struct tl_reader *r, struct tl_error *err)
{
    struct tl_str head = feed_peek(&r->feed, HEAD_SIZE);

    if (head.n > HEAD_SIZE)
        head.n = HEAD_SIZE;
    choose_format(r, head);
    r->source.format = tl_str_from(r->format->name);
    note_given_hints(r);
    return r->format->open ? r->format->open(r, err) : TL_OK;
}

/* Something was refused memory: what was read meanwhile may lack it. */
static enum tl_status
check_room(const struct tl_reader *r, struct tl_error *err)
{
    if (r->scratch.failed || r->arena.failed || r->text.failed == TL_ENOMEM ||
        r->why.failed == TL_ENOMEM || r->feed.failed == TL_ENOMEM ||
        (r->in.zones && tl_zones_starved(r->in.zones)))
        return tl_fail(err, TL_ENOMEM, 0, "no room for the records of %.*s", TL_FMT(r->in.name));
    return TL_OK;
}

enum tl_status
tl_reader_open(const struct tl_input *in, struct tl_reader **out, struct tl_error *err)
{
    struct tl_reader *r = calloc(1, sizeof(*r));
    enum tl_status st;

    *out = NULL;
    if (!r)
        return tl_fail(err, TL_ENOMEM, 0, "no room for another input");
    r->in = *in;
    feed_init(&r->feed, in->stream);
    tl_arena_init(&r->arena, MAX_READER);
    tl_arena_init(&r->scratch, MAX_READER);
    tl_buf_init(&r->why, 4096);
    tl_buf_init(&r->text, (size_t)16 * MAX_MESSAGE);
    r->source = (struct tl_source){.first = TL_TIME_NONE,
                                   .last = TL_TIME_NONE,
                                   .precision_us = TL_UNKNOWN,
                                   .duplicate_of = TL_NO_INDEX};
    r->source.name = tl_arena_str(&r->arena, in->name);
    st = r->source.name.p ? start(r, err) : tl_fail(err, TL_ENOMEM, 0, "no room for another input");
    if (!st)
        st = check_room(r, err);
    if (st)
        tl_reader_close(r);
    else
        *out = r;
    return st;
}

void
tl_reader_close(struct tl_reader *r)
{
    if (!r)
        return;
    if (r->format && r->format->close)
        r->format->close(r);
    feed_free(&r->feed);
    tl_arena_free(&r->arena);
    tl_arena_free(&r->scratch);
    tl_buf_free(&r->why);
    tl_buf_free(&r->text);
    free(r);
}

struct tl_str
tl_reader_format(const struct tl_reader *r)
{
    return r->source.format;
}

struct tl_str
tl_reader_why(const struct tl_reader *r)
{
    return tl_buf_str(&r->why);
}

bool
tl_reader_is_log(const struct tl_reader *r)
{
    return r->counts_records;
}

/* The rule's captures come behind the format's own fields; a name is there once. */
static void
join_fields(struct tl_reader *r, struct tl_event *ev)
{
    struct tl_field *f;
    size_t n = ev->nfields;

    if (r->match.nfields == 0)
        return;
    if (n == 0) {
        ev->fields = r->match.fields;
        ev->nfields = r->match.nfields;
        return;
    }
    f = tl_arena_alloc(&r->scratch, (n + r->match.nfields) * sizeof(*f));
    if (!f)
        return;
    memcpy(f, ev->fields, n * sizeof(*f));
    for (size_t i = 0; i < r->match.nfields; i++)
        if (!tl_event_field(ev, r->match.fields[i].name))
            f[n++] = r->match.fields[i];
    ev->fields = f;
    ev->nfields = n;
}

static void
classify(struct tl_reader *r, struct tl_event *ev)
{
    struct tl_match *m = &r->match;
    struct tl_str carried = ev->event_id;

    tl_classify(r->in.catalogue, ev->who.source_type, ev->message, carried, m);
    r->scratch.failed |= m->starved;
    ev->cls = m->cls;
    ev->severity = m->severity;
    ev->phase = m->phase;
    ev->edge = m->edge;
    ev->doc = m->doc;
    ev->near = m->near;
    ev->event_id = m->event_id;
    if (m->id_contradicts)
        ev->carried_id = carried;
    r->source.rule_limits += m->gave_up;
    r->source.unclassified += tl_str_eq(m->cls, TL_STR("unclassified"));
    join_fields(r, ev);
}

/* TIME has milliseconds: instants are widened to them, so that an event is the same whether it
 * comes straight or through NDJSON. */
static tl_time
floor_ms(tl_time t)
{
    int64_t rest = t % TL_MS;

    return t - (rest < 0 ? rest + TL_MS : rest);
}

static void
widen_to_ms(struct tl_instant *t)
{
    if (t->at == TL_TIME_NONE)
        return;
    t->latest = floor_ms(t->latest + TL_MS - 1);
    t->at = floor_ms(t->at);
    t->earliest = floor_ms(t->earliest);
    if (t->latest == t->earliest)
        t->latest += TL_MS;
}

static void
floor_attempt(struct tl_reader *r, struct tl_event *ev)
{
    struct tl_attempt *t = &r->attempt;

    if (!ev->attempt)
        return;
    *t = *ev->attempt;
    ev->attempt = t;
    t->start = t->start == TL_TIME_NONE ? t->start : floor_ms(t->start);
    t->end = t->end == TL_TIME_NONE ? t->end : floor_ms(t->end);
    t->stamp = t->stamp == TL_TIME_NONE ? t->stamp : floor_ms(t->stamp);
    t->res_us = t->res_us < TL_MS ? TL_MS : t->res_us;
}

static void
note_time(struct tl_source *s, const struct tl_instant *when)
{
    int64_t width = when->latest - when->earliest;

    if (when->at == TL_TIME_NONE)
        return;
    if (s->first == TL_TIME_NONE || when->at < s->first)
        s->first = when->at;
    if (s->last == TL_TIME_NONE || when->at > s->last)
        s->last = when->at;
    if (s->precision_us == TL_UNKNOWN || width < s->precision_us)
        s->precision_us = width;
}

void
reader_note_time(struct tl_reader *r, struct tl_instant when)
{
    if (when.at == TL_TIME_NONE)
        return;
    widen_to_ms(&when);
    note_time(&r->source, &when);
}

/* One record of the format, made into an event. records counts what the format counts itself
 * (foreign records) plus every event. */
static enum tl_status
next_event(struct tl_reader *r, struct tl_event *ev, bool *got, struct tl_error *err)
{
    enum tl_status st;

    if (r->scratch.used > 0)
        tl_arena_reset(&r->scratch);
    *ev = (struct tl_event){.when = TL_INSTANT_NONE};
    st = r->format->next(r, ev, got, err);
    if (st || !*got || r->pass_source)
        return st;
    if (r->passes_through) { /* tideline-events: classified and counted by who wrote them */
        return TL_OK;
    }
    widen_to_ms(&ev->when);
    floor_attempt(r, ev);
    r->source.records += !r->counts_records;
    if (!ev->attempt)
        reader_defaults(r, ev);
    if (ev->cls.n == 0)
        classify(r, ev);
    r->source.events++;
    note_time(&r->source, &ev->when);
    return TL_OK;
}

static enum tl_status
end_of_input(struct tl_reader *r, struct tl_error *err)
{
    const struct feed *f = &r->feed;
    enum tl_status st;

    r->finished = true;
    if (f->cut == 1)
        reader_odd(r, (uint32_t)f->first_cut, "a line longer than 1 MiB was cut");
    else if (f->cut > 1)
        reader_odd(r, (uint32_t)f->first_cut,
                   "this line and %llu more, longer than 1 MiB, were cut",
                   (unsigned long long)f->cut - 1);
    st = r->format->finish ? r->format->finish(r, err) : TL_OK;
    if (!st && r->unlike && r->source.records == 0 && r->source.odd == 0)
        reader_odd(r, 0, "nothing in it reads as %s", r->format->name);
    return st;
}

static enum tl_status
report_feed(struct tl_reader *r, struct tl_error *err)
{
    r->failed = true;
    if (err)
        *err = r->feed.error;
    return r->feed.failed;
}

enum tl_status
tl_reader_next(struct tl_reader *r, enum tl_item *item, struct tl_event *ev, struct tl_source **src,
               struct tl_error *err)
{
    bool got = false;
    enum tl_status st = TL_OK;

    r->pass_source = NULL;
    *item = TL_ITEM_END;
    if (!r->finished) {
        st = next_event(r, ev, &got, err);
        if (!st)
            st = check_room(r, err);
        if (st)
            r->finished = true;
        if (!st && !got)
            st = end_of_input(r, err);
        if (!st)
            st = check_room(r, err);
        if (st)
            return st;
    }
    if (got) {
        *item = r->pass_source ? TL_ITEM_SOURCE : TL_ITEM_EVENT;
        *src = r->pass_source;
        return TL_OK;
    }
    if (r->feed.failed && !r->failed)
        return report_feed(r, err);
    if (r->source_given || r->passes_through)
        return TL_OK;
    r->source_given = true;
    *item = TL_ITEM_SOURCE;
    *src = &r->source;
    return TL_OK;
}
