/*
 * aws_text.c - `aws rds describe-events --output text`: one line per event, tab separated.
 *
 * The CLI prints scalar values in the order of their keys (Date, Message, SourceArn,
 * SourceIdentifier, SourceType), a key that no event of the page has is left out, and lists follow
 * as lines of their own. A message is printed as it is, newlines included.
 */
#include "parse/aws.h"

#include <string.h>

enum { MAX_JOINED = 64 }; /* lines of one message */

static bool
is_source_type(struct tl_str s)
{
    struct tl_str canonical;

    (void)tl_source_type(s, &canonical);
    return s.n > 0 && canonical.p != s.p;
}

/* Takes the last column off. False: there is no tab. */
static bool
cut_last(struct tl_str *line, struct tl_str *column)
{
    size_t at = line->n;

    while (at > 0 && line->p[at - 1] != '\t')
        at--;
    if (at == 0)
        return false;
    *column = tl_str_skip(*line, at);
    line->n = at - 1;
    return true;
}

/* "EVENTS\t<date>\t", or the date alone (--query 'Events[]'), at the front of a line. */
static bool
line_starts(struct tl_str line, struct tl_str *date, struct tl_str *rest)
{
    struct tl_stamp stamp;
    struct tl_str s;

    if (tl_str_starts(line, TL_STR("EVENTS\t")))
        line = tl_str_skip(line, 7);
    if (!tl_str_cut(line, '\t', date, rest))
        return false;
    s = *date;
    return tl_stamp_read_iso(&s, &stamp);
}

static bool
line_ends(struct tl_str line)
{
    struct tl_str last;

    return cut_last(&line, &last) && is_source_type(last);
}

static void
put_line(struct aws *a, struct tl_str line, struct tl_str categories)
{
    struct aws_parts p = {.channel = TL_CHANNEL_API, .categories = categories};
    struct tl_str rest, arn;

    if (!line_starts(line, &p.date, &rest) || !cut_last(&rest, &p.type) ||
        !cut_last(&rest, &p.id)) {
        aws_odd(a, "a line of events with too few columns");
        return;
    }
    p.message = rest;
    if (cut_last(&rest, &arn) &&
        (arn.n == 0 || tl_str_starts(arn, TL_STR("arn:")) || tl_str_eq(arn, TL_STR("None")))) {
        p.message = rest;
        p.arn = arn;
    }
    a->seen[AWS_EVENTS]++;
    aws_put_event(a, &p);
}

/* The lines that belong to the event: a broken message, then its categories. */
static void
take_followers(struct aws *a, struct tl_buf *event, struct tl_buf *categories)
{
    struct tl_str line, date, rest;

    for (int n = 0; n < MAX_JOINED && !line_ends(tl_buf_str(event)); n++) {
        if (!feed_peek_line(a->feed, &line) || line_starts(line, &date, &rest))
            break;
        tl_buf_add(event, TL_STR("\n"));
        tl_buf_add(event, line);
        (void)feed_line(a->feed, &line);
    }
    while (feed_peek_line(a->feed, &line) && tl_str_starts(line, TL_STR("EVENTCATEGORIES\t"))) {
        if (categories->n > 0)
            tl_buf_add(categories, TL_STR(", "));
        tl_buf_add(categories, tl_str_skip(line, 16));
        (void)feed_line(a->feed, &line);
    }
}

static void
take_event(struct aws *a, struct tl_str first)
{
    struct tl_buf event, categories;

    tl_buf_init(&event, JSON_ELEMENT);
    tl_buf_init(&categories, MAX_MESSAGE);
    tl_buf_add(&event, first);
    take_followers(a, &event, &categories);
    if (event.failed == TL_ENOMEM || categories.failed == TL_ENOMEM)
        a->failed = TL_ENOMEM;
    else if (event.failed || !line_ends(tl_buf_str(&event)))
        aws_odd(a, "a line of events that does not end with a source type");
    else
        put_line(a, aws_keep(a, tl_buf_str(&event)), aws_keep(a, tl_buf_str(&categories)));
    tl_buf_free(&event);
    tl_buf_free(&categories);
}

bool
aws_text_refill(struct aws *a)
{
    struct tl_str line, date, rest;

    if (!feed_line(a->feed, &line))
        return false;
    a->line = a->feed->line < UINT32_MAX ? (uint32_t)a->feed->line : UINT32_MAX;
    if (line_starts(line, &date, &rest))
        take_event(a, line);
    else if (tl_str_starts(line, TL_STR("EVENTS\t")))
        aws_odd(a, "a line of events without a date");
    return true;
}

enum aws_kind
aws_text_starts(struct tl_str text)
{
    struct tl_str line, date, rest;

    for (int n = 0; n < 200 && tl_str_line(&text, &line); n++) {
        struct tl_str trimmed = tl_str_trim(line);

        if (tl_str_starts(trimmed, TL_STR("{")) || tl_str_starts(trimmed, TL_STR("<")))
            return AWS_NONE;
        if (line_starts(line, &date, &rest) &&
            (line_ends(trimmed) || tl_str_starts(line, TL_STR("EVENTS\t"))))
            return AWS_EVENTS;
    }
    return AWS_NONE;
}
