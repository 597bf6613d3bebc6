/*
 * Any bytes as a PostgreSQL log, and a part of them as its prefix: no crash, nothing is read behind
 * what is promised, what `look` gives lies in the line in the order it must, a record that `look`
 * saw is read by `split` or says why it is not, and its message begins where `look` said.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "parse/pg_prefix.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_look(const struct log_look *l, const char *p, const char *end)
{
    assert(l->message > p && l->message <= end);
    if (!l->stamp)
        return;
    assert(l->stamp >= p && l->stamp + l->stamp_n <= end && l->stamp_n > 0);
    assert(l->stamp < l->message);
    if (l->zone_n > 0)
        assert(l->zone >= p && l->zone + l->zone_n <= end);
}

static void
check_record(const struct log_record *rec, const struct log_look *look, const char *end, bool csv)
{
    size_t n = (size_t)(end - look->message);

    assert(rec->stamped == (look->stamp != NULL));
    assert(rec->nfields <= LOG_FIELDS_MAX);
    for (size_t i = 0; i < rec->nfields; i++)
        assert(rec->fields[i].name.n > 0 &&
               (rec->fields[i].type == TL_FIELD_INT ||
                (rec->fields[i].type == TL_FIELD_TEXT && rec->fields[i].text.n > 0)));
    if (csv)
        return;
    for (size_t i = 0; i < n && look->message[i] != '#' && look->message[i] != '\t'; i++)
        assert(i < rec->message.n && rec->message.p[i] == look->message[i]);
}

/* The lines of the log in turn; a record is its line and those up to the next one. */
static void
read_log(struct tl_reader *r, const void *state, const char *p, const char *stop)
{
    struct log_look look = {0};
    const char *from = NULL, *from_end = NULL;

    for (const char *line = p; line <= stop;) {
        const char *lf = line < stop ? memchr(line, '\n', (size_t)(stop - line)) : NULL;
        const char *end = lf ? lf : stop;
        struct log_look seen = {0};
        enum log_line is = LOG_BROKEN; /* behind the last line */

        if (line < stop)
            is = pg_stderr.look(state, line, end - (end > line && end[-1] == '\r'), &seen);
        if (from && (is == LOG_RECORD || is == LOG_BROKEN)) {
            struct log_record rec = {.when = TL_INSTANT_NONE};
            const char *why = NULL;
            size_t n = (size_t)(line - from);
            char *exact = malloc(n); /* a byte more would be seen */

            assert(exact);
            memcpy(exact, from, n);
            tl_arena_reset(&r->scratch);
            if (pg_stderr.split(r, state, (struct tl_str){exact, n}, &rec, &why))
                check_record(&rec, &look, from_end, look.zone && look.zone[look.zone_n] == ',');
            else
                assert(why);
            free(exact);
            from = NULL;
        }
        if (is == LOG_RECORD) {
            from = line;
            from_end = end - (end > line && end[-1] == '\r');
            look = seen;
            check_look(&look, line, from_end);
        }
        if (line == stop)
            break;
        line = lf ? lf + 1 : stop;
    }
}

/* `head` is exactly as long as it says; the lines are looked at in `log`, with what is promised
 * behind them. */
static void
read_all(struct tl_reader *r, struct tl_str head, const char *log)
{
    struct tl_buf why;
    void *state = NULL;

    tl_buf_init(&why, 1024);
    tl_arena_init(&r->arena, (size_t)16 << 20);
    tl_arena_init(&r->scratch, (size_t)16 << 20);
    assert((pg_sniff(r, head, &why) > 0) == (why.n > 0));
    if (pg_learn(r, head, &state, NULL) == TL_OK)
        read_log(r, state, log, log + head.n);
    tl_buf_free(&why);
    tl_arena_free(&r->arena);
    tl_arena_free(&r->scratch);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct tl_zones *zones;
    struct tl_reader r = {.in = {.hints = TL_HINTS_NONE}};
    size_t given = size > 1 && data[0] % 4 == 0 ? data[1] % 48 : 0;
    char *head, *log;

    if (size < 2 + given)
        return 0;
    if (!zones)
        zones = tl_zones_new(TL_STR("/usr/share/zoneinfo"));
    r.in.zones = zones;
    r.in.hints.log_line_prefix = (struct tl_str){(const char *)data + 2, given};
    data += 2 + given;
    size -= 2 + given;
    head = malloc(size ? size : 1);
    log = calloc(1, size + LOG_PAD);
    assert(head && log);
    memcpy(head, data, size);
    memcpy(log, data, size);
    read_all(&r, (struct tl_str){head, size}, log);
    free(head);
    free(log);
    return 0;
}
