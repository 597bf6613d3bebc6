/*
 * render_promises.h - what every rendering keeps, whatever stood in the evidence. Each check
 * answers NULL, or what was broken. Shared by the unit test of hostile texts and the fuzz target.
 */
#ifndef TL_TESTS_RENDER_PROMISES_H
#define TL_TESTS_RENDER_PROMISES_H

#include <string.h>

#include <cjson/cJSON.h>

#include "core/model.h"
#include "render/clean.h"
#include "render/wrap.h"

/* Valid UTF-8, and nothing in it but what shows and line ends. */
static inline const char *
promise_shows(struct tl_str s)
{
    while (s.n > 0) {
        int32_t cp;

        clean_next(&s, &cp);
        if (cp == CLEAN_BAD)
            return "a byte that is no UTF-8";
        if (cp != '\n' && clean_hidden(cp))
            return "a character that acts instead of showing";
    }
    return NULL;
}

static inline const char *
promise_json(struct tl_str s, size_t nrows)
{
    const char *end, *bad = promise_shows(s);
    cJSON *root = cJSON_ParseWithLengthOpts(s.p, s.n + 1, &end, true);
    size_t n = (size_t)cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(root, "events"));

    if (!root)
        bad = "not JSON";
    else if (n != nrows)
        bad = "events were lost";
    cJSON_Delete(root);
    return bad;
}

/* Lines no wider than the width. */
static inline const char *
promise_text(struct tl_str s, size_t width)
{
    const char *bad = promise_shows(s);
    struct tl_str rest = s, line;

    if (!tl_str_starts(s, TL_STR("tideline report\n")))
        bad = "the first line is not the title";
    while (!bad && tl_str_line(&rest, &line)) {
        if (wrap_columns(line) > width)
            bad = "a line is too wide";
        else if (line.n > 0 && line.p[line.n - 1] == ' ')
            bad = "a line ends with a blank";
    }
    return bad;
}

/* Bars of a line that are not escaped. */
static inline size_t
promise_bars(struct tl_str line)
{
    size_t n = 0;

    for (size_t i = 0; i < line.n; i++) {
        if (line.p[i] == '\\')
            i++;
        else
            n += line.p[i] == '|';
    }
    return n;
}

/* No HTML but the mark; tables keep their columns; a line begins only as this project begins lines.
 */
static inline const char *
promise_markdown(struct tl_str s)
{
    static const char *const starts[] = {"# ", "## ", "### ", "- **", "  - ", "|"};
    const char *bad = promise_shows(s);
    struct tl_str rest = s, line;
    size_t columns = 0;

    if (!tl_str_line(&rest, &line) || !tl_str_eq(line, TL_STR("<!-- tideline:report -->")))
        return "the mark is not the first line";
    while (!bad && tl_str_line(&rest, &line)) {
        bool known = line.n == 0, row = line.n > 0 && line.p[0] == '|';

        for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
            known |= tl_str_starts(line, tl_str_from(starts[i]));
        if (!known && line.n > 0 && strchr("#>-+=`~<\t ", line.p[0]))
            bad = "a paragraph begins as something else";
        if (line.n > 0 && memchr(line.p, '<', line.n))
            bad = "HTML";
        if (row && columns > 0 && promise_bars(line) != columns)
            bad = "a row has more or fewer columns than its table";
        columns = row ? promise_bars(line) : 0;
    }
    return bad;
}

enum { PROMISE_CSV_FIELDS = 18 };

/* One cell off the front of *s, quotes taken off; *last: it ended its record. */
static inline bool
promise_csv_cell(struct tl_str *s, char *first, bool *last)
{
    size_t i = 0;
    bool quoted = s->n > 0 && s->p[0] == '"';

    *first = s->n > quoted ? s->p[quoted] : '\0';
    for (i = quoted; i < s->n; i++) {
        if (quoted && s->p[i] == '"' && i + 1 < s->n && s->p[i + 1] == '"')
            i++;
        else if (quoted && s->p[i] == '"') {
            quoted = false;
        } else if (!quoted && (s->p[i] == ',' || s->p[i] == '\r'))
            break;
        else if (!quoted && (s->p[i] == '"' || s->p[i] == '\n'))
            return false;
    }
    if (i == s->n)
        return false;
    *last = s->p[i] == '\r';
    if (*last && (i + 1 == s->n || s->p[i + 1] != '\n'))
        return false;
    *s = tl_str_skip(*s, i + 1 + *last);
    return true;
}

static inline const char *
promise_csv(struct tl_str s, size_t nrows)
{
    size_t rows = 0, fields = 0;

    for (bool last = false; s.n > 0; last = false) {
        char first;

        if (!promise_csv_cell(&s, &first, &last))
            return "not RFC 4180";
        if (first != '\0' && strchr("=+-@\t", first))
            return "a formula";
        fields++;
        if (last && fields != PROMISE_CSV_FIELDS)
            return "a record has more or fewer fields than the header";
        rows += last;
        fields = last ? 0 : fields;
    }
    return rows == nrows + 1 ? NULL : "rows were lost";
}

static inline const char *
promise_of(const char *renderer, struct tl_str s, const struct tl_report *r, size_t width)
{
    if (strcmp(renderer, "json") == 0)
        return promise_json(s, r->nrows);
    if (strcmp(renderer, "text") == 0)
        return promise_text(s, width);
    if (strcmp(renderer, "markdown") == 0)
        return promise_markdown(s);
    if (strcmp(renderer, "csv") == 0)
        return promise_csv(s, r->nrows);
    return "a renderer without a promise: add one to render_promises.h";
}

#endif
