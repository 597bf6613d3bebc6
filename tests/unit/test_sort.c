/* What timeline/ and core/ lean on where there are a million of something: sorting by keys, texts
 * by number, arenas within arenas. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "timeline/sort.h"
#include "timeline/strings.h"

static uint64_t
next(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static int
by_key(const void *pa, const void *pb)
{
    const struct sort_key *a = pa, *b = pb;

    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return (a->which > b->which) - (a->which < b->which); /* `which` counts up: stable */
}

/* Keys of all widths, many of them equal, in short and long lists. */
static void
keys_are_sorted(void **state)
{
    static const size_t sizes[] = {0, 1, 2, 47, 48, 49, 300, 5000};
    static const uint64_t masks[] = {
        0,         1, 0xff, 0xffff00, UINT64_C(0xff00000000000000), UINT64_C(0x8000000000000001),
        UINT64_MAX};
    uint64_t seed = 20260411;

    (void)state;
    for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
        for (size_t m = 0; m < sizeof(masks) / sizeof(masks[0]); m++) {
            struct sort_key list[5000], want[5000];
            struct tl_arena a;

            tl_arena_init(&a, 1u << 20);
            for (uint32_t i = 0; i < sizes[s]; i++)
                want[i] = list[i] = (struct sort_key){next(&seed) & masks[m], i};
            qsort(want, sizes[s], sizeof(want[0]), by_key);
            assert_true(sort_keys(&a, list, sizes[s]));
            for (size_t i = 0; i < sizes[s]; i++)
                assert_true(list[i].key == want[i].key && list[i].which == want[i].which);
            tl_arena_free(&a);
        }
    }
}

static void
earlier_is_smaller(void **state)
{
    static const tl_time times[] = {INT64_MIN, INT64_MIN + 1, -1, 0, 1, INT64_MAX};

    (void)state;
    for (size_t i = 1; i < sizeof(times) / sizeof(times[0]); i++)
        assert_true(sort_time(times[i - 1]) < sort_time(times[i]));
}

static void
no_room_is_said(void **state)
{
    struct sort_key list[100] = {{0, 0}};
    struct tl_arena a;

    (void)state;
    tl_arena_init(&a, 1000);
    assert_false(sort_keys(&a, list, 100));
    assert_true(a.failed);
    tl_arena_free(&a);
}

/* Texts of every length, told apart by any of their bytes. */
static void
texts_keep_their_numbers(void **state)
{
    enum { N = 3000 };
    static uint32_t id[N];
    struct tl_arena a;
    struct strings s;
    char text[N];
    uint32_t again;

    (void)state;
    tl_arena_init(&a, 64u << 20);
    memset(text, 'x', sizeof(text));
    assert_true(strings_init(&s, &a));
    for (size_t i = 0; i < N; i++) {
        text[i / 2] = (char)('a' + i % 2);
        assert_true(strings_id(&s, (struct tl_str){text, 1 + i / 2}, &id[i]));
        assert_int_equal(id[i], i + 1);
        text[i / 2] = 'x';
    }
    for (size_t i = 0; i < N; i++) {
        text[i / 2] = (char)('a' + i % 2);
        assert_true(strings_find(&s, (struct tl_str){text, 1 + i / 2}, &again));
        assert_int_equal(again, id[i]);
        assert_true(tl_str_eq(s.list[again], (struct tl_str){text, 1 + i / 2}));
        assert_true(strings_id(&s, (struct tl_str){text, 1 + i / 2}, &again));
        assert_int_equal(again, id[i]);
        text[i / 2] = 'x';
    }
    assert_false(strings_find(&s, TL_STR("xx"), &again));
    assert_true(strings_find(&s, (struct tl_str){NULL, 0}, &again));
    assert_int_equal(again, 0);
    tl_arena_free(&a);
}

/* Several at once have the numbers that one by one gives them, the new among the known. */
static void
texts_at_once(void **state)
{
    enum { N = 700 };
    struct tl_str texts[STRINGS_BATCH];
    uint32_t ids[STRINGS_BATCH], want;
    static char text[N][8];
    struct strings s, one;
    uint64_t seed = 7;
    struct tl_arena a;

    (void)state;
    tl_arena_init(&a, 64u << 20);
    assert_true(strings_init(&s, &a) && strings_init(&one, &a));
    for (size_t i = 0; i < N; i++)
        snprintf(text[i], sizeof(text[i]), "%zu", i);
    for (size_t round = 0; round < 500; round++) {
        size_t n = next(&seed) % (STRINGS_BATCH + 1);

        for (size_t i = 0; i < n; i++) {
            const char *t = text[next(&seed) % N];

            texts[i] = (struct tl_str){t, next(&seed) % 5 ? strlen(t) : 0};
        }
        assert_true(strings_ids(&s, texts, n, ids));
        for (size_t i = 0; i < n; i++) {
            assert_true(strings_id(&one, texts[i], &want));
            assert_int_equal(ids[i], want);
        }
    }
    tl_arena_free(&a);
}

/* Everything is zero, after a reset and in an arena within another, too. */
static void
arenas_hand_out_zeros(void **state)
{
    struct tl_arena a;
    struct tl_arena *in;

    (void)state;
    tl_arena_init(&a, 64u << 20);
    for (int round = 0; round < 3; round++) {
        in = tl_arena_inner(&a);
        assert_non_null(in);
        for (size_t size = 1; size < 200000; size = size * 3 + 1) {
            struct tl_arena *each[] = {&a, in};

            for (size_t k = 0; k < 2; k++) {
                char *p = tl_arena_alloc(each[k], size);

                assert_non_null(p);
                for (size_t i = 0; i < size; i++)
                    assert_int_equal(p[i], 0);
                memset(p, 0xff, size);
            }
        }
        if (round == 0)
            tl_arena_free(in); /* before its time */
        tl_arena_reset(&a);
    }
    tl_arena_free(&a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_sorted), cmocka_unit_test(earlier_is_smaller),
        cmocka_unit_test(no_room_is_said), cmocka_unit_test(texts_keep_their_numbers),
        cmocka_unit_test(texts_at_once),   cmocka_unit_test(arenas_hand_out_zeros),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
