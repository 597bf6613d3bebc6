/* The stream of `events` as NDJSON: whole lines, and what a reader needs to get every event back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "render/render.h"
#include "tests/unit/sample_report.h"

#define S(lit)                                                                                     \
    {                                                                                              \
        (lit), sizeof(lit) - 1                                                                     \
    } /* in initialisers */
#define T(h, m, ms) SAMPLE_AT(h, m, ms)

static const struct tl_attempt ok = {T(6, 21, 34608), TL_TIME_NONE,   T(6, 21, 34608),
                                     TL_MS,           false,          false,
                                     TL_FAILURE_OK,   TL_ACCESS_READ, S("17.4.5")};
static const struct tl_attempt refused = {T(6, 21, 35200) + 7,
                                          T(6, 21, 36000) + 1,
                                          T(6, 21, 36000) + 1,
                                          1,
                                          true,
                                          true,
                                          TL_FAILURE_REFUSED,
                                          TL_ACCESS_UNKNOWN,
                                          S("")};
static const struct tl_field fields[] = {{S("elapsed_ms"), TL_FIELD_INT, S(""), 2360},
                                         {S("instance"), TL_FIELD_TEXT, S("a\"b"), 0},
                                         {S("ended"), TL_FIELD_TIME, S(""), T(6, 22, 1)},
                                         {S("why"), TL_FIELD_NULL, S(""), 0}};
static const struct tl_field also[] = {{S("start"), TL_FIELD_TEXT, S("no"), 0},
                                       {S("host"), TL_FIELD_TEXT, S("h"), 0}};

static const struct {
    struct tl_event ev;
    const char *line;
} cases[] = {
    {{.when = {T(6, 21, 34608), T(6, 21, 34608), T(6, 21, 34609)},
      .line = 12,
      .who = {TL_KIND_ENDPOINT, S("endpoint"), S(""), S("us-east-1"), S("h.example"), S(""), S(""),
              S("")},
      .cls = S("probe.ok"),
      .message = S("17.4.5"),
      .channel = TL_CHANNEL_PROBE,
      .attempt = &ok},
     "{\"schema\":\"tideline.event/1\",\"n\":1,\"run\":null,\"at\":\"2026-04-11T06:21:34.608Z\","
     "\"earliest\":\"2026-04-11T06:21:34.608Z\",\"latest\":\"2026-04-11T06:21:34.609Z\","
     "\"fused\":null,\"region\":\"us-east-1\",\"resource\":\"h.example\",\"label\":\"h.example\","
     "\"resource_kind\":\"endpoint\",\"resource_key\":\"/us-east-1/endpoint/h.example\","
     "\"class\":\"probe.ok\",\"event_id\":null,\"severity\":\"info\",\"fields\":{\"start\":"
     "\"2026-04-11T06:21:34.608Z\",\"end\":null,\"outcome\":\"ok\",\"version\":\"17.4.5\","
     "\"access\":\"read\",\"stamp\":\"start\",\"res_us\":1000,\"after_gap\":false},"
     "\"message\":\"17.4.5\",\"input\":\"in\",\"line\":12,\"proofs\":[{\"input\":\"in\",\"line\":"
     "12,"
     "\"channel\":\"probe\"}],\"twin_of\":null,\"inferred\":false,\"id\":\"h.example\","
     "\"account\":null,\"arn\":null,\"cluster\":null,\"source_type\":\"endpoint\",\"block\":0,"
     "\"carried_id\":null,\"near\":null,\"doc\":null,\"phase\":null,\"channel_id\":null,"
     "\"us\":null}\n"},
    {{.when = {T(6, 21, 36000) + 1, T(6, 21, 36000) + 1, T(6, 21, 36000) + 2},
      .line = 0,
      .block = 3,
      .who = {TL_KIND_ENDPOINT, S("endpoint"), S("123456789012"), S(""), S(""), S(""), S(""),
              S("db/1")},
      .cls = S("probe.failed"),
      .severity = TL_SEVERITY_WARNING,
      .message = S("psql: \x1b[1m\nrefused"),
      .channel = TL_CHANNEL_PROBE,
      .fields = also,
      .nfields = 2,
      .attempt = &refused},
     "{\"schema\":\"tideline.event/1\",\"n\":2,\"run\":null,\"at\":\"2026-04-11T06:21:36.000Z\","
     "\"earliest\":\"2026-04-11T06:21:36.000Z\",\"latest\":\"2026-04-11T06:21:36.000Z\","
     "\"fused\":null,\"region\":null,\"resource\":\"db/1\",\"label\":\"db/1\","
     "\"resource_kind\":\"endpoint\",\"resource_key\":\"123456789012//endpoint/db%2F1\","
     "\"class\":\"probe.failed\",\"event_id\":null,\"severity\":\"warning\",\"fields\":{\"start\":"
     "\"2026-04-11T06:21:35.200Z\",\"end\":\"2026-04-11T06:21:36.000Z\",\"outcome\":\"refused\","
     "\"version\":null,\"access\":null,\"stamp\":\"end\",\"res_us\":1,\"after_gap\":true,"
     "\"host\":\"h\"},\"message\":\"psql: \\u001b[1m\\nrefused\",\"input\":\"in\",\"line\":null,"
     "\"proofs\":[{\"input\":\"in\",\"line\":null,\"channel\":\"probe\"}],\"twin_of\":null,"
     "\"inferred\":false,\"id\":null,\"account\":\"123456789012\",\"arn\":null,\"cluster\":null,"
     "\"source_type\":\"endpoint\",\"block\":3,\"carried_id\":null,\"near\":null,\"doc\":null,"
     "\"phase\":null,\"channel_id\":null,\"us\":[1,1,2,7,1]}\n"},
    {{.when = {TL_TIME_NONE, TL_TIME_NONE, TL_TIME_NONE},
      .line = 4,
      .who = {TL_KIND_OTHER, S("db-proxy"), S(""), S(""), S("p"), S("arn:x"), S("c"), S("the p")},
      .cls = S("zdp.finished"),
      .event_id = S("RDS-EVENT-0001"),
      .carried_id = S("RDS-EVENT-0002"),
      .near = S("zdp.failed"),
      .doc = S("https://d"),
      .severity = TL_SEVERITY_NOTICE,
      .phase = TL_PHASE_ZDP,
      .edge = TL_EDGE_END,
      .message = S(""),
      .channel = TL_CHANNEL_SNS,
      .channel_id = S("m-1"),
      .fields = fields,
      .nfields = 4},
     "{\"schema\":\"tideline.event/1\",\"n\":3,\"run\":null,\"at\":null,\"earliest\":null,"
     "\"latest\":null,\"fused\":null,\"region\":null,\"resource\":\"p\",\"label\":\"the p\","
     "\"resource_kind\":\"other\",\"resource_key\":\"//db-proxy/p\",\"class\":\"zdp.finished\","
     "\"event_id\":\"RDS-EVENT-0001\",\"severity\":\"notice\",\"fields\":{\"elapsed_ms\":2360,"
     "\"instance\":\"a\\\"b\",\"ended\":\"2026-04-11T06:22:00.001Z\",\"why\":null},\"message\":"
     "\"\","
     "\"input\":\"in\",\"line\":4,\"proofs\":[{\"input\":\"in\",\"line\":4,\"channel\":\"sns\"}],"
     "\"twin_of\":null,\"inferred\":false,\"id\":\"p\",\"account\":null,\"arn\":\"arn:x\","
     "\"cluster\":\"c\",\"source_type\":\"db-proxy\",\"block\":0,\"carried_id\":\"RDS-EVENT-0002\","
     "\"near\":\"zdp.failed\",\"doc\":\"https://d\",\"phase\":\"zdp end\",\"channel_id\":\"m-1\","
     "\"us\":null}\n"},
};

static void
lines_of_events(void **state)
{
    const struct tl_event_writer *w = tl_event_writer_find(TL_STR("ndjson"));
    const struct tl_render_options o = {0};

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct tl_buf out;

        tl_buf_init(&out, 1u << 20);
        w->event(&cases[i].ev, TL_STR("in"), i + 1, &o, &out);
        assert_string_equal(out.p, cases[i].line);
        tl_buf_free(&out);
    }
}

static void
line_of_a_source(void **state)
{
    struct tl_hint hint = {S("region"), S("us-east-1"), S("host"), 2};
    struct tl_odd odd = {7, S("no time")};
    struct tl_claim claims[] = {
        {9, 1, S("about 11 seconds"), S("h"), 10 * TL_SECOND, 12 * TL_SECOND},
        {10, TL_NO_INDEX, S("gone"), S(""), 0, TL_UNKNOWN}};
    struct tl_gap gap = {T(6, 3, 55142) + 5, T(6, 22, 38934), 1};
    const struct tl_source s = {.name = S("a.log"),
                                .format = S("probe"),
                                .sha256 = S("ab"),
                                .bytes = 5000000000,
                                .records = 3,
                                .events = 2,
                                .unclassified = 1,
                                .odd = 1,
                                .rule_limits = 4,
                                .first = T(6, 3, 49669),
                                .last = TL_TIME_NONE,
                                .precision_us = 1,
                                .zone_assumed = true,
                                .zone = S("UTC"),
                                .hints = &hint,
                                .nhints = 1,
                                .odds = &odd,
                                .nodds = 1,
                                .claims = claims,
                                .nclaims = 2,
                                .gaps = &gap,
                                .ngaps = 1,
                                .duplicate_of = TL_NO_INDEX};
    struct tl_buf out;

    (void)state;
    tl_buf_init(&out, 1u << 20);
    tl_event_writer_find(TL_STR("ndjson"))->source(&s, &out);
    assert_string_equal(
        out.p,
        "{\"schema\":\"tideline.source/"
        "1\",\"name\":\"a.log\",\"format\":\"probe\",\"sha256\":\"ab\","
        "\"bytes\":5000000000,\"records\":3,\"events\":2,\"unclassified\":1,\"odd\":1,"
        "\"first\":\"2026-04-11T06:03:49.669Z\",\"last\":null,\"precision_ms\":0.001,"
        "\"skew_s\":null,\"hints\":[{\"key\":\"region\",\"value\":\"us-east-1\",\"from\":\"host\","
        "\"block\":2}],\"odd_samples\":[{\"line\":7,\"why\":\"no time\"}],\"claims\":[{\"line\":9,"
        "\"text\":\"about 11 seconds\",\"endpoint\":\"h\",\"seconds_min\":10.000,"
        "\"seconds_max\":12.000,\"block\":1},{\"line\":10,\"text\":\"gone\",\"endpoint\":null,"
        "\"seconds_min\":0.000,\"seconds_max\":null,\"block\":null}],\"blind\":[{\"from\":"
        "\"2026-04-11T06:03:55.142Z\",\"to\":\"2026-04-11T06:22:38.934Z\",\"block\":1,\"us\":[5,0]}"
        "],"
        "\"zone_assumed\":true,\"zone\":\"UTC\",\"rule_limits\":4}\n");
    tl_buf_free(&out);
}

/* A time that RFC 3339 cannot say is not known, whatever a hostile stream claims. */
static void
times_out_of_range(void **state)
{
    static const tl_time times[] = {INT64_MAX, INT64_MIN + 1, -62135596800 * TL_SECOND - 1,
                                    253402300800 * TL_SECOND};
    const struct tl_render_options o = {0};

    (void)state;
    for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
        const struct tl_event ev = {.when = {times[i], times[i], times[i]}, .cls = S("x")};
        struct tl_buf out;

        tl_buf_init(&out, 1u << 20);
        tl_event_writer_find(TL_STR("ndjson"))->event(&ev, TL_STR("in"), 1, &o, &out);
        assert_non_null(strstr(out.p, "\"at\":null,\"earliest\":null,\"latest\":null,"));
        tl_buf_reset(&out);
        tl_event_writer_find(TL_STR("csv"))->event(&ev, TL_STR("in"), 1, &o, &out);
        assert_string_equal(out.p, "1,,,,,,,,other,x,,info,,,in,,,false\r\n");
        tl_buf_free(&out);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_of_events),
        cmocka_unit_test(line_of_a_source),
        cmocka_unit_test(times_out_of_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
