/* fmt_cwlogs.c - a database log in the wrappers of CloudWatch Logs and the RDS API. */
#include "parse/cwlogs.h"
#include "parse/formats.h"

/* SURE: the log's own format may read it as a prefix, and lose the stream. */
/* SURE: surer than the log's own format, which may take what is around it for a prefix.
 * SURE_OF_PART: less so than a document, which reads everything else that is there as well. */
enum {
    SURE = 100,
    SURE_OF_PART = 97,
    SURE_OF_ANSWER = 45,
    SURE_OF_MESSAGES = 30,
    DATA_LOOK = 32 * 1024
};

/* Which of the wrappers an input has. The engine's state is r->state while it reads. */
struct cwlogs {
    struct cw_json *json;
    struct cw_portion *portion;
    struct cw_csv *csv;
    void *engine; /* r->state of the engine; NULL: it does not read */
};

static int
sniff_portion(struct tl_reader *r, struct tl_str head, struct tl_buf *why)
{
    char *room = tl_arena_alloc(&r->scratch, DATA_LOOK + LOG_PAD);
    const struct log_dialect *d;
    int sure;

    if (!room)
        return 0;
    d = cw_inner(r, (struct tl_str){room, cw_portion_head(r, head, room, DATA_LOOK)}, &sure);
    if (!d) {
        tl_buf_add(why, TL_STR("an answer of download-db-log-file-portion"));
        return SURE_OF_ANSWER;
    }
    tl_buf_addf(why, "%s in answers of download-db-log-file-portion; its lines are counted",
                d->name);
    return SURE;
}

/* An answer of CloudWatch Logs without any message in it. */
static bool
is_empty_answer(struct tl_str head)
{
    struct tl_str s = tl_str_trim(head);

    return s.n < 64 * 1024 - 1 && tl_str_starts(s, TL_STR("{")) &&
           tl_str_find(s, TL_STR("\"events\"")) != SIZE_MAX &&
           (tl_str_find(s, TL_STR("\"searchedLogStreams\"")) != SIZE_MAX ||
            tl_str_find(s, TL_STR("\"nextForwardToken\"")) != SIZE_MAX);
}

/* Are there messages as JSON, or an answer that has none? */
static bool
is_json(struct tl_reader *r, struct tl_str head, struct cw_look *look)
{
    *look = (struct cw_look){.inner = NULL};
    if (tl_str_find(head, TL_STR("\"message\"")) != SIZE_MAX ||
        tl_str_find(head, TL_STR("\"@message\"")) != SIZE_MAX)
        cw_json_look(r, head, look);
    return look->inner || look->answer || is_empty_answer(head);
}

static int
sniff_json(const struct cw_look *look, struct tl_buf *why)
{
    if (look->inner) {
        tl_buf_addf(why, "messages of CloudWatch Logs with %s in them", look->inner->name);
        return look->share >= 60 ? SURE : SURE_OF_PART;
    }
    tl_buf_add(why, TL_STR("messages of CloudWatch Logs"));
    return look->messages > 0 ? SURE_OF_MESSAGES : SURE_OF_ANSWER;
}

static int
sniff_csv(struct tl_reader *r, struct tl_str head, struct tl_buf *why)
{
    char *room = tl_arena_alloc(&r->scratch, DATA_LOOK + LOG_PAD);
    struct cw_text text;

    if (!room ||
        !cw_text_find(r, (struct tl_str){room, cw_csv_head(r, head, room, DATA_LOOK)}, &text))
        return 0;
    tl_buf_addf(why, "%s in a download of CloudWatch Logs", text.inner->name);
    return SURE;
}

static int
cwlogs_sniff(struct tl_reader *r, struct tl_str head, struct tl_buf *why)
{
    struct cw_look look;
    struct cw_text text;

    if (cw_portion_starts(head))
        return sniff_portion(r, head, why);
    if (cw_csv_starts(head))
        return sniff_csv(r, head, why);
    if (is_json(r, head, &look))
        return sniff_json(&look, why);
    if (!cw_text_find(r, head, &text))
        return 0;
    tl_buf_addf(why, "%s behind the times of CloudWatch Logs", text.inner->name);
    return text.first || text.seen * 2 >= text.lines ? SURE : SURE_OF_PART;
}

/* ---- reading ---- */

/* The engine finds its own state in r->state while it works. */
static void
lend_state(struct tl_reader *r, struct cwlogs *c)
{
    r->state = c->engine;
}

static void
take_state(struct tl_reader *r, struct cwlogs *c)
{
    c->engine = r->state;
    r->state = c;
}

static enum tl_status
open_engine(struct tl_reader *r, struct cwlogs *c, const struct log_dialect *d,
            struct tl_error *err)
{
    enum tl_status st;

    lend_state(r, c);
    st = log_open(r, d, err);
    take_state(r, c);
    return st;
}

static struct tl_str
head_of(struct tl_reader *r)
{
    struct tl_str head = feed_peek(&r->feed, HEAD_SIZE);

    head.n = head.n < HEAD_SIZE ? head.n : HEAD_SIZE;
    return head;
}

static enum tl_status
no_room(const struct tl_reader *r, struct tl_error *err)
{
    return tl_fail(err, TL_ENOMEM, 0, "no room for the log %.*s", TL_FMT(r->in.name));
}

static enum tl_status
open_portion(struct tl_reader *r, struct cwlogs *c, struct tl_error *err)
{
    const struct log_dialect *d;
    int sure;

    log_name_hints(r); /* the command stands before the answer, not before the log */
    c->portion = cw_portion_open(r);
    if (!c->portion)
        return no_room(r, err);
    d = cw_inner(r, head_of(r), &sure);
    return d ? open_engine(r, c, d, err) : TL_OK;
}

static enum tl_status
open_text(struct tl_reader *r, struct cwlogs *c, const struct cw_text *text, struct tl_str group,
          struct tl_error *err)
{
    const struct log_dialect *d = cw_text_dialect(r, text);
    struct tl_str head = head_of(r), line = {"", 0};
    struct cw_outer outer = {.stamp = {"", 0}, .group = {"", 0}, .stream = {"", 0}};
    struct log_owner owner = {.label = {"", 0}};

    if (!d)
        return no_room(r, err);
    (void)tl_str_line(&head, &line);
    (void)cw_text_skip(text->shape, line.p, line.p + line.n, &outer);
    owner_of_group(outer.group.n > 0 ? outer.group : group, &owner);
    reader_hint(r, TL_STR("account"), owner.account, TL_STR("log-group"), 0);
    reader_hint(r, TL_STR("cluster"), owner.cluster, TL_STR("log-group"), 0);
    reader_hint(r, TL_STR("instance"), owner.instance, TL_STR("log-group"), 0);
    owner = (struct log_owner){.label = {"", 0}};
    owner_of_stream(outer.stream, &owner);
    reader_hint(r, TL_STR("instance"), owner.instance, TL_STR("log-stream"), 0);
    return open_engine(r, c, d, err);
}

static enum tl_status
open_csv(struct tl_reader *r, struct cwlogs *c, struct tl_error *err)
{
    struct tl_str group = reader_keep(r, cw_csv_group(head_of(r)));
    struct cw_text text;

    c->csv = cw_csv_open(r);
    if (!c->csv || !group.p)
        return no_room(r, err);
    return cw_text_find(r, head_of(r), &text) ? open_text(r, c, &text, group, err) : TL_OK;
}

static enum tl_status
cwlogs_open(struct tl_reader *r, struct tl_error *err)
{
    struct cwlogs *c = tl_arena_alloc(&r->arena, sizeof(*c));
    struct tl_str head = head_of(r);
    struct cw_look look;
    struct cw_text text;

    r->state = c;
    if (!c)
        return no_room(r, err);
    if (cw_portion_starts(head))
        return open_portion(r, c, err);
    if (cw_csv_starts(head))
        return open_csv(r, c, err);
    if (!is_json(r, head, &look) && cw_text_find(r, head, &text))
        return open_text(r, c, &text, (struct tl_str){"", 0}, err);
    c->json = cw_json_open(r);
    return c->json ? TL_OK : no_room(r, err);
}

static enum tl_status
cwlogs_next(struct tl_reader *r, struct tl_event *ev, bool *got, struct tl_error *err)
{
    struct cwlogs *c = r->state;
    enum tl_status st;

    *got = false;
    if (c->json)
        return cw_json_next(c->json, ev, got, err);
    if (!c->engine)
        return TL_OK;
    lend_state(r, c);
    st = log_next(r, ev, got, err);
    take_state(r, c);
    return st;
}

static enum tl_status
cwlogs_finish(struct tl_reader *r, struct tl_error *err)
{
    struct cwlogs *c = r->state;
    enum tl_status st = TL_OK;

    if (c->json) {
        cw_json_finish(c->json);
        return TL_OK;
    }
    if (!c->engine)
        reader_odd(r, 1, "%s, but of no log that is known",
                   c->csv ? "a download of CloudWatch Logs"
                          : "an answer of download-db-log-file-portion");
    if (c->portion && cw_portion_cut(c->portion))
        reader_odd(r, 1, "LogFileData is broken off");
    if (c->engine) {
        lend_state(r, c);
        st = log_finish(r, err);
        take_state(r, c);
    }
    return st;
}

static void
cwlogs_close(struct tl_reader *r)
{
    struct cwlogs *c = r->state;

    if (!c)
        return;
    cw_json_close(c->json);
    if (c->engine) {
        lend_state(r, c);
        log_close(r);
        take_state(r, c);
    }
    cw_portion_close(c->portion);
    cw_csv_close(c->csv);
    r->state = NULL;
}

const struct tl_format fmt_cwlogs = {.name = "cwlogs",
                                     .sniff = cwlogs_sniff,
                                     .open = cwlogs_open,
                                     .next = cwlogs_next,
                                     .finish = cwlogs_finish,
                                     .close = cwlogs_close};
