#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/sha256.h"

/* FIPS 180-4 examples, and lengths around the padding's edges (made with sha256sum). */
static const struct {
    const char *text;
    size_t times;
    const char *hex;
} cases[] = {
    {"", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnop"
     "qrs"
     "mnopqrstnopqrstu",
     1, "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
    {"a", 55, "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"},
    {"a", 56, "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a"},
    {"a", 64, "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"},
    {"a", 1000000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
};

static void
digests(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        size_t n = strlen(cases[i].text);
        char *all = malloc(n * cases[i].times + 1);
        struct tl_sha256 d;
        struct tl_buf b;

        assert_non_null(all);
        for (size_t k = 0; k < cases[i].times; k++)
            memcpy(all + k * n, cases[i].text, n);
        d = tl_sha256_of((struct tl_str){all, n * cases[i].times});
        tl_buf_init(&b, 100);
        tl_sha256_hex(&b, &d, 32);
        assert_string_equal(b.p, cases[i].hex);
        tl_buf_free(&b);
        free(all);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(digests)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
