/* A long document leaves its renderer in pieces: the same bytes, and the end when nobody takes it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "render/render.h"
#include "tests/unit/sample_report.h"

static struct tl_zones *zones;
static const struct tl_zone *tz;

struct taker {
    struct tl_buf all;
    size_t pieces, largest;
    size_t refuse; /* the piece that is not taken; 0: none */
};

static enum tl_status
take(void *ctx, struct tl_str piece)
{
    struct taker *t = ctx;

    if (++t->pieces == t->refuse)
        return TL_EINPUT;
    assert_true(t->refuse == 0 || t->pieces < t->refuse); /* after a refusal no more is offered */
    t->largest = piece.n > t->largest ? piece.n : t->largest;
    tl_buf_add(&t->all, piece);
    return TL_OK;
}

/* The sample, its lists as long as said: each of them may be the one in which a piece ends. */
static struct tl_report
long_report(struct tl_arena *a, size_t nrows, size_t nruns, size_t nfindings)
{
    struct tl_report r = sample_minor(a);
    struct tl_row *rows = tl_arena_alloc(a, (nrows + r.nrows) * sizeof(*rows));
    struct tl_run *runs = tl_arena_alloc(a, (nruns + 1) * sizeof(*runs));
    struct tl_finding *findings = tl_arena_alloc(a, (nfindings + 1) * sizeof(*findings));

    assert_true(rows && runs && findings);
    for (size_t i = 0; i < nrows + r.nrows; i++)
        rows[i] = r.rows[i % r.nrows];
    for (size_t i = 0; i < nfindings; i++)
        findings[i] = r.runs[0].findings[i % r.runs[0].nfindings];
    for (size_t i = 0; i < nruns; i++)
        runs[i] = r.runs[0];
    if (nruns > 0) {
        runs[0].findings = findings;
        runs[0].nfindings = nfindings;
    }
    r.rows = rows;
    r.nrows += nrows;
    r.runs = runs;
    r.nruns = nruns;
    r.findings = findings;
    r.nfindings = nfindings;
    return r;
}

static void
compare(const struct tl_renderer *w, const struct tl_report *r)
{
    struct taker t = {.pieces = 0};
    const struct tl_render_sink sink = {take, &t};
    struct tl_render_options o = {.utf8 = true, .tz = tz};
    struct tl_buf whole, rest;

    tl_buf_init(&whole, 64u << 20);
    tl_buf_init(&rest, 64u << 20);
    tl_buf_init(&t.all, 64u << 20);
    assert_int_equal(w->write(r, &o, &whole, NULL), TL_OK);
    o.sink = &sink;
    assert_int_equal(w->write(r, &o, &rest, NULL), TL_OK);
    tl_buf_add(&t.all, tl_buf_str(&rest));
    assert_true(tl_str_eq(tl_buf_str(&t.all), tl_buf_str(&whole)));
    assert_true(t.largest < 512u << 10);
    assert_true(rest.n < 512u << 10);
    assert_int_equal(t.pieces > 0, whole.n >= 256u << 10);
    tl_buf_free(&whole);
    tl_buf_free(&rest);
    tl_buf_free(&t.all);
}

/* Whatever the document is in when a piece is full. */
static void
pieces_are_the_document(void **state)
{
    static const struct {
        size_t nrows, nruns, nfindings;
    } sizes[] = {{0, 1, 1},     {3000, 1, 1},      {10, 300, 3},
                 {10, 1, 6000}, {2000, 100, 1000}, {10, 0, 6000}};

    (void)state;
    for (const struct tl_renderer *const *w = tl_renderers; *w; w++) {
        for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
            struct tl_arena a;
            struct tl_report r;

            tl_arena_init(&a, 64u << 20);
            r = long_report(&a, sizes[i].nrows, sizes[i].nruns, sizes[i].nfindings);
            compare(*w, &r);
            tl_arena_free(&a);
        }
    }
}

/* A piece may end anywhere in a list: what comes next is put on one line, or not, as ever. */
static void
piece_ends_move(void **state)
{
    struct tl_arena a;
    struct tl_report r;

    (void)state;
    tl_arena_init(&a, 64u << 20);
    r = long_report(&a, 400, 3, 1);
    for (size_t n = 150; n < 230; n++) {
        r.nrows = n;
        r.noutages = n % 3;
        r.outages = r.runs[0].outages;
        r.nfindings = n % 2;
        compare(tl_renderer_find(TL_STR("json")), &r);
    }
    tl_arena_free(&a);
}

static void
refused_piece_ends_it(void **state)
{
    struct tl_arena a;
    struct tl_report r;

    (void)state;
    tl_arena_init(&a, 64u << 20);
    r = long_report(&a, 3000, 20, 20);
    for (const struct tl_renderer *const *w = tl_renderers; *w; w++) {
        struct taker t = {.refuse = 2};
        const struct tl_render_sink sink = {take, &t};
        const struct tl_render_options o = {.utf8 = true, .tz = tz, .sink = &sink};
        struct tl_buf rest;

        tl_buf_init(&rest, 64u << 20);
        tl_buf_init(&t.all, 64u << 20);
        assert_int_equal((*w)->write(&r, &o, &rest, NULL), TL_EINPUT);
        assert_int_equal(t.pieces, 2);
        assert_int_equal(rest.n, 0);
        tl_buf_free(&rest);
        tl_buf_free(&t.all);
    }
    tl_arena_free(&a);
}

static int
set_up(void **state)
{
    (void)state;
    zones = tl_zones_new(TL_STR("/usr/share/zoneinfo"));
    return tl_zone_find(zones, TL_STR("+09:00"), &tz, NULL) != TL_OK;
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
        cmocka_unit_test(pieces_are_the_document),
        cmocka_unit_test(piece_ends_move),
        cmocka_unit_test(refused_piece_ends_it),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
