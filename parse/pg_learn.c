/*
 * pg_learn.c - which prefix the lines of a PostgreSQL log have: from --log-line-prefix, else by
 * what most lines of its head show; and how sure that makes us that it is one.
 */
#include "parse/formats.h"
#include "parse/pg_prefix.h"

#include <string.h>

enum { CANDIDATES = 16, LOOKED_AT = 2000 };

/* ---- the head ---- */

struct candidate {
    struct pg_shape shape;
    size_t votes;
};
struct vote {
    struct candidate rows[CANDIDATES];
    size_t n;
    struct candidate loose; /* fields before the time */
    struct candidate bare;  /* no time at all */
};

static bool
is_word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
has_word(struct tl_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (is_word(s.p[i]) || (unsigned char)s.p[i] >= 0x80)
            return true;
    return false;
}

/* "[1234" somewhere: a pid in brackets, as prefixes have it. */
static bool
has_pid(struct tl_str s)
{
    for (size_t i = 0; i + 2 < s.n; i++) {
        size_t k = i + 1;

        if (s.p[i] != '[')
            continue;
        while (k < s.n && s.p[k] >= '0' && s.p[k] <= '9')
            k++;
        if (k > i + 1 && k < s.n && (s.p[k] == ']' || s.p[k] == '-'))
            return true;
    }
    return false;
}

/* What a client puts before the sentence of a server, and no prefix has. */
static bool
is_of_a_client(struct tl_str s)
{
    static const struct tl_str marks[] = {{"psql:", 5},    {"rror: ", 6}, {"xception", 8},
                                          {"failed: ", 8}, {"\"", 1},     {"pgbench: ", 9},
                                          {"nc: ", 4}};

    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
        if (tl_str_find(s, marks[i]) != SIZE_MAX)
            return true;
    return false;
}

static bool
same_shape(const struct pg_shape *a, const struct pg_shape *b)
{
    return a->clock == b->clock && a->floating == b->floating && a->after == b->after &&
           a->end == b->end && a->nlead == b->nlead && memcmp(a->lead, b->lead, a->nlead) == 0;
}

static char
end_of(struct tl_str before)
{
    char last = PG_END_START;

    if (before.n == 0)
        return last;
    last = before.p[before.n - 1];
    if (is_word(last) || (unsigned char)last >= 0x80 || last <= PG_END_START)
        last = PG_END_ANY;
    return last;
}

/* "time=": a literal, whatever stands before times else. */
static bool
is_key(struct tl_str lead)
{
    size_t n = 0;

    while (n < lead.n && is_word(lead.p[n]))
        n++;
    return n + 1 == lead.n && n + 1 < PG_LEAD && lead.p[n] == '=';
}

static void
vote_for(struct vote *v, struct tl_str before, enum pg_clock clock, const struct pg_time *t)
{
    struct tl_str lead = {before.p, (size_t)(t->p - before.p)};
    struct pg_shape x = {.clock = clock, .end = end_of(before)};

    if (t->end < before.p + before.n && !is_word(*t->end))
        x.after = *t->end;
    x.floating = lead.n > PG_LEAD || (has_word(lead) && !is_key(lead));
    if (x.floating) {
        v->loose.votes++;
        v->loose.shape = x;
        return;
    }
    x.nlead = (uint8_t)lead.n;
    memcpy(x.lead, lead.p, lead.n);
    for (size_t i = 0; i < v->n; i++) {
        if (same_shape(&v->rows[i].shape, &x)) {
            v->rows[i].votes++;
            return;
        }
    }
    if (v->n < CANDIDATES)
        v->rows[v->n++] = (struct candidate){x, 1};
}

/* A line with a tag: what stands before it. False: it is nobody's prefix. */
static bool
look_at_prefix(struct tl_str before, struct vote *v, struct pg_survey *s)
{
    const char *end = before.p + before.n;
    struct pg_syslog_line l;
    struct tl_stamp stamp;
    struct pg_time t;

    if (pg_syslog_read(before.p, end, &l) && l.pid.n > 0 && !is_of_a_client(l.ident) &&
        (l.part != TL_UNKNOWN || !pg_time_find(PG_CLOCK_ISO, l.text, end, &t))) {
        s->syslog++;
        s->server++;
        return true;
    }
    if (is_of_a_client(before))
        return false;
    if (pg_time_find(PG_CLOCK_ISO, before.p, end, &t)) {
        vote_for(v, before, PG_CLOCK_ISO, &t);
        s->timed++;
        s->twice += pg_time_find(PG_CLOCK_ISO, t.end, end, &t);
    } else if (pg_time_find(PG_CLOCK_EPOCH, before.p, end, &t)) {
        vote_for(v, before, PG_CLOCK_EPOCH, &t);
        s->timed++;
    } else if (before.n < 200 && (before.n == 0 || before.p[0] != ' ') &&
               !tl_stamp_read_iso(&(struct tl_str){before.p, before.n}, &stamp)) {
        struct pg_shape x = {.clock = PG_CLOCK_NONE, .end = end_of(before)};

        v->bare.votes++;
        v->bare.shape = x;
        s->bare++;
    } else {
        return false;
    }
    s->server += has_pid(before);
    return true;
}

/* The tag is one that only a server's log has. */
static bool
is_server_tag(const struct pg_tag *tag)
{
    struct tl_str word = {tag->word, (size_t)(tag->colon - tag->word)};

    return tl_str_eq(word, TL_STR("LOG")) || tl_str_eq(word, TL_STR("STATEMENT"));
}

static void
look_at_line(struct tl_str line, struct vote *v, struct pg_survey *s)
{
    struct tl_str rest = line;
    struct tl_stamp st;
    struct pg_tag tag;

    s->lines++;
    if (pg_tag_find(line.p, line.p + line.n, PG_END_MARK, &tag) &&
        look_at_prefix((struct tl_str){line.p, (size_t)(tag.word - line.p)}, v, s)) {
        s->server += is_server_tag(&tag);
        s->early += s->lines <= 4;
        return;
    }
    if (tl_stamp_read_iso(&rest, &st))
        s->others++;
}

/* The shapes that enough lines voted for, the most common first. */
static void
count_votes(struct vote *v, struct pg_survey *s)
{
    for (size_t i = 1; i < v->n; i++) {
        for (size_t k = i; k > 0 && v->rows[k].votes > v->rows[k - 1].votes; k--) {
            struct candidate c = v->rows[k];

            v->rows[k] = v->rows[k - 1];
            v->rows[k - 1] = c;
        }
    }
    for (size_t i = 0; i < v->n && s->nshapes < 3; i++)
        if (i == 0 || v->rows[i].votes * 20 >= s->timed)
            s->shapes[s->nshapes++] = v->rows[i].shape;
    if (v->loose.votes * 5 >= s->timed && v->loose.votes > 0)
        s->shapes[s->nshapes++] = v->loose.shape;
    if (s->timed == 0 && s->syslog == 0 && s->bare > 0)
        s->shapes[s->nshapes++] = v->bare.shape;
}

void
pg_survey(struct tl_str head, struct pg_survey *out)
{
    struct tl_str line;
    struct vote v = {.n = 0};

    *out = (struct pg_survey){0};
    while (out->lines < LOOKED_AT && tl_str_line(&head, &line)) {
        line = tl_str_skip(line, (size_t)(pg_front(line.p, line.p + line.n) - line.p));
        if (tl_str_trim(line).n > 0 && line.p[0] != '\t')
            look_at_line(line, &v, out);
    }
    count_votes(&v, out);
}

/* ---- a given prefix ---- */

static void
add_shape(struct pg_state *s, const struct pg_shape *x)
{
    for (size_t i = 0; i < s->nshapes; i++)
        if (same_shape(&s->shapes[i], x))
            return;
    if (s->nshapes < PG_SHAPES)
        s->shapes[s->nshapes++] = *x;
}

/* The byte that item i ends with. */
static char
item_end(const struct pg_prefix *x, size_t i)
{
    while (i > 0 && x->items[i - 1].escape == 'q')
        i--;
    if (i == 0)
        return PG_END_START;
    if (x->items[i - 1].escape)
        return PG_END_ANY;
    return end_of(x->items[i - 1].text);
}

static void
shapes_of_prefix(struct pg_state *s)
{
    const struct pg_prefix *x = &s->prefix;
    struct pg_shape shape = {.clock = PG_CLOCK_NONE};
    size_t i = 0;

    for (; i < x->n && !(x->items[i].escape && strchr("tmn", x->items[i].escape)); i++) {
        struct tl_str text = x->items[i].text;

        if (x->items[i].escape || text.n > (size_t)PG_LEAD - shape.nlead) {
            shape.floating = true;
            continue;
        }
        if (shape.floating)
            continue;
        memcpy(shape.lead + shape.nlead, text.p, text.n);
        shape.nlead = (uint8_t)(shape.nlead + text.n);
    }
    if (i < x->n) {
        shape.clock = x->items[i].escape == 'n' ? PG_CLOCK_EPOCH : PG_CLOCK_ISO;
        if (i + 1 < x->n && !x->items[i + 1].escape && !x->items[i].padded)
            shape.after = x->items[i + 1].text.p[0];
    }
    shape.floating &= i < x->n;
    shape.end = item_end(x, x->n);
    add_shape(s, &shape);
    for (size_t q = i < x->n ? i : 0; q < x->n; q++) {
        if (x->items[q].escape == 'q') {
            shape.end = item_end(x, q);
            add_shape(s, &shape);
        }
    }
}

/* ---- learn ---- */

/* Those without a time last, before them those that look for it everywhere. */
static int
rank(const struct pg_shape *x)
{
    return x->clock == PG_CLOCK_NONE ? 2 : x->floating ? 1 : 0;
}

static void
sort_shapes(struct pg_state *s)
{
    for (size_t i = 1; i < s->nshapes; i++) {
        for (size_t k = i; k > 0 && rank(&s->shapes[k]) < rank(&s->shapes[k - 1]); k--) {
            struct pg_shape x = s->shapes[k];

            s->shapes[k] = s->shapes[k - 1];
            s->shapes[k - 1] = x;
        }
    }
}

/* Lines of the head that begin a record as the shapes so far have it. */
static size_t
count_records(const struct pg_state *s, struct tl_str head)
{
    struct log_look look;
    char line[512 + LOG_PAD];
    struct tl_str l;
    size_t found = 0;

    while (tl_str_line(&head, &l)) {
        size_t n = l.n < 512 ? l.n : 512;

        memcpy(line, l.p, n);
        memset(line + n, 0, LOG_PAD);
        found += pg_stderr.look(s, line, line + n, &look) == LOG_RECORD;
    }
    return found;
}

static enum tl_status
take_given(struct tl_reader *r, struct pg_state *s, struct tl_error *err)
{
    struct tl_str text = tl_arena_str(&r->arena, r->in.hints.log_line_prefix);
    enum tl_status st;

    if (!text.p)
        return tl_fail(err, TL_ENOMEM, 0, "no room for a prefix");
    st = pg_prefix_compile(text, &s->prefix, err);
    if (st)
        return st;
    s->given = true;
    for (size_t i = 0; i < s->prefix.n; i++)
        s->twice |= s->prefix.items[i].escape == 's';
    shapes_of_prefix(s);
    return TL_OK;
}

enum tl_status
pg_learn(struct tl_reader *r, struct tl_str head, void **state, struct tl_error *err)
{
    /* What a server starts with before it has read its settings, and what RDS has behind them. */
    static const struct pg_shape always[] = {
        {.clock = PG_CLOCK_ISO, .after = ' ', .end = ' '},
        {.clock = PG_CLOCK_ISO, .after = ':', .end = ':'},
    };
    struct pg_state *s = tl_arena_alloc(&r->arena, sizeof(*s));
    struct pg_survey survey;
    enum tl_status st = TL_OK;
    bool fits;

    *state = s;
    if (!s)
        return tl_fail(err, TL_ENOMEM, 0, "no room to learn the prefix of a log");
    pg_survey(head, &survey);
    s->twice = survey.twice * 2 > survey.timed;
    if (r->in.hints.log_line_prefix.n > 0)
        st = take_given(r, s, err);
    if (st)
        return st;
    fits = s->given && count_records(s, head) > 0;
    if (s->given && !fits && survey.timed + survey.syslog > 0)
        reader_odd(r, 1,
                   "the prefix of --log-line-prefix fits none of its first lines: that of the file "
                   "was taken");
    for (size_t i = 0; i < survey.nshapes && !fits; i++)
        add_shape(s, &survey.shapes[i]);
    for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++)
        add_shape(s, &always[i]);
    sort_shapes(s);
    for (size_t i = 0; i < s->nshapes; i++)
        s->commas |= s->shapes[i].after == ',';
    if (survey.syslog > 0)
        pg_syslog_learn(r, head, &s->syslog);
    return TL_OK;
}

/* ---- sniff ---- */

/* A loop of psql calls shows times and FATAL too: what only a server writes has to be there. */
static int
sure(const struct pg_survey *s)
{
    size_t n = s->timed + s->syslog;

    if (n == 0)
        return s->server >= 2 && s->bare * 2 >= s->lines ? 60 : 0;
    if (s->server * 4 < n || s->others > 8 * n)
        return 0;
    if (s->others > n)
        return 40;
    if (n * 5 >= s->lines * 4 && (s->early >= 2 || s->early == s->lines))
        return 99;
    return n * 5 >= s->lines * 2 ? 92 : n * 5 >= s->lines ? 85 : 70;
}

/* As many records as the given prefix finds count, too. */
static void
survey_given(struct tl_str prefix, struct tl_str head, struct pg_survey *s)
{
    struct pg_state given = {.nshapes = 0};
    size_t n;

    if (prefix.n == 0 || pg_prefix_compile(prefix, &given.prefix, NULL) != TL_OK)
        return;
    shapes_of_prefix(&given);
    n = count_records(&given, head);
    if (n <= s->timed)
        return;
    s->others = s->others > n - s->timed ? s->others - (n - s->timed) : 0;
    s->early = s->lines < 2 ? s->lines : 2;
    s->timed = s->server = n;
}

int
pg_sniff(struct tl_reader *r, struct tl_str head, struct tl_buf *why)
{
    struct pg_survey s;
    int score;

    pg_survey(head, &s);
    survey_given(r->in.hints.log_line_prefix, head, &s);
    score = sure(&s);
    if (score > 0 && s.syslog > s.timed)
        tl_buf_addf(why, "%zu lines of syslog with a tag of PostgreSQL", s.syslog);
    else if (score > 0)
        tl_buf_addf(why, "%zu lines with a prefix and a tag of PostgreSQL",
                    s.timed + s.syslog + s.bare);
    return score;
}
