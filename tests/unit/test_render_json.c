/* The JSON of a report and of the stream of events: every key of the contract, in its order, and
 * valid for any bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <cjson/cJSON.h>

#include "render/render.h"
#include "tests/unit/sample_report.h"

static const char hostile[] =
    "|\",\n\r\t<b>&\\\0\xff\xc0\xaf\xed\xa0\x80\xe2\x82\xac\x1b[31m\x7f\xc2\x9b"
    "31m\xe2\x80\xae\xe2\x80\xa8\xf3\xa0\x80\x81\xf0\x9f\x98\x80'=";
#define BAD "\xef\xbf\xbd"
static const char hostile_back[] =
    "|\",\n\r\t<b>&\\" BAD BAD BAD BAD BAD BAD BAD "\xe2\x82\xac\x1b[31m\x7f\xc2\x9b"
    "31m\xe2\x80\xae\xe2\x80\xa8\xf3\xa0\x80\x81\xf0\x9f\x98\x80'=";

/* The contract: at this path (array: its first element) stand these keys first, in this order. */
static const struct {
    const char *path, *keys;
} contract[] = {
    {"", "schema tool inputs assumptions runs events outages findings"},
    {"tool", "name version rules_sha256"},
    {"inputs", "name format sha256 bytes records events unclassified odd first last precision_ms "
               "skew_s hints odd_samples"},
    {"inputs/hints", "key value from"},
    {"inputs/odd_samples", "line why"},
    {"assumptions", "name text used_by"},
    {"runs", "id basis strategy verdict proof engine account from to began ended requested clocks "
             "resources phases zdp outages versions parameters silences findings strategy_proof "
             "strategy_because verdict_because critical_path sequence"},
    {"runs/began", "at earliest latest"},
    {"runs/requested", "by via at event"},
    {"runs/clocks", "operation database endpoint recovered announced"},
    {"runs/clocks/recovered", "min max"},
    {"runs/resources", "key id label kind region arn cluster class roles"},
    {"runs/resources/roles", "role from to basis"},
    {"runs/phases", "resource region name began ended seconds inferred"},
    {"runs/phases/seconds", "min max"},
    {"runs/zdp", "resource region outcome elapsed_ms preserved dropped fast_startup_us began ended "
                 "reason events client_preserved client_broken"},
    {"runs/outages", "endpoint resource region source access last_ok first_fail last_fail first_ok "
                     "seconds continuous fused attempts_failed failures blind version_before "
                     "version_after"},
    {"runs/outages/seconds", "min observed max client"},
    {"runs/outages/fused", "min max assumes"},
    {"runs/outages/failures", "dns"},
    {"runs/outages/blind", "from to"},
    {"runs/versions", "resource region from to"},
    {"runs/parameters", "resource region name from to count"},
    {"runs/silences", "resource from to region during after until expected usual_s"},
    {"runs/findings", "code severity text events doc"},
    {"runs/critical_path", "resource region phase seconds"},
    {"runs/sequence", "expected seen inferred missing"},
    {"runs/sequence/missing", "resource region class"},
    {"events", "n run at earliest latest fused region resource label resource_kind resource_key "
               "class event_id severity fields message input line proofs twin_of inferred"},
    {"events/fused", "earliest latest assumes"},
    {"events/proofs", "input line channel"},
    {"outages", "endpoint resource region source access last_ok first_fail last_fail first_ok "
                "seconds continuous fused attempts_failed failures blind version_before "
                "version_after"},
    {"findings", "code severity text events doc"},
};

/* A report as its JSON, read back. */
static cJSON *
rendered(const struct tl_report *r, struct tl_buf *out)
{
    const struct tl_render_options o = {0};
    const char *end;
    cJSON *root;

    tl_buf_init(out, 16u << 20);
    assert_int_equal(tl_renderer_find(TL_STR("json"))->write(r, &o, out, NULL), TL_OK);
    root = cJSON_ParseWithLengthOpts(out->p, out->n + 1, &end, true);
    assert_non_null(root);
    return root;
}

static const cJSON *
at_path(const cJSON *node, const char *path)
{
    struct tl_str rest = tl_str_from(path), name;

    while (rest.n > 0) {
        char z[64];

        tl_str_cut(rest, '/', &name, &rest);
        snprintf(z, sizeof(z), "%.*s", TL_FMT(name));
        node = cJSON_GetObjectItemCaseSensitive(node, z);
        if (cJSON_IsArray(node))
            node = cJSON_GetArrayItem(node, 0);
        assert_non_null(node);
    }
    return node;
}

static void
check_keys(const cJSON *object, const char *path, const char *keys)
{
    struct tl_str rest = tl_str_from(keys), key;
    const cJSON *member = object->child;

    for (; rest.n > 0; member = member->next) {
        tl_str_cut(rest, ' ', &key, &rest);
        if (!member || !tl_str_eq(key, tl_str_from(member->string)))
            fail_msg("%s: \"%s\" where %.*s should be", path, member ? member->string : "(end)",
                     TL_FMT(key));
    }
}

static void
keys_of_the_contract(void **state)
{
    struct tl_arena a;
    struct tl_report r;
    struct tl_buf out;
    cJSON *root;

    (void)state;
    tl_arena_init(&a, 1u << 20);
    r = sample_text(&a, TL_STR("x"));
    root = rendered(&r, &out);
    for (size_t i = 0; i < sizeof(contract) / sizeof(contract[0]); i++)
        check_keys(at_path(root, contract[i].path), contract[i].path, contract[i].keys);
    cJSON_Delete(root);
    tl_buf_free(&out);
    tl_arena_free(&a);
}

static void
hostile_text_comes_back(void **state)
{
    static const char *const paths[] = {"inputs/name",
                                        "inputs/odd_samples/why",
                                        "inputs/hints/value",
                                        "assumptions/text",
                                        "runs/id",
                                        "runs/engine",
                                        "runs/requested/by",
                                        "runs/resources/label",
                                        "runs/zdp/reason",
                                        "runs/outages/endpoint",
                                        "runs/outages/fused/assumes",
                                        "runs/parameters/to",
                                        "runs/critical_path/resource",
                                        "runs/sequence/missing/class",
                                        "runs/silences/expected",
                                        "events/message",
                                        "events/resource_key",
                                        "findings/doc"};
    struct tl_arena a;
    struct tl_report r;
    struct tl_buf out;
    cJSON *root;

    (void)state;
    tl_arena_init(&a, 1u << 20);
    r = sample_text(&a, (struct tl_str){hostile, sizeof(hostile) - 1});
    root = rendered(&r, &out);
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
        assert_string_equal(cJSON_GetStringValue(at_path(root, paths[i])), hostile_back);
    for (size_t i = 0; i < out.n; i++)
        if (((unsigned char)out.p[i] < ' ' && out.p[i] != '\n') || out.p[i] == 0x7f)
            fail_msg("a raw control character at byte %zu", i);
    assert_null(strstr(out.p, "\xe2\x80\xae")); /* a bidi override never stands bare */
    cJSON_Delete(root);
    tl_buf_free(&out);
    tl_arena_free(&a);
}

/* Whole pieces of the text, so that a change of spelling is seen. */
static void
spelling(void **state)
{
    static const char *const pieces[] = {
        "  \"tool\": {\"name\": \"tideline\", \"version\": \"",
        "      \"precision_ms\": 60000,\n      \"skew_s\": null,\n      \"hints\": [],\n",
        "      \"proof\": [18, 23],\n",
        "      \"requested\": null,\n      \"clocks\": {\"operation\": null, \"database\": null, "
        "\"endpoint\": null, \"recovered\": null, \"announced\": null},\n",
        "      \"began\": {\"at\": \"2026-04-11T06:20:00.000Z\", \"earliest\": "
        "\"2026-04-11T06:20:00.000Z\", \"latest\": \"2026-04-11T06:21:00.000Z\"},\n",
        "          \"seconds\": {\"min\": 14.818, \"observed\": 21.281, \"max\": 22.568, "
        "\"client\": "
        "21.976},\n          \"continuous\": true,\n          \"fused\": null,\n          "
        "\"attempts_failed\": 31,\n          \"failures\": {\"refused\": 30, \"starting-up\": 1},\n"
        "          \"blind\": [],\n",
        "          \"seconds\": {\"min\": 0.000, \"observed\": 1.936, \"max\": 3.201, \"client\": ",
        "          \"events\": [10, 12, 13, 14, 15],\n",
        "      \"twin_of\": 10,\n",
        "      \"n\": 24,\n",
        "  \"outages\": [],\n  \"findings\": [],\n  \"rows_left_out\": 0\n}\n",
    };
    struct tl_arena a;
    struct tl_report r;
    struct tl_buf out;
    cJSON *root;

    (void)state;
    tl_arena_init(&a, 1u << 20);
    r = sample_minor(&a);
    root = rendered(&r, &out);
    for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++)
        if (!strstr(out.p, pieces[i]))
            fail_msg("not in the output: %s", pieces[i]);
    cJSON_Delete(root);
    tl_buf_free(&out);
    tl_arena_free(&a);
}

static void
too_large_is_said(void **state)
{
    const struct tl_render_options o = {0};
    struct tl_arena a;
    struct tl_report r;
    struct tl_error err;
    struct tl_buf out;

    (void)state;
    tl_arena_init(&a, 1u << 20);
    r = sample_minor(&a);
    tl_buf_init(&out, 1000);
    assert_int_equal(tl_renderer_find(TL_STR("json"))->write(&r, &o, &out, &err), TL_ELIMIT);
    assert_non_null(strstr(err.msg, "larger than 1000 bytes"));
    tl_buf_free(&out);
    tl_arena_free(&a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_of_the_contract),
        cmocka_unit_test(hostile_text_comes_back),
        cmocka_unit_test(spelling),
        cmocka_unit_test(too_large_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
