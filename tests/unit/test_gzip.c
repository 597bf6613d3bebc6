/* gzip files of every shape, in portions of every size, cut at every offset and with every bit of
 * them flipped: the layer against zlib's own inflate. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "tests/unit/gzip_reference.h"

enum { MAX_PACKED = 1 << 20 };

static unsigned char text[MAX_OUT], packed[MAX_PACKED], zlibs[MAX_OUT], layers[MAX_OUT];

/* A kind of text, packed: level and strategy are zlib's, members of `text` bytes each. */
static const struct sample {
    const char *name;
    char kind; /* l: lines of a log, z: zeros, r: random bytes, s: two letters at random */
    size_t text;
    int level, strategy;
    unsigned members;
    bool fields; /* FEXTRA, FNAME, FCOMMENT and FHCRC in the header */
    size_t padding;
} samples[] = {
    {"nothing", 'l', 0, 6, Z_DEFAULT_STRATEGY, 1, false, 0},
    {"a byte", 'l', 1, 6, Z_DEFAULT_STRATEGY, 1, false, 0},
    {"a few lines", 'l', 700, 6, Z_DEFAULT_STRATEGY, 1, false, 0},
    {"header fields", 'l', 300, 9, Z_DEFAULT_STRATEGY, 1, true, 0},
    {"fixed codes", 'l', 900, 6, Z_FIXED, 1, false, 0},
    {"stored", 'l', 900, 0, Z_DEFAULT_STRATEGY, 1, false, 0},
    {"codes without matches", 's', 900, 6, Z_HUFFMAN_ONLY, 1, false, 0},
    {"members", 'l', 250, 6, Z_DEFAULT_STRATEGY, 3, true, 0},
    {"empty members and padding", 'l', 0, 6, Z_DEFAULT_STRATEGY, 3, false, 9},
    {"zeros", 'z', 70000, 9, Z_DEFAULT_STRATEGY, 1, false, 0},
    {"runs", 'z', 40000, 6, Z_RLE, 2, false, 1},
    {"more than a window", 'l', 70000, 9, Z_DEFAULT_STRATEGY, 1, false, 0},
    {"ISA-L's own buffer", 'l', 65536, 1, Z_DEFAULT_STRATEGY, 1, false, 0},
    {"a portion of the layer", 'l', 131072, 6, Z_DEFAULT_STRATEGY, 1, false, 0},
    {"a byte more", 'l', 131073, 6, Z_DEFAULT_STRATEGY, 1, false, 0},
    {"a byte less", 'z', 131071, 6, Z_DEFAULT_STRATEGY, 2, false, 0},
    {"incompressible", 'r', 200000, 6, Z_DEFAULT_STRATEGY, 1, false, 0},
    {"several portions", 'l', 900000, 6, Z_DEFAULT_STRATEGY, 1, false, 0},
    {"codes of many lengths", 's', 300000, 6, Z_HUFFMAN_ONLY, 2, false, 0},
};
enum { SAMPLES = sizeof(samples) / sizeof(samples[0]), SMALL = 1000 };

static void
make_text(const struct sample *s)
{
    uint32_t seed = 7;
    size_t n = 0;

    memset(text, 0, s->text);
    for (; s->kind == 'l' && n < s->text; n++) {
        char line[100];
        int k =
            snprintf(line, sizeof(line), "2026-03-01 10:%02u:%02u.%03u UTC [%u] LOG:  checkpoint\n",
                     random_below(&seed, 60), random_below(&seed, 60), random_below(&seed, 1000),
                     random_below(&seed, 30000));

        for (int i = 0; i < k && n + (size_t)i < s->text; i++)
            text[n + (size_t)i] = (unsigned char)line[i];
        n += (size_t)k - 1;
    }
    for (n = 0; (s->kind == 'r' || s->kind == 's') && n < s->text; n++)
        text[n] = s->kind == 'r' ? (unsigned char)random_below(&seed, 256)
                                 : (unsigned char)("ab"[random_below(&seed, 9) == 0]);
}

/* The whole truth is then in text: the members' bytes. */
static struct tl_str
make(const struct sample *s, size_t *text_n)
{
    static unsigned char extra[300] = "extra";
    size_t n = 0;

    make_text(s);
    for (unsigned i = 0; i < s->members; i++) {
        gz_header h = {.extra = extra,
                       .extra_len = i == 1 ? 0 : sizeof(extra),
                       .hcrc = 1,
                       .name = (unsigned char *)(uintptr_t) "a.log",
                       .comment = (unsigned char *)(uintptr_t) "a comment"};
        z_stream z = {0};

        if (i > 0)
            memcpy(text + i * s->text, text, s->text);
        assert_int_equal(deflateInit2(&z, s->level, Z_DEFLATED, 15 + 16, 8, s->strategy), Z_OK);
        if (s->fields)
            assert_int_equal(deflateSetHeader(&z, &h), Z_OK);
        z.next_in = text;
        z.avail_in = (uInt)s->text;
        z.next_out = packed + n;
        z.avail_out = (uInt)(sizeof(packed) - n);
        assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
        n = sizeof(packed) - z.avail_out;
        deflateEnd(&z);
    }
    memset(packed + n, 0, s->padding);
    *text_n = s->text * s->members;
    return (struct tl_str){(char *)packed, n + s->padding};
}

static const size_t portions[] = {1, 7, 300, 5000, 65824, 131072, 140000, 600000};
enum { PORTIONS = sizeof(portions) / sizeof(portions[0]) };

static size_t
portion(size_t turn, size_t n)
{
    size_t p = portions[turn % PORTIONS];

    return p > n / 400 ? p : n / 400; /* a byte at a time takes long */
}

/* Reads in portions that `turn` chooses, and compares. */
static void
both(const char *name, struct tl_str bytes, size_t turn, struct outcome *z, struct outcome *o)
{
    const char *bad;

    z->p = zlibs;
    o->p = layers;
    read_by_zlib(bytes, z);
    if (!read_by_layer(bytes, portion(turn, bytes.n), portion(turn / PORTIONS, z->n),
                       (uint32_t)turn, false, o))
        fail_msg("%s (%zu): bytes and failure at once", name, turn);
    bad = compare(z, o);
    if (bad)
        fail_msg("%s (%zu): %s; zlib: %zu, %s; here: %zu, %s", name, turn, bad, z->n, z->why, o->n,
                 o->why);
}

static void
whole_files_in_any_portions(void **state)
{
    struct outcome z, o;

    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        size_t n;
        struct tl_str bytes = make(&samples[i], &n);

        for (size_t turn = 0; turn < PORTIONS * PORTIONS; turn++) {
            both(samples[i].name, bytes, turn, &z, &o);
            if (o.failed || o.n != n || memcmp(o.p, text, n) != 0)
                fail_msg("%s (%zu): %zu of %zu bytes, %s", samples[i].name, turn, o.n, n, o.why);
        }
    }
}

/* Cut at every offset: a prefix of the truth, all but the last bytes; and it is said, unless the
 * cut is between two members. */
static void
cut_files_give_what_stands_before(void **state)
{
    struct outcome z, o;

    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        size_t n;
        struct tl_str bytes = make(&samples[i], &n);
        size_t step = n > 5000 ? bytes.n / 250 + 1 : 1;

        for (size_t cut = 1; cut < bytes.n; cut += step) {
            both(samples[i].name, (struct tl_str){bytes.p, cut}, cut, &z, &o);
            if (memcmp(o.p, text, o.n) != 0 || o.failed != z.failed ||
                (o.failed && !strstr(o.why, "f: the gzip data end in the middle")))
                fail_msg("%s, cut at %zu: %zu bytes, %s; zlib: %zu", samples[i].name, cut, o.n,
                         o.why, z.n);
        }
    }
}

/* A flipped bit: what is accepted is the truth (a code that has holes, but does not use them), all
 * else is said. */
static void
flipped_bits_are_said(void **state)
{
    struct outcome z, o;
    size_t turn = 0;

    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        size_t n;
        struct tl_str bytes = make(&samples[i], &n);

        for (size_t bit = 0; bytes.n < SMALL && bit < 8 * bytes.n; bit++) {
            packed[bit / 8] ^= (unsigned char)(1 << bit % 8);
            both(samples[i].name, bytes, turn++, &z, &o);
            if (!o.failed && (o.n != n || memcmp(o.p, text, n) != 0))
                fail_msg("%s, bit %zu: accepted", samples[i].name, bit);
            packed[bit / 8] ^= (unsigned char)(1 << bit % 8);
        }
    }
}

static void
bytes_behind_are_said(void **state)
{
    static const struct {
        const char *behind;
        size_t n;
        const char *why;
    } cases[] = {
        {"x", 1, "bytes that are not gzip"},
        {"\0\0\0x", 4, "bytes that are not gzip"},
        {"\x1f", 1, "end in the middle"},
        {"\x1f\x8c", 2, "are damaged"},
        {"\x1f\x8b\x08", 3, "end in the middle"},
        {"\x1f\x8b\x07\0", 4, "are damaged"},
        {"\x1f\x8b\x08\x20", 4, "are damaged"},
        {"\x1f\x8b\x08\x04\0\0\0\0\0\3\xff\xff", 12, "end in the middle"},
        {"\x1f\x8b\x08\x08\0\0\0\0\0\3name", 14, "end in the middle"},
        {"\x1f\x8b\x08\x02\0\0\0\0\0\3zz\3\0", 14, "are damaged"}, /* the header's CRC */
        {"\x1f\x8b\x08\0\0\0\0\0\0\3\6", 11, "are damaged"},       /* a block of no type */
    };
    struct outcome z, o;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        size_t n;
        struct tl_str bytes = make(&samples[2], &n);

        memcpy(packed + bytes.n, cases[i].behind, cases[i].n);
        bytes.n += cases[i].n;
        for (size_t turn = 0; turn < PORTIONS * PORTIONS; turn++) {
            both(cases[i].behind, bytes, turn, &z, &o);
            if (!o.failed || !strstr(o.why, cases[i].why) || !strstr(cases[i].why, z.why) ||
                o.n != n)
                fail_msg("case %zu (%zu): %s; zlib: %s", i, turn, o.why, z.why);
        }
    }
}

static void
a_failure_below_comes_behind_the_bytes(void **state)
{
    struct outcome o = {.p = layers};
    size_t n;
    struct tl_str bytes = make(&samples[11], &n);

    (void)state;
    for (size_t turn = 0; turn < PORTIONS * PORTIONS; turn++) {
        assert_true(read_by_layer((struct tl_str){bytes.p, bytes.n - 8}, portions[turn % PORTIONS],
                                  portions[turn / PORTIONS], (uint32_t)turn, true, &o));
        assert_true(o.failed);
        assert_string_equal(o.why, "the disk is gone");
        assert_int_equal(o.n, n);
        assert_memory_equal(o.p, text, n);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_files_in_any_portions),
        cmocka_unit_test(cut_files_give_what_stands_before),
        cmocka_unit_test(flipped_bits_are_said),
        cmocka_unit_test(bytes_behind_are_said),
        cmocka_unit_test(a_failure_below_comes_behind_the_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
