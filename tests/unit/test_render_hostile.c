/* Every renderer meets every hostile text, in every place where a text can stand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/zone.h"
#include "render/render.h"
#include "tests/unit/render_promises.h"
#include "tests/unit/sample_report.h"

#define H(lit)                                                                                     \
    {                                                                                              \
        lit, sizeof(lit) - 1                                                                       \
    }
static const struct tl_str hostile[] = {
    H(""),
    H("x"),
    H("|"),
    H("||\\||\\"),
    H("a\nb\r\nc\rd\n\n\n# e"),
    H("\"quoted\" 'and' \"\"\""),
    H("<b>bold</b><script>alert(1)</script><!-- x -->&amp;&"),
    H("\x1b[31mred\x1b[0m\x1b]0;title\x07\x1b]8;;http://x\x1b\\link"),
    H("nul\0in it\0"),
    H("\xff\xfe\xc0\x80\xed\xa0\x80\xf8\x88\x80\x80\x80 \xe2\x82"),
    H("\xe2\x80\xae"
      "desrever\xe2\x80\xac \xe2\x81\xa6isolate\xe2\x81\xa9 "
      "\xe2\x80\x8e\xe2\x80\x8f\xef\xbb\xbf\xc2\xad"),
    H("\xc2\x9b"
      "31m C1 \xc2\x85 next line \xe2\x80\xa8 separator"),
    H("# heading"),
    H("- item"),
    H("1. item"),
    H("+ item"),
    H("> quote"),
    H("    code"),
    H("```\nfence\n```"),
    H("---"),
    H("==="),
    H("***bold*** _emphasis_ __strong__ ~~gone~~ `code` [a](http://b) ![i](j) @user $x$ | --- |"),
    H("=1+1"),
    H("+1"),
    H("-1"),
    H("@SUM(A1)"),
    H("\t=1"),
    H("\r=1"),
    H("\n=1"),
    H("\xef\xbc\x9d"
      "1+1"),
    H("a,b;c\td"),
    H("日本語のログメッセージがとても長く続いて折り返しが必要になる場合の幅の計算"),
    H("e\xcc\x81\xcc\x82\xcc\x83 Z\xcd\x91\xcd\xa5\xcd\xab"),
    H("\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7 "
      "\xe2\x9d\xa4\xef\xb8\x8f "
      "\xf0\x9f\x87\xaf\xf0\x9f\x87\xb5"),
    H("a-word-that-is-far-longer-than-any-line-of-a-terminal-can-be-and-still-goes-on-and-on-for-"
      "ever-"
      "01234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901"
      "23"),
    H("                                                                                            "
      "  "
      "        "),
};

static void
every_text_in_every_place(void **state)
{
    static const unsigned widths[] = {1, 40, 80, 120};
    struct tl_render_options o = {.utf8 = true};
    struct tl_zones *zones = tl_zones_new(TL_STR("/usr/share/zoneinfo"));

    (void)state;
    assert_int_equal(tl_zone_find(zones, TL_STR("+09:00"), &o.tz, NULL), TL_OK);
    for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]) * 4; i++) {
        struct tl_str t = hostile[i / 4];
        struct tl_arena a;
        struct tl_report r;

        tl_arena_init(&a, 1u << 20);
        r = sample_text(&a, t);
        o.width = widths[i % 4];
        for (const struct tl_renderer *const *w = tl_renderers; *w; w++) {
            struct tl_buf out;
            const char *bad;

            tl_buf_init(&out, 1u << 24);
            assert_int_equal((*w)->write(&r, &o, &out, NULL), TL_OK);
            bad = promise_of((*w)->name, tl_buf_str(&out), &r, o.width < 40 ? 40 : o.width);
            if (bad)
                fail_msg("%s, width %u, \"%.*s\": %s\n%s", (*w)->name, o.width, TL_FMT(t), bad,
                         out.p);
            tl_buf_free(&out);
        }
        tl_arena_free(&a);
    }
    tl_zones_free(zones);
}

/* The event writers: one record each, whatever is in it. */
static void
every_text_in_every_event(void **state)
{
    struct tl_render_options o = {.utf8 = true};
    struct tl_zones *zones = tl_zones_new(TL_STR("/usr/share/zoneinfo"));

    (void)state;
    assert_int_equal(tl_zone_find(zones, TL_STR("UTC"), &o.tz, NULL), TL_OK);
    for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
        struct tl_arena a;
        struct tl_report r;
        struct tl_buf out;

        tl_arena_init(&a, 1u << 20);
        tl_buf_init(&out, 1u << 20);
        r = sample_text(&a, hostile[i]);
        tl_event_writer_find(TL_STR("text"))->event(&r.rows[0].ev, hostile[i], 1, &o, &out);
        assert_null(promise_shows(tl_buf_str(&out)));
        assert_ptr_equal(strchr(out.p, '\n'), out.p + out.n - 1);
        tl_buf_reset(&out);
        tl_event_writer_find(TL_STR("ndjson"))->event(&r.rows[0].ev, hostile[i], 1, &o, &out);
        tl_event_writer_find(TL_STR("ndjson"))->source(&r.inputs[0], &out);
        assert_null(promise_shows(tl_buf_str(&out)));
        assert_ptr_equal(strchr(strchr(out.p, '\n') + 1, '\n'), out.p + out.n - 1);
        tl_buf_reset(&out);
        tl_event_writer_find(TL_STR("csv"))->head(&o, &out);
        tl_event_writer_find(TL_STR("csv"))->event(&r.rows[0].ev, hostile[i], 1, &o, &out);
        assert_null(promise_csv(tl_buf_str(&out), 1));
        tl_buf_free(&out);
        tl_arena_free(&a);
    }
    tl_zones_free(zones);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_text_in_every_place),
        cmocka_unit_test(every_text_in_every_event),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
