/* The splitter: hostile documents, which elements come out of them and what is said to be odd. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "parse/json_split.h"

/* Gives the document in pieces of `step` bytes, so that every seam is met. */
struct drip {
    struct tl_str rest;
    size_t step;
};

static enum tl_status
drip_read(void *ctx, char *buf, size_t cap, size_t *n, struct tl_error *err)
{
    struct drip *d = ctx;
    size_t most = d->step < cap ? d->step : cap;

    (void)err;
    *n = d->rest.n < most ? d->rest.n : most;
    if (*n > 0)
        memcpy(buf, d->rest.p, *n);
    d->rest = tl_str_skip(d->rest, *n);
    return TL_OK;
}

static bool
has_date(const struct json_element *el)
{
    return json_has(el, TL_STR("Date"));
}

/* "LINE=TEXT " for an element (blanks and newlines left out), "LINE! " for an odd place. */
static void
split(struct tl_str doc, size_t step, bool (*known)(const struct json_element *),
      struct tl_buf *out)
{
    struct drip d = {doc, step};
    struct json_element el;
    struct json_split s;
    enum json_item item;
    struct feed f;

    feed_init(&f, (struct tl_stream){drip_read, &d, false});
    json_split_start(&s, &f, known);
    while ((item = json_split_next(&s, &el)) != JSON_END) {
        tl_buf_addf(out, "%u%c", item == JSON_ODD ? s.line : el.line, item == JSON_ODD ? '!' : '=');
        for (size_t i = 0; item == JSON_FOUND && i < el.text.n; i++)
            if (!scan_is_space(el.text.p[i]))
                tl_buf_add(out, tl_str_skip((struct tl_str){el.text.p, i + 1}, i));
        tl_buf_add(out, TL_STR(" "));
    }
    feed_free(&f);
}

static void
splits_documents(void **state)
{
    static const struct {
        const char *doc, *items;
    } cases[] = {
        /* plain */
        {"", ""},
        {"{\"a\":1}", "1={\"a\":1} "},
        {"{}", "1={} "},
        {"[]", ""},
        {"[{\"a\":1},{\"b\":2}]", "1={\"a\":1} 1={\"b\":2} "},
        {"{\"a\":1}\n{\"b\":2}\n", "1={\"a\":1} 2={\"b\":2} "},
        {"{\"a\":1}{\"b\":2}", "1={\"a\":1} 1={\"b\":2} "},
        {"{\n\"a\":1\n},\n{\"b\":2}", "1={\"a\":1} 4={\"b\":2} "},
        {"\xef\xbb\xbf{\"a\":1}\r\n{\"b\":2}\r\n", "1={\"a\":1} 2={\"b\":2} "},
        {"{\"a\":[1,-2.5e3,true,false,null,\"x\"],\"b\":{\"c\":[]}}",
         "1={\"a\":[1,-2.5e3,true,false,null,\"x\"],\"b\":{\"c\":[]}} "},
        /* strings */
        {"{\"a\":\"}\\\"{\"}", "1={\"a\":\"}\\\"{\"} "},
        {"{\"a\":\"\\\\\"}{\"b\":1}", "1={\"a\":\"\\\\\"} 1={\"b\":1} "},
        {"{\"a\":\"x\ny\"}\n{\"b\":1}", "1={\"a\":\"xy\"} 3={\"b\":1} "},
        /* wrappers */
        {"{\"Events\":[{\"a\":1},{\"b\":2}]}", "1={\"a\":1} 1={\"b\":2} "},
        {"{\"Events\":[]}", ""},
        {"{\"Marker\":\"x{\",\n\"Events\":[\n{\"a\":1}],\"n\":{\"x\":{}},\"m\":\"{\\\"\"}{\"b\":2}",
         "3={\"a\":1} 3={\"b\":2} "},
        {"{\"DBClusters\":[{\"a\":1}],\"DBInstances\":[{\"b\":2}]}", "1={\"a\":1} 1={\"b\":2} "},
        {"[[{\"a\":1}],[{\"b\":2}]]", "1={\"a\":1} 1={\"b\":2} "},
        {"[1,\"{\",null,{\"a\":1}]", "1={\"a\":1} "}, /* no list of objects: searched as text */
        {"{\"Events\":[1,\"{\",null,{\"a\":1}]}", "1={\"a\":1} "},
        /* what stands around */
        {"$ aws rds describe-events --query 'Events[?x].{Date:Date}'\n{\"Events\":[{\"a\":1}]}\n$ "
         "exit",
         "2={\"a\":1} "},
        {"Look [here] {x}:\n```json\n{\"a\":1}\n```\n", "3={\"a\":1} "},
        {"awk '{ \"date\" | getline }' [{a}]\n{\"a\":1}", "2={\"a\":1} "},
        {"2026-01-02T03:04:05 stream {\"a\":1}\n2026 {\"b\":2}", "1={\"a\":1} 2={\"b\":2} "},
        /* objects in texts, as --query prints them */
        {"[\"{\\\"a\\\":1}\",\n\"x\",\"{\\\"b\\\":2}\"]",
         "1=\"{\\\"a\\\":1}\" 2=\"{\\\"b\\\":2}\" "},
        {"say \"no\"\n\"{\\\"a\\\":1}\"\n\"{\\\"b", "2=\"{\\\"a\\\":1}\" "},
        /* forgiven */
        {"{\"a\":[1,],}\n[{\"b\":2},]", "1={\"a\":[1,],} 2={\"b\":2} "},
        {"[{\"a\":1}{\"b\":2}]", "1={\"a\":1} 1={\"b\":2} "},
        /* damage costs only itself */
        {"[{\"a\":1},\n{\"b\":},\n{\"c\":3}]", "1={\"a\":1} 2! 3={\"c\":3} "},
        {"[{\"a\":1},\n{\"b\":\"x},\n{\"c\":3},\n{\"d\":4}]",
         "1={\"a\":1} 2! 3={\"c\":3} 4={\"d\":4} "},
        {"{\"a\":1\n{\"b\":2}", "1! 2={\"b\":2} "},
        {"{\"a\":{\"b\":{\"c\":1}\n{\"d\":2}", "1! 1={\"c\":1} 2={\"d\":2} "},
        {"{\"Events\":[{\"a\":1},\n{\"b\":{\"c\":\n", "1={\"a\":1} 2! "},
        {"{\"Events\":[\n{\"a\":1},\n", "2={\"a\":1} 1! "},
        {"{\"Events\":[\n{\"a\":1}\n]", "2={\"a\":1} 1! "},
        {"[{\"a\":1},{\"b\":tru}]", "1={\"a\":1} 1! "},
        {"[{\"a\":1},\n...\n{\"b\":2}]", "1={\"a\":1} 2! 3={\"b\":2} "},
        {"{\"Events\":[{\"a\":1}\n```\ntext\n{\"b\":2}", "1={\"a\":1} 2! 4={\"b\":2} "},
        {"{\"Events\":[{\"a\":1}],\noops\n{\"b\":2}", "1={\"a\":1} 2! 3={\"b\":2} "},
        {"{\"a\":\"never", "1! "},
        {"{\"a\":1]", "1! "},
        {"{{{{{{", ""},
        {"{\"{\"{\"{\"", ""},
        {"}}}}]]]]\"\"\"", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        for (size_t step = 1; step < 40; step = step * 3 + 1) {
            struct tl_buf out;

            tl_buf_init(&out, 4096);
            tl_buf_add(&out, TL_STR(""));
            split(tl_str_from(cases[i].doc), step, NULL, &out);
            if (strcmp(out.p ? out.p : "", cases[i].items) != 0)
                fail_msg("%s\n in steps of %zu gives %s\n not %s", cases[i].doc, step,
                         out.p ? out.p : "", cases[i].items);
            tl_buf_free(&out);
        }
    }
}

/* What is no element itself is looked into. */
static void
looks_into_what_it_does_not_know(void **state)
{
    static const struct {
        const char *doc, *items;
    } cases[] = {
        {"{\"a\":1}", "1={\"a\":1} "},
        {"{\"us\":{\"Events\":[{\"Date\":1}]},\n\"eu\":{\"Events\":[{\"Date\":2}]}}",
         "1={\"Date\":1} 2={\"Date\":2} "},
        {"{\"n\":1,\"x\":{\"y\":{\"Date\":{\"z\":1}}},\"w\":[[{\"Date\":2}],3]}",
         "1={\"Date\":{\"z\":1}} 1={\"Date\":2} "},
        {"{\"m\":{\"k\":{\"c\":1}},\"Events\":[{\"Date\":1}],\"more\":{\"Date\":2}}",
         "1={\"c\":1} 1={\"Date\":1} 1={\"Date\":2} "},
        {"{\"a\":{\"b\":{\"c\":{\"d\":{\"e\":{\"Date\":1}}}}}}",
         "1={\"e\":{\"Date\":1}} "}, /* four levels deep, not more */
        {"{\"x\":{\"Date\":1},\n\"y\":oops}\n{\"Date\":2}", "1! 1={\"Date\":1} 3={\"Date\":2} "},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct tl_buf out;

        tl_buf_init(&out, 4096);
        split(tl_str_from(cases[i].doc), 7, has_date, &out);
        assert_string_equal(out.p, cases[i].items);
        tl_buf_free(&out);
    }
}

/* A document of `n` times `text` between head and tail. */
static struct tl_str
repeat(const char *head, const char *text, size_t n, const char *tail)
{
    size_t h = strlen(head), t = strlen(text), e = strlen(tail);
    char *p = malloc(h + n * t + e + 1);

    assert_non_null(p);
    memcpy(p, head, h);
    for (size_t i = 0; i < n; i++)
        memcpy(p + h + i * t, text, t);
    memcpy(p + h + n * t, tail, e + 1);
    return (struct tl_str){p, h + n * t + e};
}

static void
keeps_its_limits(void **state)
{
    static const struct {
        const char *head, *text;
        size_t n;
        const char *tail;
        size_t found, odd;
    } cases[] = {
        {"{\"Date\":\"", "x", JSON_ELEMENT - 11, "\"}", 1, 0}, /* just fits */
        {"{\"Date\":\"", "x", JSON_ELEMENT - 10, "\"}", 0, 1},
        {"{\"Date\":\"", "x", 2 * JSON_ELEMENT, "\"}\n{\"Date\":1}", 1, 1},
        {"{\"Date\":\"", "x", 2 * JSON_ELEMENT, "", 0, 1},
        {"{\"us\":[", "{\"Date\":1},", JSON_ELEMENT / 8, "]}", JSON_ELEMENT / 8, 0},
        {"{\"us\":{\"z\":[", "{\"Date\":1},", JSON_ELEMENT / 8, "]}}", JSON_ELEMENT / 8, 0},
        {"{\"Date\":1,\"z\":[", "{\"Date\":1},", JSON_ELEMENT / 8, "]}", JSON_ELEMENT / 8, 1},
        /* hostile: one odd place each, and the work stays in bounds */
        {"", "{\"Date\":", 200, "", 0, 1},
        {"", "{\"Date\":{", 1000000, "", 0, 1000000},
        {"", "{\"Date\":[", 1000000, "", 0, 1000000},
        {"", "{\"Events\":[", 1000000, "", 0, 1000000},
        {"", "[{\"a\":", 1000000, "", 0, 1000000},
        {"", "{\"", 1000000, "", 0, 0},
        {"", "\"{\\", 1000000, "", 0, 0},
        {"", "[", 1000000, "{\"Date\":1}", 1, 1},
        {"{\"a\":", "{\"b\":1},{\"Date\":1},", 100000, "", 200000, 1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct tl_str doc = repeat(cases[i].head, cases[i].text, cases[i].n, cases[i].tail);
        struct drip d = {doc, SIZE_MAX};
        size_t found = 0, odd = 0;
        struct json_element el;
        struct json_split s;
        enum json_item item;
        struct feed f;

        feed_init(&f, (struct tl_stream){drip_read, &d, false});
        json_split_start(&s, &f, has_date);
        while ((item = json_split_next(&s, &el)) != JSON_END) {
            found += item == JSON_FOUND;
            odd += item == JSON_ODD;
            assert_true(item == JSON_ODD || el.text.n <= JSON_ELEMENT);
        }
        assert_int_equal(found, cases[i].found);
        assert_true(cases[i].n < 1000000 ? odd == cases[i].odd : odd <= cases[i].odd);
        assert_true(s.wasted <= (uint64_t)18 * 1024 * 1024 + 8 * doc.n);
        assert_true(f.cap <= 4 * JSON_ELEMENT);
        feed_free(&f);
        free((char *)doc.p);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splits_documents),
        cmocka_unit_test(looks_into_what_it_does_not_know),
        cmocka_unit_test(keeps_its_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
