/* cw_text.c - lines with a time, and maybe a stream, before those of a log: a dialect around the
 * log's own. */
#include <string.h>

#include "parse/cwlogs.h"

enum { LOOK_LINES = 400, COLOURS = 16 };

enum zone_form { ZONE_NONE, ZONE_Z, ZONE_OFFSET };
enum sort { STAMPED, EPOCH, COLUMNS, GROUPED };

/* Ways in which lines begin. `n` texts of seconds have digits of a fraction or none. */
struct cw_shape {
    enum sort sort;
    enum zone_form zone;
    unsigned fraction[2]; /* digits that there can be */
    unsigned words;       /* behind the time: the stream */
    const char *what;
};
static const struct cw_shape shapes[] = {
    {STAMPED, ZONE_Z, {3, 3}, 0, "2024-01-01T00:00:00.000Z message: exports, the console"},
    {STAMPED, ZONE_OFFSET, {3, 3}, 0, "the console in a zone of its own"},
    {STAMPED, ZONE_OFFSET, {0, 6}, 1, "aws logs tail"},
    {STAMPED, ZONE_NONE, {0, 0}, 0, "aws logs tail --format short"},
    {STAMPED, ZONE_Z, {3, 3}, 1, "a time and a stream"},
    {EPOCH, ZONE_NONE, {0, 0}, 0, "milliseconds and a tab: --query … --output text"},
    {COLUMNS, ZONE_NONE, {0, 0}, 0, "EVENTS: --output text"},
    {GROUPED, ZONE_NONE, {0, 0}, 0, "group, stream and message"},
};
enum { NSHAPES = sizeof(shapes) / sizeof(shapes[0]) };

/* ---- what stands before the text of the log ---- */

/* Behind a sequence that sets a colour, if there is one at p. */
static const char *
skip_colour(const char *p, const char *end)
{
    const char *q = p + 2;

    if (end - p < 3 || p[0] != '\x1b' || p[1] != '[')
        return p;
    while (q < end && q - p < COLOURS && ((*q >= '0' && *q <= '9') || *q == ';'))
        q++;
    return q < end && *q == 'm' ? q + 1 : p;
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Does p begin like the pattern, in which 0 is any digit? */
static bool
fits(const char *p, const char *end, const char *pattern)
{
    for (; *pattern; p++, pattern++)
        if (p >= end || (*pattern == '0' ? !is_digit(*p) : *p != *pattern))
            return false;
    return true;
}

/* Behind the time at p, NULL: there is none of this shape. */
static const char *
skip_stamp(const struct cw_shape *s, const char *p, const char *end)
{
    unsigned digits = 0;

    if (!fits(p, end, "0000-00-00T00:00:00"))
        return NULL;
    p += 19;
    if (p < end && *p == '.')
        for (p++; p < end && is_digit(*p); p++)
            digits++;
    if (digits != s->fraction[0] && digits != s->fraction[1])
        return NULL;
    if (s->zone == ZONE_Z)
        return p < end && *p == 'Z' ? p + 1 : NULL;
    if (s->zone == ZONE_OFFSET)
        return fits(p, end, "+00:00") || fits(p, end, "-00:00") ? p + 6 : NULL;
    return p;
}

/* Behind one blank or tab, or at the end of the line; NULL: neither is there. */
static const char *
skip_blank(const char *p, const char *end)
{
    if (p && p < end)
        return *p == ' ' || *p == '\t' ? p + 1 : NULL;
    return p;
}

/* Behind a word and the blank that ends it. */
static const char *
skip_word(const char *p, const char *end, struct tl_str *word)
{
    const char *from = p = skip_colour(p, end), *to;

    while (p < end && *p != ' ' && *p != '\t' && *p != '\x1b')
        p++;
    to = p;
    p = skip_blank(skip_colour(p, end), end);
    *word = (struct tl_str){from, (size_t)(to - from)};
    return to > from ? p : NULL;
}

/* No stream: MySQL's own lines begin with a time and the number of a thread. */
static bool
is_number(struct tl_str word)
{
    for (size_t i = 0; i < word.n; i++)
        if (!is_digit(word.p[i]))
            return false;
    return word.n > 0;
}

static const char *
skip_stamped(const struct cw_shape *s, const char *p, const char *end, struct cw_outer *out)
{
    const char *from = skip_colour(p, end), *to = skip_stamp(s, from, end);

    if (!to)
        return NULL;
    out->stamp = (struct tl_str){from, (size_t)(to - from)};
    p = skip_blank(skip_colour(to, end), end);
    if (p && s->words > 0)
        p = skip_word(p, end, &out->stream);
    return p && is_number(out->stream) ? NULL : p;
}

static const char *
skip_number(const char *p, const char *end, size_t least, size_t most, struct tl_str *out)
{
    const char *from = p;

    while (p < end && is_digit(*p))
        p++;
    *out = (struct tl_str){from, (size_t)(p - from)};
    return out->n >= least && out->n <= most && p < end && *p == '\t' ? p + 1 : NULL;
}

/* EVENTS, eventId, ingestionTime, logStreamName, message, timestamp: in the order of the alphabet.
 * get-log-events has neither id nor stream. */
static const char *
skip_columns(const char *p, const char *end, struct cw_outer *out)
{
    struct tl_str number;
    const char *q;

    if (end - p < 7 || memcmp(p, "EVENTS\t", 7) != 0)
        return NULL;
    p += 7;
    q = skip_number(p, end, 20, 80, &number);
    p = skip_number(q ? q : p, end, 13, 13, &number);
    if (!p || !q)
        return p;
    q = memchr(p, '\t', (size_t)(end - p));
    if (!q)
        return NULL;
    out->stream = (struct tl_str){p, (size_t)(q - p)};
    return q + 1;
}

static const char *
skip_grouped(const char *p, const char *end, struct cw_outer *out)
{
    p = skip_colour(p, end);
    if (end - p < 9 || memcmp(p, "/aws/rds/", 9) != 0)
        return NULL;
    p = skip_word(p, end, &out->group);
    return p ? skip_word(p, end, &out->stream) : NULL;
}

const char *
cw_text_skip(const struct cw_shape *s, const char *p, const char *end, struct cw_outer *out)
{
    struct cw_outer outer = {.stamp = {"", 0}, .group = {"", 0}, .stream = {"", 0}};
    const char *to = NULL;

    switch (s->sort) {
    case STAMPED:
        to = skip_stamped(s, p, end, &outer);
        break;
    case EPOCH:
        to = skip_number(p, end, 13, 13, &outer.stamp);
        break;
    case COLUMNS:
        to = skip_columns(p, end, &outer);
        break;
    case GROUPED:
        to = skip_grouped(p, end, &outer);
        break;
    }
    if (out && to)
        *out = outer;
    return to ? to : p;
}

/* Columns behind the message: its time. What stands before it is the message. */
static const char *
cut_columns(const char *p, const char *end, struct cw_outer *out)
{
    const char *at = end;

    while (at > p && is_digit(at[-1]))
        at--;
    if (end - at != 13 || at == p || at[-1] != '\t')
        return end;
    out->stamp = (struct tl_str){at, 13};
    return at - 1;
}

/* A line of the answer that is no event. */
static bool
is_foreign(const struct cw_shape *s, const char *p, const char *end)
{
    return s->sort == COLUMNS &&
           ((end - p > 18 && memcmp(p, "SEARCHEDLOGSTREAMS\t", 18 + 1) == 0) ||
            (end - p > 10 && memcmp(p, "NEXTTOKEN\t", 10) == 0));
}

/* ---- the dialect ---- */

static enum log_line
text_look(const void *state, const char *p, const char *end, struct log_look *out)
{
    const struct cw_text *t = state;
    const char *from = cw_text_skip(t->shape, p, end, NULL);
    enum log_line what = t->inner->look(t->state, from, end, out);

    /* what nothing stands before is part of a message, or the wrapper's own */
    return what == LOG_BROKEN && from == p ? LOG_MORE : what;
}

/* The lines without what stands before them: their number is the same. */
static struct tl_str
stripped(const struct cw_shape *s, struct tl_str text, char *room, struct cw_outer *first)
{
    bool any = false;
    struct tl_str rest = text;
    size_t n = 0;

    while (rest.n > 0) {
        const char *nl = memchr(rest.p, '\n', rest.n);
        const char *next = nl ? nl + 1 : rest.p + rest.n, *end = nl ? nl : next;
        struct cw_outer outer = {.stamp = {"", 0}, .group = {"", 0}, .stream = {"", 0}};
        const char *p, *stop;

        end -= end > rest.p && end[-1] == '\r';
        p = cw_text_skip(s, rest.p, end, &outer);
        stop = s->sort == COLUMNS ? cut_columns(p, end, &outer) : end;
        if (is_foreign(s, p, end))
            p = stop;
        memcpy(room + n, p, (size_t)(stop - p));
        n += (size_t)(stop - p);
        if (nl)
            room[n++] = '\n';
        if (!any || (first->stamp.n == 0 && s->sort == COLUMNS))
            *first = (struct cw_outer){outer.stamp, any ? first->group : outer.group,
                                       any ? first->stream : outer.stream};
        any = true;
        rest = tl_str_skip(rest, (size_t)(next - rest.p));
    }
    return (struct tl_str){room, n};
}

/* The outer time of a record that has none of its own; of one with a time of day, what that is near
 * to. */
static void
take_time(struct tl_str text, struct log_record *out)
{
    struct tl_stamp stamp;

    if (text.n == 0 || out->stamped || out->when.at != TL_TIME_NONE)
        return;
    if (!tl_stamp_read(&text, NULL, &stamp) && !tl_stamp_epoch(&text, &stamp))
        return;
    if (!cw_plausible(&stamp))
        return;
    if (out->dateless) {
        (void)tl_stamp_instant(&stamp, NULL, &out->when);
        return;
    }
    out->stamp = stamp;
    out->stamped = true;
}

static bool
text_split(struct tl_reader *r, const void *state, struct tl_str text, struct log_record *out,
           const char **why)
{
    const struct cw_text *t = state;
    struct cw_outer outer = {.stamp = {"", 0}, .group = {"", 0}, .stream = {"", 0}};
    char *room = tl_arena_alloc(&r->scratch, text.n + LOG_PAD);
    struct tl_str inner;

    *why = "no room for it";
    if (!room)
        return false;
    inner = stripped(t->shape, text, room, &outer);
    if (!t->inner->split(r, t->state, inner, out, why))
        return false;
    if (outer.stream.n > 0)
        out->host = outer.stream;
    take_time(outer.stamp, out);
    return true;
}

static enum tl_status
text_learn(struct tl_reader *r, struct tl_str head, void **state, struct tl_error *err)
{
    struct cw_text *t = tl_arena_alloc(&r->arena, sizeof(*t));
    char *room = tl_arena_alloc(&r->scratch, head.n + LOG_PAD);
    struct cw_outer outer;

    if (!t || !room || !cw_text_find(r, head, t))
        return tl_fail(err, TL_ENOMEM, 0, "no room for the log %.*s", TL_FMT(r->in.name));
    *state = t;
    if (!t->inner->learn)
        return TL_OK;
    return t->inner->learn(r, stripped(t->shape, head, room, &outer), &t->state, err);
}

const struct log_dialect *
cw_text_dialect(struct tl_reader *r, const struct cw_text *found)
{
    struct log_dialect *d = tl_arena_alloc(&r->arena, sizeof(*d));

    if (d) {
        *d = (struct log_dialect){.name = found->inner->name,
                                  .source = found->inner->source,
                                  .look = text_look,
                                  .split = text_split,
                                  .learn = text_learn};
    }
    return d;
}

/* ---- finding it ---- */

/* Counts the lines that begin so. False: they are a few; a statement may hold anything. */
static bool
count_lines(struct cw_text *t, struct tl_str head)
{
    struct tl_str line;

    t->seen = t->lines = 0;
    for (unsigned i = 0; i < LOOK_LINES && tl_str_line(&head, &line); i++) {
        const char *end = line.p + line.n;
        bool is = cw_text_skip(t->shape, line.p, end, NULL) > line.p;

        if (t->lines == 0)
            t->first = is;
        t->lines += tl_str_trim(line).n > 0;
        t->seen += is;
    }
    return t->seen > 0 && t->seen * 10 >= t->lines;
}

/* The surest log; of equals the shape that more lines have, then the first one. */
bool
cw_text_find(struct tl_reader *r, struct tl_str head, struct cw_text *out)
{
    char *room = NULL;

    *out = (struct cw_text){.shape = NULL};
    for (size_t i = 0; i < NSHAPES; i++) {
        struct cw_text t = {.shape = &shapes[i]};
        struct cw_outer outer;

        if (!count_lines(&t, head) ||
            (!room && !(room = tl_arena_alloc(&r->scratch, head.n + LOG_PAD))))
            continue;
        t.inner = cw_inner(r, stripped(t.shape, head, room, &outer), &t.sure);
        if (t.inner && (t.sure > out->sure || (t.sure == out->sure && t.seen > out->seen)))
            *out = t;
    }
    return out->inner != NULL;
}
