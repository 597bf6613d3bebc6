/*
 * pg_csv.c - PostgreSQL's csvlog.
 *
 * A record goes on over lines where a quoted field does, and what stands in such a field is
 * anybody's: a statement may hold a whole log. But all its quotes are doubled there. So a line that
 * begins with a time begins a record when the first field behind it that is quoted, and not empty,
 * opens with an odd run of quotes; nothing that came before has to be known for that.
 */
#include "parse/formats.h"
#include "parse/pg_scan.h"

enum {
    USER = 1, /* columns, from 0: the time */
    DATABASE,
    PID,
    FROM,
    SEVERITY = 11,
    SQLSTATE,
    MESSAGE,
    DETAIL,
    HINT,
    QUERY = 19,
    COLUMNS_LEAST = 22, /* before 9.0 */
    APPLICATION = 22,
    BACKEND_TYPE,
    COLUMNS_KEPT
};

/* ---- looking ---- */

static const char *
next_quote(const char *at, const char *end)
{
    for (; at < end; at += 64) {
        uint64_t quotes = pg_mask(at, '"');

        if (quotes)
            return at + __builtin_ctzll(quotes) < end ? at + __builtin_ctzll(quotes) : end;
    }
    return end;
}

/*
 * Does a quoted field open at q, the first quote behind the time, or is the line inside of one?
 * There, runs of quotes are even, but for the one that ends it, which has a comma behind it.
 */
static bool
is_outside(const char *q, const char *end)
{
    const char *behind;

    for (; q < end; q = next_quote(behind, end)) {
        for (behind = q + 1; behind < end && *behind == '"';)
            behind++;
        if (q[-1] != ',')
            return false;
        if ((behind - q) % 2 == 1)
            return behind == end || *behind != ',';
        if (behind < end && *behind != ',')
            return false;
    }
    return false;
}

/* Bit i: an odd number of the bits 0 … i of x is set. */
static inline uint64_t
odd_so_far(uint64_t x)
{
    x ^= x << 1;
    x ^= x << 2;
    x ^= x << 4;
    x ^= x << 8;
    x ^= x << 16;
    return x ^ x << 32;
}

static inline unsigned
count_bits(uint64_t x)
{
    x -= (x >> 1) & 0x5555555555555555u;
    x = (x & 0x3333333333333333u) + ((x >> 2) & 0x3333333333333333u);
    x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fu;
    return (unsigned)((x * 0x0101010101010101u) >> 56);
}

/* The zone at the front of what is behind a stamp, up to the first comma. */
static bool
look_at_zone(const char *at, const char *end, uint64_t quotes, uint64_t commas,
             struct log_look *out)
{
    const unsigned longest = 17;
    unsigned n = commas ? (unsigned)__builtin_ctzll(commas) : 64;

    out->zone = at + (*at == ' ');
    out->zone_n = (uint32_t)(at + n - out->zone);
    return n <= longest && n < end - at && !(quotes & (((uint64_t)1 << n) - 1));
}

/* Behind the n-th bit of x, which has as many. */
static inline unsigned
behind_bit(uint64_t x, unsigned n)
{
    while (n-- > 1)
        x &= x - 1;
    return (unsigned)__builtin_ctzll(x) + 1;
}

/*
 * The message is the field behind the 13th comma that is outside of quotes; at the end of the line
 * where that is not in it.
 */
static enum log_line
csv_look(const void *state, const char *p, const char *end, struct log_look *out)
{
    uint64_t quotes, commas, quoted = 0;
    unsigned left = MESSAGE;
    bool outside = false;
    const char *at;

    (void)state;
    out->stamp = p;
    out->stamp_n = pg_stamp_length(p, end);
    if (out->stamp_n == 0)
        return LOG_MORE;
    at = p + out->stamp_n;
    quotes = pg_mask(at, '"');
    commas = pg_mask(at, ',');
    if (!look_at_zone(at, end, quotes, commas, out))
        return LOG_MORE;
    out->message = end;
    while (at < end && out->message == end) {
        unsigned n;

        if (!outside && quotes && !is_outside(at + __builtin_ctzll(quotes), end))
            return LOG_MORE;
        outside |= quotes != 0;
        quoted = odd_so_far(quotes) ^ (quoted >> 63 ? UINT64_MAX : 0);
        commas &= ~quoted;
        n = count_bits(commas);
        if (n >= left)
            out->message = at + behind_bit(commas, left);
        left -= n;
        at += 64;
        quotes = at < end ? pg_mask(at, '"') : 0;
        commas = at < end ? pg_mask(at, ',') : 0;
    }
    if (!outside && !is_outside(next_quote(at, end), end))
        return LOG_MORE;
    if (out->message >= end)
        out->message = end;
    else
        out->message += *out->message == '"';
    return LOG_RECORD;
}

/* ---- splitting ---- */

struct cell {
    struct tl_str text; /* without its quotes */
    bool doubled;       /* it has quotes in it, doubled */
    bool open;          /* its closing quote is missing */
    bool bad;           /* it is not quoted, but a quote is in it */
};

/* The rest of a quoted cell; moves *s behind its closing quote. */
static struct cell
take_quoted(struct tl_str *s)
{
    struct cell c = {.text = {s->p, 0}};
    struct tl_str rest = *s;

    for (;;) {
        const char *q = rest.n > 0 ? memchr(rest.p, '"', rest.n) : NULL;

        if (!q) {
            c.open = true;
            c.text.n = s->n;
            *s = tl_str_skip(*s, s->n);
            return c;
        }
        rest = tl_str_skip(rest, (size_t)(q - rest.p) + 1);
        if (rest.n == 0 || rest.p[0] != '"')
            break;
        c.doubled = true;
        rest = tl_str_skip(rest, 1);
    }
    c.text.n = (size_t)(rest.p - s->p) - 1;
    *s = rest;
    return c;
}

static struct cell
take_bare(struct tl_str *s)
{
    struct cell c = {.text = {s->p, 0}};

    for (; c.text.n < s->n && s->p[c.text.n] != ',' && s->p[c.text.n] != '\n'; c.text.n++)
        c.bad |= s->p[c.text.n] == '"';
    *s = tl_str_skip(*s, c.text.n);
    while (c.text.n > 0 && c.text.p[c.text.n - 1] == '\r')
        c.text.n--;
    return c;
}

/* Is that the end of a record? What is behind it belongs to nobody. */
static bool
at_line_end(struct tl_str s)
{
    while (s.n > 0 && s.p[0] == '\r')
        s = tl_str_skip(s, 1);
    return s.n == 0 || s.p[0] == '\n';
}

/* How many cells the record at the front of *s has, the first of them in `cells`; 0: it is damaged.
 * Moves *s to its end. */
static size_t
take_cells(struct tl_str *s, struct cell *cells)
{
    bool whole = s->n < LOG_RECORD_MAX; /* else its rest was withheld */
    size_t n = 0;

    for (;;) {
        struct cell c;

        if (s->n > 0 && s->p[0] == '"') {
            *s = tl_str_skip(*s, 1);
            c = take_quoted(s);
        } else {
            c = take_bare(s);
        }
        if (n < COLUMNS_KEPT)
            cells[n] = c;
        n++;
        if (c.open)
            return whole ? 0 : n;
        if (at_line_end(*s))
            return c.bad ? 0 : n;
        if (s->p[0] != ',' || c.bad)
            return 0;
        *s = tl_str_skip(*s, 1);
    }
}

static struct tl_str
unescape(struct tl_reader *r, const struct cell *c)
{
    struct tl_str out = {"", 0};
    char *p;

    if (!c->doubled)
        return c->text;
    p = tl_arena_alloc(&r->scratch, c->text.n);
    if (!p)
        return out;
    for (size_t i = 0; i < c->text.n; i++) {
        p[out.n++] = c->text.p[i];
        i += c->text.p[i] == '"';
    }
    out.p = p;
    return out;
}

static void
add_fields(struct tl_reader *r, const struct cell *cells, struct log_record *out)
{
    static const struct {
        struct tl_str name;
        size_t column;
    } texts[] = {
        {{"user", 4}, USER},
        {{"database", 8}, DATABASE},
        {{"client", 6}, FROM},
        {{"application", 11}, APPLICATION},
        {{"backend_type", 12}, BACKEND_TYPE},
        {{"sqlstate", 8}, SQLSTATE},
        {{"detail", 6}, DETAIL},
        {{"hint", 4}, HINT},
    };
    struct tl_str pid = cells[PID].text;
    int64_t number;

    log_text(out, TL_STR("level"), unescape(r, &cells[SEVERITY]));
    if (tl_str_int(&pid, &number) && pid.n == 0)
        log_number(out, TL_STR("pid"), number);
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        size_t column = texts[i].column;
        struct tl_str text = unescape(r, &cells[column]);

        if (column == FROM)
            text = pg_client(text);
        if (column != SQLSTATE || !tl_str_eq(text, TL_STR("00000")))
            log_text(out, texts[i].name, text);
    }
    pg_sql(out, unescape(r, &cells[QUERY]));
}

/* A line can begin in the middle of a record, with the time at which its session began. */
static bool
is_shaped(const struct cell *cells)
{
    struct tl_str pid = cells[PID].text, state = cells[SQLSTATE].text;
    int64_t number;

    if (cells[SEVERITY].text.n == 0 || state.n != 5 || (pid.n > 0 && !tl_str_int(&pid, &number)))
        return false;
    for (size_t i = 0; i < state.n; i++)
        if (!(state.p[i] >= '0' && state.p[i] <= '9') && !(state.p[i] >= 'A' && state.p[i] <= 'Z'))
            return false;
    return pid.n == 0;
}

static bool
csv_split(struct tl_reader *r, const void *state, struct tl_str text, struct log_record *out,
          const char **why)
{
    struct cell cells[COLUMNS_KEPT] = {{.text = {"", 0}}};
    struct tl_str rest = text;
    size_t n = take_cells(&rest, cells);

    (void)state;
    *out = (struct log_record){.when = TL_INSTANT_NONE};
    if (n < COLUMNS_LEAST && (n <= MESSAGE || text.n < LOG_RECORD_MAX)) {
        *why = "the record is cut in its middle";
        return false;
    }
    if (!is_shaped(cells)) {
        *why = "its columns are not those of a csvlog";
        return false;
    }
    if (!pg_stamp_read(r, cells[0].text, &out->stamp)) {
        *why = "its time cannot be read";
        return false;
    }
    out->stamped = true;
    out->message = unescape(r, &cells[MESSAGE]);
    add_fields(r, cells, out);
    return true;
}

const struct log_dialect pg_csv = {
    .name = "pg-csvlog", .source = {"pg", 2}, .look = csv_look, .split = csv_split};

/* ---- the format ---- */

/* The record at the front of *s, which is moved behind it; false, *s unchanged: there is none. The
 * last one may be cut by the end of *s. */
static bool
skip_record(struct tl_str *s)
{
    struct cell cells[COLUMNS_KEPT] = {{.text = {"", 0}}};
    struct tl_str rest = *s;
    struct tl_stamp stamp;
    size_t n;

    if (s->n < 20 || s->p[4] != '-' || s->p[7] != '-' || s->p[13] != ':')
        return false;
    n = take_cells(&rest, cells);
    if ((n < COLUMNS_LEAST && rest.n > 0) || !tl_stamp_read_iso(&cells[0].text, &stamp) ||
        !is_shaped(cells))
        return false;
    *s = rest;
    return true;
}

/* Can a record end like that, whose beginning is not there? */
static bool
ends_record(struct tl_str line)
{
    line = tl_str_trim(line);
    return line.n > 1 &&
           (line.p[line.n - 1] == ',' || tl_str_find(line, TL_STR(",,")) != SIZE_MAX ||
            tl_str_find(line, TL_STR("\",")) != SIZE_MAX);
}

/* A log may begin and end in the middle of a record, or have a few lines of others in it; what has
 * prose before its first record or behind it is something with a log in it. */
static int
csv_sniff(struct tl_reader *r, struct tl_str head, struct tl_buf *why)
{
    size_t records = 0, before = 0, behind = 0;
    bool cut = true; /* what is before the first record is the end of one */
    struct tl_str line;

    (void)r;
    while (head.n > 0) {
        bool is = skip_record(&head);

        records += is;
        (void)tl_str_line(&head, &line);
        if (records == 0)
            cut = ends_record(line);
        if (is || tl_str_trim(line).n == 0)
            continue;
        before += records == 0;
        behind += records > 0 && head.n > 0;
    }
    cut |= before == 0;
    if (records == 0 || behind * (cut ? 2 : 20) > records)
        return 0;
    tl_buf_add(why, TL_STR("comma-separated records of PostgreSQL: time, user, database, process, "
                           "... severity, SQLSTATE, message"));
    return cut && behind * 20 <= records ? 99 : 90;
}

static enum tl_status
csv_open(struct tl_reader *r, struct tl_error *err)
{
    return log_open(r, &pg_csv, err);
}

const struct tl_format fmt_pg_csvlog = {.name = "pg-csvlog",
                                        .sniff = csv_sniff,
                                        .surest = 99,
                                        .open = csv_open,
                                        .next = log_next,
                                        .finish = log_finish,
                                        .close = log_close};
