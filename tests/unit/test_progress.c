/* The line that says how far reading has come. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "cli/progress.h"

/* cmocka needs the headers above before its own. */
#include <cmocka.h>

#define GIB ((uint64_t)1 << 30)

static const struct {
    struct progress_state p;
    int64_t spent_us;
    unsigned width;
    const char *want;
} cases[] = {
    {{{"postgresql.log", 14}, GIB, 4 * GIB, GIB, 12},
     1000000,
     120,
     "postgresql.log  1.0 of 4.0 GiB  1.0 GB/s  0:03 left  12 events"},
    {{{"a.log.gz", 8}, 100 << 20, 1000 << 20, GIB, 0},
     10 * 1000000,
     120,
     "a.log.gz  100.0 of 1000.0 MiB  107 MB/s  1:30 left  0 events"},
    {{{"stdin", 5}, 3 * GIB, UINT64_MAX, 3 * GIB, 7},
     2000000,
     80,
     "stdin  3.0 GiB  1.6 GB/s  7 events"},
    {{{"stdin", 5}, 0, UINT64_MAX, 0, 0}, 0, 80, "stdin  0.0 KiB  0 MB/s  0 events"},
    {{{"empty", 5}, 0, 0, 0, 0}, 0, 80, "empty  0.0 KiB  0 MB/s  0 events"},
    {{{"x\x1b[2Jy", 6}, 0, UINT64_MAX, 2048, 0}, 1000000, 80, "x?[2Jy  2.0 KiB  0 MB/s  0 events"},
    /* narrow: the end of the name, and never the last column */
    {{{"exports/a-very-long-folder/postgresql.log", 41}, 0, UINT64_MAX, 2048, 0},
     1000000,
     30,
     "ostgresql.lo"},
};

static void
lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct tl_buf b;

        tl_buf_init(&b, 1024);
        progress_text(&cases[i].p, cases[i].spent_us, cases[i].width, &b);
        assert_true(b.n < cases[i].width);
        if (cases[i].width > 40)
            assert_string_equal(tl_buf_str(&b).p, cases[i].want);
        else
            assert_true(tl_str_starts(tl_buf_str(&b), TL_STR("gresql.log  ")));
        tl_buf_free(&b);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(lines)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
