/* probe_attempt.c - attempts: from the lines that belong to one, to an event. */
#include <string.h>

#include "parse/probe_loop.h"

/* ---- the ring ---- */

static struct slot *
slot_at(struct loop *l, unsigned i)
{
    return &l->slots[(l->head + i) % RING];
}

struct slot *
loop_current(struct loop *l)
{
    return l->open ? slot_at(l, l->count - 1) : NULL;
}

struct slot *
loop_push(struct loop *l, const struct tl_instant *when, int64_t res_us, uint32_t line)
{
    struct slot *c = slot_at(l, l->count++);
    struct tl_buf text = c->text;

    tl_buf_reset(&text);
    *c = (struct slot){.when = *when,
                       .start = when->at,
                       .end = TL_TIME_NONE,
                       .stamp = when->at,
                       .res_us = res_us,
                       .row_id = TL_UNKNOWN,
                       .line = line,
                       .text = text};
    l->open = true;
    l->nunits = 0;
    l->header = l->timeless = false;
    return c;
}

/* ---- texts ---- */

bool
slot_add_text(struct slot *c, struct tl_str text)
{
    size_t room = MAX_MESSAGE - c->text.n;

    if (c->text.n > 0 && room > 0) {
        tl_buf_add(&c->text, TL_STR("\n"));
        room--;
    }
    tl_buf_add(&c->text, (struct tl_str){text.p, text.n < room ? text.n : room});
    return text.n <= room;
}

void
slot_say(struct slot *c, struct tl_str text, const struct probe_said *said)
{
    c->decided |= said->sort != SAYS_NOTHING;
    c->write |= said->write;
    if (probe_is_failure(*said)) {
        if (!c->failed || c->failure == TL_FAILURE_ERROR)
            c->failure = said->failure;
        c->failed = true;
    } else if (said->sort != SAYS_NOTHING) {
        c->result |= said->sort != SAYS_OK;
        c->weak = said->sort == SAYS_VALUE;
    }
    if (said->version.n > 0 && c->version_n == 0) {
        c->version_at = c->text.n - text.n + (size_t)(said->version.p - text.p);
        c->version_n = said->version.n;
        c->exact = said->exact;
    }
}

/* Loops repeat themselves: the text read last is not read again. */
static struct probe_said
read_cached(struct loop *l, struct tl_str text)
{
    struct probe_said said;

    if (l->cache.n > 0 && tl_str_eq(tl_buf_str(&l->cache), text)) {
        said = l->cache_said;
        said.version.p = text.p + l->cache_version_at;
        return said;
    }
    said = probe_read_text(text);
    tl_buf_reset(&l->cache);
    if (text.n < 4096)
        tl_buf_add(&l->cache, text);
    l->cache_said = said;
    l->cache_version_at = said.version.n > 0 ? (size_t)(said.version.p - text.p) : 0;
    return said;
}

void
slot_inline(struct loop *l, struct slot *c, struct tl_str text)
{
    struct probe_said said;

    if (text.n == 0)
        return;
    said = read_cached(l, text);
    if (!slot_add_text(c, text))
        said.version.n = 0;
    slot_say(c, text, &said);
    c->is_inline = true;
}

/* ---- lines below the stamp ---- */

/* The client itself speaks: a process that did not get its connection. */
static bool
is_process(struct tl_str line)
{
    static const struct tl_str starts[] = {
        {"psql:", 5},       {"ERROR 2002", 10}, {"ERROR 2003", 10},   {"ERROR 2005", 10},
        {"ERROR 2013", 10}, {"curl: (", 7},     {"nc: connect ", 12}, {"mysqladmin: connect", 19}};

    for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
        if (tl_str_starts(line, starts[i]))
            return true;
    return false;
}

static bool
is_statement(struct tl_str line)
{
    return tl_str_starts(line, TL_STR("ERROR:")) || tl_str_starts(line, TL_STR("WARNING:")) ||
           tl_str_starts(line, TL_STR("FATAL:  terminating"));
}

/* psql says "FATAL:" again when it has tried without SSL: that is the same process. What begins
 * anew is another client, whose attempt began earlier. */
static bool
begins_unit(const struct loop *l, struct tl_str line)
{
    const struct unit *last;

    if (l->nunits == 0 || l->nunits == MAX_UNITS)
        return l->nunits == 0;
    last = &l->units[l->nunits - 1];
    return is_process(line) || (last->process && is_statement(line));
}

static void
add_error(struct loop *l, struct slot *c, struct tl_str line, const struct probe_said *said)
{
    if (!c->failed) { /* a result above it was a header or a notice */
        c->version_n = 0;
        c->result = false;
    }
    if (begins_unit(l, line)) {
        size_t from = c->text.n > 0 ? c->text.n + 1 : 0;

        l->units[l->nunits++] = (struct unit){from, said->failure, is_process(line)};
    } else if (l->units[l->nunits - 1].failure == TL_FAILURE_ERROR) {
        l->units[l->nunits - 1].failure = said->failure;
    }
    (void)slot_add_text(c, line);
    slot_say(c, line, said);
}

static size_t
words_of(struct tl_str s)
{
    size_t n = s.n > 0;

    for (size_t i = 1; i < s.n; i++)
        n += s.p[i - 1] == ' ' && s.p[i] != ' ';
    return n;
}

/* A row of the result, or something that does not belong here. */
static void
add_result(struct tl_reader *r, struct loop *l, struct slot *c, struct tl_str line, uint32_t n)
{
    struct probe_said said = probe_read_text(line);

    if ((c->is_inline && words_of(line) > 2) || (said.sort == SAYS_VALUE && words_of(line) > 8)) {
        reader_odd(r, n, "neither a time nor an error nor a result of a probe");
        return;
    }
    if (l->header && !c->is_inline) {
        tl_buf_reset(&c->text);
        c->version_n = 0;
    }
    l->header = false;
    if (!slot_add_text(c, line))
        said.version.n = 0;
    slot_say(c, line, &said);
}

void
slot_line(struct tl_reader *r, struct loop *l, struct slot *c, struct tl_str line, uint32_t n)
{
    bool below = probe_is_continuation(line);
    struct probe_said said = {.sort = SAYS_NOTHING};

    if (below && l->timeless)
        return; /* part of an error that was said to be odd */
    l->timeless = false;
    if (!below || !c->failed || c->failure == TL_FAILURE_ERROR)
        said = probe_read_text(line);
    if (c->failed && (below || !probe_is_failure(said))) {
        (void)slot_add_text(c, line);
        if (probe_is_failure(said))
            slot_say(c, line, &said);
        return;
    }
    if (!probe_is_failure(said)) {
        add_result(r, l, c, line, n);
        return;
    }
    if (c->is_inline && !c->failed && is_process(line)) {
        reader_odd(r, n, "an error without a time: the attempt above it went well");
        l->timeless = true;
        return;
    }
    add_error(l, c, line, &said);
}

/* ---- closing ---- */

/* Gives the errors of several clients back to the silent attempts before this one, the last to the
 * last: each client fails once, and its output comes late, never early. */
static void
share_units(struct loop *l, struct slot *c)
{
    size_t extra = l->nunits > 1 ? l->nunits - 1 : 0, k = 0;
    struct tl_str text = tl_buf_str(&c->text);

    while (k < extra && k + 1 < l->count && !slot_at(l, l->count - 1 - (unsigned)k)->after_gap &&
           !slot_at(l, l->count - 2 - (unsigned)k)->decided)
        k++;
    for (size_t i = 0; i < k; i++) {
        struct slot *s = slot_at(l, l->count - 1 - (unsigned)(k - i));
        size_t unit = l->nunits - 1 - k + i;
        size_t from = unit == l->nunits - 1 - k ? 0 : l->units[unit].from;
        size_t to = l->units[unit + 1].from;

        if (from < to && to <= text.n)
            (void)slot_add_text(s, tl_str_trim((struct tl_str){text.p + from, to - from}));
        s->failed = s->decided = true;
        s->failure = l->units[unit].failure;
        s->access = c->access;
        s->end = l->next_at; /* no later: its client had printed by then */
    }
    if (k > 0 && l->units[l->nunits - 1].from < text.n) {
        size_t from = l->units[l->nunits - 1].from;

        memmove(c->text.p, c->text.p + from, c->text.n - from);
        c->text.n -= from;
        c->text.p[c->text.n] = '\0';
        c->failure = l->units[l->nunits - 1].failure;
    }
}

/* A number of two parts is a version as long as the loop does not show it to be a measurement: one
 * that differs from the last without a failure between them. */
static void
check_version(struct loop *l, struct slot *c)
{
    struct tl_str v = {"", 0};
    struct tl_str first = {l->short_version, strlen(l->short_version)};

    if (c->failed || c->version_at + c->version_n > c->text.n)
        c->version_n = 0;
    if (c->version_n == 0 || c->exact)
        return;
    v = (struct tl_str){c->text.p + c->version_at, c->version_n};
    if (v.n < sizeof(l->short_version) &&
        (first.n == 0 || (l->short_versions == UNKNOWN && l->last_failed))) {
        memcpy(l->short_version, v.p, v.n);
        l->short_version[v.n] = '\0';
    } else if (l->short_versions == UNKNOWN) {
        l->short_versions = tl_str_eq(first, v) ? YES : NO;
    }
    if (l->short_versions == NO)
        c->version_n = 0;
}

/* `curl -w '%{http_code}'`: told from a plain number by the loop's having printed 200. */
static void
check_http(struct loop *l, struct slot *c)
{
    struct tl_str t = tl_buf_str(&c->text);

    if (c->failed || !c->weak || t.n != 3)
        return;
    l->http |= tl_str_eq(t, TL_STR("200"));
    if (l->http && (t.p[0] == '4' || t.p[0] == '5')) {
        c->failed = true;
        c->failure = TL_FAILURE_ERROR;
    }
}

static void
set_access(struct loop *l, struct slot *c)
{
    if (c->row_id != TL_UNKNOWN || c->write || c->failure == TL_FAILURE_READ_ONLY)
        l->access = TL_ACCESS_WRITE;
    else if (!c->failed && (c->result || c->version_n > 0) && l->access < TL_ACCESS_READ)
        l->access = TL_ACCESS_READ;
    c->access = l->access == TL_ACCESS_UNKNOWN ? TL_ACCESS_CONNECT : l->access;
}

/* How it went cannot be known: "" when it can. */
static const char *
unknowable(const struct loop *l, const struct slot *c, enum close_why why)
{
    bool cut = why == CLOSED_BY_END && !l->whole_line && c->weak && c->is_inline && !c->failed;

    if (why == CLOSED_BY_END && l->last_failed && cut)
        return "the log breaks off inside this line";
    if (c->decided || why == CLOSED_BY_STAMP)
        return "";
    if (why == CLOSED_BY_ELISION)
        return "how this attempt went is left out";
    return l->last_failed || l->loud ? "the log ends before it says how this attempt went" : "";
}

void
loop_close(struct tl_reader *r, struct loop *l, enum close_why why)
{
    struct slot *c = loop_current(l);
    const char *reason;

    if (!c)
        return;
    l->open = false;
    reason = unknowable(l, c, why);
    if (reason[0] != '\0') {
        reader_odd(r, c->line, "%s", reason);
        l->count--;
        l->ready = l->count;
        return;
    }
    if (!c->decided && l->loud && c->step == STEP_NONE) {
        c->failed = true; /* its loop prints what went well: this one did not */
        c->failure = TL_FAILURE_ERROR;
    }
    check_http(l, c);
    check_version(l, c);
    set_access(l, c);
    if (l->nunits > 1 && !l->loud && !c->stamp_end)
        share_units(l, c);
    l->last_failed = c->failed;
    if (c->decided || c->failed || c->step != STEP_NONE)
        l->ready = l->count;
    else if (l->count > RING - 2)
        l->ready = 1;
}

/* ---- an event ---- */

static bool
is_host_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_';
}

/* The host that was named last stands in this text too, as a word of its own. */
static bool
same_host(const struct loop *l, struct tl_str text, struct tl_str *host)
{
    struct tl_str last = {l->host, l->host_n};
    size_t at = tl_str_find(text, last);

    if (at == SIZE_MAX || (at > 0 && is_host_char(text.p[at - 1])) ||
        (at + last.n < text.n && is_host_char(text.p[at + last.n])))
        return false;
    *host = (struct tl_str){text.p + at, last.n};
    return true;
}

static void
name_host(struct tl_reader *r, struct loop *l, struct slot *c, struct tl_event *ev)
{
    struct tl_str host, text = tl_buf_str(&c->text);
    struct tl_host h;
    bool is_rds;

    if (c->row_id != TL_UNKNOWN || text.n < 12 || c->version_n == text.n)
        return;
    if (!same_host(l, text, &host) && !probe_find_host(text, &host))
        return;
    is_rds = tl_host_read(host, &h);
    ev->who.id = host;
    if (is_rds) {
        ev->who.region = h.region;
        if (h.is_cluster && tl_str_find(host, TL_STR(".cluster-custom-")) == SIZE_MAX)
            ev->who.cluster = h.id;
    }
    if (l->host_n == host.n && memcmp(l->host, host.p, host.n) == 0)
        return;
    l->host_n = host.n < HOST_MAX ? host.n : 0;
    memcpy(l->host, host.p, l->host_n);
    reader_hint(r, TL_STR("endpoint"), host, TL_STR("host"), 0);
    if (is_rds)
        reader_hint(r, TL_STR("region"), h.region, TL_STR("host"), 0);
}

void
loop_emit(struct tl_reader *r, struct loop *l, struct tl_event *ev)
{
    struct slot *c = slot_at(l, 0);

    l->head = (l->head + 1) % RING;
    l->count--;
    l->ready--;
    ev->when = c->when;
    ev->line = c->line;
    ev->cls = c->failed ? TL_STR("probe.failed") : TL_STR("probe.ok");
    ev->severity = c->failed ? TL_SEVERITY_WARNING : TL_SEVERITY_INFO;
    ev->channel = TL_CHANNEL_PROBE;
    ev->message = tl_buf_str(&c->text);
    ev->who.kind = TL_KIND_ENDPOINT;
    ev->who.source_type = TL_STR("endpoint");
    name_host(r, l, c, ev);
    l->attempt = (struct tl_attempt){.start = c->start,
                                     .end = c->end,
                                     .stamp = c->stamp,
                                     .res_us = c->res_us,
                                     .stamp_end = c->stamp_end,
                                     .after_gap = c->after_gap,
                                     .failure = c->failed ? c->failure : TL_FAILURE_OK,
                                     .access = c->access};
    if (c->version_n > 0)
        l->attempt.version = (struct tl_str){c->text.p + c->version_at, c->version_n};
    ev->attempt = &l->attempt;
    if (c->row_id == TL_UNKNOWN)
        return;
    l->field =
        (struct tl_field){.name = TL_STR("row_id"), .type = TL_FIELD_INT, .number = c->row_id};
    ev->fields = &l->field;
    ev->nfields = 1;
}
