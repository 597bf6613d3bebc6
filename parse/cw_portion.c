/* cw_portion.c - answers of DownloadDBLogFilePortion: what stands in LogFileData, one answer behind
 * the other, is the log. */
#include <string.h>

#include "parse/cwlogs.h"

enum {
    LOOK = 64 * 1024,
    STARTS_WITHIN = 4096,
    CARRY = 64,
    ESCAPE_MAX = 12 /* bytes of the longest escape, entity or end */
};

enum where { OUTSIDE, IN_JSON, IN_XML };

struct cw_portion {
    struct tl_reader *r;
    struct feed from; /* the answers */
    enum where where;
    bool any, pending; /* a portion was read; more of this file was to come */
    char last;         /* byte given out */
    char carry[CARRY]; /* read, but there was no room for it */
    size_t carry_at, carry_n;
};

static const struct tl_str json_key = {"\"LogFileData\"", 13}, xml_open = {"<LogFileData>", 13},
                           xml_close = {"</LogFileData>", 14},
                           more_key = {"AdditionalDataPending", 21};

/* ---- where the data stand ---- */

static size_t
skip_blanks(struct tl_str w, size_t at)
{
    while (at < w.n && strchr(" \t\r\n", w.p[at]) && w.p[at])
        at++;
    return at;
}

/* Behind the opening of the next data in w, SIZE_MAX: there is none, or it is not whole. */
static size_t
find_data(struct tl_str w, enum where *kind)
{
    size_t json = tl_str_find(w, json_key), xml = tl_str_find(w, xml_open);

    if (json == SIZE_MAX && xml == SIZE_MAX)
        return SIZE_MAX;
    if (xml < json) {
        *kind = IN_XML;
        return xml + xml_open.n;
    }
    *kind = IN_JSON;
    json = skip_blanks(w, json + json_key.n);
    if (json >= w.n || w.p[json] != ':')
        return SIZE_MAX;
    json = skip_blanks(w, json + 1);
    return json < w.n && w.p[json] == '"' ? json + 1 : SIZE_MAX;
}

bool
cw_portion_starts(struct tl_str head)
{
    enum where kind;

    head.n = head.n < STARTS_WITHIN ? head.n : STARTS_WITHIN;
    return find_data(head, &kind) != SIZE_MAX;
}

/* Does what stands between two portions say that the file went on? */
static void
note_pending(struct cw_portion *p, struct tl_str between)
{
    size_t at = tl_str_find(between, more_key);
    struct tl_str rest;

    if (at == SIZE_MAX)
        return;
    rest = tl_str_skip(between, at + more_key.n);
    while (rest.n > 0 && strchr("\": >", rest.p[0]) && rest.p[0])
        rest = tl_str_skip(rest, 1);
    p->pending = tl_str_starts(rest, TL_STR("true"));
}

/* ---- characters ---- */

/* The entity at the front of s; its length, 0: it is none. */
static size_t
entity(struct tl_str s, char *out)
{
    static const struct {
        struct tl_str text;
        char c;
    } entities[] = {{{"&lt;", 4}, '<'},   {{"&gt;", 4}, '>'},    {{"&amp;", 5}, '&'},
                    {{"&quot;", 6}, '"'}, {{"&apos;", 6}, '\''}, {{"&#13;", 5}, '\r'},
                    {{"&#10;", 5}, '\n'}, {{"&#9;", 4}, '\t'},   {{"&#xD;", 5}, '\r'},
                    {{"&#xA;", 5}, '\n'}, {{"&#x9;", 5}, '\t'},  {{"&#34;", 5}, '"'},
                    {{"&#39;", 5}, '\''}};

    for (size_t i = 0; i < sizeof(entities) / sizeof(entities[0]); i++) {
        if (!tl_str_starts(s, entities[i].text))
            continue;
        *out = entities[i].c;
        return entities[i].text.n;
    }
    return 0;
}

static size_t
from_xml(struct tl_str s, char *out, size_t *used)
{
    size_t n = 0, i = 0;

    while (i < s.n) {
        const char *amp = memchr(s.p + i, '&', s.n - i);
        size_t plain = amp ? (size_t)(amp - s.p) - i : s.n - i, took;

        memcpy(out + n, s.p + i, plain);
        n += plain;
        i += plain;
        if (!amp)
            break;
        took = entity(tl_str_skip(s, i), out + n);
        if (took == 0 && s.n - i < ESCAPE_MAX && !memchr(amp, ';', s.n - i))
            break;
        if (took == 0)
            out[n] = '&';
        n++;
        i += took ? took : 1;
    }
    *used = i;
    return n;
}

/* The quote that ends a text, n: it is not in s. */
static size_t
json_end(struct tl_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        const char *q = memchr(s.p + i, '"', s.n - i);
        size_t at = q ? (size_t)(q - s.p) : s.n, back = at;

        if (at == s.n)
            break;
        while (back > 0 && s.p[back - 1] == '\\')
            back--;
        if ((at - back) % 2 == 0)
            return at;
        i = at;
    }
    return s.n;
}

/*
 * What of the data at the front of w can be given out: into buf, at most cap bytes. *used: bytes of
 * w; *ended: the data end behind them. `final`: w has all there is.
 */
static size_t
data_of(enum where kind, struct tl_str w, bool final, char *buf, size_t cap, size_t *used,
        bool *ended)
{
    size_t end = kind == IN_JSON ? json_end(w) : tl_str_find(w, xml_close), n;
    size_t most = end < w.n ? end : w.n;

    *ended = end < w.n;
    if (!*ended && !final && kind == IN_XML)
        most = w.n > xml_close.n ? w.n - xml_close.n : 0; /* its end may begin here */
    if (most > cap) {
        most = cap;
        *ended = false;
    }
    n = (kind == IN_JSON ? cw_unescape : from_xml)((struct tl_str){w.p, most}, buf, used);
    if (*ended) /* an escape that the end cuts off is nothing */
        *used = end + (kind == IN_JSON ? 1 : xml_close.n);
    return n;
}

/* ---- as a stream ---- */

/* Passes what stands between the data. False: there are no more. */
static bool
enter(struct cw_portion *p)
{
    for (;;) {
        struct tl_str w = feed_peek(&p->from, LOOK);
        size_t at = find_data(w, &p->where), keep = w.n < 512 ? w.n : 512;

        note_pending(p, at == SIZE_MAX ? w : (struct tl_str){w.p, at});
        if (at != SIZE_MAX) {
            feed_skip(&p->from, at);
            return true;
        }
        p->where = OUTSIDE;
        if (w.n < LOOK) {
            feed_skip(&p->from, w.n);
            return false;
        }
        feed_skip(&p->from, w.n - keep);
    }
}

/* The next bytes of the data at hand; false: there are none, and no end. cap: CARRY at least. */
static bool
take_data(struct cw_portion *p, char *buf, size_t cap, size_t *n)
{
    struct tl_str w = feed_peek(&p->from, LOOK);
    size_t used = 0;
    bool ended = false;

    *n = data_of(p->where, w, w.n < LOOK, buf, cap, &used, &ended);
    feed_skip(&p->from, used);
    if (*n > 0)
        p->last = buf[*n - 1];
    if (ended)
        p->where = OUTSIDE;
    return ended || used > 0;
}

/* The same for any cap: an escape may not fit into a small one. */
static bool
more_data(struct cw_portion *p, char *buf, size_t cap, size_t *n)
{
    bool more = true;

    if (p->carry_n == 0 && cap >= CARRY)
        return take_data(p, buf, cap, n);
    if (p->carry_n == 0) {
        more = take_data(p, p->carry, CARRY, &p->carry_n);
        p->carry_at = 0;
    }
    *n = p->carry_n < cap ? p->carry_n : cap;
    memcpy(buf, p->carry + p->carry_at, *n);
    p->carry_at += *n;
    p->carry_n -= *n;
    return more;
}

/* Passes on to the next data. *line_end: another file begins there, on a line of its own. */
static bool
next_data(struct cw_portion *p, bool *line_end)
{
    bool open_line = p->any && !p->pending && p->last != '\n';

    p->pending = false;
    if (!enter(p))
        return false;
    *line_end = open_line && !p->pending;
    p->any = true;
    return true;
}

static enum tl_status
portion_read(void *ctx, char *buf, size_t cap, size_t *n, struct tl_error *err)
{
    struct cw_portion *p = ctx;
    bool line_end = false;

    *n = 0;
    while (*n == 0 && !line_end) {
        if (p->where == OUTSIDE && p->carry_n == 0 && !next_data(p, &line_end))
            break;
        if (line_end)
            buf[(*n)++] = p->last = '\n';
        else if (!more_data(p, buf, cap, n))
            break;
    }
    if (p->from.failed && err)
        *err = p->from.error;
    return p->from.failed;
}

size_t
cw_portion_head(struct tl_reader *r, struct tl_str head, char *buf, size_t cap)
{
    struct tl_memory m = {head};
    struct cw_portion p = {.r = r};
    size_t n = 0, got = 1;

    feed_init(&p.from, tl_stream_memory(&m));
    while (n < cap && got > 0 && !portion_read(&p, buf + n, cap - n, &got, NULL))
        n += got;
    r->scratch.failed |= p.from.failed == TL_ENOMEM;
    feed_free(&p.from);
    return n;
}

struct cw_portion *
cw_portion_open(struct tl_reader *r)
{
    struct cw_portion *p = tl_arena_alloc(&r->arena, sizeof(*p));

    if (!p)
        return NULL;
    *p = (struct cw_portion){.r = r, .from = r->feed};
    feed_init(&r->feed, (struct tl_stream){portion_read, p, p->from.stream.steady});
    r->feed.line = p->from.line; /* of a block of a document: where it begins */
    return p;
}

bool
cw_portion_cut(const struct cw_portion *p)
{
    return p->where != OUTSIDE;
}

void
cw_portion_close(struct cw_portion *p)
{
    if (p)
        feed_free(&p->from);
}
