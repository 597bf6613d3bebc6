/* pg_split.c - one record of a PostgreSQL log, in full. */
#include "parse/pg_prefix.h"
#include "parse/pg_scan.h"

#include <string.h>

static bool
next_line(struct tl_str *rest, struct tl_str *line)
{
    bool any = tl_str_line(rest, line);

    if (any && line->n > 0 && line->p[line->n - 1] == '\r')
        line->n--;
    return any;
}

bool
pg_is_sql(const struct pg_tag *tag)
{
    const struct tl_str word = {tag->word, (size_t)(tag->colon - tag->word)};

    return tl_str_eq(word, TL_STR("STATEMENT"));
}

void
pg_fields(const struct pg_state *s, const struct pg_tag *tag, struct tl_str before,
          struct tl_str sqlstate, struct log_record *out)
{
    struct tl_str level = {tag->word, (size_t)(tag->colon - tag->word)};
    struct pg_who who = {.pid = {NULL, 0}};
    int64_t pid;

    if (!s->given || !pg_prefix_match(&s->prefix, before, &who))
        pg_prefix_guess(before, &who);
    log_text(out, TL_STR("level"), level);
    if (tl_str_int(&who.pid, &pid) && who.pid.n == 0)
        log_number(out, TL_STR("pid"), pid);
    log_text(out, TL_STR("user"), who.user);
    log_text(out, TL_STR("database"), who.database);
    log_text(out, TL_STR("client"), who.client);
    log_text(out, TL_STR("application"), who.application);
    if (sqlstate.n == 0)
        sqlstate = who.sqlstate;
    if (!tl_str_eq(sqlstate, TL_STR("00000")))
        log_text(out, TL_STR("sqlstate"), sqlstate);
}

/* Joins a line to the part of a record before it, in the copy that both stand in: a part never
 * grows beyond the line that comes next. */
static void
join_line(struct tl_str *part, char *copy, struct tl_str line)
{
    char *to = copy + (part->p - copy) + part->n;

    if (line.n > 0 && line.p[0] == '\t')
        line = tl_str_skip(line, 1);
    *to = '\n';
    memmove(to + 1, line.p, line.n);
    part->n += 1 + line.n;
}

/* A tab, or the blanks that somebody made of it; " done" is pg_ctl's. */
static bool
goes_on(struct tl_str line)
{
    return tl_str_starts(line, TL_STR("\t")) || tl_str_starts(line, TL_STR("  "));
}

/* The lines behind the first: those with a tab go on with what stands before them, up to a line of
 * somebody else. */
static void
read_rest(const struct pg_state *s, char *copy, struct tl_str rest, struct log_record *out)
{
    struct tl_str detail = {"", 0}, hint = {"", 0}, sql = {"", 0}, other = {"", 0}, line;
    struct tl_str *part = &out->message;
    struct pg_time t;
    struct pg_tag tag;

    while (next_line(&rest, &line)) {
        const char *end = line.p + line.n;

        if (pg_see(s, line.p, end, &t, &tag) == LOG_ASIDE) {
            part = tag.sort == PG_DETAIL ? &detail
                   : tag.sort == PG_HINT ? &hint
                   : pg_is_sql(&tag)     ? &sql
                                         : &other;
            part->p = pg_message(&tag, end, NULL);
            part->n = (size_t)(end - part->p);
        } else if (part && goes_on(line)) {
            join_line(part, copy, line);
        } else {
            part = NULL;
        }
    }
    log_text(out, TL_STR("detail"), detail);
    log_text(out, TL_STR("hint"), hint);
    pg_sql(out, sql);
}

bool
pg_split(struct tl_reader *r, const void *state, struct tl_str text, struct log_record *out,
         const char **why)
{
    const struct pg_state *s = state;
    char *copy = tl_arena_alloc(&r->scratch, text.n + LOG_PAD);
    struct tl_str rest = {copy, text.n}, line, sqlstate;
    size_t front;
    const char *p, *end;
    struct pg_time t;
    struct pg_tag tag;

    *out = (struct log_record){.when = TL_INSTANT_NONE};
    *why = "no time and no severity in it";
    if (!copy || text.n == 0)
        return false;
    memcpy(copy, text.p, text.n);
    (void)next_line(&rest, &line);
    end = line.p + line.n;
    p = pg_front(line.p, end);
    front = (size_t)(p - copy);
    if (pg_see(s, p, end, &t, &tag) != LOG_RECORD && pg_is_csv(s, p, end))
        return pg_csv.split(r, NULL, (struct tl_str){p, text.n - front}, out, why);
    if (pg_see(s, p, end, &t, &tag) != LOG_RECORD)
        return s->syslog.on && pg_syslog_split(r, s, copy + front, text.n - front, out, why);
    *why = "its time cannot be";
    out->stamped = t.p != NULL;
    if (t.p && !pg_time_stamp(&t, r->in.zones, &out->stamp))
        return false;
    out->message.p = pg_message(&tag, end, &sqlstate);
    out->message.n = (size_t)(end - out->message.p);
    pg_fields(s, &tag, (struct tl_str){p, (size_t)(tag.word - p)}, sqlstate, out);
    read_rest(s, copy, rest, out);
    return true;
}
