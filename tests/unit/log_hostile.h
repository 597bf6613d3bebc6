/*
 * log_hostile.h - records whose texts hold whatever a statement may hold, written as a csvlog and
 * as a jsonlog, with what has to be read from them. The same seed gives the same records.
 */
#ifndef TESTS_LOG_HOSTILE_H
#define TESTS_LOG_HOSTILE_H

#include "core/str.h"

struct hostile {
    uint64_t seed;
    struct tl_buf csv, json, said; /* `said`: without the number of the line */
    size_t csv_ends[512], json_ends[512], said_ends[512], n;
};

static unsigned
hostile_roll(struct hostile *h, unsigned n)
{
    h->seed ^= h->seed << 13;
    h->seed ^= h->seed >> 7;
    h->seed ^= h->seed << 17;
    return (unsigned)(h->seed >> 33) % n;
}

static void
hostile_text(struct hostile *h, struct tl_buf *out)
{
    static const char *const pieces[] = {
        "database system is ready to accept connections",
        "statement: select ",
        "x",
        "\"",
        "\"\"",
        ",",
        "\n",
        "\r\n",
        "\\",
        "\\\"",
        "\t",
        "',\n'",
        "\x01",
        "{",
        "}",
        "\xe2\x98\x83",
        ",\"message\":\"",
        ",00000,\"",
        "\",\"",
        "\n2026-01-02 03:04:05.678 UTC,",
        "\n2026-01-02 03:04:05.678 UTC,\"a\",\"b\",1,\"c\",5ff26a05.1,1,\"\",2026-01-02 03:04:05 "
        "UTC,1/1,0,FATAL,57P01,\"gone\",,,,,,,,,\"psql\",\"client backend\",,0\n",
        "\n2026-01-02 03:04:05.678 UTC,,,1,,5ff26a05.1,1,,2026-01-02 03:04:05 "
        "UTC,,0,LOG,00000,\"database system is shut down\",,,,,,,,,\"\",\"postmaster\",,0\n",
        "\n2026-01-02 03:04:05.678 UTC,,,1,,5ff26a05.1,1,,2026-01-02 03:04:05 UTC,,0,LOG,00000,",
        "\n{\"timestamp\":\"2026-01-02 03:04:05.678 UTC\",\"pid\":1,\"error_severity\":\"LOG\","
        "\"message\":\"database system is shut down\"}\n",
    };
    unsigned n = hostile_roll(h, 8);

    tl_buf_reset(out);
    while (n-- > 0)
        tl_buf_add(out, tl_str_from(pieces[hostile_roll(h, sizeof(pieces) / sizeof(pieces[0]))]));
}

static void
hostile_csv(struct tl_buf *out, struct tl_str s)
{
    if (s.n == 0) {
        tl_buf_add(out, TL_STR(","));
        return;
    }
    tl_buf_add(out, TL_STR("\""));
    for (size_t i = 0; i < s.n; i++)
        tl_buf_add(out, s.p[i] == '"' ? TL_STR("\"\"") : (struct tl_str){s.p + i, 1});
    tl_buf_add(out, TL_STR("\","));
}

static void
hostile_json(struct tl_buf *out, const char *key, struct tl_str s)
{
    if (s.n == 0 && strcmp(key, "message") != 0)
        return;
    tl_buf_addf(out, ",\"%s\":\"", key);
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];

        if (c == '"' || c == '\\')
            tl_buf_addf(out, "\\%c", c);
        else if (c == '\n')
            tl_buf_add(out, TL_STR("\\n"));
        else if (c < ' ')
            tl_buf_addf(out, "\\u%04x", c);
        else
            tl_buf_add(out, (struct tl_str){s.p + i, 1});
    }
    tl_buf_add(out, TL_STR("\""));
}

static void
hostile_say(struct tl_buf *out, struct tl_str s)
{
    for (size_t i = 0; i < s.n; i++)
        tl_buf_add(out, s.p[i] == '\n' ? TL_STR("~") : (struct tl_str){s.p + i, 1});
}

/* One more record. The user is what makes the record known as one where a message begins with a
 * comma; it has none itself at its front. */
static void
hostile_add(struct hostile *h)
{
    static const char *const levels[] = {"LOG", "ERROR", "FATAL", "PANIC", "FEHLER"};
    const char *level = levels[hostile_roll(h, 5)];
    unsigned ms = (unsigned)h->n, columns = 22 + hostile_roll(h, 7);
    struct tl_buf user, text;
    struct tl_str s;

    tl_buf_init(&user, 4096);
    tl_buf_init(&text, 4096);
    tl_buf_add(&user, TL_STR("u"));
    tl_buf_add(&user, hostile_roll(h, 4) ? TL_STR("ser") : TL_STR("\"\n,"));
    tl_buf_addf(&h->csv, "2026-04-11 06:21:35.%03u +03,", ms);
    tl_buf_addf(&h->json, "{\"timestamp\":\"2026-04-11 06:21:35.%03u +03\"", ms);
    hostile_csv(&h->csv, tl_buf_str(&user));
    hostile_json(&h->json, "user", tl_buf_str(&user));
    tl_buf_addf(&h->csv,
                ",77,\"10.0.0.1:5\",6b0336a7.62e,%u,\"SELECT\",2026-04-11 06:00:00 +03,3/1,0,%s,"
                "57P01,",
                ms, level);
    tl_buf_addf(&h->json, ",\"pid\":77,\"error_severity\":\"%s\",\"state_code\":\"57P01\"", level);
    tl_buf_addf(&h->said, "2026-04-11T03:21:35.%03uZ %s ", ms, level);
    hostile_text(h, &text);
    s = tl_buf_str(&text);
    hostile_csv(&h->csv, s);
    hostile_json(&h->json, "message", s);
    hostile_say(&h->said, s);
    hostile_text(h, &text);
    s = tl_buf_str(&text);
    hostile_csv(&h->csv, s);
    hostile_json(&h->json, "detail", s);
    if (s.n > 0)
        tl_buf_add(&h->said, TL_STR(" | "));
    hostile_say(&h->said, s);
    tl_buf_add(&h->csv, TL_STR(",,,,"));
    hostile_text(h, &text);
    hostile_csv(&h->csv, tl_buf_str(&text));
    hostile_json(&h->json, "statement", tl_buf_str(&text));
    tl_buf_add(&h->csv, TL_STR("7,"));
    for (unsigned i = 21; i < columns; i++)
        tl_buf_add(&h->csv, i == 22   ? TL_STR(",\"psql\"")
                            : i == 23 ? TL_STR(",\"client\"")
                                      : TL_STR(","));
    tl_buf_add(&h->csv, TL_STR("\n"));
    tl_buf_add(&h->json, TL_STR(",\"query_id\":0}\n"));
    tl_buf_add(&h->said, TL_STR("\n"));
    h->csv_ends[h->n] = h->csv.n;
    h->json_ends[h->n] = h->json.n;
    h->said_ends[h->n++] = h->said.n;
    tl_buf_free(&user);
    tl_buf_free(&text);
}

static void
hostile_start(struct hostile *h, uint64_t seed)
{
    *h = (struct hostile){.seed = seed * UINT64_C(0x9e3779b97f4a7c15) + 1};
    tl_buf_init(&h->csv, 1 << 24);
    tl_buf_init(&h->json, 1 << 24);
    tl_buf_init(&h->said, 1 << 24);
}

static void
hostile_stop(struct hostile *h)
{
    tl_buf_free(&h->csv);
    tl_buf_free(&h->json);
    tl_buf_free(&h->said);
}

/* What was read, without the numbers of lines and what was not readable. */
static void
hostile_plain(struct tl_str walked, struct tl_buf *out)
{
    struct tl_str line, number, rest;

    tl_buf_reset(out);
    while (tl_str_line(&walked, &line)) {
        (void)tl_str_cut(line, ' ', &number, &rest);
        if (rest.n > 0 && rest.p[0] == '!')
            continue;
        tl_buf_add(out, rest);
        tl_buf_add(out, TL_STR("\n"));
    }
}

#endif
