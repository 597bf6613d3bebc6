/* The stream of `events`, written by render and read back by parse: nothing is lost between. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/names.h"
#include "parse/parse.h"
#include "render/render.h"

#define S(lit)                                                                                     \
    {                                                                                              \
        (lit), sizeof(lit) - 1                                                                     \
    }

static struct tl_zones *zones;
static const tl_time t0 = INT64_C(1740888306789000);

static const struct tl_field fields[] = {
    {S("elapsed_ms"), TL_FIELD_INT, S(""), 2360},
    {S("sysid"), TL_FIELD_INT, S(""), INT64_C(123456789012345677)},
    {S("below"), TL_FIELD_INT, S(""), INT64_C(-123456789012345677)},
    {S("start"), TL_FIELD_TIME, S(""), INT64_C(1740888306789000)},
    {S("from"), TL_FIELD_TEXT, S("2025-03-02T04:05:06.789Z"), 0},
    {S("note"), TL_FIELD_TEXT, S("a \"b\" \\ \n\t \x1b \xc3\xa9 {}"), 0},
    {S("empty"), TL_FIELD_TEXT, S(""), 0},
    {S("nothing"), TL_FIELD_NULL, S(""), 0},
};
static const struct tl_field host[] = {{S("host"), TL_FIELD_TEXT, S("h"), 0}};
static const struct tl_attempt attempts[] = {
    {INT64_C(1740888306789000), TL_TIME_NONE, INT64_C(1740888306789000), TL_MS, false, false,
     TL_FAILURE_OK, TL_ACCESS_WRITE, S("17.5.4")},
    {TL_TIME_NONE, INT64_C(1740888306789001), INT64_C(1740888306789001), 1, true, true,
     TL_FAILURE_READ_ONLY, TL_ACCESS_UNKNOWN, S("")},
    {INT64_C(1740888306789002), INT64_C(1740888307789003), INT64_C(1740888306789002), TL_SECOND,
     false, false, TL_FAILURE_STARTING_UP, TL_ACCESS_CONNECT, S("")},
};

/* An event of many kinds: i picks the variant. */
static struct tl_event
sample(size_t i)
{
    static const struct tl_ident who[] = {
        {TL_KIND_CLUSTER, S("db-cluster"), S("2"), S("eu-west-3"), S("c"), S("arn:x"), S(""),
         S("the c")},
        {TL_KIND_INSTANCE, S("db-instance"), S(""), S(""), S("i"), S(""), S("c"), S("i")},
        {TL_KIND_OTHER, S("db-snapshot"), S(""), S("us-gov-west-1"), S("rds:s/1"), S(""), S(""),
         S("rds:s/1")},
        {TL_KIND_ENDPOINT, S("endpoint"), S(""), S(""), S(""), S(""), S(""), S("probe 1")},
        {TL_KIND_OTHER, S(""), S(""), S(""), S(""), S(""), S(""), S("")},
    };
    struct tl_event ev = {.when = tl_instant_of(t0 + (tl_time)i * 1000, TL_MS),
                          .input = S("a/b.json"),
                          .line = (uint32_t)i * 1000003,
                          .block = (uint32_t)i,
                          .who = who[i % 5],
                          .cls = i % 2 ? (struct tl_str)S("zdp.finished")
                                       : (struct tl_str)S("unclassified"),
                          .event_id = S("RDS-EVENT-0173"),
                          .carried_id = S("RDS-EVENT-0004"),
                          .near = S("zdp.failed"),
                          .doc = S("https://d"),
                          .severity = (enum tl_severity)(i % 4),
                          .phase = (enum tl_phase)(i % 10),
                          .message = S("line\n two \xe4\xb8\xad"),
                          .channel = (enum tl_channel)(i % 10),
                          .channel_id = S("id-1"),
                          .fields = fields,
                          .nfields = sizeof(fields) / sizeof(fields[0])};

    ev.edge = ev.phase == TL_PHASE_NONE ? TL_EDGE_NONE : (enum tl_edge)(i % 4);
    if (i % 3 == 0) {
        ev.event_id = ev.carried_id = ev.near = ev.doc = ev.channel_id = (struct tl_str)S("");
        ev.nfields = 0;
    }
    if (i % 7 == 1)
        ev.when = TL_INSTANT_NONE;
    if (i % 7 == 2)
        ev.when = (struct tl_instant){t0 + 5, t0 + 3, t0 + TL_MINUTE + 1};
    if (i % 4 == 3) {
        ev.attempt = &attempts[i / 4 % 3];
        ev.fields = host;
        ev.nfields = 1;
    }
    return ev;
}

static void
same_text(struct tl_str a, struct tl_str b)
{
    assert_int_equal(a.n, b.n);
    assert_memory_equal(a.n ? a.p : "", b.n ? b.p : "", a.n);
}

static void
same_attempt(const struct tl_attempt *a, const struct tl_attempt *b)
{
    assert_int_equal(!a, !b);
    if (!a)
        return;
    assert_int_equal(a->start, b->start);
    assert_int_equal(a->end, b->end);
    assert_int_equal(a->stamp, b->stamp);
    assert_int_equal(a->res_us, b->res_us);
    assert_int_equal(a->stamp_end, b->stamp_end);
    assert_int_equal(a->after_gap, b->after_gap);
    assert_int_equal(a->failure, b->failure);
    assert_int_equal(a->access, b->access);
    same_text(a->version, b->version);
}

static void
same_event(const struct tl_event *a, const struct tl_event *b)
{
    const struct tl_str texts[][2] = {
        {a->input, b->input},
        {a->who.source_type, b->who.source_type},
        {a->who.account, b->who.account},
        {a->who.region, b->who.region},
        {a->who.id, b->who.id},
        {a->who.arn, b->who.arn},
        {a->who.cluster, b->who.cluster},
        {a->who.label, b->who.label},
        {a->cls, b->cls},
        {a->event_id, b->event_id},
        {a->carried_id, b->carried_id},
        {a->near, b->near},
        {a->doc, b->doc},
        {a->message, b->message},
        {a->channel_id, b->channel_id},
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        same_text(texts[i][0], texts[i][1]);
    assert_int_equal(a->when.at, b->when.at);
    assert_int_equal(a->when.earliest, b->when.earliest);
    assert_int_equal(a->when.latest, b->when.latest);
    assert_int_equal(a->line, b->line);
    assert_int_equal(a->block, b->block);
    assert_int_equal(a->who.kind, b->who.kind);
    assert_int_equal(a->severity, b->severity);
    assert_int_equal(a->phase, b->phase);
    assert_int_equal(a->edge, b->edge);
    assert_int_equal(a->channel, b->channel);
    assert_int_equal(a->nfields, b->nfields);
    for (size_t i = 0; i < a->nfields; i++) {
        same_text(a->fields[i].name, b->fields[i].name);
        same_text(a->fields[i].text, b->fields[i].text);
        assert_int_equal(a->fields[i].type, b->fields[i].type);
        if (a->fields[i].type != TL_FIELD_TEXT)
            assert_int_equal(a->fields[i].number, b->fields[i].number);
    }
    same_attempt(a->attempt, b->attempt);
}

static void
same_source(const struct tl_source *a, const struct tl_source *b)
{
    same_text(a->name, b->name);
    same_text(a->format, b->format);
    same_text(a->sha256, b->sha256);
    same_text(a->zone, b->zone);
    assert_int_equal(a->bytes, b->bytes);
    assert_int_equal(a->records, b->records);
    assert_int_equal(a->events, b->events);
    assert_int_equal(a->unclassified, b->unclassified);
    assert_int_equal(a->odd, b->odd);
    assert_int_equal(a->rule_limits, b->rule_limits);
    assert_int_equal(a->first, b->first);
    assert_int_equal(a->last, b->last);
    assert_int_equal(a->precision_us, b->precision_us);
    assert_int_equal(a->zone_assumed, b->zone_assumed);
    assert_int_equal(a->nhints, b->nhints);
    assert_int_equal(a->nodds, b->nodds);
    assert_int_equal(a->nclaims, b->nclaims);
    assert_int_equal(a->ngaps, b->ngaps);
    for (size_t i = 0; i < a->nhints; i++) {
        same_text(a->hints[i].key, b->hints[i].key);
        same_text(a->hints[i].value, b->hints[i].value);
        same_text(a->hints[i].from, b->hints[i].from);
        assert_int_equal(a->hints[i].block, b->hints[i].block);
    }
    for (size_t i = 0; i < a->nodds; i++) {
        same_text(a->odds[i].why, b->odds[i].why);
        assert_int_equal(a->odds[i].line, b->odds[i].line);
    }
    for (size_t i = 0; i < a->nclaims; i++) {
        same_text(a->claims[i].text, b->claims[i].text);
        same_text(a->claims[i].endpoint, b->claims[i].endpoint);
        assert_int_equal(a->claims[i].line, b->claims[i].line);
        assert_int_equal(a->claims[i].block, b->claims[i].block);
        assert_int_equal(a->claims[i].min_us, b->claims[i].min_us);
        assert_int_equal(a->claims[i].max_us, b->claims[i].max_us);
    }
    for (size_t i = 0; i < a->ngaps; i++) {
        assert_int_equal(a->gaps[i].from, b->gaps[i].from);
        assert_int_equal(a->gaps[i].to, b->gaps[i].to);
        assert_int_equal(a->gaps[i].block, b->gaps[i].block);
    }
}

static struct tl_reader *
open_stream(struct tl_memory *m)
{
    const struct tl_input in = {.name = TL_STR("stream"),
                                .stream = tl_stream_memory(m),
                                .hints = TL_HINTS_NONE,
                                .zones = zones};
    struct tl_reader *r = NULL;

    assert_int_equal(tl_reader_open(&in, &r, NULL), TL_OK);
    same_text(tl_reader_format(r), TL_STR("tideline-events"));
    return r;
}

static enum tl_item
next(struct tl_reader *r, struct tl_event *ev, struct tl_source **src)
{
    enum tl_item item;

    assert_int_equal(tl_reader_next(r, &item, ev, src, NULL), TL_OK);
    return item;
}

enum { EVENTS = 420 };

static const struct tl_source *
sample_source(void)
{
    static struct tl_hint hints[] = {{S("region"), S("eu-west-3"), S("host"), 2},
                                     {S("endpoint"), S("h"), S("as"), 0}};
    static struct tl_odd odds[] = {{7, S("no \"time\"")}, {0, S("cut")}};
    static struct tl_claim claims[] = {
        {9, 1, S("about 11 seconds"), S("h"), 10 * TL_SECOND, 12 * TL_SECOND + 345 * TL_MS},
        {10, TL_NO_INDEX, S("gone"), S(""), 0, TL_UNKNOWN}};
    static struct tl_gap gaps[] = {{INT64_C(1740888306789005), INT64_C(1740888307789000), 1}};
    static const struct tl_source s = {.name = S("a/b.json"),
                                       .format = S("document"),
                                       .sha256 = S("ab12"),
                                       .bytes = INT64_C(5000000000),
                                       .records = 3,
                                       .events = 2,
                                       .unclassified = 1,
                                       .odd = 4,
                                       .rule_limits = 5,
                                       .first = INT64_C(1740888306789000),
                                       .last = TL_TIME_NONE,
                                       .precision_us = 1,
                                       .zone_assumed = true,
                                       .zone = S("Asia/Tokyo"),
                                       .hints = hints,
                                       .nhints = 2,
                                       .odds = odds,
                                       .nodds = 2,
                                       .claims = claims,
                                       .nclaims = 2,
                                       .gaps = gaps,
                                       .ngaps = 1};

    return &s;
}

/* EVENTS events and a source line, as `events` writes them. */
static void
write_stream(struct tl_buf *out)
{
    const struct tl_event_writer *w = tl_event_writer_find(TL_STR("ndjson"));
    const struct tl_render_options o = {0};

    tl_buf_init(out, 4u << 20);
    for (size_t i = 0; i < EVENTS; i++) {
        const struct tl_event ev = sample(i);

        w->event(&ev, ev.input, i + 1, &o, out);
    }
    w->source(sample_source(), out);
    assert_int_equal(out->failed, TL_OK);
}

static void
comes_back_as_it_was(void **state)
{
    struct tl_source *src = NULL;
    struct tl_reader *r;
    struct tl_memory m;
    struct tl_event ev;
    struct tl_buf out;

    (void)state;
    write_stream(&out);
    m.rest = tl_buf_str(&out);
    r = open_stream(&m);
    for (size_t i = 0; i < EVENTS; i++) {
        const struct tl_event want = sample(i);

        assert_int_equal(next(r, &ev, &src), TL_ITEM_EVENT);
        same_event(&want, &ev);
    }
    assert_int_equal(next(r, &ev, &src), TL_ITEM_SOURCE);
    same_source(sample_source(), src);
    assert_int_equal(next(r, &ev, &src), TL_ITEM_END);
    tl_reader_close(r);
    tl_buf_free(&out);
}

/* Lines that cannot be taken are odd, and said of the stream; what is cut is said of the input. */
static void
says_what_it_cannot_take(void **state)
{
    static const struct {
        const char *line; /* behind one good event */
        const char *odd;
        uint32_t at;
    } cases[] = {
        {"", "the stream ends before the source line of in", 0},
        {"{\"schema\":\"tideline.event/1\",\"class\":\"x", "an object that is never closed", 2},
        {"{\"schema\":\"tideline.event/2\",\"class\":\"x\"}",
         "a line that is no event of this version of tideline", 2},
        {"{\"schema\":\"tideline.event/1\"}", "a line that is no event of this version of tideline",
         2},
        {"{\"a\":1}", "a line that is no event of tideline", 2},
        {"{\"schema\":\"tideline.event/1\",\"class\":\"x\",\"at\":\"2025-03-02T04:05:06.789Z\","
         "\"earliest\":\"2025-03-02T04:05:06.789Z\",\"latest\":\"2025-03-02T04:05:06.788Z\"}",
         "an event whose times contradict each other", 2},
        {"{\"schema\":\"tideline.event/1\",\"class\":\"probe.ok\",\"fields\":{\"outcome\":\"ok\"}}",
         "an event whose times contradict each other", 2},
    };
    static const char good[] =
        "{\"schema\":\"tideline.event/1\",\"class\":\"x\",\"input\":\"in\"}\n";

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct tl_source *src = NULL;
        struct tl_reader *r;
        struct tl_memory m;
        struct tl_event ev;
        struct tl_buf text;
        bool found = false;

        tl_buf_init(&text, 4096);
        tl_buf_add(&text, tl_str_from(good));
        tl_buf_add(&text, tl_str_from(cases[i].line));
        m.rest = tl_buf_str(&text);
        r = open_stream(&m);
        assert_int_equal(next(r, &ev, &src), TL_ITEM_EVENT);
        assert_int_equal(next(r, &ev, &src), TL_ITEM_SOURCE);
        same_text(src->name, TL_STR("in"));
        assert_int_equal(src->events, 1);
        assert_int_equal(next(r, &ev, &src), TL_ITEM_SOURCE);
        same_text(src->name, TL_STR("stream"));
        for (size_t k = 0; k < src->nodds; k++)
            found |= tl_str_eq(src->odds[k].why, tl_str_from(cases[i].odd)) &&
                     src->odds[k].line == cases[i].at;
        if (!found)
            fail_msg("%s is not said of %s", cases[i].odd, cases[i].line);
        assert_int_equal(next(r, &ev, &src), TL_ITEM_END);
        tl_reader_close(r);
        tl_buf_free(&text);
    }
}

static int
set_up(void **state)
{
    (void)state;
    zones = tl_zones_new(TL_STR("/usr/share/zoneinfo"));
    return !zones;
}

static int
tear_down(void **state)
{
    (void)state;
    tl_zones_free(zones);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comes_back_as_it_was),
        cmocka_unit_test(says_what_it_cannot_take),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
