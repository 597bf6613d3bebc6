/* listing.c - the order in which a source lists its records, oldest first.
 *
 * A listing is what one block of one input lists. Consoles list the newest first: the dates show
 * it. Tables, logs and loops are listings in this sense; API answers and deliveries come in any
 * order, and theirs means nothing. Of a trail's calls in one second the file's order is all there
 * is. */
#include "timeline/listing.h"

#include <string.h>

#include "timeline/classes.h"

bool
listing_counts(const struct item *it)
{
    switch ((enum tl_channel)it->channel) {
    case TL_CHANNEL_API:
    case TL_CHANNEL_EVENTBRIDGE:
    case TL_CHANNEL_SNS:
    case TL_CHANNEL_TOPOLOGY:
    case TL_CHANNEL_PROBE:
        return false;
    default:
        return it->when.at != TL_TIME_NONE;
    }
}

/* Steps to later and to earlier moments between neighbours; where these are as many, lean: whether
 * later moments stand further down (> 0), or further up. */
struct steps {
    uint64_t up, down;
    int64_t lean;
};

/* > 0: oldest first; < 0: newest first; 0: it does not show. */
static int
direction(const struct steps *s)
{
    if (s->up != s->down)
        return s->up > s->down ? 1 : -1;
    return (s->lean > 0) - (s->lean < 0);
}

/* How moments go with places, counted from the middle of the list. Moments more than a week after
 * the first count as that, and places of long lists by the million, so that the sum stays in its
 * type. */
static int64_t
lean_of(struct item *const *items, size_t n)
{
    static const int64_t WEEK_MIN = 7 * TL_DAY / TL_MINUTE;
    int64_t sum = 0, place = 0, coarse = 1 + (int64_t)(n >> 20);
    tl_time first = TL_TIME_NONE;

    for (size_t i = 0; i < n; i++) {
        if (!listing_counts(items[i]))
            continue;
        place--;
        if (first == TL_TIME_NONE || items[i]->when.earliest < first)
            first = items[i]->when.earliest;
    }
    for (size_t i = 0; i < n; i++) {
        int64_t minutes;

        if (!listing_counts(items[i]))
            continue;
        minutes = (items[i]->when.earliest - first) / TL_MINUTE;
        sum += (place + 1) / coarse * (minutes < WEEK_MIN ? minutes : WEEK_MIN);
        place += 2;
    }
    return sum;
}

static void
count_steps(struct item *const *items, size_t n, struct steps *s)
{
    const struct item *prev = NULL;

    for (size_t i = 0; i < n; i++) {
        if (!listing_counts(items[i]))
            continue;
        if (prev && items[i]->when.earliest > prev->when.earliest)
            s->up++;
        if (prev && items[i]->when.earliest < prev->when.earliest)
            s->down++;
        prev = items[i];
    }
    if (s->up > 0 && s->up == s->down)
        s->lean += lean_of(items, n);
}

/* What begins, and what ends it. */
enum edge { EDGE_NONE, EDGE_BEGIN, EDGE_END };
enum { LANES = 8 };

static enum edge
edge_of(struct tl_str cls, size_t *lane)
{
    static const struct {
        struct tl_str begin, end;
    } pairs[] = {
        {{"instance.shutdown", 17}, {"instance.restarted", 18}},
        {{"zdp.attempted", 13}, {"zdp.finished", 12}},
        {{"precheck.started", 16}, {"precheck.finished", 17}},
        {{"backup.started", 14}, {"backup.finished", 15}},
    };
    static const struct {
        enum part begin, end;
    } parts[] = {{PART_START, PART_END},
                 {PART_FSTART, PART_FEND},
                 {PART_GSTART, PART_GEND},
                 {PART_BSTART, PART_BEND}};
    const size_t n = sizeof(pairs) / sizeof(pairs[0]), m = sizeof(parts) / sizeof(parts[0]);
    enum part part = class_info(cls)->part;

    for (*lane = 0; *lane < n; ++*lane)
        if (tl_str_eq(cls, pairs[*lane].begin) || tl_str_eq(cls, pairs[*lane].end))
            return tl_str_eq(cls, pairs[*lane].end) ? EDGE_END : EDGE_BEGIN;
    for (size_t i = 0; i < m; i++, ++*lane)
        if (part == parts[i].begin || part == parts[i].end)
            return part == parts[i].end ? EDGE_END : EDGE_BEGIN;
    return EDGE_NONE;
}

/* Of a table within one minute: does it list what begins above what ends it, or below? */
static void
count_edges(const struct tl_builder *b, struct item *const *items, size_t n, struct steps *s)
{
    enum edge last[LANES] = {EDGE_NONE};

    for (size_t i = 0; i < n; i++) {
        size_t lane;
        enum edge e = items[i]->channel == TL_CHANNEL_TABLE
                          ? edge_of(text_of(b, items[i]->cls), &lane)
                          : EDGE_NONE;

        if (e == EDGE_NONE)
            continue;
        s->up += last[lane] == EDGE_BEGIN && e == EDGE_END;
        s->down += last[lane] == EDGE_END && e == EDGE_BEGIN;
        last[lane] = e;
    }
}

static void
place(struct item **items, size_t n, bool newest_first)
{
    for (size_t i = 0; i < n; i++)
        items[i]->pos = (uint32_t)(newest_first ? n - 1 - i : i);
    for (size_t i = 0; newest_first && i < n / 2; i++) {
        struct item *swap = items[i];

        items[i] = items[n - 1 - i];
        items[n - 1 - i] = swap;
    }
}

/* A block whose dates are all alike goes the way of its input; where all are, what begins comes
 * before what ends it. */
static void
direct_input(const struct tl_builder *b, struct item **items, size_t n)
{
    struct steps all = {0, 0, 0};

    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && items[end]->listing == items[i]->listing;)
            end++;
        count_steps(items + i, end - i, &all);
    }
    if (direction(&all) == 0)
        count_edges(b, items, n, &all);
    for (size_t i = 0, end; i < n; i = end) {
        struct steps own = {0, 0, 0};

        for (end = i + 1; end < n && items[end]->listing == items[i]->listing;)
            end++;
        count_steps(items + i, end - i, &own);
        if (direction(&own) == 0)
            own = all;
        place(items + i, end - i, direction(&own) < 0);
    }
}

void
listing_direct(struct tl_builder *b)
{
    for (size_t i = 0, end; i < b->nitems; i = end) {
        for (end = i + 1; end < b->nitems && b->items[end]->input == b->items[i]->input;)
            end++;
        direct_input(b, b->items + i, end - i);
    }
}

/* ---- texts that say the same ---- */

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v';
}

/* Blanks collapsed, letters small, no full stop at the end. */
static void
normalise(struct tl_str s, struct tl_buf *out)
{
    static const char small[] = "abcdefghijklmnopqrstuvwxyz";

    tl_buf_reset(out);
    s = tl_str_trim(s);
    while (s.n > 0 && (s.p[s.n - 1] == '.' || is_blank(s.p[s.n - 1])))
        s.n--;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];

        if (is_blank(c))
            c = ' ';
        if (c == ' ' && i > 0 && is_blank(s.p[i - 1]))
            continue;
        if (c >= 'A' && c <= 'Z')
            tl_buf_add(out, (struct tl_str){&small[c - 'A'], 1});
        else
            tl_buf_add(out, (struct tl_str){&c, 1});
    }
}

/* What tells an item from others that read alike, beside its text; empty: nothing. */
static struct tl_str
mark_of(const struct tl_builder *b, const struct item *it)
{
    if (it->channel == TL_CHANNEL_CLOUDTRAIL) /* calls of one second: their ids */
        return text_of(b, it->channel_id);
    if (it->channel == TL_CHANNEL_PROBE) /* a success, and the other version that it shows */
        return text_of(b, it->cls);
    return (struct tl_str){"", 0};
}

enum tl_status
listing_texts(struct tl_builder *b)
{
    size_t n = b->strings.n; /* normalised texts come after the messages */
    uint32_t *text = tl_arena_alloc(&b->scratch, n * sizeof(*text)); /* number + 1; 0: not yet */
    struct tl_buf buf;
    bool ok = text != NULL;

    tl_buf_init(&buf, b->scratch.max);
    for (size_t i = 0; i < b->nitems && ok; i++) {
        struct item *it = b->items[i];
        struct tl_str mark = mark_of(b, it);

        if (mark.n > 0 || text[it->message] == 0) {
            normalise(text_of(b, it->message), &buf);
            if (mark.n > 0)
                tl_buf_add(&buf, TL_STR("\x1f"));
            tl_buf_add(&buf, mark);
            ok = !buf.failed && strings_id(&b->strings, tl_buf_str(&buf), &it->text);
        } else {
            it->text = text[it->message] - 1;
        }
        if (mark.n == 0)
            text[it->message] = it->text + 1;
    }
    tl_buf_free(&buf);
    return ok ? TL_OK : TL_ENOMEM;
}
