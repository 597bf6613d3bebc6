/* The window over a stream: lines whole across any chunking, long ones cut, counted and numbered.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* after what it needs */
#include <cmocka.h>

#include "parse/feed.h"

struct drip { /* a stream that gives at most `step` bytes a read, then fails or ends */
    struct tl_str rest;
    size_t step;
    bool fails;
};

static enum tl_status
drip_read(void *ctx, char *buf, size_t cap, size_t *n, struct tl_error *err)
{
    struct drip *d = ctx;

    *n = d->rest.n < d->step ? d->rest.n : d->step;
    *n = *n < cap ? *n : cap;
    if (*n > 0)
        memcpy(buf, d->rest.p, *n);
    d->rest = tl_str_skip(d->rest, *n);
    if (*n == 0 && d->fails)
        return tl_fail(err, TL_EINPUT, 0, "the disk is gone");
    return TL_OK;
}

static const struct {
    const char *text, *want; /* lines joined by '|' */
} cases[] = {
    {"", ""},
    {"a", "a|"},
    {"a\n", "a|"},
    {"a\nb", "a|b|"},
    {"a\r\nb\r\n", "a|b|"},
    {"\n\n", "||"},
    {"\xef\xbb\xbf"
     "a\nb\n",
     "a|b|"}, /* a byte-order mark at the start only */
    {"a\xef\xbb\xbf\n", "a\xef\xbb\xbf|"},
    {"\xef\xbb", "\xef\xbb|"},
};

static void
lines_are_whole_whatever_the_chunks(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        for (size_t step = 1; step < 6; step++) {
            struct drip d = {tl_str_from(cases[i].text), step, step == 5};
            struct tl_str line, seen;
            struct tl_buf got;
            struct feed f;
            uint64_t n = 0;

            tl_buf_init(&got, 1024);
            feed_init(&f, (struct tl_stream){drip_read, &d, false});
            while (feed_peek_line(&f, &seen)) {
                size_t len = seen.n;

                assert_true(feed_line(&f, &line));
                assert_int_equal(line.n, len);
                assert_int_equal(f.line, ++n);
                tl_buf_add(&got, line);
                tl_buf_add(&got, TL_STR("|"));
            }
            assert_false(feed_line(&f, &line));
            assert_string_equal(tl_buf_str(&got).p, cases[i].want);
            assert_int_equal(f.failed, d.fails ? TL_EINPUT : TL_OK);
            feed_free(&f);
            feed_free(&f);
            tl_buf_free(&got);
        }
    }
}

static void
a_long_line_is_cut_and_the_next_is_whole(void **state)
{
    const size_t lengths[] = {MAX_LINE - 1, MAX_LINE, MAX_LINE + 1, 3 * (size_t)MAX_LINE + 7};
    char *text = malloc(4 * (size_t)MAX_LINE);

    (void)state;
    assert_non_null(text);
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        struct drip d = {{text, lengths[i] + 5}, 70001, false};
        struct tl_str line;
        struct feed f;

        memset(text, 'x', lengths[i]);
        memcpy(text + lengths[i], "\nend\n", 5);
        feed_init(&f, (struct tl_stream){drip_read, &d, false});
        assert_true(feed_line(&f, &line));
        assert_int_equal(line.n, lengths[i] < MAX_LINE ? lengths[i] : MAX_LINE);
        assert_int_equal(f.cut, lengths[i] > MAX_LINE);
        assert_true(feed_line(&f, &line));
        assert_int_equal(f.line, 2);
        assert_memory_equal(line.p, "end", 3);
        assert_false(feed_line(&f, &line));
        feed_free(&f);
    }
    free(text);
}

static void
bytes_are_peeked_and_skipped_with_their_lines(void **state)
{
    struct drip d = {TL_STR("one\ntwo\nthree"), 2, false};
    struct tl_str s;
    struct feed f;

    (void)state;
    feed_init(&f, (struct tl_stream){drip_read, &d, false});
    s = feed_peek(&f, 6);
    assert_true(s.n >= 6);
    feed_skip(&f, 6);
    assert_int_equal(f.line, 1);
    assert_true(feed_line(&f, &s));
    assert_memory_equal(s.p, "o", 1);
    assert_int_equal(f.offset, 8);
    feed_free(&f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_whole_whatever_the_chunks),
        cmocka_unit_test(a_long_line_is_cut_and_the_next_is_whole),
        cmocka_unit_test(bytes_are_peeked_and_skipped_with_their_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
